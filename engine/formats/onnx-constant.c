/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/formats/onnx-constant.h"

#include <string.h>

#include "engine/formats/element-type.h"

/* Whole numbers are read to compute shapes with; more of them than this describe none. */
#define MAX_INTEGERS (1 << 20)

/* TensorProto.DataLocation */
#define EXTERNAL 1

/* How a type of TensorProto.DataType is stored, and in which of its fields where not in raw_data. */
typedef enum {
  FIELD_NONE,
  FIELD_FLOAT,
  FIELD_DOUBLE,
  FIELD_INT32,
  FIELD_INT64,
  FIELD_UINT64,
} Field;

typedef struct {
  const char *name;
  FoveaElementType element_type;
  Field field;
  gboolean is_integer;
} DataType;

static const DataType data_types[] = {
  [1] = { "float", FOVEA_ELEMENT_FLOAT32, FIELD_FLOAT, FALSE },
  [2] = { "uint8", FOVEA_ELEMENT_UINT8, FIELD_INT32, TRUE },
  [3] = { "int8", FOVEA_ELEMENT_INT8, FIELD_INT32, TRUE },
  [4] = { "uint16", FOVEA_ELEMENT_UINT16, FIELD_INT32, TRUE },
  [5] = { "int16", FOVEA_ELEMENT_INT16, FIELD_INT32, TRUE },
  [6] = { "int32", FOVEA_ELEMENT_INT32, FIELD_INT32, TRUE },
  [7] = { "int64", FOVEA_ELEMENT_INT64, FIELD_INT64, TRUE },
  [8] = { "string", FOVEA_N_ELEMENT_TYPES, FIELD_NONE, FALSE },
  [9] = { "bool", FOVEA_ELEMENT_BOOL, FIELD_INT32, TRUE },
  [10] = { "float16", FOVEA_ELEMENT_FLOAT16, FIELD_INT32, FALSE },
  [11] = { "double", FOVEA_ELEMENT_FLOAT64, FIELD_DOUBLE, FALSE },
  [12] = { "uint32", FOVEA_ELEMENT_UINT32, FIELD_UINT64, TRUE },
  [13] = { "uint64", FOVEA_ELEMENT_UINT64, FIELD_UINT64, TRUE },
  [14] = { "complex64", FOVEA_N_ELEMENT_TYPES, FIELD_NONE, FALSE },
  [15] = { "complex128", FOVEA_N_ELEMENT_TYPES, FIELD_NONE, FALSE },
  [16] = { "bfloat16", FOVEA_ELEMENT_BFLOAT16, FIELD_INT32, FALSE },
};

static const DataType *
find_data_type (const Onnx__TensorProto *proto,
                GError **error)
{
  const DataType *type = NULL;

  if (proto->data_type > 0 && (gsize) proto->data_type < G_N_ELEMENTS (data_types))
    type = &data_types[proto->data_type];
  if (type != NULL && type->field != FIELD_NONE)
    return type;
  if (type != NULL)
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED, "has elements of type %s, which is not supported", type->name);
  else
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED, "has elements of type number %d, which is not known", proto->data_type);
  return NULL;
}

/* Where the elements are in the message, as bytes. raw_data is little-endian, the others are numbers of this machine. */
static gboolean
find_elements (const Onnx__TensorProto *proto,
               const DataType *type,
               gsize n_elements,
               gconstpointer *data,
               gsize *stride,
               GError **error)
{
  gsize n_found = 0;

  *stride = fovea_element_type_get_size (type->element_type);
  if (proto->has_raw_data)
    {
      *data = proto->raw_data.data;
      if (proto->raw_data.len == n_elements * *stride)
        return TRUE;
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT,
                   "needs %" G_GSIZE_FORMAT " bytes, but there are %" G_GSIZE_FORMAT, n_elements * *stride, proto->raw_data.len);
      return FALSE;
    }
  switch (type->field)
    {
    case FIELD_FLOAT:
      *data = proto->float_data;
      n_found = proto->n_float_data;
      break;
    case FIELD_DOUBLE:
      *data = proto->double_data;
      n_found = proto->n_double_data;
      break;
    case FIELD_INT32:
      *data = proto->int32_data;
      n_found = proto->n_int32_data;
      *stride = sizeof (gint32);
      break;
    case FIELD_INT64:
      *data = proto->int64_data;
      n_found = proto->n_int64_data;
      break;
    case FIELD_UINT64:
      *data = proto->uint64_data;
      n_found = proto->n_uint64_data;
      *stride = sizeof (guint64);
      break;
    case FIELD_NONE:
      g_assert_not_reached ();
    }
  if (n_found == n_elements)
    return TRUE;
  g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT,
               "needs %" G_GSIZE_FORMAT " elements, but there are %" G_GSIZE_FORMAT, n_elements, n_found);
  return FALSE;
}

/* The first byte of an element that is stored in a wider number of this machine. */
static gconstpointer
skip_upper_half (gconstpointer data,
                 gsize stride,
                 gsize size)
{
  return (const guint8 *) data + (G_BYTE_ORDER == G_BIG_ENDIAN ? stride - size : 0);
}

