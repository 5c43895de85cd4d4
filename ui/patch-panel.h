/* One network's top patches, and what drives the channel.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

#include "ui/network-pair.h"
#include "ui/patch-tile.h"

G_BEGIN_DECLS

#define FOVEA_PATCH_PANEL_N_PATCHES 9
#define FOVEA_PATCH_PANEL_N_CLASSES 5

/**
 * FoveaPatchPanel:
 *
 * Nine patches, the strongest first. Emits `patch-activated` with the number of one.
 */
#define FOVEA_TYPE_PATCH_PANEL (fovea_patch_panel_get_type ())
G_DECLARE_FINAL_TYPE (FoveaPatchPanel, fovea_patch_panel, FOVEA, PATCH_PANEL, GtkWidget)

void fovea_patch_panel_set_network (FoveaPatchPanel *self, FoveaSide side, FoveaNetwork *network);
void fovea_patch_panel_set_channel (FoveaPatchPanel *self, FoveaImageSet *set, FoveaScan *scan, guint channel);
void fovea_patch_panel_set_message (FoveaPatchPanel *self, const char *text);
const char *fovea_patch_panel_get_facts (FoveaPatchPanel *self);
const char *fovea_patch_panel_get_selectivity (FoveaPatchPanel *self);
FoveaPatchTile *fovea_patch_panel_get_tile (FoveaPatchPanel *self, guint number);
void fovea_patch_panel_set_opacity (FoveaPatchPanel *self, double opacity);

G_END_DECLS
