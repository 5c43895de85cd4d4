/* What happens to maps value by value, and poolings.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <math.h>
#include <string.h>

#include "engine/blocked/set.h"

void
rectify_map (const float *input,
             float *output,
             guint16 *signs,
             gsize n_pixels)
{
  for (gsize i = 0; i < n_pixels * FOVEA_BLOCK; i += LANES)
    {
      const Vector value = rectify (load (input + i));

      if (signs != NULL)
        note_signs (value, (guint8 *) signs + i / 8);
      store (output + i, value);
    }
}

void
add_maps (const float *a,
          const float *b,
          float *output,
          gboolean relu,
          guint16 *signs,
          gsize n_pixels)
{
  for (gsize i = 0; i < n_pixels * FOVEA_BLOCK; i += LANES)
    {
      Vector value = load (a + i) + load (b + i);

      if (relu)
        value = rectify (value);
      if (signs != NULL)
        note_signs (value, (guint8 *) signs + i / 8);
      store (output + i, value);
    }
}

/* Keeps what @mask lets pass, then adds @addend; both may be NULL. */
void
mask_map (const float *input,
          const guint16 *mask,
          const float *addend,
          float *output,
          gsize n_pixels)
{
  for (gsize i = 0; i < n_pixels * FOVEA_BLOCK; i += LANES)
    {
      Vector value = load (input + i);

      if (mask != NULL)
        value = keep (value, (const guint8 *) mask + i / 8);
      if (addend != NULL)
        value += load (addend + i);
      store (output + i, value);
    }
}

void
transform_affine (const float *input,
                  const float *mean,
                  const float *factor,
                  const float *offset,
                  gboolean relu,
                  float *output,
                  guint16 *signs,
                  gsize n_pixels)
{
  for (gsize i = 0; i < n_pixels * FOVEA_BLOCK; i += LANES)
    {
      const gsize lane = i % FOVEA_BLOCK;
      Vector value = (load (input + i) - load (mean + lane)) * load (factor + lane) + load (offset + lane);

      if (relu)
        value = rectify (value);
      if (signs != NULL)
        note_signs (value, (guint8 *) signs + i / 8);
      store (output + i, value);
    }
}

void
scale_map (const float *input,
           const float *factor,
           const float *addend,
           float *output,
           gsize n_pixels)
{
  for (gsize i = 0; i < n_pixels * FOVEA_BLOCK; i += LANES)
    {
      Vector value = load (input + i) * load (factor + i % FOVEA_BLOCK);

      if (addend != NULL)
        value += load (addend + i);
      store (output + i, value);
    }
}

/* Whether a ReLU that noted @signs lets any of the gradient through. */
gboolean
is_map_open (const float *gradient,
         const guint16 *signs,
         gsize n_pixels)
{
  for (gsize i = 0; i < n_pixels; i++)
    if (signs[i] != 0)
      for (guint lane = 0; lane < FOVEA_BLOCK; lane++)
        if ((signs[i] >> lane & 1) && gradient[i * FOVEA_BLOCK + lane] != 0)
          return TRUE;
  return FALSE;
}

void
keep_positive_values (float *gradient,
               gsize n_pixels)
{
  for (gsize i = 0; i < n_pixels * FOVEA_BLOCK; i++)
    gradient[i] = gradient[i] > 0 ? gradient[i] : 0;
}

/* The taps of the window at @index along @axis that lie inside of the input: from *first up to, not
 * including, *end. */
ALWAYS_INLINE void
clip_taps (const FoveaBlockedPooling *pooling,
           guint axis,
           gint64 index,
           gint64 *first,
           gint64 *end)
{
  const gint64 begin = index * pooling->stride[axis] - pooling->pad_begin[axis];
  const gint64 size = axis == 0 ? pooling->input_height : pooling->input_width;

  *first = MAX (-begin, 0);
  *end = MIN (pooling->kernel[axis], size - begin);
}

/* Windows along an axis: from first up to, not including, end. */
typedef struct {
  gint64 first;
  gint64 end;
} Windows;

/* Takes the windows along @axis that see the input's row or column @index from those that see the one
 * before it, where any did: both ends only move on, so nothing has to be divided. */
