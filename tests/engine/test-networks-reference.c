/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include <glib/gstdio.h>

#include "engine/formats/safetensors.h"
#include "engine/network.h"
#include "engine/plan.h"
#include "tests/python.h"
#include "tests/scratch.h"

/* What the layers and the gradient may differ by, relative to the largest value and in norm. */
#define TOLERANCE 1e-3

#define OUTPUT "output:"

typedef struct {
  const char *name; /* of reference-networks.py's case */
  const char *architecture;
  gint64 size;
  const char *training;
  guint n_modules; /* at least so many modules of torchvision must be addressable */
} Case;

static const Case cases[] = {
  { "resnet18-zip", "resnet18", 64, "", 66 },
  { "resnet18-stream-parallel", "resnet18", 64, "", 66 },
  { "resnet50-robustness", "resnet50", 64, "adversarial (L2, ε = 3)", 148 },
  { "resnet50-safetensors", "resnet50", 64, "", 148 },
  { "resnet34-zip", "resnet34", 64, "", 110 },
  { "resnet101-zip", "resnet101", 64, "", 280 },
  { "resnet152-zip", "resnet152", 64, "", 420 },
  { "wide_resnet50_2-zip", "wide_resnet50_2", 64, "", 148 },
  { "resnext50-zip", "resnext50_32x4d", 64, "", 148 },
  { "alexnet-zip-half", "alexnet", 224, "", 22 },
  { "alexnet-robustness", "alexnet", 224, "adversarial (L2, ε = 3)", 22 },
  { "googlenet-zip", "googlenet", 64, "", 216 },
  { "googlenet-robustness", "googlenet", 64, "adversarial (L2, ε = 3)", 216 },
  { "vgg11-safetensors-bfloat16", "vgg11", 224, "", 30 },
  { "vgg11_bn-stream", "vgg11_bn", 224, "", 38 },
  { "vgg13-zip", "vgg13", 224, "", 35 },
  { "vgg13_bn-zip", "vgg13_bn", 224, "", 45 },
  { "vgg16-zip", "vgg16", 224, "", 41 },
  { "vgg16_bn-zip", "vgg16_bn", 224, "", 54 },
  { "vgg19-zip", "vgg19", 224, "", 47 },
  { "vgg19_bn-zip", "vgg19_bn", 224, "", 63 },
  { "squeezenet1_0-strided", "squeezenet1_0", 224, "", 67 },
  { "squeezenet1_1-module", "squeezenet1_1", 224, "", 67 },
  { "resnet18-onnx", "", 64, "", 40 },
  { "resnet50-onnx", "", 64, "", 80 },
  { "alexnet-onnx", "", 224, "", 18 },
  { "googlenet-onnx", "", 64, "", 120 },
  { "vgg11_bn-onnx", "", 224, "", 20 },
  { "squeezenet1_1-onnx", "", 224, "", 60 },
  { "mobilenet_v2-onnx", "", 64, "", 100 },
  { "mobilenet_v3_small-onnx", "", 64, "", 100 },
  { "efficientnet_b0-onnx", "", 64, "", 150 },
  { "densenet121-onnx", "", 64, "", 200 },
};

/* Largest difference in units of the largest value. */
static double
relative_difference (const float *found,
                     const FoveaTensor *expected)
{
  double difference = 0, largest = 0;

  for (gsize i = 0; i < expected->n_elements; i++)
    {
      g_assert_true (isfinite (found[i]));
      difference = MAX (difference, fabs ((double) found[i] - expected->data[i]));
      largest = MAX (largest, fabs ((double) expected->data[i]));
    }
  g_assert_cmpfloat (largest, >, 0);
  return difference / largest;
}

/* Length of the difference in units of the expected length. */
static double
relative_norm (const float *found,
               const FoveaTensor *expected)
{
  double difference = 0, length = 0;

  for (gsize i = 0; i < expected->n_elements; i++)
    {
      difference += ((double) found[i] - expected->data[i]) * ((double) found[i] - expected->data[i]);
      length += (double) expected->data[i] * expected->data[i];
    }
  g_assert_cmpfloat (length, >, 0);
  return sqrt (difference / length);
}

/* The layers that PyTorch's modules are, each once, and for every module which of them it is. */
static GArray *
find_layers (const FoveaGraph *graph,
             const FoveaStateDict *references,
             GArray *indices)
{
  GArray *places = g_array_new (FALSE, FALSE, sizeof (guint));

  for (guint i = 0; i < fovea_state_dict_get_size (references); i++)
    {
      const char *name = fovea_state_dict_get_name (references, i);
      g_autoptr (GError) error = NULL;
      guint place;
      int index;

      if (!g_str_has_prefix (name, OUTPUT))
        continue;
      g_assert_true (fovea_graph_find (graph, name + strlen (OUTPUT), &index, &error));
      for (place = 0; place < indices->len && g_array_index (indices, int, place) != index; place++)
        ;
      if (place == indices->len)
        g_array_append_val (indices, index);
      g_array_append_val (places, place);
    }
  return places;
}

/* A gradient passes ReLUs and maxima, and among millions of them one may have its input so near zero, or two inputs so near
 * each other, that rounding turns it over: that changes the whole gradient by a thousandth, by a hundredth where maps are
 * few. So each image may be off by that much, but not all of them can. */
