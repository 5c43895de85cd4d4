/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/analysis/concept-shift.h"

#include <stdlib.h>

/* A pair of corresponding channels, and what each detects. */
typedef struct {
  guint channel;
  guint counterpart;
  guint nodes[2];
} Pair;

static guint
find_category (const FoveaConceptShift *self,
               const char *name)
{
  for (guint i = 0; i < self->n_categories; i++)
    if (g_str_equal (self->categories[i], name))
      return i;
  return G_MAXUINT;
}

static void
collect_categories (FoveaConceptShift *self,
                    const FoveaTally *first,
                    const FoveaTally *second)
{
  const FoveaTally *const tallies[] = { first, second };

  self->categories = g_new (const char *, MAX (first->n_categories + second->n_categories, 1));
  for (guint t = 0; t < 2; t++)
    for (guint i = 0; i < tallies[t]->n_categories; i++)
      if (find_category (self, tallies[t]->categories[i]) == G_MAXUINT)
        self->categories[self->n_categories++] = tallies[t]->categories[i];
}

/* The node of what a channel detects, made where there is none yet; node 0 is for those that detect none. */
static guint
find_node (FoveaConceptShift *self,
           GArray *nodes,
           GHashTable *places,
           const FoveaTally *tally,
           const FoveaTallyUnit *unit,
           FoveaConceptShiftLevel level,
           double iou)
{
  FoveaConceptShiftNode node = { 0 };
  g_autofree char *key = NULL;
  gpointer place;

  if (unit->label == NULL || unit->category < 0 || !(unit->score >= iou))
    return 0;
  node.category = find_category (self, tally->categories[unit->category]);
  node.label = level == FOVEA_CONCEPT_SHIFT_CATEGORIES ? self->categories[node.category] : unit->label;
  key = g_strdup_printf ("%u %s", node.category, node.label);
  if (g_hash_table_lookup_extended (places, key, NULL, &place))
    return GPOINTER_TO_UINT (place);
  g_hash_table_insert (places, g_steal_pointer (&key), GUINT_TO_POINTER (nodes->len));
  g_array_append_val (nodes, node);
  return nodes->len - 1;
}

static int
compare_nodes (gconstpointer a,
               gconstpointer b,
               gpointer data)
{
  const FoveaConceptShiftNode *nodes = data, *x = &nodes[*(const guint *) a], *y = &nodes[*(const guint *) b];
  guint n_x = x->n_channels[0] + x->n_channels[1], n_y = y->n_channels[0] + y->n_channels[1];

  if (x->category != y->category)
    return x->category < y->category ? -1 : 1;
  if (n_x != n_y)
    return n_x > n_y ? -1 : 1;
  return g_strcmp0 (x->label, y->label);
}

/* Brings the nodes into their order. */
static void
sort_nodes (FoveaConceptShift *self,
            GArray *nodes,
            GArray *pairs)
{
  g_autofree guint *order = g_new (guint, nodes->len);
  g_autofree guint *places = g_new (guint, nodes->len);

  for (guint i = 0; i < nodes->len; i++)
    order[i] = i;
  g_qsort_with_data (order, (gint) nodes->len, sizeof (guint), compare_nodes, nodes->data);
  self->n_nodes = nodes->len;
  self->nodes = g_new (FoveaConceptShiftNode, nodes->len);
  for (guint i = 0; i < nodes->len; i++)
    {
      self->nodes[i] = g_array_index (nodes, FoveaConceptShiftNode, order[i]);
      places[order[i]] = i;
    }
  for (guint i = 0; i < pairs->len; i++)
    for (guint side = 0; side < 2; side++)
      g_array_index (pairs, Pair, i).nodes[side] = places[g_array_index (pairs, Pair, i).nodes[side]];
}

static int
compare_pairs (gconstpointer a,
               gconstpointer b)
{
  const Pair *x = a, *y = b;

  for (guint side = 0; side < 2; side++)
    if (x->nodes[side] != y->nodes[side])
      return x->nodes[side] < y->nodes[side] ? -1 : 1;
  return (x->channel > y->channel) - (x->channel < y->channel);
}

