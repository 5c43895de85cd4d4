/* What people chose in a view is what it begins with the next time.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "tests/ui/display.h"
#include "ui/filter-button.h"
#include "ui/layer-page.h"
#include "ui/lens-controls.h"
#include "ui/overview.h"
#include "ui/patches-view.h"
#include "ui/sort-button.h"

#define SECONDS 10

static FoveaApplication *application;

static void
set_up (gpointer *fixture,
        gconstpointer data)
{
  application = fovea_test_application_new ();
}

static void
tear_down (gpointer *fixture,
           gconstpointer data)
{
  g_clear_object (&application);
}

static GtkDropDown *
get_filter (GtkWidget *page,
            FoveaFilterChoice choice)
{
  return fovea_filter_button_get_choice (FOVEA_FILTER_BUTTON (fovea_test_find_widget (page, "filter_button")), choice);
}

static void
select_item (GtkDropDown *drop_down,
             const char *text)
{
  GListModel *items = gtk_drop_down_get_model (drop_down);

  for (guint i = 0; i < g_list_model_get_n_items (items); i++)
    if (g_str_equal (gtk_string_list_get_string (GTK_STRING_LIST (items), i), text))
      {
        gtk_drop_down_set_selected (drop_down, i);
        return;
      }
  g_assert_not_reached ();
}

static const char *
get_item (GtkDropDown *drop_down)
{
  return gtk_string_object_get_string (gtk_drop_down_get_selected_item (drop_down));
}

static void
test_filter (gpointer *fixture,
             gconstpointer data)
{
  GtkWidget *page = g_object_ref_sink (fovea_layer_page_new ());

  g_assert_cmpstr (get_item (get_filter (page, FOVEA_FILTER_LIFE)), ==, "Shown");
  select_item (get_filter (page, FOVEA_FILTER_LIFE), "Left out");
  select_item (get_filter (page, FOVEA_FILTER_DETECTS), "texture");
  select_item (get_filter (page, FOVEA_FILTER_CUE), "Shape");
  select_item (get_filter (page, FOVEA_FILTER_NETWORKS), "Both networks");
  g_assert_finalize_object (page);

  page = g_object_ref_sink (fovea_layer_page_new ());
  g_assert_cmpstr (get_item (get_filter (page, FOVEA_FILTER_LIFE)), ==, "Left out");
  g_assert_cmpstr (get_item (get_filter (page, FOVEA_FILTER_DETECTS)), ==, "texture");
  g_assert_cmpstr (get_item (get_filter (page, FOVEA_FILTER_CUE)), ==, "Shape");
  g_assert_cmpstr (get_item (get_filter (page, FOVEA_FILTER_NETWORKS)), ==, "Both networks");
  select_item (get_filter (page, FOVEA_FILTER_DETECTS), "Any concept");
  g_assert_finalize_object (page);

  /* A category of concepts that are not at hand now. */
  page = g_object_ref_sink (fovea_layer_page_new ());
  g_assert_cmpstr (get_item (get_filter (page, FOVEA_FILTER_DETECTS)), ==, "Any concept");
  fovea_settings_set_string (fovea_application_get_settings (), "filter-detects", "weather");
  g_assert_finalize_object (page);
  page = g_object_ref_sink (fovea_layer_page_new ());
  g_assert_cmpstr (get_item (get_filter (page, FOVEA_FILTER_DETECTS)), ==, "weather");
  fovea_filter_button_clear (FOVEA_FILTER_BUTTON (fovea_test_find_widget (page, "filter_button")));
  g_assert_finalize_object (page);

  page = g_object_ref_sink (fovea_layer_page_new ());
  for (FoveaFilterChoice choice = 0; choice < FOVEA_N_FILTER_CHOICES; choice++)
    g_assert_cmpuint (gtk_drop_down_get_selected (get_filter (page, choice)), ==, 0);
  g_assert_finalize_object (page);
}

static FoveaSortButton *
get_sort (GtkWidget *page)
{
  return FOVEA_SORT_BUTTON (fovea_test_find_widget (page, "sort"));
}

static void
test_order (gpointer *fixture,
            gconstpointer data)
{
  GtkWidget *page = g_object_ref_sink (fovea_layer_page_new ());

  g_assert_true (gtk_check_button_get_active (fovea_sort_button_get_order_button (get_sort (page), FOVEA_TILE_ORDER_INDEX)));
  gtk_check_button_set_active (fovea_sort_button_get_order_button (get_sort (page), FOVEA_TILE_ORDER_SELECTIVITY), TRUE);
  gtk_check_button_set_active (fovea_sort_button_get_network_button (get_sort (page), FOVEA_TILE_ORDER_BY_ROBUST), TRUE);
  g_assert_finalize_object (page);

  page = g_object_ref_sink (fovea_layer_page_new ());
  g_assert_true (gtk_check_button_get_active (fovea_sort_button_get_order_button (get_sort (page), FOVEA_TILE_ORDER_SELECTIVITY)));
  g_assert_true (gtk_check_button_get_active (fovea_sort_button_get_network_button (get_sort (page), FOVEA_TILE_ORDER_BY_ROBUST)));
  g_assert_finalize_object (page);
}

