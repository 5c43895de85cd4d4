/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/analysis/transforms.h"

#include <math.h>
#include <string.h>

#include "tests/engine/tiny-graph.h"

#define HEIGHT 11
#define WIDTH 8
#define N_PIXELS (HEIGHT * WIDTH)
#define N_IMAGE (3 * N_PIXELS)

/* Ranges of one value each. */
static FoveaTransform
make_transform (const FoveaTransformRanges *ranges,
                guint64 seed)
{
  FoveaTransform transform;
  FoveaRandom random;

  fovea_random_init (&random, seed, 0);
  fovea_transform_draw (&transform, ranges, HEIGHT, WIDTH, &random);
  return transform;
}

static void
test_identity (void)
{
  FoveaTransformRanges ranges = { .pad = 3, .scale_minimum = 1, .scale_maximum = 1 };
  FoveaTransform transform = make_transform (&ranges, 1);
  float image[N_IMAGE], view[N_IMAGE];

  tiny_fill (image, N_IMAGE, 1);
  fovea_transform_apply (&transform, image, view);
  for (guint i = 0; i < N_IMAGE; i++)
    g_assert_cmpfloat_with_epsilon (view[i], image[i], 1e-5);
}

/* Scaling by 2 around the centre, and a quarter turn; checked at single pixels by hand. */
static void
test_geometry (void)
{
  FoveaTransformRanges scale = { .scale_minimum = 2, .scale_maximum = 2 };
  FoveaTransform transform = make_transform (&scale, 1);
  float image[N_IMAGE], view[N_IMAGE];
  /* Rotating by exactly 90 degrees draws from [-90, 90]; take the map itself. */
  FoveaTransform turn = { .height = HEIGHT, .width = WIDTH, .row = { 0, 1, 1.5f }, .column = { -1, 0, 8.5f }, .padded = TRUE };

  for (guint i = 0; i < N_IMAGE; i++)
    image[i] = (float) (i / WIDTH % HEIGHT) * 10 + (float) (i % WIDTH);

  /* The centre is row 5, column 3.5; view row 7 is image row 5 + 2 / 2, column 5 is 3.5 + 1.5 / 2. */
  fovea_transform_apply (&transform, image, view);
  g_assert_cmpfloat_with_epsilon (view[7 * WIDTH + 5], 60 + 4.25, 1e-4);
  g_assert_cmpfloat_with_epsilon (view[2 * N_PIXELS + 5 * WIDTH + 0], 50 + 1.75, 1e-4);

  /* View (2, 3) is image row 3 + 1.5, column 8.5 - 2, and view (1, 6) lies at column 7.5, half of it
   * outside. */
  fovea_transform_apply (&turn, image, view);
  g_assert_cmpfloat_with_epsilon (view[2 * WIDTH + 3], 45 + 6.5, 1e-4);
  g_assert_cmpfloat_with_epsilon (view[1 * WIDTH + 6], 0.5 * (75 + 7) + 0.5 * 0.5, 1e-4);
}

static void
test_border (void)
{
  FoveaTransformRanges ranges = { .pad = 1, .scale_minimum = 0.5, .scale_maximum = 0.5 };
  FoveaTransform padded = make_transform (&ranges, 1);
  FoveaTransform repeated;
  float image[N_IMAGE], view[N_IMAGE];

  ranges.pad = 0;
  repeated = make_transform (&ranges, 1);
  for (guint i = 0; i < N_IMAGE; i++)
    image[i] = 0.25f;

  fovea_transform_apply (&padded, image, view);
  g_assert_cmpfloat_with_epsilon (view[0], 0.5, 1e-6);
  g_assert_cmpfloat_with_epsilon (view[N_IMAGE - 1], 0.5, 1e-6);
  g_assert_cmpfloat_with_epsilon (view[5 * WIDTH + 3], 0.25, 1e-6);

  fovea_transform_apply (&repeated, image, view);
  for (guint i = 0; i < N_IMAGE; i++)
    g_assert_cmpfloat_with_epsilon (view[i], 0.25, 1e-6);
}

