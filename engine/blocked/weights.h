/* A layer's weights as any of its convolutions wants to read them.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/blocked/kernels.h"

G_BEGIN_DECLS

/**
 * FoveaWeightSource:
 * @n_outputs, @n_inputs: channels as the convolution at hand sees them: for an input gradient,
 *   outputs are the layer's inputs
 * @kernel: height, width
 * @output_stride, @input_stride, @tap_stride: where the weight of an output, an input and a tap lies
 *   in @weights; taps are counted row by row
 * @n_groups: of channels: outputs see the inputs of their own group only
 * @group_stride: what both strides together lead too far for each group, since @weights hold no pairs
 *   of different groups
 * @output_scale, @input_scale: (nullable): factors of each output and input channel: on the way
 *   back, those of the batch normalization behind the convolution
 */
typedef struct {
  const float *weights;
  gint64 n_outputs;
  gint64 n_inputs;
  gint64 kernel[2];
  gssize output_stride;
  gssize input_stride;
  gssize tap_stride;
  gint64 n_groups;
  gssize group_stride;
  const float *output_scale;
  const float *input_scale;
} FoveaWeightSource;

/* 0 for channels that only fill a block, and between groups. */
static inline float
fovea_weight_source_get (const FoveaWeightSource *source,
                         gint64 output,
                         gint64 input,
                         gint64 tap)
{
  gint64 group = 0;
  float weight;

  if (output >= source->n_outputs || input >= source->n_inputs)
    return 0;
  if (source->n_groups > 1)
    {
      group = output / (source->n_outputs / source->n_groups);
      if (input / (source->n_inputs / source->n_groups) != group)
        return 0;
    }
  weight = source->weights[output * source->output_stride + input * source->input_stride - group * source->group_stride + tap * source->tap_stride];
  if (source->output_scale != NULL)
    weight *= source->output_scale[output];
  if (source->input_scale != NULL)
    weight *= source->input_scale[input];
  return weight;
}

G_END_DECLS
