/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/store-scan.h"

#include "engine/store-private.h"

/* Of what the database may hold, scans take at most three quarters: a scan must not drive all
 * visualizations out. */
#define SHARE_NUMERATOR 3
#define SHARE_DENOMINATOR 4

static const char put_text[] = "INSERT INTO scans (network, images, layer, options, put, state) "
                               "VALUES (?1, ?2, ?3, ?4, (SELECT coalesce (max (put), 0) + 1 FROM scans), ?5) "
                               "ON CONFLICT (network, images, layer, options) DO UPDATE SET put = excluded.put, state = excluded.state "
                               "RETURNING id";
static const char get_text[] = "SELECT id, state FROM scans WHERE network = ?1 AND images = ?2 AND layer = ?3 AND options = ?4";
static const char cut_rows_text[] = "DELETE FROM scan_rows WHERE scan = ?1 AND first_row >= ?2";
static const char put_rows_text[] = "INSERT INTO scan_rows (scan, first_row, rows) VALUES (?1, ?2, ?3)";
static const char get_rows_text[] = "SELECT first_row, rows FROM scan_rows WHERE scan = ?1 ORDER BY first_row";
static const char size_text[] = "SELECT (SELECT coalesce (sum (length (state)), 0) FROM scans) "
                                "+ (SELECT coalesce (sum (length (rows)), 0) FROM scan_rows)";
static const char oldest_text[] = "SELECT id FROM scans ORDER BY put LIMIT 1";
static const char drop_text[] = "DELETE FROM scans WHERE id = ?1";
static const char drop_rows_text[] = "DELETE FROM scan_rows WHERE scan = ?1";

static void
bind_key (sqlite3_stmt *statement,
          const FoveaStoredScan *scan)
{
  sqlite3_bind_text (statement, 1, scan->network, -1, SQLITE_STATIC);
  sqlite3_bind_text (statement, 2, scan->images, -1, SQLITE_STATIC);
  sqlite3_bind_text (statement, 3, scan->layer, -1, SQLITE_STATIC);
  sqlite3_bind_text (statement, 4, scan->options, -1, SQLITE_STATIC);
}

/* Runs a statement that changes something, with one or two integers. */
static gboolean
change (FoveaStore *self,
        const char *text,
        gint64 first,
        gint64 second)
{
  sqlite3_stmt *statement = fovea_store_prepare (self, text);
  int result;

  if (statement == NULL)
    return FALSE;
  sqlite3_bind_int64 (statement, 1, first);
  if (sqlite3_bind_parameter_count (statement) > 1)
    sqlite3_bind_int64 (statement, 2, second);
  result = sqlite3_step (statement);
  fovea_store_finish (statement);
  return result == SQLITE_DONE;
}

/* The integer that a statement without parameters gives; -1 where it gives none. */
static gint64
query (FoveaStore *self,
       const char *text)
{
  sqlite3_stmt *statement = fovea_store_prepare (self, text);
  gint64 value = -1;

  if (statement == NULL)
    return -1;
  if (sqlite3_step (statement) == SQLITE_ROW)
    value = sqlite3_column_int64 (statement, 0);
  fovea_store_finish (statement);
  return value;
}

static gboolean
put_rows (FoveaStore *self,
          gint64 id,
          const FoveaStoredScan *scan)
{
  sqlite3_stmt *statement;
  int result;

  /* Two processes that scan the same write the same rows, in pieces of their own. */
  if (!change (self, cut_rows_text, id, (gint64) scan->first_row))
    return FALSE;
  if (scan->n_rows == 0)
    return TRUE;
  statement = fovea_store_prepare (self, put_rows_text);
  if (statement == NULL)
    return FALSE;
  sqlite3_bind_int64 (statement, 1, id);
  sqlite3_bind_int64 (statement, 2, (gint64) scan->first_row);
  sqlite3_bind_blob64 (statement, 3, scan->rows, scan->n_rows * scan->row_size, SQLITE_STATIC);
  result = sqlite3_step (statement);
  fovea_store_finish (statement);
  return result == SQLITE_DONE;
}

static gboolean
put_scan (FoveaStore *self,
          const FoveaStoredScan *scan)
{
  sqlite3_stmt *statement = fovea_store_prepare (self, put_text);
  gsize size;
  gconstpointer data = g_bytes_get_data (scan->state, &size);
  gint64 id = -1;

  if (statement == NULL)
    return FALSE;
  bind_key (statement, scan);
  sqlite3_bind_blob64 (statement, 5, data, size, SQLITE_STATIC);
  if (sqlite3_step (statement) == SQLITE_ROW)
    id = sqlite3_column_int64 (statement, 0);
  fovea_store_finish (statement);
  return id >= 0 && put_rows (self, id, scan);
}

/* Makes room for what was just put, which is the newest and goes last. */
static gboolean
drop_beyond_share (FoveaStore *self)
{
  while (query (self, size_text) > (gint64) (self->max_size / SHARE_DENOMINATOR * SHARE_NUMERATOR))
    if (!fovea_store_drop_oldest_scan (self))
      return FALSE;
  return fovea_store_drop_oldest (self);
}

