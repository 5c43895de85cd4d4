/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/blocked/direct.h"

#include <string.h>

#include "engine/parallel.h"

/* Weights that stay in the second-level cache while pixel tiles go by. */
#define CACHED_WEIGHT_BYTES (192 << 10)

/* A sum of more segments than this is made in pieces, which keeps rounding errors small. */
#define MAX_SEGMENTS 256

/* Floating-point operations below which waking another thread costs more than it saves. */
#define MIN_ITEM_OPERATIONS 200000

/* A dense part of the work: out(y · out_step + first_row, x · out_step + first_column) is the sum over
 * taps of weights × in(y · in_step + row, x · in_step + column), for y < n_rows and x < n_columns. A forward
 * convolution is one such part; the gradient of one with stride s has s² of them. */
typedef struct {
  gint64 first_row;
  gint64 first_column;
  gint64 n_rows;
  gint64 n_columns;
  guint n_taps;
  gint64 (*offsets)[2]; /* of each tap: row, column */
  guint *taps;          /* which tap of the kernel that is */
  gsize packed;         /* where its packed weights start */
  gsize n_segments;
  gssize *segments;
} Phase;

struct _FoveaDirect {
  const FoveaKernels *kernels;
  gint64 n_input_blocks;
  gint64 n_output_blocks;
  gboolean is_depthwise;
  gint64 tile_blocks;      /* blocks of outputs that are computed together */
  gint64 n_tile_inputs;    /* blocks of inputs that a tile sees */
  gint64 *first_input;     /* of each tile */
  gint64 input_height; /* of the map that it reads */
  gint64 input_width;
  gint64 output_height;
  gint64 output_width;
  gint64 in_step[2];
  gint64 out_step[2];
  guint n_phases;
  Phase *phases;
  gint64 top; /* rows of zeros above a padded copy of the input, columns to its left */
  gint64 left;
  gint64 padded_height;
  gint64 padded_width;
  gboolean is_padded;
  /* First layers only: */
  gint64 image_channels; /* 0: not a first layer */
  gsize run;             /* values of a segment */
};

static Phase *
add_phase (FoveaDirect *self,
           guint max_taps)
{
  Phase *phase = &self->phases[self->n_phases++];

  phase->offsets = g_malloc_n (MAX (max_taps, 1), sizeof *phase->offsets);
  phase->taps = g_new (guint, MAX (max_taps, 1));
  return phase;
}

static void
add_tap (Phase *phase,
         gint64 row,
         gint64 column,
         guint tap)
{
  phase->offsets[phase->n_taps][0] = row;
  phase->offsets[phase->n_taps][1] = column;
  phase->taps[phase->n_taps++] = tap;
}

static gint64
count_tiles (const FoveaDirect *self)
{
  return (self->n_output_blocks + self->tile_blocks - 1) / self->tile_blocks;
}

/* The blocks of inputs that the groups of a tile's outputs see. */
static void
find_tile_inputs (const FoveaDirect *self,
                  gint64 tile,
                  gint64 n_groups,
                  gint64 n_inputs,
                  gint64 n_outputs,
                  gint64 *first,
                  gint64 *end)
{
  const gint64 first_output = tile * self->tile_blocks * FOVEA_BLOCK;
  const gint64 last_output = MIN (first_output + self->tile_blocks * FOVEA_BLOCK, n_outputs) - 1;
  const gint64 first_group = first_output / (n_outputs / n_groups), last_group = last_output / (n_outputs / n_groups);

  *first = first_group * (n_inputs / n_groups) / FOVEA_BLOCK;
  *end = fovea_blocked_count ((last_group + 1) * (n_inputs / n_groups));
}

/* Without groups, each tile of outputs sees all inputs. With groups, it sees the blocks where its groups'
 * inputs lie; weights between groups that share a block are zero. */
