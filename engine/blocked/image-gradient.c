/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/blocked/image-gradient.h"

#include <string.h>

#include "engine/blocked/image-scatter.h"
#include "engine/parallel.h"

/* With blocks of 16 channels, 13 lanes would compute nothing for a colour image. So here lanes are
 * pixels: the output's gradient is copied to planes of one channel each, with zeros around, and each
 * weight multiplies a line of it. The image's pixels are taken by phases, rows and columns modulo the
 * stride, as in direct.c: pixels of a phase that are next to each other see gradients that are next
 * to each other. */
typedef struct {
  gint64 first_row;
  gint64 first_column;
  gint64 n_rows;
  gint64 n_columns;
  guint n_taps;
  guint *taps;     /* of the kernel, counted row by row */
  gssize *offsets; /* [output channel][tap]: from the place of a pixel in the first plane to what the tap sees */
  gsize packed;    /* where its weights start: [output channel][tap][image channel] */
} Phase;

struct _FoveaImageGradient {
  const FoveaKernels *kernels;
  gint64 n_image_channels;
  gint64 n_blocks; /* of the layer's outputs */
  gint64 height;   /* of the output's gradient */
  gint64 width;
  gint64 stride[2];
  gint64 image_height;
  gint64 image_width;
  gint64 top; /* rows of zeros above the planes' copy, columns to its left */
  gint64 left;
  gint64 padded_height;
  gint64 padded_width;
  Phase *phases; /* [stride][stride]; those beyond a small image are empty */
  FoveaImageScatter *scatter; /* for images whose gradients are mostly zero, or NULL */
};

static gint64
get_n_outputs (const FoveaImageGradient *self)
{
  return self->n_blocks * FOVEA_BLOCK;
}

static gsize
get_padded_plane (const FoveaImageGradient *self)
{
  return (gsize) (self->padded_height * self->padded_width);
}

/* The image's row iy gets from output row (iy + pad − ky) / stride where that is a whole number. */
static gboolean
find_source (const FoveaConvolutionGeometry *geometry,
             guint axis,
             gint64 first,
             gint64 tap,
             gint64 *source)
{
  const gint64 from = first + geometry->pad_begin[axis] - tap;

  *source = from / geometry->stride[axis];
  return from % geometry->stride[axis] == 0;
}

typedef gint64 Place[2]; /* row, column */

/* Finds the taps of a phase, what they see from its first pixel, and how far the zeros have to reach. */
static Place *
find_taps (FoveaImageGradient *self,
           const FoveaConvolutionGeometry *geometry,
           Phase *phase)
{
  const gint64 n_taps = geometry->kernel[0] * geometry->kernel[1];
  Place *places = g_new (Place, n_taps);

  phase->taps = g_new (guint, n_taps);
  for (gint64 y = 0; y < geometry->kernel[0]; y++)
    for (gint64 x = 0; x < geometry->kernel[1]; x++)
      {
        gint64 *place = places[phase->n_taps];

        if (!find_source (geometry, 0, phase->first_row, y, &place[0]) || !find_source (geometry, 1, phase->first_column, x, &place[1]))
          continue;
        phase->taps[phase->n_taps++] = (guint) (y * geometry->kernel[1] + x);
        self->top = MAX (self->top, -place[0]);
        self->left = MAX (self->left, -place[1]);
        self->padded_height = MAX (self->padded_height, phase->n_rows + place[0]);
        self->padded_width = MAX (self->padded_width, phase->n_columns + place[1]);
      }
  return places;
}

/**
 * fovea_image_gradient_new:
 * @geometry: of a layer that reads images; one group, no dilation
 *
 * Returns: (transfer full): its gradient
 */
FoveaImageGradient *
fovea_image_gradient_new (const FoveaKernels *kernels,
                          const FoveaConvolutionGeometry *geometry)
{
  FoveaImageGradient *self = g_new0 (FoveaImageGradient, 1);
  const gint64 *stride = geometry->stride;
  const gsize n_phases = (gsize) (stride[0] * stride[1]);
  g_autofree Place **places = g_new (Place *, n_phases);
  gsize packed = 0;

  self->kernels = kernels;
  self->scatter = fovea_image_scatter_new (kernels, geometry);
  self->n_image_channels = geometry->input_channels;
  self->n_blocks = fovea_blocked_count (geometry->output_channels);
  self->height = self->padded_height = geometry->output_height;
  self->width = self->padded_width = geometry->output_width;
  self->image_height = geometry->input_height;
  self->image_width = geometry->input_width;
  self->stride[0] = stride[0];
  self->stride[1] = stride[1];
  self->phases = g_new0 (Phase, n_phases);
  for (gsize i = 0; i < n_phases; i++)
    {
      Phase *phase = &self->phases[i];

      phase->first_row = (gint64) i / stride[1];
      phase->first_column = (gint64) i % stride[1];
      phase->n_rows = MAX (0, (self->image_height - phase->first_row + stride[0] - 1) / stride[0]);
      phase->n_columns = MAX (0, (self->image_width - phase->first_column + stride[1] - 1) / stride[1]);
      places[i] = find_taps (self, geometry, phase);
    }
  self->padded_height += self->top;
  self->padded_width += self->left;

  for (gsize i = 0; i < n_phases; i++)
    {
      Phase *phase = &self->phases[i];
      gssize *offset;

      offset = phase->offsets = g_new (gssize, (gsize) get_n_outputs (self) * phase->n_taps);
      for (gint64 channel = 0; channel < get_n_outputs (self); channel++)
        for (guint t = 0; t < phase->n_taps; t++)
          *offset++ = channel * (gssize) get_padded_plane (self) + (places[i][t][0] + self->top) * self->padded_width + places[i][t][1] + self->left;
      phase->packed = packed;
      packed += (gsize) (get_n_outputs (self) * self->n_image_channels) * phase->n_taps;
      g_free (places[i]);
    }
  return self;
}

