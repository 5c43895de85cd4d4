/* The colours of activation maps.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define FOVEA_COLOR_SCALE_SIZE 256

const guint8 (*fovea_color_scale_get (void))[3];
guint fovea_color_scale_find (double value, double minimum, double maximum);

G_END_DECLS
