/* Running a direct convolution: its loops, spread over the pool.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <string.h>

#include "engine/blocked/direct-private.h"
#include "engine/parallel.h"

/* Weights that stay in the second-level cache while pixel tiles go by. */
#define CACHED_WEIGHT_BYTES (192 << 10)

/* Floating-point operations below which waking another thread costs more than it saves. */
#define MIN_ITEM_OPERATIONS 200000

/* Pieces of work that each thread should find, so that none waits long for another. */
#define THREAD_PIECES 4

static gsize
get_padded_size (const FoveaDirect *self)
{
  const gsize pixels = (gsize) (self->padded_height * self->padded_width);

  if (self->image_channels > 0)
    /* The last pixels' rows may be read up to a whole cache line. */
    return (pixels * (gsize) self->image_channels + 2 * FOVEA_BLOCK - 1) / FOVEA_BLOCK * FOVEA_BLOCK;
  return self->is_padded ? pixels * (gsize) self->n_input_blocks * FOVEA_BLOCK : 0;
}

/**
 * fovea_direct_get_workspace_size:
 *
 * Returns: bytes of scratch memory that a run wants
 */
gsize
fovea_direct_get_workspace_size (const FoveaDirect *self,
                                 gsize batch)
{
  return batch * get_padded_size (self) * sizeof (float);
}

/* Whether the pixels of an image can be taken as one long row. */
static gboolean
is_flat (const FoveaDirect *self,
         const FoveaDirectPhase *phase)
{
  return self->n_phases == 1 && phase->n_taps == 1 && !self->is_padded && self->image_channels == 0 &&
         self->in_step[0] == 1 && self->in_step[1] == 1 &&
         self->input_width == self->output_width && phase->offsets[0][0] == 0 && phase->offsets[0][1] == 0;
}

/**
 * fovea_direct_init_tile:
 * @channels: which tile of output channels
 * @tile: (out): all of it
 *
 * Describes a tile, without anything to prefetch.
 */
void
fovea_direct_init_tile (const FoveaDirectRun *run,
                        const FoveaDirectPhase *phase,
                        const FoveaDirectPixels *pixels,
                        gint64 channels,
                        FoveaTile *tile)
{
  const FoveaDirect *self = run->self;
  const FoveaEpilogue *epilogue = run->epilogue;
  const gint64 block = channels * self->tile_blocks;
  const gsize plane = (gsize) (self->output_height * self->output_width) * FOVEA_BLOCK, image = pixels->image;
  const gsize place = (gsize) block * plane +
                      (gsize) ((pixels->row * self->out_step[0] + phase->first_row) * self->output_width +
                               pixels->begin * self->out_step[1] + phase->first_column) * FOVEA_BLOCK;
  const gssize first_input = self->first_input[channels] * (gssize) (self->padded_height * self->padded_width) * FOVEA_BLOCK;

  *tile = (FoveaTile) {
    .input = run->input + image * run->input_image_stride + first_input + pixels->row * run->row_stride + pixels->begin * run->pixel_stride,
    .pixel_stride = run->pixel_stride,
    .segments = phase->segments,
    .n_segments = phase->n_segments,
    .run = self->run,
    .weights = run->packed + phase->packed + phase->n_segments * self->run * (gsize) block * FOVEA_BLOCK,
    .output = run->output.data + image * run->output.image_stride + place,
    .output_pixel_stride = (gssize) self->out_step[1] * FOVEA_BLOCK,
    .output_block_stride = (gssize) plane,
    .bias = epilogue->bias != NULL ? epilogue->bias + block * FOVEA_BLOCK : NULL,
    .mean = epilogue->mean != NULL ? epilogue->mean + block * FOVEA_BLOCK : NULL,
    .factor = epilogue->factor != NULL ? epilogue->factor + block * FOVEA_BLOCK : NULL,
    .offset = epilogue->offset != NULL ? epilogue->offset + block * FOVEA_BLOCK : NULL,
    .addend = epilogue->addend.data != NULL ? epilogue->addend.data + image * epilogue->addend.image_stride + place : NULL,
    .mask = epilogue->mask.bits != NULL ? epilogue->mask.bits + image * epilogue->mask.image_stride + place / FOVEA_BLOCK : NULL,
    .signs = epilogue->signs.bits != NULL ? epilogue->signs.bits + image * epilogue->signs.image_stride + place / FOVEA_BLOCK : NULL,
    .relu = epilogue->relu,
  };
}

