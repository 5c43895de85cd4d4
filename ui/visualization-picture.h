/* The visualizations of a neuron, to be saved or copied.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "ui/picture.h"
#include "ui/visualization-run.h"

G_BEGIN_DECLS

FoveaPicture *fovea_visualization_picture_new (FoveaVisualizationRun *const runs[FOVEA_N_SIDES]);

G_END_DECLS
