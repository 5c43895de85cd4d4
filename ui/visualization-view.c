/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/visualization-view.h"

#include <adwaita.h>
#include <math.h>

#include "ui/application.h"
#include "ui/maximize-options-popover.h"
#include "ui/visualization-export.h"
#include "ui/wrap-box.h"

/* Dice show no longer seeds than people can read out to each other. */
#define MAX_DICE 999999

struct _FoveaVisualizationView
{
  GtkWidget parent_instance;

  FoveaVisualizationPanel *standard_panel;
  FoveaVisualizationPanel *robust_panel;
  GtkWidget *progress;
  GtkWidget *controls;
  GtkWidget *preset;
  GtkWidget *steps;
  GtkWidget *seed;
  GtkWidget *dice;
  GtkWidget *images;
  GtkWidget *options_button;
  FoveaMaximizeOptionsPopover *options_popover;
  GtkWidget *status;
  GtkWidget *continue_button;
  GtkWidget *run_button;
  AdwButtonContent *run_content;

  FoveaMaximizeSettings *settings;
  FoveaJobQueue *queue; /* nullable: the application's */
  FoveaStore *store;    /* nullable */
  gboolean own_services;
  FoveaNetworkPair *pair; /* nullable: nothing to show */
  FoveaNeuron neurons[FOVEA_N_SIDES];
  gboolean has_neuron[FOVEA_N_SIDES];
  FoveaVisualizationRun *runs[FOVEA_N_SIDES]; /* nullable */
  gboolean updating; /* controls are set from the settings: they are not changes by people */
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

/* The controls show what the standard network gets; its neighbour gets the same where the presets agree. */
static void
update_controls (FoveaVisualizationView *self)
{
  FoveaMaximizeOptions options;

  self->updating = TRUE;
  gtk_drop_down_set_selected (GTK_DROP_DOWN (self->preset), fovea_maximize_settings_get_preset (self->settings));
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (self->seed), (double) fovea_maximize_settings_get_seed (self->settings));
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (self->images), fovea_maximize_settings_get_n_images (self->settings));
  if (self->pair != NULL)
    {
      fovea_maximize_settings_get_options (self->settings, fovea_network_pair_get_network (self->pair, FOVEA_SIDE_STANDARD), &options);
      gtk_spin_button_set_value (GTK_SPIN_BUTTON (self->steps), options.steps);
    }
  if (fovea_maximize_settings_is_default (self->settings))
    gtk_widget_remove_css_class (self->options_button, "accent");
  else
    gtk_widget_add_css_class (self->options_button, "accent");
  self->updating = FALSE;
}

static char *
format_seconds (double seconds)
{
  if (seconds < 1)
    return g_strdup ("less than a second left");
  if (seconds < 90)
    return g_strdup_printf ("about %.0f s left", ceil (seconds));
  return g_strdup_printf ("about %.0f min left", ceil (seconds / 60));
}

static char *
format_running (FoveaVisualizationView *self)
{
  guint step = G_MAXUINT, n_steps = 0;
  double seconds = -1;
  g_autofree char *left = NULL;

  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    if (self->runs[side] != NULL && fovea_run_is_active (FOVEA_RUN (self->runs[side])))
      {
        step = MIN (step, fovea_visualization_run_get_step (self->runs[side]));
        n_steps = MAX (n_steps, fovea_visualization_run_get_n_steps (self->runs[side]));
        seconds = MAX (seconds, fovea_visualization_run_get_seconds_left (self->runs[side]));
      }
  if (seconds < 0)
    return g_strdup ("Starting…");
  left = format_seconds (seconds);
  return g_strdup_printf ("Step %u of %u, %s", step, n_steps, left);
}

/* The networks may have been stopped at different steps. */
static char *
format_stopped (FoveaVisualizationView *self)
{
  guint steps[FOVEA_N_SIDES];
  guint n_steps = 0, n_runs = 0;

  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    if (self->runs[side] != NULL)
      {
        steps[n_runs++] = fovea_visualization_run_get_step (self->runs[side]);
        n_steps = MAX (n_steps, fovea_visualization_run_get_n_steps (self->runs[side]));
      }
  if (n_runs == FOVEA_N_SIDES && steps[0] != steps[1])
    return g_strdup_printf ("Stopped after %u and %u of %u steps", steps[0], steps[1], n_steps);
  return g_strdup_printf ("Stopped after %u of %u steps", steps[0], n_steps);
}

