/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engine/analysis/dissect-example.h"
#include "engine/analysis/dissection-store.h"
#include "engine/analysis/tally.h"
#include "engine/parallel.h"
#include "engine/plan.h"
#include "tests/engine/small-broden.h"
#include "tests/engine/tiny-graph.h"

#define INPUT 17
#define MASK_WIDTH 12
#define MASK_HEIGHT 10
#define N_IMAGES 40
#define N_CHANNELS 7

/* Concepts by number; 5 stands in the columns of two categories. */
static const struct {
  guint number;
  const char *name;
  guint category;
} concepts[] = { { 1, "cat", 0 }, { 2, "dog", 0 }, { 5, "fur", 1 }, { 300, "striped", 1 }, { 301, "dotted", 1 }, { 400, "kitchen", 2 } };

/* What the set shows, as the test knows it: for each image the labels of up to three maps and of the whole. */
typedef struct {
  guint n_maps;
  guint maps[3][MASK_HEIGHT * MASK_WIDTH];
  guint n_labels;
  guint labels[2];
} Truth;

static FoveaNetwork *
make_network (void)
{
  FoveaGraph *graph = fovea_graph_new (3, INPUT, INPUT);
  const gint64 shape[] = { N_CHANNELS, 3, 3, 3 };
  const FoveaNetworkInfo info = { .name = "tiny", .architecture = "tiny", .sha256 = "0123", .resize = INPUT };
  FoveaNetwork *network;

  tiny_add (graph, "conv", "Conv", "input", "{'strides': <[int64 2, 2]>, 'pads': <[int64 1, 1, 1, 1]>}", tiny_parameters ("W", tiny_tensor (3, 4, shape)));
  tiny_add (graph, "relu", "Relu", "conv", NULL, NULL);
  tiny_add (graph, "pool", "GlobalAveragePool", "relu", NULL, NULL);
  tiny_finish (graph);
  network = fovea_network_new (graph, &info);
  fovea_graph_unref (graph);
  return network;
}

/* Blobs of concepts on background. */
static void
fill_map (GRand *rand,
          const guint *numbers,
          guint n_numbers,
          guint *map)
{
  memset (map, 0, MASK_WIDTH * MASK_HEIGHT * sizeof (guint));
  for (guint blob = 0; blob < 3; blob++)
    {
      guint number = numbers[g_rand_int_range (rand, 0, (gint32) n_numbers)];
      guint x0 = (guint) g_rand_int_range (rand, 0, MASK_WIDTH), y0 = (guint) g_rand_int_range (rand, 0, MASK_HEIGHT);

      for (guint y = y0; y < MIN (y0 + 6, MASK_HEIGHT); y++)
        for (guint x = x0; x < MIN (x0 + 6, MASK_WIDTH); x++)
          map[y * MASK_WIDTH + x] = number;
    }
}

