/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/tile-grid.h"

#include <math.h>

/* How soon after scrolling it is said what people see, in milliseconds. */
#define VISIBLE_DELAY 60

struct _FoveaTileGrid {
  GtkWidget parent_instance;

  GtkScrolledWindow *scrolled;
  GtkGridView *grid;
  GtkSingleSelection *selection;
  FoveaTileActions *actions; /* nullable */
  GPtrArray *views; /* (element-type FoveaTileView): all that the grid made; not owned */
  int tile_size;
  FoveaTileContent content;
  gboolean values;
  int measure;
  guint visible_source;
};

G_DEFINE_FINAL_TYPE (FoveaTileGrid, fovea_tile_grid, GTK_TYPE_WIDGET)

enum { PROP_0, PROP_TILE_SIZE, N_PROPERTIES };

static GParamSpec *properties[N_PROPERTIES];

enum { ACTIVATED, VISIBLE_CHANGED, N_SIGNALS };

static guint signals[N_SIGNALS];

typedef struct {
  guint channel;
  float x;
  float y;
} Place;

static int
compare_places (gconstpointer a,
                gconstpointer b)
{
  const Place *first = a, *second = b;

  if (fabsf (first->y - second->y) > 1)
    return first->y < second->y ? -1 : 1;
  return (first->x > second->x) - (first->x < second->x);
}

static gboolean
tell_visible (gpointer user_data)
{
  FoveaTileGrid *self = user_data;
  g_autoptr (GArray) places = g_array_new (FALSE, FALSE, sizeof (Place));
  g_autoptr (GArray) channels = g_array_new (FALSE, FALSE, sizeof (guint));
  float height = gtk_widget_get_height (GTK_WIDGET (self->scrolled));

  self->visible_source = 0;
  for (guint i = 0; i < self->views->len; i++)
    {
      GtkWidget *view = g_ptr_array_index (self->views, i);
      FoveaTile *tile = fovea_tile_view_get_tile (FOVEA_TILE_VIEW (view));
      graphene_rect_t bounds;

      if (tile == NULL || !gtk_widget_get_mapped (view) ||
          !gtk_widget_compute_bounds (view, GTK_WIDGET (self->scrolled), &bounds) ||
          bounds.origin.y + bounds.size.height <= 0 || bounds.origin.y >= height)
        continue;
      g_array_append_vals (places, &(Place) { fovea_tile_get_channel (tile), bounds.origin.x, bounds.origin.y }, 1);
    }
  g_array_sort (places, compare_places);
  for (guint i = 0; i < places->len; i++)
    g_array_append_val (channels, g_array_index (places, Place, i).channel);
  g_signal_emit (self, signals[VISIBLE_CHANGED], 0, channels);
  return G_SOURCE_REMOVE;
}

/**
 * fovea_tile_grid_tell_visible:
 * @self: a grid
 *
 * Emits `visible-changed` soon, for example since tiles are shown in another order.
 */
void
fovea_tile_grid_tell_visible (FoveaTileGrid *self)
{
  g_return_if_fail (FOVEA_IS_TILE_GRID (self));
  if (self->visible_source == 0)
    self->visible_source = g_timeout_add (VISIBLE_DELAY, tell_visible, self);
}

static void
grid_activated (FoveaTileGrid *self,
                guint position)
{
  g_autoptr (FoveaTile) tile = g_list_model_get_item (G_LIST_MODEL (self->selection), position);

  if (tile != NULL)
    g_signal_emit (self, signals[ACTIVATED], 0, fovea_tile_get_channel (tile));
}

static void
view_activated (FoveaTileView *view,
                FoveaTileGrid *self)
{
  FoveaTile *tile = fovea_tile_view_get_tile (view);

  if (tile != NULL)
    g_signal_emit (self, signals[ACTIVATED], 0, fovea_tile_get_channel (tile));
}

static void
view_menu_wanted (FoveaTileView *view,
                  FoveaTileGrid *self)
{
  FoveaTile *tile = fovea_tile_view_get_tile (view);

  if (tile == NULL || self->actions == NULL)
    return;
  fovea_tile_actions_set_tile (self->actions, tile);
  fovea_tile_actions_pop_up (self->actions, view);
}

/* The view whose cell has the keyboard; NULL where none has. */
static FoveaTileView *
find_focused (FoveaTileGrid *self)
{
  for (guint i = 0; i < self->views->len; i++)
    {
      GtkWidget *view = g_ptr_array_index (self->views, i);

      if (fovea_tile_view_get_tile (FOVEA_TILE_VIEW (view)) != NULL && gtk_widget_get_mapped (view) && gtk_widget_has_focus (gtk_widget_get_parent (view)))
        return FOVEA_TILE_VIEW (view);
    }
  return NULL;
}

