/* Nodes that compute with constants only: done once, when the model is read.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <math.h>
#include <string.h>

#include "engine/formats/onnx-import.h"

typedef FoveaOnnxConstant *(*FoldFunc) (FoveaOnnxImport *import, const Onnx__NodeProto *node, GError **error);

static FoveaOnnxConstant *
get_constant (FoveaOnnxImport *self,
              const Onnx__NodeProto *node,
              guint index,
              GError **error)
{
  const FoveaOnnxValue *value = fovea_onnx_get_input (self, node, index);

  if (value != NULL && value->constant != NULL)
    return value->constant;
  fovea_onnx_refuse (node, FOVEA_ERROR_FORMAT, error, "lacks its input %u", index + 1);
  return NULL;
}

static FoveaOnnxConstant *
new_list (const gint64 *values,
          gsize n_values,
          GError **error)
{
  FoveaOnnxConstant *list = fovea_onnx_constant_new_integers (1, (gint64[]) { (gint64) n_values }, error);

  if (list != NULL && n_values > 0)
    memcpy (list->integers, values, n_values * sizeof *values);
  return list;
}

static FoveaOnnxConstant *
fold_constant (FoveaOnnxImport *self,
               const Onnx__NodeProto *node,
               GError **error)
{
  const Onnx__AttributeProto *attribute;

  if ((attribute = fovea_onnx_find_attribute (node, "value")) != NULL && attribute->t != NULL)
    return fovea_onnx_constant_new_from_proto (attribute->t, error);
  if ((attribute = fovea_onnx_find_attribute (node, "value_int")) != NULL && attribute->has_i)
    {
      FoveaOnnxConstant *number = fovea_onnx_constant_new_integers (0, NULL, error);

      if (number != NULL)
        number->integers[0] = attribute->i;
      return number;
    }
  if ((attribute = fovea_onnx_find_attribute (node, "value_ints")) != NULL)
    return new_list (attribute->ints, attribute->n_ints, error);
  attribute = fovea_onnx_find_attribute (node, "value_float");
  if (attribute == NULL)
    attribute = fovea_onnx_find_attribute (node, "value_floats");
  if (attribute != NULL)
    {
      const gboolean one = attribute->has_f;
      g_autoptr (FoveaTensor) tensor = fovea_tensor_new (one ? 0 : 1, (gint64[]) { (gint64) attribute->n_floats }, error);

      if (tensor == NULL)
        return NULL;
      for (gsize i = 0; i < tensor->n_elements; i++)
        tensor->data[i] = one ? attribute->f : attribute->floats[i];
      return fovea_onnx_constant_new_floats (tensor);
    }
  fovea_onnx_refuse (node, FOVEA_ERROR_UNSUPPORTED, error, "has a value that is neither a tensor nor numbers");
  return NULL;
}

static FoveaOnnxConstant *
fold_constant_of_shape (FoveaOnnxImport *self,
                        const Onnx__NodeProto *node,
                        GError **error)
{
  const FoveaOnnxConstant *shape = get_constant (self, node, 0, error);
  const Onnx__AttributeProto *attribute = fovea_onnx_find_attribute (node, "value");
  g_autoptr (FoveaOnnxConstant) value = NULL;

  if (shape == NULL)
    return NULL;
  if (shape->integers == NULL || shape->n_elements > FOVEA_TENSOR_MAX_DIMENSIONS)
    {
      fovea_onnx_refuse (node, FOVEA_ERROR_FORMAT, error, "wants a shape that is none");
      return NULL;
    }
  if (attribute != NULL && attribute->t != NULL)
    {
      value = fovea_onnx_constant_new_from_proto (attribute->t, error);
      if (value == NULL)
        return NULL;
    }
  if (value != NULL && value->integers != NULL && value->n_elements == 1)
    {
      FoveaOnnxConstant *result = fovea_onnx_constant_new_integers ((guint) shape->n_elements, shape->integers, error);

      for (gsize i = 0; result != NULL && i < result->n_elements; i++)
        result->integers[i] = value->integers[0];
      return result;
    }
  else
    {
      /* As few elements as for whole numbers: nobody writes weights like that. */
      g_autoptr (FoveaOnnxConstant) limit = fovea_onnx_constant_new_integers ((guint) shape->n_elements, shape->integers, error);
      g_autoptr (FoveaTensor) tensor = limit != NULL ? fovea_tensor_new ((guint) shape->n_elements, shape->integers, error) : NULL;

      if (tensor == NULL)
        return NULL;
      for (gsize i = 0; i < tensor->n_elements; i++)
        tensor->data[i] = value != NULL && value->n_elements == 1 ? (float) fovea_onnx_constant_get (value, 0) : 0;
      return fovea_onnx_constant_new_floats (tensor);
    }
}

