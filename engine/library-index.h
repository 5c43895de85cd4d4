/* The file in which the user's library is kept.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/library.h"

G_BEGIN_DECLS

/* Groups are called `network NAME` and `pair NAME`. */
#define FOVEA_LIBRARY_NETWORK "network"
#define FOVEA_LIBRARY_PAIR "pair"

GKeyFile *fovea_library_index_read (GError **error);
void fovea_library_index_list_networks (GKeyFile *index, GPtrArray *entries);
void fovea_library_index_list_pairs (GKeyFile *index, GPtrArray *pairs);
char *fovea_library_index_get_group (const char *kind, const char *name);
char *fovea_library_get_networks_folder (void);

G_END_DECLS
