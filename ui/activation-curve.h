/* A plot of activations over the steps of an optimization, one line an image.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

#include "ui/network-pair.h"

G_BEGIN_DECLS

/* More lines than this are never drawn. */
#define FOVEA_ACTIVATION_CURVE_MAX_LINES 6

#define FOVEA_TYPE_ACTIVATION_CURVE (fovea_activation_curve_get_type ())
G_DECLARE_FINAL_TYPE (FoveaActivationCurve, fovea_activation_curve, FOVEA, ACTIVATION_CURVE, GtkWidget)

GtkWidget *fovea_activation_curve_new (void);

void fovea_activation_curve_set_side (FoveaActivationCurve *curve, FoveaSide side);
void fovea_activation_curve_reset (FoveaActivationCurve *curve, guint n_lines, guint n_steps);
void fovea_activation_curve_append (FoveaActivationCurve *curve, guint line, const double *values, guint n_values);
guint fovea_activation_curve_get_n_values (FoveaActivationCurve *curve, guint line);
void fovea_activation_curve_set_selected (FoveaActivationCurve *curve, guint line);
gboolean fovea_activation_curve_get_range (FoveaActivationCurve *curve, double *minimum, double *maximum);
void fovea_activation_curve_set_range (FoveaActivationCurve *curve, double minimum, double maximum);
void fovea_activation_curve_get_visible_range (FoveaActivationCurve *curve, double *minimum, double *maximum);
void fovea_activation_curve_set_placeholder (FoveaActivationCurve *curve, const char *placeholder);
char *fovea_activation_curve_describe (FoveaActivationCurve *curve);

G_END_DECLS
