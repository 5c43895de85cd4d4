/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/analysis/attack.h"

#include <math.h>
#include <string.h>

#include "engine/plan.h"
#include "engine/random.h"

/* More images than this at once would only cost memory. */
#define MAX_IMAGES 4096

#define MAX_STEPS 100000

/* A gradient shorter than about this counts as none (robustness' constant). */
#define SHORTEST_GRADIENT 1e-10

struct _FoveaAttack {
  FoveaNetwork *network;
  FoveaPlan *plan;
  guint n_images;
  gsize image_size; /* floats of an image */
  guint n_classes;
  float *seeds;     /* [n_images, n_classes] */
  float *gradients; /* [n_images, image_size], as the next */
  float *current;
  FoveaAttackOutcome *outcomes; /* of the current images */
};

/**
 * fovea_attack_options_init:
 *
 * Seven L2 steps within ε = 0.5, from the image itself, away from its class.
 */
void
fovea_attack_options_init (FoveaAttackOptions *options)
{
  *options = (FoveaAttackOptions) { .norm = FOVEA_ATTACK_L2, .epsilon = 0.5, .n_steps = 7 };
}

/**
 * fovea_attack_options_check:
 *
 * Errors: %FOVEA_ERROR_ARGUMENT where a number is out of its range
 */
gboolean
fovea_attack_options_check (const FoveaAttackOptions *options,
                            GError **error)
{
  if (!isfinite (options->epsilon) || options->epsilon < 0)
    g_set_error_literal (error, FOVEA_ERROR, FOVEA_ERROR_ARGUMENT, "an attack's ε has to be a number of at least 0");
  else if (!isfinite (options->step_size) || options->step_size < 0)
    g_set_error_literal (error, FOVEA_ERROR, FOVEA_ERROR_ARGUMENT, "the length of an attack's steps has to be a number of at least 0");
  else if (options->n_steps < 1 || options->n_steps > MAX_STEPS)
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_ARGUMENT, "an attack takes 1 to %d steps", MAX_STEPS);
  else
    return TRUE;
  return FALSE;
}

/**
 * fovea_attack_new:
 * @network: a classifier
 * @n_images: how many images are attacked at once
 *
 * Errors: %FOVEA_ERROR_SHAPE for a network that does not end in one logit a class, %FOVEA_ERROR_TOO_LARGE
 *
 * Thread: any.
 */
FoveaAttack *
fovea_attack_new (FoveaNetwork *network,
                  guint n_images,
                  GError **error)
{
  FoveaGraph *graph = fovea_network_get_graph (network);
  const FoveaShape *input = fovea_graph_get_input_shape (graph);
  int logits = fovea_graph_get_logits (graph);
  const FoveaShape *shape = fovea_graph_get_shape (graph, (guint) logits);
  g_autoptr (FoveaAttack) self = NULL;

  g_return_val_if_fail (n_images > 0, NULL);

  if (shape->height != 1 || shape->width != 1)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_SHAPE,
                   "%s ends in maps of %" G_GINT64_FORMAT " × %" G_GINT64_FORMAT ", not in one value a class; only classifiers can be attacked",
                   fovea_network_get_name (network), shape->height, shape->width);
      return NULL;
    }
  if (n_images > MAX_IMAGES)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_TOO_LARGE, "%u images at once are too many; at most %d are attacked together", n_images, MAX_IMAGES);
      return NULL;
    }

  self = g_new0 (FoveaAttack, 1);
  self->network = fovea_network_ref (network);
  self->n_images = n_images;
  self->image_size = fovea_shape_get_n_elements (input);
  self->n_classes = (guint) shape->channels;
  self->plan = fovea_plan_new (graph, n_images, input->height, input->width, 1, &logits, FOVEA_PLAN_GRADIENT, error);
  if (self->plan == NULL)
    return NULL;
  self->seeds = g_try_new (float, (gsize) n_images * self->n_classes);
  self->gradients = g_try_new (float, n_images * self->image_size);
  self->current = g_try_new (float, n_images * self->image_size);
  self->outcomes = g_new0 (FoveaAttackOutcome, n_images);
  if (self->seeds == NULL || self->gradients == NULL || self->current == NULL)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_TOO_LARGE, "there is not enough memory to attack %u images at once", n_images);
      return NULL;
    }
  return g_steal_pointer (&self);
}

