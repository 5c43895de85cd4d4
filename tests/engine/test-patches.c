/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/analysis/patches.h"

#include <string.h>

#include "engine/plan.h"

static FoveaNetwork *
open_network (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_build_filename (g_getenv ("FOVEA_NETWORKS_DIR"), "alexnet-64-standard.safetensors", NULL);
  FoveaNetwork *network = fovea_network_load (path, &error);

  g_assert_no_error (error);
  return network;
}

static int
find_layer (const FoveaNetwork *network,
            const char *name)
{
  int layer;

  g_assert_true (fovea_graph_find (fovea_network_get_graph (network), name, &layer, NULL));
  return layer;
}

static void
assert_box (const gint64 box[4],
            gint64 x0,
            gint64 y0,
            gint64 x1,
            gint64 y1)
{
  g_assert_cmpint (box[0], ==, x0);
  g_assert_cmpint (box[1], ==, y0);
  g_assert_cmpint (box[2], ==, x1);
  g_assert_cmpint (box[3], ==, y1);
}

/* conv2 sees 27 pixels every 4, from -13 on. */
static void
test_boxes (void)
{
  g_autoptr (FoveaNetwork) network = open_network ();
  int conv2 = find_layer (network, "conv2");
  gint64 box[4], image_box[4];

  fovea_patch_get_box (network, conv2, 5, 8, box);
  assert_box (box, 19, 7, 46, 34);
  fovea_patch_get_box (network, conv2, 0, 15, box);
  assert_box (box, 47, 0, 64, 14);

  /* 128 × 64 is cropped to its middle, 32 pixels from the left. */
  g_assert_true (fovea_patch_map_box (network, 128, 64, (gint64[]) { 0, 0, 64, 64 }, image_box, NULL));
  assert_box (image_box, 32, 0, 96, 64);
  g_assert_true (fovea_patch_map_box (network, 128, 64, (gint64[]) { 19, 7, 46, 34 }, image_box, NULL));
  assert_box (image_box, 51, 7, 78, 34);
  /* 200 × 320 becomes 64 × 102, of which 19 rows are cut off above: 3.125 and 3.137 pixels each. */
  g_assert_true (fovea_patch_map_box (network, 200, 320, (gint64[]) { 10, 0, 20, 8 }, image_box, NULL));
  assert_box (image_box, 31, 59, 63, 85);
}

static void
test_patch (void)
{
  g_autoptr (FoveaNetwork) network = open_network ();
  int conv2 = find_layer (network, "conv2");
  g_autoptr (FoveaImage) image = fovea_image_new (128, 64, NULL);
  const FoveaScanHit hit = { 2.5f, 17, 5, 8 };
  g_autoptr (FoveaPatch) patch = NULL;
  g_autoptr (GError) error = NULL;

  for (guint p = 0; p < 128 * 64 * 3; p++)
    image->pixels[p] = (guint8) (p / 3 % 128);
  patch = fovea_patch_new (image, network, conv2, &hit, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (patch->image, ==, 17);
  g_assert_cmpuint (patch->crop->width, ==, 27);
  g_assert_cmpuint (patch->crop->height, ==, 27);
  /* Levels are the image's columns. */
  g_assert_cmpuint (patch->input->pixels[0], ==, 32);
  g_assert_cmpuint (patch->crop->pixels[0], ==, 51);
  g_assert_cmpuint (patch->crop->pixels[26 * 3], ==, 77);
  assert_box (patch->image_box, 51, 7, 78, 34);
}

/* Eleven inputs are more than one run; each gets the map that it gets alone. */
static void
test_maps (void)
{
  g_autoptr (FoveaNetwork) network = open_network ();
  int relu3 = find_layer (network, "relu3");
  g_autoptr (GPtrArray) inputs = g_ptr_array_new_with_free_func ((GDestroyNotify) fovea_image_free);
  g_autoptr (GPtrArray) maps = NULL;
  g_autoptr (FoveaPlan) plan = fovea_plan_new (fovea_network_get_graph (network), 1, 64, 64, 1, &relu3, FOVEA_PLAN_FORWARD, NULL);
  g_autoptr (GRand) rand = g_rand_new_with_seed (2);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 11; i++)
    {
      FoveaImage *image = fovea_image_new (64, 64, NULL);

      for (guint p = 0; p < 64 * 64 * 3; p++)
        image->pixels[p] = (guint8) g_rand_int_range (rand, 0, 256);
      g_ptr_array_add (inputs, image);
    }
  maps = fovea_patches_compute_maps (network, relu3, 30, inputs->len, (const FoveaImage *const *) inputs->pdata, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (maps->len, ==, 11);
  for (guint i = 0; i < 11; i++)
    {
      g_autoptr (FoveaTensor) input = fovea_image_to_tensor (inputs->pdata[i], NULL);
      const FoveaTensor *map = maps->pdata[i];

      fovea_plan_forward (plan, input->data);
      g_assert_true (fovea_tensor_has_shape (map, 2, (gint64[]) { 8, 8 }));
      g_assert_cmpmem (map->data, 64 * sizeof (float), fovea_plan_get_activation (plan, 0) + 30 * 64, 64 * sizeof (float));
    }
}

/* Units of relu3 are 8 pixels apart, the first one's centre at 0.5. */
static void
test_enlarged_map (void)
{
  g_autoptr (FoveaNetwork) network = open_network ();
  int relu3 = find_layer (network, "relu3");
  g_autoptr (FoveaTensor) map = fovea_tensor_new (2, (gint64[]) { 8, 8 }, NULL);
  g_autoptr (FoveaTensor) enlarged = NULL;
  const gint64 box[] = { 4, 8, 20, 24 };

  for (guint u = 0; u < 64; u++)
    map->data[u] = (float) (u % 8 * 8 + u / 8 * 100);
  enlarged = fovea_patches_enlarge_map (network, relu3, map, box, NULL);
  g_assert_true (fovea_tensor_has_shape (enlarged, 2, (gint64[]) { 16, 16 }));
  for (guint y = 0; y < 16; y++)
    for (guint x = 0; x < 16; x++)
      g_assert_cmpfloat_with_epsilon (enlarged->data[y * 16 + x], (float) (x + 4) + (float) (y + 8) * 12.5f, 1e-3);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/patches/boxes", test_boxes);
  g_test_add_func ("/patches/patch", test_patch);
  g_test_add_func ("/patches/maps", test_maps);
  g_test_add_func ("/patches/enlarged-map", test_enlarged_map);
  return g_test_run ();
}
