/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/dissect-counterparts.h"

#include "app/progress.h"
#include "app/scan-task.h"
#include "engine/analysis/match.h"

const char *const fovea_dissect_counterpart_names[] = { "same", "best", "one-to-one", NULL };

/**
 * fovea_dissect_find_counterparts:
 * @networks: (element-type FoveaNetwork): two
 * @layers: (array fixed-size=2): a layer of each
 * @set: the images on which their channels are compared; scanned where that was not done before
 * @counterpart: which way, other than %FOVEA_DISSECT_COUNTERPART_SAME
 * @n_channels: (out): how many channels the first network's layer has
 *
 * Returns: (transfer full): for each of them the second network's that corresponds, G_MAXUINT is none; or %NULL
 */
guint *
fovea_dissect_find_counterparts (GPtrArray *networks,
                                 const int *layers,
                                 FoveaImageSet *set,
                                 FoveaDissectCounterpart counterpart,
                                 guint *n_channels,
                                 GCancellable *cancellable,
                                 GError **error)
{
  g_auto (FoveaScanTask) task = { 0 };
  g_autoptr (FoveaMatch) match = NULL;
  FoveaProgressBar bar;
  FoveaJob job;
  const int *found;
  guint *numbers;

  fovea_scan_task_init (&task, set, networks);
  for (guint i = 0; i < 2; i++)
    fovea_scan_task_add_layer (&task, i, layers[i]);
  if (!fovea_scan_task_run (&task, cancellable, error))
    return NULL;
  fovea_progress_bar_start_job (&bar, "Matching", cancellable, &job);
  match = fovea_match_compute (fovea_scan_task_get_scan (&task, 0, layers[0]), fovea_scan_task_get_scan (&task, 1, layers[1]), &job, error);
  fovea_progress_bar_finish (&bar);
  if (!match)
    return NULL;
  found = counterpart == FOVEA_DISSECT_COUNTERPART_BEST ? match->best : match->assigned;
  numbers = g_new (guint, MAX (match->n_first, 1));
  for (guint i = 0; i < match->n_first; i++)
    numbers[i] = found[i] >= 0 ? (guint) found[i] : G_MAXUINT;
  *n_channels = match->n_first;
  return numbers;
}
