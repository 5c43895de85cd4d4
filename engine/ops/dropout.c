/* Dropout: in inference, nothing is dropped.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/ops/copy.h"
#include "engine/ops/operators.h"

const FoveaOperator fovea_operator_dropout = {
  .name = "Dropout",
  .min_inputs = 1,
  .max_inputs = 1,
  .flags = FOVEA_OPERATOR_IN_PLACE,
  .infer_shape = fovea_copy_infer_shape,
  .forward = fovea_copy_forward,
  .gradient = fovea_copy_gradient,
};
