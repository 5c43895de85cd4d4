/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/dissection-view.h"

#include <adwaita.h>

#include "ui/application.h"
#include "ui/chart-dissection.h"
#include "ui/dissection-pictures.h"
#include "ui/wrap-box.h"

/* The slider of the cut-off. */
#define MAXIMUM_IOU 0.3
#define IOU_STEP 0.005

struct _FoveaDissectionView {
  GtkWidget parent_instance;

  FoveaConceptSetChooser *chooser;
  GtkRange *quantile_scale;
  GtkLabel *quantile_label;
  GtkRange *iou_scale;
  GtkLabel *iou_label;
  GtkWidget *bar;
  GtkLabel *bar_label;
  GtkProgressBar *progress;
  GtkButton *start_button;
  GtkButton *stop_button;
  GtkStack *stack;
  AdwStatusPage *status;
  FoveaDissectionPanel *panels[FOVEA_N_SIDES];
  GtkDropDown *histogram_kind;
  FoveaChartFrame *histogram;
  FoveaConceptShiftView *shift;
  GtkLabel *problems;

  FoveaDissectionRun *run;
  FoveaJobQueue *queue; /* nullable: the one of the application */
  FoveaStore *store; /* nullable: not owned */
  FoveaNetworkPair *pair; /* nullable */
  char *layer;
  guint channels[FOVEA_N_SIDES];
  double share; /* the quantile */
  FoveaDissection *dissections[FOVEA_N_SIDES]; /* nullable: what the tallies are of */
  guint quantile; /* index of the share among those that were counted */
  FoveaTally *tallies[FOVEA_N_SIDES]; /* nullable */
  FoveaQueuedJob *drawing; /* nullable: pictures */
  gboolean updating; /* controls are set by the program */
};

static void implement_neuron_view (FoveaNeuronViewInterface *interface);

G_DEFINE_FINAL_TYPE_WITH_CODE (FoveaDissectionView, fovea_dissection_view, GTK_TYPE_WIDGET, G_IMPLEMENT_INTERFACE (FOVEA_TYPE_NEURON_VIEW, implement_neuron_view))

enum { NEURON_ACTIVATED, N_SIGNALS };

static guint signals[N_SIGNALS];

static void
drop_drawing (FoveaDissectionView *self)
{
  if (self->drawing != NULL)
    fovea_queued_job_drop (self->drawing);
  g_clear_object (&self->drawing);
}

static double
get_iou (FoveaDissectionView *self)
{
  return gtk_range_get_value (self->iou_scale);
}

static FoveaDissection *
get_any_dissection (FoveaDissectionView *self)
{
  return self->dissections[FOVEA_SIDE_STANDARD] != NULL ? self->dissections[FOVEA_SIDE_STANDARD] : self->dissections[FOVEA_SIDE_ROBUST];
}

static guint
get_series (FoveaDissectionView *self,
            FoveaDissectionSeries series[FOVEA_N_SIDES])
{
  static const guint colors[] = { FOVEA_CHART_STANDARD, FOVEA_CHART_ROBUST };
  guint n = 0;

  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    if (self->tallies[side] != NULL)
      series[n++] = (FoveaDissectionSeries) { fovea_network_get_name (fovea_dissection_run_get_network (self->run, side, NULL)), colors[side], self->tallies[side] };
  return n;
}

/* How the numbers in a chart came about. */
static char *
make_caption (FoveaDissectionView *self)
{
  FoveaDissection *dissection = get_any_dissection (self);
  g_autofree char *shown = g_filename_display_name (fovea_concept_set_chooser_get_key (self->chooser));

  return g_strdup_printf ("Layer %s; concepts of “%s”, %" G_GSIZE_FORMAT " images; above the threshold is a share of %g of a channel's positions; "
                          "a detector has an IoU of at least %g.",
                          self->layer, shown, fovea_dissection_get_n_images (dissection), fovea_dissection_get_quantile (dissection, self->quantile), get_iou (self));
}

