/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "engine/formats/csv.h"
#include "tests/scratch.h"

static FoveaCsvTable *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  FoveaCsvTable *table = fovea_csv_parse (text, strlen (text), "table.csv", &error);

  g_assert_no_error (error);
  return table;
}

static void
test_fields (void)
{
  g_autoptr (FoveaCsvTable) table = parse ("\xef\xbb\xbfname,\"number, of\",c\r\n"
                                           "plain,1,\r\n"
                                           "\n"
                                           "\"say \"\"a\"\"\",\"two\nlines\",x\n"
                                           "short\n"
                                           "long,1,2,3,4");

  g_assert_cmpuint (fovea_csv_table_get_n_columns (table), ==, 3);
  g_assert_cmpstr (fovea_csv_table_get_column (table, 0), ==, "name");
  g_assert_cmpstr (fovea_csv_table_get_column (table, 1), ==, "number, of");
  g_assert_cmpint (fovea_csv_table_find_column (table, "c"), ==, 2);
  g_assert_cmpint (fovea_csv_table_find_column (table, "d"), ==, -1);

  g_assert_cmpuint (fovea_csv_table_get_n_rows (table), ==, 4);
  g_assert_cmpstr (fovea_csv_table_get (table, 0, 0), ==, "plain");
  g_assert_cmpstr (fovea_csv_table_get (table, 0, 2), ==, "");
  g_assert_cmpuint (fovea_csv_table_get_line (table, 0), ==, 2);
  g_assert_cmpstr (fovea_csv_table_get (table, 1, 0), ==, "say \"a\"");
  g_assert_cmpstr (fovea_csv_table_get (table, 1, 1), ==, "two\nlines");
  g_assert_cmpuint (fovea_csv_table_get_line (table, 1), ==, 4);
  g_assert_cmpuint (fovea_csv_table_get_line (table, 2), ==, 6);
  g_assert_cmpuint (fovea_csv_table_get_n_fields (table, 2), ==, 1);
  g_assert_cmpstr (fovea_csv_table_get (table, 2, 2), ==, "");
  g_assert_cmpuint (fovea_csv_table_get_n_fields (table, 3), ==, 5);
  g_assert_cmpstr (fovea_csv_table_get (table, 3, 4), ==, "4");
}

/* What is written comes back. */
static void
test_append (void)
{
  static const char *const fields[] = { "plain", "with, comma", "with \"quotes\"", "two\nlines", "" };
  g_autoptr (GString) text = g_string_new ("a,b,c,d,e\n");
  g_autoptr (FoveaCsvTable) table = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    {
      if (i > 0)
        g_string_append_c (text, ',');
      fovea_csv_append_field (text, fields[i]);
    }
  table = parse (text->str);
  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    g_assert_cmpstr (fovea_csv_table_get (table, 0, (int) i), ==, fields[i]);
}

static void
test_bad (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) wide = g_string_new (NULL);

  g_assert_null (fovea_csv_parse ("", 0, "table.csv", &error));
  g_assert_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT);
  g_clear_error (&error);

  for (guint i = 0; i < 5000; i++)
    g_string_append_c (wide, ',');
  g_assert_null (fovea_csv_parse (wide->str, wide->len, "table.csv", &error));
  g_assert_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT);
  g_assert_nonnull (strstr (error->message, "table.csv:1"));
  g_clear_error (&error);

  g_assert_null (fovea_csv_read ("/nonexistent/table.csv", &error));
  g_assert_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND);
}

/* Cut off anywhere, even inside of quotes, it is a table or an error. */
static void
test_truncated (void)
{
  static const char text[] = "a,\"b\"\"\",c\r\n\"1\n\",2,3\r\n";

  for (gsize size = 0; size < sizeof text; size++)
    {
      g_autofree char *copy = g_memdup2 (text, MAX (size, 1));
      g_autoptr (GError) error = NULL;
      g_autoptr (FoveaCsvTable) table = fovea_csv_parse (copy, size, "table.csv", &error);

      g_assert_true ((table == NULL) == (error != NULL));
      if (table != NULL)
        g_assert_cmpuint (fovea_csv_table_get_n_columns (table), <=, 3);
    }
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/csv/fields", test_fields);
  g_test_add_func ("/csv/append", test_append);
  g_test_add_func ("/csv/bad", test_bad);
  g_test_add_func ("/csv/truncated", test_truncated);
  return g_test_run ();
}
