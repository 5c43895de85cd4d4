/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/command.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "app/arguments.h"
#include "app/output.h"
#include "app/progress.h"
#include "engine/analysis/attack.h"
#include "engine/analysis/maximize.h"
#include "engine/formats/json.h"
#include "engine/formats/npy.h"
#include "engine/write-file.h"
#include "ui/config.h"
#include "ui/figure.h"

/* What one network makes of the image, before and after. */
typedef struct {
  FoveaNetwork *network; /* not owned */
  FoveaTensor *image;    /* [3, height, width] in [0,1], as the next */
  FoveaTensor *attacked;
  guint class;           /* to leave, or to reach */
  FoveaAttackOutcome clean;
  FoveaAttackOutcome outcome;
  double l2;             /* length of the change */
  double linf;           /* its largest value */
} Attacked;

/* The change is drawn so that its largest value is this far from grey. */
#define DRAWN_CHANGE 0.5

static void
clear_attacked (gpointer data)
{
  Attacked *attacked = data;

  g_clear_pointer (&attacked->image, fovea_tensor_unref);
  g_clear_pointer (&attacked->attacked, fovea_tensor_unref);
}

static void
measure_change (Attacked *self)
{
  double squares = 0;

  for (gsize i = 0; i < self->image->n_elements; i++)
    {
      double change = (double) self->attacked->data[i] - self->image->data[i];

      squares += change * change;
      self->linf = MAX (self->linf, fabs (change));
    }
  self->l2 = sqrt (squares);
}

static gboolean
run_attack (Attacked *self, const char *path, const char *class_name, const FoveaAttackOptions *options, GCancellable *cancellable, GError **error)
{
  g_autoptr (FoveaAttack) attack = NULL;
  FoveaProgressBar bar;
  FoveaJob job;
  gint64 class = 0;
  gboolean ok;

  if (class_name && !fovea_network_find_class (self->network, class_name, &class, error))
    return FALSE;
  self->class = (guint) class;
  self->image = fovea_image_load_for_network (path, self->network, error);
  if (!self->image)
    return FALSE;
  self->attacked = fovea_tensor_new (self->image->n_dimensions, self->image->shape, error);
  attack = self->attacked ? fovea_attack_new (self->network, 1, error) : NULL;
  if (!attack || !fovea_attack_measure (attack, self->image->data, &self->class, &self->clean, error))
    return FALSE;
  if (!class_name)
    {
      self->class = self->clean.answer;
      if (!fovea_attack_measure (attack, self->image->data, &self->class, &self->clean, error))
        return FALSE;
    }

  fovea_progress_bar_start_job (&bar, fovea_network_get_name (self->network), cancellable, &job);
  ok = fovea_attack_run (attack, options, self->image->data, &self->class, NULL, &job, self->attacked->data, &self->outcome, error);
  fovea_progress_bar_finish (&bar);
  if (ok)
    measure_change (self);
  return ok;
}

/* The class' name, or its number where the network's file names none. */
static char *
format_class (const FoveaNetwork *network, guint class)
{
  if (class < fovea_network_get_n_classes (network))
    return g_strdup (fovea_network_get_classes (network)[class]);
  return g_strdup_printf ("class %u", class);
}

static char *
format_answer (const Attacked *self, const FoveaAttackOutcome *outcome)
{
  g_autofree char *name = format_class (self->network, outcome->answer);

  return g_strdup_printf ("%s %.0f %%", name, outcome->probability * 100);
}

/* The change around grey, and by how much it is magnified. */
static FoveaImage *
draw_change (const Attacked *self, double *magnification, GError **error)
{
  g_autoptr (FoveaTensor) change = fovea_tensor_new (self->image->n_dimensions, self->image->shape, error);

  if (!change)
    return NULL;
  *magnification = self->linf > 0 ? DRAWN_CHANGE / self->linf : 1;
  for (gsize i = 0; i < change->n_elements; i++)
    change->data[i] = (float) (0.5 + *magnification * ((double) self->attacked->data[i] - self->image->data[i]));
  return fovea_image_from_tensor (change, error);
}

static gboolean
set_column (FoveaFigure *figure, guint column, const Attacked *self, GError **error)
{
  gboolean robust = fovea_maximize_get_default_preset (self->network) == FOVEA_PRESET_ROBUST;
  double magnification = 1;
  g_autoptr (FoveaImage) image = fovea_image_from_tensor (self->image, error);
  g_autoptr (FoveaImage) attacked = image ? fovea_image_from_tensor (self->attacked, error) : NULL;
  g_autoptr (FoveaImage) change = attacked ? draw_change (self, &magnification, error) : NULL;
  g_autofree char *before = format_answer (self, &self->clean);
  g_autofree char *after = format_answer (self, &self->outcome);
  g_autofree char *drawn = g_strdup_printf ("length %.3g, largest %.3g; × %.3g", self->l2, self->linf, magnification);

  if (!change)
    return FALSE;
  fovea_figure_set_column (figure, column, fovea_network_get_name (self->network), fovea_network_get_training (self->network),
                           robust ? FOVEA_FIGURE_ROBUST : FOVEA_FIGURE_STANDARD, image->width, image->height);
  fovea_figure_set_cell (figure, 0, column, image, before);
  fovea_figure_set_cell (figure, 1, column, attacked, after);
  fovea_figure_set_cell (figure, 2, column, change, drawn);
  return TRUE;
}

