/* A line that offers to measure what people asked for.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "ui/layer-measures.h"

G_BEGIN_DECLS

/**
 * FoveaMeasureBar:
 *
 * Shows the first of the needed sources of values that are not there: what measuring it takes, how far it is, or why it cannot
 * be, with a button that starts or stops it. Nothing where all are there.
 */
#define FOVEA_TYPE_MEASURE_BAR (fovea_measure_bar_get_type ())
G_DECLARE_FINAL_TYPE (FoveaMeasureBar, fovea_measure_bar, FOVEA, MEASURE_BAR, GtkWidget)

GtkWidget *fovea_measure_bar_new (void);
void fovea_measure_bar_set_measures (FoveaMeasureBar *self, FoveaLayerMeasures *measures);
void fovea_measure_bar_set_measure (FoveaMeasureBar *self, int measure);
const char *fovea_measure_bar_get_text (FoveaMeasureBar *self); /* "" while it is not shown */

G_END_DECLS
