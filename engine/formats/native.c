/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/formats/native.h"

#include <math.h>

#include "engine/formats/json.h"
#include "engine/formats/safetensors.h"

#define FORMAT "fovea-1"

/* One entry of the metadata that holds JSON, of the type that it should have. */
static JsonNode *
get_json (const FoveaStateDict *state_dict,
          const char *key,
          JsonNodeType type,
          GError **error)
{
  const char *text = fovea_state_dict_get_metadata (state_dict, key);
  g_autoptr (JsonNode) node = NULL;

  if (text == NULL)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT, "has no metadata '%s'", key);
      return NULL;
    }
  node = fovea_json_parse (text, strlen (text), error);
  if (node == NULL)
    {
      g_prefix_error (error, "has metadata '%s' that ", key);
      return NULL;
    }
  if (json_node_get_node_type (node) != type)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT, "has metadata '%s' that is not %s", key,
                   type == JSON_NODE_ARRAY ? "a JSON list" : "a JSON table");
      return NULL;
    }
  return g_steal_pointer (&node);
}

static gboolean
is_number (JsonNode *node)
{
  GType type = JSON_NODE_HOLDS_VALUE (node) ? json_node_get_value_type (node) : G_TYPE_INVALID;

  return type == G_TYPE_INT64 || type == G_TYPE_DOUBLE;
}

static const char *
get_string (JsonObject *object,
            const char *member)
{
  JsonNode *node = json_object_get_member (object, member);

  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_STRING)
    return NULL;
  return json_node_get_string (node);
}

/* A list of whole numbers becomes `ax`, one with fractions `ad`, anything else NULL. */
static GVariant *
list_to_variant (JsonArray *array)
{
  guint n = json_array_get_length (array);
  g_autofree gint64 *integers = g_new (gint64, n);
  g_autofree double *doubles = g_new (double, n);
  gboolean whole = TRUE;

  for (guint i = 0; i < n; i++)
    {
      JsonNode *element = json_array_get_element (array, i);

      if (!is_number (element))
        return NULL;
      integers[i] = json_node_get_int (element);
      doubles[i] = json_node_get_double (element);
      whole = whole && json_node_get_value_type (element) == G_TYPE_INT64;
    }
  if (whole)
    return g_variant_new_fixed_array (G_VARIANT_TYPE_INT64, integers, n, sizeof *integers);
  return g_variant_new_fixed_array (G_VARIANT_TYPE_DOUBLE, doubles, n, sizeof *doubles);
}

static GVariant *
value_to_variant (JsonNode *node)
{
  if (JSON_NODE_HOLDS_ARRAY (node))
    return list_to_variant (json_node_get_array (node));
  if (!JSON_NODE_HOLDS_VALUE (node))
    return NULL;
  switch (json_node_get_value_type (node))
    {
    case G_TYPE_INT64:
      return g_variant_new_int64 (json_node_get_int (node));
    case G_TYPE_DOUBLE:
      return g_variant_new_double (json_node_get_double (node));
    case G_TYPE_BOOLEAN:
      return g_variant_new_int64 (json_node_get_boolean (node));
    case G_TYPE_STRING:
      return g_variant_new_string (json_node_get_string (node));
    default:
      return NULL;
    }
}

static GVariant *
read_attributes (JsonObject *object,
                 const char *node_name,
                 GError **error)
{
  g_auto (GVariantDict) attributes = G_VARIANT_DICT_INIT (NULL);
  JsonNode *member = json_object_get_member (object, "attributes");
  JsonObjectIter iter;
  const char *name;
  JsonNode *value;

  if (member != NULL && !JSON_NODE_HOLDS_OBJECT (member))
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT, "node '%s' has attributes that are not a table", node_name);
      return NULL;
    }
  if (member != NULL)
    {
      json_object_iter_init (&iter, json_node_get_object (member));
      while (json_object_iter_next (&iter, &name, &value))
        {
          GVariant *variant = value_to_variant (value);

          if (variant == NULL)
            {
              g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT,
                           "node '%s' has an attribute '%s' that is neither number, string nor list of numbers", node_name, name);
              return NULL;
            }
          g_variant_dict_insert_value (&attributes, name, variant);
        }
    }
  return g_variant_ref_sink (g_variant_dict_end (&attributes));
}

