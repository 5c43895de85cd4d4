/* The micro-kernel of the gradient with respect to images: a line of pixels × channels, held in
 * registers.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/blocked/set.h"

/* Kept in a register: compilers would rather read memory again for each channel, which takes twice as long
 * across the ends of cache lines, where most of these lie. */
ALWAYS_INLINE Vector
load_once (const float *values)
{
#ifdef __AVX512F__
  Vector vector = (Vector) _mm512_loadu_ps (values);
#else
  Vector vector = (Vector) _mm256_loadu_ps (values);
#endif

  __asm__ ("" : "+v" (vector));
  return vector;
}

/* As compute_tile() in tile.c, the other way round: registers hold neighbouring pixels of one channel,
 * and each weight is copied to all lanes. */
ALWAYS_INLINE void
compute_lines (const int n_channels,
               const int n_registers,
               const FoveaLines *lines)
{
  Vector sums[LINE_CHANNELS][LINE_BLOCKS * PARTS];
  const float *weights = lines->weights;

#pragma GCC unroll 3
  for (int c = 0; c < n_channels; c++)
#pragma GCC unroll 7
    for (int r = 0; r < n_registers; r++)
      sums[c][r] = (Vector) { 0 };

  for (gsize t = 0; t < lines->n_taps; t++, weights += lines->weight_stride)
    {
      const float *input = lines->input + lines->offsets[t];

#pragma GCC unroll 7
      for (int r = 0; r < n_registers; r++)
        {
          const Vector pixels = load_once (input + r * LANES);

#pragma GCC unroll 3
          for (int c = 0; c < n_channels; c++)
            sums[c][r] += pixels * weights[c];
        }
    }

#pragma GCC unroll 3
  for (int c = 0; c < n_channels; c++)
#pragma GCC unroll 7
    for (int r = 0; r < n_registers; r++)
      store (lines->sums + (gsize) c * lines->sum_stride + r * LANES, sums[c][r]);
}

#define DEFINE_LINES(channels, blocks)                       \
  static void                                                \
  lines_##channels##_##blocks (const FoveaLines *lines)      \
  {                                                          \
    compute_lines (channels, blocks * PARTS, lines);         \
  }

#define NAME_LINES(channels, blocks) lines_##channels##_##blocks,

#ifdef __AVX512F__
#define FOR_ALL_BLOCKS(do, channels) \
  do (channels, 1) do (channels, 2) do (channels, 3) do (channels, 4) do (channels, 5) do (channels, 6) do (channels, 7)
#else
#define FOR_ALL_BLOCKS(do, channels) do (channels, 1) do (channels, 2)
#endif

FOR_ALL_BLOCKS (DEFINE_LINES, 1)
FOR_ALL_BLOCKS (DEFINE_LINES, 3)

const FoveaLinesFunc lines_of_one_channel[LINE_BLOCKS] = { FOR_ALL_BLOCKS (NAME_LINES, 1) };
const FoveaLinesFunc lines_of_three_channels[LINE_BLOCKS] = { FOR_ALL_BLOCKS (NAME_LINES, 3) };
