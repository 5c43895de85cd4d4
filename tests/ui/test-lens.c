/* The Lens: what it opens, what it says, and how it follows the chosen neuron.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <glib/gstdio.h>

#include "engine/analysis/attack.h"
#include "engine/analysis/classify.h"
#include "engine/images/image-set.h"
#include "engine/surgery.h"
#include "tests/scratch.h"
#include "tests/ui/display.h"
#include "ui/lens-channels.h"
#include "ui/lens-classes.h"
#include "ui/lens.h"
#include "ui/main-window.h"
#include "ui/neuron-page.h"
#include "ui/number.h"
#include "ui/pins.h"

#define SECONDS 30

typedef struct
{
  FoveaNetworkPair *pair;
  FoveaJobQueue *queue;
  GtkWidget *window;
  FoveaLens *lens;
  FoveaScratch *folder;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture->folder = fovea_scratch_new ();
  fixture->pair = fovea_network_pair_open ("alexnet-64", &error);
  g_assert_no_error (error);
  fixture->queue = fovea_job_queue_new (2);
  fixture->lens = FOVEA_LENS (fovea_lens_new ());
  fovea_lens_set_queue (fixture->lens, fixture->queue);
  fixture->window = fovea_test_show (GTK_WIDGET (fixture->lens), 900, 600);
  fovea_neuron_view_set_neuron (FOVEA_NEURON_VIEW (fixture->lens), fixture->pair, "conv3", (guint[]) { 42, 42 });
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  fovea_test_close (fixture->window);
  g_assert_finalize_object (fixture->queue);
  g_assert_finalize_object (fixture->pair);
  g_clear_pointer (&fixture->folder, fovea_scratch_free);
}

/* A red disc on stripes: something that both networks have an opinion of. */
static FoveaImage *
make_image (guint width, guint height)
{
  g_autoptr (GError) error = NULL;
  FoveaImage *image = fovea_image_new (width, height, &error);

  g_assert_no_error (error);
  for (guint y = 0; y < height; y++)
    for (guint x = 0; x < width; x++)
      {
        double dx = x - width / 2.0, dy = y - height / 2.0;
        gboolean inside = dx * dx + dy * dy < height * height / 9.0;
        guint8 *pixel = image->pixels + ((gsize) y * width + x) * 3;

        pixel[0] = inside ? 200 : (guint8) (x / 8 % 2 * 90 + 60);
        pixel[1] = inside ? 40 : (guint8) (x / 8 % 2 * 90 + 80);
        pixel[2] = 50;
      }
  return image;
}

static void
wait_for_lens (FoveaLens *lens)
{
  fovea_test_wait_until (!fovea_lens_is_busy (lens), SECONDS);
}

static void
show_disc (Fixture *fixture)
{
  fovea_lens_input_read_image (fovea_lens_get_input (fixture->lens), make_image (64, 64), "disc");
  wait_for_lens (fixture->lens);
}

static FoveaResponse *
get_response (Fixture *fixture, FoveaSide side)
{
  return fovea_lens_panel_get_response (fovea_lens_get_panel (fixture->lens, side));
}

static GtkListBoxRow *
get_channel_row (Fixture *fixture, FoveaSide side, int index)
{
  return gtk_list_box_get_row_at_index (fovea_lens_panel_get_channel_list (fovea_lens_get_panel (fixture->lens, side)), index);
}

static const char *
get_page (Fixture *fixture)
{
  return gtk_stack_get_visible_child_name (GTK_STACK (fovea_test_find_widget (fovea_test_find_widget (GTK_WIDGET (fixture->lens), "toasts"), "stack")));
}

/* A file with another view's bytes: the Lens shows what `fovea classify` says of it. */
static void
test_file (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = fovea_scratch_path (fixture->folder, "disc.png");
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (FoveaImage) image = make_image (160, 120);
  g_autoptr (GError) error = NULL;

  g_assert_cmpstr (get_page (fixture), ==, "empty");
  g_assert_null (fovea_lens_get_image_name (fixture->lens));
  g_assert_true (fovea_image_write_png (image, path, &error));
  fovea_lens_input_read_file (fovea_lens_get_input (fixture->lens), file);
  wait_for_lens (fixture->lens);
  g_assert_null (fovea_lens_get_error (fixture->lens));
  g_assert_cmpstr (get_page (fixture), ==, "image");
  g_assert_cmpstr (fovea_lens_get_image_name (fixture->lens), ==, "disc.png");

  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    {
      FoveaNetwork *network = fovea_network_pair_get_network (fixture->pair, side);
      g_autoptr (FoveaTensor) input = fovea_image_load_for_network (path, network, &error);
      g_autoptr (GArray) expected = fovea_classify (network, input, &error);
      const GArray *classes = fovea_response_get_classes (get_response (fixture, side), NULL);
      const char *name = fovea_class_get_label (network, g_array_index (expected, FoveaRankedClass, 0).index);

      g_assert_no_error (error);
      for (guint i = 0; i < FOVEA_LENS_N_CLASSES; i++)
        g_assert_cmpfloat_with_epsilon (g_array_index (classes, FoveaRankedClass, i).probability, g_array_index (expected, FoveaRankedClass, i).probability, 1e-5);
      g_assert_nonnull (strstr (fovea_lens_get_verdict (fixture->lens), name));
      g_assert_nonnull (fovea_image_view_get_overlay (fovea_lens_panel_get_view (fovea_lens_get_panel (fixture->lens, side))));
      g_assert_true (g_str_has_prefix (fovea_lens_panel_get_readout (fovea_lens_get_panel (fixture->lens, side)), "conv3:42: peak "));
    }
}

