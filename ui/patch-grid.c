/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/patch-grid.h"

#include <string.h>

#include "ui/number.h"

/* A patch's side in pixels; and what is between two of them. */
#define TILE 64
#define GAP 2

/* What stands beside the fields and where a field reaches beyond the input. */
#define GROUND 0xf0

/**
 * fovea_patch_grid_choose:
 * @n_columns, @n_rows: (out): room for @n_patches, as square as their number allows
 */
void
fovea_patch_grid_choose (guint n_patches, guint *n_columns, guint *n_rows)
{
  *n_columns = 1;
  while (*n_columns * *n_columns < n_patches)
    ++*n_columns;
  *n_rows = (n_patches + *n_columns - 1) / *n_columns;
}

/**
 * fovea_patch_grid_get_length:
 *
 * Returns: how many pixels @n_tiles patches in a row take
 */
guint
fovea_patch_grid_get_length (guint n_tiles)
{
  return n_tiles * (TILE + GAP) - GAP;
}

/**
 * fovea_patch_grid_describe:
 * @hits: (array length=n_hits): the strongest first
 *
 * Returns: (transfer full): what is to be said below the patches
 */
char *
fovea_patch_grid_describe (guint n_hits, const FoveaScanHit *hits)
{
  g_autofree char *first = n_hits > 0 ? fovea_number_format ((double) hits[0].activation, 4) : NULL;
  g_autofree char *last = n_hits > 0 ? fovea_number_format ((double) hits[n_hits - 1].activation, 4) : NULL;

  return n_hits > 0 ? g_strdup_printf ("activation %s to %s", first, last) : g_strdup ("no image could be read");
}

/* The patch on a square as large as the whole field, which may reach beyond the input, so that all patches
 * of a layer have one scale; then in the tile's size. */
static FoveaImage *
make_tile (const FoveaPatch *patch, const FoveaNetwork *network, int layer, GError **error)
{
  const FoveaGraph *graph = fovea_network_get_graph (network);
  const FoveaReceptiveField *field = fovea_graph_get_receptive_field (graph, (guint) layer);
  const FoveaShape *input = fovea_graph_get_input_shape (graph);
  gint64 top = patch->y * field->stride[0] + field->offset[0], left = patch->x * field->stride[1] + field->offset[1];
  gint64 height = field->size[0], width = field->size[1];
  g_autoptr (FoveaImage) square = NULL;

  /* A field larger than the input would show it small among nothing. */
  if (height >= input->height || width >= input->width)
    {
      top = left = 0;
      height = input->height;
      width = input->width;
    }
  square = fovea_image_new ((guint) MAX (height, width), (guint) MAX (height, width), error);
  if (!square)
    return NULL;
  memset (square->pixels, GROUND, (gsize) square->width * square->height * 3);
  for (gint64 y = patch->box[1]; y < patch->box[3]; y++)
    for (gint64 x = patch->box[0]; x < patch->box[2]; x++)
      if (y >= top && y < top + height && x >= left && x < left + width)
        memcpy (square->pixels + ((gsize) (y - top) * square->width + (gsize) (x - left)) * 3,
                patch->input->pixels + ((gsize) y * patch->input->width + (gsize) x) * 3, 3);
  return fovea_image_resize (square, TILE, TILE, error);
}

/**
 * fovea_patch_grid_draw:
 * @layer: the layer of @network that was scanned
 * @hits: (array length=n_hits): places in @set, no more than there is room for
 * @error: as fovea_patch_load()
 *
 * Any thread.
 *
 * Returns: (transfer full): the patches, row by row, or %NULL
 */
FoveaImage *
fovea_patch_grid_draw (FoveaImageSet *set, const FoveaNetwork *network, int layer, guint n_hits, const FoveaScanHit *hits, guint n_columns, guint n_rows, GError **error)
{
  g_autoptr (FoveaImage) grid = fovea_image_new (fovea_patch_grid_get_length (n_columns), fovea_patch_grid_get_length (n_rows), error);

  g_assert (n_hits <= n_columns * n_rows);
  if (!grid)
    return NULL;
  memset (grid->pixels, 0xff, (gsize) grid->width * grid->height * 3);
  for (guint i = 0; i < n_hits; i++)
    {
      g_autoptr (FoveaPatch) patch = fovea_patch_load (set, network, layer, &hits[i], error);
      g_autoptr (FoveaImage) tile = patch ? make_tile (patch, network, layer, error) : NULL;
      gsize left = i % n_columns * (TILE + GAP), top = i / n_columns * (TILE + GAP);

      if (!tile)
        return NULL;
      for (gsize y = 0; y < TILE; y++)
        memcpy (grid->pixels + ((top + y) * grid->width + left) * 3, tile->pixels + y * TILE * 3, TILE * 3);
    }
  return g_steal_pointer (&grid);
}
