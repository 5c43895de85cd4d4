/* Pictures of some channels of one layer of one network: looked up, or computed together.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gdk/gdk.h>

#include "engine/analysis/maximize.h"
#include "engine/store.h"
#include "ui/job-queue.h"
#include "ui/network-pair.h"

G_BEGIN_DECLS

#define FOVEA_TILE_BATCH_MAX 64

/**
 * FoveaTilePicture:
 * @channel: the channel
 * @texture: its picture; %NULL while there is none
 * @activation: what the picture reaches
 * @dead: whether no gradient ever reached it
 */
typedef struct {
  guint channel;
  GdkTexture *texture;
  double activation;
  gboolean dead;
} FoveaTilePicture;

/**
 * FoveaTileBatch:
 *
 * What a worker needs for it and what comes of it. A worker writes it and the main thread reads it;
 * its functions see to that.
 */
typedef struct _FoveaTileBatch FoveaTileBatch;

FoveaTileBatch *fovea_tile_batch_new (FoveaNetwork *network, FoveaSide side, const char *layer, gboolean logits, const guint *channels, guint n_channels, FoveaStore *store);
void fovea_tile_batch_free (FoveaTileBatch *batch);

FoveaSide fovea_tile_batch_get_side (const FoveaTileBatch *batch);
guint fovea_tile_batch_get_n_channels (const FoveaTileBatch *batch);
guint fovea_tile_batch_get_channel (const FoveaTileBatch *batch, guint index);

/* Run functions of queued jobs whose data is a batch */
void fovea_tile_batch_look_up (FoveaQueuedJob *job, gpointer batch);
void fovea_tile_batch_compute (FoveaQueuedJob *job, gpointer batch);

gboolean fovea_tile_batch_get_picture (FoveaTileBatch *batch, guint index, FoveaTilePicture *picture);
double fovea_tile_batch_get_fraction (FoveaTileBatch *batch);
const GError *fovea_tile_batch_get_error (FoveaTileBatch *batch);

guint fovea_tile_batch_choose_size (const FoveaNetwork *network, const char *layer);

G_END_DECLS
