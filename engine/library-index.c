/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/library-index.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include <gio/gio.h>
#include <glib/gstdio.h>

#include "engine/error.h"
#include "engine/locations.h"

#define MAX_NAME 80

/**
 * fovea_library_get_networks_folder:
 *
 * Returns: (transfer full): the user's folder whose files are networks of the library by themselves
 */
char *
fovea_library_get_networks_folder (void)
{
  return fovea_locations_get_user_data ("networks");
}

static char *
get_index_path (void)
{
  return fovea_locations_get_user_data ("library.ini");
}

/**
 * fovea_library_index_get_group:
 * @kind: %FOVEA_LIBRARY_NETWORK or %FOVEA_LIBRARY_PAIR
 * @name: a name
 *
 * Returns: (transfer full): the group in which the index keeps it
 */
char *
fovea_library_index_get_group (const char *kind,
                               const char *name)
{
  return g_strdup_printf ("%s %s", kind, name);
}

/* The name of a group of that kind; %NULL for another kind. */
static const char *
get_name (const char *group,
          const char *kind)
{
  gsize length = strlen (kind);

  return g_str_has_prefix (group, kind) && group[length] == ' ' ? group + length + 1 : NULL;
}

/**
 * fovea_library_index_read:
 * @error: %FOVEA_ERROR_FORMAT or %FOVEA_ERROR_IO
 *
 * Reads the index; it is replaced as a whole when it changes, so that no lock is needed. Any thread.
 *
 * Returns: (transfer full): the index, empty where there is none yet, or %NULL
 */
GKeyFile *
fovea_library_index_read (GError **error)
{
  g_autoptr (GKeyFile) index = g_key_file_new ();
  g_autofree char *path = get_index_path ();
  g_autoptr (GError) cause = NULL;

  if (g_key_file_load_from_file (index, path, G_KEY_FILE_KEEP_COMMENTS, &cause) || g_error_matches (cause, G_FILE_ERROR, G_FILE_ERROR_NOENT))
    return g_steal_pointer (&index);
  g_set_error (error, FOVEA_ERROR, cause->domain == G_KEY_FILE_ERROR ? FOVEA_ERROR_FORMAT : FOVEA_ERROR_IO,
               "%s: the list of your networks cannot be read: %s; mend the file or move it away", path, cause->message);
  return NULL;
}

/**
 * fovea_library_check_index:
 * @error: as fovea_library_index_read()
 *
 * fovea_library_list() leaves out what it cannot read.
 *
 * Returns: whether the user's index can be read
 */
gboolean
fovea_library_check_index (GError **error)
{
  g_autoptr (GKeyFile) index = fovea_library_index_read (error);

  return index != NULL;
}

/* A file's path; paths are kept as URIs because a path may hold any bytes. */
static char *
get_path (GKeyFile *index,
          const char *group,
          const char *key)
{
  g_autofree char *uri = g_key_file_get_string (index, group, key, NULL);

  return uri != NULL ? g_filename_from_uri (uri, NULL, NULL) : NULL;
}

static void
set_path (GKeyFile *index,
          const char *group,
          const char *key,
          const char *path)
{
  g_autofree char *uri = g_filename_to_uri (path, NULL, NULL);

  g_key_file_set_string (index, group, key, uri);
}

static void
read_overrides (GKeyFile *index,
                const char *group,
                FoveaOverrides *overrides)
{
  g_autofree char *mean = g_key_file_get_string (index, group, "mean", NULL);
  g_autofree char *std = g_key_file_get_string (index, group, "std", NULL);
  g_autofree char *input = g_key_file_get_string (index, group, "input", NULL);

  overrides->architecture = g_key_file_get_string (index, group, "architecture", NULL);
  overrides->training = g_key_file_get_string (index, group, "training", NULL);
  overrides->labels = get_path (index, group, "labels");
  if (mean != NULL)
    fovea_overrides_parse_mean (overrides, mean, NULL);
  if (std != NULL)
    fovea_overrides_parse_std (overrides, std, NULL);
  if (input != NULL)
    fovea_overrides_parse_input (overrides, input, NULL);
}

static void
set_string (GKeyFile *index,
            const char *group,
            const char *key,
            const char *value)
{
  if (value != NULL)
    g_key_file_set_string (index, group, key, value);
  else
    g_key_file_remove_key (index, group, key, NULL);
}

