/* Giving a reader of files what is left of good ones, and what fuzzing found.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * FoveaDamageReadFunc:
 * @data: (array length=size): bytes in memory that ends where they end, so that a tool that watches memory sees what
 *   reads beyond
 *
 * Reads them, uses everything that came of it, and frees it.
 *
 * Returns: whether they were read; if not, @error is set
 */
typedef gboolean (*FoveaDamageReadFunc) (const guint8 *data, gsize size, GError **error);

GByteArray *fovea_damage_load (const char *folder, const char *name);
void fovea_damage_truncate (const GByteArray *file, FoveaDamageReadFunc read);
void fovea_damage_flip (const GByteArray *file, FoveaDamageReadFunc read);
void fovea_damage_read_fuzzed (const char *folder, FoveaDamageReadFunc read);

G_END_DECLS
