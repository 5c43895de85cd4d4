/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/figure-record.h"

#include <json-glib/json-glib.h>

#include "ui/config.h"
#include "ui/figure-reader.h"

static void
free_network (gpointer data)
{
  FoveaFigureNetwork *network = data;

  g_free (network->name);
  g_free (network->path);
  g_free (network->sha256);
  g_free (network->fingerprint);
  g_free (network->start);
  g_free (network);
}

static void
free_row (gpointer data)
{
  FoveaFigureRow *row = data;

  g_free (row->title);
  g_free (row->subtitle);
  g_strfreev (row->addresses);
  g_free (row->steps);
  g_free (row);
}

static void
free_view (gpointer data)
{
  FoveaFigureView *view = data;

  g_free (view->images);
  g_free (view->fingerprint);
  g_free (view);
}

/**
 * fovea_figure_record_new:
 *
 * Returns: (transfer full): a record without networks, views and rows
 */
FoveaFigureRecord *
fovea_figure_record_new (void)
{
  FoveaFigureRecord *record = g_new0 (FoveaFigureRecord, 1);

  record->resolution = FOVEA_FIGURE_RESOLUTION;
  record->networks = g_ptr_array_new_with_free_func (free_network);
  record->views = g_ptr_array_new_with_free_func (free_view);
  record->rows = g_ptr_array_new_with_free_func (free_row);
  return record;
}

/**
 * fovea_figure_record_free:
 * @record: (nullable): a record
 */
void
fovea_figure_record_free (FoveaFigureRecord *record)
{
  if (!record)
    return;
  g_free (record->figure);
  g_free (record->caption);
  g_free (record->start);
  g_ptr_array_unref (record->networks);
  g_ptr_array_unref (record->views);
  g_ptr_array_unref (record->rows);
  g_free (record);
}

/**
 * fovea_figure_record_add_network:
 * @network: a network
 * @preset: with what its images are optimized; its usual options
 *
 * Returns: (transfer none): its entry
 */
FoveaFigureNetwork *
fovea_figure_record_add_network (FoveaFigureRecord *record, const FoveaNetwork *network, FoveaFigureAccent accent, FoveaPreset preset)
{
  FoveaFigureNetwork *entry = g_new0 (FoveaFigureNetwork, 1);

  entry->name = g_strdup (fovea_network_get_name (network));
  entry->path = fovea_network_get_path (network) ? g_filename_display_name (fovea_network_get_path (network)) : NULL;
  entry->sha256 = g_strdup (fovea_network_get_sha256 (network));
  entry->fingerprint = g_strdup (fovea_network_get_fingerprint (network));
  entry->accent = accent;
  entry->preset = preset;
  entry->start = g_strdup ("noise");
  fovea_maximize_options_init (&entry->options, preset, network);
  g_ptr_array_add (record->networks, entry);
  return entry;
}

/**
 * fovea_figure_record_add_row:
 *
 * Returns: (transfer none): an entry without addresses
 */
FoveaFigureRow *
fovea_figure_record_add_row (FoveaFigureRecord *record, const char *title, const char *subtitle)
{
  FoveaFigureRow *row = g_new0 (FoveaFigureRow, 1);

  row->title = g_strdup (title);
  row->subtitle = g_strdup (subtitle);
  g_ptr_array_add (record->rows, row);
  return row;
}

/**
 * fovea_figure_record_add_view:
 *
 * Returns: (transfer none): an entry without images
 */
FoveaFigureView *
fovea_figure_record_add_view (FoveaFigureRecord *record, FoveaFigureViewKind kind)
{
  FoveaFigureView *view = g_new0 (FoveaFigureView, 1);

  view->kind = kind;
  g_ptr_array_add (record->views, view);
  return view;
}

static void
add_string (JsonBuilder *builder, const char *name, const char *value)
{
  json_builder_set_member_name (builder, name);
  if (value)
    json_builder_add_string_value (builder, value);
  else
    json_builder_add_null_value (builder);
}

