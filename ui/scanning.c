/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/scanning.h"

/* Over how long the rate of a scan is taken, in microseconds. */
#define RATE_WINDOW (6 * G_USEC_PER_SEC)

struct _FoveaScanning {
  FoveaRun parent_instance;

  FoveaStore *store; /* nullable */
  FoveaImageSet *set;
  FoveaNetworkPair *pair;
  gboolean several;
  GStrv layers;
  guint n_targets;
  FoveaScanTarget targets[FOVEA_N_SIDES];
  FoveaSide sides[FOVEA_N_SIDES]; /* of the targets */

  /* The worker's; the main thread's when it is done */
  GPtrArray *results; /* nullable */
  GError *error;

  GMutex mutex; /* for what follows */
  guint64 done;
  double rate; /* images a second; negative: not known */
  double seconds_left;
  gint64 marks[2]; /* when the rate's window began, and its next one will */
  guint64 done_at[2];
};

G_DEFINE_FINAL_TYPE (FoveaScanning, fovea_scanning, FOVEA_TYPE_RUN)

/**
 * fovea_scan_subject_find_layer:
 * @subject: what is scanned
 * @side: which network
 * @layer: a layer's name
 *
 * Returns: the layer's node; -1 where there is none
 */
int
fovea_scan_subject_find_layer (const FoveaScanSubject *subject,
                               FoveaSide side,
                               const char *layer)
{
  int node;

  if (!fovea_network_pair_has_side (subject->pair, side) ||
      !fovea_graph_find (fovea_network_get_graph (fovea_network_pair_get_network (subject->pair, side)), layer, &node, NULL))
    return -1;
  return node;
}

/**
 * fovea_scan_subject_get_options:
 * @subject: what is scanned
 *
 * Returns: how
 */
FoveaScanOptions
fovea_scan_subject_get_options (const FoveaScanSubject *subject)
{
  FoveaScanOptions options = FOVEA_SCAN_OPTIONS_DEFAULT;

  options.hits_per_image = subject->several ? FOVEA_SCANS_SEVERAL : 1;
  return options;
}

/* Called by the engine, in the worker, after each batch of images. */
static void
note_progress (guint64 done,
               guint64 total,
               double seconds_left,
               gpointer data)
{
  FoveaScanning *self = data;
  gint64 now = g_get_monotonic_time (), paused;

  g_mutex_lock (&self->mutex);
  self->done = done;
  if (self->marks[0] == 0)
    for (guint i = 0; i < 2; i++)
      {
        self->marks[i] = now;
        self->done_at[i] = done;
      }
  else if (now - self->marks[0] > G_USEC_PER_SEC / 4)
    {
      self->rate = (double) (done - self->done_at[0]) * G_USEC_PER_SEC / (double) (now - self->marks[0]);
      self->seconds_left = self->rate > 0 ? (double) (total - done) / self->rate : -1;
    }
  if (now - self->marks[1] > RATE_WINDOW)
    {
      self->marks[0] = self->marks[1];
      self->done_at[0] = self->done_at[1];
      self->marks[1] = now;
      self->done_at[1] = done;
    }
  g_mutex_unlock (&self->mutex);

  fovea_run_report (FOVEA_RUN (self));
  /* What waited for more urgent work is not the scan's slowness. */
  paused = g_get_monotonic_time () - now;
  g_mutex_lock (&self->mutex);
  self->marks[0] += paused;
  self->marks[1] += paused;
  g_mutex_unlock (&self->mutex);
}

static void
fovea_scanning_compute (FoveaRun *run,
                        FoveaQueuedJob *queued)
{
  FoveaScanning *self = FOVEA_SCANNING (run);
  const FoveaScanSubject subject = { self->set, self->pair, self->several };
  const FoveaScanOptions options = fovea_scan_subject_get_options (&subject);
  FoveaJob job;

  fovea_job_init (&job, fovea_queued_job_get_cancellable (queued), note_progress, self);
  self->results = fovea_scan_run (self->store, self->set, self->n_targets, self->targets, &options, &job, &self->error);
}

static void
fovea_scanning_finalize (GObject *object)
{
  FoveaScanning *self = FOVEA_SCANNING (object);

  g_clear_pointer (&self->store, fovea_store_unref);
  fovea_image_set_unref (self->set);
  for (guint i = 0; i < self->n_targets; i++)
    {
      fovea_network_unref (self->targets[i].network);
      g_free ((gpointer) self->targets[i].layers);
    }
  g_object_unref (self->pair);
  g_strfreev (self->layers);
  g_clear_pointer (&self->results, g_ptr_array_unref);
  g_clear_error (&self->error);
  g_mutex_clear (&self->mutex);
  G_OBJECT_CLASS (fovea_scanning_parent_class)->finalize (object);
}

static void
fovea_scanning_class_init (FoveaScanningClass *class)
{
  G_OBJECT_CLASS (class)->finalize = fovea_scanning_finalize;
  FOVEA_RUN_CLASS (class)->compute = fovea_scanning_compute;
}

static void
fovea_scanning_init (FoveaScanning *self)
{
  g_mutex_init (&self->mutex);
  self->rate = self->seconds_left = -1;
}

/**
 * fovea_scanning_new:
 * @subject: what is scanned
 * @layers: names of layers; a network may lack all but the first
 * @store: (nullable): where results are kept
 *
 * Returns: (transfer full): a scan that has not begun
 */
