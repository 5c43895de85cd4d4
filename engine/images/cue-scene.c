/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/images/cue-scene.h"

#include <string.h>

#include "engine/images/quilt.h"
#include "engine/images/scene-picture.h"
#include "engine/images/stamp-list.h"
#include "engine/locations.h"

#define SIZE FOVEA_CUE_SCENE_SIZE
#define N_PIXELS ((gsize) SIZE * SIZE)

/* To be counted up whenever any image comes out differently. */
#define GENERATOR "fovea-cue-conflict-1"
#define SEED 2019

/* The size at which a thing's texture is taken, in pixels: that at which it would be shown. */
#define TEXTURE_SIZE 230

/* A line of the list: a stamp as a shape or as a texture of its class, counted from 1 in each. */
typedef struct {
  guint cue_class;
  guint number;
  guint stamp;
  guint turn; /* how often the same stamp stood in the same class and role before */
} Cue;

typedef struct {
  guint shape;   /* in shapes */
  guint texture; /* in textures */
  char *name;
} Entry;

struct _FoveaCueSceneSet {
  gatomicrefcount references;
  FoveaStamps *stamps;
  GPtrArray *classes; /* utf8, NULL-terminated */
  GArray *shapes;     /* Cue */
  GArray *textures;   /* Cue */
  GArray *entries;    /* Entry */
  char *fingerprint;
  GMutex *locks;      /* one a texture, for its pixels */
  guint8 **pixels;
};

static void
clear_entry (gpointer data)
{
  g_free (((Entry *) data)->name);
}

static int
find_stamp (FoveaStamps *stamps,
            const char *file)
{
  for (guint i = 0; i < fovea_stamps_get_n_stamps (stamps); i++)
    if (strcmp (fovea_stamps_get_stamp (stamps, i)->file, file) == 0)
      return (int) i;
  return -1;
}

static guint
find_or_add_class (FoveaCueSceneSet *self,
                   const char *name)
{
  guint index;

  if (!g_ptr_array_find_with_equal_func (self->classes, name, g_str_equal, &index))
    {
      index = self->classes->len;
      g_ptr_array_add (self->classes, g_strdup (name));
    }
  return index;
}

static void
add_cue (GArray *cues,
         guint cue_class,
         guint stamp)
{
  Cue cue = { .cue_class = cue_class, .number = 1, .stamp = stamp };

  for (guint i = 0; i < cues->len; i++)
    {
      const Cue *other = &g_array_index (cues, Cue, i);

      cue.number += other->cue_class == cue_class;
      cue.turn += other->cue_class == cue_class && other->stamp == stamp;
    }
  g_array_append_val (cues, cue);
}

/* Adds the line's cue; what the package lacks is left out. */
static const char *
add_line (const char *const *fields,
          gpointer data)
{
  static const char wrong[] = "is not a class, 'shape' or 'texture', and a file, separated by tabs";
  FoveaCueSceneSet *self = data;
  gboolean is_shape;
  int stamp;

  if (g_strv_length ((char **) fields) != 3 || fields[0][0] == '\0')
    return wrong;
  is_shape = strcmp (fields[1], "shape") == 0;
  if (!is_shape && strcmp (fields[1], "texture") != 0)
    return wrong;
  stamp = find_stamp (self->stamps, fields[2]);
  if (stamp >= 0)
    add_cue (is_shape ? self->shapes : self->textures, find_or_add_class (self, fields[0]), (guint) stamp);
  return NULL;
}

/* Every shape meets one texture of every other class, and the textures of a class meet equally many. */
static void
pair (FoveaCueSceneSet *self)
{
  for (guint s = 0; s < self->shapes->len; s++)
    {
      const Cue *shape = &g_array_index (self->shapes, Cue, s);

      for (guint c = 0; c < self->classes->len; c++)
        {
          g_autoptr (GArray) choices = g_array_new (FALSE, FALSE, sizeof (guint));
          Entry entry = { .shape = s };
          const Cue *texture;

          for (guint t = 0; t < self->textures->len; t++)
            if (g_array_index (self->textures, Cue, t).cue_class == c)
              g_array_append_val (choices, t);
          if (c == shape->cue_class || choices->len == 0)
            continue;
          entry.texture = g_array_index (choices, guint, (s + c) % choices->len);
          texture = &g_array_index (self->textures, Cue, entry.texture);
          entry.name = g_strdup_printf ("%s/%s%u-%s%u.png", (char *) g_ptr_array_index (self->classes, shape->cue_class),
                                        (char *) g_ptr_array_index (self->classes, shape->cue_class), shape->number,
                                        (char *) g_ptr_array_index (self->classes, c), texture->number);
          g_array_append_val (self->entries, entry);
        }
    }
}

