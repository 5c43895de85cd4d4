/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/layer-measures.h"

#include "ui/application.h"
#include "ui/tile-values.h"

struct _FoveaLayerMeasures {
  GObject parent_instance;

  FoveaLayerScans *scans; /* nullable */
  FoveaCueResults *cues; /* nullable: the pair's */
  FoveaDissectionRun *dissections;
  char *concepts; /* nullable: the set of concepts that was looked up last */

  FoveaNetworkPair *pair; /* nullable */
  FoveaLayer *layer; /* nullable */
  GListModel *tiles; /* nullable (element-type FoveaTile) */
  gboolean needed[FOVEA_N_MEASURE_SOURCES];
  gboolean active; /* whether people see the tiles */
  gboolean watching; /* the scans */

  /* What the tiles' values are of; each nullable */
  FoveaScan *shown_scans[FOVEA_N_SIDES];
  FoveaDissection *shown_dissections[FOVEA_N_SIDES];
  double shown_share; /* the quantile and the cut-off by which the concepts were chosen */
  double shown_iou;
};

G_DEFINE_FINAL_TYPE (FoveaLayerMeasures, fovea_layer_measures, G_TYPE_OBJECT)

enum { CHANGED, VALUES_CHANGED, N_SIGNALS };

static guint signals[N_SIGNALS];

static const char *
get_name (FoveaLayerMeasures *self)
{
  return fovea_layer_get_name (self->layer);
}

/* Whether the scans are of this layer: other pages make them follow their own. */
static gboolean
has_scans (FoveaLayerMeasures *self)
{
  return self->scans != NULL && self->layer != NULL && fovea_layer_scans_follows (self->scans, self->pair, get_name (self));
}

static FoveaScan *
get_scan (FoveaLayerMeasures *self,
          FoveaSide side)
{
  FoveaScan *scan = has_scans (self) ? fovea_layer_scans_get_scan (self->scans, side) : NULL;

  return scan != NULL && fovea_scan_get_n_done (scan) > 0 ? scan : NULL;
}

/* Writes what the scans say onto the tiles, unless it stands there. */
static gboolean
show_scans (FoveaLayerMeasures *self)
{
  gboolean changed = FALSE;

  for (FoveaSide side = 0; self->tiles != NULL && side < FOVEA_N_SIDES; side++)
    {
      FoveaScan *scan = get_scan (self, side);

      if (scan == self->shown_scans[side])
        continue;
      changed = TRUE;
      g_clear_pointer (&self->shown_scans[side], fovea_scan_unref);
      self->shown_scans[side] = scan != NULL ? fovea_scan_ref (scan) : NULL;
      fovea_tile_values_show_scan (self->tiles, side, scan);
    }
  return changed;
}

static gboolean
show_preferences (FoveaLayerMeasures *self)
{
  gboolean changed = FALSE;

  for (FoveaSide side = 0; self->tiles != NULL && side < FOVEA_N_SIDES; side++)
    changed |= fovea_tile_values_show_preferences (self->tiles, side, self->cues != NULL ? fovea_cue_results_get_layer (self->cues, side, get_name (self)) : NULL);
  return changed;
}

/* By the quantile and the cut-off that people chose for dissections. */
static gboolean
show_dissections (FoveaLayerMeasures *self)
{
  FoveaSettings *settings = fovea_application_get_settings ();
  const double share = settings != NULL ? fovea_settings_get_double (settings, "dissection-quantile") : FOVEA_DISSECT_QUANTILE;
  const double iou = settings != NULL ? fovea_settings_get_double (settings, "dissection-iou") : FOVEA_DISSECT_IOU;
  const gboolean moved = share != self->shown_share || iou != self->shown_iou;
  gboolean changed = FALSE;

  for (FoveaSide side = 0; self->tiles != NULL && side < FOVEA_N_SIDES; side++)
    {
      FoveaDissection *dissection = fovea_dissection_run_get_dissection (self->dissections, side);
      const FoveaTally *tally = NULL;

      if (dissection == self->shown_dissections[side] && !moved)
        continue;
      changed = TRUE;
      g_clear_pointer (&self->shown_dissections[side], fovea_dissection_unref);
      self->shown_dissections[side] = dissection != NULL ? fovea_dissection_ref (dissection) : NULL;
      if (dissection != NULL)
        tally = g_ptr_array_index (fovea_dissection_run_get_tallies (self->dissections, side), fovea_dissection_find_quantile (dissection, share));
      fovea_tile_values_show_tally (self->tiles, side, tally, iou);
    }
  self->shown_share = share;
  self->shown_iou = iou;
  return changed;
}

