/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>
#include <time.h>

#include "engine/analysis/lbfgs.h"
#include "engine/analysis/stylize.h"
#include "engine/images/image-set.h"
#include "engine/kernels/blas.h"
#include "engine/random.h"

static FoveaNetwork *
open_network (void)
{
  g_autofree char *path = g_build_filename (g_getenv ("FOVEA_NETWORKS_DIR"), "alexnet-64-robust.safetensors", NULL);
  g_autoptr (GError) error = NULL;
  FoveaNetwork *network = fovea_network_load (path, &error);

  g_assert_no_error (error);
  return network;
}

static int
find (FoveaNetwork *network,
      const char *name)
{
  int layer;

  g_assert_true (fovea_graph_find (fovea_network_get_graph (network), name, &layer, NULL));
  return layer;
}

/* A disc with a grain, or wavy stripes with a grain: different shapes and different textures, nothing that is flat. */
static FoveaImage *
draw (gboolean stripes,
      guint size)
{
  FoveaImage *image = fovea_image_new (size, size, NULL);
  FoveaRandom random;

  fovea_random_init (&random, stripes, 0);
  for (guint y = 0; y < size; y++)
    for (guint x = 0; x < size; x++)
      {
        const double radius = hypot (x - size / 2.0, y - size / 2.0) / size;
        const double grain = fovea_random_uniform (&random, -12, 12);
        const double tone = stripes ? 60 * sin (x * 0.5 + 2 * sin (y * 0.2)) : radius < 0.3 ? 45 : -35;
        guint8 *pixel = image->pixels + (y * size + x) * 3;

        pixel[0] = (guint8) (130 + tone + grain);
        pixel[1] = (guint8) (125 + tone * 0.8 + grain);
        pixel[2] = (guint8) (110 + tone * 0.6 + grain);
      }
  return image;
}

static void
test_gram (void)
{
  const float a[] = { 1, 2, 3, 4, 5, 6 };
  float c[4];

  fovea_blas_gram (2, 3, a, 0.5f, c);
  g_assert_cmpfloat (c[0], ==, 7);
  g_assert_cmpfloat (c[1], ==, 16);
  g_assert_cmpfloat (c[2], ==, 16);
  g_assert_cmpfloat (c[3], ==, 38.5f);
}

