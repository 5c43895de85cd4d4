/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/report-private.h"

#include <math.h>

#include "engine/analysis/dissect.h"
#include "engine/analysis/measures.h"
#include "engine/analysis/tally.h"
#include "ui/figure-maker.h"

#define N_PATCHES 9

/* What the networks' neurons are compared by, one after the other. */
static const FoveaMeasure measures[] = { FOVEA_MEASURE_VARIATION, FOVEA_MEASURE_NOISE, FOVEA_MEASURE_ENTROPY, FOVEA_MEASURE_DISTANCE };

/* A layer's numbers: of each network, each measure, one a channel; NULL where it has not been measured. */
typedef struct {
  double *values[FOVEA_REPORT_N_NETWORKS][G_N_ELEMENTS (measures)];
  FoveaTally *tallies[FOVEA_REPORT_N_NETWORKS];
  guint n_channels;
  gboolean *taken;
} Layer;

static void
clear_layer (Layer *layer)
{
  for (guint n = 0; n < FOVEA_REPORT_N_NETWORKS; n++)
    {
      for (guint m = 0; m < G_N_ELEMENTS (measures); m++)
        g_free (layer->values[n][m]);
      g_clear_pointer (&layer->tallies[n], fovea_tally_free);
    }
  g_free (layer->taken);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Layer, clear_layer)

static guint
get_n_channels (const FoveaReport *report, guint n, guint index)
{
  const FoveaGraph *graph = fovea_network_get_graph (report->networks[n]);

  return (guint) fovea_graph_get_shape (graph, (guint) fovea_report_get_layers (report, n)[index])->channels;
}

static FoveaTally *
load_tally (const FoveaReport *report, guint n, guint index)
{
  g_autoptr (FoveaDissection) dissection = NULL;
  FoveaDissectOptions options;

  fovea_dissect_options_init (&options);
  if (report->settings->concepts)
    dissection = fovea_dissect_lookup (report->networks[n], fovea_report_get_layers (report, n)[index], report->settings->concepts, &options, report->settings->store, NULL);
  return dissection ? fovea_tally_new (dissection, fovea_dissection_find_quantile (dissection, FOVEA_DISSECT_QUANTILE), FOVEA_DISSECT_AREA_CATEGORY) : NULL;
}

/* The chapters before have computed all of it. */
static void
load_layer (const FoveaReport *report, guint index, Layer *layer)
{
  const FoveaMeasureSettings settings = fovea_report_get_measure_settings (report);

  layer->n_channels = MIN (get_n_channels (report, 0, index), get_n_channels (report, 1, index));
  layer->taken = g_new0 (gboolean, layer->n_channels);
  for (guint n = 0; n < FOVEA_REPORT_N_NETWORKS; n++)
    {
      for (guint m = 0; m < G_N_ELEMENTS (measures); m++)
        layer->values[n][m] = fovea_measure_load (measures[m], &settings, report->networks[n], fovea_report_get_layers (report, n)[index], NULL);
      layer->tallies[n] = load_tally (report, n, index);
    }
}

/* The channel of the largest difference that is not taken yet, of equals the first. */
static gboolean
choose_channel (Layer *layer, guint m, guint *channel)
{
  double largest = -1;

  *channel = 0;
  if (!layer->values[0][m] || !layer->values[1][m])
    return FALSE;
  for (guint i = 0; i < layer->n_channels; i++)
    {
      double difference = fabs (layer->values[0][m][i] - layer->values[1][m][i]);

      if (layer->taken[i] || !isfinite (difference) || difference <= largest)
        continue;
      largest = difference;
      *channel = i;
    }
  if (largest >= 0)
    layer->taken[*channel] = TRUE;
  return largest >= 0;
}

static char *
describe_detector (const FoveaTally *tally, guint channel)
{
  const FoveaTallyUnit *unit = fovea_tally_find (tally, channel);

  return unit && unit->score >= FOVEA_DISSECT_IOU ? g_strdup (unit->label) : g_strdup ("no concept");
}

static char *
describe_channel (const Layer *layer, guint m, guint channel)
{
  g_autofree char *numbers = g_strdup_printf ("%s: %#.3g → %#.3g%s", fovea_measure_get_title (measures[m]), layer->values[0][m][channel],
                                              layer->values[1][m][channel], measures[m] == FOVEA_MEASURE_ENTROPY ? " bits" : "");
  g_autofree char *standard = NULL;
  g_autofree char *robust = NULL;

  if (!layer->tallies[0] || !layer->tallies[1])
    return g_steal_pointer (&numbers);
  standard = describe_detector (layer->tallies[0], channel);
  robust = describe_detector (layer->tallies[1], channel);
  return g_strdup_printf ("%s\nDetects: %s → %s", numbers, standard, robust);
}

/* Where the grid of a layer shows filters instead of optimized images, so do the examples: a weighted sum of pixels is
 * raised most by its own filter. @at is the unit then, and otherwise nowhere. */
static void
set_options (FoveaReport *report, guint index, FoveaFigureRecord *record, FoveaPreset preset, FoveaNeuron *at)
{
  for (guint n = 0; n < FOVEA_REPORT_N_NETWORKS; n++)
    {
      const FoveaNeuron neuron = { fovea_report_get_layers (report, n)[index], 0, -1, -1 };
      FoveaFigureNetwork *entry = fovea_figure_record_add_network (record, report->networks[n], n == 0 ? FOVEA_FIGURE_STANDARD : FOVEA_FIGURE_ROBUST, preset);
      FoveaMaximizeOptions options;
      FoveaObjective objective;

      fovea_maximize_init_tile (&options, &objective, report->networks[n], &neuron);
      *at = objective.terms[0].neuron;
      if (at->y >= 0)
        entry->options = options;
    }
}

