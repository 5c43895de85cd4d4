/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/analysis/maximize.h"

#include <math.h>
#include <string.h>

#include "engine/analysis/maximize-objective.h"
#include "engine/analysis/optimizer.h"
#include "engine/analysis/parameterization.h"
#include "engine/analysis/regularizers.h"
#include "engine/analysis/transforms.h"
#include "engine/parallel.h"
#include "engine/random.h"

#define N_PLANES 3

/* More images than this at once would only cost memory. */
#define MAX_IMAGES 4096

/* lucent's transforms are in pixels of images of this size. */
#define TRANSFORMS_SIZE 224

/* What one image of the batch has to itself. */
typedef struct {
  FoveaRandom random;
  FoveaTransform transform; /* of the step in work */
  gboolean reached;         /* whether the last gradient was finite and not all zero */
  double *curve;            /* options->steps values */
} ImageState;

typedef struct {
  const FoveaMaximizeOptions *options;
  guint n_images;
  gsize image_size; /* floats of an image */
  guint step;       /* steps done */
  FoveaTransformRanges ranges;
  FoveaObjectiveSet *objectives;
  FoveaPlan *plan;
  FoveaImageParameters *parameters;
  FoveaOptimizerState *optimizer;
  ImageState *states;
  gboolean *alive; /* which images' units a gradient reached without redirecting */
  double *activations;
  FoveaTensor *images;          /* [n_images, 3, height, width], as the next four */
  FoveaTensor *views;           /* what the network sees; NULL without transforms */
  FoveaTensor *view_gradients;
  FoveaTensor *image_gradients; /* NULL without transforms */
} Maximization;

static void
maximization_clear (Maximization *self)
{
  g_clear_pointer (&self->objectives, fovea_objective_set_free);
  g_clear_pointer (&self->plan, fovea_plan_free);
  g_clear_pointer (&self->parameters, fovea_image_parameters_free);
  g_clear_pointer (&self->optimizer, fovea_optimizer_state_free);
  if (self->states != NULL)
    for (guint i = 0; i < self->n_images; i++)
      g_free (self->states[i].curve);
  g_clear_pointer (&self->states, g_free);
  g_clear_pointer (&self->alive, g_free);
  g_clear_pointer (&self->activations, g_free);
  g_clear_pointer (&self->images, fovea_tensor_unref);
  g_clear_pointer (&self->views, fovea_tensor_unref);
  g_clear_pointer (&self->view_gradients, fovea_tensor_unref);
  g_clear_pointer (&self->image_gradients, fovea_tensor_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Maximization, maximization_clear)

static gboolean
check_network (const FoveaNetwork *network,
               guint n_images,
               GError **error)
{
  const FoveaShape *shape = fovea_graph_get_input_shape (fovea_network_get_graph (network));

  if (shape->channels != N_PLANES)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED,
                   "%s looks at images of %" G_GINT64_FORMAT " channels; only those of colour images (3) can be optimized",
                   fovea_network_get_name (network), shape->channels);
      return FALSE;
    }
  if (n_images > MAX_IMAGES)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_TOO_LARGE, "%u images at once are too many; at most %d are optimized together", n_images, MAX_IMAGES);
      return FALSE;
    }
  return TRUE;
}

static gboolean
allocate_images (Maximization *self,
                 GError **error)
{
  gint64 shape[] = { self->n_images, N_PLANES, self->options->height, self->options->width };
  FoveaTensor **tensors[] = { &self->images, &self->view_gradients, &self->views, &self->image_gradients };
  guint n_tensors = self->options->transforms ? 4 : 2;

  for (guint i = 0; i < n_tensors; i++)
    {
      *tensors[i] = fovea_tensor_new (G_N_ELEMENTS (shape), shape, error);
      if (*tensors[i] == NULL)
        return FALSE;
    }
  return TRUE;
}

