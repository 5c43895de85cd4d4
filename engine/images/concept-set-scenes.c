/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "engine/images/concept-set-private.h"
#include "engine/images/scene.h"

static void
close_scenes (FoveaConceptSet *set)
{
  g_clear_pointer ((FoveaSceneSet **) &set->data, fovea_scene_set_unref);
}

/* Concepts are numbered from 1 without gaps, so a scene's labels are a concept set's. */
static FoveaConceptMasks *
make_masks (const FoveaScene *scene,
            GError **error)
{
  g_autoptr (FoveaConceptMasks) masks = fovea_concept_masks_new (FOVEA_SCENE_LABEL_SIZE, FOVEA_SCENE_LABEL_SIZE, FOVEA_SCENE_N_CATEGORIES, 1, error);

  if (masks == NULL)
    return NULL;
  for (guint category = 0; category < FOVEA_SCENE_N_CATEGORIES; category++)
    {
      guint16 *labels;

      if (scene->labels[category] == NULL)
        continue;
      labels = fovea_concept_masks_add_map (masks, category);
      if (labels == NULL)
        {
          g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_TOO_LARGE, "no memory for a scene's masks");
          return NULL;
        }
      memcpy (labels, scene->labels[category], FOVEA_SCENE_LABEL_SIZE * FOVEA_SCENE_LABEL_SIZE * sizeof (guint16));
    }
  if (scene->scene > 0)
    fovea_concept_masks_add_label (masks, FOVEA_SCENE_SCENE, scene->scene - 1u);
  return g_steal_pointer (&masks);
}

static FoveaConceptMasks *
load_masks (const FoveaConceptSet *set,
            gsize image,
            GError **error)
{
  g_autoptr (FoveaScene) scene = fovea_scene_set_compose (set->data, (guint) image, error);

  return scene != NULL ? make_masks (scene, error) : NULL;
}

static gboolean
load (const FoveaConceptSet *set,
      gsize index,
      FoveaImage **image,
      FoveaConceptMasks **masks,
      GError **error)
{
  g_autoptr (FoveaScene) scene = fovea_scene_set_compose (set->data, (guint) index, error);

  if (scene != NULL)
    *masks = make_masks (scene, error);
  if (*masks != NULL)
    *image = g_steal_pointer (&scene->image);
  return *masks != NULL;
}

static const FoveaConceptSetSource scenes_source = {
  .close = close_scenes,
  .load_masks = load_masks,
  .load = load,
};

/**
 * fovea_concept_set_open_scenes:
 * @error: as fovea_scene_set_open()
 *
 * The built-in scenes: what stands on them and of what, where it has which texture and which of the eleven basic
 * colours, and what the whole is.
 *
 * Returns: (transfer full): the set, or %NULL
 */
FoveaConceptSet *
fovea_concept_set_open_scenes (GError **error)
{
  static const char *const categories[FOVEA_SCENE_N_CATEGORIES] = {
    [FOVEA_SCENE_OBJECT] = "object",
    [FOVEA_SCENE_PART] = "part",
    [FOVEA_SCENE_SCENE] = "scene",
    [FOVEA_SCENE_MATERIAL] = "material",
    [FOVEA_SCENE_TEXTURE] = "texture",
    [FOVEA_SCENE_COLOR] = "color",
  };
  g_autoptr (FoveaConceptSet) set = fovea_concept_set_new (&scenes_source);
  const FoveaSceneConcept *concepts;
  guint n_concepts;

  set->data = fovea_scene_set_open (error);
  if (set->data == NULL)
    return NULL;
  set->images = fovea_image_set_open (FOVEA_CONCEPT_SET_SCENES, error);
  if (set->images == NULL)
    return NULL;
  for (guint i = 0; i < FOVEA_SCENE_N_CATEGORIES; i++)
    fovea_concept_set_add_category (set, categories[i]);
  concepts = fovea_scene_set_get_concepts (set->data, &n_concepts);
  for (guint i = 0; i < n_concepts; i++)
    {
      g_assert (concepts[i].number == i + 1);
      fovea_concept_set_add_concept (set, concepts[i].number, concepts[i].name, concepts[i].category);
    }
  set->fingerprint = g_strdup (fovea_scene_set_get_fingerprint (set->data));
  return g_steal_pointer (&set);
}
