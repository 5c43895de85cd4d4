/* How long a scan of an image set will take.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/analysis/scan.h"

G_BEGIN_DECLS

double fovea_scan_time_measure (FoveaImageSet *set, guint n_targets, const FoveaScanTarget *targets, const FoveaScanOptions *options, GCancellable *cancellable);

G_END_DECLS
