/* Slice: some of the channels, one behind the other.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <string.h>

#include "engine/kernels/multiversion.h"
#include "engine/ops/operators.h"
#include "engine/parallel.h"

typedef struct {
  gint64 first;
  gint64 last; /* the one behind the last */
} Slice;

static gboolean
slice_prepare (FoveaNode *node,
               GError **error)
{
  gint64 axis;
  Slice slice;

  if (!fovea_node_get_integers (node, "axes", 1, 1, 1, 1, &axis, error) ||
      !fovea_node_get_integers (node, "starts", 1, 0, 0, G_MAXINT64, &slice.first, error) ||
      !fovea_node_get_integers (node, "ends", 1, 0, 0, G_MAXINT64, &slice.last, error))
    return FALSE;
  node->prepared = g_memdup2 (&slice, sizeof slice);
  return TRUE;
}

static gboolean
slice_infer_shape (const FoveaNode *node,
                   const FoveaShape *input_shapes,
                   FoveaShape *output_shape,
                   GError **error)
{
  const Slice *slice = node->prepared;

  if (slice->first >= slice->last || slice->last > input_shapes[0].channels)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_SHAPE,
                   "node '%s' takes the channels from %" G_GINT64_FORMAT " to before %" G_GINT64_FORMAT ", but its input has %" G_GINT64_FORMAT,
                   node->name, slice->first, slice->last, input_shapes[0].channels);
      return FALSE;
    }
  *output_shape = input_shapes[0];
  output_shape->channels = slice->last - slice->first;
  return TRUE;
}

/* Where an image's channels begin in the input, and how many elements they have. */
static gsize
find_block (const FoveaOperatorContext *context,
            gsize image,
            gsize *n)
{
  const Slice *slice = context->node->prepared;
  const FoveaShape *input = &context->input_shapes[0];

  *n = fovea_shape_get_n_elements (&context->output_shape);
  return image * fovea_shape_get_n_elements (input) + (gsize) (slice->first * input->height * input->width);
}

static void
copy_image (gsize image,
            guint worker,
            gpointer data)
{
  const FoveaOperatorContext *context = data;
  gsize n, begin = find_block (context, image, &n);

  memcpy (context->output + image * n, context->inputs[0] + begin, n * sizeof (float));
}

FOVEA_MULTIVERSION static void
add_block (const float *restrict source,
           float *restrict target,
           gsize n)
{
  for (gsize i = 0; i < n; i++)
    target[i] += source[i];
}

static void
add_image (gsize image,
           guint worker,
           gpointer data)
{
  const FoveaOperatorContext *context = data;
  gsize n, begin = find_block (context, image, &n);

  add_block (context->output_gradient + image * n, context->input_gradients[0] + begin, n);
}

static void
slice_forward (const FoveaOperatorContext *context)
{
  fovea_parallel_for (context->batch, copy_image, (gpointer) context);
}

static void
slice_gradient (const FoveaOperatorContext *context)
{
  if (context->input_gradients[0] != NULL)
    fovea_parallel_for (context->batch, add_image, (gpointer) context);
}

const FoveaOperator fovea_operator_slice = {
  .name = "Slice",
  .min_inputs = 1,
  .max_inputs = 1,
  .prepare = slice_prepare,
  .release = g_free,
  .infer_shape = slice_infer_shape,
  .forward = slice_forward,
  .gradient = slice_gradient,
};
