/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/formats/pytorch.h"

#include <math.h>
#include <string.h>

#include "tests/damage.h"

/* tests/data/pytorch/{zip,stream}.pth hold one dictionary, saved by PyTorch 1.13 in its two formats:
 * {'epoch': 2, 'state_dict': …} with views of arange (12) as 3 rows of 4, and of other types. */
static const struct {
  const char *name;
  guint n_dimensions;
  gint64 shape[2];
  float values[12];
} expected[] = {
  { "module.plain", 2, { 3, 4 }, { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 } },
  { "module.transposed", 2, { 4, 3 }, { 0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11 } },
  { "module.row", 1, { 4 }, { 4, 5, 6, 7 } },
  { "module.every_second", 1, { 6 }, { 1, 3, 5, 7, 9, 11 } },
  { "module.expanded", 2, { 2, 3 }, { 2.5f, 2.5f, 2.5f, 2.5f, 2.5f, 2.5f } },
  { "module.half", 1, { 3 }, { 1.5f, -0.25f, 65504 } },
  { "module.bfloat16", 1, { 2 }, { 1.5f, -3.140625f } },
  { "module.double", 1, { 1 }, { 0.1f } },
  { "module.bool", 1, { 2 }, { 1, 0 } },
  { "module.count", 0, { 0 }, { 7 } },
  { "module.parameter", 2, { 1, 2 }, { 1, 2 } },
  { "module.empty", 2, { 0, 4 }, { 0 } },
};

/* Reads from memory that ends where the file ends, so that a tool that watches memory sees what reads beyond. */
static FoveaStateDict *
read_bytes (const guint8 *data,
            gsize size,
            GError **error)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  FoveaStateDict *state_dict = fovea_pytorch_read_bytes (bytes, error);
  volatile float sum = 0;

  for (guint i = 0; state_dict != NULL && i < fovea_state_dict_get_size (state_dict); i++)
    for (gsize j = 0; j < fovea_state_dict_get_tensor (state_dict, i)->n_elements; j++)
      sum += fovea_state_dict_get_tensor (state_dict, i)->data[j];
  return state_dict;
}

static void
test_golden (gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "data", "pytorch", data, NULL);
  g_autoptr (FoveaStateDict) state_dict = fovea_pytorch_read (path, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (fovea_state_dict_get_size (state_dict), ==, G_N_ELEMENTS (expected));
  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    {
      const FoveaTensor *tensor = fovea_state_dict_get_tensor (state_dict, i);

      g_assert_cmpstr (fovea_state_dict_get_name (state_dict, i), ==, expected[i].name);
      g_assert_true (fovea_tensor_has_shape (tensor, expected[i].n_dimensions, expected[i].shape));
      for (gsize j = 0; j < tensor->n_elements; j++)
        g_assert_cmpfloat (tensor->data[j], ==, expected[i].values[j]);
    }
}

static gboolean
is_read (const guint8 *data,
         gsize size,
         GError **error)
{
  g_autoptr (FoveaStateDict) state_dict = read_bytes (data, size, error);

  return state_dict != NULL;
}

static void
test_truncated (gconstpointer data)
{
  g_autoptr (GByteArray) file = fovea_damage_load ("pytorch", data);

  fovea_damage_truncate (file, is_read);
}

static void
test_damaged (gconstpointer data)
{
  g_autoptr (GByteArray) file = fovea_damage_load ("pytorch", data);

  fovea_damage_flip (file, is_read);
}

/* The entry's place in the archive's directory. */
static guint8 *
find_directory_entry (GByteArray *file,
                      const char *name)
{
  for (gsize i = 0; i + 46 + strlen (name) <= file->len; i++)
    if (memcmp (file->data + i, "PK\001\002", 4) == 0 && memcmp (file->data + i + 46, name, strlen (name)) == 0)
      return file->data + i;
  g_assert_not_reached ();
}

static void
write_number (guint8 *place,
              guint32 number)
{
  for (guint i = 0; i < 4; i++)
    place[i] = (guint8) (number >> (8 * i));
}

static void
assert_refused (GByteArray *file,
                FoveaError code,
                const char *message)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FoveaStateDict) state_dict = read_bytes (file->data, file->len, &error);

  g_assert_null (state_dict);
  g_assert_error (error, FOVEA_ERROR, (int) code);
  if (strstr (error->message, message) == NULL)
    g_error ("'%s' instead of '%s'", error->message, message);
}

