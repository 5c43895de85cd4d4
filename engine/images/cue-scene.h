/* The built-in cue-conflict images: one thing's outline, filled with another's texture.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/images/image.h"
#include "engine/images/stamp.h"

G_BEGIN_DECLS

/* Width and height of an image */
#define FOVEA_CUE_SCENE_SIZE 224

/**
 * FoveaCueSceneSet:
 *
 * A list of cue-conflict images that are made when asked for, always the same. Any number of threads
 * may share it. Reference-counted.
 */
typedef struct _FoveaCueSceneSet FoveaCueSceneSet;

FoveaCueSceneSet *fovea_cue_scene_set_open (GError **error);
FoveaCueSceneSet *fovea_cue_scene_set_new (FoveaStamps *stamps, const char *list, GError **error);
FoveaCueSceneSet *fovea_cue_scene_set_ref (FoveaCueSceneSet *self);
void fovea_cue_scene_set_unref (FoveaCueSceneSet *self);

guint fovea_cue_scene_set_get_n_images (const FoveaCueSceneSet *self);
const char *fovea_cue_scene_set_get_name (const FoveaCueSceneSet *self, guint index);
guint fovea_cue_scene_set_get_shape (const FoveaCueSceneSet *self, guint index);
guint fovea_cue_scene_set_get_texture (const FoveaCueSceneSet *self, guint index);
const char *const *fovea_cue_scene_set_get_classes (const FoveaCueSceneSet *self);
const char *fovea_cue_scene_set_get_fingerprint (const FoveaCueSceneSet *self);
FoveaImage *fovea_cue_scene_set_make (FoveaCueSceneSet *self, guint index, GError **error);
FoveaImage *fovea_cue_scene_set_make_silhouette (FoveaCueSceneSet *self, guint index, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaCueSceneSet, fovea_cue_scene_set_unref)

G_END_DECLS
