/* The operators that the engine knows, one file each.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/operator.h"

G_BEGIN_DECLS

extern const FoveaOperator fovea_operator_add;
extern const FoveaOperator fovea_operator_average_pool;
extern const FoveaOperator fovea_operator_batch_normalization;
extern const FoveaOperator fovea_operator_clip;
extern const FoveaOperator fovea_operator_concat;
extern const FoveaOperator fovea_operator_conv;
extern const FoveaOperator fovea_operator_div;
extern const FoveaOperator fovea_operator_dropout;
extern const FoveaOperator fovea_operator_flatten;
extern const FoveaOperator fovea_operator_gemm;
extern const FoveaOperator fovea_operator_global_average_pool;
extern const FoveaOperator fovea_operator_hard_sigmoid;
extern const FoveaOperator fovea_operator_hard_swish;
extern const FoveaOperator fovea_operator_identity;
extern const FoveaOperator fovea_operator_leaky_relu;
extern const FoveaOperator fovea_operator_lrn;
extern const FoveaOperator fovea_operator_max_pool;
extern const FoveaOperator fovea_operator_mul;
extern const FoveaOperator fovea_operator_pad;
extern const FoveaOperator fovea_operator_relu;
extern const FoveaOperator fovea_operator_reshape;
extern const FoveaOperator fovea_operator_sigmoid;
extern const FoveaOperator fovea_operator_slice;
extern const FoveaOperator fovea_operator_softmax;
extern const FoveaOperator fovea_operator_sub;
extern const FoveaOperator fovea_operator_sum;

G_END_DECLS
