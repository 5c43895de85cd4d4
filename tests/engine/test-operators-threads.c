/* The same bytes with any number of threads, and for each image of a batch as alone.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/parallel.h"
#include "operator-case.h"

#define BATCH 5

typedef struct {
  const char *name;
  const char *operator_name;
  const char *attributes;
  gint64 weights[4]; /* shape of W or B; a first size of 0: no parameters */
  FoveaShape shapes[2];
} Case;

static const Case cases[] = {
  { "3x3", "Conv", "{'pads': <[int64 1, 1, 1, 1]>}", { 160, 96, 3, 3 }, { { 96, 8, 8 } } },
  { "3x3 in panels", "Conv", "{'pads': <[int64 1, 1, 1, 1]>}", { 70, 33, 3, 3 }, { { 33, 83, 91 } } },
  { "7x7 strided", "Conv", "{'pads': <[int64 3, 3, 3, 3]>, 'strides': <[int64 2, 2]>}", { 48, 3, 7, 7 }, { { 3, 64, 64 } } },
  { "pointwise", "Conv", "@a{sv} {}", { 256, 130, 1, 1 }, { { 130, 29, 31 } } },
  { "grouped", "Conv", "{'group': <int64 2>}", { 64, 24, 3, 3 }, { { 48, 27, 27 } } },
  { "depthwise", "Conv", "{'group': <int64 96>}", { 96, 1, 3, 3 }, { { 96, 27, 27 } } },
  { "map", "BatchNormalization", NULL, { 96 }, { { 96, 31, 33 } } },
  { "map", "Relu", NULL, { 0 }, { { 96, 31, 33 } } },
  { "map", "MaxPool", "{'kernel_shape': <[int64 3, 3]>, 'strides': <[int64 2, 2]>, 'pads': <[int64 1, 1, 1, 1]>}", { 0 }, { { 96, 31, 33 } } },
  { "map", "AveragePool", "{'kernel_shape': <[int64 3, 3]>, 'strides': <[int64 2, 2]>, 'pads': <[int64 1, 1, 1, 1]>}", { 0 }, { { 96, 31, 33 } } },
  { "map", "GlobalAveragePool", NULL, { 0 }, { { 96, 31, 33 } } },
  { "layer", "Gemm", "{'transB': <int64 1>}", { 259, 1031 }, { { 1031, 1, 1, TRUE } } },
  { "maps", "Add", NULL, { 0 }, { { 96, 31, 33 }, { 96, 31, 33 } } },
  { "factor", "Mul", NULL, { 0 }, { { 96, 31, 33 }, { 96, 1, 1 } } },
  { "map for all channels", "Mul", NULL, { 0 }, { { 96, 31, 33 }, { 1, 31, 33 } } },
  { "map", "Clip", "{'min': <-0.2>, 'max': <0.4>}", { 0 }, { { 96, 31, 33 } } },
  { "map", "Sigmoid", NULL, { 0 }, { { 96, 31, 33 } } },
  { "map", "HardSwish", NULL, { 0 }, { { 96, 31, 33 } } },
  { "map", "Pad", "{'pads': <[int64 1, 0, 2, 3]>}", { 0 }, { { 96, 31, 33 } } },
  { "maps", "Concat", NULL, { 0 }, { { 96, 31, 33 }, { 5, 31, 33 } } },
  { "map", "LRN", "{'size': <int64 5>, 'alpha': <1.0>}", { 0 }, { { 96, 31, 33 } } },
  { "power 0.6", "LRN", "{'size': <int64 5>, 'alpha': <1.0>, 'beta': <0.6>}", { 0 }, { { 96, 31, 33 } } },
  { "map", "Softmax", NULL, { 0 }, { { 96, 31, 33 } } },
  { "map", "Flatten", NULL, { 0 }, { { 96, 31, 33 } } },
};

