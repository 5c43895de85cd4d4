/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/command.h"

#include <stdlib.h>
#include <string.h>

#include "app/arguments.h"
#include "app/output.h"
#include "app/progress.h"
#include "app/visualize-options.h"
#include "app/visualize-record.h"
#include "engine/plan.h"
#include "engine/write-file.h"
#include "ui/config.h"
#include "ui/figure.h"

/* Images optimized at once. Except through diversity, an image does not depend on the others. */
#define MAXIMUM_BATCH FOVEA_VISUALIZE_MAXIMUM_IMAGES

/* The whole command: what is asked for, and what has been computed of it. A neuron of which several
 * images are wanted stands in as many rows. */
typedef struct {
  GPtrArray *networks;
  guint n_rows;
  char **neurons; /* n_rows, ended by NULL */
  guint n_images; /* rows of one neuron, one after the other */
  gboolean diverse; /* a neuron's images are optimized to differ */
  char *start;
  FoveaPreset *presets;
  FoveaMaximizeOptions *options;
  FoveaTensor **starts;
  FoveaObjective *objectives;        /* of network n and neuron i at n * n_rows + i */
  FoveaVisualization *visualizations; /* likewise */
  guint64 done;                      /* steps of single images */
  guint64 total;
  FoveaProgressBar bar;
} Task;

static void
clear_task (Task *task)
{
  guint n_networks = task->networks ? task->networks->len : 0;

  for (gsize i = 0; task->visualizations && i < (gsize) n_networks * task->n_rows; i++)
    {
      fovea_image_free (task->visualizations[i].image);
      g_free (task->visualizations[i].curve);
    }
  for (guint n = 0; task->starts && n < n_networks; n++)
    g_clear_pointer (&task->starts[n], fovea_tensor_unref);
  g_free (task->visualizations);
  g_free (task->starts);
  g_free (task->presets);
  g_free (task->options);
  g_free (task->objectives);
  g_free (task->start);
  g_strfreev (task->neurons);
  g_clear_pointer (&task->networks, g_ptr_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Task, clear_task)

/* Whether the layer exists for images of the size asked for, and has the position. */
static gboolean
check_objective (FoveaNetwork *network, const char *address, const FoveaObjective *objective, const FoveaMaximizeOptions *options, GError **error)
{
  const FoveaNeuron *neuron = &objective->terms[0].neuron;
  g_autoptr (FoveaPlan) plan = NULL;
  const FoveaShape *shape;

  plan = fovea_plan_new (fovea_network_get_graph (network), 1, options->height, options->width, 1, &neuron->layer, FOVEA_PLAN_GRADIENT, error);
  if (!plan)
    {
      g_prefix_error (error, "%s: ", fovea_network_get_name (network));
      return FALSE;
    }
  shape = fovea_plan_get_shape (plan, 0);
  if (neuron->y >= shape->height || neuron->x >= shape->width)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND,
                   "%s: there is no neuron '%s' in images of %u × %u: the map is %" G_GINT64_FORMAT " × %" G_GINT64_FORMAT,
                   fovea_network_get_name (network), address, options->width, options->height, shape->width, shape->height);
      return FALSE;
    }
  return TRUE;
}

/* Makes each of the neurons as many rows as there are to be images of it. */
static void
repeat_neurons (Task *task, guint n_images)
{
  g_auto (GStrv) given = g_steal_pointer (&task->neurons);
  guint n_given = g_strv_length (given);

  task->n_images = n_images;
  task->n_rows = n_given * n_images;
  task->neurons = g_new0 (char *, (gsize) task->n_rows + 1);
  for (guint i = 0; i < task->n_rows; i++)
    task->neurons[i] = g_strdup (given[i / n_images]);
}

