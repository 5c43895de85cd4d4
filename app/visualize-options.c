/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/visualize-options.h"

#include <string.h>

#include "app/arguments.h"

#define MINIMUM_SIZE 8
#define MAXIMUM_SIZE 4096

/* A number among FoveaMaximizeOptions: a guint where it is whole, else a double. */
typedef struct {
  const char *name;
  const char *description;
  gboolean whole;
  gsize offset;
  double minimum;
  double maximum;
} Setting;

#define WHOLE(member) TRUE, G_STRUCT_OFFSET (FoveaMaximizeOptions, member)
#define REAL(member) FALSE, G_STRUCT_OFFSET (FoveaMaximizeOptions, member)

static const Setting settings[] = {
  { "steps", "Optimizer steps", WHOLE (steps), 1, 1000000 },
  { "noise", "Standard deviation of the noise to start from", REAL (noise), 0, 1000 },
  { "learning-rate", "Adam's learning rate, or a normalized gradient step's length (default: what suits optimizer and steps)", REAL (learning_rate), 1e-9, 1e6 },
  { "pad", "Transforms: grey border in pixels, for an image of 224", REAL (pad), 0, 1000 },
  { "jitter", "Transforms: first shift in pixels, for an image of 224", REAL (jitter), 0, 1000 },
  { "scale-minimum", "Transforms: smallest scale", REAL (scale_minimum), 0.1, 10 },
  { "scale-maximum", "Transforms: largest scale", REAL (scale_maximum), 0.1, 10 },
  { "rotation", "Transforms: largest rotation in degrees", REAL (rotation), 0, 180 },
  { "second-jitter", "Transforms: last shift in pixels, for an image of 224", REAL (second_jitter), 0, 1000 },
  { "total-variation", "Weight of the penalty on total variation", REAL (total_variation), 0, 1e6 },
  { "l1", "Weight of the penalty on the L1 distance from grey", REAL (l1), 0, 1e6 },
  { "l2", "Weight of the penalty on the L2 distance from grey", REAL (l2), 0, 1e6 },
  { "blur-every", "Blur the image after every N steps; 0 is never", WHOLE (blur_every), 0, 1000000 },
  { "blur-deviation", "Standard deviation of that blur in pixels", REAL (blur_deviation), 0.01, 100 },
  { "redirect-relu-steps", "First steps in which gradients that every ReLU blocks pass", WHOLE (redirect_relu_steps), 0, 1000000 },
};

#define STEPS 0
#define N_SETTINGS G_N_ELEMENTS (settings)

struct _FoveaVisualizeOptions {
  char *preset;
  FoveaPreset default_preset; /* that of the networks, where none is named */
  char *objective;
  char *size;
  char *parameterization;
  char *color;
  char *optimizer;
  gboolean transforms;
  gboolean no_transforms;
  char *start;
  char *images;
  char *diversity;
  char *values[N_SETTINGS];

  GOptionEntry entries[N_SETTINGS + 12];
};

/**
 * fovea_visualize_options_new:
 *
 * Returns: (transfer full): options none of which is given
 */
