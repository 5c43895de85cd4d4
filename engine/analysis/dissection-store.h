/* Dissections in the store.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/analysis/dissect.h"

G_BEGIN_DECLS

GBytes *fovea_dissection_serialize (const FoveaDissection *dissection, GError **error);
FoveaDissection *fovea_dissection_deserialize (GBytes *bytes, GError **error);

gboolean fovea_dissection_put (const FoveaDissection *dissection, const FoveaNetwork *network, int layer, const FoveaConceptSet *set, const FoveaDissectOptions *options, FoveaStore *store, GError **error);

G_END_DECLS
