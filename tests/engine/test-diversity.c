/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/analysis/diversity.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "tests/engine/tiny-graph.h"
#include "tests/scratch.h"

#define SIZE 4
#define N_IMAGES 4

/* Images of one colour each, in two classes. */
static const struct {
  const char *name;
  guint8 color[3];
} images[N_IMAGES] = {
  { "a/1.png", { 200, 10, 0 } },
  { "a/2.png", { 150, 20, 0 } },
  { "b/3.png", { 100, 240, 0 } },
  { "b/4.png", { 50, 250, 90 } },
};

/* Channel 0 sums red, channel 1 green, over 3 × 3 pixels, of which the border's units see fewer; the second layer mixes
 * them in 4 channels. */
static FoveaNetwork *
make_network (void)
{
  FoveaGraph *graph = fovea_graph_new (3, SIZE, SIZE);
  gint64 shape[] = { 2, 3, 3, 3 };
  gint64 deep_shape[] = { 4, 2, 1, 1 };
  FoveaTensor *weights = tiny_tensor (1, 4, shape);
  FoveaNetworkInfo info = { .name = "colours", .sha256 = "0123", .resize = SIZE };
  FoveaNetwork *network;

  for (guint i = 0; i < weights->n_elements; i++)
    weights->data[i] = i / 9 == 0 || i / 9 == 4 ? 1 : 0;
  tiny_add (graph, "conv", "Conv", "input", "{'kernel_shape': <[int64 3, 3]>, 'pads': <[int64 1, 1, 1, 1]>, 'strides': <[int64 2, 2]>}", tiny_parameters ("W", weights));
  tiny_add (graph, "deep", "Conv", "conv", "{'kernel_shape': <[int64 1, 1]>}", tiny_parameters ("W", tiny_tensor (3, 4, deep_shape)));
  tiny_finish (graph);
  network = fovea_network_new (graph, &info);
  fovea_graph_unref (graph);
  return network;
}

static FoveaImageSet *
make_images (const FoveaScratch *folder)
{
  g_autoptr (GError) error = NULL;
  FoveaImageSet *set;

  for (guint i = 0; i < N_IMAGES; i++)
    {
      g_autofree char *path = fovea_scratch_path (folder, images[i].name);
      g_autofree char *parent = g_path_get_dirname (path);
      g_autoptr (FoveaImage) image = fovea_image_new (SIZE, SIZE, &error);

      g_mkdir_with_parents (parent, 0700);
      for (guint k = 0; k < SIZE * SIZE; k++)
        memcpy (image->pixels + 3 * k, images[i].color, 3);
      g_assert_true (fovea_image_write_png (image, path, &error));
    }
  set = fovea_image_set_open (folder, &error);
  g_assert_no_error (error);
  return set;
}

static FoveaScan *
scan (FoveaNetwork *network,
      FoveaImageSet *set,
      int layer,
      guint n_top)
{
  g_autoptr (FoveaScratch) folder = fovea_scratch_new ();
  g_autofree char *path = fovea_scratch_path (folder, "store.sqlite");
  g_autoptr (GError) error = NULL;
  g_autoptr (FoveaStore) store = fovea_store_open (path, &error);
  const FoveaScanTarget target = { network, 1, &layer };
  const FoveaScanOptions options = { n_top, 1 };
  g_autoptr (GPtrArray) scans = NULL;

  g_assert_no_error (error);
  scans = fovea_scan_run (store, set, 1, &target, &options, NULL, &error);
  g_assert_no_error (error);
  return fovea_scan_ref (scans->pdata[0]);
}

static void
test_classes (void)
{
  g_autoptr (FoveaScratch) folder = fovea_scratch_new ();
  g_autoptr (FoveaNetwork) network = make_network ();
  g_autoptr (FoveaImageSet) set = make_images (folder);
  g_autoptr (FoveaScan) all = scan (network, set, 0, 49);
  g_autoptr (FoveaScan) three = scan (network, set, 0, 3);
  g_autoptr (FoveaScan) two = scan (network, set, 0, 2);
  FoveaClassDiversity diversity;

  fovea_diversity_count_classes (all, set, 0, &diversity);
  g_assert_cmpuint (diversity.n_images, ==, 4);
  g_assert_cmpuint (diversity.n_classes, ==, 2);
  g_assert_cmpfloat_with_epsilon (diversity.entropy, 1, 1e-12);

  fovea_diversity_count_classes (three, set, 1, &diversity);
  g_assert_cmpuint (diversity.n_images, ==, 3);
  g_assert_cmpuint (diversity.n_classes, ==, 2);
  g_assert_cmpfloat_with_epsilon (diversity.entropy, log2 (3) - 2.0 / 3, 1e-12);

  fovea_diversity_count_classes (two, set, 1, &diversity);
  g_assert_cmpuint (diversity.n_classes, ==, 1);
  g_assert_cmpfloat (diversity.entropy, ==, 0);
}

