/* Which neuron the Lens shows, and how.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

#include "engine/analysis/response.h"

G_BEGIN_DECLS

/**
 * FoveaLensControls:
 *
 * What people choose for both networks. Emits `neuron-chosen` with a layer's name and a channel, `measure-changed`,
 * `opacity-changed`, `off-toggled` and `attack-toggled`, all of them only when people do it.
 */
#define FOVEA_TYPE_LENS_CONTROLS (fovea_lens_controls_get_type ())
G_DECLARE_FINAL_TYPE (FoveaLensControls, fovea_lens_controls, FOVEA, LENS_CONTROLS, GtkBox)

void fovea_lens_controls_set_layers (FoveaLensControls *self, GListModel *layers);
void fovea_lens_controls_set_neuron (FoveaLensControls *self, const char *layer, guint channel);
void fovea_lens_controls_set_off (FoveaLensControls *self, gboolean is_off, gboolean keeps);

FoveaResponseMeasure fovea_lens_controls_get_measure (FoveaLensControls *self);
double fovea_lens_controls_get_opacity (FoveaLensControls *self);
gboolean fovea_lens_controls_get_attacked (FoveaLensControls *self);

G_END_DECLS
