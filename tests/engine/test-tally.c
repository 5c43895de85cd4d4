/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "engine/analysis/concept-shift.h"
#include "tests/scratch.h"

/* In the columns of the reference, in an order of its own. Units 1, 2, 3, 4, 6. */
#define FIRST                                                                                                       \
  "unit,category,label,score,object-label,object-truth,object-activation,object-intersect,object-iou,"              \
  "texture-label,texture-truth,texture-activation,texture-intersect,texture-iou\n"                                  \
  "3,object,dog,0.3,dog,100,50.0,30,0.3,striped,10,5.0,1,0.01\n"                                                    \
  "1,object,cat,0.25,cat,100,50.0,30,0.25,striped,10,5.0,1,0.01\n"                                                  \
  "2,object,dog,0.04,dog,100,50.0,30,0.04,dotted,10,5.0,1,0.01\n"                                                   \
  "6,texture,\"striped, wide\",0.2,dog,100,50.0,3,0.03,\"striped, wide\",10,5.0,1,0.2\n"                            \
  "4,texture,dotted,0.039999,dog,100,50.0,3,0.03,dotted,10,5.0,1,0.039999\n"

#define SECOND                                                                                                      \
  "unit,category,label,score,object-label,object-iou,texture-label,texture-iou,color-label,color-iou\n"             \
  "1,texture,striped,0.1,cat,0.05,striped,0.1,,0\n"                                                                 \
  "2,color,red,0.1,cat,0.01,striped,0.02,red,0.1\n"                                                                 \
  "3,object,dog,0.2,dog,0.2,striped,0.02,red,0.01\n"                                                                \
  "4,object,cat,0.2,cat,0.2,striped,0.02,red,0.01\n"                                                                \
  "5,object,cat,0.2,cat,0.2,striped,0.02,red,0.01\n"                                                                \
  "6,texture,striped,0.01,,0,striped,0.01,,0\n"

static FoveaTally *
read_text (const char *text,
           GError **error)
{
  g_autoptr (FoveaScratch) folder = fovea_scratch_new ();
  g_autofree char *path = fovea_scratch_path (folder, "tally.csv");

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  return fovea_tally_read (path, error);
}

