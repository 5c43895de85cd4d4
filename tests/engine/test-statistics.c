/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "engine/kernels/statistics.h"

#define N_PLACES 2048

/* Of every kind that maps have: zeros as a ReLU leaves them, signs of both, places that are hit again and again. */
static float *
draw (GRand *rand,
      gsize n,
      guint kind)
{
  float *values = g_new (float, n);

  for (gsize i = 0; i < n; i++)
    {
      values[i] = (float) g_rand_double_range (rand, -3, 5);
      if (kind % 3 == 1)
        values[i] = MAX (values[i], 0);
      else if (kind % 3 == 2)
        values[i] = (float) g_rand_int_range (rand, -2, 3);
    }
  return values;
}

/* Each value by the definition, in sizes around whole vectors and whole blocks. */
static void
test_count (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (3);
  g_autofree guint32 *counts = g_new0 (guint32, N_PLACES);
  g_autofree guint32 *expected = g_new0 (guint32, N_PLACES);

  for (guint round = 0; round < 200; round++)
    {
      const gsize n = (gsize) (round < 70 ? (gint32) round + 1 : g_rand_int_range (rand, 500, 3200));
      const float scale = ldexpf (1, g_rand_int_range (rand, -2, 9));
      g_autofree float *values = draw (rand, n, round);

      fovea_statistics_count (values, n, scale, N_PLACES - 1, counts);
      for (gsize i = 0; i < n; i++)
        expected[(guint32) (gint32) floor ((double) values[i] * scale) % N_PLACES]++;
      g_assert_cmpmem (counts, N_PLACES * sizeof (guint32), expected, N_PLACES * sizeof (guint32));
    }
}

/* The order of the sum by its definition: sixteen sums side by side, each in single precision for eight values; with
 * any instruction set the result is the same to the last bit. */
static double
sum_in_order (const float *values,
              gsize n)
{
  double lanes[16] = { 0 }, sum = 0;

  for (gsize begin = 0; begin < n; begin += 128)
    for (gsize lane = 0; lane < 16; lane++)
      {
        volatile float block = 0;

        for (gsize i = begin + lane; i < MIN (begin + 128, n); i += 16)
          block += values[i];
        lanes[lane] += block;
      }
  for (gsize lane = 0; lane < 16; lane++)
    sum += lanes[lane];
  return sum;
}

static void
test_summarize (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (4);

  for (guint round = 0; round < 200; round++)
    {
      const gsize n = (gsize) (round < 70 ? (gint32) round + 1 : g_rand_int_range (rand, 100, 3200));
      g_autofree float *values = draw (rand, n, round);
      float minimum = INFINITY, maximum = -INFINITY;
      double sum = 0, positive_sum = 0;
      guint64 n_positive = 0;
      FoveaSummary summary;

      for (gsize i = 0; i < n; i++)
        {
          minimum = MIN (minimum, values[i]);
          maximum = MAX (maximum, values[i]);
          sum += values[i];
          positive_sum += MAX (values[i], 0);
          n_positive += values[i] > 0;
        }
      fovea_statistics_summarize (values, n, &summary);
      g_assert_true (summary.is_finite);
      g_assert_cmpfloat (summary.minimum, ==, minimum);
      g_assert_cmpfloat (summary.maximum, ==, maximum);
      g_assert_cmpuint (summary.n_positive, ==, n_positive);
      g_assert_cmpfloat_with_epsilon (summary.sum, sum, 1e-5 * (double) n);
      g_assert_cmpfloat (summary.sum, ==, sum_in_order (values, n));
      g_assert_cmpfloat_with_epsilon (summary.positive_sum, positive_sum, 1e-5 * (double) n);

      if (minimum >= 0)
        g_assert_cmpfloat (summary.positive_sum, ==, summary.sum);

      values[g_rand_int_range (rand, 0, (gint32) n)] = (const float[]) { NAN, INFINITY, -INFINITY }[round % 3];
      fovea_statistics_summarize (values, n, &summary);
      g_assert_false (summary.is_finite);
    }
}

/* The first of equal ones, wherever it stands. */
static void
test_find (void)
{
  float values[100] = { 0 };

  for (gsize place = 0; place < G_N_ELEMENTS (values); place++)
    {
      memset (values, 0, sizeof values);
      for (gsize i = place; i < G_N_ELEMENTS (values); i += 3)
        values[i] = 2.5f;
      for (gsize n = place + 1; n <= G_N_ELEMENTS (values); n++)
        g_assert_cmpuint (fovea_statistics_find (values, n, 2.5f), ==, place);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/statistics/count", test_count);
  g_test_add_func ("/statistics/summarize", test_summarize);
  g_test_add_func ("/statistics/find", test_find);

  return g_test_run ();
}
