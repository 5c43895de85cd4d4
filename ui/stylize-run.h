/* One stylization, watched from the main loop.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gdk/gdk.h>

#include "engine/analysis/stylize.h"
#include "ui/lens-image.h"
#include "ui/run.h"

G_BEGIN_DECLS

#define FOVEA_TYPE_STYLIZE_RUN (fovea_stylize_run_get_type ())
G_DECLARE_FINAL_TYPE (FoveaStylizeRun, fovea_stylize_run, FOVEA, STYLIZE_RUN, FoveaRun)

FoveaStylizeRun *fovea_stylize_run_new (FoveaNetwork *network, FoveaLensImage *shape, FoveaLensImage *texture, const FoveaStylizeOptions *options);

const GError *fovea_stylize_run_get_error (FoveaStylizeRun *self);
FoveaNetwork *fovea_stylize_run_get_network (FoveaStylizeRun *self);
FoveaLensImage *fovea_stylize_run_get_shape (FoveaStylizeRun *self);
FoveaLensImage *fovea_stylize_run_get_texture (FoveaStylizeRun *self);
const FoveaStylizeOptions *fovea_stylize_run_get_options (FoveaStylizeRun *self);

GdkTexture *fovea_stylize_run_get_picture (FoveaStylizeRun *self);
const FoveaStyleLosses *fovea_stylize_run_get_losses (FoveaStylizeRun *self, guint *n_losses);
double fovea_stylize_run_get_seconds_left (FoveaStylizeRun *self);
const FoveaStylization *fovea_stylize_run_get_result (FoveaStylizeRun *self);

G_END_DECLS
