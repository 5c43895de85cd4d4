/* Top patches: scanning a folder, what is shown of it, and that it agrees with the engine.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <math.h>

#include "tests/scratch.h"
#include "tests/ui/display.h"
#include "tests/ui/pictures.h"
#include "ui/neuron-page.h"
#include "ui/patches-view.h"

#define SECONDS 60
#define N_IMAGES 24

typedef struct {
  FoveaScratch *folder;
  char *images;
  FoveaStore *store;
  FoveaNetworkPair *pair;
  FoveaJobQueue *queue;
  FoveaImageSets *sets;
  FoveaLayerScans *scans;
  GtkWidget *window;
  FoveaPatchesView *view;
} Fixture;

static void
set_up (Fixture *fixture,
        gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *store = NULL, *broken = NULL;

  fixture->folder = fovea_scratch_new ();
  fixture->images = fovea_scratch_path (fixture->folder, "images");
  fovea_test_write_pictures (fixture->images, N_IMAGES);
  broken = g_build_filename (fixture->images, "discs", "broken.png", NULL);
  g_assert_true (g_file_set_contents (broken, "\x89PNG and nothing more", -1, NULL));
  store = fovea_scratch_path (fixture->folder, "store.sqlite");
  fixture->store = fovea_store_open (store, &error);
  g_assert_no_error (error);
  fixture->pair = fovea_network_pair_open ("alexnet-64", &error);
  g_assert_no_error (error);
  fixture->queue = fovea_job_queue_new (2);
  fixture->sets = fovea_image_sets_new (fixture->queue, NULL);
  fovea_image_sets_set_current (fixture->sets, fixture->images);
  fixture->scans = fovea_layer_scans_new (fixture->queue, fixture->queue, fixture->store, fixture->sets);
  fixture->view = FOVEA_PATCHES_VIEW (fovea_patches_view_new (fixture->scans, fixture->queue));
  fixture->window = fovea_test_show (GTK_WIDGET (fixture->view), 900, 600);
}

static void
tear_down (Fixture *fixture,
           gconstpointer data)
{
  fovea_test_close (fixture->window);
  g_assert_finalize_object (fixture->scans);
  g_assert_finalize_object (fixture->sets);
  g_assert_finalize_object (fixture->queue);
  g_assert_finalize_object (fixture->pair);
  fovea_store_unref (fixture->store);
  g_free (fixture->images);
  fovea_scratch_free (fixture->folder);
}

static void
wait_for_state (Fixture *fixture,
                FoveaScansState state)
{
  fovea_test_wait_until (fovea_layer_scans_get_state (fixture->scans) == state && !fovea_patches_view_is_busy (fixture->view), SECONDS);
}

static FoveaPatchPicture *
get_picture (Fixture *fixture,
             FoveaSide side,
             guint number)
{
  return fovea_patch_tile_get_picture (fovea_patch_panel_get_tile (fovea_patches_view_get_panel (fixture->view, side), number));
}

/* What the view shows is what the engine finds without it. */
static void
check_patches (Fixture *fixture,
               const guint channels[FOVEA_N_SIDES],
               guint hits_per_image)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FoveaImageSet) set = fovea_image_set_open (fixture->images, &error);
  FoveaScanOptions options = FOVEA_SCAN_OPTIONS_DEFAULT;

  options.hits_per_image = hits_per_image;
  g_assert_no_error (error);
  for (FoveaSide side = 0; side < FOVEA_N_SIDES; side++)
    {
      FoveaNetwork *network = fovea_network_pair_get_network (fixture->pair, side);
      g_autoptr (GPtrArray) scans = NULL;
      const FoveaScanHit *hits;
      guint n_hits;
      int layer;

      g_assert_true (fovea_graph_find (fovea_network_get_graph (network), "conv2", &layer, &error));
      scans = fovea_scan_run (NULL, set, 1, &(FoveaScanTarget) { network, 1, &layer }, &options, NULL, &error);
      g_assert_no_error (error);
      hits = fovea_scan_get_hits (scans->pdata[0], channels[side], &n_hits);
      g_assert_cmpuint (n_hits, ==, MIN (N_IMAGES * hits_per_image, FOVEA_SCAN_N_TOP));
      for (guint i = 0; i < FOVEA_PATCH_PANEL_N_PATCHES; i++)
        {
          FoveaPatchPicture *picture = get_picture (fixture, side, i);
          gint64 box[4];

          g_assert_nonnull (picture);
          g_assert_null (picture->error);
          g_assert_cmpuint (picture->image, ==, hits[i].image);
          g_assert_cmpfloat (picture->activation, ==, hits[i].activation);
          g_assert_cmpstr (picture->name, ==, fovea_image_set_get_image_name (set, hits[i].image));
          g_assert_true (g_str_has_prefix (picture->name, picture->class_name));
          fovea_patch_get_box (network, layer, hits[i].y, hits[i].x, box);
          g_assert_cmpmem (picture->patch->box, sizeof box, box, sizeof box);
          g_assert_cmpint (gdk_texture_get_width (picture->whole), ==, 80);
        }
      /* The strongest place of all is where the map over its patch is largest. */
      {
        const FoveaPatchPicture *first = get_picture (fixture, side, 0);
        float largest = -INFINITY;

        for (gsize i = 0; i < first->map->n_elements; i++)
          largest = MAX (largest, first->map->data[i]);
        g_assert_cmpfloat_with_epsilon (largest, first->activation, fabsf (first->activation) * 0.25f);
      }
    }
}

