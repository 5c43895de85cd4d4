/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/kernels/statistics.h"

#include <math.h>

#include "engine/kernels/multiversion.h"

/* Partial results that are kept side by side: the same number with any instruction set, so that the
 * sum is the same everywhere. */
#define LANES 16

/* Values that a lane adds up in single precision before it goes on in double precision. */
#define ROUNDS 8

/* Values whose places are computed at a time. */
#define BLOCK 64

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

/**
 * fovea_statistics_summarize:
 * @values: (array length=n_values): at least one
 * @summary: (out): what they are like
 *
 * Sums in an order that depends on @n_values alone, and in double precision but for eight values at a
 * time. Any thread.
 */
FOVEA_MULTIVERSION void
fovea_statistics_summarize (const float *restrict values,
                            gsize n_values,
                            FoveaSummary *restrict summary)
{
  Lanes lanes = { 0 };
  float difference = 0;

  for (guint lane = 0; lane < LANES; lane++)
    lanes.minima[lane] = lanes.maxima[lane] = values[0];
  for (gsize begin = 0; begin < n_values; begin += LANES * ROUNDS)
    add_block (&lanes, values + begin, MIN (n_values - begin, LANES * ROUNDS));

  *summary = (FoveaSummary) { .minimum = lanes.minima[0], .maximum = lanes.maxima[0] };
  for (guint lane = 0; lane < LANES; lane++)
    {
      summary->minimum = MIN (summary->minimum, lanes.minima[lane]);
      summary->maximum = MAX (summary->maximum, lanes.maxima[lane]);
      summary->sum += lanes.sums[lane];
      summary->positive_sum += lanes.positive_sums[lane];
      summary->n_positive += lanes.positives[lane];
      difference += lanes.differences[lane];
    }
  summary->is_finite = difference == 0;
}

/**
 * fovea_statistics_count:
 * @values: (array length=n_values): finite, and small enough that @scale times one fits 31 bits
 * @scale: one by the width of a place
 * @mask: the number of places, a power of two, less 1
 * @counts: (inout): at g & @mask, the number of values v with floor (v * @scale) = g is added
 *
 * Any thread.
 */
FOVEA_MULTIVERSION void
fovea_statistics_count (const float *restrict values,
                        gsize n_values,
                        float scale,
                        guint32 mask,
                        guint32 *restrict counts)
{
  for (gsize begin = 0; begin < n_values; begin += BLOCK)
    {
      guint32 places[BLOCK];
      guint n = (guint) MIN (n_values - begin, BLOCK), n_zeros = 0, n_others = 0;

      for (guint i = 0; i < n; i++)
        n_zeros += values[begin + i] == 0;
      if (n == BLOCK)
        for (guint i = 0; i < BLOCK; i++)
          places[i] = (guint32) (gint32) floorf (values[begin + i] * scale) & mask;
      else
        for (guint i = 0; i < n; i++)
          places[i] = (guint32) (gint32) floorf (values[begin + i] * scale) & mask;

      /* One place after the other is quick while they differ. After a ReLU most are the same. */
      if (n_zeros >= n / 4)
        {
          for (guint i = 0; i < n; i++)
            {
              places[n_others] = places[i];
              n_others += values[begin + i] != 0;
            }
          counts[0] += n_zeros;
          n = n_others;
        }
      for (guint i = 0; i < n; i++)
        counts[places[i]]++;
    }
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