static GBytes *
draw_figure (const GArray *all, const FoveaAttackOptions *options, const char *image_name, FoveaFigureFormat format, GError **error)
{
  g_autoptr (FoveaFigure) figure = fovea_figure_new (3, all->len);
  g_autofree char *caption =
    g_strdup_printf ("Adversarial examples of %s: %s ε = %g, %u steps%s. Each attack is made for its own network. Fovea %s.",
                     image_name, options->norm == FOVEA_ATTACK_L2 ? "L2" : "L∞", options->epsilon, options->n_steps,
                     options->random_start ? " from a random start" : "", FOVEA_VERSION);

  fovea_figure_set_row (figure, 0, "image", NULL);
  fovea_figure_set_row (figure, 1, "attacked", NULL);
  fovea_figure_set_row (figure, 2, "change", NULL);
  for (guint n = 0; n < all->len; n++)
    if (!set_column (figure, n, &g_array_index (all, Attacked, n), error))
      return NULL;
  fovea_figure_set_caption (figure, caption);
  return fovea_figure_render (figure, format, error);
}

static void
add_outcome (JsonBuilder *builder, const char *name, const FoveaNetwork *network, const FoveaAttackOutcome *outcome)
{
  g_autofree char *label = format_class (network, outcome->answer);

  json_builder_set_member_name (builder, name);
  json_builder_begin_object (builder);
  fovea_json_add_integer (builder, "index", outcome->answer);
  fovea_json_add_string (builder, "label", label);
  fovea_json_add_number (builder, "probability", outcome->probability);
  fovea_json_add_number (builder, "loss", outcome->loss);
  json_builder_end_object (builder);
}

static void
add_json (JsonBuilder *builder, const Attacked *self, const FoveaAttackOptions *options, const char *image_name, gint64 seed)
{
  json_builder_begin_object (builder);
  fovea_json_add_string (builder, "network", fovea_network_get_name (self->network));
  fovea_json_add_string (builder, "image", image_name);
  fovea_json_add_string (builder, "norm", options->norm == FOVEA_ATTACK_L2 ? "l2" : "linf");
  fovea_json_add_number (builder, "epsilon", options->epsilon);
  fovea_json_add_integer (builder, "steps", options->n_steps);
  fovea_json_add_boolean (builder, "random_start", options->random_start);
  fovea_json_add_integer (builder, "seed", seed);
  fovea_json_add_integer (builder, "class", self->class);
  fovea_json_add_boolean (builder, "targeted", options->targeted);
  add_outcome (builder, "clean", self->network, &self->clean);
  add_outcome (builder, "attacked", self->network, &self->outcome);
  fovea_json_add_number (builder, "l2", self->l2);
  fovea_json_add_number (builder, "linf", self->linf);
  json_builder_end_object (builder);
}

static void
print_line (const Attacked *self)
{
  g_autofree char *before = format_answer (self, &self->clean);
  g_autofree char *after = format_answer (self, &self->outcome);

  g_print ("%s: %s → %s, changed by %.3g in L2, by at most %.3g\n", fovea_network_get_name (self->network), before, after, self->l2, self->linf);
}

/* The attacked image itself, or the figure of all. */
static gboolean
write_output (const char *path, const GArray *all, const FoveaAttackOptions *options, const char *image_name, GError **error)
{
  g_autoptr (GBytes) bytes = NULL;
  FoveaFigureFormat format;

  if (g_str_has_suffix (path, ".npy"))
    return fovea_npy_write (g_array_index (all, Attacked, 0).attacked, path, error);
  if (!fovea_figure_format_from_path (path, &format, error))
    return FALSE;
  bytes = draw_figure (all, options, image_name, format, error);
  return bytes && fovea_write_file (path, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), error);
}

/**
 * fovea_command_attack:
 *
 * `fovea attack IMAGE --network N… --output F`: the small change that changes each network's mind.
 */
