/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/layer-scans.h"

#include "ui/layer.h"
#include "ui/scan-time.h"

/* Over how long the rate of a scan is taken, in microseconds. */
#define RATE_WINDOW (6 * G_USEC_PER_SEC)

typedef struct _Running Running;

struct _FoveaLayerScans {
  GObject parent_instance;

  FoveaJobQueue *queue;
  FoveaJobQueue *reading_queue;
  FoveaStore *store; /* nullable */
  FoveaImageSets *sets;

  FoveaNetworkPair *pair; /* nullable */
  char *layer; /* nullable */
  gboolean several;
  gboolean watched;

  FoveaImageSet *set; /* nullable: the one that @scans and @per_image are of */
  FoveaScan *scans[FOVEA_N_SIDES]; /* each nullable */
  FoveaMatch *match; /* nullable */
  gboolean loaded; /* the store was asked */
  double per_image; /* seconds; negative: not measured */
  char *error; /* nullable: why the last scan ended early */

  FoveaQueuedJob *loading; /* nullable */
  FoveaQueuedJob *measuring; /* nullable */
  FoveaQueuedJob *matching; /* nullable */
  FoveaQueuedJob *scanning; /* nullable */
  Running *running; /* of @scanning; not owned */
};

G_DEFINE_FINAL_TYPE (FoveaLayerScans, fovea_layer_scans, G_TYPE_OBJECT)

enum { CHANGED, PROGRESS, N_SIGNALS };

static guint signals[N_SIGNALS];

/* A scan that runs: of which layers, and how far it is. */
struct _Running {
  FoveaLayerScans *scans; /* not owned: the job is dropped before it goes */
  FoveaStore *store; /* nullable */
  FoveaImageSet *set;
  FoveaNetworkPair *pair;
  GStrv layers;
  FoveaScanOptions options;
  guint n_targets;
  FoveaScanTarget targets[FOVEA_N_SIDES];
  FoveaSide sides[FOVEA_N_SIDES]; /* of the targets */
  FoveaQueuedJob *queued; /* the worker's; not owned */
  GPtrArray *results; /* nullable */
  GError *error;

  GMutex mutex; /* for what follows */
  guint64 done;
  double rate;
  double seconds_left;
  gint64 marks[2]; /* when the rate's window began, and its next one will */
  guint64 done_at[2];
};

static FoveaScanOptions
make_options (gboolean several)
{
  FoveaScanOptions options = FOVEA_SCAN_OPTIONS_DEFAULT;

  options.hits_per_image = several ? FOVEA_SCANS_SEVERAL : 1;
  return options;
}

static void
drop_job (FoveaQueuedJob **job)
{
  if (*job != NULL)
    fovea_queued_job_drop (*job);
  g_clear_object (job);
}

static void
changed (FoveaLayerScans *self)
{
  g_signal_emit (self, signals[CHANGED], 0);
}

/* The layer's node in the network of a side; -1 where there is none. */
static int
find_layer (FoveaNetworkPair *pair,
            FoveaSide side,
            const char *name)
{
  int layer;

  if (!fovea_network_pair_has_side (pair, side) ||
      !fovea_graph_find (fovea_network_get_graph (fovea_network_pair_get_network (pair, side)), name, &layer, NULL))
    return -1;
  return layer;
}

static void
clear_scans (FoveaLayerScans *self)
{
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    g_clear_pointer (&self->scans[side], fovea_scan_unref);
  g_clear_pointer (&self->match, fovea_match_free);
  drop_job (&self->matching);
}

static gboolean
is_complete (FoveaLayerScans *self)
{
  guint n = 0;

  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    {
      if (find_layer (self->pair, side, self->layer) < 0)
        continue;
      if (self->scans[side] == NULL || !fovea_scan_is_complete (self->scans[side]))
        return FALSE;
      n++;
    }
  return n > 0;
}

/* What the followed layer of a pair on a set is; each job that is about it has a copy. */
typedef struct {
  FoveaLayerScans *scans; /* not owned: the job is dropped before it goes */
  FoveaStore *store; /* nullable */
  FoveaImageSet *set;
  FoveaNetwork *networks[FOVEA_N_SIDES]; /* NULL where the side lacks the layer */
  int layers[FOVEA_N_SIDES];
  FoveaScanOptions options;
  FoveaScan *results[FOVEA_N_SIDES];
  double per_image;
  FoveaMatch *match;
} Work;

