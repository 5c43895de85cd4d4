/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/command.h"

#include <stdlib.h>

#include "app/arguments.h"
#include "app/output.h"
#include "app/progress.h"
#include "app/shape-bias-report.h"
#include "app/surgery.h"
#include "engine/analysis/cue-trials.h"

typedef struct {
  char *images;
  char **responses;
  char *aggregate;
  char *decisions;
  char **without; /* addresses of channels, as the next */
  char **only;
  gboolean no_humans;
  FoveaShapeBiasReport report;
  GError *problem; /* the first file of responses that could not be read */
  guint n_problems;
} Task;

static void
clear_task (Task *task)
{
  FoveaShapeBiasReport *report = &task->report;

  g_free (task->images);
  g_strfreev (task->responses);
  g_free (task->aggregate);
  g_free (task->decisions);
  g_strfreev (task->without);
  g_strfreev (task->only);
  g_strfreev (report->layers);
  g_clear_pointer (&report->networks, g_ptr_array_unref);
  g_clear_pointer (&report->set, fovea_cue_set_unref);
  g_clear_pointer (&report->observers, g_ptr_array_unref);
  g_clear_pointer (&report->neurons, g_ptr_array_unref);
  g_clear_error (&task->problem);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Task, clear_task)

static gboolean
check (const Task *task, const FoveaArguments *arguments, GError **error)
{
  const char *wrong = NULL;

  if (arguments->networks && !task->images)
    wrong = "shape-bias wants --images DIR for its networks: cue-conflict, or a folder of images named like cat3-elephant2.png";
  else if (!arguments->networks && task->images)
    wrong = "shape-bias wants --network NETWORK for --images; 'fovea networks' lists them";
  else if (!arguments->networks && !task->responses)
    wrong = "shape-bias wants --network NETWORK and --images DIR, or --responses CSV; see 'fovea shape-bias --help'";
  else if (arguments->parameters[0] && !task->responses)
    wrong = "shape-bias takes files only after --responses; see 'fovea shape-bias --help'";
  else if (task->decisions && !arguments->networks)
    wrong = "--decisions wants --network NETWORK, whose decisions it writes";
  else if (task->report.layers && !arguments->networks)
    wrong = "--layer wants --network NETWORK, whose layer it is";
  else if ((task->without || task->only) && !arguments->networks)
    wrong = "--without and --only want --network NETWORK, whose channels they switch off";
  if (!wrong)
    return TRUE;
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, "%s", wrong);
  return FALSE;
}

/* Reads the trials of every file that can be read. */
static void
read_responses (Task *task, char *const *paths)
{
  for (guint i = 0; paths && paths[i]; i++)
    {
      g_autoptr (GError) cause = NULL;

      if (fovea_cue_trials_read (paths[i], task->report.observers, &cause))
        continue;
      if (task->n_problems++ == 0)
        task->problem = g_steal_pointer (&cause);
    }
}

static gboolean
add_humans (Task *task, GError **error)
{
  FoveaShapeBias *humans = fovea_cue_trials_pool (task->report.observers, FOVEA_CUE_PERSON, FOVEA_CUE_PEOPLE);

  if (!humans && task->report.n_networks > 0 && !task->no_humans)
    {
      humans = fovea_cue_totals_read_humans (error);
      if (!humans)
        return FALSE;
      task->report.published_people = TRUE;
    }
  if (humans)
    g_ptr_array_insert (task->report.observers, (int) task->report.n_networks, humans);
  return TRUE;
}

/* The chosen layers of one network, in one pass over the images. */
static gboolean
measure_neurons (Task *task, FoveaNetwork *network, GCancellable *cancellable, GError **error)
{
  const guint n_layers = g_strv_length (task->report.layers);
  g_autofree int *layers = g_new (int, n_layers);
  g_autofree char *label = g_strdup_printf ("%s, neurons", fovea_network_get_name (network));
  FoveaProgressBar bar = { 0 };
  gsize n_unreadable;
  GPtrArray *results;
  FoveaJob job;

  for (guint i = 0; i < n_layers; i++)
    {
      if (!fovea_arguments_find_layer (network, task->report.layers[i], &layers[i], error))
        return FALSE;
      for (guint j = 0; j < i; j++)
        if (layers[j] == layers[i])
          {
            g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, "--layer %s and --layer %s are the same layer of %s",
                         task->report.layers[j], task->report.layers[i], fovea_network_get_name (network));
            return FALSE;
          }
    }
  fovea_progress_bar_start_job (&bar, label, cancellable, &job);
  results = fovea_cue_preference_measure (network, task->report.set, n_layers, layers, &n_unreadable, &job, error);
  fovea_progress_bar_finish (&bar);
  if (!results)
    return FALSE;
  g_ptr_array_add (task->report.neurons, results);
  return TRUE;
}