/* ⟨T a - T 0, b⟩ = ⟨a, T' b⟩ for many transforms. */
static void
test_adjoint (void)
{
  FoveaTransformRanges ranges = { .jitter = 6, .scale_minimum = 0.6, .scale_maximum = 1.6, .rotation = 40, .second_jitter = 3 };

  for (guint64 seed = 0; seed < 40; seed++)
    {
      FoveaTransform transform;
      float image[N_IMAGE], view[N_IMAGE], weights[N_IMAGE], gradient[N_IMAGE], nothing[N_IMAGE] = { 0 }, constant[N_IMAGE];
      double forth = 0, back = 0;

      ranges.pad = seed % 2 == 0 ? 4 : 0;
      transform = make_transform (&ranges, seed);
      tiny_fill (image, N_IMAGE, (guint32) seed + 100);
      tiny_fill (weights, N_IMAGE, (guint32) seed + 200);
      fovea_transform_apply (&transform, image, view);
      fovea_transform_apply (&transform, nothing, constant);
      fovea_transform_apply_adjoint (&transform, weights, gradient);
      for (guint i = 0; i < N_IMAGE; i++)
        {
          forth += (double) (view[i] - constant[i]) * weights[i];
          back += (double) image[i] * gradient[i];
        }
      g_assert_cmpfloat_with_epsilon (forth, back, 2e-5);
    }
}

/* The draws stay within their ranges and use them. */
static void
test_ranges (void)
{
  FoveaTransformRanges ranges = { .pad = 12, .jitter = 8, .scale_minimum = 0.9, .scale_maximum = 1.1, .rotation = 10 };
  double smallest = 10, largest = 0, left = 0, right = 0, shift_left = 0, shift_right = 0;
  FoveaRandom random;

  fovea_random_init (&random, 3, 3);
  for (guint i = 0; i < 500; i++)
    {
      FoveaTransform transform;
      double scale, angle, center;

      fovea_transform_draw (&transform, &ranges, HEIGHT, WIDTH, &random);
      scale = 1 / hypot (transform.row[0], transform.row[1]);
      angle = atan2 (transform.row[1], transform.row[0]) * 180 / G_PI;
      center = transform.row[0] * 5.0 + transform.row[1] * 3.5 + transform.row[2] - 5;
      smallest = MIN (smallest, scale);
      largest = MAX (largest, scale);
      left = MIN (left, angle);
      right = MAX (right, angle);
      shift_left = MIN (shift_left, center);
      shift_right = MAX (shift_right, center);
    }
  g_assert_cmpfloat_with_epsilon (smallest, 0.9, 0.005);
  g_assert_cmpfloat (smallest, >=, 0.8999);
  g_assert_cmpfloat_with_epsilon (largest, 1.1, 0.005);
  g_assert_cmpfloat (largest, <=, 1.1001);
  g_assert_cmpfloat_with_epsilon (left, -10, 0.3);
  g_assert_cmpfloat (left, >=, -10.001);
  g_assert_cmpfloat_with_epsilon (right, 10, 0.3);
  g_assert_cmpfloat (right, <=, 10.001);
  g_assert_cmpfloat_with_epsilon (shift_left, -4, 0.2);
  g_assert_cmpfloat (shift_left, >=, -4.001);
  g_assert_cmpfloat_with_epsilon (shift_right, 4, 0.2);
  g_assert_cmpfloat (shift_right, <=, 4.001);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/transforms/identity", test_identity);
  g_test_add_func ("/transforms/geometry", test_geometry);
  g_test_add_func ("/transforms/border", test_border);
  g_test_add_func ("/transforms/adjoint", test_adjoint);
  g_test_add_func ("/transforms/ranges", test_ranges);
  return g_test_run ();
}
