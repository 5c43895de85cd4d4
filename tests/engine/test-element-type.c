/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/formats/element-type.h"

#include <math.h>
#include <string.h>

static void
test_half (void)
{
  /* 1, -2, the largest, the smallest normal, the smallest subnormal, the largest subnormal, -0, infinity */
  static const guint16 bits[] = { 0x3c00, 0xc000, 0x7bff, 0x0400, 0x0001, 0x83ff, 0x8000, 0x7c00 };
  static const float expected[] = { 1, -2, 65504, 0x1p-14f, 0x1p-24f, -0x1.ff8p-15f, -0.0f, INFINITY };
  guint16 nan_bits = 0x7e00;
  float values[G_N_ELEMENTS (bits)], nan_value;

  fovea_elements_to_float32 (FOVEA_ELEMENT_FLOAT16, G_BYTE_ORDER, bits, 1, G_N_ELEMENTS (bits), values);
  for (gsize i = 0; i < G_N_ELEMENTS (bits); i++)
    g_assert_cmpfloat (values[i], ==, expected[i]);
  g_assert_true (signbit (values[6]));
  fovea_elements_to_float32 (FOVEA_ELEMENT_FLOAT16, G_BYTE_ORDER, &nan_bits, 1, 1, &nan_value);
  g_assert_true (isnan (nan_value));
}

static void
test_bfloat16 (void)
{
  static const guint8 little_endian[] = { 0x80, 0x3f, 0x49, 0xc0, 0x80, 0xff };
  float values[3];

  fovea_elements_to_float32 (FOVEA_ELEMENT_BFLOAT16, G_LITTLE_ENDIAN, little_endian, 1, 3, values);
  g_assert_cmpfloat (values[0], ==, 1);
  g_assert_cmpfloat (values[1], ==, -3.140625f);
  g_assert_cmpfloat (values[2], ==, -INFINITY);
}

static void
test_doubles (void)
{
  static const double doubles[] = { 0.1, -1e300, 16777217 };
  float values[3];

  fovea_elements_to_float32 (FOVEA_ELEMENT_FLOAT64, G_BYTE_ORDER, doubles, 1, 3, values);
  g_assert_cmpfloat (values[0], ==, 0.1f);
  g_assert_cmpfloat (values[1], ==, -INFINITY);
  g_assert_cmpfloat (values[2], ==, 16777216);
}

static void
test_integers (void)
{
  static const guint8 ones[] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };
  static const struct {
    FoveaElementType type;
    float expected;
  } cases[] = {
    { FOVEA_ELEMENT_INT8, -1 },
    { FOVEA_ELEMENT_INT16, -1 },
    { FOVEA_ELEMENT_INT32, -1 },
    { FOVEA_ELEMENT_INT64, -1 },
    { FOVEA_ELEMENT_UINT8, 255 },
    { FOVEA_ELEMENT_UINT16, 65535 },
    { FOVEA_ELEMENT_UINT32, 0x1p32f },
    { FOVEA_ELEMENT_UINT64, 0x1p64f },
    { FOVEA_ELEMENT_BOOL, 1 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      float value;
      fovea_elements_to_float32 (cases[i].type, G_LITTLE_ENDIAN, ones, 1, 1, &value);
      g_assert_cmpfloat (value, ==, cases[i].expected);
    }
}

/* Big-endian elements at odd addresses, every second one, and one repeated. */
static void
test_order_and_stride (void)
{
  static const guint8 bytes[] = { 0, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08 };
  float values[3];

  fovea_elements_to_float32 (FOVEA_ELEMENT_INT16, G_BIG_ENDIAN, bytes + 1, 2, 2, values);
  g_assert_cmpfloat (values[0], ==, 0x0102);
  g_assert_cmpfloat (values[1], ==, 0x0506);
  fovea_elements_to_float32 (FOVEA_ELEMENT_INT16, G_LITTLE_ENDIAN, bytes + 1, 0, 3, values);
  for (guint i = 0; i < 3; i++)
    g_assert_cmpfloat (values[i], ==, 0x0201);
}

static void
test_float32 (void)
{
  static const float floats[] = { 1.5f, -2.25f, 3 };
  guint8 swapped[sizeof floats];
  float values[3];

  for (gsize i = 0; i < sizeof floats; i++)
    swapped[i] = ((const guint8 *) floats)[i / 4 * 4 + 3 - i % 4];
  fovea_elements_to_float32 (FOVEA_ELEMENT_FLOAT32, G_BYTE_ORDER, floats, 1, 3, values);
  g_assert_cmpmem (values, sizeof values, floats, sizeof floats);
  memset (values, 0, sizeof values);
  fovea_elements_to_float32 (FOVEA_ELEMENT_FLOAT32, G_BYTE_ORDER == G_LITTLE_ENDIAN ? G_BIG_ENDIAN : G_LITTLE_ENDIAN, swapped, 1, 3, values);
  g_assert_cmpmem (values, sizeof values, floats, sizeof floats);
}

static void
test_names (void)
{
  FoveaElementType type;

  g_assert_true (fovea_element_type_from_safetensors ("BF16", &type));
  g_assert_cmpint (type, ==, FOVEA_ELEMENT_BFLOAT16);
  g_assert_cmpuint (fovea_element_type_get_size (type), ==, 2);
  g_assert_cmpstr (fovea_element_type_get_name (type), ==, "bfloat16");
  g_assert_false (fovea_element_type_from_safetensors ("F8_E4M3", &type));
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/element-type/half", test_half);
  g_test_add_func ("/element-type/bfloat16", test_bfloat16);
  g_test_add_func ("/element-type/doubles", test_doubles);
  g_test_add_func ("/element-type/integers", test_integers);
  g_test_add_func ("/element-type/order-and-stride", test_order_and_stride);
  g_test_add_func ("/element-type/float32", test_float32);
  g_test_add_func ("/element-type/names", test_names);
  return g_test_run ();
}
