/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/analysis/dissect-count.h"

#include <math.h>
#include <string.h>

#include "engine/parallel.h"

/* Channels that a thread takes at a time. */
#define CHANNELS_AT_ONCE 16

/* Concept numbers within one image, 0 for none: an image shows few of all concepts, so the counts of one
 * channel stay in the first-level cache. */
typedef struct {
  guint n_pixels;
  guint n_maps;
  guint n_local;       /* concepts in the maps, and one more for none */
  guint *concepts;     /* [n_local]: each one's index in the set; that of 0 is unused */
  guint32 *totals;     /* [n_local]: pixels of each */
  guint16 *labels;     /* [n_pixels][n_maps]: local numbers */
  const FoveaConceptMasks *masks;
  gboolean *categories; /* [category]: whether the image shows a concept of it */
} Picture;

typedef struct {
  guint32 *counts; /* [n_local][quantile]: pixels of which this is the highest threshold that is exceeded */
  guint32 areas[FOVEA_DISSECT_MAX_QUANTILES]; /* the same of all pixels */
  float *row;      /* [map_width] */
  gboolean *touched; /* [category] */
} Scratch;

struct _FoveaDissectCounter {
  FoveaDissection *dissection;
  const FoveaNetwork *network;
  int layer;
  FoveaDissectAlignment alignment;
  guint map_width, map_height;
  float *thresholds; /* [channel][quantile]: the largest floats not above the thresholds, descending */
  guint16 *local_numbers; /* [concept]: its local number, 0 while an image does not show it */

  /* Of the present image. */
  guint width, height;
  FoveaDissectAxis axes[2]; /* rows, columns */
  Picture picture;
  gsize n_labels_allocated;
  const float *activations;

  guint n_workers;
  Scratch *scratch;
  guint n_counts_allocated; /* of each worker's counts, in local concepts */
};

static void
find_segments (FoveaDissectAxis *axis)
{
  axis->starts = g_new (guint, axis->n + 1);
  axis->n_segments = 0;
  for (guint i = 0; i < axis->n; i++)
    if (i == 0 || axis->lower[i] != axis->lower[i - 1] || axis->upper[i] != axis->upper[i - 1])
      axis->starts[axis->n_segments++] = i;
  axis->starts[axis->n_segments] = axis->n;
}

static void
init_axis (FoveaDissectAxis *axis,
           guint n_samples,
           guint n,
           double first,
           double step)
{
  axis->n = n;
  axis->lower = g_new (guint, n);
  axis->upper = g_new (guint, n);
  axis->fraction = g_new (float, n);
  for (guint i = 0; i < n; i++)
    {
      double position = CLAMP (first + i * step, 0, (double) (n_samples - 1));

      axis->lower[i] = (guint) floor (position);
      axis->upper[i] = MIN (axis->lower[i] + 1, n_samples - 1);
      axis->fraction[i] = axis->upper[i] > axis->lower[i] ? (float) (position - axis->lower[i]) : 0;
    }
  find_segments (axis);
}

/**
 * fovea_dissect_axis_init_resize:
 * @axis: (out caller-allocates): clear it with fovea_dissect_axis_clear()
 * @n_samples: samples of the map along the axis
 * @n: pixels of the mask along it
 *
 * Samples are the centres of equal cells, and beyond the outermost ones the map goes on as it ends.
 */
void
fovea_dissect_axis_init_resize (FoveaDissectAxis *axis,
                                guint n_samples,
                                guint n)
{
  double step = (double) n_samples / n;

  init_axis (axis, n_samples, n, 0.5 * step - 0.5, step);
}

static gint64
divide_down (gint64 a,
             gint64 b)
{
  return a / b - (a % b != 0 && (a < 0) != (b < 0));
}

/**
 * fovea_dissect_axis_init_fields:
 * @axis: (out caller-allocates): clear it with fovea_dissect_axis_clear()
 * @n_samples: samples of the map along the axis
 * @n: pixels of the mask along it
 * @size, @offset, @stride: the layer's receptive field along it, in pixels of the image
 * @reduction: how many times larger the image is than the mask
 *
 * Samples lie at the centres of their receptive fields, with NetDissect's rounding of the first one.
 */
