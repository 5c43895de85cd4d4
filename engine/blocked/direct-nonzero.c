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
#include "engine/parallel.h"

/* Lists of a pixel that are made before any of them is used, and of a whole group, at most: what they take stays in the
 * second-level cache. */
#define SET_LISTS 8
#define MAX_LISTS (SET_LISTS * FOVEA_LIST_PIXELS)

/* Tiles of outputs whose sums are kept between one set of lists and the next. */
#define MAX_CHANNELS 32

/* Blocks of outputs that repay lists of their own. */
#define MIN_SHARE_BLOCKS 8

/* Where each share of a group's outputs has to make its lists: groups that each thread should find, so that none waits long for
 * another, or else shares. */
#define THREAD_GROUPS 4
#define THREAD_SHARES 2

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

static gsize
get_most_segments (const FoveaDirect *self)
{
  gsize n = 0;

  for (guint i = 0; i < self->n_phases; i++)
    n = MAX (n, self->phases[i].n_segments);
  return n;
}

static gsize
count_lists (gsize n_segments)
{
  return (n_segments + FOVEA_LIST_SEGMENTS - 1) / FOVEA_LIST_SEGMENTS;
}

/* Whether the lists of a group are made some at a time, and many outputs' sums are kept meanwhile. */
static gboolean
has_sets (gsize n_segments,
          gsize n_pixels)
{
  return count_lists (n_segments) > SET_LISTS && count_lists (n_segments) * n_pixels > MAX_LISTS;
}

/**
 * fovea_direct_count_groups:
 * @n_tiles: of pixels
 * @tile_pixels: of the largest one
 * @n_threads: that there is work for
 *
 * Returns: how many groups fovea_direct_compute_group() wants them in
 */
gint64
fovea_direct_count_groups (const FoveaDirect *self,
                           gint64 n_tiles,
                           gint64 tile_pixels,
                           gint64 n_threads)
{
  const gint64 max_tiles = MIN ((FOVEA_LIST_PIXELS + self->kernels->max_pixels) / tile_pixels, FOVEA_LIST_PIXELS);
  const gint64 at_least = (n_tiles + max_tiles - 1) / max_tiles;
  /* Where helping others means making their lists again, there should be enough for everybody. */
  const gint64 wanted = has_sets (get_most_segments (self), FOVEA_LIST_PIXELS) ? THREAD_GROUPS * n_threads : n_threads;
  /* Groups that are less than half full use weights too few times. */
  const gint64 n_groups = MAX (MAX (at_least, 1), MIN (wanted, 2 * n_tiles * tile_pixels / FOVEA_LIST_PIXELS));

  return n_groups > n_threads ? (n_groups + n_threads - 1) / n_threads * n_threads : n_groups;
}

/* What a group needs at a time, all aligned to 64 bytes. */
typedef struct {
  FoveaNonzeros *lists; /* [lists][pixels] */
  float *sums;          /* [groups of tiles][pixels][channels of the group] */
  float *totals;        /* likewise, where sums are made in pieces */
} Scratch;

