/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/tile-loader.h"

#include "ui/layer-tiles.h"
#include "ui/tile-batch.h"

/* Layers whose pictures stay in memory, so that going back to one is immediate. */
#define REMEMBERED_LAYERS 6

/* Batches that compute at a time, one for each network, and with those that wait half done because
 * people have scrolled away from them. */
#define MAX_COMPUTING FOVEA_N_SIDES
#define MAX_BEGUN (2 * FOVEA_N_SIDES)

/* Before this much of a layer is done, or this many seconds have passed, a prediction is a guess. */
#define MINIMUM_FRACTION 0.02
#define MINIMUM_SECONDS 10

/* Asking the store is quick and saves computing, so it goes before. */
#define PRIORITY_LOOK_UP (FOVEA_JOB_PRIORITY_VISIBLE + 1)

/* A batch in the queue. Always of the current layer: when another is chosen all are dropped. */
typedef struct {
  FoveaTileLoader *loader;
  FoveaTileBatch *batch;
  FoveaQueuedJob *job;
  gboolean computing; /* or looking up */
  gboolean visible; /* whether any of its channels is */
} Task;

/**
 * FoveaTileLoader:
 *
 * Emits `changed` when its progress changes, at most some ten times a second, and `results` when
 * pictures were finished. Main thread only; what it starts runs in the job queue.
 */
struct _FoveaTileLoader {
  GObject parent_instance;

  FoveaJobQueue *queue;
  FoveaStore *store; /* nullable */

  GPtrArray *layers; /* (element-type FoveaLayerTiles): the most recent last, which is the current one */
  GPtrArray *tasks; /* (element-type Task): not owned, the queue owns them */
  GArray *visible; /* of guint: channels */
  gboolean wanted; /* whether people see the pictures */
  gboolean stopped;
  char *error;

  gint64 started; /* monotonic time when computing was begun; 0 while none is */
  double fraction_at_start;
};

G_DEFINE_FINAL_TYPE (FoveaTileLoader, fovea_tile_loader, G_TYPE_OBJECT)

enum { CHANGED, RESULTS, N_SIGNALS };

static guint signals[N_SIGNALS];

static void
task_free (gpointer data)
{
  Task *task = data;

  fovea_tile_batch_free (task->batch);
  g_clear_object (&task->job);
  g_free (task);
}

static gboolean
has_layer (FoveaTileLoader *self)
{
  return self->layers->len > 0;
}

static FoveaLayerTiles *
get_current (FoveaTileLoader *self)
{
  g_assert (has_layer (self));
  return g_ptr_array_index (self->layers, self->layers->len - 1);
}

static gboolean
has_side (FoveaTileLoader *self,
          FoveaSide side)
{
  return fovea_network_pair_has_side (get_current (self)->pair, side);
}

static gboolean
is_visible (FoveaTileLoader *self,
            guint channel)
{
  for (guint i = 0; i < self->visible->len; i++)
    if (g_array_index (self->visible, guint, i) == channel)
      return TRUE;
  return FALSE;
}

static void
update_visible (Task *task)
{
  task->visible = FALSE;
  for (guint i = 0; i < fovea_tile_batch_get_n_channels (task->batch) && !task->visible; i++)
    task->visible = is_visible (task->loader, fovea_tile_batch_get_channel (task->batch, i));
}

static void
drop_task (FoveaTileLoader *self,
           guint index)
{
  FoveaLayerTiles *layer = get_current (self);
  Task *task = g_ptr_array_remove_index (self->tasks, index);

  for (guint i = 0; task->computing && i < fovea_tile_batch_get_n_channels (task->batch); i++)
    fovea_tile_set_state (fovea_layer_tiles_get_tile (layer, fovea_tile_batch_get_channel (task->batch, i)),
                          fovea_tile_batch_get_side (task->batch), FOVEA_TILE_MISSING);
  fovea_queued_job_drop (task->job);
}

