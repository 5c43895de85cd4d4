/* The window that makes cue-conflict images: from two images to a file in a folder that is a set.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <json-glib/json-glib.h>

#include "engine/analysis/cue-set.h"
#include "tests/scratch.h"
#include "tests/ui/display.h"
#include "ui/stylize-dialog.h"
#include "ui/stylize-export.h"

#define SECONDS 60

typedef struct
{
  FoveaApplication *application;
  FoveaScratch *folder;
  FoveaNetworkPair *pair;
  FoveaStylizeDialog *dialog;
} Fixture;

/* Stripes that run down or across, in colours of their own. */
static char *
write_stripes (const char *folder, const char *name, gboolean across)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FoveaImage) image = fovea_image_new (96, 64, &error);
  char *path = g_build_filename (folder, name, NULL);

  g_assert_no_error (error);
  for (guint y = 0; y < 64; y++)
    for (guint x = 0; x < 96; x++)
      for (guint k = 0; k < 3; k++)
        image->pixels[3 * (y * 96 + x) + k] = (guint8) ((across ? y : x) / (across ? 3 : 16) % 2 * (60 + 60 * k) + 30);
  fovea_image_write_png (image, path, &error);
  g_assert_no_error (error);
  return path;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture->application = fovea_test_application_new ();
  fixture->folder = fovea_scratch_new ();
  fixture->pair = fovea_network_pair_open ("alexnet-64", &error);
  g_assert_no_error (error);
  fixture->dialog = FOVEA_STYLIZE_DIALOG (fovea_stylize_dialog_new (NULL));
  fovea_stylize_dialog_set_pair (fixture->dialog, fixture->pair);
  gtk_window_present (GTK_WINDOW (fixture->dialog));
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_object_add_weak_pointer (G_OBJECT (fixture->dialog), (gpointer *) &fixture->dialog);
  gtk_window_destroy (GTK_WINDOW (fixture->dialog));
  fovea_test_wait_until (fixture->dialog == NULL, SECONDS);
  fovea_test_settle ();
  g_assert_finalize_object (fixture->pair);
  g_object_unref (fixture->application);
  g_clear_pointer (&fixture->folder, fovea_scratch_free);
}

static gboolean
can (Fixture *fixture, const char *id)
{
  return gtk_widget_is_sensitive (fovea_test_find_widget (GTK_WIDGET (fixture->dialog), id));
}

static void
set_value (Fixture *fixture, const char *id, double value)
{
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (fovea_test_find_widget (GTK_WIDGET (fixture->dialog), id)), value);
}

static const char *
get_text (Fixture *fixture, const char *id)
{
  return gtk_label_get_text (GTK_LABEL (fovea_test_find_widget (GTK_WIDGET (fixture->dialog), id)));
}

static void
open_images (Fixture *fixture)
{
  FoveaStylizeWell *shape = fovea_stylize_dialog_get_shape_well (fixture->dialog);
  FoveaStylizeWell *texture = fovea_stylize_dialog_get_texture_well (fixture->dialog);
  g_autofree char *shape_path = write_stripes (fixture->folder, "cat4.png", FALSE);
  g_autofree char *texture_path = write_stripes (fixture->folder, "elephant2.png", TRUE);
  g_autoptr (GFile) shape_file = g_file_new_for_path (shape_path);
  g_autoptr (GFile) texture_file = g_file_new_for_path (texture_path);

  g_assert_false (can (fixture, "run_button"));
  fovea_lens_input_read_file (fovea_stylize_well_get_input (shape), shape_file);
  fovea_test_wait_until (fovea_stylize_well_get_image (shape) != NULL, SECONDS);
  g_assert_false (can (fixture, "run_button"));
  fovea_lens_input_read_file (fovea_stylize_well_get_input (texture), texture_file);
  fovea_test_wait_until (fovea_stylize_well_get_image (texture) != NULL, SECONDS);
  g_assert_true (can (fixture, "run_button"));
}

static void
activate (Fixture *fixture, const char *action)
{
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (fixture->dialog), action, NULL));
}

