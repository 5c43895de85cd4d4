/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/dissection-view.h"

#include <adwaita.h>

#include "ui/application.h"

struct _FoveaDissectionView {
  GtkWidget parent_instance;

  FoveaDissectionControls *controls;
  FoveaDissectionBar *bar;
  GtkStack *stack;
  AdwStatusPage *status;
  FoveaDissectionNeuron *neuron;
  FoveaDissectionLayer *layer_part;

  FoveaDissectionRun *run;
  FoveaDissectionFacts *facts; /* what is shown */
  FoveaNetworkPair *pair; /* nullable */
  char *layer; /* nullable */
  char *set_name; /* the concepts', in captions */
  guint channels[FOVEA_N_SIDES];
  guint sliding; /* source that shows everything anew after sliders moved; 0 is none */
};

static void implement_neuron_view (FoveaNeuronViewInterface *interface);

G_DEFINE_FINAL_TYPE_WITH_CODE (FoveaDissectionView, fovea_dissection_view, GTK_TYPE_WIDGET, G_IMPLEMENT_INTERFACE (FOVEA_TYPE_NEURON_VIEW, implement_neuron_view))

enum { NEURON_ACTIVATED, N_SIGNALS };

static guint signals[N_SIGNALS];

/* Takes what is known and chosen now. */
static void
update_facts (FoveaDissectionView *self)
{
  g_clear_pointer (&self->facts, fovea_dissection_facts_unref);
  self->facts = fovea_dissection_facts_new (self->run, self->pair, self->layer, self->channels, self->set_name,
                                            fovea_dissection_controls_get_quantile (self->controls), fovea_dissection_controls_get_iou (self->controls));
}

static void
show_neuron (FoveaDissectionView *self)
{
  update_facts (self);
  fovea_dissection_neuron_show (self->neuron, self->facts);
  fovea_neuron_view_picture_changed (FOVEA_NEURON_VIEW (self));
}

static void
show_all (FoveaDissectionView *self)
{
  show_neuron (self);
  fovea_dissection_layer_show (self->layer_part, self->facts);
}

static gboolean
show_after_sliding (gpointer data)
{
  FoveaDissectionView *self = data;

  self->sliding = 0;
  show_all (self);
  return G_SOURCE_REMOVE;
}

/* Labels are there for every quantile; but thousands of channels take a moment to draw, and sliders are not to wait for that.
 * So all moves until then are shown at once. */
static void
on_slider_moved (FoveaDissectionView *self)
{
  if (self->sliding == 0)
    self->sliding = g_idle_add (show_after_sliding, self);
}

static void
update_state (FoveaDissectionView *self)
{
  const gboolean failed = fovea_dissection_run_get_state (self->run) == FOVEA_DISSECTION_FAILED;
  const gboolean has_any = fovea_dissection_facts_get_any (self->facts) != NULL || fovea_tally_files_get_n_files (fovea_dissection_layer_get_files (self->layer_part)) > 0;
  g_autofree char *error = NULL;

  fovea_dissection_bar_show (self->bar, self->run, self->layer);
  error = g_markup_escape_text (fovea_dissection_bar_get_text (self->bar), -1);
  adw_status_page_set_title (self->status, failed ? "This layer cannot be dissected" : "Which concepts does this layer detect?");
  adw_status_page_set_description (self->status,
                                   failed ? error
                                          : "Network Dissection compares where a channel is active with where things, parts, materials, textures and colours are in "
                                            "images with masks. What was dissected once is here at once the next time.");
  gtk_stack_set_visible_child_name (self->stack, has_any ? "content" : "status");
}

