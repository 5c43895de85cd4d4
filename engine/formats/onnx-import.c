/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/formats/onnx-import.h"

#include <string.h>

/**
 * fovea_onnx_value_free:
 *
 * Frees the value.
 */
void
fovea_onnx_value_free (FoveaOnnxValue *value)
{
  g_clear_pointer (&value->constant, fovea_onnx_constant_unref);
  g_free (value->layer);
  g_free (value);
}

/**
 * fovea_onnx_layer_free:
 *
 * Frees the layer.
 */
void
fovea_onnx_layer_free (FoveaOnnxLayer *layer)
{
  g_free (layer->name);
  g_strfreev (layer->inputs);
  g_clear_pointer (&layer->attributes, g_variant_unref);
  g_clear_pointer (&layer->parameters, g_hash_table_unref);
  g_free (layer);
}

static const char *
describe_name (const char *name)
{
  return name != NULL && name[0] != '\0' && g_utf8_validate (name, -1, NULL) ? name : "(no name)";
}

/**
 * fovea_onnx_refuse:
 * @node: the node that cannot be converted
 * @format: what is wrong with it, such as `has no weights`
 *
 * Reports "node 'NAME' (OPERATOR) …".
 *
 * Returns: %FALSE
 */
gboolean
fovea_onnx_refuse (const Onnx__NodeProto *node,
                   FoveaError code,
                   GError **error,
                   const char *format,
                   ...)
{
  g_autofree char *message = NULL;
  const char *name = node->name;
  va_list arguments;

  va_start (arguments, format);
  message = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  if ((name == NULL || name[0] == '\0') && node->n_output > 0)
    name = node->output[0];
  g_set_error (error, FOVEA_ERROR, (int) code, "node '%.120s' (%.60s) %s", describe_name (name), describe_name (node->op_type), message);
  return FALSE;
}

/**
 * fovea_onnx_read_initializer:
 * @name: a value's name
 * @error: what is wrong with the initializer; not set where there is none
 *
 * Returns: (transfer none) (nullable): the weights of that name, from now on among the values
 */
FoveaOnnxConstant *
fovea_onnx_read_initializer (FoveaOnnxImport *self,
                             const char *name,
                             GError **error)
{
  Onnx__TensorProto *proto = g_hash_table_lookup (self->initializers, name);
  FoveaOnnxConstant *constant;
  FoveaOnnxValue *value;

  if (proto == NULL)
    return NULL;
  constant = fovea_onnx_constant_new_from_proto (proto, error);
  if (constant == NULL)
    {
      g_prefix_error (error, "tensor '%.120s' ", describe_name (name));
      return NULL;
    }
  value = g_new0 (FoveaOnnxValue, 1);
  value->constant = constant;
  g_hash_table_insert (self->values, (gpointer) name, value);
  g_hash_table_remove (self->initializers, name);
  return constant;
}

/**
 * fovea_onnx_get_input:
 * @index: which of the node's inputs
 *
 * Returns: (transfer none) (nullable): what it stands for; %NULL where the node does not have it. All that it has are known when
 *   it is converted.
 */
const FoveaOnnxValue *
fovea_onnx_get_input (FoveaOnnxImport *self,
                      const Onnx__NodeProto *node,
                      guint index)
{
  if (index >= node->n_input || node->input[index][0] == '\0')
    return NULL;
  return g_hash_table_lookup (self->values, node->input[index]);
}

/**
 * fovea_onnx_set_constant:
 * @constant: (transfer full): what the node's first output is
 */
void
fovea_onnx_set_constant (FoveaOnnxImport *self,
                         const Onnx__NodeProto *node,
                         FoveaOnnxConstant *constant)
{
  FoveaOnnxValue *value = g_new0 (FoveaOnnxValue, 1);

  value->constant = constant;
  g_hash_table_insert (self->values, node->output[0], value);
}

/**
 * fovea_onnx_set_value:
 * @output: which of the node's outputs
 * @layer: the layer that computes it
 * @shape: of that layer
 */
void
fovea_onnx_set_value (FoveaOnnxImport *self,
                      const Onnx__NodeProto *node,
                      guint output,
                      const char *layer,
                      const FoveaShape *shape)
{
  FoveaOnnxValue *value = g_new0 (FoveaOnnxValue, 1);

  value->layer = g_strdup (layer);
  value->shape = *shape;
  g_hash_table_insert (self->values, node->output[output], value);
}

/**
 * fovea_onnx_find_attribute:
 *
 * Returns: (transfer none) (nullable): the node's attribute of this name
 */
const Onnx__AttributeProto *
fovea_onnx_find_attribute (const Onnx__NodeProto *node,
                           const char *name)
{
  for (gsize i = 0; i < node->n_attribute; i++)
    if (g_strcmp0 (node->attribute[i]->name, name) == 0)
      return node->attribute[i];
  return NULL;
}

/**
 * fovea_onnx_get_integer:
 *
 * Returns: the attribute, or @fallback where the node does not have it
 */
gint64
fovea_onnx_get_integer (const Onnx__NodeProto *node,
                        const char *name,
                        gint64 fallback)
{
  const Onnx__AttributeProto *attribute = fovea_onnx_find_attribute (node, name);

  return attribute != NULL && attribute->has_i ? attribute->i : fallback;
}

/**
 * fovea_onnx_get_float:
 *
 * Returns: the attribute, or @fallback where the node does not have it
 */
double
fovea_onnx_get_float (const Onnx__NodeProto *node,
                      const char *name,
                      double fallback)
{
  const Onnx__AttributeProto *attribute = fovea_onnx_find_attribute (node, name);

  return attribute != NULL && attribute->has_f ? (double) attribute->f : fallback;
}

/**
 * fovea_onnx_get_integers:
 * @attribute: where older operator sets have the numbers
 * @input: where newer operator sets have them
 * @values: (out) (transfer none) (nullable): the numbers, %NULL where the node has neither
 * @n_values: (out): how many
 * @error: where the input is computed from the image, or holds no whole numbers
 *
 * Returns: whether @values were set
 */
gboolean
fovea_onnx_get_integers (FoveaOnnxImport *self,
                         const Onnx__NodeProto *node,
                         const char *attribute,
                         guint input,
                         const gint64 **values,
                         gsize *n_values,
                         GError **error)
{
  const Onnx__AttributeProto *found = fovea_onnx_find_attribute (node, attribute);
  const FoveaOnnxValue *value = fovea_onnx_get_input (self, node, input);

  *values = NULL;
  *n_values = 0;
  if (found != NULL)
    {
      static const gint64 none;

      *values = found->n_ints > 0 ? found->ints : &none;
      *n_values = found->n_ints;
      return TRUE;
    }
  if (value == NULL)
    return TRUE;
  if (value->constant == NULL)
    return fovea_onnx_refuse (node, FOVEA_ERROR_UNSUPPORTED, error, "has %s that depend on the image", attribute);
  if (value->constant->integers == NULL || value->constant->n_dimensions > 1)
    return fovea_onnx_refuse (node, FOVEA_ERROR_FORMAT, error, "has %s that are no list of whole numbers", attribute);
  *values = value->constant->integers;
  *n_values = value->constant->n_elements;
  return TRUE;
}
