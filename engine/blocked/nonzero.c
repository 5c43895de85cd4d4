/* The micro-kernel for inputs with many zeros: what is not zero is listed once, and only that is multiplied,
 * for all outputs.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/blocked/epilogue.h"
#include "engine/blocked/set.h"

/* As tile.c has them: the registers that a tile of outputs takes. */
#define REGISTERS (TILE_BLOCKS * PARTS)

/* Floats of a value's row of weights. */
#define ROW (TILE_BLOCKS * FOVEA_BLOCK)

_Static_assert (FOVEA_LIST_SEGMENTS * FOVEA_BLOCK == 64, "a list's places fit the bits of a word");

/* Bit i is set where lane i is not zero; not-a-number is not. */
ALWAYS_INLINE guint16
find_nonzeros (Vector values)
{
#ifdef __AVX512F__
  return _mm512_cmp_ps_mask ((__m512) values, _mm512_setzero_ps (), _CMP_NEQ_UQ);
#else
  return (guint16) _mm256_movemask_ps (_mm256_cmp_ps ((__m256) values, _mm256_setzero_ps (), _CMP_NEQ_UQ));
#endif
}

#ifndef __AVX512F__

/* Of eight bits, the places of the bits that are set, one after the other, a byte each. */
#define PLACE(bits, i) ((((guint64) (bits) >> (i) & 1) * (i)) << 8 * __builtin_popcount ((bits) & ((1u << (i)) - 1)))
#define PLACES_1(bits)                                                                                                       \
  (PLACE (bits, 1) | PLACE (bits, 2) | PLACE (bits, 3) | PLACE (bits, 4) | PLACE (bits, 5) | PLACE (bits, 6) | PLACE (bits, 7))
#define PLACES_4(bits) PLACES_1 (bits), PLACES_1 (bits + 1), PLACES_1 (bits + 2), PLACES_1 (bits + 3)
#define PLACES_16(bits) PLACES_4 (bits), PLACES_4 (bits + 4), PLACES_4 (bits + 8), PLACES_4 (bits + 12)
#define PLACES_64(bits) PLACES_16 (bits), PLACES_16 (bits + 16), PLACES_16 (bits + 32), PLACES_16 (bits + 48)

static const guint64 places_of_bits[256] = { PLACES_64 (0u), PLACES_64 (64u), PLACES_64 (128u), PLACES_64 (192u) };

#endif

/* Writes the lanes whose bit is set, one after the other; what follows them does not matter. */
ALWAYS_INLINE void
store_lanes (float *target,
             Vector values,
             guint16 bits)
{
#ifdef __AVX512F__
  _mm512_storeu_ps (target, _mm512_maskz_compress_ps (bits, (__m512) values));
#else
  const __m256i lanes = _mm256_cvtepu8_epi32 (_mm_cvtsi64_si128 ((long long) places_of_bits[bits]));

  _mm256_storeu_ps (target, _mm256_permutevar8x32_ps ((__m256) values, lanes));
#endif
}

gsize
count_nonzero_values (const float *input,
                      gssize pixel_stride,
                      gsize n_pixels,
                      const gssize *segments,
                      gsize n_segments)
{
  gsize n = 0;

  for (gsize s = 0; s < n_segments; s++)
    for (gsize p = 0; p < n_pixels; p++)
      for (gsize part = 0; part < FOVEA_BLOCK; part += LANES)
        n += (gsize) __builtin_popcount (find_nonzeros (load (input + segments[s] + (gssize) p * pixel_stride + part)));
  return n;
}

/* Without branches, which could not be predicted: whole registers are written, and what is too much is overwritten by what
 * comes next. */
void
list_nonzero_values (const float *input,
                     gssize pixel_stride,
                     gsize n_pixels,
                     const gssize *segments,
                     gsize n_segments,
                     FoveaNonzeros *lists)
{
  for (gsize p = 0; p < n_pixels; p++, lists++, input += pixel_stride)
    {
      guint64 places = 0;
      gsize n = 0;

      for (gsize s = 0; s < n_segments; s++)
        for (gsize part = 0; part < FOVEA_BLOCK; part += LANES)
          {
            const Vector values = load (input + segments[s] + part);
            const guint16 bits = find_nonzeros (values);

            store_lanes (lists->values + n, values, bits);
            places |= (guint64) bits << (s * FOVEA_BLOCK + part);
            n += (gsize) __builtin_popcount (bits);
          }
      lists->places = places;
    }
}

