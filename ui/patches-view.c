/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/patches-view.h"

#include <adwaita.h>

#include "ui/application.h"
#include "ui/chart-frame.h"
#include "ui/image-set-chooser.h"
#include "ui/patch-loading.h"
#include "ui/patches-export.h"
#include "ui/patches-histogram.h"
#include "ui/scan-words.h"
#include "ui/unreadable-dialog.h"
#include "ui/wrap-box.h"

struct _FoveaPatchesView {
  GtkWidget parent_instance;

  FoveaImageSetChooser *chooser;
  GtkDropDown *hits;
  GtkRange *opacity;
  GtkWidget *unreadable;
  GtkRevealer *status;
  GtkLabel *status_label;
  GtkProgressBar *status_bar;
  GtkButton *status_button;
  GtkStack *stack;
  AdwStatusPage *empty;
  GtkWidget *empty_buttons;
  GtkWidget *scan_button;
  GtkWidget *scan_all_button;
  GtkWidget *folder_button;
  FoveaPatchPanel *standard_panel;
  FoveaPatchPanel *robust_panel;
  FoveaChartFrame *histogram;

  FoveaLayerScans *scans; /* nullable */
  FoveaJobQueue *queue; /* nullable */
  FoveaNetworkPair *pair; /* nullable */
  char *layer;
  guint channels[FOVEA_N_SIDES];
  FoveaScan *shown[FOVEA_N_SIDES]; /* each nullable: what the panels show */
  GPtrArray *pictures[FOVEA_N_SIDES]; /* (element-type FoveaPatchPicture) */
  FoveaQueuedJob *loading; /* nullable */
  gboolean active;
};

static void implement_neuron_view (FoveaNeuronViewInterface *interface);

G_DEFINE_FINAL_TYPE_WITH_CODE (FoveaPatchesView, fovea_patches_view, GTK_TYPE_WIDGET,
                               G_IMPLEMENT_INTERFACE (FOVEA_TYPE_NEURON_VIEW, implement_neuron_view))

static void
drop_loading (FoveaPatchesView *self)
{
  fovea_queued_job_clear (&self->loading);
}

static int
find_layer (FoveaPatchesView *self,
            FoveaSide side)
{
  int layer;

  if (self->pair == NULL || !fovea_network_pair_has_side (self->pair, side) ||
      !fovea_graph_find (fovea_network_get_graph (fovea_network_pair_get_network (self->pair, side)), self->layer, &layer, NULL))
    return -1;
  return layer;
}

/* Whether the network of a side has the chosen channel and a scan of it. */
static gboolean
has_channel (FoveaPatchesView *self,
             FoveaSide side)
{
  FoveaScan *scan = find_layer (self, side) >= 0 ? fovea_layer_scans_get_scan (self->scans, side) : NULL;

  return scan != NULL && self->channels[side] < fovea_scan_get_n_channels (scan);
}

static void
patch_loaded (FoveaSide side,
              guint number,
              FoveaPatchPicture *picture,
              gpointer data)
{
  FoveaPatchesView *self = data;

  fovea_patch_tile_set_picture (fovea_patch_panel_get_tile (fovea_patches_view_get_panel (self, side), number), picture);
  g_ptr_array_add (self->pictures[side], fovea_patch_picture_ref (picture));
}

static void
patches_loaded (gpointer data)
{
  FoveaPatchesView *self = data;

  g_clear_object (&self->loading);
  fovea_neuron_view_picture_changed (FOVEA_NEURON_VIEW (self));
}

static FoveaChart *
make_histogram (gpointer data)
{
  FoveaPatchesView *self = data;

  if (self->shown[0] == NULL && self->shown[1] == NULL)
    return NULL;
  return fovea_patches_histogram_new (fovea_layer_scans_get_set (self->scans), self->pair, self->layer, self->channels, self->shown);
}

/* Shows one network's channel, or why there is none. */
static void
show_side (FoveaPatchesView *self,
           FoveaSide side)
{
  FoveaPatchPanel *panel = fovea_patches_view_get_panel (self, side);
  FoveaScan *scan = fovea_layer_scans_get_scan (self->scans, side);

  g_clear_pointer (&self->shown[side], fovea_scan_unref);
  g_clear_pointer (&self->pictures[side], g_ptr_array_unref);
  self->pictures[side] = g_ptr_array_new_with_free_func ((GDestroyNotify) fovea_patch_picture_unref);
  gtk_widget_set_visible (GTK_WIDGET (panel), fovea_network_pair_has_side (self->pair, side));
  if (!fovea_network_pair_has_side (self->pair, side))
    return;
  fovea_patch_panel_set_network (panel, side, fovea_network_pair_get_network (self->pair, side));
  if (!has_channel (self, side))
    {
      g_autofree char *text = scan != NULL || find_layer (self, side) < 0 ? g_strdup_printf ("This network has no neuron %s:%u.", self->layer, self->channels[side])
                                                                          : g_strdup ("Not scanned yet.");

      fovea_patch_panel_set_message (panel, text);
      return;
    }
  self->shown[side] = fovea_scan_ref (scan);
  fovea_patch_panel_set_channel (panel, fovea_layer_scans_get_set (self->scans), scan, self->channels[side]);
}

