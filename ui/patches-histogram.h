/* How often each activation of a neuron occurs in a scan.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/analysis/scan.h"
#include "ui/chart.h"
#include "ui/network-pair.h"

G_BEGIN_DECLS

FoveaChart *fovea_patches_histogram_new (FoveaImageSet *set, FoveaNetworkPair *pair, const char *layer, const guint *channels, FoveaScan *const *scans);

G_END_DECLS
