/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/chart-bars.h"

#include <math.h>

#include "ui/chart-private.h"

#define TICK_GAP 6
#define PIXELS_PER_TICK 42
#define PLOT_LENGTH 220  /* of the axis of values, in print */
#define PLOT_BREADTH 320 /* the least breadth of all categories together, in print */
#define BAR 20           /* a bar's breadth in print, where there are few */
#define NARROW_BAR 7     /* and where there are many */
#define SLOT_GAP 18      /* between two categories' bars */
#define NARROW_SLOT_GAP 5
#define MANY_CATEGORIES 16

/* A bar takes no more of a window than this. */
#define MAXIMUM_BAR 48

/* A category without a colour of its own has its series'. */
#define NO_COLOR G_MAXUINT

typedef struct {
  char *name;
  guint color;
  GArray *values; /* of double, one for each category; NAN where none was set */
} Series;

typedef struct {
  char *name;
  guint color;
} Category;

typedef struct {
  FoveaBarChartDirection direction;
  char *value_title;
  GArray *series;
  GArray *categories;
} Bars;

static void
clear_series (Series *series)
{
  g_free (series->name);
  g_array_unref (series->values);
}

static void
clear_category (Category *category)
{
  g_free (category->name);
}

static void
free_bars (gpointer content)
{
  Bars *bars = content;

  g_free (bars->value_title);
  g_array_unref (bars->series);
  g_array_unref (bars->categories);
  g_free (bars);
}

static const char *
get_category_name (const Bars *bars, guint category)
{
  return g_array_index (bars->categories, Category, category).name;
}

static double
get_value (const Bars *bars, guint series, guint category)
{
  const GArray *values = g_array_index (bars->series, Series, series).values;

  return category < values->len ? g_array_index (values, double, category) : NAN;
}

/* The least and the greatest value, zero among them, and whether all are whole numbers. */
static void
get_range (const Bars *bars, double *minimum, double *maximum, gboolean *whole)
{
  *minimum = *maximum = 0;
  *whole = TRUE;
  for (guint s = 0; s < bars->series->len; s++)
    for (guint c = 0; c < bars->categories->len; c++)
      {
        const double value = get_value (bars, s, c);

        if (!isfinite (value))
          continue;
        *minimum = MIN (*minimum, value);
        *maximum = MAX (*maximum, value);
        *whole = *whole && value == floor (value);
      }
  if (*minimum == *maximum)
    *maximum = 1;
}

static void
init_axis (const Bars *bars, FoveaChartAxis *axis, double length)
{
  double minimum, maximum;
  gboolean whole;

  get_range (bars, &minimum, &maximum, &whole);
  /* Room for the number at the end of the longest bar. */
  fovea_chart_axis_init (axis, minimum * 1.08, maximum * 1.08, length, PIXELS_PER_TICK);
  if (whole && axis->tick < 1)
    {
      axis->tick = 1;
      axis->first = ceil (axis->minimum);
      axis->n_ticks = (guint) (floor (axis->maximum) - axis->first) + 1;
    }
}

static double
measure_names (const Bars *bars, const FoveaChartCanvas *canvas, FoveaChartTextStyle style)
{
  double widest = 0, width;

  for (guint c = 0; c < bars->categories->len; c++)
    {
      fovea_chart_canvas_measure (canvas, get_category_name (bars, c), style, -1, &width, NULL);
      widest = MAX (widest, width);
    }
  return ceil (widest);
}

