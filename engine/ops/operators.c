/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/ops/operators.h"

static const FoveaOperator *const operators[] = {
  &fovea_operator_add,
  &fovea_operator_average_pool,
  &fovea_operator_batch_normalization,
  &fovea_operator_clip,
  &fovea_operator_concat,
  &fovea_operator_conv,
  &fovea_operator_div,
  &fovea_operator_dropout,
  &fovea_operator_flatten,
  &fovea_operator_gemm,
  &fovea_operator_global_average_pool,
  &fovea_operator_hard_sigmoid,
  &fovea_operator_hard_swish,
  &fovea_operator_identity,
  &fovea_operator_leaky_relu,
  &fovea_operator_lrn,
  &fovea_operator_max_pool,
  &fovea_operator_mul,
  &fovea_operator_pad,
  &fovea_operator_relu,
  &fovea_operator_reshape,
  &fovea_operator_sigmoid,
  &fovea_operator_slice,
  &fovea_operator_softmax,
  &fovea_operator_sub,
  &fovea_operator_sum,
};

/**
 * fovea_operator_lookup:
 * @name: ONNX's name of an operator
 *
 * Returns: (nullable): the operator, or %NULL if the engine does not have it
 */
const FoveaOperator *
fovea_operator_lookup (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (operators); i++)
    if (g_str_equal (operators[i]->name, name))
      return operators[i];
  return NULL;
}
