/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "engine/images/concept-set.h"
#include "tests/engine/small-broden.h"

#define CATEGORIES                \
  "name,first,last,count,frequency\n" \
  "object,1,3,3,2\n"              \
  "texture,4,5,2,1\n"

#define LABELS                                            \
  "number,name,category,frequency,coverage,syns\n"        \
  "1,cat,object(2),2,0.5,kitty\n"                         \
  "3,\"dog, small\",object(1);texture(9),1,0.25,\n"       \
  "700,striped,texture(1),1,1.0,\n"                       \
  "65535,dotted,texture(1),1,1.0,\n"

#define OBJECTS                       \
  "code,number,name,frequency,coverage\n" \
  "1,1,cat,2,0.5\n"                   \
  "2,3,\"dog, small\",1,0.25\n"

/* The dog covers more as a texture than as an object, so a texture it is. */
#define TEXTURES                      \
  "code,number,name,frequency,coverage\n" \
  "1,700,striped,1,1.0\n"             \
  "2,65535,dotted,1,1.0\n"            \
  "3,3,\"dog, small\",9,0.5\n"

static const guint first_mask[] = { 0, 1, 1, 3, 3, 3 };
static const guint second_mask[] = { 700, 0, 0, 0, 0, 65535 };

/* A set without any problem: one image with masks of two categories and a whole-image label, one
 * with a whole-image label alone. */
static FoveaScratch *
make_good_set (void)
{
  FoveaScratch *folder = fovea_scratch_new ();

  small_broden_write (folder, "category.csv", CATEGORIES);
  small_broden_write (folder, "label.csv", LABELS);
  small_broden_write (folder, "c_object.csv", OBJECTS);
  small_broden_write (folder, "c_texture.csv", TEXTURES);
  small_broden_write (folder, "index.csv",
                      "image,split,ih,iw,sh,sw,object,texture\n"
                      "made/a.png,train,4,6,2,3,made/a_object.png,made/a_texture.png;700\n"
                      "made/b.png,train,4,6,2,3,1,\n");
  small_broden_write_image (folder, "images/made/a.png", 6, 4, 1);
  small_broden_write_image (folder, "images/made/b.png", 6, 4, 2);
  small_broden_write_mask (folder, "images/made/a_object.png", 3, 2, first_mask);
  small_broden_write_mask (folder, "images/made/a_texture.png", 3, 2, second_mask);
  return folder;
}

static FoveaConceptSet *
open_set (const char *folder)
{
  g_autoptr (GError) error = NULL;
  FoveaConceptSet *set = fovea_concept_set_open (folder, NULL, &error);

  g_assert_no_error (error);
  return set;
}

static FoveaConceptMasks *
load (const FoveaConceptSet *set,
      gsize image)
{
  g_autoptr (GError) error = NULL;
  FoveaConceptMasks *masks = fovea_concept_set_load_masks (set, image, &error);

  g_assert_no_error (error);
  return masks;
}

static void
assert_no_problems (const FoveaConceptProblems *problems)
{
  if (problems->messages != NULL && problems->messages->len > 0)
    g_error ("%s", (const char *) problems->messages->pdata[0]);
  g_assert_cmpuint (fovea_concept_problems_get_total (problems), ==, 0);
}

/* One message says where and what. */
static void
assert_problem (const FoveaConceptProblems *problems,
                FoveaConceptProblem problem,
                const char *where,
                const char *what)
{
  g_assert_cmpuint (problems->counts[problem], >=, 1);
  for (guint i = 0; i < problems->messages->len; i++)
    if (strstr (problems->messages->pdata[i], where) != NULL && strstr (problems->messages->pdata[i], what) != NULL)
      return;
  for (guint i = 0; i < problems->messages->len; i++)
    g_test_message ("%s", (const char *) problems->messages->pdata[i]);
  g_error ("no message says '%s' and '%s'", where, what);
}

