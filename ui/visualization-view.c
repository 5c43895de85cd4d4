/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/visualization-view.h"

#include <math.h>

#include "ui/application.h"
#include "ui/visualization-controls.h"
#include "ui/visualization-picture.h"
#include "ui/visualization-status.h"

struct _FoveaVisualizationView
{
  GtkWidget parent_instance;

  FoveaVisualizationPanel *standard_panel;
  FoveaVisualizationPanel *robust_panel;
  GtkProgressBar *progress;
  GtkLabel *status;
  FoveaVisualizationControls *controls;

  FoveaMaximizeSettings *settings; /* the controls' */
  FoveaJobQueue *queue; /* nullable: the application's */
  FoveaStore *store;    /* nullable */
  gboolean own_services;
  FoveaNetworkPair *pair; /* nullable: nothing to show */
  FoveaNeuron neurons[FOVEA_N_SIDES];
  gboolean has_neuron[FOVEA_N_SIDES];
  FoveaVisualizationRun *runs[FOVEA_N_SIDES]; /* nullable */
};

static void implement_neuron_view (FoveaNeuronViewInterface *interface);

G_DEFINE_FINAL_TYPE_WITH_CODE (FoveaVisualizationView, fovea_visualization_view, GTK_TYPE_WIDGET,
                               G_IMPLEMENT_INTERFACE (FOVEA_TYPE_NEURON_VIEW, implement_neuron_view))

enum
{
  PROP_0,
  PROP_RUNNING,
  N_PROPERTIES
};

static GParamSpec *properties[N_PROPERTIES];

static FoveaJobQueue *
get_queue (FoveaVisualizationView *self)
{
  return self->own_services ? self->queue : fovea_application_get_job_queue ();
}

static FoveaStore *
get_store (FoveaVisualizationView *self)
{
  return self->own_services ? self->store : fovea_application_get_store ();
}

/* Both plots have one scale, so that the eye may compare them. */
static void
share_scale (FoveaVisualizationView *self)
{
  double minimum = INFINITY, maximum = -INFINITY;

  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    {
      double low, high;

      if (fovea_activation_curve_get_range (fovea_visualization_panel_get_curve (fovea_visualization_view_get_panel (self, side)), &low, &high))
        {
          minimum = MIN (minimum, low);
          maximum = MAX (maximum, high);
        }
    }
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    fovea_activation_curve_set_range (fovea_visualization_panel_get_curve (fovea_visualization_view_get_panel (self, side)), minimum, maximum);
}

static void
update_progress (FoveaVisualizationView *self)
{
  gboolean running = fovea_visualization_view_is_running (self);
  g_autofree char *status = fovea_visualization_status_describe (self->runs);

  gtk_label_set_label (self->status, status);
  gtk_widget_set_opacity (GTK_WIDGET (self->progress), running ? 1 : 0);
  gtk_progress_bar_set_fraction (self->progress, running ? fovea_visualization_status_get_fraction (self->runs) : 0);
  share_scale (self);
}

static void
update_running (FoveaVisualizationView *self)
{
  gboolean running = fovea_visualization_view_is_running (self);

  fovea_visualization_controls_set_running (self->controls, running);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "visualization.toggle", running || self->has_neuron[FOVEA_SIDE_STANDARD] || self->has_neuron[FOVEA_SIDE_ROBUST]);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "visualization.continue", fovea_visualization_view_can_continue (self));
  update_progress (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_RUNNING]);
  fovea_neuron_view_picture_changed (FOVEA_NEURON_VIEW (self));
}

/* Whatever still runs is cancelled, and its result will not be seen. */
static void
drop_runs (FoveaVisualizationView *self)
{
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    {
      if (self->runs[side] == NULL)
        continue;
      g_signal_handlers_disconnect_by_data (self->runs[side], self);
      fovea_run_drop (FOVEA_RUN (self->runs[side]));
      g_clear_object (&self->runs[side]);
    }
}

static void
start (FoveaVisualizationView *self, gboolean from_current, gboolean look_up)
{
  FoveaVisualizationRun *earlier[FOVEA_N_SIDES] = { NULL };
  FoveaJobQueue *queue = get_queue (self);

  if (self->pair == NULL || queue == NULL)
    return;
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    if (from_current && self->runs[side] != NULL && fovea_visualization_run_get_tensor (self->runs[side], 0) != NULL)
      earlier[side] = g_object_ref (self->runs[side]);
  drop_runs (self);

  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    {
      FoveaVisualizationRun *run;

      if (!self->has_neuron[side])
        continue;
      run = fovea_visualization_run_new (fovea_network_pair_get_network (self->pair, side), &self->neurons[side], self->settings);
      if (earlier[side] != NULL)
        fovea_visualization_run_continue_from (run, earlier[side]);
      fovea_visualization_run_start (run, queue, get_store (self), look_up);
      self->runs[side] = run;
      /* The panel hears of news first: the plots' common scale follows from what they show. */
      fovea_visualization_panel_set_run (fovea_visualization_view_get_panel (self, side), run);
      g_signal_connect_swapped (run, "progress", G_CALLBACK (update_progress), self);
      g_signal_connect_swapped (run, "ended", G_CALLBACK (update_running), self);
      g_clear_object (&earlier[side]);
    }
  update_running (self);
}

