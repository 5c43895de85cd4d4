/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/layer-page.h"

#include <math.h>

#include "engine/analysis/tally.h"
#include "ui/application.h"
#include "ui/chart-dissection.h"
#include "ui/tile-view.h"

/* How soon after scrolling the loader is told, in milliseconds. */
#define VISIBLE_DELAY 60

/* As the sort drop-down lists them and the settings name them. */
enum { SORT_INDEX, SORT_STANDARD, SORT_ROBUST, SORT_DIFFERENCE, N_SORTS };
static const char *const sort_names[N_SORTS] = { "index", "standard", "robust", "difference" };

struct _FoveaLayerPage {
  GtkWidget parent_instance;

  GtkLabel *title;
  GtkLabel *summary;
  GtkWidget *legend; /* which network is on which side */
  GtkToggleButton *detectors; /* whether only channels are shown that detect a concept */
  GtkDropDown *sort;
  GtkRevealer *status;
  GtkLabel *status_label;
  GtkProgressBar *status_bar;
  GtkButton *stop;
  GtkStack *stack;
  GtkScrolledWindow *scrolled;
  GtkGridView *grid;

  FoveaTileLoader *loader;
  FoveaDissectionRun *dissections; /* what was dissected before; it computes none */
  FoveaNetworkPair *pair;
  FoveaLayer *layer;
  char *concepts; /* nullable: the set of concepts that was looked up last */
  char *filter_text; /* lower case; "" shows every channel */
  GtkFilter *filter;
  GtkSorter *sorter;
  GtkFilterListModel *filtered;
  GtkSortListModel *sorted;
  GtkSingleSelection *selection;
  GPtrArray *views; /* (element-type FoveaTileView): all that the grid made; not owned */
  int tile_size;
  guint visible_source;
};

G_DEFINE_FINAL_TYPE (FoveaLayerPage, fovea_layer_page, GTK_TYPE_WIDGET)

enum { ACTIVATED, N_SIGNALS };

static guint signals[N_SIGNALS];

/* What the channels are ordered by, largest first; unfinished ones come last. */
static double
get_key (FoveaTile *tile,
         guint sort)
{
  double standard = fovea_tile_is_finished (tile, FOVEA_SIDE_STANDARD) ? fovea_tile_get_activation (tile, FOVEA_SIDE_STANDARD) : NAN;
  double robust = fovea_tile_is_finished (tile, FOVEA_SIDE_ROBUST) ? fovea_tile_get_activation (tile, FOVEA_SIDE_ROBUST) : NAN;
  double key = sort == SORT_STANDARD ? standard : sort == SORT_ROBUST ? robust : fabs (standard - robust);

  return isnan (key) ? -INFINITY : key;
}

static int
compare_tiles (gconstpointer a,
               gconstpointer b,
               gpointer user_data)
{
  FoveaLayerPage *self = user_data;
  FoveaTile *first = FOVEA_TILE ((gpointer) a);
  FoveaTile *second = FOVEA_TILE ((gpointer) b);
  guint sort = gtk_drop_down_get_selected (self->sort);

  if (sort != SORT_INDEX && sort < N_SORTS)
    {
      double first_key = get_key (first, sort), second_key = get_key (second, sort);

      if (first_key != second_key)
        return first_key > second_key ? -1 : 1;
    }
  return (fovea_tile_get_channel (first) > fovea_tile_get_channel (second)) - (fovea_tile_get_channel (first) < fovea_tile_get_channel (second));
}

