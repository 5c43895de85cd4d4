/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/overview-filters.h"

#include <string.h>

#include "engine/analysis/filters.h"
#include "ui/figure-picture.h"

/* The first filters as a sheet; NULL where no layer reads colours. */
static FoveaImage *
draw_sheet (FoveaNetwork *network,
            int *layer)
{
  return fovea_filters_find_layer (network, layer, NULL) ? fovea_filters_draw (network, *layer, 0, NULL) : NULL;
}

/**
 * fovea_overview_filters_texture_new:
 * @network: a network
 * @size: how many pixels the sheet's longer side should have at least
 *
 * Every tap becomes a square of a whole number of pixels, and what is between the filters shows what is behind the texture: in the dark
 * style, too, they stand on the window's own colour.
 *
 * Returns: (transfer full) (nullable): its first filters for the screen; %NULL where no layer reads colours
 *
 * Thread: any.
 */
GdkTexture *
fovea_overview_filters_texture_new (FoveaNetwork *network,
                                    guint size)
{
  int layer;
  g_autoptr (FoveaImage) sheet = draw_sheet (network, &layer);
  g_autoptr (GBytes) bytes = NULL;
  guint8 *pixels;
  gsize factor, width, height;

  if (sheet == NULL)
    return NULL;
  factor = (size - 1) / MAX (sheet->width, sheet->height) + 1;
  width = sheet->width * factor;
  height = sheet->height * factor;
  pixels = g_malloc0 (width * height * 4);
  for (gsize y = 0; y < height; y++)
    for (gsize x = 0; x < width; x++)
      {
        guint8 *pixel = pixels + (y * width + x) * 4;

        if (fovea_filters_is_gap (network, layer, sheet, (guint) (x / factor), (guint) (y / factor)))
          continue;
        memcpy (pixel, sheet->pixels + (y / factor * sheet->width + x / factor) * 3, 3);
        pixel[3] = 255;
      }
  bytes = g_bytes_new_take (pixels, width * height * 4);
  return gdk_memory_texture_new ((int) width, (int) height, GDK_MEMORY_R8G8B8A8, bytes, width * 4);
}

static FoveaFigure *
draw (gpointer data, GError **error)
{
  FoveaNetworkPair *pair = data;
  FoveaImage *sheets[FOVEA_N_SIDES] = { NULL };
  FoveaFigure *figure;
  guint n_columns = 0, column = 0;
  int layer;

  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    {
      if (fovea_network_pair_has_side (pair, side))
        sheets[side] = draw_sheet (fovea_network_pair_get_network (pair, side), &layer);
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
