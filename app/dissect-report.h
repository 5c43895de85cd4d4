/* What a dissection says, as JSON and as text.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <json-glib/json-glib.h>

#include "app/dissect-counterparts.h"
#include "engine/analysis/concept-shift.h"

G_BEGIN_DECLS

/**
 * FoveaDissectReportRow:
 * @name: the network, or the file
 * @sha256: (nullable): the network's
 * @layer: (nullable): the layer
 * @dissection: (nullable): what was counted; %NULL for a file
 * @tally: the channels' labels
 * @tally_path: (nullable): where they were written
 */
typedef struct {
  char *name;
  const char *sha256;
  const char *layer;
  FoveaDissection *dissection;
  FoveaTally *tally;
  char *tally_path;
} FoveaDissectReportRow;

/**
 * FoveaDissectReport:
 * @concepts: (nullable): the concept set
 * @quantile: the share of positions above the threshold
 * @iou: from which IoU on a channel is a detector
 * @area: in which images a channel's area counts
 * @alignment: how maps lie over masks
 * @counterpart: which channels of two networks correspond
 * @images: (nullable): what that was found out on
 * @n_counterparts, @counterparts: (nullable): for each channel of the first one the second one's; %NULL is the same number
 * @n_rows, @rows: networks and files
 */
typedef struct {
  const char *concepts;
  double quantile;
  double iou;
  FoveaDissectArea area;
  FoveaDissectAlignment alignment;
  FoveaDissectCounterpart counterpart;
  char *images;
  guint n_counterparts;
  guint *counterparts;
  guint n_rows;
  FoveaDissectReportRow *rows;
} FoveaDissectReport;

extern const char *const fovea_dissect_area_names[];
extern const char *const fovea_dissect_alignment_names[];

FoveaConceptShift *fovea_dissect_report_find_shift (const FoveaDissectReport *report, FoveaConceptShiftLevel level);
void fovea_dissect_report_print_json (const FoveaDissectReport *report);
void fovea_dissect_report_print_text (const FoveaDissectReport *report);

G_END_DECLS
