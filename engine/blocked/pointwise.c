/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/blocked/pointwise.h"

/**
 * fovea_pointwise_is_suitable:
 *
 * Returns: whether the node's operator computes each value from those at the same place, wherever that is, if
 *   its inputs have the same size
 */
gboolean
fovea_pointwise_is_suitable (const FoveaNode *node)
{
  static const char *const names[] = { "Clip", "HardSigmoid", "HardSwish", "LeakyRelu", "Sigmoid", NULL };

  return node->n_inputs == 1 ? g_strv_contains (names, node->operator->name) : node->n_inputs == 2 && g_str_equal (node->operator->name, "Mul");
}

static gboolean
has_gaps (const FoveaBlockedMap *map)
{
  return map->data != NULL && map->image_stride != (gsize) map->n_blocks * fovea_blocked_get_plane (map);
}

/* Values that fill blocks count as channels here: the operator does not look at what is next to a value. Images
 * that do not lie one after the other are done one by one. */
static void
run (const FoveaPointwise *self,
     void (*func) (const FoveaOperatorContext *context))
{
  const guint n_inputs = self->node->n_inputs;
  const FoveaShape shape = { .channels = self->output.n_blocks * FOVEA_BLOCK, .height = self->output.height, .width = self->output.width };
  const FoveaShape shapes[2] = { shape, shape };
  gboolean any_gaps = has_gaps (&self->output) || has_gaps (&self->output_gradient);
  gsize n_here;

  for (guint i = 0; i < n_inputs; i++)
    any_gaps |= has_gaps (&self->inputs[i]) || has_gaps (&self->input_gradients[i]);
  n_here = any_gaps ? 1 : self->batch;
  for (gsize image = 0; image < self->batch; image += n_here)
    {
      const float *inputs[2] = { NULL };
      float *input_gradients[2] = { NULL };
      FoveaOperatorContext context = {
        .node = self->node,
        .batch = n_here,
        .input_shapes = shapes,
        .output_shape = shape,
        .inputs = inputs,
        .output = self->output.data + image * self->output.image_stride,
        .redirect_relu = self->redirect_relu,
      };

      for (guint i = 0; i < n_inputs; i++)
        inputs[i] = self->inputs[i].data + image * self->inputs[i].image_stride;
      if (self->output_gradient.data != NULL)
        {
          context.output_gradient = self->output_gradient.data + image * self->output_gradient.image_stride;
          context.input_gradients = input_gradients;
          for (guint i = 0; i < n_inputs; i++)
            input_gradients[i] = self->input_gradients[i].data + image * self->input_gradients[i].image_stride;
        }
      func (&context);
    }
}

/**
 * fovea_pointwise_run:
 *
 * Computes the output. Spreads its work over the pool, as do operators.
 */
void
fovea_pointwise_run (const FoveaPointwise *self)
{
  const gint64 n_last = self->n_channels % FOVEA_BLOCK;
  const gsize plane = fovea_blocked_get_plane (&self->output);

  run (self, self->node->operator->forward);
  /* What such a function makes of 0 need not be 0. */
  for (gsize image = 0; n_last > 0 && image < self->batch; image++)
    {
      float *block = self->output.data + image * self->output.image_stride + (gsize) (self->output.n_blocks - 1) * plane;

      for (gsize i = 0; i < plane; i += FOVEA_BLOCK)
        for (gint64 lane = n_last; lane < FOVEA_BLOCK; lane++)
          block[i + (gsize) lane] = 0;
    }
}

/**
 * fovea_pointwise_run_gradient:
 *
 * Adds to the inputs' gradients. Reads inputs or output, as the operator's flags say.
 */
void
fovea_pointwise_run_gradient (const FoveaPointwise *self)
{
  run (self, self->node->operator->gradient);
}
