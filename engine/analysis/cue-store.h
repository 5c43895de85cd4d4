/* What networks make of cue-conflict images, kept in the store.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/analysis/cue-preference.h"
#include "engine/analysis/shape-bias.h"
#include "engine/store.h"

G_BEGIN_DECLS

gboolean fovea_cue_layer_put (const FoveaCueLayer *cues, const FoveaNetwork *network, int layer, const FoveaCueSet *set, FoveaStore *store, GError **error);
FoveaCueLayer *fovea_cue_layer_get (const FoveaNetwork *network, int layer, const FoveaCueSet *set, FoveaStore *store);

gboolean fovea_shape_bias_put (const FoveaShapeBias *bias, const FoveaNetwork *network, const FoveaCueSet *set, FoveaCategoryRule rule, FoveaStore *store, GError **error);
FoveaShapeBias *fovea_shape_bias_get (const FoveaNetwork *network, const FoveaCueSet *set, FoveaCategoryRule rule, FoveaStore *store);

GBytes *fovea_shape_bias_to_bytes (const FoveaShapeBias *bias);
FoveaShapeBias *fovea_shape_bias_from_bytes (GBytes *bytes);

G_END_DECLS
