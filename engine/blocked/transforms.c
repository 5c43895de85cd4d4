/* Winograd's transforms of one patch, 16 channels at a time.
 *
 * Lavin and Gray, "Fast algorithms for convolutional neural networks", CVPR 2016. A transform of n values has
 * the interpolation points 0, ±p, … and infinity of winograd-points.h. With M the product of (t² − p²) over all pairs,
 *
 *   inputs:  place 0 is M, place ∞ is t·M, and place ±p is (t² ± p·t)·M / (t² − p²), where the power k of t stands for value k;
 *   outputs: value k is the sum over the points of point^k times the point's product; that of ∞ is added to the last value;
 *   weights: the powers of a point, divided by the product of its distances to the other finite points (winograd.c).
 *
 * M is a polynomial in t²: what + p and − p come to has one part of the even values and one of the odd values, which
 * are computed once.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/blocked/set.h"
#include "engine/blocked/winograd-points.h"

#define MAX_PATCH FOVEA_WINOGRAD_MAX_PATCH
#define MAX_PAIRS (MAX_PATCH / 2 - 1)
#define MAX_OUTPUTS 5

/* The functions below are inlined with constant sizes and loops without ends, so that all that depends on the points
 * becomes constants. */

/* The product of (s − p²) over all pairs but @left_out, applied to every other value from @x on: power k of s stands for
 * the value 2·k. */
ALWAYS_INLINE Vector
apply_pairs (const int size,
             const int left_out,
             const Vector *restrict x)
{
  float coefficients[MAX_PAIRS + 1] = { 1 };
  int degree = 0;
  Vector sum;

#pragma GCC unroll 3
  for (int pair = 0; pair < size / 2 - 1; pair++)
    if (pair != left_out)
      {
        const float square = (float) (fovea_winograd_point (size, pair) * fovea_winograd_point (size, pair));

        coefficients[degree + 1] = 0;
#pragma GCC unroll 3
        for (int power = degree + 1; power > 0; power--)
          coefficients[power] = coefficients[power - 1] - square * coefficients[power];
        coefficients[0] *= -square;
        degree++;
      }
  sum = x[2 * degree];
#pragma GCC unroll 3
  for (int power = degree - 1; power >= 0; power--)
    sum += coefficients[power] * x[2 * power];
  return sum;
}

/* A line of @size values. */
ALWAYS_INLINE void
transform_input_line (const int size,
                      const Vector *restrict x,
                      Vector *restrict y)
{
  y[0] = apply_pairs (size, -1, x);
#pragma GCC unroll 3
  for (int pair = 0; pair < size / 2 - 1; pair++)
    {
      const float point = (float) fovea_winograd_point (size, pair);
      const Vector even = apply_pairs (size, pair, x + 2), odd = apply_pairs (size, pair, x + 1);

      y[2 * pair + 1] = even + point * odd;
      y[2 * pair + 2] = even - point * odd;
    }
  y[size - 1] = apply_pairs (size, -1, x + 1);
}

/* A line of @size products, to @n_outputs values. */
ALWAYS_INLINE void
transform_output_line (const int size,
                       const int n_outputs,
                       const Vector *restrict x,
                       Vector *restrict y)
{
  Vector sums[MAX_PAIRS], differences[MAX_PAIRS];

#pragma GCC unroll 3
  for (int pair = 0; pair < size / 2 - 1; pair++)
    {
      sums[pair] = x[2 * pair + 1] + x[2 * pair + 2];
      differences[pair] = x[2 * pair + 1] - x[2 * pair + 2];
    }
#pragma GCC unroll 5
  for (int k = 0; k < n_outputs; k++)
    {
      y[k] = k == 0 ? x[0] : k == n_outputs - 1 ? x[size - 1] : (Vector) { 0 };
#pragma GCC unroll 3
      for (int pair = 0; pair < size / 2 - 1; pair++)
        {
          float power = 1;

#pragma GCC unroll 4
          for (int i = 0; i < k; i++)
            power *= (float) fovea_winograd_point (size, pair);
          y[k] += power * (k % 2 == 0 ? sums[pair] : differences[pair]);
        }
    }
}

/* A map's rows and columns that lie outside are zero. */
ALWAYS_INLINE void
transform_patch (const int size,
                 const FoveaPatch *patch,
                 float *planes,
                 gsize plane_stride)
{
  static const float outside[MAX_PATCH * FOVEA_BLOCK] __attribute__ ((aligned (64)));

  for (guint part = 0; part < PARTS; part++)
    {
      const float *rows[MAX_PATCH];
      Vector columns[MAX_PATCH][MAX_PATCH]; /* [column][row of the transform] */

#pragma GCC unroll 8
      for (int y = 0; y < size; y++)
        rows[y] = patch->row + y >= 0 && patch->row + y < patch->height
                    ? patch->plane + ((patch->row + y) * patch->width + patch->column) * FOVEA_BLOCK + part * LANES
                    : outside;
#pragma GCC unroll 8
      for (int x = 0; x < size; x++)
        {
          Vector values[MAX_PATCH];

          if (patch->column + x < 0 || patch->column + x >= patch->width)
            {
#pragma GCC unroll 8
              for (int y = 0; y < size; y++)
                columns[x][y] = (Vector) { 0 };
              continue;
            }
#pragma GCC unroll 8
          for (int y = 0; y < size; y++)
            values[y] = load (rows[y] + x * FOVEA_BLOCK);
          transform_input_line (size, values, columns[x]);
        }
#pragma GCC unroll 8
      for (int y = 0; y < size; y++)
        {
          Vector values[MAX_PATCH], results[MAX_PATCH];

#pragma GCC unroll 8
          for (int x = 0; x < size; x++)
            values[x] = columns[x][y];
          transform_input_line (size, values, results);
#pragma GCC unroll 8
          for (int x = 0; x < size; x++)
            store (planes + (gsize) (y * size + x) * plane_stride + part * LANES, results[x]);
        }
    }
}

void
transform_input (const FoveaPatch *patch,
                 guint size,
                 float *planes,
                 gsize plane_stride)
{
  if (size == 4)
    transform_patch (4, patch, planes, plane_stride);
  else if (size == 6)
    transform_patch (6, patch, planes, plane_stride);
  else
    transform_patch (8, patch, planes, plane_stride);
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
      Vector columns[MAX_PATCH][MAX_OUTPUTS];

#pragma GCC unroll 8
      for (int x = 0; x < size; x++)
        {
          Vector values[MAX_PATCH];

#pragma GCC unroll 8
          for (int y = 0; y < size; y++)
            values[y] = load (planes + (gsize) (y * size + x) * plane_stride + part * LANES);
          transform_output_line (size, tile_size, values, columns[x]);
        }
#pragma GCC unroll 5
      for (int y = 0; y < tile_size; y++)
        {
          Vector values[MAX_PATCH], results[MAX_OUTPUTS];

          if (y >= output->n_rows)
            break;
#pragma GCC unroll 8
          for (int x = 0; x < size; x++)
            values[x] = columns[x][y];
          transform_output_line (size, tile_size, values, results);
#pragma GCC unroll 5
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
                  guint size,
                  guint tile_size,
                  const FoveaPatchOutput *output)
{
  if (size == 4)
    transform_products (4, 2, planes, plane_stride, output);
  else if (size == 6)
    transform_products (6, 4, planes, plane_stride, output);
  else if (tile_size == 4)
    transform_products (8, 4, planes, plane_stride, output);
  else
    transform_products (8, 5, planes, plane_stride, output);
}
