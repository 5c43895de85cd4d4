/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/formats/archive.h"

#include <string.h>
#include <zip.h>

/* Compressed entries may grow to this much together, beside a multiple of the archive's size. Weights
 * hardly shrink by compression, what grows a thousandfold is made to fill memory. */
#define INFLATED_BASE (G_GUINT64_CONSTANT (64) << 20)
#define INFLATED_FACTOR 8

/* Gives libzip the archive, and remembers where it looks. */
typedef struct {
  GBytes *bytes;
  gsize position;
  gsize last_read; /* position of the latest read */
  zip_error_t error;
} Source;

struct _FoveaArchive {
  Source source;
  zip_t *zip;
  guint64 inflated_left; /* bytes that compressed entries may still grow to */
  GTree *ranges;         /* begin → end of the entries that were read in place, as gsize in pointers */
  GHashTable *inflated;  /* index → GBytes of the compressed entries that were read */
};

static zip_int64_t
source_callback (void *data,
                 void *argument,
                 zip_uint64_t length,
                 zip_source_cmd_t command)
{
  Source *source = data;
  gsize size = g_bytes_get_size (source->bytes);
  zip_int64_t position;
  zip_stat_t *status;
  gsize n_bytes;

  switch ((int) command)
    {
    case ZIP_SOURCE_OPEN:
      source->position = 0;
      return 0;
    case ZIP_SOURCE_READ:
      n_bytes = MIN (length, size - source->position);
      memcpy (argument, (const guint8 *) g_bytes_get_data (source->bytes, NULL) + source->position, n_bytes);
      source->last_read = source->position;
      source->position += n_bytes;
      return (zip_int64_t) n_bytes;
    case ZIP_SOURCE_SEEK:
      position = zip_source_seek_compute_offset (source->position, size, argument, length, &source->error);
      if (position < 0)
        return -1;
      source->position = (gsize) position;
      return 0;
    case ZIP_SOURCE_TELL:
      return (zip_int64_t) source->position;
    case ZIP_SOURCE_STAT:
      status = argument;
      zip_stat_init (status);
      status->size = size;
      status->valid = ZIP_STAT_SIZE;
      return sizeof *status;
    case ZIP_SOURCE_ERROR:
      return zip_error_to_data (&source->error, argument, length);
    case ZIP_SOURCE_CLOSE:
    case ZIP_SOURCE_FREE:
      return 0;
    case ZIP_SOURCE_SUPPORTS:
      return zip_source_make_command_bitmap (ZIP_SOURCE_OPEN, ZIP_SOURCE_READ, ZIP_SOURCE_CLOSE, ZIP_SOURCE_STAT, ZIP_SOURCE_ERROR,
                                             ZIP_SOURCE_FREE, ZIP_SOURCE_SEEK, ZIP_SOURCE_TELL, ZIP_SOURCE_SUPPORTS, -1);
    default:
      zip_error_set (&source->error, ZIP_ER_OPNOTSUPP, 0);
      return -1;
    }
}

static int
compare_positions (gconstpointer a,
                   gconstpointer b)
{
  gsize x = GPOINTER_TO_SIZE (a), y = GPOINTER_TO_SIZE (b);

  return (x > y) - (x < y);
}

/**
 * fovea_archive_open:
 * @bytes: the archive, of which a reference is taken
 * @error: %FOVEA_ERROR_FORMAT for what is truncated, contradictory or no archive
 *
 * Returns: (transfer full): the archive, or %NULL
 */
