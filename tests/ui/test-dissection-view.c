/* The Dissection tab: what it offers, computes, keeps and shows, with a small set in Broden's layout.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <math.h>

#include "tests/engine/small-broden.h"
#include "tests/ui/display.h"
#include "ui/chart-shift.h"
#include "ui/dissection-pictures.h"
#include "ui/dissection-view.h"
#include "ui/filter-button.h"
#include "ui/layer-page.h"
#include "ui/sort-button.h"
#include "ui/tile-grid.h"

#define SECONDS 60
#define N_IMAGES 12
#define SIZE 64
#define MASK 32

typedef struct {
  FoveaScratch *folder;
  FoveaNetworkPair *pair;
  FoveaJobQueue *queue;
  FoveaStore *store;
  GtkWidget *window;
  FoveaDissectionView *view;
  guint activated; /* the channel that people wanted to go to */
  guint counterpart; /* and the robust network's */
} Fixture;

/* A grey image with a bright square, so that there is something to detect, and its masks. */
static void
write_square (FoveaScratch *folder,
              const char *name,
              guint number)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FoveaImage) image = fovea_image_new (SIZE, SIZE, &error);
  g_autofree char *path = fovea_scratch_path (folder, name);
  g_autofree char *parent = g_path_get_dirname (path);

  g_assert_no_error (error);
  for (guint i = 0; i < SIZE * SIZE; i++)
    {
      const gboolean is_inside = i % SIZE / 8 == number % 8 && i / SIZE / 8 == number * 3 % 8;

      image->pixels[3 * i] = is_inside ? 255 : 100;
      image->pixels[3 * i + 1] = is_inside ? (guint8) (number % 2 * 255) : 100;
      image->pixels[3 * i + 2] = is_inside ? 0 : 100;
    }
  g_mkdir_with_parents (parent, 0700);
  fovea_image_write_png (image, path, &error);
  g_assert_no_error (error);
}

/* The square is a cat or a dog house, and what is below it is striped. */
static void
make_broden (FoveaScratch *folder)
{
  g_autoptr (GString) index = g_string_new ("image,split,ih,iw,sh,sw,object,texture\n");

  small_broden_write (folder, "broden/category.csv", "name,first,last,count,frequency\nobject,1,2,2,1\ntexture,300,300,1,1\n");
  small_broden_write (folder, "broden/label.csv",
                      "number,name,category,frequency,coverage,syns\n1,cat,object(1),1,1,\n2,dog_house,object(1),1,1,\n300,striped,texture(1),1,1,\n");
  small_broden_write (folder, "broden/c_object.csv", "code,number,name,frequency,coverage\n1,1,cat,1,1\n2,2,dog_house,1,1\n");
  small_broden_write (folder, "broden/c_texture.csv", "code,number,name,frequency,coverage\n1,300,striped,1,1\n");
  for (guint i = 0; i < N_IMAGES; i++)
    {
      g_autofree char *name = g_strdup_printf ("broden/images/made/%u.png", i);
      g_autofree char *object = g_strdup_printf ("broden/images/made/%u_object.png", i);
      g_autofree char *texture = g_strdup_printf ("broden/images/made/%u_texture.png", i);
      guint objects[MASK * MASK], textures[MASK * MASK];

      for (guint k = 0; k < MASK * MASK; k++)
        {
          const gboolean is_column = k % MASK / 4 == i % 8;

          objects[k] = is_column && k / MASK / 4 == i * 3 % 8 ? 1 + i % 2 : 0;
          textures[k] = is_column && k / MASK / 4 == i * 3 % 8 + 1 ? 300 : 0;
        }
      write_square (folder, name, i);
      small_broden_write_mask (folder, object, MASK, MASK, objects);
      small_broden_write_mask (folder, texture, MASK, MASK, textures);
      g_string_append_printf (index, "made/%u.png,train,%u,%u,%u,%u,made/%u_object.png,made/%u_texture.png\n", i, SIZE, SIZE, MASK, MASK, i, i);
    }
  small_broden_write (folder, "broden/index.csv", index->str);
}

static void
open_view (Fixture *fixture)
{
  fixture->view = FOVEA_DISSECTION_VIEW (fovea_dissection_view_new ());
  fovea_dissection_view_set_source (fixture->view, fixture->queue, fixture->queue, fixture->store);
  fixture->window = fovea_test_show (GTK_WIDGET (fixture->view), 900, 900);
}

static void
close_view (Fixture *fixture)
{
  fovea_test_close (fixture->window);
}

