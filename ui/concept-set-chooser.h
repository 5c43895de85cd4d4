/* A menu of sets of concepts: the built-in one, folders in Broden's layout, and "Open folder…".
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

#include "ui/settings.h"

G_BEGIN_DECLS

/**
 * FoveaConceptSetChooser:
 *
 * Knows the folders that were opened, between starts. Emits `chosen` when people choose a set, be it the current
 * one again, which is to be read again then.
 */
#define FOVEA_TYPE_CONCEPT_SET_CHOOSER (fovea_concept_set_chooser_get_type ())
G_DECLARE_FINAL_TYPE (FoveaConceptSetChooser, fovea_concept_set_chooser, FOVEA, CONCEPT_SET_CHOOSER, GtkWidget)

GtkWidget *fovea_concept_set_chooser_new (FoveaSettings *settings);
const char *fovea_concept_set_chooser_get_key (FoveaConceptSetChooser *self);
void fovea_concept_set_chooser_choose (FoveaConceptSetChooser *self, const char *key);

G_END_DECLS
