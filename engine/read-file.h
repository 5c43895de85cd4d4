/* Reading a whole file that people named, whatever it is: copied, or mapped where it is large.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

#include "engine/error.h"

G_BEGIN_DECLS

GBytes *fovea_read_file (const char *path, gsize max_size, GError **error);
GBytes *fovea_map_file (const char *path, GError **error);

G_END_DECLS
