/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/stylize-dialog.h"

#include "ui/application.h"
#include "ui/duration.h"
#include "ui/image-view.h"
#include "ui/stylize-export.h"
#include "ui/stylize-losses.h"
#include "ui/stylize-options.h"
#include "ui/wrap-box.h"

/* Of networks with small inputs: smaller images show people little. */
#define SMALLEST_USUAL_SIZE 128

struct _FoveaStylizeDialog
{
  AdwWindow parent_instance;

  AdwToastOverlay *toasts;
  FoveaStylizeWell *shape;
  FoveaStylizeWell *texture;
  GtkLabel *name;
  GtkStack *stack;
  GtkLabel *explanation;
  FoveaImageView *view;
  GtkLabel *status;
  FoveaStylizeLosses *losses;
  GtkLabel *numbers;
  GtkDropDown *network;
  GtkSpinButton *size;
  GtkSpinButton *steps;
  GtkSpinButton *seed;
  FoveaStylizeOptionsPopover *options;
  AdwButtonContent *run_content;

  FoveaNetworkPair *pair; /* nullable */
  GPtrArray *networks;    /* (element-type FoveaNetwork): what the menu offers */
  FoveaStylizeRun *run;   /* nullable: the last one */
  GtkFileChooserNative *dialog; /* while it is open */
  char *folder;           /* nullable: where an image was added last */
  GCancellable *closed;   /* cancelled when it goes */
};

G_DEFINE_FINAL_TYPE (FoveaStylizeDialog, fovea_stylize_dialog, ADW_TYPE_WINDOW)

enum
{
  SHOW_IMAGE,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static FoveaNetwork *
get_network (FoveaStylizeDialog *self)
{
  guint selected = gtk_drop_down_get_selected (self->network);

  return selected < self->networks->len ? self->networks->pdata[selected] : NULL;
}

static gboolean
is_running (FoveaStylizeDialog *self)
{
  return self->run != NULL && fovea_run_is_active (FOVEA_RUN (self->run));
}

static gboolean
has_result (FoveaStylizeDialog *self)
{
  return self->run != NULL && fovea_stylize_run_get_result (self->run) != NULL;
}

static FoveaStylizeName
get_name (FoveaStylizeDialog *self)
{
  return (FoveaStylizeName) {
    fovea_stylize_well_get_category (self->shape),
    fovea_stylize_well_get_category (self->texture),
    fovea_stylize_well_get_number (self->shape),
    fovea_stylize_well_get_number (self->texture),
  };
}

static void
update (FoveaStylizeDialog *self)
{
  const gboolean ready = get_network (self) != NULL && fovea_stylize_well_get_image (self->shape) != NULL && fovea_stylize_well_get_image (self->texture) != NULL;
  const FoveaStylizeName name = get_name (self);
  g_autofree char *file = fovea_stylize_export_format_name (&name);
  GtkWidget *widget = GTK_WIDGET (self);

  gtk_widget_action_set_enabled (widget, "stylize.run", ready || is_running (self));
  gtk_widget_action_set_enabled (widget, "stylize.save", has_result (self));
  gtk_widget_action_set_enabled (widget, "stylize.copy", has_result (self));
  gtk_widget_action_set_enabled (widget, "stylize.show", has_result (self));
  gtk_widget_action_set_enabled (widget, "stylize.add-to-folder", has_result (self) && file != NULL);
  gtk_label_set_label (self->name, file != NULL ? file : "Result");
  adw_button_content_set_label (self->run_content, is_running (self) ? "_Stop" : "_Run");
  adw_button_content_set_icon_name (self->run_content, is_running (self) ? "media-playback-stop-symbolic" : "media-playback-start-symbolic");
  if (self->run == NULL)
    gtk_label_set_label (self->explanation, get_network (self) == NULL ? "No network is open" :
                         ready ? "Run makes an image with the one's shape and the other's texture" : "Choose a shape image and a texture image");
}

/* A loss as it began and as it is: content 1.28 → 0.021 (÷60). */
static void
append_loss (GString *text, const char *title, double first, double last)
{
  if (first <= 0)
    return;
  g_string_append_printf (text, "%s%s %.3g → %.3g", text->len > 0 ? "\n" : "", title, first, last);
  if (last > 0 && first > last)
    g_string_append_printf (text, " (÷%.*f)", first / last < 10 ? 1 : 0, first / last);
}

static void
show_losses (FoveaStylizeDialog *self)
{
  guint n;
  const FoveaStyleLosses *losses = fovea_stylize_run_get_losses (self->run, &n);
  g_autoptr (GString) text = g_string_new (NULL);

  fovea_stylize_losses_set_losses (self->losses, losses, n, fovea_stylize_run_get_options (self->run)->steps);
  if (n == 0)
    return;
  append_loss (text, "— content", losses[0].content, losses[n - 1].content);
  append_loss (text, "┄ style", losses[0].style, losses[n - 1].style);
  gtk_label_set_label (self->numbers, text->str);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->numbers), text->str);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->losses), GTK_ACCESSIBLE_PROPERTY_LABEL, text->str, -1);
}

