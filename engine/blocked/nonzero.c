/* The micro-kernel for inputs with many zeros: what is not zero is listed once, and only that is multiplied,
 * for all outputs. Where two pixels' sums fit the registers, what neither has as zero is multiplied for both at once.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/blocked/epilogue.h"
#include "engine/blocked/set.h"

/* As tile.c has them: the registers that a tile of outputs takes. */
#define REGISTERS (TILE_BLOCKS * PARTS)

/* Pixels whose sums are in registers at a time. */
#ifdef __AVX512F__
#define PIXELS 2
#else
#define PIXELS 1
#endif

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

/* Of two pixels, or of one. Without branches, which could not be predicted: whole registers are written, and what is too much is
 * overwritten by what comes next. Inlined with a constant number of segments, so that values become registers. */
ALWAYS_INLINE void
list_pair (const gsize n_segments,
           const int n_pixels,
           const float *input,
           gssize pixel_stride,
           const gssize *segments,
           FoveaNonzeros *list)
{
  const int n_vectors = (int) n_segments * PARTS;
  Vector values[2][FOVEA_LIST_SEGMENTS * PARTS];
  guint16 bits[2][FOVEA_LIST_SEGMENTS * PARTS] = { 0 };
  guint64 places[2] = { 0 };
  float *targets[2] = { list->values[0], list->values[1] };

#pragma GCC unroll 2
  for (int i = 0; i < n_pixels; i++)
#pragma GCC unroll 8
    for (int v = 0; v < n_vectors; v++)
      {
        values[i][v] = load (input + i * pixel_stride + segments[v / PARTS] + v % PARTS * LANES);
        bits[i][v] = find_nonzeros (values[i][v]);
        places[i] |= (guint64) bits[i][v] << v * LANES;
      }
  if (PIXELS == 2 && n_pixels == 2)
#pragma GCC unroll 8
    for (int v = 0; v < n_vectors; v++)
      {
        const guint16 both = bits[0][v] & bits[1][v];

#pragma GCC unroll 2
        for (int i = 0; i < 2; i++)
          {
            store_lanes (targets[i], values[i][v], both);
            targets[i] += __builtin_popcount (both);
          }
      }
#pragma GCC unroll 2
  for (int i = 0; i < n_pixels; i++)
#pragma GCC unroll 8
    for (int v = 0; v < n_vectors; v++)
      {
        const guint16 only = PIXELS == 2 ? bits[i][v] & ~bits[1 - i][v] : bits[i][v];

        store_lanes (targets[i], values[i][v], only);
        targets[i] += __builtin_popcount (only);
      }
  list->both = PIXELS == 2 ? places[0] & places[1] : 0;
  list->only[0] = places[0] & ~list->both;
  list->only[1] = places[1] & ~list->both;
}

void
list_nonzero_values (const float *input,
                     gssize pixel_stride,
                     gsize n_pixels,
                     const gssize *segments,
                     gsize n_segments,
                     FoveaNonzeros *lists)
{
  for (gsize p = 0; p + 1 < n_pixels; p += 2, lists++, input += 2 * pixel_stride)
    if (n_segments == FOVEA_LIST_SEGMENTS)
      list_pair (FOVEA_LIST_SEGMENTS, 2, input, pixel_stride, segments, lists);
    else
      list_pair (n_segments, 2, input, pixel_stride, segments, lists);
  if (n_pixels % 2 == 1)
    list_pair (n_segments, 1, input, pixel_stride, segments, lists);
}

/* Adds what some of a list's values, of one pixel or of both, come to for all tiles. Inlined with constant numbers of pixels and
 * tiles, so that the sums become registers. */
ALWAYS_INLINE void
add_products (const int n_pixels,
              const int n_tiles,
              const float *const *values,
              guint64 places,
              const float *const *weights,
              Vector (*sums)[NONZERO_TILES * REGISTERS])
{
  const gsize n = (gsize) __builtin_popcountll (places);

  /* What takes the time here is loading. So a register of values is loaded at once, and each is then spread to all lanes;
   * and where its row of weights lies is found by counting, not read. */
  for (gsize begin = 0; begin < n; begin += LANES)
    {
      const gsize end = MIN (begin + LANES, n);
      Vector some[2];
      IntVector lane = { 0 };

#pragma GCC unroll 2
      for (int p = 0; p < n_pixels; p++)
        some[p] = load_anywhere (values[p] + begin);
      for (gsize i = begin; i < end; i++, lane++, places &= places - 1)
        {
          const gsize row = (gsize) __builtin_ctzll (places) * ROW;
          Vector value[2];

#pragma GCC unroll 2
          for (int p = 0; p < n_pixels; p++)
            value[p] = __builtin_shuffle (some[p], lane);
#pragma GCC unroll 8
          for (int r = 0; r < n_tiles * REGISTERS; r++)
            {
              const Vector weight = load (weights[r / REGISTERS] + row + r % REGISTERS * LANES);

#pragma GCC unroll 2
              for (int p = 0; p < n_pixels; p++)
                sums[p][r] += weight * value[p];
            }
        }
    }
}

ALWAYS_INLINE void
multiply_nonzeros (const int n_tiles,
                   const FoveaNonzeroProducts *products)
{
  const gsize n_pairs = products->n_pairs, stride = products->weight_stride, prefetch_lines = products->prefetch_lines;
  const gsize lines = (prefetch_lines + n_pairs - 1) / n_pairs; /* for each pair */
  const gboolean accumulate = products->accumulate;
  const FoveaNonzeros *list = products->lists;
  const float *prefetch = products->prefetch, *weights[NONZERO_TILES];
  float *results = products->sums;

#pragma GCC unroll 4
  for (int t = 0; t < n_tiles; t++)
    weights[t] = products->weights + (gsize) t * stride;
  for (gsize pair = 0; pair < n_pairs; pair++, list++)
    {
      for (gsize i = pair * lines; i < MIN ((pair + 1) * lines, prefetch_lines); i++, prefetch += FOVEA_BLOCK)
#pragma GCC unroll 4
        for (int t = 0; t < n_tiles; t++)
          __builtin_prefetch (prefetch + (gsize) t * stride, 0, 2);
#pragma GCC unroll 2
      for (int first = 0; first < 2; first += PIXELS, results += PIXELS * n_tiles * REGISTERS * LANES)
        {
          const gsize n_both = (gsize) __builtin_popcountll (list->both);
          Vector sums[PIXELS][NONZERO_TILES * REGISTERS];

#pragma GCC unroll 16
          for (int r = 0; r < PIXELS * n_tiles * REGISTERS; r++)
            sums[r / (n_tiles * REGISTERS)][r % (n_tiles * REGISTERS)] = accumulate ? load (results + r * LANES) : (Vector) { 0 };
          if (PIXELS == 2)
            add_products (2, n_tiles, (const float *[]) { list->values[0], list->values[1] }, list->both, weights, sums);
#pragma GCC unroll 2
          for (int p = first; p < first + PIXELS; p++)
            add_products (1, n_tiles, (const float *[]) { list->values[p] + n_both }, list->only[p], weights, sums + (p - first));
#pragma GCC unroll 16
          for (int r = 0; r < PIXELS * n_tiles * REGISTERS; r++)
            store (results + r * LANES, sums[r / (n_tiles * REGISTERS)][r % (n_tiles * REGISTERS)]);
        }
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
