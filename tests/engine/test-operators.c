/* Operators by hand: small values, windows, and what they reject.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <math.h>
#include <string.h>

#include "operator-case.h"

#define MAP(c, h, w) { .channels = (c), .height = (h), .width = (w) }
#define FLAT(c) { .channels = (c), .height = 1, .width = 1, .flat = TRUE }

static OperatorCase *
new_case (const char *operator_name,
          const char *attributes,
          GHashTable *parameters,
          gsize batch,
          FoveaShape shape)
{
  g_autoptr (GError) error = NULL;
  OperatorCase *operator_case = operator_case_new (operator_name, attributes, parameters, batch, 1, &shape, &error);

  g_assert_no_error (error);
  return operator_case;
}

static void
assert_values (const float *found,
               gsize n_values,
               const float *expected)
{
  for (gsize i = 0; i < n_values; i++)
    if (isnan (expected[i]))
      g_assert_true (isnan (found[i]));
    else
      g_assert_cmpfloat_with_epsilon (found[i], expected[i], 1e-6f * MAX (fabsf (expected[i]), 1));
}

static void
test_conv (void)
{
  /* 1 2 3       1 0      corners: padded above and left, stride 2 down, 1 across */
  /* 4 5 6   ⋆   0 2  */
  g_autoptr (GHashTable) parameters = operator_case_parameters_new ();
  g_autoptr (OperatorCase) self = NULL;

  memcpy (operator_case_add_parameter (parameters, "W", 4, (gint64[]) { 1, 1, 2, 2 }), (float[]) { 1, 0, 0, 2 }, 4 * sizeof (float));
  operator_case_add_parameter (parameters, "B", 1, (gint64[]) { 1 })[0] = 100;
  self = new_case ("Conv", "{'pads': <[int64 1, 1, 1, 0]>, 'strides': <[int64 2, 1]>}", parameters, 1, (FoveaShape) MAP (1, 2, 3));
  g_assert_cmpint (self->output_shape.height, ==, 2);
  g_assert_cmpint (self->output_shape.width, ==, 3);
  memcpy (self->inputs[0], (float[]) { 1, 2, 3, 4, 5, 6 }, 6 * sizeof (float));
  operator_case_forward (self);
  assert_values (self->output, 6, (float[]) { 102, 104, 106, 100, 104, 105 });

  memcpy (self->seed, (float[]) { 1, 10, 100, 1000, 10000, 100000 }, 6 * sizeof (float));
  operator_case_gradient (self);
  assert_values (self->gradients[0], 6, (float[]) { 2, 20, 200, 10000, 100000, 0 });
}

static void
test_batch_normalization (void)
{
  g_autoptr (GHashTable) parameters = operator_case_parameters_new ();
  g_autoptr (OperatorCase) self = NULL;
  const gint64 shape[] = { 2 };

  memcpy (operator_case_add_parameter (parameters, "scale", 1, shape), (float[]) { 3, -1 }, 2 * sizeof (float));
  memcpy (operator_case_add_parameter (parameters, "B", 1, shape), (float[]) { 0.5, 7 }, 2 * sizeof (float));
  memcpy (operator_case_add_parameter (parameters, "input_mean", 1, shape), (float[]) { 1, 16777216 }, 2 * sizeof (float));
  memcpy (operator_case_add_parameter (parameters, "input_var", 1, shape), (float[]) { 3, 0 }, 2 * sizeof (float));
  self = new_case ("BatchNormalization", "{'epsilon': <1.0>}", parameters, 2, (FoveaShape) MAP (2, 1, 2));
  memcpy (self->inputs[0], (float[]) { 1, 3, 16777216, 16777214, 0, -1, 16777218, 16777216 }, 8 * sizeof (float));
  operator_case_forward (self);
  assert_values (self->output, 8, (float[]) { 0.5, 3.5, 7, 9, -1, -2.5, 5, 7 });
}

static void
test_relu (void)
{
  g_autoptr (OperatorCase) self = new_case ("Relu", NULL, NULL, 1, (FoveaShape) FLAT (6));

  memcpy (self->inputs[0], (float[]) { -1, 0, 2, NAN, -INFINITY, INFINITY }, 6 * sizeof (float));
  memcpy (self->seed, (float[]) { 1, 2, 3, 4, 5, 6 }, 6 * sizeof (float));
  operator_case_forward (self);
  assert_values (self->output, 5, (float[]) { 0, 0, 2, NAN, 0 });
  g_assert_true (isinf (self->output[5]) && self->output[5] > 0);
  operator_case_gradient (self);
  assert_values (self->gradients[0], 6, (float[]) { 0, 0, 3, 0, 0, 6 });
}

/* Image 1 is blocked: upward gradients pass. Image 2 has one open unit with a gradient, image 3 open
 * units without: the first is left as it is, the second counts as blocked. Image 4 wants nothing. */
