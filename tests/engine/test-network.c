/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/network.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "engine/formats/native.h"
#include "engine/formats/safetensors.h"
#include "engine/library.h"
#include "engine/plan.h"
#include "engine/receptive-field.h"

static char *folder;

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

static void
check_references (const FoveaNetwork *network,
                  const char *name)
{
  static const char *const layers[] = { "conv1", "relu2", "bn4", "relu5", "fc7" };
  g_autoptr (GError) error = NULL;
  g_autofree char *file = g_strdup_printf ("%s.check.safetensors", name);
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "data", file, NULL);
  g_autoptr (FoveaStateDict) references = fovea_safetensors_read (path, &error);
  g_autoptr (FoveaPlan) plan = NULL;
  g_autofree float *gradient = NULL;
  g_autofree float *seed = NULL;
  const float *seeds[G_N_ELEMENTS (layers)] = { NULL };
  int indices[G_N_ELEMENTS (layers)];

  g_assert_no_error (error);
  for (guint i = 0; i < G_N_ELEMENTS (layers); i++)
    g_assert_true (fovea_graph_find (fovea_network_get_graph (network), layers[i], &indices[i], NULL));
  plan = fovea_plan_new (fovea_network_get_graph (network), 1, 64, 64, G_N_ELEMENTS (layers), indices, FOVEA_PLAN_GRADIENT, &error);
  g_assert_no_error (error);

  fovea_plan_forward (plan, fovea_state_dict_lookup (references, "input")->data);
  for (guint i = 0; i < G_N_ELEMENTS (layers); i++)
    {
      const FoveaTensor *expected = fovea_state_dict_lookup (references, layers[i]);

      g_assert_cmpuint (fovea_shape_get_n_elements (fovea_plan_get_shape (plan, i)), ==, expected->n_elements);
      g_assert_cmpfloat (relative_difference (fovea_plan_get_activation (plan, i), expected), <, 1e-4);
    }

  seed = g_new0 (float, 160 * 8 * 8);
  for (guint i = 0; i < 64; i++)
    seed[5 * 64 + i] = 1.f / 64;
  seeds[2] = seed;
  gradient = g_new (float, 3 * 64 * 64);
  fovea_plan_gradient (plan, seeds, gradient);
  g_assert_cmpfloat (relative_difference (gradient, fovea_state_dict_lookup (references, "gradient.bn4:5")), <, 1e-4);
}

static void
test_references (gconstpointer data)
{
  const char *name = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (FoveaNetwork) network = fovea_library_open (name, &error);

  g_assert_no_error (error);
  check_references (network, name);
}

/* What is written and read again computes the same. */
static void
test_round_trip (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FoveaNetwork) network = fovea_library_open ("alexnet-64-robust", &error);
  g_autoptr (FoveaNetwork) again = NULL;
  g_autofree char *path = g_build_filename (folder, "again.safetensors", NULL);

  g_assert_no_error (error);
  g_assert_true (fovea_native_write (network, path, &error));
  again = fovea_network_load (path, &error);
  g_assert_no_error (error);
  check_references (again, "alexnet-64-robust");
  g_assert_cmpstr (fovea_network_get_name (again), ==, "again");
  g_assert_cmpstr (fovea_network_get_training (again), ==, fovea_network_get_training (network));
  g_assert_cmpstrv (fovea_network_get_classes (again), fovea_network_get_classes (network));
  g_assert_cmpint (fovea_network_get_resize (again), ==, 64);
  g_assert_cmpuint (fovea_network_get_weight_bytes (again), ==, fovea_network_get_weight_bytes (network));
  g_assert_cmpuint (strlen (fovea_network_get_sha256 (again)), ==, 64);
}

