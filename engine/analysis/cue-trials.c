/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/analysis/cue-trials.h"

#include <string.h>

#include "engine/formats/csv.h"
#include "engine/locations.h"

/* More observers than this are no list of observers, and longer names no names. */
#define MAX_OBSERVERS 500
#define MAX_NAME 100

/* The categories that every observer could choose from (Geirhos et al. 2019). */
static const char *const sixteen[] = {
  "airplane", "bear", "bicycle", "bird", "boat", "bottle", "car", "cat", "chair", "clock", "dog", "elephant", "keyboard", "knife", "oven", "truck", NULL
};

static FoveaShapeBias *
find_observer (GPtrArray *observers,
               const char *name)
{
  for (guint i = 0; i < observers->len; i++)
    {
      FoveaShapeBias *bias = observers->pdata[i];

      if (g_str_equal (bias->observer, name))
        return bias;
    }
  return NULL;
}

static FoveaShapeBias *
get_observer (GPtrArray *observers,
              const char *name)
{
  FoveaShapeBias *bias = find_observer (observers, name);

  if (bias == NULL)
    {
      bias = fovea_shape_bias_new (name, sixteen);
      g_ptr_array_add (observers, bias);
    }
  return bias;
}

/* Fails with all columns that are missing, as it is the heading's line that is wrong. */
static gboolean
find_columns (const FoveaCsvTable *table,
              guint n_columns,
              const char *const *names,
              int *columns,
              GError **error)
{
  g_autoptr (GString) missing = g_string_new (NULL);

  for (guint i = 0; i < n_columns; i++)
    {
      columns[i] = fovea_csv_table_find_column (table, names[i]);
      if (columns[i] < 0)
        g_string_append_printf (missing, "%s%s", missing->len > 0 ? ", " : "", names[i]);
    }
  if (missing->len == 0)
    return TRUE;
  g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT, "%s:1: the heading names no column %s", fovea_csv_table_get_name (table), missing->str);
  return FALSE;
}

/* A name as it is compared and shown, whatever bytes the file has. */
static char *
clean (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);

  return fovea_category_normalize (valid);
}

static void
add_problem (FoveaShapeBias *bias,
             const FoveaCsvTable *table,
             gsize row,
             const char *what,
             const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  g_autofree char *problem = g_strdup_printf ("%s:%u: %s '%.80s'", fovea_csv_table_get_name (table), fovea_csv_table_get_line (table, row), what, valid);

  bias->n_unlabelled++;
  fovea_shape_bias_add_problem (bias, problem);
}

enum { COLUMN_OBSERVER, COLUMN_RESPONSE, COLUMN_IMAGE, N_COLUMNS };

static void
add_trial (FoveaShapeBias *bias,
           const FoveaCsvTable *table,
           gsize row,
           const int *columns)
{
  const char *image = fovea_csv_table_get (table, row, columns[COLUMN_IMAGE]);
  g_autofree char *response = clean (fovea_csv_table_get (table, row, columns[COLUMN_RESPONSE]));
  g_autofree char *shape = NULL;
  g_autofree char *texture = NULL;
  int shape_index, texture_index;
  FoveaChoice choice;

  if (!fovea_cue_parse_trial_name (image, &shape, &texture))
    {
      add_problem (bias, table, row, "the image's name carries no cue:", image);
      return;
    }
  shape_index = fovea_shape_bias_find_category (bias, shape);
  texture_index = fovea_shape_bias_find_category (bias, texture);
  if (shape_index < 0 || texture_index < 0)
    {
      add_problem (bias, table, row, "a cue is none of the 16 categories:", image);
      return;
    }
  if (shape_index == texture_index)
    {
      bias->n_same++;
      return;
    }
  choice = (FoveaChoice) { row, (guint) shape_index, (guint) texture_index, fovea_shape_bias_find_category (bias, response) };
  fovea_shape_bias_add (bias, &choice);
}

/* The observer of a row, as it is called. */
static char *
get_subject (const FoveaCsvTable *table,
             gsize row,
             int column)
{
  char *subject = clean (fovea_csv_table_get (table, row, column));

  if (subject[0] != '\0')
    return subject;
  g_free (subject);
  return g_strdup ("unnamed");
}