static FoveaChart *
make_histogram (gpointer data)
{
  static const FoveaDissectionChartKind kinds[] = { FOVEA_DISSECTION_CHART_CATEGORIES, FOVEA_DISSECTION_CHART_UNIQUE, FOVEA_DISSECTION_CHART_CONCEPTS };
  FoveaDissectionView *self = data;
  FoveaDissectionSeries series[FOVEA_N_SIDES];
  guint n_series = get_series (self, series);
  g_autofree char *caption = NULL;
  FoveaChart *chart;

  if (n_series == 0)
    return NULL;
  chart = fovea_dissection_chart_new (kinds[MIN (gtk_drop_down_get_selected (self->histogram_kind), G_N_ELEMENTS (kinds) - 1)], n_series, series, get_iou (self));
  caption = make_caption (self);
  fovea_chart_set_caption (chart, caption);
  return chart;
}

/* The neuron's best concept of each category, as the panels show it. */
static FoveaChart *
make_neuron_chart (FoveaDissectionView *self)
{
  FoveaDissectionSeries series[FOVEA_N_SIDES];
  guint n_series = get_series (self, series), n_categories = 0;
  g_autoptr (GPtrArray) categories = g_ptr_array_new ();
  g_autofree char *title = g_strdup_printf ("What %s:%u detects", self->layer, self->channels[FOVEA_SIDE_STANDARD]);
  g_autofree char *caption = NULL;
  FoveaChart *chart;

  if (n_series == 0)
    return NULL;
  chart = fovea_bar_chart_new (FOVEA_BAR_CHART_ROWS, "IoU of the best concept");
  for (guint s = 0; s < n_series; s++)
    {
      const FoveaTally *tally = series[s].tally;

      fovea_bar_chart_add_series (chart, series[s].name, series[s].color);
      for (guint c = 0; c < tally->n_categories; c++)
        if (!g_ptr_array_find_with_equal_func (categories, tally->categories[c], g_str_equal, NULL))
          g_ptr_array_add (categories, (char *) tally->categories[c]);
    }
  for (guint c = 0; c < categories->len; c++)
    {
      g_autoptr (GString) name = g_string_new (categories->pdata[c]);
      double values[FOVEA_N_SIDES] = { 0 };

      for (guint s = 0; s < n_series; s++)
        {
          FoveaSide side = series[s].color == FOVEA_CHART_STANDARD ? FOVEA_SIDE_STANDARD : FOVEA_SIDE_ROBUST;
          const FoveaTallyUnit *unit = fovea_tally_find (series[s].tally, self->channels[side]);

          for (guint k = 0; unit != NULL && k < series[s].tally->n_categories; k++)
            if (g_str_equal (series[s].tally->categories[k], categories->pdata[c]) && unit->matches[k].label != NULL)
              {
                g_autofree char *label = fovea_dissection_format_label (unit->matches[k].label);

                g_string_append_printf (name, "%s%s", s == 0 || strchr (name->str, ':') == NULL ? ": " : " | ", label);
                values[s] = unit->matches[k].iou;
              }
        }
      fovea_bar_chart_add_category (chart, name->str);
      for (guint s = 0; s < n_series; s++)
        fovea_bar_chart_set_value (chart, s, n_categories, values[s]);
      n_categories++;
    }
  caption = make_caption (self);
  fovea_chart_set_title (chart, title, NULL);
  fovea_chart_set_caption (chart, caption);
  return chart;
}

static void
on_pictures (GPtrArray *const pictures[FOVEA_N_SIDES],
             GError *const errors[FOVEA_N_SIDES],
             gpointer data)
{
  FoveaDissectionView *self = data;

  g_clear_object (&self->drawing);
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    if (pictures[side] != NULL)
      fovea_dissection_panel_set_pictures (self->panels[side], pictures[side]);
    else if (errors[side] != NULL)
      fovea_dissection_panel_set_pictures_message (self->panels[side], errors[side]->message);
}

