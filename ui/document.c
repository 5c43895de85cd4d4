/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/document-private.h"

#include <string.h>

#include "engine/formats/csv.h"
#include "engine/write-file.h"

static void
free_block (gpointer data)
{
  FoveaBlock *block = data;

  g_free (block->name);
  g_free (block->text);
  g_strfreev (block->headings);
  g_strfreev (block->cells);
  g_free (block->numeric);
  g_clear_pointer (&block->chart, fovea_chart_free);
  g_clear_pointer (&block->figure, fovea_figure_free);
  g_free (block->record);
  g_free (block);
}

/**
 * fovea_document_new:
 * @title: at its top
 * @subtitle: (nullable): below the title
 *
 * Returns: (transfer full): a document without blocks
 */
FoveaDocument *
fovea_document_new (const char *title, const char *subtitle)
{
  FoveaDocument *document = g_new0 (FoveaDocument, 1);

  document->title = g_strdup (title);
  document->subtitle = g_strdup (subtitle);
  document->blocks = g_ptr_array_new_with_free_func (free_block);
  return document;
}

/**
 * fovea_document_free:
 * @document: (nullable): a document
 */
void
fovea_document_free (FoveaDocument *document)
{
  if (!document)
    return;
  g_free (document->title);
  g_free (document->subtitle);
  g_ptr_array_unref (document->blocks);
  g_free (document);
}

/**
 * fovea_document_make_file_name:
 * @name: such as a layer's, which comes from a file and may be anything
 *
 * Returns: (transfer full): a name for a file without ending, with dashes in place of what could lead to another folder
 */
char *
fovea_document_make_file_name (const char *name)
{
  char *safe = g_utf8_make_valid (name, -1);

  for (char *c = safe; *c; c++)
    if (strchr ("/\\:*?\"<>|", *c) || g_ascii_iscntrl (*c))
      *c = '-';
  if (*safe == '.')
    *safe = '-';
  return safe;
}

static FoveaBlock *
add_block (FoveaDocument *document, FoveaBlockKind kind, const char *name, const char *text)
{
  FoveaBlock *block = g_new0 (FoveaBlock, 1);

  block->kind = kind;
  block->name = name ? fovea_document_make_file_name (name) : NULL;
  block->text = g_strdup (text);
  g_ptr_array_add (document->blocks, block);
  return block;
}

/**
 * fovea_document_add_heading:
 *
 * Begins a chapter.
 */
void
fovea_document_add_heading (FoveaDocument *document, const char *text)
{
  add_block (document, FOVEA_BLOCK_HEADING, NULL, text);
}

/**
 * fovea_document_add_subheading:
 *
 * Begins a part of a chapter.
 */
void
fovea_document_add_subheading (FoveaDocument *document, const char *text)
{
  add_block (document, FOVEA_BLOCK_SUBHEADING, NULL, text);
}

/**
 * fovea_document_add_paragraph:
 * @text: plain text
 */
void
fovea_document_add_paragraph (FoveaDocument *document, const char *text)
{
  add_block (document, FOVEA_BLOCK_PARAGRAPH, NULL, text);
}

/* Digits with what may stand around them: signs, points, per cent. A dash stands for no value. */
static gboolean
is_number (const char *text)
{
  static const char others[] = "+-.,e% –−∞";

  if (g_str_equal (text, "–") || *text == '\0')
    return TRUE;
  if (!strpbrk (text, "0123456789"))
    return FALSE;
  for (const char *c = text; *c; c = g_utf8_next_char (c))
    if (!g_ascii_isdigit (*c) && !g_utf8_strchr (others, -1, g_utf8_get_char (c)))
      return FALSE;
  return TRUE;
}

/**
 * fovea_document_add_table:
 * @name: of its CSV file, without ending
 * @caption: (nullable): what it shows, below it
 * @headings: (array length=n_columns): of its columns
 * @cells: (element-type utf8) (transfer none): row by row
 */
void
fovea_document_add_table (FoveaDocument *document, const char *name, const char *caption, guint n_columns, const char *const *headings, GPtrArray *cells)
{
  FoveaBlock *block = add_block (document, FOVEA_BLOCK_TABLE, name, caption);

  g_return_if_fail (n_columns > 0 && cells->len % n_columns == 0);
  block->n_columns = n_columns;
  block->n_rows = cells->len / n_columns;
  block->headings = g_new0 (char *, n_columns + 1);
  block->cells = g_new0 (char *, cells->len + 1);
  block->numeric = g_new (gboolean, n_columns);
  for (guint i = 0; i < n_columns; i++)
    {
      block->headings[i] = g_strdup (headings[i]);
      block->numeric[i] = TRUE;
    }
  for (guint i = 0; i < cells->len; i++)
    {
      block->cells[i] = g_strdup (cells->pdata[i]);
      block->numeric[i % n_columns] = block->numeric[i % n_columns] && is_number (block->cells[i]);
    }
}

/**
 * fovea_document_add_chart:
 * @name: of its files, without ending
 * @chart: (transfer full): a chart with title and caption
 */
