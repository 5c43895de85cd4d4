/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/chart-view.h"

#include <adwaita.h>
#include <math.h>

/* A chart that is made larger than this is mostly empty, in its natural size. */
#define MAXIMUM_SCALE 1.6

/* Room around the ring that marks what the keyboard chose. */
#define RING 9

/* Around the words beside it. */
#define WORDS_PADDING 6

struct _FoveaChartView
{
  GtkWidget parent_instance;

  FoveaChart *chart; /* nullable */
  double left;       /* where the chart is drawn, in pixels */
  guint current;     /* the mark that the keyboard chose; G_MAXUINT is none */
};

G_DEFINE_FINAL_TYPE (FoveaChartView, fovea_chart_view, GTK_TYPE_WIDGET)

enum
{
  MARK_ACTIVATED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static FoveaChartTheme
get_theme (void)
{
  return adw_style_manager_get_dark (adw_style_manager_get_default ()) ? FOVEA_CHART_DARK : FOVEA_CHART_LIGHT;
}

/* What the mark is, in a box beside its ring: tooltips follow the pointer alone. */
static void
draw_words (FoveaChartView *self, cairo_t *cr, const FoveaChartMark *mark, double width)
{
  g_autofree char *text = fovea_chart_describe_mark (self->chart, mark);
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), text);
  double box_width, box_height, x, y;
  int text_width, text_height;

  pango_layout_get_pixel_size (layout, &text_width, &text_height);
  box_width = text_width + 2 * WORDS_PADDING;
  box_height = text_height + 2 * WORDS_PADDING;
  x = mark->x + 2 * RING + box_width <= width ? mark->x + 2 * RING : MAX (0, mark->x - 2 * RING - box_width);
  y = MAX (0, mark->y - box_height / 2);
  cairo_set_source_rgba (cr, 0, 0, 0, 0.8);
  cairo_rectangle (cr, x, y, box_width, box_height);
  cairo_fill (cr);
  cairo_set_source_rgb (cr, 1, 1, 1);
  cairo_move_to (cr, x + WORDS_PADDING, y + WORDS_PADDING);
  pango_cairo_show_layout (cr, layout);
}

static void
draw_ring (FoveaChartView *self, cairo_t *cr, double width)
{
  GdkRGBA color;
  FoveaChartMark mark;

  if (self->current >= fovea_chart_get_n_marks (self->chart) || !gtk_widget_has_visible_focus (GTK_WIDGET (self)))
    return;
  fovea_chart_get_mark (self->chart, self->current, &mark);
  gtk_style_context_get_color (gtk_widget_get_style_context (GTK_WIDGET (self)), &color);
  gdk_cairo_set_source_rgba (cr, &color);
  cairo_set_line_width (cr, 2);
  cairo_new_path (cr);
  cairo_arc (cr, mark.x, mark.y, RING, 0, 2 * G_PI);
  cairo_stroke (cr);
  draw_words (self, cr, &mark, width);
}

static void
fovea_chart_view_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  FoveaChartView *self = FOVEA_CHART_VIEW (widget);
  double width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  double natural_width, natural_height;
  cairo_t *cr;

  if (self->chart == NULL || width <= 0 || height <= 0)
    return;
  fovea_chart_get_natural_size (self->chart, get_theme (), &natural_width, &natural_height);
  cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, (float) width, (float) height));
  self->left = MAX (floor ((width - MAXIMUM_SCALE * natural_width) / 2), 0);
  cairo_translate (cr, self->left, 0);
  fovea_chart_draw (self->chart, cr, width - 2 * self->left, height, get_theme ());
  draw_ring (self, cr, width - 2 * self->left);
  cairo_destroy (cr);
}

static void
fovea_chart_view_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural, int *minimum_baseline, int *natural_baseline)
{
  FoveaChartView *self = FOVEA_CHART_VIEW (widget);
  double width = 0, height = 0;

  if (self->chart != NULL)
    fovea_chart_get_natural_size (self->chart, get_theme (), &width, &height);
  *minimum = 0;
  *natural = (int) (orientation == GTK_ORIENTATION_HORIZONTAL ? width : height);
  *minimum_baseline = *natural_baseline = -1;
}

static gboolean
find_mark (FoveaChartView *self, double x, double y, FoveaChartMark *mark)
{
  return self->chart != NULL && fovea_chart_find_mark (self->chart, x - self->left, y, mark);
}

static gboolean
get_current (FoveaChartView *self, FoveaChartMark *mark)
{
  if (self->chart == NULL || self->current >= fovea_chart_get_n_marks (self->chart))
    return FALSE;
  fovea_chart_get_mark (self->chart, self->current, mark);
  return TRUE;
}

static gboolean
fovea_chart_view_query_tooltip (GtkWidget *widget, int x, int y, gboolean by_keyboard, GtkTooltip *tooltip)
{
  FoveaChartView *self = FOVEA_CHART_VIEW (widget);
  FoveaChartMark mark;
  g_autofree char *text = NULL;

  if (!(by_keyboard ? get_current (self, &mark) : find_mark (self, x, y, &mark)))
    return FALSE;
  text = fovea_chart_describe_mark (self->chart, &mark);
  gtk_tooltip_set_text (tooltip, text);
  gtk_tooltip_set_tip_area (tooltip, &(GdkRectangle) { (int) (mark.x + self->left) - RING, (int) mark.y - RING, 2 * RING, 2 * RING });
  return TRUE;
}

