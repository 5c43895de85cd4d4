/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/kernels/convolution.h"

#include "engine/kernels/blas.h"
#include "engine/kernels/columns.h"
#include "engine/kernels/multiversion.h"
#include "engine/parallel.h"

/* Values of unrolled input that one piece of work handles at a time: they are written once and read
 * once, from the second or third level of cache. */
#define PANEL_VALUES (384 * 1024)
#define PANEL_MIN_COLUMNS 64
#define PANEL_MAX_COLUMNS 2048

/* A matrix product with fewer rows than this spends its time on rearranging. */
#define MIN_ROWS 64

/* So many pieces an image is worth splitting into, for the sake of a batch of one. */
#define WANTED_PIECES 4

/* With fewer output channels than this in each of several groups, a matrix product is mostly
 * overhead, and the sum is done row by row instead. */
#define DIRECT_MAX_CHANNELS 8

typedef enum {
  METHOD_POINTWISE, /* 1×1, stride 1: the input is the matrix already */
  METHOD_UNROLLED,
  METHOD_DIRECT,
} Method;

/* How one image's work is cut. Everything follows from the geometry alone, never from the batch or
 * the number of threads, so that neither shows in the results. */
typedef struct {
  Method method;
  gint64 depth;        /* input channels of a group × kernel area */
  gint64 in_channels;  /* of a group */
  gint64 out_channels; /* of a group */
  gint64 n_positions;  /* of the output map */
  gint64 n_panels;     /* the output positions, cut */
  gint64 panel_columns;
  gint64 n_blocks; /* the channels of a group, cut: forward the output's, backward the input's */
  gint64 block_channels;
} Split;

typedef struct {
  const FoveaConvolutionGeometry *geometry;
  Split split;
  const float *weights;
  const float *bias;
  const float *source;
  float *target;
  float *scratch;
  gsize scratch_values; /* for each worker */
} Convolution;

static void
split_positions (Split *split,
                 gint64 rows)
{
  gint64 columns = CLAMP (PANEL_VALUES / rows, PANEL_MIN_COLUMNS, PANEL_MAX_COLUMNS);

  split->n_panels = (split->n_positions + columns - 1) / columns;
  columns = (split->n_positions + split->n_panels - 1) / split->n_panels;
  split->panel_columns = MIN ((columns + 15) / 16 * 16, split->n_positions);
  split->n_panels = (split->n_positions + split->panel_columns - 1) / split->panel_columns;
}

static void
split_channels (Split *split,
                gint64 n_channels,
                gint64 wanted_blocks,
                gint64 min_channels,
                gint64 multiple)
{
  gint64 n_blocks = CLAMP (wanted_blocks, 1, MAX (n_channels / min_channels, 1));
  gint64 channels = (n_channels + n_blocks - 1) / n_blocks;

  split->block_channels = MIN ((channels + multiple - 1) / multiple * multiple, n_channels);
  split->n_blocks = (n_channels + split->block_channels - 1) / split->block_channels;
}

static void
split_common (Split *split,
              const FoveaConvolutionGeometry *geometry)
{
  split->in_channels = geometry->input_channels / geometry->n_groups;
  split->out_channels = geometry->output_channels / geometry->n_groups;
  split->depth = split->in_channels * geometry->kernel[0] * geometry->kernel[1];
  split->n_positions = geometry->output_height * geometry->output_width;

  if (geometry->n_groups > 1 && split->out_channels < DIRECT_MAX_CHANNELS)
    split->method = METHOD_DIRECT;
  else if (geometry->kernel[0] == 1 && geometry->kernel[1] == 1 &&
           geometry->stride[0] == 1 && geometry->stride[1] == 1 &&
           geometry->pad_begin[0] == 0 && geometry->pad_begin[1] == 0 &&
           geometry->output_height == geometry->input_height && geometry->output_width == geometry->input_width)
    split->method = METHOD_POINTWISE;
  else
    split->method = METHOD_UNROLLED;
}

static Split
split_forward (const FoveaConvolutionGeometry *geometry)
{
  Split split;

  split_common (&split, geometry);
  split_positions (&split, split.depth);
  split_channels (&split, split.out_channels, WANTED_PIECES / (split.n_panels * geometry->n_groups), MIN_ROWS, 16);
  return split;
}

static Split
split_gradient (const FoveaConvolutionGeometry *geometry)
{
  const gint64 area = geometry->kernel[0] * geometry->kernel[1];
  Split split;

  split_common (&split, geometry);
  if (split.method == METHOD_POINTWISE)
    {
      split_positions (&split, split.out_channels);
      split_channels (&split, split.in_channels, WANTED_PIECES / (split.n_panels * geometry->n_groups), MIN_ROWS, 16);
    }
  else
    {
      /* Panels overlap in the input's gradient, so only channels can be worked on at once. */
      const gint64 min_channels = (MIN_ROWS + area - 1) / area;
      gint64 n_blocks = MAX (split.depth * PANEL_MAX_COLUMNS / 4 / PANEL_VALUES, WANTED_PIECES / geometry->n_groups);

      split_channels (&split, split.in_channels, n_blocks, min_channels, 1);
      split_positions (&split, split.block_channels * area);
    }
  return split;
}

