/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/store.h"

#include <errno.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>

#include <glib/gstdio.h>

#include "engine/store-private.h"
#include "engine/store-result.h"
#include "engine/store-scan.h"

/* Marks the database as ours: "FVEA". */
#define APPLICATION_ID 0x46564541

/* The database may hold this much; then the entries that were put in first go. */
#define MAX_SIZE (G_GUINT64_CONSTANT (1) << 30)

/* Pages in the write-ahead log, 16 MB, before they are carried over into the database: a scan changes the same ones
 * every few seconds. */
#define LOG_PAGES 4000

/* How many entries go at a time. */
#define ENTRIES_TO_DROP 64

/* How long to wait for another process that is writing. */
#define BUSY_TIMEOUT_MS 5000

/* Step i brings a database of version i to version i + 1, so that tables can be added and what is in
 * the others stays. Visualizations' identifiers count up, so they tell the age. The recipe's text is
 * there for people; its hash keeps the index small. */
static const char *const schema_steps[] = {
  "CREATE TABLE visualizations ("
  "  id INTEGER PRIMARY KEY,"
  "  network TEXT NOT NULL,"
  "  neuron TEXT NOT NULL,"
  "  recipe_hash TEXT NOT NULL,"
  "  recipe TEXT NOT NULL,"
  "  width INTEGER NOT NULL,"
  "  height INTEGER NOT NULL,"
  "  activation REAL,"
  "  dead INTEGER NOT NULL,"
  "  pixels BLOB NOT NULL,"
  "  UNIQUE (network, neuron, recipe_hash));",
  FOVEA_STORE_SCAN_SCHEMA,
  FOVEA_STORE_RESULT_SCHEMA,
};

#define SCHEMA_VERSION ((gint64) G_N_ELEMENTS (schema_steps))

static const char put_text[] = "INSERT OR REPLACE INTO visualizations "
                               "(network, neuron, recipe_hash, recipe, width, height, activation, dead, pixels) "
                               "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
static const char get_text[] = "SELECT width, height, activation, dead, pixels FROM visualizations "
                               "WHERE network = ?1 AND neuron = ?2 AND recipe_hash = ?3";
static const char size_text[] = "SELECT (page_count - freelist_count) * page_size "
                                "FROM pragma_page_count (), pragma_freelist_count (), pragma_page_size ()";
static const char drop_oldest_text[] = "DELETE FROM visualizations WHERE id IN "
                                       "(SELECT id FROM visualizations ORDER BY id LIMIT ?1)";

static void
set_error (FoveaStore *self,
           GError **error)
{
  g_autofree char *name = g_filename_display_name (self->path);

  g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_IO, "%s: %s", name,
               self->database != NULL ? sqlite3_errmsg (self->database) : "the database cannot be opened");
}

static void
finalize_statement (gpointer statement)
{
  sqlite3_finalize (statement);
}

static void
close_database (FoveaStore *self)
{
  g_hash_table_remove_all (self->statements);
  g_clear_pointer (&self->database, sqlite3_close);
}

/* An integer that a pragma reports, -1 on failure. */
static gint64
query_integer (FoveaStore *self,
               const char *query)
{
  sqlite3_stmt *statement = NULL;
  gint64 value = -1;

  if (sqlite3_prepare_v2 (self->database, query, -1, &statement, NULL) == SQLITE_OK
      && sqlite3_step (statement) == SQLITE_ROW)
    value = sqlite3_column_int64 (statement, 0);
  sqlite3_finalize (statement);
  return value;
}

/* Returns: whether all commands succeeded. */
gboolean
fovea_store_execute (FoveaStore *self,
                     const char *commands)
{
  return sqlite3_exec (self->database, commands, NULL, NULL, NULL) == SQLITE_OK;
}

static gboolean
is_corrupt (FoveaStore *self)
{
  int code = sqlite3_errcode (self->database) & 0xff;

  return code == SQLITE_CORRUPT || code == SQLITE_NOTADB;
}

