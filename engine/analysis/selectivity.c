/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/analysis/selectivity.h"

#include <math.h>

/**
 * fovea_selectivity_compute:
 * @scan: a scan of a set with classes
 * @channel: which channel
 * @selectivity: (out): what it is
 *
 * Of equally strong classes, the first one counts.
 *
 * Returns: whether it can be told: images of at least two classes were read, and the channel was active on one
 */
gboolean
fovea_selectivity_compute (const FoveaScan *scan,
                           guint channel,
                           FoveaSelectivity *selectivity)
{
  double sum = 0;
  guint n = 0;

  *selectivity = (FoveaSelectivity) { .class_mean = -1 };
  for (guint c = 0; c < fovea_scan_get_n_classes (scan); c++)
    {
      double mean = fovea_scan_get_class_mean (scan, channel, c);

      if (isnan (mean))
        continue;
      n++;
      sum += mean;
      if (mean > selectivity->class_mean)
        {
          selectivity->class_mean = mean;
          selectivity->image_class = c;
        }
    }
  if (n < 2 || selectivity->class_mean <= 0)
    return FALSE;
  selectivity->other_mean = MAX ((sum - selectivity->class_mean) / (n - 1), 0);
  selectivity->index = (selectivity->class_mean - selectivity->other_mean) / (selectivity->class_mean + selectivity->other_mean);
  return TRUE;
}

/**
 * fovea_selectivity_rank_classes:
 * @scan: a scan of a set with classes
 * @channel: which channel
 * @n_classes: how many classes to name at most
 * @classes: (out caller-allocates) (array length=n_classes): the classes on whose images the channel is strongest
 *   on average, the strongest first; of equally strong ones the first in the set
 *
 * Returns: how many were named: those that were read and on which it was active
 */
guint
fovea_selectivity_rank_classes (const FoveaScan *scan,
                                guint channel,
                                guint n_classes,
                                guint *classes)
{
  guint n = 0;

  for (guint c = 0; c < fovea_scan_get_n_classes (scan); c++)
    {
      double mean = fovea_scan_get_class_mean (scan, channel, c);
      guint place = n;

      if (isnan (mean) || mean <= 0)
        continue;
      while (place > 0 && fovea_scan_get_class_mean (scan, channel, classes[place - 1]) < mean)
        place--;
      if (place == n_classes)
        continue;
      n = MIN (n + 1, n_classes);
      for (guint i = n - 1; i > place; i--)
        classes[i] = classes[i - 1];
      classes[place] = c;
    }
  return n;
}