static void
test_scan (Fixture *fixture,
           gconstpointer data)
{
  FoveaPatchPanel *panel = fovea_patches_view_get_panel (fixture->view, FOVEA_SIDE_STANDARD);
  GtkWidget *unreadable = fovea_test_find_widget (GTK_WIDGET (fixture->view), "unreadable");
  g_autoptr (FoveaPicture) picture = NULL;

  fovea_neuron_view_set_neuron (FOVEA_NEURON_VIEW (fixture->view), fixture->pair, "conv2", (guint[]) { 3, 5 });
  wait_for_state (fixture, FOVEA_SCANS_MISSING);
  g_assert_cmpstr (fovea_patches_view_get_status (fixture->view), ==, "conv2 Has Not Been Scanned on These Images");
  g_assert_null (fovea_neuron_view_take_picture (FOVEA_NEURON_VIEW (fixture->view)));
  g_assert_false (gtk_widget_get_visible (unreadable));

  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (fixture->view), "patches.scan", NULL));
  g_assert_cmpint (fovea_layer_scans_get_state (fixture->scans), ==, FOVEA_SCANS_RUNNING);
  wait_for_state (fixture, FOVEA_SCANS_COMPLETE);
  g_assert_cmpstr (fovea_patches_view_get_status (fixture->view), ==, "");
  check_patches (fixture, (guint[]) { 3, 5 }, 1);
  g_assert_cmpuint (fovea_scan_get_n_unreadable (fovea_layer_scans_get_scan (fixture->scans, FOVEA_SIDE_STANDARD)), ==, 1);
  g_assert_true (gtk_widget_get_visible (unreadable));
  g_assert_cmpstr (gtk_button_get_label (GTK_BUTTON (unreadable)), ==, "1 unreadable");
  g_assert_true (g_str_has_prefix (fovea_patch_panel_get_facts (panel), "peak "));
  picture = fovea_neuron_view_take_picture (FOVEA_NEURON_VIEW (fixture->view));
  g_assert_nonnull (picture);

  /* Another channel needs no scan, and neither does coming back after another layer. */
  fovea_neuron_view_set_neuron (FOVEA_NEURON_VIEW (fixture->view), fixture->pair, "conv2", (guint[]) { 7, 7 });
  wait_for_state (fixture, FOVEA_SCANS_COMPLETE);
  check_patches (fixture, (guint[]) { 7, 7 }, 1);
  fovea_neuron_view_set_neuron (FOVEA_NEURON_VIEW (fixture->view), fixture->pair, "conv3", (guint[]) { 3, 3 });
  wait_for_state (fixture, FOVEA_SCANS_MISSING);
  fovea_neuron_view_set_neuron (FOVEA_NEURON_VIEW (fixture->view), fixture->pair, "conv2", (guint[]) { 3, 5 });
  wait_for_state (fixture, FOVEA_SCANS_COMPLETE);
  check_patches (fixture, (guint[]) { 3, 5 }, 1);
}

/* As the overview or the command line scan. */
static void
scan_elsewhere (Fixture *fixture,
                FoveaSide side)
{
  const FoveaScanOptions options = FOVEA_SCAN_OPTIONS_DEFAULT;
  FoveaNetwork *network = fovea_network_pair_get_network (fixture->pair, side);
  g_autoptr (GPtrArray) scans = NULL;
  g_autoptr (GError) error = NULL;
  int layer;

  g_assert_true (fovea_graph_find (fovea_network_get_graph (network), "conv2", &layer, &error));
  scans = fovea_scan_run (fixture->store, fovea_layer_scans_get_set (fixture->scans), 1, &(FoveaScanTarget) { network, 1, &layer }, &options, NULL, &error);
  g_assert_no_error (error);
}

