/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/chart-shape-bias.h"

#include <math.h>
#include <string.h>

#include "ui/chart-dodge.h"
#include "ui/chart-private.h"

#define ROW_HEIGHT 24
#define MAX_ROW_HEIGHT 48
#define PLOT_WIDTH 440
#define TICK_GAP 5
#define NAME_GAP 10
#define PIXELS_PER_TICK 44
#define MARKER_RADIUS 5

/* Of each of many people */
#define DOT_DIAMETER (0.8 * MARKER_RADIUS)

typedef struct {
  char *name;
  guint color;
  FoveaChartMarker marker;
  FoveaDecisions total;
  FoveaDecisions *decisions; /* of each category of the plot */
} Observer;

/* Rows are the union of the observers' categories, sorted. */
typedef struct {
  GPtrArray *categories;
  GArray *observers;
  gboolean has_all_rows; /* observers bring no further ones */
} Plot;

static void
clear_observer (Observer *observer)
{
  g_free (observer->name);
  g_free (observer->decisions);
}

static void
free_plot (gpointer content)
{
  Plot *plot = content;

  g_ptr_array_unref (plot->categories);
  g_array_unref (plot->observers);
  g_free (plot);
}

/* What an axis above or below takes: its heading and its numbers. */
static double
get_axis_height (const FoveaChartCanvas *canvas)
{
  return fovea_chart_canvas_get_line_height (canvas, FOVEA_CHART_TEXT_LABEL) + fovea_chart_canvas_get_line_height (canvas, FOVEA_CHART_TEXT_SMALL) + 2 * TICK_GAP;
}

/* Texture decisions to the right, as the field draws it: the axis is 1 - shape bias. */
static double
place (const FoveaChartAxis *axis, const FoveaChartArea *area, const FoveaDecisions *decisions)
{
  return fovea_chart_axis_place (axis, 1 - fovea_decisions_get_shape_bias (decisions), area->x, area->x + area->width);
}

/* The markers of a row. */
typedef struct {
  guint n;
  guint *observers;
  double *x;
  double *offsets; /* from the row's middle */
  guint n_lanes;
} Row;

static void
clear_row (Row *row)
{
  g_free (row->observers);
  g_free (row->x);
  g_free (row->offsets);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Row, clear_row)

/* Of the observers that decided something about the category: those drawn as dots, or all others. */
static void
init_row (Row *row, const Plot *plot, guint category, gboolean dots, const FoveaChartAxis *axis, const FoveaChartArea *area, double height, double radius)
{
  const double diameter = dots ? DOT_DIAMETER * radius / MARKER_RADIUS : 2 * radius;

  *row = (Row) { 0, g_new (guint, plot->observers->len), g_new (double, plot->observers->len), g_new0 (double, plot->observers->len), 0 };
  for (guint i = 0; i < plot->observers->len; i++)
    {
      const Observer *observer = &g_array_index (plot->observers, Observer, i);
      const FoveaDecisions *decisions = &observer->decisions[category];

      if ((observer->marker == FOVEA_CHART_MARKER_DOT) != dots || !isfinite (fovea_decisions_get_shape_bias (decisions)))
        continue;
      row->observers[row->n] = i;
      row->x[row->n++] = place (axis, area, decisions);
    }
  row->n_lanes = fovea_chart_dodge (row->n, row->x, diameter, height - diameter - 2, row->offsets);
}

/* High enough for the row where most markers meet. */
static double
get_row_height (const Plot *plot)
{
  const FoveaChartArea area = { 0, 0, PLOT_WIDTH, ROW_HEIGHT };
  FoveaChartAxis axis;
  guint most = 1;

  fovea_chart_axis_init (&axis, 0, 1, PLOT_WIDTH, PIXELS_PER_TICK);
  for (guint c = 0; c < plot->categories->len; c++)
    {
      g_auto (Row) row = { 0 };

      init_row (&row, plot, c, FALSE, &axis, &area, ROW_HEIGHT, MARKER_RADIUS);
      most = MAX (most, row.n_lanes);
    }
  return CLAMP (most * (2 * MARKER_RADIUS + 1) + 3, ROW_HEIGHT, MAX_ROW_HEIGHT);
}

