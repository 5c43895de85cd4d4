/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "engine/images/image.h"
#include "tests/python.h"
#include "tests/scratch.h"

/* Called for each line of a list that the script wrote. */
typedef void (*LineFunc) (const FoveaScratch *folder, const char *file, guint width, guint height, const char *reference);

static void
for_each_line (const FoveaScratch *folder,
               const char *list,
               guint n_expected,
               LineFunc func)
{
  g_autofree char *path = fovea_scratch_path (folder, list);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) lines = NULL;
  guint n_lines = 0;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  lines = g_strsplit (g_strchomp (text), "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++, n_lines++)
    {
      g_auto (GStrv) words = g_strsplit (lines[i], " ", 4);

      g_assert_cmpuint (g_strv_length (words), ==, 4);
      func (folder, words[0], strtoul (words[1], NULL, 10), strtoul (words[2], NULL, 10), words[3]);
    }
  g_assert_cmpuint (n_lines, >=, n_expected);
}

/* Fails unless the pixels are those of the file, up to @tolerance grey levels. */
static void
assert_pixels (const FoveaScratch *folder,
               const char *name,
               const FoveaImage *image,
               const char *reference,
               int tolerance)
{
  g_autofree char *path = fovea_scratch_path (folder, reference);
  g_autofree char *expected = NULL;
  g_autoptr (GError) error = NULL;
  gsize size;

  g_file_get_contents (path, &expected, &size, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (size, ==, (gsize) image->width * image->height * 3);
  for (gsize i = 0; i < size; i++)
    if (abs (image->pixels[i] - (guint8) expected[i]) > tolerance)
      {
        g_test_message ("%s: channel %" G_GSIZE_FORMAT " of pixel %" G_GSIZE_FORMAT " is %u, not %u", name,
                        i % 3, i / 3, image->pixels[i], (guint8) expected[i]);
        g_test_fail ();
        return;
      }
}

static void
check_decoded (const FoveaScratch *folder,
               const char *file,
               guint width,
               guint height,
               const char *reference)
{
  g_autofree char *path = fovea_scratch_path (folder, file);
  g_autoptr (GError) error = NULL;
  g_autoptr (FoveaImage) image = fovea_image_read (path, &error);

  if (width == 0)
    {
      g_autofree char *start = g_strconcat (path, ": ", NULL);

      if (image != NULL)
        g_test_message ("%s: was decoded, but Pillow refuses it", file);
      g_assert_null (image);
      g_assert_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT);
      g_assert_true (g_str_has_prefix (error->message, start));
      return;
    }
  if (image == NULL)
    g_test_message ("%s", error->message);
  g_assert_no_error (error);
  g_assert_cmpuint (image->width, ==, width);
  g_assert_cmpuint (image->height, ==, height);
  /* PNG is exact; so is JPEG where Pillow uses the same library, and others may round otherwise. */
  assert_pixels (folder, file, image, reference, g_str_has_suffix (file, ".png") ? 0 : 1);
}

static void
check_resized (const FoveaScratch *folder,
               const char *file,
               guint width,
               guint height,
               const char *reference)
{
  g_autofree char *path = fovea_scratch_path (folder, file);
  g_autoptr (GError) error = NULL;
  g_autoptr (FoveaImage) image = fovea_image_read (path, &error);
  g_autoptr (FoveaImage) resized = NULL;

  g_assert_no_error (error);
  resized = fovea_image_resize (image, width, height, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (resized->width, ==, width);
  g_assert_cmpuint (resized->height, ==, height);
  assert_pixels (folder, reference, resized, reference, 0);
}

static void
test_generated (void)
{
  g_autoptr (FoveaScratch) folder = fovea_scratch_new ();

  if (!fovea_test_run_python ("numpy, PIL", "engine/reference-images.py", folder, NULL))
    return;
  for_each_line (folder, "decode.txt", 400, check_decoded);
  for_each_line (folder, "resize.txt", 60, check_resized);
}

/* A network whose only use is to want images of a size. */
static FoveaNetwork *
make_network (gint64 height,
              gint64 width,
              gint64 resize)
{
  g_autoptr (FoveaGraph) graph = fovea_graph_new (3, height, width);
  g_autoptr (GError) error = NULL;

  fovea_graph_add_node (graph, "relu", "Relu", (const char *[]) { "input", NULL }, NULL, NULL, &error);
  g_assert_no_error (error);
  fovea_graph_finish (graph, &error);
  g_assert_no_error (error);
  return fovea_network_new (graph, &(FoveaNetworkInfo) { .name = "test", .resize = resize });
}

static void
check_preprocessed (const FoveaScratch *folder,
                    const char *file,
                    guint size,
                    guint resize,
                    const char *reference)
{
  g_autoptr (FoveaNetwork) network = make_network (size, size, resize);
  g_autoptr (GError) error = NULL;
  g_autoptr (FoveaTensor) tensor = fovea_image_load_for_network (file, network, &error);
  g_autofree char *path = fovea_scratch_path (folder, reference);
  g_autofree char *expected = NULL;
  float greatest = 0;
  gsize n_bytes;

  g_assert_no_error (error);
  g_assert_true (fovea_tensor_has_shape (tensor, 3, (gint64[]) { 3, size, size }));
  g_file_get_contents (path, &expected, &n_bytes, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (n_bytes, ==, tensor->n_elements * sizeof (float));
  for (gsize i = 0; i < tensor->n_elements; i++)
    {
      float value;
      memcpy (&value, expected + i * sizeof value, sizeof value);
      greatest = MAX (greatest, ABS (value - tensor->data[i]));
    }
  if (greatest > 1.001f / 255)
    g_test_message ("%s: differs by %g", file, greatest);
  g_assert_cmpfloat (greatest, <=, 1.001f / 255);
}

static void
test_photographs (void)
{
  g_autofree char *photographs = fovea_shared_path ("data/imagenet-samples");
  g_autoptr (FoveaScratch) folder = NULL;

  if (photographs == NULL)
    return;
  folder = fovea_scratch_new ();
  if (!fovea_test_run_python ("torchvision, PIL", "engine/reference-preprocessing.py", folder, photographs, NULL))
    return;
  for_each_line (folder, "preprocess.txt", 30, check_preprocessed);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/image-against-pillow/generated", test_generated);
  g_test_add_func ("/image-against-pillow/photographs", test_photographs);
  return g_test_run ();
}
