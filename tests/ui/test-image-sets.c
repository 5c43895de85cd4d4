/* The image sets that people use: the list, the current one, and what is kept of it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <glib/gstdio.h>

#include "tests/scratch.h"
#include "tests/ui/display.h"
#include "ui/image-sets.h"

#define SECONDS 30

static void
write_image (FoveaScratch *scratch,
             const char *folder,
             const char *name)
{
  g_autofree char *parent = fovea_scratch_path (scratch, folder);
  g_autofree char *path = g_build_filename (parent, name, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (FoveaImage) image = fovea_image_new (8, 8, &error);

  g_assert_no_error (error);
  memset (image->pixels, 90, 8 * 8 * 3);
  g_assert_cmpint (g_mkdir_with_parents (parent, 0700), ==, 0);
  fovea_image_write_png (image, path, &error);
  g_assert_no_error (error);
}

static void
count (guint *n)
{
  (*n)++;
}

static void
test_sets (void)
{
  FoveaScratch *scratch = fovea_scratch_new ();
  g_autofree char *photos = fovea_scratch_path (scratch, "photos");
  g_autofree char *empty = fovea_scratch_path (scratch, "empty");
  g_autofree char *twin = fovea_scratch_path (scratch, "other/photos");
  FoveaJobQueue *queue = fovea_job_queue_new (2);
  FoveaSettings *settings = fovea_settings_new ();
  FoveaImageSets *sets = fovea_image_sets_new (queue, settings);
  g_auto (GStrv) first = fovea_image_sets_list (sets);
  g_auto (GStrv) second = NULL;
  g_auto (GStrv) third = NULL;
  g_autofree char *alone = NULL, *beside = NULL, *variant = NULL, *described = NULL;
  const char *error = NULL;
  guint n_changes = 0;

  write_image (scratch, "photos", "a.png");
  write_image (scratch, "photos", "b.png");
  write_image (scratch, "other/photos", "c.png");
  g_assert_cmpint (g_mkdir_with_parents (empty, 0700), ==, 0);
  g_assert_true (g_strv_contains ((const char *const *) first, "scenes"));
  g_assert_cmpstr (fovea_image_sets_get_current (sets), ==, "scenes");

  /* A folder becomes the current set, is remembered, and read when asked for. */
  g_signal_connect_swapped (sets, "changed", G_CALLBACK (count), &n_changes);
  fovea_image_sets_set_current (sets, photos);
  g_assert_cmpuint (n_changes, ==, 1);
  g_assert_null (fovea_image_sets_get_set (sets, &error));
  g_assert_null (error);
  fovea_test_wait_until (n_changes == 2, SECONDS);
  g_assert_cmpuint (fovea_image_set_get_n_images (fovea_image_sets_get_set (sets, NULL)), ==, 2);
  alone = fovea_image_sets_describe (sets, photos);
  g_assert_cmpstr (alone, ==, "photos");

  /* Two folders of one name are told apart. */
  fovea_image_sets_set_current (sets, twin);
  beside = fovea_image_sets_describe (sets, photos);
  g_assert_cmpstr (beside, ==, photos);

  /* One without images says so. */
  fovea_image_sets_set_current (sets, empty);
  fovea_image_sets_get_set (sets, NULL);
  n_changes = 0;
  fovea_test_wait_until (n_changes == 1, SECONDS);
  g_assert_null (fovea_image_sets_get_set (sets, &error));
  g_assert_nonnull (error);
  g_assert_nonnull (strstr (error, "empty"));

  /* Mended, it can be read again. */
  write_image (scratch, "empty", "d.png");
  fovea_image_sets_reload (sets);
  fovea_image_sets_get_set (sets, &error);
  g_assert_null (error);
  fovea_test_wait_until (n_changes == 3, SECONDS);
  g_assert_cmpuint (fovea_image_set_get_n_images (fovea_image_sets_get_set (sets, NULL)), ==, 1);
  g_assert_finalize_object (sets);

  /* A variant of a folder is no folder of its own, and comes back. */
  sets = fovea_image_sets_new (queue, settings);
  variant = g_strconcat (photos, "+scramble:4", NULL);
  fovea_image_sets_set_current (sets, variant);
  third = fovea_image_sets_list (sets);
  g_assert_cmpuint (g_strv_length (third), ==, g_strv_length (first) + 3);
  g_clear_object (&sets);
  sets = fovea_image_sets_new (queue, settings);
  g_assert_cmpstr (fovea_image_sets_get_current (sets), ==, variant);
  described = fovea_image_sets_describe (sets, "scenes+silhouette");
  g_assert_cmpstr (described, ==, "Scenes (built in), silhouettes");
  g_signal_connect_swapped (sets, "changed", G_CALLBACK (count), &n_changes);
  n_changes = 0;
  fovea_image_sets_get_set (sets, NULL);
  fovea_test_wait_until (n_changes == 1, SECONDS);
  g_assert_cmpstr (fovea_image_set_get_name (fovea_image_sets_get_set (sets, NULL)), ==, "photos+scramble:4");
  fovea_image_sets_set_current (sets, empty);
  g_assert_finalize_object (sets);

  /* All of it comes back. */
  sets = fovea_image_sets_new (queue, settings);
  g_assert_cmpstr (fovea_image_sets_get_current (sets), ==, empty);
  fovea_image_sets_forget (sets, empty);
  g_assert_cmpstr (fovea_image_sets_get_current (sets), ==, "scenes");
  second = fovea_image_sets_list (sets);
  g_assert_cmpuint (g_strv_length (second), ==, g_strv_length (first) + 2);
  g_assert_cmpstr (second[g_strv_length (first)], ==, twin);
  g_assert_cmpstr (second[g_strv_length (first) + 1], ==, photos);

  g_assert_finalize_object (sets);
  g_assert_finalize_object (settings);
  g_assert_finalize_object (queue);
  fovea_scratch_free (scratch);
}

int
main (int argc,
      char **argv)
{
  g_setenv ("GSETTINGS_BACKEND", "memory", TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/image-sets/sets", test_sets);
  return g_test_run ();
}
