/* AveragePool: the average under a sliding window.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/ops/operators.h"
#include "engine/ops/planes.h"
#include "engine/ops/pooling.h"

typedef struct {
  FoveaWindowAttributes window;
  gboolean count_padding;
} AveragePool;

static gboolean
average_pool_prepare (FoveaNode *node,
                      GError **error)
{
  AveragePool pool;
  gint64 count_include_pad;

  if (!fovea_node_get_integer (node, "count_include_pad", 0, 0, 1, &count_include_pad, error) ||
      !fovea_window_read (node, NULL, &pool.window, error))
    return FALSE;
  pool.count_padding = count_include_pad != 0;
  node->prepared = g_memdup2 (&pool, sizeof pool);
  return TRUE;
}

static gboolean
average_pool_infer_shape (const FoveaNode *node,
                          const FoveaShape *input_shapes,
                          FoveaShape *output_shape,
                          GError **error)
{
  const AveragePool *pool = node->prepared;

  return fovea_window_infer_pooling (node, &pool->window, input_shapes, output_shape, error);
}

static void
average_pool_get_window (const FoveaNode *node,
                         const FoveaShape *input_shape,
                         FoveaWindow *window)
{
  const AveragePool *pool = node->prepared;

  fovea_window_resolve (&pool->window, input_shape, window);
}

static void
forward_planes (gsize begin,
                gsize end,
                const FoveaOperatorContext *context)
{
  const AveragePool *pool = context->node->prepared;
  const FoveaPoolingGeometry geometry = fovea_pooling_get_geometry (context, &pool->window, pool->count_padding);
  const gsize input_plane = (gsize) (geometry.input_height * geometry.input_width);
  const gsize output_plane = (gsize) (geometry.output_height * geometry.output_width);

  for (gsize p = begin; p < end; p++)
    fovea_pooling_average (&geometry, context->inputs[0] + p * input_plane, context->output + p * output_plane);
}

static void
gradient_planes (gsize begin,
                 gsize end,
                 const FoveaOperatorContext *context)
{
  const AveragePool *pool = context->node->prepared;
  const FoveaPoolingGeometry geometry = fovea_pooling_get_geometry (context, &pool->window, pool->count_padding);
  const gsize input_plane = (gsize) (geometry.input_height * geometry.input_width);
  const gsize output_plane = (gsize) (geometry.output_height * geometry.output_width);

  for (gsize p = begin; p < end; p++)
    fovea_pooling_average_gradient (&geometry, context->output_gradient + p * output_plane, context->input_gradients[0] + p * input_plane);
}

static void
average_pool_forward (const FoveaOperatorContext *context)
{
  fovea_for_planes (context, context->batch * (gsize) context->output_shape.channels,
                    (gsize) (context->input_shapes[0].height * context->input_shapes[0].width), forward_planes);
}

static void
average_pool_gradient (const FoveaOperatorContext *context)
{
  if (context->input_gradients[0] != NULL)
    fovea_for_planes (context, context->batch * (gsize) context->output_shape.channels,
                      (gsize) (context->input_shapes[0].height * context->input_shapes[0].width), gradient_planes);
}

const FoveaOperator fovea_operator_average_pool = {
  .name = "AveragePool",
  .min_inputs = 1,
  .max_inputs = 1,
  .prepare = average_pool_prepare,
  .release = g_free,
  .infer_shape = average_pool_infer_shape,
  .forward = average_pool_forward,
  .gradient = average_pool_gradient,
  .get_window = average_pool_get_window,
};
