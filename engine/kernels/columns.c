/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/kernels/columns.h"

#include "engine/kernels/multiversion.h"

/* One tap of the kernel on one channel, for the output positions [begin, end) counted row by row:
 * what to do with the part of an output row that lies inside of the input, and with the rest. */
typedef struct {
  gint64 n_columns; /* end - begin */
  gint64 begin;
  gint64 end;
  gint64 offset[2];  /* input position that output (0, 0) sees through this tap */
  gint64 first[2];   /* outputs that see the inside: from here */
  gint64 last[2];    /* up to, not including, here */
} Tap;

static inline void
tap_init (Tap *tap,
          const FoveaConvolutionGeometry *geometry,
          gint64 ky,
          gint64 kx,
          gint64 begin,
          gint64 end)
{
  tap->n_columns = end - begin;
  tap->begin = begin;
  tap->end = end;
  tap->offset[0] = ky * geometry->dilation[0] - geometry->pad_begin[0];
  tap->offset[1] = kx * geometry->dilation[1] - geometry->pad_begin[1];
  fovea_columns_clip (geometry->output_height, geometry->input_height, tap->offset[0], geometry->stride[0],
                      &tap->first[0], &tap->last[0]);
  fovea_columns_clip (geometry->output_width, geometry->input_width, tap->offset[1], geometry->stride[1],
                      &tap->first[1], &tap->last[1]);
}

static inline __attribute__ ((always_inline)) void
gather_tap (const FoveaConvolutionGeometry *geometry,
            const Tap *tap,
            const float *restrict plane,
            float *restrict column,
            const gint64 stride)
{
  const gint64 width = geometry->output_width;
  gint64 y = tap->begin / width;

  for (gint64 row = y * width; row < tap->end; row += width, y++)
    {
      const gint64 x_begin = MAX (tap->begin - row, 0);
      const gint64 x_end = MIN (tap->end - row, width);
      float *restrict target = column + (row - tap->begin);
      gint64 first = x_end, last = x_end;

      if (y >= tap->first[0] && y < tap->last[0])
        {
          first = CLAMP (tap->first[1], x_begin, x_end);
          last = CLAMP (tap->last[1], first, x_end);
        }
      for (gint64 x = x_begin; x < first; x++)
        target[x] = 0;
      if (first < last)
        {
          const float *restrict source = plane + (y * geometry->stride[0] + tap->offset[0]) * geometry->input_width + tap->offset[1];
          for (gint64 x = first; x < last; x++)
            target[x] = source[x * stride];
        }
      for (gint64 x = last; x < x_end; x++)
        target[x] = 0;
    }
}

/* Where the map keeps its width and stride is 1, a tap is the plane moved by some places: one copy
 * for all whole rows, and zeros where it brought values around the edge. */
static inline __attribute__ ((always_inline)) void
gather_moved_plane (const FoveaConvolutionGeometry *geometry,
                    const Tap *tap,
                    const float *restrict plane,
                    float *restrict column)
{
  const gint64 width = geometry->output_width;
  const gint64 y_begin = tap->begin / width, y_end = tap->end / width;
  const gint64 first = CLAMP (tap->first[0], y_begin, y_end), last = CLAMP (tap->last[0], first, y_end);
  gint64 i = 0, n;

  if (first == last || tap->first[1] == tap->last[1])
    {
      for (; i < tap->n_columns; i++)
        column[i] = 0;
      return;
    }

  n = (first - y_begin) * width + tap->first[1];
  for (; i < n; i++)
    column[i] = 0;
  n = (last - 1 - y_begin) * width + tap->last[1];
  plane += (y_begin + tap->offset[0]) * width + tap->offset[1];
  for (; i < n; i++)
    column[i] = plane[i];
  for (; i < tap->n_columns; i++)
    column[i] = 0;

  for (gint64 y = first - y_begin; y < last - y_begin; y++)
    {
      for (gint64 x = 0; x < tap->first[1]; x++)
        column[y * width + x] = 0;
      for (gint64 x = tap->last[1]; x < width; x++)
        column[y * width + x] = 0;
    }
}