static void
add_row (FoveaReport *report, guint index, FoveaFigureRecord *record, const Layer *layer, guint m, guint channel, const FoveaNeuron *at)
{
  const char *name = report->layer_names->pdata[index];
  g_autofree char *title = g_strdup_printf ("%s:%u", name, channel);
  g_autofree char *subtitle = describe_channel (layer, m, channel);
  FoveaFigureRow *row = fovea_figure_record_add_row (record, title, subtitle);

  row->addresses = g_new0 (char *, FOVEA_REPORT_N_NETWORKS + 1);
  for (guint n = 0; n < FOVEA_REPORT_N_NETWORKS; n++)
    row->addresses[n] = at->y >= 0 ? g_strdup_printf ("%s:%" G_GINT64_FORMAT ",%" G_GINT64_FORMAT, title, at->y, at->x) : g_strdup (title);
  row->objective = at->y >= 0 ? FOVEA_OBJECTIVE_NEURON : FOVEA_OBJECTIVE_CHANNEL;
}

static char *
format_caption (const FoveaReport *report, const char *layer_name, const FoveaFigureRecord *record, FoveaPreset preset, gboolean filters)
{
  const FoveaMaximizeOptions *options = &((FoveaFigureNetwork *) record->networks->pdata[0])->options;
  g_autofree char *images = NULL;

  if (filters)
    images = g_strdup ("Left in each network, the filter itself, which is the image that raises a unit of it most;");
  else
    images = g_strdup_printf ("Left in each network, the image optimized to raise the mean of the channel’s map (%s preset, %u steps, %u × %u pixels);",
                              fovea_preset_get_name (preset), options->steps, options->width, options->height);
  return g_strdup_printf ("%s: channels in which the networks differ most, with the measure by which they were chosen, standard → robust. %s right, its %u strongest patches "
                          "among the images of %s, cut to the receptive field.",
                          layer_name, images, N_PATCHES, fovea_image_set_get_name (report->settings->images));
}

static char *
make_name (const char *layer_name)
{
  g_autofree char *name = g_strdup_printf ("examples-%s", layer_name);

  return fovea_document_make_file_name (name);
}

static gboolean
add_layer (FoveaReport *report, guint index, GPtrArray *networks, GError **error)
{
  const FoveaReportSettings *settings = report->settings;
  const FoveaFigureCache cache = { .store = settings->store, .images = settings->images, .take_images = TRUE };
  FoveaPreset preset = fovea_maximize_get_common_preset ((FoveaNetwork *const *) networks->pdata, networks->len);
  g_autoptr (FoveaFigureRecord) record = fovea_figure_record_new ();
  g_autofree char *name = make_name (report->layer_names->pdata[index]);
  g_autofree char *text = NULL;
  g_auto (Layer) layer = { 0 };
  FoveaFigureView *patches;
  FoveaFigure *figure;
  FoveaNeuron at;

  if (get_n_channels (report, 0, index) != get_n_channels (report, 1, index))
    return TRUE;
  load_layer (report, index, &layer);
  set_options (report, index, record, preset, &at);
  fovea_figure_record_add_view (record, FOVEA_FIGURE_VISUALIZATION);
  patches = fovea_figure_record_add_view (record, FOVEA_FIGURE_PATCHES);
  patches->images = g_strdup (fovea_image_set_get_place (settings->images));
  patches->count = N_PATCHES;
  for (guint i = 0, misses = 0; record->rows->len < settings->n_examples && misses < G_N_ELEMENTS (measures); i++)
    {
      guint m = i % G_N_ELEMENTS (measures), channel;

      if (choose_channel (&layer, m, &channel))
        add_row (report, index, record, &layer, m, channel, &at);
      else
        misses++;
    }
  if (record->rows->len == 0)
    return TRUE;
  record->figure = g_strconcat (name, ".pdf", NULL);
  record->caption = format_caption (report, report->layer_names->pdata[index], record, preset, at.y >= 0);
  figure = fovea_figure_make (record, networks, NULL, &cache, NULL, &report->job, error);
  if (!figure)
    return FALSE;
  text = fovea_figure_record_format (record);
  fovea_document_add_subheading (report->document, report->layer_names->pdata[index]);
  fovea_document_add_figure (report->document, name, figure, text);
  return TRUE;
}

/**
 * fovea_report_add_examples:
 *
 * Of each layer a few neurons: what excites them in both networks.
 */
gboolean
fovea_report_add_examples (FoveaReport *report, GError **error)
{
  g_autoptr (GPtrArray) networks = g_ptr_array_new ();
  guint first = fovea_document_get_n_blocks (report->document);

  if (report->settings->n_examples == 0)
    return TRUE;
  for (guint n = 0; n < FOVEA_REPORT_N_NETWORKS; n++)
    g_ptr_array_add (networks, report->networks[n]);
  fovea_document_add_heading (report->document, "Example neurons");
  fovea_report_add_text (report, "The channels of each layer in which the networks differ most: in turn by the roughness of their maps, the noise that they let through, the classes "
                                 "among their strongest images and the unlikeness of their strongest patches, each time the one of the largest difference that has not been "
                                 "chosen yet. Channels of the same number are compared, which says something where one network was trained from the other’s weights. "
                                 "Beside each figure’s PDF lies a JSON file from which ‘fovea figure’ makes it again.");
  fovea_report_begin_step (report, "Visualizing example neurons");
  for (guint i = 0; i < report->layer_names->len; i++)
    if (!add_layer (report, i, networks, error))
      return FALSE;
  if (fovea_document_get_n_blocks (report->document) == first + 2)
    fovea_report_add_text (report, "There are none: the layers of the two networks have different numbers of channels.");
  return TRUE;
}
