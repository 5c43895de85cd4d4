/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/images/image.h"

#include <setjmp.h>

#include <png.h>

#include "engine/write-file.h"

static void
on_error (png_structp png,
          png_const_charp reason)
{
  longjmp (png_jmpbuf (png), 1);
}

static void
on_warning (png_structp png,
            png_const_charp reason)
{
}

static void
on_write (png_structp png,
          png_bytep data,
          size_t n_bytes)
{
  GByteArray *encoded = png_get_io_ptr (png);

  if (n_bytes > G_MAXUINT - encoded->len)
    png_error (png, "more than 4 GiB");
  g_byte_array_append (encoded, data, n_bytes);
}

static void
on_flush (png_structp png)
{
}

/* Everything that may jump. */
static gboolean
encode (png_structp png,
        png_infop info,
        const FoveaImage *image,
        GByteArray *encoded)
{
  if (setjmp (png_jmpbuf (png)) != 0)
    return FALSE;

  png_set_user_limits (png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
  png_set_write_fn (png, encoded, on_write, on_flush);
  png_set_IHDR (png, info, image->width, image->height, 8, PNG_COLOR_TYPE_RGB,
                PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  png_set_sRGB (png, info, PNG_sRGB_INTENT_PERCEPTUAL);
  png_write_info (png, info);
  for (gsize y = 0; y < image->height; y++)
    png_write_row (png, image->pixels + y * image->width * 3);
  png_write_end (png, info);
  return TRUE;
}

/**
 * fovea_image_encode_png:
 * @image: the image
 * @error: %FOVEA_ERROR_TOO_LARGE for an image that no PNG file can hold
 *
 * The file holds the pixels and that they are sRGB, nothing about when or where: equal images give equal bytes.
 *
 * Returns: (transfer full): a PNG file's contents, or %NULL
 */
GBytes *
fovea_image_encode_png (const FoveaImage *image,
                        GError **error)
{
  g_autoptr (GByteArray) encoded = g_byte_array_new ();
  png_structp png;
  png_infop info = NULL;
  gboolean success = FALSE;

  png = png_create_write_struct (PNG_LIBPNG_VER_STRING, NULL, on_error, on_warning);
  if (png != NULL)
    info = png_create_info_struct (png);
  if (info != NULL)
    success = encode (png, info, image, encoded);
  png_destroy_write_struct (&png, &info);

  if (!success)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_TOO_LARGE, "an image of %u × %u pixels cannot be written as PNG", image->width, image->height);
      return NULL;
    }
  return g_byte_array_free_to_bytes (g_steal_pointer (&encoded));
}

/**
 * fovea_image_write_png:
 * @image: the image
 * @path: the file to create or replace; its folder must exist
 * @error: %FOVEA_ERROR_IO; as fovea_image_encode_png()
 *
 * Writes the file beside @path and renames it once complete, so that @path never holds half an image.
 *
 * Returns: whether the file was written
 */
gboolean
fovea_image_write_png (const FoveaImage *image,
                       const char *path,
                       GError **error)
{
  g_autoptr (GBytes) encoded = fovea_image_encode_png (image, error);

  if (encoded == NULL)
    {
      g_prefix_error (error, "%s: ", path);
      return FALSE;
    }
  return fovea_write_file (path, g_bytes_get_data (encoded, NULL), g_bytes_get_size (encoded), error);
}
