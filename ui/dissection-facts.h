/* What the Dissection tab knows of a layer, as captions and charts.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "ui/chart-dissection.h"
#include "ui/dissection-run.h"

G_BEGIN_DECLS

/**
 * FoveaDissectionFacts:
 * @layer: (nullable): the layer's name; %NULL where nothing was chosen
 * @set_name: the concepts', for captions
 * @set: (nullable): the concepts
 * @channels: the chosen channel of each network
 * @names: (nullable): each network's name; %NULL where the pair lacks the side
 * @messages: (nullable): why a network has no dissection
 * @networks: (nullable): what was dissected
 * @nodes: which node of it
 * @dissections: (nullable): for each side
 * @tallies: (nullable): for each side what its channels detect, at @quantile
 * @quantile: index of the share of positions above the threshold, in each dissection
 * @iou: from which IoU on a channel is a detector
 *
 * Read the fields, do not write them. Reference-counted; belongs to the main thread.
 */
typedef struct {
  char *layer;
  char *set_name;
  FoveaConceptSet *set;
  guint channels[FOVEA_N_SIDES];
  char *names[FOVEA_N_SIDES];
  char *messages[FOVEA_N_SIDES];
  FoveaNetwork *networks[FOVEA_N_SIDES];
  int nodes[FOVEA_N_SIDES];
  FoveaDissection *dissections[FOVEA_N_SIDES];
  const FoveaTally *tallies[FOVEA_N_SIDES];
  guint quantile;
  double iou;

  /*< private >*/
  grefcount references;
  GPtrArray *all_tallies[FOVEA_N_SIDES];
} FoveaDissectionFacts;

FoveaDissectionFacts *fovea_dissection_facts_new (FoveaDissectionRun *run, FoveaNetworkPair *pair, const char *layer, const guint channels[FOVEA_N_SIDES], const char *set_name, guint quantile, double iou);
FoveaDissectionFacts *fovea_dissection_facts_ref (FoveaDissectionFacts *facts);
void fovea_dissection_facts_unref (FoveaDissectionFacts *facts);

FoveaDissection *fovea_dissection_facts_get_any (const FoveaDissectionFacts *facts);
char *fovea_dissection_facts_describe (const FoveaDissectionFacts *facts);
char *fovea_dissection_facts_describe_problems (const FoveaDissectionFacts *facts, char **messages);
FoveaChart *fovea_dissection_facts_chart_layer (const FoveaDissectionFacts *facts, FoveaDissectionChartKind kind, guint n_others, const FoveaDissectionSeries *others);
FoveaChart *fovea_dissection_facts_chart_neuron (const FoveaDissectionFacts *facts);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaDissectionFacts, fovea_dissection_facts_unref)

G_END_DECLS
