/* The grid with what was measured of its channels: top patches, orders, offers to measure, and what can be done with a tile.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <math.h>

#include "engine/analysis/patches.h"
#include "engine/analysis/selectivity.h"
#include "tests/scratch.h"
#include "tests/ui/display.h"
#include "tests/ui/pictures.h"
#include "ui/layer-page.h"
#include "ui/measure-bar.h"
#include "ui/number.h"
#include "ui/pins.h"
#include "ui/sort-button.h"
#include "ui/tile-export.h"
#include "ui/tile-grid.h"
#include "ui/tile-view.h"

#define SECONDS 60
#define N_IMAGES 24
#define LAYER "conv2"
#define N_CHANNELS 96

typedef struct {
  FoveaApplication *application;
  FoveaScratch *folder;
  char *images;
  FoveaNetworkPair *pair;
  FoveaTileLoader *loader;
  FoveaLayerScans *scans;
  GtkWidget *window;
  GtkWidget *page;
  GListModel *shown; /* the grid's; not owned */
} Fixture;

static void
set_up (Fixture *fixture,
        gconstpointer data)
{
  g_autoptr (GListModel) layers = NULL;
  g_autoptr (GError) error = NULL;

  fixture->application = fovea_test_application_new ();
  fixture->folder = fovea_scratch_new ();
  fixture->images = fovea_scratch_path (fixture->folder, "images");
  fovea_test_write_pictures (fixture->images, N_IMAGES);
  fixture->pair = fovea_network_pair_open ("alexnet-64", &error);
  g_assert_no_error (error);
  layers = fovea_layers_of_pair (fixture->pair);
  fovea_image_sets_set_current (fovea_application_get_image_sets (), fixture->images);
  fixture->scans = fovea_layer_scans_new (fovea_application_get_job_queue (), fovea_application_get_reading_queue (), fovea_application_get_store (),
                                          fovea_application_get_image_sets ());
  fixture->loader = fovea_tile_loader_new (fovea_application_get_job_queue (), NULL);
  fovea_tile_loader_set_stopped (fixture->loader, TRUE);
  fovea_settings_set_string (fovea_application_get_settings (), "sort", "index");
  fovea_settings_set_string (fovea_application_get_settings (), "tiles", "visualization");
  fixture->page = fovea_layer_page_new ();
  fovea_layer_page_set_loader (FOVEA_LAYER_PAGE (fixture->page), fixture->loader);
  fovea_layer_page_set_scans (FOVEA_LAYER_PAGE (fixture->page), fixture->scans);
  fixture->shown = G_LIST_MODEL (gtk_grid_view_get_model (fovea_tile_grid_get_view (FOVEA_TILE_GRID (fovea_test_find_widget (fixture->page, "grid")))));
  fixture->window = gtk_window_new ();
  gtk_window_set_default_size (GTK_WINDOW (fixture->window), 900, 600);
  gtk_window_set_child (GTK_WINDOW (fixture->window), fixture->page);
  for (guint i = 0; i < g_list_model_get_n_items (layers); i++)
    {
      g_autoptr (FoveaLayer) layer = g_list_model_get_item (layers, i);

      if (g_str_equal (fovea_layer_get_name (layer), LAYER))
        fovea_layer_page_set_layer (FOVEA_LAYER_PAGE (fixture->page), fixture->pair, layer);
    }
  gtk_window_present (GTK_WINDOW (fixture->window));
  fovea_test_wait_until (gtk_widget_get_mapped (fixture->page) && fovea_layer_scans_get_state (fixture->scans) == FOVEA_SCANS_MISSING, SECONDS);
}

static void
tear_down (Fixture *fixture,
           gconstpointer data)
{
  fovea_test_close (fixture->window);
  g_assert_finalize_object (fixture->scans);
  g_assert_finalize_object (fixture->loader);
  g_object_unref (fixture->pair);
  g_free (fixture->images);
  fovea_scratch_free (fixture->folder);
  g_object_unref (fixture->application);
}

static FoveaTile *
get_tile (GListModel *tiles,
          guint position)
{
  FoveaTile *tile = g_list_model_get_item (tiles, position);

  g_object_unref (tile);
  return tile;
}

