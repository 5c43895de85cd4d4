/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/analysis/attack.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/engine/tiny-graph.h"
#include "tests/python.h"
#include "tests/scratch.h"

#define SIZE 4
#define N_VALUES (3 * SIZE * SIZE)
#define N_PHOTOGRAPHS 3

/* Two classes, each logit a weighted sum of the image's values. */
static FoveaNetwork *
make_linear_network (float *weights)
{
  FoveaGraph *graph = fovea_graph_new (3, SIZE, SIZE);
  gint64 shape[] = { 2, N_VALUES };
  FoveaTensor *matrix = tiny_tensor (3, 2, shape);
  FoveaNetworkInfo info = { .name = "linear" };
  FoveaNetwork *network;

  memcpy (weights, matrix->data, matrix->n_elements * sizeof (float));
  tiny_add (graph, "flatten", "Flatten", "input", NULL, NULL);
  tiny_add (graph, "fc", "Gemm", "flatten", "{'transB': <int64 1>}", tiny_parameters ("B", matrix));
  tiny_add (graph, "softmax", "Softmax", "fc", NULL, NULL);
  tiny_finish (graph);
  network = fovea_network_new (graph, &info);
  fovea_graph_unref (graph);
  return network;
}

static double
distance (const float *a,
          const float *b,
          gsize n,
          FoveaAttackNorm norm)
{
  double squares = 0, largest = 0;

  for (gsize i = 0; i < n; i++)
    {
      squares += ((double) a[i] - b[i]) * ((double) a[i] - b[i]);
      largest = MAX (largest, fabs ((double) a[i] - b[i]));
    }
  return norm == FOVEA_ATTACK_L2 ? sqrt (squares) : largest;
}

/* Of a linear network the worst image is known: the original moved by ε along w = w1 - w0 (L2) or along its sign (L∞), and the
 * loss there is log (1 + exp (w · x)) for class 0. */
static void
test_linear (gconstpointer data)
{
  FoveaAttackOptions options;
  float weights[2 * N_VALUES], images[2 * N_VALUES], attacked[2 * N_VALUES], w[N_VALUES];
  g_autoptr (FoveaNetwork) network = make_linear_network (weights);
  g_autoptr (FoveaAttack) attack = NULL;
  g_autoptr (GError) error = NULL;
  FoveaAttackOutcome outcomes[2];
  guint classes[] = { 0, 1 };
  double length = 0;

  fovea_attack_options_init (&options);
  options.norm = GPOINTER_TO_INT (data);
  options.epsilon = 0.25;
  for (guint i = 0; i < N_VALUES; i++)
    {
      w[i] = weights[N_VALUES + i] - weights[i];
      length += (double) w[i] * w[i];
      images[i] = images[N_VALUES + i] = 0.3f + 0.4f * (float) i / N_VALUES;
    }
  length = sqrt (length);

  attack = fovea_attack_new (network, 2, &error);
  g_assert_no_error (error);
  fovea_attack_run (attack, &options, images, classes, NULL, NULL, attacked, outcomes, &error);
  g_assert_no_error (error);

  for (guint n = 0; n < 2; n++)
    {
      double sign = n == 0 ? 1 : -1, margin = 0;

      for (guint i = 0; i < N_VALUES; i++)
        {
          double change = options.norm == FOVEA_ATTACK_L2 ? w[i] / length : w[i] > 0 ? 1 : -1;

          g_assert_cmpfloat_with_epsilon (attacked[n * N_VALUES + i], images[i] + sign * options.epsilon * change, 1e-5);
          margin += sign * w[i] * attacked[n * N_VALUES + i];
        }
      g_assert_cmpfloat_with_epsilon (outcomes[n].loss, log1p (exp (margin)), 1e-5);
      g_assert_cmpuint (outcomes[n].answer, ==, margin > 0 ? 1 - n : n);
    }

  /* Towards a class is away from the only other one. */
  {
    float towards[2 * N_VALUES];
    guint targets[] = { 1, 0 };

    options.targeted = TRUE;
    fovea_attack_run (attack, &options, images, targets, NULL, NULL, towards, outcomes, &error);
    g_assert_no_error (error);
    for (guint i = 0; i < 2 * N_VALUES; i++)
      g_assert_cmpfloat_with_epsilon (towards[i], attacked[i], 1e-5);
  }
}

