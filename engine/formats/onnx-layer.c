/* Layers that nodes of ONNX models become, and the checks that most of them share.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/formats/onnx-convert.h"

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaOnnxLayer, fovea_onnx_layer_free)

/**
 * fovea_onnx_require_image:
 * @index: which of the node's inputs
 * @error: %FOVEA_ERROR_FORMAT where it is missing, %FOVEA_ERROR_UNSUPPORTED where it is a constant or of another layout
 *
 * Returns: (transfer none) (nullable): the input, which is computed from the image
 */
const FoveaOnnxValue *
fovea_onnx_require_image (FoveaOnnxImport *self,
                          const Onnx__NodeProto *node,
                          guint index,
                          GError **error)
{
  const FoveaOnnxValue *value = fovea_onnx_get_input (self, node, index);

  if (value == NULL)
    fovea_onnx_refuse (node, FOVEA_ERROR_FORMAT, error, "lacks its input %u", index + 1);
  else if (value->constant != NULL)
    fovea_onnx_refuse (node, FOVEA_ERROR_UNSUPPORTED, error, "has a constant as its input %u, which is not supported there", index + 1);
  else if (value->channels_last)
    fovea_onnx_refuse (node, FOVEA_ERROR_UNSUPPORTED, error,
                       "works on images with the channels last; only images of shape [N, 3, height, width] are supported");
  else if (value->without_channels)
    fovea_onnx_refuse (node, FOVEA_ERROR_UNSUPPORTED, error, "works on a single channel of shape [N, height, width], which is not supported");
  else
    return value;
  return NULL;
}

/**
 * fovea_onnx_parameters_new:
 *
 * Returns: (transfer full) (element-type utf8 FoveaTensor): parameters of a layer by their names
 */
GHashTable *
fovea_onnx_parameters_new (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) fovea_tensor_unref);
}

/**
 * fovea_onnx_add_parameter:
 * @index: which of the node's inputs has to be weights
 * @parameter: what they are to the layer
 * @parameters: where they go
 * @error: %FOVEA_ERROR_NOT_FOUND, %FOVEA_ERROR_UNSUPPORTED, %FOVEA_ERROR_FORMAT
 *
 * Returns: whether the input is weights
 */
gboolean
fovea_onnx_add_parameter (FoveaOnnxImport *self,
                          const Onnx__NodeProto *node,
                          guint index,
                          const char *parameter,
                          GHashTable *parameters,
                          GError **error)
{
  const FoveaOnnxValue *value = fovea_onnx_get_input (self, node, index);

  if (value == NULL)
    return fovea_onnx_refuse (node, FOVEA_ERROR_NOT_FOUND, error, "lacks its %s", parameter);
  if (value->constant == NULL)
    return fovea_onnx_refuse (node, FOVEA_ERROR_UNSUPPORTED, error, "has a %s that depends on the image, which is not supported", parameter);
  if (value->constant->tensor == NULL)
    return fovea_onnx_refuse (node, FOVEA_ERROR_FORMAT, error, "has a %s of whole numbers", parameter);
  g_hash_table_insert (parameters, g_strdup (parameter), fovea_tensor_ref (value->constant->tensor));
  return TRUE;
}

/**
 * fovea_onnx_copy_attributes:
 * @names: which ones, %NULL-terminated
 * @attributes: where they go, as far as the node has them
 */
void
fovea_onnx_copy_attributes (const Onnx__NodeProto *node,
                            const char *const *names,
                            GVariantDict *attributes)
{
  for (gsize i = 0; names[i] != NULL; i++)
    {
      const Onnx__AttributeProto *attribute = fovea_onnx_find_attribute (node, names[i]);
      g_autofree char *text = NULL;

      if (attribute == NULL)
        continue;
      if (attribute->n_ints > 0)
        g_variant_dict_insert_value (attributes, names[i],
                                     g_variant_new_fixed_array (G_VARIANT_TYPE_INT64, attribute->ints, attribute->n_ints, sizeof (gint64)));
      else if (attribute->has_i)
        g_variant_dict_insert (attributes, names[i], "x", attribute->i);
      else if (attribute->has_f)
        g_variant_dict_insert (attributes, names[i], "d", (double) attribute->f);
      else if (attribute->has_s)
        {
          text = g_utf8_make_valid ((const char *) attribute->s.data, (gssize) attribute->s.len);
          g_variant_dict_insert (attributes, names[i], "s", text);
        }
    }
}

/**
 * fovea_onnx_add_layer:
 * @name: the layer's name
 * @operator_name: one of the engine's operators
 * @inputs: (array length=n_inputs): what it reads
 * @n_inputs: how many
 * @attributes: (nullable): its attributes, which are used up
 * @parameters: (nullable): its parameters
 * @shape: (out): of its output
 * @error: what the engine's operator says where it cannot work like that
 *
 * Returns: whether there is a layer more
 */
