/* The cue-conflict images that people use: what the current set's images say, and how they look.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gdk/gdk.h>

#include "engine/analysis/cue-set.h"
#include "ui/image-sets.h"

G_BEGIN_DECLS

/**
 * FoveaCueStimuli:
 *
 * The cues of the current one of a list of image sets, and small pictures of its images. Belongs to the main
 * thread. Emits `changed` when another set became the current one, and when it was read.
 */
#define FOVEA_TYPE_CUE_STIMULI (fovea_cue_stimuli_get_type ())
G_DECLARE_FINAL_TYPE (FoveaCueStimuli, fovea_cue_stimuli, FOVEA, CUE_STIMULI, GObject)

FoveaCueStimuli *fovea_cue_stimuli_new (FoveaImageSets *sets, FoveaJobQueue *queue);

FoveaImageSets *fovea_cue_stimuli_get_sets (FoveaCueStimuli *self);
FoveaCueSet *fovea_cue_stimuli_get_set (FoveaCueStimuli *self, const char **error);

GdkTexture *fovea_cue_stimuli_get_picture (FoveaCueStimuli *self, gsize image);
void fovea_cue_stimuli_keep_picture (FoveaCueStimuli *self, FoveaCueSet *set, gsize image, GdkTexture *picture);

G_END_DECLS