static char *
format_ended (FoveaVisualizationView *self)
{
  FoveaVisualizationRun *run = NULL;
  gboolean stopped = FALSE;

  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    if (self->runs[side] != NULL)
      {
        FoveaVisualizationState state = fovea_visualization_run_get_state (self->runs[side]);

        stopped = stopped || state == FOVEA_VISUALIZATION_STOPPED;
        if (run == NULL && state == FOVEA_VISUALIZATION_FINISHED)
          run = self->runs[side];
      }
  if (stopped)
    return format_stopped (self);
  if (run == NULL)
    return g_strdup ("");
  return g_strdup_printf ("%s: %u steps, seed %" G_GUINT64_FORMAT, fovea_visualization_run_is_from_store (run) ? "Computed earlier" : "Finished",
                          fovea_visualization_run_get_step (run), fovea_visualization_run_get_options (run)->seed);
}

static double
get_fraction (FoveaVisualizationView *self)
{
  double done = 0;
  guint n_runs = 0;

  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    {
      FoveaVisualizationRun *run = self->runs[side];
      guint n_steps, n_left;

      if (run == NULL)
        continue;
      n_steps = fovea_visualization_run_get_options (run)->steps;
      n_left = fovea_visualization_run_get_n_steps (run) - fovea_visualization_run_get_step (run);
      done += fovea_run_is_active (FOVEA_RUN (run)) ? 1 - (double) n_left / n_steps : 1;
      n_runs++;
    }
  return n_runs > 0 ? done / n_runs : 0;
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
  g_autofree char *status = running ? format_running (self) : format_ended (self);

  gtk_label_set_label (GTK_LABEL (self->status), status);
  gtk_widget_set_opacity (self->progress, running ? 1 : 0);
  gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (self->progress), running ? get_fraction (self) : 0);
  share_scale (self);
}