int
fovea_command_attack (int argc, char **argv, GCancellable *cancellable, GError **error)
{
  static const char *const endings[] = { ".png", ".pdf", ".svg", ".npy", NULL };
  static const char *const norms[] = { "l2", "linf", NULL };
  g_autofree char *norm_text = NULL;
  g_autofree char *epsilon_text = NULL;
  g_autofree char *steps_text = NULL;
  g_autofree char *step_size_text = NULL;
  g_autofree char *class_name = NULL;
  g_autofree char *target_name = NULL;
  gboolean random_start = FALSE;
  const GOptionEntry entries[] = {
    { "norm", 0, 0, G_OPTION_ARG_STRING, &norm_text, "What measures the change: l2 or linf (default l2)", "NORM" },
    { "epsilon", 0, 0, G_OPTION_ARG_STRING, &epsilon_text, "How far the image may change, for values in [0,1] (default 0.5; 8/255 for linf)", "E" },
    { "steps", 0, 0, G_OPTION_ARG_STRING, &steps_text, "Gradient steps (default 7)", "N" },
    { "step-size", 0, 0, G_OPTION_ARG_STRING, &step_size_text, "Length of a step (default 2.5 E / N)", "X" },
    { "class", 0, 0, G_OPTION_ARG_STRING, &class_name, "The class to lead away from (default: each network's own answer)", "CLASS" },
    { "target", 0, 0, G_OPTION_ARG_STRING, &target_name, "Instead, the class to lead to", "CLASS" },
    { "random-start", 0, 0, G_OPTION_ARG_NONE, &random_start, "Start from a random image near the given one", NULL },
    G_OPTION_ENTRY_NULL,
  };
  const FoveaUsage usage = {
    .name = "attack",
    .parameters = "IMAGE",
    .min_parameters = 1,
    .max_parameters = 1,
    .summary = "Finds the small change of an image that changes each network's answer the most, by projected\n"
               "gradient descent, and draws image, attacked image and the magnified change, networks as columns.\n"
               "With --output F.npy, of one network, the attacked image itself, float32 [3, height, width].\n"
               "IMAGE is a PNG or JPEG file, resized and cropped as the network wants, or a .npy array\n"
               "of float32 [3, height, width] in [0,1], used as it is.",
    .examples = "Example:\n"
                "  fovea attack cat.jpg --network alexnet-64-standard --network alexnet-64-robust --epsilon 0.5 --output attack.png\n",
    .flags = FOVEA_ARGUMENTS_NETWORKS | FOVEA_ARGUMENTS_JSON | FOVEA_ARGUMENTS_SEED | FOVEA_ARGUMENTS_THREADS,
    .output_endings = endings,
    .entries = entries,
  };
  g_auto (FoveaArguments) arguments = { 0 };
  g_autoptr (GPtrArray) networks = NULL;
  g_autoptr (GArray) all = g_array_new (FALSE, TRUE, sizeof (Attacked));
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autofree char *image_name = NULL;
  FoveaAttackOptions options;
  gint64 steps = 7;
  int norm = FOVEA_ATTACK_L2;

  g_array_set_clear_func (all, clear_attacked);
  fovea_attack_options_init (&options);
  if (!fovea_arguments_parse (&arguments, &usage, argc, argv, error) ||
      !fovea_arguments_parse_choice ("--norm", norm_text, norms, &norm, error) ||
      !fovea_arguments_parse_integer ("--steps", steps_text, 1, 100000, &steps, error))
    return EXIT_FAILURE;
  options.norm = norm;
  options.n_steps = (guint) steps;
  options.epsilon = norm == FOVEA_ATTACK_L2 ? 0.5 : 8.0 / 255;
  options.targeted = target_name != NULL;
  options.random_start = random_start;
  options.seed = (guint64) arguments.seed;
  if (!fovea_arguments_parse_number ("--epsilon", epsilon_text, 0, 1e6, &options.epsilon, error) ||
      !fovea_arguments_parse_number ("--step-size", step_size_text, 0, 1e6, &options.step_size, error))
    return EXIT_FAILURE;
  if (class_name && target_name)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, "attack wants --class or --target, not both");
      return EXIT_FAILURE;
    }
  networks = fovea_arguments_open_networks (&arguments, error);
  if (!networks)
    return EXIT_FAILURE;
  if (g_str_has_suffix (arguments.output, ".npy") && networks->len > 1)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, "a .npy file holds the attacked image of one network; give --network once");
      return EXIT_FAILURE;
    }

  image_name = g_filename_display_basename (arguments.parameters[0]);
  g_array_set_size (all, networks->len);
  json_builder_begin_array (builder);
  for (guint n = 0; n < networks->len; n++)
    {
      Attacked *attacked = &g_array_index (all, Attacked, n);

      attacked->network = networks->pdata[n];
      if (!run_attack (attacked, arguments.parameters[0], target_name ? target_name : class_name, &options, cancellable, error))
        return EXIT_FAILURE;
      add_json (builder, attacked, &options, image_name, arguments.seed);
    }
  json_builder_end_array (builder);
  if (!write_output (arguments.output, all, &options, image_name, error))
    return EXIT_FAILURE;

  if (arguments.json)
    fovea_output_print_json (builder);
  else
    for (guint n = 0; n < all->len; n++)
      print_line (&g_array_index (all, Attacked, n));
  return EXIT_SUCCESS;
}
