/* Tables as comma-separated values.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/error.h"

G_BEGIN_DECLS

/**
 * FoveaCsvTable:
 *
 * A table that a file holds: a heading, and rows below it. Immutable; belongs to one owner.
 */
typedef struct _FoveaCsvTable FoveaCsvTable;

FoveaCsvTable *fovea_csv_read (const char *path, GError **error);
FoveaCsvTable *fovea_csv_parse (const char *text, gsize size, const char *name, GError **error);
void fovea_csv_table_free (FoveaCsvTable *table);

const char *fovea_csv_table_get_name (const FoveaCsvTable *table); /* of the file, for messages */
guint fovea_csv_table_get_n_columns (const FoveaCsvTable *table);
const char *fovea_csv_table_get_column (const FoveaCsvTable *table, guint column);
int fovea_csv_table_find_column (const FoveaCsvTable *table, const char *column); /* -1 is none */
gsize fovea_csv_table_get_n_rows (const FoveaCsvTable *table);
guint fovea_csv_table_get_line (const FoveaCsvTable *table, gsize row);
guint fovea_csv_table_get_n_fields (const FoveaCsvTable *table, gsize row);
const char *fovea_csv_table_get (const FoveaCsvTable *table, gsize row, int column);

void fovea_csv_append_field (GString *line, const char *field);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaCsvTable, fovea_csv_table_free)

G_END_DECLS