/**
 * fovea_image_gradient_free:
 *
 * Frees the description; packed weights are not its own.
 */
void
fovea_image_gradient_free (FoveaImageGradient *self)
{
  for (gint64 i = 0; i < self->stride[0] * self->stride[1]; i++)
    {
      g_free (self->phases[i].taps);
      g_free (self->phases[i].offsets);
    }
  g_free (self->phases);
  g_clear_pointer (&self->scatter, fovea_image_scatter_free);
  g_free (self);
}

/* Floats of the phases' weights, up to a whole cache line: the scatter's come behind them. */
static gsize
get_phases_size (const FoveaImageGradient *self)
{
  const Phase *last = &self->phases[self->stride[0] * self->stride[1] - 1];
  const gsize n = last->packed + (gsize) (get_n_outputs (self) * self->n_image_channels) * last->n_taps;

  return (n + FOVEA_BLOCK - 1) / FOVEA_BLOCK * FOVEA_BLOCK;
}

/**
 * fovea_image_gradient_get_packed_size:
 *
 * Returns: floats of the packed weights
 */
gsize
fovea_image_gradient_get_packed_size (const FoveaImageGradient *self)
{
  return get_phases_size (self) + (self->scatter != NULL ? fovea_image_scatter_get_packed_size (self->scatter) : 0);
}

/**
 * fovea_image_gradient_pack:
 * @source: the layer's weights, outputs and inputs exchanged
 * @packed: (out): fovea_image_gradient_get_packed_size() floats
 *
 * Brings weights into the order in which the kernel reads them.
 */
void
fovea_image_gradient_pack (const FoveaImageGradient *self,
                           const FoveaWeightSource *source,
                           float *packed)
{
  if (self->scatter != NULL)
    fovea_image_scatter_pack (self->scatter, source, packed + get_phases_size (self));
  for (gint64 i = 0; i < self->stride[0] * self->stride[1]; i++)
    for (gint64 channel = 0; channel < get_n_outputs (self); channel++)
      for (guint t = 0; t < self->phases[i].n_taps; t++)
        for (gint64 c = 0; c < self->n_image_channels; c++)
          *packed++ = fovea_weight_source_get (source, c, channel, self->phases[i].taps[t]);
}

/* Floats of one image's planes, or of its strips. */
static gsize
get_image_workspace (const FoveaImageGradient *self)
{
  const gsize planes = (gsize) get_n_outputs (self) * get_padded_plane (self);
  const gsize strips = self->scatter != NULL ? fovea_image_scatter_get_workspace_size (self->scatter) / sizeof (float) : 0;

  return (MAX (planes, strips) + FOVEA_BLOCK - 1) / FOVEA_BLOCK * FOVEA_BLOCK;
}

/**
 * fovea_image_gradient_get_workspace_size:
 *
 * Returns: bytes of scratch memory that a run wants
 */
gsize
fovea_image_gradient_get_workspace_size (const FoveaImageGradient *self,
                                         gsize batch)
{
  /* The last line may be read up to a whole tile of pixels. */
  return (batch * get_image_workspace (self) + self->kernels->max_line_blocks * FOVEA_BLOCK) * sizeof (float);
}

typedef struct {
  const FoveaImageGradient *self;
  const float *packed;
  const FoveaBlockedMap *output_gradient;
  gboolean accumulate;
  const FoveaImages *images;
  float *planes;
  gsize n_images;       /* that are not mostly zero */
  const gsize *indices; /* of them */
} Run;

/* Copies one block of one image to planes with zeros around. */
static void
copy_block (gsize item,
            guint worker,
            gpointer data)
{
  const Run *run = data;
  const FoveaImageGradient *self = run->self;
  const gsize image = run->indices[item / (gsize) self->n_blocks], block = item % (gsize) self->n_blocks;
  const float *source = run->output_gradient->data + image * run->output_gradient->image_stride + block * fovea_blocked_get_plane (run->output_gradient);
  float *planes = run->planes + image * get_image_workspace (self) + block * FOVEA_BLOCK * get_padded_plane (self);

  memset (planes, 0, FOVEA_BLOCK * get_padded_plane (self) * sizeof (float));
  for (gint64 y = 0; y < self->height; y++)
    self->kernels->unpack (source + y * self->width * FOVEA_BLOCK, (gsize) self->width, FOVEA_BLOCK,
                           planes + (y + self->top) * self->padded_width + self->left, get_padded_plane (self));
}

