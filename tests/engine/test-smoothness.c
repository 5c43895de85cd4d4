/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/analysis/smoothness.h"

#include <math.h>
#include <string.h>

#include "engine/random.h"
#include "tests/engine/tiny-graph.h"
#include "tests/python.h"
#include "tests/scratch.h"

#define N_IMAGES 3
#define IMAGE_SIZE (3 * 64 * 64)

static void
test_by_hand (void)
{
  const float map[] = { 1, 3, -1,
                        0, 3, 5 };

  /* Across: 2 + 4 + 3 + 2, down: 1 + 0 + 6. */
  g_assert_cmpfloat (fovea_total_variation (map, 2, 3), ==, 18);
  g_assert_cmpfloat (fovea_total_variation (map, 1, 3), ==, 6);
  g_assert_cmpfloat (fovea_total_variation (map, 6, 1), ==, 2 + 4 + 1 + 3 + 2);
  g_assert_cmpfloat (fovea_total_variation (map, 1, 1), ==, 0);
}

/* One convolution with two filters of 1 × 2 taps on one colour of three. */
static FoveaNetwork *
make_network (void)
{
  static const float taps[] = { 2, -1, 0, 0, 0, 0, /* 3 of variation, 3 of strength */
                                0, 0, 0, 0, 0, 0 };
  FoveaGraph *graph = fovea_graph_new (3, 2, 3);
  gint64 shape[] = { 2, 3, 1, 2 };
  FoveaTensor *weights = tiny_tensor (1, 4, shape);
  FoveaNetworkInfo info = { .name = "filters" };
  FoveaNetwork *network;

  memcpy (weights->data, taps, sizeof taps);
  tiny_add (graph, "conv", "Conv", "input", "{'kernel_shape': <[int64 1, 2]>}", tiny_parameters ("W", weights));
  tiny_add (graph, "relu", "Relu", "conv", NULL, NULL);
  tiny_finish (graph);
  network = fovea_network_new (graph, &info);
  fovea_graph_unref (graph);
  return network;
}

static void
test_filters (void)
{
  g_autoptr (FoveaNetwork) network = make_network ();
  g_autoptr (GError) error = NULL;
  g_autoptr (FoveaFilterSmoothness) smoothness = fovea_filter_smoothness_measure (network, 0, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (smoothness->n_filters, ==, 2);
  g_assert_cmpfloat (smoothness->total_variation[0], ==, 3);
  g_assert_cmpfloat (smoothness->relative[0], ==, 1);
  g_assert_cmpfloat (smoothness->total_variation[1], ==, 0);
  g_assert_cmpfloat (smoothness->relative[1], ==, 0);

  g_assert_null (fovea_filter_smoothness_measure (network, 1, &error));
  g_assert_error (error, FOVEA_ERROR, FOVEA_ERROR_ARGUMENT);
}

/* The filter's map of a red plane (a b c / d e f) is (2a - b, 2b - c / 2d - e, 2e - f). */
static void
test_maps (void)
{
  static const float images[2][18] = {
    { 0.5f, 0.25f, 0, 0.75f, 0.5f, 0.25f },       /* 0.75 0.5 / 1 0.75: variation 0.25 + 0.25 + 0.25 + 0.25 = 1 */
    { 0.25f, 0.25f, 0.25f, 0.25f, 0.25f, 0.25f }, /* 0.25 everywhere: 0 */
  };
  g_autoptr (FoveaNetwork) network = make_network ();
  g_autoptr (GError) error = NULL;
  g_autoptr (FoveaSmoothnessMeter) meter = NULL;
  g_autoptr (FoveaLayerSmoothness) smoothness = NULL;
  int layer = 0;

  meter = fovea_smoothness_meter_new (network, 1, &layer, 0, 1, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < 2; i++)
    fovea_smoothness_meter_add (meter, images[i], i);
  g_assert_cmpuint (fovea_smoothness_meter_get_n_images (meter), ==, 2);
  smoothness = fovea_smoothness_meter_read (meter, 0);
  g_assert_cmpuint (smoothness->n_channels, ==, 2);
  g_assert_cmpuint (smoothness->height, ==, 2);
  g_assert_cmpuint (smoothness->width, ==, 2);
  g_assert_cmpfloat_with_epsilon (smoothness->clean[0], 0.5, 1e-6);
  g_assert_cmpfloat_with_epsilon (smoothness->noisy[0], 0.5, 1e-6);
  g_assert_cmpfloat (smoothness->passed[0], ==, 0);
  g_assert_cmpfloat (smoothness->clean[1], ==, 0);
  g_assert_cmpfloat (smoothness->passed[1], ==, 0);

  g_assert_null (fovea_smoothness_meter_new (network, 1, &layer, NAN, 1, &error));
  g_assert_error (error, FOVEA_ERROR, FOVEA_ERROR_ARGUMENT);
}

static void
write_floats (const char *path,
              const float *values,
              gsize n)
{
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, (const char *) values, (gssize) (n * sizeof *values), &error);
  g_assert_no_error (error);
}

