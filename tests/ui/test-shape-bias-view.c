/* The place Shape bias: what it shows of a small folder, decided by the built-in pair, and of trials from files.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <glib/gstdio.h>
#include <string.h>

#include "tests/scratch.h"
#include "tests/ui/display.h"
#include "ui/pins.h"
#include "ui/shape-bias-results.h"
#include "ui/shape-bias-view.h"

#define SECONDS 60

/* Discs and squares in stripes and checks, of categories that the networks know; what they make of them does not matter. */
static void
write_images (const FoveaScratch *folder)
{
  static const char *const names[] = { "cat1-dog1.png",   "cat2-bird2.png",  "dog1-frog1.png",  "bird1-cat1.png",
                                       "frog1-dog2.png",  "bird2-frog2.png", "ufo1-cat1.png",   "cat3-cat4.png",
                                       "fruit1-dog1.png", "dog3-fruit3.png", "holiday.png",     "insect1-bird1.png" };
  g_autofree char *broken = fovea_scratch_path (folder, "dog9-cat9.png");

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = fovea_scratch_path (folder, names[i]);
      g_autoptr (GError) error = NULL;
      g_autoptr (FoveaImage) image = fovea_image_new (64, 64, &error);

      for (int y = 0; y < 64; y++)
        for (int x = 0; x < 64; x++)
          {
            const gboolean inside = i % 2 == 0 ? (x - 32) * (x - 32) + (y - 32) * (y - 32) < 500 : ABS (x - 32) < 22 && ABS (y - 32) < 22;
            const gboolean lit = i % 3 == 0 ? x / 4 % 2 : (x / 4 + y / (int) (i + 2)) % 2;
            guint8 *pixel = image->pixels + (y * 64 + x) * 3;

            for (int c = 0; c < 3; c++)
              pixel[c] = (guint8) (inside ? (lit ? 230 : 20) - (int) i * 6 * c * lit : 128);
          }
      g_assert_true (fovea_image_write_png (image, path, &error));
    }
  g_assert_true (g_file_set_contents (broken, "no image", -1, NULL));
}

static FoveaCueSet *
open_set (const FoveaScratch *folder)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FoveaImageSet) images = fovea_image_set_open (folder, &error);
  FoveaCueSet *set = fovea_cue_set_new (images, &error);

  g_assert_no_error (error);
  return set;
}

static gboolean
shows (FoveaShapeBiasView *view, const char *page)
{
  return g_strcmp0 (fovea_shape_bias_view_get_page (view), page) == 0;
}

static void
wait_for_results (FoveaShapeBiasView *view)
{
  fovea_test_wait_until (shows (view, "results") || shows (view, "message"), SECONDS);
  if (shows (view, "results"))
    return;
  gtk_widget_activate_action (GTK_WIDGET (view), "cue.compute", NULL);
  fovea_test_wait_until (shows (view, "results"), SECONDS);
}

static char *
get_csv (FoveaShapeBiasView *view)
{
  return fovea_chart_to_csv (fovea_chart_view_get_chart (fovea_chart_frame_get_view (fovea_shape_bias_view_get_chart (view))));
}

static gboolean
has_row (FoveaShapeBiasView *view, const char *observer, const FoveaDecisions *decisions)
{
  g_autofree char *csv = get_csv (view);
  g_autofree char *row = g_strdup_printf ("%s,all,%u,%u,%u,", observer, decisions->shape, decisions->texture, decisions->other);

  return strstr (csv, row) != NULL;
}

/* What the words and the chart say of a network is what the engine decides. */
static void
assert_decided (FoveaShapeBiasView *view, guint side, const FoveaShapeBias *expected)
{
  g_autofree char *words = fovea_shape_bias_totals_get_words (fovea_shape_bias_view_get_totals (view), side);
  g_autofree char *counts = g_strdup_printf ("Of 9 images, %u were called by their shape, %u by their texture, and %u by neither.", expected->total.shape,
                                             expected->total.texture, expected->total.other);

  g_assert_cmpuint (expected->choices->len, ==, 9);
  g_assert_nonnull (strstr (words, counts));
  g_assert_nonnull (strstr (words, "Left out: 1 with the category that it has no class for (ufo), 1 with the same category twice, 1 whose name carries no cue, 1 that cannot be read."));
  g_assert_true (has_row (view, expected->observer, &expected->total));
}