static gboolean
match_tile (gpointer item,
            gpointer user_data)
{
  FoveaLayerPage *self = user_data;
  g_autofree char *number = g_strdup_printf ("%u", fovea_tile_get_channel (item));
  const char *class_name = fovea_tile_get_class_name (item);
  g_autofree char *folded = class_name != NULL ? g_utf8_casefold (class_name, -1) : NULL;
  gboolean detects = FALSE;

  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    {
      const char *concept = fovea_tile_get_concept (item, side);
      g_autofree char *folded_concept = concept != NULL ? g_utf8_casefold (concept, -1) : NULL;

      detects |= concept != NULL;
      if (folded_concept != NULL && *self->filter_text != '\0' && strstr (folded_concept, self->filter_text) != NULL)
        return TRUE;
    }
  if (gtk_toggle_button_get_active (self->detectors) && !detects)
    return FALSE;
  return *self->filter_text == '\0' || g_str_has_prefix (number, self->filter_text) ||
         (folded != NULL && strstr (folded, self->filter_text) != NULL);
}

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
  FoveaLayerPage *self = user_data;
  g_autoptr (GArray) places = g_array_new (FALSE, FALSE, sizeof (Place));
  g_autoptr (GArray) channels = g_array_new (FALSE, FALSE, sizeof (guint));
  float height = gtk_widget_get_height (GTK_WIDGET (self->scrolled));

  self->visible_source = 0;
  if (self->loader == NULL || self->layer == NULL)
    return G_SOURCE_REMOVE;

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
  fovea_tile_loader_set_visible (self->loader, (const guint *) channels->data, channels->len);
  return G_SOURCE_REMOVE;
}

static void
queue_tell_visible (FoveaLayerPage *self)
{
  if (self->visible_source == 0)
    self->visible_source = g_timeout_add (VISIBLE_DELAY, tell_visible, self);
}

static char *
format_seconds (double seconds)
{
  if (seconds < 90)
    return g_strdup_printf ("about %d s left", MAX ((int) ceil (seconds), 1));
  if (seconds < 90 * 60)
    return g_strdup_printf ("about %d min left", (int) ceil (seconds / 60));
  return g_strdup_printf ("about %d h left", (int) ceil (seconds / 3600));
}

static void
show_progress (FoveaLayerPage *self)
{
  FoveaTileProgress progress;
  g_autofree char *text = NULL;

  if (self->loader == NULL || self->layer == NULL)
    return;

  fovea_tile_loader_get_progress (self->loader, &progress);
  if (progress.error != NULL)
    text = g_strdup_printf ("Cannot visualize %s: %s.", fovea_layer_get_name (self->layer), progress.error);
  else if (progress.stopped)
    text = g_strdup_printf ("Stopped: %u of %u pictures are computed.", progress.done, progress.total);
  else if (progress.seconds_left >= 0)
    {
      g_autofree char *left = format_seconds (progress.seconds_left);
      text = g_strdup_printf ("Visualizing the channels: %u of %u, %s", progress.done, progress.total, left);
    }
  else
    text = g_strdup_printf ("Visualizing the channels: %u of %u", progress.done, progress.total);

  gtk_label_set_text (self->status_label, text);
  gtk_progress_bar_set_fraction (self->status_bar, progress.fraction);
  gtk_button_set_icon_name (self->stop, progress.stopped ? "media-playback-start-symbolic" : "media-playback-stop-symbolic");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->stop), progress.stopped ? "Go on computing" : "Stop computing");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->stop), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  progress.stopped ? "Go on computing" : "Stop computing", -1);
  if (!progress.looking_up)
    gtk_revealer_set_reveal_child (self->status, progress.done < progress.total);
}

static void
results_arrived (FoveaLayerPage *self)
{
  if (gtk_drop_down_get_selected (self->sort) != SORT_INDEX)
    {
      gtk_sorter_changed (self->sorter, GTK_SORTER_CHANGE_DIFFERENT);
      queue_tell_visible (self);
    }
}

static void
stop_clicked (FoveaLayerPage *self)
{
  FoveaTileProgress progress;

  fovea_tile_loader_get_progress (self->loader, &progress);
  fovea_tile_loader_set_stopped (self->loader, !progress.stopped);
}

static void
sort_selected (FoveaLayerPage *self)
{
  FoveaSettings *settings = fovea_application_get_settings ();
  guint sort = gtk_drop_down_get_selected (self->sort);

  gtk_sorter_changed (self->sorter, GTK_SORTER_CHANGE_DIFFERENT);
  if (settings != NULL && sort < N_SORTS)
    fovea_settings_set_string (settings, "sort", sort_names[sort]);
  queue_tell_visible (self);
}

static void
show_whether_any (FoveaLayerPage *self)
{
  gboolean filters = *self->filter_text != '\0' || gtk_toggle_button_get_active (self->detectors);
  gboolean none = g_list_model_get_n_items (G_LIST_MODEL (self->filtered)) == 0 && filters;

  gtk_stack_set_visible_child_name (self->stack, none ? "none" : "grid");
}

