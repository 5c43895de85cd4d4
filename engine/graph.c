/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/graph.h"

#include <math.h>
#include <string.h>

#include "engine/receptive-field.h"

struct _FoveaGraph {
  gatomicrefcount references;
  FoveaShape input_shape;
  double *mean; /* input_shape.channels values, as are std */
  double *std;
  GPtrArray *nodes;        /* FoveaNode; in topological order once finished */
  GPtrArray *input_names;  /* char **, parallel to nodes; NULL once finished */
  GHashTable *indices;     /* node name (owned by the node) → index; while building: index in nodes */
  GHashTable *aliases;     /* alias → node name */
  FoveaShape *shapes;                     /* of each node, once finished */
  FoveaReceptiveField *receptive_fields;  /* of each node, once finished */
  FoveaPackedWeights *packed_weights;
  gboolean finished;
};

static void
free_node (gpointer data)
{
  FoveaNode *node = data;

  if (node->prepared != NULL && node->operator->release != NULL)
    node->operator->release (node->prepared);
  g_clear_pointer (&node->attributes, g_variant_unref);
  g_clear_pointer (&node->parameters, g_hash_table_unref);
  g_free (node->inputs);
  g_free (node->name);
  g_free (node);
}

/**
 * fovea_graph_new:
 * @channels, @height, @width: the shape of the images it is made for, each at least 1
 *
 * Returns: (transfer full): a graph without nodes, whose normalization does nothing
 */
FoveaGraph *
fovea_graph_new (gint64 channels,
                 gint64 height,
                 gint64 width)
{
  FoveaGraph *self;

  g_return_val_if_fail (channels >= 1 && height >= 1 && width >= 1, NULL);

  self = g_new0 (FoveaGraph, 1);
  g_atomic_ref_count_init (&self->references);
  self->input_shape = (FoveaShape) { channels, height, width, FALSE };
  self->mean = g_new0 (double, channels);
  self->std = g_new (double, channels);
  for (gint64 i = 0; i < channels; i++)
    self->std[i] = 1;
  self->packed_weights = fovea_packed_weights_new ();
  self->nodes = g_ptr_array_new_with_free_func (free_node);
  self->input_names = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  self->indices = g_hash_table_new (g_str_hash, g_str_equal);
  self->aliases = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return self;
}

/**
 * fovea_graph_ref:
 *
 * Returns: (transfer full): @graph. Any thread.
 */
