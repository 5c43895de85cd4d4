/* Concat: the inputs' channels, one input after the other.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <string.h>

#include "engine/kernels/multiversion.h"
#include "engine/ops/operators.h"
#include "engine/parallel.h"

static gboolean
concat_infer_shape (const FoveaNode *node,
                    const FoveaShape *input_shapes,
                    FoveaShape *output_shape,
                    GError **error)
{
  const FoveaShape *first = &input_shapes[0];
  gint64 axis, channels = 0;
  gsize n_elements;

  if (!fovea_node_get_integer (node, "axis", 1, -4, 4, &axis, error))
    return FALSE;
  if (axis != 1 && axis != (first->flat ? -1 : -3))
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED,
                   "node '%s' has axis %" G_GINT64_FORMAT "; only axis 1, the channels, is supported", node->name, axis);
      return FALSE;
    }

  for (guint i = 0; i < node->n_inputs; i++)
    {
      const FoveaShape *shape = &input_shapes[i];

      if (shape->flat != first->flat || shape->height != first->height || shape->width != first->width)
        {
          const gint64 sizes[2][3] = { { first->channels, first->height, first->width }, { shape->channels, shape->height, shape->width } };
          g_autofree char *wanted = fovea_tensor_describe_shape (first->flat ? 1 : 3, sizes[0]);
          g_autofree char *found = fovea_tensor_describe_shape (shape->flat ? 1 : 3, sizes[1]);

          g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_SHAPE,
                       "node '%s' wants inputs that differ only in channels, but input 1 has %s and input %u has %s",
                       node->name, wanted, i + 1, found);
          return FALSE;
        }
      /* Both are below 2^33, see fovea_tensor_count_elements(). */
      channels += shape->channels;
      if (!fovea_tensor_count_elements (3, (gint64[]) { channels, first->height, first->width }, &n_elements, NULL))
        {
          g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_TOO_LARGE,
                       "node '%s' would have an output of shape [%" G_GINT64_FORMAT ", %" G_GINT64_FORMAT ", %" G_GINT64_FORMAT "], more than is supported",
                       node->name, channels, first->height, first->width);
          return FALSE;
        }
    }
  *output_shape = (FoveaShape) { .channels = channels, .height = first->height, .width = first->width, .flat = first->flat };
  return TRUE;
}

/* One image's block of one input, and where it starts in the output's image. */
static gsize
find_block (const FoveaOperatorContext *context,
            guint input,
            gsize *offset)
{
  *offset = 0;
  for (guint i = 0; i < input; i++)
    *offset += fovea_shape_get_n_elements (&context->input_shapes[i]);
  return fovea_shape_get_n_elements (&context->input_shapes[input]);
}

static void
copy_block (gsize item,
            guint worker,
            gpointer data)
{
  const FoveaOperatorContext *context = data;
  const gsize image = item / context->node->n_inputs;
  const guint input = (guint) (item % context->node->n_inputs);
  gsize offset, n = find_block (context, input, &offset);

  memcpy (context->output + image * fovea_shape_get_n_elements (&context->output_shape) + offset,
          context->inputs[input] + image * n, n * sizeof (float));
}

FOVEA_MULTIVERSION static void
add_block (const float *restrict source,
           float *restrict target,
           gsize n)
{
  for (gsize i = 0; i < n; i++)
    target[i] += source[i];
}

/* One item an image: an input that is named twice must not be added to by two threads at once. */
static void
add_image (gsize image,
           guint worker,
           gpointer data)
{
  const FoveaOperatorContext *context = data;
  const float *source = context->output_gradient + image * fovea_shape_get_n_elements (&context->output_shape);

  for (guint input = 0; input < context->node->n_inputs; input++)
    {
      gsize offset, n = find_block (context, input, &offset);

      if (context->input_gradients[input] != NULL)
        add_block (source + offset, context->input_gradients[input] + image * n, n);
    }
}

static void
concat_forward (const FoveaOperatorContext *context)
{
  fovea_parallel_for (context->batch * context->node->n_inputs, copy_block, (gpointer) context);
}

static void
concat_gradient (const FoveaOperatorContext *context)
{
  fovea_parallel_for (context->batch, add_image, (gpointer) context);
}

const FoveaOperator fovea_operator_concat = {
  .name = "Concat",
  .min_inputs = 1,
  .max_inputs = G_MAXUINT,
  .infer_shape = concat_infer_shape,
  .forward = concat_forward,
  .gradient = concat_gradient,
};
