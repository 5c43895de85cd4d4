/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/maximize-options-popover.h"

#include <adwaita.h>

/* An option's row: what holds now, and the way back to the preset. */
typedef struct
{
  const FoveaMaximizeOptionInfo *info;
  GtkWidget *row;
  GtkWidget *control; /* GtkSwitch, GtkDropDown or GtkSpinButton, as the kind wants */
  GtkWidget *reset;
} OptionRow;

struct _FoveaMaximizeOptionsPopover
{
  GtkPopover parent_instance;

  GtkWidget *groups;
  GtkWidget *objective;
  GtkWidget *position_row;
  GtkWidget *position_y;
  GtkWidget *position_x;
  GtkWidget *diversity_row;
  GtkWidget *diversity;
  GtkWidget *reset_all;
  GArray *rows; /* of OptionRow */

  FoveaMaximizeSettings *settings; /* nullable */
  FoveaNetworkPair *pair; /* nullable */
  FoveaShape shape; /* of the layer */
  gboolean updating; /* controls are set from the settings: they are not changes by people */
};

G_DEFINE_FINAL_TYPE (FoveaMaximizeOptionsPopover, fovea_maximize_options_popover, GTK_TYPE_POPOVER)

static char *
format_value (const FoveaMaximizeOptionInfo *info, double value)
{
  switch (info->kind)
    {
    case FOVEA_MAXIMIZE_OPTION_BOOLEAN:
      return g_strdup (value != 0 ? "on" : "off");
    case FOVEA_MAXIMIZE_OPTION_CHOICE:
      return g_strdup (info->choices[(guint) value]);
    case FOVEA_MAXIMIZE_OPTION_INTEGER:
    case FOVEA_MAXIMIZE_OPTION_NUMBER:
    default:
      return g_strdup_printf ("%g", value);
    }
}

static void
set_control (OptionRow *row, double value)
{
  if (GTK_IS_SWITCH (row->control))
    gtk_switch_set_active (GTK_SWITCH (row->control), value != 0);
  else if (GTK_IS_DROP_DOWN (row->control))
    gtk_drop_down_set_selected (GTK_DROP_DOWN (row->control), (guint) value);
  else
    gtk_spin_button_set_value (GTK_SPIN_BUTTON (row->control), value);
}

static double
get_control (const OptionRow *row)
{
  if (GTK_IS_SWITCH (row->control))
    return gtk_switch_get_active (GTK_SWITCH (row->control));
  if (GTK_IS_DROP_DOWN (row->control))
    return gtk_drop_down_get_selected (GTK_DROP_DOWN (row->control));
  return gtk_spin_button_get_value (GTK_SPIN_BUTTON (row->control));
}

static void
update_option (FoveaMaximizeOptionsPopover *self, OptionRow *row, const FoveaMaximizeOptions *options)
{
  double standard = fovea_maximize_option_get (row->info, &options[FOVEA_SIDE_STANDARD]);
  double robust = fovea_maximize_option_get (row->info, &options[FOVEA_SIDE_ROBUST]);
  gboolean changed = fovea_maximize_settings_get_changed (self->settings, row->info);
  const char *subtitle = row->info->subtitle != NULL ? row->info->subtitle : "";

  set_control (row, standard);
  gtk_widget_set_visible (row->reset, changed);
  if (standard == robust)
    adw_action_row_set_subtitle (ADW_ACTION_ROW (row->row), subtitle);
  else
    {
      g_autofree char *of_standard = format_value (row->info, standard);
      g_autofree char *of_robust = format_value (row->info, robust);
      g_autofree char *text = g_strdup_printf ("standard %s, robust %s", of_standard, of_robust);

      adw_action_row_set_subtitle (ADW_ACTION_ROW (row->row), text);
    }
  /* Between two values the control can show only one: the subtitle tells both. */
  gtk_widget_set_opacity (row->control, standard == robust ? 1 : 0.6);
}

