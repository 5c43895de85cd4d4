/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/images/decode.h"

#include <setjmp.h>
#include <string.h>

#include <png.h>

typedef struct {
  png_structp png;
  png_infop info;
  const guint8 *data;
  gsize n_left;
  guint8 **rows;
  guint n_channels; /* 3, or 4 with alpha */
  guint width;
  guint height;
  guint8 *pixels;
  GError *error;
} Decoder;

static void
on_error (png_structp png,
          png_const_charp reason)
{
  Decoder *self = png_get_error_ptr (png);

  if (self->error == NULL)
    self->error = g_error_new (FOVEA_ERROR, FOVEA_ERROR_FORMAT,
                               "this PNG image cannot be decoded (%s)", reason);
  longjmp (png_jmpbuf (png), 1);
}

/* Warnings are about ancillary chunks, none of which matters here. */
static void
on_warning (png_structp png,
            png_const_charp reason)
{
}

static void
on_read (png_structp png,
         png_bytep to,
         size_t n_bytes)
{
  Decoder *self = png_get_io_ptr (png);

  if (n_bytes > self->n_left)
    {
      self->error = g_error_new_literal (FOVEA_ERROR, FOVEA_ERROR_FORMAT, "this PNG image is truncated");
      longjmp (png_jmpbuf (png), 1);
    }
  memcpy (to, self->data, n_bytes);
  self->data += n_bytes;
  self->n_left -= n_bytes;
}

/* Makes libpng deliver 8-bit RGB or RGBA whatever the file holds. No gamma, no background: as Pillow. */
static void
request_channels (png_structp png,
                  guint n_channels)
{
  png_set_palette_to_rgb (png);
  png_set_expand_gray_1_2_4_to_8 (png);
  png_set_strip_16 (png);
  png_set_gray_to_rgb (png);
  if (n_channels == 3)
    {
      png_set_strip_alpha (png);
      return;
    }
  png_set_tRNS_to_alpha (png);
  png_set_add_alpha (png, 255, PNG_FILLER_AFTER);
}

/* Everything that may jump. What it makes is kept in @self, which outlives the jump. */
static gboolean
decode (Decoder *self)
{
  png_structp png = self->png;

  if (setjmp (png_jmpbuf (png)) != 0)
    return FALSE;

  png_set_read_fn (png, self, on_read);
  png_set_keep_unknown_chunks (png, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
  png_set_user_limits (png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
  png_read_info (png, self->info);

  self->width = png_get_image_width (png, self->info);
  self->height = png_get_image_height (png, self->info);
  if (!fovea_image_check_size (self->width, self->height, &self->error))
    return FALSE;
  self->pixels = g_try_malloc_n ((gsize) self->width * self->height, self->n_channels);
  self->rows = g_try_new (guint8 *, self->height);
  if (self->pixels == NULL || self->rows == NULL)
    png_error (png, "no memory");
  for (gsize y = 0; y < self->height; y++)
    self->rows[y] = self->pixels + y * self->width * self->n_channels;

  request_channels (png, self->n_channels);
  png_set_interlace_handling (png);
  png_read_update_info (png, self->info);
  g_assert (png_get_rowbytes (png, self->info) == (gsize) self->width * self->n_channels);
  png_read_image (png, self->rows);
  png_read_end (png, NULL);
  return TRUE;
}

static gboolean
run (Decoder *self,
     const char *name,
     GError **error)
{
  gboolean success = FALSE;

  self->png = png_create_read_struct (PNG_LIBPNG_VER_STRING, self, on_error, on_warning);
  if (self->png != NULL)
    self->info = png_create_info_struct (self->png);
  if (self->info != NULL)
    success = decode (self);
  else
    g_set_error_literal (&self->error, FOVEA_ERROR, FOVEA_ERROR_TOO_LARGE, "no memory for decoding");

  png_destroy_read_struct (&self->png, &self->info, NULL);
  g_free (self->rows);
  if (success)
    return TRUE;

  g_clear_pointer (&self->pixels, g_free);
  g_propagate_prefixed_error (error, self->error, "%s: ", name);
  return FALSE;
}

/**
 * fovea_image_decode_png:
 * @data: a PNG file: grey, palette or colour, 1 to 16 bits, with or without alpha, interlaced or not
 * @size: its size
 * @name: what messages call it
 * @error: %FOVEA_ERROR_FORMAT, %FOVEA_ERROR_TOO_LARGE
 *
 * The result of Pillow's `convert ("RGB")`: transparency is dropped, not composed, gamma is ignored,
 * of 16 bits the upper 8 are kept. In one case better than Pillow's: 16-bit grey is treated like
 * 16-bit colour, where Pillow clips all but the darkest 255 of the 65536 levels to white.
 *
 * Returns: (transfer full): the image, or %NULL
 */
FoveaImage *
fovea_image_decode_png (const guint8 *data,
                        gsize size,
                        const char *name,
                        GError **error)
{
  Decoder self = { .data = data, .n_left = size, .n_channels = 3 };
  FoveaImage *image;

  if (!run (&self, name, error))
    return NULL;
  image = g_new (FoveaImage, 1);
  *image = (FoveaImage) { .width = self.width, .height = self.height, .pixels = self.pixels };
  return image;
}

/**
 * fovea_decode_png_with_alpha:
 * @data: a PNG file of any kind
 * @size: its size
 * @name: what messages call it
 * @width: (out): in pixels
 * @height: (out): in pixels
 * @error: as fovea_image_decode_png()
 *
 * Returns: (transfer full): red, green, blue and alpha of every pixel, not multiplied; alpha is 255
 *   everywhere where the file has none; %NULL on failure
 */
guint8 *
fovea_decode_png_with_alpha (const guint8 *data,
                             gsize size,
                             const char *name,
                             guint *width,
                             guint *height,
                             GError **error)
{
  Decoder self = { .data = data, .n_left = size, .n_channels = 4 };

  if (!run (&self, name, error))
    return NULL;
  *width = self.width;
  *height = self.height;
  return self.pixels;
}
