/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/unreadable-dialog.h"

#include <string.h>

#include <adwaita.h>

/* So many are listed. */
#define MAX_LISTED 200

/* Wide enough for a file's name and the usual reasons, and high enough for a few of them, in pixels. */
#define WIDTH 460
#define HEIGHT 120

/* The reason without the file's whole path, which it begins with where the image is a file. */
static const char *
skip_path (const char *reason,
           const char *name)
{
  const char *found = strstr (reason, name);

  return found != NULL && g_str_has_prefix (found + strlen (name), ": ") ? found + strlen (name) + 2 : reason;
}

static char *
list_images (const FoveaScan *scan,
             const FoveaImageSet *set)
{
  gsize n = fovea_scan_get_n_unreadable (scan);
  GString *text = g_string_new (NULL);

  for (gsize i = 0; i < MIN (n, MAX_LISTED); i++)
    {
      const char *reason;
      gsize index = fovea_scan_get_unreadable (scan, i, &reason);
      const char *image = fovea_image_set_get_image_name ((FoveaImageSet *) set, index);
      g_autofree char *name = g_filename_display_name (image);

      g_string_append_printf (text, "%s%s%s%s", i > 0 ? "\n" : "", name, reason != NULL ? ": " : "", reason != NULL ? skip_path (reason, image) : "");
    }
  if (n > MAX_LISTED)
    g_string_append_printf (text, "\n… and %" G_GSIZE_FORMAT " more", n - MAX_LISTED);
  return g_string_free (text, FALSE);
}

/**
 * fovea_unreadable_dialog_new:
 * @parent: (nullable): over which window it is
 * @scan: a scan
 * @set: its images
 *
 * Returns: (transfer floating): a dialog to be presented
 */
GtkWidget *
fovea_unreadable_dialog_new (GtkWindow *parent,
                             const FoveaScan *scan,
                             const FoveaImageSet *set)
{
  g_autofree char *text = list_images (scan, set);
  GtkWidget *dialog = adw_message_dialog_new (parent, "Unreadable Images", NULL);
  GtkWidget *scrolled = gtk_scrolled_window_new ();
  GtkWidget *label = gtk_label_new (text);

  adw_message_dialog_format_body (ADW_MESSAGE_DIALOG (dialog), "%" G_GSIZE_FORMAT " of the images could not be read; the scan leaves them out.",
                                  fovea_scan_get_n_unreadable (scan));
  adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (dialog), "close", "_Close");
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_selectable (GTK_LABEL (label), TRUE);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_yalign (GTK_LABEL (label), 0);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), label);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (scrolled), TRUE);
  gtk_scrolled_window_set_min_content_height (GTK_SCROLLED_WINDOW (scrolled), HEIGHT);
  gtk_scrolled_window_set_max_content_height (GTK_SCROLLED_WINDOW (scrolled), 300);
  gtk_widget_set_size_request (scrolled, WIDTH, -1);
  adw_message_dialog_set_extra_child (ADW_MESSAGE_DIALOG (dialog), scrolled);
  return dialog;
}
