/* The eleven basic colour terms.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define FOVEA_N_COLOR_TERMS 11

const char *fovea_color_term_get_name (guint term);
guint fovea_color_term_of (guint8 red, guint8 green, guint8 blue);

G_END_DECLS