static gboolean
pop_up_menu (GtkWidget *widget,
             GVariant *arguments,
             gpointer data)
{
  FoveaTileGrid *self = data;
  FoveaTileView *view = find_focused (self);

  if (view == NULL)
    return FALSE;
  view_menu_wanted (view, self);
  return TRUE;
}

static gboolean
act_on_focused (GtkWidget *widget,
                GVariant *arguments,
                gpointer data)
{
  FoveaTileGrid *self = data;
  FoveaTileView *view = find_focused (self);

  if (view == NULL || self->actions == NULL)
    return FALSE;
  fovea_tile_actions_set_tile (self->actions, fovea_tile_view_get_tile (view));
  return gtk_widget_activate_action (GTK_WIDGET (self), g_variant_get_string (arguments, NULL), NULL);
}

static void
view_destroyed (FoveaTileGrid *self,
                GtkWidget *view)
{
  g_ptr_array_remove_fast (self->views, view);
}

static void
setup_cell (FoveaTileGrid *self,
            GtkListItem *item)
{
  GtkWidget *view = fovea_tile_view_new ();

  fovea_tile_view_set_size (FOVEA_TILE_VIEW (view), self->tile_size);
  fovea_tile_view_set_content (FOVEA_TILE_VIEW (view), self->content);
  fovea_tile_view_set_values (FOVEA_TILE_VIEW (view), self->values, self->measure);
  g_signal_connect_object (view, "activated", G_CALLBACK (view_activated), self, 0);
  g_signal_connect_object (view, "menu-wanted", G_CALLBACK (view_menu_wanted), self, 0);
  g_signal_connect_object (view, "destroy", G_CALLBACK (view_destroyed), self, G_CONNECT_SWAPPED);
  g_ptr_array_add (self->views, view);
  gtk_list_item_set_child (item, view);
}

static void
bind_cell (FoveaTileGrid *self,
           GtkListItem *item)
{
  fovea_tile_view_set_tile (FOVEA_TILE_VIEW (gtk_list_item_get_child (item)), gtk_list_item_get_item (item));
  fovea_tile_grid_tell_visible (self);
}

static void
unbind_cell (FoveaTileGrid *self,
             GtkListItem *item)
{
  fovea_tile_view_set_tile (FOVEA_TILE_VIEW (gtk_list_item_get_child (item)), NULL);
}

static void
add_keys (FoveaTileGrid *self)
{
  static const char *const keys[][2] = { { "p", "tile.pin" }, { "<Control>c", "tile.copy" } };
  GtkEventController *controller = gtk_shortcut_controller_new ();

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      GtkShortcut *shortcut = gtk_shortcut_new (gtk_shortcut_trigger_parse_string (keys[i][0]), gtk_callback_action_new (act_on_focused, self, NULL));

      gtk_shortcut_set_arguments (shortcut, g_variant_new_string (keys[i][1]));
      gtk_shortcut_controller_add_shortcut (GTK_SHORTCUT_CONTROLLER (controller), shortcut);
    }
  gtk_shortcut_controller_add_shortcut (GTK_SHORTCUT_CONTROLLER (controller),
                                        gtk_shortcut_new (gtk_shortcut_trigger_parse_string ("Menu|<Shift>F10"), gtk_callback_action_new (pop_up_menu, self, NULL)));
  gtk_widget_add_controller (GTK_WIDGET (self->grid), controller);
}

static void
fovea_tile_grid_get_property (GObject *object,
                              guint id,
                              GValue *value,
                              GParamSpec *spec)
{
  g_assert (id == PROP_TILE_SIZE);
  g_value_set_int (value, FOVEA_TILE_GRID (object)->tile_size);
}

static void
fovea_tile_grid_set_property (GObject *object,
                              guint id,
                              const GValue *value,
                              GParamSpec *spec)
{
  FoveaTileGrid *self = FOVEA_TILE_GRID (object);

  g_assert (id == PROP_TILE_SIZE);
  self->tile_size = g_value_get_int (value);
  for (guint i = 0; i < self->views->len; i++)
    fovea_tile_view_set_size (g_ptr_array_index (self->views, i), self->tile_size);
  fovea_tile_grid_tell_visible (self);
}

static void
fovea_tile_grid_dispose (GObject *object)
{
  FoveaTileGrid *self = FOVEA_TILE_GRID (object);

  g_clear_handle_id (&self->visible_source, g_source_remove);
  if (self->scrolled != NULL)
    {
      gtk_grid_view_set_model (self->grid, NULL);
      gtk_widget_unparent (GTK_WIDGET (self->scrolled));
    }
  self->scrolled = NULL;
  g_clear_object (&self->selection);
  g_clear_object (&self->actions);
  G_OBJECT_CLASS (fovea_tile_grid_parent_class)->dispose (object);
}

