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
  FoveaImage *image;
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

/* Makes libpng deliver 8-bit RGB whatever the file holds. No gamma, no background: as Pillow. */
static void
request_rgb (png_structp png)
{
  png_set_palette_to_rgb (png);
  png_set_expand_gray_1_2_4_to_8 (png);
  png_set_strip_16 (png);
  png_set_gray_to_rgb (png);
  png_set_strip_alpha (png);
}

/* Everything that may jump. What it makes is kept in @self, which outlives the jump. */
static gboolean
decode (Decoder *self)
{
  png_structp png = self->png;
  guint width, height;

  if (setjmp (png_jmpbuf (png)) != 0)
    return FALSE;

  png_set_read_fn (png, self, on_read);
  png_set_keep_unknown_chunks (png, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
  png_set_user_limits (png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
  png_read_info (png, self->info);

  width = png_get_image_width (png, self->info);
  height = png_get_image_height (png, self->info);
  self->image = fovea_image_new (width, height, &self->error);
  if (self->image == NULL)
    return FALSE;
  self->rows = g_try_new (guint8 *, height);
  if (self->rows == NULL)
    png_error (png, "no memory");
  for (gsize y = 0; y < height; y++)
    self->rows[y] = self->image->pixels + y * width * 3;

  request_rgb (png);
  png_set_interlace_handling (png);
  png_read_update_info (png, self->info);
  g_assert (png_get_rowbytes (png, self->info) == (gsize) width * 3);
  png_read_image (png, self->rows);
  png_read_end (png, NULL);
  return TRUE;
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
  Decoder self = { .data = data, .n_left = size };
  gboolean success = FALSE;

  self.png = png_create_read_struct (PNG_LIBPNG_VER_STRING, &self, on_error, on_warning);
  if (self.png != NULL)
    self.info = png_create_info_struct (self.png);
  if (self.info != NULL)
    success = decode (&self);
  else
    g_set_error_literal (&self.error, FOVEA_ERROR, FOVEA_ERROR_TOO_LARGE, "no memory for decoding");

  png_destroy_read_struct (&self.png, &self.info, NULL);
  g_free (self.rows);
  if (success)
    return self.image;

  g_clear_pointer (&self.image, fovea_image_free);
  g_propagate_prefixed_error (error, self.error, "%s: ", name);
  return NULL;
}