static void
write_overrides (GKeyFile *index,
                 const char *group,
                 const FoveaOverrides *overrides)
{
  g_autofree char *labels = overrides->labels != NULL ? g_canonicalize_filename (overrides->labels, NULL) : NULL;
  g_autofree char *labels_uri = labels != NULL ? g_filename_to_uri (labels, NULL, NULL) : NULL;
  g_autofree char *mean = overrides->has_mean ? fovea_overrides_format_color (overrides->mean) : NULL;
  g_autofree char *std = overrides->has_std ? fovea_overrides_format_color (overrides->std) : NULL;
  g_autofree char *input = overrides->height > 0 ? fovea_overrides_format_input (overrides->height, overrides->width) : NULL;

  set_string (index, group, "architecture", overrides->architecture);
  set_string (index, group, "training", overrides->training);
  set_string (index, group, "labels", labels_uri);
  set_string (index, group, "mean", mean);
  set_string (index, group, "std", std);
  set_string (index, group, "input", input);
}

/**
 * fovea_library_index_list_networks:
 * @index: the index
 * @entries: (element-type FoveaLibraryEntry): gets the index's networks
 */
void
fovea_library_index_list_networks (GKeyFile *index,
                                   GPtrArray *entries)
{
  g_auto (GStrv) groups = g_key_file_get_groups (index, NULL);

  for (guint i = 0; groups[i] != NULL; i++)
    {
      const char *name = get_name (groups[i], FOVEA_LIBRARY_NETWORK);
      char *path = name != NULL ? get_path (index, groups[i], "file") : NULL;
      FoveaLibraryEntry *entry;

      if (path == NULL)
        continue;
      entry = g_new0 (FoveaLibraryEntry, 1);
      entry->name = g_strdup (name);
      entry->path = path;
      entry->added = TRUE;
      entry->missing = !g_file_test (path, G_FILE_TEST_EXISTS);
      read_overrides (index, groups[i], &entry->overrides);
      g_ptr_array_add (entries, entry);
    }
}

/**
 * fovea_library_index_list_pairs:
 * @index: the index
 * @pairs: (element-type FoveaLibraryPair): gets the index's pairs
 */
void
fovea_library_index_list_pairs (GKeyFile *index,
                                GPtrArray *pairs)
{
  g_auto (GStrv) groups = g_key_file_get_groups (index, NULL);

  for (guint i = 0; groups[i] != NULL; i++)
    {
      const char *name = get_name (groups[i], FOVEA_LIBRARY_PAIR);
      g_autoptr (FoveaLibraryPair) pair = g_new0 (FoveaLibraryPair, 1);

      if (name == NULL)
        continue;
      pair->name = g_strdup (name);
      pair->standard = g_key_file_get_string (index, groups[i], "standard", NULL);
      pair->robust = g_key_file_get_string (index, groups[i], "robust", NULL);
      pair->added = TRUE;
      if (pair->standard != NULL && pair->robust != NULL)
        g_ptr_array_add (pairs, g_steal_pointer (&pair));
    }
}

static gboolean
is_name (const char *name)
{
  if (!g_utf8_validate (name, -1, NULL) || *name == '\0' || *name == '-' || *name == '.' || g_utf8_strlen (name, -1) > MAX_NAME ||
      g_ascii_isspace (name[0]) || g_ascii_isspace (name[strlen (name) - 1]))
    return FALSE;
  for (const char *c = name; *c != '\0'; c = g_utf8_next_char (c))
    if (strchr ("/[]\\", *c) != NULL || g_unichar_iscntrl (g_utf8_get_char (c)))
      return FALSE;
  return TRUE;
}

static gboolean
is_taken (GKeyFile *index,
          const char *name)
{
  g_autofree char *network = fovea_library_index_get_group (FOVEA_LIBRARY_NETWORK, name);
  g_autofree char *pair = fovea_library_index_get_group (FOVEA_LIBRARY_PAIR, name);
  g_autoptr (GPtrArray) entries = NULL;
  g_autoptr (GPtrArray) pairs = NULL;

  if (g_key_file_has_group (index, network) || g_key_file_has_group (index, pair))
    return TRUE;
  entries = fovea_library_list ();
  for (guint i = 0; i < entries->len; i++)
    if (g_str_equal (((const FoveaLibraryEntry *) entries->pdata[i])->name, name))
      return TRUE;
  pairs = fovea_library_list_pairs ();
  for (guint i = 0; i < pairs->len; i++)
    if (g_str_equal (((const FoveaLibraryPair *) pairs->pdata[i])->name, name))
      return TRUE;
  return FALSE;
}

