/* The Cue conflict tab: what it shows of a small folder, computed by the built-in pair.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/analysis/cue-preference.h"
#include "tests/scratch.h"
#include "tests/ui/display.h"
#include "ui/cue-results.h"
#include "ui/cue-view.h"

#define SECONDS 60

/* Squares and discs in stripes and checks, and one file whose name says nothing. */
static void
write_images (const FoveaScratch *folder)
{
  static const char *const names[] = { "disc1-stripes1.png", "square1-checks1.png", "disc2-checks2.png", "square2-stripes2.png", "holiday.png" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = fovea_scratch_path (folder, names[i]);
      g_autoptr (GError) error = NULL;
      g_autoptr (FoveaImage) image = fovea_image_new (64, 64, &error);

      for (int y = 0; y < 64; y++)
        for (int x = 0; x < 64; x++)
          {
            gboolean inside = i % 2 == 0 ? (x - 32) * (x - 32) + (y - 32) * (y - 32) < 500 : ABS (x - 32) < 22 && ABS (y - 32) < 22;
            gboolean lit = i == 0 || i == 3 ? x / 4 % 2 : (x / 4 + y / 4) % 2;

            memset (image->pixels + (y * 64 + x) * 3, inside ? (lit ? 230 : 20) + (int) i * 4 : 128, 3);
          }
      g_assert_true (fovea_image_write_png (image, path, &error));
    }
}

static gboolean
shows (FoveaCueView *view, const char *page)
{
  return g_strcmp0 (fovea_cue_view_get_page (view), page) == 0;
}

static void
test_folder (void)
{
  g_autoptr (FoveaScratch) folder = fovea_scratch_new ();
  FoveaApplication *application = fovea_test_application_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (FoveaNetworkPair) pair = fovea_network_pair_open ("alexnet-64", &error);
  g_autoptr (FoveaImageSet) images = NULL;
  g_autoptr (FoveaCueSet) set = NULL;
  GtkWidget *window = gtk_window_new ();
  FoveaCueView *view = FOVEA_CUE_VIEW (fovea_cue_view_new ());
  FoveaCueStatus status;

  g_assert_no_error (error);
  write_images (folder);
  images = fovea_image_set_open (folder, &error);
  set = fovea_cue_set_new (images, &error);
  g_assert_no_error (error);
  fovea_image_sets_set_current (fovea_cue_stimuli_get_sets (fovea_application_get_cue_stimuli ()), folder);
  gtk_window_set_child (GTK_WINDOW (window), GTK_WIDGET (view));
  gtk_window_present (GTK_WINDOW (window));
  fovea_neuron_view_set_neuron (FOVEA_NEURON_VIEW (view), pair, "conv3", (guint[]) { 42, 7 });
  fovea_neuron_view_set_active (FOVEA_NEURON_VIEW (view), TRUE);
  fovea_test_wait_until (shows (view, "results") || shows (view, "message"), SECONDS);
  if (shows (view, "message"))
    {
      gtk_widget_activate_action (GTK_WIDGET (view), "cue.compute", NULL);
      fovea_test_wait_until (shows (view, "results"), SECONDS);
    }

  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    {
      FoveaNetwork *network = fovea_network_pair_get_network (pair, side);
      const FoveaCueLayer *shown = fovea_cue_results_get_layer (fovea_cue_results_of_pair (pair), side, "conv3");
      const guint channel = side == 0 ? 42 : 7;
      g_autoptr (GPtrArray) expected = NULL;
      const FoveaCueLayer *layer;
      g_autofree char *number = NULL;
      gsize n_unreadable;
      int node;

      g_assert_true (fovea_graph_find (fovea_network_get_graph (network), "conv3", &node, NULL));
      expected = fovea_cue_preference_measure (network, set, 1, &node, &n_unreadable, NULL, &error);
      g_assert_no_error (error);
      layer = g_ptr_array_index (expected, 0);
      g_assert_cmpuint (shown->n_images, ==, 4);
      for (guint i = 0; i < 4; i++)
        g_assert_cmpuint (shown->strongest[channel * 4 + i].cue, ==, layer->strongest[channel * 4 + i].cue);
      number = g_strdup_printf ("Preference %+.3f", fovea_cue_preference_get (&layer->preferences[channel]));
      g_assert_true (g_str_has_prefix (fovea_cue_view_get_verdict (view, side), number));
      g_assert_cmpuint (fovea_cue_images_get_n_items (fovea_cue_view_get_images (view, side)), ==, 4);
    }

  /* Another layer was measured in the same run, and another start finds it in the store. */
  fovea_cue_results_look_up (fovea_cue_results_of_pair (pair), "conv5", &status);
  g_assert_cmpint (status.state, ==, FOVEA_CUE_DONE);
  fovea_image_sets_reload (fovea_cue_stimuli_get_sets (fovea_application_get_cue_stimuli ()));
  g_assert_null (fovea_cue_results_get_layer (fovea_cue_results_of_pair (pair), FOVEA_SIDE_ROBUST, "conv3"));
  fovea_test_wait_until (shows (view, "results"), SECONDS);
  g_assert_nonnull (fovea_cue_results_get_layer (fovea_cue_results_of_pair (pair), FOVEA_SIDE_ROBUST, "conv3"));

  /* What carries no cue is said. */
  fovea_image_sets_set_current (fovea_cue_stimuli_get_sets (fovea_application_get_cue_stimuli ()), "/nonexistent");
  fovea_test_wait_until (shows (view, "message"), SECONDS);

  gtk_window_destroy (GTK_WINDOW (window));
  fovea_test_settle ();
  g_object_unref (application);
}

static void
add_tests (void)
{
  g_test_add_func ("/cue-view/folder", test_folder);
}

int
main (int argc, char **argv)
{
  return fovea_test_run_with_display (argc, argv, add_tests);
}
