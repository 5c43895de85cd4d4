/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/neuron-page.h"

#include <adwaita.h>

#include "ui/application.h"
#include "ui/counterpart-button.h"
#include "ui/neuron-view.h"
#include "ui/pins.h"

struct _FoveaNeuronPage
{
  GtkWidget parent_instance;

  AdwToastOverlay *toasts;
  GtkWidget *title;
  GtkWidget *facts;
  GtkWidget *channel_entry;
  FoveaCounterpartButton *counterpart;
  GtkWidget *pin_button;
  GtkWidget *switcher;
  AdwViewStack *views;
  FoveaVisualizationView *visualization;

  FoveaLayerScans *scans; /* nullable */
  FoveaNetworkPair *pair; /* nullable: nothing to show */
  FoveaPins *pins;        /* nullable: the pair's */
  char *layer;
  guint channels[FOVEA_N_SIDES];
  guint n_channels;
  GHashTable *told;        /* (element-type FoveaNeuronView): those that know the neuron; not owned */
  FoveaNeuronView *active; /* nullable: the one that people see; not owned */
};

G_DEFINE_FINAL_TYPE (FoveaNeuronPage, fovea_neuron_page, GTK_TYPE_WIDGET)

enum
{
  PROP_0,
  PROP_CHANNEL,
  N_PROPERTIES
};

static GParamSpec *properties[N_PROPERTIES];

static void
say (FoveaNeuronPage *self, const char *text)
{
  g_autofree char *markup = g_markup_escape_text (text, -1);

  adw_toast_overlay_add_toast (self->toasts, adw_toast_new (markup));
}

/* The view that people see; NULL while the page is taken apart. */
static FoveaNeuronView *
get_view (FoveaNeuronPage *self)
{
  GtkWidget *child = self->views != NULL ? adw_view_stack_get_visible_child (self->views) : NULL;

  return child != NULL ? FOVEA_NEURON_VIEW (child) : NULL;
}

static FoveaPicture *
take_picture (FoveaNeuronPage *self)
{
  FoveaNeuronView *view = get_view (self);

  return view != NULL ? fovea_neuron_view_take_picture (view) : NULL;
}

static void
update_actions (FoveaNeuronPage *self)
{
  g_autoptr (FoveaPicture) picture = take_picture (self);

  gtk_widget_action_set_enabled (GTK_WIDGET (self), "neuron.save", picture != NULL);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "neuron.copy", picture != NULL);
}

static void
show_pin (FoveaNeuronPage *self)
{
  gboolean pinned = self->pins != NULL && fovea_pins_find (self->pins, self->layer, self->channels) >= 0;

  gtk_button_set_label (GTK_BUTTON (self->pin_button), pinned ? "Un_pin" : "_Pin");
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "neuron.pin", self->pins != NULL);
}

static void
pin (GtkWidget *widget, const char *action, GVariant *parameter)
{
  FoveaNeuronPage *self = FOVEA_NEURON_PAGE (widget);
  int index;

  if (self->pins == NULL)
    return;
  index = fovea_pins_find (self->pins, self->layer, self->channels);
  if (index >= 0)
    fovea_pins_remove (self->pins, (guint) index);
  else if (!fovea_pins_add (self->pins, self->layer, self->channels))
    say (self, "There are as many pins as a figure can have; unpin some under Pins");
  if (fovea_pins_get_error (self->pins) != NULL)
    say (self, fovea_pins_get_error (self->pins));
}

/* Follows the pins of the page's pair. */
static void
update_pins (FoveaNeuronPage *self)
{
  FoveaPins *pins = self->pair != NULL ? fovea_pins_get (self->pair) : NULL;

  if (pins != self->pins)
    {
      if (self->pins != NULL)
        g_signal_handlers_disconnect_by_data (self->pins, self);
      g_set_object (&self->pins, pins);
      if (pins != NULL)
        g_signal_connect_swapped (pins, "changed", G_CALLBACK (show_pin), self);
    }
  show_pin (self);
}

static void
save (GtkWidget *widget, const char *action, GVariant *parameter)
{
  FoveaNeuronPage *self = FOVEA_NEURON_PAGE (widget);
  FoveaPicture *picture = take_picture (self);

  if (picture != NULL)
    fovea_picture_save_as (picture, GTK_WIDGET (self->toasts), "Save picture");
}

static void
copy (GtkWidget *widget, const char *action, GVariant *parameter)
{
  FoveaNeuronPage *self = FOVEA_NEURON_PAGE (widget);
  FoveaPicture *picture = take_picture (self);

  if (picture != NULL)
    fovea_picture_copy (picture, GTK_WIDGET (self->toasts));
}

