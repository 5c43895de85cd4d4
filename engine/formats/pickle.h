/* Python's pickles, read as inert data.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/error.h"
#include "engine/formats/pickle-value.h"

G_BEGIN_DECLS

typedef struct _FoveaPickle FoveaPickle;

FoveaPickle *fovea_pickle_parse (gconstpointer data, gsize size, gsize *n_consumed, GError **error);
void fovea_pickle_free (FoveaPickle *pickle);
FoveaPickleValue fovea_pickle_get_root (const FoveaPickle *pickle);

/**
 * FoveaPicklePersistentFunc:
 * @identifier: a persistent id
 *
 * Returns: whether to go on
 */
typedef gboolean (*FoveaPicklePersistentFunc) (FoveaPickleValue identifier, gpointer data, GError **error);

gboolean fovea_pickle_foreach_persistent (const FoveaPickle *pickle, FoveaPicklePersistentFunc func, gpointer data, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaPickle, fovea_pickle_free)

G_END_DECLS
