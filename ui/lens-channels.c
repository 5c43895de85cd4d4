/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/lens-channels.h"

#include "engine/analysis/classify.h"
#include "ui/number.h"
#include "ui/value-row.h"

/* Room for a channel, in characters: its number, or its class as well; and for its activation. */
#define NUMBER_WIDTH 4
#define CLASS_WIDTH 9
#define VALUE_WIDTH 6

struct _FoveaLensChannels
{
  GtkWidget parent_instance;

  GtkWidget *heading;
  GtkListBox *list;
  GtkWidget *rows[FOVEA_LENS_N_CHANNELS];
  FoveaValueRow *values[FOVEA_LENS_N_CHANNELS];
  guint listed[FOVEA_LENS_N_CHANNELS];
  gboolean updating; /* rows are selected by the program */
};

G_DEFINE_FINAL_TYPE (FoveaLensChannels, fovea_lens_channels, GTK_TYPE_WIDGET)

enum
{
  CHANNEL_CHOSEN,
  CHANNEL_ACTIVATED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
on_row_selected (FoveaLensChannels *self, GtkListBoxRow *row)
{
  if (!self->updating && row != NULL)
    g_signal_emit (self, signals[CHANNEL_CHOSEN], 0, self->listed[gtk_list_box_row_get_index (row)]);
}

static void
on_row_activated (FoveaLensChannels *self, GtkListBoxRow *row)
{
  g_signal_emit (self, signals[CHANNEL_ACTIVATED], 0, self->listed[gtk_list_box_row_get_index (row)]);
}

static void
fovea_lens_channels_dispose (GObject *object)
{
  FoveaLensChannels *self = FOVEA_LENS_CHANNELS (object);
  GtkWidget *child;

  self->updating = TRUE;
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (fovea_lens_channels_parent_class)->dispose (object);
}

static void
fovea_lens_channels_class_init (FoveaLensChannelsClass *class)
{
  G_OBJECT_CLASS (class)->dispose = fovea_lens_channels_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (class), GTK_TYPE_BOX_LAYOUT);

  signals[CHANNEL_CHOSEN] = g_signal_new ("channel-chosen", FOVEA_TYPE_LENS_CHANNELS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
  signals[CHANNEL_ACTIVATED] = g_signal_new ("channel-activated", FOVEA_TYPE_LENS_CHANNELS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
}

static void
fovea_lens_channels_init (FoveaLensChannels *self)
{
  GtkBoxLayout *layout = GTK_BOX_LAYOUT (gtk_widget_get_layout_manager (GTK_WIDGET (self)));

  gtk_orientable_set_orientation (GTK_ORIENTABLE (layout), GTK_ORIENTATION_VERTICAL);
  gtk_box_layout_set_spacing (layout, 6);
  self->heading = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (self->heading), 0);
  gtk_label_set_ellipsize (GTK_LABEL (self->heading), PANGO_ELLIPSIZE_MIDDLE);
  gtk_label_set_max_width_chars (GTK_LABEL (self->heading), 18);
  gtk_widget_add_css_class (self->heading, "caption-heading");
  gtk_widget_set_parent (self->heading, GTK_WIDGET (self));
  self->list = GTK_LIST_BOX (gtk_list_box_new ());
  gtk_list_box_set_activate_on_single_click (self->list, FALSE);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->list), "Click to show a channel’s map, double-click to open the neuron");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL, "Most active channels", -1);
  gtk_widget_add_css_class (GTK_WIDGET (self->list), "lens-channels");
  gtk_widget_set_parent (GTK_WIDGET (self->list), GTK_WIDGET (self));
  for (guint i = 0; i < FOVEA_LENS_N_CHANNELS; i++)
    {
      self->values[i] = FOVEA_VALUE_ROW (fovea_value_row_new (CLASS_WIDTH, VALUE_WIDTH));
      gtk_widget_add_css_class (GTK_WIDGET (self->values[i]), "lens-row");
      self->rows[i] = gtk_list_box_row_new ();
      gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (self->rows[i]), GTK_WIDGET (self->values[i]));
      gtk_list_box_append (self->list, self->rows[i]);
    }
  g_signal_connect_object (self->list, "row-selected", G_CALLBACK (on_row_selected), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->list, "row-activated", G_CALLBACK (on_row_activated), self, G_CONNECT_SWAPPED);
}

