/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/analysis/scan.h"

#include <math.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "engine/analysis/scan-private.h"
#include "engine/analysis/selectivity.h"
#include "engine/formats/safetensors.h"
#include "engine/parallel.h"
#include "engine/plan.h"
#include "tests/scratch.h"

/* More than three of the batches in which images are run. */
#define N_IMAGES 142
#define N_CHANNELS 5
#define N_TOP 7
#define SIZE 9
#define N_UNITS (SIZE * SIZE)

/* What a class of images is, and which cannot be read. */
#define N_CLASSES 3
#define IS_DAMAGED(i) ((i) % 20 == 7)
#define N_DAMAGED 7

static FoveaImageSet *
make_set (const char *folder)
{
  FoveaImageSet *set;
  guint index = 0;

  for (guint c = 0; c < N_CLASSES; c++)
    {
      g_autofree char *name = g_strdup_printf ("%s/class-%u", folder, c);

      g_assert_cmpint (g_mkdir (name, 0700), ==, 0);
      for (guint i = 0; i < N_IMAGES / N_CLASSES + (c < N_IMAGES % N_CLASSES); i++, index++)
        {
          g_autofree char *path = g_strdup_printf ("%s/%03u.png", name, i);
          g_autoptr (GRand) rand = g_rand_new_with_seed (index + 1);
          g_autoptr (FoveaImage) image = fovea_image_new (SIZE, SIZE, NULL);

          for (guint p = 0; p < N_UNITS * 3; p++)
            image->pixels[p] = (guint8) g_rand_int_range (rand, 0, 60 + 60 * (gint) c);
          if (IS_DAMAGED (index))
            g_assert_true (g_file_set_contents (path, "damaged", -1, NULL));
          else
            g_assert_true (fovea_image_write_png (image, path, NULL));
        }
    }
  set = fovea_image_set_open (folder, NULL);
  g_assert_cmpuint (fovea_image_set_get_n_images (set), ==, N_IMAGES);
  return set;
}

/* Layers `conv`, of 5 channels of which the last one is constant, and `relu`. */
static FoveaNetwork *
make_network (const char *folder)
{
  g_autofree char *path = g_build_filename (folder, "network.safetensors", NULL);
  g_autoptr (FoveaStateDict) state_dict = fovea_state_dict_new ();
  g_autoptr (FoveaTensor) weights = fovea_tensor_new (4, (gint64[]) { N_CHANNELS, 3, 3, 3 }, NULL);
  g_autoptr (GRand) rand = g_rand_new_with_seed (99);
  g_autoptr (GError) error = NULL;
  FoveaNetwork *network;

  for (guint i = 0; i < weights->n_elements; i++)
    weights->data[i] = i < (N_CHANNELS - 1) * 27 ? (float) g_rand_double_range (rand, -1, 1) : 0;
  fovea_state_dict_insert (state_dict, "w", weights);
  fovea_state_dict_set_metadata (state_dict, "format", "fovea-1");
  fovea_state_dict_set_metadata (state_dict, "input", "[3,9,9]");
  fovea_state_dict_set_metadata (state_dict, "mean", "[0.4,0.4,0.4]");
  fovea_state_dict_set_metadata (state_dict, "std", "[0.25,0.25,0.25]");
  fovea_state_dict_set_metadata (state_dict, "classes", "[]");
  fovea_state_dict_set_metadata (state_dict, "graph",
                                 "[{\"name\":\"conv\",\"op\":\"Conv\",\"inputs\":[\"input\"],\"attributes\":{\"kernel_shape\":[3,3],\"pads\":[1,1,1,1]},"
                                 "\"parameters\":{\"W\":\"w\"}},"
                                 "{\"name\":\"relu\",\"op\":\"Relu\",\"inputs\":[\"conv\"],\"attributes\":{},\"parameters\":{}}]");
  g_assert_true (fovea_safetensors_write (path, state_dict, &error));
  network = fovea_network_load (path, &error);
  g_assert_no_error (error);
  return network;
}

typedef struct {
  FoveaScratch *folder;
  FoveaScratch *images;
  FoveaImageSet *set;
  FoveaNetwork *network;
  FoveaStore *store;
  int layers[2];
} Fixture;

