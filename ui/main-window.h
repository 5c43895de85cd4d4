/* The main window.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "ui/application.h"

G_BEGIN_DECLS

#define FOVEA_TYPE_MAIN_WINDOW (fovea_main_window_get_type ())
G_DECLARE_FINAL_TYPE (FoveaMainWindow, fovea_main_window, FOVEA, MAIN_WINDOW, AdwApplicationWindow)

GtkWidget *fovea_main_window_new (FoveaApplication *application);
void fovea_main_window_open (FoveaMainWindow *self, const GSList *files);
gboolean fovea_main_window_take_value (FoveaMainWindow *self, const GValue *value, const char *name);
void fovea_main_window_reload (FoveaMainWindow *self);

G_END_DECLS
