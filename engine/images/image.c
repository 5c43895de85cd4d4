/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/images/image.h"

#include <string.h>

#include "engine/images/decode.h"
#include "engine/kernels/multiversion.h"
#include "engine/read-file.h"

/**
 * fovea_image_check_size:
 * @error: %FOVEA_ERROR_SHAPE for an empty image, %FOVEA_ERROR_TOO_LARGE for more than
 *   %FOVEA_IMAGE_MAX_PIXELS
 *
 * Returns: whether an image may have this size
 */
gboolean
fovea_image_check_size (guint width,
                        guint height,
                        GError **error)
{
  if (width == 0 || height == 0)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_SHAPE, "an image of %u × %u pixels is empty", width, height);
      return FALSE;
    }
  if ((guint64) width * height > FOVEA_IMAGE_MAX_PIXELS)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_TOO_LARGE,
                   "an image of %u × %u pixels has more than the %" G_GUINT64_FORMAT " million that are supported",
                   width, height, FOVEA_IMAGE_MAX_PIXELS / 1000000);
      return FALSE;
    }
  return TRUE;
}

/**
 * fovea_image_new:
 * @width: in pixels, at least 1
 * @height: in pixels, at least 1
 * @error: %FOVEA_ERROR_SHAPE for an empty image, %FOVEA_ERROR_TOO_LARGE for more than
 *   %FOVEA_IMAGE_MAX_PIXELS or when memory is refused
 *
 * Returns: (transfer full): an image with undefined pixels, or %NULL
 */
FoveaImage *
fovea_image_new (guint width,
                 guint height,
                 GError **error)
{
  FoveaImage *image;
  guint8 *pixels;

  if (!fovea_image_check_size (width, height, error))
    return NULL;
  pixels = g_try_malloc_n ((gsize) width * height, 3);
  if (pixels == NULL)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_TOO_LARGE, "no memory for an image of %u × %u pixels", width, height);
      return NULL;
    }

  image = g_new (FoveaImage, 1);
  image->width = width;
  image->height = height;
  image->pixels = pixels;
  return image;
}

/**
 * fovea_image_free:
 * @image: (nullable): the image
 */
void
fovea_image_free (FoveaImage *image)
{
  if (image == NULL)
    return;
  g_free (image->pixels);
  g_free (image);
}

/* Fails for what is no image, as helpfully as its first bytes allow. */
static void
set_unknown_format_error (const guint8 *data,
                          gsize size,
                          const char *name,
                          GError **error)
{
  static const struct {
    gsize offset;
    const char *magic;
    const char *format;
  } formats[] = {
    { 0, "GIF8", "GIF" }, { 8, "WEBP", "WebP" }, { 0, "II*", "TIFF" }, { 0, "MM", "TIFF" }, { 0, "BM", "BMP" },
    { 4, "ftypavif", "AVIF" }, { 4, "ftyphei", "HEIC" }, { 4, "ftypmif1", "HEIC" }, { 0, "\xff\x4f\xff\x51", "JPEG 2000" },
    { 4, "jP  ", "JPEG 2000" }, { 0, "\xff\x0a", "JPEG XL" }, { 4, "JXL ", "JPEG XL" }, { 0, "<svg", "SVG" }, { 0, "%PDF", "PDF" },
  };

  if (size == 0)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT, "%s: the file is empty", name);
      return;
    }
  for (gsize i = 0; i < G_N_ELEMENTS (formats); i++)
    {
      gsize length = strlen (formats[i].magic);

      if (size >= formats[i].offset + length && memcmp (data + formats[i].offset, formats[i].magic, length) == 0)
        {
          g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED,
                       "%s: %s files are not supported; convert it to PNG or JPEG", name, formats[i].format);
          return;
        }
    }
  g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT, "%s: not an image; PNG and JPEG files are read", name);
}

/**
 * fovea_image_decode:
 * @bytes: the contents of a PNG or JPEG file; what it is is told by the contents
 * @name: the file's name, or what else messages shall call it
 * @error: %FOVEA_ERROR_FORMAT for what is damaged or no image, %FOVEA_ERROR_UNSUPPORTED,
 *   %FOVEA_ERROR_TOO_LARGE
 *
 * Delivers what Pillow's `ImageOps.exif_transpose (image).convert ("RGB")` does of a JPEG file and
 * `image.convert ("RGB")` of a PNG file: see fovea_image_decode_jpeg() and
 * fovea_image_decode_png(). Any thread.
 *
 * Returns: (transfer full): the image, or %NULL
 */
FoveaImage *
fovea_image_decode (GBytes *bytes,
                    const char *name,
                    GError **error)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);

  if (size >= 8 && memcmp (data, "\x89PNG\r\n\x1a\n", 8) == 0)
    return fovea_image_decode_png (data, size, name, error);
  if (size >= 3 && memcmp (data, "\xff\xd8\xff", 3) == 0)
    return fovea_image_decode_jpeg (data, size, name, error);

  set_unknown_format_error (data, size, name, error);
  return NULL;
}

