/* What people choose for the visualizations of both networks, and the buttons that start and stop them.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

#include "ui/maximize-settings.h"
#include "ui/network-pair.h"

G_BEGIN_DECLS

/**
 * FoveaVisualizationControls:
 *
 * Remembers what was chosen. The widget around it has the actions `visualization.run`, `visualization.toggle`, which starts or
 * stops, and `visualization.continue`.
 */
#define FOVEA_TYPE_VISUALIZATION_CONTROLS (fovea_visualization_controls_get_type ())
G_DECLARE_FINAL_TYPE (FoveaVisualizationControls, fovea_visualization_controls, FOVEA, VISUALIZATION_CONTROLS, GtkWidget)

FoveaMaximizeSettings *fovea_visualization_controls_get_settings (FoveaVisualizationControls *self);
void fovea_visualization_controls_set_pair (FoveaVisualizationControls *self, FoveaNetworkPair *pair);
void fovea_visualization_controls_set_shape (FoveaVisualizationControls *self, const FoveaShape *shape);
void fovea_visualization_controls_set_running (FoveaVisualizationControls *self, gboolean running);
void fovea_visualization_controls_focus_run (FoveaVisualizationControls *self);

G_END_DECLS
