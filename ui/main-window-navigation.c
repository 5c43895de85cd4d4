/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/main-window-private.h"

#include "ui/neuron-page.h"

/**
 * fovea_main_window_is_page:
 * @self: the window
 * @name: a page: "loading", "error", "grid", "neuron", or a place
 *
 * Returns: whether people see the page of that name
 */
gboolean
fovea_main_window_is_page (FoveaMainWindow *self,
                           const char *name)
{
  return g_strcmp0 (gtk_stack_get_visible_child_name (self->stack), name) == 0;
}

/* The place of that name, or NULL if it is no place. */
static FoveaNeuronView *
find_place (FoveaMainWindow *self,
            const char *name)
{
  GtkWidget *page = gtk_stack_get_child_by_name (self->stack, name);

  return FOVEA_IS_NEURON_VIEW (page) ? FOVEA_NEURON_VIEW (page) : NULL;
}

/**
 * fovea_main_window_is_place:
 * @self: the window
 * @name: a page
 *
 * Returns: whether there is a place of that name
 */
gboolean
fovea_main_window_is_place (FoveaMainWindow *self,
                            const char *name)
{
  return find_place (self, name) != NULL;
}

/* Marks where people are in the sidebar: at a place, or else at a layer. */
static void
update_sidebar (FoveaMainWindow *self)
{
  GtkListBoxRow *found = NULL;
  GtkListBoxRow *row;

  for (int i = 0; (row = gtk_list_box_get_row_at_index (self->places, i)) != NULL; i++)
    if (fovea_main_window_is_page (self, gtk_widget_get_name (GTK_WIDGET (row))))
      found = row;
  gtk_list_box_select_row (self->places, found);
  fovea_layer_list_select (self->layer_list, found == NULL && self->layer != NULL ? fovea_layer_get_name (self->layer) : NULL);
}

/* Tells the place that people see which neuron is chosen. */
static void
update_place (FoveaMainWindow *self)
{
  FoveaNeuronView *place = find_place (self, gtk_stack_get_visible_child_name (self->stack));

  if (self->place != NULL && self->place != place)
    fovea_neuron_view_set_active (self->place, FALSE);
  if (place != NULL && self->layer != NULL)
    fovea_neuron_view_set_neuron (place, self->pair, fovea_layer_get_name (self->layer), (guint[]) { self->channel, self->channel });
  if (place != NULL && self->place != place)
    fovea_neuron_view_set_active (place, TRUE);
  self->place = place;
}

/**
 * fovea_main_window_show_page:
 * @self: the window
 * @name: a page
 *
 * Shows a page; where Back leads stays the same.
 */
void
fovea_main_window_show_page (FoveaMainWindow *self,
                             const char *name)
{
  gtk_stack_set_visible_child_name (self->stack, name);
  if (g_str_equal (name, "grid") || g_str_equal (name, "neuron") || find_place (self, name) != NULL)
    fovea_main_window_save_page (self);
  update_place (self);
  update_sidebar (self);
  fovea_main_window_update_actions (self);
}

/**
 * fovea_main_window_go_to_page:
 * @self: the window
 * @name: a page
 *
 * Shows a page from which Back returns to the one that is shown now. The grid is where all ways begin.
 */
void
fovea_main_window_go_to_page (FoveaMainWindow *self,
                              const char *name)
{
  const char *here = gtk_stack_get_visible_child_name (self->stack);
  guint index;

  if (g_ptr_array_find_with_equal_func (self->history, name, g_str_equal, &index))
    g_ptr_array_set_size (self->history, (int) index);
  else if (g_str_equal (name, "grid"))
    g_ptr_array_set_size (self->history, 0);
  else if (!g_str_equal (here, name) && (g_str_equal (here, "neuron") || find_place (self, here) != NULL))
    g_ptr_array_add (self->history, (gpointer) g_intern_string (here));
  fovea_main_window_show_page (self, name);
}

/**
 * fovea_main_window_show_error:
 * @self: the window
 * @title: what is wrong
 * @description: why, and how to mend it, as plain text
 *
 * Says instead of any page why there is nothing to see.
 */
void
fovea_main_window_show_error (FoveaMainWindow *self,
                              const char *title,
                              const char *description)
{
  g_autofree char *escaped = g_markup_escape_text (description, -1);

  adw_status_page_set_title (self->error_page, title);
  adw_status_page_set_description (self->error_page, escaped);
  adw_leaflet_set_visible_child (self->leaflet, self->content);
  fovea_main_window_show_page (self, "error");
}

/**
 * fovea_main_window_say:
 * @self: the window
 * @text: a short sentence without a full stop
 *
 * Shows a message that passes.
 */
void
fovea_main_window_say (FoveaMainWindow *self,
                       const char *text)
{
  g_autofree char *markup = g_markup_escape_text (text, -1);

  adw_toast_overlay_add_toast (self->messages, adw_toast_new (markup));
}

