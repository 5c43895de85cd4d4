/* Numbers as they are written in the window.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <math.h>

#include "ui/number.h"

static void
test_format (void)
{
  static const struct {
    double value;
    guint n_digits;
    const char *text;
  } cases[] = {
    { 3.42, 4, "3.420" },
    { 3.699, 4, "3.699" },
    { 3.6994, 4, "3.699" },
    { 9.9996, 4, "10.00" },
    { 0.17, 3, "0.170" },
    { -0.07498, 4, "−0.07498" },
    { 0.00012, 3, "0.000120" },
    { 0.000012, 3, "1.20e-05" },
    { -0.99999, 2, "−1.0" },
    { 12, 4, "12.00" },
    { 1234, 4, "1234" },
    { 12345.6, 4, "12346" },
    { 9999999.6, 4, "1.000e+07" },
    { 1.5e9, 3, "1.50e+09" },
    { 0, 4, "0" },
    { -0.0, 4, "0" },
    { NAN, 4, "–" },
    { INFINITY, 4, "∞" },
    { -INFINITY, 4, "−∞" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = fovea_number_format (cases[i].value, cases[i].n_digits);

      g_assert_cmpstr (text, ==, cases[i].text);
    }
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/number/format", test_format);
  return g_test_run ();
}
