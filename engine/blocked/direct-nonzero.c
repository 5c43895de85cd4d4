/* Direct convolutions that leave out inputs that are zero, as about half are behind a ReLU, and on the way
 * back in front of one.
 *
 * Gong et al., "SparseTrain: leveraging dynamic sparsity in software for training DNNs on general-purpose
 * SIMD processors", PACT 2020. Skipping 0 · w does not change a sum; each one is made in the same order
 * as without skipping, so the bytes are the same.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/blocked/direct-private.h"

/* Lists that are made before any of them is used, at most: what they take stays in the second-level cache. */
#define MAX_LISTS 8

/* Tiles of outputs whose sums are kept between one set of lists and the next. */
#define MAX_CHANNELS 32

/* Sums of fewer segments do not repay the lists. */
#define MIN_SEGMENTS 2

/* Of 100 values, so many that are not zero make both ways equally fast. */
#define MAX_DENSITY 75

/* Of so many pixels the zeros are counted in one. Networks' maps are seldom so wide, so the columns change. */
#define SAMPLE 13

_Static_assert (FOVEA_DIRECT_MAX_SEGMENTS % FOVEA_LIST_SEGMENTS == 0, "a piece of a sum ends where a list does");

static gint64
get_tile_width (const FoveaDirect *self)
{
  return self->tile_blocks * FOVEA_BLOCK;
}

static gsize
count_lists (const FoveaDirectPhase *phase)
{
  return (phase->n_segments + FOVEA_LIST_SEGMENTS - 1) / FOVEA_LIST_SEGMENTS;
}

/**
 * fovea_direct_can_skip_zeros:
 *
 * Returns: whether there are kernels for it that may be faster
 */
gboolean
fovea_direct_can_skip_zeros (const FoveaDirect *self,
                             const FoveaDirectPhase *phase)
{
  return self->image_channels == 0 && !self->is_depthwise && self->n_tile_inputs == self->n_input_blocks &&
         self->tile_blocks == self->kernels->max_blocks && self->n_output_blocks % self->kernels->max_blocks == 0 && fovea_direct_count_tiles (self) >= 2 &&
         phase->n_segments >= MIN_SEGMENTS;
}

/**
 * fovea_direct_get_max_group:
 *
 * Returns: how many tiles of pixels fovea_direct_compute_group() takes at a time
 */
gint64
fovea_direct_get_max_group (const FoveaDirect *self)
{
  return FOVEA_LIST_PIXELS / self->kernels->max_pixels;
}

/* What a group needs at a time, all aligned to 64 bytes. */
typedef struct {
  FoveaNonzeros *lists; /* [MAX_LISTS][FOVEA_LIST_PIXELS] */
  float *sums;          /* [groups of tiles][pixels][channels of the group]; without sets of lists, of one group */
  float *totals;        /* likewise, where sums are made in pieces */
} Scratch;

static gsize
get_most_segments (const FoveaDirect *self)
{
  gsize n = 0;

  for (guint i = 0; i < self->n_phases; i++)
    n = MAX (n, self->phases[i].n_segments);
  return n;
}

/* Whether the lists of a pixel are made a few at a time, and all outputs' sums are kept meanwhile. */
static gboolean
has_sets (gsize n_segments)
{
  return n_segments > MAX_LISTS * FOVEA_LIST_SEGMENTS;
}

/* Returns: the bytes of all. */
static gsize
divide_scratch (const FoveaDirect *self,
                char *memory,
                Scratch *scratch)
{
  const gsize lists = MAX_LISTS * FOVEA_LIST_PIXELS * sizeof (FoveaNonzeros);
  const gsize n_segments = get_most_segments (self);
  const gint64 n_tiles = MIN (has_sets (n_segments) ? MAX_CHANNELS : (gint64) self->kernels->max_nonzero_tiles, fovea_direct_count_tiles (self));
  const gsize sums = (gsize) (n_tiles * get_tile_width (self)) * FOVEA_LIST_PIXELS * sizeof (float);

  *scratch = (Scratch) {
    .lists = (FoveaNonzeros *) memory,
    .sums = (float *) (memory + lists),
    .totals = (float *) (memory + lists + sums),
  };
  return lists + sums + (n_segments > FOVEA_DIRECT_MAX_SEGMENTS ? sums : 0);
}

/**
 * fovea_direct_get_scratch_size:
 *
 * Returns: bytes of memory that each thread of the pool wants for itself
 */