static gboolean
check_new_name (GKeyFile *index,
                const char *name,
                GError **error)
{
  if (!is_name (name))
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_ARGUMENT,
                   "'%s' cannot be a name: it has 1 to %d characters, none of them / \\ [ ] or a line break, and does not begin with a dash or a dot", name, MAX_NAME);
      return FALSE;
    }
  if (!is_taken (index, name))
    return TRUE;
  g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_ARGUMENT, "the library has a network or a pair '%s' already; give another name", name);
  return FALSE;
}

static char *
make_free_name (GKeyFile *index,
                const char *path)
{
  g_autofree char *base = g_path_get_basename (path);
  g_autofree char *valid = NULL;
  g_autoptr (GString) name = NULL;
  g_autofree char *stem = NULL;
  char *ending;

  if (g_str_has_suffix (base, ".tar"))
    base[strlen (base) - strlen (".tar")] = '\0';
  ending = strrchr (base, '.');
  if (ending != NULL && ending != base)
    *ending = '\0';
  valid = g_utf8_make_valid (base, -1);
  stem = g_utf8_substring (valid, 0, MIN (g_utf8_strlen (valid, -1), MAX_NAME - 4));
  g_strdelimit (stem, "/[]\\", '-');
  g_strstrip (stem);
  for (char *c = stem; *c == '-' || *c == '.'; c++)
    *c = '_';
  name = g_string_new (is_name (stem) ? stem : "network");
  for (guint i = 2; is_taken (index, name->str); i++)
    g_string_printf (name, "%s-%u", is_name (stem) ? stem : "network", i);
  return g_string_free (g_steal_pointer (&name), FALSE);
}

/**
 * fovea_library_suggest_name:
 * @path: a network's file
 *
 * Returns: (transfer full): a name that the library does not have yet, made of the file's. Any thread.
 */
char *
fovea_library_suggest_name (const char *path)
{
  g_autoptr (GKeyFile) index = fovea_library_index_read (NULL);

  if (index == NULL)
    index = g_key_file_new ();
  return make_free_name (index, path);
}

/* The right to change the index: nobody else, in this process or another, has it until it is given back. */
static int
lock_index (GError **error)
{
  g_autofree char *path = fovea_locations_get_user_data ("library.lock");
  g_autofree char *folder = g_path_get_dirname (path);
  int file = -1;

  if (g_mkdir_with_parents (folder, 0755) == 0)
    file = open (path, O_CREAT | O_RDWR | O_CLOEXEC, 0644);
  while (file >= 0 && flock (file, LOCK_EX) != 0)
    if (errno != EINTR)
      {
        close (file);
        file = -1;
      }
  if (file < 0)
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_IO, "%s: the list of your networks cannot be changed: %s", path, g_strerror (errno));
  return file;
}

static gboolean
write_index (GKeyFile *index,
             GError **error)
{
  g_autofree char *path = get_index_path ();
  g_autofree char *text = g_key_file_to_data (index, NULL, NULL);
  g_autoptr (GError) cause = NULL;

  if (g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0644, &cause))
    return TRUE;
  g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_IO, "%s: the list of your networks cannot be written: %s", path, cause->message);
  return FALSE;
}

typedef gboolean (*ChangeFunc) (GKeyFile *index, gpointer data, GError **error);

/* Reads the index, lets @change change it, and writes it, all under the lock. */
static gboolean
change_index (ChangeFunc change,
              gpointer data,
              GError **error)
{
  int lock = lock_index (error);
  g_autoptr (GKeyFile) index = NULL;
  gboolean done;

  if (lock < 0)
    return FALSE;
  index = fovea_library_index_read (error);
  done = index != NULL && change (index, data, error) && write_index (index, error);
  close (lock);
  return done;
}