typedef enum {
  DATABASE_OURS,
  DATABASE_FOREIGN,  /* not a database, damaged, or somebody else's */
  DATABASE_UNUSABLE, /* cannot be opened or written: the error says why */
} DatabaseState;

/* Empties the database however it looks inside, without reading what is in it, and without harm to
 * other processes that use it. */
static gboolean
reset (FoveaStore *self)
{
  gboolean success;

  sqlite3_db_config (self->database, SQLITE_DBCONFIG_RESET_DATABASE, 1, NULL);
  success = fovea_store_execute (self, "VACUUM");
  sqlite3_db_config (self->database, SQLITE_DBCONFIG_RESET_DATABASE, 0, NULL);
  return success;
}

/* Creates the tables that an older version lacks, all of them where there are none. Ends the
 * transaction that the caller began. */
static gboolean
upgrade (FoveaStore *self,
         gint64 version)
{
  g_autofree char *marks = g_strdup_printf ("PRAGMA application_id = %d; PRAGMA user_version = %d; COMMIT",
                                            APPLICATION_ID, (int) SCHEMA_VERSION);

  for (gint64 step = version; step < SCHEMA_VERSION; step++)
    if (!fovea_store_execute (self, schema_steps[step]))
      return FALSE;
  return fovea_store_execute (self, marks);
}

/* Creates the tables, after removing what a newer version left. One transaction, so that of several
 * processes that start at once one creates them and the others find them. */
static DatabaseState
prepare_schema (FoveaStore *self)
{
  for (guint attempt = 0; attempt < 2; attempt++)
    {
      gint64 application_id, version;
      gboolean is_new;

      if (!fovea_store_execute (self, "BEGIN IMMEDIATE"))
        break;
      application_id = query_integer (self, "PRAGMA application_id");
      version = query_integer (self, "PRAGMA user_version");
      is_new = application_id == 0 && version == 0 && query_integer (self, "SELECT count (*) FROM sqlite_schema") == 0;
      if (is_new || (application_id == APPLICATION_ID && version >= 1 && version < SCHEMA_VERSION))
        {
          if (!upgrade (self, version))
            break;
          return DATABASE_OURS;
        }
      if (!fovea_store_execute (self, "ROLLBACK"))
        break;
      if (application_id != APPLICATION_ID)
        return DATABASE_FOREIGN;
      if (version == SCHEMA_VERSION)
        return DATABASE_OURS;
      if (!reset (self))
        break;
    }
  return is_corrupt (self) ? DATABASE_FOREIGN : DATABASE_UNUSABLE;
}

static DatabaseState
try_open (FoveaStore *self,
          GError **error)
{
  DatabaseState state = DATABASE_UNUSABLE;

  if (sqlite3_open_v2 (self->path, &self->database, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL) == SQLITE_OK)
    {
      sqlite3_busy_timeout (self->database, BUSY_TIMEOUT_MS);
      sqlite3_wal_autocheckpoint (self->database, LOG_PAGES);
      state = prepare_schema (self);
    }
  /* With a write-ahead log, NORMAL loses nothing when the program is killed; when the power fails,
   * perhaps the last entries, never the database. */
  if (state == DATABASE_OURS && !fovea_store_execute (self, "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL"))
    state = is_corrupt (self) ? DATABASE_FOREIGN : DATABASE_UNUSABLE;
  if (state != DATABASE_OURS)
    set_error (self, error);
  return state;
}

/* Makes room for a new database. What was there is kept beside it, under a name that ends in
 * .replaced: it may be something of the user's. */
static gboolean
move_aside (FoveaStore *self,
            GError **error)
{
  static const char *const companions[] = { "-wal", "-shm", "-journal" };
  g_autofree char *kept = g_strconcat (self->path, ".replaced", NULL);

  if (g_rename (self->path, kept) != 0 && errno != ENOENT)
    {
      int reason = errno;
      g_autofree char *name = g_filename_display_name (self->path);
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_IO, "%s: cannot be replaced: %s", name, g_strerror (reason));
      return FALSE;
    }
  for (guint i = 0; i < G_N_ELEMENTS (companions); i++)
    {
      g_autofree char *companion = g_strconcat (self->path, companions[i], NULL);
      g_unlink (companion);
    }
  return TRUE;
}

