/* One chart of the overview, which can be saved and copied.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "ui/chart-view.h"
#include "ui/overview-data.h"

G_BEGIN_DECLS

/**
 * FoveaOverviewPanel:
 *
 * Is not to be seen while there is nothing to show. Emits `neuron-activated` with a layer's name and a channel when
 * somebody chooses a mark that is a neuron.
 */
#define FOVEA_TYPE_OVERVIEW_PANEL (fovea_overview_panel_get_type ())
G_DECLARE_FINAL_TYPE (FoveaOverviewPanel, fovea_overview_panel, FOVEA, OVERVIEW_PANEL, GtkWidget)

GtkWidget *fovea_overview_panel_new (guint chart);
void fovea_overview_panel_set_data (FoveaOverviewPanel *self, FoveaOverviewData *data);
FoveaChartView *fovea_overview_panel_get_view (FoveaOverviewPanel *self);

G_END_DECLS