static void
test_redirected_relu (void)
{
  g_autoptr (OperatorCase) self = new_case ("Relu", NULL, NULL, 4, (FoveaShape) FLAT (3));

  memcpy (self->inputs[0], (float[]) { -1, 0, -2, -1, 1, -1, 5, -1, 5, 1, -1, 0 }, 12 * sizeof (float));
  memcpy (self->seed, (float[]) { 3, -4, 5, 6, -7, 8, 0, 9, 0, 0, 0, 0 }, 12 * sizeof (float));
  operator_case_forward (self);
  operator_case_gradient (self);
  assert_values (self->gradients[0], 12, (float[]) { 0, 0, 0, 0, -7, 0, 0, 0, 0, 0, 0, 0 });

  self->redirect_relu = TRUE;
  operator_case_gradient (self);
  assert_values (self->gradients[0], 12, (float[]) { 3, 0, 5, 0, -7, 0, 0, 9, 0, 0, 0, 0 });
}

/* A factor for each channel, then what a division leaves of a constant. */
static void
test_arithmetic (void)
{
  const FoveaShape shapes[] = { MAP (2, 1, 2), MAP (2, 1, 1) };
  g_autoptr (GHashTable) parameters = operator_case_parameters_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (OperatorCase) self = operator_case_new ("Mul", NULL, NULL, 1, 2, shapes, &error);
  g_autoptr (OperatorCase) quotient = NULL;

  g_assert_no_error (error);
  memcpy (self->inputs[0], (float[]) { 1, 2, 3, 4 }, 4 * sizeof (float));
  memcpy (self->inputs[1], (float[]) { 10, -1 }, 2 * sizeof (float));
  memcpy (self->seed, (float[]) { 1, 1, 2, 3 }, 4 * sizeof (float));
  operator_case_forward (self);
  assert_values (self->output, 4, (float[]) { 10, 20, -3, -4 });
  operator_case_gradient (self);
  assert_values (self->gradients[0], 4, (float[]) { 10, 10, -2, -3 });
  assert_values (self->gradients[1], 2, (float[]) { 3, 18 });

  operator_case_add_parameter (parameters, "A", 3, (gint64[]) { 1, 1, 1 })[0] = 8;
  quotient = new_case ("Div", NULL, parameters, 1, (FoveaShape) FLAT (2));
  memcpy (quotient->inputs[0], (float[]) { 2, -4 }, 2 * sizeof (float));
  memcpy (quotient->seed, (float[]) { 1, 10 }, 2 * sizeof (float));
  operator_case_forward (quotient);
  assert_values (quotient->output, 2, (float[]) { 4, -2 });
  operator_case_gradient (quotient);
  assert_values (quotient->gradients[0], 2, (float[]) { -2, -5 });
}

static void
test_clip (void)
{
  g_autoptr (OperatorCase) self = new_case ("Clip", "{'min': <0.0>, 'max': <6.0>}", NULL, 1, (FoveaShape) FLAT (6));

  memcpy (self->inputs[0], (float[]) { -1, 0, 2, NAN, 6, 7 }, 6 * sizeof (float));
  memcpy (self->seed, (float[]) { 1, 2, 3, 4, 5, 6 }, 6 * sizeof (float));
  operator_case_forward (self);
  assert_values (self->output, 6, (float[]) { 0, 0, 2, NAN, 6, 6 });
  operator_case_gradient (self);
  assert_values (self->gradients[0], 6, (float[]) { 0, 0, 3, 0, 0, 0 });

  /* Nothing is open: what pushes back into the range passes. */
  memcpy (self->inputs[0], (float[]) { -1, 0, -2, 7, 6, 7 }, 6 * sizeof (float));
  memcpy (self->seed, (float[]) { 1, -2, 0, 4, -5, -6 }, 6 * sizeof (float));
  self->redirect_relu = TRUE;
  operator_case_forward (self);
  operator_case_gradient (self);
  assert_values (self->gradients[0], 6, (float[]) { 1, 0, 0, 0, -5, -6 });
}

static void
test_activations (void)
{
  static const struct {
    const char *operator_name;
    const char *attributes;
    float output[4], gradient[4];
  } cases[] = {
    { "Sigmoid", NULL, { 0.5f, 1, 0, 0.880797078f }, { 0.25f, 0, 0, 0.104993585f } },
    { "HardSigmoid", NULL, { 0.5f, 1, 0, 0.9f }, { 0.2f, 0, 0, 0.2f } },
    { "HardSwish", NULL, { 0, 100, 0, 5 / 3.0f }, { 0.5f, 1, 0, 7 / 6.0f } },
    { "LeakyRelu", "{'alpha': <0.1>}", { 0, 100, -10, 2 }, { 0.1f, 1, 0.1f, 1 } },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (OperatorCase) self = new_case (cases[i].operator_name, cases[i].attributes, NULL, 1, (FoveaShape) FLAT (4));

      memcpy (self->inputs[0], (float[]) { 0, 100, -100, 2 }, 4 * sizeof (float));
      memcpy (self->seed, (float[]) { 1, 1, 1, 1 }, 4 * sizeof (float));
      operator_case_forward (self);
      assert_values (self->output, 4, cases[i].output);
      operator_case_gradient (self);
      assert_values (self->gradients[0], 4, cases[i].gradient);
    }
}