FoveaGraph *
fovea_graph_ref (FoveaGraph *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

/**
 * fovea_graph_unref:
 *
 * Gives a reference back. Any thread.
 */
void
fovea_graph_unref (FoveaGraph *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;
  g_ptr_array_unref (self->nodes);
  g_clear_pointer (&self->input_names, g_ptr_array_unref);
  g_hash_table_unref (self->indices);
  g_hash_table_unref (self->aliases);
  g_free (self->mean);
  g_free (self->std);
  g_free (self->shapes);
  g_free (self->receptive_fields);
  fovea_packed_weights_free (self->packed_weights);
  g_free (self);
}

/**
 * fovea_graph_add_node:
 * @name: the layer's name, unique, not `input`
 * @operator_name: ONNX's name of the operator
 * @inputs: (array zero-terminated=1): names of nodes, whether added yet or not, or `input`
 * @attributes: (nullable): an `a{sv}`; a floating reference is taken over
 * @parameters: (nullable) (element-type utf8 FoveaTensor): by ONNX's input names
 * @error: %FOVEA_ERROR_UNSUPPORTED for an operator that does not exist, %FOVEA_ERROR_FORMAT for a
 *   name that is taken or a wrong number of inputs, %FOVEA_ERROR_TOO_LARGE for too many nodes
 *
 * Returns: whether the node was added
 */
gboolean
fovea_graph_add_node (FoveaGraph *self,
                      const char *name,
                      const char *operator_name,
                      const char *const *inputs,
                      GVariant *attributes,
                      GHashTable *parameters,
                      GError **error)
{
  g_autoptr (GVariant) owned_attributes = attributes != NULL ? g_variant_ref_sink (attributes) : NULL;
  const FoveaOperator *operator = fovea_operator_lookup (operator_name);
  guint n_inputs = g_strv_length ((char **) inputs);
  FoveaNode *node;

  g_return_val_if_fail (!self->finished, FALSE);

  if (name[0] == '\0' || !g_utf8_validate (name, -1, NULL) || g_str_equal (name, "input"))
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT, "a node cannot have the name '%s'", name);
      return FALSE;
    }
  if (operator == NULL)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED,
                   "node '%s' uses the operator '%s', which is not supported", name, operator_name);
      return FALSE;
    }
  if (g_hash_table_contains (self->indices, name))
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT, "there are two nodes called '%s'", name);
      return FALSE;
    }
  if (n_inputs < operator->min_inputs || n_inputs > operator->max_inputs)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT,
                   "node '%s' (%s) has %u inputs", name, operator->name, n_inputs);
      return FALSE;
    }
  if (self->nodes->len >= FOVEA_GRAPH_MAX_NODES)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_TOO_LARGE,
                   "the graph has more than %d nodes", FOVEA_GRAPH_MAX_NODES);
      return FALSE;
    }

  node = g_new0 (FoveaNode, 1);
  node->name = g_strdup (name);
  node->operator = operator;
  node->n_inputs = n_inputs;
  node->inputs = g_new (int, n_inputs);
  if (owned_attributes != NULL)
    {
      /* In normal form, children share its memory, so strings in it live as long as the node. */
      node->attributes = g_variant_take_ref (g_variant_get_normal_form (owned_attributes));
      g_variant_get_data (node->attributes);
    }
  if (parameters != NULL)
    node->parameters = g_hash_table_ref (parameters);

  g_hash_table_insert (self->indices, node->name, GUINT_TO_POINTER (self->nodes->len));
  g_ptr_array_add (self->nodes, node);
  g_ptr_array_add (self->input_names, g_strdupv ((char **) inputs));
  return TRUE;
}

/**
 * fovea_graph_add_alias:
 * @alias: another name under which a layer can be asked for, such as a block's (`layer3`)
 * @node_name: the node that computes what the block puts out
 * @error: %FOVEA_ERROR_NOT_FOUND where there is no such node yet, %FOVEA_ERROR_FORMAT where @alias is a node's name
 *
 * Returns: whether the alias was added
 */
gboolean
fovea_graph_add_alias (FoveaGraph *self,
                       const char *alias,
                       const char *node_name,
                       GError **error)
{
  g_return_val_if_fail (!self->finished, FALSE);

  if (!g_hash_table_contains (self->indices, node_name))
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND,
                   "the layer '%s' is said to be the node '%s', which does not exist", alias, node_name);
      return FALSE;
    }
  if (g_hash_table_contains (self->indices, alias))
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT, "'%s' is both a node and another name for '%s'", alias, node_name);
      return FALSE;
    }
  g_hash_table_replace (self->aliases, g_strdup (alias), g_strdup (node_name));
  return TRUE;
}

/**
 * fovea_graph_set_normalization:
 * @mean: what is subtracted from each channel of an image in [0,1]
 * @std: what the difference is divided by
 * @n_channels: number of values in each; must be the input's channels
 * @error: %FOVEA_ERROR_SHAPE for another number, %FOVEA_ERROR_FORMAT for values that are not finite or zero
 *
 * Returns: whether the normalization was set
 */
gboolean
fovea_graph_set_normalization (FoveaGraph *self,
                               const double *mean,
                               const double *std,
                               guint n_channels,
                               GError **error)
{
  g_return_val_if_fail (!self->finished, FALSE);

  if (n_channels != self->input_shape.channels)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_SHAPE,
                   "mean and std have %u values, but the input has %" G_GINT64_FORMAT " channels",
                   n_channels, self->input_shape.channels);
      return FALSE;
    }
  for (guint i = 0; i < n_channels; i++)
    if (!isfinite (mean[i]) || !isfinite (std[i]) || !(std[i] > 0))
      {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT,
                     "mean %g and std %g of channel %u cannot normalize an image", mean[i], std[i], i);
        return FALSE;
      }

  memcpy (self->mean, mean, n_channels * sizeof *mean);
  memcpy (self->std, std, n_channels * sizeof *std);
  return TRUE;
}