/* Entries in the same place, beyond the file's end, or unpacking to far more than the file. */
static void
test_archive_entries (void)
{
  g_autoptr (GByteArray) overlapping = fovea_damage_load ("pytorch", "zip.pth");
  g_autoptr (GByteArray) gigantic = fovea_damage_load ("pytorch", "zip.pth");
  g_autoptr (GByteArray) inflated = fovea_damage_load ("pytorch", "zip.pth");
  guint8 *entry = find_directory_entry (overlapping, "zip/data/7");

  /* data/7 begins where data/5 begins, whose size it has; then one byte longer. */
  memcpy (entry + 42, find_directory_entry (overlapping, "zip/data/5") + 42, 4);
  write_number (entry + 20, 9);
  write_number (entry + 24, 9);
  assert_refused (overlapping, FOVEA_ERROR_FORMAT, "overlaps another one");

  entry = find_directory_entry (gigantic, "zip/data/0");
  write_number (entry + 20, 0x7fffffff);
  write_number (entry + 24, 0x7fffffff);
  assert_refused (gigantic, FOVEA_ERROR_FORMAT, "reaches beyond the end of the file");

  entry = find_directory_entry (inflated, "zip/data/0");
  entry[10] = 8; /* deflated */
  write_number (entry + 24, 0x70000000);
  assert_refused (inflated, FOVEA_ERROR_TOO_LARGE, "would grow far beyond the size of the file when unpacked");
}

static void
append (GByteArray *file,
        const char *bytes,
        gsize size)
{
  g_byte_array_append (file, (const guint8 *) bytes, (guint) size);
}

/* A file of the older format with one tensor of this shape, as pickled, and a storage of 4 elements. */
static GByteArray *
make_stream (const char *arguments,
             gsize size)
{
  GByteArray *file = g_byte_array_new ();
  static const char head[] = "\x80\x02\x8a\x0al\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.\x80\x02M\xe9\x03.\x80\x02}.";
  static const char before[] = "\x80\x02}U\x01wctorch._utils\n_rebuild_tensor\n((U\x07storagectorch\nFloatStorage\nU\x01" "0U\x03" "cpuK\x04NtQ";
  static const char after[] = "tRs.\x80\x02]U\x01" "0a.\x04\x00\x00\x00\x00\x00\x00\x00";
  static const float values[] = { 1, 2, 3, 4 };

  append (file, head, sizeof head - 1);
  append (file, before, sizeof before - 1);
  append (file, arguments, size);
  append (file, after, sizeof after - 1);
  append (file, (const char *) values, sizeof values);
  return file;
}

#define STREAM(arguments) make_stream (arguments, sizeof arguments - 1)

