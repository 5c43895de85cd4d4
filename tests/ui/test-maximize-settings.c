/* What people chose for activation maximization, and the popover that shows and changes it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <math.h>

#include "tests/ui/display.h"
#include "ui/maximize-options-popover.h"

static FoveaNetworkPair *
open_pair (void)
{
  g_autoptr (GError) error = NULL;
  FoveaNetworkPair *pair = fovea_network_pair_open ("alexnet-64", &error);

  g_assert_no_error (error);
  return pair;
}

static void
assert_options_equal (const FoveaMaximizeOptions *a,
                      const FoveaMaximizeOptions *b)
{
  g_autoptr (GVariant) one = g_variant_ref_sink (fovea_maximize_options_to_variant (a));
  g_autoptr (GVariant) other = g_variant_ref_sink (fovea_maximize_options_to_variant (b));

  g_assert_cmpvariant (one, other);
}

static void
test_presets (void)
{
  g_autoptr (FoveaNetworkPair) pair = open_pair ();
  FoveaNetwork *standard = fovea_network_pair_get_network (pair, FOVEA_SIDE_STANDARD);
  FoveaNetwork *robust = fovea_network_pair_get_network (pair, FOVEA_SIDE_ROBUST);
  FoveaMaximizeSettings *settings = fovea_maximize_settings_new ();
  FoveaMaximizeOptions options, expected;

  fovea_maximize_settings_get_options (settings, standard, &options);
  fovea_maximize_options_init (&expected, FOVEA_PRESET_LUCENT, standard);
  assert_options_equal (&options, &expected);
  fovea_maximize_settings_get_options (settings, robust, &options);
  fovea_maximize_options_init (&expected, FOVEA_PRESET_ROBUST, robust);
  assert_options_equal (&options, &expected);

  /* Compared, they get one: the robust network's. */
  fovea_maximize_settings_set_networks (settings, (FoveaNetwork *[]) { standard, robust }, 2);
  fovea_maximize_settings_get_options (settings, standard, &options);
  fovea_maximize_options_init (&expected, FOVEA_PRESET_ROBUST, standard);
  assert_options_equal (&options, &expected);
  fovea_maximize_settings_set_networks (settings, &standard, 1);
  fovea_maximize_settings_get_options (settings, standard, &options);
  fovea_maximize_options_init (&expected, FOVEA_PRESET_LUCENT, standard);
  assert_options_equal (&options, &expected);

  fovea_maximize_settings_set_preset (settings, FOVEA_PRESET_CHOICE_PLAIN);
  fovea_maximize_settings_set_seed (settings, 7);
  fovea_maximize_settings_get_options (settings, robust, &options);
  fovea_maximize_options_init (&expected, FOVEA_PRESET_PLAIN, robust);
  expected.seed = 7;
  assert_options_equal (&options, &expected);
  g_assert_finalize_object (settings);
}

