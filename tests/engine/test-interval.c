/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/analysis/interval.h"

/* The ends of the interval are the p for which (share − p)² = z² p (1 − p) / n; solved elsewhere. */
static void
test_shares (void)
{
  static const struct {
    gsize n;
    gsize n_total;
    double low;
    double high;
  } cases[] = {
    { 0, 10, 0, 0.27753279986288926 },
    { 5, 10, 0.23659309051256394, 0.7634069094874361 },
    { 10, 10, 0.7224672001371108, 1 },
    { 21, 61, 0.2374750896034547, 0.46950250859431814 },
    { 1, 1, 0.20654931, 1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      double low, high;

      fovea_interval_of_share (cases[i].n, cases[i].n_total, &low, &high);
      g_assert_cmpfloat_with_epsilon (low, cases[i].low, 1e-7);
      g_assert_cmpfloat_with_epsilon (high, cases[i].high, 1e-7);
    }
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/interval/shares", test_shares);
  return g_test_run ();
}
