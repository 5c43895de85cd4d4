/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/command.h"

#include <stdlib.h>

#include "app/arguments.h"
#include "app/output.h"
#include "app/scan-task.h"
#include "engine/analysis/maximize.h"
#include "engine/analysis/patches.h"
#include "engine/formats/json.h"
#include "engine/write-file.h"
#include "ui/figure.h"
#include "ui/patch-grid.h"

/* One channel of one layer that was asked for. */
typedef struct {
  char *layer_name;
  guint channel;
} Row;

typedef struct {
  FoveaScanTask task;
  GArray *rows; /* Row */
  int *layers;  /* [network][row] */
  guint count;
} Sheet;

static void
clear_row (gpointer data)
{
  g_free (((Row *) data)->layer_name);
}

static void
clear_sheet (Sheet *sheet)
{
  fovea_scan_task_clear (&sheet->task);
  g_clear_pointer (&sheet->rows, g_array_unref);
  g_clear_pointer (&sheet->layers, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Sheet, clear_sheet)

static void
add_row (Sheet *sheet, const char *layer_name, guint channel)
{
  const Row row = { g_strdup (layer_name), channel };

  g_array_append_val (sheet->rows, row);
}

/* The rows of NEURON, which the first network has to have. */
static gboolean
add_neuron (Sheet *sheet, const char *address, GError **error)
{
  const FoveaNetwork *network = sheet->task.networks->pdata[0];
  FoveaNeuron neuron;

  if (!fovea_neuron_parse (network, address, &neuron, error))
    return FALSE;
  if (neuron.y >= 0)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_ARGUMENT, "%s: patches are those of a channel at all positions; leave the position out", address);
      return FALSE;
    }
  if (neuron.layer < 0)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_ARGUMENT, "%s: is a channel of the network's input; name one of its layers", address);
      return FALSE;
    }
  add_row (sheet, fovea_graph_get_node (fovea_network_get_graph (network), (guint) neuron.layer)->name, (guint) neuron.channel);
  return TRUE;
}

static gboolean
add_rows (Sheet *sheet, char **layers, char **neurons, GError **error)
{
  const FoveaNetwork *network = sheet->task.networks->pdata[0];

  for (guint i = 0; neurons && neurons[i]; i++)
    if (!add_neuron (sheet, neurons[i], error))
      return FALSE;
  for (guint i = 0; layers && layers[i]; i++)
    {
      int layer;

      if (!fovea_arguments_find_layer (network, layers[i], &layer, error))
        return FALSE;
      if (layer < 0)
        {
          g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_ARGUMENT, "%s is the network's input; name one of its layers", layers[i]);
          return FALSE;
        }
      for (gint64 c = 0; c < fovea_graph_get_shape (fovea_network_get_graph (network), (guint) layer)->channels; c++)
        add_row (sheet, layers[i], (guint) c);
    }
  return TRUE;
}

/* Finds each row's layer and channel in each network, and adds the layers to what is scanned. */
static gboolean
find_layers (Sheet *sheet, GError **error)
{
  FoveaScanTask *task = &sheet->task;

  sheet->layers = g_new (int, (gsize) task->networks->len * sheet->rows->len);
  for (guint n = 0; n < task->networks->len; n++)
    for (guint i = 0; i < sheet->rows->len; i++)
      {
        const FoveaNetwork *network = task->networks->pdata[n];
        const Row *row = &g_array_index (sheet->rows, Row, i);
        int *layer = &sheet->layers[n * sheet->rows->len + i];
        gint64 n_channels;

        if (!fovea_arguments_find_layer (network, row->layer_name, layer, error))
          return FALSE;
        n_channels = fovea_graph_get_shape (fovea_network_get_graph (network), (guint) *layer)->channels;
        if (row->channel >= n_channels)
          {
            g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND, "%s: layer %s has %" G_GINT64_FORMAT " channels, so there is no channel %u",
                         fovea_network_get_name (network), row->layer_name, n_channels, row->channel);
            return FALSE;
          }
        fovea_scan_task_add_layer (task, n, *layer);
      }
  return TRUE;
}