static void
filter_again (FoveaLayerPage *self)
{
  gtk_filter_changed (self->filter, GTK_FILTER_CHANGE_DIFFERENT);
  show_whether_any (self);
  queue_tell_visible (self);
}

/* Says on the tiles what their channels detect, by the original's quantile and cut-off. */
static void
show_concepts (FoveaLayerPage *self)
{
  GListModel *tiles = gtk_filter_list_model_get_model (self->filtered);
  gboolean any = FALSE;

  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    {
      FoveaDissection *dissection = fovea_dissection_run_get_dissection (self->dissections, side);
      g_autoptr (FoveaTally) tally = NULL;

      if (dissection != NULL)
        tally = fovea_tally_new (dissection, fovea_dissection_find_quantile (dissection, FOVEA_DISSECT_QUANTILE), FOVEA_DISSECT_AREA_CATEGORY);
      for (guint i = 0; tiles != NULL && i < g_list_model_get_n_items (tiles); i++)
        {
          g_autoptr (FoveaTile) tile = g_list_model_get_item (tiles, i);
          const FoveaTallyUnit *unit = tally != NULL ? fovea_tally_find (tally, fovea_tile_get_channel (tile)) : NULL;
          g_autofree char *concept = unit != NULL && unit->label != NULL && unit->score >= FOVEA_DISSECT_IOU ? fovea_dissection_format_label (unit->label) : NULL;

          fovea_tile_set_concept (tile, side, concept);
          any |= concept != NULL;
        }
    }
  gtk_widget_set_visible (GTK_WIDGET (self->detectors), any);
  if (!any)
    gtk_toggle_button_set_active (self->detectors, FALSE);
  filter_again (self);
}

/* What was dissected since the page was seen last is looked up. */
static void
fovea_layer_page_map (GtkWidget *widget)
{
  FoveaLayerPage *self = FOVEA_LAYER_PAGE (widget);
  FoveaSettings *settings = fovea_application_get_settings ();
  g_autofree char *key = settings != NULL ? fovea_settings_get_string (settings, "concept-set") : NULL;

  GTK_WIDGET_CLASS (fovea_layer_page_parent_class)->map (widget);
  if (key != NULL && (g_strcmp0 (key, self->concepts) != 0 || fovea_dissection_run_get_state (self->dissections) == FOVEA_DISSECTION_MISSING))
    {
      g_free (self->concepts);
      self->concepts = g_strdup (key);
      fovea_dissection_run_set_concepts (self->dissections, key);
    }
}

static void
grid_activated (FoveaLayerPage *self,
                guint position)
{
  g_autoptr (FoveaTile) tile = g_list_model_get_item (G_LIST_MODEL (self->selection), position);

  if (tile != NULL)
    g_signal_emit (self, signals[ACTIVATED], 0, fovea_tile_get_channel (tile));
}

static void
view_activated (FoveaTileView *view,
                FoveaLayerPage *self)
{
  FoveaTile *tile = fovea_tile_view_get_tile (view);

  if (tile != NULL)
    g_signal_emit (self, signals[ACTIVATED], 0, fovea_tile_get_channel (tile));
}

static void
view_destroyed (FoveaLayerPage *self,
                GtkWidget *view)
{
  g_ptr_array_remove_fast (self->views, view);
}

static void
setup_cell (FoveaLayerPage *self,
            GtkListItem *item)
{
  GtkWidget *view = fovea_tile_view_new ();

  fovea_tile_view_set_size (FOVEA_TILE_VIEW (view), self->tile_size);
  g_signal_connect_object (view, "activated", G_CALLBACK (view_activated), self, 0);
  g_signal_connect_object (view, "destroy", G_CALLBACK (view_destroyed), self, G_CONNECT_SWAPPED);
  g_ptr_array_add (self->views, view);
  gtk_list_item_set_child (item, view);
}

static void
bind_cell (FoveaLayerPage *self,
           GtkListItem *item)
{
  fovea_tile_view_set_tile (FOVEA_TILE_VIEW (gtk_list_item_get_child (item)), gtk_list_item_get_item (item));
  queue_tell_visible (self);
}

static void
unbind_cell (FoveaLayerPage *self,
             GtkListItem *item)
{
  fovea_tile_view_set_tile (FOVEA_TILE_VIEW (gtk_list_item_get_child (item)), NULL);
}

