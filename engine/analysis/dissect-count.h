/* Counting the pixels in which a channel's upsampled map and concepts' masks overlap.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/analysis/dissect-private.h"

G_BEGIN_DECLS

/**
 * FoveaDissectAxis:
 * @n: pixels along the mask's axis
 * @lower, @upper: (array length=n): the two samples of the map between which each lies
 * @fraction: (array length=n): how far it is from the lower one, in [0, 1)
 * @n_segments, @starts: runs of pixels between the same samples: where each begins; one more at the end
 *
 * Linear interpolation along one axis.
 */
typedef struct {
  guint n;
  guint *lower;
  guint *upper;
  float *fraction;
  guint n_segments;
  guint *starts;
} FoveaDissectAxis;

void fovea_dissect_axis_init_resize (FoveaDissectAxis *axis, guint n_samples, guint n);
void fovea_dissect_axis_init_fields (FoveaDissectAxis *axis, guint n_samples, guint n, gint64 size, gint64 offset, gint64 stride, guint reduction);
void fovea_dissect_axis_clear (FoveaDissectAxis *axis);
void fovea_dissect_axes_init (FoveaDissectAxis axes[2], FoveaDissectAlignment alignment, const FoveaNetwork *network, int layer, guint width, guint height);

void fovea_dissect_upsample (const FoveaDissectAxis axes[2], const float *restrict map, guint map_width, float *restrict output);

/**
 * FoveaDissectCounter:
 *
 * Adds images to a dissection whose thresholds are known. One thread; it uses the pool.
 */
typedef struct _FoveaDissectCounter FoveaDissectCounter;

FoveaDissectCounter *fovea_dissect_counter_new (FoveaDissection *dissection, const FoveaNetwork *network, int layer, FoveaDissectAlignment alignment);
void fovea_dissect_counter_add (FoveaDissectCounter *counter, const float *activations, const FoveaConceptMasks *masks);
void fovea_dissect_counter_free (FoveaDissectCounter *counter);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaDissectCounter, fovea_dissect_counter_free)

G_END_DECLS
