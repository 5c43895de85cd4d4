/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/analysis/match.h"

#include <math.h>

#include "engine/analysis/assignment.h"
#include "engine/analysis/scan-private.h"

#define MAX_SIZE 6

/* The highest sum of gains, by trying every assignment. */
static double
search (guint n_rows,
        guint n_columns,
        const float *gains,
        guint row,
        guint taken,
        guint n_left_out)
{
  double best = -INFINITY;

  if (row == n_rows)
    return 0;
  for (guint column = 0; column < n_columns; column++)
    if ((taken >> column & 1) == 0)
      best = MAX (best, gains[row * n_columns + column] + search (n_rows, n_columns, gains, row + 1, taken | 1u << column, n_left_out));
  if (n_left_out > 0)
    best = MAX (best, search (n_rows, n_columns, gains, row + 1, taken, n_left_out - 1));
  return best;
}

static void
test_assignment (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);

  for (guint trial = 0; trial < 400; trial++)
    {
      guint n_rows = (guint) g_rand_int_range (rand, 1, MAX_SIZE + 1), n_columns = (guint) g_rand_int_range (rand, 1, MAX_SIZE + 1);
      guint n_assigned = 0, taken = 0;
      float gains[MAX_SIZE * MAX_SIZE];
      int assigned[MAX_SIZE];
      double sum = 0;

      /* Few different values, so that there are many ties; negative ones as well. */
      for (guint i = 0; i < n_rows * n_columns; i++)
        gains[i] = trial % 2 ? (float) g_rand_int_range (rand, -3, 4) : (float) g_rand_double_range (rand, -1, 1);
      g_assert_true (fovea_assignment_maximize (n_rows, n_columns, gains, assigned, NULL, NULL));
      for (guint row = 0; row < n_rows; row++)
        {
          if (assigned[row] < 0)
            continue;
          g_assert_cmpint (assigned[row], <, n_columns);
          g_assert_cmpuint (taken >> assigned[row] & 1, ==, 0);
          taken |= 1u << assigned[row];
          n_assigned++;
          sum += gains[row * n_columns + (guint) assigned[row]];
        }
      g_assert_cmpuint (n_assigned, ==, MIN (n_rows, n_columns));
      g_assert_cmpfloat_with_epsilon (sum, search (n_rows, n_columns, gains, 0, 0, n_rows - n_assigned), 1e-6);
    }
}

static void
test_assignment_by_hand (void)
{
  /* Taking the best of each row in turn gives 9 + 1 + 1; the best is 8 + 8 + 3. */
  const float gains[] = { 9, 8, 1, 8, 1, 1, 7, 2, 3 };
  int assigned[3];

  g_assert_true (fovea_assignment_maximize (3, 3, gains, assigned, NULL, NULL));
  g_assert_cmpint (assigned[0], ==, 1);
  g_assert_cmpint (assigned[1], ==, 0);
  g_assert_cmpint (assigned[2], ==, 2);
}

