/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/stylize-export.h"

#include <errno.h>
#include <string.h>

#include <glib/gstdio.h>

#include "engine/analysis/cue-set.h"
#include "engine/write-file.h"
#include "ui/stylize-record.h"

/* A file's name is never longer. */
#define MAX_CATEGORY_BYTES 64

/**
 * fovea_stylize_export_guess_category:
 * @image_name: a file's name, or the path of a set's image
 * @number: (out): its number in the category; 1 where the name has none
 *
 * An image in a folder shows what the folder is called; of `cat4.jpg` and `cat4-elephant2.png` it is a cat, the fourth, and
 * of `n02128925_jaguar.JPEG` a jaguar.
 *
 * Returns: (transfer full) (nullable): the category
 */
char *
fovea_stylize_export_guess_category (const char *image_name, guint *number)
{
  static GRegex *pattern;
  static gsize initialized;
  g_autofree char *folder = g_path_get_dirname (image_name);
  g_autofree char *base = g_path_get_basename (image_name);
  g_autofree char *category = g_path_get_basename (folder);
  g_autoptr (GMatchInfo) match = NULL;

  *number = 1;
  if (g_once_init_enter (&initialized))
    {
      pattern = g_regex_new ("^(?:n[0-9]{8}_)?(\\pL[\\pL _-]*?)[ _-]?([0-9]{0,6})(?:-\\pL[^.]*)?(?:\\.[A-Za-z]+)?$", G_REGEX_OPTIMIZE, 0, NULL);
      g_once_init_leave (&initialized, 1);
    }
  if (g_regex_match (pattern, base, 0, &match))
    {
      g_autofree char *digits = g_match_info_fetch (match, 2);

      *number = MAX ((guint) g_ascii_strtoull (digits, NULL, 10), 1);
      if (strchr (image_name, G_DIR_SEPARATOR) == NULL)
        return g_match_info_fetch (match, 1);
    }
  return strchr (image_name, G_DIR_SEPARATOR) != NULL && !g_str_equal (category, ".") ? g_steal_pointer (&category) : NULL;
}

/* A category as it can stand in a file's name: no separators of paths, no digits at its end, which would become its
 * number's. Empty where nothing is left. */
static char *
clean_category (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  g_autofree char *normalized = fovea_category_normalize (valid);
  char *clean;

  while (strlen (normalized) > MAX_CATEGORY_BYTES)
    *g_utf8_find_prev_char (normalized, normalized + strlen (normalized)) = '\0';
  for (char *c = normalized; *c != '\0'; c++)
    if (g_ascii_iscntrl (*c) || strchr ("/\\ .:*?\"<>|", *c) != NULL)
      *c = '_';
  clean = g_strdup (normalized + strspn (normalized, "_-"));
  while (*clean != '\0' && (g_ascii_isdigit (clean[strlen (clean) - 1]) || strchr ("_-", clean[strlen (clean) - 1]) != NULL))
    clean[strlen (clean) - 1] = '\0';
  return clean;
}

/**
 * fovea_stylize_export_format_name:
 *
 * Returns: (transfer full) (nullable): a file's name, such as `cat4-elephant2.png`; %NULL where a category is missing
 */
char *
fovea_stylize_export_format_name (const FoveaStylizeName *name)
{
  g_autofree char *shape = clean_category (name->shape);
  g_autofree char *texture = clean_category (name->texture);

  if (*shape == '\0' || *texture == '\0')
    return NULL;
  return g_strdup_printf ("%s%u-%s%u.png", shape, name->shape_number, texture, name->texture_number);
}

static gboolean
write_files (FoveaStylizeRun *run, const char *path, GError **error)
{
  const FoveaStylization *result = fovea_stylize_run_get_result (run);
  const FoveaStylizeSource source = {
    fovea_stylize_run_get_network (run),
    fovea_stylize_run_get_shape (run)->name,
    fovea_stylize_run_get_texture (run)->name,
    fovea_stylize_run_get_options (run),
  };
  g_autofree char *record = fovea_stylize_record_format (&source, result);
  g_autofree char *stem = g_strndup (path, strlen (path) - strlen (".png"));
  g_autofree char *record_path = g_strconcat (stem, ".json", NULL);
  const gboolean record_existed = g_file_test (record_path, G_FILE_TEST_EXISTS);
  g_autoptr (FoveaImage) image = fovea_image_from_tensor (result->image, error);

  if (image == NULL || !fovea_write_file (record_path, record, strlen (record), error))
    return FALSE;
  if (fovea_image_write_png (image, path, error))
    return TRUE;
  if (!record_existed)
    g_unlink (record_path);
  return FALSE;
}

static gboolean
save (gpointer data, const char *path, GError **error)
{
  if (!g_str_has_suffix (path, ".png"))
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_ARGUMENT, "the image is saved as PNG; end its name in .png");
      return FALSE;
    }
  return write_files (data, path, error);
}

static GBytes *
render (gpointer data, GError **error)
{
  g_autoptr (FoveaImage) image = fovea_image_from_tensor (fovea_stylize_run_get_result (data)->image, error);

  return image != NULL ? fovea_image_encode_png (image, error) : NULL;
}

/**
 * fovea_stylize_export_new:
 * @run: has ended with a result
 *
 * Saved, it is the image and, under the same name with the ending `.json`, how it was made.
 *
 * Returns: (transfer full): the image, to be saved or copied
 */
FoveaPicture *
fovea_stylize_export_new (FoveaStylizeRun *run, const FoveaStylizeName *name)
{
  g_autofree char *file = fovea_stylize_export_format_name (name);
  FoveaPicture *picture;

  g_return_val_if_fail (fovea_stylize_run_get_result (run) != NULL, NULL);
  picture = fovea_picture_new (file != NULL ? file : "stylization.png", save, render, g_object_ref (run), g_object_unref);
  fovea_picture_set_is_image (picture);
  return picture;
}

/**
 * fovea_stylize_export_add_to_folder:
 * @run: has ended with a result
 * @name: has both categories; where there is an image of this name, the shape's number is counted up
 * @folder: of cue-conflict images, with a folder for each shape's category
 * @error: %FOVEA_ERROR_IO
 *
 * Writes the image and how it was made. Any thread.
 *
 * Returns: (transfer full): the image's path below @folder, or %NULL
 */
char *
fovea_stylize_export_add_to_folder (FoveaStylizeRun *run, const FoveaStylizeName *name, const char *folder, GError **error)
{
  g_autofree char *category = clean_category (name->shape);
  g_autofree char *parent = g_build_filename (folder, category, NULL);
  g_autofree char *shown = g_filename_display_name (parent);
  FoveaStylizeName own = *name;

  if (g_mkdir_with_parents (parent, 0777) != 0)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_IO, "%s: cannot make this folder (%s)", shown, g_strerror (errno));
      return NULL;
    }
  for (;; own.shape_number++)
    {
      g_autofree char *file = fovea_stylize_export_format_name (&own);
      g_autofree char *path = g_build_filename (parent, file, NULL);

      if (g_file_test (path, G_FILE_TEST_EXISTS))
        continue;
      return write_files (run, path, error) ? g_build_filename (category, file, NULL) : NULL;
    }
}