/* Tells the view that people see of the neuron, unless it knows. */
static void
update_view (FoveaNeuronPage *self)
{
  FoveaNeuronView *view = get_view (self);
  gboolean mapped = gtk_widget_get_mapped (GTK_WIDGET (self));

  if (self->active != NULL && (self->active != view || !mapped))
    {
      fovea_neuron_view_set_active (self->active, FALSE);
      self->active = NULL;
    }
  if (view != NULL && self->pair != NULL && g_hash_table_add (self->told, view))
    fovea_neuron_view_set_neuron (view, self->pair, self->layer, self->channels);
  if (view != NULL && mapped && self->active != view)
    {
      self->active = view;
      fovea_neuron_view_set_active (view, TRUE);
    }
  update_actions (self);
}

static void
on_tab_changed (FoveaNeuronPage *self)
{
  FoveaSettings *settings = fovea_application_get_settings ();

  update_view (self);
  if (settings != NULL && adw_view_stack_get_visible_child_name (self->views) != NULL)
    fovea_settings_set_string (settings, "tab", adw_view_stack_get_visible_child_name (self->views));
}

static void
show_tab (GtkWidget *widget, const char *action, GVariant *parameter)
{
  FoveaNeuronPage *self = FOVEA_NEURON_PAGE (widget);
  g_autoptr (GtkSelectionModel) pages = adw_view_stack_get_pages (self->views);
  guint index = g_variant_get_uint32 (parameter);

  if (index < g_list_model_get_n_items (G_LIST_MODEL (pages)))
    gtk_selection_model_select_item (pages, index, TRUE);
}

static void
show_channel (FoveaNeuronPage *self)
{
  g_autofree char *text = self->pair != NULL ? g_strdup_printf ("%u", self->channels[FOVEA_SIDE_STANDARD]) : g_strdup ("");

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

/* Compares with the counterpart that people want, as soon as it is known. */
static void
on_counterpart_changed (FoveaNeuronPage *self)
{
  int found;

  if (self->pair == NULL)
    return;
  found = fovea_counterpart_button_find (self->counterpart, self->channels[FOVEA_SIDE_STANDARD]);
  if (found >= 0 && (guint) found != self->channels[FOVEA_SIDE_ROBUST])
    fovea_neuron_page_set_counterparts (self, self->pair, self->layer, (guint[]) { self->channels[FOVEA_SIDE_STANDARD], (guint) found });
  else
    fovea_counterpart_button_show (self->counterpart, self->pair, self->channels);
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
  g_autofree char *title = self->pair != NULL ? g_strdup_printf ("%s:%u", self->layer, self->channels[FOVEA_SIDE_STANDARD]) : g_strdup ("");
  g_autofree char *facts = NULL;

  self->n_channels = 0;
  for (guint side = 0; self->pair != NULL && side < FOVEA_N_SIDES && facts == NULL; side++)
    {
      FoveaNetwork *network = fovea_network_pair_get_network (self->pair, side);
      int layer;

      if (fovea_graph_find (fovea_network_get_graph (network), self->layer, &layer, NULL) && layer >= 0)
        {
          facts = describe_layer (network, (guint) layer, self->channels[FOVEA_SIDE_STANDARD]);
          self->n_channels = (guint) fovea_graph_get_shape (fovea_network_get_graph (network), (guint) layer)->channels;
        }
    }

  update_pins (self);
  gtk_label_set_label (GTK_LABEL (self->title), title);
  gtk_label_set_label (GTK_LABEL (self->facts), facts != NULL ? facts : "");
  gtk_widget_set_tooltip_text (self->facts, facts);
  show_channel (self);
}

static gboolean
fovea_neuron_page_grab_focus (GtkWidget *widget)
{
  FoveaNeuronView *view = get_view (FOVEA_NEURON_PAGE (widget));

  if (view != NULL)
    fovea_neuron_view_focus (view);
  return view != NULL;
}

static void
fovea_neuron_page_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (fovea_neuron_page_parent_class)->map (widget);
  update_view (FOVEA_NEURON_PAGE (widget));
}

static void
fovea_neuron_page_unmap (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (fovea_neuron_page_parent_class)->unmap (widget);
  update_view (FOVEA_NEURON_PAGE (widget));
}

static void
fovea_neuron_page_get_property (GObject *object, guint id, GValue *value, GParamSpec *spec)
{
  g_assert (id == PROP_CHANNEL);
  g_value_set_uint (value, FOVEA_NEURON_PAGE (object)->channels[FOVEA_SIDE_STANDARD]);
}

static void
fovea_neuron_page_dispose (GObject *object)
{
  FoveaNeuronPage *self = FOVEA_NEURON_PAGE (object);
  GtkWidget *child;

  if (self->views != NULL)
    g_signal_handlers_disconnect_by_data (self->views, self);
  self->views = NULL;
  self->visualization = NULL;
  self->active = NULL;
  g_hash_table_remove_all (self->told);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  if (self->pins != NULL)
    g_signal_handlers_disconnect_by_data (self->pins, self);
  g_clear_object (&self->pins);
  g_clear_object (&self->pair);
  g_clear_object (&self->scans);
  G_OBJECT_CLASS (fovea_neuron_page_parent_class)->dispose (object);
}

