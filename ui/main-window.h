/* The main window.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "engine/images/image.h"
#include "ui/application.h"
#include "ui/neuron-view.h"

G_BEGIN_DECLS

#define FOVEA_TYPE_MAIN_WINDOW (fovea_main_window_get_type ())
G_DECLARE_FINAL_TYPE (FoveaMainWindow, fovea_main_window, FOVEA, MAIN_WINDOW, AdwApplicationWindow)

GtkWidget *fovea_main_window_new (FoveaApplication *application);
void fovea_main_window_open_files (FoveaMainWindow *self, const char *const *paths);
void fovea_main_window_reload (FoveaMainWindow *self);
void fovea_main_window_add_place (FoveaMainWindow *self, FoveaNeuronView *place, const char *name, const char *title, const char *icon);
void fovea_main_window_show_image (FoveaMainWindow *self, FoveaImage *image, const char *name);

G_END_DECLS
