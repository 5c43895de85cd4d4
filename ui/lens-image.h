/* An image that was opened in the Lens.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gdk/gdk.h>

#include "engine/images/image-set.h"

G_BEGIN_DECLS

/* The set with images for those who have none at hand */
#define FOVEA_LENS_EXAMPLES "scenes"

/**
 * FoveaLensImage:
 * @name: for people: its file's name, or where it came from
 * @image: its pixels
 * @preview: for the screen; smaller than a large image
 * @set: (nullable): name or path of the image set that it is from
 * @index: its number there
 * @n_images: how many there are
 *
 * Immutable and reference-counted: any number of threads may share it.
 */
typedef struct {
  char *name;
  FoveaImage *image;
  GdkTexture *preview;
  char *set;
  guint64 index;
  guint64 n_images;
} FoveaLensImage;

FoveaLensImage *fovea_lens_image_new (FoveaImage *image, const char *name, GError **error);
FoveaLensImage *fovea_lens_image_new_from_file (GFile *file, GError **error);
FoveaLensImage *fovea_lens_image_new_from_bytes (GBytes *bytes, const char *name, GError **error);
FoveaLensImage *fovea_lens_image_new_from_texture (GdkTexture *texture, const char *name, GError **error);
FoveaLensImage *fovea_lens_image_new_from_set (FoveaImageSet *set, const char *key, gint64 index, GError **error);
FoveaLensImage *fovea_lens_image_ref (FoveaLensImage *image);
void fovea_lens_image_unref (FoveaLensImage *image);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaLensImage, fovea_lens_image_unref)

G_END_DECLS
