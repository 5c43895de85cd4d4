/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/scan-task.h"

#include "app/arguments.h"
#include "app/progress.h"

typedef struct {
  FoveaProgressBar bar;
  gint64 started;
  gsize first; /* the position this run went on from */
  gsize done;
  gboolean has_begun;
} Progress;

static void
show_listing (guint64 done, guint64 total, double seconds_left, gpointer data)
{
  g_autofree char *text = g_strdup_printf ("Listing images: %" G_GUINT64_FORMAT, done);

  fovea_progress_bar_show (data, text);
}

/**
 * fovea_scan_task_open_set:
 * @command: the command's name
 * @images: (nullable): what `--images` named
 *
 * Returns: (transfer full): the set, or %NULL with @error set
 */
FoveaImageSet *
fovea_scan_task_open_set (const char *command, const char *images, GCancellable *cancellable, GError **error)
{
  FoveaProgressBar bar;
  FoveaJob job;
  FoveaImageSet *set;

  if (!images)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, "%s wants --images SET: a folder, or the name of a built-in set", command);
      return NULL;
    }
  fovea_progress_bar_start (&bar, "Listing images");
  fovea_job_init (&job, cancellable, show_listing, &bar);
  set = fovea_image_set_open_with_job (images, &job, error);
  fovea_progress_bar_finish (&bar);
  return set;
}

/**
 * fovea_scan_task_init:
 * @task: (out caller-allocates): to be cleared with fovea_scan_task_clear()
 * @set: the images
 * @networks: (element-type FoveaNetwork): the networks
 *
 * Begins with no layers.
 */
void
fovea_scan_task_init (FoveaScanTask *task, FoveaImageSet *set, GPtrArray *networks)
{
  *task = (FoveaScanTask) {
    .set = fovea_image_set_ref (set),
    .networks = g_ptr_array_ref (networks),
    .layers = g_new (GArray *, networks->len),
    .options = FOVEA_SCAN_OPTIONS_DEFAULT,
  };
  for (guint i = 0; i < networks->len; i++)
    task->layers[i] = g_array_new (FALSE, FALSE, sizeof (int));
}

/**
 * fovea_scan_task_add_layer:
 * @network: which network
 * @layer: its layer; one that was added before is not added again
 */
void
fovea_scan_task_add_layer (FoveaScanTask *task, guint network, int layer)
{
  for (guint i = 0; i < task->layers[network]->len; i++)
    if (g_array_index (task->layers[network], int, i) == layer)
      return;
  g_array_append_val (task->layers[network], layer);
}

/**
 * fovea_scan_task_add_layers:
 * @names: (nullable): what `--layer` named; %NULL is every convolution
 *
 * Adds these layers of all networks.
 *
 * Returns: whether all networks have them
 */
gboolean
fovea_scan_task_add_layers (FoveaScanTask *task, char **names, GError **error)
{
  for (guint n = 0; n < task->networks->len; n++)
    {
      const FoveaNetwork *network = task->networks->pdata[n];
      const FoveaGraph *graph = fovea_network_get_graph (network);

      for (guint i = 0; !names && i < fovea_graph_get_n_nodes (graph); i++)
        if (g_str_equal (fovea_graph_get_node (graph, i)->operator->name, "Conv"))
          fovea_scan_task_add_layer (task, n, (int) i);
      for (guint i = 0; names && names[i]; i++)
        {
          int layer;

          if (!fovea_arguments_find_layer (network, names[i], &layer, error))
            return FALSE;
          if (layer < 0)
            {
              g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_ARGUMENT, "%s is the network's input; name one of its layers", names[i]);
              return FALSE;
            }
          fovea_scan_task_add_layer (task, n, layer);
        }
      if (task->layers[n]->len == 0)
        {
          g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_ARGUMENT, "%s has no convolution; name layers with --layer", fovea_network_get_name (network));
          return FALSE;
        }
    }
  return TRUE;
}

