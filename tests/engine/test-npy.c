/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engine/formats/npy.h"
#include "tests/python.h"
#include "tests/scratch.h"

/* A file of version 1.0 with this header and data. */
static GBytes *
make_file (const char *header,
           gconstpointer data,
           gsize size)
{
  GByteArray *file = g_byte_array_new ();
  guint8 start[] = { 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, strlen (header) & 0xff, strlen (header) >> 8 };

  g_byte_array_append (file, start, sizeof start);
  g_byte_array_append (file, (const guint8 *) header, strlen (header));
  g_byte_array_append (file, data, size);
  return g_byte_array_free_to_bytes (file);
}

static void
assert_values (GBytes *file,
               guint n_values,
               const float *values)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FoveaTensor) tensor = fovea_npy_decode (file, "array.npy", &error);

  g_assert_no_error (error);
  g_assert_cmpuint (tensor->n_elements, ==, n_values);
  for (guint i = 0; i < n_values; i++)
    g_assert_cmpfloat (tensor->data[i], ==, values[i]);
}

static void
test_read_by_hand (void)
{
  static const guint8 big_endian_halves[] = { 0x3c, 0x00, 0xc1, 0x00, 0x7b, 0xff, 0x00, 0x01 };
  static const guint8 bytes[] = { 1, 2, 3, 4, 5, 6 };
  static const guint8 big_endian_int32[] = { 0xff, 0xff, 0xff, 0xfe };
  g_autoptr (GBytes) halves = make_file ("{'descr': '>f2', 'fortran_order': False, 'shape': (4,), }\n", big_endian_halves, 8);
  g_autoptr (GBytes) fortran = make_file ("{'descr': '|u1', 'fortran_order': True, 'shape': (2, 3), }\n", bytes, 6);
  g_autoptr (GBytes) fortran_3d = make_file ("{'descr': '|i1', 'fortran_order': True, 'shape': (1, 3, 2)}", bytes, 6);
  /* Any order, either quotes, no spaces, Python 2's long integers. */
  g_autoptr (GBytes) terse = make_file ("{\"shape\":(3L,2L),\"descr\":\"|u1\",\"fortran_order\":False}", bytes, 6);
  g_autoptr (GBytes) scalar = make_file ("{'descr': '>i4', 'fortran_order': False, 'shape': (), }\n", big_endian_int32, 4);
  g_autoptr (GBytes) empty = make_file ("{'descr': '<f4', 'fortran_order': True, 'shape': (3, 0), }\n", "", 0);

  assert_values (halves, 4, (float[]) { 1, -2.5f, 65504, 0x1p-24f });
  assert_values (fortran, 6, (float[]) { 1, 3, 5, 2, 4, 6 });
  assert_values (fortran_3d, 6, (float[]) { 1, 4, 2, 5, 3, 6 });
  assert_values (terse, 6, (float[]) { 1, 2, 3, 4, 5, 6 });
  assert_values (scalar, 1, (float[]) { -2 });
  assert_values (empty, 0, NULL);
}

static void
test_refused (void)
{
  static const guint8 data[4096];
  static const struct {
    const char *header;
    gsize size;
    FoveaError code;
    const char *message;
  } cases[] = {
    { "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }", 47, FOVEA_ERROR_FORMAT,
      "array.npy: shape [3, 4] of float32 needs 48 bytes of data, but the file has 47" },
    { "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }", 49, FOVEA_ERROR_FORMAT,
      "array.npy: shape [3, 4] of float32 needs 48 bytes of data, but the file has 49" },
    { "{'descr': '<f4', 'fortran_order': False, 'shape': (1152921504606846976,), }", 8, FOVEA_ERROR_TOO_LARGE,
      "array.npy: shape [1152921504606846976] has more elements than the 4294967296 that are supported" },
    { "{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296), }", 0, FOVEA_ERROR_TOO_LARGE, NULL },
    { "{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296,), }", 8, FOVEA_ERROR_FORMAT, NULL },
    { "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,), }", 8, FOVEA_ERROR_FORMAT,
      "array.npy: the NumPy header's shape cannot be understood" },
    { "{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }", 8, FOVEA_ERROR_FORMAT,
      "array.npy: the NumPy header's shape cannot be understood" },
    { "{'descr': '<f4', 'fortran_order': False, 'shape': (1,1,1,1,1,1,1,1,1), }", 4, FOVEA_ERROR_UNSUPPORTED,
      "array.npy: the array has more than the 8 dimensions that are supported" },
    { "{'descr': '<f4', 'fortran_order': False, 'shape': (1 2), }", 8, FOVEA_ERROR_FORMAT, NULL },
    { "{'descr': '<f4', 'fortran_order': False, 'shape': 2, }", 8, FOVEA_ERROR_FORMAT, NULL },
    { "{'descr': '<c8', 'fortran_order': False, 'shape': (1,), }", 8, FOVEA_ERROR_UNSUPPORTED,
      "array.npy: elements of NumPy type '<c8' are not supported; save the array as float32" },
    { "{'descr': '|O', 'fortran_order': False, 'shape': (1,), }", 8, FOVEA_ERROR_UNSUPPORTED, NULL },
    { "{'descr': '', 'fortran_order': False, 'shape': (1,), }", 8, FOVEA_ERROR_UNSUPPORTED, NULL },
    { "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }", 4, FOVEA_ERROR_UNSUPPORTED,
      "array.npy: arrays of records are not supported" },
    { "{'descr': '<f4', 'shape': (1,), }", 4, FOVEA_ERROR_FORMAT, "array.npy: the NumPy header cannot be understood" },
    { "{'descr': '<f4', 'fortran_order': 0, 'shape': (1,), }", 4, FOVEA_ERROR_FORMAT, NULL },
    { "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (1,), }", 4, FOVEA_ERROR_FORMAT, NULL },
    { "{'descr': '<f4', 'fortran_order': False, 'shape': (1,)", 4, FOVEA_ERROR_FORMAT, NULL },
    { "{'descr': '<f4", 4, FOVEA_ERROR_UNSUPPORTED, NULL },
    { "", 4, FOVEA_ERROR_FORMAT, NULL },
  };
  g_autoptr (GBytes) version_9 = g_bytes_new_static ("\x93NUMPY\x09\0\x02\0{}", 12);
  g_autoptr (GBytes) long_header = g_bytes_new_static ("\x93NUMPY\x02\0\xff\xff\xff\xff{}", 14);
  g_autoptr (GBytes) text = g_bytes_new_static ("1, 2, 3, 4", 10);
  g_autoptr (GError) error = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GBytes) file = make_file (cases[i].header, data, cases[i].size);
      g_autoptr (GError) case_error = NULL;

      g_assert_null (fovea_npy_decode (file, "array.npy", &case_error));
      g_assert_error (case_error, FOVEA_ERROR, (int) cases[i].code);
      g_assert_true (g_str_has_prefix (case_error->message, "array.npy: "));
      if (cases[i].message != NULL)
        g_assert_cmpstr (case_error->message, ==, cases[i].message);
    }

  g_assert_null (fovea_npy_decode (version_9, "a", &error));
  g_assert_error (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED);
  g_clear_error (&error);
  g_assert_null (fovea_npy_decode (long_header, "a", &error));
  g_assert_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT);
  g_clear_error (&error);
  g_assert_null (fovea_npy_decode (text, "a", &error));
  g_assert_cmpstr (error->message, ==, "a: not a NumPy file");
  g_clear_error (&error);
  g_assert_null (fovea_npy_read ("/nonexistent/a.npy", &error));
  g_assert_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND);
}

