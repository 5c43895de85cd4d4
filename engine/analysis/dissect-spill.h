/* A layer's activations and the masks of a concept set's images, kept in a file between two passes.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/images/concept-set.h"

G_BEGIN_DECLS

/**
 * FoveaDissectSpill:
 *
 * A file of records, one an image, in the set's order. What a process has appended is there for the next one,
 * also when it was killed; no two processes use the same file at a time. Belongs to one thread.
 */
typedef struct _FoveaDissectSpill FoveaDissectSpill;

FoveaDissectSpill *fovea_dissect_spill_open (const char *folder, const char *key, gsize n_activations, guint n_categories, guint n_concepts, GError **error);
void fovea_dissect_spill_free (FoveaDissectSpill *spill);
void fovea_dissect_spill_remove (FoveaDissectSpill *spill);

gsize fovea_dissect_spill_get_n_records (const FoveaDissectSpill *spill);
gboolean fovea_dissect_spill_append (FoveaDissectSpill *spill, const float *activations, const FoveaConceptMasks *masks, const FoveaConceptProblems *problems, GError **error);
gboolean fovea_dissect_spill_read (FoveaDissectSpill *spill, gsize record, float *activations, FoveaConceptMasks **masks, FoveaConceptProblems *problems, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaDissectSpill, fovea_dissect_spill_free)

G_END_DECLS