/* The engine's own scan, without the window. */
static FoveaScan *
scan (Fixture *fixture,
      FoveaImageSet *set,
      FoveaSide side)
{
  FoveaNetwork *network = fovea_network_pair_get_network (fixture->pair, side);
  const FoveaScanOptions options = FOVEA_SCAN_OPTIONS_DEFAULT;
  g_autoptr (GPtrArray) scans = NULL;
  g_autoptr (GError) error = NULL;
  int layer;

  g_assert_true (fovea_graph_find (fovea_network_get_graph (network), LAYER, &layer, &error));
  scans = fovea_scan_run (NULL, set, 1, &(FoveaScanTarget) { network, 1, &layer }, &options, NULL, &error);
  g_assert_no_error (error);
  return fovea_scan_ref (scans->pdata[0]);
}

static const char *
get_page (Fixture *fixture)
{
  return gtk_stack_get_visible_child_name (GTK_STACK (fovea_test_find_widget (fixture->page, "stack")));
}

static const char *
get_offer (Fixture *fixture)
{
  return fovea_measure_bar_get_text (FOVEA_MEASURE_BAR (fovea_test_find_widget (fixture->page, "measure_bar")));
}

static FoveaSortButton *
get_sort (Fixture *fixture)
{
  return FOVEA_SORT_BUTTON (fovea_test_find_widget (fixture->page, "sort"));
}

static void
set_order (Fixture *fixture,
           FoveaTileOrder order)
{
  gtk_check_button_set_active (fovea_sort_button_get_order_button (get_sort (fixture), order), TRUE);
}

static void
show_patches (Fixture *fixture)
{
  gtk_drop_down_set_selected (GTK_DROP_DOWN (fovea_test_find_widget (fixture->page, "content")), FOVEA_TILE_CONTENT_PATCH);
}

