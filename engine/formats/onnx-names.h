/* What the nodes of an ONNX model are called as layers.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

#include "engine/formats/onnx.pb-c.h"

G_BEGIN_DECLS

/**
 * FoveaOnnxNames:
 * @layers: for every node its layer's name, unique; %NULL for nodes that are no layer
 * @modules: (element-type utf8 guint): for every module of the model that is no layer by itself, which node computes
 *   what it puts out
 */
typedef struct {
  guint n_layers;
  char **layers;
  GHashTable *modules;
} FoveaOnnxNames;

void fovea_onnx_names_init (FoveaOnnxNames *names, const Onnx__GraphProto *graph, const guint *order, guint n_nodes);
void fovea_onnx_names_clear (FoveaOnnxNames *names);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (FoveaOnnxNames, fovea_onnx_names_clear)

G_END_DECLS
