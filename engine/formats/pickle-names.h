/* Which names a pickle may mention.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

gboolean fovea_pickle_name_is_dangerous (const char *module, const char *name);
gboolean fovea_pickle_attribute_is_dangerous (const char *name);

G_END_DECLS