static void
get_natural_size (gconstpointer content, const FoveaChartCanvas *canvas, double *width, double *height)
{
  const Plot *plot = content;

  *width = fovea_chart_canvas_measure_names (canvas, plot->categories, FOVEA_CHART_TEXT_LABEL) + NAME_GAP + PLOT_WIDTH + 2 * MARKER_RADIUS;
  *height = MAX (plot->categories->len, 1) * get_row_height (plot) + 2 * get_axis_height (canvas);
}

static void
draw_axis (const FoveaChartCanvas *canvas, const FoveaChartAxis *axis, const FoveaChartArea *area, gboolean top)
{
  const double edge = top ? area->y : area->y + area->height;
  const double away = top ? -1 : 1;
  const double number_height = fovea_chart_canvas_get_line_height (canvas, FOVEA_CHART_TEXT_SMALL);

  for (guint i = 0; i < axis->n_ticks; i++)
    {
      const double value = fovea_chart_axis_get_tick (axis, i);
      const double x = floor (fovea_chart_axis_place (axis, value, area->x, area->x + area->width)) + 0.5;
      g_autofree char *text = fovea_chart_axis_format (axis, top ? 1 - value : value);

      fovea_chart_canvas_set_ink (canvas, FOVEA_CHART_INK_AXIS);
      fovea_chart_canvas_draw_line (canvas, x, edge, x, edge + away * 4, 1);
      fovea_chart_canvas_set_ink (canvas, FOVEA_CHART_INK_MUTED);
      fovea_chart_canvas_draw_text (canvas, text, FOVEA_CHART_TEXT_SMALL, x, edge + away * TICK_GAP, 0.5, top ? 1 : 0, -1);
    }
  fovea_chart_canvas_set_ink (canvas, FOVEA_CHART_INK_TEXT);
  fovea_chart_canvas_draw_text (canvas, top ? "Fraction of shape decisions" : "Fraction of texture decisions", FOVEA_CHART_TEXT_LABEL,
                                area->x + area->width / 2, edge + away * (2 * TICK_GAP + number_height), 0.5, top ? 1 : 0, -1);
  /* At each axis the end at which its decisions are all there are. */
  fovea_chart_canvas_draw_text (canvas, top ? "← shape" : "texture →", FOVEA_CHART_TEXT_LABEL,
                                top ? area->x : area->x + area->width, edge + away * (2 * TICK_GAP + number_height), top ? 0 : 1, top ? 1 : 0, -1);
}

static void
draw_rows (const Plot *plot, const FoveaChartCanvas *canvas, const FoveaChartArea *area, double row_height)
{
  for (guint c = 0; c < plot->categories->len; c++)
    {
      const double y = area->y + (c + 0.5) * row_height;

      fovea_chart_canvas_set_ink (canvas, FOVEA_CHART_INK_GRID);
      fovea_chart_canvas_draw_line (canvas, area->x, floor (y) + 0.5, area->x + area->width, floor (y) + 0.5, 1);
      fovea_chart_canvas_set_ink (canvas, FOVEA_CHART_INK_TEXT);
      fovea_chart_canvas_draw_text (canvas, plot->categories->pdata[c], row_height < 15 ? FOVEA_CHART_TEXT_TINY : FOVEA_CHART_TEXT_LABEL,
                                    area->x - NAME_GAP, y, 1, 0.5, -1);
    }
}

static void
draw_markers (const Plot *plot, const FoveaChartCanvas *canvas, const FoveaChartAxis *axis, const FoveaChartArea *area, double row_height, guint category, gboolean dots)
{
  const double radius = CLAMP (row_height / 4.5, 2, MARKER_RADIUS);
  g_auto (Row) row = { 0 };

  init_row (&row, plot, category, dots, axis, area, row_height, radius);
  /* The first ones last, on top. */
  for (guint i = row.n; i-- > 0;)
    {
      const Observer *observer = &g_array_index (plot->observers, Observer, row.observers[i]);
      const FoveaChartMark mark = { .series = row.observers[i],
                                    .category = category,
                                    .value = fovea_decisions_get_shape_bias (&observer->decisions[category]),
                                    .x = row.x[i],
                                    .y = area->y + (category + 0.5) * row_height + row.offsets[i] };

      fovea_chart_canvas_set_color (canvas, observer->color, dots ? 0.45 : 0.9);
      fovea_chart_canvas_draw_marker (canvas, observer->marker, mark.x, mark.y, radius);
      fovea_chart_canvas_add_mark (canvas, mark, dots ? radius / 2 : radius, dots ? radius / 2 : radius);
    }
}

