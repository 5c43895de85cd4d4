/* Poolings of blocked maps, and their gradients: as written down window by window.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engine/arena.h"
#include "engine/blocked/maps-run.h"
#include "tests/engine/kernel-sets.h"

#define BATCH 2
#define N_BLOCKS 3

typedef struct {
  gint64 height, width, output_height, output_width, kernel[2], stride[2], pad[2];
} Case;

/* Windows of 3×3 with stride 2 as most networks have them, with every padding, with windows that end beyond the map
 * (ceil_mode) and such that leave its end unseen, in parts of a map (negative padding); one window; windows that touch,
 * overlap by more, leave gaps, and are as large as the map. */
static const Case cases[] = {
  { 32, 32, 16, 16, { 3, 3 }, { 2, 2 }, { 1, 1 } },
  { 13, 15, 6, 7, { 3, 3 }, { 2, 2 }, { 0, 0 } },
  { 14, 16, 7, 8, { 3, 3 }, { 2, 2 }, { 0, 0 } },
  { 14, 17, 6, 7, { 3, 3 }, { 2, 2 }, { 0, 0 } },
  { 11, 12, 6, 7, { 3, 3 }, { 2, 2 }, { 2, 2 } },
  { 17, 18, 7, 6, { 3, 3 }, { 2, 2 }, { -2, -5 } },
  { 3, 3, 1, 1, { 3, 3 }, { 2, 2 }, { 0, 0 } },
  { 4, 2, 2, 1, { 3, 3 }, { 2, 2 }, { 1, 1 } },
  { 12, 9, 6, 4, { 2, 2 }, { 2, 2 }, { 0, 0 } },
  { 9, 10, 9, 10, { 3, 3 }, { 1, 1 }, { 1, 1 } },
  { 12, 13, 5, 4, { 2, 1 }, { 3, 3 }, { 1, 0 } },
  { 11, 10, 4, 4, { 5, 4 }, { 2, 2 }, { 0, 0 } },
  { 7, 8, 1, 1, { 7, 8 }, { 1, 1 }, { 0, 0 } },
};

static FoveaBlockedMap
make_map (gint64 height,
          gint64 width)
{
  FoveaBlockedMap map = { .n_blocks = N_BLOCKS, .height = height, .width = width };

  map.image_stride = N_BLOCKS * fovea_blocked_get_plane (&map);
  map.data = fovea_arena_allocate (BATCH * map.image_stride * sizeof (float), NULL);
  g_assert_nonnull (map.data);
  return map;
}

static gsize
count_values (const FoveaBlockedMap *map)
{
  return BATCH * map->image_stride;
}

/* Whole numbers from few, so that many are equal. */
static void
fill (GRand *random,
      const FoveaBlockedMap *map)
{
  for (gsize i = 0; i < count_values (map); i++)
    map->data[i] = (float) g_rand_int_range (random, -4, 5);
}

/* Calls for all that one lane of one block sees: the window's place, the tap and the pixel's place. */
typedef void (*TapFunc) (gsize window, guint tap, gsize pixel, gpointer data);

static void
visit (const Case *self,
       TapFunc func,
       gpointer data)
{
  for (gsize block = 0; block < BATCH * N_BLOCKS; block++)
    for (gint64 y = 0; y < self->output_height; y++)
      for (gint64 x = 0; x < self->output_width; x++)
        for (gint64 ky = 0; ky < self->kernel[0]; ky++)
          for (gint64 kx = 0; kx < self->kernel[1]; kx++)
            for (gint64 lane = 0; lane < FOVEA_BLOCK; lane++)
              {
                const gint64 row = y * self->stride[0] - self->pad[0] + ky, column = x * self->stride[1] - self->pad[1] + kx;

                if (row >= 0 && row < self->height && column >= 0 && column < self->width)
                  func ((gsize) ((((gint64) block * self->output_height + y) * self->output_width + x) * FOVEA_BLOCK + lane), (guint) (ky * self->kernel[1] + kx),
                        (gsize) ((((gint64) block * self->height + row) * self->width + column) * FOVEA_BLOCK + lane), data);
              }
}

typedef struct {
  const float *input;
  float *output;
  guint8 *taps;
  double *sums;
  const float *output_gradient;
  const guint8 *found_taps;
} Reference;

/* Of equal ones the first counts, and what is not a number counts as the largest. */
static void
take_maximum (gsize window,
              guint tap,
              gsize pixel,
              gpointer data)
{
  Reference *reference = data;
  const float value = reference->input[pixel];

  if (reference->taps[window] == 255 || value > reference->output[window] || isnan (value))
    {
      reference->output[window] = value;
      reference->taps[window] = (guint8) tap;
    }
}