static void
show_progress (guint64 done, guint64 total, double seconds_left, gpointer data)
{
  Progress *progress = data;
  double elapsed = (double) (g_get_monotonic_time () - progress->started) / G_USEC_PER_SEC;
  g_autofree char *bar = fovea_progress_format ("Scanning", done, total, seconds_left);
  g_autofree char *text = NULL;

  if (!progress->has_begun)
    progress->first = done;
  progress->has_begun = TRUE;
  progress->done = done;
  text = elapsed > 0.5 ? g_strdup_printf ("%s, %.0f images/s", bar, (double) (done - progress->first) / elapsed) : g_strdup (bar);
  fovea_progress_bar_show (&progress->bar, text);
}

/* Where results are kept; a cache that cannot be used is no reason not to compute. */
static FoveaStore *
open_store (void)
{
  g_autoptr (GError) error = NULL;
  FoveaStore *store = fovea_store_open (NULL, &error);

  if (!store)
    g_printerr ("fovea: results are not kept: %s\n", error->message);
  return store;
}

/* Says how far a scan came that was stopped, and that it is not lost. */
static void
describe_stop (const Progress *progress, const FoveaImageSet *set, gboolean is_kept, GError **error)
{
  if (!error || !g_error_matches (*error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_clear_error (error);
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "stopped after %" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT " images%s",
               progress->done, fovea_image_set_get_n_images (set), is_kept ? "; the same command goes on from there" : "");
}

/**
 * fovea_scan_task_run:
 *
 * Scans what is not stored yet, with a progress bar.
 *
 * Returns: whether all layers are scanned
 */
gboolean
fovea_scan_task_run (FoveaScanTask *task, GCancellable *cancellable, GError **error)
{
  g_autoptr (FoveaStore) store = open_store ();
  g_autofree FoveaScanTarget *targets = g_new (FoveaScanTarget, task->networks->len);
  Progress progress = { 0 };
  FoveaJob job;

  for (guint i = 0; i < task->networks->len; i++)
    targets[i] = (FoveaScanTarget) {
      task->networks->pdata[i],
      task->layers[i]->len,
      (const int *) (gpointer) task->layers[i]->data,
    };
  progress.started = g_get_monotonic_time ();
  fovea_progress_bar_start (&progress.bar, "Scanning");
  fovea_job_init (&job, cancellable, show_progress, &progress);
  task->scans = fovea_scan_run (store, task->set, task->networks->len, targets, &task->options, &job, error);
  fovea_progress_bar_finish (&progress.bar);
  task->seconds = (double) (g_get_monotonic_time () - progress.started) / G_USEC_PER_SEC;
  task->n_images = progress.done - progress.first;
  if (!task->scans)
    describe_stop (&progress, task->set, store != NULL, error);
  return task->scans != NULL;
}

/**
 * fovea_scan_task_get_scan:
 * @network: which network
 * @layer: a layer that was added
 *
 * Returns: (transfer none): its scan, after fovea_scan_task_run()
 */
FoveaScan *
fovea_scan_task_get_scan (const FoveaScanTask *task, guint network, int layer)
{
  guint index = 0;

  for (guint n = 0; n < task->networks->len; n++)
    for (guint i = 0; i < task->layers[n]->len; i++, index++)
      if (n == network && g_array_index (task->layers[n], int, i) == layer)
        return task->scans->pdata[index];
  g_assert_not_reached ();
}

/**
 * fovea_scan_task_clear:
 *
 * Frees what fovea_scan_task_init() and the others made; does nothing to a task of zeros.
 */
void
fovea_scan_task_clear (FoveaScanTask *task)
{
  if (!task->networks)
    return;
  for (guint i = 0; i < task->networks->len; i++)
    g_array_unref (task->layers[i]);
  g_clear_pointer (&task->layers, g_free);
  g_clear_pointer (&task->networks, g_ptr_array_unref);
  g_clear_pointer (&task->scans, g_ptr_array_unref);
  g_clear_pointer (&task->set, fovea_image_set_unref);
}
