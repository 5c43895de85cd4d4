/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/main-window-private.h"

#include <stdio.h>
#include <string.h>

/* A PNG or JPEG, whatever it is called, and what is called an image, whatever it is: then the Lens says why it is none.
 * What is not on this computer can only be an image. */
static gboolean
is_image (const char *path)
{
  static const char *const endings[] = { ".png", ".jpg", ".jpeg", ".gif", ".bmp", ".webp", ".tif", ".tiff", ".ppm", ".svg", ".heic", ".avif" };
  g_autofree char *name = path != NULL ? g_ascii_strdown (path, -1) : NULL;
  char start[4] = { 0 };
  FILE *file;

  if (path == NULL)
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (endings); i++)
    if (g_str_has_suffix (name, endings[i]))
      return TRUE;
  file = g_file_test (path, G_FILE_TEST_IS_REGULAR) ? fopen (path, "rb") : NULL;
  if (file == NULL)
    return FALSE;
  if (fread (start, 1, sizeof start, file) < sizeof start)
    memset (start, 0, sizeof start);
  fclose (file);
  return memcmp (start, "\x89PNG", 4) == 0 || memcmp (start, "\xff\xd8\xff", 3) == 0;
}

static gboolean
is_folder (const char *path)
{
  return path != NULL && g_file_test (path, G_FILE_TEST_IS_DIR);
}

/* Takes a folder for an image set, which becomes the current one once it turns out to have images. */
static void
open_folder (FoveaMainWindow *self,
             const char *path)
{
  g_free (self->new_set);
  self->new_set = g_canonicalize_filename (path, NULL);
  fovea_main_window_show_place (self, "lens");
  fovea_lens_input_read_folder (fovea_lens_get_input (self->lens), self->new_set);
}

static void
image_read (FoveaMainWindow *self,
            const FoveaLensImage *image)
{
  FoveaImageSets *sets = fovea_application_get_image_sets ();

  if (g_strcmp0 (image->set, self->new_set) == 0 && self->new_set != NULL && sets != NULL)
    {
      g_autofree char *name = g_filename_display_basename (self->new_set);
      g_autofree char *text = g_strdup_printf ("“%s” is the image set now", name);

      fovea_image_sets_set_current (sets, self->new_set);
      fovea_main_window_say (self, text);
    }
  g_clear_pointer (&self->new_set, g_free);
}

static void
image_failed (FoveaMainWindow *self)
{
  g_clear_pointer (&self->new_set, g_free);
}

/**
 * fovea_main_window_open:
 * @self: the window
 * @files: (element-type GFile): what was dropped, pasted, or named on the command line
 *
 * Opens networks in their dialog; without any, a folder as the image set, or else an image in the Lens. Images
 * wait until there are networks to show them to.
 */
void
fovea_main_window_open (FoveaMainWindow *self,
                        const GSList *files)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) networks = NULL;
  GFile *folder = NULL;

  g_return_if_fail (FOVEA_IS_MAIN_WINDOW (self));

  if (files == NULL)
    return;
  for (const GSList *link = files; link != NULL; link = link->next)
    {
      const char *path = g_file_peek_path (link->data);

      if (is_folder (path))
        folder = folder != NULL ? folder : link->data;
      else if (!is_image (path))
        g_strv_builder_add (builder, path);
    }
  networks = g_strv_builder_end (builder);

  if (networks[0] != NULL)
    fovea_main_window_open_networks (self, (const char *const *) networks);
  else if (self->layer == NULL)
    g_set_object (&self->waiting, folder != NULL ? folder : files->data);
  else if (folder != NULL)
    open_folder (self, g_file_peek_path (folder));
  else
    {
      fovea_main_window_show_place (self, "lens");
      fovea_lens_input_read_file (fovea_lens_get_input (self->lens), files->data);
    }
}

/**
 * fovea_main_window_open_waiting:
 * @self: the window, with networks
 *
 * Opens what waited for them.
 */
