/* Zip archives, read in place.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/error.h"

G_BEGIN_DECLS

/**
 * FoveaArchive:
 *
 * An archive in memory, typically a mapped file. Belongs to one thread.
 */
typedef struct _FoveaArchive FoveaArchive;

FoveaArchive *fovea_archive_open (GBytes *bytes, GError **error);
void fovea_archive_free (FoveaArchive *archive);

guint64 fovea_archive_get_n_entries (const FoveaArchive *archive);
const char *fovea_archive_get_name (const FoveaArchive *archive, guint64 index);
gboolean fovea_archive_find (const FoveaArchive *archive, const char *name, guint64 *index);
GBytes *fovea_archive_read (FoveaArchive *archive, guint64 index, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaArchive, fovea_archive_free)

G_END_DECLS
