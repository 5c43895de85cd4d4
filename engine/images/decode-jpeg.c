/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/images/decode.h"

#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include <jpeglib.h>
#include <jerror.h>

#include "engine/images/orientation.h"

/* No encoder writes near as many; a hostile file could keep the decoder busy for hours with a few
 * bytes a scan. */
#define MAX_SCANS 500

#define MARKER_EXIF (JPEG_APP0 + 1)

typedef struct {
  struct jpeg_decompress_struct info;
  struct jpeg_error_mgr errors;
  struct jpeg_source_mgr source;
  struct jpeg_progress_mgr progress;
  jmp_buf jump; /* back into decode(), on any error */
  FoveaImage *image;
  guint orientation;
  GError *error; /* a reason of ours, instead of the library's */
} Decoder;

static void
on_error (j_common_ptr info)
{
  Decoder *self = info->client_data;

  longjmp (self->jump, 1);
}

/* Warnings are about damage that the decoder got over; Pillow keeps quiet about them as well. */
static void
on_message (j_common_ptr info,
            int level)
{
}

static void
on_progress (j_common_ptr info)
{
  Decoder *self = info->client_data;

  if (self->info.input_scan_number <= MAX_SCANS)
    return;
  self->error = g_error_new (FOVEA_ERROR, FOVEA_ERROR_TOO_LARGE,
                             "this JPEG image has more than %d scans", MAX_SCANS);
  longjmp (self->jump, 1);
}

static void
source_begin_or_end (j_decompress_ptr info)
{
}

static boolean
source_fill (j_decompress_ptr info)
{
  Decoder *self = info->client_data;

  self->error = g_error_new_literal (FOVEA_ERROR, FOVEA_ERROR_FORMAT, "this JPEG image is truncated");
  longjmp (self->jump, 1);
}

static void
source_skip (j_decompress_ptr info,
             long n_bytes)
{
  if (n_bytes <= 0)
    return;
  if ((gulong) n_bytes > info->src->bytes_in_buffer)
    source_fill (info);
  info->src->next_input_byte += n_bytes;
  info->src->bytes_in_buffer -= n_bytes;
}

/* The same arithmetic as Pillow's. Adobe's programs write CMYK inverted, and since nobody else
 * writes it, everybody takes it as inverted. */
static void
convert_inverted_cmyk (const guint8 *restrict cmyk,
                       guint8 *restrict rgb,
                       guint n_pixels)
{
  for (gsize i = 0; i < n_pixels; i++)
    {
      guint light = cmyk[4 * i + 3];

      for (guint c = 0; c < 3; c++)
        {
          guint product = (255 - cmyk[4 * i + c]) * light + 128;
          rgb[3 * i + c] = light - (((product >> 8) + product) >> 8);
        }
    }
}

/* The first Exif segment counts, as in Pillow. */
static guint
read_orientation (const struct jpeg_decompress_struct *info)
{
  for (jpeg_saved_marker_ptr marker = info->marker_list; marker != NULL; marker = marker->next)
    if (marker->marker == MARKER_EXIF && marker->data_length >= 5 && memcmp (marker->data, "Exif", 5) == 0)
      return fovea_orientation_from_exif (marker->data, marker->data_length);
  return 1;
}

/* Also refuses what is not read. */
static gboolean
read_header (Decoder *self)
{
  struct jpeg_decompress_struct *info = &self->info;

  jpeg_read_header (info, TRUE);
  self->orientation = read_orientation (info);
  switch (info->num_components)
    {
    case 1:
    case 3:
      info->out_color_space = JCS_RGB;
      break;
    case 4:
      info->out_color_space = JCS_CMYK;
      break;
    default:
      self->error = g_error_new (FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED,
                                 "JPEG images with %d components are not supported", info->num_components);
      return FALSE;
    }
  return TRUE;
}

/* Everything that may jump. What it makes is kept in @self, which outlives the jump. */
static gboolean
decode (Decoder *self)
{
  struct jpeg_decompress_struct *info = &self->info;
  JSAMPARRAY cmyk = NULL;

  if (setjmp (self->jump) != 0)
    return FALSE;

  jpeg_create_decompress (info);
  info->src = &self->source;
  info->progress = &self->progress;
  jpeg_save_markers (info, MARKER_EXIF, 0xffff);
  if (!read_header (self))
    return FALSE;

  self->image = fovea_image_new (info->image_width, info->image_height, &self->error);
  if (self->image == NULL)
    return FALSE;

  jpeg_start_decompress (info);
  if (info->out_color_space == JCS_CMYK)
    cmyk = info->mem->alloc_sarray ((j_common_ptr) info, JPOOL_IMAGE, info->image_width * 4, 1);
  while (info->output_scanline < info->output_height)
    {
      guint8 *row = self->image->pixels + (gsize) info->output_scanline * info->image_width * 3;

      jpeg_read_scanlines (info, cmyk != NULL ? cmyk : &row, 1);
      if (cmyk != NULL)
        convert_inverted_cmyk (cmyk[0], row, info->image_width);
    }
  jpeg_finish_decompress (info);
  return TRUE;
}

/**
 * fovea_image_decode_jpeg:
 * @data: a JPEG file: baseline, progressive, or arithmetically coded; grey, YCbCr, RGB, CMYK or YCCK
 * @size: its size
 * @name: what messages call it
 * @error: %FOVEA_ERROR_FORMAT, %FOVEA_ERROR_UNSUPPORTED, %FOVEA_ERROR_TOO_LARGE
 *
 * The result of Pillow's `ImageOps.exif_transpose (image).convert ("RGB")`, with the same limits: a
 * file that ends too early is an error, damage within the compressed data is not.
 *
 * Returns: (transfer full): the image, turned upright, or %NULL
 */
FoveaImage *
fovea_image_decode_jpeg (const guint8 *data,
                         gsize size,
                         const char *name,
                         GError **error)
{
  Decoder self = { 0 };
  gboolean success;

  self.info.err = jpeg_std_error (&self.errors);
  self.info.client_data = &self;
  self.errors.error_exit = on_error;
  self.errors.emit_message = on_message;
  self.progress.progress_monitor = on_progress;
  self.source.next_input_byte = data;
  self.source.bytes_in_buffer = size;
  self.source.init_source = source_begin_or_end;
  self.source.fill_input_buffer = source_fill;
  self.source.skip_input_data = source_skip;
  self.source.resync_to_restart = jpeg_resync_to_restart;
  self.source.term_source = source_begin_or_end;

  success = decode (&self);
  if (!success)
    {
      g_clear_pointer (&self.image, fovea_image_free);
      if (self.error == NULL)
        {
          char reason[JMSG_LENGTH_MAX];
          self.errors.format_message ((j_common_ptr) &self.info, reason);
          self.error = g_error_new (FOVEA_ERROR, FOVEA_ERROR_FORMAT,
                                    "this JPEG image cannot be decoded (%s)", reason);
        }
      g_propagate_prefixed_error (error, self.error, "%s: ", name);
    }
  jpeg_destroy_decompress (&self.info);

  return success ? fovea_image_orient (self.image, self.orientation, error) : NULL;
}
