/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/main-window-private.h"

static void
enable_action (FoveaMainWindow *self,
               const char *name,
               gboolean enabled)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self), name);

  g_simple_action_set_enabled (G_SIMPLE_ACTION (action), enabled);
}

/**
 * fovea_main_window_update_actions:
 * @self: the window
 *
 * Enables what can be done where people are.
 */
void
fovea_main_window_update_actions (FoveaMainWindow *self)
{
  gboolean neuron = fovea_main_window_is_page (self, "neuron");
  gboolean deep = neuron || self->place != NULL;
  g_autoptr (FoveaLayer) previous_layer = fovea_main_window_find_layer (self, -1);
  g_autoptr (FoveaLayer) next_layer = fovea_main_window_find_layer (self, 1);
  guint neighbour;

  enable_action (self, "previous-channel", neuron && fovea_layer_page_get_neighbour (self->layer_page, self->channel, -1, &neighbour));
  enable_action (self, "next-channel", neuron && fovea_layer_page_get_neighbour (self->layer_page, self->channel, 1, &neighbour));
  enable_action (self, "previous-layer", previous_layer != NULL);
  enable_action (self, "next-layer", next_layer != NULL);
  enable_action (self, "search", self->layer != NULL);
  enable_action (self, "show-place", self->layer != NULL);
  enable_action (self, "open-image", self->layer != NULL);
  enable_action (self, "show-set-image", self->layer != NULL);
  enable_action (self, "show-image-file", self->layer != NULL);
  enable_action (self, "stylize", self->pair != NULL);
  enable_action (self, "back", deep || adw_leaflet_get_folded (self->leaflet));
  gtk_widget_set_visible (self->back, deep || adw_leaflet_get_folded (self->leaflet));
}

static void
walk_channels (GSimpleAction *action,
               GVariant *parameter,
               gpointer user_data)
{
  FoveaMainWindow *self = user_data;
  int step = g_str_equal (g_action_get_name (G_ACTION (action)), "next-channel") ? 1 : -1;
  guint neighbour;

  if (fovea_layer_page_get_neighbour (self->layer_page, self->channel, step, &neighbour))
    fovea_main_window_show_neuron (self, neighbour);
}

static void
walk_layers (GSimpleAction *action,
             GVariant *parameter,
             gpointer user_data)
{
  FoveaMainWindow *self = user_data;
  int step = g_str_equal (g_action_get_name (G_ACTION (action)), "next-layer") ? 1 : -1;
  g_autoptr (FoveaLayer) layer = fovea_main_window_find_layer (self, step);

  if (layer != NULL)
    fovea_main_window_show_layer (self, layer);
}

static void
go_back (GSimpleAction *action,
         GVariant *parameter,
         gpointer user_data)
{
  fovea_main_window_go_back (user_data);
}

static void
start_search (GSimpleAction *action,
              GVariant *parameter,
              gpointer user_data)
{
  fovea_main_window_start_search (user_data);
}

static void
show_place (GSimpleAction *action,
            GVariant *parameter,
            gpointer user_data)
{
  fovea_main_window_show_place (user_data, g_variant_get_string (parameter, NULL));
}

static void
open_image (GSimpleAction *action,
            GVariant *parameter,
            gpointer user_data)
{
  FoveaMainWindow *self = user_data;

  fovea_main_window_show_place (self, "lens");
  fovea_lens_input_choose_file (fovea_lens_get_input (self->lens), GTK_WINDOW (self));
}

/* For views that have an image of a set: the set's name or path, and the image's index. */
static void
show_set_image (GSimpleAction *action,
                GVariant *parameter,
                gpointer user_data)
{
  FoveaMainWindow *self = user_data;
  const char *set;
  guint64 index;

  g_variant_get (parameter, "(&st)", &set, &index);
  fovea_main_window_show_place (self, "lens");
  fovea_lens_input_read_set (fovea_lens_get_input (self->lens), set, (gint64) index);
}

static void
show_image_file (GSimpleAction *action,
                 GVariant *parameter,
                 gpointer user_data)
{
  FoveaMainWindow *self = user_data;
  g_autoptr (GFile) file = g_file_new_for_path (g_variant_get_bytestring (parameter));

  fovea_main_window_show_place (self, "lens");
  fovea_lens_input_read_file (fovea_lens_get_input (self->lens), file);
}

static void
paste (GSimpleAction *action,
       GVariant *parameter,
       gpointer user_data)
{
  fovea_main_window_paste (user_data);
}

static void
open_networks (GSimpleAction *action,
               GVariant *parameter,
               gpointer user_data)
{
  fovea_main_window_open_networks (user_data, NULL);
}

static void
manage_networks (GSimpleAction *action,
                 GVariant *parameter,
                 gpointer user_data)
{
  fovea_main_window_manage_networks (user_data);
}

static void
stylize (GSimpleAction *action,
         GVariant *parameter,
         gpointer user_data)
{
  fovea_main_window_stylize (user_data);
}

static const GActionEntry actions[] = {
  { "previous-channel", walk_channels },
  { "next-channel", walk_channels },
  { "previous-layer", walk_layers },
  { "next-layer", walk_layers },
  { "back", go_back },
  { "search", start_search },
  { "show-place", show_place, "s" },
  { "open-image", open_image },
  { "paste", paste },
  { "show-set-image", show_set_image, "(st)" },
  { "show-image-file", show_image_file, "ay" },
  { "open-networks", open_networks },
  { "manage-networks", manage_networks },
  { "stylize", stylize },
};

/**
 * fovea_main_window_add_actions:
 * @self: the window
 */
void
fovea_main_window_add_actions (FoveaMainWindow *self)
{
  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
}

/**
 * fovea_main_window_add_keys:
 * @widget: where the keys hold
 * @keys: pairs of a key and an action
 * @n_keys: how many
 *
 * Adds keys that widgets with the focus come first for: an entry keeps its arrows.
 */
void
fovea_main_window_add_keys (GtkWidget *widget,
                            const char *const (*keys)[2],
                            guint n_keys)
{
  GtkEventController *controller = gtk_shortcut_controller_new ();

  for (guint i = 0; i < n_keys; i++)
    gtk_shortcut_controller_add_shortcut (GTK_SHORTCUT_CONTROLLER (controller),
                                          gtk_shortcut_new (gtk_shortcut_trigger_parse_string (keys[i][0]),
                                                            gtk_named_action_new (keys[i][1])));
  gtk_widget_add_controller (widget, controller);
}