static void
fovea_tile_grid_finalize (GObject *object)
{
  g_ptr_array_unref (FOVEA_TILE_GRID (object)->views);
  G_OBJECT_CLASS (fovea_tile_grid_parent_class)->finalize (object);
}

static void
fovea_tile_grid_class_init (FoveaTileGridClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);

  object_class->get_property = fovea_tile_grid_get_property;
  object_class->set_property = fovea_tile_grid_set_property;
  object_class->dispose = fovea_tile_grid_dispose;
  object_class->finalize = fovea_tile_grid_finalize;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (class), GTK_TYPE_BIN_LAYOUT);

  properties[PROP_TILE_SIZE] = g_param_spec_int ("tile-size", NULL, NULL, 1, G_MAXINT, 72, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
  signals[ACTIVATED] = g_signal_new ("channel-activated", FOVEA_TYPE_TILE_GRID, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
  signals[VISIBLE_CHANGED] = g_signal_new ("visible-changed", FOVEA_TYPE_TILE_GRID, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_ARRAY);
}

static void
fovea_tile_grid_init (FoveaTileGrid *self)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  GtkAdjustment *adjustment;

  self->views = g_ptr_array_new ();
  self->tile_size = 72;
  self->measure = -1;
  self->selection = gtk_single_selection_new (NULL);
  g_signal_connect_object (factory, "setup", G_CALLBACK (setup_cell), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (factory, "bind", G_CALLBACK (bind_cell), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (factory, "unbind", G_CALLBACK (unbind_cell), self, G_CONNECT_SWAPPED);
  self->grid = GTK_GRID_VIEW (gtk_grid_view_new (g_object_ref (GTK_SELECTION_MODEL (self->selection)), factory));
  gtk_grid_view_set_min_columns (self->grid, 1);
  gtk_grid_view_set_max_columns (self->grid, 8);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->grid), GTK_ACCESSIBLE_PROPERTY_LABEL, "The layer's channels", -1);
  g_signal_connect_object (self->grid, "activate", G_CALLBACK (grid_activated), self, G_CONNECT_SWAPPED);
  add_keys (self);

  self->scrolled = GTK_SCROLLED_WINDOW (gtk_scrolled_window_new ());
  gtk_scrolled_window_set_policy (self->scrolled, GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (self->scrolled, GTK_WIDGET (self->grid));
  gtk_widget_set_parent (GTK_WIDGET (self->scrolled), GTK_WIDGET (self));
  adjustment = gtk_scrolled_window_get_vadjustment (self->scrolled);
  g_signal_connect_object (adjustment, "value-changed", G_CALLBACK (fovea_tile_grid_tell_visible), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (adjustment, "changed", G_CALLBACK (fovea_tile_grid_tell_visible), self, G_CONNECT_SWAPPED);
}

/**
 * fovea_tile_grid_new:
 *
 * Returns: (transfer floating): an empty grid
 */
GtkWidget *
fovea_tile_grid_new (void)
{
  return g_object_new (FOVEA_TYPE_TILE_GRID, NULL);
}

/**
 * fovea_tile_grid_set_model:
 * @self: a grid
 * @model: (element-type FoveaTile): the tiles, in the order in which they are shown
 */
void
fovea_tile_grid_set_model (FoveaTileGrid *self,
                           GListModel *model)
{
  g_return_if_fail (FOVEA_IS_TILE_GRID (self));
  gtk_single_selection_set_model (self->selection, model);
}

/**
 * fovea_tile_grid_set_actions:
 * @self: a grid
 * @actions: what menu and keys do with a tile; of this grid or of a widget around it
 */
void
fovea_tile_grid_set_actions (FoveaTileGrid *self,
                             FoveaTileActions *actions)
{
  g_return_if_fail (FOVEA_IS_TILE_GRID (self));
  g_set_object (&self->actions, actions);
}

/**
 * fovea_tile_grid_set_content:
 * @self: a grid
 * @content: what tiles show of their channel
 */
void
fovea_tile_grid_set_content (FoveaTileGrid *self,
                             FoveaTileContent content)
{
  g_return_if_fail (FOVEA_IS_TILE_GRID (self));

  self->content = content;
  for (guint i = 0; i < self->views->len; i++)
    fovea_tile_view_set_content (g_ptr_array_index (self->views, i), content);
}

/**
 * fovea_tile_grid_set_values:
 * @self: a grid
 * @values: whether captions say values
 * @measure: as fovea_tile_view_set_values()
 */
void
fovea_tile_grid_set_values (FoveaTileGrid *self,
                            gboolean values,
                            int measure)
{
  g_return_if_fail (FOVEA_IS_TILE_GRID (self));

  self->values = values;
  self->measure = measure;
  for (guint i = 0; i < self->views->len; i++)
    fovea_tile_view_set_values (g_ptr_array_index (self->views, i), values, measure);
}

/**
 * fovea_tile_grid_scroll_to_top:
 * @self: a grid
 */
void
fovea_tile_grid_scroll_to_top (FoveaTileGrid *self)
{
  g_return_if_fail (FOVEA_IS_TILE_GRID (self));
  if (g_list_model_get_n_items (G_LIST_MODEL (self->selection)) > 0)
    gtk_widget_activate_action (GTK_WIDGET (self->grid), "list.scroll-to-item", "u", 0);
}

/* Where @channel is shown now, or GTK_INVALID_LIST_POSITION. */
static guint
find_channel (FoveaTileGrid *self,
              guint channel)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->selection));

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (FoveaTile) tile = g_list_model_get_item (G_LIST_MODEL (self->selection), i);

      if (fovea_tile_get_channel (tile) == channel)
        return i;
    }
  return GTK_INVALID_LIST_POSITION;
}

