/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/analysis/maximize.h"

#include <math.h>
#include <string.h>

#define MAX_SIZE 16384
#define MAX_STEPS 1000000

/* Networks for smaller images than this are no ImageNet networks, and converge sooner. */
#define SMALL_SIZE 128

/* How far normalized gradient steps go in all, in the units of the unscaled spectrum; by eye, between
 * faint and blown out. A spectrum scaled as Lucid's makes that independent of the image's size. */
#define ROBUST_DISTANCE 48.0

/* How far all steps together move a plain pixel that always goes one way: from grey to black or white. */
#define PLAIN_CONTRAST 0.5

static const char *const objective_kind_names[] = { "neuron", "channel", "layer", "logit", "diversity" };
static const char *const parameterization_names[] = { "fourier", "pixels" };
static const char *const optimizer_names[] = { "adam", "normalized-gradient" };
static const char *const preset_names[] = { "lucent", "robust", "plain" };

static gboolean
find_name (const char *what,
           const char *const *names,
           guint n_names,
           const char *name,
           guint *value,
           GError **error)
{
  g_autoptr (GString) known = g_string_new (NULL);

  for (guint i = 0; i < n_names; i++)
    {
      if (g_strcmp0 (names[i], name) == 0)
        {
          *value = i;
          return TRUE;
        }
      g_string_append_printf (known, "%s%s", i == 0 ? "" : i + 1 == n_names ? " or " : ", ", names[i]);
    }
  g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_ARGUMENT, "unknown %s “%s”; use %s", what, name, known->str);
  return FALSE;
}

/**
 * fovea_objective_kind_get_name:
 *
 * Returns: the name of @kind in the command line and in files
 */
const char *
fovea_objective_kind_get_name (FoveaObjectiveKind kind)
{
  g_return_val_if_fail ((guint) kind < G_N_ELEMENTS (objective_kind_names), NULL);
  return objective_kind_names[kind];
}

/**
 * fovea_objective_kind_from_name:
 * @kind: (out): what @name stands for
 * @error: %FOVEA_ERROR_ARGUMENT
 *
 * Returns: whether @name is known
 */
gboolean
fovea_objective_kind_from_name (const char *name,
                                FoveaObjectiveKind *kind,
                                GError **error)
{
  guint value;

  if (!find_name ("objective", objective_kind_names, G_N_ELEMENTS (objective_kind_names), name, &value, error))
    return FALSE;
  *kind = (FoveaObjectiveKind) value;
  return TRUE;
}

/**
 * fovea_parameterization_get_name:
 *
 * Returns: the name of @parameterization in the command line and in files
 */
const char *
fovea_parameterization_get_name (FoveaParameterization parameterization)
{
  g_return_val_if_fail ((guint) parameterization < G_N_ELEMENTS (parameterization_names), NULL);
  return parameterization_names[parameterization];
}

/**
 * fovea_parameterization_from_name:
 * @parameterization: (out): what @name stands for
 * @error: %FOVEA_ERROR_ARGUMENT
 *
 * Returns: whether @name is known
 */
gboolean
fovea_parameterization_from_name (const char *name,
                                  FoveaParameterization *parameterization,
                                  GError **error)
{
  guint value;

  if (!find_name ("parameterization", parameterization_names, G_N_ELEMENTS (parameterization_names), name, &value, error))
    return FALSE;
  *parameterization = (FoveaParameterization) value;
  return TRUE;
}

/**
 * fovea_optimizer_get_name:
 *
 * Returns: the name of @optimizer in the command line and in files
 */
const char *
fovea_optimizer_get_name (FoveaOptimizer optimizer)
{
  g_return_val_if_fail ((guint) optimizer < G_N_ELEMENTS (optimizer_names), NULL);
  return optimizer_names[optimizer];
}

/**
 * fovea_optimizer_from_name:
 * @optimizer: (out): what @name stands for
 * @error: %FOVEA_ERROR_ARGUMENT
 *
 * Returns: whether @name is known
 */
gboolean
fovea_optimizer_from_name (const char *name,
                           FoveaOptimizer *optimizer,
                           GError **error)
{
  guint value;

  if (!find_name ("optimizer", optimizer_names, G_N_ELEMENTS (optimizer_names), name, &value, error))
    return FALSE;
  *optimizer = (FoveaOptimizer) value;
  return TRUE;
}

