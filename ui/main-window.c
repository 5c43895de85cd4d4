/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/main-window.h"

#include "ui/cue-view.h"
#include "ui/dissection-view.h"
#include "ui/layer-list.h"
#include "ui/layer-page.h"
#include "ui/lens.h"
#include "ui/manage-dialog.h"
#include "ui/neuron-page.h"
#include "ui/open-dialog.h"
#include "ui/overview.h"
#include "ui/patches-view.h"
#include "ui/pins-view.h"
#include "ui/search.h"

/**
 * FoveaMainWindow:
 *
 * Left the pair's layers and the places, right one page: the chosen layer's channels, one neuron, or a place.
 */
struct _FoveaMainWindow {
  AdwApplicationWindow parent_instance;

  AdwLeaflet *leaflet;
  GtkWidget *content;
  AdwHeaderBar *sidebar_header;
  AdwHeaderBar *content_header;
  FoveaLayerList *layer_list;
  GtkDropDown *pair_chooser;
  GtkWidget *back;
  GtkToggleButton *search_button;
  GtkSearchBar *search_bar;
  GtkEditable *search_entry;
  GtkListBox *places;
  GtkStack *stack;
  GtkSpinner *spinner;
  AdwStatusPage *error_page;
  FoveaLayerPage *layer_page;
  GtkWidget *neuron_page;
  FoveaLens *lens;
  GPtrArray *history; /* (element-type utf8): names of the pages that Back returns to, static strings */
  FoveaNeuronView *place; /* nullable: the place that people see; not owned */

  FoveaTileLoader *loader;
  FoveaLayerScans *scans; /* of the chosen layer on the current image set */
  FoveaQueuedJob *opening; /* the pair that is being read; NULL if none is */
  FoveaNetworkPair *pair; /* NULL until one is open */
  GListModel *layers; /* (element-type FoveaLayer): the pair's */
  FoveaLayer *layer; /* the chosen one */
  guint channel;
};

G_DEFINE_FINAL_TYPE (FoveaMainWindow, fovea_main_window, ADW_TYPE_APPLICATION_WINDOW)

static gboolean
is_page (FoveaMainWindow *self,
         const char *name)
{
  return g_strcmp0 (gtk_stack_get_visible_child_name (self->stack), name) == 0;
}

static void
enable_action (FoveaMainWindow *self,
               const char *name,
               gboolean enabled)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self), name);

  g_simple_action_set_enabled (G_SIMPLE_ACTION (action), enabled);
}

static guint
find_layer_index (FoveaMainWindow *self)
{
  for (guint i = 0; self->layers != NULL && self->layer != NULL && i < g_list_model_get_n_items (self->layers); i++)
    {
      g_autoptr (FoveaLayer) layer = g_list_model_get_item (self->layers, i);

      if (layer == self->layer)
        return i;
    }
  return GTK_INVALID_LIST_POSITION;
}

static void
update_actions (FoveaMainWindow *self)
{
  gboolean neuron = is_page (self, "neuron");
  gboolean deep = neuron || self->place != NULL;
  guint index = find_layer_index (self);
  guint neighbour;

  enable_action (self, "previous-channel", neuron && fovea_layer_page_get_neighbour (self->layer_page, self->channel, -1, &neighbour));
  enable_action (self, "next-channel", neuron && fovea_layer_page_get_neighbour (self->layer_page, self->channel, 1, &neighbour));
  enable_action (self, "previous-layer", index != GTK_INVALID_LIST_POSITION && index > 0);
  enable_action (self, "next-layer", index != GTK_INVALID_LIST_POSITION && index + 1 < g_list_model_get_n_items (self->layers));
  enable_action (self, "search", self->layer != NULL);
  enable_action (self, "show-place", self->layer != NULL);
  enable_action (self, "open-image", self->layer != NULL);
  enable_action (self, "paste-image", self->layer != NULL);
  enable_action (self, "show-set-image", self->layer != NULL);
  enable_action (self, "show-image-file", self->layer != NULL);
  enable_action (self, "back", deep || adw_leaflet_get_folded (self->leaflet));
  gtk_widget_set_visible (self->back, deep || adw_leaflet_get_folded (self->leaflet));
}

