/* A page for what networks make of cue-conflict images: an offer to measure it, its progress, then what came of it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

#include "ui/cue-results.h"

G_BEGIN_DECLS

/**
 * FoveaCuePage:
 *
 * Its properties are for templates: `question` is the title of the offer, `kept` says what is kept of the measurement, such as
 * `decisions`, and `child` shows the results. The widget around it has the actions `cue.compute` and `cue.stop`.
 */
#define FOVEA_TYPE_CUE_PAGE (fovea_cue_page_get_type ())
G_DECLARE_FINAL_TYPE (FoveaCuePage, fovea_cue_page, FOVEA, CUE_PAGE, GtkWidget)

void fovea_cue_page_show_status (FoveaCuePage *self, const FoveaCueStatus *status);
void fovea_cue_page_show_results (FoveaCuePage *self);
const char *fovea_cue_page_get_shown (FoveaCuePage *self);

G_END_DECLS
