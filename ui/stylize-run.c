/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/stylize-run.h"

#include "ui/texture.h"

/* The worker makes pictures no more often than the queue delivers them. */
#define PICTURE_INTERVAL (G_USEC_PER_SEC / 10)

struct _FoveaStylizeRun
{
  FoveaRun parent_instance;

  /* Constant once started */
  FoveaNetwork *network;
  FoveaLensImage *shape;
  FoveaLensImage *texture;
  FoveaStylizeOptions options;
  GStrv content_layers; /* nullable; what the options point to */
  GStrv style_layers;

  /* Main loop only */
  GdkTexture *picture; /* nullable */
  GArray *losses;      /* of FoveaStyleLosses: before the first step and after each */
  double seconds_left;
  FoveaStylization *result; /* nullable */
  GError *error;

  /* What the worker has published and the main loop has not taken yet */
  GMutex mutex;
  struct
  {
    GdkTexture *picture;
    GArray *losses;
    double seconds_left;
    FoveaStylization *result;
    GError *error;
  } news;

  /* Worker only */
  gint64 started;
  gint64 last_picture;
};

G_DEFINE_FINAL_TYPE (FoveaStylizeRun, fovea_stylize_run, FOVEA_TYPE_RUN)

/* Worker, after every step */
static void
on_step (guint step, const FoveaStyleLosses *losses, const FoveaTensor *image, gpointer data)
{
  FoveaStylizeRun *self = data;
  gint64 now = g_get_monotonic_time ();
  GdkTexture *picture = NULL;

  if (now - self->last_picture >= PICTURE_INTERVAL || step == 0)
    {
      self->last_picture = now;
      picture = fovea_texture_new_from_floats (image->data, (guint) image->shape[2], (guint) image->shape[1]);
    }

  g_mutex_lock (&self->mutex);
  if (picture != NULL)
    {
      g_clear_object (&self->news.picture);
      self->news.picture = picture;
    }
  g_array_append_val (self->news.losses, *losses);
  self->news.seconds_left = step == 0 ? -1 : (double) (now - self->started) / G_USEC_PER_SEC / step * (self->options.steps - step);
  g_mutex_unlock (&self->mutex);

  fovea_run_report (FOVEA_RUN (self));
}

/* Worker */
static void
fovea_stylize_run_compute (FoveaRun *run, FoveaQueuedJob *queued)
{
  FoveaStylizeRun *self = FOVEA_STYLIZE_RUN (run);
  FoveaStylization *result;
  GError *error = NULL;
  FoveaJob job;

  self->started = g_get_monotonic_time ();
  fovea_job_init (&job, fovea_queued_job_get_cancellable (queued), NULL, NULL);
  result = fovea_stylize (self->network, self->shape->image, self->texture->image, &self->options, on_step, self, &job, &error);
  g_mutex_lock (&self->mutex);
  self->news.result = result;
  self->news.error = error;
  if (result != NULL)
    {
      g_clear_object (&self->news.picture);
      self->news.picture = fovea_texture_new_from_floats (result->image->data, (guint) result->image->shape[2], (guint) result->image->shape[1]);
    }
  g_mutex_unlock (&self->mutex);
}

static void
fovea_stylize_run_take_news (FoveaRun *run)
{
  FoveaStylizeRun *self = FOVEA_STYLIZE_RUN (run);

  g_mutex_lock (&self->mutex);
  if (self->news.picture != NULL)
    {
      g_clear_object (&self->picture);
      self->picture = g_steal_pointer (&self->news.picture);
    }
  g_array_append_vals (self->losses, self->news.losses->data, self->news.losses->len);
  g_array_set_size (self->news.losses, 0);
  self->seconds_left = self->news.seconds_left;
  if (self->news.result != NULL)
    self->result = g_steal_pointer (&self->news.result);
  if (self->news.error != NULL)
    self->error = g_steal_pointer (&self->news.error);
  g_mutex_unlock (&self->mutex);
}

static void
fovea_stylize_run_finalize (GObject *object)
{
  FoveaStylizeRun *self = FOVEA_STYLIZE_RUN (object);

  g_clear_object (&self->picture);
  g_clear_object (&self->news.picture);
  g_array_unref (self->losses);
  g_array_unref (self->news.losses);
  g_clear_pointer (&self->result, fovea_stylization_free);
  g_clear_pointer (&self->news.result, fovea_stylization_free);
  g_clear_error (&self->error);
  g_clear_error (&self->news.error);
  g_strfreev (self->content_layers);
  g_strfreev (self->style_layers);
  g_clear_pointer (&self->shape, fovea_lens_image_unref);
  g_clear_pointer (&self->texture, fovea_lens_image_unref);
  g_clear_pointer (&self->network, fovea_network_unref);
  g_mutex_clear (&self->mutex);
  G_OBJECT_CLASS (fovea_stylize_run_parent_class)->finalize (object);
}