/* Images stay in [0,1], within ε; random starts follow the stream, not the neighbours; ε = 0 changes nothing. */
static void
test_bounds (void)
{
  float weights[2 * N_VALUES], images[2 * N_VALUES], attacked[2 * N_VALUES], alone[N_VALUES];
  g_autoptr (FoveaNetwork) network = make_linear_network (weights);
  g_autoptr (FoveaAttack) attack = NULL;
  g_autoptr (FoveaAttack) single = NULL;
  g_autoptr (GError) error = NULL;
  FoveaAttackOutcome outcomes[2];
  FoveaAttackOptions options;
  guint classes[] = { 0, 1 };
  guint64 streams[] = { 11, 12 };

  for (guint i = 0; i < 2 * N_VALUES; i++)
    images[i] = (float) (i % 5) / 4;
  attack = fovea_attack_new (network, 2, &error);
  g_assert_no_error (error);
  single = fovea_attack_new (network, 1, &error);
  g_assert_no_error (error);

  for (int norm = FOVEA_ATTACK_L2; norm <= FOVEA_ATTACK_LINF; norm++)
    {
      fovea_attack_options_init (&options);
      options.norm = norm;
      options.n_steps = 1;
      options.step_size = 0.01;
      options.random_start = TRUE;
      fovea_attack_run (attack, &options, images, classes, streams, NULL, attacked, outcomes, &error);
      g_assert_no_error (error);
      for (guint i = 0; i < 2 * N_VALUES; i++)
        g_assert_true (attacked[i] >= 0 && attacked[i] <= 1);
      for (guint n = 0; n < 2; n++)
        {
          double changed = distance (attacked + n * N_VALUES, images + n * N_VALUES, N_VALUES, norm);

          g_assert_cmpfloat (changed, >, 0.05);
          g_assert_cmpfloat (changed, <=, options.epsilon * 1.00001);
        }
      fovea_attack_run (single, &options, images + N_VALUES, classes + 1, streams + 1, NULL, alone, outcomes, &error);
      g_assert_no_error (error);
      g_assert_cmpmem (alone, sizeof alone, attacked + N_VALUES, sizeof alone);

      options.epsilon = 0;
      fovea_attack_run (attack, &options, images, classes, streams, NULL, attacked, outcomes, &error);
      g_assert_no_error (error);
      g_assert_cmpmem (attacked, sizeof attacked, images, sizeof images);
    }
}

static void
test_bad_options (void)
{
  const FoveaAttackOptions bad[] = {
    { .epsilon = -1, .n_steps = 7 },
    { .epsilon = NAN, .n_steps = 7 },
    { .epsilon = 1, .n_steps = 0 },
    { .epsilon = 1, .n_steps = 7, .step_size = -0.5 },
    { .epsilon = 1, .n_steps = G_MAXUINT },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (fovea_attack_options_check (&bad[i], &error));
      g_assert_error (error, FOVEA_ERROR, FOVEA_ERROR_ARGUMENT);
    }
}

