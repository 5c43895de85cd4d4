/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/library.h"

#include <string.h>

#include "engine/locations.h"

#define ENDING ".safetensors"

/**
 * fovea_library_entry_free:
 *
 * Frees an entry of fovea_library_list().
 */
void
fovea_library_entry_free (FoveaLibraryEntry *entry)
{
  g_free (entry->name);
  g_free (entry->path);
  g_free (entry);
}

static int
compare_entries (gconstpointer a,
                 gconstpointer b)
{
  const FoveaLibraryEntry *x = *(const FoveaLibraryEntry *const *) a, *y = *(const FoveaLibraryEntry *const *) b;

  if (x->built_in != y->built_in)
    return x->built_in ? -1 : 1;
  return strcmp (x->name, y->name);
}

static void
add_folder (GPtrArray *entries,
            const char *folder,
            gboolean built_in)
{
  g_autoptr (GDir) dir = folder != NULL ? g_dir_open (folder, 0, NULL) : NULL;
  const char *file;

  while (dir != NULL && (file = g_dir_read_name (dir)) != NULL)
    if (g_str_has_suffix (file, ENDING) && strlen (file) > strlen (ENDING))
      {
        FoveaLibraryEntry *entry = g_new0 (FoveaLibraryEntry, 1);

        entry->name = g_strndup (file, strlen (file) - strlen (ENDING));
        entry->path = g_build_filename (folder, file, NULL);
        entry->built_in = built_in;
        g_ptr_array_add (entries, entry);
      }
}

/**
 * fovea_library_list:
 *
 * Lists the networks that have a name: the built-in ones, then those in `$XDG_DATA_HOME/fovea/networks`,
 * each sorted by name. Reads folders only, not the files. Any thread.
 *
 * Returns: (transfer container) (element-type FoveaLibraryEntry): the networks
 */
GPtrArray *
fovea_library_list (void)
{
  GPtrArray *entries = g_ptr_array_new_with_free_func ((GDestroyNotify) fovea_library_entry_free);
  g_autofree char *built_in = fovea_locations_find_resource ("networks");
  g_autofree char *user = fovea_locations_get_user_data ("networks");

  add_folder (entries, built_in, TRUE);
  add_folder (entries, user, FALSE);
  g_ptr_array_sort (entries, compare_entries);
  return entries;
}

/**
 * fovea_library_open_with_options:
 * @name_or_path: a name that fovea_library_list() gives, or else a file
 * @options: (nullable): what the caller knows better than the file
 * @error: as fovea_network_load_with_options(); %FOVEA_ERROR_NOT_FOUND where there is neither such a name nor such a file
 *
 * Any thread.
 *
 * Returns: (transfer full): the network, or %NULL
 */
FoveaNetwork *
fovea_library_open_with_options (const char *name_or_path,
                                 const FoveaNetworkOptions *options,
                                 GError **error)
{
  g_autoptr (GPtrArray) entries = fovea_library_list ();

  for (guint i = 0; i < entries->len; i++)
    {
      const FoveaLibraryEntry *entry = g_ptr_array_index (entries, i);

      if (g_str_equal (entry->name, name_or_path))
        return fovea_network_load_with_options (entry->path, options, error);
    }
  if (!g_file_test (name_or_path, G_FILE_TEST_EXISTS))
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND,
                   "there is no network and no file '%s'; `fovea networks` lists the networks", name_or_path);
      return NULL;
    }
  return fovea_network_load_with_options (name_or_path, options, error);
}

/**
 * fovea_library_open:
 * @name_or_path: a name that fovea_library_list() gives, or else a file
 * @error: as fovea_library_open_with_options()
 *
 * Opens a network as its file says. Any thread.
 *
 * Returns: (transfer full): the network, or %NULL
 */
FoveaNetwork *
fovea_library_open (const char *name_or_path,
                    GError **error)
{
  return fovea_library_open_with_options (name_or_path, NULL, error);
}
