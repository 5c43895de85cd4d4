/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/main-window-private.h"

#include "ui/open-dialog.h"

/* Networks are opened; whatever else was dropped is taken for an image and goes into the Lens. */
static gboolean
something_dropped (FoveaMainWindow *self,
                   const GValue *value)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) paths = NULL;

  if (G_VALUE_HOLDS (value, GDK_TYPE_FILE_LIST))
    {
      for (const GSList *link = g_value_get_boxed (value); link != NULL; link = link->next)
        if (g_file_peek_path (link->data) != NULL && fovea_open_dialog_is_network_file (g_file_peek_path (link->data)))
          g_strv_builder_add (builder, g_file_peek_path (link->data));
      paths = g_strv_builder_end (builder);
      if (paths[0] != NULL)
        {
          fovea_main_window_open_files (self, (const char *const *) paths);
          return TRUE;
        }
    }
  if (self->layer == NULL)
    return FALSE;
  fovea_main_window_show_place (self, "lens");
  return fovea_lens_input_take_value (fovea_lens_get_input (self->lens), value, "Dropped image");
}

/**
 * fovea_main_window_add_drop_target:
 * @self: the window
 *
 * Lets people drop files and pictures anywhere.
 */
void
fovea_main_window_add_drop_target (FoveaMainWindow *self)
{
  GtkDropTarget *target = gtk_drop_target_new (G_TYPE_INVALID, GDK_ACTION_COPY);

  gtk_drop_target_set_gtypes (target, (GType[]) { GDK_TYPE_FILE_LIST, GDK_TYPE_TEXTURE }, 2);
  g_signal_connect_object (target, "drop", G_CALLBACK (something_dropped), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (target));
}
