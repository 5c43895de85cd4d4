/* Which of a network's classes belong to a category, and which category it decides for.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/network.h"

G_BEGIN_DECLS

/* How the probabilities of a category's classes become the category's. */
typedef enum { FOVEA_CATEGORY_MEAN, FOVEA_CATEGORY_SUM, FOVEA_CATEGORY_MAX } FoveaCategoryRule;

#define FOVEA_N_CATEGORY_RULES 3

/* In the order of FoveaCategoryRule; ended by NULL. */
extern const char *const fovea_category_rule_names[];

/**
 * FoveaCategoryMap:
 *
 * For each of some categories the classes of a network that belong to it. Immutable.
 */
typedef struct _FoveaCategoryMap FoveaCategoryMap;

FoveaCategoryMap *fovea_category_map_new (const FoveaNetwork *network, const char *const *categories, GError **error);
void fovea_category_map_free (FoveaCategoryMap *map);

guint fovea_category_map_get_n_categories (const FoveaCategoryMap *map);
const char *fovea_category_map_get_category (const FoveaCategoryMap *map, guint category);
const guint *fovea_category_map_get_classes (const FoveaCategoryMap *map, guint category, guint *n_classes);
guint fovea_category_map_get_n_known (const FoveaCategoryMap *map);
guint fovea_category_map_decide (const FoveaCategoryMap *map, FoveaCategoryRule rule, const double *probabilities);

gboolean fovea_network_has_imagenet_classes (const FoveaNetwork *network);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaCategoryMap, fovea_category_map_free)

G_END_DECLS