static void
drop_computing (FoveaTileLoader *self,
                gboolean look_ups_too)
{
  for (guint i = self->tasks->len; i > 0; i--)
    if (look_ups_too || ((const Task *) g_ptr_array_index (self->tasks, i - 1))->computing)
      drop_task (self, i - 1);
  self->started = 0;
}

/* Of the batches that were begun and that nobody sees, the one that is least done. */
static void
drop_least_begun (FoveaTileLoader *self)
{
  int least = -1;
  double least_fraction = G_MAXDOUBLE;

  for (guint i = 0; i < self->tasks->len; i++)
    {
      const Task *task = g_ptr_array_index (self->tasks, i);
      double fraction = fovea_tile_batch_get_fraction (task->batch);

      if (task->computing && !task->visible && fraction < least_fraction)
        {
          least = (int) i;
          least_fraction = fraction;
        }
    }
  if (least >= 0)
    drop_task (self, (guint) least);
}

static void
show_pictures (Task *task,
               gboolean finished)
{
  FoveaLayerTiles *layer = get_current (task->loader);
  FoveaSide side = fovea_tile_batch_get_side (task->batch);

  for (guint i = 0; i < fovea_tile_batch_get_n_channels (task->batch); i++)
    {
      FoveaTile *tile = fovea_layer_tiles_get_tile (layer, fovea_tile_batch_get_channel (task->batch, i));
      FoveaTilePicture picture;
      gboolean found = fovea_tile_batch_get_picture (task->batch, i, &picture);

      if (found)
        fovea_tile_set_picture (tile, side, picture.texture, picture.activation);
      if (finished)
        fovea_tile_set_state (tile, side, !found ? FOVEA_TILE_MISSING : picture.dead ? FOVEA_TILE_DEAD : FOVEA_TILE_DONE);
      g_clear_object (&picture.texture);
    }
}

static void run_next (FoveaTileLoader *self);

static void
task_updated (FoveaQueuedJob *job,
              gpointer data)
{
  Task *task = data;

  show_pictures (task, FALSE);
  g_signal_emit (task->loader, signals[CHANGED], 0);
}

static void
task_done (FoveaQueuedJob *job,
           gpointer data)
{
  Task *task = data;
  g_autoptr (FoveaTileLoader) self = g_object_ref (task->loader);
  const GError *error = fovea_tile_batch_get_error (task->batch);

  g_ptr_array_remove (self->tasks, task);
  show_pictures (task, TRUE);
  if (error != NULL)
    {
      g_free (self->error);
      self->error = g_strdup (error->message);
      fovea_tile_loader_set_stopped (self, TRUE);
    }
  g_signal_emit (self, signals[RESULTS], 0);
  run_next (self);
}

static void
look_up (FoveaQueuedJob *job,
         gpointer data)
{
  fovea_tile_batch_look_up (job, ((Task *) data)->batch);
}

static void
compute (FoveaQueuedJob *job,
         gpointer data)
{
  fovea_tile_batch_compute (job, ((Task *) data)->batch);
}

static void
push_task (FoveaTileLoader *self,
           FoveaSide side,
           gboolean computing,
           const guint *channels,
           guint n_channels)
{
  FoveaLayerTiles *layer = get_current (self);
  Task *task = g_new0 (Task, 1);
  int priority;

  task->loader = self;
  task->computing = computing;
  task->batch = fovea_tile_batch_new (fovea_network_pair_get_network (layer->pair, side), side,
                                      fovea_layer_get_name (layer->layer), fovea_layer_is_output (layer->layer),
                                      channels, n_channels, self->store);
  update_visible (task);
  g_ptr_array_add (self->tasks, task);
  for (guint i = 0; computing && i < n_channels; i++)
    fovea_tile_set_state (fovea_layer_tiles_get_tile (layer, channels[i]), side, FOVEA_TILE_RUNNING);

  priority = !computing ? PRIORITY_LOOK_UP : task->visible ? FOVEA_JOB_PRIORITY_VISIBLE : FOVEA_JOB_PRIORITY_BACKGROUND;
  task->job = fovea_job_queue_push (self->queue, priority, computing ? compute : look_up, task_updated, task_done, task, task_free);
}

