/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/cue-view.h"

#include <math.h>

#include "ui/application.h"
#include "ui/chart-histogram.h"
#include "ui/chart-view.h"
#include "ui/config.h"
#include "ui/cue-export.h"
#include "ui/cue-page.h"
#include "ui/cue-results.h"
#include "ui/cue-words.h"
#include "ui/image-set-chooser.h"

/* Of the strongest images so many are shown. */
#define N_IMAGES 8

#define N_BINS 30

/* Preferences that differ by less are not worth the word. */
#define CLEAR 0.05

/* In a narrower page the networks stand one below the other, in pixels. */
#define NARROW 700

struct _FoveaCueView
{
  GtkWidget parent_instance;

  FoveaImageSetChooser *chooser;
  GtkLabel *facts;
  FoveaCuePage *page;
  GtkOrientable *panels;
  GtkWidget *panel_boxes[FOVEA_N_SIDES];
  GtkLabel *names[FOVEA_N_SIDES];
  GtkLabel *verdicts[FOVEA_N_SIDES];
  GtkLabel *numbers[FOVEA_N_SIDES];
  GtkWidget *images[FOVEA_N_SIDES];
  GtkLabel *chart_title;
  FoveaChartView *chart;

  FoveaNetworkPair *pair;   /* nullable */
  FoveaCueResults *results; /* nullable: the pair's */
  char *layer;
  guint channels[FOVEA_N_SIDES];
  gboolean is_active;
  gboolean is_narrow;
  gboolean shown; /* the results of this neuron are */
  guint narrow_source;
};

static void implement_neuron_view (FoveaNeuronViewInterface *interface);

G_DEFINE_FINAL_TYPE_WITH_CODE (FoveaCueView, fovea_cue_view, GTK_TYPE_WIDGET, G_IMPLEMENT_INTERFACE (FOVEA_TYPE_NEURON_VIEW, implement_neuron_view))

/* What a network's layer made of the images; NULL where there is nothing of this channel. */
static const FoveaCueLayer *
get_cues (FoveaCueView *self, guint side)
{
  const FoveaCueLayer *cues = self->results != NULL && self->layer != NULL ? fovea_cue_results_get_layer (self->results, side, self->layer) : NULL;

  return cues != NULL && self->channels[side] < cues->n_channels ? cues : NULL;
}

static FoveaCueSet *
get_set (FoveaCueView *self)
{
  return self->results != NULL ? fovea_cue_stimuli_get_set (fovea_cue_results_get_stimuli (self->results), NULL) : NULL;
}

static char *
describe_preference (const FoveaCueLayer *cues, guint channel, char **numbers)
{
  const FoveaCuePreference *preference = &cues->preferences[channel];
  double value = fovea_cue_preference_get (preference);
  double rank = fovea_cue_layer_get_rank (cues, channel);
  g_autoptr (GString) text = g_string_new (NULL);

  if (!isfinite (value))
    {
      *numbers = g_strdup ("Its responses do not differ enough to say whether they follow shape or texture.");
      return g_strdup ("No preference");
    }
  g_string_printf (text, "Preference %+.3f: its mean responses to two images correlate by %.3f where they share the shape, by %.3f where they share the texture.",
                   value, preference->shape, preference->texture);
  if (isfinite (rank))
    g_string_append_printf (text, " More for shape than %.0f %% of the layer.", rank * 100);
  *numbers = g_string_free (g_steal_pointer (&text), FALSE);
  return g_strdup (value > CLEAR ? "Follows shape" : value < -CLEAR ? "Follows texture" : "Follows neither clearly more");
}

