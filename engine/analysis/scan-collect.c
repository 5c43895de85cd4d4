/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/analysis/scan-private.h"

#include <math.h>
#include <string.h>

#include "engine/kernels/statistics.h"
#include "engine/parallel.h"

/* What the means of the images, and those of the classes, may take for a layer: beyond, only those of
 * every second, fourth, … image are kept, and none of the classes'. */
#define MAX_MEANS_BYTES (12 << 20)
#define MAX_CLASS_BYTES (16 << 20)

/* Channels that a thread takes at a time. */
#define CHANNELS_AT_ONCE 4

/* A channel's maps of several images lie far apart in memory. */
#define VALUES_FETCHED 256
#define VALUES_A_LINE 16

/* The histogram's place of any value stays below this, so that the arithmetic in single precision is exact. */
#define MAX_PLACE (1 << 20)

/* Finer places than 2^MIN_EXPONENT are not needed: zeros alone would have none. */
#define MIN_EXPONENT (-60)

/* Values are ordered by strength; of equal ones, the one that came first in the set stands first. */
static void
insert_hit (FoveaScan *self,
            guint channel,
            const FoveaScanHit *hit)
{
  FoveaScanTally *tally = &self->tallies[channel];
  FoveaScanHit *hits = self->hits + (gsize) channel * self->options.n_top;
  guint place = MIN (tally->n_hits, self->options.n_top - 1);

  while (place > 0 && hits[place - 1].activation < hit->activation)
    {
      hits[place] = hits[place - 1];
      place--;
    }
  hits[place] = *hit;
  tally->n_hits = MIN (tally->n_hits + 1, self->options.n_top);
}

static gboolean
is_wanted (const FoveaScan *self,
           guint channel,
           float activation)
{
  const FoveaScanTally *tally = &self->tallies[channel];

  return tally->n_hits < self->options.n_top
         || activation > self->hits[(gsize) channel * self->options.n_top + self->options.n_top - 1].activation;
}

/* The strongest position that is far enough from those that were taken; FALSE where none is left. Of
 * equal ones the first by rows. */
static gboolean
find_next_hit (const FoveaScan *self,
               const float *map,
               const FoveaScanHit *taken,
               guint n_taken,
               FoveaScanHit *next)
{
  gboolean found = FALSE;

  for (guint y = 0; y < self->height; y++)
    for (guint x = 0; x < self->width; x++)
      {
        float activation = map[(gsize) y * self->width + x];
        gboolean is_free = !found || activation > next->activation;

        for (guint i = 0; i < n_taken && is_free; i++)
          is_free = ABS ((gint64) y - taken[i].y) >= self->apart[0] || ABS ((gint64) x - taken[i].x) >= self->apart[1];
        if (!is_free)
          continue;
        *next = (FoveaScanHit) { .activation = activation, .image = next->image, .y = (guint16) y, .x = (guint16) x };
        found = TRUE;
      }
  return found;
}

static void
add_hits (FoveaScan *self,
          guint channel,
          guint32 image,
          const float *map,
          float maximum)
{
  FoveaScanHit taken[FOVEA_SCAN_MAX_TOP];
  guint n_taken = 0;

  if (!is_wanted (self, channel, maximum))
    return;
  if (self->options.hits_per_image == 1)
    {
      gsize position = fovea_statistics_find (map, (gsize) self->height * self->width, maximum);
      const FoveaScanHit hit = { maximum, image, (guint16) (position / self->width), (guint16) (position % self->width) };

      insert_hit (self, channel, &hit);
      return;
    }
  while (n_taken < self->options.hits_per_image)
    {
      FoveaScanHit hit = { .image = image };

      if (!find_next_hit (self, map, taken, n_taken, &hit) || !is_wanted (self, channel, hit.activation))
        return;
      insert_hit (self, channel, &hit);
      taken[n_taken++] = hit;
    }
}

static gint64
get_place (float value,
           gint exponent)
{
  return (gint64) floorf (ldexpf (value, -exponent));
}

/* Makes the histogram's places so wide that they reach from the channel's minimum to its maximum. A
 * place is made of two next to each other, so that in the end the counts are those of the widest
 * places, in whatever order the values came. */
static void
widen (FoveaScanTally *tally,
       gint64 first,
       gint64 last,
       guint32 *counts)
{
  gint exponent = tally->exponent;
  guint32 old[FOVEA_SCAN_PLACES];

  while (get_place (tally->maximum, exponent) - get_place (tally->minimum, exponent) >= FOVEA_SCAN_PLACES
         || fmaxf (fabsf (tally->minimum), fabsf (tally->maximum)) >= ldexpf (MAX_PLACE, exponent))
    exponent++;
  if (exponent == tally->exponent)
    return;
  memcpy (old, counts, sizeof old);
  memset (counts, 0, sizeof old);
  for (gint64 place = first; place <= last; place++)
    counts[(guint64) (place >> (exponent - tally->exponent)) % FOVEA_SCAN_PLACES] += old[(guint64) place % FOVEA_SCAN_PLACES];
  tally->exponent = exponent;
}

