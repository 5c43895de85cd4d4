/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/command.h"

#include <stdlib.h>
#include <string.h>

#include "app/arguments.h"
#include "app/output.h"
#include "app/progress.h"
#include "engine/analysis/distribution.h"
#include "engine/analysis/smoothness.h"
#include "engine/formats/json.h"

/* All that is measured of one network. */
typedef struct {
  FoveaNetwork *network; /* not owned */
  GArray *layers;        /* int */
  FoveaSmoothness *maps;
  int filter_layer;      /* the first convolution; -1 where there is none */
  FoveaFilterSmoothness *filters;
} Measurement;

static void
clear_measurement (gpointer data)
{
  Measurement *measurement = data;

  g_clear_pointer (&measurement->layers, g_array_unref);
  g_clear_pointer (&measurement->maps, fovea_smoothness_free);
  g_clear_pointer (&measurement->filters, fovea_filter_smoothness_free);
}

/* The layers named, or all convolutions. */
static gboolean
choose_layers (Measurement *measurement, char **names, GError **error)
{
  const FoveaGraph *graph = fovea_network_get_graph (measurement->network);

  measurement->layers = g_array_new (FALSE, FALSE, sizeof (int));
  measurement->filter_layer = -1;
  for (guint i = 0; i < fovea_graph_get_n_nodes (graph); i++)
    if (g_str_equal (fovea_graph_get_node (graph, i)->operator->name, "Conv"))
      {
        int layer = (int) i;

        if (measurement->filter_layer < 0)
          measurement->filter_layer = layer;
        if (!names)
          g_array_append_val (measurement->layers, layer);
      }
  for (guint i = 0; names && names[i]; i++)
    {
      int layer;
      gboolean there = FALSE;

      if (!fovea_arguments_find_layer (measurement->network, names[i], &layer, error))
        return FALSE;
      for (guint k = 0; k < measurement->layers->len; k++)
        there = there || g_array_index (measurement->layers, int, k) == layer;
      if (!there)
        g_array_append_val (measurement->layers, layer);
    }
  if (measurement->layers->len > 0)
    return TRUE;
  g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_ARGUMENT, "%s has no convolution; name layers with --layer",
               fovea_network_get_name (measurement->network));
  return FALSE;
}

static gboolean
measure (Measurement *measurement, FoveaImageSet *set, gsize n_images, double sigma, guint64 seed, GCancellable *cancellable, GError **error)
{
  FoveaProgressBar bar;
  FoveaJob job;

  if (measurement->filter_layer >= 0)
    {
      measurement->filters = fovea_filter_smoothness_measure (measurement->network, measurement->filter_layer, error);
      if (!measurement->filters)
        return FALSE;
    }
  fovea_progress_bar_start_job (&bar, fovea_network_get_name (measurement->network), cancellable, &job);
  measurement->maps = fovea_smoothness_measure (measurement->network, set, n_images, measurement->layers->len,
                                                (const int *) (void *) measurement->layers->data, sigma, seed, &job, error);
  fovea_progress_bar_finish (&bar);
  return measurement->maps != NULL;
}

static const char *
get_layer_name (const Measurement *measurement, int layer)
{
  return fovea_graph_get_node (fovea_network_get_graph (measurement->network), (guint) layer)->name;
}

static void
add_values (JsonBuilder *builder, const char *name, const double *values, gsize n)
{
  json_builder_set_member_name (builder, name);
  json_builder_begin_array (builder);
  for (gsize i = 0; i < n; i++)
    fovea_json_add_number (builder, NULL, values[i]);
  json_builder_end_array (builder);
}