FoveaVisualizeOptions *
fovea_visualize_options_new (void)
{
  FoveaVisualizeOptions *self = g_new0 (FoveaVisualizeOptions, 1);
  const GOptionEntry fixed[] = {
    { "preset", 0, 0, G_OPTION_ARG_STRING, &self->preset,
      "lucent, robust or plain: where all other options start from (default: the one that suits each network)", "PRESET" },
    { "objective", 0, 0, G_OPTION_ARG_STRING, &self->objective,
      "neuron, channel, layer or logit (default: what NEURON says)", "OBJECTIVE" },
    { "images", 0, 0, G_OPTION_ARG_STRING, &self->images, "Images of each neuron, from different starts (default 1)", "N" },
    { "diversity", 0, 0, G_OPTION_ARG_STRING, &self->diversity, "Weight of the difference between the images of a neuron (default 0)", "X" },
    { "size", 0, 0, G_OPTION_ARG_STRING, &self->size, "The image's side in pixels, or WIDTHxHEIGHT", "N" },
    { "parameterization", 0, 0, G_OPTION_ARG_STRING, &self->parameterization, "fourier or pixels", "WHAT" },
    { "color", 0, 0, G_OPTION_ARG_STRING, &self->color, "decorrelated or plain", "WHAT" },
    { "optimizer", 0, 0, G_OPTION_ARG_STRING, &self->optimizer, "adam or normalized-gradient", "WHAT" },
    { "transforms", 0, 0, G_OPTION_ARG_NONE, &self->transforms, "Pad, shift, scale and rotate the image at random in each step", NULL },
    { "no-transforms", 0, 0, G_OPTION_ARG_NONE, &self->no_transforms, "Show the network the image as it is", NULL },
    { "start", 0, 0, G_OPTION_ARG_FILENAME, &self->start, "Start from this image instead of noise", "IMAGE" },
  };
  guint n_fixed = G_N_ELEMENTS (fixed);

  G_STATIC_ASSERT (G_N_ELEMENTS (fixed) + N_SETTINGS < G_N_ELEMENTS (self->entries));
  memcpy (self->entries, fixed, sizeof fixed);
  for (guint i = 0; i < N_SETTINGS; i++)
    self->entries[n_fixed + i] = (GOptionEntry) {
      settings[i].name, 0, 0, G_OPTION_ARG_STRING, &self->values[i], settings[i].description, settings[i].whole ? "N" : "X",
    };
  return self;
}

/**
 * fovea_visualize_options_free:
 * @self: (nullable): options
 */
void
fovea_visualize_options_free (FoveaVisualizeOptions *self)
{
  if (!self)
    return;
  g_free (self->preset);
  g_free (self->objective);
  g_free (self->size);
  g_free (self->parameterization);
  g_free (self->color);
  g_free (self->optimizer);
  g_free (self->start);
  g_free (self->images);
  g_free (self->diversity);
  for (guint i = 0; i < N_SETTINGS; i++)
    g_free (self->values[i]);
  g_free (self);
}

/**
 * fovea_visualize_options_get_entries:
 *
 * Returns: (transfer none): the options for GOption, which parses into @self
 */
const GOptionEntry *
fovea_visualize_options_get_entries (FoveaVisualizeOptions *self)
{
  return self->entries;
}

/* An engine's complaint about a word of the command line is one about usage. */
static gboolean
is_understood (gboolean understood, const char *option, GError **error)
{
  g_autoptr (GError) cause = NULL;

  if (understood)
    return TRUE;
  if (error)
    {
      cause = g_steal_pointer (error);
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "%s: %s", option, cause->message);
    }
  return FALSE;
}

static gboolean
check_names (const FoveaVisualizeOptions *self, GError **error)
{
  FoveaPreset preset;
  FoveaObjectiveKind kind;
  FoveaParameterization parameterization;
  FoveaOptimizer optimizer;
  int color;

  if (self->preset && !is_understood (fovea_preset_from_name (self->preset, &preset, error), "--preset", error))
    return FALSE;
  if (self->objective)
    {
      if (!is_understood (fovea_objective_kind_from_name (self->objective, &kind, error), "--objective", error))
        return FALSE;
      if (kind == FOVEA_OBJECTIVE_DIVERSITY)
        {
          g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                       "--objective wants one of neuron, channel, layer, logit, not '%s'", self->objective);
          return FALSE;
        }
    }
  if (self->parameterization && !is_understood (fovea_parameterization_from_name (self->parameterization, &parameterization, error), "--parameterization", error))
    return FALSE;
  if (self->optimizer && !is_understood (fovea_optimizer_from_name (self->optimizer, &optimizer, error), "--optimizer", error))
    return FALSE;
  if (!fovea_arguments_parse_choice ("--color", self->color, (const char *const[]) { "plain", "decorrelated", NULL }, &color, error))
    return FALSE;
  return TRUE;
}

static gboolean
apply_size (const char *text, guint *width, guint *height, GError **error)
{
  g_auto (GStrv) sides = g_strsplit (text, "x", 2);
  gint64 values[2];

  for (guint i = 0; i < g_strv_length (sides); i++)
    if (!g_ascii_string_to_signed (sides[i], 10, MINIMUM_SIZE, MAXIMUM_SIZE, &values[i], NULL))
      sides[0][0] = '\0';
  if (!sides[0] || sides[0][0] == '\0')
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                   "--size wants a number of pixels from %d to %d, or two of them as WIDTHxHEIGHT, not '%s'",
                   MINIMUM_SIZE, MAXIMUM_SIZE, text);
      return FALSE;
    }
  *width = (guint) values[0];
  *height = (guint) values[sides[1] ? 1 : 0];
  return TRUE;
}

