/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/images/scene.h"

#include <png.h>
#include <string.h>

#include "engine/images/color-terms.h"
#include "engine/images/cue-scene.h"
#include "engine/images/image-set.h"
#include "engine/images/quilt.h"
#include "engine/images/textures/texture.h"
#include "engine/locations.h"
#include "tests/scratch.h"

#define N_LABELS (FOVEA_SCENE_LABEL_SIZE * FOVEA_SCENE_LABEL_SIZE)

#define HEADING "class\tobject\tfile\tsettings\tsize\tflags\tparts\n"

/* Bytes whose values do not depend on how floats are stored. */
static void
add_floats (GChecksum *checksum,
            const float *values,
            gsize n)
{
  for (gsize i = 0; i < n; i++)
    {
      guint32 bits;

      memcpy (&bits, &values[i], sizeof bits);
      bits = GUINT32_TO_LE (bits);
      g_checksum_update (checksum, (const guchar *) &bits, sizeof bits);
    }
}

/* The last bit of every number counts, so this tells whether a machine draws as all others do. */
static void
test_textures_same_everywhere (void)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  const FoveaTextureView views[] = {
    { .width = 61, .height = 47, .horizon = 0, .magnification = 1, .light_x = -0.4f, .light_y = -0.5f },
    { .width = 40, .height = 33, .horizon = 12, .magnification = 0.8f, .light_x = 0.3f, .light_y = -0.4f },
  };
  g_autofree float *pixels = g_new (float, 61 * 47 * 3);

  for (guint t = 0; t < fovea_texture_get_n_textures (); t++)
    for (guint k = 0; k < G_N_ELEMENTS (views); k++)
      {
        fovea_texture_draw (t, &views[k], 7 + k, pixels);
        add_floats (checksum, pixels, (gsize) views[k].width * views[k].height * 3);
      }
  g_assert_cmpstr (g_checksum_get_string (checksum), ==, "19380e2059f458cc0e0403d5eea0affe1b317cae0f464531875be572636f4ff7");
}

/* Every texture has light within range, something to see, and a variation for every seed. */
static void
test_textures_vary (void)
{
  const FoveaTextureView view = { .width = 96, .height = 96, .magnification = 1, .light_x = -0.4f, .light_y = -0.5f };
  const gsize n = 96 * 96 * 3;
  g_autofree float *first = g_new (float, n), *second = g_new (float, n);
  guint n_described = 0;

  for (guint t = 0; t < fovea_texture_get_n_textures (); t++)
    {
      const FoveaTexture *texture = fovea_texture_get (t);
      double sum = 0, squares = 0;
      gsize n_different = 0;

      g_assert_true (texture->name != NULL || texture->material != NULL);
      g_assert_cmpint (fovea_texture_find (texture->name != NULL ? texture->name : texture->material), ==, (int) t);
      n_described += texture->name != NULL;
      fovea_texture_draw (t, &view, 1, first);
      fovea_texture_draw (t, &view, 2, second);
      for (gsize i = 0; i < n; i++)
        {
          g_assert_cmpfloat (first[i], >=, 0);
          g_assert_cmpfloat (first[i], <=, 1);
          sum += first[i];
          squares += (double) first[i] * first[i];
          n_different += first[i] != second[i];
        }
      g_assert_cmpfloat (squares / (double) n - sum / (double) n * sum / (double) n, >, 1e-4);
      g_assert_cmpuint (n_different, >, n / 2);
    }
  g_assert_cmpuint (n_described, >=, 24);
}

