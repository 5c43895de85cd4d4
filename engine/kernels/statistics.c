/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/kernels/statistics.h"

#include <math.h>
#include <string.h>

#include "engine/kernels/multiversion.h"

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>
#define HAS_AVX512
#endif

/* Partial results that are kept side by side: the same number with any instruction set, so that the
 * sum is the same everywhere. */
#define LANES 16

/* Values that a lane adds up in single precision before it goes on in double precision. */
#define ROUNDS 8

/* Values whose places are computed at a time. */
#define BLOCK 64

/* Values whose places are gathered before they are counted; a multiple of LANES. */
#define GATHERED 512

typedef struct {
  float minima[LANES];
  float maxima[LANES];
  float differences[LANES];
  double sums[LANES];
  double positive_sums[LANES];
  guint32 positives[LANES];
} Lanes;

/* At most LANES * ROUNDS values; the last lanes may get one less. */
static inline void
add_block (Lanes *restrict lanes,
           const float *restrict values,
           gsize n_values)
{
  float sums[LANES] = { 0 }, positive_sums[LANES] = { 0 };
  gsize whole = n_values / LANES * LANES;

  for (gsize i = 0; i < whole; i += LANES)
    for (guint lane = 0; lane < LANES; lane++)
      {
        float value = values[i + lane];

        lanes->minima[lane] = value < lanes->minima[lane] ? value : lanes->minima[lane];
        lanes->maxima[lane] = value > lanes->maxima[lane] ? value : lanes->maxima[lane];
        sums[lane] += value;
        positive_sums[lane] += value > 0 ? value : 0;
        lanes->positives[lane] += value > 0;
        /* Not a number minus itself, nor infinity minus itself, is 0. */
        lanes->differences[lane] += value - value;
      }
  for (gsize i = whole; i < n_values; i++)
    {
      guint lane = (guint) (i - whole);
      float value = values[i];

      lanes->minima[lane] = value < lanes->minima[lane] ? value : lanes->minima[lane];
      lanes->maxima[lane] = value > lanes->maxima[lane] ? value : lanes->maxima[lane];
      sums[lane] += value;
      positive_sums[lane] += value > 0 ? value : 0;
      lanes->positives[lane] += value > 0;
      lanes->differences[lane] += value - value;
    }
  for (guint lane = 0; lane < LANES; lane++)
    {
      lanes->sums[lane] += sums[lane];
      lanes->positive_sums[lane] += positive_sums[lane];
    }
}

FOVEA_MULTIVERSION static void
fill_lanes (Lanes *restrict lanes,
            const float *restrict values,
            gsize n_values)
{
  *lanes = (Lanes) { 0 };
  for (guint lane = 0; lane < LANES; lane++)
    lanes->minima[lane] = lanes->maxima[lane] = values[0];
  for (gsize begin = 0; begin < n_values; begin += LANES * ROUNDS)
    add_block (lanes, values + begin, MIN (n_values - begin, LANES * ROUNDS));
}

#ifdef HAS_AVX512
/* Adds sums in single precision to those in double precision. */
__attribute__ ((target ("avx512f,popcnt"))) static inline void
add_to_doubles (__m512d sums[2],
                __m512 addends)
{
  const __m256d lower = _mm512_maskz_extractf64x4_pd (0xff, _mm512_castps_pd (addends), 0);
  const __m256d upper = _mm512_maskz_extractf64x4_pd (0xff, _mm512_castps_pd (addends), 1);

  sums[0] = _mm512_add_pd (sums[0], _mm512_maskz_cvtps_pd (0xff, _mm256_castpd_ps (lower)));
  sums[1] = _mm512_add_pd (sums[1], _mm512_maskz_cvtps_pd (0xff, _mm256_castpd_ps (upper)));
}

/* The same operations in the same order, and all lanes stay in registers: most maps are small. But how many values
 * are positive is counted in one lane for all. */
__attribute__ ((target ("avx512f,popcnt"))) static void
fill_lanes_from_vectors (Lanes *restrict lanes,
                         const float *restrict values,
                         gsize n_values)
{
  const __m512 zeros = _mm512_setzero_ps ();
  __m512 minima = _mm512_set1_ps (values[0]), maxima = minima, differences = zeros;
  __m512d sums[2] = { _mm512_setzero_pd (), _mm512_setzero_pd () }, positive_sums[2] = { sums[0], sums[0] };

  memset (lanes->positives, 0, sizeof lanes->positives);
  for (gsize begin = 0; begin < n_values; begin += LANES * ROUNDS)
    {
      const gsize end = MIN (begin + LANES * ROUNDS, n_values);
      __m512 block_sums = zeros, block_positive_sums = zeros;

      for (gsize i = begin; i < end; i += LANES)
        {
          const __mmask16 is_there = end - i >= LANES ? 0xffff : (__mmask16) ((1u << (end - i)) - 1);
          const __m512 vector = _mm512_maskz_loadu_ps (is_there, values + i);
          const __mmask16 is_positive = _mm512_cmp_ps_mask (vector, zeros, _CMP_GT_OQ);

          minima = _mm512_mask_min_ps (minima, is_there, vector, minima);
          maxima = _mm512_mask_max_ps (maxima, is_there, vector, maxima);
          block_sums = _mm512_add_ps (block_sums, vector);
          block_positive_sums = _mm512_mask_add_ps (block_positive_sums, is_positive, block_positive_sums, vector);
          lanes->positives[0] += (guint32) __builtin_popcount (is_positive);
          differences = _mm512_add_ps (differences, _mm512_sub_ps (vector, vector));
        }
      add_to_doubles (sums, block_sums);
      add_to_doubles (positive_sums, block_positive_sums);
    }
  _mm512_storeu_ps (lanes->minima, minima);
  _mm512_storeu_ps (lanes->maxima, maxima);
  _mm512_storeu_ps (lanes->differences, differences);
  for (guint half = 0; half < 2; half++)
    {
      _mm512_storeu_pd (lanes->sums + half * LANES / 2, sums[half]);
      _mm512_storeu_pd (lanes->positive_sums + half * LANES / 2, positive_sums[half]);
    }
}
#endif

