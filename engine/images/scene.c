/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/images/scene.h"

#include <string.h>

#include "engine/images/color-terms.h"
#include "engine/images/scene-picture.h"
#include "engine/locations.h"

#define SIZE FOVEA_SCENE_SIZE
#define LABEL_SIZE FOVEA_SCENE_LABEL_SIZE

/* To be counted up whenever any scene comes out differently. */
#define GENERATOR "fovea-scenes-1"
#define SEED 2020

/* Scenes: of each texture alone, at least of each stamp, and at least of each class. */
#define SCENES_PER_TEXTURE 5
#define SCENES_PER_STAMP 3
#define SCENES_PER_CLASS 14

#define MAX_THINGS 3

typedef struct {
  char *name;
  int image_class; /* -1 for textures alone */
  guint subject;   /* a stamp; a texture where there is no class */
  guint setting;
} Entry;

struct _FoveaSceneSet {
  gatomicrefcount references;
  FoveaStamps *stamps;
  GArray *entries;  /* Entry */
  GPtrArray *classes; /* borrowed from the stamps; NULL-terminated */
  GArray *concepts; /* FoveaSceneConcept */
  GHashTable *numbers[FOVEA_SCENE_N_CATEGORIES]; /* name → number */
  guint16 colors[FOVEA_N_COLOR_TERMS];
  char *fingerprint;
};

static void
clear_entry (gpointer data)
{
  g_free (((Entry *) data)->name);
}

