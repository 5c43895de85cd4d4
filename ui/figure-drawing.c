/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/figure-private.h"

#include <math.h>

#include "ui/drawing.h"
#include "ui/palette.h"

/* Lengths: whole numbers, so that everything lies on whole pixels. */
#define MARGIN 24
#define COLUMN_GAP 20
#define ROW_GAP 18
#define TEXT_GAP 6
#define BAR_HEIGHT 3
#define ROW_TITLE_MAXIMUM 220

#define BLACK 0.10, 0.10, 0.10
#define GREY 0.37, 0.36, 0.39
#define LIGHT_GREY 0.95, 0.95, 0.95

typedef enum { TEXT_TITLE, TEXT_BODY, TEXT_SMALL } TextStyle;

/* Where things stand: computed from the contents before each drawing. */
typedef struct {
  double *column_x;
  double *column_widths;
  double *row_y;
  double header_height;
  double picture_height;
  double caption_y;
  double width;
  double height;
} Layout;

/* Text set within @width units (-1 for one line), its height in whole units in @height. */
static PangoLayout *
set_text (FoveaFigure *figure, const char *text, TextStyle style, PangoAlignment alignment, double width, double *text_width, double *text_height)
{
  static const double sizes[] = { [TEXT_TITLE] = 14, [TEXT_BODY] = 12, [TEXT_SMALL] = 11 };
  PangoLayout *layout = pango_layout_new (figure->context);
  PangoFontDescription *font = pango_font_description_from_string (FOVEA_DRAWING_FONTS);
  int pango_width, pango_height;

  pango_font_description_set_absolute_size (font, sizes[style] * PANGO_SCALE);
  pango_font_description_set_weight (font, style == TEXT_TITLE ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
  pango_layout_set_font_description (layout, font);
  pango_font_description_free (font);
  pango_layout_set_alignment (layout, alignment);
  pango_layout_set_wrap (layout, PANGO_WRAP_WORD_CHAR);
  if (width >= 0)
    pango_layout_set_width (layout, (int) (width * PANGO_SCALE));
  pango_layout_set_text (layout, text ? text : "", -1);
  pango_layout_get_size (layout, &pango_width, &pango_height);
  if (text_width)
    *text_width = ceil ((double) pango_width / PANGO_SCALE);
  if (text_height)
    *text_height = text && *text ? ceil ((double) pango_height / PANGO_SCALE) : 0;
  return layout;
}

static double
measure_width (FoveaFigure *figure, const char *text, TextStyle style)
{
  double width;

  g_object_unref (set_text (figure, text, style, PANGO_ALIGN_LEFT, -1, &width, NULL));
  return text && *text ? width : 0;
}

static double
measure_height (FoveaFigure *figure, const char *text, TextStyle style, double width)
{
  double height;

  g_object_unref (set_text (figure, text, style, PANGO_ALIGN_LEFT, width, NULL, &height));
  return height;
}

static void
draw_text (FoveaFigure *figure, cairo_t *cr, const char *text, TextStyle style, PangoAlignment alignment, double x, double y, double width)
{
  g_autoptr (PangoLayout) layout = set_text (figure, text, style, alignment, width, NULL, NULL);

  cairo_move_to (cr, x, y);
  pango_cairo_show_layout (cr, layout);
}

/* Units that @pixels of an image in @column take. */
static double
get_picture_length (const FoveaFigure *figure, guint column, guint pixels)
{
  const FoveaFigureHeading *heading = &figure->columns[column];

  return ceil ((double) pixels * fovea_figure_get_enlargement (heading->image_width, heading->image_height) / FOVEA_DRAWING_PNG_SCALE);
}

static double
measure_row_titles (FoveaFigure *figure)
{
  double width = 0;

  for (guint row = 0; row < figure->n_rows; row++)
    {
      width = MAX (width, measure_width (figure, figure->rows[row].title, TEXT_TITLE));
      width = MAX (width, measure_width (figure, figure->rows[row].subtitle, TEXT_SMALL));
    }
  return MIN (width, ROW_TITLE_MAXIMUM);
}

static void
clear_layout (Layout *layout)
{
  g_free (layout->column_x);
  g_free (layout->column_widths);
  g_free (layout->row_y);
}

static void
lay_out (FoveaFigure *figure, Layout *layout)
{
  double title_width = measure_row_titles (figure);
  double x = MARGIN + title_width + (title_width > 0 ? COLUMN_GAP : 0);
  double y = MARGIN;
  double picture_height = 0;

  *layout = (Layout) {
    .column_x = g_new (double, figure->n_columns),
    .column_widths = g_new (double, figure->n_columns),
    .row_y = g_new (double, figure->n_rows),
  };

  for (guint column = 0; column < figure->n_columns; column++)
    {
      const FoveaFigureHeading *heading = &figure->columns[column];
      double width = MAX (FOVEA_FIGURE_IMAGE_PIXELS / FOVEA_DRAWING_PNG_SCALE, get_picture_length (figure, column, heading->image_width));
      double height;

      picture_height = MAX (picture_height, get_picture_length (figure, column, heading->image_height));
      layout->column_x[column] = x;
      layout->column_widths[column] = width;
      height = measure_height (figure, heading->title, TEXT_TITLE, width) +
               measure_height (figure, heading->subtitle, TEXT_SMALL, width);
      layout->header_height = MAX (layout->header_height, height);
      x += width + COLUMN_GAP;
    }
  layout->width = x - COLUMN_GAP + MARGIN;

  y += layout->header_height + TEXT_GAP + BAR_HEIGHT + TEXT_GAP;
  for (guint row = 0; row < figure->n_rows; row++)
    {
      double caption_height = 0;

      for (guint column = 0; column < figure->n_columns; column++)
        {
          const FoveaFigureCell *cell = &figure->cells[(gsize) row * figure->n_columns + column];

          if (cell->picture)
            caption_height = MAX (caption_height, measure_height (figure, cell->caption, TEXT_BODY, layout->column_widths[column]));
        }
      layout->row_y[row] = y;
      y += picture_height + (caption_height > 0 ? TEXT_GAP + caption_height : 0) + ROW_GAP;
    }
  layout->caption_y = y;
  if (figure->caption)
    y += measure_height (figure, figure->caption, TEXT_SMALL, layout->width - 2 * MARGIN);
  else
    y -= ROW_GAP;
  layout->height = y + MARGIN;
  layout->picture_height = picture_height;
}

static void
draw_column_heading (FoveaFigure *figure, cairo_t *cr, const Layout *layout, guint column)
{
  const FoveaFigureHeading *heading = &figure->columns[column];
  double x = layout->column_x[column];
  double width = layout->column_widths[column];
  double title_height = measure_height (figure, heading->title, TEXT_TITLE, width);

  cairo_set_source_rgb (cr, BLACK);
  draw_text (figure, cr, heading->title, TEXT_TITLE, PANGO_ALIGN_LEFT, x, MARGIN, width);
  cairo_set_source_rgb (cr, GREY);
  draw_text (figure, cr, heading->subtitle, TEXT_SMALL, PANGO_ALIGN_LEFT, x, MARGIN + title_height, width);
  if (heading->accent == FOVEA_FIGURE_ROBUST)
    cairo_set_source_rgb (cr, FOVEA_COLOR_ROBUST_RGB);
  else
    cairo_set_source_rgb (cr, FOVEA_COLOR_STANDARD_RGB);
  cairo_rectangle (cr, x, MARGIN + layout->header_height + TEXT_GAP, width, BAR_HEIGHT);
  cairo_fill (cr);
}

static void
draw_row_heading (FoveaFigure *figure, cairo_t *cr, const Layout *layout, guint row)
{
  const FoveaFigureHeading *heading = &figure->rows[row];
  double width = layout->column_x[0] - COLUMN_GAP - MARGIN;
  double title_height, height, y;

  if (width <= 0)
    return;
  title_height = measure_height (figure, heading->title, TEXT_TITLE, width);
  height = title_height + measure_height (figure, heading->subtitle, TEXT_SMALL, width);
  y = layout->row_y[row] + floor ((layout->picture_height - height) / 2);
  cairo_set_source_rgb (cr, BLACK);
  draw_text (figure, cr, heading->title, TEXT_TITLE, PANGO_ALIGN_LEFT, MARGIN, y, width);
  cairo_set_source_rgb (cr, GREY);
  draw_text (figure, cr, heading->subtitle, TEXT_SMALL, PANGO_ALIGN_LEFT, MARGIN, y + title_height, width);
}

static void
draw_picture (cairo_t *cr, const FoveaFigureCell *cell, double x, double y)
{
  double scale = 1, device_scale = 1, ignored = 0;

  cairo_save (cr);
  cairo_translate (cr, x, y);
  cairo_scale (cr, 1.0 / FOVEA_DRAWING_PNG_SCALE, 1.0 / FOVEA_DRAWING_PNG_SCALE);
  cairo_set_source_surface (cr, cell->picture, 0, 0);
  /* Reduced, pixels that are left out would make a pattern that is not there. */
  if (cairo_surface_get_type (cairo_get_target (cr)) == CAIRO_SURFACE_TYPE_IMAGE)
    {
      cairo_user_to_device_distance (cr, &scale, &ignored);
      cairo_surface_get_device_scale (cairo_get_target (cr), &device_scale, &ignored);
      scale *= device_scale;
    }
  cairo_pattern_set_filter (cairo_get_source (cr), scale < 1 ? CAIRO_FILTER_GOOD : CAIRO_FILTER_NEAREST);
  cairo_paint (cr);
  cairo_restore (cr);
}

static void
draw_cell (FoveaFigure *figure, cairo_t *cr, const Layout *layout, guint row, guint column)
{
  const FoveaFigureCell *cell = &figure->cells[(gsize) row * figure->n_columns + column];
  double x = layout->column_x[column];
  double y = layout->row_y[row];
  double width = layout->column_widths[column];
  double height = layout->picture_height;
  double picture_width = get_picture_length (figure, column, figure->columns[column].image_width);
  double picture_height = get_picture_length (figure, column, figure->columns[column].image_height);

  if (cell->picture)
    {
      draw_picture (cr, cell, x + floor ((width - picture_width) / 2), y + floor ((height - picture_height) / 2));
      cairo_set_source_rgb (cr, BLACK);
      draw_text (figure, cr, cell->caption, TEXT_BODY, PANGO_ALIGN_CENTER, x, y + height + TEXT_GAP, width);
      return;
    }
  cairo_set_source_rgb (cr, LIGHT_GREY);
  cairo_rectangle (cr, x, y, width, height);
  cairo_fill (cr);
  cairo_set_source_rgb (cr, GREY);
  draw_text (figure, cr, cell->caption, TEXT_BODY, PANGO_ALIGN_CENTER, x + MARGIN,
             y + floor ((height - measure_height (figure, cell->caption, TEXT_BODY, width - 2 * MARGIN)) / 2), width - 2 * MARGIN);
}

/**
 * fovea_figure_get_size:
 * @width, @height: (out): the figure's size in units
 */
void
fovea_figure_get_size (FoveaFigure *figure, double *width, double *height)
{
  Layout layout;

  lay_out (figure, &layout);
  *width = layout.width;
  *height = layout.height;
  clear_layout (&layout);
}

/**
 * fovea_figure_draw:
 * @cr: where to; one unit is one unit of its user space
 *
 * Draws the figure with its upper left corner at the origin.
 */
void
fovea_figure_draw (FoveaFigure *figure, cairo_t *cr)
{
  Layout layout;

  lay_out (figure, &layout);
  cairo_set_source_rgb (cr, 1, 1, 1);
  cairo_rectangle (cr, 0, 0, layout.width, layout.height);
  cairo_fill (cr);
  for (guint column = 0; column < figure->n_columns; column++)
    draw_column_heading (figure, cr, &layout, column);
  for (guint row = 0; row < figure->n_rows; row++)
    {
      draw_row_heading (figure, cr, &layout, row);
      for (guint column = 0; column < figure->n_columns; column++)
        draw_cell (figure, cr, &layout, row, column);
    }
  if (figure->caption)
    {
      cairo_set_source_rgb (cr, GREY);
      draw_text (figure, cr, figure->caption, TEXT_SMALL, PANGO_ALIGN_LEFT, MARGIN, layout.caption_y, layout.width - 2 * MARGIN);
    }
  clear_layout (&layout);
}
