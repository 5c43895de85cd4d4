/* A plan that runs on blocked maps, for processors that have kernels for them.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/blocked/kernels.h"
#include "engine/plan.h"

G_BEGIN_DECLS

typedef struct _FoveaBlockedPlan FoveaBlockedPlan;

/* Each as the function of FoveaPlan with the same name says. */
FoveaBlockedPlan *fovea_blocked_plan_new (const FoveaKernels *kernels, FoveaGraph *graph, gsize batch, const FoveaShape *input_shape, const gboolean *needed, const FoveaShape *shapes, guint n_layers, const int *layers, const FoveaPlanPosition *positions, FoveaPlanFlags flags, GError **error);
void fovea_blocked_plan_free (FoveaBlockedPlan *plan);

const FoveaShape *fovea_blocked_plan_get_shape (const FoveaBlockedPlan *plan, guint wanted);
gsize fovea_blocked_plan_get_peak_bytes (const FoveaBlockedPlan *plan);
void fovea_blocked_plan_forward (FoveaBlockedPlan *plan, const float *images);
const float *fovea_blocked_plan_get_activation (const FoveaBlockedPlan *plan, guint wanted);
void fovea_blocked_plan_set_redirect_relu (FoveaBlockedPlan *plan, gboolean redirect);
void fovea_blocked_plan_gradient (FoveaBlockedPlan *plan, const float *const *seeds, float *image_gradients);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaBlockedPlan, fovea_blocked_plan_free)

G_END_DECLS
