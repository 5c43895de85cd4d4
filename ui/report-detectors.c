/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/report-private.h"

#include "engine/analysis/concept-shift.h"
#include "engine/analysis/tally.h"
#include "ui/chart-dissection.h"

/* What the report keeps of one layer. */
typedef struct {
  FoveaDissection *dissections[FOVEA_REPORT_N_NETWORKS];
  FoveaTally *tallies[FOVEA_REPORT_N_NETWORKS];
} Layer;

static void
clear_layer (Layer *layer)
{
  for (guint n = 0; n < FOVEA_REPORT_N_NETWORKS; n++)
    {
      g_clear_pointer (&layer->tallies[n], fovea_tally_free);
      g_clear_pointer (&layer->dissections[n], fovea_dissection_unref);
    }
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Layer, clear_layer)

static gboolean
dissect (FoveaReport *report, guint index, Layer *layer, GError **error)
{
  FoveaDissectOptions options;

  fovea_dissect_options_init (&options);
  if (!fovea_dissect_options_add_quantile (&options, FOVEA_DISSECT_QUANTILE, error))
    return FALSE;
  for (guint n = 0; n < FOVEA_REPORT_N_NETWORKS; n++)
    {
      layer->dissections[n] = fovea_dissect (report->networks[n], fovea_report_get_layers (report, n)[index], report->settings->concepts, &options,
                                             report->settings->store, &report->job, error);
      if (!layer->dissections[n])
        return FALSE;
      layer->tallies[n] = fovea_tally_new (layer->dissections[n], fovea_dissection_find_quantile (layer->dissections[n], FOVEA_DISSECT_QUANTILE),
                                           FOVEA_DISSECT_AREA_CATEGORY);
    }
  return TRUE;
}

static void
add_chart (FoveaReport *report, const char *layer_name, const Layer *layer, FoveaDissectionChartKind kind, const char *file)
{
  FoveaDissectionSeries series[FOVEA_REPORT_N_NETWORKS];
  g_autofree char *name = g_strdup_printf ("%s-%s", file, layer_name);
  g_autofree char *title = NULL;
  FoveaChart *chart;

  for (guint n = 0; n < FOVEA_REPORT_N_NETWORKS; n++)
    series[n] = (FoveaDissectionSeries) { report->titles[n], fovea_report_get_color (n), layer->tallies[n] };
  chart = fovea_dissection_chart_new (kind, FOVEA_REPORT_N_NETWORKS, series, FOVEA_DISSECT_IOU);
  title = g_strdup_printf (kind == FOVEA_DISSECTION_CHART_CATEGORIES ? "%s: detectors by category" : "%s: unique concepts by category", layer_name);
  fovea_chart_set_title (chart, title, NULL);
  fovea_document_add_chart (report->document, name, chart);
}

static const char *
get_shift_label (const FoveaConceptShiftNode *node)
{
  return node->label ? node->label : "no detector";
}

/* A row for each category of the standard network, a column for each of the robust one. */
static void
add_shift (FoveaReport *report, const char *layer_name, const Layer *layer)
{
  g_autoptr (FoveaConceptShift) shift = NULL;
  g_autoptr (GPtrArray) headings = g_ptr_array_new ();
  g_autoptr (GPtrArray) cells = g_ptr_array_new_with_free_func (g_free);
  g_autofree guint *counts = NULL;
  g_autofree char *name = g_strdup_printf ("concept-shift-%s", layer_name);
  g_autofree char *caption = g_strdup_printf ("%s: what the channels of the standard network detect (rows), and what the channels of the same number in the "
                                              "robust network do (columns).", layer_name);

  if (layer->tallies[0]->n_units != layer->tallies[1]->n_units)
    return;
  shift = fovea_concept_shift_new (layer->tallies[0], layer->tallies[1], FOVEA_CONCEPT_SHIFT_CATEGORIES, FOVEA_DISSECT_IOU, 0, NULL);
  counts = g_new0 (guint, (gsize) shift->n_nodes * shift->n_nodes);
  for (guint i = 0; i < shift->n_flows; i++)
    counts[shift->flows[i].from * shift->n_nodes + shift->flows[i].to] = shift->flows[i].n_channels;
  g_ptr_array_add (headings, (gpointer) "Standard → robust");
  for (guint to = 0; to < shift->n_nodes; to++)
    g_ptr_array_add (headings, (gpointer) get_shift_label (&shift->nodes[to]));
  for (guint from = 0; from < shift->n_nodes; from++)
    {
      g_ptr_array_add (cells, g_strdup (get_shift_label (&shift->nodes[from])));
      for (guint to = 0; to < shift->n_nodes; to++)
        g_ptr_array_add (cells, g_strdup_printf ("%u", counts[from * shift->n_nodes + to]));
    }
  fovea_document_add_table (report->document, name, caption, headings->len, (const char *const *) headings->pdata, cells);
}

