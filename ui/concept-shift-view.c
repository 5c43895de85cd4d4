/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/concept-shift-view.h"

#include "ui/application.h"
#include "ui/chart-dissection.h"
#include "ui/chart-shift.h"
#include "ui/wrap-box.h"

/* So many channels of a band are listed. */
#define MAX_CHANNELS 256

/* How channels correspond, as settings name it and as people read it. */
static const char *const counterparts[] = { "same", "best", "one-to-one" };
static const char *const counterpart_titles[] = { "Same index", "Best match", "One-to-one match", NULL };

struct _FoveaConceptShiftView {
  GtkWidget parent_instance;

  GtkDropDown *level;
  GtkDropDown *counterpart_chooser;
  GtkDropDown *flow_chooser;
  GtkWidget *message; /* instead of the diagram where it is not known which channels correspond */
  GtkLabel *message_label;
  GtkWidget *scan_button;
  FoveaChartFrame *frame;
  GtkLabel *channels_label;
  GtkWidget *channels;

  FoveaLayerScans *scans; /* nullable: channels correspond by their numbers then */
  guint counterpart; /* index of the way in which channels correspond */
  const FoveaTally *tallies[2]; /* nullable: not owned, the owner sets others before they go */
  char *names[2];
  char *caption;
  double iou;
  char *category; /* nullable: the one whose concepts are shown; %NULL is categories */
  FoveaConceptShift *shift; /* nullable */
  GArray *flows; /* (element-type guint): numbers of the flows in the list, the largest first */
  gboolean updating; /* controls are set by the program */
};

G_DEFINE_FINAL_TYPE (FoveaConceptShiftView, fovea_concept_shift_view, GTK_TYPE_WIDGET)

enum { NEURON_ACTIVATED, N_SIGNALS };

static guint signals[N_SIGNALS];

static guint
find_category (FoveaConceptShiftView *self)
{
  for (guint i = 0; self->category != NULL && i < self->shift->n_categories; i++)
    if (g_str_equal (self->shift->categories[i], self->category))
      return i;
  return FOVEA_SHIFT_CHART_ALL_CATEGORIES;
}

/* How the channels of the diagram were paired; "" where by their numbers. */
static char *
describe_pairs (FoveaConceptShiftView *self)
{
  FoveaImageSet *set = self->counterpart > 0 && self->scans != NULL ? fovea_layer_scans_get_set (self->scans) : NULL;

  if (set == NULL)
    return g_strdup ("");
  return g_strdup_printf (" Channels are paired %s by the correlation of their mean activations over %" G_GSIZE_FORMAT " images of “%s”.",
                          g_str_equal (counterparts[self->counterpart], "best") ? "with their best match" : "one to one", fovea_image_set_get_n_images (set),
                          fovea_image_set_get_name (set));
}

static FoveaChart *
make_chart (gpointer data)
{
  FoveaConceptShiftView *self = data;
  g_autofree char *pairs = NULL;
  g_autofree char *caption = NULL;
  FoveaChart *chart;

  if (self->shift == NULL)
    return NULL;
  chart = fovea_shift_chart_new (self->shift, find_category (self), self->names[0], self->names[1]);
  pairs = describe_pairs (self);
  caption = g_strconcat (self->caption, pairs, NULL);
  fovea_chart_set_caption (chart, caption);
  return chart;
}

static char *
format_node (const FoveaConceptShiftNode *node)
{
  return node->label != NULL ? fovea_dissection_format_label (node->label) : g_strdup ("no detector");
}

static void
clear_channels (FoveaConceptShiftView *self)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (self->channels)) != NULL)
    gtk_widget_unparent (child);
  gtk_widget_set_visible (GTK_WIDGET (self->channels_label), FALSE);
}

static void
on_channel_clicked (GtkButton *button,
                    FoveaConceptShiftView *self)
{
  g_signal_emit (self, signals[NEURON_ACTIVATED], 0, GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (button), "channel")),
                 GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (button), "counterpart")));
}

