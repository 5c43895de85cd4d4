/* Convolutions that leave out zeros: the same sums as without, the same bytes in any batch and with any number of threads; and
 * gradients of images as sums in double precision.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engine/arena.h"
#include "engine/blocked/direct.h"
#include "engine/blocked/image-gradient.h"
#include "engine/parallel.h"
#include "tests/engine/kernel-sets.h"

#define N_IMAGES 3

/* Few have groups of pixels of their own, many take each other's outputs. */
#define FEW_THREADS 2
#define MANY_THREADS 7

typedef struct {
  gint64 inputs, outputs, height, width, kernel, stride, pad;
} Layer;

/* Long rows and short ones, of odd numbers of pixels too, more pixels than a group takes, more outputs than are kept at a time,
 * more lists than are made at a time, sums in pieces, odd numbers of segments, phases without taps, tiles by ones, twos, threes
 * and fours. */
static const Layer layers[] = {
  { 64, 128, 14, 14, 1, 1, 0 },
  { 48, 96, 23, 17, 3, 2, 1 },
  { 512, 64, 7, 7, 3, 2, 1 },
  { 32, 1216, 9, 6, 1, 1, 0 },
  { 576, 1088, 5, 3, 1, 1, 0 },
  { 1088, 1088, 14, 7, 1, 1, 0 },
  { 64, 96, 450, 1, 3, 1, 1 },
  { 96, 64, 30, 29, 1, 2, 0 },
  { 64, 160, 12, 12, 5, 1, 2 },
};

static float *
allocate (gsize n_floats)
{
  float *values = fovea_arena_allocate (MAX (n_floats, 1) * sizeof (float), NULL);

  g_assert_nonnull (values);
  memset (values, 0, n_floats * sizeof (float));
  return values;
}

static FoveaBlockedMap
make_map (gsize batch,
          gint64 channels,
          gint64 height,
          gint64 width)
{
  FoveaBlockedMap map = { .n_blocks = fovea_blocked_count (channels), .height = height, .width = width };

  map.image_stride = (gsize) map.n_blocks * fovea_blocked_get_plane (&map);
  map.data = allocate (batch * map.image_stride);
  return map;
}

/* So many of 100 values are not zero. */
static void
fill (GRand *random,
      float *values,
      gsize n,
      int percent)
{
  for (gsize i = 0; i < n; i++)
    values[i] = g_rand_int_range (random, 0, 100) < percent ? (float) g_rand_double_range (random, -1, 1) : 0;
}

/* One image of a map. */
static FoveaBlockedMap
get_image (const FoveaBlockedMap *map,
            gsize image)
{
  FoveaBlockedMap one = *map;

  one.data += image * map->image_stride;
  return one;
}

/* Signs or masks likewise. */
static FoveaBlockedSigns
get_image_signs (const FoveaBlockedSigns *signs,
                 gsize image)
{
  return (FoveaBlockedSigns) { signs->bits != NULL ? signs->bits + image * signs->image_stride : NULL, signs->image_stride };
}

