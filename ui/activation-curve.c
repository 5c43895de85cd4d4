/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/activation-curve.h"

#include <adwaita.h>
#include <math.h>

#include "ui/palette.h"

/* About one number on an axis every so many pixels. */
#define PIXELS_PER_X_TICK 64
#define PIXELS_PER_Y_TICK 24
#define TICK_GAP 6

/* A widget that is higher than any screen has no more numbers than this. */
#define MAX_TICKS 64

struct _FoveaActivationCurve
{
  GtkWidget parent_instance;

  FoveaSide side;
  GArray *lines[FOVEA_ACTIVATION_CURVE_MAX_LINES]; /* of double; value i belongs to step i + 1 */
  guint n_lines;
  guint n_steps; /* what the horizontal axis is made for */
  guint selected;
  double own_minimum; /* over finite values of all lines; minimum > maximum while there are none */
  double own_maximum;
  double wanted_minimum; /* also visible; minimum > maximum where nothing more is wanted */
  double wanted_maximum;
  char *placeholder;
  double pointer_x; /* negative while the pointer is elsewhere */
};

G_DEFINE_FINAL_TYPE (FoveaActivationCurve, fovea_activation_curve, GTK_TYPE_WIDGET)

/* Where the plot lies inside the widget, and what it spans. */
typedef struct
{
  double left, top, width, height; /* pixels */
  double minimum, maximum;         /* activation at the bottom and at the top */
  double y_tick;
  double first_y_tick;
  guint n_y_ticks;
  guint n_steps;
} Plot;

/* The smallest of 1, 2, 5 times a power of ten that is not below @value. */
static double
round_up_tick (double value)
{
  double power = pow (10, floor (log10 (value)));
  double mantissa = value / power;

  return power * (mantissa <= 1 ? 1 : mantissa <= 2 ? 2 : mantissa <= 5 ? 5 : 10);
}

/* The largest of 1, 2, 5 times a power of ten that is below @tick, itself one of them. */
static double
get_finer_tick (double tick)
{
  return round_up_tick (tick / 2.6);
}

/* Digits after the point that tell multiples of @tick apart. */
static int
get_tick_digits (double tick)
{
  return CLAMP ((int) ceil (-log10 (tick) - 1e-9), 0, 9);
}

/* Very large and very small numbers in scientific notation, so that labels stay narrow. */
static char *
format_tick (double value, double tick, double largest)
{
  if (largest >= 1e5 || largest < 1e-3)
    return g_strdup_printf ("%.1e", value);
  if (fabs (value) < tick / 2)
    value = 0;
  return g_strdup_printf ("%.*f", get_tick_digits (tick), value);
}

static GdkRGBA
get_color (FoveaActivationCurve *self)
{
  return self->side == FOVEA_SIDE_STANDARD ? (GdkRGBA) { FOVEA_COLOR_STANDARD_RGB, 1 } : (GdkRGBA) { FOVEA_COLOR_ROBUST_RGB, 1 };
}

static PangoLayout *
create_label (FoveaActivationCurve *self, const char *text)
{
  PangoLayout *layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), text);
  PangoAttrList *attributes = pango_attr_list_new ();

  pango_attr_list_insert (attributes, pango_attr_scale_new (PANGO_SCALE_SMALL));
  pango_attr_list_insert (attributes, pango_attr_font_features_new ("tnum=1"));
  pango_layout_set_attributes (layout, attributes);
  pango_attr_list_unref (attributes);
  return layout;
}