static void
update_running (FoveaVisualizationView *self)
{
  gboolean running = fovea_visualization_view_is_running (self);
  const char *name = running ? "Stop" : "Run";

  adw_button_content_set_icon_name (self->run_content, running ? "media-playback-stop-symbolic" : "media-playback-start-symbolic");
  adw_button_content_set_label (self->run_content, running ? "S_top" : "_Run");
  gtk_widget_set_tooltip_text (self->run_button, running ? "Stop and keep the pictures (Space)" : "Start from noise (Space)");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->run_button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  if (running)
    gtk_widget_remove_css_class (self->run_button, "suggested-action");
  else
    gtk_widget_add_css_class (self->run_button, "suggested-action");
  gtk_widget_set_sensitive (self->run_button, running || self->has_neuron[FOVEA_SIDE_STANDARD] || self->has_neuron[FOVEA_SIDE_ROBUST]);
  gtk_widget_set_sensitive (self->continue_button, fovea_visualization_view_can_continue (self));
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
on_settings_changed (FoveaVisualizationView *self)
{
  FoveaSettings *kept = fovea_application_get_settings ();

  update_controls (self);
  if (kept != NULL)
    {
      g_autoptr (GVariant) variant = g_variant_ref_sink (fovea_maximize_settings_to_variant (self->settings));
      g_autofree char *text = g_variant_print (variant, TRUE);

      fovea_settings_set_string (kept, "visualization", text);
    }
}

static void
restore_settings (FoveaVisualizationView *self)
{
  FoveaSettings *kept = fovea_application_get_settings ();
  g_autofree char *text = kept != NULL ? fovea_settings_get_string (kept, "visualization") : NULL;
  g_autoptr (GVariant) variant = text != NULL && *text != '\0' ? g_variant_parse (G_VARIANT_TYPE_VARDICT, text, NULL, NULL, NULL) : NULL;

  if (variant != NULL)
    fovea_maximize_settings_set_from_variant (self->settings, variant);
}

static void
on_preset_changed (FoveaVisualizationView *self)
{
  if (!self->updating)
    fovea_maximize_settings_set_preset (self->settings, gtk_drop_down_get_selected (GTK_DROP_DOWN (self->preset)));
}

static void
on_steps_changed (FoveaVisualizationView *self)
{
  if (!self->updating)
    fovea_maximize_settings_change (self->settings, fovea_maximize_option_find ("steps"), gtk_spin_button_get_value (GTK_SPIN_BUTTON (self->steps)));
}

static void
on_seed_changed (FoveaVisualizationView *self)
{
  if (!self->updating)
    fovea_maximize_settings_set_seed (self->settings, (guint64) gtk_spin_button_get_value (GTK_SPIN_BUTTON (self->seed)));
}

static void
on_images_changed (FoveaVisualizationView *self)
{
  if (!self->updating)
    fovea_maximize_settings_set_n_images (self->settings, (guint) gtk_spin_button_get_value_as_int (GTK_SPIN_BUTTON (self->images)));
}

static void
on_dice_clicked (FoveaVisualizationView *self)
{
  fovea_maximize_settings_set_seed (self->settings, (guint64) g_random_int_range (0, MAX_DICE + 1));
  fovea_visualization_view_run (self);
}

static void
on_run_clicked (FoveaVisualizationView *self)
{
  if (fovea_visualization_view_is_running (self))
    fovea_visualization_view_stop (self);
  else
    fovea_visualization_view_run (self);
}

static void
on_selected_changed (FoveaVisualizationView *self, GParamSpec *spec, FoveaVisualizationPanel *panel)
{
  FoveaVisualizationPanel *other = panel == self->standard_panel ? self->robust_panel : self->standard_panel;

  fovea_visualization_panel_set_selected (other, fovea_visualization_panel_get_selected (panel));
}

static gboolean
toggle_running (GtkWidget *widget, GVariant *arguments, gpointer data)
{
  on_run_clicked (FOVEA_VISUALIZATION_VIEW (widget));
  return TRUE;
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

/* What a worker makes a picture of; the runs have ended, so nothing changes them. */
typedef struct
{
  FoveaVisualizationRun *runs[FOVEA_N_SIDES]; /* each nullable */
} Export;

static void
export_free (gpointer data)
{
  Export *export = data;

  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    g_clear_object (&export->runs[side]);
  g_free (export);
}

static gboolean
export_save (gpointer data, const char *path, GError **error)
{
  return fovea_visualization_export_save (((Export *) data)->runs, FOVEA_N_SIDES, path, error);
}

static GBytes *
export_render (gpointer data, GError **error)
{
  g_autoptr (FoveaFigure) figure = fovea_visualization_export_draw (((Export *) data)->runs, FOVEA_N_SIDES, error);

  return figure != NULL ? fovea_figure_render (figure, FOVEA_FIGURE_PNG, error) : NULL;
}

static FoveaPicture *
take_picture (FoveaNeuronView *view)
{
  FoveaVisualizationView *self = FOVEA_VISUALIZATION_VIEW (view);
  g_autofree char *name = NULL;
  Export *export;

  if (fovea_visualization_view_is_running (self) || !fovea_visualization_export_can (self->runs, FOVEA_N_SIDES))
    return NULL;
  name = fovea_visualization_export_suggest_name (self->runs, FOVEA_N_SIDES);
  export = g_new0 (Export, 1);
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    g_set_object (&export->runs[side], self->runs[side]);
  return fovea_picture_new (name, export_save, export_render, export, export_free);
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
  if (self->settings != NULL)
    g_signal_handlers_disconnect_by_data (self->settings, self);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&self->settings);
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
  g_type_ensure (FOVEA_TYPE_MAXIMIZE_OPTIONS_POPOVER);
  g_type_ensure (FOVEA_TYPE_WRAP_BOX);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/fovea/Fovea/visualization-view.ui");
  gtk_widget_class_bind_template_child (widget_class, FoveaVisualizationView, standard_panel);
  gtk_widget_class_bind_template_child (widget_class, FoveaVisualizationView, robust_panel);
  gtk_widget_class_bind_template_child (widget_class, FoveaVisualizationView, progress);
  gtk_widget_class_bind_template_child (widget_class, FoveaVisualizationView, controls);
  gtk_widget_class_bind_template_child (widget_class, FoveaVisualizationView, preset);
  gtk_widget_class_bind_template_child (widget_class, FoveaVisualizationView, steps);
  gtk_widget_class_bind_template_child (widget_class, FoveaVisualizationView, seed);
  gtk_widget_class_bind_template_child (widget_class, FoveaVisualizationView, dice);
  gtk_widget_class_bind_template_child (widget_class, FoveaVisualizationView, images);
  gtk_widget_class_bind_template_child (widget_class, FoveaVisualizationView, options_button);
  gtk_widget_class_bind_template_child (widget_class, FoveaVisualizationView, options_popover);
  gtk_widget_class_bind_template_child (widget_class, FoveaVisualizationView, status);
  gtk_widget_class_bind_template_child (widget_class, FoveaVisualizationView, continue_button);
  gtk_widget_class_bind_template_child (widget_class, FoveaVisualizationView, run_button);
  gtk_widget_class_bind_template_child (widget_class, FoveaVisualizationView, run_content);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);

  /* Where the focus is on no control of its own that wants these keys. */
  gtk_widget_class_add_binding (widget_class, GDK_KEY_space, 0, toggle_running, NULL);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Return, 0, toggle_running, NULL);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_KP_Enter, 0, toggle_running, NULL);
}