/* A permutation hidden in noise is found, in a size that layers have. */
static void
test_assignment_large (void)
{
  const guint n = 512;
  g_autoptr (GRand) rand = g_rand_new_with_seed (11);
  g_autofree float *gains = g_new (float, n * n);
  g_autofree guint *hidden = g_new (guint, n);
  g_autofree int *assigned = g_new (int, n);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  FoveaJob job;

  for (guint i = 0; i < n; i++)
    {
      guint j = (guint) g_rand_int_range (rand, 0, (gint32) i + 1);
      hidden[i] = hidden[j];
      hidden[j] = i;
    }
  for (guint i = 0; i < n * n; i++)
    gains[i] = (float) g_rand_double_range (rand, -0.5, 0.5);
  for (guint i = 0; i < n; i++)
    gains[i * n + hidden[i]] += 1;
  g_assert_true (fovea_assignment_maximize (n, n, gains, assigned, NULL, NULL));
  for (guint i = 0; i < n; i++)
    g_assert_cmpint (assigned[i], ==, hidden[i]);

  g_cancellable_cancel (cancellable);
  fovea_job_init (&job, cancellable, NULL, NULL);
  g_assert_false (fovea_assignment_maximize (n, n, gains, assigned, &job, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

#define N_IMAGES 40

/* A complete scan of maps of one unit: @values is [image][channel]; image 13 could not be read. */
static FoveaScan *
make_scan (guint n_channels,
           const float *values)
{
  const FoveaShape shape = { n_channels, 1, 1, TRUE };
  const FoveaReceptiveField field = { { 8, 8 }, { 1, 1 }, { 0, 0 } };
  FoveaScan *scan = fovea_scan_new (N_IMAGES, 0, &shape, &field, &FOVEA_SCAN_OPTIONS_DEFAULT, NULL);

  for (guint32 i = 0; i < N_IMAGES; i++)
    {
      const int none = -1;

      if (i == 13)
        fovea_scan_add_unreadable (scan, i, "damaged");
      fovea_scan_add (scan, i + 1, i != 13, &i, &none, values + i * n_channels);
    }
  return scan;
}

static double
correlate (const float *a,
           guint n_a,
           const float *b,
           guint n_b)
{
  double n = 0, sum_a = 0, sum_b = 0, aa = 0, bb = 0, ab = 0;

  for (guint i = 0; i < N_IMAGES; i++)
    if (i != 13)
      {
        double x = a[i * n_a], y = b[i * n_b];

        n++;
        sum_a += x;
        sum_b += y;
        aa += x * x;
        bb += y * y;
        ab += x * y;
      }
  return (n * ab - sum_a * sum_b) / sqrt ((n * aa - sum_a * sum_a) * (n * bb - sum_b * sum_b));
}

static void
test_match (void)
{
  enum { N_FIRST = 5, N_SECOND = 4 };
  g_autoptr (GRand) rand = g_rand_new_with_seed (3);
  float first[N_IMAGES * N_FIRST], second[N_IMAGES * N_SECOND];
  g_autoptr (FoveaScan) a = NULL;
  g_autoptr (FoveaScan) b = NULL;
  g_autoptr (FoveaMatch) match = NULL;
  g_autoptr (GError) error = NULL;

  /* Channel 4 of the first is constant. Channel 0 of the second follows 2, channel 1 follows 0, channel 2 follows
   * minus 1; channel 3 follows 0 as well, but less. */
  for (guint i = 0; i < N_IMAGES; i++)
    {
      float *x = first + i * N_FIRST, *y = second + i * N_SECOND;

      for (guint c = 0; c < 4; c++)
        x[c] = (float) g_rand_double (rand);
      x[4] = 1000.1f;
      y[0] = 100 + 3 * x[2] + (float) g_rand_double_range (rand, -0.1, 0.1);
      y[1] = x[0] * 0.001f;
      y[2] = -x[1];
      y[3] = x[0] + (float) g_rand_double (rand);
    }
  a = make_scan (N_FIRST, first);
  b = make_scan (N_SECOND, second);
  match = fovea_match_compute (a, b, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (match->n_images, ==, N_IMAGES - 1);
  for (guint i = 0; i < N_FIRST; i++)
    for (guint j = 0; j < N_SECOND; j++)
      {
        double expected = i == 4 ? 0 : correlate (first + i, N_FIRST, second + j, N_SECOND);
        g_assert_cmpfloat_with_epsilon (match->correlations[i * N_SECOND + j], expected, 1e-5);
      }
  g_assert_cmpint (match->best[0], ==, 1);
  g_assert_cmpint (match->best[2], ==, 0);
  g_assert_cmpint (match->best_of_second[0], ==, 2);
  g_assert_cmpint (match->best_of_second[1], ==, 0);
  g_assert_cmpint (match->best_of_second[3], ==, 0);
  g_assert_cmpint (match->assigned[0], ==, 1);
  g_assert_cmpint (match->assigned[2], ==, 0);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/match/assignment", test_assignment);
  g_test_add_func ("/match/assignment-by-hand", test_assignment_by_hand);
  g_test_add_func ("/match/assignment-large", test_assignment_large);
  g_test_add_func ("/match/channels", test_match);
  return g_test_run ();
}
