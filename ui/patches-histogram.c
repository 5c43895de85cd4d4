/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/patches-histogram.h"

#include <math.h>

#include "ui/chart-histogram.h"
#include "ui/scanning.h"

#define N_BINS 48

/* The range of what both networks' channels reach; one that is constant gets some width. */
static void
find_range (const guint *channels,
            FoveaScan *const *scans,
            double *minimum,
            double *maximum)
{
  *minimum = INFINITY;
  *maximum = -INFINITY;
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    {
      FoveaScanChannel statistics;

      if (scans[side] == NULL)
        continue;
      fovea_scan_get_channel (scans[side], channels[side], &statistics);
      *minimum = MIN (*minimum, (double) statistics.minimum);
      *maximum = MAX (*maximum, (double) statistics.maximum);
    }
  if (!(*maximum > *minimum))
    *maximum = *minimum + 1;
}

/**
 * fovea_patches_histogram_new:
 * @set: the images
 * @pair: the networks
 * @layer: the layer's name
 * @channels: (array fixed-size=2): each network's channel
 * @scans: (array fixed-size=2): each network's scan of @set, or %NULL
 *
 * Returns: (transfer full) (nullable): a histogram of both networks' activations on one scale; %NULL where there are none
 */
FoveaChart *
fovea_patches_histogram_new (FoveaImageSet *set,
                             FoveaNetworkPair *pair,
                             const char *layer,
                             const guint *channels,
                             FoveaScan *const *scans)
{
  static const FoveaChartColor colors[FOVEA_N_SIDES] = { FOVEA_CHART_STANDARD, FOVEA_CHART_ROBUST };
  const FoveaScanSubject subject = { set, pair, FALSE };
  g_autofree char *title = g_strdup_printf ("How often each activation of %s:%u occurs", layer, channels[FOVEA_SIDE_STANDARD]);
  g_autofree char *caption = g_strdup_printf ("How often each activation occurs, at all positions of the images of %s.", fovea_image_set_get_name (set));
  double minimum, maximum;
  FoveaChart *chart;

  find_range (channels, scans, &minimum, &maximum);
  if (!isfinite (minimum) || !isfinite (maximum))
    return NULL;
  chart = fovea_histogram_chart_new ("activation", "positions of all images", minimum, maximum, N_BINS);
  for (FoveaSide side = 0; side < FOVEA_N_SIDES; side++)
    {
      FoveaScan *scan = scans[side];
      const FoveaShape *shape;
      double counts[N_BINS];
      gsize n_images;

      if (scan == NULL)
        continue;
      shape = fovea_graph_get_shape (fovea_network_get_graph (fovea_network_pair_get_network (pair, side)),
                                     (guint) fovea_scan_subject_find_layer (&subject, side, layer));
      n_images = fovea_scan_get_n_done (scan) - fovea_scan_get_n_unreadable (scan);
      fovea_scan_get_histogram (scan, channels[side], minimum, maximum, N_BINS, counts);
      for (guint i = 0; i < N_BINS; i++)
        counts[i] *= (double) n_images * (double) shape->height * (double) shape->width;
      fovea_histogram_chart_add_series (chart, fovea_side_get_name (side), colors[side], counts);
    }
  fovea_histogram_chart_set_logarithmic (chart, TRUE);
  fovea_chart_set_title (chart, title, NULL);
  fovea_chart_set_caption (chart, caption);
  return chart;
}
