/* Making small concept sets in Broden's layout for tests.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib/gstdio.h>

#include "engine/images/image.h"
#include "tests/scratch.h"

static inline void
small_broden_write (const FoveaScratch *folder,
                    const char *name,
                    const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = fovea_scratch_path (folder, name);
  g_autofree char *parent = g_path_get_dirname (path);

  g_mkdir_with_parents (parent, 0700);
  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);
}

/* A picture that looks random, the same for the same seed. */
static inline void
small_broden_write_image (const FoveaScratch *folder,
                          const char *name,
                          guint width,
                          guint height,
                          guint32 seed)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
  g_autofree char *path = fovea_scratch_path (folder, name);
  g_autofree char *parent = g_path_get_dirname (path);
  g_autoptr (FoveaImage) image = fovea_image_new (width, height, &error);

  g_assert_no_error (error);
  for (gsize i = 0; i < (gsize) width * height * 3; i++)
    image->pixels[i] = (guint8) g_rand_int (rand);
  g_mkdir_with_parents (parent, 0700);
  fovea_image_write_png (image, path, &error);
  g_assert_no_error (error);
}

/* A mask: red + 256 * green is the concept's number. */
static inline void
small_broden_write_mask (const FoveaScratch *folder,
                         const char *name,
                         guint width,
                         guint height,
                         const guint *numbers)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = fovea_scratch_path (folder, name);
  g_autofree char *parent = g_path_get_dirname (path);
  g_autoptr (FoveaImage) image = fovea_image_new (width, height, &error);

  g_assert_no_error (error);
  for (gsize i = 0; i < (gsize) width * height; i++)
    {
      image->pixels[3 * i] = (guint8) numbers[i];
      image->pixels[3 * i + 1] = (guint8) (numbers[i] >> 8);
      image->pixels[3 * i + 2] = 0;
    }
  g_mkdir_with_parents (parent, 0700);
  fovea_image_write_png (image, path, &error);
  g_assert_no_error (error);
}
