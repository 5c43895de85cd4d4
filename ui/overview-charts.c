/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/overview-data-private.h"

#include "ui/chart-boxes.h"
#include "ui/chart-dissection.h"

static gboolean
has_values (const FoveaOverviewData *self, guint chart)
{
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    for (guint layer = 0; layer < self->layer_names->len; layer++)
      if (self->values[chart][side][layer].values != NULL)
        return TRUE;
  return FALSE;
}

static guint
get_color (guint side)
{
  return side == FOVEA_SIDE_STANDARD ? FOVEA_CHART_STANDARD : FOVEA_CHART_ROBUST;
}

static const char *
get_title (guint chart)
{
  return chart < FOVEA_N_MEASURES ? fovea_measure_get_title (chart) : chart == FOVEA_OVERVIEW_PREFERENCE ? "Preference for shape" : "Best concept of each neuron";
}

static const char *
get_axis (guint chart)
{
  return chart < FOVEA_N_MEASURES ? fovea_measure_get_axis (chart) : chart == FOVEA_OVERVIEW_PREFERENCE ? "Texture (below 0) or shape (above 0)" : "Intersection over union";
}

static FoveaChart *
make_boxes (const FoveaOverviewData *self, guint kind)
{
  FoveaChart *chart = fovea_box_chart_new (get_axis (kind));
  guint series[FOVEA_N_SIDES];

  fovea_chart_set_title (chart, get_title (kind), NULL);
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    if (fovea_overview_data_get_network (self, side) != NULL)
      series[side] = fovea_box_chart_add_series (chart, fovea_network_get_name (fovea_overview_data_get_network (self, side)), get_color (side));
  for (guint layer = 0; layer < self->layer_names->len; layer++)
    {
      fovea_box_chart_add_category (chart, self->layer_names->pdata[layer]);
      for (guint side = 0; side < FOVEA_N_SIDES; side++)
        if (self->values[kind][side][layer].values != NULL)
          fovea_box_chart_set_values (chart, series[side], layer, self->values[kind][side][layer].values, self->values[kind][side][layer].n_values);
    }
  return chart;
}

/* The detectors of a layer by category: counted, or each by itself. */
static FoveaChart *
make_detectors (const FoveaOverviewData *self, guint kind, guint layer)
{
  const char *name = self->layer_names->pdata[layer];
  g_autofree char *title = g_strdup_printf (kind == FOVEA_OVERVIEW_CATEGORIES ? "Detectors in %s by category" : "Detectors in %s, each by its category", name);
  FoveaDissectionSeries series[FOVEA_N_SIDES];
  FoveaChart *chart;
  guint n_series = 0;

  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    if (self->tallies[side][layer] != NULL)
      series[n_series++] = (FoveaDissectionSeries) { fovea_network_get_name (fovea_overview_data_get_network (self, side)), get_color (side), self->tallies[side][layer] };
  if (n_series == 0)
    return NULL;
  if (kind == FOVEA_OVERVIEW_CATEGORIES)
    chart = fovea_dissection_chart_new (FOVEA_DISSECTION_CHART_CATEGORIES, n_series, series, FOVEA_DISSECT_IOU);
  else
    chart = fovea_dissection_chart_new_of_channels (n_series, series, FOVEA_DISSECT_IOU);
  fovea_chart_set_title (chart, title, NULL);
  return chart;
}

/**
 * fovea_overview_data_make_chart:
 * @layer: for charts of one layer, which one
 *
 * Returns: (transfer full) (nullable): a chart of what there is; %NULL where that is nothing
 */
FoveaChart *
fovea_overview_data_make_chart (const FoveaOverviewData *self, guint chart, guint layer)
{
  if (!fovea_overview_chart_is_of_layer (chart))
    return has_values (self, chart) ? make_boxes (self, chart) : NULL;
  if (layer >= self->layer_names->len)
    return NULL;
  return make_detectors (self, chart, layer);
}

/**
 * fovea_overview_data_find_mark:
 * @shown_layer: for charts of one layer, which one is shown
 * @layer: (out): a layer's name
 * @channel: (out): a channel of it
 *
 * Returns: whether a chart's mark is a neuron
 */
gboolean
fovea_overview_data_find_mark (const FoveaOverviewData *self, guint chart, guint shown_layer, guint category, guint index, const char **layer, guint *channel)
{
  guint position = fovea_overview_chart_is_of_layer (chart) ? shown_layer : category;

  if (chart == FOVEA_OVERVIEW_CATEGORIES || position >= self->layer_names->len)
    return FALSE;
  *layer = self->layer_names->pdata[position];
  *channel = index;
  return TRUE;
}

/**
 * fovea_overview_data_describe:
 *
 * Returns: (transfer full): what is measured, and on what
 */
char *
fovea_overview_data_describe (const FoveaOverviewData *self, FoveaOverviewGroup group)
{
  const FoveaMeasureSettings settings = fovea_overview_data_get_settings (self);
  gsize n_images = fovea_image_set_get_n_images (self->images);

  switch (group)
    {
    case FOVEA_OVERVIEW_SMOOTHNESS:
      return g_strdup_printf ("Total variation, the sum of absolute differences of neighbours, of every neuron’s activation maps on %s%'" G_GSIZE_FORMAT
                              " images of %s, as they are and with Gaussian noise of σ = %g, and how much of the noise it lets through.",
                              n_images > settings.n_images ? "the first " : "", MIN (n_images, settings.n_images), fovea_image_set_get_name (self->images), settings.sigma);
    case FOVEA_OVERVIEW_DIVERSITY:
      return g_strdup_printf ("%show unlike its nine strongest patches are, among %'" G_GSIZE_FORMAT " images of %s.",
                              fovea_overview_data_is_wanted (self, FOVEA_MEASURE_ENTROPY) ? "From how many classes the 49 images come that excite a neuron most, as the entropy of their classes, and "
                                                                       : "What excites a neuron most: ",
                              n_images, fovea_image_set_get_name (self->images));
    case FOVEA_OVERVIEW_SHAPE:
      return g_strdup_printf ("Whether neurons respond alike to equal shapes (above 0) or to equal textures (below 0), on %'" G_GSIZE_FORMAT " images of %s whose cues conflict.",
                              self->cues != NULL ? fovea_cue_set_get_n_cues (self->cues) : 0,
                              self->cues != NULL ? fovea_image_set_get_name (fovea_cue_set_get_images (self->cues)) : FOVEA_OVERVIEW_CUE_CONFLICT);
    case FOVEA_OVERVIEW_DETECTORS:
      return g_strdup_printf ("How well each neuron segments its best concept of %s, as intersection over union; from %g on it is called a detector.",
                              self->concepts != NULL ? fovea_image_set_get_name (fovea_concept_set_get_images (self->concepts)) : FOVEA_CONCEPT_SET_SCENES, FOVEA_DISSECT_IOU);
    case FOVEA_OVERVIEW_N_GROUPS:
    default:
      g_return_val_if_reached (NULL);
    }
}
