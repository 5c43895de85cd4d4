/* A computation in a worker, watched from the main loop.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "ui/job-queue.h"

G_BEGIN_DECLS

/**
 * FoveaRun:
 *
 * Belongs to the main thread. Emits `progress`, at most ten times a second, and `ended` once, however it ended; neither once
 * it was dropped.
 */
#define FOVEA_TYPE_RUN (fovea_run_get_type ())
G_DECLARE_DERIVABLE_TYPE (FoveaRun, fovea_run, FOVEA, RUN, GObject)

/**
 * FoveaRunClass:
 * @compute: does the work, in the worker
 * @progress: (nullable): takes over what the worker has published, before those who watch hear of it
 * @ended: (nullable): likewise, when the work has ended
 */
struct _FoveaRunClass {
  GObjectClass parent_class;

  void (*compute) (FoveaRun *self, FoveaQueuedJob *job);
  void (*progress) (FoveaRun *self);
  void (*ended) (FoveaRun *self);
};

void fovea_run_start (FoveaRun *self, FoveaJobQueue *queue, int priority);
void fovea_run_set_priority (FoveaRun *self, int priority);
void fovea_run_stop (FoveaRun *self);
void fovea_run_drop (FoveaRun *self);
gboolean fovea_run_is_active (FoveaRun *self);
gboolean fovea_run_is_dropped (FoveaRun *self);

/* In the worker */
void fovea_run_report (FoveaRun *self);

G_END_DECLS
