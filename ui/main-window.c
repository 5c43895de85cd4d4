/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/main-window-private.h"

#include "ui/cue-view.h"
#include "ui/dissection-view.h"
#include "ui/neuron-page.h"
#include "ui/overview.h"
#include "ui/patches-view.h"
#include "ui/pins-view.h"
#include "ui/shape-bias-view.h"

G_DEFINE_FINAL_TYPE (FoveaMainWindow, fovea_main_window, ADW_TYPE_APPLICATION_WINDOW)

static void
neuron_chosen (FoveaMainWindow *self,
               const char *layer,
               guint channel)
{
  fovea_main_window_choose_neuron (self, layer, channel);
}

static void
neuron_activated (FoveaMainWindow *self,
                  const char *layer,
                  guint channel)
{
  if (fovea_main_window_choose_neuron (self, layer, channel))
    fovea_main_window_show_neuron (self, channel);
}

static void
place_activated (FoveaMainWindow *self,
                 GtkListBoxRow *row)
{
  fovea_main_window_show_place (self, gtk_widget_get_name (GTK_WIDGET (row)));
}

/* People typed another channel's number on the page. */
static void
channel_changed (FoveaMainWindow *self)
{
  guint channel = fovea_neuron_page_get_channel (FOVEA_NEURON_PAGE (self->neuron_page));

  if (fovea_main_window_is_page (self, "neuron") && channel != self->channel)
    fovea_main_window_show_neuron (self, channel);
}

static void
layer_selected (FoveaMainWindow *self,
                FoveaLayer *layer)
{
  fovea_main_window_show_layer (self, layer);
  adw_leaflet_set_visible_child (self->leaflet, self->content);
}

static void
folded_changed (FoveaMainWindow *self)
{
  gboolean folded = adw_leaflet_get_folded (self->leaflet);

  adw_header_bar_set_show_end_title_buttons (self->sidebar_header, folded);
  adw_header_bar_set_show_start_title_buttons (self->content_header, folded);
  fovea_main_window_update_actions (self);
}

static void
corresponding_neuron_activated (FoveaMainWindow *self,
                                guint channel,
                                guint counterpart)
{
  FoveaNeuronPage *page = FOVEA_NEURON_PAGE (self->neuron_page);

  if (fovea_neuron_page_get_pair (page) != NULL && channel < fovea_neuron_page_get_n_channels (page))
    fovea_neuron_page_set_counterparts (page, fovea_neuron_page_get_pair (page), fovea_neuron_page_get_layer (page), (guint[]) { channel, counterpart });
}

static void
add_neuron_page (FoveaMainWindow *self)
{
  static const char *const keys[][2] = {
    { "Left", "win.previous-channel" },
    { "Right", "win.next-channel" },
  };
  GtkWidget *dissection;

  self->neuron_page = fovea_neuron_page_new ();
  fovea_neuron_page_set_scans (FOVEA_NEURON_PAGE (self->neuron_page), self->scans);
  fovea_neuron_page_add_view (FOVEA_NEURON_PAGE (self->neuron_page), FOVEA_NEURON_VIEW (fovea_patches_view_new (self->scans, fovea_application_get_job_queue ())),
                              "patches", "Top _patches", "view-grid-symbolic");
  fovea_neuron_page_add_view (FOVEA_NEURON_PAGE (self->neuron_page), FOVEA_NEURON_VIEW (fovea_cue_view_new ()),
                              "cue-conflict", "Cue co_nflict", "view-dual-symbolic");
  dissection = fovea_dissection_view_new ();
  fovea_dissection_view_set_scans (FOVEA_DISSECTION_VIEW (dissection), self->scans);
  fovea_neuron_page_add_view (FOVEA_NEURON_PAGE (self->neuron_page), FOVEA_NEURON_VIEW (dissection), "dissection", "Dissec_tion", "view-list-symbolic");
  g_signal_connect_object (dissection, "neuron-activated", G_CALLBACK (corresponding_neuron_activated), self, G_CONNECT_SWAPPED);
  gtk_stack_add_named (self->stack, self->neuron_page, "neuron");
  fovea_main_window_add_keys (self->neuron_page, keys, G_N_ELEMENTS (keys));
  g_signal_connect_object (self->neuron_page, "notify::channel", G_CALLBACK (channel_changed), self, G_CONNECT_SWAPPED);
}

