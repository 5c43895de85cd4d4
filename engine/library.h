/* Where networks are found: built in, in the user's library, by path; and which of them are pairs.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/overrides.h"

G_BEGIN_DECLS

/**
 * FoveaLibraryEntry:
 * @name: what `--network` takes
 * @path: the file
 * @built_in: whether it came with Fovea
 * @added: whether it is in the user's index, from where it can be removed
 * @missing: whether the file is not there now
 * @overrides: what its owner knows better than the file
 */
typedef struct {
  char *name;
  char *path;
  gboolean built_in;
  gboolean added;
  gboolean missing;
  FoveaOverrides overrides;
} FoveaLibraryEntry;

/**
 * FoveaLibraryPair:
 * @name: what people call it
 * @standard, @robust: the names of its networks
 * @added: whether it is in the user's index, and not only two networks whose names go together
 */
typedef struct {
  char *name;
  char *standard;
  char *robust;
  gboolean added;
} FoveaLibraryPair;

GPtrArray *fovea_library_list (void);
FoveaNetwork *fovea_library_open (const char *name_or_path, GError **error);
FoveaNetwork *fovea_library_open_with_overrides (const char *name_or_path, const FoveaOverrides *overrides, GError **error);
void fovea_library_entry_free (FoveaLibraryEntry *entry);

GPtrArray *fovea_library_list_pairs (void);
gboolean fovea_library_open_pair (const char *name, FoveaNetwork **standard, FoveaNetwork **robust, GError **error);
gboolean fovea_library_check_pair (const FoveaNetwork *standard, const FoveaNetwork *robust, GError **error);
gboolean fovea_library_looks_robust (const char *path, const char *training);
void fovea_library_pair_free (FoveaLibraryPair *pair);

/* Changing the user's index; other processes may do so at the same time. */
gboolean fovea_library_check_index (GError **error);
char *fovea_library_suggest_name (const char *path);
char *fovea_library_add (const char *path, const char *name, const FoveaOverrides *overrides, gboolean copy, GError **error);
gboolean fovea_library_change (const char *name, const FoveaOverrides *overrides, GError **error);
gboolean fovea_library_add_pair (const char *name, const char *standard, const char *robust, GError **error);
gboolean fovea_library_rename (const char *name, const char *new_name, GError **error);
gboolean fovea_library_remove (const char *name, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaLibraryEntry, fovea_library_entry_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaLibraryPair, fovea_library_pair_free)

G_END_DECLS