static void
on_run_changed (FoveaDissectionView *self)
{
  gboolean changed = fovea_dissection_run_get_set (self->run) != self->facts->set;
  FoveaDissection *any = NULL;

  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    {
      FoveaDissection *dissection = fovea_dissection_run_get_dissection (self->run, side);

      changed |= dissection != self->facts->dissections[side];
      any = any != NULL ? any : dissection;
    }
  if (changed && any != NULL)
    {
      double quantiles[FOVEA_DISSECT_MAX_QUANTILES];

      for (guint i = 0; i < fovea_dissection_get_n_quantiles (any); i++)
        quantiles[i] = fovea_dissection_get_quantile (any, i);
      fovea_dissection_controls_set_quantiles (self->controls, fovea_dissection_get_n_quantiles (any), quantiles);
    }
  if (changed)
    show_all (self);
  update_state (self);
}

static void
on_set_changed (FoveaDissectionView *self)
{
  FoveaImageSets *sets = fovea_dissection_controls_get_sets (self->controls);
  g_autofree char *base = g_path_get_basename (fovea_image_sets_get_current (sets));

  g_free (self->set_name);
  self->set_name = g_filename_display_name (base);
  fovea_dissection_run_set_concepts (self->run, fovea_image_sets_get_current (sets));
}

static void
on_files_failed (FoveaDissectionView *self,
                 const char *message)
{
  fovea_neuron_view_say (FOVEA_NEURON_VIEW (self), message);
}

static void
on_picture_activated (FoveaDissectionView *self,
                      guint64 image)
{
  FoveaImageSet *images = self->facts->set != NULL ? fovea_concept_set_get_images (self->facts->set) : NULL;
  const char *key = fovea_image_sets_get_current (fovea_dissection_controls_get_sets (self->controls));
  g_autofree char *path = NULL;

  if (images == NULL || image >= fovea_image_set_get_n_images (images))
    return;
  if (!g_path_is_absolute (key))
    {
      gtk_widget_activate_action (GTK_WIDGET (self), "win.show-set-image", "(st)", key, image);
      return;
    }
  path = g_build_filename (fovea_image_set_get_path (images), "images", fovea_image_set_get_image_name (images, image), NULL);
  gtk_widget_activate_action (GTK_WIDGET (self), "win.show-image-file", "^ay", path);
}

static void
on_neuron_activated (FoveaDissectionView *self,
                     guint channel,
                     guint counterpart)
{
  g_signal_emit (self, signals[NEURON_ACTIVATED], 0, channel, counterpart);
}

static void
start (GtkWidget *widget,
       const char *action,
       GVariant *parameter)
{
  fovea_dissection_run_start (FOVEA_DISSECTION_VIEW (widget)->run);
}

static void
stop (GtkWidget *widget,
      const char *action,
      GVariant *parameter)
{
  fovea_dissection_run_stop (FOVEA_DISSECTION_VIEW (widget)->run);
}

static void
set_neuron (FoveaNeuronView *view,
            FoveaNetworkPair *pair,
            const char *layer,
            const guint channels[FOVEA_N_SIDES])
{
  FoveaDissectionView *self = FOVEA_DISSECTION_VIEW (view);

  g_set_object (&self->pair, pair);
  if (layer != self->layer)
    {
      g_free (self->layer);
      self->layer = g_strdup (layer);
    }
  memcpy (self->channels, channels, sizeof self->channels);
  fovea_dissection_run_set_layer (self->run, pair, self->layer);
  show_neuron (self);
}

static void
set_active (FoveaNeuronView *view,
            gboolean active)
{
  if (active)
    fovea_dissection_run_refresh (FOVEA_DISSECTION_VIEW (view)->run);
}

static FoveaPicture *
take_picture (FoveaNeuronView *view)
{
  FoveaDissectionView *self = FOVEA_DISSECTION_VIEW (view);
  FoveaChart *chart = self->facts != NULL ? fovea_dissection_facts_chart_neuron (self->facts) : NULL;
  g_autofree char *name = NULL;

  if (chart == NULL)
    return NULL;
  name = g_strdup_printf ("concepts-%s-%u.png", self->layer, self->channels[FOVEA_SIDE_STANDARD]);
  return fovea_chart_picture_new (chart, g_strdelimit (name, ":/,\\", '-'));
}

