/* The gradient with respect to images, from a map of gradients that are mostly zero.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/blocked/kernels.h"
#include "engine/blocked/weights.h"
#include "engine/kernels/convolution.h"

G_BEGIN_DECLS

/**
 * FoveaImageScatter:
 *
 * What image-gradient.h computes, the other way round: each gradient that is not zero is multiplied by all
 * of its channel's weights, and what a pixel's come to is added to the part of the image that the pixel saw. Behind a ReLU and in front
 * of a max pooling, one gradient in eight is not zero. Immutable once made.
 */
typedef struct _FoveaImageScatter FoveaImageScatter;

FoveaImageScatter *fovea_image_scatter_new (const FoveaKernels *kernels, const FoveaConvolutionGeometry *geometry);
void fovea_image_scatter_free (FoveaImageScatter *scatter);

gsize fovea_image_scatter_get_packed_size (const FoveaImageScatter *scatter);
void fovea_image_scatter_pack (const FoveaImageScatter *scatter, const FoveaWeightSource *source, float *packed);
gsize fovea_image_scatter_get_workspace_size (const FoveaImageScatter *scatter);
gboolean fovea_image_scatter_has_many_zeros (const FoveaImageScatter *scatter, const FoveaBlockedMap *output_gradient, gsize image);
void fovea_image_scatter_run (const FoveaImageScatter *scatter, const float *packed, const FoveaBlockedMap *output_gradient, gsize image, gboolean accumulate, const FoveaImages *images, gpointer workspace);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaImageScatter, fovea_image_scatter_free)

G_END_DECLS
