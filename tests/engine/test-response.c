/* A network's response to an image against plans, softmax by hand, and geometry.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/analysis/response.h"

#include <math.h>

#include "engine/analysis/classify.h"
#include "engine/library.h"
#include "engine/plan.h"
#include "engine/receptive-field.h"
#include "tests/engine/tiny-graph.h"

static FoveaNetwork *
open_network (void)
{
  g_autoptr (GError) error = NULL;
  FoveaNetwork *network = fovea_library_open ("alexnet-64-standard", &error);

  g_assert_no_error (error);
  return network;
}

static FoveaImage *
make_image (guint width, guint height, guint32 seed)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
  FoveaImage *image = fovea_image_new (width, height, &error);

  g_assert_no_error (error);
  for (gsize i = 0; i < (gsize) width * height * 3; i++)
    image->pixels[i] = (guint8) g_rand_int_range (rand, 0, 256);
  return image;
}

static FoveaResponse *
respond (FoveaNetwork *network, const FoveaImage *image, const char *layer)
{
  g_autoptr (GError) error = NULL;
  FoveaResponse *response = fovea_response_new (network, image, tiny_find (fovea_network_get_graph (network), layer), NULL, &error);

  g_assert_no_error (error);
  return response;
}

/* The maps are those of a plan for that layer alone, the classes those of fovea_classify() and of softmax. */
static void
test_values (void)
{
  g_autoptr (FoveaNetwork) network = open_network ();
  FoveaGraph *graph = fovea_network_get_graph (network);
  g_autoptr (FoveaImage) image = make_image (100, 80, 1);
  g_autoptr (FoveaImage) fitted = NULL;
  g_autoptr (FoveaTensor) input = NULL;
  g_autoptr (FoveaResponse) response = respond (network, image, "relu3");
  g_autoptr (FoveaPlan) plan = NULL;
  g_autoptr (GArray) alone = NULL;
  g_autoptr (GError) error = NULL;
  const int layers[] = { tiny_find (graph, "relu3"), fovea_graph_get_output (graph) };
  const GArray *classes = fovea_response_get_classes (response, NULL);
  const float *scores;
  double sum = 0, total = 0;

  fitted = fovea_image_fit_to_network (image, network, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (fovea_response_get_image (response)->pixels, 64 * 64 * 3, fitted->pixels, 64 * 64 * 3);
  input = fovea_image_to_tensor (fitted, &error);
  plan = fovea_plan_new (graph, 1, 64, 64, 2, layers, FOVEA_PLAN_FORWARD, &error);
  g_assert_no_error (error);
  fovea_plan_forward (plan, input->data);
  g_assert_cmpint (fovea_response_get_shape (response)->channels, ==, 160);
  for (guint channel = 0; channel < 160; channel++)
    {
      const FoveaChannelResponse *summary = fovea_response_get_channel (response, channel);
      const float *map = fovea_response_get_map (response, channel);
      const float *expected = fovea_plan_get_activation (plan, 0) + channel * 64;
      double mean = 0, largest = -INFINITY, smallest = INFINITY;

      for (guint i = 0; i < 64; i++)
        {
          g_assert_cmpfloat_with_epsilon (map[i], expected[i], 1e-5);
          mean += map[i] / 64.0;
          largest = MAX (largest, map[i]);
          smallest = MIN (smallest, map[i]);
        }
      g_assert_cmpfloat_with_epsilon (summary->mean, mean, 1e-6);
      g_assert_cmpfloat (summary->peak, ==, largest);
      g_assert_cmpfloat (summary->minimum, ==, smallest);
      g_assert_cmpfloat (map[summary->peak_y * 8 + summary->peak_x], ==, largest);
    }

  scores = fovea_plan_get_activation (plan, 1);
  for (guint i = 0; i < 20; i++)
    sum += exp ((double) scores[i]);
  g_assert_cmpuint (classes->len, ==, 20);
  for (guint i = 0; i < 20; i++)
    {
      const FoveaRankedClass *class = &g_array_index (classes, FoveaRankedClass, i);

      total += class->probability;
      g_assert_cmpfloat_with_epsilon (class->probability, exp ((double) scores[class->index]) / sum, 1e-5);
      g_assert_true (i == 0 || class->probability <= g_array_index (classes, FoveaRankedClass, i - 1).probability);
    }
  g_assert_cmpfloat_with_epsilon (total, 1, 1e-9);
  alone = fovea_classify (network, input, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_array_index (alone, FoveaRankedClass, 0).index, ==, g_array_index (classes, FoveaRankedClass, 0).index);
  g_assert_cmpfloat_with_epsilon (g_array_index (alone, FoveaRankedClass, 0).probability, g_array_index (classes, FoveaRankedClass, 0).probability, 1e-5);
}

static void
test_rank (void)
{
  g_autoptr (FoveaNetwork) network = open_network ();
  g_autoptr (FoveaImage) image = make_image (64, 64, 2);
  g_autoptr (FoveaResponse) response = respond (network, image, "conv4");
  guint by_peak[160], by_mean[160];
  gboolean seen[160] = { FALSE };

  fovea_response_rank (response, FOVEA_RESPONSE_PEAK, by_peak);
  fovea_response_rank (response, FOVEA_RESPONSE_MEAN, by_mean);
  g_assert_true (memcmp (by_peak, by_mean, sizeof by_peak) != 0);
  for (guint i = 0; i < 160; i++)
    {
      g_assert_false (seen[by_peak[i]]);
      seen[by_peak[i]] = TRUE;
      if (i == 0)
        continue;
      g_assert_cmpfloat (fovea_response_get_channel (response, by_peak[i])->peak, <=, fovea_response_get_channel (response, by_peak[i - 1])->peak);
      g_assert_cmpfloat (fovea_response_get_channel (response, by_mean[i])->mean, <=, fovea_response_get_channel (response, by_mean[i - 1])->mean);
    }
}

/* conv1 has stride 2, size 7, offset -3: unit u's centre is the middle of pixel 2u. */
static void
test_geometry (void)
{
  g_autoptr (FoveaNetwork) network = open_network ();
  g_autoptr (FoveaImage) image = make_image (64, 64, 3);
  g_autoptr (FoveaResponse) response = respond (network, image, "conv1");
  const float *map = fovea_response_get_map (response, 5);
  g_autofree float *large = fovea_response_upsample (response, 5, 64, 64);
  gint64 box[4], y, x;

  for (guint row = 0; row < 31; row++)
    for (guint column = 0; column < 31; column++)
      {
        const float *here = map + row * 32 + column;

        g_assert_cmpfloat_with_epsilon (large[2 * row * 64 + 2 * column], here[0], 1e-6);
        g_assert_cmpfloat_with_epsilon (large[2 * row * 64 + 2 * column + 1], (here[0] + here[1]) / 2, 1e-6);
        g_assert_cmpfloat_with_epsilon (large[(2 * row + 1) * 64 + 2 * column], (here[0] + here[32]) / 2, 1e-6);
        fovea_response_find_unit (response, 2 * row + 0.5, 2 * column + 0.9, &y, &x);
        g_assert_cmpint (y, ==, row);
        g_assert_cmpint (x, ==, column);
      }
  /* Beyond the last centre the last value goes on. */
  g_assert_cmpfloat (large[63 * 64 + 63], ==, map[31 * 32 + 31]);
  fovea_response_find_unit (response, 64, 0, &y, &x);
  g_assert_cmpint (y, ==, 31);
  g_assert_cmpint (x, ==, 0);
  fovea_response_get_box (response, 10, 0, box);
  g_assert_cmpint (box[0], ==, 0);
  g_assert_cmpint (box[1], ==, 17);
  g_assert_cmpint (box[2], ==, 4);
  g_assert_cmpint (box[3], ==, 24);
}

/* 500 x 375 becomes 85 x 64, of which columns 10 to 73 are seen. */
static void
test_crop (void)
{
  g_autoptr (FoveaNetwork) network = open_network ();
  g_autoptr (FoveaImage) wide = make_image (500, 375, 4);
  g_autoptr (FoveaImage) narrow = make_image (1, 70000, 5);
  g_autoptr (GError) error = NULL;
  double box[4];

  g_assert_true (fovea_image_get_network_crop (wide, network, box, &error));
  g_assert_no_error (error);
  g_assert_cmpfloat_with_epsilon (box[0], 10 * 500 / 85.0, 1e-9);
  g_assert_cmpfloat_with_epsilon (box[1], 0, 1e-9);
  g_assert_cmpfloat_with_epsilon (box[2], 74 * 500 / 85.0, 1e-9);
  g_assert_cmpfloat_with_epsilon (box[3], 375, 1e-9);
  g_assert_true (fovea_image_get_network_crop (narrow, network, box, &error));
  g_assert_cmpfloat_with_epsilon (box[3] - box[1], 1, 1e-6);
}

/* Networks that end in maps respond, too; they only name no classes. */
static void
test_no_classifier (void)
{
  g_autoptr (FoveaGraph) graph = fovea_graph_new (3, 8, 8);
  FoveaTensor *kernel = tiny_tensor (1, 4, (gint64[]) { 2, 3, 3, 3 });
  FoveaNetworkInfo info = { .name = "maps" };
  g_autoptr (FoveaNetwork) network = NULL;
  g_autoptr (FoveaImage) image = make_image (8, 8, 6);
  g_autoptr (FoveaResponse) response = NULL;
  const GError *error = NULL;

  tiny_add (graph, "conv", "Conv", "input", "{'kernel_shape': <[int64 3, 3]>}", tiny_parameters ("W", kernel));
  tiny_finish (graph);
  network = fovea_network_new (graph, &info);
  response = respond (network, image, "conv");
  g_assert_cmpint (fovea_response_get_shape (response)->height, ==, 6);
  g_assert_null (fovea_response_get_classes (response, &error));
  g_assert_error (error, FOVEA_ERROR, FOVEA_ERROR_SHAPE);
  g_assert_nonnull (strstr (error->message, "no classifier"));
}

static void
test_cancel (void)
{
  g_autoptr (FoveaNetwork) network = open_network ();
  g_autoptr (FoveaImage) image = make_image (64, 64, 7);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  FoveaJob job;

  fovea_job_init (&job, cancellable, NULL, NULL);
  g_cancellable_cancel (cancellable);
  g_assert_null (fovea_response_new (network, image, 0, &job, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/response/values", test_values);
  g_test_add_func ("/response/rank", test_rank);
  g_test_add_func ("/response/geometry", test_geometry);
  g_test_add_func ("/response/crop", test_crop);
  g_test_add_func ("/response/no-classifier", test_no_classifier);
  g_test_add_func ("/response/cancel", test_cancel);
  return g_test_run ();
}
