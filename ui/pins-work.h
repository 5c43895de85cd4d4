/* A figure of pinned neurons that is being made in a worker.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "ui/figure-maker.h"
#include "ui/job-queue.h"

G_BEGIN_DECLS

typedef struct _FoveaPinsWork FoveaPinsWork;

FoveaPinsWork *fovea_pins_work_new (FoveaFigureRecord *record, GPtrArray *networks, FoveaStore *store, const char *path);
void fovea_pins_work_free (FoveaPinsWork *work);
void fovea_pins_work_run (FoveaQueuedJob *job, gpointer work);

double fovea_pins_work_get_progress (FoveaPinsWork *work);

/* After it has run */
const char *fovea_pins_work_get_path (const FoveaPinsWork *work);
GBytes *fovea_pins_work_get_preview (const FoveaPinsWork *work);
gboolean fovea_pins_work_is_stopped (const FoveaPinsWork *work);
const GError *fovea_pins_work_get_error (const FoveaPinsWork *work);

G_END_DECLS