static void
draw_averages (const Plot *plot, const FoveaChartCanvas *canvas, const FoveaChartAxis *axis, const FoveaChartArea *area)
{
  for (guint i = 0; i < plot->observers->len; i++)
    {
      const Observer *observer = &g_array_index (plot->observers, Observer, i);
      double x;

      if (observer->marker == FOVEA_CHART_MARKER_DOT || !isfinite (fovea_decisions_get_shape_bias (&observer->total)))
        continue;
      x = place (axis, area, &observer->total);
      fovea_chart_canvas_set_color (canvas, observer->color, 0.75);
      fovea_chart_canvas_draw_line (canvas, x, area->y, x, area->y + area->height, 1.5);
    }
}

static void
draw (gconstpointer content, const FoveaChartCanvas *canvas, const FoveaChartArea *area)
{
  const Plot *plot = content;
  const double names = MIN (fovea_chart_canvas_measure_names (canvas, plot->categories, FOVEA_CHART_TEXT_LABEL), area->width * 0.4);
  const double axis_height = get_axis_height (canvas);
  FoveaChartArea inner = { area->x + names + NAME_GAP, area->y + axis_height,
                           area->width - names - NAME_GAP - 2 * MARKER_RADIUS, area->height - 2 * axis_height };
  const double row_height = inner.height / MAX (plot->categories->len, 1);
  FoveaChartAxis axis;

  if (inner.width < 20 || inner.height < 20)
    return;
  fovea_chart_axis_init (&axis, 0, 1, inner.width, PIXELS_PER_TICK);
  draw_rows (plot, canvas, &inner, row_height);
  fovea_chart_canvas_set_ink (canvas, FOVEA_CHART_INK_AXIS);
  cairo_set_line_width (canvas->cr, 1);
  cairo_rectangle (canvas->cr, floor (inner.x) + 0.5, floor (inner.y) + 0.5, floor (inner.width), floor (inner.height));
  cairo_stroke (canvas->cr);
  draw_axis (canvas, &axis, &inner, TRUE);
  draw_axis (canvas, &axis, &inner, FALSE);
  draw_averages (plot, canvas, &axis, &inner);
  for (guint c = 0; c < plot->categories->len; c++)
    {
      draw_markers (plot, canvas, &axis, &inner, row_height, c, TRUE);
      draw_markers (plot, canvas, &axis, &inner, row_height, c, FALSE);
    }
}

static char *
describe (gconstpointer content, const FoveaChartMark *mark)
{
  const Plot *plot = content;
  const Observer *observer = &g_array_index (plot->observers, Observer, mark->series);
  const FoveaDecisions *decisions = &observer->decisions[mark->category];

  return g_strdup_printf ("%s, %s: %u shape, %u texture, %u other; shape bias",
                          (const char *) plot->categories->pdata[mark->category], observer->name, decisions->shape, decisions->texture, decisions->other);
}

static void
write_row (GString *csv, const char *observer, const char *category, const FoveaDecisions *decisions)
{
  fovea_csv_append_field (csv, observer);
  g_string_append_c (csv, ',');
  fovea_csv_append_field (csv, category);
  g_string_append_printf (csv, ",%u,%u,%u,", decisions->shape, decisions->texture, decisions->other);
  fovea_chart_csv_append_number (csv, fovea_decisions_get_shape_bias (decisions));
  g_string_append_c (csv, '\n');
}

static void
write_table (gconstpointer content, GString *csv)
{
  const Plot *plot = content;

  g_string_append (csv, "observer,category,shape,texture,other,shape_bias\n");
  for (guint i = 0; i < plot->observers->len; i++)
    {
      const Observer *observer = &g_array_index (plot->observers, Observer, i);

      write_row (csv, observer->name, "all", &observer->total);
      for (guint c = 0; c < plot->categories->len; c++)
        write_row (csv, observer->name, plot->categories->pdata[c], &observer->decisions[c]);
    }
}

static const FoveaChartKind kind = { get_natural_size, draw, describe, write_table, free_plot };

