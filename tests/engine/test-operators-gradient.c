/* Every operator's gradient against central differences, with a limit for each operator.
 *
 * Inputs are whole multiples of a step that is larger than what differences reach over, shuffled and
 * off zero, so that no difference crosses a kink of a ReLU or of a maximum.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <math.h>
#include <string.h>

#include "operator-case.h"

typedef struct {
  const char *name;
  const char *operator_name;
  const char *attributes;
  gint64 weights[4]; /* shape of W or B; a first size of 0: no parameters */
  gsize batch;
  FoveaShape shapes[OPERATOR_CASE_MAX_INPUTS]; /* until one without channels */
  double reach; /* of the differences */
  double limit; /* largest difference allowed, in units of the largest gradient */
} Case;

/* Linear operators have no curvature: a far reach costs nothing and rounding counts less. */
#define LINEAR .reach = 0.5, .limit = 2e-6

static const Case cases[] = {
  { "plain", "Conv", "{'kernel_shape': <[int64 3, 3]>}", { 4, 3, 3, 3 }, 2, { { 3, 6, 7 } }, LINEAR },
  { "strided", "Conv", "{'strides': <[int64 3, 2]>, 'pads': <[int64 1, 0, 2, 3]>}", { 5, 2, 3, 4 }, 2, { { 2, 8, 9 } }, LINEAR },
  { "dilated", "Conv", "{'dilations': <[int64 2, 3]>, 'pads': <[int64 2, 1, 0, 3]>}", { 20, 2, 3, 2 }, 1, { { 2, 9, 8 } }, LINEAR },
  { "grouped", "Conv", "{'group': <int64 3>, 'pads': <[int64 1, 1, 1, 1]>, 'strides': <[int64 2, 1]>}", { 6, 2, 3, 3 }, 2, { { 6, 6, 5 } }, LINEAR },
  { "grouped, matrix", "Conv", "{'group': <int64 2>, 'pads': <[int64 1, 0, 1, 0]>}", { 20, 2, 3, 1 }, 2, { { 4, 5, 5 } }, LINEAR },
  { "depthwise", "Conv", "{'group': <int64 4>, 'dilations': <[int64 1, 2]>, 'strides': <[int64 1, 3]>}", { 8, 1, 2, 3 }, 1, { { 4, 5, 9 } }, LINEAR },
  { "pointwise", "Conv", "@a{sv} {}", { 17, 5, 1, 1 }, 2, { { 5, 4, 5 } }, LINEAR },
  { "same upper", "Conv", "{'auto_pad': <'SAME_UPPER'>, 'strides': <[int64 2, 2]>}", { 3, 2, 4, 3 }, 1, { { 2, 7, 8 } }, LINEAR },
  { "map", "BatchNormalization", "{'epsilon': <0.01>}", { 4 }, 2, { { 4, 3, 5 } }, LINEAR },
  { "flat", "BatchNormalization", NULL, { 9 }, 3, { { 9, 1, 1, TRUE } }, LINEAR },
  { "map", "Relu", NULL, { 0 }, 2, { { 3, 4, 5 } }, .reach = 0.002, .limit = 1e-4 },
  { "overlapping", "MaxPool", "{'kernel_shape': <[int64 3, 3]>, 'strides': <[int64 2, 1]>, 'pads': <[int64 1, 0, 2, 1]>}", { 0 }, 2, { { 2, 6, 7 } }, .reach = 0.002, .limit = 1e-4 },
  { "dilated, ceil", "MaxPool", "{'kernel_shape': <[int64 2, 3]>, 'strides': <[int64 3, 2]>, 'dilations': <[int64 2, 2]>, 'ceil_mode': <int64 1>}", { 0 }, 2, { { 2, 8, 9 } }, .reach = 0.002, .limit = 1e-4 },
  { "padded", "AveragePool", "{'kernel_shape': <[int64 3, 2]>, 'strides': <[int64 2, 2]>, 'pads': <[int64 1, 0, 2, 1]>}", { 0 }, 2, { { 2, 6, 7 } }, LINEAR },
  { "counting padding", "AveragePool", "{'kernel_shape': <[int64 3, 3]>, 'strides': <[int64 1, 3]>, 'pads': <[int64 1, 2, 0, 1]>, 'count_include_pad': <int64 1>}", { 0 }, 2, { { 2, 6, 7 } }, LINEAR },
  { "ceil, dilated", "AveragePool", "{'kernel_shape': <[int64 2, 2]>, 'strides': <[int64 3, 3]>, 'dilations': <[int64 3, 2]>, 'ceil_mode': <int64 1>, 'pads': <[int64 1, 1, 1, 1]>}", { 0 }, 1, { { 2, 8, 9 } }, LINEAR },
  { "wide", "AveragePool", "{'kernel_shape': <[int64 1, 3]>, 'strides': <[int64 1, 1]>, 'pads': <[int64 0, 1, 0, 1]>}", { 0 }, 1, { { 1, 1, 600 } }, LINEAR },
  { "map", "GlobalAveragePool", NULL, { 0 }, 2, { { 3, 5, 7 } }, LINEAR },
  { "transposed", "Gemm", "{'transB': <int64 1>, 'alpha': <0.5>}", { 7, 19 }, 3, { { 19, 1, 1, TRUE } }, LINEAR },
  { "plain", "Gemm", NULL, { 53, 6 }, 2, { { 53, 1, 1, TRUE } }, LINEAR },
  { "map", "Flatten", NULL, { 0 }, 2, { { 3, 4, 5 } }, LINEAR },
  { "maps", "Add", NULL, { 0 }, 2, { { 3, 4, 5 }, { 3, 4, 5 } }, LINEAR },
  { "factor", "Add", NULL, { 0 }, 2, { { 3, 4, 5 }, { 3, 1, 1 } }, LINEAR },
  { "map for all channels", "Sub", NULL, { 0 }, 2, { { 1, 4, 5 }, { 3, 4, 5 } }, LINEAR },
  { "constant first", "Sub", NULL, { 3, 1, 1 }, 2, { { 3, 4, 5 } }, LINEAR },
  { "columns", "Sub", NULL, { 0 }, 1, { { 3, 4, 5 }, { 1, 1, 5 } }, LINEAR },
  { "maps", "Mul", NULL, { 0 }, 2, { { 3, 4, 5 }, { 3, 4, 5 } }, .reach = 0.5, .limit = 1e-5 },
  { "factor", "Mul", NULL, { 0 }, 2, { { 3, 4, 5 }, { 3, 1, 1 } }, .reach = 0.5, .limit = 1e-5 },
  { "rows", "Mul", NULL, { 0 }, 2, { { 1, 4, 1 }, { 3, 4, 5 } }, .reach = 0.5, .limit = 1e-5 },
  { "constant", "Mul", NULL, { 3, 4, 5 }, 2, { { 3, 4, 5 } }, LINEAR },
  { "flat", "Mul", NULL, { 0 }, 2, { { 9, 1, 1, TRUE }, { 9, 1, 1, TRUE } }, .reach = 0.5, .limit = 1e-5 },
  { "constant", "Div", NULL, { 3, 1, 1 }, 2, { { 3, 4, 5 } }, LINEAR },
  { "map", "Sigmoid", NULL, { 0 }, 2, { { 3, 4, 5 } }, .reach = 0.05, .limit = 2e-4 },
  { "map", "HardSigmoid", "{'alpha': <2.5>, 'beta': <0.5>}", { 0 }, 2, { { 3, 4, 5 } }, .reach = 0.002, .limit = 2e-4 },
  { "map", "HardSwish", NULL, { 0 }, 2, { { 9, 6, 8 } }, .reach = 0.005, .limit = 5e-3 },
  { "map", "LeakyRelu", "{'alpha': <-0.3>}", { 0 }, 2, { { 3, 4, 5 } }, .reach = 0.002, .limit = 1e-4 },
  { "map", "Clip", "{'min': <-0.2>, 'max': <0.4>}", { 0 }, 2, { { 3, 4, 5 } }, .reach = 0.002, .limit = 1e-4 },
  { "map", "Pad", "{'pads': <[int64 1, 0, 2, 3]>, 'value': <0.5>}", { 0 }, 2, { { 3, 4, 5 } }, LINEAR },
  { "flat", "Reshape", "{'shape': <[int64 3, 2, 2]>}", { 0 }, 2, { { 12, 1, 1, TRUE } }, LINEAR },
  { "map", "Slice", "{'axes': <[int64 1]>, 'starts': <[int64 1]>, 'ends': <[int64 3]>}", { 0 }, 2, { { 4, 3, 5 } }, LINEAR },
  { "three", "Sum", NULL, { 0 }, 2, { { 3, 4, 5 }, { 3, 4, 5 }, { 3, 4, 5 } }, LINEAR },
  { "maps", "Concat", "{'axis': <int64 1>}", { 0 }, 2, { { 3, 4, 5 }, { 1, 4, 5 }, { 4, 4, 5 } }, LINEAR },
  { "map", "LRN", "{'size': <int64 5>, 'alpha': <1.0>}", { 0 }, 2, { { 8, 3, 3 } }, .reach = 0.05, .limit = 2e-4 },
  { "even size", "LRN", "{'size': <int64 4>, 'alpha': <2.0>, 'beta': <0.5>, 'bias': <1.5>}", { 0 }, 2, { { 7, 2, 3 } }, .reach = 0.05, .limit = 2e-4 },
  { "map", "Dropout", NULL, { 0 }, 2, { { 3, 4, 5 } }, LINEAR },
  { "map", "Identity", NULL, { 0 }, 2, { { 3, 4, 5 } }, LINEAR },
  { "flat", "Softmax", NULL, { 0 }, 2, { { 11, 1, 1, TRUE } }, .reach = 0.05, .limit = 2e-4 },
  { "map", "Softmax", "{'axis': <int64 1>}", { 0 }, 1, { { 5, 4, 3 } }, .reach = 0.05, .limit = 2e-4 },
};

