/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/cue-words.h"

#include "ui/duration.h"


/**
 * fovea_cue_words_set:
 *
 * Returns: (transfer full): how many images of how many categories these are
 */
char *
fovea_cue_words_set (FoveaCueSet *set)
{
  return g_strdup_printf ("%" G_GSIZE_FORMAT " images of %u categories", fovea_cue_set_get_n_cues (set), fovea_cue_set_get_n_categories (set));
}

/**
 * fovea_cue_words_offer:
 * @kept: what comes of it and is kept, such as `results`
 *
 * Returns: (transfer full): what is to be done, and how long that takes
 */
char *
fovea_cue_words_offer (const FoveaCueStatus *status, const char *kept)
{
  g_autofree char *time = fovea_duration_describe (status->seconds);

  return g_strdup_printf ("%" G_GSIZE_FORMAT " images whose shape says one thing and whose texture another are to be shown to %s. That takes %s; the %s are kept.",
                          status->n_images, status->n_networks > 1 ? "both networks" : "the network", time, kept);
}

/**
 * fovea_cue_words_progress:
 *
 * Returns: (transfer full): how far it is, and how long it still takes where that is known
 */
char *
fovea_cue_words_progress (const FoveaCueStatus *status)
{
  g_autofree char *time = status->seconds_left >= 0 ? fovea_duration_describe (status->seconds_left) : NULL;

  return g_strdup_printf ("Showing the images to the networks: %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT "%s%s%s", status->done, status->total,
                          time != NULL ? ", " : "", time != NULL ? time : "", time != NULL ? " left" : "");
}

/**
 * fovea_cue_words_get_fraction:
 *
 * Returns: how far it is, from 0 to 1
 */
double
fovea_cue_words_get_fraction (const FoveaCueStatus *status)
{
  return status->total > 0 ? (double) status->done / (double) status->total : 0;
}
