/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/stylize-losses.h"

#include <math.h>

#define HEIGHT 72
#define LABEL_WIDTH 38

struct _FoveaStylizeLosses
{
  GtkWidget parent_instance;

  FoveaStyleLosses *losses; /* nullable: before the first step and after each */
  guint n_losses;
  guint n_steps; /* what the horizontal axis is made for */
};

G_DEFINE_FINAL_TYPE (FoveaStylizeLosses, fovea_stylize_losses, GTK_TYPE_WIDGET)

/* What the plot spans: powers of ten, and where it lies in the widget. */
typedef struct
{
  int lowest;
  int highest;
  double width;
  double height;
} Plot;

static double
get_loss (const FoveaStylizeLosses *self, guint step, gboolean style)
{
  return style ? self->losses[step].style : self->losses[step].content;
}

/* A loss without layers is 0 throughout, and has no line. */
static void
lay_out (FoveaStylizeLosses *self, Plot *plot)
{
  double smallest = INFINITY, largest = 0;

  for (guint i = 0; i < self->n_losses; i++)
    for (guint style = 0; style < 2; style++)
      {
        const double loss = get_loss (self, i, style != 0);

        if (loss <= 0 || !isfinite (loss))
          continue;
        smallest = MIN (smallest, loss);
        largest = MAX (largest, loss);
      }
  plot->highest = largest > 0 ? CLAMP ((int) ceil (log10 (largest) - 1e-9), -12, 12) : 0;
  plot->lowest = largest > 0 ? CLAMP ((int) floor (log10 (smallest) + 1e-9), -12, 12) : -1;
  plot->lowest = MIN (plot->lowest, plot->highest - 1);
  plot->width = MAX (gtk_widget_get_width (GTK_WIDGET (self)) - LABEL_WIDTH - 4, 1);
  plot->height = MAX (gtk_widget_get_height (GTK_WIDGET (self)) - 12, 1);
}

static double
get_y (const Plot *plot, double power)
{
  return 6 + (plot->highest - power) / (plot->highest - plot->lowest) * plot->height;
}

static void
draw_line (FoveaStylizeLosses *self, const Plot *plot, cairo_t *cr, gboolean style)
{
  const double dashes[] = { 4, 3 };

  cairo_set_dash (cr, dashes, style ? 2 : 0, 0);
  cairo_new_path (cr);
  for (guint i = 0; i < self->n_losses; i++)
    {
      const double loss = get_loss (self, i, style);

      if (loss > 0)
        cairo_line_to (cr, LABEL_WIDTH + plot->width * i / MAX (self->n_steps, 1), get_y (plot, CLAMP (log10 (loss), plot->lowest, plot->highest)));
    }
  cairo_stroke (cr);
}

static void
fovea_stylize_losses_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  FoveaStylizeLosses *self = FOVEA_STYLIZE_LOSSES (widget);
  const int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  GdkRGBA color;
  cairo_t *cr;
  Plot plot;

  lay_out (self, &plot);
  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &color);
  cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, (float) width, (float) height));
  cairo_set_line_width (cr, 1);
  for (int power = plot.lowest; power <= plot.highest; power++)
    {
      g_autofree char *text = g_strdup_printf ("%g", pow (10, power));
      g_autoptr (PangoLayout) label = gtk_widget_create_pango_layout (widget, text);
      const double y = round (get_y (&plot, power)) + 0.5;
      int label_width, label_height;

      cairo_set_source_rgba (cr, color.red, color.green, color.blue, 0.15);
      cairo_move_to (cr, LABEL_WIDTH, y);
      cairo_line_to (cr, LABEL_WIDTH + plot.width, y);
      cairo_stroke (cr);
      /* Where many powers are close together, only the ends have a number. */
      if (power != plot.lowest && power != plot.highest && plot.highest - plot.lowest > 3)
        continue;
      pango_layout_get_pixel_size (label, &label_width, &label_height);
      cairo_set_source_rgba (cr, color.red, color.green, color.blue, 0.7);
      cairo_move_to (cr, LABEL_WIDTH - 6 - label_width, CLAMP (y - label_height / 2.0, 0, height - label_height));
      pango_cairo_show_layout (cr, label);
    }
  cairo_set_source_rgba (cr, color.red, color.green, color.blue, 1);
  cairo_set_line_width (cr, 1.5);
  draw_line (self, &plot, cr, FALSE);
  draw_line (self, &plot, cr, TRUE);
  cairo_destroy (cr);
}

static void
fovea_stylize_losses_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural, int *minimum_baseline,
                              int *natural_baseline)
{
  *minimum = *natural = orientation == GTK_ORIENTATION_VERTICAL ? HEIGHT : LABEL_WIDTH + 60;
}

static void
fovea_stylize_losses_finalize (GObject *object)
{
  g_free (FOVEA_STYLIZE_LOSSES (object)->losses);
  G_OBJECT_CLASS (fovea_stylize_losses_parent_class)->finalize (object);
}

static void
fovea_stylize_losses_class_init (FoveaStylizeLossesClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->finalize = fovea_stylize_losses_finalize;
  widget_class->snapshot = fovea_stylize_losses_snapshot;
  widget_class->measure = fovea_stylize_losses_measure;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
fovea_stylize_losses_init (FoveaStylizeLosses *self)
{
  gtk_widget_add_css_class (GTK_WIDGET (self), "caption");
}

/**
 * fovea_stylize_losses_set_losses:
 * @losses: (array length=n_losses) (nullable): before the first step and after each; copied
 * @n_steps: how many steps there shall be
 */
void
fovea_stylize_losses_set_losses (FoveaStylizeLosses *self, const FoveaStyleLosses *losses, guint n_losses, guint n_steps)
{
  g_return_if_fail (FOVEA_IS_STYLIZE_LOSSES (self));
  g_free (self->losses);
  self->losses = g_memdup2 (losses, n_losses * sizeof *losses);
  self->n_losses = n_losses;
  self->n_steps = n_steps;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
