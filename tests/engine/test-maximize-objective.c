/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/analysis/maximize-objective.h"

#include <math.h>
#include <string.h>

#include "tests/engine/tiny-graph.h"

#define SIZE 4
#define N_IMAGE (3 * SIZE * SIZE)
#define N_IMAGES 3

/* double: the image × (1, 2, -1) by channel; then its classes' scores: the channels' sums. */
static FoveaNetwork *
make_network (gboolean softmax)
{
  FoveaGraph *graph = fovea_graph_new (3, SIZE, SIZE);
  gint64 kernel_shape[] = { 3, 3, 1, 1 };
  gint64 matrix_shape[] = { 3, 3 };
  FoveaTensor *kernel = tiny_tensor (1, 4, kernel_shape);
  FoveaTensor *matrix = tiny_tensor (1, 2, matrix_shape);
  FoveaNetworkInfo info = { .name = "tiny", .training = "" };
  FoveaNetwork *network;

  for (guint i = 0; i < 9; i++)
    {
      kernel->data[i] = i == 0 ? 1 : i == 4 ? 2 : i == 8 ? -1 : 0;
      matrix->data[i] = i % 4 == 0 ? SIZE * SIZE : 0;
    }
  tiny_add (graph, "double", "Conv", "input", "{'kernel_shape': <[int64 1, 1]>}", tiny_parameters ("W", kernel));
  tiny_add (graph, "gap", "GlobalAveragePool", "double", NULL, NULL);
  tiny_add (graph, "flat", "Flatten", "gap", NULL, NULL);
  tiny_add (graph, "scores", "Gemm", "flat", "{'transB': <int64 1>}", tiny_parameters ("B", matrix));
  if (softmax)
    tiny_add (graph, "probabilities", "Softmax", "scores", NULL, NULL);
  tiny_finish (graph);
  network = fovea_network_new (graph, &info);
  fovea_graph_unref (graph);
  return network;
}

typedef struct {
  FoveaNetwork *network;
  FoveaObjectiveSet *set;
  FoveaPlan *plan;
  guint n_layers;
} Fixture;

static Fixture
make_fixture (gboolean softmax,
              const FoveaObjective *objectives)
{
  g_autoptr (GError) error = NULL;
  g_autofree int *layers = NULL;
  Fixture fixture = { .network = make_network (softmax) };

  fixture.set = fovea_objective_set_new (fixture.network, N_IMAGES, objectives, &error);
  g_assert_no_error (error);
  layers = fovea_objective_set_get_layers (fixture.set, &fixture.n_layers);
  fixture.plan = fovea_plan_new (fovea_network_get_graph (fixture.network), N_IMAGES, SIZE, SIZE, fixture.n_layers, layers,
                                 FOVEA_PLAN_GRADIENT, &error);
  g_assert_no_error (error);
  fovea_objective_set_bind (fixture.set, fixture.plan, &error);
  g_assert_no_error (error);
  return fixture;
}

static void
clear_fixture (Fixture *fixture)
{
  fovea_plan_free (fixture->plan);
  fovea_objective_set_free (fixture->set);
  fovea_network_unref (fixture->network);
}

static FoveaObjective
make_objective (FoveaObjectiveKind kind,
                int layer,
                gint64 channel,
                gint64 y,
                gint64 x)
{
  FoveaObjective objective = { 0 };

  objective.n_terms = 1;
  objective.terms[0] = (FoveaObjectiveTerm) { .kind = kind, .weight = 1, .neuron = { layer, channel, y, x } };
  return objective;
}

/* Image n: channel c, row y, column x is n + c / 10 + y / 100 + x / 1000. */
static void
fill_images (float *images)
{
  for (guint i = 0; i < N_IMAGES * N_IMAGE; i++)
    images[i] = (float) (i / N_IMAGE) + (float) (i / 16 % 3) / 10 + (float) (i / 4 % 4) / 100 + (float) (i % 4) / 1000;
}

static void
test_values (void)
{
  FoveaObjective objectives[] = {
    make_objective (FOVEA_OBJECTIVE_NEURON, 0, 1, 2, 3),
    make_objective (FOVEA_OBJECTIVE_NEURON, 0, 0, -1, -1),
    make_objective (FOVEA_OBJECTIVE_CHANNEL, 0, 2, -1, -1),
  };
  Fixture fixture = make_fixture (FALSE, objectives);
  float images[N_IMAGES * N_IMAGE];
  double values[N_IMAGES];
  const float *const *seeds;

  fill_images (images);
  fovea_plan_forward (fixture.plan, images);
  seeds = fovea_objective_set_evaluate (fixture.set, fixture.plan, values);

  g_assert_cmpuint (fixture.n_layers, ==, 1);
  g_assert_cmpfloat_with_epsilon (values[0], 2 * (0 + 0.1 + 0.02 + 0.003), 1e-6);
  g_assert_cmpfloat_with_epsilon (values[1], 1 + 0 + 0.02 + 0.002, 1e-6);
  g_assert_cmpfloat_with_epsilon (values[2], -(2 + 0.2 + 0.015 + 0.0015), 1e-6);

  for (guint i = 0; i < N_IMAGES * N_IMAGE; i++)
    {
      float expected = i == 16 + 2 * 4 + 3                        ? 1
                       : i == N_IMAGE + 2 * 4 + 2                  ? 1
                       : i >= 2 * N_IMAGE + 32 && i < 3 * N_IMAGE ? 1.0f / 16
                                                                   : 0;

      g_assert_cmpfloat (seeds[0][i], ==, expected);
    }
  clear_fixture (&fixture);
}