static void
add_channel (FoveaConceptShiftView *self,
             guint channel,
             guint counterpart)
{
  g_autofree char *text = channel == counterpart ? g_strdup_printf ("%u", channel) : g_strdup_printf ("%u ↔ %u", channel, counterpart);
  g_autofree char *spoken = g_strdup_printf ("Go to channel %s", text);
  GtkWidget *button = gtk_button_new_with_label (text);

  gtk_widget_add_css_class (button, "numeric");
  gtk_widget_set_tooltip_text (button, spoken);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
  g_object_set_data (G_OBJECT (button), "channel", GUINT_TO_POINTER (channel));
  g_object_set_data (G_OBJECT (button), "counterpart", GUINT_TO_POINTER (counterpart));
  g_signal_connect_object (button, "clicked", G_CALLBACK (on_channel_clicked), self, 0);
  gtk_widget_set_parent (button, self->channels);
}

/* Lists the channels of the flows that a function picks. */
static void
list_channels (FoveaConceptShiftView *self,
               guint series,
               guint number)
{
  const guint category = find_category (self);
  const FoveaConceptShift *shift = self->shift;
  g_autofree char *text = NULL;
  guint n = 0;

  clear_channels (self);
  for (guint i = 0; i < shift->n_flows; i++)
    {
      const FoveaConceptShiftFlow *flow = &shift->flows[i];
      const gboolean is_drawn = category == FOVEA_SHIFT_CHART_ALL_CATEGORIES || shift->nodes[flow->from].category == category
                                || shift->nodes[flow->to].category == category;
      const guint own = series == FOVEA_SHIFT_CHART_FLOW ? i : series == FOVEA_SHIFT_CHART_FROM ? flow->from : flow->to;

      if (!is_drawn || own != number)
        continue;
      for (guint c = 0; c < flow->n_channels; c++, n++)
        if (n < MAX_CHANNELS)
          add_channel (self, flow->channels[c], flow->counterparts[c]);
    }
  if (series == FOVEA_SHIFT_CHART_FLOW)
    {
      g_autofree char *from = format_node (&shift->nodes[shift->flows[number].from]);
      g_autofree char *to = format_node (&shift->nodes[shift->flows[number].to]);

      text = g_strdup_printf ("%u channels from %s to %s%s:", n, from, to, n > MAX_CHANNELS ? ", the first ones" : "");
    }
  else
    {
      g_autofree char *name = format_node (&shift->nodes[number]);

      text = g_strdup_printf ("%u channels: %s in the %s network%s:", n, name, series == FOVEA_SHIFT_CHART_FROM ? "standard" : "robust",
                              n > MAX_CHANNELS ? ", the first ones" : "");
    }
  gtk_label_set_label (self->channels_label, text);
  gtk_widget_set_visible (GTK_WIDGET (self->channels_label), TRUE);
}

static void
on_mark_activated (FoveaConceptShiftView *self,
                   guint series,
                   guint number,
                   guint index)
{
  if (self->shift != NULL)
    list_channels (self, series, number);
}

static int
compare_flows (gconstpointer a,
               gconstpointer b,
               gpointer data)
{
  const FoveaConceptShift *shift = data;
  const guint x = *(const guint *) a, y = *(const guint *) b;

  if (shift->flows[x].n_channels != shift->flows[y].n_channels)
    return shift->flows[x].n_channels > shift->flows[y].n_channels ? -1 : 1;
  return x < y ? -1 : x > y;
}

/* The same flows as a list: the keyboard's way to the channels. */
static void
update_flows (FoveaConceptShiftView *self)
{
  g_autoptr (GtkStringList) model = gtk_string_list_new ((const char *const[]) { "Channels of a flow…", NULL });
  const guint category = self->shift != NULL ? find_category (self) : 0;

  g_array_set_size (self->flows, 0);
  for (guint i = 0; self->shift != NULL && i < self->shift->n_flows; i++)
    if (category == FOVEA_SHIFT_CHART_ALL_CATEGORIES || self->shift->nodes[self->shift->flows[i].from].category == category
        || self->shift->nodes[self->shift->flows[i].to].category == category)
      g_array_append_val (self->flows, i);
  g_array_sort_with_data (self->flows, compare_flows, self->shift);
  for (guint i = 0; i < self->flows->len; i++)
    {
      const FoveaConceptShiftFlow *flow = &self->shift->flows[g_array_index (self->flows, guint, i)];
      g_autofree char *from = format_node (&self->shift->nodes[flow->from]);
      g_autofree char *to = format_node (&self->shift->nodes[flow->to]);
      g_autofree char *text = g_strdup_printf ("%s → %s: %u", from, to, flow->n_channels);

      gtk_string_list_append (model, text);
    }
  self->updating = TRUE;
  gtk_drop_down_set_model (self->flow_chooser, G_LIST_MODEL (model));
  gtk_drop_down_set_selected (self->flow_chooser, 0);
  self->updating = FALSE;
}

