/* A report that is being written, and what became of it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

#include "ui/job-queue.h"
#include "ui/overview-data.h"

G_BEGIN_DECLS

/**
 * FoveaOverviewReport:
 *
 * A bar with progress, which can be cancelled; then it offers to open the report. Is not to be seen before the
 * first report begins. Emits `finished` when nothing is written any more.
 */
#define FOVEA_TYPE_OVERVIEW_REPORT (fovea_overview_report_get_type ())
G_DECLARE_FINAL_TYPE (FoveaOverviewReport, fovea_overview_report, FOVEA, OVERVIEW_REPORT, GtkWidget)

GtkWidget *fovea_overview_report_new (void);
void fovea_overview_report_start (FoveaOverviewReport *self, FoveaJobQueue *queue, FoveaOverviewData *data, const char *folder);
void fovea_overview_report_stop (FoveaOverviewReport *self);
gboolean fovea_overview_report_is_busy (FoveaOverviewReport *self);
const char *fovea_overview_report_get_text (FoveaOverviewReport *self);

G_END_DECLS
