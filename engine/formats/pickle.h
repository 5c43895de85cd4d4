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

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaPickle, fovea_pickle_free)

G_END_DECLS
