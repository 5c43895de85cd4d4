/* A plot of a stylization's two losses over its steps.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

#include "engine/analysis/style-loss.h"

G_BEGIN_DECLS

/**
 * FoveaStylizeLosses:
 *
 * Both lines on one logarithmic axis: content solid, style dashed.
 */
#define FOVEA_TYPE_STYLIZE_LOSSES (fovea_stylize_losses_get_type ())
G_DECLARE_FINAL_TYPE (FoveaStylizeLosses, fovea_stylize_losses, FOVEA, STYLIZE_LOSSES, GtkWidget)

void fovea_stylize_losses_set_losses (FoveaStylizeLosses *self, const FoveaStyleLosses *losses, guint n_losses, guint n_steps);

G_END_DECLS
