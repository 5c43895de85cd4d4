/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/command.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "app/arguments.h"
#include "app/output.h"
#include "app/progress.h"
#include "engine/analysis/cue-preference.h"
#include "engine/analysis/cue-trials.h"
#include "engine/analysis/maximize.h"
#include "engine/formats/csv.h"
#include "ui/chart-boxes.h"
#include "ui/chart-shape-bias.h"
#include "ui/config.h"

/* How the published trials call people, and how all of them are called together. */
#define PERSON "subject-"
#define PEOPLE "humans"

/* The table of categories is not wider than this. */
#define MAX_COLUMNS 6

typedef struct {
  char *images;
  char **responses;
  char *aggregate;
  char *decisions;
  char **layers;
  gboolean no_humans;
  FoveaCategoryRule rule;
  GPtrArray *networks;
  FoveaCueSet *set;
  GPtrArray *observers; /* of FoveaShapeBias: networks first */
  GPtrArray *neurons;   /* of GPtrArray of FoveaCueLayer: for each network its layers */
  guint n_networks;     /* how many of them are networks */
  GError *problem;      /* the first file of responses that could not be read */
  guint n_problems;
} Task;

static void
clear_task (Task *task)
{
  g_free (task->images);
  g_strfreev (task->responses);
  g_free (task->aggregate);
  g_free (task->decisions);
  g_strfreev (task->layers);
  g_clear_pointer (&task->networks, g_ptr_array_unref);
  g_clear_pointer (&task->set, fovea_cue_set_unref);
  g_clear_pointer (&task->observers, g_ptr_array_unref);
  g_clear_pointer (&task->neurons, g_ptr_array_unref);
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
  else if (task->layers && !arguments->networks)
    wrong = "--layer wants --network NETWORK, whose layer it is";
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

      if (fovea_cue_trials_read (paths[i], task->observers, &cause))
        continue;
      if (task->n_problems++ == 0)
        task->problem = g_steal_pointer (&cause);
    }
}

static gboolean
add_humans (Task *task, GError **error)
{
  FoveaShapeBias *humans = fovea_cue_trials_pool (task->observers, PERSON, PEOPLE);

  if (!humans && task->n_networks > 0 && !task->no_humans)
    {
      humans = fovea_cue_totals_read_humans (error);
      if (!humans)
        return FALSE;
    }
  if (humans)
    g_ptr_array_insert (task->observers, (int) task->n_networks, humans);
  return TRUE;
}

static void
show_progress (guint64 done, guint64 total, double seconds_left, gpointer data)
{
  (void) seconds_left;
  if (total > 0)
    fovea_progress_bar_update (data, done, total);
}

/* The chosen layers of one network, in one pass over the images. */
static gboolean
measure_neurons (Task *task, FoveaNetwork *network, GCancellable *cancellable, GError **error)
{
  const guint n_layers = g_strv_length (task->layers);
  g_autofree int *layers = g_new (int, n_layers);
  g_autofree char *label = g_strdup_printf ("%s, neurons", fovea_network_get_name (network));
  FoveaProgressBar bar = { 0 };
  gsize n_unreadable;
  GPtrArray *results;
  FoveaJob job;

  for (guint i = 0; i < n_layers; i++)
    {
      if (!fovea_arguments_find_layer (network, task->layers[i], &layers[i], error))
        return FALSE;
      for (guint j = 0; j < i; j++)
        if (layers[j] == layers[i])
          {
            g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, "--layer %s and --layer %s are the same layer of %s",
                         task->layers[j], task->layers[i], fovea_network_get_name (network));
            return FALSE;
          }
    }
  fovea_job_init (&job, cancellable, show_progress, &bar);
  fovea_progress_bar_start (&bar, label);
  results = fovea_cue_preference_measure (network, task->set, n_layers, layers, &n_unreadable, &job, error);
  fovea_progress_bar_finish (&bar);
  if (!results)
    return FALSE;
  g_ptr_array_add (task->neurons, results);
  return TRUE;
}

