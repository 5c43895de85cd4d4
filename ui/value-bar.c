/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/value-bar.h"

#include "ui/palette.h"

#define HEIGHT 8

/* The least; a bar takes what room there is. */
#define WIDTH 36

struct _FoveaValueBar
{
  GtkWidget parent_instance;

  FoveaSide side;
  double fraction;
};

G_DEFINE_FINAL_TYPE (FoveaValueBar, fovea_value_bar, GTK_TYPE_WIDGET)

static void
append_bar (GtkSnapshot *snapshot, float y, float width, const GdkRGBA *color)
{
  GskRoundedRect shape;

  gsk_rounded_rect_init_from_rect (&shape, &GRAPHENE_RECT_INIT (0, y, width, HEIGHT), MIN (HEIGHT, width) / 2);
  gtk_snapshot_push_rounded_clip (snapshot, &shape);
  gtk_snapshot_append_color (snapshot, color, &GRAPHENE_RECT_INIT (0, y, width, HEIGHT));
  gtk_snapshot_pop (snapshot);
}

static void
fovea_value_bar_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  FoveaValueBar *self = FOVEA_VALUE_BAR (widget);
  float width = (float) gtk_widget_get_width (widget);
  float y = (float) (gtk_widget_get_height (widget) - HEIGHT) / 2;
  GdkRGBA color;

  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &color);
  color.alpha *= 0.12f;
  append_bar (snapshot, y, width, &color);
  if (self->fraction > 0)
    {
      gdk_rgba_parse (&color, self->side == FOVEA_SIDE_STANDARD ? FOVEA_COLOR_STANDARD : FOVEA_COLOR_ROBUST);
      append_bar (snapshot, y, MAX (width * (float) self->fraction, 1), &color);
    }
}

static void
fovea_value_bar_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural, int *minimum_baseline, int *natural_baseline)
{
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? WIDTH : HEIGHT;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? WIDTH : HEIGHT;
  *minimum_baseline = *natural_baseline = -1;
}

static void
fovea_value_bar_class_init (FoveaValueBarClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  widget_class->snapshot = fovea_value_bar_snapshot;
  widget_class->measure = fovea_value_bar_measure;
  gtk_widget_class_set_css_name (widget_class, "valuebar");
  /* The number stands beside it. */
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
fovea_value_bar_init (FoveaValueBar *self)
{
}

/**
 * fovea_value_bar_new:
 *
 * Returns: (transfer floating): an empty bar
 */
GtkWidget *
fovea_value_bar_new (void)
{
  return g_object_new (FOVEA_TYPE_VALUE_BAR, NULL);
}

/**
 * fovea_value_bar_set_side:
 * @side: whose colour it has
 */
void
fovea_value_bar_set_side (FoveaValueBar *self, FoveaSide side)
{
  g_return_if_fail (FOVEA_IS_VALUE_BAR (self));
  self->side = side;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/**
 * fovea_value_bar_set_fraction:
 * @fraction: how much of the bar is filled; what is outside of [0,1] is clamped
 */
void
fovea_value_bar_set_fraction (FoveaValueBar *self, double fraction)
{
  g_return_if_fail (FOVEA_IS_VALUE_BAR (self));
  self->fraction = fraction > 0 ? MIN (fraction, 1) : 0;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/**
 * fovea_value_bar_get_fraction:
 */
double
fovea_value_bar_get_fraction (FoveaValueBar *self)
{
  g_return_val_if_fail (FOVEA_IS_VALUE_BAR (self), 0);
  return self->fraction;
}
