/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/analysis/parameterization.h"

#include <math.h>
#include <string.h>

#include "tests/engine/tiny-graph.h"
#include "tests/python.h"
#include "tests/scratch.h"

typedef struct {
  const char *name;
  FoveaParameterization parameterization;
  gboolean decorrelate_color;
  guint height;
  guint width;
} Case;

static const Case cases[] = {
  { "fourier-decorrelated", FOVEA_PARAMETERIZATION_FOURIER, TRUE, 6, 8 },
  { "fourier-decorrelated-odd", FOVEA_PARAMETERIZATION_FOURIER, TRUE, 9, 7 },
  { "fourier-odd-by-even", FOVEA_PARAMETERIZATION_FOURIER, TRUE, 5, 6 },
  { "fourier-plain", FOVEA_PARAMETERIZATION_FOURIER, FALSE, 4, 5 },
  { "pixels-decorrelated", FOVEA_PARAMETERIZATION_PIXELS, TRUE, 5, 4 },
  { "pixels-plain", FOVEA_PARAMETERIZATION_PIXELS, FALSE, 5, 4 },
};

static FoveaImageParameters *
make_parameters (const Case *c,
                 guint n_images)
{
  g_autoptr (GError) error = NULL;
  FoveaImageParameters *parameters = fovea_image_parameters_new (c->parameterization, c->decorrelate_color, n_images, c->height, c->width, &error);

  g_assert_no_error (error);
  return parameters;
}

static gboolean
is_plain_pixels (const Case *c)
{
  return c->parameterization == FOVEA_PARAMETERIZATION_PIXELS && !c->decorrelate_color;
}

/* A picture becomes parameters that render to it. */
static void
test_set_image (gconstpointer data)
{
  const Case *c = data;
  gsize n = 3 * (gsize) c->height * c->width;
  g_autoptr (FoveaImageParameters) parameters = make_parameters (c, 2);
  g_autofree float *image = g_new (float, n);
  g_autofree float *rendered = g_new (float, n);
  g_autofree float *other = g_new (float, n);
  double margin = is_plain_pixels (c) ? 0 : 1e-3;

  tiny_fill (image, n, 1);
  for (gsize i = 0; i < n; i++)
    image[i] = 0.5f + 0.45f * image[i];
  image[3] = 0;
  image[7] = 1;
  fovea_image_parameters_render (parameters, 0, other);
  fovea_image_parameters_set_image (parameters, 1, image);
  fovea_image_parameters_render (parameters, 1, rendered);
  for (gsize i = 0; i < n; i++)
    g_assert_cmpfloat_with_epsilon (rendered[i], i == 3 ? margin : i == 7 ? 1 - margin : image[i], 3e-6);

  /* The other image of the batch has not changed: all parameters 0 are grey, plain pixels black. */
  fovea_image_parameters_render (parameters, 0, rendered);
  for (gsize i = 0; i < n; i++)
    g_assert_cmpfloat_with_epsilon (rendered[i], is_plain_pixels (c) ? 0 : 0.5, 1e-7);
}

/* The noise has the wanted deviation around grey, and depends on the generator alone. */
static void
test_noise (gconstpointer data)
{
  const Case *c = data;
  Case large = *c;
  g_autoptr (FoveaImageParameters) parameters = NULL;
  gsize size;
  double sum = 0, squares = 0;
  FoveaRandom random;

  large.height = 41;
  large.width = 40;
  parameters = make_parameters (&large, 2);
  size = fovea_image_parameters_get_size (parameters);
  g_assert_cmpuint (size, ==, c->parameterization == FOVEA_PARAMETERIZATION_FOURIER ? 3 * 41 * 21 * 2 : 3 * 41 * 40);
  for (guint image = 0; image < 2; image++)
    {
      fovea_random_init (&random, 7, 0);
      fovea_image_parameters_set_noise (parameters, image, 0.02, &random);
    }
  for (gsize i = 0; i < size; i++)
    {
      double value = fovea_image_parameters_get_values (parameters, 0)[i] - (is_plain_pixels (c) ? 0.5 : 0);

      sum += value;
      squares += value * value;
    }
  g_assert_cmpfloat_with_epsilon (sum / (double) size, 0, 0.002);
  g_assert_cmpfloat_with_epsilon (sqrt (squares / (double) size), 0.02, 0.001);
  g_assert_cmpmem (fovea_image_parameters_get_values (parameters, 0), size * sizeof (float),
                   fovea_image_parameters_get_values (parameters, 1), size * sizeof (float));
}

static double
get_product (const float *a,
             const float *b,
             gsize n)
{
  double sum = 0;

  for (gsize i = 0; i < n; i++)
    sum += (double) a[i] * b[i];
  return sum;
}

