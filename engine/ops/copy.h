/* Operators that compute nothing: the output is the input.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/operator.h"

G_BEGIN_DECLS

gboolean fovea_copy_infer_shape (const FoveaNode *node, const FoveaShape *input_shapes, FoveaShape *output_shape, GError **error);
void fovea_copy_forward (const FoveaOperatorContext *context);
void fovea_copy_gradient (const FoveaOperatorContext *context);

G_END_DECLS
