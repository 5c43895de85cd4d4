/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/images/broden-tables.h"

#include <math.h>
#include <string.h>

/* More categories than this are no concept set. Broden has six. */
#define MAX_CATEGORIES 256

/* A concept while its category is being looked for. */
typedef struct {
  char *name;
  guint line;      /* of label.csv; 0 where it is known from a category's table */
  int category;    /* -1 is none found yet */
  double coverage; /* there */
  gboolean listed; /* whether a category's own table says so, which is better than label.csv's list */
} Draft;

static void
draft_free (Draft *draft)
{
  if (draft == NULL)
    return;
  g_free (draft->name);
  g_free (draft);
}

/**
 * fovea_broden_is_index_column:
 * @column: a column of index.csv
 *
 * Returns: whether it says something about the image, and is no category
 */
gboolean
fovea_broden_is_index_column (const char *column)
{
  static const char *const columns[] = { "image", "split", "ih", "iw", "sh", "sw", NULL };

  return g_strv_contains (columns, column);
}

/**
 * fovea_broden_add_to_checksum:
 *
 * Adds a table's name and all its fields.
 */
void
fovea_broden_add_to_checksum (GChecksum *checksum,
                              const FoveaCsvTable *table)
{
  for (guint i = 0; i < fovea_csv_table_get_n_columns (table); i++)
    {
      const char *column = fovea_csv_table_get_column (table, i);
      g_checksum_update (checksum, (const guchar *) column, (gssize) strlen (column) + 1);
    }
  for (gsize row = 0; row < fovea_csv_table_get_n_rows (table); row++)
    {
      for (guint i = 0; i < fovea_csv_table_get_n_fields (table, row); i++)
        {
          const char *field = fovea_csv_table_get (table, row, (int) i);
          g_checksum_update (checksum, (const guchar *) field, (gssize) strlen (field) + 1);
        }
      g_checksum_update (checksum, (const guchar *) "\n", 1);
    }
}

/* A table that need not be there. */
static FoveaCsvTable *
read_table (FoveaConceptSet *set,
            const char *folder,
            const char *name,
            const char *consequence,
            GChecksum *checksum)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GError) error = NULL;
  FoveaCsvTable *table = fovea_csv_read (path, &error);

  if (table != NULL)
    fovea_broden_add_to_checksum (checksum, table);
  else
    fovea_concept_problems_add (&set->problems, FOVEA_CONCEPT_PROBLEM_TABLE, "%s; %s", error->message, consequence);
  return table;
}

static int
find_column (FoveaConceptSet *set,
             const FoveaCsvTable *table,
             const char *column)
{
  int found = fovea_csv_table_find_column (table, column);

  if (found < 0)
    fovea_concept_problems_add (&set->problems, FOVEA_CONCEPT_PROBLEM_TABLE, "%s:1: the column '%s' is missing",
                                fovea_csv_table_get_name (table), column);
  return found;
}

static gboolean
add_category (FoveaConceptSet *set,
              const FoveaCsvTable *table,
              guint line,
              const char *name,
              GError **error)
{
  if (name[0] == '\0' || fovea_broden_is_index_column (name) || fovea_concept_set_find_category (set, name) >= 0)
    {
      fovea_concept_problems_add (&set->problems, FOVEA_CONCEPT_PROBLEM_ROW, "%s:%u: '%s' cannot be a category's name, or stands there twice",
                                  fovea_csv_table_get_name (table), line, name);
      return TRUE;
    }
  if (set->categories->len >= MAX_CATEGORIES)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT, "%s:%u: more than %d categories; is this a concept set?",
                   fovea_csv_table_get_name (table), line, MAX_CATEGORIES);
      return FALSE;
    }
  fovea_concept_set_add_category (set, name);
  return TRUE;
}

/**
 * fovea_broden_read_categories:
 * @set: a set without categories
 * @folder: the folder
 * @index: its index
 * @checksum: category.csv goes into it
 * @error: %FOVEA_ERROR_FORMAT where there are none, or absurdly many
 *
 * Takes the categories from category.csv, in its order; without it, from the index' columns.
 *
 * Returns: whether there are any
 */