static gsize
scratch_values (const FoveaConvolutionGeometry *geometry,
                const Split *split,
                gint64 channels)
{
  if (split->method != METHOD_UNROLLED)
    return 0;
  return ((gsize) channels * (gsize) (geometry->kernel[0] * geometry->kernel[1]) * (gsize) split->panel_columns + 15) / 16 * 16;
}

/**
 * fovea_convolution_workspace_size:
 *
 * Returns: bytes of scratch memory that fovea_convolution_forward() and
 *   fovea_convolution_input_gradient() need with the present number of threads, for any batch. Below
 *   2^51: a panel has at most 2^31 rows and 2^11 columns
 */
gsize
fovea_convolution_workspace_size (const FoveaConvolutionGeometry *geometry)
{
  const Split forward = split_forward (geometry);
  const Split gradient = split_gradient (geometry);
  const gsize values = MAX (scratch_values (geometry, &forward, forward.in_channels),
                            scratch_values (geometry, &gradient, gradient.block_channels));

  return values * fovea_parallel_get_n_threads () * sizeof (float);
}

/* The output row of one channel is kept in the first level of cache while all taps are added. */
static inline __attribute__ ((always_inline)) void
add_scaled_row (float *restrict target,
                const float *restrict source,
                float weight,
                gint64 n,
                const gint64 target_stride,
                const gint64 source_stride)
{
  for (gint64 x = 0; x < n; x++)
    target[x * target_stride] += weight * source[x * source_stride];
}

FOVEA_MULTIVERSION static void
forward_direct_plane (const FoveaConvolutionGeometry *geometry,
                      gint64 in_channels,
                      const float *input,
                      const float *weights,
                      float bias,
                      float *output)
{
  const gint64 *kernel = geometry->kernel, *stride = geometry->stride;

  for (gint64 y = 0; y < geometry->output_height; y++)
    {
      float *row = output + y * geometry->output_width;

      for (gint64 x = 0; x < geometry->output_width; x++)
        row[x] = bias;
      for (gint64 c = 0; c < in_channels; c++)
        for (gint64 ky = 0; ky < kernel[0]; ky++)
          {
            const gint64 iy = y * stride[0] + ky * geometry->dilation[0] - geometry->pad_begin[0];

            if (iy < 0 || iy >= geometry->input_height)
              continue;
            for (gint64 kx = 0; kx < kernel[1]; kx++)
              {
                const gint64 offset = kx * geometry->dilation[1] - geometry->pad_begin[1];
                const float weight = weights[(c * kernel[0] + ky) * kernel[1] + kx];
                const float *source;
                gint64 first, end;

                fovea_columns_clip (geometry->output_width, geometry->input_width, offset, stride[1], &first, &end);
                if (first == end)
                  continue;
                source = input + (c * geometry->input_height + iy) * geometry->input_width + first * stride[1] + offset;
                if (stride[1] == 1)
                  add_scaled_row (row + first, source, weight, end - first, 1, 1);
                else if (stride[1] == 2)
                  add_scaled_row (row + first, source, weight, end - first, 1, 2);
                else
                  add_scaled_row (row + first, source, weight, end - first, 1, stride[1]);
              }
          }
    }
}

FOVEA_MULTIVERSION static void
gradient_direct_plane (const FoveaConvolutionGeometry *geometry,
                       gint64 in_channels,
                       gint64 out_channels,
                       const float *output_gradient,
                       const float *weights,
                       float *input_gradient)
{
  const gint64 *kernel = geometry->kernel, *stride = geometry->stride;

  for (gint64 m = 0; m < out_channels; m++)
    for (gint64 y = 0; y < geometry->output_height; y++)
      {
        const float *row = output_gradient + (m * geometry->output_height + y) * geometry->output_width;

        for (gint64 ky = 0; ky < kernel[0]; ky++)
          {
            const gint64 iy = y * stride[0] + ky * geometry->dilation[0] - geometry->pad_begin[0];

            if (iy < 0 || iy >= geometry->input_height)
              continue;
            for (gint64 kx = 0; kx < kernel[1]; kx++)
              {
                const gint64 offset = kx * geometry->dilation[1] - geometry->pad_begin[1];
                const float weight = weights[(m * in_channels * kernel[0] + ky) * kernel[1] + kx];
                float *target;
                gint64 first, end;

                fovea_columns_clip (geometry->output_width, geometry->input_width, offset, stride[1], &first, &end);
                if (first == end)
                  continue;
                target = input_gradient + iy * geometry->input_width + first * stride[1] + offset;
                if (stride[1] == 1)
                  add_scaled_row (target, row + first, weight, end - first, 1, 1);
                else if (stride[1] == 2)
                  add_scaled_row (target, row + first, weight, end - first, 2, 1);
                else
                  add_scaled_row (target, row + first, weight, end - first, stride[1], 1);
              }
          }
      }
}

