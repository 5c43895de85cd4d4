/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/images/image-set-private.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "engine/images/wordnet.h"

/* How many directory entries are read between two looks at the job. */
#define ENTRIES_BETWEEN_REPORTS 1024

/* To be counted up whenever the order of the images or their classes come out differently. */
#define FINGERPRINT_VERSION "fovea-folder-1"

/* What stays of a folder: for each image its name, where that begins, and its class. That is the
 * length of the name and 9 bytes an image, its final zero included. */
typedef struct {
  char *names;     /* all names, each with its final zero */
  guint32 *starts; /* where in names each image's begins */
  gint32 *classes; /* -1 is none */
} Folder;

/* An image that was found, while there are more to be found. */
typedef struct {
  guint32 start; /* of its name in the listing's names */
  guint32 nanoseconds;
  gint64 seconds;
  gint64 size;
} Entry;

typedef struct {
  const char *root;
  const FoveaJob *job;
  GByteArray *names;
  GArray *entries;     /* Entry */
  GPtrArray *folders;  /* still to be listed: paths below the root, the last one first */
  GPtrArray *links;    /* symbolic links to folders, to be followed when all else is listed */
  GHashTable *visited; /* device and inode of each folder that was listed */
  guint n_read;
} Listing;

static gboolean
is_image_name (const char *name)
{
  static const char *const endings[] = { ".jpg", ".jpeg", ".jpe", ".jfif", ".png" };
  const char *ending = strrchr (name, '.');

  for (guint i = 0; ending != NULL && i < G_N_ELEMENTS (endings); i++)
    if (g_ascii_strcasecmp (ending, endings[i]) == 0)
      return TRUE;
  return FALSE;
}

static char *
join (const char *folder,
      const char *name)
{
  return folder[0] == '\0' ? g_strdup (name) : g_strconcat (folder, "/", name, NULL);
}

static gboolean
set_too_large_error (const Listing *self,
                     GError **error)
{
  g_autofree char *shown = g_filename_display_name (self->root);

  g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_TOO_LARGE, "%s: holds more images than can be listed; choose a folder in it", shown);
  return FALSE;
}

static gboolean
add_image (Listing *self,
           const char *folder,
           const char *name,
           const struct stat *status,
           GError **error)
{
  const Entry entry = {
    .start = self->names->len,
    .seconds = status->st_mtim.tv_sec,
    .nanoseconds = (guint32) status->st_mtim.tv_nsec,
    .size = status->st_size,
  };
  gsize length = strlen (folder) + strlen (name) + 2;

  /* GByteArray ends the program where it cannot double any more. */
  if (self->names->len + length > G_MAXINT32 || self->entries->len >= G_MAXINT32 / sizeof (Entry))
    return set_too_large_error (self, error);
  if (folder[0] != '\0')
    {
      g_byte_array_append (self->names, (const guint8 *) folder, strlen (folder));
      g_byte_array_append (self->names, (const guint8 *) "/", 1);
    }
  g_byte_array_append (self->names, (const guint8 *) name, strlen (name) + 1);
  g_array_append_val (self->entries, entry);
  return TRUE;
}

