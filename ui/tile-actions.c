/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/tile-actions.h"

#include "ui/pins.h"
#include "ui/tile-export.h"

struct _FoveaTileActions {
  GObject parent_instance;

  GtkWidget *widget; /* not owned: it outlives this */
  GSimpleActionGroup *group;
  FoveaLayerScans *scans; /* nullable */
  FoveaNetworkPair *pair; /* nullable */
  FoveaPins *pins; /* nullable: the pair's */
  FoveaLayer *layer; /* nullable */
  GListModel *tiles; /* nullable (element-type FoveaTile) */
  FoveaTileContent content;
  FoveaTile *tile; /* nullable: the one that actions are about */
  GtkWidget *menu; /* nullable: the popover; the widget's child */
};

G_DEFINE_FINAL_TYPE (FoveaTileActions, fovea_tile_actions, G_TYPE_OBJECT)

enum { CHANNEL_ACTIVATED, CHANNEL_CHOSEN, SAID, N_SIGNALS };

static guint signals[N_SIGNALS];

/* The place where a network's channel is strongest; FALSE where that is not known. */
static gboolean
find_hit (FoveaTileActions *self,
          FoveaSide side,
          guint64 *image)
{
  FoveaScan *scan = NULL;
  const FoveaScanHit *hits;
  guint n_hits, channel;

  if (self->tile == NULL || self->scans == NULL || !fovea_layer_scans_follows (self->scans, self->pair, fovea_layer_get_name (self->layer)))
    return FALSE;
  channel = fovea_tile_get_channel (self->tile);
  scan = fovea_layer_scans_get_scan (self->scans, side);
  if (scan == NULL || channel >= fovea_scan_get_n_channels (scan))
    return FALSE;
  hits = fovea_scan_get_hits (scan, channel, &n_hits);
  if (n_hits == 0)
    return FALSE;
  *image = hits[0].image;
  return TRUE;
}

static FoveaPicture *
take_picture (FoveaTileActions *self)
{
  FoveaImageSet *set = self->scans != NULL ? fovea_layer_scans_get_set (self->scans) : NULL;

  if (self->tile == NULL)
    return NULL;
  return fovea_tile_export_new (self->tile, self->content, self->pair, fovea_layer_get_name (self->layer), set != NULL ? fovea_image_set_get_name (set) : NULL);
}

static int
find_pin (FoveaTileActions *self,
          FoveaTile *tile)
{
  guint channel = fovea_tile_get_channel (tile);

  return self->pins != NULL ? fovea_pins_find (self->pins, fovea_layer_get_name (self->layer), (guint[]) { channel, channel }) : -1;
}

static void
enable (FoveaTileActions *self,
        const char *name,
        gboolean enabled)
{
  g_simple_action_set_enabled (G_SIMPLE_ACTION (g_action_map_lookup_action (G_ACTION_MAP (self->group), name)), enabled);
}

static void
open_tile (GSimpleAction *action,
           GVariant *parameter,
           gpointer user_data)
{
  FoveaTileActions *self = user_data;

  if (self->tile != NULL)
    g_signal_emit (self, signals[CHANNEL_ACTIVATED], 0, fovea_tile_get_channel (self->tile));
}

static void
pin (GSimpleAction *action,
     GVariant *parameter,
     gpointer user_data)
{
  FoveaTileActions *self = user_data;
  g_autofree char *text = NULL;
  guint channel;
  int index;

  if (self->tile == NULL || self->pins == NULL)
    return;
  channel = fovea_tile_get_channel (self->tile);
  index = find_pin (self, self->tile);
  if (index >= 0)
    {
      fovea_pins_remove (self->pins, (guint) index);
      text = g_strdup_printf ("%s:%u is not pinned any more", fovea_layer_get_name (self->layer), channel);
    }
  else if (fovea_pins_add (self->pins, fovea_layer_get_name (self->layer), (guint[]) { channel, channel }))
    text = g_strdup_printf ("%s:%u is pinned", fovea_layer_get_name (self->layer), channel);
  else
    text = g_strdup ("There are as many pins as a figure can have; unpin some under Pins");
  g_signal_emit (self, signals[SAID], 0, fovea_pins_get_error (self->pins) != NULL ? fovea_pins_get_error (self->pins) : text);
}

