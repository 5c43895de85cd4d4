/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/architectures/architecture.h"

#include "engine/architectures/architectures.h"
#include "engine/architectures/names.h"

#include <math.h>
#include <string.h>

#define INPUT_SIZE 224
#define RESIZE 256 /* for that input size */

static const FoveaArchitecture *const architectures[] = {
  &fovea_architecture_alexnet,
  &fovea_architecture_googlenet,
  &fovea_architecture_resnet,
  &fovea_architecture_squeezenet,
  &fovea_architecture_vgg,
};

static const double imagenet_mean[3] = { 0.485, 0.456, 0.406 };
static const double imagenet_std[3] = { 0.229, 0.224, 0.225 };

/**
 * fovea_architecture_info_clear:
 *
 * Frees what the information holds.
 */
void
fovea_architecture_info_clear (FoveaArchitectureInfo *info)
{
  g_clear_pointer (&info->training, g_free);
  g_clear_pointer (&info->notes, g_free);
}

/**
 * fovea_architecture_list_names:
 *
 * Returns: (transfer full): the names of all architectures, for people
 */
char *
fovea_architecture_list_names (void)
{
  GString *string = g_string_new (NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (architectures); i++)
    for (gsize j = 0; architectures[i]->names[j] != NULL; j++)
      g_string_append_printf (string, "%s%s", string->len > 0 ? ", " : "", architectures[i]->names[j]);
  return g_string_free (string, FALSE);
}

static const FoveaArchitecture *
find_by_name (const char *name,
              GError **error)
{
  g_autofree char *known = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (architectures); i++)
    if (g_strv_contains (architectures[i]->names, name))
      return architectures[i];
  known = fovea_architecture_list_names ();
  g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_ARGUMENT, "there is no architecture '%s'; known are %s", name, known);
  return NULL;
}

/* What a file holds that nothing recognizes: how many tensors, and the first one that says something. */
static char *
describe_weights (const FoveaStateDict *weights)
{
  for (guint i = 0; i < fovea_state_dict_get_size (weights); i++)
    {
      const FoveaTensor *tensor = fovea_state_dict_get_tensor (weights, i);

      if (tensor->n_dimensions >= 2)
        {
          g_autofree char *shape = fovea_tensor_describe_shape (tensor->n_dimensions, tensor->shape);
          g_autofree char *name = g_utf8_substring (fovea_state_dict_get_name (weights, i), 0, MIN (g_utf8_strlen (fovea_state_dict_get_name (weights, i), -1), 60));

          return g_strdup_printf ("%u tensors such as '%s' %s", fovea_state_dict_get_size (weights), name, shape);
        }
    }
  return g_strdup_printf ("%u tensors, none of which are weights of a layer", fovea_state_dict_get_size (weights));
}

static const FoveaArchitecture *
recognize (const FoveaStateDict *weights,
           GError **error)
{
  g_autofree char *description = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (architectures); i++)
    if (architectures[i]->looks_like (weights))
      return architectures[i];
  description = describe_weights (weights);
  g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED,
               "is a state dict of an unknown architecture (%s); known are AlexNet, GoogLeNet, ResNet, SqueezeNet and VGG with torchvision's names",
               description);
  return NULL;
}

/* The first tensor that the architecture has no place for; %NULL where there is none. */
static const char *
find_unused (const FoveaBuilder *builder,
             const FoveaArchitecture *architecture)
{
  for (guint i = 0; i < fovea_state_dict_get_size (builder->weights); i++)
    {
      const char *name = fovea_state_dict_get_name (builder->weights, i);
      gboolean ignored = FALSE;

      for (gsize j = 0; architecture->ignored_prefixes != NULL && architecture->ignored_prefixes[j] != NULL; j++)
        ignored |= g_str_has_prefix (name, architecture->ignored_prefixes[j]);
      if (!ignored && !g_hash_table_contains (builder->used, name))
        return name;
    }
  return NULL;
}

/* Torchvision's transform_input turns ImageNet's normalization of x into that of [-1,1]:
 * y = a * x + b with a = std / 0.5, b = (mean - 0.5) / 0.5. Folded into x = (pixel - m) / s. */
static void
fold_transform_input (double *mean,
                      double *std)
{
  for (guint i = 0; i < 3; i++)
    {
      double a = imagenet_std[i] / 0.5, b = (imagenet_mean[i] - 0.5) / 0.5;

      mean[i] -= b * std[i] / a;
      std[i] /= a;
    }
}

/* How images are normalized: as the caller says, as the file says, or as ImageNet's networks do; once. */
static gboolean
set_normalization (FoveaBuilder *builder,
                   const FoveaNames *names,
                   const FoveaArchitectureOptions *options,
                   gboolean transform_input,
                   GError **error)
{
  double mean[3], std[3];

  memcpy (mean, options->mean != NULL ? options->mean : names->has_normalization ? names->mean : imagenet_mean, sizeof mean);
  memcpy (std, options->std != NULL ? options->std : names->has_normalization ? names->std : imagenet_std, sizeof std);
  if (transform_input)
    fold_transform_input (mean, std);
  return fovea_graph_set_normalization (builder->graph, mean, std, 3, error);
}

