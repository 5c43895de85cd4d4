/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/chart-boxes.h"

#include <math.h>

#include "engine/analysis/distribution.h"
#include "ui/chart-private.h"

#define PLOT_HEIGHT 260
#define PLOT_WIDTH 320 /* at least, in print */
#define BOX 46         /* what a box takes of a category's breadth in print */
#define CATEGORY_GAP 26
#define TICK_GAP 6
#define PIXELS_PER_TICK 40
#define MAXIMUM_BOX 72

/* Dots become smaller where there are many. */
#define LARGE_DOT 2.2
#define SMALL_DOT 1.1
#define MANY_VALUES 400

/* What lies further from the box than this many of its heights is beyond the whiskers (Tukey). */
#define WHISKER 1.5

/* One box. */
typedef struct {
  double *values; /* in the caller's order; what is not finite is not drawn */
  guint n_values;
  double *sorted; /* the finite ones */
  guint n_sorted;
} Group;

typedef struct {
  char *name;
  guint color;
  GArray *groups; /* one for each category */
} Series;

typedef struct {
  char *value_title;
  GArray *series;
  GPtrArray *categories;
  double minimum; /* minimum > maximum: as the values want */
  double maximum;
} Boxes;

static void
clear_group (Group *group)
{
  g_free (group->values);
  g_free (group->sorted);
}

static void
clear_series (Series *series)
{
  g_free (series->name);
  g_array_unref (series->groups);
}

static void
free_boxes (gpointer content)
{
  Boxes *boxes = content;

  g_free (boxes->value_title);
  g_array_unref (boxes->series);
  g_ptr_array_unref (boxes->categories);
  g_free (boxes);
}

static const Group *
get_group (const Boxes *boxes, guint series, guint category)
{
  static const Group empty;
  const GArray *groups = g_array_index (boxes->series, Series, series).groups;

  return category < groups->len ? &g_array_index (groups, Group, category) : &empty;
}

static void
init_axis (const Boxes *boxes, FoveaChartAxis *axis, double length)
{
  double minimum = boxes->minimum, maximum = boxes->maximum;

  if (minimum > maximum)
    {
      double margin;

      for (guint s = 0; s < boxes->series->len; s++)
        for (guint c = 0; c < boxes->categories->len; c++)
          {
            const Group *group = get_group (boxes, s, c);

            if (group->n_sorted == 0)
              continue;
            minimum = MIN (minimum, group->sorted[0]);
            maximum = MAX (maximum, group->sorted[group->n_sorted - 1]);
          }
      if (minimum > maximum)
        minimum = 0, maximum = 1;
      margin = (maximum - minimum) * 0.04;
      /* Zero is a natural end where nothing is below it. */
      minimum = minimum >= 0 && minimum < maximum / 2 ? 0 : minimum - margin;
      maximum += margin;
    }
  fovea_chart_axis_init (axis, minimum, maximum, length, PIXELS_PER_TICK);
}

static void
get_natural_size (gconstpointer content, const FoveaChartCanvas *canvas, double *width, double *height)
{
  const Boxes *boxes = content;
  const double slot = MAX (boxes->series->len, 1) * BOX + CATEGORY_GAP;
  const double names = fovea_chart_canvas_measure_names (canvas, boxes->categories, FOVEA_CHART_TEXT_LABEL);
  const double line = fovea_chart_canvas_get_line_height (canvas, FOVEA_CHART_TEXT_LABEL);
  FoveaChartAxis axis;

  init_axis (boxes, &axis, PLOT_HEIGHT);
  *width = MAX (boxes->categories->len * slot, PLOT_WIDTH) + fovea_chart_axis_measure (&axis, canvas) + TICK_GAP + line + 4;
  *height = PLOT_HEIGHT + TICK_GAP + (names + 6 <= slot ? line : names);
}

/* Where across its box a value's dot lies, in [-1, 1]: scattered, the same in each drawing and for
 * each number of values, by the golden ratio's multiples, which leave no gaps. */
static double
get_scatter (guint index)
{
  const double turned = (index + 1) * 0.6180339887498949;

  return 2 * (turned - floor (turned)) - 1;
}

static void
draw_dots (const FoveaChartCanvas *canvas, const FoveaChartAxis *axis, const FoveaChartArea *plot, const Group *group, double middle, double breadth, guint color, guint series, guint category)
{
  const double radius = group->n_sorted > MANY_VALUES ? SMALL_DOT : LARGE_DOT;

  fovea_chart_canvas_set_color (canvas, color, group->n_sorted > MANY_VALUES ? 0.3 : 0.42);
  for (guint i = 0; i < group->n_values; i++)
    {
      FoveaChartMark mark = { series, category, i, group->values[i], 0, 0 };

      if (!isfinite (mark.value) || mark.value < axis->minimum || mark.value > axis->maximum)
        continue;
      mark.x = middle + get_scatter (i) * breadth * 0.38;
      mark.y = fovea_chart_axis_place (axis, mark.value, plot->y + plot->height, plot->y);
      cairo_new_path (canvas->cr);
      cairo_arc (canvas->cr, mark.x, mark.y, radius, 0, 2 * G_PI);
      cairo_fill (canvas->cr);
      fovea_chart_canvas_add_mark (canvas, mark, radius, radius);
    }
}

