/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/dissect-report.h"

#include <stdlib.h>

#include "app/output.h"
#include "engine/formats/json.h"

/* Channels that the text lists of each network. */
#define N_LISTED 10

/* Messages about what was left out that the text repeats. */
#define N_MESSAGES 5

const char *const fovea_dissect_area_names[] = { "category", "overlap", NULL };
const char *const fovea_dissect_alignment_names[] = { "resize", "fields", NULL };

static void
add_match (JsonBuilder *builder, const char *category, const FoveaTallyMatch *match)
{
  json_builder_set_member_name (builder, category);
  json_builder_begin_object (builder);
  fovea_json_add_string (builder, "label", match->label);
  fovea_json_add_number (builder, "truth", match->truth);
  fovea_json_add_number (builder, "activation", match->activation);
  fovea_json_add_number (builder, "intersect", match->intersection);
  fovea_json_add_number (builder, "iou", match->iou);
  json_builder_end_object (builder);
}

static void
add_unit (JsonBuilder *builder, const FoveaDissectReport *report, const FoveaDissectReportRow *row, const FoveaTallyUnit *unit)
{
  json_builder_begin_object (builder);
  fovea_json_add_integer (builder, "unit", unit->channel + 1);
  fovea_json_add_integer (builder, "channel", unit->channel);
  fovea_json_add_string (builder, "category", unit->category >= 0 ? row->tally->categories[unit->category] : NULL);
  fovea_json_add_string (builder, "label", unit->label);
  fovea_json_add_number (builder, "score", unit->score);
  fovea_json_add_boolean (builder, "detector", unit->label && unit->score >= report->iou);
  if (row->dissection)
    fovea_json_add_number (builder, "threshold",
                             fovea_dissection_get_threshold (row->dissection, unit->channel, fovea_dissection_find_quantile (row->dissection, report->quantile)));
  json_builder_set_member_name (builder, "categories");
  json_builder_begin_object (builder);
  for (guint i = 0; i < row->tally->n_categories; i++)
    add_match (builder, row->tally->categories[i], &unit->matches[i]);
  json_builder_end_object (builder);
  json_builder_end_object (builder);
}