ALWAYS_INLINE void
advance_windows (const FoveaBlockedPooling *pooling,
                 guint axis,
                 gint64 index,
                 Windows *windows)
{
  const gint64 padded = index + pooling->pad_begin[axis], kernel = pooling->kernel[axis], stride = pooling->stride[axis];
  const gint64 size = axis == 0 ? pooling->output_height : pooling->output_width;

  while (windows->first < size && windows->first * stride + kernel <= padded)
    windows->first++;
  while (windows->end < size && windows->end * stride <= padded)
    windows->end++;
}

/* The largest value of a window and where it was found. Of equal ones the first counts, and
 * not-a-number counts as the largest. Inlined with constant numbers of taps for whole windows. */
ALWAYS_INLINE void
find_maximum (const float *window,
              gint64 input_width,
              gint64 kernel_width,
              gint64 first_row,
              gint64 end_row,
              gint64 first_column,
              gint64 end_column,
              Vector *maximum,
              IntVector *tap)
{
  *maximum = (Vector) { 0 } - INFINITY;
  *tap = (IntVector) { 0 } + (gint32) (first_row * kernel_width + first_column);
#pragma GCC unroll 3
  for (gint64 y = first_row; y < end_row; y++)
#pragma GCC unroll 3
    for (gint64 x = first_column; x < end_column; x++)
      take_larger (maximum, tap, load (window + (y * input_width + x) * FOVEA_BLOCK), (gint32) (y * kernel_width + x));
}

/* As the MaxPool operator, some rows of the output. @taps, if any, gets the number of the tap where each maximum
 * was found. */
void
find_maxima (const FoveaBlockedPooling *pooling,
             gint64 first_output_row,
             gint64 end_output_row,
             const float *input,
             float *output,
             guint8 *taps)
{
  const gint64 width = pooling->input_width;

  for (gint64 y = first_output_row; y < end_output_row; y++)
    {
      const gint64 row = y * pooling->stride[0] - pooling->pad_begin[0];
      gint64 first_row, end_row;

      clip_taps (pooling, 0, y, &first_row, &end_row);
      for (gint64 x = 0; x < pooling->output_width; x++)
        {
          const gint64 place = (y * pooling->output_width + x) * FOVEA_BLOCK;
          const gint64 column = x * pooling->stride[1] - pooling->pad_begin[1];
          gint64 first_column, end_column;

          clip_taps (pooling, 1, x, &first_column, &end_column);
          for (guint part = 0; part < PARTS; part++)
            {
              const float *window = input + (row * width + column) * FOVEA_BLOCK + part * LANES;
              const gint64 n_rows = end_row - first_row, n_columns = end_column - first_column;
              Vector maximum;
              IntVector tap;

              if (n_rows == 3 && n_columns == 3 && pooling->kernel[1] == 3)
                find_maximum (window, width, 3, 0, 3, 0, 3, &maximum, &tap);
              else if (n_rows == 2 && n_columns == 2 && pooling->kernel[1] == 2)
                find_maximum (window, width, 2, 0, 2, 0, 2, &maximum, &tap);
              else
                find_maximum (window, width, pooling->kernel[1], first_row, end_row, first_column, end_column, &maximum, &tap);
              store (output + place + part * LANES, maximum);
              if (taps != NULL)
                *(ByteVector *) (taps + place + part * LANES) = __builtin_convertvector (tap, ByteVector);
            }
        }
    }
}

/* What the way back through a max pooling reads and writes. */
typedef struct {
  const float *output_gradient;
  const guint8 *taps;
  gboolean accumulate;
  const guint16 *mask;
  float *input_gradient;
} MaximaReturn;

/* @sum, and what there is at @place already, where the mask lets it pass. */
ALWAYS_INLINE void
store_gradient (const MaximaReturn *run,
                gint64 place,
                Vector sum)
{
  if (run->mask != NULL)
    sum = keep (sum, (const guint8 *) run->mask + place / 8);
  store (run->input_gradient + place, sum);
}

ALWAYS_INLINE Vector
load_gradient (const MaximaReturn *run,
               gint64 place)
{
  return run->accumulate ? load (run->input_gradient + place) : (Vector) { 0 };
}