gboolean
fovea_broden_read_categories (FoveaConceptSet *set,
                              const char *folder,
                              const FoveaCsvTable *index,
                              GChecksum *checksum,
                              GError **error)
{
  g_autoptr (FoveaCsvTable) table = read_table (set, folder, "category.csv", "the categories are the index' columns", checksum);
  int name = table != NULL ? find_column (set, table, "name") : -1;
  guint n_columns = fovea_csv_table_get_n_columns (index);

  if (name >= 0)
    for (gsize row = 0; row < fovea_csv_table_get_n_rows (table); row++)
      if (!add_category (set, table, fovea_csv_table_get_line (table, row), fovea_csv_table_get (table, row, name), error))
        return FALSE;

  for (guint column = 0; column < n_columns; column++)
    {
      const char *heading = fovea_csv_table_get_column (index, column);

      if (fovea_broden_is_index_column (heading))
        continue;
      if (name < 0)
        {
          if (!add_category (set, index, 1, heading, error))
            return FALSE;
        }
      else if (fovea_concept_set_find_category (set, heading) < 0)
        fovea_concept_problems_add (&set->problems, FOVEA_CONCEPT_PROBLEM_TABLE, "%s:1: the column '%s' is not used: category.csv does not list such a category",
                                    fovea_csv_table_get_name (index), heading);
    }

  if (set->categories->len == 0)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT, "%s: neither category.csv nor the columns of the index name a category",
                   fovea_csv_table_get_name (index));
      return FALSE;
    }
  return TRUE;
}

/* Reads a concept's number; 0 where the row was reported, or is about the background. */
static guint
parse_number (FoveaConceptSet *set,
              const FoveaCsvTable *table,
              gsize row,
              int column)
{
  const char *text = fovea_csv_table_get (table, row, column);
  guint64 number;

  if (g_ascii_string_to_unsigned (text, 10, 0, FOVEA_BRODEN_N_NUMBERS - 1, &number, NULL))
    return (guint) number;
  fovea_concept_problems_add (&set->problems, FOVEA_CONCEPT_PROBLEM_ROW, "%s:%u: '%s' is no concept's number, which is between 1 and %d",
                              fovea_csv_table_get_name (table), fovea_csv_table_get_line (table, row), text, FOVEA_BRODEN_N_NUMBERS - 1);
  return 0;
}

/* What covers more is the primary category; of equals, the last one, as in the reference. */
static void
offer_category (Draft *draft,
                int category,
                double coverage,
                gboolean listed)
{
  if (draft->category >= 0 && (draft->listed > listed || (draft->listed == listed && coverage < draft->coverage)))
    return;
  draft->category = category;
  draft->coverage = coverage;
  draft->listed = listed;
}

/* label.csv's list of categories: `object(1234);part(56)`, in how many images each. */
static void
offer_categories (FoveaConceptSet *set,
                  Draft *draft,
                  const char *list)
{
  g_auto (GStrv) entries = g_strsplit (list, ";", MAX_CATEGORIES);
  int found[MAX_CATEGORIES];
  double counts[MAX_CATEGORIES];

  for (guint i = 0; i < set->categories->len; i++)
    found[i] = -1;
  for (guint i = 0; entries[i] != NULL; i++)
    {
      char *parenthesis = strchr (entries[i], '(');
      int category;

      if (parenthesis != NULL)
        *parenthesis = '\0';
      category = fovea_concept_set_find_category (set, entries[i]);
      if (category < 0)
        continue;
      found[category] = category;
      counts[category] = parenthesis != NULL ? g_ascii_strtod (parenthesis + 1, NULL) : 0;
    }
  for (guint i = 0; i < set->categories->len; i++)
    if (found[i] >= 0)
      offer_category (draft, found[i], isfinite (counts[i]) ? counts[i] : 0, FALSE);
}

static void
read_labels (FoveaConceptSet *set,
             const FoveaCsvTable *table,
             Draft **drafts)
{
  int number_column = find_column (set, table, "number");
  int name_column = find_column (set, table, "name");
  int category_column = fovea_csv_table_find_column (table, "category");

  if (number_column < 0 || name_column < 0)
    return;
  for (gsize row = 0; row < fovea_csv_table_get_n_rows (table); row++)
    {
      guint number = parse_number (set, table, row, number_column);
      Draft *draft;

      if (number == 0)
        continue;
      if (drafts[number] != NULL)
        {
          fovea_concept_problems_add (&set->problems, FOVEA_CONCEPT_PROBLEM_ROW, "%s:%u: concept %u stands in line %u already",
                                      fovea_csv_table_get_name (table), fovea_csv_table_get_line (table, row), number, drafts[number]->line);
          continue;
        }
      draft = drafts[number] = g_new0 (Draft, 1);
      draft->name = g_strdup (fovea_csv_table_get (table, row, name_column));
      draft->line = fovea_csv_table_get_line (table, row);
      draft->category = -1;
      offer_categories (set, draft, fovea_csv_table_get (table, row, category_column));
    }
}

