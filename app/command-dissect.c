/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/command.h"

#include <stdlib.h>
#include <string.h>

#include "app/arguments.h"
#include "app/dissect-report.h"
#include "app/output.h"
#include "app/progress.h"
#include "app/scan-task.h"
#include "engine/analysis/maximize.h"
#include "engine/write-file.h"
#include "ui/chart-dissection.h"
#include "ui/chart-shift.h"
#include "ui/config.h"

/* In the order of FoveaDissectionChartKind; then what became of categories and of concepts. */
enum { CHART_SHIFT = FOVEA_DISSECTION_CHART_UNIQUE + 1, CHART_SHIFT_CONCEPTS };
static const char *const chart_names[] = { "concepts", "categories", "unique", "shift", "shift-concepts", NULL };

typedef struct {
  char *layer;
  char *concepts;
  char **tallies;
  FoveaDissectOptions options;
  int chart;
  char *images; /* nullable: the set for matching channels; NULL is the concepts' own images */
  GPtrArray *networks;
  FoveaDissectReport report;
} Task;

static void
clear_task (Task *task)
{
  for (guint i = 0; i < task->report.n_rows; i++)
    {
      g_free (task->report.rows[i].name);
      g_free (task->report.rows[i].tally_path);
      fovea_tally_free (task->report.rows[i].tally);
      g_clear_pointer (&task->report.rows[i].dissection, fovea_dissection_unref);
    }
  g_free (task->report.rows);
  g_free (task->report.counterparts);
  g_free (task->report.images);
  g_free (task->images);
  g_free (task->layer);
  g_free (task->concepts);
  g_strfreev (task->tallies);
  g_clear_pointer (&task->networks, g_ptr_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Task, clear_task)

static guint
count_inputs (const Task *task, const FoveaArguments *arguments)
{
  guint n = arguments->networks ? g_strv_length (arguments->networks) : 0;

  if (task->tallies)
    n += g_strv_length (task->tallies) + g_strv_length (arguments->parameters);
  return n;
}

static gboolean
check (const Task *task, const FoveaArguments *arguments, GError **error)
{
  const char *wrong = NULL;

  if (arguments->parameters[0] && !task->tallies)
    wrong = "dissect takes files only after --tally; see 'fovea dissect --help'";
  else if (arguments->networks && task->tallies)
    wrong = "dissect takes --network NETWORK, or --tally FILE, not both";
  else if (!arguments->networks && !task->tallies)
    wrong = "dissect wants --network NETWORK, or --tally FILE; see 'fovea dissect --help'";
  else if (arguments->networks && !task->layer)
    wrong = "dissect wants --layer LAYER; 'fovea layers' lists them";
  else if (task->tallies && (task->layer || task->concepts))
    wrong = "dissect takes --layer and --concepts with --network, not with --tally";
  else if (task->images && task->report.counterpart == FOVEA_DISSECT_COUNTERPART_SAME)
    wrong = "dissect takes --images SET to match channels, with --counterpart best or one-to-one";
  else if (task->report.counterpart != FOVEA_DISSECT_COUNTERPART_SAME && (!arguments->networks || g_strv_length (arguments->networks) != 2))
    wrong = "dissect takes --counterpart with --network twice, whose channels it matches";
  else if (task->chart >= CHART_SHIFT && count_inputs (task, arguments) != 2)
    wrong = "dissect draws --chart shift for two networks, or two tallies";
  if (!wrong)
    return TRUE;
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, "%s", wrong);
  return FALSE;
}

static FoveaDissectReportRow *
add_row (Task *task, const char *name)
{
  FoveaDissectReport *report = &task->report;

  report->rows = g_renew (FoveaDissectReportRow, report->rows, report->n_rows + 1);
  report->rows[report->n_rows] = (FoveaDissectReportRow) { .name = g_strdup (name) };
  return &report->rows[report->n_rows++];
}

static FoveaConceptSet *
open_concepts (const Task *task, GCancellable *cancellable, GError **error)
{
  FoveaProgressBar bar;
  FoveaJob job;
  FoveaConceptSet *set;

  fovea_progress_bar_start_job (&bar, "Reading concepts", cancellable, &job);
  set = fovea_concept_set_open (task->concepts ? task->concepts : FOVEA_CONCEPT_SET_SCENES, &job, error);
  fovea_progress_bar_finish (&bar);
  return set;
}

