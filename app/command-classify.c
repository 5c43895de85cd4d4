/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/command.h"

#include <stdlib.h>

#include "app/arguments.h"
#include "app/output.h"
#include "engine/analysis/classify.h"
#include "engine/formats/json.h"
#include "engine/images/image.h"

static void
add_json (JsonBuilder *builder, const FoveaNetwork *network, const char *image, const GArray *classes, guint n_top)
{
  json_builder_begin_object (builder);
  fovea_json_add_string (builder, "network", fovea_network_get_name (network));
  fovea_json_add_string (builder, "image", image);
  json_builder_set_member_name (builder, "top");
  json_builder_begin_array (builder);
  for (guint i = 0; i < MIN (n_top, classes->len); i++)
    {
      const FoveaRankedClass *class = &g_array_index (classes, FoveaRankedClass, i);
      const char *label = fovea_class_get_label (network, class->index);

      json_builder_begin_object (builder);
      fovea_json_add_integer (builder, "index", class->index);
      fovea_json_add_string (builder, "label", label);
      fovea_json_add_number (builder, "probability", class->probability);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
}

static void
append_text (GString *text, const FoveaNetwork *network, const char *image, const GArray *classes, guint n_top)
{
  g_string_append_printf (text, "%s  %s\n", fovea_network_get_name (network), image);
  for (guint i = 0; i < MIN (n_top, classes->len); i++)
    {
      const FoveaRankedClass *class = &g_array_index (classes, FoveaRankedClass, i);
      const char *label = fovea_class_get_label (network, class->index);

      g_string_append_printf (text, "  %5.1f %%  %s (%u)\n", class->probability * 100, label ? label : "class", class->index);
    }
}

/**
 * fovea_command_classify:
 *
 * `fovea classify IMAGE… --network N…`: each network's most probable classes of each image.
 */
int
fovea_command_classify (int argc, char **argv, GCancellable *cancellable, GError **error)
{
  g_autofree char *top_text = NULL;
  const GOptionEntry entries[] = {
    { "top", 0, 0, G_OPTION_ARG_STRING, &top_text, "How many classes (default 5)", "K" },
    G_OPTION_ENTRY_NULL,
  };
  const FoveaUsage usage = {
    .name = "classify",
    .parameters = "IMAGE…",
    .min_parameters = 1,
    .max_parameters = G_MAXUINT,
    .summary = "Shows the most probable classes of images, according to each network.\n"
               "IMAGE is a PNG or JPEG file, resized and cropped as the network wants, or a .npy array\n"
               "of float32 [3, height, width] in [0,1], used as it is.",
    .examples = "Example:\n"
                "  fovea classify cat.jpg --network alexnet-64-standard --network alexnet-64-robust\n",
    .flags = FOVEA_ARGUMENTS_NETWORKS | FOVEA_ARGUMENTS_JSON | FOVEA_ARGUMENTS_THREADS,
    .entries = entries,
  };
  g_auto (FoveaArguments) arguments = { 0 };
  g_autoptr (GPtrArray) networks = NULL;
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (GString) text = g_string_new (NULL);
  gint64 n_top = 5;

  if (!fovea_arguments_parse (&arguments, &usage, argc, argv, error) ||
      !fovea_arguments_parse_integer ("--top", top_text, 1, G_MAXINT, &n_top, error))
    return EXIT_FAILURE;
  networks = fovea_arguments_open_networks (&arguments, error);
  if (!networks)
    return EXIT_FAILURE;

  json_builder_begin_array (builder);
  for (guint n = 0; n < networks->len; n++)
    for (guint i = 0; arguments.parameters[i]; i++)
      {
        FoveaNetwork *network = networks->pdata[n];
        g_autofree char *shown = g_filename_display_name (arguments.parameters[i]);
        g_autoptr (FoveaTensor) image = NULL;
        g_autoptr (GArray) classes = NULL;

        if (g_cancellable_set_error_if_cancelled (cancellable, error))
          return EXIT_FAILURE;
        image = fovea_image_load_for_network (arguments.parameters[i], network, error);
        if (!image)
          return EXIT_FAILURE;
        classes = fovea_classify (network, image, error);
        if (!classes)
          return EXIT_FAILURE;
        if (arguments.json)
          add_json (builder, network, shown, classes, (guint) n_top);
        else
          append_text (text, network, shown, classes, (guint) n_top);
      }
  json_builder_end_array (builder);

  if (arguments.json)
    fovea_output_print_json (builder);
  else
    g_print ("%s", text->str);
  return EXIT_SUCCESS;
}
