/* Pictures of what channels and their concepts have in common, made in the background.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/analysis/dissect.h"
#include "ui/job-queue.h"
#include "ui/network-pair.h"

G_BEGIN_DECLS

/**
 * FoveaDissectionPicturesRequest:
 * @dissection: (nullable): of the layer; %NULL is no pictures of this side
 * @network: what was dissected
 * @layer: which node
 * @channel: of which channel
 * @label: (nullable): the concept to outline
 * @category: (nullable): its category
 * @quantile: which threshold
 */
typedef struct {
  FoveaDissection *dissection;
  FoveaNetwork *network;
  int layer;
  guint channel;
  const char *label;
  const char *category;
  guint quantile;
} FoveaDissectionPicturesRequest;

/**
 * FoveaDissectionPicturesFunc:
 * @pictures: (element-type FoveaDissectionPicture) (nullable): for each side; %NULL where there was no request, or
 *   with @errors set
 * @errors: for each side, %NULL is none
 */
typedef void (*FoveaDissectionPicturesFunc) (GPtrArray *const pictures[FOVEA_N_SIDES], GError *const errors[FOVEA_N_SIDES], gpointer data);

FoveaQueuedJob *fovea_dissection_pictures_push (FoveaJobQueue *queue, FoveaConceptSet *set, const FoveaDissectionPicturesRequest requests[FOVEA_N_SIDES], FoveaDissectionPicturesFunc done, gpointer data);

G_END_DECLS
