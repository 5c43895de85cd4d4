/* Box plots in which every value is a dot, such as every neuron of every layer.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "ui/chart.h"

G_BEGIN_DECLS

FoveaChart *fovea_box_chart_new (const char *value_title);
guint fovea_box_chart_add_series (FoveaChart *chart, const char *name, guint color);
guint fovea_box_chart_add_category (FoveaChart *chart, const char *name);
void fovea_box_chart_set_values (FoveaChart *chart, guint series, guint category, const double *values, guint n_values);
void fovea_box_chart_set_range (FoveaChart *chart, double minimum, double maximum);

G_END_DECLS
