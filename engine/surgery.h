/* Networks with some channels switched off.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/network.h"

G_BEGIN_DECLS

/**
 * FoveaSurgery:
 * @FOVEA_SURGERY_REMOVE: the named channels are off
 * @FOVEA_SURGERY_KEEP: of the layers with named channels, all others are off
 */
typedef enum { FOVEA_SURGERY_REMOVE, FOVEA_SURGERY_KEEP } FoveaSurgery;

FoveaNetwork *fovea_network_operate (FoveaNetwork *network, FoveaSurgery surgery, guint n_neurons, const FoveaNeuron *neurons, GError **error);

G_END_DECLS
