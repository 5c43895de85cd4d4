/* The neuron page: where it is, walking, and saving pictures.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <glib/gstdio.h>
#include <json-glib/json-glib.h>

#include "tests/scratch.h"
#include "tests/ui/display.h"
#include "ui/figure-maker.h"
#include "ui/neuron-page.h"
#include "ui/visualization-export.h"

#define SECONDS 60

typedef struct
{
  FoveaNetworkPair *pair;
  FoveaJobQueue *queue;
  GtkWidget *window;
  FoveaNeuronPage *page;
  FoveaVisualizationView *view;
  FoveaScratch *folder;
} Fixture;

static void
set_up (Fixture *fixture,
        gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  FoveaMaximizeSettings *settings;

  fixture->folder = fovea_scratch_new ();
  fixture->pair = fovea_network_pair_open ("alexnet-64", &error);
  g_assert_no_error (error);
  fixture->queue = fovea_job_queue_new (2);
  fixture->page = FOVEA_NEURON_PAGE (fovea_neuron_page_new ());
  fixture->view = fovea_neuron_page_get_visualization (fixture->page);
  fovea_visualization_view_set_services (fixture->view, fixture->queue, NULL);
  settings = fovea_visualization_view_get_settings (fixture->view);
  fovea_maximize_settings_change (settings, fovea_maximize_option_find ("steps"), 6);
  fixture->window = fovea_test_show (GTK_WIDGET (fixture->page), 900, 600);
}

static void
tear_down (Fixture *fixture,
           gconstpointer data)
{
  fovea_test_close (fixture->window);
  g_assert_finalize_object (fixture->queue);
  g_assert_finalize_object (fixture->pair);
  g_clear_pointer (&fixture->folder, fovea_scratch_free);
}

static GtkWidget *
find_widget (GtkWidget *parent,
             GType type)
{
  for (GtkWidget *child = gtk_widget_get_first_child (parent); child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = G_TYPE_CHECK_INSTANCE_TYPE (child, type) ? child : find_widget (child, type);

      if (found != NULL)
        return found;
    }
  return NULL;
}

static void
count (guint *n)
{
  (*n)++;
}

static void
test_facts (Fixture *fixture,
            gconstpointer data)
{
  fovea_neuron_page_set_neuron (fixture->page, fixture->pair, "conv3", 42);
  g_assert_cmpuint (fovea_neuron_page_get_n_channels (fixture->page), ==, 160);
  g_assert_cmpstr (fovea_neuron_page_get_layer (fixture->page), ==, "conv3");
  g_assert_cmpstr (fovea_neuron_page_get_facts (fixture->page), ==, "Conv · 160 channels · map 8 × 8 · receptive field 51 × 51 pixels");
  fovea_neuron_page_set_neuron (fixture->page, fixture->pair, "fc7", 0);
  {
    FoveaNetwork *network = fovea_network_pair_get_network (fixture->pair, FOVEA_SIDE_STANDARD);
    g_autofree char *expected = g_strdup_printf ("class “%s” · Gemm · 20 units · sees the whole image", fovea_network_get_classes (network)[0]);

    g_assert_cmpstr (fovea_neuron_page_get_facts (fixture->page), ==, expected);
  }
  fovea_neuron_page_clear (fixture->page);
  g_assert_null (fovea_neuron_page_get_pair (fixture->page));
  g_assert_cmpuint (fovea_neuron_page_get_n_channels (fixture->page), ==, 0);
}

static void
test_jump (Fixture *fixture,
           gconstpointer data)
{
  GtkWidget *entry = find_widget (GTK_WIDGET (fixture->page), GTK_TYPE_ENTRY);
  static const char *const wrong[] = { "160", "-1", "", "4x", "99999999999999999999" };
  guint n_notified = 0;

  fovea_neuron_page_set_neuron (fixture->page, fixture->pair, "conv3", 42);
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (entry)), ==, "42");
  g_signal_connect_swapped (fixture->page, "notify::channel", G_CALLBACK (count), &n_notified);

  gtk_editable_set_text (GTK_EDITABLE (entry), "159");
  g_signal_emit_by_name (entry, "activate");
  g_assert_cmpuint (fovea_neuron_page_get_channel (fixture->page), ==, 159);
  g_assert_cmpuint (n_notified, ==, 1);
  g_assert_cmpint (fovea_visualization_run_get_neuron (fovea_visualization_view_get_run (fixture->view, FOVEA_SIDE_ROBUST))->channel, ==, 159);

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      gtk_editable_set_text (GTK_EDITABLE (entry), wrong[i]);
      g_signal_emit_by_name (entry, "activate");
      g_assert_cmpuint (fovea_neuron_page_get_channel (fixture->page), ==, 159);
      g_assert_true (gtk_widget_has_css_class (entry, "error"));
    }
  g_assert_cmpuint (n_notified, ==, 1);
}

static JsonObject *
read_record (JsonParser *parser,
             const char *path)
{
  g_autoptr (GError) error = NULL;

  json_parser_load_from_file (parser, path, &error);
  g_assert_no_error (error);
  return json_node_get_object (json_parser_get_root (parser));
}

/* The record gives the picture again, byte for byte, with all computed anew. */
static void
expect_same_again (const char *record_path,
                   const char *picture_path)
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
  networks = fovea_figure_record_open_networks (record, NULL, NULL, &error);
  g_assert_no_error (error);
  figure = fovea_figure_make (record, networks, NULL, &cache, NULL, NULL, &error);
  g_assert_no_error (error);
  again = fovea_figure_render (figure, FOVEA_FIGURE_PNG, &error);
  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (picture_path, &contents, &size, NULL));
  g_assert_cmpmem (g_bytes_get_data (again, NULL), g_bytes_get_size (again), contents, size);
}

