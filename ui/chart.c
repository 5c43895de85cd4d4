/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/chart-private.h"

#include <math.h>
#include <string.h>

#include "engine/write-file.h"
#include "ui/drawing.h"

#define MARGIN 20
#define TEXT_GAP 4
#define BLOCK_GAP 12
#define SWATCH 10
#define SWATCH_GAP 6
#define LEGEND_GAP 18

/* What is pointed at may be missed by so much. */
#define REACH 5

const char *const fovea_chart_endings[] = { ".png", ".pdf", ".svg", ".csv", NULL };

typedef struct {
  char *text;
  guint color;
  FoveaChartLegend legend;
  FoveaChartMarker marker;
} LegendEntry;

struct _FoveaChart {
  const FoveaChartKind *kind;
  gpointer content;
  char *title;
  char *subtitle;
  char *caption;
  GArray *legend;
  GArray *marks; /* of the last drawing */
  PangoContext *context;
};

static void
clear_legend_entry (LegendEntry *entry)
{
  g_free (entry->text);
}

/**
 * fovea_chart_new:
 * @content: (transfer full): what the kind's functions get
 *
 * Returns: (transfer full): a chart without title and legend
 */
FoveaChart *
fovea_chart_new (const FoveaChartKind *kind, gpointer content)
{
  FoveaChart *chart = g_new0 (FoveaChart, 1);

  chart->kind = kind;
  chart->content = content;
  chart->legend = g_array_new (FALSE, FALSE, sizeof (LegendEntry));
  g_array_set_clear_func (chart->legend, (GDestroyNotify) clear_legend_entry);
  chart->marks = g_array_new (FALSE, FALSE, sizeof (FoveaChartTarget));
  chart->context = fovea_drawing_create_context ();
  return chart;
}

/**
 * fovea_chart_free:
 * @chart: (nullable): a chart
 */
void
fovea_chart_free (FoveaChart *chart)
{
  if (!chart)
    return;
  chart->kind->free (chart->content);
  g_free (chart->title);
  g_free (chart->subtitle);
  g_free (chart->caption);
  g_array_unref (chart->legend);
  g_array_unref (chart->marks);
  g_object_unref (chart->context);
  g_free (chart);
}

/**
 * fovea_chart_get_content:
 * @kind: what @chart has to be
 *
 * Returns: (transfer none): what the chart was made with
 */
gpointer
fovea_chart_get_content (FoveaChart *chart, const FoveaChartKind *kind)
{
  g_return_val_if_fail (chart->kind == kind, NULL);
  return chart->content;
}

/**
 * fovea_chart_set_title:
 * @title: (nullable): what the chart shows, bold above it in print
 * @subtitle: (nullable): of what, below the title
 */
void
fovea_chart_set_title (FoveaChart *chart, const char *title, const char *subtitle)
{
  g_free (chart->title);
  g_free (chart->subtitle);
  chart->title = g_strdup (title);
  chart->subtitle = g_strdup (subtitle);
}

/**
 * fovea_chart_set_caption:
 * @caption: (nullable): how the numbers were made, small at its foot in print
 */
void
fovea_chart_set_caption (FoveaChart *chart, const char *caption)
{
  g_free (chart->caption);
  chart->caption = g_strdup (caption);
}

/**
 * fovea_chart_get_title:
 *
 * Returns: (transfer none) (nullable): the title
 */
const char *
fovea_chart_get_title (FoveaChart *chart)
{
  return chart->title;
}

/**
 * fovea_chart_get_subtitle:
 *
 * Returns: (transfer none) (nullable): what stands below the title
 */
const char *
fovea_chart_get_subtitle (FoveaChart *chart)
{
  return chart->subtitle;
}

/**
 * fovea_chart_get_caption:
 *
 * Returns: (transfer none) (nullable): the caption
 */
const char *
fovea_chart_get_caption (FoveaChart *chart)
{
  return chart->caption;
}

/**
 * fovea_chart_add_legend:
 *
 * Adds an entry to the legend, which is drawn above the plot.
 */
