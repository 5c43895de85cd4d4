/* How far a job is, told by its worker and read by the main loop.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/job.h"
#include "ui/job-queue.h"

G_BEGIN_DECLS

/**
 * FoveaProgress:
 *
 * Lies within the data of one job; initialize it with fovea_progress_init(). The job may consist of several parts, one after the
 * other, whose units of work are counted together.
 */
typedef struct {
  GMutex mutex;
  guint64 done;  /* units, those of the parts before included */
  guint64 total; /* units of all parts; 0 is not known */
  double seconds_left;

  /* The worker's */
  FoveaQueuedJob *job; /* not owned */
  gint64 started;
  guint64 before; /* units of the parts that are done */
  gboolean expected; /* the total was told before */
} FoveaProgress;

void fovea_progress_init (FoveaProgress *self);
void fovea_progress_clear (FoveaProgress *self);
void fovea_progress_expect (FoveaProgress *self, guint64 n_units);
void fovea_progress_get (FoveaProgress *self, guint64 *done, guint64 *total, double *seconds_left);

/* In the worker */
void fovea_progress_begin (FoveaProgress *self, FoveaQueuedJob *queued, FoveaJob *job);
void fovea_progress_end_part (FoveaProgress *self);

G_END_DECLS