/* One tile: some pixels of a row, and the output channels of tile @channels. */
static void
compute_tile (const FoveaDirectRun *run,
              const FoveaDirectPhase *phase,
              const FoveaDirectPixels *pixels,
              gint64 channels,
              const char *prefetch,
              gsize prefetch_lines)
{
  const FoveaDirect *self = run->self;
  const gint64 n_blocks = MIN (self->tile_blocks, self->n_output_blocks - channels * self->tile_blocks);
  const FoveaTileFunc func = (self->is_depthwise ? self->kernels->depthwise : self->kernels->tiles[n_blocks - 1])[pixels->end - pixels->begin - 1];
  /* What pieces come to: apart from the output, where the addend may lie. */
  _Alignas (64) float sums[FOVEA_MAX_TILE];
  FoveaTile tile;

  fovea_direct_init_tile (run, phase, pixels, channels, &tile);
  tile.prefetch = prefetch;
  tile.prefetch_lines = prefetch_lines;
  if (phase->n_segments > FOVEA_DIRECT_MAX_SEGMENTS)
    {
      FoveaTile piece = tile;

      piece.output = sums;
      piece.output_pixel_stride = FOVEA_BLOCK;
      piece.output_block_stride = (gssize) self->kernels->max_pixels * FOVEA_BLOCK;
      piece.bias = NULL;
      piece.mean = piece.factor = piece.offset = NULL;
      piece.addend = NULL;
      piece.mask = NULL;
      piece.signs = NULL;
      piece.relu = FALSE;
      for (gsize first = 0; first + FOVEA_DIRECT_MAX_SEGMENTS < phase->n_segments; first += FOVEA_DIRECT_MAX_SEGMENTS)
        {
          piece.n_segments = FOVEA_DIRECT_MAX_SEGMENTS;
          func (&piece);
          piece.sums = sums;
          piece.segments += FOVEA_DIRECT_MAX_SEGMENTS;
          piece.weights += FOVEA_DIRECT_MAX_SEGMENTS * self->run * (gsize) n_blocks * FOVEA_BLOCK;
          if (piece.prefetch != NULL)
            piece.prefetch += FOVEA_DIRECT_MAX_SEGMENTS * prefetch_lines * 64;
        }
      tile.sums = sums;
      tile.segments = piece.segments;
      tile.weights = piece.weights;
      tile.prefetch = piece.prefetch;
      tile.n_segments = phase->n_segments - (gsize) (piece.segments - phase->segments);
    }
  func (&tile);
}

/* The pixels of a phase, in tiles. */
typedef struct {
  gint64 n_rows;
  gint64 n_columns;
  gint64 row_tiles;
} Grid;

static Grid
get_grid (const FoveaDirect *self,
          const FoveaDirectPhase *phase)
{
  const gboolean flat = is_flat (self, phase);
  const gint64 n_columns = flat ? phase->n_rows * phase->n_columns : phase->n_columns;

  return (Grid) {
    .n_rows = flat ? 1 : phase->n_rows,
    .n_columns = n_columns,
    .row_tiles = (n_columns + self->kernels->max_pixels - 1) / self->kernels->max_pixels,
  };
}

static FoveaDirectPixels
get_pixels (const Grid *grid,
            gint64 tile)
{
  const gint64 column = tile % grid->row_tiles;

  return (FoveaDirectPixels) {
    .image = (gsize) (tile / (grid->n_rows * grid->row_tiles)),
    .row = tile / grid->row_tiles % grid->n_rows,
    .begin = grid->n_columns * column / grid->row_tiles,
    .end = grid->n_columns * (column + 1) / grid->row_tiles,
  };
}

/* Pairs of pixels, first and second, third and fourth of a row; the last one of an odd number is a pair by itself. */
static gint64
count_pairs (const FoveaDirectRun *run,
             const Grid *grid)
{
  return (gint64) run->batch * grid->n_rows * ((grid->n_columns + 1) / 2);
}

/* The pixels of pairs [begin, end), row by row. Returns: how many rows they are of. */
static gint64
get_pairs (const Grid *grid,
           gint64 begin,
           gint64 end,
           FoveaDirectPixels *runs)
{
  const gint64 row_pairs = (grid->n_columns + 1) / 2;
  gint64 n_runs = 0;

  while (begin < end)
    {
      const gint64 row = begin / row_pairs, first = begin % row_pairs, n = MIN (row_pairs - first, end - begin);

      runs[n_runs++] = (FoveaDirectPixels) {
        .image = (gsize) (row / grid->n_rows),
        .row = row % grid->n_rows,
        .begin = 2 * first,
        .end = MIN (2 * (first + n), grid->n_columns),
      };
      begin += n;
    }
  return n_runs;
}

