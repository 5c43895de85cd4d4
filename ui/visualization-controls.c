/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/visualization-controls.h"

#include <adwaita.h>

#include "ui/application.h"
#include "ui/maximize-options-popover.h"
#include "ui/wrap-box.h"

/* Dice show no longer seeds than people can read out to each other. */
#define MAX_DICE 999999

struct _FoveaVisualizationControls
{
  GtkWidget parent_instance;

  GtkDropDown *preset;
  GtkSpinButton *steps;
  GtkSpinButton *seed;
  GtkSpinButton *images;
  GtkWidget *options_button;
  FoveaMaximizeOptionsPopover *options_popover;
  GtkWidget *run_button;
  AdwButtonContent *run_content;

  FoveaMaximizeSettings *settings;
  FoveaNetworkPair *pair; /* nullable */
  gboolean updating; /* controls are set from the settings: they are not changes by people */
};

G_DEFINE_FINAL_TYPE (FoveaVisualizationControls, fovea_visualization_controls, GTK_TYPE_WIDGET)

/* The controls show what the standard network gets; its neighbour gets the same where the presets agree. */
static void
update (FoveaVisualizationControls *self)
{
  FoveaMaximizeOptions options;

  self->updating = TRUE;
  gtk_drop_down_set_selected (self->preset, fovea_maximize_settings_get_preset (self->settings));
  gtk_spin_button_set_value (self->seed, (double) fovea_maximize_settings_get_seed (self->settings));
  gtk_spin_button_set_value (self->images, fovea_maximize_settings_get_n_images (self->settings));
  if (self->pair != NULL)
    {
      fovea_maximize_settings_get_options (self->settings, fovea_network_pair_get_network (self->pair, FOVEA_SIDE_STANDARD), &options);
      gtk_spin_button_set_value (self->steps, options.steps);
    }
  if (fovea_maximize_settings_is_default (self->settings))
    gtk_widget_remove_css_class (self->options_button, "accent");
  else
    gtk_widget_add_css_class (self->options_button, "accent");
  self->updating = FALSE;
}

static void
restore_settings (FoveaVisualizationControls *self)
{
  FoveaSettings *kept = fovea_application_get_settings ();
  g_autofree char *text = kept != NULL ? fovea_settings_get_string (kept, "visualization") : NULL;
  g_autoptr (GVariant) variant = text != NULL && *text != '\0' ? g_variant_parse (G_VARIANT_TYPE_VARDICT, text, NULL, NULL, NULL) : NULL;

  if (variant != NULL)
    fovea_maximize_settings_set_from_variant (self->settings, variant);
}

static void
on_settings_changed (FoveaVisualizationControls *self)
{
  FoveaSettings *kept = fovea_application_get_settings ();

  update (self);
  if (kept != NULL)
    {
      g_autoptr (GVariant) variant = g_variant_ref_sink (fovea_maximize_settings_to_variant (self->settings));
      g_autofree char *text = g_variant_print (variant, TRUE);

      fovea_settings_set_string (kept, "visualization", text);
    }
}

static void
on_preset_changed (FoveaVisualizationControls *self)
{
  if (!self->updating)
    fovea_maximize_settings_set_preset (self->settings, gtk_drop_down_get_selected (self->preset));
}

static void
on_steps_changed (FoveaVisualizationControls *self)
{
  if (!self->updating)
    fovea_maximize_settings_change (self->settings, fovea_maximize_option_find ("steps"), gtk_spin_button_get_value (self->steps));
}

static void
on_seed_changed (FoveaVisualizationControls *self)
{
  if (!self->updating)
    fovea_maximize_settings_set_seed (self->settings, (guint64) gtk_spin_button_get_value (self->seed));
}

static void
on_images_changed (FoveaVisualizationControls *self)
{
  if (!self->updating)
    fovea_maximize_settings_set_n_images (self->settings, (guint) gtk_spin_button_get_value_as_int (self->images));
}

static void
on_dice_clicked (FoveaVisualizationControls *self)
{
  fovea_maximize_settings_set_seed (self->settings, (guint64) g_random_int_range (0, MAX_DICE + 1));
  gtk_widget_activate_action (GTK_WIDGET (self), "visualization.run", NULL);
}

static void
fovea_visualization_controls_dispose (GObject *object)
{
  FoveaVisualizationControls *self = FOVEA_VISUALIZATION_CONTROLS (object);
  GtkWidget *child;

  if (self->settings != NULL)
    g_signal_handlers_disconnect_by_data (self->settings, self);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&self->settings);
  g_clear_object (&self->pair);
  G_OBJECT_CLASS (fovea_visualization_controls_parent_class)->dispose (object);
}

