/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/patches-export.h"

#include "engine/error.h"
#include "ui/config.h"
#include "ui/figure-picture.h"
#include "ui/number.h"

/* Patches a row, pixels a side of one, and pixels between two. */
#define N_COLUMNS 3
#define TILE 160
#define GAP 6

typedef struct {
  FoveaNetworkPair *pair;
  char *layer;
  guint channels[FOVEA_N_SIDES];
  GPtrArray *pictures[FOVEA_N_SIDES]; /* (element-type FoveaPatchPicture) */
  double opacity;
  gboolean several;
  gsize n_images;
} Export;

static void
export_free (gpointer data)
{
  Export *export = data;

  g_object_unref (export->pair);
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    g_ptr_array_unref (export->pictures[side]);
  g_free (export->layer);
  g_free (export);
}

/* The patches of a side in rows, on white. */
static FoveaImage *
assemble (const Export *export,
          guint side,
          GError **error)
{
  const GPtrArray *pictures = export->pictures[side];
  guint n_rows = (pictures->len + N_COLUMNS - 1) / N_COLUMNS;
  g_autoptr (FoveaImage) sheet = fovea_image_new (N_COLUMNS * (TILE + GAP) - GAP, n_rows * (TILE + GAP) - GAP, error);

  if (sheet == NULL)
    return NULL;
  memset (sheet->pixels, 255, (gsize) sheet->width * sheet->height * 3);
  for (guint i = 0; i < pictures->len; i++)
    {
      const FoveaPatchPicture *picture = g_ptr_array_index (pictures, i);
      gsize x = i % N_COLUMNS * (TILE + GAP), y = i / N_COLUMNS * (TILE + GAP);
      g_autoptr (FoveaImage) tile = picture->patch != NULL ? fovea_patch_picture_blend (picture, export->opacity, TILE, error) : NULL;

      if (picture->patch != NULL && tile == NULL)
        return NULL;
      for (gsize row = 0; tile != NULL && row < TILE; row++)
        memcpy (sheet->pixels + ((y + row) * sheet->width + x) * 3, tile->pixels + row * TILE * 3, TILE * 3);
    }
  return g_steal_pointer (&sheet);
}

static gboolean
set_column (FoveaFigure *figure,
            const Export *export,
            guint side,
            guint column,
            GError **error)
{
  FoveaNetwork *network = fovea_network_pair_get_network (export->pair, side);
  const GPtrArray *pictures = export->pictures[side];
  const FoveaPatchPicture *first = g_ptr_array_index (pictures, 0), *last = g_ptr_array_index (pictures, pictures->len - 1);
  g_autoptr (FoveaImage) sheet = assemble (export, side, error);
  g_autofree char *strongest = fovea_number_format ((double) first->activation, 4);
  g_autofree char *weakest = fovea_number_format ((double) last->activation, 4);
  g_autofree char *text = NULL;

  if (sheet == NULL)
    return FALSE;
  text = g_strdup_printf ("%s:%u, activations from %s to %s", export->layer, export->channels[side], strongest, weakest);
  fovea_figure_set_column (figure, column, fovea_network_get_name (network), fovea_network_get_training (network),
                           side == FOVEA_SIDE_STANDARD ? FOVEA_FIGURE_STANDARD : FOVEA_FIGURE_ROBUST, sheet->width, sheet->height);
  fovea_figure_set_cell (figure, 0, column, sheet, text);
  return TRUE;
}

static FoveaFigure *
draw (gpointer data,
      GError **error)
{
  const Export *export = data;
  guint n_columns = (export->pictures[0]->len > 0) + (export->pictures[1]->len > 0);
  const FoveaPatchPicture *any = g_ptr_array_index (export->pictures[export->pictures[0]->len > 0 ? 0 : 1], 0);
  gsize n_set = fovea_image_set_get_n_images (any->set);
  g_autoptr (FoveaFigure) figure = fovea_figure_new (1, n_columns);
  g_autoptr (GString) caption = g_string_new (NULL);
  g_autofree char *title = NULL;
  guint column = 0;

  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    if (export->pictures[side]->len > 0 && !set_column (figure, export, side, column++, error))
      return NULL;
  title = g_strdup_printf ("%s:%u", export->layer, export->channels[export->pictures[0]->len > 0 ? 0 : 1]);
  fovea_figure_set_row (figure, 0, title, "top patches");
  g_string_append_printf (caption, "Where the channel is strongest among %s%" G_GSIZE_FORMAT " images of %s, %s, in rows from the strongest on: the receptive field of the unit",
                          export->n_images < n_set ? "the first " : "the ", export->n_images, fovea_image_set_get_name (any->set),
                          export->several ? "up to nine places an image" : "one place an image");
  if (export->opacity > 0 && any->map != NULL)
    g_string_append_printf (caption, ", and over it the channel’s activation map, from black at 0 to yellow at the strongest activation, at an opacity of %.0f %%", export->opacity * 100);
  g_string_append_printf (caption, ". Fovea %s.", FOVEA_VERSION);
  fovea_figure_set_caption (figure, caption->str);
  return g_steal_pointer (&figure);
}

/**
 * fovea_patches_export_new:
 * @pair: the networks
 * @layer: the layer's name
 * @channels: (array fixed-size=2): each network's channel
 * @pictures: (array fixed-size=2) (element-type FoveaPatchPicture): each network's patches; one of them may be empty
 * @opacity: of the activation maps
 * @several: whether an image may have several places
 * @n_images: how many images of the set were scanned
 *
 * Returns: (transfer full): a picture that can be saved or copied
 */
FoveaPicture *
fovea_patches_export_new (FoveaNetworkPair *pair,
                          const char *layer,
                          const guint *channels,
                          GPtrArray *const *pictures,
                          double opacity,
                          gboolean several,
                          gsize n_images)
{
  Export *export = g_new0 (Export, 1);
  g_autofree char *name = g_strdup_printf ("patches-%s-%u.png", layer, channels[FOVEA_SIDE_STANDARD]);

  export->pair = g_object_ref (pair);
  export->layer = g_strdup (layer);
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    {
      export->channels[side] = channels[side];
      export->pictures[side] = g_ptr_array_ref (pictures[side]);
    }
  export->opacity = opacity;
  export->several = several;
  export->n_images = n_images;
  return fovea_figure_picture_new (g_strdelimit (name, ":/,\\", '-'), draw, export, export_free);
}
