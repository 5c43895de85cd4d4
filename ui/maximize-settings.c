/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/maximize-settings.h"

#include <math.h>

#define MAX_OPTIONS 32
#define MAX_SEED G_GUINT64_CONSTANT (999999999)

static const char *const parameterizations[] = { "Fourier spectrum", "Pixels", NULL };
static const char *const optimizers[] = { "Adam", "Normalized gradient", NULL };

/* One field of the engine's options each. A size is one number: images are made square. */
static const FoveaMaximizeOptionInfo option_infos[] = {
  { "steps", NULL, "Steps", NULL, FOVEA_MAXIMIZE_OPTION_INTEGER, NULL, 1, 100000, 16, 0, G_STRUCT_OFFSET (FoveaMaximizeOptions, steps) },
  { "size", "Image", "Size", "Width and height in pixels", FOVEA_MAXIMIZE_OPTION_INTEGER, NULL, 8, 1024, 8, 0, G_STRUCT_OFFSET (FoveaMaximizeOptions, width) },
  { "parameterization", "Image", "Parameterization", "What the optimizer moves", FOVEA_MAXIMIZE_OPTION_CHOICE, parameterizations, 0, 1, 1, 0, G_STRUCT_OFFSET (FoveaMaximizeOptions, parameterization) },
  { "decorrelate-color", "Image", "Decorrelated colour", "Colour axes of natural images", FOVEA_MAXIMIZE_OPTION_BOOLEAN, NULL, 0, 1, 1, 0, G_STRUCT_OFFSET (FoveaMaximizeOptions, decorrelate_color) },
  { "noise", "Image", "Starting noise", "Standard deviation of the start", FOVEA_MAXIMIZE_OPTION_NUMBER, NULL, 0, 10, 0.01, 3, G_STRUCT_OFFSET (FoveaMaximizeOptions, noise) },
  { "optimizer", "Optimizer", "Optimizer", NULL, FOVEA_MAXIMIZE_OPTION_CHOICE, optimizers, 0, 1, 1, 0, G_STRUCT_OFFSET (FoveaMaximizeOptions, optimizer) },
  { "learning-rate", "Optimizer", "Learning rate", "Adam’s, or the length of a gradient step", FOVEA_MAXIMIZE_OPTION_NUMBER, NULL, 0.0001, 100, 0.01, 4, G_STRUCT_OFFSET (FoveaMaximizeOptions, learning_rate) },
  { "redirect-relu-steps", "Optimizer", "Redirected ReLU", "First steps that pass blocked gradients", FOVEA_MAXIMIZE_OPTION_INTEGER, NULL, 0, 100000, 1, 0, G_STRUCT_OFFSET (FoveaMaximizeOptions, redirect_relu_steps) },
  { "transforms", "Transforms", "Transforms", "Each step sees the image moved at random", FOVEA_MAXIMIZE_OPTION_BOOLEAN, NULL, 0, 1, 1, 0, G_STRUCT_OFFSET (FoveaMaximizeOptions, transforms) },
  { "pad", "Transforms", "Pad", "Pixels of a 224 pixel image", FOVEA_MAXIMIZE_OPTION_NUMBER, NULL, 0, 64, 1, 0, G_STRUCT_OFFSET (FoveaMaximizeOptions, pad) },
  { "jitter", "Transforms", "Jitter", "Pixels, before scale and rotation", FOVEA_MAXIMIZE_OPTION_NUMBER, NULL, 0, 64, 1, 0, G_STRUCT_OFFSET (FoveaMaximizeOptions, jitter) },
  { "scale-minimum", "Transforms", "Smallest scale", NULL, FOVEA_MAXIMIZE_OPTION_NUMBER, NULL, 0.25, 1, 0.01, 2, G_STRUCT_OFFSET (FoveaMaximizeOptions, scale_minimum) },
  { "scale-maximum", "Transforms", "Largest scale", NULL, FOVEA_MAXIMIZE_OPTION_NUMBER, NULL, 1, 4, 0.01, 2, G_STRUCT_OFFSET (FoveaMaximizeOptions, scale_maximum) },
  { "rotation", "Transforms", "Rotation", "Degrees either way", FOVEA_MAXIMIZE_OPTION_NUMBER, NULL, 0, 180, 1, 0, G_STRUCT_OFFSET (FoveaMaximizeOptions, rotation) },
  { "second-jitter", "Transforms", "Second jitter", "Pixels, after scale and rotation", FOVEA_MAXIMIZE_OPTION_NUMBER, NULL, 0, 64, 1, 0, G_STRUCT_OFFSET (FoveaMaximizeOptions, second_jitter) },
  { "total-variation", "Regularizers", "Total variation", "Weight; 0 is off", FOVEA_MAXIMIZE_OPTION_NUMBER, NULL, 0, 1000, 0.001, 5, G_STRUCT_OFFSET (FoveaMaximizeOptions, total_variation) },
  { "l1", "Regularizers", "L1 from grey", "Weight; 0 is off", FOVEA_MAXIMIZE_OPTION_NUMBER, NULL, 0, 1000, 0.001, 5, G_STRUCT_OFFSET (FoveaMaximizeOptions, l1) },
  { "l2", "Regularizers", "L2 from grey", "Weight; 0 is off", FOVEA_MAXIMIZE_OPTION_NUMBER, NULL, 0, 1000, 0.001, 5, G_STRUCT_OFFSET (FoveaMaximizeOptions, l2) },
  { "blur-every", "Regularizers", "Blur every", "Steps; 0 is never", FOVEA_MAXIMIZE_OPTION_INTEGER, NULL, 0, 100000, 1, 0, G_STRUCT_OFFSET (FoveaMaximizeOptions, blur_every) },
  { "blur-deviation", "Regularizers", "Blur deviation", "Pixels", FOVEA_MAXIMIZE_OPTION_NUMBER, NULL, 0.1, 32, 0.1, 2, G_STRUCT_OFFSET (FoveaMaximizeOptions, blur_deviation) },
};

