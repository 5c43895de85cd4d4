/* Bars: a number for each category and series, such as detectors per kind of concept.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "ui/chart.h"

G_BEGIN_DECLS

/**
 * FoveaBarChartDirection:
 * @FOVEA_BAR_CHART_COLUMNS: bars stand, categories run to the right
 * @FOVEA_BAR_CHART_ROWS: bars lie, categories run down; for long names
 */
typedef enum { FOVEA_BAR_CHART_COLUMNS, FOVEA_BAR_CHART_ROWS } FoveaBarChartDirection;

FoveaChart *fovea_bar_chart_new (FoveaBarChartDirection direction, const char *value_title);
guint fovea_bar_chart_add_series (FoveaChart *chart, const char *name, guint color);
guint fovea_bar_chart_add_category (FoveaChart *chart, const char *name);
void fovea_bar_chart_set_category_color (FoveaChart *chart, guint category, guint color);
void fovea_bar_chart_add_color_name (FoveaChart *chart, guint color, const char *name);
void fovea_bar_chart_set_value (FoveaChart *chart, guint series, guint category, double value);

G_END_DECLS