static GHashTable *
make_parameters (const Case *self,
                 GRand *random)
{
  static const char *const statistics[] = { "scale", "B", "input_mean", "input_var" };
  GHashTable *parameters = operator_case_parameters_new ();
  const gsize n = (gsize) self->weights[0];

  if (g_str_equal (self->operator_name, "Conv"))
    operator_case_fill (random, operator_case_add_parameter (parameters, "W", 4, self->weights),
                        n * (gsize) (self->weights[1] * self->weights[2] * self->weights[3]));
  else if (g_str_equal (self->operator_name, "Gemm"))
    operator_case_fill (random, operator_case_add_parameter (parameters, "B", 2, self->weights), n * (gsize) self->weights[1]);
  else if (g_str_equal (self->operator_name, "BatchNormalization"))
    for (gsize i = 0; i < G_N_ELEMENTS (statistics); i++)
      {
        float *values = operator_case_add_parameter (parameters, statistics[i], 1, self->weights);

        for (gsize j = 0; j < n; j++)
          values[j] = (float) g_rand_double_range (random, 0.1, 2);
      }
  return parameters;
}

/* Runs images [first, first + batch) of the same random images with @n_threads threads. */
static OperatorCase *
run_case (const Case *self,
          guint n_threads,
          gsize first,
          gsize batch)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (11);
  g_autoptr (GHashTable) parameters = make_parameters (self, random);
  const guint n_inputs = self->shapes[1].channels > 0 ? 2 : 1;
  g_autoptr (GError) error = NULL;
  OperatorCase *operator_case;

  fovea_parallel_set_n_threads (n_threads);
  g_assert_cmpuint (fovea_parallel_get_n_threads (), ==, n_threads);
  operator_case = operator_case_new (self->operator_name, self->attributes, parameters, batch, n_inputs, self->shapes, &error);
  g_assert_no_error (error);

  for (gsize image = 0; image < BATCH; image++)
    {
      const gboolean ours = image >= first && image < first + batch;
      const gsize n_outputs = fovea_shape_get_n_elements (&operator_case->output_shape);
      g_autofree float *others = g_new (float, MAX (fovea_shape_get_n_elements (&self->shapes[0]), n_outputs));

      for (guint i = 0; i < n_inputs; i++)
        {
          const gsize n = fovea_shape_get_n_elements (&self->shapes[i]);
          operator_case_fill (random, ours ? operator_case->inputs[i] + (image - first) * n : others, n);
        }
      operator_case_fill (random, ours ? operator_case->seed + (image - first) * n_outputs : others, n_outputs);
    }
  operator_case_forward (operator_case);
  operator_case_gradient (operator_case);
  return operator_case;
}

/* @other's images are those of @whole from @first on. */
static void
assert_same (const OperatorCase *whole,
             const OperatorCase *other,
             gsize first)
{
  const gsize n = fovea_shape_get_n_elements (&whole->output_shape);

  g_assert_cmpmem (whole->output + first * n, other->batch * n * sizeof (float),
                   other->output, other->batch * n * sizeof (float));
  for (guint i = 0; i < whole->node.n_inputs; i++)
    {
      const gsize n_inputs = fovea_shape_get_n_elements (&whole->input_shapes[i]);

      g_assert_cmpmem (whole->gradients[i] + first * n_inputs, other->batch * n_inputs * sizeof (float),
                       other->gradients[i], other->batch * n_inputs * sizeof (float));
    }
}

static void
test_threads (gconstpointer data)
{
  g_autoptr (OperatorCase) one = run_case (data, 1, 0, BATCH);

  for (guint n_threads = 2; n_threads <= 3; n_threads++)
    {
      g_autoptr (OperatorCase) several = run_case (data, n_threads, 0, BATCH);
      assert_same (one, several, 0);
    }
}

static void
test_batch (gconstpointer data)
{
  g_autoptr (OperatorCase) whole = run_case (data, 2, 0, BATCH);
  g_autoptr (OperatorCase) pair = run_case (data, 2, 3, 2);

  assert_same (whole, pair, 3);
  for (gsize image = 0; image < BATCH; image++)
    {
      g_autoptr (OperatorCase) alone = run_case (data, 2, image, 1);
      assert_same (whole, alone, image);
    }
}

int
main (int argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *threads = g_strdup_printf ("/operators/threads/%s/%s", cases[i].operator_name, cases[i].name);
      g_autofree char *batch = g_strdup_printf ("/operators/batch/%s/%s", cases[i].operator_name, cases[i].name);
      g_test_add_data_func (threads, &cases[i], test_threads);
      g_test_add_data_func (batch, &cases[i], test_batch);
    }
  return g_test_run ();
}