static gboolean
look_up_next (FoveaTileLoader *self)
{
  guint channels[FOVEA_TILE_BATCH_MAX];

  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    {
      guint n = 0;

      if (has_side (self, side))
        n = fovea_layer_tiles_choose (get_current (self), side, FOVEA_TILE_UNKNOWN, self->visible, TRUE, channels, FOVEA_TILE_BATCH_MAX);
      if (n == 0)
        continue;
      push_task (self, side, FALSE, channels, n);
      return TRUE;
    }
  return FALSE;
}

static guint
count_tasks (FoveaTileLoader *self,
             int side, /* -1 is any */
             gboolean visible_only)
{
  guint n = 0;

  for (guint i = 0; i < self->tasks->len; i++)
    {
      const Task *task = g_ptr_array_index (self->tasks, i);

      if (task->computing && (side < 0 || (int) fovea_tile_batch_get_side (task->batch) == side) && (task->visible || !visible_only))
        n++;
    }
  return n;
}

static gboolean
compute_next (FoveaTileLoader *self)
{
  FoveaLayerTiles *layer = get_current (self);
  guint channels[FOVEA_TILE_BATCH_MAX];
  guint size = fovea_tile_batch_choose_size (fovea_network_pair_get_network (layer->pair, FOVEA_SIDE_STANDARD), fovea_layer_get_name (layer->layer));
  guint first = count_tasks (self, FOVEA_SIDE_STANDARD, FALSE) <= count_tasks (self, FOVEA_SIDE_ROBUST, FALSE)
                  ? FOVEA_SIDE_STANDARD
                  : FOVEA_SIDE_ROBUST;

  if (count_tasks (self, -1, TRUE) >= MAX_COMPUTING)
    return FALSE;

  /* Visible ones of either network go before others of both. */
  for (guint others = 0; others < 2; others++)
    for (guint i = 0; i < FOVEA_N_SIDES; i++)
      {
        FoveaSide side = (first + i) % FOVEA_N_SIDES;
        guint n;

        if (others && count_tasks (self, -1, FALSE) >= MAX_COMPUTING)
          return FALSE;
        n = has_side (self, side) ? fovea_layer_tiles_choose (layer, side, FOVEA_TILE_MISSING, self->visible, others, channels, size) : 0;
        if (n == 0)
          continue;
        if (count_tasks (self, -1, FALSE) >= MAX_BEGUN)
          drop_least_begun (self);
        push_task (self, side, TRUE, channels, n);
        return TRUE;
      }
  return FALSE;
}

static double
get_fraction (FoveaTileLoader *self,
              guint *done,
              guint *total)
{
  FoveaLayerTiles *layer;
  double sum = 0;

  *done = *total = 0;
  if (!has_layer (self))
    return 0;
  layer = get_current (self);
  for (FoveaSide side = 0; side < FOVEA_N_SIDES; side++)
    if (has_side (self, side))
      {
        *total += g_list_model_get_n_items (G_LIST_MODEL (layer->tiles));
        *done += fovea_layer_tiles_count_finished (layer, side);
      }
  sum = *done;
  for (guint i = 0; i < self->tasks->len; i++)
    {
      const Task *task = g_ptr_array_index (self->tasks, i);
      if (task->computing)
        sum += fovea_tile_batch_get_fraction (task->batch) * fovea_tile_batch_get_n_channels (task->batch);
    }
  return *total > 0 ? sum / *total : 0;
}

static gboolean
is_looking_up (FoveaTileLoader *self)
{
  for (guint i = 0; i < self->tasks->len; i++)
    if (!((const Task *) g_ptr_array_index (self->tasks, i))->computing)
      return TRUE;
  return FALSE;
}

