/* The vector registers of the instruction set that a kernel is compiled for. Included by kernels
 * only, which are compiled once for AVX-512 and once for AVX2.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>
#include <immintrin.h>

#include "engine/blocked/map.h"

#ifdef __AVX512F__
#define LANES 16
#define FOR_THIS_SET(name) name##_avx512
#else
#define LANES 8
#define FOR_THIS_SET(name) name##_avx2
#endif

/* Registers that hold one block of channels. */
#define PARTS (FOVEA_BLOCK / LANES)

#define ALWAYS_INLINE static inline __attribute__ ((always_inline))

typedef float Vector __attribute__ ((vector_size (LANES * 4)));
typedef gint32 IntVector __attribute__ ((vector_size (LANES * 4)));
typedef guint8 ByteVector __attribute__ ((vector_size (LANES)));

/* Without the set's flags, as where a header is compiled by itself, there are no such registers. */
#ifdef __AVX2__

ALWAYS_INLINE Vector
load (const float *values)
{
  return *(const Vector *) values;
}

/* Need not be aligned. */
ALWAYS_INLINE Vector
load_anywhere (const float *values)
{
#ifdef __AVX512F__
  return (Vector) _mm512_loadu_ps (values);
#else
  return (Vector) _mm256_loadu_ps (values);
#endif
}

ALWAYS_INLINE void
store (float *values,
       Vector vector)
{
  *(Vector *) values = vector;
}

/* Not-a-number passes, as in the Relu operator. */
ALWAYS_INLINE Vector
rectify (Vector vector)
{
#ifdef __AVX512F__
  return (Vector) _mm512_maskz_mov_ps (_mm512_cmp_ps_mask ((__m512) vector, _mm512_setzero_ps (), _CMP_NLE_UQ), (__m512) vector);
#else
  return (Vector) _mm256_and_ps ((__m256) vector, _mm256_cmp_ps ((__m256) vector, _mm256_setzero_ps (), _CMP_NLE_UQ));
#endif
}

/* Lane i is kept where bit i of @bits is set, and becomes zero elsewhere. */
ALWAYS_INLINE Vector
keep (Vector vector,
      const guint8 *bits)
{
#ifdef __AVX512F__
  return (Vector) _mm512_maskz_mov_ps (*(const guint16 *) bits, (__m512) vector);
#else
  const __m256i lanes = _mm256_setr_epi32 (1, 2, 4, 8, 16, 32, 64, 128);
  const __m256i set = _mm256_and_si256 (_mm256_set1_epi32 (*bits), lanes);

  return (Vector) _mm256_and_ps ((__m256) vector, _mm256_castsi256_ps (_mm256_cmpeq_epi32 (set, lanes)));
#endif
}

/* Sets bit i where lane i is positive. */
ALWAYS_INLINE void
note_signs (Vector vector,
            guint8 *bits)
{
#ifdef __AVX512F__
  *(guint16 *) bits = _mm512_cmp_ps_mask ((__m512) vector, _mm512_setzero_ps (), _CMP_GT_OQ);
#else
  *bits = (guint8) _mm256_movemask_ps (_mm256_cmp_ps ((__m256) vector, _mm256_setzero_ps (), _CMP_GT_OQ));
#endif
}

/* Where @value is larger than @maximum, or not-a-number, it takes its place, and @tap that of @taps. */
ALWAYS_INLINE void
take_larger (Vector *maximum,
             IntVector *taps,
             Vector value,
             gint32 tap)
{
#ifdef __AVX512F__
  const __mmask16 wins = _mm512_cmp_ps_mask ((__m512) value, (__m512) *maximum, _CMP_GT_OQ) |
                         _mm512_cmp_ps_mask ((__m512) value, (__m512) value, _CMP_UNORD_Q);

  *maximum = (Vector) _mm512_mask_mov_ps ((__m512) *maximum, wins, (__m512) value);
  *taps = (IntVector) _mm512_mask_set1_epi32 ((__m512i) *taps, wins, tap);
#else
  const __m256 wins = _mm256_or_ps (_mm256_cmp_ps ((__m256) value, (__m256) *maximum, _CMP_GT_OQ),
                                    _mm256_cmp_ps ((__m256) value, (__m256) value, _CMP_UNORD_Q));

  *maximum = (Vector) _mm256_blendv_ps ((__m256) *maximum, (__m256) value, wins);
  *taps = (IntVector) _mm256_blendv_epi8 ((__m256i) *taps, _mm256_set1_epi32 (tap), _mm256_castps_si256 (wins));
#endif
}

/* @sum, and @addend in those lanes whose byte of @bytes is @byte. */
ALWAYS_INLINE Vector
add_where (Vector sum,
           Vector addend,
           const guint8 *bytes,
           guint8 byte)
{
#ifdef __AVX512F__
  const __mmask16 lanes = _mm_cmpeq_epi8_mask (_mm_loadu_si128 ((const __m128i *) bytes), _mm_set1_epi8 ((char) byte));

  return (Vector) _mm512_mask_add_ps ((__m512) sum, lanes, (__m512) sum, (__m512) addend);
#else
  const __m256i found = _mm256_cvtepu8_epi32 (_mm_loadl_epi64 ((const __m128i *) bytes));

  return sum + (Vector) _mm256_and_ps ((__m256) addend, _mm256_castsi256_ps (_mm256_cmpeq_epi32 (found, _mm256_set1_epi32 (byte))));
#endif
}

#endif
