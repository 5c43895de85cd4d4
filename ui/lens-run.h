/* How both networks respond to the image in the Lens, computed in the background.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "ui/job-queue.h"
#include "ui/lens-work.h"

G_BEGIN_DECLS

/**
 * FoveaLensRun:
 *
 * Computes what is missing as soon as it is told what is wanted; what is wanted no more is dropped. Emits `changed`
 * when there is something else to show, and `waiting` when that takes longer than people like to wait. Belongs to
 * the main thread.
 */
#define FOVEA_TYPE_LENS_RUN (fovea_lens_run_get_type ())
G_DECLARE_FINAL_TYPE (FoveaLensRun, fovea_lens_run, FOVEA, LENS_RUN, GObject)

FoveaLensRun *fovea_lens_run_new (void);
void fovea_lens_run_set_queue (FoveaLensRun *self, FoveaJobQueue *queue);
void fovea_lens_run_set_priority (FoveaLensRun *self, int priority);

/* What is wanted */
void fovea_lens_run_set_pair (FoveaLensRun *self, FoveaNetworkPair *pair);
void fovea_lens_run_set_layer (FoveaLensRun *self, const char *layer);
void fovea_lens_run_set_image (FoveaLensRun *self, FoveaLensImage *image);
void fovea_lens_run_set_surgery (FoveaLensRun *self, FoveaSurgery surgery, GPtrArray *const addresses[FOVEA_N_SIDES]);
void fovea_lens_run_set_attack (FoveaLensRun *self, const FoveaLensAttackSettings *settings);

/* What there is */
gboolean fovea_lens_run_is_busy (FoveaLensRun *self);
FoveaLensImage *fovea_lens_run_get_image (FoveaLensRun *self);
FoveaResponse *fovea_lens_run_get_response (FoveaLensRun *self, FoveaSide side);
GdkTexture *fovea_lens_run_get_seen (FoveaLensRun *self, FoveaSide side);
FoveaLensAttack *fovea_lens_run_get_attack (FoveaLensRun *self, FoveaSide side, FoveaSide *source);
const char *fovea_lens_run_get_answer_before (FoveaLensRun *self, FoveaSide side);
const char *fovea_lens_run_get_error (FoveaLensRun *self, FoveaSide side, const char **title);

G_END_DECLS