static void
test_save (Fixture *fixture,
           gconstpointer data)
{
  g_autofree char *path = fovea_scratch_path (fixture->folder, "figure");
  g_autofree char *picture_path = fovea_scratch_path (fixture->folder, "figure.png");
  g_autofree char *record_path = fovea_scratch_path (fixture->folder, "figure.json");
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (FoveaImage) picture = NULL;
  FoveaMaximizeSettings *settings = fovea_visualization_view_get_settings (fixture->view);
  JsonObject *record, *network, *neuron, *result;
  double activation;

  fovea_maximize_settings_set_n_images (settings, 2);
  fovea_maximize_settings_set_seed (settings, 31);
  fovea_neuron_page_set_neuron (fixture->page, fixture->pair, "conv3", 42);

  /* While it runs there is nothing to save. */
  fovea_neuron_page_save (fixture->page, file);
  fovea_test_wait_until (!fovea_visualization_view_is_running (fixture->view), SECONDS);
  fovea_test_settle ();
  g_assert_false (g_file_test (picture_path, G_FILE_TEST_EXISTS));

  fovea_neuron_page_save (fixture->page, file);
  fovea_test_wait_until (g_file_test (picture_path, G_FILE_TEST_EXISTS), SECONDS);
  g_assert_true (g_file_test (record_path, G_FILE_TEST_EXISTS));
  picture = fovea_image_read (picture_path, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (picture->width, >, 2 * 384);
  g_assert_cmpuint (picture->height, >, 2 * 384);

  record = read_record (parser, record_path);
  g_assert_cmpstr (json_object_get_string_member (record, "figure"), ==, "figure.png");
  g_assert_cmpint (json_object_get_int_member (record, "seed"), ==, 31);
  g_assert_false (json_object_get_boolean_member (record, "cancelled"));
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (record, "networks")), ==, 2);
  network = json_array_get_object_element (json_object_get_array_member (record, "networks"), 1);
  g_assert_cmpstr (json_object_get_string_member (network, "name"), ==, "alexnet-64-robust");
  g_assert_cmpstr (json_object_get_string_member (network, "preset"), ==, "robust");
  g_assert_cmpstr (json_object_get_string_member (network, "sha256"), ==,
                   fovea_network_get_sha256 (fovea_network_pair_get_network (fixture->pair, FOVEA_SIDE_ROBUST)));
  g_assert_cmpint (json_object_get_int_member (json_object_get_object_member (network, "options"), "steps"), ==, 6);
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (record, "neurons")), ==, 2);
  neuron = json_array_get_object_element (json_object_get_array_member (record, "neurons"), 1);
  g_assert_cmpstr (json_object_get_string_member (neuron, "neuron"), ==, "conv3:42");
  g_assert_cmpstr (json_object_get_string_member (neuron, "objective"), ==, "channel");
  g_assert_cmpint (json_object_get_int_member (neuron, "stream"), ==, 1);
  result = json_array_get_object_element (json_object_get_array_member (neuron, "results"), 0);
  g_assert_true (fovea_visualization_run_get_activation (fovea_visualization_view_get_run (fixture->view, FOVEA_SIDE_STANDARD), 1, &activation));
  g_assert_cmpfloat_with_epsilon (json_object_get_double_member (result, "activation"), activation, 1e-9);
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (result, "curve")), ==, 6);
  expect_same_again (record_path, picture_path);
}