static GHashTable *
read_parameters (JsonObject *object,
                 const char *node_name,
                 const FoveaStateDict *state_dict,
                 GError **error)
{
  g_autoptr (GHashTable) parameters = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) fovea_tensor_unref);
  JsonNode *member = json_object_get_member (object, "parameters");
  JsonObjectIter iter;
  const char *name;
  JsonNode *value;

  if (member != NULL && !JSON_NODE_HOLDS_OBJECT (member))
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT, "node '%s' has parameters that are not a table", node_name);
      return NULL;
    }
  if (member != NULL)
    {
      json_object_iter_init (&iter, json_node_get_object (member));
      while (json_object_iter_next (&iter, &name, &value))
        {
          const char *tensor_name = get_string (json_node_get_object (member), name);
          FoveaTensor *tensor = tensor_name != NULL ? fovea_state_dict_lookup (state_dict, tensor_name) : NULL;

          if (tensor == NULL)
            {
              g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND,
                           "node '%s' wants the tensor '%s' as %s, which is not in the file",
                           node_name, tensor_name != NULL ? tensor_name : "(no name)", name);
              return NULL;
            }
          g_hash_table_insert (parameters, g_strdup (name), fovea_tensor_ref (tensor));
        }
    }
  return g_steal_pointer (&parameters);
}

static char **
read_strings (JsonNode *node)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  JsonArray *array;

  if (node == NULL || !JSON_NODE_HOLDS_ARRAY (node))
    return NULL;
  array = json_node_get_array (node);
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonNode *element = json_array_get_element (array, i);

      if (!JSON_NODE_HOLDS_VALUE (element) || json_node_get_value_type (element) != G_TYPE_STRING)
        return NULL;
      g_strv_builder_add (builder, json_node_get_string (element));
    }
  return g_strv_builder_end (builder);
}

static gboolean
read_node (FoveaGraph *graph,
           JsonNode *node,
           guint index,
           const FoveaStateDict *state_dict,
           GError **error)
{
  g_autoptr (GVariant) attributes = NULL;
  g_autoptr (GHashTable) parameters = NULL;
  g_auto (GStrv) inputs = NULL;
  JsonObject *object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  const char *name = object != NULL ? get_string (object, "name") : NULL;
  const char *op = object != NULL ? get_string (object, "op") : NULL;

  if (name == NULL || op == NULL)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT, "node %u of the graph has no name or no op", index);
      return FALSE;
    }
  inputs = read_strings (json_object_get_member (object, "inputs"));
  if (inputs == NULL)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT, "node '%s' has no list of inputs", name);
      return FALSE;
    }
  attributes = read_attributes (object, name, error);
  if (attributes == NULL)
    return FALSE;
  parameters = read_parameters (object, name, state_dict, error);
  if (parameters == NULL)
    return FALSE;
  return fovea_graph_add_node (graph, name, op, (const char *const *) inputs, attributes, parameters, error);
}

static gboolean
read_numbers (const FoveaStateDict *state_dict,
              const char *key,
              guint n_values,
              double *values,
              GError **error)
{
  g_autoptr (JsonNode) node = get_json (state_dict, key, JSON_NODE_ARRAY, error);
  JsonArray *array;

  if (node == NULL)
    return FALSE;
  array = json_node_get_array (node);
  for (guint i = 0; i < n_values; i++)
    {
      if (json_array_get_length (array) != n_values || !is_number (json_array_get_element (array, i)))
        {
          g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT, "has metadata '%s' that is not a list of %u numbers", key, n_values);
          return FALSE;
        }
      values[i] = json_node_get_double (json_array_get_element (array, i));
    }
  return TRUE;
}