void
fovea_dissect_axis_init_fields (FoveaDissectAxis *axis,
                                guint n_samples,
                                guint n,
                                gint64 size,
                                gint64 offset,
                                gint64 stride,
                                guint reduction)
{
  double first = (double) divide_down (size / 2 + offset, reduction);
  double step = (double) reduction / (double) MAX (stride, 1);

  init_axis (axis, n_samples, n, -first * step, step);
}

/**
 * fovea_dissect_axis_clear:
 *
 * Frees what is in it.
 */
void
fovea_dissect_axis_clear (FoveaDissectAxis *axis)
{
  g_free (axis->lower);
  g_free (axis->upper);
  g_free (axis->fraction);
  g_free (axis->starts);
  *axis = (FoveaDissectAxis) { 0 };
}

/**
 * fovea_dissect_axes_init:
 * @axes: (out caller-allocates): rows, columns
 * @width, @height: the masks' size
 *
 * How a layer's maps lie over masks that cover the whole image.
 */
void
fovea_dissect_axes_init (FoveaDissectAxis axes[2],
                         FoveaDissectAlignment alignment,
                         const FoveaNetwork *network,
                         int layer,
                         guint width,
                         guint height)
{
  const FoveaGraph *graph = fovea_network_get_graph (network);
  const FoveaShape *shape = fovea_graph_get_shape (graph, (guint) layer), *input = fovea_graph_get_input_shape (graph);
  const FoveaReceptiveField *field = fovea_graph_get_receptive_field (graph, (guint) layer);
  guint reduction = (guint) MAX (lround ((double) input->width / width), 1);

  if (alignment == FOVEA_DISSECT_ALIGNMENT_RESIZE)
    {
      fovea_dissect_axis_init_resize (&axes[0], (guint) shape->height, height);
      fovea_dissect_axis_init_resize (&axes[1], (guint) shape->width, width);
      return;
    }
  fovea_dissect_axis_init_fields (&axes[0], (guint) shape->height, height, field->size[0], field->offset[0], field->stride[0], reduction);
  fovea_dissect_axis_init_fields (&axes[1], (guint) shape->width, width, field->size[1], field->offset[1], field->stride[1], reduction);
}

/* a where both are equal, so that a plateau at the threshold does not rise above it by rounding. */
static inline float
interpolate (float a,
             float b,
             float fraction)
{
  return a + fraction * (b - a);
}

/**
 * fovea_dissect_upsample:
 * @axes: rows, columns
 * @map: the map
 * @map_width: its row's length
 * @output: rows × columns
 *
 * The whole upsampled map, with the values that are compared with thresholds when pixels are counted.
 */
void
fovea_dissect_upsample (const FoveaDissectAxis axes[2],
                        const float *restrict map,
                        guint map_width,
                        float *restrict output)
{
  for (guint y = 0; y < axes[0].n; y++)
    {
      const float *upper_row = map + (gsize) axes[0].lower[y] * map_width, *lower_row = map + (gsize) axes[0].upper[y] * map_width;

      for (guint x = 0; x < axes[1].n; x++)
        {
          float a = interpolate (upper_row[axes[1].lower[x]], lower_row[axes[1].lower[x]], axes[0].fraction[y]);
          float b = interpolate (upper_row[axes[1].upper[x]], lower_row[axes[1].upper[x]], axes[0].fraction[y]);

          output[(gsize) y * axes[1].n + x] = interpolate (a, b, axes[1].fraction[x]);
        }
    }
}

/* The largest float that is not above: a float is above the one exactly where it is above the other. */
static float
round_down (double value)
{
  float rounded = (float) value;

  return rounded > value ? nextafterf (rounded, -INFINITY) : rounded;
}

/**
 * fovea_dissect_counter_new:
 * @dissection: its thresholds and concepts are set; must outlive the counter
 * @network, @layer: whose activations will come; must outlive the counter
 * @alignment: how they lie over the masks
 *
 * Returns: (transfer full): the counter
 */
