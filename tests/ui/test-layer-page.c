/* The page of a layer's channels: filtering, walking, activating; and the list of layers.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "tests/ui/display.h"
#include "ui/layer-list.h"
#include "ui/layer-page.h"
#include "ui/sort-button.h"
#include "ui/tile-grid.h"
#include "ui/tile-view.h"

static void
remember_channel (GtkWidget *page,
                  guint channel,
                  guint *activated)
{
  *activated = channel;
}

static void
test_page (void)
{
  g_autoptr (FoveaApplication) application = fovea_test_application_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (FoveaNetworkPair) pair = fovea_network_pair_open ("alexnet-64", &error);
  g_autoptr (GListModel) layers = fovea_layers_of_pair (pair);
  g_autoptr (FoveaLayer) last = g_list_model_get_item (layers, g_list_model_get_n_items (layers) - 1);
  FoveaTileLoader *loader = fovea_tile_loader_new (fovea_application_get_job_queue (), NULL);
  GtkWidget *page = fovea_layer_page_new ();
  GtkWidget *window = gtk_window_new ();
  GtkWidget *grid = GTK_WIDGET (fovea_tile_grid_get_view (FOVEA_TILE_GRID (fovea_test_find_widget (page, "grid"))));
  GtkWidget *stack = fovea_test_find_widget (page, "stack");
  GtkWidget *stop = fovea_test_find_widget (page, "stop");
  GtkSelectionModel *selection = gtk_grid_view_get_model (GTK_GRID_VIEW (grid));
  FoveaTileProgress progress;
  guint channel, activated = G_MAXUINT;

  gtk_window_set_default_size (GTK_WINDOW (window), 900, 600);
  gtk_window_set_child (GTK_WINDOW (window), page);
  fovea_layer_page_set_loader (FOVEA_LAYER_PAGE (page), loader);
  fovea_layer_page_set_layer (FOVEA_LAYER_PAGE (page), pair, last);
  g_signal_connect (page, "channel-activated", G_CALLBACK (remember_channel), &activated);
  gtk_window_present (GTK_WINDOW (window));
  fovea_test_wait_until (gtk_widget_get_mapped (page) && gtk_widget_get_width (page) > 0, 10);

  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (selection)), ==, 20);
  g_assert_true (fovea_layer_page_get_neighbour (FOVEA_LAYER_PAGE (page), 3, 1, &channel));
  g_assert_cmpuint (channel, ==, 4);
  g_assert_false (fovea_layer_page_get_neighbour (FOVEA_LAYER_PAGE (page), 0, -1, &channel));
  g_assert_false (fovea_layer_page_get_neighbour (FOVEA_LAYER_PAGE (page), 19, 1, &channel));

  /* Numbers by their beginning, classes by any part: dog, cat, bigcat, bear … */
  fovea_layer_page_set_filter (FOVEA_LAYER_PAGE (page), "1");
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (selection)), ==, 11);
  fovea_layer_page_set_filter (FOVEA_LAYER_PAGE (page), " CAT");
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (selection)), ==, 2);
  g_assert_true (fovea_layer_page_get_neighbour (FOVEA_LAYER_PAGE (page), 1, 1, &channel));
  g_assert_cmpuint (channel, ==, 2);
  g_assert_true (fovea_layer_page_get_first (FOVEA_LAYER_PAGE (page), &channel));
  g_assert_cmpuint (channel, ==, 1);
  g_signal_emit_by_name (grid, "activate", 1);
  g_assert_cmpuint (activated, ==, 2);
  fovea_layer_page_set_filter (FOVEA_LAYER_PAGE (page), "no such class");
  g_assert_cmpstr (gtk_stack_get_visible_child_name (GTK_STACK (stack)), ==, "none");
  g_assert_false (fovea_layer_page_get_first (FOVEA_LAYER_PAGE (page), &channel));
  fovea_layer_page_set_filter (FOVEA_LAYER_PAGE (page), "");
  g_assert_cmpstr (gtk_stack_get_visible_child_name (GTK_STACK (stack)), ==, "grid");

  /* Some picture is computed, and then no more once someone has stopped it. */
  fovea_tile_loader_get_progress (loader, &progress);
  fovea_test_wait_until ((fovea_tile_loader_get_progress (loader, &progress), progress.fraction > 0), 60);
  g_signal_emit_by_name (stop, "clicked");
  fovea_tile_loader_get_progress (loader, &progress);
  g_assert_true (progress.stopped);
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (stop), GTK_ACCESSIBLE_PROPERTY_LABEL, "Go on computing");
  g_signal_emit_by_name (stop, "clicked");
  fovea_tile_loader_get_progress (loader, &progress);
  g_assert_false (progress.stopped);

  /* Ordered by activation, finished ones first. */
  fovea_settings_set_string (fovea_application_get_settings (), "sort", "index");
  fovea_test_wait_until ((fovea_tile_loader_get_progress (loader, &progress), progress.done == progress.total), 120);
  gtk_check_button_set_active (fovea_sort_button_get_order_button (FOVEA_SORT_BUTTON (fovea_test_find_widget (page, "sort")), FOVEA_TILE_ORDER_ACTIVATION), TRUE);
  for (guint i = 1; i < 20; i++)
    {
      g_autoptr (FoveaTile) before = g_list_model_get_item (G_LIST_MODEL (selection), i - 1);
      g_autoptr (FoveaTile) after = g_list_model_get_item (G_LIST_MODEL (selection), i);

      g_assert_cmpfloat (fovea_tile_get_activation (before, FOVEA_SIDE_STANDARD), >=, fovea_tile_get_activation (after, FOVEA_SIDE_STANDARD));
    }
  g_autofree char *sort = fovea_settings_get_string (fovea_application_get_settings (), "sort");
  g_assert_cmpstr (sort, ==, "activation");
  fovea_settings_set_string (fovea_application_get_settings (), "sort", "index");

  fovea_test_close (window);
  g_assert_finalize_object (loader);
}

