/* BatchNormalization in inference: an affine map a channel, from the running statistics.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <math.h>

#include "engine/kernels/multiversion.h"
#include "engine/ops/operators.h"
#include "engine/ops/planes.h"

typedef struct {
  float mean;
  float factor; /* scale / √(variance + epsilon) */
  float offset;
} Channel;

typedef struct {
  gint64 n_channels;
  Channel channels[];
} BatchNormalization;

static gboolean
batch_normalization_prepare (FoveaNode *node,
                             GError **error)
{
  const FoveaTensor *scale, *offset, *mean, *variance;
  BatchNormalization *self;
  gint64 training_mode;
  double epsilon;

  if (!fovea_node_get_float (node, "epsilon", 1e-5, &epsilon, error) ||
      !fovea_node_get_integer (node, "training_mode", 0, 0, 1, &training_mode, error) ||
      (scale = fovea_node_get_parameter (node, "scale", 1, (gint64[]) { -1 }, error)) == NULL ||
      (offset = fovea_node_get_parameter (node, "B", 1, scale->shape, error)) == NULL ||
      (mean = fovea_node_get_parameter (node, "input_mean", 1, scale->shape, error)) == NULL ||
      (variance = fovea_node_get_parameter (node, "input_var", 1, scale->shape, error)) == NULL)
    return FALSE;
  if (training_mode != 0)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED,
                   "node '%s' has training_mode 1; export the network for inference", node->name);
      return FALSE;
    }
  for (gsize c = 0; c < variance->n_elements; c++)
    if (!(variance->data[c] + epsilon > 0))
      {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT,
                     "node '%s' has input_var %g at channel %" G_GSIZE_FORMAT ", which with epsilon %g is not positive",
                     node->name, variance->data[c], c, epsilon);
        return FALSE;
      }

  self = g_malloc (sizeof (BatchNormalization) + scale->n_elements * sizeof (Channel));
  self->n_channels = scale->shape[0];
  for (gsize c = 0; c < scale->n_elements; c++)
    self->channels[c] = (Channel) {
      .mean = mean->data[c],
      .factor = (float) (scale->data[c] / sqrt (variance->data[c] + epsilon)),
      .offset = offset->data[c],
    };
  node->prepared = self;
  return TRUE;
}

static gboolean
batch_normalization_infer_shape (const FoveaNode *node,
                                 const FoveaShape *input_shapes,
                                 FoveaShape *output_shape,
                                 GError **error)
{
  const BatchNormalization *self = node->prepared;

  if (input_shapes[0].channels != self->n_channels)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_SHAPE,
                   "node '%s' wants scale of shape [%" G_GINT64_FORMAT "], but the file has [%" G_GINT64_FORMAT "]",
                   node->name, input_shapes[0].channels, self->n_channels);
      return FALSE;
    }
  *output_shape = input_shapes[0];
  return TRUE;
}

/* The mean is subtracted first: where it is large, folding it into the offset would cost digits. */
FOVEA_MULTIVERSION static void
normalize_planes (gsize begin,
                  gsize end,
                  const FoveaOperatorContext *context)
{
  const BatchNormalization *self = context->node->prepared;
  const gsize plane = (gsize) (context->output_shape.height * context->output_shape.width);

  for (gsize p = begin; p < end; p++)
    {
      const Channel channel = self->channels[p % (gsize) self->n_channels];
      const float *input = context->inputs[0] + p * plane;
      float *output = context->output + p * plane;

#pragma GCC ivdep
      for (gsize i = 0; i < plane; i++)
        output[i] = (input[i] - channel.mean) * channel.factor + channel.offset;
    }
}

FOVEA_MULTIVERSION static void
scale_gradient_planes (gsize begin,
                       gsize end,
                       const FoveaOperatorContext *context)
{
  const BatchNormalization *self = context->node->prepared;
  const gsize plane = (gsize) (context->output_shape.height * context->output_shape.width);

  for (gsize p = begin; p < end; p++)
    {
      const float factor = self->channels[p % (gsize) self->n_channels].factor;
      const float *restrict output_gradient = context->output_gradient + p * plane;
      float *restrict input_gradient = context->input_gradients[0] + p * plane;

      for (gsize i = 0; i < plane; i++)
        input_gradient[i] += output_gradient[i] * factor;
    }
}

static void
batch_normalization_forward (const FoveaOperatorContext *context)
{
  const FoveaShape *shape = &context->output_shape;

  fovea_for_planes (context, context->batch * (gsize) shape->channels, (gsize) (shape->height * shape->width), normalize_planes);
}

static void
batch_normalization_gradient (const FoveaOperatorContext *context)
{
  const FoveaShape *shape = &context->output_shape;

  if (context->input_gradients[0] != NULL)
    fovea_for_planes (context, context->batch * (gsize) shape->channels, (gsize) (shape->height * shape->width), scale_gradient_planes);
}

const FoveaOperator fovea_operator_batch_normalization = {
  .name = "BatchNormalization",
  .min_inputs = 1,
  .max_inputs = 1,
  .flags = FOVEA_OPERATOR_IN_PLACE,
  .prepare = batch_normalization_prepare,
  .release = g_free,
  .infer_shape = batch_normalization_infer_shape,
  .forward = batch_normalization_forward,
  .gradient = batch_normalization_gradient,
};
