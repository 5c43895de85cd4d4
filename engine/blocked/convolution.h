/* Convolutions, one direction each, by whichever algorithm is the fastest.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/blocked/kernels.h"
#include "engine/blocked/weights.h"
#include "engine/kernels/convolution.h"

G_BEGIN_DECLS

/**
 * FoveaBlockedConvolutionFlags:
 * @FOVEA_BLOCKED_CONVOLUTION_GRADIENT: the gradient with respect to the input instead of the convolution
 * @FOVEA_BLOCKED_CONVOLUTION_FIRST: a first layer, which reads images; its gradient goes to them
 * @FOVEA_BLOCKED_CONVOLUTION_EXACT: every sum directly, nothing by Winograd's filtering
 * @FOVEA_BLOCKED_CONVOLUTION_RECTIFIED: a layer that reads what a ReLU made, of which much is zero
 */
typedef enum {
  FOVEA_BLOCKED_CONVOLUTION_GRADIENT = 1 << 0,
  FOVEA_BLOCKED_CONVOLUTION_FIRST = 1 << 1,
  FOVEA_BLOCKED_CONVOLUTION_EXACT = 1 << 2,
  FOVEA_BLOCKED_CONVOLUTION_RECTIFIED = 1 << 3,
} FoveaBlockedConvolutionFlags;

/**
 * FoveaBlockedConvolution:
 *
 * One convolution of a fixed map size or its gradient, for any number of images. Immutable once made.
 */
typedef struct _FoveaBlockedConvolution FoveaBlockedConvolution;

FoveaBlockedConvolution *fovea_blocked_convolution_new (const FoveaKernels *kernels, const FoveaConvolutionGeometry *geometry, FoveaBlockedConvolutionFlags flags);
void fovea_blocked_convolution_free (FoveaBlockedConvolution *convolution);

char *fovea_blocked_convolution_get_layout (const FoveaBlockedConvolution *convolution);
gsize fovea_blocked_convolution_get_packed_size (const FoveaBlockedConvolution *convolution);
void fovea_blocked_convolution_pack (const FoveaBlockedConvolution *convolution, const FoveaWeightSource *source, float *packed);
gsize fovea_blocked_convolution_get_workspace_size (const FoveaBlockedConvolution *convolution, gsize batch);
gsize fovea_blocked_convolution_get_scratch_size (const FoveaBlockedConvolution *convolution, gsize batch);

void fovea_blocked_convolution_run (const FoveaBlockedConvolution *convolution, gsize batch, const float *packed, const FoveaBlockedMap *input, const FoveaBlockedMap *output, const FoveaEpilogue *epilogue, gpointer workspace, gpointer scratch);
void fovea_blocked_convolution_run_first (const FoveaBlockedConvolution *convolution, gsize batch, const float *packed, const FoveaImages *images, const FoveaBlockedMap *output, const FoveaEpilogue *epilogue, gpointer workspace, gpointer scratch);
void fovea_blocked_convolution_run_first_gradient (const FoveaBlockedConvolution *convolution, gsize batch, const float *packed, const FoveaBlockedMap *output_gradient, gboolean accumulate, const FoveaImages *images, gpointer workspace, gpointer scratch);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaBlockedConvolution, fovea_blocked_convolution_free)

G_END_DECLS