static void
get_visible_range (FoveaActivationCurve *self, double *minimum, double *maximum)
{
  *minimum = self->own_minimum;
  *maximum = self->own_maximum;
  if (self->wanted_minimum <= self->wanted_maximum)
    {
      *minimum = MIN (*minimum, self->wanted_minimum);
      *maximum = MAX (*maximum, self->wanted_maximum);
    }
  if (*minimum > *maximum)
    {
      *minimum = 0;
      *maximum = 1;
    }

  /* Zero is where a ReLU begins: it belongs in the picture where it costs less than half of it. */
  if (*minimum > 0 && *minimum < *maximum / 2)
    *minimum = 0;
  if (*maximum - *minimum < 1e-9 * MAX (fabs (*maximum), 1))
    {
      double margin = MAX (fabs (*maximum) * 0.1, 1e-3);

      *minimum -= margin;
      *maximum += margin;
    }
  else
    {
      double margin = (*maximum - *minimum) * 0.04;

      *maximum += margin;
      if (*minimum != 0)
        *minimum -= margin;
    }
}

static guint
get_n_values (FoveaActivationCurve *self)
{
  guint n_values = 0;

  for (guint i = 0; i < self->n_lines; i++)
    n_values = MAX (n_values, self->lines[i]->len);
  return n_values;
}

static void
place_y_ticks (Plot *plot)
{
  plot->first_y_tick = ceil (plot->minimum / plot->y_tick - 1e-9) * plot->y_tick;
  plot->n_y_ticks = (guint) CLAMP (floor ((plot->maximum - plot->first_y_tick) / plot->y_tick + 1e-9) + 1, 0, MAX_TICKS);
}

static void
lay_out (FoveaActivationCurve *self, Plot *plot)
{
  double label_width = 0;
  int text_width, text_height;
  double width = gtk_widget_get_width (GTK_WIDGET (self));
  double height = gtk_widget_get_height (GTK_WIDGET (self));
  g_autoptr (PangoLayout) digit = create_label (self, "0");

  get_visible_range (self, &plot->minimum, &plot->maximum);
  pango_layout_get_pixel_size (digit, &text_width, &text_height);
  plot->top = text_height / 2.0 + 2;
  plot->height = MAX (height - plot->top - text_height - TICK_GAP, 1);
  plot->y_tick = round_up_tick ((plot->maximum - plot->minimum) / MAX (floor (plot->height / PIXELS_PER_Y_TICK), 1));
  place_y_ticks (plot);
  if (plot->n_y_ticks < 2)
    {
      plot->y_tick = get_finer_tick (plot->y_tick);
      place_y_ticks (plot);
    }

  for (guint i = 0; i < plot->n_y_ticks; i++)
    {
      double value = plot->first_y_tick + i * plot->y_tick;
      g_autofree char *text = format_tick (value, plot->y_tick, MAX (fabs (plot->minimum), fabs (plot->maximum)));
      g_autoptr (PangoLayout) label = create_label (self, text);

      pango_layout_get_pixel_size (label, &text_width, NULL);
      label_width = MAX (label_width, text_width);
    }
  plot->left = label_width + TICK_GAP;
  plot->width = MAX (width - plot->left - text_width / 2.0 - 4, 1);
  plot->n_steps = MAX (MAX (self->n_steps, get_n_values (self)), 2);
}

/* Step 1 is at the left end. */
static double
get_x (const Plot *plot, double step)
{
  return plot->left + (step - 1) / (plot->n_steps - 1) * plot->width;
}

static double
get_y (const Plot *plot, double value)
{
  return plot->top + (plot->maximum - value) / (plot->maximum - plot->minimum) * plot->height;
}

static void
draw_label (cairo_t *cr, PangoLayout *label, double x, double y, double align)
{
  int width, height;

  pango_layout_get_pixel_size (label, &width, &height);
  cairo_move_to (cr, round (x - width * align), round (y));
  pango_cairo_show_layout (cr, label);
}