static void
update_dependent_rows (FoveaMaximizeOptionsPopover *self, const FoveaMaximizeOptions *options)
{
  gboolean transforms = options[FOVEA_SIDE_STANDARD].transforms || options[FOVEA_SIDE_ROBUST].transforms;
  gboolean blur = options[FOVEA_SIDE_STANDARD].blur_every > 0 || options[FOVEA_SIDE_ROBUST].blur_every > 0;

  for (guint i = 0; i < self->rows->len; i++)
    {
      OptionRow *row = &g_array_index (self->rows, OptionRow, i);

      if (g_strcmp0 (row->info->group, "Transforms") == 0 && !g_str_equal (row->info->name, "transforms"))
        gtk_widget_set_sensitive (row->row, transforms);
      else if (g_str_equal (row->info->name, "blur-deviation"))
        gtk_widget_set_sensitive (row->row, blur);
    }
}

static void
update (FoveaMaximizeOptionsPopover *self)
{
  FoveaMaximizeOptions options[FOVEA_N_SIDES];
  FoveaObjectiveChoice choice;
  gint64 y, x;

  if (self->settings == NULL || self->pair == NULL)
    return;

  self->updating = TRUE;
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    fovea_maximize_settings_get_options (self->settings, fovea_network_pair_get_network (self->pair, side), &options[side]);
  for (guint i = 0; i < self->rows->len; i++)
    update_option (self, &g_array_index (self->rows, OptionRow, i), options);
  update_dependent_rows (self, options);

  choice = fovea_maximize_settings_get_objective_choice (self->settings);
  fovea_maximize_settings_get_position (self->settings, &y, &x);
  gtk_drop_down_set_selected (GTK_DROP_DOWN (self->objective), choice);
  gtk_widget_set_visible (self->position_row, choice == FOVEA_OBJECTIVE_CHOICE_POSITION);
  gtk_spin_button_set_range (GTK_SPIN_BUTTON (self->position_y), 0, (double) (self->shape.height - 1));
  gtk_spin_button_set_range (GTK_SPIN_BUTTON (self->position_x), 0, (double) (self->shape.width - 1));
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (self->position_y), (double) y);
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (self->position_x), (double) x);
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (self->diversity), fovea_maximize_settings_get_diversity (self->settings));
  gtk_widget_set_sensitive (self->diversity_row, fovea_maximize_settings_get_n_images (self->settings) > 1);
  gtk_widget_set_sensitive (self->reset_all, !fovea_maximize_settings_is_default (self->settings));
  self->updating = FALSE;
}

static void
on_control_changed (FoveaMaximizeOptionsPopover *self, GParamSpec *spec, GtkWidget *control)
{
  if (self->updating || self->settings == NULL)
    return;
  for (guint i = 0; i < self->rows->len; i++)
    {
      const OptionRow *row = &g_array_index (self->rows, OptionRow, i);

      if (row->control == control)
        {
          fovea_maximize_settings_change (self->settings, row->info, get_control (row));
          return;
        }
    }
}

static void
on_reset_clicked (FoveaMaximizeOptionsPopover *self, GtkWidget *button)
{
  for (guint i = 0; i < self->rows->len; i++)
    {
      const OptionRow *row = &g_array_index (self->rows, OptionRow, i);

      if (row->reset == button)
        {
          gtk_widget_grab_focus (row->control);
          fovea_maximize_settings_reset (self->settings, row->info);
          return;
        }
    }
}

static void
on_objective_changed (FoveaMaximizeOptionsPopover *self)
{
  if (!self->updating && self->settings != NULL)
    fovea_maximize_settings_set_objective_choice (self->settings, gtk_drop_down_get_selected (GTK_DROP_DOWN (self->objective)));
}

static void
on_position_changed (FoveaMaximizeOptionsPopover *self)
{
  if (!self->updating && self->settings != NULL)
    fovea_maximize_settings_set_position (self->settings, gtk_spin_button_get_value_as_int (GTK_SPIN_BUTTON (self->position_y)),
                                          gtk_spin_button_get_value_as_int (GTK_SPIN_BUTTON (self->position_x)));
}

static void
on_diversity_changed (FoveaMaximizeOptionsPopover *self)
{
  if (!self->updating && self->settings != NULL)
    fovea_maximize_settings_set_diversity (self->settings, gtk_spin_button_get_value (GTK_SPIN_BUTTON (self->diversity)));
}

static void
on_reset_all_clicked (FoveaMaximizeOptionsPopover *self)
{
  if (self->settings != NULL)
    fovea_maximize_settings_reset_all (self->settings);
}