/* Turns the inputs' names into indices of the order in which nodes were added. */
static gboolean
resolve_inputs (FoveaGraph *self,
                GError **error)
{
  for (guint i = 0; i < self->nodes->len; i++)
    {
      FoveaNode *node = g_ptr_array_index (self->nodes, i);
      char **names = g_ptr_array_index (self->input_names, i);

      for (guint j = 0; j < node->n_inputs; j++)
        {
          gpointer index;

          if (g_str_equal (names[j], "input"))
            node->inputs[j] = FOVEA_GRAPH_INPUT;
          else if (g_hash_table_lookup_extended (self->indices, names[j], NULL, &index))
            node->inputs[j] = GPOINTER_TO_INT (index);
          else
            {
              g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT,
                           "node '%s' wants the output of '%s', which does not exist", node->name, names[j]);
              return FALSE;
            }
        }
    }
  return TRUE;
}

static gboolean
is_sorted (FoveaGraph *self)
{
  for (guint i = 0; i < self->nodes->len; i++)
    {
      const FoveaNode *node = g_ptr_array_index (self->nodes, i);

      for (guint j = 0; j < node->n_inputs; j++)
        if (node->inputs[j] >= (int) i)
          return FALSE;
    }
  return TRUE;
}

/* Puts the nodes into topological order (Kahn's algorithm); a file that is in order keeps its order. */
static gboolean
sort_nodes (FoveaGraph *self,
            GError **error)
{
  guint n = self->nodes->len;
  g_autofree guint *n_waiting = NULL;
  g_autofree int *position = NULL;
  g_autofree guint *order = NULL;
  g_autoptr (GPtrArray) readers = NULL;
  g_autoptr (GPtrArray) sorted = NULL;
  guint n_ready = 0;

  if (is_sorted (self))
    return TRUE;

  n_waiting = g_new0 (guint, n);
  readers = g_ptr_array_new_full (n, (GDestroyNotify) g_array_unref);
  for (guint i = 0; i < n; i++)
    g_ptr_array_add (readers, g_array_new (FALSE, FALSE, sizeof (guint)));
  for (guint i = 0; i < n; i++)
    {
      const FoveaNode *node = g_ptr_array_index (self->nodes, i);

      for (guint j = 0; j < node->n_inputs; j++)
        if (node->inputs[j] != FOVEA_GRAPH_INPUT)
          {
            GArray *list = g_ptr_array_index (readers, node->inputs[j]);

            n_waiting[i]++;
            g_array_append_val (list, i);
          }
    }

  /* order[0 … n_ready) is the queue and, in the end, the result. */
  order = g_new (guint, n);
  for (guint i = 0; i < n; i++)
    if (n_waiting[i] == 0)
      order[n_ready++] = i;
  for (guint done = 0; done < n_ready; done++)
    {
      const GArray *list = g_ptr_array_index (readers, order[done]);

      for (guint j = 0; j < list->len; j++)
        {
          guint reader = g_array_index (list, guint, j);

          if (--n_waiting[reader] == 0)
            order[n_ready++] = reader;
        }
    }

  if (n_ready < n)
    {
      guint stuck = 0;

      while (n_waiting[stuck] == 0)
        stuck++;
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT,
                   "the graph has a cycle: node '%s' waits for its own output",
                   ((FoveaNode *) g_ptr_array_index (self->nodes, stuck))->name);
      return FALSE;
    }

  position = g_new (int, n);
  sorted = g_ptr_array_new_full (n, free_node);
  for (guint i = 0; i < n; i++)
    {
      position[order[i]] = (int) i;
      g_ptr_array_add (sorted, g_ptr_array_index (self->nodes, order[i]));
    }
  g_ptr_array_set_free_func (self->nodes, NULL);
  g_ptr_array_set_size (self->nodes, 0);
  for (guint i = 0; i < n; i++)
    {
      FoveaNode *node = g_ptr_array_index (sorted, i);

      for (guint j = 0; j < node->n_inputs; j++)
        if (node->inputs[j] != FOVEA_GRAPH_INPUT)
          node->inputs[j] = position[node->inputs[j]];
      g_hash_table_insert (self->indices, node->name, GUINT_TO_POINTER (i));
    }
  g_ptr_array_unref (self->nodes);
  self->nodes = g_steal_pointer (&sorted);
  return TRUE;
}