/* Fails where the column cannot be the observers', or holds too many together with those who are there. */
static gboolean
check_subjects (const FoveaCsvTable *table,
                int column,
                const GPtrArray *observers,
                GError **error)
{
  g_autoptr (GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < observers->len; i++)
    g_hash_table_add (names, g_strdup (((const FoveaShapeBias *) observers->pdata[i])->observer));
  for (gsize row = 0; row < fovea_csv_table_get_n_rows (table); row++)
    {
      char *subject = get_subject (table, row, column);
      const gsize length = strlen (subject);

      g_hash_table_add (names, subject);
      if (length > MAX_NAME || g_hash_table_size (names) > MAX_OBSERVERS)
        {
          g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT, length > MAX_NAME ? "%s:%u: the observer's name has more than %d bytes; is subj the column of observers?"
                                                                                  : "%s:%u: there are more than %d observers; is subj their column?",
                       fovea_csv_table_get_name (table), fovea_csv_table_get_line (table, row), length > MAX_NAME ? MAX_NAME : MAX_OBSERVERS);
          return FALSE;
        }
    }
  return TRUE;
}

/**
 * fovea_cue_trials_read:
 * @path: a CSV file with the columns subj, object_response and imagename, a trial in every row
 * @observers: (element-type FoveaShapeBias): where the observers go, in the order of their first trial; who is
 *   there already gets further trials
 * @error: %FOVEA_ERROR_FORMAT for a file without these columns or without rows, or with more observers than anybody could compare; as
 *   fovea_csv_read()
 *
 * Counts the decisions in a file of published trials. Trials whose image does not say its cues are counted and
 * left out; responses that are no category, such as `na`, are decisions for neither. Any thread.
 *
 * Returns: whether the file could be read; otherwise @observers is as before
 */
gboolean
fovea_cue_trials_read (const char *path,
                       GPtrArray *observers,
                       GError **error)
{
  static const char *const names[N_COLUMNS] = { "subj", "object_response", "imagename" };
  g_autoptr (FoveaCsvTable) table = fovea_csv_read (path, error);
  int columns[N_COLUMNS];

  if (table == NULL || !find_columns (table, N_COLUMNS, names, columns, error))
    return FALSE;
  if (fovea_csv_table_get_n_rows (table) == 0)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT, "%s: has a heading and no trials", fovea_csv_table_get_name (table));
      return FALSE;
    }
  if (!check_subjects (table, columns[COLUMN_OBSERVER], observers, error))
    return FALSE;
  for (gsize row = 0; row < fovea_csv_table_get_n_rows (table); row++)
    {
      g_autofree char *subject = get_subject (table, row, columns[COLUMN_OBSERVER]);

      add_trial (get_observer (observers, subject), table, row, columns);
    }
  return TRUE;
}

static void
add_decisions (FoveaDecisions *sum,
               const FoveaDecisions *decisions)
{
  sum->shape += decisions->shape;
  sum->texture += decisions->texture;
  sum->other += decisions->other;
}

/**
 * fovea_cue_trials_pool:
 * @observers: (element-type FoveaShapeBias): observers with the same categories
 * @prefix: how the names of those begin that are pooled
 * @name: what they are called together
 *
 * Returns: (transfer full) (nullable): all decisions of these observers together; %NULL where there are fewer than two
 */
FoveaShapeBias *
fovea_cue_trials_pool (GPtrArray *observers,
                       const char *prefix,
                       const char *name)
{
  g_autoptr (FoveaShapeBias) pool = fovea_shape_bias_new (name, sixteen);
  guint n_pooled = 0;

  for (guint i = 0; i < observers->len; i++)
    {
      const FoveaShapeBias *bias = observers->pdata[i];

      if (!g_str_has_prefix (bias->observer, prefix))
        continue;
      g_return_val_if_fail (bias->n_categories == pool->n_categories, NULL);
      n_pooled++;
      add_decisions (&pool->total, &bias->total);
      for (guint c = 0; c < pool->n_categories; c++)
        add_decisions (&pool->decisions[c], &bias->decisions[c]);
      g_array_append_vals (pool->choices, bias->choices->data, bias->choices->len);
      pool->n_same += bias->n_same;
      pool->n_unlabelled += bias->n_unlabelled;
    }
  return n_pooled >= 2 ? g_steal_pointer (&pool) : NULL;
}