static gboolean
apply_setting (const Setting *setting, const char *text, FoveaMaximizeOptions *options, GError **error)
{
  g_autofree char *option = g_strconcat ("--", setting->name, NULL);
  gint64 integer;
  double number;

  if (setting->whole)
    {
      if (!fovea_arguments_parse_integer (option, text, (gint64) setting->minimum, (gint64) setting->maximum, &integer, error))
        return FALSE;
      G_STRUCT_MEMBER (guint, options, setting->offset) = (guint) integer;
      return TRUE;
    }
  if (!fovea_arguments_parse_number (option, text, setting->minimum, setting->maximum, &number, error))
    return FALSE;
  G_STRUCT_MEMBER (double, options, setting->offset) = number;
  return TRUE;
}

/**
 * fovea_visualize_options_check:
 * @error: %G_OPTION_ERROR
 *
 * Checks everything that can be checked without a network.
 *
 * Returns: whether it is right
 */
gboolean
fovea_visualize_options_check (FoveaVisualizeOptions *self, GError **error)
{
  FoveaMaximizeOptions ignored = { 0 };
  gint64 n_images = 1;
  double diversity = 0;

  if (!check_names (self, error) ||
      !fovea_arguments_parse_integer ("--images", self->images, 1, FOVEA_VISUALIZE_MAXIMUM_IMAGES, &n_images, error) ||
      !fovea_arguments_parse_number ("--diversity", self->diversity, 0, 1e6, &diversity, error) ||
      (self->size && !apply_size (self->size, &ignored.width, &ignored.height, error)))
    return FALSE;
  for (guint i = 0; i < N_SETTINGS; i++)
    if (self->values[i] && !apply_setting (&settings[i], self->values[i], &ignored, error))
      return FALSE;
  if (diversity > 0 && n_images == 1)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, "--diversity compares the images of a neuron; ask for more than one with --images");
      return FALSE;
    }
  if (self->transforms && self->no_transforms)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, "--transforms and --no-transforms contradict each other; give one");
      return FALSE;
    }
  return TRUE;
}

/**
 * fovea_visualize_options_set_networks:
 * @networks: (element-type FoveaNetwork): the networks that are compared
 *
 * They have one preset where the command line names none.
 */
void
fovea_visualize_options_set_networks (FoveaVisualizeOptions *self, const GPtrArray *networks)
{
  self->default_preset = fovea_maximize_get_common_preset ((FoveaNetwork *const *) networks->pdata, networks->len);
}

/**
 * fovea_visualize_options_get_preset:
 *
 * Returns: the preset that every network's options start from
 */
FoveaPreset
fovea_visualize_options_get_preset (const FoveaVisualizeOptions *self)
{
  FoveaPreset preset = self->default_preset;

  if (self->preset)
    fovea_preset_from_name (self->preset, &preset, NULL);
  return preset;
}

/**
 * fovea_visualize_options_get_start:
 *
 * Returns: (nullable): the file to start from
 */
const char *
fovea_visualize_options_get_start (const FoveaVisualizeOptions *self)
{
  return self->start;
}

/**
 * fovea_visualize_options_get_n_images:
 *
 * Returns: how many images to make of each neuron
 */
guint
fovea_visualize_options_get_n_images (const FoveaVisualizeOptions *self)
{
  return self->images ? (guint) g_ascii_strtoull (self->images, NULL, 10) : 1;
}

/**
 * fovea_visualize_options_get_diversity:
 *
 * Returns: the weight of the difference between a neuron's images; 0 is off
 */
double
fovea_visualize_options_get_diversity (const FoveaVisualizeOptions *self)
{
  return self->diversity ? g_ascii_strtod (self->diversity, NULL) : 0;
}

/**
 * fovea_visualize_options_apply:
 * @self: options that fovea_visualize_options_check() approved of
 * @network: the network
 * @seed: the seed
 * @options: (out caller-allocates): the network's preset with what the command line says instead
 * @start: (out) (transfer full) (nullable): the image in @options->start, to be freed after it
 *
 * Returns: whether the image to start from could be read, and the options fit each other
 */