static void
test_neurons (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FoveaNetwork) network = fovea_library_open ("alexnet-64-standard", &error);
  FoveaNeuron neuron;
  g_autofree char *address = NULL;
  static const char *const wrong[] = {
    "conv3", "conv3:", "conv3:-1", "conv3:x", ":3", "conv3:1:2", "conv3:1:2,", "conv3:1:2,3,4", "conv3:160", "conv3:0:8,0", "conv3:0:0,8",
    "nothing:1", "conv3:1 ", "conv3:99999999999999999999",
  };

  g_assert_no_error (error);
  g_assert_true (fovea_neuron_parse (network, "conv3:42", &neuron, &error));
  g_assert_cmpstr (fovea_graph_get_node (fovea_network_get_graph (network), (guint) neuron.layer)->name, ==, "conv3");
  g_assert_cmpint (neuron.channel, ==, 42);
  g_assert_cmpint (neuron.y, ==, -1);
  g_assert_true (fovea_neuron_parse (network, "conv3:159:7,0", &neuron, &error));
  g_assert_cmpint (neuron.y, ==, 7);
  g_assert_cmpint (neuron.x, ==, 0);
  address = fovea_neuron_format (network, &neuron);
  g_assert_cmpstr (address, ==, "conv3:159:7,0");
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_assert_false (fovea_neuron_parse (network, wrong[i], &neuron, &error));
      g_assert_nonnull (error);
      g_clear_error (&error);
    }
}

/* The pixels that get a gradient from one unit, in the middle and in a corner, are those of the analytic field.
 * Winograd's patches would leave rounding errors beside it. */
static void
test_receptive_fields (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FoveaNetwork) network = fovea_library_open ("alexnet-64-standard", &error);
  FoveaGraph *graph = fovea_network_get_graph (network);
  static const struct {
    const char *layer;
    gint64 size, stride, offset;
  } fields[] = { { "conv1", 7, 2, -3 }, { "pool1", 11, 4, -5 }, { "conv2", 27, 4, -13 }, { "pool2", 35, 8, -17 }, { "conv3", 51, 8, -25 },
                 { "bn4", 67, 8, -33 }, { "conv5", 83, 8, -41 }, { "pool5", 91, 16, -41 }, { "fc7", 139, 16, -41 } };

  g_assert_no_error (error);
  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    {
      int index;
      const FoveaReceptiveField *field;

      g_assert_true (fovea_graph_find (graph, fields[i].layer, &index, NULL));
      field = fovea_graph_get_receptive_field (graph, (guint) index);
      for (guint axis = 0; axis < 2; axis++)
        {
          g_assert_cmpint (field->size[axis], ==, fields[i].size);
          g_assert_cmpint (field->stride[axis], ==, fields[i].stride);
          g_assert_cmpint (field->offset[axis], ==, fields[i].offset);
        }
    }

  for (guint i = 0; i < 6; i++)
    {
      g_autoptr (FoveaPlan) plan = NULL;
      g_autofree float *image = g_new (float, 3 * 64 * 64), *gradient = g_new (float, 3 * 64 * 64), *seed = NULL;
      g_autoptr (GRand) rand = g_rand_new_with_seed (3);
      const FoveaShape *shape;
      int index;

      g_assert_true (fovea_graph_find (graph, fields[i].layer, &index, NULL));
      plan = fovea_plan_new (graph, 1, 64, 64, 1, &index, FOVEA_PLAN_GRADIENT | FOVEA_PLAN_EXACT, &error);
      shape = fovea_plan_get_shape (plan, 0);
      for (guint corner = 0; corner < 2; corner++)
        {
          gint64 y = corner ? 0 : shape->height / 2, x = corner ? shape->width - 1 : shape->width / 2;
          gint64 box[4], found[4] = { 64, 64, 0, 0 };

          seed = g_realloc (seed, fovea_shape_get_n_elements (shape) * sizeof (float));
          /* Max pooling passes a gradient to one pixel only, so many random images are needed to see all. */
          for (guint trial = 0; trial < 40; trial++)
            {
              for (guint p = 0; p < 3 * 64 * 64; p++)
                image[p] = (float) g_rand_double (rand);
              memset (seed, 0, fovea_shape_get_n_elements (shape) * sizeof (float));
              for (gint64 c = 0; c < shape->channels; c++)
                seed[(c * shape->height + y) * shape->width + x] = 1;
              fovea_plan_forward (plan, image);
              fovea_plan_gradient (plan, (const float *const *) &seed, gradient);
              for (gint64 p = 0; p < 3 * 64 * 64; p++)
                if (gradient[p] != 0)
                  {
                    found[0] = MIN (found[0], p % 64);
                    found[1] = MIN (found[1], p / 64 % 64);
                    found[2] = MAX (found[2], p % 64 + 1);
                    found[3] = MAX (found[3], p / 64 % 64 + 1);
                  }
            }
          fovea_receptive_field_get_box (fovea_graph_get_receptive_field (graph, (guint) index), y, x, 64, 64, box);
          for (guint side = 0; side < 4; side++)
            g_assert_cmpint (found[side], ==, box[side]);
        }
    }
}

