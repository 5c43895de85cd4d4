/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/command.h"

#include <stdlib.h>

#include "app/arguments.h"
#include "app/output.h"
#include "app/scan-task.h"
#include "engine/formats/json.h"

/* Channels that are nowhere above 0. */
static guint
count_silent (const FoveaScan *scan)
{
  guint n_silent = 0;

  for (guint c = 0; c < fovea_scan_get_n_channels (scan); c++)
    {
      FoveaScanChannel channel;

      fovea_scan_get_channel (scan, c, &channel);
      n_silent += channel.maximum <= 0;
    }
  return n_silent;
}

static void
add_channels (JsonBuilder *builder, const FoveaScan *scan)
{
  json_builder_set_member_name (builder, "channels");
  json_builder_begin_array (builder);
  for (guint c = 0; c < fovea_scan_get_n_channels (scan); c++)
    {
      FoveaScanChannel channel;

      fovea_scan_get_channel (scan, c, &channel);
      json_builder_begin_object (builder);
      fovea_json_add_number (builder, "minimum", channel.minimum);
      fovea_json_add_number (builder, "maximum", channel.maximum);
      fovea_json_add_number (builder, "mean", channel.mean);
      fovea_json_add_number (builder, "active", channel.active);
      fovea_json_add_number (builder, "median", fovea_scan_get_quantile (scan, c, 0.5));
      fovea_json_add_number (builder, "quantile_995", fovea_scan_get_quantile (scan, c, 0.995));
      fovea_json_add_integer (builder, "n_invalid", channel.n_invalid);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

static void
add_unreadable (JsonBuilder *builder, FoveaImageSet *set, const FoveaScan *scan)
{
  json_builder_set_member_name (builder, "unreadable");
  json_builder_begin_array (builder);
  for (gsize i = 0; i < fovea_scan_get_n_unreadable (scan); i++)
    {
      const char *reason;
      gsize image = fovea_scan_get_unreadable (scan, i, &reason);
      g_autofree char *name = g_filename_display_name (fovea_image_set_get_image_name (set, image));

      json_builder_begin_object (builder);
      fovea_json_add_string (builder, "image", name);
      fovea_json_add_string (builder, "reason", reason ? reason : "");
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

static void
print_json (const FoveaScanTask *task)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  guint index = 0;

  json_builder_begin_object (builder);
  fovea_json_add_string (builder, "images", fovea_image_set_get_name (task->set));
  fovea_json_add_string (builder, "fingerprint", fovea_image_set_get_fingerprint (task->set));
  fovea_json_add_integer (builder, "n_images", fovea_image_set_get_n_images (task->set));
  fovea_json_add_integer (builder, "n_scanned", task->n_images);
  fovea_json_add_number (builder, "seconds", task->seconds);
  add_unreadable (builder, task->set, task->scans->pdata[0]);
  json_builder_set_member_name (builder, "layers");
  json_builder_begin_array (builder);
  for (guint n = 0; n < task->networks->len; n++)
    for (guint i = 0; i < task->layers[n]->len; i++)
      {
        FoveaGraph *graph = fovea_network_get_graph (task->networks->pdata[n]);

        json_builder_begin_object (builder);
        fovea_json_add_string (builder, "network", fovea_network_get_name (task->networks->pdata[n]));
        fovea_json_add_string (builder, "layer", fovea_graph_get_node (graph, g_array_index (task->layers[n], guint, i))->name);
        add_channels (builder, task->scans->pdata[index++]);
        json_builder_end_object (builder);
      }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  fovea_output_print_json (builder);
}

static void
print_text (const FoveaScanTask *task)
{
  static const char *const headings[] = { "NETWORK", "LAYER", "CHANNELS", "NEVER ACTIVE" };
  g_autoptr (GPtrArray) cells = g_ptr_array_new_with_free_func (g_free);
  const FoveaScan *first = task->scans->pdata[0];
  gsize n_unreadable = fovea_scan_get_n_unreadable (first);
  guint index = 0;

  for (guint n = 0; n < task->networks->len; n++)
    for (guint i = 0; i < task->layers[n]->len; i++)
      {
        const FoveaScan *scan = task->scans->pdata[index++];
        FoveaGraph *graph = fovea_network_get_graph (task->networks->pdata[n]);

        g_ptr_array_add (cells, g_strdup (fovea_network_get_name (task->networks->pdata[n])));
        g_ptr_array_add (cells, g_strdup (fovea_graph_get_node (graph, g_array_index (task->layers[n], guint, i))->name));
        g_ptr_array_add (cells, g_strdup_printf ("%u", fovea_scan_get_n_channels (scan)));
        g_ptr_array_add (cells, g_strdup_printf ("%u", count_silent (scan)));
      }
  fovea_output_print_table (headings, G_N_ELEMENTS (headings), cells);
  if (task->n_images > 0)
    g_print ("%" G_GSIZE_FORMAT " images in %.1f s, %.1f images/s\n", task->n_images, task->seconds, (double) task->n_images / task->seconds);
  else
    g_print ("%" G_GSIZE_FORMAT " images, scanned before\n", fovea_image_set_get_n_images (task->set));
  for (gsize i = 0; i < n_unreadable; i++)
    {
      const char *reason;
      gsize image = fovea_scan_get_unreadable (first, i, &reason);
      g_autofree char *name = g_filename_display_name (fovea_image_set_get_image_name (task->set, image));

      g_print ("not read: %s\n", reason ? reason : name);
    }
}

/**
 * fovea_command_scan:
 *
 * `fovea scan --network N… --images SET`: one pass over an image set, kept for patches, match and the window.
 */
int
fovea_command_scan (int argc, char **argv, GCancellable *cancellable, GError **error)
{
  g_auto (GStrv) layer_names = NULL;
  g_autofree char *images = NULL;
  g_autofree char *hits_text = NULL;
  const GOptionEntry entries[] = {
    { "images", 'i', 0, G_OPTION_ARG_FILENAME, &images, "A folder of images, or the name of a built-in set", "SET" },
    { "layer", 'l', 0, G_OPTION_ARG_STRING_ARRAY, &layer_names, "A layer to scan (default: every convolution); repeat it for several", "LAYER" },
    { "hits-per-image", 0, 0, G_OPTION_ARG_STRING, &hits_text, "How many of a channel's strongest places may lie in one image (default 1)", "N" },
    G_OPTION_ENTRY_NULL,
  };
  const FoveaUsage usage = {
    .name = "scan",
    .summary = "Goes through an image set once and keeps, for every channel of the layers, the 49\n"
               "strongest places, the distribution of its activations, and its mean activation for\n"
               "every image and class. What was done is kept every few seconds; a scan that was\n"
               "stopped goes on where it was. 'fovea patches', 'fovea match' and the window use it.",
    .examples = "Example:\n"
                "  fovea scan --network alexnet-64-standard --network alexnet-64-robust --images photos\n",
    .flags = FOVEA_ARGUMENTS_NETWORKS | FOVEA_ARGUMENTS_JSON | FOVEA_ARGUMENTS_THREADS,
    .entries = entries,
  };
  g_auto (FoveaArguments) arguments = { 0 };
  g_auto (FoveaScanTask) task = { 0 };
  g_autoptr (GPtrArray) networks = NULL;
  g_autoptr (FoveaImageSet) set = NULL;
  gint64 hits_per_image = 1;

  if (!fovea_arguments_parse (&arguments, &usage, argc, argv, error) ||
      !fovea_arguments_parse_integer ("--hits-per-image", hits_text, 1, FOVEA_SCAN_N_TOP, &hits_per_image, error))
    return EXIT_FAILURE;
  networks = fovea_arguments_open_networks (&arguments, error);
  if (!networks)
    return EXIT_FAILURE;
  set = fovea_scan_task_open_set (usage.name, images, cancellable, error);
  if (!set)
    return EXIT_FAILURE;
  fovea_scan_task_init (&task, set, networks);
  task.options.hits_per_image = (guint) hits_per_image;
  if (!fovea_scan_task_add_layers (&task, layer_names, error) ||
      !fovea_scan_task_run (&task, cancellable, error))
    return EXIT_FAILURE;
  if (arguments.json)
    print_json (&task);
  else
    print_text (&task);
  return EXIT_SUCCESS;
}