static void
collect_flows (FoveaConceptShift *self,
               GArray *pairs)
{
  g_autoptr (GArray) flows = g_array_new (FALSE, FALSE, sizeof (FoveaConceptShiftFlow));

  g_array_sort (pairs, compare_pairs);
  for (guint begin = 0, end; begin < pairs->len; begin = end)
    {
      const Pair *first = &g_array_index (pairs, Pair, begin);
      FoveaConceptShiftFlow flow = { .from = first->nodes[0], .to = first->nodes[1] };

      for (end = begin + 1; end < pairs->len; end++)
        if (g_array_index (pairs, Pair, end).nodes[0] != flow.from || g_array_index (pairs, Pair, end).nodes[1] != flow.to)
          break;
      flow.n_channels = end - begin;
      flow.channels = g_new (guint, flow.n_channels);
      flow.counterparts = g_new (guint, flow.n_channels);
      for (guint i = 0; i < flow.n_channels; i++)
        {
          flow.channels[i] = g_array_index (pairs, Pair, begin + i).channel;
          flow.counterparts[i] = g_array_index (pairs, Pair, begin + i).counterpart;
        }
      g_array_append_val (flows, flow);
    }
  self->n_flows = flows->len;
  self->flows = (FoveaConceptShiftFlow *) (void *) g_array_free (g_steal_pointer (&flows), FALSE);
}

/**
 * fovea_concept_shift_new:
 * @first: one network's channels, such as the standard one's
 * @second: another network's, such as the robust one's
 * @level: whether to follow categories or concepts
 * @iou: from which IoU on a channel is a detector
 * @n_counterparts: how many channels of the first network have a counterpart given
 * @counterparts: (array length=n_counterparts) (nullable): for each channel of the first network the second one's that
 *   corresponds; G_MAXUINT is none. %NULL pairs channels of the same index
 *
 * Channels without a counterpart are not counted.
 *
 * Returns: (transfer full): where the concepts went
 */
FoveaConceptShift *
fovea_concept_shift_new (const FoveaTally *first,
                         const FoveaTally *second,
                         FoveaConceptShiftLevel level,
                         double iou,
                         guint n_counterparts,
                         const guint *counterparts)
{
  FoveaConceptShift *self = g_new0 (FoveaConceptShift, 1);
  g_autoptr (GArray) nodes = g_array_new (FALSE, TRUE, sizeof (FoveaConceptShiftNode));
  g_autoptr (GArray) pairs = g_array_new (FALSE, FALSE, sizeof (Pair));
  g_autoptr (GHashTable) places = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  const FoveaConceptShiftNode none = { .category = G_MAXUINT };

  collect_categories (self, first, second);
  g_array_append_val (nodes, none);
  for (guint i = 0; i < first->n_units; i++)
    {
      const FoveaTallyUnit *unit = &first->units[i], *other = NULL;
      Pair pair = { .channel = unit->channel, .counterpart = unit->channel };

      if (counterparts != NULL)
        pair.counterpart = unit->channel < n_counterparts ? counterparts[unit->channel] : G_MAXUINT;
      if (pair.counterpart != G_MAXUINT)
        other = fovea_tally_find (second, pair.counterpart);
      if (other == NULL)
        continue;
      pair.nodes[0] = find_node (self, nodes, places, first, unit, level, iou);
      pair.nodes[1] = find_node (self, nodes, places, second, other, level, iou);
      for (guint side = 0; side < 2; side++)
        g_array_index (nodes, FoveaConceptShiftNode, pair.nodes[side]).n_channels[side]++;
      g_array_append_val (pairs, pair);
    }
  sort_nodes (self, nodes, pairs);
  collect_flows (self, pairs);
  return self;
}

/**
 * fovea_concept_shift_free:
 * @shift: (nullable): what fovea_concept_shift_new() returned
 */
void
fovea_concept_shift_free (FoveaConceptShift *shift)
{
  if (shift == NULL)
    return;
  for (guint i = 0; i < shift->n_flows; i++)
    {
      g_free (shift->flows[i].channels);
      g_free (shift->flows[i].counterparts);
    }
  g_free (shift->flows);
  g_free (shift->nodes);
  g_free (shift->categories);
  g_free (shift);
}