static gboolean
measure (Task *task, GCancellable *cancellable, GError **error)
{
  for (guint i = 0; i < task->report.networks->len; i++)
    {
      FoveaNetwork *network = task->report.networks->pdata[i];
      FoveaProgressBar bar = { 0 };
      FoveaShapeBias *bias;
      FoveaJob job;

      fovea_progress_bar_start_job (&bar, fovea_network_get_name (network), cancellable, &job);
      bias = fovea_shape_bias_measure (network, task->report.set, task->report.rule, &job, error);
      fovea_progress_bar_finish (&bar);
      if (!bias)
        return FALSE;
      g_ptr_array_add (task->report.observers, bias);
      task->report.n_networks++;
      if (task->report.layers && !measure_neurons (task, network, cancellable, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
write_chart (const Task *task, const char *path, GError **error)
{
  g_autoptr (FoveaChart) chart = fovea_shape_bias_report_draw (&task->report);

  return fovea_chart_save (chart, path, error);
}

static gboolean
run (Task *task, const FoveaArguments *arguments, GCancellable *cancellable, GError **error)
{
  static const char *const decisions_endings[] = { ".csv", NULL };

  if (task->decisions && !fovea_output_check (task->decisions, decisions_endings, error))
    return FALSE;
  task->report.networks = fovea_arguments_open_networks (arguments, error);
  if (!task->report.networks)
    return FALSE;
  task->report.n_whole = task->report.networks->len;
  if (!fovea_surgery_add_networks (task->report.networks, task->without, task->only, error))
    return FALSE;
  if (task->report.networks->len > 0)
    {
      g_autoptr (FoveaImageSet) images = fovea_image_set_open (task->images, error);

      task->report.set = images ? fovea_cue_set_new (images, error) : NULL;
      if (!task->report.set || !measure (task, cancellable, error))
        return FALSE;
    }
  read_responses (task, task->responses);
  read_responses (task, arguments->parameters);
  if (task->report.observers->len == 0)
    {
      g_propagate_error (error, g_steal_pointer (&task->problem));
      return FALSE;
    }
  if (!add_humans (task, error) ||
      (arguments->output && !write_chart (task, arguments->output, error)) ||
      (task->decisions && !fovea_shape_bias_report_write_decisions (&task->report, task->decisions, error)))
    return FALSE;

  if (arguments->json)
    fovea_shape_bias_report_print_json (&task->report);
  else
    fovea_shape_bias_report_print_text (&task->report);
  if (task->n_problems == 0)
    return TRUE;
  if (task->n_problems > 1)
    g_prefix_error (&task->problem, "%u files of responses were left out, the first because of ", task->n_problems);
  g_propagate_error (error, g_steal_pointer (&task->problem));
  return FALSE;
}

/**
 * fovea_command_shape_bias:
 *
 * `fovea shape-bias --network N… --images SET [--responses CSV…]`: decisions between shape and texture.
 */
int
fovea_command_shape_bias (int argc, char **argv, GCancellable *cancellable, GError **error)
{
  g_auto (Task) task = { .report = { .observers = g_ptr_array_new_with_free_func ((GDestroyNotify) fovea_shape_bias_free),
                                     .neurons = g_ptr_array_new_with_free_func ((GDestroyNotify) g_ptr_array_unref) } };
  const GOptionEntry entries[] = {
    { "images", 0, 0, G_OPTION_ARG_FILENAME, &task.images, "Image set: cue-conflict, or a folder of images named like cat3-elephant2.png", "SET" },
    { "responses", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &task.responses, "Published trials to score; more files may follow", "CSV" },
    { "aggregate", 0, 0, G_OPTION_ARG_STRING, &task.aggregate, "How the probabilities of a category's classes are put together: mean, sum, max (default mean)", "RULE" },
    { "decisions", 0, 0, G_OPTION_ARG_FILENAME, &task.decisions, "Write the networks' decisions as trials, a row for each image", "FILE" },
    { "layer", 'l', 0, G_OPTION_ARG_STRING_ARRAY, &task.report.layers, "Also measure whether the layer's channels follow shape or texture; repeat it for more", "LAYER" },
    { "without", 0, 0, G_OPTION_ARG_STRING_ARRAY, &task.without, "Also ask the networks with this channel switched off; repeat it to switch off several", "NEURON" },
    { "only", 0, 0, G_OPTION_ARG_STRING_ARRAY, &task.only, "Also ask the networks with this channel alone in its layer; repeat it to keep several", "NEURON" },
    { "no-humans", 0, 0, G_OPTION_ARG_NONE, &task.no_humans, "Do not compare networks with people", NULL },
    G_OPTION_ENTRY_NULL,
  };
  const FoveaUsage usage = {
    .name = "shape-bias",
    .parameters = "[CSV…]",
    .max_parameters = G_MAXUINT,
    .summary = "Asks networks what they see in images whose shape belongs to one category and whose texture\n"
               "to another, and counts decisions for the one and for the other (Geirhos et al. 2019). Shape\n"
               "bias is the part of shape decisions among both. With --responses, published trial files are\n"
               "scored by the same rule: tables with the columns subj, object_response and imagename.\n"
               "--without and --only add the networks with channels switched off.\n"
               "--output draws the plot, or writes its numbers as a table; with --layer, of the channels.",
    .examples = "Examples:\n"
                "  fovea shape-bias --network alexnet-64-standard --network alexnet-64-robust \\\n"
                "    --images cue-conflict --output shape-bias.png\n"
                "  fovea shape-bias --responses trials/*.csv --output observers.csv\n",
    .flags = FOVEA_ARGUMENTS_NETWORKS_OPTIONAL | FOVEA_ARGUMENTS_OUTPUT_OPTIONAL | FOVEA_ARGUMENTS_JSON | FOVEA_ARGUMENTS_THREADS,
    .output_endings = fovea_chart_endings,
    .entries = entries,
  };
  g_auto (FoveaArguments) arguments = { 0 };
  int rule = FOVEA_CATEGORY_MEAN;

  if (!fovea_arguments_parse (&arguments, &usage, argc, argv, error) ||
      !fovea_arguments_parse_choice ("--aggregate", task.aggregate, fovea_category_rule_names, &rule, error) ||
      !check (&task, &arguments, error))
    return EXIT_FAILURE;
  task.report.rule = (FoveaCategoryRule) rule;
  return run (&task, &arguments, cancellable, error) ? EXIT_SUCCESS : EXIT_FAILURE;
}
