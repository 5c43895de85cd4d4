/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/blocked/image-phases.h"

#include <string.h>

#include "engine/blocked/winograd.h"
#include "engine/kernels/multiversion.h"
#include "engine/parallel.h"

/* With stride s, an output sees each of the image's s² phases, its rows and columns modulo the stride counted from
 * where the first output starts to read, with stride 1: a 7×7 convolution of 3 channels with stride 2 is one of
 * 4×4 of 12 channels, whose weights are zero where the eighth row and column would be. That one Winograd's
 * minimal filtering does with a fifth of the products. */
struct _FoveaImagePhases {
  FoveaWinograd *winograd;
  FoveaConvolutionGeometry geometry; /* of the convolution of phases */
  gboolean gradient;
  gint64 n_image_channels;
  gint64 image_size[2]; /* height, width, as the next three */
  gint64 kernel[2];
  gint64 stride[2];
  gint64 pad[2];
  gint64 first[2]; /* the first row and column of phases that the image reaches, and that are in their map */
};

/* Fewer channels of phases would leave most of a block empty. */
#define MIN_CHANNELS 8

/* Outputs on smaller maps are computed directly. */
#define MIN_MAP 6

/* Rows of an image, or of its phases, that one piece of work does. */
#define STRIP_ROWS 8

/* Pixels of a row that are normalized together. */
#define CHUNK 256

/* Taps of the convolution of phases along an axis. */
static gint64
count_taps (const FoveaConvolutionGeometry *geometry,
            guint axis)
{
  return (geometry->kernel[axis] - 1) / geometry->stride[axis] + 1;
}

/**
 * fovea_image_phases_is_suitable:
 * @geometry: of a layer that reads images
 *
 * It depends on the layer and its map only.
 *
 * Returns: whether the layer and its gradient are faster this way than directly
 */
gboolean
fovea_image_phases_is_suitable (const FoveaConvolutionGeometry *geometry)
{
  const gint64 n_taps = count_taps (geometry, 0), n_phases = geometry->stride[0] * geometry->stride[1];

  return geometry->n_groups == 1 &&
         geometry->stride[0] == geometry->stride[1] && geometry->stride[0] > 1 &&
         geometry->dilation[0] == 1 && geometry->dilation[1] == 1 &&
         (n_taps == 3 || n_taps == 4) && count_taps (geometry, 1) == n_taps &&
         geometry->pad_begin[0] < geometry->kernel[0] && geometry->pad_begin[1] < geometry->kernel[1] &&
         geometry->input_channels * n_phases >= MIN_CHANNELS && geometry->output_channels >= FOVEA_BLOCK &&
         MIN (geometry->output_height, geometry->output_width) >= MIN_MAP;
}

/**
 * fovea_image_phases_new:
 * @geometry: a layer that fovea_image_phases_is_suitable() for; @pad_begin may be negative, where the first rows or
 *   columns are not seen
 * @gradient: whether to make the gradient with respect to the images instead of the convolution
 *
 * Returns: (transfer full): the convolution
 */
FoveaImagePhases *
fovea_image_phases_new (const FoveaKernels *kernels,
                        const FoveaConvolutionGeometry *geometry,
                        gboolean gradient)
{
  FoveaImagePhases *self = g_new (FoveaImagePhases, 1);
  gint64 sizes[2];

  *self = (FoveaImagePhases) {
    .gradient = gradient,
    .n_image_channels = geometry->input_channels,
    .image_size = { geometry->input_height, geometry->input_width },
  };
  for (guint axis = 0; axis < 2; axis++)
    {
      const gint64 n_outputs = axis == 0 ? geometry->output_height : geometry->output_width;
      gint64 end;

      self->kernel[axis] = geometry->kernel[axis];
      self->stride[axis] = geometry->stride[axis];
      self->pad[axis] = geometry->pad_begin[axis];
      self->first[axis] = MAX (self->pad[axis], 0) / self->stride[axis];
      end = (self->image_size[axis] - 1 + self->pad[axis]) / self->stride[axis] + 1;
      sizes[axis] = MIN (end, n_outputs + count_taps (geometry, axis) - 1) - self->first[axis];
    }
  self->geometry = (FoveaConvolutionGeometry) {
    .n_groups = 1,
    .input_channels = geometry->input_channels * geometry->stride[0] * geometry->stride[1],
    .input_height = sizes[0],
    .input_width = sizes[1],
    .output_channels = geometry->output_channels,
    .output_height = geometry->output_height,
    .output_width = geometry->output_width,
    .kernel = { count_taps (geometry, 0), count_taps (geometry, 1) },
    .stride = { 1, 1 },
    .dilation = { 1, 1 },
    .pad_begin = { self->first[0], self->first[1] },
  };
  self->winograd = fovea_winograd_new (kernels, &self->geometry, gradient);
  return self;
}

