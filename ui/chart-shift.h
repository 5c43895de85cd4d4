/* Concept shift: a flow diagram of what the channels of one network became in another.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/analysis/concept-shift.h"
#include "ui/chart.h"

G_BEGIN_DECLS

/* Instead of a category: all of them. */
#define FOVEA_SHIFT_CHART_ALL_CATEGORIES G_MAXUINT

/* What a mark's series says. */
enum {
  FOVEA_SHIFT_CHART_FROM, /* a node of the first network: the mark's category is its number in the shift */
  FOVEA_SHIFT_CHART_TO,   /* of the second network */
  FOVEA_SHIFT_CHART_FLOW, /* a flow: the mark's category is its number in the shift */
};

FoveaChart *fovea_shift_chart_new (const FoveaConceptShift *shift, guint category, const char *first, const char *second);

G_END_DECLS
