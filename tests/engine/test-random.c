/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/random.h"

#include <math.h>

/* The outputs that the generator's authors' C code gives from the state 1, 2, 3, 4. */
static void
test_reference (void)
{
  FoveaRandom random = { .state = { 1, 2, 3, 4 } };
  static const guint64 expected[] = {
    G_GUINT64_CONSTANT (41943041), G_GUINT64_CONSTANT (58720359),
    G_GUINT64_CONSTANT (3588806011781223), G_GUINT64_CONSTANT (3591011842654386),
  };

  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    g_assert_cmpuint (fovea_random_next (&random), ==, expected[i]);
}

/* SplitMix64's published outputs for the seed 1234567 fill the state of stream 0. */
static void
test_seed (void)
{
  FoveaRandom random, other;

  fovea_random_init (&random, 1234567, 0);
  g_assert_cmpuint (random.state[0], ==, G_GUINT64_CONSTANT (6457827717110365317));
  g_assert_cmpuint (random.state[1], ==, G_GUINT64_CONSTANT (3203168211198807973));
  g_assert_cmpuint (random.state[2], ==, G_GUINT64_CONSTANT (9817491932198370423));
  g_assert_cmpuint (random.state[3], ==, G_GUINT64_CONSTANT (4593380528125082431));

  fovea_random_init (&other, 1234567, 1);
  g_assert_cmpuint (fovea_random_next (&other), !=, fovea_random_next (&random));
}

static void
test_distributions (void)
{
  enum { N = 100001 };
  g_autofree float *values = g_new (float, N);
  double sum = 0, squares = 0, fourth = 0;
  FoveaRandom random;

  fovea_random_init (&random, 5, 9);
  for (guint i = 0; i < N; i++)
    {
      double value = fovea_random_uniform (&random, -3, 5);

      g_assert_cmpfloat (value, >=, -3);
      g_assert_cmpfloat (value, <, 5);
      sum += value;
    }
  g_assert_cmpfloat_with_epsilon (sum / N, 1, 0.03);

  sum = 0;
  fovea_random_fill_normal (&random, 2, values, N);
  for (guint i = 0; i < N; i++)
    {
      sum += values[i];
      squares += values[i] * values[i];
      fourth += pow (values[i], 4);
    }
  g_assert_cmpfloat_with_epsilon (sum / N, 0, 0.03);
  g_assert_cmpfloat_with_epsilon (squares / N, 4, 0.08);
  /* The fourth moment of a normal distribution is 3 σ⁴, of a uniform one it would be 1.8 σ⁴. */
  g_assert_cmpfloat_with_epsilon (fourth / N, 48, 2.5);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/random/reference", test_reference);
  g_test_add_func ("/random/seed", test_seed);
  g_test_add_func ("/random/distributions", test_distributions);
  return g_test_run ();
}
