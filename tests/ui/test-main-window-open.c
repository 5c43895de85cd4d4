/* What is dropped on the window, pasted, or named on the command line.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <glib/gstdio.h>

#include "tests/scratch.h"
#include "tests/ui/display.h"
#include "ui/lens.h"
#include "ui/main-window.h"
#include "ui/network-slot.h"
#include "ui/open-dialog.h"

#define SECONDS 30

typedef struct
{
  FoveaApplication *application;
  GtkWidget *window;
  GtkStack *stack;
  FoveaLens *lens;
  FoveaScratch *folder;
} Fixture;

static void
make_window (Fixture *fixture)
{
  fixture->folder = fovea_scratch_new ();
  fixture->application = fovea_test_application_new ();
  fovea_settings_set_string (fovea_application_get_settings (), "page", "grid");
  fixture->window = fovea_main_window_new (fixture->application);
  fixture->stack = GTK_STACK (fovea_test_find_widget (fixture->window, "stack"));
  fixture->lens = FOVEA_LENS (gtk_stack_get_child_by_name (fixture->stack, "lens"));
  gtk_window_present (GTK_WINDOW (fixture->window));
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  make_window (fixture);
  fovea_test_wait_until (g_strcmp0 (gtk_stack_get_visible_child_name (fixture->stack), "grid") == 0, SECONDS);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  gpointer alive = fixture->window;

  g_object_add_weak_pointer (G_OBJECT (fixture->window), &alive);
  gtk_window_close (GTK_WINDOW (fixture->window));
  fovea_test_wait_until (alive == NULL, 10);
  fovea_settings_set_string (fovea_application_get_settings (), "page", "grid");
  g_object_unref (fixture->application);
  g_clear_pointer (&fixture->folder, fovea_scratch_free);
}

static const char *
get_page (Fixture *fixture)
{
  return gtk_stack_get_visible_child_name (fixture->stack);
}

static FoveaOpenDialog *
find_dialog (void)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr (GtkWindow) window = g_list_model_get_item (windows, i);

      if (FOVEA_IS_OPEN_DIALOG (window))
        return FOVEA_OPEN_DIALOG (window);
    }
  return NULL;
}

static void
close_dialog (void)
{
  gtk_window_destroy (GTK_WINDOW (find_dialog ()));
  fovea_test_settle ();
  g_assert_null (find_dialog ());
}

/* A picture of that color; the name's ending need not say what it is. */
static char *
write_image (Fixture *fixture, const char *name, guint8 color)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FoveaImage) image = fovea_image_new (80, 64, &error);
  g_autofree char *path = fovea_scratch_path (fixture->folder, "image.png");
  char *final_path = fovea_scratch_path (fixture->folder, name);

  memset (image->pixels, color, 80 * 64 * 3);
  g_assert_true (fovea_image_write_png (image, path, &error));
  g_assert_cmpint (g_rename (path, final_path), ==, 0);
  return final_path;
}

static char *
write_text (Fixture *fixture, const char *name)
{
  char *path = fovea_scratch_path (fixture->folder, name);

  g_assert_true (g_file_set_contents (path, "no network", -1, NULL));
  return path;
}

/* What would be dropped on the window. */
static GtkDropTarget *
find_drop_target (GtkWidget *window)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (window);

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);

      if (GTK_IS_DROP_TARGET (controller))
        return GTK_DROP_TARGET (controller);
    }
  return NULL;
}

/* Drops files, as GTK tells the window of them. */
static gboolean
drop (Fixture *fixture, const char *first, const char *second)
{
  g_autoptr (GFile) first_file = first != NULL ? g_file_new_for_path (first) : NULL;
  g_autoptr (GFile) second_file = second != NULL ? g_file_new_for_path (second) : NULL;
  GSList rest = { second_file, NULL };
  GSList files = { first_file, second != NULL ? &rest : NULL };
  g_auto (GValue) value = G_VALUE_INIT;
  gboolean taken = FALSE;

  g_value_init (&value, GDK_TYPE_FILE_LIST);
  if (first != NULL)
    g_value_set_boxed (&value, &files);
  g_signal_emit_by_name (find_drop_target (GTK_WIDGET (fixture->window)), "drop", &value, 0.0, 0.0, &taken);
  return taken;
}