FoveaDissectCounter *
fovea_dissect_counter_new (FoveaDissection *dissection,
                           const FoveaNetwork *network,
                           int layer,
                           FoveaDissectAlignment alignment)
{
  FoveaDissectCounter *self = g_new0 (FoveaDissectCounter, 1);
  const FoveaShape *shape = fovea_graph_get_shape (fovea_network_get_graph (network), (guint) layer);
  gsize n_thresholds = (gsize) dissection->n_channels * dissection->n_quantiles;

  self->dissection = dissection;
  self->network = network;
  self->layer = layer;
  self->alignment = alignment;
  self->map_width = (guint) shape->width;
  self->map_height = (guint) shape->height;
  self->thresholds = g_new (float, n_thresholds);
  for (gsize i = 0; i < n_thresholds; i++)
    self->thresholds[i] = round_down (dissection->thresholds[i]);
  self->local_numbers = g_new0 (guint16, dissection->n_concepts);
  self->picture.categories = g_new (gboolean, dissection->n_categories);

  self->n_workers = fovea_parallel_get_n_threads ();
  self->scratch = g_new0 (Scratch, self->n_workers);
  for (guint i = 0; i < self->n_workers; i++)
    {
      self->scratch[i].row = g_new (float, self->map_width);
      self->scratch[i].touched = g_new (gboolean, dissection->n_categories);
    }
  return self;
}

static void
clear_picture (FoveaDissectCounter *self)
{
  for (guint i = 1; i < self->picture.n_local; i++)
    self->local_numbers[self->picture.concepts[i]] = 0;
  g_clear_pointer (&self->picture.concepts, g_free);
  g_clear_pointer (&self->picture.totals, g_free);
  self->picture.n_local = 0;
}

/**
 * fovea_dissect_counter_free:
 * @counter: (nullable): the counter
 */
void
fovea_dissect_counter_free (FoveaDissectCounter *self)
{
  if (self == NULL)
    return;
  clear_picture (self);
  g_free (self->picture.labels);
  g_free (self->picture.categories);
  fovea_dissect_axis_clear (&self->axes[0]);
  fovea_dissect_axis_clear (&self->axes[1]);
  for (guint i = 0; i < self->n_workers; i++)
    {
      g_free (self->scratch[i].counts);
      g_free (self->scratch[i].row);
      g_free (self->scratch[i].touched);
    }
  g_free (self->scratch);
  g_free (self->thresholds);
  g_free (self->local_numbers);
  g_free (self);
}

/* Numbers the concepts that the maps show, lays the maps' labels side by side, and adds to the truths. */
static void
prepare_picture (FoveaDissectCounter *self,
                 const FoveaConceptMasks *masks)
{
  FoveaDissection *dissection = self->dissection;
  Picture *picture = &self->picture;
  g_autoptr (GArray) concepts = g_array_new (FALSE, TRUE, sizeof (guint));
  g_autoptr (GArray) totals = g_array_new (FALSE, TRUE, sizeof (guint32));
  gsize n_labels;

  clear_picture (self);
  picture->masks = masks;
  picture->n_pixels = masks->width * masks->height;
  picture->n_maps = masks->n_maps;
  n_labels = (gsize) picture->n_pixels * picture->n_maps;
  if (n_labels > self->n_labels_allocated)
    {
      g_free (picture->labels);
      picture->labels = g_new (guint16, n_labels);
      self->n_labels_allocated = n_labels;
    }

  g_array_set_size (concepts, 1);
  g_array_set_size (totals, 1);
  for (guint m = 0; m < masks->n_maps; m++)
    for (guint i = 0; i < picture->n_pixels; i++)
      {
        guint label = masks->maps[m].labels[i];
        guint local = 0;

        if (label > 0)
          {
            guint concept = label - 1;

            local = self->local_numbers[concept];
            if (local == 0)
              {
                guint32 none = 0;

                local = self->local_numbers[concept] = (guint16) concepts->len;
                g_array_append_val (concepts, concept);
                g_array_append_val (totals, none);
              }
            g_array_index (totals, guint32, local)++;
          }
        picture->labels[(gsize) i * picture->n_maps + m] = (guint16) local;
      }

  memset (picture->categories, 0, dissection->n_categories * sizeof (gboolean));
  for (guint i = 1; i < concepts->len; i++)
    {
      guint concept = g_array_index (concepts, guint, i);

      dissection->truths[concept] += g_array_index (totals, guint32, i);
      picture->categories[dissection->concepts[concept].category] = TRUE;
    }
  for (guint i = 0; i < masks->n_labels; i++)
    {
      guint concept = masks->labels[i].concept;

      dissection->truths[concept] += picture->n_pixels;
      picture->categories[dissection->concepts[concept].category] = TRUE;
    }

  picture->n_local = concepts->len;
  picture->concepts = (guint *) (void *) g_array_free (g_steal_pointer (&concepts), FALSE);
  picture->totals = (guint32 *) (void *) g_array_free (g_steal_pointer (&totals), FALSE);
  if (picture->n_local > self->n_counts_allocated)
    {
      for (guint i = 0; i < self->n_workers; i++)
        {
          g_free (self->scratch[i].counts);
          self->scratch[i].counts = g_new (guint32, (gsize) picture->n_local * dissection->n_quantiles);
        }
      self->n_counts_allocated = picture->n_local;
    }
}

