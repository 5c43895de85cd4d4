/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/tile-export.h"

#include "ui/config.h"
#include "ui/figure-picture.h"

/* Pictures are enlarged to at least so many pixels. */
#define SIZE 192

typedef struct {
  FoveaNetworkPair *pair;
  char *layer;
  guint channel;
  FoveaTileContent content;
  char *set_name; /* nullable */
  GdkTexture *textures[FOVEA_N_SIDES]; /* each nullable */
  char *texts[FOVEA_N_SIDES];
} Export;

static void
export_free (gpointer data)
{
  Export *export = data;

  g_object_unref (export->pair);
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    {
      g_clear_object (&export->textures[side]);
      g_free (export->texts[side]);
    }
  g_free (export->layer);
  g_free (export->set_name);
  g_free (export);
}

/* The pixels of an opaque texture, each as a square, because smoothing would show what no network has seen. */
static FoveaImage *
read_texture (GdkTexture *texture,
              GError **error)
{
  guint width = (guint) gdk_texture_get_width (texture), height = (guint) gdk_texture_get_height (texture), longer = MAX (width, height);
  guint factor = MAX ((SIZE + longer - 1) / longer, 1);
  FoveaImage *image = fovea_image_new (width * factor, height * factor, error);
  g_autofree guint32 *pixels = NULL;

  if (image == NULL)
    return NULL;
  pixels = g_new (guint32, (gsize) width * height);
  gdk_texture_download (texture, (guchar *) pixels, (gsize) width * 4);
  for (gsize y = 0; y < image->height; y++)
    for (gsize x = 0; x < image->width; x++)
      for (gsize component = 0; component < 3; component++)
        image->pixels[(y * image->width + x) * 3 + component] = (guint8) (pixels[y / factor * width + x / factor] >> (16 - 8 * component));
  return image;
}

static FoveaFigure *
draw (gpointer data,
      GError **error)
{
  const Export *export = data;
  guint n_columns = (export->textures[0] != NULL) + (export->textures[1] != NULL), column = 0;
  g_autoptr (FoveaFigure) figure = fovea_figure_new (1, n_columns);
  g_autofree char *title = g_strdup_printf ("%s:%u", export->layer, export->channel);
  g_autofree char *caption = NULL;

  for (FoveaSide side = 0; side < FOVEA_N_SIDES; side++)
    {
      FoveaNetwork *network;
      g_autoptr (FoveaImage) image = NULL;

      if (export->textures[side] == NULL)
        continue;
      network = fovea_network_pair_get_network (export->pair, side);
      image = read_texture (export->textures[side], error);
      if (image == NULL)
        return NULL;
      fovea_figure_set_column (figure, column, fovea_network_get_name (network), fovea_network_get_training (network),
                               side == FOVEA_SIDE_STANDARD ? FOVEA_FIGURE_STANDARD : FOVEA_FIGURE_ROBUST,
                               image->width, image->height);
      fovea_figure_set_cell (figure, 0, column++, image, export->texts[side]);
    }
  fovea_figure_set_row (figure, 0, title, export->content == FOVEA_TILE_CONTENT_PATCH ? "top patch" : "visualization");
  if (export->content == FOVEA_TILE_CONTENT_PATCH)
    caption = g_strdup_printf ("Where the channel is strongest among the images of %s: the receptive field of the unit. Fovea %s.",
                               export->set_name != NULL ? export->set_name : "the set", FOVEA_VERSION);
  else
    caption = g_strdup_printf ("What excites the channel: an image optimized for it, by the quick method of the grid’s tiles. Fovea %s.", FOVEA_VERSION);
  fovea_figure_set_caption (figure, caption);
  return g_steal_pointer (&figure);
}

/**
 * fovea_tile_export_new:
 * @tile: a tile
 * @content: which of its pictures
 * @pair: the networks
 * @layer: the layer's name
 * @set_name: (nullable): the name of the image set that patches are from
 *
 * Returns: (transfer full) (nullable): what the tile shows now, to be saved or copied; %NULL where that is nothing
 */
FoveaPicture *
fovea_tile_export_new (FoveaTile *tile,
                       FoveaTileContent content,
                       FoveaNetworkPair *pair,
                       const char *layer,
                       const char *set_name)
{
  guint channel = fovea_tile_get_channel (tile);
  g_autofree char *name = g_strdup_printf ("%s-%u.png", layer, channel);
  Export *export = g_new0 (Export, 1);

  export->pair = g_object_ref (pair);
  export->layer = g_strdup (layer);
  export->channel = channel;
  export->content = content;
  export->set_name = g_strdup (set_name);
  for (FoveaSide side = 0; side < FOVEA_N_SIDES; side++)
    {
      gboolean patch = content == FOVEA_TILE_CONTENT_PATCH;
      GdkTexture *texture = patch ? fovea_tile_get_patch (tile, side) : fovea_tile_get_texture (tile, side);

      if (texture == NULL || (!patch && !fovea_tile_is_finished (tile, side)))
        continue;
      export->textures[side] = g_object_ref (texture);
      export->texts[side] = fovea_figure_describe_activation (patch ? fovea_tile_get_measure (tile, side, FOVEA_TILE_PEAK) : fovea_tile_get_activation (tile, side),
                                                              !patch && fovea_tile_get_state (tile, side) == FOVEA_TILE_DEAD);
    }
  if (export->textures[0] == NULL && export->textures[1] == NULL)
    {
      export_free (export);
      return NULL;
    }
  return fovea_figure_picture_new (g_strdelimit (name, ":/,\\", '-'), draw, export, export_free);
}
