/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/analysis/regularizers.h"

#include <math.h>
#include <string.h>

#include "tests/engine/tiny-graph.h"

#define HEIGHT 4
#define WIDTH 5
#define N_IMAGE (3 * HEIGHT * WIDTH)
#define WEIGHT 0.75

typedef double (*Penalty) (const float *image, float *gradient);

static double
get_total_variation (const float *image,
                     float *gradient)
{
  return fovea_regularize_total_variation (image, 3, HEIGHT, WIDTH, WEIGHT, gradient);
}

static double
get_l1 (const float *image,
        float *gradient)
{
  return fovea_regularize_l1 (image, N_IMAGE, WEIGHT, gradient);
}

static double
get_l2 (const float *image,
        float *gradient)
{
  return fovea_regularize_l2 (image, N_IMAGE, WEIGHT, gradient);
}

/* Rows 1 2 4 and 0 2 7: vertical differences 1, 0, 3; horizontal ones 1, 2, 2, 5. */
static void
test_values (void)
{
  static const float image[] = { 1, 2, 4, 0, 2, 7 };
  float gradient[6] = { 0 };

  g_assert_cmpfloat (fovea_regularize_total_variation (image, 1, 2, 3, 1, gradient), ==, 14);
  /* Down from what is above its neighbours, up from what is below. */
  g_assert_cmpfloat (gradient[2], ==, 0);
  g_assert_cmpfloat (gradient[5], ==, -2);
  g_assert_cmpfloat (gradient[3], ==, 2);

  /* A second plane of the same values adds only its own differences. */
  {
    static const float planes[] = { 1, 2, 4, 0, 2, 7, 1, 2, 4, 0, 2, 7 };
    float gradients[12] = { 0 };

    g_assert_cmpfloat (fovea_regularize_total_variation (planes, 2, 2, 3, 1, gradients), ==, 28);
  }

  g_assert_cmpfloat_with_epsilon (fovea_regularize_l1 (image, 6, 1, gradient), 0.5 + 1.5 + 3.5 + 0.5 + 1.5 + 6.5, 1e-9);
  g_assert_cmpfloat_with_epsilon (fovea_regularize_l2 (image, 6, 1, gradient),
                                  sqrt (0.25 + 2.25 + 12.25 + 0.25 + 2.25 + 42.25), 1e-6);
}

static void
test_gradient (gconstpointer data)
{
  Penalty penalty = *(const Penalty *) data;
  float image[N_IMAGE], gradient[N_IMAGE] = { 0 }, ignored[N_IMAGE];
  const float step = 1e-3f;

  tiny_fill (image, N_IMAGE, 4);
  penalty (image, gradient);
  for (guint i = 0; i < N_IMAGE; i++)
    {
      float value = image[i];
      double up, down;

      image[i] = value + step;
      up = penalty (image, ignored);
      image[i] = value - step;
      down = penalty (image, ignored);
      image[i] = value;
      g_assert_cmpfloat_with_epsilon (gradient[i], -WEIGHT * (up - down) / (2 * (double) step), 2e-3);
    }
}

int
main (int argc,
      char **argv)
{
  static const Penalty penalties[] = { get_total_variation, get_l1, get_l2 };

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/regularizers/values", test_values);
  g_test_add_data_func ("/regularizers/gradient/total-variation", &penalties[0], test_gradient);
  g_test_add_data_func ("/regularizers/gradient/l1", &penalties[1], test_gradient);
  g_test_add_data_func ("/regularizers/gradient/l2", &penalties[2], test_gradient);
  return g_test_run ();
}