/**
 * fovea_tile_grid_set_current:
 * @self: a grid
 * @channel: a channel
 *
 * Selects that channel's tile and scrolls to it, if it is shown.
 */
void
fovea_tile_grid_set_current (FoveaTileGrid *self,
                              guint channel)
{
  guint position;

  g_return_if_fail (FOVEA_IS_TILE_GRID (self));

  position = find_channel (self, channel);
  if (position == GTK_INVALID_LIST_POSITION)
    return;
  gtk_single_selection_set_selected (self->selection, position);
  gtk_widget_activate_action (GTK_WIDGET (self->grid), "list.scroll-to-item", "u", position);
}

/**
 * fovea_tile_grid_focus:
 * @self: a grid
 * @channel: a channel
 *
 * Gives that channel's tile the keyboard, so that the arrow keys go on from there.
 */
void
fovea_tile_grid_focus (FoveaTileGrid *self,
                        guint channel)
{
  g_return_if_fail (FOVEA_IS_TILE_GRID (self));

  for (guint i = 0; i < self->views->len; i++)
    {
      GtkWidget *view = g_ptr_array_index (self->views, i);
      FoveaTile *tile = fovea_tile_view_get_tile (FOVEA_TILE_VIEW (view));

      if (tile != NULL && fovea_tile_get_channel (tile) == channel && gtk_widget_grab_focus (gtk_widget_get_parent (view)))
        return;
    }
  gtk_widget_grab_focus (GTK_WIDGET (self->grid));
}

/**
 * fovea_tile_grid_get_neighbour:
 * @self: a grid
 * @channel: a channel
 * @step: 1 for the next, -1 for the previous, in the order in which they are shown
 * @neighbour: (out): that channel
 *
 * Returns: %FALSE at the first or the last
 */
gboolean
fovea_tile_grid_get_neighbour (FoveaTileGrid *self,
                               guint channel,
                               int step,
                               guint *neighbour)
{
  guint position, n;
  g_autoptr (FoveaTile) tile = NULL;

  g_return_val_if_fail (FOVEA_IS_TILE_GRID (self), FALSE);

  position = find_channel (self, channel);
  n = g_list_model_get_n_items (G_LIST_MODEL (self->selection));
  if (position == GTK_INVALID_LIST_POSITION || (step < 0 && position == 0) || (step > 0 && position + 1 >= n))
    return FALSE;
  tile = g_list_model_get_item (G_LIST_MODEL (self->selection), (guint) ((int) position + step));
  *neighbour = fovea_tile_get_channel (tile);
  return TRUE;
}

/**
 * fovea_tile_grid_get_first:
 * @self: a grid
 * @channel: (out): the channel that is shown first
 *
 * Returns: %FALSE where none is shown
 */
gboolean
fovea_tile_grid_get_first (FoveaTileGrid *self,
                           guint *channel)
{
  g_autoptr (FoveaTile) tile = NULL;

  g_return_val_if_fail (FOVEA_IS_TILE_GRID (self), FALSE);

  tile = g_list_model_get_item (G_LIST_MODEL (self->selection), 0);
  if (tile == NULL)
    return FALSE;
  *channel = fovea_tile_get_channel (tile);
  return TRUE;
}

/**
 * fovea_tile_grid_get_view:
 * @self: a grid
 *
 * Returns: (transfer none): the list of its cells
 */
GtkGridView *
fovea_tile_grid_get_view (FoveaTileGrid *self)
{
  g_return_val_if_fail (FOVEA_IS_TILE_GRID (self), NULL);
  return self->grid;
}