static void
add_histogram (JsonBuilder *builder, const FoveaDissectReport *report, const FoveaTally *tally)
{
  g_autoptr (FoveaTallySummary) summary = fovea_tally_summarize (tally, report->iou);

  json_builder_set_member_name (builder, "histogram");
  json_builder_begin_object (builder);
  fovea_json_add_integer (builder, "detectors", summary->n_detectors);
  fovea_json_add_integer (builder, "concepts", summary->n_concepts);
  json_builder_set_member_name (builder, "categories");
  json_builder_begin_object (builder);
  for (guint i = 0; i < tally->n_categories; i++)
    {
      json_builder_set_member_name (builder, tally->categories[i]);
      json_builder_begin_object (builder);
      fovea_json_add_integer (builder, "detectors", summary->category_detectors[i]);
      fovea_json_add_integer (builder, "concepts", summary->category_concepts[i]);
      json_builder_end_object (builder);
    }
  json_builder_end_object (builder);
  json_builder_set_member_name (builder, "bars");
  json_builder_begin_array (builder);
  for (guint i = 0; i < summary->n_concepts; i++)
    {
      json_builder_begin_object (builder);
      fovea_json_add_string (builder, "label", summary->concepts[i].label);
      fovea_json_add_string (builder, "category", tally->categories[summary->concepts[i].category]);
      fovea_json_add_integer (builder, "detectors", summary->concepts[i].n_detectors);
      fovea_json_add_number (builder, "best", summary->concepts[i].best);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
}

static void
add_left_out (JsonBuilder *builder, const FoveaConceptProblems *problems)
{
  static const char *const names[FOVEA_CONCEPT_N_PROBLEMS] = {
    [FOVEA_CONCEPT_PROBLEM_TABLE] = "tables",
    [FOVEA_CONCEPT_PROBLEM_CATEGORY] = "categories",
    [FOVEA_CONCEPT_PROBLEM_ROW] = "rows",
    [FOVEA_CONCEPT_PROBLEM_IMAGE] = "images",
    [FOVEA_CONCEPT_PROBLEM_MASK] = "masks",
    [FOVEA_CONCEPT_PROBLEM_MASK_SIZE] = "masks_of_another_size",
    [FOVEA_CONCEPT_PROBLEM_LABEL] = "labels",
  };

  json_builder_set_member_name (builder, "left_out");
  json_builder_begin_object (builder);
  for (guint i = 0; i < FOVEA_CONCEPT_N_PROBLEMS; i++)
    fovea_json_add_integer (builder, names[i], problems->counts[i]);
  json_builder_end_object (builder);
  json_builder_set_member_name (builder, "problems");
  json_builder_begin_array (builder);
  for (guint i = 0; problems->messages && i < problems->messages->len; i++)
    json_builder_add_string_value (builder, problems->messages->pdata[i]);
  json_builder_end_array (builder);
}

static const FoveaConceptProblems *
get_problems (const FoveaDissectReportRow *row)
{
  return row->dissection ? fovea_dissection_get_problems (row->dissection) : &row->tally->problems;
}

static void
add_row (JsonBuilder *builder, const FoveaDissectReport *report, const FoveaDissectReportRow *row)
{
  json_builder_begin_object (builder);
  fovea_json_add_string (builder, row->dissection ? "network" : "tally", row->name);
  if (row->dissection)
    {
      fovea_json_add_string (builder, "sha256", row->sha256);
      fovea_json_add_string (builder, "layer", row->layer);
      fovea_json_add_string (builder, "concepts", report->concepts);
      fovea_json_add_integer (builder, "images", fovea_dissection_get_n_images (row->dissection));
      fovea_json_add_number (builder, "quantile", report->quantile);
      fovea_json_add_string (builder, "area", fovea_dissect_area_names[report->area]);
      fovea_json_add_string (builder, "alignment", fovea_dissect_alignment_names[report->alignment]);
    }
  fovea_json_add_number (builder, "iou", report->iou);
  json_builder_set_member_name (builder, "units");
  json_builder_begin_array (builder);
  for (guint i = 0; i < row->tally->n_units; i++)
    add_unit (builder, report, row, &row->tally->units[i]);
  json_builder_end_array (builder);
  add_histogram (builder, report, row->tally);
  add_left_out (builder, get_problems (row));
  json_builder_end_object (builder);
}

/**
 * fovea_dissect_report_find_shift:
 * @report: of two networks or files
 * @level: whether to follow categories or concepts
 *
 * Returns: (transfer full): what the first one's channels became in the second one
 */
FoveaConceptShift *
fovea_dissect_report_find_shift (const FoveaDissectReport *report, FoveaConceptShiftLevel level)
{
  return fovea_concept_shift_new (report->rows[0].tally, report->rows[1].tally, level, report->iou, report->n_counterparts, report->counterparts);
}

static const char *
name_node (const FoveaConceptShiftNode *node)
{
  return node->label ? node->label : "none";
}

static void
add_flows (JsonBuilder *builder, const FoveaDissectReport *report, const char *name, FoveaConceptShiftLevel level)
{
  g_autoptr (FoveaConceptShift) shift = fovea_dissect_report_find_shift (report, level);

  json_builder_set_member_name (builder, name);
  json_builder_begin_array (builder);
  for (guint i = 0; i < shift->n_flows; i++)
    {
      const FoveaConceptShiftFlow *flow = &shift->flows[i];

      json_builder_begin_object (builder);
      fovea_json_add_string (builder, "from", shift->nodes[flow->from].label);
      fovea_json_add_string (builder, "to", shift->nodes[flow->to].label);
      json_builder_set_member_name (builder, "channels");
      json_builder_begin_array (builder);
      for (guint j = 0; j < flow->n_channels; j++)
        json_builder_add_int_value (builder, flow->channels[j]);
      json_builder_end_array (builder);
      json_builder_set_member_name (builder, "counterparts");
      json_builder_begin_array (builder);
      for (guint j = 0; j < flow->n_channels; j++)
        json_builder_add_int_value (builder, flow->counterparts[j]);
      json_builder_end_array (builder);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

/**
 * fovea_dissect_report_print_json:
 *
 * Prints one object for one network or file. For several, an object with all of them and, for two, what the
 * first one's channels detect in the second one.
 */
void
fovea_dissect_report_print_json (const FoveaDissectReport *report)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  if (report->n_rows == 1)
    add_row (builder, report, &report->rows[0]);
  else
    {
      json_builder_begin_object (builder);
      json_builder_set_member_name (builder, "networks");
      json_builder_begin_array (builder);
      for (guint i = 0; i < report->n_rows; i++)
        add_row (builder, report, &report->rows[i]);
      json_builder_end_array (builder);
      if (report->n_rows == 2)
        {
          json_builder_set_member_name (builder, "shift");
          json_builder_begin_object (builder);
          fovea_json_add_string (builder, "counterpart", fovea_dissect_counterpart_names[report->counterpart]);
          if (report->images)
            fovea_json_add_string (builder, "images", report->images);
          add_flows (builder, report, "categories", FOVEA_CONCEPT_SHIFT_CATEGORIES);
          add_flows (builder, report, "concepts", FOVEA_CONCEPT_SHIFT_CONCEPTS);
          json_builder_end_object (builder);
        }
      json_builder_end_object (builder);
    }
  fovea_output_print_json (builder);
}

static void
print_counts (const FoveaDissectReport *report)
{
  const FoveaTally *first = report->rows[0].tally;
  g_autoptr (GPtrArray) headings = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) cells = g_ptr_array_new_with_free_func (g_free);

  g_ptr_array_add (headings, g_strdup (report->rows[0].dissection ? "NETWORK" : "TALLY"));
  g_ptr_array_add (headings, g_strdup ("CHANNELS"));
  g_ptr_array_add (headings, g_strdup ("DETECTORS"));
  g_ptr_array_add (headings, g_strdup ("CONCEPTS"));
  for (guint i = 0; i < first->n_categories; i++)
    g_ptr_array_add (headings, g_utf8_strup (first->categories[i], -1));
  for (guint row = 0; row < report->n_rows; row++)
    {
      const FoveaTally *tally = report->rows[row].tally;
      g_autoptr (FoveaTallySummary) summary = fovea_tally_summarize (tally, report->iou);

      g_ptr_array_add (cells, g_strdup (report->rows[row].name));
      g_ptr_array_add (cells, g_strdup_printf ("%u", tally->n_units));
      g_ptr_array_add (cells, g_strdup_printf ("%u", summary->n_detectors));
      g_ptr_array_add (cells, g_strdup_printf ("%u", summary->n_concepts));
      for (guint i = 0; i < first->n_categories; i++)
        {
          guint n = 0;

          for (guint j = 0; j < tally->n_categories; j++)
            if (g_str_equal (tally->categories[j], first->categories[i]))
              n = summary->category_detectors[j];
          g_ptr_array_add (cells, g_strdup_printf ("%u", n));
        }
    }
  fovea_output_print_table ((const char *const *) headings->pdata, headings->len, cells);
}

static int
compare_scores (const void *a, const void *b)
{
  const FoveaTallyUnit *x = *(const FoveaTallyUnit *const *) a;
  const FoveaTallyUnit *y = *(const FoveaTallyUnit *const *) b;

  if (x->score != y->score)
    return x->score < y->score ? 1 : -1;
  return (x->channel > y->channel) - (x->channel < y->channel);
}

static void
print_best (const FoveaDissectReportRow *row)
{
  static const char *const headings[] = { "CHANNEL", "LABEL", "CATEGORY", "IOU" };
  const FoveaTally *tally = row->tally;
  g_autofree const FoveaTallyUnit **order = g_new (const FoveaTallyUnit *, tally->n_units);
  g_autoptr (GPtrArray) cells = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < tally->n_units; i++)
    order[i] = &tally->units[i];
  qsort (order, tally->n_units, sizeof *order, compare_scores);
  for (guint i = 0; i < MIN (tally->n_units, N_LISTED) && order[i]->label; i++)
    {
      g_ptr_array_add (cells, g_strdup_printf ("%u", order[i]->channel));
      g_ptr_array_add (cells, g_strdup (order[i]->label));
      g_ptr_array_add (cells, g_strdup (order[i]->category >= 0 ? tally->categories[order[i]->category] : ""));
      g_ptr_array_add (cells, g_strdup_printf ("%.4f", order[i]->score));
    }
  if (cells->len == 0)
    return;
  g_print ("\n%s, the best channels:\n", row->name);
  fovea_output_print_table (headings, G_N_ELEMENTS (headings), cells);
}

