/* Markers of about the same value, moved apart so that each can be seen.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

guint fovea_chart_dodge (guint n, const double *x, double diameter, double room, double *offsets);

G_END_DECLS