static void
show_side (FoveaCueView *self, guint side)
{
  const FoveaCueLayer *cues = get_cues (self, side);
  g_autofree char *verdict = NULL;
  g_autofree char *numbers = NULL;
  FoveaCueItem items[N_IMAGES] = { 0 };
  guint n;

  if (cues == NULL)
    {
      gtk_label_set_label (self->verdicts[side], "Not in this network");
      gtk_label_set_label (self->numbers[side], "It has no such layer, or fewer channels there.");
      fovea_cue_images_set_items (FOVEA_CUE_IMAGES (self->images[side]), NULL, 0);
      return;
    }
  verdict = describe_preference (cues, self->channels[side], &numbers);
  gtk_label_set_label (self->verdicts[side], verdict);
  gtk_label_set_label (self->numbers[side], numbers);
  n = MIN (cues->n_strongest, N_IMAGES);
  for (guint i = 0; i < n; i++)
    {
      const FoveaCueHit *hit = &cues->strongest[self->channels[side] * cues->n_strongest + i];

      items[i].cue = hit->cue;
      items[i].text = g_strdup_printf ("peak %.3g", (double) hit->activation);
    }
  fovea_cue_images_set_items (FOVEA_CUE_IMAGES (self->images[side]), items, n);
  for (guint i = 0; i < n; i++)
    g_free (items[i].text);
}

/* The preferences of a layer's channels; those that have none are not numbers. */
static float *
list_preferences (const FoveaCueLayer *cues, double *reach, guint *n_without)
{
  float *values = g_new (float, MAX (cues->n_channels, 1));

  for (guint i = 0; i < cues->n_channels; i++)
    {
      values[i] = (float) fovea_cue_preference_get (&cues->preferences[i]);
      if (isfinite (values[i]))
        *reach = MAX (*reach, fabs ((double) values[i]));
      else
        (*n_without)++;
    }
  return values;
}

static FoveaChart *
build_chart (FoveaCueView *self, FoveaCueSet *set)
{
  static const guint colors[FOVEA_N_SIDES] = { FOVEA_CHART_STANDARD, FOVEA_CHART_ROBUST };
  const FoveaCueLayer *const cues[FOVEA_N_SIDES] = { get_cues (self, FOVEA_SIDE_STANDARD), get_cues (self, FOVEA_SIDE_ROBUST) };
  float *values[FOVEA_N_SIDES] = { NULL };
  g_autofree char *subtitle = NULL;
  g_autofree char *caption = NULL;
  double reach = 0.1;
  guint n_without = 0;
  FoveaChart *chart;

  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    if (cues[side] != NULL)
      values[side] = list_preferences (cues[side], &reach, &n_without);
  reach = ceil (reach * 10) / 10;
  chart = fovea_histogram_chart_new ("Preference: ← texture, shape →", "Channels", -reach, reach, N_BINS);
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    if (cues[side] != NULL)
      {
        const char *name = fovea_network_get_name (fovea_network_pair_get_network (self->pair, side));
        g_autofree char *neuron = g_strdup_printf ("%s:%u", self->layer, self->channels[side]);

        fovea_histogram_chart_add_values (chart, name, colors[side], values[side], cues[side]->n_channels);
        if (isfinite (values[side][self->channels[side]]))
          fovea_histogram_chart_add_line (chart, (double) values[side][self->channels[side]], neuron, colors[side]);
        g_free (values[side]);
      }
  subtitle = g_strdup_printf ("Preference of the channels of %s for shape or texture; dashed: channel %u", self->layer, self->channels[FOVEA_SIDE_STANDARD]);
  caption = g_strdup_printf ("Correlation of a channel's mean responses between images of one shape, minus that between images of one texture. Images: %s.%s Fovea %s.",
                             fovea_image_set_get_name (fovea_cue_set_get_images (set)),
                             n_without > 0 ? " Channels without a preference are left out." : "", FOVEA_VERSION);
  fovea_chart_set_title (chart, "Shape or texture?", subtitle);
  fovea_chart_set_caption (chart, caption);
  return chart;
}

static void
show_results (FoveaCueView *self)
{
  g_autofree char *title = g_strdup_printf ("Where it stands among the channels of %s", self->layer);

  if (self->shown)
    return;
  self->shown = TRUE;
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    if (fovea_network_pair_has_side (self->pair, side))
      show_side (self, side);
  gtk_label_set_label (self->chart_title, title);
  fovea_chart_view_set_chart (self->chart, get_cues (self, FOVEA_SIDE_STANDARD) != NULL || get_cues (self, FOVEA_SIDE_ROBUST) != NULL ? build_chart (self, get_set (self)) : NULL);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "cue.save-chart", fovea_chart_view_get_chart (self->chart) != NULL);
  fovea_neuron_view_picture_changed (FOVEA_NEURON_VIEW (self));
}