static gboolean
maximization_prepare (Maximization *self,
                      FoveaNetwork *network,
                      const FoveaObjective *objectives,
                      const guint64 *streams,
                      GError **error)
{
  const FoveaMaximizeOptions *options = self->options;
  double ratio = (double) MIN (options->width, options->height) / TRANSFORMS_SIZE;
  g_autofree int *layers = NULL;
  g_autofree FoveaPlanPosition *positions = NULL;
  guint n_layers;

  if (!check_network (network, self->n_images, error) || !fovea_maximize_options_check (options, error))
    return FALSE;
  if (options->start != NULL && options->start->n_dimensions == 4 && options->start->shape[0] != self->n_images)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_SHAPE, "%" G_GINT64_FORMAT " start images were given for %u images",
                   options->start->shape[0], self->n_images);
      return FALSE;
    }

  self->image_size = (gsize) N_PLANES * options->height * options->width;
  self->ranges = (FoveaTransformRanges) {
    .pad = options->pad * ratio,
    .jitter = options->jitter * ratio,
    .scale_minimum = options->scale_minimum,
    .scale_maximum = options->scale_maximum,
    .rotation = options->rotation,
    .second_jitter = options->second_jitter * ratio,
  };

  self->objectives = fovea_objective_set_new (network, self->n_images, objectives, error);
  if (self->objectives == NULL)
    return FALSE;
  layers = fovea_objective_set_get_layers (self->objectives, &n_layers);
  positions = fovea_objective_set_get_positions (self->objectives);
  self->plan = fovea_plan_new_at (fovea_network_get_graph (network), self->n_images, options->height, options->width,
                                  n_layers, layers, positions, FOVEA_PLAN_GRADIENT, error);
  if (self->plan == NULL || !fovea_objective_set_bind (self->objectives, self->plan, error))
    return FALSE;

  self->parameters = fovea_image_parameters_new (options->parameterization, options->decorrelate_color,
                                                 self->n_images, options->height, options->width, error);
  if (self->parameters == NULL)
    return FALSE;
  self->optimizer = fovea_optimizer_state_new (options->optimizer, options->learning_rate, self->n_images,
                                               fovea_image_parameters_get_size (self->parameters), error);
  if (self->optimizer == NULL || !allocate_images (self, error))
    return FALSE;

  self->activations = g_new0 (double, self->n_images);
  self->alive = g_new0 (gboolean, self->n_images);
  self->states = g_new0 (ImageState, self->n_images);
  for (guint i = 0; i < self->n_images; i++)
    {
      self->states[i].curve = g_new0 (double, options->steps);
      fovea_random_init (&self->states[i].random, options->seed, streams != NULL ? streams[i] : i);
    }
  return TRUE;
}

static void
start_image (gsize item,
             guint worker,
             gpointer data)
{
  Maximization *self = data;
  const FoveaTensor *start = self->options->start;
  guint image = (guint) item;

  if (start != NULL)
    fovea_image_parameters_set_image (self->parameters, image, start->data + (start->n_dimensions == 4 ? item * self->image_size : 0));
  else
    fovea_image_parameters_set_noise (self->parameters, image, self->options->noise, &self->states[image].random);
  fovea_image_parameters_render (self->parameters, image, self->images->data + item * self->image_size);
}

static void
view_image (gsize item,
            guint worker,
            gpointer data)
{
  Maximization *self = data;
  ImageState *state = &self->states[item];

  fovea_transform_draw (&state->transform, &self->ranges, self->options->height, self->options->width, &state->random);
  fovea_transform_apply (&state->transform, self->images->data + item * self->image_size, self->views->data + item * self->image_size);
}

/* Whether a gradient can be followed. One with numbers that are not finite, which a network may give
 * that overflows, is cleared, so that it counts as none. */
static gboolean
inspect_gradient (float *gradient,
                  gsize n_values)
{
  enum { LANES = 8 }; /* sums side by side, for processors that add so many at once */
  double sums[LANES] = { 0 }, sum = 0;

  for (gsize i = 0; i < n_values / LANES * LANES; i += LANES)
    for (gsize lane = 0; lane < LANES; lane++)
      sums[lane] += (double) fabsf (gradient[i + lane]);
  for (gsize i = n_values / LANES * LANES; i < n_values; i++)
    sum += (double) fabsf (gradient[i]);
  for (gsize lane = 0; lane < LANES; lane++)
    sum += sums[lane];
  if (isfinite (sum))
    return sum > 0;
  memset (gradient, 0, n_values * sizeof (float));
  return FALSE;
}

