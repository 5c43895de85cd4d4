/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/visualization-run.h"

#include <math.h>

#include "ui/texture.h"
#include "ui/visualization-store.h"

/* The worker makes pictures no more often than the queue delivers them. */
#define PICTURE_INTERVAL (G_USEC_PER_SEC / 10)

/* What is known of one image. */
typedef struct
{
  GdkTexture *texture;  /* NULL before the first */
  FoveaTensor *tensor;  /* [3,height,width] in [0,1]; NULL until the run has ended */
  gboolean has_activation;
  double activation;
  gboolean dead;
  GArray *curve; /* of double, one a step */
} Picture;

struct _FoveaVisualizationRun
{
  FoveaRun parent_instance;

  /* Constant once started */
  FoveaNetwork *network;
  FoveaNeuron neuron;
  FoveaPreset preset; /* where the options started from */
  FoveaMaximizeOptions options;
  FoveaObjective objective;
  guint n_images;
  FoveaTensor *start; /* [n_images,3,height,width]; NULL: from noise */
  guint first_step;   /* steps that earlier runs did */
  FoveaStore *store;  /* nullable */
  gboolean look_up;

  /* Main loop only */
  FoveaVisualizationState state;
  gboolean from_store;
  GError *error;
  guint step;
  double seconds_left;
  Picture pictures[FOVEA_MAXIMIZE_MAX_IMAGES];

  /* What the worker has published and the main loop has not taken yet */
  GMutex mutex;
  struct
  {
    guint step;
    double seconds_left;
    gboolean cancelled;
    gboolean from_store;
    GError *error;
    Picture pictures[FOVEA_MAXIMIZE_MAX_IMAGES];
  } news;

  /* Worker only */
  gint64 started;
  gint64 last_picture;
};

G_DEFINE_FINAL_TYPE (FoveaVisualizationRun, fovea_visualization_run, FOVEA_TYPE_RUN)

static void
clear_picture (Picture *picture)
{
  g_clear_object (&picture->texture);
  g_clear_pointer (&picture->tensor, fovea_tensor_unref);
  g_clear_pointer (&picture->curve, g_array_unref);
}

static FoveaVisualizationSubject
get_subject (FoveaVisualizationRun *self)
{
  return (FoveaVisualizationSubject) { self->network, &self->neuron, &self->options, &self->objective, self->n_images };
}

/* Worker. Returns: whether all images were in the store, now published */
static gboolean
look_up (FoveaVisualizationRun *self)
{
  const FoveaVisualizationSubject subject = get_subject (self);
  Picture pictures[FOVEA_MAXIMIZE_MAX_IMAGES] = { 0 };
  gboolean found = TRUE;

  for (guint i = 0; i < self->n_images && found; i++)
    {
      g_autoptr (FoveaStoredVisualization) stored = fovea_visualization_store_get (self->store, &subject, i);

      found = stored != NULL && stored->image != NULL;
      if (!found)
        break;
      pictures[i].texture = fovea_texture_new_from_image (stored->image);
      pictures[i].tensor = fovea_image_to_tensor (stored->image, NULL);
      pictures[i].has_activation = TRUE;
      pictures[i].activation = stored->activation;
      pictures[i].dead = stored->dead;
      found = pictures[i].tensor != NULL;
    }

  if (found)
    {
      g_mutex_lock (&self->mutex);
      memcpy (self->news.pictures, pictures, sizeof pictures);
      self->news.from_store = TRUE;
      self->news.step = self->options.steps;
      g_mutex_unlock (&self->mutex);
    }
  else
    for (guint i = 0; i < self->n_images; i++)
      clear_picture (&pictures[i]);
  return found;
}

/* Worker */
static void
keep (FoveaVisualizationRun *self, const FoveaMaximizeResult *result)
{
  const FoveaVisualizationSubject subject = get_subject (self);

  for (guint i = 0; i < result->n_images; i++)
    {
      g_autoptr (FoveaImage) image = fovea_image_from_tensor (result->images[i].image, NULL);
      FoveaStoredVisualization visualization = { image, result->images[i].activation, result->images[i].dead };
      g_autoptr (GError) error = NULL;

      if (image != NULL && !fovea_visualization_store_put (self->store, &subject, i, &visualization, &error))
        g_info ("a visualization was not kept: %s", error->message);
    }
}