static void
add_totals (GPtrArray *cells, const char *layer_name, const Layer *layer)
{
  g_ptr_array_add (cells, g_strdup (layer_name));
  for (guint n = 0; n < FOVEA_REPORT_N_NETWORKS; n++)
    {
      g_autoptr (FoveaTallySummary) summary = fovea_tally_summarize (layer->tallies[n], FOVEA_DISSECT_IOU);

      g_ptr_array_add (cells, g_strdup_printf ("%u", summary->n_detectors));
      g_ptr_array_add (cells, g_strdup_printf ("%u", summary->n_concepts));
    }
}

static guint
count_detectors (const FoveaTally *tally, const char *category)
{
  g_autoptr (FoveaTallySummary) summary = fovea_tally_summarize (tally, FOVEA_DISSECT_IOU);

  for (guint i = 0; i < tally->n_categories; i++)
    if (g_str_equal (tally->categories[i], category))
      return summary->category_detectors[i];
  return 0;
}

/**
 * fovea_report_add_detectors:
 *
 * The second simplicity bias: robust networks have more texture and colour detectors, and fewer object detectors.
 */
gboolean
fovea_report_add_detectors (FoveaReport *report, GError **error)
{
  FoveaConceptSet *concepts = report->settings->concepts;
  g_autoptr (GPtrArray) cells = g_ptr_array_new_with_free_func (g_free);
  g_auto (GStrv) titles = g_new0 (char *, 2 * FOVEA_REPORT_N_NETWORKS + 1);
  const char *headings[2 * FOVEA_REPORT_N_NETWORKS + 1] = { "Layer" };
  guint n_simple[FOVEA_REPORT_N_NETWORKS] = { 0 }, n_objects[FOVEA_REPORT_N_NETWORKS] = { 0 };

  if (!concepts)
    return TRUE;
  fovea_document_add_heading (report->document, "Detectors");
  fovea_report_add_text (report, "Network Dissection labels each channel with the concept that it segments best among %u concepts in the %" G_GSIZE_FORMAT
                                 " images of %s: a channel is a detector where the %g %% of positions at which it is strongest overlap with the concept by an "
                                 "intersection over union of at least %g.",
                         fovea_concept_set_get_n_concepts (concepts), fovea_image_set_get_n_images (fovea_concept_set_get_images (concepts)),
                         fovea_image_set_get_name (fovea_concept_set_get_images (concepts)), 100 * FOVEA_DISSECT_QUANTILE, FOVEA_DISSECT_IOU);
  fovea_report_begin_step (report, "Dissecting layers");
  for (guint i = 0; i < report->layer_names->len; i++)
    {
      const char *layer_name = report->layer_names->pdata[i];
      g_auto (Layer) layer = { 0 };

      if (!dissect (report, i, &layer, error))
        return FALSE;
      fovea_document_add_subheading (report->document, layer_name);
      add_chart (report, layer_name, &layer, FOVEA_DISSECTION_CHART_CATEGORIES, "detectors");
      add_chart (report, layer_name, &layer, FOVEA_DISSECTION_CHART_UNIQUE, "concepts");
      add_shift (report, layer_name, &layer);
      add_totals (cells, layer_name, &layer);
      for (guint n = 0; n < FOVEA_REPORT_N_NETWORKS; n++)
        {
          n_simple[n] += count_detectors (layer.tallies[n], "texture") + count_detectors (layer.tallies[n], "color");
          n_objects[n] += count_detectors (layer.tallies[n], "object");
        }
    }
  for (guint n = 0; n < FOVEA_REPORT_N_NETWORKS; n++)
    {
      titles[2 * n] = g_strdup_printf ("%s, detectors", report->titles[n]);
      titles[2 * n + 1] = g_strdup_printf ("%s, concepts", report->titles[n]);
      headings[2 * n + 1] = titles[2 * n];
      headings[2 * n + 2] = titles[2 * n + 1];
    }
  fovea_report_add_finding (report, "Detectors of objects", FOVEA_REPORT_COUNT, n_objects[0], n_objects[1], FOVEA_REPORT_LOWER);
  fovea_report_add_finding (report, "Detectors of textures and colours", FOVEA_REPORT_COUNT, n_simple[0], n_simple[1], FOVEA_REPORT_HIGHER);
  fovea_document_add_subheading (report->document, "All layers");
  fovea_document_add_table (report->document, "detectors", NULL, G_N_ELEMENTS (headings), headings, cells);
  return TRUE;
}
