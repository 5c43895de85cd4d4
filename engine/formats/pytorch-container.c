/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/formats/pytorch-container.h"

#include "engine/formats/archive.h"
#include "engine/formats/pytorch-storage.h"

#include <string.h>

/* Tensors that cannot share the file's memory may take this much together, beside a multiple of the
 * file's size: a byte becomes 4, but a view that repeats one number a billion times is no weight. */
#define COPIED_BASE (G_GUINT64_CONSTANT (64) << 20)
#define COPIED_FACTOR 8

/* What the older format begins with, as the pickle machine writes big integers, and in protocol 0's digits. */
#define MAGIC_HEXADECIMAL "0x1950a86a20f9469cfc6c"
#define MAGIC_DECIMAL "119547037146038801333356"

struct _FoveaPytorchContainer {
  FoveaPickle *pickle;
  int byte_order;
  FoveaArchive *archive; /* NULL for the older format */
  char *folder;          /* in the archive, with its slash */
  GHashTable *storages;  /* key → GBytes, in the older format */
  guint64 copied_left;   /* bytes that may still be allocated */
};

static gboolean
fail (GError **error,
      const char *message)
{
  g_set_error_literal (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT, message);
  return FALSE;
}

/* The newer format: FOLDER/data.pkl, the storages as FOLDER/data/KEY, perhaps FOLDER/byteorder. */

static gboolean
read_byte_order (FoveaPytorchContainer *self,
                 GError **error)
{
  g_autofree char *name = g_strconcat (self->folder, "byteorder", NULL);
  g_autoptr (GBytes) bytes = NULL;
  guint64 index;

  if (!fovea_archive_find (self->archive, name, &index))
    return TRUE;
  bytes = fovea_archive_read (self->archive, index, error);
  if (bytes == NULL)
    return FALSE;
  if (g_bytes_get_size (bytes) >= 3 && memcmp (g_bytes_get_data (bytes, NULL), "big", 3) == 0)
    self->byte_order = G_BIG_ENDIAN;
  return TRUE;
}

static gboolean
open_archive (FoveaPytorchContainer *self,
              GBytes *bytes,
              GError **error)
{
  g_autoptr (GBytes) pickle = NULL;
  guint64 n_entries, index;

  self->archive = fovea_archive_open (bytes, error);
  if (self->archive == NULL)
    return FALSE;

  n_entries = fovea_archive_get_n_entries (self->archive);
  for (index = 0; index < n_entries; index++)
    {
      const char *name = fovea_archive_get_name (self->archive, index);

      if (g_str_equal (name, "data.pkl") || g_str_has_suffix (name, "/data.pkl"))
        {
          self->folder = g_strndup (name, strlen (name) - strlen ("data.pkl"));
          break;
        }
    }
  if (self->folder == NULL)
    return fail (error, "is a zip archive, but no PyTorch checkpoint: it has no data.pkl");

  pickle = fovea_archive_read (self->archive, index, error);
  if (pickle == NULL)
    return FALSE;
  self->pickle = fovea_pickle_parse (g_bytes_get_data (pickle, NULL), g_bytes_get_size (pickle), NULL, error);
  return self->pickle != NULL && read_byte_order (self, error);
}

/* The older format: pickles of a magic number, the protocol's version, a description of the machine,
 * the object and the storages' keys; then every storage as its number of elements and the elements. */

static FoveaPickle *
read_pickle (GBytes *bytes,
             gsize *position,
             GError **error)
{
  gsize size, n_consumed;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  FoveaPickle *pickle = fovea_pickle_parse (data + *position, size - *position, &n_consumed, error);

  if (pickle != NULL)
    *position += n_consumed;
  return pickle;
}