/* One pixel collects from the windows that see it. */
ALWAYS_INLINE void
return_to_pixel (const FoveaBlockedPooling *pooling,
                 const MaximaReturn *run,
                 gint64 y,
                 gint64 x,
                 const Windows *rows,
                 const Windows *columns)
{
  const gint64 place = (y * pooling->input_width + x) * FOVEA_BLOCK;

  for (guint part = 0; part < PARTS; part++)
    {
      Vector sum = load_gradient (run, place + part * LANES);

      for (gint64 row = rows->first; row < rows->end; row++)
        for (gint64 column = columns->first; column < columns->end; column++)
          {
            const gint64 window = (row * pooling->output_width + column) * FOVEA_BLOCK + part * LANES;
            const gint64 ky = y + pooling->pad_begin[0] - row * pooling->stride[0];
            const gint64 kx = x + pooling->pad_begin[1] - column * pooling->stride[1];

            sum = add_where (sum, load (run->output_gradient + window), run->taps + window, (guint8) (ky * pooling->kernel[1] + kx));
          }
      store_gradient (run, place + part * LANES, sum);
    }
}

/* For windows of 3×3 with stride 2, pairs of pixels of a row: the first one sees the last column of a window and the
 * first one of the next window, the second one sees the middle of that. @place is the first pixel's, @window the
 * second window's in the first of @n_rows rows, the pixels' row there is @row. Inlined with a constant number of rows. */
ALWAYS_INLINE void
return_to_pairs (const int n_rows,
                 const FoveaBlockedPooling *pooling,
                 const MaximaReturn *run,
                 gint64 row,
                 gint64 place,
                 gint64 window,
                 gint64 n_pairs)
{
  const gint64 row_floats = pooling->output_width * FOVEA_BLOCK;

  for (gint64 i = 0; i < n_pairs; i++, place += 2 * FOVEA_BLOCK, window += FOVEA_BLOCK)
    for (guint part = 0; part < PARTS; part++)
      {
        Vector first = load_gradient (run, place + part * LANES), second = load_gradient (run, place + FOVEA_BLOCK + part * LANES);

#pragma GCC unroll 2
        for (int r = 0; r < n_rows; r++)
          {
            const gint64 right = window + r * row_floats + part * LANES, left = right - FOVEA_BLOCK;
            const gint64 tap = (row - 2 * r) * 3;

            first = add_where (first, load (run->output_gradient + left), run->taps + left, (guint8) (tap + 2));
            first = add_where (first, load (run->output_gradient + right), run->taps + right, (guint8) tap);
            second = add_where (second, load (run->output_gradient + right), run->taps + right, (guint8) (tap + 1));
          }
        store_gradient (run, place + part * LANES, first);
        store_gradient (run, place + FOVEA_BLOCK + part * LANES, second);
      }
}

/* As return_maxima(), of one row. */
ALWAYS_INLINE void
return_to_row (const FoveaBlockedPooling *pooling,
               const MaximaReturn *run,
               gint64 y,
               const Windows *rows)
{
  const gboolean overlaps = pooling->kernel[0] == 3 && pooling->kernel[1] == 3 && pooling->stride[0] == 2 && pooling->stride[1] == 2;
  /* The first window with one before it whose first pixel exists, and its first pixel. */
  const gint64 pad = pooling->pad_begin[1], first_window = MAX (1, (pad + 1) / 2), first_pixel = 2 * first_window - pad;
  gint64 n_pairs = MIN (pooling->output_width - first_window, (pooling->input_width - first_pixel) / 2);
  Windows columns = { 0 };

  if (!overlaps || n_pairs < 0 || rows->first == rows->end)
    n_pairs = 0;
  for (gint64 x = 0; x < pooling->input_width; x++)
    {
      if (n_pairs > 0 && x == first_pixel)
        {
          const gint64 row = y + pooling->pad_begin[0] - 2 * rows->first;
          const gint64 place = (y * pooling->input_width + x) * FOVEA_BLOCK;
          const gint64 window = (rows->first * pooling->output_width + first_window) * FOVEA_BLOCK;

          if (rows->end - rows->first == 1)
            return_to_pairs (1, pooling, run, row, place, window, n_pairs);
          else
            return_to_pairs (2, pooling, run, row, place, window, n_pairs);
          x += 2 * n_pairs;
          if (x == pooling->input_width)
            return;
        }
      advance_windows (pooling, 1, x, &columns);
      return_to_pixel (pooling, run, y, x, rows, &columns);
    }
}

