/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/cue-results.h"

#include "engine/analysis/cue-store.h"
#include "ui/application.h"
#include "ui/cue-time.h"
#include "ui/layer.h"
#include "ui/progress.h"

/* All layers are measured at once, since that costs little more than one, where their responses have room in so many bytes, and
 * their maps of one image have so many values. */
#define MAX_BYTES (G_GUINT64_CONSTANT (192) << 20)
#define MAX_VALUES ((gsize) 8 << 20)

/* What is known of one layer. */
typedef struct
{
  FoveaCueLayer *cues[FOVEA_N_SIDES]; /* nullable */
  gboolean looked_up;
  double seconds; /* what is missing takes */
  char *error;    /* nullable */
} Entry;

struct _FoveaCueResults
{
  GObject parent_instance;

  FoveaNetwork *networks[FOVEA_N_SIDES]; /* NULL: there is none on this side */
  FoveaCueStimuli *stimuli;
  FoveaJobQueue *queue;
  FoveaJobQueue *reading_queue;
  FoveaStore *store;        /* nullable */
  GHashTable *entries;      /* (element-type utf8 Entry) */
  FoveaQueuedJob *looking;  /* nullable */
  FoveaQueuedJob *measuring; /* nullable */
  FoveaProgress *progress; /* of what is measured; not owned */
  gboolean stopped;
};

G_DEFINE_FINAL_TYPE (FoveaCueResults, fovea_cue_results, G_TYPE_OBJECT)

enum
{
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    fovea_cue_layer_free (entry->cues[side]);
  g_free (entry->error);
  g_free (entry);
}

static Entry *
get_entry (FoveaCueResults *self, const char *layer)
{
  Entry *entry = g_hash_table_lookup (self->entries, layer);

  if (entry == NULL)
    {
      entry = g_new0 (Entry, 1);
      g_hash_table_insert (self->entries, g_strdup (layer), entry);
    }
  return entry;
}

/* A network's node of that name; -1 where it has none. */
static int
find_layer (FoveaNetwork *network, const char *layer)
{
  int node;

  return network != NULL && fovea_graph_find (fovea_network_get_graph (network), layer, &node, NULL) ? node : -1;
}

/* Work for both networks: layers to look for, or to measure. */
typedef struct
{
  FoveaCueResults *results; /* not owned: the job is dropped before it goes */
  FoveaNetwork *networks[FOVEA_N_SIDES]; /* NULL: nothing to do */
  FoveaCueSet *set;
  FoveaStore *store; /* nullable */
  GPtrArray *names;  /* (element-type utf8): the layers */
  GArray *layers[FOVEA_N_SIDES];   /* (element-type int): of each name its node, or -1 */
  GPtrArray *cues[FOVEA_N_SIDES];  /* (element-type FoveaCueLayer) (nullable): of each name */
  double seconds;
  GError *error;
  FoveaProgress progress;
} Work;

static void
clear_cues (gpointer cues)
{
  fovea_cue_layer_free (cues);
}

static Work *
work_new (FoveaCueResults *self, FoveaCueSet *set)
{
  Work *work = g_new0 (Work, 1);

  fovea_progress_init (&work->progress);
  work->results = self;
  work->set = fovea_cue_set_ref (set);
  work->store = self->store != NULL ? fovea_store_ref (self->store) : NULL;
  work->names = g_ptr_array_new_with_free_func (g_free);
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    {
      work->layers[side] = g_array_new (FALSE, FALSE, sizeof (int));
      work->cues[side] = g_ptr_array_new_with_free_func (clear_cues);
    }
  return work;
}

static void
work_free (gpointer data)
{
  Work *work = data;

  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    {
      g_clear_pointer (&work->networks[side], fovea_network_unref);
      g_array_unref (work->layers[side]);
      g_ptr_array_unref (work->cues[side]);
    }
  fovea_cue_set_unref (work->set);
  g_clear_pointer (&work->store, fovea_store_unref);
  g_ptr_array_unref (work->names);
  g_clear_error (&work->error);
  fovea_progress_clear (&work->progress);
  g_free (work);
}

static void
add_layer (Work *work, FoveaCueResults *self, const char *name)
{
  g_ptr_array_add (work->names, g_strdup (name));
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    {
      int node = find_layer (self->networks[side], name);

      g_array_append_val (work->layers[side], node);
      g_ptr_array_add (work->cues[side], NULL);
    }
}

static void
look (FoveaQueuedJob *job, gpointer data)
{
  Work *work = data;

  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    {
      int layer = g_array_index (work->layers[side], int, 0);
      FoveaCueLayer *cues;

      if (layer < 0)
        continue;
      cues = work->store != NULL ? fovea_cue_layer_get (work->networks[side], layer, work->set, work->store) : NULL;
      g_ptr_array_index (work->cues[side], 0) = cues;
      if (cues == NULL)
        work->seconds += fovea_cue_time_measure (work->networks[side], work->set);
    }
}

