/* How long it takes to show cue-conflict images to a network.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/analysis/cue-set.h"
#include "engine/network.h"

G_BEGIN_DECLS

double fovea_cue_time_measure (FoveaNetwork *network, FoveaCueSet *set);

G_END_DECLS