/* Which channels of the two networks correspond. */
static gboolean
match (Task *task, const int *layers, FoveaConceptSet *set, GCancellable *cancellable, GError **error)
{
  FoveaDissectReport *report = &task->report;
  g_autoptr (FoveaImageSet) images = NULL;

  if (report->counterpart == FOVEA_DISSECT_COUNTERPART_SAME)
    return TRUE;
  images = task->images ? fovea_scan_task_open_set ("dissect", task->images, cancellable, error) : fovea_image_set_ref (fovea_concept_set_get_images (set));
  if (!images)
    return FALSE;
  report->images = g_strdup (fovea_image_set_get_name (images));
  report->counterparts = fovea_dissect_find_counterparts (task->networks, layers, images, report->counterpart, &report->n_counterparts, cancellable, error);
  return report->counterparts != NULL;
}

static gboolean
dissect (Task *task, GCancellable *cancellable, GError **error)
{
  g_autoptr (FoveaConceptSet) set = NULL;
  g_autoptr (FoveaStore) store = NULL;
  g_autofree int *layers = g_new (int, task->networks->len);

  for (guint i = 0; i < task->networks->len; i++)
    if (!fovea_arguments_find_layer (task->networks->pdata[i], task->layer, &layers[i], error))
      return FALSE;
  set = open_concepts (task, cancellable, error);
  if (!set)
    return FALSE;
  /* Without a store everything is computed anew; that is no reason to refuse. */
  store = fovea_store_open (NULL, NULL);

  for (guint i = 0; i < task->networks->len; i++)
    {
      FoveaNetwork *network = task->networks->pdata[i];
      FoveaProgressBar bar;
      FoveaJob job;
      g_autoptr (FoveaDissection) dissection = NULL;
      FoveaDissectReportRow *row;

      fovea_progress_bar_start_job (&bar, fovea_network_get_name (network), cancellable, &job);
      dissection = fovea_dissect (network, layers[i], set, &task->options, store, &job, error);
      fovea_progress_bar_finish (&bar);
      if (!dissection)
        return FALSE;
      row = add_row (task, fovea_network_get_name (network));
      row->sha256 = fovea_network_get_sha256 (network);
      row->layer = task->layer;
      row->tally = fovea_tally_new (dissection, fovea_dissection_find_quantile (dissection, task->report.quantile), task->report.area);
      row->dissection = g_steal_pointer (&dissection);
    }
  task->report.concepts = task->concepts ? task->concepts : FOVEA_CONCEPT_SET_SCENES;
  return match (task, layers, set, cancellable, error);
}

static gboolean
read_tallies (Task *task, char *const *paths, GError **error)
{
  for (guint i = 0; paths[i]; i++)
    {
      FoveaTally *tally = fovea_tally_read (paths[i], error);
      g_autofree char *name = NULL;

      if (!tally)
        return FALSE;
      name = g_filename_display_basename (paths[i]);
      add_row (task, name)->tally = tally;
    }
  return TRUE;
}

/* Beside the plot: PLOT-tally.csv, or PLOT-NETWORK-tally.csv where there are several. */
static char *
make_tally_path (const Task *task, const char *output, const char *name)
{
  g_autofree char *plain = g_strdup (name);
  g_autofree char *ending = NULL;

  g_strdelimit (plain, G_DIR_SEPARATOR_S, '_');
  ending = task->networks->len > 1 ? g_strdup_printf ("-%s-tally.csv", plain) : g_strdup ("-tally.csv");
  return fovea_output_replace_ending (output, ending);
}

static gboolean
write_tallies (Task *task, const char *output, GError **error)
{
  for (guint i = 0; i < task->report.n_rows; i++)
    {
      FoveaDissectReportRow *row = &task->report.rows[i];
      g_autofree char *path = make_tally_path (task, output, row->name);
      g_autofree char *text = fovea_tally_format (row->tally);

      if (!fovea_write_file (path, text, strlen (text), error))
        return FALSE;
      row->tally_path = g_steal_pointer (&path);
    }
  return TRUE;
}

static char *
format_caption (const Task *task)
{
  const FoveaDissectReport *report = &task->report;
  GString *text = g_string_new (NULL);

  if (report->concepts)
    {
      g_autofree char *shown = g_filename_display_basename (report->concepts);

      g_string_append_printf (text, "Layer %s; concepts: %s; quantile %g; ", task->layer, shown, report->quantile);
    }
  if (report->counterparts && task->chart >= CHART_SHIFT)
    g_string_append_printf (text, "channels paired %s by the correlation of their mean activations over the images of %s; ",
                            report->counterpart == FOVEA_DISSECT_COUNTERPART_BEST ? "with their best match" : "one to one", report->images);
  g_string_append_printf (text, "channels with an IoU of at least %g (Network Dissection, Bau et al. 2017). Fovea %s.", report->iou, FOVEA_VERSION);
  return g_string_free (text, FALSE);
}