static void
on_flow_chosen (FoveaConceptShiftView *self)
{
  const guint selected = gtk_drop_down_get_selected (self->flow_chooser);

  if (self->updating || self->shift == NULL)
    return;
  if (selected > 0 && selected <= self->flows->len)
    list_channels (self, FOVEA_SHIFT_CHART_FLOW, g_array_index (self->flows, guint, selected - 1));
  else
    clear_channels (self);
}

/* Categories, or the concepts of one. */
static void
update_levels (FoveaConceptShiftView *self)
{
  g_autoptr (GtkStringList) model = gtk_string_list_new ((const char *const[]) { "Categories", NULL });
  guint selected = 0;

  for (guint i = 0; self->shift != NULL && i < self->shift->n_categories; i++)
    {
      g_autofree char *text = g_strdup_printf ("Concepts: %s", self->shift->categories[i]);

      gtk_string_list_append (model, text);
      if (g_strcmp0 (self->shift->categories[i], self->category) == 0)
        selected = i + 1;
    }
  self->updating = TRUE;
  gtk_drop_down_set_model (self->level, G_LIST_MODEL (model));
  gtk_drop_down_set_selected (self->level, selected);
  self->updating = FALSE;
}

/* Why it is not known which channels correspond, and what can be done. */
static void
update_message (FoveaConceptShiftView *self)
{
  const FoveaScansState state = fovea_layer_scans_get_state (self->scans);
  FoveaImageSets *sets = fovea_layer_scans_get_sets (self->scans);
  g_autofree char *set = fovea_image_sets_describe (sets, fovea_image_sets_get_current (sets));
  g_autofree char *text = NULL;
  FoveaScansProgress progress;

  fovea_layer_scans_get_progress (self->scans, &progress);
  switch (state)
    {
    case FOVEA_SCANS_MISSING:
      text = g_strdup_printf ("Which channels match is known when both networks have seen the %" G_GUINT64_FORMAT " images of %s.", progress.total, set);
      break;
    case FOVEA_SCANS_RUNNING:
      text = g_strdup_printf ("Scanning %s: %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT " images", set, progress.done, progress.total);
      break;
    case FOVEA_SCANS_UNREADABLE:
      text = g_strdup_printf ("The image set cannot be read: %s", progress.error);
      break;
    case FOVEA_SCANS_NOTHING:
    case FOVEA_SCANS_READING:
    case FOVEA_SCANS_COMPLETE:
    default:
      text = g_strdup ("Matching the channels…");
      break;
    }
  gtk_label_set_label (self->message_label, text);
  gtk_widget_set_visible (self->scan_button, state == FOVEA_SCANS_MISSING || state == FOVEA_SCANS_RUNNING);
  gtk_button_set_label (GTK_BUTTON (self->scan_button), state == FOVEA_SCANS_RUNNING ? "Stop" : "Scan");
}

static void
on_scan_clicked (FoveaConceptShiftView *self)
{
  if (fovea_layer_scans_get_state (self->scans) == FOVEA_SCANS_RUNNING)
    fovea_layer_scans_stop (self->scans);
  else
    fovea_layer_scans_start (self->scans, FALSE);
}

/* The robust network's channel for each of the standard one's; G_MAXUINT is none. */
static guint *
find_counterparts (FoveaConceptShiftView *self,
                   guint *n)
{
  const FoveaMatch *match = self->scans != NULL ? fovea_layer_scans_get_match (self->scans) : NULL;
  const int *found;
  guint *numbers;

  if (match == NULL)
    return NULL;
  found = g_str_equal (counterparts[self->counterpart], "best") ? match->best : match->assigned;
  numbers = g_new (guint, MAX (match->n_first, 1));
  for (guint i = 0; i < match->n_first; i++)
    numbers[i] = found[i] >= 0 ? (guint) found[i] : G_MAXUINT;
  *n = match->n_first;
  return numbers;
}

static void
update (FoveaConceptShiftView *self)
{
  const gboolean has_both = self->tallies[0] != NULL && self->tallies[1] != NULL;
  g_autofree guint *numbers = NULL;
  guint n = 0;

  g_clear_pointer (&self->shift, fovea_concept_shift_free);
  if (has_both && self->counterpart > 0)
    numbers = find_counterparts (self, &n);
  if (has_both && (self->counterpart == 0 || numbers != NULL))
    self->shift = fovea_concept_shift_new (self->tallies[0], self->tallies[1],
                                           self->category != NULL ? FOVEA_CONCEPT_SHIFT_CONCEPTS : FOVEA_CONCEPT_SHIFT_CATEGORIES, self->iou, n, numbers);
  gtk_widget_set_visible (GTK_WIDGET (self), has_both);
  gtk_widget_set_visible (self->message, has_both && self->shift == NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->flow_chooser), self->shift != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->level), self->shift != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->counterpart_chooser), self->scans != NULL);
  if (has_both && self->shift == NULL)
    update_message (self);
  clear_channels (self);
  update_levels (self);
  update_flows (self);
  fovea_chart_frame_update (self->frame);
}

