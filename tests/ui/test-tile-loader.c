/* The tile loader: what is visible first, results kept, stopping.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "tests/scratch.h"
#include "tests/ui/display.h"
#include "ui/tile-batch.h"
#include "ui/tile-loader.h"

typedef struct {
  FoveaJobQueue *queue;
  FoveaStore *store;
  FoveaNetworkPair *pair;
  GListModel *layers;
  FoveaScratch *folder;
} Fixture;

static void
set_up (Fixture *fixture,
        gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;

  fixture->folder = fovea_scratch_new ();
  path = fovea_scratch_path (fixture->folder, "store.sqlite");
  fixture->queue = fovea_job_queue_new (2);
  fixture->store = fovea_store_open (path, &error);
  g_assert_no_error (error);
  fixture->pair = fovea_network_pair_open ("alexnet-64", &error);
  g_assert_no_error (error);
  fixture->layers = fovea_layers_of_pair (fixture->pair);
}

static void
tear_down (Fixture *fixture,
           gconstpointer data)
{
  g_object_unref (fixture->layers);
  g_assert_finalize_object (fixture->queue);
  g_assert_finalize_object (fixture->pair);
  fovea_store_unref (fixture->store);
  fovea_scratch_free (fixture->folder);
}

static FoveaLayer *
get_layer (Fixture *fixture,
           const char *name)
{
  for (guint i = 0; i < g_list_model_get_n_items (fixture->layers); i++)
    {
      FoveaLayer *layer = g_list_model_get_item (fixture->layers, i);

      g_object_unref (layer);
      if (g_str_equal (fovea_layer_get_name (layer), name))
        return layer;
    }
  g_assert_not_reached ();
}

static FoveaTile *
get_tile (GListModel *tiles,
          guint channel)
{
  FoveaTile *tile = g_list_model_get_item (tiles, channel);

  g_object_unref (tile);
  g_assert_cmpuint (fovea_tile_get_channel (tile), ==, channel);
  return tile;
}

static guint
count_finished (GListModel *tiles,
                guint first,
                guint end)
{
  guint n = 0;

  for (guint i = first; i < end; i++)
    for (guint side = 0; side < FOVEA_N_SIDES; side++)
      n += fovea_tile_is_finished (get_tile (tiles, i), side);
  return n;
}

static FoveaTileProgress
get_progress (FoveaTileLoader *loader)
{
  FoveaTileProgress progress;

  fovea_tile_loader_get_progress (loader, &progress);
  return progress;
}

static GBytes *
get_pixels (FoveaTile *tile,
            FoveaSide side)
{
  GdkTexture *texture = fovea_tile_get_texture (tile, side);
  gsize stride, size;
  guchar *pixels;

  g_assert_nonnull (texture);
  stride = (gsize) gdk_texture_get_width (texture) * 4;
  size = stride * (gsize) gdk_texture_get_height (texture);
  pixels = g_malloc (size);
  gdk_texture_download (texture, pixels, stride);
  return g_bytes_new_take (pixels, size);
}

/* What is visible is computed first, the results are in the store, and another loader finds them. */
static void
test_visible_first (Fixture *fixture,
                    gconstpointer data)
{
  const guint visible[4] = { 41, 40, 43, 42 };
  FoveaTileLoader *loader = fovea_tile_loader_new (fixture->queue, fixture->store);
  g_autoptr (GListModel) tiles = g_object_ref (fovea_tile_loader_set_layer (loader, fixture->pair, get_layer (fixture, "conv1")));
  g_autoptr (GBytes) standard = NULL;
  g_autoptr (GBytes) robust = NULL;
  g_autoptr (GBytes) kept = NULL;
  guint n_others;

  g_assert_cmpuint (g_list_model_get_n_items (tiles), ==, 48);
  g_assert_cmpuint (get_progress (loader).total, ==, 96);
  fovea_tile_loader_set_visible (loader, visible, 4);
  fovea_test_wait_until (count_finished (tiles, 40, 44) == 8, 60);

  /* At most what filled up the batches of the visible ones, and what else had begun. */
  n_others = count_finished (tiles, 0, 48) - 8;
  g_assert_cmpuint (n_others, <=, 2 * FOVEA_N_SIDES * fovea_tile_batch_choose_size (fovea_network_pair_get_network (fixture->pair, FOVEA_SIDE_STANDARD), "conv4"));
  g_assert_cmpfloat (fovea_tile_get_activation (get_tile (tiles, 41), FOVEA_SIDE_STANDARD), >, 0);

  fovea_tile_loader_set_stopped (loader, TRUE);
  g_assert_true (get_progress (loader).stopped);
  standard = get_pixels (get_tile (tiles, 41), FOVEA_SIDE_STANDARD);
  robust = get_pixels (get_tile (tiles, 41), FOVEA_SIDE_ROBUST);
  g_assert_false (g_bytes_equal (standard, robust));
  g_assert_finalize_object (loader);
  g_clear_object (&tiles);

  loader = fovea_tile_loader_new (fixture->queue, fixture->store);
  fovea_tile_loader_set_stopped (loader, TRUE);
  tiles = g_object_ref (fovea_tile_loader_set_layer (loader, fixture->pair, get_layer (fixture, "conv1")));
  fovea_test_wait_until (!get_progress (loader).looking_up, 10);
  g_assert_cmpuint (count_finished (tiles, 40, 44), ==, 8);
  kept = get_pixels (get_tile (tiles, 41), FOVEA_SIDE_STANDARD);
  g_assert_true (g_bytes_equal (kept, standard));
  g_assert_finalize_object (loader);
}

