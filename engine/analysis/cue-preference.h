/* Does a channel follow the shape of an image or its texture?
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/analysis/cue-set.h"

G_BEGIN_DECLS

/* How many of its strongest images are kept of a channel. */
#define FOVEA_CUE_N_STRONGEST 16

/**
 * FoveaCuePreference:
 * @shape: correlation of the channel's responses between two images of the same shape and different textures
 * @texture: correlation between two images of the same texture and different shapes
 *
 * In [-1, 1]; not numbers where the channel responds alike to all images, or where no two images share the cue.
 */
typedef struct {
  double shape;
  double texture;
} FoveaCuePreference;

/**
 * FoveaCueHit:
 * @cue: which of the cue set's images
 * @activation: the largest value of the channel's map
 */
typedef struct {
  guint32 cue;
  float activation;
} FoveaCueHit;

/**
 * FoveaCueLayer:
 * @n_channels: how many channels the layer has
 * @n_images: how many cue-conflict images it was shown
 * @n_strongest: how many images are kept of a channel, at most %FOVEA_CUE_N_STRONGEST
 * @preferences: of each channel
 * @strongest: of each channel @n_strongest images, the strongest first
 *
 * What one layer's channels make of the two cues. Belongs to one owner.
 */
typedef struct {
  guint n_channels;
  guint n_images;
  guint n_strongest;
  FoveaCuePreference *preferences;
  FoveaCueHit *strongest;
} FoveaCueLayer;

GPtrArray *fovea_cue_preference_measure (FoveaNetwork *network, FoveaCueSet *set, guint n_layers, const int *layers, gsize *n_unreadable, const FoveaJob *job, GError **error);

double fovea_cue_preference_get (const FoveaCuePreference *preference);
FoveaCuePreference fovea_cue_preference_compute (guint n_categories, guint n_images, const FoveaCue *cues, const float *responses);
double fovea_cue_layer_get_rank (const FoveaCueLayer *layer, guint channel);
void fovea_cue_layer_free (FoveaCueLayer *layer);

GBytes *fovea_cue_layer_to_bytes (const FoveaCueLayer *layer);
FoveaCueLayer *fovea_cue_layer_from_bytes (GBytes *bytes);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaCueLayer, fovea_cue_layer_free)

G_END_DECLS
