/* Dissections of a pair's layer: looked up, and computed when people ask for it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/analysis/tally.h"
#include "ui/job-queue.h"
#include "ui/network-pair.h"

G_BEGIN_DECLS

/**
 * FoveaDissectionState:
 * @FOVEA_DISSECTION_NOTHING: no layer was chosen
 * @FOVEA_DISSECTION_READING: the set is opened, and the store is asked
 * @FOVEA_DISSECTION_MISSING: there are networks that were not dissected with the set
 * @FOVEA_DISSECTION_COMPUTING: somebody asked for it
 * @FOVEA_DISSECTION_READY: nothing is missing
 * @FOVEA_DISSECTION_FAILED: the set or all networks cannot be used; fovea_dissection_run_get_error() says why
 */
typedef enum {
  FOVEA_DISSECTION_NOTHING,
  FOVEA_DISSECTION_READING,
  FOVEA_DISSECTION_MISSING,
  FOVEA_DISSECTION_COMPUTING,
  FOVEA_DISSECTION_READY,
  FOVEA_DISSECTION_FAILED,
} FoveaDissectionState;

/**
 * FoveaDissectionRun:
 *
 * Belongs to the main thread. Emits `changed` when its state, a dissection or the progress changed.
 */
#define FOVEA_TYPE_DISSECTION_RUN (fovea_dissection_run_get_type ())
G_DECLARE_FINAL_TYPE (FoveaDissectionRun, fovea_dissection_run, FOVEA, DISSECTION_RUN, GObject)

FoveaDissectionRun *fovea_dissection_run_new (void);
void fovea_dissection_run_set_source (FoveaDissectionRun *self, FoveaJobQueue *reading, FoveaJobQueue *computing, FoveaStore *store);
void fovea_dissection_run_set_estimates (FoveaDissectionRun *self, gboolean estimates);

void fovea_dissection_run_set_layer (FoveaDissectionRun *self, FoveaNetworkPair *pair, const char *layer);
void fovea_dissection_run_set_concepts (FoveaDissectionRun *self, const char *key);
void fovea_dissection_run_refresh (FoveaDissectionRun *self);
void fovea_dissection_run_start (FoveaDissectionRun *self);
void fovea_dissection_run_stop (FoveaDissectionRun *self);

FoveaDissectionState fovea_dissection_run_get_state (FoveaDissectionRun *self);
const char *fovea_dissection_run_get_error (FoveaDissectionRun *self);
const char *fovea_dissection_run_get_side_error (FoveaDissectionRun *self, FoveaSide side);
double fovea_dissection_run_get_estimate (FoveaDissectionRun *self);
double fovea_dissection_run_get_progress (FoveaDissectionRun *self, double *seconds_left);
FoveaNetwork *fovea_dissection_run_get_network (FoveaDissectionRun *self, FoveaSide side, int *layer);
FoveaConceptSet *fovea_dissection_run_get_set (FoveaDissectionRun *self);
FoveaDissection *fovea_dissection_run_get_dissection (FoveaDissectionRun *self, FoveaSide side);
GPtrArray *fovea_dissection_run_get_tallies (FoveaDissectionRun *self, FoveaSide side);

G_END_DECLS