/* Each input of some rows collects from the windows that found their maximum there, and keeps it where @mask, if any,
 * lets it pass. */
void
return_maxima (const FoveaBlockedPooling *pooling,
               gint64 first_row,
               gint64 end_row,
               const float *output_gradient,
               const guint8 *taps,
               gboolean accumulate,
               const guint16 *mask,
               float *input_gradient)
{
  const MaximaReturn run = { output_gradient, taps, accumulate, mask, input_gradient };
  Windows rows = { 0 };

  for (gint64 y = first_row; y < end_row; y++)
    {
      advance_windows (pooling, 0, y, &rows);
      return_to_row (pooling, &run, y, &rows);
    }
}

/* Some rows of the output. A window's sum is multiplied by its row's and its column's factor: 1 / taps counted. */
void
find_averages (const FoveaBlockedPooling *pooling,
               gint64 first_output_row,
               gint64 end_output_row,
               const float *row_factors,
               const float *column_factors,
               const float *input,
               float *output)
{
  for (gint64 y = first_output_row; y < end_output_row; y++)
    {
      gint64 first_row, end_row;

      clip_taps (pooling, 0, y, &first_row, &end_row);
      for (gint64 x = 0; x < pooling->output_width; x++)
        {
          const gint64 place = (y * pooling->output_width + x) * FOVEA_BLOCK;
          const gint64 row = y * pooling->stride[0] - pooling->pad_begin[0];
          const gint64 column = x * pooling->stride[1] - pooling->pad_begin[1];
          gint64 first_column, end_column;

          clip_taps (pooling, 1, x, &first_column, &end_column);
          for (guint part = 0; part < PARTS; part++)
            {
              Vector sum = { 0 };

              for (gint64 ky = first_row; ky < end_row; ky++)
                for (gint64 kx = first_column; kx < end_column; kx++)
                  sum += load (input + ((row + ky) * pooling->input_width + column + kx) * FOVEA_BLOCK + part * LANES);
              store (output + place + part * LANES, sum * (row_factors[y] * column_factors[x]));
            }
        }
    }
}

/* As return_maxima(), where each window gives all its inputs the same. */
void
return_averages (const FoveaBlockedPooling *pooling,
                 gint64 first_row,
                 gint64 end_row,
                 const float *row_factors,
                 const float *column_factors,
                 const float *output_gradient,
                 gboolean accumulate,
                 const guint16 *mask,
                 float *input_gradient)
{
  Windows rows = { 0 };

  for (gint64 y = first_row; y < end_row; y++)
    {
      Windows columns = { 0 };

      advance_windows (pooling, 0, y, &rows);
      for (gint64 x = 0; x < pooling->input_width; x++)
        {
          const gint64 place = (y * pooling->input_width + x) * FOVEA_BLOCK;

          advance_windows (pooling, 1, x, &columns);
          for (guint part = 0; part < PARTS; part++)
            {
              Vector sum = { 0 };

              if (accumulate)
                sum = load (input_gradient + place + part * LANES);
              for (gint64 row = rows.first; row < rows.end; row++)
                for (gint64 column = columns.first; column < columns.end; column++)
                  sum += load (output_gradient + (row * pooling->output_width + column) * FOVEA_BLOCK + part * LANES) *
                         (row_factors[row] * column_factors[column]);
              if (mask != NULL)
                sum = keep (sum, (const guint8 *) mask + (place + part * LANES) / 8);
              store (input_gradient + place + part * LANES, sum);
            }
        }
    }
}

/* Sums of a few pixels in single precision, those sums in double: no digit is lost on large maps. */
void
average_map (const float *input,
             gsize n_pixels,
             float *output)
{
  enum { CHUNK = 16 };
  double totals[FOVEA_BLOCK] = { 0 };

  for (gsize begin = 0; begin < n_pixels; begin += CHUNK)
    for (guint part = 0; part < PARTS; part++)
      {
        float lanes[LANES] __attribute__ ((aligned (LANES * 4)));
        Vector sum = { 0 };

        for (gsize i = begin; i < MIN (begin + CHUNK, n_pixels); i++)
          sum += load (input + i * FOVEA_BLOCK + part * LANES);
        store (lanes, sum);
        for (guint lane = 0; lane < LANES; lane++)
          totals[part * LANES + lane] += lanes[lane];
      }
  for (guint lane = 0; lane < FOVEA_BLOCK; lane++)
    output[lane] = (float) (totals[lane] / (double) n_pixels);
}

