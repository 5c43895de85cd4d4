/* Accuracies in the store.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/analysis/evaluate.h"
#include "engine/store.h"

G_BEGIN_DECLS

gboolean fovea_evaluation_put (const FoveaEvaluation *evaluation, const FoveaNetwork *network, const FoveaImageSet *set, const FoveaEvaluateOptions *options, FoveaStore *store, GError **error);
FoveaEvaluation *fovea_evaluation_get (const FoveaNetwork *network, const FoveaImageSet *set, const FoveaEvaluateOptions *options, FoveaStore *store);

FoveaEvaluation *fovea_evaluate_and_keep (FoveaNetwork *network, FoveaImageSet *set, const FoveaEvaluateOptions *options, FoveaStore *store, const FoveaJob *job, GError **error);

G_END_DECLS
