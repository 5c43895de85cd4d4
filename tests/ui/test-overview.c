/* The overview: what it computes and shows, what it opens, and its report.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "engine/analysis/measures.h"
#include "tests/scratch.h"
#include "tests/ui/display.h"
#include "ui/overview-filters.h"
#include "ui/overview.h"

#define SECONDS 60
#define N_IMAGES 12

typedef struct
{
  FoveaScratch *folder;
  FoveaNetworkPair *pair;
  FoveaStore *store;
  FoveaJobQueue *queue;
  FoveaImageSets *sets;
  GtkWidget *window;
  FoveaOverview *overview;
} Fixture;

/* Stripes of different widths and directions, in folders of three classes. */
static void
write_images (Fixture *fixture)
{
  for (guint i = 0; i < N_IMAGES; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (FoveaImage) image = fovea_image_new (64, 64, &error);
      g_autofree char *name = g_strdup_printf ("images/class%u/%u.png", i % 3, i);
      g_autofree char *path = fovea_scratch_path (fixture->folder, name);
      g_autofree char *parent = g_path_get_dirname (path);

      g_assert_no_error (error);
      for (guint y = 0; y < 64; y++)
        for (guint x = 0; x < 64; x++)
          for (guint c = 0; c < 3; c++)
            image->pixels[(y * 64 + x) * 3 + c] = (guint8) ((i % 2 ? x : y) / (1 + i / 2) % 2 ? 40 + 60 * c : 230 - 50 * c);
      g_assert_cmpint (g_mkdir_with_parents (parent, 0700), ==, 0);
      g_assert_true (fovea_image_write_png (image, path, &error));
    }
}

static void
wait_for_overview (Fixture *fixture)
{
  fovea_test_wait_until (!fovea_overview_is_busy (fixture->overview) && fovea_overview_get_data (fixture->overview) != NULL, SECONDS);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *images = NULL;
  g_autofree char *store = NULL;

  fixture->folder = fovea_scratch_new ();
  images = fovea_scratch_path (fixture->folder, "images");
  store = fovea_scratch_path (fixture->folder, "store.sqlite");
  write_images (fixture);
  fixture->pair = fovea_network_pair_open ("alexnet-64", &error);
  g_assert_no_error (error);
  if (data != NULL)
    {
      FoveaNetworkPair *single = fovea_network_pair_new_single (fovea_network_pair_get_network (fixture->pair, FOVEA_SIDE_STANDARD));

      g_object_unref (fixture->pair);
      fixture->pair = single;
    }
  fixture->store = fovea_store_open (store, &error);
  g_assert_no_error (error);
  fixture->queue = fovea_job_queue_new (2);
  fixture->sets = fovea_image_sets_new (fixture->queue, NULL);
  fovea_image_sets_set_current (fixture->sets, images);
  fixture->overview = FOVEA_OVERVIEW (fovea_overview_new ());
  fovea_overview_set_services (fixture->overview, fixture->queue, fixture->store, fixture->sets);
  fixture->window = fovea_test_show (GTK_WIDGET (fixture->overview), 900, 600);
  fovea_neuron_view_set_neuron (FOVEA_NEURON_VIEW (fixture->overview), fixture->pair, "conv3", (guint[]) { 42, 42 });
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  fovea_test_close (fixture->window);
  g_assert_finalize_object (fixture->sets);
  g_assert_finalize_object (fixture->queue);
  g_assert_finalize_object (fixture->pair);
  g_clear_pointer (&fixture->store, fovea_store_unref);
  g_clear_pointer (&fixture->folder, fovea_scratch_free);
}

static void
press (Fixture *fixture, FoveaOverviewGroup group)
{
  g_signal_emit_by_name (fovea_overview_section_get_button (fovea_overview_get_section (fixture->overview, group)), "clicked");
}

static FoveaChart *
get_chart (Fixture *fixture, guint chart)
{
  FoveaOverviewSection *section = fovea_overview_get_section (fixture->overview, fovea_overview_chart_get_group (chart));

  return fovea_chart_view_get_chart (fovea_overview_panel_get_view (fovea_overview_section_get_panel (section, chart)));
}

static void
on_activated (char **activated, const char *layer, guint channel)
{
  g_free (*activated);
  *activated = g_strdup_printf ("%s:%u", layer, channel);
}

