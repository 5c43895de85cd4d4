/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/images/image-set-private.h"
#include "engine/images/scene.h"

static gboolean
scenes_open (FoveaImageSet *set,
             const FoveaJob *job,
             GError **error)
{
  FoveaSceneSet *scenes = fovea_scene_set_open (error);

  if (scenes == NULL)
    return FALSE;
  set->data = scenes;
  set->n_images = fovea_scene_set_get_n_scenes (scenes);
  set->classes = g_strdupv ((GStrv) fovea_scene_set_get_classes (scenes));
  set->fingerprint = g_strdup (fovea_scene_set_get_fingerprint (scenes));
  return TRUE;
}

static void
scenes_close (FoveaImageSet *set)
{
  g_clear_pointer ((FoveaSceneSet **) &set->data, fovea_scene_set_unref);
}

static const char *
scenes_get_image_name (const FoveaImageSet *set,
                       gsize index)
{
  return fovea_scene_set_get_name (set->data, (guint) index);
}

static int
scenes_get_image_class (const FoveaImageSet *set,
                        gsize index)
{
  return fovea_scene_set_get_class (set->data, (guint) index);
}

static FoveaImage *
scenes_load_image (const FoveaImageSet *set,
                   gsize index,
                   GError **error)
{
  return fovea_scene_set_compose_image (set->data, (guint) index, error);
}

static FoveaImage *
scenes_load_silhouette (const FoveaImageSet *set,
                        gsize index,
                        GError **error)
{
  return fovea_scene_set_compose_silhouette (set->data, (guint) index, error);
}

const FoveaImageSetSource fovea_image_set_scenes = {
  .name = "scenes",
  .open = scenes_open,
  .close = scenes_close,
  .get_image_name = scenes_get_image_name,
  .get_image_class = scenes_get_image_class,
  .load_image = scenes_load_image,
  .load_silhouette = scenes_load_silhouette,
};
