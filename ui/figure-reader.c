/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/figure-reader.h"

#include <math.h>

#include "engine/formats/json.h"
#include "engine/read-file.h"
#include "ui/figure-record.h"

/* No record is larger, curves included. */
#define MAXIMUM_SIZE (256 * 1024 * 1024)

const char *const fovea_figure_accent_names[] = { "standard", "robust", NULL };
const char *const fovea_figure_view_names[] = { "visualization", "patches", NULL };

typedef enum { WHOLE, LONG, REAL, SWITCH } OptionType;

static const struct {
  const char *name;
  OptionType type;
  gsize offset;
} options[] = {
  { "width", WHOLE, G_STRUCT_OFFSET (FoveaMaximizeOptions, width) },
  { "height", WHOLE, G_STRUCT_OFFSET (FoveaMaximizeOptions, height) },
  { "steps", WHOLE, G_STRUCT_OFFSET (FoveaMaximizeOptions, steps) },
  { "seed", LONG, G_STRUCT_OFFSET (FoveaMaximizeOptions, seed) },
  { "noise", REAL, G_STRUCT_OFFSET (FoveaMaximizeOptions, noise) },
  { "decorrelate-color", SWITCH, G_STRUCT_OFFSET (FoveaMaximizeOptions, decorrelate_color) },
  { "learning-rate", REAL, G_STRUCT_OFFSET (FoveaMaximizeOptions, learning_rate) },
  { "transforms", SWITCH, G_STRUCT_OFFSET (FoveaMaximizeOptions, transforms) },
  { "pad", REAL, G_STRUCT_OFFSET (FoveaMaximizeOptions, pad) },
  { "jitter", REAL, G_STRUCT_OFFSET (FoveaMaximizeOptions, jitter) },
  { "scale-minimum", REAL, G_STRUCT_OFFSET (FoveaMaximizeOptions, scale_minimum) },
  { "scale-maximum", REAL, G_STRUCT_OFFSET (FoveaMaximizeOptions, scale_maximum) },
  { "rotation", REAL, G_STRUCT_OFFSET (FoveaMaximizeOptions, rotation) },
  { "second-jitter", REAL, G_STRUCT_OFFSET (FoveaMaximizeOptions, second_jitter) },
  { "total-variation", REAL, G_STRUCT_OFFSET (FoveaMaximizeOptions, total_variation) },
  { "l1", REAL, G_STRUCT_OFFSET (FoveaMaximizeOptions, l1) },
  { "l2", REAL, G_STRUCT_OFFSET (FoveaMaximizeOptions, l2) },
  { "blur-every", WHOLE, G_STRUCT_OFFSET (FoveaMaximizeOptions, blur_every) },
  { "blur-deviation", REAL, G_STRUCT_OFFSET (FoveaMaximizeOptions, blur_deviation) },
  { "redirect-relu-steps", WHOLE, G_STRUCT_OFFSET (FoveaMaximizeOptions, redirect_relu_steps) },
};

static gboolean
complain (GError **error, const char *name, const char *wanted)
{
  g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT, "is not a figure's record: “%s” is missing or is not %s", name, wanted);
  return FALSE;
}

/* Whether the member is missing or null. */
static gboolean
is_absent (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return !node || JSON_NODE_HOLDS_NULL (node);
}

static JsonNode *
get_value (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node && JSON_NODE_HOLDS_VALUE (node) ? node : NULL;
}

static gboolean
is_number (const JsonNode *node)
{
  GType type = node ? json_node_get_value_type ((JsonNode *) node) : G_TYPE_INVALID;

  return type == G_TYPE_INT64 || type == G_TYPE_DOUBLE;
}

static gboolean
read_string (JsonObject *object, const char *name, char **value, GError **error)
{
  JsonNode *node = get_value (object, name);

  if (!node || json_node_get_value_type (node) != G_TYPE_STRING)
    return complain (error, name, "text");
  *value = json_node_dup_string (node);
  return TRUE;
}

/* As read_string(), but NULL where there is none. */
static gboolean
read_optional_string (JsonObject *object, const char *name, char **value, GError **error)
{
  return is_absent (object, name) || read_string (object, name, value, error);
}

static gboolean
read_number (JsonObject *object, const char *name, double *value, GError **error)
{
  JsonNode *node = get_value (object, name);

  if (!is_number (node) || !isfinite (json_node_get_double (node)))
    return complain (error, name, "a number");
  *value = json_node_get_double (node);
  return TRUE;
}