static gboolean
measure (Task *task, GCancellable *cancellable, GError **error)
{
  for (guint i = 0; i < task->networks->len; i++)
    {
      FoveaNetwork *network = task->networks->pdata[i];
      FoveaProgressBar bar = { 0 };
      FoveaShapeBias *bias;
      FoveaJob job;

      fovea_job_init (&job, cancellable, show_progress, &bar);
      fovea_progress_bar_start (&bar, fovea_network_get_name (network));
      bias = fovea_shape_bias_measure (network, task->set, task->rule, &job, error);
      fovea_progress_bar_finish (&bar);
      if (!bias)
        return FALSE;
      g_ptr_array_add (task->observers, bias);
      task->n_networks++;
      if (task->layers && !measure_neurons (task, network, cancellable, error))
        return FALSE;
    }
  return TRUE;
}

static void
add_decisions (JsonBuilder *builder, const FoveaDecisions *decisions)
{
  json_builder_set_member_name (builder, "shape");
  json_builder_add_int_value (builder, decisions->shape);
  json_builder_set_member_name (builder, "texture");
  json_builder_add_int_value (builder, decisions->texture);
  json_builder_set_member_name (builder, "other");
  json_builder_add_int_value (builder, decisions->other);
  fovea_output_add_number (builder, "shape_bias", fovea_decisions_get_shape_bias (decisions));
}

static void
add_count (JsonBuilder *builder, const char *name, gsize count)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_int_value (builder, (gint64) count);
}

static gsize
count_left_out (const FoveaShapeBias *bias)
{
  return bias->n_same + bias->n_unlabelled + bias->n_lacking + bias->n_unreadable;
}