/* The highest threshold that is exceeded; at least the last one is. */
static inline guint
find_level (const float *restrict thresholds,
            guint n_quantiles,
            float value)
{
  guint level = n_quantiles - 1;

  while (level > 0 && value > thresholds[level - 1])
    level--;
  return level;
}

static void
count_segment (const FoveaDissectCounter *self,
               Scratch *scratch,
               const float *restrict thresholds,
               gsize first_pixel,
               guint segment)
{
  const FoveaDissectAxis *columns = &self->axes[1];
  const Picture *picture = &self->picture;
  const guint n_quantiles = self->dissection->n_quantiles, n_maps = picture->n_maps;
  const guint begin = columns->starts[segment], end = columns->starts[segment + 1];
  const float a = scratch->row[columns->lower[begin]], b = scratch->row[columns->upper[begin]];
  const float lowest = thresholds[n_quantiles - 1];

  for (guint x = begin; x < end; x++)
    {
      const float value = interpolate (a, b, columns->fraction[x]);
      const guint16 *labels;
      guint level;

      if (!(value > lowest))
        continue;
      level = find_level (thresholds, n_quantiles, value);
      scratch->areas[level]++;
      labels = picture->labels + (first_pixel + x) * n_maps;
      for (guint m = 0; m < n_maps; m++)
        scratch->counts[(gsize) labels[m] * n_quantiles + level]++;
    }
}

/* Values between samples are not above the larger one, so most of a map is skipped. */
static void
count_map (const FoveaDissectCounter *self,
           Scratch *scratch,
           const float *restrict map,
           const float *restrict thresholds)
{
  const FoveaDissectAxis *rows = &self->axes[0], *columns = &self->axes[1];
  const guint width = self->map_width;
  const float lowest = thresholds[self->dissection->n_quantiles - 1];
  gboolean is_relevant = FALSE;

  for (guint y = 0; y < rows->n; y++)
    {
      const float *upper_row = map + (gsize) rows->lower[y] * width, *lower_row = map + (gsize) rows->upper[y] * width;
      const float fraction = rows->fraction[y];

      if (y == 0 || rows->lower[y] != rows->lower[y - 1] || rows->upper[y] != rows->upper[y - 1])
        {
          is_relevant = FALSE;
          for (guint x = 0; x < width; x++)
            is_relevant |= upper_row[x] > lowest || lower_row[x] > lowest;
        }
      if (!is_relevant)
        continue;
      for (guint x = 0; x < width; x++)
        scratch->row[x] = interpolate (upper_row[x], lower_row[x], fraction);
      for (guint segment = 0; segment < columns->n_segments; segment++)
        {
          const guint x = columns->starts[segment];

          if (scratch->row[columns->lower[x]] > lowest || scratch->row[columns->upper[x]] > lowest)
            count_segment (self, scratch, thresholds, (gsize) y * columns->n, segment);
        }
    }
}

/* A map of one sample covers the whole image. */
static void
count_whole (const FoveaDissectCounter *self,
             Scratch *scratch,
             float value,
             const float *restrict thresholds)
{
  const Picture *picture = &self->picture;
  const guint n_quantiles = self->dissection->n_quantiles;
  guint level = find_level (thresholds, n_quantiles, value);

  scratch->areas[level] = picture->n_pixels;
  for (guint i = 1; i < picture->n_local; i++)
    scratch->counts[(gsize) i * n_quantiles + level] = picture->totals[i];
}

