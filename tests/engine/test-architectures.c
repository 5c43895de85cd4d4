/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/architectures/architecture.h"

#include <math.h>
#include <string.h>

static void
add_zeros (FoveaStateDict *weights,
           const char *name,
           guint n_dimensions,
           const gint64 *shape)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FoveaTensor) tensor = fovea_tensor_new (n_dimensions, shape, &error);

  g_assert_no_error (error);
  fovea_state_dict_insert (weights, name, tensor);
}

static void
add_numbers (FoveaStateDict *weights,
             const char *name,
             const float *numbers)
{
  g_autoptr (FoveaTensor) tensor = fovea_tensor_new (3, (gint64[]) { 3, 1, 1 }, NULL);

  memcpy (tensor->data, numbers, 3 * sizeof *numbers);
  fovea_state_dict_insert (weights, name, tensor);
}

G_GNUC_PRINTF (5, 6)
static void
add_layer (FoveaStateDict *weights,
           guint n_dimensions,
           const gint64 *shape,
           gboolean bias,
           const char *format,
           ...)
{
  va_list arguments;
  g_autofree char *path = NULL;
  g_autofree char *weight_name = NULL;
  g_autofree char *bias_name = NULL;

  va_start (arguments, format);
  path = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  weight_name = g_strconcat (path, ".weight", NULL);
  bias_name = g_strconcat (path, ".bias", NULL);
  add_zeros (weights, weight_name, n_dimensions, shape);
  if (bias)
    add_zeros (weights, bias_name, 1, shape);
}

/* An AlexNet of few channels and 5 classes; @prefix is in front of all names, @last is the last layer's. */
static FoveaStateDict *
make_alexnet (const char *prefix,
              const char *last)
{
  FoveaStateDict *weights = fovea_state_dict_new ();

  add_layer (weights, 4, (gint64[]) { 4, 3, 11, 11 }, TRUE, "%sfeatures.0", prefix);
  add_layer (weights, 4, (gint64[]) { 6, 4, 5, 5 }, TRUE, "%sfeatures.3", prefix);
  add_layer (weights, 4, (gint64[]) { 8, 6, 3, 3 }, TRUE, "%sfeatures.6", prefix);
  add_layer (weights, 4, (gint64[]) { 8, 8, 3, 3 }, TRUE, "%sfeatures.8", prefix);
  add_layer (weights, 4, (gint64[]) { 2, 8, 3, 3 }, TRUE, "%sfeatures.10", prefix);
  add_layer (weights, 2, (gint64[]) { 10, 72 }, TRUE, "%sclassifier.1", prefix);
  add_layer (weights, 2, (gint64[]) { 9, 10 }, TRUE, "%sclassifier.4", prefix);
  add_layer (weights, 2, (gint64[]) { 5, 9 }, TRUE, "%s%s", prefix, last);
  return weights;
}

static void
assert_layer (const FoveaGraph *graph,
              const char *layer,
              gint64 channels,
              gint64 size)
{
  g_autoptr (GError) error = NULL;
  const FoveaShape *shape;
  int index;

  g_assert_true (fovea_graph_find (graph, layer, &index, &error));
  shape = fovea_graph_get_shape (graph, (guint) index);
  g_assert_cmpint (shape->channels, ==, channels);
  g_assert_cmpint (shape->height, ==, size);
  g_assert_cmpint (shape->width, ==, size);
}

