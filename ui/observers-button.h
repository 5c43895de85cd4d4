/* A button to choose whom networks are compared with: published observers, and trials from files.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

#include "ui/shape-bias-observers.h"

G_BEGIN_DECLS

#define FOVEA_TYPE_OBSERVERS_BUTTON (fovea_observers_button_get_type ())
G_DECLARE_FINAL_TYPE (FoveaObserversButton, fovea_observers_button, FOVEA, OBSERVERS_BUTTON, GtkWidget)

FoveaShapeBiasObservers *fovea_observers_button_get_observers (FoveaObserversButton *self);

G_END_DECLS
