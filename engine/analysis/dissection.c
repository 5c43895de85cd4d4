/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "engine/analysis/dissect-private.h"

/* Counts may take this much: 2,048 channels, Broden's 1,197 concepts and 8 quantiles take 160 MB. */
#define MAX_COUNT_BYTES ((guint64) 4 << 30)

/**
 * fovea_dissection_new:
 * @n_channels, @n_categories, @n_concepts, @n_quantiles, @n_top: the sizes
 * @error: %FOVEA_ERROR_TOO_LARGE
 *
 * Returns: (transfer full): a dissection whose counts are 0 and whose names are to be set, or %NULL
 */
FoveaDissection *
fovea_dissection_new (guint n_channels,
                      guint n_categories,
                      guint n_concepts,
                      guint n_quantiles,
                      guint n_top,
                      GError **error)
{
  g_autoptr (FoveaDissection) self = g_new0 (FoveaDissection, 1);
  guint64 n_intersections, n_areas;

  g_atomic_ref_count_init (&self->references);
  self->n_channels = n_channels;
  self->n_quantiles = n_quantiles;
  self->n_top = n_top;
  if (!g_uint64_checked_mul (&n_intersections, (guint64) n_channels * n_concepts, n_quantiles)
      || !g_uint64_checked_mul (&n_areas, (guint64) n_channels * n_categories, (guint64) FOVEA_DISSECT_N_AREAS * n_quantiles)
      || n_intersections > MAX_COUNT_BYTES / sizeof (guint64) || n_areas > MAX_COUNT_BYTES / sizeof (guint64)
      || (self->intersections = g_try_new0 (guint64, n_intersections)) == NULL
      || (self->areas = g_try_new0 (guint64, n_areas)) == NULL)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_TOO_LARGE, "no memory to count %u concepts for %u channels", n_concepts, n_channels);
      return NULL;
    }
  self->n_categories = n_categories;
  self->n_concepts = n_concepts;
  self->categories = g_new0 (char *, n_categories);
  self->concepts = g_new0 (FoveaConcept, n_concepts);
  self->thresholds = g_new0 (double, (gsize) n_channels * n_quantiles);
  self->truths = g_new0 (guint64, n_concepts);
  self->top_images = g_new0 (guint32, (gsize) n_channels * n_top);
  self->top_activations = g_new0 (float, (gsize) n_channels * n_top);
  return g_steal_pointer (&self);
}

/**
 * fovea_dissection_ref:
 *
 * Returns: (transfer full): @dissection
 */
FoveaDissection *
fovea_dissection_ref (FoveaDissection *dissection)
{
  g_atomic_ref_count_inc (&dissection->references);
  return dissection;
}

/**
 * fovea_dissection_unref:
 *
 * Gives a reference back. Any thread.
 */
void
fovea_dissection_unref (FoveaDissection *dissection)
{
  if (!g_atomic_ref_count_dec (&dissection->references))
    return;
  for (guint i = 0; i < dissection->n_categories; i++)
    g_free (dissection->categories[i]);
  for (guint i = 0; i < dissection->n_concepts; i++)
    g_free ((char *) dissection->concepts[i].name);
  g_free (dissection->categories);
  g_free (dissection->concepts);
  g_free (dissection->thresholds);
  g_free (dissection->truths);
  g_free (dissection->intersections);
  g_free (dissection->areas);
  g_free (dissection->top_images);
  g_free (dissection->top_activations);
  fovea_concept_problems_clear (&dissection->problems);
  g_free (dissection);
}

/**
 * fovea_dissection_get_n_channels:
 *
 * Returns: the layer's channels
 */
guint
fovea_dissection_get_n_channels (const FoveaDissection *dissection)
{
  return dissection->n_channels;
}

/**
 * fovea_dissection_get_n_categories:
 *
 * Returns: how many categories there are
 */
guint
fovea_dissection_get_n_categories (const FoveaDissection *dissection)
{
  return dissection->n_categories;
}

/**
 * fovea_dissection_get_category:
 * @category: less than the number of categories
 *
 * Returns: its name
 */
const char *
fovea_dissection_get_category (const FoveaDissection *dissection,
                               guint category)
{
  g_return_val_if_fail (category < dissection->n_categories, NULL);
  return dissection->categories[category];
}

/**
 * fovea_dissection_get_n_concepts:
 *
 * Returns: how many concepts there are
 */
guint
fovea_dissection_get_n_concepts (const FoveaDissection *dissection)
{
  return dissection->n_concepts;
}

/**
 * fovea_dissection_get_concept:
 * @concept: less than the number of concepts
 *
 * Returns: the concept
 */
const FoveaConcept *
fovea_dissection_get_concept (const FoveaDissection *dissection,
                              guint concept)
{
  g_return_val_if_fail (concept < dissection->n_concepts, NULL);
  return &dissection->concepts[concept];
}

/**
 * fovea_dissection_get_n_images:
 *
 * Returns: how many images were counted
 */
gsize
fovea_dissection_get_n_images (const FoveaDissection *dissection)
{
  return dissection->n_images;
}