static void
focus (FoveaNeuronView *view)
{
  FoveaDissectionView *self = FOVEA_DISSECTION_VIEW (view);

  if (!gtk_widget_get_mapped (GTK_WIDGET (self->bar)) || !gtk_widget_child_focus (GTK_WIDGET (self->bar), GTK_DIR_TAB_FORWARD))
    gtk_widget_child_focus (GTK_WIDGET (self), GTK_DIR_TAB_FORWARD);
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
fovea_dissection_view_dispose (GObject *object)
{
  FoveaDissectionView *self = FOVEA_DISSECTION_VIEW (object);
  GtkWidget *child;

  g_clear_handle_id (&self->sliding, g_source_remove);
  if (self->run != NULL)
    g_signal_handlers_disconnect_by_data (self->run, self);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&self->run);
  g_clear_pointer (&self->facts, fovea_dissection_facts_unref);
  g_clear_object (&self->pair);
  G_OBJECT_CLASS (fovea_dissection_view_parent_class)->dispose (object);
}

static void
fovea_dissection_view_finalize (GObject *object)
{
  FoveaDissectionView *self = FOVEA_DISSECTION_VIEW (object);

  g_free (self->layer);
  g_free (self->set_name);
  G_OBJECT_CLASS (fovea_dissection_view_parent_class)->finalize (object);
}

static void
fovea_dissection_view_class_init (FoveaDissectionViewClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = fovea_dissection_view_dispose;
  G_OBJECT_CLASS (class)->finalize = fovea_dissection_view_finalize;

  signals[NEURON_ACTIVATED] = g_signal_new ("neuron-activated", FOVEA_TYPE_DISSECTION_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_UINT, G_TYPE_UINT);

  g_type_ensure (FOVEA_TYPE_DISSECTION_CONTROLS);
  g_type_ensure (FOVEA_TYPE_DISSECTION_BAR);
  g_type_ensure (FOVEA_TYPE_DISSECTION_NEURON);
  g_type_ensure (FOVEA_TYPE_DISSECTION_LAYER);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "dissectionview");
  gtk_widget_class_set_template_from_resource (widget_class, "/org/fovea/Fovea/dissection-view.ui");
  gtk_widget_class_bind_template_child (widget_class, FoveaDissectionView, controls);
  gtk_widget_class_bind_template_child (widget_class, FoveaDissectionView, bar);
  gtk_widget_class_bind_template_child (widget_class, FoveaDissectionView, stack);
  gtk_widget_class_bind_template_child (widget_class, FoveaDissectionView, status);
  gtk_widget_class_bind_template_child (widget_class, FoveaDissectionView, neuron);
  gtk_widget_class_bind_template_child (widget_class, FoveaDissectionView, layer_part);
  gtk_widget_class_install_action (widget_class, "dissection.start", NULL, start);
  gtk_widget_class_install_action (widget_class, "dissection.stop", NULL, stop);
}

