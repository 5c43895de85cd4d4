/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/lens-controls.h"

#include "ui/application.h"
#include "ui/layer.h"
#include "ui/wrap-box.h"

struct _FoveaLensControls
{
  GtkBox parent_instance;

  GtkDropDown *layer_chooser;
  GtkSpinButton *channel_button;
  GtkAdjustment *channel_adjustment;
  GtkDropDown *measure;
  GtkRange *opacity;
  GtkToggleButton *off_button;
  GtkToggleButton *attack_button;
  GtkWidget *neuron_button;

  GListModel *layers; /* nullable (element-type FoveaLayer) */
  char *layer;        /* nullable */
  gboolean updating;  /* controls are set by the program */
};

G_DEFINE_FINAL_TYPE (FoveaLensControls, fovea_lens_controls, GTK_TYPE_BOX)

enum
{
  NEURON_CHOSEN,
  MEASURE_CHANGED,
  OPACITY_CHANGED,
  OFF_TOGGLED,
  ATTACK_TOGGLED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
on_layer_chosen (FoveaLensControls *self)
{
  g_autoptr (FoveaLayer) layer = self->layers != NULL ? g_list_model_get_item (self->layers, gtk_drop_down_get_selected (self->layer_chooser)) : NULL;
  guint channel = (guint) gtk_spin_button_get_value_as_int (self->channel_button);

  if (!self->updating && layer != NULL)
    g_signal_emit (self, signals[NEURON_CHOSEN], 0, fovea_layer_get_name (layer), MIN (channel, MAX (fovea_layer_get_n_channels (layer), 1) - 1));
}

static void
on_channel_changed (FoveaLensControls *self)
{
  if (!self->updating && self->layer != NULL)
    g_signal_emit (self, signals[NEURON_CHOSEN], 0, self->layer, (guint) gtk_spin_button_get_value_as_int (self->channel_button));
}

static void
on_measure_changed (FoveaLensControls *self)
{
  FoveaSettings *settings = fovea_application_get_settings ();

  if (settings != NULL)
    fovea_settings_set_string (settings, "lens-measure", gtk_drop_down_get_selected (self->measure) == 1 ? "mean" : "peak");
  g_signal_emit (self, signals[MEASURE_CHANGED], 0);
}

static void
on_opacity_changed (FoveaLensControls *self)
{
  g_signal_emit (self, signals[OPACITY_CHANGED], 0);
}

static void
on_off_toggled (FoveaLensControls *self)
{
  if (!self->updating)
    g_signal_emit (self, signals[OFF_TOGGLED], 0);
}

static void
on_attack_toggled (FoveaLensControls *self)
{
  g_signal_emit (self, signals[ATTACK_TOGGLED], 0);
}

static void
fovea_lens_controls_dispose (GObject *object)
{
  FoveaLensControls *self = FOVEA_LENS_CONTROLS (object);

  self->updating = TRUE;
  g_clear_object (&self->layers);
  g_clear_pointer (&self->layer, g_free);
  G_OBJECT_CLASS (fovea_lens_controls_parent_class)->dispose (object);
}

static void
fovea_lens_controls_class_init (FoveaLensControlsClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = fovea_lens_controls_dispose;

  signals[NEURON_CHOSEN] = g_signal_new ("neuron-chosen", FOVEA_TYPE_LENS_CONTROLS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_UINT);
  signals[MEASURE_CHANGED] = g_signal_new ("measure-changed", FOVEA_TYPE_LENS_CONTROLS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[OPACITY_CHANGED] = g_signal_new ("opacity-changed", FOVEA_TYPE_LENS_CONTROLS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[OFF_TOGGLED] = g_signal_new ("off-toggled", FOVEA_TYPE_LENS_CONTROLS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[ATTACK_TOGGLED] = g_signal_new ("attack-toggled", FOVEA_TYPE_LENS_CONTROLS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  g_type_ensure (FOVEA_TYPE_WRAP_BOX);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/fovea/Fovea/lens-controls.ui");
  gtk_widget_class_bind_template_child (widget_class, FoveaLensControls, layer_chooser);
  gtk_widget_class_bind_template_child (widget_class, FoveaLensControls, channel_button);
  gtk_widget_class_bind_template_child (widget_class, FoveaLensControls, channel_adjustment);
  gtk_widget_class_bind_template_child (widget_class, FoveaLensControls, measure);
  gtk_widget_class_bind_template_child (widget_class, FoveaLensControls, opacity);
  gtk_widget_class_bind_template_child (widget_class, FoveaLensControls, off_button);
  gtk_widget_class_bind_template_child (widget_class, FoveaLensControls, attack_button);
  gtk_widget_class_bind_template_child (widget_class, FoveaLensControls, neuron_button);
}

static void
fovea_lens_controls_init (FoveaLensControls *self)
{
  g_autoptr (GtkExpression) name = gtk_property_expression_new (GTK_TYPE_STRING_OBJECT, NULL, "string");
  FoveaSettings *settings = fovea_application_get_settings ();

  gtk_widget_init_template (GTK_WIDGET (self));
  if (settings != NULL)
    {
      g_autofree char *measure = fovea_settings_get_string (settings, "lens-measure");

      gtk_drop_down_set_selected (self->measure, g_str_equal (measure, "mean") ? 1 : 0);
      g_object_bind_property (settings, "lens-map", gtk_range_get_adjustment (self->opacity), "value", G_BINDING_BIDIRECTIONAL | G_BINDING_SYNC_CREATE);
    }
  gtk_drop_down_set_expression (self->layer_chooser, name);
  g_signal_connect_object (self->layer_chooser, "notify::selected", G_CALLBACK (on_layer_chosen), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->channel_button, "value-changed", G_CALLBACK (on_channel_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->measure, "notify::selected", G_CALLBACK (on_measure_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->opacity, "value-changed", G_CALLBACK (on_opacity_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->off_button, "toggled", G_CALLBACK (on_off_toggled), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->attack_button, "toggled", G_CALLBACK (on_attack_toggled), self, G_CONNECT_SWAPPED);
}

/**
 * fovea_lens_controls_set_layers:
 * @layers: (nullable) (element-type FoveaLayer): what can be chosen
 */
void
fovea_lens_controls_set_layers (FoveaLensControls *self, GListModel *layers)
{
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);

  g_return_if_fail (FOVEA_IS_LENS_CONTROLS (self));

  for (guint i = 0; layers != NULL && i < g_list_model_get_n_items (layers); i++)
    {
      g_autoptr (FoveaLayer) layer = g_list_model_get_item (layers, i);

      gtk_string_list_append (names, fovea_layer_get_name (layer));
    }
  self->updating = TRUE;
  g_set_object (&self->layers, layers);
  gtk_drop_down_set_model (self->layer_chooser, G_LIST_MODEL (names));
  self->updating = FALSE;
}

/**
 * fovea_lens_controls_set_neuron:
 * @layer: one of the layers, by its name
 * @channel: a channel of it
 */
void
fovea_lens_controls_set_neuron (FoveaLensControls *self, const char *layer, guint channel)
{
  g_autofree char *text = g_strdup_printf ("Open the page of %s:%u", layer, channel);
  g_autofree char *copy = g_strdup (layer);

  g_return_if_fail (FOVEA_IS_LENS_CONTROLS (self) && layer != NULL);

  g_free (self->layer);
  self->layer = g_steal_pointer (&copy);
  self->updating = TRUE;
  for (guint i = 0; self->layers != NULL && i < g_list_model_get_n_items (self->layers); i++)
    {
      g_autoptr (FoveaLayer) candidate = g_list_model_get_item (self->layers, i);

      if (!g_str_equal (fovea_layer_get_name (candidate), self->layer))
        continue;
      gtk_drop_down_set_selected (self->layer_chooser, i);
      gtk_adjustment_set_upper (self->channel_adjustment, MAX (fovea_layer_get_n_channels (candidate), 1) - 1);
    }
  gtk_spin_button_set_value (self->channel_button, channel);
  gtk_widget_set_tooltip_text (self->neuron_button, text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->neuron_button), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
  self->updating = FALSE;
}

/**
 * fovea_lens_controls_set_off:
 * @is_off: whether the channel is in surgery
 * @keeps: whether channels in surgery are those that are kept
 */
void
fovea_lens_controls_set_off (FoveaLensControls *self, gboolean is_off, gboolean keeps)
{
  g_return_if_fail (FOVEA_IS_LENS_CONTROLS (self));

  self->updating = TRUE;
  gtk_toggle_button_set_active (self->off_button, is_off);
  gtk_button_set_label (GTK_BUTTON (self->off_button), keeps ? "Kee_p" : "Switch O_ff");
  self->updating = FALSE;
}

/**
 * fovea_lens_controls_get_measure:
 *
 * Returns: what channels are ranked by
 */
FoveaResponseMeasure
fovea_lens_controls_get_measure (FoveaLensControls *self)
{
  g_return_val_if_fail (FOVEA_IS_LENS_CONTROLS (self), FOVEA_RESPONSE_PEAK);
  return gtk_drop_down_get_selected (self->measure) == 1 ? FOVEA_RESPONSE_MEAN : FOVEA_RESPONSE_PEAK;
}

/**
 * fovea_lens_controls_get_opacity:
 *
 * Returns: how much of the image the maps cover, from 0 to 1
 */
double
fovea_lens_controls_get_opacity (FoveaLensControls *self)
{
  g_return_val_if_fail (FOVEA_IS_LENS_CONTROLS (self), 0);
  return gtk_range_get_value (self->opacity);
}

/**
 * fovea_lens_controls_get_attacked:
 *
 * Returns: whether the networks are to be attacked
 */
gboolean
fovea_lens_controls_get_attacked (FoveaLensControls *self)
{
  g_return_val_if_fail (FOVEA_IS_LENS_CONTROLS (self), FALSE);
  return gtk_toggle_button_get_active (self->attack_button);
}
