/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/manage-dialog.h"

#include "engine/library.h"
#include "ui/open-dialog.h"
#include "ui/sentence.h"

/**
 * FoveaManageDialog:
 *
 * A row for each pair and network; those of the user can be typed another name. Emits `changed` with the old and the new
 * name when the library changed: the new one is "" for what was removed, and both are the same for what was edited.
 */
struct _FoveaManageDialog {
  AdwWindow parent_instance;

  AdwToastOverlay *toasts;
  AdwPreferencesPage *page;
  AdwPreferencesGroup *groups[2];
};

G_DEFINE_FINAL_TYPE (FoveaManageDialog, fovea_manage_dialog, ADW_TYPE_WINDOW)

enum { CHANGED, N_SIGNALS };

static guint signals[N_SIGNALS];

static void list (FoveaManageDialog *self);

static const char *
get_name (gpointer object)
{
  return g_object_get_data (G_OBJECT (object), "name");
}

static void
set_name (gpointer object,
          const char *name)
{
  g_object_set_data_full (G_OBJECT (object), "name", g_strdup (name), g_free);
}

static void
show_error (FoveaManageDialog *self,
            const GError *error)
{
  g_autofree char *sentence = fovea_sentence_from_error (error->message);
  g_autofree char *escaped = g_markup_escape_text (sentence, -1);

  adw_toast_overlay_add_toast (self->toasts, adw_toast_new (escaped));
}

static void
tell_changed (FoveaManageDialog *self,
              const char *name,
              const char *new_name)
{
  g_autofree char *kept = g_strdup (name);
  g_autofree char *new_kept = g_strdup (new_name);

  list (self);
  g_signal_emit (self, signals[CHANGED], 0, kept, new_kept);
}

static void
rename_applied (FoveaManageDialog *self,
                GtkEditable *row)
{
  g_autofree char *new_name = g_strstrip (g_strdup (gtk_editable_get_text (row)));
  g_autoptr (GError) error = NULL;

  if (g_str_equal (new_name, get_name (row)))
    return;
  if (fovea_library_rename (get_name (row), new_name, &error))
    tell_changed (self, get_name (row), new_name);
  else
    show_error (self, error);
}

static void
edited (FoveaManageDialog *self,
        const char *opened,
        FoveaOpenDialog *dialog)
{
  tell_changed (self, get_name (dialog), opened);
}

static void
edit_clicked (FoveaManageDialog *self,
              GtkWidget *button)
{
  GtkWidget *dialog = fovea_open_dialog_new (GTK_WINDOW (self));

  set_name (dialog, get_name (button));
  g_signal_connect_object (dialog, "opened", G_CALLBACK (edited), self, G_CONNECT_SWAPPED);
  fovea_open_dialog_edit (FOVEA_OPEN_DIALOG (dialog), get_name (button));
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
remove_answered (FoveaManageDialog *self,
                 const char *response,
                 GObject *dialog)
{
  g_autoptr (GError) error = NULL;

  if (!g_str_equal (response, "remove"))
    return;
  if (fovea_library_remove (get_name (dialog), &error))
    tell_changed (self, get_name (dialog), "");
  else
    show_error (self, error);
}

static void
remove_clicked (FoveaManageDialog *self,
                GtkWidget *button)
{
  GtkWidget *dialog = adw_message_dialog_new (GTK_WINDOW (self), NULL, NULL);

  adw_message_dialog_format_heading (ADW_MESSAGE_DIALOG (dialog), "Remove “%s”?", get_name (button));
  adw_message_dialog_set_body (ADW_MESSAGE_DIALOG (dialog), "It leaves the list. Its files stay where they are, unless they are Fovea's own copies.");
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", "_Cancel", "remove", "_Remove", NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "remove", ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  set_name (dialog, get_name (button));
  g_signal_connect_object (dialog, "response", G_CALLBACK (remove_answered), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

static GtkWidget *
make_button (FoveaManageDialog *self,
             const char *name,
             const char *icon,
             const char *what,
             GCallback clicked)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon);
  g_autofree char *label = g_strdup_printf ("%s %s", what, name);

  set_name (button, name);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, what);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  g_signal_connect_object (button, "clicked", clicked, self, G_CONNECT_SWAPPED);
  return button;
}