static const FoveaScanHit *
get_hits (const Sheet *sheet, guint network, guint row, guint *n_hits)
{
  const FoveaScan *scan = fovea_scan_task_get_scan (&sheet->task, network, sheet->layers[network * sheet->rows->len + row]);
  const FoveaScanHit *hits = fovea_scan_get_hits (scan, g_array_index (sheet->rows, Row, row).channel, n_hits);

  *n_hits = MIN (*n_hits, sheet->count);
  return hits;
}

/* One line each for a whole layer. */
static void
choose_grid (const Sheet *sheet, guint *n_columns, guint *n_rows)
{
  fovea_patch_grid_choose (sheet->count, n_columns, n_rows);
  if (sheet->rows->len > 16)
    {
      *n_columns = sheet->count;
      *n_rows = 1;
    }
}

static FoveaFigure *
begin_figure (const Sheet *sheet, guint n_columns, guint n_rows)
{
  FoveaFigure *figure = fovea_figure_new (sheet->rows->len, sheet->task.networks->len);
  g_autofree char *caption = g_strdup_printf ("The %u strongest places of each channel among the %" G_GSIZE_FORMAT " images of %s; patches are the receptive field.",
                                              sheet->count, fovea_image_set_get_n_images (sheet->task.set), fovea_image_set_get_name (sheet->task.set));

  for (guint n = 0; n < sheet->task.networks->len; n++)
    {
      const FoveaNetwork *network = sheet->task.networks->pdata[n];
      gboolean is_robust = fovea_maximize_get_default_preset (network) == FOVEA_PRESET_ROBUST;

      fovea_figure_set_column (figure, n, fovea_network_get_name (network), fovea_network_get_training (network),
                               is_robust ? FOVEA_FIGURE_ROBUST : FOVEA_FIGURE_STANDARD,
                               fovea_patch_grid_get_length (n_columns), fovea_patch_grid_get_length (n_rows));
    }
  for (guint i = 0; i < sheet->rows->len; i++)
    {
      const Row *row = &g_array_index (sheet->rows, Row, i);
      g_autofree char *title = g_strdup_printf ("%s:%u", row->layer_name, row->channel);

      fovea_figure_set_row (figure, i, title, NULL);
    }
  fovea_figure_set_caption (figure, caption);
  return figure;
}

static gboolean
write_sheet (const Sheet *sheet, FoveaFigure *figure, guint n_columns, guint n_rows, const char *path, FoveaFigureFormat format, GCancellable *cancellable, GError **error)
{
  g_autoptr (GBytes) bytes = NULL;

  for (guint i = 0; i < sheet->rows->len; i++)
    for (guint n = 0; n < sheet->task.networks->len; n++)
      {
        guint n_hits;
        const FoveaScanHit *hits = get_hits (sheet, n, i, &n_hits);
        g_autofree char *text = fovea_patch_grid_describe (n_hits, hits);
        g_autoptr (FoveaImage) cell = NULL;

        if (g_cancellable_set_error_if_cancelled (cancellable, error))
          return FALSE;
        cell = fovea_patch_grid_draw (sheet->task.set, sheet->task.networks->pdata[n], sheet->layers[n * sheet->rows->len + i],
                                      n_hits, hits, n_columns, n_rows, error);
        if (!cell)
          return FALSE;
        fovea_figure_set_cell (figure, i, n, cell, text);
      }
  bytes = fovea_figure_render (figure, format, error);
  return bytes && fovea_write_file (path, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), error);
}

static void
add_box (JsonBuilder *builder, const char *name, const gint64 box[4])
{
  json_builder_set_member_name (builder, name);
  json_builder_begin_array (builder);
  for (guint i = 0; i < 4; i++)
    json_builder_add_int_value (builder, box[i]);
  json_builder_end_array (builder);
}