static void
tile_size_changed (FoveaLayerPage *self)
{
  FoveaSettings *settings = fovea_application_get_settings ();

  if (settings == NULL)
    return;
  self->tile_size = fovea_settings_get_int (settings, "tile-size");
  for (guint i = 0; i < self->views->len; i++)
    fovea_tile_view_set_size (g_ptr_array_index (self->views, i), self->tile_size);
  queue_tell_visible (self);
}

static void
fovea_layer_page_dispose (GObject *object)
{
  FoveaLayerPage *self = FOVEA_LAYER_PAGE (object);

  g_clear_handle_id (&self->visible_source, g_source_remove);
  fovea_layer_page_set_loader (self, NULL);
  g_clear_object (&self->dissections);
  if (self->stack != NULL)
    {
      gtk_grid_view_set_model (self->grid, NULL);
      gtk_widget_unparent (gtk_widget_get_first_child (GTK_WIDGET (self)));
      self->stack = NULL;
    }
  g_clear_object (&self->selection);
  g_clear_object (&self->sorted);
  g_clear_object (&self->filtered);
  g_clear_object (&self->pair);
  g_clear_object (&self->layer);

  G_OBJECT_CLASS (fovea_layer_page_parent_class)->dispose (object);
}

static void
fovea_layer_page_finalize (GObject *object)
{
  FoveaLayerPage *self = FOVEA_LAYER_PAGE (object);

  g_ptr_array_unref (self->views);
  g_free (self->filter_text);
  g_free (self->concepts);

  G_OBJECT_CLASS (fovea_layer_page_parent_class)->finalize (object);
}

