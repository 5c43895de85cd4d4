/* Images with masks of the concepts in them: Broden's folder, and the built-in scenes.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/images/image-set.h"
#include "engine/job.h"

G_BEGIN_DECLS

/* The built-in set's name. */
#define FOVEA_CONCEPT_SET_SCENES "scenes"

/* A mask's pixels hold 16 bits, and 0 is background. */
#define FOVEA_CONCEPT_SET_MAX_CONCEPTS 65535

/* Masks may not have more pixels than this. */
#define FOVEA_CONCEPT_SET_MAX_MASK_PIXELS ((guint64) 1 << 22)

/**
 * FoveaConceptSet:
 *
 * An image set with a list of concepts, each of a category such as `object` or `texture`, and for
 * each image where they are. Immutable, so any number of threads may share it. Reference-counted.
 */
typedef struct _FoveaConceptSet FoveaConceptSet;

/**
 * FoveaConcept:
 * @number: its number as published, in label.csv or in the scenes
 * @name: for people
 * @category: index of its category; where it belongs to several, the one that it covers most in
 */
typedef struct {
  guint number;
  const char *name;
  guint category;
} FoveaConcept;

/**
 * FoveaConceptProblem:
 * @FOVEA_CONCEPT_PROBLEM_TABLE: a table that is missing or lacks a column; what it says is known from others
 * @FOVEA_CONCEPT_PROBLEM_CATEGORY: a category that no image has labels of
 * @FOVEA_CONCEPT_PROBLEM_ROW: a row of a table that cannot be understood
 * @FOVEA_CONCEPT_PROBLEM_IMAGE: an image that is not there or cannot be read, or has no labels at all
 * @FOVEA_CONCEPT_PROBLEM_MASK: a mask that is not there or cannot be read
 * @FOVEA_CONCEPT_PROBLEM_MASK_SIZE: a mask of another size than the index says
 * @FOVEA_CONCEPT_PROBLEM_LABEL: a label's number that stands for no concept, in a row or in a mask
 *
 * Why something was left out.
 */
typedef enum {
  FOVEA_CONCEPT_PROBLEM_TABLE,
  FOVEA_CONCEPT_PROBLEM_CATEGORY,
  FOVEA_CONCEPT_PROBLEM_ROW,
  FOVEA_CONCEPT_PROBLEM_IMAGE,
  FOVEA_CONCEPT_PROBLEM_MASK,
  FOVEA_CONCEPT_PROBLEM_MASK_SIZE,
  FOVEA_CONCEPT_PROBLEM_LABEL,
  FOVEA_CONCEPT_N_PROBLEMS,
} FoveaConceptProblem;

/* How many messages FoveaConceptProblems keeps. */
#define FOVEA_CONCEPT_MAX_MESSAGES 1000

/**
 * FoveaConceptProblems:
 * @counts: how often each thing happened
 * @messages: (element-type utf8) (nullable): the first ones, each `FILE:LINE: what`; %NULL is none
 *
 * What was left out, and why. All zero is an empty list.
 */
typedef struct {
  guint64 counts[FOVEA_CONCEPT_N_PROBLEMS];
  GPtrArray *messages;
} FoveaConceptProblems;

/**
 * FoveaConceptMap:
 * @category: the category whose labels it holds
 * @labels: height × width, row by row; each 0 for background, or 1 + the concept's index in the set
 */
typedef struct {
  guint category;
  guint16 *labels;
} FoveaConceptMap;

/**
 * FoveaConceptLabel:
 * @category: the category in whose column it stands
 * @concept: the concept's index in the set; the whole image shows it
 */
typedef struct {
  guint category;
  guint concept;
} FoveaConceptLabel;

/**
 * FoveaConceptMasks:
 * @width, @height: the maps' size, which need not be the image's; they cover the whole image
 * @n_maps, @maps: label maps, in the order of categories; a category may have several, or none
 * @n_labels, @labels: whole-image labels, in the order of categories
 * @problems: what could not be used
 *
 * Where the concepts are in one image. Belongs to one owner.
 */
typedef struct {
  guint width;
  guint height;
  guint n_maps;
  FoveaConceptMap *maps;
  guint n_labels;
  FoveaConceptLabel *labels;
  FoveaConceptProblems problems;
} FoveaConceptMasks;

FoveaConceptSet *fovea_concept_set_open (const char *name_or_path, const FoveaJob *job, GError **error);
FoveaConceptSet *fovea_concept_set_ref (FoveaConceptSet *set);
void fovea_concept_set_unref (FoveaConceptSet *set);

FoveaImageSet *fovea_concept_set_get_images (const FoveaConceptSet *set);
const char *fovea_concept_set_get_fingerprint (const FoveaConceptSet *set); /* 64 hexadecimal digits, images and masks */
guint fovea_concept_set_get_n_categories (const FoveaConceptSet *set);
const char *fovea_concept_set_get_category (const FoveaConceptSet *set, guint category);
guint fovea_concept_set_get_n_concepts (const FoveaConceptSet *set);
const FoveaConcept *fovea_concept_set_get_concept (const FoveaConceptSet *set, guint concept);
const FoveaConceptProblems *fovea_concept_set_get_problems (const FoveaConceptSet *set); /* found on opening */

FoveaConceptMasks *fovea_concept_set_load_masks (const FoveaConceptSet *set, gsize image, GError **error);
gboolean fovea_concept_set_load (const FoveaConceptSet *set, gsize index, FoveaImage **image, FoveaConceptMasks **masks, GError **error);
FoveaConceptMasks *fovea_concept_masks_new (guint width, guint height, guint max_maps, guint max_labels, GError **error);
guint16 *fovea_concept_masks_add_map (FoveaConceptMasks *masks, guint category);
void fovea_concept_masks_add_label (FoveaConceptMasks *masks, guint category, guint concept);
void fovea_concept_masks_free (FoveaConceptMasks *masks);

void fovea_concept_problems_add (FoveaConceptProblems *problems, FoveaConceptProblem problem, const char *format, ...) G_GNUC_PRINTF (3, 4);
void fovea_concept_problems_merge (FoveaConceptProblems *problems, const FoveaConceptProblems *more);
guint64 fovea_concept_problems_get_total (const FoveaConceptProblems *problems);
void fovea_concept_problems_clear (FoveaConceptProblems *problems);
const char *fovea_concept_problem_describe (FoveaConceptProblem problem, guint64 count);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaConceptSet, fovea_concept_set_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaConceptMasks, fovea_concept_masks_free)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (FoveaConceptProblems, fovea_concept_problems_clear)

G_END_DECLS