static void
fovea_visualization_controls_class_init (FoveaVisualizationControlsClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = fovea_visualization_controls_dispose;

  g_type_ensure (FOVEA_TYPE_MAXIMIZE_OPTIONS_POPOVER);
  g_type_ensure (FOVEA_TYPE_WRAP_BOX);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/fovea/Fovea/visualization-controls.ui");
  gtk_widget_class_bind_template_child (widget_class, FoveaVisualizationControls, preset);
  gtk_widget_class_bind_template_child (widget_class, FoveaVisualizationControls, steps);
  gtk_widget_class_bind_template_child (widget_class, FoveaVisualizationControls, seed);
  gtk_widget_class_bind_template_child (widget_class, FoveaVisualizationControls, images);
  gtk_widget_class_bind_template_child (widget_class, FoveaVisualizationControls, options_button);
  gtk_widget_class_bind_template_child (widget_class, FoveaVisualizationControls, options_popover);
  gtk_widget_class_bind_template_child (widget_class, FoveaVisualizationControls, run_button);
  gtk_widget_class_bind_template_child (widget_class, FoveaVisualizationControls, run_content);
  gtk_widget_class_bind_template_callback (widget_class, on_preset_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_steps_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_seed_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_images_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_dice_clicked);
}

static void
fovea_visualization_controls_init (FoveaVisualizationControls *self)
{
  self->updating = TRUE; /* while the template is built */
  self->settings = fovea_maximize_settings_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  restore_settings (self);
  fovea_maximize_options_popover_set_settings (self->options_popover, self->settings);
  update (self);
  g_signal_connect_swapped (self->settings, "changed", G_CALLBACK (on_settings_changed), self);
}

/**
 * fovea_visualization_controls_get_settings:
 *
 * Returns: (transfer none): what is chosen for the next run
 */
FoveaMaximizeSettings *
fovea_visualization_controls_get_settings (FoveaVisualizationControls *self)
{
  g_return_val_if_fail (FOVEA_IS_VISUALIZATION_CONTROLS (self), NULL);
  return self->settings;
}

/**
 * fovea_visualization_controls_set_pair:
 * @pair: whose networks are visualized; presets and steps may depend on them
 */
void
fovea_visualization_controls_set_pair (FoveaVisualizationControls *self, FoveaNetworkPair *pair)
{
  FoveaNetwork *networks[FOVEA_N_SIDES];

  g_return_if_fail (FOVEA_IS_VISUALIZATION_CONTROLS (self) && FOVEA_IS_NETWORK_PAIR (pair));
  g_set_object (&self->pair, pair);
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    networks[side] = fovea_network_pair_get_network (pair, side);
  fovea_maximize_settings_set_networks (self->settings, networks, FOVEA_N_SIDES);
  update (self);
}

/**
 * fovea_visualization_controls_set_shape:
 * @shape: of the layer whose neuron is visualized; there must be a pair
 */
void
fovea_visualization_controls_set_shape (FoveaVisualizationControls *self, const FoveaShape *shape)
{
  g_return_if_fail (FOVEA_IS_VISUALIZATION_CONTROLS (self) && self->pair != NULL);
  fovea_maximize_options_popover_set_neuron (self->options_popover, self->pair, shape);
}

/**
 * fovea_visualization_controls_set_running:
 * @running: whether the button is to stop, not to run
 */
void
fovea_visualization_controls_set_running (FoveaVisualizationControls *self, gboolean running)
{
  g_return_if_fail (FOVEA_IS_VISUALIZATION_CONTROLS (self));
  adw_button_content_set_icon_name (self->run_content, running ? "media-playback-stop-symbolic" : "media-playback-start-symbolic");
  adw_button_content_set_label (self->run_content, running ? "S_top" : "_Run");
  gtk_widget_set_tooltip_text (self->run_button, running ? "Stop and keep the pictures (Space)" : "Start from noise (Space)");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->run_button), GTK_ACCESSIBLE_PROPERTY_LABEL, running ? "Stop" : "Run", -1);
  if (running)
    gtk_widget_remove_css_class (self->run_button, "suggested-action");
  else
    gtk_widget_add_css_class (self->run_button, "suggested-action");
}

/**
 * fovea_visualization_controls_focus_run:
 *
 * Puts the keyboard on the Run button.
 */
void
fovea_visualization_controls_focus_run (FoveaVisualizationControls *self)
{
  g_return_if_fail (FOVEA_IS_VISUALIZATION_CONTROLS (self));
  gtk_widget_grab_focus (self->run_button);
}
