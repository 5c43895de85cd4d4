/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/neuron-page.h"

#include <adwaita.h>

#include "ui/visualization-export.h"

struct _FoveaNeuronPage
{
  GtkWidget parent_instance;

  AdwToastOverlay *toasts;
  GtkWidget *title;
  GtkWidget *facts;
  GtkWidget *channel_entry;
  FoveaVisualizationView *visualization;

  FoveaNetworkPair *pair; /* nullable: nothing to show */
  char *layer;
  guint channel;
  guint n_channels;
  GtkFileChooserNative *dialog; /* while it is open */
  GFile *folder;                /* nullable: where something was saved last */
  GCancellable *export_cancellable;
};

G_DEFINE_FINAL_TYPE (FoveaNeuronPage, fovea_neuron_page, GTK_TYPE_WIDGET)

enum
{
  PROP_0,
  PROP_CHANNEL,
  N_PROPERTIES
};

static GParamSpec *properties[N_PROPERTIES];

/* What a worker makes a picture of; the runs have ended, so nothing changes them. */
typedef struct
{
  FoveaVisualizationRun *runs[FOVEA_N_SIDES]; /* each nullable */
  char *path;                                 /* NULL for the clipboard */
} Export;

static void
export_free (Export *export)
{
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    g_clear_object (&export->runs[side]);
  g_free (export->path);
  g_free (export);
}

static Export *
export_new (FoveaNeuronPage *self, const char *path)
{
  Export *export = g_new0 (Export, 1);

  export->path = g_strdup (path);
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    {
      FoveaVisualizationRun *run = fovea_visualization_view_get_run (self->visualization, side);

      export->runs[side] = run != NULL ? g_object_ref (run) : NULL;
    }
  return export;
}

static void
say (FoveaNeuronPage *self, const char *text)
{
  g_autofree char *markup = g_markup_escape_text (text, -1);

  adw_toast_overlay_add_toast (self->toasts, adw_toast_new (markup));
}

static void
save_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Export *export = data;
  GError *error = NULL;

  if (fovea_visualization_export_save (export->runs, FOVEA_N_SIDES, export->path, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
on_saved (GObject *source, GAsyncResult *result, gpointer data)
{
  FoveaNeuronPage *self = FOVEA_NEURON_PAGE (source);
  const Export *export = g_task_get_task_data (G_TASK (result));
  g_autofree char *name = g_path_get_basename (export->path);
  g_autofree char *shown = g_filename_display_name (name);
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  if (g_task_propagate_boolean (G_TASK (result), &error))
    text = g_strdup_printf ("Saved %s", shown);
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  else
    text = g_strdup_printf ("Not saved: %s", error->message);
  say (self, text);
}

static void
copy_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Export *export = data;
  GError *error = NULL;
  g_autoptr (FoveaFigure) figure = fovea_visualization_export_draw (export->runs, FOVEA_N_SIDES, &error);
  g_autoptr (GBytes) bytes = figure != NULL ? fovea_figure_render (figure, FOVEA_FIGURE_PNG, &error) : NULL;
  g_autoptr (GdkTexture) texture = bytes != NULL ? gdk_texture_new_from_bytes (bytes, &error) : NULL;

  if (texture != NULL)
    g_task_return_pointer (task, g_steal_pointer (&texture), g_object_unref);
  else
    g_task_return_error (task, error);
}

static void
on_copied (GObject *source, GAsyncResult *result, gpointer data)
{
  FoveaNeuronPage *self = FOVEA_NEURON_PAGE (source);
  g_autoptr (GError) error = NULL;
  g_autoptr (GdkTexture) texture = g_task_propagate_pointer (G_TASK (result), &error);

  if (texture != NULL)
    {
      gdk_clipboard_set_texture (gtk_widget_get_clipboard (GTK_WIDGET (self)), texture);
      say (self, "Copied the picture of both networks");
    }
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    say (self, error->message);
}

static void
export_in_thread (FoveaNeuronPage *self, const char *path, GTaskThreadFunc function, GAsyncReadyCallback done)
{
  g_autoptr (GTask) task = g_task_new (self, self->export_cancellable, done, NULL);

  g_task_set_source_tag (task, export_in_thread);
  g_task_set_task_data (task, export_new (self, path), (GDestroyNotify) export_free);
  g_task_run_in_thread (task, function);
}

static gboolean
can_export (FoveaNeuronPage *self)
{
  FoveaVisualizationRun *runs[FOVEA_N_SIDES];

  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    {
      runs[side] = fovea_visualization_view_get_run (self->visualization, side);
      if (runs[side] != NULL && fovea_visualization_run_is_active (runs[side]))
        return FALSE;
    }
  return fovea_visualization_export_can (runs, FOVEA_N_SIDES);
}

static void
update_actions (FoveaNeuronPage *self)
{
  gboolean can = can_export (self);

  gtk_widget_action_set_enabled (GTK_WIDGET (self), "neuron.save", can);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "neuron.copy", can);
}

