/* What was measured of a layer's channels, written onto its tiles.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "ui/cue-results.h"
#include "ui/dissection-run.h"
#include "ui/layer.h"
#include "ui/layer-scans.h"
#include "ui/tile-sorter.h"

G_BEGIN_DECLS

/**
 * FoveaMeasureSource:
 * @FOVEA_MEASURES_SCAN: a scan of the current image set: peaks, class selectivity, dead channels, patches
 * @FOVEA_MEASURES_CUES: cue-conflict images: preferences for shape or texture
 * @FOVEA_MEASURES_CONCEPTS: a dissection: concepts and IoUs
 */
typedef enum {
  FOVEA_MEASURES_SCAN,
  FOVEA_MEASURES_CUES,
  FOVEA_MEASURES_CONCEPTS,
  FOVEA_N_MEASURE_SOURCES,
} FoveaMeasureSource;

/**
 * FoveaMeasureState:
 * @FOVEA_MEASURE_LOOKING: what is stored is being read
 * @FOVEA_MEASURE_IMPOSSIBLE: it cannot be measured
 * @FOVEA_MEASURE_MISSING: it can be measured
 * @FOVEA_MEASURE_RUNNING: it is being measured
 * @FOVEA_MEASURE_READY: it was
 */
typedef enum {
  FOVEA_MEASURE_LOOKING,
  FOVEA_MEASURE_IMPOSSIBLE,
  FOVEA_MEASURE_MISSING,
  FOVEA_MEASURE_RUNNING,
  FOVEA_MEASURE_READY,
} FoveaMeasureState;

/**
 * FoveaLayerMeasures:
 *
 * Follows a layer. What was stored is looked up, scans and dissections always, cue conflicts when they are needed; nothing is
 * computed unless somebody asks for it. Belongs to the main thread.
 *
 * Emits `changed` when a state or a progress did, and `values-changed` when the tiles have other values.
 */
#define FOVEA_TYPE_LAYER_MEASURES (fovea_layer_measures_get_type ())
G_DECLARE_FINAL_TYPE (FoveaLayerMeasures, fovea_layer_measures, FOVEA, LAYER_MEASURES, GObject)

FoveaLayerMeasures *fovea_layer_measures_new (void);
void fovea_layer_measures_set_scans (FoveaLayerMeasures *self, FoveaLayerScans *scans);
void fovea_layer_measures_set_layer (FoveaLayerMeasures *self, FoveaNetworkPair *pair, FoveaLayer *layer, GListModel *tiles);
void fovea_layer_measures_set_concepts (FoveaLayerMeasures *self, const char *key);
void fovea_layer_measures_set_active (FoveaLayerMeasures *self, gboolean active);

void fovea_layer_measures_set_needed (FoveaLayerMeasures *self, FoveaMeasureSource source, gboolean needed);
gboolean fovea_layer_measures_is_needed (FoveaLayerMeasures *self, FoveaMeasureSource source);
FoveaMeasureState fovea_layer_measures_get_state (FoveaLayerMeasures *self, FoveaMeasureSource source);
gboolean fovea_layer_measures_has_values (FoveaLayerMeasures *self, FoveaMeasureSource source);
double fovea_layer_measures_get_fraction (FoveaLayerMeasures *self, FoveaMeasureSource source);

void fovea_layer_measures_start (FoveaLayerMeasures *self, FoveaMeasureSource source);
void fovea_layer_measures_stop (FoveaLayerMeasures *self, FoveaMeasureSource source);

FoveaMeasureSource fovea_tile_measure_get_source (FoveaTileMeasure measure);
FoveaLayer *fovea_layer_measures_get_layer (FoveaLayerMeasures *self);
FoveaCueResults *fovea_layer_measures_get_cues (FoveaLayerMeasures *self);
FoveaLayerScans *fovea_layer_measures_get_scans (FoveaLayerMeasures *self);
FoveaDissectionRun *fovea_layer_measures_get_dissections (FoveaLayerMeasures *self);

G_END_DECLS
