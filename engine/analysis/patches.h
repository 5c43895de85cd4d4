/* Image patches: what of an image a unit sees, and how strongly its channel responds to it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/analysis/scan.h"

G_BEGIN_DECLS

/**
 * FoveaPatch:
 * @image: which image of the set
 * @activation: how strong the unit was in the scan
 * @y, @x: the unit's place in its activation map
 * @box: x0, y0, x1, y1: what the unit sees, in pixels of the network's input, x1 and y1 exclusive; clipped to it
 * @image_box: the same in pixels of the image itself, rounded outwards
 * @image_width, @image_height: the image's own size
 * @input: the image as the network sees it
 * @crop: the part of @input in @box
 */
typedef struct {
  gsize image;
  float activation;
  gint64 y;
  gint64 x;
  gint64 box[4];
  gint64 image_box[4];
  guint image_width;
  guint image_height;
  FoveaImage *input;
  FoveaImage *crop;
} FoveaPatch;

void fovea_patch_get_box (const FoveaNetwork *network, int layer, gint64 y, gint64 x, gint64 box[4]);
gboolean fovea_patch_map_box (const FoveaNetwork *network, guint image_width, guint image_height, const gint64 box[4], gint64 image_box[4], GError **error);

FoveaPatch *fovea_patch_load (FoveaImageSet *set, const FoveaNetwork *network, int layer, const FoveaScanHit *hit, GError **error);
FoveaPatch *fovea_patch_new (const FoveaImage *image, const FoveaNetwork *network, int layer, const FoveaScanHit *hit, GError **error);
void fovea_patch_free (FoveaPatch *patch);

GPtrArray *fovea_patches_compute_maps (FoveaNetwork *network, int layer, gint64 channel, guint n_inputs, const FoveaImage *const *inputs, GError **error);
FoveaTensor *fovea_patches_enlarge_map (const FoveaNetwork *network, int layer, const FoveaTensor *map, const gint64 box[4], GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaPatch, fovea_patch_free)

G_END_DECLS
