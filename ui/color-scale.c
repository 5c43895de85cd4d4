/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/color-scale.h"

#include <math.h>

/* matplotlib's "inferno" (N. Smith, S. van der Walt; CC0): from black over purple and orange to pale
 * yellow, even in lightness and safe for colour-blind eyes. Its polynomial fit by M. Zucker (CC0),
 * each row one power of the position in [0,1], for red, green and blue. */
static const double coefficients[][3] = {
  { 0.0002189403691192265, 0.001651004631001012, -0.01948089843709184 },
  { 0.1065134194856116, 0.5639564367884091, 3.932712388889277 },
  { 11.60249308247187, -3.972853965665698, -15.9423941062914 },
  { -41.70399613139459, 17.43639888205313, 44.35414519872813 },
  { 77.162935699427, -33.40235894210092, -81.80730925738993 },
  { -71.31942824499214, 32.62606426397723, 73.20951985803202 },
  { 25.13112622477341, -12.24266895238567, -23.07032500287172 },
};

static guint8 colors[FOVEA_COLOR_SCALE_SIZE][3];

static gpointer
compute (gpointer data)
{
  for (guint i = 0; i < FOVEA_COLOR_SCALE_SIZE; i++)
    for (guint component = 0; component < 3; component++)
      {
        double position = i / (FOVEA_COLOR_SCALE_SIZE - 1.0), value = 0;

        for (guint power = G_N_ELEMENTS (coefficients); power-- > 0;)
          value = value * position + coefficients[power][component];
        colors[i][component] = (guint8) lrint (CLAMP (value, 0, 1) * 255);
      }
  return colors;
}

/**
 * fovea_color_scale_get:
 *
 * Returns: (array fixed-size=256): sRGB, from the lowest value's colour to the highest's. Any thread.
 */
const guint8 (*
fovea_color_scale_get (void))[3]
{
  static GOnce once = G_ONCE_INIT;

  return g_once (&once, compute, NULL);
}

/**
 * fovea_color_scale_find:
 *
 * Returns: the index of the colour for @value on a scale from @minimum to @maximum; what is outside
 *   takes the end's, and what is no number the lowest
 */
guint
fovea_color_scale_find (double value, double minimum, double maximum)
{
  double position = maximum > minimum ? (value - minimum) / (maximum - minimum) : 0;

  return position > 0 ? (guint) lrint (MIN (position, 1) * (FOVEA_COLOR_SCALE_SIZE - 1)) : 0;
}
