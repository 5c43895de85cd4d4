/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/formats/safetensors.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

static char *folder;

static char *
write_file (const char *header,
            gsize n_data)
{
  char *path = g_build_filename (folder, "test.safetensors", NULL);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  guint64 size = GUINT64_TO_LE (strlen (header));
  g_autofree guint8 *data = g_malloc0 (n_data + 1);
  g_autoptr (GError) error = NULL;

  g_byte_array_append (bytes, (const guint8 *) &size, 8);
  g_byte_array_append (bytes, (const guint8 *) header, (guint) strlen (header));
  for (gsize i = 0; i < n_data; i++)
    data[i] = (guint8) i;
  g_byte_array_append (bytes, data, (guint) n_data);
  g_file_set_contents (path, (const char *) bytes->data, bytes->len, &error);
  g_assert_no_error (error);
  return path;
}

static void
test_round_trip (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FoveaStateDict) written = fovea_state_dict_new ();
  g_autoptr (FoveaStateDict) read = NULL;
  g_autoptr (FoveaTensor) weight = fovea_tensor_new (2, (gint64[]) { 2, 3 }, &error);
  g_autoptr (FoveaTensor) scalar = fovea_tensor_new (0, NULL, &error);
  g_autoptr (FoveaTensor) empty = fovea_tensor_new (1, (gint64[]) { 0 }, &error);
  g_autofree char *path = g_build_filename (folder, "round.safetensors", NULL);
  g_autofree char *first = NULL, *second = NULL;
  gsize n_first, n_second;

  for (int i = 0; i < 6; i++)
    weight->data[i] = (float) i * 0.1f;
  scalar->data[0] = -3;
  fovea_state_dict_insert (written, "a \"quoted\" näme", weight);
  fovea_state_dict_insert (written, "scalar", scalar);
  fovea_state_dict_insert (written, "empty", empty);
  fovea_state_dict_set_metadata (written, "format", "test");
  g_assert_true (fovea_safetensors_write (path, written, &error));
  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (path, &first, &n_first, &error));

  read = fovea_safetensors_read (path, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (fovea_state_dict_get_size (read), ==, 3);
  g_assert_cmpstr (fovea_state_dict_get_name (read, 0), ==, "a \"quoted\" näme");
  g_assert_cmpstr (fovea_state_dict_get_metadata (read, "format"), ==, "test");
  g_assert_cmpmem (fovea_state_dict_get_tensor (read, 0)->data, 24, weight->data, 24);
  g_assert_true (fovea_tensor_has_shape (fovea_state_dict_get_tensor (read, 0), 2, weight->shape));
  g_assert_cmpfloat (fovea_state_dict_lookup (read, "scalar")->data[0], ==, -3);
  g_assert_cmpuint (fovea_state_dict_lookup (read, "empty")->n_elements, ==, 0);

  g_assert_true (fovea_safetensors_write (path, read, &error));
  g_assert_true (g_file_get_contents (path, &second, &n_second, &error));
  g_assert_cmpmem (first, n_first, second, n_second);
}

static void
test_element_types (void)
{
  /* 1.0 as float16 is 0x3c00, as bfloat16 0x3f80; the data of the file counts up from 0. */
  g_autoptr (GError) error = NULL;
  g_autofree char *path = write_file ("{\"u8\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[1,3]},"
                                      "\"i16\":{\"dtype\":\"I16\",\"shape\":[1],\"data_offsets\":[4,6]},"
                                      "\"bf16\":{\"dtype\":\"BF16\",\"shape\":[1],\"data_offsets\":[6,8]}}", 8);
  g_autoptr (FoveaStateDict) read = fovea_safetensors_read (path, &error);

  g_assert_no_error (error);
  g_assert_cmpfloat (fovea_state_dict_lookup (read, "u8")->data[0], ==, 1);
  g_assert_cmpfloat (fovea_state_dict_lookup (read, "u8")->data[1], ==, 2);
  g_assert_cmpfloat (fovea_state_dict_lookup (read, "i16")->data[0], ==, 0x0504);
  g_assert_cmpfloat (fovea_state_dict_lookup (read, "bf16")->data[0], ==, ldexpf (1 + 6 / 128.f, 14 - 127));
}

