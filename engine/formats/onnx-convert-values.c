/* Nodes that compute with values one by one: activation functions, sums, products.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <math.h>

#include "engine/formats/onnx-convert.h"

/* From this operator set on, Softmax works along one axis instead of on everything from it on. */
#define OPSET_ONE_AXIS 13

/* Operators that have the same attributes here as there, and one input. */
gboolean
fovea_onnx_convert_elementwise (FoveaOnnxImport *self,
                                const Onnx__NodeProto *node,
                                const char *name,
                                const FoveaOnnxValue *input,
                                GError **error)
{
  static const char *const copied[] = { "alpha", "beta", "bias", "size", "axis", NULL };
  g_auto (GVariantDict) attributes = G_VARIANT_DICT_INIT (NULL);

  fovea_onnx_copy_attributes (node, copied, &attributes);
  return fovea_onnx_add_simple_layer (self, node, name, input, node->op_type, &attributes, NULL, error);
}

gboolean
fovea_onnx_convert_dropout (FoveaOnnxImport *self,
                            const Onnx__NodeProto *node,
                            const char *name,
                            const FoveaOnnxValue *input,
                            GError **error)
{
  const FoveaOnnxValue *training = fovea_onnx_get_input (self, node, 2);

  if (training != NULL && (training->constant == NULL || training->constant->n_elements != 1 || fovea_onnx_constant_get (training->constant, 0) != 0))
    return fovea_onnx_refuse (node, FOVEA_ERROR_UNSUPPORTED, error, "drops values at random; export the network for inference");
  return fovea_onnx_add_simple_layer (self, node, name, input, "Dropout", NULL, NULL, error);
}

/* A bound of Clip: an attribute in operator sets before 11, then an input. */
static gboolean
add_bound (FoveaOnnxImport *self,
           const Onnx__NodeProto *node,
           guint index,
           const char *bound,
           GVariantDict *attributes,
           GError **error)
{
  const FoveaOnnxValue *value = fovea_onnx_get_input (self, node, index);
  const Onnx__AttributeProto *attribute = fovea_onnx_find_attribute (node, bound);
  double number;

  if (value == NULL && (attribute == NULL || !attribute->has_f))
    return TRUE;
  if (value != NULL && (value->constant == NULL || value->constant->n_elements != 1))
    return fovea_onnx_refuse (node, FOVEA_ERROR_UNSUPPORTED, error, "has a %s that is no constant number", bound);
  number = value != NULL ? fovea_onnx_constant_get (value->constant, 0) : (double) attribute->f;
  if (isnan (number))
    return fovea_onnx_refuse (node, FOVEA_ERROR_FORMAT, error, "has a %s that is no number", bound);
  if (isfinite (number))
    g_variant_dict_insert (attributes, bound, "d", number);
  return TRUE;
}

gboolean
fovea_onnx_convert_clip (FoveaOnnxImport *self,
                         const Onnx__NodeProto *node,
                         const char *name,
                         const FoveaOnnxValue *input,
                         GError **error)
{
  g_auto (GVariantDict) attributes = G_VARIANT_DICT_INIT (NULL);

  if (!add_bound (self, node, 1, "min", &attributes, error) || !add_bound (self, node, 2, "max", &attributes, error))
    return FALSE;
  return fovea_onnx_add_simple_layer (self, node, name, input, "Clip", &attributes, NULL, error);
}

/* Until operator set 12, Softmax took everything from its axis on as one list. */
gboolean
fovea_onnx_convert_softmax (FoveaOnnxImport *self,
                            const Onnx__NodeProto *node,
                            const char *name,
                            const FoveaOnnxValue *input,
                            GError **error)
{
  g_auto (GVariantDict) attributes = G_VARIANT_DICT_INIT (NULL);
  gint64 axis = fovea_onnx_get_integer (node, "axis", self->opset >= OPSET_ONE_AXIS ? -1 : 1);

  if (self->opset < OPSET_ONE_AXIS && !input->shape.flat && input->shape.height * input->shape.width > 1)
    return fovea_onnx_refuse (node, FOVEA_ERROR_UNSUPPORTED, error, "works on channels and positions at once, which is not supported");
  g_variant_dict_insert (&attributes, "axis", "x", axis);
  return fovea_onnx_add_simple_layer (self, node, name, input, "Softmax", &attributes, NULL, error);
}

