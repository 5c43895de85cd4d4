/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/report-private.h"

#include "engine/analysis/filters.h"
#include "engine/analysis/smoothness.h"
#include "ui/report-boxes.h"

static double
get_mean (const double *values, gsize n)
{
  double sum = 0;

  for (gsize i = 0; i < n; i++)
    sum += values[i];
  return sum / (double) n;
}

static gboolean
set_filters (FoveaReport *report, FoveaFigure *figure, guint n, double *mean, GError **error)
{
  g_autoptr (FoveaFilterSmoothness) smoothness = NULL;
  g_autoptr (FoveaImage) sheet = NULL;
  g_autofree char *text = NULL;
  int layer;

  if (!fovea_filters_find_layer (report->networks[n], &layer, error))
    return FALSE;
  sheet = fovea_filters_draw (report->networks[n], layer, 0, error);
  smoothness = sheet ? fovea_filter_smoothness_measure (report->networks[n], layer, error) : NULL;
  if (!smoothness)
    return FALSE;
  *mean = get_mean (smoothness->relative, smoothness->n_filters);
  text = g_strdup_printf ("mean total variation %.3g,\n%.3g relative to the weights",
                          get_mean (smoothness->total_variation, smoothness->n_filters), *mean);
  fovea_figure_set_column (figure, n, report->titles[n], NULL, n == 0 ? FOVEA_FIGURE_STANDARD : FOVEA_FIGURE_ROBUST, sheet->width, sheet->height);
  fovea_figure_set_cell (figure, 0, n, sheet, text);
  return TRUE;
}

/* Networks whose first layer reads no colours have no filters to show. */
static gboolean
add_filters (FoveaReport *report, GError **error)
{
  FoveaFigure *figure = fovea_figure_new (1, FOVEA_REPORT_N_NETWORKS);
  double means[FOVEA_REPORT_N_NETWORKS];

  for (guint n = 0; n < FOVEA_REPORT_N_NETWORKS; n++)
    {
      g_autoptr (GError) cause = NULL;

      if (set_filters (report, figure, n, &means[n], &cause))
        continue;
      fovea_figure_free (figure);
      if (g_error_matches (cause, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND))
        return TRUE;
      g_propagate_error (error, g_steal_pointer (&cause));
      return FALSE;
    }
  fovea_report_add_text (report,
                         "The filters of the first convolution. Relative to their weights, the robust network's are %.0f %% %s than the standard one's.",
                         100 * (means[0] > 0 ? (means[1] > means[0] ? means[1] / means[0] - 1 : 1 - means[1] / means[0]) : 0),
                         means[1] < means[0] ? "smoother" : "rougher");
  fovea_figure_set_caption (figure, "Filters of the first convolution, in the order of the channels. Grey is 0, and each filter's largest weight is at the end of the scale.");
  fovea_document_add_figure (report->document, "filters", figure, NULL);
  fovea_report_add_finding (report, "Total variation of the first filters, relative to their weights", FOVEA_REPORT_NUMBER, means[0], means[1], FOVEA_REPORT_LOWER);
  return TRUE;
}

/**
 * fovea_report_add_smoothness:
 *
 * The first simplicity bias: robust neurons detect pixel-wise smoother patterns.
 */
gboolean
fovea_report_add_smoothness (FoveaReport *report, GError **error)
{
  const FoveaReportSettings *settings = report->settings;

  fovea_document_add_heading (report->document, "Smoothness");
  fovea_report_add_text (report, "Total variation, the sum of absolute differences of neighbours, tells how rough a pattern is. It is measured of the first "
                                 "filters, and of every channel's activation maps on the images as they are and with Gaussian noise of σ = %g.",
                         settings->sigma);
  fovea_report_begin_step (report, "Measuring smoothness");
  return add_filters (report, error) &&
         fovea_report_add_boxes (report, FOVEA_MEASURE_VARIATION, error) &&
         fovea_report_add_boxes (report, FOVEA_MEASURE_NOISY_VARIATION, error) &&
         fovea_report_add_boxes (report, FOVEA_MEASURE_NOISE, error);
}
