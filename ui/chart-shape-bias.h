/* The shape-bias plot: categories as rows, between shape and texture a marker for each observer.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/analysis/shape-bias.h"
#include "ui/chart-canvas.h"

G_BEGIN_DECLS

FoveaChart *fovea_shape_bias_chart_new (void);
void fovea_shape_bias_chart_fix_rows (FoveaChart *chart);
guint fovea_shape_bias_chart_add_observer (FoveaChart *chart, const FoveaShapeBias *bias, guint color, FoveaChartMarker marker);
const char *fovea_shape_bias_chart_get_category (FoveaChart *chart, guint index);

G_END_DECLS
