/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "engine/formats/npy.h"
#include "engine/images/image.h"
#include "engine/images/orientation.h"
#include "engine/parallel.h"
#include "engine/read-file.h"
#include "tests/scratch.h"

static FoveaImage *
make_image (guint width,
            guint height,
            guint32 seed)
{
  g_autoptr (GError) error = NULL;
  FoveaImage *image = fovea_image_new (width, height, &error);
  g_autoptr (GRand) random = g_rand_new_with_seed (seed);

  g_assert_no_error (error);
  for (gsize i = 0; i < (gsize) width * height * 3; i++)
    image->pixels[i] = g_rand_int_range (random, 0, 256);
  return image;
}

/* An image whose pixels are grey. */
static FoveaImage *
make_grey_image (guint width,
                 guint height,
                 const guint8 *levels)
{
  FoveaImage *image = make_image (width, height, 0);

  for (gsize i = 0; i < (gsize) width * height * 3; i++)
    image->pixels[i] = levels[i / 3];
  return image;
}

static void
assert_grey_levels (const FoveaImage *image,
                    guint width,
                    guint height,
                    const guint8 *levels)
{
  g_assert_nonnull (image);
  g_assert_cmpuint (image->width, ==, width);
  g_assert_cmpuint (image->height, ==, height);
  for (gsize i = 0; i < (gsize) width * height * 3; i++)
    g_assert_cmpuint (image->pixels[i], ==, levels[i / 3]);
}

static void
assert_same (const FoveaImage *a,
             const FoveaImage *b)
{
  g_assert_cmpuint (a->width, ==, b->width);
  g_assert_cmpuint (a->height, ==, b->height);
  g_assert_cmpmem (a->pixels, (gsize) a->width * a->height * 3, b->pixels, (gsize) b->width * b->height * 3);
}

static void
test_orientations (void)
{
  /* Stored: 1 2 3
   *         4 5 6 */
  static const guint8 upright[8][6] = {
    { 1, 2, 3, 4, 5, 6 }, { 3, 2, 1, 6, 5, 4 }, { 6, 5, 4, 3, 2, 1 }, { 4, 5, 6, 1, 2, 3 },
    { 1, 4, 2, 5, 3, 6 }, { 4, 1, 5, 2, 6, 3 }, { 6, 3, 5, 2, 4, 1 }, { 3, 6, 2, 5, 1, 4 },
  };

  for (guint orientation = 1; orientation <= 8; orientation++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (FoveaImage) image = fovea_image_orient (make_grey_image (3, 2, upright[0]), orientation, &error);

      g_assert_no_error (error);
      assert_grey_levels (image, orientation <= 4 ? 3 : 2, orientation <= 4 ? 2 : 3, upright[orientation - 1]);
    }
}

static void
test_resize_by_hand (void)
{
  static const guint8 four[] = { 0, 70, 140, 210 }, halved[] = { 50, 160 };
  static const guint8 two[] = { 0, 100 }, doubled[] = { 0, 25, 75, 100 };
  g_autoptr (GError) error = NULL;
  g_autoptr (FoveaImage) wide = make_grey_image (4, 1, four), tall = make_grey_image (1, 4, four);
  g_autoptr (FoveaImage) narrow = make_grey_image (2, 1, two), low = make_grey_image (1, 2, two);

  /* Halving: weights 3, 3, 1 of 7, from the triangle at distances 1/4, 1/4, 3/4. */
  g_autoptr (FoveaImage) narrower = fovea_image_resize (wide, 2, 1, &error);
  g_autoptr (FoveaImage) lower = fovea_image_resize (tall, 1, 2, &error);
  /* Doubling: weights 3 and 1 of 4 inside, the edge's pixel alone outside. */
  g_autoptr (FoveaImage) wider = fovea_image_resize (narrow, 4, 1, &error);
  g_autoptr (FoveaImage) taller = fovea_image_resize (low, 1, 4, &error);

  g_assert_no_error (error);
  assert_grey_levels (narrower, 2, 1, halved);
  assert_grey_levels (lower, 1, 2, halved);
  assert_grey_levels (wider, 4, 1, doubled);
  assert_grey_levels (taller, 1, 4, doubled);
}

