/* Softmax over the channels, at each position of the map.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <math.h>

#include "engine/kernels/multiversion.h"
#include "engine/ops/operators.h"
#include "engine/parallel.h"

/* Positions that one piece of work does: their sums stay in the first level of cache. */
#define CHUNK 128

typedef struct {
  const FoveaOperatorContext *context;
  gsize n_positions;
  gsize n_chunks; /* of one image */
} Softmax;

static gboolean
softmax_infer_shape (const FoveaNode *node,
                     const FoveaShape *input_shapes,
                     FoveaShape *output_shape,
                     GError **error)
{
  gint64 axis;

  if (!fovea_node_get_integer (node, "axis", 1, -4, 4, &axis, error))
    return FALSE;
  if (axis != 1 && axis != (input_shapes[0].flat ? -1 : -3))
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED,
                   "node '%s' has axis %" G_GINT64_FORMAT "; only axis 1, the channels, is supported", node->name, axis);
      return FALSE;
    }
  *output_shape = input_shapes[0];
  return TRUE;
}

FOVEA_MULTIVERSION static void
forward_item (gsize item,
              guint worker,
              gpointer data)
{
  const Softmax *softmax = data;
  const gsize n_channels = (gsize) softmax->context->output_shape.channels, stride = softmax->n_positions;
  const gsize begin = item % softmax->n_chunks * CHUNK, n = MIN (CHUNK, stride - begin);
  const gsize offset = item / softmax->n_chunks * n_channels * stride + begin;
  const float *restrict input = softmax->context->inputs[0] + offset;
  float *restrict output = softmax->context->output + offset;
  float maxima[CHUNK];
  double sums[CHUNK] = { 0 };

  for (gsize i = 0; i < n; i++)
    maxima[i] = input[i];
  for (gsize c = 1; c < n_channels; c++)
    for (gsize i = 0; i < n; i++)
      maxima[i] = input[c * stride + i] > maxima[i] ? input[c * stride + i] : maxima[i];
  for (gsize c = 0; c < n_channels; c++)
    for (gsize i = 0; i < n; i++)
      {
        output[c * stride + i] = expf (input[c * stride + i] - maxima[i]);
        sums[i] += output[c * stride + i];
      }
  for (gsize c = 0; c < n_channels; c++)
    for (gsize i = 0; i < n; i++)
      output[c * stride + i] = (float) (output[c * stride + i] / sums[i]);
}

/* dL/dx_c = y_c (g_c − Σ_k g_k y_k) */
FOVEA_MULTIVERSION static void
gradient_item (gsize item,
               guint worker,
               gpointer data)
{
  const Softmax *softmax = data;
  const gsize n_channels = (gsize) softmax->context->output_shape.channels, stride = softmax->n_positions;
  const gsize begin = item % softmax->n_chunks * CHUNK, n = MIN (CHUNK, stride - begin);
  const gsize offset = item / softmax->n_chunks * n_channels * stride + begin;
  const float *restrict output = softmax->context->output + offset;
  const float *restrict output_gradient = softmax->context->output_gradient + offset;
  float *restrict input_gradient = softmax->context->input_gradients[0] + offset;
  double means[CHUNK] = { 0 };

  for (gsize c = 0; c < n_channels; c++)
    for (gsize i = 0; i < n; i++)
      means[i] += (double) output[c * stride + i] * output_gradient[c * stride + i];
  for (gsize c = 0; c < n_channels; c++)
    for (gsize i = 0; i < n; i++)
      input_gradient[c * stride + i] += (float) (output[c * stride + i] * (output_gradient[c * stride + i] - means[i]));
}

static void
run (const FoveaOperatorContext *context,
     FoveaParallelFunc func)
{
  Softmax softmax = {
    .context = context,
    .n_positions = (gsize) (context->output_shape.height * context->output_shape.width),
  };

  softmax.n_chunks = (softmax.n_positions + CHUNK - 1) / CHUNK;
  fovea_parallel_for (context->batch * softmax.n_chunks, func, &softmax);
}

static void
softmax_forward (const FoveaOperatorContext *context)
{
  run (context, forward_item);
}

static void
softmax_gradient (const FoveaOperatorContext *context)
{
  if (context->input_gradients[0] != NULL)
    run (context, gradient_item);
}

const FoveaOperator fovea_operator_softmax = {
  .name = "Softmax",
  .min_inputs = 1,
  .max_inputs = 1,
  .flags = FOVEA_OPERATOR_GRADIENT_NEEDS_OUTPUT,
  .infer_shape = softmax_infer_shape,
  .forward = softmax_forward,
  .gradient = softmax_gradient,
};
