/* What a dissection is labelled by: the set of concepts, the share of positions above the threshold, and the IoU from
 * which on a channel is a detector.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

#include "ui/image-sets.h"
#include "ui/settings.h"

G_BEGIN_DECLS

/**
 * FoveaDissectionControls:
 *
 * A menu of sets and two sliders, kept between starts. Emits `quantile-changed` and `iou-changed` when a slider moves;
 * the list of sets emits a signal of its own.
 */
#define FOVEA_TYPE_DISSECTION_CONTROLS (fovea_dissection_controls_get_type ())
G_DECLARE_FINAL_TYPE (FoveaDissectionControls, fovea_dissection_controls, FOVEA, DISSECTION_CONTROLS, GtkWidget)

void fovea_dissection_controls_set_settings (FoveaDissectionControls *self, FoveaSettings *settings);
FoveaImageSets *fovea_dissection_controls_get_sets (FoveaDissectionControls *self);

void fovea_dissection_controls_set_quantiles (FoveaDissectionControls *self, guint n_quantiles, const double *quantiles);
void fovea_dissection_controls_set_share (FoveaDissectionControls *self, double share);
guint fovea_dissection_controls_get_quantile (FoveaDissectionControls *self);
void fovea_dissection_controls_set_iou (FoveaDissectionControls *self, double iou);
double fovea_dissection_controls_get_iou (FoveaDissectionControls *self);

G_END_DECLS
