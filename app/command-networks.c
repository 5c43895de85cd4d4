/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/command.h"

#include <stdlib.h>

#include "app/arguments.h"
#include "app/output.h"
#include "engine/library.h"

static void
add_json (JsonBuilder *builder, const FoveaLibraryEntry *entry, const FoveaNetwork *network)
{
  const FoveaShape *input = fovea_graph_get_input_shape (fovea_network_get_graph (network));

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "name");
  json_builder_add_string_value (builder, entry->name);
  json_builder_set_member_name (builder, "architecture");
  json_builder_add_string_value (builder, fovea_network_get_architecture (network));
  json_builder_set_member_name (builder, "training");
  json_builder_add_string_value (builder, fovea_network_get_training (network));
  json_builder_set_member_name (builder, "input");
  json_builder_begin_array (builder);
  json_builder_add_int_value (builder, input->channels);
  json_builder_add_int_value (builder, input->height);
  json_builder_add_int_value (builder, input->width);
  json_builder_end_array (builder);
  json_builder_set_member_name (builder, "file");
  json_builder_add_string_value (builder, entry->path);
  json_builder_end_object (builder);
}

static void
add_row (GPtrArray *cells, const FoveaLibraryEntry *entry, const FoveaNetwork *network)
{
  const FoveaShape *input = fovea_graph_get_input_shape (fovea_network_get_graph (network));

  g_ptr_array_add (cells, g_strdup (entry->name));
  g_ptr_array_add (cells, g_strdup (fovea_network_get_architecture (network)));
  g_ptr_array_add (cells, g_strdup (fovea_network_get_training (network)));
  g_ptr_array_add (cells, g_strdup_printf ("%" G_GINT64_FORMAT " × %" G_GINT64_FORMAT " × %" G_GINT64_FORMAT,
                                           input->channels, input->height, input->width));
  g_ptr_array_add (cells, g_strdup (entry->path));
}

/**
 * fovea_command_networks:
 *
 * `fovea networks`: what the library holds. A file that cannot be read does not hide the others: it
 * is reported, and makes the exit status a failure, after the list.
 */
int
fovea_command_networks (int argc, char **argv, GCancellable *cancellable, GError **error)
{
  static const char *const headings[] = { "NAME", "ARCHITECTURE", "TRAINING", "INPUT", "FILE" };
  const FoveaUsage usage = {
    .name = "networks",
    .summary = "Lists the networks of the library: those that came with Fovea, and those in the\n"
               "user's data folder. Their names are what --network takes.",
    .examples = "Example:\n"
                "  fovea networks --json\n",
    .flags = FOVEA_ARGUMENTS_JSON,
  };
  g_auto (FoveaArguments) arguments = { 0 };
  g_autoptr (GPtrArray) entries = NULL;
  g_autoptr (GPtrArray) cells = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (GError) first_error = NULL;

  if (!fovea_arguments_parse (&arguments, &usage, argc, argv, error))
    return EXIT_FAILURE;

  entries = fovea_library_list ();
  json_builder_begin_array (builder);
  for (guint i = 0; i < entries->len; i++)
    {
      const FoveaLibraryEntry *entry = entries->pdata[i];
      g_autoptr (FoveaNetwork) network = NULL;

      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return EXIT_FAILURE;
      network = fovea_network_load (entry->path, first_error ? NULL : &first_error);
      if (!network)
        continue;
      if (arguments.json)
        add_json (builder, entry, network);
      else
        add_row (cells, entry, network);
    }
  json_builder_end_array (builder);

  if (arguments.json)
    fovea_output_print_json (builder);
  else
    fovea_output_print_table (headings, G_N_ELEMENTS (headings), cells);
  if (first_error)
    {
      g_propagate_error (error, g_steal_pointer (&first_error));
      return EXIT_FAILURE;
    }
  return EXIT_SUCCESS;
}