void
fovea_attack_free (FoveaAttack *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->plan, fovea_plan_free);
  g_clear_pointer (&self->network, fovea_network_unref);
  g_free (self->seeds);
  g_free (self->gradients);
  g_free (self->current);
  g_free (self->outcomes);
  g_free (self);
}

static double
get_length (const float *values,
            gsize n)
{
  double sum = 0;

  for (gsize i = 0; i < n; i++)
    sum += (double) values[i] * values[i];
  return sqrt (sum);
}

/* Back into the ball around the original image, then into [0,1]. */
static void
project (const FoveaAttackOptions *options,
         const float *original,
         gsize n,
         float *image)
{
  double shrink = 1;

  if (options->norm == FOVEA_ATTACK_L2)
    {
      double squares = 0, length;

      for (gsize i = 0; i < n; i++)
        squares += ((double) image[i] - original[i]) * ((double) image[i] - original[i]);
      length = sqrt (squares);
      if (length > options->epsilon)
        shrink = options->epsilon / length;
    }
  for (gsize i = 0; i < n; i++)
    {
      double change = ((double) image[i] - original[i]) * shrink;

      if (options->norm == FOVEA_ATTACK_LINF)
        change = CLAMP (change, -options->epsilon, options->epsilon);
      image[i] = (float) CLAMP (original[i] + change, 0.0, 1.0);
    }
}

/* A random image near the original. L2: values uniform in ±1/2, as a whole not longer than ε. */
static void
start_randomly (const FoveaAttackOptions *options,
                guint64 stream,
                gsize n,
                float *image)
{
  FoveaRandom random;

  fovea_random_init (&random, options->seed, stream);
  if (options->norm == FOVEA_ATTACK_LINF)
    {
      for (gsize i = 0; i < n; i++)
        image[i] += (float) fovea_random_uniform (&random, -options->epsilon, options->epsilon);
    }
  else
    {
      g_autofree float *change = g_new (float, n);
      double length, scale;

      for (gsize i = 0; i < n; i++)
        change[i] = (float) fovea_random_uniform (&random, -0.5, 0.5);
      length = get_length (change, n);
      scale = length > options->epsilon ? options->epsilon / length : 1;
      for (gsize i = 0; i < n; i++)
        image[i] += (float) (scale * change[i]);
    }
  for (gsize i = 0; i < n; i++)
    image[i] = CLAMP (image[i], 0.0f, 1.0f);
}

/* One step along the gradient that runs uphill (@direction 1) or downhill (-1). */
static void
step (const FoveaAttackOptions *options,
      double direction,
      const float *gradient,
      gsize n,
      float *image)
{
  double size = options->step_size > 0 ? options->step_size : 2.5 * options->epsilon / options->n_steps;

  if (options->norm == FOVEA_ATTACK_L2)
    {
      double scale = direction * size / (get_length (gradient, n) + SHORTEST_GRADIENT);

      for (gsize i = 0; i < n; i++)
        image[i] += (float) (scale * gradient[i]);
    }
  else
    for (gsize i = 0; i < n; i++)
      image[i] += (float) (gradient[i] > 0 ? direction * size : gradient[i] < 0 ? -direction * size : 0);
}

/* The loss of one image, and its derivative by the logits: softmax minus the class. */
static FoveaAttackOutcome
measure (const float *logits,
         guint n_classes,
         guint class,
         float *derivative)
{
  FoveaAttackOutcome outcome = { 0 };
  double sum = 0;

  for (guint i = 1; i < n_classes; i++)
    if (logits[i] > logits[outcome.answer])
      outcome.answer = i;
  for (guint i = 0; i < n_classes; i++)
    sum += exp ((double) logits[i] - logits[outcome.answer]);
  for (guint i = 0; i < n_classes; i++)
    derivative[i] = (float) (exp ((double) logits[i] - logits[outcome.answer]) / sum - (i == class ? 1 : 0));
  outcome.probability = 1 / sum;
  outcome.loss = log (sum) + logits[outcome.answer] - logits[class];
  return outcome;
}

static gboolean
measure_all (FoveaAttack *self,
             const guint *classes,
             GError **error)
{
  const float *logits;

  fovea_plan_forward (self->plan, self->current);
  logits = fovea_plan_get_activation (self->plan, 0);
  for (guint i = 0; i < self->n_images; i++)
    {
      gsize first = (gsize) i * self->n_classes;

      self->outcomes[i] = measure (logits + first, self->n_classes, classes[i], self->seeds + first);
      if (!isfinite (self->outcomes[i].loss))
        {
          g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT, "%s: its answer is not a number; the weights or the image are broken",
                       fovea_network_get_name (self->network));
          return FALSE;
        }
    }
  return TRUE;
}