/* Top patches are offered, scanned and loaded where people look; what is far away goes when there is no room. */
static void
test_patches (Fixture *fixture,
              gconstpointer data)
{
  FoveaTilePatches *patches = fovea_layer_page_get_patches (FOVEA_LAYER_PAGE (fixture->page));
  GtkAdjustment *adjustment = gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (fovea_tile_grid_get_view (FOVEA_TILE_GRID (fovea_test_find_widget (fixture->page, "grid")))));
  g_autoptr (FoveaImageSet) set = NULL;
  g_autofree char *content = NULL;
  FoveaTile *first, *last;

  set = fovea_image_set_open (fixture->images, NULL);
  show_patches (fixture);
  content = fovea_settings_get_string (fovea_application_get_settings (), "tiles");
  g_assert_cmpstr (content, ==, "patch");
  g_assert_cmpstr (get_page (fixture), ==, "offer");
  g_signal_emit_by_name (fovea_test_find_widget (fixture->page, "scan_button"), "clicked");
  fovea_test_wait_until (fovea_layer_scans_get_state (fixture->scans) == FOVEA_SCANS_COMPLETE, SECONDS);
  g_assert_cmpstr (get_page (fixture), ==, "grid");
  first = get_tile (fixture->shown, 0);
  last = get_tile (fixture->shown, N_CHANNELS - 1);
  fovea_test_wait_until (fovea_tile_get_patch (first, FOVEA_SIDE_ROBUST) != NULL && !fovea_tile_patches_is_busy (patches), SECONDS);
  g_assert_null (fovea_tile_get_patch (last, FOVEA_SIDE_STANDARD));

  for (FoveaSide side = 0; side < FOVEA_N_SIDES; side++)
    {
      g_autoptr (FoveaScan) expected = scan (fixture, set, side);
      FoveaNetwork *network = fovea_network_pair_get_network (fixture->pair, side);
      g_autofree char *description = fovea_tile_get_description (first);
      g_autofree char *peak = NULL;
      g_autofree char *text = NULL;
      g_autoptr (FoveaPatch) patch = NULL;
      g_autofree guint32 *pixels = NULL;
      const FoveaScanHit *hits;
      GdkTexture *texture = fovea_tile_get_patch (first, side);
      guint n_hits, factor;
      int layer;

      hits = fovea_scan_get_hits (expected, 0, &n_hits);
      peak = fovea_number_format ((double) hits[0].activation, 3);
      text = g_strdup_printf ("peak %s", peak);
      g_assert_nonnull (strstr (description, text));
      g_assert_nonnull (strstr (description, fovea_image_set_get_image_name (set, hits[0].image)));
      /* The very pixels, each a square of some size. */
      g_assert_true (fovea_graph_find (fovea_network_get_graph (network), LAYER, &layer, NULL));
      patch = fovea_patch_load (set, network, layer, &hits[0], NULL);
      factor = (guint) gdk_texture_get_width (texture) / patch->crop->width;
      g_assert_cmpuint (factor, >=, 1);
      g_assert_cmpint (gdk_texture_get_height (texture), ==, (int) (factor * patch->crop->height));
      pixels = g_new (guint32, (gsize) gdk_texture_get_width (texture) * (gsize) gdk_texture_get_height (texture));
      gdk_texture_download (texture, (guchar *) pixels, (gsize) gdk_texture_get_width (texture) * 4);
      for (guint y = 0; y < patch->crop->height; y++)
        for (guint x = 0; x < patch->crop->width; x++)
          {
            const guint8 *pixel = patch->crop->pixels + (y * patch->crop->width + x) * 3;

            g_assert_cmphex (pixels[y * factor * (guint) gdk_texture_get_width (texture) + x * factor] & 0xffffff, ==,
                             ((guint32) pixel[0] << 16) | ((guint32) pixel[1] << 8) | pixel[2]);
          }
    }

  {
    g_autofree char *path = fovea_scratch_path (fixture->folder, "tile.png");
    g_autoptr (GFile) file = g_file_new_for_path (path);
    g_autoptr (FoveaImage) figure = NULL;

    g_assert_null (fovea_tile_export_new (first, FOVEA_TILE_CONTENT_VISUALIZATION, fixture->pair, LAYER, NULL));
    fovea_picture_save (fovea_tile_export_new (first, FOVEA_TILE_CONTENT_PATCH, fixture->pair, LAYER, "images"), fixture->page, file);
    fovea_test_wait_until (g_file_test (path, G_FILE_TEST_EXISTS), SECONDS);
    figure = fovea_image_read (path, NULL);
    /* Two pictures side by side. */
    g_assert_cmpuint (figure->width, >, 2 * 96);
    fovea_test_settle ();
  }

  gtk_adjustment_set_value (adjustment, gtk_adjustment_get_upper (adjustment));
  fovea_test_wait_until (fovea_tile_get_patch (last, FOVEA_SIDE_STANDARD) != NULL && fovea_tile_get_patch (last, FOVEA_SIDE_ROBUST) != NULL && !fovea_tile_patches_is_busy (patches), SECONDS);
  g_assert_nonnull (fovea_tile_get_patch (first, FOVEA_SIDE_STANDARD));
  fovea_tile_patches_set_room (patches, 1);
  g_assert_null (fovea_tile_get_patch (first, FOVEA_SIDE_STANDARD));
  g_assert_nonnull (fovea_tile_get_patch (last, FOVEA_SIDE_STANDARD));
  gtk_drop_down_set_selected (GTK_DROP_DOWN (fovea_test_find_widget (fixture->page, "content")), FOVEA_TILE_CONTENT_VISUALIZATION);
  g_assert_null (fovea_tile_get_patch (last, FOVEA_SIDE_STANDARD));
  g_assert_cmpuint (fovea_tile_patches_get_size (patches), ==, 0);
}