gboolean
fovea_visualize_options_apply (const FoveaVisualizeOptions *self, const FoveaNetwork *network, guint64 seed, FoveaMaximizeOptions *options, FoveaTensor **start, GError **error)
{
  fovea_maximize_options_init (options, fovea_visualize_options_get_preset (self), network);
  options->seed = seed;
  *start = NULL;

  if (self->size)
    apply_size (self->size, &options->width, &options->height, NULL);
  if (self->optimizer)
    fovea_optimizer_from_name (self->optimizer, &options->optimizer, NULL);
  if (self->parameterization)
    fovea_parameterization_from_name (self->parameterization, &options->parameterization, NULL);
  if (self->color)
    options->decorrelate_color = g_str_equal (self->color, "decorrelated");
  if (self->values[STEPS])
    apply_setting (&settings[STEPS], self->values[STEPS], options, NULL);
  options->learning_rate = fovea_maximize_options_get_default_learning_rate (options);
  for (guint i = 0; i < N_SETTINGS; i++)
    if (self->values[i])
      apply_setting (&settings[i], self->values[i], options, NULL);
  if (self->transforms || self->no_transforms)
    options->transforms = self->transforms;

  if (options->scale_minimum > options->scale_maximum)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                   "--scale-minimum %g is above --scale-maximum %g; exchange them", options->scale_minimum, options->scale_maximum);
      return FALSE;
    }
  if (self->start)
    {
      *start = fovea_maximize_load_start (self->start, options->width, options->height, error);
      options->start = *start;
      return *start != NULL;
    }
  return TRUE;
}

static void
add_diversity (const FoveaVisualizeOptions *self, FoveaObjective *objective)
{
  double weight = fovea_visualize_options_get_diversity (self);

  if (weight > 0)
    objective->terms[objective->n_terms++] = (FoveaObjectiveTerm) {
      .kind = FOVEA_OBJECTIVE_DIVERSITY,
      .weight = weight,
      .neuron = objective->terms[0].neuron,
    };
}

/**
 * fovea_visualize_options_parse_objective:
 * @address: `LAYER:CHANNEL[:Y,X]`; for the objective `layer` only `LAYER`, for `logit` a class
 * @objective: (out caller-allocates): what to maximize in @network; the first term is the neuron's
 * @error: %FOVEA_ERROR_NOT_FOUND or %FOVEA_ERROR_ARGUMENT
 *
 * Returns: whether @network has such a thing
 */
gboolean
fovea_visualize_options_parse_objective (const FoveaVisualizeOptions *self, const FoveaNetwork *network, const char *address, FoveaObjective *objective, GError **error)
{
  FoveaNeuron neuron = { .layer = fovea_graph_get_output (fovea_network_get_graph (network)), .channel = 0, .y = -1, .x = -1 };
  FoveaObjectiveKind kind = FOVEA_OBJECTIVE_CHANNEL;

  if (!self->objective)
    {
      if (!fovea_neuron_parse (network, address, &neuron, error))
        return FALSE;
      fovea_objective_init_neuron (objective, &neuron);
      add_diversity (self, objective);
      return TRUE;
    }

  fovea_objective_kind_from_name (self->objective, &kind, NULL);
  switch (kind)
    {
    case FOVEA_OBJECTIVE_LOGIT:
      if (!fovea_network_find_class (network, address, &neuron.channel, error))
        return FALSE;
      break;
    case FOVEA_OBJECTIVE_LAYER:
      if (!fovea_arguments_find_layer (network, address, &neuron.layer, error))
        return FALSE;
      break;
    default:
      if (!fovea_neuron_parse (network, address, &neuron, error))
        return FALSE;
      break;
    }
  if (kind == FOVEA_OBJECTIVE_CHANNEL && neuron.y >= 0)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_ARGUMENT,
                   "'%s' names a position, but the objective 'channel' is the mean of the whole map; leave out one of them", address);
      return FALSE;
    }
  *objective = (FoveaObjective) { .n_terms = 1, .terms = { { .kind = kind, .weight = 1, .neuron = neuron } } };
  add_diversity (self, objective);
  return TRUE;
}