/* Keeps of each image what is the worst for the network so far; of equals the earlier one. */
static void
keep_best (FoveaAttack *self,
           const FoveaAttackOptions *options,
           gboolean first,
           float *attacked,
           FoveaAttackOutcome *outcomes)
{
  for (guint i = 0; i < self->n_images; i++)
    {
      double gain = self->outcomes[i].loss - outcomes[i].loss;

      if (!first && (options->targeted ? gain >= 0 : gain <= 0))
        continue;
      outcomes[i] = self->outcomes[i];
      memcpy (attacked + i * self->image_size, self->current + i * self->image_size, self->image_size * sizeof (float));
    }
}

/**
 * fovea_attack_measure:
 * @images, @classes: as for fovea_attack_run()
 * @outcomes: (out): n_images: what the network makes of the images as they are
 *
 * Errors: %FOVEA_ERROR_FORMAT where the answer is not a number
 *
 * Thread: any, one at a time for an attack.
 */
gboolean
fovea_attack_measure (FoveaAttack *self,
                      const float *images,
                      const guint *classes,
                      FoveaAttackOutcome *outcomes,
                      GError **error)
{
  for (guint i = 0; i < self->n_images; i++)
    g_return_val_if_fail (classes[i] < self->n_classes, FALSE);

  memcpy (self->current, images, self->n_images * self->image_size * sizeof (float));
  if (!measure_all (self, classes, error))
    return FALSE;
  memcpy (outcomes, self->outcomes, self->n_images * sizeof *outcomes);
  return TRUE;
}

/**
 * fovea_attack_run:
 * @options: checked ones
 * @images: [n_images, channels, height, width] in [0,1], of the network's input size
 * @classes: each image's class, below the number of classes
 * @streams: (nullable): the random stream of each image, so that an image's start does not depend on its
 *   neighbours; %NULL is 0, 1, 2 …
 * @job: (nullable): progress in steps
 * @attacked: (out): like @images; may not overlap them
 * @outcomes: (out): n_images
 *
 * Projected gradient descent on the cross-entropy (Madry, Makelov, Schmidt, Tsipras, Vladu, "Towards deep
 * learning models resistant to adversarial attacks", ICLR 2018), with the conventions of the `robustness`
 * package: x ← clamp (project (x + step · g / (‖g‖ + 1e-10))) for L2, the gradient's sign for L∞, and of all
 * images on the way the one with the best loss. Each image's result is that which it has alone.
 *
 * Errors: %G_IO_ERROR_CANCELLED, and then @attacked holds nothing of use; %FOVEA_ERROR_FORMAT where the answer is
 * not a number
 *
 * Thread: any, one at a time for an attack.
 */
gboolean
fovea_attack_run (FoveaAttack *self,
                  const FoveaAttackOptions *options,
                  const float *images,
                  const guint *classes,
                  const guint64 *streams,
                  const FoveaJob *job,
                  float *attacked,
                  FoveaAttackOutcome *outcomes,
                  GError **error)
{
  gsize size = self->image_size;

  if (!fovea_attack_options_check (options, error))
    return FALSE;
  for (guint i = 0; i < self->n_images; i++)
    g_return_val_if_fail (classes[i] < self->n_classes, FALSE);

  memcpy (self->current, images, self->n_images * size * sizeof (float));
  if (options->random_start)
    for (guint i = 0; i < self->n_images; i++)
      start_randomly (options, streams != NULL ? streams[i] : i, size, self->current + i * size);

  for (guint n = 0; n < options->n_steps; n++)
    {
      if (fovea_job_is_cancelled (job, error) || !measure_all (self, classes, error))
        return FALSE;
      keep_best (self, options, n == 0, attacked, outcomes);
      fovea_plan_gradient (self->plan, (const float *const[]) { self->seeds }, self->gradients);
      for (guint i = 0; i < self->n_images; i++)
        {
          step (options, options->targeted ? -1 : 1, self->gradients + i * size, size, self->current + i * size);
          project (options, images + i * size, size, self->current + i * size);
        }
      fovea_job_report (job, n + 1, options->n_steps);
    }
  if (!measure_all (self, classes, error))
    return FALSE;
  keep_best (self, options, FALSE, attacked, outcomes);
  return TRUE;
}
