/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/layer.h"

struct _FoveaLayer {
  GObject parent_instance;

  char *name;
  char *operator_name;
  char *summary;
  FoveaShape shape;
  gboolean is_output;
};

G_DEFINE_FINAL_TYPE (FoveaLayer, fovea_layer, G_TYPE_OBJECT)

/* Their outputs are their inputs' values in another order, or what the layer before shows as well. */
static const char *const hidden_operators[] = { "Flatten", "Reshape", "Dropout", "Identity", "Softmax", NULL };

static void
fovea_layer_finalize (GObject *object)
{
  FoveaLayer *self = FOVEA_LAYER (object);

  g_clear_pointer (&self->name, g_free);
  g_clear_pointer (&self->operator_name, g_free);
  g_clear_pointer (&self->summary, g_free);

  G_OBJECT_CLASS (fovea_layer_parent_class)->finalize (object);
}

static void
fovea_layer_class_init (FoveaLayerClass *class)
{
  G_OBJECT_CLASS (class)->finalize = fovea_layer_finalize;
}

static void
fovea_layer_init (FoveaLayer *self)
{
}

/* `160 channels · 8 × 8 · sees 51 px`; a layer that sees at least the whole input is said to. */
static char *
describe (const FoveaShape *shape,
          const FoveaShape *input,
          const FoveaReceptiveField *field)
{
  g_autoptr (GString) text = g_string_new (NULL);

  g_string_append_printf (text, "%" G_GINT64_FORMAT " %s", shape->channels,
                          shape->channels == 1 ? "channel" : shape->flat ? "units" : "channels");
  if (!shape->flat)
    g_string_append_printf (text, " · %" G_GINT64_FORMAT " × %" G_GINT64_FORMAT, shape->height, shape->width);
  if (field->size[0] >= input->height && field->size[1] >= input->width)
    g_string_append (text, " · sees all");
  else if (field->size[0] == field->size[1])
    g_string_append_printf (text, " · sees %" G_GINT64_FORMAT " px", field->size[0]);
  else
    g_string_append_printf (text, " · sees %" G_GINT64_FORMAT " × %" G_GINT64_FORMAT " px", field->size[0], field->size[1]);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/**
 * fovea_layers_of_pair:
 * @pair: a pair
 *
 * The layers whose channels can be compared: those both networks have by one name with as many
 * channels, in the standard network's order.
 *
 * Returns: (transfer full) (element-type FoveaLayer): the layers
 */
GListModel *
fovea_layers_of_pair (FoveaNetworkPair *pair)
{
  FoveaGraph *graph = fovea_network_get_graph (fovea_network_pair_get_network (pair, FOVEA_SIDE_STANDARD));
  FoveaGraph *other = fovea_network_get_graph (fovea_network_pair_get_network (pair, FOVEA_SIDE_ROBUST));
  GListStore *layers = g_list_store_new (FOVEA_TYPE_LAYER);

  for (guint i = 0; i < fovea_graph_get_n_nodes (graph); i++)
    {
      const FoveaNode *node = fovea_graph_get_node (graph, i);
      const FoveaShape *shape = fovea_graph_get_shape (graph, i);
      g_autoptr (FoveaLayer) layer = NULL;
      int twin;

      if (g_strv_contains (hidden_operators, node->operator->name) ||
          !fovea_graph_find (other, node->name, &twin, NULL) || twin < 0 ||
          fovea_graph_get_shape (other, (guint) twin)->channels != shape->channels)
        continue;

      layer = g_object_new (FOVEA_TYPE_LAYER, NULL);
      layer->name = g_strdup (node->name);
      layer->operator_name = g_strdup (node->operator->name);
      layer->shape = *shape;
      layer->is_output = fovea_graph_get_output (graph) == (int) i;
      layer->summary = describe (shape, fovea_graph_get_input_shape (graph), fovea_graph_get_receptive_field (graph, i));
      g_list_store_append (layers, layer);
    }
  return G_LIST_MODEL (layers);
}

/**
 * fovea_layers_choose_default:
 * @layers: (element-type FoveaLayer): a pair's layers
 *
 * Returns: (transfer none) (nullable): the name of a layer that is worth looking at first: the last
 *   convolution but one, whose channels detect parts of objects and differ between the networks;
 *   %NULL if there are no layers
 */
const char *
fovea_layers_choose_default (GListModel *layers)
{
  guint n = g_list_model_get_n_items (layers);
  const char *last = NULL, *last_but_one = NULL;

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (FoveaLayer) layer = g_list_model_get_item (layers, i);

      if (g_str_equal (layer->operator_name, "Conv"))
        {
          last_but_one = last;
          last = layer->name;
        }
    }
  if (last_but_one != NULL)
    return last_but_one;
  if (last == NULL && n > 0)
    {
      g_autoptr (FoveaLayer) first = g_list_model_get_item (layers, 0);
      last = first->name;
    }
  return last;
}

/**
 * fovea_layer_get_name:
 * @self: a layer
 *
 * Returns: (transfer none): by which it is addressed
 */
const char *
fovea_layer_get_name (FoveaLayer *self)
{
  g_return_val_if_fail (FOVEA_IS_LAYER (self), NULL);
  return self->name;
}

/**
 * fovea_layer_get_operator:
 * @self: a layer
 *
 * Returns: (transfer none): ONNX's name of what it computes
 */
const char *
fovea_layer_get_operator (FoveaLayer *self)
{
  g_return_val_if_fail (FOVEA_IS_LAYER (self), NULL);
  return self->operator_name;
}

/**
 * fovea_layer_get_summary:
 * @self: a layer
 *
 * Returns: (transfer none): its channels, map size and receptive field in one line for people
 */
const char *
fovea_layer_get_summary (FoveaLayer *self)
{
  g_return_val_if_fail (FOVEA_IS_LAYER (self), NULL);
  return self->summary;
}

/**
 * fovea_layer_get_n_channels:
 * @self: a layer
 *
 * Returns: how many channels it has
 */
guint
fovea_layer_get_n_channels (FoveaLayer *self)
{
  g_return_val_if_fail (FOVEA_IS_LAYER (self), 0);
  return (guint) MIN (self->shape.channels, G_MAXINT);
}

/**
 * fovea_layer_has_weights:
 * @self: a layer
 *
 * Returns: whether it is a convolution or fully connected: where a new block of layers begins
 */
gboolean
fovea_layer_has_weights (FoveaLayer *self)
{
  g_return_val_if_fail (FOVEA_IS_LAYER (self), FALSE);
  return g_str_equal (self->operator_name, "Conv") || g_str_equal (self->operator_name, "Gemm") || g_str_equal (self->operator_name, "MatMul");
}

/**
 * fovea_layer_is_output:
 * @self: a layer
 *
 * Returns: whether it is the networks' output, so that its channels are classes
 */
gboolean
fovea_layer_is_output (FoveaLayer *self)
{
  g_return_val_if_fail (FOVEA_IS_LAYER (self), FALSE);
  return self->is_output;
}