static void
set_up (Fixture *fixture,
        gconstpointer data)
{
  g_autofree char *path = NULL;

  fixture->folder = fovea_scratch_new ();
  fixture->images = fovea_scratch_new ();
  fixture->set = make_set (fixture->images);
  fixture->network = make_network (fixture->folder);
  path = fovea_scratch_path (fixture->folder, "store.sqlite");
  fixture->store = fovea_store_open (path, NULL);
  for (guint i = 0; i < 2; i++)
    g_assert_true (fovea_graph_find (fovea_network_get_graph (fixture->network), i == 0 ? "conv" : "relu", &fixture->layers[i], NULL));
}

static void
tear_down (Fixture *fixture,
           gconstpointer data)
{
  fovea_store_unref (fixture->store);
  fovea_network_unref (fixture->network);
  fovea_image_set_unref (fixture->set);
  fovea_scratch_free (fixture->folder);
  fovea_scratch_free (fixture->images);
}

static GPtrArray *
run (const Fixture *fixture,
     FoveaStore *store,
     guint n_layers,
     const FoveaScanOptions *options,
     const FoveaJob *job,
     GError **error)
{
  const FoveaScanTarget target = { fixture->network, n_layers, fixture->layers };

  return fovea_scan_run (store, fixture->set, 1, &target, options, job, error);
}

static GPtrArray *
run_ok (const Fixture *fixture,
        FoveaStore *store,
        guint n_layers,
        const FoveaScanOptions *options)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *scans = run (fixture, store, n_layers, options, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (scans->len, ==, n_layers);
  for (guint i = 0; i < n_layers; i++)
    g_assert_true (fovea_scan_is_complete (scans->pdata[i]));
  return scans;
}

/* The layer's maps, [image][channel][unit], one image at a time; those of damaged images stay 0. */
static float *
compute_maps (const Fixture *fixture,
              int layer)
{
  g_autoptr (FoveaPlan) plan = fovea_plan_new (fovea_network_get_graph (fixture->network), 1, SIZE, SIZE, 1, &layer, FOVEA_PLAN_FORWARD, NULL);
  float *maps = g_new0 (float, N_IMAGES * N_CHANNELS * N_UNITS);

  for (guint i = 0; i < N_IMAGES; i++)
    {
      g_autoptr (FoveaImage) image = fovea_image_set_load_image (fixture->set, i, NULL);
      g_autoptr (FoveaTensor) input = NULL;

      g_assert_true ((image == NULL) == IS_DAMAGED (i));
      if (image == NULL)
        continue;
      input = fovea_image_to_tensor (image, NULL);
      fovea_plan_forward (plan, input->data);
      memcpy (maps + i * N_CHANNELS * N_UNITS, fovea_plan_get_activation (plan, 0), N_CHANNELS * N_UNITS * sizeof (float));
    }
  return maps;
}

/* The strongest hits by sorting all of them. */
static int
compare_hits (gconstpointer a,
              gconstpointer b)
{
  const FoveaScanHit *first = a, *second = b;

  if (first->activation != second->activation)
    return first->activation > second->activation ? -1 : 1;
  if (first->image != second->image)
    return first->image < second->image ? -1 : 1;
  return first->y * SIZE + first->x < second->y * SIZE + second->x ? -1 : 1;
}

/* Greedily within each image, then the strongest of all. The receptive field is 3, so hits are 2 apart. */
static GArray *
find_hits (const float *maps,
           guint channel,
           guint hits_per_image)
{
  GArray *hits = g_array_new (FALSE, FALSE, sizeof (FoveaScanHit));

  for (guint i = 0; i < N_IMAGES; i++)
    {
      const float *map = maps + (i * N_CHANNELS + channel) * N_UNITS;
      g_autoptr (GArray) units = g_array_new (FALSE, FALSE, sizeof (FoveaScanHit));
      guint first = hits->len;

      if (IS_DAMAGED (i))
        continue;
      for (guint u = 0; u < N_UNITS; u++)
        {
          const FoveaScanHit hit = { map[u], i, (guint16) (u / SIZE), (guint16) (u % SIZE) };
          g_array_append_val (units, hit);
        }
      g_array_sort (units, compare_hits);
      for (guint u = 0; u < N_UNITS && hits->len - first < hits_per_image; u++)
        {
          const FoveaScanHit *hit = &g_array_index (units, FoveaScanHit, u);
          gboolean is_free = TRUE;

          for (guint k = first; k < hits->len; k++)
            {
              const FoveaScanHit *taken = &g_array_index (hits, FoveaScanHit, k);
              is_free &= ABS (hit->y - taken->y) >= 2 || ABS (hit->x - taken->x) >= 2;
            }
          if (is_free)
            g_array_append_vals (hits, hit, 1);
        }
    }
  g_array_sort (hits, compare_hits);
  g_array_set_size (hits, MIN (hits->len, N_TOP));
  return hits;
}