static void
test_resize_keeps (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FoveaImage) image = make_image (37, 23, 1);
  g_autoptr (FoveaImage) same = fovea_image_resize (image, 37, 23, &error);
  g_autoptr (FoveaImage) white = make_image (300, 200, 1);
  g_autoptr (FoveaImage) still_white = NULL;

  g_assert_no_error (error);
  assert_same (image, same);

  memset (white->pixels, 255, 300 * 200 * 3);
  still_white = fovea_image_resize (white, 123, 77, &error);
  g_assert_no_error (error);
  for (gsize i = 0; i < 123 * 77 * 3; i++)
    g_assert_cmpuint (still_white->pixels[i], ==, 255);

  g_assert_null (fovea_image_resize (image, 100000, 100000, &error));
  g_assert_error (error, FOVEA_ERROR, FOVEA_ERROR_TOO_LARGE);
}

static void
resize_item (gsize item,
             guint worker,
             gpointer data)
{
  FoveaImage **images = data;
  g_autoptr (FoveaImage) image = make_image (211, 97, item);

  images[item] = fovea_image_resize (image, 64, 130, NULL);
}

static void
test_resize_threads (void)
{
  guint n_threads = fovea_parallel_get_n_threads ();
  FoveaImage *alone[8], *together[8];

  fovea_parallel_set_n_threads (1);
  for (gsize i = 0; i < 8; i++)
    resize_item (i, 0, alone);
  fovea_parallel_set_n_threads (4);
  fovea_parallel_for (8, resize_item, together);
  fovea_parallel_set_n_threads (n_threads);

  for (gsize i = 0; i < 8; i++)
    {
      assert_same (alone[i], together[i]);
      fovea_image_free (alone[i]);
      fovea_image_free (together[i]);
    }
}

static void
test_crop (void)
{
  static const guint8 levels[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 }, part[] = { 6, 7, 10, 11 };
  g_autoptr (FoveaImage) image = make_grey_image (4, 3, levels);
  g_autoptr (GError) error = NULL;
  g_autoptr (FoveaImage) cropped = fovea_image_crop (image, 1, 1, 2, 2, &error);
  static const guint outside[][4] = { { 3, 0, 2, 1 }, { 0, 2, 1, 2 }, { 0, 0, 5, 1 }, { G_MAXUINT, 0, 2, 1 }, { 0, 0, 0, 1 } };

  g_assert_no_error (error);
  assert_grey_levels (cropped, 2, 2, part);
  for (gsize i = 0; i < G_N_ELEMENTS (outside); i++)
    {
      g_assert_null (fovea_image_crop (image, outside[i][0], outside[i][1], outside[i][2], outside[i][3], &error));
      g_assert_error (error, FOVEA_ERROR, FOVEA_ERROR_SHAPE);
      g_clear_error (&error);
    }
}

static void
test_tensors (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FoveaImage) image = make_image (5, 3, 2);
  g_autoptr (FoveaTensor) tensor = fovea_image_to_tensor (image, &error);
  g_autoptr (FoveaImage) back = NULL;
  g_autoptr (FoveaImage) clamped = NULL;
  g_autoptr (FoveaTensor) grey = NULL;
  static const float values[] = { -1, 2, NAN, INFINITY, -INFINITY, 0.5f, 1.49f / 255, 1.51f / 255, 254.6f / 255, 0, 1, 1e30f };
  static const guint8 levels[] = { 0, 255, 0, 255, 0, 128, 1, 2, 255, 0, 255, 255 };

  g_assert_no_error (error);
  g_assert_true (fovea_tensor_has_shape (tensor, 3, (gint64[]) { 3, 3, 5 }));
  g_assert_cmpfloat (tensor->data[2 * 15 + 1 * 5 + 3], ==, image->pixels[(1 * 5 + 3) * 3 + 2] / 255.0f);
  back = fovea_image_from_tensor (tensor, &error);
  g_assert_no_error (error);
  assert_same (image, back);

  g_clear_pointer (&tensor, fovea_tensor_unref);
  tensor = fovea_tensor_new (4, (gint64[]) { 1, 3, 2, 2 }, &error);
  memcpy (tensor->data, values, sizeof values);
  clamped = fovea_image_from_tensor (tensor, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < 12; i++)
    g_assert_cmpuint (clamped->pixels[i % 4 * 3 + i / 4], ==, levels[i]);

  grey = fovea_tensor_new (3, (gint64[]) { 1, 2, 2 }, &error);
  g_assert_null (fovea_image_from_tensor (grey, &error));
  g_assert_error (error, FOVEA_ERROR, FOVEA_ERROR_SHAPE);
  g_assert_cmpstr (error->message, ==, "an array of shape [1, 2, 2] is no colour image, which is [3, height, width]");
}

