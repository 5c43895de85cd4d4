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
#define MAX_LISTS 16

/* Tiles of outputs whose sums are kept between one set of lists and the next. */
#define MAX_CHANNELS 32

/* Of so many pixels the zeros are counted in one. */
#define SAMPLE 4

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
         phase->n_segments >= FOVEA_LIST_SEGMENTS;
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
  guint32 *counts;      /* likewise */
  float *sums;          /* [groups of tiles][pixels][channels of the group] */
  float *totals;        /* likewise, where sums are made in pieces */
} Scratch;

static gboolean
has_pieces (const FoveaDirect *self)
{
  for (guint i = 0; i < self->n_phases; i++)
    if (self->phases[i].n_segments > FOVEA_DIRECT_MAX_SEGMENTS)
      return TRUE;
  return FALSE;
}

/* Returns: the bytes of all. */
static gsize
divide_scratch (const FoveaDirect *self,
                char *memory,
                Scratch *scratch)
{
  const gsize lists = MAX_LISTS * FOVEA_LIST_PIXELS * sizeof (FoveaNonzeros), counts = MAX_LISTS * FOVEA_LIST_PIXELS * sizeof (guint32);
  const gsize sums = (gsize) (MIN (MAX_CHANNELS, fovea_direct_count_tiles (self)) * get_tile_width (self)) * FOVEA_LIST_PIXELS * sizeof (float);

  *scratch = (Scratch) {
    .lists = (FoveaNonzeros *) memory,
    .counts = (guint32 *) (memory + lists),
    .sums = (float *) (memory + lists + counts),
    .totals = (float *) (memory + lists + counts + sums),
  };
  return lists + counts + sums + (has_pieces (self) ? sums : 0);
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

/* Of 100 values, so many that are not zero make both ways equally fast: more outputs share a list. */
static gsize
get_threshold (const FoveaDirect *self)
{
  const gint64 n_tiles = fovea_direct_count_tiles (self);

  return n_tiles >= 8 ? 66 : n_tiles >= 4 ? 62 : 54;
}

/**
 * fovea_direct_has_many_zeros:
 * @pixels: (array length=n_tiles): a group
 *
 * Returns: whether leaving out zeros pays
 */
gboolean
fovea_direct_has_many_zeros (const FoveaDirectRun *run,
                             const FoveaDirectPhase *phase,
                             const FoveaDirectPixels *pixels,
                             gint64 n_tiles)
{
  const FoveaDirect *self = run->self;
  const gsize n_values = phase->n_segments * FOVEA_BLOCK;
  gsize n_nonzeros = 0, n_all = 0;

  for (gint64 i = 0; i < n_tiles; i++)
    {
      const gsize n_pixels = (gsize) (pixels[i].end - pixels[i].begin + SAMPLE - 1) / SAMPLE;
      FoveaTile tile;

      fovea_direct_init_tile (run, phase, &pixels[i], 0, &tile);
      n_nonzeros += self->kernels->count_nonzeros (tile.input, SAMPLE * tile.pixel_stride, n_pixels, tile.segments, tile.n_segments);
      n_all += n_pixels * n_values;
    }
  return n_nonzeros * 100 < n_all * get_threshold (self);
}

/* Tiles that lie one after the other become one run of pixels. Returns: how many there are. */
static gint64
join_tiles (const FoveaDirectPixels *tiles,
            gint64 n_tiles,
            FoveaDirectPixels *runs)
{
  gint64 n_runs = 0;

  for (gint64 i = 0; i < n_tiles; i++)
    if (n_runs > 0 && tiles[i].image == runs[n_runs - 1].image && tiles[i].row == runs[n_runs - 1].row && tiles[i].begin == runs[n_runs - 1].end)
      runs[n_runs - 1].end = tiles[i].end;
    else
      runs[n_runs++] = tiles[i];
  return n_runs;
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
          const gsize segment = list * FOVEA_LIST_SEGMENTS, place = (list - first) * FOVEA_LIST_PIXELS + n_before;

          run->self->kernels->list_nonzeros (tile.input, tile.pixel_stride, n_pixels, tile.segments + segment,
                                             MIN (FOVEA_LIST_SEGMENTS, tile.n_segments - segment), (gsize) get_tile_width (run->self),
                                             scratch->lists + place, scratch->counts + place);
        }
      n_before += n_pixels;
    }
}

/* The products of lists [first, end) with a few tiles of channels, [first_channels, end_channels). Sums lie
 * from @place on, pixel after pixel. */
