/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/images/orientation.h"

#include <string.h>

#define EXIF_HEADER "Exif\0"
#define EXIF_HEADER_SIZE 6
#define TAG_ORIENTATION 0x0112

enum {
  TYPE_BYTE = 1,
  TYPE_SHORT = 3,
  TYPE_LONG = 4,
};

/* A TIFF file in memory; every read is checked, and what lies outside reads as 0. */
typedef struct {
  const guint8 *data;
  gsize size;
  gboolean big_endian;
} Tiff;

static guint
tiff_read_16 (const Tiff *tiff,
              gsize offset)
{
  if (tiff->size < 2 || offset > tiff->size - 2)
    return 0;
  return tiff->big_endian ? tiff->data[offset] << 8 | tiff->data[offset + 1]
                          : tiff->data[offset + 1] << 8 | tiff->data[offset];
}

static guint32
tiff_read_32 (const Tiff *tiff,
              gsize offset)
{
  guint32 first = tiff_read_16 (tiff, offset), second = tiff_read_16 (tiff, offset + 2);

  return tiff->big_endian ? first << 16 | second : second << 16 | first;
}

/**
 * fovea_orientation_from_exif:
 * @data: a JPEG file's APP1 segment without marker and length, from any source
 * @size: its size
 *
 * Reads the orientation tag of the first image file directory (Exif 2.3, section 4.6.4).
 *
 * Returns: 1 to 8, or 1 when @data is not Exif, is damaged or says nothing
 */
guint
fovea_orientation_from_exif (const guint8 *data,
                             gsize size)
{
  Tiff tiff;
  gsize directory;
  guint n_entries, orientation = 1;

  if (size < EXIF_HEADER_SIZE + 8 || memcmp (data, EXIF_HEADER, EXIF_HEADER_SIZE) != 0)
    return 1;

  tiff.data = data + EXIF_HEADER_SIZE;
  tiff.size = size - EXIF_HEADER_SIZE;
  tiff.big_endian = tiff.data[0] == 'M';
  if (memcmp (tiff.data, "II", 2) != 0 && memcmp (tiff.data, "MM", 2) != 0)
    return 1;
  if (tiff_read_16 (&tiff, 2) != 42)
    return 1;

  directory = tiff_read_32 (&tiff, 4);
  n_entries = tiff_read_16 (&tiff, directory);
  for (guint i = 0; i < n_entries; i++)
    {
      gsize entry = directory + 2 + (gsize) i * 12;
      guint32 value;

      if (tiff.size < 12 || entry > tiff.size - 12)
        break;
      if (tiff_read_16 (&tiff, entry) != TAG_ORIENTATION || tiff_read_32 (&tiff, entry + 4) != 1)
        continue;
      switch (tiff_read_16 (&tiff, entry + 2))
        {
        case TYPE_BYTE:
          value = tiff.data[entry + 8];
          break;
        case TYPE_SHORT:
          value = tiff_read_16 (&tiff, entry + 8);
          break;
        case TYPE_LONG:
          value = tiff_read_32 (&tiff, entry + 8);
          break;
        default:
          value = 1;
          break;
        }
      orientation = value >= 1 && value <= 8 ? value : 1;
    }
  return orientation;
}

/**
 * fovea_image_orient:
 * @image: (transfer full): the image as it was stored
 * @orientation: 1 to 8, what its Exif says
 * @error: %FOVEA_ERROR_TOO_LARGE when memory is refused
 *
 * Returns: (transfer full): the image as it is to be seen; @image itself for 1
 */
FoveaImage *
fovea_image_orient (FoveaImage *image,
                    guint orientation,
                    GError **error)
{
  /* Where the upright image's first pixel lies in the stored one, and whether its rows are the
   * stored one's columns. */
  static const struct {
    gboolean from_right, from_bottom, transposed;
  } orientations[] = {
    { FALSE, FALSE, FALSE }, { TRUE, FALSE, FALSE }, { TRUE, TRUE, FALSE }, { FALSE, TRUE, FALSE },
    { FALSE, FALSE, TRUE }, { FALSE, TRUE, TRUE }, { TRUE, TRUE, TRUE }, { TRUE, FALSE, TRUE },
  };
  g_autoptr (FoveaImage) stored = image;
  FoveaImage *upright;
  gboolean from_right, from_bottom, transposed;
  gssize start, step_x, step_y;
  gsize row_size = (gsize) image->width * 3;

  g_return_val_if_fail (orientation >= 1 && orientation <= 8, NULL);

  if (orientation == 1)
    return g_steal_pointer (&stored);

  from_right = orientations[orientation - 1].from_right;
  from_bottom = orientations[orientation - 1].from_bottom;
  transposed = orientations[orientation - 1].transposed;

  upright = transposed ? fovea_image_new (stored->height, stored->width, error)
                       : fovea_image_new (stored->width, stored->height, error);
  if (upright == NULL)
    return NULL;

  start = (from_right ? row_size - 3 : 0) + (from_bottom ? (stored->height - 1) * row_size : 0);
  step_x = from_right ? -3 : 3;
  step_y = from_bottom ? -(gssize) row_size : (gssize) row_size;
  if (transposed)
    {
      gssize step = step_x;
      step_x = step_y;
      step_y = step;
    }

  for (guint y = 0; y < upright->height; y++)
    {
      const guint8 *from = stored->pixels + start + y * step_y;
      guint8 *to = upright->pixels + (gsize) y * upright->width * 3;

      for (guint x = 0; x < upright->width; x++)
        memcpy (to + (gsize) x * 3, from + (gssize) x * step_x, 3);
    }
  return upright;
}