/**
 * fovea_statistics_summarize:
 * @values: (array length=n_values): at least one
 * @summary: (out): what they are like
 *
 * Sums in an order that depends on @n_values alone, and in double precision but for eight values at a
 * time. Any thread.
 */
void
fovea_statistics_summarize (const float *restrict values,
                            gsize n_values,
                            FoveaSummary *restrict summary)
{
  Lanes lanes;

#ifdef HAS_AVX512
  if (__builtin_cpu_supports ("avx512f"))
    fill_lanes_from_vectors (&lanes, values, n_values);
  else
#endif
    fill_lanes (&lanes, values, n_values);

  /* Of the lanes' results, halves are joined until one is left; but sums are added from the first to the last. */
  for (guint half = LANES / 2; half > 0; half /= 2)
    for (guint lane = 0; lane < half; lane++)
      {
        lanes.minima[lane] = MIN (lanes.minima[lane], lanes.minima[lane + half]);
        lanes.maxima[lane] = MAX (lanes.maxima[lane], lanes.maxima[lane + half]);
        lanes.differences[lane] += lanes.differences[lane + half];
        lanes.positives[lane] += lanes.positives[lane + half];
      }
  *summary = (FoveaSummary) {
    .minimum = lanes.minima[0],
    .maximum = lanes.maxima[0],
    .n_positive = lanes.positives[0],
    .is_finite = lanes.differences[0] == 0,
  };
  for (guint lane = 0; lane < LANES; lane++)
    {
      summary->sum += lanes.sums[lane];
      summary->positive_sum += lanes.positive_sums[lane];
    }
}

FOVEA_MULTIVERSION static void
count_blocks (const float *restrict values,
              gsize n_values,
              float scale,
              guint32 mask,
              guint32 *restrict counts)
{
  for (gsize begin = 0; begin < n_values; begin += BLOCK)
    {
      guint32 places[BLOCK];
      guint n = (guint) MIN (n_values - begin, BLOCK);

      for (guint i = 0; i < n; i++)
        places[i] = (guint32) (gint32) floorf (values[begin + i] * scale) & mask;
      for (guint i = 0; i < n; i++)
        counts[places[i]]++;
    }
}

#ifdef HAS_AVX512
/* The same for as many values as are whole vectors; returns how many those are. Zeros, of which a ReLU
 * makes many, are counted apart: adding to one place again and again is slow. The others' places are
 * gathered first, so that no branch depends on the values. */
__attribute__ ((target ("avx512f,popcnt"))) static gsize
count_vectors (const float *restrict values,
               gsize n_values,
               float scale,
               guint32 mask,
               guint32 *restrict counts)
{
  gsize whole = n_values / LANES * LANES;

  for (gsize begin = 0; begin < whole; begin += GATHERED)
    {
      const gsize end = MIN (begin + GATHERED, whole);
      guint16 places[GATHERED];
      guint n_others = 0;

      for (gsize i = begin; i < end; i += LANES)
        {
          const __m512 vector = _mm512_loadu_ps (values + i);
          const __mmask16 is_other = _mm512_cmp_ps_mask (vector, _mm512_setzero_ps (), _CMP_NEQ_UQ);
          const __m512i floors = _mm512_maskz_cvt_roundps_epi32 (0xffff, _mm512_mul_ps (vector, _mm512_set1_ps (scale)), _MM_FROUND_TO_NEG_INF | _MM_FROUND_NO_EXC);
          const __m512i masked = _mm512_and_si512 (floors, _mm512_set1_epi32 ((int) mask));

          /* What is written beyond the others is overwritten by the next ones. */
          _mm256_storeu_si256 ((__m256i *) (gpointer) (places + n_others), _mm512_maskz_cvtepi32_epi16 (0xffff, _mm512_maskz_compress_epi32 (is_other, masked)));
          n_others += (guint) __builtin_popcount (is_other);
        }
      counts[0] += (guint32) (end - begin) - n_others;
      for (guint i = 0; i < n_others; i++)
        counts[places[i]]++;
    }
  return whole;
}
#endif

/**
 * fovea_statistics_count:
 * @values: (array length=n_values): finite, and small enough that @scale times one fits 31 bits
 * @scale: one by the width of a place
 * @mask: the number of places, a power of two and at most 65536, less 1
 * @counts: (inout): at g & @mask, the number of values v with floor (v * @scale) = g is added
 *
 * Any thread.
 */
void
fovea_statistics_count (const float *restrict values,
                        gsize n_values,
                        float scale,
                        guint32 mask,
                        guint32 *restrict counts)
{
  gsize done = 0;

#ifdef HAS_AVX512
  if (__builtin_cpu_supports ("avx512f"))
    done = count_vectors (values, n_values, scale, mask, counts);
#endif
  count_blocks (values + done, n_values - done, scale, mask, counts);
}

/**
 * fovea_statistics_find:
 * @values: (array length=n_values): at least one of them is @value
 * @value: what is looked for
 *
 * Any thread.
 *
 * Returns: where @value stands first
 */
gsize
fovea_statistics_find (const float *restrict values,
                       gsize n_values,
                       float value)
{
  gsize i = 0;

  while (i + 1 < n_values && values[i] != value)
    i++;
  return i;
}