G_STATIC_ASSERT (G_N_ELEMENTS (option_infos) <= MAX_OPTIONS);

struct _FoveaMaximizeSettings
{
  GObject parent_instance;

  FoveaPresetChoice preset;
  gboolean has_networks; /* whether networks are compared, which then have one preset */
  FoveaPreset common_preset; /* of them */
  FoveaObjectiveChoice objective;
  gint64 y, x;
  guint n_images;
  guint64 seed;
  double diversity;
  gboolean changed[MAX_OPTIONS]; /* whether the value below holds instead of the preset's */
  double values[MAX_OPTIONS];
};

G_DEFINE_FINAL_TYPE (FoveaMaximizeSettings, fovea_maximize_settings, G_TYPE_OBJECT)

enum
{
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
set_option (const FoveaMaximizeOptionInfo *info, FoveaMaximizeOptions *options, double value)
{
  gpointer field = (char *) options + info->offset;

  switch (info->kind)
    {
    case FOVEA_MAXIMIZE_OPTION_BOOLEAN:
      *(gboolean *) field = value != 0;
      break;
    case FOVEA_MAXIMIZE_OPTION_CHOICE:
    case FOVEA_MAXIMIZE_OPTION_INTEGER:
      *(guint *) field = (guint) value;
      break;
    case FOVEA_MAXIMIZE_OPTION_NUMBER:
      *(double *) field = value;
      break;
    }
  if (info->offset == G_STRUCT_OFFSET (FoveaMaximizeOptions, width))
    options->height = options->width;
}

static double
clamp_value (const FoveaMaximizeOptionInfo *info, double value)
{
  if (!isfinite (value))
    return info->minimum;
  if (info->kind != FOVEA_MAXIMIZE_OPTION_NUMBER)
    value = round (value);
  return CLAMP (value, info->minimum, info->maximum);
}

static void
emit_changed (FoveaMaximizeSettings *self)
{
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
fovea_maximize_settings_class_init (FoveaMaximizeSettingsClass *class)
{
  /* Something changed that shapes the next run. */
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
fovea_maximize_settings_init (FoveaMaximizeSettings *self)
{
  self->n_images = 1;
}

/**
 * fovea_maximize_option_list:
 *
 * Returns: every option that people can change, in the order in which it is shown
 */
const FoveaMaximizeOptionInfo *
fovea_maximize_option_list (guint *n_options)
{
  *n_options = G_N_ELEMENTS (option_infos);
  return option_infos;
}

/**
 * fovea_maximize_option_find:
 *
 * Returns: (nullable): the option called @name
 */
const FoveaMaximizeOptionInfo *
fovea_maximize_option_find (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (option_infos); i++)
    if (g_str_equal (option_infos[i].name, name))
      return &option_infos[i];
  return NULL;
}

/**
 * fovea_maximize_option_get:
 *
 * Returns: the option's value in @options; a choice's number, 0 or 1 for a boolean
 */
double
fovea_maximize_option_get (const FoveaMaximizeOptionInfo *info, const FoveaMaximizeOptions *options)
{
  gconstpointer field = (const char *) options + info->offset;

  switch (info->kind)
    {
    case FOVEA_MAXIMIZE_OPTION_BOOLEAN:
      return *(const gboolean *) field != 0;
    case FOVEA_MAXIMIZE_OPTION_CHOICE:
    case FOVEA_MAXIMIZE_OPTION_INTEGER:
      return *(const guint *) field;
    case FOVEA_MAXIMIZE_OPTION_NUMBER:
    default:
      return *(const double *) field;
    }
}

/**
 * fovea_maximize_settings_new:
 *
 * One image by the preset that fits the networks.
 */
FoveaMaximizeSettings *
fovea_maximize_settings_new (void)
{
  return g_object_new (FOVEA_TYPE_MAXIMIZE_SETTINGS, NULL);
}

/**
 * fovea_maximize_settings_get_preset:
 *
 * Returns: which preset gives the values that were not changed
 */
FoveaPresetChoice
fovea_maximize_settings_get_preset (FoveaMaximizeSettings *self)
{
  g_return_val_if_fail (FOVEA_IS_MAXIMIZE_SETTINGS (self), FOVEA_PRESET_CHOICE_AUTOMATIC);
  return self->preset;
}

/**
 * fovea_maximize_settings_set_preset:
 *
 * What was changed by hand stays changed.
 */
void
fovea_maximize_settings_set_preset (FoveaMaximizeSettings *self, FoveaPresetChoice preset)
{
  g_return_if_fail (FOVEA_IS_MAXIMIZE_SETTINGS (self));
  if (self->preset == preset)
    return;
  self->preset = preset;
  emit_changed (self);
}

/**
 * fovea_maximize_settings_get_objective_choice:
 *
 * Returns: what an image is optimized for
 */
FoveaObjectiveChoice
fovea_maximize_settings_get_objective_choice (FoveaMaximizeSettings *self)
{
  g_return_val_if_fail (FOVEA_IS_MAXIMIZE_SETTINGS (self), FOVEA_OBJECTIVE_CHOICE_CHANNEL);
  return self->objective;
}

/**
 * fovea_maximize_settings_set_objective_choice:
 */
void
fovea_maximize_settings_set_objective_choice (FoveaMaximizeSettings *self, FoveaObjectiveChoice choice)
{
  g_return_if_fail (FOVEA_IS_MAXIMIZE_SETTINGS (self));
  if (self->objective == choice)
    return;
  self->objective = choice;
  emit_changed (self);
}

/**
 * fovea_maximize_settings_get_position:
 *
 * The unit in the map that %FOVEA_OBJECTIVE_CHOICE_POSITION means.
 */
void
fovea_maximize_settings_get_position (FoveaMaximizeSettings *self, gint64 *y, gint64 *x)
{
  g_return_if_fail (FOVEA_IS_MAXIMIZE_SETTINGS (self));
  *y = self->y;
  *x = self->x;
}

/**
 * fovea_maximize_settings_set_position:
 */
void
fovea_maximize_settings_set_position (FoveaMaximizeSettings *self, gint64 y, gint64 x)
{
  g_return_if_fail (FOVEA_IS_MAXIMIZE_SETTINGS (self));
  y = MAX (y, 0);
  x = MAX (x, 0);
  if (self->y == y && self->x == x)
    return;
  self->y = y;
  self->x = x;
  emit_changed (self);
}

/**
 * fovea_maximize_settings_get_n_images:
 *
 * Returns: how many images are made side by side, from 1 to %FOVEA_MAXIMIZE_MAX_IMAGES
 */
guint
fovea_maximize_settings_get_n_images (FoveaMaximizeSettings *self)
{
  g_return_val_if_fail (FOVEA_IS_MAXIMIZE_SETTINGS (self), 1);
  return self->n_images;
}

/**
 * fovea_maximize_settings_set_n_images:
 */
void
fovea_maximize_settings_set_n_images (FoveaMaximizeSettings *self, guint n_images)
{
  g_return_if_fail (FOVEA_IS_MAXIMIZE_SETTINGS (self));
  n_images = CLAMP (n_images, 1, FOVEA_MAXIMIZE_MAX_IMAGES);
  if (self->n_images == n_images)
    return;
  self->n_images = n_images;
  emit_changed (self);
}

/**
 * fovea_maximize_settings_get_seed:
 *
 * Returns: the seed of the first image
 */
guint64
fovea_maximize_settings_get_seed (FoveaMaximizeSettings *self)
{
  g_return_val_if_fail (FOVEA_IS_MAXIMIZE_SETTINGS (self), 0);
  return self->seed;
}

/**
 * fovea_maximize_settings_set_seed:
 */
void
fovea_maximize_settings_set_seed (FoveaMaximizeSettings *self, guint64 seed)
{
  g_return_if_fail (FOVEA_IS_MAXIMIZE_SETTINGS (self));
  seed = MIN (seed, MAX_SEED);
  if (self->seed == seed)
    return;
  self->seed = seed;
  emit_changed (self);
}

/**
 * fovea_maximize_settings_get_diversity:
 *
 * Returns: weight of the term that keeps the images of one run apart; 0 is off
 */
double
fovea_maximize_settings_get_diversity (FoveaMaximizeSettings *self)
{
  g_return_val_if_fail (FOVEA_IS_MAXIMIZE_SETTINGS (self), 0);
  return self->diversity;
}

/**
 * fovea_maximize_settings_set_diversity:
 */
void
fovea_maximize_settings_set_diversity (FoveaMaximizeSettings *self, double weight)
{
  g_return_if_fail (FOVEA_IS_MAXIMIZE_SETTINGS (self));
  weight = isfinite (weight) ? CLAMP (weight, 0, 1e6) : 0;
  if (self->diversity == weight)
    return;
  self->diversity = weight;
  emit_changed (self);
}

/**
 * fovea_maximize_settings_get_changed:
 *
 * Returns: whether the option has a value of its own instead of the preset's
 */
gboolean
fovea_maximize_settings_get_changed (FoveaMaximizeSettings *self, const FoveaMaximizeOptionInfo *info)
{
  g_return_val_if_fail (FOVEA_IS_MAXIMIZE_SETTINGS (self), FALSE);
  return self->changed[info - option_infos];
}

/**
 * fovea_maximize_settings_change:
 * @value: clamped to what the option allows
 *
 * Gives an option a value for both networks, whatever their presets say.
 */
void
fovea_maximize_settings_change (FoveaMaximizeSettings *self, const FoveaMaximizeOptionInfo *info, double value)
{
  gsize i = (gsize) (info - option_infos);

  g_return_if_fail (FOVEA_IS_MAXIMIZE_SETTINGS (self));
  value = clamp_value (info, value);
  if (self->changed[i] && self->values[i] == value)
    return;
  self->changed[i] = TRUE;
  self->values[i] = value;
  emit_changed (self);
}

/**
 * fovea_maximize_settings_reset:
 *
 * Gives an option back to the preset.
 */
void
fovea_maximize_settings_reset (FoveaMaximizeSettings *self, const FoveaMaximizeOptionInfo *info)
{
  g_return_if_fail (FOVEA_IS_MAXIMIZE_SETTINGS (self));
  if (!self->changed[info - option_infos])
    return;
  self->changed[info - option_infos] = FALSE;
  emit_changed (self);
}

/**
 * fovea_maximize_settings_reset_all:
 *
 * Gives everything back to the preset; the preset itself, the seed and the number of images stay.
 */
void
fovea_maximize_settings_reset_all (FoveaMaximizeSettings *self)
{
  g_return_if_fail (FOVEA_IS_MAXIMIZE_SETTINGS (self));
  if (fovea_maximize_settings_is_default (self))
    return;
  memset (self->changed, 0, sizeof self->changed);
  self->objective = FOVEA_OBJECTIVE_CHOICE_CHANNEL;
  self->diversity = 0;
  self->y = self->x = 0;
  emit_changed (self);
}

/**
 * fovea_maximize_settings_is_default:
 *
 * Returns: whether the preset decides everything, so that there is nothing to reset
 */
gboolean
fovea_maximize_settings_is_default (FoveaMaximizeSettings *self)
{
  g_return_val_if_fail (FOVEA_IS_MAXIMIZE_SETTINGS (self), TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (option_infos); i++)
    if (self->changed[i])
      return FALSE;
  return self->objective == FOVEA_OBJECTIVE_CHOICE_CHANNEL && self->diversity == 0 && self->y == 0 && self->x == 0;
}

/**
 * fovea_maximize_settings_set_networks:
 * @networks: (array length=n_networks): the networks that are compared from now on
 *
 * The automatic choice is one preset for all of them.
 */
void
fovea_maximize_settings_set_networks (FoveaMaximizeSettings *self, FoveaNetwork *const *networks, guint n_networks)
{
  g_return_if_fail (FOVEA_IS_MAXIMIZE_SETTINGS (self));

  self->has_networks = TRUE;
  self->common_preset = fovea_maximize_get_common_preset (networks, n_networks);
}

/**
 * fovea_maximize_settings_get_preset_for_network:
 *
 * Returns: the preset that @network's options start from
 */
FoveaPreset
fovea_maximize_settings_get_preset_for_network (FoveaMaximizeSettings *self, const FoveaNetwork *network)
{
  g_return_val_if_fail (FOVEA_IS_MAXIMIZE_SETTINGS (self), FOVEA_PRESET_PLAIN);

  switch (self->preset)
    {
    case FOVEA_PRESET_CHOICE_LUCENT:
      return FOVEA_PRESET_LUCENT;
    case FOVEA_PRESET_CHOICE_ROBUST:
      return FOVEA_PRESET_ROBUST;
    case FOVEA_PRESET_CHOICE_PLAIN:
      return FOVEA_PRESET_PLAIN;
    case FOVEA_PRESET_CHOICE_AUTOMATIC:
    default:
      return self->has_networks ? self->common_preset : fovea_maximize_get_default_preset (network);
    }
}

/**
 * fovea_maximize_settings_get_options:
 * @options: (out): what the engine takes for @network
 */
void
fovea_maximize_settings_get_options (FoveaMaximizeSettings *self, const FoveaNetwork *network, FoveaMaximizeOptions *options)
{
  g_return_if_fail (FOVEA_IS_MAXIMIZE_SETTINGS (self));

  fovea_maximize_options_init (options, fovea_maximize_settings_get_preset_for_network (self, network), network);
  options->seed = self->seed;
  for (guint i = 0; i < G_N_ELEMENTS (option_infos); i++)
    if (self->changed[i])
      set_option (&option_infos[i], options, self->values[i]);
}

/**
 * fovea_maximize_settings_get_objective:
 * @neuron: a layer and a channel of @network
 * @objective: (out): what an image is optimized for
 */
void
fovea_maximize_settings_get_objective (FoveaMaximizeSettings *self, const FoveaNetwork *network, const FoveaNeuron *neuron, FoveaObjective *objective)
{
  const FoveaShape *shape;
  FoveaObjectiveTerm *term;

  g_return_if_fail (FOVEA_IS_MAXIMIZE_SETTINGS (self));

  shape = fovea_graph_get_shape (fovea_network_get_graph (network), (guint) neuron->layer);
  fovea_objective_init_neuron (objective, neuron);
  term = &objective->terms[0];
  switch (self->objective)
    {
    case FOVEA_OBJECTIVE_CHOICE_CHANNEL:
      break;
    case FOVEA_OBJECTIVE_CHOICE_CENTRE:
      term->kind = FOVEA_OBJECTIVE_NEURON;
      term->neuron.y = term->neuron.x = -1;
      break;
    case FOVEA_OBJECTIVE_CHOICE_POSITION:
      term->kind = FOVEA_OBJECTIVE_NEURON;
      term->neuron.y = MIN (self->y, shape->height - 1);
      term->neuron.x = MIN (self->x, shape->width - 1);
      break;
    case FOVEA_OBJECTIVE_CHOICE_LAYER:
      term->kind = FOVEA_OBJECTIVE_LAYER;
      break;
    case FOVEA_OBJECTIVE_CHOICE_LOGIT:
      if (shape->flat && (guint64) shape->channels == fovea_network_get_n_classes (network))
        term->kind = FOVEA_OBJECTIVE_LOGIT;
      break;
    }

  if (self->diversity > 0 && self->n_images > 1)
    {
      term = &objective->terms[objective->n_terms++];
      *term = (FoveaObjectiveTerm) { FOVEA_OBJECTIVE_DIVERSITY, self->diversity, *neuron };
    }
}

/**
 * fovea_maximize_settings_to_variant:
 *
 * Returns: (transfer floating): everything, of type `a{sv}`, for fovea_maximize_settings_set_from_variant()
 */
GVariant *
fovea_maximize_settings_to_variant (FoveaMaximizeSettings *self)
{
  GVariantDict dict, changes;

  g_return_val_if_fail (FOVEA_IS_MAXIMIZE_SETTINGS (self), NULL);

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_init (&changes, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (option_infos); i++)
    if (self->changed[i])
      g_variant_dict_insert (&changes, option_infos[i].name, "d", self->values[i]);
  g_variant_dict_insert (&dict, "preset", "u", self->preset);
  g_variant_dict_insert (&dict, "objective", "u", self->objective);
  g_variant_dict_insert (&dict, "y", "x", self->y);
  g_variant_dict_insert (&dict, "x", "x", self->x);
  g_variant_dict_insert (&dict, "images", "u", self->n_images);
  g_variant_dict_insert (&dict, "seed", "t", self->seed);
  g_variant_dict_insert (&dict, "diversity", "d", self->diversity);
  g_variant_dict_insert_value (&dict, "changes", g_variant_dict_end (&changes));
  return g_variant_dict_end (&dict);
}

/**
 * fovea_maximize_settings_set_from_variant:
 * @variant: of type `a{sv}`; what is missing, unknown or out of range is as at first
 */
void
fovea_maximize_settings_set_from_variant (FoveaMaximizeSettings *self, GVariant *variant)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  g_autoptr (GVariant) changes = NULL;
  guint preset = 0, objective = 0, n_images = 1;
  guint64 seed = 0;
  double diversity = 0;

  g_return_if_fail (FOVEA_IS_MAXIMIZE_SETTINGS (self));
  g_return_if_fail (g_variant_is_of_type (variant, G_VARIANT_TYPE_VARDICT));

  self->y = self->x = 0;
  memset (self->changed, 0, sizeof self->changed);
  g_variant_dict_clear (&dict);
  g_variant_dict_init (&dict, variant);
  g_variant_dict_lookup (&dict, "preset", "u", &preset);
  g_variant_dict_lookup (&dict, "objective", "u", &objective);
  g_variant_dict_lookup (&dict, "y", "x", &self->y);
  g_variant_dict_lookup (&dict, "x", "x", &self->x);
  g_variant_dict_lookup (&dict, "images", "u", &n_images);
  g_variant_dict_lookup (&dict, "seed", "t", &seed);
  g_variant_dict_lookup (&dict, "diversity", "d", &diversity);
  changes = g_variant_dict_lookup_value (&dict, "changes", G_VARIANT_TYPE_VARDICT);

  self->preset = preset <= FOVEA_PRESET_CHOICE_PLAIN ? preset : FOVEA_PRESET_CHOICE_AUTOMATIC;
  self->objective = objective <= FOVEA_OBJECTIVE_CHOICE_LOGIT ? objective : FOVEA_OBJECTIVE_CHOICE_CHANNEL;
  self->y = MAX (self->y, 0);
  self->x = MAX (self->x, 0);
  self->n_images = CLAMP (n_images, 1, FOVEA_MAXIMIZE_MAX_IMAGES);
  self->seed = MIN (seed, MAX_SEED);
  self->diversity = isfinite (diversity) ? CLAMP (diversity, 0, 1e6) : 0;
  for (guint i = 0; changes != NULL && i < G_N_ELEMENTS (option_infos); i++)
    {
      if (!g_variant_lookup (changes, option_infos[i].name, "d", &self->values[i]))
        continue;
      self->values[i] = clamp_value (&option_infos[i], self->values[i]);
      self->changed[i] = TRUE;
    }
  emit_changed (self);
}
