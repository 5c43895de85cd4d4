/* What happens to maps value by value, and poolings, spread over the pool.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/blocked/kernels.h"

G_BEGIN_DECLS

void fovea_maps_rectify (const FoveaKernels *kernels, gsize batch, const FoveaBlockedMap *input, const FoveaBlockedMap *output, const FoveaBlockedSigns *signs);
void fovea_maps_add (const FoveaKernels *kernels, gsize batch, const FoveaBlockedMap *a, const FoveaBlockedMap *b, const FoveaBlockedMap *output, gboolean relu, const FoveaBlockedSigns *signs);
void fovea_maps_copy (const FoveaKernels *kernels, gsize batch, const FoveaBlockedMap *input, const FoveaBlockedMap *output);
void fovea_maps_clear (gsize batch, const FoveaBlockedMap *map);
void fovea_maps_mask (const FoveaKernels *kernels, gsize batch, const FoveaBlockedMap *map, const FoveaBlockedSigns *signs);
void fovea_maps_redirect (const FoveaKernels *kernels, gsize batch, const FoveaBlockedMap *gradient, const FoveaBlockedSigns *signs);
void fovea_maps_affine (const FoveaKernels *kernels, gsize batch, const float *mean, const float *factor, const float *offset, const FoveaBlockedMap *input, const FoveaBlockedMap *output, gboolean relu, const FoveaBlockedSigns *signs);
void fovea_maps_scale (const FoveaKernels *kernels, gsize batch, const float *factor, const FoveaBlockedMap *input, gboolean accumulate, const FoveaBlockedMap *output);
void fovea_maps_max_pool (const FoveaKernels *kernels, gsize batch, const FoveaBlockedPooling *pooling, const FoveaBlockedMap *input, const FoveaBlockedMap *output, guint8 *taps);
void fovea_maps_max_pool_gradient (const FoveaKernels *kernels, gsize batch, const FoveaBlockedPooling *pooling, const FoveaBlockedMap *output_gradient, const guint8 *taps, gboolean accumulate, const FoveaBlockedSigns *mask, const FoveaBlockedMap *input_gradient);
void fovea_maps_average_pool (const FoveaKernels *kernels, gsize batch, const FoveaBlockedPooling *pooling, const float *row_factors, const float *column_factors, const FoveaBlockedMap *input, const FoveaBlockedMap *output);
void fovea_maps_average_pool_gradient (const FoveaKernels *kernels, gsize batch, const FoveaBlockedPooling *pooling, const float *row_factors, const float *column_factors, const FoveaBlockedMap *output_gradient, gboolean accumulate, const FoveaBlockedSigns *mask, const FoveaBlockedMap *input_gradient);
void fovea_maps_global_average (const FoveaKernels *kernels, gsize batch, const FoveaBlockedMap *input, const FoveaBlockedMap *output);
void fovea_maps_global_average_gradient (const FoveaKernels *kernels, gsize batch, const FoveaBlockedMap *output_gradient, gboolean accumulate, const FoveaBlockedSigns *mask, const FoveaBlockedMap *input_gradient);
void fovea_maps_crop (const FoveaKernels *kernels, gsize batch, const FoveaBlockedMap *input, gint64 row, gint64 column, const FoveaBlockedMap *output);
void fovea_maps_crop_gradient (const FoveaKernels *kernels, gsize batch, const FoveaBlockedMap *output_gradient, gint64 row, gint64 column, gboolean accumulate, const FoveaBlockedMap *input_gradient);
void fovea_maps_pack (const FoveaKernels *kernels, gsize batch, gint64 n_channels, const float *planes, gboolean accumulate, const FoveaBlockedMap *output);
void fovea_maps_unpack (const FoveaKernels *kernels, gsize batch, gint64 n_channels, const FoveaBlockedMap *input, float *planes);

G_END_DECLS
