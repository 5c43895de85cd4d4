/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/job.h"

/* An estimate from less than this would only flicker. */
#define SECONDS_BEFORE_ESTIMATE 0.3

/**
 * fovea_job_init:
 * @cancellable: (nullable): stops the job; must outlive it
 * @progress: (nullable): told how far it is
 * @progress_data: passed to @progress
 *
 * Starts the clock from which the time left is estimated.
 */
void
fovea_job_init (FoveaJob *job,
                GCancellable *cancellable,
                FoveaProgressFunc progress,
                gpointer progress_data)
{
  job->cancellable = cancellable;
  job->progress = progress;
  job->progress_data = progress_data;
  job->started = g_get_monotonic_time ();
}

/**
 * fovea_job_is_cancelled:
 * @job: (nullable): the job
 * @error: `G_IO_ERROR_CANCELLED`
 *
 * Returns: whether to stop now. Any thread.
 */
gboolean
fovea_job_is_cancelled (const FoveaJob *job,
                        GError **error)
{
  if (job == NULL)
    return FALSE;
  return g_cancellable_set_error_if_cancelled (job->cancellable, error);
}

/**
 * fovea_job_report:
 * @job: (nullable): the job
 * @done: units of work finished
 * @total: units of work in all, 0 for unknown
 *
 * Calls the progress function with an estimate of the time left: that the rest goes as fast as what
 * is done. From the thread that computes.
 */
void
fovea_job_report (const FoveaJob *job,
                  guint64 done,
                  guint64 total)
{
  fovea_job_report_resumed (job, 0, done, total);
}

/**
 * fovea_job_report_resumed:
 * @job: (nullable): the job
 * @before: units of work that were finished before this job began
 * @done: units of work finished, those included
 * @total: units of work in all, 0 for unknown
 *
 * As fovea_job_report(), for work that goes on where it was stopped: how fast it is, is told by what this
 * job did.
 */
void
fovea_job_report_resumed (const FoveaJob *job,
                          guint64 before,
                          guint64 done,
                          guint64 total)
{
  double elapsed, left = -1;

  if (job == NULL || job->progress == NULL)
    return;
  elapsed = (double) (g_get_monotonic_time () - job->started) / G_USEC_PER_SEC;
  if (done > before && total >= done && elapsed > SECONDS_BEFORE_ESTIMATE)
    left = elapsed / (double) (done - before) * (double) (total - done);
  job->progress (done, total, left, job->progress_data);
}
