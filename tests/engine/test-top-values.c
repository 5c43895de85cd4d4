/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>

#include "engine/analysis/top-values.h"

static int
compare (const void *a,
         const void *b)
{
  float x = *(const float *) a, y = *(const float *) b;

  return (x > y) - (x < y);
}

/* By the definition, from all values. */
static double
quantile (const float *sorted,
          gsize n,
          double share)
{
  double position = (double) (n - 1) * (1 - share);
  gsize lower = (gsize) position;
  double fraction = position - (double) lower;

  return lower + 1 < n ? sorted[lower] + fraction * ((double) sorted[lower + 1] - sorted[lower]) : sorted[lower];
}

/* Against sorting everything: values with and without repetitions, in pieces of different sizes. */
static void
test_against_sorting (void)
{
  static const double shares[] = { 0.0005, 0.001, 0.005, 0.013, 0.02 };
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);

  for (guint round = 0; round < 40; round++)
    {
      gsize n = (gsize) g_rand_int_range (rand, 1, round < 10 ? 30 : 20000), at = 0;
      gsize n_kept = fovea_top_values_get_n_needed (n, 0.02);
      g_autofree float *values = g_new (float, n);
      g_autoptr (FoveaTopValues) top = fovea_top_values_new (2, n_kept, NULL);

      for (gsize i = 0; i < n; i++)
        {
          values[i] = round % 3 == 0 ? (float) g_rand_int_range (rand, -3, 4) : (float) g_rand_double_range (rand, -20, 1);
          if (round % 3 == 1)
            values[i] = MAX (values[i], 0);
        }
      while (at < n)
        {
          gsize wanted = (gsize) g_rand_int_range (rand, 1, 200), piece = MIN (wanted, n - at);

          fovea_top_values_add (top, 1, values + at, piece);
          at += piece;
        }
      fovea_top_values_finish (top, 1);
      qsort (values, n, sizeof (float), compare);
      for (guint i = 0; i < G_N_ELEMENTS (shares); i++)
        {
          double threshold = fovea_top_values_get_quantile (top, 1, n, shares[i]);
          gsize n_above = 0;

          g_assert_cmpfloat_with_epsilon (threshold, quantile (values, n, shares[i]), 1e-12);
          for (gsize j = 0; j < n; j++)
            n_above += values[j] > threshold;
          g_assert_cmpfloat ((double) n_above, <, (double) n * shares[i] + 1);
        }
    }
}

/* What is not a number is the smallest, and does not disturb the others. */
static void
test_not_a_number (void)
{
  const float values[] = { NAN, 3, NAN, 1, 2, -INFINITY };
  g_autoptr (FoveaTopValues) top = fovea_top_values_new (1, 6, NULL);

  fovea_top_values_add (top, 0, values, G_N_ELEMENTS (values));
  fovea_top_values_finish (top, 0);
  g_assert_cmpfloat (fovea_top_values_get_quantile (top, 0, 6, 1e-9), >, 2.99999);
  g_assert_cmpfloat (fovea_top_values_get_quantile (top, 0, 6, 0.2), ==, 2);
  g_assert_true (isinf (fovea_top_values_get_quantile (top, 0, 6, 0.8)));
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/top-values/against-sorting", test_against_sorting);
  g_test_add_func ("/top-values/not-a-number", test_not_a_number);
  return g_test_run ();
}