/* Nothing is there; pressing the button computes it; the chart has the numbers of the engine, and a mark opens its neuron. */
static void
test_smoothness (Fixture *fixture, gconstpointer data)
{
  FoveaOverviewSection *section = fovea_overview_get_section (fixture->overview, FOVEA_OVERVIEW_SMOOTHNESS);
  FoveaOverviewPanel *panel = fovea_overview_section_get_panel (section, FOVEA_MEASURE_NOISE);
  FoveaImageSet *images;
  g_autofree char *activated = NULL;
  g_autofree char *csv = NULL;
  g_autoptr (GError) error = NULL;
  FoveaOverviewData *shown;

  g_signal_connect_swapped (fixture->overview, "neuron-activated", G_CALLBACK (on_activated), &activated);
  wait_for_overview (fixture);
  shown = fovea_overview_get_data (fixture->overview);
  g_assert_cmpuint (fovea_overview_data_get_n_layers (shown), ==, 5);
  g_assert_cmpstr (fovea_overview_data_get_layer (shown, 4), ==, "conv5");
  g_assert_false (fovea_overview_data_is_complete (shown, FOVEA_OVERVIEW_SMOOTHNESS));
  g_assert_null (get_chart (fixture, FOVEA_MEASURE_NOISE));
  g_assert_false (gtk_widget_get_visible (GTK_WIDGET (panel)));
  g_assert_nonnull (fovea_overview_section_get_status (section));

  press (fixture, FOVEA_OVERVIEW_SMOOTHNESS);
  g_assert_true (fovea_overview_is_busy (fixture->overview));
  wait_for_overview (fixture);
  shown = fovea_overview_get_data (fixture->overview);
  g_assert_true (fovea_overview_data_is_complete (shown, FOVEA_OVERVIEW_SMOOTHNESS));
  g_assert_null (fovea_overview_section_get_status (section));
  g_assert_true (gtk_widget_get_visible (GTK_WIDGET (panel)));
  fovea_test_wait_until (gtk_widget_get_height (GTK_WIDGET (fovea_overview_panel_get_view (panel))) >= 300, SECONDS);

  images = fovea_image_sets_get_set (fixture->sets, NULL);
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    for (guint i = 0; i < 5; i++)
      {
        FoveaNetwork *network = fovea_network_pair_get_network (fixture->pair, side);
        const FoveaMeasureSettings settings = { fixture->store, images, 200, 0.1, 0 };
        g_autofree double *expected = NULL;
        const double *values;
        guint n_values;
        int layer;

        g_assert_true (fovea_graph_find (fovea_network_get_graph (network), fovea_overview_data_get_layer (shown, i), &layer, &error));
        expected = fovea_measure_load (FOVEA_MEASURE_NOISE, &settings, network, layer, &error);
        g_assert_no_error (error);
        values = fovea_overview_data_get_values (shown, FOVEA_MEASURE_NOISE, side, i, &n_values);
        g_assert_cmpmem (values, n_values * sizeof *values, expected, (gsize) fovea_graph_get_shape (fovea_network_get_graph (network), (guint) layer)->channels * sizeof *expected);
        for (guint channel = 0; channel < n_values; channel++)
          g_assert_true (isfinite (values[channel]) && values[channel] >= 0);
      }

  /* Every neuron is a row of the table. */
  csv = fovea_chart_to_csv (get_chart (fixture, FOVEA_MEASURE_NOISE));
  g_assert_nonnull (strstr (csv, ",conv1,0,"));
  g_assert_nonnull (strstr (csv, ",conv5,"));
  g_signal_emit_by_name (fovea_overview_panel_get_view (panel), "mark-activated", 1, 2, 17);
  g_assert_cmpstr (activated, ==, "conv3:17");
}

/* The classes among twelve images of three classes: at most log2 3 bits. */
static void
test_diversity (Fixture *fixture, gconstpointer data)
{
  guint n_values;
  const double *values;

  wait_for_overview (fixture);
  if (!fovea_overview_data_is_complete (fovea_overview_get_data (fixture->overview), FOVEA_OVERVIEW_DIVERSITY))
    press (fixture, FOVEA_OVERVIEW_DIVERSITY);
  wait_for_overview (fixture);
  g_assert_true (fovea_overview_data_is_complete (fovea_overview_get_data (fixture->overview), FOVEA_OVERVIEW_DIVERSITY));
  g_assert_nonnull (get_chart (fixture, FOVEA_MEASURE_ENTROPY));
  g_assert_nonnull (get_chart (fixture, FOVEA_MEASURE_DISTANCE));
  values = fovea_overview_data_get_values (fovea_overview_get_data (fixture->overview), FOVEA_MEASURE_ENTROPY, FOVEA_SIDE_STANDARD, 1, &n_values);
  for (guint i = 0; i < n_values; i++)
    g_assert_cmpfloat (values[i], <=, log2 (3) + 1e-9);
}

