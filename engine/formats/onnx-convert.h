/* How nodes of ONNX models become layers: what the files of the conversion share.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/formats/onnx-import.h"

G_BEGIN_DECLS

/**
 * FoveaOnnxConvertFunc:
 * @self: the import
 * @node: a node
 * @name: what its layer is to be called
 * @input: the node's first input: computed from the image, unless the table says that the function looks itself
 * @error: why it cannot be converted
 *
 * Adds the layers that compute what the node does, and its outputs to the values.
 *
 * Returns: whether that was possible
 */
typedef gboolean (*FoveaOnnxConvertFunc) (FoveaOnnxImport *self, const Onnx__NodeProto *node, const char *name, const FoveaOnnxValue *input, GError **error);

/* onnx-layer.c */
const FoveaOnnxValue *fovea_onnx_require_image (FoveaOnnxImport *self, const Onnx__NodeProto *node, guint index, GError **error);
GHashTable *fovea_onnx_parameters_new (void);
gboolean fovea_onnx_add_parameter (FoveaOnnxImport *self, const Onnx__NodeProto *node, guint index, const char *parameter, GHashTable *parameters, GError **error);
void fovea_onnx_copy_attributes (const Onnx__NodeProto *node, const char *const *names, GVariantDict *attributes);
gboolean fovea_onnx_add_layer (FoveaOnnxImport *self, const char *name, const char *operator_name, const FoveaOnnxValue *const *inputs, guint n_inputs, GVariantDict *attributes, GHashTable *parameters, FoveaShape *shape, GError **error);
gboolean fovea_onnx_add_simple_layer (FoveaOnnxImport *self, const Onnx__NodeProto *node, const char *name, const FoveaOnnxValue *input, const char *operator_name, GVariantDict *attributes, GHashTable *parameters, GError **error);
gboolean fovea_onnx_add_flatten (FoveaOnnxImport *self, const Onnx__NodeProto *node, const char *name, const FoveaOnnxValue *input, GError **error);
gboolean fovea_onnx_pass_on (FoveaOnnxImport *self, const Onnx__NodeProto *node, const FoveaOnnxValue *input);
gboolean fovea_onnx_check_single_output (const Onnx__NodeProto *node, GError **error);
gboolean fovea_onnx_are_map_axes (const gint64 *axes, gsize n_axes);

/* onnx-convert-channels.c */
gboolean fovea_onnx_convert_gather (FoveaOnnxImport *self, const Onnx__NodeProto *node, const char *name, const FoveaOnnxValue *input, GError **error);
gboolean fovea_onnx_convert_slice (FoveaOnnxImport *self, const Onnx__NodeProto *node, const char *name, const FoveaOnnxValue *input, GError **error);
gboolean fovea_onnx_convert_split (FoveaOnnxImport *self, const Onnx__NodeProto *node, const char *name, const FoveaOnnxValue *input, GError **error);

/* onnx-convert-pool.c */
gboolean fovea_onnx_convert_global_max_pool (FoveaOnnxImport *self, const Onnx__NodeProto *node, const char *name, const FoveaOnnxValue *input, GError **error);
gboolean fovea_onnx_convert_pool (FoveaOnnxImport *self, const Onnx__NodeProto *node, const char *name, const FoveaOnnxValue *input, GError **error);
gboolean fovea_onnx_convert_reduce_mean (FoveaOnnxImport *self, const Onnx__NodeProto *node, const char *name, const FoveaOnnxValue *input, GError **error);

/* onnx-convert-shape.c */
gboolean fovea_onnx_convert_flatten (FoveaOnnxImport *self, const Onnx__NodeProto *node, const char *name, const FoveaOnnxValue *input, GError **error);
gboolean fovea_onnx_convert_pad (FoveaOnnxImport *self, const Onnx__NodeProto *node, const char *name, const FoveaOnnxValue *input, GError **error);
gboolean fovea_onnx_convert_reshape (FoveaOnnxImport *self, const Onnx__NodeProto *node, const char *name, const FoveaOnnxValue *input, GError **error);
gboolean fovea_onnx_convert_squeeze (FoveaOnnxImport *self, const Onnx__NodeProto *node, const char *name, const FoveaOnnxValue *input, GError **error);
gboolean fovea_onnx_convert_transpose (FoveaOnnxImport *self, const Onnx__NodeProto *node, const char *name, const FoveaOnnxValue *input, GError **error);
gboolean fovea_onnx_convert_unsqueeze (FoveaOnnxImport *self, const Onnx__NodeProto *node, const char *name, const FoveaOnnxValue *input, GError **error);

/* onnx-convert-values.c */
gboolean fovea_onnx_convert_arithmetic (FoveaOnnxImport *self, const Onnx__NodeProto *node, const char *name, const FoveaOnnxValue *input, GError **error);
gboolean fovea_onnx_convert_clip (FoveaOnnxImport *self, const Onnx__NodeProto *node, const char *name, const FoveaOnnxValue *input, GError **error);
gboolean fovea_onnx_convert_dropout (FoveaOnnxImport *self, const Onnx__NodeProto *node, const char *name, const FoveaOnnxValue *input, GError **error);
gboolean fovea_onnx_convert_elementwise (FoveaOnnxImport *self, const Onnx__NodeProto *node, const char *name, const FoveaOnnxValue *input, GError **error);
gboolean fovea_onnx_convert_many (FoveaOnnxImport *self, const Onnx__NodeProto *node, const char *name, const FoveaOnnxValue *input, GError **error);
gboolean fovea_onnx_convert_softmax (FoveaOnnxImport *self, const Onnx__NodeProto *node, const char *name, const FoveaOnnxValue *input, GError **error);

/* onnx-convert-weights.c */
gboolean fovea_onnx_convert_batch_normalization (FoveaOnnxImport *self, const Onnx__NodeProto *node, const char *name, const FoveaOnnxValue *input, GError **error);
gboolean fovea_onnx_convert_conv (FoveaOnnxImport *self, const Onnx__NodeProto *node, const char *name, const FoveaOnnxValue *input, GError **error);
gboolean fovea_onnx_convert_gemm (FoveaOnnxImport *self, const Onnx__NodeProto *node, const char *name, const FoveaOnnxValue *input, GError **error);
gboolean fovea_onnx_convert_mat_mul (FoveaOnnxImport *self, const Onnx__NodeProto *node, const char *name, const FoveaOnnxValue *input, GError **error);

G_END_DECLS
