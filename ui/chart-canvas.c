/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/chart-canvas.h"

#include <math.h>

#include "ui/drawing.h"
#include "ui/palette.h"

/* No axis has more numbers than this, however long. */
#define MAX_TICKS 64

static const double category_colors[FOVEA_CHART_N_CATEGORY_COLORS][3] = { FOVEA_COLORS_CATEGORIES_RGB };

/**
 * fovea_chart_canvas_set_color:
 * @color: one of %FoveaChartColor, or %FOVEA_CHART_CATEGORY plus a number
 * @alpha: opacity
 *
 * Draws in a series' colour from now on.
 */
void
fovea_chart_canvas_set_color (const FoveaChartCanvas *canvas, guint color, double alpha)
{
  const double *category;

  switch (color)
    {
    case FOVEA_CHART_STANDARD:
      cairo_set_source_rgba (canvas->cr, FOVEA_COLOR_STANDARD_RGB, alpha);
      break;
    case FOVEA_CHART_ROBUST:
      cairo_set_source_rgba (canvas->cr, FOVEA_COLOR_ROBUST_RGB, alpha);
      break;
    case FOVEA_CHART_REFERENCE:
      if (canvas->theme == FOVEA_CHART_DARK)
        cairo_set_source_rgba (canvas->cr, 0.92, 0.92, 0.92, alpha);
      else
        cairo_set_source_rgba (canvas->cr, 0.14, 0.12, 0.19, alpha);
      break;
    default:
      category = category_colors[(color - FOVEA_CHART_CATEGORY) % FOVEA_CHART_N_CATEGORY_COLORS];
      cairo_set_source_rgba (canvas->cr, category[0], category[1], category[2], alpha);
    }
}

/**
 * fovea_chart_canvas_set_ink:
 *
 * Draws in one of the theme's greys from now on.
 */
void
fovea_chart_canvas_set_ink (const FoveaChartCanvas *canvas, FoveaChartInk ink)
{
  static const double on_light[] = { [FOVEA_CHART_INK_TEXT] = 0.88, [FOVEA_CHART_INK_MUTED] = 0.64, [FOVEA_CHART_INK_AXIS] = 0.45, [FOVEA_CHART_INK_GRID] = 0.11 };
  static const double on_dark[] = { [FOVEA_CHART_INK_TEXT] = 1, [FOVEA_CHART_INK_MUTED] = 0.72, [FOVEA_CHART_INK_AXIS] = 0.5, [FOVEA_CHART_INK_GRID] = 0.16 };

  if (canvas->theme == FOVEA_CHART_DARK)
    cairo_set_source_rgba (canvas->cr, 1, 1, 1, on_dark[ink]);
  else if (canvas->theme == FOVEA_CHART_LIGHT)
    cairo_set_source_rgba (canvas->cr, 0, 0, 0, on_light[ink]);
  else /* opaque: translucent text would make raster images of some printers' pages */
    cairo_set_source_rgb (canvas->cr, 1 - on_light[ink], 1 - on_light[ink], 1 - on_light[ink]);
}