static void
divide_channels (FoveaDirect *self,
                 gint64 n_groups,
                 gint64 n_inputs,
                 gint64 n_outputs)
{
  const gint64 group_outputs = n_outputs / n_groups;

  self->n_input_blocks = fovea_blocked_count (n_inputs);
  self->n_output_blocks = fovea_blocked_count (n_outputs);
  self->is_depthwise = n_groups > 1 && n_groups == n_inputs && n_groups == n_outputs;
  self->run = self->is_depthwise ? 1 : FOVEA_BLOCK;
  self->tile_blocks = self->kernels->max_blocks;
  if (n_groups > 1 && group_outputs % (self->tile_blocks * FOVEA_BLOCK) != 0)
    self->tile_blocks = 1;
  self->first_input = g_new (gint64, count_tiles (self));
  for (gint64 tile = 0; tile < count_tiles (self); tile++)
    {
      gint64 first, end;

      find_tile_inputs (self, tile, n_groups, n_inputs, n_outputs, &first, &end);
      self->first_input[tile] = first;
      self->n_tile_inputs = MAX (self->n_tile_inputs, end - first);
    }
  /* All tiles see the same number of blocks: some see a few more than they have to. */
  for (gint64 tile = 0; tile < count_tiles (self); tile++)
    self->first_input[tile] = MIN (self->first_input[tile], self->n_input_blocks - self->n_tile_inputs);
}

/* Finds how far the taps reach beyond the input, and turns them into offsets in memory. */
static void
lay_out (FoveaDirect *self)
{
  gint64 top = 0, left = 0, bottom = self->input_height, right = self->input_width;
  gsize packed = 0;

  for (guint i = 0; i < self->n_phases; i++)
    for (guint t = 0; t < self->phases[i].n_taps; t++)
      {
        const Phase *phase = &self->phases[i];

        if (phase->n_rows == 0 || phase->n_columns == 0)
          continue;
        top = MAX (top, -phase->offsets[t][0]);
        left = MAX (left, -phase->offsets[t][1]);
        bottom = MAX (bottom, (phase->n_rows - 1) * self->in_step[0] + phase->offsets[t][0] + 1);
        right = MAX (right, (phase->n_columns - 1) * self->in_step[1] + phase->offsets[t][1] + 1);
      }
  self->top = top;
  self->left = left;
  self->padded_height = top + bottom;
  self->padded_width = left + right;
  self->is_padded = top > 0 || left > 0 || bottom > self->input_height || right > self->input_width;

  for (guint i = 0; i < self->n_phases; i++)
    {
      Phase *phase = &self->phases[i];

      phase->packed = packed;
      phase->n_segments = (gsize) self->n_tile_inputs * phase->n_taps;
      phase->segments = g_new (gssize, MAX (phase->n_segments, 1));
      for (gint64 block = 0; block < self->n_tile_inputs; block++)
        for (guint t = 0; t < phase->n_taps; t++)
          phase->segments[block * phase->n_taps + t] =
            (((gssize) block * self->padded_height + phase->offsets[t][0] + top) * self->padded_width + phase->offsets[t][1] + left) * FOVEA_BLOCK;
      packed += phase->n_segments * self->run * (gsize) self->n_output_blocks * FOVEA_BLOCK;
    }
}

/**
 * fovea_direct_new_forward:
 * @geometry: the layer's
 *
 * Returns: (transfer full): the convolution itself
 */
FoveaDirect *
fovea_direct_new_forward (const FoveaKernels *kernels,
                          const FoveaConvolutionGeometry *geometry)
{
  FoveaDirect *self = g_new0 (FoveaDirect, 1);
  Phase *phase;

  self->kernels = kernels;
  divide_channels (self, geometry->n_groups, geometry->input_channels, geometry->output_channels);
  self->input_height = geometry->input_height;
  self->input_width = geometry->input_width;
  self->output_height = geometry->output_height;
  self->output_width = geometry->output_width;
  for (guint axis = 0; axis < 2; axis++)
    {
      self->in_step[axis] = geometry->stride[axis];
      self->out_step[axis] = 1;
    }

  self->phases = g_new0 (Phase, 1);
  phase = add_phase (self, (guint) (geometry->kernel[0] * geometry->kernel[1]));
  phase->n_rows = geometry->output_height;
  phase->n_columns = geometry->output_width;
  for (gint64 y = 0; y < geometry->kernel[0]; y++)
    for (gint64 x = 0; x < geometry->kernel[1]; x++)
      add_tap (phase, y * geometry->dilation[0] - geometry->pad_begin[0], x * geometry->dilation[1] - geometry->pad_begin[1],
               (guint) (y * geometry->kernel[1] + x));
  lay_out (self);
  return self;
}

/**
 * fovea_direct_new_gradient:
 * @geometry: the layer's
 *
 * The input row iy gets from output row (iy + pad − ky · dilation) / stride where that is a whole number:
 * for all rows that leave the same rest modulo the stride, those are the same taps.
 *
 * Returns: (transfer full): the convolution that takes the output's gradient to the input's
 */
