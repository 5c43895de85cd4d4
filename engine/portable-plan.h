/* A plan that runs operator by operator on plain maps, on any processor.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/plan.h"

G_BEGIN_DECLS

typedef struct _FoveaPortablePlan FoveaPortablePlan;

/* Each as the function of FoveaPlan with the same name says. */
FoveaPortablePlan *fovea_portable_plan_new (FoveaGraph *graph, gsize batch, const FoveaShape *input_shape, const gboolean *needed, const FoveaShape *shapes, guint n_layers, const int *layers, FoveaPlanFlags flags, GError **error);
void fovea_portable_plan_free (FoveaPortablePlan *plan);

const FoveaShape *fovea_portable_plan_get_shape (const FoveaPortablePlan *plan, guint wanted);
gsize fovea_portable_plan_get_peak_bytes (const FoveaPortablePlan *plan);
void fovea_portable_plan_forward (FoveaPortablePlan *plan, const float *images);
const float *fovea_portable_plan_get_activation (const FoveaPortablePlan *plan, guint wanted);
void fovea_portable_plan_set_redirect_relu (FoveaPortablePlan *plan, gboolean redirect);
void fovea_portable_plan_gradient (FoveaPortablePlan *plan, const float *const *seeds, float *image_gradients);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaPortablePlan, fovea_portable_plan_free)

G_END_DECLS
