/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/document.h"

#include <glib/gstdio.h>
#include <string.h>

#include "tests/scratch.h"
#include "ui/chart-bars.h"

/* One block of each kind; a table of @n_rows rows. */
static FoveaDocument *
make_document (guint n_rows)
{
  FoveaDocument *document = fovea_document_new ("Standard & <robust>", "A document of everything");
  FoveaChart *chart = fovea_bar_chart_new (FOVEA_BAR_CHART_COLUMNS, "Detectors");
  FoveaFigure *figure = fovea_figure_new (1, 1);
  g_autoptr (GPtrArray) cells = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (FoveaImage) image = fovea_image_new (4, 4, NULL);
  static const char *const headings[] = { "Layer", "Channels", "Share" };

  memset (image->pixels, 90, 4 * 4 * 3);
  fovea_document_add_heading (document, "First chapter");
  fovea_document_add_paragraph (document, "x < y && \"z\"");
  fovea_document_add_subheading (document, "A part");
  for (guint row = 0; row < n_rows; row++)
    {
      g_ptr_array_add (cells, g_strdup_printf ("conv%u, wide", row));
      g_ptr_array_add (cells, g_strdup_printf ("%u", 10 * row));
      g_ptr_array_add (cells, row == 0 ? g_strdup ("–") : g_strdup_printf ("%u.5 %%", row));
    }
  fovea_document_add_table (document, "layers", "All layers.", 3, headings, cells);
  fovea_bar_chart_add_series (chart, "standard", FOVEA_CHART_STANDARD);
  fovea_bar_chart_set_value (chart, 0, fovea_bar_chart_add_category (chart, "texture"), 7);
  fovea_chart_set_title (chart, "Detectors", NULL);
  fovea_document_add_chart (document, "detectors", chart);
  fovea_document_add_heading (document, "Second chapter");
  fovea_figure_set_column (figure, 0, "standard", NULL, FOVEA_FIGURE_STANDARD, 4, 4);
  fovea_figure_set_cell (figure, 0, 0, image, "grey");
  fovea_document_add_figure (document, "grey", figure, NULL);
  return document;
}

static guint
count (const char *text,
       const char *part)
{
  guint n = 0;

  for (const char *found = strstr (text, part); found != NULL; found = strstr (found + 1, part))
    n++;
  return n;
}

static void
test_html (void)
{
  g_autoptr (FoveaDocument) document = make_document (3);
  g_autoptr (GError) error = NULL;
  g_autofree char *html = fovea_document_to_html (document, &error);
  g_autofree char *again = fovea_document_to_html (document, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (html, ==, again);
  g_assert_nonnull (strstr (html, "<h1>Standard &amp; &lt;robust&gt;</h1>"));
  g_assert_nonnull (strstr (html, "<p>x &lt; y &amp;&amp; &quot;z&quot;</p>"));
  g_assert_nonnull (strstr (html, "<tr><td>conv1, wide</td><td class=\"number\">10</td><td class=\"number\">1.5 %</td></tr>"));
  g_assert_nonnull (strstr (html, "<a href=\"#part0\">First chapter</a>"));
  g_assert_nonnull (strstr (html, "<h2 id=\"part0\">First chapter</h2>"));
  g_assert_cmpuint (count (html, "<img alt="), ==, 2);
  g_assert_cmpuint (count (html, "<tr>"), ==, 4);
  /* Nothing is fetched and nothing runs. */
  g_assert_cmpuint (count (html, "src=\""), ==, count (html, "src=\"data:"));
  g_assert_cmpuint (count (html, "href=\""), ==, count (html, "href=\"data:") + count (html, "href=\"#"));
  g_assert_null (strstr (html, "<script"));
}

/* The number of pages is in the root of the tree of pages, as is each page. */
static guint
count_pages (GBytes *pdf)
{
  gsize size;
  const char *data = g_bytes_get_data (pdf, &size);
  guint n = 0;

  for (gsize i = 0; i + 11 < size; i++)
    if (memcmp (data + i, "/Type /Page", 11) == 0 && data[i + 11] != 's')
      n++;
  return n;
}

static void
test_pdf (void)
{
  g_autoptr (FoveaDocument) little = make_document (3);
  g_autoptr (FoveaDocument) much = make_document (200);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) first = fovea_document_to_pdf (little, &error);
  g_autoptr (GBytes) again = fovea_document_to_pdf (little, &error);
  g_autoptr (GBytes) long_one = fovea_document_to_pdf (much, &error);

  g_assert_no_error (error);
  g_assert_true (g_bytes_equal (first, again));
  g_assert_cmpmem (g_bytes_get_data (first, NULL), 5, "%PDF-", 5);
  g_assert_cmpuint (count_pages (first), ==, 1);
  g_assert_cmpuint (count_pages (long_one), >=, 4);
}

