/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/command.h"

#include <stdlib.h>

#include "app/arguments.h"
#include "app/output.h"
#include "engine/analysis/distribution.h"
#include "engine/formats/json.h"
#include "engine/plan.h"

typedef struct {
  double forward_ms;
  double gradient_ms;
  gsize peak_bytes;
} Measurement;

/* Median time of @repeat runs in milliseconds, forward alone or, with @seed, forward and back to the
 * images; one run before them is not counted. Negative where it was cancelled. */
static double
measure (FoveaPlan *plan, const float *images, const float *seed, float *gradients, guint repeat, GCancellable *cancellable)
{
  g_autofree double *times = g_new (double, repeat);

  for (guint i = 0; i <= repeat; i++)
    {
      gint64 start = g_get_monotonic_time ();

      if (g_cancellable_is_cancelled (cancellable))
        return -1;
      fovea_plan_forward (plan, images);
      if (seed)
        fovea_plan_gradient (plan, &seed, gradients);
      if (i > 0)
        times[i - 1] = (double) (g_get_monotonic_time () - start) / 1000;
    }
  return fovea_distribution_get_median (times, repeat);
}

static float *
draw_uniform (gsize n_values, guint32 seed)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (seed);
  float *values = g_new (float, n_values);

  for (gsize i = 0; i < n_values; i++)
    values[i] = (float) g_rand_double (random);
  return values;
}

static gboolean
benchmark (FoveaNetwork *network, int layer, gsize batch, guint repeat, guint32 seed, Measurement *measurement, GCancellable *cancellable, GError **error)
{
  FoveaGraph *graph = fovea_network_get_graph (network);
  const FoveaShape *input = fovea_graph_get_input_shape (graph);
  gsize n_image_values = batch * fovea_shape_get_n_elements (input);
  g_autoptr (FoveaPlan) forward = NULL;
  g_autoptr (FoveaPlan) gradient = NULL;
  g_autofree float *images = NULL;
  g_autofree float *output_gradient = NULL;
  g_autofree float *image_gradients = NULL;

  forward = fovea_plan_new (graph, batch, input->height, input->width, 1, &layer, FOVEA_PLAN_FORWARD, error);
  if (!forward)
    return FALSE;
  images = draw_uniform (n_image_values, seed);
  measurement->forward_ms = measure (forward, images, NULL, NULL, repeat, cancellable);
  g_clear_pointer (&forward, fovea_plan_free);

  gradient = fovea_plan_new (graph, batch, input->height, input->width, 1, &layer, FOVEA_PLAN_GRADIENT, error);
  if (!gradient)
    return FALSE;
  output_gradient = draw_uniform (batch * fovea_shape_get_n_elements (fovea_plan_get_shape (gradient, 0)), seed + 1);
  image_gradients = g_new (float, n_image_values);
  measurement->gradient_ms = measure (gradient, images, output_gradient, image_gradients, repeat, cancellable);
  measurement->peak_bytes = fovea_plan_get_peak_bytes (gradient) + fovea_network_get_weight_bytes (network) +
                            fovea_graph_get_packed_bytes (graph);
  return !g_cancellable_set_error_if_cancelled (cancellable, error);
}

static void
add_json (JsonBuilder *builder, const FoveaNetwork *network, gint64 batch, const char *layer, const Measurement *measurement)
{
  json_builder_begin_object (builder);
  fovea_json_add_string (builder, "network", fovea_network_get_name (network));
  fovea_json_add_integer (builder, "batch", batch);
  fovea_json_add_string (builder, "layer", layer);
  fovea_json_add_number (builder, "forward_ms", measurement->forward_ms);
  fovea_json_add_number (builder, "gradient_ms", measurement->gradient_ms);
  fovea_json_add_integer (builder, "peak_bytes", (gint64) measurement->peak_bytes);
  json_builder_end_object (builder);
}