/* What cannot be read is said, and what was shown stays. */
static void
test_errors (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = fovea_scratch_path (fixture->folder, "broken.jpg");
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFile) nothing = g_file_new_for_path ("/nonexistent/cat.png");

  g_assert_true (g_file_set_contents (path, "\xff\xd8\xff\xe0 not much of an image", -1, NULL));
  fovea_lens_input_read_file (fovea_lens_get_input (fixture->lens), file);
  wait_for_lens (fixture->lens);
  g_assert_nonnull (strstr (fovea_lens_get_error (fixture->lens), "broken.jpg"));
  g_assert_cmpstr (get_page (fixture), ==, "empty");

  show_disc (fixture);
  g_assert_null (fovea_lens_get_error (fixture->lens));
  fovea_lens_input_read_file (fovea_lens_get_input (fixture->lens), nothing);
  wait_for_lens (fixture->lens);
  g_assert_nonnull (strstr (fovea_lens_get_error (fixture->lens), "cat.png"));
  g_assert_cmpstr (fovea_lens_get_image_name (fixture->lens), ==, "disc");
  g_assert_cmpstr (get_page (fixture), ==, "image");
  g_assert_nonnull (get_response (fixture, FOVEA_SIDE_STANDARD));
}

static void
on_chosen (char **chosen, const char *layer, guint channel)
{
  g_free (*chosen);
  *chosen = g_strdup_printf ("%s:%u", layer, channel);
}

/* Another neuron, chosen elsewhere, in the lists, or with the controls. */
static void
test_follow (Fixture *fixture, gconstpointer data)
{
  g_autofree char *chosen = NULL;
  g_autofree char *activated = NULL;
  FoveaResponse *first, *conv3;
  guint ranked[160];
  g_autofree char *address = NULL;
  GtkListBoxRow *row;

  g_signal_connect_swapped (fixture->lens, "neuron-chosen", G_CALLBACK (on_chosen), &chosen);
  g_signal_connect_swapped (fixture->lens, "neuron-activated", G_CALLBACK (on_chosen), &activated);
  show_disc (fixture);
  conv3 = first = get_response (fixture, FOVEA_SIDE_STANDARD);

  /* Another channel needs no forward pass. */
  fovea_neuron_view_set_neuron (FOVEA_NEURON_VIEW (fixture->lens), fixture->pair, "conv3", (guint[]) { 7, 9 });
  g_assert_false (fovea_lens_is_busy (fixture->lens));
  g_assert_true (get_response (fixture, FOVEA_SIDE_STANDARD) == first);
  g_assert_true (g_str_has_prefix (fovea_lens_panel_get_readout (fovea_lens_get_panel (fixture->lens, FOVEA_SIDE_STANDARD)), "conv3:7: "));
  g_assert_true (g_str_has_prefix (fovea_lens_panel_get_readout (fovea_lens_get_panel (fixture->lens, FOVEA_SIDE_ROBUST)), "conv3:9: "));
  g_assert_null (chosen);

  /* Another layer needs one, and going back none. */
  fovea_neuron_view_set_neuron (FOVEA_NEURON_VIEW (fixture->lens), fixture->pair, "fc7", (guint[]) { 3, 3 });
  g_assert_true (fovea_lens_is_busy (fixture->lens));
  wait_for_lens (fixture->lens);
  g_assert_true (get_response (fixture, FOVEA_SIDE_STANDARD) != conv3);
  g_assert_nonnull (strstr (fovea_lens_panel_get_readout (fovea_lens_get_panel (fixture->lens, FOVEA_SIDE_STANDARD)), "the layer has no positions"));
  g_assert_null (fovea_image_view_get_overlay (fovea_lens_panel_get_view (fovea_lens_get_panel (fixture->lens, FOVEA_SIDE_STANDARD))));
  fovea_neuron_view_set_neuron (FOVEA_NEURON_VIEW (fixture->lens), fixture->pair, "conv3", (guint[]) { 42, 42 });
  g_assert_false (fovea_lens_is_busy (fixture->lens));
  g_assert_true (get_response (fixture, FOVEA_SIDE_STANDARD) == conv3);

  /* The second row of the robust network's list is its second most active channel. */
  fovea_response_rank (get_response (fixture, FOVEA_SIDE_ROBUST), FOVEA_RESPONSE_PEAK, ranked);
  row = get_channel_row (fixture, FOVEA_SIDE_ROBUST, 1);
  gtk_list_box_select_row (GTK_LIST_BOX (gtk_widget_get_parent (GTK_WIDGET (row))), row);
  address = g_strdup_printf ("conv3:%u", ranked[1]);
  g_assert_cmpstr (chosen, ==, address);
  g_assert_true (g_str_has_prefix (fovea_lens_panel_get_readout (fovea_lens_get_panel (fixture->lens, FOVEA_SIDE_STANDARD)), address));
  g_signal_emit_by_name (gtk_widget_get_parent (GTK_WIDGET (row)), "row-activated", row);
  g_assert_cmpstr (activated, ==, address);

  gtk_spin_button_set_value (GTK_SPIN_BUTTON (fovea_test_find_widget (GTK_WIDGET (fixture->lens), "channel_button")), 11);
  g_assert_cmpstr (chosen, ==, "conv3:11");
  /* The layers' first is conv1, with fewer channels than some. */
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (fovea_test_find_widget (GTK_WIDGET (fixture->lens), "channel_button")), 150);
  gtk_drop_down_set_selected (GTK_DROP_DOWN (fovea_test_find_widget (GTK_WIDGET (fixture->lens), "layer_chooser")), 0);
  g_assert_cmpstr (chosen, ==, "conv1:47");
  wait_for_lens (fixture->lens);
  g_assert_cmpint (fovea_response_get_shape (get_response (fixture, FOVEA_SIDE_ROBUST))->height, ==, 32);
}

