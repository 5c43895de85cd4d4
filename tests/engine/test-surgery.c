/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/surgery.h"

#include <string.h>

#include "engine/plan.h"
#include "tests/engine/tiny-graph.h"

#define SIZE 8
#define N_IMAGE (3 * SIZE * SIZE)
#define N_CHANNELS 4
#define N_CLASSES 5

/* conv → relu → conv2 → pool → fc; the filters of @off in the first convolution are 0, as if they were never there. */
static FoveaNetwork *
make_network (guint n_off,
              const guint *off)
{
  FoveaGraph *graph = fovea_graph_new (3, SIZE, SIZE);
  gint64 first_shape[] = { N_CHANNELS, 3, 3, 3 };
  gint64 second_shape[] = { 6, N_CHANNELS, 3, 3 };
  gint64 fc_shape[] = { N_CLASSES, 6 };
  FoveaTensor *filters = tiny_tensor (1, 4, first_shape);
  const double mean[] = { 0.4, 0.5, 0.6 }, std[] = { 0.2, 0.25, 0.3 };
  const char *classes[] = { "a", "b", "c", "d", "e", NULL };
  FoveaNetworkInfo info = { .name = "whole", .architecture = "tiny", .training = "none", .sha256 = "1234", .classes = classes, .resize = 9 };
  g_autoptr (GError) error = NULL;
  FoveaNetwork *network;

  for (guint i = 0; i < n_off; i++)
    memset (filters->data + off[i] * 27, 0, 27 * sizeof (float));
  fovea_graph_set_normalization (graph, mean, std, 3, &error);
  g_assert_no_error (error);
  tiny_add (graph, "conv", "Conv", "input", "{'kernel_shape': <[int64 3, 3]>, 'pads': <[int64 1, 1, 1, 1]>}", tiny_parameters ("W", filters));
  tiny_add (graph, "relu", "Relu", "conv", NULL, NULL);
  tiny_add (graph, "conv2", "Conv", "relu", "{'kernel_shape': <[int64 3, 3]>}", tiny_parameters ("W", tiny_tensor (2, 4, second_shape)));
  tiny_add (graph, "pool", "GlobalAveragePool", "conv2", NULL, NULL);
  tiny_add (graph, "flatten", "Flatten", "pool", NULL, NULL);
  tiny_add (graph, "fc", "Gemm", "flatten", "{'transB': <int64 1>}", tiny_parameters ("B", tiny_tensor (3, 2, fc_shape)));
  fovea_graph_add_alias (graph, "block", "relu", &error);
  g_assert_no_error (error);
  tiny_finish (graph);
  network = fovea_network_new (graph, &info);
  fovea_graph_unref (graph);
  return network;
}

/* The logits, and the derivative of logit 2 by the image. */
static void
run (FoveaNetwork *network,
     float *logits,
     float *gradient)
{
  FoveaGraph *graph = fovea_network_get_graph (network);
  int output = fovea_graph_get_output (graph);
  g_autoptr (GError) error = NULL;
  g_autoptr (FoveaPlan) plan = fovea_plan_new (graph, 1, SIZE, SIZE, 1, &output, FOVEA_PLAN_GRADIENT, &error);
  float image[N_IMAGE], seed[N_CLASSES] = { 0, 0, 1 };

  g_assert_no_error (error);
  tiny_fill (image, N_IMAGE, 9);
  fovea_plan_forward (plan, image);
  memcpy (logits, fovea_plan_get_activation (plan, 0), N_CLASSES * sizeof *logits);
  fovea_plan_gradient (plan, (const float *const[]) { seed }, gradient);
}

static void
assert_equivalent (FoveaNetwork *network,
                   FoveaNetwork *expected)
{
  float logits[2][N_CLASSES], gradients[2][N_IMAGE];

  run (network, logits[0], gradients[0]);
  run (expected, logits[1], gradients[1]);
  for (guint i = 0; i < N_CLASSES; i++)
    g_assert_cmpfloat_with_epsilon (logits[0][i], logits[1][i], 1e-5);
  for (guint i = 0; i < N_IMAGE; i++)
    g_assert_cmpfloat_with_epsilon (gradients[0][i], gradients[1][i], 1e-5);
}

static FoveaNetwork *
operate (FoveaNetwork *network,
         FoveaSurgery surgery,
         guint n,
         const char *const *addresses)
{
  g_autofree FoveaNeuron *neurons = g_new (FoveaNeuron, n);
  g_autoptr (GError) error = NULL;
  FoveaNetwork *result;

  for (guint i = 0; i < n; i++)
    {
      fovea_neuron_parse (network, addresses[i], &neurons[i], &error);
      g_assert_no_error (error);
    }
  result = fovea_network_operate (network, surgery, n, neurons, &error);
  g_assert_no_error (error);
  return result;
}

