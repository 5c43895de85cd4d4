/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/command.h"

#include <stdlib.h>

#include "app/arguments.h"
#include "app/output.h"
#include "engine/analysis/filters.h"
#include "engine/analysis/maximize.h"
#include "engine/analysis/smoothness.h"
#include "engine/write-file.h"
#include "ui/config.h"
#include "ui/figure.h"

/* What there is of one network. */
typedef struct {
  FoveaNetwork *network; /* not owned */
  int layer;
  FoveaImage *sheet;
  FoveaFilterSmoothness *smoothness;
} Filters;

static void
clear_filters (gpointer data)
{
  Filters *filters = data;

  g_clear_pointer (&filters->sheet, fovea_image_free);
  g_clear_pointer (&filters->smoothness, fovea_filter_smoothness_free);
}

static const char *
get_layer_name (const Filters *filters)
{
  return fovea_graph_get_node (fovea_network_get_graph (filters->network), (guint) filters->layer)->name;
}

static double
get_mean (const double *values, gsize n)
{
  double sum = 0;

  for (gsize i = 0; i < n; i++)
    sum += values[i];
  return sum / (double) n;
}

static gboolean
prepare (Filters *filters, const char *layer_name, guint n_columns, GError **error)
{
  if (!(layer_name ? fovea_arguments_find_layer (filters->network, layer_name, &filters->layer, error)
                   : fovea_filters_find_layer (filters->network, &filters->layer, error)))
    return FALSE;
  filters->sheet = fovea_filters_draw (filters->network, filters->layer, n_columns, error);
  if (!filters->sheet)
    return FALSE;
  filters->smoothness = fovea_filter_smoothness_measure (filters->network, filters->layer, error);
  return filters->smoothness != NULL;
}

static GBytes *
draw_figure (const GArray *all, FoveaFigureFormat format, GError **error)
{
  g_autoptr (FoveaFigure) figure = fovea_figure_new (1, all->len);
  g_autofree char *caption =
    g_strdup_printf ("Filters of the first convolution, in the order of the channels. Grey is 0, and each filter's largest weight is at the "
                     "end of the scale. Fovea %s.",
                     FOVEA_VERSION);

  for (guint n = 0; n < all->len; n++)
    {
      const Filters *filters = &g_array_index (all, Filters, n);
      gboolean robust = fovea_maximize_get_default_preset (filters->network) == FOVEA_PRESET_ROBUST;
      g_autofree char *text =
        g_strdup_printf ("%s, %" G_GSIZE_FORMAT " filters\nmean total variation %.3g,\n%.3g relative to the weights",
                         get_layer_name (filters), filters->smoothness->n_filters,
                         get_mean (filters->smoothness->total_variation, filters->smoothness->n_filters),
                         get_mean (filters->smoothness->relative, filters->smoothness->n_filters));

      fovea_figure_set_column (figure, n, fovea_network_get_name (filters->network), fovea_network_get_training (filters->network),
                               robust ? FOVEA_FIGURE_ROBUST : FOVEA_FIGURE_STANDARD, filters->sheet->width, filters->sheet->height);
      fovea_figure_set_cell (figure, 0, n, filters->sheet, text);
    }
  fovea_figure_set_caption (figure, caption);
  return fovea_figure_render (figure, format, error);
}

/**
 * fovea_command_filters:
 *
 * `fovea filters --network N… --output F`: the first convolutions' filters, networks side by side.
 */
int
fovea_command_filters (int argc, char **argv, GCancellable *cancellable G_GNUC_UNUSED, GError **error)
{
  static const char *const endings[] = { ".png", ".pdf", ".svg", NULL };
  g_autofree char *layer_name = NULL;
  g_autofree char *columns_text = NULL;
  const GOptionEntry entries[] = {
    { "layer", 'l', 0, G_OPTION_ARG_STRING, &layer_name, "Another convolution that reads three colours (default: the first)", "LAYER" },
    { "columns", 0, 0, G_OPTION_ARG_STRING, &columns_text, "Filters in a row (default: as square as can be)", "K" },
    G_OPTION_ENTRY_NULL,
  };
  const FoveaUsage usage = {
    .name = "filters",
    .summary = "Draws the filters of networks' first convolutions side by side. Grey is 0, and each filter's\n"
               "largest weight is at the end of the scale.",
    .examples = "Example:\n"
                "  fovea filters --network alexnet-64-standard --network alexnet-64-robust --output filters.pdf\n",
    .flags = FOVEA_ARGUMENTS_NETWORKS,
    .output_endings = endings,
    .entries = entries,
  };
  g_auto (FoveaArguments) arguments = { 0 };
  g_autoptr (GPtrArray) networks = NULL;
  g_autoptr (GArray) all = g_array_new (FALSE, TRUE, sizeof (Filters));
  g_autoptr (GBytes) bytes = NULL;
  FoveaFigureFormat format;
  gint64 n_columns = 0;

  g_array_set_clear_func (all, clear_filters);
  if (!fovea_arguments_parse (&arguments, &usage, argc, argv, error) ||
      !fovea_arguments_parse_integer ("--columns", columns_text, 1, 4096, &n_columns, error) ||
      !fovea_figure_format_from_path (arguments.output, &format, error))
    return EXIT_FAILURE;
  networks = fovea_arguments_open_networks (&arguments, error);
  if (!networks)
    return EXIT_FAILURE;
  g_array_set_size (all, networks->len);
  for (guint n = 0; n < networks->len; n++)
    {
      Filters *filters = &g_array_index (all, Filters, n);

      filters->network = networks->pdata[n];
      if (!prepare (filters, layer_name, (guint) n_columns, error))
        return EXIT_FAILURE;
    }
  bytes = draw_figure (all, format, error);
  if (!bytes || !fovea_write_file (arguments.output, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), error))
    return EXIT_FAILURE;
  g_print ("%s\n", arguments.output);
  return EXIT_SUCCESS;
}