static gint64
read_integer (FoveaElementType type,
              const guint8 *source)
{
  guint64 bits = 0;

  for (gsize i = 0; i < fovea_element_type_get_size (type); i++)
    bits |= (guint64) source[i] << (8 * i);
  switch ((int) type)
    {
    case FOVEA_ELEMENT_INT8:
      return (gint8) bits;
    case FOVEA_ELEMENT_INT16:
      return (gint16) bits;
    case FOVEA_ELEMENT_INT32:
      return (gint32) bits;
    case FOVEA_ELEMENT_BOOL:
      return bits != 0;
    case FOVEA_ELEMENT_UINT64:
      return (gint64) MIN (bits, (guint64) G_MAXINT64);
    default:
      return (gint64) bits;
    }
}

static gint64
read_field_integer (const DataType *type,
                    gconstpointer data,
                    gsize index)
{
  switch (type->field)
    {
    case FIELD_INT32:
      if (type->element_type == FOVEA_ELEMENT_BOOL)
        return ((const gint32 *) data)[index] != 0;
      return ((const gint32 *) data)[index];
    case FIELD_UINT64:
      return (gint64) MIN (((const guint64 *) data)[index], (guint64) G_MAXINT64);
    default:
      return ((const gint64 *) data)[index];
    }
}

static FoveaOnnxConstant *
read_integers (const Onnx__TensorProto *proto,
               const DataType *type,
               guint n_dimensions,
               const gint64 *shape,
               GError **error)
{
  g_autoptr (FoveaOnnxConstant) self = fovea_onnx_constant_new_integers (n_dimensions, shape, error);
  gconstpointer data;
  gsize stride;

  if (self == NULL || !find_elements (proto, type, self->n_elements, &data, &stride, error))
    return NULL;
  for (gsize i = 0; i < self->n_elements; i++)
    self->integers[i] = proto->has_raw_data ? read_integer (type->element_type, (const guint8 *) data + i * stride)
                                            : read_field_integer (type, data, i);
  return g_steal_pointer (&self);
}

/* The bytes of a message are copies already, so that float32 of this machine's order is taken over from it. */
static FoveaTensor *
read_floats (Onnx__TensorProto *proto,
             const DataType *type,
             guint n_dimensions,
             const gint64 *shape,
             gsize n_elements,
             GError **error)
{
  g_autoptr (FoveaTensor) tensor = NULL;
  gconstpointer data;
  gsize stride;

  if (!find_elements (proto, type, n_elements, &data, &stride, error))
    return NULL;
  if (type->element_type == FOVEA_ELEMENT_FLOAT32 && n_elements > 0 && (!proto->has_raw_data || G_BYTE_ORDER == G_LITTLE_ENDIAN))
    {
      g_autoptr (GBytes) bytes = g_bytes_new_take ((gpointer) data, n_elements * sizeof (float));

      if (proto->has_raw_data)
        proto->raw_data = (ProtobufCBinaryData) { 0 };
      else
        {
          proto->float_data = NULL;
          proto->n_float_data = 0;
        }
      return fovea_tensor_new_from_bytes (n_dimensions, shape, bytes, error);
    }

  tensor = fovea_tensor_new (n_dimensions, shape, error);
  if (tensor == NULL)
    return NULL;
  if (proto->has_raw_data)
    fovea_elements_to_float32 (type->element_type, G_LITTLE_ENDIAN, data, 1, n_elements, tensor->data);
  else
    fovea_elements_to_float32 (type->element_type, G_BYTE_ORDER,
                               skip_upper_half (data, stride, fovea_element_type_get_size (type->element_type)),
                               stride / fovea_element_type_get_size (type->element_type), n_elements, tensor->data);
  return g_steal_pointer (&tensor);
}

/**
 * fovea_onnx_constant_new_from_proto:
 * @proto: the message, whose elements may be taken out of it; so it can be read once. It was allocated with
 *   g_malloc()
 * @error: %FOVEA_ERROR_UNSUPPORTED for a type that is no number or for elements in another file, %FOVEA_ERROR_FORMAT
 *   where shape and elements do not agree, %FOVEA_ERROR_SHAPE, %FOVEA_ERROR_TOO_LARGE; a fragment that wants the
 *   tensor's name in front
 *
 * Returns: (transfer full): the tensor, or %NULL
 */
FoveaOnnxConstant *
fovea_onnx_constant_new_from_proto (Onnx__TensorProto *proto,
                                    GError **error)
{
  const DataType *type;
  g_autoptr (FoveaTensor) tensor = NULL;
  gsize n_elements;

  if (proto->data_location == EXTERNAL || proto->n_external_data > 0)
    {
      const char *file = "another file";

      for (gsize i = 0; i < proto->n_external_data; i++)
        if (g_strcmp0 (proto->external_data[i]->key, "location") == 0 && proto->external_data[i]->value != NULL &&
            g_utf8_validate (proto->external_data[i]->value, -1, NULL))
          file = proto->external_data[i]->value;
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED,
                   "is kept outside of the model in '%.80s', which is not supported; save the model as one file", file);
      return NULL;
    }
  type = find_data_type (proto, error);
  if (type == NULL || !fovea_tensor_count_elements ((guint) MIN (proto->n_dims, G_MAXUINT), proto->dims, &n_elements, error))
    return NULL;
  if (type->is_integer)
    return read_integers (proto, type, (guint) proto->n_dims, proto->dims, error);
  tensor = read_floats (proto, type, (guint) proto->n_dims, proto->dims, n_elements, error);
  return tensor != NULL ? fovea_onnx_constant_new_floats (tensor) : NULL;
}

