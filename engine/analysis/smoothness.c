/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/analysis/smoothness.h"

#include <math.h>

#include "engine/images/image-loader.h"
#include "engine/parallel.h"
#include "engine/plan.h"
#include "engine/random.h"

/**
 * fovea_total_variation:
 * @map: [height, width]
 *
 * Returns: the sum of absolute differences of vertical and of horizontal neighbours (Rudin, Osher, Fatemi 1992,
 *   in its anisotropic form)
 *
 * Thread: any.
 */
double
fovea_total_variation (const float *map,
                       gsize height,
                       gsize width)
{
  double sum = 0;

  for (gsize y = 0; y < height; y++)
    for (gsize x = 0; x < width; x++)
      {
        const float *value = map + y * width + x;

        if (x + 1 < width)
          sum += fabs ((double) value[1] - value[0]);
        if (y + 1 < height)
          sum += fabs ((double) value[width] - value[0]);
      }
  return sum;
}

/**
 * fovea_filter_smoothness_measure:
 * @layer: a convolution
 *
 * Errors: %FOVEA_ERROR_ARGUMENT where the layer is none
 *
 * Thread: any.
 */
FoveaFilterSmoothness *
fovea_filter_smoothness_measure (FoveaNetwork *network,
                                 int layer,
                                 GError **error)
{
  const FoveaNode *node = fovea_graph_get_node (fovea_network_get_graph (network), (guint) layer);
  const FoveaTensor *weights = NULL;
  FoveaFilterSmoothness *result;
  gsize n_planes, height, width;

  if (g_str_equal (node->operator->name, "Conv"))
    weights = g_hash_table_lookup (node->parameters, "W");
  if (weights == NULL)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_ARGUMENT, "%s: layer %s is no convolution and has no filters",
                   fovea_network_get_name (network), node->name);
      return NULL;
    }

  result = g_new0 (FoveaFilterSmoothness, 1);
  result->n_filters = (gsize) weights->shape[0];
  result->total_variation = g_new0 (double, result->n_filters);
  result->relative = g_new0 (double, result->n_filters);
  n_planes = (gsize) weights->shape[1];
  height = (gsize) weights->shape[2];
  width = (gsize) weights->shape[3];
  for (gsize i = 0; i < result->n_filters; i++)
    {
      const float *filter = weights->data + i * n_planes * height * width;
      double strength = 0;

      for (gsize plane = 0; plane < n_planes; plane++)
        result->total_variation[i] += fovea_total_variation (filter + plane * height * width, height, width);
      for (gsize k = 0; k < n_planes * height * width; k++)
        strength += fabs ((double) filter[k]);
      if (strength > 0)
        result->relative[i] = result->total_variation[i] / strength;
    }
  return result;
}

void
fovea_filter_smoothness_free (FoveaFilterSmoothness *self)
{
  if (self == NULL)
    return;
  g_free (self->total_variation);
  g_free (self->relative);
  g_free (self);
}

/* The sums over the images of one channel. */
typedef struct {
  double clean;   /* total variation */
  double noisy;
  double signal;  /* squares of the clean map */
  double change;  /* squares of the difference */
} Sums;

struct _FoveaSmoothnessMeter {
  FoveaNetwork *network;
  FoveaPlan *plan; /* of two images: clean, noisy */
  guint n_layers;
  int *layers;
  double sigma;
  guint64 seed;
  gsize n_images;
  gsize image_size; /* floats */
  float *images;    /* [2, image_size] */
  Sums **sums;      /* of each layer, of each channel */
};

/**
 * fovea_smoothness_meter_new:
 * @layers: nodes
 * @sigma: standard deviation of the Gaussian noise, for values in [0,1]; the noisy images are clamped to that again
 * @seed: of the noise
 *
 * Errors: %FOVEA_ERROR_ARGUMENT for a @sigma that is no number of at least 0, %FOVEA_ERROR_TOO_LARGE
 *
 * Thread: any.
 */
