/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/duration.h"

#include <math.h>

/**
 * fovea_duration_describe:
 * @seconds: an estimate
 *
 * Returns: (transfer full): such as `about 40 seconds`, rounded to what an estimate is worth
 */
char *
fovea_duration_describe (double seconds)
{
  if (seconds < 1.5)
    return g_strdup ("about a second");
  if (seconds < 10)
    return g_strdup_printf ("about %.0f seconds", ceil (seconds));
  if (seconds < 90)
    return g_strdup_printf ("about %.0f seconds", ceil (seconds / 5) * 5);
  if (seconds < 90 * 60)
    return g_strdup_printf ("about %.0f minutes", ceil (seconds / 60));
  return g_strdup_printf ("about %.0f hours", ceil (seconds / 3600));
}

/**
 * fovea_duration_describe_left:
 * @seconds: an estimate
 *
 * Returns: (transfer full): a short form that counts down, such as `about 37 s left`
 */
char *
fovea_duration_describe_left (double seconds)
{
  if (seconds < 1)
    return g_strdup ("less than a second left");
  if (seconds < 90)
    return g_strdup_printf ("about %.0f s left", ceil (seconds));
  if (seconds < 90 * 60)
    return g_strdup_printf ("about %.0f min left", ceil (seconds / 60));
  return g_strdup_printf ("about %.0f h left", ceil (seconds / 3600));
}