static FoveaOnnxConstant *
fold_identity (FoveaOnnxImport *self,
               const Onnx__NodeProto *node,
               GError **error)
{
  FoveaOnnxConstant *constant = get_constant (self, node, 0, error);

  return constant != NULL ? fovea_onnx_constant_ref (constant) : NULL;
}

/* TensorProto.DataType: which of its types hold whole numbers. */
static gboolean
is_integer_type (gint64 type)
{
  return (type >= 2 && type <= 7) || type == 9 || type == 12 || type == 13;
}

static FoveaOnnxConstant *
fold_cast (FoveaOnnxImport *self,
           const Onnx__NodeProto *node,
           GError **error)
{
  FoveaOnnxConstant *constant = get_constant (self, node, 0, error);
  gint64 type = fovea_onnx_get_integer (node, "to", 0);

  if (constant == NULL)
    return NULL;
  if ((constant->integers != NULL) == is_integer_type (type))
    return fovea_onnx_constant_ref (constant);
  if (is_integer_type (type))
    {
      FoveaOnnxConstant *result = fovea_onnx_constant_new_integers (constant->n_dimensions, constant->shape, error);

      for (gsize i = 0; result != NULL && i < result->n_elements; i++)
        result->integers[i] = fabs (fovea_onnx_constant_get (constant, i)) < 1e18 ? (gint64) fovea_onnx_constant_get (constant, i) : 0;
      return result;
    }
  else
    {
      g_autoptr (FoveaTensor) tensor = fovea_tensor_new (constant->n_dimensions, constant->shape, error);

      if (tensor == NULL)
        return NULL;
      for (gsize i = 0; i < tensor->n_elements; i++)
        tensor->data[i] = (float) constant->integers[i];
      return fovea_onnx_constant_new_floats (tensor);
    }
}

/* The shape of a value, the batch as large as the model says. */
static FoveaOnnxConstant *
fold_shape (FoveaOnnxImport *self,
            const Onnx__NodeProto *node,
            GError **error)
{
  const FoveaOnnxValue *value = fovea_onnx_get_input (self, node, 0);
  gint64 sizes[FOVEA_TENSOR_MAX_DIMENSIONS];
  gint64 n_sizes, start, end;

  if (value == NULL || value->channels_last || value->without_channels)
    {
      fovea_onnx_refuse (node, FOVEA_ERROR_UNSUPPORTED, error, "asks for the shape of a value that is not [N, C, H, W]");
      return NULL;
    }
  if (value->constant != NULL)
    {
      n_sizes = value->constant->n_dimensions;
      memcpy (sizes, value->constant->shape, sizeof sizes);
    }
  else
    {
      n_sizes = value->shape.flat ? 2 : 4;
      sizes[0] = self->batch;
      sizes[1] = value->shape.channels;
      sizes[2] = value->shape.height;
      sizes[3] = value->shape.width;
    }
  start = fovea_onnx_get_integer (node, "start", 0);
  end = fovea_onnx_get_integer (node, "end", n_sizes);
  start = CLAMP (start < 0 ? start + n_sizes : start, 0, n_sizes);
  end = CLAMP (end < 0 ? end + n_sizes : end, start, n_sizes);
  return new_list (sizes + start, (gsize) (end - start), error);
}

