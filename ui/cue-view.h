/* A neuron's cue conflict: does it follow shape or texture, and which images excite it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

#include "ui/cue-images.h"
#include "ui/neuron-view.h"

G_BEGIN_DECLS

/**
 * FoveaCueView:
 *
 * A tab of the neuron page: of both networks the cue-conflict images that excite the neuron most, and where its preference
 * for shape or texture stands in its layer.
 */
#define FOVEA_TYPE_CUE_VIEW (fovea_cue_view_get_type ())
G_DECLARE_FINAL_TYPE (FoveaCueView, fovea_cue_view, FOVEA, CUE_VIEW, GtkWidget)

GtkWidget *fovea_cue_view_new (void);
const char *fovea_cue_view_get_page (FoveaCueView *self);
const char *fovea_cue_view_get_verdict (FoveaCueView *self, FoveaSide side);
FoveaCueImages *fovea_cue_view_get_images (FoveaCueView *self, FoveaSide side);

G_END_DECLS