/* Pointing at one picture asks both networks about the same unit. */
static void
test_point (Fixture *fixture, gconstpointer data)
{
  FoveaImageView *view = fovea_lens_panel_get_view (fovea_lens_get_panel (fixture->lens, FOVEA_SIDE_STANDARD));
  FoveaLensPanel *other = fovea_lens_get_panel (fixture->lens, FOVEA_SIDE_ROBUST);
  g_autofree char *value = NULL;
  g_autofree char *expected = NULL;
  double box[4];

  show_disc (fixture);
  g_assert_false (fovea_image_view_get_box (fovea_lens_panel_get_view (other), box));

  /* conv3: unit y's centre is at 8y + 0.5 (stride 8, offset -25, size 51). */
  g_signal_emit_by_name (view, "pointed", 33.0, 15.0);
  g_assert_true (fovea_image_view_get_box (fovea_lens_panel_get_view (other), box));
  g_assert_cmpfloat (box[0], ==, 7);
  g_assert_cmpfloat (box[1], ==, 0);
  g_assert_cmpfloat (box[2], ==, 58);
  g_assert_cmpfloat (box[3], ==, 42);
  value = fovea_number_format ((double) fovea_response_get_map (get_response (fixture, FOVEA_SIDE_ROBUST), 42)[2 * 8 + 4], 4);
  expected = g_strdup_printf ("conv3:42:2,4 is %s; sees rows 0 to 41, columns 7 to 57", value);
  g_assert_cmpstr (fovea_lens_panel_get_readout (other), ==, expected);
  g_signal_emit_by_name (view, "stepped", 1, 0);
  g_assert_true (g_str_has_prefix (fovea_lens_panel_get_readout (other), "conv3:42:2,5 is "));
  g_signal_emit_by_name (view, "left");
  g_assert_false (fovea_image_view_get_box (view, box));
}

/* Images follow each other quickly: the last one is shown, and all are remembered, the latest first. */
static void
test_recent (Fixture *fixture, gconstpointer data)
{
  GtkListBox *recent = GTK_LIST_BOX (fovea_test_find_widget (fovea_test_find_widget (GTK_WIDGET (fixture->lens), "recent_popover"), "recent"));

  for (guint i = 0; i < 11; i++)
    {
      g_autofree char *name = g_strdup_printf ("image %u", i);

      fovea_lens_input_read_image (fovea_lens_get_input (fixture->lens), make_image (64 + i, 64), name);
      if (i != 9)
        wait_for_lens (fixture->lens);
    }
  g_assert_cmpstr (fovea_lens_get_image_name (fixture->lens), ==, "image 10");
  g_assert_null (gtk_list_box_get_row_at_index (recent, 8));
  g_signal_emit_by_name (recent, "row-activated", gtk_list_box_get_row_at_index (recent, 1));
  wait_for_lens (fixture->lens);
  g_assert_cmpstr (fovea_lens_get_image_name (fixture->lens), ==, "image 8");
}

static void
test_paste (Fixture *fixture, gconstpointer data)
{
  GdkClipboard *clipboard = gtk_widget_get_clipboard (GTK_WIDGET (fixture->lens));
  static const guint8 pixels[] = { 10, 20, 30, 255, 40, 50, 60, 255 };
  g_autoptr (GBytes) bytes = g_bytes_new_static (pixels, sizeof pixels);
  g_autoptr (GdkTexture) texture = gdk_memory_texture_new (2, 1, GDK_MEMORY_R8G8B8A8, bytes, 8);
  const FoveaImage *seen;

  gdk_clipboard_set_texture (clipboard, texture);
  fovea_lens_input_paste (fovea_lens_get_input (fixture->lens), clipboard);
  fovea_test_wait_until (fovea_lens_get_image_name (fixture->lens) != NULL && !fovea_lens_is_busy (fixture->lens), SECONDS);
  g_assert_cmpstr (fovea_lens_get_image_name (fixture->lens), ==, "Pasted image");
  seen = fovea_response_get_image (get_response (fixture, FOVEA_SIDE_STANDARD));
  g_assert_cmpint (seen->pixels[0], >=, 10);
  g_assert_cmpint (seen->pixels[0], <=, 40);

  gdk_clipboard_set_text (clipboard, "no image");
  fovea_lens_input_paste (fovea_lens_get_input (fixture->lens), clipboard);
  g_assert_cmpstr (fovea_lens_get_error (fixture->lens), ==, "There is no image in the clipboard");
}

/* Files are decoded by their contents; what holds neither a file nor an image is refused. */
static void
test_take_value (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = fovea_scratch_path (fixture->folder, "disc.png");
  g_autofree char *odd = fovea_scratch_path (fixture->folder, "no ending");
  g_autoptr (GFile) file = g_file_new_for_path (odd);
  g_autoptr (FoveaImage) image = make_image (70, 64);
  g_autoptr (GError) error = NULL;
  GSList files = { file, NULL };
  g_auto (GValue) list = G_VALUE_INIT;
  g_auto (GValue) empty = G_VALUE_INIT;
  g_auto (GValue) text = G_VALUE_INIT;

  g_assert_true (fovea_image_write_png (image, path, &error));
  g_assert_cmpint (g_rename (path, odd), ==, 0);
  g_value_init (&list, GDK_TYPE_FILE_LIST);
  g_value_init (&empty, GDK_TYPE_FILE_LIST);
  g_value_init (&text, G_TYPE_STRING);
  g_value_set_boxed (&list, &files);
  g_assert_false (fovea_lens_input_take_value (fovea_lens_get_input (fixture->lens), &text, "text"));
  g_assert_false (fovea_lens_input_take_value (fovea_lens_get_input (fixture->lens), &empty, "nothing"));
  g_assert_false (fovea_lens_is_busy (fixture->lens));
  g_assert_true (fovea_lens_input_take_value (fovea_lens_get_input (fixture->lens), &list, "not used"));
  wait_for_lens (fixture->lens);
  g_assert_cmpstr (fovea_lens_get_image_name (fixture->lens), ==, "no ending");
}

