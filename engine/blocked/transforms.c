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
 * A short line, whose last two outputs are not wanted, does without the pair of the largest points, l: M has one factor less,
 * two places stay unused, and infinity's product is added to the last output that is wanted. As the weights are those of all
 * points, inputs make up for the factor p² − l² by which they were divided.
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

/* The pairs of points of a line. */
ALWAYS_INLINE int
count_pairs (const int size,
             const gboolean is_short)
{
  return size / 2 - 1 - is_short;
}

/* Whether a place of a line has a product. */
ALWAYS_INLINE gboolean
has_place (const int size,
           const gboolean is_short,
           const int place)
{
  return !is_short || place < size - 3 || place == size - 1;
}

/* What weights of a point, whose square is given, are to be multiplied by in a short line. */
ALWAYS_INLINE float
get_factor (const int size,
            const gboolean is_short,
            const float square)
{
  const float left_out = (float) fovea_winograd_point (size, (guint) size / 2 - 2);

  return is_short ? square - left_out * left_out : 1;
}

/* The product of (s − p²) over all pairs but @left_out, applied to every other value from @x on: power k of s stands for
 * the value 2·k. */
ALWAYS_INLINE Vector
apply_pairs (const int size,
             const gboolean is_short,
             const int left_out,
             const Vector *restrict x)
{
  float coefficients[MAX_PAIRS + 1] = { 1 };
  int degree = 0;
  Vector sum;

#pragma GCC unroll 3
  for (int pair = 0; pair < count_pairs (size, is_short); pair++)
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
                      const gboolean is_short,
                      const Vector *restrict x,
                      Vector *restrict y)
{
  y[0] = get_factor (size, is_short, 0) * apply_pairs (size, is_short, -1, x);
#pragma GCC unroll 3
  for (int pair = 0; pair < count_pairs (size, is_short); pair++)
    {
      const float point = (float) fovea_winograd_point (size, (guint) pair), factor = get_factor (size, is_short, point * point);
      const Vector even = factor * apply_pairs (size, is_short, pair, x + 2), odd = factor * apply_pairs (size, is_short, pair, x + 1);

      y[2 * pair + 1] = even + point * odd;
      y[2 * pair + 2] = even - point * odd;
    }
  y[size - 1] = apply_pairs (size, is_short, -1, x + 1);
}

/* A line of @size products, to @tile_size values, or two less. */
ALWAYS_INLINE void
transform_output_line (const int size,
                       const gboolean is_short,
                       const int tile_size,
                       const Vector *restrict x,
                       Vector *restrict y)
{
  const int n_outputs = tile_size - 2 * is_short;
  Vector sums[MAX_PAIRS], differences[MAX_PAIRS];

#pragma GCC unroll 3
  for (int pair = 0; pair < count_pairs (size, is_short); pair++)
    {
      sums[pair] = x[2 * pair + 1] + x[2 * pair + 2];
      differences[pair] = x[2 * pair + 1] - x[2 * pair + 2];
    }
#pragma GCC unroll 5
  for (int k = 0; k < n_outputs; k++)
    {
      y[k] = k == 0 ? x[0] : k == n_outputs - 1 ? x[size - 1] : (Vector) { 0 };
#pragma GCC unroll 3
      for (int pair = 0; pair < count_pairs (size, is_short); pair++)
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
                 const gboolean has_short_rows,
                 const gboolean has_short_columns,
                 const FoveaPatch *patch,
                 float *planes,
                 gsize plane_stride)
{
  static const float outside[MAX_PATCH * FOVEA_BLOCK] __attribute__ ((aligned (64)));
  const int n_rows = size - 2 * has_short_rows, n_columns = size - 2 * has_short_columns;

  for (guint part = 0; part < PARTS; part++)
    {
      const float *rows[MAX_PATCH];
      Vector columns[MAX_PATCH][MAX_PATCH]; /* [column][row of the transform] */

#pragma GCC unroll 8
      for (int y = 0; y < n_rows; y++)
        rows[y] = patch->row + y >= 0 && patch->row + y < patch->height
                    ? patch->plane + ((patch->row + y) * patch->width + patch->column) * FOVEA_BLOCK + part * LANES
                    : outside;
#pragma GCC unroll 8
      for (int x = 0; x < n_columns; x++)
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
          for (int y = 0; y < n_rows; y++)
            values[y] = load (rows[y] + x * FOVEA_BLOCK);
          transform_input_line (size, has_short_rows, values, columns[x]);
        }
#pragma GCC unroll 8
      for (int y = 0; y < size; y++)
        if (has_place (size, has_short_rows, y))
          {
            Vector values[MAX_PATCH], results[MAX_PATCH];

#pragma GCC unroll 8
            for (int x = 0; x < n_columns; x++)
              values[x] = columns[x][y];
            transform_input_line (size, has_short_columns, values, results);
#pragma GCC unroll 8
            for (int x = 0; x < size; x++)
              if (has_place (size, has_short_columns, x))
                store (planes + (gsize) (y * size + x) * plane_stride + part * LANES, results[x]);
          }
    }
}

/* Calls a function above, or one below, with its sizes and whether a patch is short, as constants. */
#define CALL(function, is_short, size, ...)            \
  G_STMT_START                                         \
  {                                                    \
    if ((is_short)[0] && (is_short)[1])                \
      function (size, TRUE, TRUE, __VA_ARGS__);        \
    else if ((is_short)[0])                            \
      function (size, TRUE, FALSE, __VA_ARGS__);       \
    else if ((is_short)[1])                            \
      function (size, FALSE, TRUE, __VA_ARGS__);       \
    else                                               \
      function (size, FALSE, FALSE, __VA_ARGS__);      \
  }                                                    \
  G_STMT_END

void
transform_input (const FoveaPatch *patch,
                 guint size,
                 float *planes,
                 gsize plane_stride)
{
  if (size == 4)
    transform_patch (4, FALSE, FALSE, patch, planes, plane_stride);
  else if (size == 6)
    CALL (transform_patch, patch->is_short, 6, patch, planes, plane_stride);
  else
    CALL (transform_patch, patch->is_short, 8, patch, planes, plane_stride);
}

ALWAYS_INLINE void
transform_products (const int size,
                    const gboolean has_short_rows,
                    const gboolean has_short_columns,
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
        if (has_place (size, has_short_columns, x))
          {
            Vector values[MAX_PATCH];

#pragma GCC unroll 8
            for (int y = 0; y < size; y++)
              if (has_place (size, has_short_rows, y))
                values[y] = load (planes + (gsize) (y * size + x) * plane_stride + part * LANES);
            transform_output_line (size, has_short_rows, tile_size, values, columns[x]);
          }
#pragma GCC unroll 5
      for (int y = 0; y < tile_size - 2 * has_short_rows; y++)
        {
          Vector values[MAX_PATCH], results[MAX_OUTPUTS];

          if (y >= output->n_rows)
            break;
#pragma GCC unroll 8
          for (int x = 0; x < size; x++)
            if (has_place (size, has_short_columns, x))
              values[x] = columns[x][y];
          transform_output_line (size, has_short_columns, tile_size, values, results);
#pragma GCC unroll 5
          for (int x = 0; x < tile_size - 2 * has_short_columns; x++)
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
    transform_products (4, FALSE, FALSE, 2, planes, plane_stride, output);
  else if (size == 6)
    CALL (transform_products, output->is_short, 6, 4, planes, plane_stride, output);
  else if (tile_size == 4)
    CALL (transform_products, output->is_short, 8, 4, planes, plane_stride, output);
  else
    CALL (transform_products, output->is_short, 8, 5, planes, plane_stride, output);
}
