/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/images/image-set.h"

#include <malloc.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utime.h>

#include <glib/gstdio.h>

#include "engine/images/image-set-variant.h"
#include "tests/scratch.h"

/* Nothing but listing is tested with most files, so they need not be images. */
static void
add_file (const char *root,
          const char *name,
          const char *contents)
{
  g_autofree char *path = g_build_filename (root, name, NULL);
  g_autofree char *folder = g_path_get_dirname (path);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents (path, contents, -1, NULL));
  g_assert_cmpint (utime (path, &(struct utimbuf) { 1000000000, 1000000000 }), ==, 0);
}

static FoveaImageSet *
open_set (const char *path)
{
  g_autoptr (GError) error = NULL;
  FoveaImageSet *set = fovea_image_set_open (path, &error);

  g_assert_no_error (error);
  return set;
}

static void
assert_image (const FoveaImageSet *set,
              gsize index,
              const char *name,
              const char *class_name)
{
  int image_class = fovea_image_set_get_image_class (set, index);

  g_assert_cmpstr (fovea_image_set_get_image_name (set, index), ==, name);
  g_assert_cmpstr (image_class >= 0 ? fovea_image_set_get_class_name (set, (guint) image_class) : NULL, ==, class_name);
}

static void
test_order_and_classes (void)
{
  g_autoptr (FoveaScratch) root = fovea_scratch_new ();
  g_autoptr (FoveaImageSet) set = NULL;
  const char *names[] = {
    "b/2.png", "b/10.PNG", "a/deep/z.jpeg", "a/x.JPG", "loose.jfif", "n01440764/n01440764_18.JPEG",
    "train/n02007558/images/n02007558_3.JPEG", "n00000001/1.jpe", "n02007558_oddly_named.JPEG", "images/y.png",
  };
  const char *ignored[] = { "b/3.txt", "b/4.gif", "b/.hidden.png", ".git/5.png", "a/png", "README", "b/6.png.bak" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    add_file (root, names[i], "");
  for (guint i = 0; i < G_N_ELEMENTS (ignored); i++)
    add_file (root, ignored[i], "");

  set = open_set (root);
  g_assert_cmpuint (fovea_image_set_get_n_images (set), ==, G_N_ELEMENTS (names));
  g_assert_cmpstr (fovea_image_set_get_path (set), ==, root);
  assert_image (set, 0, "a/deep/z.jpeg", "deep");
  assert_image (set, 1, "a/x.JPG", "a");
  assert_image (set, 2, "b/10.PNG", "b");
  assert_image (set, 3, "b/2.png", "b");
  assert_image (set, 4, "images/y.png", NULL);
  assert_image (set, 5, "loose.jfif", NULL);
  assert_image (set, 6, "n00000001/1.jpe", "n00000001");
  assert_image (set, 7, "n01440764/n01440764_18.JPEG", "tench");
  assert_image (set, 8, "n02007558_oddly_named.JPEG", "flamingo");
  assert_image (set, 9, "train/n02007558/images/n02007558_3.JPEG", "flamingo");
  /* In the order of folders' names and identifiers. */
  g_assert_cmpuint (fovea_image_set_get_n_classes (set), ==, 6);
  g_assert_cmpstr (fovea_image_set_get_class_name (set, 0), ==, "a");
  g_assert_cmpstr (fovea_image_set_get_class_name (set, 3), ==, "n00000001");
  g_assert_cmpstr (fovea_image_set_get_class_name (set, 5), ==, "flamingo");
}

static void
test_class_names_are_unique (void)
{
  g_autoptr (FoveaScratch) root = fovea_scratch_new ();
  g_autoptr (FoveaImageSet) set = NULL;

  /* Both are called crane in the table. */
  add_file (root, "n02012849/1.png", "");
  add_file (root, "n03126707/1.png", "");
  add_file (root, "crane/1.png", "");
  add_file (root, "n99999999_made_up.png", "");
  set = open_set (root);
  g_assert_cmpuint (fovea_image_set_get_n_classes (set), ==, 4);
  g_assert_cmpstr (fovea_image_set_get_class_name (set, 0), ==, "crane");
  g_assert_cmpstr (fovea_image_set_get_class_name (set, 1), ==, "crane (2)");
  g_assert_cmpstr (fovea_image_set_get_class_name (set, 2), ==, "crane (n03126707)");
  g_assert_cmpstr (fovea_image_set_get_class_name (set, 3), ==, "made up");
}

static void
test_links (void)
{
  g_autoptr (FoveaScratch) root = fovea_scratch_new ();
  g_autoptr (FoveaScratch) elsewhere = fovea_scratch_new ();
  g_autofree char *loop = g_build_filename (root, "real", "loop", NULL);
  g_autofree char *again = g_build_filename (root, "a-first-by-name", NULL);
  g_autofree char *outside = g_build_filename (root, "outside", NULL);
  g_autofree char *dangling = g_build_filename (root, "dangling.png", NULL);
  g_autofree char *pipe = g_build_filename (root, "pipe.png", NULL);
  g_autoptr (FoveaImageSet) set = NULL;

  add_file (root, "real/1.png", "");
  add_file (elsewhere, "2.png", "");
  g_assert_cmpint (symlink (root, loop), ==, 0);
  g_assert_cmpint (symlink ("real", again), ==, 0);
  g_assert_cmpint (symlink (elsewhere, outside), ==, 0);
  g_assert_cmpint (symlink ("nowhere", dangling), ==, 0);
  g_assert_cmpint (mkfifo (pipe, 0600), ==, 0);

  set = open_set (root);
  g_assert_cmpuint (fovea_image_set_get_n_images (set), ==, 2);
  assert_image (set, 0, "outside/2.png", "outside");
  assert_image (set, 1, "real/1.png", "real");
}

static void
test_fingerprint (void)
{
  g_autoptr (FoveaScratch) root = fovea_scratch_new ();
  g_autoptr (FoveaScratch) copy = fovea_scratch_new ();
  const char *names[] = { "a/1.png", "b/2.png", "c/3.png" };
  g_autofree char *touched = g_build_filename (copy, "b/2.png", NULL);
  g_autoptr (FoveaImageSet) first = NULL;

  /* The order in which files were made must not matter. */
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      add_file (root, names[i], "one");
      add_file (copy, names[G_N_ELEMENTS (names) - 1 - i], "one");
    }
  first = open_set (root);
  g_assert_cmpuint (strlen (fovea_image_set_get_fingerprint (first)), ==, 64);
  for (guint change = 0; change < 4; change++)
    {
      g_autoptr (FoveaImageSet) set = NULL;

      if (change == 1)
        add_file (copy, names[1], "other");
      else if (change == 2)
        {
          add_file (copy, names[1], "two");
          g_assert_cmpint (utime (touched, &(struct utimbuf) { 1000000001, 1000000001 }), ==, 0);
        }
      else if (change == 3)
        {
          add_file (copy, names[1], "one");
          add_file (copy, "d.png", "");
        }
      set = open_set (copy);
      if (change == 0)
        g_assert_cmpstr (fovea_image_set_get_fingerprint (set), ==, fovea_image_set_get_fingerprint (first));
      else
        g_assert_cmpstr (fovea_image_set_get_fingerprint (set), !=, fovea_image_set_get_fingerprint (first));
    }
}

