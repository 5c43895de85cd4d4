/* Winograd's transforms of one patch, 16 channels at a time.
 *
 * Lavin and Gray, "Fast algorithms for convolutional neural networks", CVPR 2016. The interpolation
 * points of the large transforms are 0, ±A, ±B and infinity with A = 3/4 and B = 3/2: exact in
 * binary, and about half as far off as the usual ±1, ±2.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/blocked/set.h"

#define A 0.75f
#define B 1.5f
#define A2 (A * A)
#define B2 (B * B)

#define LARGE 6 /* values a side of the large transforms' patch */
#define SMALL 4

ALWAYS_INLINE void
transform_input_large (const Vector *restrict x,
                       Vector *restrict y)
{
  const Vector even_a = x[4] - B2 * x[2], odd_a = A * (x[3] - B2 * x[1]);
  const Vector even_b = x[4] - A2 * x[2], odd_b = B * (x[3] - A2 * x[1]);

  y[0] = x[4] - (A2 + B2) * x[2] + A2 * B2 * x[0];
  y[1] = even_a + odd_a;
  y[2] = even_a - odd_a;
  y[3] = even_b + odd_b;
  y[4] = even_b - odd_b;
  y[5] = x[5] - (A2 + B2) * x[3] + A2 * B2 * x[1];
}

ALWAYS_INLINE void
transform_input_small (const Vector *restrict x,
                       Vector *restrict y)
{
  y[0] = x[0] - x[2];
  y[1] = x[1] + x[2];
  y[2] = x[2] - x[1];
  y[3] = x[1] - x[3];
}

ALWAYS_INLINE void
transform_patch (const int size,
                 const FoveaPatch *patch,
                 float *planes,
                 gsize plane_stride)
{
  const gboolean inside = patch->row >= 0 && patch->column >= 0 &&
                          patch->row + size <= patch->height && patch->column + size <= patch->width;

  for (guint part = 0; part < PARTS; part++)
    {
      const float *source = patch->plane + (patch->row * patch->width + patch->column) * FOVEA_BLOCK + part * LANES;
      Vector columns[LARGE][LARGE]; /* [column][row of the transform] */

#pragma GCC unroll 6
      for (int x = 0; x < size; x++)
        {
          Vector values[LARGE];

#pragma GCC unroll 6
          for (int y = 0; y < size; y++)
            if (inside || (patch->row + y >= 0 && patch->row + y < patch->height &&
                           patch->column + x >= 0 && patch->column + x < patch->width))
              values[y] = load (source + (y * patch->width + x) * FOVEA_BLOCK);
            else
              values[y] = (Vector) { 0 };
          if (size == LARGE)
            transform_input_large (values, columns[x]);
          else
            transform_input_small (values, columns[x]);
        }
#pragma GCC unroll 6
      for (int y = 0; y < size; y++)
        {
          Vector values[LARGE], results[LARGE];

#pragma GCC unroll 6
          for (int x = 0; x < size; x++)
            values[x] = columns[x][y];
          if (size == LARGE)
            transform_input_large (values, results);
          else
            transform_input_small (values, results);
#pragma GCC unroll 6
          for (int x = 0; x < size; x++)
            store (planes + (gsize) (y * size + x) * plane_stride + part * LANES, results[x]);
        }
    }
}

void
transform_input (const FoveaPatch *patch,
                gboolean small,
                float *planes,
                gsize plane_stride)
{
  if (small)
    transform_patch (SMALL, patch, planes, plane_stride);
  else
    transform_patch (LARGE, patch, planes, plane_stride);
}

/* From a line of @size products to @tile_size outputs. */
ALWAYS_INLINE void
transform_output_line (const int size,
                       const int tile_size,
                       const Vector *restrict x,
                       Vector *restrict y)
{
  if (size == SMALL)
    {
      y[0] = x[0] + x[1] + x[2];
      y[1] = x[1] - x[2] - x[3];
    }
  else if (tile_size == 2)
    {
      y[0] = x[0] + (x[1] + x[2]) + (x[3] + x[4]);
      y[1] = A * (x[1] - x[2]) + B * (x[3] - x[4]) + x[5];
    }
  else
    {
      const Vector sum_a = x[1] + x[2], difference_a = A * (x[1] - x[2]);
      const Vector sum_b = x[3] + x[4], difference_b = B * (x[3] - x[4]);

      y[0] = x[0] + sum_a + sum_b;
      y[1] = difference_a + difference_b;
      y[2] = A2 * sum_a + B2 * sum_b;
      if (tile_size == 3)
        y[2] += x[5];
      else
        y[3] = A2 * difference_a + B2 * difference_b + x[5];
    }
}

ALWAYS_INLINE void
transform_products (const int size,
                    const int tile_size,
                    const float *planes,
                    gsize plane_stride,
                    const FoveaPatchOutput *output)
{
  for (guint part = 0; part < PARTS; part++)
    {
      const gboolean normalize = output->factor != NULL;
      const Vector mean = normalize ? load (output->mean + part * LANES) : (Vector) { 0 };
      const Vector factor = normalize ? load (output->factor + part * LANES) : (Vector) { 0 };
      const Vector offset = normalize ? load (output->offset + part * LANES) : (Vector) { 0 };
      const Vector bias = output->bias != NULL ? load (output->bias + part * LANES) : (Vector) { 0 };
      Vector columns[LARGE][4];

#pragma GCC unroll 6
      for (int x = 0; x < size; x++)
        {
          Vector values[LARGE];

#pragma GCC unroll 6
          for (int y = 0; y < size; y++)
            values[y] = load (planes + (gsize) (y * size + x) * plane_stride + part * LANES);
          transform_output_line (size, tile_size, values, columns[x]);
        }
#pragma GCC unroll 4
      for (int y = 0; y < tile_size; y++)
        {
          Vector values[LARGE], results[4];

          if (y >= output->n_rows)
            break;
#pragma GCC unroll 6
          for (int x = 0; x < size; x++)
            values[x] = columns[x][y];
          transform_output_line (size, tile_size, values, results);
#pragma GCC unroll 4
          for (int x = 0; x < tile_size; x++)
            if (x < output->n_columns)
              {
                const gssize place = (y * output->width + x) * FOVEA_BLOCK + part * LANES;
                Vector sum = results[x] + bias;

                if (normalize)
                  sum = (sum - mean) * factor + offset;
                if (output->addend != NULL)
                  sum += load (output->addend + place);
                if (output->relu)
                  sum = rectify (sum);
                if (output->mask != NULL)
                  sum = keep (sum, (const guint8 *) output->mask + place / 8);
                if (output->signs != NULL)
                  note_signs (sum, (guint8 *) output->signs + place / 8);
                store (output->output + place, sum);
              }
        }
    }
}

void
transform_output (const float *planes,
                 gsize plane_stride,
                 gboolean small,
                 guint tile_size,
                 const FoveaPatchOutput *output)
{
  if (small)
    transform_products (SMALL, 2, planes, plane_stride, output);
  else if (tile_size == 2)
    transform_products (LARGE, 2, planes, plane_stride, output);
  else if (tile_size == 3)
    transform_products (LARGE, 3, planes, plane_stride, output);
  else
    transform_products (LARGE, 4, planes, plane_stride, output);
}