static void
return_maximum (gsize window,
                guint tap,
                gsize pixel,
                gpointer data)
{
  Reference *reference = data;

  if (reference->found_taps[window] == tap)
    reference->sums[pixel] += reference->output_gradient[window];
}

static void
return_share (gsize window,
              guint tap,
              gsize pixel,
              gpointer data)
{
  Reference *reference = data;

  reference->sums[pixel] += reference->output_gradient[window] / 4;
}

/* What accumulates starts from one everywhere; masked is what no bit is set for. */
static void
assert_sums (const FoveaBlockedMap *map,
             const double *sums,
             gboolean accumulate,
             const guint16 *mask)
{
  for (gsize i = 0; i < count_values (map); i++)
    {
      const gboolean kept = mask == NULL || (mask[i / FOVEA_BLOCK] >> i % FOVEA_BLOCK & 1);

      g_assert_cmpfloat (map->data[i], ==, kept ? (float) sums[i] + (accumulate ? 1 : 0) : 0);
    }
}

static void
check_case (const FoveaKernels *kernels,
            const Case *self,
            gboolean with_not_a_number)
{
  const FoveaBlockedPooling pooling = {
    .input_height = self->height,
    .input_width = self->width,
    .output_height = self->output_height,
    .output_width = self->output_width,
    .kernel = { self->kernel[0], self->kernel[1] },
    .stride = { self->stride[0], self->stride[1] },
    .pad_begin = { self->pad[0], self->pad[1] },
  };
  const FoveaBlockedMap input = make_map (self->height, self->width), output = make_map (self->output_height, self->output_width);
  const gsize n_inputs = count_values (&input), n_outputs = count_values (&output);
  g_autoptr (GRand) random = g_rand_new_with_seed (5);
  g_autofree float *maxima = g_new (float, n_outputs), *row_factors = g_new (float, self->output_height), *column_factors = g_new (float, self->output_width);
  g_autofree guint8 *taps = g_malloc (n_outputs), *found_taps = g_malloc (n_outputs);
  g_autofree double *sums = g_new0 (double, n_inputs), *shares = g_new0 (double, n_inputs);
  g_autofree guint16 *bits = g_new (guint16, n_inputs / FOVEA_BLOCK);
  Reference reference = { input.data, maxima, taps, sums, output.data, found_taps };

  fill (random, &input);
  for (gsize i = 0; with_not_a_number && i < n_inputs; i += 41)
    input.data[i] = NAN;
  memset (taps, 255, n_outputs);
  fovea_maps_max_pool (kernels, BATCH, &pooling, &input, &output, found_taps);
  visit (self, take_maximum, &reference);
  for (gsize i = 0; i < n_outputs; i++)
    {
      g_assert_true (output.data[i] == maxima[i] || (isnan (output.data[i]) && isnan (maxima[i])));
      g_assert_cmpuint (found_taps[i], ==, taps[i]);
    }

  fill (random, &output);
  visit (self, return_maximum, &reference);
  reference.sums = shares;
  visit (self, return_share, &reference);
  for (gsize i = 0; i < n_inputs / FOVEA_BLOCK; i++)
    bits[i] = (guint16) g_rand_int (random);
  for (gint64 y = 0; y < self->output_height; y++)
    row_factors[y] = 0.5f;
  for (gint64 x = 0; x < self->output_width; x++)
    column_factors[x] = 0.5f;
  for (guint way = 0; way < 4; way++)
    {
      const gboolean accumulate = way % 2 != 0;
      const FoveaBlockedSigns mask = { .bits = way / 2 != 0 ? bits : NULL, .image_stride = input.image_stride / FOVEA_BLOCK };

      for (gsize i = 0; i < n_inputs; i++)
        input.data[i] = accumulate ? 1 : NAN;
      fovea_maps_max_pool_gradient (kernels, BATCH, &pooling, &output, found_taps, accumulate, &mask, &input);
      assert_sums (&input, sums, accumulate, mask.bits);
      for (gsize i = 0; i < n_inputs; i++)
        input.data[i] = accumulate ? 1 : NAN;
      fovea_maps_average_pool_gradient (kernels, BATCH, &pooling, row_factors, column_factors, &output, accumulate, &mask, &input);
      assert_sums (&input, shares, accumulate, mask.bits);
    }
  free (input.data);
  free (output.data);
}

static void
test_poolings (gconstpointer data)
{
  const FoveaKernels *kernels = kernel_sets_require (data);

  if (kernels == NULL)
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      check_case (kernels, &cases[i], FALSE);
      check_case (kernels, &cases[i], TRUE);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  kernel_sets_add_test ("/blocked-poolings/cases", test_poolings);
  return g_test_run ();
}
