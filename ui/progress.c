/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/progress.h"

/* What was done in less time, in seconds, says little about the rest. */
#define SECONDS_BEFORE_ESTIMATE 0.5

/**
 * fovea_progress_init:
 * @self: (out): nothing is done, of what is not known
 */
void
fovea_progress_init (FoveaProgress *self)
{
  *self = (FoveaProgress) { .seconds_left = -1 };
  g_mutex_init (&self->mutex);
}

/**
 * fovea_progress_clear:
 * @self: of a job that no worker runs any more
 */
void
fovea_progress_clear (FoveaProgress *self)
{
  g_mutex_clear (&self->mutex);
}

/**
 * fovea_progress_expect:
 * @n_units: how many units one more part has
 *
 * Tells of the parts before the job is queued; without that, the job is one part and tells its total itself.
 */
void
fovea_progress_expect (FoveaProgress *self, guint64 n_units)
{
  self->expected = TRUE;
  self->total += n_units;
}

/**
 * fovea_progress_get:
 * @done: (out): units of work that are done
 * @total: (out): of so many; 0 while that is not known
 * @seconds_left: (out) (optional): negative while there is no estimate
 *
 * Thread: any.
 */
void
fovea_progress_get (FoveaProgress *self, guint64 *done, guint64 *total, double *seconds_left)
{
  g_mutex_lock (&self->mutex);
  *done = self->done;
  *total = self->total;
  if (seconds_left != NULL)
    *seconds_left = self->seconds_left;
  g_mutex_unlock (&self->mutex);
}

static void
on_progress (guint64 done, guint64 total, double seconds_left, gpointer data)
{
  FoveaProgress *self = data;
  const double elapsed = (double) (g_get_monotonic_time () - self->started) / G_USEC_PER_SEC;

  g_mutex_lock (&self->mutex);
  self->done = self->before + done;
  if (!self->expected)
    self->total = total;
  if (self->done > 0 && elapsed > SECONDS_BEFORE_ESTIMATE)
    self->seconds_left = elapsed * (double) (self->total - MIN (self->done, self->total)) / (double) self->done;
  g_mutex_unlock (&self->mutex);
  fovea_queued_job_request_update (self->job);
  fovea_queued_job_checkpoint (self->job);
}

/**
 * fovea_progress_begin:
 * @queued: the job
 * @job: (out): what its computations report to and are stopped by
 *
 * Whenever something was reported, the job's update is called, and more urgent work goes first.
 */
void
fovea_progress_begin (FoveaProgress *self, FoveaQueuedJob *queued, FoveaJob *job)
{
  self->job = queued;
  self->started = g_get_monotonic_time ();
  fovea_job_init (job, fovea_queued_job_get_cancellable (queued), on_progress, self);
}

/**
 * fovea_progress_end_part:
 *
 * The next part's units are counted from here.
 */
void
fovea_progress_end_part (FoveaProgress *self)
{
  self->before = self->done;
}
