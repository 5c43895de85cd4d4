/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/measure-words.h"

#include "ui/duration.h"
#include "ui/scan-words.h"

/* Text and time, such as `, about 40 seconds`; nothing where it is not known. */
static void
append_time (GString *text,
             const char *before,
             double seconds,
             const char *after)
{
  g_autofree char *time = seconds >= 0 ? fovea_duration_describe (seconds) : NULL;

  if (time != NULL)
    g_string_append_printf (text, "%s%s%s", before, time, after);
}

/* As the beginning of a sentence. */
static void
append_error (GString *text,
              const char *error)
{
  if (error != NULL)
    g_string_append_printf (text, "%c%s", g_ascii_toupper (error[0]), error + 1);
}

static void
describe_scan (FoveaLayerScans *scans,
               FoveaMeasureState state,
               const char *layer,
               GString *text)
{
  g_autofree char *progress_text = fovea_scan_words_progress (scans, layer);
  FoveaImageSets *sets = fovea_layer_scans_get_sets (scans);
  g_autofree char *name = fovea_image_sets_describe (sets, fovea_image_sets_get_current (sets));
  FoveaScansProgress progress;

  fovea_layer_scans_get_progress (scans, &progress);
  if (*progress_text != '\0')
    g_string_append (text, progress_text);
  else if (state == FOVEA_MEASURE_IMPOSSIBLE)
    append_error (text, progress.error);
  else if (state == FOVEA_MEASURE_MISSING)
    {
      g_string_append_printf (text, "%s has not been scanned on %s: %" G_GUINT64_FORMAT " images", layer, name, progress.total);
      append_time (text, ", ", progress.seconds_left, "");
      if (progress.other != NULL)
        g_string_append_printf (text, ". %s is being scanned now; that scan would be stopped", progress.other);
      if (progress.error != NULL)
        g_string_append_printf (text, ". The scan ended early: %s", progress.error);
    }
}

static void
describe_cues (FoveaCueResults *cues,
               FoveaMeasureState state,
               const char *layer,
               GString *text)
{
  FoveaCueStatus status;

  fovea_cue_results_look_up (cues, layer, &status);
  if (state == FOVEA_MEASURE_MISSING)
    {
      g_string_append_printf (text, "Preferences for shape or texture are not measured: %" G_GSIZE_FORMAT " cue-conflict images", status.n_images);
      append_time (text, ", ", status.seconds, "");
    }
  else if (state == FOVEA_MEASURE_RUNNING)
    {
      g_string_append_printf (text, "Showing cue-conflict images to the networks: %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT, status.done, status.total);
      append_time (text, ", ", status.seconds_left, " left");
    }
  else if (state == FOVEA_MEASURE_IMPOSSIBLE)
    append_error (text, status.error);
}

static void
describe_concepts (FoveaDissectionRun *run,
                   FoveaMeasureState state,
                   const char *layer,
                   GString *text)
{
  FoveaConceptSet *set = fovea_dissection_run_get_set (run);
  double seconds_left, fraction = fovea_dissection_run_get_progress (run, &seconds_left);

  if (state == FOVEA_MEASURE_MISSING)
    {
      g_string_append_printf (text, "%s has not been dissected", layer);
      if (set != NULL)
        g_string_append_printf (text, ": %" G_GSIZE_FORMAT " images with concepts", fovea_image_set_get_n_images (fovea_concept_set_get_images (set)));
      append_time (text, ", ", fovea_dissection_run_get_estimate (run), "");
    }
  else if (state == FOVEA_MEASURE_RUNNING)
    {
      g_string_append_printf (text, "Dissecting %s: %.0f %%", layer, 100 * fraction);
      append_time (text, ", ", seconds_left, " left");
    }
  else if (state == FOVEA_MEASURE_IMPOSSIBLE)
    append_error (text, fovea_dissection_run_get_error (run));
}

/**
 * fovea_measure_words_describe:
 * @measures: measures
 * @source: where values come from
 *
 * Returns: (transfer full): what it would take to measure, how far it is, or why it cannot be, without a full stop; empty where
 *   there is nothing to say
 */
char *
fovea_measure_words_describe (FoveaLayerMeasures *measures,
                              FoveaMeasureSource source)
{
  FoveaMeasureState state = fovea_layer_measures_get_state (measures, source);
  FoveaLayer *layer = fovea_layer_measures_get_layer (measures);
  GString *text = g_string_new (NULL);

  if (layer == NULL || state == FOVEA_MEASURE_LOOKING || state == FOVEA_MEASURE_READY)
    return g_string_free (text, FALSE);
  if (source == FOVEA_MEASURES_SCAN)
    describe_scan (fovea_layer_measures_get_scans (measures), state, fovea_layer_get_name (layer), text);
  else if (source == FOVEA_MEASURES_CUES)
    describe_cues (fovea_layer_measures_get_cues (measures), state, fovea_layer_get_name (layer), text);
  else
    describe_concepts (fovea_layer_measures_get_dissections (measures), state, fovea_layer_get_name (layer), text);
  return g_string_free (text, FALSE);
}

/**
 * fovea_measure_words_explain:
 * @measures: measures
 * @measure: a value
 *
 * Returns: (transfer full) (nullable): why no channel of the layer can have one, as a sentence; %NULL where it can
 */
char *
fovea_measure_words_explain (FoveaLayerMeasures *measures,
                             FoveaTileMeasure measure)
{
  FoveaMeasureSource source = fovea_tile_measure_get_source (measure);
  FoveaLayerScans *scans = fovea_layer_measures_get_scans (measures);
  FoveaImageSet *set = scans != NULL ? fovea_layer_scans_get_set (scans) : NULL;
  g_autofree char *error = NULL;

  if (measure == FOVEA_TILE_SELECTIVITY && set != NULL && fovea_image_set_get_n_classes (set) < 2)
    return g_strdup_printf ("The images of %s are not in classes: put those of each class into a sub-folder.", fovea_image_set_get_name (set));
  if (fovea_layer_measures_get_state (measures, source) != FOVEA_MEASURE_IMPOSSIBLE)
    return NULL;
  error = fovea_measure_words_describe (measures, source);
  return g_strdup_printf ("%s.", *error != '\0' ? error : "It cannot be measured");
}