static void
add_channel_json (JsonBuilder *builder, const Task *task, const FoveaCueLayer *layer, guint channel)
{
  const FoveaImageSet *images = fovea_cue_set_get_images (task->set);
  const char *const *categories = fovea_cue_set_get_categories (task->set);
  const FoveaCuePreference *preference = &layer->preferences[channel];

  json_builder_begin_object (builder);
  add_count (builder, "channel", channel);
  fovea_output_add_number (builder, "shape", preference->shape);
  fovea_output_add_number (builder, "texture", preference->texture);
  fovea_output_add_number (builder, "preference", fovea_cue_preference_get (preference));
  fovea_output_add_number (builder, "rank", fovea_cue_layer_get_rank (layer, channel));
  json_builder_set_member_name (builder, "strongest");
  json_builder_begin_array (builder);
  for (guint i = 0; i < layer->n_strongest; i++)
    {
      const FoveaCueHit *hit = &layer->strongest[(gsize) channel * layer->n_strongest + i];
      const FoveaCue *cue = fovea_cue_set_get_cue (task->set, hit->cue);

      json_builder_begin_object (builder);
      json_builder_set_member_name (builder, "image");
      json_builder_add_string_value (builder, fovea_image_set_get_image_name (images, cue->image));
      json_builder_set_member_name (builder, "shape");
      json_builder_add_string_value (builder, categories[cue->shape]);
      json_builder_set_member_name (builder, "texture");
      json_builder_add_string_value (builder, categories[cue->texture]);
      fovea_output_add_number (builder, "activation", hit->activation);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
}

static void
add_layers_json (JsonBuilder *builder, const Task *task, guint network)
{
  const GPtrArray *layers = task->neurons->pdata[network];

  json_builder_set_member_name (builder, "layers");
  json_builder_begin_array (builder);
  for (guint i = 0; i < layers->len; i++)
    {
      const FoveaCueLayer *layer = layers->pdata[i];

      json_builder_begin_object (builder);
      json_builder_set_member_name (builder, "layer");
      json_builder_add_string_value (builder, task->layers[i]);
      add_count (builder, "n_images", layer->n_images);
      json_builder_set_member_name (builder, "channels");
      json_builder_begin_array (builder);
      for (guint channel = 0; channel < layer->n_channels; channel++)
        add_channel_json (builder, task, layer, channel);
      json_builder_end_array (builder);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

static void
add_observer_json (JsonBuilder *builder, const Task *task, guint index)
{
  const FoveaShapeBias *bias = task->observers->pdata[index];

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "observer");
  json_builder_add_string_value (builder, bias->observer);
  if (index < task->n_networks)
    {
      json_builder_set_member_name (builder, "sha256");
      json_builder_add_string_value (builder, fovea_network_get_sha256 (task->networks->pdata[index]));
      json_builder_set_member_name (builder, "images");
      json_builder_add_string_value (builder, fovea_image_set_get_name (fovea_cue_set_get_images (task->set)));
      json_builder_set_member_name (builder, "aggregate");
      json_builder_add_string_value (builder, fovea_category_rule_names[task->rule]);
    }
  add_decisions (builder, &bias->total);
  json_builder_set_member_name (builder, "categories");
  json_builder_begin_object (builder);
  for (guint c = 0; c < bias->n_categories; c++)
    if (bias->known[c])
      {
        json_builder_set_member_name (builder, bias->categories[c]);
        json_builder_begin_object (builder);
        add_decisions (builder, &bias->decisions[c]);
        json_builder_end_object (builder);
      }
  json_builder_end_object (builder);
  json_builder_set_member_name (builder, "lacking");
  json_builder_begin_array (builder);
  for (guint c = 0; c < bias->n_categories; c++)
    if (!bias->known[c])
      json_builder_add_string_value (builder, bias->categories[c]);
  json_builder_end_array (builder);
  json_builder_set_member_name (builder, "left_out");
  json_builder_begin_object (builder);
  add_count (builder, "same_cues", bias->n_same);
  add_count (builder, "no_cue", bias->n_unlabelled);
  add_count (builder, "lacking", bias->n_lacking);
  add_count (builder, "unreadable", bias->n_unreadable);
  json_builder_end_object (builder);
  json_builder_set_member_name (builder, "problems");
  json_builder_begin_array (builder);
  for (guint i = 0; i < bias->problems->len; i++)
    json_builder_add_string_value (builder, bias->problems->pdata[i]);
  json_builder_end_array (builder);
  if (index < task->n_networks && task->layers)
    add_layers_json (builder, task, index);
  json_builder_end_object (builder);
}

static void
print_json (const Task *task)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_array (builder);
  for (guint i = 0; i < task->observers->len; i++)
    add_observer_json (builder, task, i);
  json_builder_end_array (builder);
  fovea_output_print_json (builder);
}

static char *
format_bias (const FoveaDecisions *decisions)
{
  const double bias = fovea_decisions_get_shape_bias (decisions);

  return isfinite (bias) ? g_strdup_printf ("%.2f %%", bias * 100) : g_strdup ("–");
}

static void
print_categories (const Task *task)
{
  const guint n_columns = MIN (task->observers->len, MAX_COLUMNS);
  g_autoptr (GPtrArray) headings = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) cells = g_ptr_array_new_with_free_func (g_free);
  const FoveaShapeBias *first = task->observers->pdata[0];

  g_ptr_array_add (headings, g_strdup ("CATEGORY"));
  for (guint i = 0; i < n_columns; i++)
    g_ptr_array_add (headings, g_strdup (((FoveaShapeBias *) task->observers->pdata[i])->observer));
  for (guint c = 0; c < first->n_categories; c++)
    {
      if (!first->known[c])
        continue;
      g_ptr_array_add (cells, g_strdup (first->categories[c]));
      for (guint i = 0; i < n_columns; i++)
        {
          const FoveaShapeBias *bias = task->observers->pdata[i];
          const int there = fovea_shape_bias_find_category (bias, first->categories[c]);

          g_ptr_array_add (cells, there >= 0 ? format_bias (&bias->decisions[there]) : g_strdup ("–"));
        }
    }
  g_print ("\n");
  fovea_output_print_table ((const char *const *) headings->pdata, headings->len, cells);
  if (n_columns < task->observers->len)
    g_print ("… and %u more observers in --output FILE.csv or --json\n", task->observers->len - n_columns);
}

