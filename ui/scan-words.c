/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/scan-words.h"

#include "ui/duration.h"
#include "ui/sentence.h"

static char *
describe_set (FoveaLayerScans *scans)
{
  FoveaImageSets *sets = fovea_layer_scans_get_sets (scans);

  return fovea_image_sets_describe (sets, fovea_image_sets_get_current (sets));
}

/**
 * fovea_scan_words_progress:
 * @scans: scans
 * @layer: the layer that they follow
 *
 * Returns: (transfer full): how far a scan is that runs or was stopped; empty where there is none
 */
char *
fovea_scan_words_progress (FoveaLayerScans *scans,
                           const char *layer)
{
  FoveaScansState state = fovea_layer_scans_get_state (scans);
  FoveaScansProgress progress;
  GString *text = g_string_new (NULL);
  g_autofree char *left = NULL;

  fovea_layer_scans_get_progress (scans, &progress);
  if (progress.seconds_left >= 0)
    left = fovea_duration_describe (progress.seconds_left);
  if (state == FOVEA_SCANS_RUNNING)
    {
      g_string_append_printf (text, "Scanning %s: %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT " images", layer, progress.done, progress.total);
      if (progress.rate >= 0)
        g_string_append_printf (text, ", %.3g images/s", progress.rate);
      if (left != NULL)
        g_string_append_printf (text, ", %s left", left);
    }
  else if (state == FOVEA_SCANS_MISSING && progress.done > 0)
    {
      g_string_append_printf (text, "Only the first %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT " images are scanned", progress.done, progress.total);
      if (left != NULL)
        g_string_append_printf (text, "; the others take %s", left);
      if (progress.error != NULL)
        g_string_append_printf (text, ". The scan ended early: %s", progress.error);
    }
  else if (state == FOVEA_SCANS_MISSING)
    for (FoveaSide side = 0; side < FOVEA_N_SIDES; side++)
      if (fovea_layer_scans_get_scan (scans, side) != NULL)
        g_string_append_printf (text, "Only the %s network is scanned on these images", fovea_side_get_name (side));
  return g_string_free (text, FALSE);
}

/**
 * fovea_scan_words_title:
 * @scans: scans that are not complete
 * @layer: the layer that they follow
 *
 * Returns: (transfer full): in a few words why there is nothing to show
 */
char *
fovea_scan_words_title (FoveaLayerScans *scans,
                        const char *layer)
{
  g_autofree char *name = describe_set (scans);

  switch (fovea_layer_scans_get_state (scans))
    {
    case FOVEA_SCANS_UNREADABLE:
      return g_strdup ("The Image Set Cannot Be Read");
    case FOVEA_SCANS_MISSING:
      return g_strdup_printf ("%s Has Not Been Scanned on These Images", layer);
    case FOVEA_SCANS_RUNNING:
      return g_strdup_printf ("Scanning %s", name);
    case FOVEA_SCANS_NOTHING:
    case FOVEA_SCANS_READING:
    case FOVEA_SCANS_COMPLETE:
    default:
      return g_strdup_printf ("Reading %s", name);
    }
}

static char *
describe_missing (FoveaLayerScans *scans,
                  gboolean single,
                  const char *layer)
{
  g_autofree char *name = describe_set (scans);
  FoveaScansProgress progress;
  GString *text = g_string_new (NULL);

  fovea_layer_scans_get_progress (scans, &progress);
  g_string_append_printf (text, "A scan shows the %" G_GUINT64_FORMAT " images of %s to the network%s and keeps where each channel of %s is strongest. ",
                          progress.total, name, single ? "" : "s", layer);
  if (progress.seconds_left >= 0)
    {
      g_autofree char *time = fovea_duration_describe (progress.seconds_left);

      g_string_append_printf (text, "It takes %s. ", time);
    }
  else if (progress.other == NULL)
    g_string_append (text, "How long it takes is being measured. ");
  g_string_append (text, "It can be stopped and resumed, and its results are kept.");
  if (progress.other != NULL)
    g_string_append_printf (text, "\n\n%s is being scanned now; that scan would be stopped.", progress.other);
  if (progress.error != NULL)
    g_string_append_printf (text, "\n\nThe scan ended early: %s.", progress.error);
  return g_string_free (text, FALSE);
}

/**
 * fovea_scan_words_description:
 * @scans: scans that are not complete
 * @single: whether there is one network
 * @layer: the layer that they follow
 *
 * Returns: (transfer full): why there is nothing to show, and what to do; not markup
 */
char *
fovea_scan_words_description (FoveaLayerScans *scans,
                              gboolean single,
                              const char *layer)
{
  FoveaScansProgress progress;

  switch (fovea_layer_scans_get_state (scans))
    {
    case FOVEA_SCANS_UNREADABLE:
      fovea_layer_scans_get_progress (scans, &progress);
      return fovea_sentence_from_error (progress.error);
    case FOVEA_SCANS_MISSING:
      return describe_missing (scans, single, layer);
    case FOVEA_SCANS_RUNNING:
      return g_strdup ("The patches appear when all images were seen. You can go on working meanwhile.");
    case FOVEA_SCANS_NOTHING:
    case FOVEA_SCANS_READING:
    case FOVEA_SCANS_COMPLETE:
    default:
      return g_strdup ("A large folder takes a moment.");
    }
}
