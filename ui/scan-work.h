/* Jobs about the scans of one layer: read them, tell how long one takes, match the networks' channels.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/analysis/match.h"
#include "ui/scanning.h"

G_BEGIN_DECLS

/**
 * FoveaScanFindings:
 * @scans: of each network, or %NULL: what was stored
 * @per_image: seconds; negative where that could not be measured
 * @match: (nullable): which channels correspond
 *
 * What a job gives; whoever takes something away leaves %NULL.
 */
typedef struct {
  FoveaScan *scans[FOVEA_N_SIDES];
  double per_image;
  FoveaMatch *match;
} FoveaScanFindings;

/* Called in the main thread when the job is done; not at all when it is dropped */
typedef void (*FoveaScanWorkFunc) (FoveaScanFindings *findings, gpointer data);

FoveaQueuedJob *fovea_scan_work_push_loading (FoveaJobQueue *queue, const FoveaScanSubject *subject, const char *layer, FoveaStore *store, FoveaScanWorkFunc done, gpointer data);
FoveaQueuedJob *fovea_scan_work_push_measuring (FoveaJobQueue *queue, const FoveaScanSubject *subject, const char *layer, FoveaScanWorkFunc done, gpointer data);
FoveaQueuedJob *fovea_scan_work_push_matching (FoveaJobQueue *queue, const FoveaScanSubject *subject, const char *layer, FoveaScan *const *scans, FoveaScanWorkFunc done, gpointer data);

G_END_DECLS
