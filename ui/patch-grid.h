/* A channel's strongest patches as one image: rows of squares of one scale.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/analysis/patches.h"

G_BEGIN_DECLS

void fovea_patch_grid_choose (guint n_patches, guint *n_columns, guint *n_rows);
guint fovea_patch_grid_get_length (guint n_tiles); /* in pixels */
char *fovea_patch_grid_describe (guint n_hits, const FoveaScanHit *hits);
FoveaImage *fovea_patch_grid_draw (FoveaImageSet *set, const FoveaNetwork *network, int layer, guint n_hits, const FoveaScanHit *hits, guint n_columns, guint n_rows, GError **error);

G_END_DECLS
