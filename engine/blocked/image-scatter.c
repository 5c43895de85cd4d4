/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/blocked/image-scatter.h"

#include <string.h>

#include "engine/kernels/multiversion.h"
#include "engine/parallel.h"

/* Rows of gradients whose parts of the image are summed in one strip, by one thread. */
#define STRIP_ROWS 8

/* Pixels that are listed together. */
#define GROUP 64

/* Limits of what a thread holds on its stack: blocks of gradients, and values of the image that a pixel saw. */
#define MAX_BLOCKS 8
#define MAX_VALUES 448

/* With fewer values a list's rows of weights are too short. */
#define MIN_VALUES 64

/* Rows of what a pixel saw are filled up with zeros to so many floats: they are added by registers. */
#define CHUNK 8

#define MAX_LISTS (MAX_BLOCKS / FOVEA_LIST_SEGMENTS)

struct _FoveaImageScatter {
  const FoveaKernels *kernels;
  gint64 n_image_channels;
  gint64 n_blocks; /* of gradients */
  gint64 height;
  gint64 width;
  gint64 kernel[2];
  gint64 stride[2];
  gint64 pad[2];
  gint64 image_height;
  gint64 image_width;
  gint64 row_values;  /* of the image that a pixel saw in one row: columns × channels, and what fills them up */
  gint64 n_values;    /* in all rows */
  gint64 tile_width;
  gint64 n_tiles;     /* of values */
  gint64 strip_width; /* floats in a row of a strip: columns × channels */
  gint64 strip_height;
  gint64 n_strips;
};

/**
 * fovea_image_scatter_new:
 * @geometry: of a layer that reads images; one group, no dilation
 *
 * Returns: (transfer full) (nullable): its gradient, or %NULL where this is no way to compute it
 */
FoveaImageScatter *
fovea_image_scatter_new (const FoveaKernels *kernels,
                         const FoveaConvolutionGeometry *geometry)
{
  const gint64 n_blocks = fovea_blocked_count (geometry->output_channels), tile_width = kernels->max_blocks * FOVEA_BLOCK;
  const gint64 row_values = (geometry->kernel[1] * geometry->input_channels + CHUNK - 1) / CHUNK * CHUNK, n_values = geometry->kernel[0] * row_values;
  FoveaImageScatter *self;

  if (n_blocks > MAX_BLOCKS || n_values < MIN_VALUES || n_values > MAX_VALUES)
    return NULL;
  self = g_new (FoveaImageScatter, 1);
  *self = (FoveaImageScatter) {
    .kernels = kernels,
    .n_image_channels = geometry->input_channels,
    .n_blocks = n_blocks,
    .height = geometry->output_height,
    .width = geometry->output_width,
    .kernel = { geometry->kernel[0], geometry->kernel[1] },
    .stride = { geometry->stride[0], geometry->stride[1] },
    .pad = { geometry->pad_begin[0], geometry->pad_begin[1] },
    .image_height = geometry->input_height,
    .image_width = geometry->input_width,
    .row_values = row_values,
    .n_values = n_values,
    .tile_width = tile_width,
    .n_tiles = (n_values + tile_width - 1) / tile_width,
    .strip_width = ((geometry->output_width - 1) * geometry->stride[1] + geometry->kernel[1]) * geometry->input_channels,
    .strip_height = (STRIP_ROWS - 1) * geometry->stride[0] + geometry->kernel[0],
    .n_strips = (geometry->output_height + STRIP_ROWS - 1) / STRIP_ROWS,
  };
  return self;
}

/**
 * fovea_image_scatter_free:
 *
 * Frees the description; packed weights are not its own.
 */
void
fovea_image_scatter_free (FoveaImageScatter *self)
{
  g_free (self);
}

/**
 * fovea_image_scatter_get_packed_size:
 *
 * Returns: floats of the packed weights
 */
gsize
fovea_image_scatter_get_packed_size (const FoveaImageScatter *self)
{
  return (gsize) (self->n_tiles * self->tile_width * self->n_blocks) * FOVEA_BLOCK;
}

/**
 * fovea_image_scatter_pack:
 * @source: the layer's weights, outputs and inputs exchanged
 * @packed: (out): fovea_image_scatter_get_packed_size() floats, aligned to 64 bytes: [tile of values][gradient's
 *   channel][value], values by rows, columns, image channels
 *
 * Brings weights into the order in which the kernel reads them.
 */