/**
 * fovea_cue_scene_set_new:
 * @list: a file such as Fovea's `stamps/cue-conflict.tsv`
 * @error: %FOVEA_ERROR_FORMAT with the line where the list is wrong, %FOVEA_ERROR_NOT_FOUND where @stamps has not
 *   two classes of it, or as fovea_read_file()
 *
 * Returns: (transfer full): the list of images, or %NULL
 */
FoveaCueSceneSet *
fovea_cue_scene_set_new (FoveaStamps *stamps,
                         const char *list,
                         GError **error)
{
  g_autoptr (FoveaCueSceneSet) self = g_new0 (FoveaCueSceneSet, 1);
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);

  g_return_val_if_fail (stamps != NULL, NULL);

  g_atomic_ref_count_init (&self->references);
  self->stamps = fovea_stamps_ref (stamps);
  self->classes = g_ptr_array_new_with_free_func (g_free);
  self->shapes = g_array_new (FALSE, FALSE, sizeof (Cue));
  self->textures = g_array_new (FALSE, FALSE, sizeof (Cue));
  self->entries = g_array_new (FALSE, FALSE, sizeof (Entry));
  g_array_set_clear_func (self->entries, clear_entry);
  g_checksum_update (checksum, (const guchar *) GENERATOR, -1);
  g_checksum_update (checksum, (const guchar *) fovea_stamps_get_fingerprint (stamps), -1);
  if (!fovea_stamp_list_read (list, checksum, add_line, self, error))
    return NULL;
  pair (self);
  if (self->entries->len == 0)
    {
      g_set_error_literal (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND,
                           "the built-in cue-conflict images are made from the photographs of Debian's package tuxpaint-stamps-default; install it, or name a folder of cue-conflict images");
      return NULL;
    }
  g_ptr_array_add (self->classes, NULL);
  self->fingerprint = g_strdup (g_checksum_get_string (checksum));
  self->locks = g_new0 (GMutex, self->textures->len);
  self->pixels = g_new0 (guint8 *, self->textures->len);
  return g_steal_pointer (&self);
}

/**
 * fovea_cue_scene_set_open:
 * @error: as fovea_stamps_open() and fovea_cue_scene_set_new()
 *
 * The built-in images. Opened once; any thread.
 *
 * Returns: (transfer full): the list of images, or %NULL
 */
FoveaCueSceneSet *
fovea_cue_scene_set_open (GError **error)
{
  static GMutex lock;
  static FoveaCueSceneSet *shared;
  g_autofree char *stamps_list = fovea_locations_find_resource ("stamps/stamps.tsv");
  g_autofree char *list = fovea_locations_find_resource ("stamps/cue-conflict.tsv");
  g_autofree char *folder = fovea_stamps_find_folder ();
  g_autoptr (FoveaStamps) stamps = NULL;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);

  if (shared != NULL)
    return fovea_cue_scene_set_ref (shared);
  if (list == NULL || stamps_list == NULL)
    {
      g_set_error_literal (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND,
                           "the lists of stamps are not among Fovea's resources; install Fovea again");
      return NULL;
    }
  stamps = fovea_stamps_open (stamps_list, folder, error);
  if (stamps == NULL)
    return NULL;
  shared = fovea_cue_scene_set_new (stamps, list, error);
  return shared != NULL ? fovea_cue_scene_set_ref (shared) : NULL;
}

/**
 * fovea_cue_scene_set_ref:
 *
 * Any thread.
 *
 * Returns: (transfer full): @self
 */