static guint
count_texts (const FoveaShapeBias *bias, const char *category)
{
  guint n = 0;

  for (guint i = 0; i < bias->choices->len; i++)
    n += g_str_equal (bias->categories[g_array_index (bias->choices, FoveaChoice, i).shape], category);
  return n;
}

/* The images by what each network decided, and those of a marker's category. */
static void
check_images (FoveaShapeBiasView *view, FoveaShapeBias *const *expected)
{
  FoveaShapeBiasImages *images = fovea_shape_bias_view_get_images (view);
  FoveaChartView *chart = fovea_chart_frame_get_view (fovea_shape_bias_view_get_chart (view));
  g_autofree char *text = NULL;

  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    {
      const guint counts[] = { 0, expected[side]->total.shape, expected[side]->total.texture, expected[side]->total.other };

      for (guint decision = FOVEA_DECISION_SHAPE; decision < FOVEA_N_DECISIONS; decision++)
        {
          FoveaDecision decisions[FOVEA_N_SIDES] = { FOVEA_DECISION_ANY, FOVEA_DECISION_ANY };

          decisions[side] = decision;
          fovea_shape_bias_images_choose (images, decisions, NULL);
          g_assert_cmpuint (fovea_cue_images_get_n_items (fovea_shape_bias_images_get_images (images)), ==, counts[decision]);
        }
    }
  /* Rows are alphabetical: the first is bird's. All shown images count here, also those that nobody was asked about. */
  g_signal_emit_by_name (chart, "mark-activated", 0, 0, 0);
  text = g_strdup_printf ("%u images", count_texts (expected[0], "bird"));
  g_assert_cmpstr (fovea_shape_bias_images_get_summary (images), ==, text);
}

/* Channels that are pinned are switched off, and the chart has both. */
static void
check_surgery (FoveaShapeBiasView *view, FoveaNetworkPair *pair, FoveaCueSet *set)
{
  GtkWidget *surgery = fovea_test_find_widget (GTK_WIDGET (view), "surgery");
  FoveaShapeBiasResults *results = fovea_shape_bias_results_of_pair (pair);
  g_autoptr (GError) error = NULL;

  g_assert_false (gtk_widget_get_sensitive (surgery));
  g_assert_true (fovea_pins_add (fovea_pins_get (pair), "relu5", (guint[]) { 3, 5 }));
  g_assert_true (fovea_pins_add (fovea_pins_get (pair), "conv1", (guint[]) { 7, 7 }));
  fovea_test_settle ();
  g_assert_true (gtk_widget_get_sensitive (surgery));
  for (guint chosen = 1; chosen <= 2; chosen++)
    {
      gtk_drop_down_set_selected (GTK_DROP_DOWN (surgery), chosen);
      fovea_test_wait_until (fovea_shape_bias_results_get (results, FOVEA_SIDE_STANDARD, TRUE, FOVEA_CATEGORY_MEAN) != NULL &&
                               fovea_shape_bias_results_get (results, FOVEA_SIDE_ROBUST, TRUE, FOVEA_CATEGORY_MEAN) != NULL,
                             SECONDS);
      for (guint side = 0; side < FOVEA_N_SIDES; side++)
        {
          static const char *const texts[2][FOVEA_N_SIDES] = { { "without conv1:7, relu5:3", "without conv1:7, relu5:5" },
                                                               { "with only conv1:7, relu5:3", "with only conv1:7, relu5:5" } };
          FoveaNetwork *network = fovea_network_pair_get_network (pair, side);
          FoveaNeuron neurons[2];
          g_autofree char *address = g_strdup_printf ("relu5:%u", side == 0 ? 3 : 5);
          g_autofree char *words = fovea_shape_bias_totals_get_words (fovea_shape_bias_view_get_totals (view), side);
          g_autofree char *name = g_strdup_printf ("\"%s %s\"", fovea_network_get_name (network), texts[chosen - 1][side]);
          g_autoptr (FoveaNetwork) operated = NULL;
          g_autoptr (FoveaShapeBias) expected = NULL;

          g_assert_true (fovea_neuron_parse (network, address, &neurons[0], &error) && fovea_neuron_parse (network, "conv1:7", &neurons[1], &error));
          operated = fovea_network_operate (network, chosen == 1 ? FOVEA_SURGERY_REMOVE : FOVEA_SURGERY_KEEP, 2, neurons, &error);
          expected = fovea_shape_bias_measure (operated, set, FOVEA_CATEGORY_MEAN, NULL, &error);
          g_assert_no_error (error);
          g_assert_true (has_row (view, name, &expected->total));
          g_assert_nonnull (strstr (words, texts[chosen - 1][side]));
        }
    }
  gtk_drop_down_set_selected (GTK_DROP_DOWN (surgery), 0);
  g_assert_null (fovea_shape_bias_results_get (results, FOVEA_SIDE_STANDARD, TRUE, FOVEA_CATEGORY_MEAN));
}

