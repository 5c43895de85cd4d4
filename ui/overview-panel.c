/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/overview-panel.h"

/* Charts are as high as they like to be, but at least so high, in pixels. */
#define MINIMUM_HEIGHT 300

struct _FoveaOverviewPanel
{
  GtkWidget parent_instance;

  GtkLabel *title;
  GtkDropDown *layers; /* for the chart of one layer */
  FoveaChartView *view;
  guint chart;
  FoveaOverviewData *data; /* nullable */
  gboolean updating;       /* controls are set by the program */
};

G_DEFINE_FINAL_TYPE (FoveaOverviewPanel, fovea_overview_panel, GTK_TYPE_WIDGET)

enum
{
  NEURON_ACTIVATED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static FoveaChart *
make_chart (FoveaOverviewPanel *self)
{
  guint layer = gtk_drop_down_get_selected (self->layers);

  return self->data != NULL ? fovea_overview_data_make_chart (self->data, self->chart, layer) : NULL;
}

static void
update (FoveaOverviewPanel *self)
{
  FoveaChart *chart = make_chart (self);
  double width = 0, height = 0;

  if (chart != NULL)
    {
      gtk_label_set_label (self->title, fovea_chart_get_title (chart));
      fovea_chart_get_natural_size (chart, FOVEA_CHART_LIGHT, &width, &height);
    }
  gtk_widget_set_size_request (GTK_WIDGET (self->view), -1, chart != NULL ? (int) MAX (height, MINIMUM_HEIGHT) : -1);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "chart.save", chart != NULL);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "chart.copy", chart != NULL);
  fovea_chart_view_set_chart (self->view, chart);
}

static void
on_layer_chosen (FoveaOverviewPanel *self)
{
  if (!self->updating)
    update (self);
}

static void
on_mark_activated (FoveaOverviewPanel *self, guint series, guint category, guint index)
{
  const char *layer;
  guint channel;

  if (self->data != NULL && fovea_overview_data_find_mark (self->data, self->chart, gtk_drop_down_get_selected (self->layers), category, index, &layer, &channel))
    g_signal_emit (self, signals[NEURON_ACTIVATED], 0, layer, channel);
}

static FoveaPicture *
take_picture (FoveaOverviewPanel *self)
{
  FoveaChart *chart = make_chart (self);
  g_autofree char *name = NULL;

  if (chart == NULL)
    return NULL;
  name = g_strconcat (fovea_chart_get_title (chart), ".png", NULL);
  return fovea_chart_picture_new (chart, g_strdelimit (g_strdelimit (name, " ", '-'), ":/,\\", '-'));
}

static void
save_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  FoveaPicture *picture = take_picture (FOVEA_OVERVIEW_PANEL (widget));

  if (picture != NULL)
    fovea_picture_save_as (picture, widget, "Save chart");
}

static void
copy_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  FoveaPicture *picture = take_picture (FOVEA_OVERVIEW_PANEL (widget));

  if (picture != NULL)
    fovea_picture_copy (picture, widget);
}

static void
fovea_overview_panel_dispose (GObject *object)
{
  FoveaOverviewPanel *self = FOVEA_OVERVIEW_PANEL (object);
  GtkWidget *child;

  self->updating = TRUE;
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_pointer (&self->data, fovea_overview_data_unref);
  G_OBJECT_CLASS (fovea_overview_panel_parent_class)->dispose (object);
}

static void
fovea_overview_panel_class_init (FoveaOverviewPanelClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = fovea_overview_panel_dispose;
  signals[NEURON_ACTIVATED] = g_signal_new ("neuron-activated", FOVEA_TYPE_OVERVIEW_PANEL, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_UINT);
  gtk_widget_class_set_css_name (widget_class, "overviewpanel");
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_install_action (widget_class, "chart.save", NULL, save_action);
  gtk_widget_class_install_action (widget_class, "chart.copy", NULL, copy_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_s, GDK_CONTROL_MASK, "chart.save", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_c, GDK_CONTROL_MASK, "chart.copy", NULL);
}

static GtkWidget *
make_button (const char *icon, const char *action, const char *label, const char *tooltip)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon);

  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), action);
  gtk_widget_set_tooltip_text (button, tooltip);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  return button;
}

