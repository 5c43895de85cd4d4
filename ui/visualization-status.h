/* How far the visualizations of a neuron in a pair's networks are.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "ui/visualization-run.h"

G_BEGIN_DECLS

/* Runs of both sides; each may be NULL. */
gboolean fovea_visualization_status_is_running (FoveaVisualizationRun *const runs[FOVEA_N_SIDES]);
double fovea_visualization_status_get_fraction (FoveaVisualizationRun *const runs[FOVEA_N_SIDES]);
char *fovea_visualization_status_describe (FoveaVisualizationRun *const runs[FOVEA_N_SIDES]);

G_END_DECLS