static void
choose_layer (FoveaMainWindow *self,
              FoveaLayer *layer)
{
  gtk_editable_set_text (self->search_entry, "");
  gtk_search_bar_set_search_mode (self->search_bar, FALSE);
  fovea_layer_page_set_filter (self->layer_page, "");
  if (layer != self->layer)
    {
      g_set_object (&self->layer, layer);
      fovea_layer_page_set_layer (self->layer_page, self->pair, layer);
    }
  fovea_main_window_save_neuron (self);
}

/**
 * fovea_main_window_show_layer:
 * @self: the window
 * @layer: one of the pair's
 *
 * Goes to the channels of a layer.
 */
void
fovea_main_window_show_layer (FoveaMainWindow *self,
                              FoveaLayer *layer)
{
  choose_layer (self, layer);
  fovea_main_window_go_to_page (self, "grid");
}

/**
 * fovea_main_window_choose_channel:
 * @self: the window
 * @channel: its number
 *
 * Chooses a channel of the chosen layer, without going anywhere.
 */
void
fovea_main_window_choose_channel (FoveaMainWindow *self,
                                  guint channel)
{
  self->channel = channel;
  fovea_layer_page_set_current (self->layer_page, channel);
  fovea_main_window_save_neuron (self);
}

/**
 * fovea_main_window_show_neuron:
 * @self: the window
 * @channel: its number
 *
 * Goes to the page of a neuron of the chosen layer.
 */
void
fovea_main_window_show_neuron (FoveaMainWindow *self,
                               guint channel)
{
  gboolean focus = !fovea_main_window_is_page (self, "neuron");

  fovea_main_window_choose_channel (self, channel);
  fovea_neuron_page_set_neuron (FOVEA_NEURON_PAGE (self->neuron_page), self->pair, fovea_layer_get_name (self->layer), channel);
  fovea_main_window_go_to_page (self, "neuron");
  if (focus && !gtk_widget_grab_focus (self->neuron_page))
    gtk_widget_child_focus (self->neuron_page, GTK_DIR_TAB_FORWARD);
}

/**
 * fovea_main_window_show_place:
 * @self: the window
 * @name: its name
 *
 * Goes to a place, once there is a pair to show there.
 */
void
fovea_main_window_show_place (FoveaMainWindow *self,
                              const char *name)
{
  FoveaNeuronView *place = find_place (self, name);

  if (place == NULL || self->layer == NULL)
    return;
  fovea_main_window_go_to_page (self, name);
  adw_leaflet_set_visible_child (self->leaflet, self->content);
  fovea_neuron_view_focus (place);
}

/**
 * fovea_main_window_choose_neuron:
 * @self: the window
 * @name: a layer's name
 * @channel: a channel
 *
 * Chooses a neuron by its layer's name, without going anywhere.
 * 
 * Returns: whether there is one
 */
gboolean
fovea_main_window_choose_neuron (FoveaMainWindow *self,
                                 const char *name,
                                 guint channel)
{
  for (guint i = 0; self->layers != NULL && i < g_list_model_get_n_items (self->layers); i++)
    {
      g_autoptr (FoveaLayer) layer = g_list_model_get_item (self->layers, i);

      if (!g_str_equal (fovea_layer_get_name (layer), name) || channel >= fovea_layer_get_n_channels (layer))
        continue;
      choose_layer (self, layer);
      fovea_main_window_choose_channel (self, channel);
      return TRUE;
    }
  return FALSE;
}

/**
 * fovea_main_window_find_layer:
 * @self: the window
 * @step: 1 for the next one, -1 for the one before
 *
 * Returns: (transfer full) (nullable): the layer beside the chosen one
 */
FoveaLayer *
fovea_main_window_find_layer (FoveaMainWindow *self,
                              int step)
{
  for (guint i = 0; self->layers != NULL && self->layer != NULL && i < g_list_model_get_n_items (self->layers); i++)
    {
      g_autoptr (FoveaLayer) layer = g_list_model_get_item (self->layers, i);

      if (layer == self->layer)
        return step < 0 && i == 0 ? NULL : g_list_model_get_item (self->layers, i + (guint) step);
    }
  return NULL;
}

/**
 * fovea_main_window_go_back:
 * @self: the window
 *
 * Leaves a place or a neuron for where people came from, and the channels, in a narrow window, for the layers.
 */
void
fovea_main_window_go_back (FoveaMainWindow *self)
{
  if (self->history->len > 0)
    {
      const char *name = g_ptr_array_steal_index (self->history, self->history->len - 1);
      FoveaNeuronView *place;

      if (g_str_equal (name, "neuron"))
        fovea_neuron_page_set_neuron (FOVEA_NEURON_PAGE (self->neuron_page), self->pair, fovea_layer_get_name (self->layer), self->channel);
      fovea_main_window_show_page (self, name);
      place = find_place (self, name);
      if (place != NULL)
        fovea_neuron_view_focus (place);
      else
        gtk_widget_grab_focus (self->neuron_page);
    }
  else if (fovea_main_window_is_page (self, "neuron") || self->place != NULL)
    {
      fovea_main_window_show_page (self, "grid");
      fovea_layer_page_set_current (self->layer_page, self->channel);
      fovea_layer_page_focus (self->layer_page, self->channel);
    }
  else
    adw_leaflet_navigate (self->leaflet, ADW_NAVIGATION_DIRECTION_BACK);
}
