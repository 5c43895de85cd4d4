/* Reading JSON from files that nobody vouches for.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <json-glib/json-glib.h>

#include "engine/error.h"

G_BEGIN_DECLS

JsonNode *fovea_json_parse (const char *text, gsize length, GError **error);

G_END_DECLS