static void
add_network (JsonBuilder *builder, const FoveaFigureNetwork *network)
{
  g_autoptr (GVariant) options = g_variant_ref_sink (fovea_maximize_options_to_variant (&network->options));

  json_builder_begin_object (builder);
  add_string (builder, "name", network->name);
  add_string (builder, "path", network->path);
  add_string (builder, "sha256", network->sha256);
  add_string (builder, "fingerprint", network->fingerprint);
  add_string (builder, "accent", fovea_figure_accent_names[network->accent]);
  add_string (builder, "preset", fovea_preset_get_name (network->preset));
  json_builder_set_member_name (builder, "options");
  json_builder_add_value (builder, json_gvariant_serialize (options));
  json_builder_end_object (builder);
}

static void
add_view (JsonBuilder *builder, const FoveaFigureView *view)
{
  json_builder_begin_object (builder);
  add_string (builder, "view", fovea_figure_view_names[view->kind]);
  if (view->kind == FOVEA_FIGURE_PATCHES)
    {
      add_string (builder, "images", view->images);
      add_string (builder, "fingerprint", view->fingerprint);
      json_builder_set_member_name (builder, "count");
      json_builder_add_int_value (builder, view->count);
    }
  if (view->missing)
    {
      json_builder_set_member_name (builder, "missing");
      json_builder_add_boolean_value (builder, TRUE);
    }
  json_builder_end_object (builder);
}

