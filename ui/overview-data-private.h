/* What the files that make up the overview's data share.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/analysis/tally.h"
#include "ui/overview-data.h"

G_BEGIN_DECLS

/* The cue-conflict images that Fovea brings along. */
#define FOVEA_OVERVIEW_CUE_CONFLICT "cue-conflict"

typedef struct
{
  double *values; /* nullable: has not been computed */
  guint n_values;
} FoveaOverviewValues;

struct _FoveaOverviewData
{
  FoveaNetworkPair *pair;
  FoveaStore *store;
  FoveaImageSet *images;
  FoveaConceptSet *concepts; /* nullable, and then there is a problem */
  FoveaCueSet *cues;         /* nullable, and then there is a problem */
  double sigma;              /* of the noise */
  char *problems[FOVEA_OVERVIEW_N_GROUPS];
  GPtrArray *layer_names; /* (element-type utf8) */
  GArray *layers[FOVEA_N_SIDES]; /* (element-type int): their nodes; -1 where the network has none */
  FoveaOverviewValues *values[FOVEA_OVERVIEW_N_DISTRIBUTIONS][FOVEA_N_SIDES];
  FoveaTally **tallies[FOVEA_N_SIDES]; /* each nullable */
};

FoveaNetwork *fovea_overview_data_get_network (const FoveaOverviewData *data, guint side); /* nullable */
int fovea_overview_data_get_node (const FoveaOverviewData *data, guint side, guint layer); /* -1 where the network has no such layer */
guint fovea_overview_data_get_n_channels (const FoveaOverviewData *data, guint side, guint layer);
FoveaMeasureSettings fovea_overview_data_get_settings (const FoveaOverviewData *data);
gboolean fovea_overview_data_is_wanted (const FoveaOverviewData *data, guint chart);
gboolean fovea_overview_data_is_missing (const FoveaOverviewData *data, FoveaOverviewGroup group, guint side, guint layer);

G_END_DECLS