/* A list or a single number of whole numbers, as shapes are computed with. */
static const FoveaOnnxConstant *
get_list (FoveaOnnxImport *self,
          const Onnx__NodeProto *node,
          guint index,
          GError **error)
{
  const FoveaOnnxConstant *constant = get_constant (self, node, index, error);

  if (constant == NULL)
    return NULL;
  if (constant->integers != NULL && constant->n_dimensions <= 1)
    return constant;
  fovea_onnx_refuse (node, FOVEA_ERROR_UNSUPPORTED, error, "works on constants that are no list of whole numbers");
  return NULL;
}

static FoveaOnnxConstant *
fold_gather (FoveaOnnxImport *self,
             const Onnx__NodeProto *node,
             GError **error)
{
  const FoveaOnnxConstant *list = get_list (self, node, 0, error);
  const FoveaOnnxConstant *indices = list != NULL ? get_list (self, node, 1, error) : NULL;
  g_autoptr (FoveaOnnxConstant) result = NULL;

  if (indices == NULL)
    return NULL;
  result = fovea_onnx_constant_new_integers (indices->n_dimensions, indices->shape, error);
  for (gsize i = 0; result != NULL && i < indices->n_elements; i++)
    {
      gint64 index = indices->integers[i];

      if (index < 0)
        index += (gint64) list->n_elements;
      if (index < 0 || index >= (gint64) list->n_elements)
        {
          fovea_onnx_refuse (node, FOVEA_ERROR_SHAPE, error, "gathers number %" G_GINT64_FORMAT " of %" G_GSIZE_FORMAT,
                             indices->integers[i], list->n_elements);
          return NULL;
        }
      result->integers[i] = list->integers[index];
    }
  return g_steal_pointer (&result);
}

static FoveaOnnxConstant *
fold_concat (FoveaOnnxImport *self,
             const Onnx__NodeProto *node,
             GError **error)
{
  g_autoptr (GArray) values = g_array_new (FALSE, FALSE, sizeof (gint64));

  for (guint i = 0; i < node->n_input; i++)
    {
      const FoveaOnnxConstant *list = get_list (self, node, i, error);

      if (list == NULL)
        return NULL;
      g_array_append_vals (values, list->integers, (guint) list->n_elements);
      if (values->len > (1 << 20))
        {
          fovea_onnx_refuse (node, FOVEA_ERROR_TOO_LARGE, error, "makes a list of more whole numbers than is supported");
          return NULL;
        }
    }
  return new_list ((const gint64 *) values->data, values->len, error);
}

static FoveaOnnxConstant *
fold_slice (FoveaOnnxImport *self,
            const Onnx__NodeProto *node,
            GError **error)
{
  const FoveaOnnxConstant *list = get_list (self, node, 0, error);
  const gint64 *starts, *ends, *steps;
  gsize n_starts, n_ends, n_steps;
  gint64 size, start, end;

  if (list == NULL ||
      !fovea_onnx_get_integers (self, node, "starts", 1, &starts, &n_starts, error) ||
      !fovea_onnx_get_integers (self, node, "ends", 2, &ends, &n_ends, error) ||
      !fovea_onnx_get_integers (self, node, "steps", 4, &steps, &n_steps, error))
    return NULL;
  if (n_starts != 1 || n_ends != 1 || (n_steps > 0 && steps[0] != 1))
    {
      fovea_onnx_refuse (node, FOVEA_ERROR_UNSUPPORTED, error, "takes more than one range out of a constant");
      return NULL;
    }
  size = (gint64) list->n_elements;
  start = CLAMP (starts[0] < 0 ? starts[0] + size : starts[0], 0, size);
  end = CLAMP (ends[0] < 0 ? ends[0] + size : ends[0], start, size);
  return new_list (list->integers + start, (gsize) (end - start), error);
}