static void
check_hits (const FoveaScan *scan,
            const float *maps,
            guint channel,
            guint hits_per_image)
{
  g_autoptr (GArray) expected = find_hits (maps, channel, hits_per_image);
  guint n_hits;
  const FoveaScanHit *hits = fovea_scan_get_hits (scan, channel, &n_hits);

  g_assert_cmpuint (n_hits, ==, N_TOP);
  for (guint k = 0; k < n_hits; k++)
    {
      const FoveaScanHit *hit = &g_array_index (expected, FoveaScanHit, k);

      g_assert_cmpfloat (hits[k].activation, ==, hit->activation);
      g_assert_cmpuint (hits[k].image, ==, hit->image);
      g_assert_cmpuint (hits[k].y, ==, hit->y);
      g_assert_cmpuint (hits[k].x, ==, hit->x);
    }
}

static int
compare_floats (gconstpointer a,
                gconstpointer b)
{
  float first = *(const float *) a, second = *(const float *) b;

  return (first > second) - (first < second);
}

static void
check_distribution (const FoveaScan *scan,
                    const float *maps,
                    guint channel)
{
  g_autoptr (GArray) values = g_array_new (FALSE, FALSE, sizeof (float));
  const double fractions[] = { 0, 0.005, 0.25, 0.5, 0.9, 0.995, 1 };
  double sum = 0, n_active = 0, shares[10], total = 0;
  FoveaScanChannel statistics;
  const float *sorted;

  for (guint i = 0; i < N_IMAGES; i++)
    if (!IS_DAMAGED (i))
      g_array_append_vals (values, maps + (i * N_CHANNELS + channel) * N_UNITS, N_UNITS);
  g_array_sort (values, compare_floats);
  sorted = (const float *) (gpointer) values->data;
  for (guint v = 0; v < values->len; v++)
    {
      sum += sorted[v];
      n_active += sorted[v] > 0;
    }

  fovea_scan_get_channel (scan, channel, &statistics);
  g_assert_cmpfloat (statistics.minimum, ==, sorted[0]);
  g_assert_cmpfloat (statistics.maximum, ==, sorted[values->len - 1]);
  g_assert_cmpfloat_with_epsilon (statistics.mean, sum / values->len, 1e-6);
  g_assert_cmpfloat_with_epsilon (statistics.active, n_active / values->len, 1e-12);
  g_assert_cmpuint (statistics.n_invalid, ==, 0);

  for (guint f = 0; f < G_N_ELEMENTS (fractions); f++)
    {
      guint place = (guint) MIN (fractions[f] * values->len, values->len - 1);
      double quantile = fovea_scan_get_quantile (scan, channel, fractions[f]), margin = fovea_scan_get_quantile_error (scan, channel);

      /* Between two values that follow each other, any quantile is right. */
      g_assert_cmpfloat (quantile, >=, sorted[place > 0 ? place - 1 : 0] - margin);
      g_assert_cmpfloat (quantile, <=, sorted[place] + margin);
    }
  if (statistics.maximum > statistics.minimum)
    g_assert_cmpfloat (fovea_scan_get_quantile_error (scan, channel), <, (statistics.maximum - statistics.minimum) / 1000);

  fovea_scan_get_histogram (scan, channel, -20, 20, G_N_ELEMENTS (shares), shares);
  for (guint bin = 0; bin < G_N_ELEMENTS (shares); bin++)
    {
      double expected = 0;

      for (guint v = 0; v < values->len; v++)
        expected += sorted[v] >= -20 + 4.0 * bin && sorted[v] < -16 + 4.0 * bin;
      g_assert_cmpfloat_with_epsilon (shares[bin], expected / values->len, 0.002);
      total += shares[bin];
    }
  g_assert_cmpfloat_with_epsilon (total, 1, 1e-9);
}

