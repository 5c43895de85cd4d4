/* The window that makes cue-conflict images.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "ui/network-pair.h"
#include "ui/stylize-run.h"
#include "ui/stylize-well.h"

G_BEGIN_DECLS

/**
 * FoveaStylizeDialog:
 *
 * A shape image and a texture image, a network, and what comes of them, live. Emits `show-image` when people want to see
 * the result in the Lens.
 */
#define FOVEA_TYPE_STYLIZE_DIALOG (fovea_stylize_dialog_get_type ())
G_DECLARE_FINAL_TYPE (FoveaStylizeDialog, fovea_stylize_dialog, FOVEA, STYLIZE_DIALOG, AdwWindow)

GtkWidget *fovea_stylize_dialog_new (GtkWindow *parent);
void fovea_stylize_dialog_set_pair (FoveaStylizeDialog *self, FoveaNetworkPair *pair);
FoveaStylizeWell *fovea_stylize_dialog_get_shape_well (FoveaStylizeDialog *self);
FoveaStylizeWell *fovea_stylize_dialog_get_texture_well (FoveaStylizeDialog *self);
FoveaStylizeRun *fovea_stylize_dialog_get_run (FoveaStylizeDialog *self);
char *fovea_stylize_dialog_get_file_name (FoveaStylizeDialog *self);
void fovea_stylize_dialog_add_to_folder (FoveaStylizeDialog *self, const char *folder);

G_END_DECLS
