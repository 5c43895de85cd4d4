/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/locations.h"

/**
 * fovea_locations_find_resource:
 * @relative_path: a file or folder as it stands below `resources/`, such as `networks`
 *
 * Looks into `$FOVEA_RESOURCES_DIR` where that is set; then beside the running program, in the source
 * tree it was built in or the prefix it was installed to (which may have been moved); then where
 * both were when it was built. Any thread.
 *
 * Returns: (transfer full) (nullable): an absolute path that exists
 */
char *
fovea_locations_find_resource (const char *relative_path)
{
  g_autofree char *program = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *program_folder = program != NULL ? g_path_get_dirname (program) : g_strdup ("/");
  g_autofree char *in_source_tree = g_build_filename (program_folder, "..", "..", "resources", NULL);
  g_autofree char *in_prefix = g_build_filename (program_folder, "..", "share", "fovea", NULL);
  const char *folders[] = { g_getenv ("FOVEA_RESOURCES_DIR"), in_source_tree, in_prefix, FOVEA_SOURCE_RESOURCES, FOVEA_INSTALLED_RESOURCES };

  for (gsize i = 0; i < G_N_ELEMENTS (folders); i++)
    {
      g_autofree char *path = NULL;

      if (folders[i] == NULL || folders[i][0] == '\0')
        continue;
      path = g_canonicalize_filename (relative_path, folders[i]);
      if (g_file_test (path, G_FILE_TEST_EXISTS))
        return g_steal_pointer (&path);
    }
  return NULL;
}

/**
 * fovea_locations_get_user_data:
 * @relative_path: what is looked for, such as `networks`
 *
 * Returns: (transfer full): its place below `$XDG_DATA_HOME/fovea`, whether it exists or not. Any thread.
 */
char *
fovea_locations_get_user_data (const char *relative_path)
{
  return g_build_filename (g_get_user_data_dir (), "fovea", relative_path, NULL);
}

/**
 * fovea_locations_get_cache:
 * @relative_path: what is looked for, such as `store.sqlite`
 *
 * Returns: (transfer full): its place below `$XDG_CACHE_HOME/fovea`, whether it exists or not. Any thread.
 */
char *
fovea_locations_get_cache (const char *relative_path)
{
  return g_build_filename (g_get_user_cache_dir (), "fovea", relative_path, NULL);
}