/**
 * fovea_preset_get_name:
 *
 * Returns: the name of @preset in the command line and in files
 */
const char *
fovea_preset_get_name (FoveaPreset preset)
{
  g_return_val_if_fail ((guint) preset < G_N_ELEMENTS (preset_names), NULL);
  return preset_names[preset];
}

/**
 * fovea_preset_from_name:
 * @preset: (out): what @name stands for
 * @error: %FOVEA_ERROR_ARGUMENT
 *
 * Returns: whether @name is known
 */
gboolean
fovea_preset_from_name (const char *name,
                        FoveaPreset *preset,
                        GError **error)
{
  guint value;

  if (!find_name ("preset", preset_names, G_N_ELEMENTS (preset_names), name, &value, error))
    return FALSE;
  *preset = (FoveaPreset) value;
  return TRUE;
}

/**
 * fovea_objective_init_neuron:
 * @neuron: the neuron
 *
 * The usual objective: the neuron's activation where a position is given, else the mean of its
 * channel's map; with weight 1.
 */
void
fovea_objective_init_neuron (FoveaObjective *objective,
                             const FoveaNeuron *neuron)
{
  gboolean positioned = neuron->y >= 0 || neuron->x >= 0;

  memset (objective, 0, sizeof *objective);
  objective->n_terms = 1;
  objective->terms[0].kind = positioned ? FOVEA_OBJECTIVE_NEURON : FOVEA_OBJECTIVE_CHANNEL;
  objective->terms[0].weight = 1;
  objective->terms[0].neuron = *neuron;
}

/**
 * fovea_maximize_options_get_default_learning_rate:
 * @options: options of which all but the learning rate are chosen
 *
 * What the presets use, to be asked again when the optimizer, the number of steps or what is optimized
 * changes: lucent's rate for Adam; normalized gradient steps whose lengths add up to the same distance
 * for any number of them. On plain pixels, where no sigmoid holds back what has gone far enough, both
 * stop about where the image has its full contrast.
 *
 * Returns: the learning rate
 */
double
fovea_maximize_options_get_default_learning_rate (const FoveaMaximizeOptions *options)
{
  gboolean plain_pixels = options->parameterization == FOVEA_PARAMETERIZATION_PIXELS && !options->decorrelate_color;
  double distance = ROBUST_DISTANCE;

  if (options->optimizer == FOVEA_OPTIMIZER_ADAM)
    return plain_pixels ? PLAIN_CONTRAST / options->steps : 0.05;

  if (plain_pixels)
    distance = PLAIN_CONTRAST * sqrt (3.0 * options->width * options->height);
  return distance / options->steps;
}

/**
 * fovea_maximize_options_init:
 * @options: (out): the options
 * @preset: what the image is to be found with
 * @network: gives the image's size
 *
 * The presets, all with seed 0 and a start from noise:
 *
 * - `lucent`, for standard networks: as lucent renders them, Adam on a decorrelated spectrum seen
 *   through random transforms;
 * - `robust`, for robust networks: robustness' normalized gradient steps without any transform, on
 *   the same spectrum. Their natural low frequencies are found first, so that they show; on pixels
 *   the same steps end in saturated grain. The start has more noise than lucent's, as a pattern that
 *   is there early keeps the mean colour from running away. The steps' lengths add up to the same
 *   distance for any number of steps;
 * - `plain`, for any network: Adam on plain pixels, what the network itself answers to when nothing
 *   makes the image natural.
 */
