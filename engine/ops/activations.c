/* Sigmoid, HardSigmoid, HardSwish and LeakyRelu: smooth and piecewise functions of one value each.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/kernels/multiversion.h"
#include "engine/kernels/sigmoid.h"
#include "engine/ops/copy.h"
#include "engine/ops/operators.h"
#include "engine/ops/planes.h"

/* HardSigmoid: max (0, min (1, alpha · x + beta)). LeakyRelu: alpha · x below 0. */
typedef struct {
  float alpha;
  float beta;
} Slope;

static gboolean
prepare (FoveaNode *node,
         double alpha,
         double beta,
         GError **error)
{
  Slope slope;

  if (!fovea_node_get_float (node, "alpha", alpha, &alpha, error) || !fovea_node_get_float (node, "beta", beta, &beta, error))
    return FALSE;
  slope = (Slope) { (float) alpha, (float) beta };
  node->prepared = g_memdup2 (&slope, sizeof slope);
  return TRUE;
}

static gboolean
hard_sigmoid_prepare (FoveaNode *node,
                      GError **error)
{
  return prepare (node, 0.2, 0.5, error);
}

static gboolean
leaky_relu_prepare (FoveaNode *node,
                    GError **error)
{
  return prepare (node, 0.01, 0, error);
}

static void
run (const FoveaOperatorContext *context,
     FoveaRangeFunc func)
{
  fovea_for_elements (context, context->batch * fovea_shape_get_n_elements (&context->output_shape), func);
}

static void
sigmoid_range (gsize begin,
               gsize end,
               const FoveaOperatorContext *context)
{
  if (context->output != context->inputs[0])
    for (gsize i = begin; i < end; i++)
      context->output[i] = context->inputs[0][i];
  fovea_sigmoid (context->output + begin, end - begin);
}

FOVEA_MULTIVERSION static void
hard_sigmoid_range (gsize begin,
                    gsize end,
                    const FoveaOperatorContext *context)
{
  const Slope slope = *(const Slope *) context->node->prepared;
  const float *input = context->inputs[0];
  float *output = context->output;

#pragma GCC ivdep
  for (gsize i = begin; i < end; i++)
    {
      const float y = slope.alpha * input[i] + slope.beta;
      const float positive = y < 0 ? 0 : y;

      output[i] = positive > 1 ? 1 : positive;
    }
}

/* x · max (0, min (1, x / 6 + 1 / 2)); Howard et al., "Searching for MobileNetV3", 2019 */
FOVEA_MULTIVERSION static void
hard_swish_range (gsize begin,
                  gsize end,
                  const FoveaOperatorContext *context)
{
  const float *input = context->inputs[0];
  float *output = context->output;

#pragma GCC ivdep
  for (gsize i = begin; i < end; i++)
    {
      const float y = input[i] + 3;
      const float positive = y < 0 ? 0 : y;

      output[i] = input[i] * (positive > 6 ? 6 : positive) / 6;
    }
}

FOVEA_MULTIVERSION static void
leaky_relu_range (gsize begin,
                  gsize end,
                  const FoveaOperatorContext *context)
{
  const Slope slope = *(const Slope *) context->node->prepared;
  const float *input = context->inputs[0];
  float *output = context->output;

#pragma GCC ivdep
  for (gsize i = begin; i < end; i++)
    output[i] = input[i] < 0 ? slope.alpha * input[i] : input[i];
}

/* y' = y (1 − y) */
FOVEA_MULTIVERSION static void
add_sigmoid_range (gsize begin,
                   gsize end,
                   const FoveaOperatorContext *context)
{
  const float *restrict output = context->output;
  const float *restrict output_gradient = context->output_gradient;
  float *restrict input_gradient = context->input_gradients[0];

  for (gsize i = begin; i < end; i++)
    input_gradient[i] += output_gradient[i] * output[i] * (1 - output[i]);
}

FOVEA_MULTIVERSION static void
add_hard_sigmoid_range (gsize begin,
                        gsize end,
                        const FoveaOperatorContext *context)
{
  const Slope slope = *(const Slope *) context->node->prepared;
  const float *restrict output = context->output;
  const float *restrict output_gradient = context->output_gradient;
  float *restrict input_gradient = context->input_gradients[0];

  for (gsize i = begin; i < end; i++)
    input_gradient[i] += (output[i] > 0) & (output[i] < 1) ? slope.alpha * output_gradient[i] : 0;
}