static void
multiply (const FoveaDirectRun *run,
          const FoveaDirectPhase *phase,
          const FoveaDirectPixels *pixels,
          gint64 n_runs,
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
  const gsize n_lists = count_lists (phase), n_channels = (gsize) ((end_channels - first_channels) * get_tile_width (self));
  const gsize list_floats = FOVEA_LIST_SEGMENTS * FOVEA_BLOCK * (gsize) get_tile_width (self);
  const gsize n_all_pixels = count_pixels (pixels, n_runs), prefetch_lines = (list_floats / FOVEA_BLOCK + n_all_pixels - 1) / n_all_pixels;

  for (gsize list = first; list < end; list++)
    {
      const gboolean is_last = list + 1 == n_lists, is_last_of_piece = is_last || (list + 1) % PIECE == 0;
      gsize n_before = 0;

      /* Only outputs do not lie pixel after pixel. */
      for (gint64 i = 0; i < (is_last ? n_runs : 1); i++)
        {
          const gsize sums = place + n_before * n_channels;
          FoveaTile tile;
          FoveaNonzeroTile nonzeros;

          fovea_direct_init_tile (run, phase, &pixels[i], first_channels, &tile);
          tile.weights += list * list_floats;
          nonzeros = (FoveaNonzeroTile) {
            .tile = &tile,
            .n_pixels = is_last ? count_pixels (&pixels[i], 1) : n_all_pixels,
            .lists = scratch->lists + (list - first) * FOVEA_LIST_PIXELS + n_before,
            .counts = scratch->counts + (list - first) * FOVEA_LIST_PIXELS + n_before,
            .weight_stride = phase->n_segments * FOVEA_BLOCK * (gsize) get_tile_width (self),
            .start = list % PIECE > 0 ? scratch->sums + sums : NULL,
            .earlier = is_last_of_piece && list >= PIECE ? scratch->totals + sums : NULL,
            .sums = is_last ? NULL : is_last_of_piece ? scratch->totals + sums : scratch->sums + sums,
            .prefetch_outputs = list + 2 == n_lists && n_runs == 1,
          };
          nonzeros.prefetch = list + 1 < end ? tile.weights + list_floats : next;
          if (nonzeros.prefetch != NULL)
            {
              nonzeros.prefetch += n_before * prefetch_lines * FOVEA_BLOCK;
              nonzeros.prefetch_lines = prefetch_lines;
            }
          self->kernels->nonzero_tiles[end_channels - first_channels - 1] (&nonzeros);
          n_before += nonzeros.n_pixels;
        }
    }
}

/**
 * fovea_direct_compute_group:
 * @tiles: (array length=n_tiles): at most fovea_direct_get_max_group() of pixels
 * @first_channels, @end_channels: tiles of output channels
 * @memory: fovea_direct_get_scratch_size() bytes
 *
 * Computes them from what is not zero alone.
 */
void
fovea_direct_compute_group (const FoveaDirectRun *run,
                            const FoveaDirectPhase *phase,
                            const FoveaDirectPixels *tiles,
                            gint64 n_tiles,
                            gint64 first_channels,
                            gint64 end_channels,
                            char *memory)
{
  const gint64 tile_width = get_tile_width (run->self);
  const gsize n_lists = count_lists (phase);
  FoveaDirectPixels pixels[FOVEA_LIST_PIXELS];
  const gint64 n_runs = join_tiles (tiles, n_tiles, pixels);
  Scratch scratch;

  divide_scratch (run->self, memory, &scratch);
  for (gint64 begin = first_channels; begin < end_channels; begin += MAX_CHANNELS)
    {
      const gint64 n_channels = MIN (MAX_CHANNELS, end_channels - begin), n_groups = (n_channels + FOVEA_NONZERO_TILES - 1) / FOVEA_NONZERO_TILES;

      for (gsize first = 0; first < n_lists; first += MAX_LISTS)
        {
          const gsize end = MIN (first + MAX_LISTS, n_lists);

          list_pixels (run, phase, pixels, n_runs, first, end, &scratch);
          for (gint64 i = 0; i < n_groups; i++)
            {
              const gint64 channels = n_channels * i / n_groups, end_group = n_channels * (i + 1) / n_groups;
              const gint64 next_channels = i + 1 < n_groups ? begin + end_group : end < n_lists ? begin : begin + n_channels;
              const gsize next_list = i + 1 < n_groups ? first : end < n_lists ? end : 0;
              const float *next = next_channels < end_channels
                                    ? run->packed + phase->packed +
                                        (phase->n_segments * (gsize) next_channels + next_list * FOVEA_LIST_SEGMENTS) * FOVEA_BLOCK * (gsize) tile_width
                                    : NULL;

              multiply (run, phase, pixels, n_runs, first, end, begin + channels, begin + end_group,
                        (gsize) (channels * tile_width) * FOVEA_LIST_PIXELS, next, &scratch);
            }
        }
    }
}
