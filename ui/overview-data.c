/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/overview-data-private.h"

#include "engine/analysis/cue-store.h"

/* The nullable network of a side. */
FoveaNetwork *
fovea_overview_data_get_network (const FoveaOverviewData *self, guint side)
{
  return fovea_network_pair_has_side (self->pair, side) ? fovea_network_pair_get_network (self->pair, side) : NULL;
}

/* A layer's node in the network of a side that there is; -1 where that has no layer of the name. */
int
fovea_overview_data_get_node (const FoveaOverviewData *self, guint side, guint layer)
{
  return g_array_index (self->layers[side], int, layer);
}

guint
fovea_overview_data_get_n_channels (const FoveaOverviewData *self, guint side, guint layer)
{
  const FoveaGraph *graph = fovea_network_get_graph (fovea_overview_data_get_network (self, side));

  return (guint) fovea_graph_get_shape (graph, (guint) fovea_overview_data_get_node (self, side, layer))->channels;
}

/* As the report has them, so that each finds what the other computed. */
FoveaMeasureSettings
fovea_overview_data_get_settings (const FoveaOverviewData *self)
{
  FoveaReportSettings report;

  fovea_report_settings_init (&report);
  return (FoveaMeasureSettings) { .store = self->store, .images = self->images, .n_images = report.n_images, .sigma = self->sigma, .seed = report.seed };
}

/* Classes can be counted where images have some. */
gboolean
fovea_overview_data_is_wanted (const FoveaOverviewData *self, guint chart)
{
  return chart != FOVEA_MEASURE_ENTROPY || fovea_image_set_get_n_classes (self->images) > 0;
}

/**
 * fovea_overview_chart_get_group:
 *
 * Returns: with what it is computed
 */
FoveaOverviewGroup
fovea_overview_chart_get_group (guint chart)
{
  if (chart <= FOVEA_MEASURE_NOISE)
    return FOVEA_OVERVIEW_SMOOTHNESS;
  if (chart <= FOVEA_MEASURE_DISTANCE)
    return FOVEA_OVERVIEW_DIVERSITY;
  return chart == FOVEA_OVERVIEW_PREFERENCE ? FOVEA_OVERVIEW_SHAPE : FOVEA_OVERVIEW_DETECTORS;
}

/**
 * fovea_overview_chart_is_of_layer:
 *
 * Returns: whether it shows one layer; others show all
 */
gboolean
fovea_overview_chart_is_of_layer (guint chart)
{
  return chart == FOVEA_OVERVIEW_CATEGORIES || chart == FOVEA_OVERVIEW_DETECTED;
}

static void
find_layers (FoveaOverviewData *self)
{
  FoveaNetwork *standard = fovea_overview_data_get_network (self, FOVEA_SIDE_STANDARD);
  FoveaNetwork *first = standard != NULL ? standard : fovea_overview_data_get_network (self, FOVEA_SIDE_ROBUST);

  self->layer_names = fovea_report_list_layers (first);
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    {
      self->layers[side] = g_array_new (FALSE, FALSE, sizeof (int));
      for (guint i = 0; i < self->layer_names->len; i++)
        {
          int node = -1;

          if (fovea_overview_data_get_network (self, side) == NULL || !fovea_graph_find (fovea_network_get_graph (fovea_overview_data_get_network (self, side)), self->layer_names->pdata[i], &node, NULL))
            node = -1;
          g_array_append_val (self->layers[side], node);
        }
      for (guint chart = 0; chart < FOVEA_OVERVIEW_N_DISTRIBUTIONS; chart++)
        self->values[chart][side] = g_new0 (FoveaOverviewValues, self->layer_names->len);
      self->tallies[side] = g_new0 (FoveaTally *, self->layer_names->len);
    }
}

/* A set that has concepts or cues of its own is used for them; for any other, Fovea's own stand in. */
static gboolean
open_sets (FoveaOverviewData *self, const FoveaJob *job, GError **error)
{
  const char *path = fovea_image_set_get_path (self->images);
  g_autoptr (FoveaImageSet) built_in = NULL;
  g_autoptr (GError) concepts_error = NULL;
  g_autoptr (GError) cues_error = NULL;

  self->concepts = path != NULL ? fovea_concept_set_open (path, job, NULL) : NULL;
  if (fovea_job_is_cancelled (job, error))
    return FALSE;
  if (self->concepts == NULL)
    self->concepts = fovea_concept_set_open (FOVEA_CONCEPT_SET_SCENES, job, &concepts_error);
  if (self->concepts == NULL)
    self->problems[FOVEA_OVERVIEW_DETECTORS] = g_strdup (concepts_error->message);

  self->cues = fovea_cue_set_new (self->images, NULL);
  if (self->cues == NULL)
    built_in = fovea_image_set_open (FOVEA_OVERVIEW_CUE_CONFLICT, &cues_error);
  if (built_in != NULL)
    self->cues = fovea_cue_set_new (built_in, &cues_error);
  if (self->cues == NULL)
    self->problems[FOVEA_OVERVIEW_SHAPE] = g_strdup (cues_error->message);
  if (fovea_image_set_get_n_images (self->images) == 0)
    for (guint group = FOVEA_OVERVIEW_SMOOTHNESS; group <= FOVEA_OVERVIEW_DIVERSITY; group++)
      self->problems[group] = g_strdup_printf ("%s has no images", fovea_image_set_get_name (self->images));
  return !fovea_job_is_cancelled (job, error);
}

