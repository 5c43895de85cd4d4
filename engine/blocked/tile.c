/* The micro-kernel: a tile of pixels × channels of a convolution, held in registers.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/blocked/epilogue.h"
#include "engine/blocked/set.h"

/* Whether sums are stored as they are. */
ALWAYS_INLINE gboolean
is_plain (const FoveaTile *tile)
{
  return tile->sums == NULL && tile->bias == NULL && tile->factor == NULL && tile->addend == NULL && !tile->relu && tile->mask == NULL &&
         tile->signs == NULL;
}

ALWAYS_INLINE void
finish_tile (const int n_pixels,
             const int n_registers,
             Vector sums[TILE_PIXELS][TILE_BLOCKS * PARTS],
             const FoveaTile *tile)
{
  /* Winograd's products are, and asking for each of them what is to be done with it would take longer. */
  if (is_plain (tile))
    {
#pragma GCC unroll 4
      for (int r = 0; r < n_registers; r++)
#pragma GCC unroll 14
        for (int p = 0; p < n_pixels; p++)
          store (tile->output + r / PARTS * tile->output_block_stride + r % PARTS * LANES + p * tile->output_pixel_stride, sums[p][r]);
      return;
    }
#pragma GCC unroll 4
  for (int r = 0; r < n_registers; r++)
    {
      const Finish finish = load_finish (tile, r);
      const gssize block = r / PARTS * tile->output_block_stride + r % PARTS * LANES;

#pragma GCC unroll 14
      for (int p = 0; p < n_pixels; p++)
        {
          Vector sum = sums[p][r];

          if (tile->sums != NULL)
            sum += load (tile->sums + (r / PARTS * TILE_PIXELS + p) * FOVEA_BLOCK + r % PARTS * LANES);
          finish_sum (sum, &finish, tile, block + p * tile->output_pixel_stride);
        }
    }
}

/* Inlined with constant numbers of pixels and registers, so that the sums become registers; with a
 * constant pixel stride, so that the inputs' addresses become constants. */
ALWAYS_INLINE void
compute_tile (const int n_pixels,
              const int n_registers,
              const gssize pixel_stride,
              const FoveaTile *tile)
{
  Vector sums[TILE_PIXELS][TILE_BLOCKS * PARTS];
  const float *weights = tile->weights;
  const gsize run = tile->run;

#pragma GCC unroll 14
  for (int p = 0; p < n_pixels; p++)
#pragma GCC unroll 4
    for (int r = 0; r < n_registers; r++)
      sums[p][r] = (Vector) { 0 };

  for (gsize s = 0; s < tile->n_segments; s++)
    {
      const float *input = tile->input + tile->segments[s];

      for (gsize i = 0; i < tile->prefetch_lines; i++)
        __builtin_prefetch (tile->prefetch + (s * tile->prefetch_lines + i) * 64, 0, 2);
      for (gsize k = 0; k < run; k++)
        {
          Vector row[TILE_BLOCKS * PARTS];

#pragma GCC unroll 4
          for (int r = 0; r < n_registers; r++)
            row[r] = load (weights + r * LANES);
#pragma GCC unroll 14
          for (int p = 0; p < n_pixels; p++)
            {
              const float value = input[p * pixel_stride + (gssize) k];

#pragma GCC unroll 4
              for (int r = 0; r < n_registers; r++)
                sums[p][r] += row[r] * value;
            }
          weights += n_registers * LANES;
        }
    }

  finish_tile (n_pixels, n_registers, sums, tile);
}

/* As compute_tile(), but each channel sees itself alone. */
ALWAYS_INLINE void
compute_channels (const int n_pixels,
                  const FoveaTile *tile)
{
  Vector sums[TILE_PIXELS][TILE_BLOCKS * PARTS];

#pragma GCC unroll 14
  for (int p = 0; p < n_pixels; p++)
#pragma GCC unroll 2
    for (int r = 0; r < PARTS; r++)
      sums[p][r] = (Vector) { 0 };

  for (gsize s = 0; s < tile->n_segments; s++)
    {
      const float *input = tile->input + tile->segments[s];

#pragma GCC unroll 2
      for (int r = 0; r < PARTS; r++)
        {
          const Vector weights = load (tile->weights + s * FOVEA_BLOCK + r * LANES);

#pragma GCC unroll 14
          for (int p = 0; p < n_pixels; p++)
            sums[p][r] += load (input + p * tile->pixel_stride + r * LANES) * weights;
        }
    }
  finish_tile (n_pixels, PARTS, sums, tile);
}

#define DEFINE_TILE(pixels, blocks)                                   \
  static void                                                         \
  tile_##pixels##_##blocks (const FoveaTile *tile)                    \
  {                                                                   \
    if (tile->pixel_stride == FOVEA_BLOCK)                            \
      compute_tile (pixels, blocks * PARTS, FOVEA_BLOCK, tile);       \
    else                                                              \
      compute_tile (pixels, blocks * PARTS, tile->pixel_stride, tile); \
  }

#ifdef __AVX512F__

#define FOR_ALL_PIXELS(do, blocks)                                              \
  do (1, blocks) do (2, blocks) do (3, blocks) do (4, blocks) do (5, blocks)    \
  do (6, blocks) do (7, blocks) do (8, blocks) do (9, blocks) do (10, blocks)   \
  do (11, blocks) do (12, blocks) do (13, blocks) do (14, blocks)