/**
 * fovea_image_phases_free:
 *
 * Frees the description; packed weights are not its own.
 */
void
fovea_image_phases_free (FoveaImagePhases *self)
{
  fovea_winograd_free (self->winograd);
  g_free (self);
}

/**
 * fovea_image_phases_get_variant:
 *
 * Returns: a number that tells apart the layouts of packed weights that a layer's map sizes lead to
 */
guint
fovea_image_phases_get_variant (const FoveaImagePhases *self)
{
  return fovea_winograd_get_variant (self->winograd);
}

/**
 * fovea_image_phases_get_packed_size:
 *
 * Returns: floats of the packed weights
 */
gsize
fovea_image_phases_get_packed_size (const FoveaImagePhases *self)
{
  return fovea_winograd_get_packed_size (self->winograd);
}

/**
 * fovea_image_phases_pack:
 * @source: the layer's weights, for a gradient outputs and inputs exchanged
 * @packed: (out): fovea_image_phases_get_packed_size() floats, aligned to 64 bytes
 *
 * Brings weights into the order of phases and transforms them.
 */
void
fovea_image_phases_pack (const FoveaImagePhases *self,
                         const FoveaWeightSource *source,
                         float *packed)
{
  const FoveaConvolutionGeometry *geometry = &self->geometry;
  const gint64 n_taps = geometry->kernel[0] * geometry->kernel[1];
  g_autofree float *weights = g_new0 (float, geometry->output_channels * geometry->input_channels * n_taps);
  FoveaWeightSource phases = {
    .weights = weights,
    .n_outputs = geometry->output_channels,
    .n_inputs = geometry->input_channels,
    .kernel = { geometry->kernel[0], geometry->kernel[1] },
    .output_stride = (gssize) (geometry->input_channels * n_taps),
    .input_stride = (gssize) n_taps,
    .tap_stride = 1,
    .n_groups = 1,
  };

  for (gint64 output = 0; output < geometry->output_channels; output++)
    for (gint64 y = 0; y < self->kernel[0]; y++)
      for (gint64 x = 0; x < self->kernel[1]; x++)
        for (gint64 c = 0; c < self->n_image_channels; c++)
          {
            const gint64 phase = y % self->stride[0] * self->stride[1] + x % self->stride[1];
            const gint64 tap = y / self->stride[0] * geometry->kernel[1] + x / self->stride[1], source_tap = y * self->kernel[1] + x;

            weights[(output * geometry->input_channels + phase * self->n_image_channels + c) * n_taps + tap] =
              self->gradient ? fovea_weight_source_get (source, c, output, source_tap) : fovea_weight_source_get (source, output, c, source_tap);
          }
  if (self->gradient)
    {
      phases.n_outputs = geometry->input_channels;
      phases.n_inputs = geometry->output_channels;
      phases.output_stride = (gssize) n_taps;
      phases.input_stride = (gssize) (geometry->input_channels * n_taps);
    }
  fovea_winograd_pack (self->winograd, &phases, packed);
}

/* The phases' map, at the start of the workspace. */
static FoveaBlockedMap
get_map (const FoveaImagePhases *self,
         gpointer workspace)
{
  const gint64 n_blocks = fovea_blocked_count (self->geometry.input_channels), height = self->geometry.input_height, width = self->geometry.input_width;

  return (FoveaBlockedMap) {
    .data = workspace,
    .image_stride = (gsize) (n_blocks * height * width) * FOVEA_BLOCK,
    .n_blocks = n_blocks,
    .height = height,
    .width = width,
  };
}

/**
 * fovea_image_phases_get_workspace_size:
 *
 * Returns: bytes of memory that a run's threads share
 */
gsize
fovea_image_phases_get_workspace_size (const FoveaImagePhases *self,
                                       gsize batch)
{
  return batch * get_map (self, NULL).image_stride * sizeof (float) + fovea_winograd_get_workspace_size (self->winograd, batch);
}

/**
 * fovea_image_phases_get_scratch_size:
 *
 * Returns: bytes of memory that each thread of the pool wants for itself
 */
gsize
fovea_image_phases_get_scratch_size (const FoveaImagePhases *self,
                                     gsize batch)
{
  return fovea_winograd_get_scratch_size (self->winograd, batch);
}