static void
add_row (FoveaManageDialog *self,
         AdwPreferencesGroup *group,
         const char *name,
         const char *description,
         gboolean changeable,
         gboolean editable)
{
  g_autofree char *escaped = g_markup_escape_text (description, -1);
  GtkWidget *row = changeable ? adw_entry_row_new () : adw_action_row_new ();

  set_name (row, name);
  if (changeable)
    {
      adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), escaped);
      gtk_editable_set_text (GTK_EDITABLE (row), name);
      adw_entry_row_set_show_apply_button (ADW_ENTRY_ROW (row), TRUE);
      g_signal_connect_object (row, "apply", G_CALLBACK (rename_applied), self, G_CONNECT_SWAPPED);
      if (editable)
        adw_entry_row_add_suffix (ADW_ENTRY_ROW (row), make_button (self, name, "emblem-system-symbolic", "Edit", G_CALLBACK (edit_clicked)));
      adw_entry_row_add_suffix (ADW_ENTRY_ROW (row), make_button (self, name, "user-trash-symbolic", "Remove", G_CALLBACK (remove_clicked)));
    }
  else
    {
      adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
      adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), name);
      adw_action_row_set_subtitle (ADW_ACTION_ROW (row), escaped);
      adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 1);
    }
  adw_preferences_group_add (group, row);
}

static AdwPreferencesGroup *
add_group (FoveaManageDialog *self,
           guint index,
           const char *title)
{
  AdwPreferencesGroup *group = ADW_PREFERENCES_GROUP (adw_preferences_group_new ());

  if (self->groups[index] != NULL)
    adw_preferences_page_remove (self->page, self->groups[index]);
  adw_preferences_group_set_title (group, title);
  adw_preferences_page_add (self->page, group);
  self->groups[index] = group;
  return group;
}

static void
list (FoveaManageDialog *self)
{
  g_autoptr (GPtrArray) pairs = fovea_library_list_pairs ();
  g_autoptr (GPtrArray) entries = fovea_library_list ();
  AdwPreferencesGroup *group = add_group (self, 0, "Pairs");

  for (guint i = 0; i < pairs->len; i++)
    {
      const FoveaLibraryPair *pair = pairs->pdata[i];
      g_autofree char *description = g_strdup_printf ("%s beside %s", pair->standard, pair->robust);

      add_row (self, group, pair->name, description, pair->added, TRUE);
    }

  group = add_group (self, 1, "Networks");
  for (guint i = 0; i < entries->len; i++)
    {
      const FoveaLibraryEntry *entry = entries->pdata[i];
      g_autofree char *shown = g_filename_display_name (entry->path);
      g_autofree char *description = entry->built_in  ? g_strdup ("Came with Fovea")
                                     : entry->missing ? g_strdup_printf ("The file is gone: %s", shown)
                                                      : g_steal_pointer (&shown);

      add_row (self, group, entry->name, description, entry->added, !entry->missing);
    }
}

static void
fovea_manage_dialog_class_init (FoveaManageDialogClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  gtk_widget_class_set_template_from_resource (widget_class, "/org/fovea/Fovea/manage-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, FoveaManageDialog, toasts);
  gtk_widget_class_bind_template_child (widget_class, FoveaManageDialog, page);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);

  signals[CHANGED] = g_signal_new ("changed", FOVEA_TYPE_MANAGE_DIALOG, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_STRING);
}

static void
fovea_manage_dialog_init (FoveaManageDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  list (self);
}

/**
 * fovea_manage_dialog_new:
 * @parent: (nullable): the window that it belongs to
 *
 * Returns: (transfer floating): the dialog
 */
GtkWidget *
fovea_manage_dialog_new (GtkWindow *parent)
{
  return g_object_new (FOVEA_TYPE_MANAGE_DIALOG, "transient-for", parent, NULL);
}