/* The place of that name, or NULL if it is no place. */
static FoveaNeuronView *
find_place (FoveaMainWindow *self,
            const char *name)
{
  GtkWidget *page = gtk_stack_get_child_by_name (self->stack, name);

  return FOVEA_IS_NEURON_VIEW (page) ? FOVEA_NEURON_VIEW (page) : NULL;
}

/* Marks where people are in the sidebar: at a place, or else at a layer. */
static void
update_sidebar (FoveaMainWindow *self)
{
  GtkListBoxRow *found = NULL;
  GtkListBoxRow *row;

  for (int i = 0; (row = gtk_list_box_get_row_at_index (self->places, i)) != NULL; i++)
    if (is_page (self, gtk_widget_get_name (GTK_WIDGET (row))))
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

static void
show_page (FoveaMainWindow *self,
           const char *name)
{
  FoveaSettings *settings = fovea_application_get_settings ();
  gboolean kept = g_str_equal (name, "grid") || g_str_equal (name, "neuron") || find_place (self, name) != NULL;

  gtk_stack_set_visible_child_name (self->stack, name);
  if (settings != NULL && kept)
    fovea_settings_set_string (settings, "page", name);
  update_place (self);
  update_sidebar (self);
  update_actions (self);
}

/* Shows a page from which Back returns to the one that is shown now. The grid is where all ways begin. */
static void
go_to_page (FoveaMainWindow *self,
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
  show_page (self, name);
}

static void
show_error (FoveaMainWindow *self,
            const char *title,
            const char *description)
{
  g_autofree char *escaped = g_markup_escape_text (description, -1);

  adw_status_page_set_title (self->error_page, title);
  adw_status_page_set_description (self->error_page, escaped);
  adw_leaflet_set_visible_child (self->leaflet, self->content);
  show_page (self, "error");
}

static void
choose_layer (FoveaMainWindow *self,
              FoveaLayer *layer)
{
  FoveaSettings *settings = fovea_application_get_settings ();

  gtk_editable_set_text (self->search_entry, "");
  gtk_search_bar_set_search_mode (self->search_bar, FALSE);
  fovea_layer_page_set_filter (self->layer_page, "");
  if (layer != self->layer)
    {
      g_set_object (&self->layer, layer);
      fovea_layer_page_set_layer (self->layer_page, self->pair, layer);
    }
  if (settings != NULL)
    fovea_settings_set_string (settings, "layer", fovea_layer_get_name (layer));
}

static void
show_layer (FoveaMainWindow *self,
            FoveaLayer *layer)
{
  choose_layer (self, layer);
  go_to_page (self, "grid");
}

static void
choose_channel (FoveaMainWindow *self,
                guint channel)
{
  FoveaSettings *settings = fovea_application_get_settings ();

  self->channel = channel;
  fovea_layer_page_set_current (self->layer_page, channel);
  if (settings != NULL)
    fovea_settings_set_int (settings, "channel", (int) channel);
}

static void
show_neuron (FoveaMainWindow *self,
             guint channel)
{
  gboolean focus = !is_page (self, "neuron");

  choose_channel (self, channel);
  fovea_neuron_page_set_neuron (FOVEA_NEURON_PAGE (self->neuron_page), self->pair, fovea_layer_get_name (self->layer), channel);
  go_to_page (self, "neuron");
  if (focus && !gtk_widget_grab_focus (self->neuron_page))
    gtk_widget_child_focus (self->neuron_page, GTK_DIR_TAB_FORWARD);
}

static void
show_place (FoveaMainWindow *self,
            const char *name)
{
  FoveaNeuronView *place = find_place (self, name);

  if (place == NULL || self->layer == NULL)
    return;
  go_to_page (self, name);
  adw_leaflet_set_visible_child (self->leaflet, self->content);
  fovea_neuron_view_focus (place);
}

/* Chooses a neuron by its layer's name, without going anywhere. */
static gboolean
choose_neuron (FoveaMainWindow *self,
               const char *name,
               guint channel)
{
  for (guint i = 0; self->layers != NULL && i < g_list_model_get_n_items (self->layers); i++)
    {
      g_autoptr (FoveaLayer) layer = g_list_model_get_item (self->layers, i);

      if (!g_str_equal (fovea_layer_get_name (layer), name) || channel >= fovea_layer_get_n_channels (layer))
        continue;
      choose_layer (self, layer);
      choose_channel (self, channel);
      return TRUE;
    }
  return FALSE;
}

static void
neuron_chosen (FoveaMainWindow *self,
               const char *layer,
               guint channel)
{
  choose_neuron (self, layer, channel);
}

static void
neuron_activated (FoveaMainWindow *self,
                  const char *layer,
                  guint channel)
{
  if (choose_neuron (self, layer, channel))
    show_neuron (self, channel);
}

static void
open_image (GSimpleAction *action,
            GVariant *parameter,
            gpointer user_data)
{
  FoveaMainWindow *self = user_data;

  show_place (self, "lens");
  fovea_lens_choose_file (self->lens);
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
  show_place (self, "lens");
  fovea_lens_show_set_image (self->lens, set, index);
}

static void
show_image_file (GSimpleAction *action,
                 GVariant *parameter,
                 gpointer user_data)
{
  FoveaMainWindow *self = user_data;
  g_autoptr (GFile) file = g_file_new_for_path (g_variant_get_bytestring (parameter));

  show_place (self, "lens");
  fovea_lens_open_file (self->lens, file);
}

static void
paste_image (GSimpleAction *action,
             GVariant *parameter,
             gpointer user_data)
{
  FoveaMainWindow *self = user_data;

  show_place (self, "lens");
  fovea_lens_paste (self->lens);
}

static void
place_activated (FoveaMainWindow *self,
                 GtkListBoxRow *row)
{
  show_place (self, gtk_widget_get_name (GTK_WIDGET (row)));
}

static void
show_place_action (GSimpleAction *action,
                   GVariant *parameter,
                   gpointer user_data)
{
  show_place (user_data, g_variant_get_string (parameter, NULL));
}

/* People typed another channel's number on the page. */
static void
channel_changed (FoveaMainWindow *self)
{
  guint channel = fovea_neuron_page_get_channel (FOVEA_NEURON_PAGE (self->neuron_page));

  if (is_page (self, "neuron") && channel != self->channel)
    show_neuron (self, channel);
}

static void
layer_selected (FoveaMainWindow *self,
                FoveaLayer *layer)
{
  show_layer (self, layer);
  adw_leaflet_set_visible_child (self->leaflet, self->content);
}

static void
show_pair (FoveaMainWindow *self)
{
  FoveaSettings *settings = fovea_application_get_settings ();
  g_autofree char *wanted = settings != NULL ? fovea_settings_get_string (settings, "layer") : g_strdup ("");
  g_autofree char *page = settings != NULL ? fovea_settings_get_string (settings, "page") : g_strdup ("grid");
  guint channel = settings != NULL ? (guint) fovea_settings_get_int (settings, "channel") : 0;
  const char *name = fovea_layers_choose_default (self->layers);
  gboolean restored = FALSE;

  if (name == NULL)
    {
      show_error (self, "No Layers to Compare", "The two networks have no layer of the same name with as many channels.");
      return;
    }

  fovea_layer_list_set_layers (self->layer_list, self->layers);
  for (guint i = 0; i < g_list_model_get_n_items (self->layers); i++)
    {
      g_autoptr (FoveaLayer) layer = g_list_model_get_item (self->layers, i);

      if (g_str_equal (fovea_layer_get_name (layer), wanted))
        restored = TRUE;
    }
  for (guint i = 0; i < g_list_model_get_n_items (self->layers); i++)
    {
      g_autoptr (FoveaLayer) layer = g_list_model_get_item (self->layers, i);

      if (g_str_equal (fovea_layer_get_name (layer), restored ? wanted : name))
        {
          show_layer (self, layer);
          break;
        }
    }
  if (restored && channel < fovea_layer_get_n_channels (self->layer))
    {
      choose_channel (self, channel);
      if (g_str_equal (page, "neuron"))
        show_neuron (self, channel);
    }
  if (find_place (self, page) != NULL)
    go_to_page (self, page);
}

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
  FoveaSettings *settings = fovea_application_get_settings ();

  g_clear_object (&self->opening);
  gtk_spinner_stop (self->spinner);
  if (opening->pair == NULL)
    {
      g_autofree char *text = g_strdup_printf ("%c%s.", g_ascii_toupper (opening->error->message[0]), opening->error->message + 1);
      show_error (self, "The Networks Cannot Be Opened", text);
      return;
    }

  if (settings != NULL)
    fovea_settings_set_string (settings, "pair", opening->name);
  g_set_object (&self->pair, opening->pair);
  g_clear_object (&self->layers);
  g_clear_object (&self->layer);
  self->layers = fovea_layers_of_pair (self->pair);
  show_pair (self);
}

