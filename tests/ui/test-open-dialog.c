/* The dialogs that open networks from files, what they recognize, keep and refuse, and that manage what was kept; and a
 * network by itself.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <glib/gstdio.h>

#include "engine/formats/native.h"
#include "engine/library.h"
#include "tests/scratch.h"
#include "tests/ui/display.h"
#include "ui/main-window.h"
#include "ui/manage-dialog.h"
#include "ui/open-dialog.h"
#include "ui/tile-loader.h"

#define SECONDS 20

static GtkWidget *
get_part (FoveaOpenDialog *dialog,
          FoveaSide side,
          const char *id)
{
  return fovea_test_find_widget (GTK_WIDGET (fovea_open_dialog_get_slot (dialog, side)), id);
}

static const char *
get_text (FoveaOpenDialog *dialog,
          FoveaSide side,
          const char *id)
{
  return gtk_label_get_text (GTK_LABEL (get_part (dialog, side, id)));
}

static gboolean
is_loaded (FoveaOpenDialog *dialog)
{
  return !fovea_network_slot_is_loading (fovea_open_dialog_get_slot (dialog, FOVEA_SIDE_STANDARD)) &&
         !fovea_network_slot_is_loading (fovea_open_dialog_get_slot (dialog, FOVEA_SIDE_ROBUST));
}

static gboolean
can_open (FoveaOpenDialog *dialog)
{
  return gtk_widget_get_sensitive (fovea_test_find_widget (GTK_WIDGET (dialog), "open"));
}

static void
remember_opened (char **opened,
                 const char *name)
{
  *opened = g_strdup (name);
}

/* A copy of a built-in network, under another name. */
static char *
copy_network (const char *folder,
              const char *name,
              const char *file)
{
  g_autoptr (FoveaNetwork) network = fovea_library_open (name, NULL);
  g_autoptr (GError) error = NULL;
  char *path = g_build_filename (folder, file, NULL);

  g_assert_true (fovea_native_write (network, path, &error));
  g_assert_no_error (error);
  return path;
}

