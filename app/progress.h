/* A progress bar on a terminal.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/job.h"

G_BEGIN_DECLS

/**
 * FoveaProgressBar:
 *
 * Drawn on standard error while that is a terminal, and nowhere otherwise. Belongs to one thread.
 */
typedef struct {
  gboolean visible;
  gboolean drawn;
  const char *label;
  gint64 started; /* g_get_monotonic_time() */
  gint64 updated;
} FoveaProgressBar;

void fovea_progress_bar_start (FoveaProgressBar *bar, const char *label);
void fovea_progress_bar_start_job (FoveaProgressBar *bar, const char *label, GCancellable *cancellable, FoveaJob *job);
void fovea_progress_bar_update (FoveaProgressBar *bar, guint64 done, guint64 total);
void fovea_progress_bar_show (FoveaProgressBar *bar, const char *text);
void fovea_progress_bar_finish (FoveaProgressBar *bar);

char *fovea_progress_format (const char *label, guint64 done, guint64 total, double seconds_left);

G_END_DECLS