static void
update_facts (FoveaCueView *self)
{
  FoveaCueSet *set = get_set (self);
  g_autoptr (GString) text = g_string_new (NULL);

  if (set != NULL)
    {
      g_autofree char *images = fovea_cue_words_set (set);

      g_string_append (text, images);
      if (fovea_cue_set_get_n_same (set) > 0)
        g_string_append_printf (text, " · %" G_GSIZE_FORMAT " with one category left out", fovea_cue_set_get_n_same (set));
      if (fovea_cue_set_get_n_unlabelled (set) > 0)
        g_string_append_printf (text, " · %" G_GSIZE_FORMAT " whose name carries no cue left out, such as %s", fovea_cue_set_get_n_unlabelled (set),
                                fovea_cue_set_get_first_unlabelled (set));
    }
  gtk_label_set_label (self->facts, text->str);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->facts), text->len > 0 ? text->str : NULL);
}

/* Shows how it stands; begins at once what takes no time. */
static void
update (FoveaCueView *self)
{
  FoveaCueStatus status;

  if (self->results == NULL || self->layer == NULL || !self->is_active)
    return;
  fovea_cue_results_look_up (self->results, self->layer, &status);
  update_facts (self);
  if (status.state != FOVEA_CUE_DONE)
    {
      gboolean had = self->shown;

      self->shown = FALSE;
      if (had)
        fovea_neuron_view_picture_changed (FOVEA_NEURON_VIEW (self));
    }
  if (status.state == FOVEA_CUE_DONE)
    show_results (self);
  fovea_cue_page_show_status (self->page, &status);
  if (status.state == FOVEA_CUE_MISSING && !status.stopped && status.seconds <= FOVEA_CUE_QUICK)
    fovea_cue_results_compute (self->results, self->layer);
}

static void
set_pair (FoveaCueView *self, FoveaNetworkPair *pair)
{
  if (self->results != NULL)
    g_signal_handlers_disconnect_by_func (self->results, update, self);
  g_clear_object (&self->results);
  g_set_object (&self->pair, pair);
  if (pair == NULL || fovea_cue_results_of_pair (pair) == NULL)
    return;
  self->results = g_object_ref (fovea_cue_results_of_pair (pair));
  g_signal_connect_object (self->results, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  fovea_image_set_chooser_set_sets (self->chooser, fovea_cue_stimuli_get_sets (fovea_cue_results_get_stimuli (self->results)));
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    {
      gboolean has = fovea_network_pair_has_side (pair, side);

      gtk_widget_set_visible (self->panel_boxes[side], has);
      fovea_cue_images_set_stimuli (FOVEA_CUE_IMAGES (self->images[side]), has ? fovea_cue_results_get_stimuli (self->results) : NULL,
                                    fovea_application_get_reading_queue ());
      if (has)
        gtk_label_set_label (self->names[side], fovea_network_get_name (fovea_network_pair_get_network (pair, side)));
    }
}

static void
set_neuron (FoveaNeuronView *view, FoveaNetworkPair *pair, const char *layer, const guint channels[FOVEA_N_SIDES])
{
  FoveaCueView *self = FOVEA_CUE_VIEW (view);

  if (pair != self->pair)
    set_pair (self, pair);
  if (layer != self->layer)
    {
      g_free (self->layer);
      self->layer = g_strdup (layer);
    }
  memcpy (self->channels, channels, sizeof self->channels);
  self->shown = FALSE;
  update (self);
}

static void
set_active (FoveaNeuronView *view, gboolean active)
{
  FoveaCueView *self = FOVEA_CUE_VIEW (view);

  self->is_active = active;
  update (self);
}

static void
focus (FoveaNeuronView *view)
{
  gtk_widget_child_focus (GTK_WIDGET (FOVEA_CUE_VIEW (view)->page), GTK_DIR_TAB_FORWARD);
}

static FoveaPicture *
take_picture (FoveaNeuronView *view)
{
  FoveaCueView *self = FOVEA_CUE_VIEW (view);
  FoveaCueExportColumn columns[FOVEA_N_SIDES] = { 0 };
  guint n = 0;

  if (!self->shown || get_set (self) == NULL)
    return NULL;
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    if (fovea_network_pair_has_side (self->pair, side) && get_cues (self, side) != NULL)
      columns[n++] = (FoveaCueExportColumn) { fovea_network_pair_get_network (self->pair, side), side, get_cues (self, side), self->channels[side] };
  return n > 0 ? fovea_cue_export_new (get_set (self), self->layer, n, columns) : NULL;
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
  FoveaCueView *self = FOVEA_CUE_VIEW (widget);

  if (self->results != NULL && self->layer != NULL)
    fovea_cue_results_compute (self->results, self->layer);
}

static void
stop_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  FoveaCueView *self = FOVEA_CUE_VIEW (widget);

  if (self->results != NULL)
    fovea_cue_results_stop (self->results);
}

