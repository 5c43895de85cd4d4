/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/pins-view-private.h"

#include <adwaita.h>

#include "ui/image-set-chooser.h"
#include "ui/pins-export.h"
#include "ui/pins-work.h"

#define PATCHES 9

static void fovea_pins_view_neuron_view_init (FoveaNeuronViewInterface *interface);

G_DEFINE_FINAL_TYPE_WITH_CODE (FoveaPinsView, fovea_pins_view, GTK_TYPE_WIDGET,
                               G_IMPLEMENT_INTERFACE (FOVEA_TYPE_NEURON_VIEW, fovea_pins_view_neuron_view_init))

static guint activated_signal;

static void
show_message (FoveaPinsView *self, const char *text)
{
  gtk_label_set_label (GTK_LABEL (self->message), text);
  gtk_widget_set_visible (self->message, *text != '\0');
}

static void
update_buttons (FoveaPinsView *self)
{
  gboolean can = self->pins != NULL && fovea_pins_get_n (self->pins) > 0 && self->job == NULL &&
                 (gtk_check_button_get_active (GTK_CHECK_BUTTON (self->visualization)) || gtk_check_button_get_active (GTK_CHECK_BUTTON (self->patches)));

  gtk_widget_set_sensitive (self->preview_button, can);
  gtk_widget_set_sensitive (self->export_button, can);
  gtk_widget_set_visible (self->progress_box, self->job != NULL);
}

static void
rebuild (FoveaPinsView *self)
{
  guint n = self->pins != NULL ? fovea_pins_get_n (self->pins) : 0;
  const char *error = self->pins != NULL ? fovea_pins_get_error (self->pins) : NULL;

  if (error != NULL)
    show_message (self, error);
  if (self->editing)
    return;
  fovea_pins_view_fill_list (self);
  gtk_stack_set_visible_child_name (self->stack, n > 0 ? "pins" : "empty");
  update_buttons (self);
}

static void
on_update (FoveaQueuedJob *job, gpointer data)
{
  FoveaPinsView *self = g_object_get_data (G_OBJECT (job), "view");

  gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (self->progress), fovea_pins_work_get_progress (data));
}

static void
on_done (FoveaQueuedJob *job, gpointer data)
{
  FoveaPinsView *self = g_object_get_data (G_OBJECT (job), "view");
  FoveaPinsWork *work = data;
  const GError *error = fovea_pins_work_get_error (work);
  GBytes *bytes = fovea_pins_work_get_preview (work);

  if (error != NULL && g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    show_message (self, "Stopped; nothing was written");
  else if (error != NULL)
    {
      g_autofree char *text = g_strdup_printf ("No figure: %s", error->message);

      show_message (self, text);
    }
  else if (fovea_pins_work_get_path (work) != NULL && bytes != NULL)
    {
      g_autofree char *shown = g_filename_display_basename (fovea_pins_work_get_path (work));
      g_autofree char *text = g_strdup_printf ("%s %s%s, and beside it a JSON file from which “fovea figure” makes it again", fovea_pins_work_is_stopped (work) ? "Stopped; saved" : "Saved",
                                               shown, fovea_pins_work_is_stopped (work) ? " as it was then" : "");

      show_message (self, text);
    }
  else if (fovea_pins_work_is_stopped (work))
    show_message (self, "Stopped; this is how far it was");
  if (error == NULL && bytes != NULL)
    {
      g_autoptr (GdkTexture) texture = gdk_texture_new_from_bytes (bytes, NULL);

      gtk_picture_set_paintable (GTK_PICTURE (self->preview), GDK_PAINTABLE (texture));
      gtk_widget_set_visible (self->preview, TRUE);
    }
  g_clear_object (&self->job);
  update_buttons (self);
}

static void
start (FoveaPinsView *self, const char *path)
{
  const FoveaPinsFigure settings = {
    .visualization = gtk_check_button_get_active (GTK_CHECK_BUTTON (self->visualization)),
    .images = gtk_check_button_get_active (GTK_CHECK_BUTTON (self->patches)) ? fovea_image_sets_get_current (self->sets) : NULL,
    .count = PATCHES,
    .width_mm = gtk_spin_button_get_value (GTK_SPIN_BUTTON (self->width)),
  };
  FoveaFigureRecord *record;
  GPtrArray *networks;

  if (self->job != NULL || self->pins == NULL || fovea_pins_get_n (self->pins) == 0 || (!settings.visualization && settings.images == NULL))
    return;
  record = fovea_pins_export_describe (self->pins, self->pair, &settings, &networks);
  if (path != NULL)
    {
      g_free (record->figure);
      record->figure = g_path_get_basename (path);
    }
  show_message (self, "");
  gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (self->progress), 0);
  self->job = fovea_job_queue_push (self->queue, FOVEA_JOB_PRIORITY_VISIBLE, fovea_pins_work_run, on_update, on_done,
                                    fovea_pins_work_new (record, networks, self->store, path),
                                    (GDestroyNotify) fovea_pins_work_free);
  g_object_set_data (G_OBJECT (self->job), "view", self);
  update_buttons (self);
}

