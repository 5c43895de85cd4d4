/* Constant tensors of an ONNX model: weights, and the whole numbers that describe shapes.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/formats/onnx.pb-c.h"
#include "engine/tensor.h"

G_BEGIN_DECLS

/**
 * FoveaOnnxConstant:
 * @n_dimensions, @shape: as of a tensor
 * @n_elements: their product
 * @integers: the elements of an integer or boolean tensor, %NULL for other types
 * @tensor: the elements of a floating-point tensor, %NULL for other types
 *
 * Reference-counted, for one thread.
 */
typedef struct {
  grefcount references;
  guint n_dimensions;
  gint64 shape[FOVEA_TENSOR_MAX_DIMENSIONS];
  gsize n_elements;
  gint64 *integers;
  FoveaTensor *tensor;
} FoveaOnnxConstant;

FoveaOnnxConstant *fovea_onnx_constant_new_from_proto (Onnx__TensorProto *proto, GError **error);
FoveaOnnxConstant *fovea_onnx_constant_new_integers (guint n_dimensions, const gint64 *shape, GError **error);
FoveaOnnxConstant *fovea_onnx_constant_new_floats (FoveaTensor *tensor);
FoveaOnnxConstant *fovea_onnx_constant_reshape (const FoveaOnnxConstant *constant, guint n_dimensions, const gint64 *shape, GError **error);
FoveaOnnxConstant *fovea_onnx_constant_ref (FoveaOnnxConstant *constant);
void fovea_onnx_constant_unref (FoveaOnnxConstant *constant);

double fovea_onnx_constant_get (const FoveaOnnxConstant *constant, gsize index);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaOnnxConstant, fovea_onnx_constant_unref)

G_END_DECLS
