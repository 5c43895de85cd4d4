/* A network's computation: named nodes, each an operator with its parameters.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

#include "engine/blocked/packed-weights.h"
#include "engine/operator.h"
#include "engine/shape.h"
#include "engine/tensor.h"

G_BEGIN_DECLS

/* Stands for the graph's input among a node's inputs, and where a layer is asked for. */
#define FOVEA_GRAPH_INPUT (-1)

/* A graph may not have more nodes than this. */
#define FOVEA_GRAPH_MAX_NODES 65536

/**
 * FoveaGraph:
 *
 * Built node by node in any order, then finished: finishing resolves the inputs' names, sorts the
 * nodes topologically, prepares every operator and infers every shape. A finished graph is
 * immutable and may be used by any number of threads. Reference-counted.
 */
typedef struct _FoveaGraph FoveaGraph;

FoveaGraph *fovea_graph_new (gint64 channels, gint64 height, gint64 width);
FoveaGraph *fovea_graph_ref (FoveaGraph *graph);
void fovea_graph_unref (FoveaGraph *graph);

/* Building */
gboolean fovea_graph_add_node (FoveaGraph *graph, const char *name, const char *operator_name, const char *const *inputs, GVariant *attributes, GHashTable *parameters, GError **error);
gboolean fovea_graph_add_alias (FoveaGraph *graph, const char *alias, const char *node_name, GError **error);
gboolean fovea_graph_set_normalization (FoveaGraph *graph, const double *mean, const double *std, guint n_channels, GError **error);
gboolean fovea_graph_finish (FoveaGraph *graph, GError **error);

/* Reading a finished graph */
guint fovea_graph_get_n_nodes (const FoveaGraph *graph);
const FoveaNode *fovea_graph_get_node (const FoveaGraph *graph, guint index);
const FoveaShape *fovea_graph_get_input_shape (const FoveaGraph *graph);
const FoveaShape *fovea_graph_get_shape (const FoveaGraph *graph, guint index);
const double *fovea_graph_get_mean (const FoveaGraph *graph);
const double *fovea_graph_get_std (const FoveaGraph *graph);
gboolean fovea_graph_find (const FoveaGraph *graph, const char *layer, int *index, GError **error);
gboolean fovea_graph_infer_shapes (const FoveaGraph *graph, const FoveaShape *input_shape, const gboolean *wanted, FoveaShape *shapes, GError **error);
FoveaPackedWeights *fovea_graph_get_packed_weights (const FoveaGraph *graph);
gsize fovea_graph_get_packed_bytes (const FoveaGraph *graph);
int fovea_graph_get_output (const FoveaGraph *graph);
int fovea_graph_get_logits (const FoveaGraph *graph);
GHashTable *fovea_graph_get_aliases (const FoveaGraph *graph);

/**
 * FoveaReceptiveField:
 *
 * Which input pixels a unit of a layer can see, before clipping to the image: the unit at (y, x)
 * sees rows y * stride[0] + offset[0] up to, not including, that plus size[0]; likewise columns in
 * [1]. Where branches join, the union. Analytic (Araujo, Norris, Sim, "Computing receptive fields
 * of convolutional neural networks", Distill 2019).
 */
typedef struct {
  gint64 size[2];
  gint64 stride[2];
  gint64 offset[2];
} FoveaReceptiveField;

const FoveaReceptiveField *fovea_graph_get_receptive_field (const FoveaGraph *graph, guint index);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaGraph, fovea_graph_unref)

G_END_DECLS
