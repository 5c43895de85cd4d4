/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/output.h"

#include <errno.h>
#include <gio/gio.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "engine/error.h"

static gboolean
has_ending (const char *path, const char *ending)
{
  gsize path_length = strlen (path);
  gsize ending_length = strlen (ending);
  g_autofree char *base = g_path_get_basename (path);

  /* ".png" alone is a hidden file without ending. */
  return strlen (base) > ending_length &&
         g_ascii_strcasecmp (path + path_length - ending_length, ending) == 0;
}

/**
 * fovea_output_check:
 * @path: a file that is going to be written
 * @endings: (nullable): what its name may end in, ended by %NULL; in any case of letters
 * @error: %G_OPTION_ERROR for a wrong ending, %FOVEA_ERROR_IO where the folder does not exist or
 *   cannot be written to
 *
 * Finds out before a long computation whether its result could be written.
 *
 * Returns: whether it could
 */
gboolean
fovea_output_check (const char *path, const char *const *endings, GError **error)
{
  g_autofree char *shown = g_filename_display_name (path);
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *folder_shown = g_filename_display_name (folder);
  gboolean known = endings == NULL;

  for (guint i = 0; !known && endings[i]; i++)
    known = has_ending (path, endings[i]);
  if (!known)
    {
      g_autofree char *list = g_strjoinv (", ", (char **) endings);

      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                   "%s: cannot write this kind of file; the name has to end in %s%s", shown, endings[1] ? "one of " : "", list);
      return FALSE;
    }
  if (!g_file_test (folder, G_FILE_TEST_IS_DIR))
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_IO,
                   "%s: there is no folder %s; create it first", shown, folder_shown);
      return FALSE;
    }
  if (g_file_test (path, G_FILE_TEST_IS_DIR))
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_IO, "%s: is a folder; name a file", shown);
      return FALSE;
    }
  if (access (folder, W_OK | X_OK) != 0)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_IO,
                   "%s: cannot write into the folder %s: %s", shown, folder_shown, g_strerror (errno));
      return FALSE;
    }
  return TRUE;
}

/**
 * fovea_output_replace_ending:
 * @path: a path whose name has an ending
 * @ending: the new ending, with its point
 *
 * Returns: (transfer full): @path with the other ending
 */
char *
fovea_output_replace_ending (const char *path, const char *ending)
{
  const char *point = strrchr (path, '.');

  g_return_val_if_fail (point != NULL, NULL);
  return g_strdup_printf ("%.*s%s", (int) (point - path), path, ending);
}

/**
 * fovea_output_format_json:
 * @builder: a finished document
 *
 * Returns: (transfer full): the document, indented, with a newline at its end
 */
char *
fovea_output_format_json (JsonBuilder *builder)
{
  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  g_autofree char *text = json_to_string (root, TRUE);

  return g_strconcat (text, "\n", NULL);
}

/**
 * fovea_output_print_json:
 * @builder: a finished document
 *
 * Prints the document on standard output.
 */
void
fovea_output_print_json (JsonBuilder *builder)
{
  g_autofree char *text = fovea_output_format_json (builder);

  /* Not g_print(), which converts to the terminal's encoding: JSON is UTF-8. */
  fputs (text, stdout);
}

static gboolean
is_number (const char *text)
{
  return g_ascii_isdigit (text[0]) || (text[0] == '-' && g_ascii_isdigit (text[1]));
}

/* Whether every cell of the column starts like a number, so that it is set flush right. */
static gboolean
is_numeric (GPtrArray *cells, guint n_columns, guint column)
{
  for (guint i = column; i < cells->len; i += n_columns)
    if (!is_number (cells->pdata[i]))
      return FALSE;
  return TRUE;
}

/**
 * fovea_output_print_table:
 * @headings: (array length=n_columns): what stands above the columns
 * @cells: (element-type utf8): the rows' cells one after the other, n_columns a row
 *
 * Prints an aligned table on standard output: columns of numbers flush right, others flush left.
 */
void
fovea_output_print_table (const char *const *headings, guint n_columns, GPtrArray *cells)
{
  g_autofree glong *widths = g_new (glong, n_columns);
  g_autofree gboolean *numeric = g_new (gboolean, n_columns);

  g_assert (cells->len % n_columns == 0);

  for (guint column = 0; column < n_columns; column++)
    {
      widths[column] = g_utf8_strlen (headings[column], -1);
      numeric[column] = is_numeric (cells, n_columns, column);
      for (guint i = column; i < cells->len; i += n_columns)
        widths[column] = MAX (widths[column], g_utf8_strlen (cells->pdata[i], -1));
    }

  for (guint row = 0; row <= cells->len / n_columns; row++)
    {
      g_autoptr (GString) line = g_string_new (NULL);

      for (guint column = 0; column < n_columns; column++)
        {
          const char *cell = row == 0 ? headings[column] : cells->pdata[(row - 1) * n_columns + column];
          int padding = (int) (widths[column] - g_utf8_strlen (cell, -1));

          if (column > 0)
            g_string_append (line, "  ");
          if (numeric[column])
            g_string_append_printf (line, "%*s%s", padding, "", cell);
          else if (column + 1 < n_columns)
            g_string_append_printf (line, "%s%*s", cell, padding, "");
          else
            g_string_append (line, cell);
        }
      g_print ("%s\n", line->str);
    }
}