/* The built-in images are there without any file, and differ. */
static void
test_example (Fixture *fixture, gconstpointer data)
{
  g_autofree char *first = NULL;

  gtk_widget_activate_action (GTK_WIDGET (fixture->lens), "lens.example", NULL);
  wait_for_lens (fixture->lens);
  g_assert_null (fovea_lens_get_error (fixture->lens));
  first = g_strdup (fovea_lens_get_image_name (fixture->lens));
  g_assert_nonnull (first);
  gtk_widget_activate_action (GTK_WIDGET (fixture->lens), "lens.example", NULL);
  wait_for_lens (fixture->lens);
  g_assert_cmpstr (fovea_lens_get_image_name (fixture->lens), !=, first);
}

static GtkWidget *
find_control (Fixture *fixture, const char *name)
{
  GtkWidget *found = fovea_test_find_widget (fovea_test_find_widget (GTK_WIDGET (fixture->lens), "attack_bar"), name);

  g_assert_nonnull (found);
  return found;
}

/* The attacked image by hand: away from the network's answer, with the customary settings for 64 × 64 pixels. */
static FoveaTensor *
attack_by_hand (FoveaNetwork *network, const FoveaImage *image, double epsilon)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FoveaTensor) input = fovea_image_to_tensor (image, &error);
  g_autoptr (GArray) answer = fovea_classify (network, input, &error);
  g_autoptr (FoveaAttack) attack = fovea_attack_new (network, 1, &error);
  FoveaTensor *attacked = fovea_tensor_new (3, input->shape, &error);
  guint class = g_array_index (answer, FoveaRankedClass, 0).index;
  FoveaAttackOptions options;
  FoveaAttackOutcome outcome;

  fovea_attack_options_init (&options);
  options.epsilon = epsilon;
  options.n_steps = 7;
  g_assert_true (fovea_attack_run (attack, &options, input->data, &class, NULL, NULL, attacked->data, &outcome, &error));
  g_assert_no_error (error);
  return attacked;
}

static void
assert_shows (Fixture *fixture, FoveaSide side, const FoveaTensor *image)
{
  FoveaNetwork *network = fovea_network_pair_get_network (fixture->pair, side);
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) expected = fovea_classify (network, image, &error);
  const GArray *classes = fovea_response_get_classes (get_response (fixture, side), NULL);

  g_assert_no_error (error);
  for (guint i = 0; i < 3; i++)
    {
      g_assert_cmpuint (g_array_index (classes, FoveaRankedClass, i).index, ==, g_array_index (expected, FoveaRankedClass, i).index);
      g_assert_cmpfloat_with_epsilon (g_array_index (classes, FoveaRankedClass, i).probability, g_array_index (expected, FoveaRankedClass, i).probability, 1e-4);
    }
}

