/* Times one plan, or activation maximization, on request: reads a line from standard input, does it, writes
 * the milliseconds it took, so that a script can take turns with other programs.
 *
 *   bench-plan network FILE BATCH
 *   bench-plan layer CHANNELS SIZE OUTPUTS KERNEL STRIDE PADDING BATCH
 *   bench-plan maximize FILE LAYER:CHANNEL[:Y,X] IMAGES
 *
 * With more IMAGES, each is for the next channel.
 *
 * The lines are `forward` or `gradient` (forward, and back to the images: for networks from one output, for layers from
 * all), for maximize a number of steps; and how often to do that, of which the mean is written.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/analysis/maximize.h"
#include "engine/plan.h"

static float *
draw (gsize n_values,
      guint32 seed)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (seed);
  float *values = g_new (float, n_values);

  for (gsize i = 0; i < n_values; i++)
    values[i] = (float) g_rand_double (random);
  return values;
}

static FoveaGraph *
make_layer (char **arguments,
            GError **error)
{
  const gint64 channels = atoi (arguments[0]), size = atoi (arguments[1]), outputs = atoi (arguments[2]), kernel = atoi (arguments[3]);
  const int stride = atoi (arguments[4]), padding = atoi (arguments[5]);
  g_autoptr (FoveaGraph) graph = fovea_graph_new (channels, size, size);
  g_autoptr (GHashTable) parameters = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) fovea_tensor_unref);
  FoveaTensor *weights = fovea_tensor_new (4, (gint64[]) { outputs, channels, kernel, kernel }, error);
  g_autofree float *values = NULL;

  if (weights == NULL)
    return NULL;
  values = draw (weights->n_elements, 1);
  memcpy (weights->data, values, weights->n_elements * sizeof (float));
  g_hash_table_insert (parameters, g_strdup ("W"), weights);
  if (!fovea_graph_add_node (graph, "layer", "Conv", (const char *[]) { "input", NULL },
                             g_variant_new_parsed ("{'strides': <[%x, %x]>, 'pads': <[%x, %x, %x, %x]>}", (gint64) stride, (gint64) stride,
                                                   (gint64) padding, (gint64) padding, (gint64) padding, (gint64) padding),
                             parameters, error) ||
      !fovea_graph_finish (graph, error))
    return NULL;
  return g_steal_pointer (&graph);
}

/* A line's second word. */
static int
get_times (const char *line)
{
  const char *word = strchr (line, ' ');

  return word != NULL ? MAX (atoi (word), 1) : 1;
}

static gboolean
serve_plan (FoveaGraph *graph,
            gsize batch,
            gboolean from_one_output,
            GError **error)
{
  const FoveaShape *shape = fovea_graph_get_input_shape (graph);
  const gsize n_values = batch * fovea_shape_get_n_elements (shape);
  const int output = fovea_graph_get_output (graph);
  g_autoptr (FoveaPlan) forward = fovea_plan_new (graph, batch, shape->height, shape->width, 1, &output, FOVEA_PLAN_FORWARD, error);
  g_autoptr (FoveaPlan) gradient = NULL;
  g_autofree float *images = draw (n_values, 2);
  g_autofree float *gradients = g_new (float, n_values);
  g_autofree float *seed = NULL;
  gsize n_outputs;
  char line[64];

  if (forward == NULL)
    return FALSE;
  gradient = fovea_plan_new (graph, batch, shape->height, shape->width, 1, &output, FOVEA_PLAN_GRADIENT, error);
  if (gradient == NULL)
    return FALSE;
  n_outputs = fovea_shape_get_n_elements (fovea_plan_get_shape (gradient, 0));
  seed = draw (batch * n_outputs, 3);
  for (gsize i = 0; from_one_output && i < batch * n_outputs; i++)
    seed[i] = i % n_outputs == 5;

  while (fgets (line, sizeof line, stdin) != NULL)
    {
      const gboolean back = g_str_has_prefix (line, "gradient");
      const int n_times = get_times (line);
      const gint64 start = g_get_monotonic_time ();

      for (int i = 0; i < n_times; i++)
        {
          fovea_plan_forward (back ? gradient : forward, images);
          if (back)
            fovea_plan_gradient (gradient, (const float *[]) { seed }, gradients);
        }
      printf ("%.4f\n", (double) (g_get_monotonic_time () - start) / 1000 / n_times);
      fflush (stdout);
    }
  return TRUE;
}

static gboolean
serve_maximize (FoveaNetwork *network,
                const char *address,
                guint n_images,
                GError **error)
{
  const FoveaShape *shape = fovea_graph_get_input_shape (fovea_network_get_graph (network));
  g_autofree FoveaObjective *objectives = g_new (FoveaObjective, n_images);
  FoveaMaximizeOptions options;
  FoveaNeuron neuron;
  char line[64];

  if (!fovea_neuron_parse (network, address, &neuron, error))
    return FALSE;
  for (guint i = 0; i < n_images; i++, neuron.channel++)
    fovea_objective_init_neuron (&objectives[i], &neuron);
  fovea_maximize_options_init (&options, FOVEA_PRESET_LUCENT, network);
  options.width = (gsize) shape->width;
  options.height = (gsize) shape->height;
  while (fgets (line, sizeof line, stdin) != NULL)
    {
      const int n_times = get_times (line);
      const gint64 start = g_get_monotonic_time ();

      options.steps = (guint) atoi (line);
      for (int i = 0; i < n_times; i++)
        {
          g_autoptr (FoveaMaximizeResult) result = fovea_maximize (network, n_images, objectives, NULL, &options, NULL, NULL, NULL, error);

          if (result == NULL)
            return FALSE;
        }
      printf ("%.4f\n", (double) (g_get_monotonic_time () - start) / 1000 / n_times);
      fflush (stdout);
    }
  return TRUE;
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FoveaNetwork) network = NULL;
  g_autoptr (FoveaGraph) graph = NULL;
  gboolean done = FALSE;

  if (argc == 4 && g_str_equal (argv[1], "network"))
    {
      network = fovea_network_load (argv[2], &error);
      done = network != NULL && serve_plan (fovea_network_get_graph (network), (gsize) atoi (argv[3]), TRUE, &error);
    }
  else if (argc == 5 && g_str_equal (argv[1], "maximize"))
    {
      network = fovea_network_load (argv[2], &error);
      done = network != NULL && serve_maximize (network, argv[3], (guint) atoi (argv[4]), &error);
    }
  else if (argc == 9 && g_str_equal (argv[1], "layer"))
    {
      graph = make_layer (argv + 2, &error);
      done = graph != NULL && serve_plan (graph, (gsize) atoi (argv[8]), FALSE, &error);
    }
  if (!done)
    fprintf (stderr, "bench-plan: %s\n", error != NULL ? error->message : "unknown arguments");
  return done ? 0 : 1;
}