static void
test_pytorch (gconstpointer data)
{
  const char *layer_name = data;
  const double sigma = 0.1;
  g_autofree char *network_path = g_build_filename (g_getenv ("FOVEA_SOURCE_ROOT"), "resources", "networks", "alexnet-64-robust.safetensors", NULL);
  g_autoptr (FoveaScratch) folder = fovea_scratch_new ();
  g_autofree char *images_path = fovea_scratch_path (folder, "images");
  g_autofree char *noisy_path = fovea_scratch_path (folder, "noisy");
  g_autofree char *result_path = fovea_scratch_path (folder, "result");
  g_autoptr (GError) error = NULL;
  g_autoptr (FoveaNetwork) network = fovea_network_load (network_path, &error);
  g_autoptr (FoveaSmoothnessMeter) meter = NULL;
  g_autoptr (FoveaLayerSmoothness) smoothness = NULL;
  g_autofree float *images = g_new (float, N_IMAGES * IMAGE_SIZE);
  g_autofree float *noisy = g_new (float, N_IMAGES * IMAGE_SIZE);
  g_autofree char *contents = NULL;
  const double *expected;
  gsize size;
  int layer;

  g_assert_no_error (error);
  tiny_fill (images, N_IMAGES * IMAGE_SIZE, 5);
  for (guint n = 0; n < N_IMAGES; n++)
    {
      FoveaRandom random;

      fovea_random_init (&random, 7, n);
      fovea_random_fill_normal (&random, sigma, noisy + n * IMAGE_SIZE, IMAGE_SIZE);
      for (gsize i = n * IMAGE_SIZE; i < (n + 1) * IMAGE_SIZE; i++)
        {
          images[i] = 0.5f + 0.2f * images[i] + 0.3f * sinf ((float) (i % 64) * 0.2f * (float) (n + 1));
          images[i] = CLAMP (images[i], 0.0f, 1.0f);
          noisy[i] = CLAMP (images[i] + noisy[i], 0.0f, 1.0f);
        }
    }
  write_floats (images_path, images, N_IMAGES * IMAGE_SIZE);
  write_floats (noisy_path, noisy, N_IMAGES * IMAGE_SIZE);
  if (!fovea_test_run_python ("torch, numpy", "engine/reference-smoothness.py", network_path, layer_name, images_path, noisy_path, result_path, NULL))
    return;
  g_file_get_contents (result_path, &contents, &size, &error);
  g_assert_no_error (error);
  expected = (const double *) (const void *) contents;

  layer = tiny_find (fovea_network_get_graph (network), layer_name);
  meter = fovea_smoothness_meter_new (network, 1, &layer, sigma, 7, &error);
  g_assert_no_error (error);
  for (guint n = 0; n < N_IMAGES; n++)
    fovea_smoothness_meter_add (meter, images + n * IMAGE_SIZE, n);
  smoothness = fovea_smoothness_meter_read (meter, 0);
  g_assert_cmpuint (size, ==, 3 * smoothness->n_channels * sizeof (double));
  for (gsize i = 0; i < smoothness->n_channels; i++)
    {
      g_assert_cmpfloat (fabs (smoothness->clean[i] - expected[i]), <=, 1e-4 * expected[i]);
      g_assert_cmpfloat (fabs (smoothness->noisy[i] - expected[smoothness->n_channels + i]), <=, 1e-4 * expected[smoothness->n_channels + i]);
      g_assert_cmpfloat (fabs (smoothness->passed[i] - expected[2 * smoothness->n_channels + i]), <=, 1e-4 * expected[2 * smoothness->n_channels + i]);
    }
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/smoothness/by-hand", test_by_hand);
  g_test_add_func ("/smoothness/filters", test_filters);
  g_test_add_func ("/smoothness/maps", test_maps);
  g_test_add_data_func ("/smoothness/pytorch/conv1", "conv1", test_pytorch);
  g_test_add_data_func ("/smoothness/pytorch/bn4", "bn4", test_pytorch);
  return g_test_run ();
}
