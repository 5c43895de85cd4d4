/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/command.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "app/arguments.h"
#include "app/output.h"
#include "app/progress.h"
#include "app/surgery.h"
#include "engine/analysis/evaluate.h"
#include "engine/analysis/maximize.h"
#include "engine/formats/csv.h"
#include "engine/formats/json.h"
#include "engine/write-file.h"
#include "ui/chart-bars.h"

/* One network under one variant, and perhaps an attack. */
typedef struct {
  FoveaNetwork *network;
  FoveaEvaluateOptions options;
  FoveaEvaluation *result;
} Row;

static void
clear_row (Row *row)
{
  fovea_evaluation_free (row->result);
}

/* `l2 0.5`; NULL for images as they are. */
static char *
format_attack (const FoveaAttackOptions *attack)
{
  return attack ? g_strdup_printf ("%s %g", attack->norm == FOVEA_ATTACK_L2 ? "l2" : "linf", attack->epsilon) : NULL;
}

static void
add_attack (JsonBuilder *builder, const FoveaAttackOptions *attack)
{
  json_builder_set_member_name (builder, "attack");
  if (!attack)
    {
      json_builder_add_null_value (builder);
      return;
    }
  json_builder_begin_object (builder);
  fovea_json_add_string (builder, "norm", attack->norm == FOVEA_ATTACK_L2 ? "l2" : "linf");
  fovea_json_add_number (builder, "epsilon", attack->epsilon);
  fovea_json_add_integer (builder, "steps", attack->n_steps);
  json_builder_end_object (builder);
}

static double
get_part (gsize n, gsize n_images)
{
  return n_images > 0 ? (double) n / (double) n_images : NAN;
}

static void
add_accuracy (JsonBuilder *builder, const FoveaAccuracy *accuracy)
{
  fovea_json_add_integer (builder, "n_images", (gint64) accuracy->n_images);
  fovea_json_add_number (builder, "top1", get_part (accuracy->n_top1, accuracy->n_images));
  fovea_json_add_number (builder, "top5", get_part (accuracy->n_top5, accuracy->n_images));
}

static void
add_row_json (JsonBuilder *builder, const Row *row, const FoveaImageSet *set)
{
  const FoveaEvaluation *result = row->result;
  g_autofree char *variant = fovea_variant_format (&row->options.variant);
  const struct {
    const char *name;
    gsize count;
  } left_out[] = { { "no_class", result->n_unlabelled }, { "lacking", result->n_lacking }, { "unreadable", result->n_unreadable } };

  json_builder_begin_object (builder);
  fovea_json_add_string (builder, "network", fovea_network_get_name (row->network));
  fovea_json_add_string (builder, "sha256", fovea_network_get_sha256 (row->network));
  fovea_json_add_string (builder, "images", fovea_image_set_get_name (set));
  fovea_json_add_string (builder, "variant", variant);
  add_attack (builder, row->options.attack);
  add_accuracy (builder, &result->total);
  json_builder_set_member_name (builder, "classes");
  json_builder_begin_object (builder);
  for (guint i = 0; i < result->n_classes; i++)
    if (result->known[i])
      {
        json_builder_set_member_name (builder, result->names[i]);
        json_builder_begin_object (builder);
        add_accuracy (builder, &result->classes[i]);
        json_builder_end_object (builder);
      }
  json_builder_end_object (builder);
  json_builder_set_member_name (builder, "lacking");
  json_builder_begin_array (builder);
  for (guint i = 0; i < result->n_classes; i++)
    if (!result->known[i])
      json_builder_add_string_value (builder, result->names[i]);
  json_builder_end_array (builder);
  json_builder_set_member_name (builder, "left_out");
  json_builder_begin_object (builder);
  for (guint i = 0; i < G_N_ELEMENTS (left_out); i++)
    {
      fovea_json_add_integer (builder, left_out[i].name, (gint64) left_out[i].count);
    }
  json_builder_end_object (builder);
  json_builder_end_object (builder);
}

static char *
format_part (gsize n, gsize n_images)
{
  return n_images > 0 ? g_strdup_printf ("%.2f %%", 100.0 * (double) n / (double) n_images) : g_strdup ("–");
}