/* What cannot be written leaves nothing behind, and what was there stays. */
static void
test_save_fails (Fixture *fixture,
                 gconstpointer data)
{
  g_autofree char *missing = fovea_scratch_path (fixture->folder, "no/such/folder.png");
  g_autofree char *unknown = fovea_scratch_path (fixture->folder, "figure.gif");
  g_autofree char *blocked = fovea_scratch_path (fixture->folder, "blocked.png");
  g_autofree char *blocked_record = fovea_scratch_path (fixture->folder, "blocked.json");
  FoveaVisualizationRun *runs[FOVEA_N_SIDES];
  g_autoptr (GError) error = NULL;

  fovea_neuron_page_set_neuron (fixture->page, fixture->pair, "conv3", 42);
  fovea_test_wait_until (!fovea_visualization_view_is_running (fixture->view), SECONDS);
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    runs[side] = fovea_visualization_view_get_run (fixture->view, side);
  g_assert_true (fovea_visualization_export_can (runs, FOVEA_N_SIDES));

  g_assert_false (fovea_visualization_export_save (runs, FOVEA_N_SIDES, missing, &error));
  g_assert_error (error, FOVEA_ERROR, FOVEA_ERROR_IO);
  g_clear_error (&error);
  g_assert_false (fovea_visualization_export_save (runs, FOVEA_N_SIDES, unknown, &error));
  g_assert_error (error, FOVEA_ERROR, FOVEA_ERROR_ARGUMENT);
  g_assert_false (g_file_test (unknown, G_FILE_TEST_EXISTS));
  g_clear_error (&error);

  /* A folder with files in it cannot be replaced by a picture. */
  g_assert_cmpint (g_mkdir (blocked, 0700), ==, 0);
  {
    g_autofree char *inside = g_build_filename (blocked, "file", NULL);

    g_assert_true (g_file_set_contents (inside, "x", 1, NULL));
    g_assert_false (fovea_visualization_export_save (runs, FOVEA_N_SIDES, blocked, &error));
    g_assert_error (error, FOVEA_ERROR, FOVEA_ERROR_IO);
    g_assert_false (g_file_test (blocked_record, G_FILE_TEST_EXISTS));
    g_assert_true (g_file_test (inside, G_FILE_TEST_EXISTS));
    g_unlink (inside);
    g_rmdir (blocked);
  }
}

static void
on_texture (GObject *source,
            GAsyncResult *result,
            gpointer data)
{
  g_autoptr (GError) error = NULL;

  *(GdkTexture **) data = gdk_clipboard_read_texture_finish (GDK_CLIPBOARD (source), result, &error);
  g_assert_no_error (error);
}

static void
test_copy (Fixture *fixture,
           gconstpointer data)
{
  GdkClipboard *clipboard = gtk_widget_get_clipboard (GTK_WIDGET (fixture->page));
  g_autoptr (GdkTexture) texture = NULL;

  fovea_neuron_page_set_neuron (fixture->page, fixture->pair, "conv3", 42);
  fovea_test_wait_until (!fovea_visualization_view_is_running (fixture->view), SECONDS);
  gtk_widget_activate_action (GTK_WIDGET (fixture->page), "neuron.copy", NULL);
  fovea_test_wait_until (gdk_content_formats_contain_gtype (gdk_clipboard_get_formats (clipboard), GDK_TYPE_TEXTURE), SECONDS);
  gdk_clipboard_read_texture_async (clipboard, NULL, on_texture, &texture);
  fovea_test_wait_until (texture != NULL, SECONDS);
  g_assert_cmpint (gdk_texture_get_width (texture), >, 2 * 384);
}

/* A view that only notes what it is told. */
typedef struct
{
  GtkWidget parent_instance;
  GString *told;
} NotingView;

typedef GtkWidgetClass NotingViewClass;

static GType noting_view_get_type (void);
static void noting_view_implement (FoveaNeuronViewInterface *interface);

