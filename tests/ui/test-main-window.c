/* The window: what it opens, how one gets around, what it remembers.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <glib/gstdio.h>

#include "engine/error.h"
#include "tests/scratch.h"
#include "tests/ui/display.h"
#include "ui/main-window.h"
#include "ui/neuron-page.h"
#include "ui/preferences.h"

static GtkWidget *
open_window (FoveaApplication *application)
{
  GtkWidget *window = fovea_main_window_new (application);
  GtkWidget *stack = fovea_test_find_widget (window, "stack");

  gtk_window_present (GTK_WINDOW (window));
  fovea_test_wait_until (gtk_widget_get_mapped (window) && !g_str_equal (gtk_stack_get_visible_child_name (GTK_STACK (stack)), "loading"), 20);
  return window;
}

static const char *
get_page (GtkWidget *window)
{
  return gtk_stack_get_visible_child_name (GTK_STACK (fovea_test_find_widget (window, "stack")));
}

/* Whether the keyboard is at the tiles. */
static gboolean
is_grid_focused (GtkWidget *window)
{
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (window));

  return focus != NULL && gtk_widget_is_ancestor (focus, fovea_test_find_widget (fovea_test_find_widget (window, "layer_page"), "grid"));
}

static const char *
get_layer (GtkWidget *window)
{
  GtkWidget *page = fovea_test_find_widget (window, "layer_page");

  return gtk_label_get_text (GTK_LABEL (fovea_test_find_widget (page, "title")));
}

static FoveaNeuronPage *
get_neuron_page (GtkWidget *window)
{
  return FOVEA_NEURON_PAGE (gtk_stack_get_child_by_name (GTK_STACK (fovea_test_find_widget (window, "stack")), "neuron"));
}

static void
search (GtkWidget *window,
        const char *text)
{
  GtkWidget *entry = fovea_test_find_widget (fovea_test_find_widget (window, "search_bar"), "search_entry");

  g_action_group_activate_action (G_ACTION_GROUP (window), "search", NULL);
  gtk_editable_set_text (GTK_EDITABLE (entry), text);
  g_signal_emit_by_name (entry, "activate");
}

static void
activate (GtkWidget *window,
          const char *action)
{
  g_assert_true (g_action_group_get_action_enabled (G_ACTION_GROUP (window), action));
  g_action_group_activate_action (G_ACTION_GROUP (window), action, NULL);
}

/* Nothing may keep a closed window: its jobs are dropped with it. */
static void
close_window (GtkWidget *window)
{
  gpointer alive = window;

  g_object_add_weak_pointer (G_OBJECT (window), &alive);
  gtk_window_close (GTK_WINDOW (window));
  fovea_test_wait_until (alive == NULL, 10);
}

/* First start, then a second that finds everything as it was left. */
static void
test_walk (void)
{
  FoveaApplication *application = fovea_test_application_new ();
  GtkWidget *window = open_window (application);

  g_assert_cmpstr (get_page (window), ==, "grid");
  g_assert_cmpstr (get_layer (window), ==, "conv4");
  g_assert_true (is_grid_focused (window));
  g_assert_false (g_action_group_get_action_enabled (G_ACTION_GROUP (window), "next-channel"));

  activate (window, "next-layer");
  g_assert_cmpstr (get_layer (window), ==, "bn4");
  activate (window, "previous-layer");
  g_assert_cmpstr (get_layer (window), ==, "conv4");

  search (window, "conv2:94");
  g_assert_cmpstr (get_layer (window), ==, "conv2");
  g_assert_cmpstr (get_page (window), ==, "neuron");
  g_assert_cmpstr (fovea_neuron_page_get_layer (get_neuron_page (window)), ==, "conv2");
  g_assert_cmpuint (fovea_neuron_page_get_channel (get_neuron_page (window)), ==, 94);
  activate (window, "next-channel");
  g_assert_cmpuint (fovea_neuron_page_get_channel (get_neuron_page (window)), ==, 95);
  g_assert_false (g_action_group_get_action_enabled (G_ACTION_GROUP (window), "next-channel"));
  activate (window, "previous-channel");
  activate (window, "back");
  g_assert_cmpstr (get_page (window), ==, "grid");
  g_assert_false (g_action_group_get_action_enabled (G_ACTION_GROUP (window), "back"));

  /* Nothing of that name: stays where it is. */
  search (window, "conv9:3");
  g_assert_cmpstr (get_page (window), ==, "grid");
  g_assert_cmpstr (get_layer (window), ==, "conv2");
  search (window, "fc7");
  g_assert_cmpstr (get_layer (window), ==, "fc7");
  search (window, "bear");
  g_assert_cmpuint (fovea_neuron_page_get_channel (get_neuron_page (window)), ==, 3);
  close_window (window);

  window = open_window (application);
  g_assert_cmpstr (get_layer (window), ==, "fc7");
  g_assert_cmpstr (get_page (window), ==, "neuron");
  g_assert_cmpuint (fovea_neuron_page_get_channel (get_neuron_page (window)), ==, 3);
  close_window (window);

  fovea_settings_set_string (fovea_application_get_settings (), "page", "grid");
  fovea_settings_set_string (fovea_application_get_settings (), "layer", "no such layer");
  window = open_window (application);
  g_assert_cmpstr (get_layer (window), ==, "conv4");
  close_window (window);
  g_object_unref (application);
}