static void
fovea_visualization_view_init (FoveaVisualizationView *self)
{
  self->settings = fovea_maximize_settings_new ();
  gtk_widget_init_template (GTK_WIDGET (self));

  fovea_visualization_panel_set_side (self->robust_panel, FOVEA_SIDE_ROBUST);
  restore_settings (self);
  fovea_maximize_options_popover_set_settings (self->options_popover, self->settings);
  update_controls (self);
  g_signal_connect_swapped (self->settings, "changed", G_CALLBACK (on_settings_changed), self);

  g_signal_connect_swapped (self->preset, "notify::selected", G_CALLBACK (on_preset_changed), self);
  g_signal_connect_swapped (self->steps, "notify::value", G_CALLBACK (on_steps_changed), self);
  g_signal_connect_swapped (self->seed, "notify::value", G_CALLBACK (on_seed_changed), self);
  g_signal_connect_swapped (self->images, "notify::value", G_CALLBACK (on_images_changed), self);
  g_signal_connect_swapped (self->dice, "clicked", G_CALLBACK (on_dice_clicked), self);
  g_signal_connect_swapped (self->run_button, "clicked", G_CALLBACK (on_run_clicked), self);
  g_signal_connect_swapped (self->continue_button, "clicked", G_CALLBACK (fovea_visualization_view_continue), self);
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
  FoveaNetwork *networks[FOVEA_N_SIDES];

  g_return_if_fail (FOVEA_IS_VISUALIZATION_VIEW (self));
  g_return_if_fail (FOVEA_IS_NETWORK_PAIR (pair) && layer != NULL);

  drop_runs (self);
  g_set_object (&self->pair, pair);
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    networks[side] = fovea_network_pair_get_network (pair, side);
  fovea_maximize_settings_set_networks (self->settings, networks, FOVEA_N_SIDES);
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    find_neuron (self, side, layer, channels[side]);
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    if (self->has_neuron[side])
      {
        FoveaGraph *graph = fovea_network_get_graph (fovea_network_pair_get_network (pair, side));

        fovea_maximize_options_popover_set_neuron (self->options_popover, pair, fovea_graph_get_shape (graph, (guint) self->neurons[side].layer));
        break;
      }
  update_controls (self);
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
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    if (self->runs[side] != NULL && fovea_run_is_active (FOVEA_RUN (self->runs[side])))
      return TRUE;
  return FALSE;
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
  return gtk_label_get_label (GTK_LABEL (self->status));
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
  gtk_widget_grab_focus (self->run_button);
}