/* Only what is on the screen is urgent. */
static void
update_priority (FoveaVisualizationView *self)
{
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    if (self->runs[side] != NULL)
      fovea_run_set_priority (FOVEA_RUN (self->runs[side]), gtk_widget_get_mapped (GTK_WIDGET (self)) ? FOVEA_JOB_PRIORITY_INTERACTIVE : FOVEA_JOB_PRIORITY_BACKGROUND);
}

static void
run_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  fovea_visualization_view_run (FOVEA_VISUALIZATION_VIEW (widget));
}

static void
toggle_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  FoveaVisualizationView *self = FOVEA_VISUALIZATION_VIEW (widget);

  if (fovea_visualization_view_is_running (self))
    fovea_visualization_view_stop (self);
  else
    fovea_visualization_view_run (self);
}

static void
continue_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  fovea_visualization_view_continue (FOVEA_VISUALIZATION_VIEW (widget));
}

static void
on_selected_changed (FoveaVisualizationView *self, GParamSpec *spec, FoveaVisualizationPanel *panel)
{
  FoveaVisualizationPanel *other = panel == self->standard_panel ? self->robust_panel : self->standard_panel;

  fovea_visualization_panel_set_selected (other, fovea_visualization_panel_get_selected (panel));
}

static void
set_neuron (FoveaNeuronView *view, FoveaNetworkPair *pair, const char *layer, const guint channels[FOVEA_N_SIDES])
{
  FoveaVisualizationView *self = FOVEA_VISUALIZATION_VIEW (view);

  if (pair != NULL)
    fovea_visualization_view_set_neuron (self, pair, layer, channels);
  else
    fovea_visualization_view_clear (self);
}

static void
focus (FoveaNeuronView *view)
{
  fovea_visualization_view_focus_run (FOVEA_VISUALIZATION_VIEW (view));
}

static FoveaPicture *
take_picture (FoveaNeuronView *view)
{
  FoveaVisualizationView *self = FOVEA_VISUALIZATION_VIEW (view);

  return fovea_visualization_view_is_running (self) ? NULL : fovea_visualization_picture_new (self->runs);
}

static void
implement_neuron_view (FoveaNeuronViewInterface *interface)
{
  interface->set_neuron = set_neuron;
  interface->focus = focus;
  interface->take_picture = take_picture;
}

static void
fovea_visualization_view_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (fovea_visualization_view_parent_class)->map (widget);
  update_priority (FOVEA_VISUALIZATION_VIEW (widget));
}

static void
fovea_visualization_view_unmap (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (fovea_visualization_view_parent_class)->unmap (widget);
  update_priority (FOVEA_VISUALIZATION_VIEW (widget));
}

static void
fovea_visualization_view_get_property (GObject *object, guint id, GValue *value, GParamSpec *spec)
{
  g_assert (id == PROP_RUNNING);
  g_value_set_boolean (value, fovea_visualization_view_is_running (FOVEA_VISUALIZATION_VIEW (object)));
}

static void
fovea_visualization_view_dispose (GObject *object)
{
  FoveaVisualizationView *self = FOVEA_VISUALIZATION_VIEW (object);
  GtkWidget *child;

  drop_runs (self);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&self->queue);
  g_clear_pointer (&self->store, fovea_store_unref);
  g_clear_object (&self->pair);
  G_OBJECT_CLASS (fovea_visualization_view_parent_class)->dispose (object);
}

