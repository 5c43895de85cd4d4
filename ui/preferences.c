/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/preferences.h"

#include "ui/application.h"

/* As the combo row lists them and the settings name them. */
static const char *const scheme_names[] = { "system", "light", "dark" };

struct _FoveaPreferences {
  AdwPreferencesWindow parent_instance;

  AdwComboRow *color_scheme;
  GtkAdjustment *tile_size;
  GtkAdjustment *threads;
  AdwActionRow *cache;
  GtkWidget *clear;

  FoveaSettings *settings;
  FoveaStore *store; /* nullable */
};

G_DEFINE_FINAL_TYPE (FoveaPreferences, fovea_preferences, ADW_TYPE_PREFERENCES_WINDOW)

enum { CLEARED, N_SIGNALS };

static guint signals[N_SIGNALS];

static void
show_cache_size (FoveaPreferences *self)
{
  guint64 size = self->store != NULL ? fovea_store_get_size (self->store) : 0;
  g_autofree char *text = g_format_size (size);

  adw_action_row_set_subtitle (self->cache, self->store != NULL ? text : "The folder for results cannot be written, so nothing is kept");
  gtk_widget_set_sensitive (self->clear, self->store != NULL);
}

/* What a worker needs to delete the results, which takes a while where there are many. */
typedef struct {
  FoveaPreferences *preferences; /* owned: it tells those who have to know, even when it is closed by then */
  FoveaStore *store;
  GError *error;
} Clearing;

static void
clearing_free (gpointer data)
{
  Clearing *clearing = data;

  g_clear_object (&clearing->preferences);
  g_clear_pointer (&clearing->store, fovea_store_unref);
  g_clear_error (&clearing->error);
  g_free (clearing);
}

static void
clear_store (FoveaQueuedJob *job,
             gpointer data)
{
  Clearing *clearing = data;

  fovea_store_clear (clearing->store, &clearing->error);
}

static void
store_cleared (FoveaQueuedJob *job,
               gpointer data)
{
  Clearing *clearing = data;
  FoveaPreferences *self = clearing->preferences;
  gboolean is_open = self->store != NULL;

  if (is_open && clearing->error != NULL)
    {
      g_autofree char *text = g_strdup_printf ("Cannot delete the results: %s", clearing->error->message);
      g_autofree char *markup = g_markup_escape_text (text, -1);

      adw_preferences_window_add_toast (ADW_PREFERENCES_WINDOW (self), adw_toast_new (markup));
    }
  if (is_open)
    show_cache_size (self);
  g_signal_emit (self, signals[CLEARED], 0);
}

static void
clear_answered (FoveaPreferences *self,
                const char *response)
{
  Clearing *clearing;
  g_autoptr (FoveaQueuedJob) job = NULL;

  if (!g_str_equal (response, "delete") || self->store == NULL)
    return;
  clearing = g_new0 (Clearing, 1);
  clearing->preferences = g_object_ref (self);
  clearing->store = fovea_store_ref (self->store);
  adw_action_row_set_subtitle (self->cache, "Deleting…");
  gtk_widget_set_sensitive (self->clear, FALSE);
  job = fovea_job_queue_push (fovea_application_get_job_queue (), FOVEA_JOB_PRIORITY_INTERACTIVE,
                              clear_store, NULL, store_cleared, clearing, clearing_free);
}

static void
clear_clicked (FoveaPreferences *self)
{
  GtkWidget *dialog = adw_message_dialog_new (GTK_WINDOW (self), "Delete All Results?",
                                              "Every picture has to be computed again when it is wanted.");

  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", "_Cancel", "delete", "_Delete", NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "delete", ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect_object (dialog, "response", G_CALLBACK (clear_answered), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

static gboolean
scheme_to_index (GBinding *binding,
                 const GValue *from,
                 GValue *to,
                 gpointer user_data)
{
  for (guint i = 0; i < G_N_ELEMENTS (scheme_names); i++)
    if (g_strcmp0 (scheme_names[i], g_value_get_string (from)) == 0)
      g_value_set_uint (to, i);
  return TRUE;
}

static gboolean
index_to_scheme (GBinding *binding,
                 const GValue *from,
                 GValue *to,
                 gpointer user_data)
{
  if (g_value_get_uint (from) >= G_N_ELEMENTS (scheme_names))
    return FALSE;
  g_value_set_string (to, scheme_names[g_value_get_uint (from)]);
  return TRUE;
}

static gboolean
int_to_double (GBinding *binding,
               const GValue *from,
               GValue *to,
               gpointer user_data)
{
  g_value_set_double (to, g_value_get_int (from));
  return TRUE;
}

static gboolean
double_to_int (GBinding *binding,
               const GValue *from,
               GValue *to,
               gpointer user_data)
{
  g_value_set_int (to, (int) g_value_get_double (from));
  return TRUE;
}

static void
fovea_preferences_dispose (GObject *object)
{
  FoveaPreferences *self = FOVEA_PREFERENCES (object);

  g_clear_object (&self->settings);
  g_clear_pointer (&self->store, fovea_store_unref);

  G_OBJECT_CLASS (fovea_preferences_parent_class)->dispose (object);
}

static void
fovea_preferences_class_init (FoveaPreferencesClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = fovea_preferences_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/fovea/Fovea/preferences.ui");
  gtk_widget_class_bind_template_child (widget_class, FoveaPreferences, color_scheme);
  gtk_widget_class_bind_template_child (widget_class, FoveaPreferences, tile_size);
  gtk_widget_class_bind_template_child (widget_class, FoveaPreferences, threads);
  gtk_widget_class_bind_template_child (widget_class, FoveaPreferences, cache);
  gtk_widget_class_bind_template_child (widget_class, FoveaPreferences, clear);

  signals[CLEARED] = g_signal_new ("results-deleted", FOVEA_TYPE_PREFERENCES, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
fovea_preferences_init (FoveaPreferences *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_object (self->clear, "clicked", G_CALLBACK (clear_clicked), self, G_CONNECT_SWAPPED);
}

/**
 * fovea_preferences_new:
 * @settings: what it shows and changes
 * @store: (nullable): the results it can delete
 *
 * Emits `results-deleted` after the store was emptied.
 *
 * Returns: (transfer floating): the window
 */
GtkWidget *
fovea_preferences_new (FoveaSettings *settings,
                       FoveaStore *store)
{
  FoveaPreferences *self = g_object_new (FOVEA_TYPE_PREFERENCES, NULL);

  self->settings = g_object_ref (settings);
  self->store = store != NULL ? fovea_store_ref (store) : NULL;
  g_object_bind_property_full (settings, "color-scheme", self->color_scheme, "selected", G_BINDING_BIDIRECTIONAL | G_BINDING_SYNC_CREATE,
                               scheme_to_index, index_to_scheme, NULL, NULL);
  g_object_bind_property_full (settings, "tile-size", self->tile_size, "value", G_BINDING_BIDIRECTIONAL | G_BINDING_SYNC_CREATE,
                               int_to_double, double_to_int, NULL, NULL);
  g_object_bind_property_full (settings, "threads", self->threads, "value", G_BINDING_BIDIRECTIONAL | G_BINDING_SYNC_CREATE,
                               int_to_double, double_to_int, NULL, NULL);
  show_cache_size (self);
  return GTK_WIDGET (self);
}
