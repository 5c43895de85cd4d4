/* What one network calls the image in the Lens.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

#include "engine/analysis/response.h"
#include "ui/network-pair.h"

G_BEGIN_DECLS

/* How many classes are listed. */
#define FOVEA_LENS_N_CLASSES 5

/**
 * FoveaLensClasses:
 *
 * Lists a response's most probable classes, and marks those that the other network lists too.
 */
#define FOVEA_TYPE_LENS_CLASSES (fovea_lens_classes_get_type ())
G_DECLARE_FINAL_TYPE (FoveaLensClasses, fovea_lens_classes, FOVEA, LENS_CLASSES, GtkWidget)

void fovea_lens_classes_set_side (FoveaLensClasses *self, FoveaSide side);
void fovea_lens_classes_show (FoveaLensClasses *self, FoveaResponse *response);
void fovea_lens_classes_set_common (FoveaLensClasses *self, const FoveaResponse *response, const FoveaResponse *other);

G_END_DECLS
