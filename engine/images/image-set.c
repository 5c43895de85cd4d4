/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/images/image-set.h"

#include <string.h>

#include "engine/images/image-set-private.h"
#include "engine/images/image-set-variant.h"
#include "engine/locations.h"

static const FoveaImageSetSource *const built_in[] = {
  &fovea_image_set_scenes,
  &fovea_image_set_cue_conflict,
  NULL,
};

static const FoveaImageSetSource *
find_built_in (const char *name)
{
  for (guint i = 0; built_in[i] != NULL; i++)
    if (g_str_equal (built_in[i]->name, name))
      return built_in[i];
  return NULL;
}

/* A folder of the user's data folder goes by its name alone; everything else is a path. */
static char *
find_folder (const char *name_or_path)
{
  if (strchr (name_or_path, G_DIR_SEPARATOR) == NULL)
    {
      g_autofree char *below = g_build_filename ("images", name_or_path, NULL);
      g_autofree char *path = fovea_locations_get_user_data (below);

      if (name_or_path[0] != '.' && g_file_test (path, G_FILE_TEST_IS_DIR))
        return g_steal_pointer (&path);
    }
  return g_canonicalize_filename (name_or_path, NULL);
}

/* Where @name_or_path is no folder, but names a variant, what it is a variant of. A name that is nearly one is an error. */
static gboolean
find_variant (const char *name_or_path,
              char **base,
              FoveaVariant *variant,
              GError **error)
{
  g_autofree char *place = fovea_image_set_split_variant (name_or_path, variant);
  const char *separator = strrchr (name_or_path, '+');

  if (variant->kind != FOVEA_VARIANT_ORIGINAL)
    {
      FoveaVariant second;
      g_autofree char *without = fovea_image_set_split_variant (place, &second);

      if (second.kind != FOVEA_VARIANT_ORIGINAL)
        {
          g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_ARGUMENT, "%s: names two variants; one can be made of a set", name_or_path);
          return FALSE;
        }
      *base = g_steal_pointer (&place);
    }
  else if (separator != NULL)
    {
      g_autofree char *before = g_strndup (name_or_path, (gsize) (separator - name_or_path));

      if ((find_built_in (before) != NULL || g_file_test (before, G_FILE_TEST_IS_DIR)) && !fovea_variant_parse (separator + 1, variant, error))
        {
          g_prefix_error (error, "%s: ", name_or_path);
          return FALSE;
        }
    }
  return TRUE;
}

static FoveaImageSet *
list (FoveaImageSet *self,
      const FoveaJob *job,
      GError **error)
{
  if (!self->source->open (self, job, error))
    return NULL;
  self->n_classes = self->classes != NULL ? g_strv_length (self->classes) : 0;
  return fovea_image_set_ref (self);
}

/* The folder at self->path, or where there is none, the variant that @name_or_path names. */
static FoveaImageSet *
open_folder_or_variant (FoveaImageSet *self,
                        const char *name_or_path,
                        const FoveaJob *job,
                        GError **error)
{
  g_autofree char *place = NULL;
  g_autoptr (FoveaImageSet) base = NULL;
  FoveaVariant variant;

  if (!g_file_test (self->path, G_FILE_TEST_IS_DIR) && !find_variant (name_or_path, &place, &variant, error))
    return NULL;
  if (place == NULL)
    return list (self, job, error);
  base = fovea_image_set_open_with_job (place, job, error);
  return base != NULL ? fovea_image_set_new_variant (base, &variant) : NULL;
}

/**
 * fovea_image_set_open:
 * @name_or_path: as for fovea_image_set_open_with_job()
 * @error: as fovea_image_set_open_with_job()
 *
 * As fovea_image_set_open_with_job(), without progress.
 *
 * Returns: (transfer full): the set, or %NULL
 */
FoveaImageSet *
fovea_image_set_open (const char *name_or_path,
                      GError **error)
{
  return fovea_image_set_open_with_job (name_or_path, NULL, error);
}

/**
 * fovea_image_set_open_with_job:
 * @name_or_path: a built-in set's name, such as `scenes`; a folder in `$XDG_DATA_HOME/fovea/images`, by its
 *   name; or a folder's path. A folder that is called like a built-in set is reached by `./NAME`. With `+` and
 *   a variant after it, as fovea_variant_parse() reads it, that variant of the set, such as `scenes+scramble:4`;
 *   of two readings, a folder that is called so goes first
 * @job: (nullable): told how many images were found so far, with an unknown total; may stop it
 * @error: %FOVEA_ERROR_NOT_FOUND where there is no such set or not one image in it, %FOVEA_ERROR_ARGUMENT where
 *   there is no such variant, %FOVEA_ERROR_IO where a folder cannot be listed, %FOVEA_ERROR_TOO_LARGE, `G_IO_ERROR_CANCELLED`
 *
 * Lists the images without opening one. Of a folder: every PNG and JPEG file in it and in the folders
 * below, by the ending of its name. Any thread.
 *
 * Returns: (transfer full): the set, or %NULL
 */
