/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/chart-frame.h"

#include <math.h>

struct _FoveaChartFrame {
  GtkWidget parent_instance;

  GtkWidget *header;
  GtkLabel *title;
  GtkLabel *subtitle;
  FoveaChartView *view;

  char *name; /* a file's to suggest */
  FoveaChartMaker make; /* nullable */
  gpointer data;
};

G_DEFINE_FINAL_TYPE (FoveaChartFrame, fovea_chart_frame, GTK_TYPE_WIDGET)

static void
save (GtkWidget *widget,
      const char *action,
      GVariant *parameter)
{
  FoveaPicture *picture = fovea_chart_frame_take_picture (FOVEA_CHART_FRAME (widget));

  if (picture != NULL)
    fovea_picture_save_as (picture, widget, "Save Chart");
}

static void
copy (GtkWidget *widget,
      const char *action,
      GVariant *parameter)
{
  FoveaPicture *picture = fovea_chart_frame_take_picture (FOVEA_CHART_FRAME (widget));

  if (picture != NULL)
    fovea_picture_copy (picture, widget);
}

static void
fovea_chart_frame_dispose (GObject *object)
{
  FoveaChartFrame *self = FOVEA_CHART_FRAME (object);
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  self->make = NULL;
  G_OBJECT_CLASS (fovea_chart_frame_parent_class)->dispose (object);
}

static void
fovea_chart_frame_finalize (GObject *object)
{
  g_free (FOVEA_CHART_FRAME (object)->name);
  G_OBJECT_CLASS (fovea_chart_frame_parent_class)->finalize (object);
}

static void
fovea_chart_frame_class_init (FoveaChartFrameClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = fovea_chart_frame_dispose;
  G_OBJECT_CLASS (class)->finalize = fovea_chart_frame_finalize;

  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "chartframe");
  gtk_widget_class_install_action (widget_class, "chart.save", NULL, save);
  gtk_widget_class_install_action (widget_class, "chart.copy", NULL, copy);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_s, GDK_CONTROL_MASK, "chart.save", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_c, GDK_CONTROL_MASK, "chart.copy", NULL);
}

static GtkWidget *
make_button (const char *icon,
             const char *action,
             const char *name)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon);

  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), action);
  gtk_widget_set_tooltip_text (button, name);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  return button;
}

static GtkLabel *
make_label (const char *style)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_widget_add_css_class (label, style);
  return GTK_LABEL (label);
}

static void
fovea_chart_frame_init (FoveaChartFrame *self)
{
  gtk_orientable_set_orientation (GTK_ORIENTABLE (gtk_widget_get_layout_manager (GTK_WIDGET (self))), GTK_ORIENTATION_VERTICAL);
  gtk_box_layout_set_spacing (GTK_BOX_LAYOUT (gtk_widget_get_layout_manager (GTK_WIDGET (self))), 4);
  self->header = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  self->title = make_label ("heading");
  gtk_widget_set_hexpand (GTK_WIDGET (self->title), TRUE);
  gtk_box_append (GTK_BOX (self->header), GTK_WIDGET (self->title));
  gtk_box_append (GTK_BOX (self->header), make_button ("edit-copy-symbolic", "chart.copy", "Copy this chart (Ctrl+C)"));
  gtk_box_append (GTK_BOX (self->header), make_button ("document-save-as-symbolic", "chart.save", "Save this chart as PNG, PDF, SVG or CSV (Ctrl+S)"));
  self->subtitle = make_label ("dim-label");
  self->view = FOVEA_CHART_VIEW (fovea_chart_view_new ());
  gtk_widget_set_parent (self->header, GTK_WIDGET (self));
  gtk_widget_set_parent (GTK_WIDGET (self->subtitle), GTK_WIDGET (self));
  gtk_widget_set_parent (GTK_WIDGET (self->view), GTK_WIDGET (self));
  fovea_chart_frame_update (self);
}

/**
 * fovea_chart_frame_new:
 *
 * Returns: (transfer floating): a frame of nothing
 */
GtkWidget *
fovea_chart_frame_new (void)
{
  return g_object_new (FOVEA_TYPE_CHART_FRAME, NULL);
}

/**
 * fovea_chart_frame_set_maker:
 * @self: a frame
 * @name: a file's name to suggest, ending in `.png`
 * @make: (nullable): makes the chart, once to be shown and again for each file; in the main thread
 * @data: passed to @make; must outlive the frame
 */
void
fovea_chart_frame_set_maker (FoveaChartFrame *self,
                            const char *name,
                            FoveaChartMaker make,
                            gpointer data)
{
  g_return_if_fail (FOVEA_IS_CHART_FRAME (self) && name != NULL);

  g_free (self->name);
  self->name = g_strdup (name);
  self->make = make;
  self->data = data;
  fovea_chart_frame_update (self);
}

/**
 * fovea_chart_frame_update:
 * @self: a frame
 *
 * Makes the chart anew.
 */
void
fovea_chart_frame_update (FoveaChartFrame *self)
{
  FoveaChart *chart;
  const char *title, *subtitle;
  double width = 0, height = 0;

  g_return_if_fail (FOVEA_IS_CHART_FRAME (self));

  chart = self->make != NULL ? self->make (self->data) : NULL;
  title = chart != NULL ? fovea_chart_get_title (chart) : NULL;
  subtitle = chart != NULL ? fovea_chart_get_subtitle (chart) : NULL;
  gtk_label_set_label (self->title, title != NULL ? title : "");
  gtk_label_set_label (self->subtitle, subtitle != NULL ? subtitle : "");
  gtk_widget_set_visible (GTK_WIDGET (self->subtitle), subtitle != NULL);
  gtk_widget_set_visible (self->header, chart != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->view), chart != NULL);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "chart.save", chart != NULL);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "chart.copy", chart != NULL);
  /* In a page that scrolls, everything gets the least that it asks for. */
  if (chart != NULL)
    fovea_chart_get_natural_size (chart, FOVEA_CHART_LIGHT, &width, &height);
  gtk_widget_set_size_request (GTK_WIDGET (self->view), -1, (int) ceil (height));
  fovea_chart_view_set_chart (self->view, chart);
}

/**
 * fovea_chart_frame_get_view:
 * @self: a frame
 *
 * Returns: (transfer none): what draws the chart
 */
FoveaChartView *
fovea_chart_frame_get_view (FoveaChartFrame *self)
{
  g_return_val_if_fail (FOVEA_IS_CHART_FRAME (self), NULL);
  return self->view;
}

/**
 * fovea_chart_frame_take_picture:
 * @self: a frame
 *
 * Returns: (transfer full) (nullable): the chart to be saved or copied, or as a table to be saved
 */
FoveaPicture *
fovea_chart_frame_take_picture (FoveaChartFrame *self)
{
  FoveaChart *chart;

  g_return_val_if_fail (FOVEA_IS_CHART_FRAME (self), NULL);

  chart = self->make != NULL ? self->make (self->data) : NULL;
  return chart != NULL ? fovea_chart_picture_new (chart, self->name) : NULL;
}