static void
on_dialog_response (FoveaNeuronPage *self, int response)
{
  g_autoptr (GtkFileChooserNative) dialog = g_steal_pointer (&self->dialog);

  if (response == GTK_RESPONSE_ACCEPT)
    {
      g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));

      if (file != NULL)
        fovea_neuron_page_save (self, file);
    }
}

static void
add_filter (GtkFileChooser *chooser, const char *name, const char *pattern)
{
  g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();

  gtk_file_filter_set_name (filter, name);
  gtk_file_filter_add_pattern (filter, pattern);
  gtk_file_chooser_add_filter (chooser, filter);
}

static void
save (GtkWidget *widget, const char *action, GVariant *parameter)
{
  FoveaNeuronPage *self = FOVEA_NEURON_PAGE (widget);
  GtkRoot *root = gtk_widget_get_root (widget);
  FoveaVisualizationRun *runs[FOVEA_N_SIDES];
  g_autofree char *name = NULL;

  if (self->dialog != NULL || !can_export (self))
    return;
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    runs[side] = fovea_visualization_view_get_run (self->visualization, side);
  name = fovea_visualization_export_suggest_name (runs, FOVEA_N_SIDES);

  self->dialog = gtk_file_chooser_native_new ("Save picture", GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL,
                                              GTK_FILE_CHOOSER_ACTION_SAVE, "_Save", "_Cancel");
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->dialog), TRUE);
  add_filter (GTK_FILE_CHOOSER (self->dialog), "Pictures (PNG)", "*.png");
  add_filter (GTK_FILE_CHOOSER (self->dialog), "Documents (PDF)", "*.pdf");
  add_filter (GTK_FILE_CHOOSER (self->dialog), "Drawings (SVG)", "*.svg");
  if (self->folder != NULL)
    gtk_file_chooser_set_current_folder (GTK_FILE_CHOOSER (self->dialog), self->folder, NULL);
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (self->dialog), name);
  g_signal_connect_swapped (self->dialog, "response", G_CALLBACK (on_dialog_response), self);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->dialog));
}

static void
copy (GtkWidget *widget, const char *action, GVariant *parameter)
{
  FoveaNeuronPage *self = FOVEA_NEURON_PAGE (widget);

  if (can_export (self))
    export_in_thread (self, NULL, copy_in_thread, on_copied);
}

static void
show_channel (FoveaNeuronPage *self)
{
  g_autofree char *text = self->pair != NULL ? g_strdup_printf ("%u", self->channel) : g_strdup ("");

  gtk_editable_set_text (GTK_EDITABLE (self->channel_entry), text);
  gtk_widget_remove_css_class (self->channel_entry, "error");
}

