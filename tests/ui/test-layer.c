/* Layers, and what people type to find them.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "tests/ui/display.h"
#include "ui/search.h"

static FoveaNetworkPair *
open_pair (void)
{
  g_autoptr (GError) error = NULL;
  FoveaNetworkPair *pair = fovea_network_pair_open ("alexnet-64", &error);

  g_assert_no_error (error);
  return pair;
}

static FoveaLayer *
get_layer (GListModel *layers,
           const char *name)
{
  for (guint i = 0; i < g_list_model_get_n_items (layers); i++)
    {
      FoveaLayer *layer = g_list_model_get_item (layers, i);

      g_object_unref (layer);
      if (g_str_equal (fovea_layer_get_name (layer), name))
        return layer;
    }
  g_assert_not_reached ();
}

static void
test_pairs (void)
{
  g_auto (GStrv) names = fovea_network_pair_list_names ();
  g_autoptr (FoveaNetworkPair) pair = open_pair ();
  g_autoptr (GError) error = NULL;

  g_assert_true (g_strv_contains ((const char *const *) names, "alexnet-64"));
  g_assert_cmpstr (fovea_network_pair_get_name (pair), ==, "alexnet-64");
  g_assert_cmpstr (fovea_network_get_name (fovea_network_pair_get_network (pair, FOVEA_SIDE_STANDARD)), ==, "alexnet-64-standard");
  g_assert_cmpstr (fovea_network_get_name (fovea_network_pair_get_network (pair, FOVEA_SIDE_ROBUST)), ==, "alexnet-64-robust");
  g_assert_finalize_object (g_steal_pointer (&pair));

  g_assert_null (fovea_network_pair_open ("no-such-pair", &error));
  g_assert_nonnull (error);
  g_assert_nonnull (strstr (error->message, "no-such-pair"));
}

static void
test_list (void)
{
  g_autoptr (FoveaNetworkPair) pair = open_pair ();
  g_autoptr (GListModel) layers = fovea_layers_of_pair (pair);
  FoveaLayer *conv3 = get_layer (layers, "conv3");
  FoveaLayer *fc7 = get_layer (layers, "fc7");

  g_assert_cmpuint (g_list_model_get_n_items (layers), ==, 21); /* all but flatten */
  g_assert_cmpstr (fovea_layer_get_operator (conv3), ==, "Conv");
  g_assert_cmpuint (fovea_layer_get_n_channels (conv3), ==, 160);
  /* 7/2, pool 3/2, 5, pool 3/2, 3: 7 + 2·2 + 4·4 + 2·4 + 2·8 */
  g_assert_cmpstr (fovea_layer_get_summary (conv3), ==, "160 channels · 8 × 8 · sees 51 px");
  g_assert_cmpstr (fovea_layer_get_summary (fc7), ==, "20 units · sees all");
  g_assert_true (fovea_layer_is_output (fc7));
  g_assert_false (fovea_layer_is_output (conv3));
  g_assert_true (fovea_layer_has_weights (conv3) && fovea_layer_has_weights (fc7));
  g_assert_false (fovea_layer_has_weights (get_layer (layers, "relu3")));
  g_assert_cmpstr (fovea_layers_choose_default (layers), ==, "conv4");
}

static void
check_search (GListModel *layers,
              const char *current,
              const char *text,
              const char *layer,
              int channel,
              const char *filter)
{
  g_auto (FoveaSearch) search = { 0 };

  fovea_search_parse (&search, text, layers, get_layer (layers, current));
  g_assert_cmpstr (search.layer != NULL ? fovea_layer_get_name (search.layer) : NULL, ==, layer);
  g_assert_cmpint (search.has_channel ? (int) search.channel : -1, ==, channel);
  g_assert_cmpstr (search.filter, ==, filter);
}

static void
test_search (void)
{
  g_autoptr (FoveaNetworkPair) pair = open_pair ();
  g_autoptr (GListModel) layers = fovea_layers_of_pair (pair);

  check_search (layers, "conv4", "", NULL, -1, "");
  check_search (layers, "conv4", " 42 ", NULL, 42, "42");
  check_search (layers, "conv4", "160", NULL, -1, "160");
  check_search (layers, "conv4", "-1", NULL, -1, "-1");
  check_search (layers, "conv4", "99999999999999999999", NULL, -1, "99999999999999999999");
  check_search (layers, "conv4", "conv3:42", "conv3", 42, "");
  check_search (layers, "conv4", "conv4:42", "conv4", 42, "42");
  check_search (layers, "conv4", "conv4:", "conv4", -1, "");
  check_search (layers, "conv4", "conv1:48", "conv1", -1, "");
  check_search (layers, "conv4", "RELU", "relu1", -1, "");
  check_search (layers, "conv4", "relu5", "relu5", -1, "");
  check_search (layers, "fc7", "ear", NULL, -1, "ear");
  check_search (layers, "conv4", "nothing:3", NULL, -1, "nothing:3");
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/layer/pairs", test_pairs);
  g_test_add_func ("/layer/list", test_list);
  g_test_add_func ("/layer/search", test_search);
  return g_test_run ();
}