/* Both files and pictures may be dropped anywhere, by copying, and come before an entry that would take their names for text. */
static void
test_drop_target (Fixture *fixture, gconstpointer data)
{
  GtkDropTarget *target = find_drop_target (GTK_WIDGET (fixture->window));
  g_autoptr (GdkTexture) texture = NULL;
  g_autoptr (GBytes) bytes = g_bytes_new_take (g_malloc0 (64 * 64 * 3), 64 * 64 * 3);
  g_auto (GValue) value = G_VALUE_INIT;
  gboolean taken = FALSE;

  g_assert_nonnull (target);
  g_assert_true (gdk_content_formats_contain_gtype (gtk_drop_target_get_formats (target), GDK_TYPE_FILE_LIST));
  g_assert_true (gdk_content_formats_contain_gtype (gtk_drop_target_get_formats (target), GDK_TYPE_TEXTURE));
  g_assert_cmpint (gtk_drop_target_get_actions (target), ==, GDK_ACTION_COPY);
  g_assert_cmpint (gtk_event_controller_get_propagation_phase (GTK_EVENT_CONTROLLER (target)), ==, GTK_PHASE_CAPTURE);

  texture = gdk_memory_texture_new (64, 64, GDK_MEMORY_R8G8B8, bytes, 64 * 3);
  g_value_init (&value, GDK_TYPE_TEXTURE);
  g_value_set_object (&value, texture);
  g_signal_emit_by_name (target, "drop", &value, 0.0, 0.0, &taken);
  g_assert_true (taken);
  fovea_test_wait_until (!fovea_lens_is_busy (fixture->lens), SECONDS);
  g_assert_cmpstr (get_page (fixture), ==, "lens");
  g_assert_cmpstr (fovea_lens_get_image_name (fixture->lens), ==, "Dropped image");
}

static void
wait_for_image (Fixture *fixture, const char *name)
{
  fovea_test_wait_until (!fovea_lens_is_busy (fixture->lens), SECONDS);
  g_assert_cmpstr (get_page (fixture), ==, "lens");
  g_assert_null (fovea_lens_get_error (fixture->lens));
  g_assert_cmpstr (fovea_lens_get_image_name (fixture->lens), ==, name);
}

/* Whatever page is shown, and whatever else is dropped with them. */
static void
test_networks (Fixture *fixture, gconstpointer data)
{
  static const char *const names[] = { "a.pth", "b.PT", "c.onnx", "d.safetensors", "e.ckpt", "f.bin" };
  g_autofree char *image = write_image (fixture, "photo.jpg", 80);

  g_assert_false (drop (fixture, NULL, NULL));
  g_assert_null (find_dialog ());
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = write_text (fixture, names[i]);
      const char *page = get_page (fixture);

      g_assert_true (i % 2 == 0 ? drop (fixture, path, NULL) : drop (fixture, image, path));
      g_assert_nonnull (find_dialog ());
      g_assert_cmpstr (fovea_network_slot_get_path (fovea_open_dialog_get_slot (find_dialog (), FOVEA_SIDE_STANDARD)), ==, path);
      g_assert_cmpstr (get_page (fixture), ==, page);
      g_assert_null (fovea_lens_get_image_name (fixture->lens));
      close_dialog ();
      if (i == 2)
        g_action_group_activate_action (G_ACTION_GROUP (fixture->window), "show-place", g_variant_new_string ("lens"));
    }
  g_assert_cmpstr (get_page (fixture), ==, "lens");
}

static void
test_two_networks (Fixture *fixture, gconstpointer data)
{
  g_autofree char *standard = write_text (fixture, "standard.pth");
  g_autofree char *robust = write_text (fixture, "robust.pth");

  g_assert_true (drop (fixture, standard, robust));
  g_assert_cmpstr (fovea_network_slot_get_path (fovea_open_dialog_get_slot (find_dialog (), FOVEA_SIDE_STANDARD)), ==, standard);
  g_assert_cmpstr (fovea_network_slot_get_path (fovea_open_dialog_get_slot (find_dialog (), FOVEA_SIDE_ROBUST)), ==, robust);
  close_dialog ();
}

/* Known by their contents, or by their names, where the Lens then says what is wrong with them. */
static void
test_images (Fixture *fixture, gconstpointer data)
{
  g_autofree char *photo = write_image (fixture, "photo.png", 80);
  g_autofree char *odd = write_image (fixture, "no ending", 160);
  g_autofree char *broken = write_text (fixture, "broken.JPG");
  g_autofree char *missing = fovea_scratch_path (fixture->folder, "missing.png");

  g_assert_true (drop (fixture, photo, odd));
  wait_for_image (fixture, "photo.png");
  g_action_group_activate_action (G_ACTION_GROUP (fixture->window), "back", NULL);
  g_assert_cmpstr (get_page (fixture), ==, "grid");
  g_assert_true (drop (fixture, odd, NULL));
  wait_for_image (fixture, "no ending");
  for (guint i = 0; i < 2; i++)
    {
      g_assert_true (drop (fixture, i == 0 ? broken : missing, NULL));
      fovea_test_wait_until (!fovea_lens_is_busy (fixture->lens), SECONDS);
      g_assert_nonnull (strstr (fovea_lens_get_error (fixture->lens), i == 0 ? "broken.JPG" : "missing.png"));
      g_assert_cmpstr (fovea_lens_get_image_name (fixture->lens), ==, "no ending");
    }
  g_assert_null (find_dialog ());
}