/* To some of the @n_averaged pixels. */
void
spread_map (const float *output_gradient,
            gsize n_averaged,
            gsize n_pixels,
            gboolean accumulate,
            const guint16 *mask,
            float *input_gradient)
{
  for (guint part = 0; part < PARTS; part++)
    {
      const Vector share = load (output_gradient + part * LANES) / (float) n_averaged;

      for (gsize i = 0; i < n_pixels; i++)
        {
          const gsize place = i * FOVEA_BLOCK + part * LANES;
          Vector value = accumulate ? load (input_gradient + place) + share : share;

          if (mask != NULL)
            value = keep (value, (const guint8 *) mask + place / 8);
          store (input_gradient + place, value);
        }
    }
}

/* From planes of one channel each to blocks of 16 channels; what channels are missing is zero. */
void
pack_map (const float *planes,
          gsize plane_stride,
          guint n_channels,
          gsize n_pixels,
          gboolean accumulate,
          float *blocks)
{
  if (!accumulate && n_channels < FOVEA_BLOCK)
    memset (blocks, 0, n_pixels * FOVEA_BLOCK * sizeof (float));
  for (gsize begin = 0; begin < n_pixels; begin += FOVEA_BLOCK)
    {
      const gsize end = MIN (begin + FOVEA_BLOCK, n_pixels);

      for (guint c = 0; c < n_channels; c++)
        for (gsize i = begin; i < end; i++)
          blocks[i * FOVEA_BLOCK + c] = (accumulate ? blocks[i * FOVEA_BLOCK + c] : 0) + planes[c * plane_stride + i];
    }
}

/* Deals the first half of the rows and the second half one after the other, as one shuffles cards, number by number. Done
 * as often as LANES can be halved, rows have become columns. */
ALWAYS_INLINE void
deal (const Vector from[LANES],
      Vector to[LANES])
{
  IntVector low, high;

#pragma GCC unroll 16
  for (gint32 i = 0; i < LANES; i++)
    {
      low[i] = i / 2 + i % 2 * LANES;
      high[i] = low[i] + LANES / 2;
    }
#pragma GCC unroll 8
  for (guint i = 0; i < LANES / 2; i++)
    {
      to[2 * i] = __builtin_shuffle (from[i], from[i + LANES / 2], low);
      to[2 * i + 1] = __builtin_shuffle (from[i], from[i + LANES / 2], high);
    }
}

/* LANES channels of LANES pixels. Rows of @planes may lie anywhere. */
ALWAYS_INLINE void
unpack_square (const float *blocks,
               guint n_channels,
               float *planes,
               gsize plane_stride)
{
  Vector rows[LANES], dealt[LANES];

#pragma GCC unroll 16
  for (guint i = 0; i < LANES; i++)
    rows[i] = load (blocks + i * FOVEA_BLOCK);
#if LANES == 16
  deal (rows, dealt);
  deal (dealt, rows);
#else
  deal (rows, dealt);
  memcpy (rows, dealt, sizeof rows);
#endif
  deal (rows, dealt);
  deal (dealt, rows);
#pragma GCC unroll 16
  for (guint c = 0; c < LANES; c++)
    if (c < n_channels)
      memcpy (planes + c * plane_stride, &rows[c], sizeof rows[c]);
}

void
unpack_map (const float *blocks,
            gsize n_pixels,
            guint n_channels,
            float *planes,
            gsize plane_stride)
{
  const gsize n_squares = n_pixels / LANES;

  for (gsize square = 0; square < n_squares; square++)
    for (guint first = 0; first < n_channels; first += LANES)
      unpack_square (blocks + square * LANES * FOVEA_BLOCK + first, MIN (n_channels - first, LANES),
                     planes + first * plane_stride + square * LANES, plane_stride);
  for (gsize i = n_squares * LANES; i < n_pixels; i++)
    for (guint c = 0; c < n_channels; c++)
      planes[c * plane_stride + i] = blocks[i * FOVEA_BLOCK + c];
}
