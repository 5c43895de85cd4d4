/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "engine/analysis/cue-preference.h"
#include "engine/analysis/cue-trials.h"
#include "engine/images/variant.h"
#include "engine/random.h"
#include "tests/scratch.h"

static void
test_names (void)
{
  static const struct {
    const char *name, *shape, *texture;
  } cases[] = {
    { "cat/cat3-elephant2.png", "cat", "elephant" },
    { "cat10-dog3.PNG", "cat", "dog" },
    { "t-shirt1-fire_truck22.jpeg", "t-shirt", "fire truck" },
    { "Polar_Bear1-x-ray2.png", "polar bear", "x-ray" },
    { "cat3-elephant.png", NULL, NULL },
    { "cat-elephant2.png", NULL, NULL },
    { "3-4.png", NULL, NULL },
    { "cat3elephant2.png", NULL, NULL },
    { "", NULL, NULL },
    { "-", NULL, NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *shape = NULL;
      g_autofree char *texture = NULL;

      g_assert_cmpint (fovea_cue_parse_name (cases[i].name, &shape, &texture), ==, cases[i].shape != NULL);
      g_assert_cmpstr (shape, ==, cases[i].shape);
      g_assert_cmpstr (texture, ==, cases[i].texture);
    }
}

static void
test_trial_names (void)
{
  g_autofree char *shape = NULL;
  g_autofree char *texture = NULL;

  g_assert_true (fovea_cue_parse_trial_name ("0001_s5n_dnn_0_airplane_00_airplane1-bicycle2.png", &shape, &texture));
  g_assert_cmpstr (shape, ==, "airplane");
  g_assert_cmpstr (texture, ==, "bicycle");
}

/* The two correlations by the definition: every ordered pair, one after the other. */
static double
correlate_pairs (guint n,
                 const FoveaCue *cues,
                 const float *responses,
                 gboolean by_shape)
{
  double n_pairs = 0, sx = 0, sxx = 0, sxy = 0;

  for (guint i = 0; i < n; i++)
    for (guint j = 0; j < n; j++)
      {
        const gboolean same_shape = cues[i].shape == cues[j].shape, same_texture = cues[i].texture == cues[j].texture;

        if (i == j || (by_shape ? !same_shape || same_texture : !same_texture || same_shape))
          continue;
        n_pairs++;
        sx += responses[i];
        sxx += (double) responses[i] * responses[i];
        sxy += (double) responses[i] * responses[j];
      }
  return (sxy / n_pairs - sx / n_pairs * sx / n_pairs) / (sxx / n_pairs - sx / n_pairs * sx / n_pairs);
}

static void
test_preference (void)
{
  enum { N = 90, N_CATEGORIES = 5 };
  FoveaCue cues[N];
  float responses[N];
  FoveaRandom random;
  FoveaCuePreference preference;

  fovea_random_init (&random, 1, 0);
  for (guint i = 0; i < N; i++)
    {
      cues[i].shape = (guint) fovea_random_uniform (&random, 0, N_CATEGORIES);
      do
        cues[i].texture = (guint) fovea_random_uniform (&random, 0, N_CATEGORIES);
      while (cues[i].texture == cues[i].shape);
      /* Twice as much of the shape as of the texture, and something of neither. */
      responses[i] = (float) (2.0 * cues[i].shape + cues[i].texture + fovea_random_uniform (&random, 0, 3) + 100);
    }
  preference = fovea_cue_preference_compute (N_CATEGORIES, N, cues, responses);
  g_assert_cmpfloat_with_epsilon (preference.shape, correlate_pairs (N, cues, responses, TRUE), 1e-6);
  g_assert_cmpfloat_with_epsilon (preference.texture, correlate_pairs (N, cues, responses, FALSE), 1e-6);
  g_assert_cmpfloat (fovea_cue_preference_get (&preference), >, 0.2);

  /* A channel that knows the shape and nothing else, and one that never moves. */
  for (guint i = 0; i < N; i++)
    responses[i] = cues[i].shape == 2 ? 5 : 1;
  preference = fovea_cue_preference_compute (N_CATEGORIES, N, cues, responses);
  g_assert_cmpfloat_with_epsilon (preference.shape, 1, 1e-9);
  g_assert_cmpfloat (preference.texture, <, 0.2);
  for (guint i = 0; i < N; i++)
    responses[i] = 0.1f;
  preference = fovea_cue_preference_compute (N_CATEGORIES, N, cues, responses);
  g_assert_true (isnan (preference.shape) && isnan (preference.texture));
}

static void
test_layer_bytes (void)
{
  FoveaCuePreference preferences[] = { { 0.5, 0.1 }, { 0.1, 0.5 }, { NAN, NAN }, { 0.5, 0.1 } };
  FoveaCueHit strongest[] = { { 3, 1.5f }, { 1, 1 }, { 2, 0 }, { 5, 9 } };
  const FoveaCueLayer layer = { 4, 7, 1, preferences, strongest };
  g_autoptr (GBytes) bytes = fovea_cue_layer_to_bytes (&layer);
  g_autoptr (FoveaCueLayer) copy = fovea_cue_layer_from_bytes (bytes);

  g_assert_nonnull (copy);
  g_assert_cmpuint (copy->n_images, ==, 7);
  g_assert_cmpmem (copy->preferences, sizeof preferences, preferences, sizeof preferences);
  g_assert_cmpmem (copy->strongest, sizeof strongest, strongest, sizeof strongest);
  /* Below the first channel are the second and half of its equal. */
  g_assert_cmpfloat (fovea_cue_layer_get_rank (copy, 0), ==, 0.75);
  g_assert_cmpfloat (fovea_cue_layer_get_rank (copy, 1), ==, 0);
  g_assert_true (isnan (fovea_cue_layer_get_rank (copy, 2)));
  for (gsize size = 0; size < g_bytes_get_size (bytes); size++)
    {
      g_autoptr (GBytes) cut = g_bytes_new_from_bytes (bytes, 0, size);

      g_assert_null (fovea_cue_layer_from_bytes (cut));
    }
}

static void
test_trials (void)
{
  g_autoptr (FoveaScratch) folder = fovea_scratch_new ();
  g_autofree char *path = fovea_scratch_path (folder, "trials.csv");
  g_autoptr (GPtrArray) observers = g_ptr_array_new_with_free_func ((GDestroyNotify) fovea_shape_bias_free);
  g_autoptr (FoveaShapeBias) humans = NULL;
  g_autoptr (GError) error = NULL;
  const FoveaShapeBias *first;

  /* Columns in another order, quotes, a carriage return, an unknown category, a short row, no cue, equal cues. */
  g_assert_true (g_file_set_contents (path, "imagename,\"subj\",object_response\r\n"
                                            "cat1-dog2.png,subject-01,cat\r\n"
                                            "cat1-dog2.png,subject-01,\"dog\"\n"
                                            "cat1-dog2.png,subject-01,na\n"
                                            "cat1-dog2.png,subject-01\n"
                                            "cat1-cat2.png,subject-01,cat\n"
                                            "nothing.png,subject-01,cat\n"
                                            "dog1-ufo2.png,subject-01,dog\n"
                                            "dog1-car2.png,subject-02,dog\n", -1, NULL));
  g_assert_true (fovea_cue_trials_read (path, observers, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (observers->len, ==, 2);
  first = observers->pdata[0];
  g_assert_cmpstr (first->observer, ==, "subject-01");
  g_assert_cmpuint (first->total.shape, ==, 1);
  g_assert_cmpuint (first->total.texture, ==, 1);
  g_assert_cmpuint (first->total.other, ==, 2);
  g_assert_cmpuint (first->n_same, ==, 1);
  g_assert_cmpuint (first->n_unlabelled, ==, 2);
  g_assert_cmpuint (first->problems->len, ==, 2);
  g_assert_nonnull (strstr (first->problems->pdata[0], "trials.csv:7: "));
  g_assert_nonnull (strstr (first->problems->pdata[1], "trials.csv:8: "));
  g_assert_cmpfloat (fovea_decisions_get_shape_bias (&first->total), ==, 0.5);
  humans = fovea_cue_trials_pool (observers, "subject-", "humans");
  g_assert_cmpuint (humans->total.shape, ==, 2);
  g_assert_cmpuint (humans->decisions[fovea_shape_bias_find_category (humans, "dog")].shape, ==, 1);
  g_assert_null (fovea_cue_trials_pool (observers, "nobody", "nobody"));

  g_assert_true (g_file_set_contents (path, "subj,response,image\nx,cat,cat1-dog1.png\n", -1, NULL));
  g_assert_false (fovea_cue_trials_read (path, observers, &error));
  g_assert_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT);
  g_assert_nonnull (strstr (error->message, "trials.csv:1: "));
  g_assert_nonnull (strstr (error->message, "object_response, imagename"));
  g_assert_cmpuint (observers->len, ==, 2);
}

/* Columns of numbers or texts are no observers; who was there before stays alone. */
static void
test_many_observers (void)
{
  g_autoptr (FoveaScratch) folder = fovea_scratch_new ();
  g_autofree char *path = fovea_scratch_path (folder, "trials.csv");
  g_autoptr (GPtrArray) observers = g_ptr_array_new_with_free_func ((GDestroyNotify) fovea_shape_bias_free);

  for (guint n = 500; n <= 501; n++)
    {
      g_autoptr (GString) csv = g_string_new ("subj,object_response,imagename\n");
      g_autoptr (GError) error = NULL;

      for (guint i = 0; i < n; i++)
        g_string_append_printf (csv, "%u,cat,cat1-dog2.png\n", i);
      g_assert_true (g_file_set_contents (path, csv->str, -1, NULL));
      g_assert_true (fovea_cue_trials_read (path, observers, &error) == (n == 500));
      g_assert_cmpuint (observers->len, ==, 500);
      if (n == 501)
        g_assert_nonnull (strstr (error->message, "trials.csv:502: there are more than 500 observers"));
    }
  for (guint length = 100; length <= 101; length++)
    {
      g_autofree char *name = g_strnfill (length, 'x');
      g_autofree char *csv = g_strdup_printf ("subj,object_response,imagename\n%s,cat,cat1-dog2.png\n", name);
      g_autoptr (GError) error = NULL;

      g_ptr_array_set_size (observers, 0);
      g_assert_true (g_file_set_contents (path, csv, -1, NULL));
      g_assert_true (fovea_cue_trials_read (path, observers, &error) == (length == 100));
      g_assert_cmpuint (observers->len, ==, length == 100);
    }
}

/* The published numbers; per category, their sum. */
static void
test_humans (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FoveaShapeBias) humans = fovea_cue_totals_read_humans (&error);
  FoveaDecisions sum = { 0, 0, 0 };

  g_assert_no_error (error);
  g_assert_cmpuint (humans->total.shape, ==, 9236);
  g_assert_cmpuint (humans->total.texture, ==, 398);
  for (guint i = 0; i < humans->n_categories; i++)
    {
      sum.shape += humans->decisions[i].shape;
      sum.texture += humans->decisions[i].texture;
      sum.other += humans->decisions[i].other;
      /* Ten people, 75 images each. */
      g_assert_cmpuint (humans->decisions[i].shape + humans->decisions[i].texture + humans->decisions[i].other, ==, 750);
    }
  g_assert_cmpuint (sum.shape, ==, 9236);
  g_assert_cmpuint (sum.texture, ==, 398);
  g_assert_cmpuint (sum.other, ==, humans->total.other);
}

static FoveaImage *
make_image (guint width,
            guint height)
{
  FoveaImage *image = fovea_image_new (width, height, NULL);

  for (gsize i = 0; i < (gsize) width * height * 3; i++)
    image->pixels[i] = (guint8) (i * 37 % 251);
  return image;
}

static void
test_greyscale (void)
{
  const FoveaVariant variant = { .kind = FOVEA_VARIANT_GREYSCALE };
  /* As Pillow's convert ('L') gives them. */
  static const guint8 pixels[] = { 255, 0, 0, 0, 255, 0, 0, 0, 255, 10, 20, 30 }, expected[] = { 76, 150, 29, 18 };
  g_autoptr (FoveaImage) image = fovea_image_new (4, 1, NULL);
  g_autoptr (FoveaImage) grey = NULL;

  memcpy (image->pixels, pixels, sizeof pixels);
  grey = fovea_variant_apply (&variant, image, 0, NULL);
  for (guint i = 0; i < 12; i++)
    g_assert_cmpuint (grey->pixels[i], ==, expected[i / 3]);
}

static void
test_silhouette (void)
{
  const FoveaVariant variant = { .kind = FOVEA_VARIANT_SILHOUETTE };

  for (int dark = 0; dark < 2; dark++)
    {
      g_autoptr (FoveaImage) image = fovea_image_new (16, 16, NULL);
      g_autoptr (FoveaImage) result = NULL;

      for (guint i = 0; i < 256; i++)
        {
          const gboolean inside = i / 16 > 4 && i / 16 < 12 && i % 16 > 4 && i % 16 < 12;

          memset (image->pixels + i * 3, (int) ((inside == dark ? 60 : 180) + i % 9), 3);
        }
      result = fovea_variant_apply (&variant, image, 0, NULL);
      for (guint i = 0; i < 256; i++)
        g_assert_cmpuint (result->pixels[i * 3], ==, i / 16 > 4 && i / 16 < 12 && i % 16 > 4 && i % 16 < 12 ? 0 : 255);
    }
}

static void
test_edges (void)
{
  const FoveaVariant variant = { .kind = FOVEA_VARIANT_EDGES };
  g_autoptr (FoveaImage) image = fovea_image_new (24, 12, NULL);
  g_autoptr (FoveaImage) result = NULL;

  /* A step between columns 11 and 12 gives one line of one pixel's width. */
  for (guint i = 0; i < 24 * 12; i++)
    memset (image->pixels + i * 3, i % 24 < 12 ? 40 : 200, 3);
  result = fovea_variant_apply (&variant, image, 0, NULL);
  for (guint y = 0; y < 12; y++)
    {
      guint n_black = 0;

      for (guint x = 0; x < 24; x++)
        if (result->pixels[(y * 24 + x) * 3] == 0)
          {
            n_black++;
            g_assert_true (x == 11 || x == 12);
          }
      g_assert_cmpuint (n_black, ==, 1);
    }
  memset (image->pixels, 90, 24 * 12 * 3);
  fovea_image_free (result);
  result = fovea_variant_apply (&variant, image, 0, NULL);
  for (guint i = 0; i < 24 * 12 * 3; i++)
    g_assert_cmpuint (result->pixels[i], ==, 255);
}

static int
compare_bytes (const void *a,
               const void *b)
{
  return *(const guint8 *) a - *(const guint8 *) b;
}

static void
test_scramble (void)
{
  FoveaVariant variant;
  g_autoptr (FoveaImage) image = make_image (19, 17);
  g_autoptr (FoveaImage) first = NULL;
  g_autoptr (FoveaImage) again = NULL;
  g_autoptr (FoveaImage) other = NULL;
  const gsize size = 19 * 17 * 3;
  guint n_moved = 0;

  g_assert_true (fovea_variant_parse ("scramble:4", &variant, NULL));
  first = fovea_variant_apply (&variant, image, 7, NULL);
  again = fovea_variant_apply (&variant, image, 7, NULL);
  other = fovea_variant_apply (&variant, image, 8, NULL);
  g_assert_cmpmem (first->pixels, size, again->pixels, size);
  g_assert_true (memcmp (first->pixels, other->pixels, size) != 0);
  /* Each tile of 4 × 4 pixels is one of the image's; three columns and a row are left over. */
  for (guint tile = 0; tile < 16; tile++)
    {
      gboolean found = FALSE;

      for (guint source = 0; source < 16; source++)
        {
          gboolean same = TRUE;

          for (guint row = 0; row < 4; row++)
            same = same && memcmp (first->pixels + ((tile / 4 * 4 + row) * 19 + tile % 4 * 4) * 3,
                                   image->pixels + ((source / 4 * 4 + row) * 19 + source % 4 * 4) * 3, 12) == 0;
          found = found || same;
          n_moved += same && source != tile;
        }
      g_assert_true (found);
    }
  g_assert_cmpuint (n_moved, >, 8);
  g_assert_cmpmem (first->pixels + 16 * 19 * 3, 19 * 3, image->pixels + 16 * 19 * 3, 19 * 3);
  qsort (first->pixels, size, 1, compare_bytes);
  qsort (image->pixels, size, 1, compare_bytes);
  g_assert_cmpmem (first->pixels, size, image->pixels, size);
}

static void
test_bad_variants (void)
{
  static const char *const bad[] = { "", "gray", "scramble", "scramble:", "scramble:1", "scramble:65", "scramble:4x", "edges:2" };
  g_autoptr (FoveaImage) image = make_image (3, 9);
  FoveaVariant variant;

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (fovea_variant_parse (bad[i], &variant, &error));
      g_assert_error (error, FOVEA_ERROR, FOVEA_ERROR_ARGUMENT);
    }
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (FoveaImage) result = NULL;

      g_assert_true (fovea_variant_parse (i == 0 ? "scramble:3" : "scramble:4", &variant, NULL));
      result = fovea_variant_apply (&variant, image, 0, &error);
      g_assert_true ((result != NULL) == (i == 0));
    }
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cue-conflict/names", test_names);
  g_test_add_func ("/cue-conflict/trial-names", test_trial_names);
  g_test_add_func ("/cue-conflict/preference", test_preference);
  g_test_add_func ("/cue-conflict/layer-bytes", test_layer_bytes);
  g_test_add_func ("/cue-conflict/trials", test_trials);
  g_test_add_func ("/cue-conflict/many-observers", test_many_observers);
  g_test_add_func ("/cue-conflict/humans", test_humans);
  g_test_add_func ("/variant/greyscale", test_greyscale);
  g_test_add_func ("/variant/silhouette", test_silhouette);
  g_test_add_func ("/variant/edges", test_edges);
  g_test_add_func ("/variant/scramble", test_scramble);
  g_test_add_func ("/variant/bad", test_bad_variants);
  return g_test_run ();
}
