/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/overview-section.h"

#include "ui/duration.h"
#include "ui/sentence.h"

struct _FoveaOverviewSection
{
  GtkWidget parent_instance;

  GtkWidget *heading;
  GtkLabel *description;
  GtkWidget *row; /* what is missing, or what is done about it */
  GtkLabel *status;
  GtkProgressBar *bar;
  GtkButton *button; /* Compute, or Stop */
  GtkLabel *error;
  FoveaOverviewPanel *panels[FOVEA_OVERVIEW_N_CHARTS]; /* nullable: of other groups */
  FoveaOverviewGroup group;
  double estimate; /* seconds; negative while it is not known */
  gboolean is_missing;
  gboolean is_running;
};

G_DEFINE_FINAL_TYPE (FoveaOverviewSection, fovea_overview_section, GTK_TYPE_WIDGET)

enum
{
  COMPUTE,
  STOP,
  NEURON_ACTIVATED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static const char *const titles[FOVEA_OVERVIEW_N_GROUPS] = {
  [FOVEA_OVERVIEW_SMOOTHNESS] = "Smoothness",
  [FOVEA_OVERVIEW_DIVERSITY] = "Diversity of inputs",
  [FOVEA_OVERVIEW_SHAPE] = "Shape or texture",
  [FOVEA_OVERVIEW_DETECTORS] = "Detectors of concepts",
};

static void
update (FoveaOverviewSection *self)
{
  g_autofree char *time = NULL;
  g_autofree char *text = NULL;

  gtk_widget_set_visible (self->row, self->is_missing || self->is_running);
  gtk_widget_set_visible (GTK_WIDGET (self->bar), self->is_running);
  gtk_button_set_label (self->button, self->is_running ? "_Stop" : "_Compute");
  if (self->is_running)
    gtk_widget_remove_css_class (GTK_WIDGET (self->button), "suggested-action");
  else
    gtk_widget_add_css_class (GTK_WIDGET (self->button), "suggested-action");
  text = g_strdup_printf ("%s: %s", titles[self->group], self->is_running ? "stop" : "compute");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->button), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
  if (self->is_running)
    return;
  if (self->estimate < 0)
    {
      gtk_label_set_label (self->status, "Not computed yet. Finding out how long it will take…");
      return;
    }
  g_clear_pointer (&text, g_free);
  time = fovea_duration_describe (self->estimate);
  text = g_strdup_printf ("Not computed yet. It will take %s.", time);
  gtk_label_set_label (self->status, text);
}

static void
on_clicked (FoveaOverviewSection *self)
{
  g_signal_emit (self, signals[self->is_running ? STOP : COMPUTE], 0);
}

static void
on_neuron_activated (FoveaOverviewSection *self, const char *layer, guint channel)
{
  g_signal_emit (self, signals[NEURON_ACTIVATED], 0, layer, channel);
}

static void
fovea_overview_section_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (fovea_overview_section_parent_class)->dispose (object);
}