/* Orders that need a scan offer it, and are the engine's then. */
static void
test_orders (Fixture *fixture,
             gconstpointer data)
{
  g_autoptr (FoveaImageSet) set = fovea_image_set_open (fixture->images, NULL);
  g_autoptr (FoveaScan) standard = scan (fixture, set, FOVEA_SIDE_STANDARD);
  g_autoptr (FoveaScan) robust = scan (fixture, set, FOVEA_SIDE_ROBUST);
  GtkWidget *bar = fovea_test_find_widget (fixture->page, "measure_bar");
  double before = INFINITY;

  g_assert_cmpstr (get_offer (fixture), ==, "");
  set_order (fixture, FOVEA_TILE_ORDER_PEAK);
  g_assert_true (g_str_has_prefix (get_offer (fixture), "conv2 has not been scanned on "));
  g_assert_nonnull (strstr (get_offer (fixture), "images: 24 images"));
  g_assert_cmpuint (fovea_tile_get_channel (get_tile (fixture->shown, 5)), ==, 5);
  /* It says how long that takes, once it has measured that. */
  fovea_test_wait_until (strstr (get_offer (fixture), "about") != NULL, SECONDS);
  g_assert_true (gtk_widget_get_mapped (bar));
  fovea_layer_scans_start (fixture->scans, FALSE);
  fovea_test_wait_until (fovea_layer_scans_get_state (fixture->scans) == FOVEA_SCANS_COMPLETE, SECONDS);
  g_assert_cmpstr (get_offer (fixture), ==, "");
  for (guint i = 0; i < N_CHANNELS; i++)
    {
      FoveaTile *tile = get_tile (fixture->shown, i);
      FoveaScanChannel statistics;

      fovea_scan_get_channel (standard, fovea_tile_get_channel (tile), &statistics);
      g_assert_cmpfloat (fovea_tile_get_measure (tile, FOVEA_SIDE_STANDARD, FOVEA_TILE_PEAK), ==, (double) statistics.maximum);
      g_assert_cmpfloat ((double) statistics.maximum, <=, before);
      before = (double) statistics.maximum;
    }

  gtk_check_button_set_active (fovea_sort_button_get_network_button (get_sort (fixture), FOVEA_TILE_ORDER_BY_DIFFERENCE), TRUE);
  set_order (fixture, FOVEA_TILE_ORDER_SELECTIVITY);
  before = INFINITY;
  for (guint i = 0; i < N_CHANNELS; i++)
    {
      guint channel = fovea_tile_get_channel (get_tile (fixture->shown, i));
      FoveaSelectivity first, second;

      /* Where there is none in one of the networks, only such channels follow. */
      if (!fovea_selectivity_compute (standard, channel, &first) || !fovea_selectivity_compute (robust, channel, &second))
        {
          before = -INFINITY;
          continue;
        }
      g_assert_cmpfloat (fabs (first.index - second.index), <=, before);
      before = fabs (first.index - second.index);
    }
  gtk_check_button_set_active (fovea_sort_button_get_network_button (get_sort (fixture), FOVEA_TILE_ORDER_BY_STANDARD), TRUE);

  /* Concepts are offered to be dissected, cue conflicts to be measured. */
  set_order (fixture, FOVEA_TILE_ORDER_IOU);
  fovea_test_wait_until (g_str_has_prefix (get_offer (fixture), "conv2 has not been dissected"), SECONDS);
  set_order (fixture, FOVEA_TILE_ORDER_PREFERENCE);
  fovea_test_wait_until (g_str_has_prefix (get_offer (fixture), "Preferences for shape or texture are not measured"), SECONDS);
  set_order (fixture, FOVEA_TILE_ORDER_INDEX);
  g_assert_cmpstr (get_offer (fixture), ==, "");
}

/* A set without classes has no selectivity, which the order says. */
static void
test_no_classes (Fixture *fixture,
                 gconstpointer data)
{
  g_autofree char *flat = g_build_filename (fixture->images, "striped", NULL);
  GtkWidget *button = GTK_WIDGET (fovea_sort_button_get_order_button (get_sort (fixture), FOVEA_TILE_ORDER_SELECTIVITY));

  g_assert_true (gtk_widget_get_sensitive (button));
  fovea_image_sets_set_current (fovea_application_get_image_sets (), flat);
  fovea_test_wait_until (!gtk_widget_get_sensitive (button), SECONDS);
  g_assert_true (g_str_has_prefix (gtk_widget_get_tooltip_text (button), "The images of striped are not in classes"));
  g_assert_true (gtk_widget_get_sensitive (GTK_WIDGET (fovea_sort_button_get_order_button (get_sort (fixture), FOVEA_TILE_ORDER_PEAK))));
  /* Who had chosen it before is told as well. */
  set_order (fixture, FOVEA_TILE_ORDER_SELECTIVITY);
  g_assert_true (g_str_has_prefix (get_offer (fixture), "The images of striped are not in classes"));
  fovea_image_sets_set_current (fovea_application_get_image_sets (), fixture->images);
  fovea_test_wait_until (gtk_widget_get_sensitive (button), SECONDS);
}