/* Draws the images of the chosen concepts. Those there are stay until the new ones come. */
static void
update_pictures (FoveaDissectionView *self)
{
  FoveaConceptSet *set = fovea_dissection_run_get_set (self->run);
  FoveaDissectionPicturesRequest requests[FOVEA_N_SIDES] = { 0 };
  gboolean any = FALSE;

  drop_drawing (self);
  if (set == NULL || self->queue == NULL)
    return;
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    {
      FoveaDissectionPicturesRequest *request = &requests[side];
      guint category;

      if (self->dissections[side] == NULL || self->channels[side] >= fovea_dissection_get_n_channels (self->dissections[side]))
        continue;
      request->dissection = self->dissections[side];
      request->network = fovea_dissection_run_get_network (self->run, side, &request->layer);
      request->channel = self->channels[side];
      request->quantile = self->quantile;
      if (fovea_dissection_panel_get_concept (self->panels[side], &request->label, &category))
        request->category = self->tallies[side]->categories[category];
      any = TRUE;
    }
  if (any)
    self->drawing = fovea_dissection_pictures_push (self->queue, set, requests, on_pictures, self);
}

static void
update_panels (FoveaDissectionView *self)
{
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    {
      FoveaDissectionPanel *panel = self->panels[side];
      FoveaNetwork *network = fovea_dissection_run_get_network (self->run, side, NULL);
      const char *error = fovea_dissection_run_get_side_error (self->run, side);
      gboolean has_side = self->pair != NULL && fovea_network_pair_has_side (self->pair, side);

      gtk_widget_set_visible (GTK_WIDGET (panel), has_side);
      if (!has_side)
        continue;
      fovea_dissection_panel_set_name (panel, fovea_network_get_name (fovea_network_pair_get_network (self->pair, side)));
      if (network == NULL)
        fovea_dissection_panel_set_message (panel, "This network has no such layer");
      else if (error != NULL)
        fovea_dissection_panel_set_message (panel, error);
      else if (self->tallies[side] == NULL)
        fovea_dissection_panel_set_message (panel, "Not dissected yet");
      else
        fovea_dissection_panel_set_unit (panel, self->tallies[side], self->channels[side], get_iou (self));
    }
}

static void
update_labels (FoveaDissectionView *self)
{
  g_autofree char *quantile = g_strdup_printf ("%g %%", self->share * 100);
  g_autofree char *iou = g_strdup_printf ("%.3f", get_iou (self));

  gtk_label_set_label (self->quantile_label, quantile);
  gtk_label_set_label (self->iou_label, iou);
}

/* Labels all channels for the chosen quantile. */
static void
update_tallies (FoveaDissectionView *self)
{
  static const FoveaTally *const none[FOVEA_N_SIDES];

  fovea_concept_shift_view_set_tallies (self->shift, none, (const char *const[]) { "", "" }, 0, "");
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    {
      g_clear_pointer (&self->tallies[side], fovea_tally_free);
      if (self->dissections[side] != NULL)
        self->tallies[side] = fovea_tally_new (self->dissections[side], self->quantile, FOVEA_DISSECT_AREA_CATEGORY);
    }
}

static void
update_shift (FoveaDissectionView *self)
{
  const FoveaTally *const tallies[] = { self->tallies[FOVEA_SIDE_STANDARD], self->tallies[FOVEA_SIDE_ROBUST] };
  const char *names[FOVEA_N_SIDES];
  g_autofree char *caption = NULL;

  if (tallies[0] == NULL || tallies[1] == NULL)
    return;
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    names[side] = fovea_network_get_name (fovea_dissection_run_get_network (self->run, side, NULL));
  caption = make_caption (self);
  fovea_concept_shift_view_set_tallies (self->shift, tallies, names, get_iou (self), caption);
}