static GHashTable *
make_parameters (const Case *self,
                 GRand *random)
{
  GHashTable *parameters = operator_case_parameters_new ();
  const gsize n = (gsize) self->weights[0];

  if (g_str_equal (self->operator_name, "Conv"))
    operator_case_fill (random, operator_case_add_parameter (parameters, "W", 4, self->weights),
                        n * (gsize) (self->weights[1] * self->weights[2] * self->weights[3]));
  else if (g_str_equal (self->operator_name, "Gemm"))
    operator_case_fill (random, operator_case_add_parameter (parameters, "B", 2, self->weights), n * (gsize) self->weights[1]);
  else if (self->shapes[1].channels == 0 && n > 0 &&
           (g_str_equal (self->operator_name, "Sub") || g_str_equal (self->operator_name, "Mul") || g_str_equal (self->operator_name, "Div")))
    {
      /* Sub's is the first operand. */
      const gsize size = n * (gsize) (self->weights[1] * self->weights[2]);
      float *values = operator_case_add_parameter (parameters, g_str_equal (self->operator_name, "Sub") ? "A" : "B", 3, self->weights);

      for (gsize i = 0; i < size; i++)
        values[i] = (float) (g_rand_double_range (random, 0.5, 2) * (i % 3 == 0 ? -1 : 1));
    }
  else if (g_str_equal (self->operator_name, "BatchNormalization"))
    {
      float *variance = operator_case_add_parameter (parameters, "input_var", 1, self->weights);

      operator_case_fill (random, operator_case_add_parameter (parameters, "scale", 1, self->weights), n);
      operator_case_fill (random, operator_case_add_parameter (parameters, "B", 1, self->weights), n);
      operator_case_fill (random, operator_case_add_parameter (parameters, "input_mean", 1, self->weights), n);
      for (gsize i = 0; i < n; i++)
        variance[i] = (float) g_rand_double_range (random, 0.1, 2);
    }
  return parameters;
}

