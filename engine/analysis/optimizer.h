/* How gradients become steps: Adam, or normalized gradient ascent.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/analysis/maximize.h"

G_BEGIN_DECLS

/**
 * FoveaOptimizerState:
 *
 * What the optimizer remembers of a batch of independent images, each with @size values. Different
 * images may be stepped by different threads at the same time.
 */
typedef struct _FoveaOptimizerState FoveaOptimizerState;

FoveaOptimizerState *fovea_optimizer_state_new (FoveaOptimizer optimizer, double learning_rate, guint n_images, gsize size, GError **error);
void fovea_optimizer_state_free (FoveaOptimizerState *state);

void fovea_optimizer_state_step (FoveaOptimizerState *state, guint image, const float *gradient, float *values);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaOptimizerState, fovea_optimizer_state_free)

G_END_DECLS