static void
show_picture (FoveaStylizeDialog *self)
{
  GdkTexture *picture = fovea_stylize_run_get_picture (self->run);

  if (picture == NULL)
    return;
  fovea_image_view_set_image (self->view, picture, (guint) gdk_texture_get_width (picture), (guint) gdk_texture_get_height (picture));
  gtk_stack_set_visible_child_name (self->stack, "image");
}

static void
show_status (FoveaStylizeDialog *self)
{
  const FoveaStylizeOptions *options = fovea_stylize_run_get_options (self->run);
  const FoveaStylization *result = fovea_stylize_run_get_result (self->run);
  const double seconds = fovea_stylize_run_get_seconds_left (self->run);
  g_autofree char *text = NULL;
  guint n;

  fovea_stylize_run_get_losses (self->run, &n);
  if (result != NULL)
    text = g_strdup_printf ("%s: %u of %u steps, seed %" G_GUINT64_FORMAT ", %" G_GINT64_FORMAT " × %" G_GINT64_FORMAT, result->cancelled ? "Stopped" : "Finished",
                            result->n_steps, options->steps, options->seed, result->image->shape[2], result->image->shape[1]);
  else if (seconds >= 0)
    {
      g_autofree char *left = fovea_duration_describe_left (seconds);

      text = g_strdup_printf ("Step %u of %u, %s", n - 1, options->steps, left);
    }
  else
    text = g_strdup ("Preparing…");
  gtk_label_set_label (self->status, text);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->status), text);
}

static void
on_progress (FoveaStylizeDialog *self)
{
  show_picture (self);
  show_losses (self);
  show_status (self);
}

static void
on_ended (FoveaStylizeDialog *self)
{
  const GError *error = fovea_stylize_run_get_error (self->run);

  on_progress (self);
  if (error != NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      gtk_label_set_label (self->explanation, error->message);
      gtk_label_set_label (self->status, "Failed");
      gtk_stack_set_visible_child_name (self->stack, "empty");
    }
  else if (!has_result (self))
    gtk_label_set_label (self->status, "Stopped");
  update (self);
}

/* While people work in another window, that goes first. */
static void
set_priority (FoveaStylizeDialog *self)
{
  if (is_running (self))
    fovea_run_set_priority (FOVEA_RUN (self->run), gtk_window_is_active (GTK_WINDOW (self)) ? FOVEA_JOB_PRIORITY_INTERACTIVE : FOVEA_JOB_PRIORITY_VISIBLE);
}

static void
drop_run (FoveaStylizeDialog *self)
{
  if (self->run == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->run, self);
  fovea_run_drop (FOVEA_RUN (self->run));
  g_clear_object (&self->run);
}