/* How far each network's image was, as `fovea visualize` says it. */
static void
add_results (JsonBuilder *builder, const FoveaFigureRecord *record, const FoveaFigureRow *row)
{
  json_builder_set_member_name (builder, "results");
  json_builder_begin_array (builder);
  for (guint n = 0; n < record->networks->len; n++)
    {
      json_builder_begin_object (builder);
      add_string (builder, "network", ((FoveaFigureNetwork *) record->networks->pdata[n])->name);
      json_builder_set_member_name (builder, "steps");
      json_builder_add_int_value (builder, row->steps[n]);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

static void
add_row (JsonBuilder *builder, const FoveaFigureRecord *record, const FoveaFigureRow *row)
{
  json_builder_begin_object (builder);
  add_string (builder, "label", row->title);
  add_string (builder, "subtitle", row->subtitle);
  json_builder_set_member_name (builder, "addresses");
  json_builder_begin_array (builder);
  for (guint n = 0; row->addresses[n]; n++)
    json_builder_add_string_value (builder, row->addresses[n]);
  json_builder_end_array (builder);
  add_string (builder, "objective", fovea_objective_kind_get_name (row->objective));
  if (row->diversity > 0)
    {
      json_builder_set_member_name (builder, "diversity");
      json_builder_add_double_value (builder, row->diversity);
    }
  json_builder_set_member_name (builder, "stream");
  json_builder_add_int_value (builder, row->stream);
  if (row->steps)
    add_results (builder, record, row);
  json_builder_end_object (builder);
}

/**
 * fovea_figure_record_format:
 *
 * Says nothing of the moment, the machine and the threads: the same figure has the same record.
 *
 * Returns: (transfer full): the JSON text, which fovea_figure_record_parse() understands
 */
char *
fovea_figure_record_format (const FoveaFigureRecord *record)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;
  g_autofree char *text = NULL;

  json_builder_begin_object (builder);
  add_string (builder, "fovea", FOVEA_VERSION);
  add_string (builder, "figure", record->figure);
  add_string (builder, "caption", record->caption);
  json_builder_set_member_name (builder, "width_mm");
  if (record->width_mm > 0)
    json_builder_add_double_value (builder, record->width_mm);
  else
    json_builder_add_null_value (builder);
  json_builder_set_member_name (builder, "resolution");
  json_builder_add_int_value (builder, record->resolution);
  add_string (builder, "start", record->start);
  json_builder_set_member_name (builder, "cancelled");
  json_builder_add_boolean_value (builder, record->cancelled);

  json_builder_set_member_name (builder, "networks");
  json_builder_begin_array (builder);
  for (guint i = 0; i < record->networks->len; i++)
    add_network (builder, record->networks->pdata[i]);
  json_builder_end_array (builder);
  json_builder_set_member_name (builder, "views");
  json_builder_begin_array (builder);
  for (guint i = 0; i < record->views->len; i++)
    add_view (builder, record->views->pdata[i]);
  json_builder_end_array (builder);
  json_builder_set_member_name (builder, "neurons");
  json_builder_begin_array (builder);
  for (guint i = 0; i < record->rows->len; i++)
    add_row (builder, record, record->rows->pdata[i]);
  json_builder_end_array (builder);
  json_builder_end_object (builder);

  root = json_builder_get_root (builder);
  text = json_to_string (root, TRUE);
  return g_strconcat (text, "\n", NULL);
}

/**
 * fovea_figure_record_find_file:
 * @path: a file that a record names
 * @folder: (nullable): where the record lies
 *
 * Returns: (transfer full): @path, or where it is relative and not there, the same beside the record
 */
char *
fovea_figure_record_find_file (const char *path, const char *folder)
{
  g_autofree char *beside = NULL;

  if (folder && !g_path_is_absolute (path) && !g_file_test (path, G_FILE_TEST_EXISTS))
    {
      beside = g_build_filename (folder, path, NULL);
      if (g_file_test (beside, G_FILE_TEST_EXISTS))
        return g_steal_pointer (&beside);
    }
  return g_strdup (path);
}

/* What the library knows of the file holds when it is opened by its name there; a file that was moved is
 * looked for under its name. */
static char *
find_network (const FoveaFigureNetwork *network, const char *folder)
{
  g_autoptr (GPtrArray) entries = fovea_library_list ();
  g_autofree char *path = network->path ? fovea_figure_record_find_file (network->path, folder) : NULL;

  for (guint i = 0; path && i < entries->len; i++)
    {
      const FoveaLibraryEntry *entry = entries->pdata[i];

      if (!entry->missing && g_str_equal (entry->path, path))
        return g_strdup (entry->name);
    }
  if (path && g_file_test (path, G_FILE_TEST_EXISTS))
    return g_steal_pointer (&path);
  for (guint i = 0; i < entries->len; i++)
    {
      const FoveaLibraryEntry *entry = entries->pdata[i];

      if (!entry->missing && g_str_equal (entry->name, network->name))
        return g_strdup (entry->name);
    }
  return NULL;
}

static FoveaNetwork *
open_network (const FoveaFigureNetwork *network, const char *folder, const FoveaOverrides *overrides, GError **error)
{
  g_autofree char *place = find_network (network, folder);
  g_autoptr (FoveaNetwork) opened = NULL;

  if (!place)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND, "network %s of the figure is not there: there is no file %s, and no network of this name",
                   network->name, network->path ? network->path : "of it");
      return NULL;
    }
  opened = fovea_library_open_with_overrides (place, overrides, error);
  if (!opened)
    return NULL;
  if (g_strcmp0 (fovea_network_get_sha256 (opened), network->sha256) != 0)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_ARGUMENT, "network %s is not the one that the figure was made with: the file %s has another SHA-256",
                   network->name, fovea_network_get_path (opened) ? fovea_network_get_path (opened) : place);
      return NULL;
    }
  if (network->fingerprint && g_strcmp0 (fovea_network_get_fingerprint (opened), network->fingerprint) != 0)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_ARGUMENT,
                   "network %s was opened otherwise when the figure was made; give the same --architecture, --mean, --std and --input as then", network->name);
      return NULL;
    }
  return g_steal_pointer (&opened);
}

/**
 * fovea_figure_record_open_networks:
 * @folder: (nullable): where the record lies; relative paths are looked for there too
 * @overrides: (nullable): what the caller knows better than the files
 * @error: %FOVEA_ERROR_NOT_FOUND where a network is not there, %FOVEA_ERROR_ARGUMENT where it is another one than
 *   the figure was made with
 *
 * Returns: (transfer full) (element-type FoveaNetwork): the record's networks, or %NULL
 */
GPtrArray *
fovea_figure_record_open_networks (const FoveaFigureRecord *record, const char *folder, const FoveaOverrides *overrides, GError **error)
{
  g_autoptr (GPtrArray) networks = g_ptr_array_new_with_free_func ((GDestroyNotify) fovea_network_unref);

  for (guint i = 0; i < record->networks->len; i++)
    {
      FoveaNetwork *network = open_network (record->networks->pdata[i], folder, overrides, error);

      if (!network)
        return NULL;
      g_ptr_array_add (networks, network);
    }
  return g_steal_pointer (&networks);
}
