/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/analysis/cue-preference.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engine/images/image-loader.h"
#include "engine/parallel.h"
#include "engine/plan.h"

/* The images of a run: no more than this, and no more than keep the layers' maps below so many values. */
#define MAX_BATCH 8
#define MAX_BATCH_VALUES ((gsize) 64 << 20)

/* Responses whose variance is below this part of their mean square are the same but for rounding. */
#define LEAST_VARIANCE 1e-12

/* Marks the bytes of a stored layer; to be changed with their layout. */
#define MAGIC "FCUE0001"

/**
 * fovea_cue_preference_get:
 *
 * Returns: how much more the channel follows shape than texture: the difference of the two correlations, in
 *   [-2, 2]; above 0 for shape; not a number where one of them is none
 */
double
fovea_cue_preference_get (const FoveaCuePreference *preference)
{
  return preference->shape - preference->texture;
}

/* Correlation over all ordered pairs of different images that share a group but not a cell, where a cell is
 * what has the same shape and the same texture. Pairs are not enumerated: over a group, the sum of
 * products is the square of the sum, from which the cells' squares are taken away. Each response counts once for
 * each of its partners, in the mean and in the variance, as it stands in so many pairs. */
static double
correlate (guint n_groups,
           guint n_cells,
           guint n_images,
           const guint *groups,
           const guint *cells,
           const float *responses,
           double centre)
{
  g_autofree double *group_sums = g_new0 (double, n_groups);
  g_autofree double *cell_sums = g_new0 (double, n_cells);
  g_autofree guint *group_counts = g_new0 (guint, n_groups);
  g_autofree guint *cell_counts = g_new0 (guint, n_cells);
  double n_pairs = 0, sum = 0, squares = 0, products = 0, mean, variance;

  for (guint i = 0; i < n_images; i++)
    {
      const double response = responses[i] - centre;

      group_sums[groups[i]] += response;
      cell_sums[cells[i]] += response;
      group_counts[groups[i]]++;
      cell_counts[cells[i]]++;
    }
  for (guint i = 0; i < n_images; i++)
    {
      const double response = responses[i] - centre;
      const double n_partners = group_counts[groups[i]] - cell_counts[cells[i]];

      n_pairs += n_partners;
      sum += n_partners * response;
      squares += n_partners * response * response;
    }
  for (guint i = 0; i < n_groups; i++)
    products += group_sums[i] * group_sums[i];
  for (guint i = 0; i < n_cells; i++)
    products -= cell_sums[i] * cell_sums[i];
  if (n_pairs == 0)
    return NAN;
  mean = sum / n_pairs;
  variance = squares / n_pairs - mean * mean;
  if (!(variance > LEAST_VARIANCE * (squares / n_pairs + centre * centre)))
    return NAN;
  return (products / n_pairs - mean * mean) / variance;
}

/**
 * fovea_cue_preference_compute:
 * @n_categories: how many categories there are
 * @n_images: how many images
 * @cues: of each image
 * @responses: of each image
 *
 * Correlates a channel's responses to images that share one cue and differ in the other, over all such pairs
 * (after Islam et al., "Shape or texture: understanding discriminative features in CNNs", ICLR 2021). Any thread.
 *
 * Returns: the two correlations
 */
FoveaCuePreference
fovea_cue_preference_compute (guint n_categories,
                              guint n_images,
                              const FoveaCue *cues,
                              const float *responses)
{
  g_autofree guint *shapes = g_new (guint, n_images);
  g_autofree guint *textures = g_new (guint, n_images);
  g_autofree guint *cells = g_new (guint, n_images);
  double centre = 0;

  for (guint i = 0; i < n_images; i++)
    {
      shapes[i] = cues[i].shape;
      textures[i] = cues[i].texture;
      cells[i] = cues[i].shape * n_categories + cues[i].texture;
      centre += responses[i] / (double) n_images;
    }
  return (FoveaCuePreference) {
    .shape = correlate (n_categories, n_categories * n_categories, n_images, shapes, cells, responses, centre),
    .texture = correlate (n_categories, n_categories * n_categories, n_images, textures, cells, responses, centre),
  };
}

/* One layer while images run: channel after channel, a place for each image. */
typedef struct {
  FoveaShape shape;
  float *means;
  float *peaks;
} Layer;

