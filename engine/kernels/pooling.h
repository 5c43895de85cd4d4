/* Maxima and averages under a sliding window.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * FoveaPoolingGeometry:
 * @pad_begin, @pad_end: less than @kernel
 * @count_padding: whether an average counts the padding as zeros
 *
 * Pairs are vertical, horizontal. Every window sees at least one input position.
 */
typedef struct {
  gint64 input_height;
  gint64 input_width;
  gint64 output_height;
  gint64 output_width;
  gint64 kernel[2];
  gint64 stride[2];
  gint64 dilation[2];
  gint64 pad_begin[2];
  gint64 pad_end[2];
  gboolean count_padding;
} FoveaPoolingGeometry;

void fovea_pooling_max (const FoveaPoolingGeometry *geometry, const float *input, float *output, gint32 *positions);
void fovea_pooling_max_gradient (const FoveaPoolingGeometry *geometry, const gint32 *positions, const float *output_gradient, float *input_gradient);
void fovea_pooling_average (const FoveaPoolingGeometry *geometry, const float *input, float *output);
void fovea_pooling_average_gradient (const FoveaPoolingGeometry *geometry, const float *output_gradient, float *input_gradient);

G_END_DECLS