/* Groups of channel tiles whose weights fit the cache go over all pixels, and meanwhile ask for the next
 * group's weights. */
static void
compute_tiles (const FoveaDirectRun *run,
               const FoveaDirectPhase *phase,
               const Grid *grid,
               gint64 first_tile,
               gint64 end_tile,
               gint64 first_channels,
               gint64 end_channels)
{
  const FoveaDirect *self = run->self;
  const gsize tile_floats = phase->n_segments * self->run * (gsize) self->tile_blocks * FOVEA_BLOCK;
  const gint64 group = MAX (1, (gint64) (CACHED_WEIGHT_BYTES / MAX (tile_floats * sizeof (float), 1)));
  const gsize tile_lines = self->run * (gsize) self->tile_blocks; /* cache lines of one segment's weights */

  for (gint64 first = first_channels; first < end_channels; first += group)
    for (gint64 t = first_tile; t < end_tile; t++)
      {
        const FoveaDirectPixels pixels = get_pixels (grid, t);
        const gint64 n_here = end_tile - first_tile, index = t - first_tile;

        for (gint64 c = first; c < MIN (first + group, end_channels); c++)
          {
            const gsize lines = (tile_lines + (gsize) n_here - 1) / (gsize) n_here;
            const gsize skip = (gsize) index * lines * phase->n_segments;
            const char *prefetch = NULL;

            if (c + group < end_channels && skip < tile_lines * phase->n_segments)
              prefetch = (const char *) (run->packed + phase->packed + tile_floats * (gsize) (c + group)) + skip * 64;
            compute_tile (run, phase, &pixels, c, prefetch, prefetch != NULL ? lines : 0);
          }
      }
}

static gint64
count_pixel_tiles (const FoveaDirectRun *run,
                   const Grid *grid)
{
  return (gint64) run->batch * grid->n_rows * grid->row_tiles;
}

/* One chunk of pixel tiles and one of channel tiles. */
static void
compute_chunk (gsize item,
               guint worker,
               gpointer data)
{
  const FoveaDirectRun *run = data;
  const FoveaDirect *self = run->self;
  const gint64 chunk = (gint64) item;
  const FoveaDirectPhase *phase = &self->phases[chunk / (run->n_channel_chunks * run->n_pixel_chunks)];
  const gint64 channel_chunk = chunk / run->n_pixel_chunks % run->n_channel_chunks, pixel_chunk = chunk % run->n_pixel_chunks;
  const Grid grid = get_grid (self, phase);
  const gint64 n_tiles = count_pixel_tiles (run, &grid), n_channel_tiles = fovea_direct_count_tiles (self);

  compute_tiles (run, phase, &grid, n_tiles * pixel_chunk / run->n_pixel_chunks, n_tiles * (pixel_chunk + 1) / run->n_pixel_chunks,
                 n_channel_tiles * channel_chunk / run->n_channel_chunks, n_channel_tiles * (channel_chunk + 1) / run->n_channel_chunks);
}

/* Splits the work over the channels where weights are most of what has to be read, else over pixels. */
static void
run_chunks (FoveaDirectRun *run,
            gint64 n_chunks)
{
  const FoveaDirect *self = run->self;
  const gint64 n_threads = (gint64) fovea_parallel_get_n_threads (), n_channel_tiles = fovea_direct_count_tiles (self);
  const gsize weight_floats = fovea_direct_get_packed_size (self);
  const gsize input_floats = run->batch * (gsize) (MAX (self->n_input_blocks, 1) * self->input_height * self->input_width) * FOVEA_BLOCK;

  run->n_channel_chunks = run->n_pixel_chunks = 1;
  if (n_chunks > 1 && weight_floats > input_floats && n_channel_tiles >= 2)
    {
      /* The same number of tiles in every chunk, where that can be. */
      while (n_chunks > n_threads && n_channel_tiles % n_chunks != 0)
        n_chunks--;
      run->n_channel_chunks = MIN (n_chunks, n_channel_tiles);
    }
  else
    for (guint i = 0; i < self->n_phases; i++)
      {
        const Grid grid = get_grid (self, &self->phases[i]);

        run->n_pixel_chunks = MAX (run->n_pixel_chunks, MIN (n_chunks, count_pixel_tiles (run, &grid)));
      }
  fovea_parallel_for ((gsize) (self->n_phases * run->n_channel_chunks * run->n_pixel_chunks), compute_chunk, run);
}

