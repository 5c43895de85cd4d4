/* One number a channel, for whole layers: what distributions are drawn of, standard against robust.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/analysis/scan.h"

G_BEGIN_DECLS

/**
 * FoveaMeasure:
 * @FOVEA_MEASURE_VARIATION: total variation of the activation map, a position of the map, mean over images
 * @FOVEA_MEASURE_NOISY_VARIATION: the same, with noise on the images
 * @FOVEA_MEASURE_NOISE: how much noise it lets through, relative to its map
 * @FOVEA_MEASURE_ENTROPY: entropy of the classes among its strongest images, in bits
 * @FOVEA_MEASURE_DISTANCE: mean distance between its strongest patches
 */
typedef enum {
  FOVEA_MEASURE_VARIATION,
  FOVEA_MEASURE_NOISY_VARIATION,
  FOVEA_MEASURE_NOISE,
  FOVEA_MEASURE_ENTROPY,
  FOVEA_MEASURE_DISTANCE,
  FOVEA_N_MEASURES,
} FoveaMeasure;

/**
 * FoveaMeasureSettings:
 * @store: where results are kept
 * @images: the image set
 * @n_images: how many of its images smoothness is measured on, the first ones; 0 is all
 * @sigma, @seed: of the noise, see fovea_smoothness_measure()
 *
 * Nothing is owned.
 */
typedef struct {
  FoveaStore *store;
  FoveaImageSet *images;
  gsize n_images;
  double sigma;
  guint64 seed;
} FoveaMeasureSettings;

const char *fovea_measure_get_name (FoveaMeasure measure);  /* noise */
const char *fovea_measure_get_title (FoveaMeasure measure); /* for people */
const char *fovea_measure_get_axis (FoveaMeasure measure);  /* for an axis, with the unit */

double *fovea_measure_load (FoveaMeasure measure, const FoveaMeasureSettings *settings, FoveaNetwork *network, int layer, GError **error);
gboolean fovea_measure_compute (FoveaMeasure measure, const FoveaMeasureSettings *settings, FoveaNetwork *network, guint n_layers, const int *layers, const FoveaJob *job, GError **error);

G_END_DECLS