static FoveaTally *
read_good (const char *text)
{
  g_autoptr (GError) error = NULL;
  FoveaTally *tally = read_text (text, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (fovea_concept_problems_get_total (&tally->problems), ==, 0);
  return tally;
}

static void
test_read (void)
{
  g_autoptr (FoveaTally) tally = read_good (FIRST);
  const FoveaTallyUnit *unit = fovea_tally_find (tally, 5);

  g_assert_cmpuint (tally->n_categories, ==, 2);
  g_assert_cmpstr (tally->categories[1], ==, "texture");
  g_assert_cmpuint (tally->n_units, ==, 5);
  g_assert_cmpuint (tally->units[0].channel, ==, 0);
  g_assert_null (fovea_tally_find (tally, 4));
  g_assert_nonnull (unit);
  g_assert_cmpstr (unit->label, ==, "striped, wide");
  g_assert_cmpint (unit->category, ==, 1);
  g_assert_cmpfloat (unit->score, ==, 0.2);
  g_assert_cmpstr (unit->matches[0].label, ==, "dog");
  g_assert_cmpfloat (unit->matches[0].truth, ==, 100);
  g_assert_cmpfloat (unit->matches[0].activation, ==, 50);
  g_assert_cmpfloat (unit->matches[0].intersection, ==, 3);
  g_assert_cmpfloat (unit->matches[0].iou, ==, 0.03);
}

/* A unit is a detector from the cut-off on, itself included; dogs come before the cat for being two. */
static void
test_summary (void)
{
  g_autoptr (FoveaTally) tally = read_good (FIRST);
  g_autoptr (FoveaTallySummary) summary = fovea_tally_summarize (tally, 0.04);
  g_autoptr (FoveaTallySummary) strict = fovea_tally_summarize (tally, 0.25);
  g_autoptr (FoveaTallySummary) none = fovea_tally_summarize (tally, 1);

  g_assert_cmpuint (summary->n_detectors, ==, 4);
  g_assert_cmpuint (summary->category_detectors[0], ==, 3);
  g_assert_cmpuint (summary->category_detectors[1], ==, 1);
  g_assert_cmpuint (summary->n_concepts, ==, 3);
  g_assert_cmpuint (summary->category_concepts[0], ==, 2);
  g_assert_cmpuint (summary->category_concepts[1], ==, 1);
  g_assert_cmpstr (summary->concepts[0].label, ==, "dog");
  g_assert_cmpuint (summary->concepts[0].n_detectors, ==, 2);
  g_assert_cmpfloat (summary->concepts[0].best, ==, 0.3);
  g_assert_cmpstr (summary->concepts[1].label, ==, "cat");
  g_assert_cmpstr (summary->concepts[2].label, ==, "striped, wide");
  g_assert_cmpuint (strict->n_detectors, ==, 2);
  g_assert_cmpuint (none->n_detectors, ==, 0);
  g_assert_cmpuint (none->n_concepts, ==, 0);
}

/* What is written is sorted by score, counts units from 1, and reads back the same. */
static void
test_format (void)
{
  g_autoptr (FoveaTally) tally = read_good (FIRST);
  g_autofree char *text = fovea_tally_format (tally);
  g_autoptr (FoveaTally) again = read_good (text);
  g_autofree char *same = fovea_tally_format (again);

  g_assert_cmpstr (text, ==, same);
  g_assert_true (g_str_has_prefix (text, "unit,category,label,score,object-label,object-truth,object-activation,object-intersect,object-iou,texture-label,"));
  g_assert_nonnull (strstr (text, "iou\n3,object,dog,0.29999999999999999,dog,100.0,50.0,30.0,0.29999999999999999,striped,10.0,5.0,1.0,0.01"));
  g_assert_nonnull (strstr (text, "\n6,texture,\"striped, wide\",0.2"));
}

static void
test_bad (void)
{
  static const struct {
    const char *text;
    const char *message;
  } unusable[] = {
    { "", "empty" },
    { "unit,category,label\n1,object,cat\n", "'score'" },
    { "unit,category,label,score\n", "no row" },
    { "unit,category,label,score\n0,object,cat,0.1\n", "unit '0'" },
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (FoveaTally) tally = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (unusable); i++)
    {
      g_assert_null (read_text (unusable[i].text, &error));
      g_assert_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT);
      g_assert_nonnull (strstr (error->message, unusable[i].message));
      g_clear_error (&error);
    }

  tally = read_text ("unit,category,label,score,object-label,object-iou\n"
                     "1,object,cat,0.1,cat,0.1\n"
                     "x,object,cat,0.1,cat,0.1\n"
                     "2,object,cat,nan,cat,0.1\n"
                     "3,object,cat,0.1,cat,high\n"
                     "99999999999,object,cat,0.1,cat,0.1\n"
                     "4,scene,cat,0.1,cat,0.1\n"
                     "1,object,dog,0.2,dog,0.2\n",
                     &error);
  g_assert_no_error (error);
  g_assert_cmpuint (tally->n_units, ==, 1);
  g_assert_cmpuint (tally->problems.counts[FOVEA_CONCEPT_PROBLEM_ROW], ==, 6);
  g_assert_nonnull (strstr (tally->problems.messages->pdata[0], "tally.csv:3:"));
}

/* Without columns for categories, they are those that the units name. */
static void
test_bare (void)
{
  g_autoptr (FoveaTally) tally = read_good ("unit,category,label,score\n1,object,cat,0.1\n2,color,red-c,0.2\n");
  g_autoptr (FoveaTallySummary) summary = fovea_tally_summarize (tally, 0.04);

  g_assert_cmpuint (tally->n_categories, ==, 2);
  g_assert_cmpuint (summary->category_detectors[1], ==, 1);
}

