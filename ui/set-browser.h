/* A popover that finds an image of the current image set by its name.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

#include "ui/image-sets.h"

G_BEGIN_DECLS

/**
 * FoveaSetBrowser:
 *
 * Which set it is can be changed in it, for all views. Emits `chosen` with the set's place and the image's index.
 */
#define FOVEA_TYPE_SET_BROWSER (fovea_set_browser_get_type ())
G_DECLARE_FINAL_TYPE (FoveaSetBrowser, fovea_set_browser, FOVEA, SET_BROWSER, GtkPopover)

void fovea_set_browser_set_sets (FoveaSetBrowser *self, FoveaImageSets *sets);

G_END_DECLS