/* A small window shows one thing at a time. */
static void
test_narrow (void)
{
  FoveaApplication *application = fovea_test_application_new ();
  GtkWidget *window;
  AdwLeaflet *leaflet;

  g_object_set (fovea_application_get_settings (), "window-width", 420, "window-height", 600, NULL);
  window = open_window (application);
  leaflet = ADW_LEAFLET (fovea_test_find_widget (window, "leaflet"));
  fovea_test_wait_until (adw_leaflet_get_folded (leaflet), 5);
  g_assert_cmpint (gtk_widget_get_width (window), <=, 480);
  g_assert_cmpstr (adw_leaflet_get_visible_child_name (leaflet), ==, "content");
  g_assert_true (gtk_widget_get_visible (fovea_test_find_widget (window, "back")));
  activate (window, "back");
  g_assert_cmpstr (adw_leaflet_get_visible_child_name (leaflet), ==, "layers");
  close_window (window);
  g_object_set (fovea_application_get_settings (), "window-width", 1180, "window-height", 760, NULL);
  g_object_unref (application);
}

static void
test_no_networks (void)
{
  FoveaApplication *application = fovea_test_application_new ();
  g_autoptr (FoveaScratch) resources = fovea_scratch_new ();
  g_autofree char *networks = fovea_scratch_path (resources, "networks");
  GtkWidget *window, *page;

  g_assert_cmpint (g_mkdir (networks, 0700), ==, 0);
  g_setenv ("FOVEA_RESOURCES_DIR", resources, TRUE);
  window = open_window (application);
  page = fovea_test_find_widget (window, "error_page");
  g_assert_cmpstr (get_page (window), ==, "error");
  g_assert_cmpstr (adw_status_page_get_title (ADW_STATUS_PAGE (page)), ==, "No Networks Found");
  g_assert_nonnull (strstr (adw_status_page_get_description (ADW_STATUS_PAGE (page)), "install Fovea again"));
  g_assert_false (g_action_group_get_action_enabled (G_ACTION_GROUP (window), "search"));
  close_window (window);
  g_unsetenv ("FOVEA_RESOURCES_DIR");
  g_object_unref (application);
}

static void
count (guint *n)
{
  (*n)++;
}

static AdwMessageDialog *
find_dialog (void)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr (GtkWindow) window = g_list_model_get_item (windows, i);

      if (ADW_IS_MESSAGE_DIALOG (window))
        return ADW_MESSAGE_DIALOG (window);
    }
  return NULL;
}

/* Results go in the background, and only when people mean it. */
static void
test_delete_results (void)
{
  FoveaApplication *application = fovea_test_application_new ();
  FoveaStore *store = fovea_application_get_store ();
  g_autoptr (GError) error = NULL;
  g_autoptr (FoveaImage) image = fovea_image_new (64, 64, &error);
  FoveaStoredVisualization visualization = { .image = image, .activation = 1 };
  FoveaStoredVisualization *found;
  GtkWidget *preferences = fovea_preferences_new (fovea_application_get_settings (), store);
  guint n_deleted = 0;

  memset (image->pixels, 7, 64 * 64 * 3);
  g_assert_true (fovea_store_put_visualization (store, "network", "conv1:0", "recipe", &visualization, &error));
  gtk_window_present (GTK_WINDOW (preferences));
  g_signal_connect_swapped (preferences, "results-deleted", G_CALLBACK (count), &n_deleted);

  g_signal_emit_by_name (fovea_test_find_widget (preferences, "clear"), "clicked");
  adw_message_dialog_response (find_dialog (), "cancel");
  fovea_test_settle ();
  found = fovea_store_get_visualization (store, "network", "conv1:0", "recipe", &error);
  g_assert_nonnull (found);
  fovea_stored_visualization_free (found);

  g_signal_emit_by_name (fovea_test_find_widget (preferences, "clear"), "clicked");
  adw_message_dialog_response (find_dialog (), "delete");
  g_assert_false (gtk_widget_get_sensitive (fovea_test_find_widget (preferences, "clear")));
  fovea_test_wait_until (n_deleted == 1, 10);
  g_assert_true (gtk_widget_get_sensitive (fovea_test_find_widget (preferences, "clear")));
  g_assert_null (fovea_store_get_visualization (store, "network", "conv1:0", "recipe", &error));
  g_assert_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND);
  gtk_window_destroy (GTK_WINDOW (preferences));
  fovea_test_settle ();
  g_object_unref (application);
}

static void
test_preferences (void)
{
  FoveaApplication *application = fovea_test_application_new ();
  FoveaSettings *settings = fovea_application_get_settings ();
  GtkWidget *preferences = fovea_preferences_new (settings, fovea_application_get_store ());
  AdwStyleManager *style = adw_style_manager_get_default ();

  gtk_window_present (GTK_WINDOW (preferences));
  fovea_test_wait_until (gtk_widget_get_mapped (preferences), 5);
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (fovea_test_find_widget (preferences, "tile_size_button")), 96);
  g_assert_cmpint (fovea_settings_get_int (settings, "tile-size"), ==, 96);
  gtk_window_destroy (GTK_WINDOW (preferences));
  fovea_settings_set_string (settings, "color-scheme", "dark");
  g_assert_true (adw_style_manager_get_dark (style));
  fovea_settings_set_string (settings, "color-scheme", "light");
  g_assert_false (adw_style_manager_get_dark (style));
  fovea_test_settle ();
  g_object_unref (application);
}

static void
add_tests (void)
{
  g_test_add_func ("/main-window/walk", test_walk);
  g_test_add_func ("/main-window/narrow", test_narrow);
  g_test_add_func ("/main-window/no-networks", test_no_networks);
  g_test_add_func ("/main-window/preferences", test_preferences);
  g_test_add_func ("/main-window/delete-results", test_delete_results);
}

int
main (int argc,
      char **argv)
{
  return fovea_test_run_with_display (argc, argv, add_tests);
}
