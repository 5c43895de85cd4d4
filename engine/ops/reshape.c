/* Reshape: the values of each image in another shape; nothing moves in memory.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/ops/copy.h"
#include "engine/ops/operators.h"

static gboolean
reshape_infer_shape (const FoveaNode *node,
                     const FoveaShape *input_shapes,
                     FoveaShape *output_shape,
                     GError **error)
{
  const FoveaShape *input = &input_shapes[0];
  const gint64 sizes[3] = { input->channels, input->height, input->width };
  gint64 shape[3];
  gsize n_input, n_output;

  if (!fovea_node_get_integers (node, "shape", 3, 0, 1, G_MAXINT64, shape, error) ||
      !fovea_tensor_count_elements (3, sizes, &n_input, error) ||
      !fovea_tensor_count_elements (3, shape, &n_output, error))
    return FALSE;
  if (n_input != n_output)
    {
      g_autofree char *wanted = fovea_tensor_describe_shape (3, shape);
      g_autofree char *found = fovea_tensor_describe_shape (input->flat ? 1 : 3, sizes);

      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_SHAPE, "node '%s' cannot make the shape %s from %s", node->name, wanted, found);
      return FALSE;
    }
  *output_shape = (FoveaShape) { .channels = shape[0], .height = shape[1], .width = shape[2] };
  return TRUE;
}

static void
reshape_get_window (const FoveaNode *node,
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

const FoveaOperator fovea_operator_reshape = {
  .name = "Reshape",
  .min_inputs = 1,
  .max_inputs = 1,
  .flags = FOVEA_OPERATOR_IN_PLACE,
  .infer_shape = reshape_infer_shape,
  .forward = fovea_copy_forward,
  .gradient = fovea_copy_gradient,
  .get_window = reshape_get_window,
};