static void
fovea_dissection_view_init (FoveaDissectionView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->run = fovea_dissection_run_new ();
  fovea_dissection_controls_set_settings (self->controls, fovea_application_get_settings ());
  on_set_changed (self);
  fovea_dissection_view_set_source (self, fovea_application_get_reading_queue (), fovea_application_get_job_queue (), fovea_application_get_store ());
  show_all (self);
  update_state (self);

  g_signal_connect_object (self->run, "changed", G_CALLBACK (on_run_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->neuron, "picture-activated", G_CALLBACK (on_picture_activated), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->layer_part, "neuron-activated", G_CALLBACK (on_neuron_activated), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->layer_part, "files-changed", G_CALLBACK (update_state), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (fovea_dissection_layer_get_files (self->layer_part), "failed", G_CALLBACK (on_files_failed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (fovea_dissection_controls_get_sets (self->controls), "changed", G_CALLBACK (on_set_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->controls, "quantile-changed", G_CALLBACK (on_slider_moved), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->controls, "iou-changed", G_CALLBACK (on_slider_moved), self, G_CONNECT_SWAPPED);
}

/**
 * fovea_dissection_view_new:
 *
 * Returns: (transfer floating): a view that uses the application's queues and store
 */
GtkWidget *
fovea_dissection_view_new (void)
{
  return g_object_new (FOVEA_TYPE_DISSECTION_VIEW, NULL);
}

/**
 * fovea_dissection_view_set_source:
 * @self: a view
 * @reading: (nullable): where sets are opened and the store is asked
 * @computing: (nullable): where networks run
 * @store: (nullable): where dissections are kept; must outlive the view
 *
 * To be called before the first neuron.
 */
void
fovea_dissection_view_set_source (FoveaDissectionView *self,
                                  FoveaJobQueue *reading,
                                  FoveaJobQueue *computing,
                                  FoveaStore *store)
{
  g_return_if_fail (FOVEA_IS_DISSECTION_VIEW (self));
  fovea_dissection_neuron_set_queue (self->neuron, computing);
  fovea_dissection_layer_set_queue (self->layer_part, reading);
  fovea_dissection_run_set_source (self->run, reading, computing, store);
}

/**
 * fovea_dissection_view_set_scans:
 * @self: a view
 * @scans: what is known of the layer on the current image set, which tells the channels that correspond
 */
void
fovea_dissection_view_set_scans (FoveaDissectionView *self,
                                 FoveaLayerScans *scans)
{
  g_return_if_fail (FOVEA_IS_DISSECTION_VIEW (self) && FOVEA_IS_LAYER_SCANS (scans));
  fovea_concept_shift_view_set_scans (fovea_dissection_layer_get_shift (self->layer_part), scans);
}

/**
 * fovea_dissection_view_get_run:
 * @self: a view
 *
 * Returns: (transfer none): what computes for it
 */
FoveaDissectionRun *
fovea_dissection_view_get_run (FoveaDissectionView *self)
{
  g_return_val_if_fail (FOVEA_IS_DISSECTION_VIEW (self), NULL);
  return self->run;
}

/**
 * fovea_dissection_view_get_controls:
 * @self: a view
 *
 * Returns: (transfer none): its sliders and its menu of sets
 */
FoveaDissectionControls *
fovea_dissection_view_get_controls (FoveaDissectionView *self)
{
  g_return_val_if_fail (FOVEA_IS_DISSECTION_VIEW (self), NULL);
  return self->controls;
}

/**
 * fovea_dissection_view_get_bar:
 * @self: a view
 *
 * Returns: (transfer none): what it says of computing
 */
FoveaDissectionBar *
fovea_dissection_view_get_bar (FoveaDissectionView *self)
{
  g_return_val_if_fail (FOVEA_IS_DISSECTION_VIEW (self), NULL);
  return self->bar;
}

/**
 * fovea_dissection_view_get_tally:
 * @self: a view
 *
 * Returns: (transfer none) (nullable): what a network's channels detect at the chosen quantile
 */
const FoveaTally *
fovea_dissection_view_get_tally (FoveaDissectionView *self,
                                 FoveaSide side)
{
  g_return_val_if_fail (FOVEA_IS_DISSECTION_VIEW (self) && side < FOVEA_N_SIDES, NULL);
  return self->facts->tallies[side];
}

/**
 * fovea_dissection_view_get_neuron:
 * @self: a view
 *
 * Returns: (transfer none): what the chosen neuron detects
 */
FoveaDissectionNeuron *
fovea_dissection_view_get_neuron (FoveaDissectionView *self)
{
  g_return_val_if_fail (FOVEA_IS_DISSECTION_VIEW (self), NULL);
  return self->neuron;
}

/**
 * fovea_dissection_view_get_layer:
 * @self: a view
 *
 * Returns: (transfer none): what its layer detects
 */
FoveaDissectionLayer *
fovea_dissection_view_get_layer (FoveaDissectionView *self)
{
  g_return_val_if_fail (FOVEA_IS_DISSECTION_VIEW (self), NULL);
  return self->layer_part;
}