/* One directory entry. What has gone meanwhile, and what is neither a file nor a folder, is passed over. */
static gboolean
add_entry (Listing *self,
           int descriptor,
           const char *folder,
           const struct dirent *entry,
           GPtrArray *folders,
           GError **error)
{
  const char *name = entry->d_name;
  struct stat status;

  if (name[0] == '.')
    return TRUE;
  if (entry->d_type == DT_DIR)
    {
      g_ptr_array_add (folders, join (folder, name));
      return TRUE;
    }
  if (entry->d_type == DT_REG && !is_image_name (name))
    return TRUE;
  if (fstatat (descriptor, name, &status, 0) != 0)
    return TRUE;
  if (S_ISREG (status.st_mode))
    return is_image_name (name) ? add_image (self, folder, name, &status, error) : TRUE;
  if (S_ISDIR (status.st_mode))
    {
      struct stat own;
      gboolean is_link = fstatat (descriptor, name, &own, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK (own.st_mode);

      g_ptr_array_add (is_link ? self->links : folders, join (folder, name));
    }
  return TRUE;
}

static int
compare_strings (gconstpointer a,
                 gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* Whether the folder is listed for the first time: symbolic links may lead to it by several ways. */
static gboolean
visit (Listing *self,
       int descriptor)
{
  struct stat status;

  if (fstat (descriptor, &status) != 0)
    return FALSE;
  return g_hash_table_add (self->visited,
                           g_strdup_printf ("%" G_GINT64_MODIFIER "x:%" G_GINT64_MODIFIER "x", (guint64) status.st_dev, (guint64) status.st_ino));
}

static gboolean
read_entries (Listing *self,
              DIR *directory,
              const char *folder,
              const char *path,
              GPtrArray *folders,
              GError **error)
{
  for (;;)
    {
      const struct dirent *entry;

      errno = 0;
      entry = readdir (directory);
      if (entry == NULL && errno != 0)
        {
          int reason = errno;
          g_autofree char *shown = g_filename_display_name (path);
          g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_IO, "%s: %s", shown, g_strerror (reason));
          return FALSE;
        }
      if (entry == NULL)
        return TRUE;
      if (++self->n_read % ENTRIES_BETWEEN_REPORTS == 0)
        {
          if (fovea_job_is_cancelled (self->job, error))
            return FALSE;
          fovea_job_report (self->job, self->entries->len, 0);
        }
      if (!add_entry (self, dirfd (directory), folder, entry, folders, error))
        return FALSE;
    }
}

/* Adds the images of one folder, and the folders in it to those still to be listed. */
static gboolean
list_folder (Listing *self,
             const char *folder,
             GError **error)
{
  g_autofree char *path = g_build_filename (self->root, folder, NULL);
  g_autoptr (GPtrArray) folders = g_ptr_array_new_with_free_func (g_free);
  DIR *directory = opendir (path);
  gboolean success = TRUE;

  if (directory == NULL)
    {
      int reason = errno;
      g_autofree char *shown = g_filename_display_name (path);
      g_set_error (error, FOVEA_ERROR, reason == ENOENT ? FOVEA_ERROR_NOT_FOUND : FOVEA_ERROR_IO,
                   reason == ENOTDIR ? "%s: is not a folder" : "%s: %s", shown, g_strerror (reason));
      return FALSE;
    }
  if (visit (self, dirfd (directory)))
    success = read_entries (self, directory, folder, path, folders, error);
  closedir (directory);

  g_ptr_array_sort (folders, compare_strings);
  for (guint i = folders->len; i-- > 0;)
    g_ptr_array_add (self->folders, g_steal_pointer (&folders->pdata[i]));
  return success;
}

/* Lists everything below the root. Links are followed last, so that a folder that is there itself is
 * listed under its own name. */
static gboolean
list_all (Listing *self,
          GError **error)
{
  g_ptr_array_add (self->folders, g_strdup (""));
  for (;;)
    {
      while (self->folders->len > 0)
        {
          g_autofree char *folder = g_ptr_array_steal_index (self->folders, self->folders->len - 1);

          if (fovea_job_is_cancelled (self->job, error) || !list_folder (self, folder, error))
            return FALSE;
        }
      if (self->links->len == 0)
        return TRUE;
      g_ptr_array_sort (self->links, compare_strings);
      g_ptr_array_add (self->folders, g_ptr_array_steal_index (self->links, 0));
    }
}

static int
compare_entries (gconstpointer a,
                 gconstpointer b,
                 gpointer names)
{
  return strcmp ((const char *) names + ((const Entry *) a)->start, (const char *) names + ((const Entry *) b)->start);
}

static char *
compute_fingerprint (const Listing *self)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);

  g_checksum_update (checksum, (const guchar *) FINGERPRINT_VERSION, -1);
  for (guint i = 0; i < self->entries->len; i++)
    {
      const Entry *entry = &g_array_index (self->entries, Entry, i);
      const char *name = (const char *) self->names->data + entry->start;
      const guint64 numbers[] = { GUINT64_TO_LE ((guint64) entry->size), GUINT64_TO_LE ((guint64) entry->seconds), GUINT64_TO_LE (entry->nanoseconds) };

      g_checksum_update (checksum, (const guchar *) name, (gssize) strlen (name) + 1);
      g_checksum_update (checksum, (const guchar *) numbers, sizeof numbers);
    }
  return g_strdup (g_checksum_get_string (checksum));
}