static gboolean
open_database (FoveaStore *self,
               GError **error)
{
  g_autoptr (GError) first_error = NULL;
  DatabaseState state = try_open (self, &first_error);

  if (state == DATABASE_FOREIGN)
    {
      close_database (self);
      if (!move_aside (self, error))
        return FALSE;
      g_clear_error (&first_error);
      state = try_open (self, &first_error);
    }
  if (state == DATABASE_OURS)
    return TRUE;
  close_database (self);
  g_propagate_error (error, g_steal_pointer (&first_error));
  return FALSE;
}

/* After a failure: a damaged database is replaced by an empty one, so that what comes next succeeds. */
static void
recover (FoveaStore *self)
{
  if (!is_corrupt (self))
    return;
  close_database (self);
  if (move_aside (self, NULL))
    open_database (self, NULL);
}

/* Returns a statement ready to be bound, or NULL. @text has to be the same constant each time. */
sqlite3_stmt *
fovea_store_prepare (FoveaStore *self,
                     const char *text)
{
  sqlite3_stmt *statement;

  if (self->database == NULL && !open_database (self, NULL))
    return NULL;
  statement = g_hash_table_lookup (self->statements, text);
  if (statement != NULL)
    return statement;
  if (sqlite3_prepare_v3 (self->database, text, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL) != SQLITE_OK)
    return NULL;
  g_hash_table_insert (self->statements, (gpointer) text, statement);
  return statement;
}

/* Ends a statement, so that it holds neither locks nor the caller's memory. */
void
fovea_store_finish (sqlite3_stmt *statement)
{
  sqlite3_reset (statement);
  sqlite3_clear_bindings (statement);
}

/* Reports what SQLite reports, and replaces the database where it is damaged. */
void
fovea_store_fail (FoveaStore *self,
                  GError **error)
{
  set_error (self, error);
  recover (self);
}

static guint64
get_size (FoveaStore *self)
{
  sqlite3_stmt *statement = fovea_store_prepare (self, size_text);
  guint64 size = 0;

  if (statement == NULL)
    return 0;
  if (sqlite3_step (statement) == SQLITE_ROW)
    size = sqlite3_column_int64 (statement, 0);
  fovea_store_finish (statement);
  return size;
}

/* Drops visualizations until the rest fits, those that were put in first before the others; where they
 * are not enough, then scans, and at last results, which are small. */
gboolean
fovea_store_drop_oldest (FoveaStore *self)
{
  while (get_size (self) > self->max_size)
    {
      sqlite3_stmt *statement = fovea_store_prepare (self, drop_oldest_text);
      int result;

      if (statement == NULL)
        return FALSE;
      sqlite3_bind_int (statement, 1, ENTRIES_TO_DROP);
      result = sqlite3_step (statement);
      fovea_store_finish (statement);
      if (result != SQLITE_DONE)
        return FALSE;
      if (sqlite3_changes (self->database) == 0 && !fovea_store_drop_oldest_scan (self) && !fovea_store_drop_oldest_result (self))
        break;
    }
  return TRUE;
}

/**
 * fovea_store_open:
 * @path: (nullable): the database file; %NULL for `$XDG_CACHE_HOME/fovea/store.sqlite`. Created where
 *   there is none, with its folders
 * @error: %FOVEA_ERROR_IO when it can be neither used nor replaced
 *
 * A file that is no database of Fovea's is kept, with `.replaced` behind its name.
 *
 * Returns: (transfer full): the store, or %NULL
 */
