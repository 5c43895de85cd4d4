/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/layer-scans.h"

#include "ui/layer.h"
#include "ui/scan-work.h"

struct _FoveaLayerScans {
  GObject parent_instance;

  FoveaJobQueue *queue;
  FoveaJobQueue *reading_queue;
  FoveaStore *store; /* nullable */
  FoveaImageSets *sets;

  FoveaNetworkPair *pair; /* nullable */
  char *layer; /* nullable */
  gboolean several;
  guint n_watchers;

  FoveaImageSet *set; /* nullable: the one that @scans and @per_image are of */
  FoveaScan *scans[FOVEA_N_SIDES]; /* each nullable */
  FoveaMatch *match; /* nullable */
  gboolean loaded; /* the store was asked */
  double per_image; /* seconds; negative: not measured */
  char *error; /* nullable: why the last scan ended early */

  FoveaQueuedJob *loading; /* nullable */
  FoveaQueuedJob *measuring; /* nullable */
  FoveaQueuedJob *matching; /* nullable */
  FoveaScanning *scanning; /* nullable */
};

G_DEFINE_FINAL_TYPE (FoveaLayerScans, fovea_layer_scans, G_TYPE_OBJECT)

enum { CHANGED, PROGRESS, N_SIGNALS };

static guint signals[N_SIGNALS];

/* What the followed layer is scanned on; the set may be NULL. */
static FoveaScanSubject
get_subject (FoveaLayerScans *self)
{
  return (FoveaScanSubject) { self->set, self->pair, self->several };
}

/* The followed layer's node in the network of a side; -1 where there is none. */
static int
find_layer (FoveaLayerScans *self,
            FoveaSide side)
{
  const FoveaScanSubject subject = get_subject (self);

  return fovea_scan_subject_find_layer (&subject, side, self->layer);
}

static int
get_priority (FoveaLayerScans *self)
{
  return self->n_watchers > 0 ? FOVEA_JOB_PRIORITY_INTERACTIVE : FOVEA_JOB_PRIORITY_VISIBLE;
}

