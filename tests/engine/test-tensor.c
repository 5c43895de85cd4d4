/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/tensor.h"

static void
test_new (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FoveaTensor) tensor = fovea_tensor_new (3, (gint64[]) { 2, 3, 5 }, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (tensor->n_elements, ==, 30);
  g_assert_cmpuint ((guintptr) tensor->data % 64, ==, 0);
  for (gsize i = 0; i < 30; i++)
    g_assert_cmpfloat (tensor->data[i], ==, 0);
  g_assert_true (fovea_tensor_has_shape (tensor, 3, (gint64[]) { 2, -1, 5 }));
  g_assert_false (fovea_tensor_has_shape (tensor, 3, (gint64[]) { 2, 3, 6 }));
  g_assert_false (fovea_tensor_has_shape (tensor, 2, (gint64[]) { 2, 3 }));
}

static void
test_scalar_and_empty (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FoveaTensor) scalar = fovea_tensor_new (0, NULL, &error);
  g_autoptr (FoveaTensor) empty = fovea_tensor_new (2, (gint64[]) { 4, 0 }, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (scalar->n_elements, ==, 1);
  g_assert_cmpuint (empty->n_elements, ==, 0);
}

static void
test_absurd_sizes (void)
{
  gsize n_elements;
  static const struct {
    guint n_dimensions;
    gint64 shape[9];
    FoveaError code;
  } cases[] = {
    { 1, { G_GINT64_CONSTANT (1) << 60 }, FOVEA_ERROR_TOO_LARGE },
    { 2, { G_GINT64_CONSTANT (1) << 32, G_GINT64_CONSTANT (1) << 32 }, FOVEA_ERROR_TOO_LARGE },
    { 4, { 65536, 65536, 65536, 65536 }, FOVEA_ERROR_TOO_LARGE },
    { 2, { 3, -1 }, FOVEA_ERROR_SHAPE },
    { 9, { 1, 1, 1, 1, 1, 1, 1, 1, 1 }, FOVEA_ERROR_SHAPE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_assert_false (fovea_tensor_count_elements (cases[i].n_dimensions, cases[i].shape, &n_elements, &error));
      g_assert_error (error, FOVEA_ERROR, (int) cases[i].code);
    }
}

static void
test_from_bytes (void)
{
  static const float values[] = { 1, 2, 3, 4, 5, 6 };
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = g_bytes_new_static (values, sizeof values);
  g_autoptr (FoveaTensor) tensor = fovea_tensor_new_from_bytes (2, (gint64[]) { 2, 3 }, bytes, &error);

  g_assert_no_error (error);
  g_assert_true (tensor->data == values);
  g_assert_null (fovea_tensor_new_from_bytes (2, (gint64[]) { 2, 4 }, bytes, &error));
  g_assert_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT);
  g_assert_cmpstr (error->message, ==, "shape [2, 4] needs 32 bytes, but there are 24");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tensor/new", test_new);
  g_test_add_func ("/tensor/scalar-and-empty", test_scalar_and_empty);
  g_test_add_func ("/tensor/absurd-sizes", test_absurd_sizes);
  g_test_add_func ("/tensor/from-bytes", test_from_bytes);
  return g_test_run ();
}
