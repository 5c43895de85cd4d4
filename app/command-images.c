/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/command.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <glib/gstdio.h>

#include "app/arguments.h"
#include "app/interrupt.h"
#include "app/output.h"
#include "app/progress.h"
#include "engine/formats/json.h"
#include "engine/images/image-set.h"

/* Width and height of an image on the sheet, and the white between two */
#define TILE 128
#define GAP 4

static const char *
get_class_name (const FoveaImageSet *set, gsize index)
{
  int image_class = fovea_image_set_get_image_class (set, index);

  return image_class >= 0 ? fovea_image_set_get_class_name (set, (guint) image_class) : NULL;
}

static void
print_list (const FoveaImageSet *set, gsize count, gboolean as_json)
{
  g_autoptr (JsonBuilder) builder = NULL;

  if (!as_json)
    {
      for (gsize i = 0; i < count; i++)
        g_print ("%s\n", fovea_image_set_get_image_name (set, i));
      return;
    }
  builder = json_builder_new ();
  json_builder_begin_array (builder);
  for (gsize i = 0; i < count; i++)
    {
      g_autofree char *name = g_filename_display_name (fovea_image_set_get_image_name (set, i));

      json_builder_begin_object (builder);
      fovea_json_add_string (builder, "name", name);
      fovea_json_add_string (builder, "class", get_class_name (set, i));
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  fovea_output_print_json (builder);
}

/* Puts the middle of the image, cut square, into the @index-th place of the sheet. */
static gboolean
paste (const FoveaImage *image, FoveaImage *sheet, gsize index, gsize n_columns, GError **error)
{
  guint side = MIN (image->width, image->height);
  g_autoptr (FoveaImage) square = fovea_image_crop (image, (image->width - side) / 2, (image->height - side) / 2, side, side, error);
  g_autoptr (FoveaImage) tile = square ? fovea_image_resize (square, TILE, TILE, error) : NULL;
  gsize left = GAP + index % n_columns * (TILE + GAP), top = GAP + index / n_columns * (TILE + GAP);

  if (!tile)
    return FALSE;
  for (gsize y = 0; y < TILE; y++)
    memcpy (sheet->pixels + ((top + y) * sheet->width + left) * 3, tile->pixels + y * TILE * 3, TILE * 3);
  return TRUE;
}

static gboolean
save (const FoveaImageSet *set, gsize index, const FoveaImage *image, const char *folder, GError **error)
{
  g_autofree char *path = g_build_filename (folder, fovea_image_set_get_image_name (set, index), NULL);
  g_autofree char *below = g_path_get_dirname (path);
  g_autofree char *file = g_str_has_suffix (path, ".png") ? g_strdup (path) : g_strconcat (path, ".png", NULL);

  if (g_mkdir_with_parents (below, 0777) != 0)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_IO, "%s: cannot make this folder (%s)", below, g_strerror (errno));
      return FALSE;
    }
  return fovea_image_write_png (image, file, error);
}

/* Images that cannot be read are left out, and why is added to @reasons. */
static gboolean
go_through (const FoveaImageSet *set, gsize count, FoveaImage *sheet, gsize n_columns, const char *folder, GPtrArray *reasons, const FoveaJob *job, GError **error)
{
  for (gsize i = 0; i < count; i++)
    {
      g_autoptr (FoveaImage) image = NULL;
      g_autoptr (GError) unreadable = NULL;

      if (fovea_job_is_cancelled (job, error))
        return FALSE;
      image = fovea_image_set_load_image (set, i, &unreadable);
      if (!image)
        g_ptr_array_add (reasons, g_strdup (unreadable->message));
      else if ((sheet && !paste (image, sheet, i, n_columns, error)) || (folder && !save (set, i, image, folder, error)))
        return FALSE;
      fovea_job_report (job, i + 1, count);
    }
  if (reasons->len == count)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT, "none of the %" G_GSIZE_FORMAT " images can be read; the first is %s",
                   count, (const char *) reasons->pdata[0]);
      return FALSE;
    }
  return TRUE;
}

