/* A grid of tiles that people walk through.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "ui/tile-actions.h"

G_BEGIN_DECLS

/**
 * FoveaTileGrid:
 *
 * Emits `channel-activated` with a channel that is clicked, or entered, and `visible-changed` with the channels that people see, as a
 * #GArray of guint in the order in which they are shown. The property `tile-size` is the width of one picture in pixels.
 */
#define FOVEA_TYPE_TILE_GRID (fovea_tile_grid_get_type ())
G_DECLARE_FINAL_TYPE (FoveaTileGrid, fovea_tile_grid, FOVEA, TILE_GRID, GtkWidget)

GtkWidget *fovea_tile_grid_new (void);
void fovea_tile_grid_set_model (FoveaTileGrid *self, GListModel *model);
void fovea_tile_grid_set_actions (FoveaTileGrid *self, FoveaTileActions *actions);
void fovea_tile_grid_set_content (FoveaTileGrid *self, FoveaTileContent content);
void fovea_tile_grid_set_values (FoveaTileGrid *self, gboolean values, int measure);

void fovea_tile_grid_tell_visible (FoveaTileGrid *self);
void fovea_tile_grid_scroll_to_top (FoveaTileGrid *self);
void fovea_tile_grid_set_current (FoveaTileGrid *self, guint channel);
void fovea_tile_grid_focus (FoveaTileGrid *self, guint channel);
gboolean fovea_tile_grid_get_neighbour (FoveaTileGrid *self, guint channel, int step, guint *neighbour);
gboolean fovea_tile_grid_get_first (FoveaTileGrid *self, guint *channel);
GtkGridView *fovea_tile_grid_get_view (FoveaTileGrid *self);

G_END_DECLS
