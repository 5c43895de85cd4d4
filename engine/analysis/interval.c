/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/analysis/interval.h"

#include <math.h>

/* Of the normal distribution, for 95 %. */
#define Z 1.959963984540054

/**
 * fovea_interval_of_share:
 * @n: how many of
 * @n_total: so many, at least 1
 * @low, @high: (out): in [0,1]
 *
 * The 95 % score interval of a share (Wilson 1927), which keeps its promise for few and for extreme counts.
 *
 * Thread: any.
 */
void
fovea_interval_of_share (gsize n,
                         gsize n_total,
                         double *low,
                         double *high)
{
  const double total = (double) n_total;
  const double share = (double) n / total;
  const double scale = 1 / (1 + Z * Z / total);
  const double middle = scale * (share + Z * Z / (2 * total));
  const double half = scale * Z * sqrt (share * (1 - share) / total + Z * Z / (4 * total * total));

  g_return_if_fail (n <= n_total && n_total > 0);
  *low = n == 0 ? 0 : MAX (0, middle - half);
  *high = n == n_total ? 1 : MIN (1, middle + half);
}
