/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/kernels/resize.h"

#include <math.h>
#include <string.h>

/* Output values that are summed up at a time: their sums stay in the first-level cache. */
#define BLOCK 1024

#define ONE_HALF (1 << (FOVEA_RESIZE_PRECISION - 1))

/* Compiled for wider vectors as well; the processor decides when the program starts. The arithmetic
 * is integer, so the result is the same. */
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define FOR_WIDE_VECTORS __attribute__ ((target_clones ("avx2", "default")))
#else
#define FOR_WIDE_VECTORS
#endif

typedef gint32 Pixel __attribute__ ((vector_size (16)));
typedef guint8 PixelBytes __attribute__ ((vector_size (4)));

/**
 * fovea_resize_filter_init:
 * @filter: to be filled; clear it with fovea_resize_filter_clear(), whatever is returned
 * @in_size: width or height of the input, at least 1
 * @out_size: width or height of the whole output, at least 1
 * @first: the first output that is wanted
 * @n_outputs: how many outputs from there on are wanted
 *
 * A triangle as wide as two input pixels, or two output pixels where those are larger, so that
 * scaling down averages. The same weights, rounded in the same way, as Pillow's `Image.resize (…,
 * Image.BILINEAR)` (src/libImaging/Resample.c).
 *
 * Returns: %FALSE when memory is refused
 */
gboolean
fovea_resize_filter_init (FoveaResizeFilter *filter,
                          guint in_size,
                          guint out_size,
                          guint first,
                          guint n_outputs)
{
  double scale = (double) in_size / out_size;
  double support = MAX (scale, 1.0);
  g_autofree double *weights = NULL;

  filter->n_outputs = n_outputs;
  filter->n_taps = (gsize) ceil (support) * 2 + 1;
  filter->starts = g_try_new (guint32, n_outputs);
  filter->counts = g_try_new (guint32, n_outputs);
  filter->weights = filter->n_taps <= G_MAXSIZE / sizeof (gint32) / MAX (n_outputs, 1)
                      ? g_try_new (gint32, filter->n_taps * n_outputs)
                      : NULL;
  weights = g_try_new (double, filter->n_taps);
  if (filter->starts == NULL || filter->counts == NULL || filter->weights == NULL || weights == NULL)
    return FALSE;

  for (gsize i = 0; i < n_outputs; i++)
    {
      double center = ((double) first + i + 0.5) * scale;
      gint64 start = (gint64) (center - support + 0.5);
      gint64 end = (gint64) (center + support + 0.5);
      gint32 *fixed = filter->weights + i * filter->n_taps;
      double sum = 0;

      start = MAX (start, 0);
      end = MIN (end, (gint64) in_size);
      for (gint64 x = start; x < end; x++)
        {
          double distance = fabs ((x - center + 0.5) * (1.0 / support));
          weights[x - start] = distance < 1.0 ? 1.0 - distance : 0.0;
          sum += weights[x - start];
        }
      for (gint64 x = start; x < end; x++)
        {
          double weight = sum != 0.0 ? weights[x - start] / sum : weights[x - start];
          fixed[x - start] = (gint32) (0.5 + weight * (1 << FOVEA_RESIZE_PRECISION));
        }
      filter->starts[i] = start;
      filter->counts[i] = end - start;
    }
  return TRUE;
}

/**
 * fovea_resize_filter_clear:
 *
 * Frees what @filter holds.
 */
void
fovea_resize_filter_clear (FoveaResizeFilter *filter)
{
  g_clear_pointer (&filter->starts, g_free);
  g_clear_pointer (&filter->counts, g_free);
  g_clear_pointer (&filter->weights, g_free);
}

/**
 * fovea_resize_row_horizontally:
 * @filter: for the image's width
 * @input: a row of @in_width RGB pixels
 * @in_width: its width
 * @output: @filter's n_outputs RGB pixels
 *
 * Any thread.
 */
FOR_WIDE_VECTORS void
fovea_resize_row_horizontally (const FoveaResizeFilter *filter,
                               const guint8 *restrict input,
                               guint in_width,
                               guint8 *restrict output)
{
  for (gsize i = 0; i < filter->n_outputs; i++)
    {
      const gint32 *weights = filter->weights + i * filter->n_taps;
      guint count = filter->counts[i];
      const guint8 *pixel = input + (gsize) filter->starts[i] * 3;
      Pixel sum = { ONE_HALF, ONE_HALF, ONE_HALF, ONE_HALF };
      /* The row's last pixel has no fourth byte that may be read. */
      gboolean reaches_end = filter->starts[i] + count == in_width;

      for (guint k = 0; k < count - reaches_end; k++, pixel += 3)
        {
          PixelBytes bytes;

          memcpy (&bytes, pixel, sizeof bytes);
          sum += __builtin_convertvector (bytes, Pixel) * weights[k];
        }
      if (reaches_end)
        sum += (Pixel) { pixel[0], pixel[1], pixel[2], 0 } * weights[count - 1];

      /* The weights are not negative and sum up to 1, so there is nothing to clip but what rounding
       * added. */
      for (guint c = 0; c < 3; c++)
        output[i * 3 + c] = MIN (sum[c] >> FOVEA_RESIZE_PRECISION, 255);
    }
}

/**
 * fovea_resize_row_vertically:
 * @filter: for the image's height
 * @row: which of @filter's outputs to make
 * @input: the row that is this output's first input, followed by the others
 * @row_size: bytes in a row
 * @output: @row_size bytes
 *
 * Any thread.
 */
FOR_WIDE_VECTORS void
fovea_resize_row_vertically (const FoveaResizeFilter *filter,
                             gsize row,
                             const guint8 *restrict input,
                             gsize row_size,
                             guint8 *restrict output)
{
  const gint32 *weights = filter->weights + row * filter->n_taps;
  gint32 sums[BLOCK];

  for (gsize start = 0; start < row_size; start += BLOCK)
    {
      gsize n = MIN (BLOCK, row_size - start);

      for (gsize i = 0; i < n; i++)
        sums[i] = ONE_HALF;
      for (guint k = 0; k < filter->counts[row]; k++)
        {
          const guint8 *from = input + k * row_size + start;
          gint32 weight = weights[k];

          for (gsize i = 0; i < n; i++)
            sums[i] += from[i] * weight;
        }
      for (gsize i = 0; i < n; i++)
        output[start + i] = MIN (sums[i] >> FOVEA_RESIZE_PRECISION, 255);
    }
}