static int
compare_numbers (const void *a, const void *b)
{
  const double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

/* The preferences of a layer's channels; nothing where a channel has none. */
static GArray *
get_preferences (const FoveaCueLayer *layer, gboolean only_finite)
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

static void
print_neurons (const Task *task)
{
  static const char *const headings[] = { "NETWORK", "LAYER", "CHANNELS", "PREFER SHAPE", "PREFER TEXTURE", "MEDIAN PREFERENCE" };
  g_autoptr (GPtrArray) cells = g_ptr_array_new_with_free_func (g_free);

  for (guint n = 0; n < task->neurons->len; n++)
    for (guint i = 0; task->layers[i]; i++)
      {
        const FoveaCueLayer *layer = ((GPtrArray *) task->neurons->pdata[n])->pdata[i];
        g_autoptr (GArray) values = get_preferences (layer, TRUE);
        guint n_shape = 0, n_texture = 0;

        for (guint v = 0; v < values->len; v++)
          {
            n_shape += g_array_index (values, double, v) > 0;
            n_texture += g_array_index (values, double, v) < 0;
          }
        qsort (values->data, values->len, sizeof (double), compare_numbers);
        g_ptr_array_add (cells, g_strdup (fovea_network_get_name (task->networks->pdata[n])));
        g_ptr_array_add (cells, g_strdup (task->layers[i]));
        g_ptr_array_add (cells, g_strdup_printf ("%u", layer->n_channels));
        g_ptr_array_add (cells, g_strdup_printf ("%u", n_shape));
        g_ptr_array_add (cells, g_strdup_printf ("%u", n_texture));
        g_ptr_array_add (cells, values->len > 0 ? g_strdup_printf ("%.4f", g_array_index (values, double, values->len / 2)) : g_strdup ("–"));
      }
  g_print ("\n");
  fovea_output_print_table (headings, G_N_ELEMENTS (headings), cells);
}

static void
print_text (const Task *task)
{
  static const char *const headings[] = { "OBSERVER", "SHAPE", "TEXTURE", "OTHER", "SHAPE BIAS", "LEFT OUT" };
  g_autoptr (GPtrArray) cells = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < task->observers->len; i++)
    {
      const FoveaShapeBias *bias = task->observers->pdata[i];

      g_ptr_array_add (cells, g_strdup (bias->observer));
      g_ptr_array_add (cells, g_strdup_printf ("%u", bias->total.shape));
      g_ptr_array_add (cells, g_strdup_printf ("%u", bias->total.texture));
      g_ptr_array_add (cells, g_strdup_printf ("%u", bias->total.other));
      g_ptr_array_add (cells, format_bias (&bias->total));
      g_ptr_array_add (cells, g_strdup_printf ("%" G_GSIZE_FORMAT, count_left_out (bias)));
    }
  fovea_output_print_table (headings, G_N_ELEMENTS (headings), cells);
  print_categories (task);
  if (task->layers)
    print_neurons (task);
  for (guint i = 0; i < task->observers->len; i++)
    {
      const FoveaShapeBias *bias = task->observers->pdata[i];

      for (guint p = 0; p < bias->problems->len; p++)
        g_print ("%s\n", (const char *) bias->problems->pdata[p]);
    }
  if (task->set && fovea_cue_set_get_n_unlabelled (task->set) > 0)
    g_print ("%" G_GSIZE_FORMAT " images were left out because their name carries no cue, for example %s\n",
             fovea_cue_set_get_n_unlabelled (task->set), fovea_cue_set_get_first_unlabelled (task->set));
}

static char *
format_caption (const Task *task)
{
  GString *text = g_string_new ("Decisions about images whose shape and texture belong to different categories (Geirhos et al. 2019).");

  if (task->n_networks > 0)
    g_string_append_printf (text, " Images: %s; probabilities of a category's classes: %s.",
                            fovea_image_set_get_name (fovea_cue_set_get_images (task->set)), fovea_category_rule_names[task->rule]);
  g_string_append_printf (text, " Lines: all categories together. Fovea %s.", FOVEA_VERSION);
  return g_string_free (text, FALSE);
}