static void
save_chart_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  FoveaCueView *self = FOVEA_CUE_VIEW (widget);
  g_autofree char *name = NULL;

  if (!self->shown)
    return;
  name = g_strdup_printf ("%s-preferences.png", self->layer);
  fovea_picture_save_as (fovea_chart_picture_new (build_chart (self, get_set (self)), name), widget, "Save the Distribution");
}

static gboolean
apply_narrow (gpointer data)
{
  FoveaCueView *self = data;

  self->narrow_source = 0;
  gtk_orientable_set_orientation (self->panels, self->is_narrow ? GTK_ORIENTATION_VERTICAL : GTK_ORIENTATION_HORIZONTAL);
  return G_SOURCE_REMOVE;
}

static void
fovea_cue_view_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  FoveaCueView *self = FOVEA_CUE_VIEW (widget);

  gtk_widget_allocate (gtk_widget_get_first_child (widget), width, height, baseline, NULL);
  if ((width < NARROW) == self->is_narrow)
    return;
  self->is_narrow = width < NARROW;
  if (self->narrow_source == 0)
    self->narrow_source = g_idle_add (apply_narrow, self);
}

static void
fovea_cue_view_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural, int *minimum_baseline, int *natural_baseline)
{
  gtk_widget_measure (gtk_widget_get_first_child (widget), orientation, for_size, minimum, natural, minimum_baseline, natural_baseline);
}

static void
fovea_cue_view_dispose (GObject *object)
{
  FoveaCueView *self = FOVEA_CUE_VIEW (object);
  GtkWidget *child;

  g_clear_handle_id (&self->narrow_source, g_source_remove);
  if (self->results != NULL)
    g_signal_handlers_disconnect_by_func (self->results, update, self);
  g_clear_object (&self->results);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&self->pair);
  G_OBJECT_CLASS (fovea_cue_view_parent_class)->dispose (object);
}

static void
fovea_cue_view_finalize (GObject *object)
{
  g_free (FOVEA_CUE_VIEW (object)->layer);
  G_OBJECT_CLASS (fovea_cue_view_parent_class)->finalize (object);
}

static void
fovea_cue_view_class_init (FoveaCueViewClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  object_class->dispose = fovea_cue_view_dispose;
  object_class->finalize = fovea_cue_view_finalize;
  widget_class->size_allocate = fovea_cue_view_size_allocate;
  widget_class->measure = fovea_cue_view_measure;

  g_type_ensure (FOVEA_TYPE_CHART_VIEW);
  g_type_ensure (FOVEA_TYPE_CUE_IMAGES);
  g_type_ensure (FOVEA_TYPE_CUE_PAGE);
  g_type_ensure (FOVEA_TYPE_IMAGE_SET_CHOOSER);
  gtk_widget_class_set_css_name (widget_class, "cueview");
  gtk_widget_class_set_template_from_resource (widget_class, "/org/fovea/Fovea/cue-view.ui");
  gtk_widget_class_bind_template_child (widget_class, FoveaCueView, chooser);
  gtk_widget_class_bind_template_child (widget_class, FoveaCueView, facts);
  gtk_widget_class_bind_template_child (widget_class, FoveaCueView, page);
  gtk_widget_class_bind_template_child (widget_class, FoveaCueView, panels);
  gtk_widget_class_bind_template_child (widget_class, FoveaCueView, chart_title);
  gtk_widget_class_bind_template_child (widget_class, FoveaCueView, chart);

  gtk_widget_class_install_action (widget_class, "cue.compute", NULL, compute_action);
  gtk_widget_class_install_action (widget_class, "cue.stop", NULL, stop_action);
  gtk_widget_class_install_action (widget_class, "cue.save-chart", NULL, save_chart_action);
}

