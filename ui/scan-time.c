/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/scan-time.h"

/* A trial ends when so many microseconds have been measured: enough for several batches of a small network. */
#define TRIAL (3 * G_USEC_PER_SEC / 2)

/* A scan that is begun to be measured. Its thread owns it. */
typedef struct {
  GCancellable *wanted; /* nullable: whether anybody still wants to know */
  GCancellable *enough;
  guint n_reports;
  gint64 begin;
  guint64 done_at_begin;
  gint64 end;
  guint64 done;
} Trial;

/* Reading ahead begins with the first images, and the networks' memory is touched for the first time with them: they
 * are not counted, except where there are no others. */
static void
note_progress (guint64 done,
               guint64 total,
               double seconds_left,
               gpointer data)
{
  Trial *trial = data;
  gint64 now = g_get_monotonic_time ();

  trial->n_reports++;
  if (trial->n_reports == 1 || (trial->n_reports == 2 && done < total))
    {
      trial->begin = now;
      trial->done_at_begin = done;
    }
  trial->end = now;
  trial->done = done;
  if ((trial->n_reports > 2 && now - trial->begin > TRIAL) || g_cancellable_is_cancelled (trial->wanted))
    g_cancellable_cancel (trial->enough);
}

/**
 * fovea_scan_time_measure:
 * @set: the images
 * @n_targets: how many networks
 * @targets: (array length=n_targets): the networks and their layers
 * @options: of the scan
 * @cancellable: (nullable): stops measuring
 *
 * Scans for a second or two, and keeps nothing of it. The thread that calls this computes; any thread.
 *
 * Returns: seconds an image; negative where that could not be measured
 */
double
fovea_scan_time_measure (FoveaImageSet *set,
                         guint n_targets,
                         const FoveaScanTarget *targets,
                         const FoveaScanOptions *options,
                         GCancellable *cancellable)
{
  g_autoptr (GCancellable) enough = g_cancellable_new ();
  Trial trial = { .wanted = cancellable, .enough = enough };
  g_autoptr (GPtrArray) scans = NULL;
  FoveaJob job;

  g_return_val_if_fail (n_targets > 0, -1);

  fovea_job_init (&job, enough, note_progress, &trial);
  scans = fovea_scan_run (NULL, set, n_targets, targets, options, &job, NULL);
  if (trial.done <= trial.done_at_begin || g_cancellable_is_cancelled (cancellable))
    return -1;
  return (double) (trial.end - trial.begin) / G_USEC_PER_SEC / (double) (trial.done - trial.done_at_begin);
}