/* Turning the wheel over a spin button would change it while people scroll past it. */
static void
ignore_wheel (GtkWidget *spin_button)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (spin_button);

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);

      if (GTK_IS_EVENT_CONTROLLER_SCROLL (controller))
        gtk_event_controller_set_propagation_phase (controller, GTK_PHASE_NONE);
    }
}

static GtkWidget *
create_control (FoveaMaximizeOptionsPopover *self, const FoveaMaximizeOptionInfo *info)
{
  GtkWidget *control;

  switch (info->kind)
    {
    case FOVEA_MAXIMIZE_OPTION_BOOLEAN:
      control = gtk_switch_new ();
      g_signal_connect_swapped (control, "notify::active", G_CALLBACK (on_control_changed), self);
      break;
    case FOVEA_MAXIMIZE_OPTION_CHOICE:
      control = gtk_drop_down_new_from_strings (info->choices);
      g_signal_connect_swapped (control, "notify::selected", G_CALLBACK (on_control_changed), self);
      break;
    case FOVEA_MAXIMIZE_OPTION_INTEGER:
    case FOVEA_MAXIMIZE_OPTION_NUMBER:
    default:
      control = gtk_spin_button_new_with_range (info->minimum, info->maximum, info->increment);
      gtk_spin_button_set_digits (GTK_SPIN_BUTTON (control), info->digits);
      gtk_spin_button_set_numeric (GTK_SPIN_BUTTON (control), TRUE);
      gtk_editable_set_width_chars (GTK_EDITABLE (control), 7);
      g_signal_connect_swapped (control, "notify::value", G_CALLBACK (on_control_changed), self);
      ignore_wheel (control);
      break;
    }
  gtk_widget_set_valign (control, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (control), GTK_ACCESSIBLE_PROPERTY_LABEL, info->title, -1);
  return control;
}

static void
add_option (FoveaMaximizeOptionsPopover *self, AdwPreferencesGroup *group, const FoveaMaximizeOptionInfo *info)
{
  OptionRow row = { info, adw_action_row_new (), create_control (self, info), gtk_button_new_from_icon_name ("edit-undo-symbolic") };
  g_autofree char *name = g_strdup_printf ("Reset %s to the preset", info->title);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row.row), info->title);
  gtk_widget_set_valign (row.reset, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (row.reset, "flat");
  gtk_widget_set_tooltip_text (row.reset, "Back to the preset");
  gtk_widget_set_visible (row.reset, FALSE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row.reset), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_signal_connect_swapped (row.reset, "clicked", G_CALLBACK (on_reset_clicked), self);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row.row), row.reset);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row.row), row.control);
  if (info->kind == FOVEA_MAXIMIZE_OPTION_BOOLEAN)
    adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row.row), row.control);
  adw_preferences_group_add (group, row.row);
  g_array_append_val (self->rows, row);
}

/* Options without a group have their control elsewhere. */
static void
add_options (FoveaMaximizeOptionsPopover *self)
{
  guint n_options;
  const FoveaMaximizeOptionInfo *options = fovea_maximize_option_list (&n_options);
  const char *title = NULL;
  GtkWidget *group = NULL;

  for (guint i = 0; i < n_options; i++)
    {
      if (options[i].group == NULL)
        continue;
      if (g_strcmp0 (title, options[i].group) != 0)
        {
          title = options[i].group;
          group = adw_preferences_group_new ();
          adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (group), title);
          gtk_box_append (GTK_BOX (self->groups), group);
        }
      add_option (self, ADW_PREFERENCES_GROUP (group), &options[i]);
    }
}

static void
fovea_maximize_options_popover_dispose (GObject *object)
{
  FoveaMaximizeOptionsPopover *self = FOVEA_MAXIMIZE_OPTIONS_POPOVER (object);

  if (self->settings != NULL)
    g_signal_handlers_disconnect_by_data (self->settings, self);
  g_clear_object (&self->settings);
  g_clear_object (&self->pair);
  G_OBJECT_CLASS (fovea_maximize_options_popover_parent_class)->dispose (object);
}

static void
fovea_maximize_options_popover_finalize (GObject *object)
{
  g_array_unref (FOVEA_MAXIMIZE_OPTIONS_POPOVER (object)->rows);
  G_OBJECT_CLASS (fovea_maximize_options_popover_parent_class)->finalize (object);
}