static void
on_progress (guint64 done, guint64 total, double seconds_left G_GNUC_UNUSED, gpointer data)
{
  fovea_progress_bar_update (data, done, total);
}

/**
 * fovea_command_images:
 *
 * `fovea images SET`: what an image set holds, as a list, a sheet or files.
 */
int
fovea_command_images (int argc, char **argv, GCancellable *cancellable, GError **error)
{
  static const char *const endings[] = { ".png", NULL };
  g_autofree char *count_text = NULL, *folder = NULL;
  const GOptionEntry entries[] = {
    { "count", 0, 0, G_OPTION_ARG_STRING, &count_text, "Only the first N images (default: all; on a sheet 100)", "N" },
    { "folder", 0, 0, G_OPTION_ARG_FILENAME, &folder, "Save the images as PNG files in this folder", "DIR" },
    G_OPTION_ENTRY_NULL,
  };
  const FoveaUsage usage = {
    .name = "images",
    .parameters = "SET",
    .min_parameters = 1,
    .max_parameters = 1,
    .summary = "Lists the images of a set: scenes and cue-conflict, which are built in, or a folder.\n"
               "With --output, shows them on a sheet; with --folder, saves them as files.",
    .examples = "Examples:\n"
                "  fovea images scenes --output scenes.png\n"
                "  fovea images cue-conflict --folder cue-conflict\n",
    .flags = FOVEA_ARGUMENTS_JSON | FOVEA_ARGUMENTS_OUTPUT_OPTIONAL,
    .output_endings = endings,
    .entries = entries,
  };
  g_auto (FoveaArguments) arguments = { 0 };
  g_autoptr (FoveaImageSet) set = NULL;
  g_autoptr (FoveaImage) sheet = NULL;
  g_autoptr (GPtrArray) reasons = g_ptr_array_new_with_free_func (g_free);
  FoveaProgressBar bar;
  FoveaJob job;
  gint64 wanted = 0;
  gsize count, n_columns = 1;
  gboolean success;

  if (!fovea_arguments_parse (&arguments, &usage, argc, argv, error) ||
      !fovea_arguments_parse_integer ("--count", count_text, 1, G_MAXINT32, &wanted, error))
    return EXIT_FAILURE;
  fovea_job_init (&job, cancellable, NULL, NULL);
  set = fovea_image_set_open_with_job (arguments.parameters[0], &job, error);
  if (!set)
    return EXIT_FAILURE;
  count = MIN (fovea_image_set_get_n_images (set), wanted > 0 ? (gsize) wanted : arguments.output ? 100 : G_MAXSIZE);
  if (!arguments.output && !folder)
    {
      print_list (set, count, arguments.json);
      return EXIT_SUCCESS;
    }

  if (arguments.output)
    {
      while (n_columns * n_columns < count)
        n_columns++;
      sheet = fovea_image_new ((guint) (GAP + n_columns * (TILE + GAP)), (guint) (GAP + (count + n_columns - 1) / n_columns * (TILE + GAP)), error);
      if (!sheet)
        return EXIT_FAILURE;
      memset (sheet->pixels, 255, (gsize) sheet->width * sheet->height * 3);
    }
  fovea_progress_bar_start (&bar, "Images");
  fovea_job_init (&job, cancellable, on_progress, &bar);
  success = go_through (set, count, sheet, n_columns, folder, reasons, &job, error);
  fovea_progress_bar_finish (&bar);
  if (!success || (sheet && !fovea_image_write_png (sheet, arguments.output, error)))
    return EXIT_FAILURE;
  for (guint i = 0; i < reasons->len; i++)
    g_printerr ("fovea: not read: %s\n", (const char *) reasons->pdata[i]);
  if (arguments.json)
    print_list (set, count, TRUE);
  else
    g_print ("%s\n", arguments.output ? arguments.output : folder);
  return EXIT_SUCCESS;
}