static FoveaScratch *
make_set (Truth *truths)
{
  static const guint objects[] = { 1, 2 }, textures[] = { 5, 300, 301 };
  FoveaScratch *folder = fovea_scratch_new ();
  g_autoptr (GRand) rand = g_rand_new_with_seed (11);
  g_autoptr (GString) index = g_string_new ("image,split,ih,iw,sh,sw,object,texture,scene\n");

  small_broden_write (folder, "category.csv", "name,first,last,count,frequency\nobject,1,2,2,1\ntexture,5,301,3,1\nscene,400,400,1,1\n");
  small_broden_write (folder, "label.csv",
                      "number,name,category,frequency,coverage,syns\n1,cat,object(1),1,1,\n2,dog,object(1),1,1,\n5,fur,object(1);texture(2),1,1,\n"
                      "300,striped,texture(1),1,1,\n301,dotted,texture(1),1,1,\n400,kitchen,scene(1),1,1,\n");
  small_broden_write (folder, "c_object.csv", "code,number,name,frequency,coverage\n1,1,cat,1,1\n2,2,dog,1,1\n3,5,fur,1,0.5\n");
  small_broden_write (folder, "c_texture.csv", "code,number,name,frequency,coverage\n1,5,fur,1,1.5\n2,300,striped,1,1\n3,301,dotted,1,1\n");
  small_broden_write (folder, "c_scene.csv", "code,number,name,frequency,coverage\n1,400,kitchen,1,1\n");

  for (guint i = 0; i < N_IMAGES; i++)
    {
      Truth *truth = &truths[i];
      g_autofree char *name = g_strdup_printf ("images/made/%u.png", i);
      g_autoptr (GString) object = g_string_new (NULL);
      g_autoptr (GString) texture = g_string_new (NULL);
      g_autoptr (GString) scene = g_string_new (NULL);
      GString *const fields[] = { object, texture, scene };

      memset (truth, 0, sizeof *truth);
      small_broden_write_image (folder, name, INPUT, INPUT, i);
      for (guint category = 0; category < 2; category++)
        for (guint map = 0; map < (guint) g_rand_int_range (rand, 0, 3) && truth->n_maps < 3; map++)
          {
            g_autofree char *mask = g_strdup_printf ("made/%u_%u_%u.png", i, category, map);
            g_autofree char *path = g_strconcat ("images/", mask, NULL);

            fill_map (rand, category == 0 ? objects : textures, category == 0 ? 2 : 3, truth->maps[truth->n_maps]);
            small_broden_write_mask (folder, path, MASK_WIDTH, MASK_HEIGHT, truth->maps[truth->n_maps++]);
            g_string_append_printf (fields[category], "%s%s", map > 0 ? ";" : "", mask);
          }
      if (g_rand_int_range (rand, 0, 3) == 0)
        {
          truth->labels[truth->n_labels++] = 400;
          g_string_append (fields[2], "400");
        }
      /* The fur as an object: its category is texture all the same. */
      if (g_rand_int_range (rand, 0, 4) == 0 || truth->n_maps + truth->n_labels == 0)
        {
          truth->labels[truth->n_labels++] = 5;
          g_string_append_printf (fields[0], "%s5", fields[0]->len > 0 ? ";" : "");
        }
      g_string_append_printf (index, "made/%u.png,train,%d,%d,%d,%d,%s,%s,%s\n", i, INPUT, INPUT, MASK_HEIGHT, MASK_WIDTH,
                              fields[0]->str, fields[1]->str, fields[2]->str);
    }
  small_broden_write (folder, "index.csv", index->str);
  return folder;
}

static FoveaConceptSet *
open_set (const char *folder)
{
  g_autoptr (GError) error = NULL;
  FoveaConceptSet *set = fovea_concept_set_open (folder, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (fovea_concept_problems_get_total (fovea_concept_set_get_problems (set)), ==, 0);
  return set;
}

/* All activations, [image][channel][position]. */
static float *
compute_activations (FoveaNetwork *network,
                     int layer,
                     FoveaConceptSet *set,
                     gsize n_activations)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FoveaPlan) plan = fovea_plan_new (fovea_network_get_graph (network), 1, INPUT, INPUT, 1, &layer, FOVEA_PLAN_FORWARD, &error);
  float *activations = g_new (float, N_IMAGES * n_activations);

  g_assert_no_error (error);
  for (guint i = 0; i < N_IMAGES; i++)
    {
      g_autoptr (FoveaImage) image = fovea_image_set_load_image (fovea_concept_set_get_images (set), i, &error);
      g_autoptr (FoveaTensor) input = fovea_image_to_tensor (image, &error);

      g_assert_no_error (error);
      fovea_plan_forward (plan, input->data);
      memcpy (activations + i * n_activations, fovea_plan_get_activation (plan, 0), n_activations * sizeof (float));
    }
  return activations;
}