/* The slider's attack is that of the engine; it is off at first, and gone without a trace when switched off. */
static void
test_attack (Fixture *fixture, gconstpointer data)
{
  FoveaNetwork *standard = fovea_network_pair_get_network (fixture->pair, FOVEA_SIDE_STANDARD);
  FoveaNetwork *robust = fovea_network_pair_get_network (fixture->pair, FOVEA_SIDE_ROBUST);
  GtkToggleButton *button = GTK_TOGGLE_BUTTON (fovea_test_find_widget (GTK_WIDGET (fixture->lens), "attack_button"));
  GtkRange *epsilon = GTK_RANGE (find_control (fixture, "epsilon"));
  FoveaLensPanel *panels[] = { fovea_lens_get_panel (fixture->lens, FOVEA_SIDE_STANDARD), fovea_lens_get_panel (fixture->lens, FOVEA_SIDE_ROBUST) };
  g_autoptr (FoveaImage) image = make_image (64, 64);
  g_autoptr (FoveaTensor) clean = fovea_image_to_tensor (image, NULL);
  g_autoptr (FoveaTensor) on_standard = attack_by_hand (standard, image, 0.5);
  g_autoptr (FoveaTensor) on_robust = attack_by_hand (robust, image, 0.5);
  g_autoptr (FoveaTensor) strong = attack_by_hand (standard, image, 1.5);
  g_autofree char *plain_path = fovea_scratch_path (fixture->folder, "plain.png");
  g_autofree char *path = fovea_scratch_path (fixture->folder, "attacked.png");
  g_autoptr (GFile) plain_file = g_file_new_for_path (plain_path);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (FoveaImage) plain_figure = NULL;
  g_autoptr (FoveaImage) figure = NULL;

  show_disc (fixture);
  g_assert_false (gtk_toggle_button_get_active (button));
  g_assert_null (fovea_lens_panel_get_change (panels[0]));
  assert_shows (fixture, FOVEA_SIDE_STANDARD, clean);
  fovea_picture_save (fovea_neuron_view_take_picture (FOVEA_NEURON_VIEW (fixture->lens)), GTK_WIDGET (fixture->lens), plain_file);

  gtk_toggle_button_set_active (button, TRUE);
  g_assert_cmpfloat (gtk_range_get_value (epsilon), ==, 0.5);
  wait_for_lens (fixture->lens);
  assert_shows (fixture, FOVEA_SIDE_STANDARD, on_standard);
  assert_shows (fixture, FOVEA_SIDE_ROBUST, on_robust);
  g_assert_nonnull (strstr (fovea_lens_panel_get_change (panels[0]), "L2 ε = 0.5, 7 steps"));
  g_assert_nonnull (strstr (fovea_lens_panel_get_change (panels[0]), "length 0.500,"));

  /* Another layer does not change the attack. */
  fovea_neuron_view_set_neuron (FOVEA_NEURON_VIEW (fixture->lens), fixture->pair, "conv1", (guint[]) { 3, 3 });
  wait_for_lens (fixture->lens);
  g_assert_cmpint (fovea_response_get_shape (get_response (fixture, FOVEA_SIDE_STANDARD))->height, ==, 32);
  assert_shows (fixture, FOVEA_SIDE_STANDARD, on_standard);

  /* The slider runs ahead of the networks: what is shown in the end is its last position. */
  for (guint i = 0; i <= 20; i++)
    {
      gtk_range_set_value (epsilon, 0.5 + i * 0.05);
      g_main_context_iteration (NULL, FALSE);
    }
  wait_for_lens (fixture->lens);
  assert_shows (fixture, FOVEA_SIDE_STANDARD, strong);
  g_assert_nonnull (strstr (fovea_lens_panel_get_change (panels[1]), "L2 ε = 1.5, 7 steps"));

  /* The standard network's attack, shown to both. */
  gtk_range_set_value (epsilon, 0.5);
  gtk_drop_down_set_selected (GTK_DROP_DOWN (find_control (fixture, "source")), 1);
  wait_for_lens (fixture->lens);
  assert_shows (fixture, FOVEA_SIDE_STANDARD, on_standard);
  assert_shows (fixture, FOVEA_SIDE_ROBUST, on_standard);
  g_assert_nonnull (strstr (fovea_lens_panel_get_change (panels[1]), "made for the standard network"));

  /* The figure has the change as another row. */
  fovea_picture_save (fovea_neuron_view_take_picture (FOVEA_NEURON_VIEW (fixture->lens)), GTK_WIDGET (fixture->lens), file);
  fovea_test_wait_until (g_file_test (path, G_FILE_TEST_EXISTS) && g_file_test (plain_path, G_FILE_TEST_EXISTS), SECONDS);
  plain_figure = fovea_image_read (plain_path, NULL);
  figure = fovea_image_read (path, NULL);
  g_assert_cmpuint (figure->height, >, plain_figure->height + 384);

  /* L∞ counts in steps of eight bits. */
  gtk_drop_down_set_selected (GTK_DROP_DOWN (find_control (fixture, "norm")), 1);
  g_assert_cmpfloat (gtk_range_get_value (epsilon), ==, 8);
  wait_for_lens (fixture->lens);
  g_assert_nonnull (strstr (fovea_lens_panel_get_change (panels[0]), "L∞ ε = 8/255, 7 steps"));
  g_assert_nonnull (strstr (fovea_lens_panel_get_change (panels[0]), "largest 0.0314"));

  gtk_toggle_button_set_active (button, FALSE);
  wait_for_lens (fixture->lens);
  g_assert_null (fovea_lens_panel_get_change (panels[0]));
  g_assert_null (fovea_lens_panel_get_change (panels[1]));
  assert_shows (fixture, FOVEA_SIDE_STANDARD, clean);
}

/* Led to the class that comes second, the network comes to name it first. */
static void
test_attack_target (Fixture *fixture, gconstpointer data)
{
  FoveaNetwork *standard = fovea_network_pair_get_network (fixture->pair, FOVEA_SIDE_STANDARD);
  GtkDropDown *targets = GTK_DROP_DOWN (find_control (fixture, "target"));
  const GArray *classes;
  guint target;

  show_disc (fixture);
  target = g_array_index (fovea_response_get_classes (get_response (fixture, FOVEA_SIDE_STANDARD), NULL), FoveaRankedClass, 1).index;
  gtk_drop_down_set_selected (targets, target + 1);
  g_assert_cmpstr (gtk_string_object_get_string (gtk_drop_down_get_selected_item (targets)), ==, fovea_class_get_label (standard, target));
  gtk_range_set_value (GTK_RANGE (find_control (fixture, "epsilon")), 2);
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (fovea_test_find_widget (GTK_WIDGET (fixture->lens), "attack_button")), TRUE);
  wait_for_lens (fixture->lens);
  classes = fovea_response_get_classes (get_response (fixture, FOVEA_SIDE_STANDARD), NULL);
  g_assert_cmpuint (g_array_index (classes, FoveaRankedClass, 0).index, ==, target);
}

/* The network after surgery by hand says what the Lens shows. */
static void
assert_operated (Fixture *fixture, FoveaSide side, FoveaSurgery surgery, guint n, const char *const *addresses, const FoveaTensor *image)
{
  FoveaNetwork *network = fovea_network_pair_get_network (fixture->pair, side);
  FoveaNeuron neurons[2];
  g_autoptr (FoveaNetwork) operated = NULL;
  g_autoptr (GArray) expected = NULL;
  const GArray *classes = fovea_response_get_classes (get_response (fixture, side), NULL);

  for (guint i = 0; i < n; i++)
    g_assert_true (fovea_neuron_parse (network, addresses[i], &neurons[i], NULL));
  operated = fovea_network_operate (network, surgery, n, neurons, NULL);
  expected = fovea_classify (operated, image, NULL);
  for (guint i = 0; i < 3; i++)
    {
      g_assert_cmpuint (g_array_index (classes, FoveaRankedClass, i).index, ==, g_array_index (expected, FoveaRankedClass, i).index);
      g_assert_cmpfloat_with_epsilon (g_array_index (classes, FoveaRankedClass, i).probability, g_array_index (expected, FoveaRankedClass, i).probability, 1e-4);
    }
}

