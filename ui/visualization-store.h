/* Images of activation maximization in the store, under the same key wherever they are computed.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/analysis/maximize.h"
#include "engine/store.h"

G_BEGIN_DECLS

/**
 * FoveaVisualizationSubject:
 * @network: where it is optimized
 * @neuron: what it is an image of
 * @options: how
 * @objective: for what; other than fovea_objective_init_neuron()'s where people chose so
 * @n_images: how many are optimized together
 *
 * What shapes the images of one maximization. Nothing is owned.
 */
typedef struct {
  FoveaNetwork *network;
  const FoveaNeuron *neuron;
  const FoveaMaximizeOptions *options;
  const FoveaObjective *objective;
  guint n_images;
} FoveaVisualizationSubject;

FoveaStoredVisualization *fovea_visualization_store_get (FoveaStore *store, const FoveaVisualizationSubject *subject, guint stream);
gboolean fovea_visualization_store_put (FoveaStore *store, const FoveaVisualizationSubject *subject, guint stream, const FoveaStoredVisualization *visualization, GError **error);

G_END_DECLS
