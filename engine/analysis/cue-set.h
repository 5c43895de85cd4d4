/* Images whose shape says one thing and whose texture another, and what each says.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/images/image-set.h"

G_BEGIN_DECLS

/**
 * FoveaCue:
 * @image: which image of the set
 * @shape, @texture: the categories of the two cues; never the same
 */
typedef struct {
  gsize image;
  guint shape;
  guint texture;
} FoveaCue;

/**
 * FoveaCueSet:
 *
 * The cue-conflict images of an image set, told by their names: `SHAPEn-TEXTUREm.png`, such as
 * `cat/cat3-elephant2.png`. Immutable, so any number of threads may share it. Reference-counted.
 */
typedef struct _FoveaCueSet FoveaCueSet;

FoveaCueSet *fovea_cue_set_new (FoveaImageSet *images, GError **error);
FoveaCueSet *fovea_cue_set_ref (FoveaCueSet *set);
void fovea_cue_set_unref (FoveaCueSet *set);

FoveaImageSet *fovea_cue_set_get_images (const FoveaCueSet *set);
guint fovea_cue_set_get_n_categories (const FoveaCueSet *set);
const char *const *fovea_cue_set_get_categories (const FoveaCueSet *set); /* NULL-terminated */
gsize fovea_cue_set_get_n_cues (const FoveaCueSet *set);
const FoveaCue *fovea_cue_set_get_cue (const FoveaCueSet *set, gsize index);
int fovea_cue_set_find_cue (const FoveaCueSet *set, gsize image); /* -1: no cue conflict */
gsize fovea_cue_set_get_n_same (const FoveaCueSet *set);       /* shape and texture agree */
gsize fovea_cue_set_get_n_unlabelled (const FoveaCueSet *set); /* the name carries no cue */
const char *fovea_cue_set_get_first_unlabelled (const FoveaCueSet *set); /* nullable */

gboolean fovea_cue_parse_name (const char *name, char **shape, char **texture);
gboolean fovea_cue_parse_trial_name (const char *name, char **shape, char **texture);
char *fovea_category_normalize (const char *name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaCueSet, fovea_cue_set_unref)

G_END_DECLS