static void
set_up (Fixture *fixture,
        gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *store = NULL;

  fixture->folder = fovea_scratch_new ();
  make_broden (fixture->folder);
  store = fovea_scratch_path (fixture->folder, "store.sqlite");
  fixture->store = fovea_store_open (store, &error);
  g_assert_no_error (error);
  fixture->pair = fovea_network_pair_open ("alexnet-64", &error);
  g_assert_no_error (error);
  fixture->queue = fovea_job_queue_new (2);
  open_view (fixture);
}

static void
tear_down (Fixture *fixture,
           gconstpointer data)
{
  close_view (fixture);
  g_assert_finalize_object (fixture->queue);
  g_assert_finalize_object (fixture->pair);
  fovea_store_unref (fixture->store);
  fovea_scratch_free (fixture->folder);
}

static FoveaDissectionState
get_state (Fixture *fixture)
{
  return fovea_dissection_run_get_state (fovea_dissection_view_get_run (fixture->view));
}

static FoveaImageSets *
get_sets (Fixture *fixture)
{
  return fovea_dissection_controls_get_sets (fovea_dissection_view_get_controls (fixture->view));
}

static FoveaDissectionPanel *
get_panel (Fixture *fixture,
           FoveaSide side)
{
  return fovea_dissection_neuron_get_panel (fovea_dissection_view_get_neuron (fixture->view), side);
}

static void
set_iou (Fixture *fixture,
         double iou)
{
  fovea_dissection_controls_set_iou (fovea_dissection_view_get_controls (fixture->view), iou);
  fovea_test_settle ();
}

static const char *
get_offer (Fixture *fixture)
{
  return fovea_dissection_bar_get_text (fovea_dissection_view_get_bar (fixture->view));
}

static void
choose_broden (Fixture *fixture)
{
  g_autofree char *path = fovea_scratch_path (fixture->folder, "broden");

  fovea_image_sets_set_current (get_sets (fixture), path);
}

static void
show (Fixture *fixture,
      const char *layer,
      guint channel)
{
  fovea_neuron_view_set_neuron (FOVEA_NEURON_VIEW (fixture->view), fixture->pair, layer, (guint[]) { channel, channel });
}

static void
dissect (Fixture *fixture)
{
  choose_broden (fixture);
  show (fixture, "pool1", 3);
  fovea_test_wait_until (get_state (fixture) == FOVEA_DISSECTION_MISSING, SECONDS);
  gtk_widget_activate_action (GTK_WIDGET (fixture->view), "dissection.start", NULL);
  g_assert_cmpint (get_state (fixture), ==, FOVEA_DISSECTION_COMPUTING);
  fovea_test_wait_until (get_state (fixture) == FOVEA_DISSECTION_READY, SECONDS);
}

/* The tab's numbers are those of a dissection by itself. */
static void
test_agrees (Fixture *fixture,
             gconstpointer data)
{
  g_autofree char *path = fovea_scratch_path (fixture->folder, "broden");
  g_autoptr (GError) error = NULL;
  g_autoptr (FoveaConceptSet) set = fovea_concept_set_open (path, NULL, &error);
  FoveaDissectOptions options;

  g_assert_no_error (error);
  g_assert_null (fovea_dissection_view_get_tally (fixture->view, FOVEA_SIDE_STANDARD));
  g_assert_null (fovea_neuron_view_take_picture (FOVEA_NEURON_VIEW (fixture->view)));
  dissect (fixture);
  fovea_dissect_options_init (&options);
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    {
      FoveaNetwork *network = fovea_network_pair_get_network (fixture->pair, side);
      const FoveaTally *tally = fovea_dissection_view_get_tally (fixture->view, side);
      g_autoptr (FoveaDissection) dissection = NULL;
      g_autoptr (FoveaTally) expected = NULL;
      const char *label;
      guint category;
      int layer;

      g_assert_true (fovea_graph_find (fovea_network_get_graph (network), "pool1", &layer, NULL));
      dissection = fovea_dissect (network, layer, set, &options, NULL, NULL, &error);
      g_assert_no_error (error);
      expected = fovea_tally_new (dissection, fovea_dissection_find_quantile (dissection, FOVEA_DISSECT_QUANTILE), FOVEA_DISSECT_AREA_CATEGORY);
      g_assert_cmpuint (tally->n_units, ==, expected->n_units);
      for (guint i = 0; i < tally->n_units; i++)
        {
          g_assert_cmpstr (tally->units[i].label, ==, expected->units[i].label);
          g_assert_cmpfloat (tally->units[i].score, ==, expected->units[i].score);
        }
      for (guint i = 0; i < expected->n_units; i++)
        {
          show (fixture, "pool1", i);
          if (expected->units[i].label == NULL)
            g_assert_false (fovea_dissection_panel_get_concept (get_panel (fixture, side), &label, &category));
          else
            {
              g_assert_true (fovea_dissection_panel_get_concept (get_panel (fixture, side), &label, &category));
              g_assert_cmpstr (label, ==, expected->units[i].label);
              g_assert_cmpint ((int) category, ==, expected->units[i].category);
            }
        }
    }
}

