/* What in the world excites a neuron: the strongest places of an image set, in both networks.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "ui/layer-scans.h"
#include "ui/neuron-view.h"
#include "ui/patch-panel.h"

G_BEGIN_DECLS

/**
 * FoveaPatchesView:
 *
 * A view of the neuron page. Where the layer has not been scanned on the current image set it says so, and
 * how long a scan takes.
 */
#define FOVEA_TYPE_PATCHES_VIEW (fovea_patches_view_get_type ())
G_DECLARE_FINAL_TYPE (FoveaPatchesView, fovea_patches_view, FOVEA, PATCHES_VIEW, GtkWidget)

GtkWidget *fovea_patches_view_new (FoveaLayerScans *scans, FoveaJobQueue *queue);
FoveaPatchPanel *fovea_patches_view_get_panel (FoveaPatchesView *self, FoveaSide side);
gboolean fovea_patches_view_is_busy (FoveaPatchesView *self);
const char *fovea_patches_view_get_status (FoveaPatchesView *self);

G_END_DECLS