static void
check_gradients (FoveaPlan *plan,
                 const float *const *seeds,
                 const FoveaStateDict *references)
{
  double best = G_MAXDOUBLE;

  for (guint i = 0;; i++)
    {
      g_autofree char *image_name = g_strdup_printf ("image:%u", i);
      g_autofree char *gradient_name = g_strdup_printf ("gradient:%u", i);
      const FoveaTensor *image = fovea_state_dict_lookup (references, image_name);
      const FoveaTensor *expected = fovea_state_dict_lookup (references, gradient_name);
      g_autofree float *gradient = NULL;
      double difference;

      if (image == NULL)
        break;
      gradient = g_new (float, expected->n_elements);
      fovea_plan_forward (plan, image->data);
      fovea_plan_gradient (plan, seeds, gradient);
      difference = relative_norm (gradient, expected);
      g_test_message ("gradient %u differs by %g", i, difference);
      g_assert_cmpfloat (difference, <, 50 * TOLERANCE);
      best = MIN (best, difference);
    }
  g_assert_cmpfloat (best, <, TOLERANCE / 10);
}

static void
check_computation (FoveaGraph *graph,
                   const FoveaStateDict *references,
                   const Case *reference_case)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) indices = g_array_new (FALSE, FALSE, sizeof (int));
  g_autoptr (GArray) places = NULL;
  g_autoptr (FoveaPlan) plan = NULL;
  g_autofree const float **seeds = NULL;
  g_autofree float *seed = NULL;
  int output = fovea_graph_get_output (graph);
  const FoveaTensor *logits = fovea_state_dict_lookup (references, "logits");
  guint n_checked = 0;
  double worst = 0;

  g_array_append_val (indices, output);
  places = find_layers (graph, references, indices);
  g_assert_cmpuint (places->len, >=, reference_case->n_modules);
  plan = fovea_plan_new (graph, 1, reference_case->size, reference_case->size, indices->len, (const int *) indices->data, FOVEA_PLAN_GRADIENT, &error);
  g_assert_no_error (error);
  fovea_plan_forward (plan, fovea_state_dict_lookup (references, "image:0")->data);

  g_assert_cmpuint (fovea_shape_get_n_elements (fovea_plan_get_shape (plan, 0)), ==, logits->n_elements);
  g_assert_cmpfloat (relative_difference (fovea_plan_get_activation (plan, 0), logits), <, TOLERANCE);
  for (guint i = 0; i < fovea_state_dict_get_size (references); i++)
    {
      const FoveaTensor *expected = fovea_state_dict_get_tensor (references, i);
      guint place;
      double difference;

      if (!g_str_has_prefix (fovea_state_dict_get_name (references, i), OUTPUT))
        continue;
      place = g_array_index (places, guint, n_checked++);
      g_assert_cmpuint (fovea_shape_get_n_elements (fovea_plan_get_shape (plan, place)), ==, expected->n_elements);
      difference = relative_difference (fovea_plan_get_activation (plan, place), expected);
      if (difference >= TOLERANCE)
        g_test_message ("%s differs by %g", fovea_state_dict_get_name (references, i), difference);
      worst = MAX (worst, difference);
    }
  g_test_message ("%u modules, largest difference %g", n_checked, worst);
  g_assert_cmpfloat (worst, <, TOLERANCE);

  seeds = g_new0 (const float *, indices->len);
  seed = g_new0 (float, logits->n_elements);
  seed[3] = 1;
  seeds[0] = seed;
  check_gradients (plan, seeds, references);
}

static void
test_case (gconstpointer data)
{
  const Case *reference_case = data;
  g_autoptr (FoveaScratch) folder = fovea_scratch_new ();
  g_autofree char *checkpoint = fovea_scratch_path (folder, "network.pth");
  g_autofree char *reference_path = fovea_scratch_path (folder, "references.safetensors");
  g_autoptr (FoveaStateDict) references = NULL;
  g_autoptr (FoveaNetwork) network = NULL;
  g_autoptr (GError) error = NULL;
  const FoveaNetworkOptions options = { .architecture = { .height = reference_case->size, .width = reference_case->size } };

  if (!fovea_test_run_python ("torch, torchvision", "engine/reference-networks.py", reference_case->name, checkpoint, reference_path, NULL))
    return;
  network = fovea_network_load_with_options (checkpoint, &options, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (fovea_network_get_architecture (network), ==, reference_case->architecture);
  g_assert_cmpstr (fovea_network_get_training (network), ==, reference_case->training);

  references = fovea_safetensors_read (reference_path, &error);
  g_assert_no_error (error);
  if (fovea_state_dict_lookup (references, "logits")->n_elements == 1000)
    {
      g_assert_cmpuint (fovea_network_get_n_classes (network), ==, 1000);
      g_assert_cmpstr (fovea_network_get_classes (network)[0], ==, "tench");
    }
  else
    g_assert_cmpuint (fovea_network_get_n_classes (network), ==, 0);
  check_computation (fovea_network_get_graph (network), references, reference_case);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strconcat ("/networks-reference/", cases[i].name, NULL);

      g_test_add_data_func (path, &cases[i], test_case);
    }
  return g_test_run ();
}