/* Shows the chosen channel in the scans there are. */
static void
show_patches (FoveaPatchesView *self)
{
  drop_loading (self);
  for (FoveaSide side = 0; side < FOVEA_N_SIDES; side++)
    show_side (self, side);
  fovea_chart_frame_update (self->histogram);
  self->loading = fovea_patch_loading_push (self->queue, self->active ? FOVEA_JOB_PRIORITY_INTERACTIVE : FOVEA_JOB_PRIORITY_VISIBLE,
                                            fovea_layer_scans_get_set (self->scans), self->pair, self->layer, self->channels, self->shown,
                                            FOVEA_PATCH_PANEL_N_PATCHES, patch_loaded, patches_loaded, self);
  fovea_neuron_view_picture_changed (FOVEA_NEURON_VIEW (self));
}

static void
update_status (FoveaPatchesView *self)
{
  gboolean running = fovea_layer_scans_get_state (self->scans) == FOVEA_SCANS_RUNNING;
  g_autofree char *text = fovea_scan_words_progress (self->scans, self->layer);
  FoveaScansProgress progress;

  fovea_layer_scans_get_progress (self->scans, &progress);
  gtk_label_set_label (self->status_label, text);
  gtk_progress_bar_set_fraction (self->status_bar, progress.total > 0 ? (double) progress.done / (double) progress.total : 0);
  gtk_button_set_label (self->status_button, running ? "Stop" : progress.done > 0 ? "Resume" : "Scan");
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->status_button), running ? "patches.stop" : "patches.scan");
  gtk_revealer_set_reveal_child (self->status, *text != '\0');
}

/* What the page without patches says. */
static void
update_empty (FoveaPatchesView *self,
              FoveaScansState state)
{
  g_autofree char *title = fovea_scan_words_title (self->scans, self->layer);
  g_autofree char *text = fovea_scan_words_description (self->scans, !fovea_network_pair_has_side (self->pair, FOVEA_SIDE_ROBUST), self->layer);
  g_autofree char *markup = g_markup_escape_text (text, -1);

  adw_status_page_set_title (self->empty, title);
  adw_status_page_set_description (self->empty, markup);
  gtk_widget_set_visible (self->empty_buttons, state == FOVEA_SCANS_MISSING || state == FOVEA_SCANS_UNREADABLE);
  gtk_widget_set_visible (self->scan_button, state == FOVEA_SCANS_MISSING);
  gtk_widget_set_visible (self->scan_all_button, state == FOVEA_SCANS_MISSING);
  gtk_widget_set_visible (self->folder_button, state == FOVEA_SCANS_UNREADABLE);
}

static gsize
count_unreadable (FoveaPatchesView *self)
{
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    if (self->shown[side] != NULL && fovea_scan_get_n_unreadable (self->shown[side]) > 0)
      return fovea_scan_get_n_unreadable (self->shown[side]);
  return 0;
}

/* Says how many images the scan had to leave out. */
static void
update_unreadable (FoveaPatchesView *self)
{
  gsize n = count_unreadable (self);
  g_autofree char *label = g_strdup_printf ("%" G_GSIZE_FORMAT " unreadable", n);

  gtk_button_set_label (GTK_BUTTON (self->unreadable), label);
  gtk_widget_set_visible (self->unreadable, n > 0);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "patches.unreadable", n > 0);
}

static void
forget_shown (FoveaPatchesView *self)
{
  drop_loading (self);
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    {
      g_clear_pointer (&self->shown[side], fovea_scan_unref);
      if (self->pictures[side]->len > 0)
        {
          g_ptr_array_unref (self->pictures[side]);
          self->pictures[side] = g_ptr_array_new_with_free_func ((GDestroyNotify) fovea_patch_picture_unref);
        }
      for (guint i = 0; i < FOVEA_PATCH_PANEL_N_PATCHES; i++)
        fovea_patch_tile_set_picture (fovea_patch_panel_get_tile (fovea_patches_view_get_panel (self, side), i), NULL);
    }
  fovea_neuron_view_picture_changed (FOVEA_NEURON_VIEW (self));
}

