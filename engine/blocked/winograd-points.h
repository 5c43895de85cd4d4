/* The interpolation points of Winograd's transforms, which the transforms of weights, inputs and outputs
 * are all made from.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Values a side of the largest patch. */
#define FOVEA_WINOGRAD_MAX_PATCH 8

/* Rows by the patch's values a side, 4, 6 and 8. The points are, in the order of a transform's places, 0, plus and minus
 * each of these, and infinity. All are exact in binary, and so are the sums and products of their squares. */
static const double fovea_winograd_points[][3] = {
  { 1 },
  { 0.75, 1.5 },
  { 0.5, 1, 2 },
};

/**
 * fovea_winograd_point:
 * @size: values a side of the patch
 * @pair: from 0; there are @size / 2 − 1
 *
 * Returns: the positive point of a pair
 */
static inline double
fovea_winograd_point (guint size,
                      guint pair)
{
  return fovea_winograd_points[size / 2 - 2][pair];
}

G_END_DECLS
