/* What people know better than a network's file: ONNX files hold neither class names nor a normalization, and some leave
 * the input's size open.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/overrides.h"

#include <math.h>
#include <string.h>

#include "engine/analysis/classify.h"
#include "engine/error.h"
#include "engine/formats/safetensors.h"
#include "engine/library.h"
#include "engine/plan.h"
#include "tests/scratch.h"

#define N_CLASSES 5

static const char *const classes[N_CLASSES] = { "cat", "stem", "leaf, green", "Türe", "the last" };

/* Opened as they are, the models want 12 × 12 pixels, normalized as ImageNet's. */
static char *
get_model (const char *name)
{
  return g_test_build_filename (G_TEST_DIST, "data", "onnx", name, NULL);
}

static char *
write_labels (const FoveaScratch *folder,
              guint n_classes)
{
  g_autoptr (GString) text = g_string_new (NULL);
  char *path = fovea_scratch_path (folder, "labels.txt");

  for (guint i = 0; i < n_classes; i++)
    g_string_append_printf (text, "%s\n", classes[i]);
  g_assert_true (g_file_set_contents (path, text->str, -1, NULL));
  return path;
}

static void
make_overrides (const char *labels,
                FoveaOverrides *overrides)
{
  g_autoptr (GError) error = NULL;

  *overrides = (FoveaOverrides) { .labels = g_strdup (labels) };
  g_assert_true (fovea_overrides_parse_mean (overrides, "0.1, 0.2,0.3", &error));
  g_assert_true (fovea_overrides_parse_std (overrides, "0.4,0.5 ,0.625", &error));
  g_assert_true (fovea_overrides_parse_input (overrides, "13x12", &error));
}

static void
compute_output (const FoveaNetwork *network,
                const float *image,
                float output[N_CLASSES])
{
  FoveaGraph *graph = fovea_network_get_graph (network);
  const FoveaShape *input = fovea_graph_get_input_shape (graph);
  const int node = fovea_graph_get_output (graph);
  g_autoptr (GError) error = NULL;
  g_autoptr (FoveaPlan) plan = fovea_plan_new (graph, 1, input->height, input->width, 1, &node, FOVEA_PLAN_FORWARD, &error);

  g_assert_no_error (error);
  fovea_plan_forward (plan, image);
  memcpy (output, fovea_plan_get_activation (plan, 0), N_CLASSES * sizeof (float));
}

/* The network is asked about images as if it had been trained with the new normalization: what it sees of an image is what
 * it sees without overrides of the image that their normalizations make the same. */
static void
check_normalization (const FoveaNetwork *network,
                     const FoveaNetwork *plain)
{
  const double mean[3] = { 0.1, 0.2, 0.3 }, std[3] = { 0.4, 0.5, 0.625 };
  const double usual_mean[3] = { 0.485, 0.456, 0.406 }, usual_std[3] = { 0.229, 0.224, 0.225 };
  const gsize n_pixels = 12 * 12;
  float image[3 * 12 * 12], same[3 * 12 * 12], found[N_CLASSES], expected[N_CLASSES];
  float difference = 0;

  for (guint i = 0; i < G_N_ELEMENTS (image); i++)
    {
      const gsize color = i / n_pixels;

      image[i] = (float) (i * 37 % 101) / 100;
      same[i] = (float) (((double) image[i] - mean[color]) / std[color] * usual_std[color] + usual_mean[color]);
    }
  compute_output (network, image, found);
  compute_output (plain, same, expected);
  for (guint i = 0; i < N_CLASSES; i++)
    g_assert_cmpfloat_with_epsilon (found[i], expected[i], 1e-4);
  compute_output (plain, image, expected);
  for (guint i = 0; i < N_CLASSES; i++)
    difference = MAX (difference, fabsf (found[i] - expected[i]));
  g_assert_cmpfloat (difference, >, 1e-2);
}

