/* Writes what was measured of channels onto their tiles.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

#include "engine/analysis/cue-preference.h"
#include "engine/analysis/scan.h"
#include "engine/analysis/tally.h"
#include "ui/tile.h"

G_BEGIN_DECLS

void fovea_tile_values_show_scan (GListModel *tiles, FoveaSide side, const FoveaScan *scan);
gboolean fovea_tile_values_show_preferences (GListModel *tiles, FoveaSide side, const FoveaCueLayer *cues);
void fovea_tile_values_show_tally (GListModel *tiles, FoveaSide side, const FoveaTally *tally, double iou);

G_END_DECLS
