/* The tables of a folder in Broden's layout: which categories and concepts there are.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/formats/csv.h"
#include "engine/images/concept-set-private.h"

G_BEGIN_DECLS

/* Concept numbers are below this: a mask's pixel is red + 256 * green. */
#define FOVEA_BRODEN_N_NUMBERS 65536

/* The columns of index.csv that are no categories. */
gboolean fovea_broden_is_index_column (const char *column);

gboolean fovea_broden_read_categories (FoveaConceptSet *set, const char *folder, const FoveaCsvTable *index, GChecksum *checksum, GError **error);
gboolean fovea_broden_read_concepts (FoveaConceptSet *set, const char *folder, guint16 *labels, GChecksum *checksum, GError **error);
void fovea_broden_add_to_checksum (GChecksum *checksum, const FoveaCsvTable *table);

G_END_DECLS
