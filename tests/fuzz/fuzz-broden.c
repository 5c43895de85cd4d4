/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include <glib/gstdio.h>

#include "engine/analysis/tally.h"
#include "engine/images/concept-set.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* A mask of 3 × 2 pixels for whatever the index says of a.png. */
static const guint8 mask_png[] = {
  0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0x00, 0x00, 0x0d, 0x49, 0x48, 0x44, 0x52,
  0x00, 0x00, 0x00, 0x03, 0x00, 0x00, 0x00, 0x02, 0x08, 0x02, 0x00, 0x00, 0x00, 0x12, 0x16, 0xf1,
  0x4d, 0x00, 0x00, 0x00, 0x14, 0x49, 0x44, 0x41, 0x54, 0x78, 0x9c, 0x63, 0x60, 0x64, 0x60, 0x60,
  0x62, 0x60, 0xe0, 0x64, 0x66, 0x60, 0x80, 0xb3, 0x00, 0x01, 0x16, 0x00, 0x1f, 0xba, 0x80, 0x98,
  0x11, 0x00, 0x00, 0x00, 0x00, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82,
};

static char *
make_folder (void)
{
  char *folder = g_dir_make_tmp ("fuzz-broden-XXXXXX", NULL);
  g_autofree char *images = g_build_filename (folder, "images", NULL);
  g_autofree char *mask = g_build_filename (images, "a.png", NULL);

  g_mkdir (images, 0700);
  g_assert_true (g_file_set_contents (mask, (const char *) mask_png, sizeof mask_png, NULL));
  return folder;
}

static void
load_all_masks (const FoveaConceptSet *set)
{
  gsize n_images = fovea_image_set_get_n_images (fovea_concept_set_get_images (set));
  guint n_concepts = fovea_concept_set_get_n_concepts (set);

  for (gsize i = 0; i < n_images; i++)
    {
      g_autoptr (FoveaConceptMasks) masks = fovea_concept_set_load_masks (set, i, NULL);

      for (guint m = 0; masks != NULL && m < masks->n_maps; m++)
        for (gsize p = 0; p < (gsize) masks->width * masks->height; p++)
          g_assert_cmpuint (masks->maps[m].labels[p], <=, n_concepts);
      for (guint l = 0; masks != NULL && l < masks->n_labels; l++)
        g_assert_cmpuint (masks->labels[l].concept, <, n_concepts);
    }
}

/* The bytes, up to each NUL, are the tables of a concept set; the first one is also read as a tally. */
int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize size)
{
  static const char *const names[] = { "index.csv", "category.csv", "label.csv", "c_object.csv" };
  static char *folder;
  g_autoptr (GError) error = NULL;
  g_autoptr (FoveaConceptSet) set = NULL;
  g_autoptr (FoveaTally) tally = NULL;
  g_autofree char *index = NULL;

  if (folder == NULL)
    folder = make_folder ();
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      const guint8 *end = size > 0 ? memchr (data, '\0', size) : NULL;
      gsize length = end != NULL ? (gsize) (end - data) : size;
      g_autofree char *path = g_build_filename (folder, names[i], NULL);

      if (i > 0 && length == 0)
        g_remove (path);
      else
        g_assert_true (g_file_set_contents_full (path, (const char *) data, (gssize) length, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
      data += MIN (size, length + 1);
      size -= MIN (size, length + 1);
    }

  set = fovea_concept_set_open (folder, NULL, &error);
  g_assert_true ((set == NULL) == (error != NULL));
  if (set != NULL)
    load_all_masks (set);
  index = g_build_filename (folder, names[0], NULL);
  tally = fovea_tally_read (index, NULL);
  if (tally != NULL)
    fovea_tally_summary_free (fovea_tally_summarize (tally, 0.04));
  return 0;
}