/* What was computed once is there at once, in another view and without computing. */
static void
test_kept (Fixture *fixture,
           gconstpointer data)
{
  dissect (fixture);
  close_view (fixture);
  open_view (fixture);
  choose_broden (fixture);
  show (fixture, "pool1", 5);
  fovea_test_wait_until (get_state (fixture) != FOVEA_DISSECTION_READING, SECONDS);
  g_assert_cmpint (get_state (fixture), ==, FOVEA_DISSECTION_READY);

  /* Another layer is another one, and says how long it takes. */
  show (fixture, "pool2", 5);
  g_assert_null (fovea_dissection_view_get_tally (fixture->view, FOVEA_SIDE_ROBUST));
  fovea_test_wait_until (get_state (fixture) == FOVEA_DISSECTION_MISSING, SECONDS);
  g_assert_nonnull (strstr (get_offer (fixture), "12 images"));
  g_assert_nonnull (strstr (get_offer (fixture), "about"));
  g_assert_cmpfloat (fovea_dissection_run_get_estimate (fovea_dissection_view_get_run (fixture->view)), >, 0);
}

static double
sum_scores (Fixture *fixture)
{
  const FoveaTally *tally = fovea_dissection_view_get_tally (fixture->view, FOVEA_SIDE_STANDARD);
  double sum = 0;

  for (guint i = 0; i < tally->n_units; i++)
    sum += tally->units[i].score;
  return sum;
}

/* Sliders label anew without computing anything; the charts follow. */
static void
test_sliders (Fixture *fixture,
              gconstpointer data)
{
  FoveaChartView *histogram;
  g_autofree char *all = NULL, *none = NULL, *row = NULL;
  const FoveaTally *tally;
  double before;
  guint n_detectors = 0;

  dissect (fixture);
  histogram = fovea_chart_frame_get_view (fovea_dissection_layer_get_histogram (fovea_dissection_view_get_layer (fixture->view)));
  tally = fovea_dissection_view_get_tally (fixture->view, FOVEA_SIDE_STANDARD);
  before = sum_scores (fixture);
  set_iou (fixture, 0);
  all = fovea_chart_to_csv (fovea_chart_view_get_chart (histogram));
  set_iou (fixture, 0.3);
  none = fovea_chart_to_csv (fovea_chart_view_get_chart (histogram));
  for (guint i = 0; i < tally->n_units; i++)
    n_detectors += tally->units[i].score >= 0.3 && g_str_equal (tally->categories[tally->units[i].category], "texture");
  row = g_strdup_printf ("\ntexture,%u,", n_detectors);
  g_assert_nonnull (strstr (none, row));
  g_assert_cmpstr (all, !=, none);

  fovea_dissection_controls_set_share (fovea_dissection_view_get_controls (fixture->view), 0.02);
  fovea_test_settle ();
  g_assert_cmpint (get_state (fixture), ==, FOVEA_DISSECTION_READY);
  g_assert_cmpfloat (sum_scores (fixture), !=, before);
}

static void
count (guint *n)
{
  (*n)++;
}

static void
on_activated (Fixture *fixture,
              guint channel,
              guint counterpart)
{
  fixture->activated = channel;
  fixture->counterpart = counterpart;
}

/* Every channel went one way, and a flow's channels can be gone to. */
static void
test_shift (Fixture *fixture,
            gconstpointer data)
{
  FoveaConceptShiftView *view = fovea_dissection_layer_get_shift (fovea_dissection_view_get_layer (fixture->view));
  const FoveaConceptShift *shift;
  GtkWidget *button;
  g_autofree char *csv = NULL;
  guint n_channels = 0, n_buttons = 0;

  g_assert_false (gtk_widget_get_visible (GTK_WIDGET (view)));
  dissect (fixture);
  set_iou (fixture, 0.01);
  g_assert_true (gtk_widget_get_visible (GTK_WIDGET (view)));
  shift = fovea_concept_shift_view_get_shift (view);
  for (guint i = 0; i < shift->n_flows; i++)
    n_channels += shift->flows[i].n_channels;
  g_assert_cmpuint (n_channels, ==, 48);

  g_signal_connect_swapped (fixture->view, "neuron-activated", G_CALLBACK (on_activated), fixture);
  fixture->activated = G_MAXUINT;
  fovea_concept_shift_view_show_flow (view, 0);
  button = gtk_widget_get_first_child (fovea_concept_shift_view_get_channels (view));
  for (GtkWidget *child = button; child != NULL; child = gtk_widget_get_next_sibling (child))
    n_buttons++;
  g_assert_cmpuint (n_buttons, ==, shift->flows[0].n_channels);
  g_signal_emit_by_name (button, "clicked");
  g_assert_cmpuint (fixture->activated, ==, shift->flows[0].channels[0]);
  g_assert_cmpuint (fixture->counterpart, ==, shift->flows[0].channels[0]);

  /* Concepts of a category: names as people read them, and nothing of other categories alone. */
  fovea_concept_shift_view_show_category (view, "object");
  shift = fovea_concept_shift_view_get_shift (view);
  csv = fovea_chart_to_csv (fovea_chart_view_get_chart (fovea_chart_frame_get_view (fovea_concept_shift_view_get_frame (view))));
  g_assert_true (g_str_has_prefix (csv, "from category,from,to category,to,channels,which\n"));
  g_assert_null (strstr (csv, "texture,striped,texture,striped"));
  g_assert_null (strstr (csv, "dog_house"));
}

