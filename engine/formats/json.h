/* Reading JSON from files that nobody vouches for, and adding members to what is written.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <json-glib/json-glib.h>

#include "engine/error.h"

G_BEGIN_DECLS

JsonNode *fovea_json_parse (const char *text, gsize length, GError **error);

void fovea_json_add_string (JsonBuilder *builder, const char *name, const char *value);
void fovea_json_add_integer (JsonBuilder *builder, const char *name, gint64 value);
void fovea_json_add_number (JsonBuilder *builder, const char *name, double value);
void fovea_json_add_boolean (JsonBuilder *builder, const char *name, gboolean value);

G_END_DECLS