static void
fovea_stylize_run_class_init (FoveaStylizeRunClass *class)
{
  G_OBJECT_CLASS (class)->finalize = fovea_stylize_run_finalize;
  FOVEA_RUN_CLASS (class)->compute = fovea_stylize_run_compute;
  FOVEA_RUN_CLASS (class)->progress = fovea_stylize_run_take_news;
  FOVEA_RUN_CLASS (class)->ended = fovea_stylize_run_take_news;
}

static void
fovea_stylize_run_init (FoveaStylizeRun *self)
{
  g_mutex_init (&self->mutex);
  self->losses = g_array_new (FALSE, FALSE, sizeof (FoveaStyleLosses));
  self->news.losses = g_array_new (FALSE, FALSE, sizeof (FoveaStyleLosses));
  self->seconds_left = self->news.seconds_left = -1;
}

/**
 * fovea_stylize_run_new:
 * @options: copied, with the layers' names
 *
 * Returns: (transfer full): a run that is to be started
 */
FoveaStylizeRun *
fovea_stylize_run_new (FoveaNetwork *network, FoveaLensImage *shape, FoveaLensImage *texture, const FoveaStylizeOptions *options)
{
  FoveaStylizeRun *self = g_object_new (FOVEA_TYPE_STYLIZE_RUN, NULL);

  self->network = fovea_network_ref (network);
  self->shape = fovea_lens_image_ref (shape);
  self->texture = fovea_lens_image_ref (texture);
  self->options = *options;
  self->content_layers = g_strdupv ((GStrv) options->content_layers);
  self->style_layers = g_strdupv ((GStrv) options->style_layers);
  self->options.content_layers = (const char *const *) self->content_layers;
  self->options.style_layers = (const char *const *) self->style_layers;
  return self;
}

/**
 * fovea_stylize_run_get_error:
 *
 * Returns: (nullable) (transfer none): why it has ended without a result
 */
const GError *
fovea_stylize_run_get_error (FoveaStylizeRun *self)
{
  g_return_val_if_fail (FOVEA_IS_STYLIZE_RUN (self), NULL);
  return self->error;
}

/**
 * fovea_stylize_run_get_network:
 *
 * Returns: (transfer none)
 */
FoveaNetwork *
fovea_stylize_run_get_network (FoveaStylizeRun *self)
{
  g_return_val_if_fail (FOVEA_IS_STYLIZE_RUN (self), NULL);
  return self->network;
}

/**
 * fovea_stylize_run_get_shape:
 *
 * Returns: (transfer none): the image whose shape is kept
 */
FoveaLensImage *
fovea_stylize_run_get_shape (FoveaStylizeRun *self)
{
  g_return_val_if_fail (FOVEA_IS_STYLIZE_RUN (self), NULL);
  return self->shape;
}

/**
 * fovea_stylize_run_get_texture:
 *
 * Returns: (transfer none): the image whose texture is taken
 */
FoveaLensImage *
fovea_stylize_run_get_texture (FoveaStylizeRun *self)
{
  g_return_val_if_fail (FOVEA_IS_STYLIZE_RUN (self), NULL);
  return self->texture;
}

/**
 * fovea_stylize_run_get_options:
 *
 * Returns: what it was asked for
 */
const FoveaStylizeOptions *
fovea_stylize_run_get_options (FoveaStylizeRun *self)
{
  g_return_val_if_fail (FOVEA_IS_STYLIZE_RUN (self), NULL);
  return &self->options;
}

/**
 * fovea_stylize_run_get_picture:
 *
 * Returns: (nullable) (transfer none): the newest picture
 */
GdkTexture *
fovea_stylize_run_get_picture (FoveaStylizeRun *self)
{
  g_return_val_if_fail (FOVEA_IS_STYLIZE_RUN (self), NULL);
  return self->picture;
}

/**
 * fovea_stylize_run_get_losses:
 * @n_losses: (out): how many there are; one more than steps were done
 *
 * Returns: (transfer none): before the first step and after each, until the next signal
 */
const FoveaStyleLosses *
fovea_stylize_run_get_losses (FoveaStylizeRun *self, guint *n_losses)
{
  g_return_val_if_fail (FOVEA_IS_STYLIZE_RUN (self), NULL);
  *n_losses = self->losses->len;
  return (const FoveaStyleLosses *) (void *) self->losses->data;
}

/**
 * fovea_stylize_run_get_seconds_left:
 *
 * Returns: an estimate; negative while there is none
 */
double
fovea_stylize_run_get_seconds_left (FoveaStylizeRun *self)
{
  g_return_val_if_fail (FOVEA_IS_STYLIZE_RUN (self), -1);
  return self->seconds_left;
}

/**
 * fovea_stylize_run_get_result:
 *
 * Returns: (nullable) (transfer none): what came of it, once it has ended; also if it was stopped
 */
const FoveaStylization *
fovea_stylize_run_get_result (FoveaStylizeRun *self)
{
  g_return_val_if_fail (FOVEA_IS_STYLIZE_RUN (self), NULL);
  return fovea_run_is_active (FOVEA_RUN (self)) ? NULL : self->result;
}