static void
update_charts (FoveaDissectionView *self)
{
  fovea_chart_frame_update (self->histogram);
  update_shift (self);
  fovea_neuron_view_picture_changed (FOVEA_NEURON_VIEW (self));
}

static void
update_problems (FoveaDissectionView *self)
{
  FoveaDissection *dissection = get_any_dissection (self);
  const FoveaConceptProblems *problems = dissection != NULL ? fovea_dissection_get_problems (dissection) : NULL;
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; problems != NULL && i < FOVEA_CONCEPT_N_PROBLEMS; i++)
    if (problems->counts[i] > 0)
      g_string_append_printf (text, "%s%" G_GUINT64_FORMAT " %s", text->len > 0 ? ", " : "Left out: ", problems->counts[i],
                              fovea_concept_problem_describe (i, problems->counts[i]));
  gtk_label_set_label (self->problems, text->str);
  gtk_widget_set_visible (GTK_WIDGET (self->problems), text->len > 0);
  if (problems != NULL && problems->messages != NULL && problems->messages->len > 0)
    {
      g_autoptr (GString) first = g_string_new (NULL);

      for (guint i = 0; i < MIN (problems->messages->len, 12); i++)
        g_string_append_printf (first, "%s%s", i > 0 ? "\n" : "", (const char *) problems->messages->pdata[i]);
      gtk_widget_set_tooltip_text (GTK_WIDGET (self->problems), first->str);
    }
}

/* The slider stops at the quantiles that were counted. */
static void
update_quantiles (FoveaDissectionView *self)
{
  FoveaDissection *dissection = get_any_dissection (self);
  FoveaDissectOptions options;
  guint n;

  fovea_dissect_options_init (&options);
  n = dissection != NULL ? fovea_dissection_get_n_quantiles (dissection) : options.n_quantiles;
  self->updating = TRUE;
  if (dissection != NULL)
    {
      self->quantile = fovea_dissection_find_quantile (dissection, self->share);
      self->share = fovea_dissection_get_quantile (dissection, self->quantile);
    }
  else
    for (guint i = 0; i < n; i++)
      if (options.quantiles[i] <= self->share)
        self->quantile = i;
  gtk_range_set_range (self->quantile_scale, 0, MAX (n - 1, 1));
  gtk_range_set_value (self->quantile_scale, self->quantile);
  self->updating = FALSE;
  update_labels (self);
}

static char *
describe_seconds (double seconds)
{
  if (seconds < 1)
    return g_strdup ("about a second");
  if (seconds < 90)
    return g_strdup_printf ("about %.0f seconds", seconds < 10 ? seconds : 5 * (double) (int) (seconds / 5 + 0.5));
  if (seconds < 5400)
    return g_strdup_printf ("about %.0f minutes", seconds / 60);
  return g_strdup_printf ("about %.1f hours", seconds / 3600);
}

/* What is offered, or runs, in words. */
static char *
describe_state (FoveaDissectionView *self,
                FoveaDissectionState state)
{
  FoveaConceptSet *set = fovea_dissection_run_get_set (self->run);
  const gsize n_images = set != NULL ? fovea_image_set_get_n_images (fovea_concept_set_get_images (set)) : 0;
  double seconds = fovea_dissection_run_get_estimate (self->run);
  g_autofree char *time = NULL;
  double fraction;

  switch (state)
    {
    case FOVEA_DISSECTION_READING:
      return g_strdup ("Reading the concepts…");
    case FOVEA_DISSECTION_MISSING:
      time = seconds >= 0 ? describe_seconds (seconds) : NULL;
      return g_strdup_printf ("Dissecting %s shows %" G_GSIZE_FORMAT " images with %u concepts to the networks%s%s.", self->layer, n_images,
                              fovea_concept_set_get_n_concepts (set), time != NULL ? ", which takes " : "", time != NULL ? time : "");
    case FOVEA_DISSECTION_COMPUTING:
      fraction = fovea_dissection_run_get_progress (self->run, &seconds);
      time = seconds >= 0 ? describe_seconds (seconds) : NULL;
      return g_strdup_printf ("Dissecting %s: %.0f %%%s%s", self->layer, fraction * 100, time != NULL ? ", left: " : "", time != NULL ? time : "");
    case FOVEA_DISSECTION_FAILED:
      return g_strdup (fovea_dissection_run_get_error (self->run) != NULL ? fovea_dissection_run_get_error (self->run)
                                                                         : "No network of this pair has the layer");
    case FOVEA_DISSECTION_NOTHING:
    case FOVEA_DISSECTION_READY:
    default:
      return g_strdup ("");
    }
}

