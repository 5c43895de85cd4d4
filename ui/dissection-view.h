/* The Dissection tab: which concepts a neuron and its layer detect, in both networks.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

#include "ui/chart-frame.h"
#include "ui/concept-set-chooser.h"
#include "ui/concept-shift-view.h"
#include "ui/dissection-panel.h"
#include "ui/dissection-run.h"
#include "ui/neuron-view.h"

G_BEGIN_DECLS

/**
 * FoveaDissectionView:
 *
 * Emits `neuron-activated` with a channel of the standard network's layer when people want to go there.
 */
#define FOVEA_TYPE_DISSECTION_VIEW (fovea_dissection_view_get_type ())
G_DECLARE_FINAL_TYPE (FoveaDissectionView, fovea_dissection_view, FOVEA, DISSECTION_VIEW, GtkWidget)

GtkWidget *fovea_dissection_view_new (void);
void fovea_dissection_view_set_source (FoveaDissectionView *self, FoveaJobQueue *reading, FoveaJobQueue *computing, FoveaStore *store);

void fovea_dissection_view_set_quantile (FoveaDissectionView *self, double share);
void fovea_dissection_view_set_iou (FoveaDissectionView *self, double iou);
FoveaDissectionRun *fovea_dissection_view_get_run (FoveaDissectionView *self);
FoveaConceptSetChooser *fovea_dissection_view_get_chooser (FoveaDissectionView *self);
FoveaDissectionPanel *fovea_dissection_view_get_panel (FoveaDissectionView *self, FoveaSide side);
FoveaChartFrame *fovea_dissection_view_get_histogram (FoveaDissectionView *self);
FoveaConceptShiftView *fovea_dissection_view_get_shift (FoveaDissectionView *self);
const FoveaTally *fovea_dissection_view_get_tally (FoveaDissectionView *self, FoveaSide side);
const char *fovea_dissection_view_get_offer (FoveaDissectionView *self);

G_END_DECLS
