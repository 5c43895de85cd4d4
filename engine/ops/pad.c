/* Pad: a frame of one value around each map.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <string.h>

#include "engine/ops/operators.h"
#include "engine/ops/planes.h"
#include "engine/ops/window.h"

/* Rows and columns: above, left, below, right. */
typedef struct {
  gint64 pads[4];
  float value;
} Pad;

static gboolean
pad_prepare (FoveaNode *node,
             GError **error)
{
  const char *mode;
  double value;
  Pad pad;

  if (!fovea_node_get_integers (node, "pads", 4, 0, 0, FOVEA_WINDOW_MAX, pad.pads, error) ||
      !fovea_node_get_float (node, "value", 0, &value, error) ||
      !fovea_node_get_string (node, "mode", "constant", &mode, error))
    return FALSE;
  if (!g_str_equal (mode, "constant"))
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED, "node '%s' pads in the mode '%s'; only 'constant' is supported", node->name, mode);
      return FALSE;
    }
  pad.value = (float) value;
  node->prepared = g_memdup2 (&pad, sizeof pad);
  return TRUE;
}

static gboolean
pad_infer_shape (const FoveaNode *node,
                 const FoveaShape *input_shapes,
                 FoveaShape *output_shape,
                 GError **error)
{
  const Pad *pad = node->prepared;
  const FoveaShape *input = &input_shapes[0];
  gsize n_elements;

  if (input->flat)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_SHAPE,
                   "node '%s' (%s) wants maps of shape [C, H, W], but its input has the flat shape [%" G_GINT64_FORMAT "]",
                   node->name, node->operator->name, input->channels);
      return FALSE;
    }
  *output_shape = (FoveaShape) {
    .channels = input->channels,
    .height = input->height + pad->pads[0] + pad->pads[2],
    .width = input->width + pad->pads[1] + pad->pads[3],
  };
  if (!fovea_tensor_count_elements (3, (gint64[]) { output_shape->channels, output_shape->height, output_shape->width }, &n_elements, error))
    {
      g_prefix_error (error, "the output of node '%s': ", node->name);
      return FALSE;
    }
  return TRUE;
}

static void
pad_get_window (const FoveaNode *node,
                const FoveaShape *input_shape,
                FoveaWindow *window)
{
  const Pad *pad = node->prepared;

  *window = (FoveaWindow) {
    .kernel = { 1, 1 },
    .stride = { 1, 1 },
    .dilation = { 1, 1 },
    .pad_begin = { pad->pads[0], pad->pads[1] },
    .pad_end = { pad->pads[2], pad->pads[3] },
  };
}

static void
pad_planes (gsize begin,
            gsize end,
            const FoveaOperatorContext *context)
{
  const Pad *pad = context->node->prepared;
  const FoveaShape *input = &context->input_shapes[0], *output = &context->output_shape;

  for (gsize p = begin; p < end; p++)
    {
      const float *source = context->inputs[0] + p * (gsize) (input->height * input->width);
      float *target = context->output + p * (gsize) (output->height * output->width);

      for (gint64 i = 0; i < output->height * output->width; i++)
        target[i] = pad->value;
      for (gint64 y = 0; y < input->height; y++)
        memcpy (target + (y + pad->pads[0]) * output->width + pad->pads[1], source + y * input->width, (gsize) input->width * sizeof (float));
    }
}

static void
add_planes (gsize begin,
            gsize end,
            const FoveaOperatorContext *context)
{
  const Pad *pad = context->node->prepared;
  const FoveaShape *input = &context->input_shapes[0], *output = &context->output_shape;

  for (gsize p = begin; p < end; p++)
    for (gint64 y = 0; y < input->height; y++)
      {
        const float *restrict source =
          context->output_gradient + p * (gsize) (output->height * output->width) + (y + pad->pads[0]) * output->width + pad->pads[1];
        float *restrict target = context->input_gradients[0] + p * (gsize) (input->height * input->width) + y * input->width;

        for (gint64 x = 0; x < input->width; x++)
          target[x] += source[x];
      }
}

static void
pad_forward (const FoveaOperatorContext *context)
{
  const FoveaShape *shape = &context->output_shape;

  fovea_for_planes (context, context->batch * (gsize) shape->channels, (gsize) (shape->height * shape->width), pad_planes);
}

static void
pad_gradient (const FoveaOperatorContext *context)
{
  const FoveaShape *shape = &context->output_shape;

  if (context->input_gradients[0] != NULL)
    fovea_for_planes (context, context->batch * (gsize) shape->channels, (gsize) (shape->height * shape->width), add_planes);
}

const FoveaOperator fovea_operator_pad = {
  .name = "Pad",
  .min_inputs = 1,
  .max_inputs = 1,
  .prepare = pad_prepare,
  .release = g_free,
  .infer_shape = pad_infer_shape,
  .forward = pad_forward,
  .gradient = pad_gradient,
  .get_window = pad_get_window,
};