/* Everything that can be wrong, before anything is computed. */
static gboolean
prepare_task (Task *task, FoveaVisualizeOptions *given, gint64 seed, GError **error)
{
  guint n_networks = task->networks->len;

  fovea_visualize_options_set_networks (given, task->networks);
  repeat_neurons (task, fovea_visualize_options_get_n_images (given));
  task->diverse = fovea_visualize_options_get_diversity (given) > 0;
  task->start = g_strdup (fovea_visualize_options_get_start (given));
  task->presets = g_new0 (FoveaPreset, n_networks);
  task->options = g_new0 (FoveaMaximizeOptions, n_networks);
  task->starts = g_new0 (FoveaTensor *, n_networks);
  task->objectives = g_new0 (FoveaObjective, (gsize) n_networks * task->n_rows);
  task->visualizations = g_new0 (FoveaVisualization, (gsize) n_networks * task->n_rows);
  for (guint n = 0; n < n_networks; n++)
    {
      FoveaNetwork *network = task->networks->pdata[n];

      task->presets[n] = fovea_visualize_options_get_preset (given);
      if (!fovea_visualize_options_apply (given, network, (guint64) seed, &task->options[n], &task->starts[n], error))
        return FALSE;
      for (guint i = 0; i < task->n_rows; i++)
        {
          FoveaObjective *objective = &task->objectives[n * task->n_rows + i];

          if (!fovea_visualize_options_parse_objective (given, network, task->neurons[i], objective, error) ||
              !check_objective (network, task->neurons[i], objective, &task->options[n], error))
            return FALSE;
        }
      task->total += (guint64) task->options[n].steps * task->n_rows;
    }
  return TRUE;
}

static void
show_progress (const FoveaMaximizeProgress *progress, gpointer data)
{
  Task *task = data;

  task->done += progress->n_images;
  fovea_progress_bar_update (&task->bar, MIN (task->done, task->total), task->total);
}

static gboolean
keep_result (FoveaVisualization *visualization, const FoveaMaximizeImage *image, GError **error)
{
  if (image->n_steps == 0)
    return TRUE;
  visualization->image = fovea_image_from_tensor (image->image, error);
  if (!visualization->image)
    return FALSE;
  visualization->activation = image->activation;
  visualization->curve = g_memdup2 (image->curve, image->n_steps * sizeof (double));
  visualization->n_steps = image->n_steps;
  visualization->dead = image->dead;
  return TRUE;
}

/* Optimizes some neurons in one network at once. */
static gboolean
run_batch (Task *task, guint n, const guint *batch, guint n_batch, gboolean *cancelled, GCancellable *cancellable, GError **error)
{
  FoveaObjective objectives[MAXIMUM_BATCH] = { 0 };
  guint64 streams[MAXIMUM_BATCH] = { 0 };
  g_autoptr (FoveaMaximizeResult) result = NULL;
  g_autoptr (GError) cause = NULL;

  for (guint i = 0; i < n_batch; i++)
    {
      objectives[i] = task->objectives[n * task->n_rows + batch[i]];
      /* By number among the neuron's images, as on the window's neuron page: an image depends on
       * nothing but network, neuron, number, options and seed. */
      streams[i] = batch[i] % task->n_images;
    }
  result = fovea_maximize (task->networks->pdata[n], n_batch, objectives, streams, &task->options[n], show_progress, task, cancellable, &cause);
  if (!result && g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      *cancelled = TRUE;
      return TRUE;
    }
  if (!result)
    {
      g_propagate_error (error, g_steal_pointer (&cause));
      return FALSE;
    }
  for (guint i = 0; i < n_batch; i++)
    if (!keep_result (&task->visualizations[n * task->n_rows + batch[i]], &result->images[i], error))
      return FALSE;
  *cancelled = result->cancelled;
  return TRUE;
}

/* Whether two rows can be optimized at once: what they need of the network is the same, and what is
 * to differ from each other is all there. */
static gboolean
is_companion (const Task *task, guint first, guint other)
{
  if (task->diverse)
    return first / task->n_images == other / task->n_images;
  return task->objectives[first].terms[0].neuron.layer == task->objectives[other].terms[0].neuron.layer;
}

/* Neurons of one layer go through the networks together, as many as fit; one network after the other,
 * so that what is complete when someone interrupts can be compared. */
