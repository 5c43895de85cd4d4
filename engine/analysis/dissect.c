/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "engine/analysis/dissect-count.h"
#include "engine/analysis/dissect-private.h"
#include "engine/analysis/dissect-stream.h"
#include "engine/analysis/dissection-store.h"
#include "engine/analysis/top-values.h"
#include "engine/parallel.h"

#define DEFAULT_MAX_MEMORY ((guint64) 512 << 20)
#define DEFAULT_MAX_DISK ((guint64) 16 << 30)

/* Progress counts an image that the network sees as so many that are only counted. */
#define NETWORK_WEIGHT 4

/* Channels that a thread takes at a time. */
#define CHANNELS_AT_ONCE 16

/**
 * fovea_dissect_options_init:
 * @options: (out caller-allocates): the defaults: the original's quantile among eight from 0.001 to 0.02, 512 MiB
 *   of memory and 16 GiB of disk space
 */
void
fovea_dissect_options_init (FoveaDissectOptions *options)
{
  *options = (FoveaDissectOptions) {
    .alignment = FOVEA_DISSECT_ALIGNMENT_RESIZE,
    .n_quantiles = 8,
    .quantiles = { 0.001, 0.002, 0.003, FOVEA_DISSECT_QUANTILE, 0.0075, 0.01, 0.015, 0.02 },
    .max_memory = DEFAULT_MAX_MEMORY,
    .max_disk = DEFAULT_MAX_DISK,
  };
}

/**
 * fovea_dissect_options_add_quantile:
 * @quantile: another share of positions for which to count, in (0, 1)
 * @error: %FOVEA_ERROR_ARGUMENT
 *
 * Returns: whether it is among them now
 */
gboolean
fovea_dissect_options_add_quantile (FoveaDissectOptions *options,
                                    double quantile,
                                    GError **error)
{
  guint place = 0;

  if (!(quantile > 0 && quantile < 1))
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_ARGUMENT, "a quantile of %g is not between 0 and 1", quantile);
      return FALSE;
    }
  while (place < options->n_quantiles && options->quantiles[place] < quantile)
    place++;
  if (place < options->n_quantiles && options->quantiles[place] == quantile)
    return TRUE;
  if (options->n_quantiles >= FOVEA_DISSECT_MAX_QUANTILES)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_ARGUMENT, "more than %d quantiles cannot be counted at once", FOVEA_DISSECT_MAX_QUANTILES);
      return FALSE;
    }
  memmove (options->quantiles + place + 1, options->quantiles + place, (options->n_quantiles - place) * sizeof (double));
  options->quantiles[place] = quantile;
  options->n_quantiles++;
  return TRUE;
}

/* One pass for the thresholds of some channels. */
typedef struct {
  FoveaDissection *dissection;
  FoveaTopValues *values;
  guint first_channel;
  guint n_channels;
  gsize n_samples; /* of a channel's map */
  guint64 n_values; /* of a channel so far */
  gboolean keeps_top_images;
  guint *n_top; /* [channel]: images that are kept so far */
  const float *activations;
  guint32 image;
} Pass;

/* Keeps a channel's strongest images, the strongest first; of equals, those that come first. */
static void
keep_top_image (const Pass *pass,
                guint channel,
                float activation)
{
  FoveaDissection *dissection = pass->dissection;
  guint32 *images = dissection->top_images + (gsize) channel * dissection->n_top;
  float *activations = dissection->top_activations + (gsize) channel * dissection->n_top;
  guint *n = &pass->n_top[channel], place;

  if (*n == dissection->n_top && !(activation > activations[*n - 1]))
    return;
  place = *n < dissection->n_top ? (*n)++ : *n - 1;
  for (; place > 0 && activation > activations[place - 1]; place--)
    {
      activations[place] = activations[place - 1];
      images[place] = images[place - 1];
    }
  activations[place] = activation;
  images[place] = pass->image;
}

static void
feed_channels (gsize item,
               guint worker,
               gpointer data)
{
  const Pass *pass = data;
  const guint begin = (guint) item * CHANNELS_AT_ONCE, end = MIN (begin + CHANNELS_AT_ONCE, pass->dissection->n_channels);

  for (guint channel = begin; channel < end; channel++)
    {
      const float *map = pass->activations + channel * pass->n_samples;

      if (channel >= pass->first_channel && channel < pass->first_channel + pass->n_channels)
        fovea_top_values_add (pass->values, channel - pass->first_channel, map, pass->n_samples);
      if (pass->keeps_top_images)
        {
          float strongest = -INFINITY;

          for (gsize i = 0; i < pass->n_samples; i++)
            strongest = MAX (strongest, map[i]);
          keep_top_image (pass, channel, strongest);
        }
    }
}