static void
test_good (void)
{
  g_autoptr (FoveaScratch) folder = make_good_set ();
  g_autoptr (FoveaConceptSet) set = open_set (folder);
  g_autoptr (FoveaConceptMasks) first = load (set, 0);
  g_autoptr (FoveaConceptMasks) second = load (set, 1);
  FoveaImageSet *images = fovea_concept_set_get_images (set);
  g_autoptr (FoveaImage) image = fovea_image_set_load_image (images, 1, NULL);
  static const guint16 expected[2][6] = { { 0, 1, 1, 2, 2, 2 }, { 3, 0, 0, 0, 0, 4 } };
  static const struct {
    guint number;
    const char *name;
    guint category;
  } concepts[] = { { 1, "cat", 0 }, { 3, "dog, small", 1 }, { 700, "striped", 1 }, { 65535, "dotted", 1 } };

  assert_no_problems (fovea_concept_set_get_problems (set));
  g_assert_cmpuint (fovea_concept_set_get_n_categories (set), ==, 2);
  g_assert_cmpstr (fovea_concept_set_get_category (set, 0), ==, "object");
  g_assert_cmpstr (fovea_concept_set_get_category (set, 1), ==, "texture");
  g_assert_cmpuint (fovea_concept_set_get_n_concepts (set), ==, G_N_ELEMENTS (concepts));
  for (guint i = 0; i < G_N_ELEMENTS (concepts); i++)
    {
      const FoveaConcept *concept = fovea_concept_set_get_concept (set, i);

      g_assert_cmpuint (concept->number, ==, concepts[i].number);
      g_assert_cmpstr (concept->name, ==, concepts[i].name);
      g_assert_cmpuint (concept->category, ==, concepts[i].category);
    }

  g_assert_cmpuint (fovea_image_set_get_n_images (images), ==, 2);
  g_assert_cmpstr (fovea_image_set_get_image_name (images, 0), ==, "made/a.png");
  g_assert_cmpint (fovea_image_set_get_image_class (images, 0), ==, -1);
  g_assert_nonnull (image);
  g_assert_cmpuint (image->width, ==, 6);

  assert_no_problems (&first->problems);
  g_assert_cmpuint (first->width, ==, 3);
  g_assert_cmpuint (first->height, ==, 2);
  g_assert_cmpuint (first->n_maps, ==, 2);
  for (guint i = 0; i < 2; i++)
    {
      g_assert_cmpuint (first->maps[i].category, ==, i);
      g_assert_cmpmem (first->maps[i].labels, sizeof expected[i], expected[i], sizeof expected[i]);
    }
  g_assert_cmpuint (first->n_labels, ==, 1);
  g_assert_cmpuint (first->labels[0].concept, ==, 2);
  g_assert_cmpuint (first->labels[0].category, ==, 1);

  g_assert_cmpuint (second->n_maps, ==, 0);
  g_assert_cmpuint (second->n_labels, ==, 1);
  g_assert_cmpuint (second->labels[0].concept, ==, 0);
}

/* The index may be named instead of the folder, as for a part of the set. */
static void
test_index_file (void)
{
  g_autoptr (FoveaScratch) folder = make_good_set ();
  g_autofree char *part = fovea_scratch_path (folder, "index_part.csv");
  g_autoptr (FoveaConceptSet) set = NULL;

  small_broden_write (folder, "index_part.csv", "image,split,ih,iw,sh,sw,object,texture\nmade/b.png,train,4,6,2,3,1,\n");
  set = open_set (part);
  g_assert_cmpuint (fovea_image_set_get_n_images (fovea_concept_set_get_images (set)), ==, 1);
  g_assert_cmpstr (fovea_image_set_get_image_name (fovea_concept_set_get_images (set), 0), ==, "made/b.png");
}