static void
update_state (FoveaDissectionView *self)
{
  const FoveaDissectionState state = fovea_dissection_run_get_state (self->run);
  g_autofree char *text = describe_state (self, state);
  gboolean has_any = get_any_dissection (self) != NULL;
  double seconds;

  gtk_label_set_label (self->bar_label, text);
  gtk_widget_set_visible (self->bar, state == FOVEA_DISSECTION_MISSING || state == FOVEA_DISSECTION_COMPUTING || (state == FOVEA_DISSECTION_READING && !has_any));
  gtk_widget_set_visible (GTK_WIDGET (self->start_button), state == FOVEA_DISSECTION_MISSING);
  gtk_widget_set_visible (GTK_WIDGET (self->stop_button), state == FOVEA_DISSECTION_COMPUTING);
  gtk_widget_set_visible (GTK_WIDGET (self->progress), state == FOVEA_DISSECTION_COMPUTING);
  gtk_progress_bar_set_fraction (self->progress, fovea_dissection_run_get_progress (self->run, &seconds));
  adw_status_page_set_title (self->status, state == FOVEA_DISSECTION_FAILED ? "This layer cannot be dissected" : "Which concepts does this layer detect?");
  adw_status_page_set_description (self->status,
                                   state == FOVEA_DISSECTION_FAILED
                                     ? text
                                     : "Network Dissection compares where a channel is active with where things, parts, materials, textures and colours are in "
                                       "images with masks. What was dissected once is here at once the next time.");
  gtk_stack_set_visible_child_name (self->stack, has_any ? "content" : "status");
}

static void
update_all (FoveaDissectionView *self)
{
  update_quantiles (self);
  update_tallies (self);
  update_panels (self);
  update_problems (self);
  update_charts (self);
  update_pictures (self);
}

static void
on_run_changed (FoveaDissectionView *self)
{
  gboolean changed = FALSE;

  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    {
      FoveaDissection *dissection = fovea_dissection_run_get_dissection (self->run, side);

      if (dissection == self->dissections[side])
        continue;
      g_clear_pointer (&self->dissections[side], fovea_dissection_unref);
      self->dissections[side] = dissection != NULL ? fovea_dissection_ref (dissection) : NULL;
      changed = TRUE;
    }
  if (changed)
    update_all (self);
  update_state (self);
}

static void
on_quantile_changed (FoveaDissectionView *self)
{
  FoveaDissection *dissection = get_any_dissection (self);
  const guint quantile = (guint) (gtk_range_get_value (self->quantile_scale) + 0.5);

  if (self->updating || quantile == self->quantile)
    return;
  self->quantile = quantile;
  if (dissection != NULL)
    self->share = fovea_dissection_get_quantile (dissection, MIN (quantile, fovea_dissection_get_n_quantiles (dissection) - 1));
  else
    {
      FoveaDissectOptions options;

      fovea_dissect_options_init (&options);
      self->share = options.quantiles[MIN (quantile, options.n_quantiles - 1)];
    }
  update_labels (self);
  update_tallies (self);
  update_panels (self);
  update_charts (self);
  update_pictures (self);
}

static void
on_iou_changed (FoveaDissectionView *self)
{
  if (self->updating)
    return;
  update_labels (self);
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    if (self->tallies[side] != NULL)
      fovea_dissection_panel_set_unit (self->panels[side], self->tallies[side], self->channels[side], get_iou (self));
  update_charts (self);
}