static void
scans_changed (FoveaLayerMeasures *self)
{
  if (show_scans (self))
    g_signal_emit (self, signals[VALUES_CHANGED], 0);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
scan_progressed (FoveaLayerMeasures *self)
{
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
cues_changed (FoveaLayerMeasures *self)
{
  FoveaCueStatus status;

  if (self->layer == NULL)
    return;
  if (self->needed[FOVEA_MEASURES_CUES] && self->active)
    fovea_cue_results_look_up (self->cues, get_name (self), &status);
  if (show_preferences (self))
    g_signal_emit (self, signals[VALUES_CHANGED], 0);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
dissections_changed (FoveaLayerMeasures *self)
{
  if (show_dissections (self))
    g_signal_emit (self, signals[VALUES_CHANGED], 0);
  g_signal_emit (self, signals[CHANGED], 0);
}

/* While people see other pages they may move sliders as they like. */
static void
settings_changed (FoveaLayerMeasures *self)
{
  if (self->active && show_dissections (self))
    g_signal_emit (self, signals[VALUES_CHANGED], 0);
}

/* Nothing of one layer must be taken for another's. */
static void
forget_shown (FoveaLayerMeasures *self)
{
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    {
      g_clear_pointer (&self->shown_scans[side], fovea_scan_unref);
      g_clear_pointer (&self->shown_dissections[side], fovea_dissection_unref);
    }
}

/* Asks for what is needed while people see the tiles. */
static void
look_up_needed (FoveaLayerMeasures *self)
{
  gboolean watch = self->active && self->needed[FOVEA_MEASURES_SCAN] && self->scans != NULL;
  FoveaCueStatus status;

  if (watch != self->watching && watch)
    fovea_layer_scans_watch (self->scans);
  else if (watch != self->watching)
    fovea_layer_scans_unwatch (self->scans);
  self->watching = watch;
  if (self->layer == NULL || !self->active)
    return;
  if (self->needed[FOVEA_MEASURES_CUES] && self->cues != NULL)
    fovea_cue_results_look_up (self->cues, get_name (self), &status);
  fovea_dissection_run_set_estimates (self->dissections, self->needed[FOVEA_MEASURES_CONCEPTS]);
  if (self->needed[FOVEA_MEASURES_CONCEPTS] && self->concepts != NULL && fovea_dissection_run_get_state (self->dissections) == FOVEA_DISSECTION_MISSING &&
      fovea_dissection_run_get_estimate (self->dissections) < 0)
    fovea_dissection_run_set_concepts (self->dissections, self->concepts);
}

static void
fovea_layer_measures_dispose (GObject *object)
{
  FoveaLayerMeasures *self = FOVEA_LAYER_MEASURES (object);

  self->active = FALSE;
  look_up_needed (self);
  fovea_layer_measures_set_scans (self, NULL);
  if (self->cues != NULL)
    g_signal_handlers_disconnect_by_data (self->cues, self);
  g_clear_object (&self->cues);
  if (self->dissections != NULL)
    g_signal_handlers_disconnect_by_data (self->dissections, self);
  g_clear_object (&self->dissections);
  forget_shown (self);
  g_clear_object (&self->tiles);
  g_clear_object (&self->pair);
  g_clear_object (&self->layer);
  G_OBJECT_CLASS (fovea_layer_measures_parent_class)->dispose (object);
}

static void
fovea_layer_measures_finalize (GObject *object)
{
  g_free (FOVEA_LAYER_MEASURES (object)->concepts);
  G_OBJECT_CLASS (fovea_layer_measures_parent_class)->finalize (object);
}

static void
fovea_layer_measures_class_init (FoveaLayerMeasuresClass *class)
{
  G_OBJECT_CLASS (class)->dispose = fovea_layer_measures_dispose;
  G_OBJECT_CLASS (class)->finalize = fovea_layer_measures_finalize;

  signals[CHANGED] = g_signal_new ("changed", FOVEA_TYPE_LAYER_MEASURES, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[VALUES_CHANGED] = g_signal_new ("values-changed", FOVEA_TYPE_LAYER_MEASURES, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
fovea_layer_measures_init (FoveaLayerMeasures *self)
{
  FoveaSettings *settings = fovea_application_get_settings ();

  self->dissections = fovea_dissection_run_new ();
  fovea_dissection_run_set_estimates (self->dissections, FALSE);
  fovea_dissection_run_set_source (self->dissections, fovea_application_get_reading_queue (), fovea_application_get_job_queue (), fovea_application_get_store ());
  g_signal_connect_swapped (self->dissections, "changed", G_CALLBACK (dissections_changed), self);
  if (settings != NULL)
    {
      g_signal_connect_object (settings, "notify::dissection-quantile", G_CALLBACK (settings_changed), self, G_CONNECT_SWAPPED);
      g_signal_connect_object (settings, "notify::dissection-iou", G_CALLBACK (settings_changed), self, G_CONNECT_SWAPPED);
    }
}

/**
 * fovea_layer_measures_new:
 *
 * Returns: (transfer full): measures of nothing, with the application's queues and store
 */
FoveaLayerMeasures *
fovea_layer_measures_new (void)
{
  return g_object_new (FOVEA_TYPE_LAYER_MEASURES, NULL);
}

/**
 * fovea_layer_measures_set_scans:
 * @self: measures
 * @scans: (nullable): where scans come from; they are made to follow the layer
 */
void
fovea_layer_measures_set_scans (FoveaLayerMeasures *self,
                                FoveaLayerScans *scans)
{
  g_return_if_fail (FOVEA_IS_LAYER_MEASURES (self));

  if (self->scans != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->scans, self);
      if (self->watching)
        fovea_layer_scans_unwatch (self->scans);
      self->watching = FALSE;
    }
  g_set_object (&self->scans, scans);
  if (scans == NULL)
    return;
  g_signal_connect_swapped (scans, "changed", G_CALLBACK (scans_changed), self);
  g_signal_connect_swapped (scans, "progress", G_CALLBACK (scan_progressed), self);
  look_up_needed (self);
}

/**
 * fovea_layer_measures_set_layer:
 * @self: measures
 * @pair: a pair
 * @layer: one of its layers
 * @tiles: (element-type FoveaTile): the layer's tiles
 *
 * Writes onto the tiles what is known of them.
 */
void
fovea_layer_measures_set_layer (FoveaLayerMeasures *self,
                                FoveaNetworkPair *pair,
                                FoveaLayer *layer,
                                GListModel *tiles)
{
  g_return_if_fail (FOVEA_IS_LAYER_MEASURES (self) && FOVEA_IS_NETWORK_PAIR (pair) && FOVEA_IS_LAYER (layer) && G_IS_LIST_MODEL (tiles));

  if (pair != self->pair)
    {
      if (self->cues != NULL)
        g_signal_handlers_disconnect_by_data (self->cues, self);
      g_set_object (&self->cues, fovea_cue_results_of_pair (pair));
      if (self->cues != NULL)
        g_signal_connect_swapped (self->cues, "changed", G_CALLBACK (cues_changed), self);
    }
  g_set_object (&self->pair, pair);
  g_set_object (&self->layer, layer);
  g_set_object (&self->tiles, tiles);
  forget_shown (self);
  for (FoveaSide side = 0; side < FOVEA_N_SIDES; side++)
    {
      fovea_tile_values_show_scan (tiles, side, NULL);
      fovea_tile_values_show_tally (tiles, side, NULL, 0);
    }
  fovea_dissection_run_set_layer (self->dissections, pair, get_name (self));
  if (self->scans != NULL)
    fovea_layer_scans_set_layer (self->scans, pair, get_name (self));
  show_scans (self);
  show_preferences (self);
  show_dissections (self);
  look_up_needed (self);
  g_signal_emit (self, signals[VALUES_CHANGED], 0);
  g_signal_emit (self, signals[CHANGED], 0);
}

/**
 * fovea_layer_measures_set_concepts:
 * @self: measures
 * @key: as fovea_dissection_run_set_concepts()
 *
 * Looks up what was dissected with these concepts, and again where nothing was the last time.
 */
void
fovea_layer_measures_set_concepts (FoveaLayerMeasures *self,
                                   const char *key)
{
  g_return_if_fail (FOVEA_IS_LAYER_MEASURES (self));

  if (g_strcmp0 (key, self->concepts) == 0 && fovea_dissection_run_get_state (self->dissections) != FOVEA_DISSECTION_MISSING)
    return;
  if (g_strcmp0 (key, self->concepts) != 0)
    {
      g_free (self->concepts);
      self->concepts = g_strdup (key);
    }
  fovea_dissection_run_set_estimates (self->dissections, self->needed[FOVEA_MEASURES_CONCEPTS]);
  fovea_dissection_run_set_concepts (self->dissections, key);
}

/**
 * fovea_layer_measures_set_active:
 * @self: measures
 * @active: whether people see the tiles: only then is it measured how long something would take, and do concepts follow the
 *   sliders of dissections
 */
void
fovea_layer_measures_set_active (FoveaLayerMeasures *self,
                                 gboolean active)
{
  g_return_if_fail (FOVEA_IS_LAYER_MEASURES (self));

  self->active = active;
  if (active && self->layer != NULL && self->scans != NULL)
    fovea_layer_scans_set_layer (self->scans, self->pair, get_name (self));
  settings_changed (self);
  look_up_needed (self);
  g_signal_emit (self, signals[CHANGED], 0);
}

/**
 * fovea_layer_measures_set_needed:
 * @self: measures
 * @source: where values come from
 * @needed: whether people asked for them
 */
void
fovea_layer_measures_set_needed (FoveaLayerMeasures *self,
                                 FoveaMeasureSource source,
                                 gboolean needed)
{
  g_return_if_fail (FOVEA_IS_LAYER_MEASURES (self) && (guint) source < FOVEA_N_MEASURE_SOURCES);

  if (self->needed[source] == needed)
    return;
  self->needed[source] = needed;
  look_up_needed (self);
  g_signal_emit (self, signals[CHANGED], 0);
}

/**
 * fovea_layer_measures_is_needed:
 * @self: measures
 * @source: where values come from
 *
 * Returns: whether people asked for them
 */
gboolean
fovea_layer_measures_is_needed (FoveaLayerMeasures *self,
                                FoveaMeasureSource source)
{
  g_return_val_if_fail (FOVEA_IS_LAYER_MEASURES (self) && (guint) source < FOVEA_N_MEASURE_SOURCES, FALSE);
  return self->needed[source];
}

static FoveaMeasureState
get_scan_state (FoveaLayerMeasures *self)
{
  static const FoveaMeasureState states[] = {
    [FOVEA_SCANS_NOTHING] = FOVEA_MEASURE_LOOKING,
    [FOVEA_SCANS_READING] = FOVEA_MEASURE_LOOKING,
    [FOVEA_SCANS_UNREADABLE] = FOVEA_MEASURE_IMPOSSIBLE,
    [FOVEA_SCANS_MISSING] = FOVEA_MEASURE_MISSING,
    [FOVEA_SCANS_RUNNING] = FOVEA_MEASURE_RUNNING,
    [FOVEA_SCANS_COMPLETE] = FOVEA_MEASURE_READY,
  };

  return has_scans (self) ? states[fovea_layer_scans_get_state (self->scans)] : FOVEA_MEASURE_LOOKING;
}

static FoveaMeasureState
get_cue_state (FoveaLayerMeasures *self,
               FoveaCueStatus *status)
{
  static const FoveaMeasureState states[] = {
    [FOVEA_CUE_LOOKING] = FOVEA_MEASURE_LOOKING,
    [FOVEA_CUE_FAILED] = FOVEA_MEASURE_IMPOSSIBLE,
    [FOVEA_CUE_MISSING] = FOVEA_MEASURE_MISSING,
    [FOVEA_CUE_COMPUTING] = FOVEA_MEASURE_RUNNING,
    [FOVEA_CUE_DONE] = FOVEA_MEASURE_READY,
  };

  if (self->cues == NULL || self->layer == NULL || !self->needed[FOVEA_MEASURES_CUES] || !self->active)
    return FOVEA_MEASURE_LOOKING;
  fovea_cue_results_look_up (self->cues, get_name (self), status);
  return states[status->state];
}

static FoveaMeasureState
get_concept_state (FoveaLayerMeasures *self)
{
  static const FoveaMeasureState states[] = {
    [FOVEA_DISSECTION_NOTHING] = FOVEA_MEASURE_LOOKING,
    [FOVEA_DISSECTION_READING] = FOVEA_MEASURE_LOOKING,
    [FOVEA_DISSECTION_MISSING] = FOVEA_MEASURE_MISSING,
    [FOVEA_DISSECTION_COMPUTING] = FOVEA_MEASURE_RUNNING,
    [FOVEA_DISSECTION_READY] = FOVEA_MEASURE_READY,
    [FOVEA_DISSECTION_FAILED] = FOVEA_MEASURE_IMPOSSIBLE,
  };

  return states[fovea_dissection_run_get_state (self->dissections)];
}

/**
 * fovea_layer_measures_get_state:
 * @self: measures
 * @source: where values come from
 *
 * Returns: how it stands; what is not needed may be said to be looked for
 */
FoveaMeasureState
fovea_layer_measures_get_state (FoveaLayerMeasures *self,
                                FoveaMeasureSource source)
{
  FoveaCueStatus status;

  g_return_val_if_fail (FOVEA_IS_LAYER_MEASURES (self), FOVEA_MEASURE_LOOKING);

  return source == FOVEA_MEASURES_SCAN ? get_scan_state (self) : source == FOVEA_MEASURES_CUES ? get_cue_state (self, &status) : get_concept_state (self);
}

/**
 * fovea_layer_measures_has_values:
 * @self: measures
 * @source: where values come from
 *
 * Returns: whether the tiles have values of at least one network, perhaps only of the first images
 */
gboolean
fovea_layer_measures_has_values (FoveaLayerMeasures *self,
                                 FoveaMeasureSource source)
{
  gboolean has = FALSE;

  g_return_val_if_fail (FOVEA_IS_LAYER_MEASURES (self), FALSE);

  for (FoveaSide side = 0; side < FOVEA_N_SIDES; side++)
    if (source == FOVEA_MEASURES_SCAN)
      has |= self->shown_scans[side] != NULL;
    else if (source == FOVEA_MEASURES_CUES)
      has |= self->cues != NULL && self->layer != NULL && fovea_cue_results_get_layer (self->cues, side, get_name (self)) != NULL;
    else
      has |= self->shown_dissections[side] != NULL;
  return has;
}

/**
 * fovea_layer_measures_get_fraction:
 * @self: measures
 * @source: where values come from
 *
 * Returns: how much of it is done, in [0,1]
 */
double
fovea_layer_measures_get_fraction (FoveaLayerMeasures *self,
                                   FoveaMeasureSource source)
{
  FoveaScansProgress progress = { 0 };
  FoveaCueStatus status = { 0 };
  double seconds_left;

  g_return_val_if_fail (FOVEA_IS_LAYER_MEASURES (self), 0);

  switch (source)
    {
    case FOVEA_MEASURES_SCAN:
      if (has_scans (self))
        fovea_layer_scans_get_progress (self->scans, &progress);
      return progress.total > 0 ? (double) progress.done / (double) progress.total : 0;
    case FOVEA_MEASURES_CUES:
      get_cue_state (self, &status);
      return status.total > 0 ? (double) status.done / (double) status.total : 0;
    case FOVEA_MEASURES_CONCEPTS:
    case FOVEA_N_MEASURE_SOURCES:
    default:
      return fovea_dissection_run_get_progress (self->dissections, &seconds_left);
    }
}

/**
 * fovea_layer_measures_start:
 * @self: measures
 * @source: where values come from
 *
 * Measures what is missing.
 */
void
fovea_layer_measures_start (FoveaLayerMeasures *self,
                            FoveaMeasureSource source)
{
  g_return_if_fail (FOVEA_IS_LAYER_MEASURES (self));

  if (self->layer == NULL || fovea_layer_measures_get_state (self, source) != FOVEA_MEASURE_MISSING)
    return;
  if (source == FOVEA_MEASURES_SCAN)
    fovea_layer_scans_start (self->scans, FALSE);
  else if (source == FOVEA_MEASURES_CUES)
    fovea_cue_results_compute (self->cues, get_name (self));
  else
    fovea_dissection_run_start (self->dissections);
}

/**
 * fovea_layer_measures_stop:
 * @self: measures
 * @source: where values come from
 *
 * Stops measuring. A scan keeps what it has done.
 */
void
fovea_layer_measures_stop (FoveaLayerMeasures *self,
                           FoveaMeasureSource source)
{
  g_return_if_fail (FOVEA_IS_LAYER_MEASURES (self));

  if (source == FOVEA_MEASURES_SCAN && self->scans != NULL)
    fovea_layer_scans_stop (self->scans);
  else if (source == FOVEA_MEASURES_CUES && self->cues != NULL)
    fovea_cue_results_stop (self->cues);
  else if (source == FOVEA_MEASURES_CONCEPTS)
    fovea_dissection_run_stop (self->dissections);
}

/**
 * fovea_tile_measure_get_source:
 * @measure: a value
 *
 * Returns: where it comes from
 */
FoveaMeasureSource
fovea_tile_measure_get_source (FoveaTileMeasure measure)
{
  switch (measure)
    {
    case FOVEA_TILE_PREFERENCE:
      return FOVEA_MEASURES_CUES;
    case FOVEA_TILE_IOU:
      return FOVEA_MEASURES_CONCEPTS;
    case FOVEA_TILE_PEAK:
    case FOVEA_TILE_SELECTIVITY:
    case FOVEA_TILE_N_MEASURES:
    default:
      return FOVEA_MEASURES_SCAN;
    }
}

/**
 * fovea_layer_measures_get_scans:
 * @self: measures
 *
 * Returns: (transfer none) (nullable): where scans come from; %NULL while they follow another layer
 */
FoveaLayerScans *
fovea_layer_measures_get_scans (FoveaLayerMeasures *self)
{
  g_return_val_if_fail (FOVEA_IS_LAYER_MEASURES (self), NULL);
  return has_scans (self) ? self->scans : NULL;
}

/**
 * fovea_layer_measures_get_cues:
 * @self: measures
 *
 * Returns: (transfer none) (nullable): where preferences come from
 */
FoveaCueResults *
fovea_layer_measures_get_cues (FoveaLayerMeasures *self)
{
  g_return_val_if_fail (FOVEA_IS_LAYER_MEASURES (self), NULL);
  return self->cues;
}

/**
 * fovea_layer_measures_get_layer:
 * @self: measures
 *
 * Returns: (transfer none) (nullable): the layer that they follow
 */
FoveaLayer *
fovea_layer_measures_get_layer (FoveaLayerMeasures *self)
{
  g_return_val_if_fail (FOVEA_IS_LAYER_MEASURES (self), NULL);
  return self->layer;
}

/**
 * fovea_layer_measures_get_dissections:
 * @self: measures
 *
 * Returns: (transfer none): where concepts come from
 */
FoveaDissectionRun *
fovea_layer_measures_get_dissections (FoveaLayerMeasures *self)
{
  g_return_val_if_fail (FOVEA_IS_LAYER_MEASURES (self), NULL);
  return self->dissections;
}
