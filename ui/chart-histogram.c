/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/chart-histogram.h"

#include <math.h>

#include "ui/chart-private.h"

#define PLOT_WIDTH 380
#define PLOT_HEIGHT 200
#define TICK_GAP 6
#define PIXELS_PER_X_TICK 56
#define PIXELS_PER_Y_TICK 40

typedef struct {
  char *name;
  guint color;
  double *counts; /* one for each bin */
} Series;

typedef struct {
  char *name;
  guint color;
  double value;
} Line;

typedef struct {
  char *value_title;
  char *count_title;
  double minimum;
  double maximum;
  guint n_bins;
  gboolean logarithmic;
  GArray *series;
  GArray *lines;
} Histogram;

static void
clear_series (Series *series)
{
  g_free (series->name);
  g_free (series->counts);
}

static void
clear_line (Line *line)
{
  g_free (line->name);
}

static void
free_histogram (gpointer content)
{
  Histogram *histogram = content;

  g_free (histogram->value_title);
  g_free (histogram->count_title);
  g_array_unref (histogram->series);
  g_array_unref (histogram->lines);
  g_free (histogram);
}

/* Counts from 1 up have a logarithm; one below it stands for none. */
static double
scale (const Histogram *histogram, double count)
{
  return histogram->logarithmic ? (count >= 1 ? log10 (count) : -0.3) : count;
}

static double
get_bin_edge (const Histogram *histogram, guint bin)
{
  return histogram->minimum + (histogram->maximum - histogram->minimum) * bin / histogram->n_bins;
}

static void
init_count_axis (const Histogram *histogram, FoveaChartAxis *axis, double length)
{
  double highest = 0;

  for (guint s = 0; s < histogram->series->len; s++)
    for (guint i = 0; i < histogram->n_bins; i++)
      highest = MAX (highest, g_array_index (histogram->series, Series, s).counts[i]);
  if (!histogram->logarithmic)
    {
      fovea_chart_axis_init (axis, 0, MAX (highest, 1e-12) * 1.05, length, PIXELS_PER_Y_TICK);
      return;
    }
  fovea_chart_axis_init (axis, scale (histogram, 0), MAX (log10 (MAX (highest, 1)), 1) * 1.05, length, PIXELS_PER_Y_TICK);
  /* Powers of ten, each of them or every second one and so on. */
  axis->tick = MAX (ceil (axis->tick), 1);
  axis->first = 0;
  axis->n_ticks = (guint) floor (axis->maximum / axis->tick) + 1;
}

static char *
format_count (const Histogram *histogram, const FoveaChartAxis *axis, double tick)
{
  static const char *const superscripts[] = { "⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹" };
  const int power = (int) tick;

  if (!histogram->logarithmic)
    return fovea_chart_axis_format (axis, tick);
  if (power < 3 || power > 9)
    return g_strdup_printf ("%.0f", pow (10, power));
  return g_strdup_printf ("10%s", superscripts[power]);
}

static double
measure_counts (const Histogram *histogram, const FoveaChartAxis *axis, const FoveaChartCanvas *canvas)
{
  double widest = 0, width;

  for (guint i = 0; i < axis->n_ticks; i++)
    {
      g_autofree char *text = format_count (histogram, axis, fovea_chart_axis_get_tick (axis, i));

      fovea_chart_canvas_measure (canvas, text, FOVEA_CHART_TEXT_SMALL, -1, &width, NULL);
      widest = MAX (widest, width);
    }
  return ceil (widest);
}

static void
get_natural_size (gconstpointer content, const FoveaChartCanvas *canvas, double *width, double *height)
{
  const double line = fovea_chart_canvas_get_line_height (canvas, FOVEA_CHART_TEXT_LABEL);
  FoveaChartAxis axis;

  init_count_axis (content, &axis, PLOT_HEIGHT);
  *width = line + 4 + measure_counts (content, &axis, canvas) + TICK_GAP + PLOT_WIDTH;
  *height = PLOT_HEIGHT + 2 * TICK_GAP + 2 * line;
}

