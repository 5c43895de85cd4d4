/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/formats/csv.h"

#include <string.h>

#include "engine/read-file.h"

/* Larger tables than this are not read. Broden's index has 20 MiB. */
#define MAX_FILE_SIZE ((gsize) 512 << 20)

/* No table that anybody publishes has more columns. */
#define MAX_COLUMNS 4096

typedef struct {
  gsize first_field;
  guint n_fields;
  guint line;
} Row;

struct _FoveaCsvTable {
  char *name;
  char *text;     /* the fields, each ended by NUL */
  GArray *fields; /* gsize: where each begins in text */
  GArray *rows;   /* Row; the heading is the first */
};

/* Reads one field at *@at, writes it at *@to, which never overtakes *@at, and returns what ended it:
 * a comma, a newline, or NUL at the end of the file. A carriage return before a newline goes. */
static char
parse_field (const char *text,
             gsize size,
             gsize *at,
             char *out,
             gsize *to,
             guint *line)
{
  gboolean quoted = *at < size && text[*at] == '"';

  if (quoted)
    for ((*at)++; *at < size; (*at)++)
      {
        if (text[*at] == '"')
          {
            if (*at + 1 < size && text[*at + 1] == '"')
              (*at)++;
            else
              {
                (*at)++;
                break;
              }
          }
        else if (text[*at] == '\n')
          (*line)++;
        out[(*to)++] = text[*at];
      }

  for (; *at < size; (*at)++)
    {
      char c = text[*at];

      if (c == ',' || c == '\n')
        {
          (*at)++;
          out[(*to)++] = '\0';
          if (c == '\n')
            (*line)++;
          return c;
        }
      if (c == '\r' && (*at + 1 == size || text[*at + 1] == '\n'))
        continue;
      out[(*to)++] = c;
    }
  out[(*to)++] = '\0';
  return '\0';
}

/**
 * fovea_csv_parse:
 * @text: the file's contents
 * @size: its size
 * @name: what messages call the file
 * @error: %FOVEA_ERROR_FORMAT for a table without heading or with thousands of columns,
 *   %FOVEA_ERROR_TOO_LARGE
 *
 * Reads fields as RFC 4180 and Python's csv module have them: quotes around fields, doubled within,
 * newlines allowed there. Empty lines are no rows; a byte order mark is skipped. Bytes that are no UTF-8 stay as
 * they are. Any thread.
 *
 * Returns: (transfer full): the table, or %NULL
 */
FoveaCsvTable *
fovea_csv_parse (const char *text,
                 gsize size,
                 const char *name,
                 GError **error)
{
  g_autoptr (FoveaCsvTable) self = NULL;
  gsize at = 0, to = 0;
  guint line = 1;

  if (size > MAX_FILE_SIZE)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_TOO_LARGE, "%s: larger than the %" G_GSIZE_FORMAT " MiB that are read of a table",
                   name, MAX_FILE_SIZE >> 20);
      return NULL;
    }
  if (size >= 3 && memcmp (text, "\xef\xbb\xbf", 3) == 0)
    at = 3;

  self = g_new0 (FoveaCsvTable, 1);
  self->name = g_strdup (name);
  self->fields = g_array_new (FALSE, FALSE, sizeof (gsize));
  self->rows = g_array_new (FALSE, FALSE, sizeof (Row));
  self->text = g_try_malloc (size + 1);
  if (self->text == NULL)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_TOO_LARGE, "%s: no memory for %" G_GSIZE_FORMAT " MiB", name, size >> 20);
      return NULL;
    }

  while (at < size)
    {
      Row row = { .first_field = self->fields->len, .line = line };
      gsize begin;
      char end;

      do
        {
          begin = to;
          g_array_append_val (self->fields, begin);
          end = parse_field (text, size, &at, self->text, &to, &line);
          row.n_fields++;
          if (row.n_fields > MAX_COLUMNS)
            {
              g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT, "%s:%u: more than %d columns; is it a table?", name, row.line, MAX_COLUMNS);
              return NULL;
            }
        }
      while (end == ',');

      if (row.n_fields == 1 && self->text[begin] == '\0')
        g_array_set_size (self->fields, row.first_field);
      else
        g_array_append_val (self->rows, row);
    }

  if (self->rows->len == 0)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT, "%s: the table is empty", name);
      return NULL;
    }
  return g_steal_pointer (&self);
}

