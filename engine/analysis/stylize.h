/* The shape of one image with the texture of another.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/analysis/style-loss.h"
#include "engine/images/image.h"
#include "engine/job.h"

G_BEGIN_DECLS

typedef enum { FOVEA_STYLIZE_ADAM, FOVEA_STYLIZE_LBFGS } FoveaStylizeOptimizer;

/* What the image is before the first step. */
typedef enum { FOVEA_STYLIZE_FROM_NOISE, FOVEA_STYLIZE_FROM_SHAPE, FOVEA_STYLIZE_FROM_TEXTURE } FoveaStylizeStart;

/* In the orders of the enumerations; ended by NULL. */
extern const char *const fovea_stylize_optimizer_names[];
extern const char *const fovea_stylize_start_names[];

/**
 * FoveaStylizeOptions:
 * @content_layers: (nullable): whose maps shall be the shape image's; %NULL chooses, see fovea_style_layers_choose()
 * @style_layers: (nullable): whose Gram matrices shall be the texture image's; %NULL chooses
 * @content_weight, @style_weight: of the two losses
 * @smoothness_weight: of the image's total variation per value
 * @size: the longer side of the result; 0 is the network's own
 * @steps: how many, at least 1
 * @optimizer: how gradients become steps
 * @learning_rate: Adam's
 * @start: where to begin
 * @seed: of the noise to begin with
 *
 * A plain value; fovea_stylize_options_init() fills it.
 */
typedef struct {
  const char *const *content_layers;
  const char *const *style_layers;
  double content_weight;
  double style_weight;
  double smoothness_weight;
  guint size;
  guint steps;
  FoveaStylizeOptimizer optimizer;
  double learning_rate;
  FoveaStylizeStart start;
  guint64 seed;
} FoveaStylizeOptions;

/**
 * FoveaStylizeFunc:
 * @step: steps done, from 0, before the first one
 * @losses: of @image
 * @image: [3, height, width] in [0,1], to be copied if it is to stay
 *
 * Called after every step by the thread that computes.
 */
typedef void (*FoveaStylizeFunc) (guint step, const FoveaStyleLosses *losses, const FoveaTensor *image, gpointer data);

/**
 * FoveaStylization:
 * @image: [3, height, width] in [0,1]
 * @n_steps: steps done; fewer than asked for where it was stopped, or where nothing was left to be gained
 * @cancelled: whether it was stopped
 * @losses: before the first step and after each, @n_steps + 1
 * @content_layers, @style_layers: the layers' names, ended by %NULL
 */
typedef struct {
  FoveaTensor *image;
  guint n_steps;
  gboolean cancelled;
  FoveaStyleLosses *losses;
  GStrv content_layers;
  GStrv style_layers;
} FoveaStylization;

void fovea_stylize_options_init (FoveaStylizeOptions *options);
FoveaStylization *fovea_stylize (FoveaNetwork *network, const FoveaImage *shape, const FoveaImage *texture, const FoveaStylizeOptions *options, FoveaStylizeFunc func, gpointer data, const FoveaJob *job, GError **error);
void fovea_stylization_free (FoveaStylization *stylization);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaStylization, fovea_stylization_free)

G_END_DECLS
