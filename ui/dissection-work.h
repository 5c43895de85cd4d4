/* What workers read and compute of a pair's layer for a dissection run.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/analysis/tally.h"
#include "ui/job-queue.h"
#include "ui/network-pair.h"

G_BEGIN_DECLS

/**
 * FoveaDissectionWork:
 * @store: (nullable): where dissections are kept; not owned
 * @key: the set's name or folder
 * @set: (nullable): the set; %NULL is to be opened
 * @error: (nullable): why it cannot be
 * @networks: (nullable): for each side; %NULL is not wanted
 * @layers: for each side, which node
 * @estimates: whether networks are tried where dissections are missing
 * @estimate: how many seconds it would take to dissect them; negative is unknown
 * @mutex: guards all below
 * @dissections: (nullable): for each side
 * @tallies: (nullable) (element-type FoveaTally): for each side what its channels detect, at each of its quantiles
 * @errors: (nullable): for each side why it cannot be dissected
 * @n_sides: how many networks are wanted
 * @n_done: how many of them are dissected, or cannot be
 * @fraction: how much of the one that is computed is done
 * @seconds_left: for it; negative is unknown
 * @owner: whoever made it; never touched
 *
 * Owned by one job.
 */
typedef struct {
  FoveaStore *store;
  char *key;
  FoveaConceptSet *set;
  GError *error;
  FoveaNetwork *networks[FOVEA_N_SIDES];
  int layers[FOVEA_N_SIDES];
  gboolean estimates;
  double estimate;

  GMutex mutex;
  FoveaDissection *dissections[FOVEA_N_SIDES];
  GPtrArray *tallies[FOVEA_N_SIDES];
  GError *errors[FOVEA_N_SIDES];
  guint n_sides;
  guint n_done;
  double fraction;
  double seconds_left;

  gpointer owner;
} FoveaDissectionWork;

FoveaDissectionWork *fovea_dissection_work_new (FoveaStore *store, const char *key, gpointer owner);
void fovea_dissection_work_add_side (FoveaDissectionWork *work, FoveaSide side, FoveaNetwork *network, int layer);
void fovea_dissection_work_free (gpointer work);

/* Both are functions of jobs. */
void fovea_dissection_work_read (FoveaQueuedJob *job, gpointer work);
void fovea_dissection_work_compute (FoveaQueuedJob *job, gpointer work);

G_END_DECLS
