/* Decoding a set's images ahead of who needs them, in threads of its own.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/images/image-set.h"

G_BEGIN_DECLS

/**
 * FoveaLoadedImage:
 * @index: which image of the set
 * @width, @height: of the image itself; 0 where it could not be read
 * @n_images: one for each network, or 1 where none was given
 * @images: as the networks want it, or as it is where no network was given. Networks that want the same
 *   share it, so do not write. %NULL where it could not be read
 * @error: (nullable): why it could not be read
 */
typedef struct {
  gsize index;
  guint width;
  guint height;
  guint n_images;
  FoveaImage **images;
  GError *error;
} FoveaLoadedImage;

/**
 * FoveaImageLoader:
 *
 * Threads that load the images of a set, fitted to one or several networks, and hand them out in the
 * set's order. They are a few images ahead and no more, so memory is bounded. One thread at a time
 * takes images.
 */
typedef struct _FoveaImageLoader FoveaImageLoader;

FoveaImageLoader *fovea_image_loader_new (FoveaImageSet *set, gsize first, gsize end, guint n_networks, FoveaNetwork *const *networks);
FoveaLoadedImage *fovea_image_loader_next (FoveaImageLoader *loader);
void fovea_image_loader_free (FoveaImageLoader *loader);
void fovea_loaded_image_free (FoveaLoadedImage *item);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaImageLoader, fovea_image_loader_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaLoadedImage, fovea_loaded_image_free)

G_END_DECLS