static void
get_natural_size (gconstpointer content, const FoveaChartCanvas *canvas, double *width, double *height)
{
  const Bars *bars = content;
  const gboolean many = bars->categories->len > MANY_CATEGORIES;
  const double n_series = MAX (bars->series->len, 1);
  const double names = measure_names (bars, canvas, many ? FOVEA_CHART_TEXT_TINY : FOVEA_CHART_TEXT_LABEL);
  const double line = fovea_chart_canvas_get_line_height (canvas, many ? FOVEA_CHART_TEXT_TINY : FOVEA_CHART_TEXT_LABEL);
  double slot = n_series * (many ? NARROW_BAR : BAR) + (many ? NARROW_SLOT_GAP : SLOT_GAP);
  FoveaChartAxis axis;

  init_axis (bars, &axis, PLOT_LENGTH);
  if (bars->direction == FOVEA_BAR_CHART_ROWS)
    {
      slot = MAX (slot, line + 2);
      *width = names + TICK_GAP + 1.6 * PLOT_LENGTH;
      *height = bars->categories->len * slot + 2 * TICK_GAP + 2 * fovea_chart_canvas_get_line_height (canvas, FOVEA_CHART_TEXT_LABEL);
      return;
    }
  slot = MAX (slot, many ? line : MIN (names + 10, 110));
  *width = MAX (bars->categories->len * slot, PLOT_BREADTH) + fovea_chart_axis_measure (&axis, canvas) + TICK_GAP + fovea_chart_canvas_get_line_height (canvas, FOVEA_CHART_TEXT_LABEL) + 4;
  *height = PLOT_LENGTH + TICK_GAP + (names + 6 <= slot ? line : names);
}

/* Draws lines across the plot at the axis' numbers, and the numbers. */
static void
draw_axis (const Bars *bars, const FoveaChartCanvas *canvas, const FoveaChartAxis *axis, const FoveaChartArea *plot)
{
  for (guint i = 0; i < axis->n_ticks; i++)
    {
      const double value = fovea_chart_axis_get_tick (axis, i);
      g_autofree char *text = fovea_chart_axis_format (axis, value);

      fovea_chart_canvas_set_ink (canvas, value == 0 ? FOVEA_CHART_INK_AXIS : FOVEA_CHART_INK_GRID);
      if (bars->direction == FOVEA_BAR_CHART_COLUMNS)
        {
          const double y = floor (fovea_chart_axis_place (axis, value, plot->y + plot->height, plot->y)) + 0.5;

          fovea_chart_canvas_draw_line (canvas, plot->x, y, plot->x + plot->width, y, 1);
          fovea_chart_canvas_set_ink (canvas, FOVEA_CHART_INK_MUTED);
          fovea_chart_canvas_draw_text (canvas, text, FOVEA_CHART_TEXT_SMALL, plot->x - TICK_GAP, y, 1, 0.5, -1);
        }
      else
        {
          const double x = floor (fovea_chart_axis_place (axis, value, plot->x, plot->x + plot->width)) + 0.5;

          fovea_chart_canvas_draw_line (canvas, x, plot->y, x, plot->y + plot->height, 1);
          fovea_chart_canvas_set_ink (canvas, FOVEA_CHART_INK_MUTED);
          fovea_chart_canvas_draw_text (canvas, text, FOVEA_CHART_TEXT_SMALL, x, plot->y + plot->height + TICK_GAP / 2.0, 0.5, 0, -1);
        }
    }
}

static char *
format_value (double value)
{
  return value == floor (value) && fabs (value) < 1e6 ? g_strdup_printf ("%.0f", value) : g_strdup_printf ("%.3g", value);
}

/* Whether the numbers at the bars' ends fit, all of them: some without would look like a mistake. */
static gboolean
have_values_room (const Bars *bars, const FoveaChartCanvas *canvas, double breadth)
{
  for (guint s = 0; s < bars->series->len; s++)
    for (guint c = 0; c < bars->categories->len; c++)
      {
        g_autofree char *text = format_value (get_value (bars, s, c));
        double width, height;

        fovea_chart_canvas_measure (canvas, text, FOVEA_CHART_TEXT_SMALL, -1, &width, &height);
        if (bars->direction == FOVEA_BAR_CHART_COLUMNS ? width > breadth + 2 : height > breadth + 6)
          return FALSE;
      }
  return TRUE;
}