static void
open_pair (FoveaMainWindow *self,
           const char *name)
{
  Opening *opening = g_new0 (Opening, 1);

  if (self->opening != NULL)
    fovea_queued_job_drop (self->opening);
  g_clear_object (&self->opening);

  opening->window = self;
  opening->name = g_strdup (name);
  show_page (self, "loading");
  gtk_spinner_start (self->spinner);
  self->opening = fovea_job_queue_push (fovea_application_get_reading_queue (), FOVEA_JOB_PRIORITY_INTERACTIVE,
                                        open_pair_run, NULL, open_pair_done, opening, opening_free);
}

static void
pair_chosen (FoveaMainWindow *self)
{
  GtkStringObject *item = gtk_drop_down_get_selected_item (self->pair_chooser);

  if (item != NULL && (self->pair == NULL || is_page (self, "error") || g_strcmp0 (gtk_string_object_get_string (item), fovea_network_pair_get_name (self->pair)) != 0))
    open_pair (self, gtk_string_object_get_string (item));
}

/* Lists what can be opened, and opens @name, or what was open last where that is NULL; with @again even if it is open
 * already, since its options may be others now. */
static void
list_pairs (FoveaMainWindow *self,
            const char *name,
            gboolean again)
{
  FoveaSettings *settings = fovea_application_get_settings ();
  g_auto (GStrv) names = fovea_network_pair_list_names ();
  g_autoptr (GtkStringList) model = gtk_string_list_new ((const char *const *) names);
  g_autofree char *last = name != NULL ? g_strdup (name) : settings != NULL ? fovea_settings_get_string (settings, "pair") : g_strdup ("");
  guint selected = 0;

  gtk_widget_set_visible (GTK_WIDGET (self->pair_chooser), names[0] != NULL);
  if (names[0] == NULL)
    {
      show_error (self, "No Networks Found", "Fovea comes with a pair of networks, but it is not where it should be: install Fovea again, or open networks of your own.");
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

static void
open_networks (GSimpleAction *action,
               GVariant *parameter,
               gpointer user_data)
{
  fovea_main_window_open_files (user_data, NULL);
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

static void
manage_networks (GSimpleAction *action,
                 GVariant *parameter,
                 gpointer user_data)
{
  GtkWidget *dialog = fovea_manage_dialog_new (GTK_WINDOW (user_data));

  g_signal_connect_object (dialog, "changed", G_CALLBACK (library_changed), user_data, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

/* Networks are opened; whatever else was dropped is taken for an image and goes into the Lens. */
static gboolean
something_dropped (FoveaMainWindow *self,
                   const GValue *value)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) paths = NULL;

  if (G_VALUE_HOLDS (value, GDK_TYPE_FILE_LIST))
    {
      for (const GSList *link = g_value_get_boxed (value); link != NULL; link = link->next)
        if (g_file_peek_path (link->data) != NULL && fovea_open_dialog_is_network_file (g_file_peek_path (link->data)))
          g_strv_builder_add (builder, g_file_peek_path (link->data));
      paths = g_strv_builder_end (builder);
      if (paths[0] != NULL)
        {
          fovea_main_window_open_files (self, (const char *const *) paths);
          return TRUE;
        }
    }
  if (self->layer == NULL)
    return FALSE;
  show_place (self, "lens");
  return fovea_lens_take_value (self->lens, value, "Dropped image");
}

static void
add_drop_target (FoveaMainWindow *self)
{
  GtkDropTarget *target = gtk_drop_target_new (G_TYPE_INVALID, GDK_ACTION_COPY);

  gtk_drop_target_set_gtypes (target, (GType[]) { GDK_TYPE_FILE_LIST, GDK_TYPE_TEXTURE }, 2);
  g_signal_connect_object (target, "drop", G_CALLBACK (something_dropped), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (target));
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
    show_neuron (self, neighbour);
}

static void
walk_layers (GSimpleAction *action,
             GVariant *parameter,
             gpointer user_data)
{
  FoveaMainWindow *self = user_data;
  guint index = find_layer_index (self);
  g_autoptr (FoveaLayer) layer = NULL;

  if (index == GTK_INVALID_LIST_POSITION)
    return;
  index += g_str_equal (g_action_get_name (G_ACTION (action)), "next-layer") ? 1 : G_MAXUINT;
  layer = g_list_model_get_item (self->layers, index);
  if (layer != NULL)
    show_layer (self, layer);
}

static void
go_back (GSimpleAction *action,
         GVariant *parameter,
         gpointer user_data)
{
  FoveaMainWindow *self = user_data;

  if (self->history->len > 0)
    {
      const char *name = g_ptr_array_steal_index (self->history, self->history->len - 1);
      FoveaNeuronView *place;

      if (g_str_equal (name, "neuron"))
        fovea_neuron_page_set_neuron (FOVEA_NEURON_PAGE (self->neuron_page), self->pair, fovea_layer_get_name (self->layer), self->channel);
      show_page (self, name);
      place = find_place (self, name);
      if (place != NULL)
        fovea_neuron_view_focus (place);
      else
        gtk_widget_grab_focus (self->neuron_page);
    }
  else if (is_page (self, "neuron") || self->place != NULL)
    {
      show_page (self, "grid");
      fovea_layer_page_set_current (self->layer_page, self->channel);
      fovea_layer_page_focus (self->layer_page, self->channel);
    }
  else
    adw_leaflet_navigate (self->leaflet, ADW_NAVIGATION_DIRECTION_BACK);
}

static void
start_search (GSimpleAction *action,
              GVariant *parameter,
              gpointer user_data)
{
  FoveaMainWindow *self = user_data;

  adw_leaflet_set_visible_child (self->leaflet, self->content);
  gtk_search_bar_set_search_mode (self->search_bar, TRUE);
  gtk_widget_grab_focus (GTK_WIDGET (self->search_entry));
}

static void
search_changed (FoveaMainWindow *self)
{
  g_auto (FoveaSearch) search = { 0 };

  if (self->layer == NULL)
    return;
  fovea_search_parse (&search, gtk_editable_get_text (self->search_entry), self->layers, self->layer);
  fovea_layer_page_set_filter (self->layer_page, search.filter);
  update_actions (self);
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
    show_layer (self, search.layer);
  else
    gtk_search_bar_set_search_mode (self->search_bar, FALSE);
  if (search.layer == NULL || search.has_channel)
    {
      fovea_layer_page_set_filter (self->layer_page, "");
      show_neuron (self, channel);
    }
}

static void
search_stopped (FoveaMainWindow *self)
{
  if (!gtk_search_bar_get_search_mode (self->search_bar))
    gtk_editable_set_text (self->search_entry, "");
}

static void
folded_changed (FoveaMainWindow *self)
{
  gboolean folded = adw_leaflet_get_folded (self->leaflet);

  adw_header_bar_set_show_end_title_buttons (self->sidebar_header, folded);
  adw_header_bar_set_show_start_title_buttons (self->content_header, folded);
  update_actions (self);
}

static const GActionEntry actions[] = {
  { "previous-channel", walk_channels },
  { "next-channel", walk_channels },
  { "previous-layer", walk_layers },
  { "next-layer", walk_layers },
  { "back", go_back },
  { "search", start_search },
  { "show-place", show_place_action, "s" },
  { "open-image", open_image },
  { "paste-image", paste_image },
  { "show-set-image", show_set_image, "(st)" },
  { "show-image-file", show_image_file, "ay" },
  { "open-networks", open_networks },
  { "manage-networks", manage_networks },
};

/* Keys that widgets with the focus come first for: an entry keeps its arrows. */
static void
add_keys (GtkWidget *widget,
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

static void
corresponding_neuron_activated (FoveaMainWindow *self,
                                guint channel)
{
  FoveaNeuronPage *page = FOVEA_NEURON_PAGE (self->neuron_page);

  if (fovea_neuron_page_get_pair (page) != NULL && channel < fovea_neuron_page_get_n_channels (page))
    fovea_neuron_page_set_neuron (page, fovea_neuron_page_get_pair (page), fovea_neuron_page_get_layer (page), channel);
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
  fovea_neuron_page_add_view (FOVEA_NEURON_PAGE (self->neuron_page), FOVEA_NEURON_VIEW (dissection), "dissection", "Dissec_tion", "view-list-symbolic");
  g_signal_connect_object (dissection, "neuron-activated", G_CALLBACK (corresponding_neuron_activated), self, G_CONNECT_SWAPPED);
  gtk_stack_add_named (self->stack, self->neuron_page, "neuron");
  add_keys (self->neuron_page, keys, G_N_ELEMENTS (keys));
  g_signal_connect_object (self->neuron_page, "notify::channel", G_CALLBACK (channel_changed), self, G_CONNECT_SWAPPED);
}

static void
add_overview (FoveaMainWindow *self)
{
  GtkWidget *overview = fovea_overview_new ();

  if (fovea_application_get_store () != NULL)
    fovea_overview_set_services (FOVEA_OVERVIEW (overview), fovea_application_get_job_queue (), fovea_application_get_store (), fovea_application_get_image_sets ());
  fovea_main_window_add_place (self, FOVEA_NEURON_VIEW (overview), "overview", "Overview", "view-list-symbolic");
  g_signal_connect_object (overview, "neuron-activated", G_CALLBACK (neuron_activated), self, G_CONNECT_SWAPPED);
}

static void
add_pins (FoveaMainWindow *self)
{
  GtkWidget *view = fovea_pins_view_new (fovea_application_get_job_queue (), fovea_application_get_store (), fovea_application_get_image_sets ());

  fovea_main_window_add_place (self, FOVEA_NEURON_VIEW (view), "pins", "Pins", "view-pin-symbolic");
  g_signal_connect_object (view, "neuron-activated", G_CALLBACK (neuron_activated), self, G_CONNECT_SWAPPED);
}

static void
add_lens (FoveaMainWindow *self)
{
  self->lens = FOVEA_LENS (fovea_lens_new ());
  fovea_main_window_add_place (self, FOVEA_NEURON_VIEW (self->lens), "lens", "Lens", "image-x-generic-symbolic");
  g_signal_connect_object (self->lens, "neuron-chosen", G_CALLBACK (neuron_chosen), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->lens, "neuron-activated", G_CALLBACK (neuron_activated), self, G_CONNECT_SWAPPED);
}

static gboolean
fovea_main_window_close_request (GtkWindow *window)
{
  FoveaSettings *settings = fovea_application_get_settings ();
  int width, height;

  gtk_window_get_default_size (window, &width, &height);
  if (settings != NULL)
    g_object_set (settings,
                  "window-width", MAX (width, 1),
                  "window-height", MAX (height, 1),
                  "window-maximized", gtk_window_is_maximized (window),
                  NULL);
  return GTK_WINDOW_CLASS (fovea_main_window_parent_class)->close_request (window);
}

static void
fovea_main_window_dispose (GObject *object)
{
  FoveaMainWindow *self = FOVEA_MAIN_WINDOW (object);

  if (self->opening != NULL)
    fovea_queued_job_drop (self->opening);
  g_clear_object (&self->opening);
  g_clear_object (&self->loader);
  g_clear_object (&self->scans);
  g_clear_object (&self->layer);
  g_clear_object (&self->layers);
  g_clear_object (&self->pair);
  self->place = NULL;

  G_OBJECT_CLASS (fovea_main_window_parent_class)->dispose (object);
}

static void
fovea_main_window_finalize (GObject *object)
{
  FoveaMainWindow *self = FOVEA_MAIN_WINDOW (object);

  g_ptr_array_unref (self->history);

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
  };
  FoveaSettings *settings = fovea_application_get_settings ();

  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
  self->history = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));

  self->loader = fovea_tile_loader_new (fovea_application_get_job_queue (), fovea_application_get_store ());
  fovea_layer_page_set_loader (self->layer_page, self->loader);
  self->scans = fovea_layer_scans_new (fovea_application_get_job_queue (), fovea_application_get_reading_queue (), fovea_application_get_store (),
                                       fovea_application_get_image_sets ());
  add_neuron_page (self);
  add_overview (self);
  add_lens (self);
  add_pins (self);
  add_keys (GTK_WIDGET (self), keys, G_N_ELEMENTS (keys));
  gtk_search_bar_connect_entry (self->search_bar, self->search_entry);

  g_signal_connect_object (self->layer_list, "layer-selected", G_CALLBACK (layer_selected), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->places, "row-activated", G_CALLBACK (place_activated), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->layer_page, "channel-activated", G_CALLBACK (show_neuron), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->search_entry, "search-changed", G_CALLBACK (search_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->search_entry, "activate", G_CALLBACK (search_activated), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->search_bar, "notify::search-mode-enabled", G_CALLBACK (search_stopped), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->leaflet, "notify::folded", G_CALLBACK (folded_changed), self, G_CONNECT_SWAPPED);

  if (settings != NULL)
    {
      int width, height;
      gboolean maximized;

      g_object_get (settings, "window-width", &width, "window-height", &height, "window-maximized", &maximized, NULL);
      gtk_window_set_default_size (GTK_WINDOW (self), width, height);
      if (maximized)
        gtk_window_maximize (GTK_WINDOW (self));
    }
  adw_leaflet_set_visible_child (self->leaflet, self->content);
  folded_changed (self);
  add_drop_target (self);
  g_signal_connect_object (self->pair_chooser, "notify::selected", G_CALLBACK (pair_chosen), self, G_CONNECT_SWAPPED);
  list_pairs (self, NULL, FALSE);
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

/**
 * fovea_main_window_open_files:
 * @self: the window
 * @paths: (nullable): network files, one or two; %NULL lets people choose
 *
 * Shows what the files are, in a dialog that opens them.
 */
void
fovea_main_window_open_files (FoveaMainWindow *self,
                              const char *const *paths)
{
  GtkWidget *dialog;

  g_return_if_fail (FOVEA_IS_MAIN_WINDOW (self));

  dialog = fovea_open_dialog_new (GTK_WINDOW (self));
  g_signal_connect_object (dialog, "opened", G_CALLBACK (networks_opened), self, G_CONNECT_SWAPPED);
  if (paths != NULL)
    fovea_open_dialog_add_files (FOVEA_OPEN_DIALOG (dialog), paths);
  gtk_window_present (GTK_WINDOW (dialog));
}

/**
 * fovea_main_window_add_place:
 * @self: the window
 * @place: (transfer floating): what to show there; it is told which neuron is chosen while people see it
 * @name: by which settings and the action `win.show-place` know it
 * @title: for its row
 * @icon: name of its row's icon
 *
 * Adds a page of its own, with a row below the layers that leads there.
 */
void
fovea_main_window_add_place (FoveaMainWindow *self,
                             FoveaNeuronView *place,
                             const char *name,
                             const char *title,
                             const char *icon)
{
  GtkWidget *row = gtk_list_box_row_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 10);

  g_return_if_fail (FOVEA_IS_MAIN_WINDOW (self) && FOVEA_IS_NEURON_VIEW (place));

  gtk_box_append (GTK_BOX (box), gtk_image_new_from_icon_name (icon));
  gtk_box_append (GTK_BOX (box), gtk_label_new (title));
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_widget_set_name (row, name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  gtk_list_box_append (self->places, row);
  gtk_widget_set_visible (GTK_WIDGET (self->places), TRUE);
  gtk_stack_add_named (self->stack, GTK_WIDGET (place), name);
}

/**
 * fovea_main_window_show_image:
 * @self: the window
 * @image: (transfer full): an image
 * @name: what it is called
 *
 * Goes to the Lens and shows the image there.
 */
void
fovea_main_window_show_image (FoveaMainWindow *self,
                              FoveaImage *image,
                              const char *name)
{
  g_return_if_fail (FOVEA_IS_MAIN_WINDOW (self) && image != NULL && name != NULL);

  show_place (self, "lens");
  fovea_lens_show_image (self->lens, image, name);
}
