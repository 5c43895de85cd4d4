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
extern const FoveaOperator fovea_operator_concat;
extern const FoveaOperator fovea_operator_conv;
extern const FoveaOperator fovea_operator_dropout;
extern const FoveaOperator fovea_operator_flatten;
extern const FoveaOperator fovea_operator_gemm;
extern const FoveaOperator fovea_operator_global_average_pool;
extern const FoveaOperator fovea_operator_identity;
extern const FoveaOperator fovea_operator_lrn;
extern const FoveaOperator fovea_operator_max_pool;
extern const FoveaOperator fovea_operator_relu;
extern const FoveaOperator fovea_operator_softmax;
extern const FoveaOperator fovea_operator_sum;

G_END_DECLS
