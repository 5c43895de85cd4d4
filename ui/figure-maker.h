/* Making a figure from its record: optimizing the images, finding the patches.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/images/image-set.h"
#include "engine/job.h"
#include "engine/store.h"
#include "ui/figure-record.h"

G_BEGIN_DECLS

/**
 * FoveaFigureCache:
 * @store: (nullable): where results are kept
 * @images: (nullable): an image set that is open, to be taken where the record names the same
 * @take_images: whether images that are kept there are taken instead of being optimized once more
 *
 * What it does changes how long a figure takes, and nothing else. Scans are always taken.
 */
typedef struct {
  FoveaStore *store;
  FoveaImageSet *images;
  gboolean take_images;
} FoveaFigureCache;

FoveaFigure *fovea_figure_make (FoveaFigureRecord *record, GPtrArray *networks, const char *folder, const FoveaFigureCache *cache, gboolean *stopped, const FoveaJob *job, GError **error);

G_END_DECLS
