/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/images/resize.h"

#include "engine/kernels/resize.h"
#include "engine/parallel.h"

/* Rows that a thread takes at a time. */
#define ROWS_AT_ONCE 16

typedef struct {
  const FoveaResizeFilter *horizontal;
  const FoveaResizeFilter *vertical;
  const guint8 *input;
  gsize in_width;
  gsize n_rows; /* how many to make */
  gsize row_size;
  gsize first_row; /* vertically: the input's first row in the original image */
  guint8 *output;
} Pass;

static void
pass_horizontally (gsize item,
                   guint worker,
                   gpointer data)
{
  const Pass *pass = data;

  for (gsize y = item * ROWS_AT_ONCE; y < MIN ((item + 1) * ROWS_AT_ONCE, pass->n_rows); y++)
    fovea_resize_row_horizontally (pass->horizontal, pass->input + y * pass->in_width * 3, pass->in_width,
                                   pass->output + y * pass->row_size);
}

static void
pass_vertically (gsize item,
                 guint worker,
                 gpointer data)
{
  const Pass *pass = data;

  for (gsize y = item * ROWS_AT_ONCE; y < MIN ((item + 1) * ROWS_AT_ONCE, pass->n_rows); y++)
    fovea_resize_row_vertically (pass->vertical, y,
                                 pass->input + (pass->vertical->starts[y] - pass->first_row) * pass->row_size,
                                 pass->row_size, pass->output + y * pass->row_size);
}

/**
 * fovea_image_resize_and_crop:
 * @image: the image
 * @full_width: the width to resize it to, at least 1
 * @full_height: the height to resize it to, at least 1
 * @x: left edge of the part that is wanted of the resized image
 * @y: its upper edge
 * @width: its width, at least 1
 * @height: its height, at least 1; the part lies within the resized image
 * @error: %FOVEA_ERROR_TOO_LARGE
 *
 * Makes nothing but the part that is wanted, so it costs no more than that part, however large the
 * rest is. Same result with any number of threads. Any thread.
 *
 * Returns: (transfer full): the part of fovea_image_resize()'s result, or %NULL
 */
FoveaImage *
fovea_image_resize_and_crop (const FoveaImage *image,
                             guint full_width,
                             guint full_height,
                             guint x,
                             guint y,
                             guint width,
                             guint height,
                             GError **error)
{
  g_auto (FoveaResizeFilter) horizontal = { 0 }, vertical = { 0 };
  g_autofree guint8 *between = NULL;
  g_autoptr (FoveaImage) result = NULL;
  gsize first_row, end_row;
  Pass pass;

  g_return_val_if_fail (width > 0 && height > 0, NULL);
  g_return_val_if_fail (x < full_width && width <= full_width - x, NULL);
  g_return_val_if_fail (y < full_height && height <= full_height - y, NULL);

  /* Each pixel is then one pixel with weight 1. */
  if (full_width == image->width && full_height == image->height)
    return fovea_image_crop (image, x, y, width, height, error);

  result = fovea_image_new (width, height, error);
  if (result == NULL)
    return NULL;

  if (!fovea_resize_filter_init (&horizontal, image->width, full_width, x, width)
      || !fovea_resize_filter_init (&vertical, image->height, full_height, y, height))
    goto no_memory;

  first_row = vertical.starts[0];
  end_row = vertical.starts[height - 1] + vertical.counts[height - 1];
  if ((guint64) width * (end_row - first_row) > FOVEA_IMAGE_MAX_PIXELS)
    goto no_memory;
  between = g_try_malloc (width * (end_row - first_row) * 3);
  if (between == NULL)
    goto no_memory;

  pass = (Pass) {
    .horizontal = &horizontal,
    .input = image->pixels + first_row * image->width * 3,
    .in_width = image->width,
    .n_rows = end_row - first_row,
    .row_size = (gsize) width * 3,
    .output = between,
  };
  fovea_parallel_for ((pass.n_rows + ROWS_AT_ONCE - 1) / ROWS_AT_ONCE, pass_horizontally, &pass);

  pass = (Pass) {
    .vertical = &vertical,
    .input = between,
    .n_rows = height,
    .row_size = (gsize) width * 3,
    .first_row = first_row,
    .output = result->pixels,
  };
  fovea_parallel_for ((pass.n_rows + ROWS_AT_ONCE - 1) / ROWS_AT_ONCE, pass_vertically, &pass);

  return g_steal_pointer (&result);

no_memory:
  g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_TOO_LARGE,
               "no memory to resize an image from %u × %u to %u × %u pixels",
               image->width, image->height, full_width, full_height);
  return NULL;
}

/**
 * fovea_image_resize:
 * @image: the image
 * @width: the width to make it, at least 1
 * @height: the height to make it, at least 1
 * @error: %FOVEA_ERROR_TOO_LARGE
 *
 * The result of Pillow's `image.resize ((width, height), Image.BILINEAR)`: scaling down averages.
 *
 * Returns: (transfer full): a new image, or %NULL
 */
FoveaImage *
fovea_image_resize (const FoveaImage *image,
                    guint width,
                    guint height,
                    GError **error)
{
  return fovea_image_resize_and_crop (image, width, height, 0, 0, width, height, error);
}
