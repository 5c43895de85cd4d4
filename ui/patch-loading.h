/* Loads the pictures of a neuron's top patches in a worker.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "ui/job-queue.h"
#include "ui/network-pair.h"
#include "ui/patch-picture.h"

G_BEGIN_DECLS

/* Called in the main thread once for each picture, of each network from the strongest on */
typedef void (*FoveaPatchLoadedFunc) (FoveaSide side, guint number, FoveaPatchPicture *picture, gpointer data);

/* Called in the main thread when there are no more */
typedef void (*FoveaPatchesLoadedFunc) (gpointer data);

FoveaQueuedJob *fovea_patch_loading_push (FoveaJobQueue *queue, int priority, FoveaImageSet *set, FoveaNetworkPair *pair, const char *layer, const guint *channels, FoveaScan *const *scans, guint n_patches, FoveaPatchLoadedFunc loaded, FoveaPatchesLoadedFunc done, gpointer data);

G_END_DECLS
