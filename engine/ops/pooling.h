/* What MaxPool and AveragePool have in common.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/kernels/pooling.h"
#include "engine/ops/window.h"

G_BEGIN_DECLS

/**
 * fovea_pooling_get_geometry:
 * @attributes: the pooling's window
 * @count_padding: whether an average counts the padding as zeros
 *
 * Returns: the geometry of one channel's pooling in this run
 */
static inline FoveaPoolingGeometry
fovea_pooling_get_geometry (const FoveaOperatorContext *context,
                            const FoveaWindowAttributes *attributes,
                            gboolean count_padding)
{
  FoveaPoolingGeometry geometry = {
    .input_height = context->input_shapes[0].height,
    .input_width = context->input_shapes[0].width,
    .output_height = context->output_shape.height,
    .output_width = context->output_shape.width,
    .count_padding = count_padding,
  };
  FoveaWindow window;

  fovea_window_resolve (attributes, &context->input_shapes[0], &window);
  for (guint axis = 0; axis < 2; axis++)
    {
      geometry.kernel[axis] = window.kernel[axis];
      geometry.stride[axis] = window.stride[axis];
      geometry.dilation[axis] = window.dilation[axis];
      geometry.pad_begin[axis] = window.pad_begin[axis];
      geometry.pad_end[axis] = window.pad_end[axis];
    }
  return geometry;
}

G_END_DECLS
