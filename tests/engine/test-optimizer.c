/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/analysis/optimizer.h"

#include <math.h>

#include "tests/engine/tiny-graph.h"
#include "tests/python.h"
#include "tests/scratch.h"

static FoveaOptimizerState *
make_state (FoveaOptimizer optimizer,
            double learning_rate,
            guint n_images,
            gsize size)
{
  g_autoptr (GError) error = NULL;
  FoveaOptimizerState *state = fovea_optimizer_state_new (optimizer, learning_rate, n_images, size, &error);

  g_assert_no_error (error);
  return state;
}

/* Adam's first step has the learning rate's length whatever the gradient; with gradients 1 and -1 the
 * second moves by 0.1 (0.9 · 0.1 - 0.1) / 0.19 = -1/190 of it. */
static void
test_adam (void)
{
  g_autoptr (FoveaOptimizerState) state = make_state (FOVEA_OPTIMIZER_ADAM, 0.05, 2, 3);
  float values[] = { 1, 2, 3 };
  float others[] = { 1, 2, 3 };

  fovea_optimizer_state_step (state, 1, (float[]) { 1, -1000, 0 }, values);
  g_assert_cmpfloat_with_epsilon (values[0], 1.05, 1e-6);
  g_assert_cmpfloat_with_epsilon (values[1], 1.95, 1e-6);
  g_assert_cmpfloat (values[2], ==, 3);
  fovea_optimizer_state_step (state, 1, (float[]) { -1, -1000, 0 }, values);
  g_assert_cmpfloat_with_epsilon (values[0], 1.05 + 0.05 * (0.09 - 0.1) / 0.19, 1e-6);
  g_assert_cmpfloat_with_epsilon (values[1], 1.90, 1e-6);
  g_assert_cmpfloat (values[2], ==, 3);

  /* Images have their own moments and count their own steps. */
  fovea_optimizer_state_step (state, 0, (float[]) { 1, 1, 1 }, others);
  g_assert_cmpfloat_with_epsilon (others[0], 1.05, 1e-6);
}

static void
test_normalized_gradient (void)
{
  g_autoptr (FoveaOptimizerState) state = make_state (FOVEA_OPTIMIZER_NORMALIZED_GRADIENT, 0.5, 1, 2);
  float values[] = { 1, 2 };

  fovea_optimizer_state_step (state, 0, (float[]) { 3000, -4000 }, values);
  g_assert_cmpfloat_with_epsilon (values[0], 1.3, 1e-6);
  g_assert_cmpfloat_with_epsilon (values[1], 1.6, 1e-6);
  fovea_optimizer_state_step (state, 0, (float[]) { 0, 0 }, values);
  g_assert_cmpfloat_with_epsilon (values[0], 1.3, 1e-6);
}

static void
test_pytorch (void)
{
  enum { SIZE = 50, STEPS = 20 };
  g_autoptr (FoveaOptimizerState) state = make_state (FOVEA_OPTIMIZER_ADAM, 0.05, 1, SIZE);
  g_autoptr (FoveaScratch) scratch = fovea_scratch_new ();
  g_autofree char *values_path = fovea_scratch_path (scratch, "values");
  g_autofree char *gradients_path = fovea_scratch_path (scratch, "gradients");
  g_autofree char *result_path = fovea_scratch_path (scratch, "result");
  g_autofree char *contents = NULL;
  g_autoptr (GError) error = NULL;
  float values[SIZE], gradients[STEPS * SIZE];
  const float *expected;

  tiny_fill (values, SIZE, 1);
  tiny_fill (gradients, STEPS * SIZE, 2);
  for (guint i = 0; i < STEPS * SIZE; i++)
    gradients[i] *= powf (10, (float) (i % SIZE) / 5 - 8);
  g_file_set_contents (values_path, (const char *) values, sizeof values, &error);
  g_assert_no_error (error);
  g_file_set_contents (gradients_path, (const char *) gradients, sizeof gradients, &error);
  g_assert_no_error (error);
  if (!fovea_test_run_python ("torch", "engine/reference-maximize.py", "adam", "0.05", "20", values_path, gradients_path, result_path, NULL))
    return;

  for (guint step = 0; step < STEPS; step++)
    fovea_optimizer_state_step (state, 0, gradients + step * SIZE, values);
  g_file_get_contents (result_path, &contents, NULL, &error);
  g_assert_no_error (error);
  expected = (const float *) contents;
  for (guint i = 0; i < SIZE; i++)
    g_assert_cmpfloat_with_epsilon (values[i], expected[i], 1e-5);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/optimizer/adam", test_adam);
  g_test_add_func ("/optimizer/normalized-gradient", test_normalized_gradient);
  g_test_add_func ("/optimizer/pytorch", test_pytorch);
  return g_test_run ();
}
