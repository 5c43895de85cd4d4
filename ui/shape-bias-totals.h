/* What networks and others decided about all cue-conflict images together, in words and numbers.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

#include "ui/shape-bias-observers.h"
#include "ui/shape-bias-results.h"

G_BEGIN_DECLS

/**
 * FoveaShapeBiasTotals:
 *
 * A paragraph for each network with its shape bias, the counts, and what was left out; a table of the other observers; and
 * what was wrong with files of trials.
 */
#define FOVEA_TYPE_SHAPE_BIAS_TOTALS (fovea_shape_bias_totals_get_type ())
G_DECLARE_FINAL_TYPE (FoveaShapeBiasTotals, fovea_shape_bias_totals, FOVEA, SHAPE_BIAS_TOTALS, GtkWidget)

void fovea_shape_bias_totals_update (FoveaShapeBiasTotals *self, FoveaNetworkPair *pair, FoveaShapeBiasResults *results, FoveaCategoryRule rule, FoveaShapeBiasObservers *observers);
char *fovea_shape_bias_totals_get_words (FoveaShapeBiasTotals *self, FoveaSide side);
const char *fovea_shape_bias_totals_get_problems (FoveaShapeBiasTotals *self);

G_END_DECLS