/**
 * fovea_graph_infer_shapes:
 * @input_shape: the shape of one input image
 * @wanted: (nullable): which nodes to do, all where %NULL; must contain the inputs of every wanted node
 * @shapes: (out): one for each node, undefined where not wanted
 * @error: what the operator that cannot work on such an input says
 *
 * Returns: whether all wanted nodes can work on inputs of this shape. Any thread.
 */
gboolean
fovea_graph_infer_shapes (const FoveaGraph *self,
                          const FoveaShape *input_shape,
                          const gboolean *wanted,
                          FoveaShape *shapes,
                          GError **error)
{
  g_autoptr (GArray) inputs = g_array_new (FALSE, FALSE, sizeof (FoveaShape));

  for (guint i = 0; i < self->nodes->len; i++)
    {
      const FoveaNode *node = g_ptr_array_index (self->nodes, i);
      gint64 shape[3];
      gsize n_elements;

      if (wanted != NULL && !wanted[i])
        continue;
      g_array_set_size (inputs, 0);
      for (guint j = 0; j < node->n_inputs; j++)
        g_array_append_val (inputs, *(node->inputs[j] == FOVEA_GRAPH_INPUT ? input_shape : &shapes[node->inputs[j]]));
      if (!node->operator->infer_shape (node, (const FoveaShape *) inputs->data, &shapes[i], error))
        return FALSE;

      shape[0] = shapes[i].channels;
      shape[1] = shapes[i].height;
      shape[2] = shapes[i].width;
      if (!fovea_tensor_count_elements (3, shape, &n_elements, error))
        {
          g_prefix_error (error, "the output of node '%s': ", node->name);
          return FALSE;
        }
    }
  return TRUE;
}

/**
 * fovea_graph_finish:
 * @error: %FOVEA_ERROR_FORMAT for inputs that do not exist, a cycle or an empty graph, and whatever
 *   the operators say of their attributes, parameters and shapes
 *
 * Ends building. After a failure the graph can only be freed.
 *
 * Returns: whether the graph is complete and consistent
 */
gboolean
fovea_graph_finish (FoveaGraph *self,
                    GError **error)
{
  guint n = self->nodes->len;

  g_return_val_if_fail (!self->finished, FALSE);

  if (n == 0)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT, "the graph has no nodes");
      return FALSE;
    }
  if (!resolve_inputs (self, error) || !sort_nodes (self, error))
    return FALSE;
  g_clear_pointer (&self->input_names, g_ptr_array_unref);

  for (guint i = 0; i < n; i++)
    {
      FoveaNode *node = g_ptr_array_index (self->nodes, i);

      if (node->operator->prepare != NULL && !node->operator->prepare (node, error))
        return FALSE;
    }

  self->shapes = g_new0 (FoveaShape, n);
  if (!fovea_graph_infer_shapes (self, &self->input_shape, NULL, self->shapes, error))
    return FALSE;

  self->receptive_fields = g_new0 (FoveaReceptiveField, n);
  fovea_receptive_fields_compute (self, self->receptive_fields);
  self->finished = TRUE;
  return TRUE;
}

/**
 * fovea_graph_get_n_nodes:
 *
 * Returns: number of nodes
 */
guint
fovea_graph_get_n_nodes (const FoveaGraph *self)
{
  return self->nodes->len;
}

/**
 * fovea_graph_get_node:
 * @index: below fovea_graph_get_n_nodes()
 *
 * Returns: (transfer none): the node at @index in topological order
 */
const FoveaNode *
fovea_graph_get_node (const FoveaGraph *self,
                      guint index)
{
  g_return_val_if_fail (index < self->nodes->len, NULL);
  return g_ptr_array_index (self->nodes, index);
}

/**
 * fovea_graph_get_input_shape:
 *
 * Returns: (transfer none): the shape of the images the graph is made for
 */