static void
run_next (FoveaTileLoader *self)
{
  if (!has_layer (self))
    return;

  if (!is_looking_up (self) && !look_up_next (self) && self->wanted && !self->stopped)
    {
      while (compute_next (self))
        ;
      if (self->started == 0 && count_tasks (self, -1, FALSE) > 0)
        {
          guint done, total;

          self->fraction_at_start = get_fraction (self, &done, &total);
          self->started = g_get_monotonic_time ();
        }
    }
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
fovea_tile_loader_dispose (GObject *object)
{
  FoveaTileLoader *self = FOVEA_TILE_LOADER (object);

  if (self->queue != NULL)
    drop_computing (self, TRUE);
  g_clear_object (&self->queue);
  g_clear_pointer (&self->store, fovea_store_unref);
  g_ptr_array_set_size (self->layers, 0);

  G_OBJECT_CLASS (fovea_tile_loader_parent_class)->dispose (object);
}

static void
fovea_tile_loader_finalize (GObject *object)
{
  FoveaTileLoader *self = FOVEA_TILE_LOADER (object);

  g_ptr_array_unref (self->layers);
  g_ptr_array_unref (self->tasks);
  g_array_unref (self->visible);
  g_free (self->error);

  G_OBJECT_CLASS (fovea_tile_loader_parent_class)->finalize (object);
}

static void
fovea_tile_loader_class_init (FoveaTileLoaderClass *class)
{
  G_OBJECT_CLASS (class)->dispose = fovea_tile_loader_dispose;
  G_OBJECT_CLASS (class)->finalize = fovea_tile_loader_finalize;

  signals[CHANGED] = g_signal_new ("changed", FOVEA_TYPE_TILE_LOADER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[RESULTS] = g_signal_new ("results", FOVEA_TYPE_TILE_LOADER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
fovea_tile_loader_init (FoveaTileLoader *self)
{
  self->wanted = TRUE;
  self->layers = g_ptr_array_new_with_free_func ((GDestroyNotify) fovea_layer_tiles_free);
  self->tasks = g_ptr_array_new ();
  self->visible = g_array_new (FALSE, FALSE, sizeof (guint));
}

/**
 * fovea_tile_loader_new:
 * @queue: where it computes
 * @store: (nullable): where results are looked up and kept
 *
 * Returns: (transfer full): a loader without a layer
 */
FoveaTileLoader *
fovea_tile_loader_new (FoveaJobQueue *queue,
                       FoveaStore *store)
{
  FoveaTileLoader *self;

  g_return_val_if_fail (FOVEA_IS_JOB_QUEUE (queue), NULL);

  self = g_object_new (FOVEA_TYPE_TILE_LOADER, NULL);
  self->queue = g_object_ref (queue);
  self->store = store != NULL ? fovea_store_ref (store) : NULL;
  return self;
}

/**
 * fovea_tile_loader_set_layer:
 * @self: a loader
 * @pair: a pair
 * @layer: one of its layers
 *
 * Begins to fill that layer's tiles; what was being computed for another one is dropped.
 *
 * Returns: (transfer none) (element-type FoveaTile): the layer's tiles, one a channel
 */
GListModel *
fovea_tile_loader_set_layer (FoveaTileLoader *self,
                             FoveaNetworkPair *pair,
                             FoveaLayer *layer)
{
  FoveaLayerTiles *current = NULL;

  g_return_val_if_fail (FOVEA_IS_TILE_LOADER (self) && FOVEA_IS_NETWORK_PAIR (pair) && FOVEA_IS_LAYER (layer), NULL);

  drop_computing (self, TRUE);
  g_array_set_size (self->visible, 0);
  if (self->error != NULL)
    self->stopped = FALSE;
  g_clear_pointer (&self->error, g_free);

  for (guint i = 0; i < self->layers->len && current == NULL; i++)
    {
      FoveaLayerTiles *known = g_ptr_array_index (self->layers, i);

      if (known->pair == pair && g_str_equal (fovea_layer_get_name (known->layer), fovea_layer_get_name (layer)))
        current = g_ptr_array_steal_index (self->layers, i);
    }
  if (current == NULL)
    current = fovea_layer_tiles_new (pair, layer);
  if (self->layers->len == REMEMBERED_LAYERS)
    g_ptr_array_remove_index (self->layers, 0);
  g_ptr_array_add (self->layers, current);

  run_next (self);
  return G_LIST_MODEL (current->tiles);
}

/**
 * fovea_tile_loader_set_visible:
 * @self: a loader
 * @channels: which channels of the layer can be seen now, in the order in which they are shown
 * @n_channels: how many
 *
 * They are filled first. Batches that have begun and that nobody can see any more wait until then.
 */
void
fovea_tile_loader_set_visible (FoveaTileLoader *self,
                               const guint *channels,
                               guint n_channels)
{
  g_return_if_fail (FOVEA_IS_TILE_LOADER (self));

  g_array_set_size (self->visible, 0);
  g_array_append_vals (self->visible, channels, n_channels);
  for (guint i = 0; i < self->tasks->len; i++)
    {
      Task *task = g_ptr_array_index (self->tasks, i);

      update_visible (task);
      if (task->computing)
        fovea_queued_job_set_priority (task->job, task->visible ? FOVEA_JOB_PRIORITY_VISIBLE : FOVEA_JOB_PRIORITY_BACKGROUND);
    }
  run_next (self);
}

/**
 * fovea_tile_loader_set_stopped:
 * @self: a loader
 * @stopped: whether to compute nothing
 *
 * What was being computed is dropped; what the store has is still shown.
 */
void
fovea_tile_loader_set_stopped (FoveaTileLoader *self,
                               gboolean stopped)
{
  g_return_if_fail (FOVEA_IS_TILE_LOADER (self));

  self->stopped = stopped;
  if (stopped)
    drop_computing (self, FALSE);
  else
    g_clear_pointer (&self->error, g_free);
  run_next (self);
}

/**
 * fovea_tile_loader_set_wanted:
 * @self: a loader
 * @wanted: whether people want to see the pictures; %TRUE from the beginning
 *
 * Otherwise nothing is computed; what the store has is still looked up.
 */
void
fovea_tile_loader_set_wanted (FoveaTileLoader *self,
                              gboolean wanted)
{
  g_return_if_fail (FOVEA_IS_TILE_LOADER (self));

  if (self->wanted == wanted)
    return;
  self->wanted = wanted;
  if (!wanted && has_layer (self))
    drop_computing (self, FALSE);
  run_next (self);
}

/**
 * fovea_tile_loader_is_wanted:
 * @self: a loader
 *
 * Returns: whether people want to see the pictures
 */
gboolean
fovea_tile_loader_is_wanted (FoveaTileLoader *self)
{
  g_return_val_if_fail (FOVEA_IS_TILE_LOADER (self), FALSE);
  return self->wanted;
}

/**
 * fovea_tile_loader_forget:
 * @self: a loader
 *
 * Forgets all pictures and the layer, so that the next layer that is set is filled anew.
 */
void
fovea_tile_loader_forget (FoveaTileLoader *self)
{
  g_return_if_fail (FOVEA_IS_TILE_LOADER (self));

  drop_computing (self, TRUE);
  g_ptr_array_set_size (self->layers, 0);
  g_signal_emit (self, signals[CHANGED], 0);
}

/**
 * fovea_tile_loader_get_progress:
 * @self: a loader
 * @progress: (out): how far the layer is; its strings are valid until the next change
 */
void
fovea_tile_loader_get_progress (FoveaTileLoader *self,
                                FoveaTileProgress *progress)
{
  double gained, elapsed;

  g_return_if_fail (FOVEA_IS_TILE_LOADER (self));

  *progress = (FoveaTileProgress) { .seconds_left = -1, .stopped = self->stopped, .error = self->error };
  progress->fraction = get_fraction (self, &progress->done, &progress->total);
  progress->looking_up = is_looking_up (self);

  gained = progress->fraction - self->fraction_at_start;
  elapsed = (double) (g_get_monotonic_time () - self->started) / G_USEC_PER_SEC;
  if (self->started != 0 && gained > 0 && (gained >= MINIMUM_FRACTION || elapsed >= MINIMUM_SECONDS))
    progress->seconds_left = elapsed / gained * (1 - progress->fraction);
}
