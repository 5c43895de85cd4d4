/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/blocked/packed-weights.h"

#include <stdlib.h>

#include "engine/arena.h"

struct _FoveaPackedWeights {
  GMutex mutex;
  GHashTable *entries; /* key → floats; guarded by mutex, as is n_bytes */
  gsize n_bytes;
};

/**
 * fovea_packed_weights_new:
 *
 * Returns: (transfer full): an empty store
 */
FoveaPackedWeights *
fovea_packed_weights_new (void)
{
  FoveaPackedWeights *self = g_new0 (FoveaPackedWeights, 1);

  g_mutex_init (&self->mutex);
  self->entries = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, free);
  return self;
}

/**
 * fovea_packed_weights_free:
 *
 * Frees all packed weights.
 */
void
fovea_packed_weights_free (FoveaPackedWeights *self)
{
  g_hash_table_unref (self->entries);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

/**
 * fovea_packed_weights_get:
 * @key: says whose weights these are and how they are packed
 * @n_floats: their number
 * @pack: makes them; called at most once a key
 * @data: passed to @pack
 * @error: %FOVEA_ERROR_TOO_LARGE where there is no memory for them
 *
 * Returns: (transfer none): the weights, aligned to 64 bytes, as long as the store lives, or %NULL
 */
const float *
fovea_packed_weights_get (FoveaPackedWeights *self,
                          const char *key,
                          gsize n_floats,
                          FoveaPackFunc pack,
                          gpointer data,
                          GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  float *packed = g_hash_table_lookup (self->entries, key);

  if (packed != NULL)
    return packed;
  packed = fovea_arena_allocate (n_floats * sizeof (float), error);
  if (packed == NULL)
    return NULL;
  pack (packed, data);
  g_hash_table_insert (self->entries, g_strdup (key), packed);
  self->n_bytes += n_floats * sizeof (float);
  return packed;
}

/**
 * fovea_packed_weights_get_bytes:
 *
 * Returns: what all packed weights take. Any thread.
 */
gsize
fovea_packed_weights_get_bytes (FoveaPackedWeights *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  return self->n_bytes;
}