static void
fovea_neuron_page_finalize (GObject *object)
{
  FoveaNeuronPage *self = FOVEA_NEURON_PAGE (object);

  g_hash_table_unref (self->told);
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
  widget_class->map = fovea_neuron_page_map;
  widget_class->unmap = fovea_neuron_page_unmap;

  properties[PROP_CHANNEL] = g_param_spec_uint ("channel", NULL, NULL, 0, G_MAXUINT, 0, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);

  g_type_ensure (FOVEA_TYPE_COUNTERPART_BUTTON);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/fovea/Fovea/neuron-page.ui");
  gtk_widget_class_bind_template_child (widget_class, FoveaNeuronPage, toasts);
  gtk_widget_class_bind_template_child (widget_class, FoveaNeuronPage, title);
  gtk_widget_class_bind_template_child (widget_class, FoveaNeuronPage, facts);
  gtk_widget_class_bind_template_child (widget_class, FoveaNeuronPage, channel_entry);
  gtk_widget_class_bind_template_child (widget_class, FoveaNeuronPage, counterpart);
  gtk_widget_class_bind_template_child (widget_class, FoveaNeuronPage, pin_button);
  gtk_widget_class_bind_template_child (widget_class, FoveaNeuronPage, switcher);
  gtk_widget_class_bind_template_child (widget_class, FoveaNeuronPage, views);

  gtk_widget_class_install_action (widget_class, "neuron.save", NULL, save);
  gtk_widget_class_install_action (widget_class, "neuron.copy", NULL, copy);
  gtk_widget_class_install_action (widget_class, "neuron.pin", NULL, pin);
  gtk_widget_class_install_action (widget_class, "neuron.tab", "u", show_tab);
  for (guint i = 0; i < 9; i++)
    gtk_widget_class_add_binding_action (widget_class, GDK_KEY_1 + i, GDK_ALT_MASK, "neuron.tab", "u", i);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_p, 0, "neuron.pin", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_s, GDK_CONTROL_MASK, "neuron.save", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_c, GDK_CONTROL_MASK, "neuron.copy", NULL);
}