static void
read_category_table (FoveaConceptSet *set,
                     const FoveaCsvTable *table,
                     int category,
                     gboolean has_labels,
                     Draft **drafts)
{
  int number_column = find_column (set, table, "number");
  int name_column = fovea_csv_table_find_column (table, "name");
  int coverage_column = find_column (set, table, "coverage");

  for (gsize row = 0; number_column >= 0 && row < fovea_csv_table_get_n_rows (table); row++)
    {
      guint number = parse_number (set, table, row, number_column);
      double coverage = g_ascii_strtod (fovea_csv_table_get (table, row, coverage_column), NULL);

      if (number == 0)
        continue;
      if (drafts[number] == NULL && has_labels)
        {
          fovea_concept_problems_add (&set->problems, FOVEA_CONCEPT_PROBLEM_ROW, "%s:%u: concept %u is not in label.csv",
                                      fovea_csv_table_get_name (table), fovea_csv_table_get_line (table, row), number);
          continue;
        }
      if (drafts[number] == NULL)
        {
          drafts[number] = g_new0 (Draft, 1);
          drafts[number]->name = g_strdup (fovea_csv_table_get (table, row, name_column));
          drafts[number]->category = -1;
        }
      offer_category (drafts[number], category, isfinite (coverage) ? coverage : 0, TRUE);
    }
}

/**
 * fovea_broden_read_concepts:
 * @set: a set with categories
 * @folder: the folder
 * @labels: (out caller-allocates): for each of %FOVEA_BRODEN_N_NUMBERS numbers 1 + the concept's index,
 *   0 where there is no such concept
 * @checksum: the tables go into it
 * @error: %FOVEA_ERROR_NOT_FOUND where no concept is left
 *
 * Takes the concepts from label.csv and their primary categories from the c_*.csv: the category in
 * which a concept covers most, as the reference does. Each of the tables may be missing as long as the
 * others say enough.
 *
 * Returns: whether there are concepts
 */
gboolean
fovea_broden_read_concepts (FoveaConceptSet *set,
                            const char *folder,
                            guint16 *labels,
                            GChecksum *checksum,
                            GError **error)
{
  g_autoptr (FoveaCsvTable) label_table = read_table (set, folder, "label.csv", "the names are those of the categories' tables", checksum);
  Draft **drafts = g_new0 (Draft *, FOVEA_BRODEN_N_NUMBERS);

  if (label_table != NULL)
    read_labels (set, label_table, drafts);
  for (guint i = 0; i < set->categories->len; i++)
    {
      g_autofree char *name = g_strdup_printf ("c_%s.csv", fovea_concept_set_get_category (set, i));
      g_autoptr (FoveaCsvTable) table = NULL;

      if (strchr (name, G_DIR_SEPARATOR) != NULL)
        {
          fovea_concept_problems_add (&set->problems, FOVEA_CONCEPT_PROBLEM_TABLE, "%s: cannot be a file's name", name);
          continue;
        }
      table = read_table (set, folder, name, "the category's concepts are those that label.csv says", checksum);
      if (table != NULL)
        read_category_table (set, table, (int) i, label_table != NULL, drafts);
    }

  for (guint number = 0; number < FOVEA_BRODEN_N_NUMBERS; number++)
    {
      Draft *draft = drafts[number];

      labels[number] = 0;
      if (draft == NULL)
        continue;
      if (draft->category >= 0)
        {
          fovea_concept_set_add_concept (set, number, draft->name, (guint) draft->category);
          labels[number] = (guint16) set->concepts->len;
        }
      else
        fovea_concept_problems_add (&set->problems, FOVEA_CONCEPT_PROBLEM_ROW, "%s:%u: concept %u, '%s', belongs to no category",
                                    fovea_csv_table_get_name (label_table), draft->line, number, draft->name);
      draft_free (draft);
    }
  g_free (drafts);

  if (set->concepts->len == 0)
    {
      g_autofree char *shown = g_filename_display_name (folder);

      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND, "%s: neither label.csv nor a category's table names a concept", shown);
      return FALSE;
    }
  return TRUE;
}