static FoveaGraph *
read_graph (const FoveaStateDict *state_dict,
            GError **error)
{
  g_autoptr (FoveaGraph) graph = NULL;
  g_autoptr (JsonNode) nodes = NULL;
  double input[3];
  JsonArray *array;

  if (!read_numbers (state_dict, "input", 3, input, error))
    return NULL;
  for (guint i = 0; i < 3; i++)
    if (!(input[i] >= 1 && input[i] <= 65536 && input[i] == floor (input[i])))
      {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_SHAPE, "has an input of shape [%g, %g, %g], which no image has", input[0], input[1], input[2]);
        return NULL;
      }
  if (input[0] != 3)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED, "wants images with %g channels; only colour images with 3 are supported", input[0]);
      return NULL;
    }

  graph = fovea_graph_new ((gint64) input[0], (gint64) input[1], (gint64) input[2]);
  nodes = get_json (state_dict, "graph", JSON_NODE_ARRAY, error);
  if (nodes == NULL)
    return NULL;
  array = json_node_get_array (nodes);
  for (guint i = 0; i < json_array_get_length (array); i++)
    if (!read_node (graph, json_array_get_element (array, i), i, state_dict, error))
      return NULL;

  if (fovea_state_dict_get_metadata (state_dict, "layers") != NULL)
    {
      g_autoptr (JsonNode) layers = get_json (state_dict, "layers", JSON_NODE_OBJECT, error);
      JsonObjectIter iter;
      const char *alias;
      JsonNode *value;

      if (layers == NULL)
        return NULL;
      json_object_iter_init (&iter, json_node_get_object (layers));
      while (json_object_iter_next (&iter, &alias, &value))
        {
          const char *name = get_string (json_node_get_object (layers), alias);

          if (!fovea_graph_add_alias (graph, alias, name != NULL ? name : "(no name)", error))
            return NULL;
        }
    }
  return g_steal_pointer (&graph);
}

/**
 * fovea_native_is_native:
 *
 * Returns: whether the file says of itself that it is a Fovea network, of whatever version
 */
gboolean
fovea_native_is_native (const FoveaStateDict *state_dict)
{
  const char *format = fovea_state_dict_get_metadata (state_dict, "format");

  return format != NULL && g_str_has_prefix (format, "fovea-");
}

/**
 * fovea_native_build:
 * @state_dict: what fovea_safetensors_read() gave
 * @options: (nullable): the normalization, class names and training that the caller knows better; the rest is ignored
 * @name: what the network is to be called
 * @path: (nullable): where the file is; also the beginning of every error message
 * @sha256: (nullable): the file's SHA-256
 * @error: %FOVEA_ERROR_FORMAT, %FOVEA_ERROR_UNSUPPORTED, %FOVEA_ERROR_SHAPE, %FOVEA_ERROR_NOT_FOUND
 *   or %FOVEA_ERROR_TOO_LARGE, naming the node
 *
 * Any thread.
 *
 * Returns: (transfer full): the network, or %NULL
 */
FoveaNetwork *
fovea_native_build (const FoveaStateDict *state_dict,
                    const FoveaNetworkOptions *options,
                    const char *name,
                    const char *path,
                    const char *sha256,
                    GError **error)
{
  static const FoveaNetworkOptions no_options = { 0 };
  const char *format = fovea_state_dict_get_metadata (state_dict, "format");
  g_autoptr (FoveaGraph) graph = NULL;
  g_autoptr (JsonNode) class_list = NULL;
  g_auto (GStrv) classes = NULL;
  const char *training = fovea_state_dict_get_metadata (state_dict, "training");
  double mean[3], std[3], resize;

  if (options == NULL)
    options = &no_options;
  if (g_strcmp0 (format, FORMAT) != 0)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED, "has the format '%s', but only '%s' is known; a newer Fovea may open it", format, FORMAT);
      goto failed;
    }
  graph = read_graph (state_dict, error);
  if (graph == NULL ||
      !read_numbers (state_dict, "mean", 3, mean, error) ||
      !read_numbers (state_dict, "std", 3, std, error) ||
      !fovea_graph_set_normalization (graph, options->architecture.mean != NULL ? options->architecture.mean : mean,
                                      options->architecture.std != NULL ? options->architecture.std : std, 3, error) ||
      !fovea_graph_finish (graph, error))
    goto failed;

  resize = (double) MIN (fovea_graph_get_input_shape (graph)->height, fovea_graph_get_input_shape (graph)->width);
  if (fovea_state_dict_get_metadata (state_dict, "resize") != NULL)
    {
      const double smallest = resize;

      if (!read_numbers (state_dict, "resize", 1, &resize, error))
        goto failed;
      if (!(resize >= smallest && resize <= 65536))
        {
          g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_SHAPE, "resizes images to %g, from which its input cannot be cropped", resize);
          goto failed;
        }
    }

  class_list = get_json (state_dict, "classes", JSON_NODE_ARRAY, error);
  if (class_list == NULL)
    goto failed;
  classes = read_strings (class_list);
  if (classes == NULL)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT, "has classes that are not a list of names");
      goto failed;
    }
  if (g_strv_length (classes) > 0 &&
      (gint64) g_strv_length (classes) != fovea_graph_get_shape (graph, (guint) fovea_graph_get_output (graph))->channels)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT, "names %u classes, but its last layer has %" G_GINT64_FORMAT " channels",
                   g_strv_length (classes), fovea_graph_get_shape (graph, (guint) fovea_graph_get_output (graph))->channels);
      goto failed;
    }

  return fovea_network_new (graph, &(FoveaNetworkInfo) {
                                     .name = name,
                                     .architecture = fovea_state_dict_get_metadata (state_dict, "architecture"),
                                     .training = training != NULL && training[0] != '\0' ? training : options->training,
                                     .format = FOVEA_NETWORK_FORMAT_NATIVE,
                                     .path = path,
                                     .sha256 = sha256,
                                     .classes = (const char *const *) classes,
                                     .resize = (gint64) resize,
                                   });