static void
draw_bar (const Bars *bars, const FoveaChartCanvas *canvas, const FoveaChartAxis *axis, const FoveaChartArea *plot, double from, double breadth, gboolean with_value, guint series, guint category)
{
  const double value = get_value (bars, series, category);
  const guint color = g_array_index (bars->categories, Category, category).color;
  FoveaChartMark mark = { .series = series, .category = category, .value = value };
  const gboolean columns = bars->direction == FOVEA_BAR_CHART_COLUMNS;
  double zero, end;
  g_autofree char *text = NULL;

  if (!isfinite (value))
    return;
  fovea_chart_canvas_set_color (canvas, color == NO_COLOR ? g_array_index (bars->series, Series, series).color : color, 1);
  if (columns)
    {
      zero = floor (fovea_chart_axis_place (axis, 0, plot->y + plot->height, plot->y));
      end = fovea_chart_axis_place (axis, value, plot->y + plot->height, plot->y);
      cairo_rectangle (canvas->cr, from, MIN (zero, end), breadth, fabs (end - zero));
      mark.x = from + breadth / 2;
      mark.y = (zero + end) / 2;
      fovea_chart_canvas_add_mark (canvas, mark, breadth / 2, fabs (end - zero) / 2);
    }
  else
    {
      zero = floor (fovea_chart_axis_place (axis, 0, plot->x, plot->x + plot->width)) + 1;
      end = fovea_chart_axis_place (axis, value, plot->x, plot->x + plot->width);
      cairo_rectangle (canvas->cr, MIN (zero, end), from, fabs (end - zero), breadth);
      mark.x = (zero + end) / 2;
      mark.y = from + breadth / 2;
      fovea_chart_canvas_add_mark (canvas, mark, fabs (end - zero) / 2, breadth / 2);
    }
  cairo_fill (canvas->cr);

  if (!with_value)
    return;
  text = format_value (value);
  fovea_chart_canvas_set_ink (canvas, FOVEA_CHART_INK_MUTED);
  if (columns)
    fovea_chart_canvas_draw_text (canvas, text, FOVEA_CHART_TEXT_SMALL, mark.x, end + (value < 0 ? 1 : -1), 0.5, value < 0 ? 0 : 1, -1);
  else
    fovea_chart_canvas_draw_text (canvas, text, FOVEA_CHART_TEXT_SMALL, end + (value < 0 ? -4 : 4), mark.y, value < 0 ? 1 : 0, 0.5, -1);
}

/* Every how many categories a name fits. */
static guint
get_name_stride (double needed, double slot)
{
  return (guint) MAX (ceil (needed / MAX (slot, 0.1)), 1);
}

static void
draw_names (const Bars *bars, const FoveaChartCanvas *canvas, const FoveaChartArea *plot, double slot, FoveaChartTextStyle style, gboolean up)
{
  const double line = fovea_chart_canvas_get_line_height (canvas, style);
  const guint stride = bars->direction == FOVEA_BAR_CHART_ROWS || up ? get_name_stride (line * 0.9, slot) : 1;

  fovea_chart_canvas_set_ink (canvas, FOVEA_CHART_INK_TEXT);
  for (guint c = 0; c < bars->categories->len; c += stride)
    {
      const char *name = get_category_name (bars, c);
      const double middle = (c + 0.5) * slot;

      if (bars->direction == FOVEA_BAR_CHART_ROWS)
        fovea_chart_canvas_draw_text (canvas, name, style, plot->x - TICK_GAP, plot->y + middle, 1, 0.5, -1);
      else if (up)
        fovea_chart_canvas_draw_text_up (canvas, name, style, plot->x + middle, plot->y + plot->height + TICK_GAP, 1, 0.5);
      else
        fovea_chart_canvas_draw_text (canvas, name, style, plot->x + middle, plot->y + plot->height + TICK_GAP, 0.5, 0, -1);
    }
}

static void
draw_bars (const Bars *bars, const FoveaChartCanvas *canvas, const FoveaChartAxis *axis, const FoveaChartArea *plot, double slot)
{
  const double start = bars->direction == FOVEA_BAR_CHART_COLUMNS ? plot->x : plot->y;
  const double n_series = MAX (bars->series->len, 1);
  const double gap = MIN (slot * 0.3, SLOT_GAP);
  double breadth = MIN ((slot - gap) / n_series, MAXIMUM_BAR);
  gboolean with_values;

  /* Whole units keep edges crisp, where that costs little. */
  if (breadth >= 4)
    breadth = floor (breadth);
  with_values = have_values_room (bars, canvas, breadth);
  for (guint c = 0; c < bars->categories->len; c++)
    for (guint s = 0; s < bars->series->len; s++)
      {
        double from = start + (c + 0.5) * slot + (s - n_series / 2) * breadth;

        if (breadth >= 4)
          from = floor (from);
        draw_bar (bars, canvas, axis, plot, from, MAX (breadth - (breadth >= 6 ? 1 : 0), 0.5), with_values, s, c);
      }
}