static void
assert_overridden (const FoveaNetwork *network)
{
  FoveaGraph *graph = fovea_network_get_graph (network);

  for (guint i = 0; i < N_CLASSES; i++)
    g_assert_cmpstr (fovea_class_get_label (network, i), ==, classes[i]);
  g_assert_cmpint (fovea_graph_get_input_shape (graph)->height, ==, 13);
  g_assert_cmpint (fovea_graph_get_input_shape (graph)->width, ==, 12);
  g_assert_cmpfloat (fovea_graph_get_mean (graph)[0], ==, 0.1);
  g_assert_cmpfloat (fovea_graph_get_mean (graph)[2], ==, 0.3);
  g_assert_cmpfloat (fovea_graph_get_std (graph)[0], ==, 0.4);
  g_assert_cmpfloat (fovea_graph_get_std (graph)[2], ==, 0.625);
}

static void
test_open (void)
{
  g_autoptr (FoveaScratch) folder = fovea_scratch_new ();
  g_autofree char *labels = write_labels (folder, N_CLASSES);
  g_autofree char *model = get_model ("exported.onnx");
  g_auto (FoveaOverrides) overrides = { 0 };
  g_auto (FoveaOverrides) nothing = { 0 };
  g_auto (FoveaOverrides) normalization = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (FoveaNetwork) plain = fovea_library_open_with_overrides (model, &nothing, &error);
  g_autoptr (FoveaNetwork) network = NULL;
  g_autoptr (FoveaNetwork) normalized = NULL;

  g_assert_no_error (error);
  g_assert_null (fovea_class_get_label (plain, 0));
  g_assert_cmpint (fovea_graph_get_input_shape (fovea_network_get_graph (plain))->height, ==, 12);

  make_overrides (labels, &overrides);
  network = fovea_library_open_with_overrides (model, &overrides, &error);
  g_assert_no_error (error);
  assert_overridden (network);

  make_overrides (NULL, &normalization);
  normalization.height = normalization.width = 0;
  normalized = fovea_library_open_with_overrides (model, &normalization, &error);
  g_assert_no_error (error);
  check_normalization (normalized, plain);
}

/* The library keeps them until they are changed; the command line's are stronger, for one time. */
static void
test_library (void)
{
  g_autoptr (FoveaScratch) folder = fovea_scratch_new ();
  g_autofree char *labels = write_labels (folder, N_CLASSES);
  g_autofree char *model = get_model ("exported.onnx");
  g_auto (FoveaOverrides) overrides = { 0 };
  g_auto (FoveaOverrides) stronger = { 0 };
  g_autoptr (GError) error = NULL;
  g_autofree char *name = NULL;

  make_overrides (labels, &overrides);
  name = fovea_library_add (model, "tiny model", &overrides, FALSE, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (name, ==, "tiny model");
  {
    g_autoptr (FoveaNetwork) network = fovea_library_open (name, &error);

    g_assert_no_error (error);
    assert_overridden (network);
    g_assert_cmpstr (fovea_network_get_name (network), ==, "tiny model");
  }
  g_assert_true (fovea_overrides_parse_input (&stronger, "13", &error));
  g_assert_true (fovea_overrides_parse_mean (&stronger, "0,0,-1e-3", &error));
  {
    g_autoptr (FoveaNetwork) network = fovea_library_open_with_overrides (name, &stronger, &error);

    g_assert_no_error (error);
    g_assert_cmpint (fovea_graph_get_input_shape (fovea_network_get_graph (network))->width, ==, 13);
    g_assert_cmpfloat (fovea_graph_get_mean (fovea_network_get_graph (network))[2], ==, -1e-3);
    g_assert_cmpfloat (fovea_graph_get_std (fovea_network_get_graph (network))[2], ==, 0.625);
    g_assert_cmpstr (fovea_class_get_label (network, 3), ==, "Türe");
  }

  g_assert_true (fovea_library_change (name, &stronger, &error));
  g_assert_no_error (error);
  {
    g_autoptr (FoveaNetwork) network = fovea_library_open (name, &error);

    g_assert_no_error (error);
    g_assert_cmpint (fovea_graph_get_input_shape (fovea_network_get_graph (network))->height, ==, 13);
    g_assert_cmpfloat (fovea_graph_get_std (fovea_network_get_graph (network))[2], ==, 0.225);
    g_assert_null (fovea_class_get_label (network, 3));
  }
  g_assert_true (fovea_library_remove (name, &error));
}

/* Too few names, none at all, and a size that the model's layers cannot take. */
static void
test_unfit (void)
{
  g_autoptr (FoveaScratch) folder = fovea_scratch_new ();
  g_autofree char *labels = write_labels (folder, N_CLASSES - 1);
  g_autofree char *missing = fovea_scratch_path (folder, "nothing.txt");
  g_autofree char *model = get_model ("exported.onnx");
  g_autoptr (GError) error = NULL;

  g_assert_null (fovea_library_open_with_overrides (model, &(FoveaOverrides){ .labels = labels }, &error));
  g_assert_error (error, FOVEA_ERROR, FOVEA_ERROR_ARGUMENT);
  g_assert_nonnull (strstr (error->message, "labels.txt: names 4 classes, but the network has 5"));
  g_clear_error (&error);
  g_assert_null (fovea_library_open_with_overrides (model, &(FoveaOverrides){ .labels = missing }, &error));
  g_assert_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (error->message, "nothing.txt"));
  g_clear_error (&error);
  g_assert_null (fovea_library_open_with_overrides (model, &(FoveaOverrides){ .height = 20, .width = 16 }, &error));
  g_assert_error (error, FOVEA_ERROR, FOVEA_ERROR_SHAPE);
  g_assert_nonnull (strstr (error->message, "node 'head' wants B of shape [5, 120], but the file has [5, 54]"));
}

