/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/lens-panel.h"

#include <math.h>

#include "ui/color-scale.h"
#include "ui/lens-channels.h"
#include "ui/lens-classes.h"
#include "ui/number.h"
#include "ui/texture.h"

/* Maps are enlarged to this many pixels a side; the screen does the rest. */
#define OVERLAY_SIZE 256

struct _FoveaLensPanel
{
  GtkWidget parent_instance;

  GtkWidget *dot;
  GtkWidget *name_label;
  GtkStack *stack;
  GtkWidget *spinner;
  GtkWidget *message_title;
  GtkWidget *message_description;
  FoveaImageView *view;
  GtkWidget *legend;
  GtkWidget *minimum_label;
  GtkWidget *scale;
  GtkWidget *maximum_label;
  GtkWidget *readout;
  GtkWidget *change;
  FoveaImageView *change_view;
  GtkWidget *change_label;
  GtkBox *column; /* of all that is shown of a response */
  GtkBox *top;    /* in it, the picture and, where there is room beside it, the channels */
  FoveaLensClasses *classes;
  FoveaLensChannels *channels;

  FoveaSide side;
  FoveaResponse *response; /* nullable */
  char *layer;
  guint channel;
  gboolean has_channel; /* the network has the chosen layer and channel */
  gint64 y, x; /* the unit that is pointed at; -1 */
};

G_DEFINE_FINAL_TYPE (FoveaLensPanel, fovea_lens_panel, GTK_TYPE_WIDGET)

enum
{
  CHANNEL_CHOSEN,
  CHANNEL_ACTIVATED,
  UNIT_POINTED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
set_number (GtkWidget *label, double value)
{
  g_autofree char *text = fovea_number_format (value, 4);

  gtk_label_set_label (GTK_LABEL (label), text);
}

static gboolean
has_positions (FoveaLensPanel *self)
{
  const FoveaShape *shape = fovea_response_get_shape (self->response);

  return shape->height > 1 || shape->width > 1;
}

static void
update_readout (FoveaLensPanel *self)
{
  const FoveaChannelResponse *channel;
  g_autofree char *text = NULL;
  gint64 box[4];

  if (self->response == NULL)
    return;
  if (!self->has_channel)
    {
      text = g_strdup_printf ("This network has no neuron %s:%u", self->layer, self->channel);
      fovea_image_view_set_box (self->view, NULL);
      gtk_label_set_label (GTK_LABEL (self->readout), text);
      return;
    }
  channel = fovea_response_get_channel (self->response, self->channel);
  if (self->y >= 0 && has_positions (self))
    {
      const FoveaShape *shape = fovea_response_get_shape (self->response);
      g_autofree char *value = fovea_number_format ((double) fovea_response_get_map (self->response, self->channel)[self->y * shape->width + self->x], 4);

      fovea_response_get_box (self->response, self->y, self->x, box);
      fovea_image_view_set_box (self->view, (double[]) { (double) box[0], (double) box[1], (double) box[2], (double) box[3] });
      text = g_strdup_printf ("%s:%u:%" G_GINT64_FORMAT ",%" G_GINT64_FORMAT " is %s; sees rows %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT
                              ", columns %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT,
                              self->layer, self->channel, self->y, self->x, value, box[1], box[3] - 1, box[0], box[2] - 1);
    }
  else
    {
      g_autofree char *peak = fovea_number_format (channel->peak, 4);
      g_autofree char *mean = fovea_number_format (channel->mean, 4);

      fovea_image_view_set_box (self->view, NULL);
      if (has_positions (self))
        text = g_strdup_printf ("%s:%u: peak %s at row %" G_GINT64_FORMAT ", column %" G_GINT64_FORMAT "; mean %s",
                                self->layer, self->channel, peak, channel->peak_y, channel->peak_x, mean);
      else
        text = g_strdup_printf ("%s:%u is %s; the layer has no positions", self->layer, self->channel, peak);
    }
  gtk_label_set_label (GTK_LABEL (self->readout), text);
}

static void
update_overlay (FoveaLensPanel *self)
{
  const FoveaChannelResponse *channel = self->has_channel ? fovea_response_get_channel (self->response, self->channel) : NULL;
  gboolean wanted = channel != NULL && has_positions (self);
  g_autofree float *map = wanted ? fovea_response_upsample (self->response, self->channel, OVERLAY_SIZE, OVERLAY_SIZE) : NULL;
  g_autoptr (GdkTexture) texture = NULL;
  g_autofree char *description = NULL;

  if (map != NULL)
    texture = fovea_texture_new_from_map (map, OVERLAY_SIZE, OVERLAY_SIZE, channel->minimum, channel->peak);
  fovea_image_view_set_overlay (self->view, texture);
  gtk_widget_set_opacity (self->legend, wanted ? 1 : 0);
  if (wanted)
    {
      set_number (self->minimum_label, channel->minimum);
      set_number (self->maximum_label, channel->peak);
    }
  description = g_strdup_printf ("What %s sees, with the activations of %s channel %u; the arrow keys point at a unit",
                                 gtk_label_get_label (GTK_LABEL (self->name_label)), self->layer, self->channel);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->view), GTK_ACCESSIBLE_PROPERTY_LABEL, description, -1);
}

