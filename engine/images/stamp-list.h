/* Reads the lists of stamps and cues among the resources: lines of columns that tabs separate.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/error.h"

G_BEGIN_DECLS

/**
 * FoveaStampListLine:
 * @fields: the line's columns, as many as it has
 *
 * Returns: (nullable): what is wrong with the line, to stand behind "line 7 ", or %NULL
 */
typedef const char *(*FoveaStampListLine) (const char *const *fields, gpointer data);

gboolean fovea_stamp_list_read (const char *list, GChecksum *checksum, FoveaStampListLine func, gpointer data, GError **error);

G_END_DECLS
