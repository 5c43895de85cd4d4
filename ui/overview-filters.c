/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/overview-filters.h"

#include "engine/analysis/filters.h"
#include "ui/figure-picture.h"

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
draw (gpointer data, GError **error)
{
  FoveaNetworkPair *pair = data;
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

/**
 * fovea_overview_filters_picture_new:
 * @pair: one network or two
 *
 * Returns: (transfer full): the filters to be saved or copied
 */
FoveaPicture *
fovea_overview_filters_picture_new (FoveaNetworkPair *pair)
{
  return fovea_figure_picture_new ("filters.png", draw, g_object_ref (pair), g_object_unref);
}
