/* An image patch for the screen and for figures.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gdk/gdk.h>

#include "engine/analysis/patches.h"

G_BEGIN_DECLS

/**
 * FoveaPatchPicture:
 * @set: the image set
 * @patch: (nullable): what the unit sees; %NULL where the image cannot be read
 * @map: (nullable): [height, width] of the crop: the channel's activation map over it
 * @maximum: the activation that has the colour scale's last colour; its first one is 0
 * @crop: (nullable): the crop for the screen
 * @overlay: (nullable): the map in colours
 * @whole: (nullable): the whole image
 * @image: which image of the set
 * @activation: of the unit
 * @name: the image's
 * @class_name: (nullable): the image's class
 * @error: (nullable): why it cannot be shown
 *
 * Immutable once loaded, so threads may share it. Reference-counted.
 */
typedef struct {
  FoveaImageSet *set;
  FoveaPatch *patch;
  FoveaTensor *map;
  float maximum;
  GdkTexture *crop;
  GdkTexture *overlay;
  GdkTexture *whole;
  gsize image;
  float activation;
  char *name;
  const char *class_name;
  char *error;
  gatomicrefcount references;
} FoveaPatchPicture;

FoveaPatchPicture *fovea_patch_picture_load (FoveaImageSet *set, FoveaNetwork *network, int layer, guint channel, const FoveaScanHit *hit, float maximum);
FoveaPatchPicture *fovea_patch_picture_ref (FoveaPatchPicture *self);
void fovea_patch_picture_unref (FoveaPatchPicture *self);
char *fovea_patch_picture_describe (const FoveaPatchPicture *self);
FoveaImage *fovea_patch_picture_blend (const FoveaPatchPicture *self, double opacity, guint size, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaPatchPicture, fovea_patch_picture_unref)

G_END_DECLS