static void
copy (GSimpleAction *action,
      GVariant *parameter,
      gpointer user_data)
{
  FoveaTileActions *self = user_data;
  FoveaPicture *picture = take_picture (self);

  if (picture != NULL)
    fovea_picture_copy (picture, self->widget);
  else
    g_signal_emit (self, signals[SAID], 0, "This tile has no picture yet");
}

static void
show_in_lens (GSimpleAction *action,
              GVariant *parameter,
              gpointer user_data)
{
  FoveaTileActions *self = user_data;

  if (self->tile == NULL)
    return;
  g_signal_emit (self, signals[CHANNEL_CHOSEN], 0, fovea_tile_get_channel (self->tile));
  gtk_widget_activate_action (self->widget, "win.show-place", "s", "lens");
}

static void
show_image_in_lens (GSimpleAction *action,
                    GVariant *parameter,
                    gpointer user_data)
{
  FoveaTileActions *self = user_data;
  FoveaSide side = g_str_equal (g_variant_get_string (parameter, NULL), fovea_side_get_name (FOVEA_SIDE_ROBUST)) ? FOVEA_SIDE_ROBUST : FOVEA_SIDE_STANDARD;
  FoveaImageSet *set;
  const char *path;
  guint64 image;

  if (!find_hit (self, side, &image))
    return;
  set = fovea_layer_scans_get_set (self->scans);
  path = fovea_image_set_get_path (set);
  g_signal_emit (self, signals[CHANNEL_CHOSEN], 0, fovea_tile_get_channel (self->tile));
  gtk_widget_activate_action (self->widget, "win.show-set-image", "(st)", path != NULL ? path : fovea_image_set_get_name (set), image);
}

/* Marks the tiles whose channels are pinned. */
static void
show_pins (FoveaTileActions *self)
{
  for (guint i = 0; self->tiles != NULL && i < g_list_model_get_n_items (self->tiles); i++)
    {
      g_autoptr (FoveaTile) tile = g_list_model_get_item (self->tiles, i);

      fovea_tile_set_pinned (tile, find_pin (self, tile) >= 0);
    }
}

/**
 * fovea_tile_actions_pop_down:
 * @self: actions
 *
 * Takes the menu away, if one is shown; to be called before the widget goes.
 */
void
fovea_tile_actions_pop_down (FoveaTileActions *self)
{
  GtkWidget *menu;

  g_return_if_fail (FOVEA_IS_TILE_ACTIONS (self));

  menu = g_steal_pointer (&self->menu);
  if (menu == NULL)
    return;
  /* GTK looks for the pointer in it as long as it is shown. */
  gtk_popover_popdown (GTK_POPOVER (menu));
  gtk_widget_unparent (menu);
}

static void
fovea_tile_actions_dispose (GObject *object)
{
  FoveaTileActions *self = FOVEA_TILE_ACTIONS (object);

  fovea_tile_actions_pop_down (self);
  if (self->pins != NULL)
    g_signal_handlers_disconnect_by_data (self->pins, self);
  g_clear_object (&self->pins);
  g_clear_object (&self->group);
  g_clear_object (&self->scans);
  g_clear_object (&self->pair);
  g_clear_object (&self->layer);
  g_clear_object (&self->tiles);
  g_clear_object (&self->tile);
  G_OBJECT_CLASS (fovea_tile_actions_parent_class)->dispose (object);
}