static FoveaChart *
build_chart (const Task *task)
{
  FoveaChart *chart = fovea_shape_bias_chart_new ();
  g_autofree char *caption = format_caption (task);
  const gboolean pooled = task->observers->len > task->n_networks &&
                          g_str_equal (((FoveaShapeBias *) task->observers->pdata[task->n_networks])->observer, PEOPLE);
  guint n_others = 0;
  gboolean used[2] = { FALSE, FALSE };

  fovea_chart_set_title (chart, "Shape or texture?", "Shape bias by category of the shape; overall in brackets");
  fovea_chart_set_caption (chart, caption);
  for (guint i = 0; i < task->observers->len; i++)
    {
      const FoveaShapeBias *bias = task->observers->pdata[i];
      guint color = FOVEA_CHART_CATEGORY + n_others;
      FoveaChartMarker marker = (FoveaChartMarker) (n_others % FOVEA_CHART_N_MARKERS);

      if (g_str_equal (bias->observer, PEOPLE))
        {
          color = FOVEA_CHART_REFERENCE;
          marker = FOVEA_CHART_MARKER_DIAMOND;
        }
      else if (pooled && g_str_has_prefix (bias->observer, PERSON))
        {
          color = FOVEA_CHART_REFERENCE;
          marker = FOVEA_CHART_MARKER_DOT;
        }
      else if (i < task->n_networks)
        {
          const guint robust = fovea_maximize_get_default_preset (task->networks->pdata[i]) == FOVEA_PRESET_ROBUST;

          if (!used[robust])
            {
              used[robust] = TRUE;
              color = robust ? FOVEA_CHART_ROBUST : FOVEA_CHART_STANDARD;
              marker = robust ? FOVEA_CHART_MARKER_SQUARE : FOVEA_CHART_MARKER_CIRCLE;
            }
          else
            n_others++;
        }
      else
        n_others++;
      fovea_shape_bias_chart_add_observer (chart, bias, color, marker);
    }
  return chart;
}

/* With layers, the plot is about their neurons. */
static FoveaChart *
build_neuron_chart (const Task *task)
{
  FoveaChart *chart = fovea_box_chart_new ("Shape preference");

  fovea_chart_set_title (chart, "Do neurons follow shape or texture?", "Shape preference of every channel; above 0 for shape");
  fovea_chart_set_caption (chart, "Correlation of a channel's responses to two images of the same shape and different textures, less that to two images of the same texture and "
                                  "different shapes. Fovea " FOVEA_VERSION ".");
  for (guint i = 0; task->layers[i]; i++)
    fovea_box_chart_add_category (chart, task->layers[i]);
  for (guint n = 0; n < task->neurons->len; n++)
    {
      const gboolean robust = fovea_maximize_get_default_preset (task->networks->pdata[n]) == FOVEA_PRESET_ROBUST;

      fovea_box_chart_add_series (chart, fovea_network_get_name (task->networks->pdata[n]),
                                  n >= 2 ? FOVEA_CHART_CATEGORY + n - 2 : robust ? FOVEA_CHART_ROBUST : FOVEA_CHART_STANDARD);
      for (guint i = 0; task->layers[i]; i++)
        {
          g_autoptr (GArray) values = get_preferences (((GPtrArray *) task->neurons->pdata[n])->pdata[i], FALSE);

          fovea_box_chart_set_values (chart, n, i, (const double *) (void *) values->data, values->len);
        }
    }
  return chart;
}

