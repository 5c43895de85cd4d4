/* Loading a concept set's images with their masks ahead of who needs them, in threads of its own.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/images/concept-set.h"

G_BEGIN_DECLS

/**
 * FoveaLoadedConcepts:
 * @index: which image of the set
 * @image: the whole image, in the size that was asked for; %NULL where it could not be read
 * @masks: its masks; %NULL where the image could not be read
 * @error: (nullable): why it could not be read
 */
typedef struct {
  gsize index;
  FoveaImage *image;
  FoveaConceptMasks *masks;
  GError *error;
} FoveaLoadedConcepts;

/**
 * FoveaConceptLoader:
 *
 * Threads that load the images of a concept set with their masks, resize the images, and hand them
 * out in the set's order. They are a few images ahead and no more, so memory is bounded. One thread at
 * a time takes images.
 */
typedef struct _FoveaConceptLoader FoveaConceptLoader;

FoveaConceptLoader *fovea_concept_loader_new (FoveaConceptSet *set, gsize first, gsize end, guint width, guint height);
FoveaLoadedConcepts *fovea_concept_loader_next (FoveaConceptLoader *loader);
void fovea_concept_loader_free (FoveaConceptLoader *loader);
void fovea_loaded_concepts_free (FoveaLoadedConcepts *item);

FoveaImage *fovea_concept_loader_stretch (FoveaImage *image, guint width, guint height, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaConceptLoader, fovea_concept_loader_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaLoadedConcepts, fovea_loaded_concepts_free)

G_END_DECLS
