/* Measured numbers as people read them in the window.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

char *fovea_number_format (double value, guint n_digits);

G_END_DECLS
