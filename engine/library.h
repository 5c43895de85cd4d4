/* Where networks are found: built in, in the user's data folder, by path.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/network.h"

G_BEGIN_DECLS

/**
 * FoveaLibraryEntry:
 * @name: what `--network` takes
 * @path: the file
 * @built_in: whether it came with Fovea
 */
typedef struct {
  char *name;
  char *path;
  gboolean built_in;
} FoveaLibraryEntry;

GPtrArray *fovea_library_list (void);
FoveaNetwork *fovea_library_open (const char *name_or_path, GError **error);
FoveaNetwork *fovea_library_open_with_options (const char *name_or_path, const FoveaNetworkOptions *options, GError **error);
void fovea_library_entry_free (FoveaLibraryEntry *entry);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaLibraryEntry, fovea_library_entry_free)

G_END_DECLS
