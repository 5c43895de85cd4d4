/* What people chose and where they were, kept between starts.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define FOVEA_TILE_SIZE_MINIMUM 32
#define FOVEA_TILE_SIZE_MAXIMUM 192

/**
 * FoveaSettings:
 *
 * One property for each key of the schema `org.fovea.Fovea`, by the same name: bind to them or use
 * g_object_get() and g_object_set(). Where the schema is not installed everything works, but nothing
 * is kept.
 */
#define FOVEA_TYPE_SETTINGS (fovea_settings_get_type ())
G_DECLARE_FINAL_TYPE (FoveaSettings, fovea_settings, FOVEA, SETTINGS, GObject)

FoveaSettings *fovea_settings_new (void);
char *fovea_settings_get_string (FoveaSettings *self, const char *property);
int fovea_settings_get_int (FoveaSettings *self, const char *property);
double fovea_settings_get_double (FoveaSettings *self, const char *property);
void fovea_settings_set_string (FoveaSettings *self, const char *property, const char *value);
void fovea_settings_set_int (FoveaSettings *self, const char *property, int value);
void fovea_settings_set_double (FoveaSettings *self, const char *property, double value);

G_END_DECLS