/* The first standard and the first robust network have their own colours, all others the following ones. */
static void
choose_colors (const Task *task, FoveaDissectionSeries *series)
{
  gboolean used[2] = { FALSE, FALSE };
  guint n_others = 0;

  for (guint i = 0; i < task->report.n_rows; i++)
    {
      guint robust = task->networks->len > 0 && fovea_maximize_get_default_preset (task->networks->pdata[i]) == FOVEA_PRESET_ROBUST;

      if (task->networks->len > 0 && !used[robust])
        {
          used[robust] = TRUE;
          series[i].color = robust ? FOVEA_CHART_ROBUST : FOVEA_CHART_STANDARD;
        }
      else
        series[i].color = FOVEA_CHART_CATEGORY + n_others++;
    }
}

static FoveaChart *
make_counts (const Task *task)
{
  const FoveaDissectReport *report = &task->report;
  g_autofree FoveaDissectionSeries *series = g_new (FoveaDissectionSeries, report->n_rows);

  for (guint i = 0; i < report->n_rows; i++)
    series[i] = (FoveaDissectionSeries) { .name = report->rows[i].name, .tally = report->rows[i].tally };
  choose_colors (task, series);
  return fovea_dissection_chart_new ((FoveaDissectionChartKind) task->chart, report->n_rows, series, report->iou);
}

static FoveaChart *
make_shift (const Task *task)
{
  const FoveaDissectReport *report = &task->report;
  g_autoptr (FoveaConceptShift) shift = fovea_dissect_report_find_shift (report, task->chart == CHART_SHIFT ? FOVEA_CONCEPT_SHIFT_CATEGORIES
                                                                                                            : FOVEA_CONCEPT_SHIFT_CONCEPTS);

  return fovea_shift_chart_new (shift, FOVEA_SHIFT_CHART_ALL_CATEGORIES, report->rows[0].name, report->rows[1].name);
}

static gboolean
write_chart (const Task *task, const char *path, GError **error)
{
  g_autofree char *caption = format_caption (task);
  g_autoptr (FoveaChart) chart = task->chart < CHART_SHIFT ? make_counts (task) : make_shift (task);

  fovea_chart_set_caption (chart, caption);
  return fovea_chart_save (chart, path, error);
}

static gboolean
run (Task *task, const FoveaArguments *arguments, GCancellable *cancellable, GError **error)
{
  task->networks = fovea_arguments_open_networks (arguments, error);
  if (!task->networks)
    return FALSE;
  if (task->tallies)
    {
      if (!read_tallies (task, task->tallies, error) || !read_tallies (task, arguments->parameters, error))
        return FALSE;
    }
  else if (!dissect (task, cancellable, error))
    return FALSE;
  if (arguments->output && (!write_chart (task, arguments->output, error) ||
                            (task->networks->len > 0 && !write_tallies (task, arguments->output, error))))
    return FALSE;

  if (arguments->json)
    fovea_dissect_report_print_json (&task->report);
  else
    fovea_dissect_report_print_text (&task->report);
  return TRUE;
}

/**
 * fovea_command_dissect:
 *
 * `fovea dissect --network N… --layer L --concepts SET`: Network Dissection.
 */
