/* What the chapters of a report share.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/analysis/measures.h"
#include "ui/report.h"

G_BEGIN_DECLS

#define FOVEA_REPORT_N_NETWORKS 2

/**
 * FoveaReport:
 * @networks: standard, robust; not owned
 * @titles: what they are called in charts
 * @layer_names: the layers that are described, in the order of the network
 * @layers: of each network, their nodes
 * @findings: (element-type utf8): the summary's cells, row by row
 * @summary_position: behind which block of the document it goes
 * @job: what the step in work reports to
 */
typedef struct {
  const FoveaReportSettings *settings;
  FoveaDocument *document;
  FoveaNetwork *networks[FOVEA_REPORT_N_NETWORKS];
  const char *titles[FOVEA_REPORT_N_NETWORKS];
  GPtrArray *layer_names;
  GArray *layers[FOVEA_REPORT_N_NETWORKS];
  GPtrArray *findings;
  guint summary_position;
  FoveaReportFunc progress;
  gpointer progress_data;
  const char *step;
  guint n_done;
  guint n_steps;
  FoveaJob job;
} FoveaReport;

typedef enum { FOVEA_REPORT_SHARE, FOVEA_REPORT_NUMBER, FOVEA_REPORT_COUNT } FoveaReportUnit;

/* How the robust network's number was in the paper, compared with the standard one's. */
typedef enum { FOVEA_REPORT_LOWER, FOVEA_REPORT_HIGHER, FOVEA_REPORT_NOT_MEASURED } FoveaReportTrend;

/* A chapter computes what it needs and adds blocks to the document. */
typedef gboolean (*FoveaReportChapterFunc) (FoveaReport *report, GError **error);

void fovea_report_begin_step (FoveaReport *report, const char *step);
guint fovea_report_get_color (guint network);
FoveaMeasureSettings fovea_report_get_measure_settings (const FoveaReport *report);
const int *fovea_report_get_layers (const FoveaReport *report, guint network);
void fovea_report_add_text (FoveaReport *report, const char *format, ...) G_GNUC_PRINTF (2, 3);

void fovea_report_add_finding (FoveaReport *report, const char *what, FoveaReportUnit unit, double standard, double robust, FoveaReportTrend in_paper);
void fovea_report_add_summary (FoveaReport *report);

gboolean fovea_report_add_networks (FoveaReport *report, GError **error);
gboolean fovea_report_add_accuracy (FoveaReport *report, GError **error);
gboolean fovea_report_add_shape_bias (FoveaReport *report, GError **error);
gboolean fovea_report_add_smoothness (FoveaReport *report, GError **error);
gboolean fovea_report_add_detectors (FoveaReport *report, GError **error);
gboolean fovea_report_add_diversity (FoveaReport *report, GError **error);
gboolean fovea_report_add_examples (FoveaReport *report, GError **error);
gboolean fovea_report_add_settings (FoveaReport *report, GError **error);

G_END_DECLS