static FoveaOnnxConstant *
fold_unsqueeze (FoveaOnnxImport *self,
                const Onnx__NodeProto *node,
                GError **error)
{
  const FoveaOnnxConstant *constant = get_constant (self, node, 0, error);
  gint64 shape[FOVEA_TENSOR_MAX_DIMENSIONS];
  gboolean is_new[FOVEA_TENSOR_MAX_DIMENSIONS] = { FALSE };
  const gint64 *axes;
  gsize n_axes, n_sizes;
  guint source = 0;

  if (constant == NULL || !fovea_onnx_get_integers (self, node, "axes", 1, &axes, &n_axes, error))
    return NULL;
  n_sizes = n_axes > FOVEA_TENSOR_MAX_DIMENSIONS ? G_MAXUINT : constant->n_dimensions + n_axes;
  for (gsize i = 0; i < n_axes && n_sizes <= FOVEA_TENSOR_MAX_DIMENSIONS; i++)
    {
      gint64 axis = axes[i] < 0 ? axes[i] + (gint64) n_sizes : axes[i];

      if (axis < 0 || axis >= (gint64) n_sizes || is_new[axis])
        n_sizes = G_MAXUINT;
      else
        is_new[axis] = TRUE;
    }
  if (n_sizes > FOVEA_TENSOR_MAX_DIMENSIONS)
    {
      fovea_onnx_refuse (node, FOVEA_ERROR_SHAPE, error, "has axes that a constant of %u dimensions cannot get", constant->n_dimensions);
      return NULL;
    }
  for (gsize i = 0; i < n_sizes; i++)
    shape[i] = is_new[i] ? 1 : constant->shape[source++];
  return fovea_onnx_constant_reshape (constant, (guint) n_sizes, shape, error);
}

static FoveaOnnxConstant *
fold_squeeze (FoveaOnnxImport *self,
              const Onnx__NodeProto *node,
              GError **error)
{
  const FoveaOnnxConstant *constant = get_constant (self, node, 0, error);
  gint64 shape[FOVEA_TENSOR_MAX_DIMENSIONS];
  const gint64 *axes;
  gsize n_axes;
  guint n_sizes = 0;

  if (constant == NULL || !fovea_onnx_get_integers (self, node, "axes", 1, &axes, &n_axes, error))
    return NULL;
  for (guint i = 0; i < constant->n_dimensions; i++)
    {
      gboolean squeezed = axes == NULL && constant->shape[i] == 1;

      for (gsize j = 0; j < n_axes; j++)
        squeezed |= axes[j] == i || axes[j] == (gint64) i - constant->n_dimensions;
      if (!squeezed)
        shape[n_sizes++] = constant->shape[i];
    }
  return fovea_onnx_constant_reshape (constant, n_sizes, shape, error);
}

static FoveaOnnxConstant *
fold_reshape (FoveaOnnxImport *self,
              const Onnx__NodeProto *node,
              GError **error)
{
  const FoveaOnnxConstant *constant = get_constant (self, node, 0, error);
  const FoveaOnnxConstant *target = constant != NULL ? get_list (self, node, 1, error) : NULL;
  gint64 shape[FOVEA_TENSOR_MAX_DIMENSIONS];
  gsize known = 1;
  int unknown = -1;

  if (target == NULL)
    return NULL;
  if (target->n_elements > FOVEA_TENSOR_MAX_DIMENSIONS)
    {
      fovea_onnx_refuse (node, FOVEA_ERROR_SHAPE, error, "makes a constant of %" G_GSIZE_FORMAT " dimensions", target->n_elements);
      return NULL;
    }
  for (gsize i = 0; i < target->n_elements; i++)
    {
      shape[i] = target->integers[i];
      if (shape[i] == 0 && i < constant->n_dimensions)
        shape[i] = constant->shape[i];
      if (shape[i] == -1 && unknown < 0)
        unknown = (int) i;
      else if (shape[i] <= 0 || (gsize) shape[i] > G_MAXUINT32 || known > G_MAXUINT32)
        {
          fovea_onnx_refuse (node, FOVEA_ERROR_SHAPE, error, "makes a shape that a constant cannot have");
          return NULL;
        }
      else
        known *= (gsize) shape[i];
    }
  if (unknown >= 0)
    shape[unknown] = (gint64) (constant->n_elements / known);
  return fovea_onnx_constant_reshape (constant, (guint) target->n_elements, shape, error);
}

