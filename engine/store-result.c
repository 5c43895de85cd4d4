/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/store-result.h"

#include "engine/store-private.h"

static const char put_text[] = "INSERT OR REPLACE INTO results (analysis, network, layer, images, options, data) "
                               "VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
static const char get_text[] = "SELECT data FROM results "
                               "WHERE analysis = ?1 AND network = ?2 AND layer = ?3 AND images = ?4 AND options = ?5";
static const char drop_text[] = "DELETE FROM results WHERE id = (SELECT min (id) FROM results)";

static void
bind_key (sqlite3_stmt *statement,
          const FoveaResultKey *key)
{
  sqlite3_bind_text (statement, 1, key->analysis, -1, SQLITE_STATIC);
  sqlite3_bind_text (statement, 2, key->network, -1, SQLITE_STATIC);
  sqlite3_bind_text (statement, 3, key->layer, -1, SQLITE_STATIC);
  sqlite3_bind_text (statement, 4, key->images, -1, SQLITE_STATIC);
  sqlite3_bind_text (statement, 5, key->options, -1, SQLITE_STATIC);
}

/**
 * fovea_store_put_result:
 * @store: the store
 * @key: what it is the result of; one that was put under the same key goes
 * @data: the result
 * @error: %FOVEA_ERROR_IO
 *
 * Puts the whole or, where that fails or the program is killed meanwhile, nothing. Any thread.
 *
 * Returns: whether it was stored
 */
gboolean
fovea_store_put_result (FoveaStore *store,
                        const FoveaResultKey *key,
                        GBytes *data,
                        GError **error)
{
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&store->mutex);
  sqlite3_stmt *statement = fovea_store_prepare (store, put_text);
  int result = SQLITE_ERROR;
  gsize size;
  gconstpointer bytes = g_bytes_get_data (data, &size);

  if (statement != NULL)
    {
      bind_key (statement, key);
      sqlite3_bind_blob64 (statement, 6, size > 0 ? bytes : "", size, SQLITE_STATIC);
      result = sqlite3_step (statement);
      fovea_store_finish (statement);
    }
  if (result == SQLITE_DONE && fovea_store_drop_oldest (store))
    return TRUE;
  fovea_store_fail (store, error);
  return FALSE;
}

/**
 * fovea_store_get_result:
 * @store: the store
 * @key: what it is the result of
 * @error: %FOVEA_ERROR_NOT_FOUND where there is none, %FOVEA_ERROR_IO
 *
 * Any thread.
 *
 * Returns: (transfer full): the result, or %NULL
 */
GBytes *
fovea_store_get_result (FoveaStore *store,
                        const FoveaResultKey *key,
                        GError **error)
{
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&store->mutex);
  sqlite3_stmt *statement = fovea_store_prepare (store, get_text);
  GBytes *data = NULL;
  int result = SQLITE_ERROR;

  if (statement != NULL)
    {
      bind_key (statement, key);
      result = sqlite3_step (statement);
      if (result == SQLITE_ROW)
        data = g_bytes_new (sqlite3_column_blob (statement, 0), (gsize) sqlite3_column_bytes (statement, 0));
      fovea_store_finish (statement);
    }
  if (result == SQLITE_DONE)
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND, "no result of %s is stored for %s", key->analysis, key->layer);
  else if (result != SQLITE_ROW)
    fovea_store_fail (store, error);
  return data;
}

/**
 * fovea_store_drop_oldest_result:
 *
 * Removes the result that was put first. With the store's mutex held.
 *
 * Returns: whether there was one and it is gone
 */
gboolean
fovea_store_drop_oldest_result (FoveaStore *store)
{
  sqlite3_stmt *statement = fovea_store_prepare (store, drop_text);
  int result;

  if (statement == NULL)
    return FALSE;
  result = sqlite3_step (statement);
  fovea_store_finish (statement);
  return result == SQLITE_DONE && sqlite3_changes (store->database) > 0;
}