/* Channels go one after the other, then they stay alone; one click brings all back. */
static void
test_surgery (Fixture *fixture, gconstpointer data)
{
  static const char *const addresses[] = { "conv3:42", "conv3:97" };
  GtkWidget *lens = GTK_WIDGET (fixture->lens);
  GtkToggleButton *off = GTK_TOGGLE_BUTTON (fovea_test_find_widget (lens, "off_button"));
  GtkWidget *surgery = fovea_test_find_widget (lens, "surgery_bar");
  GtkInfoBar *bar = GTK_INFO_BAR (fovea_test_find_widget (surgery, "bar"));
  GtkLabel *label = GTK_LABEL (fovea_test_find_widget (surgery, "label"));
  FoveaLensPanel *panel = fovea_lens_get_panel (fixture->lens, FOVEA_SIDE_STANDARD);
  g_autoptr (FoveaImage) image = make_image (64, 64);
  g_autoptr (FoveaTensor) input = fovea_image_to_tensor (image, NULL);

  show_disc (fixture);
  g_assert_false (gtk_info_bar_get_revealed (bar));

  gtk_toggle_button_set_active (off, TRUE);
  wait_for_lens (fixture->lens);
  g_assert_true (gtk_info_bar_get_revealed (bar));
  g_assert_cmpstr (gtk_label_get_label (label), ==, "Surgery is on: the networks are without conv3:42");
  g_assert_true (g_str_has_prefix (fovea_lens_panel_get_change (panel), "before surgery: "));
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    assert_operated (fixture, side, FOVEA_SURGERY_REMOVE, 1, addresses, input);

  fovea_neuron_view_set_neuron (FOVEA_NEURON_VIEW (fixture->lens), fixture->pair, "conv3", (guint[]) { 97, 97 });
  g_assert_false (gtk_toggle_button_get_active (off));
  gtk_toggle_button_set_active (off, TRUE);
  wait_for_lens (fixture->lens);
  g_assert_cmpstr (gtk_label_get_label (label), ==, "Surgery is on: the networks are without conv3:42, conv3:97");
  assert_operated (fixture, FOVEA_SIDE_ROBUST, FOVEA_SURGERY_REMOVE, 2, addresses, input);

  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (fovea_test_find_widget (lens, "keep_button")), TRUE);
  wait_for_lens (fixture->lens);
  assert_operated (fixture, FOVEA_SIDE_STANDARD, FOVEA_SURGERY_KEEP, 2, addresses, input);
  assert_operated (fixture, FOVEA_SIDE_ROBUST, FOVEA_SURGERY_KEEP, 2, addresses, input);

  g_signal_emit_by_name (fovea_test_find_widget (lens, "undo_button"), "clicked");
  wait_for_lens (fixture->lens);
  g_assert_false (gtk_info_bar_get_revealed (bar));
  g_assert_false (gtk_toggle_button_get_active (off));
  g_assert_null (fovea_lens_panel_get_change (panel));
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    assert_shows (fixture, side, input);
}

/* A pinned set, whose channels differ between the networks, goes or stays alone. */
static void
test_surgery_on_pins (Fixture *fixture, gconstpointer data)
{
  static const char *const addresses[FOVEA_N_SIDES][2] = { { "conv3:42", "conv4:7" }, { "conv3:97", "conv4:7" } };
  GtkWidget *surgery = fovea_test_find_widget (GTK_WIDGET (fixture->lens), "surgery_bar");
  GtkLabel *label = GTK_LABEL (fovea_test_find_widget (surgery, "label"));
  FoveaPins *pins = fovea_pins_get (fixture->pair);
  g_autoptr (FoveaImage) image = make_image (64, 64);
  g_autoptr (FoveaTensor) input = fovea_image_to_tensor (image, NULL);

  show_disc (fixture);
  gtk_widget_activate_action (GTK_WIDGET (fixture->lens), "lens.remove-pins", NULL);
  g_assert_false (fovea_lens_is_busy (fixture->lens));
  g_assert_false (gtk_info_bar_get_revealed (GTK_INFO_BAR (fovea_test_find_widget (surgery, "bar"))));

  g_assert_true (fovea_pins_add (pins, "conv3", (guint[]) { 42, 97 }));
  g_assert_true (fovea_pins_add (pins, "conv4", (guint[]) { 7, 7 }));
  gtk_widget_activate_action (GTK_WIDGET (fixture->lens), "lens.remove-pins", NULL);
  wait_for_lens (fixture->lens);
  g_assert_cmpstr (gtk_label_get_label (label), ==, "Surgery is on: the networks are without conv3:42 (robust: conv3:97), conv4:7");
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    assert_operated (fixture, side, FOVEA_SURGERY_REMOVE, 2, addresses[side], input);

  gtk_widget_activate_action (GTK_WIDGET (fixture->lens), "lens.keep-pins", NULL);
  wait_for_lens (fixture->lens);
  g_assert_cmpstr (gtk_label_get_label (label), ==, "Surgery is on: of their layers, the networks have only conv3:42 (robust: conv3:97), conv4:7");
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    assert_operated (fixture, side, FOVEA_SURGERY_KEEP, 2, addresses[side], input);

  while (fovea_pins_get_n (pins) > 0)
    fovea_pins_remove (pins, 0);
}