static void
test_broken (void)
{
  static const struct {
    const char *header;
    gsize n_data;
    FoveaError code;
    const char *message;
  } cases[] = {
    { "[]", 0, FOVEA_ERROR_FORMAT, "is not a safetensors file: it does not start with a header" },
    { "{\"a\":}", 0, FOVEA_ERROR_FORMAT, NULL },
    { "{\"a\":3}", 0, FOVEA_ERROR_FORMAT, "the entry 'a' is not a tensor" },
    { "{\"__metadata__\":[]}", 0, FOVEA_ERROR_FORMAT, "__metadata__ is not a table of strings" },
    { "{\"__metadata__\":{\"k\":1}}", 0, FOVEA_ERROR_FORMAT, "the metadata 'k' is not a string" },
    { "{\"a\":{\"dtype\":\"F33\",\"shape\":[1],\"data_offsets\":[0,4]}}", 4, FOVEA_ERROR_UNSUPPORTED,
      "tensor 'a' has elements of type F33, which is not supported" },
    { "{\"a\":{\"dtype\":\"F32\",\"shape\":[1.5],\"data_offsets\":[0,4]}}", 4, FOVEA_ERROR_FORMAT,
      "tensor 'a' has no proper shape and data_offsets" },
    { "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}}", 4, FOVEA_ERROR_FORMAT,
      "tensor 'a' of shape [2] and type F32 needs 8 bytes, but its data_offsets span 4" },
    { "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}", 4, FOVEA_ERROR_FORMAT,
      "tensor 'a' lies at bytes 0 to 8, but the file has 4 bytes of data; it may be truncated" },
    { "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[-4,0]}}", 4, FOVEA_ERROR_FORMAT, NULL },
    { "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,0]}}", 4, FOVEA_ERROR_FORMAT, NULL },
    { "{\"a\":{\"dtype\":\"F32\",\"shape\":[1152921504606846976],\"data_offsets\":[0,4]}}", 4, FOVEA_ERROR_TOO_LARGE, NULL },
    { "{\"a\":{\"dtype\":\"F32\",\"shape\":[1,1,1,1,1,1,1,1,1],\"data_offsets\":[0,4]}}", 4, FOVEA_ERROR_FORMAT, NULL },
    { "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}",
      8, FOVEA_ERROR_FORMAT, "contradicts itself: the tensors 'a' and 'b' overlap" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *path = write_file (cases[i].header, cases[i].n_data);

      g_assert_null (fovea_safetensors_read (path, &error));
      g_assert_error (error, FOVEA_ERROR, (int) cases[i].code);
      g_assert_true (g_str_has_prefix (error->message, path));
      if (cases[i].message != NULL)
        g_assert_cmpstr (error->message + strlen (path) + 2, ==, cases[i].message);
    }
}

static void
test_deep_nesting (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) header = g_string_new ("{\"a\":");
  g_autofree char *path = NULL;

  for (guint i = 0; i < 1000000; i++)
    g_string_append_c (header, '[');
  path = write_file (header->str, 0);
  g_assert_null (fovea_safetensors_read (path, &error));
  g_assert_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT);
}

static void
test_truncated_everywhere (void)
{
  static const char header[] = "{\"__metadata__\":{\"k\":\"v\"},\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}";
  g_autofree char *path = write_file (header, 8);
  g_autofree char *contents = NULL;
  gsize size;

  g_assert_true (g_file_get_contents (path, &contents, &size, NULL));
  for (gsize n = 0; n < size; n++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_true (g_file_set_contents (path, contents, (gssize) n, NULL));
      g_assert_null (fovea_safetensors_read (path, &error));
      g_assert_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT);
    }
}

static void
test_files_that_cannot_be (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FoveaStateDict) state_dict = fovea_state_dict_new ();
  g_autofree char *path = g_build_filename (folder, "no-such-folder", "x.safetensors", NULL);

  g_assert_null (fovea_safetensors_read (path, &error));
  g_assert_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_null (fovea_safetensors_read (folder, &error));
  g_assert_error (error, FOVEA_ERROR, FOVEA_ERROR_IO);
  g_clear_error (&error);
  g_assert_false (fovea_safetensors_write (path, state_dict, &error));
  g_assert_error (error, FOVEA_ERROR, FOVEA_ERROR_IO);
}

int
main (int argc, char **argv)
{
  int result;
  g_autofree char *command = NULL;

  g_test_init (&argc, &argv, NULL);
  folder = g_dir_make_tmp ("fovea-test-XXXXXX", NULL);
  g_test_add_func ("/safetensors/round-trip", test_round_trip);
  g_test_add_func ("/safetensors/element-types", test_element_types);
  g_test_add_func ("/safetensors/broken", test_broken);
  g_test_add_func ("/safetensors/deep-nesting", test_deep_nesting);
  g_test_add_func ("/safetensors/truncated-everywhere", test_truncated_everywhere);
  g_test_add_func ("/safetensors/files-that-cannot-be", test_files_that_cannot_be);
  result = g_test_run ();
  command = g_strdup_printf ("rm -r '%s'", folder);
  g_assert_cmpint (system (command), ==, 0);
  g_free (folder);
  return result;
}