static void
test_write (void)
{
  g_autoptr (FoveaScratch) folder = fovea_scratch_new ();
  g_autofree char *path = fovea_scratch_path (folder, "a.png"), *again = fovea_scratch_path (folder, "b");
  g_autofree char *missing = fovea_scratch_path (folder, "missing/c.png");
  g_autofree char *first = NULL, *second = NULL;
  g_autoptr (FoveaImage) image = make_image (31, 17, 3);
  g_autoptr (FoveaImage) read = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) chunks = g_string_new (NULL);
  g_autoptr (GDir) listing = NULL;
  gsize first_size, second_size;
  guint n_files = 0;

  g_assert_true (fovea_image_write_png (image, path, &error));
  g_assert_true (fovea_image_write_png (image, again, &error));
  g_assert_no_error (error);
  read = fovea_image_read (again, &error);
  g_assert_no_error (error);
  assert_same (image, read);

  g_file_get_contents (path, &first, &first_size, &error);
  g_file_get_contents (again, &second, &second_size, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (first, first_size, second, second_size);

  /* Nothing about when, where or by whom. */
  for (gsize at = 8; at + 12 <= first_size;)
    {
      guint32 length;
      memcpy (&length, first + at, 4);
      g_string_append_len (chunks, first + at + 4, 4);
      at += 12 + (gsize) GUINT32_FROM_BE (length);
    }
  g_assert_cmpstr (chunks->str, ==, "IHDRsRGBIDATIEND");

  g_assert_false (fovea_image_write_png (image, missing, &error));
  g_assert_error (error, FOVEA_ERROR, FOVEA_ERROR_IO);
  g_assert_true (g_str_has_prefix (error->message, missing));
  listing = g_dir_open (folder, 0, NULL);
  while (g_dir_read_name (listing) != NULL)
    n_files++;
  g_assert_cmpuint (n_files, ==, 2);
}

/* Expects fovea_image_decode() to refuse the bytes. */
static void
assert_refused (const char *bytes,
                gsize size,
                FoveaError code,
                const char *message)
{
  g_autoptr (GBytes) contents = g_bytes_new (bytes, size);
  g_autoptr (GError) error = NULL;

  g_assert_null (fovea_image_decode (contents, "photo.jpg", &error));
  g_assert_error (error, FOVEA_ERROR, (int) code);
  g_assert_cmpstr (error->message, ==, message);
}

