/* The preferences window.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "engine/store.h"
#include "ui/settings.h"

G_BEGIN_DECLS

#define FOVEA_TYPE_PREFERENCES (fovea_preferences_get_type ())
G_DECLARE_FINAL_TYPE (FoveaPreferences, fovea_preferences, FOVEA, PREFERENCES, AdwPreferencesWindow)

GtkWidget *fovea_preferences_new (FoveaSettings *settings, FoveaStore *store);

G_END_DECLS