static GtkWidget *
make_patches (void)
{
  g_autoptr (FoveaLayerScans) scans = fovea_layer_scans_new (fovea_application_get_job_queue (), fovea_application_get_reading_queue (), NULL,
                                                             fovea_application_get_image_sets ());

  return g_object_ref_sink (fovea_patches_view_new (scans, fovea_application_get_job_queue ()));
}

static void
test_patches (gpointer *fixture,
              gconstpointer data)
{
  GtkWidget *view = make_patches ();

  g_assert_cmpuint (gtk_drop_down_get_selected (GTK_DROP_DOWN (fovea_test_find_widget (view, "hits"))), ==, 0);
  g_assert_cmpfloat (gtk_range_get_value (GTK_RANGE (fovea_test_find_widget (view, "opacity"))), ==, 0);
  gtk_drop_down_set_selected (GTK_DROP_DOWN (fovea_test_find_widget (view, "hits")), 1);
  gtk_range_set_value (GTK_RANGE (fovea_test_find_widget (view, "opacity")), 0.25);
  g_assert_finalize_object (view);

  view = make_patches ();
  g_assert_cmpuint (gtk_drop_down_get_selected (GTK_DROP_DOWN (fovea_test_find_widget (view, "hits"))), ==, 1);
  g_assert_cmpfloat (gtk_range_get_value (GTK_RANGE (fovea_test_find_widget (view, "opacity"))), ==, 0.25);
  g_assert_finalize_object (view);
}

static void
test_lens (gpointer *fixture,
           gconstpointer data)
{
  FoveaLensControls *controls = g_object_ref_sink (g_object_new (FOVEA_TYPE_LENS_CONTROLS, NULL));

  g_assert_cmpint (fovea_lens_controls_get_measure (controls), ==, FOVEA_RESPONSE_PEAK);
  g_assert_cmpfloat (fovea_lens_controls_get_opacity (controls), ==, 0.6);
  gtk_drop_down_set_selected (GTK_DROP_DOWN (fovea_test_find_widget (GTK_WIDGET (controls), "measure")), 1);
  gtk_range_set_value (GTK_RANGE (fovea_test_find_widget (GTK_WIDGET (controls), "opacity")), 0.25);
  g_assert_finalize_object (controls);

  controls = g_object_ref_sink (g_object_new (FOVEA_TYPE_LENS_CONTROLS, NULL));
  g_assert_cmpint (fovea_lens_controls_get_measure (controls), ==, FOVEA_RESPONSE_MEAN);
  g_assert_cmpfloat (fovea_lens_controls_get_opacity (controls), ==, 0.25);
  g_assert_finalize_object (controls);
}

static GtkSpinButton *
find_noise (GtkWidget *root)
{
  GtkSpinButton *found = GTK_IS_SPIN_BUTTON (root) ? GTK_SPIN_BUTTON (root) : NULL;

  for (GtkWidget *child = gtk_widget_get_first_child (root); found == NULL && child != NULL; child = gtk_widget_get_next_sibling (child))
    found = find_noise (child);
  return found;
}

static void
test_noise (gpointer *fixture,
            gconstpointer data)
{
  FoveaSettings *settings = fovea_application_get_settings ();
  GtkWidget *overview = g_object_ref_sink (fovea_overview_new ());

  g_assert_cmpfloat (gtk_spin_button_get_value (find_noise (overview)), ==, 0.1);
  gtk_spin_button_set_value (find_noise (overview), 0.25);
  fovea_test_wait_until (fovea_settings_get_double (settings, "smoothness-noise") == 0.25, SECONDS);
  g_assert_finalize_object (overview);

  overview = g_object_ref_sink (fovea_overview_new ());
  g_assert_cmpfloat (gtk_spin_button_get_value (find_noise (overview)), ==, 0.25);
  g_assert_finalize_object (overview);
}

static void
add_tests (void)
{
  g_test_add ("/remembered/filter", gpointer, NULL, set_up, test_filter, tear_down);
  g_test_add ("/remembered/order", gpointer, NULL, set_up, test_order, tear_down);
  g_test_add ("/remembered/patches", gpointer, NULL, set_up, test_patches, tear_down);
  g_test_add ("/remembered/lens", gpointer, NULL, set_up, test_lens, tear_down);
  g_test_add ("/remembered/noise", gpointer, NULL, set_up, test_noise, tear_down);
}

int
main (int argc,
      char **argv)
{
  return fovea_test_run_with_display (argc, argv, add_tests);
}