FoveaDirect *
fovea_direct_new_gradient (const FoveaKernels *kernels,
                           const FoveaConvolutionGeometry *geometry)
{
  const gint64 *stride = geometry->stride;
  FoveaDirect *self = g_new0 (FoveaDirect, 1);

  self->kernels = kernels;
  divide_channels (self, geometry->n_groups, geometry->output_channels, geometry->input_channels);
  self->input_height = geometry->output_height;
  self->input_width = geometry->output_width;
  self->output_height = geometry->input_height;
  self->output_width = geometry->input_width;
  for (guint axis = 0; axis < 2; axis++)
    {
      self->in_step[axis] = 1;
      self->out_step[axis] = stride[axis];
    }

  self->phases = g_new0 (Phase, stride[0] * stride[1]);
  for (gint64 row = 0; row < MIN (stride[0], geometry->input_height); row++)
    for (gint64 column = 0; column < MIN (stride[1], geometry->input_width); column++)
      {
        Phase *phase = add_phase (self, (guint) (geometry->kernel[0] * geometry->kernel[1]));

        phase->first_row = row;
        phase->first_column = column;
        phase->n_rows = (geometry->input_height - row + stride[0] - 1) / stride[0];
        phase->n_columns = (geometry->input_width - column + stride[1] - 1) / stride[1];
        for (gint64 y = 0; y < geometry->kernel[0]; y++)
          for (gint64 x = 0; x < geometry->kernel[1]; x++)
            {
              const gint64 from_row = row + geometry->pad_begin[0] - y * geometry->dilation[0];
              const gint64 from_column = column + geometry->pad_begin[1] - x * geometry->dilation[1];

              if (from_row % stride[0] == 0 && from_column % stride[1] == 0)
                add_tap (phase, from_row / stride[0], from_column / stride[1], (guint) (y * geometry->kernel[1] + x));
            }
      }
  lay_out (self);
  return self;
}

/**
 * fovea_direct_new_first_layer:
 * @geometry: of a layer that reads images with few channels; one group, no horizontal dilation
 *
 * Images are read pixel by pixel with all their channels together, so that a segment is a whole row
 * of the kernel: 3 channels would leave a block of 16 mostly empty.
 *
 * Returns: (transfer full): the convolution itself, for fovea_direct_run_first_layer()
 */
FoveaDirect *
fovea_direct_new_first_layer (const FoveaKernels *kernels,
                              const FoveaConvolutionGeometry *geometry)
{
  FoveaDirect *self = g_new0 (FoveaDirect, 1);
  Phase *phase;

  self->kernels = kernels;
  self->image_channels = geometry->input_channels;
  self->n_output_blocks = fovea_blocked_count (geometry->output_channels);
  self->tile_blocks = kernels->max_blocks;
  self->first_input = g_new0 (gint64, count_tiles (self));
  self->input_height = geometry->input_height;
  self->input_width = geometry->input_width;
  self->output_height = geometry->output_height;
  self->output_width = geometry->output_width;
  self->run = (gsize) (geometry->kernel[1] * geometry->input_channels);
  for (guint axis = 0; axis < 2; axis++)
    {
      self->in_step[axis] = geometry->stride[axis];
      self->out_step[axis] = 1;
    }
  self->top = geometry->pad_begin[0];
  self->left = geometry->pad_begin[1];
  self->padded_height = MAX (self->top + self->input_height,
                             (geometry->output_height - 1) * geometry->stride[0] + (geometry->kernel[0] - 1) * geometry->dilation[0] + 1);
  self->padded_width = MAX (self->left + self->input_width,
                            (geometry->output_width - 1) * geometry->stride[1] + geometry->kernel[1]);
  self->is_padded = TRUE;

  self->phases = g_new0 (Phase, 1);
  phase = add_phase (self, 0);
  phase->n_rows = geometry->output_height;
  phase->n_columns = geometry->output_width;
  phase->n_taps = (guint) geometry->kernel[0];
  phase->n_segments = (gsize) geometry->kernel[0];
  phase->segments = g_new (gssize, phase->n_segments);
  for (gint64 y = 0; y < geometry->kernel[0]; y++)
    phase->segments[y] = (gssize) (y * geometry->dilation[0] * self->padded_width * self->image_channels);
  return self;
}

/**
 * fovea_direct_free:
 *
 * Frees the description; packed weights are not its own.
 */