static void
draw (gconstpointer content, const FoveaChartCanvas *canvas, const FoveaChartArea *area)
{
  const Bars *bars = content;
  const guint n_categories = MAX (bars->categories->len, 1);
  const double title_height = fovea_chart_canvas_get_line_height (canvas, FOVEA_CHART_TEXT_LABEL);
  FoveaChartTextStyle style = FOVEA_CHART_TEXT_LABEL;
  FoveaChartArea plot = *area;
  FoveaChartAxis axis;
  double names = measure_names (bars, canvas, style);

  if (bars->direction == FOVEA_BAR_CHART_ROWS)
    {
      if (area->height / n_categories < fovea_chart_canvas_get_line_height (canvas, style))
        names = measure_names (bars, canvas, style = FOVEA_CHART_TEXT_TINY);
      names = MIN (names, area->width * 0.6);
      plot.x += names + TICK_GAP;
      plot.width -= names + TICK_GAP;
      plot.height -= 2 * title_height + TICK_GAP;
      init_axis (bars, &axis, plot.width);
      if (plot.width < 8 || plot.height < 8)
        return;
      draw_axis (bars, canvas, &axis, &plot);
      fovea_chart_canvas_set_ink (canvas, FOVEA_CHART_INK_TEXT);
      fovea_chart_canvas_draw_text (canvas, bars->value_title, FOVEA_CHART_TEXT_LABEL, plot.x + plot.width / 2, area->y + area->height, 0.5, 1, -1);
      draw_bars (bars, canvas, &axis, &plot, plot.height / n_categories);
      draw_names (bars, canvas, &plot, plot.height / n_categories, style, FALSE);
      return;
    }

  init_axis (bars, &axis, area->height * 0.8);
  plot.x += fovea_chart_axis_measure (&axis, canvas) + TICK_GAP + title_height + 4;
  plot.width -= plot.x - area->x;
  const gboolean up = names + 6 > plot.width / n_categories;
  if (up && plot.width / n_categories < title_height)
    names = measure_names (bars, canvas, style = FOVEA_CHART_TEXT_TINY);
  plot.height -= TICK_GAP + (up ? MIN (names, area->height * 0.6) : fovea_chart_canvas_get_line_height (canvas, style));
  if (plot.width < 8 || plot.height < 8)
    return;
  init_axis (bars, &axis, plot.height);
  draw_axis (bars, canvas, &axis, &plot);
  fovea_chart_canvas_set_ink (canvas, FOVEA_CHART_INK_TEXT);
  fovea_chart_canvas_draw_text_up (canvas, bars->value_title, FOVEA_CHART_TEXT_LABEL, area->x, plot.y + plot.height / 2, 0.5, 0);
  draw_bars (bars, canvas, &axis, &plot, plot.width / n_categories);
  draw_names (bars, canvas, &plot, plot.width / n_categories, style, up);
}

static char *
describe (gconstpointer content, const FoveaChartMark *mark)
{
  const Bars *bars = content;
  const char *category = get_category_name (bars, mark->category);

  if (bars->series->len == 1)
    return g_strdup (category);
  return g_strdup_printf ("%s, %s", category, g_array_index (bars->series, Series, mark->series).name);
}

static void
write_table (gconstpointer content, GString *csv)
{
  const Bars *bars = content;

  g_string_append (csv, "category");
  for (guint s = 0; s < bars->series->len; s++)
    {
      g_string_append_c (csv, ',');
      fovea_csv_append_field (csv, g_array_index (bars->series, Series, s).name);
    }
  g_string_append_c (csv, '\n');
  for (guint c = 0; c < bars->categories->len; c++)
    {
      fovea_csv_append_field (csv, get_category_name (bars, c));
      for (guint s = 0; s < bars->series->len; s++)
        {
          g_string_append_c (csv, ',');
          fovea_chart_csv_append_number (csv, get_value (bars, s, c));
        }
      g_string_append_c (csv, '\n');
    }
}