static void
test_max_pool (void)
{
  g_autoptr (OperatorCase) self = new_case ("MaxPool", "{'kernel_shape': <[int64 2, 2]>, 'strides': <[int64 2, 2]>}", NULL, 1, (FoveaShape) MAP (1, 2, 8));

  /* equal maxima, not-a-number, all negative, minus infinity alone */
  memcpy (self->inputs[0], (float[]) { 4, 4, 1, NAN, -3, -2, -INFINITY, -INFINITY,
                                       4, 0, 9, 2, -2, -5, -INFINITY, -INFINITY }, 16 * sizeof (float));
  memcpy (self->seed, (float[]) { 1, 2, 3, 4 }, 4 * sizeof (float));
  operator_case_forward (self);
  assert_values (self->output, 3, (float[]) { 4, NAN, -2 });
  g_assert_cmpfloat (self->output[3], ==, -INFINITY);
  operator_case_gradient (self);
  assert_values (self->gradients[0], 16, (float[]) { 1, 0, 0, 2, 0, 3, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0 });
}

static void
test_pooling_sizes (void)
{
  static const struct {
    gint64 size, kernel, stride, pad, ceil, dilation, expected;
  } cases[] = {
    { 7, 3, 2, 0, 0, 1, 3 },
    { 8, 3, 2, 0, 0, 1, 3 },
    { 8, 3, 2, 0, 1, 1, 4 },
    { 8, 2, 3, 1, 0, 1, 3 },
    { 5, 2, 3, 1, 1, 1, 2 },  /* a third window would start at 5, in the padding */
    { 112, 3, 2, 1, 0, 1, 56 },
    { 112, 3, 2, 0, 1, 1, 56 },
    { 3, 1, 4, 0, 1, 1, 1 },  /* a second window would start at 4, outside */
    { 9, 3, 1, 0, 0, 4, 1 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    for (guint axis = 0; axis < 2; axis++)
      {
        g_autofree char *attributes =
          g_strdup_printf (axis == 0 ? "{'kernel_shape': <[int64 %1$d, 1]>, 'strides': <[int64 %2$d, 1]>, 'pads': <[int64 %3$d, 0, %3$d, 0]>, 'ceil_mode': <int64 %4$d>, 'dilations': <[int64 %5$d, 1]>}"
                                     : "{'kernel_shape': <[int64 1, %1$d]>, 'strides': <[int64 1, %2$d]>, 'pads': <[int64 0, %3$d, 0, %3$d]>, 'ceil_mode': <int64 %4$d>, 'dilations': <[int64 1, %5$d]>}",
                           (int) cases[i].kernel, (int) cases[i].stride, (int) cases[i].pad, (int) cases[i].ceil, (int) cases[i].dilation);
        FoveaShape shape = MAP (1, 1, 1);
        g_autoptr (OperatorCase) self = NULL;

        *(axis == 0 ? &shape.height : &shape.width) = cases[i].size;
        self = new_case ("MaxPool", attributes, NULL, 1, shape);
        g_assert_cmpint (axis == 0 ? self->output_shape.height : self->output_shape.width, ==, cases[i].expected);
        g_assert_cmpint (axis == 0 ? self->output_shape.width : self->output_shape.height, ==, 1);
      }
}

static void
test_average_pool (void)
{
  static const struct {
    const char *attributes;
    float expected[3];
  } cases[] = {
    { "{'kernel_shape': <[int64 1, 3]>, 'strides': <[int64 1, 2]>, 'pads': <[int64 0, 1, 0, 1]>}", { 3, 4 + 8 + 16 } },
    { "{'kernel_shape': <[int64 1, 3]>, 'strides': <[int64 1, 2]>, 'pads': <[int64 0, 1, 0, 1]>, 'count_include_pad': <int64 1>}", { 2, 4 + 8 + 16 } },
    /* ceil: the last window sees 32 and padding, and reaches beyond it */
    { "{'kernel_shape': <[int64 1, 3]>, 'strides': <[int64 1, 2]>, 'ceil_mode': <int64 1>}", { 2 + 4 + 8, 8 + 16 + 32 } },
    { "{'kernel_shape': <[int64 1, 4]>, 'strides': <[int64 1, 3]>, 'pads': <[int64 0, 1, 0, 1]>, 'ceil_mode': <int64 1>, 'count_include_pad': <int64 1>}", { 14.f / 4, 56.f / 4 } },
    { "{'kernel_shape': <[int64 1, 2]>, 'strides': <[int64 1, 3]>, 'dilations': <[int64 1, 2]>}", { 5 } },
  };
  static const double divisors[][3] = { { 1, 3, 1 }, { 1, 3, 1 }, { 3, 3, 1 }, { 1, 1, 1 }, { 1, 1, 1 } };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (OperatorCase) self = new_case ("AveragePool", cases[i].attributes, NULL, 1, (FoveaShape) MAP (1, 1, 5));

      memcpy (self->inputs[0], (float[]) { 2, 4, 8, 16, 32 }, 5 * sizeof (float));
      operator_case_forward (self);
      for (gint64 x = 0; x < MIN (self->output_shape.width, 2) && cases[i].expected[x] != 0; x++)
        g_assert_cmpfloat_with_epsilon (self->output[x], cases[i].expected[x] / divisors[i][x], 1e-5);
    }
}

static void
test_gemm (void)
{
  static const struct {
    const char *attributes;
    gint64 c_shape[2];
    guint c_dimensions;
    float expected[4];
  } cases[] = {
    { "{'alpha': <2.0>, 'beta': <10.0>}", { 2 }, 1, { 2 * 10 + 10, 2 * 13 + 20, 2 * 22 + 10, 2 * 29 + 20 } },
    { "@a{sv} {}", { 1, 2 }, 2, { 11, 15, 23, 31 } },
    { "@a{sv} {}", { 1 }, 1, { 11, 14, 23, 30 } },
    { "@a{sv} {}", { 0 }, 0, { 11, 14, 23, 30 } },
    { "{'transB': <int64 1>}", { 2 }, 1, { 9, 16, 19, 34 } },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GHashTable) parameters = operator_case_parameters_new ();
      g_autoptr (OperatorCase) self = NULL;
      float *c = operator_case_add_parameter (parameters, "C", cases[i].c_dimensions, cases[i].c_shape);

      memcpy (operator_case_add_parameter (parameters, "B", 2, (gint64[]) { 2, 2 }), (float[]) { 2, 3, 4, 5 }, 4 * sizeof (float));
      c[0] = 1;
      if (cases[i].c_shape[0] == 2 || cases[i].c_shape[1] == 2)
        c[1] = 2;
      self = new_case ("Gemm", cases[i].attributes, parameters, 2, (FoveaShape) FLAT (2));
      g_assert_true (self->output_shape.flat);
      memcpy (self->inputs[0], (float[]) { 1, 2, 3, 4 }, 4 * sizeof (float));
      operator_case_forward (self);
      assert_values (self->output, 4, cases[i].expected);
    }
}

