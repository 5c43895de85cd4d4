/* How long a scan of an image set will take.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/images/image-set.h"
#include "engine/network.h"

G_BEGIN_DECLS

double fovea_scan_time_measure (FoveaImageSet *set, guint n_networks, FoveaNetwork *const *networks, const int *layers, const FoveaJob *job, GError **error);

G_END_DECLS
