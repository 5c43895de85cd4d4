/* Nodes that compute with the image: each becomes a layer, or nothing where it changes nothing.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/formats/onnx-convert.h"

static gboolean
pass_on (FoveaOnnxImport *self,
         const Onnx__NodeProto *node,
         const char *name,
         const FoveaOnnxValue *input,
         GError **error)
{
  return fovea_onnx_pass_on (self, node, input);
}

static const struct {
  const char *operator;
  FoveaOnnxConvertFunc convert;
  gboolean takes_any_input; /* its first input may be missing, a constant, or of another layout: it looks itself */
} converters[] = {
  { "Add", fovea_onnx_convert_arithmetic, TRUE },
  { "AveragePool", fovea_onnx_convert_pool },
  { "BatchNormalization", fovea_onnx_convert_batch_normalization },
  { "Cast", pass_on },
  { "Clip", fovea_onnx_convert_clip },
  { "Concat", fovea_onnx_convert_many, TRUE },
  { "Conv", fovea_onnx_convert_conv },
  { "Div", fovea_onnx_convert_arithmetic, TRUE },
  { "Dropout", fovea_onnx_convert_dropout },
  { "Flatten", fovea_onnx_convert_flatten },
  { "Gather", fovea_onnx_convert_gather },
  { "Gemm", fovea_onnx_convert_gemm },
  { "GlobalAveragePool", fovea_onnx_convert_elementwise },
  { "GlobalMaxPool", fovea_onnx_convert_global_max_pool },
  { "HardSigmoid", fovea_onnx_convert_elementwise },
  { "HardSwish", fovea_onnx_convert_elementwise },
  { "Identity", pass_on },
  { "LRN", fovea_onnx_convert_elementwise },
  { "LeakyRelu", fovea_onnx_convert_elementwise },
  { "MatMul", fovea_onnx_convert_mat_mul },
  { "MaxPool", fovea_onnx_convert_pool },
  { "Mul", fovea_onnx_convert_arithmetic, TRUE },
  { "Pad", fovea_onnx_convert_pad },
  { "ReduceMean", fovea_onnx_convert_reduce_mean },
  { "Relu", fovea_onnx_convert_elementwise },
  { "Reshape", fovea_onnx_convert_reshape },
  { "Sigmoid", fovea_onnx_convert_elementwise },
  { "Slice", fovea_onnx_convert_slice },
  { "Softmax", fovea_onnx_convert_softmax },
  { "Split", fovea_onnx_convert_split },
  { "Squeeze", fovea_onnx_convert_squeeze },
  { "Sub", fovea_onnx_convert_arithmetic, TRUE },
  { "Sum", fovea_onnx_convert_many, TRUE },
  { "Transpose", fovea_onnx_convert_transpose, TRUE },
  { "Unsqueeze", fovea_onnx_convert_unsqueeze, TRUE },
};

/**
 * fovea_onnx_convert:
 * @node: a node whose inputs are known, and of which one at least depends on the image
 * @name: what its layer is to be called
 * @error: %FOVEA_ERROR_UNSUPPORTED for an operator or a use of it that is not supported, or what the engine's operator says
 *
 * Adds the layers that compute what the node does, and its outputs to the values.
 *
 * Returns: whether that was possible
 */
gboolean
fovea_onnx_convert (FoveaOnnxImport *self,
                    const Onnx__NodeProto *node,
                    const char *name,
                    GError **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (converters); i++)
    if (g_strcmp0 (node->op_type, converters[i].operator) == 0)
      {
        const FoveaOnnxValue *input = converters[i].takes_any_input ? fovea_onnx_get_input (self, node, 0) : fovea_onnx_require_image (self, node, 0, error);

        return (input != NULL || converters[i].takes_any_input) && converters[i].convert (self, node, name, input, error);
      }
  return fovea_onnx_refuse (node, FOVEA_ERROR_UNSUPPORTED, error, "uses an operator that is not supported");
}
