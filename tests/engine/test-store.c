/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <glib/gstdio.h>
#include <sqlite3.h>

#include "engine/store.h"
#include "tests/scratch.h"

#define NETWORK "b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9"

static FoveaImage *
make_image (guint width,
            guint height,
            guint seed)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (seed);
  FoveaImage *image = fovea_image_new (width, height, NULL);

  for (guint i = 0; i < width * height * 3; i++)
    image->pixels[i] = g_rand_int_range (random, 0, 256);
  return image;
}

static gboolean
put (FoveaStore *store,
     const char *neuron,
     const char *recipe,
     guint seed,
     GError **error)
{
  g_autoptr (FoveaImage) image = make_image (20 + seed % 3, 10, seed);
  FoveaStoredVisualization visualization = { image, seed / 3.0, seed % 2 };

  return fovea_store_put_visualization (store, NETWORK, neuron, recipe, &visualization, error);
}

static void
assert_stored (FoveaStore *store,
               const char *neuron,
               const char *recipe,
               guint seed)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FoveaStoredVisualization) stored = fovea_store_get_visualization (store, NETWORK, neuron, recipe, &error);
  g_autoptr (FoveaImage) image = make_image (20 + seed % 3, 10, seed);

  g_assert_no_error (error);
  g_assert_cmpuint (stored->image->width, ==, image->width);
  g_assert_cmpuint (stored->image->height, ==, image->height);
  g_assert_cmpmem (stored->image->pixels, image->width * 30, image->pixels, image->width * 30);
  g_assert_cmpfloat (stored->activation, ==, seed / 3.0);
  g_assert_cmpint (stored->dead, ==, seed % 2);
}

static void
assert_missing (FoveaStore *store,
                const char *neuron,
                const char *recipe)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (fovea_store_get_visualization (store, NETWORK, neuron, recipe, &error));
  g_assert_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND);
}

static FoveaStore *
open_store (const char *path)
{
  g_autoptr (GError) error = NULL;
  FoveaStore *store = fovea_store_open (path, &error);

  g_assert_no_error (error);
  return store;
}

static void
test_put_and_get (void)
{
  g_autoptr (FoveaScratch) folder = fovea_scratch_new ();
  g_autofree char *path = fovea_scratch_path (folder, "new/folders/store.sqlite");
  g_autoptr (GError) error = NULL;
  g_autoptr (FoveaStore) store = open_store (path);
  g_autoptr (FoveaImage) image = make_image (1, 1, 0);
  g_autoptr (FoveaStoredVisualization) stored = NULL;
  FoveaStoredVisualization without_activation = { image, NAN, FALSE };

  assert_missing (store, "conv1:0", "steps=1");
  g_assert_true (put (store, "conv1:0", "steps=1", 1, &error));
  g_assert_true (put (store, "conv1:0", "steps=2", 2, &error));
  g_assert_true (put (store, "conv1:1", "steps=1", 3, &error));
  g_assert_no_error (error);
  assert_stored (store, "conv1:0", "steps=1", 1);
  assert_stored (store, "conv1:0", "steps=2", 2);
  assert_stored (store, "conv1:1", "steps=1", 3);
  assert_missing (store, "conv1:1", "steps=2");
  g_assert_null (fovea_store_get_visualization (store, "another network", "conv1:0", "steps=1", NULL));

  /* The same names again replace. */
  g_assert_true (put (store, "conv1:0", "steps=1", 4, &error));
  assert_stored (store, "conv1:0", "steps=1", 4);

  g_assert_true (fovea_store_put_visualization (store, NETWORK, "conv1:9", "", &without_activation, &error));
  stored = fovea_store_get_visualization (store, NETWORK, "conv1:9", "", &error);
  g_assert_no_error (error);
  g_assert_true (isnan (stored->activation));

  /* A second one on the same file, as another process has it, sees the same. */
  g_autoptr (FoveaStore) other = open_store (path);
  assert_stored (other, "conv1:1", "steps=1", 3);
  g_assert_true (put (other, "conv1:2", "steps=1", 5, &error));
  assert_stored (store, "conv1:2", "steps=1", 5);
  g_assert_true (fovea_store_clear (other, &error));
  g_assert_no_error (error);
  assert_missing (store, "conv1:2", "steps=1");
  g_assert_true (put (store, "conv1:2", "steps=1", 6, &error));
  g_assert_no_error (error);
  assert_stored (other, "conv1:2", "steps=1", 6);
}

