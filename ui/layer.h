/* A layer of a pair, as the layer list shows it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

#include "ui/network-pair.h"

G_BEGIN_DECLS

#define FOVEA_TYPE_LAYER (fovea_layer_get_type ())
G_DECLARE_FINAL_TYPE (FoveaLayer, fovea_layer, FOVEA, LAYER, GObject)

GListModel *fovea_layers_of_pair (FoveaNetworkPair *pair);
const char *fovea_layers_choose_default (GListModel *layers);

const char *fovea_layer_get_name (FoveaLayer *self);
const char *fovea_layer_get_operator (FoveaLayer *self);
const char *fovea_layer_get_summary (FoveaLayer *self);
guint fovea_layer_get_n_channels (FoveaLayer *self);
gboolean fovea_layer_has_weights (FoveaLayer *self);
gboolean fovea_layer_is_output (FoveaLayer *self);

G_END_DECLS
