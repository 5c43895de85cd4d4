/* Writing a whole file, so that a reader finds the old or the new one and never half of it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <stdio.h>

#include <glib.h>

#include "engine/error.h"

G_BEGIN_DECLS

/**
 * FoveaWriteFunc:
 * @file: what to write to
 * @data: the caller's
 *
 * Writes everything; errors of @file are seen afterwards by fovea_write_file_with().
 */
typedef void (*FoveaWriteFunc) (FILE *file, gconstpointer data);

gboolean fovea_write_file (const char *path, const void *data, gsize size, GError **error);
void fovea_write_floats (FILE *file, const float *values, gsize n_values);
gboolean fovea_write_file_with (const char *path, FoveaWriteFunc write, gconstpointer data, GError **error);

G_END_DECLS
