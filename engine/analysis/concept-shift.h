/* What the concepts of one network's channels became in another's.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/analysis/tally.h"

G_BEGIN_DECLS

typedef enum {
  FOVEA_CONCEPT_SHIFT_CATEGORIES,
  FOVEA_CONCEPT_SHIFT_CONCEPTS,
} FoveaConceptShiftLevel;

/**
 * FoveaConceptShiftNode:
 * @label: a category or a concept; %NULL for channels that detect none
 * @category: index of its category among the shift's; G_MAXUINT where @label is %NULL
 * @n_channels: [0] in the first network, [1] in the second one
 */
typedef struct {
  const char *label;
  guint category;
  guint n_channels[2];
} FoveaConceptShiftNode;

/**
 * FoveaConceptShiftFlow:
 * @from: node in the first network
 * @to: node in the second one
 * @n_channels: how many channels went this way
 * @channels: (array length=n_channels): they, in the first network
 * @counterparts: (array length=n_channels): each one's counterpart in the second one
 */
typedef struct {
  guint from;
  guint to;
  guint n_channels;
  guint *channels;
  guint *counterparts;
} FoveaConceptShiftFlow;

/**
 * FoveaConceptShift:
 * @n_categories, @categories: of both tallies, the first one's first
 * @n_nodes, @nodes: categories or concepts that channels of either network detect, by category and then the most
 *   frequent first; the last one is for channels that detect none
 * @n_flows, @flows: by @from, then @to
 *
 * Read the fields, do not write them. The names are the tallies', which must outlive it.
 */
typedef struct {
  guint n_categories;
  const char **categories;
  guint n_nodes;
  FoveaConceptShiftNode *nodes;
  guint n_flows;
  FoveaConceptShiftFlow *flows;
} FoveaConceptShift;

FoveaConceptShift *fovea_concept_shift_new (const FoveaTally *first, const FoveaTally *second, FoveaConceptShiftLevel level, double iou, guint n_counterparts, const guint *counterparts);
void fovea_concept_shift_free (FoveaConceptShift *shift);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaConceptShift, fovea_concept_shift_free)

G_END_DECLS
