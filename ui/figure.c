/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/figure.h"

#include <math.h>
#include <string.h>

#include "ui/drawing.h"
#include "ui/palette.h"

/* Lengths: whole numbers, so that everything lies on whole pixels. */
#define MARGIN 24
#define COLUMN_GAP 20
#define ROW_GAP 18
#define TEXT_GAP 6
#define BAR_HEIGHT 3
#define ROW_TITLE_MAXIMUM 220

/* How many pixels of a PNG an image's side should have, about. */
#define IMAGE_PIXELS 384

#define BLACK 0.10, 0.10, 0.10
#define GREY 0.37, 0.36, 0.39
#define LIGHT_GREY 0.95, 0.95, 0.95

const char *const fovea_figure_endings[] = { ".png", ".pdf", ".svg", NULL };

typedef enum { TEXT_TITLE, TEXT_BODY, TEXT_SMALL } TextStyle;

typedef struct {
  char *title;
  char *subtitle;
  FoveaFigureAccent accent;
  guint image_width; /* of a column's images, in their own pixels */
  guint image_height;
} Heading;

typedef struct {
  cairo_surface_t *picture; /* enlarged by a whole number; NULL where there is none */
  char *caption;
} Cell;

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

struct _FoveaFigure {
  guint n_rows;
  guint n_columns;
  Heading *rows;
  Heading *columns;
  Cell *cells; /* row by row */
  char *caption;
  double width_mm; /* 0: as large as it is */
  double resolution;
  PangoContext *context;
};

/**
 * fovea_figure_new:
 * @n_rows: number of neurons, at least 1
 * @n_columns: number of networks, at least 1
 *
 * Returns: (transfer full): a figure of empty cells
 */
FoveaFigure *
fovea_figure_new (guint n_rows, guint n_columns)
{
  FoveaFigure *figure = g_new0 (FoveaFigure, 1);

  g_assert (n_rows > 0 && n_columns > 0);
  figure->n_rows = n_rows;
  figure->n_columns = n_columns;
  figure->rows = g_new0 (Heading, n_rows);
  figure->columns = g_new0 (Heading, n_columns);
  figure->cells = g_new0 (Cell, (gsize) n_rows * n_columns);
  figure->context = fovea_drawing_create_context ();
  return figure;
}

static void
clear_heading (Heading *heading)
{
  g_free (heading->title);
  g_free (heading->subtitle);
}

static void
clear_cell (Cell *cell)
{
  g_clear_pointer (&cell->picture, cairo_surface_destroy);
  g_clear_pointer (&cell->caption, g_free);
}

/**
 * fovea_figure_free:
 * @figure: (nullable): a figure
 */
void
fovea_figure_free (FoveaFigure *figure)
{
  if (!figure)
    return;
  for (guint i = 0; i < figure->n_rows; i++)
    clear_heading (&figure->rows[i]);
  for (guint i = 0; i < figure->n_columns; i++)
    clear_heading (&figure->columns[i]);
  for (gsize i = 0; i < (gsize) figure->n_rows * figure->n_columns; i++)
    clear_cell (&figure->cells[i]);
  g_free (figure->rows);
  g_free (figure->columns);
  g_free (figure->cells);
  g_free (figure->caption);
  g_object_unref (figure->context);
  g_free (figure);
}

/**
 * fovea_figure_set_column:
 * @title: the network's name
 * @subtitle: (nullable): what else is to know about it, small below
 * @accent: the colour of the bar between heading and images
 * @image_width, @image_height: size of all images in this column, in their own pixels
 */
void
fovea_figure_set_column (FoveaFigure *figure, guint column, const char *title, const char *subtitle, FoveaFigureAccent accent, guint image_width, guint image_height)
{
  g_return_if_fail (column < figure->n_columns);
  g_return_if_fail (image_width > 0 && image_height > 0);

  clear_heading (&figure->columns[column]);
  figure->columns[column] = (Heading) { g_strdup (title), g_strdup (subtitle), accent, image_width, image_height };
}

/**
 * fovea_figure_set_row:
 * @title: the neuron's address
 * @subtitle: (nullable): what was done to it, small below
 */
void
fovea_figure_set_row (FoveaFigure *figure, guint row, const char *title, const char *subtitle)
{
  g_return_if_fail (row < figure->n_rows);

  clear_heading (&figure->rows[row]);
  figure->rows[row] = (Heading) { g_strdup (title), g_strdup (subtitle), FOVEA_FIGURE_STANDARD, 0, 0 };
}