static void
fovea_tile_actions_class_init (FoveaTileActionsClass *class)
{
  G_OBJECT_CLASS (class)->dispose = fovea_tile_actions_dispose;

  signals[CHANNEL_ACTIVATED] = g_signal_new ("channel-activated", FOVEA_TYPE_TILE_ACTIONS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
  signals[CHANNEL_CHOSEN] = g_signal_new ("channel-chosen", FOVEA_TYPE_TILE_ACTIONS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
  signals[SAID] = g_signal_new ("said", FOVEA_TYPE_TILE_ACTIONS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static const GActionEntry entries[] = {
  { "open", open_tile },
  { "pin", pin },
  { "copy", copy },
  { "lens", show_in_lens },
  { "lens-image", show_image_in_lens, "s" },
};

static void
fovea_tile_actions_init (FoveaTileActions *self)
{
  self->group = g_simple_action_group_new ();
  g_action_map_add_action_entries (G_ACTION_MAP (self->group), entries, G_N_ELEMENTS (entries), self);
}

/**
 * fovea_tile_actions_new:
 * @widget: whose actions they are; it must outlive them
 *
 * Returns: (transfer full): actions for no tile
 */
FoveaTileActions *
fovea_tile_actions_new (GtkWidget *widget)
{
  FoveaTileActions *self = g_object_new (FOVEA_TYPE_TILE_ACTIONS, NULL);

  self->widget = widget;
  gtk_widget_insert_action_group (widget, "tile", G_ACTION_GROUP (self->group));
  fovea_tile_actions_set_tile (self, NULL);
  return self;
}

/**
 * fovea_tile_actions_set_scans:
 * @self: actions
 * @scans: (nullable): which images excite the channels most
 */
void
fovea_tile_actions_set_scans (FoveaTileActions *self,
                              FoveaLayerScans *scans)
{
  g_return_if_fail (FOVEA_IS_TILE_ACTIONS (self));
  g_set_object (&self->scans, scans);
}

/**
 * fovea_tile_actions_set_layer:
 * @self: actions
 * @pair: a pair
 * @layer: one of its layers
 * @tiles: (element-type FoveaTile): the layer's tiles
 */
void
fovea_tile_actions_set_layer (FoveaTileActions *self,
                              FoveaNetworkPair *pair,
                              FoveaLayer *layer,
                              GListModel *tiles)
{
  FoveaPins *pins = fovea_pins_get (pair);

  g_return_if_fail (FOVEA_IS_TILE_ACTIONS (self));

  if (pins != self->pins)
    {
      if (self->pins != NULL)
        g_signal_handlers_disconnect_by_data (self->pins, self);
      g_set_object (&self->pins, pins);
      g_signal_connect_swapped (pins, "changed", G_CALLBACK (show_pins), self);
    }
  g_set_object (&self->pair, pair);
  g_set_object (&self->layer, layer);
  g_set_object (&self->tiles, tiles);
  fovea_tile_actions_set_tile (self, NULL);
  show_pins (self);
}

/**
 * fovea_tile_actions_set_content:
 * @self: actions
 * @content: which pictures the tiles show
 */
void
fovea_tile_actions_set_content (FoveaTileActions *self,
                                FoveaTileContent content)
{
  g_return_if_fail (FOVEA_IS_TILE_ACTIONS (self));
  self->content = content;
}

/**
 * fovea_tile_actions_set_tile:
 * @self: actions
 * @tile: (nullable): what they are about from now on
 */
void
fovea_tile_actions_set_tile (FoveaTileActions *self,
                             FoveaTile *tile)
{
  guint64 image;

  g_return_if_fail (FOVEA_IS_TILE_ACTIONS (self));

  g_set_object (&self->tile, tile);
  enable (self, "open", tile != NULL);
  enable (self, "pin", tile != NULL && self->pins != NULL);
  enable (self, "copy", tile != NULL);
  enable (self, "lens", tile != NULL);
  enable (self, "lens-image", find_hit (self, FOVEA_SIDE_STANDARD, &image) || find_hit (self, FOVEA_SIDE_ROBUST, &image));
}

static GMenuModel *
build_menu (FoveaTileActions *self)
{
  g_autoptr (GMenu) menu = g_menu_new ();
  g_autoptr (GMenu) own = g_menu_new ();
  g_autoptr (GMenu) lens = g_menu_new ();
  guint64 image;

  g_menu_append (own, "_Open", "tile.open");
  g_menu_append (own, find_pin (self, self->tile) >= 0 ? "Un_pin" : "_Pin", "tile.pin");
  g_menu_append (own, "_Copy Picture", "tile.copy");
  g_menu_append (lens, "Show in the _Lens", "tile.lens");
  for (FoveaSide side = 0; side < FOVEA_N_SIDES; side++)
    if (find_hit (self, side, &image))
      {
        g_autofree char *label = fovea_tile_is_single (self->tile) ? g_strdup ("_Strongest Image in the Lens")
                                                                   : g_strdup_printf ("Strongest Image in the Lens, %s", fovea_side_get_name (side));
        g_autofree char *action = g_strdup_printf ("tile.lens-image::%s", fovea_side_get_name (side));

        g_menu_append (lens, label, action);
      }
  g_menu_append_section (menu, NULL, G_MENU_MODEL (own));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (lens));
  return G_MENU_MODEL (g_steal_pointer (&menu));
}

static gboolean
pop_up (gpointer popover)
{
  if (gtk_widget_get_root (popover) != NULL)
    gtk_popover_popup (popover);
  return G_SOURCE_REMOVE;
}

/* An action that was chosen is activated after the popover has closed, and the keyboard goes back to the tile. */
static gboolean
pop_down (gpointer popover)
{
  FoveaTileActions *self = g_object_get_data (popover, "actions");
  GtkWidget *cell = g_object_get_data (popover, "cell");

  if (gtk_widget_get_parent (popover) == NULL)
    return G_SOURCE_REMOVE;
  fovea_tile_actions_pop_down (self);
  if (gtk_widget_get_mapped (cell))
    gtk_widget_grab_focus (cell);
  return G_SOURCE_REMOVE;
}

static void
closed (GtkWidget *popover)
{
  g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, pop_down, g_object_ref (popover), g_object_unref);
}

/**
 * fovea_tile_actions_pop_up:
 * @self: actions
 * @view: where their tile is shown
 *
 * Shows the tile's menu.
 */
void
fovea_tile_actions_pop_up (FoveaTileActions *self,
                           FoveaTileView *view)
{
  g_autoptr (GMenuModel) menu = NULL;
  GtkWidget *popover;
  graphene_rect_t bounds;

  g_return_if_fail (FOVEA_IS_TILE_ACTIONS (self) && self->tile != NULL);

  if (!gtk_widget_compute_bounds (GTK_WIDGET (view), self->widget, &bounds))
    return;
  menu = build_menu (self);
  popover = gtk_popover_menu_new_from_model (menu);
  gtk_popover_set_position (GTK_POPOVER (popover), GTK_POS_BOTTOM);
  gtk_popover_set_pointing_to (GTK_POPOVER (popover),
                               &(GdkRectangle) { (int) bounds.origin.x, (int) bounds.origin.y, (int) bounds.size.width, (int) bounds.size.height });
  fovea_tile_actions_pop_down (self);
  self->menu = popover;
  gtk_widget_set_parent (popover, self->widget);
  g_object_set_data (G_OBJECT (popover), "actions", self);
  g_object_set_data_full (G_OBJECT (popover), "cell", g_object_ref (gtk_widget_get_parent (GTK_WIDGET (view))), g_object_unref);
  g_signal_connect (popover, "closed", G_CALLBACK (closed), NULL);
  /* The menu puts lines between its sections when it is idle, and would be cut off if it had been measured before. */
  g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, pop_up, g_object_ref (popover), g_object_unref);
}
