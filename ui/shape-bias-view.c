/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/shape-bias-view.h"

#include <adwaita.h>

#include "engine/analysis/category-map.h"
#include "ui/application.h"
#include "ui/chart-shape-bias.h"
#include "ui/cue-page.h"
#include "ui/cue-words.h"
#include "ui/duration.h"
#include "ui/image-set-chooser.h"
#include "ui/observers-button.h"
#include "ui/pins.h"
#include "ui/shape-bias-figure.h"

/* In a narrower page the totals stand below the chart, in pixels. */
#define NARROW 860

/* In a wider one they are not wider than this. */
#define SIDE_WIDTH 340

struct _FoveaShapeBiasView
{
  GtkWidget parent_instance;

  FoveaImageSetChooser *chooser;
  GtkLabel *facts;
  GtkDropDown *rule;
  GtkDropDown *surgery;
  FoveaObserversButton *observers_button;
  FoveaCuePage *page;
  GtkScrolledWindow *scroller;
  GtkWidget *more; /* what is missing of the networks with channels switched off */
  GtkLabel *more_label;
  GtkProgressBar *more_bar;
  GtkButton *more_button;
  GtkOrientable *columns;
  FoveaChartFrame *chart;
  AdwClamp *side;
  FoveaShapeBiasTotals *totals;
  GtkWidget *images_title;
  FoveaShapeBiasImages *images;

  FoveaNetworkPair *pair;         /* nullable */
  FoveaPins *pins;                /* nullable: the pair's */
  FoveaShapeBiasResults *results; /* nullable: the pair's */
  FoveaShapeBiasObservers *observers; /* nullable: the button's */
  gboolean is_active;
  gboolean is_narrow;
  gboolean wants_focus; /* as soon as there is something that can have it */
  gboolean updating; /* controls are set by the program */
  gboolean shown;        /* the results that there were when their serial was so, */
  gboolean images_shown; /* and their images: */
  guint shown_serial;
  guint narrow_source;
};

static void implement_neuron_view (FoveaNeuronViewInterface *interface);

G_DEFINE_FINAL_TYPE_WITH_CODE (FoveaShapeBiasView, fovea_shape_bias_view, GTK_TYPE_WIDGET, G_IMPLEMENT_INTERFACE (FOVEA_TYPE_NEURON_VIEW, implement_neuron_view))

static FoveaCueSet *
get_set (FoveaShapeBiasView *self)
{
  return self->results != NULL ? fovea_cue_stimuli_get_set (fovea_shape_bias_results_get_stimuli (self->results), NULL) : NULL;
}

/* The networks, then with channels switched off, then the others; a mark's series is a place in the list. */
static GArray *
list_observers (FoveaShapeBiasView *self)
{
  static const FoveaObserverKind kinds[FOVEA_N_SIDES] = { FOVEA_OBSERVER_STANDARD, FOVEA_OBSERVER_ROBUST };
  const FoveaCategoryRule rule = gtk_drop_down_get_selected (self->rule);
  GArray *observers = g_array_new (FALSE, FALSE, sizeof (FoveaObserver));
  int places[FOVEA_N_SIDES] = { -1, -1 };

  for (guint operated = 0; operated < 2; operated++)
    for (guint side = 0; side < FOVEA_N_SIDES; side++)
      {
        const FoveaObserver observer = { fovea_shape_bias_results_get (self->results, side, operated != 0, rule), kinds[side], places[side], FALSE };

        if (observer.bias == NULL)
          continue;
        if (!operated)
          places[side] = (int) observers->len;
        g_array_append_val (observers, observer);
      }
  if (self->observers != NULL)
    fovea_shape_bias_observers_list (self->observers, observers);
  return observers;
}

static FoveaChart *
make_chart (gpointer data)
{
  FoveaShapeBiasView *self = data;
  FoveaCueSet *set = get_set (self);
  g_autoptr (GArray) observers = NULL;
  FoveaShapeBiasFigure figure = { 0 };

  if (set == NULL || !fovea_shape_bias_results_has_whole (self->results))
    return NULL;
  observers = list_observers (self);
  figure = (FoveaShapeBiasFigure) { .observers = observers,
                                    .images = fovea_image_set_get_name (fovea_cue_set_get_images (set)),
                                    .rule = gtk_drop_down_get_selected (self->rule) };
  return fovea_shape_bias_figure_draw (&figure);
}

