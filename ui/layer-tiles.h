/* The tiles of one layer, and which of them come next.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "ui/layer.h"
#include "ui/tile.h"

G_BEGIN_DECLS

/**
 * FoveaLayerTiles:
 * @pair: the networks
 * @layer: the layer
 * @tiles: (element-type FoveaTile): tile i is channel i
 *
 * Main thread only.
 */
typedef struct {
  FoveaNetworkPair *pair;
  FoveaLayer *layer;
  GListStore *tiles;
} FoveaLayerTiles;

FoveaLayerTiles *fovea_layer_tiles_new (FoveaNetworkPair *pair, FoveaLayer *layer);
void fovea_layer_tiles_free (FoveaLayerTiles *layer);

FoveaTile *fovea_layer_tiles_get_tile (FoveaLayerTiles *layer, guint channel);
guint fovea_layer_tiles_count_finished (FoveaLayerTiles *layer, FoveaSide side);
guint fovea_layer_tiles_choose (FoveaLayerTiles *layer, FoveaSide side, FoveaTileState state, const GArray *visible, gboolean others, guint *channels, guint maximum);

G_END_DECLS
