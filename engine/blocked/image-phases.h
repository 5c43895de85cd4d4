/* First layers with strides, and their gradients with respect to the images, by Winograd's minimal filtering.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/blocked/kernels.h"
#include "engine/blocked/weights.h"
#include "engine/kernels/convolution.h"

G_BEGIN_DECLS

/**
 * FoveaImagePhases:
 *
 * A convolution that reads images with few channels, or the way back through it, for a fixed size and any number
 * of images. Immutable once made.
 */
typedef struct _FoveaImagePhases FoveaImagePhases;

gboolean fovea_image_phases_is_suitable (const FoveaConvolutionGeometry *geometry);
FoveaImagePhases *fovea_image_phases_new (const FoveaKernels *kernels, const FoveaConvolutionGeometry *geometry, gboolean gradient);
void fovea_image_phases_free (FoveaImagePhases *phases);

guint fovea_image_phases_get_variant (const FoveaImagePhases *phases);
gsize fovea_image_phases_get_packed_size (const FoveaImagePhases *phases);
void fovea_image_phases_pack (const FoveaImagePhases *phases, const FoveaWeightSource *source, float *packed);
gsize fovea_image_phases_get_workspace_size (const FoveaImagePhases *phases, gsize batch);
gsize fovea_image_phases_get_scratch_size (const FoveaImagePhases *phases, gsize batch);
void fovea_image_phases_run (const FoveaImagePhases *phases, gsize batch, const float *packed, const FoveaImages *images, const FoveaBlockedMap *output, const FoveaEpilogue *epilogue, gpointer workspace, gpointer scratch);
void fovea_image_phases_run_gradient (const FoveaImagePhases *phases, gsize batch, const float *packed, const FoveaBlockedMap *output_gradient, gboolean accumulate, const FoveaImages *images, gpointer workspace, gpointer scratch);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaImagePhases, fovea_image_phases_free)

G_END_DECLS