/* A group of pixels: shares of its outputs, until all are taken. */
static void
compute_group (const FoveaDirectRun *run,
               gint64 index,
               guint worker)
{
  const FoveaDirect *self = run->self;
  const FoveaDirectPhase *phase = &self->phases[index / run->n_groups];
  const Grid grid = get_grid (self, phase);
  const gint64 group = index % run->n_groups;

  if (fovea_direct_can_skip_zeros (self, phase))
    {
      const gint64 n_pairs = count_pairs (run, &grid);
      FoveaDirectPixels runs[FOVEA_DIRECT_MAX_PAIRS];
      const gint64 n_runs = get_pairs (&grid, n_pairs * group / run->n_groups, n_pairs * (group + 1) / run->n_groups, runs);

      fovea_direct_compute_group (run, phase, runs, n_runs, &run->n_taken[index], run->scratch + worker * fovea_direct_get_scratch_size (self));
    }
  else
    {
      const gint64 n_tiles = count_pixel_tiles (run, &grid), n_channel_tiles = fovea_direct_count_tiles (self);
      const gint64 begin = n_tiles * group / run->n_groups, end = n_tiles * (group + 1) / run->n_groups;
      const guint n_shares = (guint) CLAMP (THREAD_PIECES * (gint64) fovea_parallel_get_n_threads () / (self->n_phases * run->n_groups), 1, n_channel_tiles);
      guint share;

      while (fovea_direct_take_share (&run->n_taken[index], n_shares, &share))
        compute_tiles (run, phase, &grid, begin, end, n_channel_tiles * share / n_shares, n_channel_tiles * (share + 1) / n_shares);
    }
}

/* A group, or, when all have begun, whatever is left of any. */
static void
compute_or_help (gsize item,
                 guint worker,
                 gpointer data)
{
  const FoveaDirectRun *run = data;
  const gint64 n_groups = run->self->n_phases * run->n_groups;

  if ((gint64) item < n_groups)
    compute_group (run, (gint64) item, worker);
  else
    for (gint64 i = n_groups; i-- > 0;)
      if (atomic_load_explicit (&run->n_taken[i], memory_order_relaxed) < FOVEA_DIRECT_ALL_TAKEN)
        compute_group (run, i, worker);
}

/* Lists of what is not zero serve all outputs, and a tile's weights many pixels: so pixels are taken in large groups, one
 * by each thread, and those who have nothing else to do help the others with their outputs. */
static void
run_groups (FoveaDirectRun *run,
            gint64 n_chunks)
{
  const FoveaDirect *self = run->self;
  const gint64 n_threads = MIN (n_chunks, (gint64) fovea_parallel_get_n_threads ());
  g_autofree atomic_uint *n_taken = NULL;

  for (guint i = 0; i < self->n_phases; i++)
    {
      const Grid grid = get_grid (self, &self->phases[i]);

      run->n_groups = MAX (run->n_groups, fovea_direct_count_groups (self, count_pairs (run, &grid), n_threads));
    }
  run->n_taken = n_taken = g_new0 (atomic_uint, self->n_phases * run->n_groups);
  fovea_parallel_for ((gsize) (self->n_phases * run->n_groups + n_threads - 1), compute_or_help, run);
}

/* Leaves out zeros where there are kernels for that. */
static void
run_phases (FoveaDirectRun *run)
{
  const FoveaDirect *self = run->self;
  const gsize max_chunks = fovea_parallel_get_n_threads () == 1 ? 1 : THREAD_PIECES * fovea_parallel_get_n_threads ();
  gboolean can_skip_zeros = FALSE;
  gsize operations = 0, n_chunks;

  for (guint i = 0; i < self->n_phases; i++)
    {
      const FoveaDirectPhase *phase = &self->phases[i];

      operations += 2 * run->batch * (gsize) (phase->n_rows * phase->n_columns) * phase->n_segments * self->run * (gsize) self->n_output_blocks * FOVEA_BLOCK;
      can_skip_zeros |= run->scratch != NULL && fovea_direct_can_skip_zeros (self, phase);
    }
  n_chunks = CLAMP (operations / MIN_ITEM_OPERATIONS, 1, max_chunks);
  if (can_skip_zeros)
    run_groups (run, (gint64) n_chunks);
  else
    run_chunks (run, (gint64) ((n_chunks + self->n_phases - 1) / self->n_phases));
}

