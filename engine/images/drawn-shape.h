/* Shapes that stand in for photographs where there are none.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Width and height of a drawn shape */
#define FOVEA_DRAWN_SHAPE_SIZE 192

guint fovea_drawn_shape_get_n_shapes (void);
const char *fovea_drawn_shape_get_name (guint shape);
void fovea_drawn_shape_draw (guint shape, guint color, guint8 *rgba);

G_END_DECLS
