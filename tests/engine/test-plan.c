/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/plan.h"

#include <math.h>
#include <string.h>

#include "engine/parallel.h"
#include "tests/engine/tiny-graph.h"

#define SIZE 6
#define CHANNELS 3
#define N_IMAGE (CHANNELS * SIZE * SIZE)

/* Branches that split and join again, so that gradients meet and buffers cannot simply take turns:
 *
 *   input → conv → bn → relu ┬→ left ───────┐
 *                            ├→ right → pool ┴ concat → sum(concat + concat) → gap
 *                            └→ add(relu, bn2) …
 */
static FoveaGraph *
make_graph (void)
{
  FoveaGraph *graph = fovea_graph_new (CHANNELS, SIZE, SIZE);
  g_autoptr (GError) error = NULL;
  static const char *conv3 = "{'kernel_shape': <[int64 3, 3]>, 'pads': <[int64 1, 1, 1, 1]>}";
  GHashTable *bn = tiny_parameters ("scale", tiny_tensor (2, 1, (gint64[]) { 4 }));
  FoveaTensor *variance = tiny_tensor (3, 1, (gint64[]) { 4 });

  for (guint i = 0; i < 4; i++)
    variance->data[i] = 1 + variance->data[i] / 2;
  g_hash_table_insert (bn, g_strdup ("B"), tiny_tensor (4, 1, (gint64[]) { 4 }));
  g_hash_table_insert (bn, g_strdup ("input_mean"), tiny_tensor (5, 1, (gint64[]) { 4 }));
  g_hash_table_insert (bn, g_strdup ("input_var"), variance);

  tiny_add (graph, "conv", "Conv", "input", conv3, tiny_parameters ("W", tiny_tensor (1, 4, (gint64[]) { 4, 3, 3, 3 })));
  tiny_add (graph, "bn", "BatchNormalization", "conv", NULL, bn);
  tiny_add (graph, "relu", "Relu", "bn", NULL, NULL);
  tiny_add (graph, "left", "Conv", "relu", "{'kernel_shape': <[int64 1, 1]>}", tiny_parameters ("W", tiny_tensor (6, 4, (gint64[]) { 5, 4, 1, 1 })));
  tiny_add (graph, "right", "Conv", "relu", conv3, tiny_parameters ("W", tiny_tensor (7, 4, (gint64[]) { 4, 4, 3, 3 })));
  tiny_add (graph, "pool", "AveragePool", "right", "{'kernel_shape': <[int64 3, 3]>, 'pads': <[int64 1, 1, 1, 1]>}", NULL);
  tiny_add (graph, "add", "Add", "pool relu", NULL, NULL);
  tiny_add (graph, "concat", "Concat", "left add", "{'axis': <int64 1>}", NULL);
  tiny_add (graph, "twice", "Add", "concat concat", NULL, NULL);
  tiny_add (graph, "gap", "GlobalAveragePool", "twice", NULL, NULL);
  fovea_graph_set_normalization (graph, (double[]) { 0.4, 0.5, 0.6 }, (double[]) { 0.2, 0.25, 0.3 }, 3, &error);
  g_assert_no_error (error);
  tiny_finish (graph);
  return graph;
}

static FoveaPlan *
make_plan (FoveaGraph *graph,
           gsize batch,
           const char *layers,
           FoveaPlanFlags flags)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) names = g_strsplit (layers, " ", -1);
  int indices[16];
  FoveaPlan *plan;

  for (guint i = 0; names[i] != NULL; i++)
    indices[i] = tiny_find (graph, names[i]);
  plan = fovea_plan_new (graph, batch, SIZE, SIZE, g_strv_length (names), indices, flags, &error);
  g_assert_no_error (error);
  return plan;
}

static double
weigh (const FoveaPlan *plan,
       guint wanted,
       const float *weights)
{
  gsize n = fovea_shape_get_n_elements (fovea_plan_get_shape (plan, wanted));
  double sum = 0;

  for (gsize i = 0; i < n; i++)
    sum += (double) fovea_plan_get_activation (plan, wanted)[i] * weights[i];
  return sum;
}

/* The objective is a random linear function of two layers, one of which lies on the way to the other. */
static void
test_gradient (void)
{
  g_autoptr (FoveaGraph) graph = make_graph ();
  g_autoptr (FoveaPlan) plan = make_plan (graph, 1, "gap right", FOVEA_PLAN_GRADIENT);
  float image[N_IMAGE], gradient[N_IMAGE], gap_seed[9], right_seed[4 * SIZE * SIZE];
  const float *seeds[] = { gap_seed, right_seed };
  double largest = 0;

  tiny_fill (image, N_IMAGE, 10);
  tiny_fill (gap_seed, G_N_ELEMENTS (gap_seed), 11);
  tiny_fill (right_seed, G_N_ELEMENTS (right_seed), 12);
  fovea_plan_forward (plan, image);
  fovea_plan_gradient (plan, seeds, gradient);

  for (guint i = 0; i < N_IMAGE; i++)
    {
      const float step = 1e-3f, saved = image[i];
      double plus, minus;

      image[i] = saved + step;
      fovea_plan_forward (plan, image);
      plus = weigh (plan, 0, gap_seed) + weigh (plan, 1, right_seed);
      image[i] = saved - step;
      fovea_plan_forward (plan, image);
      minus = weigh (plan, 0, gap_seed) + weigh (plan, 1, right_seed);
      image[i] = saved;
      g_assert_true (isfinite (gradient[i]));
      /* A ReLU's kink inside the step may spoil single values by a little. */
      g_assert_cmpfloat_with_epsilon ((plus - minus) / (2 * step), gradient[i], 0.02 * (1 + fabs (gradient[i])));
      largest = MAX (largest, fabs (gradient[i]));
    }
  g_assert_cmpfloat (largest, >, 0.5);
}