static void
show_results (FoveaShapeBiasView *self)
{
  const FoveaCategoryRule rule = gtk_drop_down_get_selected (self->rule);
  const guint serial = fovea_shape_bias_results_get_serial (self->results);
  const FoveaShapeBias *biases[FOVEA_N_SIDES];

  if (self->shown && self->shown_serial == serial)
    return;
  if (self->shown_serial != serial)
    self->images_shown = FALSE;
  self->shown = TRUE;
  self->shown_serial = serial;
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    biases[side] = fovea_shape_bias_results_get (self->results, side, FALSE, rule);
  fovea_chart_frame_update (self->chart);
  fovea_shape_bias_totals_update (self->totals, self->pair, self->results, rule, self->observers);
  if (!self->images_shown)
    fovea_shape_bias_images_set_biases (self->images, get_set (self), biases);
  self->images_shown = TRUE;
}

/* What is missing while the networks as they are can be seen. */
static void
show_more (FoveaShapeBiasView *self, const FoveaCueStatus *status)
{
  const gboolean computing = status->state == FOVEA_CUE_COMPUTING;
  g_autofree char *time = fovea_duration_describe (status->seconds);
  g_autofree char *text = computing ? fovea_cue_words_progress (status) : g_strdup_printf ("Deciding anew with channels switched off takes %s.", time);

  gtk_widget_set_visible (self->more, computing || status->state == FOVEA_CUE_MISSING);
  gtk_label_set_label (self->more_label, text);
  gtk_widget_set_visible (GTK_WIDGET (self->more_bar), computing);
  gtk_progress_bar_set_fraction (self->more_bar, fovea_cue_words_get_fraction (status));
  gtk_button_set_label (self->more_button, computing ? "_Stop" : "_Compute");
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->more_button), computing ? "cue.stop" : "cue.compute");
}

static void
update_facts (FoveaShapeBiasView *self)
{
  FoveaCueSet *set = get_set (self);
  g_autofree char *text = set != NULL ? fovea_cue_words_set (set) : NULL;

  gtk_label_set_label (self->facts, text != NULL ? text : "");
}

static void
update_surgery (FoveaShapeBiasView *self)
{
  const gboolean can = self->pins != NULL && fovea_pins_get_n (self->pins) > 0;

  gtk_widget_set_sensitive (GTK_WIDGET (self->surgery), can);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->surgery), can ? "Switch the pinned channels off, or all others of their layers, and see what changes"
                                                               : "Pin neurons to see what changes without them: P on a neuron's page");
}

/* Puts the keyboard where work begins. */
static void
take_focus (FoveaShapeBiasView *self)
{
  self->wants_focus = !gtk_widget_child_focus (GTK_WIDGET (self->page), GTK_DIR_TAB_FORWARD);
}

/* Shows how it stands; begins at once what takes no time. */
static void
update (FoveaShapeBiasView *self)
{
  FoveaCueStatus status;

  if (self->results == NULL || !self->is_active)
    return;
  fovea_shape_bias_results_look_up (self->results, &status);
  if (status.state == FOVEA_CUE_MISSING && !status.stopped && status.seconds <= FOVEA_CUE_QUICK)
    {
      /* Comes back here. */
      fovea_shape_bias_results_compute (self->results);
      return;
    }
  update_facts (self);
  update_surgery (self);
  if (status.state != FOVEA_CUE_FAILED && fovea_shape_bias_results_has_whole (self->results))
    {
      show_results (self);
      show_more (self, &status);
      fovea_cue_page_show_results (self->page);
    }
  else
    fovea_cue_page_show_status (self->page, &status);
  if (self->wants_focus)
    take_focus (self);
}

static void
on_observers_changed (FoveaShapeBiasView *self)
{
  self->shown = FALSE;
  update (self);
}