static void
add_row (GPtrArray *cells, const FoveaNetwork *network, gint64 batch, const char *layer, const Measurement *measurement)
{
  g_ptr_array_add (cells, g_strdup (fovea_network_get_name (network)));
  g_ptr_array_add (cells, g_strdup (layer));
  g_ptr_array_add (cells, g_strdup_printf ("%" G_GINT64_FORMAT, batch));
  g_ptr_array_add (cells, g_strdup_printf ("%.2f", measurement->forward_ms));
  g_ptr_array_add (cells, g_strdup_printf ("%.2f", measurement->gradient_ms));
  g_ptr_array_add (cells, g_strdup_printf ("%.1f", (double) measurement->peak_bytes / 1e6));
}

/**
 * fovea_command_benchmark:
 *
 * `fovea benchmark --network N…`: how long the engine takes on random images.
 */
int
fovea_command_benchmark (int argc, char **argv, GCancellable *cancellable, GError **error)
{
  static const char *const headings[] = { "NETWORK", "LAYER", "BATCH", "FORWARD (ms)", "WITH GRADIENT (ms)", "MEMORY (MB)" };
  g_autofree char *layer_name = NULL;
  g_autofree char *batch_text = NULL;
  g_autofree char *repeat_text = NULL;
  const GOptionEntry entries[] = {
    { "layer", 'l', 0, G_OPTION_ARG_STRING, &layer_name, "Run as far as this layer (default: the network's output)", "LAYER" },
    { "batch", 0, 0, G_OPTION_ARG_STRING, &batch_text, "How many images at once (default 1)", "B" },
    { "repeat", 0, 0, G_OPTION_ARG_STRING, &repeat_text, "How many measured runs (default 10)", "R" },
    G_OPTION_ENTRY_NULL,
  };
  const FoveaUsage usage = {
    .name = "benchmark",
    .summary = "Measures how fast the engine runs networks on random images: forward, and forward with\n"
               "the gradient with respect to the images. Times are medians in milliseconds, after one\n"
               "run that is not counted. Memory is that of the run with gradient: its buffers and the\n"
               "network's weights.",
    .examples = "Example:\n"
                "  fovea benchmark --network alexnet-64-robust --batch 8 --threads 2\n",
    .flags = FOVEA_ARGUMENTS_NETWORKS | FOVEA_ARGUMENTS_JSON | FOVEA_ARGUMENTS_SEED | FOVEA_ARGUMENTS_THREADS,
    .entries = entries,
  };
  g_auto (FoveaArguments) arguments = { 0 };
  g_autoptr (GPtrArray) networks = NULL;
  g_autofree int *layers = NULL;
  g_autoptr (GPtrArray) cells = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  gint64 batch = 1;
  gint64 repeat = 10;

  if (!fovea_arguments_parse (&arguments, &usage, argc, argv, error) ||
      !fovea_arguments_parse_integer ("--batch", batch_text, 1, 4096, &batch, error) ||
      !fovea_arguments_parse_integer ("--repeat", repeat_text, 1, 100000, &repeat, error))
    return EXIT_FAILURE;
  networks = fovea_arguments_open_networks (&arguments, error);
  if (!networks)
    return EXIT_FAILURE;

  layers = g_new (int, networks->len);
  for (guint i = 0; i < networks->len; i++)
    {
      FoveaGraph *graph = fovea_network_get_graph (networks->pdata[i]);

      layers[i] = fovea_graph_get_output (graph);
      if (layer_name && !fovea_arguments_find_layer (networks->pdata[i], layer_name, &layers[i], error))
        return EXIT_FAILURE;
    }

  json_builder_begin_array (builder);
  for (guint i = 0; i < networks->len; i++)
    {
      FoveaNetwork *network = networks->pdata[i];
      const char *layer = layer_name ? layer_name : fovea_graph_get_node (fovea_network_get_graph (network), (guint) layers[i])->name;
      Measurement measurement = { 0 };

      if (!benchmark (network, layers[i], (gsize) batch, (guint) repeat, (guint32) arguments.seed, &measurement, cancellable, error))
        return EXIT_FAILURE;
      add_json (builder, network, batch, layer, &measurement);
      add_row (cells, network, batch, layer, &measurement);
    }
  json_builder_end_array (builder);

  if (arguments.json)
    fovea_output_print_json (builder);
  else
    fovea_output_print_table (headings, G_N_ELEMENTS (headings), cells);
  return EXIT_SUCCESS;
}
