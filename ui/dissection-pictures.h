/* Pictures of what channels and their concepts have in common, made in the background.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gdk/gdk.h>

#include "engine/analysis/dissect.h"
#include "ui/job-queue.h"
#include "ui/network-pair.h"

G_BEGIN_DECLS

/**
 * FoveaDissectionPicture:
 * @drawn: the image, dark where the channel's mask is not, with the concept's outline
 * @texture: the same for the screen
 * @image: its index in the set
 * @name: its name there
 * @activation: the channel's highest activation in it
 * @has_concept: whether the concept is in it
 * @iou: of the channel's mask and the concept's in this image alone
 * @text: all of that, for people
 *
 * Belongs to one owner; nobody changes it.
 */
typedef struct {
  FoveaImage *drawn;
  GdkTexture *texture;
  gsize image;
  char *name;
  double activation;
  gboolean has_concept;
  double iou;
  char *text;
} FoveaDissectionPicture;

void fovea_dissection_picture_free (FoveaDissectionPicture *picture);

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
