/* What the networks of a pair decide about cue-conflict images: from the store, or computed when asked for.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/analysis/shape-bias.h"
#include "engine/surgery.h"
#include "ui/cue-results.h"

G_BEGIN_DECLS

/**
 * FoveaShapeBiasResults:
 *
 * Of both networks as they are, and also with the pinned channels switched off or alone where that is wanted. Belongs to the
 * main thread. Emits `changed` when a status did. When another set of images becomes the current one everything is forgotten,
 * and what is being computed is dropped; so are the results with channels switched off when other channels are pinned.
 */
#define FOVEA_TYPE_SHAPE_BIAS_RESULTS (fovea_shape_bias_results_get_type ())
G_DECLARE_FINAL_TYPE (FoveaShapeBiasResults, fovea_shape_bias_results, FOVEA, SHAPE_BIAS_RESULTS, GObject)

FoveaShapeBiasResults *fovea_shape_bias_results_of_pair (FoveaNetworkPair *pair);

FoveaCueStimuli *fovea_shape_bias_results_get_stimuli (FoveaShapeBiasResults *self);
void fovea_shape_bias_results_set_surgery (FoveaShapeBiasResults *self, gboolean wanted, FoveaSurgery surgery);

void fovea_shape_bias_results_look_up (FoveaShapeBiasResults *self, FoveaCueStatus *status);
guint fovea_shape_bias_results_get_serial (FoveaShapeBiasResults *self);
gboolean fovea_shape_bias_results_has_whole (FoveaShapeBiasResults *self);
const FoveaShapeBias *fovea_shape_bias_results_get (FoveaShapeBiasResults *self, FoveaSide side, gboolean operated, FoveaCategoryRule rule);
const char *fovea_shape_bias_results_get_error (FoveaShapeBiasResults *self, FoveaSide side, gboolean operated);
void fovea_shape_bias_results_compute (FoveaShapeBiasResults *self);
void fovea_shape_bias_results_stop (FoveaShapeBiasResults *self);

G_END_DECLS