/* What was scanned elsewhere is there when people come back, and one network alone can be followed by the other. */
static void
test_elsewhere (Fixture *fixture,
                gconstpointer data)
{
  FoveaNeuronView *view = FOVEA_NEURON_VIEW (fixture->view);
  GtkButton *button = GTK_BUTTON (fovea_test_find_widget (GTK_WIDGET (fixture->view), "status_button"));

  fovea_neuron_view_set_neuron (view, fixture->pair, "conv2", (guint[]) { 3, 5 });
  wait_for_state (fixture, FOVEA_SCANS_MISSING);
  scan_elsewhere (fixture, FOVEA_SIDE_STANDARD);
  g_assert_cmpstr (fovea_patches_view_get_status (fixture->view), ==, "conv2 Has Not Been Scanned on These Images");
  fovea_neuron_view_set_active (view, TRUE);
  fovea_test_wait_until (g_str_equal (fovea_patches_view_get_status (fixture->view), "Only the standard network is scanned on these images"), SECONDS);
  fovea_test_wait_until (get_picture (fixture, FOVEA_SIDE_STANDARD, 0) != NULL, SECONDS);
  g_assert_null (get_picture (fixture, FOVEA_SIDE_ROBUST, 0));
  g_assert_cmpstr (gtk_button_get_label (button), ==, "Scan");
  g_assert_cmpstr (gtk_actionable_get_action_name (GTK_ACTIONABLE (button)), ==, "patches.scan");
  fovea_neuron_view_set_active (view, FALSE);

  scan_elsewhere (fixture, FOVEA_SIDE_ROBUST);
  g_assert_cmpint (fovea_layer_scans_get_state (fixture->scans), ==, FOVEA_SCANS_MISSING);
  fovea_neuron_view_set_active (view, TRUE);
  wait_for_state (fixture, FOVEA_SCANS_COMPLETE);
  check_patches (fixture, (guint[]) { 3, 5 }, 1);
  g_assert_cmpstr (fovea_patches_view_get_status (fixture->view), ==, "");
  fovea_neuron_view_set_active (view, FALSE);
}

/* All convolutions in one pass. */
static void
test_all_layers (Fixture *fixture,
                 gconstpointer data)
{
  fovea_neuron_view_set_neuron (FOVEA_NEURON_VIEW (fixture->view), fixture->pair, "relu1", (guint[]) { 3, 3 });
  wait_for_state (fixture, FOVEA_SCANS_MISSING);
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (fixture->view), "patches.scan-all", NULL));
  wait_for_state (fixture, FOVEA_SCANS_COMPLETE);
  for (guint i = 1; i <= 3; i++)
    {
      g_autofree char *layer = g_strdup_printf ("conv%u", i);

      fovea_neuron_view_set_neuron (FOVEA_NEURON_VIEW (fixture->view), fixture->pair, layer, (guint[]) { 3, 3 });
      wait_for_state (fixture, FOVEA_SCANS_COMPLETE);
    }
  fovea_neuron_view_set_neuron (FOVEA_NEURON_VIEW (fixture->view), fixture->pair, "relu2", (guint[]) { 3, 3 });
  wait_for_state (fixture, FOVEA_SCANS_MISSING);
}