/* Scans tell something new only to who asks for matches. */
static void
on_scans_changed (FoveaConceptShiftView *self)
{
  if (self->counterpart > 0)
    update (self);
}

static void
on_scans_progress (FoveaConceptShiftView *self)
{
  if (gtk_widget_get_visible (self->message))
    update_message (self);
}

static void
on_counterpart_chosen (FoveaConceptShiftView *self)
{
  FoveaSettings *settings = fovea_application_get_settings ();
  const guint chosen = gtk_drop_down_get_selected (self->counterpart_chooser);

  if (chosen >= G_N_ELEMENTS (counterparts) || chosen == self->counterpart)
    return;
  self->counterpart = chosen;
  if (settings != NULL)
    fovea_settings_set_string (settings, "shift-counterpart", counterparts[chosen]);
  update (self);
}

static void
on_level_chosen (FoveaConceptShiftView *self)
{
  const guint selected = gtk_drop_down_get_selected (self->level);

  if (self->updating || self->shift == NULL)
    return;
  fovea_concept_shift_view_show_category (self, selected > 0 && selected <= self->shift->n_categories ? self->shift->categories[selected - 1] : NULL);
}

static void
fovea_concept_shift_view_dispose (GObject *object)
{
  FoveaConceptShiftView *self = FOVEA_CONCEPT_SHIFT_VIEW (object);
  GtkWidget *child;

  self->updating = TRUE;
  g_clear_pointer (&self->shift, fovea_concept_shift_free);
  if (self->scans != NULL)
    g_signal_handlers_disconnect_by_data (self->scans, self);
  g_clear_object (&self->scans);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (fovea_concept_shift_view_parent_class)->dispose (object);
}

static void
fovea_concept_shift_view_finalize (GObject *object)
{
  FoveaConceptShiftView *self = FOVEA_CONCEPT_SHIFT_VIEW (object);

  g_array_unref (self->flows);
  g_free (self->names[0]);
  g_free (self->names[1]);
  g_free (self->caption);
  g_free (self->category);
  G_OBJECT_CLASS (fovea_concept_shift_view_parent_class)->finalize (object);
}

static void
fovea_concept_shift_view_class_init (FoveaConceptShiftViewClass *class)
{
  G_OBJECT_CLASS (class)->dispose = fovea_concept_shift_view_dispose;
  G_OBJECT_CLASS (class)->finalize = fovea_concept_shift_view_finalize;

  signals[NEURON_ACTIVATED] = g_signal_new ("neuron-activated", FOVEA_TYPE_CONCEPT_SHIFT_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_UINT, G_TYPE_UINT);

  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (class), GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (class), "conceptshiftview");
}