static void
test_no_images (void)
{
  static const char enormous_png[] = "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\x7f\xff\xff\xff\x7f\xff\xff\xff\x08\x02\0\0\0\x9b\xab\x9c\x31\0\0\0\0IDAT\x35\xaf\x06\x1e";
  static const char enormous_jpeg[] = "\xff\xd8\xff\xc0\0\x0b\x08\xff\xdc\xff\xdc\x01\x01\x11\0\xff\xda\0\x08\x01\x01\0\0\x3f\0";
  static const char two_components[] = "\xff\xd8\xff\xc0\0\x0e\x08\0\x08\0\x08\x02\x01\x11\0\x02\x11\0\xff\xda\0\x0a\x02\x01\0\x02\0\0\x3f\0";
  g_autoptr (GError) error = NULL;

  assert_refused ("", 0, FOVEA_ERROR_FORMAT, "photo.jpg: the file is empty");
  assert_refused ("a letter", 8, FOVEA_ERROR_FORMAT, "photo.jpg: not an image; PNG and JPEG files are read");
  assert_refused ("\xff\xd8", 2, FOVEA_ERROR_FORMAT, "photo.jpg: not an image; PNG and JPEG files are read");
  assert_refused ("\xff\xd8\xff", 3, FOVEA_ERROR_FORMAT, "photo.jpg: this JPEG image is truncated");
  assert_refused ("\x89PNG\r\n\x1a\n", 8, FOVEA_ERROR_FORMAT, "photo.jpg: this PNG image is truncated");
  assert_refused ("RIFF\x24\0\0\0WEBPVP8 ", 16, FOVEA_ERROR_UNSUPPORTED,
                  "photo.jpg: WebP files are not supported; convert it to PNG or JPEG");
  assert_refused ("GIF89a", 6, FOVEA_ERROR_UNSUPPORTED, "photo.jpg: GIF files are not supported; convert it to PNG or JPEG");
  assert_refused (enormous_png, sizeof enormous_png - 1, FOVEA_ERROR_TOO_LARGE,
                  "photo.jpg: an image of 2147483647 × 2147483647 pixels has more than the 268 million that are supported");
  assert_refused (enormous_jpeg, sizeof enormous_jpeg - 1, FOVEA_ERROR_TOO_LARGE,
                  "photo.jpg: an image of 65500 × 65500 pixels has more than the 268 million that are supported");
  assert_refused (two_components, sizeof two_components - 1, FOVEA_ERROR_UNSUPPORTED,
                  "photo.jpg: JPEG images with 2 components are not supported");

  g_assert_null (fovea_image_read ("/nonexistent/image.png", &error));
  g_assert_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND);
  g_assert_cmpstr (error->message, ==, "/nonexistent/image.png: No such file or directory");
  g_clear_error (&error);
  g_assert_null (fovea_image_read ("/", &error));
  g_assert_error (error, FOVEA_ERROR, FOVEA_ERROR_IO);
  g_assert_cmpstr (error->message, ==, "/: Is a directory");
}

static void
test_read_file (void)
{
  g_autoptr (FoveaScratch) folder = fovea_scratch_new ();
  g_autofree char *path = fovea_scratch_path (folder, "file");
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) whole = NULL;
  g_autoptr (GBytes) device = NULL;

  g_file_set_contents (path, "0123456789", 10, &error);
  g_assert_no_error (error);
  whole = fovea_read_file (path, 10, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (whole, NULL), g_bytes_get_size (whole), "0123456789", 10);
  g_assert_null (fovea_read_file (path, 9, &error));
  g_assert_error (error, FOVEA_ERROR, FOVEA_ERROR_TOO_LARGE);
  g_clear_error (&error);

  /* A device without end stops at the limit, one without contents is empty. */
  g_assert_null (fovea_read_file ("/dev/zero", 3 << 20, &error));
  g_assert_error (error, FOVEA_ERROR, FOVEA_ERROR_TOO_LARGE);
  g_assert_cmpstr (error->message, ==, "/dev/zero: larger than the 3 MiB that are read of such a file");
  g_clear_error (&error);
  device = fovea_read_file ("/dev/null", 3 << 20, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_bytes_get_size (device), ==, 0);
}

/* A network whose only use is to want images of a size. */
static FoveaNetwork *
make_network (gint64 channels,
              gint64 height,
              gint64 width,
              gint64 resize)
{
  g_autoptr (FoveaGraph) graph = fovea_graph_new (channels, height, width);
  g_autoptr (GError) error = NULL;

  fovea_graph_add_node (graph, "relu", "Relu", (const char *[]) { "input", NULL }, NULL, NULL, &error);
  g_assert_no_error (error);
  fovea_graph_finish (graph, &error);
  g_assert_no_error (error);
  return fovea_network_new (graph, &(FoveaNetworkInfo) { .name = "test", .resize = resize });
}

/* Expects fitting to be the same as resizing to a size and cutting out at a place. */
static void
assert_fit (guint width,
            guint height,
            gint64 input_height,
            gint64 input_width,
            gint64 resize,
            guint resized_width,
            guint resized_height,
            guint x,
            guint y)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FoveaNetwork) network = make_network (3, input_height, input_width, resize);
  g_autoptr (FoveaImage) image = make_image (width, height, 5);
  g_autoptr (FoveaImage) fitted = fovea_image_fit_to_network (image, network, &error);
  g_autoptr (FoveaImage) resized = fovea_image_resize (image, resized_width, resized_height, NULL);
  g_autoptr (FoveaImage) cropped = fovea_image_crop (resized, x, y, input_width, input_height, NULL);

  g_assert_no_error (error);
  g_assert_nonnull (cropped);
  assert_same (fitted, cropped);
}

