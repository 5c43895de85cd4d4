/* Flatten: [C, H, W] becomes [C·H·W]; nothing moves in memory.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/ops/copy.h"
#include "engine/ops/operators.h"

static gboolean
flatten_infer_shape (const FoveaNode *node,
                     const FoveaShape *input_shapes,
                     FoveaShape *output_shape,
                     GError **error)
{
  const FoveaShape *input = &input_shapes[0];
  gsize n_elements;
  gint64 axis;

  /* With the batch, maps have four dimensions and flat values two; axis may count from the end. */
  if (!fovea_node_get_integer (node, "axis", 1, -4, 4, &axis, error))
    return FALSE;
  if (axis != 1 && axis != (input->flat ? -1 : -3))
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED,
                   "node '%s' has axis %" G_GINT64_FORMAT "; only axis 1, which keeps the batch apart, is supported",
                   node->name, axis);
      return FALSE;
    }
  if (!fovea_tensor_count_elements (3, (gint64[]) { input->channels, input->height, input->width }, &n_elements, error))
    return FALSE;
  *output_shape = (FoveaShape) { .channels = (gint64) n_elements, .height = 1, .width = 1, .flat = TRUE };
  return TRUE;
}

static void
flatten_get_window (const FoveaNode *node,
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

const FoveaOperator fovea_operator_flatten = {
  .name = "Flatten",
  .min_inputs = 1,
  .max_inputs = 1,
  .flags = FOVEA_OPERATOR_IN_PLACE,
  .infer_shape = flatten_infer_shape,
  .forward = fovea_copy_forward,
  .gradient = fovea_copy_gradient,
  .get_window = flatten_get_window,
};