static double
place (const FoveaChartAxis *axis, const FoveaChartArea *plot, double value)
{
  return fovea_chart_axis_place (axis, CLAMP (value, axis->minimum, axis->maximum), plot->y + plot->height, plot->y);
}

static void
draw_box (const FoveaChartCanvas *canvas, const FoveaChartAxis *axis, const FoveaChartArea *plot, const Group *group, double middle, double breadth, guint color)
{
  const double half = floor (breadth * 0.46);
  double lower, median, upper, low, high;
  guint first = 0, last = group->n_sorted;

  if (group->n_sorted == 0)
    return;
  lower = fovea_distribution_get_quantile (group->sorted, group->n_sorted, 0.25);
  median = fovea_distribution_get_quantile (group->sorted, group->n_sorted, 0.5);
  upper = fovea_distribution_get_quantile (group->sorted, group->n_sorted, 0.75);
  while (group->sorted[first] < lower - WHISKER * (upper - lower))
    first++;
  while (group->sorted[last - 1] > upper + WHISKER * (upper - lower))
    last--;
  low = place (axis, plot, group->sorted[first]);
  high = place (axis, plot, group->sorted[last - 1]);

  fovea_chart_canvas_set_color (canvas, color, 1);
  fovea_chart_canvas_draw_line (canvas, middle, low, middle, place (axis, plot, lower), 1.25);
  fovea_chart_canvas_draw_line (canvas, middle, high, middle, place (axis, plot, upper), 1.25);
  fovea_chart_canvas_draw_line (canvas, middle - half / 2, low, middle + half / 2, low, 1.25);
  fovea_chart_canvas_draw_line (canvas, middle - half / 2, high, middle + half / 2, high, 1.25);
  cairo_set_line_width (canvas->cr, 1.25);
  cairo_rectangle (canvas->cr, middle - half, place (axis, plot, upper), 2 * half, place (axis, plot, lower) - place (axis, plot, upper));
  cairo_stroke (canvas->cr);
  fovea_chart_canvas_draw_line (canvas, middle - half, place (axis, plot, median), middle + half, place (axis, plot, median), 2.5);
}

static void
draw (gconstpointer content, const FoveaChartCanvas *canvas, const FoveaChartArea *area)
{
  const Boxes *boxes = content;
  const guint n_categories = MAX (boxes->categories->len, 1);
  const guint n_series = MAX (boxes->series->len, 1);
  const double line = fovea_chart_canvas_get_line_height (canvas, FOVEA_CHART_TEXT_LABEL);
  const double names = fovea_chart_canvas_measure_names (canvas, boxes->categories, FOVEA_CHART_TEXT_LABEL);
  FoveaChartArea plot = *area;
  FoveaChartAxis axis;
  double slot, breadth;
  gboolean up;

  init_axis (boxes, &axis, area->height);
  plot.x += fovea_chart_axis_measure (&axis, canvas) + TICK_GAP + line + 4;
  plot.width -= plot.x - area->x;
  slot = plot.width / n_categories;
  up = names + 6 > slot;
  plot.height -= TICK_GAP + (up ? MIN (names, area->height * 0.5) : line);
  if (plot.width < 10 || plot.height < 10)
    return;
  init_axis (boxes, &axis, plot.height);
  for (guint i = 0; i < axis.n_ticks; i++)
    {
      const double value = fovea_chart_axis_get_tick (&axis, i);
      const double y = floor (place (&axis, &plot, value)) + 0.5;
      g_autofree char *text = fovea_chart_axis_format (&axis, value);

      fovea_chart_canvas_set_ink (canvas, value == 0 ? FOVEA_CHART_INK_AXIS : FOVEA_CHART_INK_GRID);
      fovea_chart_canvas_draw_line (canvas, plot.x, y, plot.x + plot.width, y, 1);
      fovea_chart_canvas_set_ink (canvas, FOVEA_CHART_INK_MUTED);
      fovea_chart_canvas_draw_text (canvas, text, FOVEA_CHART_TEXT_SMALL, plot.x - TICK_GAP, y, 1, 0.5, -1);
    }
  fovea_chart_canvas_set_ink (canvas, FOVEA_CHART_INK_TEXT);
  fovea_chart_canvas_draw_text_up (canvas, boxes->value_title, FOVEA_CHART_TEXT_LABEL, area->x, plot.y + plot.height / 2, 0.5, 0);

  breadth = MIN ((slot - MIN (slot * 0.25, CATEGORY_GAP)) / n_series, MAXIMUM_BOX);
  for (guint c = 0; c < boxes->categories->len; c++)
    {
      const double middle = plot.x + (c + 0.5) * slot;

      for (guint s = 0; s < boxes->series->len; s++)
        {
          const double at = floor (middle + (s + 0.5 - n_series / 2.0) * breadth) + 0.5;
          const guint color = g_array_index (boxes->series, Series, s).color;

          draw_dots (canvas, &axis, &plot, get_group (boxes, s, c), at, breadth, color, s, c);
          draw_box (canvas, &axis, &plot, get_group (boxes, s, c), at, breadth, color);
        }
      fovea_chart_canvas_set_ink (canvas, FOVEA_CHART_INK_TEXT);
      if (up)
        fovea_chart_canvas_draw_text_up (canvas, boxes->categories->pdata[c], FOVEA_CHART_TEXT_LABEL, middle, plot.y + plot.height + TICK_GAP, 1, 0.5);
      else
        fovea_chart_canvas_draw_text (canvas, boxes->categories->pdata[c], FOVEA_CHART_TEXT_LABEL, middle, plot.y + plot.height + TICK_GAP, 0.5, 0, -1);
    }
}

