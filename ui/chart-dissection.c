/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/chart-dissection.h"

#include <math.h>
#include <string.h>

#include "ui/chart-boxes.h"

/* The original's order of categories; any others follow in the tally's order. */
static const char *const category_order[] = { "object", "scene", "part", "material", "texture", "color" };

/* A bar's concept, over all series. */
typedef struct {
  const char *label;
  guint category; /* in the chart */
  guint n_detectors;
  double best;
} Concept;

typedef struct {
  guint n_series;
  const FoveaDissectionSeries *series;
  FoveaTallySummary **summaries;
  GPtrArray *categories; /* borrowed names */
  GHashTable *places;    /* label → index in concepts */
  GArray *concepts;      /* Concept */
} Counts;

static guint
find_category (const Counts *counts, const char *name)
{
  guint place = 0;

  if (!g_ptr_array_find_with_equal_func (counts->categories, name, g_str_equal, &place))
    g_assert_not_reached ();
  return place;
}

static gboolean
has_category (const Counts *counts, const char *name)
{
  for (guint s = 0; s < counts->n_series; s++)
    for (guint c = 0; c < counts->series[s].tally->n_categories; c++)
      if (g_str_equal (counts->series[s].tally->categories[c], name))
        return TRUE;
  return FALSE;
}

static void
add_category (Counts *counts, const char *name)
{
  if (!g_ptr_array_find_with_equal_func (counts->categories, name, g_str_equal, NULL))
    g_ptr_array_add (counts->categories, (char *) name);
}

static void
collect_categories (Counts *counts)
{
  for (guint i = 0; i < G_N_ELEMENTS (category_order); i++)
    if (has_category (counts, category_order[i]))
      add_category (counts, category_order[i]);
  for (guint s = 0; s < counts->n_series; s++)
    for (guint c = 0; c < counts->series[s].tally->n_categories; c++)
      add_category (counts, counts->series[s].tally->categories[c]);
}

static int
compare_concepts (gconstpointer a, gconstpointer b)
{
  const Concept *x = a;
  const Concept *y = b;

  if (x->category != y->category)
    return x->category < y->category ? -1 : 1;
  if (x->n_detectors != y->n_detectors)
    return x->n_detectors > y->n_detectors ? -1 : 1;
  if (x->best != y->best)
    return x->best > y->best ? -1 : 1;
  return strcmp (x->label, y->label);
}

static void
collect_concepts (Counts *counts)
{
  for (guint s = 0; s < counts->n_series; s++)
    for (guint i = 0; i < counts->summaries[s]->n_concepts; i++)
      {
        const FoveaTallyConcept *concept = &counts->summaries[s]->concepts[i];
        gpointer place;

        if (!g_hash_table_lookup_extended (counts->places, concept->label, NULL, &place))
          {
            const Concept added = {
              .label = concept->label,
              .category = find_category (counts, counts->series[s].tally->categories[concept->category]),
            };

            place = GUINT_TO_POINTER (counts->concepts->len);
            g_hash_table_insert (counts->places, (char *) concept->label, place);
            g_array_append_val (counts->concepts, added);
          }
        Concept *found = &g_array_index (counts->concepts, Concept, GPOINTER_TO_UINT (place));

        found->n_detectors += concept->n_detectors;
        found->best = MAX (found->best, concept->best);
      }
  g_array_sort (counts->concepts, compare_concepts);
  for (guint i = 0; i < counts->concepts->len; i++)
    g_hash_table_insert (counts->places, (char *) g_array_index (counts->concepts, Concept, i).label, GUINT_TO_POINTER (i));
}

/**
 * fovea_dissection_format_label:
 * @label: a concept's name
 *
 * Scenes and colours of Broden end in -s and -c, and words are joined by underscores.
 *
 * Returns: (transfer full): the name as people read it
 */
char *
fovea_dissection_format_label (const char *label)
{
  gsize length = strlen (label);
  char *text;

  if (length > 2 && (g_str_has_suffix (label, "-s") || g_str_has_suffix (label, "-c")))
    length -= 2;
  text = g_strndup (label, length);
  return g_strdelimit (text, "_", ' ');
}

static guint
get_color (guint category)
{
  return FOVEA_CHART_CATEGORY + category % FOVEA_CHART_N_CATEGORY_COLORS;
}

static void
add_concepts (const Counts *counts, FoveaChart *chart)
{
  for (guint i = 0; i < counts->concepts->len; i++)
    {
      const Concept *concept = &g_array_index (counts->concepts, Concept, i);
      g_autofree char *name = fovea_dissection_format_label (concept->label);

      fovea_bar_chart_add_category (chart, name);
      if (counts->n_series == 1)
        {
          fovea_bar_chart_set_category_color (chart, i, get_color (concept->category));
          if (i == 0 || concept->category != g_array_index (counts->concepts, Concept, i - 1).category)
            fovea_bar_chart_add_color_name (chart, get_color (concept->category), counts->categories->pdata[concept->category]);
        }
      for (guint s = 0; s < counts->n_series; s++)
        fovea_bar_chart_set_value (chart, s, i, 0);
    }
  for (guint s = 0; s < counts->n_series; s++)
    for (guint i = 0; i < counts->summaries[s]->n_concepts; i++)
      {
        const FoveaTallyConcept *concept = &counts->summaries[s]->concepts[i];
        guint place = GPOINTER_TO_UINT (g_hash_table_lookup (counts->places, concept->label));

        fovea_bar_chart_set_value (chart, s, place, concept->n_detectors);
      }
}

