/* What a layer's channels detect, and what became of them in the other network.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

#include "ui/chart-frame.h"
#include "ui/concept-shift-view.h"
#include "ui/dissection-facts.h"
#include "ui/tally-files.h"

G_BEGIN_DECLS

/**
 * FoveaDissectionLayer:
 *
 * Histograms, beside which tables that others made can be drawn, the concept shift, and what of the set could not be used.
 * Emits `neuron-activated` as the shift does, and `files-changed` when tables were opened or closed.
 */
#define FOVEA_TYPE_DISSECTION_LAYER (fovea_dissection_layer_get_type ())
G_DECLARE_FINAL_TYPE (FoveaDissectionLayer, fovea_dissection_layer, FOVEA, DISSECTION_LAYER, GtkWidget)

void fovea_dissection_layer_set_queue (FoveaDissectionLayer *self, FoveaJobQueue *queue);
void fovea_dissection_layer_show (FoveaDissectionLayer *self, FoveaDissectionFacts *facts);
void fovea_dissection_layer_open_tally (FoveaDissectionLayer *self, const char *path);
FoveaTallyFiles *fovea_dissection_layer_get_files (FoveaDissectionLayer *self);
FoveaChartFrame *fovea_dissection_layer_get_histogram (FoveaDissectionLayer *self);
FoveaConceptShiftView *fovea_dissection_layer_get_shift (FoveaDissectionLayer *self);

G_END_DECLS