static void
test_fit (void)
{
  /* int (256 * 500 / 375) = 341; round ((341 - 224) / 2) = round (58.5) = 58, the even one. */
  assert_fit (500, 375, 224, 224, 256, 341, 256, 58, 16);
  assert_fit (375, 500, 224, 224, 256, 256, 341, 16, 58);
  /* int (256 * 270 / 201) = 343; round (59.5) = 60. */
  assert_fit (270, 201, 224, 224, 256, 343, 256, 60, 16);
  assert_fit (64, 64, 64, 64, 64, 64, 64, 0, 0);
  assert_fit (20, 10, 64, 64, 64, 128, 64, 32, 0);
  assert_fit (300, 200, 64, 64, 64, 96, 64, 16, 0);
  assert_fit (199, 301, 64, 64, 64, 64, 96, 0, 16);
  /* Inputs that are not square. */
  assert_fit (100, 100, 32, 64, 32, 64, 64, 0, 16);
  assert_fit (400, 100, 32, 64, 32, 128, 32, 32, 0);
  assert_fit (100, 400, 64, 32, 32, 32, 128, 0, 32);
  /* So long that the whole resized image would be enormous. */
  assert_fit (2000, 1, 64, 64, 64, 128000, 64, 63968, 0);
}

static void
test_fit_extremes (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FoveaNetwork) network = make_network (3, 224, 224, 256), grey = make_network (1, 28, 28, 28);
  g_autoptr (FoveaNetwork) enormous = make_network (3, 64, 64, 65536);
  g_autoptr (FoveaImage) image = make_image (1, 65500, 6);
  g_autoptr (FoveaImage) fitted = fovea_image_fit_to_network (image, network, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (fitted->height, ==, 224);

  g_assert_null (fovea_image_fit_to_network (image, enormous, &error));
  g_assert_error (error, FOVEA_ERROR, FOVEA_ERROR_TOO_LARGE);
  g_clear_error (&error);
  g_assert_null (fovea_image_fit_to_network (image, grey, &error));
  g_assert_error (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED);
  g_assert_cmpstr (error->message, ==, "network test takes 1 channels, so it cannot be shown a colour image");
}

static void
test_load_array (void)
{
  g_autoptr (FoveaScratch) folder = fovea_scratch_new ();
  g_autofree char *path = fovea_scratch_path (folder, "input.png");
  g_autofree char *message = g_strdup_printf ("%s: the array's shape is [3, 4, 5], but network test takes [3, 5, 4]", path);
  g_autoptr (GError) error = NULL;
  g_autoptr (FoveaTensor) tensor = fovea_tensor_new (3, (gint64[]) { 3, 4, 5 }, &error);
  g_autoptr (FoveaTensor) loaded = NULL;
  g_autoptr (FoveaNetwork) network = make_network (3, 4, 5, 5), other = make_network (3, 5, 4, 5);

  for (guint i = 0; i < 60; i++)
    tensor->data[i] = i / 7.0f - 1;
  g_assert_true (fovea_npy_write (tensor, path, &error));
  /* What it is is told by the contents, and the values are used as they are. */
  loaded = fovea_image_load_for_network (path, network, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (loaded->data, 240, tensor->data, 240);

  g_assert_null (fovea_image_load_for_network (path, other, &error));
  g_assert_error (error, FOVEA_ERROR, FOVEA_ERROR_SHAPE);
  g_assert_cmpstr (error->message, ==, message);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/image/orientations", test_orientations);
  g_test_add_func ("/image/resize-by-hand", test_resize_by_hand);
  g_test_add_func ("/image/resize-keeps", test_resize_keeps);
  g_test_add_func ("/image/resize-threads", test_resize_threads);
  g_test_add_func ("/image/crop", test_crop);
  g_test_add_func ("/image/tensors", test_tensors);
  g_test_add_func ("/image/write", test_write);
  g_test_add_func ("/image/no-images", test_no_images);
  g_test_add_func ("/image/read-file", test_read_file);
  g_test_add_func ("/image/fit", test_fit);
  g_test_add_func ("/image/fit-extremes", test_fit_extremes);
  g_test_add_func ("/image/load-array", test_load_array);
  return g_test_run ();
}