static int
compare_doubles (const void *a,
                 const void *b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

/* NumPy's quantile (values, 1 - share). */
static double
find_threshold (const float *activations,
                gsize n_activations,
                gsize n_samples,
                guint channel,
                double share)
{
  gsize n = N_IMAGES * n_samples;
  g_autofree double *values = g_new (double, n);
  double position = (double) (n - 1) * (1 - share);
  gsize lower = (gsize) position;

  for (guint i = 0; i < N_IMAGES; i++)
    for (gsize j = 0; j < n_samples; j++)
      values[i * n_samples + j] = activations[i * n_activations + channel * n_samples + j];
  qsort (values, n, sizeof (double), compare_doubles);
  return lower + 1 < n ? values[lower] + (position - (double) lower) * (values[lower + 1] - values[lower]) : values[lower];
}

/* The map's value at a position between its samples. */
static double
sample (const float *map,
        guint height,
        guint width,
        double y,
        double x)
{
  guint y0, x0, y1, x1;

  y = CLAMP (y, 0, height - 1.0);
  x = CLAMP (x, 0, width - 1.0);
  y0 = (guint) y;
  x0 = (guint) x;
  y1 = MIN (y0 + 1, height - 1);
  x1 = MIN (x0 + 1, width - 1);
  return (1 - (y - y0)) * ((1 - (x - x0)) * map[y0 * width + x0] + (x - x0) * map[y0 * width + x1])
         + (y - y0) * ((1 - (x - x0)) * map[y1 * width + x0] + (x - x0) * map[y1 * width + x1]);
}

/* Where along the map a pixel of the mask lies, for either alignment. For the layer here, a receptive
 * field has 3 pixels, begins at -1 and moves by 2; the image is 17 / 12, rounded 1 times larger. */
static double
locate (FoveaDissectAlignment alignment,
        guint pixel,
        guint n_pixels,
        guint n_samples)
{
  if (alignment == FOVEA_DISSECT_ALIGNMENT_RESIZE)
    return (pixel + 0.5) * n_samples / n_pixels - 0.5;
  return (pixel - 0.0) / 2.0;
}

static guint
find_category (guint number)
{
  for (guint i = 0; i < G_N_ELEMENTS (concepts); i++)
    if (concepts[i].number == number)
      return concepts[i].category;
  g_assert_not_reached ();
}

/* Everything once more, by the definitions. */
static void
check (FoveaDissection *dissection,
       const Truth *truths,
       const float *activations,
       guint height,
       guint width,
       FoveaDissectAlignment alignment)
{
  const gsize n_samples = (gsize) height * width, n_activations = N_CHANNELS * n_samples;
  guint n_above = 0;

  g_assert_cmpuint (fovea_dissection_get_n_channels (dissection), ==, N_CHANNELS);
  g_assert_cmpuint (fovea_dissection_get_n_concepts (dissection), ==, G_N_ELEMENTS (concepts));
  g_assert_cmpuint (fovea_dissection_get_n_images (dissection), ==, N_IMAGES);
  for (guint q = 0; q < fovea_dissection_get_n_quantiles (dissection); q++)
    for (guint channel = 0; channel < N_CHANNELS; channel++)
      {
        double threshold = find_threshold (activations, n_activations, n_samples, channel, fovea_dissection_get_quantile (dissection, q));
        guint64 intersections[G_N_ELEMENTS (concepts)] = { 0 }, totals[G_N_ELEMENTS (concepts)] = { 0 };
        guint64 areas[FOVEA_DISSECT_N_AREAS][3] = { 0 };

        g_assert_cmpfloat_with_epsilon (fovea_dissection_get_threshold (dissection, channel, q), threshold, 1e-9);
        for (guint i = 0; i < N_IMAGES; i++)
          {
            const float *map = activations + i * n_activations + channel * n_samples;
            gboolean shown[3] = { FALSE }, touched[3] = { FALSE };
            guint64 area = 0;

            for (guint y = 0; y < MASK_HEIGHT; y++)
              for (guint x = 0; x < MASK_WIDTH; x++)
                {
                  double value = sample (map, height, width, locate (alignment, y, MASK_HEIGHT, height), locate (alignment, x, MASK_WIDTH, width));
                  gboolean above = value > threshold;

                  area += above;
                  for (guint c = 0; c < G_N_ELEMENTS (concepts); c++)
                    {
                      guint times = 0;

                      for (guint m = 0; m < truths[i].n_maps; m++)
                        times += truths[i].maps[m][y * MASK_WIDTH + x] == concepts[c].number;
                      for (guint l = 0; l < truths[i].n_labels; l++)
                        times += truths[i].labels[l] == concepts[c].number;
                      totals[c] += times;
                      if (times > 0)
                        shown[find_category (concepts[c].number)] = TRUE;
                      if (above && times > 0)
                        touched[find_category (concepts[c].number)] = TRUE;
                      if (above)
                        intersections[c] += times;
                    }
                }
            n_above += area > 0;
            for (guint category = 0; category < 3; category++)
              {
                areas[FOVEA_DISSECT_AREA_CATEGORY][category] += shown[category] ? area : 0;
                areas[FOVEA_DISSECT_AREA_OVERLAP][category] += touched[category] ? area : 0;
              }
          }
        for (guint c = 0; c < G_N_ELEMENTS (concepts); c++)
          {
            g_assert_cmpuint (fovea_dissection_get_truth (dissection, c), ==, totals[c]);
            g_assert_cmpuint (fovea_dissection_get_intersection (dissection, channel, c, q), ==, intersections[c]);
            for (guint area = 0; area < FOVEA_DISSECT_N_AREAS; area++)
              {
                guint64 own = areas[area][concepts[c].category];
                double iou = (double) intersections[c] / ((double) own + (double) totals[c] - (double) intersections[c]);

                g_assert_cmpuint (fovea_dissection_get_activation (dissection, channel, concepts[c].category, q, area), ==, own);
                g_assert_cmpfloat_with_epsilon (fovea_dissection_get_iou (dissection, channel, c, q, area), iou, 1e-15);
              }
          }
      }
  g_assert_cmpuint (n_above, >, 30);
}

typedef struct {
  FoveaScratch *folder;
  FoveaScratch *cache;
  Truth *truths;
  FoveaConceptSet *set;
  FoveaNetwork *network;
  FoveaDissectOptions options;
} Fixture;

static void
set_up (Fixture *fixture,
        gconstpointer data)
{
  fixture->truths = g_new (Truth, N_IMAGES);
  fixture->folder = make_set (fixture->truths);
  fixture->cache = fovea_scratch_new ();
  fixture->set = open_set (fixture->folder);
  fixture->network = make_network ();
  fovea_dissect_options_init (&fixture->options);
  fixture->options.folder = fixture->cache;
}

static void
tear_down (Fixture *fixture,
           gconstpointer data)
{
  g_clear_pointer (&fixture->set, fovea_concept_set_unref);
  g_clear_pointer (&fixture->network, fovea_network_unref);
  g_clear_pointer (&fixture->folder, fovea_scratch_free);
  g_clear_pointer (&fixture->cache, fovea_scratch_free);
  g_free (fixture->truths);
}

static FoveaDissection *
dissect (Fixture *fixture,
         const char *layer)
{
  g_autoptr (GError) error = NULL;
  int index = tiny_find (fovea_network_get_graph (fixture->network), layer);
  FoveaDissection *dissection = fovea_dissect (fixture->network, index, fixture->set, &fixture->options, NULL, NULL, &error);

  g_assert_no_error (error);
  return dissection;
}

static guint
count_files (const char *folder)
{
  GDir *entries = g_dir_open (folder, 0, NULL);
  guint n = 0;

  while (g_dir_read_name (entries) != NULL)
    n++;
  g_dir_close (entries);
  return n;
}

static void
test_by_hand (Fixture *fixture,
              gconstpointer data)
{
  static const struct {
    const char *layer;
    FoveaDissectAlignment alignment;
  } cases[] = {
    { "conv", FOVEA_DISSECT_ALIGNMENT_RESIZE },
    { "relu", FOVEA_DISSECT_ALIGNMENT_RESIZE },
    { "relu", FOVEA_DISSECT_ALIGNMENT_FIELDS },
    { "pool", FOVEA_DISSECT_ALIGNMENT_RESIZE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      FoveaGraph *graph = fovea_network_get_graph (fixture->network);
      int layer = tiny_find (graph, cases[i].layer);
      const FoveaShape *shape = fovea_graph_get_shape (graph, (guint) layer);
      g_autofree float *activations = compute_activations (fixture->network, layer, fixture->set, fovea_shape_get_n_elements (shape));
      g_autoptr (FoveaDissection) dissection = NULL;

      fixture->options.alignment = cases[i].alignment;
      dissection = dissect (fixture, cases[i].layer);
      check (dissection, fixture->truths, activations, (guint) shape->height, (guint) shape->width, cases[i].alignment);
      g_assert_cmpuint (count_files (fixture->cache), ==, 0);
    }
}

static void
assert_same (const FoveaDissection *a,
             const FoveaDissection *b)
{
  for (guint channel = 0; channel < N_CHANNELS; channel++)
    {
      const guint32 *images_a, *images_b;
      guint n = fovea_dissection_get_top_images (a, channel, &images_a, NULL);

      g_assert_cmpuint (fovea_dissection_get_top_images (b, channel, &images_b, NULL), ==, n);
      g_assert_cmpmem (images_a, n * sizeof (guint32), images_b, n * sizeof (guint32));
      for (guint q = 0; q < fovea_dissection_get_n_quantiles (a); q++)
        {
          g_assert_cmpfloat (fovea_dissection_get_threshold (a, channel, q), ==, fovea_dissection_get_threshold (b, channel, q));
          for (guint c = 0; c < G_N_ELEMENTS (concepts); c++)
            {
              g_assert_cmpuint (fovea_dissection_get_intersection (a, channel, c, q), ==, fovea_dissection_get_intersection (b, channel, c, q));
              for (guint area = 0; area < FOVEA_DISSECT_N_AREAS; area++)
                g_assert_cmpfloat (fovea_dissection_get_iou (a, channel, c, q, area), ==, fovea_dissection_get_iou (b, channel, c, q, area));
            }
        }
    }
}

/* The limits of memory and disk change how often the network runs, not what comes out; nor do threads. */
static void
test_limits (Fixture *fixture,
             gconstpointer data)
{
  g_autoptr (FoveaDissection) expected = dissect (fixture, "relu");
  g_autoptr (FoveaDissection) little_memory = NULL;
  g_autoptr (FoveaDissection) no_disk = NULL;
  g_autoptr (FoveaDissection) neither = NULL;
  g_autoptr (FoveaDissection) one_thread = NULL;
  guint n_threads = fovea_parallel_get_n_threads ();

  fixture->options.max_memory = 1000;
  little_memory = dissect (fixture, "relu");
  fixture->options.max_disk = 0;
  neither = dissect (fixture, "relu");
  fixture->options.max_memory = G_MAXUINT64;
  no_disk = dissect (fixture, "relu");
  fovea_parallel_set_n_threads (1);
  one_thread = dissect (fixture, "relu");
  fovea_parallel_set_n_threads (n_threads);
  assert_same (expected, little_memory);
  assert_same (expected, no_disk);
  assert_same (expected, neither);
  assert_same (expected, one_thread);
}

typedef struct {
  GCancellable *cancellable;
  guint64 stop_at;
  guint64 highest;
  guint64 total;
} Watch;

static void
on_progress (guint64 done,
             guint64 total,
             double seconds_left,
             gpointer data)
{
  Watch *watch = data;

  g_assert_cmpuint (done, <=, total);
  watch->highest = done;
  watch->total = total;
  if (done >= watch->stop_at)
    g_cancellable_cancel (watch->cancellable);
}

/* Stopped at different places and gone on with, the result is the same, and what was computed is not
 * computed again. */
static void
test_resume (Fixture *fixture,
             gconstpointer data)
{
  int layer = tiny_find (fovea_network_get_graph (fixture->network), "relu");
  g_autoptr (FoveaDissection) expected = dissect (fixture, "relu");
  g_autoptr (FoveaDissection) dissection = NULL;
  guint64 total = 0;

  for (guint round = 0; dissection == NULL; round++)
    {
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      g_autoptr (GError) error = NULL;
      Watch watch = { .cancellable = cancellable, .stop_at = round == 0 ? 40 : round == 1 ? 80 : round == 2 ? 121 : G_MAXUINT64 };
      FoveaJob job;

      fovea_job_init (&job, cancellable, on_progress, &watch);
      dissection = fovea_dissect (fixture->network, layer, fixture->set, &fixture->options, NULL, &job, &error);
      if (dissection == NULL)
        {
          g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
          g_assert_cmpuint (count_files (fixture->cache), ==, 1);
        }
      else
        g_assert_cmpuint (watch.highest, ==, watch.total);
      if (round > 0)
        g_assert_cmpuint (watch.total, <, total);
      total = watch.total;
    }
  assert_same (expected, dissection);
  g_assert_cmpuint (count_files (fixture->cache), ==, 0);
}

/* A file that a killed process has left half-written is used as far as it is whole. */
static void
test_torn_file (Fixture *fixture,
                gconstpointer data)
{
  int layer = tiny_find (fovea_network_get_graph (fixture->network), "relu");
  g_autoptr (FoveaDissection) expected = dissect (fixture, "relu");

  for (guint cut = 1; cut < 6; cut++)
    {
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      g_autoptr (GError) error = NULL;
      g_autoptr (FoveaDissection) dissection = NULL;
      Watch watch = { .cancellable = cancellable, .stop_at = 60 };
      GDir *entries;
      g_autofree char *path = NULL;
      g_autofree char *contents = NULL;
      gsize size;
      FoveaJob job;

      fovea_job_init (&job, cancellable, on_progress, &watch);
      g_assert_null (fovea_dissect (fixture->network, layer, fixture->set, &fixture->options, NULL, &job, &error));
      g_clear_error (&error);
      entries = g_dir_open (fixture->cache, 0, NULL);
      path = fovea_scratch_path (fixture->cache, g_dir_read_name (entries));
      g_dir_close (entries);
      g_file_get_contents (path, &contents, &size, &error);
      g_assert_no_error (error);
      g_file_set_contents (path, contents, (gssize) (size * (6 - cut) / 6 - (cut == 5 ? size / 6 - 3 : 0)), &error);
      g_assert_no_error (error);
      dissection = dissect (fixture, "relu");
      assert_same (expected, dissection);
    }
}

/* Images and masks that cannot be used are left out and counted; the result is that of a set without them. */
static void
test_left_out (Fixture *fixture,
               gconstpointer data)
{
  g_autofree char *index_path = fovea_scratch_path (fixture->folder, "index.csv");
  g_autofree char *index = NULL;
  g_autofree char *without = NULL;
  g_autoptr (FoveaDissection) expected = NULL;
  g_autoptr (FoveaDissection) dissection = NULL;
  g_auto (GStrv) lines = NULL;

  g_file_get_contents (index_path, &index, NULL, NULL);
  lines = g_strsplit (index, "\n", -1);
  {
    g_autoptr (GString) text = g_string_new (NULL);

    for (guint i = 0; lines[i] != NULL; i++)
      if (i != 4 && i != 9 && lines[i][0] != '\0')
        g_string_append_printf (text, "%s\n", lines[i]);
    small_broden_write (fixture->folder, "index.csv", text->str);
  }
  fovea_concept_set_unref (fixture->set);
  fixture->set = open_set (fixture->folder);
  expected = dissect (fixture, "relu");

  small_broden_write (fixture->folder, "index.csv", index);
  small_broden_write (fixture->folder, "images/made/3.png", "no picture");
  small_broden_write (fixture->folder, "images/made/8.png", "\x89PNG\r\n\x1a\nbroken");
  fovea_concept_set_unref (fixture->set);
  fixture->set = open_set (fixture->folder);
  dissection = dissect (fixture, "relu");
  g_assert_cmpuint (fovea_dissection_get_n_images (dissection), ==, N_IMAGES - 2);
  g_assert_cmpuint (fovea_dissection_get_problems (dissection)->counts[FOVEA_CONCEPT_PROBLEM_IMAGE], ==, 2);
  g_assert_nonnull (strstr (fovea_dissection_get_problems (dissection)->messages->pdata[0], "index.csv:5:"));
  for (guint channel = 0; channel < N_CHANNELS; channel++)
    for (guint c = 0; c < G_N_ELEMENTS (concepts); c++)
      for (guint q = 0; q < fovea_dissection_get_n_quantiles (expected); q++)
        g_assert_cmpfloat (fovea_dissection_get_iou (dissection, channel, c, q, 0), ==, fovea_dissection_get_iou (expected, channel, c, q, 0));
}

/* A channel's strongest images are those of the highest activations. */
static void
test_top_images (Fixture *fixture,
                 gconstpointer data)
{
  FoveaGraph *graph = fovea_network_get_graph (fixture->network);
  int layer = tiny_find (graph, "conv");
  gsize n_activations = fovea_shape_get_n_elements (fovea_graph_get_shape (graph, (guint) layer)), n_samples = n_activations / N_CHANNELS;
  g_autofree float *activations = compute_activations (fixture->network, layer, fixture->set, n_activations);
  g_autoptr (FoveaDissection) dissection = dissect (fixture, "conv");

  for (guint channel = 0; channel < N_CHANNELS; channel++)
    {
      const guint32 *images;
      const float *values;
      gboolean chosen[N_IMAGES] = { FALSE };

      g_assert_cmpuint (fovea_dissection_get_top_images (dissection, channel, &images, &values), ==, FOVEA_DISSECT_N_TOP_IMAGES);
      for (guint i = 0; i < N_IMAGES; i++)
        {
          float strongest = -INFINITY;

          for (gsize j = 0; j < n_samples; j++)
            strongest = MAX (strongest, activations[i * n_activations + channel * n_samples + j]);
          for (guint rank = 0; rank < FOVEA_DISSECT_N_TOP_IMAGES; rank++)
            if (images[rank] == i)
              {
                g_assert_cmpfloat (values[rank], ==, strongest);
                chosen[i] = TRUE;
              }
          if (!chosen[i])
            g_assert_cmpfloat (strongest, <=, values[FOVEA_DISSECT_N_TOP_IMAGES - 1]);
        }
      for (guint rank = 1; rank < FOVEA_DISSECT_N_TOP_IMAGES; rank++)
        g_assert_cmpfloat (values[rank - 1], >=, values[rank]);
    }
}

/* Examples show the strongest images with the very masks that are counted. */
static void
test_examples (Fixture *fixture,
               gconstpointer data)
{
  static const guint8 outline[3] = { 1, 254, 3 };
  FoveaGraph *graph = fovea_network_get_graph (fixture->network);
  int layer = tiny_find (graph, "relu");
  const FoveaShape *shape = fovea_graph_get_shape (graph, (guint) layer);
  guint height = (guint) shape->height, width = (guint) shape->width;
  gsize n_samples = (gsize) height * width, n_activations = n_samples * N_CHANNELS;
  g_autofree float *activations = compute_activations (fixture->network, layer, fixture->set, n_activations);
  g_autoptr (FoveaDissection) dissection = dissect (fixture, "relu");
  guint q = fovea_dissection_find_quantile (dissection, 0.02), n_both = 0;

  for (guint channel = 0; channel < N_CHANNELS; channel++)
    for (guint c = 0; c < G_N_ELEMENTS (concepts); c++)
      {
        g_autoptr (GError) error = NULL;
        g_autoptr (GPtrArray) examples = fovea_dissect_examples (dissection, fixture->network, layer, fixture->set, FOVEA_DISSECT_ALIGNMENT_RESIZE, channel, c, q, 5, NULL, &error);
        const guint32 *top;

        g_assert_no_error (error);
        g_assert_cmpuint (examples->len, ==, 5);
        fovea_dissection_get_top_images (dissection, channel, &top, NULL);
        for (guint i = 0; i < examples->len; i++)
          {
            const FoveaDissectExample *example = examples->pdata[i];
            const Truth *truth = &fixture->truths[example->image];
            const float *map = activations + example->image * n_activations + channel * n_samples;
            g_autoptr (FoveaImage) drawn = fovea_dissect_example_draw (example, outline, &error);
            guint own = 0, shown = 0, both = 0, n_outline = 0;

            g_assert_no_error (error);
            g_assert_cmpuint (example->image, ==, top[i]);
            g_assert_cmpuint (example->width, ==, MASK_WIDTH);
            for (guint y = 0; y < MASK_HEIGHT; y++)
              for (guint x = 0; x < MASK_WIDTH; x++)
                {
                  gboolean above = sample (map, height, width, locate (0, y, MASK_HEIGHT, height), locate (0, x, MASK_WIDTH, width))
                                   > fovea_dissection_get_threshold (dissection, channel, q);
                  gboolean is_there = FALSE;

                  for (guint m = 0; m < truth->n_maps; m++)
                    is_there |= truth->maps[m][y * MASK_WIDTH + x] == concepts[c].number;
                  for (guint l = 0; l < truth->n_labels; l++)
                    is_there |= truth->labels[l] == concepts[c].number;
                  g_assert_cmpuint (example->channel_mask[y * MASK_WIDTH + x], ==, above);
                  g_assert_cmpuint (example->concept_mask[y * MASK_WIDTH + x], ==, is_there);
                  own += above;
                  shown += is_there;
                  both += above && is_there;
                }
            g_assert_cmpuint (example->n_channel, ==, own);
            g_assert_cmpuint (example->n_concept, ==, shown);
            g_assert_cmpuint (example->n_both, ==, both);
            n_both += both;
            for (gsize p = 0; p < (gsize) INPUT * INPUT; p++)
              n_outline += memcmp (drawn->pixels + 3 * p, outline, 3) == 0;
            g_assert_true ((n_outline > 0) == (shown > 0 && shown < MASK_WIDTH * MASK_HEIGHT));
          }
      }
  g_assert_cmpuint (n_both, >, 0);
}

/* What was stored comes back whole; what is damaged does not; another quantile is another entry. */
static void
test_store (Fixture *fixture,
            gconstpointer data)
{
  int layer = tiny_find (fovea_network_get_graph (fixture->network), "relu");
  g_autofree char *path = fovea_scratch_path (fixture->cache, "store.sqlite");
  g_autoptr (GError) error = NULL;
  g_autoptr (FoveaStore) store = fovea_store_open (path, &error);
  g_autoptr (FoveaDissection) computed = NULL;
  g_autoptr (FoveaDissection) stored = NULL;
  g_autoptr (GBytes) bytes = NULL;

  g_assert_null (fovea_dissect_lookup (fixture->network, layer, fixture->set, &fixture->options, store, &error));
  g_assert_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND);
  g_clear_error (&error);
  computed = fovea_dissect (fixture->network, layer, fixture->set, &fixture->options, store, NULL, &error);
  g_assert_no_error (error);
  stored = fovea_dissect_lookup (fixture->network, layer, fixture->set, &fixture->options, store, &error);
  g_assert_no_error (error);
  assert_same (computed, stored);
  g_assert_cmpstr (fovea_dissection_get_concept (stored, 2)->name, ==, "fur");
  g_assert_cmpstr (fovea_dissection_get_category (stored, 2), ==, "scene");
  g_assert_cmpuint (fovea_dissection_get_n_images (stored), ==, N_IMAGES);

  fovea_dissect_options_add_quantile (&fixture->options, 0.1, NULL);
  g_assert_null (fovea_dissect_lookup (fixture->network, layer, fixture->set, &fixture->options, store, &error));
  g_assert_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND);
  g_clear_error (&error);

  bytes = fovea_dissection_serialize (computed, &error);
  g_assert_no_error (error);
  for (gsize size = 0; size < g_bytes_get_size (bytes); size += size < 100 ? 1 : 37)
    {
      g_autoptr (GBytes) cut = g_bytes_new_from_bytes (bytes, 0, size);

      g_assert_null (fovea_dissection_deserialize (cut, &error));
      g_assert_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT);
      g_clear_error (&error);
    }
}