static void
draw_axes (FoveaActivationCurve *self, cairo_t *cr, const Plot *plot, const GdkRGBA *foreground, gboolean high_contrast)
{
  double largest = MAX (fabs (plot->minimum), fabs (plot->maximum));
  guint x_tick = MAX ((guint) round_up_tick (MAX (plot->n_steps / MAX (floor (plot->width / PIXELS_PER_X_TICK), 1), 1)), 1);
  g_autoptr (PangoLayout) name = create_label (self, "step");
  int name_width;

  cairo_set_line_width (cr, 1);
  for (guint i = 0; i < plot->n_y_ticks; i++)
    {
      double value = plot->first_y_tick + i * plot->y_tick;
      g_autofree char *text = format_tick (value, plot->y_tick, largest);
      g_autoptr (PangoLayout) label = create_label (self, text);
      double y = floor (get_y (plot, value)) + 0.5;
      gboolean is_zero = fabs (value) < plot->y_tick / 2;
      int text_height;

      cairo_set_source_rgba (cr, foreground->red, foreground->green, foreground->blue,
                             high_contrast ? 0.5 : is_zero ? 0.3 : 0.12);
      cairo_move_to (cr, plot->left, y);
      cairo_line_to (cr, plot->left + plot->width, y);
      cairo_stroke (cr);

      pango_layout_get_pixel_size (label, NULL, &text_height);
      cairo_set_source_rgba (cr, foreground->red, foreground->green, foreground->blue, high_contrast ? 1 : 0.75);
      draw_label (cr, label, plot->left - TICK_GAP, y - text_height / 2.0, 1);
    }

  /* The axis' name stands where its first number would be; numbers that would touch it give way. */
  draw_label (cr, name, plot->left, plot->top + plot->height + TICK_GAP / 2.0, 0);
  pango_layout_get_pixel_size (name, &name_width, NULL);
  for (guint step = x_tick; step <= plot->n_steps; step += x_tick)
    {
      g_autofree char *text = g_strdup_printf ("%u", step);
      g_autoptr (PangoLayout) label = create_label (self, text);
      double x = get_x (plot, step);
      int text_width;

      pango_layout_get_pixel_size (label, &text_width, NULL);
      cairo_move_to (cr, floor (x) + 0.5, plot->top + plot->height);
      cairo_line_to (cr, floor (x) + 0.5, plot->top + plot->height + TICK_GAP / 2.0);
      cairo_stroke (cr);
      if (x - text_width / 2.0 > plot->left + name_width + TICK_GAP)
        draw_label (cr, label, x, plot->top + plot->height + TICK_GAP / 2.0, 0.5);
    }
}

/* Long runs have many values to a pixel: each pixel column then shows its smallest and largest. */
static void
trace_line (cairo_t *cr, const Plot *plot, const GArray *line)
{
  const double *values = (const double *) line->data;
  guint stride = MAX ((guint) (plot->n_steps / MAX (2 * plot->width, 1)), 1);

  for (guint first = 0; first < line->len; first += stride)
    {
      double lowest = INFINITY, highest = -INFINITY;

      for (guint i = first; i < MIN (first + stride, line->len); i++)
        {
          if (!isfinite (values[i]))
            continue;
          lowest = MIN (lowest, values[i]);
          highest = MAX (highest, values[i]);
        }
      if (lowest > highest)
        {
          cairo_new_sub_path (cr);
          continue;
        }
      cairo_line_to (cr, get_x (plot, first + 1), get_y (plot, lowest));
      if (highest > lowest)
        cairo_line_to (cr, get_x (plot, first + 1), get_y (plot, highest));
    }
}

static void
draw_lines (FoveaActivationCurve *self, cairo_t *cr, const Plot *plot, gboolean high_contrast)
{
  GdkRGBA color = get_color (self);

  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);

  /* The selected line last, over the others. */
  for (guint k = 1; k <= self->n_lines; k++)
    {
      guint i = (self->selected + k) % self->n_lines;
      gboolean selected = i == self->selected;
      const GArray *line = self->lines[i];

      cairo_set_source_rgba (cr, color.red, color.green, color.blue, selected ? 1 : high_contrast ? 0.7 : 0.4);
      cairo_set_line_width (cr, (selected ? 2 : 1) + (high_contrast ? 1 : 0));
      cairo_new_path (cr);
      trace_line (cr, plot, line);
      cairo_stroke (cr);

      if (selected && line->len > 0 && isfinite (g_array_index (line, double, line->len - 1)))
        {
          cairo_arc (cr, get_x (plot, line->len), get_y (plot, g_array_index (line, double, line->len - 1)), 3, 0, 2 * G_PI);
          cairo_fill (cr);
        }
    }
}

