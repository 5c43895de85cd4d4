/* Where files are: what Fovea comes with, the user's data, what was computed.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

char *fovea_locations_find_resource (const char *relative_path);
char *fovea_locations_get_user_data (const char *relative_path);
char *fovea_locations_get_cache (const char *relative_path);

G_END_DECLS