G_DEFINE_TYPE_WITH_CODE (NotingView, noting_view, GTK_TYPE_WIDGET, G_IMPLEMENT_INTERFACE (FOVEA_TYPE_NEURON_VIEW, noting_view_implement))

static void
noting_view_set_neuron (FoveaNeuronView *view, FoveaNetworkPair *pair, const char *layer, const guint channels[FOVEA_N_SIDES])
{
  if (pair != NULL)
    g_string_append_printf (((NotingView *) view)->told, "%s:%u,%u ", layer, channels[0], channels[1]);
  else
    g_string_append (((NotingView *) view)->told, "nothing ");
}

static void
noting_view_set_active (FoveaNeuronView *view, gboolean active)
{
  g_string_append (((NotingView *) view)->told, active ? "active " : "inactive ");
}

static void
noting_view_implement (FoveaNeuronViewInterface *interface)
{
  interface->set_neuron = noting_view_set_neuron;
  interface->set_active = noting_view_set_active;
}

static void
noting_view_finalize (GObject *object)
{
  g_string_free (((NotingView *) object)->told, TRUE);
  G_OBJECT_CLASS (noting_view_parent_class)->finalize (object);
}

static void
noting_view_class_init (NotingViewClass *class)
{
  G_OBJECT_CLASS (class)->finalize = noting_view_finalize;
}

static void
noting_view_init (NotingView *self)
{
  self->told = g_string_new (NULL);
}

/* A tab is told of a neuron when people see it, and no sooner. */
static void
test_tabs (Fixture *fixture,
           gconstpointer data)
{
  NotingView *view = g_object_new (noting_view_get_type (), NULL);
  GtkWidget *switcher = fovea_test_find_widget (GTK_WIDGET (fixture->page), "switcher");

  g_assert_false (gtk_widget_get_visible (switcher));
  fovea_neuron_page_add_view (fixture->page, FOVEA_NEURON_VIEW (view), "notes", "_Notes", "document-edit-symbolic");
  g_assert_true (gtk_widget_get_visible (switcher));
  fovea_neuron_page_set_neuron (fixture->page, fixture->pair, "conv3", 42);
  g_assert_cmpstr (view->told->str, ==, "");

  gtk_widget_activate_action (GTK_WIDGET (fixture->page), "neuron.tab", "u", 1u);
  g_assert_cmpstr (view->told->str, ==, "conv3:42,42 active ");
  g_string_set_size (view->told, 0);
  fovea_neuron_page_set_counterparts (fixture->page, fixture->pair, "conv3", (guint[]) { 42, 7 });
  g_assert_cmpstr (view->told->str, ==, "conv3:42,7 ");
  g_string_set_size (view->told, 0);

  /* Back at the same neuron there is nothing to tell. */
  fovea_neuron_page_show_view (fixture->page, "visualization");
  fovea_neuron_page_show_view (fixture->page, "notes");
  g_assert_cmpstr (view->told->str, ==, "inactive active ");
  g_string_set_size (view->told, 0);
  gtk_widget_set_visible (GTK_WIDGET (fixture->page), FALSE);
  fovea_neuron_page_set_neuron (fixture->page, fixture->pair, "conv3", 43);
  gtk_widget_set_visible (GTK_WIDGET (fixture->page), TRUE);
  g_assert_cmpstr (view->told->str, ==, "inactive conv3:43,43 active ");
  g_string_set_size (view->told, 0);
  fovea_neuron_page_clear (fixture->page);
  g_assert_cmpstr (view->told->str, ==, "nothing ");
}

static void
add_tests (void)
{
  g_test_add ("/neuron-page/facts", Fixture, NULL, set_up, test_facts, tear_down);
  g_test_add ("/neuron-page/jump", Fixture, NULL, set_up, test_jump, tear_down);
  g_test_add ("/neuron-page/save", Fixture, NULL, set_up, test_save, tear_down);
  g_test_add ("/neuron-page/save-fails", Fixture, NULL, set_up, test_save_fails, tear_down);
  g_test_add ("/neuron-page/tabs", Fixture, NULL, set_up, test_tabs, tear_down);
  g_test_add ("/neuron-page/copy", Fixture, NULL, set_up, test_copy, tear_down);
}

int
main (int argc,
      char **argv)
{
  return fovea_test_run_with_display (argc, argv, add_tests);
}
