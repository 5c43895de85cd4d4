/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/analysis/measures.h"

#include <glib/gstdio.h>

#include "engine/analysis/diversity.h"
#include "engine/analysis/smoothness.h"
#include "tests/engine/tiny-graph.h"
#include "tests/scratch.h"

#define SIZE 8
#define N_IMAGES 6
#define N_CHANNELS 3

static FoveaNetwork *
make_network (void)
{
  static const char *conv = "{'kernel_shape': <[int64 3, 3]>, 'pads': <[int64 1, 1, 1, 1]>}";
  FoveaGraph *graph = fovea_graph_new (3, SIZE, SIZE);
  gint64 first[] = { N_CHANNELS, 3, 3, 3 };
  gint64 second[] = { N_CHANNELS, N_CHANNELS, 3, 3 };
  FoveaNetworkInfo info = { .name = "tiny", .sha256 = "0123", .resize = SIZE };
  FoveaNetwork *network;

  tiny_add (graph, "conv1", "Conv", "input", conv, tiny_parameters ("W", tiny_tensor (1, 4, first)));
  tiny_add (graph, "conv2", "Conv", "conv1", conv, tiny_parameters ("W", tiny_tensor (2, 4, second)));
  tiny_finish (graph);
  network = fovea_network_new (graph, &info);
  fovea_graph_unref (graph);
  return network;
}

static FoveaImageSet *
make_images (const FoveaScratch *folder)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (4);
  g_autoptr (GError) error = NULL;
  FoveaImageSet *set;

  for (guint i = 0; i < N_IMAGES; i++)
    {
      g_autofree char *name = g_strdup_printf ("%c/%u.png", 'a' + i % 3, i);
      g_autofree char *path = fovea_scratch_path (folder, name);
      g_autofree char *parent = g_path_get_dirname (path);
      g_autoptr (FoveaImage) image = fovea_image_new (SIZE, SIZE, &error);

      g_mkdir_with_parents (parent, 0700);
      for (guint k = 0; k < SIZE * SIZE * 3; k++)
        image->pixels[k] = (guint8) g_rand_int_range (random, 0, 256);
      g_assert_true (fovea_image_write_png (image, path, &error));
    }
  set = fovea_image_set_open (folder, &error);
  g_assert_no_error (error);
  return set;
}

typedef struct {
  FoveaScratch *images;
  FoveaScratch *folder;
  FoveaNetwork *network;
  FoveaMeasureSettings settings;
} Fixture;

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
set_up (Fixture *self,
        gconstpointer data G_GNUC_UNUSED)
{
  self->images = fovea_scratch_new ();
  self->folder = fovea_scratch_new ();
  self->network = make_network ();
  self->settings = (FoveaMeasureSettings) { .store = open_store (self->folder), .images = make_images (self->images), .n_images = 4, .sigma = 0.2, .seed = 3 };
}

static void
tear_down (Fixture *self,
           gconstpointer data G_GNUC_UNUSED)
{
  fovea_store_unref (self->settings.store);
  fovea_image_set_unref (self->settings.images);
  fovea_network_unref (self->network);
  fovea_scratch_free (self->images);
  fovea_scratch_free (self->folder);
}

static void
assert_missing (Fixture *self,
                FoveaMeasure measure,
                int layer)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (fovea_measure_load (measure, &self->settings, self->network, layer, &error));
  g_assert_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND);
}

static void
compute (Fixture *self,
         FoveaMeasure measure,
         guint n_layers,
         const int *layers)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (fovea_measure_compute (measure, &self->settings, self->network, n_layers, layers, NULL, &error));
  g_assert_no_error (error);
}

static double *
load (Fixture *self,
      FoveaMeasure measure,
      int layer)
{
  g_autoptr (GError) error = NULL;
  double *values = fovea_measure_load (measure, &self->settings, self->network, layer, &error);

  g_assert_no_error (error);
  return values;
}

