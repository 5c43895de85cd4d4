/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/visualization-export.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <math.h>

#include "engine/write-file.h"
#include "ui/config.h"
#include "ui/figure-reader.h"

/* A run that has a picture for every image. */
static gboolean
is_complete (FoveaVisualizationRun *run)
{
  if (run == NULL || fovea_run_is_active (FOVEA_RUN (run)))
    return FALSE;
  for (guint i = 0; i < fovea_visualization_run_get_n_images (run); i++)
    if (fovea_visualization_run_get_tensor (run, i) == NULL)
      return FALSE;
  return TRUE;
}

/* The first run with pictures: runs of one figure show one neuron with one seed. */
static FoveaVisualizationRun *
get_first (FoveaVisualizationRun *const *runs, guint n_runs)
{
  for (guint i = 0; i < n_runs; i++)
    if (is_complete (runs[i]))
      return runs[i];
  return NULL;
}

static char *
format_address (FoveaVisualizationRun *run)
{
  FoveaNeuron neuron = *fovea_visualization_run_get_neuron (run);
  const FoveaObjectiveTerm *term = &fovea_visualization_run_get_objective (run)->terms[0];

  if (term->kind == FOVEA_OBJECTIVE_LAYER)
    return g_strdup (fovea_graph_get_node (fovea_network_get_graph (fovea_visualization_run_get_network (run)), (guint) neuron.layer)->name);
  if (term->kind == FOVEA_OBJECTIVE_NEURON)
    {
      neuron.y = term->neuron.y;
      neuron.x = term->neuron.x;
    }
  return fovea_neuron_format (fovea_visualization_run_get_network (run), &neuron);
}

static const char *
describe_objective (FoveaVisualizationRun *run)
{
  const FoveaObjectiveTerm *term = &fovea_visualization_run_get_objective (run)->terms[0];

  switch (term->kind)
    {
    case FOVEA_OBJECTIVE_NEURON:
      return term->neuron.y < 0 ? "centre of the map" : "one position";
    case FOVEA_OBJECTIVE_CHANNEL:
      return "mean of the map";
    case FOVEA_OBJECTIVE_LAYER:
      return "all channels";
    case FOVEA_OBJECTIVE_LOGIT:
      return "logit";
    case FOVEA_OBJECTIVE_DIVERSITY:
    default:
      return "";
    }
}

/* Whether anything but what the caption names differs from the preset. */
static gboolean
differs_from_preset (FoveaVisualizationRun *run)
{
  const FoveaMaximizeOptions *options = fovea_visualization_run_get_options (run);
  g_autoptr (GVariant) chosen = g_variant_ref_sink (fovea_maximize_options_to_variant (options));
  g_autoptr (GVariant) usual = NULL;
  FoveaMaximizeOptions preset;

  fovea_maximize_options_init (&preset, fovea_visualization_run_get_preset (run), fovea_visualization_run_get_network (run));
  preset.seed = options->seed;
  preset.steps = options->steps;
  preset.width = options->width;
  preset.height = options->height;
  usual = g_variant_ref_sink (fovea_maximize_options_to_variant (&preset));
  return !g_variant_equal (chosen, usual);
}

static char *
format_caption (FoveaVisualizationRun *const *runs, guint n_runs)
{
  FoveaVisualizationRun *first = get_first (runs, n_runs);
  g_autofree char *address = format_address (first);
  GString *text = g_string_new (NULL);

  g_string_append_printf (text, "Activation maximization: what excites %s most.", address);
  for (guint i = 0; i < n_runs; i++)
    {
      const FoveaMaximizeOptions *options;

      if (!is_complete (runs[i]))
        continue;
      options = fovea_visualization_run_get_options (runs[i]);
      g_string_append_printf (text, " %s: %s preset%s, %u steps, %u × %u pixels.", fovea_network_get_name (fovea_visualization_run_get_network (runs[i])),
                              fovea_preset_get_name (fovea_visualization_run_get_preset (runs[i])), differs_from_preset (runs[i]) ? " with other options" : "",
                              options->steps, options->width, options->height);
    }
  g_string_append_printf (text, " Seed %" G_GUINT64_FORMAT ". Fovea %s.", fovea_visualization_run_get_options (first)->seed, FOVEA_VERSION);
  return g_string_free (text, FALSE);
}