/**
 * fovea_shape_bias_chart_new:
 *
 * Returns: (transfer full): a plot without observers
 */
FoveaChart *
fovea_shape_bias_chart_new (void)
{
  Plot *plot = g_new0 (Plot, 1);

  plot->categories = g_ptr_array_new_with_free_func (g_free);
  plot->observers = g_array_new (FALSE, FALSE, sizeof (Observer));
  g_array_set_clear_func (plot->observers, (GDestroyNotify) clear_observer);
  return fovea_chart_new (&kind, plot);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static gboolean
find_category (const Plot *plot, const char *name, guint *index)
{
  return g_ptr_array_find_with_equal_func (plot->categories, name, g_str_equal, index);
}

/* Makes room for categories that only the new observer has decided about, and moves what is there along. */
static void
add_categories (Plot *plot, const FoveaShapeBias *bias)
{
  g_autoptr (GPtrArray) before = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < plot->categories->len; i++)
    g_ptr_array_add (before, g_strdup (plot->categories->pdata[i]));
  for (guint i = 0; i < bias->n_categories && !plot->has_all_rows; i++)
    {
      const FoveaDecisions *decisions = &bias->decisions[i];

      if (decisions->shape + decisions->texture + decisions->other > 0 && !find_category (plot, bias->categories[i], NULL))
        g_ptr_array_add (plot->categories, g_strdup (bias->categories[i]));
    }
  g_ptr_array_sort (plot->categories, compare_names);
  for (guint o = 0; o < plot->observers->len; o++)
    {
      Observer *observer = &g_array_index (plot->observers, Observer, o);
      FoveaDecisions *moved = g_new0 (FoveaDecisions, plot->categories->len);

      for (guint i = 0; i < before->len; i++)
        {
          guint index;

          if (find_category (plot, before->pdata[i], &index))
            moved[index] = observer->decisions[i];
        }
      g_free (observer->decisions);
      observer->decisions = moved;
    }
}

/**
 * fovea_shape_bias_chart_fix_rows:
 *
 * Whoever is added from now on gets no rows for categories that nobody before decided about.
 */
void
fovea_shape_bias_chart_fix_rows (FoveaChart *chart)
{
  Plot *plot = fovea_chart_get_content (chart, &kind);

  plot->has_all_rows = TRUE;
}

/**
 * fovea_shape_bias_chart_add_observer:
 * @bias: its decisions; copied. Categories about which it decided nothing get no row for its sake
 * @color: one of %FoveaChartColor, or %FOVEA_CHART_CATEGORY plus a number
 * @marker: its marker; %FOVEA_CHART_MARKER_DOT is for each of many people, who get no line and no place in the legend
 *
 * Returns: the observer's number, a mark's series
 */
guint
fovea_shape_bias_chart_add_observer (FoveaChart *chart, const FoveaShapeBias *bias, guint color, FoveaChartMarker marker)
{
  Plot *plot = fovea_chart_get_content (chart, &kind);
  const double average = fovea_decisions_get_shape_bias (&bias->total);
  Observer observer = { g_strdup (bias->observer), color, marker, bias->total, NULL };
  g_autofree char *text = NULL;

  add_categories (plot, bias);
  observer.decisions = g_new0 (FoveaDecisions, MAX (plot->categories->len, 1));
  for (guint i = 0; i < bias->n_categories; i++)
    {
      guint index;

      if (find_category (plot, bias->categories[i], &index))
        observer.decisions[index] = bias->decisions[i];
    }
  g_array_append_val (plot->observers, observer);
  if (marker == FOVEA_CHART_MARKER_DOT)
    return plot->observers->len - 1;
  text = isfinite (average) ? g_strdup_printf ("%s (%.1f %%)", bias->observer, average * 100) : g_strdup (bias->observer);
  fovea_chart_add_legend (chart, text, color, FOVEA_CHART_LEGEND_MARKER, marker);
  return plot->observers->len - 1;
}

/**
 * fovea_shape_bias_chart_get_category:
 * @index: a mark's category
 *
 * Returns: (transfer none) (nullable): what it is called
 */
const char *
fovea_shape_bias_chart_get_category (FoveaChart *chart, guint index)
{
  const Plot *plot = fovea_chart_get_content (chart, &kind);

  return index < plot->categories->len ? plot->categories->pdata[index] : NULL;
}