static Work *
work_new (FoveaLayerScans *self)
{
  Work *work = g_new0 (Work, 1);

  work->scans = self;
  work->store = self->store != NULL ? fovea_store_ref (self->store) : NULL;
  work->set = fovea_image_set_ref (self->set);
  work->options = make_options (self->several);
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    {
      work->layers[side] = find_layer (self->pair, side, self->layer);
      if (work->layers[side] >= 0)
        work->networks[side] = fovea_network_ref (fovea_network_pair_get_network (self->pair, side));
    }
  return work;
}

static void
work_free (gpointer data)
{
  Work *work = data;

  g_clear_pointer (&work->store, fovea_store_unref);
  fovea_image_set_unref (work->set);
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    {
      g_clear_pointer (&work->networks[side], fovea_network_unref);
      g_clear_pointer (&work->results[side], fovea_scan_unref);
    }
  g_clear_pointer (&work->match, fovea_match_free);
  g_free (work);
}

static void
measure_run (FoveaQueuedJob *queued,
             gpointer data)
{
  Work *work = data;
  FoveaNetwork *networks[FOVEA_N_SIDES];
  int layers[FOVEA_N_SIDES];
  guint n = 0;
  FoveaJob job;

  fovea_job_init (&job, fovea_queued_job_get_cancellable (queued), NULL, NULL);
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    if (work->networks[side] != NULL)
      {
        networks[n] = work->networks[side];
        layers[n++] = work->layers[side];
      }
  work->per_image = n > 0 ? fovea_scan_time_measure (work->set, n, networks, layers, &job, NULL) : -1;
}

static void
measure_done (FoveaQueuedJob *job,
              gpointer data)
{
  Work *work = data;
  FoveaLayerScans *self = work->scans;

  g_clear_object (&self->measuring);
  self->per_image = work->per_image;
  changed (self);
}

/* Finds out how long a scan would take, where people look at that. */
static void
measure (FoveaLayerScans *self)
{
  if (self->watched && self->loaded && self->measuring == NULL && self->running == NULL && self->per_image < 0 && !is_complete (self))
    self->measuring = fovea_job_queue_push (self->queue, FOVEA_JOB_PRIORITY_INTERACTIVE, measure_run, NULL, measure_done, work_new (self), work_free);
}

static void
load_run (FoveaQueuedJob *queued,
          gpointer data)
{
  Work *work = data;

  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    if (work->networks[side] != NULL && work->store != NULL)
      work->results[side] = fovea_scan_load (work->store, work->set, work->networks[side], work->layers[side], &work->options, NULL);
}

static void
load_done (FoveaQueuedJob *job,
           gpointer data)
{
  Work *work = data;
  FoveaLayerScans *self = work->scans;

  g_clear_object (&self->loading);
  clear_scans (self);
  self->loaded = TRUE;
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    self->scans[side] = g_steal_pointer (&work->results[side]);
  measure (self);
  changed (self);
}

/* Reads what is stored of the followed layer on the current set. */
static void
load (FoveaLayerScans *self)
{
  drop_job (&self->loading);
  drop_job (&self->measuring);
  self->loaded = FALSE;
  if (self->pair != NULL && self->set != NULL)
    self->loading = fovea_job_queue_push (self->reading_queue, FOVEA_JOB_PRIORITY_INTERACTIVE, load_run, NULL, load_done, work_new (self), work_free);
}

static void
sets_changed (FoveaLayerScans *self)
{
  FoveaImageSet *set = self->pair != NULL ? fovea_image_sets_get_set (self->sets, NULL) : NULL;

  if (set != self->set || set == NULL)
    {
      if (self->running != NULL && self->running->set != set)
        fovea_layer_scans_stop (self);
      clear_scans (self);
      g_clear_pointer (&self->set, fovea_image_set_unref);
      self->set = set != NULL ? fovea_image_set_ref (set) : NULL;
      self->per_image = -1;
      g_clear_pointer (&self->error, g_free);
      load (self);
    }
  changed (self);
}

static void
running_free (gpointer data)
{
  Running *running = data;

  g_clear_pointer (&running->store, fovea_store_unref);
  fovea_image_set_unref (running->set);
  for (guint i = 0; i < running->n_targets; i++)
    {
      fovea_network_unref (running->targets[i].network);
      g_free ((gpointer) running->targets[i].layers);
    }
  g_object_unref (running->pair);
  g_strfreev (running->layers);
  g_clear_pointer (&running->results, g_ptr_array_unref);
  g_clear_error (&running->error);
  g_mutex_clear (&running->mutex);
  g_free (running);
}

