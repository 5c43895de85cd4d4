/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/command.h"

#include <stdlib.h>

#include "app/arguments.h"
#include "app/output.h"
#include "engine/formats/json.h"
#include "engine/formats/npy.h"
#include "engine/images/image.h"
#include "engine/plan.h"

/* The derivative of the neuron's value (of the mean of the channel's map where it has no position)
 * by the image in [0,1]; [3,H,W]. The layer's shape belongs to the image's size, which may not be the
 * network's own, so the position is checked again here. */
static FoveaTensor *
compute_gradient (FoveaNetwork *network, const FoveaNeuron *neuron, const FoveaTensor *image, double *activation, GError **error)
{
  g_autoptr (FoveaPlan) plan = NULL;
  g_autoptr (FoveaTensor) gradient = NULL;
  g_autofree float *seed = NULL;
  const float *values;
  const FoveaShape *shape;
  gsize map_size, first, n_positions;
  double sum = 0;

  plan = fovea_plan_new (fovea_network_get_graph (network), 1, image->shape[1], image->shape[2], 1, &neuron->layer, FOVEA_PLAN_GRADIENT, error);
  if (!plan)
    return NULL;
  shape = fovea_plan_get_shape (plan, 0);
  if (neuron->channel >= shape->channels || neuron->y >= shape->height || neuron->x >= shape->width)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND,
                   "the map is %" G_GINT64_FORMAT " × %" G_GINT64_FORMAT " for an image of this size; "
                   "there is no position %" G_GINT64_FORMAT ",%" G_GINT64_FORMAT,
                   shape->height, shape->width, neuron->y, neuron->x);
      return NULL;
    }
  gradient = fovea_tensor_new (3, image->shape, error);
  if (!gradient)
    return NULL;

  map_size = (gsize) shape->height * (gsize) shape->width;
  first = (gsize) neuron->channel * map_size;
  n_positions = map_size;
  if (neuron->y >= 0)
    {
      first += (gsize) neuron->y * (gsize) shape->width + (gsize) neuron->x;
      n_positions = 1;
    }

  fovea_plan_forward (plan, image->data);
  values = fovea_plan_get_activation (plan, 0);
  seed = g_new0 (float, fovea_shape_get_n_elements (shape));
  for (gsize i = first; i < first + n_positions; i++)
    {
      sum += values[i];
      seed[i] = 1.0f / (float) n_positions;
    }
  *activation = sum / (double) n_positions;
  fovea_plan_gradient (plan, (const float *const[]) { seed }, gradient->data);
  return g_steal_pointer (&gradient);
}

static void
print_json (const FoveaNetwork *network, const char *image_path, const char *neuron, double activation, const FoveaTensor *gradient, const char *output)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autofree char *image_shown = g_filename_display_name (image_path);
  g_autofree char *output_shown = g_filename_display_name (output);

  json_builder_begin_object (builder);
  fovea_json_add_string (builder, "network", fovea_network_get_name (network));
  fovea_json_add_string (builder, "image", image_shown);
  fovea_json_add_string (builder, "neuron", neuron);
  fovea_json_add_number (builder, "activation", activation);
  json_builder_set_member_name (builder, "shape");
  json_builder_begin_array (builder);
  for (guint i = 0; i < gradient->n_dimensions; i++)
    json_builder_add_int_value (builder, gradient->shape[i]);
  json_builder_end_array (builder);
  fovea_json_add_string (builder, "output", output_shown);
  json_builder_end_object (builder);
  fovea_output_print_json (builder);
}

/**
 * fovea_command_gradient:
 *
 * `fovea gradient IMAGE --network N --neuron NEURON --output F.npy`: what would excite the neuron more.
 */
int
fovea_command_gradient (int argc, char **argv, GCancellable *cancellable, GError **error)
{
  static const char *const endings[] = { ".npy", NULL };
  g_autofree char *address = NULL;
  const GOptionEntry entries[] = {
    { "neuron", 0, 0, G_OPTION_ARG_STRING, &address, "LAYER:CHANNEL, the mean of its map, or LAYER:CHANNEL:Y,X", "NEURON" },
    G_OPTION_ENTRY_NULL,
  };
  const FoveaUsage usage = {
    .name = "gradient",
    .parameters = "IMAGE",
    .min_parameters = 1,
    .max_parameters = 1,
    .summary = "Saves the derivative of a neuron by an image's values in [0,1] as a NumPy array of\n"
               "float32 [3, height, width]: by LAYER:CHANNEL of the mean of the channel's map, by\n"
               "LAYER:CHANNEL:Y,X of the activation at that position.\n"
               "IMAGE is a PNG or JPEG file, resized and cropped as the network wants, or a .npy array\n"
               "of float32 [3, height, width] in [0,1], used as it is.",
    .examples = "Example:\n"
                "  fovea gradient cat.jpg --network alexnet-64-robust --neuron bn4:5 --output gradient.npy\n",
    .flags = FOVEA_ARGUMENTS_NETWORK | FOVEA_ARGUMENTS_JSON | FOVEA_ARGUMENTS_THREADS,
    .output_endings = endings,
    .entries = entries,
  };
  g_auto (FoveaArguments) arguments = { 0 };
  g_autoptr (GPtrArray) networks = NULL;
  g_autoptr (FoveaTensor) image = NULL;
  g_autoptr (FoveaTensor) gradient = NULL;
  g_autofree char *neuron_name = NULL;
  FoveaNetwork *network;
  FoveaNeuron neuron;
  double activation;

  if (!fovea_arguments_parse (&arguments, &usage, argc, argv, error))
    return EXIT_FAILURE;
  if (!address)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, "gradient wants --neuron NEURON, such as conv3:42");
      return EXIT_FAILURE;
    }
  networks = fovea_arguments_open_networks (&arguments, error);
  if (!networks)
    return EXIT_FAILURE;
  network = networks->pdata[0];
  if (!fovea_neuron_parse (network, address, &neuron, error))
    return EXIT_FAILURE;
  image = fovea_image_load_for_network (arguments.parameters[0], network, error);
  if (!image)
    return EXIT_FAILURE;
  gradient = compute_gradient (network, &neuron, image, &activation, error);
  if (!gradient ||
      g_cancellable_set_error_if_cancelled (cancellable, error) ||
      !fovea_npy_write (gradient, arguments.output, error))
    return EXIT_FAILURE;

  neuron_name = fovea_neuron_format (network, &neuron);
  if (arguments.json)
    print_json (network, arguments.parameters[0], neuron_name, activation, gradient, arguments.output);
  else
    {
      g_autofree char *shape = fovea_tensor_describe_shape (gradient->n_dimensions, gradient->shape);
      g_autofree char *shown = g_filename_display_name (arguments.output);

      g_print ("%s: gradient of %s at activation %.6g, float32 %s\n", shown, neuron_name, activation, shape);
    }
  return EXIT_SUCCESS;
}
