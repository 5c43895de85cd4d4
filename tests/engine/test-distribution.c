/* Quantiles, against NumPy's.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/analysis/distribution.h"

#include <math.h>

static void
test_median (void)
{
  const double values[] = { 3, -1, NAN, 2, INFINITY, 10, 2.5, -INFINITY };

  g_assert_cmpfloat (fovea_distribution_get_median (values, 1), ==, 3);
  g_assert_cmpfloat (fovea_distribution_get_median (values, 2), ==, 1);
  g_assert_cmpfloat (fovea_distribution_get_median (values, 4), ==, 2);
  g_assert_cmpfloat (fovea_distribution_get_median (values, 6), ==, 2.5);
  g_assert_cmpfloat (fovea_distribution_get_median (values, 8), ==, 2.5);
  g_assert_true (isnan (fovea_distribution_get_median (values, 0)));
  g_assert_true (isnan (fovea_distribution_get_median (values + 2, 1)));
}

/* numpy.quantile ([-1, 2, 2.5, 3, 10], …) */
static void
test_quantiles (void)
{
  const double values[] = { 3, -1, NAN, 2, INFINITY, 10, 2.5 };
  double sorted[7];

  g_assert_cmpuint (fovea_distribution_sort (values, 7, sorted), ==, 5);
  g_assert_cmpfloat (fovea_distribution_get_quantile (sorted, 5, 0), ==, -1);
  g_assert_cmpfloat (fovea_distribution_get_quantile (sorted, 5, 0.25), ==, 2);
  g_assert_cmpfloat_with_epsilon (fovea_distribution_get_quantile (sorted, 5, 0.1), 0.2, 1e-15);
  g_assert_cmpfloat_with_epsilon (fovea_distribution_get_quantile (sorted, 5, 0.9), 7.2, 1e-14);
  g_assert_cmpfloat (fovea_distribution_get_quantile (sorted, 5, 1), ==, 10);
  g_assert_cmpfloat (fovea_distribution_get_quantile (sorted, 1, 0.7), ==, -1);
  g_assert_true (isnan (fovea_distribution_get_quantile (sorted, 0, 0.5)));
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/distribution/median", test_median);
  g_test_add_func ("/distribution/quantiles", test_quantiles);
  return g_test_run ();
}
