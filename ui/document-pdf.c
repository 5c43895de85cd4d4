/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/document-private.h"

#include <math.h>

#include "ui/drawing.h"

/* A4, in points. */
#define PAGE_WIDTH 595
#define PAGE_HEIGHT 842
#define MARGIN 56
#define INNER_WIDTH (PAGE_WIDTH - 2 * MARGIN)
#define FOOTER 28 /* between the lowest text and the page's number */

#define BLOCK_GAP 12
#define CELL_GAP 10
#define ROW_GAP 3

/* A picture never takes so much that a heading would not fit above it. */
#define HEADING_ROOM 60

/* Charts and figures were laid out for 12 units of text: on paper 8 points are as good. */
#define PICTURE_SCALE 0.7

typedef struct {
  const char *weight;
  double size;
  double grey;
} TextStyle;

static const TextStyle title_style = { "bold", 20, 0.1 };
static const TextStyle heading_style = { "bold", 14, 0.1 };
static const TextStyle subheading_style = { "bold", 11, 0.1 };
static const TextStyle body_style = { "normal", 10, 0.1 };
static const TextStyle small_style = { "normal", 8, 0.37 };
static const TextStyle cell_style = { "normal", 8, 0.1 };
static const TextStyle column_style = { "bold", 8, 0.1 };

/* Where the pen is. */
typedef struct {
  cairo_t *cr;
  PangoContext *context;
  double y;
  guint page;
} Pen;

static PangoLayout *
set_text (const Pen *pen, const char *text, const TextStyle *style, double width)
{
  PangoLayout *layout = pango_layout_new (pen->context);
  g_autofree char *name = g_strdup_printf ("%s %s", FOVEA_DRAWING_FONTS, style->weight);
  PangoFontDescription *font = pango_font_description_from_string (name);

  pango_font_description_set_absolute_size (font, style->size * PANGO_SCALE);
  pango_layout_set_font_description (layout, font);
  pango_font_description_free (font);
  pango_layout_set_wrap (layout, PANGO_WRAP_WORD_CHAR);
  pango_layout_set_spacing (layout, (int) (0.2 * style->size * PANGO_SCALE));
  if (width > 0)
    pango_layout_set_width (layout, (int) (width * PANGO_SCALE));
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
  *height = (double) pango_height / PANGO_SCALE;
}

static void
draw_footer (const Pen *pen)
{
  g_autofree char *number = g_strdup_printf ("%u", pen->page);
  g_autoptr (PangoLayout) layout = set_text (pen, number, &small_style, INNER_WIDTH);

  pango_layout_set_alignment (layout, PANGO_ALIGN_CENTER);
  cairo_set_source_rgb (pen->cr, small_style.grey, small_style.grey, small_style.grey);
  cairo_move_to (pen->cr, MARGIN, PAGE_HEIGHT - FOOTER - small_style.size);
  pango_cairo_show_layout (pen->cr, layout);
}

static void
turn_page (Pen *pen)
{
  draw_footer (pen);
  cairo_show_page (pen->cr);
  pen->page++;
  pen->y = MARGIN;
}

/* What needs more than the rest of the page begins the next one. */
static void
make_room (Pen *pen, double height)
{
  if (pen->y > MARGIN && pen->y + height > PAGE_HEIGHT - MARGIN)
    turn_page (pen);
}

static void
show_text (const Pen *pen, PangoLayout *layout, const TextStyle *style, double x, double y)
{
  cairo_set_source_rgb (pen->cr, style->grey, style->grey, style->grey);
  cairo_move_to (pen->cr, x, y);
  pango_cairo_show_layout (pen->cr, layout);
}

/* @following: what has to stay on the page with it */
static void
draw_text (Pen *pen, const char *text, const TextStyle *style, double before, double following)
{
  g_autoptr (PangoLayout) layout = set_text (pen, text, style, INNER_WIDTH);
  double height;

  get_size (layout, NULL, &height);
  make_room (pen, before + height + following);
  if (pen->y > MARGIN)
    pen->y += before;
  show_text (pen, layout, style, MARGIN, pen->y);
  pen->y += height;
}

/* What remains of the page is shared by the columns that need more than their share; the others get what they need. */
static void
shrink_columns (double *widths, guint n_columns, double available)
{
  g_autofree gboolean *narrow = g_new0 (gboolean, n_columns);
  double share = available / n_columns;
  guint n_wide = n_columns;
  gboolean changed = TRUE;

  while (changed && n_wide > 0)
    {
      changed = FALSE;
      share = available / n_wide;
      for (guint column = 0; column < n_columns; column++)
        if (!narrow[column] && widths[column] <= share)
          {
            narrow[column] = changed = TRUE;
            available -= widths[column];
            n_wide--;
          }
    }
  for (guint column = 0; column < n_columns; column++)
    if (!narrow[column])
      widths[column] = share;
}

/* Columns as wide as their widest cell, where the page is wide enough. */
static double *
measure_columns (const Pen *pen, const FoveaBlock *block)
{
  double *widths = g_new0 (double, block->n_columns);

  for (guint row = 0; row <= block->n_rows; row++)
    for (guint column = 0; column < block->n_columns; column++)
      {
        const char *text = row == 0 ? block->headings[column] : block->cells[(row - 1) * block->n_columns + column];
        g_autoptr (PangoLayout) layout = set_text (pen, text, row == 0 ? &column_style : &cell_style, 0);
        double width, height;

        get_size (layout, &width, &height);
        widths[column] = MAX (widths[column], ceil (width) + 1);
      }
  shrink_columns (widths, block->n_columns, MAX (INNER_WIDTH - CELL_GAP * (block->n_columns - 1.0), block->n_columns));
  return widths;
}

