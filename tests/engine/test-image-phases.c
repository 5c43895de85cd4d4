/* First layers by their phases, and their gradients: as sums in double precision.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <math.h>
#include <stdlib.h>

#include "engine/arena.h"
#include "engine/blocked/image-phases.h"
#include "engine/parallel.h"
#include "tests/engine/kernel-sets.h"

#define BATCH 2

/* The images are larger than the part that is read, which starts here. */
#define MARGIN 2

typedef struct {
  gint64 channels, outputs, height, width, kernel, stride, pad;
} Layer;

/* Three and four taps a phase, whole blocks of phases and parts of one, more columns than are taken together,
 * windows that end before the image or beyond it, that start within it, and padding of more than a stride. */
static const Layer layers[] = {
  { 3, 48, 32, 32, 7, 2, 3 },
  { 3, 17, 27, 290, 11, 4, 2 },
  { 4, 33, 23, 19, 5, 2, 0 },
  { 3, 20, 31, 33, 7, 2, -4 },
  { 1, 16, 40, 38, 9, 3, 4 },
  { 2, 18, 27, 270, 8, 2, 6 },
  { 3, 16, 29, 28, 10, 4, 9 },
};

static float *
allocate (gsize n_bytes)
{
  float *values = fovea_arena_allocate (n_bytes, NULL);

  g_assert_nonnull (values);
  /* Whoever reads what nobody wrote shows it. */
  for (gsize i = 0; i < n_bytes / sizeof (float); i++)
    values[i] = NAN;
  return values;
}

static void
fill (GRand *random,
      float *values,
      gsize n)
{
  for (gsize i = 0; i < n; i++)
    values[i] = (float) g_rand_double_range (random, -1, 1);
}

typedef struct {
  const Layer *layer;
  FoveaConvolutionGeometry geometry;
  FoveaBlockedMap map; /* the layer's output, or its gradient */
  const float *weights;
} Case;

static gsize
find_output (const Case *self,
             gsize image,
             gint64 output,
             gint64 y,
             gint64 x)
{
  return image * self->map.image_stride +
         (gsize) (((output / FOVEA_BLOCK * self->map.height + y) * self->map.width + x) * FOVEA_BLOCK + output % FOVEA_BLOCK);
}

/* In whole images of one channel after the other. */
static gsize
find_pixel (const Case *self,
            gsize image,
            gint64 channel,
            gint64 y,
            gint64 x)
{
  const gint64 height = self->layer->height + 2 * MARGIN, width = self->layer->width + 2 * MARGIN;

  return (gsize) ((((gint64) image * self->layer->channels + channel) * height + y + MARGIN) * width + x + MARGIN);
}

/* Adds to @outputs what they see of @pixels, or to @pixels what comes back from @outputs: whichever is not NULL, of
 * one image. */
static void
convolve (const Case *self,
          gsize image,
          const double *pixels,
          double *outputs,
          double *gradients)
{
  const Layer *layer = self->layer;
  const float *weight = self->weights;

  for (gint64 output = 0; output < layer->outputs; output++)
    for (gint64 c = 0; c < layer->channels; c++)
      for (gint64 ky = 0; ky < layer->kernel; ky++)
        for (gint64 kx = 0; kx < layer->kernel; kx++, weight++)
          for (gint64 y = 0; y < self->map.height; y++)
            for (gint64 x = 0; x < self->map.width; x++)
              {
                const gint64 row = y * layer->stride + ky - layer->pad, column = x * layer->stride + kx - layer->pad;
                gsize place, pixel;

                if (row < 0 || row >= layer->height || column < 0 || column >= layer->width)
                  continue;
                place = find_output (self, image, output, y, x);
                pixel = find_pixel (self, image, c, row, column);
                if (outputs != NULL)
                  outputs[place] += *weight * pixels[pixel];
                else
                  gradients[pixel] += *weight * (double) self->map.data[place];
              }
}

static void
assert_close (const float *found,
              const double *expected,
              gsize n)
{
  double difference = 0, largest = 0;

  for (gsize i = 0; i < n; i++)
    {
      g_assert_true (isfinite (found[i]));
      difference = MAX (difference, fabs (found[i] - expected[i]));
      largest = MAX (largest, fabs (expected[i]));
    }
  g_assert_cmpfloat (difference, <, 1e-5 * largest);
}