static void
scans_changed (FoveaPatchesView *self)
{
  FoveaScansState state = fovea_layer_scans_get_state (self->scans);
  gboolean any = FALSE, same = TRUE;

  if (self->pair == NULL)
    return;
  for (FoveaSide side = 0; side < FOVEA_N_SIDES; side++)
    {
      FoveaScan *scan = fovea_layer_scans_get_scan (self->scans, side);

      any |= scan != NULL && fovea_scan_get_n_done (scan) > 0;
      same &= (has_channel (self, side) ? scan : NULL) == self->shown[side];
    }
  if (any && !same)
    show_patches (self);
  else if (!any)
    {
      forget_shown (self);
      update_empty (self, state);
    }
  gtk_stack_set_visible_child_name (self->stack, any ? "patches" : "empty");
  update_status (self);
  gtk_drop_down_set_selected (self->hits, fovea_layer_scans_get_several (self->scans) ? 1 : 0);
  update_unreadable (self);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "patches.scan", state == FOVEA_SCANS_MISSING);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "patches.scan-all", state == FOVEA_SCANS_MISSING || state == FOVEA_SCANS_COMPLETE);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "patches.stop", state == FOVEA_SCANS_RUNNING);
}

static void
hits_selected (FoveaPatchesView *self)
{
  FoveaSettings *settings = fovea_application_get_settings ();
  gboolean several = gtk_drop_down_get_selected (self->hits) == 1;

  if (self->scans == NULL)
    return;
  if (settings != NULL)
    g_object_set (settings, "patches-several", several, NULL);
  fovea_layer_scans_set_several (self->scans, several);
}

static void
opacity_changed (FoveaPatchesView *self)
{
  for (FoveaSide side = 0; side < FOVEA_N_SIDES; side++)
    fovea_patch_panel_set_opacity (fovea_patches_view_get_panel (self, side), gtk_range_get_value (self->opacity));
}

static void
patch_activated (FoveaPatchesView *self,
                 guint number,
                 FoveaPatchPanel *panel)
{
  FoveaPatchPicture *picture = fovea_patch_tile_get_picture (fovea_patch_panel_get_tile (panel, number));

  if (picture != NULL)
    gtk_widget_activate_action (GTK_WIDGET (self), "win.show-set-image", "(st)", fovea_image_set_get_place (picture->set), (guint64) picture->image);
}

static void
scan (GtkWidget *widget,
      const char *action,
      GVariant *parameter)
{
  fovea_layer_scans_start (FOVEA_PATCHES_VIEW (widget)->scans, g_str_equal (action, "patches.scan-all"));
}

static void
stop (GtkWidget *widget,
      const char *action,
      GVariant *parameter)
{
  fovea_layer_scans_stop (FOVEA_PATCHES_VIEW (widget)->scans);
}

static void
open_folder (GtkWidget *widget,
             const char *action,
             GVariant *parameter)
{
  fovea_image_set_chooser_open_folder (FOVEA_PATCHES_VIEW (widget)->chooser);
}

static void
list_unreadable (GtkWidget *widget,
                 const char *action,
                 GVariant *parameter)
{
  FoveaPatchesView *self = FOVEA_PATCHES_VIEW (widget);
  GtkRoot *root = gtk_widget_get_root (widget);

  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    if (self->shown[side] != NULL && fovea_scan_get_n_unreadable (self->shown[side]) > 0)
      {
        gtk_window_present (GTK_WINDOW (fovea_unreadable_dialog_new (GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, self->shown[side],
                                                                     fovea_layer_scans_get_set (self->scans))));
        return;
      }
}

static void
set_neuron (FoveaNeuronView *view,
            FoveaNetworkPair *pair,
            const char *layer,
            const guint channels[FOVEA_N_SIDES])
{
  FoveaPatchesView *self = FOVEA_PATCHES_VIEW (view);

  g_set_object (&self->pair, pair);
  g_free (self->layer);
  self->layer = g_strdup (layer);
  memcpy (self->channels, channels, sizeof self->channels);
  forget_shown (self);
  fovea_layer_scans_set_layer (self->scans, pair, layer);
  scans_changed (self);
}

static void
set_active (FoveaNeuronView *view,
            gboolean active)
{
  FoveaPatchesView *self = FOVEA_PATCHES_VIEW (view);

  if (active != self->active && active)
    fovea_layer_scans_watch (self->scans);
  else if (active != self->active)
    fovea_layer_scans_unwatch (self->scans);
  self->active = active;
  if (self->loading != NULL)
    fovea_queued_job_set_priority (self->loading, active ? FOVEA_JOB_PRIORITY_INTERACTIVE : FOVEA_JOB_PRIORITY_VISIBLE);
}