/* Through a set, from its last image to its first; an image from elsewhere is followed by the set's first. */
static void
test_walk (Fixture *fixture, gconstpointer data)
{
  static const char *const names[] = { "c.png", "a.png", "b.png", "a.png", "c.png" };
  static const char *const actions[] = { NULL, "lens.next-image", "lens.next-image", "lens.previous-image", "lens.previous-image" };
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (FoveaImage) image = make_image (64 + i, 64);
      g_autofree char *path = fovea_scratch_path (fixture->folder, names[i]);

      g_assert_true (fovea_image_write_png (image, path, &error));
    }
  /* One that cannot be read is passed over. */
  {
    g_autofree char *path = fovea_scratch_path (fixture->folder, "ab.png");

    g_assert_true (g_file_set_contents (path, "no image", -1, NULL));
  }
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      if (i == 0)
        fovea_lens_input_read_set (fovea_lens_get_input (fixture->lens), fixture->folder, -1);
      else
        gtk_widget_activate_action (GTK_WIDGET (fixture->lens), actions[i], NULL);
      wait_for_lens (fixture->lens);
      g_assert_null (fovea_lens_get_error (fixture->lens));
      g_assert_cmpstr (fovea_lens_get_image_name (fixture->lens), ==, names[i]);
      g_assert_nonnull (strstr (gtk_label_get_label (GTK_LABEL (fovea_test_find_widget (GTK_WIDGET (fixture->lens), "facts"))), " of 4"));
      g_assert_nonnull (get_response (fixture, FOVEA_SIDE_ROBUST));
    }
  show_disc (fixture);
  gtk_widget_activate_action (GTK_WIDGET (fixture->lens), "lens.next-image", NULL);
  wait_for_lens (fixture->lens);
  g_assert_nonnull (strstr (gtk_label_get_label (GTK_LABEL (fovea_test_find_widget (GTK_WIDGET (fixture->lens), "facts"))), "image 1 of 1"));
}

/* Eight pixels a side, and twelve megapixels; a thumbnail of the large one is all that stays on the screen. */
static void
test_sizes (Fixture *fixture, gconstpointer data)
{
  static const guint sizes[][2] = { { 8, 8 }, { 1, 1 }, { 4000, 3000 }, { 3000, 1 } };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      fovea_lens_input_read_image (fovea_lens_get_input (fixture->lens), make_image (sizes[i][0], sizes[i][1]), "image");
      wait_for_lens (fixture->lens);
      g_assert_null (fovea_lens_get_error (fixture->lens));
      for (guint side = 0; side < FOVEA_N_SIDES; side++)
        {
          g_assert_cmpuint (fovea_response_get_image (get_response (fixture, side))->width, ==, 64);
          g_assert_cmpuint (fovea_response_get_image (get_response (fixture, side))->height, ==, 64);
        }
    }
}

static void
test_save (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = fovea_scratch_path (fixture->folder, "lens.png");
  g_autofree char *drawing = fovea_scratch_path (fixture->folder, "lens.svg");
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFile) vector = g_file_new_for_path (drawing);
  g_autoptr (FoveaImage) picture = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  g_assert_null (fovea_neuron_view_take_picture (FOVEA_NEURON_VIEW (fixture->lens)));
  show_disc (fixture);
  fovea_picture_save (fovea_neuron_view_take_picture (FOVEA_NEURON_VIEW (fixture->lens)), GTK_WIDGET (fixture->lens), file);
  fovea_picture_save (fovea_neuron_view_take_picture (FOVEA_NEURON_VIEW (fixture->lens)), GTK_WIDGET (fixture->lens), vector);
  fovea_test_wait_until (g_file_test (path, G_FILE_TEST_EXISTS) && g_file_test (drawing, G_FILE_TEST_EXISTS), SECONDS);
  picture = fovea_image_read (path, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (picture->width, >, 2 * 384);
  g_assert_cmpuint (picture->height, >, 2 * 384);
  g_assert_true (g_file_get_contents (drawing, &text, NULL, NULL));
  g_assert_nonnull (strstr (text, "<svg"));
  fovea_test_settle ();
}

/* One network without a twin, whose classes have no names. */
static void
test_single (Fixture *fixture, gconstpointer data)
{
  FoveaGraph *graph = fovea_network_get_graph (fovea_network_pair_get_network (fixture->pair, FOVEA_SIDE_ROBUST));
  FoveaNetworkInfo info = { .name = "alone", .resize = 64 };
  g_autoptr (FoveaNetwork) network = fovea_network_new (graph, &info);
  g_autoptr (FoveaNetworkPair) pair = fovea_network_pair_new_single (network);
  FoveaPicture *picture;
  const GArray *classes;
  g_autofree char *verdict = NULL;

  fovea_neuron_view_set_neuron (FOVEA_NEURON_VIEW (fixture->lens), pair, "conv3", (guint[]) { 42, 42 });
  show_disc (fixture);
  g_assert_true (gtk_widget_get_visible (GTK_WIDGET (fovea_lens_get_panel (fixture->lens, FOVEA_SIDE_STANDARD))));
  g_assert_false (gtk_widget_get_visible (GTK_WIDGET (fovea_lens_get_panel (fixture->lens, FOVEA_SIDE_ROBUST))));
  classes = fovea_response_get_classes (get_response (fixture, FOVEA_SIDE_STANDARD), NULL);
  verdict = g_strdup_printf ("the network says “class %u”", g_array_index (classes, FoveaRankedClass, 0).index);
  g_assert_cmpstr (fovea_lens_get_verdict (fixture->lens), ==, verdict);
  picture = fovea_neuron_view_take_picture (FOVEA_NEURON_VIEW (fixture->lens));
  g_assert_nonnull (picture);
  fovea_picture_free (picture);
  fovea_neuron_view_set_neuron (FOVEA_NEURON_VIEW (fixture->lens), NULL, NULL, (guint[]) { 0, 0 });
  g_assert_null (fovea_neuron_view_take_picture (FOVEA_NEURON_VIEW (fixture->lens)));
}

static void
activate (GtkWidget *window, const char *action, GVariant *parameter)
{
  g_assert_true (g_action_group_get_action_enabled (G_ACTION_GROUP (window), action));
  g_action_group_activate_action (G_ACTION_GROUP (window), action, parameter);
}

