/* Loading many things ahead of who needs them, in threads of its own.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * FoveaLoadFunc:
 * @index: which thing
 * @data: as passed to fovea_ordered_loader_new()
 *
 * Called once for each index, in threads of the loader, several of them at once.
 *
 * Returns: (transfer full) (not nullable): the thing; what could not be loaded is one as well
 */
typedef gpointer (*FoveaLoadFunc) (gsize index, gpointer data);

/**
 * FoveaOrderedLoader:
 *
 * Threads that load what has the numbers first … end - 1 and hand it out in that order. They are some
 * ahead and no more, so memory is bounded. One thread at a time takes.
 */
typedef struct _FoveaOrderedLoader FoveaOrderedLoader;

FoveaOrderedLoader *fovea_ordered_loader_new (gsize first, gsize end, FoveaLoadFunc load, GDestroyNotify free_item, gpointer data);
gpointer fovea_ordered_loader_next (FoveaOrderedLoader *loader);
void fovea_ordered_loader_free (FoveaOrderedLoader *loader);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaOrderedLoader, fovea_ordered_loader_free)

G_END_DECLS