static inline __attribute__ ((always_inline)) void
scatter_tap (const FoveaConvolutionGeometry *geometry,
             const Tap *tap,
             const float *restrict column,
             float *restrict plane,
             const gint64 stride)
{
  const gint64 width = geometry->output_width;
  const gint64 y_begin = MAX (tap->begin / width, tap->first[0]);
  const gint64 y_end = MIN ((tap->end + width - 1) / width, tap->last[0]);

  for (gint64 y = y_begin; y < y_end; y++)
    {
      const gint64 row = y * width;
      const gint64 first = MAX (tap->begin - row, tap->first[1]);
      const gint64 last = MIN (tap->end - row, tap->last[1]);
      const float *restrict source = column + (row - tap->begin);
      float *restrict target;

      if (first >= last)
        continue;
      target = plane + (y * geometry->stride[0] + tap->offset[0]) * geometry->input_width + tap->offset[1];
      for (gint64 x = first; x < last; x++)
        target[x * stride] += source[x];
    }
}

/**
 * fovea_columns_gather:
 * @n_channels: how many channels to unroll
 * @input: [@n_channels, input height, input width]
 * @begin: the first output position, counted row by row
 * @end: the one after the last
 * @columns: (out): [@n_channels × kernel height × kernel width, @end - @begin]
 *
 * Known as im2col: column i holds the input values under the kernel at output position
 * @begin + i, zero where it lies outside of the input.
 */
FOVEA_MULTIVERSION void
fovea_columns_gather (const FoveaConvolutionGeometry *geometry,
                      gint64 n_channels,
                      const float *input,
                      gint64 begin,
                      gint64 end,
                      float *columns)
{
  const gint64 area = geometry->input_height * geometry->input_width;
  const gint64 n_taps = geometry->kernel[0] * geometry->kernel[1];
  const gboolean moved = geometry->stride[0] == 1 && geometry->stride[1] == 1 &&
                         geometry->input_width == geometry->output_width &&
                         begin % geometry->output_width == 0 && end % geometry->output_width == 0;

  for (gint64 ky = 0; ky < geometry->kernel[0]; ky++)
    for (gint64 kx = 0; kx < geometry->kernel[1]; kx++)
      {
        float *column = columns + (ky * geometry->kernel[1] + kx) * (end - begin);
        Tap tap;

        tap_init (&tap, geometry, ky, kx, begin, end);
        for (gint64 c = 0; c < n_channels; c++)
          {
            const float *plane = input + c * area;

            if (moved)
              gather_moved_plane (geometry, &tap, plane, column);
            else if (geometry->stride[1] == 1)
              gather_tap (geometry, &tap, plane, column, 1);
            else if (geometry->stride[1] == 2)
              gather_tap (geometry, &tap, plane, column, 2);
            else
              gather_tap (geometry, &tap, plane, column, geometry->stride[1]);
            column += n_taps * tap.n_columns;
          }
      }
}

/**
 * fovea_columns_scatter:
 * @n_channels: how many channels @columns holds
 * @columns: as fovea_columns_gather() makes them
 * @input: [@n_channels, input height, input width], added to
 *
 * Known as col2im, the transpose of fovea_columns_gather(): every value of @columns is added to the
 * place it would have been read from.
 */
FOVEA_MULTIVERSION void
fovea_columns_scatter (const FoveaConvolutionGeometry *geometry,
                       gint64 n_channels,
                       const float *columns,
                       gint64 begin,
                       gint64 end,
                       float *input)
{
  const gint64 area = geometry->input_height * geometry->input_width;

  for (gint64 c = 0; c < n_channels; c++)
    for (gint64 ky = 0; ky < geometry->kernel[0]; ky++)
      for (gint64 kx = 0; kx < geometry->kernel[1]; kx++)
        {
          const float *column = columns + ((c * geometry->kernel[0] + ky) * geometry->kernel[1] + kx) * (end - begin);
          float *plane = input + c * area;
          Tap tap;

          tap_init (&tap, geometry, ky, kx, begin, end);
          if (geometry->stride[1] == 1)
            scatter_tap (geometry, &tap, column, plane, 1);
          else if (geometry->stride[1] == 2)
            scatter_tap (geometry, &tap, column, plane, 2);
          else
            scatter_tap (geometry, &tap, column, plane, geometry->stride[1]);
        }
}
