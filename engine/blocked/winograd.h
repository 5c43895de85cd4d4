/* Convolutions with stride 1 by Winograd's minimal filtering.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/blocked/kernels.h"
#include "engine/blocked/weights.h"
#include "engine/kernels/convolution.h"

G_BEGIN_DECLS

/**
 * FoveaWinograd:
 *
 * One convolution of a fixed map size, for any number of images. Immutable once made.
 */
typedef struct _FoveaWinograd FoveaWinograd;

gboolean fovea_winograd_is_suitable (const FoveaConvolutionGeometry *geometry, gboolean is_rectified);
FoveaWinograd *fovea_winograd_new (const FoveaKernels *kernels, const FoveaConvolutionGeometry *geometry, gboolean gradient);
void fovea_winograd_free (FoveaWinograd *winograd);

guint fovea_winograd_get_variant (const FoveaWinograd *winograd);
gsize fovea_winograd_get_packed_size (const FoveaWinograd *winograd);
void fovea_winograd_pack (const FoveaWinograd *winograd, const FoveaWeightSource *source, float *packed);
gsize fovea_winograd_get_workspace_size (const FoveaWinograd *winograd, gsize batch);
gsize fovea_winograd_get_scratch_size (const FoveaWinograd *winograd, gsize batch);
void fovea_winograd_run (const FoveaWinograd *winograd, gsize batch, const float *packed, const FoveaBlockedMap *input, const FoveaBlockedMap *output, const FoveaEpilogue *epilogue, gpointer workspace, gpointer scratch);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaWinograd, fovea_winograd_free)

G_END_DECLS
