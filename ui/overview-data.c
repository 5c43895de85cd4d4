/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/overview-data.h"

#include <math.h>

#include "engine/analysis/cue-store.h"
#include "engine/analysis/tally.h"
#include "ui/chart-boxes.h"
#include "ui/chart-dissection.h"

/* A trial that tells how long a computation will take itself takes so many seconds. */
#define TRIAL_SECONDS 0.8

/* The set that Fovea brings along. */
#define CUE_CONFLICT "cue-conflict"

/* Patches of a channel that are compared; each may lie in another image. */
#define N_PATCHES 9

typedef struct
{
  double *values; /* nullable: has not been computed */
  guint n_values;
} Values;

struct _FoveaOverviewData
{
  FoveaNetworkPair *pair;
  FoveaStore *store;
  FoveaImageSet *images;
  FoveaConceptSet *concepts; /* nullable, and then there is a problem */
  FoveaCueSet *cues;         /* nullable, and then there is a problem */
  char *problems[FOVEA_OVERVIEW_N_GROUPS];
  GPtrArray *layer_names; /* (element-type utf8) */
  GArray *layers[FOVEA_N_SIDES]; /* (element-type int): their nodes; -1 where the network has none */
  Values *values[FOVEA_OVERVIEW_N_DISTRIBUTIONS][FOVEA_N_SIDES];
  FoveaTally **tallies[FOVEA_N_SIDES]; /* each nullable */
};

/* One part of a computation: what is measured in one pass. */
typedef struct
{
  FoveaSide side;
  guint layer;   /* G_MAXUINT: all of them */
  double weight; /* how long it takes, relative to others of the group */
} Step;

static FoveaNetwork *
get_network (const FoveaOverviewData *self, guint side)
{
  return fovea_network_pair_has_side (self->pair, side) ? fovea_network_pair_get_network (self->pair, side) : NULL;
}

static int
get_node (const FoveaOverviewData *self, guint side, guint layer)
{
  return g_array_index (self->layers[side], int, layer);
}

static guint
get_n_channels (const FoveaOverviewData *self, guint side, guint layer)
{
  return (guint) fovea_graph_get_shape (fovea_network_get_graph (get_network (self, side)), (guint) get_node (self, side, layer))->channels;
}

/* As the report has them, so that each finds what the other computed. */
static FoveaMeasureSettings
get_settings (const FoveaOverviewData *self)
{
  FoveaReportSettings report;

  fovea_report_settings_init (&report);
  return (FoveaMeasureSettings) { .store = self->store, .images = self->images, .n_images = report.n_images, .sigma = report.sigma, .seed = report.seed };
}

/* Classes can be counted where images have some. */
static gboolean
is_wanted (const FoveaOverviewData *self, guint chart)
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