static FoveaOnnxConstant *
fold_transpose (FoveaOnnxImport *self,
                const Onnx__NodeProto *node,
                GError **error)
{
  const FoveaOnnxConstant *constant = get_constant (self, node, 0, error);
  const Onnx__AttributeProto *attribute = fovea_onnx_find_attribute (node, "perm");
  gint64 shape[FOVEA_TENSOR_MAX_DIMENSIONS], position[FOVEA_TENSOR_MAX_DIMENSIONS] = { 0 };
  gsize strides[FOVEA_TENSOR_MAX_DIMENSIONS], stride = 1;
  gboolean seen[FOVEA_TENSOR_MAX_DIMENSIONS] = { FALSE };
  g_autoptr (FoveaTensor) tensor = NULL;
  guint n;

  if (constant == NULL)
    return NULL;
  n = constant->n_dimensions;
  if (constant->tensor == NULL || (attribute != NULL && attribute->n_ints != n))
    {
      fovea_onnx_refuse (node, FOVEA_ERROR_UNSUPPORTED, error, "transposes a constant of %u dimensions in a way that is not supported", n);
      return NULL;
    }
  for (guint i = n; i-- > 0;)
    {
      strides[i] = stride;
      stride *= (gsize) constant->shape[i];
    }
  {
    gsize moved[FOVEA_TENSOR_MAX_DIMENSIONS];

    for (guint i = 0; i < n; i++)
      {
        gint64 axis = attribute != NULL ? attribute->ints[i] : (gint64) (n - 1 - i);

        if (axis < 0 || axis >= n || seen[axis])
          {
            fovea_onnx_refuse (node, FOVEA_ERROR_FORMAT, error, "has a perm that is no order of %u axes", n);
            return NULL;
          }
        seen[axis] = TRUE;
        shape[i] = constant->shape[axis];
        moved[i] = strides[axis];
      }
    tensor = fovea_tensor_new (n, shape, error);
    if (tensor == NULL)
      return NULL;
    for (gsize i = 0, source = 0; i < tensor->n_elements; i++)
      {
        tensor->data[i] = constant->tensor->data[source];
        for (guint axis = n; axis-- > 0;)
          {
            source += moved[axis];
            if (++position[axis] < shape[axis])
              break;
            source -= moved[axis] * (gsize) shape[axis];
            position[axis] = 0;
          }
      }
  }
  return fovea_onnx_constant_new_floats (tensor);
}

static gboolean
compute_integer (const char *operator,
                 gint64 a,
                 gint64 b,
                 gint64 *result)
{
  if (g_str_equal (operator, "Add"))
    return !__builtin_add_overflow (a, b, result);
  if (g_str_equal (operator, "Sub"))
    return !__builtin_sub_overflow (a, b, result);
  if (g_str_equal (operator, "Mul"))
    return !__builtin_mul_overflow (a, b, result);
  if (b == 0 || (a == G_MININT64 && b == -1))
    return FALSE;
  *result = a / b;
  return TRUE;
}

static float
compute_float (const char *operator,
               double a,
               double b)
{
  if (g_str_equal (operator, "Add"))
    return (float) (a + b);
  if (g_str_equal (operator, "Sub"))
    return (float) (a - b);
  if (g_str_equal (operator, "Mul"))
    return (float) (a * b);
  return (float) (a / b);
}