/* Every option reaches its own field, for both networks, and can be given back. */
static void
test_every_option (void)
{
  g_autoptr (FoveaNetworkPair) pair = open_pair ();
  FoveaMaximizeSettings *settings = fovea_maximize_settings_new ();
  guint n_options;
  const FoveaMaximizeOptionInfo *infos = fovea_maximize_option_list (&n_options);

  g_assert_cmpuint (n_options, ==, 20);
  for (guint i = 0; i < n_options; i++)
    for (guint side = 0; side < FOVEA_N_SIDES; side++)
      {
        FoveaNetwork *network = fovea_network_pair_get_network (pair, side);
        FoveaMaximizeOptions before, options;
        double value;

        fovea_maximize_settings_get_options (settings, network, &before);
        value = fovea_maximize_option_get (&infos[i], &before);
        value = value + infos[i].increment <= infos[i].maximum ? value + infos[i].increment : infos[i].minimum;
        fovea_maximize_settings_change (settings, &infos[i], value);
        g_assert_true (fovea_maximize_settings_get_changed (settings, &infos[i]));
        g_assert_false (fovea_maximize_settings_is_default (settings));
        fovea_maximize_settings_get_options (settings, network, &options);
        g_assert_cmpfloat_with_epsilon (fovea_maximize_option_get (&infos[i], &options), value, 1e-12);
        for (guint k = 0; k < n_options; k++)
          if (k != i)
            g_assert_cmpfloat (fovea_maximize_option_get (&infos[k], &options), ==, fovea_maximize_option_get (&infos[k], &before));

        fovea_maximize_settings_reset (settings, &infos[i]);
        g_assert_true (fovea_maximize_settings_is_default (settings));
        fovea_maximize_settings_get_options (settings, network, &options);
        assert_options_equal (&options, &before);
      }

  fovea_maximize_settings_change (settings, fovea_maximize_option_find ("size"), 96);
  {
    FoveaMaximizeOptions options;

    fovea_maximize_settings_get_options (settings, fovea_network_pair_get_network (pair, 0), &options);
    g_assert_cmpuint (options.width, ==, 96);
    g_assert_cmpuint (options.height, ==, 96);
  }
  g_assert_null (fovea_maximize_option_find ("sizes"));
  g_assert_finalize_object (settings);
}

static void
test_objective (void)
{
  g_autoptr (FoveaNetworkPair) pair = open_pair ();
  FoveaNetwork *network = fovea_network_pair_get_network (pair, FOVEA_SIDE_STANDARD);
  FoveaMaximizeSettings *settings = fovea_maximize_settings_new ();
  g_autoptr (GError) error = NULL;
  FoveaNeuron neuron, class;
  FoveaObjective objective;

  fovea_neuron_parse (network, "conv3:42", &neuron, &error);
  g_assert_no_error (error);
  fovea_neuron_parse (network, "fc7:3", &class, &error);
  g_assert_no_error (error);

  fovea_maximize_settings_get_objective (settings, network, &neuron, &objective);
  g_assert_cmpuint (objective.n_terms, ==, 1);
  g_assert_cmpint (objective.terms[0].kind, ==, FOVEA_OBJECTIVE_CHANNEL);
  g_assert_cmpint (objective.terms[0].neuron.channel, ==, 42);

  /* The map is 8 × 8: a position beyond it means its edge. */
  fovea_maximize_settings_set_objective_choice (settings, FOVEA_OBJECTIVE_CHOICE_POSITION);
  fovea_maximize_settings_set_position (settings, 2, 100);
  fovea_maximize_settings_get_objective (settings, network, &neuron, &objective);
  g_assert_cmpint (objective.terms[0].kind, ==, FOVEA_OBJECTIVE_NEURON);
  g_assert_cmpint (objective.terms[0].neuron.y, ==, 2);
  g_assert_cmpint (objective.terms[0].neuron.x, ==, 7);

  fovea_maximize_settings_set_objective_choice (settings, FOVEA_OBJECTIVE_CHOICE_LOGIT);
  fovea_maximize_settings_get_objective (settings, network, &class, &objective);
  g_assert_cmpint (objective.terms[0].kind, ==, FOVEA_OBJECTIVE_LOGIT);
  fovea_maximize_settings_get_objective (settings, network, &neuron, &objective);
  g_assert_cmpint (objective.terms[0].kind, ==, FOVEA_OBJECTIVE_CHANNEL);

  /* Diversity needs several images. */
  fovea_maximize_settings_set_diversity (settings, 2.5);
  fovea_maximize_settings_get_objective (settings, network, &neuron, &objective);
  g_assert_cmpuint (objective.n_terms, ==, 1);
  fovea_maximize_settings_set_n_images (settings, 3);
  fovea_maximize_settings_get_objective (settings, network, &neuron, &objective);
  g_assert_cmpuint (objective.n_terms, ==, 2);
  g_assert_cmpint (objective.terms[1].kind, ==, FOVEA_OBJECTIVE_DIVERSITY);
  g_assert_cmpfloat (objective.terms[1].weight, ==, 2.5);
  g_assert_finalize_object (settings);
}

