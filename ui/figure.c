/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/figure-private.h"

#include <math.h>
#include <string.h>

#include "ui/drawing.h"

const char *const fovea_figure_endings[] = { ".png", ".pdf", ".svg", NULL };

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
  figure->rows = g_new0 (FoveaFigureHeading, n_rows);
  figure->columns = g_new0 (FoveaFigureHeading, n_columns);
  figure->cells = g_new0 (FoveaFigureCell, (gsize) n_rows * n_columns);
  figure->context = fovea_drawing_create_context ();
  return figure;
}

static void
clear_heading (FoveaFigureHeading *heading)
{
  g_free (heading->title);
  g_free (heading->subtitle);
}

static void
clear_cell (FoveaFigureCell *cell)
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
  figure->columns[column] = (FoveaFigureHeading) { g_strdup (title), g_strdup (subtitle), accent, image_width, image_height };
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
  figure->rows[row] = (FoveaFigureHeading) { g_strdup (title), g_strdup (subtitle), FOVEA_FIGURE_STANDARD, 0, 0 };
}

/* How many pixels a side of the figure's PNG make one pixel of an image. */
guint
fovea_figure_get_enlargement (guint width, guint height)
{
  guint side = MAX (MAX (width, height), 1);

  return MAX (1, (FOVEA_FIGURE_IMAGE_PIXELS + side / 2) / side);
}

/* The image with every pixel made a square of a whole number of pixels: smoothing would invent what
 * no network has seen, and viewers of PDF and SVG files smooth as they like. */
static cairo_surface_t *
enlarge (const FoveaImage *image)
{
  guint factor = fovea_figure_get_enlargement (image->width, image->height);
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
  FoveaFigureCell *cell;

  g_return_if_fail (row < figure->n_rows && column < figure->n_columns);
  g_return_if_fail (!image || (image->width == figure->columns[column].image_width &&
                               image->height == figure->columns[column].image_height));

  cell = &figure->cells[(gsize) row * figure->n_columns + column];
  clear_cell (cell);
  *cell = (FoveaFigureCell) { image ? enlarge (image) : NULL, g_strdup (caption) };
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