gsize
fovea_direct_get_scratch_size (const FoveaDirect *self)
{
  Scratch scratch;

  for (guint i = 0; i < self->n_phases; i++)
    if (fovea_direct_can_skip_zeros (self, &self->phases[i]))
      return divide_scratch (self, NULL, &scratch);
  return 0;
}

static gsize
count_pixels (const FoveaDirectPixels *runs,
              gint64 n_runs)
{
  gsize n = 0;

  for (gint64 i = 0; i < n_runs; i++)
    n += (gsize) (runs[i].end - runs[i].begin);
  return n;
}

/**
 * fovea_direct_has_many_zeros:
 * @runs: (array length=n_runs): a group's pixels
 *
 * Returns: whether leaving out zeros pays
 */
gboolean
fovea_direct_has_many_zeros (const FoveaDirectRun *run,
                             const FoveaDirectPhase *phase,
                             const FoveaDirectPixels *runs,
                             gint64 n_runs)
{
  const FoveaDirect *self = run->self;
  const gsize n_values = phase->n_segments * FOVEA_BLOCK;
  gsize n_nonzeros = 0, n_all = 0;

  for (gint64 i = 0; i < n_runs; i++)
    {
      /* Not the first one, which may see what lies around the map. */
      const gint64 first = MIN (SAMPLE, runs[i].end - runs[i].begin) / 2;
      FoveaDirectPixels pixels = runs[i];
      gsize n_pixels;
      FoveaTile tile;

      pixels.begin += first;
      n_pixels = (count_pixels (&pixels, 1) + SAMPLE - 1) / SAMPLE;
      fovea_direct_init_tile (run, phase, &pixels, 0, &tile);
      n_nonzeros += self->kernels->count_nonzeros (tile.input, SAMPLE * tile.pixel_stride, n_pixels, tile.segments, tile.n_segments);
      n_all += n_pixels * n_values;
    }
  return n_nonzeros * 100 < n_all * MAX_DENSITY;
}

/* Makes the lists [first, end) of all pixels of the group. */
static void
list_pixels (const FoveaDirectRun *run,
             const FoveaDirectPhase *phase,
             const FoveaDirectPixels *pixels,
             gint64 n_runs,
             gsize first,
             gsize end,
             const Scratch *scratch)
{
  gsize n_before = 0;

  for (gint64 i = 0; i < n_runs; i++)
    {
      const gsize n_pixels = count_pixels (&pixels[i], 1);
      FoveaTile tile;

      fovea_direct_init_tile (run, phase, &pixels[i], 0, &tile);
      for (gsize list = first; list < end; list++)
        {
          const gsize segment = list * FOVEA_LIST_SEGMENTS;

          run->self->kernels->list_nonzeros (tile.input, tile.pixel_stride, n_pixels, tile.segments + segment,
                                             MIN (FOVEA_LIST_SEGMENTS, tile.n_segments - segment),
                                             scratch->lists + (list - first) * FOVEA_LIST_PIXELS + n_before);
        }
      n_before += n_pixels;
    }
}

/* All pixels' sums, from @place on, are finished and stored in the output. */
static void
finish (const FoveaDirectRun *run,
        const FoveaDirectPhase *phase,
        const FoveaDirectPixels *pixels,
        gint64 n_runs,
        gint64 first_channels,
        gint64 end_channels,
        gsize place,
        const Scratch *scratch)
{
  const gsize n_channels = (gsize) ((end_channels - first_channels) * get_tile_width (run->self));

  for (gint64 i = 0; i < n_runs; i++)
    {
      const gsize n_pixels = count_pixels (&pixels[i], 1);
      FoveaTile tile;

      fovea_direct_init_tile (run, phase, &pixels[i], first_channels, &tile);
      run->self->kernels->finish_sums (scratch->sums + place, phase->n_segments > FOVEA_DIRECT_MAX_SEGMENTS ? scratch->totals + place : NULL,
                                       n_channels, n_pixels, &tile);
      place += n_pixels * n_channels;
    }
}

/* The products of lists [first, end) with a few tiles of channels, [first_channels, end_channels). Sums lie
 * from @place on, pixel after pixel. */
