/* A container that lays its children out in rows, as words in a paragraph.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * FoveaWrapBox:
 *
 * Children follow each other from the start; one that does not fit begins a new row. What is left
 * in a row goes to its children that expand horizontally.
 */
#define FOVEA_TYPE_WRAP_BOX (fovea_wrap_box_get_type ())
G_DECLARE_FINAL_TYPE (FoveaWrapBox, fovea_wrap_box, FOVEA, WRAP_BOX, GtkWidget)

G_END_DECLS
