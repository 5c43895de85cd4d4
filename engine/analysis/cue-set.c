/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/analysis/cue-set.h"

#include <string.h>

struct _FoveaCueSet {
  gatomicrefcount references;
  FoveaImageSet *images;
  GPtrArray *categories; /* of char *, sorted, ended by NULL */
  GArray *cues;
  gsize n_same;
  gsize n_unlabelled;
  char *first_unlabelled;
};

/**
 * fovea_category_normalize:
 * @name: a category's or a class' name
 *
 * Names are compared without regard to case, and of `_` and space.
 *
 * Returns: (transfer full): the name as it is compared
 */
char *
fovea_category_normalize (const char *name)
{
  char *normalized = g_utf8_strdown (name, -1);

  for (char *c = normalized; *c != '\0'; c++)
    if (*c == '_')
      *c = ' ';
  return g_strstrip (normalized);
}

/* A category with its number: @text up to @end. The category is what stands before the digits at the end. */
static char *
parse_cue (const char *text,
           const char *end)
{
  const char *digits = end;
  g_autofree char *category = NULL;
  g_autofree char *normalized = NULL;

  while (digits > text && g_ascii_isdigit (digits[-1]))
    digits--;
  if (digits == end)
    return NULL;
  category = g_strndup (text, (gsize) (digits - text));
  if (!g_utf8_validate (category, -1, NULL))
    return NULL;
  normalized = fovea_category_normalize (category);
  return normalized[0] != '\0' ? g_steal_pointer (&normalized) : NULL;
}

/**
 * fovea_cue_parse_name:
 * @name: an image's name, with or without folders
 * @shape: (out): the category of the shape
 * @texture: (out): the category of the texture
 *
 * Reads `SHAPEn-TEXTUREm.ENDING` (Geirhos et al. 2019). Categories may contain hyphens. Any thread.
 *
 * Returns: whether the name has this form
 */
gboolean
fovea_cue_parse_name (const char *name,
                      char **shape,
                      char **texture)
{
  const char *slash = strrchr (name, '/');
  const char *base = slash != NULL ? slash + 1 : name;
  const char *point = strrchr (base, '.');
  const char *end = point != NULL ? point : base + strlen (base);

  for (const char *hyphen = strchr (base, '-'); hyphen != NULL && hyphen < end; hyphen = strchr (hyphen + 1, '-'))
    {
      g_autofree char *first = parse_cue (base, hyphen);
      g_autofree char *second = first != NULL ? parse_cue (hyphen + 1, end) : NULL;

      if (second != NULL)
        {
          *shape = g_steal_pointer (&first);
          *texture = g_steal_pointer (&second);
          return TRUE;
        }
    }
  return FALSE;
}

/**
 * fovea_cue_parse_trial_name:
 * @name: the image's name in a published trial, such as `0001_s5n_dnn_0_cat_00_cat1-bicycle2.png`
 * @shape, @texture: (out): as fovea_cue_parse_name()
 *
 * As fovea_cue_parse_name(), but for what experiments put before the image's own name. Any thread.
 *
 * Returns: whether the name has this form
 */
gboolean
fovea_cue_parse_trial_name (const char *name,
                            char **shape,
                            char **texture)
{
  /* Number, experiment, observer, condition, category, and two digits. */
  static GRegex *prefix;
  static gsize initialized;
  g_autoptr (GMatchInfo) match = NULL;
  g_autofree char *own = NULL;

  if (g_once_init_enter (&initialized))
    {
      prefix = g_regex_new ("^[0-9]+_[^_]+_[^_]+_[^_]+_.+_[0-9]+_([^_0-9].*)$", G_REGEX_RAW | G_REGEX_OPTIMIZE, 0, NULL);
      g_once_init_leave (&initialized, 1);
    }
  if (g_regex_match (prefix, name, 0, &match))
    own = g_match_info_fetch (match, 1);
  return fovea_cue_parse_name (own != NULL ? own : name, shape, texture);
}

static int
compare_names (gconstpointer a,
               gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static guint
find_category (const GPtrArray *categories,
               const char *name)
{
  const char *const *found = bsearch (&name, categories->pdata, categories->len, sizeof (char *), compare_names);

  g_assert (found != NULL);
  return (guint) (found - (const char *const *) categories->pdata);
}

static gboolean
check (const FoveaCueSet *self,
       GError **error)
{
  const char *name = fovea_image_set_get_name (self->images);

  if (self->cues->len > 0)
    return TRUE;
  if (self->n_same > 0)
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT,
                 "%s: no cue conflict: shape and texture are the same in each of the %" G_GSIZE_FORMAT " images named like cat3-elephant2.png",
                 name, self->n_same);
  else
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT,
                 "%s: none of the %" G_GSIZE_FORMAT " images says its cues by a name such as cat3-elephant2.png (shape cat, texture elephant), "
                 "for example %s does not", name, self->n_unlabelled, self->first_unlabelled);
  return FALSE;
}

/**
 * fovea_cue_set_new:
 * @images: the images
 * @error: %FOVEA_ERROR_FORMAT where no image's name carries two different cues
 *
 * Finds the cue-conflict images. Those whose shape and texture are the same are dropped, and counted, as are
 * those whose name carries no cue. Any thread.
 *
 * Returns: (transfer full): the set, or %NULL
 */
