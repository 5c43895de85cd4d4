/* How an architecture is written down: layer after layer, in PyTorch's terms.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/formats/state-dict.h"
#include "engine/graph.h"

G_BEGIN_DECLS

/**
 * FoveaBuilder:
 * @weights: the state dict, with the architecture's own names
 * @graph: what is being built
 * @used: (element-type utf8 utf8): names of tensors that were used
 * @last: the node that was added last, which the next one reads; `input` before
 * @size: height and width of the last node's map, where layer followed layer since the input
 * @error: the first failure; after it nothing is added
 *
 * A layer is added under its module path, its weights are `PATH.weight`, `PATH.bias` and so on. Layers read the
 * one that was added before, unless @last is set to another name in between.
 */
typedef struct {
  const FoveaStateDict *weights;
  FoveaGraph *graph;
  GHashTable *used;
  char *last;
  gint64 size[2];
  GError *error;
} FoveaBuilder;

void fovea_builder_init (FoveaBuilder *builder, const FoveaStateDict *weights, gint64 height, gint64 width);
void fovea_builder_clear (FoveaBuilder *builder);

FoveaTensor *fovea_builder_require (FoveaBuilder *builder, const char *name, guint n_dimensions, const gint64 *shape);
gboolean fovea_builder_has (const FoveaBuilder *builder, const char *name);
void fovea_builder_continue_from (FoveaBuilder *builder, const char *layer);
void fovea_builder_alias (FoveaBuilder *builder, const char *alias, const char *layer);

void fovea_builder_convolution (FoveaBuilder *builder, const char *path, gint64 kernel, gint64 stride, gint64 padding, gint64 groups);
void fovea_builder_batch_norm (FoveaBuilder *builder, const char *path, double epsilon);
void fovea_builder_relu (FoveaBuilder *builder, const char *path);
void fovea_builder_max_pool (FoveaBuilder *builder, const char *path, gint64 kernel, gint64 stride, gint64 padding, gboolean ceil_mode);
void fovea_builder_adaptive_average_pool (FoveaBuilder *builder, const char *path, gint64 size);
void fovea_builder_global_average_pool (FoveaBuilder *builder, const char *path);
void fovea_builder_dropout (FoveaBuilder *builder, const char *path);
void fovea_builder_flatten (FoveaBuilder *builder, const char *path);
void fovea_builder_linear (FoveaBuilder *builder, const char *path, gint64 n_inputs);
void fovea_builder_add (FoveaBuilder *builder, const char *path, const char *first, const char *second);
void fovea_builder_concat (FoveaBuilder *builder, const char *path, const char *const *inputs);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (FoveaBuilder, fovea_builder_clear)

G_END_DECLS