static int
compare_names (gconstpointer a,
               gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* Gives @names, each once and in alphabetical order, the next numbers. */
static void
add_concepts (FoveaSceneSet *self,
              FoveaSceneCategory category,
              GPtrArray *names)
{
  self->numbers[category] = g_hash_table_new (g_str_hash, g_str_equal);
  g_ptr_array_sort (names, compare_names);
  for (guint i = 0; i < names->len; i++)
    {
      FoveaSceneConcept concept = { (guint16) (self->concepts->len + 1), category, g_ptr_array_index (names, i) };

      if (g_hash_table_contains (self->numbers[category], concept.name))
        continue;
      g_array_append_val (self->concepts, concept);
      g_hash_table_insert (self->numbers[category], (gpointer) concept.name, GUINT_TO_POINTER (concept.number));
    }
}

static void
number_concepts (FoveaSceneSet *self)
{
  GPtrArray *names[FOVEA_SCENE_N_CATEGORIES];

  for (guint c = 0; c < FOVEA_SCENE_N_CATEGORIES; c++)
    names[c] = g_ptr_array_new ();
  for (guint i = 0; i < fovea_stamps_get_n_stamps (self->stamps); i++)
    {
      const FoveaStamp *stamp = fovea_stamps_get_stamp (self->stamps, i);

      g_ptr_array_add (names[FOVEA_SCENE_OBJECT], stamp->object);
      for (guint p = 0; p < stamp->parts->len; p++)
        g_ptr_array_add (names[FOVEA_SCENE_PART], g_array_index (stamp->parts, FoveaStampPart, p).name);
    }
  for (guint i = 0; i < fovea_scene_get_n_settings (); i++)
    g_ptr_array_add (names[FOVEA_SCENE_SCENE], (gpointer) fovea_scene_get_setting_name (i));
  for (guint i = 0; i < fovea_texture_get_n_textures (); i++)
    {
      const FoveaTexture *texture = fovea_texture_get (i);

      if (texture->name != NULL)
        g_ptr_array_add (names[FOVEA_SCENE_TEXTURE], (gpointer) texture->name);
      if (texture->material != NULL)
        g_ptr_array_add (names[FOVEA_SCENE_MATERIAL], (gpointer) texture->material);
    }
  g_ptr_array_add (names[FOVEA_SCENE_MATERIAL], (gpointer) "sky");
  for (guint i = 0; i < FOVEA_N_COLOR_TERMS; i++)
    g_ptr_array_add (names[FOVEA_SCENE_COLOR], (gpointer) fovea_color_term_get_name (i));

  for (guint c = 0; c < FOVEA_SCENE_N_CATEGORIES; c++)
    {
      add_concepts (self, c, names[c]);
      g_ptr_array_unref (names[c]);
    }
}

static guint16
number_of (const FoveaSceneSet *self,
           FoveaSceneCategory category,
           const char *name)
{
  return name != NULL ? (guint16) GPOINTER_TO_UINT (g_hash_table_lookup (self->numbers[category], name)) : 0;
}

/* The settings that a stamp lists and that exist; "table" where none does. */
static guint
choose_setting (const FoveaStamp *stamp,
                guint turn)
{
  guint n = g_strv_length (stamp->settings);

  for (guint i = 0; i < n; i++)
    {
      int setting = fovea_scene_find_setting (stamp->settings[(turn + i) % n]);

      if (setting >= 0)
        return (guint) setting;
    }
  return (guint) fovea_scene_find_setting ("table");
}

static void
list_classes (FoveaSceneSet *self)
{
  self->classes = g_ptr_array_new ();
  for (guint i = 0; i < fovea_stamps_get_n_stamps (self->stamps); i++)
    {
      char *name = fovea_stamps_get_stamp (self->stamps, i)->class_name;

      if (!g_ptr_array_find_with_equal_func (self->classes, name, g_str_equal, NULL))
        g_ptr_array_add (self->classes, name);
    }
  g_ptr_array_sort (self->classes, compare_names);
  g_ptr_array_add (self->classes, NULL);
}

static void
list_class (FoveaSceneSet *self,
            guint c)
{
  const char *name = g_ptr_array_index (self->classes, c);
  g_autoptr (GArray) members = g_array_new (FALSE, FALSE, sizeof (guint));
  guint n_scenes;

  for (guint i = 0; i < fovea_stamps_get_n_stamps (self->stamps); i++)
    if (strcmp (fovea_stamps_get_stamp (self->stamps, i)->class_name, name) == 0)
      g_array_append_val (members, i);
  n_scenes = MAX (SCENES_PER_CLASS, SCENES_PER_STAMP * members->len);
  for (guint i = 0; i < n_scenes; i++)
    {
      guint stamp = g_array_index (members, guint, i % members->len);
      Entry entry = { .image_class = (int) c, .subject = stamp };

      entry.setting = choose_setting (fovea_stamps_get_stamp (self->stamps, stamp), i / members->len + i % members->len);
      g_array_append_val (self->entries, entry);
    }
}

/* In an order without order, so that the first hundred are like all. */
static void
shuffle_and_name (FoveaSceneSet *self)
{
  FoveaRandom random;

  fovea_random_init (&random, SEED, 0);
  for (guint i = self->entries->len; i > 1; i--)
    {
      Entry *a = &g_array_index (self->entries, Entry, i - 1), *b = &g_array_index (self->entries, Entry, fovea_random_next (&random) % i);
      Entry kept = *a;

      *a = *b;
      *b = kept;
    }
  for (guint i = 0; i < self->entries->len; i++)
    {
      Entry *entry = &g_array_index (self->entries, Entry, i);

      if (entry->image_class >= 0)
        {
          const FoveaStamp *stamp = fovea_stamps_get_stamp (self->stamps, entry->subject);

          entry->name = g_strdup_printf ("%s/%04u-%s-%s.png", stamp->class_name, i, stamp->object, fovea_scene_get_setting_name (entry->setting));
        }
      else
        {
          const FoveaTexture *texture = fovea_texture_get (entry->subject);

          entry->name = g_strdup_printf ("textures/%04u-%s.png", i, texture->name != NULL ? texture->name : texture->material);
        }
      g_strdelimit (entry->name, " ", '-');
    }
}

/**
 * fovea_scene_set_new:
 * @stamps: what the scenes show
 *
 * Returns: (transfer full): the list of scenes
 */
FoveaSceneSet *
fovea_scene_set_new (FoveaStamps *stamps)
{
  FoveaSceneSet *self = g_new0 (FoveaSceneSet, 1);
  g_autofree char *identity = NULL;

  g_return_val_if_fail (stamps != NULL, NULL);

  g_atomic_ref_count_init (&self->references);
  self->stamps = fovea_stamps_ref (stamps);
  self->concepts = g_array_new (FALSE, FALSE, sizeof (FoveaSceneConcept));
  self->entries = g_array_new (FALSE, FALSE, sizeof (Entry));
  g_array_set_clear_func (self->entries, clear_entry);
  number_concepts (self);
  for (guint i = 0; i < FOVEA_N_COLOR_TERMS; i++)
    self->colors[i] = number_of (self, FOVEA_SCENE_COLOR, fovea_color_term_get_name (i));
  list_classes (self);
  for (guint c = 0; c + 1 < self->classes->len; c++)
    list_class (self, c);
  for (guint i = 0; i < SCENES_PER_TEXTURE * fovea_texture_get_n_textures (); i++)
    {
      Entry entry = { .image_class = -1, .subject = i / SCENES_PER_TEXTURE };

      g_array_append_val (self->entries, entry);
    }
  shuffle_and_name (self);

  identity = g_strdup_printf ("%s %d %s", GENERATOR, SEED, fovea_stamps_get_fingerprint (stamps));
  self->fingerprint = g_compute_checksum_for_string (G_CHECKSUM_SHA256, identity, -1);
  return self;
}

/**
 * fovea_scene_set_open:
 * @error: as fovea_stamps_open(), or %FOVEA_ERROR_NOT_FOUND where Fovea's own list of stamps is missing
 *
 * The built-in scenes: with the stamps of Debian's package where it is installed, with drawn shapes
 * where it is not. Opened once; any thread.
 *
 * Returns: (transfer full): the list of scenes, or %NULL
 */
FoveaSceneSet *
fovea_scene_set_open (GError **error)
{
  static GMutex lock;
  static FoveaSceneSet *shared;
  g_autofree char *list = NULL, *folder = NULL;
  g_autoptr (FoveaStamps) stamps = NULL;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);

  if (shared != NULL)
    return fovea_scene_set_ref (shared);
  list = fovea_locations_find_resource ("stamps/stamps.tsv");
  if (list == NULL)
    {
      g_set_error_literal (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND,
                           "the list of stamps, stamps/stamps.tsv, is not among Fovea's resources; install Fovea again");
      return NULL;
    }
  folder = fovea_stamps_find_folder ();
  stamps = fovea_stamps_open (list, folder, error);
  if (stamps == NULL)
    return NULL;
  shared = fovea_scene_set_new (stamps);
  return fovea_scene_set_ref (shared);
}