static void
multiply (const FoveaDirectRun *run,
          const FoveaDirectPhase *phase,
          gsize n_pixels,
          gsize first,
          gsize end,
          gint64 first_channels,
          gint64 end_channels,
          gsize place,
          const float *next,
          const Scratch *scratch)
{
  enum { PIECE = FOVEA_DIRECT_MAX_SEGMENTS / FOVEA_LIST_SEGMENTS };
  const FoveaDirect *self = run->self;
  const gsize width = (gsize) get_tile_width (self), n_channels = (gsize) (end_channels - first_channels) * width;
  const gsize list_floats = FOVEA_LIST_SEGMENTS * FOVEA_BLOCK * width, n_lists = count_lists (phase);
  const float *weights = run->packed + phase->packed + phase->n_segments * FOVEA_BLOCK * width * (gsize) first_channels;

  for (gsize list = first; list < end; list++)
    {
      const float *prefetch = list + 1 < end ? weights + (list + 1) * list_floats : next;
      const FoveaNonzeroProducts products = {
        .lists = scratch->lists + (list - first) * FOVEA_LIST_PIXELS,
        .n_pixels = n_pixels,
        .weights = weights + list * list_floats,
        .weight_stride = phase->n_segments * FOVEA_BLOCK * width,
        .sums = scratch->sums + place,
        .accumulate = list % PIECE > 0,
        .prefetch = prefetch,
        .prefetch_lines = prefetch != NULL ? list_floats / FOVEA_BLOCK : 0,
      };

      self->kernels->nonzero_tiles[end_channels - first_channels - 1] (&products);
      if ((list + 1) % PIECE == 0 && list + 1 < n_lists)
        {
          const FoveaTile totals = {
            .output = scratch->totals + place,
            .output_pixel_stride = (gssize) n_channels,
            .output_block_stride = FOVEA_BLOCK,
          };

          self->kernels->finish_sums (products.sums, list >= PIECE ? totals.output : NULL, n_channels, n_pixels, &totals);
        }
    }
}

/**
 * fovea_direct_compute_group:
 * @pixels: (array length=n_runs): a group's
 * @first_channels, @end_channels: tiles of output channels
 * @memory: fovea_direct_get_scratch_size() bytes
 *
 * Computes them from what is not zero alone.
 */
void
fovea_direct_compute_group (const FoveaDirectRun *run,
                            const FoveaDirectPhase *phase,
                            const FoveaDirectPixels *pixels,
                            gint64 n_runs,
                            gint64 first_channels,
                            gint64 end_channels,
                            char *memory)
{
  const gint64 tile_width = get_tile_width (run->self), max_tiles = run->self->kernels->max_nonzero_tiles;
  const gsize n_lists = count_lists (phase);
  const gint64 max_channels = has_sets (phase->n_segments) ? MAX_CHANNELS : end_channels - first_channels;
  const gsize n_pixels = count_pixels (pixels, n_runs);
  Scratch scratch;

  divide_scratch (run->self, memory, &scratch);
  for (gint64 begin = first_channels; begin < end_channels; begin += max_channels)
    {
      const gint64 n_channels = MIN (max_channels, end_channels - begin), n_groups = (n_channels + max_tiles - 1) / max_tiles;

      for (gsize first = 0; first < n_lists; first += MAX_LISTS)
        {
          const gsize end = MIN (first + MAX_LISTS, n_lists);

          list_pixels (run, phase, pixels, n_runs, first, end, &scratch);
          for (gint64 i = 0; i < n_groups; i++)
            {
              const gint64 channels = begin + n_channels * i / n_groups, end_group = begin + n_channels * (i + 1) / n_groups;
              const gint64 next_channels = i + 1 < n_groups ? end_group : end < n_lists ? begin : begin + n_channels;
              const gsize next_list = i + 1 < n_groups ? first : end < n_lists ? end : 0;
              const gsize place = has_sets (phase->n_segments) ? (gsize) ((channels - begin) * tile_width) * FOVEA_LIST_PIXELS : 0;
              const float *next = next_channels < end_channels
                                    ? run->packed + phase->packed +
                                        (phase->n_segments * (gsize) next_channels + next_list * FOVEA_LIST_SEGMENTS) * FOVEA_BLOCK * (gsize) tile_width
                                    : NULL;

              multiply (run, phase, n_pixels, first, end, channels, end_group, place, next, &scratch);
              if (end == n_lists)
                finish (run, phase, pixels, n_runs, channels, end_group, place, &scratch);
            }
        }
    }
}