/* Published observers and trials from files, of which some are no trials. */
static void
check_observers (FoveaShapeBiasView *view, const FoveaScratch *folder)
{
  FoveaShapeBiasObservers *observers = fovea_shape_bias_view_get_observers (view);
  FoveaShapeBiasTotals *totals = fovea_shape_bias_view_get_totals (view);
  g_autofree char *good = fovea_scratch_path (folder, "good.csv");
  g_autofree char *bad = fovea_scratch_path (folder, "bad.csv");
  g_autofree char *missing = fovea_scratch_path (folder, "missing.csv");
  g_autoptr (FoveaShapeBiasObservers) again = NULL;

  g_assert_true (has_row (view, "humans", &(FoveaDecisions) { 9236, 398, 2366 }));
  g_assert_false (has_row (view, "alexnet", &(FoveaDecisions) { 283, 376, 541 }));
  fovea_shape_bias_observers_set_shown (observers, FOVEA_PUBLISHED_NETWORKS, TRUE);
  g_assert_true (has_row (view, "alexnet", &(FoveaDecisions) { 283, 376, 541 }));
  g_assert_true (has_row (view, "googlenet", &(FoveaDecisions) { 228, 503, 469 }));
  g_assert_false (has_row (view, "subject-01", &(FoveaDecisions) { 829, 33, 338 }));
  fovea_shape_bias_observers_set_shown (observers, FOVEA_PUBLISHED_PERSONS, TRUE);
  g_assert_true (has_row (view, "subject-01", &(FoveaDecisions) { 829, 33, 338 }));
  fovea_shape_bias_observers_set_shown (observers, FOVEA_PUBLISHED_PERSONS, FALSE);

  g_assert_true (g_file_set_contents (good, "subj,object_response,imagename\nmine,cat,cat1-dog1.png\nmine,dog,cat1-dog2.png\nmine,dog,cat2-dog1.png\nmine,cat,holiday.png\n", -1, NULL));
  g_assert_true (g_file_set_contents (bad, "subj,answer\nx,cat\n", -1, NULL));
  fovea_shape_bias_observers_open (observers, (const char *[]) { bad, good, missing, good, NULL });
  g_assert_cmpuint (fovea_shape_bias_observers_get_n_files (observers), ==, 3);
  fovea_test_wait_until (!fovea_shape_bias_observers_is_reading (observers), SECONDS);
  g_assert_true (has_row (view, "mine", &(FoveaDecisions) { 1, 2, 0 }));
  g_assert_nonnull (strstr (fovea_shape_bias_totals_get_problems (totals), "2 of 3 files of trials could not be read."));
  g_assert_nonnull (strstr (fovea_shape_bias_totals_get_problems (totals), "bad.csv:1: the heading names no column object_response, imagename"));
  g_assert_nonnull (strstr (fovea_shape_bias_totals_get_problems (totals), "missing.csv"));
  g_assert_nonnull (strstr (fovea_shape_bias_totals_get_problems (totals), "1 trials were left out because their image says no cues."));

  /* The next start has the same ones. */
  again = fovea_shape_bias_observers_new (fovea_application_get_reading_queue (), fovea_application_get_settings ());
  g_assert_true (fovea_shape_bias_observers_get_shown (again, FOVEA_PUBLISHED_NETWORKS));
  g_assert_false (fovea_shape_bias_observers_get_shown (again, FOVEA_PUBLISHED_PERSONS));
  g_assert_cmpuint (fovea_shape_bias_observers_get_n_files (again), ==, 3);

  gtk_widget_activate_action (fovea_test_find_widget (GTK_WIDGET (view), "observers_button"), "observers.close", NULL);
  g_assert_false (has_row (view, "mine", &(FoveaDecisions) { 1, 2, 0 }));
  g_assert_cmpstr (fovea_shape_bias_totals_get_problems (totals), ==, "");
}

