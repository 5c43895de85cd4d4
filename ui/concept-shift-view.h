/* What the standard network's channels became in the robust one, down to the channels.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

#include "engine/analysis/concept-shift.h"
#include "ui/chart-frame.h"
#include "ui/layer-scans.h"

G_BEGIN_DECLS

/**
 * FoveaConceptShiftView:
 *
 * A flow diagram, menus of what it shows, and the channels of the band or bar that was chosen, in the diagram or in
 * the list below it. Channels correspond by their numbers, or as scans of the layer match them. Emits `neuron-activated`
 * with a channel of the standard network and the robust one's that corresponds to it.
 */
#define FOVEA_TYPE_CONCEPT_SHIFT_VIEW (fovea_concept_shift_view_get_type ())
G_DECLARE_FINAL_TYPE (FoveaConceptShiftView, fovea_concept_shift_view, FOVEA, CONCEPT_SHIFT_VIEW, GtkWidget)

GtkWidget *fovea_concept_shift_view_new (void);
void fovea_concept_shift_view_set_tallies (FoveaConceptShiftView *self, const FoveaTally *const tallies[2], const char *const names[2], double iou, const char *caption);
void fovea_concept_shift_view_set_scans (FoveaConceptShiftView *self, FoveaLayerScans *scans);
void fovea_concept_shift_view_set_counterpart (FoveaConceptShiftView *self, const char *counterpart);
void fovea_concept_shift_view_show_category (FoveaConceptShiftView *self, const char *category);
void fovea_concept_shift_view_show_flow (FoveaConceptShiftView *self, guint flow);
const FoveaConceptShift *fovea_concept_shift_view_get_shift (FoveaConceptShiftView *self);
FoveaChartFrame *fovea_concept_shift_view_get_frame (FoveaConceptShiftView *self);
GtkWidget *fovea_concept_shift_view_get_channels (FoveaConceptShiftView *self);
const char *fovea_concept_shift_view_get_message (FoveaConceptShiftView *self);

G_END_DECLS
