/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/picture.h"

#include <adwaita.h>
#include <string.h>

struct _FoveaPicture
{
  char *name; /* a file's name to suggest */
  char *path; /* where a worker saves it */
  gboolean has_table;
  gboolean is_image;
  FoveaPictureSaveFunc save;
  FoveaPictureRenderFunc render;
  gpointer data;
  GDestroyNotify destroy;
};

/* Where something was saved last; the main thread's. */
static char *last_folder;

/**
 * fovea_picture_new:
 * @name: a file's name to suggest, ending in `.png`
 * @save: makes a file
 * @render: makes a PNG for the clipboard
 * @data: (transfer full): what they make it of
 * @destroy: frees @data, in the main thread
 */
FoveaPicture *
fovea_picture_new (const char *name, FoveaPictureSaveFunc save, FoveaPictureRenderFunc render, gpointer data, GDestroyNotify destroy)
{
  FoveaPicture *picture = g_new0 (FoveaPicture, 1);

  picture->name = g_strdup (name);
  picture->save = save;
  picture->render = render;
  picture->data = data;
  picture->destroy = destroy;
  return picture;
}

/**
 * fovea_picture_set_has_table:
 *
 * Says that it can be saved as a table too, `.csv`.
 */
void
fovea_picture_set_has_table (FoveaPicture *picture)
{
  g_return_if_fail (picture != NULL);
  picture->has_table = TRUE;
}

/**
 * fovea_picture_set_is_image:
 *
 * Says that it is an image of pixels alone, which is saved as PNG.
 */
void
fovea_picture_set_is_image (FoveaPicture *picture)
{
  g_return_if_fail (picture != NULL);
  picture->is_image = TRUE;
}

/**
 * fovea_picture_free:
 * @picture: (nullable)
 */
void
fovea_picture_free (FoveaPicture *picture)
{
  if (picture == NULL)
    return;
  picture->destroy (picture->data);
  g_free (picture->name);
  g_free (picture->path);
  g_free (picture);
}

static void
say (GtkWidget *widget, const char *text)
{
  GtkWidget *overlay = ADW_IS_TOAST_OVERLAY (widget) ? widget : gtk_widget_get_ancestor (widget, ADW_TYPE_TOAST_OVERLAY);
  g_autofree char *markup = g_markup_escape_text (text, -1);

  if (overlay != NULL)
    adw_toast_overlay_add_toast (ADW_TOAST_OVERLAY (overlay), adw_toast_new (markup));
}

/* A picture in the hands of a worker. Everything in here goes in the main thread, when the worker is
 * done: what pictures are made of may belong to widgets. */
typedef struct
{
  FoveaPicture *picture;
  GtkWidget *widget; /* weak */
} Work;

static void
work_clear (Work *work)
{
  g_clear_pointer (&work->picture, fovea_picture_free);
  g_clear_weak_pointer (&work->widget);
}

static void
save_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const Work *work = data;
  GError *error = NULL;

  if (work->picture->save (work->picture->data, work->picture->path, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
on_saved (GObject *source, GAsyncResult *result, gpointer data)
{
  Work *work = g_task_get_task_data (G_TASK (result));
  g_autofree char *name = g_path_get_basename (work->picture->path);
  g_autofree char *shown = g_filename_display_name (name);
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  if (g_task_propagate_boolean (G_TASK (result), &error))
    text = g_strdup_printf ("Saved %s", shown);
  else
    text = g_strdup_printf ("Not saved: %s", error->message);
  if (work->widget != NULL)
    say (work->widget, text);
  work_clear (work);
}

static void
copy_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const Work *work = data;
  GError *error = NULL;
  g_autoptr (GBytes) bytes = work->picture->render (work->picture->data, &error);
  g_autoptr (GdkTexture) texture = bytes != NULL ? gdk_texture_new_from_bytes (bytes, &error) : NULL;

  if (texture != NULL)
    g_task_return_pointer (task, g_steal_pointer (&texture), g_object_unref);
  else
    g_task_return_error (task, error);
}

static void
on_copied (GObject *source, GAsyncResult *result, gpointer data)
{
  Work *work = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  g_autoptr (GdkTexture) texture = g_task_propagate_pointer (G_TASK (result), &error);

  if (work->widget != NULL && texture != NULL)
    {
      gdk_clipboard_set_texture (gtk_widget_get_clipboard (work->widget), texture);
      say (work->widget, "Copied the picture");
    }
  else if (work->widget != NULL)
    say (work->widget, error->message);
  work_clear (work);
}

static void
run_in_thread (FoveaPicture *picture, GtkWidget *widget, GTaskThreadFunc function, GAsyncReadyCallback done)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, done, NULL);
  Work *work = g_new0 (Work, 1);

  work->picture = picture;
  g_set_weak_pointer (&work->widget, widget);
  g_task_set_source_tag (task, run_in_thread);
  g_task_set_task_data (task, work, g_free);
  g_task_run_in_thread (task, function);
}

