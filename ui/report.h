/* Everything that Chen, Agarwal, Nguyen (2020) measured, for a pair of networks, as one document.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/analysis/attack.h"
#include "engine/analysis/cue-set.h"
#include "engine/images/concept-set.h"
#include "engine/store.h"
#include "ui/document.h"

G_BEGIN_DECLS

/* No more layers are described unless they are named: a deep network's are taken at equal distances. */
#define FOVEA_REPORT_MAX_LAYERS 8

/* More neurons of a layer than this are no examples. */
#define FOVEA_REPORT_MAX_EXAMPLES 20

/**
 * FoveaReportSettings:
 * @standard, @robust: the pair
 * @store: where results are kept, so that a report that was stopped goes on
 * @images: the image set
 * @concepts: (nullable): the concept set; %NULL leaves Network Dissection out
 * @cues: (nullable): the cue-conflict images; %NULL leaves the shape bias out
 * @layers: (nullable) (array zero-terminated=1): names of the layers to describe; %NULL is the convolutions
 * @n_images: how many images smoothness and accuracy are measured on: the first ones, and at equal distances those
 *   whose class the networks know; 0 is all
 * @sigma: of the noise
 * @attack: how the networks are attacked
 * @seed: of the noise and the variants
 * @n_examples: how many neurons of each layer are shown; 0 is none
 *
 * Nothing is owned. fovea_report_settings_init() fills in the defaults.
 */
typedef struct {
  FoveaNetwork *standard;
  FoveaNetwork *robust;
  FoveaStore *store;
  FoveaImageSet *images;
  FoveaConceptSet *concepts;
  FoveaCueSet *cues;
  const char *const *layers;
  gsize n_images;
  double sigma;
  FoveaAttackOptions attack;
  guint64 seed;
  guint n_examples;
} FoveaReportSettings;

/**
 * FoveaReportFunc:
 * @step: what is being computed, for people
 * @n_done, @n_steps: steps of the report
 * @done, @total: of this step; @total is 0 where that is not known
 * @seconds_left: of this step; negative where that is not known
 *
 * Called from the thread that makes the report.
 */
typedef void (*FoveaReportFunc) (const char *step, guint n_done, guint n_steps, guint64 done, guint64 total, double seconds_left, gpointer data);

void fovea_report_settings_init (FoveaReportSettings *settings);
GPtrArray *fovea_report_list_layers (FoveaNetwork *network);
FoveaDocument *fovea_report_make (const FoveaReportSettings *settings, FoveaReportFunc progress, gpointer progress_data, GCancellable *cancellable, GError **error);

G_END_DECLS