void
fovea_chart_add_legend (FoveaChart *chart, const char *text, guint color, FoveaChartLegend legend, FoveaChartMarker marker)
{
  const LegendEntry entry = { g_strdup (text), color, legend, marker };

  g_array_append_val (chart->legend, entry);
}

/* Goes through the legend's entries, which flow into lines as wide as @width; draws them where @draw. */
static double
lay_out_legend (FoveaChart *chart, const FoveaChartCanvas *canvas, double left, double top, double width, gboolean draw, double *used_width)
{
  double x = 0, y = 0, line_height = 0;

  *used_width = 0;
  for (guint i = 0; i < chart->legend->len; i++)
    {
      const LegendEntry *entry = &g_array_index (chart->legend, LegendEntry, i);
      double text_width, text_height;

      fovea_chart_canvas_measure (canvas, entry->text, FOVEA_CHART_TEXT_LABEL, -1, &text_width, &text_height);
      if (x > 0 && x + SWATCH + SWATCH_GAP + text_width > width)
        {
          x = 0;
          y += line_height + TEXT_GAP;
        }
      line_height = ceil (text_height);
      if (draw)
        {
          const double middle = top + y + line_height / 2;

          fovea_chart_canvas_set_color (canvas, entry->color, 1);
          if (entry->legend == FOVEA_CHART_LEGEND_MARKER)
            fovea_chart_canvas_draw_marker (canvas, entry->marker, left + x + SWATCH / 2.0, middle, SWATCH * 0.4);
          else
            {
              cairo_rectangle (canvas->cr, left + x, floor (middle - SWATCH / 2.0), SWATCH, SWATCH);
              cairo_fill (canvas->cr);
            }
          fovea_chart_canvas_set_ink (canvas, FOVEA_CHART_INK_TEXT);
          fovea_chart_canvas_draw_text (canvas, entry->text, FOVEA_CHART_TEXT_LABEL, left + x + SWATCH + SWATCH_GAP, middle, 0, 0.5, -1);
        }
      x += SWATCH + SWATCH_GAP + text_width;
      *used_width = MAX (*used_width, x);
      x += LEGEND_GAP;
    }
  return chart->legend->len > 0 ? y + line_height : 0;
}

/* Height of what stands above and below the plot in a chart of @width. Draws it where @draw. */
static void
lay_out_frame (FoveaChart *chart, const FoveaChartCanvas *canvas, double width, double height, gboolean draw, double *above, double *below)
{
  const gboolean print = canvas->theme == FOVEA_CHART_PRINT;
  const double margin = print ? MARGIN : 0;
  const double inner = MAX (width - 2 * margin, 1);
  double y = margin;
  double text_height, legend_height, used_width;

  if (print && chart->title)
    {
      fovea_chart_canvas_measure (canvas, chart->title, FOVEA_CHART_TEXT_TITLE, inner, NULL, &text_height);
      if (draw)
        {
          fovea_chart_canvas_set_ink (canvas, FOVEA_CHART_INK_TEXT);
          fovea_chart_canvas_draw_text (canvas, chart->title, FOVEA_CHART_TEXT_TITLE, margin, y, 0, 0, inner);
        }
      y += ceil (text_height);
    }
  if (print && chart->subtitle)
    {
      fovea_chart_canvas_measure (canvas, chart->subtitle, FOVEA_CHART_TEXT_SMALL, inner, NULL, &text_height);
      if (draw)
        {
          fovea_chart_canvas_set_ink (canvas, FOVEA_CHART_INK_MUTED);
          fovea_chart_canvas_draw_text (canvas, chart->subtitle, FOVEA_CHART_TEXT_SMALL, margin, y + 1, 0, 0, inner);
        }
      y += ceil (text_height) + 1;
    }
  if (print && (chart->title || chart->subtitle))
    y += BLOCK_GAP;
  legend_height = lay_out_legend (chart, canvas, margin, y, inner, draw, &used_width);
  if (legend_height > 0)
    y += legend_height + BLOCK_GAP;
  *above = y;
  *below = margin;
  if (print && chart->caption)
    {
      fovea_chart_canvas_measure (canvas, chart->caption, FOVEA_CHART_TEXT_SMALL, inner, NULL, &text_height);
      *below += ceil (text_height) + BLOCK_GAP;
      if (draw)
        {
          fovea_chart_canvas_set_ink (canvas, FOVEA_CHART_INK_MUTED);
          fovea_chart_canvas_draw_text (canvas, chart->caption, FOVEA_CHART_TEXT_SMALL, margin, height - margin, 0, 1, inner);
        }
    }
}

