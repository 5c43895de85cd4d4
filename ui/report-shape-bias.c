/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/report-private.h"

#include <math.h>

#include "engine/analysis/cue-store.h"
#include "engine/analysis/interval.h"
#include "ui/chart-shape-bias.h"

static void
add_observer (FoveaChart *chart, GPtrArray *cells, const FoveaShapeBias *bias, guint color, FoveaChartMarker marker)
{
  guint n_decisions = bias->total.shape + bias->total.texture;
  double share = fovea_decisions_get_shape_bias (&bias->total);
  double low = 0, high = 1;

  fovea_shape_bias_chart_add_observer (chart, bias, color, marker);
  g_ptr_array_add (cells, g_strdup (bias->observer));
  g_ptr_array_add (cells, g_strdup_printf ("%u", bias->total.shape));
  g_ptr_array_add (cells, g_strdup_printf ("%u", bias->total.texture));
  g_ptr_array_add (cells, g_strdup_printf ("%u", bias->total.other));
  if (n_decisions > 0)
    fovea_interval_of_share (bias->total.shape, n_decisions, &low, &high);
  g_ptr_array_add (cells, n_decisions > 0 ? g_strdup_printf ("%.1f %%", 100 * share) : g_strdup ("–"));
  g_ptr_array_add (cells, n_decisions > 0 ? g_strdup_printf ("%.1f–%.1f %%", 100 * low, 100 * high) : g_strdup ("–"));
}

/* Taken from the store where it is there, and else put there; where it cannot be, it is measured again the next time. */
static FoveaShapeBias *
measure (FoveaReport *report, guint n, GError **error)
{
  const FoveaReportSettings *settings = report->settings;
  FoveaShapeBias *bias = fovea_shape_bias_get (report->networks[n], settings->cues, FOVEA_CATEGORY_MEAN, settings->store);

  if (bias)
    return bias;
  bias = fovea_shape_bias_measure (report->networks[n], settings->cues, FOVEA_CATEGORY_MEAN, &report->job, error);
  if (bias)
    fovea_shape_bias_put (bias, report->networks[n], settings->cues, FOVEA_CATEGORY_MEAN, settings->store, NULL);
  return bias;
}

/**
 * fovea_report_add_shape_bias:
 *
 * Do the networks decide by shape or by texture?
 */
gboolean
fovea_report_add_shape_bias (FoveaReport *report, GError **error)
{
  static const char *const headings[] = { "Observer", "Shape", "Texture", "Neither", "Shape bias", "95 % interval" };
  static const FoveaChartMarker markers[] = { FOVEA_CHART_MARKER_CIRCLE, FOVEA_CHART_MARKER_SQUARE };
  FoveaCueSet *cues = report->settings->cues;
  g_autoptr (GPtrArray) cells = g_ptr_array_new_with_free_func (g_free);
  double shares[FOVEA_REPORT_N_NETWORKS];
  FoveaChart *chart;

  if (!cues)
    return TRUE;
  fovea_document_add_heading (report->document, "Shape or texture");
  fovea_report_add_text (report, "What the networks call images whose shape belongs to one category and whose texture to another: %" G_GSIZE_FORMAT
                                 " images of the set %s. The shape bias is the share of shape decisions among those for either cue.",
                         fovea_cue_set_get_n_cues (cues), fovea_image_set_get_name (fovea_cue_set_get_images (cues)));
  fovea_report_begin_step (report, "Measuring the shape bias");
  chart = fovea_shape_bias_chart_new ();
  fovea_chart_set_title (chart, "Shape bias", NULL);
  for (guint n = 0; n < FOVEA_REPORT_N_NETWORKS; n++)
    {
      g_autoptr (FoveaShapeBias) bias = measure (report, n, error);

      if (!bias)
        {
          fovea_chart_free (chart);
          return FALSE;
        }
      shares[n] = fovea_decisions_get_shape_bias (&bias->total);
      add_observer (chart, cells, bias, fovea_report_get_color (n), markers[n]);
    }
  if (isfinite (shares[0]) && isfinite (shares[1]))
    fovea_report_add_finding (report, "Shape bias", FOVEA_REPORT_SHARE, shares[0], shares[1], FOVEA_REPORT_HIGHER);
  fovea_document_add_chart (report->document, "shape-bias", chart);
  fovea_document_add_table (report->document, "shape-bias-totals", NULL, G_N_ELEMENTS (headings), headings, cells);
  return TRUE;
}