FoveaCueSet *
fovea_cue_set_new (FoveaImageSet *images,
                   GError **error)
{
  g_autoptr (FoveaCueSet) self = g_new0 (FoveaCueSet, 1);
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  const gsize n_images = fovea_image_set_get_n_images (images);

  g_atomic_ref_count_init (&self->references);
  self->images = fovea_image_set_ref (images);
  self->categories = g_ptr_array_new_with_free_func (g_free);
  self->cues = g_array_new (FALSE, FALSE, sizeof (FoveaCue));

  for (guint pass = 0; pass < 2; pass++)
    {
      for (gsize i = 0; i < n_images; i++)
        {
          const char *name = fovea_image_set_get_image_name (images, i);
          g_autofree char *shape = NULL;
          g_autofree char *texture = NULL;

          if (!fovea_cue_parse_name (name, &shape, &texture))
            {
              if (pass == 0 && self->n_unlabelled++ == 0)
                self->first_unlabelled = g_strdup (name);
            }
          else if (pass == 1 && !g_str_equal (shape, texture))
            {
              const FoveaCue cue = { i, find_category (self->categories, shape), find_category (self->categories, texture) };

              g_array_append_val (self->cues, cue);
            }
          else if (pass == 0)
            {
              char **cues[] = { &shape, &texture };

              self->n_same += g_str_equal (shape, texture);
              for (guint c = 0; c < 2; c++)
                if (!g_hash_table_contains (seen, *cues[c]))
                  {
                    g_ptr_array_add (self->categories, *cues[c]);
                    g_hash_table_add (seen, g_steal_pointer (cues[c]));
                  }
            }
        }
      if (pass == 0)
        g_ptr_array_sort (self->categories, compare_names);
    }
  if (!check (self, error))
    return NULL;
  g_ptr_array_add (self->categories, NULL);
  return g_steal_pointer (&self);
}

/**
 * fovea_cue_set_ref:
 *
 * Returns: (transfer full): @self
 */
FoveaCueSet *
fovea_cue_set_ref (FoveaCueSet *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

/**
 * fovea_cue_set_unref:
 *
 * Frees the set with the last reference.
 */
void
fovea_cue_set_unref (FoveaCueSet *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;
  fovea_image_set_unref (self->images);
  g_ptr_array_unref (self->categories);
  g_array_unref (self->cues);
  g_free (self->first_unlabelled);
  g_free (self);
}

/**
 * fovea_cue_set_get_images:
 *
 * Returns: (transfer none): the images, with and without cues
 */
FoveaImageSet *
fovea_cue_set_get_images (const FoveaCueSet *self)
{
  return self->images;
}

/**
 * fovea_cue_set_get_n_categories:
 *
 * Returns: how many categories the names mention, as shapes or textures
 */
guint
fovea_cue_set_get_n_categories (const FoveaCueSet *self)
{
  return self->categories->len - 1;
}

/**
 * fovea_cue_set_get_categories:
 *
 * Returns: (transfer none): the categories' names, normalized and sorted
 */
const char *const *
fovea_cue_set_get_categories (const FoveaCueSet *self)
{
  return (const char *const *) self->categories->pdata;
}

/**
 * fovea_cue_set_get_n_cues:
 *
 * Returns: how many images there are whose cues are in conflict
 */
gsize
fovea_cue_set_get_n_cues (const FoveaCueSet *self)
{
  return self->cues->len;
}

/**
 * fovea_cue_set_get_cue:
 * @index: less than the number of cues
 *
 * Returns: (transfer none): an image and what its shape and its texture say, in the order of images
 */
const FoveaCue *
fovea_cue_set_get_cue (const FoveaCueSet *self,
                       gsize index)
{
  g_return_val_if_fail (index < self->cues->len, NULL);
  return &g_array_index (self->cues, FoveaCue, index);
}

/**
 * fovea_cue_set_find_cue:
 * @image: an image of the set
 *
 * Returns: the number of its cue, or -1 where it has no cues that are in conflict
 */
int
fovea_cue_set_find_cue (const FoveaCueSet *self,
                        gsize image)
{
  guint low = 0, high = self->cues->len;

  while (low < high)
    {
      const guint middle = (low + high) / 2;
      const gsize there = g_array_index (self->cues, FoveaCue, middle).image;

      if (there == image)
        return (int) middle;
      if (there < image)
        low = middle + 1;
      else
        high = middle;
    }
  return -1;
}

/**
 * fovea_cue_set_get_n_same:
 *
 * Returns: how many images were dropped because their shape and texture are the same
 */
gsize
fovea_cue_set_get_n_same (const FoveaCueSet *self)
{
  return self->n_same;
}

/**
 * fovea_cue_set_get_n_unlabelled:
 *
 * Returns: how many images were dropped because their name carries no cue
 */
gsize
fovea_cue_set_get_n_unlabelled (const FoveaCueSet *self)
{
  return self->n_unlabelled;
}

/**
 * fovea_cue_set_get_first_unlabelled:
 *
 * Returns: (nullable): the name of the first image that carries no cue
 */
const char *
fovea_cue_set_get_first_unlabelled (const FoveaCueSet *self)
{
  return self->first_unlabelled;
}