static void
test_alexnet (void)
{
  static const char *const prefixes[] = { "", "module.", "module.model.", "model.", "net.backbone." };

  for (gsize i = 0; i < G_N_ELEMENTS (prefixes); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (FoveaStateDict) weights = make_alexnet (prefixes[i], i == 2 ? "last_layer" : "classifier.6");
      g_autoptr (FoveaGraph) graph = NULL;
      g_auto (FoveaArchitectureInfo) info = { 0 };

      graph = fovea_architecture_build (weights, NULL, &info, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (info.name, ==, "alexnet");
      g_assert_cmpint (info.n_classes, ==, 5);
      g_assert_cmpint (info.resize, ==, 256);
      assert_layer (graph, "features.0", 4, 55);
      assert_layer (graph, "features.2", 4, 27);
      assert_layer (graph, "features", 2, 6);
      assert_layer (graph, "avgpool", 2, 6);
      assert_layer (graph, "classifier", 5, 1);
      g_assert_cmpfloat (fovea_graph_get_mean (graph)[0], ==, 0.485);
      g_assert_cmpfloat (fovea_graph_get_std (graph)[2], ==, 0.225);
    }
}

/* At 448 pixels AlexNet's map has 13 × 13, which 6 does not divide; at 239 it still has 6. */
static void
test_input_size (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FoveaStateDict) weights = make_alexnet ("", "classifier.6");
  g_auto (FoveaArchitectureInfo) info = { 0 };
  g_autoptr (FoveaGraph) refused = fovea_architecture_build (weights, &(FoveaArchitectureOptions) { .height = 448, .width = 448 }, &info, &error);
  g_autoptr (FoveaGraph) larger = NULL;
  g_autoptr (FoveaGraph) divisible = NULL;

  g_assert_null (refused);
  g_assert_error (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED);
  g_assert_nonnull (strstr (error->message, "13 × 13"));
  g_clear_error (&error);

  larger = fovea_architecture_build (weights, &(FoveaArchitectureOptions) { .height = 239, .width = 239 }, &info, &error);
  g_assert_no_error (error);
  assert_layer (larger, "avgpool", 2, 6);
  fovea_architecture_info_clear (&info);

  divisible = fovea_architecture_build (weights, &(FoveaArchitectureOptions) { .height = 416, .width = 416 }, &info, &error);
  g_assert_no_error (error);
  assert_layer (divisible, "features", 2, 12);
  assert_layer (divisible, "avgpool", 2, 6);
  g_assert_cmpint (info.resize, ==, 475);
}

/* The file's own normalization counts once, the attacker's copy not at all; the caller's comes first. */
static void
test_normalization (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FoveaStateDict) weights = make_alexnet ("module.model.", "last_layer");
  g_autoptr (FoveaStateDict) attacker = make_alexnet ("module.attacker.model.", "last_layer");
  g_auto (FoveaArchitectureInfo) info = { 0 };
  g_autoptr (FoveaGraph) graph = NULL;
  g_autoptr (FoveaGraph) overridden = NULL;

  add_numbers (weights, "module.normalizer.new_mean", (const float[]) { 0.5f, 0.25f, 0.125f });
  add_numbers (weights, "module.normalizer.new_std", (const float[]) { 0.5f, 1, 2 });
  for (guint i = 0; i < fovea_state_dict_get_size (attacker); i++)
    fovea_state_dict_insert (weights, fovea_state_dict_get_name (attacker, i), fovea_state_dict_get_tensor (attacker, i));

  graph = fovea_architecture_build (weights, NULL, &info, &error);
  g_assert_no_error (error);
  g_assert_cmpfloat (fovea_graph_get_mean (graph)[1], ==, 0.25);
  g_assert_cmpfloat (fovea_graph_get_std (graph)[2], ==, 2);
  fovea_architecture_info_clear (&info);

  overridden = fovea_architecture_build (weights, &(FoveaArchitectureOptions) { .mean = (double[]) { 0, 0, 0 }, .std = (double[]) { 1, 1, 1 } }, &info, &error);
  g_assert_no_error (error);
  g_assert_cmpfloat (fovea_graph_get_mean (overridden)[1], ==, 0);
  g_assert_cmpfloat (fovea_graph_get_std (overridden)[2], ==, 1);
}

static void
add_basic_convolution (FoveaStateDict *weights,
                       const char *path,
                       gint64 n_outputs,
                       gint64 n_inputs,
                       gint64 kernel)
{
  static const char *const names[] = { "weight", "bias", "running_mean", "running_var" };

  add_layer (weights, 4, (gint64[]) { n_outputs, n_inputs, kernel, kernel }, FALSE, "%s.conv", path);
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *name = g_strdup_printf ("%s.bn.%s", path, names[i]);

      add_zeros (weights, name, 1, &n_outputs);
    }
}