static void
check_means (const FoveaScan *scan,
             const float *maps,
             guint channel)
{
  double sums[N_CLASSES] = { 0 }, counts[N_CLASSES] = { 0 };
  gsize n_rows;
  const float *means = fovea_scan_get_means (scan, &n_rows);
  FoveaSelectivity selectivity;
  guint best = 0, ranked[2];

  g_assert_cmpuint (fovea_scan_get_means_step (scan), ==, 1);
  g_assert_cmpuint (n_rows, ==, N_IMAGES);
  g_assert_cmpuint (fovea_scan_get_n_classes (scan), ==, N_CLASSES);
  for (guint i = 0; i < N_IMAGES; i++)
    {
      const float *map = maps + (i * N_CHANNELS + channel) * N_UNITS;
      double sum = 0, positive = 0;

      for (guint u = 0; u < N_UNITS; u++)
        {
          sum += map[u];
          positive += MAX (map[u], 0);
        }
      if (IS_DAMAGED (i))
        {
          g_assert_true (isnan (means[i * N_CHANNELS + channel]));
          continue;
        }
      g_assert_cmpfloat_with_epsilon (means[i * N_CHANNELS + channel], sum / N_UNITS, 1e-5);
      /* 48, 47 and 47 images a class, in this order. */
      sums[i < 48 ? 0 : i < 95 ? 1 : 2] += positive / N_UNITS;
      counts[i < 48 ? 0 : i < 95 ? 1 : 2]++;
    }
  for (guint c = 0; c < N_CLASSES; c++)
    {
      g_assert_cmpuint (fovea_scan_get_class_count (scan, c), ==, counts[c]);
      g_assert_cmpfloat_with_epsilon (fovea_scan_get_class_mean (scan, channel, c), sums[c] / counts[c], 1e-5);
      best = sums[c] / counts[c] > sums[best] / counts[best] ? c : best;
    }
  if (channel == N_CHANNELS - 1)
    {
      g_assert_false (fovea_selectivity_compute (scan, channel, &selectivity));
      return;
    }
  g_assert_true (fovea_selectivity_compute (scan, channel, &selectivity));
  {
    double strong = sums[best] / counts[best], others = 0;

    for (guint c = 0; c < N_CLASSES; c++)
      others += c == best ? 0 : sums[c] / counts[c] / (N_CLASSES - 1);
    g_assert_cmpuint (selectivity.image_class, ==, best);
    g_assert_cmpfloat_with_epsilon (selectivity.index, (strong - others) / (strong + others), 1e-5);
  }
  g_assert_cmpuint (fovea_selectivity_rank_classes (scan, channel, 2, ranked), ==, 2);
  g_assert_cmpuint (ranked[0], ==, best);
  g_assert_cmpfloat (fovea_scan_get_class_mean (scan, channel, ranked[0]), >=, fovea_scan_get_class_mean (scan, channel, ranked[1]));
}

/* Everything against the maps of one image at a time: so batches change nothing. */
static void
test_results (Fixture *fixture,
              gconstpointer data)
{
  for (guint hits_per_image = 1; hits_per_image <= 3; hits_per_image += 2)
    {
      const FoveaScanOptions options = { N_TOP, hits_per_image };
      g_autoptr (GPtrArray) scans = run_ok (fixture, NULL, 2, &options);

      for (guint l = 0; l < 2; l++)
        {
          g_autofree float *maps = compute_maps (fixture, fixture->layers[l]);

          g_assert_cmpuint (fovea_scan_get_n_channels (scans->pdata[l]), ==, N_CHANNELS);
          for (guint c = 0; c < N_CHANNELS; c++)
            {
              check_hits (scans->pdata[l], maps, c, hits_per_image);
              check_distribution (scans->pdata[l], maps, c);
              check_means (scans->pdata[l], maps, c);
            }
        }
    }
}

static void
test_unreadable (Fixture *fixture,
                 gconstpointer data)
{
  g_autoptr (GPtrArray) scans = run_ok (fixture, fixture->store, 1, &FOVEA_SCAN_OPTIONS_DEFAULT);
  g_autoptr (FoveaScan) loaded = fovea_scan_load (fixture->store, fixture->set, fixture->network, fixture->layers[0], &FOVEA_SCAN_OPTIONS_DEFAULT, NULL);

  for (guint k = 0; k < 2; k++)
    {
      const FoveaScan *scan = k == 0 ? scans->pdata[0] : loaded;
      const char *reason;

      g_assert_cmpuint (fovea_scan_get_n_unreadable (scan), ==, N_DAMAGED);
      g_assert_cmpuint (fovea_scan_get_unreadable (scan, 3, &reason), ==, 67);
      g_assert_nonnull (strstr (reason, "class-1"));
    }
}

