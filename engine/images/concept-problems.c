/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/images/concept-set.h"

/**
 * fovea_concept_problems_add:
 * @problems: the list
 * @problem: what kind
 * @format: where and what: `index.csv:12: …`
 *
 * Counts a problem, and keeps its message unless there are many already. One thread at a time.
 */
void
fovea_concept_problems_add (FoveaConceptProblems *problems,
                            FoveaConceptProblem problem,
                            const char *format,
                            ...)
{
  va_list arguments;
  char *message;

  problems->counts[problem]++;
  if (problems->messages == NULL)
    problems->messages = g_ptr_array_new_with_free_func (g_free);
  if (problems->messages->len >= FOVEA_CONCEPT_MAX_MESSAGES)
    return;
  va_start (arguments, format);
  message = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_ptr_array_add (problems->messages, g_utf8_make_valid (message, -1));
  g_free (message);
}

/**
 * fovea_concept_problems_merge:
 * @problems: the list
 * @more: what is added to it; not changed
 */
void
fovea_concept_problems_merge (FoveaConceptProblems *problems,
                              const FoveaConceptProblems *more)
{
  for (guint i = 0; i < FOVEA_CONCEPT_N_PROBLEMS; i++)
    problems->counts[i] += more->counts[i];
  if (more->messages == NULL)
    return;
  if (problems->messages == NULL)
    problems->messages = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < more->messages->len && problems->messages->len < FOVEA_CONCEPT_MAX_MESSAGES; i++)
    g_ptr_array_add (problems->messages, g_strdup (more->messages->pdata[i]));
}

/**
 * fovea_concept_problems_get_total:
 *
 * Returns: how many problems were counted, of all kinds
 */
guint64
fovea_concept_problems_get_total (const FoveaConceptProblems *problems)
{
  guint64 total = 0;

  for (guint i = 0; i < FOVEA_CONCEPT_N_PROBLEMS; i++)
    total += problems->counts[i];
  return total;
}

/**
 * fovea_concept_problems_clear:
 *
 * Empties the list.
 */
void
fovea_concept_problems_clear (FoveaConceptProblems *problems)
{
  g_clear_pointer (&problems->messages, g_ptr_array_unref);
  *problems = (FoveaConceptProblems) { 0 };
}

/**
 * fovea_concept_problem_describe:
 * @problem: what kind
 * @count: how many, for the plural
 *
 * Returns: what was left out, in words that follow the number: `masks that cannot be read`
 */
const char *
fovea_concept_problem_describe (FoveaConceptProblem problem,
                                guint64 count)
{
  static const char *const descriptions[FOVEA_CONCEPT_N_PROBLEMS][2] = {
    [FOVEA_CONCEPT_PROBLEM_TABLE] = { "missing table or column", "missing tables or columns" },
    [FOVEA_CONCEPT_PROBLEM_CATEGORY] = { "category without images", "categories without images" },
    [FOVEA_CONCEPT_PROBLEM_ROW] = { "row that cannot be understood", "rows that cannot be understood" },
    [FOVEA_CONCEPT_PROBLEM_IMAGE] = { "image that is missing, cannot be read or has no labels", "images that are missing, cannot be read or have no labels" },
    [FOVEA_CONCEPT_PROBLEM_MASK] = { "mask that is missing or cannot be read", "masks that are missing or cannot be read" },
    [FOVEA_CONCEPT_PROBLEM_MASK_SIZE] = { "mask of another size than the index says", "masks of another size than the index says" },
    [FOVEA_CONCEPT_PROBLEM_LABEL] = { "label that stands for no concept", "labels that stand for no concept" },
  };

  return descriptions[problem][count != 1];
}