static GtkDropDown *
add_drop_down (GtkWidget *box,
               const char *name)
{
  g_autoptr (GtkExpression) string = gtk_property_expression_new (GTK_TYPE_STRING_OBJECT, NULL, "string");
  GtkWidget *chooser = gtk_drop_down_new (NULL, g_steal_pointer (&string));

  gtk_widget_set_tooltip_text (chooser, name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (chooser), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_widget_set_parent (chooser, box);
  return GTK_DROP_DOWN (chooser);
}

static void
fovea_concept_shift_view_init (FoveaConceptShiftView *self)
{
  GtkLayoutManager *layout = gtk_widget_get_layout_manager (GTK_WIDGET (self));
  GtkWidget *box = g_object_new (FOVEA_TYPE_WRAP_BOX, NULL);
  GtkWidget *title = gtk_label_new ("Shift");
  g_autoptr (GtkStringList) titles = gtk_string_list_new (counterpart_titles);

  self->flows = g_array_new (FALSE, FALSE, sizeof (guint));
  gtk_orientable_set_orientation (GTK_ORIENTABLE (layout), GTK_ORIENTATION_VERTICAL);
  gtk_box_layout_set_spacing (GTK_BOX_LAYOUT (layout), 12);
  gtk_widget_add_css_class (title, "heading");
  gtk_widget_set_parent (title, box);
  self->level = add_drop_down (box, "What the flows are between");
  self->counterpart_chooser = add_drop_down (box, "Which channels of the two networks correspond");
  gtk_drop_down_set_model (self->counterpart_chooser, G_LIST_MODEL (titles));
  self->flow_chooser = add_drop_down (box, "Lists the channels that went one way");
  gtk_widget_set_parent (box, GTK_WIDGET (self));
  self->message = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  self->message_label = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_xalign (self->message_label, 0);
  gtk_label_set_wrap (self->message_label, TRUE);
  gtk_widget_set_hexpand (GTK_WIDGET (self->message_label), TRUE);
  gtk_box_append (GTK_BOX (self->message), GTK_WIDGET (self->message_label));
  self->scan_button = gtk_button_new ();
  gtk_widget_set_valign (self->scan_button, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (self->message), self->scan_button);
  gtk_widget_set_parent (self->message, GTK_WIDGET (self));
  self->frame = FOVEA_CHART_FRAME (fovea_chart_frame_new ());
  gtk_widget_set_parent (GTK_WIDGET (self->frame), GTK_WIDGET (self));
  self->channels_label = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_xalign (self->channels_label, 0);
  gtk_label_set_wrap (self->channels_label, TRUE);
  gtk_widget_set_parent (GTK_WIDGET (self->channels_label), GTK_WIDGET (self));
  self->channels = g_object_new (FOVEA_TYPE_WRAP_BOX, NULL);
  gtk_widget_set_parent (self->channels, GTK_WIDGET (self));
  fovea_chart_frame_set_maker (self->frame, "concept-shift.png", make_chart, self);
  g_signal_connect_object (fovea_chart_frame_get_view (self->frame), "mark-activated", G_CALLBACK (on_mark_activated), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->level, "notify::selected", G_CALLBACK (on_level_chosen), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->counterpart_chooser, "notify::selected", G_CALLBACK (on_counterpart_chosen), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->flow_chooser, "notify::selected", G_CALLBACK (on_flow_chosen), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->scan_button, "clicked", G_CALLBACK (on_scan_clicked), self, G_CONNECT_SWAPPED);
  update (self);
}

/**
 * fovea_concept_shift_view_new:
 *
 * Returns: (transfer floating): a view of nothing, which is not visible
 */
GtkWidget *
fovea_concept_shift_view_new (void)
{
  return g_object_new (FOVEA_TYPE_CONCEPT_SHIFT_VIEW, NULL);
}

/**
 * fovea_concept_shift_view_set_tallies:
 * @self: a view
 * @tallies: the standard network's and the robust one's, which have to live until others are set; without both the
 *   view is not visible
 * @names: (nullable): the networks', each
 * @iou: from which IoU on a channel is a detector
 * @caption: (nullable): how the numbers came about; %NULL only without both
 */
void
fovea_concept_shift_view_set_tallies (FoveaConceptShiftView *self,
                                      const FoveaTally *const tallies[2],
                                      const char *const names[2],
                                      double iou,
                                      const char *caption)
{
  g_return_if_fail (FOVEA_IS_CONCEPT_SHIFT_VIEW (self));

  for (guint i = 0; i < 2; i++)
    {
      self->tallies[i] = tallies[i];
      g_free (self->names[i]);
      self->names[i] = g_strdup (names[i]);
    }
  self->iou = iou;
  g_free (self->caption);
  self->caption = g_strdup (caption);
  update (self);
}

/**
 * fovea_concept_shift_view_set_scans:
 * @self: a view
 * @scans: what is known of the layer on an image set; they follow the same layer as the tallies
 *
 * Lets people choose which channels correspond, at first as they did last.
 */
void
fovea_concept_shift_view_set_scans (FoveaConceptShiftView *self,
                                    FoveaLayerScans *scans)
{
  FoveaSettings *settings = fovea_application_get_settings ();
  g_autofree char *kept = settings != NULL ? fovea_settings_get_string (settings, "shift-counterpart") : NULL;

  g_return_if_fail (FOVEA_IS_CONCEPT_SHIFT_VIEW (self) && self->scans == NULL && FOVEA_IS_LAYER_SCANS (scans));

  self->scans = g_object_ref (scans);
  g_signal_connect_object (scans, "changed", G_CALLBACK (on_scans_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (scans, "progress", G_CALLBACK (on_scans_progress), self, G_CONNECT_SWAPPED);
  if (kept != NULL)
    fovea_concept_shift_view_set_counterpart (self, kept);
  update (self);
}

/**
 * fovea_concept_shift_view_set_counterpart:
 * @self: a view with scans
 * @counterpart: which channels correspond: `same`, `best` or `one-to-one`
 */
void
fovea_concept_shift_view_set_counterpart (FoveaConceptShiftView *self,
                                          const char *counterpart)
{
  g_return_if_fail (FOVEA_IS_CONCEPT_SHIFT_VIEW (self) && self->scans != NULL && counterpart != NULL);

  for (guint i = 0; i < G_N_ELEMENTS (counterparts); i++)
    if (g_str_equal (counterpart, counterparts[i]))
      gtk_drop_down_set_selected (self->counterpart_chooser, i);
}

/**
 * fovea_concept_shift_view_show_category:
 * @self: a view
 * @category: (nullable): the category whose concepts are shown; %NULL is categories
 */
void
fovea_concept_shift_view_show_category (FoveaConceptShiftView *self,
                                        const char *category)
{
  char *copy = g_strdup (category);

  g_return_if_fail (FOVEA_IS_CONCEPT_SHIFT_VIEW (self));
  g_free (self->category);
  self->category = copy;
  update (self);
}

/**
 * fovea_concept_shift_view_show_flow:
 * @self: a view
 * @flow: one of the shift's
 *
 * Lists the channels that went this way.
 */
void
fovea_concept_shift_view_show_flow (FoveaConceptShiftView *self,
                                    guint flow)
{
  g_return_if_fail (FOVEA_IS_CONCEPT_SHIFT_VIEW (self) && self->shift != NULL && flow < self->shift->n_flows);
  list_channels (self, FOVEA_SHIFT_CHART_FLOW, flow);
}

/**
 * fovea_concept_shift_view_get_shift:
 * @self: a view
 *
 * Returns: (transfer none) (nullable): what is shown
 */
const FoveaConceptShift *
fovea_concept_shift_view_get_shift (FoveaConceptShiftView *self)
{
  g_return_val_if_fail (FOVEA_IS_CONCEPT_SHIFT_VIEW (self), NULL);
  return self->shift;
}

/**
 * fovea_concept_shift_view_get_frame:
 * @self: a view
 *
 * Returns: (transfer none): the diagram
 */
FoveaChartFrame *
fovea_concept_shift_view_get_frame (FoveaConceptShiftView *self)
{
  g_return_val_if_fail (FOVEA_IS_CONCEPT_SHIFT_VIEW (self), NULL);
  return self->frame;
}

/**
 * fovea_concept_shift_view_get_channels:
 * @self: a view
 *
 * Returns: (transfer none): the widget whose children are the buttons of the listed channels
 */
GtkWidget *
fovea_concept_shift_view_get_channels (FoveaConceptShiftView *self)
{
  g_return_val_if_fail (FOVEA_IS_CONCEPT_SHIFT_VIEW (self), NULL);
  return self->channels;
}

/**
 * fovea_concept_shift_view_get_message:
 * @self: a view
 *
 * Returns: (transfer none): what it says where it is not known which channels correspond
 */
const char *
fovea_concept_shift_view_get_message (FoveaConceptShiftView *self)
{
  g_return_val_if_fail (FOVEA_IS_CONCEPT_SHIFT_VIEW (self), NULL);
  return gtk_label_get_label (self->message_label);
}