/**
 * fovea_lens_channels_set_side:
 * @side: whose colour the bars have
 */
void
fovea_lens_channels_set_side (FoveaLensChannels *self, FoveaSide side)
{
  g_return_if_fail (FOVEA_IS_LENS_CHANNELS (self));
  for (guint i = 0; i < FOVEA_LENS_N_CHANNELS; i++)
    fovea_value_row_set_side (self->values[i], side);
}

/* The class of a channel of the layer that ends in classes; NULL for other layers. */
static const char *
get_label (FoveaResponse *response, guint channel)
{
  FoveaNetwork *network = fovea_response_get_network (response);
  FoveaGraph *graph = fovea_network_get_graph (network);
  int layer = fovea_response_get_layer (response);

  return layer == fovea_graph_get_output (graph) || layer == fovea_graph_get_logits (graph) ? fovea_class_get_label (network, channel) : NULL;
}

/**
 * fovea_lens_channels_show:
 * @response: a network's
 * @channel: the chosen one, which is selected if it is listed
 * @measure: what the channels are ranked by
 */
void
fovea_lens_channels_show (FoveaLensChannels *self, FoveaResponse *response, guint channel, FoveaResponseMeasure measure)
{
  FoveaGraph *graph = fovea_network_get_graph (fovea_response_get_network (response));
  guint n_channels = (guint) fovea_response_get_shape (response)->channels;
  g_autofree guint *ranked = g_new (guint, n_channels);
  g_autofree char *title = g_strdup_printf ("Most active in %s", fovea_graph_get_node (graph, (guint) fovea_response_get_layer (response))->name);
  double largest = 0;

  g_return_if_fail (FOVEA_IS_LENS_CHANNELS (self));

  gtk_label_set_label (GTK_LABEL (self->heading), title);
  self->updating = TRUE;
  fovea_response_rank (response, measure, ranked);
  gtk_list_box_unselect_all (self->list);
  for (guint i = 0; i < FOVEA_LENS_N_CHANNELS; i++)
    {
      const FoveaChannelResponse *found;
      const char *label;
      g_autofree char *text = NULL;
      g_autofree char *number = NULL;
      g_autofree char *spoken = NULL;
      double value;

      gtk_widget_set_visible (self->rows[i], i < n_channels);
      if (i >= n_channels)
        continue;
      self->listed[i] = ranked[i];
      found = fovea_response_get_channel (response, ranked[i]);
      value = measure == FOVEA_RESPONSE_PEAK ? found->peak : found->mean;
      if (i == 0)
        largest = value;
      label = get_label (response, ranked[i]);
      text = label != NULL ? g_strdup_printf ("%u %s", ranked[i], label) : g_strdup_printf ("%u", ranked[i]);
      number = fovea_number_format (value, 4);
      spoken = g_strdup_printf ("channel %s, %s", text, number);
      fovea_value_row_set_name_width (self->values[i], label != NULL ? CLASS_WIDTH : NUMBER_WIDTH);
      fovea_value_row_show (self->values[i], text, number, largest > 0 ? value / largest : 0);
      gtk_accessible_update_property (GTK_ACCESSIBLE (self->rows[i]), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
      if (ranked[i] == channel)
        gtk_list_box_select_row (self->list, GTK_LIST_BOX_ROW (self->rows[i]));
    }
  self->updating = FALSE;
}

/**
 * fovea_lens_channels_get_list:
 *
 * Returns: (transfer none): the list
 */
GtkListBox *
fovea_lens_channels_get_list (FoveaLensChannels *self)
{
  g_return_val_if_fail (FOVEA_IS_LENS_CHANNELS (self), NULL);
  return self->list;
}
