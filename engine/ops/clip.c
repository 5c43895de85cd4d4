/* Clip: values limited to a range, such as ReLU6; the gradient passes within it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <float.h>

#include "engine/kernels/multiversion.h"
#include "engine/ops/copy.h"
#include "engine/ops/operators.h"
#include "engine/ops/planes.h"
#include "engine/parallel.h"

typedef struct {
  float minimum;
  float maximum;
} Clip;

static gboolean
clip_prepare (FoveaNode *node,
              GError **error)
{
  double minimum, maximum;
  Clip clip;

  if (!fovea_node_get_float (node, "min", -(double) FLT_MAX, &minimum, error) ||
      !fovea_node_get_float (node, "max", (double) FLT_MAX, &maximum, error))
    return FALSE;
  if (!(minimum <= maximum))
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT, "node '%s' limits values to at least %g and at most %g", node->name, minimum, maximum);
      return FALSE;
    }
  clip.minimum = (float) minimum;
  clip.maximum = (float) maximum;
  node->prepared = g_memdup2 (&clip, sizeof clip);
  return TRUE;
}

/* Not-a-number passes. */
FOVEA_MULTIVERSION static void
limit (gsize begin,
       gsize end,
       const FoveaOperatorContext *context)
{
  const Clip clip = *(const Clip *) context->node->prepared;
  const float *input = context->inputs[0];
  float *output = context->output;

#pragma GCC ivdep
  for (gsize i = begin; i < end; i++)
    {
      const float x = input[i] < clip.minimum ? clip.minimum : input[i];

      output[i] = x > clip.maximum ? clip.maximum : x;
    }
}

static void
clip_forward (const FoveaOperatorContext *context)
{
  fovea_for_elements (context, context->batch * fovea_shape_get_n_elements (&context->output_shape), limit);
}

/* At a limit nothing passes, as in PyTorch's ReLU6. */
FOVEA_MULTIVERSION static void
add_within (gsize begin,
            gsize end,
            const FoveaOperatorContext *context)
{
  const Clip clip = *(const Clip *) context->node->prepared;
  const float *restrict output = context->output;
  const float *restrict output_gradient = context->output_gradient;
  float *restrict input_gradient = context->input_gradients[0];

  for (gsize i = begin; i < end; i++)
    input_gradient[i] += (output[i] > clip.minimum) & (output[i] < clip.maximum) ? output_gradient[i] : 0;
}

/* As for Relu: where an image's every gradient would be blocked, those pass that push back into the range. */
static void
redirect_image (gsize image,
                guint worker,
                gpointer data)
{
  const FoveaOperatorContext *context = data;
  const Clip *clip = context->node->prepared;
  const gsize n = fovea_shape_get_n_elements (&context->output_shape);
  const float *output = context->output + image * n;
  const float *output_gradient = context->output_gradient + image * n;
  float *input_gradient = context->input_gradients[0] + image * n;
  gboolean blocked = TRUE;

  for (gsize i = 0; i < n && blocked; i++)
    blocked = !(output[i] > clip->minimum && output[i] < clip->maximum && output_gradient[i] != 0);
  if (!blocked)
    add_within (image * n, (image + 1) * n, context);
  else
    for (gsize i = 0; i < n; i++)
      if (output[i] >= clip->maximum ? output_gradient[i] < 0 : output_gradient[i] > 0)
        input_gradient[i] += output_gradient[i];
}

static void
clip_gradient (const FoveaOperatorContext *context)
{
  if (context->input_gradients[0] == NULL)
    return;
  if (context->redirect_relu)
    fovea_parallel_for (context->batch, redirect_image, (gpointer) context);
  else
    fovea_for_elements (context, context->batch * fovea_shape_get_n_elements (&context->output_shape), add_within);
}

const FoveaOperator fovea_operator_clip = {
  .name = "Clip",
  .min_inputs = 1,
  .max_inputs = 1,
  .flags = FOVEA_OPERATOR_IN_PLACE | FOVEA_OPERATOR_GRADIENT_NEEDS_OUTPUT,
  .prepare = clip_prepare,
  .release = g_free,
  .infer_shape = fovea_copy_infer_shape,
  .forward = clip_forward,
  .gradient = clip_gradient,
};