static void
test_cancel (void)
{
  float weights[2 * N_VALUES], image[N_VALUES] = { 0 }, attacked[N_VALUES];
  g_autoptr (FoveaNetwork) network = make_linear_network (weights);
  g_autoptr (FoveaAttack) attack = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  FoveaAttackOutcome outcome;
  FoveaAttackOptions options;
  FoveaJob job;
  guint class = 0;

  fovea_attack_options_init (&options);
  fovea_job_init (&job, cancellable, NULL, NULL);
  g_cancellable_cancel (cancellable);
  attack = fovea_attack_new (network, 1, &error);
  g_assert_no_error (error);
  g_assert_false (fovea_attack_run (attack, &options, image, &class, NULL, &job, attacked, &outcome, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* Smooth pictures that a network finds something in. */
static void
draw_images (float *images,
             guint size)
{
  for (guint n = 0; n < N_PHOTOGRAPHS; n++)
    for (guint c = 0; c < 3; c++)
      for (guint y = 0; y < size; y++)
        for (guint x = 0; x < size; x++)
          *images++ = (float) (0.5 + 0.3 * sin (0.1 * (n + 1) * x + c) * cos (0.07 * (n + 2) * y - c) + 0.15 * sin (0.9 * (double) (x + n * y)));
}

static gsize
count_differences (const float *a,
                   const float *b,
                   gsize n)
{
  gsize n_different = 0;

  for (gsize i = 0; i < n; i++)
    n_different += fabsf (a[i] - b[i]) > 1e-5f;
  return n_different;
}

static void
test_pytorch (gconstpointer data)
{
  g_auto (GStrv) words = g_strsplit (data, " ", -1); /* network, norm, ε, steps, direction */
  g_autofree char *file = g_strconcat (words[0], ".safetensors", NULL);
  g_autofree char *network_path = g_build_filename (g_getenv ("FOVEA_SOURCE_ROOT"), "resources", "networks", file, NULL);
  g_autoptr (FoveaScratch) folder = fovea_scratch_new ();
  g_autofree char *images_path = fovea_scratch_path (folder, "images");
  g_autofree char *classes_path = fovea_scratch_path (folder, "classes");
  g_autofree char *result_path = fovea_scratch_path (folder, "result");
  g_autoptr (GError) error = NULL;
  g_autoptr (FoveaNetwork) network = fovea_network_load (network_path, &error);
  g_autoptr (FoveaAttack) attack = NULL;
  gsize size = 3 * 64 * 64, bytes;
  g_autofree float *images = g_new (float, N_PHOTOGRAPHS * size);
  g_autofree float *attacked = g_new (float, N_PHOTOGRAPHS * size);
  g_autofree char *contents = NULL;
  const float *expected;
  guint classes[N_PHOTOGRAPHS] = { 1, 7, 12 };
  FoveaAttackOutcome outcomes[N_PHOTOGRAPHS];
  FoveaAttackOptions options;

  g_assert_no_error (error);
  draw_images (images, 64);
  g_file_set_contents (images_path, (const char *) images, (gssize) (N_PHOTOGRAPHS * size * sizeof (float)), &error);
  g_assert_no_error (error);
  g_file_set_contents (classes_path, (const char *) classes, sizeof classes, &error);
  g_assert_no_error (error);
  if (!fovea_test_run_python ("torch, numpy", "engine/reference-attack.py", network_path, words[1], words[2], words[3], words[4],
                              images_path, classes_path, result_path, NULL))
    return;
  g_file_get_contents (result_path, &contents, &bytes, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (bytes, ==, N_PHOTOGRAPHS * (size + 2) * sizeof (float));
  expected = (const float *) (const void *) contents;

  fovea_attack_options_init (&options);
  options.norm = g_str_equal (words[1], "l2") ? FOVEA_ATTACK_L2 : FOVEA_ATTACK_LINF;
  options.epsilon = g_ascii_strtod (words[2], NULL);
  options.n_steps = (guint) atoi (words[3]);
  options.targeted = g_str_equal (words[4], "towards");
  attack = fovea_attack_new (network, N_PHOTOGRAPHS, &error);
  g_assert_no_error (error);
  fovea_attack_run (attack, &options, images, classes, NULL, NULL, attacked, outcomes, &error);
  g_assert_no_error (error);

  for (guint n = 0; n < N_PHOTOGRAPHS; n++)
    {
      double moved = distance (attacked + n * size, images + n * size, size, FOVEA_ATTACK_L2);
      double off = distance (attacked + n * size, expected + n * size, size, FOVEA_ATTACK_L2);

      g_test_message ("loss %g, PyTorch %g; image off by %g of the change, %" G_GSIZE_FORMAT " values", outcomes[n].loss,
                      expected[N_PHOTOGRAPHS * size + n], off / moved, count_differences (attacked + n * size, expected + n * size, size));
      g_assert_cmpfloat (moved, >, 0);
      g_assert_cmpfloat (fabs (outcomes[n].loss - expected[N_PHOTOGRAPHS * size + n]), <, 1e-3 * fabs (outcomes[n].loss) + 1e-6);
      g_assert_cmpuint (outcomes[n].answer, ==, (guint) expected[N_PHOTOGRAPHS * (size + 1) + n]);
      if (options.norm == FOVEA_ATTACK_L2)
        g_assert_cmpfloat (off, <, 1e-2 * moved);
      else
        /* With rounding a unit that is almost at zero may turn over, then the signs of some small gradients, and with each of
         * them a value of the image: mostly of none, sometimes of one in a hundred. */
        g_assert_cmpuint (count_differences (attacked + n * size, expected + n * size, size), <, size / 20);
    }
}

int
main (int argc,
      char **argv)
{
  static const char *const cases[] = {
    "alexnet-64-standard l2 0.5 7 away",
    "alexnet-64-robust l2 0.5 7 away",
    "alexnet-64-standard l2 1 20 towards",
    "alexnet-64-standard linf 0.015625 7 away",
    "alexnet-64-robust linf 0.03125 10 towards",
  };

  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/attack/linear/l2", GINT_TO_POINTER (FOVEA_ATTACK_L2), test_linear);
  g_test_add_data_func ("/attack/linear/linf", GINT_TO_POINTER (FOVEA_ATTACK_LINF), test_linear);
  g_test_add_func ("/attack/bounds", test_bounds);
  g_test_add_func ("/attack/bad-options", test_bad_options);
  g_test_add_func ("/attack/cancel", test_cancel);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strconcat ("/attack/pytorch/", cases[i], NULL);

      g_test_add_data_func (path, cases[i], test_pytorch);
    }
  return g_test_run ();
}