static double
correlate (const FoveaScan *first,
           guint a,
           const FoveaScan *second,
           guint b)
{
  gsize n;
  const float *x = fovea_scan_get_means (first, &n), *y = fovea_scan_get_means (second, &n);
  double means[2] = { 0 }, products[3] = { 0 };

  for (gsize i = 0; i < n; i++)
    {
      means[0] += (double) x[i * 48 + a] / (double) n;
      means[1] += (double) y[i * 48 + b] / (double) n;
    }
  for (gsize i = 0; i < n; i++)
    {
      const double u = (double) x[i * 48 + a] - means[0], v = (double) y[i * 48 + b] - means[1];

      products[0] += u * v;
      products[1] += u * u;
      products[2] += v * v;
    }
  return products[1] > 0 && products[2] > 0 ? products[0] / sqrt (products[1] * products[2]) : 0;
}

/* Paired by best match, each channel goes with the one whose means correlate most with its own, and is gone to with it. */
static void
test_matches (Fixture *fixture,
              gconstpointer data)
{
  g_autofree char *images = fovea_scratch_path (fixture->folder, "broden/images/made");
  FoveaImageSets *sets = fovea_image_sets_new (fixture->queue, NULL);
  FoveaLayerScans *scans = fovea_layer_scans_new (fixture->queue, fixture->queue, fixture->store, sets);
  FoveaConceptShiftView *view = fovea_dissection_layer_get_shift (fovea_dissection_view_get_layer (fixture->view));
  guint n_channels = 0, n_others = 0;

  fovea_image_sets_set_current (sets, images);
  fovea_dissection_view_set_scans (fixture->view, scans);
  dissect (fixture);
  fovea_layer_scans_set_layer (scans, fixture->pair, "pool1");
  g_assert_nonnull (fovea_concept_shift_view_get_shift (view));
  fovea_concept_shift_view_set_counterpart (view, "best");
  g_assert_null (fovea_concept_shift_view_get_shift (view));
  fovea_test_wait_until (fovea_layer_scans_get_state (scans) == FOVEA_SCANS_MISSING, SECONDS);
  g_assert_nonnull (strstr (fovea_concept_shift_view_get_message (view), "36 images"));
  fovea_layer_scans_start (scans, FALSE);
  fovea_test_wait_until (fovea_concept_shift_view_get_shift (view) != NULL, SECONDS);

  for (guint i = 0; i < fovea_concept_shift_view_get_shift (view)->n_flows; i++)
    {
      const FoveaConceptShiftFlow *flow = &fovea_concept_shift_view_get_shift (view)->flows[i];

      for (guint c = 0; c < flow->n_channels; c++, n_channels++)
        {
          const FoveaScan *first = fovea_layer_scans_get_scan (scans, FOVEA_SIDE_STANDARD), *second = fovea_layer_scans_get_scan (scans, FOVEA_SIDE_ROBUST);
          const double own = correlate (first, flow->channels[c], second, flow->counterparts[c]);

          n_others += flow->channels[c] != flow->counterparts[c];
          for (guint other = 0; other < 48; other++)
            g_assert_cmpfloat (correlate (first, flow->channels[c], second, other), <=, own + 1e-5);
        }
    }
  g_assert_cmpuint (n_channels, ==, 48);
  g_assert_cmpuint (n_others, >, 0);

  /* One to one, no channel of the robust network comes twice. */
  fovea_concept_shift_view_set_counterpart (view, "one-to-one");
  {
    gboolean taken[48] = { FALSE };

    for (guint i = 0; i < fovea_concept_shift_view_get_shift (view)->n_flows; i++)
      {
        const FoveaConceptShiftFlow *flow = &fovea_concept_shift_view_get_shift (view)->flows[i];

        for (guint c = 0; c < flow->n_channels; c++)
          {
            g_assert_false (taken[flow->counterparts[c]]);
            taken[flow->counterparts[c]] = TRUE;
          }
      }
  }
  g_signal_connect_swapped (fixture->view, "neuron-activated", G_CALLBACK (on_activated), fixture);
  fovea_concept_shift_view_show_flow (view, 0);
  g_signal_emit_by_name (gtk_widget_get_first_child (fovea_concept_shift_view_get_channels (view)), "clicked");
  g_assert_cmpuint (fixture->counterpart, ==, fovea_concept_shift_view_get_shift (view)->flows[0].counterparts[0]);
  close_view (fixture);
  open_view (fixture);
  g_assert_finalize_object (scans);
  g_assert_finalize_object (sets);
}