static void
on_set_chosen (FoveaDissectionView *self)
{
  fovea_dissection_run_set_concepts (self->run, fovea_concept_set_chooser_get_key (self->chooser));
}

static void
on_picture_activated (FoveaDissectionView *self,
                      guint64 image)
{
  FoveaConceptSet *set = fovea_dissection_run_get_set (self->run);
  FoveaImageSet *images = set != NULL ? fovea_concept_set_get_images (set) : NULL;
  const char *key = fovea_concept_set_chooser_get_key (self->chooser);
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
                     guint channel)
{
  g_signal_emit (self, signals[NEURON_ACTIVATED], 0, channel);
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
  gboolean same_layer = pair == self->pair && g_strcmp0 (layer, self->layer) == 0;

  drop_drawing (self);
  g_set_object (&self->pair, pair);
  if (layer != self->layer)
    {
      g_free (self->layer);
      self->layer = g_strdup (layer);
    }
  memcpy (self->channels, channels, sizeof self->channels);
  fovea_dissection_run_set_layer (self->run, pair, self->layer);
  if (!same_layer)
    for (guint side = 0; side < FOVEA_N_SIDES; side++)
      fovea_dissection_panel_set_pictures_message (self->panels[side], NULL);
  update_panels (self);
  update_pictures (self);
  fovea_neuron_view_picture_changed (view);
}

static FoveaPicture *
take_picture (FoveaNeuronView *view)
{
  FoveaDissectionView *self = FOVEA_DISSECTION_VIEW (view);
  FoveaChart *chart = make_neuron_chart (self);
  g_autofree char *name = NULL;

  if (chart == NULL)
    return NULL;
  name = g_strdup_printf ("%s-%u-concepts.png", self->layer, self->channels[FOVEA_SIDE_STANDARD]);
  return fovea_chart_picture_new (chart, name);
}

static void
focus (FoveaNeuronView *view)
{
  FoveaDissectionView *self = FOVEA_DISSECTION_VIEW (view);

  if (gtk_widget_get_mapped (GTK_WIDGET (self->start_button)))
    gtk_widget_grab_focus (GTK_WIDGET (self->start_button));
  else
    gtk_widget_child_focus (GTK_WIDGET (self), GTK_DIR_TAB_FORWARD);
}

static void
implement_neuron_view (FoveaNeuronViewInterface *interface)
{
  interface->set_neuron = set_neuron;
  interface->focus = focus;
  interface->take_picture = take_picture;
}

static void
fovea_dissection_view_dispose (GObject *object)
{
  FoveaDissectionView *self = FOVEA_DISSECTION_VIEW (object);
  GtkWidget *child;

  self->updating = TRUE;
  drop_drawing (self);
  if (self->run != NULL)
    g_signal_handlers_disconnect_by_data (self->run, self);
  g_clear_object (&self->run);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    {
      g_clear_pointer (&self->tallies[side], fovea_tally_free);
      g_clear_pointer (&self->dissections[side], fovea_dissection_unref);
    }
  g_clear_object (&self->pair);
  g_clear_object (&self->queue);
  G_OBJECT_CLASS (fovea_dissection_view_parent_class)->dispose (object);
}

static void
fovea_dissection_view_finalize (GObject *object)
{
  g_free (FOVEA_DISSECTION_VIEW (object)->layer);
  G_OBJECT_CLASS (fovea_dissection_view_parent_class)->finalize (object);
}