/* Copies one block of one image with zeros around it. */
static void
pad_block (gsize item,
           guint worker,
           gpointer data)
{
  const FoveaDirectRun *run = data;
  const FoveaDirect *self = run->self;
  const gsize image = item / (gsize) self->n_input_blocks, block = item % (gsize) self->n_input_blocks;
  const gsize row_floats = (gsize) self->padded_width * FOVEA_BLOCK, input_floats = (gsize) self->input_width * FOVEA_BLOCK;
  const float *source = run->source->data + image * run->source->image_stride + block * (gsize) self->input_height * input_floats;
  float *target = run->padded + item * (gsize) self->padded_height * row_floats;
  const gsize before = (gsize) self->left * FOVEA_BLOCK, after = row_floats - before - input_floats;

  for (gint64 y = 0; y < self->padded_height; y++, target += row_floats)
    if (y < self->top || y >= self->top + self->input_height)
      memset (target, 0, row_floats * sizeof (float));
    else
      {
        memset (target, 0, before * sizeof (float));
        memcpy (target + before, source + (gsize) (y - self->top) * input_floats, input_floats * sizeof (float));
        memset (target + before + input_floats, 0, after * sizeof (float));
      }
}

/**
 * fovea_direct_run:
 * @packed: from fovea_direct_pack()
 * @input: what it reads: for a gradient, the output's gradient
 * @output: every element is written
 * @workspace: (nullable): fovea_direct_get_workspace_size() bytes, aligned to 64
 * @scratch: (nullable): fovea_direct_get_scratch_size() bytes for each thread, aligned to 64; without,
 *   zeros are multiplied like other values
 *
 * Spreads its work over the pool. Each output's sum is made in the same order, whatever the batch
 * and the number of threads are.
 */
void
fovea_direct_run (const FoveaDirect *self,
                  gsize batch,
                  const float *packed,
                  const FoveaBlockedMap *input,
                  const FoveaBlockedMap *output,
                  const FoveaEpilogue *epilogue,
                  gpointer workspace,
                  gpointer scratch)
{
  FoveaDirectRun run = {
    .self = self,
    .batch = batch,
    .packed = packed,
    .input = input->data,
    .input_image_stride = input->image_stride,
    .pixel_stride = (gssize) self->in_step[1] * FOVEA_BLOCK,
    .row_stride = (gssize) (self->in_step[0] * self->padded_width) * FOVEA_BLOCK,
    .output = *output,
    .epilogue = epilogue,
    .source = input,
    .scratch = scratch,
  };

  if (self->is_padded)
    {
      run.input = run.padded = workspace;
      run.input_image_stride = get_padded_size (self);
      fovea_parallel_for (batch * (gsize) self->n_input_blocks, pad_block, &run);
    }
  run_phases (&run);
}

/* Normalizes one row of an image with all channels of a pixel together, with zeros around it. */
static void
interleave_row (gsize item,
                guint worker,
                gpointer data)
{
  const FoveaDirectRun *run = data;
  const FoveaDirect *self = run->self;
  const gsize image = item / (gsize) self->padded_height;
  const gint64 y = (gint64) (item % (gsize) self->padded_height) - self->top;
  const gint64 n_channels = self->image_channels, width = self->input_width;
  const gsize row_floats = (gsize) (self->padded_width * n_channels);
  float *target = run->padded + image * run->input_image_stride + item % (gsize) self->padded_height * row_floats;

  memset (target, 0, row_floats * sizeof (float));
  if (y < 0 || y >= self->input_height)
    return;
  target += self->left * n_channels;
  for (gint64 c = 0; c < n_channels; c++)
    {
      const FoveaImages *images = run->images;
      const gint64 row = ((gint64) image * n_channels + c) * images->height + y + images->origin[0];
      const float *source = images->planes + row * images->width + images->origin[1];
      const float mean = (float) images->mean[c], std = (float) images->std[c];

      for (gint64 x = 0; x < width; x++)
        target[x * n_channels + c] = (source[x] - mean) / std;
    }
}

/**
 * fovea_direct_run_first_layer:
 * @images: whose part of the layer's input size is read
 *
 * As fovea_direct_run(), from the images themselves.
 */
void
fovea_direct_run_first_layer (const FoveaDirect *self,
                              gsize batch,
                              const float *packed,
                              const FoveaImages *images,
                              const FoveaBlockedMap *output,
                              const FoveaEpilogue *epilogue,
                              gpointer workspace)
{
  FoveaDirectRun run = {
    .self = self,
    .batch = batch,
    .packed = packed,
    .input = workspace,
    .input_image_stride = get_padded_size (self),
    .pixel_stride = (gssize) (self->in_step[1] * self->image_channels),
    .row_stride = (gssize) (self->in_step[0] * self->padded_width * self->image_channels),
    .output = *output,
    .epilogue = epilogue,
    .images = images,
    .padded = workspace,
  };

  fovea_parallel_for (batch * (gsize) self->padded_height, interleave_row, &run);
  run_phases (&run);
}
