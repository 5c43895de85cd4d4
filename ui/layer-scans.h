/* What scans of the current image set say of one layer, in both networks.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/analysis/match.h"
#include "engine/analysis/scan.h"
#include "ui/image-sets.h"
#include "ui/scanning.h"

G_BEGIN_DECLS

/**
 * FoveaScansState:
 * @FOVEA_SCANS_NOTHING: no layer was chosen
 * @FOVEA_SCANS_READING: the set, or what is stored, is being read
 * @FOVEA_SCANS_UNREADABLE: the set cannot be read
 * @FOVEA_SCANS_MISSING: not scanned, or not to the end: then there are scans of the first images
 * @FOVEA_SCANS_RUNNING: being scanned
 * @FOVEA_SCANS_COMPLETE: there is a scan of the whole set for each network
 */
typedef enum {
  FOVEA_SCANS_NOTHING,
  FOVEA_SCANS_READING,
  FOVEA_SCANS_UNREADABLE,
  FOVEA_SCANS_MISSING,
  FOVEA_SCANS_RUNNING,
  FOVEA_SCANS_COMPLETE,
} FoveaScansState;

/**
 * FoveaScansProgress:
 * @done: images of the set that were gone through
 * @total: images of the set
 * @rate: images a second; negative while it is not known
 * @seconds_left: negative while it is not known: what a scan takes from here, while it runs or before
 * @other: (nullable): the layers that are being scanned where this is not one of them
 * @error: (nullable): why the set cannot be read, or the last scan ended early
 */
typedef struct {
  guint64 done;
  guint64 total;
  double rate;
  double seconds_left;
  const char *other;
  const char *error;
} FoveaScansProgress;

/**
 * FoveaLayerScans:
 *
 * Follows a layer of a pair and the current image set: reads what is stored, runs scans in the
 * background, stops and resumes them. A scan goes on when another layer is chosen. Belongs to the main
 * thread.
 *
 * Emits `changed` when its state or scans, or the match, changed, and `progress` at most ten times a second.
 */
#define FOVEA_TYPE_LAYER_SCANS (fovea_layer_scans_get_type ())
G_DECLARE_FINAL_TYPE (FoveaLayerScans, fovea_layer_scans, FOVEA, LAYER_SCANS, GObject)

FoveaLayerScans *fovea_layer_scans_new (FoveaJobQueue *queue, FoveaJobQueue *reading_queue, FoveaStore *store, FoveaImageSets *sets);
FoveaImageSets *fovea_layer_scans_get_sets (FoveaLayerScans *self);
void fovea_layer_scans_set_layer (FoveaLayerScans *self, FoveaNetworkPair *pair, const char *layer);
void fovea_layer_scans_set_several (FoveaLayerScans *self, gboolean several);
gboolean fovea_layer_scans_get_several (FoveaLayerScans *self);
gboolean fovea_layer_scans_follows (FoveaLayerScans *self, FoveaNetworkPair *pair, const char *layer);
void fovea_layer_scans_watch (FoveaLayerScans *self);
void fovea_layer_scans_unwatch (FoveaLayerScans *self);
void fovea_layer_scans_forget (FoveaLayerScans *self);

void fovea_layer_scans_start (FoveaLayerScans *self, gboolean all_layers);
void fovea_layer_scans_stop (FoveaLayerScans *self);

FoveaScansState fovea_layer_scans_get_state (FoveaLayerScans *self);
void fovea_layer_scans_get_progress (FoveaLayerScans *self, FoveaScansProgress *progress);
FoveaImageSet *fovea_layer_scans_get_set (FoveaLayerScans *self);
FoveaScan *fovea_layer_scans_get_scan (FoveaLayerScans *self, FoveaSide side);
const FoveaMatch *fovea_layer_scans_get_match (FoveaLayerScans *self);

G_END_DECLS