static void
fovea_dissection_view_class_init (FoveaDissectionViewClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = fovea_dissection_view_dispose;
  G_OBJECT_CLASS (class)->finalize = fovea_dissection_view_finalize;

  signals[NEURON_ACTIVATED] = g_signal_new ("neuron-activated", FOVEA_TYPE_DISSECTION_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);

  g_type_ensure (FOVEA_TYPE_CONCEPT_SET_CHOOSER);
  g_type_ensure (FOVEA_TYPE_CHART_FRAME);
  g_type_ensure (FOVEA_TYPE_CONCEPT_SHIFT_VIEW);
  g_type_ensure (FOVEA_TYPE_WRAP_BOX);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "dissectionview");
  gtk_widget_class_set_template_from_resource (widget_class, "/org/fovea/Fovea/dissection-view.ui");
  gtk_widget_class_bind_template_child_full (widget_class, "chooser_place", FALSE, 0);
  gtk_widget_class_bind_template_child_full (widget_class, "panels", FALSE, 0);
  gtk_widget_class_bind_template_child (widget_class, FoveaDissectionView, quantile_scale);
  gtk_widget_class_bind_template_child (widget_class, FoveaDissectionView, quantile_label);
  gtk_widget_class_bind_template_child (widget_class, FoveaDissectionView, iou_scale);
  gtk_widget_class_bind_template_child (widget_class, FoveaDissectionView, iou_label);
  gtk_widget_class_bind_template_child (widget_class, FoveaDissectionView, bar);
  gtk_widget_class_bind_template_child (widget_class, FoveaDissectionView, bar_label);
  gtk_widget_class_bind_template_child (widget_class, FoveaDissectionView, progress);
  gtk_widget_class_bind_template_child (widget_class, FoveaDissectionView, start_button);
  gtk_widget_class_bind_template_child (widget_class, FoveaDissectionView, stop_button);
  gtk_widget_class_bind_template_child (widget_class, FoveaDissectionView, stack);
  gtk_widget_class_bind_template_child (widget_class, FoveaDissectionView, status);
  gtk_widget_class_bind_template_child (widget_class, FoveaDissectionView, histogram_kind);
  gtk_widget_class_bind_template_child (widget_class, FoveaDissectionView, histogram);
  gtk_widget_class_bind_template_child (widget_class, FoveaDissectionView, shift);
  gtk_widget_class_bind_template_child (widget_class, FoveaDissectionView, problems);
  gtk_widget_class_install_action (widget_class, "dissection.start", NULL, start);
  gtk_widget_class_install_action (widget_class, "dissection.stop", NULL, stop);
}

