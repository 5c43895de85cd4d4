/* How many kinds of inputs drive a channel? Classes among its strongest images, and how unlike its strongest patches are.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/analysis/scan.h"

G_BEGIN_DECLS

/* So many of the strongest patches are compared with each other. */
#define FOVEA_DIVERSITY_N_PATCHES 9

/* Patches are compared at this size, so that one number suits fields of every size. */
#define FOVEA_DIVERSITY_PATCH_SIZE 32

/**
 * FoveaClassDiversity:
 * @n_images: how many of the channel's strongest images have a class
 * @n_classes: distinct classes among them
 * @entropy: of the classes' shares among them, in bits: 0 where all are of one class, log2 of the number of classes
 *   where each has as many
 */
typedef struct {
  guint n_images;
  guint n_classes;
  double entropy;
} FoveaClassDiversity;

void fovea_diversity_count_classes (const FoveaScan *scan, const FoveaImageSet *set, guint channel, FoveaClassDiversity *diversity);

GPtrArray *fovea_diversity_measure_patches (guint n_layers, FoveaScan *const *scans, const int *layers, FoveaImageSet *set, FoveaNetwork *network, const FoveaJob *job, GError **error);

G_END_DECLS
