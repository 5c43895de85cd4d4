/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/formats/state-dict.h"

typedef struct {
  char *name;
  FoveaTensor *tensor;
} Entry;

struct _FoveaStateDict {
  GArray *entries;      /* Entry, in the file's order */
  GHashTable *indices;  /* name (owned by the entry) → index in entries */
  GHashTable *metadata; /* string → string */
};

static void
clear_entry (gpointer data)
{
  Entry *entry = data;

  g_free (entry->name);
  fovea_tensor_unref (entry->tensor);
}

/**
 * fovea_state_dict_new:
 *
 * Returns: (transfer full): an empty dictionary
 */
FoveaStateDict *
fovea_state_dict_new (void)
{
  FoveaStateDict *self = g_new0 (FoveaStateDict, 1);

  self->entries = g_array_new (FALSE, FALSE, sizeof (Entry));
  g_array_set_clear_func (self->entries, clear_entry);
  self->indices = g_hash_table_new (g_str_hash, g_str_equal);
  self->metadata = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return self;
}

/**
 * fovea_state_dict_free:
 *
 * Frees the dictionary and its references to the tensors.
 */
void
fovea_state_dict_free (FoveaStateDict *self)
{
  g_hash_table_unref (self->indices);
  g_hash_table_unref (self->metadata);
  g_array_unref (self->entries);
  g_free (self);
}

/**
 * fovea_state_dict_insert:
 * @name: the tensor's name
 * @tensor: the tensor, of which a reference is taken
 *
 * Appends a tensor, or replaces the one of the same name in its place.
 */
void
fovea_state_dict_insert (FoveaStateDict *self,
                         const char *name,
                         FoveaTensor *tensor)
{
  gpointer index;

  if (g_hash_table_lookup_extended (self->indices, name, NULL, &index))
    {
      Entry *entry = &g_array_index (self->entries, Entry, GPOINTER_TO_UINT (index));
      FoveaTensor *old = entry->tensor;

      entry->tensor = fovea_tensor_ref (tensor);
      fovea_tensor_unref (old);
    }
  else
    {
      Entry entry = { g_strdup (name), fovea_tensor_ref (tensor) };

      g_hash_table_insert (self->indices, entry.name, GUINT_TO_POINTER (self->entries->len));
      g_array_append_val (self->entries, entry);
    }
}

/**
 * fovea_state_dict_lookup:
 *
 * Returns: (transfer none) (nullable): the tensor of this name
 */
FoveaTensor *
fovea_state_dict_lookup (const FoveaStateDict *self,
                         const char *name)
{
  gpointer index;

  if (!g_hash_table_lookup_extended (self->indices, name, NULL, &index))
    return NULL;
  return g_array_index (self->entries, Entry, GPOINTER_TO_UINT (index)).tensor;
}

/**
 * fovea_state_dict_get_size:
 *
 * Returns: number of tensors
 */
guint
fovea_state_dict_get_size (const FoveaStateDict *self)
{
  return self->entries->len;
}

/**
 * fovea_state_dict_get_name:
 * @index: below fovea_state_dict_get_size()
 *
 * Returns: (transfer none): the name of the tensor at @index in the file's order
 */
const char *
fovea_state_dict_get_name (const FoveaStateDict *self,
                           guint index)
{
  g_return_val_if_fail (index < self->entries->len, NULL);
  return g_array_index (self->entries, Entry, index).name;
}

/**
 * fovea_state_dict_get_tensor:
 * @index: below fovea_state_dict_get_size()
 *
 * Returns: (transfer none): the tensor at @index in the file's order
 */
FoveaTensor *
fovea_state_dict_get_tensor (const FoveaStateDict *self,
                             guint index)
{
  g_return_val_if_fail (index < self->entries->len, NULL);
  return g_array_index (self->entries, Entry, index).tensor;
}

/**
 * fovea_state_dict_set_metadata:
 *
 * Sets one of the file's string metadata.
 */
void
fovea_state_dict_set_metadata (FoveaStateDict *self,
                               const char *key,
                               const char *value)
{
  g_hash_table_replace (self->metadata, g_strdup (key), g_strdup (value));
}

/**
 * fovea_state_dict_get_metadata:
 *
 * Returns: (transfer none) (nullable): the value, or %NULL where there is none
 */
const char *
fovea_state_dict_get_metadata (const FoveaStateDict *self,
                               const char *key)
{
  return g_hash_table_lookup (self->metadata, key);
}

/**
 * fovea_state_dict_get_all_metadata:
 *
 * Returns: (transfer none) (element-type utf8 utf8): keys and values
 */
GHashTable *
fovea_state_dict_get_all_metadata (const FoveaStateDict *self)
{
  return self->metadata;
}