static gboolean
is_complete (Fixture *fixture)
{
  return fovea_overview_data_is_complete (fovea_overview_get_data (fixture->overview), FOVEA_OVERVIEW_SMOOTHNESS);
}

static GBytes *
copy_noise (Fixture *fixture)
{
  guint n_values;
  const double *values = fovea_overview_data_get_values (fovea_overview_get_data (fixture->overview), FOVEA_MEASURE_NOISE, FOVEA_SIDE_ROBUST, 2, &n_values);

  return g_bytes_new (values, n_values * sizeof *values);
}

/* Each noise has its own numbers, which are kept; those without noise are the same for all. */
static void
test_sigma (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) weak = NULL, strong = NULL, again = NULL;
  const double *weak_values, *strong_values;
  FoveaReportSettings report;
  gsize size;

  wait_for_overview (fixture);
  press (fixture, FOVEA_OVERVIEW_SMOOTHNESS);
  wait_for_overview (fixture);
  g_assert_true (is_complete (fixture));
  weak = copy_noise (fixture);

  fovea_overview_set_sigma (fixture->overview, 0.25);
  wait_for_overview (fixture);
  g_assert_false (is_complete (fixture));
  g_assert_null (get_chart (fixture, FOVEA_MEASURE_NOISE));
  g_assert_nonnull (get_chart (fixture, FOVEA_MEASURE_VARIATION));
  press (fixture, FOVEA_OVERVIEW_SMOOTHNESS);
  wait_for_overview (fixture);
  g_assert_true (is_complete (fixture));
  strong = copy_noise (fixture);
  weak_values = g_bytes_get_data (weak, &size);
  strong_values = g_bytes_get_data (strong, NULL);
  g_assert_cmpuint (g_bytes_get_size (strong), ==, size);
  for (gsize i = 0; i < size / sizeof (double); i++)
    g_assert_cmpfloat (strong_values[i], >, weak_values[i]);
  fovea_overview_data_fill_report (fovea_overview_get_data (fixture->overview), &report);
  g_assert_cmpfloat (report.sigma, ==, 0.25);

  fovea_overview_set_sigma (fixture->overview, 0.1);
  wait_for_overview (fixture);
  g_assert_true (is_complete (fixture));
  again = copy_noise (fixture);
  g_assert_true (g_bytes_equal (again, weak));
}

/* Stopped at once, it offers itself again, and nothing is shown. */
static void
test_stop (Fixture *fixture, gconstpointer data)
{
  FoveaOverviewSection *section = fovea_overview_get_section (fixture->overview, FOVEA_OVERVIEW_DETECTORS);

  wait_for_overview (fixture);
  press (fixture, FOVEA_OVERVIEW_DETECTORS);
  g_assert_cmpstr (gtk_button_get_label (GTK_BUTTON (fovea_overview_section_get_button (section))), ==, "_Stop");
  press (fixture, FOVEA_OVERVIEW_DETECTORS);
  wait_for_overview (fixture);
  g_assert_cmpstr (gtk_button_get_label (GTK_BUTTON (fovea_overview_section_get_button (section))), ==, "_Compute");
  g_assert_nonnull (fovea_overview_section_get_status (section));
  g_assert_null (get_chart (fixture, FOVEA_OVERVIEW_CATEGORIES));
}

/* Seen, it finds out how long everything takes; not seen, nothing runs. */
static void
test_estimate (Fixture *fixture, gconstpointer data)
{
  FoveaOverviewSection *section = fovea_overview_get_section (fixture->overview, FOVEA_OVERVIEW_DETECTORS);

  wait_for_overview (fixture);
  g_assert_nonnull (strstr (fovea_overview_section_get_status (section), "Finding out"));
  fovea_neuron_view_set_active (FOVEA_NEURON_VIEW (fixture->overview), TRUE);
  wait_for_overview (fixture);
  g_assert_nonnull (strstr (fovea_overview_section_get_status (section), "It will take about "));
  fovea_neuron_view_set_active (FOVEA_NEURON_VIEW (fixture->overview), FALSE);
  g_assert_false (fovea_overview_is_busy (fixture->overview));
}

static gboolean
is_written (const char *path)
{
  return g_file_test (path, G_FILE_TEST_EXISTS);
}