/* 0 below −3, 1 above 3, x / 3 + 1 / 2 between */
FOVEA_MULTIVERSION static void
add_hard_swish_range (gsize begin,
                      gsize end,
                      const FoveaOperatorContext *context)
{
  const float *restrict input = context->inputs[0];
  const float *restrict output_gradient = context->output_gradient;
  float *restrict input_gradient = context->input_gradients[0];

  for (gsize i = begin; i < end; i++)
    {
      const float between = input[i] / 3 + 0.5f;
      const float positive = input[i] < -3 ? 0 : between;

      input_gradient[i] += output_gradient[i] * (input[i] > 3 ? 1 : positive);
    }
}

/* At 0, the lower slope, as in PyTorch. */
FOVEA_MULTIVERSION static void
add_leaky_relu_range (gsize begin,
                      gsize end,
                      const FoveaOperatorContext *context)
{
  const Slope slope = *(const Slope *) context->node->prepared;
  const float *restrict input = context->inputs[0];
  const float *restrict output_gradient = context->output_gradient;
  float *restrict input_gradient = context->input_gradients[0];

  for (gsize i = begin; i < end; i++)
    input_gradient[i] += output_gradient[i] * (input[i] > 0 ? 1 : slope.alpha);
}

static void
sigmoid_forward (const FoveaOperatorContext *context)
{
  run (context, sigmoid_range);
}

static void
sigmoid_gradient (const FoveaOperatorContext *context)
{
  if (context->input_gradients[0] != NULL)
    run (context, add_sigmoid_range);
}

static void
hard_sigmoid_forward (const FoveaOperatorContext *context)
{
  run (context, hard_sigmoid_range);
}

static void
hard_sigmoid_gradient (const FoveaOperatorContext *context)
{
  if (context->input_gradients[0] != NULL)
    run (context, add_hard_sigmoid_range);
}

static void
hard_swish_forward (const FoveaOperatorContext *context)
{
  run (context, hard_swish_range);
}

static void
hard_swish_gradient (const FoveaOperatorContext *context)
{
  if (context->input_gradients[0] != NULL)
    run (context, add_hard_swish_range);
}

static void
leaky_relu_forward (const FoveaOperatorContext *context)
{
  run (context, leaky_relu_range);
}

static void
leaky_relu_gradient (const FoveaOperatorContext *context)
{
  if (context->input_gradients[0] != NULL)
    run (context, add_leaky_relu_range);
}

const FoveaOperator fovea_operator_sigmoid = {
  .name = "Sigmoid",
  .min_inputs = 1,
  .max_inputs = 1,
  .flags = FOVEA_OPERATOR_IN_PLACE | FOVEA_OPERATOR_GRADIENT_NEEDS_OUTPUT,
  .infer_shape = fovea_copy_infer_shape,
  .forward = sigmoid_forward,
  .gradient = sigmoid_gradient,
};

const FoveaOperator fovea_operator_hard_sigmoid = {
  .name = "HardSigmoid",
  .min_inputs = 1,
  .max_inputs = 1,
  .flags = FOVEA_OPERATOR_IN_PLACE | FOVEA_OPERATOR_GRADIENT_NEEDS_OUTPUT,
  .prepare = hard_sigmoid_prepare,
  .release = g_free,
  .infer_shape = fovea_copy_infer_shape,
  .forward = hard_sigmoid_forward,
  .gradient = hard_sigmoid_gradient,
};

const FoveaOperator fovea_operator_hard_swish = {
  .name = "HardSwish",
  .min_inputs = 1,
  .max_inputs = 1,
  .flags = FOVEA_OPERATOR_IN_PLACE | FOVEA_OPERATOR_GRADIENT_NEEDS_INPUT,
  .infer_shape = fovea_copy_infer_shape,
  .forward = hard_swish_forward,
  .gradient = hard_swish_gradient,
};

const FoveaOperator fovea_operator_leaky_relu = {
  .name = "LeakyRelu",
  .min_inputs = 1,
  .max_inputs = 1,
  .flags = FOVEA_OPERATOR_IN_PLACE | FOVEA_OPERATOR_GRADIENT_NEEDS_INPUT,
  .prepare = leaky_relu_prepare,
  .release = g_free,
  .infer_shape = fovea_copy_infer_shape,
  .forward = leaky_relu_forward,
  .gradient = leaky_relu_gradient,
};