/* Views of a storage of 4 elements: offset, sizes, strides. */
static void
test_views (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GByteArray) whole = STREAM ("K\x00K\x02K\x02\x86K\x02K\x01\x86");
  g_autoptr (GByteArray) reversed_axes = STREAM ("K\x00K\x02K\x02\x86K\x01K\x02\x86");
  g_autoptr (GByteArray) offset = STREAM ("K\x01K\x02K\x02\x86K\x02K\x01\x86");
  g_autoptr (GByteArray) stride = STREAM ("K\x00K\x02\x85K\x04\x85");
  g_autoptr (GByteArray) far = STREAM ("\x8a\x08\xff\xff\xff\xff\xff\xff\xff\x7fK\x01\x85K\x01\x85");
  g_autoptr (GByteArray) huge_stride = STREAM ("K\x00K\x03\x85\x8a\x08\xff\xff\xff\xff\xff\xff\xff\x7f\x85");
  g_autoptr (GByteArray) bomb = STREAM ("K\x00J\x00\x00\x00\x40\x85K\x00\x85");
  g_autoptr (GByteArray) gigantic = STREAM ("K\x00J\x00\x00\x00\x40J\x00\x00\x00\x40\x86K\x00K\x00\x86");
  g_autoptr (GByteArray) negative = STREAM ("K\x00J\xff\xff\xff\xff\x85K\x01\x85");
  g_autoptr (GByteArray) negative_stride = STREAM ("K\x03K\x04\x85J\xff\xff\xff\xff\x85");
  g_autoptr (GByteArray) uneven = STREAM ("K\x00K\x02K\x02\x86K\x01\x85");
  g_autoptr (GByteArray) nine = STREAM ("K\x00(K\x01K\x01K\x01K\x01K\x01K\x01K\x01K\x01K\x01t(K\x01K\x01K\x01K\x01K\x01K\x01K\x01K\x01K\x01t");
  g_autoptr (FoveaStateDict) state_dict = read_bytes (whole->data, whole->len, &error);
  g_autoptr (FoveaStateDict) transposed = NULL;
  static const float in_order[] = { 1, 2, 3, 4 }, across[] = { 1, 3, 2, 4 };

  g_assert_no_error (error);
  g_assert_cmpmem (fovea_state_dict_lookup (state_dict, "w")->data, 16, in_order, 16);
  transposed = read_bytes (reversed_axes->data, reversed_axes->len, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (fovea_state_dict_lookup (transposed, "w")->data, 16, across, 16);

  assert_refused (offset, FOVEA_ERROR_FORMAT, "tensor 'w': of shape [2, 2] reaches outside its storage '0' of 4 elements");
  assert_refused (stride, FOVEA_ERROR_FORMAT, "reaches outside its storage");
  assert_refused (far, FOVEA_ERROR_FORMAT, "reaches outside its storage");
  assert_refused (huge_stride, FOVEA_ERROR_FORMAT, "reaches outside its storage");
  assert_refused (bomb, FOVEA_ERROR_TOO_LARGE, "far larger than the file");
  assert_refused (gigantic, FOVEA_ERROR_TOO_LARGE, "more elements than");
  assert_refused (negative, FOVEA_ERROR_FORMAT, "has sizes or strides that are none");
  assert_refused (negative_stride, FOVEA_ERROR_FORMAT, "has sizes or strides that are none");
  assert_refused (uneven, FOVEA_ERROR_FORMAT, "has 2 sizes, but 1 strides");
  assert_refused (nine, FOVEA_ERROR_UNSUPPORTED, "has 9 dimensions");
}

/* Each file is told what it is. */
static void
test_other_files (void)
{
  g_autoptr (GByteArray) empty = g_byte_array_new ();
  g_autoptr (GByteArray) text = g_byte_array_new ();
  g_autoptr (GByteArray) tar = g_byte_array_new ();
  g_autoptr (GByteArray) pickle = g_byte_array_new ();
  g_autoptr (GByteArray) hostile = STREAM ("K\x00K\x01\x85K\x01\x85" "cposix\nsystem\nU\x02ls\x85R");
  static const guint8 block[512] = { 0 };

  append (text, "weights = 3\n", 12);
  g_byte_array_append (tar, block, sizeof block);
  memcpy (tar->data + 257, "ustar", 5);
  append (pickle, "\x80\x02}.", 4);
  assert_refused (empty, FOVEA_ERROR_FORMAT, "is no PyTorch checkpoint");
  assert_refused (text, FOVEA_ERROR_FORMAT, "is no PyTorch checkpoint");
  assert_refused (tar, FOVEA_ERROR_UNSUPPORTED, "is a tar archive, PyTorch's oldest format");
  assert_refused (pickle, FOVEA_ERROR_FORMAT, "is a pickle, but no PyTorch checkpoint");
  assert_refused (hostile, FOVEA_ERROR_UNSUPPORTED, "refused: the file asks to run 'posix.system'");
}

/* What fuzzing found remarkable. */
static void
test_fuzzed (void)
{
  fovea_damage_read_fuzzed ("pytorch", is_read);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/pytorch/golden/zip", "zip.pth", test_golden);
  g_test_add_data_func ("/pytorch/golden/stream", "stream.pth", test_golden);
  g_test_add_data_func ("/pytorch/truncated/zip", "zip.pth", test_truncated);
  g_test_add_data_func ("/pytorch/truncated/stream", "stream.pth", test_truncated);
  g_test_add_data_func ("/pytorch/damaged/zip", "zip.pth", test_damaged);
  g_test_add_data_func ("/pytorch/damaged/stream", "stream.pth", test_damaged);
  g_test_add_func ("/pytorch/archive-entries", test_archive_entries);
  g_test_add_func ("/pytorch/views", test_views);
  g_test_add_func ("/pytorch/other-files", test_other_files);
  g_test_add_func ("/pytorch/fuzzed", test_fuzzed);
  return g_test_run ();
}