static void
draw_axes (const Histogram *histogram, const FoveaChartCanvas *canvas, const FoveaChartAxis *x_axis, const FoveaChartAxis *y_axis, const FoveaChartArea *plot)
{
  const double bottom = plot->y + plot->height;

  for (guint i = 0; i < y_axis->n_ticks; i++)
    {
      const double value = fovea_chart_axis_get_tick (y_axis, i);
      const double y = floor (fovea_chart_axis_place (y_axis, value, bottom, plot->y)) + 0.5;
      g_autofree char *text = format_count (histogram, y_axis, value);

      fovea_chart_canvas_set_ink (canvas, FOVEA_CHART_INK_GRID);
      fovea_chart_canvas_draw_line (canvas, plot->x, y, plot->x + plot->width, y, 1);
      fovea_chart_canvas_set_ink (canvas, FOVEA_CHART_INK_MUTED);
      fovea_chart_canvas_draw_text (canvas, text, FOVEA_CHART_TEXT_SMALL, plot->x - TICK_GAP, y, 1, 0.5, -1);
    }
  for (guint i = 0; i < x_axis->n_ticks; i++)
    {
      const double value = fovea_chart_axis_get_tick (x_axis, i);
      const double x = floor (fovea_chart_axis_place (x_axis, value, plot->x, plot->x + plot->width)) + 0.5;
      g_autofree char *text = fovea_chart_axis_format (x_axis, value);

      fovea_chart_canvas_set_ink (canvas, FOVEA_CHART_INK_AXIS);
      fovea_chart_canvas_draw_line (canvas, x, bottom, x, bottom + 4, 1);
      fovea_chart_canvas_set_ink (canvas, FOVEA_CHART_INK_MUTED);
      fovea_chart_canvas_draw_text (canvas, text, FOVEA_CHART_TEXT_SMALL, x, bottom + TICK_GAP, 0.5, 0, -1);
    }
}

/* Steps with a light filling, so that one series shows through the other. */
static void
draw_series (const Histogram *histogram, const FoveaChartCanvas *canvas, const FoveaChartAxis *x_axis, const FoveaChartAxis *y_axis, const FoveaChartArea *plot, guint index)
{
  const Series *series = &g_array_index (histogram->series, Series, index);
  const double bottom = plot->y + plot->height;
  cairo_t *cr = canvas->cr;

  cairo_new_path (cr);
  cairo_move_to (cr, plot->x, bottom);
  for (guint i = 0; i < histogram->n_bins; i++)
    {
      const double left = fovea_chart_axis_place (x_axis, get_bin_edge (histogram, i), plot->x, plot->x + plot->width);
      const double right = fovea_chart_axis_place (x_axis, get_bin_edge (histogram, i + 1), plot->x, plot->x + plot->width);
      const double y = fovea_chart_axis_place (y_axis, scale (histogram, series->counts[i]), bottom, plot->y);
      const FoveaChartMark mark = { index, i, 0, series->counts[i], (left + right) / 2, (y + bottom) / 2 };

      cairo_line_to (cr, left, y);
      cairo_line_to (cr, right, y);
      if (series->counts[i] > 0)
        fovea_chart_canvas_add_mark (canvas, mark, (right - left) / 2, (bottom - y) / 2);
    }
  cairo_line_to (cr, plot->x + plot->width, bottom);
  fovea_chart_canvas_set_color (canvas, series->color, 0.22);
  cairo_fill_preserve (cr);
  fovea_chart_canvas_set_color (canvas, series->color, 1);
  cairo_set_line_width (cr, 1.25);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_MITER);
  cairo_stroke (cr);
}