failed:
  if (path != NULL)
    g_prefix_error (error, "%s: ", path);
  return NULL;
}

static void
add_variant (JsonBuilder *builder,
             GVariant *variant)
{
  if (g_variant_is_of_type (variant, G_VARIANT_TYPE_INT64))
    json_builder_add_int_value (builder, g_variant_get_int64 (variant));
  else if (g_variant_is_of_type (variant, G_VARIANT_TYPE_DOUBLE))
    json_builder_add_double_value (builder, g_variant_get_double (variant));
  else if (g_variant_is_of_type (variant, G_VARIANT_TYPE_STRING))
    json_builder_add_string_value (builder, g_variant_get_string (variant, NULL));
  else
    {
      json_builder_begin_array (builder);
      for (gsize i = 0; i < g_variant_n_children (variant); i++)
        {
          g_autoptr (GVariant) child = g_variant_get_child_value (variant, i);

          add_variant (builder, child);
        }
      json_builder_end_array (builder);
    }
}

static int
compare_names (gconstpointer a,
               gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static const char **
get_sorted_keys (GHashTable *table,
                 guint *n_keys)
{
  gpointer *keys = g_hash_table_get_keys_as_array (table, n_keys);

  qsort (keys, *n_keys, sizeof *keys, compare_names);
  return (const char **) keys;
}

/* Writes the node and puts its parameters into @tensors, each tensor once however many nodes share it. */
static void
add_node (JsonBuilder *builder,
          const FoveaGraph *graph,
          const FoveaNode *node,
          FoveaStateDict *tensors,
          GHashTable *tensor_names)
{
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "name");
  json_builder_add_string_value (builder, node->name);
  json_builder_set_member_name (builder, "op");
  json_builder_add_string_value (builder, node->operator->name);
  json_builder_set_member_name (builder, "inputs");
  json_builder_begin_array (builder);
  for (guint i = 0; i < node->n_inputs; i++)
    json_builder_add_string_value (builder, node->inputs[i] == FOVEA_GRAPH_INPUT ? "input" : fovea_graph_get_node (graph, (guint) node->inputs[i])->name);
  json_builder_end_array (builder);

  json_builder_set_member_name (builder, "attributes");
  json_builder_begin_object (builder);
  if (node->attributes != NULL)
    {
      GVariantIter iter;
      const char *name;
      GVariant *value;

      g_variant_iter_init (&iter, node->attributes);
      while (g_variant_iter_loop (&iter, "{&sv}", &name, &value))
        {
          json_builder_set_member_name (builder, name);
          add_variant (builder, value);
        }
    }
  json_builder_end_object (builder);

  json_builder_set_member_name (builder, "parameters");
  json_builder_begin_object (builder);
  if (node->parameters != NULL)
    {
      guint n_keys;
      g_autofree const char **keys = get_sorted_keys (node->parameters, &n_keys);

      for (guint i = 0; i < n_keys; i++)
        {
          FoveaTensor *tensor = g_hash_table_lookup (node->parameters, keys[i]);
          const char *tensor_name = g_hash_table_lookup (tensor_names, tensor);

          if (tensor_name == NULL)
            {
              char *new_name = g_strdup_printf ("%s.%s", node->name, keys[i]);

              g_hash_table_insert (tensor_names, tensor, new_name);
              fovea_state_dict_insert (tensors, new_name, tensor);
              tensor_name = new_name;
            }
          json_builder_set_member_name (builder, keys[i]);
          json_builder_add_string_value (builder, tensor_name);
        }
    }
  json_builder_end_object (builder);
  json_builder_end_object (builder);
}