static gboolean
read_header (FoveaPytorchContainer *self,
             GBytes *bytes,
             gsize *position,
             GError **error)
{
  g_autoptr (FoveaPickle) magic = NULL;
  g_autoptr (FoveaPickle) version = NULL;
  g_autoptr (FoveaPickle) machine = NULL;
  FoveaPickleValue value;

  magic = read_pickle (bytes, position, error);
  if (magic == NULL)
    return FALSE;
  value = fovea_pickle_get_root (magic);
  if (value.kind != FOVEA_PICKLE_BIG_INTEGER || (!g_str_equal (value.node->text, MAGIC_HEXADECIMAL) && !g_str_has_prefix (value.node->text, MAGIC_DECIMAL)))
    return fail (error, "is a pickle, but no PyTorch checkpoint; save the weights with torch.save");

  version = read_pickle (bytes, position, error);
  if (version == NULL)
    return FALSE;
  value = fovea_pickle_get_root (version);
  if (value.kind != FOVEA_PICKLE_INTEGER || value.integer != 1001)
    return fail (error, "is a PyTorch checkpoint of an unknown version");

  machine = read_pickle (bytes, position, error);
  return machine != NULL;
}

/* Notes how large a storage's elements are. */
static gboolean
note_storage (FoveaPickleValue identifier,
              gpointer data,
              GError **error)
{
  GHashTable *element_sizes = data;
  FoveaPytorchStorage storage;

  if (identifier.kind == FOVEA_PICKLE_TUPLE && identifier.node->sequence.n_values > 0 &&
      g_strcmp0 (fovea_pickle_value_get_string (identifier.node->sequence.values[0]), "module") == 0)
    return TRUE;
  if (!fovea_pytorch_storage_parse (identifier, &storage, error))
    return FALSE;
  if (!g_hash_table_contains (element_sizes, storage.key))
    g_hash_table_insert (element_sizes, (gpointer) storage.key, GSIZE_TO_POINTER (storage.element_size));
  return TRUE;
}

static gboolean
read_storage (FoveaPytorchContainer *self,
              GBytes *bytes,
              gsize *position,
              const char *key,
              gsize element_size,
              GError **error)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  guint64 n_elements;

  if (size - *position < sizeof n_elements)
    return fail (error, "is truncated: it ends before its last storage");
  memcpy (&n_elements, data + *position, sizeof n_elements);
  n_elements = GUINT64_FROM_LE (n_elements);
  *position += sizeof n_elements;
  if (n_elements > (size - *position) / element_size)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT,
                   "is truncated: storage '%s' should have %" G_GUINT64_FORMAT " elements of %" G_GSIZE_FORMAT
                   " bytes, but %" G_GSIZE_FORMAT " bytes are left",
                   key, n_elements, element_size, size - *position);
      return FALSE;
    }
  g_hash_table_replace (self->storages, g_strdup (key), g_bytes_new_from_bytes (bytes, *position, n_elements * element_size));
  *position += n_elements * element_size;
  return TRUE;
}

static gboolean
open_stream (FoveaPytorchContainer *self,
             GBytes *bytes,
             GError **error)
{
  g_autoptr (GHashTable) element_sizes = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (FoveaPickle) keys = NULL;
  const FoveaPickleSequence *sequence;
  gsize position = 0;

  if (!read_header (self, bytes, &position, error))
    return FALSE;
  self->pickle = read_pickle (bytes, &position, error);
  if (self->pickle == NULL || !fovea_pickle_foreach_persistent (self->pickle, note_storage, element_sizes, error))
    return FALSE;

  keys = read_pickle (bytes, &position, error);
  if (keys == NULL)
    return FALSE;
  sequence = fovea_pickle_value_get_sequence (fovea_pickle_get_root (keys));
  if (sequence == NULL)
    return fail (error, "is a PyTorch checkpoint without a list of its storages");

  self->storages = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_bytes_unref);
  for (gsize i = 0; i < sequence->n_values; i++)
    {
      const char *key = fovea_pickle_value_get_string (sequence->values[i]);
      gpointer element_size;

      if (key == NULL || !g_hash_table_lookup_extended (element_sizes, key, NULL, &element_size))
        return fail (error, "is a PyTorch checkpoint with a storage that nothing refers to");
      if (!read_storage (self, bytes, &position, key, GPOINTER_TO_SIZE (element_size), error))
        return FALSE;
    }
  return TRUE;
}

/**
 * fovea_pytorch_container_open:
 * @bytes: the file
 * @error: %FOVEA_ERROR_FORMAT for a broken file or another format, %FOVEA_ERROR_UNSUPPORTED for one that
 *   would run something, has unknown types or is of the oldest format
 *
 * Opens a file of either format, without reading the storages yet.
 *
 * Returns: (transfer full): the file, or %NULL
 */
