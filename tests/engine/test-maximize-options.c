/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/analysis/maximize.h"

#include <string.h>

#include "tests/engine/tiny-graph.h"

static FoveaNetwork *
make_network (gint64 height,
              gint64 width,
              const char *training)
{
  FoveaGraph *graph = fovea_graph_new (3, height, width);
  FoveaNetworkInfo info = { .name = "tiny", .training = training };
  FoveaNetwork *network;

  tiny_add (graph, "relu", "Relu", "input", NULL, NULL);
  tiny_finish (graph);
  network = fovea_network_new (graph, &info);
  fovea_graph_unref (graph);
  return network;
}

static void
test_presets (void)
{
  g_autoptr (FoveaNetwork) small = make_network (64, 96, "SGD");
  g_autoptr (FoveaNetwork) large = make_network (224, 224, "PGD, Adversarial, L2");
  g_autoptr (FoveaNetwork) unknown = make_network (224, 224, NULL);
  FoveaMaximizeOptions options, tile, other_tile;

  g_assert_cmpint (fovea_maximize_get_default_preset (small), ==, FOVEA_PRESET_LUCENT);
  g_assert_cmpint (fovea_maximize_get_default_preset (large), ==, FOVEA_PRESET_ROBUST);
  g_assert_cmpint (fovea_maximize_get_default_preset (unknown), ==, FOVEA_PRESET_LUCENT);

  fovea_maximize_options_init (&options, FOVEA_PRESET_LUCENT, small);
  g_assert_cmpuint (options.width, ==, 96);
  g_assert_cmpuint (options.height, ==, 64);
  g_assert_cmpuint (options.steps, ==, 160);
  g_assert_cmpint (options.parameterization, ==, FOVEA_PARAMETERIZATION_FOURIER);
  g_assert_cmpint (options.optimizer, ==, FOVEA_OPTIMIZER_ADAM);
  g_assert_cmpfloat (options.learning_rate, ==, 0.05);
  g_assert_true (options.decorrelate_color);
  g_assert_true (options.transforms);
  g_assert_cmpuint (options.redirect_relu_steps, ==, 16);
  g_assert_cmpuint (options.blur_every, ==, 0);
  g_assert_cmpfloat (options.total_variation + options.l1 + options.l2, ==, 0);

  fovea_maximize_options_init (&options, FOVEA_PRESET_ROBUST, large);
  g_assert_cmpuint (options.steps, ==, 512);
  g_assert_cmpint (options.optimizer, ==, FOVEA_OPTIMIZER_NORMALIZED_GRADIENT);
  g_assert_false (options.transforms);

  fovea_maximize_options_init (&options, FOVEA_PRESET_PLAIN, large);
  g_assert_cmpint (options.parameterization, ==, FOVEA_PARAMETERIZATION_PIXELS);
  g_assert_false (options.decorrelate_color);
  g_assert_false (options.transforms);
  g_assert_cmpfloat (options.learning_rate, ==, 0.5 / 512);
  options.optimizer = FOVEA_OPTIMIZER_NORMALIZED_GRADIENT;
  options.steps = 10;
  g_assert_cmpfloat_with_epsilon (fovea_maximize_options_get_default_learning_rate (&options), 0.5 * 387.98 / 10, 1e-3);
  options.parameterization = FOVEA_PARAMETERIZATION_FOURIER;
  g_assert_cmpfloat (fovea_maximize_options_get_default_learning_rate (&options), ==, 4.8);

  /* Tiles of a pair are made alike, so that they can be compared. */
  fovea_maximize_options_init_for_tile (&tile, unknown);
  fovea_maximize_options_init_for_tile (&other_tile, large);
  g_assert_cmpmem (&tile, sizeof tile, &other_tile, sizeof other_tile);
  g_assert_true (fovea_maximize_options_check (&tile, NULL));
}