/* Seeds of one layer leave the other alone: the gradients of both add up. */
static void
test_seeds_add_up (void)
{
  g_autoptr (FoveaGraph) graph = make_graph ();
  g_autoptr (FoveaPlan) plan = make_plan (graph, 1, "left gap", FOVEA_PLAN_GRADIENT);
  float image[N_IMAGE], both[N_IMAGE], one[N_IMAGE], other[N_IMAGE], left_seed[5 * SIZE * SIZE], gap_seed[9];

  tiny_fill (image, N_IMAGE, 20);
  tiny_fill (left_seed, G_N_ELEMENTS (left_seed), 21);
  tiny_fill (gap_seed, G_N_ELEMENTS (gap_seed), 22);
  fovea_plan_forward (plan, image);
  fovea_plan_gradient (plan, (const float *[]) { left_seed, gap_seed }, both);
  fovea_plan_forward (plan, image);
  fovea_plan_gradient (plan, (const float *[]) { left_seed, NULL }, one);
  fovea_plan_forward (plan, image);
  fovea_plan_gradient (plan, (const float *[]) { NULL, gap_seed }, other);
  for (guint i = 0; i < N_IMAGE; i++)
    g_assert_cmpfloat_with_epsilon (both[i], one[i] + other[i], 1e-5 * (1 + fabsf (both[i])));
}

/* Whatever is wanted beside it, in place or not, with gradient or not: a layer has the same bytes. */
static void
test_wanted_layers_do_not_disturb (void)
{
  static const char *const layers[] = { "conv", "bn", "relu", "left", "right", "pool", "add", "concat", "twice", "gap" };
  g_autoptr (FoveaGraph) graph = make_graph ();
  g_autoptr (FoveaPlan) all = make_plan (graph, 1, "conv bn relu left right pool add concat twice gap", FOVEA_PLAN_FORWARD);
  float image[N_IMAGE];

  tiny_fill (image, N_IMAGE, 30);
  fovea_plan_forward (all, image);
  for (guint i = 0; i < G_N_ELEMENTS (layers); i++)
    for (guint flags = 0; flags <= FOVEA_PLAN_GRADIENT; flags++)
      {
        g_autoptr (FoveaPlan) single = make_plan (graph, 1, layers[i], flags);
        gsize bytes = fovea_shape_get_n_elements (fovea_plan_get_shape (single, 0)) * sizeof (float);

        fovea_plan_forward (single, image);
        g_assert_cmpmem (fovea_plan_get_activation (single, 0), bytes, fovea_plan_get_activation (all, i), bytes);
        g_assert_true (fovea_shape_equal (fovea_plan_get_shape (single, 0), fovea_plan_get_shape (all, i)));
      }
}

static void
test_values_by_hand (void)
{
  g_autoptr (FoveaGraph) graph = make_graph ();
  g_autoptr (FoveaPlan) plan = make_plan (graph, 1, "conv relu left add concat twice gap", FOVEA_PLAN_FORWARD);
  float image[N_IMAGE];
  const FoveaTensor *kernel = g_hash_table_lookup (fovea_graph_get_node (graph, (guint) tiny_find (graph, "conv"))->parameters, "W");
  double expected = 0, sum = 0;

  tiny_fill (image, N_IMAGE, 40);
  fovea_plan_forward (plan, image);

  /* Channel 1 of the convolution at (2, 3), from the normalized image. */
  for (guint c = 0; c < 3; c++)
    for (guint ky = 0; ky < 3; ky++)
      for (guint kx = 0; kx < 3; kx++)
        {
          double pixel = image[(c * SIZE + 2 + ky - 1) * SIZE + 3 + kx - 1];

          expected += kernel->data[((1 * 3 + c) * 3 + ky) * 3 + kx] * (pixel - (0.4 + 0.1 * c)) / (0.2 + 0.05 * c);
        }
  g_assert_cmpfloat_with_epsilon (fovea_plan_get_activation (plan, 0)[(1 * SIZE + 2) * SIZE + 3], expected, 1e-5);

  /* concat holds left's 5 channels, then add's 4; twice doubles it; gap is its mean. */
  for (guint i = 0; i < SIZE * SIZE; i++)
    {
      float left = fovea_plan_get_activation (plan, 2)[2 * SIZE * SIZE + i], add = fovea_plan_get_activation (plan, 3)[3 * SIZE * SIZE + i];

      g_assert_cmpfloat (fovea_plan_get_activation (plan, 4)[2 * SIZE * SIZE + i], ==, left);
      g_assert_cmpfloat (fovea_plan_get_activation (plan, 4)[8 * SIZE * SIZE + i], ==, add);
      g_assert_cmpfloat (fovea_plan_get_activation (plan, 5)[8 * SIZE * SIZE + i], ==, 2 * add);
      sum += 2 * add;
    }
  g_assert_cmpfloat_with_epsilon (fovea_plan_get_activation (plan, 6)[8], sum / (SIZE * SIZE), 1e-5);
}

