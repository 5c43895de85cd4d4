/* Which classes of an image set drive a channel.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/analysis/scan.h"

G_BEGIN_DECLS

/**
 * FoveaSelectivity:
 * @image_class: the class on whose images the channel is strongest on average
 * @class_mean: how strong it is on those
 * @other_mean: how strong it is on the images of the other classes: the mean of their means
 * @index: (class_mean - other_mean) / (class_mean + other_mean), from 0, the same on all classes, to 1, only
 *   active on one (Morcos et al., "On the importance of single directions for generalization", ICLR 2018)
 *
 * Means are those of fovea_scan_get_class_mean().
 */
typedef struct {
  guint image_class;
  double class_mean;
  double other_mean;
  double index;
} FoveaSelectivity;

gboolean fovea_selectivity_compute (const FoveaScan *scan, guint channel, FoveaSelectivity *selectivity);
guint fovea_selectivity_rank_classes (const FoveaScan *scan, guint channel, guint n_classes, guint *classes);

G_END_DECLS