typedef struct {
  FoveaCueSet *set;
  FoveaPlan *plan;
  guint n_layers;
  Layer *layers;
  gsize batch;
  gsize image_size;
  float *images;
  gsize n_batch;
  FoveaCue *cues; /* of the images that were run */
  guint32 *numbers; /* and their places in the set */
  guint n_images;
  guint capacity;
} Run;

static void
clear_run (Run *run)
{
  for (guint i = 0; run->layers != NULL && i < run->n_layers; i++)
    {
      g_free (run->layers[i].means);
      g_free (run->layers[i].peaks);
    }
  g_free (run->layers);
  g_clear_pointer (&run->plan, fovea_plan_free);
  g_free (run->images);
  g_free (run->cues);
  g_free (run->numbers);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Run, clear_run)

static gboolean
prepare (Run *run,
         FoveaNetwork *network,
         const int *layers,
         GError **error)
{
  FoveaGraph *graph = fovea_network_get_graph (network);
  const FoveaShape *input = fovea_graph_get_input_shape (graph);
  gsize n_values = fovea_shape_get_n_elements (input);
  gboolean enough = TRUE;

  for (guint i = 0; i < run->n_layers; i++)
    n_values += fovea_shape_get_n_elements (fovea_graph_get_shape (graph, (guint) layers[i]));
  run->batch = CLAMP (MAX_BATCH_VALUES / n_values, 1, MAX_BATCH);
  run->plan = fovea_plan_new (graph, run->batch, input->height, input->width, run->n_layers, layers, FOVEA_PLAN_FORWARD, error);
  if (run->plan == NULL)
    return FALSE;
  run->capacity = (guint) fovea_cue_set_get_n_cues (run->set);
  run->cues = g_new (FoveaCue, run->capacity);
  run->numbers = g_new (guint32, run->capacity);
  run->image_size = fovea_shape_get_n_elements (input);
  run->images = g_new0 (float, run->batch * run->image_size);
  run->layers = g_new0 (Layer, run->n_layers);
  for (guint i = 0; i < run->n_layers; i++)
    {
      Layer *layer = &run->layers[i];

      layer->shape = *fovea_plan_get_shape (run->plan, i);
      layer->means = g_try_new (float, (gsize) layer->shape.channels * run->capacity);
      layer->peaks = g_try_new (float, (gsize) layer->shape.channels * run->capacity);
      enough = enough && layer->means != NULL && layer->peaks != NULL;
    }
  if (!enough)
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_TOO_LARGE, "there is not enough memory for the responses to %u images; take fewer layers", run->capacity);
  return enough;
}

typedef struct {
  const Run *run;
  const Layer *layer;
  const float *maps;
} Batch;

static void
take_channel (gsize channel,
              guint worker,
              gpointer data)
{
  const Batch *batch = data;
  const FoveaShape *shape = &batch->layer->shape;
  const gsize plane = (gsize) (shape->height * shape->width);

  (void) worker;
  for (gsize i = 0; i < batch->run->n_batch; i++)
    {
      const float *map = batch->maps + (i * (gsize) shape->channels + channel) * plane;
      const gsize to = channel * batch->run->capacity + batch->run->n_images + i;
      double sum = 0;
      float peak = map[0];

      for (gsize p = 0; p < plane; p++)
        {
          sum += map[p];
          peak = MAX (peak, map[p]);
        }
      batch->layer->means[to] = (float) (sum / (double) plane);
      batch->layer->peaks[to] = peak;
    }
}

static void
run_batch (Run *run)
{
  if (run->n_batch == 0)
    return;
  fovea_plan_forward (run->plan, run->images);
  for (guint i = 0; i < run->n_layers; i++)
    {
      Batch batch = { run, &run->layers[i], fovea_plan_get_activation (run->plan, i) };

      fovea_parallel_for ((gsize) run->layers[i].shape.channels, take_channel, &batch);
    }
  run->n_images += (guint) run->n_batch;
  run->n_batch = 0;
}

static gboolean
take_image (Run *run,
            const FoveaImage *image,
            guint cue,
            GError **error)
{
  g_autoptr (FoveaTensor) tensor = fovea_image_to_tensor (image, error);

  if (tensor == NULL)
    return FALSE;
  memcpy (run->images + run->n_batch * run->image_size, tensor->data, run->image_size * sizeof (float));
  run->cues[run->n_images + run->n_batch] = *fovea_cue_set_get_cue (run->set, cue);
  run->numbers[run->n_images + run->n_batch] = cue;
  if (++run->n_batch == run->batch)
    run_batch (run);
  return TRUE;
}