FoveaArchive *
fovea_archive_open (GBytes *bytes,
                    GError **error)
{
  g_autoptr (FoveaArchive) self = g_new0 (FoveaArchive, 1);
  zip_error_t zip_error;
  zip_source_t *source;

  self->source.bytes = g_bytes_ref (bytes);
  zip_error_init (&self->source.error);
  self->inflated_left = INFLATED_BASE + INFLATED_FACTOR * (guint64) g_bytes_get_size (bytes);
  self->ranges = g_tree_new (compare_positions);
  self->inflated = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) g_bytes_unref);

  zip_error_init (&zip_error);
  source = zip_source_function_create (source_callback, &self->source, &zip_error);
  if (source != NULL)
    {
      self->zip = zip_open_from_source (source, ZIP_RDONLY, &zip_error);
      if (self->zip == NULL)
        zip_source_free (source);
    }
  if (self->zip == NULL)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT,
                   "is a broken or truncated zip archive (%s)", zip_error_strerror (&zip_error));
      zip_error_fini (&zip_error);
      return NULL;
    }
  zip_error_fini (&zip_error);
  return g_steal_pointer (&self);
}

/**
 * fovea_archive_free:
 *
 * Frees the archive; what was read from it stays.
 */
void
fovea_archive_free (FoveaArchive *self)
{
  if (self->zip != NULL)
    zip_discard (self->zip);
  g_clear_pointer (&self->inflated, g_hash_table_unref);
  g_clear_pointer (&self->ranges, g_tree_unref);
  zip_error_fini (&self->source.error);
  g_bytes_unref (self->source.bytes);
  g_free (self);
}

/**
 * fovea_archive_get_n_entries:
 *
 * Returns: number of entries
 */
guint64
fovea_archive_get_n_entries (const FoveaArchive *self)
{
  return (guint64) MAX (zip_get_num_entries (self->zip, 0), 0);
}

/**
 * fovea_archive_get_name:
 *
 * Returns: (transfer none): an entry's name with its folders; empty where it cannot be read
 */
const char *
fovea_archive_get_name (const FoveaArchive *self,
                        guint64 index)
{
  const char *name = zip_get_name (self->zip, index, 0);

  return name != NULL ? name : "";
}

/**
 * fovea_archive_find:
 * @index: (out): which entry has that name
 *
 * Returns: whether there is one
 */
gboolean
fovea_archive_find (const FoveaArchive *self,
                    const char *name,
                    guint64 *index)
{
  zip_int64_t found = zip_name_locate (self->zip, name, 0);

  if (found < 0)
    return FALSE;
  *index = (guint64) found;
  return TRUE;
}

static GBytes *
fail (GError **error,
      FoveaError code,
      const zip_stat_t *status,
      const char *what)
{
  g_set_error (error, FOVEA_ERROR, (int) code, "the archive's entry '%s' %s", status->name, what);
  return NULL;
}

/* Two entries in the same place can only be an attempt to make much of few bytes. */
static gboolean
claim_range (FoveaArchive *self,
             gsize begin,
             gsize end)
{
  gpointer claimed = g_tree_lookup (self->ranges, GSIZE_TO_POINTER (begin));
  GTreeNode *next = g_tree_upper_bound (self->ranges, GSIZE_TO_POINTER (begin));
  GTreeNode *previous = next != NULL ? g_tree_node_previous (next) : g_tree_node_last (self->ranges);

  if (claimed != NULL)
    return GPOINTER_TO_SIZE (claimed) == end; /* the same entry once more */
  if ((next != NULL && GPOINTER_TO_SIZE (g_tree_node_key (next)) < end) ||
      (previous != NULL && GPOINTER_TO_SIZE (g_tree_node_value (previous)) > begin))
    return FALSE;
  g_tree_insert (self->ranges, GSIZE_TO_POINTER (begin), GSIZE_TO_POINTER (end));
  return TRUE;
}

/* Libzip finds an entry's data by the archive's directory and the entry's own header, and then reads
 * it: where it reads the first byte, the data begins. */