/* Sets an exponent from which widen() is not far. Beginning with a finer one would give the same. */
static void
begin_histogram (FoveaScanTally *tally)
{
  float range = MAX (fabsf (tally->minimum), fabsf (tally->maximum));

  tally->exponent = range > 0 ? MAX (ilogbf (range) - 24, MIN_EXPONENT) : MIN_EXPONENT;
}

/* Minimum, maximum and histogram. */
static void
add_values (FoveaScan *self,
            guint channel,
            guint32 image,
            const float *map,
            const FoveaSummary *summary)
{
  FoveaScanTally *tally = &self->tallies[channel];
  guint32 *counts = self->counts + (gsize) channel * FOVEA_SCAN_PLACES;
  gsize n_values = (gsize) self->height * self->width;
  gint64 first = 0, last = -1;

  if (tally->n_valid == 0)
    {
      tally->minimum = summary->minimum;
      tally->maximum = summary->maximum;
      begin_histogram (tally);
      widen (tally, first, last, counts);
    }
  else if (summary->minimum < tally->minimum || summary->maximum > tally->maximum)
    {
      first = get_place (tally->minimum, tally->exponent);
      last = get_place (tally->maximum, tally->exponent);
      tally->minimum = MIN (tally->minimum, summary->minimum);
      tally->maximum = MAX (tally->maximum, summary->maximum);
      widen (tally, first, last, counts);
    }
  if (image % self->histogram_step != 0)
    return;
  fovea_statistics_count (map, n_values, ldexpf (1, -tally->exponent), FOVEA_SCAN_PLACES - 1, counts);
  tally->n_counted += n_values;
}

static void
add_map (FoveaScan *self,
         guint channel,
         guint32 image,
         int image_class,
         const float *map)
{
  FoveaScanTally *tally = &self->tallies[channel];
  gsize n_values = (gsize) self->height * self->width;
  FoveaSummary summary;
  double mean;

  fovea_statistics_summarize (map, n_values, &summary);
  if (!summary.is_finite)
    {
      tally->n_invalid++;
      return;
    }
  mean = summary.sum / (double) n_values;
  add_values (self, channel, image, map, &summary);
  tally->n_valid++;
  tally->n_positive += summary.n_positive;
  tally->sum += mean;
  if (image_class >= 0 && (guint) image_class < self->n_classes)
    self->class_sums[(gsize) image_class * self->n_channels + channel] += summary.positive_sum / (double) n_values;
  if (image % self->means_step == 0)
    g_array_index (self->means, float, image / self->means_step * self->n_channels + channel) = (float) mean;
  add_hits (self, channel, image, map, summary.maximum);
}

typedef struct {
  FoveaScan *scan;
  guint n_images;
  const guint32 *images;
  const int *classes;
  const float *activations;
} Addition;

/* Asks for the beginning of a map that is needed soon. The rest of a large one the processor asks for by itself. */
static inline void
fetch_map (const float *map,
           gsize n_values)
{
  for (gsize i = 0; i < MIN (n_values, VALUES_FETCHED); i += VALUES_A_LINE)
    __builtin_prefetch (map + i);
}

static void
add_channels (gsize item,
              guint worker,
              gpointer data)
{
  const Addition *addition = data;
  FoveaScan *self = addition->scan;
  gsize n_values = (gsize) self->height * self->width;
  guint end = MIN ((guint) (item + 1) * CHANNELS_AT_ONCE, self->n_channels);

  for (guint channel = (guint) item * CHANNELS_AT_ONCE; channel < end; channel++)
    for (guint i = 0; i < addition->n_images; i++)
      {
        const float *map = addition->activations + ((gsize) i * self->n_channels + channel) * n_values;

        if (i + 1 < addition->n_images)
          fetch_map (map + self->n_channels * n_values, n_values);
        add_map (self, channel, addition->images[i], addition->classes[i], map);
      }
}

/**
 * fovea_scan_add:
 * @n_done: how many images of the set are gone through after this
 * @n_images: how many of them are added; the others could not be read
 * @images: (array length=n_images): which, ascending
 * @classes: (array length=n_images): their classes
 * @activations: [image, channel, height, width]
 *
 * The result depends on the images that were added, not on how many at a time.
 */
void
fovea_scan_add (FoveaScan *self,
                gsize n_done,
                guint n_images,
                const guint32 *images,
                const int *classes,
                const float *activations)
{
  Addition addition = { self, n_images, images, classes, activations };
  guint n_before = self->means->len;
  gsize n_rows = (n_done + self->means_step - 1) / self->means_step;

  g_array_set_size (self->means, (guint) (n_rows * self->n_channels));
  for (guint i = n_before; i < self->means->len; i++)
    g_array_index (self->means, float, i) = NAN;

  fovea_parallel_for ((self->n_channels + CHANNELS_AT_ONCE - 1) / CHANNELS_AT_ONCE, add_channels, &addition);
  for (guint i = 0; i < n_images; i++)
    if (classes[i] >= 0 && (guint) classes[i] < self->n_classes)
      self->class_counts[classes[i]]++;
  self->n_done = n_done;
}