#define NODE(name, op, inputs, attributes, parameters) \
  "{\"name\":\"" name "\",\"op\":\"" op "\",\"inputs\":[" inputs "],\"attributes\":{" attributes "},\"parameters\":{" parameters "}}"
#define CONV NODE ("c", "Conv", "\"input\"", "\"kernel_shape\":[3,3],\"pads\":[1,1,1,1]", "\"W\":\"w\"")

/* A file with one tensor `w` of shape [4,3,3,3]. */
static char *
write_network (const char *graph,
               const char *key,
               const char *value)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FoveaStateDict) state_dict = fovea_state_dict_new ();
  g_autoptr (FoveaTensor) w = fovea_tensor_new (4, (gint64[]) { 4, 3, 3, 3 }, &error);
  char *path = g_build_filename (folder, "broken.safetensors", NULL);

  fovea_state_dict_insert (state_dict, "w", w);
  fovea_state_dict_set_metadata (state_dict, "format", "fovea-1");
  fovea_state_dict_set_metadata (state_dict, "input", "[3,8,8]");
  fovea_state_dict_set_metadata (state_dict, "mean", "[0.5,0.5,0.5]");
  fovea_state_dict_set_metadata (state_dict, "std", "[0.2,0.2,0.2]");
  fovea_state_dict_set_metadata (state_dict, "classes", "[]");
  fovea_state_dict_set_metadata (state_dict, "graph", graph);
  if (key != NULL)
    fovea_state_dict_set_metadata (state_dict, key, value);
  g_assert_true (fovea_safetensors_write (path, state_dict, &error));
  return path;
}

