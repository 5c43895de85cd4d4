/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/command.h"

#include <stdlib.h>

#include "app/arguments.h"
#include "app/output.h"
#include "engine/formats/json.h"

/* One number where rows and columns agree, [rows, columns] otherwise. */
static void
add_pair (JsonBuilder *builder, const char *name, const gint64 pair[2])
{
  json_builder_set_member_name (builder, name);
  if (pair[0] == pair[1])
    {
      json_builder_add_int_value (builder, pair[0]);
      return;
    }
  json_builder_begin_array (builder);
  json_builder_add_int_value (builder, pair[0]);
  json_builder_add_int_value (builder, pair[1]);
  json_builder_end_array (builder);
}

static void
add_json (JsonBuilder *builder, const FoveaGraph *graph, guint index)
{
  const FoveaNode *node = fovea_graph_get_node (graph, index);
  const FoveaShape *shape = fovea_graph_get_shape (graph, index);
  const FoveaReceptiveField *field = fovea_graph_get_receptive_field (graph, index);

  json_builder_begin_object (builder);
  fovea_json_add_string (builder, "name", node->name);
  fovea_json_add_string (builder, "operator", node->operator->name);
  fovea_json_add_integer (builder, "channels", shape->channels);
  fovea_json_add_integer (builder, "height", shape->height);
  fovea_json_add_integer (builder, "width", shape->width);
  json_builder_set_member_name (builder, "receptive_field");
  json_builder_begin_object (builder);
  add_pair (builder, "size", field->size);
  add_pair (builder, "stride", field->stride);
  add_pair (builder, "offset", field->offset);
  json_builder_end_object (builder);
  json_builder_end_object (builder);
}

static char *
format_pair (const gint64 pair[2])
{
  if (pair[0] == pair[1])
    return g_strdup_printf ("%" G_GINT64_FORMAT, pair[0]);
  return g_strdup_printf ("%" G_GINT64_FORMAT " × %" G_GINT64_FORMAT, pair[0], pair[1]);
}

static void
add_row (GPtrArray *cells, const FoveaGraph *graph, guint index)
{
  const FoveaNode *node = fovea_graph_get_node (graph, index);
  const FoveaShape *shape = fovea_graph_get_shape (graph, index);
  const FoveaReceptiveField *field = fovea_graph_get_receptive_field (graph, index);

  g_ptr_array_add (cells, g_strdup (node->name));
  g_ptr_array_add (cells, g_strdup (node->operator->name));
  g_ptr_array_add (cells, g_strdup_printf ("%" G_GINT64_FORMAT, shape->channels));
  g_ptr_array_add (cells, g_strdup_printf ("%" G_GINT64_FORMAT, shape->height));
  g_ptr_array_add (cells, g_strdup_printf ("%" G_GINT64_FORMAT, shape->width));
  g_ptr_array_add (cells, format_pair (field->size));
  g_ptr_array_add (cells, format_pair (field->stride));
  g_ptr_array_add (cells, format_pair (field->offset));
}

/**
 * fovea_command_layers:
 *
 * `fovea layers --network N`: the nodes of a network's graph, in the order in which they run.
 */
int
fovea_command_layers (int argc, char **argv, GCancellable *cancellable, GError **error)
{
  static const char *const headings[] = { "NAME", "OPERATOR", "CHANNELS", "HEIGHT", "WIDTH", "FIELD", "STRIDE", "OFFSET" };
  const FoveaUsage usage = {
    .name = "layers",
    .summary = "Lists a network's layers: name, operator, number of channels, height and width of\n"
               "the activation map, and the receptive field: the unit at row y of the map sees the\n"
               "FIELD rows of the image from y × STRIDE + OFFSET on; columns alike.",
    .examples = "Example:\n"
                "  fovea layers --network alexnet-64-robust\n",
    .flags = FOVEA_ARGUMENTS_NETWORK | FOVEA_ARGUMENTS_JSON,
  };
  g_auto (FoveaArguments) arguments = { 0 };
  g_autoptr (GPtrArray) networks = NULL;
  g_autoptr (GPtrArray) cells = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  const FoveaGraph *graph;

  if (!fovea_arguments_parse (&arguments, &usage, argc, argv, error))
    return EXIT_FAILURE;
  networks = fovea_arguments_open_networks (&arguments, error);
  if (!networks)
    return EXIT_FAILURE;

  graph = fovea_network_get_graph (networks->pdata[0]);
  json_builder_begin_array (builder);
  for (guint i = 0; i < fovea_graph_get_n_nodes (graph); i++)
    {
      add_json (builder, graph, i);
      add_row (cells, graph, i);
    }
  json_builder_end_array (builder);

  if (arguments.json)
    fovea_output_print_json (builder);
  else
    fovea_output_print_table (headings, G_N_ELEMENTS (headings), cells);
  return EXIT_SUCCESS;
}
