/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/images/image-loader.h"

#include <string.h>

#include "tests/scratch.h"

#define N_IMAGES 150

/* Image i has i % 7 + 3 columns and 2 rows, all of level i; images 20, 40, … are damaged. */
static FoveaImageSet *
make_set (const char *folder)
{
  FoveaImageSet *set;

  for (guint i = 0; i < N_IMAGES; i++)
    {
      g_autofree char *path = g_strdup_printf ("%s/%03u.png", folder, i);
      g_autoptr (FoveaImage) image = fovea_image_new (i % 7 + 3, 2, NULL);

      memset (image->pixels, (int) i, (gsize) image->width * image->height * 3);
      if (i % 20 == 0)
        g_assert_true (g_file_set_contents (path, "damaged", -1, NULL));
      else
        g_assert_true (fovea_image_write_png (image, path, NULL));
    }
  set = fovea_image_set_open (folder, NULL);
  g_assert_nonnull (set);
  return set;
}

static FoveaNetwork *
make_network (gint64 size)
{
  g_autoptr (FoveaGraph) graph = fovea_graph_new (3, size, size);
  const FoveaNetworkInfo info = { .name = "test", .architecture = "test", .training = "", .resize = size };

  g_assert_true (fovea_graph_add_node (graph, "relu", "Relu", (const char *[]) { "input", NULL }, NULL, NULL, NULL));
  g_assert_true (fovea_graph_finish (graph, NULL));
  return fovea_network_new (graph, &info);
}

static void
test_order (void)
{
  g_autoptr (FoveaScratch) folder = fovea_scratch_new ();
  g_autoptr (FoveaImageSet) set = make_set (folder);
  g_autoptr (FoveaImageLoader) loader = fovea_image_loader_new (set, 5, N_IMAGES - 1, 0, NULL);

  for (guint i = 5; i < N_IMAGES - 1; i++)
    {
      g_autoptr (FoveaLoadedImage) item = fovea_image_loader_next (loader);

      g_assert_cmpuint (item->index, ==, i);
      if (i % 20 == 0)
        {
          g_assert_error (item->error, FOVEA_ERROR, FOVEA_ERROR_FORMAT);
          g_assert_null (item->images);
          continue;
        }
      g_assert_no_error (item->error);
      g_assert_cmpuint (item->n_images, ==, 1);
      g_assert_cmpuint (item->images[0]->width, ==, i % 7 + 3);
      g_assert_cmpuint (item->images[0]->pixels[0], ==, i);
    }
  g_assert_null (fovea_image_loader_next (loader));
  g_assert_null (fovea_image_loader_next (loader));
}

static void
test_networks (void)
{
  g_autoptr (FoveaScratch) folder = fovea_scratch_new ();
  g_autoptr (FoveaImageSet) set = make_set (folder);
  g_autoptr (FoveaNetwork) small = make_network (4), large = make_network (9), small_too = make_network (4);
  FoveaNetwork *networks[] = { small, large, small_too };
  g_autoptr (FoveaImageLoader) loader = fovea_image_loader_new (set, 0, 30, 3, networks);
  guint n_read = 0;

  for (FoveaLoadedImage *item; (item = fovea_image_loader_next (loader)) != NULL; fovea_loaded_image_free (item))
    {
      if (item->error != NULL)
        continue;
      n_read++;
      g_assert_cmpuint (item->width, ==, item->index % 7 + 3);
      g_assert_cmpuint (item->height, ==, 2);
      g_assert_cmpuint (item->n_images, ==, 3);
      g_assert_cmpuint (item->images[0]->width, ==, 4);
      g_assert_cmpuint (item->images[1]->height, ==, 9);
      g_assert_true (item->images[2] == item->images[0]);
      g_assert_cmpuint (item->images[1]->pixels[0], ==, item->index);
    }
  g_assert_cmpuint (n_read, ==, 28);
}

/* Dropped early, it stops without being emptied. */
static void
test_stop (void)
{
  g_autoptr (FoveaScratch) folder = fovea_scratch_new ();
  g_autoptr (FoveaImageSet) set = make_set (folder);

  for (guint n_taken = 0; n_taken < 5; n_taken++)
    {
      g_autoptr (FoveaImageLoader) loader = fovea_image_loader_new (set, 0, N_IMAGES, 0, NULL);

      for (guint i = 0; i < n_taken; i++)
        fovea_loaded_image_free (fovea_image_loader_next (loader));
    }
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_add_func ("/image-loader/order", test_order);
  g_test_add_func ("/image-loader/networks", test_networks);
  g_test_add_func ("/image-loader/stop", test_stop);
  return g_test_run ();
}
