/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/analysis/optimizer.h"

#include <math.h>

#include "engine/kernels/multiversion.h"

/* PyTorch's defaults. */
#define ADAM_BETA1 0.9
#define ADAM_BETA2 0.999
#define ADAM_EPSILON 1e-8

/* robustness' guard against division by zero. */
#define NORM_EPSILON 1e-10

struct _FoveaOptimizerState {
  FoveaOptimizer optimizer;
  double learning_rate;
  gsize size;
  guint *n_steps;       /* of each image */
  FoveaTensor *moments; /* Adam: [n_images, 2, size], first and second moments; else NULL */
};

/**
 * fovea_optimizer_state_new:
 * @learning_rate: Adam's; or the L2 length of a normalized gradient step
 * @n_images: number of independent images
 * @size: values of each
 * @error: %FOVEA_ERROR_TOO_LARGE
 *
 * Returns: (transfer full): the state before the first step, or %NULL
 */
FoveaOptimizerState *
fovea_optimizer_state_new (FoveaOptimizer optimizer,
                           double learning_rate,
                           guint n_images,
                           gsize size,
                           GError **error)
{
  g_autoptr (FoveaOptimizerState) self = g_new0 (FoveaOptimizerState, 1);

  self->optimizer = optimizer;
  self->learning_rate = learning_rate;
  self->size = size;
  self->n_steps = g_new0 (guint, n_images);
  if (optimizer == FOVEA_OPTIMIZER_ADAM)
    {
      gint64 shape[] = { n_images, 2, (gint64) size };

      self->moments = fovea_tensor_new (3, shape, error);
      if (self->moments == NULL)
        return NULL;
    }
  return g_steal_pointer (&self);
}

/**
 * fovea_optimizer_state_free:
 *
 * Frees @state.
 */
void
fovea_optimizer_state_free (FoveaOptimizerState *state)
{
  g_clear_pointer (&state->moments, fovea_tensor_unref);
  g_free (state->n_steps);
  g_free (state);
}

/* Kingma and Ba, "Adam: a method for stochastic optimization", 2015, arranged as PyTorch does. */
FOVEA_MULTIVERSION static void
step_adam (const float *restrict gradient,
           float *restrict values,
           float *restrict first,
           float *restrict second,
           gsize size,
           double learning_rate,
           guint step)
{
  float keep_first = (float) ADAM_BETA1;
  float keep_second = (float) ADAM_BETA2;
  float take_first = (float) (1 - ADAM_BETA1);
  float take_second = (float) (1 - ADAM_BETA2);
  float rate = (float) (learning_rate / (1 - pow (ADAM_BETA1, step)));
  float correction = (float) (1 / sqrt (1 - pow (ADAM_BETA2, step)));

  for (gsize i = 0; i < size; i++)
    {
      first[i] = keep_first * first[i] + take_first * gradient[i];
      second[i] = keep_second * second[i] + take_second * gradient[i] * gradient[i];
      values[i] += rate * first[i] / (sqrtf (second[i]) * correction + (float) ADAM_EPSILON);
    }
}

/* Engstrom et al., "Adversarial robustness as a prior for learned representations", 2019: steps of
 * one length whatever the gradient's. */
static void
step_normalized (const float *restrict gradient,
                 float *restrict values,
                 gsize size,
                 double learning_rate)
{
  double sum = 0;
  float factor;

  for (gsize i = 0; i < size; i++)
    sum += (double) gradient[i] * gradient[i];
  factor = (float) (learning_rate / (sqrt (sum) + NORM_EPSILON));
  for (gsize i = 0; i < size; i++)
    values[i] += factor * gradient[i];
}

/**
 * fovea_optimizer_state_step:
 * @image: which image
 * @gradient: `size` derivatives of what should grow
 * @values: (inout): `size` values, moved uphill
 */
void
fovea_optimizer_state_step (FoveaOptimizerState *state,
                            guint image,
                            const float *gradient,
                            float *values)
{
  state->n_steps[image]++;
  if (state->optimizer == FOVEA_OPTIMIZER_ADAM)
    {
      float *moments = state->moments->data + 2 * state->size * image;

      step_adam (gradient, values, moments, moments + state->size, state->size, state->learning_rate, state->n_steps[image]);
    }
  else
    {
      step_normalized (gradient, values, state->size, state->learning_rate);
    }
}
