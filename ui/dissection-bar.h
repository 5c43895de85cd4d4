/* What a dissection run offers or does, with the buttons that start and stop it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

#include "ui/dissection-run.h"

G_BEGIN_DECLS

/**
 * FoveaDissectionBar:
 *
 * A line of text, and the progress. Its buttons call the actions `dissection.start` and `dissection.stop` of whatever it
 * is in.
 */
#define FOVEA_TYPE_DISSECTION_BAR (fovea_dissection_bar_get_type ())
G_DECLARE_FINAL_TYPE (FoveaDissectionBar, fovea_dissection_bar, FOVEA, DISSECTION_BAR, GtkWidget)

void fovea_dissection_bar_show (FoveaDissectionBar *self, FoveaDissectionRun *run, const char *layer);
const char *fovea_dissection_bar_get_text (FoveaDissectionBar *self);

G_END_DECLS
