/* MaxPool: the maximum under a sliding window; its gradient goes where the maximum was found.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/ops/operators.h"
#include "engine/ops/planes.h"
#include "engine/ops/pooling.h"

static gboolean
max_pool_prepare (FoveaNode *node,
                  GError **error)
{
  FoveaWindowAttributes attributes;
  gint64 storage_order;

  if (!fovea_node_get_integer (node, "storage_order", 0, 0, 0, &storage_order, error) ||
      !fovea_window_read (node, NULL, &attributes, error))
    return FALSE;
  node->prepared = g_memdup2 (&attributes, sizeof attributes);
  return TRUE;
}

static gboolean
max_pool_infer_shape (const FoveaNode *node,
                      const FoveaShape *input_shapes,
                      FoveaShape *output_shape,
                      GError **error)
{
  return fovea_window_infer_pooling (node, node->prepared, input_shapes, output_shape, error);
}

static void
max_pool_get_window (const FoveaNode *node,
                     const FoveaShape *input_shape,
                     FoveaWindow *window)
{
  fovea_window_resolve (node->prepared, input_shape, window);
}

/* The state holds one position for each output element. */
static gsize
max_pool_state_size (const FoveaNode *node,
                     gsize batch,
                     const FoveaShape *input_shapes,
                     const FoveaShape *output_shape)
{
  return batch * fovea_shape_get_n_elements (output_shape) * sizeof (gint32);
}

static void
forward_planes (gsize begin,
                gsize end,
                const FoveaOperatorContext *context)
{
  const FoveaPoolingGeometry geometry = fovea_pooling_get_geometry (context, context->node->prepared, FALSE);
  const gsize input_plane = (gsize) (geometry.input_height * geometry.input_width);
  const gsize output_plane = (gsize) (geometry.output_height * geometry.output_width);
  gint32 *positions = context->state;

  for (gsize p = begin; p < end; p++)
    fovea_pooling_max (&geometry, context->inputs[0] + p * input_plane, context->output + p * output_plane,
                       positions != NULL ? positions + p * output_plane : NULL);
}

static void
gradient_planes (gsize begin,
                 gsize end,
                 const FoveaOperatorContext *context)
{
  const FoveaPoolingGeometry geometry = fovea_pooling_get_geometry (context, context->node->prepared, FALSE);
  const gsize input_plane = (gsize) (geometry.input_height * geometry.input_width);
  const gsize output_plane = (gsize) (geometry.output_height * geometry.output_width);
  const gint32 *positions = context->state;

  for (gsize p = begin; p < end; p++)
    fovea_pooling_max_gradient (&geometry, positions + p * output_plane,
                                context->output_gradient + p * output_plane, context->input_gradients[0] + p * input_plane);
}

static void
max_pool_forward (const FoveaOperatorContext *context)
{
  fovea_for_planes (context, context->batch * (gsize) context->output_shape.channels,
                    (gsize) (context->input_shapes[0].height * context->input_shapes[0].width), forward_planes);
}

static void
max_pool_gradient (const FoveaOperatorContext *context)
{
  if (context->input_gradients[0] != NULL)
    fovea_for_planes (context, context->batch * (gsize) context->output_shape.channels,
                      (gsize) (context->input_shapes[0].height * context->input_shapes[0].width), gradient_planes);
}

const FoveaOperator fovea_operator_max_pool = {
  .name = "MaxPool",
  .min_inputs = 1,
  .max_inputs = 1,
  .prepare = max_pool_prepare,
  .release = g_free,
  .infer_shape = max_pool_infer_shape,
  .state_size = max_pool_state_size,
  .forward = max_pool_forward,
  .gradient = max_pool_gradient,
  .get_window = max_pool_get_window,
};