void
fovea_maximize_options_init (FoveaMaximizeOptions *options,
                             FoveaPreset preset,
                             const FoveaNetwork *network)
{
  const FoveaShape *shape = fovea_graph_get_input_shape (fovea_network_get_graph (network));

  *options = (FoveaMaximizeOptions) {
    .width = (guint) shape->width,
    .height = (guint) shape->height,
    .steps = MIN (shape->width, shape->height) < SMALL_SIZE ? 160 : 512,
    .parameterization = FOVEA_PARAMETERIZATION_FOURIER,
    .decorrelate_color = TRUE,
    .noise = 0.01,
    .optimizer = FOVEA_OPTIMIZER_ADAM,
    .transforms = TRUE,
    .pad = 12,
    .jitter = 8,
    .scale_minimum = 0.9,
    .scale_maximum = 1.1,
    .rotation = 10,
    .second_jitter = 4,
    .blur_deviation = 0.5,
    .redirect_relu_steps = 16,
  };

  switch (preset)
    {
    case FOVEA_PRESET_LUCENT:
      break;
    case FOVEA_PRESET_ROBUST:
      options->noise = 0.1;
      options->optimizer = FOVEA_OPTIMIZER_NORMALIZED_GRADIENT;
      options->transforms = FALSE;
      break;
    case FOVEA_PRESET_PLAIN:
      options->parameterization = FOVEA_PARAMETERIZATION_PIXELS;
      options->decorrelate_color = FALSE;
      options->transforms = FALSE;
      break;
    default:
      g_return_if_reached ();
    }
  options->learning_rate = fovea_maximize_options_get_default_learning_rate (options);
}

/**
 * fovea_maximize_get_default_preset:
 *
 * Returns: `robust` if the network says that it was trained adversarially or robustly, else `lucent`
 */
FoveaPreset
fovea_maximize_get_default_preset (const FoveaNetwork *network)
{
  g_autofree char *training = g_utf8_strdown (fovea_network_get_training (network), -1);

  return strstr (training, "adversarial") != NULL || strstr (training, "robust") != NULL ? FOVEA_PRESET_ROBUST
                                                                                       : FOVEA_PRESET_LUCENT;
}

/**
 * fovea_maximize_get_common_preset:
 * @networks: (array length=n_networks): networks that are compared
 *
 * One method for all of them, so that what differs between their pictures is theirs.
 *
 * Returns: `robust` if any of them was trained adversarially or robustly, else `lucent`
 */
FoveaPreset
fovea_maximize_get_common_preset (FoveaNetwork *const *networks,
                                  guint n_networks)
{
  for (guint i = 0; i < n_networks; i++)
    if (fovea_maximize_get_default_preset (networks[i]) == FOVEA_PRESET_ROBUST)
      return FOVEA_PRESET_ROBUST;
  return FOVEA_PRESET_LUCENT;
}

static gboolean
check_number (const char *what,
              double value,
              double minimum,
              double maximum,
              GError **error)
{
  if (value >= minimum && value <= maximum)
    return TRUE;
  g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_ARGUMENT, "the %s is %g, it must be from %g to %g", what, value, minimum, maximum);
  return FALSE;
}

/**
 * fovea_maximize_options_check:
 * @error: %FOVEA_ERROR_ARGUMENT for an option out of range, %FOVEA_ERROR_SHAPE for a start image of
 *   another size
 *
 * What fovea_maximize() checks before it starts.
 *
 * Returns: whether all options make sense
 */
gboolean
fovea_maximize_options_check (const FoveaMaximizeOptions *options,
                              GError **error)
{
  if (!check_number ("image's width", options->width, 1, MAX_SIZE, error) ||
      !check_number ("image's height", options->height, 1, MAX_SIZE, error) ||
      !check_number ("number of steps", options->steps, 1, MAX_STEPS, error) ||
      !check_number ("noise", options->noise, 0, 1e6, error) ||
      !check_number ("learning rate", options->learning_rate, 1e-12, 1e6, error) ||
      !check_number ("padding", options->pad, 0, MAX_SIZE, error) ||
      !check_number ("jitter", options->jitter, 0, MAX_SIZE, error) ||
      !check_number ("second jitter", options->second_jitter, 0, MAX_SIZE, error) ||
      !check_number ("smallest scale", options->scale_minimum, 0.01, 100, error) ||
      !check_number ("largest scale", options->scale_maximum, options->scale_minimum, 100, error) ||
      !check_number ("rotation", options->rotation, 0, 180, error) ||
      !check_number ("weight of total variation", options->total_variation, 0, 1e6, error) ||
      !check_number ("weight of L1", options->l1, 0, 1e6, error) ||
      !check_number ("weight of L2", options->l2, 0, 1e6, error) ||
      (options->blur_every > 0 && !check_number ("blur's standard deviation", options->blur_deviation, 0.01, 1000, error)))
    return FALSE;

  if (options->start != NULL)
    {
      gint64 shape[] = { -1, 3, options->height, options->width };

      if (!fovea_tensor_has_shape (options->start, 3, shape + 1) && !fovea_tensor_has_shape (options->start, 4, shape))
        {
          g_autofree char *wanted = fovea_tensor_describe_shape (3, shape + 1);
          g_autofree char *found = fovea_tensor_describe_shape (options->start->n_dimensions, options->start->shape);

          g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_SHAPE, "the start image has shape %s, it must have %s", found, wanted);
          return FALSE;
        }
      for (gsize i = 0; i < options->start->n_elements; i++)
        if (!isfinite (options->start->data[i]))
          {
            g_set_error_literal (error, FOVEA_ERROR, FOVEA_ERROR_ARGUMENT, "the start image has values that are not finite numbers");
            return FALSE;
          }
    }
  return TRUE;
}

