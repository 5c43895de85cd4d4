/* Operators that work value by value, on blocked maps as they are.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/blocked/map.h"
#include "engine/operator.h"

G_BEGIN_DECLS

/**
 * FoveaPointwise:
 * @n_channels: of the maps, whose last block may have more lanes
 * @inputs: (array length=n_inputs): as the node has
 * @output_gradient, @input_gradients: on the way back; the latter are added to
 *
 * One run of a node. All maps have the same size; they may lie in concatenations.
 */
typedef struct {
  const FoveaNode *node;
  gsize batch;
  gint64 n_channels;
  gboolean redirect_relu;
  FoveaBlockedMap inputs[2];
  FoveaBlockedMap output;
  FoveaBlockedMap output_gradient;
  FoveaBlockedMap input_gradients[2];
} FoveaPointwise;

gboolean fovea_pointwise_is_suitable (const FoveaNode *node);
void fovea_pointwise_run (const FoveaPointwise *pointwise);
void fovea_pointwise_run_gradient (const FoveaPointwise *pointwise);

G_END_DECLS
