/* The gradient of a first layer with respect to the images.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/blocked/kernels.h"
#include "engine/blocked/weights.h"
#include "engine/kernels/convolution.h"

G_BEGIN_DECLS

/**
 * FoveaImageGradient:
 *
 * The way back through a convolution that reads images with few channels, for a fixed size and any number
 * of images. Immutable once made.
 */
typedef struct _FoveaImageGradient FoveaImageGradient;

FoveaImageGradient *fovea_image_gradient_new (const FoveaKernels *kernels, const FoveaConvolutionGeometry *geometry);
void fovea_image_gradient_free (FoveaImageGradient *gradient);

gsize fovea_image_gradient_get_packed_size (const FoveaImageGradient *gradient);
void fovea_image_gradient_pack (const FoveaImageGradient *gradient, const FoveaWeightSource *source, float *packed);
gsize fovea_image_gradient_get_workspace_size (const FoveaImageGradient *gradient, gsize batch);
void fovea_image_gradient_run (const FoveaImageGradient *gradient, gsize batch, const float *packed, const FoveaBlockedMap *output_gradient, gboolean accumulate, const FoveaImages *images, gpointer workspace);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaImageGradient, fovea_image_gradient_free)

G_END_DECLS