static void
set_json (FoveaStateDict *state_dict,
          const char *key,
          JsonBuilder *builder)
{
  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  g_autofree char *text = json_to_string (root, FALSE);

  fovea_state_dict_set_metadata (state_dict, key, text);
  json_builder_reset (builder);
}

static void
set_numbers (FoveaStateDict *state_dict,
             const char *key,
             JsonBuilder *builder,
             const double *values,
             guint n_values)
{
  json_builder_begin_array (builder);
  for (guint i = 0; i < n_values; i++)
    if (values[i] == floor (values[i]))
      json_builder_add_int_value (builder, (gint64) values[i]);
    else
      json_builder_add_double_value (builder, values[i]);
  json_builder_end_array (builder);
  set_json (state_dict, key, builder);
}

/**
 * fovea_native_write:
 * @network: any network
 * @path: the file to make or to replace
 * @error: %FOVEA_ERROR_IO; @path is then as it was before
 *
 * Any thread.
 *
 * Returns: whether the file was written completely
 */
gboolean
fovea_native_write (const FoveaNetwork *network,
                    const char *path,
                    GError **error)
{
  g_autoptr (FoveaStateDict) state_dict = fovea_state_dict_new ();
  g_autoptr (GHashTable) tensor_names = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  const FoveaGraph *graph = fovea_network_get_graph (network);
  const FoveaShape *input = fovea_graph_get_input_shape (graph);
  GHashTable *aliases = fovea_graph_get_aliases (graph);

  fovea_state_dict_set_metadata (state_dict, "format", FORMAT);
  fovea_state_dict_set_metadata (state_dict, "architecture", fovea_network_get_architecture (network));
  fovea_state_dict_set_metadata (state_dict, "training", fovea_network_get_training (network));
  set_numbers (state_dict, "input", builder, (double[]) { (double) input->channels, (double) input->height, (double) input->width }, 3);
  set_numbers (state_dict, "mean", builder, fovea_graph_get_mean (graph), 3);
  set_numbers (state_dict, "std", builder, fovea_graph_get_std (graph), 3);
  set_numbers (state_dict, "resize", builder, (double[]) { (double) fovea_network_get_resize (network) }, 1);

  json_builder_begin_array (builder);
  for (guint i = 0; i < fovea_network_get_n_classes (network); i++)
    json_builder_add_string_value (builder, fovea_network_get_classes (network)[i]);
  json_builder_end_array (builder);
  set_json (state_dict, "classes", builder);

  json_builder_begin_array (builder);
  for (guint i = 0; i < fovea_graph_get_n_nodes (graph); i++)
    add_node (builder, graph, fovea_graph_get_node (graph, i), state_dict, tensor_names);
  json_builder_end_array (builder);
  set_json (state_dict, "graph", builder);

  if (g_hash_table_size (aliases) > 0)
    {
      guint n_aliases;
      g_autofree const char **names = get_sorted_keys (aliases, &n_aliases);

      json_builder_begin_object (builder);
      for (guint i = 0; i < n_aliases; i++)
        {
          json_builder_set_member_name (builder, names[i]);
          json_builder_add_string_value (builder, g_hash_table_lookup (aliases, names[i]));
        }
      json_builder_end_object (builder);
      set_json (state_dict, "layers", builder);
    }
  return fovea_safetensors_write (path, state_dict, error);
}
