/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/main-window-private.h"

#include "ui/search.h"

static void
search_changed (FoveaMainWindow *self)
{
  g_auto (FoveaSearch) search = { 0 };

  if (self->layer == NULL)
    return;
  fovea_search_parse (&search, gtk_editable_get_text (self->search_entry), self->layers, self->layer);
  fovea_layer_page_set_filter (self->layer_page, search.filter);
  fovea_main_window_update_actions (self);
}

static void
search_activated (FoveaMainWindow *self)
{
  g_auto (FoveaSearch) search = { 0 };
  guint channel;

  if (self->layer == NULL)
    return;
  fovea_search_parse (&search, gtk_editable_get_text (self->search_entry), self->layers, self->layer);
  /* Who types fast is here before the entry says that it changed. */
  fovea_layer_page_set_filter (self->layer_page, search.filter);
  if (search.layer == NULL && !search.has_channel &&
      (*search.filter == '\0' || !fovea_layer_page_get_first (self->layer_page, &channel)))
    {
      gtk_widget_error_bell (GTK_WIDGET (self));
      return;
    }
  if (search.has_channel)
    channel = search.channel;

  if (search.layer != NULL)
    fovea_main_window_show_layer (self, search.layer);
  else
    gtk_search_bar_set_search_mode (self->search_bar, FALSE);
  if (search.layer == NULL || search.has_channel)
    {
      fovea_layer_page_set_filter (self->layer_page, "");
      fovea_main_window_show_neuron (self, channel);
    }
}

static void
search_stopped (FoveaMainWindow *self)
{
  if (!gtk_search_bar_get_search_mode (self->search_bar))
    gtk_editable_set_text (self->search_entry, "");
}

/**
 * fovea_main_window_add_search:
 * @self: the window
 *
 * Lets the search entry filter the channels, and find layers, classes and neurons.
 */
void
fovea_main_window_add_search (FoveaMainWindow *self)
{
  gtk_search_bar_connect_entry (self->search_bar, self->search_entry);
  g_signal_connect_object (self->search_entry, "search-changed", G_CALLBACK (search_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->search_entry, "activate", G_CALLBACK (search_activated), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->search_bar, "notify::search-mode-enabled", G_CALLBACK (search_stopped), self, G_CONNECT_SWAPPED);
}

/**
 * fovea_main_window_start_search:
 * @self: the window
 *
 * Shows the search entry.
 */
void
fovea_main_window_start_search (FoveaMainWindow *self)
{
  adw_leaflet_set_visible_child (self->leaflet, self->content);
  gtk_search_bar_set_search_mode (self->search_bar, TRUE);
  gtk_widget_grab_focus (GTK_WIDGET (self->search_entry));
}
