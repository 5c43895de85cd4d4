/* Fully connected layers: each image's values times one matrix.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

void fovea_dense_forward (gsize batch, gsize n_inputs, gsize n_outputs, const float *weights, const float *bias, float factor, const float *input, float *output);
void fovea_dense_input_gradient (gsize batch, gsize n_inputs, gsize n_outputs, const float *weights, float factor, const float *output_gradient, float *input_gradient);

G_END_DECLS