/* Stopping leaves no tile running, and going on computes what is left: the output layer, whose
 * channels are classes. */
static void
test_stop_and_go_on (Fixture *fixture,
                     gconstpointer data)
{
  FoveaTileLoader *loader = fovea_tile_loader_new (fixture->queue, NULL);
  GListModel *tiles = fovea_tile_loader_set_layer (loader, fixture->pair, get_layer (fixture, "fc7"));
  guint n_done;

  g_assert_cmpstr (fovea_tile_get_class_name (get_tile (tiles, 3)), ==, "bear");
  fovea_test_wait_until (fovea_tile_get_texture (get_tile (tiles, 0), FOVEA_SIDE_STANDARD) != NULL, 60);
  fovea_tile_loader_set_stopped (loader, TRUE);
  n_done = get_progress (loader).done;
  g_assert_cmpuint (n_done, <, 40);
  for (guint i = 0; i < 20; i++)
    for (guint side = 0; side < FOVEA_N_SIDES; side++)
      g_assert_cmpint (fovea_tile_get_state (get_tile (tiles, i), side), !=, FOVEA_TILE_RUNNING);
  /* Nothing arrives late. */
  for (guint i = 0; i < 20; i++)
    {
      g_usleep (10000);
      fovea_test_settle ();
    }
  g_assert_cmpuint (get_progress (loader).done, ==, n_done);

  fovea_tile_loader_set_stopped (loader, FALSE);
  fovea_test_wait_until (get_progress (loader).done == 40, 120);
  g_assert_cmpfloat (get_progress (loader).fraction, ==, 1);
  for (guint i = 0; i < 20; i++)
    for (guint side = 0; side < FOVEA_N_SIDES; side++)
      g_assert_cmpint (fovea_tile_get_state (get_tile (tiles, i), side), ==, FOVEA_TILE_DONE);
  g_assert_finalize_object (loader);
}

/* Another layer drops what was being computed; coming back finds the layer's tiles as they were. */
static void
test_switch_layers (Fixture *fixture,
                    gconstpointer data)
{
  FoveaTileLoader *loader = fovea_tile_loader_new (fixture->queue, NULL);
  GListModel *first = fovea_tile_loader_set_layer (loader, fixture->pair, get_layer (fixture, "conv3"));
  GListModel *second;

  fovea_test_wait_until (fovea_tile_get_state (get_tile (first, 0), FOVEA_SIDE_STANDARD) == FOVEA_TILE_RUNNING, 20);
  second = fovea_tile_loader_set_layer (loader, fixture->pair, get_layer (fixture, "conv1"));
  g_assert_cmpint (fovea_tile_get_state (get_tile (first, 0), FOVEA_SIDE_STANDARD), ==, FOVEA_TILE_MISSING);
  fovea_test_wait_until (fovea_tile_get_state (get_tile (second, 0), FOVEA_SIDE_STANDARD) == FOVEA_TILE_RUNNING, 20);
  g_assert_true (fovea_tile_loader_set_layer (loader, fixture->pair, get_layer (fixture, "conv3")) == first);
  g_assert_finalize_object (loader);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/tile-loader/visible-first", Fixture, NULL, set_up, test_visible_first, tear_down);
  g_test_add ("/tile-loader/stop-and-go-on", Fixture, NULL, set_up, test_stop_and_go_on, tear_down);
  g_test_add ("/tile-loader/switch-layers", Fixture, NULL, set_up, test_switch_layers, tear_down);
  return g_test_run ();
}
