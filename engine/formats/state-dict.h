/* Named tensors, as weights files hold them.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/tensor.h"

G_BEGIN_DECLS

/**
 * FoveaStateDict:
 *
 * An ordered dictionary from names to float32 tensors (other element types are converted when they
 * are read), with the file's string metadata. Owned by one thread; the tensors in it are shared.
 */
typedef struct _FoveaStateDict FoveaStateDict;

FoveaStateDict *fovea_state_dict_new (void);
void fovea_state_dict_free (FoveaStateDict *state_dict);

void fovea_state_dict_insert (FoveaStateDict *state_dict, const char *name, FoveaTensor *tensor);
FoveaTensor *fovea_state_dict_lookup (const FoveaStateDict *state_dict, const char *name);
guint fovea_state_dict_get_size (const FoveaStateDict *state_dict);
const char *fovea_state_dict_get_name (const FoveaStateDict *state_dict, guint index);
FoveaTensor *fovea_state_dict_get_tensor (const FoveaStateDict *state_dict, guint index);

void fovea_state_dict_set_metadata (FoveaStateDict *state_dict, const char *key, const char *value);
const char *fovea_state_dict_get_metadata (const FoveaStateDict *state_dict, const char *key);
GHashTable *fovea_state_dict_get_all_metadata (const FoveaStateDict *state_dict);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaStateDict, fovea_state_dict_free)

G_END_DECLS
