/* A network's answer to one image: the classes, the most probable first.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/network.h"

G_BEGIN_DECLS

/**
 * FoveaRankedClass:
 * @index: the class
 * @probability: after softmax, in [0,1]; all classes' add up to 1
 */
typedef struct {
  guint index;
  double probability;
} FoveaRankedClass;

gboolean fovea_classify_check (const FoveaNetwork *network, const FoveaShape *output, GError **error);
GArray *fovea_classify_rank (const FoveaNetwork *network, const float *outputs, gsize n_outputs, GError **error);
GArray *fovea_classify (const FoveaNetwork *network, const FoveaTensor *image, GError **error);
const char *fovea_class_get_label (const FoveaNetwork *network, guint index);

G_END_DECLS
