/* A chart with its title and buttons to save and copy it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

#include "ui/chart-view.h"

G_BEGIN_DECLS

/**
 * FoveaChartMaker:
 * @data: as passed to fovea_chart_frame_set_maker()
 *
 * Returns: (transfer full) (nullable): a new chart of what is known now; %NULL where there is nothing to show
 */
typedef FoveaChart *(*FoveaChartMaker) (gpointer data);

/**
 * FoveaChartFrame:
 *
 * Shows a chart's title, its subtitle, and the chart. The actions `chart.save` and `chart.copy`, which buttons
 * and Ctrl+S and Ctrl+C call, make files of a chart of their own.
 */
#define FOVEA_TYPE_CHART_FRAME (fovea_chart_frame_get_type ())
G_DECLARE_FINAL_TYPE (FoveaChartFrame, fovea_chart_frame, FOVEA, CHART_FRAME, GtkWidget)

GtkWidget *fovea_chart_frame_new (void);
void fovea_chart_frame_set_maker (FoveaChartFrame *self, const char *name, FoveaChartMaker make, gpointer data);
void fovea_chart_frame_update (FoveaChartFrame *self);
FoveaChartView *fovea_chart_frame_get_view (FoveaChartFrame *self);
FoveaPicture *fovea_chart_frame_take_picture (FoveaChartFrame *self);

G_END_DECLS