static void
start (FoveaStylizeDialog *self)
{
  FoveaStylizeOptions options;

  fovea_stylize_options_init (&options);
  fovea_stylize_options_popover_fill (self->options, &options);
  options.size = (guint) gtk_spin_button_get_value_as_int (self->size);
  options.steps = (guint) gtk_spin_button_get_value_as_int (self->steps);
  options.seed = (guint64) gtk_spin_button_get_value (self->seed);
  drop_run (self);
  self->run = fovea_stylize_run_new (get_network (self), fovea_stylize_well_get_image (self->shape), fovea_stylize_well_get_image (self->texture), &options);
  g_signal_connect_object (self->run, "progress", G_CALLBACK (on_progress), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->run, "ended", G_CALLBACK (on_ended), self, G_CONNECT_SWAPPED);
  fovea_run_start (FOVEA_RUN (self->run), fovea_application_get_job_queue (), FOVEA_JOB_PRIORITY_INTERACTIVE);
  show_losses (self);
  show_status (self);
  update (self);
}

static void
run_or_stop (GtkWidget *widget, const char *action, GVariant *parameter)
{
  FoveaStylizeDialog *self = FOVEA_STYLIZE_DIALOG (widget);

  if (is_running (self))
    fovea_run_stop (FOVEA_RUN (self->run));
  else
    start (self);
}

static void
save (GtkWidget *widget, const char *action, GVariant *parameter)
{
  FoveaStylizeDialog *self = FOVEA_STYLIZE_DIALOG (widget);
  const FoveaStylizeName name = get_name (self);

  fovea_picture_save_as (fovea_stylize_export_new (self->run, &name), GTK_WIDGET (self->toasts), "Save the Image");
}

static void
copy (GtkWidget *widget, const char *action, GVariant *parameter)
{
  FoveaStylizeDialog *self = FOVEA_STYLIZE_DIALOG (widget);
  const FoveaStylizeName name = get_name (self);

  fovea_picture_copy (fovea_stylize_export_new (self->run, &name), GTK_WIDGET (self->toasts));
}

static void
show_in_lens (GtkWidget *widget, const char *action, GVariant *parameter)
{
  g_signal_emit (widget, signals[SHOW_IMAGE], 0);
}

/* Adding an image to a folder, in a thread. */
typedef struct
{
  FoveaStylizeRun *run;
  char *shape;
  char *texture;
  FoveaStylizeName name;
  char *folder;
} Adding;

static void
adding_free (gpointer data)
{
  Adding *adding = data;

  g_object_unref (adding->run);
  g_free (adding->shape);
  g_free (adding->texture);
  g_free (adding->folder);
  g_free (adding);
}

static void
add_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const Adding *adding = data;
  GError *error = NULL;
  char *path = fovea_stylize_export_add_to_folder (adding->run, &adding->name, adding->folder, &error);

  if (path != NULL)
    g_task_return_pointer (task, path, g_free);
  else
    g_task_return_error (task, error);
}

static void
on_added (GObject *source, GAsyncResult *result, gpointer data)
{
  FoveaStylizeDialog *self = FOVEA_STYLIZE_DIALOG (source);
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_task_propagate_pointer (G_TASK (result), &error);
  g_autofree char *shown = path != NULL ? g_filename_display_name (path) : NULL;
  g_autofree char *text = shown != NULL ? g_strdup_printf ("Saved %s", shown) : g_strdup_printf ("Not saved: %s", error->message);
  g_autofree char *markup = g_markup_escape_text (text, -1);
  AdwToast *toast;

  if (g_cancellable_is_cancelled (self->closed))
    return;
  toast = adw_toast_new (markup);
  if (path != NULL)
    {
      adw_toast_set_button_label (toast, "_Use the Folder");
      adw_toast_set_action_name (toast, "stylize.use-folder");
    }
  adw_toast_overlay_add_toast (self->toasts, toast);
}

static void
on_folder_chosen (FoveaStylizeDialog *self, int response)
{
  g_autoptr (GtkFileChooserNative) dialog = g_steal_pointer (&self->dialog);
  g_autoptr (GFile) folder = response == GTK_RESPONSE_ACCEPT ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog)) : NULL;

  if (folder != NULL && g_file_peek_path (folder) != NULL)
    fovea_stylize_dialog_add_to_folder (self, g_file_peek_path (folder));
}

