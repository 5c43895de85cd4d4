/* One image patch that can be pointed at and clicked.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

#include "ui/patch-picture.h"

G_BEGIN_DECLS

/**
 * FoveaPatchTile:
 *
 * A square with the patch, its activation map over it, and the activation below. Its tooltip shows the whole
 * image with the patch outlined. Emits `activated` when it is clicked, or Enter or Space is pressed.
 */
#define FOVEA_TYPE_PATCH_TILE (fovea_patch_tile_get_type ())
G_DECLARE_FINAL_TYPE (FoveaPatchTile, fovea_patch_tile, FOVEA, PATCH_TILE, GtkWidget)

GtkWidget *fovea_patch_tile_new (void);
void fovea_patch_tile_set_picture (FoveaPatchTile *self, FoveaPatchPicture *picture);
FoveaPatchPicture *fovea_patch_tile_get_picture (FoveaPatchTile *self);
void fovea_patch_tile_set_opacity (FoveaPatchTile *self, double opacity);

G_END_DECLS