static void
on_rule_chosen (FoveaShapeBiasView *self)
{
  self->shown = self->images_shown = FALSE;
  if (!self->updating)
    update (self);
}

static void
on_surgery_chosen (FoveaShapeBiasView *self)
{
  const guint chosen = gtk_drop_down_get_selected (self->surgery);

  if (!self->updating && self->results != NULL)
    fovea_shape_bias_results_set_surgery (self->results, chosen > 0, chosen == 2 ? FOVEA_SURGERY_KEEP : FOVEA_SURGERY_REMOVE);
}

/* Below the plot, the images of the mark's category. */
static void
on_mark_activated (FoveaShapeBiasView *self, guint series, guint category, guint index)
{
  static const FoveaDecision any[FOVEA_N_SIDES] = { FOVEA_DECISION_ANY, FOVEA_DECISION_ANY };
  FoveaChart *chart = fovea_chart_view_get_chart (fovea_chart_frame_get_view (self->chart));
  const char *name = fovea_shape_bias_chart_get_category (chart, category);
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (self->scroller);
  graphene_point_t place;

  fovea_shape_bias_images_choose (self->images, any, name);
  if (gtk_widget_compute_point (self->images_title, GTK_WIDGET (self->columns), &GRAPHENE_POINT_INIT (0, 0), &place))
    gtk_adjustment_set_value (adjustment, (double) place.y);
}

static gboolean
needs_rule (FoveaNetworkPair *pair)
{
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    if (fovea_network_pair_has_side (pair, side) && fovea_network_has_imagenet_classes (fovea_network_pair_get_network (pair, side)))
      return TRUE;
  return FALSE;
}

static void
set_pair (FoveaShapeBiasView *self, FoveaNetworkPair *pair)
{
  FoveaCueStimuli *stimuli;

  if (self->results != NULL)
    g_signal_handlers_disconnect_by_func (self->results, update, self);
  g_clear_object (&self->results);
  g_clear_object (&self->pins);
  g_set_object (&self->pair, pair);
  self->shown = self->images_shown = FALSE;
  if (pair == NULL || fovea_shape_bias_results_of_pair (pair) == NULL)
    return;
  self->results = g_object_ref (fovea_shape_bias_results_of_pair (pair));
  self->pins = g_object_ref (fovea_pins_get (pair));
  stimuli = fovea_shape_bias_results_get_stimuli (self->results);
  g_signal_connect_object (self->results, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  fovea_image_set_chooser_set_sets (self->chooser, fovea_cue_stimuli_get_sets (stimuli));
  fovea_shape_bias_images_set_pair (self->images, pair, stimuli, fovea_application_get_reading_queue ());
  gtk_widget_set_visible (GTK_WIDGET (self->rule), needs_rule (pair));
  self->updating = TRUE;
  gtk_drop_down_set_selected (self->rule, FOVEA_CATEGORY_MEAN);
  self->updating = FALSE;
  on_surgery_chosen (self);
}

static void
set_neuron (FoveaNeuronView *view, FoveaNetworkPair *pair, const char *layer, const guint channels[FOVEA_N_SIDES])
{
  FoveaShapeBiasView *self = FOVEA_SHAPE_BIAS_VIEW (view);

  if (pair == self->pair)
    return;
  set_pair (self, pair);
  update (self);
}

static void
set_active (FoveaNeuronView *view, gboolean active)
{
  FoveaShapeBiasView *self = FOVEA_SHAPE_BIAS_VIEW (view);

  self->is_active = active;
  self->wants_focus = FALSE;
  update (self);
}

static void
focus (FoveaNeuronView *view)
{
  take_focus (FOVEA_SHAPE_BIAS_VIEW (view));
}

static FoveaPicture *
take_picture (FoveaNeuronView *view)
{
  return fovea_chart_frame_take_picture (FOVEA_SHAPE_BIAS_VIEW (view)->chart);
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
compute_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  FoveaShapeBiasView *self = FOVEA_SHAPE_BIAS_VIEW (widget);

  if (self->results != NULL)
    fovea_shape_bias_results_compute (self->results);
}

static void
stop_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  FoveaShapeBiasView *self = FOVEA_SHAPE_BIAS_VIEW (widget);

  if (self->results != NULL)
    fovea_shape_bias_results_stop (self->results);
}