/* The networks' decisions as the published trials have them. */
static gboolean
write_decisions (const Task *task, GError **error)
{
  g_autoptr (GString) csv = g_string_new ("subj,session,trial,rt,object_response,category,condition,imagename\n");
  const FoveaImageSet *images = fovea_cue_set_get_images (task->set);

  for (guint n = 0; n < task->n_networks; n++)
    {
      const FoveaShapeBias *bias = task->observers->pdata[n];

      for (guint i = 0; i < bias->choices->len; i++)
        {
          const FoveaChoice *choice = &g_array_index (bias->choices, FoveaChoice, i);
          g_autofree char *image = g_path_get_basename (fovea_image_set_get_image_name (images, choice->item));

          fovea_csv_append_field (csv, bias->observer);
          g_string_append_printf (csv, ",1,%u,NaN,", i + 1);
          fovea_csv_append_field (csv, choice->chosen == FOVEA_CHOICE_NONE ? "na" : bias->categories[choice->chosen]);
          g_string_append_c (csv, ',');
          fovea_csv_append_field (csv, bias->categories[choice->shape]);
          g_string_append (csv, ",0,");
          fovea_csv_append_field (csv, image);
          g_string_append_c (csv, '\n');
        }
    }
  return fovea_output_write (task->decisions, csv->str, csv->len, error);
}

static gboolean
write_chart (const Task *task, const char *path, GError **error)
{
  g_autoptr (FoveaChart) chart = task->layers ? build_neuron_chart (task) : build_chart (task);

  return fovea_chart_save (chart, path, error);
}

static gboolean
run (Task *task, const FoveaArguments *arguments, GCancellable *cancellable, GError **error)
{
  static const char *const decisions_endings[] = { ".csv", NULL };

  if (task->decisions && !fovea_output_check (task->decisions, decisions_endings, error))
    return FALSE;
  task->networks = fovea_arguments_open_networks (arguments, error);
  if (!task->networks)
    return FALSE;
  if (task->networks->len > 0)
    {
      g_autoptr (FoveaImageSet) images = fovea_image_set_open (task->images, error);

      task->set = images ? fovea_cue_set_new (images, error) : NULL;
      if (!task->set || !measure (task, cancellable, error))
        return FALSE;
    }
  read_responses (task, task->responses);
  read_responses (task, arguments->parameters);
  if (task->observers->len == 0)
    {
      g_propagate_error (error, g_steal_pointer (&task->problem));
      return FALSE;
    }
  if (!add_humans (task, error) ||
      (arguments->output && !write_chart (task, arguments->output, error)) ||
      (task->decisions && !write_decisions (task, error)))
    return FALSE;

  if (arguments->json)
    print_json (task);
  else
    print_text (task);
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
  g_auto (Task) task = { .observers = g_ptr_array_new_with_free_func ((GDestroyNotify) fovea_shape_bias_free),
                       .neurons = g_ptr_array_new_with_free_func ((GDestroyNotify) g_ptr_array_unref) };
  const GOptionEntry entries[] = {
    { "images", 0, 0, G_OPTION_ARG_FILENAME, &task.images, "Image set: cue-conflict, or a folder of images named like cat3-elephant2.png", "SET" },
    { "responses", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &task.responses, "Published trials to score; more files may follow", "CSV" },
    { "aggregate", 0, 0, G_OPTION_ARG_STRING, &task.aggregate, "How the probabilities of a category's classes are put together: mean, sum, max (default mean)", "RULE" },
    { "decisions", 0, 0, G_OPTION_ARG_FILENAME, &task.decisions, "Write the networks' decisions as trials, a row for each image", "FILE" },
    { "layer", 'l', 0, G_OPTION_ARG_STRING_ARRAY, &task.layers, "Also measure whether the layer's channels follow shape or texture; repeat it for more", "LAYER" },
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
      (task.aggregate && !fovea_arguments_parse_choice ("--aggregate", task.aggregate, fovea_category_rule_names, &rule, error)) ||
      !check (&task, &arguments, error))
    return EXIT_FAILURE;
  task.rule = (FoveaCategoryRule) rule;
  return run (&task, &arguments, cancellable, error) ? EXIT_SUCCESS : EXIT_FAILURE;
}