/**
 * fovea_onnx_constant_new_integers:
 * @error: %FOVEA_ERROR_SHAPE, %FOVEA_ERROR_TOO_LARGE
 *
 * Returns: (transfer full): a tensor of whole numbers, zeros for the caller to fill, or %NULL
 */
FoveaOnnxConstant *
fovea_onnx_constant_new_integers (guint n_dimensions,
                                  const gint64 *shape,
                                  GError **error)
{
  FoveaOnnxConstant *self;
  gsize n_elements;

  if (!fovea_tensor_count_elements (n_dimensions, shape, &n_elements, error))
    return NULL;
  if (n_elements > MAX_INTEGERS)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_TOO_LARGE, "has %" G_GSIZE_FORMAT " whole numbers, more than the %d that are supported",
                   n_elements, MAX_INTEGERS);
      return NULL;
    }
  self = g_new0 (FoveaOnnxConstant, 1);
  g_ref_count_init (&self->references);
  self->n_dimensions = n_dimensions;
  for (guint i = 0; i < n_dimensions; i++)
    self->shape[i] = shape[i];
  self->n_elements = n_elements;
  self->integers = g_new0 (gint64, n_elements + 1);
  return self;
}

/**
 * fovea_onnx_constant_new_floats:
 * @tensor: (transfer none): the elements
 *
 * Returns: (transfer full): the tensor as a constant
 */
FoveaOnnxConstant *
fovea_onnx_constant_new_floats (FoveaTensor *tensor)
{
  FoveaOnnxConstant *self = g_new0 (FoveaOnnxConstant, 1);

  g_ref_count_init (&self->references);
  self->n_dimensions = tensor->n_dimensions;
  memcpy (self->shape, tensor->shape, sizeof self->shape);
  self->n_elements = tensor->n_elements;
  self->tensor = fovea_tensor_ref (tensor);
  return self;
}

/**
 * fovea_onnx_constant_reshape:
 * @shape: a shape with as many elements
 * @error: %FOVEA_ERROR_SHAPE where it has more or fewer
 *
 * Returns: (transfer full): the same elements in another shape, or %NULL
 */
FoveaOnnxConstant *
fovea_onnx_constant_reshape (const FoveaOnnxConstant *self,
                             guint n_dimensions,
                             const gint64 *shape,
                             GError **error)
{
  gsize n_elements;

  if (!fovea_tensor_count_elements (n_dimensions, shape, &n_elements, error))
    return NULL;
  if (n_elements != self->n_elements)
    {
      g_autofree char *wanted = fovea_tensor_describe_shape (n_dimensions, shape);
      g_autofree char *found = fovea_tensor_describe_shape (self->n_dimensions, self->shape);

      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_SHAPE, "shape %s cannot become %s", found, wanted);
      return NULL;
    }
  if (self->tensor != NULL)
    {
      g_autoptr (GBytes) bytes = g_bytes_new_with_free_func (self->tensor->data, n_elements * sizeof (float),
                                                             (GDestroyNotify) fovea_tensor_unref, fovea_tensor_ref (self->tensor));
      g_autoptr (FoveaTensor) view = fovea_tensor_new_from_bytes (n_dimensions, shape, bytes, error);

      return view != NULL ? fovea_onnx_constant_new_floats (view) : NULL;
    }
  else
    {
      FoveaOnnxConstant *copy = fovea_onnx_constant_new_integers (n_dimensions, shape, error);

      if (copy != NULL)
        memcpy (copy->integers, self->integers, n_elements * sizeof (gint64));
      return copy;
    }
}

/**
 * fovea_onnx_constant_ref:
 *
 * Returns: (transfer full): @constant
 */
FoveaOnnxConstant *
fovea_onnx_constant_ref (FoveaOnnxConstant *self)
{
  g_ref_count_inc (&self->references);
  return self;
}

/**
 * fovea_onnx_constant_unref:
 *
 * Gives a reference back.
 */
void
fovea_onnx_constant_unref (FoveaOnnxConstant *self)
{
  if (!g_ref_count_dec (&self->references))
    return;
  g_clear_pointer (&self->tensor, fovea_tensor_unref);
  g_free (self->integers);
  g_free (self);
}

/**
 * fovea_onnx_constant_get:
 * @index: below its number of elements
 *
 * Returns: an element of whatever type, as a number
 */
double
fovea_onnx_constant_get (const FoveaOnnxConstant *self,
                         gsize index)
{
  g_return_val_if_fail (index < self->n_elements, 0);
  return self->tensor != NULL ? self->tensor->data[index] : (double) self->integers[index];
}