static void
on_pointed (FoveaLensPanel *self, double x, double y)
{
  gint64 unit_y, unit_x;

  if (self->response == NULL)
    return;
  fovea_response_find_unit (self->response, y, x, &unit_y, &unit_x);
  if (unit_y != self->y || unit_x != self->x)
    g_signal_emit (self, signals[UNIT_POINTED], 0, unit_y, unit_x);
}

static void
on_left (FoveaLensPanel *self)
{
  if (self->y >= 0)
    g_signal_emit (self, signals[UNIT_POINTED], 0, (gint64) -1, (gint64) -1);
}

/* The first arrow key goes to the peak, the next ones walk from there. */
static void
on_stepped (FoveaLensPanel *self, int columns, int rows)
{
  const FoveaShape *shape;
  gint64 y, x;

  if (self->response == NULL || !self->has_channel)
    return;
  shape = fovea_response_get_shape (self->response);
  y = fovea_response_get_channel (self->response, self->channel)->peak_y;
  x = fovea_response_get_channel (self->response, self->channel)->peak_x;
  if (self->y >= 0)
    {
      y = CLAMP (self->y + rows, 0, shape->height - 1);
      x = CLAMP (self->x + columns, 0, shape->width - 1);
    }
  g_signal_emit (self, signals[UNIT_POINTED], 0, y, x);
}

static void
on_channel_chosen (FoveaLensPanel *self, guint channel)
{
  if (self->response != NULL)
    g_signal_emit (self, signals[CHANNEL_CHOSEN], 0, channel);
}

static void
on_channel_activated (FoveaLensPanel *self, guint channel)
{
  if (self->response != NULL)
    g_signal_emit (self, signals[CHANNEL_ACTIVATED], 0, channel);
}

static GdkTexture *
make_scale (void)
{
  float values[FOVEA_COLOR_SCALE_SIZE];

  for (guint i = 0; i < FOVEA_COLOR_SCALE_SIZE; i++)
    values[i] = (float) i;
  return fovea_texture_new_from_map (values, FOVEA_COLOR_SCALE_SIZE, 1, 0, FOVEA_COLOR_SCALE_SIZE - 1);
}

static void
fovea_lens_panel_dispose (GObject *object)
{
  FoveaLensPanel *self = FOVEA_LENS_PANEL (object);
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_pointer (&self->response, fovea_response_unref);
  g_clear_pointer (&self->layer, g_free);
  G_OBJECT_CLASS (fovea_lens_panel_parent_class)->dispose (object);
}

