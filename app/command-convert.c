/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/command.h"

#include <stdlib.h>

#include "app/arguments.h"
#include "app/output.h"
#include "engine/formats/native.h"

/* Whether both paths lead to one file, through links too. A path that leads nowhere is no file. */
static gboolean
is_same_file (const char *a, const char *b)
{
  g_autoptr (GFile) file_a = g_file_new_for_path (a);
  g_autoptr (GFile) file_b = g_file_new_for_path (b);
  g_autoptr (GFileInfo) info_a = g_file_query_info (file_a, G_FILE_ATTRIBUTE_ID_FILE, G_FILE_QUERY_INFO_NONE, NULL, NULL);
  g_autoptr (GFileInfo) info_b = g_file_query_info (file_b, G_FILE_ATTRIBUTE_ID_FILE, G_FILE_QUERY_INFO_NONE, NULL, NULL);

  return info_a && info_b &&
         g_strcmp0 (g_file_info_get_attribute_string (info_a, G_FILE_ATTRIBUTE_ID_FILE),
                    g_file_info_get_attribute_string (info_b, G_FILE_ATTRIBUTE_ID_FILE)) == 0;
}

/**
 * fovea_command_convert:
 *
 * `fovea convert FILE OUTPUT.safetensors`: any readable network to the native format.
 */
int
fovea_command_convert (int argc, char **argv, GCancellable *cancellable, GError **error)
{
  static const char *const endings[] = { ".safetensors", NULL };
  const FoveaUsage usage = {
    .name = "convert",
    .parameters = "FILE OUTPUT.safetensors",
    .min_parameters = 2,
    .max_parameters = 2,
    .summary = "Reads a network in any format that Fovea knows and writes it in Fovea's own, which\n"
               "holds graph, weights, preprocessing and class names in one safetensors file.",
    .examples = "Example:\n"
                "  fovea convert alexnet-64-robust copy.safetensors\n",
    .flags = FOVEA_ARGUMENTS_OVERRIDES,
  };
  g_auto (FoveaArguments) arguments = { 0 };
  g_autoptr (FoveaNetwork) network = NULL;
  g_autofree char *shown = NULL;
  const char *output;
  const char *path;

  if (!fovea_arguments_parse (&arguments, &usage, argc, argv, error))
    return EXIT_FAILURE;
  output = arguments.parameters[1];
  shown = g_filename_display_name (output);
  if (!fovea_output_check (output, endings, error))
    return EXIT_FAILURE;
  network = fovea_arguments_open_network (&arguments, arguments.parameters[0], error);
  if (!network)
    return EXIT_FAILURE;

  path = fovea_network_get_path (network);
  if (path && is_same_file (path, output))
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_ARGUMENT,
                   "%s: is the network to convert itself; name another file", shown);
      return EXIT_FAILURE;
    }
  if (g_cancellable_set_error_if_cancelled (cancellable, error) ||
      !fovea_native_write (network, output, error))
    return EXIT_FAILURE;
  g_print ("%s: written\n", shown);
  return EXIT_SUCCESS;
}
