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
static FoveaFigureRecord *
expect_same_again (const char *record_path, const char *path)
{
  const FoveaFigureCache cache = { .store = NULL };
  g_autoptr (GError) error = NULL;
  FoveaFigureRecord *record = fovea_figure_record_read (record_path, &error);
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
  figure = fovea_figure_make (record, networks, NULL, &cache, NULL, NULL, &error);
  g_assert_no_error (error);
  again = fovea_figure_render (figure, FOVEA_FIGURE_PDF, &error);
  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (path, &contents, &size, NULL));
  g_assert_cmpmem (g_bytes_get_data (again, NULL), g_bytes_get_size (again), contents, size);
  return record;
}

/* A view in a window, with two neurons pinned, and images in which their patches are looked for. */
typedef struct
{
  Fixture pinned;
  FoveaStore *store;
  FoveaJobQueue *queue;
  FoveaImageSets *sets;
  GtkWidget *window;
  FoveaPinsView *view;
  char *path;
  char *record_path;
} ViewFixture;

static void
write_images (const char *folder)
{
  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  for (guint i = 0; i < 12; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (FoveaImage) image = fovea_image_new (64, 64, &error);
      g_autofree char *path = g_strdup_printf ("%s/%u.png", folder, i);

      g_assert_no_error (error);
      for (guint k = 0; k < 64 * 64; k++)
        for (guint c = 0; c < 3; c++)
          image->pixels[3 * k + c] = (guint8) (k / 64 / (i + 1) % 2 ? 40 * c + 20 * i : 255 - k % 64 * 3);
      g_assert_true (fovea_image_write_png (image, path, &error));
    }
}

static void
set_up_view (ViewFixture *fixture, gconstpointer data)
{
  g_autofree char *store_path = NULL;
  g_autofree char *images = NULL;
  g_autoptr (GError) error = NULL;

  set_up (&fixture->pinned, NULL);
  store_path = fovea_scratch_path (fixture->pinned.folder, "store.sqlite");
  images = fovea_scratch_path (fixture->pinned.folder, "images");
  fixture->path = fovea_scratch_path (fixture->pinned.folder, "pins.pdf");
  fixture->record_path = fovea_scratch_path (fixture->pinned.folder, "pins.json");
  write_images (images);
  fixture->store = fovea_store_open (store_path, &error);
  g_assert_no_error (error);
  fixture->queue = fovea_job_queue_new (1);
  fixture->sets = fovea_image_sets_new (fixture->queue, NULL);
  fovea_image_sets_set_current (fixture->sets, images);
  fixture->view = FOVEA_PINS_VIEW (fovea_pins_view_new (fixture->queue, fixture->store, fixture->sets));
  fixture->window = fovea_test_show (GTK_WIDGET (fixture->view), 900, 600);
  fovea_neuron_view_set_neuron (FOVEA_NEURON_VIEW (fixture->view), fixture->pinned.pair, "conv3", (guint[]) { 42, 42 });
  if (data != NULL)
    return;
  fovea_pins_add (fixture->pinned.pins, "conv3", (guint[]) { 42, 42 });
  fovea_pins_add (fixture->pinned.pins, "conv2", (guint[]) { 7, 9 });
  fovea_pins_rename (fixture->pinned.pins, 0, "spots");
}

static void
tear_down_view (ViewFixture *fixture, gconstpointer data)
{
  fovea_test_close (fixture->window);
  g_assert_finalize_object (fixture->sets);
  g_assert_finalize_object (fixture->queue);
  g_clear_pointer (&fixture->store, fovea_store_unref);
  g_free (fixture->path);
  g_free (fixture->record_path);
  tear_down (&fixture->pinned, NULL);
}

static void
export_and_wait (ViewFixture *fixture)
{
  fovea_pins_view_export (fixture->view, fixture->path);
  g_assert_true (fovea_pins_view_is_busy (fixture->view));
  fovea_test_wait_until (!fovea_pins_view_is_busy (fixture->view), SECONDS);
}

/* Nothing is pinned, so there is nothing to make. */
static void
test_nothing (ViewFixture *fixture, gconstpointer data)
{
  fovea_pins_view_preview (fixture->view);
  g_assert_false (fovea_pins_view_is_busy (fixture->view));
}

