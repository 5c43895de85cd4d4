/* The Lens: what both networks see in one's own image.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

#include "ui/job-queue.h"
#include "ui/lens-input.h"
#include "ui/lens-panel.h"
#include "ui/neuron-view.h"

G_BEGIN_DECLS

/**
 * FoveaLens:
 *
 * A place of the window. Emits `neuron-chosen` with a layer's name and a channel when people choose
 * another neuron here, and `neuron-activated` when they want to go to its page.
 */
#define FOVEA_TYPE_LENS (fovea_lens_get_type ())
G_DECLARE_FINAL_TYPE (FoveaLens, fovea_lens, FOVEA, LENS, GtkWidget)

GtkWidget *fovea_lens_new (void);
void fovea_lens_set_queue (FoveaLens *lens, FoveaJobQueue *queue);

FoveaLensInput *fovea_lens_get_input (FoveaLens *lens);

const char *fovea_lens_get_image_name (FoveaLens *lens);
const char *fovea_lens_get_verdict (FoveaLens *lens);
const char *fovea_lens_get_error (FoveaLens *lens);
gboolean fovea_lens_is_busy (FoveaLens *lens);
FoveaLensPanel *fovea_lens_get_panel (FoveaLens *lens, FoveaSide side);

G_END_DECLS