/* Runs it with zeros and without, for all images with few threads, and for each by itself with many. */
static void
compare (const FoveaKernels *kernels,
         const Layer *layer,
         gboolean gradient,
         int percent)
{
  const FoveaConvolutionGeometry geometry = {
    .n_groups = 1,
    .input_channels = layer->inputs,
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
  g_autoptr (FoveaDirect) direct = gradient ? fovea_direct_new_gradient (kernels, &geometry) : fovea_direct_new_forward (kernels, &geometry);
  g_autoptr (GRand) random = g_rand_new_with_seed (7);
  const gint64 n_taps = layer->kernel * layer->kernel, n_outputs = gradient ? layer->inputs : layer->outputs;
  const gsize n_weights = (gsize) (layer->inputs * layer->outputs * n_taps);
  const gsize scratch_size = fovea_direct_get_scratch_size (direct) * MANY_THREADS, n_channels = (gsize) n_outputs;
  g_autofree float *weights = g_new (float, n_weights);
  const FoveaWeightSource source = {
    .weights = weights,
    .n_outputs = n_outputs,
    .n_inputs = gradient ? layer->outputs : layer->inputs,
    .kernel = { layer->kernel, layer->kernel },
    .output_stride = (gssize) (gradient ? n_taps : layer->inputs * n_taps),
    .input_stride = (gssize) (gradient ? layer->inputs * n_taps : n_taps),
    .tap_stride = 1,
    .n_groups = 1,
  };
  const FoveaBlockedMap large = make_map (N_IMAGES, layer->inputs, layer->height, layer->width);
  const FoveaBlockedMap small = make_map (N_IMAGES, layer->outputs, geometry.output_height, geometry.output_width);
  const FoveaBlockedMap *input = gradient ? &small : &large, *output = gradient ? &large : &small;
  const gsize n_values = N_IMAGES * output->image_stride;
  g_autofree guint16 *signs = g_new0 (guint16, n_values / FOVEA_BLOCK), *mask = g_new0 (guint16, n_values / FOVEA_BLOCK);
  g_autofree float *first = NULL;
  float *packed = allocate (fovea_direct_get_packed_size (direct)), *channels = allocate (4 * n_channels), *addend = allocate (n_values);
  gpointer workspace = allocate (fovea_direct_get_workspace_size (direct, N_IMAGES) / sizeof (float));
  char *scratch = (char *) allocate (scratch_size / sizeof (float));
  FoveaEpilogue epilogue = {
    .bias = channels,
    .mean = channels + n_channels,
    .factor = channels + 2 * n_channels,
    .offset = channels + 3 * n_channels,
    .addend = *output,
    .relu = !gradient,
    .signs = { signs, output->image_stride / FOVEA_BLOCK },
  };
  float difference = 0, largest = 0;
  gboolean used = FALSE;

  fill (random, weights, n_weights, 100);
  fill (random, channels, 4 * n_channels, 100);
  fill (random, addend, n_values, 100);
  fill (random, input->data, N_IMAGES * input->image_stride, percent);
  epilogue.addend.data = addend;
  if (gradient)
    {
      for (gsize i = 0; i < n_values / FOVEA_BLOCK; i++)
        mask[i] = (guint16) g_rand_int (random);
      epilogue.mask = (FoveaBlockedSigns) { mask, output->image_stride / FOVEA_BLOCK };
    }
  fovea_direct_pack (direct, &source, packed);

  fovea_parallel_set_n_threads (FEW_THREADS);
  fovea_direct_run (direct, N_IMAGES, packed, input, output, &epilogue, workspace, NULL);
  first = g_memdup2 (output->data, n_values * sizeof (float));
  memset (output->data, 0xff, n_values * sizeof (float));
  memset (signs, 0xff, n_values / FOVEA_BLOCK * sizeof (guint16));
  memset (scratch, 0xff, scratch_size);
  fovea_direct_run (direct, N_IMAGES, packed, input, output, &epilogue, workspace, scratch);
  for (gsize i = 0; i < n_values; i++)
    {
      difference = MAX (difference, fabsf (output->data[i] - first[i]));
      largest = MAX (largest, fabsf (first[i]));
      g_assert_cmpint (signs[i / FOVEA_BLOCK] >> i % FOVEA_BLOCK & 1, ==, output->data[i] > 0);
    }
  g_assert_cmpfloat (largest, >, 0);
  g_assert_cmpfloat (difference, <, 2e-6f * largest);
  for (gsize i = 0; i < scratch_size; i++)
    used |= scratch[i] != (char) 0xff;
  g_assert_cmpint (used, ==, scratch_size > 0);
  g_assert_true (gradient || used);

  fovea_parallel_set_n_threads (MANY_THREADS);
  memcpy (first, output->data, n_values * sizeof (float));
  memset (output->data, 0xff, n_values * sizeof (float));
  for (gsize image = 0; image < N_IMAGES; image++)
    {
      const FoveaBlockedMap from = get_image (input, image), to = get_image (output, image);
      FoveaEpilogue part = epilogue;

      part.addend = get_image (&epilogue.addend, image);
      part.mask = get_image_signs (&epilogue.mask, image);
      part.signs = get_image_signs (&epilogue.signs, image);
      fovea_direct_run (direct, 1, packed, &from, &to, &part, workspace, scratch);
    }
  g_assert_cmpmem (output->data, n_values * sizeof (float), first, n_values * sizeof (float));
  free (large.data);
  free (small.data);
  free (packed);
  free (channels);
  free (addend);
  free (workspace);
  free (scratch);
}

static void
test_zeros (gconstpointer data)
{
  static const int percents[] = { 0, 30, 100 };
  const FoveaKernels *kernels = kernel_sets_require (data);

  if (kernels == NULL)
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (layers); i++)
    for (gsize j = 0; j < G_N_ELEMENTS (percents); j++)
      {
        g_test_message ("layer %" G_GSIZE_FORMAT ", %d %%", i, percents[j]);
        compare (kernels, &layers[i], FALSE, percents[j]);
        compare (kernels, &layers[i], TRUE, percents[j]);
      }
}

typedef struct {
  gint64 channels, outputs, height, width, kernel, stride, pad;
} FirstLayer;

/* More rows than a strip has, more columns than a group; windows that end before the image, beyond it, and that start
 * within it, as where only a part of the image is read; kernels too small for it. */
static const FirstLayer first_layers[] = {
  { 3, 48, 64, 64, 7, 2, 3 },
  { 3, 64, 75, 300, 11, 4, 2 },
  { 4, 33, 23, 19, 5, 3, 0 },
  { 3, 20, 31, 33, 7, 2, -4 },
  { 1, 16, 20, 18, 9, 1, 4 },
  { 3, 16, 12, 12, 3, 1, 1 },
};

