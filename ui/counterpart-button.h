/* A button that says which channel of the robust network a channel is compared with, and lets people choose how it is found.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

#include "ui/layer-scans.h"

G_BEGIN_DECLS

/**
 * FoveaCounterpartButton:
 *
 * Goes where there is nothing to compare. Emits `changed` when counterparts may be others: people chose another way, which is
 * kept in the settings, or more is known of the layer.
 */
#define FOVEA_TYPE_COUNTERPART_BUTTON (fovea_counterpart_button_get_type ())
G_DECLARE_FINAL_TYPE (FoveaCounterpartButton, fovea_counterpart_button, FOVEA, COUNTERPART_BUTTON, GtkWidget)

void fovea_counterpart_button_set_scans (FoveaCounterpartButton *self, FoveaLayerScans *scans);
void fovea_counterpart_button_show (FoveaCounterpartButton *self, FoveaNetworkPair *pair, const guint channels[FOVEA_N_SIDES]);
int fovea_counterpart_button_find (FoveaCounterpartButton *self, guint channel);

G_END_DECLS
