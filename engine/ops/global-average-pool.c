/* GlobalAveragePool: the average of each channel's map.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/kernels/multiversion.h"
#include "engine/ops/operators.h"
#include "engine/ops/planes.h"

/* Sums that run side by side, so that the loop becomes vector code. */
#define LANES 16

static gboolean
global_average_pool_infer_shape (const FoveaNode *node,
                                 const FoveaShape *input_shapes,
                                 FoveaShape *output_shape,
                                 GError **error)
{
  if (input_shapes[0].flat)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_SHAPE,
                   "node '%s' (%s) wants maps of shape [C, H, W], but its input has the flat shape [%" G_GINT64_FORMAT "]",
                   node->name, node->operator->name, input_shapes[0].channels);
      return FALSE;
    }
  *output_shape = (FoveaShape) { .channels = input_shapes[0].channels, .height = 1, .width = 1 };
  return TRUE;
}

FOVEA_MULTIVERSION static void
average_planes (gsize begin,
                gsize end,
                const FoveaOperatorContext *context)
{
  const gsize plane = (gsize) (context->input_shapes[0].height * context->input_shapes[0].width);

  for (gsize p = begin; p < end; p++)
    {
      const float *restrict input = context->inputs[0] + p * plane;
      double sums[LANES] = { 0 }, sum = 0;
      gsize i = 0;

      for (; i + LANES <= plane; i += LANES)
        for (guint lane = 0; lane < LANES; lane++)
          sums[lane] += input[i + lane];
      for (guint lane = 0; lane < LANES; lane++)
        sum += sums[lane];
      for (; i < plane; i++)
        sum += input[i];
      context->output[p] = (float) (sum / (double) plane);
    }
}

FOVEA_MULTIVERSION static void
spread_planes (gsize begin,
               gsize end,
               const FoveaOperatorContext *context)
{
  const gsize plane = (gsize) (context->input_shapes[0].height * context->input_shapes[0].width);

  for (gsize p = begin; p < end; p++)
    {
      const float share = context->output_gradient[p] / (float) plane;
      float *restrict input_gradient = context->input_gradients[0] + p * plane;

      for (gsize i = 0; i < plane; i++)
        input_gradient[i] += share;
    }
}

static void
global_average_pool_forward (const FoveaOperatorContext *context)
{
  const FoveaShape *shape = &context->input_shapes[0];

  fovea_for_planes (context, context->batch * (gsize) shape->channels, (gsize) (shape->height * shape->width), average_planes);
}

static void
global_average_pool_gradient (const FoveaOperatorContext *context)
{
  const FoveaShape *shape = &context->input_shapes[0];

  if (context->input_gradients[0] != NULL)
    fovea_for_planes (context, context->batch * (gsize) shape->channels, (gsize) (shape->height * shape->width), spread_planes);
}

static void
global_average_pool_get_window (const FoveaNode *node,
                                const FoveaShape *input_shape,
                                FoveaWindow *window)
{
  *window = (FoveaWindow) {
    .kernel = { input_shape->height, input_shape->width },
    .stride = { 1, 1 },
    .dilation = { 1, 1 },
    .whole_map = TRUE,
  };
}

const FoveaOperator fovea_operator_global_average_pool = {
  .name = "GlobalAveragePool",
  .min_inputs = 1,
  .max_inputs = 1,
  .infer_shape = global_average_pool_infer_shape,
  .forward = global_average_pool_forward,
  .gradient = global_average_pool_gradient,
  .get_window = global_average_pool_get_window,
};
