/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/ui/pictures.h"

#include <glib/gstdio.h>

#include "engine/images/image.h"

/* Stripes in one class, discs in the other, each image different. */
static void
write_picture (const char *folder,
             guint number)
{
  gboolean striped = number % 2 == 0;
  g_autofree char *parent = g_build_filename (folder, striped ? "striped" : "discs", NULL);
  g_autofree char *name = g_strdup_printf ("%02u.png", number);
  g_autofree char *path = g_build_filename (parent, name, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (FoveaImage) image = fovea_image_new (80, 64, &error);

  g_assert_no_error (error);
  for (guint y = 0; y < 64; y++)
    for (guint x = 0; x < 80; x++)
      {
        int dx = (int) x - 20 - (int) number, dy = (int) y - 30;
        gboolean on = striped ? (x + y * (number % 3)) / (2 + number / 4) % 2 == 0 : dx * dx + dy * dy < 200 + 20 * (int) number;
        guint8 *pixel = image->pixels + (y * 80 + x) * 3;

        pixel[0] = on ? 220 : 30;
        pixel[1] = on ? (guint8) (10 * number) : 90;
        pixel[2] = on ? 60 : 140;
      }
  g_assert_cmpint (g_mkdir_with_parents (parent, 0700), ==, 0);
  fovea_image_write_png (image, path, &error);
  g_assert_no_error (error);
}

/**
 * fovea_test_write_pictures:
 * @folder: where to write; it is made
 * @n_pictures: how many, at most 25
 *
 * Writes small pictures in two classes, all different.
 */
void
fovea_test_write_pictures (const char *folder,
                           guint n_pictures)
{
  for (guint i = 0; i < n_pictures; i++)
    write_picture (folder, i);
}