FoveaStore *
fovea_store_open (const char *path,
                  GError **error)
{
  FoveaStore *self = g_new0 (FoveaStore, 1);
  g_autofree char *folder = NULL;

  g_atomic_ref_count_init (&self->references);
  g_mutex_init (&self->mutex);
  self->statements = g_hash_table_new_full (NULL, NULL, NULL, finalize_statement);
  self->max_size = MAX_SIZE;
  self->path = path != NULL ? g_strdup (path) : g_build_filename (g_get_user_cache_dir (), "fovea", "store.sqlite", NULL);

  folder = g_path_get_dirname (self->path);
  g_mkdir_with_parents (folder, 0700);
  if (!open_database (self, error))
    {
      fovea_store_unref (self);
      return NULL;
    }
  return self;
}

/**
 * fovea_store_ref:
 *
 * Returns: (transfer full): @store, which any thread may now use as long as it holds its reference
 */
FoveaStore *
fovea_store_ref (FoveaStore *store)
{
  g_atomic_ref_count_inc (&store->references);
  return store;
}

/**
 * fovea_store_unref:
 *
 * Gives a reference back; the last one closes the database. Any thread.
 */
void
fovea_store_unref (FoveaStore *store)
{
  if (!g_atomic_ref_count_dec (&store->references))
    return;
  close_database (store);
  g_hash_table_unref (store->statements);
  g_mutex_clear (&store->mutex);
  g_free (store->path);
  g_free (store);
}

/**
 * fovea_store_set_max_size:
 * @max_size: how many bytes the database may hold, 1 GiB unless told otherwise
 *
 * Where it holds more, entries go, those that were put in first before the others: now, and whenever
 * one is put in. Any thread.
 */
void
fovea_store_set_max_size (FoveaStore *store,
                          guint64 max_size)
{
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&store->mutex);

  store->max_size = max_size;
  fovea_store_drop_oldest (store);
}

/* Binds what tells one visualization from another. */
static void
bind_key (sqlite3_stmt *statement,
          const char *network,
          const char *neuron,
          const char *recipe)
{
  char *hash = g_compute_checksum_for_string (G_CHECKSUM_SHA256, recipe, -1);

  sqlite3_bind_text (statement, 1, network, -1, SQLITE_STATIC);
  sqlite3_bind_text (statement, 2, neuron, -1, SQLITE_STATIC);
  sqlite3_bind_text (statement, 3, hash, -1, g_free);
}

/**
 * fovea_store_put_visualization:
 * @store: the store
 * @network: the network's SHA-256
 * @neuron: which neuron, `LAYER:CHANNEL`…
 * @recipe: every option that shaped the image, as fovea_maximize_options_to_variant() prints it
 * @visualization: what was computed; replaces what was there
 * @error: %FOVEA_ERROR_IO
 *
 * Any thread. Waits up to five seconds for another process that is writing.
 *
 * Returns: whether it was stored
 */
gboolean
fovea_store_put_visualization (FoveaStore *store,
                               const char *network,
                               const char *neuron,
                               const char *recipe,
                               const FoveaStoredVisualization *visualization,
                               GError **error)
{
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&store->mutex);
  const FoveaImage *image = visualization->image;
  sqlite3_stmt *statement = fovea_store_prepare (store, put_text);
  gboolean success = FALSE;

  if (statement != NULL)
    {
      bind_key (statement, network, neuron, recipe);
      sqlite3_bind_text (statement, 4, recipe, -1, SQLITE_STATIC);
      sqlite3_bind_int64 (statement, 5, image->width);
      sqlite3_bind_int64 (statement, 6, image->height);
      sqlite3_bind_double (statement, 7, visualization->activation);
      sqlite3_bind_int (statement, 8, visualization->dead);
      sqlite3_bind_blob64 (statement, 9, image->pixels, (guint64) image->width * image->height * 3, SQLITE_STATIC);
      success = sqlite3_step (statement) == SQLITE_DONE;
      fovea_store_finish (statement);
    }
  success = success && fovea_store_drop_oldest (store);

  if (!success)
    {
      fovea_store_fail (store, error);
    }
  return success;
}