FoveaPytorchContainer *
fovea_pytorch_container_open (GBytes *bytes,
                              GError **error)
{
  g_autoptr (FoveaPytorchContainer) self = g_new0 (FoveaPytorchContainer, 1);
  gsize size;
  const char *data = g_bytes_get_data (bytes, &size);

  self->byte_order = G_LITTLE_ENDIAN;
  self->copied_left = COPIED_BASE + COPIED_FACTOR * (guint64) size;

  if (size > 262 && memcmp (data + 257, "ustar", 5) == 0)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED,
                   "is a tar archive, PyTorch's oldest format; load it with PyTorch and save it again with torch.save");
      return NULL;
    }
  if (size >= 2 && memcmp (data, "PK", 2) == 0 ? !open_archive (self, bytes, error) : !open_stream (self, bytes, error))
    return NULL;
  return g_steal_pointer (&self);
}

/**
 * fovea_pytorch_container_free:
 *
 * Frees the file; storages that were got from it stay.
 */
void
fovea_pytorch_container_free (FoveaPytorchContainer *self)
{
  g_clear_pointer (&self->pickle, fovea_pickle_free);
  g_clear_pointer (&self->archive, fovea_archive_free);
  g_clear_pointer (&self->storages, g_hash_table_unref);
  g_free (self->folder);
  g_free (self);
}

/**
 * fovea_pytorch_container_get_root:
 *
 * Returns: the object that was saved
 */
FoveaPickleValue
fovea_pytorch_container_get_root (const FoveaPytorchContainer *self)
{
  return fovea_pickle_get_root (self->pickle);
}

/**
 * fovea_pytorch_container_get_byte_order:
 *
 * Returns: `G_LITTLE_ENDIAN` or `G_BIG_ENDIAN`, the order of bytes in the storages
 */
int
fovea_pytorch_container_get_byte_order (const FoveaPytorchContainer *self)
{
  return self->byte_order;
}

/**
 * fovea_pytorch_container_get_storage:
 * @key: the storage's name
 * @error: %FOVEA_ERROR_NOT_FOUND where there is none, or as fovea_archive_read()
 *
 * Returns: (transfer full): its contents, at an address of any alignment; or %NULL
 */
GBytes *
fovea_pytorch_container_get_storage (FoveaPytorchContainer *self,
                                     const char *key,
                                     GError **error)
{
  GBytes *bytes;

  if (self->archive != NULL)
    {
      g_autofree char *name = g_strconcat (self->folder, "data/", key, NULL);
      guint64 index;

      if (fovea_archive_find (self->archive, name, &index))
        return fovea_archive_read (self->archive, index, error);
    }
  else
    {
      bytes = g_hash_table_lookup (self->storages, key);
      if (bytes != NULL)
        return g_bytes_ref (bytes);
    }
  g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND, "refers to the storage '%s', which the file does not contain", key);
  return NULL;
}

/**
 * fovea_pytorch_container_allocate:
 * @n_dimensions: number of sizes in @shape
 * @shape: the sizes
 * @error: %FOVEA_ERROR_TOO_LARGE where this and what was allocated before is out of proportion to the
 *   file, or as fovea_tensor_new()
 *
 * Returns: (transfer full): a tensor for what cannot share the file's memory, or %NULL
 */
FoveaTensor *
fovea_pytorch_container_allocate (FoveaPytorchContainer *self,
                                  guint n_dimensions,
                                  const gint64 *shape,
                                  GError **error)
{
  gsize n_elements;

  if (!fovea_tensor_count_elements (n_dimensions, shape, &n_elements, error))
    return NULL;
  if (n_elements * sizeof (float) > self->copied_left)
    {
      g_autofree char *description = fovea_tensor_describe_shape (n_dimensions, shape);
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_TOO_LARGE, "has the shape %s, far larger than the file", description);
      return NULL;
    }
  self->copied_left -= n_elements * sizeof (float);
  return fovea_tensor_new (n_dimensions, shape, error);
}