static void
fovea_neuron_page_init (FoveaNeuronPage *self)
{
  GtkEventController *focus = gtk_event_controller_focus_new ();

  self->told = g_hash_table_new (NULL, NULL);
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_swapped (self->channel_entry, "activate", G_CALLBACK (on_channel_entered), self);
  g_signal_connect_swapped (focus, "leave", G_CALLBACK (on_entry_left), self);
  gtk_widget_add_controller (self->channel_entry, focus);
  g_signal_connect_swapped (self->counterpart, "changed", G_CALLBACK (on_counterpart_changed), self);

  self->visualization = FOVEA_VISUALIZATION_VIEW (fovea_visualization_view_new ());
  fovea_neuron_page_add_view (self, FOVEA_NEURON_VIEW (self->visualization), "visualization", "_Visualization", "image-x-generic-symbolic");

  g_signal_connect_swapped (self->views, "notify::visible-child", G_CALLBACK (on_tab_changed), self);
  update_actions (self);
  show_pin (self);
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
 * fovea_neuron_page_add_view:
 * @view: (transfer floating): a view of neurons
 * @name: by which settings and fovea_neuron_page_show_view() know it
 * @title: for its tab, with a mnemonic
 * @icon: name of its tab's icon
 *
 * Adds a tab after those there are, and shows it if people saw it last.
 */
void
fovea_neuron_page_add_view (FoveaNeuronPage *self, FoveaNeuronView *view, const char *name, const char *title, const char *icon)
{
  FoveaSettings *settings = fovea_application_get_settings ();
  g_autofree char *tab = settings != NULL ? fovea_settings_get_string (settings, "tab") : NULL;
  g_autoptr (GtkSelectionModel) pages = NULL;
  AdwViewStackPage *page;

  g_return_if_fail (FOVEA_IS_NEURON_PAGE (self) && FOVEA_IS_NEURON_VIEW (view));

  page = adw_view_stack_add_titled (self->views, GTK_WIDGET (view), name, title);
  adw_view_stack_page_set_use_underline (page, TRUE);
  adw_view_stack_page_set_icon_name (page, icon);
  g_signal_connect_object (view, "picture-changed", G_CALLBACK (update_actions), self, G_CONNECT_SWAPPED);
  pages = adw_view_stack_get_pages (self->views);
  gtk_widget_set_visible (self->switcher, g_list_model_get_n_items (G_LIST_MODEL (pages)) > 1);
  if (g_strcmp0 (tab, name) == 0)
    adw_view_stack_set_visible_child_name (self->views, name);
}

/**
 * fovea_neuron_page_set_scans:
 * @scans: what is known of the layer on the current image set; the page makes them follow its own
 *
 * Lets people compare a channel with the one of the robust network that corresponds to it.
 */
void
fovea_neuron_page_set_scans (FoveaNeuronPage *self, FoveaLayerScans *scans)
{
  g_return_if_fail (FOVEA_IS_NEURON_PAGE (self) && self->scans == NULL && FOVEA_IS_LAYER_SCANS (scans));

  self->scans = g_object_ref (scans);
  fovea_counterpart_button_set_scans (self->counterpart, scans);
  fovea_counterpart_button_show (self->counterpart, self->pair, self->channels);
}

/**
 * fovea_neuron_page_show_view:
 * @name: a view's
 */
void
fovea_neuron_page_show_view (FoveaNeuronPage *self, const char *name)
{
  g_return_if_fail (FOVEA_IS_NEURON_PAGE (self) && adw_view_stack_get_child_by_name (self->views, name) != NULL);
  adw_view_stack_set_visible_child_name (self->views, name);
}

/**
 * fovea_neuron_page_set_neuron:
 * @pair: the networks
 * @layer: a layer's name; a network that lacks it says so in its half
 * @channel: the channel; the robust network's is the one that people chose to compare with, at first the same
 *
 * Shows a neuron. What was computed for the one before is cancelled.
 */
void
fovea_neuron_page_set_neuron (FoveaNeuronPage *self, FoveaNetworkPair *pair, const char *layer, guint channel)
{
  int found;

  g_return_if_fail (FOVEA_IS_NEURON_PAGE (self));
  g_return_if_fail (FOVEA_IS_NETWORK_PAIR (pair) && layer != NULL);

  if (self->scans != NULL)
    fovea_layer_scans_set_layer (self->scans, pair, layer);
  found = fovea_counterpart_button_find (self->counterpart, channel);
  fovea_neuron_page_set_counterparts (self, pair, layer, (guint[]) { channel, found >= 0 ? (guint) found : channel });
}

/**
 * fovea_neuron_page_set_counterparts:
 * @pair: the networks
 * @layer: a layer's name
 * @channels: the standard network's channel, and the robust one's that is compared with it
 *
 * As fovea_neuron_page_set_neuron(), for channels that correspond although their numbers differ.
 */
void
fovea_neuron_page_set_counterparts (FoveaNeuronPage *self, FoveaNetworkPair *pair, const char *layer, const guint channels[FOVEA_N_SIDES])
{
  g_return_if_fail (FOVEA_IS_NEURON_PAGE (self));
  g_return_if_fail (FOVEA_IS_NETWORK_PAIR (pair) && layer != NULL);

  if (self->pair == pair && memcmp (self->channels, channels, sizeof self->channels) == 0 && g_strcmp0 (self->layer, layer) == 0)
    return;
  g_set_object (&self->pair, pair);
  if (layer != self->layer)
    {
      g_free (self->layer);
      self->layer = g_strdup (layer);
    }
  memcpy (self->channels, channels, sizeof self->channels);
  update_header (self);
  fovea_counterpart_button_show (self->counterpart, self->pair, self->channels);
  g_hash_table_remove_all (self->told);
  update_view (self);
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
  g_autoptr (GtkSelectionModel) pages = NULL;

  g_return_if_fail (FOVEA_IS_NEURON_PAGE (self));
  pages = adw_view_stack_get_pages (self->views);
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (pages)); i++)
    {
      g_autoptr (AdwViewStackPage) page = g_list_model_get_item (G_LIST_MODEL (pages), i);

      fovea_neuron_view_set_neuron (FOVEA_NEURON_VIEW (adw_view_stack_page_get_child (page)), NULL, NULL, (guint[FOVEA_N_SIDES]) { 0 });
    }
  g_hash_table_remove_all (self->told);
  g_clear_object (&self->pair);
  g_clear_pointer (&self->layer, g_free);
  memset (self->channels, 0, sizeof self->channels);
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
 *
 * Returns: the standard network's channel
 */
guint
fovea_neuron_page_get_channel (FoveaNeuronPage *self)
{
  g_return_val_if_fail (FOVEA_IS_NEURON_PAGE (self), 0);
  return self->channels[FOVEA_SIDE_STANDARD];
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
 * Saves what is shown, in the background, and says when it is done or why it failed.
 */
void
fovea_neuron_page_save (FoveaNeuronPage *self, GFile *file)
{
  FoveaPicture *picture;

  g_return_if_fail (FOVEA_IS_NEURON_PAGE (self));

  picture = take_picture (self);
  if (picture != NULL)
    fovea_picture_save (picture, GTK_WIDGET (self->toasts), file);
  else
    say (self, "There is no picture to save yet");
}
