/* Images in which a channel and its concept can be seen together.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/analysis/dissect.h"

G_BEGIN_DECLS

/* Instead of a concept: none. */
#define FOVEA_DISSECT_NO_CONCEPT G_MAXUINT

/**
 * FoveaDissectExample:
 * @image: which image of the concept set
 * @name: (nullable): its name there
 * @activation: the channel's highest activation in it
 * @picture: the whole image, in its own size
 * @width, @height: the masks' size; they cover the whole image
 * @channel_mask: (array): height × width: 1 where the upsampled map is above the threshold
 * @concept_mask: (array): height × width: 1 where the concept is
 * @n_channel, @n_concept, @n_both: pixels of each mask, and of both
 * @iou: of the two masks in this image alone; 0 where both are empty
 */
typedef struct {
  gsize image;
  char *name;
  double activation;
  FoveaImage *picture;
  guint width;
  guint height;
  guint8 *channel_mask;
  guint8 *concept_mask;
  guint n_channel;
  guint n_concept;
  guint n_both;
  double iou;
} FoveaDissectExample;

GPtrArray *fovea_dissect_examples (const FoveaDissection *dissection, FoveaNetwork *network, int layer, FoveaConceptSet *set, FoveaDissectAlignment alignment, guint channel, guint concept, guint quantile, guint n_examples, const FoveaJob *job, GError **error);
FoveaImage *fovea_dissect_example_draw (const FoveaDissectExample *example, const guint8 outline[3], GError **error);
void fovea_dissect_example_free (FoveaDissectExample *example);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaDissectExample, fovea_dissect_example_free)

G_END_DECLS