/* What is stored is what the analyses find, and is there after the store was closed. */
static void
test_smoothness (Fixture *self,
                 gconstpointer data G_GNUC_UNUSED)
{
  const int layers[] = { 1, 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (FoveaSmoothness) expected = fovea_smoothness_measure (self->network, self->settings.images, 4, 2, layers, 0.2, 3, NULL, &error);

  g_assert_no_error (error);
  assert_missing (self, FOVEA_MEASURE_NOISE, 0);
  compute (self, FOVEA_MEASURE_NOISE, 2, layers);
  fovea_store_unref (self->settings.store);
  self->settings.store = open_store (self->folder);
  for (guint i = 0; i < 2; i++)
    {
      g_autofree double *clean = load (self, FOVEA_MEASURE_VARIATION, layers[i]);
      g_autofree double *noisy = load (self, FOVEA_MEASURE_NOISY_VARIATION, layers[i]);
      g_autofree double *noise = load (self, FOVEA_MEASURE_NOISE, layers[i]);

      for (guint channel = 0; channel < N_CHANNELS; channel++)
        {
          g_assert_cmpfloat (clean[channel], ==, expected->layers[i]->clean[channel] / (SIZE * SIZE));
          g_assert_cmpfloat (noisy[channel], ==, expected->layers[i]->noisy[channel] / (SIZE * SIZE));
          g_assert_cmpfloat (noise[channel], ==, expected->layers[i]->passed[channel]);
        }
    }
  assert_missing (self, FOVEA_MEASURE_ENTROPY, 0);
  self->settings.sigma = 0.1;
  assert_missing (self, FOVEA_MEASURE_NOISE, 0);
}

static void
test_diversity (Fixture *self,
                gconstpointer data G_GNUC_UNUSED)
{
  const int layers[] = { 0, 1 };
  const FoveaScanTarget target = { self->network, 2, layers };
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) scans = NULL;
  g_autoptr (GPtrArray) both = NULL;

  compute (self, FOVEA_MEASURE_ENTROPY, 1, layers);
  assert_missing (self, FOVEA_MEASURE_ENTROPY, 1);
  compute (self, FOVEA_MEASURE_ENTROPY, 2, layers);
  compute (self, FOVEA_MEASURE_DISTANCE, 2, layers);
  scans = fovea_scan_run (self->settings.store, self->settings.images, 1, &target, &FOVEA_SCAN_OPTIONS_DEFAULT, NULL, &error);
  g_assert_no_error (error);
  both = fovea_diversity_measure_patches (2, (FoveaScan *const *) scans->pdata, layers, self->settings.images, self->network, NULL, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < 2; i++)
    {
      g_autofree double *entropies = load (self, FOVEA_MEASURE_ENTROPY, layers[i]);
      g_autofree double *distances = load (self, FOVEA_MEASURE_DISTANCE, layers[i]);
      const double *expected = both->pdata[i];

      for (guint channel = 0; channel < N_CHANNELS; channel++)
        {
          FoveaClassDiversity diversity;

          fovea_diversity_count_classes (scans->pdata[i], self->settings.images, channel, &diversity);
          g_assert_cmpfloat (entropies[channel], ==, diversity.entropy);
          g_assert_cmpfloat (entropies[channel], >, 1);
          g_assert_cmpfloat (distances[channel], ==, expected[channel]);
          g_assert_cmpfloat (distances[channel], >, 0);
        }
    }
}

static void
test_cancel (Fixture *self,
             gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  const int layer = 0;

  g_cancellable_cancel (cancellable);
  for (FoveaMeasure measure = 0; measure < FOVEA_N_MEASURES; measure++)
    {
      g_autoptr (GError) error = NULL;
      FoveaJob job;

      fovea_job_init (&job, cancellable, NULL, NULL);
      g_assert_false (fovea_measure_compute (measure, &self->settings, self->network, 1, &layer, &job, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      assert_missing (self, measure, layer);
    }
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/measures/smoothness", Fixture, NULL, set_up, test_smoothness, tear_down);
  g_test_add ("/measures/diversity", Fixture, NULL, set_up, test_diversity, tear_down);
  g_test_add ("/measures/cancel", Fixture, NULL, set_up, test_cancel, tear_down);
  return g_test_run ();
}
