/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/operator.h"

#include <math.h>

static GVariant *
lookup_attribute (const FoveaNode *node,
                  const char *attribute)
{
  if (node->attributes == NULL)
    return NULL;
  return g_variant_lookup_value (node->attributes, attribute, NULL);
}

static gboolean
check_range (const FoveaNode *node,
             const char *attribute,
             gint64 value,
             gint64 minimum,
             gint64 maximum,
             GError **error)
{
  if (value >= minimum && value <= maximum)
    return TRUE;
  g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_SHAPE,
               "node '%s' has %s %" G_GINT64_FORMAT ", which should be between %" G_GINT64_FORMAT " and %" G_GINT64_FORMAT,
               node->name, attribute, value, minimum, maximum);
  return FALSE;
}

/**
 * fovea_node_get_integer:
 * @attribute: ONNX's name of it
 * @fallback: its value where the node does not have it
 * @minimum, @maximum: the range that makes sense
 * @value: (out): the attribute
 * @error: %FOVEA_ERROR_FORMAT for another type, %FOVEA_ERROR_SHAPE for a value out of range
 *
 * Returns: whether @value was set
 */
gboolean
fovea_node_get_integer (const FoveaNode *node,
                        const char *attribute,
                        gint64 fallback,
                        gint64 minimum,
                        gint64 maximum,
                        gint64 *value,
                        GError **error)
{
  g_autoptr (GVariant) variant = lookup_attribute (node, attribute);

  if (variant == NULL)
    {
      *value = fallback;
      return TRUE;
    }
  if (!g_variant_is_of_type (variant, G_VARIANT_TYPE_INT64))
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT,
                   "node '%s' wants a whole number as %s", node->name, attribute);
      return FALSE;
    }
  *value = g_variant_get_int64 (variant);
  return check_range (node, attribute, *value, minimum, maximum, error);
}

/**
 * fovea_node_get_integers:
 * @attribute: ONNX's name of it
 * @n_values: how many numbers it must have
 * @fallback: the value of each where the node does not have it
 * @minimum, @maximum: the range that makes sense for each
 * @values: (out): @n_values numbers
 * @error: %FOVEA_ERROR_FORMAT for another type or number of values, %FOVEA_ERROR_SHAPE for a value out of range
 *
 * Returns: whether @values were set
 */
gboolean
fovea_node_get_integers (const FoveaNode *node,
                         const char *attribute,
                         guint n_values,
                         gint64 fallback,
                         gint64 minimum,
                         gint64 maximum,
                         gint64 *values,
                         GError **error)
{
  g_autoptr (GVariant) variant = lookup_attribute (node, attribute);
  const gint64 *found;
  gsize n_found;

  for (guint i = 0; i < n_values; i++)
    values[i] = fallback;
  if (variant == NULL)
    return TRUE;

  if (!g_variant_is_of_type (variant, G_VARIANT_TYPE ("ax")))
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT,
                   "node '%s' wants a list of whole numbers as %s", node->name, attribute);
      return FALSE;
    }
  found = g_variant_get_fixed_array (variant, &n_found, sizeof (gint64));
  if (n_found != n_values)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT,
                   "node '%s' wants %u numbers as %s, but the file has %" G_GSIZE_FORMAT,
                   node->name, n_values, attribute, n_found);
      return FALSE;
    }
  for (guint i = 0; i < n_values; i++)
    {
      values[i] = found[i];
      if (!check_range (node, attribute, values[i], minimum, maximum, error))
        return FALSE;
    }
  return TRUE;
}

/**
 * fovea_node_get_float:
 * @attribute: ONNX's name of it
 * @fallback: its value where the node does not have it
 * @value: (out): the attribute, finite
 * @error: %FOVEA_ERROR_FORMAT for another type or a value that is not finite
 *
 * Returns: whether @value was set
 */
gboolean
fovea_node_get_float (const FoveaNode *node,
                      const char *attribute,
                      double fallback,
                      double *value,
                      GError **error)
{
  g_autoptr (GVariant) variant = lookup_attribute (node, attribute);

  *value = fallback;
  if (variant == NULL)
    return TRUE;

  if (g_variant_is_of_type (variant, G_VARIANT_TYPE_DOUBLE))
    *value = g_variant_get_double (variant);
  else if (g_variant_is_of_type (variant, G_VARIANT_TYPE_INT64))
    *value = (double) g_variant_get_int64 (variant);
  else
    *value = NAN;
  if (!isfinite (*value))
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT,
                   "node '%s' wants a number as %s", node->name, attribute);
      return FALSE;
    }
  return TRUE;
}

/**
 * fovea_node_get_string:
 * @attribute: ONNX's name of it
 * @fallback: (nullable): its value where the node does not have it
 * @value: (out) (transfer none): the attribute; lives as long as the node
 * @error: %FOVEA_ERROR_FORMAT for another type
 *
 * Returns: whether @value was set
 */
gboolean
fovea_node_get_string (const FoveaNode *node,
                       const char *attribute,
                       const char *fallback,
                       const char **value,
                       GError **error)
{
  g_autoptr (GVariant) variant = lookup_attribute (node, attribute);

  *value = fallback;
  if (variant == NULL)
    return TRUE;

  if (!g_variant_is_of_type (variant, G_VARIANT_TYPE_STRING))
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT,
                   "node '%s' wants a string as %s", node->name, attribute);
      return FALSE;
    }
  /* The child shares the serialized data of node->attributes, which outlives it. */
  *value = g_variant_get_string (variant, NULL);
  return TRUE;
}

/**
 * fovea_node_has_parameter:
 *
 * Returns: whether the node has a parameter of this name, for the optional ones
 */
gboolean
fovea_node_has_parameter (const FoveaNode *node,
                          const char *parameter)
{
  return node->parameters != NULL && g_hash_table_contains (node->parameters, parameter);
}

/**
 * fovea_node_get_parameter:
 * @parameter: ONNX's name of it
 * @n_dimensions: how many dimensions it must have
 * @shape: the shape it must have; -1 where any size will do
 * @error: %FOVEA_ERROR_NOT_FOUND where it is missing, %FOVEA_ERROR_SHAPE for another shape
 *
 * Returns: (transfer none) (nullable): the parameter, owned by the node
 */
FoveaTensor *
fovea_node_get_parameter (const FoveaNode *node,
                          const char *parameter,
                          guint n_dimensions,
                          const gint64 *shape,
                          GError **error)
{
  FoveaTensor *tensor = NULL;

  if (node->parameters != NULL)
    tensor = g_hash_table_lookup (node->parameters, parameter);
  if (tensor == NULL)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND,
                   "node '%s' (%s) has no parameter %s", node->name, node->operator->name, parameter);
      return NULL;
    }

  if (!fovea_tensor_has_shape (tensor, n_dimensions, shape))
    {
      g_autofree char *found = fovea_tensor_describe_shape (tensor->n_dimensions, tensor->shape);
      g_autoptr (GString) wanted = g_string_new ("[");

      for (guint i = 0; i < n_dimensions; i++)
        {
          if (i > 0)
            g_string_append (wanted, ", ");
          if (shape[i] == -1)
            g_string_append (wanted, "any");
          else
            g_string_append_printf (wanted, "%" G_GINT64_FORMAT, shape[i]);
        }
      g_string_append_c (wanted, ']');
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_SHAPE,
                   "node '%s' wants %s of shape %s, but the file has %s",
                   node->name, parameter, wanted->str, found);
      return NULL;
    }
  return tensor;
}
