/* A menu of sets of images, with or without concepts: the built-in ones, folders, and "Open folder…".
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

#include "ui/image-sets.h"

G_BEGIN_DECLS

/**
 * FoveaImageSetChooser:
 *
 * Shows which set of a list is the current one and chooses another, for all views that share the list.
 */
#define FOVEA_TYPE_IMAGE_SET_CHOOSER (fovea_image_set_chooser_get_type ())
G_DECLARE_FINAL_TYPE (FoveaImageSetChooser, fovea_image_set_chooser, FOVEA, IMAGE_SET_CHOOSER, GtkWidget)

GtkWidget *fovea_image_set_chooser_new (void);
void fovea_image_set_chooser_set_sets (FoveaImageSetChooser *self, FoveaImageSets *sets);
void fovea_image_set_chooser_open_folder (FoveaImageSetChooser *self);

G_END_DECLS