static void
test_folder (void)
{
  g_autoptr (FoveaScratch) folder = fovea_scratch_new ();
  g_autoptr (FoveaScratch) trials = fovea_scratch_new ();
  FoveaApplication *application = fovea_test_application_new ();
  FoveaImageSets *sets = fovea_cue_stimuli_get_sets (fovea_application_get_cue_stimuli ());
  g_autoptr (GError) error = NULL;
  g_autoptr (FoveaNetworkPair) pair = fovea_network_pair_open ("alexnet-64", &error);
  g_autoptr (FoveaCueSet) set = NULL;
  GtkWidget *window = gtk_window_new ();
  FoveaShapeBiasView *view = FOVEA_SHAPE_BIAS_VIEW (fovea_shape_bias_view_new ());
  FoveaShapeBias *expected[FOVEA_N_SIDES];

  g_assert_no_error (error);
  write_images (folder);
  set = open_set (folder);
  fovea_image_sets_set_current (sets, folder);
  gtk_window_set_default_size (GTK_WINDOW (window), 1000, 700);
  gtk_window_set_child (GTK_WINDOW (window), GTK_WIDGET (view));
  gtk_window_present (GTK_WINDOW (window));
  fovea_neuron_view_set_neuron (FOVEA_NEURON_VIEW (view), pair, "conv3", (guint[]) { 0, 0 });
  fovea_neuron_view_set_active (FOVEA_NEURON_VIEW (view), TRUE);
  wait_for_results (view);
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    {
      expected[side] = fovea_shape_bias_measure (fovea_network_pair_get_network (pair, side), set, FOVEA_CATEGORY_MEAN, NULL, &error);
      g_assert_no_error (error);
      assert_decided (view, side, expected[side]);
    }
  check_images (view, expected);
  check_surgery (view, pair, set);
  check_observers (view, trials);
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    fovea_shape_bias_free (expected[side]);

  /* A folder of which nothing can be used is said. */
  fovea_image_sets_set_current (sets, trials);
  fovea_test_wait_until (shows (view, "message"), SECONDS);

  gtk_window_destroy (GTK_WINDOW (window));
  fovea_test_settle ();
  g_object_unref (application);
}

/* What was decided is there the next time, without deciding again. */
static void
test_kept (void)
{
  g_autoptr (FoveaScratch) folder = fovea_scratch_new ();
  g_autofree char *broken = fovea_scratch_path (folder, "dog9-cat9.png");
  FoveaApplication *application = fovea_test_application_new ();
  g_autoptr (GError) error = NULL;
  FoveaCueStatus status;

  write_images (folder);
  g_remove (broken);
  fovea_image_sets_set_current (fovea_cue_stimuli_get_sets (fovea_application_get_cue_stimuli ()), folder);
  for (guint start = 0; start < 2; start++)
    {
      g_autoptr (FoveaNetworkPair) pair = fovea_network_pair_open ("alexnet-64", &error);
      FoveaShapeBiasResults *results = fovea_shape_bias_results_of_pair (pair);

      fovea_test_wait_until ((fovea_shape_bias_results_look_up (results, &status), status.state != FOVEA_CUE_LOOKING), SECONDS);
      g_assert_cmpint (status.state, ==, start == 0 ? FOVEA_CUE_MISSING : FOVEA_CUE_DONE);
      g_assert_cmpuint (status.n_networks, ==, start == 0 ? 2 : 0);
      if (start > 0)
        {
          g_assert_cmpuint (fovea_shape_bias_results_get (results, FOVEA_SIDE_ROBUST, FALSE, FOVEA_CATEGORY_MAX)->choices->len, ==, 9);
          continue;
        }
      g_assert_cmpuint (status.n_images, ==, 10);
      g_assert_cmpfloat (status.seconds, >, 0);
      fovea_shape_bias_results_compute (results);
      /* Stopped at once, it is still missing. */
      fovea_shape_bias_results_stop (results);
      fovea_test_wait_until ((fovea_shape_bias_results_look_up (results, &status), status.state != FOVEA_CUE_COMPUTING), SECONDS);
      g_assert_true (status.stopped);
      fovea_shape_bias_results_compute (results);
      fovea_test_wait_until ((fovea_shape_bias_results_look_up (results, &status), status.state == FOVEA_CUE_DONE), SECONDS);
    }
  fovea_test_settle ();
  g_object_unref (application);
}

static void
add_tests (void)
{
  g_test_add_func ("/shape-bias-view/folder", test_folder);
  g_test_add_func ("/shape-bias-view/kept", test_kept);
}

int
main (int argc, char **argv)
{
  return fovea_test_run_with_display (argc, argv, add_tests);
}