/* Adds a channel's counts in this image to the sums, from levels to all pixels above each threshold. */
static void
add_counts (const FoveaDissectCounter *self,
            Scratch *scratch,
            guint channel)
{
  FoveaDissection *dissection = self->dissection;
  const Picture *picture = &self->picture;
  const guint n_quantiles = dissection->n_quantiles;
  guint32 *counts = scratch->counts;

  for (guint q = 1; q < n_quantiles; q++)
    scratch->areas[q] += scratch->areas[q - 1];
  for (guint i = 1; i < picture->n_local; i++)
    {
      guint64 *sums = fovea_dissection_intersections_of (dissection, channel, picture->concepts[i]);
      guint32 *own = counts + (gsize) i * n_quantiles;

      sums[0] += own[0];
      for (guint q = 1; q < n_quantiles; q++)
        {
          own[q] += own[q - 1];
          sums[q] += own[q];
        }
    }
  for (guint i = 0; i < picture->masks->n_labels; i++)
    {
      guint64 *sums = fovea_dissection_intersections_of (dissection, channel, picture->masks->labels[i].concept);

      for (guint q = 0; q < n_quantiles; q++)
        sums[q] += scratch->areas[q];
    }

  for (guint category = 0; category < dissection->n_categories; category++)
    {
      guint64 *sums = fovea_dissection_areas_of (dissection, FOVEA_DISSECT_AREA_CATEGORY, channel, category);

      for (guint q = 0; picture->categories[category] && q < n_quantiles; q++)
        sums[q] += scratch->areas[q];
    }
  for (guint q = 0; q < n_quantiles; q++)
    {
      if (scratch->areas[q] == 0)
        continue;
      memset (scratch->touched, 0, dissection->n_categories * sizeof (gboolean));
      for (guint i = 1; i < picture->n_local; i++)
        if (counts[(gsize) i * n_quantiles + q] > 0)
          scratch->touched[dissection->concepts[picture->concepts[i]].category] = TRUE;
      for (guint i = 0; i < picture->masks->n_labels; i++)
        scratch->touched[dissection->concepts[picture->masks->labels[i].concept].category] = TRUE;
      for (guint category = 0; category < dissection->n_categories; category++)
        if (scratch->touched[category])
          fovea_dissection_areas_of (dissection, FOVEA_DISSECT_AREA_OVERLAP, channel, category)[q] += scratch->areas[q];
    }
}

static void
count_channels (gsize item,
                guint worker,
                gpointer data)
{
  const FoveaDissectCounter *self = data;
  const FoveaDissection *dissection = self->dissection;
  const gsize n_samples = (gsize) self->map_width * self->map_height;
  const guint n_quantiles = dissection->n_quantiles;
  Scratch *scratch = &self->scratch[worker];
  const guint begin = (guint) item * CHANNELS_AT_ONCE, end = MIN (begin + CHANNELS_AT_ONCE, dissection->n_channels);

  for (guint channel = begin; channel < end; channel++)
    {
      const float *map = self->activations + channel * n_samples;
      const float *thresholds = self->thresholds + (gsize) channel * n_quantiles;
      const float lowest = thresholds[n_quantiles - 1];
      gboolean is_above = FALSE;

      for (gsize i = 0; i < n_samples; i++)
        is_above |= map[i] > lowest;
      if (!is_above)
        continue;
      memset (scratch->areas, 0, sizeof scratch->areas);
      memset (scratch->counts, 0, (gsize) self->picture.n_local * n_quantiles * sizeof (guint32));
      if (n_samples == 1)
        count_whole (self, scratch, map[0], thresholds);
      else
        count_map (self, scratch, map, thresholds);
      add_counts (self, scratch, channel);
    }
}

/**
 * fovea_dissect_counter_add:
 * @activations: of one image, [channel][y][x]
 * @masks: of the same image
 *
 * Adds an image's pixels to all counts. The same result with any number of threads, in any order of
 * images.
 */
void
fovea_dissect_counter_add (FoveaDissectCounter *self,
                           const float *activations,
                           const FoveaConceptMasks *masks)
{
  if (masks->width != self->width || masks->height != self->height)
    {
      fovea_dissect_axis_clear (&self->axes[0]);
      fovea_dissect_axis_clear (&self->axes[1]);
      fovea_dissect_axes_init (self->axes, self->alignment, self->network, self->layer, masks->width, masks->height);
      self->width = masks->width;
      self->height = masks->height;
    }
  prepare_picture (self, masks);
  self->activations = activations;
  fovea_parallel_for ((self->dissection->n_channels + CHANNELS_AT_ONCE - 1) / CHANNELS_AT_ONCE, count_channels, self);
}