static void
print_text (const GArray *rows, const FoveaImageSet *set)
{
  static const char *const headings[] = { "NETWORK", "VARIANT", "ATTACK", "IMAGES", "TOP 1", "TOP 5", "LEFT OUT" };
  g_autoptr (GPtrArray) cells = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < rows->len; i++)
    {
      const Row *row = &g_array_index (rows, Row, i);
      const FoveaEvaluation *result = row->result;

      g_ptr_array_add (cells, g_strdup (fovea_network_get_name (row->network)));
      g_ptr_array_add (cells, fovea_variant_format (&row->options.variant));
      g_ptr_array_add (cells, row->options.attack ? format_attack (row->options.attack) : g_strdup ("–"));
      g_ptr_array_add (cells, g_strdup_printf ("%" G_GSIZE_FORMAT, result->total.n_images));
      g_ptr_array_add (cells, format_part (result->total.n_top1, result->total.n_images));
      g_ptr_array_add (cells, format_part (result->total.n_top5, result->total.n_images));
      g_ptr_array_add (cells, g_strdup_printf ("%" G_GSIZE_FORMAT, result->n_unlabelled + result->n_lacking + result->n_unreadable));
    }
  fovea_output_print_table (headings, G_N_ELEMENTS (headings), cells);
  for (guint i = 0; i < rows->len; i++)
    {
      const Row *row = &g_array_index (rows, Row, i);
      const FoveaEvaluation *result = row->result;

      if (row->options.attack || row->options.variant.kind != g_array_index (rows, Row, 0).options.variant.kind)
        continue;
      if (result->n_unreadable > 0)
        g_print ("%" G_GSIZE_FORMAT " images could not be read and were left out: %s\n", result->n_unreadable, result->first_unreadable);
      if (result->n_unlabelled > 0)
        g_print ("%" G_GSIZE_FORMAT " images of %s have no class and were left out\n", result->n_unlabelled, fovea_image_set_get_name (set));
      if (result->n_lacking > 0)
        g_print ("%s lacks the class of %" G_GSIZE_FORMAT " images, which were left out\n", fovea_network_get_name (row->network), result->n_lacking);
    }
}

static void
append_line (GString *csv, const Row *row, const char *variant, const char *name, const FoveaAccuracy *accuracy)
{
  g_autofree char *attack = format_attack (row->options.attack);

  fovea_csv_append_field (csv, fovea_network_get_name (row->network));
  g_string_append_printf (csv, ",%s,%s,", variant, attack ? attack : "");
  fovea_csv_append_field (csv, name);
  g_string_append_printf (csv, ",%" G_GSIZE_FORMAT ",%" G_GSIZE_FORMAT ",%" G_GSIZE_FORMAT "\n", accuracy->n_images, accuracy->n_top1, accuracy->n_top5);
}

static gboolean
write_csv (const GArray *rows, const char *path, GError **error)
{
  g_autoptr (GString) csv = g_string_new ("network,variant,attack,class,images,top1,top5\n");

  for (guint i = 0; i < rows->len; i++)
    {
      const Row *row = &g_array_index (rows, Row, i);
      g_autofree char *variant = fovea_variant_format (&row->options.variant);

      append_line (csv, row, variant, "all", &row->result->total);
      for (guint c = 0; c < row->result->n_classes; c++)
        if (row->result->known[c])
          append_line (csv, row, variant, row->result->names[c], &row->result->classes[c]);
    }
  return fovea_write_file (path, csv->str, csv->len, error);
}

/* What the networks are compared under: `edges`, `original, l2 0.5`. */
static char *
format_condition (const Row *row)
{
  g_autofree char *variant = fovea_variant_format (&row->options.variant);
  g_autofree char *attack = format_attack (row->options.attack);

  return attack ? g_strdup_printf ("%s, %s", variant, attack) : g_steal_pointer (&variant);
}

static guint
find_or_add (GPtrArray *names, const char *name)
{
  guint place;

  if (g_ptr_array_find_with_equal_func (names, name, g_str_equal, &place))
    return place;
  g_ptr_array_add (names, g_strdup (name));
  return names->len - 1;
}

/* The first standard and the first robust network have their colours, others one each. */
static guint
choose_color (const FoveaNetwork *network, gboolean used[2], guint *n_others)
{
  gboolean robust = fovea_maximize_get_default_preset (network) == FOVEA_PRESET_ROBUST;

  if (used[robust])
    return FOVEA_CHART_CATEGORY + (*n_others)++;
  used[robust] = TRUE;
  return robust ? FOVEA_CHART_ROBUST : FOVEA_CHART_STANDARD;
}

