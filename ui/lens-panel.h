/* One network's half of the Lens.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

#include "engine/analysis/response.h"
#include "ui/image-view.h"
#include "ui/network-pair.h"

G_BEGIN_DECLS

/**
 * FoveaLensPanel:
 *
 * Shows a response: the image as the network saw it under the chosen channel's map, the most probable
 * classes, the most active channels. Emits `channel-chosen` and `channel-activated` with a channel's
 * number, and `unit-pointed` with a row and a column of the map, both -1 when nothing is pointed at.
 */
#define FOVEA_TYPE_LENS_PANEL (fovea_lens_panel_get_type ())
G_DECLARE_FINAL_TYPE (FoveaLensPanel, fovea_lens_panel, FOVEA, LENS_PANEL, GtkWidget)

GtkWidget *fovea_lens_panel_new (void);
void fovea_lens_panel_set_side (FoveaLensPanel *panel, FoveaSide side);
void fovea_lens_panel_set_name (FoveaLensPanel *panel, const char *name);
void fovea_lens_panel_set_waiting (FoveaLensPanel *panel);
void fovea_lens_panel_set_message (FoveaLensPanel *panel, const char *title, const char *description);
void fovea_lens_panel_set_response (FoveaLensPanel *panel, FoveaResponse *response, GdkTexture *image);
void fovea_lens_panel_set_change (FoveaLensPanel *panel, GdkTexture *change, guint width, guint height, const char *text);
void fovea_lens_panel_set_common_classes (FoveaLensPanel *panel, const FoveaResponse *other);
void fovea_lens_panel_set_neuron (FoveaLensPanel *panel, const char *layer, guint channel, FoveaResponseMeasure measure);
void fovea_lens_panel_set_opacity (FoveaLensPanel *panel, double opacity);
void fovea_lens_panel_set_room (FoveaLensPanel *panel, int size, gboolean is_narrow);
void fovea_lens_panel_point_at (FoveaLensPanel *panel, gint64 y, gint64 x);
FoveaResponse *fovea_lens_panel_get_response (FoveaLensPanel *panel);
GtkListBox *fovea_lens_panel_get_channel_list (FoveaLensPanel *panel);
FoveaImageView *fovea_lens_panel_get_view (FoveaLensPanel *panel);
const char *fovea_lens_panel_get_change (FoveaLensPanel *panel);
const char *fovea_lens_panel_get_readout (FoveaLensPanel *panel);

G_END_DECLS