static void
inspect_image (gsize item,
               guint worker,
               gpointer data)
{
  Maximization *self = data;

  self->states[item].reached = inspect_gradient (self->view_gradients->data + item * self->image_size, self->image_size);
}

/* From the derivative by what the network saw to the next image. */
static void
step_image (gsize item,
            guint worker,
            gpointer data)
{
  Maximization *self = data;
  const FoveaMaximizeOptions *options = self->options;
  guint image = (guint) item;
  float *pixels = self->images->data + item * self->image_size;
  float *gradient = self->view_gradients->data + item * self->image_size;
  const float *parameter_gradient;

  inspect_image (item, worker, data);
  if (options->transforms)
    {
      float *image_gradient = self->image_gradients->data + item * self->image_size;

      fovea_transform_apply_adjoint (&self->states[item].transform, gradient, image_gradient);
      gradient = image_gradient;
    }
  if (options->total_variation > 0)
    fovea_regularize_total_variation (pixels, N_PLANES, options->height, options->width, options->total_variation, gradient);
  if (options->l1 > 0)
    fovea_regularize_l1 (pixels, self->image_size, options->l1, gradient);
  if (options->l2 > 0)
    fovea_regularize_l2 (pixels, self->image_size, options->l2, gradient);

  parameter_gradient = fovea_image_parameters_render_adjoint (self->parameters, image, pixels, gradient);
  fovea_optimizer_state_step (self->optimizer, image, parameter_gradient, fovea_image_parameters_get_values (self->parameters, image));
  if (options->blur_every > 0 && (self->step + 1) % options->blur_every == 0)
    fovea_image_parameters_blur (self->parameters, image, options->blur_deviation);
  fovea_image_parameters_render (self->parameters, image, pixels);
}

/* One step of all images. Returns FALSE, and leaves the images as they were, when cancelled. */
static gboolean
maximization_step (Maximization *self,
                   GCancellable *cancellable)
{
  gboolean redirect = self->step < self->options->redirect_relu_steps;
  const float *const *seeds;

  if (g_cancellable_is_cancelled (cancellable))
    return FALSE;
  if (self->options->transforms)
    fovea_parallel_for (self->n_images, view_image, self);
  fovea_plan_forward (self->plan, self->options->transforms ? self->views->data : self->images->data);
  seeds = fovea_objective_set_evaluate (self->objectives, self->plan, self->activations);

  if (g_cancellable_is_cancelled (cancellable))
    return FALSE;
  fovea_plan_set_redirect_relu (self->plan, redirect);
  fovea_plan_gradient (self->plan, seeds, self->view_gradients->data);
  fovea_parallel_for (self->n_images, step_image, self);

  for (guint i = 0; i < self->n_images; i++)
    {
      self->states[i].curve[self->step] = self->activations[i];
      self->alive[i] = self->alive[i] || (self->states[i].reached && !redirect);
    }
  self->step++;
  return TRUE;
}

/* Evaluates the final images themselves, and settles which units are dead: those that no gradient has
 * reached by the plain rules, nor does now. */
static void
maximization_finish (Maximization *self)
{
  const float *const *seeds;
  gboolean all_alive = TRUE;

  fovea_plan_forward (self->plan, self->images->data);
  seeds = fovea_objective_set_evaluate (self->objectives, self->plan, self->activations);

  for (guint i = 0; i < self->n_images; i++)
    all_alive = all_alive && self->alive[i];
  if (all_alive)
    return;

  fovea_plan_set_redirect_relu (self->plan, FALSE);
  fovea_plan_gradient (self->plan, seeds, self->view_gradients->data);
  fovea_parallel_for (self->n_images, inspect_image, self);
  for (guint i = 0; i < self->n_images; i++)
    self->alive[i] = self->alive[i] || self->states[i].reached;
}

