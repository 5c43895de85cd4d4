/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/report-boxes.h"

#include "engine/analysis/distribution.h"
#include "ui/chart-boxes.h"

static guint
get_n_channels (FoveaNetwork *network, int layer)
{
  return (guint) fovea_graph_get_shape (fovea_network_get_graph (network), (guint) layer)->channels;
}

static double *
load (const FoveaReport *report, FoveaMeasure measure, const FoveaMeasureSettings *settings, guint network, guint index, GError **error)
{
  return fovea_measure_load (measure, settings, report->networks[network], fovea_report_get_layers (report, network)[index], error);
}

/* Chart and table of one measure that has been computed. */
static gboolean
add_numbers (FoveaReport *report, FoveaMeasure measure, const FoveaMeasureSettings *settings, GError **error)
{
  FoveaChart *chart = fovea_box_chart_new (fovea_measure_get_axis (measure));
  g_autoptr (GPtrArray) cells = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *table_name = g_strconcat (fovea_measure_get_name (measure), "-medians", NULL);
  g_autofree char *standard_title = g_strdup_printf ("%s, median", report->titles[0]);
  g_autofree char *robust_title = g_strdup_printf ("%s, median", report->titles[1]);
  const char *const headings[] = { "Layer", "Channels", standard_title, robust_title, "Channels where the robust one's is lower" };

  double sums[FOVEA_REPORT_N_NETWORKS] = { 0 };

  fovea_chart_set_title (chart, fovea_measure_get_title (measure), NULL);
  for (guint n = 0; n < FOVEA_REPORT_N_NETWORKS; n++)
    fovea_box_chart_add_series (chart, report->titles[n], fovea_report_get_color (n));
  for (guint i = 0; i < report->layer_names->len; i++)
    {
      g_autofree double *standard = load (report, measure, settings, 0, i, error);
      g_autofree double *robust = standard ? load (report, measure, settings, 1, i, error) : NULL;
      const double *values[FOVEA_REPORT_N_NETWORKS] = { standard, robust };
      guint n_channels[FOVEA_REPORT_N_NETWORKS];
      guint n_lower = 0;

      if (!robust)
        {
          fovea_chart_free (chart);
          return FALSE;
        }
      fovea_box_chart_add_category (chart, report->layer_names->pdata[i]);
      for (guint n = 0; n < FOVEA_REPORT_N_NETWORKS; n++)
        {
          n_channels[n] = get_n_channels (report->networks[n], fovea_report_get_layers (report, n)[i]);
          fovea_box_chart_set_values (chart, n, i, values[n], n_channels[n]);
        }
      for (guint channel = 0; channel < MIN (n_channels[0], n_channels[1]); channel++)
        n_lower += values[1][channel] < values[0][channel];
      g_ptr_array_add (cells, g_strdup (report->layer_names->pdata[i]));
      g_ptr_array_add (cells, g_strdup_printf ("%u", n_channels[0]));
      for (guint n = 0; n < FOVEA_REPORT_N_NETWORKS; n++)
        {
          double median = fovea_distribution_get_median (values[n], n_channels[n]);

          sums[n] += median;
          g_ptr_array_add (cells, g_strdup_printf ("%#.4g", median));
        }
      g_ptr_array_add (cells, n_channels[0] == n_channels[1] ? g_strdup_printf ("%.0f %%", 100.0 * n_lower / n_channels[0]) : g_strdup ("–"));
    }
  fovea_report_add_finding (report, fovea_measure_get_title (measure), FOVEA_REPORT_NUMBER, sums[0] / report->layer_names->len, sums[1] / report->layer_names->len,
                            measure == FOVEA_MEASURE_DISTANCE ? FOVEA_REPORT_NOT_MEASURED : FOVEA_REPORT_LOWER);
  fovea_document_add_chart (report->document, fovea_measure_get_name (measure), chart);
  fovea_document_add_table (report->document, table_name, NULL, G_N_ELEMENTS (headings), headings, cells);
  return TRUE;
}

/**
 * fovea_report_add_boxes:
 *
 * Computes a measure of all layers of both networks, and adds a box plot and a table of medians.
 */
gboolean
fovea_report_add_boxes (FoveaReport *report, FoveaMeasure measure, GError **error)
{
  const FoveaMeasureSettings settings = fovea_report_get_measure_settings (report);

  for (guint n = 0; n < FOVEA_REPORT_N_NETWORKS; n++)
    if (!fovea_measure_compute (measure, &settings, report->networks[n], report->layers[n]->len, fovea_report_get_layers (report, n), &report->job, error))
      return FALSE;
  return add_numbers (report, measure, &settings, error);
}
