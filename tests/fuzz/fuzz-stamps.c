/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "engine/images/cue-scene.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* A stamp of 3 × 2 pixels for whatever the list says of a.png. */
static const guint8 stamp_png[] = {
  0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0x00, 0x00, 0x0d, 0x49, 0x48, 0x44, 0x52,
  0x00, 0x00, 0x00, 0x03, 0x00, 0x00, 0x00, 0x02, 0x08, 0x02, 0x00, 0x00, 0x00, 0x12, 0x16, 0xf1,
  0x4d, 0x00, 0x00, 0x00, 0x14, 0x49, 0x44, 0x41, 0x54, 0x78, 0x9c, 0x63, 0x60, 0x64, 0x60, 0x60,
  0x62, 0x60, 0xe0, 0x64, 0x66, 0x60, 0x80, 0xb3, 0x00, 0x01, 0x16, 0x00, 0x1f, 0xba, 0x80, 0x98,
  0x11, 0x00, 0x00, 0x00, 0x00, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82,
};

static void
write_file (const char *path,
            const void *data,
            gsize size)
{
  g_assert_true (g_file_set_contents_full (path, data, (gssize) size, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
}

/* The bytes up to the first NUL are a list of stamps, those behind it a list of cue-conflict images of them. */
int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize size)
{
  static char *folder, *stamps_path, *cues_path;
  const guint8 *end = size > 0 ? memchr (data, '\0', size) : NULL;
  const gsize length = end != NULL ? (gsize) (end - data) : size, rest = MIN (size, length + 1);
  g_autoptr (GError) error = NULL;
  g_autoptr (FoveaStamps) stamps = NULL;
  g_autoptr (FoveaCueSceneSet) cues = NULL;

  if (folder == NULL)
    {
      g_autofree char *stamp = NULL;

      folder = g_dir_make_tmp ("fuzz-stamps-XXXXXX", NULL);
      stamp = g_build_filename (folder, "a.png", NULL);
      stamps_path = g_build_filename (folder, "stamps.tsv", NULL);
      cues_path = g_build_filename (folder, "cues.tsv", NULL);
      write_file (stamp, stamp_png, sizeof stamp_png);
    }
  write_file (stamps_path, data, length);
  write_file (cues_path, data + rest, size - rest);

  stamps = fovea_stamps_open (stamps_path, folder, &error);
  g_assert_true ((stamps == NULL) == (error != NULL));
  if (stamps == NULL)
    return 0;
  for (guint i = 0; i < MIN (fovea_stamps_get_n_stamps (stamps), 4); i++)
    fovea_stamps_load (stamps, i, NULL);
  cues = fovea_cue_scene_set_new (stamps, cues_path, NULL);
  if (cues != NULL && fovea_cue_scene_set_get_n_images (cues) > 0)
    {
      g_autoptr (FoveaImage) image = fovea_cue_scene_set_make (cues, 0, NULL);
      g_autoptr (FoveaImage) silhouette = fovea_cue_scene_set_make_silhouette (cues, 0, NULL);
    }
  return 0;
}