/* How many pixels a side of the figure's PNG make one pixel of an image. */
static guint
get_enlargement (guint width, guint height)
{
  guint side = MAX (MAX (width, height), 1);

  return MAX (1, (IMAGE_PIXELS + side / 2) / side);
}

/* The image with every pixel made a square of a whole number of pixels: smoothing would invent what
 * no network has seen, and viewers of PDF and SVG files smooth as they like. */
static cairo_surface_t *
enlarge (const FoveaImage *image)
{
  guint factor = get_enlargement (image->width, image->height);
  int width = (int) (image->width * factor);
  int height = (int) (image->height * factor);
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, width, height);
  guint8 *data = cairo_image_surface_get_data (surface);
  int stride = cairo_image_surface_get_stride (surface);

  if (cairo_surface_status (surface) != CAIRO_STATUS_SUCCESS)
    return surface;
  cairo_surface_flush (surface);
  for (int y = 0; y < height; y++)
    {
      guint32 *row = (guint32 *) (void *) (data + (gsize) y * (gsize) stride);
      const guint8 *source = image->pixels + (gsize) ((guint) y / factor) * image->width * 3;

      for (int x = 0; x < width; x++)
        {
          const guint8 *pixel = source + (gsize) ((guint) x / factor) * 3;

          row[x] = (guint32) pixel[0] << 16 | (guint32) pixel[1] << 8 | pixel[2];
        }
    }
  cairo_surface_mark_dirty (surface);
  return surface;
}

/**
 * fovea_figure_set_cell:
 * @image: (nullable): what excites the neuron most, of the column's size; %NULL where there is no such
 *   image, then @caption stands in its place
 * @caption: what to say about it
 */
void
fovea_figure_set_cell (FoveaFigure *figure, guint row, guint column, const FoveaImage *image, const char *caption)
{
  Cell *cell;

  g_return_if_fail (row < figure->n_rows && column < figure->n_columns);
  g_return_if_fail (!image || (image->width == figure->columns[column].image_width &&
                               image->height == figure->columns[column].image_height));

  cell = &figure->cells[(gsize) row * figure->n_columns + column];
  clear_cell (cell);
  *cell = (Cell) { image ? enlarge (image) : NULL, g_strdup (caption) };
}

/**
 * fovea_figure_set_caption:
 * @caption: (nullable): what the whole figure shows and how it was made, small at its foot
 */
void
fovea_figure_set_caption (FoveaFigure *figure, const char *caption)
{
  g_free (figure->caption);
  figure->caption = g_strdup (caption);
}

/**
 * fovea_figure_set_width:
 * @width_mm: how wide the figure is to be on paper, in millimetres; 0 is as wide as its contents
 * @resolution: a PNG's pixels per inch then
 */
void
fovea_figure_set_width (FoveaFigure *figure, double width_mm, double resolution)
{
  figure->width_mm = width_mm;
  figure->resolution = resolution;
}

/**
 * fovea_figure_describe_activation:
 * @activation: what an optimized image reaches
 * @dead: whether no gradient ever reached it
 *
 * What stands below an image, with about three digits, or in its place.
 *
 * Returns: (transfer full): the words
 */
char *
fovea_figure_describe_activation (double activation, gboolean dead)
{
  double magnitude = fabs (activation);

  if (dead)
    return g_strdup ("dead: no gradient reached the image");
  if (magnitude > 0 && magnitude < 0.1)
    return g_strdup_printf ("activation %.2g", activation);
  return g_strdup_printf ("activation %.*f", magnitude < 10 ? 2 : magnitude < 100 ? 1 : 0, activation);
}

/**
 * fovea_figure_describe_image:
 * @activation, @dead: as fovea_figure_describe_activation() takes them
 * @n_steps: after how many steps; 0 where there is no image
 * @n_wanted: how many there were to be
 *
 * What stands below an image whose optimization may have been stopped, or in its place.
 *
 * Returns: (transfer full): the words
 */