static void
assert_same (const FoveaScan *a,
             const FoveaScan *b)
{
  g_autoptr (GBytes) first = fovea_scan_encode (a);
  g_autoptr (GBytes) second = fovea_scan_encode (b);
  gsize n_first, n_second;
  const float *means_a = fovea_scan_get_means (a, &n_first), *means_b = fovea_scan_get_means (b, &n_second);

  g_assert_cmpmem (g_bytes_get_data (first, NULL), g_bytes_get_size (first), g_bytes_get_data (second, NULL), g_bytes_get_size (second));
  g_assert_cmpmem (means_a, n_first * N_CHANNELS * sizeof (float), means_b, n_second * N_CHANNELS * sizeof (float));
}

static void
test_threads (Fixture *fixture,
              gconstpointer data)
{
  guint n_threads = fovea_parallel_get_n_threads ();
  g_autoptr (GPtrArray) several = NULL;
  g_autoptr (GPtrArray) one = NULL;

  fovea_parallel_set_n_threads (4);
  several = run_ok (fixture, NULL, 2, &FOVEA_SCAN_OPTIONS_DEFAULT);
  fovea_parallel_set_n_threads (1);
  one = run_ok (fixture, NULL, 2, &FOVEA_SCAN_OPTIONS_DEFAULT);
  fovea_parallel_set_n_threads (n_threads);
  for (guint l = 0; l < 2; l++)
    assert_same (one->pdata[l], several->pdata[l]);
}

typedef struct {
  GCancellable *cancellable;
  guint64 stop_at;
  gboolean has_begun;
  guint64 first;
  guint64 last;
} Progress;

static void
note_progress (guint64 done,
               guint64 total,
               double seconds_left,
               gpointer data)
{
  Progress *progress = data;

  g_assert_cmpuint (total, ==, N_IMAGES);
  if (!progress->has_begun)
    progress->first = done;
  progress->has_begun = TRUE;
  progress->last = done;
  if (progress->cancellable != NULL && done >= progress->stop_at)
    g_cancellable_cancel (progress->cancellable);
}