static void
run_to_end (Fixture *fixture)
{
  activate (fixture, "stylize.run");
  fovea_test_wait_until (!fovea_run_is_active (FOVEA_RUN (fovea_stylize_dialog_get_run (fixture->dialog))), SECONDS);
}

/* The same as the engine makes of the same options, saved as a set that can be asked. */
static void
test_make (Fixture *fixture, gconstpointer data)
{
  g_autofree char *cues = fovea_scratch_path (fixture->folder, "cues");
  g_autofree char *first = g_build_filename (cues, "cat", "cat4-elephant2.png", NULL);
  g_autofree char *second = g_build_filename (cues, "cat", "cat5-elephant2.png", NULL);
  g_autofree char *record_path = g_build_filename (cues, "cat", "cat4-elephant2.json", NULL);
  g_autofree char *name = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (FoveaStylization) expected = NULL;
  g_autoptr (FoveaImage) expected_image = NULL;
  g_autoptr (FoveaImage) saved = NULL;
  g_autoptr (FoveaImageSet) set = NULL;
  g_autoptr (FoveaCueSet) cue_set = NULL;
  g_autoptr (JsonParser) parser = json_parser_new ();
  const FoveaStylization *result;
  FoveaStylizeOptions options;
  FoveaStylizeRun *run;
  JsonObject *record;

  open_images (fixture);
  name = fovea_stylize_dialog_get_file_name (fixture->dialog);
  g_assert_cmpstr (name, ==, "cat4-elephant2.png");
  g_assert_cmpfloat (gtk_spin_button_get_value (GTK_SPIN_BUTTON (fovea_test_find_widget (GTK_WIDGET (fixture->dialog), "size"))), ==, 128);
  set_value (fixture, "size", 48);
  set_value (fixture, "steps", 12);
  set_value (fixture, "seed", 7);
  g_assert_false (can (fixture, "save"));
  run_to_end (fixture);
  run = fovea_stylize_dialog_get_run (fixture->dialog);
  result = fovea_stylize_run_get_result (run);
  g_assert_nonnull (result);
  g_assert_true (can (fixture, "save") && can (fixture, "add") && can (fixture, "show"));
  g_assert_cmpstr (get_text (fixture, "status"), ==, "Finished: 12 of 12 steps, seed 7, 48 × 32");
  g_assert_true (g_str_has_prefix (get_text (fixture, "numbers"), "— content "));

  fovea_stylize_options_init (&options);
  options.size = 48;
  options.steps = 12;
  options.seed = 7;
  expected = fovea_stylize (fovea_stylize_run_get_network (run), fovea_stylize_run_get_shape (run)->image, fovea_stylize_run_get_texture (run)->image, &options, NULL, NULL,
                            NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (result->losses, 13 * sizeof *result->losses, expected->losses, 13 * sizeof *expected->losses);
  g_assert_true (g_strv_equal ((const char *const *) result->style_layers, (const char *const *) expected->style_layers));
  g_assert_true (g_strv_equal ((const char *const *) result->content_layers, (const char *const *) expected->content_layers));

  fovea_stylize_dialog_add_to_folder (fixture->dialog, cues);
  fovea_test_wait_until (g_file_test (first, G_FILE_TEST_EXISTS), SECONDS);
  fovea_stylize_dialog_add_to_folder (fixture->dialog, cues);
  fovea_test_wait_until (g_file_test (second, G_FILE_TEST_EXISTS), SECONDS);
  saved = fovea_image_read (first, &error);
  g_assert_no_error (error);
  expected_image = fovea_image_from_tensor (expected->image, NULL);
  g_assert_cmpmem (saved->pixels, (gsize) saved->width * saved->height * 3, expected_image->pixels, 48 * 32 * 3);

  json_parser_load_from_file (parser, record_path, &error);
  g_assert_no_error (error);
  record = json_node_get_object (json_parser_get_root (parser));
  g_assert_cmpstr (json_object_get_string_member (record, "shape"), ==, "cat4.png");
  g_assert_cmpstr (json_object_get_string_member (record, "texture"), ==, "elephant2.png");
  g_assert_cmpint (json_object_get_int_member (record, "seed"), ==, 7);
  g_assert_cmpstr (json_object_get_string_member (record, "sha256"), ==, fovea_network_get_sha256 (fovea_stylize_run_get_network (run)));
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (record, "style_losses")), ==, 13);

  set = fovea_image_set_open (cues, &error);
  g_assert_no_error (error);
  cue_set = fovea_cue_set_new (set, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (fovea_cue_set_get_n_cues (cue_set), ==, 2);
  g_assert_cmpuint (fovea_cue_set_get_n_unlabelled (cue_set), ==, 0);

  /* People want to use them. */
  activate (fixture, "stylize.use-folder");
  g_assert_cmpstr (fovea_image_sets_get_current (fovea_cue_stimuli_get_sets (fovea_application_get_cue_stimuli ())), ==, cues);
  fovea_test_settle ();
}

