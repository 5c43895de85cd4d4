/* Unrolling a convolution's input into the columns of a matrix, and back.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/kernels/convolution.h"

G_BEGIN_DECLS

void fovea_columns_gather (const FoveaConvolutionGeometry *geometry, gint64 n_channels, const float *input, gint64 begin, gint64 end, float *columns);
void fovea_columns_scatter (const FoveaConvolutionGeometry *geometry, gint64 n_channels, const float *columns, gint64 begin, gint64 end, float *input);

/**
 * fovea_columns_clip:
 * @n_outputs: how many outputs there are along an axis
 * @n_inputs: how many inputs
 * @offset: the input position that output 0 sees through one tap of the kernel; may be negative
 * @stride: from one output's position to the next
 * @first: (out): the first output whose position lies inside of the input
 * @end: (out): the one after the last such output; equal to @first when there is none
 */
static inline void
fovea_columns_clip (gint64 n_outputs,
                    gint64 n_inputs,
                    gint64 offset,
                    gint64 stride,
                    gint64 *first,
                    gint64 *end)
{
  *first = offset >= 0 ? 0 : MIN ((-offset + stride - 1) / stride, n_outputs);
  *end = offset >= n_inputs ? 0 : MIN ((n_inputs - 1 - offset) / stride + 1, n_outputs);
  *end = MAX (*end, *first);
}

G_END_DECLS