/* Two constants of one shape, or one of them a single number. */
static FoveaOnnxConstant *
fold_arithmetic (FoveaOnnxImport *self,
                 const Onnx__NodeProto *node,
                 GError **error)
{
  const FoveaOnnxConstant *a = get_constant (self, node, 0, error);
  const FoveaOnnxConstant *b = a != NULL ? get_constant (self, node, 1, error) : NULL;
  const FoveaOnnxConstant *shape;

  if (b == NULL)
    return NULL;
  shape = a->n_elements == 1 ? b : a;
  if ((a->n_elements != 1 && b->n_elements != 1 && a->n_elements != b->n_elements) || (a->integers != NULL) != (b->integers != NULL))
    {
      fovea_onnx_refuse (node, FOVEA_ERROR_UNSUPPORTED, error, "computes with constants of different shapes or types");
      return NULL;
    }
  if (a->integers != NULL)
    {
      g_autoptr (FoveaOnnxConstant) result = fovea_onnx_constant_new_integers (shape->n_dimensions, shape->shape, error);

      for (gsize i = 0; result != NULL && i < result->n_elements; i++)
        if (!compute_integer (node->op_type, a->integers[a->n_elements == 1 ? 0 : i], b->integers[b->n_elements == 1 ? 0 : i], &result->integers[i]))
          {
            fovea_onnx_refuse (node, FOVEA_ERROR_FORMAT, error, "computes a whole number that is too large or is none");
            return NULL;
          }
      return g_steal_pointer (&result);
    }
  else
    {
      g_autoptr (FoveaTensor) tensor = fovea_tensor_new (shape->n_dimensions, shape->shape, error);

      if (tensor == NULL)
        return NULL;
      for (gsize i = 0; i < tensor->n_elements; i++)
        tensor->data[i] = compute_float (node->op_type, fovea_onnx_constant_get (a, a->n_elements == 1 ? 0 : i),
                                         fovea_onnx_constant_get (b, b->n_elements == 1 ? 0 : i));
      return fovea_onnx_constant_new_floats (tensor);
    }
}

static const struct {
  const char *operator;
  FoldFunc fold;
} folds[] = {
  { "Add", fold_arithmetic },
  { "Cast", fold_cast },
  { "Concat", fold_concat },
  { "Constant", fold_constant },
  { "ConstantOfShape", fold_constant_of_shape },
  { "Div", fold_arithmetic },
  { "Gather", fold_gather },
  { "Identity", fold_identity },
  { "Mul", fold_arithmetic },
  { "Reshape", fold_reshape },
  { "Shape", fold_shape },
  { "Slice", fold_slice },
  { "Squeeze", fold_squeeze },
  { "Sub", fold_arithmetic },
  { "Transpose", fold_transpose },
  { "Unsqueeze", fold_unsqueeze },
};

/**
 * fovea_onnx_fold:
 * @node: a node that computes with constants only, or asks for a shape
 * @error: %FOVEA_ERROR_UNSUPPORTED for an operator that is not known for constants, or what is wrong with the node
 *
 * Computes what the node puts out and puts it among the values.
 *
 * Returns: whether that was possible
 */
gboolean
fovea_onnx_fold (FoveaOnnxImport *self,
                 const Onnx__NodeProto *node,
                 GError **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (folds); i++)
    if (g_strcmp0 (node->op_type, folds[i].operator) == 0)
      {
        g_autoptr (GError) local_error = NULL;
        FoveaOnnxConstant *constant = folds[i].fold (self, node, &local_error);

        if (constant != NULL)
          {
            fovea_onnx_set_constant (self, node, constant);
            return TRUE;
          }
        if (g_str_has_prefix (local_error->message, "node '"))
          {
            g_propagate_error (error, g_steal_pointer (&local_error));
            return FALSE;
          }
        return fovea_onnx_refuse (node, (FoveaError) local_error->code, error, "computes a constant that is not supported: %s", local_error->message);
      }
  return fovea_onnx_refuse (node, FOVEA_ERROR_UNSUPPORTED, error, "computes with constants by an operator that is not supported");
}