/* A folder of images becomes the image set; one without any leaves the set alone. */
static void
test_folder (Fixture *fixture, gconstpointer data)
{
  FoveaImageSets *sets = fovea_application_get_image_sets ();
  g_autofree char *current = g_strdup (fovea_image_sets_get_current (sets));
  g_autofree char *empty = fovea_scratch_path (fixture->folder, "empty");
  g_autofree char *full = fovea_scratch_path (fixture->folder, "full");
  g_autofree char *second = NULL;
  g_autofree char *first = NULL;

  g_assert_cmpint (g_mkdir (empty, 0700), ==, 0);
  g_assert_cmpint (g_mkdir (full, 0700), ==, 0);
  second = write_image (fixture, "full/b.png", 80);
  first = write_image (fixture, "full/a.png", 160);

  g_assert_true (drop (fixture, empty, NULL));
  fovea_test_wait_until (!fovea_lens_is_busy (fixture->lens), SECONDS);
  g_assert_nonnull (strstr (fovea_lens_get_error (fixture->lens), "empty"));
  g_assert_cmpstr (fovea_image_sets_get_current (sets), ==, current);

  g_assert_true (drop (fixture, full, NULL));
  wait_for_image (fixture, "a.png");
  g_assert_cmpstr (fovea_image_sets_get_current (sets), ==, full);
  fovea_image_sets_forget (sets, full);
  fovea_image_sets_set_current (sets, current);
}

static void
paste (Fixture *fixture)
{
  g_action_group_activate_action (G_ACTION_GROUP (fixture->window), "paste", NULL);
}

static void
test_paste (Fixture *fixture, gconstpointer data)
{
  GdkClipboard *clipboard = gtk_widget_get_clipboard (fixture->window);
  g_autofree char *network = write_text (fixture, "network.onnx");
  g_autofree char *photo = write_image (fixture, "photo.png", 80);
  g_autoptr (GFile) file = g_file_new_for_path (network);
  g_autoptr (GFile) photo_file = g_file_new_for_path (photo);
  static const guint8 pixels[] = { 10, 20, 30, 255, 40, 50, 60, 255 };
  g_autoptr (GBytes) bytes = g_bytes_new_static (pixels, sizeof pixels);
  g_autoptr (GdkTexture) texture = gdk_memory_texture_new (2, 1, GDK_MEMORY_R8G8B8A8, bytes, 8);

  /* Nothing that could be opened: people stay where they are. */
  gdk_clipboard_set_text (clipboard, "no image");
  paste (fixture);
  fovea_test_settle ();
  g_assert_cmpstr (get_page (fixture), ==, "grid");
  g_assert_null (find_dialog ());

  gdk_clipboard_set (clipboard, GDK_TYPE_FILE_LIST, &(GSList){ file, NULL });
  paste (fixture);
  fovea_test_wait_until (find_dialog () != NULL, SECONDS);
  g_assert_cmpstr (fovea_network_slot_get_path (fovea_open_dialog_get_slot (find_dialog (), FOVEA_SIDE_STANDARD)), ==, network);
  close_dialog ();
  g_assert_cmpstr (get_page (fixture), ==, "grid");

  gdk_clipboard_set_texture (clipboard, texture);
  paste (fixture);
  fovea_test_wait_until (fovea_lens_get_image_name (fixture->lens) != NULL, SECONDS);
  wait_for_image (fixture, "Pasted image");

  gdk_clipboard_set (clipboard, GDK_TYPE_FILE_LIST, &(GSList){ photo_file, NULL });
  paste (fixture);
  fovea_test_wait_until (g_strcmp0 (fovea_lens_get_image_name (fixture->lens), "photo.png") == 0, SECONDS);
  wait_for_image (fixture, "photo.png");
}

/* On the command line: the window is told before it has networks. */
static void
test_waiting (void)
{
  Fixture fixture = { 0 };
  g_autofree char *photo = NULL;
  g_autoptr (GFile) file = NULL;

  make_window (&fixture);
  photo = write_image (&fixture, "photo.png", 80);
  file = g_file_new_for_path (photo);
  g_assert_cmpstr (get_page (&fixture), ==, "loading");
  fovea_main_window_open (FOVEA_MAIN_WINDOW (fixture.window), &(GSList){ file, NULL });
  g_assert_null (find_dialog ());
  fovea_test_wait_until (g_strcmp0 (fovea_lens_get_image_name (fixture.lens), "photo.png") == 0, SECONDS);
  wait_for_image (&fixture, "photo.png");
  tear_down (&fixture, NULL);
}

static void
add_tests (void)
{
  g_test_add ("/main-window-open/drop-target", Fixture, NULL, set_up, test_drop_target, tear_down);
  g_test_add ("/main-window-open/networks", Fixture, NULL, set_up, test_networks, tear_down);
  g_test_add ("/main-window-open/two-networks", Fixture, NULL, set_up, test_two_networks, tear_down);
  g_test_add ("/main-window-open/images", Fixture, NULL, set_up, test_images, tear_down);
  g_test_add ("/main-window-open/folder", Fixture, NULL, set_up, test_folder, tear_down);
  g_test_add ("/main-window-open/paste", Fixture, NULL, set_up, test_paste, tear_down);
  g_test_add_func ("/main-window-open/waiting", test_waiting);
}

int
main (int argc, char **argv)
{
  return fovea_test_run_with_display (argc, argv, add_tests);
}
