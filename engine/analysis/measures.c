/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/analysis/measures.h"

#include "engine/analysis/diversity.h"
#include "engine/analysis/smoothness.h"
#include "engine/store-result.h"

static const struct {
  const char *name;
  const char *title;
  const char *axis;
} words[FOVEA_N_MEASURES] = {
  [FOVEA_MEASURE_VARIATION] = { "variation", "Roughness of activation maps", "Total variation a position" },
  [FOVEA_MEASURE_NOISY_VARIATION] = { "noisy-variation", "Roughness of activation maps on noisy images", "Total variation a position" },
  [FOVEA_MEASURE_NOISE] = { "noise", "Noise let through", "Change by noise, relative to the map" },
  [FOVEA_MEASURE_ENTROPY] = { "entropy", "Classes among the strongest images", "Entropy of classes (bits)" },
  [FOVEA_MEASURE_DISTANCE] = { "distance", "Unlikeness of the strongest patches", "Mean distance of patches" },
};

const char *
fovea_measure_get_name (FoveaMeasure measure)
{
  return words[measure].name;
}

const char *
fovea_measure_get_title (FoveaMeasure measure)
{
  return words[measure].title;
}

const char *
fovea_measure_get_axis (FoveaMeasure measure)
{
  return words[measure].axis;
}

/* Smoothness depends on how many images, and with noise, on that; the rest comes from scans, which are of the whole set. */
static gboolean
is_smoothness (FoveaMeasure measure)
{
  return measure <= FOVEA_MEASURE_NOISE;
}

typedef struct {
  FoveaResultKey key;
  char *options;
} Key;

static void
key_init (Key *self,
          FoveaMeasure measure,
          const FoveaMeasureSettings *settings,
          FoveaNetwork *network,
          int layer)
{
  char sigma[G_ASCII_DTOSTR_BUF_SIZE];

  if (!is_smoothness (measure))
    self->options = g_strdup (words[measure].name);
  else if (measure == FOVEA_MEASURE_VARIATION)
    self->options = g_strdup_printf ("%s, %" G_GSIZE_FORMAT " images", words[measure].name, settings->n_images);
  else
    self->options = g_strdup_printf ("%s, %" G_GSIZE_FORMAT " images, sigma %s, seed %" G_GUINT64_FORMAT, words[measure].name, settings->n_images,
                                     g_ascii_dtostr (sigma, sizeof sigma, settings->sigma), settings->seed);
  self->key = (FoveaResultKey) {
    .analysis = "measure-1",
    .network = fovea_network_get_fingerprint (network),
    .layer = fovea_graph_get_node (fovea_network_get_graph (network), (guint) layer)->name,
    .images = fovea_image_set_get_fingerprint (settings->images),
    .options = self->options,
  };
}

static gsize
get_n_channels (FoveaNetwork *network,
                int layer)
{
  return (gsize) fovea_graph_get_shape (fovea_network_get_graph (network), (guint) layer)->channels;
}

/* Takes @values. */
static gboolean
put (FoveaMeasure measure,
     const FoveaMeasureSettings *settings,
     FoveaNetwork *network,
     int layer,
     double *values,
     GError **error)
{
  g_autoptr (GBytes) data = g_bytes_new_take (values, get_n_channels (network, layer) * sizeof *values);
  Key key;
  gboolean done;

  key_init (&key, measure, settings, network, layer);
  done = fovea_store_put_result (settings->store, &key.key, data, error);
  g_free (key.options);
  return done;
}

/**
 * fovea_measure_load:
 * @layer: a node
 *
 * Errors: %FOVEA_ERROR_NOT_FOUND where it has not been computed, %FOVEA_ERROR_IO
 *
 * Returns: (transfer full): one number a channel, as stored
 *
 * Thread: any.
 */
double *
fovea_measure_load (FoveaMeasure measure,
                    const FoveaMeasureSettings *settings,
                    FoveaNetwork *network,
                    int layer,
                    GError **error)
{
  g_autoptr (GBytes) data = NULL;
  gsize size;
  gconstpointer values;
  Key key;

  key_init (&key, measure, settings, network, layer);
  data = fovea_store_get_result (settings->store, &key.key, error);
  g_free (key.options);
  if (data == NULL)
    return NULL;
  values = g_bytes_get_data (data, &size);
  if (size != get_n_channels (network, layer) * sizeof (double))
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND, "what is stored of %s has another size", words[measure].name);
      return NULL;
    }
  return g_memdup2 (values, size);
}

