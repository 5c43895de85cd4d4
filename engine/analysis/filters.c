/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/analysis/filters.h"

#include <math.h>
#include <string.h>

#define N_COLORS 3

/* Pixels between filters, white. */
#define GAP 1

/* Wider or higher sheets would be of no use. */
#define MAX_SIDE 32768

static const FoveaTensor *
get_weights (const FoveaNetwork *network,
             guint layer)
{
  const FoveaNode *node = fovea_graph_get_node (fovea_network_get_graph (network), layer);

  return g_str_equal (node->operator->name, "Conv") ? g_hash_table_lookup (node->parameters, "W") : NULL;
}

/**
 * fovea_filters_find_layer:
 * @layer: (out): the first convolution whose filters read three colours
 *
 * Returns: whether there is one; if not, @error is %FOVEA_ERROR_NOT_FOUND
 */
gboolean
fovea_filters_find_layer (const FoveaNetwork *network,
                          int *layer,
                          GError **error)
{
  for (guint i = 0; i < fovea_graph_get_n_nodes (fovea_network_get_graph (network)); i++)
    {
      const FoveaTensor *weights = get_weights (network, i);

      if (weights != NULL && weights->shape[1] == N_COLORS)
        {
          *layer = (int) i;
          return TRUE;
        }
    }
  g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND, "%s has no convolution that reads three colours", fovea_network_get_name (network));
  return FALSE;
}

/* Grey is 0, and the filter's largest weight, whatever its sign, is as far from it as can be. */
static void
draw_filter (const float *filter,
             guint height,
             guint width,
             FoveaImage *sheet,
             guint left,
             guint top)
{
  float largest = 0;

  for (guint i = 0; i < N_COLORS * height * width; i++)
    largest = MAX (largest, fabsf (filter[i]));
  for (guint y = 0; y < height; y++)
    for (guint x = 0; x < width; x++)
      for (guint color = 0; color < N_COLORS; color++)
        {
          float weight = filter[(color * height + y) * width + x];
          float value = largest > 0 ? 0.5f + 0.5f * weight / largest : 0.5f;

          sheet->pixels[((gsize) (top + y) * sheet->width + left + x) * N_COLORS + color] = (guint8) lrintf (255 * value);
        }
}

/**
 * fovea_filters_draw:
 * @layer: a convolution whose filters read three colours
 * @n_columns: filters in a row; 0 makes the sheet about square
 *
 * Draws each filter at one pixel a tap, row by row in the order of the channels, a pixel of white between them.
 * Grey is 0; a filter's largest weight is at the end of the scale, so that strengths cannot be compared between filters.
 *
 * Errors: %FOVEA_ERROR_ARGUMENT for another layer, %FOVEA_ERROR_TOO_LARGE
 *
 * Thread: any.
 */
FoveaImage *
fovea_filters_draw (FoveaNetwork *network,
                    int layer,
                    guint n_columns,
                    GError **error)
{
  const FoveaTensor *weights = get_weights (network, (guint) layer);
  guint n_filters, height, width, n_rows;
  guint64 sheet_width, sheet_height;
  FoveaImage *sheet;

  if (weights == NULL || weights->shape[1] != N_COLORS)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_ARGUMENT, "%s: layer %s is no convolution that reads three colours; its filters cannot be drawn",
                   fovea_network_get_name (network), fovea_graph_get_node (fovea_network_get_graph (network), (guint) layer)->name);
      return NULL;
    }
  n_filters = (guint) weights->shape[0];
  height = (guint) weights->shape[2];
  width = (guint) weights->shape[3];
  if (n_columns == 0)
    n_columns = (guint) ceil (sqrt ((double) n_filters * (height + GAP) / (width + GAP)));
  n_columns = CLAMP (n_columns, 1, n_filters);
  n_rows = (n_filters + n_columns - 1) / n_columns;
  sheet_width = (guint64) n_columns * (width + GAP) + GAP;
  sheet_height = (guint64) n_rows * (height + GAP) + GAP;
  if (sheet_width > MAX_SIDE || sheet_height > MAX_SIDE)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_TOO_LARGE, "%s: %u filters of %u × %u are too many to draw",
                   fovea_network_get_name (network), n_filters, width, height);
      return NULL;
    }

  sheet = fovea_image_new ((guint) sheet_width, (guint) sheet_height, error);
  if (sheet == NULL)
    return NULL;
  memset (sheet->pixels, 255, (gsize) sheet->width * sheet->height * N_COLORS);
  for (guint i = 0; i < n_filters; i++)
    draw_filter (weights->data + (gsize) i * N_COLORS * height * width, height, width, sheet,
                 GAP + i % n_columns * (width + GAP), GAP + i / n_columns * (height + GAP));
  return sheet;
}

/**
 * fovea_filters_is_gap:
 * @layer: a convolution
 * @sheet: its filters, as fovea_filters_draw() drew them
 * @x: a pixel's column
 * @y: its row
 *
 * Returns: whether the pixel lies between filters or after the last one, where the sheet is white
 *
 * Thread: any.
 */
gboolean
fovea_filters_is_gap (const FoveaNetwork *network,
                      int layer,
                      const FoveaImage *sheet,
                      guint x,
                      guint y)
{
  const FoveaTensor *weights = get_weights (network, (guint) layer);
  guint height, width;

  g_return_val_if_fail (weights != NULL, FALSE);

  height = (guint) weights->shape[2] + GAP;
  width = (guint) weights->shape[3] + GAP;
  return x % width < GAP || y % height < GAP || y / height * (sheet->width / width) + x / width >= (guint) weights->shape[0];
}
