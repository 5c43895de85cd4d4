/* What a concept set's source is: the interface that Broden's folder and the built-in scenes implement.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/images/concept-set.h"

G_BEGIN_DECLS

/**
 * FoveaConceptSetSource:
 * @close: frees @data; must bear a set that was left half-made
 * @load_masks: one image's masks; any number of threads at once
 * @load: (nullable): an image with its masks, where that is less work than one after the other
 *
 * A table of functions, constant for the life of the program.
 */
typedef struct {
  void (*close) (FoveaConceptSet *set);
  FoveaConceptMasks *(*load_masks) (const FoveaConceptSet *set, gsize image, GError **error);
  gboolean (*load) (const FoveaConceptSet *set, gsize index, FoveaImage **image, FoveaConceptMasks **masks, GError **error);
} FoveaConceptSetSource;

/* Everything but @references is set while the set is opened, and never changes afterwards. */
struct _FoveaConceptSet {
  gatomicrefcount references;
  const FoveaConceptSetSource *source;
  FoveaImageSet *images;
  char *fingerprint;
  GPtrArray *categories; /* utf8 */
  GArray *concepts;      /* FoveaConcept, ascending numbers; the names are the set's */
  FoveaConceptProblems problems;
  gpointer data; /* the source's own */
};

FoveaConceptSet *fovea_concept_set_new (const FoveaConceptSetSource *source);
void fovea_concept_set_add_category (FoveaConceptSet *set, const char *name);
int fovea_concept_set_find_category (const FoveaConceptSet *set, const char *name);
void fovea_concept_set_add_concept (FoveaConceptSet *set, guint number, const char *name, guint category);

FoveaConceptSet *fovea_concept_set_open_scenes (GError **error);
FoveaConceptSet *fovea_broden_open (const char *path, const FoveaJob *job, GError **error);

G_END_DECLS
