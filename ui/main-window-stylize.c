/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/main-window-private.h"

#include "ui/stylize-dialog.h"

static void
show_image (FoveaMainWindow *self,
            FoveaStylizeDialog *dialog)
{
  FoveaStylizeRun *run = fovea_stylize_dialog_get_run (dialog);
  g_autofree char *name = fovea_stylize_dialog_get_file_name (dialog);
  g_autoptr (GError) error = NULL;
  FoveaImage *image = fovea_image_from_tensor (fovea_stylize_run_get_result (run)->image, &error);

  if (image == NULL)
    return;
  fovea_main_window_show_place (self, "lens");
  fovea_lens_input_read_image (fovea_lens_get_input (self->lens), image, name != NULL ? name : "Stylization");
  gtk_window_present (GTK_WINDOW (self));
}

/**
 * fovea_main_window_stylize:
 * @self: the window
 *
 * Shows the window that makes cue-conflict images; there is one for each main window.
 */
void
fovea_main_window_stylize (FoveaMainWindow *self)
{
  if (self->stylize_dialog == NULL)
    {
      GtkWidget *dialog = fovea_stylize_dialog_new (GTK_WINDOW (self));

      g_set_weak_pointer (&self->stylize_dialog, GTK_WINDOW (dialog));
      g_signal_connect_object (dialog, "show-image", G_CALLBACK (show_image), self, G_CONNECT_SWAPPED);
      fovea_main_window_update_stylize (self);
    }
  gtk_window_present (self->stylize_dialog);
}

/**
 * fovea_main_window_update_stylize:
 * @self: the window
 *
 * Tells the window that makes cue-conflict images, where it is open, which pair is.
 */
void
fovea_main_window_update_stylize (FoveaMainWindow *self)
{
  if (self->stylize_dialog != NULL && self->pair != NULL)
    fovea_stylize_dialog_set_pair (FOVEA_STYLIZE_DIALOG (self->stylize_dialog), self->pair);
}
