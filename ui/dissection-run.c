/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/dissection-run.h"

#include "ui/dissection-work.h"

typedef struct {
  FoveaNetwork *network; /* nullable: the pair lacks the side, or the network lacks the layer */
  int layer;
  FoveaDissection *dissection; /* nullable: not dissected */
  GPtrArray *tallies; /* (element-type FoveaTally): what its channels detect, at each quantile; NULL with the dissection */
  char *error; /* nullable: why it cannot be dissected */
} Side;

struct _FoveaDissectionRun {
  GObject parent_instance;

  FoveaJobQueue *reading_queue; /* nullable: nothing can be read then */
  FoveaJobQueue *computing_queue; /* nullable */
  FoveaStore *store; /* nullable: not owned */

  FoveaNetworkPair *pair; /* nullable */
  char *layer;
  char *key; /* of the set of concepts */
  FoveaConceptSet *set; /* nullable: not open */
  Side sides[FOVEA_N_SIDES];
  gboolean estimates; /* whether networks are tried where dissections are missing */
  double estimate; /* seconds; negative while nobody knows */
  char *error; /* nullable: why the set cannot be used */
  FoveaQueuedJob *reading; /* nullable */
  FoveaQueuedJob *computing; /* nullable */
  double fraction;
  double seconds_left;
};

G_DEFINE_FINAL_TYPE (FoveaDissectionRun, fovea_dissection_run, G_TYPE_OBJECT)

enum { CHANGED, N_SIGNALS };

static guint signals[N_SIGNALS];

/* All there are (element-type FoveaDissectionRun); the main thread's. */
static GPtrArray *runs;

static void
side_clear (Side *side)
{
  g_clear_pointer (&side->network, fovea_network_unref);
  g_clear_pointer (&side->dissection, fovea_dissection_unref);
  g_clear_pointer (&side->tallies, g_ptr_array_unref);
  g_clear_pointer (&side->error, g_free);
}

/* What is missing, for a worker. */
static FoveaDissectionWork *
make_work (FoveaDissectionRun *self)
{
  FoveaDissectionWork *work = fovea_dissection_work_new (self->store, self->key, self);

  work->set = self->set != NULL ? fovea_concept_set_ref (self->set) : NULL;
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    if (self->sides[side].network != NULL && self->sides[side].dissection == NULL && self->sides[side].error == NULL)
      fovea_dissection_work_add_side (work, side, self->sides[side].network, self->sides[side].layer);
  return work;
}

static void
take_results (FoveaDissectionRun *self,
              FoveaDissectionWork *work)
{
  g_mutex_lock (&work->mutex);
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    {
      Side *own = &self->sides[side];

      if (work->dissections[side] != NULL && own->dissection == NULL)
        {
          own->dissection = fovea_dissection_ref (work->dissections[side]);
          own->tallies = g_ptr_array_ref (work->tallies[side]);
        }
      if (work->errors[side] != NULL && own->error == NULL && !g_error_matches (work->errors[side], G_IO_ERROR, G_IO_ERROR_CANCELLED))
        own->error = g_strdup (work->errors[side]->message);
    }
  if (work->n_sides > 0)
    self->fraction = MIN ((work->n_done + work->fraction) / work->n_sides, 1);
  /* Every network takes about as long as the one before. */
  if (work->seconds_left >= 0 && work->fraction > 0 && work->fraction < 1)
    self->seconds_left = work->seconds_left * (1 + (work->n_sides - work->n_done - 1) / (1 - work->fraction));
  else
    self->seconds_left = -1;
  g_mutex_unlock (&work->mutex);
}

/* Takes what another run has dissected of the same layers with the same concepts, and stops dissecting them again. */
static void
take_from (FoveaDissectionRun *self,
           FoveaDissectionRun *other)
{
  gboolean took = FALSE, missing = FALSE;

  if (!g_str_equal (self->key, other->key))
    return;
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    {
      Side *own = &self->sides[side];
      const Side *found = &other->sides[side];

      if (own->dissection == NULL && found->dissection != NULL && own->network == found->network && own->layer == found->layer)
        {
          own->dissection = fovea_dissection_ref (found->dissection);
          own->tallies = g_ptr_array_ref (found->tallies);
          took = TRUE;
        }
      missing |= own->network != NULL && own->dissection == NULL && own->error == NULL;
    }
  if (!took)
    return;
  /* What opened the set still has to be told of it. */
  if (!missing)
    fovea_queued_job_clear (&self->computing);
  if (self->set == NULL && other->set != NULL)
    self->set = fovea_concept_set_ref (other->set);
  g_signal_emit (self, signals[CHANGED], 0);
}