/* What an image's class goes by: a WordNet identifier among the folders it is in, or else the folder
 * that holds it, but for one that is called images (Tiny ImageNet); directly in the set's folder, the
 * identifier that its name begins with. NULL is no class. */
static char *
get_class_key (const char *name)
{
  const char *end = strrchr (name, '/');
  gboolean is_in_folder = end != NULL;

  for (const char *part = name; is_in_folder && part < end; part = strchr (part, '/') + 1)
    if (fovea_wordnet_is_identifier (part) && part[FOVEA_WORDNET_LENGTH] == '/')
      return g_strndup (part, FOVEA_WORDNET_LENGTH);

  while (end != NULL)
    {
      const char *begin = g_strrstr_len (name, end - name, "/");
      gsize length;

      begin = begin != NULL ? begin + 1 : name;
      length = (gsize) (end - begin);
      if (length != strlen ("images") || g_ascii_strncasecmp (begin, "images", length) != 0)
        return g_strndup (begin, length);
      end = begin > name ? begin - 1 : NULL;
    }
  if (!is_in_folder && fovea_wordnet_is_identifier (name))
    return g_strndup (name, FOVEA_WORDNET_LENGTH);
  return NULL;
}

/* The label behind the identifier in n02007558_flamingo.JPEG; NULL where there is none, as in n01440764_18.JPEG. */
static char *
get_label_from_name (const char *name)
{
  const char *label = name + FOVEA_WORDNET_LENGTH + 1;
  g_autofree char *words = NULL;

  if (strchr (name, '/') != NULL || name[FOVEA_WORDNET_LENGTH] != '_' || strchr (label, '.') == NULL || g_ascii_isdigit (label[0]))
    return NULL;
  words = g_strndup (label, (gsize) (strrchr (label, '.') - label));
  return words[0] != '\0' ? g_filename_display_name (g_strdelimit (words, "_", ' ')) : NULL;
}

/* A class's name; a number behind it where another class has that name already. */
static char *
make_class_name (const char *key,
                 const char *image_name,
                 GHashTable *taken)
{
  g_autofree char *base = NULL;
  char *name;

  if (fovea_wordnet_is_identifier (key) && key[FOVEA_WORDNET_LENGTH] == '\0')
    base = fovea_wordnet_find_label (key) != NULL ? g_strdup (fovea_wordnet_find_label (key)) : get_label_from_name (image_name);
  if (base == NULL)
    base = g_filename_display_name (key);
  name = g_strdup (base);
  for (guint i = 2; g_hash_table_contains (taken, name); i++)
    {
      g_free (name);
      name = g_strdup_printf ("%s (%u)", base, i);
    }
  return name;
}

