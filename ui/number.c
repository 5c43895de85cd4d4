/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/number.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Numbers outside of this range of powers of ten are written with an exponent. */
#define MINIMUM_EXPONENT (-4)
#define MAXIMUM_EXPONENT 6

/**
 * fovea_number_format:
 * @value: a number that was measured
 * @n_digits: how many of its digits mean something, from 1 to 15
 *
 * Keeps the zeros at the end, since they were measured as well and numbers in a column would not be of one length without them:
 * 3.420 stands below 3.699.
 *
 * Any thread.
 *
 * Returns: (transfer full): the number with so many significant digits, all those before the decimal point in any case; with a minus
 *   sign and not a hyphen where it is below 0; `–` where it is not a number
 */
char *
fovea_number_format (double value,
                     guint n_digits)
{
  g_autofree char *digits = NULL;
  char scientific[40];
  int exponent;

  g_return_val_if_fail (n_digits >= 1 && n_digits <= 15, NULL);

  if (isnan (value))
    return g_strdup ("–");
  if (isinf (value))
    return g_strdup (value < 0 ? "−∞" : "∞");
  if (value == 0)
    return g_strdup ("0");
  /* The exponent after rounding: that of 9.9996 is 1 with four digits. */
  g_snprintf (scientific, sizeof scientific, "%.*e", (int) n_digits - 1, fabs (value));
  exponent = atoi (strchr (scientific, 'e') + 1);
  if (exponent < MINIMUM_EXPONENT || exponent > MAXIMUM_EXPONENT)
    digits = g_strdup (scientific);
  else
    digits = g_strdup_printf ("%.*f", MAX ((int) n_digits - 1 - exponent, 0), fabs (value));
  return g_strconcat (value < 0 ? "−" : "", digits, NULL);
}
