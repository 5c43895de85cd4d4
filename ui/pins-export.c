/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/pins-export.h"

#include <glib/gstdio.h>
#include <string.h>

#include "engine/write-file.h"
#include "ui/config.h"

static char *
format_caption (FoveaNetworkPair *pair, const FoveaFigureRecord *record)
{
  GString *text = g_string_new ("Pinned neurons of ");

  g_string_append_printf (text, "%s.", fovea_network_pair_get_name (pair));
  for (guint v = 0; v < record->views->len; v++)
    {
      const FoveaFigureView *view = record->views->pdata[v];

      if (view->kind == FOVEA_FIGURE_PATCHES)
        {
          g_autofree char *base = g_path_get_basename (view->images);

          g_string_append_printf (text, " Patches: the %u strongest places in %s, cut to the receptive field.", view->count, base);
          continue;
        }
      g_string_append (text, " Optimized images:");
      for (guint n = 0; n < record->networks->len; n++)
        {
          const FoveaFigureNetwork *network = record->networks->pdata[n];

          g_string_append_printf (text, " %s %s preset, %u steps, %u × %u pixels%s", network->name, fovea_preset_get_name (network->preset),
                                  network->options.steps, network->options.width, network->options.height, n + 1 < record->networks->len ? ";" : ".");
        }
    }
  g_string_append_printf (text, " Fovea %s.", FOVEA_VERSION);
  return g_string_free (text, FALSE);
}

static void
add_row (FoveaFigureRecord *record, FoveaNetworkPair *pair, const FoveaPin *pin)
{
  gboolean labelled = *pin->label != '\0';
  g_autofree char *address = g_strdup_printf ("%s:%u", pin->layer, pin->channels[FOVEA_SIDE_STANDARD]);
  g_autofree char *both = pin->channels[0] == pin->channels[1] ? g_strdup (address)
                                                             : g_strdup_printf ("%s ↔ %u", address, pin->channels[FOVEA_SIDE_ROBUST]);
  FoveaFigureRow *row = fovea_figure_record_add_row (record, labelled ? pin->label : both, labelled ? both : NULL);

  row->addresses = g_new0 (char *, FOVEA_N_SIDES + 1);
  for (guint side = 0, n = 0; side < FOVEA_N_SIDES; side++)
    if (fovea_network_pair_has_side (pair, side))
      row->addresses[n++] = g_strdup_printf ("%s:%u", pin->layer, pin->channels[side]);
  row->objective = FOVEA_OBJECTIVE_CHANNEL;
}

/**
 * fovea_pins_export_describe:
 * @pins: the pins of @pair, at least one
 * @networks: (out) (transfer full) (element-type FoveaNetwork): the record's networks
 *
 * Returns: (transfer full): how a figure of them is made; it does not name a file yet
 */
FoveaFigureRecord *
fovea_pins_export_describe (FoveaPins *pins, FoveaNetworkPair *pair, const FoveaPinsFigure *settings, GPtrArray **networks)
{
  FoveaFigureRecord *record = fovea_figure_record_new ();
  FoveaPreset preset;

  *networks = g_ptr_array_new_with_free_func ((GDestroyNotify) fovea_network_unref);
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    if (fovea_network_pair_has_side (pair, side))
      g_ptr_array_add (*networks, fovea_network_ref (fovea_network_pair_get_network (pair, side)));
  preset = fovea_maximize_get_common_preset ((FoveaNetwork *const *) (*networks)->pdata, (*networks)->len);
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    if (fovea_network_pair_has_side (pair, side))
      fovea_figure_record_add_network (record, fovea_network_pair_get_network (pair, side),
                                       side == FOVEA_SIDE_ROBUST ? FOVEA_FIGURE_ROBUST : FOVEA_FIGURE_STANDARD, preset);
  if (settings->visualization)
    fovea_figure_record_add_view (record, FOVEA_FIGURE_VISUALIZATION);
  if (settings->images != NULL)
    {
      FoveaFigureView *view = fovea_figure_record_add_view (record, FOVEA_FIGURE_PATCHES);

      view->images = g_strdup (settings->images);
      view->count = settings->count;
    }
  for (guint i = 0; i < fovea_pins_get_n (pins); i++)
    add_row (record, pair, fovea_pins_get_pin (pins, i));
  record->figure = g_strdup ("pins.png");
  record->width_mm = settings->width_mm;
  record->caption = format_caption (pair, record);
  return record;
}

/**
 * fovea_pins_export_write:
 * @record: how @figure was made
 * @path: the figure's file, whose ending says the form
 *
 * Writes the figure and, under the same name with the ending `.json`, its record. Each file is complete or absent.
 * Any thread.
 *
 * Returns: whether both were written
 */
gboolean
fovea_pins_export_write (FoveaFigureRecord *record, FoveaFigure *figure, const char *path, GError **error)
{
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *stem = NULL;
  g_autofree char *record_path = NULL;
  g_autofree char *text = NULL;
  g_autofree char *base = g_path_get_basename (path);
  FoveaFigureFormat format;
  gconstpointer data;
  gsize size;

  if (!fovea_figure_format_from_path (path, &format, error))
    return FALSE;
  bytes = fovea_figure_render (figure, format, error);
  if (bytes == NULL)
    return FALSE;
  g_free (record->figure);
  record->figure = g_filename_display_name (base);
  stem = g_strndup (path, strlen (path) - strlen (fovea_figure_endings[format]));
  record_path = g_strconcat (stem, ".json", NULL);
  text = fovea_figure_record_format (record);
  data = g_bytes_get_data (bytes, &size);
  return fovea_write_file (path, data, size, error) && fovea_write_file (record_path, text, strlen (text), error);
}