static void
fovea_visualization_view_class_init (FoveaVisualizationViewClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  object_class->get_property = fovea_visualization_view_get_property;
  object_class->dispose = fovea_visualization_view_dispose;
  widget_class->map = fovea_visualization_view_map;
  widget_class->unmap = fovea_visualization_view_unmap;

  properties[PROP_RUNNING] = g_param_spec_boolean ("running", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);

  g_type_ensure (FOVEA_TYPE_VISUALIZATION_PANEL);
  g_type_ensure (FOVEA_TYPE_VISUALIZATION_CONTROLS);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/fovea/Fovea/visualization-view.ui");
  gtk_widget_class_bind_template_child (widget_class, FoveaVisualizationView, standard_panel);
  gtk_widget_class_bind_template_child (widget_class, FoveaVisualizationView, robust_panel);
  gtk_widget_class_bind_template_child (widget_class, FoveaVisualizationView, progress);
  gtk_widget_class_bind_template_child (widget_class, FoveaVisualizationView, controls);
  gtk_widget_class_bind_template_child (widget_class, FoveaVisualizationView, status);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);

  gtk_widget_class_install_action (widget_class, "visualization.run", NULL, run_action);
  gtk_widget_class_install_action (widget_class, "visualization.toggle", NULL, toggle_action);
  gtk_widget_class_install_action (widget_class, "visualization.continue", NULL, continue_action);
  /* Where the focus is on no control of its own that wants these keys. */
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_space, 0, "visualization.toggle", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Return, 0, "visualization.toggle", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_KP_Enter, 0, "visualization.toggle", NULL);
}

static void
fovea_visualization_view_init (FoveaVisualizationView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->settings = fovea_visualization_controls_get_settings (self->controls);
  fovea_visualization_panel_set_side (self->robust_panel, FOVEA_SIDE_ROBUST);
  g_signal_connect_swapped (self->standard_panel, "notify::selected", G_CALLBACK (on_selected_changed), self);
  g_signal_connect_swapped (self->robust_panel, "notify::selected", G_CALLBACK (on_selected_changed), self);
  update_running (self);
}

/**
 * fovea_visualization_view_new:
 */
GtkWidget *
fovea_visualization_view_new (void)
{
  return g_object_new (FOVEA_TYPE_VISUALIZATION_VIEW, NULL);
}

/**
 * fovea_visualization_view_set_services:
 * @queue: (nullable): where runs go
 * @store: (nullable): where their results are kept
 *
 * Takes these instead of the application's.
 */
void
fovea_visualization_view_set_services (FoveaVisualizationView *self, FoveaJobQueue *queue, FoveaStore *store)
{
  g_return_if_fail (FOVEA_IS_VISUALIZATION_VIEW (self));
  self->own_services = TRUE;
  g_set_object (&self->queue, queue);
  g_clear_pointer (&self->store, fovea_store_unref);
  self->store = store != NULL ? fovea_store_ref (store) : NULL;
}

/**
 * fovea_visualization_view_get_settings:
 *
 * Returns: (transfer none): what the controls have chosen for the next run
 */
FoveaMaximizeSettings *
fovea_visualization_view_get_settings (FoveaVisualizationView *self)
{
  g_return_val_if_fail (FOVEA_IS_VISUALIZATION_VIEW (self), NULL);
  return self->settings;
}

/* Says in the panel why a network has no such neuron. */
static void
find_neuron (FoveaVisualizationView *self, FoveaSide side, const char *layer, guint channel)
{
  FoveaNetwork *network = fovea_network_pair_get_network (self->pair, side);
  FoveaVisualizationPanel *panel = fovea_visualization_view_get_panel (self, side);
  g_autofree char *address = g_strdup_printf ("%s:%u", layer, channel);
  g_autoptr (GError) error = NULL;

  fovea_visualization_panel_set_name (panel, fovea_network_get_name (network));
  gtk_widget_set_visible (GTK_WIDGET (panel), fovea_network_pair_has_side (self->pair, side));
  if (!fovea_network_pair_has_side (self->pair, side))
    {
      self->has_neuron[side] = FALSE;
      fovea_visualization_panel_set_run (panel, NULL);
      return;
    }
  self->has_neuron[side] = fovea_neuron_parse (network, address, &self->neurons[side], &error);
  if (!self->has_neuron[side])
    fovea_visualization_panel_set_message (panel, "This network has no such neuron", error->message);
}

/**
 * fovea_visualization_view_set_neuron:
 *
 * Shows what is known of the neuron, or starts to compute it. Whatever ran for an earlier neuron is
 * cancelled; its results do not appear any more.
 */
void
fovea_visualization_view_set_neuron (FoveaVisualizationView *self, FoveaNetworkPair *pair, const char *layer, const guint channels[FOVEA_N_SIDES])
{
  g_return_if_fail (FOVEA_IS_VISUALIZATION_VIEW (self));
  g_return_if_fail (FOVEA_IS_NETWORK_PAIR (pair) && layer != NULL);

  drop_runs (self);
  g_set_object (&self->pair, pair);
  fovea_visualization_controls_set_pair (self->controls, pair);
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    find_neuron (self, side, layer, channels[side]);
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    if (self->has_neuron[side])
      {
        FoveaGraph *graph = fovea_network_get_graph (fovea_network_pair_get_network (pair, side));

        fovea_visualization_controls_set_shape (self->controls, fovea_graph_get_shape (graph, (guint) self->neurons[side].layer));
        break;
      }
  start (self, FALSE, TRUE);
}

