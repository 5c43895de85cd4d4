/* One-to-one assignment of rows to columns.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/job.h"

G_BEGIN_DECLS

gboolean fovea_assignment_maximize (guint n_rows, guint n_columns, const float *gains, int *assigned, const FoveaJob *job, GError **error);

G_END_DECLS