static gboolean
apply_narrow (gpointer data)
{
  FoveaShapeBiasView *self = data;

  self->narrow_source = 0;
  gtk_orientable_set_orientation (self->columns, self->is_narrow ? GTK_ORIENTATION_VERTICAL : GTK_ORIENTATION_HORIZONTAL);
  adw_clamp_set_maximum_size (self->side, self->is_narrow ? NARROW : SIDE_WIDTH);
  adw_clamp_set_tightening_threshold (self->side, self->is_narrow ? NARROW : SIDE_WIDTH);
  return G_SOURCE_REMOVE;
}

static void
fovea_shape_bias_view_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  FoveaShapeBiasView *self = FOVEA_SHAPE_BIAS_VIEW (widget);

  gtk_widget_allocate (gtk_widget_get_first_child (widget), width, height, baseline, NULL);
  if ((width < NARROW) == self->is_narrow)
    return;
  self->is_narrow = width < NARROW;
  if (self->narrow_source == 0)
    self->narrow_source = g_idle_add (apply_narrow, self);
}

static void
fovea_shape_bias_view_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural, int *minimum_baseline, int *natural_baseline)
{
  gtk_widget_measure (gtk_widget_get_first_child (widget), orientation, for_size, minimum, natural, minimum_baseline, natural_baseline);
}

static void
fovea_shape_bias_view_dispose (GObject *object)
{
  FoveaShapeBiasView *self = FOVEA_SHAPE_BIAS_VIEW (object);
  GtkWidget *child;

  self->updating = TRUE;
  g_clear_handle_id (&self->narrow_source, g_source_remove);
  if (self->results != NULL)
    g_signal_handlers_disconnect_by_func (self->results, update, self);
  if (self->observers != NULL)
    g_signal_handlers_disconnect_by_func (self->observers, on_observers_changed, self);
  self->observers = NULL;
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&self->results);
  g_clear_object (&self->pins);
  g_clear_object (&self->pair);
  G_OBJECT_CLASS (fovea_shape_bias_view_parent_class)->dispose (object);
}

static void
fovea_shape_bias_view_class_init (FoveaShapeBiasViewClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = fovea_shape_bias_view_dispose;
  widget_class->size_allocate = fovea_shape_bias_view_size_allocate;
  widget_class->measure = fovea_shape_bias_view_measure;

  g_type_ensure (FOVEA_TYPE_CHART_FRAME);
  g_type_ensure (FOVEA_TYPE_CUE_PAGE);
  g_type_ensure (FOVEA_TYPE_IMAGE_SET_CHOOSER);
  g_type_ensure (FOVEA_TYPE_OBSERVERS_BUTTON);
  g_type_ensure (FOVEA_TYPE_SHAPE_BIAS_IMAGES);
  g_type_ensure (FOVEA_TYPE_SHAPE_BIAS_TOTALS);
  gtk_widget_class_set_css_name (widget_class, "shapebiasview");
  gtk_widget_class_set_template_from_resource (widget_class, "/org/fovea/Fovea/shape-bias-view.ui");
  gtk_widget_class_bind_template_child (widget_class, FoveaShapeBiasView, chooser);
  gtk_widget_class_bind_template_child (widget_class, FoveaShapeBiasView, facts);
  gtk_widget_class_bind_template_child (widget_class, FoveaShapeBiasView, rule);
  gtk_widget_class_bind_template_child (widget_class, FoveaShapeBiasView, surgery);
  gtk_widget_class_bind_template_child (widget_class, FoveaShapeBiasView, observers_button);
  gtk_widget_class_bind_template_child (widget_class, FoveaShapeBiasView, page);
  gtk_widget_class_bind_template_child (widget_class, FoveaShapeBiasView, scroller);
  gtk_widget_class_bind_template_child (widget_class, FoveaShapeBiasView, more);
  gtk_widget_class_bind_template_child (widget_class, FoveaShapeBiasView, more_label);
  gtk_widget_class_bind_template_child (widget_class, FoveaShapeBiasView, more_bar);
  gtk_widget_class_bind_template_child (widget_class, FoveaShapeBiasView, more_button);
  gtk_widget_class_bind_template_child (widget_class, FoveaShapeBiasView, columns);
  gtk_widget_class_bind_template_child (widget_class, FoveaShapeBiasView, chart);
  gtk_widget_class_bind_template_child (widget_class, FoveaShapeBiasView, side);
  gtk_widget_class_bind_template_child (widget_class, FoveaShapeBiasView, totals);
  gtk_widget_class_bind_template_child (widget_class, FoveaShapeBiasView, images_title);
  gtk_widget_class_bind_template_child (widget_class, FoveaShapeBiasView, images);

  gtk_widget_class_install_action (widget_class, "cue.compute", NULL, compute_action);
  gtk_widget_class_install_action (widget_class, "cue.stop", NULL, stop_action);
}