/**
 * fovea_store_drop_oldest_scan:
 *
 * Removes the scan that was put least recently. With the store's mutex held.
 *
 * Returns: whether there was one and it is gone
 */
gboolean
fovea_store_drop_oldest_scan (FoveaStore *store)
{
  gint64 id = query (store, oldest_text);

  return id >= 0 && change (store, drop_rows_text, id, 0) && change (store, drop_text, id, 0);
}

/**
 * fovea_store_put_scans:
 * @store: the store
 * @n_scans: how many
 * @scans: (array length=n_scans): what replaces their states, and the rows to be added
 * @error: %FOVEA_ERROR_IO
 *
 * Puts all of them or, where that fails or the program is killed meanwhile, none. Where scans take more
 * than three quarters of what the store may hold, those that were put least recently go. Any thread.
 *
 * Returns: whether they were stored
 */
gboolean
fovea_store_put_scans (FoveaStore *store,
                       guint n_scans,
                       const FoveaStoredScan *scans,
                       GError **error)
{
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&store->mutex);
  gboolean success;

  /* Opens a database that was closed for being damaged. */
  success = fovea_store_prepare (store, size_text) != NULL && fovea_store_execute (store, "BEGIN IMMEDIATE");
  for (guint i = 0; i < n_scans && success; i++)
    success = put_scan (store, &scans[i]);
  success = success && drop_beyond_share (store) && fovea_store_execute (store, "COMMIT");
  if (success)
    return TRUE;

  fovea_store_fail (store, error);
  if (store->database != NULL && !sqlite3_get_autocommit (store->database))
    fovea_store_execute (store, "ROLLBACK");
  return FALSE;
}

/* All rows one after the other; NULL where one is missing in between. */
static GBytes *
read_rows (FoveaStore *self,
           gint64 id,
           gsize row_size)
{
  sqlite3_stmt *statement = fovea_store_prepare (self, get_rows_text);
  g_autoptr (GByteArray) rows = g_byte_array_new ();
  gboolean complete = statement != NULL;

  if (statement != NULL)
    sqlite3_bind_int64 (statement, 1, id);
  while (complete && sqlite3_step (statement) == SQLITE_ROW)
    {
      guint64 offset = (guint64) sqlite3_column_int64 (statement, 0) * row_size;

      complete = offset <= rows->len && offset + (guint64) sqlite3_column_bytes (statement, 1) <= G_MAXINT32;
      if (!complete)
        break;
      g_byte_array_set_size (rows, (guint) offset);
      g_byte_array_append (rows, sqlite3_column_blob (statement, 1), (guint) sqlite3_column_bytes (statement, 1));
    }
  if (statement != NULL)
    fovea_store_finish (statement);
  return complete ? g_byte_array_free_to_bytes (g_steal_pointer (&rows)) : NULL;
}

/**
 * fovea_store_get_scan:
 * @store: the store
 * @key: which scan: its network, images, layer, options; and the size of its rows
 * @rows: (out) (optional): its rows, all that were put
 * @error: %FOVEA_ERROR_NOT_FOUND where there is none, %FOVEA_ERROR_IO
 *
 * Any thread.
 *
 * Returns: (transfer full): the state that was put last, or %NULL
 */
GBytes *
fovea_store_get_scan (FoveaStore *store,
                      const FoveaStoredScan *key,
                      GBytes **rows,
                      GError **error)
{
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&store->mutex);
  sqlite3_stmt *statement = fovea_store_prepare (store, get_text);
  g_autoptr (GBytes) state = NULL;
  g_autoptr (GBytes) all_rows = NULL;
  gint64 id = -1;
  int result = SQLITE_ERROR;

  if (statement != NULL)
    {
      bind_key (statement, key);
      result = sqlite3_step (statement);
      if (result == SQLITE_ROW)
        {
          id = sqlite3_column_int64 (statement, 0);
          state = g_bytes_new (sqlite3_column_blob (statement, 1), (gsize) sqlite3_column_bytes (statement, 1));
        }
      fovea_store_finish (statement);
    }
  if (result != SQLITE_ROW && result != SQLITE_DONE)
    {
      fovea_store_fail (store, error);
      return NULL;
    }
  if (state != NULL && rows != NULL)
    all_rows = read_rows (store, id, key->row_size);
  if (state == NULL || (rows != NULL && all_rows == NULL))
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND, "no scan of layer %s is stored", key->layer);
      return NULL;
    }
  if (rows != NULL)
    *rows = g_steal_pointer (&all_rows);
  return g_steal_pointer (&state);
}

/**
 * fovea_store_get_max_scan_size:
 *
 * Any thread.
 *
 * Returns: how many bytes all scans together may take
 */
guint64
fovea_store_get_max_scan_size (FoveaStore *store)
{
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&store->mutex);

  return store->max_size / SHARE_DENOMINATOR * SHARE_NUMERATOR;
}