/* Two files, given the wrong way round: their contents tell which is robust; they become a pair of the library. */
static void
test_pair (void)
{
  FoveaApplication *application = fovea_test_application_new ();
  g_autoptr (FoveaScratch) folder = fovea_scratch_new ();
  g_autofree char *first = copy_network (folder, "alexnet-64-robust", "mine-a.safetensors");
  g_autofree char *second = copy_network (folder, "alexnet-64-standard", "mine-b.safetensors");
  FoveaOpenDialog *dialog = FOVEA_OPEN_DIALOG (fovea_open_dialog_new (NULL));
  g_autoptr (FoveaNetwork) standard = NULL;
  g_autoptr (FoveaNetwork) robust = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *opened = NULL;
  GtkEditable *name;

  g_signal_connect_swapped (dialog, "opened", G_CALLBACK (remember_opened), &opened);
  gtk_window_present (GTK_WINDOW (dialog));
  g_assert_false (can_open (dialog));
  fovea_open_dialog_add_files (dialog, (const char *const[]) { first, second, NULL });
  fovea_test_wait_until (is_loaded (dialog) && can_open (dialog), SECONDS);

  g_assert_cmpstr (fovea_network_slot_get_path (fovea_open_dialog_get_slot (dialog, FOVEA_SIDE_STANDARD)), ==, second);
  g_assert_cmpstr (fovea_network_slot_get_path (fovea_open_dialog_get_slot (dialog, FOVEA_SIDE_ROBUST)), ==, first);
  g_assert_nonnull (strstr (get_text (dialog, FOVEA_SIDE_ROBUST, "facts"), "training: adversarial, L2"));
  g_assert_nonnull (strstr (get_text (dialog, FOVEA_SIDE_ROBUST, "facts"), "22 layers"));
  g_assert_nonnull (strstr (get_text (dialog, FOVEA_SIDE_ROBUST, "facts"), "input 64 × 64"));
  g_assert_nonnull (strstr (get_text (dialog, FOVEA_SIDE_ROBUST, "facts"), "20 classes"));
  g_assert_true (g_str_has_prefix (get_text (dialog, FOVEA_SIDE_STANDARD, "sha256"), "SHA-256 "));
  g_assert_cmpuint (strlen (get_text (dialog, FOVEA_SIDE_STANDARD, "sha256")), ==, strlen ("SHA-256 ") + 64);

  name = GTK_EDITABLE (fovea_test_find_widget (GTK_WIDGET (dialog), "pair_name"));
  g_assert_cmpstr (gtk_editable_get_text (name), ==, "mine");
  gtk_editable_set_text (name, "  ");
  g_assert_false (can_open (dialog));
  gtk_editable_set_text (name, "My pair");
  g_assert_true (can_open (dialog));
  g_signal_emit_by_name (fovea_test_find_widget (GTK_WIDGET (dialog), "open"), "clicked");
  fovea_test_wait_until (opened != NULL, SECONDS);

  g_assert_cmpstr (opened, ==, "My pair");
  g_assert_true (fovea_library_open_pair (opened, &standard, &robust, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (fovea_network_get_training (standard), ==, "standard");
  g_assert_cmpstr (fovea_network_get_name (robust), ==, "mine-a");
  g_assert_true (fovea_library_remove ("My pair", NULL) && fovea_library_remove ("mine-a", NULL) && fovea_library_remove ("mine-b", NULL));
  g_object_unref (application);
}

/* Options read the file again, and nonsense keeps it from being opened. */
static void
test_options (void)
{
  FoveaApplication *application = fovea_test_application_new ();
  g_autoptr (FoveaScratch) folder = fovea_scratch_new ();
  g_autofree char *path = copy_network (folder, "alexnet-64-standard", "net.safetensors");
  FoveaOpenDialog *dialog = FOVEA_OPEN_DIALOG (fovea_open_dialog_new (NULL));
  FoveaNetworkSlot *slot = fovea_open_dialog_get_slot (dialog, FOVEA_SIDE_STANDARD);
  GtkWidget *mean = get_part (dialog, FOVEA_SIDE_STANDARD, "mean");

  gtk_window_present (GTK_WINDOW (dialog));
  fovea_open_dialog_add_files (dialog, (const char *const[]) { path, NULL });
  fovea_test_wait_until (is_loaded (dialog) && can_open (dialog), SECONDS);

  gtk_editable_set_text (GTK_EDITABLE (mean), "0.25,0.5,0.75");
  g_signal_emit_by_name (mean, "apply");
  fovea_test_wait_until (is_loaded (dialog) && can_open (dialog), SECONDS);
  g_assert_cmpfloat (fovea_graph_get_mean (fovea_network_get_graph (fovea_network_slot_get_network (slot)))[2], ==, 0.75);
  g_assert_nonnull (strstr (get_text (dialog, FOVEA_SIDE_STANDARD, "facts"), "Mean 0.25, 0.5, 0.75"));

  gtk_editable_set_text (GTK_EDITABLE (mean), "grey");
  g_signal_emit_by_name (mean, "apply");
  g_assert_false (can_open (dialog));
  g_assert_nonnull (strstr (get_text (dialog, FOVEA_SIDE_STANDARD, "error"), "'grey'"));

  gtk_editable_set_text (GTK_EDITABLE (mean), "");
  g_signal_emit_by_name (mean, "apply");
  fovea_test_wait_until (is_loaded (dialog) && can_open (dialog), SECONDS);
  g_assert_true (fovea_overrides_is_empty (fovea_network_slot_get_overrides (slot)));
  gtk_window_destroy (GTK_WINDOW (dialog));
  g_object_unref (application);
}

/* A file that is no network, and one that is gone. */
static void
test_refusals (void)
{
  FoveaApplication *application = fovea_test_application_new ();
  g_autoptr (FoveaScratch) folder = fovea_scratch_new ();
  g_autofree char *path = g_build_filename (folder, "text.pt", NULL);
  g_autofree char *missing = g_build_filename (folder, "missing_linf.pt", NULL);
  FoveaOpenDialog *dialog = FOVEA_OPEN_DIALOG (fovea_open_dialog_new (NULL));

  g_assert_true (g_file_set_contents (path, "hello", -1, NULL));
  gtk_window_present (GTK_WINDOW (dialog));
  fovea_open_dialog_add_files (dialog, (const char *const[]) { missing, path, NULL });
  fovea_test_wait_until (is_loaded (dialog), SECONDS);
  g_assert_false (can_open (dialog));
  g_assert_nonnull (strstr (get_text (dialog, FOVEA_SIDE_STANDARD, "error"), "text.pt"));
  g_assert_nonnull (strstr (get_text (dialog, FOVEA_SIDE_ROBUST, "error"), "missing_linf.pt"));
  g_assert_true (gtk_widget_get_visible (get_part (dialog, FOVEA_SIDE_ROBUST, "error")));
  gtk_window_destroy (GTK_WINDOW (dialog));
  g_object_unref (application);
}

/* Files of two folders with one name get two names. */
static void
test_same_names (void)
{
  FoveaApplication *application = fovea_test_application_new ();
  g_autoptr (FoveaScratch) folder = fovea_scratch_new ();
  g_autofree char *path = copy_network (folder, "alexnet-64-standard", "same.safetensors");
  g_autofree char *other_folder = g_build_filename (folder, "other", NULL);
  g_autofree char *other = NULL;
  FoveaOpenDialog *dialog = FOVEA_OPEN_DIALOG (fovea_open_dialog_new (NULL));
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;

  g_assert_cmpint (g_mkdir (other_folder, 0700), ==, 0);
  other = copy_network (other_folder, "alexnet-64-robust", "same.safetensors");
  gtk_window_present (GTK_WINDOW (dialog));
  fovea_open_dialog_add_files (dialog, (const char *const[]) { path, other, NULL });
  fovea_test_wait_until (is_loaded (dialog) && can_open (dialog), SECONDS);
  first = fovea_network_slot_get_name (fovea_open_dialog_get_slot (dialog, FOVEA_SIDE_STANDARD));
  second = fovea_network_slot_get_name (fovea_open_dialog_get_slot (dialog, FOVEA_SIDE_ROBUST));
  g_assert_cmpstr (first, ==, "same");
  g_assert_cmpstr (second, ==, "same-2");
  gtk_window_destroy (GTK_WINDOW (dialog));
  g_object_unref (application);
}

/* The widget below @root of that type, which the dialog keeps @name beside, with that tooltip. */
static GtkWidget *
find_part (GtkWidget *root,
           GType type,
           const char *name,
           const char *tooltip)
{
  if (G_TYPE_CHECK_INSTANCE_TYPE (root, type) && g_strcmp0 (g_object_get_data (G_OBJECT (root), "name"), name) == 0 &&
      g_strcmp0 (gtk_widget_get_tooltip_text (root), tooltip) == 0)
    return root;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_part (child, type, name, tooltip);

      if (found != NULL)
        return found;
    }
  return NULL;
}

static GtkWindow *
find_window (GType type)
{
  g_autoptr (GList) windows = gtk_window_list_toplevels ();

  for (GList *link = windows; link != NULL; link = link->next)
    if (G_TYPE_CHECK_INSTANCE_TYPE (link->data, type))
      return link->data;
  return NULL;
}

/* Answers the question that is open, and closes it. */
static void
answer (const char *response)
{
  GtkWindow *question = find_window (ADW_TYPE_MESSAGE_DIALOG);

  adw_message_dialog_response (ADW_MESSAGE_DIALOG (question), response);
  gtk_window_destroy (question);
}

static void
remember_change (GString *changes,
                 const char *name,
                 const char *new_name)
{
  g_string_append_printf (changes, "%s>%s;", name, new_name);
}

static gboolean
is_in_library (const char *name)
{
  g_autoptr (GPtrArray) entries = fovea_library_list ();

  for (guint i = 0; i < entries->len; i++)
    if (g_str_equal (((FoveaLibraryEntry *) entries->pdata[i])->name, name))
      return TRUE;
  return FALSE;
}

/* Built-in networks cannot be changed; one's own can be renamed, edited and removed. */
static void
test_manage (void)
{
  FoveaApplication *application = fovea_test_application_new ();
  g_autoptr (FoveaScratch) folder = fovea_scratch_new ();
  g_autofree char *path = copy_network (folder, "alexnet-64-standard", "own.safetensors");
  g_autofree char *name = fovea_library_add (path, NULL, &(FoveaOverrides) { 0 }, FALSE, NULL);
  g_autoptr (GString) changes = g_string_new (NULL);
  g_autoptr (FoveaNetwork) network = NULL;
  GtkWidget *dialog = fovea_manage_dialog_new (NULL);
  GtkWidget *row;
  FoveaOpenDialog *editor;

  g_assert_cmpstr (name, ==, "own");
  g_signal_connect_swapped (dialog, "changed", G_CALLBACK (remember_change), changes);
  gtk_window_present (GTK_WINDOW (dialog));
  g_assert_nonnull (find_part (dialog, ADW_TYPE_ACTION_ROW, "alexnet-64-standard", NULL));
  g_assert_null (find_part (dialog, GTK_TYPE_BUTTON, "alexnet-64-standard", "Remove"));

  row = find_part (dialog, ADW_TYPE_ENTRY_ROW, "own", NULL);
  gtk_editable_set_text (GTK_EDITABLE (row), "alexnet-64-robust");
  g_signal_emit_by_name (row, "apply");
  g_assert_true (is_in_library ("own"));
  g_assert_cmpstr (changes->str, ==, "");
  gtk_editable_set_text (GTK_EDITABLE (row), " mine ");
  g_signal_emit_by_name (row, "apply");
  g_assert_cmpstr (changes->str, ==, "own>mine;");
  g_assert_true (is_in_library ("mine") && !is_in_library ("own"));

  g_signal_emit_by_name (find_part (dialog, GTK_TYPE_BUTTON, "mine", "Edit"), "clicked");
  editor = FOVEA_OPEN_DIALOG (find_window (FOVEA_TYPE_OPEN_DIALOG));
  fovea_test_wait_until (is_loaded (editor) && can_open (editor), SECONDS);
  row = get_part (editor, FOVEA_SIDE_STANDARD, "std");
  gtk_editable_set_text (GTK_EDITABLE (row), "0.5,0.5,0.25");
  g_signal_emit_by_name (row, "apply");
  fovea_test_wait_until (is_loaded (editor) && can_open (editor), SECONDS);
  g_signal_emit_by_name (fovea_test_find_widget (GTK_WIDGET (editor), "open"), "clicked");
  fovea_test_wait_until (g_str_has_suffix (changes->str, ";mine>mine;"), SECONDS);
  network = fovea_library_open ("mine", NULL);
  g_assert_cmpfloat (fovea_graph_get_std (fovea_network_get_graph (network))[2], ==, 0.25);

  g_signal_emit_by_name (find_part (dialog, GTK_TYPE_BUTTON, "mine", "Remove"), "clicked");
  answer ("cancel");
  g_assert_true (is_in_library ("mine"));
  g_signal_emit_by_name (find_part (dialog, GTK_TYPE_BUTTON, "mine", "Remove"), "clicked");
  answer ("remove");
  g_assert_false (is_in_library ("mine"));
  g_assert_true (g_str_has_suffix (changes->str, ";mine>;"));
  g_assert_null (find_part (dialog, ADW_TYPE_ENTRY_ROW, "mine", NULL));
  g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));
  gtk_window_destroy (GTK_WINDOW (dialog));
  g_object_unref (application);
}

