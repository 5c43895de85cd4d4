/* What a batch of images is optimized for: values and their derivatives by the layers.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/analysis/maximize.h"
#include "engine/plan.h"

G_BEGIN_DECLS

/**
 * FoveaObjectiveSet:
 *
 * The objectives of a batch, one for each image, looked up in a network. Used by one thread at a
 * time, together with a plan for the set's layers and as many images.
 */
typedef struct _FoveaObjectiveSet FoveaObjectiveSet;

FoveaObjectiveSet *fovea_objective_set_new (const FoveaNetwork *network, guint n_images, const FoveaObjective *objectives, GError **error);
void fovea_objective_set_free (FoveaObjectiveSet *set);

int *fovea_objective_set_get_layers (const FoveaObjectiveSet *set, guint *n_layers);
FoveaPlanPosition *fovea_objective_set_get_positions (const FoveaObjectiveSet *set);
gboolean fovea_objective_set_bind (FoveaObjectiveSet *set, const FoveaPlan *plan, GError **error);
const float *const *fovea_objective_set_evaluate (FoveaObjectiveSet *set, const FoveaPlan *plan, double *values);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaObjectiveSet, fovea_objective_set_free)

G_END_DECLS
