/* The micro-kernel for inputs with many zeros: what is not zero is listed once, and only that is multiplied,
 * for all outputs.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/blocked/epilogue.h"
#include "engine/blocked/set.h"

_Static_assert (FOVEA_LIST_SEGMENTS * FOVEA_BLOCK * TILE_BLOCKS * FOVEA_BLOCK <= G_MAXUINT16, "places of rows fit their type");

/* As tile.c has them: the registers that a tile of outputs takes. */
#define REGISTERS (TILE_BLOCKS * PARTS)

#ifdef __AVX512F__

/* Bit i is set where value i is not zero; not-a-number is not. */
ALWAYS_INLINE __mmask16
find_nonzeros (const float *values)
{
  return _mm512_cmp_ps_mask ((__m512) load (values), _mm512_setzero_ps (), _CMP_NEQ_UQ);
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
      n += (gsize) __builtin_popcount (find_nonzeros (input + segments[s] + (gssize) p * pixel_stride));
  return n;
}

void
list_nonzero_values (const float *input,
                     gssize pixel_stride,
                     gsize n_pixels,
                     const gssize *segments,
                     gsize n_segments,
                     gsize row_floats,
                     FoveaNonzeros *lists,
                     guint32 *counts)
{
  const __m512i first_rows = _mm512_mullo_epi32 (_mm512_setr_epi32 (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15),
                                                 _mm512_set1_epi32 ((int) row_floats));

  for (gsize p = 0; p < n_pixels; p++, input += pixel_stride)
    {
      __m512i rows = first_rows;
      guint32 n = 0;

      for (gsize s = 0; s < n_segments; s++)
        {
          const float *values = input + segments[s];
          const __mmask16 nonzeros = find_nonzeros (values);

          /* 16 are written, of which some may be overwritten next. */
          _mm512_storeu_ps (lists[p].values + n, _mm512_maskz_compress_ps (nonzeros, (__m512) load (values)));
          _mm256_storeu_si256 ((__m256i *) (lists[p].rows + n),
                               _mm512_maskz_cvtepi32_epi16 (0xffff, _mm512_maskz_compress_epi32 (nonzeros, rows)));
          n += (guint32) __builtin_popcount (nonzeros);
          rows = _mm512_add_epi32 (rows, _mm512_set1_epi32 ((int) (FOVEA_BLOCK * row_floats)));
        }
      counts[p] = n;
    }
}

#else

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
      for (guint part = 0; part < PARTS; part++)
        {
          const Vector values = load (input + segments[s] + (gssize) p * pixel_stride + part * LANES);

          n += (gsize) __builtin_popcount ((guint) _mm256_movemask_ps (_mm256_cmp_ps ((__m256) values, _mm256_setzero_ps (), _CMP_NEQ_UQ)));
        }
  return n;
}

void
list_nonzero_values (const float *input,
                     gssize pixel_stride,
                     gsize n_pixels,
                     const gssize *segments,
                     gsize n_segments,
                     gsize row_floats,
                     FoveaNonzeros *lists,
                     guint32 *counts)
{
  for (gsize p = 0; p < n_pixels; p++, input += pixel_stride)
    {
      guint32 n = 0;

      /* Without branches, which could not be predicted: a zero is overwritten by what comes next. */
      for (gsize s = 0; s < n_segments; s++)
        for (gsize k = 0; k < FOVEA_BLOCK; k++)
          {
            const float value = input[segments[s] + (gssize) k];

            lists[p].values[n] = value;
            lists[p].rows[n] = (guint16) ((s * FOVEA_BLOCK + k) * row_floats);
            n += value != 0;
          }
      counts[p] = n;
    }
}

#endif

/* Adds what a pixel's listed values come to for all tiles. Inlined with a constant number of tiles, so that the sums
 * become registers. */
ALWAYS_INLINE void
add_products (const int n_tiles,
              const FoveaNonzeros *list,
              guint32 n,
              const float *const *weights,
              Vector *sums)
{
  /* A register of values is loaded at once, and each is then spread to all lanes: loads are what takes the time here. */
  for (guint32 begin = 0; begin < n; begin += LANES)
    {
      const Vector values = load (list->values + begin);
      const guint32 end = MIN (begin + LANES, n);
      IntVector lane = { 0 };

      for (guint32 i = begin; i < end; i++, lane++)
        {
          const Vector value = __builtin_shuffle (values, lane);
          const gsize row = list->rows[i];

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
  const gboolean accumulate = products->accumulate;
  const FoveaNonzeros *list = products->lists;
  const guint32 *counts = products->counts;
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
      for (gsize i = 0; i < prefetch_lines; i++, prefetch += FOVEA_BLOCK)
#pragma GCC unroll 4
        for (int t = 0; t < n_tiles; t++)
          __builtin_prefetch (prefetch + (gsize) t * stride, 0, 2);
      add_products (n_tiles, list, counts[p], weights, sums);
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