static void
load_preferences (FoveaOverviewData *self, guint side, guint layer)
{
  g_autoptr (FoveaCueLayer) stored = NULL;
  FoveaOverviewValues *values = &self->values[FOVEA_OVERVIEW_PREFERENCE][side][layer];

  if (self->cues != NULL)
    stored = fovea_cue_layer_get (fovea_overview_data_get_network (self, side), fovea_overview_data_get_node (self, side, layer), self->cues, self->store);
  if (stored == NULL)
    return;
  *values = (FoveaOverviewValues) { g_new (double, stored->n_channels), stored->n_channels };
  for (guint channel = 0; channel < stored->n_channels; channel++)
    values->values[channel] = fovea_cue_preference_get (&stored->preferences[channel]);
}

static void
load_detectors (FoveaOverviewData *self, guint side, guint layer)
{
  g_autoptr (FoveaDissection) dissection = NULL;
  FoveaOverviewValues *values = &self->values[FOVEA_OVERVIEW_IOU][side][layer];
  FoveaDissectOptions options;
  FoveaTally *tally;

  fovea_dissect_options_init (&options);
  if (self->concepts != NULL)
    dissection = fovea_dissect_lookup (fovea_overview_data_get_network (self, side), fovea_overview_data_get_node (self, side, layer), self->concepts, &options, self->store, NULL);
  if (dissection == NULL)
    return;
  tally = fovea_tally_new (dissection, fovea_dissection_find_quantile (dissection, FOVEA_DISSECT_QUANTILE), FOVEA_DISSECT_AREA_CATEGORY);
  self->tallies[side][layer] = tally;
  *values = (FoveaOverviewValues) { g_new0 (double, fovea_dissection_get_n_channels (dissection)), fovea_dissection_get_n_channels (dissection) };
  for (guint i = 0; i < tally->n_units; i++)
    values->values[tally->units[i].channel] = tally->units[i].score;
}

static void
load_layer (FoveaOverviewData *self, guint side, guint layer)
{
  const FoveaMeasureSettings settings = fovea_overview_data_get_settings (self);

  for (guint measure = 0; measure < FOVEA_N_MEASURES; measure++)
    {
      double *values = fovea_overview_data_is_wanted (self, measure) ? fovea_measure_load (measure, &settings, fovea_overview_data_get_network (self, side), fovea_overview_data_get_node (self, side, layer), NULL) : NULL;

      if (values != NULL)
        self->values[measure][side][layer] = (FoveaOverviewValues) { values, fovea_overview_data_get_n_channels (self, side, layer) };
    }
  load_preferences (self, side, layer);
  load_detectors (self, side, layer);
}

/**
 * fovea_overview_data_load:
 * @pair: one network or two
 * @images: the image set
 * @sigma: of the noise that smoothness is measured with
 * @error: `G_IO_ERROR_CANCELLED`; what cannot be measured with these sets is a problem of its group, no error
 *
 * Reads what the store has of the layers that the report describes.
 *
 * Returns: (transfer full): what there is
 *
 * Thread: any.
 */
FoveaOverviewData *
fovea_overview_data_load (FoveaNetworkPair *pair, FoveaStore *store, FoveaImageSet *images, double sigma, GCancellable *cancellable, GError **error)
{
  g_autoptr (FoveaOverviewData) self = g_atomic_rc_box_new0 (FoveaOverviewData);
  FoveaJob job;

  fovea_job_init (&job, cancellable, NULL, NULL);
  self->pair = g_object_ref (pair);
  self->store = fovea_store_ref (store);
  self->images = fovea_image_set_ref (images);
  self->sigma = sigma;
  find_layers (self);
  if (!open_sets (self, &job, error))
    return NULL;
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    for (guint layer = 0; layer < self->layer_names->len; layer++)
      {
        if (fovea_job_is_cancelled (&job, error))
          return NULL;
        if (fovea_overview_data_get_node (self, side, layer) >= 0)
          load_layer (self, side, layer);
      }
  return g_steal_pointer (&self);
}

/**
 * fovea_overview_data_ref:
 */