void
fovea_direct_free (FoveaDirect *self)
{
  for (guint i = 0; i < self->n_phases; i++)
    {
      g_free (self->phases[i].offsets);
      g_free (self->phases[i].taps);
      g_free (self->phases[i].segments);
    }
  g_free (self->phases);
  g_free (self->first_input);
  g_free (self);
}

/**
 * fovea_direct_get_packed_size:
 *
 * Returns: floats of the packed weights
 */
gsize
fovea_direct_get_packed_size (const FoveaDirect *self)
{
  gsize size = 0;

  for (guint i = 0; i < self->n_phases; i++)
    size += self->phases[i].n_segments * self->run * (gsize) self->n_output_blocks * FOVEA_BLOCK;
  return size;
}

/* First layers: the weight of one output from one value of one segment, a row of the kernel. */
static float
get_first_layer_weight (const FoveaDirect *self,
                        const FoveaWeightSource *source,
                        gint64 output,
                        gsize segment,
                        gint64 k)
{
  return fovea_weight_source_get (source, output, k % self->image_channels,
                                  (gint64) segment * source->kernel[1] + k / self->image_channels);
}

typedef struct {
  const FoveaDirect *self;
  const FoveaWeightSource *source;
  float *packed;
} PackData;

/* One tile of output channels of one phase. */
static void
pack_tile (gsize item,
           guint worker,
           gpointer data)
{
  const PackData *pack = data;
  const FoveaDirect *self = pack->self;
  const gint64 tile = (gint64) item % count_tiles (self);
  const Phase *phase = &self->phases[(gint64) item / count_tiles (self)];
  const gint64 first = tile * self->tile_blocks;
  const gint64 width = MIN (self->tile_blocks, self->n_output_blocks - first) * FOVEA_BLOCK;
  float *target = pack->packed + phase->packed + phase->n_segments * self->run * (gsize) first * FOVEA_BLOCK;

  if (self->image_channels > 0)
    {
      for (gsize segment = 0; segment < phase->n_segments; segment++)
        for (gsize k = 0; k < self->run; k++)
          for (gint64 i = 0; i < width; i++)
            *target++ = get_first_layer_weight (self, pack->source, first * FOVEA_BLOCK + i, segment, (gint64) k);
      return;
    }
  if (self->is_depthwise)
    {
      for (guint t = 0; t < phase->n_taps; t++)
        for (gint64 i = 0; i < width; i++)
          *target++ = fovea_weight_source_get (pack->source, first * FOVEA_BLOCK + i, first * FOVEA_BLOCK + i, phase->taps[t]);
      return;
    }
  /* Block by block of the inputs, and there output by output, since that is how they lie in the source:
   * outputs are often a power of two apart, which one after the other would fall on one set of a cache. */
  for (gint64 block = 0; block < self->n_tile_inputs; block++)
    for (gint64 i = 0; i < width; i++)
      for (gint64 k = 0; k < FOVEA_BLOCK; k++)
        for (guint t = 0; t < phase->n_taps; t++)
          target[((block * phase->n_taps + t) * FOVEA_BLOCK + k) * width + i] =
            fovea_weight_source_get (pack->source, first * FOVEA_BLOCK + i, (self->first_input[tile] + block) * FOVEA_BLOCK + k, phase->taps[t]);
}

/**
 * fovea_direct_pack:
 * @source: the layer's weights, outputs and inputs exchanged for a gradient
 * @packed: (out): fovea_direct_get_packed_size() floats, aligned to 64 bytes: for each phase and tile
 *   of output channels [segment][value of the segment][channel of the tile], or for depthwise ones
 *   [segment][channel of the tile]
 *
 * Brings weights into the order in which the kernel reads them.
 */
void
fovea_direct_pack (const FoveaDirect *self,
                   const FoveaWeightSource *source,
                   float *packed)
{
  PackData pack = { self, source, packed };

  fovea_parallel_for (self->n_phases * (gsize) count_tiles (self), pack_tile, &pack);
}

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

/* One run: its work is a grid of pixel tiles × tiles of output channels. */
typedef struct {
  const FoveaDirect *self;
  gsize batch;
  const float *packed;
  const float *input;
  gsize input_image_stride;
  gssize pixel_stride;
  gssize row_stride;
  FoveaBlockedMap output;
  const FoveaEpilogue *epilogue;
  gint64 n_channel_chunks;
  gint64 n_pixel_chunks;
  /* First layers and padding: */
  const FoveaBlockedMap *source;
  const FoveaImages *images;
  float *padded;
} Run;

