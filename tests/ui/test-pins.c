/* Pins: what is kept of them, and the figure that is made of them.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <glib/gstdio.h>

#include "tests/scratch.h"
#include "tests/ui/display.h"
#include "ui/figure-maker.h"
#include "ui/neuron-page.h"
#include "ui/pins-view.h"
#include "ui/pins.h"

#define SECONDS 90

typedef struct
{
  FoveaNetworkPair *pair;
  FoveaPins *pins;
  FoveaScratch *folder;
} Fixture;

/* The same networks as another pair: what it knows comes from the file. */
static FoveaNetworkPair *
open_again (void)
{
  g_autoptr (GError) error = NULL;
  FoveaNetworkPair *pair = fovea_network_pair_open ("alexnet-64", &error);

  g_assert_no_error (error);
  return pair;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->folder = fovea_scratch_new ();
  fixture->pair = open_again ();
  fixture->pins = fovea_pins_get (fixture->pair);
  while (fovea_pins_get_n (fixture->pins) > 0)
    fovea_pins_remove (fixture->pins, 0);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  fovea_test_settle ();
  g_assert_finalize_object (fixture->pair);
  g_clear_pointer (&fixture->folder, fovea_scratch_free);
}

static void
test_kept (Fixture *fixture, gconstpointer data)
{
  g_autoptr (FoveaNetworkPair) again = NULL;
  FoveaPins *pins;

  g_assert_true (fovea_pins_get (fixture->pair) == fixture->pins);
  g_assert_true (fovea_pins_add (fixture->pins, "conv3", (guint[]) { 42, 42 }));
  g_assert_true (fovea_pins_add (fixture->pins, "conv2", (guint[]) { 7, 9 }));
  g_assert_true (fovea_pins_add (fixture->pins, "conv3", (guint[]) { 42, 42 }));
  g_assert_cmpuint (fovea_pins_get_n (fixture->pins), ==, 2);
  g_assert_cmpint (fovea_pins_find (fixture->pins, "conv2", (guint[]) { 7, 7 }), ==, -1);
  fovea_pins_rename (fixture->pins, 1, "edges “fine”");
  fovea_pins_move (fixture->pins, 1, 0);
  g_assert_null (fovea_pins_get_error (fixture->pins));

  again = open_again ();
  pins = fovea_pins_get (again);
  g_assert_cmpuint (fovea_pins_get_n (pins), ==, 2);
  g_assert_cmpstr (fovea_pins_get_pin (pins, 0)->label, ==, "edges “fine”");
  g_assert_cmpuint (fovea_pins_get_pin (pins, 0)->channels[FOVEA_SIDE_STANDARD], ==, 7);
  g_assert_cmpuint (fovea_pins_get_pin (pins, 0)->channels[FOVEA_SIDE_ROBUST], ==, 9);
  g_assert_cmpstr (fovea_pins_get_pin (pins, 1)->layer, ==, "conv3");
}

static char *
find_file (void)
{
  g_autofree char *folder = g_build_filename (g_get_user_data_dir (), "fovea", "pins", NULL);
  g_autoptr (GDir) directory = g_dir_open (folder, 0, NULL);
  const char *name;

  g_assert_nonnull (directory);
  while ((name = g_dir_read_name (directory)) != NULL)
    if (g_str_has_suffix (name, ".json"))
      return g_build_filename (folder, name, NULL);
  g_assert_not_reached ();
}

/* What cannot be understood is neither used nor destroyed. */
static void
test_broken_file (Fixture *fixture, gconstpointer data)
{
  static const char *const texts[] = { "", "{", "[]", "{\"pins\": 3}", "{\"pins\": [{\"layer\": \"conv1\", \"standard\": -1, \"robust\": 0}]}" };
  g_autofree char *path = NULL;
  g_autofree char *aside = NULL;

  fovea_pins_add (fixture->pins, "conv1", (guint[]) { 1, 1 });
  path = find_file ();
  aside = g_strconcat (path, ".unreadable", NULL);
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (FoveaNetworkPair) again = open_again ();
      g_autofree char *kept = NULL;

      g_assert_true (g_file_set_contents (path, texts[i], -1, NULL));
      g_assert_cmpuint (fovea_pins_get_n (fovea_pins_get (again)), ==, 0);
      g_assert_true (g_file_get_contents (aside, &kept, NULL, NULL));
      g_assert_cmpstr (kept, ==, texts[i]);
    }
  g_unlink (aside);
}

static void
test_neuron_page (Fixture *fixture, gconstpointer data)
{
  FoveaNeuronPage *page = FOVEA_NEURON_PAGE (g_object_ref_sink (fovea_neuron_page_new ()));

  gtk_widget_activate_action (GTK_WIDGET (page), "neuron.pin", NULL);
  fovea_neuron_page_set_neuron (page, fixture->pair, "conv3", 42);
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (page), "neuron.pin", NULL));
  g_assert_cmpint (fovea_pins_find (fixture->pins, "conv3", (guint[]) { 42, 42 }), ==, 0);
  fovea_neuron_page_set_neuron (page, fixture->pair, "conv3", 43);
  gtk_widget_activate_action (GTK_WIDGET (page), "neuron.pin", NULL);
  g_assert_cmpuint (fovea_pins_get_n (fixture->pins), ==, 2);
  gtk_widget_activate_action (GTK_WIDGET (page), "neuron.pin", NULL);
  g_assert_cmpuint (fovea_pins_get_n (fixture->pins), ==, 1);
  g_assert_finalize_object (page);
}