static guint
count_complete (FoveaVisualizationRun *const *runs, guint n_runs)
{
  guint n = 0;

  for (guint i = 0; i < n_runs; i++)
    n += is_complete (runs[i]);
  return n;
}

/* Runs come in the order of the sides. */
static FoveaFigureAccent
get_accent (guint run)
{
  return run == FOVEA_SIDE_STANDARD ? FOVEA_FIGURE_STANDARD : FOVEA_FIGURE_ROBUST;
}

static gboolean
set_column (FoveaFigure *figure, FoveaVisualizationRun *run, guint column, FoveaFigureAccent accent, GError **error)
{
  FoveaNetwork *network = fovea_visualization_run_get_network (run);
  const FoveaMaximizeOptions *options = fovea_visualization_run_get_options (run);

  for (guint i = 0; i < fovea_visualization_run_get_n_images (run); i++)
    {
      g_autoptr (FoveaImage) image = fovea_image_from_tensor (fovea_visualization_run_get_tensor (run, i), error);
      g_autofree char *text = NULL;
      double activation;

      if (image == NULL)
        return FALSE;
      fovea_visualization_run_get_activation (run, i, &activation);
      text = fovea_figure_describe_image (activation, fovea_visualization_run_is_dead (run, i), fovea_visualization_run_get_step (run), options->steps);
      if (i == 0)
        fovea_figure_set_column (figure, column, fovea_network_get_name (network), fovea_network_get_training (network),
                                 accent, options->width, options->height);
      fovea_figure_set_cell (figure, i, column, fovea_visualization_run_is_dead (run, i) ? NULL : image, text);
    }
  return TRUE;
}

/**
 * fovea_visualization_export_can:
 * @runs: (array length=n_runs): the sides' runs, each of which may be %NULL
 *
 * Returns: whether one of them has ended with pictures
 */
gboolean
fovea_visualization_export_can (FoveaVisualizationRun *const *runs, guint n_runs)
{
  return get_first (runs, n_runs) != NULL;
}

/**
 * fovea_visualization_export_suggest_name:
 *
 * Returns: (transfer full): a file's name for runs that can be exported
 */
char *
fovea_visualization_export_suggest_name (FoveaVisualizationRun *const *runs, guint n_runs)
{
  FoveaVisualizationRun *first = get_first (runs, n_runs);
  g_autofree char *address = format_address (first);

  return g_strconcat (g_strdelimit (address, ":/,\\", '-'), ".png", NULL);
}

/* What stands below the neuron's address in front of an image. */
static char *
format_subtitle (FoveaVisualizationRun *run, guint image)
{
  if (fovea_visualization_run_get_n_images (run) > 1)
    return g_strdup_printf ("%s, image %u", describe_objective (run), image + 1);
  return g_strdup (describe_objective (run));
}

/**
 * fovea_visualization_export_draw:
 * @runs: (array length=n_runs): as fovea_visualization_export_can() wants them
 *
 * Networks that have pictures are columns in the order of @runs, images are rows. Any thread.
 *
 * Returns: (transfer full): the figure, or %NULL
 */
FoveaFigure *
fovea_visualization_export_draw (FoveaVisualizationRun *const *runs, guint n_runs, GError **error)
{
  FoveaVisualizationRun *first = get_first (runs, n_runs);
  guint n_images = fovea_visualization_run_get_n_images (first);
  g_autoptr (FoveaFigure) figure = fovea_figure_new (n_images, count_complete (runs, n_runs));
  g_autofree char *address = format_address (first);
  g_autofree char *caption = format_caption (runs, n_runs);

  for (guint i = 0; i < n_images; i++)
    {
      g_autofree char *subtitle = format_subtitle (first, i);

      fovea_figure_set_row (figure, i, address, subtitle);
    }
  for (guint i = 0, column = 0; i < n_runs; i++)
    if (is_complete (runs[i]) && !set_column (figure, runs[i], column++, get_accent (i), error))
      return NULL;
  fovea_figure_set_caption (figure, caption);
  return g_steal_pointer (&figure);
}