/* The gradient of an image in double precision. */
static double *
sum_image_gradient (const FirstLayer *layer,
                    const float *weights,
                    const FoveaBlockedMap *map,
                    gsize image)
{
  double *gradient = g_new0 (double, layer->channels * layer->height * layer->width);

  for (gint64 output = 0; output < layer->outputs; output++)
    for (gint64 y = 0; y < map->height; y++)
      for (gint64 x = 0; x < map->width; x++)
        {
          const double seed = map->data[image * map->image_stride + (gsize) (((output / FOVEA_BLOCK * map->height + y) * map->width + x) * FOVEA_BLOCK + output % FOVEA_BLOCK)];

          for (gint64 c = 0; seed != 0 && c < layer->channels; c++)
            for (gint64 ky = 0; ky < layer->kernel; ky++)
              for (gint64 kx = 0; kx < layer->kernel; kx++)
                {
                  const gint64 row = y * layer->stride + ky - layer->pad, column = x * layer->stride + kx - layer->pad;

                  if (row >= 0 && row < layer->height && column >= 0 && column < layer->width)
                    gradient[(c * layer->height + row) * layer->width + column] +=
                      seed * weights[((output * layer->channels + c) * layer->kernel + ky) * layer->kernel + kx];
                }
        }
  return gradient;
}

/* Two images, of which the first one's gradients are mostly zero. */
static void
check_first_layer (const FoveaKernels *kernels,
                   const FirstLayer *layer,
                   gboolean accumulate)
{
  const FoveaConvolutionGeometry geometry = {
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
  static const double mean[4] = { 0 }, std[4] = { 0.2, 0.3, 0.25, 2 };
  const gint64 n_taps = layer->kernel * layer->kernel;
  const gsize n_weights = (gsize) (layer->outputs * layer->channels * n_taps), n_image = (gsize) (layer->channels * layer->height * layer->width);
  g_autoptr (FoveaImageGradient) gradient = fovea_image_gradient_new (kernels, &geometry);
  g_autoptr (GRand) random = g_rand_new_with_seed (9);
  g_autofree float *weights = g_new (float, n_weights), *found = g_new (float, 2 * n_image);
  const FoveaWeightSource source = {
    .weights = weights,
    .n_outputs = layer->channels,
    .n_inputs = layer->outputs,
    .kernel = { layer->kernel, layer->kernel },
    .output_stride = (gssize) n_taps,
    .input_stride = (gssize) (layer->channels * n_taps),
    .tap_stride = 1,
    .n_groups = 1,
  };
  const FoveaImages images = { .gradients = found, .height = layer->height, .width = layer->width, .mean = mean, .std = std };
  const FoveaBlockedMap map = make_map (2, layer->outputs, geometry.output_height, geometry.output_width);
  float *packed = allocate (fovea_image_gradient_get_packed_size (gradient));
  gpointer workspace = allocate (fovea_image_gradient_get_workspace_size (gradient, 2) / sizeof (float));

  fill (random, weights, n_weights, 100);
  /* What fills the last block is zero in every map. */
  for (gsize image = 0; image < 2; image++)
    for (gint64 output = 0; output < layer->outputs; output++)
      for (gint64 i = 0; i < map.height * map.width; i++)
        fill (random, map.data + image * map.image_stride + (gsize) ((output / FOVEA_BLOCK * map.height * map.width + i) * FOVEA_BLOCK + output % FOVEA_BLOCK),
              1, image == 0 ? 15 : 90);
  for (gsize i = 0; i < 2 * n_image; i++)
    found[i] = accumulate ? 1 : 1000;
  fovea_image_gradient_pack (gradient, &source, packed);
  fovea_image_gradient_run (gradient, 2, packed, &map, accumulate, &images, workspace);

  for (gsize image = 0; image < 2; image++)
    {
      g_autofree double *expected = sum_image_gradient (layer, weights, &map, image);
      double difference = 0, largest = 0;

      for (gsize i = 0; i < n_image; i++)
        {
          const double value = expected[i] / std[i / (n_image / (gsize) layer->channels)] + (accumulate ? 1 : 0);

          difference = MAX (difference, fabs (found[image * n_image + i] - value));
          largest = MAX (largest, fabs (value));
        }
      g_assert_cmpfloat (difference, <, 1e-5 * largest);
    }
  free (map.data);
  free (packed);
  free (workspace);
}

static void
test_first_layers (gconstpointer data)
{
  const FoveaKernels *kernels = kernel_sets_require (data);

  if (kernels == NULL)
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (first_layers); i++)
    {
      check_first_layer (kernels, &first_layers[i], FALSE);
      check_first_layer (kernels, &first_layers[i], TRUE);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  kernel_sets_add_test ("/direct/zeros", test_zeros);
  kernel_sets_add_test ("/direct/first-layers", test_first_layers);
  return g_test_run ();
}
