/* How often is a network right about a labelled image set?
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/analysis/attack.h"
#include "engine/images/image-set.h"
#include "engine/images/variant.h"

G_BEGIN_DECLS

/**
 * FoveaEvaluateOptions:
 * @variant: how each image is changed, after it was made to fit the network
 * @attack: (nullable): then, how it is attacked, away from its class
 * @n_images: how many images to take of those whose class the network knows, at equal distances; 0 is all
 *
 * A plain value; zeros are all images as they are.
 */
typedef struct {
  FoveaVariant variant;
  const FoveaAttackOptions *attack;
  gsize n_images;
} FoveaEvaluateOptions;

/**
 * FoveaAccuracy:
 * @n_images: how many images were classified
 * @n_top1: in how many the most probable class is right
 * @n_top5: in how many one of the five most probable classes is
 */
typedef struct {
  gsize n_images;
  gsize n_top1;
  gsize n_top5;
} FoveaAccuracy;

/**
 * FoveaEvaluation:
 * @total: all images
 * @n_classes: how many classes the set has
 * @classes: of each, its images
 * @names: (array length=n_classes): their names
 * @known: of each, whether the network has it
 * @n_unlabelled: images left out because they have no class
 * @n_lacking: images left out because the network lacks their class
 * @n_unreadable: images that could not be read
 * @first_unreadable: (nullable): why the first of them could not be
 *
 * Belongs to one owner.
 */
typedef struct {
  FoveaAccuracy total;
  guint n_classes;
  FoveaAccuracy *classes;
  GStrv names;
  gboolean *known;
  gsize n_unlabelled;
  gsize n_lacking;
  gsize n_unreadable;
  char *first_unreadable;
} FoveaEvaluation;

FoveaEvaluation *fovea_evaluate (FoveaNetwork *network, FoveaImageSet *set, const FoveaEvaluateOptions *options, const FoveaJob *job, GError **error);
void fovea_evaluation_free (FoveaEvaluation *evaluation);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaEvaluation, fovea_evaluation_free)

G_END_DECLS
