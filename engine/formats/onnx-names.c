/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/formats/onnx-names.h"

#include <string.h>

/* Longer names are no names. */
#define MAX_NAME 256

/* What is known of a node that becomes a layer. */
typedef struct {
  guint node;       /* its index in the graph */
  char *module;     /* the module's path as PyTorch says it (`layer1.0.conv1`), empty outside of all modules; NULL is unknown */
  char *operation;  /* what the node is called in its module, such as `add` */
} Layer;

static void
clear_layer (gpointer data)
{
  Layer *layer = data;

  g_free (layer->module);
  g_free (layer->operation);
}

static gboolean
is_usable (const char *name)
{
  gsize length = name != NULL ? strlen (name) : 0;

  return length > 0 && length <= MAX_NAME && g_utf8_validate (name, -1, NULL);
}

/* PyTorch's exporter names nodes by the modules that they come from: `/layer1/layer1.0/conv1/Conv`. A part that
 * begins with the part before it is that one's child by number, so this is layer1.0.conv1. */
static void
read_scopes (const char *name,
             Layer *layer)
{
  g_auto (GStrv) parts = g_strsplit (name + 1, "/", -1);
  g_autoptr (GString) path = g_string_new (NULL);
  guint n_parts = g_strv_length (parts);
  const char *previous = NULL;

  for (guint i = 0; i + 1 < n_parts; i++)
    {
      const char *part = parts[i];
      gsize length = previous != NULL ? strlen (previous) : 0;

      if (previous != NULL && strncmp (part, previous, length) == 0 && part[length] == '.')
        g_string_append (path, part + length);
      else
        {
          if (path->len > 0)
            g_string_append_c (path, '.');
          g_string_append (path, part);
        }
      previous = part;
    }
  layer->module = g_string_free (g_steal_pointer (&path), FALSE);
  layer->operation = g_ascii_strdown (n_parts > 0 ? parts[n_parts - 1] : "", -1);
}

/* Other exporters keep the module's path in the names of its weights: `layer1.0.conv1.weight`. */
static char *
read_weight_name (const Onnx__NodeProto *node)
{
  const char *weight = node->n_input >= 2 ? node->input[1] : NULL;

  if (!is_usable (weight) || !g_str_has_suffix (weight, ".weight") || strchr (weight, '/') != NULL)
    return NULL;
  return g_strndup (weight, strlen (weight) - strlen (".weight"));
}

static void
read_layer (const Onnx__NodeProto *node,
            Layer *layer)
{
  const char *type = node->op_type != NULL ? node->op_type : "";

  if (is_usable (node->name) && node->name[0] == '/')
    {
      read_scopes (node->name, layer);
      return;
    }
  layer->module = read_weight_name (node);
  layer->operation = g_ascii_strdown (is_usable (type) ? type : "node", -1);
}

/* How many layers there are of each module, and in all modules below each. */
static GHashTable *
count_layers (const GArray *layers)
{
  GHashTable *counts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < layers->len; i++)
    {
      g_autofree char *path = g_strdup (g_array_index (layers, Layer, i).module);

      while (path != NULL && path[0] != '\0')
        {
          char *dot = strrchr (path, '.');

          g_hash_table_insert (counts, g_strdup (path), GUINT_TO_POINTER (GPOINTER_TO_UINT (g_hash_table_lookup (counts, path)) + 1));
          if (dot == NULL)
            break;
          *dot = '\0';
        }
    }
  return counts;
}

static char *
choose_name (const Layer *layer,
             const Onnx__NodeProto *node,
             GHashTable *counts)
{
  if (layer->module == NULL)
    {
      if (is_usable (node->name))
        return g_strdup (node->name);
      if (node->n_output > 0 && is_usable (node->output[0]))
        return g_strdup (node->output[0]);
      return g_strdup (layer->operation);
    }
  if (layer->module[0] == '\0')
    return g_strdup (layer->operation);
  if (GPOINTER_TO_UINT (g_hash_table_lookup (counts, layer->module)) == 1)
    return g_strdup (layer->module);
  return g_strconcat (layer->module, ".", layer->operation, NULL);
}

static gboolean
has_weights (const Onnx__NodeProto *node)
{
  return g_strcmp0 (node->op_type, "Conv") == 0 || g_strcmp0 (node->op_type, "Gemm") == 0 ||
         g_strcmp0 (node->op_type, "MatMul") == 0 || g_strcmp0 (node->op_type, "BatchNormalization") == 0;
}

/* A module without weights that is called several times, as a residual block's ReLU, is exported as `relu`, `relu_1`,
 * `relu_2`. As in networks from state dicts, the last call gets the module's own name, since it is what the module is said
 * to put out, and those before it are `relu1` and `relu2`. */
