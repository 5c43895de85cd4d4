/* Fills tiles with the image patches that excite their channels most.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "ui/layer-scans.h"
#include "ui/tile.h"

G_BEGIN_DECLS

/**
 * FoveaTilePatches:
 *
 * Loads the patches of those tiles that people see, in workers, from the images of a scan. What was loaded and is not seen
 * any more is kept as long as there is room. Belongs to the main thread.
 */
#define FOVEA_TYPE_TILE_PATCHES (fovea_tile_patches_get_type ())
G_DECLARE_FINAL_TYPE (FoveaTilePatches, fovea_tile_patches, FOVEA, TILE_PATCHES, GObject)

FoveaTilePatches *fovea_tile_patches_new (FoveaJobQueue *queue);
void fovea_tile_patches_set_room (FoveaTilePatches *self, gsize n_bytes);
void fovea_tile_patches_set_scans (FoveaTilePatches *self, FoveaNetworkPair *pair, const char *layer, FoveaImageSet *set, FoveaScan *const *scans, GListModel *tiles);
void fovea_tile_patches_clear (FoveaTilePatches *self);
void fovea_tile_patches_set_visible (FoveaTilePatches *self, const guint *channels, guint n_channels);
gboolean fovea_tile_patches_is_busy (FoveaTilePatches *self);
gsize fovea_tile_patches_get_size (FoveaTilePatches *self);

G_END_DECLS