/* Called by the engine, in the worker, after each batch of images. */
static void
note_progress (guint64 done,
               guint64 total,
               double seconds_left,
               gpointer data)
{
  Running *running = data;
  gint64 now = g_get_monotonic_time (), paused;

  g_mutex_lock (&running->mutex);
  running->done = done;
  if (running->marks[0] == 0)
    for (guint i = 0; i < 2; i++)
      {
        running->marks[i] = now;
        running->done_at[i] = done;
      }
  else if (now - running->marks[0] > G_USEC_PER_SEC / 4)
    {
      running->rate = (double) (done - running->done_at[0]) * G_USEC_PER_SEC / (double) (now - running->marks[0]);
      running->seconds_left = running->rate > 0 ? (double) (total - done) / running->rate : -1;
    }
  if (now - running->marks[1] > RATE_WINDOW)
    {
      running->marks[0] = running->marks[1];
      running->done_at[0] = running->done_at[1];
      running->marks[1] = now;
      running->done_at[1] = done;
    }
  g_mutex_unlock (&running->mutex);

  fovea_queued_job_request_update (running->queued);
  fovea_queued_job_checkpoint (running->queued);
  /* What waited for more urgent work is not the scan's slowness. */
  paused = g_get_monotonic_time () - now;
  g_mutex_lock (&running->mutex);
  running->marks[0] += paused;
  running->marks[1] += paused;
  g_mutex_unlock (&running->mutex);
}

static void
scan_run (FoveaQueuedJob *queued,
          gpointer data)
{
  Running *running = data;
  FoveaJob job;

  running->queued = queued;
  fovea_job_init (&job, fovea_queued_job_get_cancellable (queued), note_progress, running);
  running->results = fovea_scan_run (running->store, running->set, running->n_targets, running->targets, &running->options, &job, &running->error);
}

static void
scan_update (FoveaQueuedJob *job,
             gpointer data)
{
  g_signal_emit (((Running *) data)->scans, signals[PROGRESS], 0);
}

/* Whether the running scan is one of what is followed. */
static gboolean
is_covered (FoveaLayerScans *self)
{
  return self->running != NULL && self->pair == self->running->pair && self->set == self->running->set &&
         self->running->options.hits_per_image == make_options (self->several).hits_per_image &&
         g_strv_contains ((const char *const *) self->running->layers, self->layer);
}

static void
take_results (FoveaLayerScans *self,
              Running *running)
{
  guint n_layers = g_strv_length (running->layers);

  clear_scans (self);
  for (guint t = 0; t < running->n_targets; t++)
    for (guint i = 0; i < n_layers; i++)
      if (g_str_equal (running->layers[i], self->layer))
        self->scans[running->sides[t]] = fovea_scan_ref (g_ptr_array_index (running->results, t * n_layers + i));
  self->loaded = TRUE;
  drop_job (&self->loading);
}