static void
test_guesses (void)
{
  static const struct {
    const char *file;
    const char *training;
    gboolean robust;
  } cases[] = {
    { "resnet50.pth", NULL, FALSE },
    { "resnet50_l2_eps3.ckpt", NULL, TRUE },
    { "resnet50_l2_eps0.ckpt", NULL, FALSE },
    { "resnet50_l2_eps0.05.ckpt", NULL, TRUE },
    { "imagenet_linf_4.pt", "", TRUE },
    { "model-robust.onnx", NULL, TRUE },
    { "model-nonrobust.onnx", NULL, FALSE },
    { "model-robust.onnx", "standard", FALSE },
    { "a.pt", "adversarial, L2", TRUE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_test_message ("%s", cases[i].file);
      g_assert_cmpint (fovea_library_looks_robust (cases[i].file, cases[i].training), ==, cases[i].robust);
    }
}

/* A network by itself: one picture a tile, half as many to compute, and the pair comes back after it. */
static void
test_single (void)
{
  FoveaApplication *application = fovea_test_application_new ();
  g_autoptr (FoveaScratch) folder = fovea_scratch_new ();
  g_autofree char *path = copy_network (folder, "alexnet-64-standard", "alone.safetensors");
  g_autofree char *name = fovea_library_add (path, NULL, &(FoveaOverrides) { 0 }, FALSE, NULL);
  g_autoptr (FoveaNetworkPair) pair = NULL;
  g_autoptr (FoveaTileLoader) loader = NULL;
  g_autoptr (GListModel) layers = NULL;
  g_autoptr (FoveaLayer) layer = NULL;
  g_autoptr (FoveaTile) tile = NULL;
  g_auto (GStrv) names = fovea_network_pair_list_names ();
  FoveaTileProgress progress;

  g_assert_cmpstr (name, ==, "alone");
  g_assert_true (g_strv_contains ((const char *const *) names, "alone"));
  g_assert_false (g_strv_contains ((const char *const *) names, "alexnet-64-robust"));
  pair = fovea_network_pair_open ("alone", NULL);
  g_assert_true (fovea_network_pair_has_side (pair, FOVEA_SIDE_STANDARD));
  g_assert_false (fovea_network_pair_has_side (pair, FOVEA_SIDE_ROBUST));

  loader = fovea_tile_loader_new (fovea_application_get_job_queue (), NULL);
  layers = fovea_layers_of_pair (pair);
  layer = g_list_model_get_item (layers, 0);
  tile = g_list_model_get_item (fovea_tile_loader_set_layer (loader, pair, layer), 0);
  g_assert_true (fovea_tile_is_single (tile));
  fovea_tile_loader_get_progress (loader, &progress);
  g_assert_cmpuint (progress.total, ==, fovea_layer_get_n_channels (layer));
  fovea_test_wait_until (fovea_tile_is_finished (tile, FOVEA_SIDE_STANDARD), 60);
  g_assert_cmpint (fovea_tile_get_state (tile, FOVEA_SIDE_ROBUST), ==, FOVEA_TILE_UNKNOWN);
  g_assert_true (fovea_library_remove ("alone", NULL));
  g_clear_object (&loader);
  g_object_unref (application);
}

static void
add_tests (void)
{
  g_test_add_func ("/open-dialog/guesses", test_guesses);
  g_test_add_func ("/open-dialog/pair", test_pair);
  g_test_add_func ("/open-dialog/options", test_options);
  g_test_add_func ("/open-dialog/refusals", test_refusals);
  g_test_add_func ("/open-dialog/same-names", test_same_names);
  g_test_add_func ("/open-dialog/manage", test_manage);
  g_test_add_func ("/open-dialog/single", test_single);
}

int
main (int argc,
      char **argv)
{
  return fovea_test_run_with_display (argc, argv, add_tests);
}
