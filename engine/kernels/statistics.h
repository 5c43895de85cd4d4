/* Counting and summing up activation maps.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * FoveaSummary:
 * @minimum, @maximum: of the values
 * @sum: of the values
 * @positive_sum: of those larger than 0
 * @n_positive: how many are larger than 0
 * @is_finite: whether all are numbers, and none infinite; otherwise the rest says nothing
 */
typedef struct {
  float minimum;
  float maximum;
  double sum;
  double positive_sum;
  guint64 n_positive;
  gboolean is_finite;
} FoveaSummary;

void fovea_statistics_summarize (const float *restrict values, gsize n_values, FoveaSummary *restrict summary);
void fovea_statistics_count (const float *restrict values, gsize n_values, float scale, guint32 mask, guint32 *restrict counts);
gsize fovea_statistics_find (const float *restrict values, gsize n_values, float value);

G_END_DECLS