static void
test_kept (void)
{
  FoveaMaximizeSettings *settings = fovea_maximize_settings_new ();
  FoveaMaximizeSettings *other = fovea_maximize_settings_new ();
  const FoveaMaximizeOptionInfo *rate = fovea_maximize_option_find ("learning-rate");
  g_autoptr (GVariant) variant = NULL;
  g_autoptr (GVariant) again = NULL;
  g_autoptr (GVariant) hostile = NULL;
  gint64 y, x;

  fovea_maximize_settings_set_preset (settings, FOVEA_PRESET_CHOICE_ROBUST);
  fovea_maximize_settings_set_objective_choice (settings, FOVEA_OBJECTIVE_CHOICE_LAYER);
  fovea_maximize_settings_set_position (settings, 3, 4);
  fovea_maximize_settings_set_n_images (settings, 5);
  fovea_maximize_settings_set_seed (settings, 1234);
  fovea_maximize_settings_change (settings, rate, 0.25);
  variant = g_variant_ref_sink (fovea_maximize_settings_to_variant (settings));
  fovea_maximize_settings_set_from_variant (other, variant);
  again = g_variant_ref_sink (fovea_maximize_settings_to_variant (other));
  g_assert_cmpvariant (variant, again);
  g_assert_cmpuint (fovea_maximize_settings_get_seed (other), ==, 1234);
  g_assert_true (fovea_maximize_settings_get_changed (other, rate));

  hostile = g_variant_ref_sink (g_variant_new_parsed ("{'preset': <uint32 99>, 'objective': <'x'>, 'y': <int64 -5>, 'images': <uint32 0>, "
                                                      "'seed': <uint64 18446744073709551615>, 'diversity': <-1.0>, "
                                                      "'changes': <{'learning-rate': <1e300>, 'steps': <-4.0>, 'size': <'big'>, 'what': <1.0>}>}"));
  fovea_maximize_settings_set_from_variant (other, hostile);
  g_assert_cmpint (fovea_maximize_settings_get_preset (other), ==, FOVEA_PRESET_CHOICE_AUTOMATIC);
  g_assert_cmpint (fovea_maximize_settings_get_objective_choice (other), ==, FOVEA_OBJECTIVE_CHOICE_CHANNEL);
  fovea_maximize_settings_get_position (other, &y, &x);
  g_assert_cmpint (y, ==, 0);
  g_assert_cmpint (x, ==, 0);
  g_assert_cmpuint (fovea_maximize_settings_get_n_images (other), ==, 1);
  g_assert_cmpuint (fovea_maximize_settings_get_seed (other), ==, 999999999);
  g_assert_cmpfloat (fovea_maximize_settings_get_diversity (other), ==, 0);
  g_assert_false (fovea_maximize_settings_get_changed (other, fovea_maximize_option_find ("size")));
  {
    g_autoptr (FoveaNetworkPair) pair = open_pair ();
    FoveaMaximizeOptions options;

    fovea_maximize_settings_get_options (other, fovea_network_pair_get_network (pair, 0), &options);
    g_assert_cmpuint (options.steps, ==, 1);
    g_assert_cmpfloat (options.learning_rate, ==, 100);
  }
  g_assert_finalize_object (settings);
  g_assert_finalize_object (other);
}

static GtkWidget *
find_button (GtkWidget *parent,
             const char *tooltip)
{
  for (GtkWidget *child = gtk_widget_get_first_child (parent); child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = GTK_IS_BUTTON (child) && g_strcmp0 (gtk_widget_get_tooltip_text (child), tooltip) == 0 ? child : find_button (child, tooltip);

      if (found != NULL)
        return found;
    }
  return NULL;
}

