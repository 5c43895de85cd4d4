/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/document-private.h"

#include <string.h>

static const char style[] =
  "body{margin:0 auto;padding:2.5em 1.5em 5em;max-width:62em;font:16px/1.5 Cantarell,'DejaVu Sans',sans-serif;color:#1a1a1a;background:#fff}\n"
  "h1{font-size:1.9em;line-height:1.2;margin:0 0 .2em}\n"
  "h2{font-size:1.35em;margin:2.4em 0 .6em;padding-top:.8em;border-top:1px solid #ddd}\n"
  "h3{font-size:1.1em;margin:1.8em 0 .5em}\n"
  "p{max-width:44em;margin:.6em 0}\n"
  ".subtitle{color:#5e5c64;margin:0 0 2em}\n"
  "figure{margin:1.6em 0}\n"
  "img{max-width:100%;height:auto}\n"
  "figcaption,caption{color:#5e5c64;font-size:.85em;text-align:left;caption-side:bottom;padding-top:.4em}\n"
  "figcaption a{color:inherit}\n"
  ".scroll{overflow-x:auto}\n"
  "table{border-collapse:collapse;font-size:.9em}\n"
  "th,td{padding:.25em .9em .25em 0;text-align:left;vertical-align:top;border-bottom:1px solid #eee}\n"
  "th{border-bottom:2px solid #bbb}\n"
  ".number{text-align:right;font-variant-numeric:tabular-nums}\n"
  "nav ul{padding-left:1.2em}\n"
  "@media print{h2{break-before:page;border:0}figure,tr{break-inside:avoid}}\n";

static void
append_text (GString *html, const char *text)
{
  g_autofree char *escaped = g_markup_escape_text (text, -1);

  g_string_append (html, escaped);
}

static void
append_element (GString *html, const char *element, const char *attributes, const char *text)
{
  g_string_append_printf (html, "<%s%s>", element, attributes);
  append_text (html, text);
  g_string_append_printf (html, "</%s>\n", element);
}

static void
append_data (GString *html, const char *type, const void *data, gsize size)
{
  g_autofree char *encoded = g_base64_encode (data, size);

  g_string_append_printf (html, "data:%s;base64,%s", type, encoded);
}

/* A link that hands out the numbers, and needs no file beside the page. */
static void
append_csv_link (GString *html, const char *name, const char *csv)
{
  g_string_append (html, "<a download=\"");
  append_text (html, name);
  g_string_append (html, ".csv\" href=\"");
  append_data (html, "text/csv;charset=utf-8", csv, strlen (csv));
  g_string_append (html, "\">Numbers as CSV</a>");
}

static void
append_table (GString *html, const FoveaBlock *block)
{
  g_autofree char *csv = fovea_block_table_to_csv (block);

  g_string_append (html, "<figure class=\"scroll\"><table>\n<thead><tr>");
  for (guint column = 0; column < block->n_columns; column++)
    {
      g_string_append (html, block->numeric[column] ? "<th scope=\"col\" class=\"number\">" : "<th scope=\"col\">");
      append_text (html, block->headings[column]);
      g_string_append (html, "</th>");
    }
  g_string_append (html, "</tr></thead>\n<tbody>\n");
  for (guint row = 0; row < block->n_rows; row++)
    {
      g_string_append (html, "<tr>");
      for (guint column = 0; column < block->n_columns; column++)
        {
          g_string_append (html, block->numeric[column] ? "<td class=\"number\">" : "<td>");
          append_text (html, block->cells[row * block->n_columns + column]);
          g_string_append (html, "</td>");
        }
      g_string_append (html, "</tr>\n");
    }
  g_string_append (html, "</tbody></table>\n<figcaption>");
  if (block->text)
    {
      append_text (html, block->text);
      g_string_append_c (html, ' ');
    }
  append_csv_link (html, block->name, csv);
  g_string_append (html, "</figcaption></figure>\n");
}

/* As an image of its own: drawings side by side in one page would share the names of their parts. */
static void
append_picture (GString *html, GBytes *svg, const char *description, const char *name, const char *csv)
{
  gsize size;
  const void *data = g_bytes_get_data (svg, &size);

  g_string_append (html, "<figure><img alt=\"");
  append_text (html, description ? description : name);
  g_string_append (html, "\" src=\"");
  append_data (html, "image/svg+xml", data, size);
  g_string_append (html, "\">\n");
  if (csv)
    {
      g_string_append (html, "<figcaption>");
      append_csv_link (html, name, csv);
      g_string_append (html, "</figcaption>");
    }
  g_string_append (html, "</figure>\n");
}

static gboolean
append_block (GString *html, const FoveaBlock *block, guint number, GError **error)
{
  g_autoptr (GBytes) svg = NULL;
  g_autofree char *csv = NULL;
  g_autofree char *id = g_strdup_printf (" id=\"part%u\"", number);

  switch (block->kind)
    {
    case FOVEA_BLOCK_HEADING:
      append_element (html, "h2", id, block->text);
      return TRUE;
    case FOVEA_BLOCK_SUBHEADING:
      append_element (html, "h3", id, block->text);
      return TRUE;
    case FOVEA_BLOCK_TABLE:
      append_table (html, block);
      return TRUE;
    case FOVEA_BLOCK_CHART:
      csv = fovea_chart_to_csv (block->chart);
      svg = fovea_chart_render (block->chart, "chart.svg", error);
      if (svg)
        append_picture (html, svg, fovea_chart_get_title (block->chart), block->name, csv);
      return svg != NULL;
    case FOVEA_BLOCK_FIGURE:
      svg = fovea_figure_render (block->figure, FOVEA_FIGURE_SVG, error);
      if (svg)
        append_picture (html, svg, NULL, block->name, NULL);
      return svg != NULL;
    case FOVEA_BLOCK_PARAGRAPH:
    default:
      append_element (html, "p", "", block->text);
      return TRUE;
    }
}

static void
append_contents (GString *html, const FoveaDocument *document)
{
  g_string_append (html, "<nav><ul>\n");
  for (guint i = 0; i < document->blocks->len; i++)
    {
      const FoveaBlock *block = document->blocks->pdata[i];

      if (block->kind != FOVEA_BLOCK_HEADING)
        continue;
      g_string_append_printf (html, "<li><a href=\"#part%u\">", i);
      append_text (html, block->text);
      g_string_append (html, "</a></li>\n");
    }
  g_string_append (html, "</ul></nav>\n");
}

/**
 * fovea_document_to_html:
 * @error: as fovea_chart_render()
 *
 * Returns: (transfer full): one page of HTML that needs no other file and runs no script, or %NULL with @error set
 */
char *
fovea_document_to_html (FoveaDocument *document, GError **error)
{
  g_autoptr (GString) html = g_string_new ("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                                           "<meta name=\"viewport\" content=\"width=device-width\">\n");

  append_element (html, "title", "", document->title);
  g_string_append_printf (html, "<style>\n%s</style>\n</head>\n<body>\n", style);
  append_element (html, "h1", "", document->title);
  if (document->subtitle)
    append_element (html, "p", " class=\"subtitle\"", document->subtitle);
  append_contents (html, document);
  for (guint i = 0; i < document->blocks->len; i++)
    if (!append_block (html, document->blocks->pdata[i], i, error))
      return NULL;
  g_string_append (html, "</body>\n</html>\n");
  return g_string_free (g_steal_pointer (&html), FALSE);
}