/* Sets the images' classes and the set's class names; classes are in the order of what they go by. */
static void
find_classes (FoveaImageSet *set)
{
  Folder *folder = set->data;
  g_autoptr (GHashTable) first_images = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GHashTable) numbers = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GHashTable) taken = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GPtrArray) keys = g_ptr_array_new ();
  GHashTableIter iterator;
  gpointer key;

  for (gsize i = 0; i < set->n_images; i++)
    {
      g_autofree char *class_key = get_class_key (folder->names + folder->starts[i]);

      if (class_key != NULL && !g_hash_table_contains (first_images, class_key))
        g_hash_table_insert (first_images, g_steal_pointer (&class_key), GSIZE_TO_POINTER (i));
    }
  g_hash_table_iter_init (&iterator, first_images);
  while (g_hash_table_iter_next (&iterator, &key, NULL))
    g_ptr_array_add (keys, key);
  g_ptr_array_sort (keys, compare_strings);

  set->classes = g_new0 (char *, keys->len + 1);
  for (guint c = 0; c < keys->len; c++)
    {
      gsize image = GPOINTER_TO_SIZE (g_hash_table_lookup (first_images, keys->pdata[c]));

      set->classes[c] = make_class_name (keys->pdata[c], folder->names + folder->starts[image], taken);
      g_hash_table_add (taken, set->classes[c]);
      g_hash_table_insert (numbers, keys->pdata[c], GUINT_TO_POINTER (c + 1));
    }
  for (gsize i = 0; i < set->n_images; i++)
    {
      g_autofree char *class_key = get_class_key (folder->names + folder->starts[i]);

      folder->classes[i] = class_key != NULL ? (gint32) GPOINTER_TO_UINT (g_hash_table_lookup (numbers, class_key)) - 1 : -1;
    }
}

static void
keep (FoveaImageSet *set,
      Listing *listing)
{
  Folder *folder = set->data;

  set->n_images = listing->entries->len;
  folder->starts = g_new (guint32, set->n_images);
  folder->classes = g_new (gint32, set->n_images);
  for (gsize i = 0; i < set->n_images; i++)
    folder->starts[i] = g_array_index (listing->entries, Entry, i).start;
  /* The array's capacity is up to twice what is used. */
  folder->names = g_memdup2 (listing->names->data, listing->names->len);
}

static gboolean
open_folder (FoveaImageSet *set,
             const FoveaJob *job,
             GError **error)
{
  g_autoptr (GByteArray) names = g_byte_array_new ();
  g_autoptr (GArray) entries = g_array_new (FALSE, FALSE, sizeof (Entry));
  g_autoptr (GPtrArray) folders = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) links = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GHashTable) visited = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  Listing listing = { .root = set->path, .job = job, .names = names, .entries = entries, .folders = folders, .links = links, .visited = visited };

  set->data = g_new0 (Folder, 1);
  if (!list_all (&listing, error))
    return FALSE;
  if (entries->len == 0)
    {
      g_autofree char *shown = g_filename_display_name (set->path);
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND, "%s: no PNG or JPEG file is in this folder or in those below it", shown);
      return FALSE;
    }
  g_array_sort_with_data (entries, compare_entries, names->data);
  set->fingerprint = compute_fingerprint (&listing);
  keep (set, &listing);
  find_classes (set);
  return TRUE;
}

static void
close_folder (FoveaImageSet *set)
{
  Folder *folder = set->data;

  if (folder == NULL)
    return;
  g_free (folder->names);
  g_free (folder->starts);
  g_free (folder->classes);
  g_free (folder);
}

static const char *
get_image_name (const FoveaImageSet *set,
                gsize index)
{
  const Folder *folder = set->data;

  return folder->names + folder->starts[index];
}

static int
get_image_class (const FoveaImageSet *set,
                 gsize index)
{
  const Folder *folder = set->data;

  return folder->classes[index];
}

static FoveaImage *
load_image (const FoveaImageSet *set,
            gsize index,
            GError **error)
{
  g_autofree char *path = g_build_filename (set->path, get_image_name (set, index), NULL);

  return fovea_image_read (path, error);
}

const FoveaImageSetSource fovea_image_set_folder = {
  .open = open_folder,
  .close = close_folder,
  .get_image_name = get_image_name,
  .get_image_class = get_image_class,
  .load_image = load_image,
};
