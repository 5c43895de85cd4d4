/* Which channels are switched off in the Lens.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

#include "engine/surgery.h"
#include "ui/pins.h"

G_BEGIN_DECLS

/**
 * FoveaLensSurgeryBar:
 *
 * Says what the networks are without, as long as they are, and lets people undo it. Emits `changed`.
 */
#define FOVEA_TYPE_LENS_SURGERY_BAR (fovea_lens_surgery_bar_get_type ())
G_DECLARE_FINAL_TYPE (FoveaLensSurgeryBar, fovea_lens_surgery_bar, FOVEA, LENS_SURGERY_BAR, GtkBox)

void fovea_lens_surgery_bar_toggle (FoveaLensSurgeryBar *self, const char *layer, const guint channels[FOVEA_N_SIDES]);
void fovea_lens_surgery_bar_set_pins (FoveaLensSurgeryBar *self, FoveaPins *pins, FoveaSurgery surgery);
void fovea_lens_surgery_bar_clear (FoveaLensSurgeryBar *self);

gboolean fovea_lens_surgery_bar_contains (FoveaLensSurgeryBar *self, const char *layer, const guint channels[FOVEA_N_SIDES]);
guint fovea_lens_surgery_bar_get_n (FoveaLensSurgeryBar *self);
FoveaSurgery fovea_lens_surgery_bar_get_surgery (FoveaLensSurgeryBar *self);
GPtrArray *const *fovea_lens_surgery_bar_get_addresses (FoveaLensSurgeryBar *self);

G_END_DECLS
