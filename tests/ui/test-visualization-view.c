/* The visualization view: both networks run, stop, continue, are kept and dropped.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <time.h>

#include "tests/engine/tiny-graph.h"
#include "tests/ui/display.h"
#include "ui/visualization-view.h"

#define SECONDS 60

typedef struct
{
  FoveaNetworkPair *pair;
  FoveaJobQueue *queue;
  FoveaStore *store;
  GtkWidget *window;
  FoveaVisualizationView *view;
  FoveaMaximizeSettings *settings;
} Fixture;

static void
set_up (Fixture *fixture,
        gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture->pair = fovea_network_pair_open ("alexnet-64", &error);
  g_assert_no_error (error);
  fixture->queue = fovea_job_queue_new (2);
  fixture->store = fovea_store_open (NULL, &error);
  g_assert_no_error (error);
  fovea_store_clear (fixture->store, &error);
  g_assert_no_error (error);
  fixture->view = FOVEA_VISUALIZATION_VIEW (fovea_visualization_view_new ());
  fovea_visualization_view_set_services (fixture->view, fixture->queue, fixture->store);
  fixture->settings = fovea_visualization_view_get_settings (fixture->view);
  fovea_maximize_settings_change (fixture->settings, fovea_maximize_option_find ("steps"), 12);
  fixture->window = fovea_test_show (GTK_WIDGET (fixture->view), 900, 600);
}

static void
tear_down (Fixture *fixture,
           gconstpointer data)
{
  fovea_test_close (fixture->window);
  g_assert_finalize_object (fixture->queue);
  g_clear_pointer (&fixture->store, fovea_store_unref);
  g_assert_finalize_object (fixture->pair);
}

static void
wait_for_end (Fixture *fixture)
{
  fovea_test_wait_until (!fovea_visualization_view_is_running (fixture->view), SECONDS);
}

static guint
get_curve_length (Fixture *fixture,
                  FoveaSide side,
                  guint image)
{
  return fovea_activation_curve_get_n_values (fovea_visualization_panel_get_curve (fovea_visualization_view_get_panel (fixture->view, side)), image);
}

static void
get_pixels (Fixture *fixture,
            FoveaSide side,
            guchar *pixels,
            guint size)
{
  GdkPaintable *picture = fovea_visualization_panel_get_picture (fovea_visualization_view_get_panel (fixture->view, side));

  g_assert_true (GDK_IS_TEXTURE (picture));
  g_assert_cmpint (gdk_texture_get_width (GDK_TEXTURE (picture)), ==, size);
  gdk_texture_download (GDK_TEXTURE (picture), pixels, size * 4);
}

/* Opening a neuron is enough: images and curves of both networks appear. */
static void
test_run (Fixture *fixture,
          gconstpointer data)
{
  double activation, minimum[FOVEA_N_SIDES], maximum[FOVEA_N_SIDES];

  fovea_visualization_view_set_neuron (fixture->view, fixture->pair, "conv3", (guint[]) { 42, 42 });
  g_assert_true (fovea_visualization_view_is_running (fixture->view));
  wait_for_end (fixture);
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    {
      FoveaVisualizationRun *run = fovea_visualization_view_get_run (fixture->view, side);
      const double *curve;
      guint n_steps;

      g_assert_cmpint (fovea_visualization_run_get_state (run), ==, FOVEA_VISUALIZATION_FINISHED);
      g_assert_false (fovea_visualization_run_is_from_store (run));
      g_assert_nonnull (fovea_visualization_panel_get_picture (fovea_visualization_view_get_panel (fixture->view, side)));
      g_assert_null (fovea_visualization_panel_get_message (fovea_visualization_view_get_panel (fixture->view, side)));
      g_assert_cmpuint (get_curve_length (fixture, side, 0), ==, 12);
      curve = fovea_visualization_run_get_curve (run, 0, &n_steps);
      g_assert_cmpuint (n_steps, ==, 12);
      g_assert_cmpfloat (curve[11], >, curve[0]);
      g_assert_true (fovea_visualization_run_get_activation (run, 0, &activation));
      g_assert_cmpfloat (activation, >, curve[0]);
      fovea_activation_curve_get_visible_range (fovea_visualization_panel_get_curve (fovea_visualization_view_get_panel (fixture->view, side)),
                                                &minimum[side], &maximum[side]);
    }
  /* The plots can be compared: they have one scale. */
  g_assert_cmpfloat (minimum[0], ==, minimum[1]);
  g_assert_cmpfloat (maximum[0], ==, maximum[1]);
  g_assert_cmpstr (fovea_visualization_view_get_status (fixture->view), ==, "Finished: 12 steps, seed 0");
  g_assert_true (fovea_visualization_view_can_continue (fixture->view));
}

