/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/layer-tiles.h"

/**
 * fovea_layer_tiles_new:
 * @pair: a pair
 * @layer: one of its layers
 *
 * Returns: (transfer full): the layer's tiles, of which nothing is known
 */
FoveaLayerTiles *
fovea_layer_tiles_new (FoveaNetworkPair *pair,
                       FoveaLayer *layer)
{
  FoveaLayerTiles *tiles = g_new0 (FoveaLayerTiles, 1);
  FoveaNetwork *network = fovea_network_pair_get_network (pair, FOVEA_SIDE_STANDARD);
  gboolean classes = fovea_layer_is_output (layer) && fovea_network_get_n_classes (network) == fovea_layer_get_n_channels (layer);

  tiles->pair = g_object_ref (pair);
  tiles->layer = g_object_ref (layer);
  tiles->tiles = g_list_store_new (FOVEA_TYPE_TILE);
  for (guint i = 0; i < fovea_layer_get_n_channels (layer); i++)
    {
      g_autoptr (FoveaTile) tile = fovea_tile_new (i, classes ? fovea_network_get_classes (network)[i] : NULL);

      if (!fovea_network_pair_has_side (pair, FOVEA_SIDE_ROBUST))
        fovea_tile_set_single (tile);
      g_list_store_append (tiles->tiles, tile);
    }
  return tiles;
}

/**
 * fovea_layer_tiles_free:
 * @layer: a layer's tiles
 */
void
fovea_layer_tiles_free (FoveaLayerTiles *layer)
{
  g_object_unref (layer->pair);
  g_object_unref (layer->layer);
  g_object_unref (layer->tiles);
  g_free (layer);
}

/**
 * fovea_layer_tiles_get_tile:
 * @layer: a layer's tiles
 * @channel: a channel of the layer
 *
 * Returns: (transfer none): its tile
 */
FoveaTile *
fovea_layer_tiles_get_tile (FoveaLayerTiles *layer,
                            guint channel)
{
  FoveaTile *tile = g_list_model_get_item (G_LIST_MODEL (layer->tiles), channel);

  g_object_unref (tile);
  return tile;
}

/**
 * fovea_layer_tiles_count_finished:
 * @layer: a layer's tiles
 * @side: which network
 *
 * Returns: of how many channels nothing is left to compute for that network
 */
guint
fovea_layer_tiles_count_finished (FoveaLayerTiles *layer,
                                  FoveaSide side)
{
  guint n = 0;

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (layer->tiles)); i++)
    n += fovea_tile_is_finished (fovea_layer_tiles_get_tile (layer, i), side);
  return n;
}

/* Appends a channel if its picture of @side is in @state. */
static void
consider (FoveaLayerTiles *layer,
          guint channel,
          FoveaSide side,
          FoveaTileState state,
          guint *channels,
          guint *n_channels)
{
  if (fovea_tile_get_state (fovea_layer_tiles_get_tile (layer, channel), side) != state)
    return;
  for (guint i = 0; i < *n_channels; i++)
    if (channels[i] == channel)
      return;
  channels[(*n_channels)++] = channel;
}

/**
 * fovea_layer_tiles_choose:
 * @layer: a layer's tiles
 * @side: which network
 * @state: in which state its pictures are to be
 * @visible: (element-type guint): the channels that people see, in the order in which they are shown
 * @others: whether others follow those: the ones after the last of them, around to the ones before
 * @channels: (out) (array): the channels
 * @maximum: how many at most
 *
 * Returns: how many there are
 */
guint
fovea_layer_tiles_choose (FoveaLayerTiles *layer,
                          FoveaSide side,
                          FoveaTileState state,
                          const GArray *visible,
                          gboolean others,
                          guint *channels,
                          guint maximum)
{
  guint n_total = g_list_model_get_n_items (G_LIST_MODEL (layer->tiles));
  guint first = visible->len > 0 ? g_array_index (visible, guint, visible->len - 1) + 1 : 0;
  guint n = 0;

  for (guint i = 0; i < visible->len && n < maximum; i++)
    if (g_array_index (visible, guint, i) < n_total)
      consider (layer, g_array_index (visible, guint, i), side, state, channels, &n);
  for (guint i = 0; others && i < n_total && n < maximum; i++)
    consider (layer, (first + i) % n_total, side, state, channels, &n);
  return n;
}
