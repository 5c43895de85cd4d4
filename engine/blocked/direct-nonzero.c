/* Direct convolutions that leave out inputs that are zero, as about half are behind a ReLU, and on the way
 * back in front of one.
 *
 * Gong et al., "SparseTrain: leveraging dynamic sparsity in software for training DNNs on general-purpose
 * SIMD processors", PACT 2020. Pixels are taken by twos, first and second, third and fourth of a row: whatever the
 * batch and the number of threads are, a sum is made in the same order.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/blocked/direct-private.h"
#include "engine/parallel.h"

/* Pairs of pixels of a group where there are enough for some groups; with less, weights are used too few times. */
#define MIN_PAIRS 49

/* Lists of a pair that are made before any of them is used, and of a whole group, at most: what they take stays in the
 * second-level cache. */
#define SET_LISTS 8
#define MAX_LISTS (SET_LISTS * FOVEA_DIRECT_MAX_PAIRS)

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

_Static_assert (FOVEA_DIRECT_MAX_SEGMENTS % FOVEA_LIST_SEGMENTS == 0, "a piece of a sum ends where a list does");

static gint64
get_tile_width (const FoveaDirect *self)
{
  return self->tile_blocks * FOVEA_BLOCK;
}

/**
 * fovea_direct_can_skip_zeros:
 *
 * Returns: whether there are kernels for it that leave zeros out. Where nothing is zero they are but little slower than others
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
          gsize n_pairs)
{
  return count_lists (n_segments) > SET_LISTS && count_lists (n_segments) * n_pairs > MAX_LISTS;
}

/**
 * fovea_direct_count_groups:
 * @n_pairs: of pixels
 * @n_threads: that there is work for
 *
 * Returns: how many groups fovea_direct_compute_group() wants them in
 */
gint64
fovea_direct_count_groups (const FoveaDirect *self,
                           gint64 n_pairs,
                           gint64 n_threads)
{
  const gint64 at_least = (n_pairs + FOVEA_DIRECT_MAX_PAIRS - 1) / FOVEA_DIRECT_MAX_PAIRS;
  /* Where helping others means making their lists again, there should be enough for everybody. */
  const gint64 wanted = has_sets (get_most_segments (self), FOVEA_DIRECT_MAX_PAIRS) ? THREAD_GROUPS * n_threads : n_threads;
  const gint64 n_groups = MAX (MAX (at_least, 1), MIN (wanted, n_pairs / MIN_PAIRS));

  return n_groups > n_threads ? (n_groups + n_threads - 1) / n_threads * n_threads : n_groups;
}

/* What a group needs at a time, all aligned to 64 bytes. */
typedef struct {
  FoveaNonzeros *lists; /* [lists][pairs] */
  float *sums;          /* [groups of tiles][pairs][2][channels of the group] */
  float *totals;        /* likewise, where sums are made in pieces */
} Scratch;

