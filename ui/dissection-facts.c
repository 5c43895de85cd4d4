/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/dissection-facts.h"

#include <string.h>

/* How many messages about what was left out are repeated. */
#define MAX_MESSAGES 50

/**
 * fovea_dissection_facts_new:
 * @run: what was dissected
 * @pair: (nullable): the networks
 * @layer: (nullable): the layer's name
 * @channels: the chosen channel of each network
 * @set_name: the concepts', for captions
 * @quantile: index of the share of positions above the threshold
 * @iou: from which IoU on a channel is a detector
 *
 * Returns: (transfer full): what is known now
 */
FoveaDissectionFacts *
fovea_dissection_facts_new (FoveaDissectionRun *run,
                            FoveaNetworkPair *pair,
                            const char *layer,
                            const guint channels[FOVEA_N_SIDES],
                            const char *set_name,
                            guint quantile,
                            double iou)
{
  FoveaDissectionFacts *self = g_new0 (FoveaDissectionFacts, 1);

  g_ref_count_init (&self->references);
  self->layer = g_strdup (layer);
  self->set_name = g_strdup (set_name);
  self->quantile = quantile;
  self->iou = iou;
  if (fovea_dissection_run_get_set (run) != NULL)
    self->set = fovea_concept_set_ref (fovea_dissection_run_get_set (run));
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    {
      FoveaNetwork *network = fovea_dissection_run_get_network (run, side, &self->nodes[side]);
      const char *error = fovea_dissection_run_get_side_error (run, side);

      self->channels[side] = channels[side];
      if (pair == NULL || !fovea_network_pair_has_side (pair, side))
        continue;
      self->names[side] = g_strdup (fovea_network_get_name (fovea_network_pair_get_network (pair, side)));
      if (network != NULL)
        self->networks[side] = fovea_network_ref (network);
      if (fovea_dissection_run_get_dissection (run, side) == NULL)
        {
          self->messages[side] = g_strdup (network == NULL ? "This network has no such layer" : error != NULL ? error : "Not dissected yet");
          continue;
        }
      self->dissections[side] = fovea_dissection_ref (fovea_dissection_run_get_dissection (run, side));
      self->all_tallies[side] = g_ptr_array_ref (fovea_dissection_run_get_tallies (run, side));
      self->tallies[side] = g_ptr_array_index (self->all_tallies[side], MIN (quantile, self->all_tallies[side]->len - 1));
    }
  return self;
}

/**
 * fovea_dissection_facts_ref:
 *
 * Returns: (transfer full): @facts
 */
FoveaDissectionFacts *
fovea_dissection_facts_ref (FoveaDissectionFacts *facts)
{
  g_ref_count_inc (&facts->references);
  return facts;
}

/**
 * fovea_dissection_facts_unref:
 *
 * Gives a reference back.
 */
void
fovea_dissection_facts_unref (FoveaDissectionFacts *facts)
{
  if (!g_ref_count_dec (&facts->references))
    return;
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    {
      g_free (facts->names[side]);
      g_free (facts->messages[side]);
      g_clear_pointer (&facts->networks[side], fovea_network_unref);
      g_clear_pointer (&facts->dissections[side], fovea_dissection_unref);
      g_clear_pointer (&facts->all_tallies[side], g_ptr_array_unref);
    }
  g_clear_pointer (&facts->set, fovea_concept_set_unref);
  g_free (facts->layer);
  g_free (facts->set_name);
  g_free (facts);
}

/**
 * fovea_dissection_facts_get_any:
 *
 * Returns: (transfer none) (nullable): the first dissection; they are of the same set
 */
FoveaDissection *
fovea_dissection_facts_get_any (const FoveaDissectionFacts *facts)
{
  return facts->dissections[FOVEA_SIDE_STANDARD] != NULL ? facts->dissections[FOVEA_SIDE_STANDARD] : facts->dissections[FOVEA_SIDE_ROBUST];
}

/**
 * fovea_dissection_facts_describe:
 * @facts: facts with a dissection
 *
 * Returns: (transfer full): how the numbers came about
 */
char *
fovea_dissection_facts_describe (const FoveaDissectionFacts *facts)
{
  FoveaDissection *dissection = fovea_dissection_facts_get_any (facts);

  return g_strdup_printf ("Layer %s; concepts of “%s”, %" G_GSIZE_FORMAT " images; above the threshold is a share of %g of a channel’s positions; "
                          "a detector has an IoU of at least %g.",
                          facts->layer, facts->set_name, fovea_dissection_get_n_images (dissection), fovea_dissection_get_quantile (dissection, facts->quantile), facts->iou);
}

/**
 * fovea_dissection_facts_describe_problems:
 * @facts: facts
 * @messages: (out): the first messages, a line each; "" where there are none
 *
 * Returns: (transfer full): what of the set was left out, counted; "" is nothing
 */
char *
fovea_dissection_facts_describe_problems (const FoveaDissectionFacts *facts,
                                          char **messages)
{
  FoveaDissection *dissection = fovea_dissection_facts_get_any (facts);
  const FoveaConceptProblems *problems = dissection != NULL ? fovea_dissection_get_problems (dissection) : NULL;
  GString *text = g_string_new (NULL);
  GString *first = g_string_new (NULL);
  const guint n_messages = problems != NULL && problems->messages != NULL ? problems->messages->len : 0;

  for (guint i = 0; problems != NULL && i < FOVEA_CONCEPT_N_PROBLEMS; i++)
    if (problems->counts[i] > 0)
      g_string_append_printf (text, "%s%" G_GUINT64_FORMAT " %s", text->len > 0 ? ", " : "Left out: ", problems->counts[i],
                              fovea_concept_problem_describe (i, problems->counts[i]));
  for (guint i = 0; i < MIN (n_messages, MAX_MESSAGES); i++)
    g_string_append_printf (first, "%s%s", i > 0 ? "\n" : "", (const char *) problems->messages->pdata[i]);
  if (n_messages > MAX_MESSAGES)
    g_string_append (first, "\n… and more, which “fovea dissect --json” lists");
  *messages = g_string_free (first, FALSE);
  return g_string_free (text, FALSE);
}