static void
test_fingerprint (void)
{
  g_autoptr (FoveaScratch) folder = make_good_set ();
  g_autoptr (FoveaConceptSet) before = open_set (folder);
  g_autoptr (FoveaConceptSet) again = open_set (folder);
  g_autoptr (FoveaConceptSet) after = NULL;
  static const guint changed[] = { 1, 1, 1, 1, 3, 3 };

  g_assert_cmpstr (fovea_concept_set_get_fingerprint (before), ==, fovea_concept_set_get_fingerprint (again));
  g_assert_cmpuint (strlen (fovea_concept_set_get_fingerprint (before)), ==, 64);
  small_broden_write_mask (folder, "images/made/a_object.png", 3, 2, changed);
  after = open_set (folder);
  g_assert_cmpstr (fovea_concept_set_get_fingerprint (before), !=, fovea_concept_set_get_fingerprint (after));
}

/* Without one of its tables a set is still read; what they say is taken from the others. */
static void
test_missing_tables (void)
{
  static const struct {
    const char *table;
    guint dog_category; /* without the textures' table, it is one for being in more images as a texture */
  } cases[] = { { "category.csv", 1 }, { "label.csv", 1 }, { "c_object.csv", 1 }, { "c_texture.csv", 0 } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (FoveaScratch) folder = make_good_set ();
      g_autofree char *path = fovea_scratch_path (folder, cases[i].table);
      g_autoptr (FoveaConceptSet) set = NULL;

      g_remove (path);
      set = open_set (folder);
      assert_problem (fovea_concept_set_get_problems (set), FOVEA_CONCEPT_PROBLEM_TABLE, cases[i].table, "No such file");
      g_assert_cmpuint (fovea_concept_set_get_problems (set)->counts[FOVEA_CONCEPT_PROBLEM_TABLE], ==, 1);
      g_assert_cmpuint (fovea_concept_set_get_n_categories (set), ==, 2);
      g_assert_cmpuint (fovea_concept_set_get_n_concepts (set), ==, 4);
      g_assert_cmpstr (fovea_concept_set_get_concept (set, 1)->name, ==, "dog, small");
      g_assert_cmpuint (fovea_concept_set_get_concept (set, 1)->category, ==, cases[i].dog_category);
    }
}

/* What is wrong with an image or a row is said with file and line, counted, and the rest is used. */
static void
test_bad_rows (void)
{
  g_autoptr (FoveaScratch) folder = make_good_set ();
  g_autoptr (FoveaConceptSet) set = NULL;
  g_autoptr (FoveaConceptMasks) masks = NULL;
  const FoveaConceptProblems *problems;

  small_broden_write (folder, "index.csv",
                      "image,split,ih,iw,sh,sw,object,texture\n"
                      "made/a.png,train,4,6,2,3,made/a_object.png;made/gone.png;../../etc/passwd,700;99999999999999999999;5\n"
                      "made/nowhere.png,train,4,6,2,3,1,\n"
                      "../label.csv,train,4,6,2,3,1,\n"
                      "/etc/hostname,train,4,6,2,3,1,\n"
                      "made/b.png,train,4,6,2,3\n"
                      "made/b.png,train,4,6,0,3,1,\n"
                      "made/b.png,train,4,6,2,99999999999,1,\n"
                      "made/b.png,train,4,6,4000000,4000000,1,\n"
                      "made/b.png,train,4,6,2,3,,\n"
                      "made/a.png,train,4,6,2,3,1,\n"
                      "made/b.png,train,4,6,2,3,1,0\n");
  set = open_set (folder);
  problems = fovea_concept_set_get_problems (set);
  g_assert_cmpuint (fovea_image_set_get_n_images (fovea_concept_set_get_images (set)), ==, 2);

  assert_problem (problems, FOVEA_CONCEPT_PROBLEM_MASK, "index.csv:2:", "gone.png");
  assert_problem (problems, FOVEA_CONCEPT_PROBLEM_MASK, "index.csv:2:", "outside");
  g_assert_cmpuint (problems->counts[FOVEA_CONCEPT_PROBLEM_MASK], ==, 2);
  assert_problem (problems, FOVEA_CONCEPT_PROBLEM_LABEL, "index.csv:2:", "99999999999999999999");
  assert_problem (problems, FOVEA_CONCEPT_PROBLEM_LABEL, "index.csv:2:", "label 5 ");
  g_assert_cmpuint (problems->counts[FOVEA_CONCEPT_PROBLEM_LABEL], ==, 2);
  assert_problem (problems, FOVEA_CONCEPT_PROBLEM_IMAGE, "index.csv:3:", "missing");
  assert_problem (problems, FOVEA_CONCEPT_PROBLEM_IMAGE, "index.csv:4:", "outside");
  assert_problem (problems, FOVEA_CONCEPT_PROBLEM_IMAGE, "index.csv:5:", "outside");
  assert_problem (problems, FOVEA_CONCEPT_PROBLEM_ROW, "index.csv:6:", "6 fields");
  assert_problem (problems, FOVEA_CONCEPT_PROBLEM_ROW, "index.csv:7:", "sh");
  assert_problem (problems, FOVEA_CONCEPT_PROBLEM_ROW, "index.csv:8:", "sw");
  assert_problem (problems, FOVEA_CONCEPT_PROBLEM_ROW, "index.csv:9:", "too large");
  assert_problem (problems, FOVEA_CONCEPT_PROBLEM_IMAGE, "index.csv:10:", "no labels");
  assert_problem (problems, FOVEA_CONCEPT_PROBLEM_ROW, "index.csv:11:", "line 2");
  g_assert_cmpuint (problems->counts[FOVEA_CONCEPT_PROBLEM_IMAGE], ==, 4);
  g_assert_cmpuint (problems->counts[FOVEA_CONCEPT_PROBLEM_ROW], ==, 5);

  masks = load (set, 0);
  g_assert_cmpuint (masks->n_maps, ==, 1);
  g_assert_cmpuint (masks->n_labels, ==, 1);
}

