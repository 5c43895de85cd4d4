/* The one pool of worker threads.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* More threads than this are never used. */
#define FOVEA_PARALLEL_MAX_THREADS 64

/**
 * FoveaParallelFunc:
 * @item: which item to do, in [0, n_items)
 * @worker: which thread does it, in [0, fovea_parallel_get_n_threads ()): no two items that run at
 *   the same time within one loop have the same number, so it can index scratch memory
 * @data: as passed to fovea_parallel_for()
 */
typedef void (*FoveaParallelFunc) (gsize item, guint worker, gpointer data);

void fovea_parallel_set_n_threads (guint n_threads);
guint fovea_parallel_get_n_threads (void);
void fovea_parallel_stay_in_thread (void);
void fovea_parallel_for (gsize n_items, FoveaParallelFunc func, gpointer data);

G_END_DECLS
