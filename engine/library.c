/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/library.h"

#include <string.h>

#include "engine/error.h"
#include "engine/library-index.h"
#include "engine/locations.h"

/* Which files of a folder are networks; the longest ending of one kind first. */
static const char *const endings[] = { ".safetensors", ".pth.tar", ".pth", ".pt", ".onnx" };

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
  fovea_overrides_clear (&entry->overrides);
  g_free (entry);
}

static int
compare_entries (gconstpointer a,
                 gconstpointer b)
{
  const FoveaLibraryEntry *x = *(const FoveaLibraryEntry *const *) a, *y = *(const FoveaLibraryEntry *const *) b;
  int order;

  if (x->built_in != y->built_in)
    return x->built_in ? -1 : 1;
  order = strcmp (x->name, y->name);
  return order != 0 ? order : strcmp (x->path, y->path);
}

static gboolean
has_path (GPtrArray *entries,
          const char *path)
{
  for (guint i = 0; i < entries->len; i++)
    if (g_str_equal (((const FoveaLibraryEntry *) entries->pdata[i])->path, path))
      return TRUE;
  return FALSE;
}

/* How long the ending is that makes a file a network's; 0 where it is none. */
static gsize
get_ending_length (const char *file)
{
  for (guint i = 0; i < G_N_ELEMENTS (endings); i++)
    if (g_str_has_suffix (file, endings[i]))
      return strlen (endings[i]);
  return 0;
}

/* Adds the networks of a folder that are not listed yet. */
static void
add_folder (GPtrArray *entries,
            const char *folder,
            gboolean built_in)
{
  g_autoptr (GDir) dir = folder != NULL ? g_dir_open (folder, 0, NULL) : NULL;
  const char *file;

  while (dir != NULL && (file = g_dir_read_name (dir)) != NULL)
    {
      gsize ending = get_ending_length (file);
      g_autofree char *path = NULL;
      FoveaLibraryEntry *entry;

      if (ending == 0 || file[0] == '.')
        continue;
      path = g_build_filename (folder, file, NULL);
      if (has_path (entries, path))
        continue;
      entry = g_new0 (FoveaLibraryEntry, 1);
      entry->name = g_strndup (file, strlen (file) - ending);
      entry->path = g_steal_pointer (&path);
      entry->built_in = built_in;
      g_ptr_array_add (entries, entry);
    }
}

/* A name belongs to the built-in network first, then to the user's index, then to a file of the user's folder; such a
 * file goes by its whole name where its short one is taken. */
static void
make_names_unique (GPtrArray *entries)
{
  g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint round = 0; round < 3; round++)
    for (guint i = 0; i < entries->len; i++)
      {
        FoveaLibraryEntry *entry = entries->pdata[i];

        if ((round == 0) != entry->built_in || (round == 1) != (entry->added && !entry->built_in))
          continue;
        if (g_hash_table_contains (names, entry->name))
          {
            g_free (entry->name);
            entry->name = g_path_get_basename (entry->path);
          }
        g_hash_table_add (names, entry->name);
      }
}

/**
 * fovea_library_list:
 *
 * Lists the networks that have a name: the built-in ones, then the user's, which are those of the user's index and
 * those whose files lie in `$XDG_DATA_HOME/fovea/networks`, each sorted by name. Reads the index and folders only, not
 * the files. Any thread.
 *
 * Returns: (transfer container) (element-type FoveaLibraryEntry): the networks
 */
GPtrArray *
fovea_library_list (void)
{
  GPtrArray *entries = g_ptr_array_new_with_free_func ((GDestroyNotify) fovea_library_entry_free);
  g_autofree char *built_in = fovea_locations_find_resource ("networks");
  g_autofree char *user = fovea_library_get_networks_folder ();
  g_autoptr (GKeyFile) index = fovea_library_index_read (NULL);

  add_folder (entries, built_in, TRUE);
  if (index != NULL)
    fovea_library_index_list_networks (index, entries);
  add_folder (entries, user, FALSE);
  g_ptr_array_sort (entries, compare_entries);
  make_names_unique (entries);
  return entries;
}

static FoveaNetwork *
open_entry (const FoveaLibraryEntry *entry,
            const FoveaOverrides *overrides,
            GError **error)
{
  g_auto (FoveaOverrides) all = { 0 };
  FoveaNetworkOptions options;

  if (entry->missing)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND,
                   "the file of network '%s' is gone: %s; put it back, or take the network off with 'fovea networks remove'", entry->name, entry->path);
      return NULL;
    }
  fovea_overrides_copy (&entry->overrides, &all);
  if (overrides != NULL)
    fovea_overrides_add (&all, overrides);
  fovea_overrides_get_options (&all, &options);
  options.name = entry->name;
  return fovea_network_load_with_options (entry->path, &options, error);
}

/**
 * fovea_library_open_with_overrides:
 * @name_or_path: a name that fovea_library_list() gives, or else a file
 * @overrides: (nullable): what the caller knows better than the file and than the library
 * @error: as fovea_network_load_with_options(); %FOVEA_ERROR_NOT_FOUND where there is neither such a name nor such a file
 *
 * Any thread.
 *
 * Returns: (transfer full): the network, or %NULL
 */
FoveaNetwork *
fovea_library_open_with_overrides (const char *name_or_path,
                                   const FoveaOverrides *overrides,
                                   GError **error)
{
  static const FoveaOverrides no_overrides = { 0 };
  g_autoptr (GPtrArray) entries = fovea_library_list ();
  FoveaNetworkOptions options;

  for (guint i = 0; i < entries->len; i++)
    {
      const FoveaLibraryEntry *entry = g_ptr_array_index (entries, i);

      if (g_str_equal (entry->name, name_or_path))
        return open_entry (entry, overrides, error);
    }
  if (!g_file_test (name_or_path, G_FILE_TEST_EXISTS))
    {
      if (fovea_library_check_index (error))
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND,
                     "there is no network and no file '%s'; 'fovea networks' lists the networks", name_or_path);
      return NULL;
    }
  fovea_overrides_get_options (overrides != NULL ? overrides : &no_overrides, &options);
  return fovea_network_load_with_options (name_or_path, &options, error);
}

/**
 * fovea_library_open:
 * @name_or_path: a name that fovea_library_list() gives, or else a file
 * @error: as fovea_library_open_with_overrides()
 *
 * Opens a network as the library and its file say. Any thread.
 *
 * Returns: (transfer full): the network, or %NULL
 */
FoveaNetwork *
fovea_library_open (const char *name_or_path,
                    GError **error)
{
  return fovea_library_open_with_overrides (name_or_path, NULL, error);
}
