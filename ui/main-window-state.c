/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/main-window-private.h"

/**
 * fovea_main_window_save_pair:
 * @self: the window, with a pair
 */
void
fovea_main_window_save_pair (FoveaMainWindow *self)
{
  FoveaSettings *settings = fovea_application_get_settings ();

  if (settings != NULL)
    fovea_settings_set_string (settings, "pair", fovea_network_pair_get_name (self->pair));
}

/**
 * fovea_main_window_save_neuron:
 * @self: the window, with a layer
 */
void
fovea_main_window_save_neuron (FoveaMainWindow *self)
{
  FoveaSettings *settings = fovea_application_get_settings ();

  if (settings == NULL)
    return;
  fovea_settings_set_string (settings, "layer", fovea_layer_get_name (self->layer));
  fovea_settings_set_int (settings, "channel", (int) self->channel);
}

/**
 * fovea_main_window_save_page:
 * @self: the window; its page is one that one can come back to
 */
void
fovea_main_window_save_page (FoveaMainWindow *self)
{
  FoveaSettings *settings = fovea_application_get_settings ();

  if (settings != NULL)
    fovea_settings_set_string (settings, "page", gtk_stack_get_visible_child_name (self->stack));
}

/**
 * fovea_main_window_save_size:
 * @self: the window
 */
void
fovea_main_window_save_size (FoveaMainWindow *self)
{
  FoveaSettings *settings = fovea_application_get_settings ();
  int width, height;

  gtk_window_get_default_size (GTK_WINDOW (self), &width, &height);
  if (settings != NULL)
    g_object_set (settings,
                  "window-width", MAX (width, 1),
                  "window-height", MAX (height, 1),
                  "window-maximized", gtk_window_is_maximized (GTK_WINDOW (self)),
                  NULL);
}

/**
 * fovea_main_window_get_saved_pair:
 *
 * Returns: (transfer full): the name of the pair that was open last; "" for none
 */
char *
fovea_main_window_get_saved_pair (void)
{
  FoveaSettings *settings = fovea_application_get_settings ();

  return settings != NULL ? fovea_settings_get_string (settings, "pair") : g_strdup ("");
}

/**
 * fovea_main_window_restore_neuron:
 * @self: the window, with a pair that has just been opened
 *
 * Goes to the layer, the channel and the page that were chosen last, as far as the pair has them, or else to
 * the layer that shows most. The keyboard goes there as well.
 */
void
fovea_main_window_restore_neuron (FoveaMainWindow *self)
{
  FoveaSettings *settings = fovea_application_get_settings ();
  g_autofree char *wanted = settings != NULL ? fovea_settings_get_string (settings, "layer") : g_strdup ("");
  g_autofree char *page = settings != NULL ? fovea_settings_get_string (settings, "page") : g_strdup ("grid");
  guint channel = settings != NULL ? (guint) fovea_settings_get_int (settings, "channel") : 0;
  const char *name = fovea_layers_choose_default (self->layers);
  g_autoptr (FoveaLayer) layer = NULL;
  gboolean restored = FALSE;

  for (guint i = 0; !restored && i < g_list_model_get_n_items (self->layers); i++)
    {
      g_autoptr (FoveaLayer) candidate = g_list_model_get_item (self->layers, i);

      restored = g_str_equal (fovea_layer_get_name (candidate), wanted);
      if (restored || g_str_equal (fovea_layer_get_name (candidate), name))
        g_set_object (&layer, candidate);
    }
  fovea_main_window_show_layer (self, layer);
  if (restored && channel < fovea_layer_get_n_channels (layer))
    {
      fovea_main_window_choose_channel (self, channel);
      if (g_str_equal (page, "neuron"))
        fovea_main_window_show_neuron (self, channel);
    }
  if (fovea_main_window_is_place (self, page))
    fovea_main_window_show_place (self, page);
  else if (fovea_main_window_is_page (self, "grid"))
    fovea_layer_page_focus (self->layer_page, self->channel);
}

/**
 * fovea_main_window_restore_size:
 * @self: the window
 */
void
fovea_main_window_restore_size (FoveaMainWindow *self)
{
  FoveaSettings *settings = fovea_application_get_settings ();
  int width, height;
  gboolean maximized;

  if (settings == NULL)
    return;
  g_object_get (settings, "window-width", &width, "window-height", &height, "window-maximized", &maximized, NULL);
  gtk_window_set_default_size (GTK_WINDOW (self), width, height);
  if (maximized)
    gtk_window_maximize (GTK_WINDOW (self));
}