static void
test_color_terms (void)
{
  const struct { guint32 color; const char *name; } cases[] = {
    { 0x000000, "black" }, { 0x141414, "black" }, { 0xffffff, "white" }, { 0xf0f0ee, "white" }, { 0x808080, "grey" }, { 0xb0b4b0, "grey" },
    { 0xd01818, "red" }, { 0x8c1010, "red" }, { 0xff8010, "orange" }, { 0xf0e020, "yellow" }, { 0xe8c840, "yellow" }, { 0x20a030, "green" },
    { 0x88c040, "green" }, { 0x205020, "green" }, { 0x2040d0, "blue" }, { 0x80b8e8, "blue" }, { 0x102060, "blue" }, { 0x803098, "purple" },
    { 0xf8a0b8, "pink" }, { 0xff70a0, "pink" }, { 0x6a4020, "brown" }, { 0x8a5a30, "brown" },
  };
  guint n_of[FOVEA_N_COLOR_TERMS] = { 0 };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      guint term = fovea_color_term_of ((guint8) (cases[i].color >> 16), (guint8) (cases[i].color >> 8), (guint8) cases[i].color);

      g_test_message ("#%06x", cases[i].color);
      g_assert_cmpstr (fovea_color_term_get_name (term), ==, cases[i].name);
    }
  for (guint i = 0; i < 4096; i++)
    n_of[fovea_color_term_of ((guint8) ((i >> 8) * 17), (guint8) ((i >> 4 & 15) * 17), (guint8) ((i & 15) * 17))]++;
  for (guint i = 0; i < FOVEA_N_COLOR_TERMS; i++)
    g_assert_cmpuint (n_of[i], >, 8);
}

/* A stamp of one colour: opaque within its border of @border pixels. */
static void
write_stamp (const char *folder,
             const char *name,
             guint width,
             guint height,
             guint border,
             guint32 color)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree guint8 *rgba = g_malloc0 ((gsize) width * height * 4);
  png_image image = { .version = PNG_IMAGE_VERSION, .width = width, .height = height, .format = PNG_FORMAT_RGBA };

  for (guint y = border; y + border < height; y++)
    for (guint x = border; x + border < width; x++)
      {
        guint8 *p = rgba + 4 * (y * width + x);

        p[0] = (guint8) (color >> 16), p[1] = (guint8) (color >> 8), p[2] = (guint8) color, p[3] = 255;
      }
  g_assert_true (png_image_write_to_file (&image, path, 0, rgba, 0, NULL));
}

static FoveaStamps *
open_stamps (const char *folder,
             const char *list,
             GError **error)
{
  g_autofree char *path = g_build_filename (folder, "list.tsv", NULL);

  g_assert_true (g_file_set_contents (path, list, -1, NULL));
  return fovea_stamps_open (path, folder, error);
}

static const FoveaSceneConcept *
get_concept (const FoveaSceneSet *set,
             guint number)
{
  guint n;
  const FoveaSceneConcept *concepts = fovea_scene_set_get_concepts (set, &n);

  g_assert_cmpuint (number, >=, 1);
  g_assert_cmpuint (number, <=, n);
  g_assert_cmpuint (concepts[number - 1].number, ==, number);
  return &concepts[number - 1];
}

/* Whatever a scene shows: one colour everywhere, a thing or a surface everywhere, never both. */
static void
assert_labels (const FoveaSceneSet *set,
               const FoveaScene *scene)
{
  for (guint c = 0; c < FOVEA_SCENE_N_CATEGORIES; c++)
    for (guint i = 0; scene->labels[c] != NULL && i < N_LABELS; i++)
      if (scene->labels[c][i] != 0)
        g_assert_cmpuint (get_concept (set, scene->labels[c][i])->category, ==, c);
  g_assert_null (scene->labels[FOVEA_SCENE_SCENE]);
  for (guint i = 0; i < N_LABELS; i++)
    {
      guint16 object = scene->labels[FOVEA_SCENE_OBJECT] != NULL ? scene->labels[FOVEA_SCENE_OBJECT][i] : 0;
      guint16 part = scene->labels[FOVEA_SCENE_PART] != NULL ? scene->labels[FOVEA_SCENE_PART][i] : 0;
      guint16 texture = scene->labels[FOVEA_SCENE_TEXTURE] != NULL ? scene->labels[FOVEA_SCENE_TEXTURE][i] : 0;
      guint16 material = scene->labels[FOVEA_SCENE_MATERIAL] != NULL ? scene->labels[FOVEA_SCENE_MATERIAL][i] : 0;

      g_assert_cmpuint (scene->labels[FOVEA_SCENE_COLOR][i], !=, 0);
      g_assert_true ((object != 0) != (texture != 0 || material != 0));
      g_assert_true (part == 0 || object != 0);
    }
}