#else

#define FOR_ALL_PIXELS(do, blocks) \
  do (1, blocks) do (2, blocks) do (3, blocks) do (4, blocks) do (5, blocks) do (6, blocks)

#endif

#define DEFINE_CHANNELS(pixels, blocks)         \
  static void                                   \
  channels_##pixels (const FoveaTile *tile)     \
  {                                             \
    compute_channels (pixels, tile);            \
  }

#define NAME_CHANNELS(pixels, blocks) channels_##pixels,

FOR_ALL_PIXELS (DEFINE_CHANNELS, 1)

const FoveaTileFunc tiles_of_channels[TILE_PIXELS] = { FOR_ALL_PIXELS (NAME_CHANNELS, 1) };

#define NAME_TILE(pixels, blocks) tile_##pixels##_##blocks,

FOR_ALL_PIXELS (DEFINE_TILE, 1)

const FoveaTileFunc tiles_of_one_block[TILE_PIXELS] = { FOR_ALL_PIXELS (NAME_TILE, 1) };

#if TILE_BLOCKS > 1

FOR_ALL_PIXELS (DEFINE_TILE, 2)

const FoveaTileFunc tiles_of_two_blocks[TILE_PIXELS] = { FOR_ALL_PIXELS (NAME_TILE, 2) };

#endif

/* Inlined with constant numbers of images and registers, so that the outputs' gradients stay in registers
 * and each weight is loaded once for all images. */
ALWAYS_INLINE void
add_rows (const int n_images,
          const int n_registers,
          const FoveaDenseRows *rows,
          const char *prefetch,
          const float *output_gradients,
          float *sums)
{
  Vector outputs[4][4];

#pragma GCC unroll 4
  for (int i = 0; i < n_images; i++)
#pragma GCC unroll 4
    for (int r = 0; r < n_registers; r++)
      outputs[i][r] = load (output_gradients + (gsize) i * rows->gradient_stride + r * LANES);
  for (gsize row = 0; row < rows->n_rows; row++)
    {
      const float *weights = rows->weights + row * n_registers * LANES;
      Vector values[4];

      if (prefetch != NULL)
        for (gsize i = 0; i < n_registers * LANES * sizeof (float); i += 64)
          __builtin_prefetch (prefetch + row * n_registers * LANES * sizeof (float) + i, 0, 3);
#pragma GCC unroll 4
      for (int r = 0; r < n_registers; r++)
        values[r] = load (weights + r * LANES);
#pragma GCC unroll 4
      for (int i = 0; i < n_images; i++)
        {
          float *target = sums + ((gsize) i * rows->n_rows + row) * FOVEA_BLOCK;
          Vector sum = load (target);

#pragma GCC unroll 4
          for (int r = 0; r < n_registers; r++)
            sum += values[r] * outputs[i][r];
          store (target, sum);
        }
    }
}

ALWAYS_INLINE void
add_rows_of_width (const int n_registers,
                   const FoveaDenseRows *rows)
{
  const char *prefetch = (const char *) rows->prefetch;
  gsize n_here;

  for (gsize image = 0; image < rows->n_images; image += n_here)
    {
      const float *gradients = rows->output_gradients + image * rows->gradient_stride;
      float *sums = rows->sums + image * rows->n_rows * FOVEA_BLOCK;

      n_here = rows->n_images - image >= 4 ? 4 : 1;
      if (n_here == 4)
        add_rows (4, n_registers, rows, prefetch, gradients, sums);
      else
        add_rows (1, n_registers, rows, prefetch, gradients, sums);
      prefetch = NULL;
    }
}

void
add_dense_rows (const FoveaDenseRows *rows)
{
  if (rows->width == TILE_BLOCKS * FOVEA_BLOCK)
    add_rows_of_width (TILE_BLOCKS * PARTS, rows);
  else
    add_rows_of_width (PARTS, rows);
}

/* From two registers, each of which holds groups of 2 · @half lanes: their groups, one after the other, with each one's
 * two halves added. */
ALWAYS_INLINE Vector
fold (Vector a,
      Vector b,
      const int half)
{
  IntVector low;

#pragma GCC unroll 16
  for (int i = 0; i < LANES; i++)
    low[i] = i / half * 2 * half + i % half;
  return __builtin_shuffle (a, b, low) + __builtin_shuffle (a, b, low + half);
}

/* The sums of all lanes of as many rows as a register has lanes, halves added to halves until one lane is left. */
void
sum_dense_rows (const float *sums,
                gsize n_rows,
                float *output)
{
  for (gsize row = 0; row < n_rows; row += LANES)
    {
      Vector folded[LANES];

#pragma GCC unroll 16
      for (int i = 0; i < LANES; i++)
        folded[i] = load (sums + (row + (gsize) i) * FOVEA_BLOCK);
#pragma GCC unroll 4
      for (int half = LANES / 2; half > 0; half /= 2)
#pragma GCC unroll 8
        for (int i = 0; i < half; i++)
          folded[i] = fold (folded[2 * i], folded[2 * i + 1], half);
      store (output + row, folded[0]);
    }
}