/* The files that the view writes are what their record gives. */
static void
expect_same_again (const char *record_path, const char *path)
{
  const FoveaFigureCache cache = { .store = NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (FoveaFigureRecord) record = fovea_figure_record_read (record_path, &error);
  g_autoptr (GPtrArray) networks = NULL;
  g_autoptr (FoveaFigure) figure = NULL;
  g_autoptr (GBytes) again = NULL;
  g_autofree char *contents = NULL;
  gsize size;

  g_assert_no_error (error);
  g_assert_cmpfloat (record->width_mm, ==, 85);
  g_assert_cmpuint (record->rows->len, ==, 2);
  networks = fovea_figure_record_open_networks (record, NULL, NULL, &error);
  g_assert_no_error (error);
  figure = fovea_figure_make (record, networks, NULL, &cache, NULL, &error);
  g_assert_no_error (error);
  again = fovea_figure_render (figure, FOVEA_FIGURE_PDF, &error);
  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (path, &contents, &size, NULL));
  g_assert_cmpmem (g_bytes_get_data (again, NULL), g_bytes_get_size (again), contents, size);
}

static void
test_figure (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = fovea_scratch_path (fixture->folder, "pins.pdf");
  g_autofree char *record_path = fovea_scratch_path (fixture->folder, "pins.json");
  g_autofree char *store_path = fovea_scratch_path (fixture->folder, "store.sqlite");
  g_autoptr (GError) error = NULL;
  FoveaStore *store = fovea_store_open (store_path, &error);
  FoveaJobQueue *queue = fovea_job_queue_new (1);
  FoveaSettings *settings = fovea_settings_new ();
  FoveaImageSets *sets = fovea_image_sets_new (queue, settings);
  GtkWidget *window = gtk_window_new ();
  FoveaPinsView *view = FOVEA_PINS_VIEW (fovea_pins_view_new (queue, store, sets));
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  gsize first_size, second_size;

  g_assert_no_error (error);
  gtk_window_set_default_size (GTK_WINDOW (window), 900, 600);
  gtk_window_set_child (GTK_WINDOW (window), GTK_WIDGET (view));
  gtk_window_present (GTK_WINDOW (window));
  fovea_neuron_view_set_neuron (FOVEA_NEURON_VIEW (view), fixture->pair, "conv3", (guint[]) { 42, 42 });

  /* Nothing is pinned, so there is nothing to make. */
  fovea_pins_view_preview (view);
  g_assert_false (fovea_pins_view_is_busy (view));

  fovea_pins_add (fixture->pins, "conv3", (guint[]) { 42, 42 });
  fovea_pins_add (fixture->pins, "conv2", (guint[]) { 7, 9 });
  fovea_pins_rename (fixture->pins, 0, "spots");

  fovea_pins_view_export (view, "figure.gif");
  g_assert_false (fovea_pins_view_is_busy (view));
  g_assert_nonnull (strstr (fovea_pins_view_get_message (view), ".png, .pdf or .svg"));

  fovea_pins_view_preview (view);
  g_assert_true (fovea_pins_view_is_busy (view));
  fovea_pins_view_stop (view);
  fovea_test_wait_until (!fovea_pins_view_is_busy (view), SECONDS);
  g_assert_null (fovea_pins_view_get_preview (view));

  fovea_pins_view_set_columns (view, TRUE, FALSE, 85);
  fovea_pins_view_export (view, path);
  fovea_test_wait_until (!fovea_pins_view_is_busy (view), SECONDS);
  g_assert_nonnull (fovea_pins_view_get_preview (view));
  expect_same_again (record_path, path);

  /* From the store, the same. */
  g_assert_true (g_file_get_contents (path, &first, &first_size, NULL));
  fovea_pins_view_export (view, path);
  fovea_test_wait_until (!fovea_pins_view_is_busy (view), SECONDS);
  g_assert_true (g_file_get_contents (path, &second, &second_size, NULL));
  g_assert_cmpmem (first, first_size, second, second_size);

  g_object_ref (view);
  gtk_window_destroy (GTK_WINDOW (window));
  fovea_test_settle ();
  g_assert_finalize_object (view);
  g_object_unref (sets);
  g_object_unref (settings);
  g_object_unref (queue);
  fovea_store_unref (store);
}

static void
add_tests (void)
{
  g_test_add ("/pins/kept", Fixture, NULL, set_up, test_kept, tear_down);
  g_test_add ("/pins/broken-file", Fixture, NULL, set_up, test_broken_file, tear_down);
  g_test_add ("/pins/neuron-page", Fixture, NULL, set_up, test_neuron_page, tear_down);
  g_test_add ("/pins/figure", Fixture, NULL, set_up, test_figure, tear_down);
}

int
main (int argc, char **argv)
{
  return fovea_test_run_with_display (argc, argv, add_tests);
}