/* The labels are those of the highest IoU by plain search, and come back from a file. */
static void
test_tally (Fixture *fixture,
            gconstpointer data)
{
  g_autoptr (FoveaDissection) dissection = dissect (fixture, "relu");
  g_autofree char *path = fovea_scratch_path (fixture->cache, "tally.csv");
  guint q = fovea_dissection_find_quantile (dissection, FOVEA_DISSECT_QUANTILE);

  g_assert_cmpfloat (fovea_dissection_get_quantile (dissection, q), ==, FOVEA_DISSECT_QUANTILE);
  for (guint area = 0; area < FOVEA_DISSECT_N_AREAS; area++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (FoveaTally) tally = fovea_tally_new (dissection, q, area);
      g_autoptr (FoveaTally) again = NULL;
      g_autofree char *text = fovea_tally_format (tally);

      g_file_set_contents (path, text, -1, &error);
      again = fovea_tally_read (path, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (fovea_concept_problems_get_total (&again->problems), ==, 0);
      g_assert_cmpuint (tally->n_units, ==, N_CHANNELS);
      g_assert_cmpuint (again->n_units, ==, N_CHANNELS);
      for (guint channel = 0; channel < N_CHANNELS; channel++)
        {
          const FoveaTallyUnit *unit = &tally->units[channel], *other = &again->units[channel];
          double best[3] = { 0 }, score = 0;
          int label[3] = { -1, -1, -1 };

          for (guint c = 0; c < G_N_ELEMENTS (concepts); c++)
            {
              double iou = fovea_dissection_get_iou (dissection, channel, c, q, area);

              score = MAX (score, iou);
              if (iou > best[concepts[c].category])
                {
                  best[concepts[c].category] = iou;
                  label[concepts[c].category] = (int) c;
                }
            }
          g_assert_cmpfloat (unit->score, ==, score);
          g_assert_cmpfloat (other->score, ==, score);
          g_assert_cmpstr (other->label, ==, unit->label);
          g_assert_cmpint (other->category, ==, unit->category);
          for (guint category = 0; category < 3; category++)
            {
              g_assert_cmpfloat (unit->matches[category].iou, ==, best[category]);
              g_assert_cmpfloat (other->matches[category].iou, ==, best[category]);
              g_assert_cmpfloat (other->matches[category].activation, ==, unit->matches[category].activation);
              g_assert_cmpfloat (other->matches[category].truth, ==, unit->matches[category].truth);
              if (label[category] >= 0)
                g_assert_cmpstr (unit->matches[category].label, ==, concepts[label[category]].name);
            }
        }
    }
}

static void
test_options (void)
{
  g_autoptr (GError) error = NULL;
  FoveaDissectOptions options;

  fovea_dissect_options_init (&options);
  g_assert_true (fovea_dissect_options_add_quantile (&options, 0.005, &error));
  g_assert_cmpuint (options.n_quantiles, ==, 8);
  g_assert_true (fovea_dissect_options_add_quantile (&options, 0.004, &error));
  g_assert_true (fovea_dissect_options_add_quantile (&options, 0.5, &error));
  g_assert_cmpuint (options.n_quantiles, ==, 10);
  for (guint i = 1; i < options.n_quantiles; i++)
    g_assert_cmpfloat (options.quantiles[i - 1], <, options.quantiles[i]);
  g_assert_false (fovea_dissect_options_add_quantile (&options, 0, &error));
  g_assert_error (error, FOVEA_ERROR, FOVEA_ERROR_ARGUMENT);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dissect/options", test_options);
  g_test_add ("/dissect/by-hand", Fixture, NULL, set_up, test_by_hand, tear_down);
  g_test_add ("/dissect/limits", Fixture, NULL, set_up, test_limits, tear_down);
  g_test_add ("/dissect/resume", Fixture, NULL, set_up, test_resume, tear_down);
  g_test_add ("/dissect/torn-file", Fixture, NULL, set_up, test_torn_file, tear_down);
  g_test_add ("/dissect/left-out", Fixture, NULL, set_up, test_left_out, tear_down);
  g_test_add ("/dissect/examples", Fixture, NULL, set_up, test_examples, tear_down);
  g_test_add ("/dissect/store", Fixture, NULL, set_up, test_store, tear_down);
  g_test_add ("/dissect/tally", Fixture, NULL, set_up, test_tally, tear_down);
  g_test_add ("/dissect/top-images", Fixture, NULL, set_up, test_top_images, tear_down);
  return g_test_run ();
}