/* A tally that others made is drawn beside the networks; what is none is said. */
static void
test_tallies (Fixture *fixture,
              gconstpointer data)
{
  FoveaDissectionLayer *layer = fovea_dissection_view_get_layer (fixture->view);
  FoveaTallyFiles *files = fovea_dissection_layer_get_files (layer);
  FoveaChartView *histogram = fovea_chart_frame_get_view (fovea_dissection_layer_get_histogram (layer));
  g_autofree char *path = fovea_scratch_path (fixture->folder, "theirs.csv"), *broken = fovea_scratch_path (fixture->folder, "broken.csv");
  g_autofree char *problems = NULL, *csv = NULL, *alone = NULL;
  guint n_failures = 0;

  small_broden_write (fixture->folder, "theirs.csv",
                      "unit,category,label,score,object-label,object-iou,texture-label,texture-iou\n"
                      "1,object,cat,0.2,cat,0.2,striped,0.01\n2,texture,striped,0.05,cat,0.01,striped,0.05\n3,texture,striped,0.3,,0,striped,0.3\n"
                      "nought,object,cat,0.5,cat,0.5,,0\n");
  small_broden_write (fixture->folder, "broken.csv", "a,b\n1,2\n");
  g_signal_connect_swapped (files, "failed", G_CALLBACK (count), &n_failures);
  fovea_dissection_layer_open_tally (layer, broken);
  fovea_test_wait_until (n_failures == 1, SECONDS);
  g_assert_cmpuint (fovea_tally_files_get_n_files (files), ==, 0);

  /* Before anything is dissected, it is drawn alone. */
  fovea_dissection_layer_open_tally (layer, path);
  fovea_test_wait_until (fovea_tally_files_get_n_files (files) == 1, SECONDS);
  alone = fovea_chart_to_csv (fovea_chart_view_get_chart (histogram));
  g_assert_cmpstr (alone, ==, "category,theirs.csv\nobject,1\ntexture,2\n");
  problems = fovea_tally_files_describe_problems (files);
  g_assert_nonnull (strstr (problems, "theirs.csv: 1 row"));
  g_assert_nonnull (strstr (problems, "theirs.csv:5: unit 'nought'"));

  dissect (fixture);
  csv = fovea_chart_to_csv (fovea_chart_view_get_chart (histogram));
  g_assert_true (g_str_has_prefix (csv, "category,alexnet-64-standard,alexnet-64-robust,theirs.csv\n"));
  fovea_tally_files_close_all (files);
  g_free (csv);
  csv = fovea_chart_to_csv (fovea_chart_view_get_chart (histogram));
  g_assert_true (g_str_has_prefix (csv, "category,alexnet-64-standard,alexnet-64-robust\n"));
}