static const FoveaChartKind kind = { get_natural_size, draw, describe, write_table, free_bars };

/**
 * fovea_bar_chart_new:
 * @value_title: what the values are, beside their axis
 *
 * Returns: (transfer full): a chart without bars
 */
FoveaChart *
fovea_bar_chart_new (FoveaBarChartDirection direction, const char *value_title)
{
  Bars *bars = g_new0 (Bars, 1);

  bars->direction = direction;
  bars->value_title = g_strdup (value_title);
  bars->series = g_array_new (FALSE, FALSE, sizeof (Series));
  g_array_set_clear_func (bars->series, (GDestroyNotify) clear_series);
  bars->categories = g_array_new (FALSE, FALSE, sizeof (Category));
  g_array_set_clear_func (bars->categories, (GDestroyNotify) clear_category);
  return fovea_chart_new (&kind, bars);
}

/* A legend has to say which of several is which; of one the title does. */
static void
add_series_legend (FoveaChart *chart, const Bars *bars, guint series)
{
  const Series *entry = &g_array_index (bars->series, Series, series);

  fovea_chart_add_legend (chart, entry->name, entry->color, FOVEA_CHART_LEGEND_SWATCH, FOVEA_CHART_MARKER_SQUARE);
}

/**
 * fovea_bar_chart_add_series:
 * @name: such as a network's, for the legend
 * @color: one of %FoveaChartColor, or %FOVEA_CHART_CATEGORY plus a number
 *
 * Returns: its number
 */
guint
fovea_bar_chart_add_series (FoveaChart *chart, const char *name, guint color)
{
  Bars *bars = fovea_chart_get_content (chart, &kind);
  const Series series = { g_strdup (name), color, g_array_new (FALSE, FALSE, sizeof (double)) };

  g_array_append_val (bars->series, series);
  if (bars->series->len == 2)
    add_series_legend (chart, bars, 0);
  if (bars->series->len >= 2)
    add_series_legend (chart, bars, bars->series->len - 1);
  return bars->series->len - 1;
}

/**
 * fovea_bar_chart_add_category:
 * @name: stands beside its bars; in the order of adding
 *
 * Returns: its number
 */
guint
fovea_bar_chart_add_category (FoveaChart *chart, const char *name)
{
  Bars *bars = fovea_chart_get_content (chart, &kind);
  const Category category = { g_strdup (name), NO_COLOR };

  g_array_append_val (bars->categories, category);
  return bars->categories->len - 1;
}

/**
 * fovea_bar_chart_set_category_color:
 * @color: instead of the series' colour; say with fovea_bar_chart_add_color_name() what it means
 */
void
fovea_bar_chart_set_category_color (FoveaChart *chart, guint category, guint color)
{
  Bars *bars = fovea_chart_get_content (chart, &kind);

  g_return_if_fail (category < bars->categories->len);
  g_array_index (bars->categories, Category, category).color = color;
}

/**
 * fovea_bar_chart_add_color_name:
 *
 * Says in the legend what a colour of categories means.
 */
void
fovea_bar_chart_add_color_name (FoveaChart *chart, guint color, const char *name)
{
  fovea_chart_add_legend (chart, name, color, FOVEA_CHART_LEGEND_SWATCH, FOVEA_CHART_MARKER_SQUARE);
}

/**
 * fovea_bar_chart_set_value:
 * @value: the bar's length; what is not finite has no bar
 */
void
fovea_bar_chart_set_value (FoveaChart *chart, guint series, guint category, double value)
{
  Bars *bars = fovea_chart_get_content (chart, &kind);
  GArray *values;

  g_return_if_fail (series < bars->series->len && category < bars->categories->len);
  values = g_array_index (bars->series, Series, series).values;
  while (values->len <= category)
    {
      const double none = NAN;

      g_array_append_val (values, none);
    }
  g_array_index (values, double, category) = value;
}