static FoveaChart *
make_chart (const GArray *rows, const FoveaImageSet *set)
{
  FoveaChart *chart = fovea_bar_chart_new (FOVEA_BAR_CHART_ROWS, "Top-1 accuracy, %");
  g_autoptr (GPtrArray) conditions = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *subtitle = g_strdup_printf ("images of %s whose class the network knows", fovea_image_set_get_name (set));
  const FoveaNetwork *network = NULL;
  gboolean used[2] = { FALSE };
  guint series = 0, n_others = 0;

  for (guint i = 0; i < rows->len; i++)
    {
      const Row *row = &g_array_index (rows, Row, i);
      g_autofree char *condition = format_condition (row);
      guint n_before = conditions->len;
      guint category = find_or_add (conditions, condition);

      if (row->network != network)
        series = fovea_bar_chart_add_series (chart, fovea_network_get_name (row->network), choose_color (row->network, used, &n_others));
      network = row->network;
      if (conditions->len > n_before)
        fovea_bar_chart_add_category (chart, condition);
      fovea_bar_chart_set_value (chart, series, category, 100 * get_part (row->result->total.n_top1, row->result->total.n_images));
    }
  fovea_chart_set_title (chart, "Accuracy", subtitle);
  return chart;
}

static gboolean
write_chart (const GArray *rows, const FoveaImageSet *set, const char *path, GError **error)
{
  g_autoptr (FoveaChart) chart = make_chart (rows, set);
  g_autoptr (GBytes) bytes = fovea_chart_render (chart, path, error);

  return bytes && fovea_write_file (path, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), error);
}

static gboolean
evaluate (Row *row, FoveaImageSet *set, GCancellable *cancellable, GError **error)
{
  g_autofree char *variant = fovea_variant_format (&row->options.variant);
  g_autofree char *label = g_strdup_printf ("%s, %s%s", fovea_network_get_name (row->network), variant, row->options.attack ? ", attacked" : "");
  FoveaProgressBar bar = { 0 };
  FoveaJob job;

  fovea_progress_bar_start_job (&bar, label, cancellable, &job);
  row->result = fovea_evaluate (row->network, set, &row->options, &job, error);
  fovea_progress_bar_finish (&bar);
  return row->result != NULL;
}

/* A row for each network and variant, and where attacks are wanted one more with each. */
static gboolean
make_rows (GArray *rows, const GPtrArray *networks, char *const *variants, guint64 seed, const GArray *attacks, GError **error)
{
  for (guint n = 0; n < networks->len; n++)
    for (guint i = 0; i == 0 || (variants && variants[i]); i++)
      {
        Row row = { .network = networks->pdata[n] };

        if (variants && !fovea_variant_parse (variants[i], &row.options.variant, error))
          return FALSE;
        row.options.variant.seed = seed;
        g_array_append_val (rows, row);
        for (guint a = 0; a < attacks->len; a++)
          {
            row.options.attack = &g_array_index (attacks, FoveaAttackOptions, a);
            g_array_append_val (rows, row);
          }
      }
  return TRUE;
}

/* One attack for each @epsilons, or for the norm's usual one. */
static gboolean
parse_attacks (GArray *attacks, const FoveaAttackOptions *common, char *const *epsilons, GError **error)
{
  FoveaAttackOptions attack = *common;

  if (!epsilons)
    g_array_append_val (attacks, attack);
  for (guint i = 0; epsilons && epsilons[i]; i++)
    {
      if (!fovea_arguments_parse_number ("--epsilon", epsilons[i], 0, 1e6, &attack.epsilon, error))
        return FALSE;
      g_array_append_val (attacks, attack);
    }
  return TRUE;
}

/**
 * fovea_command_evaluate:
 *
 * `fovea evaluate --network N… --images SET [--variant V…]`: accuracy over a labelled image set.
 */