/**
 * fovea_scan_add_unreadable:
 * @image: an image of the set
 * @reason: why it could not be read
 *
 * Notes an image that is left out.
 */
void
fovea_scan_add_unreadable (FoveaScan *self,
                           gsize image,
                           const char *reason)
{
  const guint32 number = (guint32) image;

  g_array_append_val (self->unreadable, number);
  if (self->reasons->len < FOVEA_SCAN_MAX_REASONS)
    g_ptr_array_add (self->reasons, g_utf8_make_valid (reason, -1));
}

/* The smallest power of two by which @n has to be divided, rounding up, to make at most @limit. */
static gsize
get_step (guint64 n,
          guint64 limit)
{
  gsize step = 1;

  while ((n + step - 1) / step > MAX (limit, 1))
    step *= 2;
  return step;
}

/**
 * fovea_scan_new:
 * @n_images: of the set
 * @n_classes: of the set
 * @shape: the layer's, for one image
 * @field: its units' receptive field
 * @options: what to keep
 * @error: %FOVEA_ERROR_TOO_LARGE
 *
 * Returns: (transfer full): a scan that has seen no image yet, or %NULL
 */
FoveaScan *
fovea_scan_new (gsize n_images,
                guint n_classes,
                const FoveaShape *shape,
                const FoveaReceptiveField *field,
                const FoveaScanOptions *options,
                GError **error)
{
  g_autoptr (FoveaScan) self = NULL;
  gsize n_channels = (gsize) shape->channels;

  g_return_val_if_fail (options->n_top >= 1 && options->n_top <= FOVEA_SCAN_MAX_TOP, NULL);
  g_return_val_if_fail (options->hits_per_image >= 1 && options->hits_per_image <= options->n_top, NULL);

  if (shape->height > G_MAXUINT16 || shape->width > G_MAXUINT16 || shape->channels > G_MAXINT32 / FOVEA_SCAN_PLACES || n_images > G_MAXUINT32)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_TOO_LARGE,
                   "%" G_GINT64_FORMAT " channels with maps of %" G_GINT64_FORMAT " × %" G_GINT64_FORMAT " units are too many for a scan",
                   shape->channels, shape->width, shape->height);
      return NULL;
    }

  self = g_new0 (FoveaScan, 1);
  g_atomic_ref_count_init (&self->references);
  self->n_channels = (guint) n_channels;
  self->height = (guint) shape->height;
  self->width = (guint) shape->width;
  self->options = *options;
  for (guint axis = 0; axis < 2; axis++)
    self->apart[axis] = MAX ((field->size[axis] + 2 * field->stride[axis] - 1) / (2 * field->stride[axis]), 1);
  self->n_images = n_images;
  self->n_classes = n_classes * n_channels * sizeof (double) <= MAX_CLASS_BYTES ? n_classes : 0;
  self->means_step = get_step (n_images, MAX_MEANS_BYTES / (n_channels * sizeof (float)));
  self->histogram_step = get_step (n_images, G_MAXUINT32 / ((gsize) shape->height * (gsize) shape->width));
  /* All of it at once: an array that grows is copied, and what it leaves behind stays with the process. */
  self->means = g_array_sized_new (FALSE, FALSE, sizeof (float), (guint) ((n_images + self->means_step - 1) / self->means_step * n_channels));
  self->unreadable = g_array_new (FALSE, FALSE, sizeof (guint32));
  self->reasons = g_ptr_array_new_with_free_func (g_free);
  self->tallies = g_try_new0 (FoveaScanTally, n_channels);
  self->hits = g_try_new0 (FoveaScanHit, n_channels * options->n_top);
  self->counts = g_try_new0 (guint32, n_channels * FOVEA_SCAN_PLACES);
  self->class_counts = g_new0 (guint64, self->n_classes);
  self->class_sums = g_try_new0 (double, (gsize) self->n_classes * n_channels);
  if (self->tallies == NULL || self->hits == NULL || self->counts == NULL || (self->class_sums == NULL && self->n_classes > 0))
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_TOO_LARGE, "no memory for the scan of %u channels", self->n_channels);
      return NULL;
    }
  return g_steal_pointer (&self);
}

/**
 * fovea_scan_estimate_stored_size:
 *
 * Returns: how many bytes the complete scan will take in the store, rather too many than too few
 */
guint64
fovea_scan_estimate_stored_size (const FoveaScan *self)
{
  guint64 n_rows = (self->n_images + self->means_step - 1) / self->means_step;
  guint64 n_places = MIN ((guint64) FOVEA_SCAN_PLACES, (guint64) self->n_images * self->height * self->width);

  return n_rows * self->n_channels * sizeof (float) + (guint64) self->n_classes * (self->n_channels + 1) * sizeof (double)
         + self->n_channels * (self->options.n_top * sizeof (FoveaScanHit) + sizeof (FoveaScanTally) + n_places) + 4096;
}