static gboolean
parse_count (const FoveaCsvTable *table,
             gsize row,
             int column,
             const char *name,
             guint *count,
             GError **error)
{
  guint64 value;

  if (!g_ascii_string_to_unsigned (fovea_csv_table_get (table, row, column), 10, 0, G_MAXINT32, &value, NULL))
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT, "%s:%u: column %s is no number of decisions",
                   fovea_csv_table_get_name (table), fovea_csv_table_get_line (table, row), name);
      return FALSE;
    }
  *count = (guint) value;
  return TRUE;
}

/**
 * fovea_cue_totals_read:
 * @path: a table as `fovea shape-bias --output FILE.csv` writes it: columns observer, category, shape, texture and
 *   other, a row for each category
 * @error: %FOVEA_ERROR_FORMAT, as fovea_csv_read()
 *
 * Any thread.
 *
 * Returns: (transfer full) (element-type FoveaShapeBias): the observers, without their single choices, or %NULL
 */
GPtrArray *
fovea_cue_totals_read (const char *path,
                       GError **error)
{
  static const char *const names[] = { "observer", "category", "shape", "texture", "other" };
  g_autoptr (FoveaCsvTable) table = fovea_csv_read (path, error);
  g_autoptr (GPtrArray) observers = g_ptr_array_new_with_free_func ((GDestroyNotify) fovea_shape_bias_free);
  int columns[G_N_ELEMENTS (names)];

  if (table == NULL || !find_columns (table, G_N_ELEMENTS (names), names, columns, error))
    return NULL;
  for (gsize row = 0; row < fovea_csv_table_get_n_rows (table); row++)
    {
      FoveaShapeBias *bias = get_observer (observers, fovea_csv_table_get (table, row, columns[0]));
      const int category = fovea_shape_bias_find_category (bias, fovea_csv_table_get (table, row, columns[1]));
      FoveaDecisions *decisions = category >= 0 ? &bias->decisions[category] : NULL;

      /* The row of all categories together is the sum of the others. */
      if (decisions == NULL)
        continue;
      if (!parse_count (table, row, columns[2], names[2], &decisions->shape, error) ||
          !parse_count (table, row, columns[3], names[3], &decisions->texture, error) ||
          !parse_count (table, row, columns[4], names[4], &decisions->other, error))
        return NULL;
      add_decisions (&bias->total, decisions);
    }
  return g_steal_pointer (&observers);
}

/**
 * fovea_cue_totals_read_published:
 * @error: %FOVEA_ERROR_NOT_FOUND, as fovea_cue_totals_read()
 *
 * Any thread.
 *
 * Returns: (transfer full) (element-type FoveaShapeBias): what Geirhos et al. published, which comes with Fovea: their ten
 *   people together, their networks, and each of the people; or %NULL
 */
GPtrArray *
fovea_cue_totals_read_published (GError **error)
{
  g_autofree char *path = fovea_locations_find_resource ("cue-conflict/observers.csv");

  if (path == NULL)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND, "cue-conflict/observers.csv is not among Fovea's resources; install Fovea again");
      return NULL;
    }
  return fovea_cue_totals_read (path, error);
}

/**
 * fovea_cue_totals_read_humans:
 * @error: %FOVEA_ERROR_FORMAT, as fovea_cue_totals_read_published()
 *
 * Any thread.
 *
 * Returns: (transfer full): what the ten people of Geirhos et al. decided, together, or %NULL
 */
FoveaShapeBias *
fovea_cue_totals_read_humans (GError **error)
{
  g_autoptr (GPtrArray) observers = fovea_cue_totals_read_published (error);

  if (observers == NULL)
    return NULL;
  for (guint i = 0; i < observers->len; i++)
    if (g_str_equal (((FoveaShapeBias *) observers->pdata[i])->observer, FOVEA_CUE_PEOPLE))
      return g_ptr_array_steal_index (observers, i);
  g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT, "cue-conflict/observers.csv: has no observer %s", FOVEA_CUE_PEOPLE);
  return NULL;
}