static void
fovea_overview_panel_init (FoveaOverviewPanel *self)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  gtk_orientable_set_orientation (GTK_ORIENTABLE (gtk_widget_get_layout_manager (GTK_WIDGET (self))), GTK_ORIENTATION_VERTICAL);
  self->title = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_xalign (self->title, 0);
  gtk_label_set_ellipsize (self->title, PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (GTK_WIDGET (self->title), TRUE);
  gtk_widget_add_css_class (GTK_WIDGET (self->title), "heading");
  self->layers = GTK_DROP_DOWN (gtk_drop_down_new (NULL, NULL));
  gtk_widget_set_visible (GTK_WIDGET (self->layers), FALSE);
  gtk_widget_set_valign (GTK_WIDGET (self->layers), GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->layers), "The layer whose detectors are counted");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->layers), GTK_ACCESSIBLE_PROPERTY_LABEL, "Layer", -1);
  self->view = FOVEA_CHART_VIEW (fovea_chart_view_new ());
  gtk_box_append (GTK_BOX (row), GTK_WIDGET (self->title));
  gtk_box_append (GTK_BOX (row), GTK_WIDGET (self->layers));
  gtk_box_append (GTK_BOX (row), make_button ("edit-copy-symbolic", "chart.copy", "Copy chart", "Copy chart (Ctrl+C)"));
  gtk_box_append (GTK_BOX (row), make_button ("document-save-as-symbolic", "chart.save", "Save chart", "Save chart as PNG, SVG or PDF, or its numbers as CSV (Ctrl+S)"));
  gtk_widget_set_parent (row, GTK_WIDGET (self));
  gtk_widget_set_parent (GTK_WIDGET (self->view), GTK_WIDGET (self));
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
  g_signal_connect_object (self->view, "mark-activated", G_CALLBACK (on_mark_activated), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->layers, "notify::selected", G_CALLBACK (on_layer_chosen), self, G_CONNECT_SWAPPED);
}

/**
 * fovea_overview_panel_new:
 * @chart: which one of the overview's
 *
 * Returns: (transfer floating): a panel without a chart
 */
GtkWidget *
fovea_overview_panel_new (guint chart)
{
  FoveaOverviewPanel *self = g_object_new (FOVEA_TYPE_OVERVIEW_PANEL, NULL);

  self->chart = chart;
  return GTK_WIDGET (self);
}

/* The last layer that there is something of; the first of none. */
static guint
find_last_layer (FoveaOverviewPanel *self)
{
  for (guint i = fovea_overview_data_get_n_layers (self->data); i-- > 0;)
    {
      g_autoptr (FoveaChart) chart = fovea_overview_data_make_chart (self->data, self->chart, i);

      if (chart != NULL)
        return i;
    }
  return 0;
}

/* Keeps the choice where that has something to show. */
static void
list_layers (FoveaOverviewPanel *self)
{
  g_autoptr (GtkStringList) list = gtk_string_list_new (NULL);
  g_autoptr (FoveaChart) chart = NULL;
  guint n = fovea_overview_data_get_n_layers (self->data);
  guint selected = gtk_drop_down_get_selected (self->layers);

  chart = fovea_overview_data_make_chart (self->data, self->chart, selected);
  if (chart == NULL)
    selected = find_last_layer (self);
  for (guint i = 0; i < n; i++)
    gtk_string_list_append (list, fovea_overview_data_get_layer (self->data, i));
  self->updating = TRUE;
  gtk_drop_down_set_model (self->layers, G_LIST_MODEL (list));
  if (n > 0)
    gtk_drop_down_set_selected (self->layers, selected);
  self->updating = FALSE;
}

static gboolean
has_any_chart (FoveaOverviewPanel *self)
{
  for (guint i = 0; i < fovea_overview_data_get_n_layers (self->data); i++)
    {
      g_autoptr (FoveaChart) chart = fovea_overview_data_make_chart (self->data, self->chart, i);

      if (chart != NULL)
        return TRUE;
    }
  return FALSE;
}

/**
 * fovea_overview_panel_set_data:
 * @data: what to show
 */
void
fovea_overview_panel_set_data (FoveaOverviewPanel *self, FoveaOverviewData *data)
{
  g_return_if_fail (FOVEA_IS_OVERVIEW_PANEL (self) && data != NULL);

  fovea_overview_data_ref (data);
  g_clear_pointer (&self->data, fovea_overview_data_unref);
  self->data = data;
  if (fovea_overview_chart_is_of_layer (self->chart))
    list_layers (self);
  gtk_widget_set_visible (GTK_WIDGET (self->layers), fovea_overview_chart_is_of_layer (self->chart));
  gtk_label_set_label (self->title, self->chart == FOVEA_OVERVIEW_CATEGORIES ? "Detectors by category" : "");
  gtk_widget_set_visible (GTK_WIDGET (self), has_any_chart (self));
  update (self);
}

/**
 * fovea_overview_panel_get_view:
 *
 * Returns: (transfer none): where the chart is
 */
FoveaChartView *
fovea_overview_panel_get_view (FoveaOverviewPanel *self)
{
  g_return_val_if_fail (FOVEA_IS_OVERVIEW_PANEL (self), NULL);
  return self->view;
}