/* Begins where the last image went, else in the folder of cue-conflict images that is in use. */
static void
choose_folder (GtkWidget *widget, const char *action, GVariant *parameter)
{
  FoveaStylizeDialog *self = FOVEA_STYLIZE_DIALOG (widget);
  FoveaCueStimuli *stimuli = fovea_application_get_cue_stimuli ();
  const char *first = self->folder;

  if (self->dialog != NULL)
    return;
  if (first == NULL && stimuli != NULL)
    first = fovea_image_sets_get_current (fovea_cue_stimuli_get_sets (stimuli));
  self->dialog = gtk_file_chooser_native_new ("Choose a Folder of Cue-Conflict Images", GTK_WINDOW (self), GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER, "_Add", "_Cancel");
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->dialog), TRUE);
  if (first != NULL && g_path_is_absolute (first))
    {
      g_autoptr (GFile) file = g_file_new_for_path (first);

      gtk_file_chooser_set_file (GTK_FILE_CHOOSER (self->dialog), file, NULL);
    }
  g_signal_connect_object (self->dialog, "response", G_CALLBACK (on_folder_chosen), self, G_CONNECT_SWAPPED);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->dialog));
}

/* The folder becomes the cue-conflict images of all views; where it is that already, it is read again. */
static void
use_folder (GtkWidget *widget, const char *action, GVariant *parameter)
{
  FoveaStylizeDialog *self = FOVEA_STYLIZE_DIALOG (widget);
  FoveaCueStimuli *stimuli = fovea_application_get_cue_stimuli ();
  FoveaImageSets *sets = stimuli != NULL ? fovea_cue_stimuli_get_sets (stimuli) : NULL;

  if (sets == NULL || self->folder == NULL)
    return;
  if (g_str_equal (fovea_image_sets_get_current (sets), self->folder))
    fovea_image_sets_reload (sets);
  else
    fovea_image_sets_set_current (sets, self->folder);
  adw_toast_overlay_add_toast (self->toasts, adw_toast_new ("The Cue conflict tab uses this folder now"));
}

static void
on_network_chosen (FoveaStylizeDialog *self)
{
  FoveaNetwork *network = get_network (self);

  if (network != NULL)
    {
      const FoveaShape *input = fovea_graph_get_input_shape (fovea_network_get_graph (network));

      fovea_stylize_options_popover_set_network (self->options, network);
      gtk_spin_button_set_value (self->size, (double) MAX (MAX (input->height, input->width), SMALLEST_USUAL_SIZE));
    }
  update (self);
}

/* Closed, it is only hidden: the images and what was made of them are there when it is opened again. */
static gboolean
fovea_stylize_dialog_close_request (GtkWindow *window)
{
  FoveaStylizeDialog *self = FOVEA_STYLIZE_DIALOG (window);

  if (is_running (self))
    fovea_run_stop (FOVEA_RUN (self->run));
  return GTK_WINDOW_CLASS (fovea_stylize_dialog_parent_class)->close_request (window);
}

static void
fovea_stylize_dialog_dispose (GObject *object)
{
  FoveaStylizeDialog *self = FOVEA_STYLIZE_DIALOG (object);

  g_cancellable_cancel (self->closed);
  drop_run (self);
  if (self->dialog != NULL)
    gtk_native_dialog_destroy (GTK_NATIVE_DIALOG (self->dialog));
  g_clear_object (&self->dialog);
  g_clear_object (&self->pair);
  G_OBJECT_CLASS (fovea_stylize_dialog_parent_class)->dispose (object);
}

static void
fovea_stylize_dialog_finalize (GObject *object)
{
  FoveaStylizeDialog *self = FOVEA_STYLIZE_DIALOG (object);

  g_ptr_array_unref (self->networks);
  g_free (self->folder);
  g_object_unref (self->closed);
  G_OBJECT_CLASS (fovea_stylize_dialog_parent_class)->finalize (object);
}

