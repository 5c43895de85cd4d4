/* Fills a layer's tiles: from the store, else by computing, what is visible first.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

#include "engine/store.h"
#include "ui/job-queue.h"
#include "ui/layer.h"
#include "ui/tile.h"

G_BEGIN_DECLS

/**
 * FoveaTileProgress:
 * @done: pictures that are there, of both networks
 * @total: pictures that the layer will have
 * @fraction: in [0,1], with what is half done
 * @seconds_left: estimate; negative while there is none
 * @looking_up: whether the store is still being asked
 * @stopped: whether computing was stopped, by people or by @error
 * @error: (nullable): why it cannot go on
 */
typedef struct {
  guint done;
  guint total;
  double fraction;
  double seconds_left;
  gboolean looking_up;
  gboolean stopped;
  const char *error;
} FoveaTileProgress;

#define FOVEA_TYPE_TILE_LOADER (fovea_tile_loader_get_type ())
G_DECLARE_FINAL_TYPE (FoveaTileLoader, fovea_tile_loader, FOVEA, TILE_LOADER, GObject)

FoveaTileLoader *fovea_tile_loader_new (FoveaJobQueue *queue, FoveaStore *store);
GListModel *fovea_tile_loader_set_layer (FoveaTileLoader *self, FoveaNetworkPair *pair, FoveaLayer *layer);
void fovea_tile_loader_set_visible (FoveaTileLoader *self, const guint *channels, guint n_channels);
void fovea_tile_loader_set_stopped (FoveaTileLoader *self, gboolean stopped);
void fovea_tile_loader_set_wanted (FoveaTileLoader *self, gboolean wanted);
gboolean fovea_tile_loader_is_wanted (FoveaTileLoader *self);
void fovea_tile_loader_forget (FoveaTileLoader *self);
void fovea_tile_loader_get_progress (FoveaTileLoader *self, FoveaTileProgress *progress);

G_END_DECLS
