/* Convolutions, and their gradients with respect to the input, as sums over segments.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/blocked/kernels.h"
#include "engine/blocked/weights.h"
#include "engine/kernels/convolution.h"

G_BEGIN_DECLS

/**
 * FoveaDirect:
 *
 * One convolution of a fixed map size, for any number of images: which outputs come from which
 * inputs and in which order its weights are packed. Immutable once made.
 */
typedef struct _FoveaDirect FoveaDirect;

FoveaDirect *fovea_direct_new_forward (const FoveaKernels *kernels, const FoveaConvolutionGeometry *geometry);
FoveaDirect *fovea_direct_new_gradient (const FoveaKernels *kernels, const FoveaConvolutionGeometry *geometry);
FoveaDirect *fovea_direct_new_first_layer (const FoveaKernels *kernels, const FoveaConvolutionGeometry *geometry);
void fovea_direct_free (FoveaDirect *direct);

gsize fovea_direct_get_packed_size (const FoveaDirect *direct);
void fovea_direct_pack (const FoveaDirect *direct, const FoveaWeightSource *source, float *packed);
gsize fovea_direct_get_workspace_size (const FoveaDirect *direct, gsize batch);
gsize fovea_direct_get_scratch_size (const FoveaDirect *direct);
void fovea_direct_run (const FoveaDirect *direct, gsize batch, const float *packed, const FoveaBlockedMap *input, const FoveaBlockedMap *output, const FoveaEpilogue *epilogue, gpointer workspace, gpointer scratch);
void fovea_direct_run_first_layer (const FoveaDirect *direct, gsize batch, const float *packed, const FoveaImages *images, const FoveaBlockedMap *output, const FoveaEpilogue *epilogue, gpointer workspace);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaDirect, fovea_direct_free)

G_END_DECLS