/* Which channels correspond is the engine's answer. */
static void
test_match (Fixture *fixture,
            gconstpointer data)
{
  g_autoptr (FoveaMatch) expected = NULL;
  g_autoptr (GError) error = NULL;
  const FoveaMatch *match;

  fovea_neuron_view_set_neuron (FOVEA_NEURON_VIEW (fixture->view), fixture->pair, "conv2", (guint[]) { 3, 3 });
  wait_for_state (fixture, FOVEA_SCANS_MISSING);
  g_assert_null (fovea_layer_scans_get_match (fixture->scans));
  fovea_layer_scans_start (fixture->scans, FALSE);
  wait_for_state (fixture, FOVEA_SCANS_COMPLETE);
  fovea_test_wait_until ((match = fovea_layer_scans_get_match (fixture->scans)) != NULL, SECONDS);
  expected = fovea_match_compute (fovea_layer_scans_get_scan (fixture->scans, FOVEA_SIDE_STANDARD),
                                  fovea_layer_scans_get_scan (fixture->scans, FOVEA_SIDE_ROBUST), NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (match->best, match->n_first * sizeof (int), expected->best, expected->n_first * sizeof (int));

  /* The neuron page compares with it when asked to. */
  {
    GtkWidget *page = g_object_ref_sink (fovea_neuron_page_new ());
    GtkWidget *counterpart = fovea_test_find_widget (page, "counterpart");
    GtkMenuButton *button = GTK_MENU_BUTTON (gtk_widget_get_first_child (counterpart));
    g_autofree char *best = NULL, *assigned = NULL;
    guint channel = 0;

    while (expected->best[channel] == (int) channel || expected->assigned[channel] == expected->best[channel])
      g_assert_cmpuint (++channel, <, expected->n_first);
    best = g_strdup_printf ("↔ robust %d", expected->best[channel]);
    assigned = g_strdup_printf ("↔ robust %d", expected->assigned[channel]);
    fovea_neuron_page_set_scans (FOVEA_NEURON_PAGE (page), fixture->scans);
    fovea_neuron_page_set_neuron (FOVEA_NEURON_PAGE (page), fixture->pair, "conv2", channel);
    gtk_widget_activate_action (counterpart, "counterpart.choose", "s", "best");
    g_assert_cmpstr (gtk_menu_button_get_label (button), ==, best);
    gtk_widget_activate_action (counterpart, "counterpart.choose", "s", "one-to-one");
    g_assert_cmpstr (gtk_menu_button_get_label (button), ==, assigned);
    fovea_neuron_page_clear (FOVEA_NEURON_PAGE (page));
    g_assert_finalize_object (page);
  }
}

/* A folder that cannot be read is said, and another one chosen. */
static void
test_unreadable_set (Fixture *fixture,
                     gconstpointer data)
{
  fovea_image_sets_set_current (fixture->sets, "/nonexistent/photos");
  fovea_neuron_view_set_neuron (FOVEA_NEURON_VIEW (fixture->view), fixture->pair, "conv2", (guint[]) { 3, 3 });
  wait_for_state (fixture, FOVEA_SCANS_UNREADABLE);
  g_assert_cmpstr (fovea_patches_view_get_status (fixture->view), ==, "The Image Set Cannot Be Read");
  fovea_image_sets_set_current (fixture->sets, fixture->images);
  wait_for_state (fixture, FOVEA_SCANS_MISSING);
}

/* Whether one image has two of the nine places. */
static gboolean
repeats (const FoveaScanHit *hits)
{
  for (guint i = 0; i < FOVEA_PATCH_PANEL_N_PATCHES; i++)
    for (guint k = 0; k < i; k++)
      if (hits[i].image == hits[k].image)
        return TRUE;
  return FALSE;
}

/* An image may have several of the places; that takes a scan of its own, and the first one stays. */
static void
test_several (Fixture *fixture,
              gconstpointer data)
{
  GtkDropDown *hits = GTK_DROP_DOWN (fovea_test_find_widget (GTK_WIDGET (fixture->view), "hits"));
  guint channel = 0, n_hits;

  fovea_neuron_view_set_neuron (FOVEA_NEURON_VIEW (fixture->view), fixture->pair, "conv2", (guint[]) { 3, 5 });
  wait_for_state (fixture, FOVEA_SCANS_MISSING);
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (fixture->view), "patches.scan", NULL));
  wait_for_state (fixture, FOVEA_SCANS_COMPLETE);
  check_patches (fixture, (guint[]) { 3, 5 }, 1);

  gtk_drop_down_set_selected (hits, 1);
  wait_for_state (fixture, FOVEA_SCANS_MISSING);
  g_assert_cmpstr (fovea_patches_view_get_status (fixture->view), ==, "conv2 Has Not Been Scanned on These Images");
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (fixture->view), "patches.scan", NULL));
  wait_for_state (fixture, FOVEA_SCANS_COMPLETE);
  check_patches (fixture, (guint[]) { 3, 5 }, FOVEA_SCANS_SEVERAL);
  while (channel < 96 && !repeats (fovea_scan_get_hits (fovea_layer_scans_get_scan (fixture->scans, FOVEA_SIDE_STANDARD), channel, &n_hits)))
    channel++;
  g_assert_cmpuint (channel, <, 96);
  fovea_neuron_view_set_neuron (FOVEA_NEURON_VIEW (fixture->view), fixture->pair, "conv2", (guint[]) { channel, channel });
  wait_for_state (fixture, FOVEA_SCANS_COMPLETE);
  check_patches (fixture, (guint[]) { channel, channel }, FOVEA_SCANS_SEVERAL);

  gtk_drop_down_set_selected (hits, 0);
  wait_for_state (fixture, FOVEA_SCANS_COMPLETE);
  check_patches (fixture, (guint[]) { channel, channel }, 1);
}