static GBytes *
read_in_place (FoveaArchive *self,
               guint64 index,
               const zip_stat_t *status,
               GError **error)
{
  gsize size = g_bytes_get_size (self->source.bytes);
  zip_file_t *file = zip_fopen_index (self->zip, index, ZIP_FL_COMPRESSED);
  guint8 first;
  gsize begin;
  zip_int64_t n_read;

  if (file == NULL)
    return fail (error, FOVEA_ERROR_FORMAT, status, "cannot be found where the archive says it is");
  n_read = zip_fread (file, &first, 1);
  begin = self->source.last_read;
  zip_fclose (file);
  if (n_read != 1 || begin >= size || status->size > size - begin ||
      ((const guint8 *) g_bytes_get_data (self->source.bytes, NULL))[begin] != first)
    return fail (error, FOVEA_ERROR_FORMAT, status, "reaches beyond the end of the file");
  if (!claim_range (self, begin, begin + status->size))
    return fail (error, FOVEA_ERROR_FORMAT, status, "overlaps another one");
  return g_bytes_new_from_bytes (self->source.bytes, begin, status->size);
}

static GBytes *
inflate (FoveaArchive *self,
         guint64 index,
         const zip_stat_t *status,
         GError **error)
{
  g_autofree guint8 *data = NULL;
  GBytes *bytes = g_hash_table_lookup (self->inflated, GSIZE_TO_POINTER (index));
  zip_file_t *file;
  zip_uint64_t n_read = 0;

  if (bytes != NULL)
    return g_bytes_ref (bytes);
  if (status->size > self->inflated_left)
    return fail (error, FOVEA_ERROR_TOO_LARGE, status, "would grow far beyond the size of the file when unpacked");
  data = g_try_malloc (status->size);
  if (data == NULL)
    return fail (error, FOVEA_ERROR_TOO_LARGE, status, "does not fit into memory");

  file = zip_fopen_index (self->zip, index, 0);
  if (file == NULL)
    return fail (error, FOVEA_ERROR_UNSUPPORTED, status, "is compressed or encrypted in a way that is not supported");
  while (n_read < status->size)
    {
      zip_int64_t n = zip_fread (file, data + n_read, status->size - n_read);

      if (n <= 0)
        break;
      n_read += (zip_uint64_t) n;
    }
  zip_fclose (file);
  if (n_read < status->size)
    return fail (error, FOVEA_ERROR_FORMAT, status, "cannot be unpacked: it is damaged");

  self->inflated_left -= status->size;
  bytes = g_bytes_new_take (g_steal_pointer (&data), status->size);
  g_hash_table_insert (self->inflated, GSIZE_TO_POINTER (index), g_bytes_ref (bytes));
  return bytes;
}

/**
 * fovea_archive_read:
 * @index: below fovea_archive_get_n_entries()
 * @error: %FOVEA_ERROR_FORMAT for an entry that is damaged, outside the file or overlaps one that was
 *   read before, %FOVEA_ERROR_TOO_LARGE for one that would fill memory, %FOVEA_ERROR_UNSUPPORTED for
 *   unknown compression
 *
 * Gives an entry's contents: a part of the archive where the entry is stored as it is, at an address of
 * any alignment; otherwise unpacked.
 *
 * Returns: (transfer full): the contents, or %NULL
 */
GBytes *
fovea_archive_read (FoveaArchive *self,
                    guint64 index,
                    GError **error)
{
  const zip_uint64_t needed = ZIP_STAT_NAME | ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE | ZIP_STAT_COMP_METHOD | ZIP_STAT_ENCRYPTION_METHOD;
  zip_stat_t status;

  if (zip_stat_index (self->zip, index, 0, &status) != 0 || (status.valid & needed) != needed)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT, "the archive's entry number %" G_GUINT64_FORMAT " cannot be read", index);
      return NULL;
    }
  if (status.size == 0)
    return g_bytes_new (NULL, 0);
  if (status.comp_method == ZIP_CM_STORE && status.encryption_method == ZIP_EM_NONE)
    {
      if (status.comp_size != status.size)
        return fail (error, FOVEA_ERROR_FORMAT, &status, "has two different sizes");
      return read_in_place (self, index, &status, error);
    }
  return inflate (self, index, &status, error);
}
