/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/kernels/statistics.h"

#include <math.h>

#include "engine/kernels/multiversion.h"

/* Partial results that are kept side by side: the same number with any instruction set, so that the
 * sum is the same everywhere. */
#define LANES 16

/* Values whose places are computed at a time. */
#define BLOCK 64

/**
 * fovea_statistics_summarize:
 * @values: (array length=n_values): at least one
 * @summary: (out): what they are like
 *
 * Sums in double precision and in an order that depends on @n_values alone. Any thread.
 */
FOVEA_MULTIVERSION void
fovea_statistics_summarize (const float *restrict values,
                            gsize n_values,
                            FoveaSummary *restrict summary)
{
  float minima[LANES], maxima[LANES], differences[LANES] = { 0 };
  double sums[LANES] = { 0 }, positive_sums[LANES] = { 0 };
  guint32 positives[LANES] = { 0 };
  gsize whole = n_values / LANES * LANES;
  float difference = 0;

  for (guint lane = 0; lane < LANES; lane++)
    minima[lane] = maxima[lane] = values[0];
  for (gsize i = 0; i < whole; i += LANES)
    for (guint lane = 0; lane < LANES; lane++)
      {
        float value = values[i + lane];

        minima[lane] = value < minima[lane] ? value : minima[lane];
        maxima[lane] = value > maxima[lane] ? value : maxima[lane];
        sums[lane] += value;
        positive_sums[lane] += value > 0 ? value : 0;
        positives[lane] += value > 0;
        /* Not a number minus itself, nor infinity minus itself, is 0. */
        differences[lane] += value - value;
      }
  for (gsize i = whole; i < n_values; i++)
    {
      guint lane = (guint) (i - whole);

      minima[lane] = values[i] < minima[lane] ? values[i] : minima[lane];
      maxima[lane] = values[i] > maxima[lane] ? values[i] : maxima[lane];
      sums[lane] += values[i];
      positive_sums[lane] += values[i] > 0 ? values[i] : 0;
      positives[lane] += values[i] > 0;
      differences[lane] += values[i] - values[i];
    }

  *summary = (FoveaSummary) { .minimum = minima[0], .maximum = maxima[0] };
  for (guint lane = 0; lane < LANES; lane++)
    {
      summary->minimum = MIN (summary->minimum, minima[lane]);
      summary->maximum = MAX (summary->maximum, maxima[lane]);
      summary->sum += sums[lane];
      summary->positive_sum += positive_sums[lane];
      summary->n_positive += positives[lane];
      difference += differences[lane];
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
  guint32 places[BLOCK];
  gsize whole = n_values / BLOCK * BLOCK;

  for (gsize i = 0; i < whole; i += BLOCK)
    {
      for (guint j = 0; j < BLOCK; j++)
        places[j] = (guint32) (gint32) floorf (values[i + j] * scale) & mask;
      for (guint j = 0; j < BLOCK; j++)
        counts[places[j]]++;
    }
  for (gsize i = whole; i < n_values; i++)
    counts[(guint32) (gint32) floorf (values[i] * scale) & mask]++;
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