static gboolean
run_images (Run *run,
            FoveaNetwork *network,
            gsize *n_unreadable,
            const FoveaJob *job,
            GError **error)
{
  const gsize first = fovea_cue_set_get_cue (run->set, 0)->image;
  const gsize end = fovea_cue_set_get_cue (run->set, run->capacity - 1)->image + 1;
  g_autoptr (FoveaImageLoader) loader = fovea_image_loader_new (fovea_cue_set_get_images (run->set), first, end, 1, &network);

  for (gsize i = first; i < end; i++)
    {
      g_autoptr (FoveaLoadedImage) item = fovea_image_loader_next (loader);
      const int cue = fovea_cue_set_find_cue (run->set, item->index);

      if (fovea_job_is_cancelled (job, error))
        return FALSE;
      if (cue >= 0 && item->error != NULL)
        (*n_unreadable)++;
      else if (cue >= 0 && !take_image (run, item->images[0], (guint) cue, error))
        return FALSE;
      fovea_job_report (job, i - first + 1, end - first);
    }
  run_batch (run);
  if (run->n_images > 0)
    return TRUE;
  g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_IO, "%s: none of its images can be read", fovea_image_set_get_name (fovea_cue_set_get_images (run->set)));
  return FALSE;
}

/* The strongest first; of equals the one that comes first in the set. */
static int
compare_hits (const void *a,
              const void *b)
{
  const FoveaCueHit *x = a, *y = b;

  if (x->activation != y->activation)
    return x->activation < y->activation ? 1 : -1;
  return x->cue < y->cue ? -1 : x->cue > y->cue;
}

typedef struct {
  const Run *run;
  const Layer *layer;
  FoveaCueLayer *result;
} Finish;

static void
finish_channel (gsize channel,
                guint worker,
                gpointer data)
{
  const Finish *finish = data;
  const Run *run = finish->run;
  FoveaCueLayer *result = finish->result;
  g_autofree FoveaCueHit *hits = g_new (FoveaCueHit, run->n_images);

  (void) worker;
  for (guint i = 0; i < run->n_images; i++)
    hits[i] = (FoveaCueHit) { run->numbers[i], finish->layer->peaks[channel * run->capacity + i] };
  qsort (hits, run->n_images, sizeof *hits, compare_hits);
  memcpy (result->strongest + channel * result->n_strongest, hits, result->n_strongest * sizeof *hits);
  result->preferences[channel] = fovea_cue_preference_compute (fovea_cue_set_get_n_categories (run->set), run->n_images, run->cues,
                                                               finish->layer->means + channel * run->capacity);
}

static FoveaCueLayer *
new_layer (guint n_channels,
           guint n_images,
           guint n_strongest)
{
  FoveaCueLayer *layer = g_new0 (FoveaCueLayer, 1);

  layer->n_channels = n_channels;
  layer->n_images = n_images;
  layer->n_strongest = n_strongest;
  layer->preferences = g_new0 (FoveaCuePreference, n_channels);
  layer->strongest = g_new0 (FoveaCueHit, (gsize) n_channels * n_strongest);
  return layer;
}

/**
 * fovea_cue_preference_measure:
 * @network: any network
 * @set: cue-conflict images, all of which are used, whether the network knows their categories or not
 * @n_layers: how many layers
 * @layers: their nodes, without repetition
 * @n_unreadable: (out): how many images could not be read and were left out
 * @job: (nullable): told how many images are done; may stop it
 * @error: %FOVEA_ERROR_IO where no image can be read, %FOVEA_ERROR_TOO_LARGE, as fovea_plan_new(), `G_IO_ERROR_CANCELLED`
 *
 * Shows the images to the network once, for all layers. A channel's response is the mean of its map for the
 * correlations, and its largest value for what excites it most. Memory: two numbers for each channel and image. Any
 * thread; spreads its work over the pool.
 *
 * Returns: (transfer full) (element-type FoveaCueLayer): one for each layer, or %NULL
 */