static double
get_distance (guint a,
              guint b)
{
  double squares = 0;

  for (guint i = 0; i < 3; i++)
    squares += pow ((double) images[a].color[i] - images[b].color[i], 2);
  return sqrt (squares / 3) / 255;
}

static void
count_calls (guint64 done,
             guint64 total,
             double seconds_left,
             gpointer data)
{
  (void) done;
  (void) total;
  (void) seconds_left;
  ++*(guint *) data;
}

static GPtrArray *
measure (FoveaScan *scan,
         FoveaImageSet *set,
         FoveaNetwork *network)
{
  const int layer = 0;
  g_autoptr (GError) error = NULL;
  GPtrArray *distances = fovea_diversity_measure_patches (1, &scan, &layer, set, network, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (distances->len, ==, 1);
  return distances;
}

static void
test_patches (void)
{
  g_autoptr (FoveaScratch) folder = fovea_scratch_new ();
  g_autoptr (FoveaNetwork) network = make_network ();
  g_autoptr (FoveaImageSet) set = make_images (folder);
  g_autoptr (FoveaScan) all = scan (network, set, 0, 49);
  g_autoptr (FoveaScan) two = scan (network, set, 0, 2);
  g_autoptr (FoveaScan) one = scan (network, set, 0, 1);
  g_autoptr (GPtrArray) of_all = measure (all, set, network);
  g_autoptr (GPtrArray) of_two = measure (two, set, network);
  g_autoptr (GPtrArray) of_one = measure (one, set, network);
  double mean = 0;

  for (guint a = 0; a < N_IMAGES; a++)
    for (guint b = a + 1; b < N_IMAGES; b++)
      mean += get_distance (a, b) / 6;
  for (guint channel = 0; channel < 2; channel++)
    {
      g_assert_cmpfloat_with_epsilon (((double *) of_all->pdata[0])[channel], mean, 1e-6);
      g_assert_cmpfloat (((double *) of_one->pdata[0])[channel], ==, 0);
    }
  g_assert_cmpfloat_with_epsilon (((double *) of_two->pdata[0])[0], get_distance (0, 1), 1e-6); /* the reddest two */
  g_assert_cmpfloat_with_epsilon (((double *) of_two->pdata[0])[1], get_distance (2, 3), 1e-6); /* the greenest two */
}

/* The layers' patches are cut in one pass over the images, whose number the progress tells. */
static void
test_layers (void)
{
  g_autoptr (FoveaScratch) folder = fovea_scratch_new ();
  g_autoptr (FoveaNetwork) network = make_network ();
  g_autoptr (FoveaImageSet) set = make_images (folder);
  g_autoptr (FoveaScan) all = scan (network, set, 0, 49);
  g_autoptr (FoveaScan) deep = scan (network, set, 1, 3);
  const int layers[] = { 1, 0 };
  FoveaScan *const scans[] = { deep, all };
  guint n_images = 0;
  FoveaJob job;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) both = NULL;
  g_autoptr (GPtrArray) of_all = measure (all, set, network);
  g_autoptr (GPtrArray) of_deep = NULL;

  fovea_job_init (&job, NULL, count_calls, &n_images);
  both = fovea_diversity_measure_patches (2, scans, layers, set, network, &job, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (n_images, ==, N_IMAGES + 1); /* before each, and at the end */
  of_deep = fovea_diversity_measure_patches (1, scans, layers, set, network, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (both->len, ==, 2);
  g_assert_cmpmem (both->pdata[0], 4 * sizeof (double), of_deep->pdata[0], 4 * sizeof (double));
  g_assert_cmpmem (both->pdata[1], 2 * sizeof (double), of_all->pdata[0], 2 * sizeof (double));
  g_assert_cmpfloat (((double *) both->pdata[0])[3], >, 0);
}

static void
test_lost_image (void)
{
  g_autoptr (FoveaScratch) folder = fovea_scratch_new ();
  g_autoptr (FoveaNetwork) network = make_network ();
  g_autoptr (FoveaImageSet) set = make_images (folder);
  g_autoptr (FoveaScan) all = scan (network, set, 0, 49);
  const int layer = 0;
  g_autofree char *path = fovea_scratch_path (folder, images[2].name);
  g_autoptr (GError) error = NULL;

  g_unlink (path);
  g_assert_null (fovea_diversity_measure_patches (1, &all, &layer, set, network, NULL, &error));
  g_assert_nonnull (error);
  g_assert_nonnull (strstr (error->message, "3.png"));
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/diversity/classes", test_classes);
  g_test_add_func ("/diversity/patches", test_patches);
  g_test_add_func ("/diversity/layers", test_layers);
  g_test_add_func ("/diversity/lost-image", test_lost_image);
  return g_test_run ();
}