static void
find_layers (FoveaOverviewData *self)
{
  FoveaNetwork *first = get_network (self, FOVEA_SIDE_STANDARD) != NULL ? get_network (self, FOVEA_SIDE_STANDARD) : get_network (self, FOVEA_SIDE_ROBUST);

  self->layer_names = fovea_report_list_layers (first);
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    {
      self->layers[side] = g_array_new (FALSE, FALSE, sizeof (int));
      for (guint i = 0; i < self->layer_names->len; i++)
        {
          int node = -1;

          if (get_network (self, side) == NULL || !fovea_graph_find (fovea_network_get_graph (get_network (self, side)), self->layer_names->pdata[i], &node, NULL))
            node = -1;
          g_array_append_val (self->layers[side], node);
        }
      for (guint chart = 0; chart < FOVEA_OVERVIEW_N_DISTRIBUTIONS; chart++)
        self->values[chart][side] = g_new0 (Values, self->layer_names->len);
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
    built_in = fovea_image_set_open (CUE_CONFLICT, &cues_error);
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
  Values *values = &self->values[FOVEA_OVERVIEW_PREFERENCE][side][layer];

  if (self->cues != NULL)
    stored = fovea_cue_layer_get (get_network (self, side), get_node (self, side, layer), self->cues, self->store);
  if (stored == NULL)
    return;
  *values = (Values) { g_new (double, stored->n_channels), stored->n_channels };
  for (guint channel = 0; channel < stored->n_channels; channel++)
    values->values[channel] = fovea_cue_preference_get (&stored->preferences[channel]);
}

static void
load_detectors (FoveaOverviewData *self, guint side, guint layer)
{
  g_autoptr (FoveaDissection) dissection = NULL;
  Values *values = &self->values[FOVEA_OVERVIEW_IOU][side][layer];
  FoveaDissectOptions options;
  FoveaTally *tally;

  fovea_dissect_options_init (&options);
  if (self->concepts != NULL)
    dissection = fovea_dissect_lookup (get_network (self, side), get_node (self, side, layer), self->concepts, &options, self->store, NULL);
  if (dissection == NULL)
    return;
  tally = fovea_tally_new (dissection, fovea_dissection_find_quantile (dissection, FOVEA_DISSECT_QUANTILE), FOVEA_DISSECT_AREA_CATEGORY);
  self->tallies[side][layer] = tally;
  *values = (Values) { g_new0 (double, fovea_dissection_get_n_channels (dissection)), fovea_dissection_get_n_channels (dissection) };
  for (guint i = 0; i < tally->n_units; i++)
    values->values[tally->units[i].channel] = tally->units[i].score;
}

static void
load_layer (FoveaOverviewData *self, guint side, guint layer)
{
  const FoveaMeasureSettings settings = get_settings (self);

  for (guint measure = 0; measure < FOVEA_N_MEASURES; measure++)
    {
      double *values = is_wanted (self, measure) ? fovea_measure_load (measure, &settings, get_network (self, side), get_node (self, side, layer), NULL) : NULL;

      if (values != NULL)
        self->values[measure][side][layer] = (Values) { values, get_n_channels (self, side, layer) };
    }
  load_preferences (self, side, layer);
  load_detectors (self, side, layer);
}

/**
 * fovea_overview_data_load:
 * @pair: one network or two
 * @images: the image set
 * @error: `G_IO_ERROR_CANCELLED`; what cannot be measured with these sets is a problem of its group, no error
 *
 * Reads what the store has of the layers that the report describes.
 *
 * Returns: (transfer full): what there is
 *
 * Thread: any.
 */
FoveaOverviewData *
fovea_overview_data_load (FoveaNetworkPair *pair, FoveaStore *store, FoveaImageSet *images, GCancellable *cancellable, GError **error)
{
  g_autoptr (FoveaOverviewData) self = g_atomic_rc_box_new0 (FoveaOverviewData);
  FoveaJob job;

  fovea_job_init (&job, cancellable, NULL, NULL);
  self->pair = g_object_ref (pair);
  self->store = fovea_store_ref (store);
  self->images = fovea_image_set_ref (images);
  find_layers (self);
  if (!open_sets (self, &job, error))
    return NULL;
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    for (guint layer = 0; layer < self->layer_names->len; layer++)
      {
        if (fovea_job_is_cancelled (&job, error))
          return NULL;
        if (get_node (self, side, layer) >= 0)
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

static gboolean
is_missing (const FoveaOverviewData *self, FoveaOverviewGroup group, guint side, guint layer)
{
  if (get_node (self, side, layer) < 0)
    return FALSE;
  for (guint chart = 0; chart < FOVEA_OVERVIEW_N_DISTRIBUTIONS; chart++)
    if (fovea_overview_chart_get_group (chart) == group && is_wanted (self, chart) && self->values[chart][side][layer].values == NULL)
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
      if (is_missing (self, group, side, layer))
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
 * fovea_overview_data_describe:
 *
 * Returns: (transfer full): what is measured, and on what
 */
char *
fovea_overview_data_describe (const FoveaOverviewData *self, FoveaOverviewGroup group)
{
  const FoveaMeasureSettings settings = get_settings (self);
  gsize n_images = fovea_image_set_get_n_images (self->images);

  switch (group)
    {
    case FOVEA_OVERVIEW_SMOOTHNESS:
      return g_strdup_printf ("Total variation, the sum of absolute differences of neighbours, of every neuron’s activation maps on %s%'" G_GSIZE_FORMAT
                              " images of %s, as they are and with Gaussian noise of σ = %g, and how much of the noise it lets through.",
                              n_images > settings.n_images ? "the first " : "", MIN (n_images, settings.n_images), fovea_image_set_get_name (self->images), settings.sigma);
    case FOVEA_OVERVIEW_DIVERSITY:
      return g_strdup_printf ("%show unlike its nine strongest patches are, among %'" G_GSIZE_FORMAT " images of %s.",
                              is_wanted (self, FOVEA_MEASURE_ENTROPY) ? "From how many classes the 49 images come that excite a neuron most, as the entropy of their classes, and "
                                                                       : "What excites a neuron most: ",
                              n_images, fovea_image_set_get_name (self->images));
    case FOVEA_OVERVIEW_SHAPE:
      return g_strdup_printf ("Whether neurons respond alike to equal shapes (above 0) or to equal textures (below 0), on %'" G_GSIZE_FORMAT " images of %s whose cues conflict.",
                              self->cues != NULL ? fovea_cue_set_get_n_cues (self->cues) : 0,
                              self->cues != NULL ? fovea_image_set_get_name (fovea_cue_set_get_images (self->cues)) : CUE_CONFLICT);
    case FOVEA_OVERVIEW_DETECTORS:
      return g_strdup_printf ("How well each neuron segments its best concept of %s, as intersection over union; from %g on it is called a detector.",
                              self->concepts != NULL ? fovea_image_set_get_name (fovea_concept_set_get_images (self->concepts)) : FOVEA_CONCEPT_SET_SCENES, FOVEA_DISSECT_IOU);
    case FOVEA_OVERVIEW_N_GROUPS:
    default:
      g_return_val_if_reached (NULL);
    }
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
    if (get_network (self, side) != NULL)
      series[side] = fovea_box_chart_add_series (chart, fovea_network_get_name (get_network (self, side)), get_color (side));
  for (guint layer = 0; layer < self->layer_names->len; layer++)
    {
      fovea_box_chart_add_category (chart, self->layer_names->pdata[layer]);
      for (guint side = 0; side < FOVEA_N_SIDES; side++)
        if (self->values[kind][side][layer].values != NULL)
          fovea_box_chart_set_values (chart, series[side], layer, self->values[kind][side][layer].values, self->values[kind][side][layer].n_values);
    }
  return chart;
}

static FoveaChart *
make_categories (const FoveaOverviewData *self, guint layer)
{
  FoveaDissectionSeries series[FOVEA_N_SIDES];
  g_autofree char *title = g_strdup_printf ("Detectors in %s by category", (const char *) self->layer_names->pdata[layer]);
  FoveaChart *chart;
  guint n_series = 0;

  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    if (self->tallies[side][layer] != NULL)
      series[n_series++] = (FoveaDissectionSeries) { fovea_network_get_name (get_network (self, side)), get_color (side), self->tallies[side][layer] };
  if (n_series == 0)
    return NULL;
  chart = fovea_dissection_chart_new (FOVEA_DISSECTION_CHART_CATEGORIES, n_series, series, FOVEA_DISSECT_IOU);
  fovea_chart_set_title (chart, title, NULL);
  return chart;
}

/**
 * fovea_overview_data_make_chart:
 * @layer: for %FOVEA_OVERVIEW_CATEGORIES, whose detectors
 *
 * Returns: (transfer full) (nullable): a chart of what there is; %NULL where that is nothing
 */
FoveaChart *
fovea_overview_data_make_chart (const FoveaOverviewData *self, guint chart, guint layer)
{
  if (chart == FOVEA_OVERVIEW_CATEGORIES)
    return layer < self->layer_names->len ? make_categories (self, layer) : NULL;
  return has_values (self, chart) ? make_boxes (self, chart) : NULL;
}

/**
 * fovea_overview_data_find_mark:
 * @layer: (out): a layer's name
 * @channel: (out): a channel of it
 *
 * Returns: whether a chart's mark is a neuron
 */
gboolean
fovea_overview_data_find_mark (const FoveaOverviewData *self, guint chart, guint category, guint index, const char **layer, guint *channel)
{
  if (chart >= FOVEA_OVERVIEW_N_DISTRIBUTIONS || category >= self->layer_names->len)
    return FALSE;
  *layer = self->layer_names->pdata[category];
  *channel = index;
  return TRUE;
}

/**
 * fovea_overview_data_can_report:
 *
 * Returns: whether a report can be made: it compares two networks
 */
gboolean
fovea_overview_data_can_report (const FoveaOverviewData *self)
{
  return get_network (self, FOVEA_SIDE_STANDARD) != NULL && get_network (self, FOVEA_SIDE_ROBUST) != NULL && self->layer_names->len > 0 &&
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
  settings->standard = get_network (self, FOVEA_SIDE_STANDARD);
  settings->robust = get_network (self, FOVEA_SIDE_ROBUST);
  settings->store = self->store;
  settings->images = self->images;
  settings->concepts = self->concepts;
  settings->cues = self->cues;
}

/* The nodes of a network that a group has nothing of, or one of them. */
static GArray *
list_missing (const FoveaOverviewData *self, FoveaOverviewGroup group, guint side, guint only)
{
  GArray *layers = g_array_new (FALSE, FALSE, sizeof (int));

  for (guint layer = 0; layer < self->layer_names->len; layer++)
    if ((only == G_MAXUINT || only == layer) && is_missing (self, group, side, layer))
      {
        int node = get_node (self, side, layer);

        g_array_append_val (layers, node);
      }
  return layers;
}

static void
add_step (GArray *steps, guint side, guint layer, double weight)
{
  const Step step = { side, layer, weight };

  g_array_append_val (steps, step);
}

static GArray *
list_steps (const FoveaOverviewData *self, FoveaOverviewGroup group)
{
  GArray *steps = g_array_new (FALSE, FALSE, sizeof (Step));
  double n_images = (double) fovea_image_set_get_n_images (self->images);

  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    {
      g_autoptr (GArray) missing = list_missing (self, group, side, G_MAXUINT);

      if (missing->len > 0 && group != FOVEA_OVERVIEW_DETECTORS)
        add_step (steps, side, G_MAXUINT, group == FOVEA_OVERVIEW_DIVERSITY ? n_images : 1);
      for (guint layer = 0; layer < self->layer_names->len; layer++)
        if (is_missing (self, group, side, layer) && group == FOVEA_OVERVIEW_DETECTORS)
          add_step (steps, side, layer, 1);
        else if (is_missing (self, group, side, layer) && group == FOVEA_OVERVIEW_DIVERSITY)
          add_step (steps, side, layer, MIN (n_images, N_PATCHES * (double) get_n_channels (self, side, layer)));
    }
  return steps;
}

static gboolean
compute_preferences (FoveaOverviewData *self, guint side, const GArray *layers, const FoveaJob *job, GError **error)
{
  gsize n_unreadable = 0;
  g_autoptr (GPtrArray) results = fovea_cue_preference_measure (get_network (self, side), self->cues, layers->len, (const int *) (const void *) layers->data, &n_unreadable, job, error);

  for (guint i = 0; results != NULL && i < layers->len; i++)
    if (!fovea_cue_layer_put (results->pdata[i], get_network (self, side), g_array_index (layers, int, i), self->cues, self->store, error))
      return FALSE;
  return results != NULL;
}

static gboolean
scan (FoveaOverviewData *self, guint side, const GArray *layers, const FoveaJob *job, GError **error)
{
  const FoveaScanTarget target = { get_network (self, side), layers->len, (const int *) (const void *) layers->data };
  g_autoptr (GPtrArray) scans = fovea_scan_run (self->store, self->images, 1, &target, &FOVEA_SCAN_OPTIONS_DEFAULT, job, error);

  return scans != NULL;
}

static gboolean
run_step (FoveaOverviewData *self, FoveaOverviewGroup group, const Step *step, const FoveaJob *job, GError **error)
{
  const FoveaMeasureSettings settings = get_settings (self);
  FoveaNetwork *network = get_network (self, step->side);
  g_autoptr (GArray) missing = list_missing (self, group, step->side, step->layer);
  const int *layers = (const int *) (const void *) missing->data;
  g_autoptr (FoveaDissection) dissection = NULL;
  FoveaDissectOptions options;

  switch (group)
    {
    case FOVEA_OVERVIEW_SMOOTHNESS:
      return fovea_measure_compute (FOVEA_MEASURE_VARIATION, &settings, network, missing->len, layers, job, error) &&
             fovea_measure_compute (FOVEA_MEASURE_NOISY_VARIATION, &settings, network, missing->len, layers, job, error) &&
             fovea_measure_compute (FOVEA_MEASURE_NOISE, &settings, network, missing->len, layers, job, error);
    case FOVEA_OVERVIEW_DIVERSITY:
      if (step->layer == G_MAXUINT)
        return scan (self, step->side, missing, job, error);
      return (!is_wanted (self, FOVEA_MEASURE_ENTROPY) || fovea_measure_compute (FOVEA_MEASURE_ENTROPY, &settings, network, missing->len, layers, job, error)) &&
             fovea_measure_compute (FOVEA_MEASURE_DISTANCE, &settings, network, missing->len, layers, job, error);
    case FOVEA_OVERVIEW_SHAPE:
      return compute_preferences (self, step->side, missing, job, error);
    case FOVEA_OVERVIEW_DETECTORS:
      fovea_dissect_options_init (&options);
      dissection = fovea_dissect (network, layers[0], self->concepts, &options, self->store, job, error);
      return dissection != NULL;
    case FOVEA_OVERVIEW_N_GROUPS:
    default:
      g_return_val_if_reached (FALSE);
    }
}

typedef struct
{
  FoveaOverviewProgressFunc progress;
  gpointer progress_data;
  char *step;
  double before; /* weight of the steps that are done */
  double weight; /* of the step in work */
  double total;
} Running;

static void
show_progress (guint64 done, guint64 total, double seconds_left, gpointer data)
{
  const Running *running = data;
  double part = total > 0 ? MIN ((double) done / (double) total, 1) : 0;

  (void) seconds_left;
  if (running->progress != NULL)
    running->progress (running->step, (running->before + part * running->weight) / running->total, running->progress_data);
}

static char *
describe_step (const FoveaOverviewData *self, FoveaOverviewGroup group, const Step *step)
{
  const char *network = fovea_network_get_name (get_network (self, step->side));

  if (step->layer != G_MAXUINT)
    return g_strdup_printf ("%s of %s", (const char *) self->layer_names->pdata[step->layer], network);
  return g_strdup_printf (group == FOVEA_OVERVIEW_DIVERSITY ? "Strongest images of %s" : "All layers of %s", network);
}

/**
 * fovea_overview_data_compute:
 * @group: one without a problem
 * @progress: (nullable):
 *
 * Computes what of the group is missing and puts it into the store; this data stays as it is, load it anew. What was
 * finished before it was stopped is kept.
 *
 * Errors: as the analyses; `G_IO_ERROR_CANCELLED`
 *
 * Thread: any.
 */
gboolean
fovea_overview_data_compute (FoveaOverviewData *self, FoveaOverviewGroup group, FoveaOverviewProgressFunc progress, gpointer progress_data,
                             GCancellable *cancellable, GError **error)
{
  g_autoptr (GArray) steps = list_steps (self, group);
  Running running = { .progress = progress, .progress_data = progress_data };

  g_return_val_if_fail (self->problems[group] == NULL, FALSE);

  for (guint i = 0; i < steps->len; i++)
    running.total += g_array_index (steps, Step, i).weight;
  for (guint i = 0; i < steps->len; i++)
    {
      const Step *step = &g_array_index (steps, Step, i);
      g_autofree char *text = describe_step (self, group, step);
      FoveaJob job;

      running.step = text;
      running.weight = step->weight;
      fovea_job_init (&job, cancellable, show_progress, &running);
      show_progress (0, 1, -1, &running);
      if (fovea_job_is_cancelled (&job, error) || !run_step (self, group, step, &job, error))
        return FALSE;
      running.before += step->weight;
    }
  return TRUE;
}

typedef struct
{
  GCancellable *cancellable;
  guint n_news;
  gint64 started; /* monotonic; at the first news of work that was done */
  double first;   /* the fraction then, of which an earlier run may have done most */
  double seconds; /* negative while it is not known */
} Trial;

static void
watch_trial (const char *step, double fraction, gpointer data)
{
  Trial *trial = data;
  gint64 now = g_get_monotonic_time ();
  double elapsed;

  (void) step;
  if (trial->n_news++ < 2)
    {
      trial->started = now;
      trial->first = fraction;
      return;
    }
  elapsed = (double) (now - trial->started) / G_USEC_PER_SEC;
  if (fraction <= trial->first)
    return;
  trial->seconds = elapsed / (fraction - trial->first) * (1 - fraction);
  if (elapsed >= TRIAL_SECONDS)
    g_cancellable_cancel (trial->cancellable);
}

static void
stop_trial (GCancellable *cancellable, gpointer data)
{
  (void) cancellable;
  g_cancellable_cancel (data);
}

/**
 * fovea_overview_data_estimate:
 * @group: one without a problem
 *
 * How long it will take to compute what of the group is missing: begins with it, and stops soon. If that finishes it, or a
 * part of it, it is in the store.
 *
 * Errors: as the analyses; `G_IO_ERROR_CANCELLED`
 *
 * Returns: seconds, 0 when nothing is missing any more; negative on errors
 *
 * Thread: any.
 */
double
fovea_overview_data_estimate (FoveaOverviewData *self, FoveaOverviewGroup group, GCancellable *cancellable, GError **error)
{
  g_autoptr (GCancellable) own = g_cancellable_new ();
  Trial trial = { .cancellable = own, .seconds = -1 };
  g_autoptr (GError) local_error = NULL;
  gulong handler = cancellable != NULL ? g_cancellable_connect (cancellable, G_CALLBACK (stop_trial), own, NULL) : 0;
  gboolean done = fovea_overview_data_compute (self, group, watch_trial, &trial, own, &local_error);

  if (cancellable != NULL)
    g_cancellable_disconnect (cancellable, handler);
  if (done)
    return 0;
  if (trial.seconds >= 0 && g_error_matches (local_error, G_IO_ERROR, G_IO_ERROR_CANCELLED) && !g_cancellable_set_error_if_cancelled (cancellable, error))
    return trial.seconds;
  if (error == NULL || *error == NULL)
    g_propagate_error (error, g_steal_pointer (&local_error));
  return -1;
}