/* A folder that is no Broden, a layer without positions, and a network alone. */
static void
test_exceptions (Fixture *fixture,
                 gconstpointer data)
{
  g_autofree char *path = fovea_scratch_path (fixture->folder, "");
  FoveaNetwork *network = fovea_network_pair_get_network (fixture->pair, FOVEA_SIDE_ROBUST);
  g_autoptr (FoveaNetworkPair) single = fovea_network_pair_new_single (network);

  fovea_image_sets_set_current (get_sets (fixture), path);
  show (fixture, "pool1", 3);
  fovea_test_wait_until (get_state (fixture) == FOVEA_DISSECTION_FAILED, SECONDS);
  g_assert_nonnull (strstr (fovea_dissection_run_get_error (fovea_dissection_view_get_run (fixture->view)), "index.csv"));

  choose_broden (fixture);
  show (fixture, "fc6", 3);
  fovea_test_wait_until (get_state (fixture) == FOVEA_DISSECTION_FAILED, SECONDS);
  g_assert_nonnull (strstr (fovea_dissection_run_get_error (fovea_dissection_view_get_run (fixture->view)), "fc6"));

  fovea_neuron_view_set_neuron (FOVEA_NEURON_VIEW (fixture->view), single, "pool1", (guint[]) { 3, 3 });
  fovea_test_wait_until (get_state (fixture) == FOVEA_DISSECTION_MISSING, SECONDS);
  gtk_widget_activate_action (GTK_WIDGET (fixture->view), "dissection.start", NULL);
  gtk_widget_activate_action (GTK_WIDGET (fixture->view), "dissection.stop", NULL);
  g_assert_cmpint (get_state (fixture), ==, FOVEA_DISSECTION_MISSING);
  gtk_widget_activate_action (GTK_WIDGET (fixture->view), "dissection.start", NULL);
  fovea_test_wait_until (get_state (fixture) == FOVEA_DISSECTION_READY, SECONDS);
  g_assert_nonnull (fovea_dissection_view_get_tally (fixture->view, FOVEA_SIDE_STANDARD));
  g_assert_null (fovea_dissection_view_get_tally (fixture->view, FOVEA_SIDE_ROBUST));
  g_assert_false (gtk_widget_get_visible (GTK_WIDGET (fovea_dissection_layer_get_shift (fovea_dissection_view_get_layer (fixture->view)))));
  fovea_neuron_view_set_neuron (FOVEA_NEURON_VIEW (fixture->view), NULL, NULL, (guint[]) { 0, 0 });
  g_assert_cmpint (get_state (fixture), ==, FOVEA_DISSECTION_NOTHING);
}

/* The neuron's picture and the charts become files of every form. */
static void
test_save (Fixture *fixture,
           gconstpointer data)
{
  static const struct { const char *name; const char *beginning; } files[] = {
    { "neuron.png", "\x89PNG" }, { "neuron.pdf", "%PDF" }, { "neuron.svg", "<?xml" }, { "neuron.csv", "category,alexnet-64-standard,alexnet-64-robust\nobject: " },
  };

  dissect (fixture);
  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *path = fovea_scratch_path (fixture->folder, files[i].name);
      g_autoptr (GFile) file = g_file_new_for_path (path);
      FoveaPicture *picture = fovea_neuron_view_take_picture (FOVEA_NEURON_VIEW (fixture->view));
      g_autofree char *contents = NULL;

      g_assert_nonnull (picture);
      fovea_picture_save (picture, GTK_WIDGET (fixture->view), file);
      fovea_test_wait_until (g_file_test (path, G_FILE_TEST_EXISTS), SECONDS);
      g_assert_true (g_file_get_contents (path, &contents, NULL, NULL));
      g_assert_true (g_str_has_prefix (contents, files[i].beginning));
    }
  fovea_test_settle ();
}

/* The images with masks and outlines become a figure, as soon as they are there. */
static void
test_images (Fixture *fixture,
             gconstpointer data)
{
  FoveaDissectionNeuron *neuron = fovea_dissection_view_get_neuron (fixture->view);
  g_autofree char *path = fovea_scratch_path (fixture->folder, "images.svg");
  g_autoptr (GFile) file = g_file_new_for_path (path);
  FoveaPicture *picture;

  g_assert_null (fovea_dissection_neuron_take_images (neuron));
  dissect (fixture);
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    {
      const FoveaDissectionPicture *first;

      fovea_test_wait_until (fovea_dissection_panel_get_pictures (get_panel (fixture, side)) != NULL, SECONDS);
      g_assert_cmpuint (fovea_dissection_panel_get_pictures (get_panel (fixture, side))->len, ==, 8);
      first = g_ptr_array_index (fovea_dissection_panel_get_pictures (get_panel (fixture, side)), 0);
      g_assert_cmpuint (first->drawn->width, ==, SIZE);
      g_assert_true (g_str_has_prefix (first->name, "made/"));
    }
  picture = fovea_dissection_neuron_take_images (neuron);
  g_assert_nonnull (picture);
  fovea_picture_save (picture, GTK_WIDGET (fixture->view), file);
  fovea_test_wait_until (g_file_test (path, G_FILE_TEST_EXISTS), SECONDS);
  fovea_test_settle ();
}

