/* Relu: max (x, 0); its gradient passes where the output is positive.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/kernels/multiversion.h"
#include "engine/ops/copy.h"
#include "engine/ops/operators.h"
#include "engine/ops/planes.h"
#include "engine/parallel.h"

/* Not-a-number is no reason to report 0: it passes. */
FOVEA_MULTIVERSION static void
rectify (gsize begin,
         gsize end,
         const FoveaOperatorContext *context)
{
  const float *input = context->inputs[0];
  float *output = context->output;

#pragma GCC ivdep
  for (gsize i = begin; i < end; i++)
    output[i] = input[i] <= 0 ? 0 : input[i];
}

static void
relu_forward (const FoveaOperatorContext *context)
{
  fovea_for_elements (context, context->batch * fovea_shape_get_n_elements (&context->output_shape), rectify);
}

FOVEA_MULTIVERSION static void
add_open (const float *restrict output,
          const float *restrict output_gradient,
          float *restrict input_gradient,
          gsize n)
{
  for (gsize i = 0; i < n; i++)
    input_gradient[i] += output[i] > 0 ? output_gradient[i] : 0;
}

FOVEA_MULTIVERSION static void
add_positive (const float *restrict output_gradient,
              float *restrict input_gradient,
              gsize n)
{
  for (gsize i = 0; i < n; i++)
    input_gradient[i] += output_gradient[i] > 0 ? output_gradient[i] : 0;
}

FOVEA_MULTIVERSION static gboolean
is_blocked (const float *restrict output,
            const float *restrict output_gradient,
            gsize n)
{
  gint n_open = 0;

  for (gsize i = 0; i < n; i++)
    n_open |= (output[i] > 0) & (output_gradient[i] != 0);
  return !n_open;
}

static void
pass_open_range (gsize begin,
                 gsize end,
                 const FoveaOperatorContext *context)
{
  add_open (context->output + begin, context->output_gradient + begin, context->input_gradients[0] + begin, end - begin);
}

/* The "redirected ReLU" of Lucid (misc/redirected_relu_grad.py): where an image's every gradient
 * would be blocked, those pass that push upwards; the others would only drive units that are off
 * further off. We ascend, so upwards is positive. */
static void
redirect_image (gsize image,
                guint worker,
                gpointer data)
{
  const FoveaOperatorContext *context = data;
  const gsize n = fovea_shape_get_n_elements (&context->output_shape);
  const float *output = context->output + image * n;
  const float *output_gradient = context->output_gradient + image * n;
  float *input_gradient = context->input_gradients[0] + image * n;

  if (is_blocked (output, output_gradient, n))
    add_positive (output_gradient, input_gradient, n);
  else
    add_open (output, output_gradient, input_gradient, n);
}

static void
relu_gradient (const FoveaOperatorContext *context)
{
  if (context->input_gradients[0] == NULL)
    return;
  if (context->redirect_relu)
    fovea_parallel_for (context->batch, redirect_image, (gpointer) context);
  else
    fovea_for_elements (context, context->batch * fovea_shape_get_n_elements (&context->output_shape), pass_open_range);
}

const FoveaOperator fovea_operator_relu = {
  .name = "Relu",
  .min_inputs = 1,
  .max_inputs = 1,
  .flags = FOVEA_OPERATOR_IN_PLACE | FOVEA_OPERATOR_GRADIENT_NEEDS_OUTPUT,
  .infer_shape = fovea_copy_infer_shape,
  .forward = relu_forward,
  .gradient = relu_gradient,
};