static guint
get_series (const FoveaDissectionFacts *facts,
            FoveaDissectionSeries series[FOVEA_N_SIDES])
{
  static const guint colors[] = { FOVEA_CHART_STANDARD, FOVEA_CHART_ROBUST };
  guint n = 0;

  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    if (facts->tallies[side] != NULL)
      series[n++] = (FoveaDissectionSeries) { facts->names[side], colors[side], facts->tallies[side] };
  return n;
}

/**
 * fovea_dissection_facts_chart_layer:
 * @facts: facts
 * @kind: what bars stand for
 * @n_others: how many tallies of others there are
 * @others: (array length=n_others): they
 *
 * Returns: (transfer full) (nullable): the counts of both networks and of the others; %NULL where there is nothing to count
 */
FoveaChart *
fovea_dissection_facts_chart_layer (const FoveaDissectionFacts *facts,
                                    FoveaDissectionChartKind kind,
                                    guint n_others,
                                    const FoveaDissectionSeries *others)
{
  g_autofree FoveaDissectionSeries *series = g_new (FoveaDissectionSeries, FOVEA_N_SIDES + n_others);
  const guint n_own = get_series (facts, series);
  g_autofree char *caption = NULL;
  FoveaChart *chart;

  if (n_own + n_others == 0)
    return NULL;
  for (guint i = 0; i < n_others; i++)
    series[n_own + i] = others[i];
  chart = fovea_dissection_chart_new (kind, n_own + n_others, series, facts->iou);
  caption = n_own > 0 ? fovea_dissection_facts_describe (facts) : g_strdup_printf ("A detector has an IoU of at least %g.", facts->iou);
  fovea_chart_set_caption (chart, caption);
  return chart;
}

static void
collect_categories (GPtrArray *categories,
                    const FoveaTally *tally)
{
  for (guint i = 0; i < tally->n_categories; i++)
    if (!g_ptr_array_find_with_equal_func (categories, tally->categories[i], g_str_equal, NULL))
      g_ptr_array_add (categories, (char *) tally->categories[i]);
}

static const FoveaTallyMatch *
find_match (const FoveaTally *tally,
            guint channel,
            const char *category)
{
  const FoveaTallyUnit *unit = fovea_tally_find (tally, channel);

  for (guint i = 0; unit != NULL && i < tally->n_categories; i++)
    if (g_str_equal (tally->categories[i], category) && unit->matches[i].label != NULL)
      return &unit->matches[i];
  return NULL;
}

/**
 * fovea_dissection_facts_chart_neuron:
 * @facts: facts
 *
 * Returns: (transfer full) (nullable): the chosen channels' best concept of each category, in both networks; %NULL without
 *   dissection
 */
FoveaChart *
fovea_dissection_facts_chart_neuron (const FoveaDissectionFacts *facts)
{
  FoveaDissectionSeries series[FOVEA_N_SIDES];
  const guint n_series = get_series (facts, series);
  g_autoptr (GPtrArray) categories = g_ptr_array_new ();
  g_autofree char *title = NULL;
  g_autofree char *caption = NULL;
  FoveaChart *chart;

  if (n_series == 0)
    return NULL;
  chart = fovea_bar_chart_new (FOVEA_BAR_CHART_ROWS, "IoU of the best concept");
  for (guint s = 0; s < n_series; s++)
    {
      fovea_bar_chart_add_series (chart, series[s].name, series[s].color);
      collect_categories (categories, series[s].tally);
    }
  for (guint c = 0; c < categories->len; c++)
    {
      g_autoptr (GString) name = g_string_new (categories->pdata[c]);
      double values[FOVEA_N_SIDES] = { 0 };

      for (guint s = 0; s < n_series; s++)
        {
          const FoveaSide side = series[s].color == FOVEA_CHART_STANDARD ? FOVEA_SIDE_STANDARD : FOVEA_SIDE_ROBUST;
          const FoveaTallyMatch *match = find_match (series[s].tally, facts->channels[side], categories->pdata[c]);
          g_autofree char *label = match != NULL ? fovea_dissection_format_label (match->label) : NULL;

          if (match == NULL)
            continue;
          g_string_append_printf (name, "%s%s", strchr (name->str, ':') == NULL ? ": " : " | ", label);
          values[s] = match->iou;
        }
      fovea_bar_chart_add_category (chart, name->str);
      for (guint s = 0; s < n_series; s++)
        fovea_bar_chart_set_value (chart, s, c, values[s]);
    }
  title = facts->channels[0] == facts->channels[1] || n_series < FOVEA_N_SIDES
            ? g_strdup_printf ("What %s:%u detects", facts->layer, facts->channels[FOVEA_SIDE_STANDARD])
            : g_strdup_printf ("What %s:%u and its counterpart %u detect", facts->layer, facts->channels[FOVEA_SIDE_STANDARD], facts->channels[FOVEA_SIDE_ROBUST]);
  caption = fovea_dissection_facts_describe (facts);
  fovea_chart_set_title (chart, title, NULL);
  fovea_chart_set_caption (chart, caption);
  return chart;
}