static void
test_softmax_extremes (void)
{
  g_autoptr (OperatorCase) self = new_case ("Softmax", NULL, NULL, 1, (FoveaShape) FLAT (3));

  memcpy (self->inputs[0], (float[]) { 3e38f, -3e38f, 3e38f }, 3 * sizeof (float));
  operator_case_forward (self);
  assert_values (self->output, 3, (float[]) { 0.5, 0, 0.5 });
}

static void
test_windows (void)
{
  static const struct {
    const char *operator_name;
    const char *attributes;
    FoveaShape shape;
    FoveaWindow expected;
  } cases[] = {
    { "MaxPool", "{'kernel_shape': <[int64 3, 2]>, 'strides': <[int64 2, 1]>, 'pads': <[int64 1, 0, 2, 1]>, 'dilations': <[int64 1, 4]>}", MAP (2, 9, 9),
      { { 3, 2 }, { 2, 1 }, { 1, 4 }, { 1, 0 }, { 2, 1 }, FALSE } },
    { "AveragePool", "{'kernel_shape': <[int64 2, 2]>, 'auto_pad': <'VALID'>, 'strides': <[int64 2, 2]>}", MAP (2, 9, 9),
      { { 2, 2 }, { 2, 2 }, { 1, 1 }, { 0, 0 }, { 0, 0 }, FALSE } },
    { "Conv", "{'auto_pad': <'SAME_UPPER'>, 'strides': <[int64 2, 1]>}", MAP (2, 9, 8),
      { { 4, 3 }, { 2, 1 }, { 1, 1 }, { 1, 1 }, { 2, 1 }, FALSE } },
    { "Conv", "{'auto_pad': <'SAME_LOWER'>, 'strides': <[int64 2, 1]>}", MAP (2, 9, 8),
      { { 4, 3 }, { 2, 1 }, { 1, 1 }, { 2, 1 }, { 1, 1 }, FALSE } },
    { "Flatten", NULL, MAP (2, 9, 8), { { 9, 8 }, { 1, 1 }, { 1, 1 }, { 0, 0 }, { 0, 0 }, TRUE } },
    { "GlobalAveragePool", NULL, MAP (2, 9, 8), { { 9, 8 }, { 1, 1 }, { 1, 1 }, { 0, 0 }, { 0, 0 }, TRUE } },
    { "Gemm", NULL, FLAT (5), { { 1, 1 }, { 1, 1 }, { 1, 1 }, { 0, 0 }, { 0, 0 }, TRUE } },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GHashTable) parameters = operator_case_parameters_new ();
      g_autoptr (OperatorCase) self = NULL;
      FoveaWindow window;

      operator_case_add_parameter (parameters, "W", 4, (gint64[]) { 3, 2, 4, 3 });
      operator_case_add_parameter (parameters, "B", 2, (gint64[]) { 5, 3 });
      if (g_str_equal (cases[i].operator_name, "Conv"))
        g_hash_table_remove (parameters, "B");
      self = new_case (cases[i].operator_name, cases[i].attributes, parameters, 1, cases[i].shape);
      self->node.operator->get_window (&self->node, &cases[i].shape, &window);
      for (guint axis = 0; axis < 2; axis++)
        {
          g_assert_cmpint (window.kernel[axis], ==, cases[i].expected.kernel[axis]);
          g_assert_cmpint (window.stride[axis], ==, cases[i].expected.stride[axis]);
          g_assert_cmpint (window.dilation[axis], ==, cases[i].expected.dilation[axis]);
          g_assert_cmpint (window.pad_begin[axis], ==, cases[i].expected.pad_begin[axis]);
          g_assert_cmpint (window.pad_end[axis], ==, cases[i].expected.pad_end[axis]);
        }
      g_assert_cmpint (window.whole_map, ==, cases[i].expected.whole_map);
    }
}

