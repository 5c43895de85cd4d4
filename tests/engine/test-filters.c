/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/analysis/filters.h"

#include <string.h>

#include "tests/engine/tiny-graph.h"

/* Three filters of 1 × 2 taps: one of colours, one that is 0, one of a single negative weight; then deeper convolutions. */
static FoveaNetwork *
make_network (void)
{
  static const float taps[3][6] = { { 1, 0.5f, 0, -1, -0.5f, 0 }, { 0 }, { 0, 0, 0, 0, 0, -3 } };
  FoveaGraph *graph = fovea_graph_new (3, 4, 5);
  gint64 shape[] = { 3, 3, 1, 2 };
  gint64 deep_shape[] = { 2, 3, 1, 1 };
  gint64 deeper_shape[] = { 1, 2, 1, 1 };
  FoveaTensor *weights = tiny_tensor (1, 4, shape);
  FoveaNetworkInfo info = { .name = "filters" };
  FoveaNetwork *network;

  memcpy (weights->data, taps, sizeof taps);
  tiny_add (graph, "relu", "Relu", "input", NULL, NULL);
  tiny_add (graph, "conv", "Conv", "relu", "{'kernel_shape': <[int64 1, 2]>}", tiny_parameters ("W", weights));
  tiny_add (graph, "deep", "Conv", "conv", "{'kernel_shape': <[int64 1, 1]>}", tiny_parameters ("W", tiny_tensor (2, 4, deep_shape)));
  tiny_add (graph, "deeper", "Conv", "deep", "{'kernel_shape': <[int64 1, 1]>}", tiny_parameters ("W", tiny_tensor (2, 4, deeper_shape)));
  tiny_finish (graph);
  network = fovea_network_new (graph, &info);
  fovea_graph_unref (graph);
  return network;
}

static void
assert_pixel (const FoveaImage *image,
              guint x,
              guint y,
              guint red,
              guint green,
              guint blue)
{
  const guint8 *pixel = image->pixels + (y * image->width + x) * 3;

  g_assert_cmpuint (pixel[0], ==, red);
  g_assert_cmpuint (pixel[1], ==, green);
  g_assert_cmpuint (pixel[2], ==, blue);
}

static void
test_draw (void)
{
  g_autoptr (FoveaNetwork) network = make_network ();
  g_autoptr (GError) error = NULL;
  g_autoptr (FoveaImage) sheet = NULL;
  g_autoptr (FoveaImage) strip = NULL;
  int layer;

  g_assert_true (fovea_filters_find_layer (network, &layer, &error));
  g_assert_no_error (error);
  g_assert_cmpint (layer, ==, tiny_find (fovea_network_get_graph (network), "conv"));

  sheet = fovea_filters_draw (network, layer, 2, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (sheet->width, ==, 2 * 3 + 1);
  g_assert_cmpuint (sheet->height, ==, 2 * 2 + 1);
  assert_pixel (sheet, 0, 0, 255, 255, 255);
  assert_pixel (sheet, 1, 1, 255, 128, 64);  /* 1, 0, -0.5 of 1 */
  assert_pixel (sheet, 2, 1, 191, 0, 128);   /* 0.5, -1, 0 */
  assert_pixel (sheet, 3, 1, 255, 255, 255);
  assert_pixel (sheet, 4, 1, 128, 128, 128);
  assert_pixel (sheet, 1, 3, 128, 128, 128);
  assert_pixel (sheet, 2, 3, 128, 128, 0);
  assert_pixel (sheet, 4, 3, 255, 255, 255); /* no fourth filter */

  for (guint y = 0; y < sheet->height; y++)
    for (guint x = 0; x < sheet->width; x++)
      g_assert_cmpint (fovea_filters_is_gap (network, layer, sheet, x, y), ==, x % 3 == 0 || y % 2 == 0 || (x > 3 && y > 2));

  strip = fovea_filters_draw (network, layer, 99, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (strip->width, ==, 3 * 3 + 1);
  g_assert_cmpuint (strip->height, ==, 3);
}

static void
test_other_layers (void)
{
  static const char *const layers[] = { "relu", "deeper" };
  g_autoptr (FoveaNetwork) network = make_network ();

  for (gsize i = 0; i < G_N_ELEMENTS (layers); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (fovea_filters_draw (network, tiny_find (fovea_network_get_graph (network), layers[i]), 0, &error));
      g_assert_error (error, FOVEA_ERROR, FOVEA_ERROR_ARGUMENT);
    }
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/filters/draw", test_draw);
  g_test_add_func ("/filters/other-layers", test_other_layers);
  return g_test_run ();
}