static void
fovea_shape_bias_view_init (FoveaShapeBiasView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->observers = fovea_observers_button_get_observers (self->observers_button);
  if (self->observers != NULL)
    g_signal_connect_object (self->observers, "changed", G_CALLBACK (on_observers_changed), self, G_CONNECT_SWAPPED);
  fovea_chart_frame_set_maker (self->chart, "shape-bias.png", make_chart, self);
  g_signal_connect_object (self->rule, "notify::selected", G_CALLBACK (on_rule_chosen), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->surgery, "notify::selected", G_CALLBACK (on_surgery_chosen), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (fovea_chart_frame_get_view (self->chart), "mark-activated", G_CALLBACK (on_mark_activated), self, G_CONNECT_SWAPPED);
  update_surgery (self);
}

/**
 * fovea_shape_bias_view_new:
 *
 * Returns: (transfer floating): a view without networks
 */
GtkWidget *
fovea_shape_bias_view_new (void)
{
  return g_object_new (FOVEA_TYPE_SHAPE_BIAS_VIEW, NULL);
}

/**
 * fovea_shape_bias_view_get_page:
 *
 * Returns: (transfer none): what is shown: `waiting`, `message`, `progress` or `results`
 */
const char *
fovea_shape_bias_view_get_page (FoveaShapeBiasView *self)
{
  g_return_val_if_fail (FOVEA_IS_SHAPE_BIAS_VIEW (self), NULL);
  return fovea_cue_page_get_shown (self->page);
}

/**
 * fovea_shape_bias_view_get_totals:
 *
 * Returns: (transfer none): what is said of all categories together
 */
FoveaShapeBiasTotals *
fovea_shape_bias_view_get_totals (FoveaShapeBiasView *self)
{
  g_return_val_if_fail (FOVEA_IS_SHAPE_BIAS_VIEW (self), NULL);
  return self->totals;
}

/**
 * fovea_shape_bias_view_get_chart:
 *
 * Returns: (transfer none): the plot
 */
FoveaChartFrame *
fovea_shape_bias_view_get_chart (FoveaShapeBiasView *self)
{
  g_return_val_if_fail (FOVEA_IS_SHAPE_BIAS_VIEW (self), NULL);
  return self->chart;
}

/**
 * fovea_shape_bias_view_get_images:
 *
 * Returns: (transfer none): the images by decision
 */
FoveaShapeBiasImages *
fovea_shape_bias_view_get_images (FoveaShapeBiasView *self)
{
  g_return_val_if_fail (FOVEA_IS_SHAPE_BIAS_VIEW (self), NULL);
  return self->images;
}

/**
 * fovea_shape_bias_view_get_observers:
 *
 * Returns: (transfer none) (nullable): whom the networks are compared with
 */
FoveaShapeBiasObservers *
fovea_shape_bias_view_get_observers (FoveaShapeBiasView *self)
{
  g_return_val_if_fail (FOVEA_IS_SHAPE_BIAS_VIEW (self), NULL);
  return self->observers;
}