static FoveaScansProgress
get_progress (Fixture *fixture)
{
  FoveaScansProgress progress;

  fovea_layer_scans_get_progress (fixture->scans, &progress);
  return progress;
}

/* A scan that was stopped shows what it has found, says so, and goes on from there. */
static void
test_stop (Fixture *fixture,
           gconstpointer data)
{
  GtkWidget *button = fovea_test_find_widget (GTK_WIDGET (fixture->view), "status_button");
  guint64 done, first;

  fovea_image_sets_set_current (fixture->sets, "scenes");
  fovea_neuron_view_set_neuron (FOVEA_NEURON_VIEW (fixture->view), fixture->pair, "conv2", (guint[]) { 3, 3 });
  wait_for_state (fixture, FOVEA_SCANS_MISSING);
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (fixture->view), "patches.scan", NULL));
  fovea_test_wait_until (get_progress (fixture).done > 0, SECONDS);
  g_assert_true (g_str_has_prefix (fovea_patches_view_get_status (fixture->view), "Scanning conv2: "));
  g_assert_cmpstr (gtk_button_get_label (GTK_BUTTON (button)), ==, "Stop");
  g_signal_emit_by_name (button, "clicked");
  wait_for_state (fixture, FOVEA_SCANS_MISSING);
  first = get_progress (fixture).done;
  g_assert_cmpuint (first, >, 0);
  g_assert_cmpuint (first, <, get_progress (fixture).total);
  g_assert_true (g_str_has_prefix (fovea_patches_view_get_status (fixture->view), "Only the first "));
  g_assert_cmpstr (gtk_button_get_label (GTK_BUTTON (button)), ==, "Resume");
  fovea_test_wait_until (get_picture (fixture, FOVEA_SIDE_ROBUST, 8) != NULL, SECONDS);
  for (guint i = 0; i < FOVEA_PATCH_PANEL_N_PATCHES; i++)
    g_assert_cmpuint (get_picture (fixture, FOVEA_SIDE_ROBUST, i)->image, <, first);

  g_signal_emit_by_name (button, "clicked");
  g_assert_cmpint (fovea_layer_scans_get_state (fixture->scans), ==, FOVEA_SCANS_RUNNING);
  done = get_progress (fixture).done;
  g_assert_cmpuint (done, ==, first);
  fovea_test_wait_until (get_progress (fixture).done > first || fovea_layer_scans_get_state (fixture->scans) != FOVEA_SCANS_RUNNING, SECONDS);
  gtk_widget_activate_action (GTK_WIDGET (fixture->view), "patches.stop", NULL);
  fovea_test_wait_until (fovea_layer_scans_get_state (fixture->scans) == FOVEA_SCANS_MISSING || fovea_layer_scans_get_state (fixture->scans) == FOVEA_SCANS_COMPLETE, SECONDS);
  fovea_test_wait_until (!fovea_patches_view_is_busy (fixture->view), SECONDS);
  g_assert_cmpuint (get_progress (fixture).done, >, first);
}

static void
add_tests (void)
{
  g_test_add ("/patches-view/scan", Fixture, NULL, set_up, test_scan, tear_down);
  g_test_add ("/patches-view/all-layers", Fixture, NULL, set_up, test_all_layers, tear_down);
  g_test_add ("/patches-view/elsewhere", Fixture, NULL, set_up, test_elsewhere, tear_down);
  g_test_add ("/patches-view/several", Fixture, NULL, set_up, test_several, tear_down);
  g_test_add ("/patches-view/stop", Fixture, NULL, set_up, test_stop, tear_down);
  g_test_add ("/patches-view/match", Fixture, NULL, set_up, test_match, tear_down);
  g_test_add ("/patches-view/unreadable-set", Fixture, NULL, set_up, test_unreadable_set, tear_down);
}

int
main (int argc,
      char **argv)
{
  return fovea_test_run_with_display (argc, argv, add_tests);
}
