/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/images/image.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* Decodes the bytes as an image. */
int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize size)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (FoveaImage) image = fovea_image_decode (bytes, "image", &error);

  g_assert ((image == NULL) == (error != NULL));
  if (image != NULL && (guint64) image->width * image->height < 1 << 16)
    {
      g_autoptr (FoveaImage) resized = fovea_image_resize (image, 64, 64, NULL);
      g_assert (resized != NULL);
    }
  return 0;
}