char *
fovea_figure_describe_image (double activation, gboolean dead, guint n_steps, guint n_wanted)
{
  g_autofree char *words = fovea_figure_describe_activation (activation, dead);

  if (n_steps == 0 && n_wanted > 0)
    return g_strdup ("not computed");
  if (dead || n_steps >= n_wanted)
    return g_steal_pointer (&words);
  return g_strdup_printf ("%s after %u of %u steps", words, n_steps, n_wanted);
}

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
  const Heading *heading = &figure->columns[column];

  return ceil ((double) pixels * get_enlargement (heading->image_width, heading->image_height) / FOVEA_DRAWING_PNG_SCALE);
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
      const Heading *heading = &figure->columns[column];
      double width = MAX (IMAGE_PIXELS / FOVEA_DRAWING_PNG_SCALE, get_picture_length (figure, column, heading->image_width));
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
          const Cell *cell = &figure->cells[(gsize) row * figure->n_columns + column];

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
  const Heading *heading = &figure->columns[column];
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
  const Heading *heading = &figure->rows[row];
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
draw_picture (cairo_t *cr, const Cell *cell, double x, double y)
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
  const Cell *cell = &figure->cells[(gsize) row * figure->n_columns + column];
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

/**
 * fovea_figure_format_from_path:
 * @path: a file's name
 * @error: %FOVEA_ERROR_ARGUMENT for an ending that stands for none
 *
 * Returns: whether @path's ending stands for a form of a figure
 */
gboolean
fovea_figure_format_from_path (const char *path, FoveaFigureFormat *format, GError **error)
{
  const char *point = strrchr (path, '.');
  g_autofree char *shown = NULL;

  for (guint i = 0; point && fovea_figure_endings[i]; i++)
    if (g_ascii_strcasecmp (point, fovea_figure_endings[i]) == 0)
      {
        *format = (FoveaFigureFormat) i;
        return TRUE;
      }
  shown = g_filename_display_name (path);
  g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_ARGUMENT,
               "%s: a figure's file has to end in .png, .pdf or .svg", shown);
  return FALSE;
}

/**
 * fovea_figure_check:
 * @format: the form
 * @error: %FOVEA_ERROR_TOO_LARGE
 *
 * Finds out before the images are computed whether a figure of this size can be drawn.
 *
 * Returns: whether it can
 */
gboolean
fovea_figure_check (FoveaFigure *figure, FoveaFigureFormat format, GError **error)
{
  double width, height;

  fovea_figure_get_size (figure, &width, &height);
  if (format == FOVEA_FIGURE_PNG && figure->width_mm > 0)
    {
      double scale = figure->width_mm / 25.4 * figure->resolution / width;

      width *= scale / FOVEA_DRAWING_PNG_SCALE;
      height *= scale / FOVEA_DRAWING_PNG_SCALE;
    }
  if (format != FOVEA_FIGURE_PNG || MAX (width, height) * FOVEA_DRAWING_PNG_SCALE <= FOVEA_DRAWING_MAXIMUM_PIXELS)
    return TRUE;
  g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_TOO_LARGE,
               "the figure would be %.0f × %.0f pixels, but a PNG's side may have %d; take fewer neurons or networks, or a PDF",
               width * FOVEA_DRAWING_PNG_SCALE, height * FOVEA_DRAWING_PNG_SCALE, FOVEA_DRAWING_MAXIMUM_PIXELS);
  return FALSE;
}

static void
draw_figure (cairo_t *cr, gpointer figure)
{
  fovea_figure_draw (figure, cr);
}

/**
 * fovea_figure_render:
 * @format: the form
 * @error: %FOVEA_ERROR_TOO_LARGE where the figure has too many cells, %FOVEA_ERROR_IO where Cairo fails
 *
 * Draws the figure into a file's contents. The same figure gives the same bytes wherever the
 * same fonts and the same Cairo are installed.
 *
 * Returns: (transfer full): the contents, or %NULL with @error set
 */
GBytes *
fovea_figure_render (FoveaFigure *figure, FoveaFigureFormat format, GError **error)
{
  static const FoveaDrawingFormat formats[] = {
    [FOVEA_FIGURE_PNG] = FOVEA_DRAWING_PNG,
    [FOVEA_FIGURE_PDF] = FOVEA_DRAWING_PDF,
    [FOVEA_FIGURE_SVG] = FOVEA_DRAWING_SVG,
  };
  double width, height;

  if (!fovea_figure_check (figure, format, error))
    return NULL;
  fovea_figure_get_size (figure, &width, &height);
  if (figure->width_mm > 0)
    return fovea_drawing_render_at_width (formats[format], width, height, figure->width_mm, figure->resolution, draw_figure, figure, error);
  return fovea_drawing_render (formats[format], width, height, draw_figure, figure, error);
}