static void
test_write (void)
{
  static const char *const names[] = { "report.html", "report.pdf", "layers.csv", "detectors.csv", "detectors.pdf", "grey.pdf" };
  g_autoptr (FoveaDocument) document = make_document (2);
  g_autoptr (FoveaScratch) folder = fovea_scratch_new ();
  g_autofree char *csv_path = fovea_scratch_path (folder, "layers.csv");
  g_autofree char *missing = fovea_scratch_path (folder, "missing");
  g_autofree char *csv = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) dir = NULL;
  guint n_files = 0;

  g_assert_true (fovea_document_write (document, folder, "report", &error));
  g_assert_no_error (error);
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = fovea_scratch_path (folder, names[i]);

      g_assert_true (g_file_test (path, G_FILE_TEST_IS_REGULAR));
    }
  dir = g_dir_open (folder, 0, &error);
  while (g_dir_read_name (dir) != NULL)
    n_files++;
  g_assert_cmpuint (n_files, ==, G_N_ELEMENTS (names));
  g_file_get_contents (csv_path, &csv, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (csv, ==, "Layer,Channels,Share\n\"conv0, wide\",0,–\n\"conv1, wide\",10,1.5 %\n");

  g_assert_false (fovea_document_write (document, missing, "report", &error));
  g_assert_error (error, FOVEA_ERROR, FOVEA_ERROR_IO);
}

/* Layers' names come from files of networks, so they may be anything; they lead nowhere else. */
static void
test_names (void)
{
  g_autoptr (FoveaDocument) document = fovea_document_new ("Names", NULL);
  g_autoptr (FoveaScratch) folder = fovea_scratch_new ();
  g_autofree char *inner = fovea_scratch_path (folder, "inner");
  g_autofree char *table = g_build_filename (inner, "--..-evil.csv", NULL);
  g_autofree char *figure = g_build_filename (inner, "examples--layer1-Conv.json", NULL);
  g_autofree char *outside = fovea_scratch_path (folder, "evil.csv");
  static const char *const headings[] = { "Layer" };
  g_autoptr (GPtrArray) cells = g_ptr_array_new ();
  FoveaFigure *empty = fovea_figure_new (1, 1);
  g_autoptr (GError) error = NULL;
  g_autofree char *record = NULL;

  g_assert_cmpint (g_mkdir (inner, 0700), ==, 0);
  g_ptr_array_add (cells, (gpointer) "conv1");
  fovea_figure_set_column (empty, 0, "standard", NULL, FOVEA_FIGURE_STANDARD, 4, 4);
  fovea_document_add_table (document, "./../evil", NULL, 1, headings, cells);
  fovea_document_add_figure (document, "examples-/layer1/Conv", empty, "{}");
  g_assert_true (fovea_document_write (document, inner, "report", &error));
  g_assert_no_error (error);
  g_assert_true (g_file_test (table, G_FILE_TEST_IS_REGULAR));
  g_assert_false (g_file_test (outside, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_get_contents (figure, &record, NULL, NULL));
  g_assert_cmpstr (record, ==, "{}");
}

/* What is known last can stand first. */
static void
test_move (void)
{
  g_autoptr (FoveaDocument) document = fovea_document_new ("Order", NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *html = NULL;
  const char *first, *second, *third;

  fovea_document_add_paragraph (document, "one");
  fovea_document_add_paragraph (document, "four");
  fovea_document_add_paragraph (document, "two");
  fovea_document_add_paragraph (document, "three");
  fovea_document_move_end (document, 2, 1);
  g_assert_cmpuint (fovea_document_get_n_blocks (document), ==, 4);
  html = fovea_document_to_html (document, &error);
  g_assert_no_error (error);
  first = strstr (html, "<p>two</p>");
  second = strstr (html, "<p>three</p>");
  third = strstr (html, "<p>four</p>");
  g_assert_true (strstr (html, "<p>one</p>") < first && first < second && second < third);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/document/html", test_html);
  g_test_add_func ("/document/pdf", test_pdf);
  g_test_add_func ("/document/write", test_write);
  g_test_add_func ("/document/names", test_names);
  g_test_add_func ("/document/move", test_move);
  return g_test_run ();
}