static void
fovea_dissection_view_init (FoveaDissectionView *self)
{
  GtkBox *place, *panels;

  gtk_widget_init_template (GTK_WIDGET (self));
  self->share = FOVEA_DISSECT_QUANTILE;
  self->run = fovea_dissection_run_new ();
  self->chooser = FOVEA_CONCEPT_SET_CHOOSER (fovea_concept_set_chooser_new (fovea_application_get_settings ()));
  place = GTK_BOX (gtk_widget_get_template_child (GTK_WIDGET (self), FOVEA_TYPE_DISSECTION_VIEW, "chooser_place"));
  gtk_box_append (place, GTK_WIDGET (self->chooser));
  panels = GTK_BOX (gtk_widget_get_template_child (GTK_WIDGET (self), FOVEA_TYPE_DISSECTION_VIEW, "panels"));
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    {
      self->panels[side] = FOVEA_DISSECTION_PANEL (fovea_dissection_panel_new (side));
      gtk_box_append (panels, GTK_WIDGET (self->panels[side]));
      g_signal_connect_object (self->panels[side], "concept-chosen", G_CALLBACK (update_pictures), self, G_CONNECT_SWAPPED);
      g_signal_connect_object (self->panels[side], "picture-activated", G_CALLBACK (on_picture_activated), self, G_CONNECT_SWAPPED);
    }
  self->updating = TRUE;
  gtk_range_set_range (self->iou_scale, 0, MAXIMUM_IOU);
  gtk_range_set_increments (self->iou_scale, IOU_STEP, 4 * IOU_STEP);
  gtk_range_set_value (self->iou_scale, FOVEA_DISSECT_IOU);
  gtk_range_set_increments (self->quantile_scale, 1, 1);
  self->updating = FALSE;
  update_quantiles (self);
  fovea_dissection_run_set_concepts (self->run, fovea_concept_set_chooser_get_key (self->chooser));
  fovea_dissection_view_set_source (self, fovea_application_get_reading_queue (), fovea_application_get_job_queue (), fovea_application_get_store ());
  fovea_chart_frame_set_maker (self->histogram, "dissection.png", make_histogram, self);
  update_state (self);

  g_signal_connect_object (self->run, "changed", G_CALLBACK (on_run_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->shift, "neuron-activated", G_CALLBACK (on_neuron_activated), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->chooser, "chosen", G_CALLBACK (on_set_chosen), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->quantile_scale, "value-changed", G_CALLBACK (on_quantile_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->iou_scale, "value-changed", G_CALLBACK (on_iou_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->histogram_kind, "notify::selected", G_CALLBACK (fovea_chart_frame_update), self->histogram, G_CONNECT_SWAPPED);
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
  g_set_object (&self->queue, computing);
  self->store = store;
  fovea_dissection_run_set_source (self->run, reading, computing, store);
}

/**
 * fovea_dissection_view_set_quantile:
 * @self: a view
 * @share: of positions that lie above a channel's threshold; the nearest one that was counted is taken
 */
void
fovea_dissection_view_set_quantile (FoveaDissectionView *self,
                                    double share)
{
  g_return_if_fail (FOVEA_IS_DISSECTION_VIEW (self));
  self->share = share;
  update_all (self);
}

/**
 * fovea_dissection_view_set_iou:
 * @self: a view
 * @iou: from which IoU on a channel is a detector
 */
void
fovea_dissection_view_set_iou (FoveaDissectionView *self,
                               double iou)
{
  g_return_if_fail (FOVEA_IS_DISSECTION_VIEW (self));
  gtk_range_set_value (self->iou_scale, iou);
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
 * fovea_dissection_view_get_chooser:
 * @self: a view
 *
 * Returns: (transfer none): its menu of sets
 */
FoveaConceptSetChooser *
fovea_dissection_view_get_chooser (FoveaDissectionView *self)
{
  g_return_val_if_fail (FOVEA_IS_DISSECTION_VIEW (self), NULL);
  return self->chooser;
}

/**
 * fovea_dissection_view_get_panel:
 * @self: a view
 *
 * Returns: (transfer none): a network's half
 */
FoveaDissectionPanel *
fovea_dissection_view_get_panel (FoveaDissectionView *self,
                                 FoveaSide side)
{
  g_return_val_if_fail (FOVEA_IS_DISSECTION_VIEW (self) && side < FOVEA_N_SIDES, NULL);
  return self->panels[side];
}

/**
 * fovea_dissection_view_get_histogram:
 * @self: a view
 *
 * Returns: (transfer none): the layer's chart
 */
FoveaChartFrame *
fovea_dissection_view_get_histogram (FoveaDissectionView *self)
{
  g_return_val_if_fail (FOVEA_IS_DISSECTION_VIEW (self), NULL);
  return self->histogram;
}

/**
 * fovea_dissection_view_get_shift:
 * @self: a view
 *
 * Returns: (transfer none): what became of the channels
 */
FoveaConceptShiftView *
fovea_dissection_view_get_shift (FoveaDissectionView *self)
{
  g_return_val_if_fail (FOVEA_IS_DISSECTION_VIEW (self), NULL);
  return self->shift;
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
  return self->tallies[side];
}

/**
 * fovea_dissection_view_get_offer:
 * @self: a view
 *
 * Returns: (transfer none): what it says of computing
 */
const char *
fovea_dissection_view_get_offer (FoveaDissectionView *self)
{
  g_return_val_if_fail (FOVEA_IS_DISSECTION_VIEW (self), NULL);
  return gtk_label_get_label (self->bar_label);
}
