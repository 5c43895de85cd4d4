/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/analysis/scan-private.h"

#include <math.h>

/**
 * fovea_scan_ref:
 *
 * Returns: (transfer full): @self. Any thread.
 */
FoveaScan *
fovea_scan_ref (FoveaScan *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

/**
 * fovea_scan_unref:
 *
 * Gives a reference back; the last one frees the scan. Any thread.
 */
void
fovea_scan_unref (FoveaScan *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;
  g_free (self->tallies);
  g_free (self->hits);
  g_free (self->counts);
  g_free (self->class_counts);
  g_free (self->class_sums);
  g_array_unref (self->means);
  g_array_unref (self->unreadable);
  g_ptr_array_unref (self->reasons);
  g_free (self);
}

/**
 * fovea_scan_is_complete:
 *
 * Returns: whether the whole set was gone through
 */
gboolean
fovea_scan_is_complete (const FoveaScan *self)
{
  return self->n_done == self->n_images;
}

/**
 * fovea_scan_get_n_images:
 *
 * Returns: the number of images of the set
 */
gsize
fovea_scan_get_n_images (const FoveaScan *self)
{
  return self->n_images;
}

/**
 * fovea_scan_get_n_done:
 *
 * Returns: how many images were gone through, from the first one on, unreadable ones included
 */
gsize
fovea_scan_get_n_done (const FoveaScan *self)
{
  return self->n_done;
}

/**
 * fovea_scan_get_n_unreadable:
 *
 * Returns: how many images could not be read
 */
gsize
fovea_scan_get_n_unreadable (const FoveaScan *self)
{
  return self->unreadable->len;
}

/**
 * fovea_scan_get_unreadable:
 * @index: which of the unreadable images
 * @reason: (out) (optional) (nullable) (transfer none): why; kept of the first hundred
 *
 * Returns: which image of the set it is
 */
gsize
fovea_scan_get_unreadable (const FoveaScan *self,
                           gsize index,
                           const char **reason)
{
  g_return_val_if_fail (index < self->unreadable->len, 0);
  if (reason != NULL)
    *reason = index < self->reasons->len ? self->reasons->pdata[index] : NULL;
  return g_array_index (self->unreadable, guint32, index);
}

/**
 * fovea_scan_get_n_channels:
 *
 * Returns: the layer's number of channels
 */
guint
fovea_scan_get_n_channels (const FoveaScan *self)
{
  return self->n_channels;
}

/**
 * fovea_scan_get_hits:
 * @channel: which channel
 * @n_hits: (out): how many
 *
 * Returns: (transfer none) (array length=n_hits): where the channel is strongest, the strongest first; of
 *   equally strong ones the first in the set, and in the map by rows
 */
const FoveaScanHit *
fovea_scan_get_hits (const FoveaScan *self,
                     guint channel,
                     guint *n_hits)
{
  g_return_val_if_fail (channel < self->n_channels, NULL);
  *n_hits = self->tallies[channel].n_hits;
  return self->hits + (gsize) channel * self->options.n_top;
}

/**
 * fovea_scan_get_channel:
 * @channel: which channel
 * @statistics: (out): what it is like over all positions of all images
 */
void
fovea_scan_get_channel (const FoveaScan *self,
                        guint channel,
                        FoveaScanChannel *statistics)
{
  const FoveaScanTally *tally = &self->tallies[channel];
  double n = (double) tally->n_valid;

  g_return_if_fail (channel < self->n_channels);
  *statistics = (FoveaScanChannel) { .minimum = tally->minimum, .maximum = tally->maximum, .n_invalid = tally->n_invalid };
  if (tally->n_valid == 0)
    return;
  statistics->mean = tally->sum / n;
  statistics->active = (double) tally->n_positive / (n * self->height * self->width);
}

static double
get_width (const FoveaScanTally *tally)
{
  return ldexp (1, tally->exponent);
}

static gint64
get_first_place (const FoveaScanTally *tally)
{
  return (gint64) floor (tally->minimum / get_width (tally));
}

/**
 * fovea_scan_get_quantile:
 * @channel: which channel
 * @fraction: in [0, 1]
 *
 * Values that fall into one place of the histogram are taken as spread evenly over it; minimum and
 * maximum are exact. The error is at most fovea_scan_get_quantile_error().
 *
 * Returns: the activation below which this share of all positions of all images is; not a number where
 *   there is none
 */
double
fovea_scan_get_quantile (const FoveaScan *self,
                         guint channel,
                         double fraction)
{
  const FoveaScanTally *tally = &self->tallies[channel];
  const guint32 *counts = self->counts + (gsize) channel * FOVEA_SCAN_PLACES;
  double wanted = fraction * (double) tally->n_counted, below = 0;

  g_return_val_if_fail (channel < self->n_channels && fraction >= 0 && fraction <= 1, NAN);
  if (tally->n_counted == 0)
    return NAN;
  for (guint i = 0; i < FOVEA_SCAN_PLACES; i++)
    {
      gint64 place = get_first_place (tally) + i;
      double count = counts[(guint64) place % FOVEA_SCAN_PLACES];

      if (count > 0 && below + count >= wanted)
        return CLAMP (((double) place + (wanted - below) / count) * get_width (tally), tally->minimum, tally->maximum);
      below += count;
    }
  return tally->maximum;
}

/**
 * fovea_scan_get_quantile_error:
 * @channel: which channel
 *
 * Returns: the width of a place of the channel's histogram, by which a quantile may be off at most: less than a
 *   thousandth of the range from the channel's minimum to its maximum, or a 500,000th of the larger of the two
 */
double
fovea_scan_get_quantile_error (const FoveaScan *self,
                               guint channel)
{
  g_return_val_if_fail (channel < self->n_channels, NAN);
  return get_width (&self->tallies[channel]);
}

/**
 * fovea_scan_get_histogram:
 * @channel: which channel
 * @begin, @end: the range of activations, @begin the smaller one
 * @n_bins: into how many equal parts it is divided
 * @shares: (out caller-allocates) (array length=n_bins): the shares of all positions of all images; what lies
 *   outside of the range is in none of them
 *
 * As fine as the places that fovea_scan_get_quantile_error() gives the width of.
 */
void
fovea_scan_get_histogram (const FoveaScan *self,
                          guint channel,
                          double begin,
                          double end,
                          guint n_bins,
                          double *shares)
{
  const FoveaScanTally *tally = &self->tallies[channel];
  const guint32 *counts = self->counts + (gsize) channel * FOVEA_SCAN_PLACES;
  double width = get_width (tally), bin_width = (end - begin) / n_bins;

  g_return_if_fail (channel < self->n_channels && begin < end && n_bins > 0);
  for (guint bin = 0; bin < n_bins; bin++)
    shares[bin] = 0;
  for (guint i = 0; i < FOVEA_SCAN_PLACES && tally->n_counted > 0; i++)
    {
      gint64 place = get_first_place (tally) + i;
      double count = counts[(guint64) place % FOVEA_SCAN_PLACES];
      /* What is known: the values are in the place, and not beyond the minimum and the maximum. */
      double low = MAX ((double) place * width, tally->minimum);
      double high = MIN ((double) (place + 1) * width, tally->maximum);
      double first = floor ((low - begin) / bin_width), last = floor ((high - begin) / bin_width);

      if (count == 0)
        continue;
      for (double bin = MAX (first, 0); bin <= last && bin < n_bins; bin++)
        {
          double overlap = MIN (high, begin + (bin + 1) * bin_width) - MAX (low, begin + bin * bin_width);
          double share = high > low ? overlap / (high - low) : bin == first;

          shares[(guint) bin] += MAX (share, 0) * count / (double) tally->n_counted;
        }
      /* The range's end belongs to its last part. */
      if (high <= low && low == end)
        shares[n_bins - 1] += count / (double) tally->n_counted;
    }
}

/**
 * fovea_scan_get_n_classes:
 *
 * Returns: of how many classes the means are kept: the set's number, or 0 where that is too large
 */
guint
fovea_scan_get_n_classes (const FoveaScan *self)
{
  return self->n_classes;
}

/**
 * fovea_scan_get_class_count:
 * @image_class: a class of the set
 *
 * Returns: how many images of it were read
 */
guint64
fovea_scan_get_class_count (const FoveaScan *self,
                            guint image_class)
{
  g_return_val_if_fail (image_class < self->n_classes, 0);
  return self->class_counts[image_class];
}

/**
 * fovea_scan_get_class_mean:
 * @channel: which channel
 * @image_class: a class of the set
 *
 * Returns: the mean of the activation's positive part, what a ReLU lets through, over all positions of the images
 *   of that class; not a number where there is no image, or where the channel's map was invalid on some of the set's
 */
double
fovea_scan_get_class_mean (const FoveaScan *self,
                           guint channel,
                           guint image_class)
{
  g_return_val_if_fail (channel < self->n_channels && image_class < self->n_classes, NAN);
  if (self->class_counts[image_class] == 0 || self->tallies[channel].n_invalid > 0)
    return NAN;
  return self->class_sums[(gsize) image_class * self->n_channels + channel] / (double) self->class_counts[image_class];
}

/**
 * fovea_scan_get_means_step:
 *
 * The means of all images of a large set would take too much room. Then those of every second, fourth,
 * eighth, … image are kept.
 *
 * Returns: 1, or that power of two
 */
gsize
fovea_scan_get_means_step (const FoveaScan *self)
{
  return self->means_step;
}

/**
 * fovea_scan_get_means:
 * @n_rows: (out): how many rows
 *
 * Returns: (transfer none): [row, channel], the channels' means over the positions of the image
 *   row * fovea_scan_get_means_step(); not a number where it could not be read
 */
const float *
fovea_scan_get_means (const FoveaScan *self,
                      gsize *n_rows)
{
  *n_rows = self->means->len / self->n_channels;
  return (const float *) (gpointer) self->means->data;
}
