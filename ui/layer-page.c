/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/layer-page.h"

#include <adwaita.h>

#include "ui/application.h"
#include "ui/duration.h"
#include "ui/filter-button.h"
#include "ui/image-set-chooser.h"
#include "ui/measure-bar.h"
#include "ui/measure-words.h"
#include "ui/scan-words.h"
#include "ui/sort-button.h"
#include "ui/tile-actions.h"
#include "ui/tile-grid.h"
#include "ui/tile-patches.h"
#include "ui/wrap-box.h"

/* What tiles can show, as the drop-down lists it and the settings name it. */
static const char *const content_names[] = { [FOVEA_TILE_CONTENT_VISUALIZATION] = "visualization", [FOVEA_TILE_CONTENT_PATCH] = "patch" };

struct _FoveaLayerPage {
  GtkWidget parent_instance;

  AdwToastOverlay *toasts;
  GtkLabel *title;
  GtkLabel *summary;
  GtkWidget *legend; /* which network is on which side */
  GtkDropDown *content;
  FoveaSortButton *sort;
  FoveaFilterButton *filter_button;
  GtkWidget *images; /* where the image set is chosen */
  FoveaImageSetChooser *chooser;
  GtkRevealer *status;
  GtkLabel *status_label;
  GtkProgressBar *status_bar;
  GtkButton *stop;
  FoveaMeasureBar *measure_bar;
  GtkStack *stack;
  AdwStatusPage *none;
  GtkWidget *show_all;
  AdwStatusPage *offer;
  GtkWidget *scan_button;
  GtkWidget *scan_all_button;
  FoveaTileGrid *grid;

  FoveaTileLoader *loader;
  FoveaLayerScans *scans; /* nullable: then there are no patches */
  FoveaLayerMeasures *measures;
  FoveaTilePatches *patches;
  FoveaTileActions *actions;
  FoveaNetworkPair *pair;
  FoveaLayer *layer;
  GListModel *tiles; /* nullable: the layer's */
  FoveaTileFilter *filter;
  FoveaTileSorter *sorter;
  GtkFilterListModel *filtered;
};

G_DEFINE_FINAL_TYPE (FoveaLayerPage, fovea_layer_page, GTK_TYPE_WIDGET)

enum { ACTIVATED, CHOSEN, N_SIGNALS };

static guint signals[N_SIGNALS];

static gboolean
shows_patches (FoveaLayerPage *self)
{
  return self->scans != NULL && gtk_drop_down_get_selected (self->content) == FOVEA_TILE_CONTENT_PATCH;
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
      g_autofree char *left = fovea_duration_describe_left (progress.seconds_left);
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
    gtk_revealer_set_reveal_child (self->status, progress.done < progress.total && fovea_tile_loader_is_wanted (self->loader));
}

/* Which of the stack's pages people see: the grid, or why there is none. */
static void
update_stack (FoveaLayerPage *self)
{
  gboolean conditions = fovea_tile_filter_count_conditions (self->filter) > 0;
  gboolean filters = *fovea_tile_filter_get_text (self->filter) != '\0' || conditions;
  gboolean none = g_list_model_get_n_items (G_LIST_MODEL (self->filtered)) == 0 && filters;
  gboolean offer = shows_patches (self) && self->layer != NULL && !fovea_layer_measures_has_values (self->measures, FOVEA_MEASURES_SCAN);

  if (offer)
    {
      gboolean missing = fovea_layer_measures_get_state (self->measures, FOVEA_MEASURES_SCAN) == FOVEA_MEASURE_MISSING;
      const char *layer = fovea_layer_get_name (self->layer);
      g_autofree char *title = fovea_scan_words_title (self->scans, layer);
      g_autofree char *text = fovea_scan_words_description (self->scans, !fovea_network_pair_has_side (self->pair, FOVEA_SIDE_ROBUST), layer);
      g_autofree char *markup = g_markup_escape_text (text, -1);

      adw_status_page_set_title (self->offer, title);
      adw_status_page_set_description (self->offer, markup);
      gtk_widget_set_visible (self->scan_button, missing);
      gtk_widget_set_visible (self->scan_all_button, missing);
    }
  /* The page says it already. */
  gtk_widget_set_visible (GTK_WIDGET (self->measure_bar), !offer || fovea_layer_measures_get_state (self->measures, FOVEA_MEASURES_SCAN) == FOVEA_MEASURE_RUNNING);
  gtk_widget_set_visible (self->show_all, conditions);
  adw_status_page_set_description (self->none, conditions ? "None of the layer’s channels is what the filter asks for."
                                                          : "Search for a channel's number or class, for a layer's name, or for a neuron such as conv3:42.");
  gtk_stack_set_visible_child_name (self->stack, offer ? "offer" : none ? "none" : "grid");
}

