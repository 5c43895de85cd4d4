/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/command.h"

#include <stdlib.h>

#include "app/arguments.h"
#include "app/output.h"
#include "app/progress.h"
#include "engine/write-file.h"
#include "ui/figure-maker.h"

/* Images are computed, not taken from the store: that the figure comes out the same is what people ask. */
static GBytes *
make (FoveaFigureRecord *record, GPtrArray *networks, const char *folder, FoveaFigureFormat format, GCancellable *cancellable, GError **error)
{
  g_autoptr (FoveaStore) store = fovea_store_open (NULL, NULL);
  const FoveaFigureCache cache = { .store = store };
  g_autoptr (FoveaFigure) figure = NULL;
  FoveaProgressBar bar;
  FoveaJob job;

  fovea_progress_bar_start_job (&bar, "figure", cancellable, &job);
  figure = fovea_figure_make (record, networks, folder, &cache, NULL, &job, error);
  fovea_progress_bar_finish (&bar);
  return figure ? fovea_figure_render (figure, format, error) : NULL;
}

/**
 * fovea_command_figure:
 *
 * `fovea figure FILE.json`: makes a figure again from the record beside it.
 */
int
fovea_command_figure (int argc, char **argv, GCancellable *cancellable, GError **error)
{
  g_autofree char *width_text = NULL;
  const GOptionEntry entries[] = {
    { "width", 0, 0, G_OPTION_ARG_STRING, &width_text, "How wide the figure is on paper, in millimetres (default: as recorded)", "MM" },
    G_OPTION_ENTRY_NULL,
  };
  const FoveaUsage usage = {
    .name = "figure",
    .parameters = "FILE.json",
    .min_parameters = 1,
    .max_parameters = 1,
    .summary = "Makes a figure again from the JSON file that was written beside it, by 'fovea visualize' or by\n"
               "the window, to the same bytes. All is computed anew. Networks and image sets have to be the\n"
               "same as then. Without --output it writes the file that the record names, beside the record;\n"
               "the ending of --output chooses another form, --width another size on paper.",
    .examples = "Examples:\n"
                "  fovea figure figure.json\n"
                "  fovea figure figure.json --width 85 --output column.pdf\n",
    .flags = FOVEA_ARGUMENTS_THREADS | FOVEA_ARGUMENTS_OVERRIDES | FOVEA_ARGUMENTS_OUTPUT_OPTIONAL,
    .output_endings = fovea_figure_endings,
    .entries = entries,
  };
  g_auto (FoveaArguments) arguments = { 0 };
  g_autoptr (FoveaFigureRecord) record = NULL;
  g_autoptr (GPtrArray) networks = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *folder = NULL;
  g_autofree char *output = NULL;
  g_autofree char *shown = NULL;
  FoveaFigureFormat format;
  double width = 0;

  if (!fovea_arguments_parse (&arguments, &usage, argc, argv, error) ||
      !fovea_arguments_parse_number ("--width", width_text, FOVEA_FIGURE_MINIMUM_WIDTH, FOVEA_FIGURE_MAXIMUM_WIDTH, &width, error))
    return EXIT_FAILURE;
  record = fovea_figure_record_read (arguments.parameters[0], error);
  if (!record)
    return EXIT_FAILURE;
  if (width > 0)
    record->width_mm = width;
  folder = g_path_get_dirname (arguments.parameters[0]);
  output = arguments.output ? g_strdup (arguments.output) : g_build_filename (folder, record->figure, NULL);
  if (!fovea_figure_format_from_path (output, &format, error) || !fovea_output_check (output, NULL, error))
    return EXIT_FAILURE;
  g_free (record->figure);
  record->figure = g_path_get_basename (output);
  networks = fovea_figure_record_open_networks (record, folder, &arguments.overrides, error);
  bytes = networks ? make (record, networks, folder, format, cancellable, error) : NULL;
  if (!bytes || !fovea_write_file (output, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), error))
    return EXIT_FAILURE;
  shown = g_filename_display_name (output);
  g_print ("%s: the figure\n", shown);
  return EXIT_SUCCESS;
}
