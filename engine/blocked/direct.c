/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/blocked/direct-private.h"

#include "engine/parallel.h"

static FoveaDirectPhase *
add_phase (FoveaDirect *self,
           guint max_taps)
{
  FoveaDirectPhase *phase = &self->phases[self->n_phases++];

  phase->offsets = g_malloc_n (MAX (max_taps, 1), sizeof *phase->offsets);
  phase->taps = g_new (guint, MAX (max_taps, 1));
  return phase;
}

static void
add_tap (FoveaDirectPhase *phase,
         gint64 row,
         gint64 column,
         guint tap)
{
  phase->offsets[phase->n_taps][0] = row;
  phase->offsets[phase->n_taps][1] = column;
  phase->taps[phase->n_taps++] = tap;
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
  self->first_input = g_new (gint64, fovea_direct_count_tiles (self));
  for (gint64 tile = 0; tile < fovea_direct_count_tiles (self); tile++)
    {
      gint64 first, end;

      find_tile_inputs (self, tile, n_groups, n_inputs, n_outputs, &first, &end);
      self->first_input[tile] = first;
      self->n_tile_inputs = MAX (self->n_tile_inputs, end - first);
    }
  /* All tiles see the same number of blocks: some see a few more than they have to. */
  for (gint64 tile = 0; tile < fovea_direct_count_tiles (self); tile++)
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
        const FoveaDirectPhase *phase = &self->phases[i];

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
      FoveaDirectPhase *phase = &self->phases[i];

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
  FoveaDirectPhase *phase;

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

  self->phases = g_new0 (FoveaDirectPhase, 1);
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

  self->phases = g_new0 (FoveaDirectPhase, stride[0] * stride[1]);
  for (gint64 row = 0; row < MIN (stride[0], geometry->input_height); row++)
    for (gint64 column = 0; column < MIN (stride[1], geometry->input_width); column++)
      {
        FoveaDirectPhase *phase = add_phase (self, (guint) (geometry->kernel[0] * geometry->kernel[1]));

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
  FoveaDirectPhase *phase;

  self->kernels = kernels;
  self->image_channels = geometry->input_channels;
  self->n_output_blocks = fovea_blocked_count (geometry->output_channels);
  self->tile_blocks = kernels->max_blocks;
  self->first_input = g_new0 (gint64, fovea_direct_count_tiles (self));
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

  self->phases = g_new0 (FoveaDirectPhase, 1);
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
  const gint64 tile = (gint64) item % fovea_direct_count_tiles (self);
  const FoveaDirectPhase *phase = &self->phases[(gint64) item / fovea_direct_count_tiles (self)];
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

  fovea_parallel_for (self->n_phases * (gsize) fovea_direct_count_tiles (self), pack_tile, &pack);
}
