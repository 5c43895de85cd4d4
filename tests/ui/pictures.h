/* Pictures for the window's tests.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

void fovea_test_write_pictures (const char *folder, guint n_pictures);

G_END_DECLS
