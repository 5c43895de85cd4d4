/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/overview-filters.h"

#include "engine/analysis/filters.h"
#include "ui/figure.h"

/**
 * fovea_overview_filters_draw:
 * @network: a network
 *
 * Returns: (transfer full) (nullable): its first filters as a sheet; %NULL where the first layer reads no colours
 *
 * Thread: any.
 */
FoveaImage *
fovea_overview_filters_draw (FoveaNetwork *network)
{
  int layer;

  return fovea_filters_find_layer (network, &layer, NULL) ? fovea_filters_draw (network, layer, 0, NULL) : NULL;
}

static FoveaFigure *
draw (FoveaNetworkPair *pair, GError **error)
{
  FoveaImage *sheets[FOVEA_N_SIDES] = { NULL };
  FoveaFigure *figure;
  guint n_columns = 0, column = 0;

  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    {
      if (fovea_network_pair_has_side (pair, side))
        sheets[side] = fovea_overview_filters_draw (fovea_network_pair_get_network (pair, side));
      n_columns += sheets[side] != NULL;
    }
  if (n_columns == 0)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND, "there are no filters that read colours");
      return NULL;
    }
  figure = fovea_figure_new (1, n_columns);
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    {
      FoveaNetwork *network;

      if (sheets[side] == NULL)
        continue;
      network = fovea_network_pair_get_network (pair, side);
      fovea_figure_set_column (figure, column, fovea_network_get_name (network), fovea_network_get_training (network),
                               side == FOVEA_SIDE_STANDARD ? FOVEA_FIGURE_STANDARD : FOVEA_FIGURE_ROBUST, sheets[side]->width, sheets[side]->height);
      fovea_figure_set_cell (figure, 0, column++, sheets[side], NULL);
      fovea_image_free (sheets[side]);
    }
  fovea_figure_set_caption (figure, "Filters of the first convolution, in the order of the channels. Grey is 0, and each filter’s largest weight is at the end of the scale.");
  return figure;
}

static GBytes *
render (gpointer data, GError **error)
{
  g_autoptr (FoveaFigure) figure = draw (data, error);

  return figure != NULL ? fovea_figure_render (figure, FOVEA_FIGURE_PNG, error) : NULL;
}

static gboolean
save (gpointer data, const char *path, GError **error)
{
  g_autofree char *shown = g_filename_display_name (path);
  g_autoptr (FoveaFigure) figure = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) local_error = NULL;
  FoveaFigureFormat format;

  if (!fovea_figure_format_from_path (path, &format, error))
    return FALSE;
  figure = draw (data, error);
  bytes = figure != NULL ? fovea_figure_render (figure, format, error) : NULL;
  if (bytes == NULL)
    return FALSE;
  if (g_file_set_contents_full (path, g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes), G_FILE_SET_CONTENTS_CONSISTENT, 0666, &local_error))
    return TRUE;
  g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_IO, "%s cannot be written: %s", shown, local_error->message);
  return FALSE;
}

/**
 * fovea_overview_filters_picture_new:
 * @pair: one network or two
 *
 * Returns: (transfer full): the filters to be saved or copied
 */
FoveaPicture *
fovea_overview_filters_picture_new (FoveaNetworkPair *pair)
{
  return fovea_picture_new ("filters.png", save, render, g_object_ref (pair), g_object_unref);
}