FoveaSmoothnessMeter *
fovea_smoothness_meter_new (FoveaNetwork *network,
                            guint n_layers,
                            const int *layers,
                            double sigma,
                            guint64 seed,
                            GError **error)
{
  FoveaGraph *graph = fovea_network_get_graph (network);
  const FoveaShape *input = fovea_graph_get_input_shape (graph);
  g_autoptr (FoveaSmoothnessMeter) self = NULL;

  g_return_val_if_fail (n_layers > 0, NULL);

  if (!isfinite (sigma) || sigma < 0)
    {
      g_set_error_literal (error, FOVEA_ERROR, FOVEA_ERROR_ARGUMENT, "the noise's σ has to be a number of at least 0");
      return NULL;
    }
  self = g_new0 (FoveaSmoothnessMeter, 1);
  self->network = fovea_network_ref (network);
  self->sigma = sigma;
  self->seed = seed;
  self->image_size = fovea_shape_get_n_elements (input);
  self->plan = fovea_plan_new (graph, 2, input->height, input->width, n_layers, layers, FOVEA_PLAN_FORWARD, error);
  if (self->plan == NULL)
    return NULL;
  self->images = g_try_new (float, 2 * self->image_size);
  if (self->images == NULL)
    {
      g_set_error_literal (error, FOVEA_ERROR, FOVEA_ERROR_TOO_LARGE, "there is not enough memory for the images");
      return NULL;
    }
  self->n_layers = n_layers;
  self->layers = g_memdup2 (layers, n_layers * sizeof *layers);
  self->sums = g_new0 (Sums *, n_layers);
  for (guint i = 0; i < n_layers; i++)
    self->sums[i] = g_new0 (Sums, (gsize) fovea_plan_get_shape (self->plan, i)->channels);
  return g_steal_pointer (&self);
}

void
fovea_smoothness_meter_free (FoveaSmoothnessMeter *self)
{
  if (self == NULL)
    return;
  for (guint i = 0; i < self->n_layers; i++)
    g_free (self->sums[i]);
  g_free (self->sums);
  g_free (self->layers);
  g_free (self->images);
  g_clear_pointer (&self->plan, fovea_plan_free);
  g_clear_pointer (&self->network, fovea_network_unref);
  g_free (self);
}

typedef struct {
  const float *maps; /* [2, channels, height, width] */
  const FoveaShape *shape;
  Sums *sums;
} LayerInWork;

static void
add_channel (gsize channel,
             guint worker G_GNUC_UNUSED,
             gpointer data)
{
  const LayerInWork *work = data;
  gsize height = (gsize) work->shape->height, width = (gsize) work->shape->width;
  const float *clean = work->maps + channel * height * width;
  const float *noisy = clean + fovea_shape_get_n_elements (work->shape);
  Sums *sums = work->sums + channel;

  sums->clean += fovea_total_variation (clean, height, width);
  sums->noisy += fovea_total_variation (noisy, height, width);
  for (gsize i = 0; i < height * width; i++)
    {
      double change = (double) noisy[i] - clean[i];

      sums->signal += (double) clean[i] * clean[i];
      sums->change += change * change;
    }
}

/**
 * fovea_smoothness_meter_add:
 * @image: [channels, height, width] in [0,1], of the network's input size
 * @stream: which of the seed's random streams the noise is, such as the image's number in its set
 *
 * Thread: any, one at a time for a meter.
 */
void
fovea_smoothness_meter_add (FoveaSmoothnessMeter *self,
                            const float *image,
                            guint64 stream)
{
  float *noisy = self->images + self->image_size;
  FoveaRandom random;

  fovea_random_init (&random, self->seed, stream);
  fovea_random_fill_normal (&random, self->sigma, noisy, self->image_size);
  for (gsize i = 0; i < self->image_size; i++)
    {
      self->images[i] = image[i];
      noisy[i] = CLAMP (image[i] + noisy[i], 0.0f, 1.0f);
    }
  fovea_plan_forward (self->plan, self->images);
  for (guint i = 0; i < self->n_layers; i++)
    {
      LayerInWork work = {
        .maps = fovea_plan_get_activation (self->plan, i),
        .shape = fovea_plan_get_shape (self->plan, i),
        .sums = self->sums[i],
      };

      fovea_parallel_for ((gsize) work.shape->channels, add_channel, &work);
    }
  self->n_images++;
}

gsize
fovea_smoothness_meter_get_n_images (const FoveaSmoothnessMeter *self)
{
  return self->n_images;
}

/**
 * fovea_smoothness_meter_read:
 * @index: which of the layers it was made for
 *
 * Returns: what was measured so far, over at least one image
 */
