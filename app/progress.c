/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/progress.h"

#include <stdio.h>
#include <unistd.h>

#define BAR_WIDTH 30
#define UPDATE_INTERVAL (G_USEC_PER_SEC / 10)

/* Sooner than this, the speed so far says little about the time left. */
#define ESTIMATE_AFTER (G_USEC_PER_SEC / 2)

/**
 * fovea_progress_bar_start:
 * @bar: (out caller-allocates): the bar
 * @label: what is being done; kept, not copied
 */
void
fovea_progress_bar_start (FoveaProgressBar *bar, const char *label)
{
  *bar = (FoveaProgressBar) {
    .visible = isatty (STDERR_FILENO),
    .label = label,
    .started = g_get_monotonic_time (),
  };
}

/**
 * fovea_progress_format:
 * @label: what is being done
 * @done, @total: how much of it is finished; @total at least 1
 * @seconds_left: the estimate; negative where there is none
 *
 * Returns: (transfer full): a progress bar in one line of text
 */
char *
fovea_progress_format (const char *label, guint64 done, guint64 total, double seconds_left)
{
  double fraction = (double) done / (double) total;
  int filled = (int) (fraction * BAR_WIDTH);
  GString *line = g_string_new (label);

  g_string_append (line, " [");
  for (int i = 0; i < BAR_WIDTH; i++)
    g_string_append_c (line, i < filled ? '#' : '.');
  g_string_append_printf (line, "] %3d %%", (int) (fraction * 100));
  if (seconds_left >= 90)
    g_string_append_printf (line, ", %d min left", (int) (seconds_left / 60 + 0.5));
  else if (seconds_left >= 0)
    g_string_append_printf (line, ", %d s left", (int) (seconds_left + 0.5));
  return g_string_free (line, FALSE);
}

/**
 * fovea_progress_bar_update:
 * @done, @total: how much is finished; @total at least 1
 *
 * Redraws the bar, at most ten times a second.
 */
void
fovea_progress_bar_update (FoveaProgressBar *bar, guint64 done, guint64 total)
{
  gint64 now = g_get_monotonic_time ();
  gint64 elapsed = now - bar->started;
  double seconds_left = -1;
  g_autofree char *line = NULL;

  if (!bar->visible || now - bar->updated < UPDATE_INTERVAL)
    return;
  if (done > 0 && elapsed >= ESTIMATE_AFTER)
    seconds_left = (double) elapsed / G_USEC_PER_SEC * (double) (total - done) / (double) done;
  line = fovea_progress_format (bar->label, done, total, seconds_left);
  fovea_progress_bar_show (bar, line);
}

static void
show_progress (guint64 done, guint64 total, double seconds_left G_GNUC_UNUSED, gpointer data)
{
  if (total > 0)
    fovea_progress_bar_update (data, done, total);
}

/**
 * fovea_progress_bar_start_job:
 * @bar: (out caller-allocates): the bar; it has to outlive @job
 * @label: what is being done; kept, not copied
 * @cancellable: stops the job
 * @job: (out caller-allocates): what the computation reports to
 *
 * Starts a bar that shows what a computation reports.
 */
void
fovea_progress_bar_start_job (FoveaProgressBar *bar, const char *label, GCancellable *cancellable, FoveaJob *job)
{
  fovea_progress_bar_start (bar, label);
  fovea_job_init (job, cancellable, show_progress, bar);
}

/**
 * fovea_progress_bar_show:
 * @text: one line
 *
 * Shows something else than the bar in its place, at most ten times a second.
 */
void
fovea_progress_bar_show (FoveaProgressBar *bar, const char *text)
{
  gint64 now = g_get_monotonic_time ();

  if (!bar->visible || now - bar->updated < UPDATE_INTERVAL)
    return;
  bar->updated = now;
  /* Back to the line's start, the bar, and the rest of the line cleared. */
  fprintf (stderr, "\r%s\033[K", text);
  fflush (stderr);
  bar->drawn = TRUE;
}

/**
 * fovea_progress_bar_finish:
 *
 * Clears the bar away, so that what is printed next starts on a clean line.
 */
void
fovea_progress_bar_finish (FoveaProgressBar *bar)
{
  if (bar->drawn)
    fputs ("\r\033[K", stderr);
  bar->drawn = FALSE;
}