/* @row: -1 is the headings */
static void
draw_row (Pen *pen, const FoveaBlock *block, const double *widths, int row)
{
  const TextStyle *style = row < 0 ? &column_style : &cell_style;
  g_autoptr (GPtrArray) layouts = g_ptr_array_new_with_free_func (g_object_unref);
  double row_height = 0, x = MARGIN, right;

  for (guint column = 0; column < block->n_columns; column++)
    {
      const char *text = row < 0 ? block->headings[column] : block->cells[(guint) row * block->n_columns + column];
      PangoLayout *layout = set_text (pen, text, style, MAX (widths[column], 1));
      double height;

      pango_layout_set_alignment (layout, block->numeric[column] ? PANGO_ALIGN_RIGHT : PANGO_ALIGN_LEFT);
      get_size (layout, NULL, &height);
      row_height = MAX (row_height, height);
      g_ptr_array_add (layouts, layout);
    }
  if (row >= 0 && pen->y > MARGIN && pen->y + row_height + ROW_GAP > PAGE_HEIGHT - MARGIN)
    {
      turn_page (pen);
      draw_row (pen, block, widths, -1);
    }
  for (guint column = 0; column < block->n_columns; column++)
    {
      show_text (pen, layouts->pdata[column], style, x, pen->y);
      x += widths[column] + CELL_GAP;
    }
  right = x - CELL_GAP;
  pen->y += row_height + ROW_GAP;
  cairo_set_source_rgb (pen->cr, 0.8, 0.8, 0.8);
  cairo_set_line_width (pen->cr, row < 0 ? 1 : 0.4);
  cairo_move_to (pen->cr, MARGIN, pen->y - ROW_GAP / 2.0);
  cairo_line_to (pen->cr, right, pen->y - ROW_GAP / 2.0);
  cairo_stroke (pen->cr);
}

static void
draw_table (Pen *pen, const FoveaBlock *block)
{
  g_autofree double *widths = measure_columns (pen, block);

  make_room (pen, BLOCK_GAP + 5 * cell_style.size);
  pen->y += BLOCK_GAP;
  for (int row = -1; row < (int) block->n_rows; row++)
    draw_row (pen, block, widths, row);
  if (block->text)
    draw_text (pen, block->text, &small_style, 2, 0);
}

static double
get_picture_scale (const FoveaBlock *block, double *width, double *height)
{
  if (block->chart)
    fovea_chart_get_natural_size (block->chart, FOVEA_CHART_PRINT, width, height);
  else
    fovea_figure_get_size (block->figure, width, height);
  return MIN (PICTURE_SCALE, MIN (INNER_WIDTH / *width, (PAGE_HEIGHT - 2 * MARGIN - HEADING_ROOM) / *height));
}

static void
draw_picture (Pen *pen, const FoveaBlock *block)
{
  double width, height;
  double scale = get_picture_scale (block, &width, &height);

  make_room (pen, BLOCK_GAP + height * scale);
  pen->y += pen->y > MARGIN ? BLOCK_GAP : 0;

  cairo_save (pen->cr);
  cairo_translate (pen->cr, MARGIN, pen->y);
  cairo_scale (pen->cr, scale, scale);
  if (block->chart)
    fovea_chart_draw (block->chart, pen->cr, width, height, FOVEA_CHART_PRINT);
  else
    fovea_figure_draw (block->figure, pen->cr);
  cairo_restore (pen->cr);
  pen->y += height * scale;
}

/* How much of the page a heading wants below it: a whole picture, or the first lines of anything else. */
static double
get_following (const FoveaDocument *document, guint index, const TextStyle *style)
{
  const FoveaBlock *next = index + 1 < document->blocks->len ? document->blocks->pdata[index + 1] : NULL;
  double width, height;

  if (!next || (!next->chart && !next->figure))
    return 6 * style->size;
  return BLOCK_GAP + get_picture_scale (next, &width, &height) * height;
}

static void
draw_pages (cairo_t *cr, gpointer data)
{
  const FoveaDocument *document = data;
  Pen pen = { .cr = cr, .context = fovea_drawing_create_context (), .y = MARGIN, .page = 1 };

  draw_text (&pen, document->title, &title_style, 0, 0);
  if (document->subtitle)
    draw_text (&pen, document->subtitle, &small_style, 4, 0);
  for (guint i = 0; i < document->blocks->len; i++)
    {
      const FoveaBlock *block = document->blocks->pdata[i];

      switch (block->kind)
        {
        case FOVEA_BLOCK_HEADING:
          draw_text (&pen, block->text, &heading_style, 2 * BLOCK_GAP, get_following (document, i, &heading_style));
          break;
        case FOVEA_BLOCK_SUBHEADING:
          draw_text (&pen, block->text, &subheading_style, 1.5 * BLOCK_GAP, get_following (document, i, &subheading_style));
          break;
        case FOVEA_BLOCK_TABLE:
          draw_table (&pen, block);
          break;
        case FOVEA_BLOCK_CHART:
        case FOVEA_BLOCK_FIGURE:
          draw_picture (&pen, block);
          break;
        case FOVEA_BLOCK_PARAGRAPH:
        default:
          draw_text (&pen, block->text, &body_style, 0.6 * BLOCK_GAP, 0);
          break;
        }
    }
  draw_footer (&pen);
  g_object_unref (pen.context);
}

/**
 * fovea_document_to_pdf:
 * @error: %FOVEA_ERROR_IO where Cairo fails
 *
 * Returns: (transfer full): pages of A4, the same bytes for the same document, or %NULL with @error set
 */
GBytes *
fovea_document_to_pdf (FoveaDocument *document, GError **error)
{
  return fovea_drawing_render (FOVEA_DRAWING_PDF, PAGE_WIDTH, PAGE_HEIGHT, draw_pages, document, error);
}