static gboolean
run_task (Task *task, gboolean *cancelled, GCancellable *cancellable, GError **error)
{
  g_autofree gboolean *taken = g_new0 (gboolean, task->n_rows);

  for (guint first = 0; first < task->n_rows && !*cancelled; first++)
    {
      guint batch[MAXIMUM_BATCH];
      guint n_batch = 0;

      if (taken[first])
        continue;
      for (guint i = first; i < task->n_rows && n_batch < MAXIMUM_BATCH; i++)
        if (!taken[i] && is_companion (task, first, i))
          {
            taken[i] = TRUE;
            batch[n_batch++] = i;
          }
      for (guint n = 0; n < task->networks->len && !*cancelled; n++)
        if (!run_batch (task, n, batch, n_batch, cancelled, cancellable, error))
          return FALSE;
    }
  return TRUE;
}

static const char *
get_objective_words (const FoveaObjective *objective)
{
  const FoveaNeuron *neuron = &objective->terms[0].neuron;

  switch (objective->terms[0].kind)
    {
    case FOVEA_OBJECTIVE_CHANNEL:
      return "channel";
    case FOVEA_OBJECTIVE_LAYER:
      return "whole layer";
    case FOVEA_OBJECTIVE_LOGIT:
      return "class";
    case FOVEA_OBJECTIVE_NEURON:
    default:
      return neuron->y < 0 ? "centre neuron" : "neuron";
    }
}

static char *
describe_row (const Task *task, guint row)
{
  const char *words = get_objective_words (&task->objectives[row]);

  if (task->n_images == 1)
    return g_strdup (words);
  return g_strdup_printf ("%s, image %u", words, row % task->n_images + 1);
}

/* What stands below an image, or in its place. */
static char *
describe_visualization (const FoveaVisualization *visualization, guint n_steps)
{
  return fovea_figure_describe_image (visualization->activation, visualization->dead, visualization->n_steps, n_steps);
}

static char *
describe_options (const Task *task, guint n)
{
  const FoveaMaximizeOptions *options = &task->options[n];

  return g_strdup_printf ("preset %s, %u steps, %u × %u pixels", fovea_preset_get_name (task->presets[n]),
                          options->steps, options->width, options->height);
}

static char *
format_caption (const Task *task)
{
  GString *text = g_string_new ("Activation maximization: the images that excite each neuron most.");
  g_autofree char *first = describe_options (task, 0);
  gboolean equal = TRUE;

  for (guint n = 1; n < task->networks->len; n++)
    {
      g_autofree char *other = describe_options (task, n);

      equal = equal && g_str_equal (first, other);
    }
  for (guint n = 0; n < (equal ? 1 : task->networks->len); n++)
    {
      g_autofree char *options = describe_options (task, n);

      g_string_append_c (text, ' ');
      g_string_append_printf (text, "%s: ", equal && n + 1 < task->networks->len ? "All networks" : fovea_network_get_name (task->networks->pdata[n]));
      g_string_append_printf (text, "%s.", options);
    }
  g_string_append_printf (text, " Seed %" G_GUINT64_FORMAT ". Fovea %s.", task->options[0].seed, FOVEA_VERSION);
  return g_string_free (text, FALSE);
}

static FoveaFigure *
build_figure (const Task *task)
{
  FoveaFigure *figure = fovea_figure_new (task->n_rows, task->networks->len);
  g_autofree char *caption = format_caption (task);

  for (guint i = 0; i < task->n_rows; i++)
    {
      g_autofree char *words = describe_row (task, i);

      fovea_figure_set_row (figure, i, task->neurons[i], words);
    }
  for (guint n = 0; n < task->networks->len; n++)
    {
      const FoveaNetwork *network = task->networks->pdata[n];
      gboolean robust = fovea_maximize_get_default_preset (network) == FOVEA_PRESET_ROBUST;

      fovea_figure_set_column (figure, n, fovea_network_get_name (network), fovea_network_get_training (network),
                               robust ? FOVEA_FIGURE_ROBUST : FOVEA_FIGURE_STANDARD,
                               task->options[n].width, task->options[n].height);
      for (guint i = 0; i < task->n_rows; i++)
        {
          const FoveaVisualization *visualization = &task->visualizations[n * task->n_rows + i];
          g_autofree char *text = describe_visualization (visualization, task->options[n].steps);

          fovea_figure_set_cell (figure, i, n, visualization->dead ? NULL : visualization->image, text);
        }
    }
  fovea_figure_set_caption (figure, caption);
  return figure;
}