static void
fovea_lens_panel_class_init (FoveaLensPanelClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = fovea_lens_panel_dispose;

  signals[CHANNEL_CHOSEN] = g_signal_new ("channel-chosen", FOVEA_TYPE_LENS_PANEL, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
  signals[CHANNEL_ACTIVATED] = g_signal_new ("channel-activated", FOVEA_TYPE_LENS_PANEL, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
  signals[UNIT_POINTED] = g_signal_new ("unit-pointed", FOVEA_TYPE_LENS_PANEL, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_INT64, G_TYPE_INT64);

  g_type_ensure (FOVEA_TYPE_IMAGE_VIEW);
  g_type_ensure (FOVEA_TYPE_LENS_CHANNELS);
  g_type_ensure (FOVEA_TYPE_LENS_CLASSES);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/fovea/Fovea/lens-panel.ui");
  gtk_widget_class_bind_template_child (widget_class, FoveaLensPanel, dot);
  gtk_widget_class_bind_template_child (widget_class, FoveaLensPanel, name_label);
  gtk_widget_class_bind_template_child (widget_class, FoveaLensPanel, stack);
  gtk_widget_class_bind_template_child (widget_class, FoveaLensPanel, spinner);
  gtk_widget_class_bind_template_child (widget_class, FoveaLensPanel, message_title);
  gtk_widget_class_bind_template_child (widget_class, FoveaLensPanel, message_description);
  gtk_widget_class_bind_template_child (widget_class, FoveaLensPanel, view);
  gtk_widget_class_bind_template_child (widget_class, FoveaLensPanel, legend);
  gtk_widget_class_bind_template_child (widget_class, FoveaLensPanel, minimum_label);
  gtk_widget_class_bind_template_child (widget_class, FoveaLensPanel, scale);
  gtk_widget_class_bind_template_child (widget_class, FoveaLensPanel, maximum_label);
  gtk_widget_class_bind_template_child (widget_class, FoveaLensPanel, readout);
  gtk_widget_class_bind_template_child (widget_class, FoveaLensPanel, change);
  gtk_widget_class_bind_template_child (widget_class, FoveaLensPanel, change_view);
  gtk_widget_class_bind_template_child (widget_class, FoveaLensPanel, change_label);
  gtk_widget_class_bind_template_child (widget_class, FoveaLensPanel, column);
  gtk_widget_class_bind_template_child (widget_class, FoveaLensPanel, top);
  gtk_widget_class_bind_template_child (widget_class, FoveaLensPanel, classes);
  gtk_widget_class_bind_template_child (widget_class, FoveaLensPanel, channels);
}

static void
fovea_lens_panel_init (FoveaLensPanel *self)
{
  g_autoptr (GdkTexture) scale = make_scale ();

  self->y = self->x = -1;
  self->layer = g_strdup ("");
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_picture_set_paintable (GTK_PICTURE (self->scale), GDK_PAINTABLE (scale));
  fovea_lens_panel_set_side (self, FOVEA_SIDE_STANDARD);
  g_signal_connect_object (self->view, "pointed", G_CALLBACK (on_pointed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->view, "left", G_CALLBACK (on_left), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->view, "stepped", G_CALLBACK (on_stepped), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->channels, "channel-chosen", G_CALLBACK (on_channel_chosen), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->channels, "channel-activated", G_CALLBACK (on_channel_activated), self, G_CONNECT_SWAPPED);
}

/**
 * fovea_lens_panel_new:
 *
 * Returns: (transfer floating): a panel that waits
 */
GtkWidget *
fovea_lens_panel_new (void)
{
  return g_object_new (FOVEA_TYPE_LENS_PANEL, NULL);
}

/**
 * fovea_lens_panel_set_side:
 * @side: whose colour it has
 */
void
fovea_lens_panel_set_side (FoveaLensPanel *self, FoveaSide side)
{
  g_return_if_fail (FOVEA_IS_LENS_PANEL (self));

  self->side = side;
  for (guint i = 0; i < FOVEA_N_SIDES; i++)
    gtk_widget_remove_css_class (self->dot, fovea_side_get_name (i));
  gtk_widget_add_css_class (self->dot, fovea_side_get_name (side));
  fovea_lens_classes_set_side (self->classes, side);
  fovea_lens_channels_set_side (self->channels, side);
}

/**
 * fovea_lens_panel_set_name:
 * @name: the network's
 */
void
fovea_lens_panel_set_name (FoveaLensPanel *self, const char *name)
{
  g_return_if_fail (FOVEA_IS_LENS_PANEL (self));
  gtk_label_set_label (GTK_LABEL (self->name_label), name);
  gtk_widget_set_tooltip_text (self->name_label, name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

static void
show_page (FoveaLensPanel *self, const char *name)
{
  gtk_stack_set_visible_child_name (self->stack, name);
  gtk_spinner_set_spinning (GTK_SPINNER (self->spinner), g_str_equal (name, "waiting"));
}

/**
 * fovea_lens_panel_set_waiting:
 *
 * Shows that something is computed.
 */
void
fovea_lens_panel_set_waiting (FoveaLensPanel *self)
{
  g_return_if_fail (FOVEA_IS_LENS_PANEL (self));
  g_clear_pointer (&self->response, fovea_response_unref);
  show_page (self, "waiting");
}

/**
 * fovea_lens_panel_set_message:
 *
 * Says why there is no response.
 */
void
fovea_lens_panel_set_message (FoveaLensPanel *self, const char *title, const char *description)
{
  g_return_if_fail (FOVEA_IS_LENS_PANEL (self));
  g_clear_pointer (&self->response, fovea_response_unref);
  gtk_label_set_label (GTK_LABEL (self->message_title), title);
  gtk_label_set_label (GTK_LABEL (self->message_description), description);
  show_page (self, "message");
}

/**
 * fovea_lens_panel_set_response:
 * @response: what to show; then fovea_lens_panel_set_neuron() is to be called
 * @image: a texture of the image the network saw
 */
void
fovea_lens_panel_set_response (FoveaLensPanel *self, FoveaResponse *response, GdkTexture *image)
{
  const FoveaImage *seen = fovea_response_get_image (response);

  g_return_if_fail (FOVEA_IS_LENS_PANEL (self));

  fovea_response_ref (response);
  g_clear_pointer (&self->response, fovea_response_unref);
  self->response = response;
  self->y = self->x = -1;
  fovea_image_view_set_image (self->view, image, seen->width, seen->height);
  fovea_lens_classes_show (self->classes, response);
  show_page (self, "response");
}

/**
 * fovea_lens_panel_set_change:
 * @change: (nullable): the change of the image, magnified
 * @width, @height: in pixels of the image
 * @text: (nullable): about the change, and what the network said without it; %NULL where nothing was changed
 *
 * Says what was done before the network saw the image.
 */
void
fovea_lens_panel_set_change (FoveaLensPanel *self, GdkTexture *change, guint width, guint height, const char *text)
{
  g_return_if_fail (FOVEA_IS_LENS_PANEL (self));

  gtk_widget_set_visible (self->change, text != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->change_view), change != NULL);
  gtk_label_set_label (GTK_LABEL (self->change_label), text != NULL ? text : "");
  if (change != NULL)
    fovea_image_view_set_image (self->change_view, change, width, height);
}

/**
 * fovea_lens_panel_set_common_classes:
 * @other: (nullable): the other network's response
 *
 * Marks the classes that both networks list.
 */
void
fovea_lens_panel_set_common_classes (FoveaLensPanel *self, const FoveaResponse *other)
{
  g_return_if_fail (FOVEA_IS_LENS_PANEL (self));
  fovea_lens_classes_set_common (self->classes, self->response, other);
}

/**
 * fovea_lens_panel_set_neuron:
 * @layer: the response's layer, by its name
 * @channel: the channel whose map to show; it may not exist
 * @measure: what the channels are ranked by
 */
void
fovea_lens_panel_set_neuron (FoveaLensPanel *self, const char *layer, guint channel, FoveaResponseMeasure measure)
{
  FoveaGraph *graph;
  const FoveaShape *shape;
  int found;

  g_return_if_fail (FOVEA_IS_LENS_PANEL (self));

  if (self->response == NULL)
    return;
  g_free (self->layer);
  self->layer = g_strdup (layer);
  self->channel = channel;
  graph = fovea_network_get_graph (fovea_response_get_network (self->response));
  shape = fovea_response_get_shape (self->response);
  self->has_channel = channel < shape->channels && fovea_graph_find (graph, layer, &found, NULL) && found == fovea_response_get_layer (self->response);
  if (self->y >= shape->height || self->x >= shape->width)
    self->y = self->x = -1;

  update_overlay (self);
  fovea_lens_channels_show (self->channels, self->response, channel, measure);
  update_readout (self);
}

/**
 * fovea_lens_panel_set_opacity:
 * @opacity: the map's, over the image
 */
void
fovea_lens_panel_set_opacity (FoveaLensPanel *self, double opacity)
{
  g_return_if_fail (FOVEA_IS_LENS_PANEL (self));
  fovea_image_view_set_overlay_opacity (self->view, opacity);
}

/**
 * fovea_lens_panel_set_room:
 * @size: the least length of the picture's sides, in pixels of the screen
 * @is_narrow: whether there is no room for the channels beside the picture; then they come last, so that the classes stay in sight
 */
void
fovea_lens_panel_set_room (FoveaLensPanel *self, int size, gboolean is_narrow)
{
  GtkWidget *channels = GTK_WIDGET (self->channels);
  GtkBox *home = is_narrow ? self->column : self->top;

  g_return_if_fail (FOVEA_IS_LENS_PANEL (self));

  gtk_widget_set_size_request (GTK_WIDGET (self->view), size, size);
  if (gtk_widget_get_parent (channels) == GTK_WIDGET (home))
    return;
  g_object_ref (channels);
  gtk_box_remove (GTK_BOX (gtk_widget_get_parent (channels)), channels);
  gtk_box_append (home, channels);
  g_object_unref (channels);
}

/**
 * fovea_lens_panel_point_at:
 * @y, @x: a unit of the map, both -1 for none; what the map does not have is none
 *
 * Shows the unit's value and what it sees.
 */
void
fovea_lens_panel_point_at (FoveaLensPanel *self, gint64 y, gint64 x)
{
  const FoveaShape *shape;

  g_return_if_fail (FOVEA_IS_LENS_PANEL (self));

  if (self->response == NULL)
    return;
  shape = fovea_response_get_shape (self->response);
  self->y = y < shape->height && x < shape->width ? y : -1;
  self->x = self->y >= 0 ? x : -1;
  update_readout (self);
}

/**
 * fovea_lens_panel_get_response:
 *
 * Returns: (transfer none) (nullable): what it shows
 */
FoveaResponse *
fovea_lens_panel_get_response (FoveaLensPanel *self)
{
  g_return_val_if_fail (FOVEA_IS_LENS_PANEL (self), NULL);
  return self->response;
}

/**
 * fovea_lens_panel_get_channel_list:
 *
 * Returns: (transfer none): the most active channels
 */
GtkListBox *
fovea_lens_panel_get_channel_list (FoveaLensPanel *self)
{
  g_return_val_if_fail (FOVEA_IS_LENS_PANEL (self), NULL);
  return fovea_lens_channels_get_list (self->channels);
}

/**
 * fovea_lens_panel_get_view:
 *
 * Returns: (transfer none): the image with the map
 */
FoveaImageView *
fovea_lens_panel_get_view (FoveaLensPanel *self)
{
  g_return_val_if_fail (FOVEA_IS_LENS_PANEL (self), NULL);
  return self->view;
}

/**
 * fovea_lens_panel_get_change:
 *
 * Returns: (transfer none) (nullable): what it says was done before the network saw the image
 */
const char *
fovea_lens_panel_get_change (FoveaLensPanel *self)
{
  g_return_val_if_fail (FOVEA_IS_LENS_PANEL (self), NULL);
  return gtk_widget_get_visible (self->change) ? gtk_label_get_label (GTK_LABEL (self->change_label)) : NULL;
}

/**
 * fovea_lens_panel_get_readout:
 *
 * Returns: (transfer none): the line about the neuron or the unit that is pointed at
 */
const char *
fovea_lens_panel_get_readout (FoveaLensPanel *self)
{
  g_return_val_if_fail (FOVEA_IS_LENS_PANEL (self), NULL);
  return gtk_label_get_label (GTK_LABEL (self->readout));
}