static void
set_thresholds (gsize item,
                guint worker,
                gpointer data)
{
  const Pass *pass = data;
  FoveaDissection *dissection = pass->dissection;
  double *thresholds = dissection->thresholds + (pass->first_channel + item) * dissection->n_quantiles;

  fovea_top_values_finish (pass->values, item);
  for (guint i = 0; i < dissection->n_quantiles; i++)
    thresholds[i] = fovea_top_values_get_quantile (pass->values, item, pass->n_values, dissection->quantiles[i]);
}

typedef struct {
  FoveaDissectStream *stream;
  const FoveaJob *job;
  gsize n_images;
  guint64 done;
  guint64 total;
} Work;

/* The next image, with progress: a computed one counts for more than one that is read back. */
static gboolean
take_next (Work *work,
           gsize index,
           FoveaDissectItem *item,
           GError **error)
{
  gboolean is_computed = index >= fovea_dissect_stream_get_n_kept (work->stream);

  if (fovea_job_is_cancelled (work->job, error))
    return FALSE;
  fovea_job_report (work->job, work->done, work->total);
  if (!fovea_dissect_stream_next (work->stream, item, error))
    return FALSE;
  work->done += is_computed ? NETWORK_WEIGHT : 1;
  return TRUE;
}

static gboolean
run_pass (Work *work,
          Pass *pass,
          GError **error)
{
  FoveaDissection *dissection = pass->dissection;
  gsize n_items = (dissection->n_channels + CHANNELS_AT_ONCE - 1) / CHANNELS_AT_ONCE;

  fovea_dissect_stream_rewind (work->stream);
  for (gsize i = 0; i < work->n_images; i++)
    {
      FoveaDissectItem item;

      if (!take_next (work, i, &item, error))
        return FALSE;
      if (pass->keeps_top_images)
        fovea_concept_problems_merge (&dissection->problems, item.problems);
      if (item.activations == NULL)
        continue;
      pass->activations = item.activations;
      pass->image = (guint32) i;
      pass->n_values += pass->n_samples;
      fovea_parallel_for (n_items, feed_channels, pass);
      dissection->n_images += pass->keeps_top_images;
    }
  if (pass->n_values == 0)
    {
      const GPtrArray *messages = dissection->problems.messages;

      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT, "not one image of the concept set can be used; %s",
                   messages != NULL ? (const char *) messages->pdata[messages->len - 1] : "it has none");
      return FALSE;
    }
  fovea_parallel_for (pass->n_channels, set_thresholds, pass);
  return TRUE;
}

/* Where fewer images could be used than there are places for a channel's strongest ones. */
static void
drop_empty_places (FoveaDissection *dissection)
{
  guint n_before = dissection->n_top, n = (guint) MIN (dissection->n_images, n_before);

  for (guint channel = 1; channel < dissection->n_channels && n < n_before; channel++)
    {
      memmove (dissection->top_images + (gsize) channel * n, dissection->top_images + (gsize) channel * n_before, n * sizeof (guint32));
      memmove (dissection->top_activations + (gsize) channel * n, dissection->top_activations + (gsize) channel * n_before, n * sizeof (float));
    }
  dissection->n_top = n;
}

/* Finds all thresholds, in as many passes as the memory for the largest activations asks for. */
static gboolean
find_thresholds (Work *work,
                 FoveaDissection *dissection,
                 gsize n_samples,
                 gsize n_kept,
                 guint channels_a_pass,
                 GError **error)
{
  g_autofree guint *n_top = g_new0 (guint, dissection->n_channels);

  for (guint first = 0; first < dissection->n_channels; first += channels_a_pass)
    {
      guint n_channels = MIN (channels_a_pass, dissection->n_channels - first);
      g_autoptr (FoveaTopValues) values = fovea_top_values_new (n_channels, n_kept, error);
      Pass pass = {
        .dissection = dissection,
        .values = values,
        .first_channel = first,
        .n_channels = n_channels,
        .n_samples = n_samples,
        .keeps_top_images = first == 0,
        .n_top = n_top,
      };

      if (values == NULL || !run_pass (work, &pass, error))
        return FALSE;
    }
  drop_empty_places (dissection);
  return TRUE;
}

static gboolean
count (Work *work,
       FoveaDissectCounter *counter,
       GError **error)
{
  fovea_dissect_stream_rewind (work->stream);
  for (gsize i = 0; i < work->n_images; i++)
    {
      FoveaDissectItem item;

      if (!take_next (work, i, &item, error))
        return FALSE;
      if (item.activations != NULL)
        fovea_dissect_counter_add (counter, item.activations, item.masks);
    }
  fovea_job_report (work->job, work->total, work->total);
  return TRUE;
}

