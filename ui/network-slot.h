/* One of the networks that people are about to open: its file, what is known of it, what they know better.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "engine/overrides.h"
#include "ui/network-pair.h"

G_BEGIN_DECLS

#define FOVEA_TYPE_NETWORK_SLOT (fovea_network_slot_get_type ())
G_DECLARE_FINAL_TYPE (FoveaNetworkSlot, fovea_network_slot, FOVEA, NETWORK_SLOT, AdwPreferencesGroup)

void fovea_network_slot_set_side (FoveaNetworkSlot *self, FoveaSide side);
void fovea_network_slot_set_file (FoveaNetworkSlot *self, const char *path, const char *name, const FoveaOverrides *overrides);
void fovea_network_slot_set_fixed (FoveaNetworkSlot *self, gboolean fixed);
void fovea_network_slot_swap (FoveaNetworkSlot *self, FoveaNetworkSlot *other);

const char *fovea_network_slot_get_path (FoveaNetworkSlot *self);
char *fovea_network_slot_get_name (FoveaNetworkSlot *self);
const FoveaOverrides *fovea_network_slot_get_overrides (FoveaNetworkSlot *self);
gboolean fovea_network_slot_is_loading (FoveaNetworkSlot *self);
FoveaNetwork *fovea_network_slot_get_network (FoveaNetworkSlot *self);

G_END_DECLS