static void
print_table (const Task *task)
{
  static const char *const headings[] = { "NEURON", "NETWORK", "STEPS", "ACTIVATION" };
  g_autoptr (GPtrArray) cells = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < task->n_rows; i++)
    for (guint n = 0; n < task->networks->len; n++)
      {
        const FoveaVisualization *visualization = &task->visualizations[n * task->n_rows + i];

        g_ptr_array_add (cells, task->n_images == 1 ? g_strdup (task->neurons[i])
                                                    : g_strdup_printf ("%s image %u", task->neurons[i], i % task->n_images + 1));
        g_ptr_array_add (cells, g_strdup (fovea_network_get_name (task->networks->pdata[n])));
        g_ptr_array_add (cells, g_strdup_printf ("%u", visualization->n_steps));
        g_ptr_array_add (cells, visualization->dead    ? g_strdup ("dead")
                                : visualization->image ? g_strdup_printf ("%.6g", visualization->activation)
                                                       : g_strdup ("not computed"));
      }
  fovea_output_print_table (headings, G_N_ELEMENTS (headings), cells);
}

/* The figure, the record beside it, and what there is to say about both. */
static gboolean
write_results (const Task *task, const FoveaArguments *arguments, const char *record_path, FoveaFigureFormat format, gboolean cancelled, GError **error)
{
  g_autoptr (FoveaFigure) figure = build_figure (task);
  g_autoptr (GBytes) bytes = fovea_figure_render (figure, format, error);
  g_autofree char *caption = format_caption (task);
  g_auto (GStrv) subtitles = g_new0 (char *, (gsize) task->n_rows + 1);
  const FoveaVisualizeRecord record = {
    .n_networks = task->networks->len,
    .networks = (FoveaNetwork *const *) task->networks->pdata,
    .presets = task->presets,
    .options = task->options,
    .start = task->start,
    .n_rows = task->n_rows,
    .n_images = task->n_images,
    .neurons = (const char *const *) task->neurons,
    .objectives = task->objectives,
    .visualizations = task->visualizations,
    .subtitles = (const char *const *) subtitles,
    .caption = caption,
    .output = arguments->output,
    .cancelled = cancelled,
  };
  g_autoptr (JsonBuilder) builder = NULL;
  g_autofree char *json = NULL;

  if (!bytes)
    return FALSE;
  for (guint i = 0; i < task->n_rows; i++)
    subtitles[i] = describe_row (task, i);
  builder = fovea_visualize_record_build (&record);
  json = fovea_output_format_json (builder);
  if (!fovea_write_file (arguments->output, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), error) ||
      !fovea_write_file (record_path, json, strlen (json), error))
    return FALSE;

  if (arguments->json)
    fovea_output_print_json (builder);
  else
    {
      g_autofree char *figure_shown = g_filename_display_name (arguments->output);
      g_autofree char *record_shown = g_filename_display_name (record_path);

      print_table (task);
      g_print ("%s: the figure\n%s: how it was made\n", figure_shown, record_shown);
    }
  return TRUE;
}

static gboolean
has_results (const Task *task)
{
  for (gsize i = 0; i < (gsize) task->networks->len * task->n_rows; i++)
    if (task->visualizations[i].image)
      return TRUE;
  return FALSE;
}