static void
fovea_maximize_options_popover_class_init (FoveaMaximizeOptionsPopoverClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = fovea_maximize_options_popover_dispose;
  G_OBJECT_CLASS (class)->finalize = fovea_maximize_options_popover_finalize;

  gtk_widget_class_set_template_from_resource (widget_class, "/org/fovea/Fovea/maximize-options-popover.ui");
  gtk_widget_class_bind_template_child (widget_class, FoveaMaximizeOptionsPopover, groups);
  gtk_widget_class_bind_template_child (widget_class, FoveaMaximizeOptionsPopover, objective);
  gtk_widget_class_bind_template_child (widget_class, FoveaMaximizeOptionsPopover, position_row);
  gtk_widget_class_bind_template_child (widget_class, FoveaMaximizeOptionsPopover, position_y);
  gtk_widget_class_bind_template_child (widget_class, FoveaMaximizeOptionsPopover, position_x);
  gtk_widget_class_bind_template_child (widget_class, FoveaMaximizeOptionsPopover, diversity_row);
  gtk_widget_class_bind_template_child (widget_class, FoveaMaximizeOptionsPopover, diversity);
  gtk_widget_class_bind_template_child (widget_class, FoveaMaximizeOptionsPopover, reset_all);
}

static void
fovea_maximize_options_popover_init (FoveaMaximizeOptionsPopover *self)
{
  self->rows = g_array_new (FALSE, FALSE, sizeof (OptionRow));
  gtk_widget_init_template (GTK_WIDGET (self));
  add_options (self);
  ignore_wheel (self->position_y);
  ignore_wheel (self->position_x);
  ignore_wheel (self->diversity);
  g_signal_connect_swapped (self->objective, "notify::selected", G_CALLBACK (on_objective_changed), self);
  g_signal_connect_swapped (self->position_y, "notify::value", G_CALLBACK (on_position_changed), self);
  g_signal_connect_swapped (self->position_x, "notify::value", G_CALLBACK (on_position_changed), self);
  g_signal_connect_swapped (self->diversity, "notify::value", G_CALLBACK (on_diversity_changed), self);
  g_signal_connect_swapped (self->reset_all, "clicked", G_CALLBACK (on_reset_all_clicked), self);
}

/**
 * fovea_maximize_options_popover_set_settings:
 * @settings: what the controls show and change
 */
void
fovea_maximize_options_popover_set_settings (FoveaMaximizeOptionsPopover *self, FoveaMaximizeSettings *settings)
{
  g_return_if_fail (FOVEA_IS_MAXIMIZE_OPTIONS_POPOVER (self));
  if (self->settings != NULL)
    g_signal_handlers_disconnect_by_data (self->settings, self);
  g_set_object (&self->settings, settings);
  if (settings != NULL)
    g_signal_connect_swapped (settings, "changed", G_CALLBACK (update), self);
  update (self);
}

/**
 * fovea_maximize_options_popover_set_neuron:
 * @pair: whose presets hold
 * @shape: of the neuron's layer
 *
 * Which networks and which layer the options are for.
 */
void
fovea_maximize_options_popover_set_neuron (FoveaMaximizeOptionsPopover *self, FoveaNetworkPair *pair, const FoveaShape *shape)
{
  g_return_if_fail (FOVEA_IS_MAXIMIZE_OPTIONS_POPOVER (self));
  g_set_object (&self->pair, pair);
  self->shape = *shape;
  update (self);
}

/**
 * fovea_maximize_options_popover_get_control:
 * @option: an option's name
 *
 * Returns: (nullable) (transfer none): the widget that shows and changes it
 */
GtkWidget *
fovea_maximize_options_popover_get_control (FoveaMaximizeOptionsPopover *self, const char *option)
{
  g_return_val_if_fail (FOVEA_IS_MAXIMIZE_OPTIONS_POPOVER (self), NULL);
  for (guint i = 0; i < self->rows->len; i++)
    {
      const OptionRow *row = &g_array_index (self->rows, OptionRow, i);

      if (g_str_equal (row->info->name, option))
        return row->control;
    }
  return NULL;
}