static void
focus (FoveaNeuronView *view)
{
  FoveaPatchesView *self = FOVEA_PATCHES_VIEW (view);

  if (g_strcmp0 (gtk_stack_get_visible_child_name (self->stack), "empty") == 0 && gtk_widget_get_mapped (self->scan_button))
    gtk_widget_grab_focus (self->scan_button);
  else if (!gtk_widget_grab_focus (GTK_WIDGET (fovea_patch_panel_get_tile (self->standard_panel, 0))))
    gtk_widget_child_focus (GTK_WIDGET (self), GTK_DIR_TAB_FORWARD);
}

static FoveaPicture *
take_picture (FoveaNeuronView *view)
{
  FoveaPatchesView *self = FOVEA_PATCHES_VIEW (view);
  FoveaScan *scan = self->shown[0] != NULL ? self->shown[0] : self->shown[1];

  if (self->pair == NULL || scan == NULL || self->loading != NULL || self->pictures[0]->len + self->pictures[1]->len == 0)
    return NULL;
  return fovea_patches_export_new (self->pair, self->layer, self->channels, self->pictures, gtk_range_get_value (self->opacity),
                                   fovea_layer_scans_get_several (self->scans), fovea_scan_get_n_done (scan));
}

static void
implement_neuron_view (FoveaNeuronViewInterface *interface)
{
  interface->set_neuron = set_neuron;
  interface->set_active = set_active;
  interface->focus = focus;
  interface->take_picture = take_picture;
}

static void
fovea_patches_view_dispose (GObject *object)
{
  FoveaPatchesView *self = FOVEA_PATCHES_VIEW (object);
  GtkWidget *child;

  drop_loading (self);
  if (self->scans != NULL && self->active)
    fovea_layer_scans_unwatch (self->scans);
  self->active = FALSE;
  if (self->scans != NULL)
    {
      g_signal_handlers_disconnect_by_func (self->scans, scans_changed, self);
      g_signal_handlers_disconnect_by_func (self->scans, update_status, self);
    }
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    g_clear_pointer (&self->shown[side], fovea_scan_unref);
  g_clear_object (&self->scans);
  g_clear_object (&self->queue);
  g_clear_object (&self->pair);
  G_OBJECT_CLASS (fovea_patches_view_parent_class)->dispose (object);
}

static void
fovea_patches_view_finalize (GObject *object)
{
  FoveaPatchesView *self = FOVEA_PATCHES_VIEW (object);

  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    g_ptr_array_unref (self->pictures[side]);
  g_free (self->layer);
  G_OBJECT_CLASS (fovea_patches_view_parent_class)->finalize (object);
}

static void
fovea_patches_view_class_init (FoveaPatchesViewClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  g_type_ensure (FOVEA_TYPE_CHART_FRAME);
  g_type_ensure (FOVEA_TYPE_IMAGE_SET_CHOOSER);
  g_type_ensure (FOVEA_TYPE_PATCH_PANEL);
  g_type_ensure (FOVEA_TYPE_WRAP_BOX);

  G_OBJECT_CLASS (class)->dispose = fovea_patches_view_dispose;
  G_OBJECT_CLASS (class)->finalize = fovea_patches_view_finalize;

  gtk_widget_class_set_template_from_resource (widget_class, "/org/fovea/Fovea/patches-view.ui");
  gtk_widget_class_bind_template_child (widget_class, FoveaPatchesView, chooser);
  gtk_widget_class_bind_template_child (widget_class, FoveaPatchesView, hits);
  gtk_widget_class_bind_template_child (widget_class, FoveaPatchesView, opacity);
  gtk_widget_class_bind_template_child (widget_class, FoveaPatchesView, unreadable);
  gtk_widget_class_bind_template_child (widget_class, FoveaPatchesView, status);
  gtk_widget_class_bind_template_child (widget_class, FoveaPatchesView, status_label);
  gtk_widget_class_bind_template_child (widget_class, FoveaPatchesView, status_bar);
  gtk_widget_class_bind_template_child (widget_class, FoveaPatchesView, status_button);
  gtk_widget_class_bind_template_child (widget_class, FoveaPatchesView, stack);
  gtk_widget_class_bind_template_child (widget_class, FoveaPatchesView, empty);
  gtk_widget_class_bind_template_child (widget_class, FoveaPatchesView, empty_buttons);
  gtk_widget_class_bind_template_child (widget_class, FoveaPatchesView, scan_button);
  gtk_widget_class_bind_template_child (widget_class, FoveaPatchesView, scan_all_button);
  gtk_widget_class_bind_template_child (widget_class, FoveaPatchesView, folder_button);
  gtk_widget_class_bind_template_child (widget_class, FoveaPatchesView, standard_panel);
  gtk_widget_class_bind_template_child (widget_class, FoveaPatchesView, robust_panel);
  gtk_widget_class_bind_template_child (widget_class, FoveaPatchesView, histogram);

  gtk_widget_class_install_action (widget_class, "patches.scan", NULL, scan);
  gtk_widget_class_install_action (widget_class, "patches.scan-all", NULL, scan);
  gtk_widget_class_install_action (widget_class, "patches.stop", NULL, stop);
  gtk_widget_class_install_action (widget_class, "patches.open-folder", NULL, open_folder);
  gtk_widget_class_install_action (widget_class, "patches.unreadable", NULL, list_unreadable);
}