static void
scan_done (FoveaQueuedJob *job,
           gpointer data)
{
  Running *running = data;
  FoveaLayerScans *self = running->scans;
  gboolean covered = is_covered (self);

  g_clear_object (&self->scanning);
  self->running = NULL;
  if (running->error != NULL && !g_error_matches (running->error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_free (self->error);
      self->error = g_strdup (running->error->message);
    }
  if (covered && running->results != NULL)
    take_results (self, running);
  else if (covered)
    load (self);
  changed (self);
}

static void
fovea_layer_scans_dispose (GObject *object)
{
  FoveaLayerScans *self = FOVEA_LAYER_SCANS (object);

  drop_job (&self->loading);
  drop_job (&self->measuring);
  drop_job (&self->scanning);
  self->running = NULL;
  clear_scans (self);
  if (self->sets != NULL)
    g_signal_handlers_disconnect_by_func (self->sets, sets_changed, self);
  g_clear_object (&self->sets);
  g_clear_object (&self->queue);
  g_clear_object (&self->reading_queue);
  g_clear_pointer (&self->store, fovea_store_unref);
  g_clear_object (&self->pair);
  g_clear_pointer (&self->set, fovea_image_set_unref);
  G_OBJECT_CLASS (fovea_layer_scans_parent_class)->dispose (object);
}

static void
fovea_layer_scans_finalize (GObject *object)
{
  FoveaLayerScans *self = FOVEA_LAYER_SCANS (object);

  g_free (self->layer);
  g_free (self->error);
  G_OBJECT_CLASS (fovea_layer_scans_parent_class)->finalize (object);
}

static void
fovea_layer_scans_class_init (FoveaLayerScansClass *class)
{
  G_OBJECT_CLASS (class)->dispose = fovea_layer_scans_dispose;
  G_OBJECT_CLASS (class)->finalize = fovea_layer_scans_finalize;

  signals[CHANGED] = g_signal_new ("changed", FOVEA_TYPE_LAYER_SCANS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[PROGRESS] = g_signal_new ("progress", FOVEA_TYPE_LAYER_SCANS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
fovea_layer_scans_init (FoveaLayerScans *self)
{
  self->per_image = -1;
}

/**
 * fovea_layer_scans_new:
 * @queue: where scans run
 * @reading_queue: where what is stored is read, without waiting for computations
 * @store: (nullable): where results are kept
 * @sets: the image sets
 *
 * Returns: (transfer full): scans that follow nothing yet
 */
FoveaLayerScans *
fovea_layer_scans_new (FoveaJobQueue *queue,
                       FoveaJobQueue *reading_queue,
                       FoveaStore *store,
                       FoveaImageSets *sets)
{
  FoveaLayerScans *self = g_object_new (FOVEA_TYPE_LAYER_SCANS, NULL);

  self->queue = g_object_ref (queue);
  self->reading_queue = g_object_ref (reading_queue);
  self->store = store != NULL ? fovea_store_ref (store) : NULL;
  self->sets = g_object_ref (sets);
  g_signal_connect_object (sets, "changed", G_CALLBACK (sets_changed), self, G_CONNECT_SWAPPED);
  return self;
}

/**
 * fovea_layer_scans_get_sets:
 * @self: scans
 *
 * Returns: (transfer none): the image sets, of which the current one is scanned
 */
FoveaImageSets *
fovea_layer_scans_get_sets (FoveaLayerScans *self)
{
  g_return_val_if_fail (FOVEA_IS_LAYER_SCANS (self), NULL);
  return self->sets;
}

/**
 * fovea_layer_scans_set_layer:
 * @self: scans
 * @pair: (nullable): a pair
 * @layer: (nullable): a layer's name
 *
 * Follows that layer. A scan of another layer goes on, one of another pair ends.
 */
void
fovea_layer_scans_set_layer (FoveaLayerScans *self,
                             FoveaNetworkPair *pair,
                             const char *layer)
{
  g_return_if_fail (FOVEA_IS_LAYER_SCANS (self));
  g_return_if_fail (pair == NULL || layer != NULL);

  if (pair == self->pair && g_strcmp0 (layer, self->layer) == 0)
    return;
  if (self->running != NULL && self->running->pair != pair)
    fovea_layer_scans_stop (self);
  g_set_object (&self->pair, pair);
  g_free (self->layer);
  self->layer = g_strdup (layer);
  self->per_image = -1;
  g_clear_pointer (&self->error, g_free);
  clear_scans (self);
  if (self->set != NULL)
    {
      load (self);
      changed (self);
    }
  else
    sets_changed (self);
}

/**
 * fovea_layer_scans_set_several:
 * @self: scans
 * @several: whether an image may have up to %FOVEA_SCANS_SEVERAL of a channel's hits instead of one
 *
 * Each takes a scan of its own.
 */
void
fovea_layer_scans_set_several (FoveaLayerScans *self,
                               gboolean several)
{
  g_return_if_fail (FOVEA_IS_LAYER_SCANS (self));

  if (several == self->several)
    return;
  self->several = several;
  clear_scans (self);
  load (self);
  changed (self);
}

/**
 * fovea_layer_scans_get_several:
 * @self: scans
 *
 * Returns: whether an image may have several of a channel's hits
 */
gboolean
fovea_layer_scans_get_several (FoveaLayerScans *self)
{
  g_return_val_if_fail (FOVEA_IS_LAYER_SCANS (self), FALSE);
  return self->several;
}

/**
 * fovea_layer_scans_set_watched:
 * @self: scans
 * @watched: whether people see how far a scan is: then other computations wait for it, and what it would take is measured
 */
void
fovea_layer_scans_set_watched (FoveaLayerScans *self,
                               gboolean watched)
{
  g_return_if_fail (FOVEA_IS_LAYER_SCANS (self));

  self->watched = watched;
  if (self->pair != NULL && self->set != NULL)
    measure (self);
  if (self->scanning != NULL)
    fovea_queued_job_set_priority (self->scanning, watched ? FOVEA_JOB_PRIORITY_INTERACTIVE : FOVEA_JOB_PRIORITY_VISIBLE);
}

/**
 * fovea_layer_scans_forget:
 * @self: scans
 *
 * Asks the store again, after results were deleted.
 */
void
fovea_layer_scans_forget (FoveaLayerScans *self)
{
  g_return_if_fail (FOVEA_IS_LAYER_SCANS (self));

  clear_scans (self);
  load (self);
  changed (self);
}

/* The names of the followed layer and, if wanted, all convolutions. */
static GStrv
list_layers (FoveaLayerScans *self,
             gboolean all_layers)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autoptr (GListModel) layers = all_layers ? fovea_layers_of_pair (self->pair) : NULL;

  g_strv_builder_add (builder, self->layer);
  for (guint i = 0; layers != NULL && i < g_list_model_get_n_items (layers); i++)
    {
      g_autoptr (FoveaLayer) layer = g_list_model_get_item (layers, i);

      if (g_str_equal (fovea_layer_get_operator (layer), "Conv") && !g_str_equal (fovea_layer_get_name (layer), self->layer))
        g_strv_builder_add (builder, fovea_layer_get_name (layer));
    }
  return g_strv_builder_end (builder);
}

/**
 * fovea_layer_scans_start:
 * @self: scans that follow a layer
 * @all_layers: all convolutions of the networks, in the same pass
 *
 * Begins to scan the current set, or goes on where a scan was stopped. One scan runs at a time: another
 * one is stopped.
 */
void
fovea_layer_scans_start (FoveaLayerScans *self,
                         gboolean all_layers)
{
  Running *running;
  guint n_layers;

  g_return_if_fail (FOVEA_IS_LAYER_SCANS (self));

  if (self->pair == NULL || self->set == NULL)
    return;
  drop_job (&self->scanning);
  drop_job (&self->measuring);
  g_clear_pointer (&self->error, g_free);

  running = g_new0 (Running, 1);
  g_mutex_init (&running->mutex);
  running->scans = self;
  running->store = self->store != NULL ? fovea_store_ref (self->store) : NULL;
  running->set = fovea_image_set_ref (self->set);
  running->pair = g_object_ref (self->pair);
  running->layers = list_layers (self, all_layers);
  running->options = make_options (self->several);
  running->rate = running->seconds_left = -1;
  n_layers = g_strv_length (running->layers);
  for (FoveaSide side = 0; side < FOVEA_N_SIDES; side++)
    {
      FoveaScanTarget *target = &running->targets[running->n_targets];
      int *layers;

      if (find_layer (self->pair, side, self->layer) < 0)
        continue;
      layers = g_new (int, n_layers);
      for (guint i = 0; i < n_layers; i++)
        layers[i] = find_layer (self->pair, side, running->layers[i]);
      target->network = fovea_network_ref (fovea_network_pair_get_network (self->pair, side));
      target->n_layers = n_layers;
      target->layers = layers;
      running->sides[running->n_targets++] = side;
    }
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    if (self->scans[side] != NULL)
      running->done = fovea_scan_get_n_done (self->scans[side]);
  self->running = running;
  self->scanning = fovea_job_queue_push (self->queue, self->watched ? FOVEA_JOB_PRIORITY_INTERACTIVE : FOVEA_JOB_PRIORITY_VISIBLE,
                                         scan_run, scan_update, scan_done, running, running_free);
  changed (self);
}

/**
 * fovea_layer_scans_stop:
 * @self: scans
 *
 * Stops the scan that runs; what is done stays.
 */
void
fovea_layer_scans_stop (FoveaLayerScans *self)
{
  g_return_if_fail (FOVEA_IS_LAYER_SCANS (self));

  if (self->scanning != NULL)
    fovea_queued_job_cancel (self->scanning);
}

/**
 * fovea_layer_scans_get_state:
 * @self: scans
 *
 * Returns: what there is of the followed layer
 */
FoveaScansState
fovea_layer_scans_get_state (FoveaLayerScans *self)
{
  const char *error = NULL;

  g_return_val_if_fail (FOVEA_IS_LAYER_SCANS (self), FOVEA_SCANS_NOTHING);

  if (self->pair == NULL)
    return FOVEA_SCANS_NOTHING;
  if (self->set == NULL)
    {
      fovea_image_sets_get_set (self->sets, &error);
      return error != NULL ? FOVEA_SCANS_UNREADABLE : FOVEA_SCANS_READING;
    }
  if (is_covered (self))
    return FOVEA_SCANS_RUNNING;
  if (!self->loaded)
    return FOVEA_SCANS_READING;
  return is_complete (self) ? FOVEA_SCANS_COMPLETE : FOVEA_SCANS_MISSING;
}

/**
 * fovea_layer_scans_get_progress:
 * @self: scans
 * @progress: (out): how far they are
 */
void
fovea_layer_scans_get_progress (FoveaLayerScans *self,
                                FoveaScansProgress *progress)
{
  g_return_if_fail (FOVEA_IS_LAYER_SCANS (self));

  *progress = (FoveaScansProgress) { .rate = -1, .seconds_left = -1, .error = self->error };
  if (self->set == NULL)
    {
      fovea_image_sets_get_set (self->sets, &progress->error);
      return;
    }
  progress->total = fovea_image_set_get_n_images (self->set);
  if (is_covered (self))
    {
      g_mutex_lock (&self->running->mutex);
      progress->done = self->running->done;
      progress->rate = self->running->rate;
      progress->seconds_left = self->running->seconds_left;
      g_mutex_unlock (&self->running->mutex);
      return;
    }
  if (self->running != NULL)
    progress->other = self->running->layers[0];
  progress->done = progress->total;
  for (FoveaSide side = 0; side < FOVEA_N_SIDES; side++)
    if (find_layer (self->pair, side, self->layer) >= 0)
      progress->done = MIN (progress->done, self->scans[side] != NULL ? fovea_scan_get_n_done (self->scans[side]) : 0);
  if (self->per_image >= 0)
    progress->seconds_left = (double) (progress->total - progress->done) * self->per_image;
}

/**
 * fovea_layer_scans_get_set:
 * @self: scans
 *
 * Returns: (transfer none) (nullable): the set that was scanned
 */
FoveaImageSet *
fovea_layer_scans_get_set (FoveaLayerScans *self)
{
  g_return_val_if_fail (FOVEA_IS_LAYER_SCANS (self), NULL);
  return self->set;
}

/**
 * fovea_layer_scans_get_scan:
 * @self: scans
 * @side: which network
 *
 * Returns: (transfer none) (nullable): its scan, perhaps only of the first images
 */
FoveaScan *
fovea_layer_scans_get_scan (FoveaLayerScans *self,
                            FoveaSide side)
{
  g_return_val_if_fail (FOVEA_IS_LAYER_SCANS (self), NULL);
  return self->scans[side];
}

static void
match_run (FoveaQueuedJob *queued,
           gpointer data)
{
  Work *work = data;
  FoveaJob job;

  fovea_job_init (&job, fovea_queued_job_get_cancellable (queued), NULL, NULL);
  work->match = fovea_match_compute (work->results[FOVEA_SIDE_STANDARD], work->results[FOVEA_SIDE_ROBUST], &job, NULL);
}

static void
match_done (FoveaQueuedJob *job,
            gpointer data)
{
  Work *work = data;
  FoveaLayerScans *self = work->scans;

  self->match = g_steal_pointer (&work->match);
  changed (self);
}

/**
 * fovea_layer_scans_get_match:
 * @self: scans
 *
 * Begins to compute it where that has not begun; `changed` tells.
 *
 * Returns: (transfer none) (nullable): which channels of the two networks correspond; %NULL until it is
 *   computed, and unless both networks are scanned to the end
 */
const FoveaMatch *
fovea_layer_scans_get_match (FoveaLayerScans *self)
{
  g_return_val_if_fail (FOVEA_IS_LAYER_SCANS (self), NULL);

  if (self->match == NULL && self->matching == NULL && self->pair != NULL && self->set != NULL && self->scans[0] != NULL && self->scans[1] != NULL && is_complete (self))
    {
      Work *work = work_new (self);

      for (guint side = 0; side < FOVEA_N_SIDES; side++)
        work->results[side] = fovea_scan_ref (self->scans[side]);
      self->matching = fovea_job_queue_push (self->queue, FOVEA_JOB_PRIORITY_VISIBLE, match_run, NULL, match_done, work, work_free);
    }
  return self->match;
}