static GtkLabel *
make_label (const char *class)
{
  GtkLabel *label = GTK_LABEL (gtk_label_new (NULL));

  gtk_label_set_xalign (label, 0);
  gtk_label_set_wrap (label, TRUE);
  gtk_label_set_natural_wrap_mode (label, GTK_NATURAL_WRAP_NONE);
  gtk_widget_add_css_class (GTK_WIDGET (label), class);
  return label;
}

static void
add_panel (FoveaCueView *self, guint side)
{
  GtkWidget *panel = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *header = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  GtkWidget *dot = g_object_new (GTK_TYPE_BOX, "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION, "valign", GTK_ALIGN_CENTER, NULL);

  gtk_widget_add_css_class (dot, "side-dot");
  gtk_widget_add_css_class (dot, fovea_side_get_name (side));
  self->names[side] = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_ellipsize (self->names[side], PANGO_ELLIPSIZE_START);
  gtk_widget_add_css_class (GTK_WIDGET (self->names[side]), "heading");
  gtk_box_append (GTK_BOX (header), dot);
  gtk_box_append (GTK_BOX (header), GTK_WIDGET (self->names[side]));

  self->verdicts[side] = make_label ("title-4");
  self->numbers[side] = make_label ("caption");
  gtk_widget_add_css_class (GTK_WIDGET (self->numbers[side]), "numeric");
  self->images[side] = fovea_cue_images_new ();
  gtk_box_append (GTK_BOX (panel), header);
  gtk_box_append (GTK_BOX (panel), GTK_WIDGET (self->verdicts[side]));
  gtk_box_append (GTK_BOX (panel), GTK_WIDGET (self->numbers[side]));
  gtk_box_append (GTK_BOX (panel), self->images[side]);
  gtk_widget_set_hexpand (panel, TRUE);
  self->panel_boxes[side] = panel;
  gtk_box_append (GTK_BOX (self->panels), panel);
}

static void
fovea_cue_view_init (FoveaCueView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    add_panel (self, side);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "cue.save-chart", FALSE);
}

/**
 * fovea_cue_view_new:
 *
 * Returns: (transfer floating): a view without a neuron
 */
GtkWidget *
fovea_cue_view_new (void)
{
  return g_object_new (FOVEA_TYPE_CUE_VIEW, NULL);
}

/**
 * fovea_cue_view_get_page:
 *
 * Returns: (transfer none): what is shown: `waiting`, `message`, `progress` or `results`
 */
const char *
fovea_cue_view_get_page (FoveaCueView *self)
{
  g_return_val_if_fail (FOVEA_IS_CUE_VIEW (self), NULL);
  return fovea_cue_page_get_shown (self->page);
}

/**
 * fovea_cue_view_get_verdict:
 *
 * Returns: (transfer none): what is said of a network's neuron
 */
const char *
fovea_cue_view_get_verdict (FoveaCueView *self, FoveaSide side)
{
  g_return_val_if_fail (FOVEA_IS_CUE_VIEW (self), NULL);
  return gtk_label_get_label (self->numbers[side]);
}

/**
 * fovea_cue_view_get_images:
 *
 * Returns: (transfer none): a network's strongest images
 */
FoveaCueImages *
fovea_cue_view_get_images (FoveaCueView *self, FoveaSide side)
{
  g_return_val_if_fail (FOVEA_IS_CUE_VIEW (self), NULL);
  return FOVEA_CUE_IMAGES (self->images[side]);
}