/* What cannot be meant is refused, and leaves the overrides as they were. */
static void
test_parse (void)
{
  static const char *const colors[] = { "", "1", "1,2", "1,2,3,4", "1,2,x", "1;2;3", "nan,0,0", "inf,1,1", "1,2,3 cats", "1,,2" };
  static const char *const sizes[] = { "", "0", "-1", "4097", "x", "10x", "x10", "10x0", "1e2", "10x10x10", "99999999999999999999" };
  g_auto (FoveaOverrides) overrides = { 0 };
  g_auto (FoveaOverrides) copy = { 0 };
  g_autofree char *text = NULL;
  g_autofree char *size = NULL;

  make_overrides ("labels.txt", &overrides);
  fovea_overrides_copy (&overrides, &copy);
  for (guint i = 0; i < G_N_ELEMENTS (colors); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GError) other = NULL;

      g_assert_false (fovea_overrides_parse_mean (&overrides, colors[i], &error));
      g_assert_error (error, FOVEA_ERROR, FOVEA_ERROR_ARGUMENT);
      g_assert_false (fovea_overrides_parse_std (&overrides, colors[i], &other));
      g_assert_error (other, FOVEA_ERROR, FOVEA_ERROR_ARGUMENT);
    }
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (fovea_overrides_parse_input (&overrides, sizes[i], &error));
      g_assert_error (error, FOVEA_ERROR, FOVEA_ERROR_ARGUMENT);
    }
  g_assert_false (fovea_overrides_parse_std (&overrides, "0.1,0,0.1", NULL));
  g_assert_true (fovea_overrides_equal (&overrides, &copy));
  g_assert_false (fovea_overrides_is_empty (&copy));

  /* What is written is read again as the same number. */
  text = fovea_overrides_format_color ((double[]) { 1.0 / 3, 0.1, -2.5e-7 });
  g_assert_true (fovea_overrides_parse_mean (&copy, text, NULL));
  g_assert_cmpfloat (copy.mean[0], ==, 1.0 / 3);
  g_assert_cmpfloat (copy.mean[1], ==, 0.1);
  g_assert_cmpfloat (copy.mean[2], ==, -2.5e-7);
  g_assert_false (fovea_overrides_equal (&overrides, &copy));
  size = fovea_overrides_format_input (copy.height, copy.width);
  g_assert_cmpstr (size, ==, "13x12");
}

int
main (int argc,
      char **argv)
{
  g_autoptr (FoveaScratch) home = fovea_scratch_new ();

  g_setenv ("XDG_DATA_HOME", home, TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/overrides/onnx/open", test_open);
  g_test_add_func ("/overrides/onnx/library", test_library);
  g_test_add_func ("/overrides/onnx/unfit", test_unfit);
  g_test_add_func ("/overrides/parse", test_parse);
  return g_test_run ();
}
