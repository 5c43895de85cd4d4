/* Shape bias of a network that names an image's colour, so that every decision is known; and how it is kept.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/analysis/cue-store.h"

#include <string.h>

#include "tests/engine/tiny-graph.h"
#include "tests/scratch.h"

#define SIZE 8

static const char *const colors[] = { "red", "green", "blue", NULL };

/* The mean of each colour's plane, ten times, is the logit of the class in that place. */
static FoveaNetwork *
make_network (const char *name,
              const char *const *classes)
{
  g_autoptr (FoveaGraph) graph = fovea_graph_new (3, SIZE, SIZE);
  const gint64 shape[] = { 3, 3 };
  FoveaTensor *weights = tiny_tensor (1, 2, shape);
  const FoveaNetworkInfo info = { .name = name, .architecture = "tiny", .sha256 = "1234", .classes = classes };
  const double mean[] = { 0, 0, 0 }, std[] = { 1, 1, 1 };
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 9; i++)
    weights->data[i] = i % 4 == 0 ? 10 : 0;
  fovea_graph_set_normalization (graph, mean, std, 3, &error);
  g_assert_no_error (error);
  tiny_add (graph, "pool", "GlobalAveragePool", "input", NULL, NULL);
  tiny_add (graph, "flatten", "Flatten", "pool", NULL, NULL);
  tiny_add (graph, "fc", "Gemm", "flatten", "{'transB': <int64 1>}", tiny_parameters ("B", weights));
  tiny_finish (graph);
  return fovea_network_new (graph, &info);
}

/* An image of one colour, whatever its name says. */
static void
write_image (const FoveaScratch *folder,
             const char *name,
             const char *color)
{
  g_autofree char *path = fovea_scratch_path (folder, name);
  g_autoptr (GError) error = NULL;
  g_autoptr (FoveaImage) image = fovea_image_new (SIZE, SIZE, &error);

  for (guint i = 0; i < SIZE * SIZE * 3; i++)
    image->pixels[i] = g_str_equal (color, colors[i % 3]) ? 250 : 20;
  g_assert_true (fovea_image_write_png (image, path, &error));
}

static FoveaCueSet *
open_set (const FoveaScratch *folder)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FoveaImageSet) images = fovea_image_set_open (folder, &error);
  FoveaCueSet *set = fovea_cue_set_new (images, &error);

  g_assert_no_error (error);
  return set;
}

/* Twice shape, once texture, once neither, and one of each that is left out. */
static FoveaCueSet *
make_set (const FoveaScratch *folder)
{
  write_image (folder, "red1-green1.png", "red");
  write_image (folder, "red2-blue2.png", "red");
  write_image (folder, "green3-blue3.png", "blue");
  write_image (folder, "blue4-red4.png", "green");
  write_image (folder, "red5-red6.png", "red");
  write_image (folder, "holiday.png", "red");
  write_image (folder, "red8-purple8.png", "red");
  return open_set (folder);
}

static void
assert_decisions (const FoveaDecisions *decisions,
                  guint shape,
                  guint texture,
                  guint other)
{
  g_assert_cmpuint (decisions->shape, ==, shape);
  g_assert_cmpuint (decisions->texture, ==, texture);
  g_assert_cmpuint (decisions->other, ==, other);
}