static void
fovea_stylize_dialog_class_init (FoveaStylizeDialogClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  g_type_ensure (FOVEA_TYPE_IMAGE_VIEW);
  g_type_ensure (FOVEA_TYPE_STYLIZE_LOSSES);
  g_type_ensure (FOVEA_TYPE_STYLIZE_OPTIONS_POPOVER);
  g_type_ensure (FOVEA_TYPE_STYLIZE_WELL);
  g_type_ensure (FOVEA_TYPE_WRAP_BOX);

  G_OBJECT_CLASS (class)->dispose = fovea_stylize_dialog_dispose;
  G_OBJECT_CLASS (class)->finalize = fovea_stylize_dialog_finalize;
  GTK_WINDOW_CLASS (class)->close_request = fovea_stylize_dialog_close_request;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/fovea/Fovea/stylize-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, FoveaStylizeDialog, toasts);
  gtk_widget_class_bind_template_child (widget_class, FoveaStylizeDialog, shape);
  gtk_widget_class_bind_template_child (widget_class, FoveaStylizeDialog, texture);
  gtk_widget_class_bind_template_child (widget_class, FoveaStylizeDialog, name);
  gtk_widget_class_bind_template_child (widget_class, FoveaStylizeDialog, stack);
  gtk_widget_class_bind_template_child (widget_class, FoveaStylizeDialog, explanation);
  gtk_widget_class_bind_template_child (widget_class, FoveaStylizeDialog, view);
  gtk_widget_class_bind_template_child (widget_class, FoveaStylizeDialog, status);
  gtk_widget_class_bind_template_child (widget_class, FoveaStylizeDialog, losses);
  gtk_widget_class_bind_template_child (widget_class, FoveaStylizeDialog, numbers);
  gtk_widget_class_bind_template_child (widget_class, FoveaStylizeDialog, network);
  gtk_widget_class_bind_template_child (widget_class, FoveaStylizeDialog, size);
  gtk_widget_class_bind_template_child (widget_class, FoveaStylizeDialog, steps);
  gtk_widget_class_bind_template_child (widget_class, FoveaStylizeDialog, seed);
  gtk_widget_class_bind_template_child (widget_class, FoveaStylizeDialog, options);
  gtk_widget_class_bind_template_child (widget_class, FoveaStylizeDialog, run_content);
  gtk_widget_class_install_action (widget_class, "stylize.run", NULL, run_or_stop);
  gtk_widget_class_install_action (widget_class, "stylize.save", NULL, save);
  gtk_widget_class_install_action (widget_class, "stylize.copy", NULL, copy);
  gtk_widget_class_install_action (widget_class, "stylize.show", NULL, show_in_lens);
  gtk_widget_class_install_action (widget_class, "stylize.add-to-folder", NULL, choose_folder);
  gtk_widget_class_install_action (widget_class, "stylize.use-folder", NULL, use_folder);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Return, GDK_CONTROL_MASK, "stylize.run", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_s, GDK_CONTROL_MASK, "stylize.save", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_c, GDK_CONTROL_MASK, "stylize.copy", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);

  signals[SHOW_IMAGE] = g_signal_new ("show-image", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
fovea_stylize_dialog_init (FoveaStylizeDialog *self)
{
  self->networks = g_ptr_array_new_with_free_func ((GDestroyNotify) fovea_network_unref);
  self->closed = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  fovea_stylize_well_set_role (self->shape, "Shape image", "Drop, paste or open the image whose shape is kept");
  fovea_stylize_well_set_role (self->texture, "Texture image", "Drop, paste or open the image whose texture is taken");
  g_signal_connect_object (self->shape, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->texture, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->network, "notify::selected", G_CALLBACK (on_network_chosen), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self, "notify::is-active", G_CALLBACK (set_priority), self, G_CONNECT_SWAPPED);
  update (self);
}

/**
 * fovea_stylize_dialog_new:
 * @parent: (nullable): the window it belongs to
 *
 * Returns: (transfer floating): the window; it needs a pair
 */
GtkWidget *
fovea_stylize_dialog_new (GtkWindow *parent)
{
  return g_object_new (FOVEA_TYPE_STYLIZE_DIALOG, "transient-for", parent, NULL);
}

/**
 * fovea_stylize_dialog_set_pair:
 * @pair: whose networks it offers
 *
 * What is running goes on in the network that it began with.
 */
void
fovea_stylize_dialog_set_pair (FoveaStylizeDialog *self, FoveaNetworkPair *pair)
{
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);

  g_return_if_fail (FOVEA_IS_STYLIZE_DIALOG (self) && FOVEA_IS_NETWORK_PAIR (pair));
  if (!g_set_object (&self->pair, pair))
    return;
  g_ptr_array_set_size (self->networks, 0);
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    if (fovea_network_pair_has_side (pair, side))
      {
        FoveaNetwork *network = fovea_network_pair_get_network (pair, side);

        g_ptr_array_add (self->networks, fovea_network_ref (network));
        gtk_string_list_append (names, fovea_network_get_name (network));
      }
  gtk_drop_down_set_model (self->network, G_LIST_MODEL (names));
  gtk_drop_down_set_selected (self->network, self->networks->len - 1);
  on_network_chosen (self);
}