/* What is dissected elsewhere while the tab offers it is there: at once in the same window, else when people come back. */
static void
test_elsewhere (Fixture *fixture,
                gconstpointer data)
{
  g_autofree char *path = fovea_scratch_path (fixture->folder, "broden");
  FoveaDissectionRun *run = fovea_dissection_view_get_run (fixture->view), *other = fovea_dissection_run_new ();
  FoveaDissectOptions options;

  choose_broden (fixture);
  show (fixture, "pool1", 3);
  fovea_test_wait_until (get_state (fixture) == FOVEA_DISSECTION_MISSING, SECONDS);
  fovea_dissection_run_set_source (other, fixture->queue, fixture->queue, NULL);
  fovea_dissection_run_set_estimates (other, FALSE);
  fovea_dissection_run_set_concepts (other, path);
  fovea_dissection_run_set_layer (other, fixture->pair, "pool1");
  fovea_test_wait_until (fovea_dissection_run_get_state (other) == FOVEA_DISSECTION_MISSING, SECONDS);
  fovea_dissection_run_start (other);
  fovea_test_wait_until (fovea_dissection_run_get_state (other) == FOVEA_DISSECTION_READY, SECONDS);
  g_assert_cmpint (get_state (fixture), ==, FOVEA_DISSECTION_READY);
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    g_assert_true (fovea_dissection_run_get_dissection (run, side) == fovea_dissection_run_get_dissection (other, side));
  g_assert_finalize_object (other);

  show (fixture, "conv1", 3);
  fovea_test_wait_until (get_state (fixture) == FOVEA_DISSECTION_MISSING, SECONDS);
  fovea_dissect_options_init (&options);
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (FoveaDissection) dissection = NULL;
      int layer;
      FoveaNetwork *network = fovea_dissection_run_get_network (run, side, &layer);

      dissection = fovea_dissect (network, layer, fovea_dissection_run_get_set (run), &options, fixture->store, NULL, &error);
      g_assert_no_error (error);
    }
  g_assert_cmpint (get_state (fixture), ==, FOVEA_DISSECTION_MISSING);
  fovea_neuron_view_set_active (FOVEA_NEURON_VIEW (fixture->view), TRUE);
  fovea_test_wait_until (get_state (fixture) == FOVEA_DISSECTION_READY, SECONDS);
}