/* One row of one phase of the image. */
static void
compute_row (const Run *run,
             const Phase *phase,
             gsize image,
             gint64 row)
{
  const FoveaImageGradient *self = run->self;
  const FoveaImages *images = run->images;
  const gint64 n_blocks = (phase->n_columns + FOVEA_BLOCK - 1) / FOVEA_BLOCK, max_blocks = self->kernels->max_line_blocks;
  const gint64 n_tiles = (n_blocks + max_blocks - 1) / max_blocks;
  float sums[FOVEA_LINE_CHANNELS][FOVEA_MAX_LINE] __attribute__ ((aligned (64)));

  for (gint64 tile = 0; tile < n_tiles; tile++)
    {
      const gint64 first_block = n_blocks * tile / n_tiles, end_block = n_blocks * (tile + 1) / n_tiles;
      const gint64 begin = first_block * FOVEA_BLOCK, end = MIN (end_block * FOVEA_BLOCK, phase->n_columns);
      guint n_channels;

      for (gint64 first = 0; first < self->n_image_channels; first += n_channels)
        {
          FoveaLines lines = {
            .input = run->planes + image * get_image_workspace (self) + row * self->padded_width + begin,
            .offsets = phase->offsets,
            .n_taps = (gsize) get_n_outputs (self) * phase->n_taps,
            .weights = run->packed + phase->packed + first,
            .weight_stride = (gsize) self->n_image_channels,
            .sums = sums[0],
            .sum_stride = FOVEA_MAX_LINE,
          };

          n_channels = self->n_image_channels - first >= FOVEA_LINE_CHANNELS ? FOVEA_LINE_CHANNELS : 1;
          self->kernels->lines[n_channels == 1 ? 0 : 1][end_block - first_block - 1] (&lines);
          for (guint i = 0; i < n_channels; i++)
            {
              const gint64 channel = first + i, y = phase->first_row + row * self->stride[0];
              const float std = (float) images->std[channel];
              float *target = images->gradients + (((gint64) image * self->n_image_channels + channel) * images->height + y + images->origin[0]) * images->width +
                              images->origin[1] + phase->first_column;

              for (gint64 x = begin; x < end; x++)
                target[x * self->stride[1]] = (run->accumulate ? target[x * self->stride[1]] : 0) + sums[i][x - begin] / std;
            }
        }
    }
}

static void
compute_image_row (gsize item,
                   guint worker,
                   gpointer data)
{
  const Run *run = data;
  const FoveaImageGradient *self = run->self;
  const gsize image = run->indices[item / (gsize) self->image_height];
  const gint64 y = (gint64) (item % (gsize) self->image_height);

  for (gint64 column = 0; column < self->stride[1]; column++)
    compute_row (run, &self->phases[y % self->stride[0] * self->stride[1] + column], image, y / self->stride[0]);
}

/**
 * fovea_image_gradient_run:
 * @packed: from fovea_image_gradient_pack()
 * @output_gradient: the layer's
 * @accumulate: whether to add to the gradients instead of overwriting them
 * @images: whose part of the layer's input size gets gradients
 * @workspace: fovea_image_gradient_get_workspace_size() bytes, aligned to 64
 *
 * Spreads its work over the pool. Each sum is made in the same order, whatever the batch and the
 * number of threads are.
 */
void
fovea_image_gradient_run (const FoveaImageGradient *self,
                          gsize batch,
                          const float *packed,
                          const FoveaBlockedMap *output_gradient,
                          gboolean accumulate,
                          const FoveaImages *images,
                          gpointer workspace)
{
  g_autofree gsize *indices = g_new (gsize, batch);
  Run run = {
    .self = self,
    .packed = packed,
    .output_gradient = output_gradient,
    .accumulate = accumulate,
    .images = images,
    .planes = workspace,
    .indices = indices,
  };

  for (gsize image = 0; image < batch; image++)
    if (self->scatter != NULL && fovea_image_scatter_has_many_zeros (self->scatter, output_gradient, image))
      fovea_image_scatter_run (self->scatter, packed + get_phases_size (self), output_gradient, image, accumulate, images,
                               run.planes + image * get_image_workspace (self));
    else
      indices[run.n_images++] = image;
  memset (run.planes + batch * get_image_workspace (self), 0, self->kernels->max_line_blocks * FOVEA_BLOCK * sizeof (float));
  fovea_parallel_for (run.n_images * (gsize) self->n_blocks, copy_block, &run);
  fovea_parallel_for (run.n_images * (gsize) self->image_height, compute_image_row, &run);
}