/* Returns: the bytes of all. */
static gsize
divide_scratch (const FoveaDirect *self,
                char *memory,
                Scratch *scratch)
{
  const gsize lists = MAX_LISTS * sizeof (FoveaNonzeros), n_segments = get_most_segments (self);
  const gint64 most_tiles = has_sets (n_segments, FOVEA_DIRECT_MAX_PAIRS) ? MAX_CHANNELS : (gint64) self->kernels->max_nonzero_tiles;
  const gsize sums = (gsize) (MIN (most_tiles, fovea_direct_count_tiles (self)) * get_tile_width (self)) * 2 * FOVEA_DIRECT_MAX_PAIRS * sizeof (float);

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
count_pixels (const FoveaDirectPixels *run)
{
  return (gsize) (run->end - run->begin);
}

static gsize
count_pairs (const FoveaDirectPixels *run)
{
  return (count_pixels (run) + 1) / 2;
}

static gsize
count_all_pairs (const FoveaDirectPixels *runs,
                 gint64 n_runs)
{
  gsize n = 0;

  for (gint64 i = 0; i < n_runs; i++)
    n += count_pairs (&runs[i]);
  return n;
}

/* Makes the lists [first, end) of all @n_pairs of the group. */
static void
list_pixels (const FoveaDirectRun *run,
             const FoveaDirectPhase *phase,
             const FoveaDirectPixels *pixels,
             gint64 n_runs,
             gsize n_pairs,
             gsize first,
             gsize end,
             const Scratch *scratch)
{
  gsize n_before = 0;

  for (gint64 i = 0; i < n_runs; i++)
    {
      FoveaTile tile;

      fovea_direct_init_tile (run, phase, &pixels[i], 0, &tile);
      for (gsize list = first; list < end; list++)
        {
          const gsize segment = list * FOVEA_LIST_SEGMENTS;

          run->self->kernels->list_nonzeros (tile.input, tile.pixel_stride, count_pixels (&pixels[i]), tile.segments + segment,
                                             MIN (FOVEA_LIST_SEGMENTS, tile.n_segments - segment),
                                             scratch->lists + (list - first) * n_pairs + n_before);
        }
      n_before += count_pairs (&pixels[i]);
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
      FoveaTile tile;

      fovea_direct_init_tile (run, phase, &pixels[i], first_channels, &tile);
      run->self->kernels->finish_sums (scratch->sums + place, phase->n_segments > FOVEA_DIRECT_MAX_SEGMENTS ? scratch->totals + place : NULL,
                                       n_channels, count_pixels (&pixels[i]), &tile);
      place += 2 * count_pairs (&pixels[i]) * n_channels;
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
          gsize n_pairs,
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
        .lists = scratch->lists + (list - first) * n_pairs,
        .n_pairs = n_pairs,
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

          self->kernels->finish_sums (products.sums, list >= PIECE ? totals.output : NULL, n_channels, 2 * n_pairs, &totals);
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
 * @pixels: (array length=n_runs): a group's; each run begins at an even pixel of its row, and ends at one or with the row
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
  const gsize n_lists = count_lists (phase->n_segments), n_pairs = count_all_pairs (pixels, n_runs);
  const gboolean sets = has_sets (phase->n_segments, n_pairs);
  const gsize set_size = sets ? SET_LISTS : n_lists;
  const guint n_shares = count_shares (run, sets);
  gboolean is_listed = FALSE;
  Scratch scratch;
  guint share;

  if (n_pairs == 0)
    return;
  divide_scratch (run->self, memory, &scratch);
  while (fovea_direct_take_share (n_taken, n_shares, &share))
    {
      const gint64 begin = n_tiles * share / n_shares, end = n_tiles * (share + 1) / n_shares;
      const gint64 n_channels = end - begin, n_parts = (n_channels + max_tiles - 1) / max_tiles;

      for (gsize list = 0; list < n_lists; list += set_size)
        {
          const gsize end_list = MIN (list + set_size, n_lists);

          if (sets || !is_listed)
            list_pixels (run, phase, pixels, n_runs, n_pairs, list, end_list, &scratch);
          is_listed = TRUE;
          for (gint64 i = 0; i < n_parts; i++)
            {
              const gint64 channels = begin + n_channels * i / n_parts, end_part = begin + n_channels * (i + 1) / n_parts;
              const gsize place = (gsize) ((channels - begin) * tile_width) * 2 * n_pairs;
              const float *next = i + 1 < n_parts       ? get_weights (run, phase, end_part, list)
                                  : end_list < n_lists ? get_weights (run, phase, begin, end_list)
                                  : end < n_tiles      ? get_weights (run, phase, end, 0)
                                                       : NULL;

              multiply (run, phase, n_pairs, list, end_list, channels, end_part, place, next, &scratch);
              if (end_list == n_lists)
                finish (run, phase, pixels, n_runs, channels, end_part, place, &scratch);
            }
        }
    }
}