static void
assert_as_made (const FoveaShapeBias *bias)
{
  const int red = fovea_shape_bias_find_category (bias, "red");
  const int green = fovea_shape_bias_find_category (bias, "green");
  const int blue = fovea_shape_bias_find_category (bias, "blue");

  assert_decisions (&bias->total, 2, 1, 1);
  assert_decisions (&bias->decisions[red], 2, 0, 0);
  assert_decisions (&bias->decisions[green], 0, 1, 0);
  assert_decisions (&bias->decisions[blue], 0, 0, 1);
  g_assert_cmpfloat (fovea_decisions_get_shape_bias (&bias->total), ==, 2.0 / 3);
  g_assert_cmpuint (bias->n_same, ==, 1);
  g_assert_cmpuint (bias->n_unlabelled, ==, 1);
  g_assert_cmpuint (bias->n_lacking, ==, 1);
  g_assert_cmpuint (bias->n_unreadable, ==, 0);
  g_assert_false (bias->known[fovea_shape_bias_find_category (bias, "purple")]);
  g_assert_cmpuint (bias->choices->len, ==, 4);
  g_assert_cmpint (g_array_index (bias->choices, FoveaChoice, 0).chosen, ==, green); /* blue4-red4.png, the first by name */
  g_assert_cmpuint (bias->problems->len, ==, 1);
}

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
test_kept (void)
{
  g_autoptr (FoveaScratch) folder = fovea_scratch_new ();
  g_autoptr (FoveaScratch) cache = fovea_scratch_new ();
  g_autoptr (FoveaNetwork) network = make_network ("colours", colors);
  g_autoptr (FoveaNetwork) renamed = make_network ("the same", colors);
  g_autoptr (FoveaNetwork) relabelled = make_network ("colours", (const char *[]) { "green", "blue", "red", NULL });
  g_autoptr (FoveaCueSet) set = make_set (folder);
  g_autoptr (FoveaCueSet) other_set = NULL;
  g_autoptr (FoveaStore) store = open_store (cache);
  FoveaShapeBias *biases[FOVEA_N_CATEGORY_RULES];
  g_autoptr (GError) error = NULL;

  g_assert_true (fovea_shape_bias_measure_all (network, set, biases, NULL, &error));
  g_assert_no_error (error);
  g_assert_null (fovea_shape_bias_get (network, set, FOVEA_CATEGORY_MEAN, store));
  for (guint rule = 0; rule < FOVEA_N_CATEGORY_RULES; rule++)
    {
      assert_as_made (biases[rule]);
      if (rule != FOVEA_CATEGORY_MAX)
        g_assert_true (fovea_shape_bias_put (biases[rule], network, set, rule, store, &error));
      fovea_shape_bias_free (biases[rule]);
    }

  /* There at the next start, also under another name of the network. */
  fovea_store_unref (store);
  store = open_store (cache);
  for (guint rule = 0; rule < FOVEA_N_CATEGORY_RULES; rule++)
    {
      g_autoptr (FoveaShapeBias) found = fovea_shape_bias_get (renamed, set, rule, store);

      g_assert_true ((found != NULL) == (rule != FOVEA_CATEGORY_MAX));
      if (found == NULL)
        continue;
      assert_as_made (found);
      g_assert_cmpstr (found->observer, ==, "the same");
    }
  /* It computes the same, but what it computes means something else. */
  g_assert_cmpstr (fovea_network_get_fingerprint (relabelled), ==, fovea_network_get_fingerprint (network));
  g_assert_null (fovea_shape_bias_get (relabelled, set, FOVEA_CATEGORY_MEAN, store));
  /* Another image is another set. */
  write_image (folder, "green9-red9.png", "red");
  other_set = open_set (folder);
  g_assert_null (fovea_shape_bias_get (network, other_set, FOVEA_CATEGORY_MEAN, store));
}

/* An image that cannot be read is counted and said, and tried again the next time. */
static void
test_unreadable (void)
{
  g_autoptr (FoveaScratch) folder = fovea_scratch_new ();
  g_autoptr (FoveaScratch) cache = fovea_scratch_new ();
  g_autofree char *broken = fovea_scratch_path (folder, "green7-blue7.png");
  g_autoptr (FoveaNetwork) network = make_network ("colours", colors);
  g_autoptr (FoveaStore) store = open_store (cache);
  g_autoptr (FoveaCueSet) set = NULL;
  g_autoptr (FoveaShapeBias) bias = NULL;
  g_autoptr (GError) error = NULL;

  write_image (folder, "red1-green1.png", "red");
  g_assert_true (g_file_set_contents (broken, "no image", -1, NULL));
  set = open_set (folder);
  bias = fovea_shape_bias_measure (network, set, FOVEA_CATEGORY_MEAN, NULL, &error);
  g_assert_no_error (error);
  assert_decisions (&bias->total, 1, 0, 0);
  g_assert_cmpuint (bias->n_unreadable, ==, 1);
  g_assert_nonnull (strstr (bias->problems->pdata[0], "green7-blue7.png"));
  g_assert_true (fovea_shape_bias_put (bias, network, set, FOVEA_CATEGORY_MEAN, store, &error));
  g_assert_null (fovea_shape_bias_get (network, set, FOVEA_CATEGORY_MEAN, store));
}