/* Worker, after every step */
static void
on_step (const FoveaMaximizeProgress *progress, gpointer data)
{
  FoveaVisualizationRun *self = data;
  gsize n_values = 3 * (gsize) self->options.width * self->options.height;
  gint64 now = g_get_monotonic_time ();
  gboolean picture = now - self->last_picture >= PICTURE_INTERVAL || progress->step <= 1;
  GdkTexture *textures[FOVEA_MAXIMIZE_MAX_IMAGES] = { NULL };

  if (picture)
    {
      self->last_picture = now;
      for (guint i = 0; i < progress->n_images; i++)
        textures[i] = fovea_texture_new_from_floats (progress->images + i * n_values, self->options.width, self->options.height);
    }

  g_mutex_lock (&self->mutex);
  self->news.step = progress->step;
  self->news.seconds_left = progress->step == 0 ? -1 :
                            (double) (now - self->started) / G_USEC_PER_SEC / progress->step * (progress->n_steps - progress->step);
  for (guint i = 0; i < progress->n_images; i++)
    {
      Picture *news = &self->news.pictures[i];

      if (textures[i] != NULL)
        {
          g_clear_object (&news->texture);
          news->texture = textures[i];
        }
      news->has_activation = TRUE;
      news->activation = progress->activations[i];
      if (progress->step > 0)
        g_array_append_val (news->curve, progress->activations[i]);
    }
  g_mutex_unlock (&self->mutex);

  fovea_run_report (FOVEA_RUN (self));
}

/* Worker */
static void
publish_result (FoveaVisualizationRun *self, const FoveaMaximizeResult *result)
{
  for (guint i = 0; i < result->n_images; i++)
    {
      const FoveaMaximizeImage *image = &result->images[i];
      GdkTexture *texture = fovea_texture_new_from_floats (image->image->data, self->options.width, self->options.height);
      Picture *news = &self->news.pictures[i];

      g_mutex_lock (&self->mutex);
      g_clear_object (&news->texture);
      news->texture = texture;
      news->tensor = fovea_tensor_ref (image->image);
      news->has_activation = TRUE;
      news->activation = image->activation;
      news->dead = image->dead;
      self->news.cancelled = result->cancelled;
      self->news.step = image->n_steps;
      g_mutex_unlock (&self->mutex);
    }
}

/* Worker */
static void
fovea_visualization_run_compute (FoveaRun *run, FoveaQueuedJob *job)
{
  FoveaVisualizationRun *self = FOVEA_VISUALIZATION_RUN (run);
  FoveaObjective objectives[FOVEA_MAXIMIZE_MAX_IMAGES];
  guint64 streams[FOVEA_MAXIMIZE_MAX_IMAGES];
  g_autoptr (FoveaMaximizeResult) result = NULL;
  g_autoptr (GError) error = NULL;

  if (self->look_up && self->store != NULL && look_up (self))
    return;

  for (guint i = 0; i < self->n_images; i++)
    {
      objectives[i] = self->objective;
      streams[i] = i;
    }
  self->started = g_get_monotonic_time ();
  result = fovea_maximize (self->network, self->n_images, objectives, streams, &self->options, on_step, self,
                           fovea_queued_job_get_cancellable (job), &error);
  if (result == NULL)
    {
      g_mutex_lock (&self->mutex);
      self->news.error = g_steal_pointer (&error);
      g_mutex_unlock (&self->mutex);
      return;
    }
  publish_result (self, result);
  if (!result->cancelled && self->store != NULL && self->start == NULL)
    keep (self, result);
}

/* Main loop: takes over what the worker has published. */
static void
take_news (FoveaVisualizationRun *self)
{
  g_mutex_lock (&self->mutex);
  self->step = self->news.step;
  self->seconds_left = self->news.seconds_left;
  self->from_store = self->news.from_store;
  g_clear_error (&self->error);
  self->error = g_steal_pointer (&self->news.error);
  for (guint i = 0; i < self->n_images; i++)
    {
      Picture *news = &self->news.pictures[i];
      Picture *picture = &self->pictures[i];

      if (news->texture != NULL)
        {
          g_clear_object (&picture->texture);
          picture->texture = g_steal_pointer (&news->texture);
        }
      if (news->tensor != NULL)
        {
          g_clear_pointer (&picture->tensor, fovea_tensor_unref);
          picture->tensor = g_steal_pointer (&news->tensor);
        }
      if (news->has_activation)
        {
          picture->has_activation = TRUE;
          picture->activation = news->activation;
        }
      picture->dead = news->dead;
      if (news->curve != NULL)
        {
          g_array_append_vals (picture->curve, news->curve->data, news->curve->len);
          g_array_set_size (news->curve, 0);
        }
    }
  g_mutex_unlock (&self->mutex);
}

