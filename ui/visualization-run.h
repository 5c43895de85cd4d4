/* One activation maximization in one network, watched from the main loop.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gdk/gdk.h>

#include "engine/store.h"
#include "ui/maximize-settings.h"
#include "ui/network-pair.h"
#include "ui/run.h"

G_BEGIN_DECLS

/**
 * FoveaVisualizationState:
 * @FOVEA_VISUALIZATION_WAITING: not started, or nothing to see yet
 * @FOVEA_VISUALIZATION_RUNNING: pictures arrive
 * @FOVEA_VISUALIZATION_FINISHED: all steps are done
 * @FOVEA_VISUALIZATION_STOPPED: stopped early; what was reached by then is there
 * @FOVEA_VISUALIZATION_FAILED: see fovea_visualization_run_get_error()
 */
typedef enum {
  FOVEA_VISUALIZATION_WAITING,
  FOVEA_VISUALIZATION_RUNNING,
  FOVEA_VISUALIZATION_FINISHED,
  FOVEA_VISUALIZATION_STOPPED,
  FOVEA_VISUALIZATION_FAILED,
} FoveaVisualizationState;

#define FOVEA_TYPE_VISUALIZATION_RUN (fovea_visualization_run_get_type ())
G_DECLARE_FINAL_TYPE (FoveaVisualizationRun, fovea_visualization_run, FOVEA, VISUALIZATION_RUN, FoveaRun)

FoveaVisualizationRun *fovea_visualization_run_new (FoveaNetwork *network, const FoveaNeuron *neuron, FoveaMaximizeSettings *settings);
void fovea_visualization_run_continue_from (FoveaVisualizationRun *run, FoveaVisualizationRun *earlier);
void fovea_visualization_run_start (FoveaVisualizationRun *run, FoveaJobQueue *queue, FoveaStore *store, gboolean look_up);

FoveaVisualizationState fovea_visualization_run_get_state (FoveaVisualizationRun *run);
gboolean fovea_visualization_run_is_from_store (FoveaVisualizationRun *run);
const GError *fovea_visualization_run_get_error (FoveaVisualizationRun *run);
FoveaNetwork *fovea_visualization_run_get_network (FoveaVisualizationRun *run);
const FoveaNeuron *fovea_visualization_run_get_neuron (FoveaVisualizationRun *run);
FoveaPreset fovea_visualization_run_get_preset (FoveaVisualizationRun *run);
const FoveaMaximizeOptions *fovea_visualization_run_get_options (FoveaVisualizationRun *run);
const FoveaObjective *fovea_visualization_run_get_objective (FoveaVisualizationRun *run);
guint fovea_visualization_run_get_n_images (FoveaVisualizationRun *run);
guint fovea_visualization_run_get_step (FoveaVisualizationRun *run);
guint fovea_visualization_run_get_n_steps (FoveaVisualizationRun *run);
double fovea_visualization_run_get_seconds_left (FoveaVisualizationRun *run);

GdkTexture *fovea_visualization_run_get_texture (FoveaVisualizationRun *run, guint image);
FoveaTensor *fovea_visualization_run_get_tensor (FoveaVisualizationRun *run, guint image);
gboolean fovea_visualization_run_get_activation (FoveaVisualizationRun *run, guint image, double *activation);
gboolean fovea_visualization_run_is_dead (FoveaVisualizationRun *run, guint image);
const double *fovea_visualization_run_get_curve (FoveaVisualizationRun *run, guint image, guint *n_steps);

G_END_DECLS