static void
add_string (JsonBuilder *builder, const char *name, const char *value)
{
  json_builder_set_member_name (builder, name);
  if (value != NULL)
    json_builder_add_string_value (builder, value);
  else
    json_builder_add_null_value (builder);
}

/* JSON knows no infinities. */
static void
add_number (JsonBuilder *builder, double value)
{
  if (isfinite (value))
    json_builder_add_double_value (builder, value);
  else
    json_builder_add_null_value (builder);
}

static void
add_network (JsonBuilder *builder, FoveaVisualizationRun *run, FoveaFigureAccent accent)
{
  FoveaNetwork *network = fovea_visualization_run_get_network (run);
  g_autoptr (GVariant) options = g_variant_ref_sink (fovea_maximize_options_to_variant (fovea_visualization_run_get_options (run)));
  const char *path = fovea_network_get_path (network);
  g_autofree char *path_shown = path != NULL ? g_filename_display_name (path) : NULL;

  json_builder_begin_object (builder);
  add_string (builder, "name", fovea_network_get_name (network));
  add_string (builder, "path", path_shown);
  add_string (builder, "sha256", fovea_network_get_sha256 (network));
  add_string (builder, "fingerprint", fovea_network_get_fingerprint (network));
  add_string (builder, "accent", fovea_figure_accent_names[accent]);
  add_string (builder, "preset", fovea_preset_get_name (fovea_visualization_run_get_preset (run)));
  json_builder_set_member_name (builder, "options");
  json_builder_add_value (builder, json_gvariant_serialize (options));
  json_builder_end_object (builder);
}

static void
add_objective (JsonBuilder *builder, FoveaVisualizationRun *run)
{
  const FoveaObjective *objective = fovea_visualization_run_get_objective (run);

  json_builder_set_member_name (builder, "objective");
  json_builder_add_string_value (builder, fovea_objective_kind_get_name (objective->terms[0].kind));
  for (guint i = 1; i < objective->n_terms; i++)
    if (objective->terms[i].kind == FOVEA_OBJECTIVE_DIVERSITY)
      {
        json_builder_set_member_name (builder, "diversity");
        add_number (builder, objective->terms[i].weight);
      }
}

static void
add_result (JsonBuilder *builder, FoveaVisualizationRun *run, guint image)
{
  guint n_values;
  const double *curve = fovea_visualization_run_get_curve (run, image, &n_values);
  double activation;

  json_builder_begin_object (builder);
  add_string (builder, "network", fovea_network_get_name (fovea_visualization_run_get_network (run)));
  json_builder_set_member_name (builder, "steps");
  json_builder_add_int_value (builder, fovea_visualization_run_get_step (run));
  json_builder_set_member_name (builder, "activation");
  if (fovea_visualization_run_get_activation (run, image, &activation))
    add_number (builder, activation);
  else
    json_builder_add_null_value (builder);
  json_builder_set_member_name (builder, "dead");
  json_builder_add_boolean_value (builder, fovea_visualization_run_is_dead (run, image));
  json_builder_set_member_name (builder, "curve");
  json_builder_begin_array (builder);
  for (guint step = 0; step < n_values; step++)
    add_number (builder, curve[step]);
  json_builder_end_array (builder);
  json_builder_end_object (builder);
}

static void
add_image (JsonBuilder *builder, FoveaVisualizationRun *const *runs, guint n_runs, guint image)
{
  FoveaVisualizationRun *first = get_first (runs, n_runs);
  g_autofree char *address = format_address (first);
  g_autofree char *subtitle = format_subtitle (first, image);

  json_builder_begin_object (builder);
  add_string (builder, "neuron", address);
  add_string (builder, "subtitle", subtitle);
  json_builder_set_member_name (builder, "addresses");
  json_builder_begin_array (builder);
  for (guint i = 0; i < n_runs; i++)
    if (is_complete (runs[i]))
      {
        g_autofree char *own = format_address (runs[i]);

        json_builder_add_string_value (builder, own);
      }
  json_builder_end_array (builder);
  add_objective (builder, first);
  json_builder_set_member_name (builder, "stream");
  json_builder_add_int_value (builder, image);
  json_builder_set_member_name (builder, "results");
  json_builder_begin_array (builder);
  for (guint i = 0; i < n_runs; i++)
    if (is_complete (runs[i]))
      add_result (builder, runs[i], image);
  json_builder_end_array (builder);
  json_builder_end_object (builder);
}