/**
 * fovea_image_read:
 * @path: a PNG or JPEG file, whatever its name ends in
 * @error: as fovea_image_decode(); %FOVEA_ERROR_NOT_FOUND or %FOVEA_ERROR_IO when it cannot be read
 *
 * Any thread.
 *
 * Returns: (transfer full): the image, or %NULL
 */
FoveaImage *
fovea_image_read (const char *path,
                  GError **error)
{
  g_autofree char *name = g_filename_display_name (path);
  g_autoptr (GBytes) bytes = fovea_read_file (path, FOVEA_IMAGE_MAX_FILE_SIZE, error);

  return bytes != NULL ? fovea_image_decode (bytes, name, error) : NULL;
}

/**
 * fovea_image_crop:
 * @image: the image
 * @x: left edge of the part that is wanted
 * @y: its upper edge
 * @width: its width
 * @height: its height
 * @error: %FOVEA_ERROR_SHAPE when the part is empty or not within the image
 *
 * Returns: (transfer full): a copy of the part, or %NULL
 */
FoveaImage *
fovea_image_crop (const FoveaImage *image,
                  guint x,
                  guint y,
                  guint width,
                  guint height,
                  GError **error)
{
  FoveaImage *part;

  if (width > image->width || height > image->height || x > image->width - width || y > image->height - height)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_SHAPE,
                   "%u × %u pixels at (%u, %u) are not within an image of %u × %u pixels",
                   width, height, x, y, image->width, image->height);
      return NULL;
    }
  part = fovea_image_new (width, height, error);
  if (part == NULL)
    return NULL;
  for (gsize row = 0; row < height; row++)
    memcpy (part->pixels + row * width * 3, image->pixels + ((y + row) * image->width + x) * 3, (gsize) width * 3);
  return part;
}

FOVEA_MULTIVERSION static void
split_pixels (const guint8 *restrict pixels,
              gsize n_pixels,
              float *restrict red,
              float *restrict green,
              float *restrict blue)
{
  /* Divided, not multiplied by the inverse: the same last bit as torchvision's ToTensor. */
  for (gsize i = 0; i < n_pixels; i++)
    {
      red[i] = (float) pixels[3 * i] / 255.0f;
      green[i] = (float) pixels[3 * i + 1] / 255.0f;
      blue[i] = (float) pixels[3 * i + 2] / 255.0f;
    }
}

/**
 * fovea_image_to_planes:
 * @planes: (out caller-allocates): [3, height, width]
 *
 * Writes the image's values in [0, 1]. Any thread.
 */
void
fovea_image_to_planes (const FoveaImage *image,
                       float *planes)
{
  gsize n_pixels = (gsize) image->width * image->height;

  split_pixels (image->pixels, n_pixels, planes, planes + n_pixels, planes + 2 * n_pixels);
}

/**
 * fovea_image_to_tensor:
 * @image: the image
 * @error: %FOVEA_ERROR_TOO_LARGE when memory is refused
 *
 * Returns: (transfer full): float32 [3, height, width] in [0, 1], the same numbers as torchvision's
 *   `ToTensor`, or %NULL
 */
FoveaTensor *
fovea_image_to_tensor (const FoveaImage *image,
                       GError **error)
{
  FoveaTensor *tensor = fovea_tensor_new (3, (gint64[]) { 3, image->height, image->width }, error);

  if (tensor != NULL)
    fovea_image_to_planes (image, tensor->data);
  return tensor;
}

/**
 * fovea_image_from_tensor:
 * @tensor: [3, height, width] or [1, 3, height, width], meant to be in [0, 1]
 * @error: %FOVEA_ERROR_SHAPE, %FOVEA_ERROR_TOO_LARGE
 *
 * Clamps to [0, 1] and rounds to the nearest of the 256 levels, halves upwards, as torchvision's
 * `save_image` does; what is not a number becomes 0.
 *
 * Returns: (transfer full): the image, or %NULL
 */
FoveaImage *
fovea_image_from_tensor (const FoveaTensor *tensor,
                         GError **error)
{
  const gint64 *shape = tensor->shape;
  FoveaImage *image;
  gsize n_pixels;

  if (fovea_tensor_has_shape (tensor, 4, (gint64[]) { 1, 3, -1, -1 }))
    shape++;
  if ((shape == tensor->shape && !fovea_tensor_has_shape (tensor, 3, (gint64[]) { 3, -1, -1 }))
      || shape[1] > G_MAXUINT || shape[2] > G_MAXUINT)
    {
      g_autofree char *description = fovea_tensor_describe_shape (tensor->n_dimensions, tensor->shape);
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_SHAPE,
                   "an array of shape %s is no colour image, which is [3, height, width]", description);
      return NULL;
    }

  image = fovea_image_new (shape[2], shape[1], error);
  if (image == NULL)
    return NULL;
  n_pixels = (gsize) image->width * image->height;
  for (gsize i = 0; i < n_pixels; i++)
    for (gsize c = 0; c < 3; c++)
      {
        float level = tensor->data[c * n_pixels + i] * 255.0f + 0.5f;
        image->pixels[i * 3 + c] = level >= 255.0f ? 255 : level > 0.0f ? (guint8) level : 0;
      }
  return image;
}