/* What is in the store under the right key, and about other images nevertheless. */
static void
test_foreign (void)
{
  g_autoptr (FoveaScratch) folder = fovea_scratch_new ();
  g_autoptr (FoveaScratch) cache = fovea_scratch_new ();
  g_autoptr (FoveaNetwork) network = make_network ("colours", colors);
  g_autoptr (FoveaCueSet) set = make_set (folder);
  g_autoptr (FoveaStore) store = open_store (cache);
  const FoveaCue *cue = fovea_cue_set_get_cue (set, 0);
  const FoveaChoice bad[] = {
    { 1000, cue->shape, cue->texture, 0 },
    { cue->image, cue->texture, cue->shape, 0 },
    { cue->image + 1, cue->shape, cue->texture, FOVEA_CHOICE_NONE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad) + 1; i++)
    {
      g_autoptr (FoveaShapeBias) bias = fovea_shape_bias_new ("colours", fovea_cue_set_get_categories (set));
      g_autoptr (FoveaShapeBias) found = NULL;
      g_autoptr (GError) error = NULL;
      const FoveaChoice good = { cue->image, cue->shape, cue->texture, FOVEA_CHOICE_NONE };

      fovea_shape_bias_add (bias, i < G_N_ELEMENTS (bad) ? &bad[i] : &good);
      g_assert_true (fovea_shape_bias_put (bias, network, set, FOVEA_CATEGORY_SUM, store, &error));
      found = fovea_shape_bias_get (network, set, FOVEA_CATEGORY_SUM, store);
      g_assert_true ((found != NULL) == (i == G_N_ELEMENTS (bad)));
    }
}

static void
test_bytes (void)
{
  g_autoptr (FoveaShapeBias) bias = fovea_shape_bias_new ("somebody", colors);
  const FoveaChoice choices[] = { { 7, 0, 1, 1 }, { 9, 2, 0, FOVEA_CHOICE_NONE } };
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (FoveaShapeBias) copy = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (choices); i++)
    fovea_shape_bias_add (bias, &choices[i]);
  fovea_shape_bias_add_problem (bias, "ünreadable");
  bias->known[1] = FALSE;
  bias->n_unreadable = 5;
  bytes = fovea_shape_bias_to_bytes (bias);
  copy = fovea_shape_bias_from_bytes (bytes);
  g_assert_nonnull (copy);
  g_assert_cmpstr (copy->observer, ==, "somebody");
  g_assert_cmpuint (copy->choices->len, ==, G_N_ELEMENTS (choices));
  for (guint i = 0; i < copy->choices->len; i++)
    {
      const FoveaChoice *choice = &g_array_index (copy->choices, FoveaChoice, i);

      g_assert_cmpuint (choice->item, ==, choices[i].item);
      g_assert_cmpuint (choice->shape, ==, choices[i].shape);
      g_assert_cmpuint (choice->texture, ==, choices[i].texture);
      g_assert_cmpint (choice->chosen, ==, choices[i].chosen);
    }
  assert_decisions (&copy->total, 0, 1, 1);
  g_assert_true (copy->known[0] && !copy->known[1] && copy->known[2]);
  g_assert_cmpuint (copy->n_unreadable, ==, 5);
  g_assert_cmpstr (copy->problems->pdata[0], ==, "ünreadable");

  /* Cut off and damaged bytes are refused, or read as something that holds together. */
  for (gsize size = 0; size < g_bytes_get_size (bytes); size++)
    {
      g_autoptr (GBytes) cut = g_bytes_new_from_bytes (bytes, 0, size);
      g_autoptr (FoveaShapeBias) found = fovea_shape_bias_from_bytes (cut);

      g_assert_null (found);
    }
  for (gsize i = 0; i < g_bytes_get_size (bytes); i++)
    {
      g_autofree guint8 *data = g_memdup2 (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
      g_autoptr (GBytes) damaged = NULL;
      g_autoptr (FoveaShapeBias) found = NULL;

      data[i] ^= 0xff;
      damaged = g_bytes_new (data, g_bytes_get_size (bytes));
      found = fovea_shape_bias_from_bytes (damaged);
      for (guint c = 0; found != NULL && c < found->choices->len; c++)
        {
          const FoveaChoice *choice = &g_array_index (found->choices, FoveaChoice, c);

          g_assert_true (choice->shape < found->n_categories && choice->texture < found->n_categories && choice->shape != choice->texture);
          g_assert_true (choice->chosen >= FOVEA_CHOICE_NONE && choice->chosen < (int) found->n_categories);
        }
    }
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cue-store/kept", test_kept);
  g_test_add_func ("/cue-store/unreadable", test_unreadable);
  g_test_add_func ("/cue-store/foreign", test_foreign);
  g_test_add_func ("/cue-store/bytes", test_bytes);
  return g_test_run ();
}