static void
changed (FoveaLayerScans *self)
{
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
clear_scans (FoveaLayerScans *self)
{
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    g_clear_pointer (&self->scans[side], fovea_scan_unref);
  g_clear_pointer (&self->match, fovea_match_free);
  fovea_queued_job_clear (&self->matching);
}

static gboolean
is_complete (FoveaLayerScans *self)
{
  guint n = 0;

  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    {
      if (find_layer (self, side) < 0)
        continue;
      if (self->scans[side] == NULL || !fovea_scan_is_complete (self->scans[side]))
        return FALSE;
      n++;
    }
  return n > 0;
}

static void
measured (FoveaScanFindings *findings,
          gpointer data)
{
  FoveaLayerScans *self = data;

  g_clear_object (&self->measuring);
  self->per_image = findings->per_image;
  changed (self);
}

/* Finds out how long a scan would take, where people look at that. */
static void
measure (FoveaLayerScans *self)
{
  const FoveaScanSubject subject = get_subject (self);

  if (self->n_watchers > 0 && self->loaded && self->measuring == NULL && self->scanning == NULL && self->per_image < 0 && !is_complete (self))
    self->measuring = fovea_scan_work_push_measuring (self->queue, &subject, self->layer, measured, self);
}

/* Whether the store had what is here already. */
static gboolean
has_findings (FoveaLayerScans *self,
              FoveaScanFindings *findings)
{
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    {
      const FoveaScan *own = self->scans[side], *found = findings->scans[side];

      if (own == NULL ? found != NULL : found == NULL || fovea_scan_get_n_done (own) != fovea_scan_get_n_done (found))
        return FALSE;
    }
  return TRUE;
}

static void
loaded (FoveaScanFindings *findings,
        gpointer data)
{
  FoveaLayerScans *self = data;

  g_clear_object (&self->loading);
  if (self->loaded && has_findings (self, findings))
    return;
  clear_scans (self);
  self->loaded = TRUE;
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    self->scans[side] = g_steal_pointer (&findings->scans[side]);
  measure (self);
  changed (self);
}

/* Reads what is stored of the followed layer on the current set. */
static void
load (FoveaLayerScans *self)
{
  const FoveaScanSubject subject = get_subject (self);

  fovea_queued_job_clear (&self->loading);
  fovea_queued_job_clear (&self->measuring);
  self->loaded = FALSE;
  if (self->pair != NULL && self->set != NULL)
    self->loading = fovea_scan_work_push_loading (self->reading_queue, &subject, self->layer, self->store, loaded, self);
}

/* Looks again for what is missing, since something else may have scanned it meanwhile. */
static void
refresh (FoveaLayerScans *self)
{
  const FoveaScanSubject subject = get_subject (self);

  if (self->loaded && self->loading == NULL && self->scanning == NULL && !is_complete (self))
    self->loading = fovea_scan_work_push_loading (self->reading_queue, &subject, self->layer, self->store, loaded, self);
}

static void
sets_changed (FoveaLayerScans *self)
{
  FoveaImageSet *set = self->pair != NULL ? fovea_image_sets_get_set (self->sets, NULL) : NULL;

  if (set != self->set || set == NULL)
    {
      const FoveaScanSubject subject = { set, self->pair, self->several };

      if (self->scanning != NULL && !fovea_scanning_is_of (self->scanning, &subject))
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

/* Whether the scan that runs is one of what is followed. */
static gboolean
is_covered (FoveaLayerScans *self)
{
  const FoveaScanSubject subject = get_subject (self);

  return self->scanning != NULL && self->layer != NULL && fovea_scanning_is_of (self->scanning, &subject) && fovea_scanning_has_layer (self->scanning, self->layer);
}

static void
take_results (FoveaLayerScans *self,
              FoveaScanning *scanning)
{
  clear_scans (self);
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    {
      FoveaScan *scan = fovea_scanning_get_scan (scanning, side, self->layer);

      self->scans[side] = scan != NULL ? fovea_scan_ref (scan) : NULL;
    }
  self->loaded = TRUE;
  fovea_queued_job_clear (&self->loading);
}

static void
scan_progressed (FoveaLayerScans *self)
{
  g_signal_emit (self, signals[PROGRESS], 0);
}

static void
scan_done (FoveaLayerScans *self)
{
  g_autoptr (FoveaScanning) scanning = NULL;
  gboolean covered = is_covered (self);
  guint64 n_done;
  double rate, seconds_left;

  scanning = g_steal_pointer (&self->scanning);
  g_signal_handlers_disconnect_by_data (scanning, self);
  if (fovea_scanning_get_error (scanning) != NULL)
    {
      g_free (self->error);
      self->error = g_strdup (fovea_scanning_get_error (scanning));
    }
  /* What was seen is better than what was measured. */
  fovea_scanning_get_progress (scanning, &n_done, &rate, &seconds_left);
  if (covered && rate > 0)
    self->per_image = 1 / rate;
  if (covered && fovea_scanning_is_complete (scanning))
    take_results (self, scanning);
  else if (covered)
    load (self);
  changed (self);
}

static void
drop_scanning (FoveaLayerScans *self)
{
  if (self->scanning == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->scanning, self);
  fovea_run_drop (FOVEA_RUN (self->scanning));
  g_clear_object (&self->scanning);
}

static void
fovea_layer_scans_dispose (GObject *object)
{
  FoveaLayerScans *self = FOVEA_LAYER_SCANS (object);

  fovea_queued_job_clear (&self->loading);
  fovea_queued_job_clear (&self->measuring);
  drop_scanning (self);
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
  if (self->scanning != NULL && pair != self->pair)
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
 * fovea_layer_scans_follows:
 * @self: scans
 * @pair: a pair
 * @layer: a layer's name
 *
 * Returns: whether that is what they follow
 */
gboolean
fovea_layer_scans_follows (FoveaLayerScans *self,
                           FoveaNetworkPair *pair,
                           const char *layer)
{
  g_return_val_if_fail (FOVEA_IS_LAYER_SCANS (self), FALSE);
  return self->pair != NULL && self->pair == pair && g_strcmp0 (self->layer, layer) == 0;
}

/**
 * fovea_layer_scans_watch:
 * @self: scans
 *
 * People see how far a scan is: other computations wait for it, and what it would take is measured, until
 * fovea_layer_scans_unwatch() was called as often. What was scanned since by something else is found.
 */
void
fovea_layer_scans_watch (FoveaLayerScans *self)
{
  g_return_if_fail (FOVEA_IS_LAYER_SCANS (self));

  self->n_watchers++;
  if (self->pair != NULL && self->set != NULL)
    {
      refresh (self);
      measure (self);
    }
  if (self->scanning != NULL)
    fovea_run_set_priority (FOVEA_RUN (self->scanning), get_priority (self));
}

/**
 * fovea_layer_scans_unwatch:
 * @self: scans that are watched
 *
 * A scan goes on when nobody watches, as one of the computations for what is on the screen.
 */
void
fovea_layer_scans_unwatch (FoveaLayerScans *self)
{
  g_return_if_fail (FOVEA_IS_LAYER_SCANS (self) && self->n_watchers > 0);

  self->n_watchers--;
  if (self->scanning != NULL)
    fovea_run_set_priority (FOVEA_RUN (self->scanning), get_priority (self));
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
  const FoveaScanSubject subject = get_subject (self);
  g_auto (GStrv) layers = NULL;
  guint64 n_done = 0;

  g_return_if_fail (FOVEA_IS_LAYER_SCANS (self));

  if (self->pair == NULL || self->set == NULL)
    return;
  drop_scanning (self);
  fovea_queued_job_clear (&self->measuring);
  fovea_queued_job_clear (&self->loading);
  g_clear_pointer (&self->error, g_free);

  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    if (self->scans[side] != NULL)
      n_done = fovea_scan_get_n_done (self->scans[side]);
  layers = list_layers (self, all_layers);
  self->scanning = fovea_scanning_new (&subject, (const char *const *) layers, self->store);
  g_signal_connect_swapped (self->scanning, "progress", G_CALLBACK (scan_progressed), self);
  g_signal_connect_swapped (self->scanning, "ended", G_CALLBACK (scan_done), self);
  fovea_scanning_start (self->scanning, self->queue, get_priority (self), n_done);
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
    fovea_run_stop (FOVEA_RUN (self->scanning));
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
      fovea_scanning_get_progress (self->scanning, &progress->done, &progress->rate, &progress->seconds_left);
      return;
    }
  if (self->scanning != NULL)
    progress->other = fovea_scanning_get_first_layer (self->scanning);
  progress->done = progress->total;
  for (FoveaSide side = 0; side < FOVEA_N_SIDES; side++)
    if (find_layer (self, side) >= 0)
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
matched (FoveaScanFindings *findings,
         gpointer data)
{
  FoveaLayerScans *self = data;

  self->match = g_steal_pointer (&findings->match);
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
      const FoveaScanSubject subject = get_subject (self);

      self->matching = fovea_scan_work_push_matching (self->queue, &subject, self->layer, self->scans, matched, self);
    }
  return self->match;
}