/* What lies along the edges of a frayed stamp's file is not part of it. */
static void
test_frayed (void)
{
  g_autoptr (FoveaScratch) folder = fovea_scratch_new ();
  static const char *const flags[] = { "flies", "flies,frayed" };

  write_stamp (folder, "board.png", 40, 30, 0, 0x00ff00);
  for (guint i = 0; i < G_N_ELEMENTS (flags); i++)
    {
      g_autofree char *list = g_strdup_printf (HEADING "thing\tboard\tboard.png\tspace\t0.5\t%s\t-\n", flags[i]);
      g_autoptr (GError) error = NULL;
      g_autoptr (FoveaStamps) stamps = open_stamps (folder, list, &error);
      const FoveaStampPixels *pixels;

      g_assert_no_error (error);
      pixels = fovea_stamps_load (stamps, 0, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (pixels->width, ==, 40 - 4 * i);
      g_assert_cmpuint (pixels->height, ==, 30 - 4 * i);
    }
}

/* A pure green board, seen from above without turning, is green in the picture exactly where it is
 * labelled, and the box of its part covers that part of it. */
static void
test_masks (void)
{
  g_autoptr (FoveaScratch) folder = fovea_scratch_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (FoveaStamps) stamps = NULL;
  g_autoptr (FoveaSceneSet) set = NULL;
  guint n_seen = 0;
  double share = 0;

  write_stamp (folder, "board.png", 120, 90, 10, 0x00ff00);
  stamps = open_stamps (folder, HEADING "thing\tboard\tboard.png\tspace\t0.5\tflies\tleft half 0 0 500 1000\n", &error);
  g_assert_no_error (error);
  set = fovea_scene_set_new (stamps);

  for (guint s = 0; s < fovea_scene_set_get_n_scenes (set); s++)
    {
      g_autoptr (FoveaScene) scene = NULL;
      guint n_object = 0, n_part = 0, n_wrong = 0;

      if (fovea_scene_set_get_class (set, s) < 0)
        continue;
      scene = fovea_scene_set_compose (set, s, &error);
      g_assert_no_error (error);
      assert_labels (set, scene);
      g_assert_cmpstr (get_concept (set, scene->scene)->name, ==, "space");
      for (guint y = 0; y < FOVEA_SCENE_LABEL_SIZE; y++)
        for (guint x = 0; x < FOVEA_SCENE_LABEL_SIZE; x++)
          {
            guint i = y * FOVEA_SCENE_LABEL_SIZE + x;
            const guint8 *p = scene->image->pixels + 3 * ((gsize) (2 * y) * FOVEA_SCENE_SIZE + 2 * x);
            gboolean is_board = scene->labels[FOVEA_SCENE_OBJECT][i] != 0;
            guint n_green = 0;

            /* How many of the four pixels are more board than not: light is as the square. */
            for (guint k = 0; k < 4; k++)
              {
                const guint8 *q = p + (k % 2) * 3 + (k / 2) * FOVEA_SCENE_SIZE * 3;

                n_green += q[1] > 170 && q[0] < 150 && q[2] < 150;
              }
            n_wrong += (n_green >= 3 && !is_board) || (n_green == 0 && is_board);
            n_object += is_board;
            n_part += scene->labels[FOVEA_SCENE_PART][i] != 0;
          }
      g_assert_cmpuint (n_wrong, <=, n_object / 100);
      /* Half a picture wide and three quarters of that high, give or take what is drawn at random;
       * companions add to it. */
      g_assert_cmpuint (n_object, >, 0.9 * 0.9 * 64 * 44);
      share += (double) n_part / n_object;
      n_seen++;
    }
  g_assert_cmpuint (n_seen, >=, 10);
  /* One board hides a part of another now and then. */
  g_assert_cmpfloat_with_epsilon (share / n_seen, 0.5, 0.05);
}

/* Without a single photograph there are shapes, all of it drawn: the same bytes everywhere. */
static void
test_drawn_alone (void)
{
  g_autoptr (FoveaScratch) folder = fovea_scratch_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (FoveaStamps) stamps = open_stamps (folder, HEADING "dog\tdog\tnot/there.png\tfield\t0.5\t-\t-\n", &error);
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autoptr (FoveaSceneSet) set = NULL;
  g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);
  guint n_things = 0;

  g_assert_no_error (error);
  g_assert_cmpuint (fovea_stamps_get_n_missing (stamps), ==, 1);
  g_assert_cmpuint (fovea_stamps_get_n_stamps (stamps), >, 1);
  set = fovea_scene_set_new (stamps);
  for (guint i = 0; i < fovea_scene_set_get_n_scenes (set); i++)
    {
      g_assert_true (g_hash_table_add (names, (gpointer) fovea_scene_set_get_name (set, i)));
      n_things += fovea_scene_set_get_class (set, i) >= 0;
    }
  g_assert_cmpuint (n_things, >=, 100);
  g_assert_cmpuint (fovea_scene_set_get_n_scenes (set), >=, 300);

  for (guint i = 0; i < 24; i++)
    {
      g_autoptr (FoveaScene) scene = fovea_scene_set_compose (set, i, &error);
      g_autoptr (FoveaImage) image = fovea_scene_set_compose_image (set, i, NULL);

      g_assert_no_error (error);
      assert_labels (set, scene);
      g_assert_cmpmem (scene->image->pixels, FOVEA_SCENE_SIZE * FOVEA_SCENE_SIZE * 3, image->pixels, FOVEA_SCENE_SIZE * FOVEA_SCENE_SIZE * 3);
      g_checksum_update (checksum, image->pixels, FOVEA_SCENE_SIZE * FOVEA_SCENE_SIZE * 3);
      for (guint k = 0; k < N_LABELS; k++)
        {
          guint16 color = GUINT16_TO_LE (scene->labels[FOVEA_SCENE_COLOR][k]);

          g_checksum_update (checksum, (const guchar *) &color, 2);
        }
    }
  g_assert_cmpstr (g_checksum_get_string (checksum), ==, "fef2668cbcbf511986c6ef502eefaf4e88c23510a2900eff95657afa02873d0d");
}

