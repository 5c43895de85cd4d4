/* Does an observer go by shape or by texture?
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/analysis/category-map.h"
#include "engine/analysis/cue-set.h"

G_BEGIN_DECLS

/**
 * FoveaDecisions:
 * @shape: how often the category of the shape was chosen
 * @texture: how often that of the texture
 * @other: how often neither
 */
typedef struct {
  guint shape;
  guint texture;
  guint other;
} FoveaDecisions;

/* What an observer chose that gave no answer among the categories. */
#define FOVEA_CHOICE_NONE (-1)

/**
 * FoveaChoice:
 * @item: for networks, the number of the image in its set; for published trials, of the trial
 * @shape, @texture: the categories of the image's cues
 * @chosen: the category that the observer chose, or %FOVEA_CHOICE_NONE
 */
typedef struct {
  gsize item;
  guint shape;
  guint texture;
  int chosen;
} FoveaChoice;

/**
 * FoveaShapeBias:
 * @observer: a network, a person, or people together
 * @n_categories: how many categories there are
 * @categories: their names, ended by %NULL
 * @known: of each, whether the observer can choose it
 * @total: all decisions
 * @decisions: of each category, the decisions about images of its shape
 * @choices: (element-type FoveaChoice): every decision, in the order of images
 * @n_same: images left out because their shape and texture are the same
 * @n_unlabelled: images left out because their name carries no cue
 * @n_lacking: images left out because the network lacks one of their categories
 * @n_unreadable: images that could not be read
 * @problems: (element-type utf8): the first few of these, in words
 *
 * Decisions of one observer about cue-conflict images (Geirhos et al., "ImageNet-trained CNNs are biased
 * towards texture", ICLR 2019).
 */
typedef struct {
  char *observer;
  guint n_categories;
  GStrv categories;
  gboolean *known;
  FoveaDecisions total;
  FoveaDecisions *decisions;
  GArray *choices;
  gsize n_same;
  gsize n_unlabelled;
  gsize n_lacking;
  gsize n_unreadable;
  GPtrArray *problems;
} FoveaShapeBias;

FoveaShapeBias *fovea_shape_bias_new (const char *observer, const char *const *categories);
void fovea_shape_bias_add (FoveaShapeBias *bias, const FoveaChoice *choice);
void fovea_shape_bias_add_problem (FoveaShapeBias *bias, const char *problem);
int fovea_shape_bias_find_category (const FoveaShapeBias *bias, const char *category);
void fovea_shape_bias_free (FoveaShapeBias *bias);

gboolean fovea_shape_bias_measure_all (FoveaNetwork *network, FoveaCueSet *set, FoveaShapeBias *biases[FOVEA_N_CATEGORY_RULES], const FoveaJob *job, GError **error);
FoveaShapeBias *fovea_shape_bias_measure (FoveaNetwork *network, FoveaCueSet *set, FoveaCategoryRule rule, const FoveaJob *job, GError **error);

double fovea_decisions_get_shape_bias (const FoveaDecisions *decisions);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaShapeBias, fovea_shape_bias_free)

G_END_DECLS
