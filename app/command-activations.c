/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/command.h"

#include <stdlib.h>
#include <string.h>

#include "app/arguments.h"
#include "app/output.h"
#include "engine/formats/json.h"
#include "engine/formats/npy.h"
#include "engine/images/image.h"
#include "engine/plan.h"

/* The layer's output for the image: [C,H,W], or [C] after Flatten. */
static FoveaTensor *
compute_activations (FoveaNetwork *network, int layer, const FoveaTensor *image, GError **error)
{
  g_autoptr (FoveaPlan) plan = NULL;
  g_autoptr (FoveaTensor) activations = NULL;
  const FoveaShape *shape;

  plan = fovea_plan_new (fovea_network_get_graph (network), 1, image->shape[1], image->shape[2], 1, &layer, FOVEA_PLAN_FORWARD, error);
  if (!plan)
    return NULL;
  shape = fovea_plan_get_shape (plan, 0);
  activations = fovea_tensor_new (shape->flat ? 1 : 3, (gint64[]) { shape->channels, shape->height, shape->width }, error);
  if (!activations)
    return NULL;
  fovea_plan_forward (plan, image->data);
  memcpy (activations->data, fovea_plan_get_activation (plan, 0), activations->n_elements * sizeof (float));
  return g_steal_pointer (&activations);
}

static void
print_json (const FoveaNetwork *network, const char *image_path, const char *layer, const FoveaTensor *activations, const char *output)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autofree char *image_shown = g_filename_display_name (image_path);
  g_autofree char *output_shown = g_filename_display_name (output);

  json_builder_begin_object (builder);
  fovea_json_add_string (builder, "network", fovea_network_get_name (network));
  fovea_json_add_string (builder, "image", image_shown);
  fovea_json_add_string (builder, "layer", layer);
  json_builder_set_member_name (builder, "shape");
  json_builder_begin_array (builder);
  for (guint i = 0; i < activations->n_dimensions; i++)
    json_builder_add_int_value (builder, activations->shape[i]);
  json_builder_end_array (builder);
  fovea_json_add_string (builder, "output", output_shown);
  json_builder_end_object (builder);
  fovea_output_print_json (builder);
}

/**
 * fovea_command_activations:
 *
 * `fovea activations IMAGE --network N --layer L --output F.npy`: one layer's output.
 */
int
fovea_command_activations (int argc, char **argv, GCancellable *cancellable, GError **error)
{
  static const char *const endings[] = { ".npy", NULL };
  g_autofree char *layer_name = NULL;
  const GOptionEntry entries[] = {
    { "layer", 'l', 0, G_OPTION_ARG_STRING, &layer_name, "The layer, by a name that 'fovea layers' lists", "LAYER" },
    G_OPTION_ENTRY_NULL,
  };
  const FoveaUsage usage = {
    .name = "activations",
    .parameters = "IMAGE",
    .min_parameters = 1,
    .max_parameters = 1,
    .summary = "Runs a network on an image and saves one layer's output as a NumPy array of float32:\n"
               "[channels, height, width], or [channels] after the network flattened its maps.\n"
               "IMAGE is a PNG or JPEG file, resized and cropped as the network wants, or a .npy array\n"
               "of float32 [3, height, width] in [0,1], used as it is.",
    .examples = "Example:\n"
                "  fovea activations cat.jpg --network alexnet-64-robust --layer relu3 --output relu3.npy\n",
    .flags = FOVEA_ARGUMENTS_NETWORK | FOVEA_ARGUMENTS_JSON | FOVEA_ARGUMENTS_THREADS,
    .output_endings = endings,
    .entries = entries,
  };
  g_auto (FoveaArguments) arguments = { 0 };
  g_autoptr (GPtrArray) networks = NULL;
  g_autoptr (FoveaTensor) image = NULL;
  g_autoptr (FoveaTensor) activations = NULL;
  FoveaNetwork *network;
  int layer;

  if (!fovea_arguments_parse (&arguments, &usage, argc, argv, error))
    return EXIT_FAILURE;
  if (!layer_name)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, "activations wants --layer LAYER; 'fovea layers' lists them");
      return EXIT_FAILURE;
    }
  networks = fovea_arguments_open_networks (&arguments, error);
  if (!networks)
    return EXIT_FAILURE;
  network = networks->pdata[0];
  if (!fovea_arguments_find_layer (network, layer_name, &layer, error))
    return EXIT_FAILURE;
  image = fovea_image_load_for_network (arguments.parameters[0], network, error);
  if (!image)
    return EXIT_FAILURE;
  activations = compute_activations (network, layer, image, error);
  if (!activations ||
      g_cancellable_set_error_if_cancelled (cancellable, error) ||
      !fovea_npy_write (activations, arguments.output, error))
    return EXIT_FAILURE;

  if (arguments.json)
    print_json (network, arguments.parameters[0], layer_name, activations, arguments.output);
  else
    {
      g_autofree char *shape = fovea_tensor_describe_shape (activations->n_dimensions, activations->shape);
      g_autofree char *shown = g_filename_display_name (arguments.output);

      g_print ("%s: activations of %s, float32 %s\n", shown, layer_name, shape);
    }
  return EXIT_SUCCESS;
}