static void
test_bad_lists (void)
{
  const struct { const char *list; const char *pattern; } cases[] = {
    { "dog\tdog\n", "*list.tsv: line 1 does not have seven columns" },
    { "# comment\n" HEADING "dog\tdog\ta.png\tfield\t0.5\tswims\t-\n", "*line 3 has an unknown flag" },
    { HEADING "dog\tdog\ta.png\tfield\tlarge\t-\t-\n", "*line 2 has a size that is not between 0 and 1" },
    { HEADING "dog\tdog\ta.png\tfield\t-0.5\t-\t-\n", "*line 2 has a size that is not between 0 and 1" },
    { HEADING "dog\tdog\t../a.png\tfield\t0.5\t-\t-\n", "*line 2 names a file outside the folder of stamps" },
    { HEADING "dog\tdog\t/etc/a.png\tfield\t0.5\t-\t-\n", "*line 2 names a file outside the folder of stamps" },
    { HEADING "dog\t\ta.png\tfield\t0.5\t-\t-\n", "*line 2 has an empty column" },
    { HEADING "dog\tdog\ta.png\tfield\t0.5\t-\thead 0 0 500\n", "*line 2 has a part that is not*" },
    { HEADING "dog\tdog\ta.png\tfield\t0.5\t-\thead 500 0 500 100\n", "*line 2 has a part that is not*" },
    { HEADING "dog\tdog\ta.png\tfield\t0.5\t-\thead 0 0 500 1001\n", "*line 2 has a part that is not*" },
    { "\xff\xfe", "*list.tsv: is no list of stamps, but binary" },
  };
  g_autoptr (FoveaScratch) folder = fovea_scratch_new ();

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (FoveaStamps) stamps = open_stamps (folder, cases[i].list, &error);

      g_assert_null (stamps);
      g_assert_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT);
      if (!g_pattern_match_simple (cases[i].pattern, error->message))
        g_error ("'%s' is not '%s'", error->message, cases[i].pattern);
    }
}