/* The copy in the user's folder is beside its final place until its name is settled. */
static char *
copy_file (const char *path,
           GError **error)
{
  g_autofree char *folder = fovea_library_get_networks_folder ();
  g_autofree char *copy = g_build_filename (folder, ".copy-XXXXXX", NULL);
  g_autoptr (GFile) from = g_file_new_for_path (path);
  g_autoptr (GFile) to = NULL;
  g_autoptr (GError) cause = NULL;
  int file = -1;

  if (g_mkdir_with_parents (folder, 0755) == 0)
    file = g_mkstemp_full (copy, O_RDWR | O_CLOEXEC, 0644);
  if (file < 0)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_IO, "%s: cannot be written to: %s", folder, g_strerror (errno));
      return NULL;
    }
  close (file);
  to = g_file_new_for_path (copy);
  if (g_file_copy (from, to, G_FILE_COPY_OVERWRITE | G_FILE_COPY_TARGET_DEFAULT_PERMS, NULL, NULL, NULL, &cause))
    return g_steal_pointer (&copy);
  g_unlink (copy);
  g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_IO, "%s: cannot be copied to %s: %s", path, folder, cause->message);
  return NULL;
}

typedef struct {
  const char *path;
  const char *copy; /* nullable */
  const FoveaOverrides *overrides;
  char *name;
} Addition;

static gboolean
add_network (GKeyFile *index,
             gpointer data,
             GError **error)
{
  Addition *addition = data;
  g_autofree char *group = NULL;

  if (addition->name == NULL)
    addition->name = make_free_name (index, addition->path);
  else if (!check_new_name (index, addition->name, error))
    return FALSE;

  group = fovea_library_index_get_group (FOVEA_LIBRARY_NETWORK, addition->name);
  if (addition->copy != NULL)
    {
      g_autofree char *folder = fovea_library_get_networks_folder ();
      g_autofree char *base = g_path_get_basename (addition->path);
      const char *ending = strrchr (base, '.');
      g_autofree char *file = g_strconcat (addition->name, ending != NULL && ending != base ? ending : "", NULL);
      g_autofree char *path = g_build_filename (folder, file, NULL);

      if (g_file_test (path, G_FILE_TEST_EXISTS) || g_rename (addition->copy, path) != 0)
        {
          g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_IO, "%s: cannot be written, or is there already; give another name", path);
          return FALSE;
        }
      set_path (index, group, "file", path);
      g_key_file_set_boolean (index, group, "copy", TRUE);
    }
  else
    {
      set_path (index, group, "file", addition->path);
    }
  write_overrides (index, group, addition->overrides);
  return TRUE;
}

/**
 * fovea_library_add:
 * @path: a network's file, which is not read
 * @name: (nullable): what it is to be called; %NULL makes a name of the file's
 * @overrides: what is known better than the file
 * @copy: whether to copy the file to the user's folder; otherwise it stays where it is
 * @error: %FOVEA_ERROR_ARGUMENT for a name that is taken or is none, %FOVEA_ERROR_NOT_FOUND, %FOVEA_ERROR_IO or
 *   %FOVEA_ERROR_FORMAT
 *
 * Any thread and process.
 *
 * Returns: (transfer full): its name in the library, or %NULL
 */
char *
fovea_library_add (const char *path,
                   const char *name,
                   const FoveaOverrides *overrides,
                   gboolean copy,
                   GError **error)
{
  g_autofree char *absolute = g_canonicalize_filename (path, NULL);
  g_autofree char *copied = NULL;
  Addition addition = { .path = absolute, .overrides = overrides, .name = g_strdup (name) };

  if (!g_file_test (absolute, G_FILE_TEST_IS_REGULAR))
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND, "%s: is no file", path);
      g_free (addition.name);
      return NULL;
    }
  if (copy)
    {
      copied = copy_file (absolute, error);
      if (copied == NULL)
        {
          g_free (addition.name);
          return NULL;
        }
      addition.copy = copied;
    }
  if (change_index (add_network, &addition, error))
    return addition.name;
  if (copied != NULL)
    g_unlink (copied);
  g_free (addition.name);
  return NULL;
}

/* Which entry of the library has the name; %NULL where there is none. */
static FoveaLibraryEntry *
find_entry (GPtrArray *entries,
            const char *name)
{
  for (guint i = 0; i < entries->len; i++)
    if (g_str_equal (((const FoveaLibraryEntry *) entries->pdata[i])->name, name))
      return entries->pdata[i];
  return NULL;
}