/**
 * fovea_chart_get_natural_size:
 * @width, @height: (out): the size at which everything has room
 */
void
fovea_chart_get_natural_size (FoveaChart *chart, FoveaChartTheme theme, double *width, double *height)
{
  const FoveaChartCanvas canvas = { .context = chart->context, .theme = theme };
  double above, below;

  chart->kind->get_natural_size (chart->content, &canvas, width, height);
  *width = ceil (*width) + (theme == FOVEA_CHART_PRINT ? 2 * MARGIN : 0);
  lay_out_frame (chart, &canvas, *width, 0, FALSE, &above, &below);
  *height = ceil (*height + above + below);
}

/**
 * fovea_chart_draw:
 * @cr: where to, with the chart's upper left corner at the origin
 * @width, @height: how large
 * @theme: for what
 *
 * Draws the chart at any size; what has no room is left out before anything overlaps.
 */
void
fovea_chart_draw (FoveaChart *chart, cairo_t *cr, double width, double height, FoveaChartTheme theme)
{
  const FoveaChartCanvas canvas = { cr, chart->context, theme, chart->marks };
  const double margin = theme == FOVEA_CHART_PRINT ? MARGIN : 0;
  double above, below;
  FoveaChartArea area;

  g_array_set_size (chart->marks, 0);
  if (theme == FOVEA_CHART_PRINT)
    {
      cairo_set_source_rgb (cr, 1, 1, 1);
      cairo_rectangle (cr, 0, 0, width, height);
      cairo_fill (cr);
    }
  lay_out_frame (chart, &canvas, width, height, TRUE, &above, &below);
  area = (FoveaChartArea) { margin, above, width - 2 * margin, height - above - below };
  if (area.width >= 1 && area.height >= 1)
    chart->kind->draw (chart->content, &canvas, &area);
}

/**
 * fovea_chart_find_mark:
 * @x, @y: a point of the chart as it was drawn last
 * @mark: (out): what is there; of several the one whose centre is nearest
 *
 * Returns: whether there is something
 */
gboolean
fovea_chart_find_mark (FoveaChart *chart, double x, double y, FoveaChartMark *mark)
{
  double nearest = INFINITY;

  for (guint i = 0; i < chart->marks->len; i++)
    {
      const FoveaChartTarget *target = &g_array_index (chart->marks, FoveaChartTarget, i);
      const double dx = fabs (x - target->mark.x);
      const double dy = fabs (y - target->mark.y);

      if (dx <= MAX (target->half_width, REACH) && dy <= MAX (target->half_height, REACH) && hypot (dx, dy) < nearest)
        {
          nearest = hypot (dx, dy);
          *mark = target->mark;
        }
    }
  return isfinite (nearest);
}

/**
 * fovea_chart_get_n_marks:
 *
 * Returns: how many marks there are in the chart as it was drawn last
 */
guint
fovea_chart_get_n_marks (FoveaChart *chart)
{
  return chart->marks->len;
}

/**
 * fovea_chart_get_mark:
 * @index: below fovea_chart_get_n_marks()
 * @mark: (out): that mark, in the order in which they were drawn
 */
void
fovea_chart_get_mark (FoveaChart *chart, guint index, FoveaChartMark *mark)
{
  g_return_if_fail (index < chart->marks->len);
  *mark = g_array_index (chart->marks, FoveaChartTarget, index).mark;
}

/**
 * fovea_chart_describe_mark:
 *
 * Returns: (transfer full): what @mark stands for and its value, for a tooltip
 */
char *
fovea_chart_describe_mark (FoveaChart *chart, const FoveaChartMark *mark)
{
  g_autofree char *words = chart->kind->describe (chart->content, mark);

  return g_strdup_printf ("%s: %.4g", words, mark->value);
}

/**
 * fovea_chart_csv_append_number:
 *
 * Appends a cell with the fewest digits that read back as the same number; nothing where it is none.
 */
