/* What the neurons of a pair make of cue-conflict images: from the store, or computed when asked for.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/analysis/cue-preference.h"
#include "engine/store.h"
#include "ui/cue-stimuli.h"
#include "ui/network-pair.h"

G_BEGIN_DECLS

/* What takes less than so many seconds need not be asked for. */
#define FOVEA_CUE_QUICK 5.0

/**
 * FoveaCueState:
 * @FOVEA_CUE_LOOKING: the images are being read, or the store is asked
 * @FOVEA_CUE_FAILED: it cannot be done; the error says why
 * @FOVEA_CUE_MISSING: it has to be computed
 * @FOVEA_CUE_COMPUTING: it is
 * @FOVEA_CUE_DONE: it is there
 */
typedef enum {
  FOVEA_CUE_LOOKING,
  FOVEA_CUE_FAILED,
  FOVEA_CUE_MISSING,
  FOVEA_CUE_COMPUTING,
  FOVEA_CUE_DONE,
} FoveaCueState;

/**
 * FoveaCueStatus:
 * @error: (nullable): why it failed; valid until the next change
 * @seconds: of what is missing: how long it will take
 * @n_images: how many images will be shown to how many networks, @n_networks
 * @stopped: whether people stopped it
 * @done, @total: of what is being computed: images
 * @seconds_left: negative while there is no estimate
 */
typedef struct {
  FoveaCueState state;
  const char *error;
  double seconds;
  gsize n_images;
  guint n_networks;
  gboolean stopped;
  guint64 done;
  guint64 total;
  double seconds_left;
} FoveaCueStatus;

/**
 * FoveaCueResults:
 *
 * Belongs to the main thread. Emits `changed` when a status did. When another set of images becomes the current one,
 * everything is forgotten, and what is being computed is dropped.
 */
#define FOVEA_TYPE_CUE_RESULTS (fovea_cue_results_get_type ())
G_DECLARE_FINAL_TYPE (FoveaCueResults, fovea_cue_results, FOVEA, CUE_RESULTS, GObject)

FoveaCueResults *fovea_cue_results_of_pair (FoveaNetworkPair *pair);

FoveaCueStimuli *fovea_cue_results_get_stimuli (FoveaCueResults *self);
void fovea_cue_results_look_up (FoveaCueResults *self, const char *layer, FoveaCueStatus *status);
const FoveaCueLayer *fovea_cue_results_get_layer (FoveaCueResults *self, FoveaSide side, const char *layer);
void fovea_cue_results_compute (FoveaCueResults *self, const char *layer);
void fovea_cue_results_stop (FoveaCueResults *self);

G_END_DECLS
