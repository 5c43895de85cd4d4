/* Progress and cancelling, as every long computation takes them.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * FoveaProgressFunc:
 * @done: units of work finished so far
 * @total: units of work in all; 0 where that is not known yet
 * @seconds_left: estimate of the time left; negative while there is none
 * @data: as passed along with the function
 *
 * Called from the thread that does the work, as often as the work likes; who shows it to people
 * coalesces.
 */
typedef void (*FoveaProgressFunc) (guint64 done, guint64 total, double seconds_left, gpointer data);

/**
 * FoveaJob:
 *
 * What one long computation reports to and is stopped by. A plain value on the stack of the thread
 * that computes; initialize it with fovea_job_init(). A %NULL pointer is accepted wherever a job
 * is optional, and means: no progress, never cancelled.
 */
typedef struct {
  GCancellable *cancellable; /* not owned; may be NULL */
  FoveaProgressFunc progress; /* may be NULL */
  gpointer progress_data;
  gint64 started; /* g_get_monotonic_time() */
} FoveaJob;

void fovea_job_init (FoveaJob *job, GCancellable *cancellable, FoveaProgressFunc progress, gpointer progress_data);
gboolean fovea_job_is_cancelled (const FoveaJob *job, GError **error);
void fovea_job_report (const FoveaJob *job, guint64 done, guint64 total);
void fovea_job_report_resumed (const FoveaJob *job, guint64 before, guint64 done, guint64 total);

G_END_DECLS
