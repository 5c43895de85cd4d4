/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "engine/analysis/concept-shift.h"
#include "engine/analysis/cue-trials.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static char *
make_path (const char *name)
{
  g_autofree char *folder = g_dir_make_tmp ("fuzz-tables-XXXXXX", NULL);

  return g_build_filename (folder, name, NULL);
}

static void
read_tally (const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FoveaTally) tally = fovea_tally_read (path, &error);
  g_autoptr (FoveaTallySummary) summary = NULL;
  g_autoptr (FoveaConceptShift) shift = NULL;
  g_autofree char *text = NULL;
  guint n_channels = 0;

  g_assert_true ((tally == NULL) == (error != NULL));
  if (tally == NULL)
    return;
  for (guint i = 0; i < tally->n_units; i++)
    {
      g_assert_cmpint (tally->units[i].category, <, (int) tally->n_categories);
      g_assert_true (isfinite (tally->units[i].score));
      g_assert_true (i == 0 || tally->units[i - 1].channel < tally->units[i].channel);
    }
  summary = fovea_tally_summarize (tally, 0.04);
  g_assert_cmpuint (summary->n_detectors, <=, tally->n_units);
  shift = fovea_concept_shift_new (tally, tally, FOVEA_CONCEPT_SHIFT_CONCEPTS, 0.04, 0, NULL);
  for (guint i = 0; i < shift->n_flows; i++)
    n_channels += shift->flows[i].n_channels;
  g_assert_cmpuint (n_channels, ==, tally->n_units);
  text = fovea_tally_format (tally);
}

/* The bytes are a tally of Network Dissection, trials of cue-conflict images, and a table of totals. */
int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize size)
{
  static char *path;
  g_autoptr (GPtrArray) observers = g_ptr_array_new_with_free_func ((GDestroyNotify) fovea_shape_bias_free);
  g_autoptr (GPtrArray) totals = NULL;

  if (path == NULL)
    path = make_path ("table.csv");
  g_assert_true (g_file_set_contents_full (path, (const char *) data, (gssize) size, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
  read_tally (path);
  if (fovea_cue_trials_read (path, observers, NULL))
    fovea_shape_bias_free (fovea_cue_trials_pool (observers, "", "all"));
  totals = fovea_cue_totals_read (path, NULL);
  return 0;
}