/* The value under the pointer, in words. */
static void
draw_pointer (FoveaActivationCurve *self, cairo_t *cr, const Plot *plot, const GdkRGBA *foreground)
{
  const GArray *line = self->lines[self->selected];
  double position = (self->pointer_x - plot->left) / plot->width * (plot->n_steps - 1) + 1;
  guint step = (guint) CLAMP (round (position), 1, line->len);
  double value = g_array_index (line, double, step - 1);
  g_autofree char *text = g_strdup_printf ("step %u: %.4g", step, value);
  g_autoptr (PangoLayout) label = create_label (self, text);
  double x = get_x (plot, step);
  GdkRGBA color = get_color (self);

  if (!isfinite (value))
    return;
  cairo_set_source_rgba (cr, foreground->red, foreground->green, foreground->blue, 0.5);
  cairo_set_line_width (cr, 1);
  cairo_move_to (cr, floor (x) + 0.5, plot->top);
  cairo_line_to (cr, floor (x) + 0.5, plot->top + plot->height);
  cairo_stroke (cr);
  gdk_cairo_set_source_rgba (cr, &color);
  cairo_arc (cr, x, get_y (plot, value), 4, 0, 2 * G_PI);
  cairo_fill (cr);
  gdk_cairo_set_source_rgba (cr, foreground);
  draw_label (cr, label, x + (x > plot->left + plot->width / 2 ? -8 : 8), plot->top + plot->height * 0.72,
              x > plot->left + plot->width / 2 ? 1 : 0);
}

static void
fovea_activation_curve_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  FoveaActivationCurve *self = FOVEA_ACTIVATION_CURVE (widget);
  gboolean high_contrast = adw_style_manager_get_high_contrast (adw_style_manager_get_default ());
  int width = gtk_widget_get_width (widget);
  int height = gtk_widget_get_height (widget);
  cairo_t *cr;
  GdkRGBA foreground;
  Plot plot;

  if (width < 2 || height < 2)
    return;
  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &foreground);
  lay_out (self, &plot);

  cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, width, height));
  if (get_n_values (self) > 0)
    {
      draw_axes (self, cr, &plot, &foreground, high_contrast);
      draw_lines (self, cr, &plot, high_contrast);
      if (self->pointer_x >= 0 && self->lines[self->selected]->len > 0)
        draw_pointer (self, cr, &plot, &foreground);
    }
  else if (self->placeholder != NULL)
    {
      g_autoptr (PangoLayout) label = create_label (self, self->placeholder);
      int text_height;

      pango_layout_set_width (label, width * PANGO_SCALE);
      pango_layout_set_alignment (label, PANGO_ALIGN_CENTER);
      pango_layout_get_pixel_size (label, NULL, &text_height);
      cairo_set_source_rgba (cr, foreground.red, foreground.green, foreground.blue, high_contrast ? 1 : 0.6);
      cairo_move_to (cr, 0, (height - text_height) / 2.0);
      pango_cairo_show_layout (cr, label);
    }
  cairo_destroy (cr);
}

static void
fovea_activation_curve_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural, int *minimum_baseline, int *natural_baseline)
{
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? 120 : 72;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 320 : 120;
}