static void
add_patch (JsonBuilder *builder, const Sheet *sheet, const FoveaNetwork *network, int layer, const FoveaScanHit *hit)
{
  FoveaImageSet *set = sheet->task.set;
  g_autofree char *name = g_filename_display_name (fovea_image_set_get_image_name (set, hit->image));
  int image_class = fovea_image_set_get_image_class (set, hit->image);
  gint64 box[4];

  fovea_patch_get_box (network, layer, hit->y, hit->x, box);
  json_builder_begin_object (builder);
  fovea_json_add_string (builder, "image", name);
  fovea_json_add_string (builder, "class", image_class >= 0 ? fovea_image_set_get_class_name (set, (guint) image_class) : NULL);
  fovea_json_add_number (builder, "activation", hit->activation);
  fovea_json_add_integer (builder, "y", hit->y);
  fovea_json_add_integer (builder, "x", hit->x);
  add_box (builder, "box", box);
  json_builder_end_object (builder);
}

static void
print_json (const Sheet *sheet)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_array (builder);
  for (guint n = 0; n < sheet->task.networks->len; n++)
    for (guint i = 0; i < sheet->rows->len; i++)
      {
        const FoveaNetwork *network = sheet->task.networks->pdata[n];
        const Row *row = &g_array_index (sheet->rows, Row, i);
        g_autofree char *neuron = g_strdup_printf ("%s:%u", row->layer_name, row->channel);
        guint n_hits;
        const FoveaScanHit *hits = get_hits (sheet, n, i, &n_hits);

        json_builder_begin_object (builder);
        fovea_json_add_string (builder, "network", fovea_network_get_name (network));
        fovea_json_add_string (builder, "neuron", neuron);
        json_builder_set_member_name (builder, "patches");
        json_builder_begin_array (builder);
        for (guint k = 0; k < n_hits; k++)
          add_patch (builder, sheet, network, sheet->layers[n * sheet->rows->len + i], &hits[k]);
        json_builder_end_array (builder);
        json_builder_end_object (builder);
      }
  json_builder_end_array (builder);
  fovea_output_print_json (builder);
}

static void
print_text (const Sheet *sheet)
{
  static const char *const headings[] = { "NETWORK", "NEURON", "ACTIVATION", "Y", "X", "IMAGE" };
  g_autoptr (GPtrArray) cells = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < sheet->rows->len; i++)
    for (guint n = 0; n < sheet->task.networks->len; n++)
      {
        const Row *row = &g_array_index (sheet->rows, Row, i);
        guint n_hits;
        const FoveaScanHit *hits = get_hits (sheet, n, i, &n_hits);

        for (guint k = 0; k < n_hits; k++)
          {
            g_ptr_array_add (cells, g_strdup (fovea_network_get_name (sheet->task.networks->pdata[n])));
            g_ptr_array_add (cells, g_strdup_printf ("%s:%u", row->layer_name, row->channel));
            g_ptr_array_add (cells, g_strdup_printf ("%.6g", hits[k].activation));
            g_ptr_array_add (cells, g_strdup_printf ("%u", hits[k].y));
            g_ptr_array_add (cells, g_strdup_printf ("%u", hits[k].x));
            g_ptr_array_add (cells, g_filename_display_name (fovea_image_set_get_image_name (sheet->task.set, hits[k].image)));
          }
      }
  fovea_output_print_table (headings, G_N_ELEMENTS (headings), cells);
}

static gboolean
run (Sheet *sheet, const FoveaArguments *arguments, GCancellable *cancellable, GError **error)
{
  g_autoptr (FoveaFigure) figure = NULL;
  FoveaFigureFormat format = FOVEA_FIGURE_PNG;
  guint n_columns, n_rows;

  choose_grid (sheet, &n_columns, &n_rows);
  if (arguments->output)
    {
      /* Whether there is room for it is known before the scan. */
      figure = begin_figure (sheet, n_columns, n_rows);
      if (!fovea_figure_format_from_path (arguments->output, &format, error) || !fovea_figure_check (figure, format, error))
        return FALSE;
    }
  if (!fovea_scan_task_run (&sheet->task, cancellable, error) ||
      (figure && !write_sheet (sheet, figure, n_columns, n_rows, arguments->output, format, cancellable, error)))
    return FALSE;
  if (arguments->json)
    print_json (sheet);
  else if (figure)
    {
      g_autofree char *shown = g_filename_display_name (arguments->output);

      g_print ("%s: patches of %u channels\n", shown, sheet->rows->len);
    }
  else
    print_text (sheet);
  return TRUE;
}