static void
on_response (FoveaPinsView *self, int response)
{
  g_autoptr (GFile) file = response == GTK_RESPONSE_ACCEPT ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (self->dialog)) : NULL;
  g_autofree char *path = file != NULL ? g_file_get_path (file) : NULL;

  g_clear_object (&self->dialog);
  if (path != NULL)
    fovea_pins_view_export (self, path);
}

static void
on_export_clicked (FoveaPinsView *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  g_clear_object (&self->dialog);
  self->dialog = gtk_file_chooser_native_new ("Export figure", GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, GTK_FILE_CHOOSER_ACTION_SAVE, "_Save", "_Cancel");
  for (guint i = 0; fovea_figure_endings[i] != NULL; i++)
    {
      static const char *const names[] = { "Pictures (PNG)", "Documents (PDF)", "Drawings (SVG)" };
      g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();
      g_autofree char *pattern = g_strconcat ("*", fovea_figure_endings[i], NULL);

      gtk_file_filter_set_name (filter, names[i]);
      gtk_file_filter_add_pattern (filter, pattern);
      gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (self->dialog), filter);
    }
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->dialog), TRUE);
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (self->dialog), "pins.pdf");
  g_signal_connect_swapped (self->dialog, "response", G_CALLBACK (on_response), self);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->dialog));
}

static void
set_neuron (FoveaNeuronView *view, FoveaNetworkPair *pair, const char *layer, const guint channels[FOVEA_N_SIDES])
{
  FoveaPinsView *self = FOVEA_PINS_VIEW (view);

  if (pair == self->pair)
    {
      rebuild (self);
      return;
    }
  fovea_queued_job_clear (&self->job);
  if (self->pins != NULL)
    g_signal_handlers_disconnect_by_data (self->pins, self);
  g_clear_object (&self->pins);
  g_set_object (&self->pair, pair);
  if (pair != NULL)
    {
      self->pins = g_object_ref (fovea_pins_get (pair));
      g_signal_connect_swapped (self->pins, "changed", G_CALLBACK (rebuild), self);
    }
  gtk_widget_set_visible (self->preview, FALSE);
  show_message (self, "");
  rebuild (self);
}

static void
fovea_pins_view_neuron_view_init (FoveaNeuronViewInterface *interface)
{
  interface->set_neuron = set_neuron;
}

static void
fovea_pins_view_dispose (GObject *object)
{
  FoveaPinsView *self = FOVEA_PINS_VIEW (object);
  GtkWidget *child;

  fovea_queued_job_clear (&self->job);
  if (self->pins != NULL)
    g_signal_handlers_disconnect_by_data (self->pins, self);
  g_clear_object (&self->pins);
  g_clear_object (&self->pair);
  g_clear_object (&self->dialog);
  g_clear_object (&self->queue);
  g_clear_object (&self->sets);
  g_clear_pointer (&self->store, fovea_store_unref);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (fovea_pins_view_parent_class)->dispose (object);
}

static void
fovea_pins_view_class_init (FoveaPinsViewClass *class)
{
  G_OBJECT_CLASS (class)->dispose = fovea_pins_view_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (class), GTK_TYPE_BIN_LAYOUT);
  activated_signal = g_signal_new ("neuron-activated", FOVEA_TYPE_PINS_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_UINT);
}