/**
 * fovea_csv_read:
 * @path: a file of comma-separated values, whose first row names the columns
 * @error: as fovea_csv_parse(), and as fovea_read_file()
 *
 * Any thread.
 *
 * Returns: (transfer full): the table, or %NULL
 */
FoveaCsvTable *
fovea_csv_read (const char *path,
                GError **error)
{
  g_autofree char *name = g_filename_display_name (path);
  g_autoptr (GBytes) bytes = fovea_read_file (path, MAX_FILE_SIZE, error);
  const char *text;
  gsize size;

  if (bytes == NULL)
    return NULL;
  text = g_bytes_get_data (bytes, &size);
  return fovea_csv_parse (text != NULL ? text : "", size, name, error);
}

/**
 * fovea_csv_table_free:
 * @table: (nullable): the table
 */
void
fovea_csv_table_free (FoveaCsvTable *table)
{
  if (table == NULL)
    return;
  g_free (table->name);
  g_free (table->text);
  g_array_unref (table->fields);
  g_array_unref (table->rows);
  g_free (table);
}

/**
 * fovea_csv_table_get_name:
 *
 * Returns: what messages call the file
 */
const char *
fovea_csv_table_get_name (const FoveaCsvTable *table)
{
  return table->name;
}

static const Row *
get_row (const FoveaCsvTable *table,
         gsize index)
{
  return &g_array_index (table->rows, Row, index);
}

static const char *
get_field (const FoveaCsvTable *table,
           const Row *row,
           guint column)
{
  return table->text + g_array_index (table->fields, gsize, row->first_field + column);
}

/**
 * fovea_csv_table_get_n_columns:
 *
 * Returns: how many columns the heading names
 */
guint
fovea_csv_table_get_n_columns (const FoveaCsvTable *table)
{
  return get_row (table, 0)->n_fields;
}

/**
 * fovea_csv_table_get_column:
 * @column: less than the number of columns
 *
 * Returns: the column's name in the heading
 */
const char *
fovea_csv_table_get_column (const FoveaCsvTable *table,
                            guint column)
{
  return get_field (table, get_row (table, 0), column);
}

/**
 * fovea_csv_table_find_column:
 * @column: a column's name
 *
 * Returns: the first column of this name, or -1
 */
int
fovea_csv_table_find_column (const FoveaCsvTable *table,
                             const char *column)
{
  for (guint i = 0; i < fovea_csv_table_get_n_columns (table); i++)
    if (g_str_equal (fovea_csv_table_get_column (table, i), column))
      return (int) i;
  return -1;
}

/**
 * fovea_csv_table_get_n_rows:
 *
 * Returns: how many rows there are below the heading
 */
gsize
fovea_csv_table_get_n_rows (const FoveaCsvTable *table)
{
  return table->rows->len - 1;
}

/**
 * fovea_csv_table_get_line:
 * @row: less than the number of rows
 *
 * Returns: the line of the file in which the row begins, from 1
 */
guint
fovea_csv_table_get_line (const FoveaCsvTable *table,
                          gsize row)
{
  return get_row (table, row + 1)->line;
}

/**
 * fovea_csv_table_get_n_fields:
 * @row: less than the number of rows
 *
 * Returns: how many fields the row has, which need not be the number of columns
 */
guint
fovea_csv_table_get_n_fields (const FoveaCsvTable *table,
                              gsize row)
{
  return get_row (table, row + 1)->n_fields;
}

/**
 * fovea_csv_table_get:
 * @row: less than the number of rows
 * @column: a column; -1 is one that the table does not have
 *
 * Returns: the field; empty where the row is too short, or for column -1
 */
const char *
fovea_csv_table_get (const FoveaCsvTable *table,
                     gsize row,
                     int column)
{
  const Row *found = get_row (table, row + 1);

  if (column < 0 || (guint) column >= found->n_fields)
    return "";
  return get_field (table, found, (guint) column);
}

/**
 * fovea_csv_append_field:
 * @line: where the field goes
 * @field: any text
 *
 * Appends a field as it stands in a table, in quotes where it needs them. The comma between two
 * fields is the caller's.
 */
void
fovea_csv_append_field (GString *line,
                        const char *field)
{
  if (field[strcspn (field, ",\"\r\n")] == '\0')
    {
      g_string_append (line, field);
      return;
    }
  g_string_append_c (line, '"');
  for (; *field != '\0'; field++)
    {
      if (*field == '"')
        g_string_append_c (line, '"');
      g_string_append_c (line, *field);
    }
  g_string_append_c (line, '"');
}