void
fovea_image_scatter_pack (const FoveaImageScatter *self,
                          const FoveaWeightSource *source,
                          float *packed)
{
  for (gint64 first = 0; first < self->n_tiles * self->tile_width; first += self->tile_width)
    for (gint64 channel = 0; channel < self->n_blocks * FOVEA_BLOCK; channel++)
      for (gint64 i = first; i < first + self->tile_width; i++)
        {
          const gint64 row = i / self->row_values, column = i % self->row_values / self->n_image_channels;
          const gboolean exists = row < self->kernel[0] && column < self->kernel[1];

          *packed++ = exists ? fovea_weight_source_get (source, i % self->row_values % self->n_image_channels, channel, row * self->kernel[1] + column) : 0;
        }
}

/* Floats of a strip, and of what is added behind its last row's end. */
static gsize
get_strip_size (const FoveaImageScatter *self)
{
  return (gsize) (self->strip_height * self->strip_width) + CHUNK;
}

/**
 * fovea_image_scatter_get_workspace_size:
 *
 * Returns: bytes of scratch memory that an image wants
 */
gsize
fovea_image_scatter_get_workspace_size (const FoveaImageScatter *self)
{
  return (gsize) self->n_strips * get_strip_size (self) * sizeof (float);
}

/**
 * fovea_image_scatter_has_many_zeros:
 *
 * Returns: whether this way is the faster one; it depends on that image's gradients only
 */
gboolean
fovea_image_scatter_has_many_zeros (const FoveaImageScatter *self,
                                    const FoveaBlockedMap *output_gradient,
                                    gsize image)
{
  const gsize n_pixels = (gsize) (self->n_blocks * self->height * self->width);
  const gssize first = 0;

  return self->kernels->count_nonzeros (output_gradient->data + image * output_gradient->image_stride, FOVEA_BLOCK, n_pixels, &first, 1) * 3 <
         n_pixels * FOVEA_BLOCK;
}

typedef struct {
  const FoveaImageScatter *self;
  const float *packed;
  const float *gradient;
  gsize image;
  gboolean accumulate;
  const FoveaImages *images;
  float *strips;
} Run;

FOVEA_MULTIVERSION static void
add_patch (const float *restrict values,
           gsize n_rows,
           gsize row_values,
           float *restrict target,
           gsize target_stride)
{
  for (gsize y = 0; y < n_rows; y++, target += target_stride, values += row_values)
    for (gsize i = 0; i < row_values; i += CHUNK)
      for (gsize j = 0; j < CHUNK; j++)
        target[i + j] += values[i + j];
}

/* Some pixels of a row: what their gradients come to in all that they saw, added to the strip. */
static void
scatter_pixels (const Run *run,
                gint64 row,
                gint64 begin,
                gsize n_pixels,
                float *strip)
{
  const FoveaImageScatter *self = run->self;
  const gsize plane = (gsize) (self->height * self->width) * FOVEA_BLOCK, n_lists = (gsize) ((self->n_blocks + FOVEA_LIST_SEGMENTS - 1) / FOVEA_LIST_SEGMENTS);
  const float *gradient = run->gradient + (row * self->width + begin) * FOVEA_BLOCK;
  const gint64 max_tiles = self->kernels->max_nonzero_tiles, n_groups = (self->n_tiles + max_tiles - 1) / max_tiles;
  const gint64 shift = self->stride[1] * self->n_image_channels;
  const gsize apart = (gsize) ((self->row_values + shift - 1) / shift);
  const gsize n_pairs = (n_pixels + 1) / 2;
  FoveaNonzeros lists[MAX_LISTS][GROUP / 2];
  float sums[GROUP * MAX_VALUES] __attribute__ ((aligned (64)));
  float values[MAX_VALUES] __attribute__ ((aligned (64)));

  for (gsize list = 0; list < n_lists; list++)
    {
      const gssize segments[FOVEA_LIST_SEGMENTS] = { 0, (gssize) plane, 2 * (gssize) plane, 3 * (gssize) plane };
      const gsize block = list * FOVEA_LIST_SEGMENTS;

      self->kernels->list_nonzeros (gradient + block * plane, FOVEA_BLOCK, n_pixels, segments, MIN (FOVEA_LIST_SEGMENTS, (gsize) self->n_blocks - block),
                                    lists[list]);
    }
  for (gint64 i = 0; i < n_groups; i++)
    {
      const gint64 first = self->n_tiles * i / n_groups, end = self->n_tiles * (i + 1) / n_groups;
      float *group_sums = sums + (gsize) (first * self->tile_width) * 2 * n_pairs;

      for (gsize list = 0; list < n_lists; list++)
        {
          const FoveaNonzeroProducts products = {
            .lists = lists[list],
            .n_pairs = n_pairs,
            .weights = run->packed + ((gsize) (first * self->n_blocks) + list * FOVEA_LIST_SEGMENTS) * FOVEA_BLOCK * (gsize) self->tile_width,
            .weight_stride = (gsize) (self->n_blocks * FOVEA_BLOCK * self->tile_width),
            .sums = group_sums,
            .accumulate = list > 0,
          };

          self->kernels->nonzero_tiles[end - first - 1] (&products);
        }
    }
  /* Neighbours saw much the same. Reading what was written a moment ago, but not from where it was written, is
   * slow: so those that are far enough from each other first. */
  for (gsize phase = 0; phase < apart; phase++)
    for (gsize p = phase; p < n_pixels; p += apart)
      {
        for (gint64 i = 0; i < n_groups; i++)
          {
            const gsize first = (gsize) (self->n_tiles * i / n_groups * self->tile_width), end = (gsize) (self->n_tiles * (i + 1) / n_groups * self->tile_width);

            memcpy (values + first, sums + first * 2 * n_pairs + p * (end - first), (end - first) * sizeof (float));
          }
        add_patch (values, (gsize) self->kernel[0], (gsize) self->row_values, strip + (begin + (gint64) p) * shift, (gsize) self->strip_width);
      }
}