GPtrArray *
fovea_cue_preference_measure (FoveaNetwork *network,
                              FoveaCueSet *set,
                              guint n_layers,
                              const int *layers,
                              gsize *n_unreadable,
                              const FoveaJob *job,
                              GError **error)
{
  g_auto (Run) run = { .set = set, .n_layers = n_layers };
  GPtrArray *results;

  *n_unreadable = 0;
  if (!prepare (&run, network, layers, error) || !run_images (&run, network, n_unreadable, job, error))
    return NULL;
  results = g_ptr_array_new_with_free_func ((GDestroyNotify) fovea_cue_layer_free);
  for (guint i = 0; i < n_layers; i++)
    {
      const guint n_channels = (guint) run.layers[i].shape.channels;
      FoveaCueLayer *result = new_layer (n_channels, run.n_images, MIN (run.n_images, FOVEA_CUE_N_STRONGEST));
      Finish finish = { &run, &run.layers[i], result };

      fovea_parallel_for (n_channels, finish_channel, &finish);
      g_ptr_array_add (results, result);
    }
  return results;
}

/**
 * fovea_cue_layer_free:
 * @layer: (nullable): a layer's results
 */
void
fovea_cue_layer_free (FoveaCueLayer *layer)
{
  if (layer == NULL)
    return;
  g_free (layer->preferences);
  g_free (layer->strongest);
  g_free (layer);
}

/**
 * fovea_cue_layer_get_rank:
 * @channel: a channel of the layer
 *
 * Returns: the part of the layer's other channels that prefer shape less than this one, in [0,1], where equals count half; not
 *   a number where the channel has no preference, or no other has
 */
double
fovea_cue_layer_get_rank (const FoveaCueLayer *layer,
                          guint channel)
{
  const double own = fovea_cue_preference_get (&layer->preferences[channel]);
  double below = 0, n_others = 0;

  for (guint i = 0; i < layer->n_channels; i++)
    {
      const double other = fovea_cue_preference_get (&layer->preferences[i]);

      if (i == channel || isnan (other))
        continue;
      n_others++;
      below += other < own ? 1 : other == own ? 0.5 : 0;
    }
  return isnan (own) || n_others == 0 ? NAN : below / n_others;
}

/* What precedes the arrays. The store stays on one machine, so numbers lie there in its byte order. */
typedef struct {
  char magic[8];
  guint32 n_channels;
  guint32 n_images;
  guint32 n_strongest;
  guint32 reserved;
} Header;

/**
 * fovea_cue_layer_to_bytes:
 *
 * Returns: (transfer full): the results for fovea_cue_layer_from_bytes()
 */
GBytes *
fovea_cue_layer_to_bytes (const FoveaCueLayer *layer)
{
  Header header = { "", layer->n_channels, layer->n_images, layer->n_strongest, 0 };
  GByteArray *bytes = g_byte_array_new ();

  memcpy (header.magic, MAGIC, sizeof header.magic);
  g_byte_array_append (bytes, (const guint8 *) &header, sizeof header);
  g_byte_array_append (bytes, (const guint8 *) layer->preferences, layer->n_channels * (guint) sizeof *layer->preferences);
  g_byte_array_append (bytes, (const guint8 *) layer->strongest, layer->n_channels * layer->n_strongest * (guint) sizeof *layer->strongest);
  return g_byte_array_free_to_bytes (bytes);
}

/**
 * fovea_cue_layer_from_bytes:
 *
 * Returns: (transfer full) (nullable): the results, or %NULL where the bytes are none
 */
FoveaCueLayer *
fovea_cue_layer_from_bytes (GBytes *bytes)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  FoveaCueLayer *layer;
  Header header;
  guint64 channel_size;

  if (size < sizeof header)
    return NULL;
  memcpy (&header, data, sizeof header);
  channel_size = sizeof (FoveaCuePreference) + (guint64) header.n_strongest * sizeof (FoveaCueHit);
  if (memcmp (header.magic, MAGIC, sizeof header.magic) != 0 || header.n_strongest > FOVEA_CUE_N_STRONGEST ||
      size - sizeof header != header.n_channels * channel_size)
    return NULL;
  layer = new_layer (header.n_channels, header.n_images, header.n_strongest);
  data += sizeof header;
  memcpy (layer->preferences, data, header.n_channels * sizeof *layer->preferences);
  data += header.n_channels * sizeof *layer->preferences;
  memcpy (layer->strongest, data, (gsize) header.n_channels * header.n_strongest * sizeof *layer->strongest);
  return layer;
}
