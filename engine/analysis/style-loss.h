/* How far an image is from the shape of one image and from the texture of another, in a network's eyes.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/network.h"

G_BEGIN_DECLS

/**
 * FoveaStyleLosses:
 * @content: distance of the content layers' maps from the shape image's
 * @style: distance of the style layers' Gram matrices from the texture image's
 *
 * Each is the mean over its layers of a squared distance, relative to the squared length of what it is measured
 * from: 0 for the image itself, 1 for one without any response.
 */
typedef struct {
  double content;
  double style;
} FoveaStyleLosses;

/**
 * FoveaStyleLoss:
 *
 * The losses of Gatys, Ecker and Bethge, "Image style transfer using convolutional neural networks", CVPR 2016, for
 * images of one size. Belongs to one thread at a time.
 */
typedef struct _FoveaStyleLoss FoveaStyleLoss;

/* Layers of the network; one may be both. */
typedef struct {
  guint n_content;
  const int *content;
  guint n_style;
  const int *style;
} FoveaStyleLayers;

FoveaStyleLoss *fovea_style_loss_new (FoveaNetwork *network, const FoveaStyleLayers *layers, const FoveaTensor *shape, const FoveaTensor *texture, GError **error);
void fovea_style_loss_free (FoveaStyleLoss *loss);
void fovea_style_loss_evaluate (FoveaStyleLoss *loss, const float *image, double content_weight, double style_weight, FoveaStyleLosses *losses, float *gradient);

void fovea_style_layers_choose (const FoveaNetwork *network, GArray *content, GArray *style);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaStyleLoss, fovea_style_loss_free)

G_END_DECLS
