/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/report-private.h"

#include <math.h>

#include "engine/analysis/cue-store.h"
#include "engine/analysis/cue-trials.h"
#include "engine/analysis/interval.h"
#include "ui/chart-boxes.h"
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

/* What of the layers' preferences is not in the store yet, in one pass over the images. */
static gboolean
measure_preferences (FoveaReport *report, guint n, GError **error)
{
  const FoveaReportSettings *settings = report->settings;
  g_autoptr (GArray) missing = g_array_new (FALSE, FALSE, sizeof (int));
  g_autoptr (GPtrArray) results = NULL;
  gsize n_unreadable = 0;

  for (guint i = 0; i < report->layer_names->len; i++)
    {
      int layer = fovea_report_get_layers (report, n)[i];
      g_autoptr (FoveaCueLayer) stored = fovea_cue_layer_get (report->networks[n], layer, settings->cues, settings->store);

      if (!stored)
        g_array_append_val (missing, layer);
    }
  if (missing->len == 0)
    return TRUE;
  results = fovea_cue_preference_measure (report->networks[n], settings->cues, missing->len, (const int *) (const void *) missing->data, &n_unreadable, &report->job, error);
  for (guint i = 0; results && i < missing->len; i++)
    if (!fovea_cue_layer_put (results->pdata[i], report->networks[n], g_array_index (missing, int, i), settings->cues, settings->store, error))
      return FALSE;
  return results != NULL;
}

/* Whether single neurons follow shape or texture: a box plot of all layers. */
static gboolean
add_preferences (FoveaReport *report, GError **error)
{
  FoveaChart *chart;

  fovea_report_begin_step (report, "Measuring which cue neurons follow");
  for (guint n = 0; n < FOVEA_REPORT_N_NETWORKS; n++)
    if (!measure_preferences (report, n, error))
      return FALSE;
  fovea_report_add_text (report, "Neurons follow a cue where they respond alike to images that share it: above 0 the shape, below 0 the texture.");
  chart = fovea_box_chart_new ("Texture (below 0) or shape (above 0)");
  fovea_chart_set_title (chart, "Preference for shape", NULL);
  for (guint n = 0; n < FOVEA_REPORT_N_NETWORKS; n++)
    fovea_box_chart_add_series (chart, report->titles[n], fovea_report_get_color (n));
  for (guint i = 0; i < report->layer_names->len; i++)
    {
      fovea_box_chart_add_category (chart, report->layer_names->pdata[i]);
      for (guint n = 0; n < FOVEA_REPORT_N_NETWORKS; n++)
        {
          g_autoptr (FoveaCueLayer) layer = fovea_cue_layer_get (report->networks[n], fovea_report_get_layers (report, n)[i], report->settings->cues, report->settings->store);
          g_autofree double *values = layer ? g_new (double, layer->n_channels) : NULL;

          for (guint channel = 0; layer && channel < layer->n_channels; channel++)
            values[channel] = fovea_cue_preference_get (&layer->preferences[channel]);
          if (layer)
            fovea_box_chart_set_values (chart, n, i, values, layer->n_channels);
        }
    }
  fovea_document_add_chart (report->document, "preference", chart);
  return TRUE;
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
  return add_preferences (report, error);
}