/* What the figure shows, and below, what makes it: in one row it would leave no room for the sidebar. */
static GtkWidget *
create_toolbar (FoveaPinsView *self)
{
  GtkWidget *both = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *actions = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *width_label = gtk_label_new_with_mnemonic ("_Width in mm");
  GtkWidget *chooser = fovea_image_set_chooser_new ();
  GtkWidget *space = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);

  gtk_widget_add_css_class (box, "toolbar");
  gtk_widget_add_css_class (actions, "toolbar");
  gtk_box_append (GTK_BOX (both), box);
  gtk_box_append (GTK_BOX (both), actions);
  self->visualization = gtk_check_button_new_with_mnemonic ("_Optimized images");
  self->patches = gtk_check_button_new_with_mnemonic ("_Top patches in");
  gtk_check_button_set_active (GTK_CHECK_BUTTON (self->visualization), TRUE);
  g_signal_connect_swapped (self->visualization, "toggled", G_CALLBACK (update_buttons), self);
  g_signal_connect_swapped (self->patches, "toggled", G_CALLBACK (update_buttons), self);
  fovea_image_set_chooser_set_sets (FOVEA_IMAGE_SET_CHOOSER (chooser), self->sets);
  gtk_widget_set_valign (chooser, GTK_ALIGN_CENTER);
  self->width = gtk_spin_button_new_with_range (FOVEA_FIGURE_MINIMUM_WIDTH, FOVEA_FIGURE_MAXIMUM_WIDTH, 5);
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (self->width), 170);
  gtk_widget_set_valign (self->width, GTK_ALIGN_CENTER);
  gtk_label_set_mnemonic_widget (GTK_LABEL (width_label), self->width);
  gtk_widget_set_hexpand (space, TRUE);
  self->preview_button = gtk_button_new_with_mnemonic ("P_review");
  gtk_widget_set_valign (self->preview_button, GTK_ALIGN_CENTER);
  g_signal_connect_swapped (self->preview_button, "clicked", G_CALLBACK (fovea_pins_view_preview), self);
  self->export_button = gtk_button_new_with_mnemonic ("_Export figure…");
  gtk_widget_set_valign (self->export_button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (self->export_button, "suggested-action");
  g_signal_connect_swapped (self->export_button, "clicked", G_CALLBACK (on_export_clicked), self);

  gtk_box_append (GTK_BOX (box), self->visualization);
  gtk_box_append (GTK_BOX (box), self->patches);
  gtk_box_append (GTK_BOX (box), chooser);
  gtk_box_append (GTK_BOX (actions), width_label);
  gtk_box_append (GTK_BOX (actions), self->width);
  gtk_box_append (GTK_BOX (actions), space);
  gtk_box_append (GTK_BOX (actions), self->preview_button);
  gtk_box_append (GTK_BOX (actions), self->export_button);
  return both;
}

static GtkWidget *
create_progress (FoveaPinsView *self)
{
  GtkWidget *stop = gtk_button_new_with_mnemonic ("_Stop");

  self->progress_box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  self->progress = gtk_progress_bar_new ();
  gtk_widget_set_hexpand (self->progress, TRUE);
  gtk_widget_set_valign (self->progress, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->progress), GTK_ACCESSIBLE_PROPERTY_LABEL, "Progress of the figure", -1);
  g_signal_connect_swapped (stop, "clicked", G_CALLBACK (fovea_pins_view_stop), self);
  gtk_box_append (GTK_BOX (self->progress_box), self->progress);
  gtk_box_append (GTK_BOX (self->progress_box), stop);
  gtk_widget_set_margin_start (self->progress_box, 12);
  gtk_widget_set_margin_end (self->progress_box, 12);
  return self->progress_box;
}

static GtkWidget *
create_list (FoveaPinsView *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 18);
  GtkWidget *clamp = adw_clamp_new ();
  GtkWidget *scroller = gtk_scrolled_window_new ();

  self->list = GTK_LIST_BOX (gtk_list_box_new ());
  gtk_list_box_set_selection_mode (self->list, GTK_SELECTION_NONE);
  gtk_widget_add_css_class (GTK_WIDGET (self->list), "boxed-list");
  self->preview = gtk_picture_new ();
  gtk_picture_set_can_shrink (GTK_PICTURE (self->preview), TRUE);
  gtk_widget_set_visible (self->preview, FALSE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->preview), GTK_ACCESSIBLE_PROPERTY_LABEL, "The figure", -1);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->list));
  gtk_box_append (GTK_BOX (box), self->preview);
  gtk_widget_set_margin_top (box, 18);
  gtk_widget_set_margin_bottom (box, 18);
  gtk_widget_set_margin_start (box, 12);
  gtk_widget_set_margin_end (box, 12);
  adw_clamp_set_maximum_size (ADW_CLAMP (clamp), 900);
  adw_clamp_set_child (ADW_CLAMP (clamp), box);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), clamp);
  return scroller;
}

static void
fovea_pins_view_init (FoveaPinsView *self)
{
}

