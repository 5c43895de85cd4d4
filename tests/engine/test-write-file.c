/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/write-file.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "engine/read-file.h"
#include "tests/scratch.h"

static void
assert_contents (const char *path,
                 const void *expected,
                 gsize size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = fovea_map_file (path, &error);
  const void *found;
  gsize found_size;

  g_assert_no_error (error);
  found = g_bytes_get_data (bytes, &found_size);
  g_assert_cmpmem (found, found_size, expected, size);
}

static guint
count_files (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  guint n_files = 0;

  while (g_dir_read_name (dir) != NULL)
    n_files++;
  return n_files;
}

static void
test_replace (void)
{
  g_autoptr (FoveaScratch) folder = fovea_scratch_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *path = fovea_scratch_path (folder, "result.csv");
  const mode_t mask = umask (027);
  struct stat status;

  g_assert_true (fovea_write_file (path, "first, and longer", 17, &error));
  g_assert_no_error (error);
  g_assert_true (fovea_write_file (path, "a\0b", 3, &error));
  umask (mask);
  g_assert_no_error (error);
  assert_contents (path, "a\0b", 3);
  g_assert_cmpint (g_stat (path, &status), ==, 0);
  g_assert_cmphex (status.st_mode & 0777, ==, 0640);
  g_assert_cmpuint (count_files (folder), ==, 1);
}

/* A link is replaced; what it points to may be somebody else's. */
static void
test_link (void)
{
  g_autoptr (FoveaScratch) folder = fovea_scratch_new ();
  g_autofree char *target = fovea_scratch_path (folder, "target");
  g_autofree char *path = fovea_scratch_path (folder, "link");

  g_assert_true (fovea_write_file (target, "kept", 4, NULL));
  g_assert_cmpint (symlink (target, path), ==, 0);
  g_assert_true (fovea_write_file (path, "new", 3, NULL));
  assert_contents (target, "kept", 4);
  assert_contents (path, "new", 3);
}

/* Where the disk is full, the old file stays and nothing is left beside it. */
static void
test_full (void)
{
  g_autoptr (FoveaScratch) folder = fovea_scratch_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *path = fovea_scratch_path (folder, "result.npy");
  g_autofree char *large = g_malloc0 (200000);
  g_autofree char *expected = g_strdup_printf ("%s: cannot be written: File too large", path);
  struct rlimit limit, small;

  g_assert_true (fovea_write_file (path, "old", 3, NULL));
  signal (SIGXFSZ, SIG_IGN);
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &limit), ==, 0);
  small = (struct rlimit) { .rlim_cur = 100000, .rlim_max = limit.rlim_max };
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &small), ==, 0);
  g_assert_false (fovea_write_file (path, large, 200000, &error));
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &limit), ==, 0);
  g_assert_error (error, FOVEA_ERROR, FOVEA_ERROR_IO);
  g_assert_cmpstr (error->message, ==, expected);
  assert_contents (path, "old", 3);
  g_assert_cmpuint (count_files (folder), ==, 1);
}

static void
test_nowhere (void)
{
  g_autoptr (FoveaScratch) folder = fovea_scratch_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *path = fovea_scratch_path (folder, "absent/result.csv");
  g_autofree char *expected = g_strdup_printf ("%s: cannot be written: No such file or directory", path);

  g_assert_false (fovea_write_file (path, "x", 1, &error));
  g_assert_error (error, FOVEA_ERROR, FOVEA_ERROR_IO);
  g_assert_cmpstr (error->message, ==, expected);
  g_clear_error (&error);

  /* Not over a folder either. */
  g_assert_false (fovea_write_file (folder, "x", 1, &error));
  g_assert_error (error, FOVEA_ERROR, FOVEA_ERROR_IO);
  g_assert_cmpuint (count_files (folder), ==, 0);
}

static void
write_numbers (FILE *file,
               gconstpointer data)
{
  fputs ("two:", file);
  fovea_write_floats (file, data, 2);
}

static void
test_floats (void)
{
  static const float values[] = { 1, -2.5f };
  static const guint8 expected[] = { 't', 'w', 'o', ':', 0, 0, 0x80, 0x3f, 0, 0, 0x20, 0xc0 };
  g_autoptr (FoveaScratch) folder = fovea_scratch_new ();
  g_autofree char *path = fovea_scratch_path (folder, "numbers");

  g_assert_true (fovea_write_file_with (path, write_numbers, values, NULL));
  assert_contents (path, expected, sizeof expected);
}

/* What is no file is refused, without waiting for somebody to write into a pipe. */
static void
test_map_what_is_no_file (void)
{
  g_autoptr (FoveaScratch) folder = fovea_scratch_new ();
  g_autofree char *pipe_path = fovea_scratch_path (folder, "pipe");
  g_autofree char *absent = fovea_scratch_path (folder, "absent");
  const struct {
    const char *path;
    FoveaError code;
    const char *words;
  } cases[] = {
    { folder, FOVEA_ERROR_IO, ": cannot be read: it is a folder; name a file" },
    { pipe_path, FOVEA_ERROR_IO, ": cannot be read: it is a device or a pipe; name a file" },
    { absent, FOVEA_ERROR_NOT_FOUND, ": cannot be read: No such file or directory" },
    { "", FOVEA_ERROR_NOT_FOUND, "'': cannot be read: No such file or directory" },
  };

  g_assert_cmpint (mkfifo (pipe_path, 0600), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (fovea_map_file (cases[i].path, &error));
      g_assert_error (error, FOVEA_ERROR, (int) cases[i].code);
      g_assert_true (g_str_has_prefix (error->message, cases[i].path));
      g_assert_true (g_str_has_suffix (error->message, cases[i].words));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/write-file/replace", test_replace);
  g_test_add_func ("/write-file/link", test_link);
  g_test_add_func ("/write-file/full", test_full);
  g_test_add_func ("/write-file/nowhere", test_nowhere);
  g_test_add_func ("/write-file/floats", test_floats);
  g_test_add_func ("/write-file/map-what-is-no-file", test_map_what_is_no_file);
  return g_test_run ();
}
