/* What the overview shows of a pair: what the store has, what is missing, and how it is computed.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/analysis/measures.h"
#include "ui/network-pair.h"
#include "ui/report.h"

G_BEGIN_DECLS

/**
 * FoveaOverviewGroup:
 *
 * What is computed together.
 */
typedef enum {
  FOVEA_OVERVIEW_SMOOTHNESS,
  FOVEA_OVERVIEW_DIVERSITY,
  FOVEA_OVERVIEW_SHAPE,
  FOVEA_OVERVIEW_DETECTORS,
  FOVEA_OVERVIEW_N_GROUPS,
} FoveaOverviewGroup;

/**
 * FoveaOverviewChart:
 * @FOVEA_OVERVIEW_PREFERENCE: of every neuron, how much it follows shape rather than texture
 * @FOVEA_OVERVIEW_IOU: of every neuron, how well it segments its best concept
 * @FOVEA_OVERVIEW_CATEGORIES: of one layer, how many detectors there are in each category
 * @FOVEA_OVERVIEW_DETECTED: of one layer, of each detector how well it segments its concept, by category
 *
 * What else there is a chart of, beside each #FoveaMeasure, which is its own chart's number.
 */
typedef enum {
  FOVEA_OVERVIEW_PREFERENCE = FOVEA_N_MEASURES,
  FOVEA_OVERVIEW_IOU,
  FOVEA_OVERVIEW_N_DISTRIBUTIONS,
  FOVEA_OVERVIEW_CATEGORIES = FOVEA_OVERVIEW_N_DISTRIBUTIONS,
  FOVEA_OVERVIEW_DETECTED,
  FOVEA_OVERVIEW_N_CHARTS,
} FoveaOverviewChart;

/**
 * FoveaOverviewData:
 *
 * Immutable, so any number of threads may share it. Reference-counted.
 */
typedef struct _FoveaOverviewData FoveaOverviewData;

/**
 * FoveaOverviewProgressFunc:
 * @step: what is computed now, for people
 * @fraction: of all steps, in [0, 1]
 *
 * Called from the thread that computes.
 */
typedef void (*FoveaOverviewProgressFunc) (const char *step, double fraction, gpointer data);

FoveaOverviewData *fovea_overview_data_load (FoveaNetworkPair *pair, FoveaStore *store, FoveaImageSet *images, double sigma, GCancellable *cancellable, GError **error);
FoveaOverviewData *fovea_overview_data_ref (FoveaOverviewData *data);
void fovea_overview_data_unref (FoveaOverviewData *data);

/* What there is */
FoveaOverviewGroup fovea_overview_chart_get_group (guint chart);
gboolean fovea_overview_chart_is_of_layer (guint chart);
guint fovea_overview_data_get_n_layers (const FoveaOverviewData *data);
const char *fovea_overview_data_get_layer (const FoveaOverviewData *data, guint layer);
gboolean fovea_overview_data_is_complete (const FoveaOverviewData *data, FoveaOverviewGroup group);
const char *fovea_overview_data_get_problem (const FoveaOverviewData *data, FoveaOverviewGroup group);
char *fovea_overview_data_describe (const FoveaOverviewData *data, FoveaOverviewGroup group);
const double *fovea_overview_data_get_values (const FoveaOverviewData *data, guint chart, FoveaSide side, guint layer, guint *n_values);
FoveaChart *fovea_overview_data_make_chart (const FoveaOverviewData *data, guint chart, guint layer);
gboolean fovea_overview_data_find_mark (const FoveaOverviewData *data, guint chart, guint shown_layer, guint category, guint index, const char **layer, guint *channel);
gboolean fovea_overview_data_can_report (const FoveaOverviewData *data);
void fovea_overview_data_fill_report (const FoveaOverviewData *data, FoveaReportSettings *settings);

/* What is missing */
double fovea_overview_data_estimate (FoveaOverviewData *data, FoveaOverviewGroup group, GCancellable *cancellable, GError **error);
gboolean fovea_overview_data_compute (FoveaOverviewData *data, FoveaOverviewGroup group, FoveaOverviewProgressFunc progress, gpointer progress_data, GCancellable *cancellable, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaOverviewData, fovea_overview_data_unref)

G_END_DECLS
