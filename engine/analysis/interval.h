/* How sure is a share that was counted?
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

void fovea_interval_of_share (gsize n, gsize n_total, double *low, double *high);

G_END_DECLS