static void
forward_direct_item (gsize item,
                     guint worker,
                     gpointer data)
{
  const Convolution *self = data;
  const FoveaConvolutionGeometry *geometry = self->geometry;
  const gsize image = item / (gsize) geometry->output_channels;
  const gint64 channel = (gint64) (item % (gsize) geometry->output_channels);
  const gint64 group = channel / self->split.out_channels;
  const gint64 area = geometry->input_height * geometry->input_width;

  forward_direct_plane (geometry, self->split.in_channels,
                        self->source + ((gint64) image * geometry->input_channels + group * self->split.in_channels) * area,
                        self->weights + channel * self->split.depth,
                        self->bias != NULL ? self->bias[channel] : 0,
                        self->target + (gint64) item * self->split.n_positions);
}

static void
gradient_direct_item (gsize item,
                      guint worker,
                      gpointer data)
{
  const Convolution *self = data;
  const FoveaConvolutionGeometry *geometry = self->geometry;
  const gsize image = item / (gsize) geometry->input_channels;
  const gint64 channel = (gint64) (item % (gsize) geometry->input_channels);
  const gint64 group = channel / self->split.in_channels;
  const gint64 first = group * self->split.out_channels;

  gradient_direct_plane (geometry, self->split.in_channels, self->split.out_channels,
                         self->source + ((gint64) image * geometry->output_channels + first) * self->split.n_positions,
                         self->weights + first * self->split.depth + channel % self->split.in_channels * geometry->kernel[0] * geometry->kernel[1],
                         self->target + (gint64) item * geometry->input_height * geometry->input_width);
}

static void
forward_matrix_item (gsize item,
                     guint worker,
                     gpointer data)
{
  const Convolution *self = data;
  const FoveaConvolutionGeometry *geometry = self->geometry;
  const Split *split = &self->split;
  const gint64 panel = (gint64) item % split->n_panels;
  const gint64 block = (gint64) item / split->n_panels % split->n_blocks;
  const gint64 image_group = (gint64) item / split->n_panels / split->n_blocks; /* as input and output lie in memory */
  const gint64 first_channel = image_group % geometry->n_groups * split->out_channels + block * split->block_channels;
  const gint64 n_channels = MIN (split->block_channels, split->out_channels - block * split->block_channels);
  const gint64 begin = panel * split->panel_columns;
  const gint64 end = MIN (begin + split->panel_columns, split->n_positions);
  const float *input = self->source + image_group * split->in_channels * geometry->input_height * geometry->input_width;
  float *output = self->target + (image_group * split->out_channels + block * split->block_channels) * split->n_positions + begin;
  const float *columns;
  gint64 columns_stride;

  if (split->method == METHOD_POINTWISE)
    {
      columns = input + begin;
      columns_stride = split->n_positions;
    }
  else
    {
      float *scratch = self->scratch + worker * self->scratch_values;

      fovea_columns_gather (geometry, split->in_channels, input, begin, end, scratch);
      columns = scratch;
      columns_stride = end - begin;
    }

  if (self->bias != NULL)
    for (gint64 c = 0; c < n_channels; c++)
      for (gint64 i = 0; i < end - begin; i++)
        output[c * split->n_positions + i] = self->bias[first_channel + c];
  fovea_blas_gemm (FALSE, (gsize) n_channels, (gsize) (end - begin), (gsize) split->depth,
                   self->weights + first_channel * split->depth, (gsize) split->depth,
                   columns, (gsize) columns_stride,
                   self->bias != NULL ? 1 : 0, output, (gsize) split->n_positions);
}

static void
gradient_pointwise_item (gsize item,
                         guint worker,
                         gpointer data)
{
  const Convolution *self = data;
  const FoveaConvolutionGeometry *geometry = self->geometry;
  const Split *split = &self->split;
  const gint64 panel = (gint64) item % split->n_panels;
  const gint64 block = (gint64) item / split->n_panels % split->n_blocks;
  const gint64 image_group = (gint64) item / split->n_panels / split->n_blocks;
  const gint64 group = image_group % geometry->n_groups;
  const gint64 first_channel = block * split->block_channels; /* within the group */
  const gint64 n_channels = MIN (split->block_channels, split->in_channels - first_channel);
  const gint64 begin = panel * split->panel_columns;
  const gint64 end = MIN (begin + split->panel_columns, split->n_positions);

  fovea_blas_gemm (TRUE, (gsize) n_channels, (gsize) (end - begin), (gsize) split->out_channels,
                   self->weights + group * split->out_channels * split->depth + first_channel, (gsize) split->depth,
                   self->source + image_group * split->out_channels * split->n_positions + begin, (gsize) split->n_positions,
                   1, self->target + (image_group * split->in_channels + first_channel) * split->n_positions + begin,
                   (gsize) split->n_positions);
}

