/* What can be done with a tile of the grid: its menu, and its keys.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "ui/layer-scans.h"
#include "ui/layer.h"
#include "ui/tile-view.h"

G_BEGIN_DECLS

/**
 * FoveaTileActions:
 *
 * The actions `tile.open`, `tile.pin`, `tile.copy`, `tile.lens` and, with a network's name, `tile.lens-image` of a widget, for one
 * tile at a time. Marks the tiles whose channels are pinned. Belongs to the main thread.
 *
 * Emits `channel-activated` with a channel to be opened, `channel-chosen` with one that the Lens is to show, and `said` with a message that passes.
 */
#define FOVEA_TYPE_TILE_ACTIONS (fovea_tile_actions_get_type ())
G_DECLARE_FINAL_TYPE (FoveaTileActions, fovea_tile_actions, FOVEA, TILE_ACTIONS, GObject)

FoveaTileActions *fovea_tile_actions_new (GtkWidget *widget);
void fovea_tile_actions_set_scans (FoveaTileActions *self, FoveaLayerScans *scans);
void fovea_tile_actions_set_layer (FoveaTileActions *self, FoveaNetworkPair *pair, FoveaLayer *layer, GListModel *tiles);
void fovea_tile_actions_set_content (FoveaTileActions *self, FoveaTileContent content);
void fovea_tile_actions_set_tile (FoveaTileActions *self, FoveaTile *tile);
void fovea_tile_actions_pop_up (FoveaTileActions *self, FoveaTileView *view);
void fovea_tile_actions_pop_down (FoveaTileActions *self);

G_END_DECLS