static void
remember_layer (GtkWidget *list,
                FoveaLayer *layer,
                const char **selected)
{
  *selected = fovea_layer_get_name (layer);
}

static void
test_list (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FoveaNetworkPair) pair = fovea_network_pair_open ("alexnet-64", &error);
  g_autoptr (GListModel) layers = fovea_layers_of_pair (pair);
  GtkWidget *list = g_object_ref_sink (fovea_layer_list_new ());
  GtkWidget *viewport = gtk_scrolled_window_get_child (GTK_SCROLLED_WINDOW (gtk_widget_get_first_child (list)));
  GtkListBox *box = GTK_LIST_BOX (gtk_viewport_get_child (GTK_VIEWPORT (viewport)));
  GtkListBoxRow *row;
  const char *selected = NULL;

  g_signal_connect (list, "layer-selected", G_CALLBACK (remember_layer), &selected);
  fovea_layer_list_set_layers (FOVEA_LAYER_LIST (list), layers);
  fovea_layer_list_select (FOVEA_LAYER_LIST (list), "conv3");
  g_assert_null (selected);
  row = gtk_list_box_get_selected_row (box);
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       "conv3, Conv, 160 channels · 8 × 8 · sees 51 px");
  g_signal_emit_by_name (box, "row-activated", gtk_list_box_get_row_at_index (box, 1));
  g_assert_cmpstr (selected, ==, "bn1");
  /* A line before every block but the first. */
  g_assert_null (gtk_list_box_row_get_header (gtk_list_box_get_row_at_index (box, 0)));
  g_assert_null (gtk_list_box_row_get_header (gtk_list_box_get_row_at_index (box, 1)));
  g_assert_nonnull (gtk_list_box_row_get_header (row));
  fovea_test_settle ();
  g_assert_finalize_object (list);
}

static void
add_tests (void)
{
  g_test_add_func ("/layer-page/page", test_page);
  g_test_add_func ("/layer-page/list", test_list);
}

int
main (int argc,
      char **argv)
{
  return fovea_test_run_with_display (argc, argv, add_tests);
}