static void
gradient_unrolled_item (gsize item,
                        guint worker,
                        gpointer data)
{
  const Convolution *self = data;
  const FoveaConvolutionGeometry *geometry = self->geometry;
  const Split *split = &self->split;
  const gint64 taps = geometry->kernel[0] * geometry->kernel[1];
  const gint64 block = (gint64) item % split->n_blocks;
  const gint64 image_group = (gint64) item / split->n_blocks;
  const gint64 group = image_group % geometry->n_groups;
  const gint64 first_channel = block * split->block_channels; /* within the group */
  const gint64 n_channels = MIN (split->block_channels, split->in_channels - first_channel);
  const float *output_gradient = self->source + image_group * split->out_channels * split->n_positions;
  float *input_gradient = self->target + (image_group * split->in_channels + first_channel) * geometry->input_height * geometry->input_width;
  float *scratch = self->scratch + worker * self->scratch_values;

  for (gint64 begin = 0; begin < split->n_positions; begin += split->panel_columns)
    {
      const gint64 end = MIN (begin + split->panel_columns, split->n_positions);

      fovea_blas_gemm (TRUE, (gsize) (n_channels * taps), (gsize) (end - begin), (gsize) split->out_channels,
                       self->weights + group * split->out_channels * split->depth + first_channel * taps, (gsize) split->depth,
                       output_gradient + begin, (gsize) split->n_positions,
                       0, scratch, (gsize) (end - begin));
      fovea_columns_scatter (geometry, n_channels, scratch, begin, end, input_gradient);
    }
}

/**
 * fovea_convolution_forward:
 * @batch: number of images
 * @weights: [output channels, input channels / groups, kernel height, kernel width]
 * @bias: (nullable): [output channels]
 * @input: [@batch, input channels, input height, input width]
 * @output: (out): [@batch, output channels, output height, output width]
 * @workspace: fovea_convolution_workspace_size() bytes, or %NULL if that is 0
 *
 * Spreads its work with fovea_parallel_for(). An image's result depends neither on the rest of the
 * batch nor on the number of threads.
 */
void
fovea_convolution_forward (const FoveaConvolutionGeometry *geometry,
                           gsize batch,
                           const float *weights,
                           const float *bias,
                           const float *input,
                           float *output,
                           gpointer workspace)
{
  const Split split = split_forward (geometry);
  Convolution self = {
    .geometry = geometry,
    .split = split,
    .weights = weights,
    .bias = bias,
    .source = input,
    .target = output,
    .scratch = workspace,
    .scratch_values = scratch_values (geometry, &split, split.in_channels),
  };

  if (split.method == METHOD_DIRECT)
    fovea_parallel_for (batch * (gsize) geometry->output_channels, forward_direct_item, &self);
  else
    fovea_parallel_for (batch * (gsize) (geometry->n_groups * split.n_blocks * split.n_panels), forward_matrix_item, &self);
}

/**
 * fovea_convolution_input_gradient:
 * @batch: number of images
 * @weights: as fovea_convolution_forward()
 * @output_gradient: [@batch, output channels, output height, output width]
 * @input_gradient: [@batch, input channels, input height, input width], added to
 * @workspace: fovea_convolution_workspace_size() bytes, or %NULL if that is 0
 *
 * Adds the transposed convolution of @output_gradient. Threads as fovea_convolution_forward().
 */
void
fovea_convolution_input_gradient (const FoveaConvolutionGeometry *geometry,
                                  gsize batch,
                                  const float *weights,
                                  const float *output_gradient,
                                  float *input_gradient,
                                  gpointer workspace)
{
  const Split split = split_gradient (geometry);
  Convolution self = {
    .geometry = geometry,
    .split = split,
    .weights = weights,
    .source = output_gradient,
    .target = input_gradient,
    .scratch = workspace,
    .scratch_values = scratch_values (geometry, &split, split.block_channels),
  };

  if (split.method == METHOD_DIRECT)
    fovea_parallel_for (batch * (gsize) geometry->input_channels, gradient_direct_item, &self);
  else if (split.method == METHOD_POINTWISE)
    fovea_parallel_for (batch * (gsize) (geometry->n_groups * split.n_blocks * split.n_panels), gradient_pointwise_item, &self);
  else
    fovea_parallel_for (batch * (gsize) (geometry->n_groups * split.n_blocks), gradient_unrolled_item, &self);
}