static FoveaTileView *
find_view (GtkWidget *root,
           guint channel)
{
  if (FOVEA_IS_TILE_VIEW (root) && fovea_tile_view_get_tile (FOVEA_TILE_VIEW (root)) != NULL &&
      fovea_tile_get_channel (fovea_tile_view_get_tile (FOVEA_TILE_VIEW (root))) == channel)
    return FOVEA_TILE_VIEW (root);
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      FoveaTileView *found = find_view (child, channel);

      if (found != NULL)
        return found;
    }
  return NULL;
}

static GtkWidget *
find_popover (GtkWidget *widget)
{
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    if (GTK_IS_POPOVER (child))
      return child;
  return NULL;
}

static void
remember (GtkWidget *page,
          guint channel,
          guint *remembered)
{
  *remembered = channel;
}

/* A tile's menu opens and pins the channel it is about. */
static void
test_menu (Fixture *fixture,
           gconstpointer data)
{
  GtkWidget *toasts = fovea_test_find_widget (fixture->page, "toasts");
  FoveaPins *pins = fovea_pins_get (fixture->pair);
  guint activated = G_MAXUINT, chosen = G_MAXUINT;
  FoveaTileView *view;

  fovea_test_wait_until (find_view (fixture->page, 7) != NULL && gtk_widget_get_mapped (GTK_WIDGET (find_view (fixture->page, 7))), SECONDS);
  view = find_view (fixture->page, 7);
  g_signal_connect (fixture->page, "channel-activated", G_CALLBACK (remember), &activated);
  g_signal_connect (fixture->page, "channel-chosen", G_CALLBACK (remember), &chosen);
  g_assert_cmpint (fovea_pins_find (pins, LAYER, (guint[]) { 7, 7 }), <, 0);
  g_signal_emit_by_name (view, "menu-wanted");
  gtk_widget_activate_action (toasts, "tile.pin", NULL);
  g_assert_cmpint (fovea_pins_find (pins, LAYER, (guint[]) { 7, 7 }), >=, 0);
  g_assert_true (fovea_tile_is_pinned (fovea_tile_view_get_tile (view)));
  g_assert_false (fovea_tile_is_pinned (get_tile (fixture->shown, 6)));
  gtk_widget_activate_action (toasts, "tile.pin", NULL);
  g_assert_cmpint (fovea_pins_find (pins, LAYER, (guint[]) { 7, 7 }), <, 0);
  g_assert_false (fovea_tile_is_pinned (fovea_tile_view_get_tile (view)));
  gtk_widget_activate_action (toasts, "tile.open", NULL);
  g_assert_cmpuint (activated, ==, 7);
  gtk_widget_activate_action (toasts, "tile.lens", NULL);
  g_assert_cmpuint (chosen, ==, 7);

  /* The menu itself, which goes when it is closed. */
  fovea_test_wait_until (find_popover (toasts) != NULL && gtk_widget_get_mapped (find_popover (toasts)), SECONDS);
  gtk_popover_popdown (GTK_POPOVER (find_popover (toasts)));
  fovea_test_wait_until (find_popover (toasts) == NULL, SECONDS);
}

static void
add_tests (void)
{
  g_test_add ("/grid/patches", Fixture, NULL, set_up, test_patches, tear_down);
  g_test_add ("/grid/orders", Fixture, NULL, set_up, test_orders, tear_down);
  g_test_add ("/grid/no-classes", Fixture, NULL, set_up, test_no_classes, tear_down);
  g_test_add ("/grid/menu", Fixture, NULL, set_up, test_menu, tear_down);
}

int
main (int argc,
      char **argv)
{
  return fovea_test_run_with_display (argc, argv, add_tests);
}