/**
 * fovea_visualization_view_clear:
 *
 * Cancels what runs and shows nothing.
 */
void
fovea_visualization_view_clear (FoveaVisualizationView *self)
{
  g_return_if_fail (FOVEA_IS_VISUALIZATION_VIEW (self));
  drop_runs (self);
  g_clear_object (&self->pair);
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    {
      self->has_neuron[side] = FALSE;
      fovea_visualization_panel_set_run (fovea_visualization_view_get_panel (self, side), NULL);
    }
  update_running (self);
}

/**
 * fovea_visualization_view_run:
 *
 * Starts both networks from noise with the chosen options, even where the result is known.
 */
void
fovea_visualization_view_run (FoveaVisualizationView *self)
{
  g_return_if_fail (FOVEA_IS_VISUALIZATION_VIEW (self));
  start (self, FALSE, FALSE);
}

/**
 * fovea_visualization_view_stop:
 *
 * Stops both networks; the pictures stay as they are.
 */
void
fovea_visualization_view_stop (FoveaVisualizationView *self)
{
  g_return_if_fail (FOVEA_IS_VISUALIZATION_VIEW (self));
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    if (self->runs[side] != NULL)
      fovea_run_stop (FOVEA_RUN (self->runs[side]));
}

/**
 * fovea_visualization_view_continue:
 *
 * Starts both networks from the pictures they have now, with the options chosen by now.
 */
void
fovea_visualization_view_continue (FoveaVisualizationView *self)
{
  g_return_if_fail (FOVEA_IS_VISUALIZATION_VIEW (self));
  if (fovea_visualization_view_can_continue (self))
    start (self, TRUE, FALSE);
}

/**
 * fovea_visualization_view_is_running:
 */
gboolean
fovea_visualization_view_is_running (FoveaVisualizationView *self)
{
  g_return_val_if_fail (FOVEA_IS_VISUALIZATION_VIEW (self), FALSE);
  return fovea_visualization_status_is_running (self->runs);
}

/**
 * fovea_visualization_view_can_continue:
 *
 * Returns: whether nothing runs and there is a picture to start from
 */
gboolean
fovea_visualization_view_can_continue (FoveaVisualizationView *self)
{
  g_return_val_if_fail (FOVEA_IS_VISUALIZATION_VIEW (self), FALSE);
  if (fovea_visualization_view_is_running (self))
    return FALSE;
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    if (self->runs[side] != NULL && fovea_visualization_run_get_tensor (self->runs[side], 0) != NULL)
      return TRUE;
  return FALSE;
}

/**
 * fovea_visualization_view_get_run:
 *
 * Returns: (nullable) (transfer none): what the panel of @side shows
 */
FoveaVisualizationRun *
fovea_visualization_view_get_run (FoveaVisualizationView *self, FoveaSide side)
{
  g_return_val_if_fail (FOVEA_IS_VISUALIZATION_VIEW (self), NULL);
  return self->runs[side];
}

/**
 * fovea_visualization_view_get_panel:
 *
 * Returns: (transfer none)
 */
FoveaVisualizationPanel *
fovea_visualization_view_get_panel (FoveaVisualizationView *self, FoveaSide side)
{
  g_return_val_if_fail (FOVEA_IS_VISUALIZATION_VIEW (self), NULL);
  return side == FOVEA_SIDE_STANDARD ? self->standard_panel : self->robust_panel;
}

/**
 * fovea_visualization_view_get_selected:
 *
 * Returns: which of several images is shown large
 */
guint
fovea_visualization_view_get_selected (FoveaVisualizationView *self)
{
  g_return_val_if_fail (FOVEA_IS_VISUALIZATION_VIEW (self), 0);
  return fovea_visualization_panel_get_selected (self->standard_panel);
}

/**
 * fovea_visualization_view_get_status:
 *
 * Returns: (transfer none): the line that tells how far it is
 */
const char *
fovea_visualization_view_get_status (FoveaVisualizationView *self)
{
  g_return_val_if_fail (FOVEA_IS_VISUALIZATION_VIEW (self), NULL);
  return gtk_label_get_label (self->status);
}

/**
 * fovea_visualization_view_focus_run:
 *
 * Puts the keyboard on the Run button.
 */
void
fovea_visualization_view_focus_run (FoveaVisualizationView *self)
{
  g_return_if_fail (FOVEA_IS_VISUALIZATION_VIEW (self));
  fovea_visualization_controls_focus_run (self->controls);
}
