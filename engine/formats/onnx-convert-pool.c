/* Nodes that summarize windows of a map, or the whole map.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/formats/onnx-convert.h"

gboolean
fovea_onnx_convert_pool (FoveaOnnxImport *self,
                         const Onnx__NodeProto *node,
                         const char *name,
                         const FoveaOnnxValue *input,
                         GError **error)
{
  static const char *const copied[] = { "auto_pad", "ceil_mode", "count_include_pad", "dilations", "kernel_shape", "pads", "strides", NULL };
  g_auto (GVariantDict) attributes = G_VARIANT_DICT_INIT (NULL);
  const Onnx__AttributeProto *dilations = fovea_onnx_find_attribute (node, "dilations");

  fovea_onnx_copy_attributes (node, copied, &attributes);
  if (!fovea_onnx_check_single_output (node, error))
    return FALSE;
  if (g_str_equal (node->op_type, "AveragePool"))
    for (gsize i = 0; dilations != NULL && i < dilations->n_ints; i++)
      if (dilations->ints[i] != 1)
        return fovea_onnx_refuse (node, FOVEA_ERROR_UNSUPPORTED, error, "averages with a dilation, which is not supported");
  return fovea_onnx_add_simple_layer (self, node, name, input, node->op_type, &attributes, NULL, error);
}

gboolean
fovea_onnx_convert_global_max_pool (FoveaOnnxImport *self,
                                    const Onnx__NodeProto *node,
                                    const char *name,
                                    const FoveaOnnxValue *input,
                                    GError **error)
{
  g_auto (GVariantDict) attributes = G_VARIANT_DICT_INIT (NULL);

  g_variant_dict_insert_value (&attributes, "kernel_shape",
                               g_variant_new_fixed_array (G_VARIANT_TYPE_INT64, (gint64[]) { input->shape.height, input->shape.width }, 2, sizeof (gint64)));
  return fovea_onnx_add_simple_layer (self, node, name, input, "MaxPool", &attributes, NULL, error);
}

gboolean
fovea_onnx_convert_reduce_mean (FoveaOnnxImport *self,
                                const Onnx__NodeProto *node,
                                const char *name,
                                const FoveaOnnxValue *input,
                                GError **error)
{
  const gint64 *axes;
  gsize n_axes;
  FoveaShape shape;
  g_autofree char *flat = NULL;

  if (!fovea_onnx_get_integers (self, node, "axes", 1, &axes, &n_axes, error))
    return FALSE;
  if (input->shape.flat || !fovea_onnx_are_map_axes (axes, n_axes))
    return fovea_onnx_refuse (node, FOVEA_ERROR_UNSUPPORTED, error, "averages over other axes than height and width, which is not supported");
  if (!fovea_onnx_add_layer (self, name, "GlobalAveragePool", &input, 1, NULL, NULL, &shape, error))
    return FALSE;
  if (fovea_onnx_get_integer (node, "keepdims", 1) == 0)
    {
      const FoveaOnnxValue average = { .layer = (char *) name, .shape = shape };

      flat = g_strconcat (name, ".flatten", NULL);
      return fovea_onnx_add_flatten (self, node, flat, &average, error);
    }
  fovea_onnx_set_value (self, node, 0, name, &shape);
  return TRUE;
}
