/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/observers-button.h"

#include "ui/application.h"

struct _FoveaObserversButton
{
  GtkWidget parent_instance;

  GtkMenuButton *button;
  GtkCheckButton *groups[FOVEA_N_PUBLISHED_GROUPS];

  FoveaShapeBiasObservers *observers; /* nullable */
  GtkFileChooserNative *dialog;       /* while it is open */
  gboolean updating; /* controls are set by the program */
};

G_DEFINE_FINAL_TYPE (FoveaObserversButton, fovea_observers_button, GTK_TYPE_WIDGET)

static void
on_files_chosen (FoveaObserversButton *self, int response)
{
  g_autoptr (GtkFileChooserNative) dialog = g_steal_pointer (&self->dialog);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autoptr (GListModel) files = NULL;
  g_auto (GStrv) paths = NULL;

  if (response != GTK_RESPONSE_ACCEPT || self->observers == NULL)
    return;
  files = gtk_file_chooser_get_files (GTK_FILE_CHOOSER (dialog));
  for (guint i = 0; i < g_list_model_get_n_items (files); i++)
    {
      g_autoptr (GFile) file = g_list_model_get_item (files, i);

      if (g_file_peek_path (file) != NULL)
        g_strv_builder_add (builder, g_file_peek_path (file));
    }
  paths = g_strv_builder_end (builder);
  fovea_shape_bias_observers_open (self->observers, (const char *const *) paths);
}

static void
open_trials_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  FoveaObserversButton *self = FOVEA_OBSERVERS_BUTTON (widget);
  g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();

  if (self->dialog != NULL)
    return;
  gtk_menu_button_popdown (self->button);
  self->dialog = gtk_file_chooser_native_new ("Open Trials", GTK_WINDOW (gtk_widget_get_root (widget)), GTK_FILE_CHOOSER_ACTION_OPEN, "_Open", "_Cancel");
  gtk_file_filter_set_name (filter, "Tables with subj, object_response and imagename (CSV)");
  gtk_file_filter_add_suffix (filter, "csv");
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (self->dialog), filter);
  gtk_file_chooser_set_select_multiple (GTK_FILE_CHOOSER (self->dialog), TRUE);
  g_signal_connect_object (self->dialog, "response", G_CALLBACK (on_files_chosen), self, G_CONNECT_SWAPPED);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->dialog));
}

static void
close_trials_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  FoveaObserversButton *self = FOVEA_OBSERVERS_BUTTON (widget);

  if (self->observers != NULL)
    fovea_shape_bias_observers_close (self->observers);
}

static void
on_group_toggled (FoveaObserversButton *self)
{
  for (guint group = 0; group < FOVEA_N_PUBLISHED_GROUPS && self->observers != NULL && !self->updating; group++)
    fovea_shape_bias_observers_set_shown (self->observers, group, gtk_check_button_get_active (self->groups[group]));
}

static void
on_observers_changed (FoveaObserversButton *self)
{
  self->updating = TRUE;
  for (guint group = 0; group < FOVEA_N_PUBLISHED_GROUPS; group++)
    gtk_check_button_set_active (self->groups[group], fovea_shape_bias_observers_get_shown (self->observers, group));
  self->updating = FALSE;
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "observers.close", fovea_shape_bias_observers_get_n_files (self->observers) > 0);
}

static void
fovea_observers_button_dispose (GObject *object)
{
  FoveaObserversButton *self = FOVEA_OBSERVERS_BUTTON (object);

  self->updating = TRUE;
  if (self->observers != NULL)
    g_signal_handlers_disconnect_by_data (self->observers, self);
  if (self->dialog != NULL)
    gtk_native_dialog_destroy (GTK_NATIVE_DIALOG (self->dialog));
  g_clear_object (&self->dialog);
  if (self->button != NULL)
    gtk_widget_unparent (GTK_WIDGET (self->button));
  self->button = NULL;
  g_clear_object (&self->observers);
  G_OBJECT_CLASS (fovea_observers_button_parent_class)->dispose (object);
}

static void
fovea_observers_button_class_init (FoveaObserversButtonClass *class)
{
  static const char *const groups[FOVEA_N_PUBLISHED_GROUPS] = { "people", "persons", "networks" };
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = fovea_observers_button_dispose;

  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/fovea/Fovea/observers-button.ui");
  gtk_widget_class_bind_template_child (widget_class, FoveaObserversButton, button);
  for (guint group = 0; group < FOVEA_N_PUBLISHED_GROUPS; group++)
    gtk_widget_class_bind_template_child_full (widget_class, groups[group], FALSE, G_STRUCT_OFFSET (FoveaObserversButton, groups) + (gssize) (group * sizeof (GtkCheckButton *)));
  gtk_widget_class_bind_template_callback (widget_class, on_group_toggled);
  gtk_widget_class_install_action (widget_class, "observers.open", NULL, open_trials_action);
  gtk_widget_class_install_action (widget_class, "observers.close", NULL, close_trials_action);
}

static void
fovea_observers_button_init (FoveaObserversButton *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  if (fovea_application_get_reading_queue () == NULL)
    return;
  self->observers = fovea_shape_bias_observers_new (fovea_application_get_reading_queue (), fovea_application_get_settings ());
  g_signal_connect_object (self->observers, "changed", G_CALLBACK (on_observers_changed), self, G_CONNECT_SWAPPED);
  on_observers_changed (self);
}

/**
 * fovea_observers_button_get_observers:
 *
 * Returns: (transfer none) (nullable): those that are chosen; %NULL where there is no application
 */
FoveaShapeBiasObservers *
fovea_observers_button_get_observers (FoveaObserversButton *self)
{
  g_return_val_if_fail (FOVEA_IS_OBSERVERS_BUTTON (self), NULL);
  return self->observers;
}
