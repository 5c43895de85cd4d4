/* A place for one of the two images that a stylization is made of.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

#include "ui/lens-input.h"

G_BEGIN_DECLS

/**
 * FoveaStylizeWell:
 *
 * Takes an image that is dropped, pasted, opened or found in an image set, and says which category it shows. Emits
 * `changed` when any of it changed.
 */
#define FOVEA_TYPE_STYLIZE_WELL (fovea_stylize_well_get_type ())
G_DECLARE_FINAL_TYPE (FoveaStylizeWell, fovea_stylize_well, FOVEA, STYLIZE_WELL, GtkBox)

void fovea_stylize_well_set_role (FoveaStylizeWell *self, const char *title, const char *hint);
FoveaLensInput *fovea_stylize_well_get_input (FoveaStylizeWell *self);
FoveaLensImage *fovea_stylize_well_get_image (FoveaStylizeWell *self);
const char *fovea_stylize_well_get_category (FoveaStylizeWell *self);
guint fovea_stylize_well_get_number (FoveaStylizeWell *self);

G_END_DECLS
