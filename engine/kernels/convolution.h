/* Two-dimensional convolution and its derivative with respect to the input.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * FoveaConvolutionGeometry:
 * @n_groups: divides both numbers of channels; output channels of one group see the input channels
 *   of the same group only
 * @output_height, @output_width: given, because they do not follow from the rest (the end's padding
 *   is not named: what lies outside of the input is zero)
 *
 * Pairs are vertical, horizontal. Every number is at least 1, @pad_begin at least 0. Products of
 * height and width, and input channels of a group × kernel area, are at most %G_MAXINT.
 */
typedef struct {
  gint64 n_groups;
  gint64 input_channels;
  gint64 input_height;
  gint64 input_width;
  gint64 output_channels;
  gint64 output_height;
  gint64 output_width;
  gint64 kernel[2];
  gint64 stride[2];
  gint64 dilation[2];
  gint64 pad_begin[2];
} FoveaConvolutionGeometry;

gsize fovea_convolution_workspace_size (const FoveaConvolutionGeometry *geometry);
void fovea_convolution_forward (const FoveaConvolutionGeometry *geometry, gsize batch, const float *weights, const float *bias, const float *input, float *output, gpointer workspace);
void fovea_convolution_input_gradient (const FoveaConvolutionGeometry *geometry, gsize batch, const float *weights, const float *output_gradient, float *input_gradient, gpointer workspace);

G_END_DECLS