static gboolean
compute_smoothness (const FoveaMeasureSettings *settings,
                    FoveaNetwork *network,
                    guint n_layers,
                    const int *layers,
                    const FoveaJob *job,
                    GError **error)
{
  g_autoptr (FoveaSmoothness) smoothness =
    fovea_smoothness_measure (network, settings->images, settings->n_images, n_layers, layers, settings->sigma, settings->seed, job, error);

  if (smoothness == NULL)
    return FALSE;
  for (guint i = 0; i < n_layers; i++)
    {
      const FoveaLayerSmoothness *layer = smoothness->layers[i];
      double n_positions = (double) layer->height * (double) layer->width;
      double *clean = g_new (double, layer->n_channels);
      double *noisy = g_new (double, layer->n_channels);

      for (gsize channel = 0; channel < layer->n_channels; channel++)
        {
          clean[channel] = layer->clean[channel] / n_positions;
          noisy[channel] = layer->noisy[channel] / n_positions;
        }
      if (!put (FOVEA_MEASURE_VARIATION, settings, network, layers[i], clean, error) ||
          !put (FOVEA_MEASURE_NOISY_VARIATION, settings, network, layers[i], noisy, error) ||
          !put (FOVEA_MEASURE_NOISE, settings, network, layers[i], g_memdup2 (layer->passed, layer->n_channels * sizeof (double)), error))
        return FALSE;
    }
  return TRUE;
}

/* For each layer, one entropy a channel. */
static GPtrArray *
count_classes (const GPtrArray *scans,
               const FoveaImageSet *set)
{
  GPtrArray *values = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < scans->len; i++)
    {
      const FoveaScan *scan = scans->pdata[i];
      double *entropies = g_new (double, fovea_scan_get_n_channels (scan));

      for (guint channel = 0; channel < fovea_scan_get_n_channels (scan); channel++)
        {
          FoveaClassDiversity diversity;

          fovea_diversity_count_classes (scan, set, channel, &diversity);
          entropies[channel] = diversity.entropy;
        }
      g_ptr_array_add (values, entropies);
    }
  return values;
}

static gboolean
compute_scanned (FoveaMeasure measure,
                 const FoveaMeasureSettings *settings,
                 FoveaNetwork *network,
                 guint n_layers,
                 const int *layers,
                 const FoveaJob *job,
                 GError **error)
{
  const FoveaScanTarget target = { network, n_layers, layers };
  g_autoptr (GPtrArray) scans = fovea_scan_run (settings->store, settings->images, 1, &target, &FOVEA_SCAN_OPTIONS_DEFAULT, job, error);
  g_autoptr (GPtrArray) values = NULL;

  if (scans == NULL)
    return FALSE;
  values = measure == FOVEA_MEASURE_ENTROPY
             ? count_classes (scans, settings->images)
             : fovea_diversity_measure_patches (n_layers, (FoveaScan *const *) scans->pdata, layers, settings->images, network, job, error);
  for (guint i = 0; values != NULL && i < n_layers; i++)
    if (!put (measure, settings, network, layers[i], g_steal_pointer (&values->pdata[i]), error))
      return FALSE;
  return values != NULL;
}

/**
 * fovea_measure_compute:
 * @n_layers, @layers: nodes, without repetition
 * @job: (nullable): progress; measures of scans report the scan's images, and then the patches
 *
 * Computes and stores what of it is not stored yet. What is measured in the same pass is stored with it: all of
 * smoothness at once. A scan that was stopped goes on.
 *
 * Errors: as fovea_smoothness_measure(), fovea_scan_run(), fovea_diversity_measure_patches() and
 * fovea_store_put_result()
 *
 * Thread: any.
 */
gboolean
fovea_measure_compute (FoveaMeasure measure,
                       const FoveaMeasureSettings *settings,
                       FoveaNetwork *network,
                       guint n_layers,
                       const int *layers,
                       const FoveaJob *job,
                       GError **error)
{
  g_autoptr (GArray) missing = g_array_new (FALSE, FALSE, sizeof (int));

  for (guint i = 0; i < n_layers; i++)
    {
      g_autofree double *values = fovea_measure_load (measure, settings, network, layers[i], NULL);

      if (values == NULL)
        g_array_append_val (missing, layers[i]);
    }
  if (missing->len == 0)
    return TRUE;
  if (is_smoothness (measure))
    return compute_smoothness (settings, network, missing->len, (const int *) (void *) missing->data, job, error);
  return compute_scanned (measure, settings, network, missing->len, (const int *) (void *) missing->data, job, error);
}