/* The adjoint against central differences of a weighted sum of the pixels. */
static void
test_gradient (gconstpointer data)
{
  const Case *c = data;
  gsize n = 3 * (gsize) c->height * c->width;
  g_autoptr (FoveaImageParameters) parameters = make_parameters (c, 1);
  gsize size = fovea_image_parameters_get_size (parameters);
  float *values = fovea_image_parameters_get_values (parameters, 0);
  g_autofree float *weights = g_new (float, n);
  g_autofree float *image = g_new (float, n);
  g_autofree float *gradient = NULL;
  const float step = 0.01f;

  tiny_fill (weights, n, 2);
  tiny_fill (values, size, 3);
  for (gsize i = 0; i < size; i++)
    values[i] = 0.5f + 0.3f * values[i];
  fovea_image_parameters_render (parameters, 0, image);
  gradient = g_memdup2 (fovea_image_parameters_render_adjoint (parameters, 0, image, weights), size * sizeof (float));
  for (gsize i = 0; i < size; i++)
    {
      float value = values[i];
      double up, down;

      values[i] = value + step;
      fovea_image_parameters_render (parameters, 0, image);
      up = get_product (image, weights, n);
      values[i] = value - step;
      fovea_image_parameters_render (parameters, 0, image);
      down = get_product (image, weights, n);
      values[i] = value;
      g_assert_cmpfloat_with_epsilon (gradient[i], (up - down) / (2 * (double) step), 3e-4);
    }
}

/* Blurring keeps the mean, lessens differences, and spreads a point as a Gaussian does. */
static void
test_blur (gconstpointer data)
{
  Case c = *(const Case *) data;
  const double deviation = 1.5;
  double total = 0, spread = 0;

  c.height = 33;
  c.width = 33;
  g_autoptr (FoveaImageParameters) parameters = make_parameters (&c, 1);
  gsize n = 3 * 33 * 33;
  g_autofree float *image = g_new (float, n);
  g_autofree float *rendered = g_new (float, n);

  for (gsize i = 0; i < n; i++)
    image[i] = 0.5f;
  for (guint plane = 0; plane < 3; plane++)
    image[plane * 33 * 33 + 16 * 33 + 16] = 0.52f;
  fovea_image_parameters_set_image (parameters, 0, image);
  fovea_image_parameters_blur (parameters, 0, deviation);
  fovea_image_parameters_render (parameters, 0, rendered);
  for (gsize y = 0; y < 33; y++)
    for (gsize x = 0; x < 33; x++)
      {
        double value = rendered[33 * 33 + y * 33 + x] - 0.5;

        total += value;
        spread += value * pow ((double) x - 16, 2);
      }
  g_assert_cmpfloat_with_epsilon (total, 0.02, 2e-4);
  g_assert_cmpfloat_with_epsilon (spread / total, deviation * deviation, 0.1);
}

static void
write_values (const char *path,
              const float *values,
              gsize n)
{
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, (const char *) values, (gssize) (n * sizeof (float)), &error);
  g_assert_no_error (error);
}

static void
check_values (const char *path,
              const float *values,
              gsize n,
              double tolerance)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *contents = NULL;
  const float *expected;
  gsize size;

  g_file_get_contents (path, &contents, &size, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (size, ==, n * sizeof (float));
  expected = (const float *) contents;
  for (gsize i = 0; i < n; i++)
    g_assert_cmpfloat_with_epsilon (values[i], expected[i], tolerance);
}

/* The same parameters through lucent's formulas in PyTorch. */
static void
test_pytorch (gconstpointer data)
{
  const Case *c = data;
  gsize n = 3 * (gsize) c->height * c->width;
  g_autoptr (FoveaImageParameters) parameters = make_parameters (c, 1);
  gsize size = fovea_image_parameters_get_size (parameters);
  float *values = fovea_image_parameters_get_values (parameters, 0);
  g_autofree float *weights = g_new (float, n);
  g_autofree float *image = g_new (float, n);
  g_autoptr (FoveaScratch) scratch = fovea_scratch_new ();
  g_autofree char *parameters_path = fovea_scratch_path (scratch, "parameters");
  g_autofree char *weights_path = fovea_scratch_path (scratch, "weights");
  g_autofree char *image_path = fovea_scratch_path (scratch, "image");
  g_autofree char *gradient_path = fovea_scratch_path (scratch, "gradient");
  g_autofree char *height = g_strdup_printf ("%u", c->height);
  g_autofree char *width = g_strdup_printf ("%u", c->width);

  tiny_fill (weights, n, 5);
  tiny_fill (values, size, 6);
  if (is_plain_pixels (c))
    for (gsize i = 0; i < size; i++)
      values[i] = 0.5f + 0.4f * values[i];
  write_values (parameters_path, values, size);
  write_values (weights_path, weights, n);
  if (!fovea_test_run_python ("torch", "engine/reference-maximize.py", fovea_parameterization_get_name (c->parameterization),
                              c->decorrelate_color ? "1" : "0", height, width, parameters_path, weights_path, image_path,
                              gradient_path, NULL))
    return;

  fovea_image_parameters_render (parameters, 0, image);
  check_values (image_path, image, n, 1e-5);
  check_values (gradient_path, fovea_image_parameters_render_adjoint (parameters, 0, image, weights), size, 1e-5);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      static const struct {
        const char *name;
        GTestDataFunc func;
      } tests[] = {
        { "set-image", test_set_image }, { "noise", test_noise }, { "gradient", test_gradient },
        { "blur", test_blur }, { "pytorch", test_pytorch },
      };

      for (guint k = 0; k < G_N_ELEMENTS (tests); k++)
        {
          g_autofree char *path = g_strdup_printf ("/parameterization/%s/%s", cases[i].name, tests[k].name);

          g_test_add_data_func (path, &cases[i], tests[k].func);
        }
    }
  return g_test_run ();
}