static void
fovea_visualization_run_progress (FoveaRun *run)
{
  FoveaVisualizationRun *self = FOVEA_VISUALIZATION_RUN (run);

  take_news (self);
  self->state = FOVEA_VISUALIZATION_RUNNING;
}

static void
fovea_visualization_run_ended (FoveaRun *run)
{
  FoveaVisualizationRun *self = FOVEA_VISUALIZATION_RUN (run);
  gboolean nothing_reached;

  take_news (self);
  nothing_reached = self->pictures[0].tensor == NULL;
  if (self->error != NULL && !g_error_matches (self->error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    self->state = FOVEA_VISUALIZATION_FAILED;
  else
    self->state = nothing_reached || self->news.cancelled ? FOVEA_VISUALIZATION_STOPPED : FOVEA_VISUALIZATION_FINISHED;
}

static void
fovea_visualization_run_finalize (GObject *object)
{
  FoveaVisualizationRun *self = FOVEA_VISUALIZATION_RUN (object);

  for (guint i = 0; i < FOVEA_MAXIMIZE_MAX_IMAGES; i++)
    {
      clear_picture (&self->pictures[i]);
      clear_picture (&self->news.pictures[i]);
    }
  g_clear_error (&self->error);
  g_clear_error (&self->news.error);
  g_clear_pointer (&self->start, fovea_tensor_unref);
  g_clear_pointer (&self->store, fovea_store_unref);
  g_clear_pointer (&self->network, fovea_network_unref);
  g_mutex_clear (&self->mutex);
  G_OBJECT_CLASS (fovea_visualization_run_parent_class)->finalize (object);
}

static void
fovea_visualization_run_class_init (FoveaVisualizationRunClass *class)
{
  G_OBJECT_CLASS (class)->finalize = fovea_visualization_run_finalize;
  FOVEA_RUN_CLASS (class)->compute = fovea_visualization_run_compute;
  FOVEA_RUN_CLASS (class)->progress = fovea_visualization_run_progress;
  FOVEA_RUN_CLASS (class)->ended = fovea_visualization_run_ended;
}

static void
fovea_visualization_run_init (FoveaVisualizationRun *self)
{
  g_mutex_init (&self->mutex);
  self->seconds_left = -1;
  for (guint i = 0; i < FOVEA_MAXIMIZE_MAX_IMAGES; i++)
    {
      self->pictures[i].curve = g_array_new (FALSE, FALSE, sizeof (double));
      self->news.pictures[i].curve = g_array_new (FALSE, FALSE, sizeof (double));
    }
}

/**
 * fovea_visualization_run_new:
 * @neuron: a layer and a channel of @network
 * @settings: read now; changes made later do not concern this run
 *
 * A run belongs to the thread that made it; its work is done in the queue's workers.
 */
FoveaVisualizationRun *
fovea_visualization_run_new (FoveaNetwork *network, const FoveaNeuron *neuron, FoveaMaximizeSettings *settings)
{
  FoveaVisualizationRun *self = g_object_new (FOVEA_TYPE_VISUALIZATION_RUN, NULL);

  self->network = fovea_network_ref (network);
  self->neuron = *neuron;
  self->n_images = fovea_maximize_settings_get_n_images (settings);
  self->preset = fovea_maximize_settings_get_preset_for_network (settings, network);
  fovea_maximize_settings_get_options (settings, network, &self->options);
  fovea_maximize_settings_get_objective (settings, network, neuron, &self->objective);
  return self;
}

/* The image at the size that @options wants. */
static FoveaTensor *
fit_start (FoveaTensor *tensor, const FoveaMaximizeOptions *options)
{
  g_autoptr (FoveaImage) image = NULL;
  g_autoptr (FoveaImage) resized = NULL;

  if (tensor->shape[1] == options->height && tensor->shape[2] == options->width)
    return fovea_tensor_ref (tensor);
  image = fovea_image_from_tensor (tensor, NULL);
  if (image != NULL)
    resized = fovea_image_resize (image, options->width, options->height, NULL);
  return resized != NULL ? fovea_image_to_tensor (resized, NULL) : NULL;
}

/**
 * fovea_visualization_run_continue_from:
 * @earlier: a run of the same neuron that has ended with pictures
 *
 * Starts from the pictures of @earlier instead of noise, and carries its curves on. Images that
 * @earlier does not have start from its first. To be called before the run is started.
 */
void
fovea_visualization_run_continue_from (FoveaVisualizationRun *self, FoveaVisualizationRun *earlier)
{
  gsize n_values = 3 * (gsize) self->options.width * self->options.height;

  g_return_if_fail (FOVEA_IS_VISUALIZATION_RUN (self) && !fovea_run_is_active (FOVEA_RUN (self)));
  g_return_if_fail (FOVEA_IS_VISUALIZATION_RUN (earlier) && earlier->pictures[0].tensor != NULL);

  self->start = fovea_tensor_new (4, (gint64[]) { self->n_images, 3, self->options.height, self->options.width }, NULL);
  if (self->start == NULL)
    return;
  self->first_step = fovea_visualization_run_get_step (earlier);
  for (guint i = 0; i < self->n_images; i++)
    {
      const Picture *source = &earlier->pictures[i < earlier->n_images ? i : 0];
      g_autoptr (FoveaTensor) start = fit_start (source->tensor, &self->options);

      if (start == NULL)
        {
          g_clear_pointer (&self->start, fovea_tensor_unref);
          return;
        }
      memcpy (self->start->data + i * n_values, start->data, n_values * sizeof (float));
      /* Steps whose values are not known any more, as those of a stored result, are a gap. */
      for (guint step = 0; step < self->first_step; step++)
        {
          double value = step < source->curve->len ? g_array_index (source->curve, double, step) : NAN;
          g_array_append_val (self->pictures[i].curve, value);
        }
      g_set_object (&self->pictures[i].texture, source->texture);
    }
  self->options.start = self->start;
}

/**
 * fovea_visualization_run_start:
 * @store: (nullable): where a finished run that began from noise is kept
 * @look_up: whether to take the result from @store where it is there already
 */
void
fovea_visualization_run_start (FoveaVisualizationRun *self, FoveaJobQueue *queue, FoveaStore *store, gboolean look_up)
{
  g_return_if_fail (FOVEA_IS_VISUALIZATION_RUN (self));

  /* Only a network that comes from a file is known again. */
  self->store = store != NULL && *fovea_network_get_fingerprint (self->network) != '\0' ? fovea_store_ref (store) : NULL;
  self->look_up = look_up;
  fovea_run_start (FOVEA_RUN (self), queue, FOVEA_JOB_PRIORITY_INTERACTIVE);
}

/**
 * fovea_visualization_run_get_state:
 */
FoveaVisualizationState
fovea_visualization_run_get_state (FoveaVisualizationRun *self)
{
  g_return_val_if_fail (FOVEA_IS_VISUALIZATION_RUN (self), FOVEA_VISUALIZATION_WAITING);
  return fovea_run_is_dropped (FOVEA_RUN (self)) ? FOVEA_VISUALIZATION_STOPPED : self->state;
}

/**
 * fovea_visualization_run_is_from_store:
 *
 * Returns: whether the result was computed earlier; it has no curve then
 */
gboolean
fovea_visualization_run_is_from_store (FoveaVisualizationRun *self)
{
  g_return_val_if_fail (FOVEA_IS_VISUALIZATION_RUN (self), FALSE);
  return self->from_store;
}

/**
 * fovea_visualization_run_get_error:
 *
 * Returns: (nullable) (transfer none): why it failed
 */
const GError *
fovea_visualization_run_get_error (FoveaVisualizationRun *self)
{
  g_return_val_if_fail (FOVEA_IS_VISUALIZATION_RUN (self), NULL);
  return self->error;
}

/**
 * fovea_visualization_run_get_network:
 *
 * Returns: (transfer none)
 */
FoveaNetwork *
fovea_visualization_run_get_network (FoveaVisualizationRun *self)
{
  g_return_val_if_fail (FOVEA_IS_VISUALIZATION_RUN (self), NULL);
  return self->network;
}

/**
 * fovea_visualization_run_get_neuron:
 */
const FoveaNeuron *
fovea_visualization_run_get_neuron (FoveaVisualizationRun *self)
{
  g_return_val_if_fail (FOVEA_IS_VISUALIZATION_RUN (self), NULL);
  return &self->neuron;
}

/**
 * fovea_visualization_run_get_preset:
 *
 * Returns: the preset that the options started from
 */
FoveaPreset
fovea_visualization_run_get_preset (FoveaVisualizationRun *self)
{
  g_return_val_if_fail (FOVEA_IS_VISUALIZATION_RUN (self), FOVEA_PRESET_PLAIN);
  return self->preset;
}

/**
 * fovea_visualization_run_get_options:
 *
 * Returns: what the run was made with, the preset's and people's own values alike
 */
const FoveaMaximizeOptions *
fovea_visualization_run_get_options (FoveaVisualizationRun *self)
{
  g_return_val_if_fail (FOVEA_IS_VISUALIZATION_RUN (self), NULL);
  return &self->options;
}

/**
 * fovea_visualization_run_get_objective:
 */
const FoveaObjective *
fovea_visualization_run_get_objective (FoveaVisualizationRun *self)
{
  g_return_val_if_fail (FOVEA_IS_VISUALIZATION_RUN (self), NULL);
  return &self->objective;
}

/**
 * fovea_visualization_run_get_n_images:
 */
guint
fovea_visualization_run_get_n_images (FoveaVisualizationRun *self)
{
  g_return_val_if_fail (FOVEA_IS_VISUALIZATION_RUN (self), 0);
  return self->n_images;
}

/**
 * fovea_visualization_run_get_step:
 *
 * Returns: steps done, those of the runs that it continues included
 */
guint
fovea_visualization_run_get_step (FoveaVisualizationRun *self)
{
  g_return_val_if_fail (FOVEA_IS_VISUALIZATION_RUN (self), 0);
  return self->first_step + self->step;
}

/**
 * fovea_visualization_run_get_n_steps:
 *
 * Returns: steps there will be in the end
 */
guint
fovea_visualization_run_get_n_steps (FoveaVisualizationRun *self)
{
  g_return_val_if_fail (FOVEA_IS_VISUALIZATION_RUN (self), 0);
  return self->first_step + self->options.steps;
}

/**
 * fovea_visualization_run_get_seconds_left:
 *
 * Returns: an estimate; negative while there is none
 */
double
fovea_visualization_run_get_seconds_left (FoveaVisualizationRun *self)
{
  g_return_val_if_fail (FOVEA_IS_VISUALIZATION_RUN (self), -1);
  return self->seconds_left;
}

/**
 * fovea_visualization_run_get_texture:
 *
 * Returns: (nullable) (transfer none): the newest picture
 */
GdkTexture *
fovea_visualization_run_get_texture (FoveaVisualizationRun *self, guint image)
{
  g_return_val_if_fail (FOVEA_IS_VISUALIZATION_RUN (self) && image < self->n_images, NULL);
  return self->pictures[image].texture;
}

/**
 * fovea_visualization_run_get_tensor:
 *
 * Returns: (nullable) (transfer none): the picture as the engine made it, once the run has ended
 */
FoveaTensor *
fovea_visualization_run_get_tensor (FoveaVisualizationRun *self, guint image)
{
  g_return_val_if_fail (FOVEA_IS_VISUALIZATION_RUN (self) && image < self->n_images, NULL);
  return self->pictures[image].tensor;
}

/**
 * fovea_visualization_run_get_activation:
 * @activation: (out): while it runs, the objective's value in the last step; in the end, that of
 *   the picture itself
 *
 * Returns: whether there is one yet
 */
gboolean
fovea_visualization_run_get_activation (FoveaVisualizationRun *self, guint image, double *activation)
{
  g_return_val_if_fail (FOVEA_IS_VISUALIZATION_RUN (self) && image < self->n_images, FALSE);
  *activation = self->pictures[image].activation;
  return self->pictures[image].has_activation;
}

/**
 * fovea_visualization_run_is_dead:
 *
 * Returns: whether no gradient ever reached the picture, so that it says nothing about the unit
 */
gboolean
fovea_visualization_run_is_dead (FoveaVisualizationRun *self, guint image)
{
  g_return_val_if_fail (FOVEA_IS_VISUALIZATION_RUN (self) && image < self->n_images, FALSE);
  return self->pictures[image].dead;
}

/**
 * fovea_visualization_run_get_curve:
 * @n_steps: (out): how many values there are
 *
 * Returns: (transfer none): the objective's value in each step, until the next signal
 */
const double *
fovea_visualization_run_get_curve (FoveaVisualizationRun *self, guint image, guint *n_steps)
{
  g_return_val_if_fail (FOVEA_IS_VISUALIZATION_RUN (self) && image < self->n_images, NULL);
  *n_steps = self->pictures[image].curve->len;
  return (const double *) self->pictures[image].curve->data;
}
