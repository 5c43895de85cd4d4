/* How long dissecting takes.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/images/concept-set.h"
#include "engine/network.h"

G_BEGIN_DECLS

double fovea_dissection_estimate (FoveaNetwork *network, int layer, FoveaConceptSet *set, const FoveaJob *job);

G_END_DECLS