/* A constant as [C, H, W] or, beside flat values, as [C, 1, 1]: broadcasting aligns shapes at their ends. */
static FoveaTensor *
align_constant (const Onnx__NodeProto *node,
                const FoveaOnnxConstant *constant,
                const FoveaShape *shape,
                GError **error)
{
  const guint rank = shape->flat ? 2 : 4;
  gint64 sizes[4] = { 1, 1, 1, 1 };
  gint64 aligned[3];
  g_autoptr (FoveaOnnxConstant) view = NULL;

  if (constant->tensor == NULL || constant->n_dimensions > rank)
    {
      fovea_onnx_refuse (node, FOVEA_ERROR_UNSUPPORTED, error, "combines the image with a constant of %u dimensions or of whole numbers",
                         constant->n_dimensions);
      return NULL;
    }
  for (guint i = 0; i < constant->n_dimensions; i++)
    sizes[rank - constant->n_dimensions + i] = constant->shape[i];
  aligned[0] = sizes[1];
  aligned[1] = shape->flat ? 1 : sizes[2];
  aligned[2] = shape->flat ? 1 : sizes[3];
  if (sizes[0] != 1)
    {
      fovea_onnx_refuse (node, FOVEA_ERROR_UNSUPPORTED, error, "combines the image with a constant for %" G_GINT64_FORMAT " images", sizes[0]);
      return NULL;
    }
  view = fovea_onnx_constant_reshape (constant, 3, aligned, error);
  return view != NULL ? fovea_tensor_ref (view->tensor) : NULL;
}

/* Add, Sub, Mul, Div: of two values, or of one and a constant. */
gboolean
fovea_onnx_convert_arithmetic (FoveaOnnxImport *self,
                               const Onnx__NodeProto *node,
                               const char *name,
                               const FoveaOnnxValue *input,
                               GError **error)
{
  const FoveaOnnxValue *inputs[2] = { fovea_onnx_get_input (self, node, 0), fovea_onnx_get_input (self, node, 1) };
  g_autoptr (GHashTable) parameters = NULL;
  FoveaOnnxConstant *constant = NULL;
  FoveaShape shape;
  guint n_inputs = 0;

  for (guint i = 0; i < 2; i++)
    if (inputs[i] != NULL && inputs[i]->constant != NULL)
      constant = inputs[i]->constant;
    else
      {
        inputs[n_inputs] = fovea_onnx_require_image (self, node, i, error);
        if (inputs[n_inputs] == NULL)
          return FALSE;
        n_inputs++;
      }
  if (constant != NULL)
    {
      FoveaTensor *aligned = align_constant (node, constant, &inputs[0]->shape, error);

      if (aligned == NULL)
        return FALSE;
      parameters = fovea_onnx_parameters_new ();
      g_hash_table_insert (parameters, g_strdup (fovea_onnx_get_input (self, node, 0)->constant != NULL ? "A" : "B"), aligned);
    }
  if (!fovea_onnx_add_layer (self, name, node->op_type, inputs, n_inputs, NULL, parameters, &shape, error))
    return FALSE;
  fovea_onnx_set_value (self, node, 0, name, &shape);
  return TRUE;
}

gboolean
fovea_onnx_convert_many (FoveaOnnxImport *self,
                         const Onnx__NodeProto *node,
                         const char *name,
                         const FoveaOnnxValue *input,
                         GError **error)
{
  static const char *const copied[] = { "axis", NULL };
  g_auto (GVariantDict) attributes = G_VARIANT_DICT_INIT (NULL);
  g_autofree const FoveaOnnxValue **inputs = g_new (const FoveaOnnxValue *, node->n_input + 1);
  FoveaShape shape;

  fovea_onnx_copy_attributes (node, copied, &attributes);
  for (guint i = 0; i < node->n_input; i++)
    {
      inputs[i] = fovea_onnx_require_image (self, node, i, error);
      if (inputs[i] == NULL)
        return FALSE;
    }
  if (node->n_input == 0)
    return fovea_onnx_refuse (node, FOVEA_ERROR_FORMAT, error, "has no inputs");
  if (!fovea_onnx_add_layer (self, name, node->op_type, inputs, (guint) node->n_input, &attributes, NULL, &shape, error))
    return FALSE;
  fovea_onnx_set_value (self, node, 0, name, &shape);
  return TRUE;
}