static void
test_load (void)
{
  g_autoptr (FoveaScratch) root = fovea_scratch_new ();
  g_autofree char *path = fovea_scratch_path (root, "good.png");
  g_autoptr (FoveaImage) image = fovea_image_new (3, 2, NULL);
  g_autoptr (FoveaImage) loaded = NULL;
  g_autoptr (FoveaImageSet) set = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 18; i++)
    image->pixels[i] = (guint8) (i * 13);
  g_assert_true (fovea_image_write_png (image, path, NULL));
  add_file (root, "bad.png", "no image");
  set = open_set (root);
  loaded = fovea_image_set_load_image (set, 1, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (loaded->pixels, 18, image->pixels, 18);
  g_assert_null (fovea_image_set_load_image (set, 0, &error));
  g_assert_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT);
  g_assert_nonnull (strstr (error->message, "bad.png"));
}

static void
test_errors (void)
{
  g_autoptr (FoveaScratch) root = fovea_scratch_new ();
  g_autofree char *missing = fovea_scratch_path (root, "missing");
  g_autofree char *file = fovea_scratch_path (root, "file.txt");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  FoveaJob job;

  add_file (root, "file.txt", "");
  g_assert_null (fovea_image_set_open (missing, &error));
  g_assert_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_null (fovea_image_set_open (file, &error));
  g_assert_error (error, FOVEA_ERROR, FOVEA_ERROR_IO);
  g_clear_error (&error);
  g_assert_null (fovea_image_set_open (root, &error));
  g_assert_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_null (fovea_image_set_open ("", &error));
  g_assert_nonnull (error);
  g_clear_error (&error);

  add_file (root, "image.png", "");
  g_cancellable_cancel (cancellable);
  fovea_job_init (&job, cancellable, NULL, NULL);
  g_assert_null (fovea_image_set_open_with_job (root, &job, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* 300 × 600 pixels: left half dark, with a red bar that is as bright as the rest. */
static void
write_picture (const char *folder,
               const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree char *parent = g_path_get_dirname (path);
  g_autoptr (GError) error = NULL;
  g_autoptr (FoveaImage) image = fovea_image_new (300, 600, &error);

  g_assert_no_error (error);
  for (guint i = 0; i < 300 * 600; i++)
    {
      memset (image->pixels + 3 * i, i % 300 < 150 ? 40 : 200, 3);
      if (i % 300 < 10)
        image->pixels[3 * i] = 255;
    }
  g_assert_cmpint (g_mkdir_with_parents (parent, 0700), ==, 0);
  fovea_image_write_png (image, path, &error);
  g_assert_no_error (error);
}

/* A variant is its set but for the pixels and the fingerprint. */
static void
test_variants (void)
{
  g_autoptr (FoveaScratch) root = fovea_scratch_new ();
  g_autofree char *photos = fovea_scratch_path (root, "photos");
  g_autoptr (FoveaImageSet) set = NULL;
  g_autoptr (GHashTable) fingerprints = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  const char *names[] = { "greyscale", "silhouette", "edges", "scramble:2", "scramble:4" };
  g_autoptr (GError) error = NULL;

  write_picture (photos, "cat/b.png");
  write_picture (photos, "dog/a.png");
  set = open_set (photos);
  g_assert_cmpstr (fovea_image_set_get_place (set), ==, photos);
  g_hash_table_add (fingerprints, g_strdup (fovea_image_set_get_fingerprint (set)));
  for (guint v = 0; v < G_N_ELEMENTS (names); v++)
    {
      g_autofree char *place = g_strdup_printf ("%s+%s", photos, names[v]);
      g_autofree char *name = g_strdup_printf ("photos+%s", names[v]);
      g_autoptr (FoveaImageSet) made = open_set (place);
      g_autoptr (FoveaImageSet) again = open_set (fovea_image_set_get_place (made));
      g_autoptr (FoveaImage) original = fovea_image_set_load_image (set, 1, NULL);
      g_autoptr (FoveaImage) image = fovea_image_set_load_image (made, 1, &error);
      g_autoptr (FoveaImage) expected = NULL;
      FoveaVariant variant;

      g_assert_no_error (error);
      g_assert_cmpstr (fovea_image_set_get_name (made), ==, name);
      g_assert_cmpstr (fovea_image_set_get_place (made), ==, place);
      g_assert_null (fovea_image_set_get_path (made));
      g_assert_cmpuint (fovea_image_set_get_n_images (made), ==, 2);
      assert_image (made, 0, "cat/b.png", "cat");
      assert_image (made, 1, "dog/a.png", "dog");
      g_assert_cmpstr (fovea_image_set_get_fingerprint (again), ==, fovea_image_set_get_fingerprint (made));
      g_assert_true (g_hash_table_add (fingerprints, g_strdup (fovea_image_set_get_fingerprint (made))));

      /* Lines are drawn where the shorter side is 256, everything else at the image's own size. */
      g_assert_true (fovea_variant_parse (names[v], &variant, NULL));
      if (variant.kind == FOVEA_VARIANT_EDGES)
        {
          guint n_black = 0;

          g_assert_cmpuint (image->width, ==, 256);
          g_assert_cmpuint (image->height, ==, 512);
          for (guint x = 0; x < 256; x++)
            n_black += image->pixels[3 * (256 * 256 + x)] == 0;
          g_assert_cmpuint (n_black, ==, 2);
          continue;
        }
      expected = fovea_variant_apply (&variant, original, 1, NULL);
      g_assert_cmpmem (image->pixels, (gsize) image->width * image->height * 3, expected->pixels, 300 * 600 * 3);
      /* Each image of a set is scrambled in an order of its own. */
      if (variant.kind == FOVEA_VARIANT_SCRAMBLE && variant.n_tiles == 4)
        {
          g_autoptr (FoveaImage) first = fovea_image_set_load_image (made, 0, NULL);

          g_assert_cmpint (memcmp (first->pixels, image->pixels, 300 * 600 * 3), !=, 0);
        }
    }
}

/* What a plus sign means: a folder that is called so goes first, and what is nearly a variant is an error that says so. */
static void
test_variant_names (void)
{
  g_autoptr (FoveaScratch) root = fovea_scratch_new ();
  g_autofree char *photos = fovea_scratch_path (root, "photos");
  g_autofree char *called_so = fovea_scratch_path (root, "photos+edges");
  g_autofree char *odd = fovea_scratch_path (root, "a+b");
  g_autofree char *odd_grey = fovea_scratch_path (root, "a+b+greyscale");
  g_autofree char *wrong = fovea_scratch_path (root, "photos+sepia");
  g_autofree char *twice = fovea_scratch_path (root, "photos+greyscale+edges");
  g_autofree char *missing = fovea_scratch_path (root, "nothing+edges");
  g_autofree char *rest = NULL, *joined = NULL;
  const char *broken[] = { "+edges", "+", "scenes+", "scenes+scramble:1", "scenes+scramble:65", "scenes+edges+", "scenes+edges " };
  g_autoptr (GError) error = NULL;
  g_autoptr (FoveaImageSet) set = NULL;
  g_autoptr (FoveaImageSet) folder = NULL;
  g_autoptr (FoveaImageSet) other = NULL;
  FoveaVariant variant;

  write_picture (photos, "1.png");
  write_picture (called_so, "2.png");
  write_picture (odd, "3.png");
  folder = open_set (called_so);
  assert_image (folder, 0, "2.png", NULL);
  g_assert_cmpstr (fovea_image_set_get_path (folder), ==, called_so);
  set = open_set (photos);
  g_assert_true (fovea_variant_parse ("edges", &variant, NULL));
  joined = fovea_image_set_join_variant (photos, &variant);
  other = open_set (joined);
  assert_image (other, 0, "1.png", NULL);
  g_clear_pointer (&other, fovea_image_set_unref);
  other = fovea_image_set_new_variant (set, &variant);
  g_assert_cmpstr (fovea_image_set_get_place (other), ==, joined);
  g_clear_pointer (&other, fovea_image_set_unref);

  /* A plus sign in a folder's name is nothing special. */
  other = open_set (odd);
  g_assert_cmpstr (fovea_image_set_get_path (other), ==, odd);
  g_clear_pointer (&other, fovea_image_set_unref);
  other = open_set (odd_grey);
  g_assert_cmpstr (fovea_image_set_get_name (other), ==, "a+b+greyscale");
  rest = fovea_image_set_split_variant (odd_grey, &variant);
  g_assert_cmpstr (rest, ==, odd);
  g_assert_cmpint (variant.kind, ==, FOVEA_VARIANT_GREYSCALE);

  g_assert_null (fovea_image_set_open (wrong, &error));
  g_assert_error (error, FOVEA_ERROR, FOVEA_ERROR_ARGUMENT);
  g_assert_nonnull (strstr (error->message, "'sepia' is no variant"));
  g_clear_error (&error);
  g_assert_null (fovea_image_set_open (twice, &error));
  g_assert_error (error, FOVEA_ERROR, FOVEA_ERROR_ARGUMENT);
  g_clear_error (&error);
  g_assert_null (fovea_image_set_open (missing, &error));
  g_assert_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND);
  g_clear_error (&error);
  for (guint i = 0; i < G_N_ELEMENTS (broken); i++)
    {
      g_assert_null (fovea_image_set_open (broken[i], &error));
      g_assert_nonnull (error);
      g_clear_error (&error);
    }
}

/* A big folder costs the names and a few bytes for each, and is listed while progress is told. */
static void
count_report (guint64 done,
              guint64 total,
              double seconds_left,
              gpointer data)
{
  g_assert_cmpuint (total, ==, 0);
  ++*(guint *) data;
}

static void
test_many_files (void)
{
  const gsize n_files = 200000;
  g_autoptr (FoveaScratch) root = fovea_scratch_new ();
  g_autofree char *folder = fovea_scratch_path (root, "class");
  g_autoptr (FoveaImageSet) set = NULL;
  g_autofree char *first = g_build_filename (folder, "000000.jpg", NULL);
  guint n_reports = 0;
  gsize before, after;
  FoveaJob job;

  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents (first, "", 0, NULL));
  for (gsize i = 1; i < n_files; i++)
    {
      g_autofree char *path = g_strdup_printf ("%s/%06" G_GSIZE_FORMAT ".jpg", folder, i);
      /* A file system allows a file some ten thousands of names. */
      if (i % 10000 == 0)
        {
          g_assert_true (g_file_set_contents (path, "", 0, NULL));
          g_free (first);
          first = g_strdup (path);
        }
      else
        g_assert_cmpint (link (first, path), ==, 0);
    }

  fovea_job_init (&job, NULL, count_report, &n_reports);
  before = mallinfo2 ().uordblks + mallinfo2 ().hblkhd;
  set = fovea_image_set_open_with_job (root, &job, NULL);
  after = mallinfo2 ().uordblks + mallinfo2 ().hblkhd;
  g_assert_cmpuint (fovea_image_set_get_n_images (set), ==, n_files);
  assert_image (set, n_files - 1, "class/199999.jpg", "class");
  g_assert_cmpuint (n_reports, >, 100);
  /* class/123456.jpg and its final zero, 17 bytes, and 8 for start and class; some table may be made. */
  g_assert_cmpuint (after - before, <, n_files * 25 + 1024 * 1024);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_add_func ("/image-set/order-and-classes", test_order_and_classes);
  g_test_add_func ("/image-set/class-names-are-unique", test_class_names_are_unique);
  g_test_add_func ("/image-set/links", test_links);
  g_test_add_func ("/image-set/fingerprint", test_fingerprint);
  g_test_add_func ("/image-set/load", test_load);
  g_test_add_func ("/image-set/errors", test_errors);
  g_test_add_func ("/image-set/variants", test_variants);
  g_test_add_func ("/image-set/variant-names", test_variant_names);
  g_test_add_func ("/image-set/many-files", test_many_files);
  return g_test_run ();
}
