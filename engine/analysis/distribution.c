/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/analysis/distribution.h"

#include <math.h>
#include <stdlib.h>

static int
compare_values (const void *a, const void *b)
{
  const double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

/**
 * fovea_distribution_sort:
 * @values: (array length=n): some values
 * @sorted: (out caller-allocates): room for @n values: the finite ones, in ascending order
 *
 * Any thread, as for all functions here.
 *
 * Returns: how many are finite
 */
gsize
fovea_distribution_sort (const double *values,
                         gsize n,
                         double *sorted)
{
  gsize n_sorted = 0;

  for (gsize i = 0; i < n; i++)
    if (isfinite (values[i]))
      sorted[n_sorted++] = values[i];
  qsort (sorted, n_sorted, sizeof *sorted, compare_values);
  return n_sorted;
}

/**
 * fovea_distribution_get_quantile:
 * @sorted: (array length=n): values in ascending order
 * @n: how many
 * @quantile: from 0 to 1
 *
 * Returns: the quantile, by linear interpolation between neighbours as NumPy's default; NaN of no values
 */
double
fovea_distribution_get_quantile (const double *sorted,
                                 gsize n,
                                 double quantile)
{
  double place;
  gsize below, above;

  g_return_val_if_fail (quantile >= 0 && quantile <= 1, NAN);

  if (n == 0)
    return NAN;
  place = quantile * (double) (n - 1);
  below = (gsize) place;
  above = MIN (below + 1, n - 1);
  return sorted[below] + (sorted[above] - sorted[below]) * (place - (double) below);
}

/**
 * fovea_distribution_get_median:
 * @values: (array length=n): some values
 * @n: how many
 *
 * Returns: the median of those that are finite: of two in the middle their mean; NaN of no values
 */
double
fovea_distribution_get_median (const double *values,
                               gsize n)
{
  g_autofree double *sorted = g_new (double, MAX (n, 1));

  n = fovea_distribution_sort (values, n, sorted);
  if (n == 0)
    return NAN;
  return n % 2 == 1 ? sorted[n / 2] : (sorted[n / 2 - 1] + sorted[n / 2]) / 2;
}