/**
 * fovea_picture_copy:
 * @picture: (transfer full)
 * @widget: whose clipboard it goes to, and in whose toast overlay it is said
 *
 * Copies the picture, drawn in the background.
 */
void
fovea_picture_copy (FoveaPicture *picture, GtkWidget *widget)
{
  g_return_if_fail (picture != NULL && GTK_IS_WIDGET (widget));
  run_in_thread (picture, widget, copy_in_thread, on_copied);
}

/**
 * fovea_picture_save:
 * @picture: (transfer full)
 * @widget: in whose toast overlay it is said how it went
 * @file: a local file, ending in `.png`, `.pdf` or `.svg`; without an ending it becomes a PNG
 *
 * Saves the picture in the background.
 */
void
fovea_picture_save (FoveaPicture *picture, GtkWidget *widget, GFile *file)
{
  g_autofree char *path = g_file_get_path (file);
  g_autofree char *name = path != NULL ? g_path_get_basename (path) : NULL;

  g_return_if_fail (picture != NULL && GTK_IS_WIDGET (widget));

  if (path == NULL)
    {
      say (widget, "Pictures can only be saved in a folder of this computer");
      fovea_picture_free (picture);
      return;
    }
  g_free (last_folder);
  last_folder = g_path_get_dirname (path);
  picture->path = strchr (name, '.') == NULL ? g_strconcat (path, ".png", NULL) : g_steal_pointer (&path);
  run_in_thread (picture, widget, save_in_thread, on_saved);
}

/* A dialog that is open, for a picture as it was when it opened. */
typedef struct
{
  FoveaPicture *picture;
  GtkWidget *widget; /* outlives this: when it goes, so does the dialog */
  GtkFileChooserNative *dialog;
} Saving;

static void
saving_free (Saving *saving)
{
  g_clear_pointer (&saving->picture, fovea_picture_free);
  g_signal_handlers_disconnect_by_data (saving->widget, saving);
  gtk_native_dialog_destroy (GTK_NATIVE_DIALOG (saving->dialog));
  g_clear_object (&saving->dialog);
  g_free (saving);
}

static void
on_response (Saving *saving, int response)
{
  g_autoptr (GFile) file = response == GTK_RESPONSE_ACCEPT ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (saving->dialog)) : NULL;

  if (file != NULL)
    fovea_picture_save (g_steal_pointer (&saving->picture), saving->widget, file);
  saving_free (saving);
}

static void
add_filter (GtkFileChooser *chooser, const char *name, const char *pattern)
{
  g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();

  gtk_file_filter_set_name (filter, name);
  gtk_file_filter_add_pattern (filter, pattern);
  gtk_file_chooser_add_filter (chooser, filter);
}

/**
 * fovea_picture_save_as:
 * @picture: (transfer full)
 * @widget: for which it is saved
 * @title: the dialog's
 *
 * Asks where to save the picture, modally, and saves it there.
 */
void
fovea_picture_save_as (FoveaPicture *picture, GtkWidget *widget, const char *title)
{
  GtkRoot *root = gtk_widget_get_root (widget);
  Saving *saving = g_new0 (Saving, 1);

  saving->picture = picture;
  saving->widget = widget;
  saving->dialog = gtk_file_chooser_native_new (title, GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, GTK_FILE_CHOOSER_ACTION_SAVE, "_Save", "_Cancel");
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (saving->dialog), TRUE);
  add_filter (GTK_FILE_CHOOSER (saving->dialog), "Pictures (PNG)", "*.png");
  if (!picture->is_image)
    {
      add_filter (GTK_FILE_CHOOSER (saving->dialog), "Documents (PDF)", "*.pdf");
      add_filter (GTK_FILE_CHOOSER (saving->dialog), "Drawings (SVG)", "*.svg");
    }
  if (picture->has_table)
    add_filter (GTK_FILE_CHOOSER (saving->dialog), "Tables (CSV)", "*.csv");
  if (last_folder != NULL)
    {
      g_autoptr (GFile) folder = g_file_new_for_path (last_folder);

      gtk_file_chooser_set_current_folder (GTK_FILE_CHOOSER (saving->dialog), folder, NULL);
    }
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (saving->dialog), picture->name);
  g_signal_connect_swapped (saving->dialog, "response", G_CALLBACK (on_response), saving);
  g_signal_connect_swapped (widget, "destroy", G_CALLBACK (saving_free), saving);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (saving->dialog));
}