/* Odd multiples of 0.01, half of them negative, no two the same, in random order. */
static void
fill_with_levels (GRand *random,
                  float *values,
                  gsize n_values)
{
  for (gsize i = 0; i < n_values; i++)
    values[i] = 0.02f * ((float) i - (float) (n_values / 2)) + 0.01f;
  for (gsize i = n_values; i > 1; i--)
    {
      const gsize j = (gsize) g_rand_int_range (random, 0, (gint32) i);
      const float value = values[i - 1];

      values[i - 1] = values[j];
      values[j] = value;
    }
}

static double
run_forward (OperatorCase *operator_case)
{
  double sum = 0;

  operator_case_forward (operator_case);
  for (gsize i = 0; i < operator_case_count_output (operator_case); i++)
    {
      g_assert_true (isfinite (operator_case->output[i]));
      sum += (double) operator_case->output[i] * operator_case->seed[i];
    }
  return sum;
}

/* The slope between two points. They are rounded to float32, so their true distance counts. */
static double
get_slope (OperatorCase *operator_case,
           float *value,
           double reach)
{
  const float middle = *value;
  const float below = (float) (middle - reach), above = (float) (middle + reach);
  double sum;

  *value = above;
  sum = run_forward (operator_case);
  *value = below;
  sum -= run_forward (operator_case);
  *value = middle;
  return sum / ((double) above - below);
}

static void
test_gradient (gconstpointer data)
{
  const Case *self = data;
  g_autoptr (GRand) random = g_rand_new_with_seed (7);
  g_autoptr (GHashTable) parameters = make_parameters (self, random);
  g_autoptr (OperatorCase) operator_case = NULL;
  g_autoptr (GError) error = NULL;
  guint n_inputs = 0;
  double largest = 0, difference = 0;

  while (n_inputs < OPERATOR_CASE_MAX_INPUTS && self->shapes[n_inputs].channels > 0)
    n_inputs++;
  operator_case = operator_case_new (self->operator_name, self->attributes, parameters, self->batch, n_inputs, self->shapes, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < n_inputs; i++)
    fill_with_levels (random, operator_case->inputs[i], operator_case_count_input (operator_case, i));
  operator_case_fill (random, operator_case->seed, operator_case_count_output (operator_case));

  run_forward (operator_case);
  operator_case_gradient (operator_case);
  for (guint i = 0; i < n_inputs; i++)
    for (gsize j = 0; j < operator_case_count_input (operator_case, i); j++)
      {
        const double gradient = operator_case->gradients[i][j];
        /* Richardson's extrapolation cancels the error of second order. */
        const double far = get_slope (operator_case, &operator_case->inputs[i][j], self->reach);
        const double near = get_slope (operator_case, &operator_case->inputs[i][j], self->reach / 2);

        g_assert_true (isfinite (gradient));
        largest = MAX (largest, fabs (gradient));
        difference = MAX (difference, fabs ((4 * near - far) / 3 - gradient));
      }
  g_test_message ("largest gradient %g, largest difference %g", largest, difference);
  g_assert_cmpfloat (largest, >, 1e-3);
  g_assert_cmpfloat (difference, <=, self->limit * MAX (largest, 1));
}

int
main (int argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/operators/gradient/%s/%s", cases[i].operator_name, cases[i].name);
      g_test_add_data_func (path, &cases[i], test_gradient);
    }
  return g_test_run ();
}