/**
 * fovea_command_patches:
 *
 * `fovea patches --network N… --layer L|--neuron NEURON… --images SET`: what in a set excites channels most.
 */
int
fovea_command_patches (int argc, char **argv, GCancellable *cancellable, GError **error)
{
  g_auto (GStrv) layers = NULL;
  g_auto (GStrv) neurons = NULL;
  g_autofree char *images = NULL;
  g_autofree char *count_text = NULL;
  g_autofree char *hits_text = NULL;
  const GOptionEntry entries[] = {
    { "images", 'i', 0, G_OPTION_ARG_FILENAME, &images, "A folder of images, or the name of a built-in set", "SET" },
    { "layer", 'l', 0, G_OPTION_ARG_STRING_ARRAY, &layers, "All channels of this layer; repeat it for several", "LAYER" },
    { "neuron", 0, 0, G_OPTION_ARG_STRING_ARRAY, &neurons, "One channel, LAYER:CHANNEL; repeat it for several", "NEURON" },
    { "count", 0, 0, G_OPTION_ARG_STRING, &count_text, "How many patches of each channel (default 9, at most 49)", "K" },
    { "hits-per-image", 0, 0, G_OPTION_ARG_STRING, &hits_text, "How many of them may lie in one image (default 1)", "N" },
    G_OPTION_ENTRY_NULL,
  };
  const FoveaUsage usage = {
    .name = "patches",
    .summary = "Shows for channels where in an image set they are strongest, as a sheet of patches cut to\n"
               "the receptive field. The set is scanned where that was not done before. Without --output\n"
               "it lists the places.",
    .examples = "Example:\n"
                "  fovea patches --network alexnet-64-standard --network alexnet-64-robust --neuron conv3:42 \\\n"
                "      --images photos --output patches.png\n",
    .flags = FOVEA_ARGUMENTS_NETWORKS | FOVEA_ARGUMENTS_JSON | FOVEA_ARGUMENTS_THREADS | FOVEA_ARGUMENTS_OUTPUT_OPTIONAL,
    .output_endings = fovea_figure_endings,
    .entries = entries,
  };
  g_auto (FoveaArguments) arguments = { 0 };
  g_auto (Sheet) sheet = { 0 };
  g_autoptr (GPtrArray) networks = NULL;
  g_autoptr (FoveaImageSet) set = NULL;
  gint64 count = 9, hits_per_image = 1;

  if (!fovea_arguments_parse (&arguments, &usage, argc, argv, error) ||
      !fovea_arguments_parse_integer ("--count", count_text, 1, FOVEA_SCAN_N_TOP, &count, error) ||
      !fovea_arguments_parse_integer ("--hits-per-image", hits_text, 1, FOVEA_SCAN_N_TOP, &hits_per_image, error))
    return EXIT_FAILURE;
  if (!layers && !neurons)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, "patches wants --layer LAYER or --neuron NEURON");
      return EXIT_FAILURE;
    }
  networks = fovea_arguments_open_networks (&arguments, error);
  if (!networks)
    return EXIT_FAILURE;
  set = fovea_scan_task_open_set (usage.name, images, cancellable, error);
  if (!set)
    return EXIT_FAILURE;
  fovea_scan_task_init (&sheet.task, set, networks);
  sheet.task.options.hits_per_image = (guint) hits_per_image;
  sheet.count = (guint) count;
  sheet.rows = g_array_new (FALSE, FALSE, sizeof (Row));
  g_array_set_clear_func (sheet.rows, clear_row);
  if (!add_rows (&sheet, layers, neurons, error) ||
      !find_layers (&sheet, error) ||
      !run (&sheet, &arguments, cancellable, error))
    return EXIT_FAILURE;
  return EXIT_SUCCESS;
}
