/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/tile-batch.h"

#include "ui/texture.h"

/* Pictures of the moment are made no more often than they can be shown. */
#define PICTURE_INTERVAL (G_USEC_PER_SEC / 10)

/* Enough images at once to keep the arithmetic busy, few enough to be done soon. */
#define BATCH_PIXELS (8 * 96 * 96)
#define BATCH_SIZE 8

struct _FoveaTileBatch {
  FoveaNetwork *network;
  FoveaSide side;
  char *layer;
  gboolean logits;
  FoveaStore *store; /* nullable */
  guint n_channels;
  FoveaMaximizeOptions options;
  char *recipe;

  FoveaQueuedJob *job; /* the worker's, while it runs */
  gint64 last_picture; /* monotonic time; the worker's */

  GMutex mutex; /* guards what follows */
  guint step;
  guint n_steps;
  FoveaTilePicture pictures[FOVEA_TILE_BATCH_MAX];
  GError *error;
};

/**
 * fovea_tile_batch_new:
 * @network: the network
 * @side: whose it is
 * @layer: a layer of @network
 * @logits: whether the layer's channels are the network's classes
 * @channels: channels of the layer
 * @n_channels: how many, at most %FOVEA_TILE_BATCH_MAX
 * @store: (nullable): where results are looked up and kept
 *
 * Returns: (transfer full): a batch
 */
FoveaTileBatch *
fovea_tile_batch_new (FoveaNetwork *network,
                      FoveaSide side,
                      const char *layer,
                      gboolean logits,
                      const guint *channels,
                      guint n_channels,
                      FoveaStore *store)
{
  FoveaTileBatch *batch;
  g_autoptr (GVariant) recipe = NULL;
  FoveaNeuron neuron = { .channel = channels[0], .y = -1, .x = -1 };
  FoveaObjective objective;

  g_return_val_if_fail (n_channels > 0 && n_channels <= FOVEA_TILE_BATCH_MAX, NULL);

  batch = g_new0 (FoveaTileBatch, 1);
  g_mutex_init (&batch->mutex);
  batch->network = fovea_network_ref (network);
  batch->side = side;
  batch->layer = g_strdup (layer);
  batch->logits = logits;
  batch->store = store != NULL ? fovea_store_ref (store) : NULL;
  batch->n_channels = n_channels;
  for (guint i = 0; i < n_channels; i++)
    batch->pictures[i].channel = channels[i];

  if (fovea_graph_find (fovea_network_get_graph (network), layer, &neuron.layer, NULL))
    fovea_maximize_init_tile (&batch->options, &objective, network, &neuron);
  else
    fovea_maximize_options_init_for_tile (&batch->options, network);
  recipe = g_variant_ref_sink (fovea_maximize_options_to_variant (&batch->options));
  batch->recipe = g_variant_print (recipe, FALSE);
  batch->n_steps = batch->options.steps;
  return batch;
}

/**
 * fovea_tile_batch_free:
 * @batch: a batch that no worker uses any more
 */
void
fovea_tile_batch_free (FoveaTileBatch *batch)
{
  for (guint i = 0; i < batch->n_channels; i++)
    g_clear_object (&batch->pictures[i].texture);
  g_clear_error (&batch->error);
  g_clear_pointer (&batch->store, fovea_store_unref);
  fovea_network_unref (batch->network);
  g_free (batch->layer);
  g_free (batch->recipe);
  g_mutex_clear (&batch->mutex);
  g_free (batch);
}

/**
 * fovea_tile_batch_get_side:
 * @batch: a batch
 *
 * Returns: whose network it is about
 */
FoveaSide
fovea_tile_batch_get_side (const FoveaTileBatch *batch)
{
  return batch->side;
}

/**
 * fovea_tile_batch_get_n_channels:
 * @batch: a batch
 *
 * Returns: how many channels it has
 */
guint
fovea_tile_batch_get_n_channels (const FoveaTileBatch *batch)
{
  return batch->n_channels;
}

