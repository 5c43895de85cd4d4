/* The cue-conflict images by what the networks of a pair decided about them.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/analysis/shape-bias.h"
#include "ui/cue-images.h"
#include "ui/network-pair.h"

G_BEGIN_DECLS

/**
 * FoveaDecision:
 * @FOVEA_DECISION_ANY: whatever it decided, and also where it decided nothing
 * @FOVEA_DECISION_SHAPE: for the category of the shape
 * @FOVEA_DECISION_TEXTURE: for that of the texture
 * @FOVEA_DECISION_NEITHER: for another one
 */
typedef enum {
  FOVEA_DECISION_ANY,
  FOVEA_DECISION_SHAPE,
  FOVEA_DECISION_TEXTURE,
  FOVEA_DECISION_NEITHER,
} FoveaDecision;

#define FOVEA_N_DECISIONS 4

/**
 * FoveaShapeBiasImages:
 *
 * The images, a page at a time, with choices of which: by each network's decision, and by the category of the shape.
 */
#define FOVEA_TYPE_SHAPE_BIAS_IMAGES (fovea_shape_bias_images_get_type ())
G_DECLARE_FINAL_TYPE (FoveaShapeBiasImages, fovea_shape_bias_images, FOVEA, SHAPE_BIAS_IMAGES, GtkWidget)

GtkWidget *fovea_shape_bias_images_new (void);
void fovea_shape_bias_images_set_pair (FoveaShapeBiasImages *self, FoveaNetworkPair *pair, FoveaCueStimuli *stimuli, FoveaJobQueue *queue);
void fovea_shape_bias_images_set_biases (FoveaShapeBiasImages *self, FoveaCueSet *set, const FoveaShapeBias *const biases[FOVEA_N_SIDES]);
void fovea_shape_bias_images_choose (FoveaShapeBiasImages *self, const FoveaDecision decisions[FOVEA_N_SIDES], const char *category);

const char *fovea_shape_bias_images_get_summary (FoveaShapeBiasImages *self);
FoveaCueImages *fovea_shape_bias_images_get_images (FoveaShapeBiasImages *self);

G_END_DECLS