static void
test_lookup (void)
{
  g_assert_cmpstr (fovea_operator_lookup ("Conv")->name, ==, "Conv");
  g_assert_null (fovea_operator_lookup ("conv"));
  g_assert_null (fovea_operator_lookup ("Convolution"));
  g_assert_null (fovea_operator_lookup (""));
}

typedef struct {
  const char *operator_name;
  const char *attributes;
  const char *parameter; /* with zeros, of the shape below; NULL: none */
  guint n_dimensions;
  gint64 sizes[4];
  FoveaShape shapes[2];
  FoveaError code;
  const char *message;
} Rejected;

static const Rejected rejected[] = {
  { "Conv", NULL, NULL, 0, { 0 }, { MAP (3, 8, 8) }, FOVEA_ERROR_NOT_FOUND, "node 'node1' (Conv) has no parameter W" },
  { "Conv", NULL, "W", 3, { 4, 3, 3 }, { MAP (3, 8, 8) }, FOVEA_ERROR_SHAPE, "node 'node1' wants W of shape [any, any, any, any], but the file has [4, 3, 3]" },
  { "Conv", "{'kernel_shape': <[int64 3, 3]>}", "W", 4, { 4, 3, 5, 5 }, { MAP (3, 8, 8) }, FOVEA_ERROR_SHAPE, "node 'node1' wants W of shape [4, 3, 3, 3], but the file has [4, 3, 5, 5]" },
  { "Conv", NULL, "W", 4, { 4, 3, 5, 5 }, { MAP (2, 8, 8) }, FOVEA_ERROR_SHAPE, "node 'node1' wants W of shape [4, 2, 5, 5], but the file has [4, 3, 5, 5]" },
  { "Conv", NULL, "W", 4, { 4, 0, 5, 5 }, { MAP (2, 8, 8) }, FOVEA_ERROR_SHAPE, "node 'node1' has a W without elements: its shape is [4, 0, 5, 5]" },
  { "Conv", "{'group': <int64 3>}", "W", 4, { 6, 3, 1, 1 }, { MAP (64, 8, 8) }, FOVEA_ERROR_SHAPE, "node 'node1' has group 3, which does not divide its 64 input channels" },
  { "Conv", "{'group': <int64 3>}", "W", 4, { 64, 3, 1, 1 }, { MAP (9, 8, 8) }, FOVEA_ERROR_SHAPE, "node 'node1' has group 3, which does not divide its 64 output channels" },
  { "Conv", "{'group': <int64 0>}", "W", 4, { 6, 3, 1, 1 }, { MAP (3, 8, 8) }, FOVEA_ERROR_SHAPE, "node 'node1' has group 0, which should be between 1 and 1048576" },
  { "Conv", "{'strides': <[int64 1, -1]>}", "W", 4, { 6, 3, 1, 1 }, { MAP (3, 8, 8) }, FOVEA_ERROR_SHAPE, "node 'node1' has strides -1, which should be between 1 and 1048576" },
  { "Conv", "{'strides': <[int64 1]>}", "W", 4, { 6, 3, 1, 1 }, { MAP (3, 8, 8) }, FOVEA_ERROR_FORMAT, "node 'node1' wants 2 numbers as strides, but the file has 1" },
  { "Conv", "{'pads': <[int64 -1, 0, 0, 0]>}", "W", 4, { 6, 3, 1, 1 }, { MAP (3, 8, 8) }, FOVEA_ERROR_SHAPE, "node 'node1' has pads -1, which should be between 0 and 1048576" },
  { "Conv", "{'dilations': <[int64 1, 9223372036854775807]>}", "W", 4, { 6, 3, 1, 1 }, { MAP (3, 8, 8) }, FOVEA_ERROR_SHAPE, "node 'node1' has dilations 9223372036854775807, which should be between 1 and 1048576" },
  { "Conv", "{'dilations': <[int64 1048576, 1048576]>}", "W", 4, { 6, 3, 2, 2 }, { MAP (3, 8, 8) }, FOVEA_ERROR_SHAPE, "node 'node1' has a window of height 1048577 (dilation included), more than its padded input's 8" },
  { "Conv", NULL, "W", 4, { 6, 3, 3, 9 }, { MAP (3, 8, 8) }, FOVEA_ERROR_SHAPE, "node 'node1' has a window of width 9 (dilation included), more than its padded input's 8" },
  { "Conv", "{'pads': <[int64 1048576, 1048576, 1048576, 1048576]>}", "W", 4, { 6, 3, 1, 1 }, { MAP (3, 8, 8) }, FOVEA_ERROR_TOO_LARGE, "node 'node1' would have an output of shape [6, 2097160, 2097160], more than is supported" },
  { "Conv", "{'pads': <[int64 10000, 10000, 10000, 10000]>}", "W", 4, { 60, 1, 1, 1 }, { MAP (1, 8, 8) }, FOVEA_ERROR_TOO_LARGE, "node 'node1' would have an output of shape [60, 20008, 20008], more than is supported" },
  { "Conv", NULL, "W", 4, { 6, 3, 1, 1 }, { MAP (3, 65536, 65536) }, FOVEA_ERROR_TOO_LARGE, "node 'node1' has an input of 65536×65536, more than the 2147483647 positions that are supported" },
  { "Conv", NULL, "W", 4, { 6, 3, 1, 1 }, { FLAT (3) }, FOVEA_ERROR_SHAPE, "node 'node1' (Conv) wants maps of shape [C, H, W], but its input has the flat shape [3]" },
  { "Conv", "{'auto_pad': <'SAME'>}", "W", 4, { 6, 3, 1, 1 }, { MAP (3, 8, 8) }, FOVEA_ERROR_UNSUPPORTED, "node 'node1' has an unknown auto_pad 'SAME'" },
  { "BatchNormalization", NULL, "scale", 1, { 3 }, { MAP (3, 8, 8) }, FOVEA_ERROR_NOT_FOUND, "node 'node1' (BatchNormalization) has no parameter B" },
  { "MaxPool", NULL, NULL, 0, { 0 }, { MAP (3, 8, 8) }, FOVEA_ERROR_FORMAT, "node 'node1' needs a kernel_shape of two numbers from 1 on" },
  { "MaxPool", "{'kernel_shape': <[int64 0, 3]>}", NULL, 0, { 0 }, { MAP (3, 8, 8) }, FOVEA_ERROR_FORMAT, "node 'node1' needs a kernel_shape of two numbers from 1 on" },
  { "MaxPool", "{'kernel_shape': <[int64 1099511627776, 3]>}", NULL, 0, { 0 }, { MAP (3, 8, 8) }, FOVEA_ERROR_SHAPE, "node 'node1' has kernel_shape 1099511627776, which should be between 0 and 1048576" },
  { "MaxPool", "{'kernel_shape': <[int64 3, 3, 3]>}", NULL, 0, { 0 }, { MAP (3, 8, 8) }, FOVEA_ERROR_FORMAT, "node 'node1' wants 2 numbers as kernel_shape, but the file has 3" },
  { "MaxPool", "{'kernel_shape': <'3'>}", NULL, 0, { 0 }, { MAP (3, 8, 8) }, FOVEA_ERROR_FORMAT, "node 'node1' wants a list of whole numbers as kernel_shape" },
  { "MaxPool", "{'kernel_shape': <[int64 2, 2]>, 'pads': <[int64 0, 0, 0, 2]>}", NULL, 0, { 0 }, { MAP (3, 8, 8) }, FOVEA_ERROR_SHAPE, "node 'node1' has a padding of 2 along the width, which must be less than its kernel of 2" },
  { "MaxPool", "{'kernel_shape': <[int64 2, 3]>, 'dilations': <[int64 1, 5]>, 'pads': <[int64 0, 2, 0, 2]>, 'strides': <[int64 1, 1]>}", NULL, 0, { 0 }, { MAP (3, 8, 3) }, FOVEA_ERROR_SHAPE, "node 'node1' has a window of width 11 (dilation included), more than its padded input's 7" },
  { "MaxPool", "{'kernel_shape': <[int64 1, 4]>, 'dilations': <[int64 1, 3]>, 'pads': <[int64 0, 3, 0, 3]>}", NULL, 0, { 0 }, { MAP (3, 8, 2) }, FOVEA_ERROR_SHAPE, "node 'node1' has a window of width 10 (dilation included), more than its padded input's 8" },
  { "AveragePool", "{'kernel_shape': <[int64 4, 1]>, 'dilations': <[int64 2, 1]>, 'pads': <[int64 3, 0, 3, 0]>}", NULL, 0, { 0 }, { MAP (3, 1, 8) }, FOVEA_ERROR_SHAPE, "node 'node1' has windows that see only padding: dilation 2 for an input of height 1" },
  { "AveragePool", "{'kernel_shape': <[int64 3, 3]>, 'count_include_pad': <int64 2>}", NULL, 0, { 0 }, { MAP (3, 8, 8) }, FOVEA_ERROR_SHAPE, "node 'node1' has count_include_pad 2, which should be between 0 and 1" },
  { "GlobalAveragePool", NULL, NULL, 0, { 0 }, { FLAT (3) }, FOVEA_ERROR_SHAPE, "node 'node1' (GlobalAveragePool) wants maps of shape [C, H, W], but its input has the flat shape [3]" },
  { "Gemm", "{'transB': <int64 1>}", "B", 2, { 10, 7 }, { FLAT (8) }, FOVEA_ERROR_SHAPE, "node 'node1' wants B of shape [10, 8], but the file has [10, 7]" },
  { "Gemm", NULL, "B", 2, { 10, 7 }, { FLAT (8) }, FOVEA_ERROR_SHAPE, "node 'node1' wants B of shape [8, 7], but the file has [10, 7]" },
  { "Gemm", NULL, "B", 2, { 0, 7 }, { FLAT (8) }, FOVEA_ERROR_SHAPE, "node 'node1' has a B without elements: its shape is [0, 7]" },
  { "Gemm", "{'transA': <int64 1>}", "B", 2, { 8, 7 }, { FLAT (8) }, FOVEA_ERROR_UNSUPPORTED, "node 'node1' has transA 1, which would exchange batch and values; only transA 0 is supported" },
  { "Gemm", NULL, "B", 2, { 8, 7 }, { MAP (8, 1, 1) }, FOVEA_ERROR_SHAPE, "node 'node1' wants a flat input (a Flatten goes before it), but its input has shape [8, 1, 1]" },
  { "Flatten", "{'axis': <int64 2>}", NULL, 0, { 0 }, { MAP (8, 1, 1) }, FOVEA_ERROR_UNSUPPORTED, "node 'node1' has axis 2; only axis 1, which keeps the batch apart, is supported" },
  { "Add", NULL, NULL, 0, { 0 }, { MAP (8, 1, 1), FLAT (8) }, FOVEA_ERROR_SHAPE, "node 'node1' (Add) cannot combine an input of shape [8, 1, 1] with one of shape [8]" },
  { "Add", NULL, NULL, 0, { 0 }, { MAP (8, 4, 4), MAP (8, 4, 5) }, FOVEA_ERROR_SHAPE, "node 'node1' (Add) cannot combine an input of shape [8, 4, 4] with one of shape [8, 4, 5]" },
  { "Mul", NULL, "B", 3, { 3, 1, 1 }, { MAP (8, 4, 4) }, FOVEA_ERROR_SHAPE, "node 'node1' (Mul) cannot combine an input of shape [8, 4, 4] with a constant of shape [3, 1, 1]" },
  { "Mul", NULL, "B", 3, { 8, 0, 1 }, { MAP (8, 4, 4) }, FOVEA_ERROR_SHAPE, "node 'node1' (Mul) cannot combine an input of shape [8, 4, 4] with a constant of shape [8, 0, 1]" },
  { "Mul", NULL, "B", 1, { 8 }, { MAP (8, 4, 4) }, FOVEA_ERROR_SHAPE, "node 'node1' wants B of shape [any, any, any], but the file has [8]" },
  { "Mul", NULL, NULL, 0, { 0 }, { MAP (8, 4, 4) }, FOVEA_ERROR_FORMAT, "node 'node1' (Mul) has one input and no parameter A or B" },
  { "Mul", NULL, "A", 3, { 8, 1, 1 }, { MAP (8, 4, 4), MAP (8, 4, 4) }, FOVEA_ERROR_FORMAT, "node 'node1' has more than two operands" },
  { "Clip", "{'min': <1.0>, 'max': <0.0>}", NULL, 0, { 0 }, { MAP (8, 4, 4) }, FOVEA_ERROR_FORMAT, "node 'node1' limits values to at least 1 and at most 0" },
  { "Pad", "{'mode': <'reflect'>}", NULL, 0, { 0 }, { MAP (8, 4, 4) }, FOVEA_ERROR_UNSUPPORTED, "node 'node1' pads in the mode 'reflect'; only 'constant' is supported" },
  { "Pad", "{'pads': <[int64 0, -1, 0, 0]>}", NULL, 0, { 0 }, { MAP (8, 4, 4) }, FOVEA_ERROR_SHAPE, "node 'node1' has pads -1, which should be between 0 and 1048576" },
  { "Pad", NULL, NULL, 0, { 0 }, { FLAT (8) }, FOVEA_ERROR_SHAPE, "node 'node1' (Pad) wants maps of shape [C, H, W], but its input has the flat shape [8]" },
  { "Reshape", "{'shape': <[int64 8, 4, 5]>}", NULL, 0, { 0 }, { MAP (8, 4, 4) }, FOVEA_ERROR_SHAPE, "node 'node1' cannot make the shape [8, 4, 5] from [8, 4, 4]" },
  { "Slice", "{'starts': <[int64 2]>, 'ends': <[int64 9]>}", NULL, 0, { 0 }, { MAP (8, 4, 4) }, FOVEA_ERROR_SHAPE, "node 'node1' takes the channels from 2 to before 9, but its input has 8" },
  { "Concat", NULL, NULL, 0, { 0 }, { MAP (8, 4, 4), MAP (8, 4, 5) }, FOVEA_ERROR_SHAPE, "node 'node1' wants inputs that differ only in channels, but input 1 has [8, 4, 4] and input 2 has [8, 4, 5]" },
  { "Concat", "{'axis': <int64 2>}", NULL, 0, { 0 }, { MAP (8, 4, 4), MAP (8, 4, 4) }, FOVEA_ERROR_UNSUPPORTED, "node 'node1' has axis 2; only axis 1, the channels, is supported" },
  { "LRN", NULL, NULL, 0, { 0 }, { MAP (8, 4, 4) }, FOVEA_ERROR_FORMAT, "node 'node1' has no attribute size" },
  { "LRN", "{'size': <int64 -5>}", NULL, 0, { 0 }, { MAP (8, 4, 4) }, FOVEA_ERROR_SHAPE, "node 'node1' has size -5, which should be between 1 and 2147483647" },
  { "LRN", "{'size': <int64 5>, 'bias': <0.0>}", NULL, 0, { 0 }, { MAP (8, 4, 4) }, FOVEA_ERROR_FORMAT, "node 'node1' has alpha 0.0001, beta 0.75 and bias 0; alpha must not be negative, and bias must be positive" },
  { "Softmax", "{'axis': <int64 3>}", NULL, 0, { 0 }, { MAP (8, 4, 4) }, FOVEA_ERROR_UNSUPPORTED, "node 'node1' has axis 3; only axis 1, the channels, is supported" },
};