static FoveaStoredVisualization *
read_visualization (sqlite3_stmt *row)
{
  gint64 width = sqlite3_column_int64 (row, 0), height = sqlite3_column_int64 (row, 1);
  const void *pixels = sqlite3_column_blob (row, 4);
  g_autoptr (FoveaImage) image = NULL;
  FoveaStoredVisualization *visualization;

  if (width < 1 || width > G_MAXUINT || height < 1 || height > G_MAXUINT)
    return NULL;
  image = fovea_image_new (width, height, NULL);
  if (image == NULL || pixels == NULL || (guint64) sqlite3_column_bytes (row, 4) != (guint64) width * height * 3)
    return NULL;
  memcpy (image->pixels, pixels, (gsize) width * height * 3);

  visualization = g_new (FoveaStoredVisualization, 1);
  visualization->image = g_steal_pointer (&image);
  /* SQLite stores not-a-number as NULL. */
  visualization->activation = sqlite3_column_type (row, 2) == SQLITE_NULL ? NAN : sqlite3_column_double (row, 2);
  visualization->dead = sqlite3_column_int (row, 3) != 0;
  return visualization;
}

/**
 * fovea_store_get_visualization:
 * @store: the store
 * @network: the network's SHA-256
 * @neuron: which neuron, `LAYER:CHANNEL`…
 * @recipe: every option that shaped the image
 * @error: %FOVEA_ERROR_NOT_FOUND where there is none, %FOVEA_ERROR_IO
 *
 * Any thread.
 *
 * Returns: (transfer full): what was put under these names, or %NULL
 */
FoveaStoredVisualization *
fovea_store_get_visualization (FoveaStore *store,
                               const char *network,
                               const char *neuron,
                               const char *recipe,
                               GError **error)
{
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&store->mutex);
  sqlite3_stmt *statement = fovea_store_prepare (store, get_text);
  FoveaStoredVisualization *visualization = NULL;
  int result = SQLITE_ERROR;

  if (statement != NULL)
    {
      bind_key (statement, network, neuron, recipe);
      result = sqlite3_step (statement);
      if (result == SQLITE_ROW)
        visualization = read_visualization (statement);
    }
  if (result != SQLITE_ROW && result != SQLITE_DONE)
    {
      set_error (store, error);
      if (statement != NULL)
        fovea_store_finish (statement);
      recover (store);
      return NULL;
    }
  fovea_store_finish (statement);

  if (visualization == NULL)
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND, "no visualization of %s is stored", neuron);
  return visualization;
}

/**
 * fovea_store_get_size:
 *
 * Any thread.
 *
 * Returns: bytes of the database that are in use; a few KiB for an empty one
 */
guint64
fovea_store_get_size (FoveaStore *store)
{
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&store->mutex);

  return get_size (store);
}

/**
 * fovea_store_clear:
 * @error: %FOVEA_ERROR_IO
 *
 * Removes everything, and gives the space back to the file system. Any thread.
 *
 * Returns: whether it succeeded
 */
gboolean
fovea_store_clear (FoveaStore *store,
                   GError **error)
{
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&store->mutex);

  if (store->database == NULL && !open_database (store, error))
    return FALSE;
  g_hash_table_remove_all (store->statements);
  if (reset (store) && prepare_schema (store) == DATABASE_OURS && fovea_store_execute (store, "PRAGMA wal_checkpoint (TRUNCATE)"))
    return TRUE;
  fovea_store_fail (store, error);
  /* Ends a transaction that failed half-way. */
  close_database (store);
  return FALSE;
}

/**
 * fovea_stored_visualization_free:
 * @visualization: (nullable): what fovea_store_get_visualization() returned
 */
void
fovea_stored_visualization_free (FoveaStoredVisualization *visualization)
{
  if (visualization == NULL)
    return;
  fovea_image_free (visualization->image);
  g_free (visualization);
}