static void
add_categories (const Counts *counts, FoveaChart *chart, gboolean unique)
{
  for (guint i = 0; i < counts->categories->len; i++)
    {
      fovea_bar_chart_add_category (chart, counts->categories->pdata[i]);
      if (counts->n_series == 1)
        fovea_bar_chart_set_category_color (chart, i, get_color (i));
      for (guint s = 0; s < counts->n_series; s++)
        fovea_bar_chart_set_value (chart, s, i, 0);
    }
  for (guint s = 0; s < counts->n_series; s++)
    {
      const FoveaTally *tally = counts->series[s].tally;
      const FoveaTallySummary *summary = counts->summaries[s];

      for (guint i = 0; i < tally->n_categories; i++)
        fovea_bar_chart_set_value (chart, s, find_category (counts, tally->categories[i]),
                                   unique ? summary->category_concepts[i] : summary->category_detectors[i]);
    }
}

/**
 * fovea_dissection_chart_new:
 * @kind: what the bars stand for
 * @n_series: how many tallies, at least 1
 * @series: (array length=n_series): they; copied from
 * @iou: from which IoU on a channel is a detector
 *
 * With one series bars have their category's colour, with several their series'. The subtitle tells the numbers of
 * detectors and of unique concepts; title and caption are the caller's.
 *
 * Returns: (transfer full): the chart
 */
FoveaChart *
fovea_dissection_chart_new (FoveaDissectionChartKind kind, guint n_series, const FoveaDissectionSeries *series, double iou)
{
  static const char *const titles[] = {
    [FOVEA_DISSECTION_CHART_CONCEPTS] = "Detectors of each concept",
    [FOVEA_DISSECTION_CHART_CATEGORIES] = "Detectors by category",
    [FOVEA_DISSECTION_CHART_UNIQUE] = "Unique concepts by category",
  };
  static const char *const value_titles[] = { "detectors", "detectors", "unique concepts" };
  g_autoptr (GPtrArray) categories = g_ptr_array_new ();
  g_autoptr (GHashTable) places = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GArray) concepts = g_array_new (FALSE, FALSE, sizeof (Concept));
  g_autoptr (GString) subtitle = g_string_new (NULL);
  Counts counts = {
    .n_series = n_series,
    .series = series,
    .summaries = g_new (FoveaTallySummary *, n_series),
    .categories = categories,
    .places = places,
    .concepts = concepts,
  };
  FoveaChart *chart = fovea_bar_chart_new (FOVEA_BAR_CHART_COLUMNS, value_titles[kind]);

  for (guint s = 0; s < n_series; s++)
    {
      counts.summaries[s] = fovea_tally_summarize (series[s].tally, iou);
      fovea_bar_chart_add_series (chart, series[s].name, series[s].color);
      g_string_append_printf (subtitle, "%s%s: %u of %u channels detect %u concepts", s > 0 ? "; " : "", series[s].name,
                              counts.summaries[s]->n_detectors, series[s].tally->n_units, counts.summaries[s]->n_concepts);
    }
  collect_categories (&counts);
  collect_concepts (&counts);
  if (kind == FOVEA_DISSECTION_CHART_CONCEPTS)
    add_concepts (&counts, chart);
  else
    add_categories (&counts, chart, kind == FOVEA_DISSECTION_CHART_UNIQUE);
  fovea_chart_set_title (chart, titles[kind], subtitle->str);

  for (guint s = 0; s < n_series; s++)
    fovea_tally_summary_free (counts.summaries[s]);
  g_free (counts.summaries);
  return chart;
}

/* Of a tally, how well each channel segments its concept, where that is of the category and makes it a detector. */
static void
add_detectors (FoveaChart *chart, guint series, guint category, const FoveaTally *tally, const char *name, double iou)
{
  guint n_channels = tally->n_units > 0 ? tally->units[tally->n_units - 1].channel + 1 : 0;
  g_autofree double *values = g_new (double, n_channels + 1);

  for (guint i = 0; i < n_channels; i++)
    values[i] = NAN;
  for (guint i = 0; i < tally->n_units; i++)
    {
      const FoveaTallyUnit *unit = &tally->units[i];

      if (unit->category >= 0 && unit->score >= iou && g_str_equal (tally->categories[unit->category], name))
        values[unit->channel] = unit->score;
    }
  fovea_box_chart_set_values (chart, series, category, values, n_channels);
}

/**
 * fovea_dissection_chart_new_of_channels:
 * @n_series: how many tallies, at least 1
 * @series: (array length=n_series): they; copied from
 * @iou: from which IoU on a channel is a detector
 *
 * The detectors of %FOVEA_DISSECTION_CHART_CATEGORIES one by one: each is a dot at its IoU, whose mark's index is the channel.
 *
 * Returns: (transfer full): a box chart without title and caption
 */
FoveaChart *
fovea_dissection_chart_new_of_channels (guint n_series, const FoveaDissectionSeries *series, double iou)
{
  g_autoptr (GPtrArray) categories = g_ptr_array_new ();
  Counts counts = { .n_series = n_series, .series = series, .categories = categories };
  FoveaChart *chart = fovea_box_chart_new ("Intersection over union");

  collect_categories (&counts);
  for (guint c = 0; c < categories->len; c++)
    fovea_box_chart_add_category (chart, categories->pdata[c]);
  for (guint s = 0; s < n_series; s++)
    {
      fovea_box_chart_add_series (chart, series[s].name, series[s].color);
      for (guint c = 0; c < categories->len; c++)
        add_detectors (chart, s, c, series[s].tally, categories->pdata[c], iou);
    }
  return chart;
}