static void
test_rejected (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (rejected); i++)
    {
      const Rejected *self = &rejected[i];
      g_autoptr (GHashTable) parameters = operator_case_parameters_new ();
      g_autoptr (OperatorCase) operator_case = NULL;
      g_autoptr (GError) error = NULL;

      if (self->parameter != NULL)
        operator_case_add_parameter (parameters, self->parameter, self->n_dimensions, self->sizes);
      operator_case = operator_case_new (self->operator_name, self->attributes, parameters, 1,
                                         self->shapes[1].channels > 0 ? 2 : 1, self->shapes, &error);
      if (operator_case != NULL)
        g_error ("%s %s was accepted", self->operator_name, self->attributes);
      g_assert_error (error, FOVEA_ERROR, (int) self->code);
      g_assert_cmpstr (error->message, ==, self->message);
    }
}

static void
test_rejected_variance (void)
{
  g_autoptr (GHashTable) parameters = operator_case_parameters_new ();
  const FoveaShape three = MAP (3, 2, 2), four = MAP (4, 2, 2);
  g_autoptr (GError) error = NULL;
  float *variance;

  operator_case_add_parameter (parameters, "scale", 1, (gint64[]) { 3 });
  operator_case_add_parameter (parameters, "B", 1, (gint64[]) { 3 });
  operator_case_add_parameter (parameters, "input_mean", 1, (gint64[]) { 3 });
  variance = operator_case_add_parameter (parameters, "input_var", 1, (gint64[]) { 3 });
  variance[1] = -0.5;
  g_assert_null (operator_case_new ("BatchNormalization", "{'epsilon': <0.25>}", parameters, 1, 1, &three, &error));
  g_assert_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT);
  g_assert_cmpstr (error->message, ==, "node 'node1' has input_var -0.5 at channel 1, which with epsilon 0.25 is not positive");
  g_clear_error (&error);

  variance[1] = NAN;
  g_assert_null (operator_case_new ("BatchNormalization", NULL, parameters, 1, 1, &three, &error));
  g_assert_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT);
  g_clear_error (&error);

  variance[1] = 0;
  g_assert_null (operator_case_new ("BatchNormalization", NULL, parameters, 1, 1, &four, &error));
  g_assert_error (error, FOVEA_ERROR, FOVEA_ERROR_SHAPE);
  g_assert_cmpstr (error->message, ==, "node 'node1' wants scale of shape [4], but the file has [3]");
}

int
main (int argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/operators/conv", test_conv);
  g_test_add_func ("/operators/arithmetic", test_arithmetic);
  g_test_add_func ("/operators/clip", test_clip);
  g_test_add_func ("/operators/activations", test_activations);
  g_test_add_func ("/operators/batch-normalization", test_batch_normalization);
  g_test_add_func ("/operators/relu", test_relu);
  g_test_add_func ("/operators/redirected-relu", test_redirected_relu);
  g_test_add_func ("/operators/max-pool", test_max_pool);
  g_test_add_func ("/operators/pooling-sizes", test_pooling_sizes);
  g_test_add_func ("/operators/average-pool", test_average_pool);
  g_test_add_func ("/operators/gemm", test_gemm);
  g_test_add_func ("/operators/softmax-extremes", test_softmax_extremes);
  g_test_add_func ("/operators/windows", test_windows);
  g_test_add_func ("/operators/lookup", test_lookup);
  g_test_add_func ("/operators/rejected", test_rejected);
  g_test_add_func ("/operators/rejected-variance", test_rejected_variance);
  return g_test_run ();
}
