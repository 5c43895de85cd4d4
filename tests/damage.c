/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/damage.h"

#include <string.h>

#include "engine/error.h"

/* The file's bytes are copied to memory of just their size. */
static gboolean
read_copy (const guint8 *data,
           gsize size,
           FoveaDamageReadFunc read,
           GError **error)
{
  g_autofree guint8 *copy = g_memdup2 (data, size);
  const gboolean is_read = read (copy, size, error);

  g_assert_true (is_read == (*error == NULL));
  return is_read;
}

static GByteArray *
load (const char *path)
{
  g_autoptr (GError) error = NULL;
  char *contents;
  gsize size;

  g_file_get_contents (path, &contents, &size, &error);
  g_assert_no_error (error);
  return g_byte_array_new_take ((guint8 *) contents, size);
}

/**
 * fovea_damage_load:
 * @folder: a folder of tests/data
 * @name: a file in it
 *
 * Returns: (transfer full): what is in it
 */
GByteArray *
fovea_damage_load (const char *folder,
                   const char *name)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "data", folder, name, NULL);

  return load (path);
}

/**
 * fovea_damage_truncate:
 * @file: a good file
 * @read: its reader
 *
 * A file that ends anywhere before its end is refused with a sentence.
 */
void
fovea_damage_truncate (const GByteArray *file,
                       FoveaDamageReadFunc read)
{
  for (gsize size = 0; size < file->len; size++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (read_copy (file->data, size, read, &error));
      g_assert_cmpstr (g_quark_to_string (error->domain), ==, g_quark_to_string (FOVEA_ERROR));
      g_assert_null (strchr (error->message, '\n'));
    }
}

/**
 * fovea_damage_flip:
 * @file: a good file
 * @read: its reader
 *
 * Any byte may be any other: the file is read or refused.
 */
void
fovea_damage_flip (const GByteArray *file,
                   FoveaDamageReadFunc read)
{
  static const guint8 masks[] = { 0x01, 0x80, 0xff };
  g_autofree guint8 *copy = g_memdup2 (file->data, file->len);

  for (gsize i = 0; i < file->len; i++)
    for (gsize j = 0; j < G_N_ELEMENTS (masks); j++)
      {
        g_autoptr (GError) error = NULL;

        copy[i] ^= masks[j];
        read_copy (copy, file->len, read, &error);
        copy[i] ^= masks[j];
      }
}

/**
 * fovea_damage_read_fuzzed:
 * @folder: a folder of tests/data/fuzz
 * @read: the reader
 *
 * What fuzzing found remarkable is read or refused.
 */
void
fovea_damage_read_fuzzed (const char *folder,
                          FoveaDamageReadFunc read)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "data", "fuzz", folder, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) dir = g_dir_open (path, 0, &error);
  const char *name;
  guint n_files = 0;

  g_assert_no_error (error);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *file_path = g_build_filename (path, name, NULL);
      g_autoptr (GByteArray) file = load (file_path);
      g_autoptr (GError) reason = NULL;

      read_copy (file->data, file->len, read, &reason);
      g_test_message ("%s: %s", name, reason != NULL ? reason->message : "read");
      n_files++;
    }
  g_assert_cmpuint (n_files, >, 0);
}