FoveaLayerSmoothness *
fovea_smoothness_meter_read (const FoveaSmoothnessMeter *self,
                             guint index)
{
  const FoveaShape *shape;
  FoveaLayerSmoothness *result;

  g_return_val_if_fail (index < self->n_layers && self->n_images > 0, NULL);

  shape = fovea_plan_get_shape (self->plan, index);
  result = g_new0 (FoveaLayerSmoothness, 1);
  result->layer = self->layers[index];
  result->n_channels = (gsize) shape->channels;
  result->height = (gsize) shape->height;
  result->width = (gsize) shape->width;
  result->clean = g_new (double, result->n_channels);
  result->noisy = g_new (double, result->n_channels);
  result->passed = g_new (double, result->n_channels);
  for (gsize i = 0; i < result->n_channels; i++)
    {
      const Sums *sums = self->sums[index] + i;

      result->clean[i] = sums->clean / (double) self->n_images;
      result->noisy[i] = sums->noisy / (double) self->n_images;
      result->passed[i] = sums->change > 0 ? sqrt (sums->change / sums->signal) : 0;
    }
  return result;
}

void
fovea_layer_smoothness_free (FoveaLayerSmoothness *self)
{
  if (self == NULL)
    return;
  g_free (self->clean);
  g_free (self->noisy);
  g_free (self->passed);
  g_free (self);
}

static gboolean
add_set (FoveaSmoothness *self,
         FoveaSmoothnessMeter *meter,
         FoveaNetwork *network,
         FoveaImageSet *set,
         gsize end,
         const FoveaJob *job,
         GError **error)
{
  g_autoptr (FoveaImageLoader) loader = fovea_image_loader_new (set, 0, end, 1, &network);

  for (gsize i = 0; i < end; i++)
    {
      g_autoptr (FoveaLoadedImage) item = NULL;
      g_autoptr (FoveaTensor) image = NULL;

      if (fovea_job_is_cancelled (job, error))
        return FALSE;
      item = fovea_image_loader_next (loader);
      if (item->images != NULL)
        {
          image = fovea_image_to_tensor (item->images[0], error);
          if (image == NULL)
            return FALSE;
          fovea_smoothness_meter_add (meter, image->data, item->index);
        }
      else
        self->n_unreadable++;
      fovea_job_report (job, i + 1, end);
    }
  return TRUE;
}

/**
 * fovea_smoothness_measure:
 * @n_images: how many of the set's images, the first ones; 0 is all
 * @layers: nodes
 * @sigma, @seed: see fovea_smoothness_meter_new(); an image's noise depends on its place in the set alone
 * @job: (nullable): progress in images
 *
 * Errors: those of fovea_smoothness_meter_new(); %FOVEA_ERROR_IO where no image could be read;
 * %G_IO_ERROR_CANCELLED
 *
 * Thread: any. Memory: the layers' maps of two images, and a few images.
 */
FoveaSmoothness *
fovea_smoothness_measure (FoveaNetwork *network,
                          FoveaImageSet *set,
                          gsize n_images,
                          guint n_layers,
                          const int *layers,
                          double sigma,
                          guint64 seed,
                          const FoveaJob *job,
                          GError **error)
{
  gsize n_in_set = fovea_image_set_get_n_images (set);
  gsize end = n_images > 0 ? MIN (n_images, n_in_set) : n_in_set;
  g_autoptr (FoveaSmoothness) self = g_new0 (FoveaSmoothness, 1);
  g_autoptr (FoveaSmoothnessMeter) meter = fovea_smoothness_meter_new (network, n_layers, layers, sigma, seed, error);

  if (meter == NULL || !add_set (self, meter, network, set, end, job, error))
    return NULL;
  self->n_images = fovea_smoothness_meter_get_n_images (meter);
  if (self->n_images == 0)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_IO, "%s: none of its images can be read", fovea_image_set_get_name (set));
      return NULL;
    }
  self->n_layers = n_layers;
  self->layers = g_new0 (FoveaLayerSmoothness *, n_layers);
  for (guint i = 0; i < n_layers; i++)
    self->layers[i] = fovea_smoothness_meter_read (meter, i);
  return g_steal_pointer (&self);
}

void
fovea_smoothness_free (FoveaSmoothness *self)
{
  if (self == NULL)
    return;
  for (guint i = 0; i < self->n_layers; i++)
    fovea_layer_smoothness_free (self->layers[i]);
  g_free (self->layers);
  g_free (self);
}
