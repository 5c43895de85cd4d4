/* The built-in scenes: photographs of things on drawn grounds, and what every pixel of them is.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/images/image.h"
#include "engine/images/stamp.h"

G_BEGIN_DECLS

/* Width and height of a scene's image, and of its label maps: one label for 2×2 pixels. */
#define FOVEA_SCENE_SIZE 256
#define FOVEA_SCENE_LABEL_SIZE 128

typedef enum {
  FOVEA_SCENE_OBJECT,
  FOVEA_SCENE_PART,
  FOVEA_SCENE_SCENE, /* one label for the whole image, no map */
  FOVEA_SCENE_MATERIAL,
  FOVEA_SCENE_TEXTURE,
  FOVEA_SCENE_COLOR,
  FOVEA_SCENE_N_CATEGORIES
} FoveaSceneCategory;

/* @number is from 1 on, without gaps, over all categories together. */
typedef struct {
  guint16 number;
  FoveaSceneCategory category;
  const char *name;
} FoveaSceneConcept;

/**
 * FoveaScene:
 * @labels: for each category a map of concept numbers, %FOVEA_SCENE_LABEL_SIZE squared, 0 where
 *   nothing of the category is; %NULL for %FOVEA_SCENE_SCENE and where the scene has nothing of it
 * @scene: the concept number of the whole image; 0 is none
 */
typedef struct {
  FoveaImage *image;
  guint16 *labels[FOVEA_SCENE_N_CATEGORIES];
  guint16 scene;
} FoveaScene;

/**
 * FoveaSceneSet:
 *
 * A list of scenes that are composed when asked for, always the same. Immutable, so any number of
 * threads may share it. Reference-counted.
 */
typedef struct _FoveaSceneSet FoveaSceneSet;

FoveaSceneSet *fovea_scene_set_open (GError **error);
FoveaSceneSet *fovea_scene_set_new (FoveaStamps *stamps);
FoveaSceneSet *fovea_scene_set_ref (FoveaSceneSet *self);
void fovea_scene_set_unref (FoveaSceneSet *self);

guint fovea_scene_set_get_n_scenes (const FoveaSceneSet *self);
const char *fovea_scene_set_get_name (const FoveaSceneSet *self, guint index);
int fovea_scene_set_get_class (const FoveaSceneSet *self, guint index);
const char *const *fovea_scene_set_get_classes (const FoveaSceneSet *self);
const FoveaSceneConcept *fovea_scene_set_get_concepts (const FoveaSceneSet *self, guint *n_concepts);
const char *fovea_scene_set_get_fingerprint (const FoveaSceneSet *self);

FoveaScene *fovea_scene_set_compose (const FoveaSceneSet *self, guint index, GError **error);
FoveaImage *fovea_scene_set_compose_image (const FoveaSceneSet *self, guint index, GError **error);
FoveaImage *fovea_scene_set_compose_silhouette (const FoveaSceneSet *self, guint index, GError **error);
void fovea_scene_free (FoveaScene *scene);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaSceneSet, fovea_scene_set_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaScene, fovea_scene_free)

G_END_DECLS