/**
 * fovea_scene_set_ref:
 *
 * Any thread.
 *
 * Returns: (transfer full): @self
 */
FoveaSceneSet *
fovea_scene_set_ref (FoveaSceneSet *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

/**
 * fovea_scene_set_unref:
 *
 * Any thread.
 */
void
fovea_scene_set_unref (FoveaSceneSet *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;
  for (guint c = 0; c < FOVEA_SCENE_N_CATEGORIES; c++)
    g_hash_table_unref (self->numbers[c]);
  g_array_unref (self->concepts);
  g_array_unref (self->entries);
  g_ptr_array_unref (self->classes);
  g_free (self->fingerprint);
  fovea_stamps_unref (self->stamps);
  g_free (self);
}

guint
fovea_scene_set_get_n_scenes (const FoveaSceneSet *self)
{
  return self->entries->len;
}

/**
 * fovea_scene_set_get_name:
 *
 * Returns: the scene's name, unique in the set and like a file's in a folder for its class
 */
const char *
fovea_scene_set_get_name (const FoveaSceneSet *self,
                          guint index)
{
  g_return_val_if_fail (index < self->entries->len, NULL);

  return g_array_index (self->entries, Entry, index).name;
}

/**
 * fovea_scene_set_get_class:
 *
 * Returns: the class of the scene's main thing, among fovea_scene_set_get_classes(); -1 where it
 *   shows nothing but a texture
 */
int
fovea_scene_set_get_class (const FoveaSceneSet *self,
                           guint index)
{
  g_return_val_if_fail (index < self->entries->len, -1);

  return g_array_index (self->entries, Entry, index).image_class;
}

/**
 * fovea_scene_set_get_classes:
 *
 * Returns: the classes' names, ended by %NULL
 */
const char *const *
fovea_scene_set_get_classes (const FoveaSceneSet *self)
{
  return (const char *const *) self->classes->pdata;
}

/**
 * fovea_scene_set_get_concepts:
 * @n_concepts: (out): how many
 *
 * Returns: (transfer none): the concepts of all categories, the one with number n at n - 1
 */
const FoveaSceneConcept *
fovea_scene_set_get_concepts (const FoveaSceneSet *self,
                              guint *n_concepts)
{
  *n_concepts = self->concepts->len;
  return (const FoveaSceneConcept *) self->concepts->data;
}

/**
 * fovea_scene_set_get_fingerprint:
 *
 * Returns: 64 hexadecimal digits that differ whenever a scene does
 */
const char *
fovea_scene_set_get_fingerprint (const FoveaSceneSet *self)
{
  return self->fingerprint;
}

/* What a scene consists of, from the back to the front. */
typedef struct {
  const FoveaStamp *stamps[MAX_THINGS];
  guint n;
} Things;

static gboolean
place_stamp (const FoveaSceneSet *self,
             FoveaPicture *picture,
             const FoveaGround *ground,
             guint stamp,
             FoveaPlacement *placement,
             Things *things,
             FoveaRandom *random,
             GError **error)
{
  placement->stamp = fovea_stamps_get_stamp (self->stamps, stamp);
  placement->pixels = fovea_stamps_load (self->stamps, stamp, error);
  if (placement->pixels == NULL)
    return FALSE;
  placement->number = things->n;
  placement->mirrored = (placement->stamp->flags & FOVEA_STAMP_FIXED) == 0 && fovea_random_next (random) % 2 == 0;
  if ((placement->stamp->flags & FOVEA_STAMP_TURNS) != 0)
    placement->turn = (float) fovea_random_uniform (random, 0, 1);
  else if ((placement->stamp->flags & FOVEA_STAMP_LEANS) != 0)
    placement->turn = (float) fovea_random_uniform (random, -0.04, 0.04);
  else
    placement->turn = (float) fovea_random_uniform (random, -0.006, 0.006);
  things->stamps[things->n++] = placement->stamp;
  fovea_picture_place (picture, ground, placement, random);
  return TRUE;
}

/* Another stamp of the same class that is at home in the same setting. */
static guint
choose_companion (const FoveaSceneSet *self,
                  const Entry *entry,
                  FoveaRandom *random)
{
  const FoveaStamp *subject = fovea_stamps_get_stamp (self->stamps, entry->subject);
  guint n = fovea_stamps_get_n_stamps (self->stamps), start = (guint) (fovea_random_next (random) % n);

  for (guint i = 0; i < n; i++)
    {
      guint other = (start + i) % n;
      const FoveaStamp *stamp = fovea_stamps_get_stamp (self->stamps, other);

      if (strcmp (stamp->class_name, subject->class_name) != 0)
        continue;
      for (guint s = 0; stamp->settings[s] != NULL; s++)
        if (fovea_scene_find_setting (stamp->settings[s]) == (int) entry->setting)
          return other;
    }
  return entry->subject;
}

/* The longer side, in pixels, that gives the stamp the area which its size means for a square. */
static float
size_in_pixels (const FoveaSceneSet *self,
                guint stamp,
                float factor)
{
  return fovea_stamps_get_stamp (self->stamps, stamp)->size * factor * SIZE;
}

static gboolean
compose_things (const FoveaSceneSet *self,
                const Entry *entry,
                FoveaPicture *picture,
                const FoveaGround *ground,
                gboolean from_above,
                FoveaRandom *random,
                Things *things,
                GError **error)
{
  const FoveaStamp *subject = fovea_stamps_get_stamp (self->stamps, entry->subject);
  gboolean flies = (subject->flags & FOVEA_STAMP_FLIES) != 0;
  double wish = fovea_random_uniform (random, 0, 1);
  guint n_companions = wish < 0.6 ? 0 : wish < 0.9 ? 1 : 2;
  float size = size_in_pixels (self, entry->subject, (float) fovea_random_uniform (random, 0.9, 1.08));
  float foot = (float) fovea_random_uniform (random, 0.84, 0.93) * SIZE;
  float middle = (float) fovea_random_uniform (random, n_companions > 0 ? 0.38 : 0.43, n_companions > 0 ? 0.62 : 0.57) * SIZE;
  FoveaPlacement placement;

  foot = CLAMP (foot, ground->top + 30, SIZE - 8.0f);
  if (flies || from_above)
    foot = (float) fovea_random_uniform (random, 0.42, 0.56) * SIZE;

  for (guint i = 0; i < n_companions; i++)
    {
      guint other = choose_companion (self, entry, random);
      float side = (i == 0) == (middle < SIZE / 2) ? 1.0f : -1.0f;
      float distance = (float) fovea_random_uniform (random, 0.28, 0.42) * SIZE;
      /* Who stands nearer to the horizon is smaller, as perspective has it. */
      float far = (float) fovea_random_uniform (random, 0.35, 0.7);
      float row = flies || from_above ? foot + (float) fovea_random_uniform (random, -70, 70) : ground->horizon + far * (foot - ground->horizon);

      if (!flies && !from_above && row < ground->top + 6)
        {
          row = ground->top + 6;
          far = (row - ground->horizon) / (foot - ground->horizon);
        }
      placement = (FoveaPlacement) {
        .size = size_in_pixels (self, other, from_above ? 0.8f : flies ? 0.55f : far),
        .x = middle + side * distance, .y = row, .from_above = from_above,
      };
      if (!place_stamp (self, picture, ground, other, &placement, things, random, error))
        return FALSE;
    }

  placement = (FoveaPlacement) { .size = size, .x = middle, .y = foot, .from_above = from_above };
  return place_stamp (self, picture, ground, entry->subject, &placement, things, random, error);
}

FOVEA_DRAWS static void
develop_values (const float *restrict light,
                guint8 *restrict values,
                gsize n)
{
  for (gsize i = 0; i < n; i++)
    values[i] = (guint8) (int) (sqrtf (saturate (light[i])) * 255 + 0.5f);
}

static FoveaImage *
develop (const FoveaPicture *picture,
         GError **error)
{
  FoveaImage *image = fovea_image_new (SIZE, SIZE, error);

  if (image != NULL)
    develop_values (picture->light, image->pixels, (gsize) SIZE * SIZE * 3);
  return image;
}

/* Which of the four pixels of a label's square speaks for it: one that shows what the most of them
 * show, the later thing if two tie. */
static gsize
choose_pixel (const guint8 *instance,
              guint x,
              guint y)
{
  gsize first = (gsize) 2 * y * SIZE + 2 * x;
  const gsize pixels[] = { first, first + 1, first + SIZE, first + SIZE + 1 };
  gsize best = first;
  guint most = 0;

  for (guint i = 0; i < 4; i++)
    {
      guint n = 0;

      for (guint k = 0; k < 4; k++)
        n += instance[pixels[k]] == instance[pixels[i]];
      if (n > most || (n == most && instance[pixels[i]] > instance[best]))
        {
          most = n;
          best = pixels[i];
        }
    }
  return best;
}

static guint16
color_of (const FoveaSceneSet *self,
          const FoveaImage *image,
          guint x,
          guint y)
{
  guint mean[3];

  for (guint k = 0; k < 3; k++)
    {
      const guint8 *p = image->pixels + ((gsize) 2 * y * SIZE + 2 * x) * 3 + k;

      mean[k] = (p[0] + p[3] + p[SIZE * 3] + p[SIZE * 3 + 3] + 2) / 4;
    }
  return self->colors[fovea_color_term_of ((guint8) mean[0], (guint8) mean[1], (guint8) mean[2])];
}

/* The concepts that a value of the picture's maps stands for, looked up once a scene. */
typedef struct {
  guint16 material[256];
  guint16 texture[256];
  guint16 object[MAX_THINGS];
} Meaning;

static void
find_meaning (const FoveaSceneSet *self,
              const Things *things,
              Meaning *meaning)
{
  memset (meaning, 0, sizeof *meaning);
  for (guint i = 0; i < fovea_texture_get_n_textures (); i++)
    {
      meaning->texture[i + 1] = number_of (self, FOVEA_SCENE_TEXTURE, fovea_texture_get (i)->name);
      meaning->material[i + 1] = number_of (self, FOVEA_SCENE_MATERIAL, fovea_texture_get (i)->material);
    }
  meaning->material[FOVEA_SURFACE_SKY] = number_of (self, FOVEA_SCENE_MATERIAL, "sky");
  for (guint i = 0; i < things->n; i++)
    meaning->object[i] = number_of (self, FOVEA_SCENE_OBJECT, things->stamps[i]->object);
}

static void
label (const FoveaSceneSet *self,
       const FoveaPicture *picture,
       const Things *things,
       FoveaScene *scene)
{
  Meaning meaning;
  guint64 any[FOVEA_SCENE_N_CATEGORIES] = { 0 };

  find_meaning (self, things, &meaning);
  for (guint c = 0; c < FOVEA_SCENE_N_CATEGORIES; c++)
    if (c != FOVEA_SCENE_SCENE)
      scene->labels[c] = g_new0 (guint16, LABEL_SIZE * LABEL_SIZE);

  for (guint y = 0; y < LABEL_SIZE; y++)
    for (guint x = 0; x < LABEL_SIZE; x++)
      {
        gsize i = choose_pixel (picture->instance, x, y), to = (gsize) y * LABEL_SIZE + x;
        guint thing = picture->instance[i], part = picture->part[i];

        if (thing > 0)
          scene->labels[FOVEA_SCENE_OBJECT][to] = meaning.object[thing - 1];
        else
          {
            scene->labels[FOVEA_SCENE_MATERIAL][to] = meaning.material[picture->surface[i]];
            scene->labels[FOVEA_SCENE_TEXTURE][to] = meaning.texture[picture->surface[i]];
          }
        if (thing > 0 && part > 0)
          scene->labels[FOVEA_SCENE_PART][to] = number_of (self, FOVEA_SCENE_PART, g_array_index (things->stamps[thing - 1]->parts, FoveaStampPart, part - 1).name);
        scene->labels[FOVEA_SCENE_COLOR][to] = color_of (self, scene->image, x, y);
        for (guint c = 0; c < FOVEA_SCENE_N_CATEGORIES; c++)
          any[c] |= scene->labels[c] != NULL ? scene->labels[c][to] : 0;
      }
  for (guint c = 0; c < FOVEA_SCENE_N_CATEGORIES; c++)
    if (any[c] == 0)
      g_clear_pointer (&scene->labels[c], g_free);
}

/* Black where a thing is. */
static FoveaImage *
outline (const FoveaPicture *picture,
         GError **error)
{
  FoveaImage *image = fovea_image_new (SIZE, SIZE, error);

  for (gsize i = 0; image != NULL && i < (gsize) SIZE * SIZE; i++)
    memset (image->pixels + 3 * i, picture->instance[i] > 0 ? 0 : 255, 3);
  return image;
}

/* What is wanted of a scene */
typedef enum {
  IMAGE,
  IMAGE_AND_LABELS,
  SILHOUETTE,
} Part;

static FoveaScene *
compose (const FoveaSceneSet *self,
         guint index,
         Part wanted,
         GError **error)
{
  const Entry *entry = &g_array_index (self->entries, Entry, index);
  g_autoptr (FoveaScene) scene = g_new0 (FoveaScene, 1);
  g_autofree float *light = g_new0 (float, (gsize) SIZE * SIZE * 3);
  g_autofree guint8 *maps = g_new0 (guint8, (gsize) SIZE * SIZE * 3);
  FoveaPicture picture = { light, maps, maps + SIZE * SIZE, maps + 2 * SIZE * SIZE };
  Things things = { .n = 0 };
  FoveaRandom random;

  fovea_random_init (&random, SEED, index + 1);
  if (entry->image_class < 0)
    fovea_picture_draw_texture (&picture, entry->subject, &random);
  else
    {
      const FoveaStamp *stamp = fovea_stamps_get_stamp (self->stamps, entry->subject);
      gboolean from_above = (stamp->flags & FOVEA_STAMP_FLAT) != 0;
      FoveaGround ground = fovea_picture_draw_setting (&picture, entry->setting, from_above, &random);

      if (ground.top == 0)
        from_above = (stamp->flags & FOVEA_STAMP_FLIES) == 0;
      scene->scene = number_of (self, FOVEA_SCENE_SCENE, fovea_scene_get_setting_name (entry->setting));
      if (!compose_things (self, entry, &picture, &ground, from_above, &random, &things, error))
        return NULL;
    }
  scene->image = wanted == SILHOUETTE ? outline (&picture, error) : develop (&picture, error);
  if (scene->image == NULL)
    return NULL;
  if (wanted == IMAGE_AND_LABELS)
    label (self, &picture, &things, scene);
  return g_steal_pointer (&scene);
}

/**
 * fovea_scene_set_compose:
 * @error: %FOVEA_ERROR_FORMAT, %FOVEA_ERROR_NOT_FOUND or %FOVEA_ERROR_IO where a stamp cannot be read
 *
 * Any thread. A label's square of 2×2 pixels shows what most of its pixels show; a thing is shown
 * where it covers at least half of a pixel.
 *
 * Returns: (transfer full): the scene and its labels, or %NULL
 */
FoveaScene *
fovea_scene_set_compose (const FoveaSceneSet *self,
                         guint index,
                         GError **error)
{
  g_return_val_if_fail (index < self->entries->len, NULL);

  return compose (self, index, IMAGE_AND_LABELS, error);
}

/**
 * fovea_scene_set_compose_image:
 * @error: as fovea_scene_set_compose()
 *
 * Any thread.
 *
 * Returns: (transfer full): the scene's picture alone, in less time; or %NULL
 */
FoveaImage *
fovea_scene_set_compose_image (const FoveaSceneSet *self,
                               guint index,
                               GError **error)
{
  g_autoptr (FoveaScene) scene = NULL;

  g_return_val_if_fail (index < self->entries->len, NULL);

  scene = compose (self, index, IMAGE, error);
  return scene != NULL ? g_steal_pointer (&scene->image) : NULL;
}

/**
 * fovea_scene_set_compose_silhouette:
 * @error: as fovea_scene_set_compose()
 *
 * Any thread.
 *
 * Returns: (transfer full): black where the scene's things cover at least half of a pixel, white elsewhere; or %NULL
 */
FoveaImage *
fovea_scene_set_compose_silhouette (const FoveaSceneSet *self,
                                    guint index,
                                    GError **error)
{
  g_autoptr (FoveaScene) scene = NULL;

  g_return_val_if_fail (index < self->entries->len, NULL);

  scene = compose (self, index, SILHOUETTE, error);
  return scene != NULL ? g_steal_pointer (&scene->image) : NULL;
}

/**
 * fovea_scene_free:
 */
void
fovea_scene_free (FoveaScene *scene)
{
  if (scene == NULL)
    return;
  g_clear_pointer (&scene->image, fovea_image_free);
  for (guint c = 0; c < FOVEA_SCENE_N_CATEGORIES; c++)
    g_free (scene->labels[c]);
  g_free (scene);
}
