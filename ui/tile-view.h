/* Draws one tile: both networks' pictures side by side, and the channel's number.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

#include "ui/tile.h"

G_BEGIN_DECLS

/* What a tile shows of its channel. */
typedef enum { FOVEA_TILE_CONTENT_VISUALIZATION, FOVEA_TILE_CONTENT_PATCH } FoveaTileContent;

#define FOVEA_TYPE_TILE_VIEW (fovea_tile_view_get_type ())
G_DECLARE_FINAL_TYPE (FoveaTileView, fovea_tile_view, FOVEA, TILE_VIEW, GtkWidget)

GtkWidget *fovea_tile_view_new (void);
void fovea_tile_view_set_tile (FoveaTileView *self, FoveaTile *tile);
FoveaTile *fovea_tile_view_get_tile (FoveaTileView *self);
void fovea_tile_view_set_size (FoveaTileView *self, int size);
void fovea_tile_view_set_content (FoveaTileView *self, FoveaTileContent content);
void fovea_tile_view_set_values (FoveaTileView *self, gboolean values, int measure);

G_END_DECLS