/**
 * fovea_stylize_dialog_get_shape_well:
 *
 * Returns: (transfer none): where the shape image goes
 */
FoveaStylizeWell *
fovea_stylize_dialog_get_shape_well (FoveaStylizeDialog *self)
{
  g_return_val_if_fail (FOVEA_IS_STYLIZE_DIALOG (self), NULL);
  return self->shape;
}

/**
 * fovea_stylize_dialog_get_texture_well:
 *
 * Returns: (transfer none): where the texture image goes
 */
FoveaStylizeWell *
fovea_stylize_dialog_get_texture_well (FoveaStylizeDialog *self)
{
  g_return_val_if_fail (FOVEA_IS_STYLIZE_DIALOG (self), NULL);
  return self->texture;
}

/**
 * fovea_stylize_dialog_get_run:
 *
 * Returns: (nullable) (transfer none): the last run, which may have ended
 */
FoveaStylizeRun *
fovea_stylize_dialog_get_run (FoveaStylizeDialog *self)
{
  g_return_val_if_fail (FOVEA_IS_STYLIZE_DIALOG (self), NULL);
  return self->run;
}

/**
 * fovea_stylize_dialog_get_file_name:
 *
 * Returns: (transfer full) (nullable): what the image is called; %NULL where a category is missing
 */
char *
fovea_stylize_dialog_get_file_name (FoveaStylizeDialog *self)
{
  FoveaStylizeName name;

  g_return_val_if_fail (FOVEA_IS_STYLIZE_DIALOG (self), NULL);
  name = get_name (self);
  return fovea_stylize_export_format_name (&name);
}

/**
 * fovea_stylize_dialog_add_to_folder:
 * @folder: of cue-conflict images, or where some shall be
 *
 * Saves the result there under its name, in the background.
 */
void
fovea_stylize_dialog_add_to_folder (FoveaStylizeDialog *self, const char *folder)
{
  g_autoptr (GTask) task = NULL;
  Adding *adding;

  g_return_if_fail (FOVEA_IS_STYLIZE_DIALOG (self) && has_result (self) && folder != NULL);
  adding = g_new0 (Adding, 1);
  adding->run = g_object_ref (self->run);
  adding->name = get_name (self);
  adding->name.shape = adding->shape = g_strdup (adding->name.shape);
  adding->name.texture = adding->texture = g_strdup (adding->name.texture);
  adding->folder = g_strdup (folder);
  g_free (self->folder);
  self->folder = g_strdup (folder);
  task = g_task_new (self, self->closed, on_added, NULL);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_source_tag (task, fovea_stylize_dialog_add_to_folder);
  g_task_set_task_data (task, adding, adding_free);
  g_task_run_in_thread (task, add_in_thread);
}