FoveaImageSet *
fovea_image_set_open_with_job (const char *name_or_path,
                               const FoveaJob *job,
                               GError **error)
{
  g_autoptr (FoveaImageSet) self = NULL;
  g_autofree char *base = NULL;

  if (name_or_path[0] == '\0')
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND, "an image set needs a name or a folder");
      return NULL;
    }
  self = g_new0 (FoveaImageSet, 1);
  g_atomic_ref_count_init (&self->references);
  self->source = find_built_in (name_or_path);
  if (self->source != NULL)
    {
      self->name = g_strdup (name_or_path);
      self->place = g_strdup (name_or_path);
      return list (self, job, error);
    }
  self->source = &fovea_image_set_folder;
  self->path = find_folder (name_or_path);
  base = g_path_get_basename (self->path);
  self->name = g_filename_display_name (base);
  self->place = g_strdup (self->path);
  return open_folder_or_variant (self, name_or_path, job, error);
}

/**
 * fovea_image_set_ref:
 *
 * Returns: (transfer full): @self. Any thread.
 */
FoveaImageSet *
fovea_image_set_ref (FoveaImageSet *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

/**
 * fovea_image_set_unref:
 *
 * Gives a reference back; the last one frees the set. Any thread.
 */
void
fovea_image_set_unref (FoveaImageSet *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;
  self->source->close (self);
  g_free (self->name);
  g_free (self->path);
  g_free (self->place);
  g_strfreev (self->classes);
  g_free (self->fingerprint);
  g_free (self);
}

/**
 * fovea_image_set_get_name:
 *
 * Returns: (transfer none): what people call the set, UTF-8
 */
const char *
fovea_image_set_get_name (const FoveaImageSet *self)
{
  return self->name;
}

/**
 * fovea_image_set_get_path:
 *
 * Returns: (transfer none) (nullable): the folder's absolute path, as file names are encoded; %NULL for a
 *   built-in set and for variants, whose images are no files
 */
const char *
fovea_image_set_get_path (const FoveaImageSet *self)
{
  return self->path;
}

/**
 * fovea_image_set_get_place:
 *
 * Returns: (transfer none): what fovea_image_set_open() takes for this set, wherever the program runs, as file
 *   names are encoded
 */
const char *
fovea_image_set_get_place (const FoveaImageSet *self)
{
  return self->place;
}

/**
 * fovea_image_set_get_n_images:
 *
 * Returns: the number of images, at least 1
 */
gsize
fovea_image_set_get_n_images (const FoveaImageSet *self)
{
  return self->n_images;
}

/**
 * fovea_image_set_get_image_name:
 * @index: which image
 *
 * Returns: (transfer none): its name, unique in the set. In a folder it is the path below the folder, as file
 *   names are encoded, which need not be UTF-8
 */
const char *
fovea_image_set_get_image_name (const FoveaImageSet *self,
                                gsize index)
{
  g_return_val_if_fail (index < self->n_images, NULL);
  return self->source->get_image_name (self, index);
}

/**
 * fovea_image_set_get_image_class:
 * @index: which image
 *
 * Returns: its class, an index for fovea_image_set_get_class_name(); -1 where it has none
 */
int
fovea_image_set_get_image_class (const FoveaImageSet *self,
                                 gsize index)
{
  g_return_val_if_fail (index < self->n_images, -1);
  return self->source->get_image_class (self, index);
}

/**
 * fovea_image_set_get_n_classes:
 *
 * Returns: how many classes the images have; may be 0
 */
guint
fovea_image_set_get_n_classes (const FoveaImageSet *self)
{
  return self->n_classes;
}

/**
 * fovea_image_set_get_class_name:
 * @image_class: which class
 *
 * Returns: (transfer none): its name, UTF-8, unique in the set
 */
const char *
fovea_image_set_get_class_name (const FoveaImageSet *self,
                                guint image_class)
{
  g_return_val_if_fail (image_class < self->n_classes, NULL);
  return self->classes[image_class];
}

/**
 * fovea_image_set_get_fingerprint:
 *
 * Of a folder it is made of the images' names, sizes and modification times, of a built-in set of
 * everything that shapes it, of a variant of its set's and the variant. What was computed about a set is kept under it.
 *
 * Returns: (transfer none): 64 hexadecimal digits
 */
const char *
fovea_image_set_get_fingerprint (const FoveaImageSet *self)
{
  return self->fingerprint;
}

/**
 * fovea_image_set_load_image:
 * @index: which image
 * @error: of a folder, as fovea_image_read(); begins with the image's file
 *
 * Any number of threads at once.
 *
 * Returns: (transfer full): its pixels, or %NULL
 */
FoveaImage *
fovea_image_set_load_image (const FoveaImageSet *self,
                            gsize index,
                            GError **error)
{
  g_return_val_if_fail (index < self->n_images, NULL);
  return self->source->load_image (self, index, error);
}

/**
 * fovea_image_set_has_silhouettes:
 *
 * Returns: whether the set knows which pixels its images' things cover, so that their silhouettes need not be guessed
 *   from the pixels
 */
gboolean
fovea_image_set_has_silhouettes (const FoveaImageSet *self)
{
  return self->source->load_silhouette != NULL;
}

/**
 * fovea_image_set_get_built_in:
 *
 * Returns: (transfer none): the names of the sets that need no files of the user's, %NULL-terminated. Any thread.
 */
const char *const *
fovea_image_set_get_built_in (void)
{
  static const char *names[G_N_ELEMENTS (built_in)];
  static gsize initialized;

  if (g_once_init_enter (&initialized))
    {
      for (guint i = 0; built_in[i] != NULL; i++)
        names[i] = built_in[i]->name;
      g_once_init_leave (&initialized, 1);
    }
  return names;
}