static gboolean
read_integer (JsonObject *object, const char *name, gint64 minimum, gint64 maximum, gint64 *value, GError **error)
{
  JsonNode *node = get_value (object, name);
  g_autofree char *wanted = NULL;

  if (node && json_node_get_value_type (node) == G_TYPE_INT64 && json_node_get_int (node) >= minimum && json_node_get_int (node) <= maximum)
    {
      *value = json_node_get_int (node);
      return TRUE;
    }
  wanted = g_strdup_printf ("a whole number from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT, minimum, maximum);
  return complain (error, name, wanted);
}

static gboolean
read_switch (JsonObject *object, const char *name, gboolean *value, GError **error)
{
  JsonNode *node = get_value (object, name);

  if (!node || json_node_get_value_type (node) != G_TYPE_BOOLEAN)
    return complain (error, name, "true or false");
  *value = json_node_get_boolean (node);
  return TRUE;
}

/* One of a list of words, the first where the member is missing. */
static gboolean
read_word (JsonObject *object, const char *name, const char *const *words, guint *value, GError **error)
{
  g_autofree char *text = NULL;
  g_autofree char *wanted = NULL;

  *value = 0;
  if (!read_optional_string (object, name, &text, error))
    return FALSE;
  if (!text)
    return TRUE;
  for (; words[*value]; ++*value)
    if (g_str_equal (words[*value], text))
      return TRUE;
  wanted = g_strjoinv (" or ", (char **) words);
  return complain (error, name, wanted);
}

static gboolean
read_options (JsonObject *object, FoveaFigureNetwork *network, GError **error)
{
  g_autofree char *parameterization = NULL;
  g_autofree char *optimizer = NULL;
  FoveaMaximizeOptions *values = &network->options;

  for (guint i = 0; i < G_N_ELEMENTS (options); i++)
    {
      const char *name = options[i].name;
      gint64 integer = 0;
      double number = 0;

      switch (options[i].type)
        {
        case WHOLE:
          if (!read_integer (object, name, 0, 1000000, &integer, error))
            return FALSE;
          G_STRUCT_MEMBER (guint, values, options[i].offset) = (guint) integer;
          break;
        case LONG:
          if (!read_integer (object, name, G_MININT64, G_MAXINT64, &integer, error))
            return FALSE;
          G_STRUCT_MEMBER (guint64, values, options[i].offset) = (guint64) integer;
          break;
        case SWITCH:
          if (!read_switch (object, name, &G_STRUCT_MEMBER (gboolean, values, options[i].offset), error))
            return FALSE;
          break;
        case REAL:
        default:
          if (!read_number (object, name, &number, error))
            return FALSE;
          G_STRUCT_MEMBER (double, values, options[i].offset) = number;
          break;
        }
    }
  return read_string (object, "start", &network->start, error) &&
         read_string (object, "parameterization", &parameterization, error) &&
         read_string (object, "optimizer", &optimizer, error) &&
         fovea_parameterization_from_name (parameterization, &values->parameterization, error) &&
         fovea_optimizer_from_name (optimizer, &values->optimizer, error) &&
         fovea_maximize_options_check (values, error);
}

static gboolean
read_network (JsonObject *object, FoveaFigureRecord *record, GError **error)
{
  FoveaFigureNetwork *network = g_new0 (FoveaFigureNetwork, 1);
  g_autofree char *preset = NULL;
  JsonNode *node;
  guint accent;

  g_ptr_array_add (record->networks, network);
  if (!read_string (object, "name", &network->name, error) ||
      !read_optional_string (object, "path", &network->path, error) ||
      !read_string (object, "sha256", &network->sha256, error) ||
      !read_optional_string (object, "fingerprint", &network->fingerprint, error) ||
      !read_word (object, "accent", fovea_figure_accent_names, &accent, error) ||
      !read_string (object, "preset", &preset, error) ||
      !fovea_preset_from_name (preset, &network->preset, error))
    return FALSE;
  network->accent = (FoveaFigureAccent) accent;
  node = json_object_get_member (object, "options");
  if (!node || !JSON_NODE_HOLDS_OBJECT (node))
    return complain (error, "options", "an object");
  return read_options (json_node_get_object (node), network, error);
}

static gboolean
read_view (JsonObject *object, FoveaFigureRecord *record, GError **error)
{
  FoveaFigureView *view;
  gint64 count = 0;
  guint kind;

  if (!read_word (object, "view", fovea_figure_view_names, &kind, error))
    return FALSE;
  view = fovea_figure_record_add_view (record, (FoveaFigureViewKind) kind);
  if (!is_absent (object, "missing") && !read_switch (object, "missing", &view->missing, error))
    return FALSE;
  if (view->kind == FOVEA_FIGURE_VISUALIZATION)
    return TRUE;
  if (!read_string (object, "images", &view->images, error) ||
      !read_optional_string (object, "fingerprint", &view->fingerprint, error) ||
      !read_integer (object, "count", 1, FOVEA_FIGURE_MAXIMUM_PATCHES, &count, error))
    return FALSE;
  view->count = (guint) count;
  return TRUE;
}

/* An address for each network; where there is one in all, that is the one. */
static gboolean
read_addresses (JsonObject *object, guint n_networks, FoveaFigureRow *row, const char *address, GError **error)
{
  JsonNode *node = json_object_get_member (object, "addresses");
  JsonArray *array = node && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;

  row->addresses = g_new0 (char *, n_networks + 1);
  if (!node && address)
    {
      for (guint n = 0; n < n_networks; n++)
        row->addresses[n] = g_strdup (address);
      return TRUE;
    }
  if (!array || json_array_get_length (array) != n_networks)
    return complain (error, "addresses", "a neuron for each network");
  for (guint n = 0; n < n_networks; n++)
    {
      JsonNode *element = json_array_get_element (array, n);

      if (!JSON_NODE_HOLDS_VALUE (element) || json_node_get_value_type (element) != G_TYPE_STRING)
        return complain (error, "addresses", "a neuron for each network");
      row->addresses[n] = json_node_dup_string (element);
    }
  return TRUE;
}

/* Of a figure that was stopped, how far each image was. */
static gboolean
read_steps (JsonObject *object, const FoveaFigureRecord *record, FoveaFigureRow *row, GError **error)
{
  JsonNode *node = json_object_get_member (object, "results");
  JsonArray *array = node && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;

  if (!array || json_array_get_length (array) != record->networks->len)
    return complain (error, "results", "an object for each network");
  row->steps = g_new0 (guint, record->networks->len);
  for (guint n = 0; n < record->networks->len; n++)
    {
      const FoveaFigureNetwork *network = record->networks->pdata[n];
      JsonNode *element = json_array_get_element (array, n);
      gint64 steps = 0;

      if (!JSON_NODE_HOLDS_OBJECT (element))
        return complain (error, "results", "an object for each network");
      if (!read_integer (json_node_get_object (element), "steps", 0, network->options.steps, &steps, error))
        return FALSE;
      row->steps[n] = (guint) steps;
    }
  return TRUE;
}

static gboolean
read_row (JsonObject *object, FoveaFigureRecord *record, GError **error)
{
  FoveaFigureRow *row = fovea_figure_record_add_row (record, NULL, NULL);
  g_autofree char *objective = NULL;
  g_autofree char *address = NULL;
  gint64 stream = 0;

  if (!read_optional_string (object, "neuron", &address, error) ||
      !read_optional_string (object, "label", &row->title, error) ||
      !read_optional_string (object, "subtitle", &row->subtitle, error) ||
      !read_addresses (object, record->networks->len, row, address, error) ||
      !read_string (object, "objective", &objective, error) ||
      !fovea_objective_kind_from_name (objective, &row->objective, error) ||
      !read_integer (object, "stream", 0, G_MAXINT32, &stream, error) ||
      (!is_absent (object, "diversity") && !read_number (object, "diversity", &row->diversity, error)) ||
      (record->cancelled && !read_steps (object, record, row, error)))
    return FALSE;
  if (row->objective == FOVEA_OBJECTIVE_DIVERSITY)
    return complain (error, "objective", "neuron, channel, layer or logit");
  if (row->diversity < 0 || row->diversity > 1e6)
    return complain (error, "diversity", "a number from 0 to 1000000");
  row->stream = (guint) stream;
  if (!row->title)
    row->title = g_strdup (row->addresses[0]);
  return TRUE;
}

typedef gboolean (*ReadFunc) (JsonObject *object, FoveaFigureRecord *record, GError **error);

static gboolean
read_list (JsonObject *root, const char *name, guint maximum, ReadFunc read, FoveaFigureRecord *record, GError **error)
{
  g_autofree char *wanted = g_strdup_printf ("a list of 1 to %u objects", maximum);
  JsonNode *node = json_object_get_member (root, name);
  JsonArray *array = node && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;

  if (!array || json_array_get_length (array) < 1 || json_array_get_length (array) > maximum)
    return complain (error, name, wanted);
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonNode *element = json_array_get_element (array, i);

      if (!JSON_NODE_HOLDS_OBJECT (element))
        return complain (error, name, wanted);
      if (!read (json_node_get_object (element), record, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
read_root (JsonObject *root, FoveaFigureRecord *record, GError **error)
{
  g_autofree char *base = NULL;
  gint64 resolution = FOVEA_FIGURE_RESOLUTION;

  if (!read_string (root, "figure", &record->figure, error) ||
      !read_optional_string (root, "caption", &record->caption, error) ||
      !read_optional_string (root, "start", &record->start, error) ||
      (!is_absent (root, "width_mm") && !read_number (root, "width_mm", &record->width_mm, error)) ||
      (!is_absent (root, "resolution") && !read_integer (root, "resolution", 10, 10000, &resolution, error)) ||
      (!is_absent (root, "cancelled") && !read_switch (root, "cancelled", &record->cancelled, error)) ||
      !read_list (root, "networks", FOVEA_FIGURE_MAXIMUM_NETWORKS, read_network, record, error) ||
      !read_list (root, "neurons", FOVEA_FIGURE_MAXIMUM_ROWS, read_row, record, error))
    return FALSE;
  if (json_object_has_member (root, "views"))
    {
      if (!read_list (root, "views", FOVEA_FIGURE_MAXIMUM_VIEWS, read_view, record, error))
        return FALSE;
    }
  else
    fovea_figure_record_add_view (record, FOVEA_FIGURE_VISUALIZATION);
  if ((gsize) record->networks->len * record->views->len * record->rows->len > FOVEA_FIGURE_MAXIMUM_CELLS)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_TOO_LARGE, "has more than %d images", FOVEA_FIGURE_MAXIMUM_CELLS);
      return FALSE;
    }
  record->resolution = (guint) resolution;
  if (record->width_mm != 0 && (record->width_mm < FOVEA_FIGURE_MINIMUM_WIDTH || record->width_mm > FOVEA_FIGURE_MAXIMUM_WIDTH))
    return complain (error, "width_mm", "a number of millimetres from 10 to 2000");
  base = g_path_get_basename (record->figure);
  if (!g_str_equal (base, record->figure) || g_str_equal (base, ".") || g_str_equal (base, ".."))
    return complain (error, "figure", "a file's name without a folder");
  return TRUE;
}

/**
 * fovea_figure_record_parse:
 * @text: (array length=size): a JSON document
 * @error: %FOVEA_ERROR_FORMAT, %FOVEA_ERROR_ARGUMENT
 *
 * Understands what fovea_figure_record_format() and `fovea visualize` write; whoever else wrote it, the record
 * that it gives is consistent.
 *
 * Returns: (transfer full): the record, or %NULL
 */
FoveaFigureRecord *
fovea_figure_record_parse (const char *text, gsize size, GError **error)
{
  g_autoptr (FoveaFigureRecord) record = fovea_figure_record_new ();
  g_autoptr (JsonNode) root = fovea_json_parse (text, size, error);

  if (!root)
    return NULL;
  if (!JSON_NODE_HOLDS_OBJECT (root))
    {
      g_set_error_literal (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT, "is not a figure's record: it is no JSON object");
      return NULL;
    }
  if (!read_root (json_node_get_object (root), record, error))
    return NULL;
  return g_steal_pointer (&record);
}

/**
 * fovea_figure_record_read:
 * @path: a file
 * @error: %FOVEA_ERROR_IO, and as fovea_figure_record_parse(); names the file
 *
 * Returns: (transfer full): the record, or %NULL
 */
FoveaFigureRecord *
fovea_figure_record_read (const char *path, GError **error)
{
  g_autofree char *shown = g_filename_display_name (path);
  g_autoptr (GBytes) bytes = fovea_read_file (path, MAXIMUM_SIZE, error);
  FoveaFigureRecord *record;
  gconstpointer data;
  gsize size;

  if (!bytes)
    return NULL;
  data = g_bytes_get_data (bytes, &size);
  record = fovea_figure_record_parse (data ? data : "", size, error);
  if (!record)
    g_prefix_error (error, "%s: ", shown);
  return record;
}
