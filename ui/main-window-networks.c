/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/main-window-private.h"

#include "ui/manage-dialog.h"
#include "ui/open-dialog.h"
#include "ui/sentence.h"

/* What reading a pair needs and gives. */
typedef struct {
  FoveaMainWindow *window;
  char *name;
  FoveaNetworkPair *pair;
  GError *error;
} Opening;

static void
opening_free (gpointer data)
{
  Opening *opening = data;

  g_free (opening->name);
  g_clear_object (&opening->pair);
  g_clear_error (&opening->error);
  g_free (opening);
}

static void
open_pair_run (FoveaQueuedJob *job,
               gpointer data)
{
  Opening *opening = data;

  opening->pair = fovea_network_pair_open (opening->name, &opening->error);
}

static void
open_pair_done (FoveaQueuedJob *job,
                gpointer data)
{
  Opening *opening = data;
  FoveaMainWindow *self = opening->window;

  g_clear_object (&self->opening);
  gtk_spinner_stop (self->spinner);
  if (opening->pair == NULL)
    {
      g_autofree char *text = fovea_sentence_from_error (opening->error->message);

      fovea_main_window_show_error (self, "The Networks Cannot Be Opened", text);
      return;
    }

  g_set_object (&self->pair, opening->pair);
  fovea_main_window_update_stylize (self);
  fovea_main_window_save_pair (self);
  g_clear_object (&self->layers);
  g_clear_object (&self->layer);
  self->layers = fovea_layers_of_pair (self->pair);
  if (fovea_layers_choose_default (self->layers) == NULL)
    {
      fovea_main_window_show_error (self, "No Layers to Compare", "The two networks have no layer of the same name with as many channels.");
      return;
    }
  fovea_layer_list_set_layers (self->layer_list, self->layers);
  fovea_main_window_restore_neuron (self);
  fovea_main_window_open_waiting (self);
}

static void
open_pair (FoveaMainWindow *self,
           const char *name)
{
  Opening *opening = g_new0 (Opening, 1);

  fovea_queued_job_clear (&self->opening);

  opening->window = self;
  opening->name = g_strdup (name);
  fovea_main_window_show_page (self, "loading");
  gtk_spinner_start (self->spinner);
  self->opening = fovea_job_queue_push (fovea_application_get_reading_queue (), FOVEA_JOB_PRIORITY_INTERACTIVE,
                                        open_pair_run, NULL, open_pair_done, opening, opening_free);
}

static void
pair_chosen (FoveaMainWindow *self)
{
  GtkStringObject *item = gtk_drop_down_get_selected_item (self->pair_chooser);

  if (item != NULL && (self->pair == NULL || fovea_main_window_is_page (self, "error") || g_strcmp0 (gtk_string_object_get_string (item), fovea_network_pair_get_name (self->pair)) != 0))
    open_pair (self, gtk_string_object_get_string (item));
}

/* Lists what can be opened, and opens @name, or what was open last where that is NULL; with @again even if it is open
 * already, since its options may be others now. */
static void
list_pairs (FoveaMainWindow *self,
            const char *name,
            gboolean again)
{
  g_auto (GStrv) names = fovea_network_pair_list_names ();
  g_autoptr (GtkStringList) model = gtk_string_list_new ((const char *const *) names);
  g_autofree char *last = name != NULL ? g_strdup (name) : fovea_main_window_get_saved_pair ();
  guint selected = 0;

  gtk_widget_set_visible (GTK_WIDGET (self->pair_chooser), names[0] != NULL);
  if (names[0] == NULL)
    {
      fovea_main_window_show_error (self, "No Networks Found", "Fovea comes with a pair of networks, but it is not where it should be: install Fovea again, or open networks of your own.");
      return;
    }
  for (guint i = 0; names[i] != NULL; i++)
    if (g_str_equal (names[i], last))
      selected = i;
  g_signal_handlers_block_by_func (self->pair_chooser, pair_chosen, self);
  gtk_drop_down_set_model (self->pair_chooser, G_LIST_MODEL (model));
  gtk_drop_down_set_selected (self->pair_chooser, selected);
  g_signal_handlers_unblock_by_func (self->pair_chooser, pair_chosen, self);
  if (again)
    open_pair (self, names[selected]);
  else
    pair_chosen (self);
}

static void
networks_opened (FoveaMainWindow *self,
                 const char *name)
{
  list_pairs (self, name, TRUE);
}

/* What is open stays open under its new name, and something else is opened where it was removed. */
static void
library_changed (FoveaMainWindow *self,
                 const char *name,
                 const char *new_name)
{
  g_autofree char *open = self->pair != NULL ? g_strdup (fovea_network_pair_get_name (self->pair)) : NULL;

  list_pairs (self, g_strcmp0 (open, name) == 0 ? new_name : open, *new_name != '\0');
}

/**
 * fovea_main_window_open_networks:
 * @self: the window
 * @paths: (nullable): network files, one or two; %NULL lets people choose
 *
 * Shows what the files are, in a dialog that opens them.
 */
void
fovea_main_window_open_networks (FoveaMainWindow *self,
                                 const char *const *paths)
{
  GtkWidget *dialog = fovea_open_dialog_new (GTK_WINDOW (self));

  g_signal_connect_object (dialog, "opened", G_CALLBACK (networks_opened), self, G_CONNECT_SWAPPED);
  if (paths != NULL)
    fovea_open_dialog_add_files (FOVEA_OPEN_DIALOG (dialog), paths);
  gtk_window_present (GTK_WINDOW (dialog));
}

/**
 * fovea_main_window_manage_networks:
 * @self: the window
 *
 * Shows which networks can be opened, in a dialog that renames, changes and removes them.
 */
void
fovea_main_window_manage_networks (FoveaMainWindow *self)
{
  GtkWidget *dialog = fovea_manage_dialog_new (GTK_WINDOW (self));

  g_signal_connect_object (dialog, "changed", G_CALLBACK (library_changed), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

/**
 * fovea_main_window_add_pair_chooser:
 * @self: the window
 *
 * Lists what can be opened, and opens what was open last.
 */
void
fovea_main_window_add_pair_chooser (FoveaMainWindow *self)
{
  g_signal_connect_object (self->pair_chooser, "notify::selected", G_CALLBACK (pair_chosen), self, G_CONNECT_SWAPPED);
  list_pairs (self, NULL, FALSE);
}