void
fovea_document_add_chart (FoveaDocument *document, const char *name, FoveaChart *chart)
{
  add_block (document, FOVEA_BLOCK_CHART, name, NULL)->chart = chart;
}

/**
 * fovea_document_add_figure:
 * @name: of its files, without ending
 * @figure: (transfer full): a figure with a caption
 * @record: (nullable): how it was made, which is written beside its PDF as JSON
 */
void
fovea_document_add_figure (FoveaDocument *document, const char *name, FoveaFigure *figure, const char *record)
{
  FoveaBlock *block = add_block (document, FOVEA_BLOCK_FIGURE, name, NULL);

  block->figure = figure;
  block->record = g_strdup (record);
}

/**
 * fovea_document_get_n_blocks:
 *
 * Returns: how many headings, texts, tables, charts and figures there are
 */
guint
fovea_document_get_n_blocks (const FoveaDocument *document)
{
  return document->blocks->len;
}

/**
 * fovea_document_move_end:
 * @first: the first of the blocks to move, which are those from there to the end
 * @position: where they go to, not behind @first
 *
 * What is known last can stand first.
 */
void
fovea_document_move_end (FoveaDocument *document, guint first, guint position)
{
  g_return_if_fail (position <= first && first <= document->blocks->len);

  for (guint i = first; i < document->blocks->len; i++)
    g_ptr_array_insert (document->blocks, (int) (position + i - first), g_ptr_array_steal_index (document->blocks, i));
}

/* A table as it is read by other programs. */
char *
fovea_block_table_to_csv (const FoveaBlock *block)
{
  GString *csv = g_string_new (NULL);

  for (guint row = 0; row <= block->n_rows; row++)
    for (guint column = 0; column < block->n_columns; column++)
      {
        if (column > 0)
          g_string_append_c (csv, ',');
        fovea_csv_append_field (csv, row == 0 ? block->headings[column] : block->cells[(row - 1) * block->n_columns + column]);
        if (column + 1 == block->n_columns)
          g_string_append_c (csv, '\n');
      }
  return g_string_free (csv, FALSE);
}

static gboolean
write_file (const char *folder, const char *name, const char *ending, const char *data, gsize size, GError **error)
{
  g_autofree char *file = g_strconcat (name, ending, NULL);
  g_autofree char *path = g_build_filename (folder, file, NULL);

  return fovea_write_file (path, data, size, error);
}

static gboolean
write_bytes (const char *folder, const char *name, const char *ending, GBytes *bytes, GError **error)
{
  gsize size;
  const char *data;

  if (!bytes)
    return FALSE;
  data = g_bytes_get_data (bytes, &size);
  return write_file (folder, name, ending, data, size, error);
}

static gboolean
write_block (const FoveaBlock *block, const char *folder, GError **error)
{
  g_autoptr (GBytes) picture = NULL;
  g_autofree char *csv = NULL;

  switch (block->kind)
    {
    case FOVEA_BLOCK_TABLE:
      csv = fovea_block_table_to_csv (block);
      return write_file (folder, block->name, ".csv", csv, strlen (csv), error);
    case FOVEA_BLOCK_CHART:
      csv = fovea_chart_to_csv (block->chart);
      picture = fovea_chart_render (block->chart, "chart.pdf", error);
      return write_bytes (folder, block->name, ".pdf", picture, error) && write_file (folder, block->name, ".csv", csv, strlen (csv), error);
    case FOVEA_BLOCK_FIGURE:
      picture = fovea_figure_render (block->figure, FOVEA_FIGURE_PDF, error);
      return write_bytes (folder, block->name, ".pdf", picture, error) &&
             (!block->record || write_file (folder, block->name, ".json", block->record, strlen (block->record), error));
    case FOVEA_BLOCK_HEADING:
    case FOVEA_BLOCK_SUBHEADING:
    case FOVEA_BLOCK_PARAGRAPH:
    default:
      return TRUE;
    }
}

/**
 * fovea_document_write:
 * @folder: an existing folder
 * @name: of the document's files, without ending
 * @error: %FOVEA_ERROR_IO, or as fovea_chart_render()
 *
 * Writes the web page, which needs no other file, and the PDF; and beside them each chart and figure as PDF and the
 * numbers of each chart and table as CSV. Each file is complete or as before.
 *
 * Returns: whether all were written
 */
gboolean
fovea_document_write (FoveaDocument *document, const char *folder, const char *name, GError **error)
{
  g_autofree char *html = NULL;
  g_autoptr (GBytes) pdf = NULL;

  for (guint i = 0; i < document->blocks->len; i++)
    if (!write_block (document->blocks->pdata[i], folder, error))
      return FALSE;
  pdf = fovea_document_to_pdf (document, error);
  if (!write_bytes (folder, name, ".pdf", pdf, error))
    return FALSE;
  html = fovea_document_to_html (document, error);
  return html && write_file (folder, name, ".html", html, strlen (html), error);
}