static void
test_bad_masks (void)
{
  g_autoptr (FoveaScratch) folder = make_good_set ();
  g_autoptr (FoveaConceptSet) set = NULL;
  g_autoptr (FoveaConceptMasks) masks = NULL;
  static const guint large[12] = { 1 }, unknown[6] = { 1, 2, 2, 77, 3, 700 };
  static const guint16 expected[6] = { 1, 0, 0, 0, 2, 3 };

  small_broden_write (folder, "index.csv",
                      "image,split,ih,iw,sh,sw,object,texture\n"
                      "made/a.png,train,4,6,2,3,made/large.png;made/unknown.png;made/broken.png,made/a_texture.png\n");
  small_broden_write_mask (folder, "images/made/large.png", 4, 3, large);
  small_broden_write_mask (folder, "images/made/unknown.png", 3, 2, unknown);
  small_broden_write (folder, "images/made/broken.png", "\x89PNG\r\n\x1a\n but not really");
  set = open_set (folder);
  masks = load (set, 0);

  g_assert_cmpuint (masks->n_maps, ==, 2);
  g_assert_cmpmem (masks->maps[0].labels, sizeof expected, expected, sizeof expected);
  assert_problem (&masks->problems, FOVEA_CONCEPT_PROBLEM_MASK_SIZE, "index.csv:2:", "4 × 3");
  assert_problem (&masks->problems, FOVEA_CONCEPT_PROBLEM_LABEL, "index.csv:2:", "3 pixels");
  assert_problem (&masks->problems, FOVEA_CONCEPT_PROBLEM_MASK, "index.csv:2:", "broken.png");
  g_assert_cmpuint (fovea_concept_problems_get_total (&masks->problems), ==, 3);
}