static void
draw_lines (const Histogram *histogram, const FoveaChartCanvas *canvas, const FoveaChartAxis *x_axis, const FoveaChartArea *plot)
{
  static const double dashes[] = { 4, 3 };
  double y = plot->y;

  for (guint i = 0; i < histogram->lines->len; i++)
    {
      const Line *line = &g_array_index (histogram->lines, Line, i);
      const double x = fovea_chart_axis_place (x_axis, line->value, plot->x, plot->x + plot->width);
      const gboolean to_the_left = x > plot->x + plot->width * 0.6;

      if (!(line->value >= histogram->minimum && line->value <= histogram->maximum))
        continue;
      fovea_chart_canvas_set_color (canvas, line->color, 1);
      cairo_set_dash (canvas->cr, dashes, G_N_ELEMENTS (dashes), 0);
      fovea_chart_canvas_draw_line (canvas, x, plot->y, x, plot->y + plot->height, 1.5);
      cairo_set_dash (canvas->cr, NULL, 0, 0);
      fovea_chart_canvas_set_ink (canvas, FOVEA_CHART_INK_MUTED);
      fovea_chart_canvas_draw_text (canvas, line->name, FOVEA_CHART_TEXT_SMALL, x + (to_the_left ? -5 : 5), y, to_the_left ? 1 : 0, 0, -1);
      y += fovea_chart_canvas_get_line_height (canvas, FOVEA_CHART_TEXT_SMALL);
    }
}

static void
draw (gconstpointer content, const FoveaChartCanvas *canvas, const FoveaChartArea *area)
{
  const Histogram *histogram = content;
  const double line = fovea_chart_canvas_get_line_height (canvas, FOVEA_CHART_TEXT_LABEL);
  FoveaChartArea plot = *area;
  FoveaChartAxis x_axis, y_axis;

  plot.height -= 2 * TICK_GAP + 2 * line;
  init_count_axis (histogram, &y_axis, plot.height);
  plot.x += line + 4 + measure_counts (histogram, &y_axis, canvas) + TICK_GAP;
  plot.width -= plot.x - area->x;
  if (plot.width < 10 || plot.height < 10)
    return;
  fovea_chart_axis_init (&x_axis, histogram->minimum, histogram->maximum, plot.width, PIXELS_PER_X_TICK);
  draw_axes (histogram, canvas, &x_axis, &y_axis, &plot);
  for (guint s = 0; s < histogram->series->len; s++)
    draw_series (histogram, canvas, &x_axis, &y_axis, &plot, s);
  draw_lines (histogram, canvas, &x_axis, &plot);
  fovea_chart_canvas_set_ink (canvas, FOVEA_CHART_INK_AXIS);
  fovea_chart_canvas_draw_line (canvas, plot.x, floor (plot.y + plot.height) + 0.5, plot.x + plot.width, floor (plot.y + plot.height) + 0.5, 1);
  fovea_chart_canvas_set_ink (canvas, FOVEA_CHART_INK_TEXT);
  fovea_chart_canvas_draw_text_up (canvas, histogram->count_title, FOVEA_CHART_TEXT_LABEL, area->x, plot.y + plot.height / 2, 0.5, 0);
  fovea_chart_canvas_draw_text (canvas, histogram->value_title, FOVEA_CHART_TEXT_LABEL, plot.x + plot.width / 2, area->y + area->height, 0.5, 1, -1);
}

static char *
describe (gconstpointer content, const FoveaChartMark *mark)
{
  const Histogram *histogram = content;

  return g_strdup_printf ("%s, %.4g to %.4g", g_array_index (histogram->series, Series, mark->series).name,
                          get_bin_edge (histogram, mark->category), get_bin_edge (histogram, mark->category + 1));
}

static void
write_table (gconstpointer content, GString *csv)
{
  const Histogram *histogram = content;

  g_string_append (csv, "from,to");
  for (guint s = 0; s < histogram->series->len; s++)
    {
      g_string_append_c (csv, ',');
      fovea_csv_append_field (csv, g_array_index (histogram->series, Series, s).name);
    }
  g_string_append_c (csv, '\n');
  for (guint i = 0; i < histogram->n_bins; i++)
    {
      fovea_chart_csv_append_number (csv, get_bin_edge (histogram, i));
      g_string_append_c (csv, ',');
      fovea_chart_csv_append_number (csv, get_bin_edge (histogram, i + 1));
      for (guint s = 0; s < histogram->series->len; s++)
        {
          g_string_append_c (csv, ',');
          fovea_chart_csv_append_number (csv, g_array_index (histogram->series, Series, s).counts[i]);
        }
      g_string_append_c (csv, '\n');
    }
}