static void
print_shift (const FoveaDissectReport *report)
{
  static const char *const headings[] = { "FROM", "TO", "CHANNELS" };
  g_autoptr (FoveaConceptShift) shift = fovea_dissect_report_find_shift (report, FOVEA_CONCEPT_SHIFT_CATEGORIES);
  g_autoptr (GPtrArray) cells = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < shift->n_flows; i++)
    {
      g_ptr_array_add (cells, g_strdup (name_node (&shift->nodes[shift->flows[i].from])));
      g_ptr_array_add (cells, g_strdup (name_node (&shift->nodes[shift->flows[i].to])));
      g_ptr_array_add (cells, g_strdup_printf ("%u", shift->flows[i].n_channels));
    }
  if (report->counterparts)
    g_print ("\nWhat channels detect, from %s to %s, paired %s on %s:\n", report->rows[0].name, report->rows[1].name,
             report->counterpart == FOVEA_DISSECT_COUNTERPART_BEST ? "with their best match" : "one to one", report->images);
  else
    g_print ("\nWhat channels detect, from %s to %s:\n", report->rows[0].name, report->rows[1].name);
  fovea_output_print_table (headings, G_N_ELEMENTS (headings), cells);
}

static void
print_problems (const FoveaConceptProblems *problems)
{
  guint n_messages = problems->messages ? problems->messages->len : 0;

  if (fovea_concept_problems_get_total (problems) == 0)
    return;
  g_print ("\nLeft out:\n");
  for (guint i = 0; i < FOVEA_CONCEPT_N_PROBLEMS; i++)
    if (problems->counts[i] > 0)
      g_print ("  %" G_GUINT64_FORMAT " %s\n", problems->counts[i], fovea_concept_problem_describe (i, problems->counts[i]));
  for (guint i = 0; i < MIN (n_messages, N_MESSAGES); i++)
    g_print ("  %s\n", (const char *) problems->messages->pdata[i]);
  if (n_messages > N_MESSAGES)
    g_print ("  … and more, which --json lists\n");
}

/**
 * fovea_dissect_report_print_text:
 *
 * Prints the counts of detectors, the best channels, for two networks what became of the first one's detectors,
 * and what was left out.
 */
void
fovea_dissect_report_print_text (const FoveaDissectReport *report)
{
  print_counts (report);
  for (guint i = 0; i < report->n_rows; i++)
    print_best (&report->rows[i]);
  if (report->n_rows == 2)
    print_shift (report);
  for (guint i = 0; i < report->n_rows; i++)
    if (i == 0 || !report->rows[i].dissection)
      print_problems (get_problems (&report->rows[i]));
  for (guint i = 0; i < report->n_rows; i++)
    if (report->rows[i].tally_path)
      {
        g_autofree char *shown = g_filename_display_name (report->rows[i].tally_path);

        g_print ("%s%s: the channels of %s\n", i == 0 ? "\n" : "", shown, report->rows[i].name);
      }
}