/* Enter in the channel's entry. What is no channel of this layer stays, to be mended. */
static void
on_channel_entered (FoveaNeuronPage *self)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->channel_entry));
  guint64 channel;

  if (self->pair == NULL || self->n_channels == 0)
    return;
  if (!g_ascii_string_to_unsigned (text, 10, 0, self->n_channels - 1, &channel, NULL))
    {
      g_autofree char *message = g_strdup_printf ("%s has channels 0 to %u", self->layer, self->n_channels - 1);

      gtk_widget_add_css_class (self->channel_entry, "error");
      say (self, message);
      return;
    }
  fovea_neuron_page_set_neuron (self, self->pair, self->layer, (guint) channel);
  show_channel (self);
  gtk_widget_grab_focus (GTK_WIDGET (self));
}

/* Leaving the entry without Enter gives up what was typed. */
static void
on_entry_left (FoveaNeuronPage *self)
{
  show_channel (self);
}

/* What is worth knowing of a layer: `Conv · 160 channels · map 8 × 8 · receptive field 47 × 47 pixels`. */
static char *
describe_layer (FoveaNetwork *network, guint layer, guint channel)
{
  FoveaGraph *graph = fovea_network_get_graph (network);
  const FoveaShape *shape = fovea_graph_get_shape (graph, layer);
  const FoveaShape *input = fovea_graph_get_input_shape (graph);
  const FoveaReceptiveField *field = fovea_graph_get_receptive_field (graph, layer);
  GString *text = g_string_new (NULL);

  if (shape->flat && (guint64) shape->channels == fovea_network_get_n_classes (network) && channel < shape->channels)
    g_string_append_printf (text, "class “%s” · ", fovea_network_get_classes (network)[channel]);
  g_string_append_printf (text, "%s · %" G_GINT64_FORMAT " %s", fovea_graph_get_node (graph, layer)->operator->name, shape->channels,
                          shape->flat ? "units" : "channels");
  if (!shape->flat)
    g_string_append_printf (text, " · map %" G_GINT64_FORMAT " × %" G_GINT64_FORMAT, shape->height, shape->width);
  if (field->size[0] >= input->height && field->size[1] >= input->width)
    g_string_append (text, " · sees the whole image");
  else
    g_string_append_printf (text, " · receptive field %" G_GINT64_FORMAT " × %" G_GINT64_FORMAT " pixels", field->size[0], field->size[1]);
  return g_string_free (text, FALSE);
}

static void
update_header (FoveaNeuronPage *self)
{
  g_autofree char *title = self->pair != NULL ? g_strdup_printf ("%s:%u", self->layer, self->channel) : g_strdup ("");
  g_autofree char *facts = NULL;

  self->n_channels = 0;
  for (guint side = 0; self->pair != NULL && side < FOVEA_N_SIDES && facts == NULL; side++)
    {
      FoveaNetwork *network = fovea_network_pair_get_network (self->pair, side);
      int layer;

      if (fovea_graph_find (fovea_network_get_graph (network), self->layer, &layer, NULL) && layer >= 0)
        {
          facts = describe_layer (network, (guint) layer, self->channel);
          self->n_channels = (guint) fovea_graph_get_shape (fovea_network_get_graph (network), (guint) layer)->channels;
        }
    }

  gtk_label_set_label (GTK_LABEL (self->title), title);
  gtk_label_set_label (GTK_LABEL (self->facts), facts != NULL ? facts : "");
  gtk_widget_set_tooltip_text (self->facts, facts);
  show_channel (self);
}

static gboolean
fovea_neuron_page_grab_focus (GtkWidget *widget)
{
  fovea_visualization_view_focus_run (FOVEA_NEURON_PAGE (widget)->visualization);
  return TRUE;
}

static void
fovea_neuron_page_get_property (GObject *object, guint id, GValue *value, GParamSpec *spec)
{
  g_assert (id == PROP_CHANNEL);
  g_value_set_uint (value, FOVEA_NEURON_PAGE (object)->channel);
}

