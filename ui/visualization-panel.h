/* One network's half of the visualization view: picture, activation, curve.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

#include "ui/activation-curve.h"
#include "ui/visualization-run.h"

G_BEGIN_DECLS

#define FOVEA_TYPE_VISUALIZATION_PANEL (fovea_visualization_panel_get_type ())
G_DECLARE_FINAL_TYPE (FoveaVisualizationPanel, fovea_visualization_panel, FOVEA, VISUALIZATION_PANEL, GtkWidget)

void fovea_visualization_panel_set_side (FoveaVisualizationPanel *panel, FoveaSide side);
void fovea_visualization_panel_set_name (FoveaVisualizationPanel *panel, const char *name);
void fovea_visualization_panel_set_run (FoveaVisualizationPanel *panel, FoveaVisualizationRun *run);
void fovea_visualization_panel_set_message (FoveaVisualizationPanel *panel, const char *title, const char *description);
const char *fovea_visualization_panel_get_message (FoveaVisualizationPanel *panel);
void fovea_visualization_panel_set_selected (FoveaVisualizationPanel *panel, guint image);
guint fovea_visualization_panel_get_selected (FoveaVisualizationPanel *panel);
GdkPaintable *fovea_visualization_panel_get_picture (FoveaVisualizationPanel *panel);
FoveaActivationCurve *fovea_visualization_panel_get_curve (FoveaVisualizationPanel *panel);

G_END_DECLS
