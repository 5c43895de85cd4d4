/* The Dissection tab: which concepts a neuron and its layer detect, in both networks.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

#include "ui/dissection-bar.h"
#include "ui/dissection-controls.h"
#include "ui/dissection-layer.h"
#include "ui/dissection-neuron.h"
#include "ui/neuron-view.h"

G_BEGIN_DECLS

/**
 * FoveaDissectionView:
 *
 * Emits `neuron-activated` with a channel of the standard network's layer, and the robust one's that corresponds to it,
 * when people want to go there.
 */
#define FOVEA_TYPE_DISSECTION_VIEW (fovea_dissection_view_get_type ())
G_DECLARE_FINAL_TYPE (FoveaDissectionView, fovea_dissection_view, FOVEA, DISSECTION_VIEW, GtkWidget)

GtkWidget *fovea_dissection_view_new (void);
void fovea_dissection_view_set_source (FoveaDissectionView *self, FoveaJobQueue *reading, FoveaJobQueue *computing, FoveaStore *store);
void fovea_dissection_view_set_scans (FoveaDissectionView *self, FoveaLayerScans *scans);

FoveaDissectionRun *fovea_dissection_view_get_run (FoveaDissectionView *self);
FoveaDissectionControls *fovea_dissection_view_get_controls (FoveaDissectionView *self);
FoveaDissectionBar *fovea_dissection_view_get_bar (FoveaDissectionView *self);
FoveaDissectionNeuron *fovea_dissection_view_get_neuron (FoveaDissectionView *self);
FoveaDissectionLayer *fovea_dissection_view_get_layer (FoveaDissectionView *self);
const FoveaTally *fovea_dissection_view_get_tally (FoveaDissectionView *self, FoveaSide side);

G_END_DECLS