static void
fill (FoveaPinsView *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *empty = adw_status_page_new ();

  gtk_box_append (GTK_BOX (box), create_toolbar (self));
  gtk_box_append (GTK_BOX (box), create_progress (self));
  self->message = gtk_label_new (NULL);
  gtk_label_set_wrap (GTK_LABEL (self->message), TRUE);
  gtk_widget_set_visible (self->message, FALSE);
  gtk_widget_set_margin_top (self->message, 6);
  gtk_widget_set_margin_bottom (self->message, 6);
  gtk_box_append (GTK_BOX (box), self->message);
  gtk_box_append (GTK_BOX (box), gtk_separator_new (GTK_ORIENTATION_HORIZONTAL));
  adw_status_page_set_icon_name (ADW_STATUS_PAGE (empty), "view-pin-symbolic");
  adw_status_page_set_title (ADW_STATUS_PAGE (empty), "No pins");
  adw_status_page_set_description (ADW_STATUS_PAGE (empty), "Press P on a neuron’s page to pin it. Pinned neurons become the rows of a figure.");
  self->stack = GTK_STACK (gtk_stack_new ());
  gtk_widget_set_vexpand (GTK_WIDGET (self->stack), TRUE);
  gtk_stack_add_named (self->stack, empty, "empty");
  gtk_stack_add_named (self->stack, create_list (self), "pins");
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->stack));
  gtk_widget_set_parent (box, GTK_WIDGET (self));
  rebuild (self);
}

/**
 * fovea_pins_view_new:
 * @queue: where figures are made
 * @store: (nullable): where results are kept
 * @sets: the image sets to choose from
 */
GtkWidget *
fovea_pins_view_new (FoveaJobQueue *queue, FoveaStore *store, FoveaImageSets *sets)
{
  FoveaPinsView *self = g_object_new (FOVEA_TYPE_PINS_VIEW, NULL);

  self->queue = g_object_ref (queue);
  self->store = store != NULL ? fovea_store_ref (store) : NULL;
  self->sets = g_object_ref (sets);
  fill (self);
  return GTK_WIDGET (self);
}

/**
 * fovea_pins_view_set_columns:
 * @visualization: whether the figure shows the optimized images
 * @patches: whether it shows the top patches in the current image set
 * @width_mm: how wide it is on paper
 */
void
fovea_pins_view_set_columns (FoveaPinsView *self, gboolean visualization, gboolean patches, double width_mm)
{
  gtk_check_button_set_active (GTK_CHECK_BUTTON (self->visualization), visualization);
  gtk_check_button_set_active (GTK_CHECK_BUTTON (self->patches), patches);
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (self->width), width_mm);
}

/**
 * fovea_pins_view_preview:
 *
 * Makes the figure and shows it below the pins.
 */
void
fovea_pins_view_preview (FoveaPinsView *self)
{
  start (self, NULL);
}

/**
 * fovea_pins_view_export:
 * @path: the figure's file, whose ending says the form
 *
 * Makes the figure and writes it with its record.
 */
void
fovea_pins_view_export (FoveaPinsView *self, const char *path)
{
  FoveaFigureFormat format;
  g_autoptr (GError) error = NULL;

  if (fovea_figure_format_from_path (path, &format, &error))
    start (self, path);
  else
    show_message (self, error->message);
}

/**
 * fovea_pins_view_stop:
 *
 * Stops the figure that is being made.
 */
void
fovea_pins_view_stop (FoveaPinsView *self)
{
  if (self->job != NULL)
    fovea_queued_job_cancel (self->job);
}

/**
 * fovea_pins_view_is_busy:
 *
 * Returns: whether a figure is being made
 */
gboolean
fovea_pins_view_is_busy (FoveaPinsView *self)
{
  return self->job != NULL;
}

/**
 * fovea_pins_view_get_progress:
 *
 * Returns: how much of the figure is made, in [0,1]
 */
double
fovea_pins_view_get_progress (FoveaPinsView *self)
{
  return gtk_progress_bar_get_fraction (GTK_PROGRESS_BAR (self->progress));
}

/**
 * fovea_pins_view_get_preview:
 *
 * Returns: (transfer none) (nullable): the figure that is shown
 */
GdkPaintable *
fovea_pins_view_get_preview (FoveaPinsView *self)
{
  return gtk_widget_get_visible (self->preview) ? gtk_picture_get_paintable (GTK_PICTURE (self->preview)) : NULL;
}

/**
 * fovea_pins_view_get_message:
 *
 * Returns: what is said about the last figure; may be empty
 */
const char *
fovea_pins_view_get_message (FoveaPinsView *self)
{
  return gtk_label_get_label (GTK_LABEL (self->message));
}