FoveaCueSceneSet *
fovea_cue_scene_set_ref (FoveaCueSceneSet *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

/**
 * fovea_cue_scene_set_unref:
 *
 * Any thread.
 */
void
fovea_cue_scene_set_unref (FoveaCueSceneSet *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;
  for (guint i = 0; self->pixels != NULL && i < self->textures->len; i++)
    {
      g_free (self->pixels[i]);
      g_mutex_clear (&self->locks[i]);
    }
  g_free (self->pixels);
  g_free (self->locks);
  g_array_unref (self->entries);
  g_array_unref (self->textures);
  g_array_unref (self->shapes);
  g_ptr_array_unref (self->classes);
  g_free (self->fingerprint);
  fovea_stamps_unref (self->stamps);
  g_free (self);
}

guint
fovea_cue_scene_set_get_n_images (const FoveaCueSceneSet *self)
{
  return self->entries->len;
}

/**
 * fovea_cue_scene_set_get_name:
 *
 * Returns: `SHAPE/SHAPEn-TEXTUREm.png`, as Geirhos et al. name theirs
 */
const char *
fovea_cue_scene_set_get_name (const FoveaCueSceneSet *self,
                              guint index)
{
  g_return_val_if_fail (index < self->entries->len, NULL);

  return g_array_index (self->entries, Entry, index).name;
}

/**
 * fovea_cue_scene_set_get_shape:
 *
 * Returns: the class whose outline the image shows
 */
guint
fovea_cue_scene_set_get_shape (const FoveaCueSceneSet *self,
                               guint index)
{
  g_return_val_if_fail (index < self->entries->len, 0);

  return g_array_index (self->shapes, Cue, g_array_index (self->entries, Entry, index).shape).cue_class;
}

/**
 * fovea_cue_scene_set_get_texture:
 *
 * Returns: the class whose texture the image shows
 */
guint
fovea_cue_scene_set_get_texture (const FoveaCueSceneSet *self,
                                 guint index)
{
  g_return_val_if_fail (index < self->entries->len, 0);

  return g_array_index (self->textures, Cue, g_array_index (self->entries, Entry, index).texture).cue_class;
}

/**
 * fovea_cue_scene_set_get_classes:
 *
 * Returns: the classes' names, ended by %NULL
 */
const char *const *
fovea_cue_scene_set_get_classes (const FoveaCueSceneSet *self)
{
  return (const char *const *) self->classes->pdata;
}

/**
 * fovea_cue_scene_set_get_fingerprint:
 *
 * Returns: 64 hexadecimal digits that differ whenever an image does
 */
const char *
fovea_cue_scene_set_get_fingerprint (const FoveaCueSceneSet *self)
{
  return self->fingerprint;
}

static guint8 *
make_texture (FoveaCueSceneSet *self,
              guint texture,
              GError **error)
{
  const Cue *cue = &g_array_index (self->textures, Cue, texture);
  const FoveaStampPixels *pixels = fovea_stamps_load (self->stamps, cue->stamp, error);
  g_autofree guint8 *rgba = NULL, *rgb = NULL;
  const float size = TEXTURE_SIZE * (1 + 0.2f * (float) cue->turn);
  const guint side = (guint) size + 2;
  FoveaRandom random;

  if (pixels == NULL)
    return NULL;
  rgba = g_malloc_n ((gsize) side * side, 4);
  rgb = g_malloc_n (N_PIXELS, 3);
  fovea_stamp_draw (pixels, size, 0, FALSE, side, rgba);
  fovea_random_init (&random, SEED, texture);
  if (!fovea_quilt (rgba, side, side, &random, SIZE, rgb))
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT, "%s: this stamp is too thin to take its texture",
                   fovea_stamps_get_stamp (self->stamps, cue->stamp)->file);
      return NULL;
    }
  return g_steal_pointer (&rgb);
}

/* Made once and kept; valid as long as @self is. */
static const guint8 *
get_texture (FoveaCueSceneSet *self,
             guint texture,
             GError **error)
{
  const guint8 *pixels;

  g_mutex_lock (&self->locks[texture]);
  if (self->pixels[texture] == NULL)
    self->pixels[texture] = make_texture (self, texture, error);
  pixels = self->pixels[texture];
  g_mutex_unlock (&self->locks[texture]);
  return pixels;
}

/* Means over a box of 2 × @radius + 1 pixels along rows or columns; beyond the edge is 0. */
static void
blur (float *plane,
      guint radius,
      gsize step,
      gsize line_step)
{
  float line[SIZE];

  for (gsize l = 0; l < SIZE; l++)
    {
      float *at = plane + l * line_step;
      float sum = 0;

      for (guint i = 0; i < SIZE; i++)
        line[i] = at[i * step];
      for (guint i = 0; i < radius; i++)
        sum += line[i];
      for (guint i = 0; i < SIZE; i++)
        {
          sum += i + radius < SIZE ? line[i + radius] : 0.0f;
          sum -= i > radius ? line[i - radius - 1] : 0.0f;
          at[i * step] = sum / (float) (2 * radius + 1);
        }
    }
}