static void
fovea_overview_section_class_init (FoveaOverviewSectionClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = fovea_overview_section_dispose;
  signals[COMPUTE] = g_signal_new ("compute", FOVEA_TYPE_OVERVIEW_SECTION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[STOP] = g_signal_new ("stop", FOVEA_TYPE_OVERVIEW_SECTION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[NEURON_ACTIVATED] = g_signal_new ("neuron-activated", FOVEA_TYPE_OVERVIEW_SECTION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_UINT);
  gtk_widget_class_set_css_name (widget_class, "overviewsection");
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static GtkLabel *
make_text (const char *css_class)
{
  GtkLabel *label = GTK_LABEL (gtk_label_new (NULL));

  gtk_label_set_xalign (label, 0);
  gtk_label_set_wrap (label, TRUE);
  if (css_class != NULL)
    gtk_widget_add_css_class (GTK_WIDGET (label), css_class);
  return label;
}

static void
fovea_overview_section_init (FoveaOverviewSection *self)
{
  GtkWidget *column = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);

  gtk_orientable_set_orientation (GTK_ORIENTABLE (gtk_widget_get_layout_manager (GTK_WIDGET (self))), GTK_ORIENTATION_VERTICAL);
  gtk_box_layout_set_spacing (GTK_BOX_LAYOUT (gtk_widget_get_layout_manager (GTK_WIDGET (self))), 8);
  self->estimate = -1;
  self->heading = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  self->description = make_text ("dim-label");
  self->status = make_text (NULL);
  self->error = make_text ("error");
  self->bar = GTK_PROGRESS_BAR (gtk_progress_bar_new ());
  self->button = GTK_BUTTON (gtk_button_new ());
  self->row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  gtk_button_set_use_underline (self->button, TRUE);
  gtk_widget_set_valign (GTK_WIDGET (self->button), GTK_ALIGN_CENTER);
  gtk_widget_set_hexpand (column, TRUE);
  gtk_widget_set_valign (column, GTK_ALIGN_CENTER);
  gtk_widget_set_visible (GTK_WIDGET (self->error), FALSE);
  gtk_label_set_selectable (self->error, TRUE);
  gtk_box_append (GTK_BOX (column), GTK_WIDGET (self->status));
  gtk_box_append (GTK_BOX (column), GTK_WIDGET (self->bar));
  gtk_box_append (GTK_BOX (self->row), column);
  gtk_box_append (GTK_BOX (self->row), GTK_WIDGET (self->button));
  gtk_widget_add_css_class (self->row, "card");
  gtk_widget_add_css_class (self->row, "overview-offer");
  g_signal_connect_object (self->button, "clicked", G_CALLBACK (on_clicked), self, G_CONNECT_SWAPPED);
}

/**
 * fovea_overview_section_new:
 * @group: what it is about
 *
 * Returns: (transfer floating): a section without charts
 */
GtkWidget *
fovea_overview_section_new (FoveaOverviewGroup group)
{
  FoveaOverviewSection *self = g_object_new (FOVEA_TYPE_OVERVIEW_SECTION, NULL);
  GtkLabel *title = make_text ("title-3");

  self->group = group;
  gtk_label_set_label (title, titles[group]);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, titles[group], -1);
  gtk_widget_set_hexpand (GTK_WIDGET (title), TRUE);
  gtk_box_append (GTK_BOX (self->heading), GTK_WIDGET (title));
  gtk_widget_set_parent (self->heading, GTK_WIDGET (self));
  gtk_widget_set_parent (GTK_WIDGET (self->description), GTK_WIDGET (self));
  gtk_widget_set_parent (self->row, GTK_WIDGET (self));
  gtk_widget_set_parent (GTK_WIDGET (self->error), GTK_WIDGET (self));
  for (guint chart = 0; chart < FOVEA_OVERVIEW_N_CHARTS; chart++)
    {
      if (fovea_overview_chart_get_group (chart) != group)
        continue;
      self->panels[chart] = FOVEA_OVERVIEW_PANEL (fovea_overview_panel_new (chart));
      gtk_widget_set_parent (GTK_WIDGET (self->panels[chart]), GTK_WIDGET (self));
      g_signal_connect_object (self->panels[chart], "neuron-activated", G_CALLBACK (on_neuron_activated), self, G_CONNECT_SWAPPED);
    }
  update (self);
  return GTK_WIDGET (self);
}

/**
 * fovea_overview_section_add_control:
 * @control: (transfer floating): what people choose for this section
 *
 * Puts it behind the title.
 */
void
fovea_overview_section_add_control (FoveaOverviewSection *self, GtkWidget *control)
{
  g_return_if_fail (FOVEA_IS_OVERVIEW_SECTION (self) && GTK_IS_WIDGET (control));
  gtk_widget_set_valign (control, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (self->heading), control);
}

/**
 * fovea_overview_section_set_data:
 * @data: what there is, and what is missing
 */
void
fovea_overview_section_set_data (FoveaOverviewSection *self, FoveaOverviewData *data)
{
  g_autofree char *description = NULL;

  g_return_if_fail (FOVEA_IS_OVERVIEW_SECTION (self) && data != NULL);

  description = fovea_overview_data_describe (data, self->group);
  gtk_label_set_label (self->description, description);
  self->is_missing = !fovea_overview_data_is_complete (data, self->group) && fovea_overview_data_get_problem (data, self->group) == NULL;
  self->estimate = -1;
  for (guint chart = 0; chart < FOVEA_OVERVIEW_N_CHARTS; chart++)
    if (self->panels[chart] != NULL)
      fovea_overview_panel_set_data (self->panels[chart], data);
  fovea_overview_section_set_error (self, fovea_overview_data_get_problem (data, self->group));
  update (self);
}

/**
 * fovea_overview_section_set_estimate:
 * @seconds: how long it will take to compute what is missing; negative where that is not known
 */
void
fovea_overview_section_set_estimate (FoveaOverviewSection *self, double seconds)
{
  g_return_if_fail (FOVEA_IS_OVERVIEW_SECTION (self));
  self->estimate = seconds;
  update (self);
}

/**
 * fovea_overview_section_set_progress:
 * @text: (nullable): what is computed now; %NULL when nothing is any more
 * @fraction: how much of it is done
 */
void
fovea_overview_section_set_progress (FoveaOverviewSection *self, const char *text, double fraction)
{
  gboolean is_running = text != NULL;

  g_return_if_fail (FOVEA_IS_OVERVIEW_SECTION (self));

  if (self->is_running != is_running)
    {
      self->is_running = is_running;
      update (self);
    }
  if (!is_running)
    return;
  gtk_label_set_label (self->status, text);
  gtk_progress_bar_set_fraction (self->bar, CLAMP (fraction, 0, 1));
}

/**
 * fovea_overview_section_set_error:
 * @text: (nullable): what went wrong
 */
void
fovea_overview_section_set_error (FoveaOverviewSection *self, const char *text)
{
  g_autofree char *sentence = text != NULL && text[0] != '\0' ? fovea_sentence_from_error (text) : NULL;

  g_return_if_fail (FOVEA_IS_OVERVIEW_SECTION (self));
  gtk_label_set_label (self->error, sentence != NULL ? sentence : "");
  gtk_widget_set_visible (GTK_WIDGET (self->error), sentence != NULL);
}

/**
 * fovea_overview_section_get_status:
 *
 * Returns: (transfer none) (nullable): what it says is missing or going on; %NULL when nothing is
 */
const char *
fovea_overview_section_get_status (FoveaOverviewSection *self)
{
  g_return_val_if_fail (FOVEA_IS_OVERVIEW_SECTION (self), NULL);
  return gtk_widget_get_visible (self->row) ? gtk_label_get_label (self->status) : NULL;
}

/**
 * fovea_overview_section_get_button:
 *
 * Returns: (transfer none): what computes or stops
 */
GtkWidget *
fovea_overview_section_get_button (FoveaOverviewSection *self)
{
  g_return_val_if_fail (FOVEA_IS_OVERVIEW_SECTION (self), NULL);
  return GTK_WIDGET (self->button);
}

/**
 * fovea_overview_section_get_panel:
 * @chart: one of the section's group
 *
 * Returns: (transfer none): its panel
 */
FoveaOverviewPanel *
fovea_overview_section_get_panel (FoveaOverviewSection *self, guint chart)
{
  g_return_val_if_fail (FOVEA_IS_OVERVIEW_SECTION (self) && chart < FOVEA_OVERVIEW_N_CHARTS, NULL);
  return self->panels[chart];
}