static void
test_bad_tables (void)
{
  g_autoptr (FoveaScratch) folder = make_good_set ();
  g_autoptr (FoveaConceptSet) set = NULL;
  const FoveaConceptProblems *problems;

  small_broden_write (folder, "category.csv", CATEGORIES "scene,6,7,2,1\nobject,1,1,1,1\n\"../../x\",1,1,1,1\n");
  small_broden_write (folder, "label.csv", LABELS "1,tiger,object(1),1,1,\n70000,far,object(1),1,1,\n-4,minus,object(1),1,1,\n9,lost,,1,1,\n");
  small_broden_write (folder, "c_texture.csv", TEXTURES "4,12,unlisted,1,1\n5,x,y,1,1\n");
  small_broden_write (folder, "index.csv",
                      "image,split,ih,iw,sh,sw,object,texture,shape\n"
                      "made/b.png,train,4,6,2,3,1,,2\n");
  set = open_set (folder);
  problems = fovea_concept_set_get_problems (set);
  g_assert_cmpuint (fovea_concept_set_get_n_categories (set), ==, 4);
  g_assert_cmpuint (fovea_concept_set_get_n_concepts (set), ==, 4);
  g_assert_cmpstr (fovea_concept_set_get_concept (set, 0)->name, ==, "cat");

  assert_problem (problems, FOVEA_CONCEPT_PROBLEM_ROW, "category.csv:5:", "twice");
  assert_problem (problems, FOVEA_CONCEPT_PROBLEM_TABLE, "c_scene.csv", "No such file");
  assert_problem (problems, FOVEA_CONCEPT_PROBLEM_TABLE, "c_../../x.csv", "cannot be a file's name");
  assert_problem (problems, FOVEA_CONCEPT_PROBLEM_TABLE, "index.csv:1:", "'shape'");
  assert_problem (problems, FOVEA_CONCEPT_PROBLEM_ROW, "label.csv:6:", "line 2");
  assert_problem (problems, FOVEA_CONCEPT_PROBLEM_ROW, "label.csv:7:", "70000");
  assert_problem (problems, FOVEA_CONCEPT_PROBLEM_ROW, "label.csv:8:", "-4");
  assert_problem (problems, FOVEA_CONCEPT_PROBLEM_ROW, "label.csv:9:", "no category");
  assert_problem (problems, FOVEA_CONCEPT_PROBLEM_ROW, "c_texture.csv:5:", "not in label.csv");
  assert_problem (problems, FOVEA_CONCEPT_PROBLEM_ROW, "c_texture.csv:6:", "'x'");
  assert_problem (problems, FOVEA_CONCEPT_PROBLEM_CATEGORY, "index.csv:1:", "'texture'");
  assert_problem (problems, FOVEA_CONCEPT_PROBLEM_CATEGORY, "index.csv:1:", "'scene'");
  g_assert_cmpuint (problems->counts[FOVEA_CONCEPT_PROBLEM_CATEGORY], ==, 3);
}

/* Where nothing is left, it is an error that says why. */
static void
test_unusable (void)
{
  static const struct {
    const char *name;
    const char *text; /* NULL removes it */
    int code;
    const char *message;
  } cases[] = {
    { "index.csv", NULL, FOVEA_ERROR_NOT_FOUND, "index.csv" },
    { "index.csv", "", FOVEA_ERROR_FORMAT, "empty" },
    { "index.csv", "image,split\nx,y\n", FOVEA_ERROR_FORMAT, "'sh'" },
    { "index.csv", "image,split,ih,iw,sh,sw,object,texture\nx,train,4,6,2,3,1,\n", FOVEA_ERROR_NOT_FOUND, "index.csv:2: the image x is missing" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (FoveaScratch) folder = make_good_set ();
      g_autofree char *path = fovea_scratch_path (folder, cases[i].name);
      g_autoptr (GError) error = NULL;

      if (cases[i].text != NULL)
        small_broden_write (folder, cases[i].name, cases[i].text);
      else
        g_remove (path);
      g_assert_null (fovea_concept_set_open (folder, NULL, &error));
      g_assert_error (error, FOVEA_ERROR, cases[i].code);
      g_assert_nonnull (strstr (error->message, cases[i].message));
    }

  g_autoptr (GError) error = NULL;

  g_assert_null (fovea_concept_set_open ("/nonexistent", NULL, &error));
  g_assert_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND);
}