/* Returns: the bytes of all. */
static gsize
divide_scratch (const FoveaDirect *self,
                char *memory,
                Scratch *scratch)
{
  const gsize lists = (MAX_LISTS + SET_LISTS * self->kernels->max_pixels) * sizeof (FoveaNonzeros), n_segments = get_most_segments (self);
  const gsize n_pixels = FOVEA_LIST_PIXELS + self->kernels->max_pixels;
  const gint64 most_tiles = has_sets (n_segments, FOVEA_LIST_PIXELS) ? MAX_CHANNELS : (gint64) self->kernels->max_nonzero_tiles;
  const gsize sums = (gsize) (MIN (most_tiles, fovea_direct_count_tiles (self)) * get_tile_width (self)) * n_pixels * sizeof (float);

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

/* Makes the lists [first, end) of all @n_pixels of the group. */
static void
list_pixels (const FoveaDirectRun *run,
             const FoveaDirectPhase *phase,
             const FoveaDirectPixels *pixels,
             gint64 n_runs,
             gsize n_pixels,
             gsize first,
             gsize end,
             const Scratch *scratch)
{
  gsize n_before = 0;

  for (gint64 i = 0; i < n_runs; i++)
    {
      const gsize n_here = count_pixels (&pixels[i], 1);
      FoveaTile tile;

      fovea_direct_init_tile (run, phase, &pixels[i], 0, &tile);
      for (gsize list = first; list < end; list++)
        {
          const gsize segment = list * FOVEA_LIST_SEGMENTS;

          run->self->kernels->list_nonzeros (tile.input, tile.pixel_stride, n_here, tile.segments + segment,
                                             MIN (FOVEA_LIST_SEGMENTS, tile.n_segments - segment),
                                             scratch->lists + (list - first) * n_pixels + n_before);
        }
      n_before += n_here;
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

/* A tile's weights, from a list's first segment on. */
static const float *
get_weights (const FoveaDirectRun *run,
             const FoveaDirectPhase *phase,
             gint64 channels,
             gsize list)
{
  return run->packed + phase->packed + (phase->n_segments * (gsize) channels + list * FOVEA_LIST_SEGMENTS) * FOVEA_BLOCK * (gsize) get_tile_width (run->self);
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
  const gsize list_floats = FOVEA_LIST_SEGMENTS * FOVEA_BLOCK * width, n_lists = count_lists (phase->n_segments);
  const float *weights = get_weights (run, phase, first_channels, 0);

  for (gsize list = first; list < end; list++)
    {
      const float *prefetch = list + 1 < end ? weights + (list + 1) * list_floats : next;
      const FoveaNonzeroProducts products = {
        .lists = scratch->lists + (list - first) * n_pixels,
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

/* Into how many shares a group's outputs are cut. Where all lists are kept, as small as the kernel takes them; else each
 * share has to make its lists. */
static guint
count_shares (const FoveaDirectRun *run,
              gboolean sets)
{
  const FoveaDirect *self = run->self;
  const gint64 n_tiles = fovea_direct_count_tiles (self), max_tiles = sets ? MAX_CHANNELS : self->kernels->max_nonzero_tiles;
  const gint64 at_least = (n_tiles + max_tiles - 1) / max_tiles;
  const gint64 wanted = THREAD_SHARES * (gint64) fovea_parallel_get_n_threads () / (self->n_phases * run->n_groups);

  return (guint) (sets ? MAX (at_least, MIN (wanted, self->n_output_blocks / MIN_SHARE_BLOCKS)) : at_least);
}

/**
 * fovea_direct_compute_group:
 * @pixels: (array length=n_runs): a group's
 * @n_taken: of the shares of the group's outputs; other threads may be taking some at the same time
 * @memory: fovea_direct_get_scratch_size() bytes
 *
 * Computes from what is not zero alone, share by share, until all are taken.
 */
void
fovea_direct_compute_group (const FoveaDirectRun *run,
                            const FoveaDirectPhase *phase,
                            const FoveaDirectPixels *pixels,
                            gint64 n_runs,
                            atomic_uint *n_taken,
                            char *memory)
{
  const gint64 tile_width = get_tile_width (run->self), n_tiles = fovea_direct_count_tiles (run->self), max_tiles = run->self->kernels->max_nonzero_tiles;
  const gsize n_lists = count_lists (phase->n_segments), n_pixels = count_pixels (pixels, n_runs);
  const gboolean sets = has_sets (phase->n_segments, n_pixels);
  const gsize set_size = sets ? SET_LISTS : n_lists;
  const guint n_shares = count_shares (run, sets);
  gboolean is_listed = FALSE;
  Scratch scratch;
  guint share;

  divide_scratch (run->self, memory, &scratch);
  while (fovea_direct_take_share (n_taken, n_shares, &share))
    {
      const gint64 begin = n_tiles * share / n_shares, end = n_tiles * (share + 1) / n_shares;
      const gint64 n_channels = end - begin, n_parts = (n_channels + max_tiles - 1) / max_tiles;

      for (gsize list = 0; list < n_lists; list += set_size)
        {
          const gsize end_list = MIN (list + set_size, n_lists);

          if (sets || !is_listed)
            list_pixels (run, phase, pixels, n_runs, n_pixels, list, end_list, &scratch);
          is_listed = TRUE;
          for (gint64 i = 0; i < n_parts; i++)
            {
              const gint64 channels = begin + n_channels * i / n_parts, end_part = begin + n_channels * (i + 1) / n_parts;
              const gsize place = (gsize) ((channels - begin) * tile_width) * n_pixels;
              const float *next = i + 1 < n_parts       ? get_weights (run, phase, end_part, list)
                                  : end_list < n_lists ? get_weights (run, phase, begin, end_list)
                                  : end < n_tiles      ? get_weights (run, phase, end, 0)
                                                       : NULL;

              multiply (run, phase, n_pixels, list, end_list, channels, end_part, place, next, &scratch);
              if (end_list == n_lists)
                finish (run, phase, pixels, n_runs, channels, end_part, place, &scratch);
            }
        }
    }
}