/* A GoogLeNet whose every layer has one channel; with an auxiliary head, which is left out. */
static FoveaStateDict *
make_googlenet (gboolean robustness)
{
  static const char *const blocks[] = { "3a", "3b", "4a", "4b", "4c", "4d", "4e", "5a", "5b" };
  FoveaStateDict *weights = fovea_state_dict_new ();

  add_basic_convolution (weights, "conv1", 1, 3, 7);
  add_basic_convolution (weights, "conv2", 1, 1, 1);
  add_basic_convolution (weights, "conv3", 1, 1, 3);
  for (gsize i = 0; i < G_N_ELEMENTS (blocks); i++)
    {
      const char *branches[] = { "branch1", "branch2.0", "branch2.1", "branch3.0", "branch3.1", robustness ? "branch4_conv" : "branch4.1" };

      for (gsize j = 0; j < G_N_ELEMENTS (branches); j++)
        {
          g_autofree char *path = g_strdup_printf ("inception%s.%s", blocks[i], branches[j]);

          add_basic_convolution (weights, path, 1, j == 2 || j == 4 || i == 0 ? 1 : 4, j == 2 || j == 4 ? 3 : 1);
        }
    }
  add_layer (weights, 2, (gint64[]) { 3, 4 }, TRUE, "fc");
  if (!robustness)
    add_layer (weights, 2, (gint64[]) { 1024, 2048 }, TRUE, "aux1.fc1");
  return weights;
}