static void
test_cancelled (void)
{
  g_autoptr (FoveaScratch) folder = make_good_set ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  FoveaJob job;

  g_cancellable_cancel (cancellable);
  fovea_job_init (&job, cancellable, NULL, NULL);
  g_assert_null (fovea_concept_set_open (folder, &job, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* The built-in scenes: every category has concepts of its own, and masks hold labels of their category. */
static void
test_scenes (void)
{
  g_autoptr (FoveaConceptSet) set = open_set (FOVEA_CONCEPT_SET_SCENES);
  gsize n_images = fovea_image_set_get_n_images (fovea_concept_set_get_images (set));
  guint n_of_category[6] = { 0 }, n_shown[6] = { 0 };

  assert_no_problems (fovea_concept_set_get_problems (set));
  g_assert_cmpuint (fovea_concept_set_get_n_categories (set), ==, G_N_ELEMENTS (n_of_category));
  for (guint i = 0; i < fovea_concept_set_get_n_concepts (set); i++)
    n_of_category[fovea_concept_set_get_concept (set, i)->category]++;
  for (gsize i = 0; i < n_images; i += n_images / 23)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (FoveaImage) image = NULL;
      g_autoptr (FoveaImage) alone = fovea_image_set_load_image (fovea_concept_set_get_images (set), i, NULL);
      g_autoptr (FoveaConceptMasks) masks = NULL;
      g_autoptr (FoveaConceptMasks) again = load (set, i);

      fovea_concept_set_load (set, i, &image, &masks, &error);
      g_assert_no_error (error);
      g_assert_cmpmem (image->pixels, (gsize) image->width * image->height * 3, alone->pixels, (gsize) alone->width * alone->height * 3);
      g_assert_cmpuint (masks->n_maps + masks->n_labels, >, 0);
      g_assert_cmpuint (again->n_maps, ==, masks->n_maps);
      for (guint m = 0; m < masks->n_maps; m++)
        {
          gsize n_pixels = (gsize) masks->width * masks->height, n_labelled = 0;

          g_assert_cmpmem (masks->maps[m].labels, n_pixels * 2, again->maps[m].labels, n_pixels * 2);
          for (gsize p = 0; p < n_pixels; p++)
            if (masks->maps[m].labels[p] > 0)
              {
                g_assert_cmpuint (fovea_concept_set_get_concept (set, masks->maps[m].labels[p] - 1u)->category, ==, masks->maps[m].category);
                n_labelled++;
              }
          n_shown[masks->maps[m].category] += n_labelled > 0;
        }
      for (guint l = 0; l < masks->n_labels; l++)
        {
          g_assert_cmpuint (fovea_concept_set_get_concept (set, masks->labels[l].concept)->category, ==, masks->labels[l].category);
          n_shown[masks->labels[l].category]++;
        }
    }
  for (guint i = 0; i < G_N_ELEMENTS (n_shown); i++)
    g_assert_true ((n_of_category[i] > 0) >= (n_shown[i] > 0));
  /* Textures are drawn, so they are there on every machine. */
  g_assert_cmpuint (n_of_category[fovea_concept_set_get_n_categories (set) - 2], >=, 24);
  g_assert_cmpuint (n_shown[4], >, 0);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/concept-set/good", test_good);
  g_test_add_func ("/concept-set/index-file", test_index_file);
  g_test_add_func ("/concept-set/fingerprint", test_fingerprint);
  g_test_add_func ("/concept-set/missing-tables", test_missing_tables);
  g_test_add_func ("/concept-set/bad-rows", test_bad_rows);
  g_test_add_func ("/concept-set/bad-masks", test_bad_masks);
  g_test_add_func ("/concept-set/bad-tables", test_bad_tables);
  g_test_add_func ("/concept-set/unusable", test_unusable);
  g_test_add_func ("/concept-set/scenes", test_scenes);
  g_test_add_func ("/concept-set/cancelled", test_cancelled);
  return g_test_run ();
}
