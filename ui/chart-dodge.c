/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/chart-dodge.h"

/* What stays free between two markers, in pixels. */
#define GAP 1

static int
compare_places (gconstpointer a, gconstpointer b, gpointer places)
{
  const guint i = *(const guint *) a, j = *(const guint *) b;
  const double *x = places;

  if (x[i] != x[j])
    return x[i] < x[j] ? -1 : 1;
  return i < j ? -1 : i > j;
}

/* The first lane whose last marker is far enough to the left. */
static guint
find_lane (const double *ends, guint n_lanes, double x, double distance)
{
  guint lane = 0;

  while (lane < n_lanes && x - ends[lane] < distance)
    lane++;
  return lane;
}

/**
 * fovea_chart_dodge:
 * @n: how many markers lie on a line
 * @x: where along the line; all finite
 * @diameter: of a marker
 * @room: how far apart the outermost centres may be, across the line
 * @offsets: (array length=n): filled with how far across the line each marker belongs, around 0
 *
 * A marker with nothing near it stays on the line. Markers that would cover each other are spread around it, those to the
 * left and, of equal ones, the earlier ones first; by a marker's diameter where there is room, less where there is not.
 *
 * Returns: on how many lanes markers lie where most of them meet; 0 without markers
 */
guint
fovea_chart_dodge (guint n, const double *x, double diameter, double room, double *offsets)
{
  const double distance = diameter + GAP;
  g_autofree guint *order = g_new (guint, MAX (n, 1));
  g_autofree guint *lanes = g_new (guint, MAX (n, 1));
  g_autofree double *ends = g_new (double, MAX (n, 1));
  guint most = 0;

  for (guint i = 0; i < n; i++)
    order[i] = i;
  if (n > 0)
    g_qsort_with_data (order, (int) n, sizeof *order, compare_places, (gpointer) x);
  for (guint first = 0, end; first < n; first = end)
    {
      guint n_lanes = 0;
      double spacing;

      /* A crowd ends where the next marker covers none of it. */
      for (end = first; end < n && (end == first || x[order[end]] - x[order[end - 1]] < distance); end++)
        {
          const guint lane = find_lane (ends, n_lanes, x[order[end]], distance);

          lanes[end] = lane;
          ends[lane] = x[order[end]];
          n_lanes = MAX (n_lanes, lane + 1);
        }
      spacing = n_lanes > 1 ? MIN (distance, MAX (room, 0) / (n_lanes - 1)) : 0;
      for (guint i = first; i < end; i++)
        offsets[order[i]] = (lanes[i] - (n_lanes - 1) / 2.0) * spacing;
      most = MAX (most, n_lanes);
    }
  return most;
}