static FoveaDissection *
make_dissection (const FoveaShape *shape,
                 const FoveaConceptSet *set,
                 const FoveaDissectOptions *options,
                 GError **error)
{
  gsize n_images = fovea_image_set_get_n_images (fovea_concept_set_get_images (set));
  FoveaDissection *dissection = fovea_dissection_new ((guint) shape->channels, fovea_concept_set_get_n_categories (set), fovea_concept_set_get_n_concepts (set),
                                                      options->n_quantiles, (guint) MIN (n_images, FOVEA_DISSECT_N_TOP_IMAGES), error);

  if (dissection == NULL)
    return NULL;
  memcpy (dissection->quantiles, options->quantiles, options->n_quantiles * sizeof (double));
  for (guint i = 0; i < dissection->n_categories; i++)
    dissection->categories[i] = g_strdup (fovea_concept_set_get_category (set, i));
  for (guint i = 0; i < dissection->n_concepts; i++)
    {
      dissection->concepts[i] = *fovea_concept_set_get_concept (set, i);
      dissection->concepts[i].name = g_strdup (dissection->concepts[i].name);
    }
  fovea_concept_problems_merge (&dissection->problems, fovea_concept_set_get_problems (set));
  return dissection;
}

static FoveaDissection *
compute (FoveaNetwork *network,
         int layer,
         FoveaConceptSet *set,
         const FoveaDissectOptions *options,
         const FoveaJob *job,
         GError **error)
{
  const FoveaShape *shape = fovea_graph_get_shape (fovea_network_get_graph (network), (guint) layer);
  gsize n_samples = (gsize) shape->height * (gsize) shape->width;
  gsize n_images = fovea_image_set_get_n_images (fovea_concept_set_get_images (set));
  gsize n_kept = fovea_top_values_get_n_needed ((guint64) n_images * n_samples, options->quantiles[options->n_quantiles - 1]);
  guint channels_a_pass = (guint) CLAMP (options->max_memory / fovea_top_values_get_stream_bytes (n_kept), 1, (guint64) shape->channels);
  guint64 n_passes = ((guint64) shape->channels + channels_a_pass - 1) / channels_a_pass + 1;
  g_autoptr (FoveaDissection) dissection = make_dissection (shape, set, options, error);
  g_autoptr (FoveaDissectStream) stream = NULL;
  g_autoptr (FoveaDissectCounter) counter = NULL;
  Work work;
  guint64 n_computed;

  if (dissection == NULL)
    return NULL;
  stream = fovea_dissect_stream_new (network, layer, set, options, error);
  if (stream == NULL)
    return NULL;

  n_computed = fovea_dissect_stream_is_kept (stream) ? n_images - fovea_dissect_stream_get_n_kept (stream) : n_images * n_passes;
  work = (Work) {
    .stream = stream,
    .job = job,
    .n_images = n_images,
    .total = n_computed * NETWORK_WEIGHT + n_images * n_passes - n_computed,
  };
  if (!find_thresholds (&work, dissection, n_samples, n_kept, channels_a_pass, error))
    return NULL;
  counter = fovea_dissect_counter_new (dissection, network, layer, options->alignment);
  if (!count (&work, counter, error))
    return NULL;
  fovea_dissect_stream_forget (stream);
  return g_steal_pointer (&dissection);
}

/**
 * fovea_dissect:
 * @network: the network
 * @layer: index of its layer
 * @set: images with masks
 * @options: how
 * @store: (nullable): where the result is looked for, and put. That it cannot be put is no error
 * @job: (nullable): progress and cancelling
 * @error: as fovea_dissect_stream_new(), fovea_concept_set_load(); %FOVEA_ERROR_FORMAT where no image can be
 *   used; %FOVEA_ERROR_TOO_LARGE; `G_IO_ERROR_CANCELLED`
 *
 * Bau, Zhou, Khosla, Oliva, Torralba, "Network Dissection: Quantifying Interpretability of Deep Visual
 * Representations", CVPR 2017. For each channel and quantile the threshold is the exact quantile of its activations
 * over all positions of all images; the map is upsampled to the masks and what lies strictly above the threshold
 * is counted against every concept. Images are resized to the network's input as a whole.
 *
 * A cancelled or killed run is gone on with by the next one: what the network has computed is kept on disk.
 * Memory does not grow with the number of images. The same result with any number of threads.
 *
 * Returns: (transfer full): the counts, or %NULL
 */
FoveaDissection *
fovea_dissect (FoveaNetwork *network,
               int layer,
               FoveaConceptSet *set,
               const FoveaDissectOptions *options,
               FoveaStore *store,
               const FoveaJob *job,
               GError **error)
{
  FoveaDissection *dissection = store != NULL ? fovea_dissect_lookup (network, layer, set, options, store, NULL) : NULL;

  g_return_val_if_fail (options->n_quantiles > 0, NULL);
  if (dissection != NULL)
    return dissection;
  dissection = compute (network, layer, set, options, job, error);
  if (dissection != NULL && store != NULL)
    fovea_dissection_put (dissection, network, layer, set, options, store, NULL);
  return dissection;
}