static void
add_json (JsonBuilder *builder, const Measurement *measurement, FoveaImageSet *set, double sigma)
{
  json_builder_begin_object (builder);
  fovea_json_add_string (builder, "network", fovea_network_get_name (measurement->network));
  fovea_json_add_string (builder, "images", fovea_image_set_get_name (set));
  fovea_json_add_integer (builder, "n_images", measurement->maps->n_images);
  fovea_json_add_integer (builder, "n_unreadable", measurement->maps->n_unreadable);
  fovea_json_add_number (builder, "sigma", sigma);
  if (measurement->filters)
    {
      json_builder_set_member_name (builder, "filters");
      json_builder_begin_object (builder);
      fovea_json_add_string (builder, "layer", get_layer_name (measurement, measurement->filter_layer));
      add_values (builder, "total_variation", measurement->filters->total_variation, measurement->filters->n_filters);
      add_values (builder, "relative", measurement->filters->relative, measurement->filters->n_filters);
      json_builder_end_object (builder);
    }
  json_builder_set_member_name (builder, "layers");
  json_builder_begin_array (builder);
  for (guint i = 0; i < measurement->maps->n_layers; i++)
    {
      const FoveaLayerSmoothness *layer = measurement->maps->layers[i];

      json_builder_begin_object (builder);
      fovea_json_add_string (builder, "layer", get_layer_name (measurement, layer->layer));
      fovea_json_add_integer (builder, "height", layer->height);
      fovea_json_add_integer (builder, "width", layer->width);
      add_values (builder, "clean", layer->clean, layer->n_channels);
      add_values (builder, "noisy", layer->noisy, layer->n_channels);
      add_values (builder, "passed", layer->passed, layer->n_channels);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
}

static void
print_table (const GArray *measurements)
{
  static const char *const headings[] = { "NETWORK", "LAYER", "CHANNELS", "CLEAN", "NOISY", "NOISE PASSED" };
  g_autoptr (GPtrArray) cells = g_ptr_array_new_with_free_func (g_free);

  for (guint n = 0; n < measurements->len; n++)
    {
      const Measurement *measurement = &g_array_index (measurements, Measurement, n);

      for (guint i = 0; i < measurement->maps->n_layers; i++)
        {
          const FoveaLayerSmoothness *layer = measurement->maps->layers[i];

          g_ptr_array_add (cells, g_strdup (fovea_network_get_name (measurement->network)));
          g_ptr_array_add (cells, g_strdup (get_layer_name (measurement, layer->layer)));
          g_ptr_array_add (cells, g_strdup_printf ("%" G_GSIZE_FORMAT, layer->n_channels));
          g_ptr_array_add (cells, g_strdup_printf ("%.5g", fovea_distribution_get_median (layer->clean, layer->n_channels)));
          g_ptr_array_add (cells, g_strdup_printf ("%.5g", fovea_distribution_get_median (layer->noisy, layer->n_channels)));
          g_ptr_array_add (cells, g_strdup_printf ("%.3g", fovea_distribution_get_median (layer->passed, layer->n_channels)));
        }
    }
  fovea_output_print_table (headings, G_N_ELEMENTS (headings), cells);
  for (guint n = 0; n < measurements->len; n++)
    {
      const Measurement *measurement = &g_array_index (measurements, Measurement, n);
      const FoveaFilterSmoothness *filters = measurement->filters;

      if (filters)
        g_print ("%s: filters of %s, median total variation %.4g, %.4g relative to their weights\n",
                 fovea_network_get_name (measurement->network), get_layer_name (measurement, measurement->filter_layer),
                 fovea_distribution_get_median (filters->total_variation, filters->n_filters), fovea_distribution_get_median (filters->relative, filters->n_filters));
      if (measurement->maps->n_unreadable > 0)
        g_print ("%s: %" G_GSIZE_FORMAT " images could not be read and were left out\n",
                 fovea_network_get_name (measurement->network), measurement->maps->n_unreadable);
    }
}

/**
 * fovea_command_smoothness:
 *
 * `fovea smoothness --network N… --images SET`: total variation of filters and activation maps.
 */
int
fovea_command_smoothness (int argc, char **argv, GCancellable *cancellable, GError **error)
{
  g_auto (GStrv) layer_names = NULL;
  g_autofree char *set_name = NULL;
  g_autofree char *sigma_text = NULL;
  g_autofree char *count_text = NULL;
  const GOptionEntry entries[] = {
    { "images", 0, 0, G_OPTION_ARG_FILENAME, &set_name, "Image set: scenes, or a folder", "SET" },
    { "layer", 'l', 0, G_OPTION_ARG_STRING_ARRAY, &layer_names, "Layer to measure, may be repeated (default: every convolution)", "LAYER" },
    { "noise", 0, 0, G_OPTION_ARG_STRING, &sigma_text, "Standard deviation of the noise, for values in [0,1] (default 0.1)", "SIGMA" },
    { "count", 0, 0, G_OPTION_ARG_STRING, &count_text, "Only the first K images of the set", "K" },
    G_OPTION_ENTRY_NULL,
  };
  const FoveaUsage usage = {
    .name = "smoothness",
    .summary = "Measures how smooth the patterns are that networks detect: total variation, the sum of\n"
               "absolute differences of neighbours, of the first convolution's filters, and of every\n"
               "channel's activation map, the mean over an image set, on the images as they are and with\n"
               "Gaussian noise. The noise that a layer lets through is the root mean square change of its\n"
               "maps, relative to the maps. The table shows medians over a layer's channels; --json has all.",
    .examples = "Example:\n"
                "  fovea smoothness --network alexnet-64-standard --network alexnet-64-robust --images scenes\n",
    .flags = FOVEA_ARGUMENTS_NETWORKS | FOVEA_ARGUMENTS_JSON | FOVEA_ARGUMENTS_SEED | FOVEA_ARGUMENTS_THREADS,
    .entries = entries,
  };
  g_auto (FoveaArguments) arguments = { 0 };
  g_autoptr (GPtrArray) networks = NULL;
  g_autoptr (FoveaImageSet) set = NULL;
  g_autoptr (GArray) measurements = g_array_new (FALSE, TRUE, sizeof (Measurement));
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  double sigma = 0.1;
  gint64 count = 0;

  g_array_set_clear_func (measurements, clear_measurement);
  if (!fovea_arguments_parse (&arguments, &usage, argc, argv, error) ||
      !fovea_arguments_parse_number ("--noise", sigma_text, 0, 10, &sigma, error) ||
      !fovea_arguments_parse_integer ("--count", count_text, 1, G_MAXINT, &count, error))
    return EXIT_FAILURE;
  if (!set_name)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, "smoothness wants --images SET: scenes, or a folder of images");
      return EXIT_FAILURE;
    }
  networks = fovea_arguments_open_networks (&arguments, error);
  if (!networks)
    return EXIT_FAILURE;
  g_array_set_size (measurements, networks->len);
  for (guint n = 0; n < networks->len; n++)
    {
      Measurement *measurement = &g_array_index (measurements, Measurement, n);

      measurement->network = networks->pdata[n];
      if (!choose_layers (measurement, layer_names, error))
        return EXIT_FAILURE;
    }
  set = fovea_image_set_open (set_name, error);
  if (!set)
    return EXIT_FAILURE;

  json_builder_begin_array (builder);
  for (guint n = 0; n < networks->len; n++)
    {
      Measurement *measurement = &g_array_index (measurements, Measurement, n);

      if (!measure (measurement, set, (gsize) count, sigma, (guint64) arguments.seed, cancellable, error))
        return EXIT_FAILURE;
      add_json (builder, measurement, set, sigma);
    }
  json_builder_end_array (builder);
  if (arguments.json)
    fovea_output_print_json (builder);
  else
    print_table (measurements);
  return EXIT_SUCCESS;
}