static void
filter_changed (FoveaLayerPage *self)
{
  update_stack (self);
  fovea_tile_grid_tell_visible (self->grid);
}

/* Asks for what tiles, order and conditions are made of. */
static void
update_needs (FoveaLayerPage *self)
{
  int measure = fovea_tile_sorter_get_measure (self->sorter);
  FoveaMeasureSource source = measure >= 0 ? fovea_tile_measure_get_source ((FoveaTileMeasure) measure) : FOVEA_N_MEASURE_SOURCES;
  FoveaTileConditions conditions;
  gboolean patches = shows_patches (self), scan = patches || source == FOVEA_MEASURES_SCAN;

  fovea_tile_filter_get_conditions (self->filter, &conditions);
  fovea_layer_measures_set_needed (self->measures, FOVEA_MEASURES_SCAN, scan);
  fovea_layer_measures_set_needed (self->measures, FOVEA_MEASURES_CUES, source == FOVEA_MEASURES_CUES || conditions.cue != FOVEA_TILE_ANY_CUE);
  fovea_layer_measures_set_needed (self->measures, FOVEA_MEASURES_CONCEPTS, source == FOVEA_MEASURES_CONCEPTS || conditions.detects != NULL);
  fovea_measure_bar_set_measure (self->measure_bar, measure);
  gtk_widget_set_visible (self->images, scan && self->scans != NULL);
  if (self->loader != NULL)
    fovea_tile_loader_set_wanted (self->loader, !patches || fovea_tile_sorter_get_order (self->sorter) == FOVEA_TILE_ORDER_ACTIVATION || conditions.life != FOVEA_TILE_ANY_LIFE);
  fovea_tile_grid_set_values (self->grid, fovea_tile_sorter_get_order (self->sorter) != FOVEA_TILE_ORDER_INDEX, measure);
  update_stack (self);
  show_progress (self);
  fovea_tile_grid_tell_visible (self->grid);
}

static void
order_changed (FoveaLayerPage *self)
{
  update_needs (self);
  /* Wherever people were in the order before. */
  fovea_tile_grid_scroll_to_top (self->grid);
}

static void
results_arrived (FoveaLayerPage *self)
{
  /* A dead channel may have been found, and activations are there. */
  if (fovea_tile_filter_count_conditions (self->filter) > 0)
    gtk_filter_changed (GTK_FILTER (self->filter), GTK_FILTER_CHANGE_DIFFERENT);
  if (fovea_tile_sorter_get_order (self->sorter) == FOVEA_TILE_ORDER_ACTIVATION)
    {
      /* People stay where they are while more and more pictures are ordered. */
      g_signal_handlers_block_by_func (self->sorter, order_changed, self);
      gtk_sorter_changed (GTK_SORTER (self->sorter), GTK_SORTER_CHANGE_DIFFERENT);
      g_signal_handlers_unblock_by_func (self->sorter, order_changed, self);
    }
  fovea_tile_grid_tell_visible (self->grid);
}

static void
stop_clicked (FoveaLayerPage *self)
{
  FoveaTileProgress progress;

  fovea_tile_loader_get_progress (self->loader, &progress);
  fovea_tile_loader_set_stopped (self->loader, !progress.stopped);
}

static void
update_patches (FoveaLayerPage *self)
{
  FoveaImageSet *set = self->scans != NULL ? fovea_layer_scans_get_set (self->scans) : NULL;
  FoveaScan *scans[FOVEA_N_SIDES] = { NULL };

  if (shows_patches (self) && set != NULL && self->tiles != NULL && fovea_layer_measures_has_values (self->measures, FOVEA_MEASURES_SCAN))
    {
      for (FoveaSide side = 0; side < FOVEA_N_SIDES; side++)
        scans[side] = fovea_layer_scans_get_scan (self->scans, side);
      fovea_tile_patches_set_scans (self->patches, self->pair, fovea_layer_get_name (self->layer), set, scans, self->tiles);
      fovea_tile_grid_tell_visible (self->grid);
    }
  else
    fovea_tile_patches_clear (self->patches);
}

