/* What a damaged file must not do is crash, hang or read what it should not; run under
 * AddressSanitizer to see the last.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

#include "engine/formats/npy.h"
#include "engine/images/image.h"
#include "tests/scratch.h"

#define N_FLIPS 3000

typedef gboolean (*DecodeFunc) (GBytes *bytes, GError **error);

static gboolean
decode_image (GBytes *bytes,
              GError **error)
{
  g_autoptr (FoveaImage) image = fovea_image_decode (bytes, "image", error);
  guint sum = 0;

  if (image == NULL)
    return FALSE;
  g_assert_cmpuint ((guint64) image->width * image->height, <=, FOVEA_IMAGE_MAX_PIXELS);
  /* The ends of what was promised are there. */
  sum = image->pixels[0] + image->pixels[(gsize) image->width * image->height * 3 - 1];
  g_assert_cmpuint (sum, <=, 510);
  return TRUE;
}

static gboolean
decode_npy (GBytes *bytes,
            GError **error)
{
  g_autoptr (FoveaTensor) tensor = fovea_npy_decode (bytes, "array", error);

  return tensor != NULL;
}

/* Every file that ends early is refused, with a sentence that names it. */
static void
check_truncated (GBytes *contents,
                 DecodeFunc decode)
{
  for (gsize size = 0; size < g_bytes_get_size (contents); size++)
    {
      /* A copy, so that reading past its end is found. */
      g_autoptr (GBytes) part = g_bytes_new (g_bytes_get_data (contents, NULL), size);
      g_autoptr (GError) error = NULL;

      g_assert_false (decode (part, &error));
      g_assert_cmpuint (error->domain, ==, FOVEA_ERROR);
      g_assert_nonnull (strstr (error->message, ": "));
    }
}

/* Changed bytes give an image or an error. */
static void
check_flipped (GBytes *contents,
               DecodeFunc decode)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (7);
  gsize size;
  const guint8 *original = g_bytes_get_data (contents, &size);
  guint n_refused = 0;

  for (guint i = 0; i < N_FLIPS; i++)
    {
      guint8 *changed = g_memdup2 (original, size);
      guint n_changes = g_rand_int_range (random, 1, 5);
      g_autoptr (GBytes) bytes = NULL;
      g_autoptr (GError) error = NULL;

      for (guint k = 0; k < n_changes; k++)
        /* Half of the changes where the structure is: at the start. */
        changed[g_rand_int_range (random, 0, g_rand_boolean (random) ? size : MIN (size, 200))] = g_rand_int_range (random, 0, 256);
      bytes = g_bytes_new_take (changed, size);
      if (!decode (bytes, &error))
        {
          g_assert_cmpuint (error->domain, ==, FOVEA_ERROR);
          n_refused++;
        }
    }
  g_assert_cmpuint (n_refused, >, N_FLIPS / 20);
}

static FoveaImage *
make_image (void)
{
  FoveaImage *image = fovea_image_new (40, 25, NULL);

  for (guint i = 0; i < 40 * 25 * 3; i++)
    image->pixels[i] = (i * 7 + i / 120 * 31) % 256;
  return image;
}

static GBytes *
encode_jpeg (J_COLOR_SPACE color_space,
             int n_components,
             gboolean progressive)
{
  struct jpeg_compress_struct info;
  struct jpeg_error_mgr errors;
  unsigned char *data = NULL;
  unsigned long size = 0;
  guint8 row[40 * 4];
  GBytes *bytes;

  info.err = jpeg_std_error (&errors);
  jpeg_create_compress (&info);
  jpeg_mem_dest (&info, &data, &size);
  info.image_width = 40;
  info.image_height = 25;
  info.input_components = n_components;
  info.in_color_space = color_space;
  jpeg_set_defaults (&info);
  if (progressive)
    jpeg_simple_progression (&info);
  info.restart_interval = progressive ? 0 : 2;
  jpeg_start_compress (&info, TRUE);
  jpeg_write_marker (&info, JPEG_APP0 + 1, (const JOCTET *) "Exif\0\0II*\0\10\0\0\0\1\0\x12\1\3\0\1\0\0\0\6\0\0\0\0\0\0\0", 32);
  for (guint y = 0; y < 25; y++)
    {
      JSAMPROW rows = row;
      for (guint i = 0; i < sizeof row; i++)
        row[i] = (i * 5 + y * 11) % 256;
      jpeg_write_scanlines (&info, &rows, 1);
    }
  jpeg_finish_compress (&info);
  jpeg_destroy_compress (&info);
  bytes = g_bytes_new (data, size);
  free (data);
  return bytes;
}

