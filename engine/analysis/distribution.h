/* How values are distributed.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

gsize fovea_distribution_sort (const double *values, gsize n, double *sorted);
double fovea_distribution_get_quantile (const double *sorted, gsize n, double quantile);
double fovea_distribution_get_median (const double *values, gsize n);

G_END_DECLS