static void
test_write (void)
{
  g_autoptr (FoveaScratch) folder = fovea_scratch_new ();
  g_autofree char *path = fovea_scratch_path (folder, "array.npy"), *missing = fovea_scratch_path (folder, "missing/array.npy");
  g_autofree char *contents = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (FoveaTensor) tensor = fovea_tensor_new (2, (gint64[]) { 2, 3 }, &error);
  g_autoptr (FoveaTensor) read = NULL;
  gsize size;

  for (guint i = 0; i < 6; i++)
    tensor->data[i] = i == 5 ? -INFINITY : i / 3.0f;
  g_assert_true (fovea_npy_write (tensor, path, &error));
  g_assert_no_error (error);
  g_file_get_contents (path, &contents, &size, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (size, ==, 128 + 24);
  g_assert_cmpmem (contents, 10, "\x93NUMPY\1\0v\0", 10);
  g_assert_true (g_str_has_prefix (contents + 10, "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }   "));
  g_assert_cmpint (contents[127], ==, '\n');

  read = fovea_npy_read (path, &error);
  g_assert_no_error (error);
  g_assert_true (fovea_tensor_has_shape (read, 2, (gint64[]) { 2, 3 }));
  g_assert_cmpmem (read->data, 24, tensor->data, 24);

  g_assert_false (fovea_npy_write (tensor, missing, &error));
  g_assert_error (error, FOVEA_ERROR, FOVEA_ERROR_IO);
}

/* NumPy's files are read as NumPy converts them, and written back byte for byte. */
static void
test_against_numpy (void)
{
  g_autoptr (FoveaScratch) folder = fovea_scratch_new ();
  g_autofree char *list_path = fovea_scratch_path (folder, "list.txt");
  g_autofree char *written_path = fovea_scratch_path (folder, "written.npy");
  g_autofree char *list = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) names = NULL;

  if (!fovea_test_run_python ("numpy", "engine/reference-arrays.py", folder, NULL))
    return;
  g_file_get_contents (list_path, &list, NULL, &error);
  g_assert_no_error (error);
  names = g_strsplit (g_strchomp (list), "\n", -1);
  g_assert_cmpuint (g_strv_length (names), >, 100);

  for (guint i = 0; names[i] != NULL; i++)
    {
      g_autofree char *path = fovea_scratch_path (folder, names[i]);
      g_autofree char *reference = g_strconcat (path, ".float32", NULL);
      g_autofree char *expected = NULL;
      g_autofree char *written = NULL;
      g_autoptr (FoveaTensor) tensor = fovea_npy_read (path, &error);
      gsize expected_size, written_size;

      g_assert_no_error (error);
      g_assert_true (fovea_npy_write (tensor, written_path, &error));
      g_file_get_contents (reference, &expected, &expected_size, &error);
      g_assert_no_error (error);
      g_file_get_contents (written_path, &written, &written_size, &error);
      g_assert_no_error (error);
      if (expected_size != written_size || memcmp (expected, written, expected_size) != 0)
        {
          g_test_message ("%s is not read and written as NumPy does", names[i]);
          g_test_fail ();
        }
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/npy/read-by-hand", test_read_by_hand);
  g_test_add_func ("/npy/refused", test_refused);
  g_test_add_func ("/npy/write", test_write);
  g_test_add_func ("/npy/against-numpy", test_against_numpy);
  return g_test_run ();
}
