/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/main-window.h"

struct _FoveaMainWindow {
  AdwApplicationWindow parent_instance;
};

G_DEFINE_FINAL_TYPE (FoveaMainWindow, fovea_main_window, ADW_TYPE_APPLICATION_WINDOW)

static void
fovea_main_window_class_init (FoveaMainWindowClass *class)
{
  gtk_widget_class_set_template_from_resource (GTK_WIDGET_CLASS (class), "/org/fovea/Fovea/main-window.ui");
}

static void
fovea_main_window_init (FoveaMainWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * fovea_main_window_new:
 * @application: the application
 *
 * Returns: (transfer floating): a window
 */
GtkWidget *
fovea_main_window_new (FoveaApplication *application)
{
  return g_object_new (FOVEA_TYPE_MAIN_WINDOW, "application", application, NULL);
}