static void
fovea_neuron_page_dispose (GObject *object)
{
  FoveaNeuronPage *self = FOVEA_NEURON_PAGE (object);
  GtkWidget *child;

  g_cancellable_cancel (self->export_cancellable);
  if (self->dialog != NULL)
    gtk_native_dialog_destroy (GTK_NATIVE_DIALOG (self->dialog));
  g_clear_object (&self->dialog);
  if (self->visualization != NULL)
    g_signal_handlers_disconnect_by_data (self->visualization, self);
  self->visualization = NULL;
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&self->pair);
  g_clear_object (&self->folder);
  G_OBJECT_CLASS (fovea_neuron_page_parent_class)->dispose (object);
}

static void
fovea_neuron_page_finalize (GObject *object)
{
  FoveaNeuronPage *self = FOVEA_NEURON_PAGE (object);

  g_clear_object (&self->export_cancellable);
  g_free (self->layer);
  G_OBJECT_CLASS (fovea_neuron_page_parent_class)->finalize (object);
}

static void
fovea_neuron_page_class_init (FoveaNeuronPageClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  object_class->get_property = fovea_neuron_page_get_property;
  object_class->dispose = fovea_neuron_page_dispose;
  object_class->finalize = fovea_neuron_page_finalize;
  widget_class->grab_focus = fovea_neuron_page_grab_focus;

  properties[PROP_CHANNEL] = g_param_spec_uint ("channel", NULL, NULL, 0, G_MAXUINT, 0, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);

  g_type_ensure (FOVEA_TYPE_VISUALIZATION_VIEW);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/fovea/Fovea/neuron-page.ui");
  gtk_widget_class_bind_template_child (widget_class, FoveaNeuronPage, toasts);
  gtk_widget_class_bind_template_child (widget_class, FoveaNeuronPage, title);
  gtk_widget_class_bind_template_child (widget_class, FoveaNeuronPage, facts);
  gtk_widget_class_bind_template_child (widget_class, FoveaNeuronPage, channel_entry);
  gtk_widget_class_bind_template_child (widget_class, FoveaNeuronPage, visualization);

  gtk_widget_class_install_action (widget_class, "neuron.save", NULL, save);
  gtk_widget_class_install_action (widget_class, "neuron.copy", NULL, copy);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_s, GDK_CONTROL_MASK, "neuron.save", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_c, GDK_CONTROL_MASK, "neuron.copy", NULL);
}

static void
fovea_neuron_page_init (FoveaNeuronPage *self)
{
  GtkEventController *focus = gtk_event_controller_focus_new ();

  self->export_cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_swapped (self->channel_entry, "activate", G_CALLBACK (on_channel_entered), self);
  g_signal_connect_swapped (focus, "leave", G_CALLBACK (on_entry_left), self);
  gtk_widget_add_controller (self->channel_entry, focus);
  g_signal_connect_swapped (self->visualization, "notify::running", G_CALLBACK (update_actions), self);
  update_actions (self);
}

/**
 * fovea_neuron_page_new:
 *
 * An empty page: fovea_neuron_page_set_neuron() fills it.
 */
GtkWidget *
fovea_neuron_page_new (void)
{
  return g_object_new (FOVEA_TYPE_NEURON_PAGE, NULL);
}

/**
 * fovea_neuron_page_set_neuron:
 * @pair: the networks
 * @layer: a layer's name; a network that lacks it says so in its half
 * @channel: the channel, the same in both networks
 *
 * Shows a neuron. What was computed for the one before is cancelled.
 */
void
fovea_neuron_page_set_neuron (FoveaNeuronPage *self, FoveaNetworkPair *pair, const char *layer, guint channel)
{
  g_return_if_fail (FOVEA_IS_NEURON_PAGE (self));
  g_return_if_fail (FOVEA_IS_NETWORK_PAIR (pair) && layer != NULL);

  if (self->pair == pair && self->channel == channel && g_strcmp0 (self->layer, layer) == 0)
    return;
  g_set_object (&self->pair, pair);
  if (layer != self->layer)
    {
      g_free (self->layer);
      self->layer = g_strdup (layer);
    }
  self->channel = channel;
  update_header (self);
  fovea_visualization_view_set_neuron (self->visualization, pair, self->layer, channel);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CHANNEL]);
}