static void
test_remove (void)
{
  const guint off[] = { 1, 3 };
  const char *addresses[] = { "conv:3", "conv:1", "conv:3" };
  const char *after_relu[] = { "block:3", "relu:1" };
  g_autoptr (FoveaNetwork) whole = make_network (0, NULL);
  g_autoptr (FoveaNetwork) expected = make_network (2, off);
  g_autoptr (FoveaNetwork) network = operate (whole, FOVEA_SURGERY_REMOVE, 3, addresses);
  g_autoptr (FoveaNetwork) other = operate (whole, FOVEA_SURGERY_REMOVE, 2, after_relu);
  float logits[2][N_CLASSES], gradient[N_IMAGE];

  assert_equivalent (network, expected);
  assert_equivalent (other, expected);
  run (whole, logits[0], gradient);
  run (network, logits[1], gradient);
  g_assert_cmpfloat (logits[0][0], !=, logits[1][0]);

  g_assert_cmpstr (fovea_network_get_name (network), ==, "whole without conv:1, conv:3");
  g_assert_cmpstr (fovea_network_get_architecture (network), ==, "tiny");
  g_assert_cmpuint (fovea_network_get_n_classes (network), ==, N_CLASSES);
  g_assert_cmpint (fovea_network_get_resize (network), ==, 9);
  g_assert_cmpuint (strlen (fovea_network_get_sha256 (network)), ==, 64);
  g_assert_cmpstr (fovea_network_get_sha256 (network), !=, fovea_network_get_sha256 (other));
}

static void
test_keep (void)
{
  const guint off[] = { 0, 2 };
  const char *addresses[] = { "relu:1", "relu:3" };
  g_autoptr (FoveaNetwork) whole = make_network (0, NULL);
  g_autoptr (FoveaNetwork) expected = make_network (2, off);
  g_autoptr (FoveaNetwork) network = operate (whole, FOVEA_SURGERY_KEEP, 2, addresses);

  assert_equivalent (network, expected);
  g_assert_cmpstr (fovea_network_get_name (network), ==, "whole with only relu:1, relu:3");
}

/* Names lead to the same layers as before, and to what is read from them now. */
static void
test_addresses (void)
{
  const char *addresses[] = { "relu:0" };
  g_autoptr (FoveaNetwork) whole = make_network (0, NULL);
  g_autoptr (FoveaNetwork) network = operate (whole, FOVEA_SURGERY_REMOVE, 1, addresses);
  FoveaGraph *graph = fovea_network_get_graph (network);
  int layers[] = { tiny_find (graph, "block"), tiny_find (graph, "relu"), tiny_find (graph, "relu.whole") };
  g_autoptr (GError) error = NULL;
  g_autoptr (FoveaPlan) plan = fovea_plan_new (graph, 1, SIZE, SIZE, 2, layers + 1, FOVEA_PLAN_FORWARD, &error);
  float image[N_IMAGE], sum = 0;

  g_assert_no_error (error);
  g_assert_cmpint (layers[0], ==, layers[1]);
  tiny_fill (image, N_IMAGE, 9);
  fovea_plan_forward (plan, image);
  for (guint i = 0; i < SIZE * SIZE; i++)
    {
      g_assert_cmpfloat (fovea_plan_get_activation (plan, 0)[i], ==, 0);
      sum += fovea_plan_get_activation (plan, 1)[i];
    }
  g_assert_cmpfloat (sum, >, 0);
  for (guint i = SIZE * SIZE; i < N_CHANNELS * SIZE * SIZE; i++)
    g_assert_cmpfloat (fovea_plan_get_activation (plan, 0)[i], ==, fovea_plan_get_activation (plan, 1)[i]);
}

static void
test_bad_neurons (void)
{
  const FoveaNeuron bad[] = { { 0, N_CHANNELS, -1, -1 }, { 0, -1, -1, -1 }, { 99, 0, -1, -1 }, { -1, 0, -1, -1 } };
  g_autoptr (FoveaNetwork) whole = make_network (0, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (fovea_network_operate (whole, FOVEA_SURGERY_REMOVE, 1, &bad[i], &error));
      g_assert_error (error, FOVEA_ERROR, FOVEA_ERROR_ARGUMENT);
    }
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/surgery/remove", test_remove);
  g_test_add_func ("/surgery/keep", test_keep);
  g_test_add_func ("/surgery/addresses", test_addresses);
  g_test_add_func ("/surgery/bad-neurons", test_bad_neurons);
  return g_test_run ();
}