static void
test_broken (void)
{
  static const struct {
    const char *graph;
    const char *key, *value;
    const char *message;
  } cases[] = {
    { "[" NODE ("a", "Relu", "\"b\"", "", "") "," NODE ("b", "Relu", "\"a\"", "", "") "]", NULL, NULL,
      "the graph has a cycle: node 'a' waits for its own output" },
    { "[" NODE ("a", "Relu", "\"a\"", "", "") "]", NULL, NULL, "the graph has a cycle: node 'a' waits for its own output" },
    { "[" NODE ("a", "Warp", "\"input\"", "", "") "]", NULL, NULL, "node 'a' uses the operator 'Warp', which is not supported" },
    { "[" NODE ("a", "Relu", "\"b\"", "", "") "]", NULL, NULL, "node 'a' wants the output of 'b', which does not exist" },
    { "[" NODE ("a", "Relu", "", "", "") "]", NULL, NULL, "node 'a' (Relu) has 0 inputs" },
    { "[" CONV "," CONV "]", NULL, NULL, "there are two nodes called 'c'" },
    { "[" NODE ("c", "Conv", "\"input\"", "", "") "]", NULL, NULL, "node 'c' (Conv) has no parameter W" },
    { "[" NODE ("c", "Conv", "\"input\"", "", "\"W\":\"v\"") "]", NULL, NULL, "node 'c' wants the tensor 'v' as W, which is not in the file" },
    { "[" NODE ("c", "Conv", "\"input\"", "\"kernel_shape\":[5,5]", "\"W\":\"w\"") "]", NULL, NULL, NULL },
    { "[" NODE ("c", "Conv", "\"input\"", "\"strides\":[1,\"x\"]", "\"W\":\"w\"") "]", NULL, NULL,
      "node 'c' has an attribute 'strides' that is neither number, string nor list of numbers" },
    { "[" CONV "," NODE ("d", "Conv", "\"c\"", "\"kernel_shape\":[3,3]", "\"W\":\"w\"") "]", NULL, NULL, NULL },
    { "[{}]", NULL, NULL, "node 0 of the graph has no name or no op" },
    { "[]", NULL, NULL, "the graph has no nodes" },
    { "{}", NULL, NULL, "has metadata 'graph' that is not a JSON list" },
    { "[" CONV "]", "input", "[3,8]", "has metadata 'input' that is not a list of 3 numbers" },
    { "[" CONV "]", "input", "[3,1152921504606846976,8]", NULL },
    { "[" CONV "]", "input", "[1,8,8]", "wants images with 1 channels; only colour images with 3 are supported" },
    { "[" CONV "]", "std", "[0.2,0,0.2]", NULL },
    { "[" CONV "]", "classes", "[\"a\"]", "names 1 classes, but its last layer has 4 channels" },
    { "[" CONV "]", "classes", "[1,2,3,4]", "has classes that are not a list of names" },
    { "[" CONV "]", "format", "fovea-9", "has the format 'fovea-9', but only 'fovea-1' is known; a newer Fovea may open it" },
    { "[" CONV "]", "layers", "{\"block\":\"d\"}", "the layer 'block' is said to be the node 'd', which does not exist" },
    { "[" CONV "]", "resize", "[4]", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *path = write_network (cases[i].graph, cases[i].key, cases[i].value);
      g_autoptr (FoveaNetwork) network = fovea_network_load (path, &error);

      g_assert_null (network);
      g_assert_nonnull (error);
      g_test_message ("%s", error->message);
      g_assert_true (g_str_has_prefix (error->message, path));
      g_assert_null (strchr (error->message, '\n'));
      if (cases[i].message != NULL)
        g_assert_cmpstr (error->message + strlen (path) + 2, ==, cases[i].message);
    }
}

/* Nodes may come in any order, and a block may have another name. */
static void
test_order_and_aliases (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = write_network ("[" NODE ("r", "Relu", "\"c\"", "", "") "," CONV "]", "layers", "{\"block\":\"r\"}");
  g_autoptr (FoveaNetwork) network = fovea_network_load (path, &error);
  int index;

  g_assert_no_error (error);
  g_assert_cmpstr (fovea_graph_get_node (fovea_network_get_graph (network), 0)->name, ==, "c");
  g_assert_true (fovea_graph_find (fovea_network_get_graph (network), "block", &index, &error));
  g_assert_cmpint (index, ==, 1);
}

/* What fuzzing found remarkable. */
static void
test_fuzzed (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "data", "fuzz", "native", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) dir = g_dir_open (path, 0, &error);
  const char *name;
  guint n_files = 0, n_networks = 0;

  g_assert_no_error (error);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *file = g_build_filename (path, name, NULL);
      g_autoptr (GError) reason = NULL;
      g_autoptr (FoveaStateDict) state_dict = fovea_safetensors_read (file, &reason);
      g_autoptr (FoveaNetwork) network = NULL;

      if (state_dict != NULL && fovea_native_is_native (state_dict))
        network = fovea_native_build (state_dict, NULL, "network", file, NULL, &reason);
      else if (state_dict != NULL)
        network = fovea_network_load (file, &reason);
      g_assert_true ((network == NULL) == (reason != NULL));
      g_test_message ("%s: %s", name, reason != NULL ? reason->message : "opened");
      n_networks += network != NULL;
      n_files++;
    }
  g_assert_cmpuint (n_files, >, n_networks);
  g_assert_cmpuint (n_networks, >, 0);
}

int
main (int argc, char **argv)
{
  int result;
  g_autofree char *command = NULL;

  g_test_init (&argc, &argv, NULL);
  folder = g_dir_make_tmp ("fovea-test-XXXXXX", NULL);
  g_test_add_data_func ("/network/references/standard", "alexnet-64-standard", test_references);
  g_test_add_data_func ("/network/references/robust", "alexnet-64-robust", test_references);
  g_test_add_func ("/network/round-trip", test_round_trip);
  g_test_add_func ("/network/neurons", test_neurons);
  g_test_add_func ("/network/receptive-fields", test_receptive_fields);
  g_test_add_func ("/network/broken", test_broken);
  g_test_add_func ("/network/fuzzed", test_fuzzed);
  g_test_add_func ("/network/order-and-aliases", test_order_and_aliases);
  result = g_test_run ();
  command = g_strdup_printf ("rm -r '%s'", folder);
  g_assert_cmpint (system (command), ==, 0);
  g_free (folder);
  return result;
}