/* Whether the pixels of an image can be taken as one long row. */
static gboolean
is_flat (const FoveaDirect *self,
         const Phase *phase)
{
  return self->n_phases == 1 && phase->n_taps == 1 && !self->is_padded && self->image_channels == 0 &&
         self->in_step[0] == 1 && self->in_step[1] == 1 &&
         self->input_width == self->output_width && phase->offsets[0][0] == 0 && phase->offsets[0][1] == 0;
}

/* One tile: pixels [begin, end) of a row, and the output channels of tile @channels. */
static void
compute_tile (const Run *run,
              const Phase *phase,
              gsize image,
              gint64 row,
              gint64 begin,
              gint64 end,
              gint64 channels,
              const char *prefetch,
              gsize prefetch_lines)
{
  const FoveaDirect *self = run->self;
  const FoveaEpilogue *epilogue = run->epilogue;
  const gint64 block = channels * self->tile_blocks;
  const gint64 n_blocks = MIN (self->tile_blocks, self->n_output_blocks - block);
  const gsize plane = (gsize) (self->output_height * self->output_width) * FOVEA_BLOCK;
  const gsize place = (gsize) block * plane +
                      (gsize) ((row * self->out_step[0] + phase->first_row) * self->output_width +
                               begin * self->out_step[1] + phase->first_column) * FOVEA_BLOCK;
  const FoveaTileFunc func = (self->is_depthwise ? self->kernels->depthwise : self->kernels->tiles[n_blocks - 1])[end - begin - 1];
  const gssize first_input = self->first_input[channels] * (gssize) (self->padded_height * self->padded_width) * FOVEA_BLOCK;
  FoveaTile tile = {
    .input = run->input + image * run->input_image_stride + first_input + row * run->row_stride + begin * run->pixel_stride,
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
    .prefetch = prefetch,
    .prefetch_lines = prefetch_lines,
  };
  /* What pieces come to: apart from the output, where the addend may lie. */
  _Alignas (64) float sums[FOVEA_MAX_TILE];

  if (phase->n_segments > MAX_SEGMENTS)
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
      for (gsize first = 0; first + MAX_SEGMENTS < phase->n_segments; first += MAX_SEGMENTS)
        {
          piece.n_segments = MAX_SEGMENTS;
          func (&piece);
          piece.sums = sums;
          piece.segments += MAX_SEGMENTS;
          piece.weights += MAX_SEGMENTS * self->run * (gsize) n_blocks * FOVEA_BLOCK;
          if (piece.prefetch != NULL)
            piece.prefetch += MAX_SEGMENTS * prefetch_lines * 64;
        }
      tile.sums = sums;
      tile.segments = piece.segments;
      tile.weights = piece.weights;
      tile.prefetch = piece.prefetch;
      tile.n_segments = phase->n_segments - (gsize) (piece.segments - phase->segments);
    }
  func (&tile);
}

/* One chunk of pixel tiles and one of channel tiles. Groups of channel tiles whose weights fit the
 * cache go over all pixels, and meanwhile ask for the next group's weights. */
