/* Detectors counted by category and by concept, as Network Dissection draws them.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/analysis/tally.h"
#include "ui/chart-bars.h"

G_BEGIN_DECLS

/**
 * FoveaDissectionChartKind:
 * @FOVEA_DISSECTION_CHART_CONCEPTS: a bar for each concept, ordered by category: NetDissect's figure
 * @FOVEA_DISSECTION_CHART_CATEGORIES: detectors in each category
 * @FOVEA_DISSECTION_CHART_UNIQUE: unique concepts in each category
 */
typedef enum {
  FOVEA_DISSECTION_CHART_CONCEPTS,
  FOVEA_DISSECTION_CHART_CATEGORIES,
  FOVEA_DISSECTION_CHART_UNIQUE,
} FoveaDissectionChartKind;

/**
 * FoveaDissectionSeries:
 * @name: whose channels they are: a network, or a file
 * @color: %FOVEA_CHART_STANDARD, %FOVEA_CHART_ROBUST or another
 * @tally: its channels
 */
typedef struct {
  const char *name;
  guint color;
  const FoveaTally *tally;
} FoveaDissectionSeries;

char *fovea_dissection_format_label (const char *label);
FoveaChart *fovea_dissection_chart_new (FoveaDissectionChartKind kind, guint n_series, const FoveaDissectionSeries *series, double iou);
FoveaChart *fovea_dissection_chart_new_of_channels (guint n_series, const FoveaDissectionSeries *series, double iou);

G_END_DECLS