static void
values_changed (FoveaLayerPage *self)
{
  fovea_tile_filter_set_known (self->filter, fovea_layer_measures_has_values (self->measures, FOVEA_MEASURES_CONCEPTS),
                               fovea_layer_measures_has_values (self->measures, FOVEA_MEASURES_CUES));
  /* This calls order_changed(), too. */
  if (fovea_tile_sorter_get_measure (self->sorter) >= 0)
    gtk_sorter_changed (GTK_SORTER (self->sorter), GTK_SORTER_CHANGE_DIFFERENT);
  update_patches (self);
  filter_changed (self);
}

static void
content_selected (FoveaLayerPage *self)
{
  FoveaSettings *settings = fovea_application_get_settings ();
  guint content = gtk_drop_down_get_selected (self->content);

  if (content >= G_N_ELEMENTS (content_names))
    return;
  if (settings != NULL)
    fovea_settings_set_string (settings, "tiles", content_names[content]);
  fovea_tile_grid_set_content (self->grid, content);
  fovea_tile_actions_set_content (self->actions, content);
  update_patches (self);
  update_needs (self);
}

/* What was measured since the page was seen last is looked up. */
static void
fovea_layer_page_map (GtkWidget *widget)
{
  FoveaLayerPage *self = FOVEA_LAYER_PAGE (widget);
  FoveaSettings *settings = fovea_application_get_settings ();
  g_autofree char *key = settings != NULL ? fovea_settings_get_string (settings, "concept-set") : NULL;

  GTK_WIDGET_CLASS (fovea_layer_page_parent_class)->map (widget);
  if (key != NULL)
    fovea_layer_measures_set_concepts (self->measures, key);
  fovea_layer_measures_set_active (self->measures, TRUE);
}

static void
fovea_layer_page_unmap (GtkWidget *widget)
{
  FoveaLayerPage *self = FOVEA_LAYER_PAGE (widget);

  fovea_layer_measures_set_active (self->measures, FALSE);
  GTK_WIDGET_CLASS (fovea_layer_page_parent_class)->unmap (widget);
}

static void
activate (FoveaLayerPage *self,
          guint channel)
{
  g_signal_emit (self, signals[ACTIVATED], 0, channel);
}

static void
visible_changed (FoveaLayerPage *self,
                 GArray *channels)
{
  if (self->loader == NULL || self->layer == NULL)
    return;
  fovea_tile_loader_set_visible (self->loader, (const guint *) channels->data, channels->len);
  fovea_tile_patches_set_visible (self->patches, (const guint *) channels->data, channels->len);
}

static void
choose (FoveaLayerPage *self,
        guint channel)
{
  g_signal_emit (self, signals[CHOSEN], 0, channel);
}

static void
say (FoveaLayerPage *self,
     const char *text)
{
  g_autofree char *markup = g_markup_escape_text (text, -1);

  adw_toast_overlay_add_toast (self->toasts, adw_toast_new (markup));
}

static void
scan_clicked (FoveaLayerPage *self)
{
  fovea_layer_measures_start (self->measures, FOVEA_MEASURES_SCAN);
}

static void
scan_all_clicked (FoveaLayerPage *self)
{
  if (fovea_layer_measures_get_state (self->measures, FOVEA_MEASURES_SCAN) == FOVEA_MEASURE_MISSING)
    fovea_layer_scans_start (self->scans, TRUE);
}

static void
fovea_layer_page_dispose (GObject *object)
{
  FoveaLayerPage *self = FOVEA_LAYER_PAGE (object);
  GtkWidget *child;

  fovea_layer_page_set_loader (self, NULL);
  if (self->measures != NULL)
    g_signal_handlers_disconnect_by_data (self->measures, self);
  if (self->actions != NULL)
    fovea_tile_actions_pop_down (self->actions);
  g_clear_object (&self->actions);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&self->patches);
  g_clear_object (&self->measures);
  g_clear_object (&self->scans);
  g_clear_object (&self->filtered);
  g_clear_object (&self->filter);
  g_clear_object (&self->sorter);
  g_clear_object (&self->tiles);
  g_clear_object (&self->pair);
  g_clear_object (&self->layer);

  G_OBJECT_CLASS (fovea_layer_page_parent_class)->dispose (object);
}