typedef struct {
  const FoveaImagePhases *self;
  const FoveaImages *images;
  FoveaBlockedMap map;
  gboolean accumulate;
  gint64 n_rows; /* of an image: of its phases, or for gradients its own */
  gint64 n_strips;
} Run;

FOVEA_MULTIVERSION static void
normalize (const float *restrict source,
           gsize n,
           float mean,
           float std,
           float *restrict target)
{
  for (gsize i = 0; i < n; i++)
    target[i] = (source[i] - mean) / std;
}

/* What is not to be added to is overwritten. */
FOVEA_MULTIVERSION static void
divide (const float *restrict source,
        gsize n,
        float std,
        gboolean accumulate,
        float *restrict target)
{
  if (accumulate)
    for (gsize i = 0; i < n; i++)
      target[i] += source[i] / std;
  else
    for (gsize i = 0; i < n; i++)
      target[i] = source[i] / std;
}

/* Rows or columns of the image along @axis that are in the phases' map: from *first up to, not including, *end. */
static void
find_seen (const Run *run,
           guint axis,
           gint64 *first,
           gint64 *end)
{
  const FoveaImagePhases *self = run->self;
  const gint64 n_phases = axis == 0 ? run->map.height : run->map.width;

  *first = MAX (self->first[axis] * self->stride[axis] - self->pad[axis], 0);
  *end = MIN ((self->first[axis] + n_phases) * self->stride[axis] - self->pad[axis], self->image_size[axis]);
}

/* Where the pixel (y, x) of an image's channel lies in its phases. */
static float *
find_place (const Run *run,
            gsize image,
            gint64 channel,
            gint64 y,
            gint64 x)
{
  const FoveaImagePhases *self = run->self;
  const gint64 row = y + self->pad[0], column = x + self->pad[1];
  const gint64 phase = row % self->stride[0] * self->stride[1] + column % self->stride[1];
  const gint64 lane = phase * self->n_image_channels + channel;
  const gint64 place = (row / self->stride[0] - self->first[0]) * run->map.width + column / self->stride[1] - self->first[1];

  return run->map.data + image * run->map.image_stride + (gsize) (lane / FOVEA_BLOCK) * fovea_blocked_get_plane (&run->map) +
         (gsize) (place * FOVEA_BLOCK + lane % FOVEA_BLOCK);
}

static gsize
find_image_row (const Run *run,
                gsize image,
                gint64 channel,
                gint64 y)
{
  const FoveaImages *images = run->images;

  return (gsize) (((((gint64) image * run->self->n_image_channels + channel) * images->height) + y + images->origin[0]) * images->width + images->origin[1]);
}

/* Normalizes one row of an image into the phases. */
static void
spread_image_row (const Run *run,
                  gsize image,
                  gint64 y)
{
  const FoveaImagePhases *self = run->self;
  const gint64 stride = self->stride[1];
  float values[CHUNK];
  gint64 first, end;

  find_seen (run, 1, &first, &end);
  for (gint64 c = 0; c < self->n_image_channels; c++)
    for (gint64 begin = first; begin < end; begin += CHUNK)
      {
        const gint64 n = MIN (CHUNK, end - begin);

        normalize (run->images->planes + find_image_row (run, image, c, y) + begin, (gsize) n,
                   (float) run->images->mean[c], (float) run->images->std[c], values);
        for (gint64 phase = 0; phase < MIN (stride, n); phase++)
          {
            float *target = find_place (run, image, c, y, begin + phase);

            for (gint64 i = phase; i < n; i += stride, target += FOVEA_BLOCK)
              *target = values[i];
          }
      }
}

/* Some rows of an image's phases. */
static void
spread_strip (gsize item,
              guint worker,
              gpointer data)
{
  const Run *run = data;
  const FoveaImagePhases *self = run->self;
  const gsize image = item / (gsize) run->n_strips;
  const gint64 strip = (gint64) item % run->n_strips;
  const gint64 begin = run->n_rows * strip / run->n_strips, end = run->n_rows * (strip + 1) / run->n_strips;
  const gsize row_floats = (gsize) run->map.width * FOVEA_BLOCK;
  gint64 first_seen, end_seen;

  for (gint64 block = 0; block < run->map.n_blocks; block++)
    memset (run->map.data + image * run->map.image_stride + (gsize) (block * run->map.height + begin) * row_floats, 0,
            (gsize) (end - begin) * row_floats * sizeof (float));
  find_seen (run, 0, &first_seen, &end_seen);
  for (gint64 y = MAX ((begin + self->first[0]) * self->stride[0] - self->pad[0], first_seen);
       y < MIN ((end + self->first[0]) * self->stride[0] - self->pad[0], end_seen); y++)
    spread_image_row (run, image, y);
}

