/* Which channels of two layers correspond.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/analysis/scan.h"

G_BEGIN_DECLS

/**
 * FoveaMatch:
 * @n_first, @n_second: the number of channels of the first and of the second layer
 * @n_images: on how many images they were compared
 * @correlations: [n_first][n_second]: Pearson's correlation of the channels' mean activations over the images; 0
 *   where one of them is the same on all images
 * @best: [n_first]: the channel of the second layer with the highest correlation
 * @best_of_second: [n_second]: the other way round
 * @assigned: [n_first]: the channel of the second layer in the one-to-one assignment of highest total correlation;
 *   -1 where the second layer has fewer channels and none is left
 */
typedef struct {
  guint n_first;
  guint n_second;
  gsize n_images;
  float *correlations;
  int *best;
  int *best_of_second;
  int *assigned;
} FoveaMatch;

FoveaMatch *fovea_match_compute (const FoveaScan *first, const FoveaScan *second, const FoveaJob *job, GError **error);
void fovea_match_free (FoveaMatch *match);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaMatch, fovea_match_free)

G_END_DECLS