/* On the screen only the filters have a colour of their own. */
static void
test_filters_texture (Fixture *fixture, gconstpointer data)
{
  FoveaNetwork *network = fovea_network_pair_get_network (fixture->pair, FOVEA_SIDE_STANDARD);
  g_autoptr (GdkTexture) texture = fovea_overview_filters_texture_new (network, 100);
  gsize width = (gsize) gdk_texture_get_width (texture), height = (gsize) gdk_texture_get_height (texture);
  g_autofree guint32 *pixels = g_new (guint32, width * height);

  /* 7 × 7 filters of 7 × 7 taps, each tap 2 pixels wide, with a tap's width around; the last cell has no filter. */
  g_assert_cmpuint (width, ==, (7 * 8 + 1) * 2);
  g_assert_cmpuint (height, ==, (7 * 8 + 1) * 2);
  gdk_texture_download (texture, (guchar *) pixels, width * 4);
  for (gsize y = 0; y < height; y++)
    for (gsize x = 0; x < width; x++)
      g_assert_cmphex (pixels[y * width + x] >> 24, ==, x / 2 % 8 == 0 || y / 2 % 8 == 0 || (x / 16 == 6 && y / 16 == 6) ? 0 : 255);
}

/* The filters of both networks as a figure; no filters would be an error, and no file. */
static void
test_filters (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = fovea_scratch_path (fixture->folder, "filters.svg");
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autofree char *svg = NULL;

  wait_for_overview (fixture);
  fovea_picture_save (fovea_overview_filters_picture_new (fixture->pair), GTK_WIDGET (fixture->overview), file);
  fovea_test_wait_until (is_written (path), SECONDS);
  g_assert_true (g_file_get_contents (path, &svg, NULL, NULL));
  g_assert_nonnull (strstr (svg, "<svg"));
  g_assert_nonnull (strstr (svg, "<image"));
}

/* One network alone has one series, and no report. */
static void
test_single (Fixture *fixture, gconstpointer data)
{
  g_autofree char *csv = NULL;

  wait_for_overview (fixture);
  g_assert_false (fovea_overview_data_can_report (fovea_overview_get_data (fixture->overview)));
  press (fixture, FOVEA_OVERVIEW_SMOOTHNESS);
  wait_for_overview (fixture);
  csv = fovea_chart_to_csv (get_chart (fixture, FOVEA_MEASURE_VARIATION));
  g_assert_nonnull (strstr (csv, fovea_network_get_name (fovea_network_pair_get_network (fixture->pair, FOVEA_SIDE_STANDARD))));
  g_assert_null (strstr (csv, "robust"));
}

/* A report that is cancelled writes nothing and says so; a folder that cannot be written is said. */
static void
test_report (Fixture *fixture, gconstpointer data)
{
  g_autofree char *folder = fovea_scratch_path (fixture->folder, "report");
  g_autofree char *path = g_build_filename (folder, "report.html", NULL);

  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  wait_for_overview (fixture);
  fovea_overview_write_report (fixture->overview, folder);
  g_assert_true (fovea_overview_report_is_busy (fovea_overview_get_report (fixture->overview)));
  fovea_test_wait_until (strstr (fovea_overview_report_get_text (fovea_overview_get_report (fixture->overview)), ", step ") != NULL, SECONDS);
  fovea_overview_report_stop (fovea_overview_get_report (fixture->overview));
  wait_for_overview (fixture);
  g_assert_nonnull (strstr (fovea_overview_report_get_text (fovea_overview_get_report (fixture->overview)), "was stopped"));
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
}

static void
add_tests (void)
{
  g_test_add ("/overview/smoothness", Fixture, NULL, set_up, test_smoothness, tear_down);
  g_test_add ("/overview/sigma", Fixture, NULL, set_up, test_sigma, tear_down);
  g_test_add ("/overview/diversity", Fixture, NULL, set_up, test_diversity, tear_down);
  g_test_add ("/overview/stop", Fixture, NULL, set_up, test_stop, tear_down);
  g_test_add ("/overview/estimate", Fixture, NULL, set_up, test_estimate, tear_down);
  g_test_add ("/overview/filters", Fixture, NULL, set_up, test_filters, tear_down);
  g_test_add ("/overview/filters-texture", Fixture, NULL, set_up, test_filters_texture, tear_down);
  g_test_add ("/overview/single", Fixture, "single", set_up, test_single, tear_down);
  g_test_add ("/overview/report", Fixture, NULL, set_up, test_report, tear_down);
}

int
main (int argc, char **argv)
{
  return fovea_test_run_with_display (argc, argv, add_tests);
}