/* Collects one row of an image's gradient from the phases. */
static void
gather_image_row (const Run *run,
                  gsize image,
                  gint64 y)
{
  const FoveaImagePhases *self = run->self;
  const gint64 stride = self->stride[1];
  gint64 first_row, end_row, first, end;
  float values[CHUNK];

  find_seen (run, 0, &first_row, &end_row);
  find_seen (run, 1, &first, &end);
  for (gint64 c = 0; c < self->n_image_channels; c++)
    {
      float *target = run->images->gradients + find_image_row (run, image, c, y);
      const gboolean is_seen = y >= first_row && y < end_row;

      if (!run->accumulate && (!is_seen || first > 0 || end < self->image_size[1]))
        memset (target, 0, (gsize) self->image_size[1] * sizeof (float));
      for (gint64 begin = first; is_seen && begin < end; begin += CHUNK)
        {
          const gint64 n = MIN (CHUNK, end - begin);

          for (gint64 phase = 0; phase < MIN (stride, n); phase++)
            {
              const float *source = find_place (run, image, c, y, begin + phase);

              for (gint64 i = phase; i < n; i += stride, source += FOVEA_BLOCK)
                values[i] = *source;
            }
          divide (values, (gsize) n, (float) run->images->std[c], run->accumulate, target + begin);
        }
    }
}

/* Some rows of an image. */
static void
gather_strip (gsize item,
              guint worker,
              gpointer data)
{
  const Run *run = data;
  const gsize image = item / (gsize) run->n_strips;
  const gint64 strip = (gint64) item % run->n_strips;

  for (gint64 y = run->n_rows * strip / run->n_strips; y < run->n_rows * (strip + 1) / run->n_strips; y++)
    gather_image_row (run, image, y);
}

static void
run_strips (Run *run,
            gsize batch,
            gint64 n_rows,
            FoveaParallelFunc func)
{
  run->n_rows = n_rows;
  run->n_strips = (n_rows + STRIP_ROWS - 1) / STRIP_ROWS;
  fovea_parallel_for (batch * (gsize) run->n_strips, func, run);
}

static gpointer
get_winograd_workspace (const FoveaImagePhases *self,
                        gsize batch,
                        gpointer workspace)
{
  return (float *) workspace + batch * get_map (self, workspace).image_stride;
}

/**
 * fovea_image_phases_run:
 * @packed: from fovea_image_phases_pack()
 * @images: whose part of the layer's input size is read
 * @output: every element is written
 * @workspace: fovea_image_phases_get_workspace_size() bytes, aligned to 64
 * @scratch: fovea_image_phases_get_scratch_size() bytes for each thread, aligned to 64
 *
 * Spreads its work over the pool. Each output's sum is made in the same order, whatever the batch and the
 * number of threads are.
 */
void
fovea_image_phases_run (const FoveaImagePhases *self,
                        gsize batch,
                        const float *packed,
                        const FoveaImages *images,
                        const FoveaBlockedMap *output,
                        const FoveaEpilogue *epilogue,
                        gpointer workspace,
                        gpointer scratch)
{
  Run run = { .self = self, .images = images, .map = get_map (self, workspace) };

  run_strips (&run, batch, run.map.height, spread_strip);
  fovea_winograd_run (self->winograd, batch, packed, &run.map, output, epilogue, get_winograd_workspace (self, batch, workspace), scratch);
}

/**
 * fovea_image_phases_run_gradient:
 * @output_gradient: the layer's
 * @accumulate: whether to add to the gradients instead of overwriting them
 * @images: whose part of the layer's input size gets gradients
 *
 * As fovea_image_phases_run(), the other way.
 */
void
fovea_image_phases_run_gradient (const FoveaImagePhases *self,
                                 gsize batch,
                                 const float *packed,
                                 const FoveaBlockedMap *output_gradient,
                                 gboolean accumulate,
                                 const FoveaImages *images,
                                 gpointer workspace,
                                 gpointer scratch)
{
  const FoveaEpilogue nothing = { 0 };
  Run run = { .self = self, .images = images, .map = get_map (self, workspace), .accumulate = accumulate };

  fovea_winograd_run (self->winograd, batch, packed, output_gradient, &run.map, &nothing, get_winograd_workspace (self, batch, workspace), scratch);
  run_strips (&run, batch, self->image_size[0], gather_strip);
}
