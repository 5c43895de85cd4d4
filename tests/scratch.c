/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/scratch.h"

#include <glib/gstdio.h>

/**
 * fovea_scratch_new:
 *
 * Returns: (transfer full): the path of a new, empty folder
 */
FoveaScratch *
fovea_scratch_new (void)
{
  g_autoptr (GError) error = NULL;
  char *folder = g_dir_make_tmp ("fovea-test-XXXXXX", &error);

  g_assert_no_error (error);
  return folder;
}

static void
remove_recursively (const char *path)
{
  GDir *folder = g_file_test (path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open (path, 0, NULL);

  if (folder != NULL)
    {
      for (const char *name; (name = g_dir_read_name (folder)) != NULL;)
        {
          g_autofree char *child = g_build_filename (path, name, NULL);
          remove_recursively (child);
        }
      g_dir_close (folder);
    }
  g_remove (path);
}

/**
 * fovea_scratch_free:
 * @folder: (nullable): what fovea_scratch_new() returned; removed with everything in it
 */
void
fovea_scratch_free (FoveaScratch *folder)
{
  if (folder == NULL)
    return;
  remove_recursively (folder);
  g_free (folder);
}

/**
 * fovea_scratch_path:
 *
 * Returns: (transfer full): the path of the file of this name in @folder
 */
char *
fovea_scratch_path (const FoveaScratch *folder,
                    const char *name)
{
  return g_build_filename (folder, name, NULL);
}

/**
 * fovea_shared_path:
 * @name: below the folder of shared data, `data/imagenet-samples`
 *
 * Skips the running test where it is missing.
 *
 * Returns: (transfer full) (nullable): its path, or %NULL
 */
char *
fovea_shared_path (const char *name)
{
  const char *shared = g_getenv ("FOVEA_SHARED");
  g_autofree char *beside = g_build_filename (g_getenv ("FOVEA_SOURCE_ROOT"), "..", "shared", NULL);
  g_autofree char *path = g_build_filename (shared != NULL ? shared : beside, name, NULL);

  if (g_file_test (path, G_FILE_TEST_EXISTS))
    return g_steal_pointer (&path);

  g_autofree char *message = g_strdup_printf ("%s is missing", name);
  g_test_skip (message);
  return NULL;
}