static void
take (FoveaCueResults *self, Work *work)
{
  for (guint i = 0; i < work->names->len; i++)
    {
      Entry *entry = get_entry (self, g_ptr_array_index (work->names, i));

      for (guint side = 0; side < FOVEA_N_SIDES; side++)
        if (g_ptr_array_index (work->cues[side], i) != NULL)
          {
            fovea_cue_layer_free (entry->cues[side]);
            entry->cues[side] = g_steal_pointer (&g_ptr_array_index (work->cues[side], i));
          }
    }
}

static void
on_looked (FoveaQueuedJob *job, gpointer data)
{
  Work *work = data;
  FoveaCueResults *self = work->results;
  Entry *entry = get_entry (self, g_ptr_array_index (work->names, 0));

  g_clear_object (&self->looking);
  take (self, work);
  entry->looked_up = TRUE;
  entry->seconds = work->seconds;
  g_signal_emit (self, signals[CHANGED], 0);
}

/* Measures one network's layers, and keeps them. */
static gboolean
measure_side (Work *work, guint side, const FoveaJob *job)
{
  g_autoptr (GArray) layers = g_array_new (FALSE, FALSE, sizeof (int));
  g_autoptr (GPtrArray) results = NULL;
  gsize n_unreadable;
  guint taken = 0;

  for (guint i = 0; i < work->names->len; i++)
    if (g_array_index (work->layers[side], int, i) >= 0)
      g_array_append_val (layers, g_array_index (work->layers[side], int, i));
  if (layers->len == 0)
    return TRUE;
  results = fovea_cue_preference_measure (work->networks[side], work->set, layers->len, (const int *) layers->data, &n_unreadable, job, &work->error);
  if (results == NULL)
    return FALSE;
  g_ptr_array_set_free_func (results, NULL);
  for (guint i = 0; i < work->names->len; i++)
    {
      int layer = g_array_index (work->layers[side], int, i);

      if (layer < 0)
        continue;
      g_ptr_array_index (work->cues[side], i) = g_ptr_array_index (results, taken++);
      /* What cannot be kept was computed nevertheless. */
      if (work->store != NULL)
        fovea_cue_layer_put (g_ptr_array_index (work->cues[side], i), work->networks[side], layer, work->set, work->store, NULL);
    }
  return TRUE;
}

static void
measure (FoveaQueuedJob *queued, gpointer data)
{
  Work *work = data;
  FoveaJob job;

  fovea_progress_begin (&work->progress, queued, &job);
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    if (work->networks[side] != NULL)
      {
        if (!measure_side (work, side, &job))
          return;
        fovea_progress_end_part (&work->progress);
      }
}

static void
on_measuring (FoveaQueuedJob *job, gpointer data)
{
  g_signal_emit (((Work *) data)->results, signals[CHANGED], 0);
}