/* Stopped, the picture stays; pictures come no more often than ten times a second. */
static void
count (guint *n)
{
  (*n)++;
}

static void
test_stop (Fixture *fixture, gconstpointer data)
{
  FoveaStylizeRun *run;
  guint n_updates = 0, n_losses;
  gint64 start = g_get_monotonic_time ();
  double seconds;

  open_images (fixture);
  set_value (fixture, "steps", 100000);
  set_value (fixture, "size", 64);
  activate (fixture, "stylize.run");
  run = fovea_stylize_dialog_get_run (fixture->dialog);
  g_signal_connect_swapped (run, "progress", G_CALLBACK (count), &n_updates);
  fovea_test_wait_until (n_updates >= 4, SECONDS);
  seconds = (double) (g_get_monotonic_time () - start) / G_USEC_PER_SEC;
  g_assert_cmpfloat (n_updates, <=, 10 * seconds + 2);
  g_assert_nonnull (fovea_stylize_run_get_picture (run));
  g_assert_nonnull (strstr (get_text (fixture, "status"), " of 100000, about "));
  g_assert_false (can (fixture, "save"));

  activate (fixture, "stylize.run");
  fovea_test_wait_until (!fovea_run_is_active (FOVEA_RUN (run)), SECONDS);
  g_assert_nonnull (fovea_stylize_run_get_result (run));
  g_assert_true (fovea_stylize_run_get_result (run)->cancelled);
  fovea_stylize_run_get_losses (run, &n_losses);
  g_assert_cmpuint (n_losses, ==, fovea_stylize_run_get_result (run)->n_steps + 1);
  g_assert_true (g_str_has_prefix (get_text (fixture, "status"), "Stopped: "));
  g_assert_true (can (fixture, "save"));

  /* Closed while it runs, it stops, and what it reached is there when the window is opened again. */
  activate (fixture, "stylize.run");
  run = fovea_stylize_dialog_get_run (fixture->dialog);
  fovea_test_wait_until (fovea_stylize_run_get_picture (run) != NULL, SECONDS);
  gtk_window_close (GTK_WINDOW (fixture->dialog));
  fovea_test_wait_until (!fovea_run_is_active (FOVEA_RUN (run)), SECONDS);
  g_assert_false (gtk_widget_get_visible (GTK_WIDGET (fixture->dialog)));
  gtk_window_present (GTK_WINDOW (fixture->dialog));
  g_assert_true (fovea_stylize_dialog_get_run (fixture->dialog) == run);
  g_assert_true (can (fixture, "save"));

  /* Destroyed while it runs, nothing comes afterwards. */
  activate (fixture, "stylize.run");
  fovea_test_settle ();
}