/* Torchvision's plain form wants the image in [-1,1], `robustness`' form does not, an option settles it. */
static void
test_transform_input (void)
{
  static const struct {
    gboolean robustness;
    FoveaTransformInput option;
    gboolean transformed;
  } cases[] = {
    { FALSE, FOVEA_TRANSFORM_INPUT_AUTOMATIC, TRUE },
    { FALSE, FOVEA_TRANSFORM_INPUT_OFF, FALSE },
    { TRUE, FOVEA_TRANSFORM_INPUT_AUTOMATIC, FALSE },
    { TRUE, FOVEA_TRANSFORM_INPUT_ON, TRUE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (FoveaStateDict) weights = make_googlenet (cases[i].robustness);
      const FoveaArchitectureOptions options = { .transform_input = cases[i].option };
      g_auto (FoveaArchitectureInfo) info = { 0 };
      g_autoptr (FoveaGraph) graph = fovea_architecture_build (weights, &options, &info, &error);

      g_assert_no_error (error);
      g_assert_cmpstr (info.name, ==, "googlenet");
      g_assert_cmpint (info.n_classes, ==, 3);
      assert_layer (graph, "maxpool1", 1, 56);
      assert_layer (graph, "inception4b.branch4", 1, 14);
      assert_layer (graph, "inception5b", 4, 7);
      for (guint channel = 0; channel < 3; channel++)
        {
          const double mean = cases[i].transformed ? 0.5 : (double[]) { 0.485, 0.456, 0.406 }[channel];
          const double std = cases[i].transformed ? 0.5 : (double[]) { 0.229, 0.224, 0.225 }[channel];

          g_assert_cmpfloat_with_epsilon (fovea_graph_get_mean (graph)[channel], mean, 1e-12);
          g_assert_cmpfloat_with_epsilon (fovea_graph_get_std (graph)[channel], std, 1e-12);
        }
    }
}

static void
assert_refused (const FoveaStateDict *weights,
                const FoveaArchitectureOptions *options,
                FoveaError code,
                const char *message)
{
  g_autoptr (GError) error = NULL;
  g_auto (FoveaArchitectureInfo) info = { 0 };
  g_autoptr (FoveaGraph) graph = fovea_architecture_build (weights, options, &info, &error);

  g_assert_null (graph);
  g_assert_error (error, FOVEA_ERROR, (int) code);
  if (!g_str_has_prefix (error->message, message))
    g_error ("'%s' instead of '%s'", error->message, message);
}

/* What is no known architecture is told what it lacks. */
static void
test_refused (void)
{
  g_autoptr (FoveaStateDict) empty = fovea_state_dict_new ();
  g_autoptr (FoveaStateDict) transformer = fovea_state_dict_new ();
  g_autoptr (FoveaStateDict) missing = fovea_state_dict_new ();
  g_autoptr (FoveaStateDict) alexnet = make_alexnet ("", "classifier.6");
  g_autoptr (FoveaStateDict) misshapen = make_alexnet ("", "classifier.6");
  g_autoptr (FoveaStateDict) contradictory = make_alexnet ("", "classifier.6");
  g_autoptr (FoveaStateDict) additional = make_alexnet ("", "classifier.6");
  g_autoptr (FoveaGraph) graph = NULL;
  g_auto (FoveaArchitectureInfo) info = { 0 };

  assert_refused (empty, NULL, FOVEA_ERROR_UNSUPPORTED, "is a state dict of an unknown architecture (0 tensors");
  add_zeros (transformer, "cls_token", 1, (gint64[]) { 8 });
  add_zeros (transformer, "blocks.0.attn.qkv.weight", 2, (gint64[]) { 24, 8 });
  assert_refused (transformer, NULL, FOVEA_ERROR_UNSUPPORTED,
                  "is a state dict of an unknown architecture (2 tensors such as 'blocks.0.attn.qkv.weight' [24, 8]); known are AlexNet");

  add_zeros (missing, "features.0.weight", 4, (gint64[]) { 4, 3, 11, 11 });
  assert_refused (missing, NULL, FOVEA_ERROR_NOT_FOUND, "looks like a state dict of alexnet, but is none: it has no 'features.3.weight'");

  add_zeros (misshapen, "features.3.weight", 4, (gint64[]) { 6, 4, 3, 3 });
  assert_refused (misshapen, NULL, FOVEA_ERROR_SHAPE,
                  "looks like a state dict of alexnet, but is none: its 'features.3.weight' has the shape [6, 4, 3, 3], not […, …, 5, 5]");

  add_zeros (contradictory, "features.6.weight", 4, (gint64[]) { 8, 7, 3, 3 });
  assert_refused (contradictory, NULL, FOVEA_ERROR_SHAPE, "cannot be opened as alexnet: node 'features.6'");

  assert_refused (alexnet, &(FoveaArchitectureOptions) { .name = "resnet50" }, FOVEA_ERROR_NOT_FOUND, "is not a state dict of resnet50: it has no 'layer1.0.conv1.weight'");
  assert_refused (alexnet, &(FoveaArchitectureOptions) { .name = "lenet" }, FOVEA_ERROR_ARGUMENT, "there is no architecture 'lenet'; known are alexnet, ");
  assert_refused (alexnet, &(FoveaArchitectureOptions) { .height = 32, .width = 32 }, FOVEA_ERROR_UNSUPPORTED, "looks like a state dict of alexnet, but is none: with this input size");

  add_zeros (additional, "features.0.gate.weight", 2, (gint64[]) { 4, 4 });
  assert_refused (additional, NULL, FOVEA_ERROR_UNSUPPORTED, "looks like a state dict of alexnet, but has the tensor 'features.0.gate.weight'");
  graph = fovea_architecture_build (additional, &(FoveaArchitectureOptions) { .name = "alexnet" }, &info, NULL);
  g_assert_nonnull (graph);
  g_assert_cmpstr (info.notes, ==, "It has tensors that the architecture does not have; they are not used.");
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/architectures/alexnet", test_alexnet);
  g_test_add_func ("/architectures/input-size", test_input_size);
  g_test_add_func ("/architectures/normalization", test_normalization);
  g_test_add_func ("/architectures/transform-input", test_transform_input);
  g_test_add_func ("/architectures/refused", test_refused);
  return g_test_run ();
}