static void
test_names (void)
{
  g_autoptr (GError) error = NULL;
  FoveaParameterization parameterization;
  FoveaOptimizer optimizer;
  FoveaObjectiveKind kind;
  FoveaPreset preset;

  for (guint i = FOVEA_OBJECTIVE_NEURON; i <= FOVEA_OBJECTIVE_DIVERSITY; i++)
    {
      g_assert_true (fovea_objective_kind_from_name (fovea_objective_kind_get_name ((FoveaObjectiveKind) i), &kind, NULL));
      g_assert_cmpuint (kind, ==, i);
    }
  for (guint i = FOVEA_PRESET_LUCENT; i <= FOVEA_PRESET_PLAIN; i++)
    {
      g_assert_true (fovea_preset_from_name (fovea_preset_get_name ((FoveaPreset) i), &preset, NULL));
      g_assert_cmpuint (preset, ==, i);
    }
  g_assert_true (fovea_parameterization_from_name ("pixels", &parameterization, NULL));
  g_assert_cmpint (parameterization, ==, FOVEA_PARAMETERIZATION_PIXELS);
  g_assert_true (fovea_optimizer_from_name ("normalized-gradient", &optimizer, NULL));
  g_assert_cmpint (optimizer, ==, FOVEA_OPTIMIZER_NORMALIZED_GRADIENT);

  g_assert_false (fovea_preset_from_name ("fancy", &preset, &error));
  g_assert_error (error, FOVEA_ERROR, FOVEA_ERROR_ARGUMENT);
  g_assert_cmpstr (error->message, ==, "unknown preset “fancy”; use lucent, robust or plain");
}

static char *
print_options (const FoveaMaximizeOptions *options)
{
  g_autoptr (GVariant) variant = g_variant_ref_sink (fovea_maximize_options_to_variant (options));

  g_assert_true (g_variant_is_of_type (variant, G_VARIANT_TYPE_VARDICT));
  return g_variant_print (variant, FALSE);
}

/* The text is the key of a cache: every option must show in it. */
static void
test_variant (void)
{
  g_autoptr (FoveaNetwork) network = make_network (8, 8, NULL);
  g_autoptr (FoveaTensor) start = tiny_tensor (1, 3, (gint64[]) { 3, 8, 8 });
  g_autoptr (FoveaTensor) other_start = tiny_tensor (2, 3, (gint64[]) { 3, 8, 8 });
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  FoveaMaximizeOptions options;
  g_autofree char *one = NULL;
  g_autofree char *two = NULL;
  guint n_changes = 0;

  fovea_maximize_options_init (&options, FOVEA_PRESET_LUCENT, network);
  one = print_options (&options);
  two = print_options (&options);
  g_assert_cmpstr (one, ==, two);
  g_assert_nonnull (strstr (one, "'start': <'noise'>"));
  g_hash_table_add (seen, print_options (&options));

#define CHANGE(assignment)                                           \
  G_STMT_START                                                       \
  {                                                                  \
    FoveaMaximizeOptions changed = options;                          \
    changed.assignment;                                              \
    g_assert_true (g_hash_table_add (seen, print_options (&changed))); \
    n_changes++;                                                     \
  }                                                                  \
  G_STMT_END

  CHANGE (width = 9);
  CHANGE (height = 9);
  CHANGE (steps = 9);
  CHANGE (seed = 9);
  CHANGE (parameterization = FOVEA_PARAMETERIZATION_PIXELS);
  CHANGE (decorrelate_color = FALSE);
  CHANGE (noise = 0.010000000001);
  CHANGE (optimizer = FOVEA_OPTIMIZER_NORMALIZED_GRADIENT);
  CHANGE (learning_rate = 0.3);
  CHANGE (transforms = FALSE);
  CHANGE (pad = 9);
  CHANGE (jitter = 9);
  CHANGE (scale_minimum = 0.8);
  CHANGE (scale_maximum = 1.2);
  CHANGE (rotation = 9);
  CHANGE (second_jitter = 9);
  CHANGE (total_variation = 9);
  CHANGE (l1 = 9);
  CHANGE (l2 = 9);
  CHANGE (blur_every = 9);
  CHANGE (blur_deviation = 9);
  CHANGE (redirect_relu_steps = 9);
  CHANGE (start = start);
  CHANGE (start = other_start);
  g_assert_cmpuint (g_hash_table_size (seen), ==, n_changes + 1);
}

static void
test_objective (void)
{
  FoveaObjective objective;

  fovea_objective_init_neuron (&objective, &(FoveaNeuron) { 3, 5, -1, -1 });
  g_assert_cmpuint (objective.n_terms, ==, 1);
  g_assert_cmpint (objective.terms[0].kind, ==, FOVEA_OBJECTIVE_CHANNEL);
  g_assert_cmpfloat (objective.terms[0].weight, ==, 1);
  g_assert_cmpint (objective.terms[0].neuron.layer, ==, 3);
  fovea_objective_init_neuron (&objective, &(FoveaNeuron) { 3, 5, 0, 0 });
  g_assert_cmpint (objective.terms[0].kind, ==, FOVEA_OBJECTIVE_NEURON);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/maximize-options/presets", test_presets);
  g_test_add_func ("/maximize-options/names", test_names);
  g_test_add_func ("/maximize-options/variant", test_variant);
  g_test_add_func ("/maximize-options/objective", test_objective);
  return g_test_run ();
}