/* In the window: a place of its own, from which one goes to neurons and comes back. */
static void
test_window (void)
{
  FoveaApplication *application = fovea_test_application_new ();
  GtkWidget *window = fovea_main_window_new (application);
  GtkStack *stack = GTK_STACK (fovea_test_find_widget (window, "stack"));
  GtkListBox *places = GTK_LIST_BOX (fovea_test_find_widget (window, "places"));
  FoveaLens *lens = FOVEA_LENS (gtk_stack_get_child_by_name (stack, "lens"));
  gpointer alive = window;

  g_object_add_weak_pointer (G_OBJECT (window), &alive);
  gtk_window_present (GTK_WINDOW (window));
  fovea_test_wait_until (g_strcmp0 (gtk_stack_get_visible_child_name (stack), "grid") == 0, SECONDS);
  g_assert_null (gtk_list_box_get_selected_row (places));

  activate (window, "show-place", g_variant_new_string ("lens"));
  fovea_lens_input_read_image (fovea_lens_get_input (lens), make_image (64, 64), "disc");
  g_assert_cmpstr (gtk_stack_get_visible_child_name (stack), ==, "lens");
  g_assert_nonnull (gtk_list_box_get_selected_row (places));
  wait_for_lens (lens);
  g_assert_cmpstr (fovea_lens_get_image_name (lens), ==, "disc");
  g_assert_true (g_str_has_prefix (fovea_lens_panel_get_readout (fovea_lens_get_panel (lens, FOVEA_SIDE_STANDARD)), "conv4:0: "));

  /* The neuron that is chosen here is the window's. */
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (fovea_test_find_widget (GTK_WIDGET (lens), "channel_button")), 5);
  gtk_widget_activate_action (GTK_WIDGET (lens), "lens.neuron", NULL);
  g_assert_cmpstr (gtk_stack_get_visible_child_name (stack), ==, "neuron");
  g_assert_cmpuint (fovea_neuron_page_get_channel (FOVEA_NEURON_PAGE (gtk_stack_get_child_by_name (stack, "neuron"))), ==, 5);
  activate (window, "next-channel", NULL);

  /* Back to the Lens, which follows, and back to the tiles. */
  activate (window, "back", NULL);
  g_assert_cmpstr (gtk_stack_get_visible_child_name (stack), ==, "lens");
  g_assert_true (g_str_has_prefix (fovea_lens_panel_get_readout (fovea_lens_get_panel (lens, FOVEA_SIDE_STANDARD)), "conv4:6: "));
  activate (window, "back", NULL);
  g_assert_cmpstr (gtk_stack_get_visible_child_name (stack), ==, "grid");
  g_assert_false (g_action_group_get_action_enabled (G_ACTION_GROUP (window), "back"));
  activate (window, "show-set-image", g_variant_new ("(st)", "scenes", (guint64) 3));
  wait_for_lens (lens);
  {
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaImageSet) set = fovea_image_set_open ("scenes", &error);

    g_assert_no_error (error);
    g_assert_cmpstr (fovea_lens_get_image_name (lens), ==, fovea_image_set_get_image_name (set, 3));
  }
  g_assert_cmpstr (gtk_stack_get_visible_child_name (stack), ==, "lens");
  gtk_window_close (GTK_WINDOW (window));
  fovea_test_wait_until (alive == NULL, 10);

  /* The next start begins there. */
  alive = window = fovea_main_window_new (application);
  g_object_add_weak_pointer (G_OBJECT (window), &alive);
  stack = GTK_STACK (fovea_test_find_widget (window, "stack"));
  gtk_window_present (GTK_WINDOW (window));
  fovea_test_wait_until (g_strcmp0 (gtk_stack_get_visible_child_name (stack), "lens") == 0, SECONDS);
  gtk_window_close (GTK_WINDOW (window));
  fovea_test_wait_until (alive == NULL, 10);
  fovea_settings_set_string (fovea_application_get_settings (), "page", "grid");
  g_object_unref (application);
}

static void
add_tests (void)
{
  g_test_add ("/lens/file", Fixture, NULL, set_up, test_file, tear_down);
  g_test_add ("/lens/errors", Fixture, NULL, set_up, test_errors, tear_down);
  g_test_add ("/lens/follow", Fixture, NULL, set_up, test_follow, tear_down);
  g_test_add ("/lens/point", Fixture, NULL, set_up, test_point, tear_down);
  g_test_add ("/lens/recent", Fixture, NULL, set_up, test_recent, tear_down);
  g_test_add ("/lens/paste", Fixture, NULL, set_up, test_paste, tear_down);
  g_test_add ("/lens/take-value", Fixture, NULL, set_up, test_take_value, tear_down);
  g_test_add ("/lens/example", Fixture, NULL, set_up, test_example, tear_down);
  g_test_add ("/lens/attack", Fixture, NULL, set_up, test_attack, tear_down);
  g_test_add ("/lens/attack-target", Fixture, NULL, set_up, test_attack_target, tear_down);
  g_test_add ("/lens/surgery", Fixture, NULL, set_up, test_surgery, tear_down);
  g_test_add ("/lens/surgery-on-pins", Fixture, NULL, set_up, test_surgery_on_pins, tear_down);
  g_test_add ("/lens/walk", Fixture, NULL, set_up, test_walk, tear_down);
  g_test_add ("/lens/sizes", Fixture, NULL, set_up, test_sizes, tear_down);
  g_test_add ("/lens/save", Fixture, NULL, set_up, test_save, tear_down);
  g_test_add ("/lens/single", Fixture, NULL, set_up, test_single, tear_down);
  g_test_add_func ("/lens/window", test_window);
}

int
main (int argc, char **argv)
{
  return fovea_test_run_with_display (argc, argv, add_tests);
}
