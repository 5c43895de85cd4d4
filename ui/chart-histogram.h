/* Histograms: how often values fall where, such as a channel's activations.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "ui/chart.h"

G_BEGIN_DECLS

FoveaChart *fovea_histogram_chart_new (const char *value_title, const char *count_title, double minimum, double maximum, guint n_bins);
guint fovea_histogram_chart_add_series (FoveaChart *chart, const char *name, guint color, const double *counts);
guint fovea_histogram_chart_add_values (FoveaChart *chart, const char *name, guint color, const float *values, gsize n_values);
void fovea_histogram_chart_add_line (FoveaChart *chart, double value, const char *name, guint color);
void fovea_histogram_chart_set_logarithmic (FoveaChart *chart, gboolean logarithmic);

G_END_DECLS