int
fovea_command_evaluate (int argc, char **argv, GCancellable *cancellable, GError **error)
{
  static const char *const endings[] = { ".csv", ".png", ".pdf", ".svg", NULL };
  static const char *const norms[] = { "l2", "linf", NULL };
  g_autofree char *set_name = NULL;
  g_auto (GStrv) variants = NULL;
  g_autofree char *attack_text = NULL;
  g_auto (GStrv) epsilons = NULL;
  g_autofree char *steps_text = NULL;
  g_auto (GStrv) without = NULL;
  g_auto (GStrv) only = NULL;
  const GOptionEntry entries[] = {
    { "images", 0, 0, G_OPTION_ARG_FILENAME, &set_name, "Image set: scenes, or a folder with a folder of images for each class", "SET" },
    { "variant", 0, 0, G_OPTION_ARG_STRING_ARRAY, &variants, "Change each image: greyscale, silhouette, edges, scramble:N; original leaves it; repeat it to compare", "VARIANT" },
    { "attack", 0, 0, G_OPTION_ARG_STRING, &attack_text, "Also attack each image: the change is measured in l2 or linf", "NORM" },
    { "epsilon", 0, 0, G_OPTION_ARG_STRING_ARRAY, &epsilons, "How far the attack may change an image, for values in [0,1] (default 0.5; 8/255 for linf); repeat it to compare", "E" },
    { "steps", 0, 0, G_OPTION_ARG_STRING, &steps_text, "The attack's gradient steps (default 7)", "N" },
    { "without", 0, 0, G_OPTION_ARG_STRING_ARRAY, &without, "Also evaluate the networks with this channel switched off; repeat it to switch off several", "NEURON" },
    { "only", 0, 0, G_OPTION_ARG_STRING_ARRAY, &only, "Also evaluate the networks with this channel alone in its layer; repeat it to keep several", "NEURON" },
    G_OPTION_ENTRY_NULL,
  };
  const FoveaUsage usage = {
    .name = "evaluate",
    .summary = "Counts how often networks are right about a labelled image set: with their most probable\n"
               "class, and with one of the five most probable. Classes are matched by name. Variants take\n"
               "something away from each image: its colour, everything but its outline, everything but\n"
               "its edges, or the order of N × N tiles. --attack adds the accuracy under an attack on each image\n"
               "(projected gradient descent), --without and --only add networks with channels switched off. --output writes a plot of the accuracies\n"
               "(.png, .pdf, .svg), or the numbers of each class as a table (.csv).",
    .examples = "Example:\n"
                "  fovea evaluate --network alexnet-64-standard --network alexnet-64-robust \\\n"
                "    --images photos --variant original --variant edges --variant scramble:4\n"
                "  fovea evaluate --network alexnet-64-robust --images photos --attack l2 --epsilon 0.5\n"
                "  fovea evaluate --network alexnet-64-standard --network alexnet-64-robust \\\n"
                "    --images photos --attack l2 --epsilon 0.25 --epsilon 0.5 --epsilon 1 --output accuracy.pdf\n",
    .flags = FOVEA_ARGUMENTS_NETWORKS | FOVEA_ARGUMENTS_OUTPUT_OPTIONAL | FOVEA_ARGUMENTS_JSON | FOVEA_ARGUMENTS_SEED | FOVEA_ARGUMENTS_THREADS,
    .output_endings = endings,
    .entries = entries,
  };
  g_auto (FoveaArguments) arguments = { 0 };
  g_autoptr (GPtrArray) networks = NULL;
  g_autoptr (FoveaImageSet) set = NULL;
  g_autoptr (GArray) rows = g_array_new (FALSE, TRUE, sizeof (Row));
  g_autoptr (GArray) attacks = g_array_new (FALSE, FALSE, sizeof (FoveaAttackOptions));
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  FoveaAttackOptions attack;
  gint64 steps = 7;
  int norm = FOVEA_ATTACK_L2;

  g_array_set_clear_func (rows, (GDestroyNotify) clear_row);
  fovea_attack_options_init (&attack);
  if (!fovea_arguments_parse (&arguments, &usage, argc, argv, error) ||
      !fovea_arguments_parse_choice ("--attack", attack_text, norms, &norm, error) ||
      !fovea_arguments_parse_integer ("--steps", steps_text, 1, 100000, &steps, error))
    return EXIT_FAILURE;
  attack.norm = norm;
  attack.n_steps = (guint) steps;
  attack.epsilon = norm == FOVEA_ATTACK_L2 ? 0.5 : 8.0 / 255;
  if (attack_text && !parse_attacks (attacks, &attack, epsilons, error))
    return EXIT_FAILURE;
  if (!attack_text && (epsilons || steps_text))
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, "--epsilon and --steps belong to an attack; give --attack l2 or --attack linf");
      return EXIT_FAILURE;
    }
  if (!set_name)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, "evaluate wants --images SET: scenes, or a folder with a folder of images for each class");
      return EXIT_FAILURE;
    }
  networks = fovea_arguments_open_networks (&arguments, error);
  if (!networks || !fovea_surgery_add_networks (networks, without, only, error) ||
      !make_rows (rows, networks, variants, (guint64) arguments.seed, attacks, error))
    return EXIT_FAILURE;
  set = fovea_image_set_open (set_name, error);
  if (!set)
    return EXIT_FAILURE;
  for (guint i = 0; i < rows->len; i++)
    if (!evaluate (&g_array_index (rows, Row, i), set, cancellable, error))
      return EXIT_FAILURE;
  if (arguments.output &&
      !(g_str_has_suffix (arguments.output, ".csv") ? write_csv (rows, arguments.output, error) : write_chart (rows, set, arguments.output, error)))
    return EXIT_FAILURE;
  if (!arguments.json)
    {
      print_text (rows, set);
      return EXIT_SUCCESS;
    }
  json_builder_begin_array (builder);
  for (guint i = 0; i < rows->len; i++)
    add_row_json (builder, &g_array_index (rows, Row, i), set);
  json_builder_end_array (builder);
  fovea_output_print_json (builder);
  return EXIT_SUCCESS;
}