static void
add_note (GString *notes,
          const char *note)
{
  if (notes->len > 0)
    g_string_append_c (notes, ' ');
  g_string_append (notes, note);
}

/**
 * fovea_architecture_build:
 * @state_dict: the tensors by the names in the file; the graph shares them
 * @options: (nullable): what the caller knows better
 * @info: (out): what was recognized; to be cleared by fovea_architecture_info_clear()
 * @error: %FOVEA_ERROR_UNSUPPORTED for an unknown architecture, %FOVEA_ERROR_NOT_FOUND or %FOVEA_ERROR_SHAPE
 *   for one that lacks a tensor or has it in another shape than its architecture wants,
 *   %FOVEA_ERROR_ARGUMENT for an unknown name or size in @options
 *
 * Recognizes AlexNet, GoogLeNet, ResNet, SqueezeNet and VGG by the names and shapes of their weights, whatever
 * prefixes are in front of them, and builds the graph. Nodes have torchvision's module paths; what is no node but a module of
 * torchvision is an alias, so that every module that has one output can be asked for. Any thread.
 *
 * Returns: (transfer full): the finished graph, or %NULL
 */
FoveaGraph *
fovea_architecture_build (const FoveaStateDict *state_dict,
                          const FoveaArchitectureOptions *options,
                          FoveaArchitectureInfo *info,
                          GError **error)
{
  static const FoveaArchitectureOptions no_options = { 0 };
  g_auto (FoveaNames) names = { 0 };
  g_auto (FoveaBuilder) builder = { 0 };
  g_autoptr (GString) notes = g_string_new (NULL);
  const FoveaArchitecture *architecture;
  const FoveaArchitectureOptions *wanted = options != NULL ? options : &no_options;
  gint64 height = wanted->height > 0 ? wanted->height : INPUT_SIZE;
  gint64 width = wanted->width > 0 ? wanted->width : INPUT_SIZE;
  const char *name, *unused, *training;
  gboolean transform_input = FALSE;

  *info = (FoveaArchitectureInfo) { 0 };
  if (height > 65536 || width > 65536)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_ARGUMENT, "an input of %" G_GINT64_FORMAT " × %" G_GINT64_FORMAT " pixels is too large", height, width);
      return NULL;
    }

  fovea_names_init (&names, state_dict);
  architecture = wanted->name != NULL ? find_by_name (wanted->name, error) : recognize (names.weights, error);
  if (architecture == NULL)
    return NULL;

  fovea_builder_init (&builder, names.weights, height, width);
  name = architecture->build (&builder);
  unused = find_unused (&builder, architecture);
  if (builder.error != NULL)
    {
      g_propagate_prefixed_error (error, g_steal_pointer (&builder.error),
                                  wanted->name != NULL ? "is not a state dict of %s: " : "looks like a state dict of %s, but is none: ",
                                  wanted->name != NULL ? wanted->name : name != NULL ? name : architecture->title);
      return NULL;
    }
  if (wanted->name != NULL && !g_str_equal (wanted->name, name) && !g_str_equal (name, "resnet"))
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_SHAPE, "is not a state dict of %s: its tensors are those of %s", wanted->name, name);
      return NULL;
    }
  if (unused != NULL && wanted->name == NULL)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED,
                   "looks like a state dict of %s, but has the tensor '%s', which %s does not have; name the architecture to open it all the same",
                   name, unused, name);
      return NULL;
    }
  if (unused != NULL)
    add_note (notes, "It has tensors that the architecture does not have; they are not used.");

  if (architecture == &fovea_architecture_googlenet)
    {
      transform_input = wanted->transform_input == FOVEA_TRANSFORM_INPUT_ON ||
                        (wanted->transform_input == FOVEA_TRANSFORM_INPUT_AUTOMATIC && !names.robustness);
      if (transform_input)
        add_note (notes, "The input is transformed to [-1,1], as torchvision does for its published weights.");
    }
  if (names.robustness)
    add_note (notes, "The checkpoint has the form of the robustness library.");
  if (names.has_normalization && wanted->mean == NULL && wanted->std == NULL)
    add_note (notes, "The normalization is the file's own.");
  if (!set_normalization (&builder, &names, wanted, transform_input, error) || !fovea_graph_finish (builder.graph, error))
    {
      g_prefix_error (error, "cannot be opened as %s: ", name);
      return NULL;
    }

  training = fovea_state_dict_get_metadata (state_dict, "training");
  info->name = name;
  info->training = g_strdup (training != NULL ? training : "");
  info->notes = g_string_free (g_steal_pointer (&notes), FALSE);
  info->n_classes = fovea_graph_get_shape (builder.graph, (guint) fovea_graph_get_output (builder.graph))->channels;
  info->resize = (gint64) floor ((double) MIN (height, width) * RESIZE / INPUT_SIZE + 0.5);
  return g_steal_pointer (&builder.graph);
}