static void
fill_strip (gsize item,
            guint worker,
            gpointer data)
{
  const Run *run = data;
  const FoveaImageScatter *self = run->self;
  const gint64 first = (gint64) item * STRIP_ROWS, end = MIN (first + STRIP_ROWS, self->height);
  float *strip = run->strips + item * get_strip_size (self);

  memset (strip, 0, get_strip_size (self) * sizeof (float));
  for (gint64 row = first; row < end; row++)
    for (gint64 begin = 0; begin < self->width; begin += GROUP)
      scatter_pixels (run, row, begin, (gsize) MIN (GROUP, self->width - begin), strip + (row - first) * self->stride[0] * self->strip_width);
}

FOVEA_MULTIVERSION static void
add_row (const float *restrict addend,
         gsize n,
         float *restrict sum)
{
  for (gsize i = 0; i < n; i++)
    sum[i] += addend[i];
}

/* Adds up the strips that a row of the image is in, from the top, in the first one's memory: nobody else
 * reads that row. No strip: NULL. */
static const float *
sum_strips (const Run *run,
            gint64 y)
{
  const FoveaImageScatter *self = run->self;
  const gint64 step = STRIP_ROWS * self->stride[0], first = MAX (0, (y - self->strip_height + step) / step);
  float *sum = NULL;

  for (gint64 strip = first; y >= 0 && strip < self->n_strips && strip * step <= y; strip++)
    {
      float *row = run->strips + (gsize) strip * get_strip_size (self) + (gsize) ((y - strip * step) * self->strip_width);

      if (sum == NULL)
        sum = row;
      else
        add_row (row, (gsize) self->strip_width, sum);
    }
  return sum;
}

static void
gather_row (gsize item,
            guint worker,
            gpointer data)
{
  const Run *run = data;
  const FoveaImageScatter *self = run->self;
  const FoveaImages *images = run->images;
  const gint64 n_channels = self->n_image_channels;
  const float *row = sum_strips (run, (gint64) item + self->pad[0]);
  /* The columns that anybody saw. */
  const gint64 begin = CLAMP (-self->pad[1], 0, self->image_width), end = CLAMP (self->strip_width / n_channels - self->pad[1], begin, self->image_width);

  for (gint64 c = 0; c < n_channels; c++)
    {
      const float std = (float) images->std[c];
      float *target = images->gradients + (((gint64) run->image * n_channels + c) * images->height + (gint64) item + images->origin[0]) * images->width + images->origin[1];

      if (!run->accumulate)
        memset (target, 0, (gsize) self->image_width * sizeof (float));
      for (gint64 x = begin; row != NULL && x < end; x++)
        target[x] += row[(x + self->pad[1]) * n_channels + c] / std;
    }
}

/**
 * fovea_image_scatter_run:
 * @packed: from fovea_image_scatter_pack()
 * @output_gradient: the layer's
 * @image: which image
 * @accumulate: whether to add to the gradients instead of overwriting them
 * @images: whose part of the layer's input size gets gradients
 * @workspace: fovea_image_scatter_get_workspace_size() bytes, aligned to 64
 *
 * Spreads its work over the pool. Each sum is made in the same order, whatever the number of threads is.
 */
void
fovea_image_scatter_run (const FoveaImageScatter *self,
                         const float *packed,
                         const FoveaBlockedMap *output_gradient,
                         gsize image,
                         gboolean accumulate,
                         const FoveaImages *images,
                         gpointer workspace)
{
  Run run = {
    .self = self,
    .packed = packed,
    .gradient = output_gradient->data + image * output_gradient->image_stride,
    .image = image,
    .accumulate = accumulate,
    .images = images,
    .strips = workspace,
  };

  fovea_parallel_for ((gsize) self->n_strips, fill_strip, &run);
  fovea_parallel_for ((gsize) self->image_height, gather_row, &run);
}