static void
fovea_layer_page_class_init (FoveaLayerPageClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = fovea_layer_page_dispose;

  widget_class->map = fovea_layer_page_map;
  widget_class->unmap = fovea_layer_page_unmap;

  g_type_ensure (FOVEA_TYPE_FILTER_BUTTON);
  g_type_ensure (FOVEA_TYPE_IMAGE_SET_CHOOSER);
  g_type_ensure (FOVEA_TYPE_MEASURE_BAR);
  g_type_ensure (FOVEA_TYPE_SORT_BUTTON);
  g_type_ensure (FOVEA_TYPE_TILE_GRID);
  g_type_ensure (FOVEA_TYPE_WRAP_BOX);
  gtk_widget_class_set_css_name (widget_class, "layerpage");
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/fovea/Fovea/layer-page.ui");
  gtk_widget_class_bind_template_child (widget_class, FoveaLayerPage, toasts);
  gtk_widget_class_bind_template_child (widget_class, FoveaLayerPage, title);
  gtk_widget_class_bind_template_child (widget_class, FoveaLayerPage, summary);
  gtk_widget_class_bind_template_child (widget_class, FoveaLayerPage, legend);
  gtk_widget_class_bind_template_child (widget_class, FoveaLayerPage, content);
  gtk_widget_class_bind_template_child (widget_class, FoveaLayerPage, sort);
  gtk_widget_class_bind_template_child (widget_class, FoveaLayerPage, filter_button);
  gtk_widget_class_bind_template_child (widget_class, FoveaLayerPage, images);
  gtk_widget_class_bind_template_child (widget_class, FoveaLayerPage, chooser);
  gtk_widget_class_bind_template_child (widget_class, FoveaLayerPage, status);
  gtk_widget_class_bind_template_child (widget_class, FoveaLayerPage, status_label);
  gtk_widget_class_bind_template_child (widget_class, FoveaLayerPage, status_bar);
  gtk_widget_class_bind_template_child (widget_class, FoveaLayerPage, stop);
  gtk_widget_class_bind_template_child (widget_class, FoveaLayerPage, measure_bar);
  gtk_widget_class_bind_template_child (widget_class, FoveaLayerPage, stack);
  gtk_widget_class_bind_template_child (widget_class, FoveaLayerPage, none);
  gtk_widget_class_bind_template_child (widget_class, FoveaLayerPage, show_all);
  gtk_widget_class_bind_template_child (widget_class, FoveaLayerPage, offer);
  gtk_widget_class_bind_template_child (widget_class, FoveaLayerPage, scan_button);
  gtk_widget_class_bind_template_child (widget_class, FoveaLayerPage, scan_all_button);
  gtk_widget_class_bind_template_child (widget_class, FoveaLayerPage, grid);

  signals[ACTIVATED] = g_signal_new ("channel-activated", FOVEA_TYPE_LAYER_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
  signals[CHOSEN] = g_signal_new ("channel-chosen", FOVEA_TYPE_LAYER_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
}

static void
fovea_layer_page_init (FoveaLayerPage *self)
{
  FoveaSettings *settings = fovea_application_get_settings ();
  g_autoptr (GtkSortListModel) sorted = NULL;

  gtk_widget_init_template (GTK_WIDGET (self));
  self->filter = fovea_tile_filter_new ();
  self->filtered = gtk_filter_list_model_new (NULL, g_object_ref (GTK_FILTER (self->filter)));
  self->sorter = fovea_tile_sorter_new ();
  sorted = gtk_sort_list_model_new (g_object_ref (G_LIST_MODEL (self->filtered)), g_object_ref (GTK_SORTER (self->sorter)));
  fovea_tile_grid_set_model (self->grid, G_LIST_MODEL (sorted));

  self->measures = fovea_layer_measures_new ();
  self->patches = fovea_tile_patches_new (fovea_application_get_reading_queue ());
  self->actions = fovea_tile_actions_new (GTK_WIDGET (self->toasts));
  fovea_tile_grid_set_actions (self->grid, self->actions);
  g_signal_connect_object (self->actions, "channel-activated", G_CALLBACK (activate), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->actions, "channel-chosen", G_CALLBACK (choose), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->actions, "said", G_CALLBACK (say), self, G_CONNECT_SWAPPED);
  fovea_measure_bar_set_measures (self->measure_bar, self->measures);
  fovea_sort_button_set_sorter (self->sort, self->sorter, self->measures);
  fovea_filter_button_set_filter (self->filter_button, self->filter, self->measures);

  if (settings != NULL)
    {
      g_autofree char *content = fovea_settings_get_string (settings, "tiles");

      gtk_drop_down_set_selected (self->content, g_str_equal (content, "patch") ? FOVEA_TILE_CONTENT_PATCH : FOVEA_TILE_CONTENT_VISUALIZATION);
      g_object_bind_property (settings, "tile-size", self->grid, "tile-size", G_BINDING_SYNC_CREATE);
    }
  content_selected (self);
  g_signal_connect_swapped (self->grid, "channel-activated", G_CALLBACK (activate), self);
  g_signal_connect_swapped (self->grid, "visible-changed", G_CALLBACK (visible_changed), self);
  g_signal_connect_object (self->filtered, "items-changed", G_CALLBACK (filter_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->stop, "clicked", G_CALLBACK (stop_clicked), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->content, "notify::selected", G_CALLBACK (content_selected), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->sorter, "changed", G_CALLBACK (order_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->filter, "changed", G_CALLBACK (update_needs), self, G_CONNECT_SWAPPED);
  g_signal_connect_swapped (self->measures, "changed", G_CALLBACK (update_stack), self);
  g_signal_connect_swapped (self->measures, "values-changed", G_CALLBACK (values_changed), self);
  g_signal_connect_object (self->scan_button, "clicked", G_CALLBACK (scan_clicked), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->scan_all_button, "clicked", G_CALLBACK (scan_all_clicked), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->show_all, "clicked", G_CALLBACK (fovea_filter_button_clear), self->filter_button, G_CONNECT_SWAPPED);
}

/**
 * fovea_layer_page_new:
 *
 * Emits `channel-activated` with a channel that someone wants to see more of, and `channel-chosen` with one that
 * becomes the window's without being opened.
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
      update_needs (self);
    }
}

/**
 * fovea_layer_page_set_scans:
 * @self: a page without scans
 * @scans: what is known of the layer on the current image set; the page makes them follow its own
 *
 * Lets tiles show top patches.
 */
void
fovea_layer_page_set_scans (FoveaLayerPage *self,
                            FoveaLayerScans *scans)
{
  g_return_if_fail (FOVEA_IS_LAYER_PAGE (self) && self->scans == NULL && FOVEA_IS_LAYER_SCANS (scans));

  self->scans = g_object_ref (scans);
  fovea_image_set_chooser_set_sets (self->chooser, fovea_layer_scans_get_sets (scans));
  fovea_layer_measures_set_scans (self->measures, scans);
  fovea_tile_actions_set_scans (self->actions, scans);
  update_needs (self);
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
  gboolean single = !fovea_network_pair_has_side (pair, FOVEA_SIDE_ROBUST);

  g_return_if_fail (FOVEA_IS_LAYER_PAGE (self) && self->loader != NULL);

  fovea_tile_patches_clear (self->patches);
  g_set_object (&self->pair, pair);
  g_set_object (&self->layer, layer);
  gtk_label_set_text (self->title, fovea_layer_get_name (layer));
  gtk_label_set_text (self->summary, fovea_layer_get_summary (layer));
  gtk_widget_set_visible (self->legend, !single);
  fovea_sort_button_set_single (self->sort, single);
  fovea_filter_button_set_single (self->filter_button, single);
  g_set_object (&self->tiles, fovea_tile_loader_set_layer (self->loader, pair, layer));
  gtk_filter_list_model_set_model (self->filtered, self->tiles);
  fovea_layer_measures_set_layer (self->measures, pair, layer, self->tiles);
  fovea_tile_actions_set_layer (self->actions, pair, layer, self->tiles);
  fovea_tile_grid_scroll_to_top (self->grid);
  update_stack (self);
  show_progress (self);
  fovea_tile_grid_tell_visible (self->grid);
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
  g_return_if_fail (FOVEA_IS_LAYER_PAGE (self));

  if (fovea_tile_filter_set_text (self->filter, text))
    filter_changed (self);
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
  g_return_if_fail (FOVEA_IS_LAYER_PAGE (self));
  fovea_tile_grid_set_current (self->grid, channel);
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
  fovea_tile_grid_focus (self->grid, channel);
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
  return fovea_layer_measures_get_dissections (self->measures);
}

/**
 * fovea_layer_page_get_patches:
 * @self: a page
 *
 * Returns: (transfer none): where the patches on the tiles come from
 */
FoveaTilePatches *
fovea_layer_page_get_patches (FoveaLayerPage *self)
{
  g_return_val_if_fail (FOVEA_IS_LAYER_PAGE (self), NULL);
  return self->patches;
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
  g_return_val_if_fail (FOVEA_IS_LAYER_PAGE (self), FALSE);
  return fovea_tile_grid_get_neighbour (self->grid, channel, step, neighbour);
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
  g_return_val_if_fail (FOVEA_IS_LAYER_PAGE (self), FALSE);
  return fovea_tile_grid_get_first (self->grid, channel);
}