static void
fovea_patches_view_init (FoveaPatchesView *self)
{
  FoveaSettings *settings = fovea_application_get_settings ();

  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    self->pictures[side] = g_ptr_array_new_with_free_func ((GDestroyNotify) fovea_patch_picture_unref);
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_swapped (self->hits, "notify::selected", G_CALLBACK (hits_selected), self);
  g_signal_connect_swapped (self->opacity, "value-changed", G_CALLBACK (opacity_changed), self);
  for (FoveaSide side = 0; side < FOVEA_N_SIDES; side++)
    g_signal_connect_swapped (fovea_patches_view_get_panel (self, side), "patch-activated", G_CALLBACK (patch_activated), self);
  fovea_chart_frame_set_maker (self->histogram, "activations.png", make_histogram, self);
  if (settings != NULL)
    g_object_bind_property (settings, "patches-map", gtk_range_get_adjustment (self->opacity), "value", G_BINDING_BIDIRECTIONAL | G_BINDING_SYNC_CREATE);
  opacity_changed (self);
}

/**
 * fovea_patches_view_new:
 * @scans: what is known of the layer; the view makes them follow its own
 * @queue: where patches are loaded
 *
 * Returns: (transfer floating): a view without a neuron
 */
GtkWidget *
fovea_patches_view_new (FoveaLayerScans *scans,
                        FoveaJobQueue *queue)
{
  FoveaPatchesView *self = g_object_new (FOVEA_TYPE_PATCHES_VIEW, NULL);
  FoveaSettings *settings = fovea_application_get_settings ();
  gboolean several = FALSE;

  if (settings != NULL)
    g_object_get (settings, "patches-several", &several, NULL);
  fovea_layer_scans_set_several (scans, several);
  gtk_drop_down_set_selected (self->hits, several ? 1 : 0);
  self->scans = g_object_ref (scans);
  self->queue = g_object_ref (queue);
  fovea_image_set_chooser_set_sets (self->chooser, fovea_layer_scans_get_sets (scans));
  g_signal_connect_object (scans, "changed", G_CALLBACK (scans_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (scans, "progress", G_CALLBACK (update_status), self, G_CONNECT_SWAPPED);
  return GTK_WIDGET (self);
}

/**
 * fovea_patches_view_get_panel:
 * @self: a view
 * @side: which network
 *
 * Returns: (transfer none): its panel
 */
FoveaPatchPanel *
fovea_patches_view_get_panel (FoveaPatchesView *self,
                              FoveaSide side)
{
  g_return_val_if_fail (FOVEA_IS_PATCHES_VIEW (self), NULL);
  return side == FOVEA_SIDE_STANDARD ? self->standard_panel : self->robust_panel;
}

/**
 * fovea_patches_view_is_busy:
 * @self: a view
 *
 * Returns: whether patches are being loaded
 */
gboolean
fovea_patches_view_is_busy (FoveaPatchesView *self)
{
  g_return_val_if_fail (FOVEA_IS_PATCHES_VIEW (self), FALSE);
  return self->loading != NULL;
}

/**
 * fovea_patches_view_get_status:
 * @self: a view
 *
 * Returns: (transfer none): what is said of the scan: above the patches, or instead of them
 */
const char *
fovea_patches_view_get_status (FoveaPatchesView *self)
{
  g_return_val_if_fail (FOVEA_IS_PATCHES_VIEW (self), NULL);
  if (gtk_revealer_get_reveal_child (self->status))
    return gtk_label_get_label (self->status_label);
  return g_strcmp0 (gtk_stack_get_visible_child_name (self->stack), "empty") == 0 ? adw_status_page_get_title (self->empty) : "";
}
