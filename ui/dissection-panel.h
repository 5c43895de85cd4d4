/* What one network's channel detects: its best concept of each category, and images that show both.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

#include "engine/analysis/tally.h"
#include "ui/network-pair.h"

G_BEGIN_DECLS

/**
 * FoveaDissectionPanel:
 *
 * Emits `concept-chosen` when people choose another row, and `picture-activated` with the index of an image in the
 * set when they click it.
 */
#define FOVEA_TYPE_DISSECTION_PANEL (fovea_dissection_panel_get_type ())
G_DECLARE_FINAL_TYPE (FoveaDissectionPanel, fovea_dissection_panel, FOVEA, DISSECTION_PANEL, GtkWidget)

GtkWidget *fovea_dissection_panel_new (FoveaSide side);
void fovea_dissection_panel_set_name (FoveaDissectionPanel *panel, const char *name);
void fovea_dissection_panel_set_message (FoveaDissectionPanel *panel, const char *text);
void fovea_dissection_panel_set_unit (FoveaDissectionPanel *panel, const FoveaTally *tally, guint channel, double iou, double largest);
gboolean fovea_dissection_panel_get_concept (FoveaDissectionPanel *panel, const char **label, guint *category);
void fovea_dissection_panel_set_pictures (FoveaDissectionPanel *panel, GPtrArray *pictures);
GPtrArray *fovea_dissection_panel_get_pictures (FoveaDissectionPanel *panel);
void fovea_dissection_panel_set_pictures_message (FoveaDissectionPanel *panel, const char *text);

G_END_DECLS