/* The group of a network or pair that can be changed. */
static char *
find_group (GKeyFile *index,
            const char *name,
            GError **error)
{
  g_autofree char *network = fovea_library_index_get_group (FOVEA_LIBRARY_NETWORK, name);
  g_autofree char *pair = fovea_library_index_get_group (FOVEA_LIBRARY_PAIR, name);
  g_autoptr (GPtrArray) entries = NULL;
  const FoveaLibraryEntry *entry;

  if (g_key_file_has_group (index, network))
    return g_steal_pointer (&network);
  if (g_key_file_has_group (index, pair))
    return g_steal_pointer (&pair);
  entries = fovea_library_list ();
  entry = find_entry (entries, name);
  if (entry != NULL && entry->built_in)
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_ARGUMENT, "'%s' came with Fovea and stays as it is", name);
  else if (entry != NULL)
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_ARGUMENT, "'%s' is in the library because its file lies in the library's folder; change or move %s", name, entry->path);
  else if (is_taken (index, name))
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_ARGUMENT, "'%s' is a pair because the names of its networks go together; change those", name);
  else
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND, "there is no network or pair '%s'; 'fovea networks' lists them", name);
  return NULL;
}

typedef struct {
  const char *name;
  const FoveaOverrides *overrides;
} Change;

static gboolean
change_network (GKeyFile *index,
                gpointer data,
                GError **error)
{
  const Change *change = data;
  g_autofree char *group = find_group (index, change->name, error);

  if (group == NULL)
    return FALSE;
  if (get_name (group, FOVEA_LIBRARY_NETWORK) == NULL)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_ARGUMENT, "'%s' is a pair; change its networks", change->name);
      return FALSE;
    }
  write_overrides (index, group, change->overrides);
  return TRUE;
}

/**
 * fovea_library_change:
 * @name: a network of the user's index
 * @overrides: what is known better than its file, all of it
 * @error: as fovea_library_remove()
 *
 * Any thread and process.
 *
 * Returns: whether it was changed
 */
gboolean
fovea_library_change (const char *name,
                      const FoveaOverrides *overrides,
                      GError **error)
{
  return change_index (change_network, &(Change) { .name = name, .overrides = overrides }, error);
}

static gboolean
add_pair (GKeyFile *index,
          gpointer data,
          GError **error)
{
  const FoveaLibraryPair *pair = data;
  g_autofree char *group = fovea_library_index_get_group (FOVEA_LIBRARY_PAIR, pair->name);
  g_autoptr (GPtrArray) entries = fovea_library_list ();
  const char *members[] = { pair->standard, pair->robust };

  for (guint i = 0; i < G_N_ELEMENTS (members); i++)
    if (find_entry (entries, members[i]) == NULL)
      {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND, "there is no network '%s' in the library; 'fovea networks add' adds one", members[i]);
        return FALSE;
      }
  if (g_str_equal (pair->standard, pair->robust))
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_ARGUMENT, "a pair has two networks, and '%s' cannot be both of them", pair->standard);
      return FALSE;
    }
  if (!check_new_name (index, pair->name, error))
    return FALSE;
  g_key_file_set_string (index, group, "standard", pair->standard);
  g_key_file_set_string (index, group, "robust", pair->robust);
  return TRUE;
}

/**
 * fovea_library_add_pair:
 * @name: what the pair is to be called
 * @standard, @robust: two networks of the library, which are not read: see fovea_library_check_pair()
 * @error: %FOVEA_ERROR_ARGUMENT for a name that is taken or is none, %FOVEA_ERROR_NOT_FOUND for a network that the library
 *   does not have, %FOVEA_ERROR_IO or %FOVEA_ERROR_FORMAT
 *
 * Any thread and process.
 *
 * Returns: whether it was added
 */
gboolean
fovea_library_add_pair (const char *name,
                        const char *standard,
                        const char *robust,
                        GError **error)
{
  return change_index (add_pair, &(FoveaLibraryPair) { .name = (char *) name, .standard = (char *) standard, .robust = (char *) robust }, error);
}