static void
test_popover (void)
{
  g_autoptr (FoveaNetworkPair) pair = open_pair ();
  FoveaMaximizeSettings *settings = fovea_maximize_settings_new ();
  FoveaMaximizeOptionsPopover *popover = g_object_ref_sink (g_object_new (FOVEA_TYPE_MAXIMIZE_OPTIONS_POPOVER, NULL));
  const FoveaMaximizeOptionInfo *rate = fovea_maximize_option_find ("learning-rate");
  const FoveaShape shape = { 160, 8, 8, FALSE };
  GtkWidget *control, *row, *reset;
  FoveaMaximizeOptions options[FOVEA_N_SIDES];
  guint n_options;
  const FoveaMaximizeOptionInfo *infos = fovea_maximize_option_list (&n_options);

  fovea_maximize_options_popover_set_settings (popover, settings);
  fovea_maximize_options_popover_set_neuron (popover, pair, &shape);
  for (guint i = 0; i < n_options; i++)
    {
      control = fovea_maximize_options_popover_get_control (popover, infos[i].name);
      if (infos[i].group == NULL)
        {
          g_assert_null (control);
          continue;
        }
      gtk_test_accessible_assert_property (GTK_ACCESSIBLE (control), GTK_ACCESSIBLE_PROPERTY_LABEL, infos[i].title);
    }
  /* Showing the presets' values changes nothing. */
  g_assert_true (fovea_maximize_settings_is_default (settings));

  control = fovea_maximize_options_popover_get_control (popover, "learning-rate");
  row = gtk_widget_get_ancestor (control, ADW_TYPE_ACTION_ROW);
  reset = find_button (row, "Back to the preset");
  g_assert_false (gtk_widget_get_visible (reset));
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    fovea_maximize_settings_get_options (settings, fovea_network_pair_get_network (pair, side), &options[side]);
  {
    g_autofree char *expected = g_strdup_printf ("standard %g, robust %g", options[0].learning_rate, options[1].learning_rate);

    g_assert_cmpfloat (options[0].learning_rate, !=, options[1].learning_rate);
    g_assert_cmpstr (adw_action_row_get_subtitle (ADW_ACTION_ROW (row)), ==, expected);
  }

  gtk_spin_button_set_value (GTK_SPIN_BUTTON (control), 0.125);
  g_assert_true (fovea_maximize_settings_get_changed (settings, rate));
  g_assert_true (gtk_widget_get_visible (reset));
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    {
      fovea_maximize_settings_get_options (settings, fovea_network_pair_get_network (pair, side), &options[side]);
      g_assert_cmpfloat (options[side].learning_rate, ==, 0.125);
    }
  g_assert_cmpstr (adw_action_row_get_subtitle (ADW_ACTION_ROW (row)), ==, rate->subtitle);

  g_signal_emit_by_name (reset, "clicked");
  g_assert_true (fovea_maximize_settings_is_default (settings));
  g_assert_false (gtk_widget_get_visible (reset));

  gtk_switch_set_active (GTK_SWITCH (fovea_maximize_options_popover_get_control (popover, "decorrelate-color")), FALSE);
  gtk_drop_down_set_selected (GTK_DROP_DOWN (fovea_maximize_options_popover_get_control (popover, "parameterization")), FOVEA_PARAMETERIZATION_PIXELS);
  fovea_maximize_settings_get_options (settings, fovea_network_pair_get_network (pair, FOVEA_SIDE_ROBUST), &options[1]);
  g_assert_false (options[1].decorrelate_color);
  g_assert_cmpint (options[1].parameterization, ==, FOVEA_PARAMETERIZATION_PIXELS);

  g_assert_finalize_object (popover);
  g_assert_finalize_object (settings);
}

static void
add_tests (void)
{
  g_test_add_func ("/maximize-settings/presets", test_presets);
  g_test_add_func ("/maximize-settings/every-option", test_every_option);
  g_test_add_func ("/maximize-settings/objective", test_objective);
  g_test_add_func ("/maximize-settings/kept", test_kept);
  g_test_add_func ("/maximize-settings/popover", test_popover);
}

int
main (int argc,
      char **argv)
{
  return fovea_test_run_with_display (argc, argv, add_tests);
}
