/* A chart on the screen, in which one can point.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

#include "ui/chart.h"
#include "ui/picture.h"

G_BEGIN_DECLS

/**
 * FoveaChartView:
 *
 * Draws a chart as large as the widget, light or dark as the window is. A tooltip explains the mark under the
 * pointer; with the keyboard, the arrow keys walk through the marks and Enter chooses one. Emits
 * `mark-activated` with a mark's series, category and index when one is clicked or chosen.
 */
#define FOVEA_TYPE_CHART_VIEW (fovea_chart_view_get_type ())
G_DECLARE_FINAL_TYPE (FoveaChartView, fovea_chart_view, FOVEA, CHART_VIEW, GtkWidget)

GtkWidget *fovea_chart_view_new (void);
void fovea_chart_view_set_chart (FoveaChartView *self, FoveaChart *chart);
FoveaChart *fovea_chart_view_get_chart (FoveaChartView *self);

FoveaPicture *fovea_chart_picture_new (FoveaChart *chart, const char *name);

G_END_DECLS