static PangoLayout *
set_text (const FoveaChartCanvas *canvas, const char *text, FoveaChartTextStyle style, double wrap_width)
{
  static const double sizes[] = {
    [FOVEA_CHART_TEXT_TITLE] = 14,
    [FOVEA_CHART_TEXT_LABEL] = 12,
    [FOVEA_CHART_TEXT_SMALL] = 11,
    [FOVEA_CHART_TEXT_TINY] = 9,
  };
  PangoLayout *layout = pango_layout_new (canvas->context);
  PangoFontDescription *font = pango_font_description_from_string (FOVEA_DRAWING_FONTS);
  PangoAttrList *attributes = pango_attr_list_new ();

  pango_font_description_set_absolute_size (font, sizes[style] * PANGO_SCALE);
  pango_font_description_set_weight (font, style == FOVEA_CHART_TEXT_TITLE ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
  pango_layout_set_font_description (layout, font);
  pango_font_description_free (font);
  /* Numbers below each other line up. */
  pango_attr_list_insert (attributes, pango_attr_font_features_new ("tnum=1"));
  pango_layout_set_attributes (layout, attributes);
  pango_attr_list_unref (attributes);
  pango_layout_set_wrap (layout, PANGO_WRAP_WORD_CHAR);
  if (wrap_width >= 0)
    pango_layout_set_width (layout, (int) (wrap_width * PANGO_SCALE));
  pango_layout_set_text (layout, text, -1);
  return layout;
}

static void
get_size (PangoLayout *layout, double *width, double *height)
{
  int pango_width, pango_height;

  pango_layout_get_size (layout, &pango_width, &pango_height);
  if (width)
    *width = (double) pango_width / PANGO_SCALE;
  if (height)
    *height = (double) pango_height / PANGO_SCALE;
}

/**
 * fovea_chart_canvas_measure:
 * @text: (nullable): what to measure; nothing has no size
 * @wrap_width: where lines break; negative for one line
 * @width, @height: (out) (optional): its size
 */
void
fovea_chart_canvas_measure (const FoveaChartCanvas *canvas, const char *text, FoveaChartTextStyle style, double wrap_width, double *width, double *height)
{
  g_autoptr (PangoLayout) layout = NULL;

  if (width)
    *width = 0;
  if (height)
    *height = 0;
  if (!text || !*text)
    return;
  layout = set_text (canvas, text, style, wrap_width);
  get_size (layout, width, height);
}

/**
 * fovea_chart_canvas_measure_names:
 * @names: (element-type utf8): lines of text
 *
 * Returns: how wide the widest is, in whole pixels
 */
double
fovea_chart_canvas_measure_names (const FoveaChartCanvas *canvas, const GPtrArray *names, FoveaChartTextStyle style)
{
  double widest = 0, width;

  for (guint i = 0; i < names->len; i++)
    {
      fovea_chart_canvas_measure (canvas, names->pdata[i], style, -1, &width, NULL);
      widest = MAX (widest, width);
    }
  return ceil (widest);
}

/**
 * fovea_chart_canvas_get_line_height:
 *
 * Returns: how high any line of text is, in whole pixels
 */
double
fovea_chart_canvas_get_line_height (const FoveaChartCanvas *canvas, FoveaChartTextStyle style)
{
  double height;

  fovea_chart_canvas_measure (canvas, "Xg", style, -1, NULL, &height);
  return ceil (height);
}

/**
 * fovea_chart_canvas_draw_text:
 * @text: (nullable): what to draw, in the colour that is set
 * @x, @y: where
 * @x_align, @y_align: which point of the text lies there: 0 its left or upper end, 1 its right or lower
 * @wrap_width: where lines break; negative for one line
 */
void
fovea_chart_canvas_draw_text (const FoveaChartCanvas *canvas, const char *text, FoveaChartTextStyle style, double x, double y, double x_align, double y_align, double wrap_width)
{
  g_autoptr (PangoLayout) layout = NULL;
  double width, height;

  if (!text || !*text)
    return;
  layout = set_text (canvas, text, style, wrap_width);
  pango_layout_set_alignment (layout, x_align < 0.25 ? PANGO_ALIGN_LEFT : x_align > 0.75 ? PANGO_ALIGN_RIGHT : PANGO_ALIGN_CENTER);
  get_size (layout, &width, &height);
  if (wrap_width >= 0)
    width = wrap_width;
  cairo_move_to (canvas->cr, x - width * x_align, y - height * y_align);
  pango_cairo_show_layout (canvas->cr, layout);
}

/**
 * fovea_chart_canvas_draw_text_up:
 * @along_align: which point along the text lies at (@x, @y): 0 its beginning, below; 1 its end, above
 * @across_align: 0 its top, left; 1 its bottom, right
 *
 * Draws a line of text that reads upwards.
 */
void
fovea_chart_canvas_draw_text_up (const FoveaChartCanvas *canvas, const char *text, FoveaChartTextStyle style, double x, double y, double along_align, double across_align)
{
  g_autoptr (PangoLayout) layout = NULL;
  double width, height;

  if (!text || !*text)
    return;
  layout = set_text (canvas, text, style, -1);
  get_size (layout, &width, &height);
  cairo_save (canvas->cr);
  cairo_translate (canvas->cr, x, y);
  cairo_rotate (canvas->cr, -G_PI / 2);
  cairo_move_to (canvas->cr, -width * along_align, -height * across_align);
  pango_cairo_show_layout (canvas->cr, layout);
  cairo_restore (canvas->cr);
}

/**
 * fovea_chart_canvas_draw_line:
 * @width: how thick
 *
 * Draws a straight line in the colour that is set.
 */
void
fovea_chart_canvas_draw_line (const FoveaChartCanvas *canvas, double x0, double y0, double x1, double y1, double width)
{
  cairo_set_line_width (canvas->cr, width);
  cairo_move_to (canvas->cr, x0, y0);
  cairo_line_to (canvas->cr, x1, y1);
  cairo_stroke (canvas->cr);
}

/**
 * fovea_chart_canvas_draw_marker:
 * @radius: half the side of the square of about the same area
 *
 * Draws a marker in the colour that is set. Markers differ in shape, not by colour alone.
 */
void
fovea_chart_canvas_draw_marker (const FoveaChartCanvas *canvas, FoveaChartMarker marker, double x, double y, double radius)
{
  cairo_t *cr = canvas->cr;
  const double wide = radius * 1.3;

  cairo_new_path (cr);
  switch (marker)
    {
    case FOVEA_CHART_MARKER_SQUARE:
      cairo_rectangle (cr, x - radius * 0.9, y - radius * 0.9, radius * 1.8, radius * 1.8);
      break;
    case FOVEA_CHART_MARKER_DIAMOND:
      cairo_move_to (cr, x, y - wide);
      cairo_line_to (cr, x + wide, y);
      cairo_line_to (cr, x, y + wide);
      cairo_line_to (cr, x - wide, y);
      cairo_close_path (cr);
      break;
    case FOVEA_CHART_MARKER_TRIANGLE:
    case FOVEA_CHART_MARKER_TRIANGLE_DOWN:
      {
        const double up = marker == FOVEA_CHART_MARKER_TRIANGLE ? 1 : -1;

        cairo_move_to (cr, x, y - up * wide);
        cairo_line_to (cr, x + wide, y + up * radius * 0.9);
        cairo_line_to (cr, x - wide, y + up * radius * 0.9);
        cairo_close_path (cr);
        break;
      }
    case FOVEA_CHART_MARKER_CROSS:
      cairo_set_line_width (cr, radius * 0.7);
      cairo_move_to (cr, x - radius, y - radius);
      cairo_line_to (cr, x + radius, y + radius);
      cairo_move_to (cr, x - radius, y + radius);
      cairo_line_to (cr, x + radius, y - radius);
      cairo_stroke (cr);
      return;
    case FOVEA_CHART_MARKER_DOT:
      cairo_arc (cr, x, y, radius * 0.4, 0, 2 * G_PI);
      break;
    case FOVEA_CHART_MARKER_RING:
    case FOVEA_CHART_MARKER_FRAME:
      cairo_set_line_width (cr, radius * 0.45);
      if (marker == FOVEA_CHART_MARKER_RING)
        cairo_arc (cr, x, y, radius * 0.85, 0, 2 * G_PI);
      else
        cairo_rectangle (cr, x - radius * 0.75, y - radius * 0.75, radius * 1.5, radius * 1.5);
      cairo_stroke (cr);
      return;
    case FOVEA_CHART_MARKER_CIRCLE:
    default:
      cairo_arc (cr, x, y, radius, 0, 2 * G_PI);
    }
  cairo_fill (cr);
}

/**
 * fovea_chart_canvas_add_mark:
 * @mark: what was drawn
 * @half_width, @half_height: how far from its centre it can be pointed at
 */
void
fovea_chart_canvas_add_mark (const FoveaChartCanvas *canvas, FoveaChartMark mark, double half_width, double half_height)
{
  const FoveaChartTarget target = { mark, half_width, half_height };

  if (canvas->marks)
    g_array_append_val (canvas->marks, target);
}

/* The smallest of 1, 2, 5 times a power of ten that is not below @value. */
static double
round_up_tick (double value)
{
  double power = pow (10, floor (log10 (value)));
  double mantissa = value / power;

  return power * (mantissa <= 1.0000001 ? 1 : mantissa <= 2.0000001 ? 2 : mantissa <= 5.0000001 ? 5 : 10);
}

/**
 * fovea_chart_axis_init:
 * @minimum, @maximum: what has to be visible; equal ends are moved apart
 * @length: of the axis
 * @length_per_tick: about one number in that length
 *
 * Chooses round numbers for an axis.
 */
void
fovea_chart_axis_init (FoveaChartAxis *axis, double minimum, double maximum, double length, double length_per_tick)
{
  const double wanted = CLAMP (floor (length / length_per_tick), 1, MAX_TICKS / 2);

  if (!(maximum > minimum))
    maximum = minimum + MAX (fabs (minimum) * 0.1, 1e-6);
  axis->minimum = minimum;
  axis->maximum = maximum;
  axis->tick = round_up_tick ((maximum - minimum) / wanted);
  axis->first = ceil (minimum / axis->tick - 1e-9) * axis->tick;
  axis->n_ticks = (guint) CLAMP (floor ((maximum - axis->first) / axis->tick + 1e-9) + 1, 0, MAX_TICKS);
}

/**
 * fovea_chart_axis_get_tick:
 *
 * Returns: the number at that place among the axis' numbers
 */
double
fovea_chart_axis_get_tick (const FoveaChartAxis *axis, guint index)
{
  const double value = axis->first + axis->tick * index;

  return fabs (value) < axis->tick / 2 ? 0 : value;
}

/**
 * fovea_chart_axis_format:
 *
 * Returns: (transfer full): @value with as many digits as tell the axis' numbers apart; very large and very small ones in scientific notation
 */
char *
fovea_chart_axis_format (const FoveaChartAxis *axis, double value)
{
  const double largest = MAX (fabs (axis->minimum), fabs (axis->maximum));
  const int digits = CLAMP ((int) ceil (-log10 (axis->tick) - 1e-9), 0, 9);
  g_autofree char *text = NULL;

  if (largest >= 1e6 || largest < 1e-3)
    return g_strdup_printf ("%.*e", 1, value);
  text = g_strdup_printf ("%.*f", digits, value);
  /* A minus as wide as a plus. */
  return text[0] == '-' ? g_strconcat ("−", text + 1, NULL) : g_steal_pointer (&text);
}

/**
 * fovea_chart_axis_measure:
 *
 * Returns: how wide the widest of the axis' numbers is, in whole pixels
 */
double
fovea_chart_axis_measure (const FoveaChartAxis *axis, const FoveaChartCanvas *canvas)
{
  g_autoptr (GPtrArray) numbers = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < axis->n_ticks; i++)
    g_ptr_array_add (numbers, fovea_chart_axis_format (axis, fovea_chart_axis_get_tick (axis, i)));
  return fovea_chart_canvas_measure_names (canvas, numbers, FOVEA_CHART_TEXT_SMALL);
}

/**
 * fovea_chart_axis_place:
 * @from, @to: where the axis' ends lie
 *
 * Returns: where @value lies
 */
double
fovea_chart_axis_place (const FoveaChartAxis *axis, double value, double from, double to)
{
  return from + (to - from) * (value - axis->minimum) / (axis->maximum - axis->minimum);
}
