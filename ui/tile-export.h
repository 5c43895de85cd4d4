/* One tile of the grid as a figure.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "ui/picture.h"
#include "ui/tile-view.h"

G_BEGIN_DECLS

FoveaPicture *fovea_tile_export_new (FoveaTile *tile, FoveaTileContent content, FoveaNetworkPair *pair, const char *layer, const char *set_name);

G_END_DECLS