void
fovea_chart_csv_append_number (GString *csv, double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  if (!isfinite (value))
    return;
  for (int digits = 6; digits <= 17; digits++)
    {
      g_autofree char *format = g_strdup_printf ("%%.%dg", digits);

      g_ascii_formatd (text, sizeof text, format, value);
      if (g_ascii_strtod (text, NULL) == value)
        break;
    }
  g_string_append (csv, text);
}

/**
 * fovea_chart_to_csv:
 *
 * Returns: (transfer full): the chart's numbers as a table, its columns named in the first line
 */
char *
fovea_chart_to_csv (FoveaChart *chart)
{
  GString *csv = g_string_new (NULL);

  chart->kind->write_table (chart->content, csv);
  return g_string_free (csv, FALSE);
}

/* What fovea_drawing_render() draws. */
typedef struct {
  FoveaChart *chart;
  double width;
  double height;
} Drawing;

static void
draw_print (cairo_t *cr, gpointer data)
{
  const Drawing *drawing = data;

  fovea_chart_draw (drawing->chart, cr, drawing->width, drawing->height, FOVEA_CHART_PRINT);
}

/**
 * fovea_chart_render:
 * @path: a file's name, whose ending picks the form
 * @error: %FOVEA_ERROR_ARGUMENT for an ending that stands for none, %FOVEA_ERROR_TOO_LARGE, %FOVEA_ERROR_IO
 *
 * Makes a file's contents: the chart in print at its natural size, or its numbers. The same chart
 * gives the same bytes wherever the same fonts and the same Cairo are installed.
 *
 * Returns: (transfer full): the contents, or %NULL with @error set
 */
GBytes *
fovea_chart_render (FoveaChart *chart, const char *path, GError **error)
{
  static const FoveaDrawingFormat formats[] = { FOVEA_DRAWING_PNG, FOVEA_DRAWING_PDF, FOVEA_DRAWING_SVG };
  const char *point = strrchr (path, '.');
  g_autofree char *shown = g_filename_display_name (path);
  Drawing drawing = { .chart = chart };
  guint form = 0;

  while (fovea_chart_endings[form] && (!point || g_ascii_strcasecmp (point, fovea_chart_endings[form]) != 0))
    form++;
  if (!fovea_chart_endings[form])
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_ARGUMENT,
                   "%s: a chart's file has to end in .png, .pdf, .svg or .csv", shown);
      return NULL;
    }
  if (form >= G_N_ELEMENTS (formats))
    {
      char *csv = fovea_chart_to_csv (chart);

      return g_bytes_new_take (csv, strlen (csv));
    }
  /* Fonts belong to a thread, and a chart made in one may be saved in another. */
  g_object_unref (chart->context);
  chart->context = fovea_drawing_create_context ();
  fovea_chart_get_natural_size (chart, FOVEA_CHART_PRINT, &drawing.width, &drawing.height);
  if (formats[form] == FOVEA_DRAWING_PNG && MAX (drawing.width, drawing.height) * FOVEA_DRAWING_PNG_SCALE > FOVEA_DRAWING_MAXIMUM_PIXELS)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_TOO_LARGE,
                   "%s: the chart would be %.0f × %.0f pixels, but a PNG's side may have %d; take a PDF", shown,
                   drawing.width * FOVEA_DRAWING_PNG_SCALE, drawing.height * FOVEA_DRAWING_PNG_SCALE, FOVEA_DRAWING_MAXIMUM_PIXELS);
      return NULL;
    }
  return fovea_drawing_render (formats[form], drawing.width, drawing.height, draw_print, &drawing, error);
}

/**
 * fovea_chart_save:
 * @path: a file's name, whose ending picks the form: PNG, PDF, SVG or CSV
 * @error: as fovea_chart_render()
 *
 * Writes the chart through a temporary file in the same folder, so that the file is complete or as before.
 *
 * Returns: whether it was written
 */
gboolean
fovea_chart_save (FoveaChart *chart, const char *path, GError **error)
{
  g_autoptr (GBytes) bytes = fovea_chart_render (chart, path, error);

  return bytes && fovea_write_file (path, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), error);
}
