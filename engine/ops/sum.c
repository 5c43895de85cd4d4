/* Sum: inputs of one shape, added element by element.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/kernels/multiversion.h"
#include "engine/ops/operators.h"
#include "engine/ops/planes.h"

static char *
describe (const FoveaShape *shape)
{
  const gint64 sizes[3] = { shape->channels, shape->height, shape->width };

  return fovea_tensor_describe_shape (shape->flat ? 1 : 3, sizes);
}

static gboolean
sum_infer_shape (const FoveaNode *node,
                 const FoveaShape *input_shapes,
                 FoveaShape *output_shape,
                 GError **error)
{
  for (guint i = 1; i < node->n_inputs; i++)
    if (!fovea_shape_equal (&input_shapes[0], &input_shapes[i]))
      {
        g_autofree char *first = describe (&input_shapes[0]);
        g_autofree char *other = describe (&input_shapes[i]);
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_SHAPE,
                     "node '%s' wants inputs of one shape, but input 1 has %s and input %u has %s",
                     node->name, first, i + 1, other);
        return FALSE;
      }
  *output_shape = input_shapes[0];
  return TRUE;
}

FOVEA_MULTIVERSION static void
add_two (const float *a,
         const float *b,
         float *sum,
         gsize n)
{
#pragma GCC ivdep
  for (gsize i = 0; i < n; i++)
    sum[i] = a[i] + b[i];
}

/* The output may lie in the first input's memory, never in another's: it is read as long as it is
 * needed. */
static void
add_range (gsize begin,
           gsize end,
           const FoveaOperatorContext *context)
{
  float *output = context->output + begin;

  if (context->node->n_inputs == 1)
    for (gsize i = begin; i < end; i++)
      context->output[i] = context->inputs[0][i];
  else
    add_two (context->inputs[0] + begin, context->inputs[1] + begin, output, end - begin);
  for (guint i = 2; i < context->node->n_inputs; i++)
    add_two (output, context->inputs[i] + begin, output, end - begin);
}

static void
add_gradient_range (gsize begin,
                    gsize end,
                    const FoveaOperatorContext *context)
{
  for (guint i = 0; i < context->node->n_inputs; i++)
    if (context->input_gradients[i] != NULL)
      add_two (context->input_gradients[i] + begin, context->output_gradient + begin, context->input_gradients[i] + begin, end - begin);
}

static void
sum_forward (const FoveaOperatorContext *context)
{
  fovea_for_elements (context, context->batch * fovea_shape_get_n_elements (&context->output_shape), add_range);
}

static void
sum_gradient (const FoveaOperatorContext *context)
{
  fovea_for_elements (context, context->batch * fovea_shape_get_n_elements (&context->output_shape), add_gradient_range);
}

/* With three inputs, the first may not be one that is named again later: it would be overwritten by
 * then. So no work in place. */
const FoveaOperator fovea_operator_sum = {
  .name = "Sum",
  .min_inputs = 1,
  .max_inputs = G_MAXUINT,
  .infer_shape = sum_infer_shape,
  .forward = sum_forward,
  .gradient = sum_gradient,
};