/* A stamp that is there and cannot be read is said by name, for its scenes alone. */
static void
test_damaged_stamp (void)
{
  g_autoptr (FoveaScratch) folder = fovea_scratch_new ();
  g_autofree char *damaged = g_build_filename (folder, "damaged.png", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (FoveaStamps) stamps = NULL;
  g_autoptr (FoveaSceneSet) set = NULL;
  guint n_failed = 0, n_made = 0;

  write_stamp (folder, "whole.png", 40, 40, 0, 0xff0000);
  write_stamp (folder, "clear.png", 40, 40, 20, 0xff0000);
  g_assert_true (g_file_set_contents (damaged, "\x89PNG\r\n\x1a\n damaged", -1, NULL));
  stamps = open_stamps (folder,
                        "a\ta\twhole.png\twall\t0.5\t-\t-\n"
                        "b\tb\tdamaged.png\twall\t0.5\t-\t-\n"
                        "c\tc\tclear.png\twall\t0.5\t-\t-\n",
                        &error);
  g_assert_no_error (error);
  set = fovea_scene_set_new (stamps);
  for (guint i = 0; i < fovea_scene_set_get_n_scenes (set); i++)
    {
      g_autoptr (FoveaImage) image = NULL;
      int image_class = fovea_scene_set_get_class (set, i);
      const char *name = image_class >= 0 ? fovea_scene_set_get_classes (set)[image_class] : "a";

      if (image_class < 0)
        continue;
      image = fovea_scene_set_compose_image (set, i, &error);
      if (strcmp (name, "a") == 0)
        g_assert_no_error (error);
      else
        {
          g_assert_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT);
          g_assert_nonnull (strstr (error->message, strcmp (name, "b") == 0 ? "damaged.png" : "transparent all over"));
          g_clear_error (&error);
        }
      n_failed += image == NULL;
      n_made += image != NULL;
    }
  g_assert_cmpuint (n_failed, ==, 2 * n_made);
}

/* A quilt has no colour that the thing has not, and neighbours in it were mostly neighbours there. */
static void
test_quilt (void)
{
  const guint side = 64;
  g_autofree guint8 *rgba = g_malloc0 (64 * 64 * 4), *rgb = g_malloc0 (100 * 100 * 3);
  FoveaRandom random;
  guint n_seams = 0;

  for (guint y = 0; y < side; y++)
    for (guint x = 0; x < side; x++)
      {
        guint8 *p = rgba + 4 * (y * side + x);
        gboolean stripe = x / 4 % 2 == 0;
        gboolean inside = x >= 8 && x < 60 && y >= 4 && y < 56;

        p[0] = inside ? (stripe ? 200 : 40) : 255, p[1] = inside ? (stripe ? 180 : 20) : 0, p[2] = 10;
        p[3] = inside ? 255 : 0;
      }
  fovea_random_init (&random, 1, 2);
  g_assert_true (fovea_quilt (rgba, side, side, &random, 100, rgb));
  for (guint y = 0; y < 100; y++)
    for (guint x = 0; x < 100; x++)
      {
        const guint8 *p = rgb + 3 * (y * 100 + x);

        g_assert_true ((p[0] == 200 && p[1] == 180 && p[2] == 10) || (p[0] == 40 && p[1] == 20 && p[2] == 10));
        /* The thing's stripes run from top to bottom, so the quilt's do. */
        n_seams += y > 0 && p[0] != p[-300];
      }
  g_assert_cmpuint (n_seams, ==, 0);

  /* Nothing wide enough is said, not made up. */
  memset (rgba, 0, 64 * 64 * 4);
  for (guint x = 0; x < side; x++)
    rgba[4 * (10 * side + x) + 3] = 255;
  g_assert_false (fovea_quilt (rgba, side, side, &random, 100, rgb));
}

static gboolean
skip_without_package (void)
{
  g_autofree char *folder = fovea_stamps_find_folder ();

  if (folder != NULL)
    return FALSE;
  g_test_skip ("the package tuxpaint-stamps-default is not installed");
  return TRUE;
}

static void
test_built_in_scenes (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FoveaImageSet) set = NULL;
  g_autoptr (FoveaSceneSet) scenes = NULL;
  g_autofree char *list = fovea_locations_find_resource ("stamps/stamps.tsv"), *folder = fovea_stamps_find_folder ();
  g_autoptr (FoveaStamps) stamps = NULL;

  if (skip_without_package ())
    return;
  stamps = fovea_stamps_open (list, folder, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (fovea_stamps_get_n_missing (stamps), ==, 0);
  /* Every stamp of the list can be decoded. */
  for (guint i = 0; i < fovea_stamps_get_n_stamps (stamps); i++)
    {
      fovea_stamps_load (stamps, i, &error);
      g_assert_no_error (error);
    }

  set = fovea_image_set_open ("scenes", &error);
  g_assert_no_error (error);
  scenes = fovea_scene_set_open (&error);
  g_assert_no_error (error);
  g_assert_cmpuint (fovea_image_set_get_n_images (set), >=, 1200);
  g_assert_cmpuint (fovea_image_set_get_n_images (set), ==, fovea_scene_set_get_n_scenes (scenes));
  g_assert_cmpuint (strlen (fovea_image_set_get_fingerprint (set)), ==, 64);
  for (guint i = 0; i < 60; i++)
    {
      g_autoptr (FoveaScene) scene = fovea_scene_set_compose (scenes, i * 20, &error);
      g_autoptr (FoveaImage) image = fovea_image_set_load_image (set, i * 20, NULL);

      g_assert_no_error (error);
      assert_labels (scenes, scene);
      g_assert_cmpmem (scene->image->pixels, FOVEA_SCENE_SIZE * FOVEA_SCENE_SIZE * 3, image->pixels, FOVEA_SCENE_SIZE * FOVEA_SCENE_SIZE * 3);
      if (fovea_scene_set_get_class (scenes, i * 20) >= 0)
        g_assert_nonnull (scene->labels[FOVEA_SCENE_OBJECT]);
    }
}