static void
activate (FoveaChartView *self, const FoveaChartMark *mark)
{
  g_signal_emit (self, signals[MARK_ACTIVATED], 0, mark->series, mark->category, mark->index);
}

static void
on_released (FoveaChartView *self, int n_press, double x, double y)
{
  FoveaChartMark mark;

  if (find_mark (self, x, y, &mark))
    activate (self, &mark);
}

static void
on_motion (FoveaChartView *self, double x, double y)
{
  FoveaChartMark mark;

  gtk_widget_set_cursor_from_name (GTK_WIDGET (self), find_mark (self, x, y, &mark) ? "pointer" : NULL);
}

/* To the next mark in the order of drawing; what it says goes to who cannot see it. */
static gboolean
step (GtkWidget *widget, GVariant *arguments, gpointer data)
{
  FoveaChartView *self = FOVEA_CHART_VIEW (widget);
  guint n = self->chart != NULL ? fovea_chart_get_n_marks (self->chart) : 0;
  int by = g_variant_get_int32 (arguments);
  g_autofree char *text = NULL;
  FoveaChartMark mark;

  if (n == 0)
    return FALSE;
  if (self->current >= n)
    self->current = by > 0 ? 0 : n - 1;
  else
    self->current = (guint) CLAMP ((int) self->current + by, 0, (int) n - 1);
  get_current (self, &mark);
  text = fovea_chart_describe_mark (self->chart, &mark);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text, -1);
  gtk_widget_queue_draw (widget);
  gtk_widget_trigger_tooltip_query (widget);
  return TRUE;
}

static gboolean
choose (GtkWidget *widget, GVariant *arguments, gpointer data)
{
  FoveaChartView *self = FOVEA_CHART_VIEW (widget);
  FoveaChartMark mark;

  if (!get_current (self, &mark))
    return FALSE;
  activate (self, &mark);
  return TRUE;
}

static void
fovea_chart_view_finalize (GObject *object)
{
  FoveaChartView *self = FOVEA_CHART_VIEW (object);

  g_clear_pointer (&self->chart, fovea_chart_free);
  G_OBJECT_CLASS (fovea_chart_view_parent_class)->finalize (object);
}

static void
fovea_chart_view_class_init (FoveaChartViewClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->finalize = fovea_chart_view_finalize;
  widget_class->snapshot = fovea_chart_view_snapshot;
  widget_class->measure = fovea_chart_view_measure;
  widget_class->query_tooltip = fovea_chart_view_query_tooltip;

  signals[MARK_ACTIVATED] = g_signal_new ("mark-activated", FOVEA_TYPE_CHART_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 3, G_TYPE_UINT, G_TYPE_UINT, G_TYPE_UINT);

  gtk_widget_class_set_css_name (widget_class, "chartview");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Left, 0, step, "i", -1);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Up, 0, step, "i", -1);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Right, 0, step, "i", 1);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Down, 0, step, "i", 1);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Return, 0, choose, NULL);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_KP_Enter, 0, choose, NULL);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_space, 0, choose, NULL);
}

static void
fovea_chart_view_init (FoveaChartView *self)
{
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkGesture *click = gtk_gesture_click_new ();

  self->current = G_MAXUINT;
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
  g_signal_connect_swapped (motion, "motion", G_CALLBACK (on_motion), self);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
  g_signal_connect_swapped (click, "released", G_CALLBACK (on_released), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
  g_signal_connect_object (adw_style_manager_get_default (), "notify::dark", G_CALLBACK (gtk_widget_queue_draw), self, G_CONNECT_SWAPPED);
}

/**
 * fovea_chart_view_new:
 *
 * Returns: (transfer floating): a view of nothing
 */
GtkWidget *
fovea_chart_view_new (void)
{
  return g_object_new (FOVEA_TYPE_CHART_VIEW, NULL);
}

/**
 * fovea_chart_view_set_chart:
 * @chart: (transfer full) (nullable): what to show; its title becomes the accessible name
 */
void
fovea_chart_view_set_chart (FoveaChartView *self, FoveaChart *chart)
{
  const char *title = chart != NULL ? fovea_chart_get_title (chart) : NULL;

  g_return_if_fail (FOVEA_IS_CHART_VIEW (self));
  g_clear_pointer (&self->chart, fovea_chart_free);
  self->chart = chart;
  self->current = G_MAXUINT;
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, title != NULL ? title : "Chart",
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, "The arrow keys walk through its marks", -1);
  gtk_widget_queue_resize (GTK_WIDGET (self));
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/**
 * fovea_chart_view_get_chart:
 *
 * Returns: (transfer none) (nullable): what is shown
 */
FoveaChart *
fovea_chart_view_get_chart (FoveaChartView *self)
{
  g_return_val_if_fail (FOVEA_IS_CHART_VIEW (self), NULL);
  return self->chart;
}

static gboolean
save_chart (gpointer data, const char *path, GError **error)
{
  return fovea_chart_save (data, path, error);
}

static GBytes *
render_chart (gpointer data, GError **error)
{
  return fovea_chart_render (data, "chart.png", error);
}

/**
 * fovea_chart_picture_new:
 * @chart: (transfer full): a chart that nobody else uses
 * @name: a file's name to suggest, ending in `.png`
 *
 * Returns: (transfer full): the chart to be saved or copied, as a table too
 */
FoveaPicture *
fovea_chart_picture_new (FoveaChart *chart, const char *name)
{
  FoveaPicture *picture = fovea_picture_new (name, save_chart, render_chart, chart, (GDestroyNotify) fovea_chart_free);

  fovea_picture_set_has_table (picture);
  return picture;
}