static char *
describe (gconstpointer content, const FoveaChartMark *mark)
{
  const Boxes *boxes = content;

  return g_strdup_printf ("%s, %s, %u", g_array_index (boxes->series, Series, mark->series).name,
                          (const char *) boxes->categories->pdata[mark->category], mark->index);
}

static void
write_table (gconstpointer content, GString *csv)
{
  const Boxes *boxes = content;

  g_string_append (csv, "series,category,index,value\n");
  for (guint s = 0; s < boxes->series->len; s++)
    for (guint c = 0; c < boxes->categories->len; c++)
      {
        const Group *group = get_group (boxes, s, c);

        for (guint i = 0; i < group->n_values; i++)
          {
            fovea_csv_append_field (csv, g_array_index (boxes->series, Series, s).name);
            g_string_append_c (csv, ',');
            fovea_csv_append_field (csv, boxes->categories->pdata[c]);
            g_string_append_printf (csv, ",%u,", i);
            fovea_chart_csv_append_number (csv, group->values[i]);
            g_string_append_c (csv, '\n');
          }
      }
}

static const FoveaChartKind kind = { get_natural_size, draw, describe, write_table, free_boxes };

/**
 * fovea_box_chart_new:
 * @value_title: what the values are, beside their axis
 *
 * Returns: (transfer full): a chart without boxes
 */
FoveaChart *
fovea_box_chart_new (const char *value_title)
{
  Boxes *boxes = g_new0 (Boxes, 1);

  boxes->value_title = g_strdup (value_title);
  boxes->series = g_array_new (FALSE, FALSE, sizeof (Series));
  g_array_set_clear_func (boxes->series, (GDestroyNotify) clear_series);
  boxes->categories = g_ptr_array_new_with_free_func (g_free);
  boxes->minimum = INFINITY;
  boxes->maximum = -INFINITY;
  return fovea_chart_new (&kind, boxes);
}

/**
 * fovea_box_chart_add_series:
 * @name: such as a network's
 * @color: one of %FoveaChartColor, or %FOVEA_CHART_CATEGORY plus a number
 *
 * Returns: its number
 */
guint
fovea_box_chart_add_series (FoveaChart *chart, const char *name, guint color)
{
  Boxes *boxes = fovea_chart_get_content (chart, &kind);
  const Series series = { g_strdup (name), color, g_array_new (FALSE, TRUE, sizeof (Group)) };

  g_array_set_clear_func (series.groups, (GDestroyNotify) clear_group);
  g_array_append_val (boxes->series, series);
  fovea_chart_add_legend (chart, name, color, FOVEA_CHART_LEGEND_SWATCH, FOVEA_CHART_MARKER_SQUARE);
  return boxes->series->len - 1;
}

/**
 * fovea_box_chart_add_category:
 * @name: such as a layer's, below its boxes
 *
 * Returns: its number
 */
guint
fovea_box_chart_add_category (FoveaChart *chart, const char *name)
{
  Boxes *boxes = fovea_chart_get_content (chart, &kind);

  g_ptr_array_add (boxes->categories, g_strdup (name));
  return boxes->categories->len - 1;
}

/**
 * fovea_box_chart_set_values:
 * @values: (array length=n_values): copied; a mark's index is the place among them. What is not finite is not drawn
 */
void
fovea_box_chart_set_values (FoveaChart *chart, guint series, guint category, const double *values, guint n_values)
{
  Boxes *boxes = fovea_chart_get_content (chart, &kind);
  GArray *groups;
  Group *group;

  g_return_if_fail (series < boxes->series->len && category < boxes->categories->len);
  groups = g_array_index (boxes->series, Series, series).groups;
  if (groups->len <= category)
    g_array_set_size (groups, category + 1);
  group = &g_array_index (groups, Group, category);
  clear_group (group);
  *group = (Group) { g_memdup2 (values, n_values * sizeof *values), n_values, g_new (double, MAX (n_values, 1)), 0 };
  group->n_sorted = (guint) fovea_distribution_sort (values, n_values, group->sorted);
}

/**
 * fovea_box_chart_set_range:
 * @minimum, @maximum: the ends of the axis of values; dots outside are not drawn
 */
void
fovea_box_chart_set_range (FoveaChart *chart, double minimum, double maximum)
{
  Boxes *boxes = fovea_chart_get_content (chart, &kind);

  g_return_if_fail (minimum < maximum);
  boxes->minimum = minimum;
  boxes->maximum = maximum;
}
