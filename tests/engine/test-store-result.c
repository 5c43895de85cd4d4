/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/store-result.h"

#include <string.h>

#include "tests/scratch.h"

static const FoveaResultKey key = { "smoothness-1", "network", "conv1", "images", "sigma 0.1" };

static FoveaStore *
open_store (const FoveaScratch *folder)
{
  g_autofree char *path = fovea_scratch_path (folder, "store.sqlite");
  g_autoptr (GError) error = NULL;
  FoveaStore *store = fovea_store_open (path, &error);

  g_assert_no_error (error);
  return store;
}

static void
put (FoveaStore *store,
     const FoveaResultKey *other_key,
     const char *text)
{
  g_autoptr (GBytes) data = g_bytes_new (text, strlen (text));
  g_autoptr (GError) error = NULL;

  fovea_store_put_result (store, other_key, data, &error);
  g_assert_no_error (error);
}

static void
assert_stored (FoveaStore *store,
               const FoveaResultKey *other_key,
               const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) data = fovea_store_get_result (store, other_key, &error);

  if (text == NULL)
    {
      g_assert_null (data);
      g_assert_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND);
      return;
    }
  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (data, NULL), g_bytes_get_size (data), text, strlen (text));
}

/* Every part of the key tells results apart, and they are there the next time. */
static void
test_keys (void)
{
  g_autoptr (FoveaScratch) folder = fovea_scratch_new ();
  FoveaResultKey others[5] = { key, key, key, key, key };

  others[0].analysis = "smoothness-2";
  others[1].network = "other";
  others[2].layer = "";
  others[3].images = "";
  others[4].options = "sigma 0.2";
  {
    g_autoptr (FoveaStore) store = open_store (folder);

    assert_stored (store, &key, NULL);
    put (store, &key, "first");
    put (store, &key, "second");
    for (gsize i = 0; i < G_N_ELEMENTS (others); i++)
      assert_stored (store, &others[i], NULL);
    put (store, &others[0], "");
    put (store, &others[4], "third");
  }
  {
    g_autoptr (FoveaStore) store = open_store (folder);

    assert_stored (store, &key, "second");
    assert_stored (store, &others[0], "");
    assert_stored (store, &others[4], "third");
    assert_stored (store, &others[1], NULL);
  }
}

/* The oldest go where the store may hold less. */
static void
test_bound (void)
{
  g_autoptr (FoveaScratch) folder = fovea_scratch_new ();
  g_autoptr (FoveaStore) store = open_store (folder);
  g_autofree char *large = g_strnfill (1 << 20, 'x');
  FoveaResultKey newest = key;

  put (store, &key, large);
  newest.layer = "conv2";
  for (guint i = 0; i < 6; i++)
    put (store, &newest, large);
  assert_stored (store, &key, large);
  fovea_store_set_max_size (store, 3 << 19);
  assert_stored (store, &key, NULL);
  assert_stored (store, &newest, large);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store-result/keys", test_keys);
  g_test_add_func ("/store-result/bound", test_bound);
  return g_test_run ();
}