static void
copy_group (GKeyFile *index,
            const char *from,
            const char *to)
{
  g_auto (GStrv) keys = g_key_file_get_keys (index, from, NULL, NULL);

  for (guint i = 0; keys != NULL && keys[i] != NULL; i++)
    {
      g_autofree char *value = g_key_file_get_value (index, from, keys[i], NULL);

      g_key_file_set_value (index, to, keys[i], value);
    }
}

/* Lets pairs follow a network to its new name. */
static void
rename_members (GKeyFile *index,
                const char *name,
                const char *new_name)
{
  static const char *const keys[] = { "standard", "robust" };
  g_auto (GStrv) groups = g_key_file_get_groups (index, NULL);

  for (guint i = 0; groups[i] != NULL; i++)
    for (guint k = 0; get_name (groups[i], FOVEA_LIBRARY_PAIR) != NULL && k < G_N_ELEMENTS (keys); k++)
      {
        g_autofree char *member = g_key_file_get_string (index, groups[i], keys[k], NULL);

        if (g_strcmp0 (member, name) == 0)
          g_key_file_set_string (index, groups[i], keys[k], new_name);
      }
}

static gboolean
rename_group (GKeyFile *index,
              gpointer data,
              GError **error)
{
  const char *const *names = data;
  g_autofree char *group = find_group (index, names[0], error);
  g_autofree char *new_group = NULL;
  gboolean is_network;

  if (group == NULL || !check_new_name (index, names[1], error))
    return FALSE;
  is_network = get_name (group, FOVEA_LIBRARY_NETWORK) != NULL;
  new_group = fovea_library_index_get_group (is_network ? FOVEA_LIBRARY_NETWORK : FOVEA_LIBRARY_PAIR, names[1]);
  copy_group (index, group, new_group);
  g_key_file_remove_group (index, group, NULL);
  if (is_network)
    rename_members (index, names[0], names[1]);
  return TRUE;
}

/**
 * fovea_library_rename:
 * @name: a network or a pair of the user's index
 * @new_name: what it is to be called; pairs follow their networks
 * @error: %FOVEA_ERROR_ARGUMENT for a name that is taken or is none, otherwise as fovea_library_remove()
 *
 * Any thread and process.
 *
 * Returns: whether it was renamed
 */
gboolean
fovea_library_rename (const char *name,
                      const char *new_name,
                      GError **error)
{
  const char *names[] = { name, new_name };

  return change_index (rename_group, names, error);
}

typedef struct {
  const char *name;
  char *copy; /* the file to delete with it; NULL where it is not ours */
} Removal;

static gboolean
remove_group (GKeyFile *index,
              gpointer data,
              GError **error)
{
  Removal *removal = data;
  g_autofree char *group = find_group (index, removal->name, error);
  g_autoptr (GPtrArray) pairs = g_ptr_array_new_with_free_func ((GDestroyNotify) fovea_library_pair_free);

  if (group == NULL)
    return FALSE;
  fovea_library_index_list_pairs (index, pairs);
  for (guint i = 0; get_name (group, FOVEA_LIBRARY_NETWORK) != NULL && i < pairs->len; i++)
    {
      const FoveaLibraryPair *pair = pairs->pdata[i];

      if (!g_str_equal (pair->standard, removal->name) && !g_str_equal (pair->robust, removal->name))
        continue;
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_ARGUMENT, "'%s' is in the pair '%s'; remove the pair first", removal->name, pair->name);
      return FALSE;
    }
  if (g_key_file_get_boolean (index, group, "copy", NULL))
    removal->copy = get_path (index, group, "file");
  g_key_file_remove_group (index, group, NULL);
  return TRUE;
}

/**
 * fovea_library_remove:
 * @name: a network or a pair of the user's index
 * @error: %FOVEA_ERROR_NOT_FOUND where there is none, %FOVEA_ERROR_ARGUMENT for one that is not the index's or is in
 *   a pair, %FOVEA_ERROR_IO or %FOVEA_ERROR_FORMAT
 *
 * Takes it off the list. Its file stays where it is, unless it is the library's own copy. Any thread and process.
 *
 * Returns: whether it was removed
 */
gboolean
fovea_library_remove (const char *name,
                      GError **error)
{
  Removal removal = { .name = name };
  gboolean removed = change_index (remove_group, &removal, error);

  if (removed && removal.copy != NULL)
    g_unlink (removal.copy);
  g_free (removal.copy);
  return removed;
}
