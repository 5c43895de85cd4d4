/* Channels labelled with concepts: from a dissection, or from somebody's tally.csv.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/analysis/dissect.h"

G_BEGIN_DECLS

/**
 * FoveaTallyMatch:
 * @label: the concept of the category that the channel segments best; %NULL where it touches none
 * @truth: the concept's pixels in all images
 * @activation: the channel's pixels, as the area says
 * @intersection: pixels that are both
 * @iou: intersection over union
 */
typedef struct {
  const char *label;
  double truth;
  double activation;
  double intersection;
  double iou;
} FoveaTallyMatch;

/**
 * FoveaTallyUnit:
 * @channel: from 0; files count from 1
 * @category: index of the category of its label; -1 where it has none
 * @label: (nullable): the concept of the highest IoU
 * @score: that IoU; 0 where it has no label
 * @matches: (array): for each category the best concept
 */
typedef struct {
  guint channel;
  int category;
  const char *label;
  double score;
  FoveaTallyMatch *matches;
} FoveaTallyUnit;

/**
 * FoveaTally:
 * @n_categories, @categories: in the order of the columns
 * @n_units, @units: ascending channels
 * @problems: of a file, what could not be used
 *
 * Read the fields, do not write them. Belongs to one owner.
 */
typedef struct {
  guint n_categories;
  const char **categories;
  guint n_units;
  FoveaTallyUnit *units;
  FoveaConceptProblems problems;
  GStringChunk *strings; /* owns the names */
} FoveaTally;

/**
 * FoveaTallyConcept:
 * @label: the concept
 * @category: where most of its detectors have it
 * @n_detectors: channels that detect it
 * @best: the highest IoU among them
 */
typedef struct {
  const char *label;
  guint category;
  guint n_detectors;
  double best;
} FoveaTallyConcept;

/**
 * FoveaTallySummary:
 * @n_detectors: channels whose IoU reaches the cut-off
 * @category_detectors: (array): of them, for each category
 * @n_concepts, @concepts: the unique concepts among them, as in the original's figure: by category, in it by
 *   number of detectors, and then by their best IoU
 * @category_concepts: (array): of them, for each category
 *
 * The labels are the tally's, which must outlive it.
 */
typedef struct {
  guint n_detectors;
  guint *category_detectors;
  guint n_concepts;
  FoveaTallyConcept *concepts;
  guint *category_concepts;
} FoveaTallySummary;

FoveaTally *fovea_tally_new (const FoveaDissection *dissection, guint quantile, FoveaDissectArea area);
FoveaTally *fovea_tally_read (const char *path, GError **error);
char *fovea_tally_format (const FoveaTally *tally);
void fovea_tally_free (FoveaTally *tally);
const FoveaTallyUnit *fovea_tally_find (const FoveaTally *tally, guint channel);

FoveaTallySummary *fovea_tally_summarize (const FoveaTally *tally, double iou);
void fovea_tally_summary_free (FoveaTallySummary *summary);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaTally, fovea_tally_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaTallySummary, fovea_tally_summary_free)

G_END_DECLS
