/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include "engine/analysis/tally.h"

/* A label among the detectors. */
typedef struct {
  const char *label;
  guint *categories; /* [category]: detectors that have it there */
  guint n_detectors;
  double best;
} Entry;

static void
entry_free (Entry *entry)
{
  g_free (entry->categories);
  g_free (entry);
}

/* Where most have it; of equals, the first category. */
static guint
find_category (const Entry *entry,
               guint n_categories)
{
  guint most = 0;

  for (guint i = 1; i < n_categories; i++)
    if (entry->categories[i] > entry->categories[most])
      most = i;
  return most;
}

static int
compare_concepts (const void *a,
                  const void *b)
{
  const FoveaTallyConcept *x = a, *y = b;

  if (x->category != y->category)
    return x->category < y->category ? -1 : 1;
  if (x->n_detectors != y->n_detectors)
    return x->n_detectors > y->n_detectors ? -1 : 1;
  if (x->best != y->best)
    return x->best > y->best ? -1 : 1;
  return g_strcmp0 (x->label, y->label);
}

/**
 * fovea_tally_summarize:
 * @tally: labelled channels
 * @iou: from which IoU on a channel is a detector
 *
 * Counts as the reference's figures do. Takes less than a millisecond, so sliders may call it while they move.
 *
 * Returns: (transfer full): the counts
 */
FoveaTallySummary *
fovea_tally_summarize (const FoveaTally *tally,
                       double iou)
{
  FoveaTallySummary *self = g_new0 (FoveaTallySummary, 1);
  g_autoptr (GHashTable) entries = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) entry_free);
  GHashTableIter iterator;
  gpointer value;

  self->category_detectors = g_new0 (guint, MAX (tally->n_categories, 1));
  self->category_concepts = g_new0 (guint, MAX (tally->n_categories, 1));
  for (guint i = 0; i < tally->n_units; i++)
    {
      const FoveaTallyUnit *unit = &tally->units[i];
      Entry *entry;

      if (unit->label == NULL || unit->category < 0 || !(unit->score >= iou))
        continue;
      entry = g_hash_table_lookup (entries, unit->label);
      if (entry == NULL)
        {
          entry = g_new0 (Entry, 1);
          entry->label = unit->label;
          entry->categories = g_new0 (guint, tally->n_categories);
          g_hash_table_insert (entries, (char *) unit->label, entry);
        }
      entry->categories[unit->category]++;
      entry->n_detectors++;
      entry->best = MAX (entry->best, unit->score);
      self->n_detectors++;
      self->category_detectors[unit->category]++;
    }

  self->concepts = g_new0 (FoveaTallyConcept, MAX (g_hash_table_size (entries), 1));
  g_hash_table_iter_init (&iterator, entries);
  while (g_hash_table_iter_next (&iterator, NULL, &value))
    {
      const Entry *entry = value;
      guint category = find_category (entry, tally->n_categories);

      self->concepts[self->n_concepts++] = (FoveaTallyConcept) { entry->label, category, entry->n_detectors, entry->best };
      self->category_concepts[category]++;
    }
  qsort (self->concepts, self->n_concepts, sizeof *self->concepts, compare_concepts);
  return self;
}

/**
 * fovea_tally_summary_free:
 * @summary: (nullable): the counts
 */
void
fovea_tally_summary_free (FoveaTallySummary *summary)
{
  if (summary == NULL)
    return;
  g_free (summary->category_detectors);
  g_free (summary->category_concepts);
  g_free (summary->concepts);
  g_free (summary);
}
