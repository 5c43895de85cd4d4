/* What commands give: files whose names are checked beforehand, JSON and tables on standard output.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

gboolean fovea_output_check (const char *path, const char *const *endings, GError **error);
char *fovea_output_replace_ending (const char *path, const char *ending);

char *fovea_output_format_json (JsonBuilder *builder);
void fovea_output_print_json (JsonBuilder *builder);
void fovea_output_print_table (const char *const *headings, guint n_columns, GPtrArray *cells);

G_END_DECLS