/* A weighted sum over two layers; the class' score is found with and without softmax at the end. */
static void
test_sum (gconstpointer data)
{
  gboolean softmax = GPOINTER_TO_INT (data);
  FoveaObjective objectives[] = {
    make_objective (FOVEA_OBJECTIVE_LOGIT, -1, 1, -1, -1),
    make_objective (FOVEA_OBJECTIVE_LAYER, 0, 0, -1, -1),
    make_objective (FOVEA_OBJECTIVE_LOGIT, -1, 0, -1, -1),
  };
  Fixture fixture;
  float images[N_IMAGES * N_IMAGE];
  double values[N_IMAGES], squares = 0;
  const float *const *seeds;

  objectives[2].terms[0].weight = -2;
  objectives[2].terms[1] = objectives[0].terms[0];
  objectives[2].terms[1].weight = 0.5;
  objectives[2].n_terms = 2;
  fixture = make_fixture (softmax, objectives);
  fill_images (images);
  fovea_plan_forward (fixture.plan, images);
  seeds = fovea_objective_set_evaluate (fixture.set, fixture.plan, values);

  g_assert_cmpuint (fixture.n_layers, ==, 2);
  for (guint i = 0; i < N_IMAGE; i++)
    squares += pow (images[N_IMAGE + i] * (i < 16 ? 1 : i < 32 ? 2 : -1), 2);
  g_assert_cmpfloat_with_epsilon (values[0], 16 * 2 * (0.1 + 0.0165), 1e-4);
  g_assert_cmpfloat_with_epsilon (values[1], squares / N_IMAGE, 1e-5);
  g_assert_cmpfloat_with_epsilon (values[2], -2 * 16 * 2.0165 + 0.5 * 16 * 2 * 2.1165, 1e-3);
  g_assert_cmpfloat (seeds[0][1], ==, 1);
  g_assert_cmpfloat (seeds[0][6], ==, -2);
  g_assert_cmpfloat (seeds[0][7], ==, 0.5);
  g_assert_cmpfloat (seeds[1][0], ==, 0);
  g_assert_cmpfloat_with_epsilon (seeds[1][N_IMAGE + 20], 2 * 2 * images[N_IMAGE + 20] / N_IMAGE, 1e-6);
  clear_fixture (&fixture);
}

/* Minus the mean cosine of Gram matrices, computed anew in double precision. */
static double
get_diversity (const float *images,
               guint image)
{
  static const double factors[] = { 1, 2, -1 };
  double grams[N_IMAGES][9] = { 0 };
  double sum = 0;

  for (guint n = 0; n < N_IMAGES; n++)
    {
      double norm = 0;

      for (guint a = 0; a < 3; a++)
        for (guint b = 0; b < 3; b++)
          for (guint i = 0; i < 16; i++)
            grams[n][a * 3 + b] += factors[a] * images[n * N_IMAGE + a * 16 + i] * factors[b] * images[n * N_IMAGE + b * 16 + i];
      for (guint k = 0; k < 9; k++)
        norm += grams[n][k] * grams[n][k];
      for (guint k = 0; k < 9; k++)
        grams[n][k] /= sqrt (norm);
    }
  for (guint n = 0; n < N_IMAGES; n++)
    for (guint k = 0; k < 9; k++)
      sum += n == image ? 0 : grams[image][k] * grams[n][k] / (N_IMAGES - 1);
  return -sum;
}

static void
test_diversity (void)
{
  FoveaObjective objectives[N_IMAGES];
  Fixture fixture;
  float images[N_IMAGES * N_IMAGE];
  double values[N_IMAGES];
  const float *const *seeds;
  g_autofree float *gradient = g_new (float, N_IMAGES * N_IMAGE);

  for (guint n = 0; n < N_IMAGES; n++)
    objectives[n] = make_objective (FOVEA_OBJECTIVE_DIVERSITY, 0, 0, -1, -1);
  fixture = make_fixture (FALSE, objectives);
  tiny_fill (images, G_N_ELEMENTS (images), 5);
  fovea_plan_forward (fixture.plan, images);
  seeds = fovea_objective_set_evaluate (fixture.set, fixture.plan, values);
  fovea_plan_gradient (fixture.plan, seeds, gradient);
  for (guint n = 0; n < N_IMAGES; n++)
    {
      g_assert_cmpfloat_with_epsilon (values[n], get_diversity (images, n), 1e-6);
      g_assert_cmpfloat (values[n], <, 0);
    }
  for (guint i = 0; i < N_IMAGES * N_IMAGE; i++)
    {
      float value = images[i];
      double up, down;

      images[i] = value + 1e-3f;
      up = get_diversity (images, i / N_IMAGE);
      images[i] = value - 1e-3f;
      down = get_diversity (images, i / N_IMAGE);
      images[i] = value;
      g_assert_cmpfloat_with_epsilon (gradient[i], (up - down) / 2e-3, 2e-4);
    }
  clear_fixture (&fixture);
}