static void
test_batch_and_threads (void)
{
  g_autoptr (FoveaGraph) graph = make_graph ();
  float images[5 * N_IMAGE], gradients[3][5 * N_IMAGE], seeds[5 * 9], single_gradient[N_IMAGE];
  float outputs[3][5 * 9];
  const float *seed = seeds;

  tiny_fill (images, 5 * N_IMAGE, 50);
  tiny_fill (seeds, 5 * 9, 51);
  for (guint n_threads = 1; n_threads <= 3; n_threads++)
    {
      g_autoptr (FoveaPlan) plan = NULL;

      fovea_parallel_set_n_threads (n_threads);
      plan = make_plan (graph, 5, "gap", FOVEA_PLAN_GRADIENT);
      fovea_plan_forward (plan, images);
      memcpy (outputs[n_threads - 1], fovea_plan_get_activation (plan, 0), sizeof outputs[0]);
      fovea_plan_gradient (plan, &seed, gradients[n_threads - 1]);
    }
  g_assert_cmpmem (outputs[0], sizeof outputs[0], outputs[1], sizeof outputs[1]);
  g_assert_cmpmem (outputs[0], sizeof outputs[0], outputs[2], sizeof outputs[2]);
  g_assert_cmpmem (gradients[0], sizeof gradients[0], gradients[1], sizeof gradients[1]);
  g_assert_cmpmem (gradients[0], sizeof gradients[0], gradients[2], sizeof gradients[2]);

  for (guint i = 0; i < 5; i++)
    {
      g_autoptr (FoveaPlan) single = make_plan (graph, 1, "gap", FOVEA_PLAN_GRADIENT);

      seed = seeds + i * 9;
      fovea_plan_forward (single, images + i * N_IMAGE);
      g_assert_cmpmem (fovea_plan_get_activation (single, 0), 9 * sizeof (float), outputs[0] + i * 9, 9 * sizeof (float));
      fovea_plan_gradient (single, &seed, single_gradient);
      g_assert_cmpmem (single_gradient, sizeof single_gradient, gradients[0] + i * N_IMAGE, sizeof single_gradient);
    }
}

/* A chain of many layers needs two buffers forward, not one a layer. */
static void
test_memory (void)
{
  g_autoptr (FoveaGraph) graph = fovea_graph_new (16, 32, 32);
  g_autoptr (FoveaPlan) plan = NULL;
  g_autoptr (GError) error = NULL;
  const gsize layer_bytes = 16 * 32 * 32 * sizeof (float);
  int last;

  for (guint i = 0; i < 20; i++)
    {
      g_autofree char *name = g_strdup_printf ("pool%u", i), *previous = i == 0 ? g_strdup ("input") : g_strdup_printf ("pool%u", i - 1);

      tiny_add (graph, name, "AveragePool", previous, "{'kernel_shape': <[int64 3, 3]>, 'pads': <[int64 1, 1, 1, 1]>}", NULL);
    }
  tiny_finish (graph);
  last = fovea_graph_get_output (graph);
  plan = fovea_plan_new (graph, 1, 32, 32, 1, &last, FOVEA_PLAN_FORWARD, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (fovea_plan_get_peak_bytes (plan), >=, 2 * layer_bytes);
  g_assert_cmpuint (fovea_plan_get_peak_bytes (plan), <=, 4 * layer_bytes);
}

static void
test_absurd_plans (void)
{
  g_autoptr (FoveaGraph) graph = make_graph ();
  int last = fovea_graph_get_output (graph);
  static const struct {
    gsize batch;
    gint64 size;
  } cases[] = { { G_GUINT64_CONSTANT (1) << 60, SIZE }, { 1, G_GINT64_CONSTANT (1) << 40 }, { 1000000, 64 } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (fovea_plan_new (graph, cases[i].batch, cases[i].size, cases[i].size, 1, &last, FOVEA_PLAN_FORWARD, &error));
      g_assert_error (error, FOVEA_ERROR, FOVEA_ERROR_TOO_LARGE);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/plan/gradient", test_gradient);
  g_test_add_func ("/plan/seeds-add-up", test_seeds_add_up);
  g_test_add_func ("/plan/wanted-layers-do-not-disturb", test_wanted_layers_do_not_disturb);
  g_test_add_func ("/plan/values-by-hand", test_values_by_hand);
  g_test_add_func ("/plan/batch-and-threads", test_batch_and_threads);
  g_test_add_func ("/plan/memory", test_memory);
  g_test_add_func ("/plan/absurd-plans", test_absurd_plans);
  return g_test_run ();
}
