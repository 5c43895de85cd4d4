/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/report-private.h"

#include "ui/config.h"

/**
 * fovea_report_settings_init:
 *
 * Without networks and sets; 200 images, noise of σ = 0.1, the attack's defaults, 4 neurons a layer.
 */
void
fovea_report_settings_init (FoveaReportSettings *settings)
{
  *settings = (FoveaReportSettings) { .n_images = 200, .sigma = 0.1, .n_examples = 4 };
  fovea_attack_options_init (&settings->attack);
}

static void
show_progress (guint64 done, guint64 total, double seconds_left, gpointer data)
{
  const FoveaReport *report = data;

  if (report->progress)
    report->progress (report->step, report->n_done, report->n_steps, done, total, seconds_left, report->progress_data);
}

/* Says what is computed from now on. */
void
fovea_report_begin_step (FoveaReport *report, const char *step)
{
  report->step = step;
  fovea_job_init (&report->job, report->job.cancellable, show_progress, report);
  fovea_job_report (&report->job, 0, 0);
}

guint
fovea_report_get_color (guint network)
{
  return network == 0 ? FOVEA_CHART_STANDARD : FOVEA_CHART_ROBUST;
}

/* How the measures of channels are taken. */
FoveaMeasureSettings
fovea_report_get_measure_settings (const FoveaReport *report)
{
  const FoveaReportSettings *settings = report->settings;

  return (FoveaMeasureSettings) {
    .store = settings->store,
    .images = settings->images,
    .n_images = settings->n_images,
    .sigma = settings->sigma,
    .seed = settings->seed,
  };
}

const int *
fovea_report_get_layers (const FoveaReport *report, guint network)
{
  return (const int *) (const void *) report->layers[network]->data;
}

void
fovea_report_add_text (FoveaReport *report, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  fovea_document_add_paragraph (report->document, text);
}

/**
 * fovea_report_list_layers:
 * @network: a network
 *
 * The convolutions, at most so many as a chart has room for: the first, the last, and others at equal distances.
 *
 * Returns: (transfer full) (element-type utf8): their names, in the order of the network
 */
GPtrArray *
fovea_report_list_layers (FoveaNetwork *network)
{
  const FoveaGraph *graph = fovea_network_get_graph (network);
  g_autoptr (GPtrArray) convolutions = g_ptr_array_new ();
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  guint n_layers;

  for (guint i = 0; i < fovea_graph_get_n_nodes (graph); i++)
    if (g_str_equal (fovea_graph_get_node (graph, i)->operator->name, "Conv"))
      g_ptr_array_add (convolutions, fovea_graph_get_node (graph, i)->name);
  n_layers = MIN (convolutions->len, FOVEA_REPORT_MAX_LAYERS);
  for (guint i = 0; i < n_layers; i++)
    g_ptr_array_add (names, g_strdup (convolutions->pdata[n_layers < 2 ? 0 : i * (convolutions->len - 1) / (n_layers - 1)]));
  return names;
}

static gboolean
find_layers (FoveaReport *report, GError **error)
{
  const char *const *names = report->settings->layers;

  report->layer_names = names ? g_ptr_array_new_with_free_func (g_free) : fovea_report_list_layers (report->networks[0]);
  for (guint i = 0; names && names[i]; i++)
    g_ptr_array_add (report->layer_names, g_strdup (names[i]));
  if (report->layer_names->len == 0)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_ARGUMENT, "%s has no convolution; name the layers to describe",
                   fovea_network_get_name (report->networks[0]));
      return FALSE;
    }
  for (guint n = 0; n < FOVEA_REPORT_N_NETWORKS; n++)
    {
      report->layers[n] = g_array_new (FALSE, FALSE, sizeof (int));
      for (guint i = 0; i < report->layer_names->len; i++)
        {
          int layer;

          if (!fovea_graph_find (fovea_network_get_graph (report->networks[n]), report->layer_names->pdata[i], &layer, error))
            {
              g_prefix_error (error, "%s: ", fovea_network_get_name (report->networks[n]));
              return FALSE;
            }
          g_array_append_val (report->layers[n], layer);
        }
    }
  return TRUE;
}

static void
clear_report (FoveaReport *report)
{
  g_clear_pointer (&report->document, fovea_document_free);
  g_clear_pointer (&report->layer_names, g_ptr_array_unref);
  g_clear_pointer (&report->findings, g_ptr_array_unref);
  for (guint n = 0; n < FOVEA_REPORT_N_NETWORKS; n++)
    g_clear_pointer (&report->layers[n], g_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (FoveaReport, clear_report)

/**
 * fovea_report_make:
 * @settings: checked ones, with both networks, a store and an image set
 * @progress: (nullable): told of every step
 * @error: as the analyses; `G_IO_ERROR_CANCELLED`
 *
 * Computes what is not in the store yet. The same settings give the same document.
 *
 * Returns: (transfer full): the document, or %NULL
 *
 * Thread: any.
 */
FoveaDocument *
fovea_report_make (const FoveaReportSettings *settings, FoveaReportFunc progress, gpointer progress_data, GCancellable *cancellable, GError **error)
{
  static const FoveaReportChapterFunc chapters[] = {
    fovea_report_add_networks,
    fovea_report_add_accuracy,
    fovea_report_add_shape_bias,
    fovea_report_add_smoothness,
    fovea_report_add_detectors,
    fovea_report_add_diversity,
    fovea_report_add_examples,
    fovea_report_add_settings,
  };
  g_auto (FoveaReport) report = {
    .settings = settings,
    .networks = { settings->standard, settings->robust },
    .titles = { fovea_network_get_name (settings->standard), fovea_network_get_name (settings->robust) },
    .progress = progress,
    .progress_data = progress_data,
    .n_steps = G_N_ELEMENTS (chapters),
    .job = { .cancellable = cancellable },
  };
  g_autofree char *title = g_strdup_printf ("%s and %s", report.titles[0], report.titles[1]);

  report.document = fovea_document_new (title, "A standard network beside its adversarially robust twin. Fovea " FOVEA_VERSION ".");
  report.findings = g_ptr_array_new_with_free_func (g_free);
  if (!find_layers (&report, error))
    return NULL;
  for (guint i = 0; i < G_N_ELEMENTS (chapters); i++)
    {
      report.n_done = i;
      if (!chapters[i] (&report, error) || fovea_job_is_cancelled (&report.job, error))
        return NULL;
      if (i == 0)
        report.summary_position = fovea_document_get_n_blocks (report.document);
    }
  fovea_report_add_summary (&report);
  return g_steal_pointer (&report.document);
}