/* Central differences along random directions: 24 for each weighting. */
static void
test_gradient (void)
{
  g_autoptr (FoveaNetwork) network = open_network ();
  const int content[] = { find (network, "relu4") };
  const int style[] = { find (network, "conv1"), find (network, "relu2"), find (network, "relu4") };
  const FoveaStyleLayers layers = { 1, content, 3, style };
  const double weights[][2] = { { 1, 0 }, { 0, 1 }, { 0.7, 2 } };
  g_autoptr (FoveaImage) shape_image = draw (FALSE, 48);
  g_autoptr (FoveaImage) texture_image = draw (TRUE, 40);
  g_autoptr (FoveaTensor) shape = fovea_image_to_tensor (shape_image, NULL);
  g_autoptr (FoveaTensor) texture = fovea_image_to_tensor (texture_image, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (FoveaStyleLoss) loss = fovea_style_loss_new (network, &layers, shape, texture, &error);
  const gsize n = shape->n_elements;
  g_autofree float *image = g_new (float, n);
  g_autofree float *moved = g_new (float, n);
  g_autofree float *direction = g_new (float, n);
  g_autofree float *gradient = g_new (float, n);
  g_autofree float *unused = g_new (float, n);
  FoveaStyleLosses losses, sides[2];
  FoveaRandom random;

  g_assert_no_error (error);
  fovea_random_init (&random, 3, 0);
  for (gsize i = 0; i < n; i++)
    image[i] = (float) fovea_random_uniform (&random, 0.2, 0.8);

  for (guint w = 0; w < G_N_ELEMENTS (weights); w++)
    for (guint repeat = 0; repeat < 24; repeat++)
      {
        const double step = 2e-3;
        double expected, analytic = 0, values[2], length = 0;

        fovea_style_loss_evaluate (loss, image, weights[w][0], weights[w][1], &losses, gradient);
        fovea_random_fill_normal (&random, 1, direction, n);
        /* Towards the gradient by half, so that the derivative is not lost in rounding. */
        for (gsize i = 0; i < n; i++)
          length += (double) gradient[i] * gradient[i];
        for (gsize i = 0; i < n; i++)
          {
            direction[i] = direction[i] * 0.3f + (float) (gradient[i] / sqrt (length / (double) n));
            analytic += (double) gradient[i] * direction[i];
          }
        for (guint side = 0; side < 2; side++)
          {
            for (gsize i = 0; i < n; i++)
              moved[i] = image[i] + (float) (side == 0 ? -step : step) * direction[i];
            fovea_style_loss_evaluate (loss, moved, weights[w][0], weights[w][1], &sides[side], unused);
            values[side] = weights[w][0] * sides[side].content + weights[w][1] * sides[side].style;
          }
        expected = (values[1] - values[0]) / (2 * step);
        g_assert_cmpfloat (fabs (expected), >, 0);
        g_assert_cmpfloat (fabs (analytic - expected), <, 0.01 * fabs (expected));
      }
}

/* The losses of the images themselves are 0, and content of an image that the layer does not see is 1. */
static void
test_zero (void)
{
  g_autoptr (FoveaNetwork) network = open_network ();
  const int content[] = { find (network, "relu3") }, style[] = { find (network, "relu1") };
  const FoveaStyleLayers layers = { 1, content, 1, style };
  g_autoptr (FoveaImage) image = draw (FALSE, 48);
  g_autoptr (FoveaTensor) tensor = fovea_image_to_tensor (image, NULL);
  g_autoptr (FoveaStyleLoss) loss = fovea_style_loss_new (network, &layers, tensor, tensor, NULL);
  g_autofree float *gradient = g_new (float, tensor->n_elements);
  FoveaStyleLosses losses;

  fovea_style_loss_evaluate (loss, tensor->data, 1, 1, &losses, gradient);
  g_assert_cmpfloat (losses.content, <, 1e-10);
  g_assert_cmpfloat (losses.style, <, 1e-10);
}

static double
rosenbrock (const float *values,
            float *gradient,
            gpointer data)
{
  const double x = values[0], y = values[1];
  guint *n_calls = data;

  (*n_calls)++;
  gradient[0] = (float) (-2 * (1 - x) - 400 * x * (y - x * x));
  gradient[1] = (float) (200 * (y - x * x));
  return (1 - x) * (1 - x) + 100 * (y - x * x) * (y - x * x);
}

static void
test_lbfgs (void)
{
  float values[] = { -1.2f, 1 };
  guint n_calls = 0, n_steps = 0;
  g_autoptr (FoveaLbfgs) lbfgs = fovea_lbfgs_new (2, 5, rosenbrock, &n_calls);

  while (n_steps < 200 && fovea_lbfgs_step (lbfgs, values))
    n_steps++;
  g_assert_cmpfloat (fabs (values[0] - 1), <, 2e-3);
  g_assert_cmpfloat (fabs (values[1] - 1), <, 4e-3);
  g_assert_cmpuint (n_calls, <, 300);
}

static void
note_step (guint step,
           const FoveaStyleLosses *losses,
           const FoveaTensor *image,
           gpointer data)
{
  guint *n_steps = data;

  g_assert_cmpuint (step, ==, *n_steps);
  g_assert_cmpint (image->shape[1], ==, 64);
  g_assert_true (isfinite (losses->content));
  (*n_steps)++;
}

static void
test_stylize (gconstpointer data)
{
  g_autoptr (FoveaNetwork) network = open_network ();
  g_autoptr (FoveaImage) shape = draw (FALSE, 64);
  g_autoptr (FoveaImage) texture = draw (TRUE, 80);
  FoveaStylizeOptions options;
  g_autoptr (FoveaStylization) first = NULL;
  g_autoptr (FoveaStylization) second = NULL;
  g_autoptr (GError) error = NULL;
  guint n_calls = 0;
  const FoveaStyleLosses *losses;

  fovea_stylize_options_init (&options);
  options.optimizer = (FoveaStylizeOptimizer) GPOINTER_TO_INT (data);
  options.seed = 5;
  first = fovea_stylize (network, shape, texture, &options, note_step, &n_calls, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (n_calls, ==, first->n_steps + 1);
  losses = first->losses;
  g_test_message ("content %g to %g, style %g to %g", losses[0].content, losses[first->n_steps].content, losses[0].style, losses[first->n_steps].style);
  /* Synthetic images ask for opposite things; how far photographs get is in test_photographs(). */
  g_assert_cmpfloat (losses[first->n_steps].content, <, losses[0].content / 5);
  g_assert_cmpfloat (losses[first->n_steps].style, <, losses[0].style / 5);
  g_assert_cmpstr (first->content_layers[0], ==, "relu5");
  g_assert_cmpstr (first->style_layers[0], ==, "relu1");

  options.steps = 3;
  second = fovea_stylize (network, shape, texture, &options, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (second->losses, 4 * sizeof *losses, losses, 4 * sizeof *losses);
}

/* Both losses fall by ten times, at 128 pixels, with every default. */
static void
test_photographs (void)
{
  const char *shared = g_getenv ("FOVEA_SHARED");
  g_autofree char *folder = shared != NULL ? g_build_filename (shared, "data", "imagenet-samples", NULL)
                                           : g_build_filename (g_getenv ("FOVEA_SOURCE_ROOT"), "..", "shared", "data", "imagenet-samples", NULL);
  g_autofree char *shape_path = g_build_filename (folder, "n02128925_jaguar.JPEG", NULL);
  g_autofree char *texture_path = g_build_filename (folder, "n02219486_ant.JPEG", NULL);
  g_autoptr (FoveaImage) shape = NULL;
  g_autoptr (FoveaImage) texture = NULL;
  g_autoptr (FoveaNetwork) network = open_network ();
  g_autoptr (FoveaStylization) result = NULL;
  g_autoptr (GError) error = NULL;
  FoveaStylizeOptions options;

  if (!g_file_test (shape_path, G_FILE_TEST_EXISTS) || !g_file_test (texture_path, G_FILE_TEST_EXISTS))
    {
      g_test_skip ("the photographs of ../shared/data/imagenet-samples are not there");
      return;
    }
  shape = fovea_image_read (shape_path, &error);
  g_assert_no_error (error);
  texture = fovea_image_read (texture_path, &error);
  g_assert_no_error (error);
  fovea_stylize_options_init (&options);
  options.size = 128;
  result = fovea_stylize (network, shape, texture, &options, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpfloat (result->losses[result->n_steps].content, <, result->losses[0].content / 10);
  g_assert_cmpfloat (result->losses[result->n_steps].style, <, result->losses[0].style / 10);
}

static FoveaImage *
load_scene (FoveaImageSet *set,
            const char *thing)
{
  for (gsize i = 0; i < fovea_image_set_get_n_images (set); i++)
    if (strstr (fovea_image_set_get_image_name (set, i), thing) != NULL)
      return fovea_image_set_load_image (set, i, NULL);
  return NULL;
}

/* So it is with Fovea's own images, and it takes less than a minute: of all processors together, so that a busy machine
 * makes no difference. */
static void
test_scenes (void)
{
  g_autoptr (FoveaNetwork) network = open_network ();
  g_autoptr (GError) error = NULL;
  g_autoptr (FoveaImageSet) set = fovea_image_set_open ("scenes", &error);
  g_autoptr (FoveaImage) shape = NULL;
  g_autoptr (FoveaImage) texture = NULL;
  g_autoptr (FoveaStylization) result = NULL;
  FoveaStylizeOptions options;
  clock_t start;

  g_assert_no_error (error);
  shape = load_scene (set, "-elephant-");
  texture = load_scene (set, "-tiger-");
  if (shape == NULL || texture == NULL)
    {
      g_test_skip ("the package tuxpaint-stamps-default is not installed");
      return;
    }
  fovea_stylize_options_init (&options);
  options.size = 128;
  start = clock ();
  result = fovea_stylize (network, shape, texture, &options, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_test_message ("content %g to %g, style %g to %g, %g s", result->losses[0].content, result->losses[result->n_steps].content, result->losses[0].style,
                  result->losses[result->n_steps].style, (double) (clock () - start) / CLOCKS_PER_SEC);
  g_assert_cmpfloat ((double) (clock () - start) / CLOCKS_PER_SEC, <, 60);
  g_assert_cmpfloat (result->losses[result->n_steps].content, <, result->losses[0].content / 10);
  g_assert_cmpfloat (result->losses[result->n_steps].style, <, result->losses[0].style / 10);
}

static void
stop_at_two (guint64 done,
             guint64 total,
             double seconds_left,
             gpointer data)
{
  g_assert_cmpuint (total, ==, 500);
  if (done == 2)
    g_cancellable_cancel (data);
}

static void
test_cancel (void)
{
  g_autoptr (FoveaNetwork) network = open_network ();
  g_autoptr (FoveaImage) image = draw (FALSE, 64);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (FoveaStylization) result = NULL;
  FoveaStylizeOptions options;
  FoveaJob job;

  fovea_stylize_options_init (&options);
  fovea_job_init (&job, cancellable, stop_at_two, cancellable);
  result = fovea_stylize (network, image, image, &options, NULL, NULL, &job, NULL);
  g_assert_nonnull (result);
  g_assert_true (result->cancelled);
  g_assert_cmpuint (result->n_steps, ==, 2);
}

static void
test_bad_layers (void)
{
  static const char *const missing[] = { "relu9", NULL }, *const flat[] = { "fc6", NULL };
  g_autoptr (FoveaNetwork) network = open_network ();
  g_autoptr (FoveaImage) image = draw (FALSE, 64);
  g_autoptr (GError) error = NULL;
  FoveaStylizeOptions options;

  fovea_stylize_options_init (&options);
  options.content_layers = missing;
  g_assert_null (fovea_stylize (network, image, image, &options, NULL, NULL, NULL, &error));
  g_assert_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND);
  g_clear_error (&error);
  options.content_layers = flat;
  g_assert_null (fovea_stylize (network, image, image, &options, NULL, NULL, NULL, &error));
  g_assert_error (error, FOVEA_ERROR, FOVEA_ERROR_ARGUMENT);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/stylize/gram", test_gram);
  g_test_add_func ("/stylize/gradient", test_gradient);
  g_test_add_func ("/stylize/zero", test_zero);
  g_test_add_func ("/stylize/lbfgs", test_lbfgs);
  g_test_add_data_func ("/stylize/adam", GINT_TO_POINTER (FOVEA_STYLIZE_ADAM), test_stylize);
  g_test_add_data_func ("/stylize/with-lbfgs", GINT_TO_POINTER (FOVEA_STYLIZE_LBFGS), test_stylize);
  g_test_add_func ("/stylize/photographs", test_photographs);
  g_test_add_func ("/stylize/scenes", test_scenes);
  g_test_add_func ("/stylize/cancel", test_cancel);
  g_test_add_func ("/stylize/bad-layers", test_bad_layers);
  return g_test_run ();
}