FoveaOverviewData *
fovea_overview_data_ref (FoveaOverviewData *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
data_clear (gpointer data)
{
  FoveaOverviewData *self = data;

  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    {
      for (guint layer = 0; layer < self->layer_names->len; layer++)
        {
          for (guint chart = 0; chart < FOVEA_OVERVIEW_N_DISTRIBUTIONS; chart++)
            g_free (self->values[chart][side][layer].values);
          g_clear_pointer (&self->tallies[side][layer], fovea_tally_free);
        }
      for (guint chart = 0; chart < FOVEA_OVERVIEW_N_DISTRIBUTIONS; chart++)
        g_free (self->values[chart][side]);
      g_free (self->tallies[side]);
      g_array_unref (self->layers[side]);
    }
  g_ptr_array_unref (self->layer_names);
  for (guint group = 0; group < FOVEA_OVERVIEW_N_GROUPS; group++)
    g_free (self->problems[group]);
  g_clear_pointer (&self->concepts, fovea_concept_set_unref);
  g_clear_pointer (&self->cues, fovea_cue_set_unref);
  fovea_image_set_unref (self->images);
  fovea_store_unref (self->store);
  g_object_unref (self->pair);
}

/**
 * fovea_overview_data_unref:
 */
void
fovea_overview_data_unref (FoveaOverviewData *self)
{
  g_atomic_rc_box_release_full (self, data_clear);
}

guint
fovea_overview_data_get_n_layers (const FoveaOverviewData *self)
{
  return self->layer_names->len;
}

const char *
fovea_overview_data_get_layer (const FoveaOverviewData *self, guint layer)
{
  return self->layer_names->pdata[layer];
}

/* Whether a layer lacks something of a group. */
gboolean
fovea_overview_data_is_missing (const FoveaOverviewData *self, FoveaOverviewGroup group, guint side, guint layer)
{
  if (fovea_overview_data_get_node (self, side, layer) < 0)
    return FALSE;
  for (guint chart = 0; chart < FOVEA_OVERVIEW_N_DISTRIBUTIONS; chart++)
    if (fovea_overview_chart_get_group (chart) == group && fovea_overview_data_is_wanted (self, chart) && self->values[chart][side][layer].values == NULL)
      return TRUE;
  return FALSE;
}

/**
 * fovea_overview_data_is_complete:
 *
 * Returns: whether nothing of the group is missing
 */
gboolean
fovea_overview_data_is_complete (const FoveaOverviewData *self, FoveaOverviewGroup group)
{
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    for (guint layer = 0; layer < self->layer_names->len; layer++)
      if (fovea_overview_data_is_missing (self, group, side, layer))
        return FALSE;
  return TRUE;
}

/**
 * fovea_overview_data_get_problem:
 *
 * Returns: (transfer none) (nullable): why the group cannot be computed
 */
const char *
fovea_overview_data_get_problem (const FoveaOverviewData *self, FoveaOverviewGroup group)
{
  return self->problems[group];
}

/**
 * fovea_overview_data_get_values:
 * @chart: a distribution
 * @n_values: (out): the layer's number of channels
 *
 * Returns: (transfer none) (nullable): one value a channel, which may be no number; %NULL where it has not been computed
 */
const double *
fovea_overview_data_get_values (const FoveaOverviewData *self, guint chart, FoveaSide side, guint layer, guint *n_values)
{
  g_return_val_if_fail (chart < FOVEA_OVERVIEW_N_DISTRIBUTIONS && layer < self->layer_names->len, NULL);
  *n_values = self->values[chart][side][layer].n_values;
  return self->values[chart][side][layer].values;
}

/**
 * fovea_overview_data_can_report:
 *
 * Returns: whether a report can be made: it compares two networks
 */
gboolean
fovea_overview_data_can_report (const FoveaOverviewData *self)
{
  return fovea_overview_data_get_network (self, FOVEA_SIDE_STANDARD) != NULL && fovea_overview_data_get_network (self, FOVEA_SIDE_ROBUST) != NULL && self->layer_names->len > 0 &&
         fovea_image_set_get_n_images (self->images) > 0;
}

/**
 * fovea_overview_data_fill_report:
 * @settings: (out caller-allocates): of a report of the same numbers; what it names belongs to @self
 */
void
fovea_overview_data_fill_report (const FoveaOverviewData *self, FoveaReportSettings *settings)
{
  g_return_if_fail (fovea_overview_data_can_report (self));

  fovea_report_settings_init (settings);
  settings->standard = fovea_overview_data_get_network (self, FOVEA_SIDE_STANDARD);
  settings->robust = fovea_overview_data_get_network (self, FOVEA_SIDE_ROBUST);
  settings->store = self->store;
  settings->images = self->images;
  settings->concepts = self->concepts;
  settings->cues = self->cues;
  settings->sigma = self->sigma;
}