const FoveaShape *
fovea_graph_get_input_shape (const FoveaGraph *self)
{
  return &self->input_shape;
}

/**
 * fovea_graph_get_shape:
 * @index: below fovea_graph_get_n_nodes()
 *
 * Returns: (transfer none): the shape of the node's output for an input of the graph's own size
 */
const FoveaShape *
fovea_graph_get_shape (const FoveaGraph *self,
                       guint index)
{
  g_return_val_if_fail (index < self->nodes->len && self->shapes != NULL, NULL);
  return &self->shapes[index];
}

/**
 * fovea_graph_get_mean:
 *
 * Returns: (transfer none): what is subtracted from each channel of an image in [0,1]
 */
const double *
fovea_graph_get_mean (const FoveaGraph *self)
{
  return self->mean;
}

/**
 * fovea_graph_get_std:
 *
 * Returns: (transfer none): what the difference is divided by
 */
const double *
fovea_graph_get_std (const FoveaGraph *self)
{
  return self->std;
}

/**
 * fovea_graph_get_packed_weights:
 *
 * Returns: (transfer none): where plans of this graph keep weights in the order in which they read
 *   them. Any thread.
 */
FoveaPackedWeights *
fovea_graph_get_packed_weights (const FoveaGraph *self)
{
  return self->packed_weights;
}

/**
 * fovea_graph_get_packed_bytes:
 *
 * Returns: bytes of weights that plans have packed so far, besides the graph's own. Any thread.
 */
gsize
fovea_graph_get_packed_bytes (const FoveaGraph *self)
{
  return fovea_packed_weights_get_bytes (self->packed_weights);
}

/**
 * fovea_graph_get_output:
 *
 * Returns: index of the last node: the network's answer
 */
int
fovea_graph_get_output (const FoveaGraph *self)
{
  return (int) self->nodes->len - 1;
}

/**
 * fovea_graph_get_logits:
 *
 * Returns: index of the layer whose channels are the classes' values before softmax: the output, or
 *   what a final Softmax reads
 */
int
fovea_graph_get_logits (const FoveaGraph *self)
{
  int layer = fovea_graph_get_output (self);

  while (layer != FOVEA_GRAPH_INPUT)
    {
      const FoveaNode *node = fovea_graph_get_node (self, (guint) layer);

      if (g_strcmp0 (node->operator->name, "Softmax") != 0 || node->inputs[0] == FOVEA_GRAPH_INPUT)
        break;
      layer = node->inputs[0];
    }
  return layer;
}

/**
 * fovea_graph_get_aliases:
 *
 * Returns: (transfer none) (element-type utf8 utf8): other names of layers, to the names of nodes
 */
GHashTable *
fovea_graph_get_aliases (const FoveaGraph *self)
{
  return self->aliases;
}

/**
 * fovea_graph_get_receptive_field:
 * @index: below fovea_graph_get_n_nodes()
 *
 * Returns: (transfer none): what a unit of this layer sees of the input
 */
const FoveaReceptiveField *
fovea_graph_get_receptive_field (const FoveaGraph *self,
                                 guint index)
{
  g_return_val_if_fail (index < self->nodes->len && self->receptive_fields != NULL, NULL);
  return &self->receptive_fields[index];
}

/**
 * fovea_graph_find:
 * @layer: a node's name or an alias
 * @index: (out): the node
 * @error: %FOVEA_ERROR_NOT_FOUND
 *
 * Returns: whether there is such a layer
 */
gboolean
fovea_graph_find (const FoveaGraph *self,
                  const char *layer,
                  int *index,
                  GError **error)
{
  const char *name = g_hash_table_lookup (self->aliases, layer);
  gpointer found;

  if (g_hash_table_lookup_extended (self->indices, name != NULL ? name : layer, NULL, &found))
    {
      *index = GPOINTER_TO_INT (found);
      return TRUE;
    }
  g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND,
               "there is no layer '%s'; the layers go from '%s' to '%s', 'fovea layers' lists them", layer,
               ((FoveaNode *) g_ptr_array_index (self->nodes, 0))->name,
               ((FoveaNode *) g_ptr_array_index (self->nodes, self->nodes->len - 1))->name);
  return FALSE;
}
