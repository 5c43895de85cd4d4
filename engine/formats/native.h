/* Fovea's own network files: safetensors with the graph in the metadata.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/formats/state-dict.h"
#include "engine/network.h"

G_BEGIN_DECLS

gboolean fovea_native_is_native (const FoveaStateDict *state_dict);
FoveaNetwork *fovea_native_build (const FoveaStateDict *state_dict, const FoveaNetworkOptions *options, const char *name, const char *path, const char *sha256, GError **error);
gboolean fovea_native_write (const FoveaNetwork *network, const char *path, GError **error);

G_END_DECLS