/* Adds what a pixel's listed values come to for all tiles. Inlined with a constant number of tiles, so that the sums
 * become registers. */
ALWAYS_INLINE void
add_products (const int n_tiles,
              const FoveaNonzeros *list,
              const float *const *weights,
              Vector *sums)
{
  const gsize n = (gsize) __builtin_popcountll (list->places);
  guint64 places = list->places;

  /* What takes the time here is loading. So a register of values is loaded at once, and each is then spread to all lanes;
   * and where its row of weights lies is found by counting, not read. */
  for (gsize begin = 0; begin < n; begin += LANES)
    {
      const Vector values = load (list->values + begin);
      const gsize end = MIN (begin + LANES, n);
      IntVector lane = { 0 };

      for (gsize i = begin; i < end; i++, lane++, places &= places - 1)
        {
          const Vector value = __builtin_shuffle (values, lane);
          const gsize row = (gsize) __builtin_ctzll (places) * ROW;

#pragma GCC unroll 8
          for (int r = 0; r < n_tiles * REGISTERS; r++)
            sums[r] += load (weights[r / REGISTERS] + row + r % REGISTERS * LANES) * value;
        }
    }
}

ALWAYS_INLINE void
multiply_nonzeros (const int n_tiles,
                   const FoveaNonzeroProducts *products)
{
  const gsize n_pixels = products->n_pixels, stride = products->weight_stride, prefetch_lines = products->prefetch_lines;
  const gsize lines = (prefetch_lines + n_pixels - 1) / n_pixels; /* for each pixel */
  const gboolean accumulate = products->accumulate;
  const FoveaNonzeros *list = products->lists;
  const float *prefetch = products->prefetch, *weights[NONZERO_TILES];
  float *results = products->sums;

#pragma GCC unroll 4
  for (int t = 0; t < n_tiles; t++)
    weights[t] = products->weights + (gsize) t * stride;
  for (gsize p = 0; p < n_pixels; p++, list++, results += n_tiles * REGISTERS * LANES)
    {
      Vector sums[NONZERO_TILES * REGISTERS];

#pragma GCC unroll 8
      for (int r = 0; r < n_tiles * REGISTERS; r++)
        sums[r] = accumulate ? load (results + r * LANES) : (Vector) { 0 };
      for (gsize i = p * lines; i < MIN ((p + 1) * lines, prefetch_lines); i++, prefetch += FOVEA_BLOCK)
#pragma GCC unroll 4
        for (int t = 0; t < n_tiles; t++)
          __builtin_prefetch (prefetch + (gsize) t * stride, 0, 2);
      add_products (n_tiles, list, weights, sums);
#pragma GCC unroll 8
      for (int r = 0; r < n_tiles * REGISTERS; r++)
        store (results + r * LANES, sums[r]);
    }
}

#define DEFINE_NONZERO(n_tiles)                               \
  static void                                                 \
  nonzero_##n_tiles (const FoveaNonzeroProducts *products)    \
  {                                                           \
    multiply_nonzeros (n_tiles, products);                    \
  }

DEFINE_NONZERO (1)
DEFINE_NONZERO (2)
DEFINE_NONZERO (3)
#if NONZERO_TILES > 3
DEFINE_NONZERO (4)
#endif

const FoveaNonzeroFunc tiles_of_nonzeros[NONZERO_TILES] = {
  nonzero_1, nonzero_2, nonzero_3,
#if NONZERO_TILES > 3
  nonzero_4,
#endif
};

void
finish_kept_sums (const float *sums,
                  const float *earlier,
                  gsize n_channels,
                  gsize n_pixels,
                  const FoveaTile *tile)
{
  for (gsize channel = 0; channel < n_channels; channel += LANES)
    {
      const Finish finish = load_finish (tile, (int) (channel / LANES));
      const gssize output = (gssize) (channel / FOVEA_BLOCK) * tile->output_block_stride + (gssize) (channel % FOVEA_BLOCK);

      for (gsize p = 0; p < n_pixels; p++)
        {
          const gssize place = output + (gssize) p * tile->output_pixel_stride;
          Vector sum = load (sums + p * n_channels + channel);

          if (earlier != NULL)
            sum += load (earlier + p * n_channels + channel);
          /* The next block's, which nothing else would have brought close by then. */
          __builtin_prefetch (tile->output + place + tile->output_block_stride, 0, 2);
          if (tile->addend != NULL)
            __builtin_prefetch (tile->addend + place + tile->output_block_stride, 0, 2);
          finish_sum (sum, &finish, tile, place);
        }
    }
}