static void
on_measured (FoveaQueuedJob *job, gpointer data)
{
  Work *work = data;
  FoveaCueResults *self = work->results;

  g_clear_object (&self->measuring);
  take (self, work);
  for (guint i = 0; i < work->names->len; i++)
    {
      Entry *entry = get_entry (self, g_ptr_array_index (work->names, i));

      entry->looked_up = TRUE;
      g_clear_pointer (&entry->error, g_free);
      if (work->error != NULL && !g_error_matches (work->error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        entry->error = g_strdup (work->error->message);
    }
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
on_stimuli_changed (FoveaCueResults *self)
{
  fovea_queued_job_clear (&self->looking);
  fovea_queued_job_clear (&self->measuring);
  g_hash_table_remove_all (self->entries);
  self->stopped = FALSE;
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
fovea_cue_results_dispose (GObject *object)
{
  FoveaCueResults *self = FOVEA_CUE_RESULTS (object);

  fovea_queued_job_clear (&self->looking);
  fovea_queued_job_clear (&self->measuring);
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    g_clear_pointer (&self->networks[side], fovea_network_unref);
  g_clear_object (&self->stimuli);
  g_clear_object (&self->queue);
  g_clear_object (&self->reading_queue);
  g_clear_pointer (&self->store, fovea_store_unref);
  G_OBJECT_CLASS (fovea_cue_results_parent_class)->dispose (object);
}

static void
fovea_cue_results_finalize (GObject *object)
{
  g_hash_table_unref (FOVEA_CUE_RESULTS (object)->entries);
  G_OBJECT_CLASS (fovea_cue_results_parent_class)->finalize (object);
}

static void
fovea_cue_results_class_init (FoveaCueResultsClass *class)
{
  G_OBJECT_CLASS (class)->dispose = fovea_cue_results_dispose;
  G_OBJECT_CLASS (class)->finalize = fovea_cue_results_finalize;

  signals[CHANGED] = g_signal_new ("changed", FOVEA_TYPE_CUE_RESULTS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
fovea_cue_results_init (FoveaCueResults *self)
{
  self->entries = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, entry_free);
}

/**
 * fovea_cue_results_of_pair:
 * @pair: a pair of networks, or a single one
 *
 * Every view of a pair shares its results; they go with the pair.
 *
 * Returns: (transfer none) (nullable): the results; %NULL where there is no application
 */
FoveaCueResults *
fovea_cue_results_of_pair (FoveaNetworkPair *pair)
{
  static const char *const key = "fovea-cue-results";
  FoveaCueResults *self = g_object_get_data (G_OBJECT (pair), key);

  g_return_val_if_fail (FOVEA_IS_NETWORK_PAIR (pair), NULL);
  if (self != NULL || fovea_application_get_cue_stimuli () == NULL)
    return self;
  self = g_object_new (FOVEA_TYPE_CUE_RESULTS, NULL);
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    if (fovea_network_pair_has_side (pair, side))
      self->networks[side] = fovea_network_ref (fovea_network_pair_get_network (pair, side));
  self->stimuli = g_object_ref (fovea_application_get_cue_stimuli ());
  self->queue = g_object_ref (fovea_application_get_job_queue ());
  self->reading_queue = g_object_ref (fovea_application_get_reading_queue ());
  self->store = fovea_application_get_store () != NULL ? fovea_store_ref (fovea_application_get_store ()) : NULL;
  g_signal_connect_object (self->stimuli, "changed", G_CALLBACK (on_stimuli_changed), self, G_CONNECT_SWAPPED);
  g_object_set_data_full (G_OBJECT (pair), key, self, g_object_unref);
  return self;
}

/**
 * fovea_cue_results_get_stimuli:
 *
 * Returns: (transfer none): whose images are shown to the networks
 */
FoveaCueStimuli *
fovea_cue_results_get_stimuli (FoveaCueResults *self)
{
  g_return_val_if_fail (FOVEA_IS_CUE_RESULTS (self), NULL);
  return self->stimuli;
}

static gboolean
is_complete (FoveaCueResults *self, const Entry *entry, const char *layer)
{
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    if (find_layer (self->networks[side], layer) >= 0 && entry->cues[side] == NULL)
      return FALSE;
  return TRUE;
}

static void
start_looking (FoveaCueResults *self, FoveaCueSet *set, const char *layer)
{
  Work *work = work_new (self, set);

  fovea_queued_job_clear (&self->looking);
  add_layer (work, self, layer);
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    if (self->networks[side] != NULL)
      work->networks[side] = fovea_network_ref (self->networks[side]);
  self->looking = fovea_job_queue_push (self->reading_queue, FOVEA_JOB_PRIORITY_INTERACTIVE, look, NULL, on_looked, work, work_free);
}

/**
 * fovea_cue_results_look_up:
 * @layer: a layer's name; networks may lack it
 * @status: (out): how it stands
 *
 * Begins to read the images and to ask the store where that has not begun; computes nothing.
 */
void
fovea_cue_results_look_up (FoveaCueResults *self, const char *layer, FoveaCueStatus *status)
{
  const char *error = NULL;
  FoveaCueSet *set;
  Entry *entry;

  g_return_if_fail (FOVEA_IS_CUE_RESULTS (self) && layer != NULL && status != NULL);

  *status = (FoveaCueStatus) { .state = FOVEA_CUE_LOOKING, .stopped = self->stopped, .seconds_left = -1 };
  set = fovea_cue_stimuli_get_set (self->stimuli, &error);
  if (set == NULL)
    {
      status->state = error != NULL ? FOVEA_CUE_FAILED : FOVEA_CUE_LOOKING;
      status->error = error;
      return;
    }
  entry = get_entry (self, layer);
  status->n_images = fovea_cue_set_get_n_cues (set);
  status->seconds = entry->seconds;
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    status->n_networks += find_layer (self->networks[side], layer) >= 0 && entry->cues[side] == NULL;
  if (is_complete (self, entry, layer))
    status->state = FOVEA_CUE_DONE;
  else if (self->measuring != NULL)
    {
      status->state = FOVEA_CUE_COMPUTING;
      fovea_progress_get (self->progress, &status->done, &status->total, &status->seconds_left);
    }
  else if (entry->error != NULL)
    {
      status->state = FOVEA_CUE_FAILED;
      status->error = entry->error;
    }
  else if (entry->looked_up)
    status->state = FOVEA_CUE_MISSING;
  else
    start_looking (self, set, layer);
}

/**
 * fovea_cue_results_get_layer:
 * @side: which network
 * @layer: a layer's name
 *
 * Returns: (transfer none) (nullable): its results; %NULL where they are not there, or the network lacks the layer
 */
const FoveaCueLayer *
fovea_cue_results_get_layer (FoveaCueResults *self, FoveaSide side, const char *layer)
{
  const Entry *entry;

  g_return_val_if_fail (FOVEA_IS_CUE_RESULTS (self) && layer != NULL, NULL);
  entry = g_hash_table_lookup (self->entries, layer);
  return entry != NULL ? entry->cues[side] : NULL;
}

/* Whether all layers that people can choose have room. */
static gboolean
can_measure_all (FoveaNetwork *network, const GPtrArray *names, gsize n_images)
{
  FoveaGraph *graph = fovea_network_get_graph (network);
  guint64 n_bytes = 0, n_values = 0;

  for (guint i = 0; i < names->len; i++)
    {
      int layer = find_layer (network, g_ptr_array_index (names, i));
      const FoveaShape *shape = layer >= 0 ? fovea_graph_get_shape (graph, (guint) layer) : NULL;

      n_values += shape != NULL ? fovea_shape_get_n_elements (shape) : 0;
      n_bytes += shape != NULL ? (guint64) shape->channels * n_images * 2 * sizeof (float) : 0;
    }
  return n_bytes <= MAX_BYTES && n_values <= MAX_VALUES;
}

static GPtrArray *
list_layers (FoveaCueResults *self, const char *layer, gsize n_images)
{
  FoveaNetwork *standard = self->networks[FOVEA_SIDE_STANDARD] != NULL ? self->networks[FOVEA_SIDE_STANDARD] : self->networks[FOVEA_SIDE_ROBUST];
  FoveaNetwork *robust = self->networks[FOVEA_SIDE_ROBUST] != NULL ? self->networks[FOVEA_SIDE_ROBUST] : standard;
  g_autoptr (FoveaNetworkPair) pair = fovea_network_pair_new ("", standard, robust);
  g_autoptr (GListModel) layers = fovea_layers_of_pair (pair);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < g_list_model_get_n_items (layers); i++)
    {
      g_autoptr (FoveaLayer) item = g_list_model_get_item (layers, i);

      g_ptr_array_add (names, g_strdup (fovea_layer_get_name (item)));
    }
  if (!g_ptr_array_find_with_equal_func (names, layer, g_str_equal, NULL) || !can_measure_all (standard, names, n_images) ||
      !can_measure_all (robust, names, n_images))
    {
      g_ptr_array_set_size (names, 0);
      g_ptr_array_add (names, g_strdup (layer));
    }
  return g_steal_pointer (&names);
}

/**
 * fovea_cue_results_compute:
 * @layer: a layer's name
 *
 * Shows the images to the networks that lack results for the layer; for all layers at once where that has room.
 */
void
fovea_cue_results_compute (FoveaCueResults *self, const char *layer)
{
  g_autoptr (GPtrArray) names = NULL;
  FoveaCueSet *set;
  Entry *entry;
  Work *work;

  g_return_if_fail (FOVEA_IS_CUE_RESULTS (self) && layer != NULL);

  set = fovea_cue_stimuli_get_set (self->stimuli, NULL);
  if (set == NULL || self->measuring != NULL)
    return;
  entry = get_entry (self, layer);
  g_clear_pointer (&entry->error, g_free);
  self->stopped = FALSE;
  names = list_layers (self, layer, fovea_cue_set_get_n_cues (set));
  work = work_new (self, set);
  for (guint i = 0; i < names->len; i++)
    add_layer (work, self, g_ptr_array_index (names, i));
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    if (find_layer (self->networks[side], layer) >= 0 && entry->cues[side] == NULL)
      {
        const gsize n = fovea_cue_set_get_n_cues (set);

        work->networks[side] = fovea_network_ref (self->networks[side]);
        fovea_progress_expect (&work->progress, fovea_cue_set_get_cue (set, n - 1)->image - fovea_cue_set_get_cue (set, 0)->image + 1);
      }
  self->progress = &work->progress;
  self->measuring = fovea_job_queue_push (self->queue, FOVEA_JOB_PRIORITY_INTERACTIVE, measure, on_measuring, on_measured, work, work_free);
  g_signal_emit (self, signals[CHANGED], 0);
}

/**
 * fovea_cue_results_stop:
 *
 * Stops computing soon; the networks that are done stay done.
 */
void
fovea_cue_results_stop (FoveaCueResults *self)
{
  g_return_if_fail (FOVEA_IS_CUE_RESULTS (self));
  if (self->measuring == NULL)
    return;
  self->stopped = TRUE;
  fovea_queued_job_cancel (self->measuring);
}