/**
 * fovea_tile_batch_get_channel:
 * @batch: a batch
 * @index: which of its channels
 *
 * Returns: that channel
 */
guint
fovea_tile_batch_get_channel (const FoveaTileBatch *batch,
                              guint index)
{
  g_return_val_if_fail (index < batch->n_channels, 0);
  return batch->pictures[index].channel;
}

/* The name by which the store knows a channel. */
static char *
format_neuron (FoveaTileBatch *batch,
               guint index)
{
  return g_strdup_printf ("%s:%u", batch->layer, batch->pictures[index].channel);
}

static void
set_picture (FoveaTileBatch *batch,
             guint index,
             GdkTexture *texture, /* transfer full */
             double activation,
             gboolean dead)
{
  FoveaTilePicture *picture = &batch->pictures[index];

  g_mutex_lock (&batch->mutex);
  g_clear_object (&picture->texture);
  picture->texture = texture;
  picture->activation = activation;
  picture->dead = dead;
  g_mutex_unlock (&batch->mutex);
}

/**
 * fovea_tile_batch_look_up:
 * @job: the job
 * @data: a batch
 *
 * Fetches from the store what it has; afterwards the others have no picture. Worker thread.
 */
void
fovea_tile_batch_look_up (FoveaQueuedJob *job,
                          gpointer data)
{
  FoveaTileBatch *batch = data;

  for (guint i = 0; i < batch->n_channels && batch->store != NULL && !fovea_queued_job_is_cancelled (job); i++)
    {
      g_autofree char *neuron = format_neuron (batch, i);
      g_autoptr (FoveaStoredVisualization) stored = NULL;

      /* A result that cannot be read is one that has to be computed. */
      stored = fovea_store_get_visualization (batch->store, fovea_network_get_fingerprint (batch->network), neuron, batch->recipe, NULL);
      if (stored != NULL)
        set_picture (batch, i, fovea_texture_new_from_image (stored->image), stored->activation, stored->dead);
    }
}

static void
step_done (const FoveaMaximizeProgress *progress,
           gpointer data)
{
  FoveaTileBatch *batch = data;
  gsize stride = (gsize) batch->options.width * batch->options.height * 3;
  gint64 now = g_get_monotonic_time ();

  if (now - batch->last_picture >= PICTURE_INTERVAL)
    {
      batch->last_picture = now;
      for (guint i = 0; i < progress->n_images; i++)
        set_picture (batch, i,
                     fovea_texture_new_from_floats (progress->images + i * stride, batch->options.width, batch->options.height),
                     progress->activations[i], FALSE);
      g_mutex_lock (&batch->mutex);
      batch->step = progress->step;
      batch->n_steps = progress->n_steps;
      g_mutex_unlock (&batch->mutex);
      fovea_queued_job_request_update (batch->job);
    }
  fovea_queued_job_checkpoint (batch->job);
}

static gboolean
keep (FoveaTileBatch *batch,
      const FoveaMaximizeResult *result,
      GError **error)
{
  for (guint i = 0; i < result->n_images; i++)
    {
      const FoveaMaximizeImage *image = &result->images[i];
      FoveaStoredVisualization stored = { .activation = image->activation, .dead = image->dead };
      g_autoptr (FoveaImage) pixels = fovea_image_from_tensor (image->image, error);
      g_autofree char *neuron = format_neuron (batch, i);

      if (pixels == NULL)
        return FALSE;
      stored.image = pixels;
      set_picture (batch, i, fovea_texture_new_from_image (pixels), image->activation, image->dead);
      /* Not being able to keep a result is no reason not to show it. */
      if (batch->store != NULL)
        fovea_store_put_visualization (batch->store, fovea_network_get_fingerprint (batch->network), neuron, batch->recipe, &stored, NULL);
    }
  return TRUE;
}

