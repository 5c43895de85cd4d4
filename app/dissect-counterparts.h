/* Which channels of two networks a concept shift is between.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/images/image-set.h"
#include "engine/network.h"

G_BEGIN_DECLS

/**
 * FoveaDissectCounterpart:
 * @FOVEA_DISSECT_COUNTERPART_SAME: the channel of the same number
 * @FOVEA_DISSECT_COUNTERPART_BEST: the one whose mean activations correlate most
 * @FOVEA_DISSECT_COUNTERPART_ONE_TO_ONE: the one of the assignment with the highest total correlation
 */
typedef enum {
  FOVEA_DISSECT_COUNTERPART_SAME,
  FOVEA_DISSECT_COUNTERPART_BEST,
  FOVEA_DISSECT_COUNTERPART_ONE_TO_ONE,
} FoveaDissectCounterpart;

extern const char *const fovea_dissect_counterpart_names[];

guint *fovea_dissect_find_counterparts (GPtrArray *networks, const int *layers, FoveaImageSet *set, FoveaDissectCounterpart counterpart, guint *n_channels, GCancellable *cancellable, GError **error);

G_END_DECLS