/* One image alone has nothing to differ from; equal images are as similar as can be. */
static void
test_diversity_limits (void)
{
  FoveaObjective objectives[N_IMAGES] = {
    make_objective (FOVEA_OBJECTIVE_DIVERSITY, 0, 0, -1, -1),
    make_objective (FOVEA_OBJECTIVE_DIVERSITY, 0, 0, -1, -1),
    make_objective (FOVEA_OBJECTIVE_DIVERSITY, 1, 0, -1, -1),
  };
  Fixture fixture = make_fixture (FALSE, objectives);
  float images[N_IMAGES * N_IMAGE];
  double values[N_IMAGES];

  tiny_fill (images, N_IMAGE, 5);
  memcpy (images + N_IMAGE, images, N_IMAGE * sizeof (float));
  memcpy (images + 2 * N_IMAGE, images, N_IMAGE * sizeof (float));
  fovea_plan_forward (fixture.plan, images);
  fovea_objective_set_evaluate (fixture.set, fixture.plan, values);
  g_assert_cmpfloat_with_epsilon (values[0], -1, 1e-6);
  g_assert_cmpfloat_with_epsilon (values[1], -1, 1e-6);
  g_assert_cmpfloat (values[2], ==, 0);
  clear_fixture (&fixture);
}

static void
assert_refused (FoveaObjective objective,
                gint code,
                const char *message)
{
  g_autoptr (FoveaNetwork) network = make_network (TRUE);
  g_autoptr (GError) error = NULL;
  FoveaObjective objectives[N_IMAGES] = { objective, objective, objective };
  g_autoptr (FoveaObjectiveSet) set = fovea_objective_set_new (network, N_IMAGES, objectives, &error);

  if (set != NULL)
    {
      guint n_layers;
      g_autofree int *layers = fovea_objective_set_get_layers (set, &n_layers);
      g_autoptr (FoveaPlan) plan = fovea_plan_new (fovea_network_get_graph (network), N_IMAGES, SIZE, SIZE, n_layers, layers,
                                                   FOVEA_PLAN_GRADIENT, &error);

      g_assert_no_error (error);
      g_assert_false (fovea_objective_set_bind (set, plan, &error));
    }
  g_assert_error (error, FOVEA_ERROR, code);
  g_assert_cmpstr (error->message, ==, message);
}

static void
test_errors (void)
{
  FoveaObjective bad = make_objective (FOVEA_OBJECTIVE_CHANNEL, 0, 0, -1, -1);

  assert_refused (make_objective (FOVEA_OBJECTIVE_CHANNEL, 0, 3, -1, -1), FOVEA_ERROR_NOT_FOUND,
                  "channel 3 does not exist: layer double has 3 channels, counted from 0");
  assert_refused (make_objective (FOVEA_OBJECTIVE_LOGIT, -1, 3, -1, -1), FOVEA_ERROR_NOT_FOUND,
                  "class 3 does not exist: scores has 3 classes, counted from 0");
  assert_refused (make_objective (FOVEA_OBJECTIVE_CHANNEL, 7, 0, -1, -1), FOVEA_ERROR_NOT_FOUND,
                  "the objective names no layer of this network");
  assert_refused (make_objective (FOVEA_OBJECTIVE_NEURON, 0, 0, 4, 0), FOVEA_ERROR_NOT_FOUND,
                  "position 4,0 does not exist: at this image size the map of layer double has 4 rows and 4 columns, counted from 0");
  assert_refused (make_objective (FOVEA_OBJECTIVE_NEURON, 0, 0, 2, -1), FOVEA_ERROR_NOT_FOUND,
                  "position 2,-1 does not exist: at this image size the map of layer double has 4 rows and 4 columns, counted from 0");
  bad.terms[0].weight = NAN;
  assert_refused (bad, FOVEA_ERROR_ARGUMENT, "an objective's weight is not a finite number");
  bad.n_terms = 0;
  assert_refused (bad, FOVEA_ERROR_ARGUMENT, "an objective has 0 terms, it can have 1 to 8");
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/maximize-objective/values", test_values);
  g_test_add_data_func ("/maximize-objective/sum", GINT_TO_POINTER (FALSE), test_sum);
  g_test_add_data_func ("/maximize-objective/sum-before-softmax", GINT_TO_POINTER (TRUE), test_sum);
  g_test_add_func ("/maximize-objective/diversity", test_diversity);
  g_test_add_func ("/maximize-objective/diversity-limits", test_diversity_limits);
  g_test_add_func ("/maximize-objective/errors", test_errors);
  return g_test_run ();
}