/* Lets all other runs know what this one has. */
static void
announce (FoveaDissectionRun *self)
{
  g_autoptr (GPtrArray) others = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < runs->len; i++)
    g_ptr_array_add (others, g_object_ref (runs->pdata[i]));
  for (guint i = 0; i < others->len; i++)
    if (others->pdata[i] != self)
      take_from (others->pdata[i], self);
}

static void
read_done (FoveaQueuedJob *job,
           gpointer data)
{
  FoveaDissectionWork *work = data;
  FoveaDissectionRun *self = work->owner;

  g_clear_object (&self->reading);
  if (work->set == NULL && !g_error_matches (work->error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    self->error = g_strdup (work->error->message);
  else if (self->set == NULL && work->set != NULL)
    self->set = fovea_concept_set_ref (work->set);
  if (work->estimate >= 0)
    self->estimate = work->estimate;
  take_results (self, work);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
compute_updated (FoveaQueuedJob *job,
                 gpointer data)
{
  FoveaDissectionWork *work = data;

  take_results (work->owner, work);
  g_signal_emit (work->owner, signals[CHANGED], 0);
  announce (work->owner);
}

static void
compute_done (FoveaQueuedJob *job,
              gpointer data)
{
  FoveaDissectionWork *work = data;
  FoveaDissectionRun *self = work->owner;

  g_clear_object (&self->computing);
  take_results (self, work);
  g_signal_emit (self, signals[CHANGED], 0);
  announce (self);
}

static void
push_reading (FoveaDissectionRun *self,
              gboolean estimates)
{
  FoveaDissectionWork *work = make_work (self);

  work->estimates = estimates;
  self->reading = fovea_job_queue_push (self->reading_queue, FOVEA_JOB_PRIORITY_VISIBLE, fovea_dissection_work_read, NULL, read_done, work, fovea_dissection_work_free);
}

/* Asks the store for what is not known yet. */
static void
look_up (FoveaDissectionRun *self)
{
  fovea_queued_job_clear (&self->reading);
  fovea_queued_job_clear (&self->computing);
  self->estimate = -1;
  if (self->pair != NULL && self->reading_queue != NULL && self->error == NULL)
    push_reading (self, self->estimates);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
find_layers (FoveaDissectionRun *self)
{
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    {
      Side *own = &self->sides[side];
      FoveaNetwork *network;
      int layer;

      side_clear (own);
      if (self->pair == NULL || !fovea_network_pair_has_side (self->pair, side))
        continue;
      network = fovea_network_pair_get_network (self->pair, side);
      if (fovea_graph_find (fovea_network_get_graph (network), self->layer, &layer, NULL) && layer >= 0)
        {
          own->network = fovea_network_ref (network);
          own->layer = layer;
          if (fovea_graph_get_shape (fovea_network_get_graph (network), (guint) layer)->flat)
            own->error = g_strdup_printf ("%s has no positions, so nothing in an image can be found with it; choose a layer with a map", self->layer);
        }
    }
}

static void
fovea_dissection_run_dispose (GObject *object)
{
  FoveaDissectionRun *self = FOVEA_DISSECTION_RUN (object);

  g_ptr_array_remove_fast (runs, self);
  fovea_queued_job_clear (&self->reading);
  fovea_queued_job_clear (&self->computing);
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    side_clear (&self->sides[side]);
  g_clear_pointer (&self->set, fovea_concept_set_unref);
  g_clear_object (&self->pair);
  g_clear_object (&self->reading_queue);
  g_clear_object (&self->computing_queue);
  G_OBJECT_CLASS (fovea_dissection_run_parent_class)->dispose (object);
}

static void
fovea_dissection_run_finalize (GObject *object)
{
  FoveaDissectionRun *self = FOVEA_DISSECTION_RUN (object);

  g_free (self->layer);
  g_free (self->key);
  g_free (self->error);
  G_OBJECT_CLASS (fovea_dissection_run_parent_class)->finalize (object);
}

static void
fovea_dissection_run_class_init (FoveaDissectionRunClass *class)
{
  G_OBJECT_CLASS (class)->dispose = fovea_dissection_run_dispose;
  G_OBJECT_CLASS (class)->finalize = fovea_dissection_run_finalize;

  signals[CHANGED] = g_signal_new ("changed", FOVEA_TYPE_DISSECTION_RUN, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
fovea_dissection_run_init (FoveaDissectionRun *self)
{
  if (runs == NULL)
    runs = g_ptr_array_new ();
  g_ptr_array_add (runs, self);
  self->key = g_strdup (FOVEA_CONCEPT_SET_SCENES);
  self->estimates = TRUE;
  self->estimate = -1;
  self->seconds_left = -1;
}

/**
 * fovea_dissection_run_new:
 *
 * Returns: (transfer full): a run of nothing, with the built-in concepts
 */
FoveaDissectionRun *
fovea_dissection_run_new (void)
{
  return g_object_new (FOVEA_TYPE_DISSECTION_RUN, NULL);
}

/**
 * fovea_dissection_run_set_source:
 * @self: a run
 * @reading: (nullable): where sets are opened and the store is asked
 * @computing: (nullable): where networks are dissected
 * @store: (nullable): where dissections are kept; must outlive the run
 */
void
fovea_dissection_run_set_source (FoveaDissectionRun *self,
                                 FoveaJobQueue *reading,
                                 FoveaJobQueue *computing,
                                 FoveaStore *store)
{
  g_return_if_fail (FOVEA_IS_DISSECTION_RUN (self));
  g_set_object (&self->reading_queue, reading);
  g_set_object (&self->computing_queue, computing);
  self->store = store;
}

/**
 * fovea_dissection_run_set_estimates:
 * @self: a run
 * @estimates: whether networks are shown a few images to tell how long all would take; %TRUE from the beginning
 */
void
fovea_dissection_run_set_estimates (FoveaDissectionRun *self,
                                    gboolean estimates)
{
  g_return_if_fail (FOVEA_IS_DISSECTION_RUN (self));
  self->estimates = estimates;
}

/**
 * fovea_dissection_run_set_layer:
 * @self: a run
 * @pair: (nullable): the networks
 * @layer: (nullable): the layer's name
 *
 * Chooses another layer: what runs for the one before is stopped; its network need not run again for what it has
 * computed so far.
 */
void
fovea_dissection_run_set_layer (FoveaDissectionRun *self,
                                FoveaNetworkPair *pair,
                                const char *layer)
{
  g_return_if_fail (FOVEA_IS_DISSECTION_RUN (self));
  g_return_if_fail (pair == NULL || layer != NULL);

  if (self->pair == pair && g_strcmp0 (self->layer, layer) == 0)
    return;
  g_set_object (&self->pair, pair);
  g_free (self->layer);
  self->layer = g_strdup (layer);
  find_layers (self);
  look_up (self);
}

/**
 * fovea_dissection_run_set_concepts:
 * @self: a run
 * @key: %FOVEA_CONCEPT_SET_SCENES, or the path of a folder in Broden's layout
 *
 * Chooses a set of concepts; the same one again is read again.
 */
void
fovea_dissection_run_set_concepts (FoveaDissectionRun *self,
                                   const char *key)
{
  char *copy = g_strdup (key);

  g_return_if_fail (FOVEA_IS_DISSECTION_RUN (self) && key != NULL);

  g_free (self->key);
  self->key = copy;
  g_clear_pointer (&self->set, fovea_concept_set_unref);
  g_clear_pointer (&self->error, g_free);
  find_layers (self);
  look_up (self);
}

/**
 * fovea_dissection_run_refresh:
 * @self: a run
 *
 * Asks the store again for what is missing, since something else may have dissected it meanwhile.
 */
void
fovea_dissection_run_refresh (FoveaDissectionRun *self)
{
  g_return_if_fail (FOVEA_IS_DISSECTION_RUN (self));

  if (self->reading_queue != NULL && fovea_dissection_run_get_state (self) == FOVEA_DISSECTION_MISSING)
    push_reading (self, self->estimates && self->estimate < 0);
}

/**
 * fovea_dissection_run_start:
 * @self: a run
 *
 * Dissects the networks that were not; nothing where none is missing.
 */
void
fovea_dissection_run_start (FoveaDissectionRun *self)
{
  g_return_if_fail (FOVEA_IS_DISSECTION_RUN (self));

  if (fovea_dissection_run_get_state (self) != FOVEA_DISSECTION_MISSING || self->computing_queue == NULL)
    return;
  self->fraction = 0;
  self->seconds_left = -1;
  self->computing = fovea_job_queue_push (self->computing_queue, FOVEA_JOB_PRIORITY_VISIBLE, fovea_dissection_work_compute, compute_updated, compute_done, make_work (self), fovea_dissection_work_free);
  g_signal_emit (self, signals[CHANGED], 0);
}

/**
 * fovea_dissection_run_stop:
 * @self: a run
 *
 * Stops what is computed. A network that is ready keeps its dissection.
 */
void
fovea_dissection_run_stop (FoveaDissectionRun *self)
{
  g_return_if_fail (FOVEA_IS_DISSECTION_RUN (self));

  if (self->computing == NULL)
    return;
  fovea_queued_job_clear (&self->computing);
  g_signal_emit (self, signals[CHANGED], 0);
}

/**
 * fovea_dissection_run_get_state:
 * @self: a run
 */
FoveaDissectionState
fovea_dissection_run_get_state (FoveaDissectionRun *self)
{
  gboolean missing = FALSE, has_any = FALSE;

  g_return_val_if_fail (FOVEA_IS_DISSECTION_RUN (self), FOVEA_DISSECTION_NOTHING);

  if (self->pair == NULL)
    return FOVEA_DISSECTION_NOTHING;
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    {
      has_any |= self->sides[side].dissection != NULL;
      missing |= self->sides[side].network != NULL && self->sides[side].dissection == NULL && self->sides[side].error == NULL;
    }
  if (self->computing != NULL)
    return FOVEA_DISSECTION_COMPUTING;
  if (self->reading != NULL)
    return FOVEA_DISSECTION_READING;
  if (self->error != NULL)
    return FOVEA_DISSECTION_FAILED;
  if (missing)
    return FOVEA_DISSECTION_MISSING;
  return has_any ? FOVEA_DISSECTION_READY : FOVEA_DISSECTION_FAILED;
}

/**
 * fovea_dissection_run_get_error:
 * @self: a run
 *
 * Returns: (transfer none) (nullable): why the set cannot be used, or else the first network
 */
const char *
fovea_dissection_run_get_error (FoveaDissectionRun *self)
{
  g_return_val_if_fail (FOVEA_IS_DISSECTION_RUN (self), NULL);

  if (self->error != NULL)
    return self->error;
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    if (self->sides[side].error != NULL)
      return self->sides[side].error;
  return NULL;
}

/**
 * fovea_dissection_run_get_side_error:
 * @self: a run
 *
 * Returns: (transfer none) (nullable): why this network cannot be dissected
 */
const char *
fovea_dissection_run_get_side_error (FoveaDissectionRun *self,
                                     FoveaSide side)
{
  g_return_val_if_fail (FOVEA_IS_DISSECTION_RUN (self), NULL);
  return self->sides[side].error;
}

/**
 * fovea_dissection_run_get_estimate:
 * @self: a run
 *
 * Returns: about how many seconds computing will take; negative while that is not known
 */
double
fovea_dissection_run_get_estimate (FoveaDissectionRun *self)
{
  g_return_val_if_fail (FOVEA_IS_DISSECTION_RUN (self), -1);
  return self->estimate;
}

/**
 * fovea_dissection_run_get_progress:
 * @self: a run
 * @seconds_left: (out): negative while that is not known
 *
 * Returns: the share of the work that is done
 */
double
fovea_dissection_run_get_progress (FoveaDissectionRun *self,
                                   double *seconds_left)
{
  g_return_val_if_fail (FOVEA_IS_DISSECTION_RUN (self), 0);
  *seconds_left = self->seconds_left;
  return self->fraction;
}

/**
 * fovea_dissection_run_get_network:
 * @self: a run
 * @layer: (out) (optional): the node
 *
 * Returns: (transfer none) (nullable): the side's network, if it has the layer
 */
FoveaNetwork *
fovea_dissection_run_get_network (FoveaDissectionRun *self,
                                  FoveaSide side,
                                  int *layer)
{
  g_return_val_if_fail (FOVEA_IS_DISSECTION_RUN (self), NULL);
  if (layer != NULL)
    *layer = self->sides[side].layer;
  return self->sides[side].network;
}

/**
 * fovea_dissection_run_get_set:
 * @self: a run
 *
 * Returns: (transfer none) (nullable): the set of concepts, once it is open
 */
FoveaConceptSet *
fovea_dissection_run_get_set (FoveaDissectionRun *self)
{
  g_return_val_if_fail (FOVEA_IS_DISSECTION_RUN (self), NULL);
  return self->set;
}

/**
 * fovea_dissection_run_get_dissection:
 * @self: a run
 *
 * Returns: (transfer none) (nullable): the side's dissection, once there is one
 */
FoveaDissection *
fovea_dissection_run_get_dissection (FoveaDissectionRun *self,
                                     FoveaSide side)
{
  g_return_val_if_fail (FOVEA_IS_DISSECTION_RUN (self), NULL);
  return self->sides[side].dissection;
}

/**
 * fovea_dissection_run_get_tallies:
 * @self: a run
 *
 * Returns: (transfer none) (nullable) (element-type FoveaTally): what the side's channels detect, at each quantile of
 *   its dissection, once there is one
 */
GPtrArray *
fovea_dissection_run_get_tallies (FoveaDissectionRun *self,
                                  FoveaSide side)
{
  g_return_val_if_fail (FOVEA_IS_DISSECTION_RUN (self), NULL);
  return self->sides[side].tallies;
}
