/* The place Shape bias: does a pair of networks decide by shape or by texture, and how do others?
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

#include "ui/chart-frame.h"
#include "ui/neuron-view.h"
#include "ui/shape-bias-images.h"
#include "ui/shape-bias-totals.h"

G_BEGIN_DECLS

/**
 * FoveaShapeBiasView:
 *
 * The decisions of both networks about cue-conflict images, by category, beside those of people and of whoever else was
 * opened; and the images by decision.
 */
#define FOVEA_TYPE_SHAPE_BIAS_VIEW (fovea_shape_bias_view_get_type ())
G_DECLARE_FINAL_TYPE (FoveaShapeBiasView, fovea_shape_bias_view, FOVEA, SHAPE_BIAS_VIEW, GtkWidget)

GtkWidget *fovea_shape_bias_view_new (void);

const char *fovea_shape_bias_view_get_page (FoveaShapeBiasView *self);
FoveaShapeBiasTotals *fovea_shape_bias_view_get_totals (FoveaShapeBiasView *self);
FoveaChartFrame *fovea_shape_bias_view_get_chart (FoveaShapeBiasView *self);
FoveaShapeBiasImages *fovea_shape_bias_view_get_images (FoveaShapeBiasView *self);
FoveaShapeBiasObservers *fovea_shape_bias_view_get_observers (FoveaShapeBiasView *self);

G_END_DECLS