static guint
find_node (const FoveaConceptShift *shift,
           const char *label)
{
  for (guint i = 0; i < shift->n_nodes; i++)
    if (g_strcmp0 (shift->nodes[i].label, label) == 0)
      return i;
  g_error ("no node %s", label);
}

static const FoveaConceptShiftFlow *
find_flow (const FoveaConceptShift *shift,
           const char *from,
           const char *to)
{
  for (guint i = 0; i < shift->n_flows; i++)
    if (shift->flows[i].from == find_node (shift, from) && shift->flows[i].to == find_node (shift, to))
      return &shift->flows[i];
  return NULL;
}

static void
test_shift (void)
{
  /* Units by channel: first cat, dog, dog, (none), –, striped; second striped, red, dog, cat, cat, (none). */
  g_autoptr (FoveaTally) first = read_good (FIRST);
  g_autoptr (FoveaTally) second = read_good (SECOND);
  g_autoptr (FoveaConceptShift) categories = fovea_concept_shift_new (first, second, FOVEA_CONCEPT_SHIFT_CATEGORIES, 0.04, 0, NULL);
  g_autoptr (FoveaConceptShift) concepts = fovea_concept_shift_new (first, second, FOVEA_CONCEPT_SHIFT_CONCEPTS, 0.04, 0, NULL);
  static const guint counterparts[] = { 3, G_MAXUINT, 1 };
  g_autoptr (FoveaConceptShift) matched = fovea_concept_shift_new (first, second, FOVEA_CONCEPT_SHIFT_CONCEPTS, 0.04, G_N_ELEMENTS (counterparts), counterparts);
  const FoveaConceptShiftFlow *flow;
  guint n_channels = 0;

  g_assert_cmpuint (categories->n_categories, ==, 3);
  g_assert_cmpuint (categories->n_nodes, ==, 4);
  g_assert_cmpstr (categories->nodes[0].label, ==, "object");
  g_assert_cmpuint (categories->nodes[0].n_channels[0], ==, 3);
  g_assert_cmpuint (categories->nodes[0].n_channels[1], ==, 2);
  g_assert_null (categories->nodes[3].label);
  for (guint i = 0; i < categories->n_flows; i++)
    n_channels += categories->flows[i].n_channels;
  g_assert_cmpuint (n_channels, ==, 5);
  g_assert_cmpuint (find_flow (categories, "object", "texture")->n_channels, ==, 1);
  g_assert_cmpuint (find_flow (categories, "object", "color")->channels[0], ==, 1);
  g_assert_cmpuint (find_flow (categories, "object", "object")->channels[0], ==, 2);
  g_assert_cmpuint (find_flow (categories, NULL, "object")->channels[0], ==, 3);
  g_assert_cmpuint (find_flow (categories, "texture", NULL)->channels[0], ==, 5);

  g_assert_cmpuint (find_flow (concepts, "dog", "dog")->n_channels, ==, 1);
  g_assert_cmpuint (find_flow (concepts, "dog", "red")->n_channels, ==, 1);
  g_assert_cmpuint (find_flow (concepts, "cat", "striped")->n_channels, ==, 1);
  g_assert_null (find_flow (concepts, "cat", "dog"));
  /* Dogs are three in both networks, cats two: dogs come first. */
  g_assert_cmpstr (concepts->nodes[0].label, ==, "dog");

  g_assert_cmpuint (matched->n_flows, ==, 2);
  flow = find_flow (matched, "cat", "cat");
  g_assert_cmpuint (flow->n_channels, ==, 1);
  g_assert_cmpuint (flow->channels[0], ==, 0);
  g_assert_cmpuint (flow->counterparts[0], ==, 3);
  g_assert_cmpuint (find_flow (matched, "dog", "red")->counterparts[0], ==, 1);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tally/read", test_read);
  g_test_add_func ("/tally/summary", test_summary);
  g_test_add_func ("/tally/format", test_format);
  g_test_add_func ("/tally/bad", test_bad);
  g_test_add_func ("/tally/bare", test_bare);
  g_test_add_func ("/concept-shift/flows", test_shift);
  return g_test_run ();
}