/* Silhouettes of the built-in sets are exactly what their things cover. */
static void
test_silhouettes (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FoveaImageSet) scenes_set = NULL;
  g_autoptr (FoveaImageSet) cues_set = NULL;
  g_autoptr (FoveaImageSet) cues = NULL;
  g_autoptr (FoveaSceneSet) scenes = NULL;

  if (skip_without_package ())
    return;
  scenes_set = fovea_image_set_open ("scenes+silhouette", &error);
  g_assert_no_error (error);
  scenes = fovea_scene_set_open (&error);
  for (guint i = 0; i < fovea_scene_set_get_n_scenes (scenes); i += 97)
    {
      g_autoptr (FoveaScene) scene = fovea_scene_set_compose (scenes, i, NULL);
      g_autoptr (FoveaImage) image = fovea_image_set_load_image (scenes_set, i, &error);
      const guint16 *objects = scene->labels[FOVEA_SCENE_OBJECT];

      g_assert_no_error (error);
      g_assert_cmpuint (image->width, ==, FOVEA_SCENE_SIZE);
      for (guint y = 0; y < FOVEA_SCENE_LABEL_SIZE; y++)
        for (guint x = 0; x < FOVEA_SCENE_LABEL_SIZE; x++)
          {
            const guint8 *pixel = image->pixels + 3 * ((gsize) 2 * y * FOVEA_SCENE_SIZE + 2 * x);
            const guint n_black = (pixel[0] == 0) + (pixel[3] == 0) + (pixel[3 * FOVEA_SCENE_SIZE] == 0) + (pixel[3 * FOVEA_SCENE_SIZE + 3] == 0);
            const gboolean covered = objects != NULL && objects[y * FOVEA_SCENE_LABEL_SIZE + x] != 0;

            /* Of four pixels that show two things and the ground, the label may be any of the three's. */
            if (n_black == 0 || n_black == 4)
              g_assert_cmpint (covered, ==, n_black == 4);
            if (n_black == 1)
              g_assert_false (covered);
            g_assert_true (pixel[1] == pixel[0] && pixel[2] == pixel[0] && (pixel[0] == 0 || pixel[0] == 255));
          }
    }

  /* Images with one shape have one silhouette, whatever the texture. */
  cues = fovea_image_set_open ("cue-conflict", NULL);
  cues_set = fovea_image_set_open ("cue-conflict+silhouette", &error);
  g_assert_no_error (error);
  for (guint i = 0; i + 1 < 40; i++)
    {
      g_autoptr (FoveaImage) image = fovea_image_set_load_image (cues_set, i, &error);
      g_autoptr (FoveaImage) next = fovea_image_set_load_image (cues_set, i + 1, &error);
      g_autoptr (FoveaImage) original = fovea_image_set_load_image (cues, i, NULL);
      const char *name = fovea_image_set_get_image_name (cues_set, i), *next_name = fovea_image_set_get_image_name (cues_set, i + 1);
      const gsize n_pixels = (gsize) image->width * image->height;
      const gboolean same_shape = strncmp (name, next_name, (gsize) (strchr (name, '-') - name + 1)) == 0;
      gsize n_black = 0;

      g_assert_cmpuint (image->width, ==, original->width);
      g_assert_cmpint (memcmp (image->pixels, next->pixels, n_pixels * 3) == 0, ==, same_shape);
      for (gsize p = 0; p < n_pixels; p++)
        n_black += image->pixels[3 * p] == 0;
      g_assert_cmpuint (n_black, >, n_pixels / 20);
      g_assert_cmpuint (n_black, <, n_pixels * 9 / 10);
    }
}

