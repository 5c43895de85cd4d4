/* Pictures of a neuron as a file: the comparison figure, and beside it how it was made.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "ui/figure.h"
#include "ui/visualization-run.h"

G_BEGIN_DECLS

gboolean fovea_visualization_export_can (FoveaVisualizationRun *const *runs, guint n_runs);
char *fovea_visualization_export_suggest_name (FoveaVisualizationRun *const *runs, guint n_runs);
FoveaFigure *fovea_visualization_export_draw (FoveaVisualizationRun *const *runs, guint n_runs, GError **error);
char *fovea_visualization_export_describe (FoveaVisualizationRun *const *runs, guint n_runs, const char *path);
gboolean fovea_visualization_export_save (FoveaVisualizationRun *const *runs, guint n_runs, const char *path, GError **error);

G_END_DECLS
