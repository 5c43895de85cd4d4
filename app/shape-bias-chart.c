/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/shape-bias-report.h"

#include <math.h>

#include "engine/analysis/cue-trials.h"
#include "engine/analysis/maximize.h"
#include "ui/chart-boxes.h"
#include "ui/config.h"
#include "ui/shape-bias-figure.h"

/**
 * fovea_shape_bias_report_get_preferences:
 * @only_finite: whether to leave out the channels that have none
 *
 * Returns: (transfer full) (element-type double): the preferences of a layer's channels
 */
GArray *
fovea_shape_bias_report_get_preferences (const FoveaCueLayer *layer, gboolean only_finite)
{
  GArray *values = g_array_new (FALSE, FALSE, sizeof (double));

  for (guint i = 0; i < layer->n_channels; i++)
    {
      const double value = fovea_cue_preference_get (&layer->preferences[i]);

      if (!only_finite || isfinite (value))
        g_array_append_val (values, value);
    }
  return values;
}

static FoveaObserverKind
get_kind (const FoveaShapeBiasReport *report, guint index, gboolean pooled)
{
  const char *name = ((FoveaShapeBias *) report->observers->pdata[index])->observer;

  if (index < report->n_networks)
    return fovea_maximize_get_default_preset (report->networks->pdata[index]) == FOVEA_PRESET_ROBUST ? FOVEA_OBSERVER_ROBUST : FOVEA_OBSERVER_STANDARD;
  if (g_str_equal (name, FOVEA_CUE_PEOPLE))
    return FOVEA_OBSERVER_PEOPLE;
  return pooled && g_str_has_prefix (name, FOVEA_CUE_PERSON) ? FOVEA_OBSERVER_PERSON : FOVEA_OBSERVER_OTHER;
}

static FoveaChart *
draw_observers (const FoveaShapeBiasReport *report)
{
  g_autoptr (GArray) observers = g_array_new (FALSE, FALSE, sizeof (FoveaObserver));
  const FoveaShapeBiasFigure figure = { .observers = observers,
                                        .images = report->set ? fovea_image_set_get_name (fovea_cue_set_get_images (report->set)) : NULL,
                                        .rule = report->rule };
  /* People together come right after the networks. */
  const gboolean pooled = report->observers->len > report->n_networks && get_kind (report, report->n_networks, FALSE) == FOVEA_OBSERVER_PEOPLE;

  for (guint i = 0; i < report->observers->len; i++)
    {
      const gboolean operated = i >= report->n_whole && i < report->n_networks;
      const FoveaObserver observer = { report->observers->pdata[i], get_kind (report, i, pooled), operated ? (int) (i % report->n_whole) : -1,
                                       i == report->n_networks && report->published_people };

      g_array_append_val (observers, observer);
    }
  return fovea_shape_bias_figure_draw (&figure);
}

static FoveaChart *
draw_neurons (const FoveaShapeBiasReport *report)
{
  FoveaChart *chart = fovea_box_chart_new ("Shape preference");
  gboolean used[2] = { FALSE, FALSE };
  guint n_others = 0;

  fovea_chart_set_title (chart, "Do neurons follow shape or texture?", "Shape preference of every channel; above 0 for shape");
  fovea_chart_set_caption (chart, "Correlation of a channel's responses to two images of the same shape and different textures, less that to two images of the same texture and "
                                  "different shapes. Fovea " FOVEA_VERSION ".");
  for (guint i = 0; report->layers[i]; i++)
    fovea_box_chart_add_category (chart, report->layers[i]);
  for (guint n = 0; n < report->neurons->len; n++)
    {
      const gboolean robust = fovea_maximize_get_default_preset (report->networks->pdata[n]) == FOVEA_PRESET_ROBUST;

      fovea_box_chart_add_series (chart, fovea_network_get_name (report->networks->pdata[n]),
                                  used[robust] ? FOVEA_CHART_CATEGORY + n_others++ : robust ? FOVEA_CHART_ROBUST : FOVEA_CHART_STANDARD);
      used[robust] = TRUE;
      for (guint i = 0; report->layers[i]; i++)
        {
          g_autoptr (GArray) values = fovea_shape_bias_report_get_preferences (((GPtrArray *) report->neurons->pdata[n])->pdata[i], FALSE);

          fovea_box_chart_set_values (chart, n, i, (const double *) (void *) values->data, values->len);
        }
    }
  return chart;
}

/**
 * fovea_shape_bias_report_draw:
 *
 * Returns: (transfer full): the plot of the observers; where layers were measured, of their neurons
 */
FoveaChart *
fovea_shape_bias_report_draw (const FoveaShapeBiasReport *report)
{
  return report->layers ? draw_neurons (report) : draw_observers (report);
}
