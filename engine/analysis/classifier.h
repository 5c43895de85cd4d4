/* A network's class probabilities for batches of images.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/images/image.h"
#include "engine/network.h"

G_BEGIN_DECLS

/**
 * FoveaClassifier:
 *
 * A plan of a network's output for a few images at a time. Belongs to one thread at a time.
 */
typedef struct _FoveaClassifier FoveaClassifier;

FoveaClassifier *fovea_classifier_new (FoveaNetwork *network, gsize batch, GError **error);
void fovea_classifier_free (FoveaClassifier *classifier);

guint fovea_classifier_get_n_classes (const FoveaClassifier *classifier);
void fovea_classifier_set_image (FoveaClassifier *classifier, gsize place, const FoveaImage *image);
void fovea_classifier_set_values (FoveaClassifier *classifier, gsize place, const float *values);
const float *fovea_classifier_get_values (const FoveaClassifier *classifier, gsize place);
void fovea_classifier_run (FoveaClassifier *classifier);
const double *fovea_classifier_get_probabilities (const FoveaClassifier *classifier, gsize place);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaClassifier, fovea_classifier_free)

G_END_DECLS
