/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/pins-work.h"

#include "ui/pins-export.h"
#include "ui/progress.h"

struct _FoveaPinsWork {
  FoveaFigureRecord *record;
  GPtrArray *networks;
  FoveaStore *store;
  char *path; /* nullable: only a preview */
  GBytes *preview;
  gboolean stopped;
  GError *error;
  FoveaProgress progress;
};

/**
 * fovea_pins_work_new:
 * @record: (transfer full): how the figure is made
 * @networks: (transfer full): its networks
 * @store: (nullable): where results are kept
 * @path: (nullable): the figure's file; %NULL is a preview only
 */
FoveaPinsWork *
fovea_pins_work_new (FoveaFigureRecord *record, GPtrArray *networks, FoveaStore *store, const char *path)
{
  FoveaPinsWork *work = g_new0 (FoveaPinsWork, 1);

  fovea_progress_init (&work->progress);
  work->record = record;
  work->networks = networks;
  work->store = store != NULL ? fovea_store_ref (store) : NULL;
  work->path = g_strdup (path);
  return work;
}

/**
 * fovea_pins_work_free:
 * @work: what no worker uses any more
 */
void
fovea_pins_work_free (FoveaPinsWork *work)
{
  fovea_figure_record_free (work->record);
  g_ptr_array_unref (work->networks);
  g_clear_pointer (&work->store, fovea_store_unref);
  g_free (work->path);
  g_clear_pointer (&work->preview, g_bytes_unref);
  g_clear_error (&work->error);
  fovea_progress_clear (&work->progress);
  g_free (work);
}

/**
 * fovea_pins_work_run:
 *
 * Makes the figure and saves it, in a worker.
 */
void
fovea_pins_work_run (FoveaQueuedJob *job, gpointer data)
{
  FoveaPinsWork *work = data;
  const FoveaFigureCache cache = { .store = work->store, .take_images = TRUE };
  g_autoptr (FoveaFigure) figure = NULL;
  FoveaJob progress;

  fovea_progress_begin (&work->progress, job, &progress);
  figure = fovea_figure_make (work->record, work->networks, NULL, &cache, &work->stopped, &progress, &work->error);
  if (figure == NULL)
    return;
  if (work->path != NULL && !fovea_pins_export_write (work->record, figure, work->path, &work->error))
    return;
  fovea_figure_set_width (figure, 0, 0);
  work->preview = fovea_figure_render (figure, FOVEA_FIGURE_PNG, work->path == NULL ? &work->error : NULL);
}

/**
 * fovea_pins_work_get_progress:
 *
 * Returns: in [0,1]; any thread
 */
double
fovea_pins_work_get_progress (FoveaPinsWork *work)
{
  guint64 done, total;

  fovea_progress_get (&work->progress, &done, &total, NULL);
  return total > 0 ? (double) done / (double) total : 0;
}

/**
 * fovea_pins_work_get_path:
 *
 * Returns: (nullable): the figure's file
 */
const char *
fovea_pins_work_get_path (const FoveaPinsWork *work)
{
  return work->path;
}

/**
 * fovea_pins_work_get_preview:
 *
 * Returns: (transfer none) (nullable): the figure as a PNG
 */
GBytes *
fovea_pins_work_get_preview (const FoveaPinsWork *work)
{
  return work->preview;
}

/**
 * fovea_pins_work_is_stopped:
 *
 * Returns: whether the figure shows how far it was when it was stopped
 */
gboolean
fovea_pins_work_is_stopped (const FoveaPinsWork *work)
{
  return work->stopped;
}

/**
 * fovea_pins_work_get_error:
 *
 * Returns: (transfer none) (nullable): why there is no figure
 */
const GError *
fovea_pins_work_get_error (const FoveaPinsWork *work)
{
  return work->error;
}