int
fovea_command_dissect (int argc, char **argv, GCancellable *cancellable, GError **error)
{
  g_auto (Task) task = { .report = { .quantile = FOVEA_DISSECT_QUANTILE, .iou = FOVEA_DISSECT_IOU } };
  g_autofree char *quantile_text = NULL;
  g_autofree char *iou_text = NULL;
  g_autofree char *area_text = NULL;
  g_autofree char *alignment_text = NULL;
  g_autofree char *chart_text = NULL;
  g_autofree char *counterpart_text = NULL;
  const GOptionEntry entries[] = {
    { "layer", 'l', 0, G_OPTION_ARG_STRING, &task.layer, "The layer, by a name that 'fovea layers' lists", "LAYER" },
    { "concepts", 'c', 0, G_OPTION_ARG_FILENAME, &task.concepts, "Images with masks: scenes (default), a folder in Broden's layout, or the index file of one", "SET" },
    { "quantile", 0, 0, G_OPTION_ARG_STRING, &quantile_text, "The share of positions above a channel's threshold (default 0.005)", "P" },
    { "iou", 0, 0, G_OPTION_ARG_STRING, &iou_text, "From which IoU on a channel is a detector (default 0.04)", "X" },
    { "area", 0, 0, G_OPTION_ARG_STRING, &area_text, "Count a channel's area in images that show the concept's category (category, default), or where it touches it (overlap)", "RULE" },
    { "alignment", 0, 0, G_OPTION_ARG_STRING, &alignment_text, "Lay maps over masks as images are resized (resize, default), or by receptive fields (fields)", "RULE" },
    { "chart", 0, 0, G_OPTION_ARG_STRING, &chart_text, "What --output draws: concepts (default), categories, unique; for two networks shift, shift-concepts", "KIND" },
    { "counterpart", 0, 0, G_OPTION_ARG_STRING, &counterpart_text, "Which channel of the second network the shift is to: same number (same, default), best match (best), one-to-one", "RULE" },
    { "images", 'i', 0, G_OPTION_ARG_FILENAME, &task.images, "The images that --counterpart matches channels on (default: the concepts' own)", "SET" },
    { "tally", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &task.tallies, "A tally.csv to plot instead of dissecting; more files may follow", "FILE" },
    G_OPTION_ENTRY_NULL,
  };
  const FoveaUsage usage = {
    .name = "dissect",
    .parameters = "[FILE…]",
    .max_parameters = G_MAXUINT,
    .summary = "Labels every channel of a layer with the concept that it segments best (Network Dissection,\n"
               "Bau et al. 2017), and counts detectors and unique concepts. --output draws the counts as a\n"
               "chart, or writes its numbers where FILE ends in .csv, and writes each network's channels\n"
               "beside it as FILE-tally.csv, in the columns of NetDissect's tally.csv. Results are kept, so\n"
               "the same again with another --iou takes no time. With --tally, tables that others made\n"
               "are read instead. For two networks it also tells what the first one's channels became in\n"
               "the second one.",
    .examples = "Examples:\n"
                "  fovea dissect --network alexnet-64-standard --network alexnet-64-robust --layer conv5 \\\n"
                "    --output conv5.png\n"
                "  fovea dissect --network alexnet-64-robust --layer conv4 --concepts broden1_227 --json\n"
                "  fovea dissect --network alexnet-64-standard --network alexnet-64-robust --layer conv5 \\\n"
                "    --counterpart best --chart shift --output shift.svg\n"
                "  fovea dissect --tally caffe_reference_imagenet.csv --output alexnet.pdf\n",
    .flags = FOVEA_ARGUMENTS_NETWORKS_OPTIONAL | FOVEA_ARGUMENTS_OUTPUT_OPTIONAL | FOVEA_ARGUMENTS_JSON | FOVEA_ARGUMENTS_THREADS,
    .output_endings = fovea_chart_endings,
    .entries = entries,
  };
  g_auto (FoveaArguments) arguments = { 0 };
  int area = FOVEA_DISSECT_AREA_CATEGORY;
  int alignment = FOVEA_DISSECT_ALIGNMENT_RESIZE;
  int counterpart = FOVEA_DISSECT_COUNTERPART_SAME;

  fovea_dissect_options_init (&task.options);
  if (!fovea_arguments_parse (&arguments, &usage, argc, argv, error) ||
      !fovea_arguments_parse_number ("--quantile", quantile_text, 1e-6, 0.5, &task.report.quantile, error) ||
      !fovea_arguments_parse_number ("--iou", iou_text, 0, 1, &task.report.iou, error) ||
      !fovea_arguments_parse_choice ("--area", area_text, fovea_dissect_area_names, &area, error) ||
      !fovea_arguments_parse_choice ("--alignment", alignment_text, fovea_dissect_alignment_names, &alignment, error) ||
      !fovea_arguments_parse_choice ("--chart", chart_text, chart_names, &task.chart, error) ||
      !fovea_arguments_parse_choice ("--counterpart", counterpart_text, fovea_dissect_counterpart_names, &counterpart, error))
    return EXIT_FAILURE;
  task.report.counterpart = (FoveaDissectCounterpart) counterpart;
  if (!check (&task, &arguments, error) ||
      !fovea_dissect_options_add_quantile (&task.options, task.report.quantile, error))
    return EXIT_FAILURE;
  task.report.area = (FoveaDissectArea) area;
  task.report.alignment = task.options.alignment = (FoveaDissectAlignment) alignment;
  return run (&task, &arguments, cancellable, error) ? EXIT_SUCCESS : EXIT_FAILURE;
}
