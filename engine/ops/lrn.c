/* LRN: local response normalization across channels (Krizhevsky et al. 2012, section 3.3).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <math.h>

#include "engine/kernels/multiversion.h"
#include "engine/ops/copy.h"
#include "engine/ops/operators.h"
#include "engine/parallel.h"

/* Positions that one piece of work does, channel after channel. */
#define CHUNK 128

/* y_c = x_c s_c^−beta, s_c = bias + alpha / size · Σ x_k² over channels k from c − before to c + after */
typedef struct {
  gint64 before;
  gint64 after;
  float factor; /* alpha / size */
  float beta;
  float bias;
} Lrn;

typedef struct {
  const FoveaOperatorContext *context;
  gint64 n_positions;
  gint64 n_chunks; /* of one image */
} Run;

static gboolean
lrn_prepare (FoveaNode *node,
             GError **error)
{
  double alpha, beta, bias;
  gint64 size;
  Lrn lrn;

  if (!fovea_node_get_integer (node, "size", 0, 1, G_MAXINT, &size, error) ||
      !fovea_node_get_float (node, "alpha", 1e-4, &alpha, error) ||
      !fovea_node_get_float (node, "beta", 0.75, &beta, error) ||
      !fovea_node_get_float (node, "bias", 1, &bias, error))
    return FALSE;
  if (size == 0)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT, "node '%s' has no attribute size", node->name);
      return FALSE;
    }
  if (!((float) bias > 0) || alpha < 0 || !isfinite ((float) alpha) || !isfinite ((float) bias) || !isfinite ((float) beta))
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT,
                   "node '%s' has alpha %g, beta %g and bias %g; alpha must not be negative, and bias must be positive",
                   node->name, alpha, beta, bias);
      return FALSE;
    }

  lrn = (Lrn) {
    .before = (size - 1) / 2,
    .after = size / 2,
    .factor = (float) (alpha / (double) size),
    .beta = (float) beta,
    .bias = (float) bias,
  };
  node->prepared = g_memdup2 (&lrn, sizeof lrn);
  return TRUE;
}

/* The state keeps the normalizers s. */
static gsize
lrn_state_size (const FoveaNode *node,
                gsize batch,
                const FoveaShape *input_shapes,
                const FoveaShape *output_shape)
{
  return batch * fovea_shape_get_n_elements (output_shape) * sizeof (float);
}

/* s^−beta; the published networks all have 0.75, for which two square roots do. */
static inline __attribute__ ((always_inline)) void
raise_normalizers (const float *restrict normalizers,
                   float beta,
                   float *restrict powers,
                   gint64 n)
{
  if (beta == 0.75f)
    for (gint64 i = 0; i < n; i++)
      {
        const float root = sqrtf (normalizers[i]);
        powers[i] = 1 / (root * sqrtf (root));
      }
  else
    for (gint64 i = 0; i < n; i++)
      powers[i] = powf (normalizers[i], -beta);
}

FOVEA_MULTIVERSION static void
forward_item (gsize item,
              guint worker,
              gpointer data)
{
  const Run *run = data;
  const Lrn *lrn = run->context->node->prepared;
  const gint64 n_channels = run->context->output_shape.channels, stride = run->n_positions;
  const gint64 begin = (gint64) item % run->n_chunks * CHUNK, n = MIN (CHUNK, stride - begin);
  const gint64 offset = (gint64) item / run->n_chunks * n_channels * stride + begin;
  const float *restrict input = run->context->inputs[0] + offset;
  float *restrict output = run->context->output + offset;
  float *restrict state = run->context->state != NULL ? (float *) run->context->state + offset : NULL;

  for (gint64 c = 0; c < n_channels; c++)
    {
      const gint64 last = MIN (c + lrn->after, n_channels - 1);
      float normalizers[CHUNK], powers[CHUNK];

      for (gint64 i = 0; i < n; i++)
        normalizers[i] = 0;
      for (gint64 k = MAX (c - lrn->before, 0); k <= last; k++)
        for (gint64 i = 0; i < n; i++)
          normalizers[i] += input[k * stride + i] * input[k * stride + i];
      for (gint64 i = 0; i < n; i++)
        normalizers[i] = lrn->bias + lrn->factor * normalizers[i];
      raise_normalizers (normalizers, lrn->beta, powers, n);
      for (gint64 i = 0; i < n; i++)
        output[c * stride + i] = input[c * stride + i] * powers[i];
      if (state != NULL)
        for (gint64 i = 0; i < n; i++)
          state[c * stride + i] = normalizers[i];
    }
}

/* dL/dx_c = g_c s_c^−beta − 2 beta alpha / size · x_c Σ_k g_k x_k s_k^(−beta−1), over the channels k
 * whose sum contains x_c: c − after to c + before. */
FOVEA_MULTIVERSION static void
gradient_item (gsize item,
               guint worker,
               gpointer data)
{
  const Run *run = data;
  const Lrn *lrn = run->context->node->prepared;
  const gint64 n_channels = run->context->output_shape.channels, stride = run->n_positions;
  const gint64 begin = (gint64) item % run->n_chunks * CHUNK, n = MIN (CHUNK, stride - begin);
  const gint64 offset = (gint64) item / run->n_chunks * n_channels * stride + begin;
  const float *restrict input = run->context->inputs[0] + offset;
  const float *restrict state = (const float *) run->context->state + offset;
  const float *restrict output_gradient = run->context->output_gradient + offset;
  float *restrict input_gradient = run->context->input_gradients[0] + offset;
  const float factor = 2 * lrn->beta * lrn->factor;

  for (gint64 c = 0; c < n_channels; c++)
    {
      const gint64 last = MIN (c + lrn->before, n_channels - 1);
      float sums[CHUNK], powers[CHUNK];

      for (gint64 i = 0; i < n; i++)
        sums[i] = 0;
      for (gint64 k = MAX (c - lrn->after, 0); k <= last; k++)
        {
          raise_normalizers (state + k * stride, lrn->beta, powers, n);
          for (gint64 i = 0; i < n; i++)
            sums[i] += output_gradient[k * stride + i] * input[k * stride + i] * powers[i] / state[k * stride + i];
        }
      raise_normalizers (state + c * stride, lrn->beta, powers, n);
      for (gint64 i = 0; i < n; i++)
        input_gradient[c * stride + i] += output_gradient[c * stride + i] * powers[i] - factor * input[c * stride + i] * sums[i];
    }
}

static void
run_items (const FoveaOperatorContext *context,
           FoveaParallelFunc func)
{
  Run run = { .context = context, .n_positions = context->output_shape.height * context->output_shape.width };

  run.n_chunks = (run.n_positions + CHUNK - 1) / CHUNK;
  fovea_parallel_for (context->batch * (gsize) run.n_chunks, func, &run);
}

static void
lrn_forward (const FoveaOperatorContext *context)
{
  run_items (context, forward_item);
}

static void
lrn_gradient (const FoveaOperatorContext *context)
{
  if (context->input_gradients[0] != NULL)
    run_items (context, gradient_item);
}

const FoveaOperator fovea_operator_lrn = {
  .name = "LRN",
  .min_inputs = 1,
  .max_inputs = 1,
  .flags = FOVEA_OPERATOR_GRADIENT_NEEDS_INPUT,
  .prepare = lrn_prepare,
  .release = g_free,
  .infer_shape = fovea_copy_infer_shape,
  .state_size = lrn_state_size,
  .forward = lrn_forward,
  .gradient = lrn_gradient,
};