/* Stopped in the middle, gone on with; and with a second layer that begins at the start. */
static void
test_resume (Fixture *fixture,
             gconstpointer data)
{
  g_autoptr (GPtrArray) undisturbed = run_ok (fixture, NULL, 2, &FOVEA_SCAN_OPTIONS_DEFAULT);

  for (guint stop = 8; stop < N_IMAGES - 40; stop += 16)
    {
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      g_autoptr (GError) error = NULL;
      g_autoptr (FoveaScan) partial = NULL;
      g_autoptr (GPtrArray) scans = NULL;
      Progress progress = { .cancellable = cancellable, .stop_at = stop }, resumed = { 0 };
      FoveaJob job;

      g_assert_true (fovea_store_clear (fixture->store, NULL));
      fovea_job_init (&job, cancellable, note_progress, &progress);
      g_assert_null (run (fixture, fixture->store, 1, &FOVEA_SCAN_OPTIONS_DEFAULT, &job, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_clear_error (&error);
      g_assert_cmpuint (progress.first, ==, 0);

      partial = fovea_scan_load (fixture->store, fixture->set, fixture->network, fixture->layers[0], &FOVEA_SCAN_OPTIONS_DEFAULT, &error);
      g_assert_no_error (error);
      g_assert_false (fovea_scan_is_complete (partial));
      g_assert_cmpuint (fovea_scan_get_n_done (partial), ==, progress.last);

      fovea_job_init (&job, NULL, note_progress, &resumed);
      if (stop % 32 == 8)
        {
          g_autoptr (GPtrArray) first = run (fixture, fixture->store, 1, &FOVEA_SCAN_OPTIONS_DEFAULT, &job, &error);
          g_assert_no_error (error);
          g_assert_cmpuint (resumed.first, ==, progress.last);
        }
      scans = run_ok (fixture, fixture->store, 2, &FOVEA_SCAN_OPTIONS_DEFAULT);
      for (guint l = 0; l < 2; l++)
        {
          g_autoptr (FoveaScan) stored = fovea_scan_load (fixture->store, fixture->set, fixture->network, fixture->layers[l], &FOVEA_SCAN_OPTIONS_DEFAULT, &error);

          assert_same (scans->pdata[l], undisturbed->pdata[l]);
          assert_same (stored, undisturbed->pdata[l]);
        }
    }
}

static void
go_slowly (guint64 done,
           guint64 total,
           double seconds_left,
           gpointer data)
{
  g_usleep (800000);
}

/* Runs first, while there are no threads that a fork would lose. */
static void
test_kill (Fixture *fixture,
           gconstpointer data)
{
  g_autoptr (GPtrArray) undisturbed = NULL;
  g_autoptr (GPtrArray) scans = NULL;
  g_autoptr (GError) error = NULL;
  Progress progress = { 0 };
  gsize n_done = 0;
  FoveaJob job;
  pid_t child = fork ();
  int status;

  g_assert_cmpint (child, >=, 0);
  if (child == 0)
    {
      g_autofree char *path = fovea_scratch_path (fixture->folder, "store.sqlite");
      FoveaStore *store = fovea_store_open (path, NULL);

      fovea_job_init (&job, NULL, go_slowly, NULL);
      run (fixture, store, 2, &FOVEA_SCAN_OPTIONS_DEFAULT, &job, NULL);
      _exit (1);
    }
  for (guint i = 0; i < 400 && n_done == 0; i++)
    {
      g_autoptr (FoveaScan) partial = fovea_scan_load (fixture->store, fixture->set, fixture->network, fixture->layers[1], &FOVEA_SCAN_OPTIONS_DEFAULT, NULL);

      n_done = partial != NULL ? fovea_scan_get_n_done (partial) : 0;
      g_usleep (20000);
    }
  g_assert_cmpint (kill (child, SIGKILL), ==, 0);
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_true (WIFSIGNALED (status));
  g_assert_cmpuint (n_done, >, 0);
  g_assert_cmpuint (n_done, <, N_IMAGES);

  fovea_job_init (&job, NULL, note_progress, &progress);
  scans = run (fixture, fixture->store, 2, &FOVEA_SCAN_OPTIONS_DEFAULT, &job, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (progress.first, >=, n_done);
  undisturbed = run_ok (fixture, NULL, 2, &FOVEA_SCAN_OPTIONS_DEFAULT);
  for (guint l = 0; l < 2; l++)
    assert_same (scans->pdata[l], undisturbed->pdata[l]);
}

/* Another set, network or option is another scan; the same one is not computed again. */
static void
test_keys (Fixture *fixture,
           gconstpointer data)
{
  g_autoptr (GPtrArray) scans = run_ok (fixture, fixture->store, 1, &FOVEA_SCAN_OPTIONS_DEFAULT);
  g_autofree char *more = g_build_filename (fixture->images, "class-0", "more.png", NULL);
  g_autoptr (FoveaImageSet) changed = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) again = NULL;
  Progress progress = { 0 };
  FoveaJob job;

  g_assert_null (fovea_scan_load (fixture->store, fixture->set, fixture->network, fixture->layers[1], &FOVEA_SCAN_OPTIONS_DEFAULT, &error));
  g_assert_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_null (fovea_scan_load (fixture->store, fixture->set, fixture->network, fixture->layers[0], &(FoveaScanOptions) { 49, 2 }, &error));
  g_assert_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_true (g_file_set_contents (more, "", 0, NULL));
  changed = fovea_image_set_open (fixture->images, NULL);
  g_assert_null (fovea_scan_load (fixture->store, changed, fixture->network, fixture->layers[0], &FOVEA_SCAN_OPTIONS_DEFAULT, &error));
  g_assert_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND);
  g_clear_error (&error);

  fovea_job_init (&job, NULL, note_progress, &progress);
  again = run (fixture, fixture->store, 1, &FOVEA_SCAN_OPTIONS_DEFAULT, &job, &error);
  g_assert_no_error (error);
  g_assert_false (progress.has_begun);
  assert_same (again->pdata[0], scans->pdata[0]);
}

/* Whatever the store holds, reading it ends well. */
static void
test_damage (Fixture *fixture,
             gconstpointer data)
{
  g_autoptr (GPtrArray) scans = run_ok (fixture, NULL, 1, &FOVEA_SCAN_OPTIONS_DEFAULT);
  const FoveaScan *scan = scans->pdata[0];
  g_autoptr (GBytes) state = fovea_scan_encode (scan);
  g_autoptr (GRand) rand = g_rand_new_with_seed (5);
  gsize size, n_rows, n_refused = 0;
  const guint8 *original = g_bytes_get_data (state, &size);
  const float *means = fovea_scan_get_means (scan, &n_rows);
  g_autoptr (GBytes) rows = g_bytes_new (means, n_rows * N_CHANNELS * sizeof (float));
  g_autoptr (GBytes) few_rows = g_bytes_new (means, (n_rows - 1) * N_CHANNELS * sizeof (float));
  const FoveaShape shape = { N_CHANNELS, SIZE, SIZE, FALSE };
  const FoveaReceptiveField field = { { 3, 3 }, { 1, 1 }, { -1, -1 } };

  for (guint trial = 0; trial < 3000; trial++)
    {
      g_autofree guint8 *damaged = g_memdup2 (original, size);
      gsize length = trial % 3 == 0 ? (gsize) g_rand_int_range (rand, 0, (gint32) size) : size;
      g_autoptr (FoveaScan) decoded = fovea_scan_new (N_IMAGES, N_CLASSES, &shape, &field, &FOVEA_SCAN_OPTIONS_DEFAULT, NULL);
      g_autoptr (GBytes) bytes = NULL;

      for (guint k = 0; trial > 0 && k < 3; k++)
        damaged[g_rand_int_range (rand, 0, (gint32) size)] ^= (guint8) g_rand_int_range (rand, 1, 256);
      bytes = g_bytes_new (damaged, trial == 0 ? size : length);
      if (trial == 0)
        {
          g_autoptr (FoveaScan) other = fovea_scan_new (N_IMAGES, N_CLASSES, &shape, &field, &FOVEA_SCAN_OPTIONS_DEFAULT, NULL);

          g_assert_true (fovea_scan_decode (decoded, bytes, rows));
          assert_same (decoded, scan);
          g_assert_false (fovea_scan_decode (other, bytes, few_rows));
        }
      else if (!fovea_scan_decode (decoded, bytes, rows))
        n_refused++;
      else
        for (guint c = 0; c < N_CHANNELS; c++)
          {
            double shares[8];

            fovea_scan_get_quantile (decoded, c, 0.99);
            fovea_scan_get_histogram (decoded, c, -1, 1, 8, shares);
          }
    }
  g_assert_cmpuint (n_refused, >, 1000);
}

static void
test_too_large (Fixture *fixture,
                gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fovea_store_set_max_size (fixture->store, 8192);
  g_assert_null (run (fixture, fixture->store, 1, &FOVEA_SCAN_OPTIONS_DEFAULT, NULL, &error));
  g_assert_error (error, FOVEA_ERROR, FOVEA_ERROR_TOO_LARGE);
}

/* Beyond their share, the scans that were put first go, and visualizations stay. */
static void
test_share (Fixture *fixture,
            gconstpointer data)
{
  g_autoptr (FoveaImage) image = fovea_image_new (20, 20, NULL);
  const FoveaStoredVisualization visualization = { image, 1, FALSE };
  g_autoptr (FoveaStoredVisualization) kept = NULL;
  g_autoptr (FoveaScan) newest = NULL;

  memset (image->pixels, 9, 1200);
  g_assert_true (fovea_store_put_visualization (fixture->store, "network", "conv:0", "recipe", &visualization, NULL));
  fovea_store_set_max_size (fixture->store, 500000);
  for (guint n_top = 10; n_top < 49; n_top++)
    g_ptr_array_unref (run_ok (fixture, fixture->store, 1, &(FoveaScanOptions) { n_top, 1 }));
  g_assert_cmpuint (fovea_store_get_size (fixture->store), <=, 500000);
  g_assert_null (fovea_scan_load (fixture->store, fixture->set, fixture->network, fixture->layers[0], &(FoveaScanOptions) { 10, 1 }, NULL));
  newest = fovea_scan_load (fixture->store, fixture->set, fixture->network, fixture->layers[0], &(FoveaScanOptions) { 48, 1 }, NULL);
  g_assert_nonnull (newest);
  kept = fovea_store_get_visualization (fixture->store, "network", "conv:0", "recipe", NULL);
  g_assert_nonnull (kept);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
#define ADD(name, function) g_test_add ("/scan/" name, Fixture, NULL, set_up, function, tear_down)
  ADD ("kill", test_kill);
  ADD ("results", test_results);
  ADD ("unreadable", test_unreadable);
  ADD ("threads", test_threads);
  ADD ("resume", test_resume);
  ADD ("keys", test_keys);
  ADD ("damage", test_damage);
  ADD ("too-large", test_too_large);
  ADD ("share", test_share);
  return g_test_run ();
}