FoveaScanning *
fovea_scanning_new (const FoveaScanSubject *subject,
                    const char *const *layers,
                    FoveaStore *store)
{
  FoveaScanning *self = g_object_new (FOVEA_TYPE_SCANNING, NULL);

  self->store = store != NULL ? fovea_store_ref (store) : NULL;
  self->set = fovea_image_set_ref (subject->set);
  self->pair = g_object_ref (subject->pair);
  self->several = subject->several;
  self->layers = g_strdupv ((GStrv) layers);
  for (FoveaSide side = 0; side < FOVEA_N_SIDES; side++)
    {
      FoveaScanTarget *target = &self->targets[self->n_targets];
      int *nodes;

      if (fovea_scan_subject_find_layer (subject, side, layers[0]) < 0)
        continue;
      nodes = g_new (int, g_strv_length (self->layers));
      for (guint i = 0; layers[i] != NULL; i++)
        nodes[i] = fovea_scan_subject_find_layer (subject, side, layers[i]);
      target->network = fovea_network_ref (fovea_network_pair_get_network (subject->pair, side));
      target->n_layers = g_strv_length (self->layers);
      target->layers = nodes;
      self->sides[self->n_targets++] = side;
    }
  return self;
}

/**
 * fovea_scanning_start:
 * @self: a scan
 * @queue: where it runs
 * @priority: how urgent it is
 * @done: how many images an earlier scan went through
 */
void
fovea_scanning_start (FoveaScanning *self,
                      FoveaJobQueue *queue,
                      int priority,
                      guint64 n_done)
{
  g_return_if_fail (FOVEA_IS_SCANNING (self));
  self->done = n_done;
  fovea_run_start (FOVEA_RUN (self), queue, priority);
}

/**
 * fovea_scanning_is_of:
 * @self: a scan
 * @subject: what could be scanned
 *
 * Returns: whether it scans that
 */
gboolean
fovea_scanning_is_of (FoveaScanning *self,
                      const FoveaScanSubject *subject)
{
  g_return_val_if_fail (FOVEA_IS_SCANNING (self), FALSE);
  return self->set == subject->set && self->pair == subject->pair && self->several == subject->several;
}

/**
 * fovea_scanning_has_layer:
 * @self: a scan
 * @layer: a layer's name
 *
 * Returns: whether the layer is one of those that are scanned
 */
gboolean
fovea_scanning_has_layer (FoveaScanning *self,
                          const char *layer)
{
  g_return_val_if_fail (FOVEA_IS_SCANNING (self), FALSE);
  return g_strv_contains ((const char *const *) self->layers, layer);
}

/**
 * fovea_scanning_get_first_layer:
 * @self: a scan
 *
 * Returns: (transfer none): for which layer it was begun
 */
const char *
fovea_scanning_get_first_layer (FoveaScanning *self)
{
  g_return_val_if_fail (FOVEA_IS_SCANNING (self), NULL);
  return self->layers[0];
}

/**
 * fovea_scanning_get_progress:
 * @self: a scan
 * @n_done: (out): images of the set that were gone through
 * @rate: (out): images a second; negative while it is not known
 * @seconds_left: (out): negative while it is not known
 */
void
fovea_scanning_get_progress (FoveaScanning *self,
                             guint64 *n_done,
                             double *rate,
                             double *seconds_left)
{
  g_return_if_fail (FOVEA_IS_SCANNING (self));

  g_mutex_lock (&self->mutex);
  *n_done = self->done;
  *rate = self->rate;
  *seconds_left = self->seconds_left;
  g_mutex_unlock (&self->mutex);
}

/**
 * fovea_scanning_is_complete:
 * @self: a scan that is done
 *
 * Returns: whether it came to the end
 */
gboolean
fovea_scanning_is_complete (FoveaScanning *self)
{
  g_return_val_if_fail (FOVEA_IS_SCANNING (self) && !fovea_run_is_active (FOVEA_RUN (self)), FALSE);
  return self->results != NULL;
}

/**
 * fovea_scanning_get_scan:
 * @self: a scan that is complete
 * @side: which network
 * @layer: one of its layers
 *
 * Returns: (transfer none) (nullable): what was found; %NULL where the network lacks the layers
 */
FoveaScan *
fovea_scanning_get_scan (FoveaScanning *self,
                         FoveaSide side,
                         const char *layer)
{
  guint n_layers;

  g_return_val_if_fail (FOVEA_IS_SCANNING (self) && !fovea_run_is_active (FOVEA_RUN (self)) && self->results != NULL, NULL);

  n_layers = g_strv_length (self->layers);
  for (guint t = 0; t < self->n_targets; t++)
    for (guint i = 0; i < n_layers; i++)
      if (self->sides[t] == side && g_str_equal (self->layers[i], layer))
        return g_ptr_array_index (self->results, t * n_layers + i);
  return NULL;
}

/**
 * fovea_scanning_get_error:
 * @self: a scan that is done
 *
 * Returns: (transfer none) (nullable): why it ended early, unless somebody stopped it
 */
const char *
fovea_scanning_get_error (FoveaScanning *self)
{
  g_return_val_if_fail (FOVEA_IS_SCANNING (self) && !fovea_run_is_active (FOVEA_RUN (self)), NULL);
  if (self->error == NULL || g_error_matches (self->error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return NULL;
  return self->error->message;
}