static float *
blurred_alpha (const guint8 *rgba,
               guint radius)
{
  float *plane = g_new (float, N_PIXELS);

  for (gsize i = 0; i < N_PIXELS; i++)
    plane[i] = (float) rgba[4 * i + 3] / 255;
  for (guint pass = 0; pass < 2; pass++)
    {
      blur (plane, radius, 1, SIZE);
      blur (plane, radius, SIZE, 1);
    }
  return plane;
}

/* The outline filled with the texture, a little darker at its rim as round things are, on a light
 * ground with a soft shadow. */
static void
fill (const guint8 *shape,
      const guint8 *texture,
      FoveaImage *image)
{
  g_autofree float *shadow = blurred_alpha (shape, 7), *roundness = blurred_alpha (shape, 3);

  for (guint y = 0; y < SIZE; y++)
    for (guint x = 0; x < SIZE; x++)
      {
        gsize i = (gsize) y * SIZE + x;
        float dx = ((float) x - SIZE / 2) / SIZE, dy = ((float) y - SIZE / 2) / SIZE;
        gsize cast = (gsize) (y >= 7 ? y - 7 : 0) * SIZE + (x >= 4 ? x - 4 : 0);
        float ground = (232 - 70 * (dx * dx + dy * dy)) * (1 - 0.38f * shadow[cast]);
        float alpha = (float) shape[4 * i + 3] / 255;
        float light = 0.72f + 0.28f * saturate (1.7f * roundness[i] - 0.6f);
        const guint8 *fabric = texture + 3 * i;

        for (guint k = 0; k < 3; k++)
          image->pixels[3 * i + k] = (guint8) (blend (ground, (float) fabric[k] * light, alpha) + 0.5f);
      }
}

/* The shape's stamp as it stands in the image, its alpha the outline: %FOVEA_CUE_SCENE_SIZE squared × 4. */
static guint8 *
draw_shape (FoveaCueSceneSet *self,
            guint index,
            GError **error)
{
  const Cue *shape = &g_array_index (self->shapes, Cue, g_array_index (self->entries, Entry, index).shape);
  const FoveaStampPixels *outline = fovea_stamps_load (self->stamps, shape->stamp, error);
  guint8 *rgba;

  if (outline == NULL)
    return NULL;
  rgba = g_malloc_n (N_PIXELS, 4);
  fovea_stamp_draw (outline, (0.86f - 0.07f * (float) (shape->turn / 2)) * SIZE, shape->turn >= 2 ? 0.02f : 0.0f, shape->turn % 2 == 1, SIZE, rgba);
  return rgba;
}

/**
 * fovea_cue_scene_set_make:
 * @error: %FOVEA_ERROR_FORMAT, %FOVEA_ERROR_NOT_FOUND or %FOVEA_ERROR_IO where a stamp cannot be read
 *
 * Any thread. The same on every machine.
 *
 * Returns: (transfer full): the image, %FOVEA_CUE_SCENE_SIZE squared; or %NULL
 */
FoveaImage *
fovea_cue_scene_set_make (FoveaCueSceneSet *self,
                          guint index,
                          GError **error)
{
  const guint8 *texture;
  g_autofree guint8 *shape = NULL;
  FoveaImage *image;

  g_return_val_if_fail (index < self->entries->len, NULL);

  shape = draw_shape (self, index, error);
  texture = shape != NULL ? get_texture (self, g_array_index (self->entries, Entry, index).texture, error) : NULL;
  image = texture != NULL ? fovea_image_new (SIZE, SIZE, error) : NULL;
  if (image != NULL)
    fill (shape, texture, image);
  return image;
}

/**
 * fovea_cue_scene_set_make_silhouette:
 * @error: as fovea_cue_scene_set_make()
 *
 * Any thread.
 *
 * Returns: (transfer full): black where the image's thing covers at least half of a pixel, white elsewhere; or %NULL
 */
FoveaImage *
fovea_cue_scene_set_make_silhouette (FoveaCueSceneSet *self,
                                     guint index,
                                     GError **error)
{
  g_autofree guint8 *shape = NULL;
  FoveaImage *image;

  g_return_val_if_fail (index < self->entries->len, NULL);

  shape = draw_shape (self, index, error);
  image = shape != NULL ? fovea_image_new (SIZE, SIZE, error) : NULL;
  for (gsize i = 0; image != NULL && i < N_PIXELS; i++)
    memset (image->pixels + 3 * i, shape[4 * i + 3] >= 128 ? 0 : 255, 3);
  return image;
}