static void
test_figure (ViewFixture *fixture, gconstpointer data)
{
  g_autoptr (FoveaFigureRecord) record = NULL;
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  gsize first_size, second_size;

  fovea_pins_view_export (fixture->view, "figure.gif");
  g_assert_false (fovea_pins_view_is_busy (fixture->view));
  g_assert_nonnull (strstr (fovea_pins_view_get_message (fixture->view), ".png, .pdf or .svg"));

  fovea_pins_view_set_columns (fixture->view, TRUE, FALSE, 85);
  export_and_wait (fixture);
  g_assert_nonnull (fovea_pins_view_get_preview (fixture->view));
  record = expect_same_again (fixture->record_path, fixture->path);
  g_assert_false (record->cancelled);

  /* From the store, the same. */
  g_assert_true (g_file_get_contents (fixture->path, &first, &first_size, NULL));
  export_and_wait (fixture);
  g_assert_true (g_file_get_contents (fixture->path, &second, &second_size, NULL));
  g_assert_cmpmem (first, first_size, second, second_size);
}

/* With the strongest patches in an image set, whose state the record says. */
static void
test_patches (ViewFixture *fixture, gconstpointer data)
{
  g_autoptr (FoveaFigureRecord) record = NULL;
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  gsize first_size, second_size;
  const FoveaFigureView *view;
  g_autofree char *images = fovea_scratch_path (fixture->pinned.folder, "images");
  g_autoptr (GError) error = NULL;
  g_autoptr (FoveaImageSet) set = fovea_image_set_open (images, &error);

  g_assert_no_error (error);
  fovea_pins_view_set_columns (fixture->view, TRUE, TRUE, 85);
  export_and_wait (fixture);
  g_assert_true (g_str_has_prefix (fovea_pins_view_get_message (fixture->view), "Saved pins.pdf"));
  record = expect_same_again (fixture->record_path, fixture->path);
  g_assert_cmpuint (record->views->len, ==, 2);
  view = record->views->pdata[1];
  g_assert_cmpint (view->kind, ==, FOVEA_FIGURE_PATCHES);
  g_assert_cmpstr (view->fingerprint, ==, fovea_image_set_get_fingerprint (set));
  g_assert_true (g_file_get_contents (fixture->path, &first, &first_size, NULL));

  /* Patches alone are another figure. */
  fovea_pins_view_set_columns (fixture->view, FALSE, TRUE, 85);
  export_and_wait (fixture);
  g_clear_pointer (&record, fovea_figure_record_free);
  record = expect_same_again (fixture->record_path, fixture->path);
  g_assert_cmpuint (record->views->len, ==, 1);
  g_assert_true (g_file_get_contents (fixture->path, &second, &second_size, NULL));
  g_assert_cmpuint (first_size, !=, second_size);
}

/* Stopped, it is saved as it is then, and the record says how far that was. */
static void
test_stop (ViewFixture *fixture, gconstpointer data)
{
  g_autoptr (FoveaFigureRecord) record = NULL;
  gboolean incomplete = FALSE;

  fovea_pins_view_set_columns (fixture->view, TRUE, TRUE, 85);
  fovea_pins_view_export (fixture->view, fixture->path);
  fovea_test_wait_until (fovea_pins_view_get_progress (fixture->view) > 0, SECONDS);
  fovea_pins_view_stop (fixture->view);
  fovea_test_wait_until (!fovea_pins_view_is_busy (fixture->view), SECONDS);
  g_assert_true (g_str_has_prefix (fovea_pins_view_get_message (fixture->view), "Stopped; saved pins.pdf"));
  record = expect_same_again (fixture->record_path, fixture->path);
  g_assert_true (record->cancelled);
  for (guint i = 0; i < record->rows->len; i++)
    for (guint n = 0; n < record->networks->len; n++)
      incomplete |= ((FoveaFigureRow *) record->rows->pdata[i])->steps[n] < ((FoveaFigureNetwork *) record->networks->pdata[n])->options.steps;
  g_assert_true (incomplete);
  g_assert_true (((FoveaFigureView *) record->views->pdata[1])->missing);
}

static void
add_tests (void)
{
  g_test_add ("/pins/kept", Fixture, NULL, set_up, test_kept, tear_down);
  g_test_add ("/pins/broken-file", Fixture, NULL, set_up, test_broken_file, tear_down);
  g_test_add ("/pins/neuron-page", Fixture, NULL, set_up, test_neuron_page, tear_down);
  g_test_add ("/pins/nothing", ViewFixture, "nothing", set_up_view, test_nothing, tear_down_view);
  g_test_add ("/pins/figure", ViewFixture, NULL, set_up_view, test_figure, tear_down_view);
  g_test_add ("/pins/patches", ViewFixture, NULL, set_up_view, test_patches, tear_down_view);
  g_test_add ("/pins/stop", ViewFixture, NULL, set_up_view, test_stop, tear_down_view);
}

int
main (int argc, char **argv)
{
  return fovea_test_run_with_display (argc, argv, add_tests);
}
