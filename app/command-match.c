/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/command.h"

#include <stdlib.h>

#include "app/arguments.h"
#include "app/output.h"
#include "app/progress.h"
#include "app/scan-task.h"
#include "engine/analysis/match.h"
#include "engine/analysis/selectivity.h"
#include "engine/formats/json.h"

static float
get_correlation (const FoveaMatch *match, guint first, int second)
{
  return match->correlations[(gsize) first * match->n_second + (guint) second];
}

static void
add_selectivity (JsonBuilder *builder, FoveaImageSet *set, const FoveaScan *scan, guint channel)
{
  FoveaSelectivity selectivity;

  json_builder_set_member_name (builder, "selectivity");
  if (!fovea_selectivity_compute (scan, channel, &selectivity))
    {
      json_builder_add_null_value (builder);
      return;
    }
  json_builder_begin_object (builder);
  fovea_json_add_string (builder, "class", fovea_image_set_get_class_name (set, selectivity.image_class));
  fovea_json_add_number (builder, "index", selectivity.index);
  json_builder_end_object (builder);
}

static void
print_json (const FoveaScanTask *task, const FoveaMatch *match)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  for (guint n = 0; n < 2; n++)
    {
      FoveaGraph *graph = fovea_network_get_graph (task->networks->pdata[n]);

      json_builder_set_member_name (builder, n == 0 ? "first" : "second");
      json_builder_begin_object (builder);
      fovea_json_add_string (builder, "network", fovea_network_get_name (task->networks->pdata[n]));
      fovea_json_add_string (builder, "layer", fovea_graph_get_node (graph, g_array_index (task->layers[n], guint, 0))->name);
      json_builder_end_object (builder);
    }
  fovea_json_add_string (builder, "images", fovea_image_set_get_name (task->set));
  fovea_json_add_integer (builder, "n_images", (gint64) match->n_images);
  json_builder_set_member_name (builder, "channels");
  json_builder_begin_array (builder);
  for (guint i = 0; i < match->n_first; i++)
    {
      json_builder_begin_object (builder);
      fovea_json_add_integer (builder, "channel", i);
      if (i < match->n_second)
        fovea_json_add_number (builder, "same_index_correlation", get_correlation (match, i, (int) i));
      fovea_json_add_integer (builder, "best", match->best[i]);
      fovea_json_add_number (builder, "best_correlation", get_correlation (match, i, match->best[i]));
      if (match->assigned[i] >= 0)
        {
          fovea_json_add_integer (builder, "assigned", match->assigned[i]);
          fovea_json_add_number (builder, "assigned_correlation", get_correlation (match, i, match->assigned[i]));
        }
      add_selectivity (builder, task->set, task->scans->pdata[0], i);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  fovea_output_print_json (builder);
}

static void
print_text (const FoveaMatch *match)
{
  static const char *const headings[] = { "CHANNEL", "SAME INDEX", "BEST", "CORRELATION", "ASSIGNED", "CORRELATION" };
  g_autoptr (GPtrArray) cells = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < match->n_first; i++)
    {
      g_ptr_array_add (cells, g_strdup_printf ("%u", i));
      g_ptr_array_add (cells, i < match->n_second ? g_strdup_printf ("%.3f", get_correlation (match, i, (int) i)) : g_strdup (""));
      g_ptr_array_add (cells, g_strdup_printf ("%d", match->best[i]));
      g_ptr_array_add (cells, g_strdup_printf ("%.3f", get_correlation (match, i, match->best[i])));
      g_ptr_array_add (cells, match->assigned[i] >= 0 ? g_strdup_printf ("%d", match->assigned[i]) : g_strdup (""));
      g_ptr_array_add (cells, match->assigned[i] >= 0 ? g_strdup_printf ("%.3f", get_correlation (match, i, match->assigned[i])) : g_strdup (""));
    }
  fovea_output_print_table (headings, G_N_ELEMENTS (headings), cells);
}

/* The layer in both networks: --layer once, or once for each. */
static gboolean
add_layers (FoveaScanTask *task, char **names, GError **error)
{
  guint n_names = names ? g_strv_length (names) : 0;

  if (n_names < 1 || n_names > 2)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, "match wants --layer LAYER once, or twice where the networks name it differently");
      return FALSE;
    }
  for (guint n = 0; n < 2; n++)
    {
      const char *name = names[MIN (n, n_names - 1)];
      int layer;

      if (!fovea_arguments_find_layer (task->networks->pdata[n], name, &layer, error))
        return FALSE;
      if (layer < 0)
        {
          g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_ARGUMENT, "%s is the network's input; name one of its layers", name);
          return FALSE;
        }
      fovea_scan_task_add_layer (task, n, layer);
    }
  return TRUE;
}

/**
 * fovea_command_match:
 *
 * `fovea match --network A --network B --layer L --images SET`: which channels correspond.
 */
int
fovea_command_match (int argc, char **argv, GCancellable *cancellable, GError **error)
{
  g_auto (GStrv) layers = NULL;
  g_autofree char *images = NULL;
  const GOptionEntry entries[] = {
    { "images", 'i', 0, G_OPTION_ARG_FILENAME, &images, "A folder of images, or the name of a built-in set", "SET" },
    { "layer", 'l', 0, G_OPTION_ARG_STRING_ARRAY, &layers, "The layer; once more where the second network names it differently", "LAYER" },
    G_OPTION_ENTRY_NULL,
  };
  const FoveaUsage usage = {
    .name = "match",
    .summary = "Finds for each channel of a layer of one network the channel of another network that\n"
               "corresponds to it: the one whose mean activations over the images of a set correlate\n"
               "most with its own, and its partner in the one-to-one assignment with the highest total\n"
               "correlation. The set is scanned where that was not done before.",
    .examples = "Example:\n"
                "  fovea match --network alexnet-64-standard --network alexnet-64-robust --layer conv4 \\\n"
                "      --images photos\n",
    .flags = FOVEA_ARGUMENTS_NETWORKS | FOVEA_ARGUMENTS_JSON | FOVEA_ARGUMENTS_THREADS,
    .entries = entries,
  };
  g_auto (FoveaArguments) arguments = { 0 };
  g_auto (FoveaScanTask) task = { 0 };
  g_autoptr (GPtrArray) networks = NULL;
  g_autoptr (FoveaImageSet) set = NULL;
  g_autoptr (FoveaMatch) match = NULL;
  FoveaProgressBar bar;
  FoveaJob job;

  if (!fovea_arguments_parse (&arguments, &usage, argc, argv, error))
    return EXIT_FAILURE;
  if (g_strv_length (arguments.networks) != 2)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, "match wants --network twice");
      return EXIT_FAILURE;
    }
  networks = fovea_arguments_open_networks (&arguments, error);
  if (!networks)
    return EXIT_FAILURE;
  set = fovea_scan_task_open_set (usage.name, images, cancellable, error);
  if (!set)
    return EXIT_FAILURE;
  fovea_scan_task_init (&task, set, networks);
  if (!add_layers (&task, layers, error) || !fovea_scan_task_run (&task, cancellable, error))
    return EXIT_FAILURE;

  fovea_progress_bar_start_job (&bar, "Matching", cancellable, &job);
  match = fovea_match_compute (task.scans->pdata[0], task.scans->pdata[1], &job, error);
  fovea_progress_bar_finish (&bar);
  if (!match)
    return EXIT_FAILURE;
  if (arguments.json)
    print_json (&task, match);
  else
    print_text (match);
  return EXIT_SUCCESS;
}
