/* A standard network and its robust twin.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib-object.h>

#include "engine/network.h"

G_BEGIN_DECLS

/* The standard network is always left, the robust one right. */
typedef enum { FOVEA_SIDE_STANDARD, FOVEA_SIDE_ROBUST } FoveaSide;
#define FOVEA_N_SIDES 2

const char *fovea_side_get_name (FoveaSide side);

#define FOVEA_TYPE_NETWORK_PAIR (fovea_network_pair_get_type ())
G_DECLARE_FINAL_TYPE (FoveaNetworkPair, fovea_network_pair, FOVEA, NETWORK_PAIR, GObject)

FoveaNetworkPair *fovea_network_pair_new (const char *name, FoveaNetwork *standard, FoveaNetwork *robust);
FoveaNetworkPair *fovea_network_pair_new_single (FoveaNetwork *network);
gboolean fovea_network_pair_has_side (FoveaNetworkPair *self, FoveaSide side);
const char *fovea_network_pair_get_name (FoveaNetworkPair *self);
FoveaNetwork *fovea_network_pair_get_network (FoveaNetworkPair *self, FoveaSide side);

GStrv fovea_network_pair_list_names (void);
FoveaNetworkPair *fovea_network_pair_open (const char *name, GError **error);

G_END_DECLS