static void
test_png (void)
{
  g_autoptr (FoveaScratch) folder = fovea_scratch_new ();
  g_autofree char *path = fovea_scratch_path (folder, "image.png");
  g_autoptr (FoveaImage) image = make_image ();
  g_autoptr (GBytes) contents = NULL;
  g_autoptr (GError) error = NULL;
  char *data;
  gsize size;

  g_assert_true (fovea_image_write_png (image, path, &error));
  g_file_get_contents (path, &data, &size, &error);
  g_assert_no_error (error);
  contents = g_bytes_new_take (data, size);
  g_assert_true (decode_image (contents, &error));
  check_truncated (contents, decode_image);
  check_flipped (contents, decode_image);
}

static void
test_jpeg (gconstpointer data)
{
  guint kind = GPOINTER_TO_UINT (data);
  static const J_COLOR_SPACE color_spaces[] = { JCS_GRAYSCALE, JCS_RGB, JCS_CMYK };
  static const int n_components[] = { 1, 3, 4 };
  g_autoptr (GBytes) contents = encode_jpeg (color_spaces[kind / 2], n_components[kind / 2], kind % 2);
  g_autoptr (GError) error = NULL;
  g_autoptr (FoveaImage) image = fovea_image_decode (contents, "image", &error);

  g_assert_no_error (error);
  g_assert_cmpuint (image->width, ==, 25);
  g_assert_cmpuint (image->height, ==, 40);
  check_truncated (contents, decode_image);
  check_flipped (contents, decode_image);
}

/* A few bytes a scan could keep the decoder busy for hours. */
static void
test_scans (void)
{
  g_autoptr (GBytes) contents = encode_jpeg (JCS_GRAYSCALE, 1, TRUE);
  g_autoptr (GByteArray) bomb = g_byte_array_new ();
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;
  gsize size;
  const guint8 *data = g_bytes_get_data (contents, &size);

  g_byte_array_append (bomb, data, size - 2);
  /* One more pass over a coefficient, with no data: a start-of-scan marker alone. */
  for (guint i = 0; i < 1000; i++)
    g_byte_array_append (bomb, (const guint8 *) "\xff\xda\0\x08\x01\x01\0\1\1\0", 10);
  g_byte_array_append (bomb, data + size - 2, 2);
  bytes = g_byte_array_free_to_bytes (g_steal_pointer (&bomb));

  g_assert_false (decode_image (bytes, &error));
  g_assert_error (error, FOVEA_ERROR, FOVEA_ERROR_TOO_LARGE);
  g_assert_cmpstr (error->message, ==, "image: this JPEG image has more than 500 scans");
}

static void
test_npy (void)
{
  g_autoptr (FoveaScratch) folder = fovea_scratch_new ();
  g_autofree char *path = fovea_scratch_path (folder, "array.npy");
  g_autoptr (GError) error = NULL;
  g_autoptr (FoveaTensor) tensor = fovea_tensor_new (3, (gint64[]) { 3, 4, 5 }, &error);
  g_autoptr (GBytes) contents = NULL;
  char *data;
  gsize size;

  g_assert_true (fovea_npy_write (tensor, path, &error));
  g_file_get_contents (path, &data, &size, &error);
  g_assert_no_error (error);
  contents = g_bytes_new_take (data, size);
  g_assert_true (decode_npy (contents, &error));
  check_truncated (contents, decode_npy);
  check_flipped (contents, decode_npy);
}

int
main (int argc, char **argv)
{
  static const char *const kinds[] = { "grey", "grey-progressive", "colour", "colour-progressive", "cmyk", "cmyk-progressive" };

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/image-damage/png", test_png);
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autofree char *name = g_strdup_printf ("/image-damage/jpeg-%s", kinds[i]);
      g_test_add_data_func (name, GUINT_TO_POINTER (i), test_jpeg);
    }
  g_test_add_func ("/image-damage/scans", test_scans);
  g_test_add_func ("/image-damage/npy", test_npy);
  return g_test_run ();
}