static void
test_built_in_cues (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FoveaImageSet) set = NULL;
  g_autoptr (FoveaCueSceneSet) cues = NULL;
  g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);
  g_autofree guint *n_shapes = NULL, *n_textures = NULL;

  if (skip_without_package ())
    return;
  set = fovea_image_set_open ("cue-conflict", &error);
  g_assert_no_error (error);
  cues = fovea_cue_scene_set_open (&error);
  g_assert_cmpuint (fovea_image_set_get_n_images (set), >=, 600);
  n_shapes = g_new0 (guint, fovea_image_set_get_n_classes (set));
  n_textures = g_new0 (guint, fovea_image_set_get_n_classes (set));
  for (guint i = 0; i < fovea_image_set_get_n_images (set); i++)
    {
      guint shape = fovea_cue_scene_set_get_shape (cues, i), texture = fovea_cue_scene_set_get_texture (cues, i);
      g_autofree char *pattern = g_strdup_printf ("%s/%s*-%s*.png", fovea_image_set_get_class_name (set, shape),
                                                  fovea_image_set_get_class_name (set, shape), fovea_image_set_get_class_name (set, texture));

      g_assert_cmpuint (shape, !=, texture);
      g_assert_true (g_pattern_match_simple (pattern, fovea_image_set_get_image_name (set, i)));
      g_assert_true (g_hash_table_add (names, (gpointer) fovea_image_set_get_image_name (set, i)));
      n_shapes[shape]++;
      n_textures[texture]++;
    }
  for (guint c = 0; c < fovea_image_set_get_n_classes (set); c++)
    {
      g_assert_cmpuint (n_shapes[c], ==, n_shapes[0]);
      g_assert_cmpuint (n_textures[c], ==, n_shapes[0]);
    }
  for (guint i = 0; i < fovea_image_set_get_n_images (set); i += 37)
    {
      g_autoptr (FoveaImage) image = fovea_image_set_load_image (set, i, &error), again = fovea_image_set_load_image (set, i, NULL);

      g_assert_no_error (error);
      g_assert_cmpmem (image->pixels, (gsize) image->width * image->height * 3, again->pixels, (gsize) again->width * again->height * 3);
    }
}

static void
test_cues_without_package (void)
{
  g_autoptr (FoveaScratch) folder = fovea_scratch_new ();
  g_autofree char *list = fovea_locations_find_resource ("stamps/cue-conflict.tsv"), *broken = g_build_filename (folder, "cues.tsv", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (FoveaStamps) stamps = open_stamps (folder, HEADING, &error);
  g_autoptr (FoveaCueSceneSet) cues = NULL;

  g_assert_no_error (error);
  cues = fovea_cue_scene_set_new (stamps, list, &error);
  g_assert_null (cues);
  g_assert_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (error->message, "tuxpaint-stamps-default"));
  g_clear_error (&error);

  g_assert_true (g_file_set_contents (broken, "class\trole\tfile\ndog\tsmell\ta.png\n", -1, NULL));
  cues = fovea_cue_scene_set_new (stamps, broken, &error);
  g_assert_null (cues);
  g_assert_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT);
  g_assert_nonnull (strstr (error->message, "line 2 is not"));
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/scenes/textures-same-everywhere", test_textures_same_everywhere);
  g_test_add_func ("/scenes/textures-vary", test_textures_vary);
  g_test_add_func ("/scenes/color-terms", test_color_terms);
  g_test_add_func ("/scenes/masks", test_masks);
  g_test_add_func ("/scenes/frayed", test_frayed);
  g_test_add_func ("/scenes/drawn-alone", test_drawn_alone);
  g_test_add_func ("/scenes/bad-lists", test_bad_lists);
  g_test_add_func ("/scenes/damaged-stamp", test_damaged_stamp);
  g_test_add_func ("/scenes/quilt", test_quilt);
  g_test_add_func ("/scenes/built-in", test_built_in_scenes);
  g_test_add_func ("/scenes/silhouettes", test_silhouettes);
  g_test_add_func ("/scenes/cue-conflict", test_built_in_cues);
  g_test_add_func ("/scenes/cue-conflict-without-package", test_cues_without_package);

  return g_test_run ();
}