/**
 * fovea_maximize_options_to_variant:
 *
 * All options by name, in an order that never changes, for the recipe beside a figure and as the key
 * of a cache: two options give the same text exactly if they give the same images. A start image is
 * given by the SHA-256 of its float32 values.
 *
 * Returns: (transfer floating): an `a{sv}`
 */
GVariant *
fovea_maximize_options_to_variant (const FoveaMaximizeOptions *options)
{
  GVariantBuilder builder;
  g_autofree char *start = g_strdup ("noise");

  if (options->start != NULL)
    {
      g_free (start);
      start = g_compute_checksum_for_data (G_CHECKSUM_SHA256, (const guchar *) options->start->data,
                                           options->start->n_elements * sizeof (float));
    }

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&builder, "{sv}", "width", g_variant_new_uint32 (options->width));
  g_variant_builder_add (&builder, "{sv}", "height", g_variant_new_uint32 (options->height));
  g_variant_builder_add (&builder, "{sv}", "steps", g_variant_new_uint32 (options->steps));
  g_variant_builder_add (&builder, "{sv}", "seed", g_variant_new_uint64 (options->seed));
  g_variant_builder_add (&builder, "{sv}", "start", g_variant_new_string (start));
  g_variant_builder_add (&builder, "{sv}", "noise", g_variant_new_double (options->noise));
  g_variant_builder_add (&builder, "{sv}", "parameterization",
                         g_variant_new_string (fovea_parameterization_get_name (options->parameterization)));
  g_variant_builder_add (&builder, "{sv}", "decorrelate-color", g_variant_new_boolean (options->decorrelate_color));
  g_variant_builder_add (&builder, "{sv}", "optimizer", g_variant_new_string (fovea_optimizer_get_name (options->optimizer)));
  g_variant_builder_add (&builder, "{sv}", "learning-rate", g_variant_new_double (options->learning_rate));
  g_variant_builder_add (&builder, "{sv}", "transforms", g_variant_new_boolean (options->transforms));
  g_variant_builder_add (&builder, "{sv}", "pad", g_variant_new_double (options->pad));
  g_variant_builder_add (&builder, "{sv}", "jitter", g_variant_new_double (options->jitter));
  g_variant_builder_add (&builder, "{sv}", "scale-minimum", g_variant_new_double (options->scale_minimum));
  g_variant_builder_add (&builder, "{sv}", "scale-maximum", g_variant_new_double (options->scale_maximum));
  g_variant_builder_add (&builder, "{sv}", "rotation", g_variant_new_double (options->rotation));
  g_variant_builder_add (&builder, "{sv}", "second-jitter", g_variant_new_double (options->second_jitter));
  g_variant_builder_add (&builder, "{sv}", "total-variation", g_variant_new_double (options->total_variation));
  g_variant_builder_add (&builder, "{sv}", "l1", g_variant_new_double (options->l1));
  g_variant_builder_add (&builder, "{sv}", "l2", g_variant_new_double (options->l2));
  g_variant_builder_add (&builder, "{sv}", "blur-every", g_variant_new_uint32 (options->blur_every));
  g_variant_builder_add (&builder, "{sv}", "blur-deviation", g_variant_new_double (options->blur_deviation));
  g_variant_builder_add (&builder, "{sv}", "redirect-relu-steps", g_variant_new_uint32 (options->redirect_relu_steps));
  return g_variant_builder_end (&builder);
}