/* Without layers nothing can be optimized: said, and people can go on. */
static void
test_failure (Fixture *fixture, gconstpointer data)
{
  GtkWidget *options = fovea_test_find_widget (GTK_WIDGET (fixture->dialog), "options");
  GtkWidget *rows[] = { fovea_test_find_widget (options, "content_layers"), fovea_test_find_widget (options, "style_layers") };

  open_images (fixture);
  set_value (fixture, "steps", 2);
  set_value (fixture, "size", 32);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GQueue) queue = g_queue_new ();
      guint n_active = 0;

      g_queue_push_tail (queue, rows[i]);
      for (GtkWidget *widget = g_queue_pop_head (queue); widget != NULL; widget = g_queue_pop_head (queue))
        {
          if (GTK_IS_CHECK_BUTTON (widget) && gtk_check_button_get_active (GTK_CHECK_BUTTON (widget)))
            {
              n_active++;
              gtk_check_button_set_active (GTK_CHECK_BUTTON (widget), FALSE);
            }
          for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
            g_queue_push_tail (queue, child);
        }
      g_assert_cmpuint (n_active, >=, 1);
    }
  run_to_end (fixture);
  g_assert_null (fovea_stylize_run_get_result (fovea_stylize_dialog_get_run (fixture->dialog)));
  g_assert_cmpstr (get_text (fixture, "status"), ==, "Failed");
  g_assert_nonnull (strstr (get_text (fixture, "explanation"), "name layers"));
  g_assert_false (can (fixture, "save"));

  g_signal_emit_by_name (fovea_test_find_widget (options, "reset"), "clicked");
  run_to_end (fixture);
  g_assert_nonnull (fovea_stylize_run_get_result (fovea_stylize_dialog_get_run (fixture->dialog)));
}

/* What files are called, and what is guessed from their names. */
static void
test_names (void)
{
  static const struct
  {
    const char *image;
    const char *category;
    guint number;
  } guesses[] = {
    { "cat4.jpg", "cat", 4 }, { "cat4-elephant2.png", "cat", 4 }, { "elephant.jpeg", "elephant", 1 }, { "n02128925_jaguar.JPEG", "jaguar", 1 },
    { "elephant/0189-elephant-field.png", "elephant", 1 }, { "a/post-box/7.png", "post-box", 1 }, { "cat/cat3-elephant2.png", "cat", 3 },
    { "IMG_2041.jpg", "IMG", 2041 }, { "2041.jpg", NULL, 1 }, { "Pasted image", "Pasted image", 1 }, { "polar bear 12.png", "polar bear", 12 },
  };
  static const struct
  {
    FoveaStylizeName name;
    const char *file;
  } names[] = {
    { { "cat", "elephant", 4, 2 }, "cat4-elephant2.png" },
    { { " Polar bear ", "post-box", 1, 1 }, "polar_bear1-post-box1.png" },
    { { "../../etc/x9", "a.b", 1, 3 }, "etc_x1-a_b3.png" },
    { { "", "elephant", 1, 1 }, NULL },
    { { "12", "elephant", 1, 1 }, NULL },
    { { "cat", "...", 1, 1 }, NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (guesses); i++)
    {
      guint number;
      g_autofree char *category = fovea_stylize_export_guess_category (guesses[i].image, &number);

      g_test_message ("%s", guesses[i].image);
      g_assert_cmpstr (category, ==, guesses[i].category);
      g_assert_cmpuint (number, ==, guesses[i].number);
    }
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *file = fovea_stylize_export_format_name (&names[i].name);
      g_autofree char *shape = NULL, *texture = NULL;

      g_assert_cmpstr (file, ==, names[i].file);
      if (file != NULL)
        g_assert_true (fovea_cue_parse_name (file, &shape, &texture));
    }
}

static void
add_tests (void)
{
  g_test_add_func ("/stylize-dialog/names", test_names);
  g_test_add ("/stylize-dialog/make", Fixture, NULL, set_up, test_make, tear_down);
  g_test_add ("/stylize-dialog/stop", Fixture, NULL, set_up, test_stop, tear_down);
  g_test_add ("/stylize-dialog/failure", Fixture, NULL, set_up, test_failure, tear_down);
}

int
main (int argc, char **argv)
{
  return fovea_test_run_with_display (argc, argv, add_tests);
}