static void
rename_repeated_calls (const Onnx__GraphProto *graph,
                       const GArray *layers,
                       GHashTable *indices,
                       char **names)
{
  for (guint i = 0; i < layers->len; i++)
    {
      g_autofree char *base = g_strdup (names[i]);
      guint n_calls = 1;

      if (has_weights (graph->node[g_array_index (layers, Layer, i).node]) || g_hash_table_lookup (indices, base) == NULL)
        continue;
      for (;; n_calls++)
        {
          g_autofree char *next = g_strdup_printf ("%s_%u", base, n_calls);
          guint index = GPOINTER_TO_UINT (g_hash_table_lookup (indices, next));

          if (index == 0 || has_weights (graph->node[g_array_index (layers, Layer, index - 1).node]))
            break;
        }
      for (guint call = 0; call < n_calls && n_calls > 1; call++)
        {
          g_autofree char *old = call == 0 ? g_strdup (base) : g_strdup_printf ("%s_%u", base, call);
          guint index = GPOINTER_TO_UINT (g_hash_table_lookup (indices, old));

          g_free (names[index - 1]);
          names[index - 1] = call + 1 == n_calls ? g_strdup (base) : g_strdup_printf ("%s%u", base, call + 1);
          g_hash_table_remove (indices, old);
        }
    }
}

static void
make_unique (guint n_layers,
             char **names)
{
  g_autoptr (GHashTable) taken = g_hash_table_new (g_str_hash, g_str_equal);

  g_hash_table_add (taken, (gpointer) "input");
  for (guint i = 0; i < n_layers; i++)
    {
      g_autofree char *wanted = g_strdup (names[i]);

      for (guint number = 2; names[i][0] == '\0' || g_hash_table_contains (taken, names[i]); number++)
        {
          g_free (names[i]);
          names[i] = g_strdup_printf ("%s_%u", wanted[0] != '\0' ? wanted : "layer", number);
        }
      g_hash_table_add (taken, names[i]);
    }
}

/* The last layer of a module and of all modules within it computes what the module puts out. */
static void
find_modules (FoveaOnnxNames *self,
              const GArray *layers,
              char **names)
{
  g_autoptr (GHashTable) taken = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < layers->len; i++)
    g_hash_table_add (taken, names[i]);
  for (guint i = 0; i < layers->len; i++)
    {
      g_autofree char *path = g_strdup (g_array_index (layers, Layer, i).module);

      while (path != NULL && path[0] != '\0')
        {
          char *dot = strrchr (path, '.');

          if (!g_hash_table_contains (taken, path))
            g_hash_table_replace (self->modules, g_strdup (path), GUINT_TO_POINTER (g_array_index (layers, Layer, i).node));
          if (dot == NULL)
            break;
          *dot = '\0';
        }
    }
}

/**
 * fovea_onnx_names_init:
 * @order: (array length=n_nodes): indices of the nodes that become layers, in the order in which they are computed
 *
 * Finds PyTorch's module paths in the names that its exporter gives; where there are none, layers are called as the
 * nodes are. @names is to be cleared by fovea_onnx_names_clear().
 */
void
fovea_onnx_names_init (FoveaOnnxNames *self,
                       const Onnx__GraphProto *graph,
                       const guint *order,
                       guint n_nodes)
{
  g_autoptr (GArray) layers = g_array_new (FALSE, TRUE, sizeof (Layer));
  g_autoptr (GHashTable) counts = NULL;
  g_autoptr (GHashTable) indices = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autofree char **names = g_new0 (char *, n_nodes + 1);

  g_array_set_clear_func (layers, clear_layer);
  self->n_layers = (guint) graph->n_node;
  self->layers = g_new0 (char *, graph->n_node + 1);
  self->modules = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < n_nodes; i++)
    {
      Layer layer = { .node = order[i] };

      read_layer (graph->node[order[i]], &layer);
      g_array_append_val (layers, layer);
    }
  counts = count_layers (layers);
  for (guint i = 0; i < n_nodes; i++)
    {
      names[i] = choose_name (&g_array_index (layers, Layer, i), graph->node[order[i]], counts);
      if (g_array_index (layers, Layer, i).module != NULL && g_str_equal (names[i], g_array_index (layers, Layer, i).module))
        g_hash_table_insert (indices, g_strdup (names[i]), GUINT_TO_POINTER (i + 1));
    }
  rename_repeated_calls (graph, layers, indices, names);
  make_unique (n_nodes, names);
  find_modules (self, layers, names);
  for (guint i = 0; i < n_nodes; i++)
    self->layers[order[i]] = names[i];
}

/**
 * fovea_onnx_names_clear:
 *
 * Frees the names.
 */
void
fovea_onnx_names_clear (FoveaOnnxNames *self)
{
  for (guint i = 0; i < self->n_layers; i++)
    g_free (self->layers[i]);
  g_clear_pointer (&self->layers, g_free);
  g_clear_pointer (&self->modules, g_hash_table_unref);
  self->n_layers = 0;
}
