/* Decoded images, and the way from an image file to a network's input.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/network.h"
#include "engine/tensor.h"

G_BEGIN_DECLS

/* An image may not have more pixels than this. */
#define FOVEA_IMAGE_MAX_PIXELS (G_GUINT64_CONSTANT (1) << 28)

/* Nor may its file have more bytes. */
#define FOVEA_IMAGE_MAX_FILE_SIZE (G_GUINT64_CONSTANT (1) << 30)

/**
 * FoveaImage:
 * @width, @height: in pixels
 * @pixels: sRGB, 3 bytes a pixel, rows without padding
 */
typedef struct {
  guint width;
  guint height;
  guint8 *pixels;
} FoveaImage;

FoveaImage *fovea_image_new (guint width, guint height, GError **error);
void fovea_image_free (FoveaImage *image);

FoveaImage *fovea_image_read (const char *path, GError **error);
FoveaImage *fovea_image_decode (GBytes *bytes, const char *name, GError **error);
GBytes *fovea_image_encode_png (const FoveaImage *image, GError **error);
gboolean fovea_image_write_png (const FoveaImage *image, const char *path, GError **error);

FoveaImage *fovea_image_resize (const FoveaImage *image, guint width, guint height, GError **error);
FoveaImage *fovea_image_crop (const FoveaImage *image, guint x, guint y, guint width, guint height, GError **error);

void fovea_image_to_planes (const FoveaImage *image, float *planes);
FoveaTensor *fovea_image_to_tensor (const FoveaImage *image, GError **error);
FoveaImage *fovea_image_from_tensor (const FoveaTensor *tensor, GError **error);

/* What a network sees of an image: resized and cropped as the network wants, [3,H,W] in [0,1]. A
 * `.npy` file is used as it is. */
FoveaTensor *fovea_image_load_for_network (const char *path, const FoveaNetwork *network, GError **error);
FoveaImage *fovea_image_fit_to_network (const FoveaImage *image, const FoveaNetwork *network, GError **error);
gboolean fovea_image_get_network_crop (const FoveaImage *image, const FoveaNetwork *network, double box[4], GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaImage, fovea_image_free)

G_END_DECLS