/* The picture on the screen is the engine's for the same options. */
static void
test_same_as_engine (Fixture *fixture,
                     gconstpointer data)
{
  FoveaNetwork *network = fovea_network_pair_get_network (fixture->pair, FOVEA_SIDE_STANDARD);
  g_autoptr (FoveaMaximizeResult) result = NULL;
  g_autoptr (GError) error = NULL;
  FoveaMaximizeOptions options;
  FoveaObjective objective;
  FoveaNeuron neuron;
  FoveaTensor *shown;

  fovea_maximize_settings_set_seed (fixture->settings, 5);
  fovea_visualization_view_set_neuron (fixture->view, fixture->pair, "conv2", (guint[]) { 7, 7 });
  wait_for_end (fixture);

  fovea_neuron_parse (network, "conv2:7", &neuron, &error);
  g_assert_no_error (error);
  fovea_objective_init_neuron (&objective, &neuron);
  fovea_maximize_options_init (&options, FOVEA_PRESET_ROBUST, network);
  options.steps = 12;
  options.seed = 5;
  result = fovea_maximize (network, 1, &objective, (guint64[]) { 0 }, &options, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  shown = fovea_visualization_run_get_tensor (fovea_visualization_view_get_run (fixture->view, FOVEA_SIDE_STANDARD), 0);
  g_assert_cmpmem (shown->data, shown->n_elements * sizeof (float), result->images[0].image->data, result->images[0].image->n_elements * sizeof (float));
}

static void
test_stop (Fixture *fixture,
           gconstpointer data)
{
  FoveaVisualizationRun *run;
  guint step;

  fovea_maximize_settings_change (fixture->settings, fovea_maximize_option_find ("steps"), 100000);
  fovea_visualization_view_set_neuron (fixture->view, fixture->pair, "conv3", (guint[]) { 42, 42 });
  fovea_test_wait_until (get_curve_length (fixture, FOVEA_SIDE_STANDARD, 0) > 3 && get_curve_length (fixture, FOVEA_SIDE_ROBUST, 0) > 3, SECONDS);
  fovea_visualization_view_stop (fixture->view);
  wait_for_end (fixture);
  run = fovea_visualization_view_get_run (fixture->view, FOVEA_SIDE_ROBUST);
  step = fovea_visualization_run_get_step (run);
  g_assert_cmpint (fovea_visualization_run_get_state (run), ==, FOVEA_VISUALIZATION_STOPPED);
  g_assert_cmpuint (step, >, 3);
  g_assert_cmpuint (step, <, 100000);
  g_assert_cmpuint (get_curve_length (fixture, FOVEA_SIDE_ROBUST, 0), ==, step);
  g_assert_nonnull (fovea_visualization_panel_get_picture (fovea_visualization_view_get_panel (fixture->view, FOVEA_SIDE_ROBUST)));
  g_assert_true (g_str_has_prefix (fovea_visualization_view_get_status (fixture->view), "Stopped after "));

  /* What was stopped is no result to keep. */
  fovea_visualization_view_set_neuron (fixture->view, fixture->pair, "conv3", (guint[]) { 42, 42 });
  fovea_test_wait_until (get_curve_length (fixture, FOVEA_SIDE_STANDARD, 0) > 0, SECONDS);
  g_assert_false (fovea_visualization_run_is_from_store (fovea_visualization_view_get_run (fixture->view, FOVEA_SIDE_STANDARD)));
}

static void
test_continue (Fixture *fixture,
               gconstpointer data)
{
  const double *curve;
  double before;
  guint n_steps;

  fovea_maximize_settings_set_preset (fixture->settings, FOVEA_PRESET_CHOICE_ROBUST);
  fovea_maximize_settings_set_n_images (fixture->settings, 2);
  g_assert_false (fovea_visualization_view_can_continue (fixture->view));
  fovea_visualization_view_set_neuron (fixture->view, fixture->pair, "conv3", (guint[]) { 42, 42 });
  wait_for_end (fixture);
  g_assert_true (fovea_visualization_run_get_activation (fovea_visualization_view_get_run (fixture->view, FOVEA_SIDE_ROBUST), 1, &before));
  fovea_visualization_view_continue (fixture->view);
  wait_for_end (fixture);

  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    for (guint image = 0; image < 2; image++)
      g_assert_cmpuint (get_curve_length (fixture, side, image), ==, 24);
  /* Without transforms the first step sees the picture itself, with the activation it was left at. */
  curve = fovea_visualization_run_get_curve (fovea_visualization_view_get_run (fixture->view, FOVEA_SIDE_ROBUST), 1, &n_steps);
  g_assert_cmpfloat_with_epsilon (curve[12], before, 1e-3 * ABS (before));
  g_assert_cmpfloat (curve[23], >, curve[12]);
  g_assert_cmpstr (fovea_visualization_view_get_status (fixture->view), ==, "Finished: 24 steps, seed 0");

  /* Another size: the pictures are scaled. */
  fovea_maximize_settings_change (fixture->settings, fovea_maximize_option_find ("size"), 80);
  fovea_visualization_view_continue (fixture->view);
  wait_for_end (fixture);
  g_assert_cmpint (gdk_texture_get_width (fovea_visualization_run_get_texture (fovea_visualization_view_get_run (fixture->view, FOVEA_SIDE_STANDARD), 1)), ==, 80);
  g_assert_cmpuint (get_curve_length (fixture, FOVEA_SIDE_STANDARD, 1), ==, 36);
}

static void
test_several_images (Fixture *fixture,
                     gconstpointer data)
{
  FoveaVisualizationPanel *left = fovea_visualization_view_get_panel (fixture->view, FOVEA_SIDE_STANDARD);
  FoveaVisualizationPanel *right = fovea_visualization_view_get_panel (fixture->view, FOVEA_SIDE_ROBUST);
  FoveaVisualizationRun *run;

  fovea_maximize_settings_set_n_images (fixture->settings, 3);
  fovea_visualization_view_set_neuron (fixture->view, fixture->pair, "conv2", (guint[]) { 5, 5 });
  wait_for_end (fixture);
  run = fovea_visualization_view_get_run (fixture->view, FOVEA_SIDE_STANDARD);
  g_assert_cmpuint (fovea_visualization_run_get_n_images (run), ==, 3);
  for (guint image = 0; image < 3; image++)
    g_assert_cmpuint (get_curve_length (fixture, FOVEA_SIDE_STANDARD, image), ==, 12);
  for (guint image = 1; image < 3; image++)
    {
      FoveaTensor *first = fovea_visualization_run_get_tensor (run, 0);
      FoveaTensor *other = fovea_visualization_run_get_tensor (run, image);

      g_assert_cmpint (memcmp (first->data, other->data, first->n_elements * sizeof (float)), !=, 0);
    }

  /* Choosing an image at one side chooses it at both. */
  fovea_visualization_panel_set_selected (right, 2);
  g_assert_cmpuint (fovea_visualization_panel_get_selected (left), ==, 2);
  g_assert_true (fovea_visualization_panel_get_picture (left) == GDK_PAINTABLE (fovea_visualization_run_get_texture (run, 2)));

  fovea_maximize_settings_set_n_images (fixture->settings, 1);
  fovea_visualization_view_run (fixture->view);
  g_assert_cmpuint (fovea_visualization_view_get_selected (fixture->view), ==, 0);
  wait_for_end (fixture);
}

/* A finished result is there at once when people come back, and Run computes it again. */
static void
test_kept (Fixture *fixture,
           gconstpointer data)
{
  guchar before[64 * 64 * 4], after[64 * 64 * 4];

  fovea_visualization_view_set_neuron (fixture->view, fixture->pair, "conv3", (guint[]) { 42, 42 });
  wait_for_end (fixture);
  get_pixels (fixture, FOVEA_SIDE_ROBUST, before, 64);
  fovea_visualization_view_set_neuron (fixture->view, fixture->pair, "conv3", (guint[]) { 43, 43 });
  wait_for_end (fixture);
  get_pixels (fixture, FOVEA_SIDE_ROBUST, after, 64);
  g_assert_cmpint (memcmp (before, after, sizeof before), !=, 0);

  fovea_visualization_view_set_neuron (fixture->view, fixture->pair, "conv3", (guint[]) { 42, 42 });
  wait_for_end (fixture);
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    g_assert_true (fovea_visualization_run_is_from_store (fovea_visualization_view_get_run (fixture->view, side)));
  get_pixels (fixture, FOVEA_SIDE_ROBUST, after, 64);
  g_assert_cmpmem (before, sizeof before, after, sizeof after);
  g_assert_cmpstr (fovea_visualization_view_get_status (fixture->view), ==, "Computed earlier: 12 steps, seed 0");

  fovea_visualization_view_run (fixture->view);
  wait_for_end (fixture);
  g_assert_cmpuint (get_curve_length (fixture, FOVEA_SIDE_STANDARD, 0), ==, 12);
  get_pixels (fixture, FOVEA_SIDE_ROBUST, after, 64);
  g_assert_cmpmem (before, sizeof before, after, sizeof after);

  /* Other options have results of their own. */
  fovea_maximize_settings_set_objective_choice (fixture->settings, FOVEA_OBJECTIVE_CHOICE_CENTRE);
  fovea_visualization_view_set_neuron (fixture->view, fixture->pair, "conv3", (guint[]) { 42, 42 });
  wait_for_end (fixture);
  g_assert_false (fovea_visualization_run_is_from_store (fovea_visualization_view_get_run (fixture->view, FOVEA_SIDE_STANDARD)));
}

/* Nothing of a neuron appears once people have walked on. */
static void
test_stale (Fixture *fixture,
            gconstpointer data)
{
  g_autoptr (FoveaVisualizationRun) old = NULL;

  fovea_maximize_settings_change (fixture->settings, fovea_maximize_option_find ("steps"), 100000);
  fovea_visualization_view_set_neuron (fixture->view, fixture->pair, "conv3", (guint[]) { 1, 1 });
  fovea_test_wait_until (get_curve_length (fixture, FOVEA_SIDE_STANDARD, 0) > 0, SECONDS);
  old = g_object_ref (fovea_visualization_view_get_run (fixture->view, FOVEA_SIDE_STANDARD));

  fovea_maximize_settings_change (fixture->settings, fovea_maximize_option_find ("steps"), 8);
  fovea_visualization_view_set_neuron (fixture->view, fixture->pair, "conv3", (guint[]) { 2, 2 });
  g_assert_null (fovea_visualization_panel_get_picture (fovea_visualization_view_get_panel (fixture->view, FOVEA_SIDE_STANDARD)));
  g_assert_cmpuint (get_curve_length (fixture, FOVEA_SIDE_STANDARD, 0), ==, 0);
  g_assert_false (fovea_run_is_active (FOVEA_RUN (old)));
  wait_for_end (fixture);
  g_assert_cmpuint (get_curve_length (fixture, FOVEA_SIDE_STANDARD, 0), ==, 8);
  g_assert_cmpint (fovea_visualization_run_get_neuron (fovea_visualization_view_get_run (fixture->view, FOVEA_SIDE_STANDARD))->channel, ==, 2);
  g_assert_cmpint (fovea_visualization_run_get_state (old), ==, FOVEA_VISUALIZATION_STOPPED);

  /* Walking fast: only the last neuron is computed. */
  for (guint channel = 10; channel < 40; channel++)
    fovea_visualization_view_set_neuron (fixture->view, fixture->pair, "conv3", (guint[]) { channel, channel });
  wait_for_end (fixture);
  g_assert_cmpint (fovea_visualization_run_get_neuron (fovea_visualization_view_get_run (fixture->view, FOVEA_SIDE_ROBUST))->channel, ==, 39);
  g_assert_cmpuint (get_curve_length (fixture, FOVEA_SIDE_ROBUST, 0), ==, 8);
}

/* A convolution whose second channel is negative everywhere, behind a ReLU. */
static FoveaNetwork *
make_network_with_dead_unit (const char *name)
{
  FoveaGraph *graph = fovea_graph_new (3, 16, 16);
  FoveaTensor *weights = tiny_tensor (1, 4, (gint64[]) { 2, 3, 3, 3 });
  FoveaTensor *bias = tiny_tensor (2, 1, (gint64[]) { 2 });
  GHashTable *parameters = tiny_parameters ("W", weights);
  FoveaNetwork *network;
  g_autoptr (GError) error = NULL;

  memset (weights->data + 27, 0, 27 * sizeof (float));
  bias->data[0] = 1;
  bias->data[1] = -1;
  g_hash_table_insert (parameters, g_strdup ("B"), bias);
  tiny_add (graph, "conv", "Conv", "input", "{'kernel_shape': <[int64 3, 3]>, 'pads': <[int64 1, 1, 1, 1]>}", parameters);
  tiny_add (graph, "relu", "Relu", "conv", NULL, NULL);
  fovea_graph_set_normalization (graph, (double[]) { 0, 0, 0 }, (double[]) { 1, 1, 1 }, 3, &error);
  g_assert_no_error (error);
  tiny_finish (graph);
  network = fovea_network_new (graph, &(FoveaNetworkInfo) { .name = name, .architecture = "tiny", .training = "", .sha256 = name, .classes = (const char *const[]) { NULL } });
  fovea_graph_unref (graph);
  return network;
}

static void
test_dead_unit (Fixture *fixture,
                gconstpointer data)
{
  g_autoptr (FoveaNetwork) standard = make_network_with_dead_unit ("tiny-standard");
  g_autoptr (FoveaNetwork) robust = make_network_with_dead_unit ("tiny-robust");
  g_autoptr (FoveaNetworkPair) pair = fovea_network_pair_new ("tiny", standard, robust);

  /* The second time it comes from the store. */
  for (guint time = 0; time < 2; time++)
    {
      fovea_visualization_view_set_neuron (fixture->view, pair, "relu", (guint[]) { 1, 1 });
      wait_for_end (fixture);
      for (guint side = 0; side < FOVEA_N_SIDES; side++)
        {
          FoveaVisualizationPanel *panel = fovea_visualization_view_get_panel (fixture->view, side);

          g_assert_true (fovea_visualization_run_is_dead (fovea_visualization_view_get_run (fixture->view, side), 0));
          g_assert_true (fovea_visualization_run_is_from_store (fovea_visualization_view_get_run (fixture->view, side)) == (time == 1));
          g_assert_null (fovea_visualization_panel_get_picture (panel));
          g_assert_cmpstr (fovea_visualization_panel_get_message (panel), ==, "No gradient reaches the image: this unit never responds");
        }
    }
  fovea_visualization_view_set_neuron (fixture->view, pair, "relu", (guint[]) { 0, 0 });
  wait_for_end (fixture);
  g_assert_nonnull (fovea_visualization_panel_get_picture (fovea_visualization_view_get_panel (fixture->view, FOVEA_SIDE_ROBUST)));
  fovea_visualization_view_clear (fixture->view);
}

/* What cannot be computed says why, and the other network works. */
static void
test_errors (Fixture *fixture,
             gconstpointer data)
{
  g_autoptr (FoveaNetwork) tiny = make_network_with_dead_unit ("tiny-robust");
  g_autoptr (FoveaNetworkPair) pair = fovea_network_pair_new ("mixed", fovea_network_pair_get_network (fixture->pair, FOVEA_SIDE_STANDARD), tiny);
  FoveaVisualizationPanel *left = fovea_visualization_view_get_panel (fixture->view, FOVEA_SIDE_STANDARD);
  FoveaVisualizationPanel *right = fovea_visualization_view_get_panel (fixture->view, FOVEA_SIDE_ROBUST);

  fovea_visualization_view_set_neuron (fixture->view, pair, "conv3", (guint[]) { 42, 42 });
  wait_for_end (fixture);
  g_assert_nonnull (fovea_visualization_panel_get_picture (left));
  g_assert_cmpstr (fovea_visualization_panel_get_message (right), ==, "This network has no such neuron");

  /* 8 pixels are too few for the network's kernels and poolings. */
  fovea_maximize_settings_change (fixture->settings, fovea_maximize_option_find ("size"), 8);
  fovea_visualization_view_set_neuron (fixture->view, fixture->pair, "fc7", (guint[]) { 0, 0 });
  wait_for_end (fixture);
  g_assert_cmpint (fovea_visualization_run_get_state (fovea_visualization_view_get_run (fixture->view, FOVEA_SIDE_STANDARD)), ==, FOVEA_VISUALIZATION_FAILED);
  g_assert_cmpstr (fovea_visualization_panel_get_message (left), ==, "This could not be computed");
  g_assert_false (fovea_visualization_view_can_continue (fixture->view));
  fovea_visualization_view_clear (fixture->view);
}

/* A new view begins with what was chosen in the last one; what cannot be read is as at first. */
static void
test_settings_kept (void)
{
  g_autoptr (FoveaApplication) application = fovea_test_application_new ();
  GtkWidget *view = g_object_ref_sink (fovea_visualization_view_new ());
  FoveaMaximizeSettings *settings = fovea_visualization_view_get_settings (FOVEA_VISUALIZATION_VIEW (view));

  g_assert_true (fovea_maximize_settings_is_default (settings));
  fovea_maximize_settings_set_seed (settings, 77);
  fovea_maximize_settings_set_n_images (settings, 4);
  fovea_maximize_settings_change (settings, fovea_maximize_option_find ("rotation"), 33);
  g_assert_finalize_object (view);

  view = g_object_ref_sink (fovea_visualization_view_new ());
  settings = fovea_visualization_view_get_settings (FOVEA_VISUALIZATION_VIEW (view));
  g_assert_cmpuint (fovea_maximize_settings_get_seed (settings), ==, 77);
  g_assert_cmpuint (fovea_maximize_settings_get_n_images (settings), ==, 4);
  g_assert_true (fovea_maximize_settings_get_changed (settings, fovea_maximize_option_find ("rotation")));
  g_assert_finalize_object (view);

  fovea_settings_set_string (fovea_application_get_settings (), "visualization", "{'seed': <uint64 5");
  view = g_object_ref_sink (fovea_visualization_view_new ());
  settings = fovea_visualization_view_get_settings (FOVEA_VISUALIZATION_VIEW (view));
  g_assert_cmpuint (fovea_maximize_settings_get_seed (settings), ==, 0);
  g_assert_finalize_object (view);
}

static double
get_thread_seconds (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return (double) now.tv_sec + (double) now.tv_nsec * 1e-9;
}

/* The main loop stays free while both networks compute. Its own time counts, not that of whatever
 * else runs on the machine. */
static void
test_not_blocked (Fixture *fixture,
                  gconstpointer data)
{
  gint64 end = g_get_monotonic_time () + 30 * G_USEC_PER_SEC;
  double longest = 0;
  guint tick;

  fovea_test_settle ();
  fovea_maximize_settings_change (fixture->settings, fovea_maximize_option_find ("steps"), 100);
  fovea_maximize_settings_set_n_images (fixture->settings, FOVEA_MAXIMIZE_MAX_IMAGES);
  fovea_visualization_view_set_neuron (fixture->view, fixture->pair, "conv3", (guint[]) { 42, 42 });
  tick = g_timeout_add (5, fovea_test_tick, NULL);
  while (fovea_visualization_view_is_running (fixture->view) && g_get_monotonic_time () < end)
    {
      double before = get_thread_seconds ();

      g_main_context_iteration (NULL, TRUE);
      longest = MAX (longest, get_thread_seconds () - before);
    }
  g_source_remove (tick);
  g_test_message ("longest turn of the main loop: %.1f ms", longest * 1e3);
  g_assert_cmpfloat (longest, <, 0.05);
}

static void
add_tests (void)
{
  g_test_add ("/visualization-view/run", Fixture, NULL, set_up, test_run, tear_down);
  g_test_add ("/visualization-view/same-as-engine", Fixture, NULL, set_up, test_same_as_engine, tear_down);
  g_test_add ("/visualization-view/stop", Fixture, NULL, set_up, test_stop, tear_down);
  g_test_add ("/visualization-view/continue", Fixture, NULL, set_up, test_continue, tear_down);
  g_test_add ("/visualization-view/several-images", Fixture, NULL, set_up, test_several_images, tear_down);
  g_test_add ("/visualization-view/kept", Fixture, NULL, set_up, test_kept, tear_down);
  g_test_add ("/visualization-view/stale", Fixture, NULL, set_up, test_stale, tear_down);
  g_test_add ("/visualization-view/dead-unit", Fixture, NULL, set_up, test_dead_unit, tear_down);
  g_test_add ("/visualization-view/errors", Fixture, NULL, set_up, test_errors, tear_down);
  g_test_add_func ("/visualization-view/settings-kept", test_settings_kept);
  g_test_add ("/visualization-view/not-blocked", Fixture, NULL, set_up, test_not_blocked, tear_down);
}

int
main (int argc,
      char **argv)
{
  /* GL without a graphics card would take the main loop's time for itself. */
  g_setenv ("GSK_RENDERER", "cairo", FALSE);
  return fovea_test_run_with_display (argc, argv, add_tests);
}