static void
on_motion (FoveaActivationCurve *self, double x, double y, GtkEventControllerMotion *controller)
{
  self->pointer_x = MAX (x, 0);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
on_leave (FoveaActivationCurve *self, GtkEventControllerMotion *controller)
{
  self->pointer_x = -1;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
update_description (FoveaActivationCurve *self)
{
  g_autofree char *description = fovea_activation_curve_describe (self);

  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, description, -1);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
fovea_activation_curve_finalize (GObject *object)
{
  FoveaActivationCurve *self = FOVEA_ACTIVATION_CURVE (object);

  for (guint i = 0; i < FOVEA_ACTIVATION_CURVE_MAX_LINES; i++)
    g_array_unref (self->lines[i]);
  g_free (self->placeholder);
  G_OBJECT_CLASS (fovea_activation_curve_parent_class)->finalize (object);
}

static void
fovea_activation_curve_class_init (FoveaActivationCurveClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  object_class->finalize = fovea_activation_curve_finalize;
  widget_class->snapshot = fovea_activation_curve_snapshot;
  widget_class->measure = fovea_activation_curve_measure;
  gtk_widget_class_set_css_name (widget_class, "activation-curve");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
fovea_activation_curve_init (FoveaActivationCurve *self)
{
  GtkEventController *motion = gtk_event_controller_motion_new ();

  for (guint i = 0; i < FOVEA_ACTIVATION_CURVE_MAX_LINES; i++)
    self->lines[i] = g_array_new (FALSE, FALSE, sizeof (double));
  self->own_minimum = self->wanted_minimum = INFINITY;
  self->own_maximum = self->wanted_maximum = -INFINITY;
  self->pointer_x = -1;
  g_signal_connect_swapped (motion, "motion", G_CALLBACK (on_motion), self);
  g_signal_connect_swapped (motion, "leave", G_CALLBACK (on_leave), self);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, "Activation curve", -1);
}

/**
 * fovea_activation_curve_new:
 *
 * An empty plot: it shows its placeholder until the first value arrives.
 */
GtkWidget *
fovea_activation_curve_new (void)
{
  return g_object_new (FOVEA_TYPE_ACTIVATION_CURVE, NULL);
}

/**
 * fovea_activation_curve_set_side:
 *
 * The side gives the lines their colour.
 */
void
fovea_activation_curve_set_side (FoveaActivationCurve *self, FoveaSide side)
{
  g_return_if_fail (FOVEA_IS_ACTIVATION_CURVE (self));
  self->side = side;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/**
 * fovea_activation_curve_reset:
 * @n_lines: how many images are optimized, at most %FOVEA_ACTIVATION_CURVE_MAX_LINES
 * @n_steps: how many steps are expected; more may come
 *
 * Empties the plot.
 */
void
fovea_activation_curve_reset (FoveaActivationCurve *self, guint n_lines, guint n_steps)
{
  g_return_if_fail (FOVEA_IS_ACTIVATION_CURVE (self));
  g_return_if_fail (n_lines <= FOVEA_ACTIVATION_CURVE_MAX_LINES);

  for (guint i = 0; i < FOVEA_ACTIVATION_CURVE_MAX_LINES; i++)
    g_array_set_size (self->lines[i], 0);
  self->n_lines = n_lines;
  self->n_steps = n_steps;
  self->selected = 0;
  self->own_minimum = INFINITY;
  self->own_maximum = -INFINITY;
  update_description (self);
}

/**
 * fovea_activation_curve_append:
 * @values: activations of the steps that follow those already there; what is not finite is a gap
 */
void
fovea_activation_curve_append (FoveaActivationCurve *self, guint line, const double *values, guint n_values)
{
  g_return_if_fail (FOVEA_IS_ACTIVATION_CURVE (self));
  g_return_if_fail (line < self->n_lines);

  if (n_values == 0)
    return;
  g_array_append_vals (self->lines[line], values, n_values);
  for (guint i = 0; i < n_values; i++)
    {
      if (!isfinite (values[i]))
        continue;
      self->own_minimum = MIN (self->own_minimum, values[i]);
      self->own_maximum = MAX (self->own_maximum, values[i]);
    }
  update_description (self);
}

/**
 * fovea_activation_curve_get_n_values:
 *
 * Returns: how many steps of @line are drawn
 */
guint
fovea_activation_curve_get_n_values (FoveaActivationCurve *self, guint line)
{
  g_return_val_if_fail (FOVEA_IS_ACTIVATION_CURVE (self), 0);
  return line < self->n_lines ? self->lines[line]->len : 0;
}

/**
 * fovea_activation_curve_set_selected:
 *
 * The selected line is drawn strong and read out under the pointer.
 */
void
fovea_activation_curve_set_selected (FoveaActivationCurve *self, guint line)
{
  g_return_if_fail (FOVEA_IS_ACTIVATION_CURVE (self));
  self->selected = line < self->n_lines ? line : 0;
  update_description (self);
}

/**
 * fovea_activation_curve_get_range:
 *
 * Returns: whether there is any finite value; then the smallest and largest of them
 */
gboolean
fovea_activation_curve_get_range (FoveaActivationCurve *self, double *minimum, double *maximum)
{
  g_return_val_if_fail (FOVEA_IS_ACTIVATION_CURVE (self), FALSE);
  *minimum = self->own_minimum;
  *maximum = self->own_maximum;
  return self->own_minimum <= self->own_maximum;
}

/**
 * fovea_activation_curve_set_range:
 *
 * Also keeps @minimum to @maximum in view, so that two plots can share a scale. With @minimum above
 * @maximum the plot's own values decide alone.
 */
void
fovea_activation_curve_set_range (FoveaActivationCurve *self, double minimum, double maximum)
{
  g_return_if_fail (FOVEA_IS_ACTIVATION_CURVE (self));
  self->wanted_minimum = minimum;
  self->wanted_maximum = maximum;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/**
 * fovea_activation_curve_get_visible_range:
 *
 * The activations at the bottom and at the top of the plot.
 */
void
fovea_activation_curve_get_visible_range (FoveaActivationCurve *self, double *minimum, double *maximum)
{
  g_return_if_fail (FOVEA_IS_ACTIVATION_CURVE (self));
  get_visible_range (self, minimum, maximum);
}

/**
 * fovea_activation_curve_set_placeholder:
 * @placeholder: (nullable): what an empty plot says instead
 */
void
fovea_activation_curve_set_placeholder (FoveaActivationCurve *self, const char *placeholder)
{
  g_return_if_fail (FOVEA_IS_ACTIVATION_CURVE (self));
  if (g_strcmp0 (self->placeholder, placeholder) == 0)
    return;
  g_free (self->placeholder);
  self->placeholder = g_strdup (placeholder);
  update_description (self);
}

/**
 * fovea_activation_curve_describe:
 *
 * Returns: (transfer full): the plot in words, as screen readers get it
 */
char *
fovea_activation_curve_describe (FoveaActivationCurve *self)
{
  const GArray *line;
  double first, last, highest = -INFINITY;
  guint highest_step = 0;

  g_return_val_if_fail (FOVEA_IS_ACTIVATION_CURVE (self), NULL);
  line = self->lines[self->selected];
  if (self->n_lines == 0 || line->len == 0)
    return g_strdup (self->placeholder != NULL ? self->placeholder : "No steps yet");

  first = g_array_index (line, double, 0);
  last = g_array_index (line, double, line->len - 1);
  for (guint i = 0; i < line->len; i++)
    {
      double value = g_array_index (line, double, i);

      if (isfinite (value) && value > highest)
        {
          highest = value;
          highest_step = i + 1;
        }
    }
  return g_strdup_printf ("%s network: activation %.3g at step 1, %.3g at step %u of %u; highest %.3g at step %u",
                          self->side == FOVEA_SIDE_STANDARD ? "Standard" : "Robust", first, last, line->len,
                          MAX (self->n_steps, line->len), highest, highest_step);
}