/* The grid of a layer that was dissected finds channels by what they detect, and leaves out the others. */
static void
test_grid (Fixture *fixture,
           gconstpointer data)
{
  g_autofree char *path = fovea_scratch_path (fixture->folder, "broden");
  g_autoptr (GListModel) layers = fovea_layers_of_pair (fixture->pair);
  FoveaTileLoader *loader = fovea_tile_loader_new (fixture->queue, NULL);
  GtkWidget *page = g_object_ref_sink (fovea_layer_page_new ());
  FoveaFilterButton *filter = FOVEA_FILTER_BUTTON (fovea_test_find_widget (page, "filter_button"));
  FoveaSortButton *sort = FOVEA_SORT_BUTTON (fovea_test_find_widget (page, "sort"));
  GtkDropDown *detects = fovea_filter_button_get_choice (filter, FOVEA_FILTER_DETECTS);
  GListModel *tiles = G_LIST_MODEL (gtk_grid_view_get_model (fovea_tile_grid_get_view (FOVEA_TILE_GRID (fovea_test_find_widget (page, "grid")))));
  FoveaDissectionRun *run = fovea_layer_page_get_dissections (FOVEA_LAYER_PAGE (page));
  guint n_striped = 0, n_detectors = 0, n_in_both = 0, n_of_category = 0;
  double before = INFINITY;

  dissect (fixture);
  fovea_layer_page_set_loader (FOVEA_LAYER_PAGE (page), loader);
  fovea_dissection_run_set_source (run, fixture->queue, NULL, fixture->store);
  fovea_dissection_run_set_concepts (run, path);
  for (guint i = 0; i < g_list_model_get_n_items (layers); i++)
    {
      g_autoptr (FoveaLayer) layer = g_list_model_get_item (layers, i);

      if (g_str_equal (fovea_layer_get_name (layer), "pool1"))
        fovea_layer_page_set_layer (FOVEA_LAYER_PAGE (page), fixture->pair, layer);
    }
  fovea_tile_loader_set_stopped (loader, TRUE);
  fovea_test_wait_until (fovea_dissection_run_get_state (run) == FOVEA_DISSECTION_READY, SECONDS);
  for (guint i = 0; i < 48; i++)
    {
      gboolean is_striped = FALSE, is_detector = FALSE, is_in_both = TRUE, is_of_category = FALSE;

      for (guint side = 0; side < FOVEA_N_SIDES; side++)
        {
          const FoveaTally *tally = fovea_dissection_view_get_tally (fixture->view, side);
          const FoveaTallyUnit *unit = &tally->units[i];

          is_in_both &= unit->score >= FOVEA_DISSECT_IOU;
          is_of_category |= unit->score >= FOVEA_DISSECT_IOU && g_str_equal (tally->categories[unit->category], "object");
          is_detector |= unit->score >= FOVEA_DISSECT_IOU;
          is_striped |= unit->score >= FOVEA_DISSECT_IOU && g_str_equal (unit->label, "striped");
        }
      n_detectors += is_detector;
      n_striped += is_striped;
      n_in_both += is_in_both;
      n_of_category += is_of_category;
    }
  g_test_message ("%u detectors, %u of them striped", n_detectors, n_striped);
  g_assert_cmpuint (n_striped, >, 0);
  g_assert_cmpuint (n_detectors, >, n_striped);
  g_assert_cmpuint (n_detectors, <, 48);
  g_assert_cmpuint (g_list_model_get_n_items (tiles), ==, 48);
  fovea_layer_page_set_filter (FOVEA_LAYER_PAGE (page), "Strip");
  g_assert_cmpuint (g_list_model_get_n_items (tiles), ==, n_striped);
  fovea_layer_page_set_filter (FOVEA_LAYER_PAGE (page), "");
  gtk_drop_down_set_selected (detects, 1);
  g_assert_cmpuint (g_list_model_get_n_items (tiles), ==, n_detectors);
  gtk_drop_down_set_selected (fovea_filter_button_get_choice (filter, FOVEA_FILTER_NETWORKS), FOVEA_TILE_IN_BOTH);
  g_assert_cmpuint (g_list_model_get_n_items (tiles), ==, n_in_both);
  gtk_drop_down_set_selected (fovea_filter_button_get_choice (filter, FOVEA_FILTER_NETWORKS), FOVEA_TILE_IN_EITHER);
  for (guint i = 2; i < g_list_model_get_n_items (gtk_drop_down_get_model (detects)); i++)
    {
      g_autoptr (GtkStringObject) item = g_list_model_get_item (gtk_drop_down_get_model (detects), i);

      if (g_str_equal (gtk_string_object_get_string (item), "object"))
        gtk_drop_down_set_selected (detects, i);
    }
  g_assert_cmpuint (gtk_drop_down_get_selected (detects), >=, 2);
  g_assert_cmpuint (g_list_model_get_n_items (tiles), ==, n_of_category);
  fovea_filter_button_clear (filter);
  g_assert_cmpuint (g_list_model_get_n_items (tiles), ==, 48);

  /* Ordered by the robust network's best concepts. */
  gtk_check_button_set_active (fovea_sort_button_get_network_button (sort, FOVEA_TILE_ORDER_BY_ROBUST), TRUE);
  gtk_check_button_set_active (fovea_sort_button_get_order_button (sort, FOVEA_TILE_ORDER_IOU), TRUE);
  for (guint i = 0; i < 48; i++)
    {
      g_autoptr (FoveaTile) tile = g_list_model_get_item (tiles, i);
      double iou = fovea_dissection_view_get_tally (fixture->view, FOVEA_SIDE_ROBUST)->units[fovea_tile_get_channel (tile)].score;

      g_assert_cmpfloat (fovea_tile_get_measure (tile, FOVEA_SIDE_ROBUST, FOVEA_TILE_IOU), ==, iou);
      g_assert_cmpfloat (iou, <=, before);
      before = iou;
    }
  g_assert_finalize_object (page);
  fovea_test_settle ();
  g_object_unref (loader);
}

static void
add_tests (void)
{
  g_test_add ("/dissection-view/agrees", Fixture, NULL, set_up, test_agrees, tear_down);
  g_test_add ("/dissection-view/kept", Fixture, NULL, set_up, test_kept, tear_down);
  g_test_add ("/dissection-view/sliders", Fixture, NULL, set_up, test_sliders, tear_down);
  g_test_add ("/dissection-view/shift", Fixture, NULL, set_up, test_shift, tear_down);
  g_test_add ("/dissection-view/matches", Fixture, NULL, set_up, test_matches, tear_down);
  g_test_add ("/dissection-view/tallies", Fixture, NULL, set_up, test_tallies, tear_down);
  g_test_add ("/dissection-view/exceptions", Fixture, NULL, set_up, test_exceptions, tear_down);
  g_test_add ("/dissection-view/save", Fixture, NULL, set_up, test_save, tear_down);
  g_test_add ("/dissection-view/images", Fixture, NULL, set_up, test_images, tear_down);
  g_test_add ("/dissection-view/elsewhere", Fixture, NULL, set_up, test_elsewhere, tear_down);
  g_test_add ("/dissection-view/grid", Fixture, NULL, set_up, test_grid, tear_down);
}

int
main (int argc,
      char **argv)
{
  return fovea_test_run_with_display (argc, argv, add_tests);
}