/**
 * fovea_tile_batch_compute:
 * @job: the job
 * @data: a batch
 *
 * Optimizes the images, asking for an update whenever there are newer pictures, and keeps the
 * results in the store. When it is cancelled the last pictures stay. Worker thread.
 */
void
fovea_tile_batch_compute (FoveaQueuedJob *job,
                          gpointer data)
{
  FoveaTileBatch *batch = data;
  FoveaObjective objectives[FOVEA_TILE_BATCH_MAX] = { 0 };
  guint64 streams[FOVEA_TILE_BATCH_MAX];
  g_autoptr (FoveaMaximizeResult) result = NULL;
  g_autoptr (GError) error = NULL;
  int layer;

  batch->job = job;
  if (fovea_graph_find (fovea_network_get_graph (batch->network), batch->layer, &layer, &error))
    {
      for (guint i = 0; i < batch->n_channels; i++)
        {
          FoveaNeuron neuron = { .layer = layer, .channel = batch->pictures[i].channel, .y = -1, .x = -1 };

          fovea_maximize_init_tile (&batch->options, &objectives[i], batch->network, &neuron);
          if (batch->logits)
            objectives[i].terms[0].kind = FOVEA_OBJECTIVE_LOGIT;
          streams[i] = batch->pictures[i].channel;
        }
      result = fovea_maximize (batch->network, batch->n_channels, objectives, streams, &batch->options,
                               step_done, batch, fovea_queued_job_get_cancellable (job), &error);
    }
  if (result != NULL && !result->cancelled)
    keep (batch, result, &error);
  batch->job = NULL;

  if (error != NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_mutex_lock (&batch->mutex);
      batch->error = g_steal_pointer (&error);
      g_mutex_unlock (&batch->mutex);
    }
}

/**
 * fovea_tile_batch_get_picture:
 * @batch: a batch
 * @index: which of its channels
 * @picture: (out): the picture, with a reference to its texture
 *
 * Returns: whether there is a picture
 */
gboolean
fovea_tile_batch_get_picture (FoveaTileBatch *batch,
                              guint index,
                              FoveaTilePicture *picture)
{
  g_return_val_if_fail (index < batch->n_channels, FALSE);

  g_mutex_lock (&batch->mutex);
  *picture = batch->pictures[index];
  if (picture->texture != NULL)
    g_object_ref (picture->texture);
  g_mutex_unlock (&batch->mutex);
  return picture->texture != NULL;
}

/**
 * fovea_tile_batch_get_fraction:
 * @batch: a batch
 *
 * Returns: how much of its computation is done, in [0,1]
 */
double
fovea_tile_batch_get_fraction (FoveaTileBatch *batch)
{
  double fraction;

  g_mutex_lock (&batch->mutex);
  fraction = batch->n_steps > 0 ? (double) batch->step / batch->n_steps : 0;
  g_mutex_unlock (&batch->mutex);
  return fraction;
}

/**
 * fovea_tile_batch_get_error:
 * @batch: a batch that is done
 *
 * Returns: (transfer none) (nullable): why it could not be computed
 */
const GError *
fovea_tile_batch_get_error (FoveaTileBatch *batch)
{
  return batch->error;
}

/**
 * fovea_tile_batch_choose_size:
 * @network: a network
 * @layer: the name of a layer
 *
 * Returns: how many of its channels are best computed together
 */
guint
fovea_tile_batch_choose_size (const FoveaNetwork *network,
                              const char *layer)
{
  FoveaMaximizeOptions options;
  FoveaObjective objective;
  FoveaNeuron neuron = { .y = -1, .x = -1 };

  if (fovea_graph_find (fovea_network_get_graph (network), layer, &neuron.layer, NULL))
    fovea_maximize_init_tile (&options, &objective, network, &neuron);
  else
    fovea_maximize_options_init_for_tile (&options, network);
  return CLAMP (BATCH_PIXELS / MAX (options.width * options.height, 1), 1, BATCH_SIZE);
}
