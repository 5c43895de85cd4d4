/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/images/cue-scene.h"
#include "engine/images/image-set-private.h"

static gboolean
cues_open (FoveaImageSet *set,
           const FoveaJob *job,
           GError **error)
{
  FoveaCueSceneSet *cues = fovea_cue_scene_set_open (error);

  if (cues == NULL)
    return FALSE;
  set->data = cues;
  set->n_images = fovea_cue_scene_set_get_n_images (cues);
  set->classes = g_strdupv ((GStrv) fovea_cue_scene_set_get_classes (cues));
  set->fingerprint = g_strdup (fovea_cue_scene_set_get_fingerprint (cues));
  return TRUE;
}

static void
cues_close (FoveaImageSet *set)
{
  g_clear_pointer ((FoveaCueSceneSet **) &set->data, fovea_cue_scene_set_unref);
}

static const char *
cues_get_image_name (const FoveaImageSet *set,
                     gsize index)
{
  return fovea_cue_scene_set_get_name (set->data, (guint) index);
}

static int
cues_get_image_class (const FoveaImageSet *set,
                      gsize index)
{
  return (int) fovea_cue_scene_set_get_shape (set->data, (guint) index);
}

static FoveaImage *
cues_load_image (const FoveaImageSet *set,
                 gsize index,
                 GError **error)
{
  return fovea_cue_scene_set_make (set->data, (guint) index, error);
}

static FoveaImage *
cues_load_silhouette (const FoveaImageSet *set,
                      gsize index,
                      GError **error)
{
  return fovea_cue_scene_set_make_silhouette (set->data, (guint) index, error);
}

const FoveaImageSetSource fovea_image_set_cue_conflict = {
  .name = "cue-conflict",
  .open = cues_open,
  .close = cues_close,
  .get_image_name = cues_get_image_name,
  .get_image_class = cues_get_image_class,
  .load_image = cues_load_image,
  .load_silhouette = cues_load_silhouette,
};