static gboolean
visualize (Task *task, const FoveaArguments *arguments, const char *record_path, GCancellable *cancellable, GError **error)
{
  FoveaFigureFormat format;
  g_autoptr (FoveaFigure) empty = NULL;
  g_autofree char *shown = g_filename_display_name (arguments->output);
  gboolean cancelled = FALSE;
  gboolean ran;

  if (!fovea_figure_format_from_path (arguments->output, &format, error))
    return FALSE;
  empty = build_figure (task);
  if (!fovea_figure_check (empty, format, error))
    return FALSE;

  fovea_progress_bar_start (&task->bar, "visualize");
  ran = run_task (task, &cancelled, cancellable, error);
  fovea_progress_bar_finish (&task->bar);
  if (!ran)
    return FALSE;

  if (cancelled && !has_results (task))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "stopped before the first step; nothing was written");
      return FALSE;
    }
  if (!write_results (task, arguments, record_path, format, cancelled, error))
    return FALSE;
  if (cancelled)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED,
                   "stopped after %.0f %% of the steps; %s shows the images as they were then",
                   100.0 * (double) task->done / (double) task->total, shown);
      return FALSE;
    }
  return TRUE;
}

/**
 * fovea_command_visualize:
 *
 * `fovea visualize --network N… --neuron NEURON… --output F.png`: activation maximization.
 */
int
fovea_command_visualize (int argc, char **argv, GCancellable *cancellable, GError **error)
{
  g_autoptr (FoveaVisualizeOptions) given = fovea_visualize_options_new ();
  g_auto (Task) task = { 0 };
  g_auto (FoveaArguments) arguments = { 0 };
  g_autoptr (GArray) entries = g_array_new (TRUE, TRUE, sizeof (GOptionEntry));
  g_autofree char *record_path = NULL;
  const GOptionEntry neuron_entry = {
    "neuron", 0, 0, G_OPTION_ARG_STRING_ARRAY, &task.neurons,
    "LAYER:CHANNEL, the mean of its map, or LAYER:CHANNEL:Y,X; repeat it for more rows", "NEURON"
  };
  const GOptionEntry *own_entries = fovea_visualize_options_get_entries (given);

  g_array_append_val (entries, neuron_entry);
  for (guint i = 0; own_entries[i].long_name; i++)
    g_array_append_val (entries, own_entries[i]);

  const FoveaUsage usage = {
    .name = "visualize",
    .summary = "Optimizes an image for each neuron and network until it excites the neuron most, and\n"
               "draws all of them as a figure: networks as columns, neurons as rows. Beside it, a JSON\n"
               "file of the same name holds every option, the seed, the networks' SHA-256, the\n"
               "activations reached and their curves. The same command gives the same bytes.\n"
               "With --objective layer, NEURON is just a LAYER; with --objective logit, a class, by\n"
               "name or index; with --objective neuron, LAYER:CHANNEL means its centre.\n"
               "Ctrl+C stops early and still writes both files.",
    .examples = "Examples:\n"
                "  fovea visualize --network alexnet-64-standard --network alexnet-64-robust \\\n"
                "    --neuron conv3:42 --neuron conv5:7 --output figure.png\n"
                "  fovea visualize --network alexnet-64-robust --objective logit --neuron elephant \\\n"
                "    --steps 300 --seed 7 --output elephant.pdf\n",
    .flags = FOVEA_ARGUMENTS_NETWORKS | FOVEA_ARGUMENTS_JSON | FOVEA_ARGUMENTS_SEED | FOVEA_ARGUMENTS_THREADS,
    .output_endings = fovea_figure_endings,
    .entries = (const GOptionEntry *) (void *) entries->data,
  };

  if (!fovea_arguments_parse (&arguments, &usage, argc, argv, error) ||
      !fovea_visualize_options_check (given, error))
    return EXIT_FAILURE;
  if (!task.neurons)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, "visualize wants --neuron NEURON, such as conv3:42");
      return EXIT_FAILURE;
    }
  record_path = fovea_output_replace_ending (arguments.output, ".json");
  if (!fovea_output_check (record_path, NULL, error))
    return EXIT_FAILURE;
  task.networks = fovea_arguments_open_networks (&arguments, error);
  if (!task.networks ||
      !prepare_task (&task, given, arguments.seed, error) ||
      !visualize (&task, &arguments, record_path, cancellable, error))
    return EXIT_FAILURE;
  return EXIT_SUCCESS;
}