/**
 * fovea_neuron_page_clear:
 *
 * Lets go of the networks; whatever runs is cancelled.
 */
void
fovea_neuron_page_clear (FoveaNeuronPage *self)
{
  g_return_if_fail (FOVEA_IS_NEURON_PAGE (self));
  fovea_visualization_view_clear (self->visualization);
  g_clear_object (&self->pair);
  g_clear_pointer (&self->layer, g_free);
  self->channel = 0;
  update_header (self);
}

/**
 * fovea_neuron_page_get_pair:
 *
 * Returns: (nullable) (transfer none)
 */
FoveaNetworkPair *
fovea_neuron_page_get_pair (FoveaNeuronPage *self)
{
  g_return_val_if_fail (FOVEA_IS_NEURON_PAGE (self), NULL);
  return self->pair;
}

/**
 * fovea_neuron_page_get_layer:
 *
 * Returns: (nullable) (transfer none): the layer's name
 */
const char *
fovea_neuron_page_get_layer (FoveaNeuronPage *self)
{
  g_return_val_if_fail (FOVEA_IS_NEURON_PAGE (self), NULL);
  return self->layer;
}

/**
 * fovea_neuron_page_get_channel:
 */
guint
fovea_neuron_page_get_channel (FoveaNeuronPage *self)
{
  g_return_val_if_fail (FOVEA_IS_NEURON_PAGE (self), 0);
  return self->channel;
}

/**
 * fovea_neuron_page_get_n_channels:
 *
 * Returns: how many channels the layer has; 0 where neither network has the layer
 */
guint
fovea_neuron_page_get_n_channels (FoveaNeuronPage *self)
{
  g_return_val_if_fail (FOVEA_IS_NEURON_PAGE (self), 0);
  return self->n_channels;
}

/**
 * fovea_neuron_page_get_facts:
 *
 * Returns: (transfer none): what is said about the layer
 */
const char *
fovea_neuron_page_get_facts (FoveaNeuronPage *self)
{
  g_return_val_if_fail (FOVEA_IS_NEURON_PAGE (self), NULL);
  return gtk_label_get_label (GTK_LABEL (self->facts));
}

/**
 * fovea_neuron_page_get_visualization:
 *
 * Returns: (transfer none): the view that grows images
 */
FoveaVisualizationView *
fovea_neuron_page_get_visualization (FoveaNeuronPage *self)
{
  g_return_val_if_fail (FOVEA_IS_NEURON_PAGE (self), NULL);
  return self->visualization;
}

/**
 * fovea_neuron_page_save:
 * @file: a local file, ending in `.png`, `.pdf` or `.svg`; without an ending it becomes a PNG
 *
 * Saves the pictures as they are now, in the background, and says when it is done or why it failed.
 */
void
fovea_neuron_page_save (FoveaNeuronPage *self, GFile *file)
{
  g_autofree char *path = g_file_get_path (file);
  g_autofree char *name = path != NULL ? g_path_get_basename (path) : NULL;

  g_return_if_fail (FOVEA_IS_NEURON_PAGE (self));

  if (path == NULL)
    {
      say (self, "Pictures can only be saved in a folder of this computer");
      return;
    }
  if (!can_export (self))
    {
      say (self, "There is no picture to save yet");
      return;
    }
  if (strchr (name, '.') == NULL)
    {
      char *with_ending = g_strconcat (path, ".png", NULL);

      g_free (path);
      path = with_ending;
    }
  g_clear_object (&self->folder);
  self->folder = g_file_get_parent (file);
  export_in_thread (self, path, save_in_thread, on_saved);
}
