/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/report-private.h"

#include <math.h>

#include "engine/analysis/cue-store.h"
#include "engine/analysis/cue-trials.h"
#include "engine/analysis/interval.h"
#include "ui/shape-bias-figure.h"

static void
add_row (GPtrArray *cells, const FoveaShapeBias *bias)
{
  guint n_decisions = bias->total.shape + bias->total.texture;
  double share = fovea_decisions_get_shape_bias (&bias->total);
  double low = 0, high = 1;

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
  static const FoveaObserverKind kinds[] = { FOVEA_OBSERVER_STANDARD, FOVEA_OBSERVER_ROBUST, FOVEA_OBSERVER_PEOPLE };
  FoveaCueSet *cues = report->settings->cues;
  g_autoptr (GPtrArray) cells = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) biases = g_ptr_array_new_with_free_func ((GDestroyNotify) fovea_shape_bias_free);
  g_autoptr (GArray) observers = g_array_new (FALSE, FALSE, sizeof (FoveaObserver));
  FoveaShapeBiasFigure figure = { .observers = observers, .rule = FOVEA_CATEGORY_MEAN };
  FoveaShapeBias *humans;
  double shares[FOVEA_REPORT_N_NETWORKS];

  if (!cues)
    return TRUE;
  fovea_document_add_heading (report->document, "Shape or texture");
  fovea_report_add_text (report, "What the networks call images whose shape belongs to one category and whose texture to another: %" G_GSIZE_FORMAT
                                 " images of the set %s. The shape bias is the share of shape decisions among those for either cue. For comparison, what ten people "
                                 "decided about the images of Geirhos et al. (2019), as published.",
                         fovea_cue_set_get_n_cues (cues), fovea_image_set_get_name (fovea_cue_set_get_images (cues)));
  fovea_report_begin_step (report, "Measuring the shape bias");
  for (guint n = 0; n < FOVEA_REPORT_N_NETWORKS; n++)
    {
      FoveaShapeBias *bias = measure (report, n, error);

      if (!bias)
        return FALSE;
      g_ptr_array_add (biases, bias);
      shares[n] = fovea_decisions_get_shape_bias (&bias->total);
    }
  humans = fovea_cue_totals_read_humans (error);
  if (!humans)
    return FALSE;
  g_ptr_array_add (biases, humans);
  for (guint i = 0; i < biases->len; i++)
    {
      const FoveaObserver observer = { biases->pdata[i], kinds[i], -1, i == FOVEA_REPORT_N_NETWORKS };

      g_array_append_val (observers, observer);
      add_row (cells, observer.bias);
    }
  if (isfinite (shares[0]) && isfinite (shares[1]))
    fovea_report_add_finding (report, "Shape bias", FOVEA_REPORT_SHARE, shares[0], shares[1], FOVEA_REPORT_HIGHER);
  figure.images = fovea_image_set_get_name (fovea_cue_set_get_images (cues));
  fovea_document_add_chart (report->document, "shape-bias", fovea_shape_bias_figure_draw (&figure));
  fovea_document_add_table (report->document, "shape-bias-totals", NULL, G_N_ELEMENTS (headings), headings, cells);
  return TRUE;
}
