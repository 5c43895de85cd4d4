/* The view of a neuron that grows the images which excite it, in both networks at once.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

#include "ui/maximize-settings.h"
#include "ui/network-pair.h"
#include "ui/neuron-view.h"
#include "ui/visualization-panel.h"

G_BEGIN_DECLS

#define FOVEA_TYPE_VISUALIZATION_VIEW (fovea_visualization_view_get_type ())
G_DECLARE_FINAL_TYPE (FoveaVisualizationView, fovea_visualization_view, FOVEA, VISUALIZATION_VIEW, GtkWidget)

GtkWidget *fovea_visualization_view_new (void);

void fovea_visualization_view_set_services (FoveaVisualizationView *view, FoveaJobQueue *queue, FoveaStore *store);
FoveaMaximizeSettings *fovea_visualization_view_get_settings (FoveaVisualizationView *view);

void fovea_visualization_view_set_neuron (FoveaVisualizationView *view, FoveaNetworkPair *pair, const char *layer, const guint channels[FOVEA_N_SIDES]);
void fovea_visualization_view_clear (FoveaVisualizationView *view);
void fovea_visualization_view_run (FoveaVisualizationView *view);
void fovea_visualization_view_stop (FoveaVisualizationView *view);
void fovea_visualization_view_continue (FoveaVisualizationView *view);
gboolean fovea_visualization_view_is_running (FoveaVisualizationView *view);
gboolean fovea_visualization_view_can_continue (FoveaVisualizationView *view);

FoveaVisualizationRun *fovea_visualization_view_get_run (FoveaVisualizationView *view, FoveaSide side);
FoveaVisualizationPanel *fovea_visualization_view_get_panel (FoveaVisualizationView *view, FoveaSide side);
guint fovea_visualization_view_get_selected (FoveaVisualizationView *view);
const char *fovea_visualization_view_get_status (FoveaVisualizationView *view);
void fovea_visualization_view_focus_run (FoveaVisualizationView *view);

G_END_DECLS