static const FoveaChartKind kind = { get_natural_size, draw, describe, write_table, free_histogram };

/**
 * fovea_histogram_chart_new:
 * @value_title: what the values are, below
 * @count_title: what is counted, at the left
 * @minimum, @maximum: the ends of the bins; the second is larger
 * @n_bins: at least 1
 *
 * Returns: (transfer full): a histogram without series
 */
FoveaChart *
fovea_histogram_chart_new (const char *value_title, const char *count_title, double minimum, double maximum, guint n_bins)
{
  Histogram *histogram = g_new0 (Histogram, 1);

  g_assert (n_bins > 0 && maximum > minimum);
  histogram->value_title = g_strdup (value_title);
  histogram->count_title = g_strdup (count_title);
  histogram->minimum = minimum;
  histogram->maximum = maximum;
  histogram->n_bins = n_bins;
  histogram->series = g_array_new (FALSE, FALSE, sizeof (Series));
  g_array_set_clear_func (histogram->series, (GDestroyNotify) clear_series);
  histogram->lines = g_array_new (FALSE, FALSE, sizeof (Line));
  g_array_set_clear_func (histogram->lines, (GDestroyNotify) clear_line);
  return fovea_chart_new (&kind, histogram);
}

/**
 * fovea_histogram_chart_add_series:
 * @counts: one for each bin; copied
 *
 * Returns: the series' number
 */
guint
fovea_histogram_chart_add_series (FoveaChart *chart, const char *name, guint color, const double *counts)
{
  Histogram *histogram = fovea_chart_get_content (chart, &kind);
  const Series series = { g_strdup (name), color, g_memdup2 (counts, histogram->n_bins * sizeof *counts) };

  g_array_append_val (histogram->series, series);
  fovea_chart_add_legend (chart, name, color, FOVEA_CHART_LEGEND_SWATCH, FOVEA_CHART_MARKER_SQUARE);
  return histogram->series->len - 1;
}

/**
 * fovea_histogram_chart_add_values:
 * @values: (array length=n_values): what to count; the largest value belongs to the last bin, and what lies outside of all bins, or is no
 *   number, is not counted
 *
 * Returns: the series' number
 */
guint
fovea_histogram_chart_add_values (FoveaChart *chart, const char *name, guint color, const float *values, gsize n_values)
{
  const Histogram *histogram = fovea_chart_get_content (chart, &kind);
  g_autofree double *counts = g_new0 (double, histogram->n_bins);

  for (gsize i = 0; i < n_values; i++)
    {
      const double place = ((double) values[i] - histogram->minimum) / (histogram->maximum - histogram->minimum) * histogram->n_bins;

      if (place >= 0 && place <= histogram->n_bins)
        counts[MIN ((guint) place, histogram->n_bins - 1)]++;
    }
  return fovea_histogram_chart_add_series (chart, name, color, counts);
}

/**
 * fovea_histogram_chart_add_line:
 * @value: where, such as a threshold
 * @name: beside the line
 *
 * Adds a dashed vertical line.
 */
void
fovea_histogram_chart_add_line (FoveaChart *chart, double value, const char *name, guint color)
{
  Histogram *histogram = fovea_chart_get_content (chart, &kind);
  const Line line = { g_strdup (name), color, value };

  g_array_append_val (histogram->lines, line);
}

/**
 * fovea_histogram_chart_set_logarithmic:
 * @logarithmic: whether counts are drawn by their logarithm
 */
void
fovea_histogram_chart_set_logarithmic (FoveaChart *chart, gboolean logarithmic)
{
  Histogram *histogram = fovea_chart_get_content (chart, &kind);

  histogram->logarithmic = logarithmic;
}