/**
 * fovea_dissection_get_problems:
 *
 * Returns: what of the concept set was left out, on opening it and while its images were loaded
 */
const FoveaConceptProblems *
fovea_dissection_get_problems (const FoveaDissection *dissection)
{
  return &dissection->problems;
}

/**
 * fovea_dissection_get_n_quantiles:
 *
 * Returns: for how many quantiles everything was counted
 */
guint
fovea_dissection_get_n_quantiles (const FoveaDissection *dissection)
{
  return dissection->n_quantiles;
}

/**
 * fovea_dissection_get_quantile:
 * @quantile: less than the number of quantiles
 *
 * Returns: the share of positions above the threshold, ascending with @quantile
 */
double
fovea_dissection_get_quantile (const FoveaDissection *dissection,
                               guint quantile)
{
  g_return_val_if_fail (quantile < dissection->n_quantiles, NAN);
  return dissection->quantiles[quantile];
}

/**
 * fovea_dissection_find_quantile:
 * @share: a share of positions
 *
 * Returns: the quantile whose share is nearest, by ratio
 */
guint
fovea_dissection_find_quantile (const FoveaDissection *dissection,
                                double share)
{
  guint nearest = 0;

  for (guint i = 1; i < dissection->n_quantiles; i++)
    if (fabs (log (dissection->quantiles[i] / share)) < fabs (log (dissection->quantiles[nearest] / share)))
      nearest = i;
  return nearest;
}

/**
 * fovea_dissection_get_threshold:
 * @channel: less than the number of channels
 * @quantile: less than the number of quantiles
 *
 * Returns: the activation that is exceeded in this share of all positions of all images
 */
double
fovea_dissection_get_threshold (const FoveaDissection *dissection,
                                guint channel,
                                guint quantile)
{
  g_return_val_if_fail (channel < dissection->n_channels && quantile < dissection->n_quantiles, NAN);
  return dissection->thresholds[(gsize) channel * dissection->n_quantiles + quantile];
}

/**
 * fovea_dissection_get_truth:
 * @concept: less than the number of concepts
 *
 * Returns: the concept's pixels in all images
 */
guint64
fovea_dissection_get_truth (const FoveaDissection *dissection,
                            guint concept)
{
  g_return_val_if_fail (concept < dissection->n_concepts, 0);
  return dissection->truths[concept];
}

/**
 * fovea_dissection_get_activation:
 * @channel: less than the number of channels
 * @category: less than the number of categories
 * @quantile: less than the number of quantiles
 * @area: in which images
 *
 * Returns: the channel's pixels above the threshold in the images that count for the category
 */
guint64
fovea_dissection_get_activation (const FoveaDissection *dissection,
                                 guint channel,
                                 guint category,
                                 guint quantile,
                                 FoveaDissectArea area)
{
  g_return_val_if_fail (channel < dissection->n_channels && category < dissection->n_categories && quantile < dissection->n_quantiles, 0);
  return fovea_dissection_areas_of (dissection, area, channel, category)[quantile];
}

/**
 * fovea_dissection_get_intersection:
 * @channel: less than the number of channels
 * @concept: less than the number of concepts
 * @quantile: less than the number of quantiles
 *
 * Returns: the concept's pixels above the channel's threshold
 */
guint64
fovea_dissection_get_intersection (const FoveaDissection *dissection,
                                   guint channel,
                                   guint concept,
                                   guint quantile)
{
  g_return_val_if_fail (channel < dissection->n_channels && concept < dissection->n_concepts && quantile < dissection->n_quantiles, 0);
  return fovea_dissection_intersections_of (dissection, channel, concept)[quantile];
}

/**
 * fovea_dissection_get_iou:
 * @channel: less than the number of channels
 * @concept: less than the number of concepts
 * @quantile: less than the number of quantiles
 * @area: in which images the channel's area counts
 *
 * Returns: intersection over union, in [0, 1]; 0 where both are empty
 */
double
fovea_dissection_get_iou (const FoveaDissection *dissection,
                          guint channel,
                          guint concept,
                          guint quantile,
                          FoveaDissectArea area)
{
  guint64 intersection = fovea_dissection_get_intersection (dissection, channel, concept, quantile), sum;

  if (intersection == 0)
    return 0;
  sum = dissection->truths[concept]
        + fovea_dissection_get_activation (dissection, channel, dissection->concepts[concept].category, quantile, area);
  return (double) intersection / (double) (sum - intersection);
}

/**
 * fovea_dissection_get_top_images:
 * @channel: less than the number of channels
 * @images: (out) (transfer none): indices in the concept set's image set, the strongest first
 * @activations: (out) (transfer none) (nullable): the highest activation in each
 *
 * Returns: how many there are
 */
guint
fovea_dissection_get_top_images (const FoveaDissection *dissection,
                                 guint channel,
                                 const guint32 **images,
                                 const float **activations)
{
  g_return_val_if_fail (channel < dissection->n_channels, 0);
  *images = dissection->top_images + (gsize) channel * dissection->n_top;
  if (activations != NULL)
    *activations = dissection->top_activations + (gsize) channel * dissection->n_top;
  return dissection->n_top;
}
