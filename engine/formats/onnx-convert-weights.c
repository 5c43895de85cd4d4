/* Nodes with weights: convolutions, matrix products and batch normalizations.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/formats/onnx-convert.h"

gboolean
fovea_onnx_convert_conv (FoveaOnnxImport *self,
                         const Onnx__NodeProto *node,
                         const char *name,
                         const FoveaOnnxValue *input,
                         GError **error)
{
  static const char *const copied[] = { "auto_pad", "dilations", "group", "kernel_shape", "pads", "strides", NULL };
  g_auto (GVariantDict) attributes = G_VARIANT_DICT_INIT (NULL);
  g_autoptr (GHashTable) parameters = fovea_onnx_parameters_new ();

  fovea_onnx_copy_attributes (node, copied, &attributes);
  if (!fovea_onnx_add_parameter (self, node, 1, "W", parameters, error) ||
      (fovea_onnx_get_input (self, node, 2) != NULL && !fovea_onnx_add_parameter (self, node, 2, "B", parameters, error)))
    return FALSE;
  return fovea_onnx_add_simple_layer (self, node, name, input, "Conv", &attributes, parameters, error);
}

gboolean
fovea_onnx_convert_batch_normalization (FoveaOnnxImport *self,
                                        const Onnx__NodeProto *node,
                                        const char *name,
                                        const FoveaOnnxValue *input,
                                        GError **error)
{
  static const char *const names[] = { "scale", "B", "input_mean", "input_var" };
  static const char *const copied[] = { "epsilon", "training_mode", NULL };
  g_auto (GVariantDict) attributes = G_VARIANT_DICT_INIT (NULL);
  g_autoptr (GHashTable) parameters = fovea_onnx_parameters_new ();

  fovea_onnx_copy_attributes (node, copied, &attributes);
  if (fovea_onnx_get_integer (node, "spatial", 1) != 1)
    return fovea_onnx_refuse (node, FOVEA_ERROR_UNSUPPORTED, error, "has spatial 0, which is not supported");
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (!fovea_onnx_add_parameter (self, node, i + 1, names[i], parameters, error))
      return FALSE;
  return fovea_onnx_check_single_output (node, error) && fovea_onnx_add_simple_layer (self, node, name, input, "BatchNormalization", &attributes, parameters, error);
}

gboolean
fovea_onnx_convert_gemm (FoveaOnnxImport *self,
                         const Onnx__NodeProto *node,
                         const char *name,
                         const FoveaOnnxValue *input,
                         GError **error)
{
  static const char *const copied[] = { "alpha", "beta", "transA", "transB", NULL };
  g_auto (GVariantDict) attributes = G_VARIANT_DICT_INIT (NULL);
  g_autoptr (GHashTable) parameters = fovea_onnx_parameters_new ();

  fovea_onnx_copy_attributes (node, copied, &attributes);
  if (!fovea_onnx_add_parameter (self, node, 1, "B", parameters, error) ||
      (fovea_onnx_get_input (self, node, 2) != NULL && !fovea_onnx_add_parameter (self, node, 2, "C", parameters, error)))
    return FALSE;
  return fovea_onnx_add_simple_layer (self, node, name, input, "Gemm", &attributes, parameters, error);
}

/* A product of flat values with a constant matrix is a Gemm without the rest. */
gboolean
fovea_onnx_convert_mat_mul (FoveaOnnxImport *self,
                            const Onnx__NodeProto *node,
                            const char *name,
                            const FoveaOnnxValue *input,
                            GError **error)
{
  g_autoptr (GHashTable) parameters = fovea_onnx_parameters_new ();

  if (!fovea_onnx_add_parameter (self, node, 1, "B", parameters, error))
    return FALSE;
  return fovea_onnx_add_simple_layer (self, node, name, input, "Gemm", NULL, parameters, error);
}