static void
fovea_layer_page_class_init (FoveaLayerPageClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = fovea_layer_page_dispose;
  G_OBJECT_CLASS (class)->finalize = fovea_layer_page_finalize;

  widget_class->map = fovea_layer_page_map;

  gtk_widget_class_set_css_name (widget_class, "layerpage");
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/fovea/Fovea/layer-page.ui");
  gtk_widget_class_bind_template_child (widget_class, FoveaLayerPage, title);
  gtk_widget_class_bind_template_child (widget_class, FoveaLayerPage, summary);
  gtk_widget_class_bind_template_child (widget_class, FoveaLayerPage, legend);
  gtk_widget_class_bind_template_child (widget_class, FoveaLayerPage, detectors);
  gtk_widget_class_bind_template_child (widget_class, FoveaLayerPage, sort);
  gtk_widget_class_bind_template_child (widget_class, FoveaLayerPage, status);
  gtk_widget_class_bind_template_child (widget_class, FoveaLayerPage, status_label);
  gtk_widget_class_bind_template_child (widget_class, FoveaLayerPage, status_bar);
  gtk_widget_class_bind_template_child (widget_class, FoveaLayerPage, stop);
  gtk_widget_class_bind_template_child (widget_class, FoveaLayerPage, stack);
  gtk_widget_class_bind_template_child (widget_class, FoveaLayerPage, scrolled);
  gtk_widget_class_bind_template_child (widget_class, FoveaLayerPage, grid);

  signals[ACTIVATED] = g_signal_new ("channel-activated", FOVEA_TYPE_LAYER_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
}

static void
fovea_layer_page_init (FoveaLayerPage *self)
{
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();
  FoveaSettings *settings = fovea_application_get_settings ();
  GtkAdjustment *adjustment;

  gtk_widget_init_template (GTK_WIDGET (self));
  self->views = g_ptr_array_new ();
  self->filter_text = g_strdup ("");
  self->tile_size = 72;

  self->filter = GTK_FILTER (gtk_custom_filter_new (match_tile, self, NULL));
  self->filtered = gtk_filter_list_model_new (NULL, self->filter);
  self->sorter = GTK_SORTER (gtk_custom_sorter_new (compare_tiles, self, NULL));
  self->sorted = gtk_sort_list_model_new (g_object_ref (G_LIST_MODEL (self->filtered)), self->sorter);
  self->selection = gtk_single_selection_new (g_object_ref (G_LIST_MODEL (self->sorted)));

  g_signal_connect_object (factory, "setup", G_CALLBACK (setup_cell), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (factory, "bind", G_CALLBACK (bind_cell), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (factory, "unbind", G_CALLBACK (unbind_cell), self, G_CONNECT_SWAPPED);
  gtk_grid_view_set_factory (self->grid, factory);
  gtk_grid_view_set_model (self->grid, GTK_SELECTION_MODEL (self->selection));
  g_signal_connect_object (self->grid, "activate", G_CALLBACK (grid_activated), self, G_CONNECT_SWAPPED);

  adjustment = gtk_scrolled_window_get_vadjustment (self->scrolled);
  g_signal_connect_object (adjustment, "value-changed", G_CALLBACK (queue_tell_visible), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (adjustment, "changed", G_CALLBACK (queue_tell_visible), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->filtered, "items-changed", G_CALLBACK (show_whether_any), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->stop, "clicked", G_CALLBACK (stop_clicked), self, G_CONNECT_SWAPPED);

  self->dissections = fovea_dissection_run_new ();
  fovea_dissection_run_set_estimates (self->dissections, FALSE);
  fovea_dissection_run_set_source (self->dissections, fovea_application_get_reading_queue (), NULL, fovea_application_get_store ());
  g_signal_connect_object (self->dissections, "changed", G_CALLBACK (show_concepts), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->detectors, "toggled", G_CALLBACK (filter_again), self, G_CONNECT_SWAPPED);

  if (settings != NULL)
    {
      g_autofree char *sort = fovea_settings_get_string (settings, "sort");

      for (guint i = 0; i < N_SORTS; i++)
        if (g_str_equal (sort_names[i], sort))
          gtk_drop_down_set_selected (self->sort, i);
      g_signal_connect_object (settings, "notify::tile-size", G_CALLBACK (tile_size_changed), self, G_CONNECT_SWAPPED);
      tile_size_changed (self);
    }
  g_signal_connect_object (self->sort, "notify::selected", G_CALLBACK (sort_selected), self, G_CONNECT_SWAPPED);
}

/**
 * fovea_layer_page_new:
 *
 * Emits `channel-activated` with a channel that someone wants to see more of.
 *
 * Returns: (transfer floating): a page without a layer
 */
GtkWidget *
fovea_layer_page_new (void)
{
  return g_object_new (FOVEA_TYPE_LAYER_PAGE, NULL);
}

/**
 * fovea_layer_page_set_loader:
 * @self: a page
 * @loader: (nullable): what fills the tiles
 */
void
fovea_layer_page_set_loader (FoveaLayerPage *self,
                             FoveaTileLoader *loader)
{
  g_return_if_fail (FOVEA_IS_LAYER_PAGE (self));

  if (self->loader != NULL)
    {
      g_signal_handlers_disconnect_by_func (self->loader, show_progress, self);
      g_signal_handlers_disconnect_by_func (self->loader, results_arrived, self);
    }
  g_set_object (&self->loader, loader);
  if (loader != NULL)
    {
      g_signal_connect_object (loader, "changed", G_CALLBACK (show_progress), self, G_CONNECT_SWAPPED);
      g_signal_connect_object (loader, "results", G_CALLBACK (results_arrived), self, G_CONNECT_SWAPPED);
    }
}

/**
 * fovea_layer_page_set_layer:
 * @self: a page that has a loader
 * @pair: a pair
 * @layer: one of its layers
 *
 * Shows the layer's channels from the first.
 */
void
fovea_layer_page_set_layer (FoveaLayerPage *self,
                            FoveaNetworkPair *pair,
                            FoveaLayer *layer)
{
  g_return_if_fail (FOVEA_IS_LAYER_PAGE (self) && self->loader != NULL);

  g_set_object (&self->pair, pair);
  g_set_object (&self->layer, layer);
  gtk_label_set_text (self->title, fovea_layer_get_name (layer));
  gtk_label_set_text (self->summary, fovea_layer_get_summary (layer));
  gtk_widget_set_visible (self->legend, fovea_network_pair_has_side (pair, FOVEA_SIDE_ROBUST));
  gtk_adjustment_set_value (gtk_scrolled_window_get_vadjustment (self->scrolled), 0);
  gtk_filter_list_model_set_model (self->filtered, fovea_tile_loader_set_layer (self->loader, pair, layer));
  fovea_dissection_run_set_layer (self->dissections, pair, fovea_layer_get_name (layer));
  show_concepts (self);
  show_whether_any (self);
  show_progress (self);
  queue_tell_visible (self);
}

/**
 * fovea_layer_page_set_filter:
 * @self: a page
 * @text: the beginning of a channel's number, or a part of its class or of a concept that it detects; "" shows all
 */
void
fovea_layer_page_set_filter (FoveaLayerPage *self,
                             const char *text)
{
  g_autofree char *stripped = g_strstrip (g_strdup (text));
  g_autofree char *folded = g_utf8_casefold (stripped, -1);

  g_return_if_fail (FOVEA_IS_LAYER_PAGE (self));

  if (g_str_equal (folded, self->filter_text))
    return;
  g_free (self->filter_text);
  self->filter_text = g_steal_pointer (&folded);
  gtk_filter_changed (self->filter, GTK_FILTER_CHANGE_DIFFERENT);
  show_whether_any (self);
  queue_tell_visible (self);
}

/* Where @channel is shown now, or GTK_INVALID_LIST_POSITION. */
static guint
find_channel (FoveaLayerPage *self,
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
 * fovea_layer_page_set_current:
 * @self: a page
 * @channel: a channel
 *
 * Selects that channel's tile and scrolls to it, if it is shown.
 */
void
fovea_layer_page_set_current (FoveaLayerPage *self,
                              guint channel)
{
  guint position;

  g_return_if_fail (FOVEA_IS_LAYER_PAGE (self));

  position = find_channel (self, channel);
  if (position == GTK_INVALID_LIST_POSITION)
    return;
  gtk_single_selection_set_selected (self->selection, position);
  gtk_widget_activate_action (GTK_WIDGET (self->grid), "list.scroll-to-item", "u", position);
}

/**
 * fovea_layer_page_focus:
 * @self: a page
 * @channel: a channel
 *
 * Gives that channel's tile the keyboard, so that the arrow keys go on from there.
 */
void
fovea_layer_page_focus (FoveaLayerPage *self,
                        guint channel)
{
  g_return_if_fail (FOVEA_IS_LAYER_PAGE (self));

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
 * fovea_layer_page_get_dissections:
 * @self: a page
 *
 * Returns: (transfer none): where the concepts on the tiles come from
 */
FoveaDissectionRun *
fovea_layer_page_get_dissections (FoveaLayerPage *self)
{
  g_return_val_if_fail (FOVEA_IS_LAYER_PAGE (self), NULL);
  return self->dissections;
}

/**
 * fovea_layer_page_get_neighbour:
 * @self: a page
 * @channel: a channel
 * @step: 1 for the next, -1 for the previous, in the order in which they are shown
 * @neighbour: (out): that channel
 *
 * Returns: %FALSE at the first or the last
 */
gboolean
fovea_layer_page_get_neighbour (FoveaLayerPage *self,
                                guint channel,
                                int step,
                                guint *neighbour)
{
  guint position, n;
  g_autoptr (FoveaTile) tile = NULL;

  g_return_val_if_fail (FOVEA_IS_LAYER_PAGE (self), FALSE);

  position = find_channel (self, channel);
  n = g_list_model_get_n_items (G_LIST_MODEL (self->selection));
  if (position == GTK_INVALID_LIST_POSITION || (step < 0 && position == 0) || (step > 0 && position + 1 >= n))
    return FALSE;
  tile = g_list_model_get_item (G_LIST_MODEL (self->selection), (guint) ((int) position + step));
  *neighbour = fovea_tile_get_channel (tile);
  return TRUE;
}

/**
 * fovea_layer_page_get_first:
 * @self: a page
 * @channel: (out): the channel that is shown first
 *
 * Returns: %FALSE where none is shown
 */
gboolean
fovea_layer_page_get_first (FoveaLayerPage *self,
                            guint *channel)
{
  g_autoptr (FoveaTile) tile = NULL;

  g_return_val_if_fail (FOVEA_IS_LAYER_PAGE (self), FALSE);

  tile = g_list_model_get_item (G_LIST_MODEL (self->selection), 0);
  if (tile == NULL)
    return FALSE;
  *channel = fovea_tile_get_channel (tile);
  return TRUE;
}
