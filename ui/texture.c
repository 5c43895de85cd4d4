/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/texture.h"

#include <math.h>
#include <string.h>

#include "ui/color-scale.h"

/**
 * fovea_texture_new_from_image:
 * @image: an image
 *
 * Returns: (transfer full): a texture with a copy of its pixels. Any thread.
 */
GdkTexture *
fovea_texture_new_from_image (const FoveaImage *image)
{
  g_autoptr (GBytes) bytes = NULL;

  g_return_val_if_fail (image != NULL, NULL);

  bytes = g_bytes_new (image->pixels, (gsize) image->width * image->height * 3);
  return gdk_memory_texture_new ((int) image->width, (int) image->height, GDK_MEMORY_R8G8B8, bytes, (gsize) image->width * 3);
}

/**
 * fovea_texture_new_from_floats:
 * @planes: [3,@height,@width]: red, green and blue, sRGB in [0,1]; values outside are clamped
 * @width: in pixels
 * @height: in pixels
 *
 * Rounds as fovea_image_from_tensor() does, so the picture on the screen is the picture in the file.
 *
 * Returns: (transfer full): a texture with 8 bits a component. Any thread.
 */
GdkTexture *
fovea_texture_new_from_floats (const float *planes,
                               guint width,
                               guint height)
{
  gsize n_pixels = (gsize) width * height;
  g_autoptr (GBytes) bytes = NULL;
  guint8 *pixels;

  g_return_val_if_fail (planes != NULL && width > 0 && height > 0, NULL);

  pixels = g_malloc (n_pixels * 3);
  for (gsize i = 0; i < n_pixels; i++)
    for (gsize component = 0; component < 3; component++)
      {
        float value = planes[component * n_pixels + i];
        pixels[i * 3 + component] = value > 0.0f ? (guint8) lrintf (fminf (value, 1.0f) * 255.0f) : 0;
      }
  bytes = g_bytes_new_take (pixels, n_pixels * 3);
  return gdk_memory_texture_new ((int) width, (int) height, GDK_MEMORY_R8G8B8, bytes, (gsize) width * 3);
}

/**
 * fovea_texture_new_from_map:
 * @map: [@height,@width]: values
 * @width: in pixels
 * @height: in pixels
 * @minimum, @maximum: the values that have the colour scale's first and last colour
 *
 * Returns: (transfer full): a texture in the colours of fovea_color_scale_get(). Any thread.
 */
GdkTexture *
fovea_texture_new_from_map (const float *map,
                            guint width,
                            guint height,
                            double minimum,
                            double maximum)
{
  const guint8 (*colors)[3] = fovea_color_scale_get ();
  gsize n_pixels = (gsize) width * height;
  g_autoptr (GBytes) bytes = NULL;
  guint8 *pixels;

  g_return_val_if_fail (map != NULL && width > 0 && height > 0, NULL);

  pixels = g_malloc (n_pixels * 3);
  for (gsize i = 0; i < n_pixels; i++)
    memcpy (pixels + i * 3, colors[fovea_color_scale_find ((double) map[i], minimum, maximum)], 3);
  bytes = g_bytes_new_take (pixels, n_pixels * 3);
  return gdk_memory_texture_new ((int) width, (int) height, GDK_MEMORY_R8G8B8, bytes, (gsize) width * 3);
}

/**
 * fovea_texture_new_enlarged:
 * @image: an image
 * @size: how many pixels its longer side should have at least
 *
 * Every pixel becomes a square of a whole number of pixels, because smoothing would show what no network
 * has seen; an image that is large enough stays as it is.
 *
 * Returns: (transfer full): a texture. Any thread.
 */
GdkTexture *
fovea_texture_new_enlarged (const FoveaImage *image,
                            guint size)
{
  guint longer = MAX (image->width, image->height);
  guint factor = MAX (1, (size + longer - 1) / longer);
  gsize width = (gsize) image->width * factor, height = (gsize) image->height * factor;
  g_autoptr (GBytes) bytes = NULL;
  guint8 *pixels;

  if (factor == 1)
    return fovea_texture_new_from_image (image);
  pixels = g_malloc (width * height * 3);
  for (gsize y = 0; y < height; y++)
    for (gsize x = 0; x < width; x++)
      memcpy (pixels + (y * width + x) * 3, image->pixels + ((y / factor) * image->width + x / factor) * 3, 3);
  bytes = g_bytes_new_take (pixels, width * height * 3);
  return gdk_memory_texture_new ((int) width, (int) height, GDK_MEMORY_R8G8B8, bytes, width * 3);
}