static void
test_default_path (void)
{
  g_autofree char *path = g_build_filename (g_get_user_cache_dir (), "fovea", "store.sqlite", NULL);
  g_autoptr (FoveaStore) store = open_store (NULL);

  g_assert_true (g_file_test (path, G_FILE_TEST_IS_REGULAR));
}

static void
test_clear (void)
{
  g_autoptr (FoveaScratch) folder = fovea_scratch_new ();
  g_autofree char *path = fovea_scratch_path (folder, "store.sqlite");
  g_autoptr (GError) error = NULL;
  g_autoptr (FoveaStore) store = open_store (path);
  guint64 empty = fovea_store_get_size (store), full;
  GStatBuf status;

  for (guint i = 0; i < 300; i++)
    {
      g_autofree char *neuron = g_strdup_printf ("conv2:%u", i);
      g_assert_true (put (store, neuron, "", i, &error));
    }
  full = fovea_store_get_size (store);
  g_assert_cmpuint (full, >, empty + 300 * 20 * 10 * 3);
  g_assert_cmpuint (full, <, empty + 300 * 22 * 10 * 3 * 3);

  g_assert_true (fovea_store_clear (store, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (fovea_store_get_size (store), ==, empty);
  assert_missing (store, "conv2:0", "");
  /* The space is the file system's again. */
  g_assert_cmpint (g_stat (path, &status), ==, 0);
  g_assert_cmpuint (status.st_size, ==, empty);

  g_assert_true (put (store, "conv2:0", "", 7, &error));
  assert_stored (store, "conv2:0", "", 7);
}

static void
test_bound (void)
{
  g_autoptr (FoveaScratch) folder = fovea_scratch_new ();
  g_autofree char *path = fovea_scratch_path (folder, "store.sqlite");
  g_autoptr (GError) error = NULL;
  g_autoptr (FoveaStore) store = open_store (path);
  guint n_kept = 0;

  fovea_store_set_max_size (store, 200 * 1024);
  for (guint i = 0; i < 500; i++)
    {
      g_autofree char *neuron = g_strdup_printf ("conv2:%u", i);
      g_assert_true (put (store, neuron, "", i, &error));
      g_assert_cmpuint (fovea_store_get_size (store), <=, 200 * 1024);
      assert_stored (store, neuron, "", i);
    }
  assert_missing (store, "conv2:0", "");
  /* What is left are the newest, without a gap. */
  for (guint i = 500; i-- > 0; n_kept++)
    {
      g_autofree char *neuron = g_strdup_printf ("conv2:%u", i);
      g_autoptr (FoveaStoredVisualization) stored = fovea_store_get_visualization (store, NETWORK, neuron, "", NULL);
      if (stored == NULL)
        break;
    }
  g_assert_cmpuint (n_kept, >, 30);
  for (guint i = 0; i < 500 - n_kept; i++)
    {
      g_autofree char *neuron = g_strdup_printf ("conv2:%u", i);
      assert_missing (store, neuron, "");
    }

  fovea_store_set_max_size (store, 100 * 1024);
  g_assert_cmpuint (fovea_store_get_size (store), <=, 100 * 1024);
}

/* Everything that was put in is there after the process was killed without warning. */
static void
test_killed (void)
{
  g_autoptr (FoveaScratch) folder = fovea_scratch_new ();
  g_autofree char *path = fovea_scratch_path (folder, "store.sqlite");
  g_autoptr (FoveaStore) store = NULL;
  int ends[2], status;
  guint n_done = 0, i;
  pid_t child;

  g_assert_cmpint (pipe (ends), ==, 0);
  child = fork ();
  g_assert_cmpint (child, >=, 0);
  if (child == 0)
    {
      store = fovea_store_open (path, NULL);
      for (i = 0; store != NULL; i++)
        {
          g_autofree char *neuron = g_strdup_printf ("conv3:%u", i);
          if (!put (store, neuron, "", i, NULL) || write (ends[1], &i, sizeof i) != sizeof i)
            break;
        }
      _exit (1);
    }

  close (ends[1]);
  while (n_done < 50 && read (ends[0], &i, sizeof i) == sizeof i)
    n_done++;
  g_assert_cmpint (kill (child, SIGKILL), ==, 0);
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_true (WIFSIGNALED (status));
  while (read (ends[0], &i, sizeof i) == sizeof i)
    n_done++;
  close (ends[0]);
  g_assert_cmpuint (n_done, >=, 50);

  store = open_store (path);
  for (i = 0; i < n_done; i++)
    {
      g_autofree char *neuron = g_strdup_printf ("conv3:%u", i);
      assert_stored (store, neuron, "", i);
    }
}

typedef struct {
  FoveaStore *store;
  guint first;
} Writer;

static gpointer
write_and_read (gpointer data)
{
  const Writer *writer = data;

  for (guint i = writer->first; i < writer->first + 200; i++)
    {
      g_autofree char *neuron = g_strdup_printf ("conv4:%u", i);
      g_autoptr (GError) error = NULL;

      put (writer->store, neuron, "", i, &error);
      g_assert_no_error (error);
      assert_stored (writer->store, neuron, "", i);
      fovea_store_get_size (writer->store);
    }
  return NULL;
}

/* Two threads share a store, a third has the same file open on its own. */
static void
test_threads (void)
{
  g_autoptr (FoveaScratch) folder = fovea_scratch_new ();
  g_autofree char *path = fovea_scratch_path (folder, "store.sqlite");
  g_autoptr (FoveaStore) store = open_store (path), other = open_store (path);
  Writer writers[] = { { store, 0 }, { store, 1000 }, { other, 2000 } };
  GThread *threads[3];

  for (guint i = 0; i < 3; i++)
    threads[i] = g_thread_new ("writer", write_and_read, &writers[i]);
  for (guint i = 0; i < 3; i++)
    g_thread_join (threads[i]);
  for (guint i = 0; i < 3; i++)
    for (guint k = 0; k < 200; k += 50)
      {
        g_autofree char *neuron = g_strdup_printf ("conv4:%u", writers[i].first + k);
        assert_stored (store, neuron, "", writers[i].first + k);
      }
}

/* A file that is no database of ours is kept aside, and a new one begun. */
static void
test_foreign (void)
{
  g_autoptr (FoveaScratch) folder = fovea_scratch_new ();
  g_autofree char *path = fovea_scratch_path (folder, "store.sqlite"), *kept = fovea_scratch_path (folder, "store.sqlite.replaced");
  g_autofree char *garbage = g_strnfill (9000, 'x');
  g_autofree char *contents = NULL;
  g_autoptr (GError) error = NULL;
  sqlite3 *database = NULL;

  for (gsize size = 9; size <= 9000; size = size * 8 + 1)
    {
      FoveaStore *store;
      gsize kept_size;

      g_remove (path);
      g_clear_pointer (&contents, g_free);
      g_file_set_contents (path, garbage, size, &error);
      g_assert_no_error (error);
      store = open_store (path);
      g_assert_true (put (store, "conv5:1", "", 5, &error));
      assert_stored (store, "conv5:1", "", 5);
      fovea_store_unref (store);
      g_file_get_contents (kept, &contents, &kept_size, &error);
      g_assert_no_error (error);
      g_assert_cmpmem (contents, kept_size, garbage, size);
    }

  /* Somebody else's database. */
  g_remove (path);
  g_assert_cmpint (sqlite3_open (path, &database), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (database, "CREATE TABLE notes (text); INSERT INTO notes VALUES ('mine')", NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (database);
  fovea_store_unref (open_store (path));
  g_assert_cmpint (sqlite3_open (kept, &database), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (database, "INSERT INTO notes VALUES ('still there')", NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (database);
}

/* Ours, of a version that is not known: replaced, and not kept. */
static void
test_outdated (void)
{
  g_autoptr (FoveaScratch) folder = fovea_scratch_new ();
  g_autofree char *path = fovea_scratch_path (folder, "store.sqlite"), *kept = fovea_scratch_path (folder, "store.sqlite.replaced");
  g_autoptr (FoveaStore) store = open_store (path);
  g_autoptr (GError) error = NULL;
  sqlite3 *database = NULL;

  g_assert_true (put (store, "conv5:1", "", 5, &error));
  g_clear_pointer (&store, fovea_store_unref);
  g_assert_cmpint (sqlite3_open (path, &database), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (database, "PRAGMA user_version = 999", NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (database);

  store = open_store (path);
  assert_missing (store, "conv5:1", "");
  g_assert_true (put (store, "conv5:1", "", 6, &error));
  assert_stored (store, "conv5:1", "", 6);
  g_assert_false (g_file_test (kept, G_FILE_TEST_EXISTS));
}

/* Where the damage begins: behind the list of tables, or within it. */
#define PAGES 8192
#define HEAD 2048

/* A database that turns out to be damaged only when it is used is replaced then; one whose list of tables is damaged,
 * at once. */
static void
test_damaged (gconstpointer data)
{
  const gsize first_damaged = GPOINTER_TO_SIZE (data);
  g_autoptr (FoveaScratch) folder = fovea_scratch_new ();
  g_autofree char *path = fovea_scratch_path (folder, "store.sqlite");
  g_autoptr (FoveaStore) store = open_store (path);
  g_autoptr (GError) error = NULL;
  g_autofree char *contents = NULL;
  gsize size;

  for (guint i = 0; i < 200; i++)
    {
      g_autofree char *neuron = g_strdup_printf ("conv5:%u", i);
      g_assert_true (put (store, neuron, "", i, &error));
    }
  g_clear_pointer (&store, fovea_store_unref);

  g_file_get_contents (path, &contents, &size, &error);
  memset (contents + first_damaged, 0xff, size - first_damaged);
  g_file_set_contents (path, contents, size, &error);
  g_assert_no_error (error);

  store = open_store (path);
  if (first_damaged == PAGES)
    {
      g_assert_null (fovea_store_get_visualization (store, NETWORK, "conv5:1", "", &error));
      g_assert_error (error, FOVEA_ERROR, FOVEA_ERROR_IO);
      g_clear_error (&error);
    }
  assert_missing (store, "conv5:1", "");
  g_assert_true (put (store, "conv5:1", "", 8, &error));
  g_assert_no_error (error);
  assert_stored (store, "conv5:1", "", 8);
}

static void
test_unusable (void)
{
  g_autoptr (FoveaScratch) folder = fovea_scratch_new ();
  g_autofree char *file = fovea_scratch_path (folder, "file"), *below = fovea_scratch_path (folder, "file/store.sqlite");
  g_autoptr (GError) error = NULL;

  g_file_set_contents (file, "", 0, NULL);
  g_assert_null (fovea_store_open (below, &error));
  g_assert_error (error, FOVEA_ERROR, FOVEA_ERROR_IO);
  g_assert_true (g_str_has_prefix (error->message, below));
  g_clear_error (&error);
  g_assert_null (fovea_store_open (folder, &error));
  g_assert_error (error, FOVEA_ERROR, FOVEA_ERROR_IO);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_add_func ("/store/put-and-get", test_put_and_get);
  g_test_add_func ("/store/default-path", test_default_path);
  g_test_add_func ("/store/clear", test_clear);
  g_test_add_func ("/store/bound", test_bound);
  g_test_add_func ("/store/killed", test_killed);
  g_test_add_func ("/store/threads", test_threads);
  g_test_add_func ("/store/foreign", test_foreign);
  g_test_add_func ("/store/outdated", test_outdated);
  g_test_add_data_func ("/store/damaged", GSIZE_TO_POINTER (PAGES), test_damaged);
  g_test_add_data_func ("/store/damaged-head", GSIZE_TO_POINTER (HEAD), test_damaged);
  g_test_add_func ("/store/unusable", test_unusable);
  return g_test_run ();
}