static FoveaMaximizeResult *
maximization_get_result (Maximization *self,
                         gboolean cancelled,
                         GError **error)
{
  g_autoptr (FoveaMaximizeResult) result = g_new0 (FoveaMaximizeResult, 1);
  gint64 shape[] = { N_PLANES, self->options->height, self->options->width };

  result->n_images = self->n_images;
  result->images = g_new0 (FoveaMaximizeImage, self->n_images);
  result->cancelled = cancelled;
  for (guint i = 0; i < self->n_images; i++)
    {
      FoveaMaximizeImage *image = &result->images[i];

      image->image = fovea_tensor_new (G_N_ELEMENTS (shape), shape, error);
      if (image->image == NULL)
        return NULL;
      memcpy (image->image->data, self->images->data + i * self->image_size, self->image_size * sizeof (float));
      image->activation = self->activations[i];
      image->curve = g_steal_pointer (&self->states[i].curve);
      image->n_steps = self->step;
      image->dead = !self->alive[i];
    }
  return g_steal_pointer (&result);
}

/**
 * fovea_maximize:
 * @network: the network
 * @n_images: number of images, at least 1; they are optimized together, as one batch
 * @objectives: (array length=n_images): what each image is optimized for
 * @streams: (array length=n_images) (nullable): which of the seed's random streams each image draws
 *   from; %NULL is image i from stream i. With the same stream, two images start from the same noise
 *   and see the same transforms, in any batch and at any place in it
 * @options: how
 * @progress: (nullable): called after each step, in the calling thread
 * @progress_data: passed to @progress
 * @cancellable: (nullable): looked at twice a step
 * @error: %FOVEA_ERROR_NOT_FOUND for an objective that the network does not have,
 *   %FOVEA_ERROR_ARGUMENT or %FOVEA_ERROR_SHAPE for senseless options, %FOVEA_ERROR_SHAPE also where
 *   the network cannot work at the image's size, %FOVEA_ERROR_UNSUPPORTED where it wants no colour
 *   images, %FOVEA_ERROR_TOO_LARGE
 *
 * Optimizes images so that each raises its own objective. Being cancelled is not an error: the
 * images reached so far are the result. Except through diversity, an image does not depend on the
 * others of its batch; the same call gives the same bytes, with any number of threads.
 *
 * Any thread; several may run at once.
 *
 * Returns: (transfer full): the images, or %NULL
 */
FoveaMaximizeResult *
fovea_maximize (FoveaNetwork *network,
                guint n_images,
                const FoveaObjective *objectives,
                const guint64 *streams,
                const FoveaMaximizeOptions *options,
                FoveaMaximizeFunc progress,
                gpointer progress_data,
                GCancellable *cancellable,
                GError **error)
{
  g_auto (Maximization) self = { .options = options, .n_images = n_images };
  gboolean cancelled = FALSE;

  g_return_val_if_fail (network != NULL && objectives != NULL && options != NULL, NULL);
  g_return_val_if_fail (n_images > 0, NULL);

  if (!maximization_prepare (&self, network, objectives, streams, error))
    return NULL;

  fovea_parallel_for (n_images, start_image, &self);
  while (self.step < options->steps && !cancelled)
    {
      cancelled = !maximization_step (&self, cancellable);
      if (progress != NULL && !cancelled)
        {
          FoveaMaximizeProgress report = {
            .step = self.step,
            .n_steps = options->steps,
            .n_images = n_images,
            .images = self.images->data,
            .activations = self.activations,
          };

          progress (&report, progress_data);
        }
    }
  maximization_finish (&self);
  return maximization_get_result (&self, cancelled, error);
}

/**
 * fovea_maximize_result_free:
 *
 * Frees @result with its images.
 */
void
fovea_maximize_result_free (FoveaMaximizeResult *result)
{
  for (guint i = 0; i < result->n_images; i++)
    {
      g_clear_pointer (&result->images[i].image, fovea_tensor_unref);
      g_free (result->images[i].curve);
    }
  g_free (result->images);
  g_free (result);
}
