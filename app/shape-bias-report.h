/* What the networks and people of `fovea shape-bias` decided, as JSON, as text, as trials and as a chart.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/analysis/cue-preference.h"
#include "engine/analysis/shape-bias.h"
#include "ui/chart.h"

G_BEGIN_DECLS

/**
 * FoveaShapeBiasReport:
 * @networks: (element-type FoveaNetwork): as they were opened, then with channels switched off
 * @n_whole: how many of them are as they were opened; after them come once or twice as many, in the same order
 * @set: (nullable): what the networks saw
 * @rule: how the probabilities of a category's classes were put together
 * @observers: (element-type FoveaShapeBias): the networks first
 * @n_networks: how many of them are networks
 * @published_people: whether the people are those whose decisions come with Fovea
 * @layers: (nullable): the layers whose neurons were measured
 * @neurons: (element-type GPtrArray): of each network the layers' FoveaCueLayer; empty without layers
 */
typedef struct {
  GPtrArray *networks;
  guint n_whole;
  FoveaCueSet *set;
  FoveaCategoryRule rule;
  GPtrArray *observers;
  guint n_networks;
  gboolean published_people;
  char **layers;
  GPtrArray *neurons;
} FoveaShapeBiasReport;

void fovea_shape_bias_report_print_json (const FoveaShapeBiasReport *report);
void fovea_shape_bias_report_print_text (const FoveaShapeBiasReport *report);
gboolean fovea_shape_bias_report_write_decisions (const FoveaShapeBiasReport *report, const char *path, GError **error);

FoveaChart *fovea_shape_bias_report_draw (const FoveaShapeBiasReport *report);
GArray *fovea_shape_bias_report_get_preferences (const FoveaCueLayer *layer, gboolean only_finite);

G_END_DECLS