static void
check_layer (const FoveaKernels *kernels,
             const Layer *layer)
{
  static const double mean[4] = { 0.5, 0.25, -0.5, 0 }, std[4] = { 0.2, 0.3, 0.25, 2 };
  const gint64 height = layer->height + 2 * MARGIN, width = layer->width + 2 * MARGIN, n_taps = layer->kernel * layer->kernel;
  const gsize n_weights = (gsize) (layer->outputs * layer->channels * n_taps), n_pixels = BATCH * (gsize) (layer->channels * height * width);
  g_autoptr (GRand) random = g_rand_new_with_seed (9);
  g_autofree float *weights = g_new (float, n_weights), *images = g_new (float, n_pixels), *gradients = g_new (float, n_pixels);
  g_autofree double *normalized = g_new (double, n_pixels), *expected_gradients = g_new0 (double, n_pixels);
  FoveaWeightSource source = {
    .weights = weights,
    .n_outputs = layer->outputs,
    .n_inputs = layer->channels,
    .kernel = { layer->kernel, layer->kernel },
    .output_stride = (gssize) (layer->channels * n_taps),
    .input_stride = (gssize) n_taps,
    .tap_stride = 1,
    .n_groups = 1,
  };
  const FoveaImages part = {
    .planes = images,
    .gradients = gradients,
    .height = height,
    .width = width,
    .origin = { MARGIN, MARGIN },
    .mean = mean,
    .std = std,
  };
  const FoveaEpilogue nothing = { 0 };
  Case self = { .layer = layer, .weights = weights };

  self.geometry = (FoveaConvolutionGeometry) {
    .n_groups = 1,
    .input_channels = layer->channels,
    .input_height = layer->height,
    .input_width = layer->width,
    .output_channels = layer->outputs,
    .output_height = (layer->height + 2 * layer->pad - layer->kernel) / layer->stride + 1,
    .output_width = (layer->width + 2 * layer->pad - layer->kernel) / layer->stride + 1,
    .kernel = { layer->kernel, layer->kernel },
    .stride = { layer->stride, layer->stride },
    .dilation = { 1, 1 },
    .pad_begin = { layer->pad, layer->pad },
  };
  g_assert_true (fovea_image_phases_is_suitable (&self.geometry));
  self.map = (FoveaBlockedMap) {
    .n_blocks = fovea_blocked_count (layer->outputs),
    .height = self.geometry.output_height,
    .width = self.geometry.output_width,
  };
  self.map.image_stride = (gsize) self.map.n_blocks * fovea_blocked_get_plane (&self.map);
  self.map.data = allocate (BATCH * self.map.image_stride * sizeof (float));
  fill (random, weights, n_weights);
  fill (random, images, n_pixels);
  for (gsize i = 0; i < n_pixels; i++)
    {
      const gsize channel = i / (gsize) (height * width) % (gsize) layer->channels;

      normalized[i] = (images[i] - mean[channel]) / std[channel];
    }

  for (guint gradient = 0; gradient < 2; gradient++)
    for (guint accumulate = 0; accumulate <= gradient; accumulate++)
      {
        g_autoptr (FoveaImagePhases) phases = fovea_image_phases_new (kernels, &self.geometry, gradient != 0);
        const gsize scratch_size = fovea_image_phases_get_scratch_size (phases, BATCH) * fovea_parallel_get_n_threads ();
        float *packed = allocate (fovea_image_phases_get_packed_size (phases) * sizeof (float));
        float *workspace = allocate (fovea_image_phases_get_workspace_size (phases, BATCH)), *scratch = allocate (scratch_size);

        if (gradient == 0)
          {
            g_autofree double *expected = g_new0 (double, BATCH * self.map.image_stride);

            fovea_image_phases_pack (phases, &source, packed);
            fovea_image_phases_run (phases, BATCH, packed, &part, &self.map, &nothing, workspace, scratch);
            for (gsize image = 0; image < BATCH; image++)
              convolve (&self, image, normalized, expected, NULL);
            assert_close (self.map.data, expected, BATCH * self.map.image_stride);
          }
        else
          {
            FoveaWeightSource exchanged = source;

            exchanged.n_outputs = source.n_inputs;
            exchanged.n_inputs = source.n_outputs;
            exchanged.output_stride = source.input_stride;
            exchanged.input_stride = source.output_stride;
            for (gsize i = 0; i < n_pixels; i++)
              gradients[i] = 1;
            fovea_image_phases_pack (phases, &exchanged, packed);
            fovea_image_phases_run_gradient (phases, BATCH, packed, &self.map, accumulate != 0, &part, workspace, scratch);
            for (gsize i = 0; i < n_pixels; i++)
              expected_gradients[i] = 0;
            for (gsize image = 0; image < BATCH; image++)
              convolve (&self, image, NULL, NULL, expected_gradients);
            for (gsize i = 0; i < n_pixels; i++)
              {
                const gint64 y = (gint64) i / width % height - MARGIN, x = (gint64) i % width - MARGIN;
                const gboolean inside = y >= 0 && y < layer->height && x >= 0 && x < layer->width;
                const gsize channel = i / (gsize) (height * width) % (gsize) layer->channels;

                expected_gradients[i] = expected_gradients[i] / std[channel] + (accumulate || !inside ? 1 : 0);
              }
            assert_close (gradients, expected_gradients, n_pixels);
          }
        free (packed);
        free (workspace);
        free (scratch);
      }
  free (self.map.data);
}

static void
test_layers (gconstpointer data)
{
  const FoveaKernels *kernels = kernel_sets_require (data);

  if (kernels == NULL)
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (layers); i++)
    check_layer (kernels, &layers[i]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  kernel_sets_add_test ("/image-phases/layers", test_layers);
  return g_test_run ();
}