/* Adds a page of its own, with a row below the layers that leads there; the settings and the action `win.show-place`
 * know it by @name. It is told which neuron is chosen while people see it. */
static void
add_place (FoveaMainWindow *self,
           GtkWidget *place,
           const char *name,
           const char *title,
           const char *icon)
{
  GtkWidget *row = gtk_list_box_row_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 10);

  gtk_box_append (GTK_BOX (box), gtk_image_new_from_icon_name (icon));
  gtk_box_append (GTK_BOX (box), gtk_label_new (title));
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_widget_set_name (row, name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  gtk_list_box_append (self->places, row);
  gtk_stack_add_named (self->stack, place, name);
}

static void
add_overview (FoveaMainWindow *self)
{
  GtkWidget *overview = fovea_overview_new ();

  if (fovea_application_get_store () != NULL)
    fovea_overview_set_services (FOVEA_OVERVIEW (overview), fovea_application_get_job_queue (), fovea_application_get_store (), fovea_application_get_image_sets ());
  add_place (self, overview, "overview", "Overview", "view-list-symbolic");
  g_signal_connect_object (overview, "neuron-activated", G_CALLBACK (neuron_activated), self, G_CONNECT_SWAPPED);
}

static void
add_pins (FoveaMainWindow *self)
{
  GtkWidget *view = fovea_pins_view_new (fovea_application_get_job_queue (), fovea_application_get_store (), fovea_application_get_image_sets ());

  add_place (self, view, "pins", "Pins", "view-pin-symbolic");
  g_signal_connect_object (view, "neuron-activated", G_CALLBACK (neuron_activated), self, G_CONNECT_SWAPPED);
}

static void
add_lens (FoveaMainWindow *self)
{
  self->lens = FOVEA_LENS (fovea_lens_new ());
  add_place (self, GTK_WIDGET (self->lens), "lens", "Lens", "image-x-generic-symbolic");
  g_signal_connect_object (self->lens, "neuron-chosen", G_CALLBACK (neuron_chosen), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->lens, "neuron-activated", G_CALLBACK (neuron_activated), self, G_CONNECT_SWAPPED);
}

static gboolean
fovea_main_window_close_request (GtkWindow *window)
{
  fovea_main_window_save_size (FOVEA_MAIN_WINDOW (window));
  return GTK_WINDOW_CLASS (fovea_main_window_parent_class)->close_request (window);
}

static void
fovea_main_window_dispose (GObject *object)
{
  FoveaMainWindow *self = FOVEA_MAIN_WINDOW (object);

  fovea_queued_job_clear (&self->opening);
  if (self->stylize_dialog != NULL)
    gtk_window_destroy (self->stylize_dialog);
  g_clear_weak_pointer (&self->stylize_dialog);
  g_clear_object (&self->loader);
  g_clear_object (&self->scans);
  g_clear_object (&self->layer);
  g_clear_object (&self->layers);
  g_clear_object (&self->pair);
  g_clear_object (&self->waiting);
  self->place = NULL;

  G_OBJECT_CLASS (fovea_main_window_parent_class)->dispose (object);
}

static void
fovea_main_window_finalize (GObject *object)
{
  FoveaMainWindow *self = FOVEA_MAIN_WINDOW (object);

  g_ptr_array_unref (self->history);
  g_free (self->new_set);

  G_OBJECT_CLASS (fovea_main_window_parent_class)->finalize (object);
}