void
fovea_main_window_open_waiting (FoveaMainWindow *self)
{
  g_autoptr (GFile) file = g_steal_pointer (&self->waiting);

  if (file != NULL)
    fovea_main_window_open (self, &(GSList){ file, NULL });
}

/**
 * fovea_main_window_take_value:
 * @self: the window
 * @value: what was dropped or pasted: a #GdkFileList or a #GdkTexture
 * @name: what an image without a file is called
 *
 * Returns: whether there was something in it to open
 */
gboolean
fovea_main_window_take_value (FoveaMainWindow *self,
                              const GValue *value,
                              const char *name)
{
  g_return_val_if_fail (FOVEA_IS_MAIN_WINDOW (self) && G_IS_VALUE (value), FALSE);

  if (G_VALUE_HOLDS (value, GDK_TYPE_FILE_LIST) && g_value_get_boxed (value) != NULL)
    {
      fovea_main_window_open (self, g_value_get_boxed (value));
      return TRUE;
    }
  if (self->layer == NULL || !fovea_lens_input_take_value (fovea_lens_get_input (self->lens), value, name))
    return FALSE;
  fovea_main_window_show_place (self, "lens");
  return TRUE;
}

static gboolean
something_dropped (FoveaMainWindow *self,
                   const GValue *value)
{
  return fovea_main_window_take_value (self, value, "Dropped image");
}

static void
files_pasted (GObject *source,
              GAsyncResult *result,
              gpointer data)
{
  g_autoptr (FoveaMainWindow) self = data;
  g_autoptr (GError) error = NULL;
  const GValue *value = gdk_clipboard_read_value_finish (GDK_CLIPBOARD (source), result, &error);

  if (value != NULL && !gtk_widget_in_destruction (GTK_WIDGET (self)))
    fovea_main_window_take_value (self, value, "Pasted image");
  else if (value == NULL)
    fovea_main_window_say (self, error->message);
}

/**
 * fovea_main_window_paste:
 * @self: the window
 *
 * Opens what is in the clipboard: files as if they were dropped, or an image.
 */
void
fovea_main_window_paste (FoveaMainWindow *self)
{
  GdkClipboard *clipboard = gtk_widget_get_clipboard (GTK_WIDGET (self));
  g_autoptr (GdkContentFormats) formats = gdk_content_formats_union_deserialize_gtypes (gdk_content_formats_ref (gdk_clipboard_get_formats (clipboard)));

  if (gdk_content_formats_contain_gtype (formats, GDK_TYPE_FILE_LIST))
    gdk_clipboard_read_value_async (clipboard, GDK_TYPE_FILE_LIST, G_PRIORITY_DEFAULT, NULL, files_pasted, g_object_ref (self));
  else if (!gdk_content_formats_contain_gtype (formats, GDK_TYPE_TEXTURE))
    fovea_main_window_say (self, "There is no image and no file in the clipboard");
  else if (self->layer != NULL)
    {
      fovea_main_window_show_place (self, "lens");
      fovea_lens_input_paste (fovea_lens_get_input (self->lens), clipboard);
    }
}

/**
 * fovea_main_window_add_drop_target:
 * @self: the window, with its Lens
 *
 * Lets people drop files and pictures anywhere.
 */
void
fovea_main_window_add_drop_target (FoveaMainWindow *self)
{
  GtkDropTarget *target = gtk_drop_target_new (G_TYPE_INVALID, GDK_ACTION_COPY);

  gtk_drop_target_set_gtypes (target, (GType[]) { GDK_TYPE_FILE_LIST, GDK_TYPE_TEXTURE }, 2);
  /* Before entries, which would take a file's name for text. */
  gtk_event_controller_set_propagation_phase (GTK_EVENT_CONTROLLER (target), GTK_PHASE_CAPTURE);
  g_signal_connect_object (target, "drop", G_CALLBACK (something_dropped), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (target));
  g_signal_connect_object (fovea_lens_get_input (self->lens), "read", G_CALLBACK (image_read), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (fovea_lens_get_input (self->lens), "failed", G_CALLBACK (image_failed), self, G_CONNECT_SWAPPED);
}