static void
compute_chunk (gsize item,
               guint worker,
               gpointer data)
{
  const Run *run = data;
  const FoveaDirect *self = run->self;
  const gint64 chunk = (gint64) item;
  const Phase *phase = &self->phases[chunk / (run->n_channel_chunks * run->n_pixel_chunks)];
  const gint64 channel_chunk = chunk / run->n_pixel_chunks % run->n_channel_chunks, pixel_chunk = chunk % run->n_pixel_chunks;
  const gboolean flat = is_flat (self, phase);
  const gint64 n_rows = flat ? 1 : phase->n_rows;
  const gint64 n_columns = flat ? phase->n_rows * phase->n_columns : phase->n_columns;
  const gint64 row_tiles = (n_columns + self->kernels->max_pixels - 1) / self->kernels->max_pixels;
  const gint64 n_tiles = (gint64) run->batch * n_rows * row_tiles;
  const gint64 first_tile = n_tiles * pixel_chunk / run->n_pixel_chunks, end_tile = n_tiles * (pixel_chunk + 1) / run->n_pixel_chunks;
  const gint64 n_channel_tiles = count_tiles (self);
  const gint64 first_channels = n_channel_tiles * channel_chunk / run->n_channel_chunks;
  const gint64 end_channels = n_channel_tiles * (channel_chunk + 1) / run->n_channel_chunks;
  const gsize tile_floats = phase->n_segments * self->run * (gsize) self->tile_blocks * FOVEA_BLOCK;
  const gint64 group = MAX (1, (gint64) (CACHED_WEIGHT_BYTES / MAX (tile_floats * sizeof (float), 1)));
  const gsize tile_lines = self->run * (gsize) self->tile_blocks; /* cache lines of one segment's weights */

  for (gint64 first = first_channels; first < end_channels; first += group)
    for (gint64 t = first_tile; t < end_tile; t++)
      {
        const gsize image = (gsize) (t / (n_rows * row_tiles));
        const gint64 row = t / row_tiles % n_rows, column = t % row_tiles;
        const gint64 begin = n_columns * column / row_tiles, end = n_columns * (column + 1) / row_tiles;
        const gint64 n_here = end_tile - first_tile, index = t - first_tile;

        for (gint64 c = first; c < MIN (first + group, end_channels); c++)
          {
            const gsize lines = (tile_lines + (gsize) n_here - 1) / (gsize) n_here;
            const gsize skip = (gsize) index * lines * phase->n_segments;
            const char *prefetch = NULL;

            if (c + group < end_channels && skip < tile_lines * phase->n_segments)
              prefetch = (const char *) (run->packed + phase->packed + tile_floats * (gsize) (c + group)) + skip * 64;
            compute_tile (run, phase, image, row, begin, end, c, prefetch, prefetch != NULL ? lines : 0);
          }
      }
}

/* Splits the work over the channels where weights are most of what has to be read, else over pixels. */
static void
run_chunks (Run *run)
{
  const FoveaDirect *self = run->self;
  const gint64 n_threads = (gint64) fovea_parallel_get_n_threads ();
  const gint64 n_channel_tiles = count_tiles (self);
  const gsize weight_floats = fovea_direct_get_packed_size (self);
  const gsize input_floats = run->batch * (gsize) (MAX (self->n_input_blocks, 1) * self->input_height * self->input_width) * FOVEA_BLOCK;
  gsize operations = 0, n_tiles = 0;
  gint64 n_chunks;

  for (guint i = 0; i < self->n_phases; i++)
    {
      const Phase *phase = &self->phases[i];
      const gsize n_pixels = run->batch * (gsize) (phase->n_rows * phase->n_columns);

      operations += 2 * n_pixels * phase->n_segments * self->run * (gsize) self->n_output_blocks * FOVEA_BLOCK;
      n_tiles = MAX (n_tiles, n_pixels / self->kernels->max_pixels);
    }
  n_chunks = n_threads == 1 ? 1 : (gint64) CLAMP (operations / MIN_ITEM_OPERATIONS, 1, 4 * (gsize) n_threads);
  n_chunks = (n_chunks + self->n_phases - 1) / self->n_phases;
  if (n_chunks > 1 && weight_floats > input_floats && n_channel_tiles >= 2)
    {
      /* The same number of tiles in every chunk, where that can be. */
      while (n_chunks > n_threads && n_channel_tiles % n_chunks != 0)
        n_chunks--;
      run->n_channel_chunks = MIN (n_chunks, n_channel_tiles);
      run->n_pixel_chunks = 1;
    }
  else
    {
      run->n_channel_chunks = 1;
      run->n_pixel_chunks = CLAMP (n_chunks, 1, (gint64) MAX (n_tiles, 1));
    }
  fovea_parallel_for ((gsize) (self->n_phases * run->n_channel_chunks * run->n_pixel_chunks), compute_chunk, run);
}

/* Copies one block of one image with zeros around it. */
static void
pad_block (gsize item,
           guint worker,
           gpointer data)
{
  const Run *run = data;
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
                  gpointer workspace)
{
  Run run = {
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
  };

  if (self->is_padded)
    {
      run.input = run.padded = workspace;
      run.input_image_stride = get_padded_size (self);
      fovea_parallel_for (batch * (gsize) self->n_input_blocks, pad_block, &run);
    }
  run_chunks (&run);
}

/* Normalizes one row of an image with all channels of a pixel together, with zeros around it. */
static void
interleave_row (gsize item,
                guint worker,
                gpointer data)
{
  const Run *run = data;
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
  Run run = {
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
  run_chunks (&run);
}
