/* What a dissection is made of, for the files that make, store and read it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/analysis/dissect.h"

G_BEGIN_DECLS

/* Counts are cumulative: at each quantile, of all pixels above that threshold. */
struct _FoveaDissection {
  gatomicrefcount references;
  guint n_channels;
  guint n_categories;
  guint n_concepts;
  guint n_quantiles;
  gsize n_images; /* that were counted */
  guint n_top;    /* images kept of each channel */
  double quantiles[FOVEA_DISSECT_MAX_QUANTILES];
  char **categories;
  FoveaConcept *concepts;
  double *thresholds;     /* [channel][quantile] */
  guint64 *truths;        /* [concept] */
  guint64 *intersections; /* [channel][concept][quantile] */
  guint64 *areas;         /* [area][channel][category][quantile] */
  guint32 *top_images;    /* [channel][n_top] */
  float *top_activations; /* [channel][n_top] */
  FoveaConceptProblems problems;
};

FoveaDissection *fovea_dissection_new (guint n_channels, guint n_categories, guint n_concepts, guint n_quantiles, guint n_top, GError **error);

static inline guint64 *
fovea_dissection_intersections_of (const FoveaDissection *self,
                                   guint channel,
                                   guint concept)
{
  return self->intersections + ((gsize) channel * self->n_concepts + concept) * self->n_quantiles;
}

static inline guint64 *
fovea_dissection_areas_of (const FoveaDissection *self,
                           FoveaDissectArea area,
                           guint channel,
                           guint category)
{
  return self->areas + (((gsize) area * self->n_channels + channel) * self->n_categories + category) * self->n_quantiles;
}

G_END_DECLS