/**
 * fovea_visualization_export_describe:
 * @path: the figure's file
 *
 * As `fovea visualize` describes its figures; where several images were made for a neuron, each
 * says which of the seed's streams it drew from.
 *
 * Returns: (transfer full): a JSON document with all that is needed to make the pictures again
 */
char *
fovea_visualization_export_describe (FoveaVisualizationRun *const *runs, guint n_runs, const char *path)
{
  FoveaVisualizationRun *first = get_first (runs, n_runs);
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonGenerator) generator = json_generator_new ();
  g_autoptr (JsonNode) root = NULL;
  g_autofree char *name = g_path_get_basename (path);
  g_autofree char *name_shown = g_filename_display_name (name);
  g_autofree char *text = NULL;
  g_autofree char *caption = format_caption (runs, n_runs);
  gboolean cancelled = FALSE;

  json_builder_begin_object (builder);
  add_string (builder, "fovea", FOVEA_VERSION);
  add_string (builder, "figure", name_shown);
  add_string (builder, "caption", caption);
  json_builder_set_member_name (builder, "width_mm");
  json_builder_add_null_value (builder);
  json_builder_set_member_name (builder, "seed");
  json_builder_add_int_value (builder, (gint64) fovea_visualization_run_get_options (first)->seed);
  json_builder_set_member_name (builder, "networks");
  json_builder_begin_array (builder);
  for (guint i = 0; i < n_runs; i++)
    if (is_complete (runs[i]))
      {
        cancelled = cancelled || fovea_visualization_run_get_state (runs[i]) == FOVEA_VISUALIZATION_STOPPED;
        add_network (builder, runs[i], get_accent (i));
      }
  json_builder_end_array (builder);
  json_builder_set_member_name (builder, "cancelled");
  json_builder_add_boolean_value (builder, cancelled);
  json_builder_set_member_name (builder, "neurons");
  json_builder_begin_array (builder);
  for (guint i = 0; i < fovea_visualization_run_get_n_images (first); i++)
    add_image (builder, runs, n_runs, i);
  json_builder_end_array (builder);
  json_builder_end_object (builder);

  root = json_builder_get_root (builder);
  json_generator_set_root (generator, root);
  json_generator_set_pretty (generator, TRUE);
  text = json_generator_to_data (generator, NULL);
  return g_strconcat (text, "\n", NULL);
}

/**
 * fovea_visualization_export_save:
 * @path: the figure's file, whose ending says the form: `.png`, `.pdf` or `.svg`
 *
 * Writes the figure and, under the same name with the ending `.json`, how it was made. Both files
 * are complete or absent. Any thread; the runs must not be started or dropped meanwhile.
 *
 * Returns: whether both were written
 */
gboolean
fovea_visualization_export_save (FoveaVisualizationRun *const *runs, guint n_runs, const char *path, GError **error)
{
  g_autoptr (FoveaFigure) figure = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *document = NULL;
  g_autofree char *stem = NULL;
  g_autofree char *document_path = NULL;
  gboolean document_existed;
  FoveaFigureFormat format;
  gconstpointer data;
  gsize size;

  if (!fovea_figure_format_from_path (path, &format, error))
    return FALSE;
  figure = fovea_visualization_export_draw (runs, n_runs, error);
  bytes = figure != NULL ? fovea_figure_render (figure, format, error) : NULL;
  if (bytes == NULL)
    return FALSE;

  stem = g_strndup (path, strlen (path) - strlen (fovea_figure_endings[format]));
  document_path = g_strconcat (stem, ".json", NULL);
  document = fovea_visualization_export_describe (runs, n_runs, path);
  document_existed = g_file_test (document_path, G_FILE_TEST_EXISTS);
  if (!fovea_write_file (document_path, document, strlen (document), error))
    return FALSE;
  data = g_bytes_get_data (bytes, &size);
  if (!fovea_write_file (path, data, size, error))
    {
      if (!document_existed)
        g_unlink (document_path);
      return FALSE;
    }
  return TRUE;
}