static void
fovea_main_window_class_init (FoveaMainWindowClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  g_type_ensure (FOVEA_TYPE_LAYER_LIST);
  g_type_ensure (FOVEA_TYPE_LAYER_PAGE);

  G_OBJECT_CLASS (class)->dispose = fovea_main_window_dispose;
  G_OBJECT_CLASS (class)->finalize = fovea_main_window_finalize;
  GTK_WINDOW_CLASS (class)->close_request = fovea_main_window_close_request;

  gtk_widget_class_set_template_from_resource (widget_class, "/org/fovea/Fovea/main-window.ui");
  gtk_widget_class_bind_template_child (widget_class, FoveaMainWindow, leaflet);
  gtk_widget_class_bind_template_child (widget_class, FoveaMainWindow, content);
  gtk_widget_class_bind_template_child (widget_class, FoveaMainWindow, sidebar_header);
  gtk_widget_class_bind_template_child (widget_class, FoveaMainWindow, content_header);
  gtk_widget_class_bind_template_child (widget_class, FoveaMainWindow, layer_list);
  gtk_widget_class_bind_template_child (widget_class, FoveaMainWindow, pair_chooser);
  gtk_widget_class_bind_template_child (widget_class, FoveaMainWindow, back);
  gtk_widget_class_bind_template_child (widget_class, FoveaMainWindow, search_button);
  gtk_widget_class_bind_template_child (widget_class, FoveaMainWindow, search_bar);
  gtk_widget_class_bind_template_child (widget_class, FoveaMainWindow, search_entry);
  gtk_widget_class_bind_template_child (widget_class, FoveaMainWindow, places);
  gtk_widget_class_bind_template_child (widget_class, FoveaMainWindow, messages);
  gtk_widget_class_bind_template_child (widget_class, FoveaMainWindow, stack);
  gtk_widget_class_bind_template_child (widget_class, FoveaMainWindow, spinner);
  gtk_widget_class_bind_template_child (widget_class, FoveaMainWindow, error_page);
  gtk_widget_class_bind_template_child (widget_class, FoveaMainWindow, layer_page);
}

static void
fovea_main_window_init (FoveaMainWindow *self)
{
  static const char *const keys[][2] = {
    { "Escape", "win.back" },
    { "<Control>v", "win.paste" },
  };

  fovea_main_window_add_actions (self);
  self->history = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));

  self->loader = fovea_tile_loader_new (fovea_application_get_job_queue (), fovea_application_get_store ());
  fovea_layer_page_set_loader (self->layer_page, self->loader);
  self->scans = fovea_layer_scans_new (fovea_application_get_job_queue (), fovea_application_get_reading_queue (), fovea_application_get_store (),
                                       fovea_application_get_image_sets ());
  fovea_layer_page_set_scans (self->layer_page, self->scans);
  add_neuron_page (self);
  add_overview (self);
  add_place (self, fovea_shape_bias_view_new (), "shape-bias", "Shape bias", "view-dual-symbolic");
  add_lens (self);
  add_pins (self);
  fovea_main_window_add_keys (GTK_WIDGET (self), keys, G_N_ELEMENTS (keys));
  fovea_main_window_add_search (self);

  g_signal_connect_object (self->layer_list, "layer-selected", G_CALLBACK (layer_selected), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->places, "row-activated", G_CALLBACK (place_activated), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->layer_page, "channel-activated", G_CALLBACK (fovea_main_window_show_neuron), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->layer_page, "channel-chosen", G_CALLBACK (fovea_main_window_choose_channel), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->leaflet, "notify::folded", G_CALLBACK (folded_changed), self, G_CONNECT_SWAPPED);

  fovea_main_window_restore_size (self);
  adw_leaflet_set_visible_child (self->leaflet, self->content);
  folded_changed (self);
  fovea_main_window_add_drop_target (self);
  fovea_main_window_add_pair_chooser (self);
}

/**
 * fovea_main_window_new:
 * @application: the application
 *
 * Opens the pair, the layer and the page that were open last.
 *
 * Returns: (transfer floating): the window
 */
GtkWidget *
fovea_main_window_new (FoveaApplication *application)
{
  return g_object_new (FOVEA_TYPE_MAIN_WINDOW, "application", application, NULL);
}

/**
 * fovea_main_window_reload:
 * @self: the window
 *
 * Forgets the pictures it has, after the results were deleted, and computes them anew.
 */
void
fovea_main_window_reload (FoveaMainWindow *self)
{
  g_return_if_fail (FOVEA_IS_MAIN_WINDOW (self));

  fovea_tile_loader_forget (self->loader);
  fovea_layer_scans_forget (self->scans);
  if (self->layer != NULL)
    fovea_layer_page_set_layer (self->layer_page, self->pair, self->layer);
}