gboolean
fovea_onnx_add_layer (FoveaOnnxImport *self,
                      const char *name,
                      const char *operator_name,
                      const FoveaOnnxValue *const *inputs,
                      guint n_inputs,
                      GVariantDict *attributes,
                      GHashTable *parameters,
                      FoveaShape *shape,
                      GError **error)
{
  g_autoptr (FoveaOnnxLayer) layer = g_new0 (FoveaOnnxLayer, 1);
  g_autofree FoveaShape *shapes = g_new (FoveaShape, n_inputs);
  FoveaNode node = { .operator = fovea_operator_lookup (operator_name), .n_inputs = n_inputs };
  gboolean success;

  g_assert (node.operator != NULL);
  layer->name = g_strdup (name);
  layer->operator_name = node.operator->name;
  layer->inputs = g_new0 (char *, n_inputs + 1);
  for (guint i = 0; i < n_inputs; i++)
    {
      layer->inputs[i] = g_strdup (inputs[i]->layer);
      shapes[i] = inputs[i]->shape;
    }
  if (attributes != NULL)
    {
      g_autoptr (GVariant) variant = g_variant_ref_sink (g_variant_dict_end (attributes));

      layer->attributes = g_variant_ref_sink (g_variant_get_normal_form (variant));
      g_variant_get_data (layer->attributes);
    }
  if (parameters != NULL)
    layer->parameters = g_hash_table_ref (parameters);

  node.name = layer->name;
  node.attributes = layer->attributes;
  node.parameters = layer->parameters;
  success = (node.operator->prepare == NULL || node.operator->prepare (&node, error)) &&
            node.operator->infer_shape (&node, shapes, shape, error);
  if (node.prepared != NULL && node.operator->release != NULL)
    node.operator->release (node.prepared);
  if (success)
    g_ptr_array_add (self->layers, g_steal_pointer (&layer));
  return success;
}

/**
 * fovea_onnx_add_simple_layer:
 * @input: what the layer reads
 * @error: as fovea_onnx_add_layer()
 *
 * The common case: the node is one layer that reads one value and computes the node's first output.
 *
 * Returns: whether there is a layer more
 */
gboolean
fovea_onnx_add_simple_layer (FoveaOnnxImport *self,
                             const Onnx__NodeProto *node,
                             const char *name,
                             const FoveaOnnxValue *input,
                             const char *operator_name,
                             GVariantDict *attributes,
                             GHashTable *parameters,
                             GError **error)
{
  FoveaShape shape;

  if (!fovea_onnx_add_layer (self, name, operator_name, &input, 1, attributes, parameters, &shape, error))
    return FALSE;
  fovea_onnx_set_value (self, node, 0, name, &shape);
  return TRUE;
}

/**
 * fovea_onnx_pass_on:
 * @input: what the node passes on
 *
 * A node that passes its input on is no layer.
 *
 * Returns: %TRUE
 */
gboolean
fovea_onnx_pass_on (FoveaOnnxImport *self,
                    const Onnx__NodeProto *node,
                    const FoveaOnnxValue *input)
{
  const FoveaShape shape = input->shape;
  g_autofree char *layer = g_strdup (input->layer);

  fovea_onnx_set_value (self, node, 0, layer, &shape);
  return TRUE;
}

/**
 * fovea_onnx_check_single_output:
 * @error: %FOVEA_ERROR_UNSUPPORTED
 *
 * Returns: whether nothing asks for more than the first output
 */
gboolean
fovea_onnx_check_single_output (const Onnx__NodeProto *node,
                                GError **error)
{
  for (gsize i = 1; i < node->n_output; i++)
    if (node->output[i][0] != '\0')
      return fovea_onnx_refuse (node, FOVEA_ERROR_UNSUPPORTED, error, "has a second output '%.60s', which is not supported",
                                g_utf8_validate (node->output[i], -1, NULL) ? node->output[i] : "");
  return TRUE;
}

/**
 * fovea_onnx_are_map_axes:
 *
 * Returns: whether the axes are the whole map, and nothing else, in whatever order
 */
gboolean
fovea_onnx_are_map_axes (const gint64 *axes,
                         gsize n_axes)
{
  gboolean seen[2] = { FALSE, FALSE };

  for (gsize i = 0; i < n_axes; i++)
    {
      gint64 axis = axes[i] < 0 ? axes[i] + 4 : axes[i];

      if (axis != 2 && axis != 3)
        return FALSE;
      seen[axis - 2] = TRUE;
    }
  return n_axes == 2 && seen[0] && seen[1];
}

/**
 * fovea_onnx_add_flatten:
 * @input: what the layer reads
 *
 * Adds a layer that makes a list of a map.
 *
 * Returns: whether there is a layer more
 */
gboolean
fovea_onnx_add_flatten (FoveaOnnxImport *self,
                        const Onnx__NodeProto *node,
                        const char *name,
                        const FoveaOnnxValue *input,
                        GError **error)
{
  FoveaShape shape;

  if (!fovea_onnx_add_layer (self, name, "Flatten", &input, 1, NULL, NULL, &shape, error))
    return FALSE;
  fovea_onnx_set_value (self, node, 0, name, &shape);
  return TRUE;
}
